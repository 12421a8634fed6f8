/* SPDX-License-Identifier: Apache-2.0 */
#include "link/link_checkpoint.h"

#include "flit/flit_checkpoint.h"
#include "link/link_state.h"
#include "link/sequence.h"

/* While places are loaded, what is known of one stands where its payload will say how many bytes are touched. */
enum { PLACE_TAKEN = UINT16_MAX, PLACE_FREED = UINT16_MAX - 1 };

static void keep_config(const struct oio_link_config *config, struct oio_checkpoint *c) {
  oio_checkpoint_same(c, "format", config->format);
  oio_checkpoint_same(c, "sequence_bits", config->sequence_bits);
  oio_checkpoint_same(c, "profile", config->profile);
  oio_checkpoint_same(c, "fidelity", config->fidelity);
  oio_checkpoint_same(c, "window_flits", config->window_flits);
  oio_checkpoint_same(c, "buffer_flits", config->buffer_flits);
  oio_checkpoint_same(c, "peer_buffer_flits", config->peer_buffer_flits);
  oio_checkpoint_same(c, "replay_limit", config->replay_limit);
  oio_checkpoint_same(c, "timeout_ps", config->timeout_ps);
  oio_checkpoint_same(c, "nak_repeat_ps", config->nak_repeat_ps);
  oio_checkpoint_same(c, "ack_delay_ps", config->ack_delay_ps);
}

static void keep_payload(const struct oio_link *link, struct oio_payload *payload, struct oio_checkpoint *c) {
  if (link->config.fidelity == OIO_EVENT) {
    oio_touched_checkpoint(payload->bytes, &payload->touched_bytes, &payload->references, c);
  } else {
    oio_checkpoint_bytes(c, "payload bytes", payload->bytes, OIO_PAYLOAD_BYTES);
    if (oio_checkpoint_loads(c)) {
      payload->touched_bytes = OIO_PAYLOAD_BYTES;
      payload->references = 0;
    }
  }
  OIO_KEEP(c, payload->tainted, true);
  oio_stamp_checkpoint(&payload->stamp, c);
}

static void keep_received(const struct oio_link *link, struct oio_payload *payload, struct oio_checkpoint *c) {
  keep_payload(link, payload, c);
  OIO_KEEP_ANY(c, payload->arrived_ps);
}

/* The sequence of the payload before a position: that of position 0 has 1. */
static uint16_t sequence_before(const struct oio_replay *replay, uint64_t position) {
  const uint64_t rest = position % replay->modulus;
  return (uint16_t)(rest == 0 ? replay->modulus : rest);
}

static void keep_slots(struct oio_link *link, struct oio_checkpoint *c) {
  struct oio_replay *replay = &link->replay;
  for (uint64_t position = replay->acked; position != replay->tail; position++) {
    struct oio_replay_slot *slot = oio_replay_at(replay, position);
    /* The time of acceptance is of use until the first transmission, that of the first transmission after it. */
    if (position < replay->sent) {
      OIO_KEEP_ANY(c, slot->first_tx_ps);
    } else {
      OIO_KEEP_ANY(c, slot->accepted_ps);
    }
    if (oio_checkpoint_loads(c)) slot->sequence = oio_sequence_next(replay->modulus, sequence_before(replay, position));
    keep_payload(link, &slot->payload, c);
  }
}

/* Positions behind acked are saved by how far. */
static void keep_replay(struct oio_link *link, struct oio_checkpoint *c) {
  struct oio_replay *replay = &link->replay;
  uint64_t acked = replay->acked;
  uint32_t tail = (uint32_t)(replay->tail - acked), sent = (uint32_t)(replay->sent - acked), cursor = (uint32_t)(replay->cursor - acked);
  OIO_KEEP(c, acked, (uint64_t)1 << 62);
  OIO_KEEP(c, tail, replay->window);
  OIO_KEEP(c, sent, replay->window);
  OIO_KEEP(c, cursor, replay->window);
  if (!oio_checkpoint_require(c, "replay", cursor <= sent && sent <= tail && tail <= sent + 1)) return;
  if (oio_checkpoint_loads(c)) {
    replay->acked = acked;
    replay->tail = acked + tail;
    replay->sent = acked + sent;
    replay->cursor = acked + cursor;
    oio_replay_fit(replay, tail);
    replay->next_tx = oio_sequence_next(replay->modulus, sequence_before(replay, replay->tail));
    replay->acked_sequence = sequence_before(replay, acked);
  }
  keep_slots(link, c);
}

static void keep_sender(struct oio_link *link, struct oio_checkpoint *c) {
  keep_replay(link, c);
  OIO_KEEP(c, link->credit.limit, UINT16_MAX);
  OIO_KEEP(c, link->credit.ahead, UINT16_MAX);
  OIO_KEEP_ANY(c, link->progress_ps);
  OIO_KEEP_ANY(c, link->replay_start_ps);
  OIO_KEEP_ANY(c, link->replays_without_progress);
  OIO_KEEP(c, link->round, 15);
  OIO_KEEP(c, link->force_explicit, true);
  OIO_KEEP(c, link->last_was_explicit, true);
  OIO_KEEP(c, link->resync, true);
}

static void keep_receiver(struct oio_link *link, struct oio_checkpoint *c) {
  OIO_KEEP(c, link->expected, link->modulus);
  OIO_KEEP(c, link->previous, link->modulus);
  oio_checkpoint_require(c, "sequences", link->expected > 0 && link->previous > 0);
  OIO_KEEP(c, link->round_seen, 15);
  OIO_KEEP(c, link->lost, true);
  OIO_KEEP(c, link->waiting, true);
  OIO_KEEP_ANY(c, link->nak_due_ps);
  OIO_KEEP_ANY(c, link->ack_due_ps);
  OIO_KEEP_ANY(c, link->credit_due_ps);
}

