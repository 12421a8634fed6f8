/* SPDX-License-Identifier: Apache-2.0 */
/* The transmitter: rules T1 to T7 of SPEC.md section 3. */
#include "base/cold.h"
#include "link/link_state.h"
#include "link/sequence.h"

#include <string.h>

/* Do window and credit let one more in? */
static bool has_room(const struct oio_link *link) {
  const struct oio_replay *replay = &link->replay;
  return oio_replay_unacked(replay) < replay->window && oio_credit_any(&link->credit, OIO_LINK_CREDIT_BITS);
}

bool oio_link_can_send(const struct oio_link *link) {
  const bool room = oio_link_routed(link) ? oio_link_has_room_vc(link, 0) || oio_link_has_room_vc(link, 1) : has_room(link);
  return link->counted.failed == OIO_LINK_ALIVE && room && !oio_replay_staged(&link->replay);
}

bool oio_link_wants_payload(const struct oio_link *link) {
  OIO_PRECONDITION(!oio_link_routed(link));
  return !oio_replay_pending(&link->replay) && has_room(link) && link->counted.failed == OIO_LINK_ALIVE;
}

struct oio_payload *oio_link_send_slot(struct oio_link *link) {
  OIO_PRECONDITION(!oio_link_routed(link));
  return oio_link_can_send(link) ? &link->replay.next->payload : NULL;
}

struct oio_payload *oio_link_next_slot(struct oio_link *link) {
  return oio_link_wants_payload(link) ? &link->replay.next->payload : NULL;
}

void oio_link_send_commit(struct oio_link *link, oio_time_ps now_ps) {
  OIO_PRECONDITION(!oio_link_routed(link) && oio_link_can_send(link));
  struct oio_payload *slot = &link->replay.next->payload;
  slot->touched_bytes = oio_link_touched(link, slot->touched_bytes);
  oio_replay_accept(&link->replay, now_ps);
  oio_credit_use(&link->credit, 1);
  oio_link_see_send(link, &link->credit);
}

/* In event fidelity only the touched bytes mean anything; the rest of a place is left as it is. */
static void copy_payload(struct oio_payload *to, const struct oio_payload *from, uint16_t touched_bytes) {
  memcpy(to->bytes, from->bytes, touched_bytes);
  to->touched_bytes = touched_bytes;
  to->tainted = from->tainted;
  to->references = from->references;
  to->stamp = from->stamp;
}

enum oio_status oio_link_send(struct oio_link *link, oio_time_ps now_ps, const struct oio_payload *payload) {
  const bool bit = link->config.fidelity == OIO_BIT;
  const bool routed = oio_link_routed(link);
  if (!bit && (payload->touched_bytes > OIO_PAYLOAD_BYTES || (routed && payload->touched_bytes < 2))) return OIO_ERR_FORMAT;
  if (link->counted.failed != OIO_LINK_ALIVE) return OIO_ERR_FAILED;
  if (!oio_link_can_send(link) || (routed && !oio_link_has_room_vc(link, oio_link_hop_vc(payload)))) return OIO_ERR_FULL;
  struct oio_payload *slot = &link->replay.next->payload;
  copy_payload(slot, payload, bit ? OIO_PAYLOAD_BYTES : payload->touched_bytes);
  if (routed) {
    oio_link_send_commit_vc(link, now_ps, oio_link_hop_vc(slot));
  } else {
    oio_link_send_commit(link, now_ps);
  }
  return OIO_OK;
}

static void see_replay(struct oio_link *link) {
  const struct oio_replay *replay = &link->replay;
  const uint64_t flits = replay->sent - replay->acked;
  oio_link_see_if(link, link->replays_without_progress > 0, OIO_SEEN_REPLAY_AGAIN);
  oio_link_see_if(link, replay->cursor != replay->sent, OIO_SEEN_REPLAY_UNDER_WAY);
  oio_link_see_if(link, flits == 1, OIO_SEEN_REPLAY_ONE);
  oio_link_see_if(link, flits == replay->window, OIO_SEEN_REPLAY_WINDOW);
  oio_link_see_if(link, link->replays_without_progress + 1 == link->config.replay_limit, OIO_SEEN_REPLAY_LAST);
  oio_link_see_if(link, link->round == 15, OIO_SEEN_ROUND_WRAP);
}

OIO_COLD void oio_link_start_replay(struct oio_link *link, oio_time_ps now_ps) {
  see_replay(link);
  link->counted.replays++;
  oio_replay_rewind(&link->replay);
  link->round = (link->round + 1) & 15;
  link->force_explicit = true;
  link->progress_ps = now_ps;
  link->replay_start_ps = now_ps;
  if (++link->replays_without_progress > link->config.replay_limit) link->counted.failed = OIO_LINK_REPLAY_LIMIT;
}

static oio_time_ps timeout_at(const struct oio_link *link) {
  return oio_replay_unacked(&link->replay) == 0 ? OIO_NEVER : link->progress_ps + link->config.timeout_ps;
}

/* Anything unacknowledged that has never been on the wire has no timeout: it is pending anyway. */
static bool timed_out(const struct oio_link *link, oio_time_ps now_ps) {
  return now_ps >= link->progress_ps + link->config.timeout_ps && oio_replay_outstanding(&link->replay);
}

static bool nop_due(const struct oio_link *link, oio_time_ps now_ps) {
  return link->resync || (link->waiting && now_ps >= link->nak_due_ps) || now_ps >= link->ack_due_ps || now_ps >= link->credit_due_ps;
}

