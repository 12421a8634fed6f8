/* SPDX-License-Identifier: Apache-2.0 */
#include "link/restart.h"

#include "link/link_state.h"
#include "link/sequence.h"

const struct oio_payload *oio_link_unaccepted(const struct oio_link *link, const struct oio_link *peer, uint32_t index) {
  const struct oio_replay *replay = &link->replay;
  const uint16_t last = oio_sequence_before(peer->modulus, peer->expected);
  const uint64_t position = replay->acked + oio_sequence_distance(replay->modulus, replay->acked_sequence, last) + index;
  return position < replay->tail ? &oio_replay_at(replay, position)->payload : NULL;
}

void oio_link_restart(struct oio_link *link, const struct oio_link *peer) {
  OIO_PRECONDITION(oio_link_routed(link) && oio_link_routed(peer));
  const struct oio_link_places places = link->places;
  const uint32_t held[OIO_HOP_VCS] = {link->hops[0].buffered, link->hops[1].buffered};
  oio_link_reset(link);
  link->places = places;
  for (unsigned v = 0; v < OIO_HOP_VCS; v++) {
    struct oio_link_hop *hop = &link->hops[v];
    hop->buffered = held[v];
    hop->credit_sent = (uint16_t)(link->config.buffer_flits - held[v]);
    hop->credit.limit = hop->credit.ahead = link->config.peer_buffer_flits - peer->hops[v].buffered;
  }
}