static void keep_counters(struct oio_link_state *counted, struct oio_checkpoint *c) {
  OIO_KEEP(c, counted->failed, OIO_LINK_VC_CREDIT_RANGE);
  OIO_KEEP_ANY(c, counted->sent_payload);
  OIO_KEEP_ANY(c, counted->sent_nop);
  OIO_KEEP_ANY(c, counted->sent_replayed);
  OIO_KEEP_ANY(c, counted->received);
  OIO_KEEP_ANY(c, counted->received_payload);
  OIO_KEEP_ANY(c, counted->received_invalid);
  OIO_KEEP_ANY(c, counted->received_duplicate);
  OIO_KEEP_ANY(c, counted->received_ahead);
  OIO_KEEP_ANY(c, counted->received_unknown);
  OIO_KEEP_ANY(c, counted->undetected);
  OIO_KEEP_ANY(c, counted->asked_crc);
  OIO_KEEP_ANY(c, counted->asked_sequence);
  OIO_KEEP_ANY(c, counted->timeouts);
  OIO_KEEP_ANY(c, counted->replays);
  OIO_KEEP_ANY(c, counted->decision_digest);
}

/* A ring begins at its first place again when it is loaded. */
static void keep_buffer(struct oio_link *link, struct oio_checkpoint *c) {
  OIO_KEEP_ANY(c, link->credit_sent);
  OIO_KEEP(c, link->buffer_count, link->config.buffer_flits);
  if (oio_checkpoint_loads(c)) link->buffer_head = 0;
  for (uint32_t i = 0; i < link->buffer_count; i++) {
    keep_received(link, &link->buffer[(link->buffer_head + i) & link->buffer_mask], c);
  }
}

/* ---- routed ---- */

static void keep_hop(struct oio_link *link, unsigned hop_vc, struct oio_checkpoint *c) {
  const uint64_t mask = ((uint64_t)1 << OIO_HOP_CREDIT_BITS) - 1;
  struct oio_link_hop *hop = &link->hops[hop_vc];
  OIO_KEEP(c, hop->credit.limit, mask);
  OIO_KEEP(c, hop->credit.ahead, mask);
  OIO_KEEP_ANY(c, hop->credit_due_ps);
  OIO_KEEP(c, hop->credit_sent, mask);
  if (oio_checkpoint_loads(c)) hop->buffered = 0; /* until its places are loaded */
}

static void keep_freed(struct oio_link *link, struct oio_checkpoint *c) {
  struct oio_link_places *places = &link->places;
  OIO_KEEP(c, places->fresh, (uint64_t)OIO_HOP_VCS * link->config.buffer_flits);
  OIO_KEEP(c, places->count, places->fresh);
  if (oio_checkpoint_loads(c)) {
    for (uint32_t i = 0; i < places->fresh; i++) link->buffer[i].touched_bytes = PLACE_TAKEN;
  }
  for (uint32_t i = 0; i < places->count && c->wrong == OIO_CHECKPOINT_GOOD; i++) {
    OIO_KEEP(c, places->freed[i], (uint64_t)places->fresh - 1);
    if (!oio_checkpoint_loads(c) || c->wrong != OIO_CHECKPOINT_GOOD) continue;
    struct oio_payload *place = &link->buffer[places->freed[i]];
    oio_checkpoint_require(c, "freed", place->touched_bytes == PLACE_TAKEN);
    place->touched_bytes = PLACE_FREED;
  }
}

static void keep_routed(struct oio_link *link, struct oio_checkpoint *c) {
  for (unsigned v = 0; v < OIO_HOP_VCS; v++) keep_hop(link, v, c);
  OIO_KEEP(c, link->told, OIO_HOP_VCS - 1);
  OIO_KEEP(c, link->doubted, (1u << OIO_HOP_VCS) - 1);
  OIO_KEEP_ANY(c, link->doubt_due_ps);
  keep_freed(link, c);
  if (oio_checkpoint_loads(c)) link->newest = OIO_NONE; /* it has been asked for by now */
}

const struct oio_payload *oio_link_checkpoint_place(struct oio_link *link, uint32_t place, struct oio_checkpoint *c) {
  if (c->wrong != OIO_CHECKPOINT_GOOD || !oio_checkpoint_require(c, "place", place < link->places.fresh)) return NULL;
  struct oio_payload *payload = &link->buffer[place];
  if (!oio_checkpoint_require(c, "place", payload->touched_bytes == PLACE_TAKEN)) return NULL;
  keep_received(link, payload, c);
  if (!oio_checkpoint_require(c, "touched", payload->touched_bytes >= 2)) return NULL; /* its hop VC is known */
  struct oio_link_hop *hop = &link->hops[oio_link_hop_vc(payload)];
  if (oio_checkpoint_loads(c)) hop->buffered++;
  return oio_checkpoint_require(c, "buffered", hop->buffered <= link->config.buffer_flits) ? payload : NULL;
}

uint32_t oio_link_places_taken(const struct oio_link *link) {
  return link->places.fresh - link->places.count;
}

void oio_link_checkpoint(struct oio_link *link, struct oio_checkpoint *c) {
  keep_config(&link->config, c);
  keep_sender(link, c);
  keep_receiver(link, c);
  keep_counters(&link->counted, c);
  if (oio_link_routed(link)) {
    keep_routed(link, c);
  } else {
    keep_buffer(link, c);
  }
}