/* Rule T3. */
static enum oio_flit_command payload_command(struct oio_link *link) {
  const bool wanted = link->waiting || link->ack_due_ps != OIO_NEVER;
  const bool is_explicit = link->force_explicit || !wanted || !link->last_was_explicit;
  link->force_explicit = false;
  link->last_was_explicit = is_explicit;
  if (is_explicit) return OIO_EXPLICIT;
  oio_link_see(link, link->waiting ? OIO_SEEN_NAK_PAYLOAD : OIO_SEEN_ACK_PAYLOAD);
  return link->waiting ? OIO_NAK : OIO_ACK;
}

/* Rule T4. */
static enum oio_flit_command nop_command(struct oio_link *link) {
  if (link->resync) {
    oio_link_see(link, OIO_SEEN_ANSWER);
    link->resync = false;
    link->force_explicit = true; /* the peer may have counted on from a duplicate */
    return OIO_EXPLICIT;
  }
  oio_link_see(link, link->waiting ? OIO_SEEN_NAK_NOP : OIO_SEEN_ACK_NOP);
  return link->waiting ? OIO_NAK : OIO_ACK;
}

/* Rule T6 for what every flit carries; returns the header. */
static struct oio_flit_head make_head(struct oio_link *link, oio_time_ps now_ps, uint8_t protocol, enum oio_flit_command command,
                                      uint16_t own_sequence) {
  struct oio_flit_head head = {
      .protocol = protocol,
      .command = (uint8_t)command,
      .sequence = command == OIO_EXPLICIT ? own_sequence : oio_sequence_before(link->modulus, link->expected),
      .round = link->round,
      .echo = link->round_seen,
      .credit_limit = link->credit_sent,
  };
  if (command != OIO_EXPLICIT) link->ack_due_ps = OIO_NEVER;
  if (command == OIO_NAK) link->nak_due_ps = now_ps + link->config.nak_repeat_ps;
  link->credit_due_ps = OIO_NEVER;
  return head;
}

static struct oio_flit_head send_payload(struct oio_link *link, oio_time_ps now_ps, struct oio_wire *wire) {
  struct oio_replay *replay = &link->replay;
  struct oio_replay_slot *slot = oio_replay_at(replay, replay->cursor);
  const bool again = replay->cursor != replay->sent;
  if (replay->cursor == replay->acked) link->progress_ps = now_ps;
  replay->cursor++;
  if (again) {
    link->counted.sent_replayed++;
  } else {
    link->counted.sent_payload++;
    replay->sent++;
    slot->first_tx_ps = now_ps;
    if (now_ps != slot->accepted_ps) slot->payload.stamp.parts_ps[OIO_PART_QUEUE] += now_ps - slot->accepted_ps;
  }
  oio_link_put_payload(link->format, wire, &slot->payload);
  wire->stamp = slot->payload.stamp;
  if (again) wire->stamp.parts_ps[OIO_PART_RETRY] += now_ps - slot->first_tx_ps;
  return make_head(link, now_ps, OIO_PROTOCOL_PAYLOAD, payload_command(link), slot->sequence);
}

OIO_COLD static struct oio_flit_head send_nop(struct oio_link *link, oio_time_ps now_ps, struct oio_wire *wire) {
  if (oio_link_routed(link)) oio_link_settle_doubt(link, now_ps);
  link->counted.sent_nop++;
  if (link->config.fidelity == OIO_BIT) memset(wire->bytes, 0, sizeof wire->bytes);
  wire->touched_bytes = link->config.fidelity == OIO_BIT ? OIO_PAYLOAD_BYTES : 0;
  wire->tainted = false;
  wire->references = 0;
  memset(&wire->stamp, 0, sizeof wire->stamp);
  return make_head(link, now_ps, OIO_PROTOCOL_NOP, nop_command(link), oio_sequence_before(link->modulus, link->replay.next_tx));
}

bool oio_link_tx(struct oio_link *link, oio_time_ps now_ps, struct oio_wire *wire) {
  if (link->counted.failed != OIO_LINK_ALIVE) return false;
  if (timed_out(link, now_ps)) {
    link->counted.timeouts++;
    oio_link_start_replay(link, now_ps);
    if (link->counted.failed != OIO_LINK_ALIVE) return false;
  }
  const bool pending = oio_replay_pending(&link->replay);
  if (!pending && !nop_due(link, now_ps)) return false;
  struct oio_flit_head head = pending ? send_payload(link, now_ps, wire) : send_nop(link, now_ps, wire);
  if (OIO_UNLIKELY(oio_link_routed(link))) head.credit_limit = oio_link_tell_credit(link, now_ps, head.command == OIO_NAK);
  oio_flit_put_head(link->format, wire->bytes, &head);
  if (link->config.fidelity == OIO_BIT) oio_flit_seal(link->format, wire->bytes);
  wire->syndrome = 0;
  wire->wrong_bits = 0;
  return true;
}

static oio_time_ps earlier(oio_time_ps a, oio_time_ps b) {
  return a < b ? a : b;
}

oio_time_ps oio_link_next_tx_ps(const struct oio_link *link, oio_time_ps now_ps) {
  if (link->counted.failed != OIO_LINK_ALIVE) return OIO_NEVER;
  if (oio_replay_pending(&link->replay) || link->resync) return now_ps;
  oio_time_ps next = earlier(earlier(link->ack_due_ps, link->credit_due_ps), timeout_at(link));
  if (link->waiting) next = earlier(next, link->nak_due_ps);
  return next > now_ps ? next : now_ps;
}
