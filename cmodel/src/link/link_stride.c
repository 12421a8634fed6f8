/* SPDX-License-Identifier: Apache-2.0 */
#include "link/link_stride.h"

#include "flit/flit_stride.h"
#include "link/link_state.h"
#include "link/receiver.h"

void oio_link_stride_from(const struct oio_link *link, struct oio_stride_wire *wire) {
  wire->modulus = link->modulus;
  wire->next_tx = link->replay.next_tx;
  wire->total = (uint16_t)link->replay.tail;
}

uint64_t oio_link_stride_slots(const struct oio_link *link) {
  return link->replay.mask + 1;
}

uint64_t oio_link_stride_key(const struct oio_link *link) {
  return (uint64_t)oio_replay_unacked(&link->replay) << 32 | link->credit.ahead << 1 | link->last_was_explicit;
}

uint64_t oio_link_stride_sent(const struct oio_link *link) {
  return link->replay.sent;
}

/* Of what has been on the wire the time of its acceptance says nothing any more. */
static void slots(struct oio_link *link, uint32_t out, struct oio_stride *s) {
  struct oio_replay *replay = &link->replay;
  for (uint64_t position = replay->acked; position != replay->tail; position++) {
    struct oio_replay_slot *slot = oio_replay_at(replay, position);
    oio_stride_sequence(s, &slot->sequence, out);
    oio_stride_time(s, position < replay->sent ? &slot->first_tx_ps : &slot->accepted_ps);
    oio_payload_stride(&slot->payload, out, s);
  }
}

/* Positions go on by whole rounds of the slots, whose places stay. */
static void positions(struct oio_replay *replay, uint32_t out, struct oio_stride *s) {
  const uint64_t acked = replay->acked;
  oio_stride_same(s, replay->cursor - acked);
  oio_stride_same(s, replay->sent - acked);
  oio_stride_same(s, replay->tail - acked);
  oio_stride_same(s, replay->mask);
  oio_stride_sequence(s, &replay->next_tx, out);
  oio_stride_sequence(s, &replay->acked_sequence, out);
  if (!s->moves) return;
  const uint64_t flits = s->wire[out].flits;
  replay->acked += flits;
  replay->cursor += flits;
  replay->sent += flits;
  replay->tail += flits;
}

/* A replay long ago, of which stale Naks are told by, is as good as none. */
static void timers(struct oio_link *link, struct oio_stride *s) {
  oio_stride_require(s, link->replay_start_ps == OIO_NEVER || s->now_ps - link->replay_start_ps >= link->config.nak_repeat_ps);
  if (oio_replay_outstanding(&link->replay)) {
    oio_stride_time(s, &link->progress_ps);
  } else {
    oio_stride_moment(s, &link->progress_ps);
  }
  oio_stride_time(s, &link->ack_due_ps);
  oio_stride_time(s, &link->credit_due_ps);
}

static void sender(struct oio_link *link, uint32_t out, struct oio_stride *s) {
  uint16_t limit = (uint16_t)link->credit.limit;
  slots(link, out, s);
  positions(&link->replay, out, s);
  oio_stride_total(s, &limit, out);
  if (s->moves) link->credit.limit = limit;
  oio_stride_same(s, link->credit.ahead);
  oio_stride_same(s, link->replays_without_progress);
  oio_stride_same(s, link->round);
  oio_stride_same(s, link->force_explicit);
  oio_stride_same(s, link->last_was_explicit);
  oio_stride_require(s, !link->resync);
}

/* How often the last sequence comes among the next flits that are accepted. */
static uint64_t wraps(const struct oio_link *link, uint64_t flits) {
  return (link->expected - 1u + flits) / link->modulus;
}

static void receiver(struct oio_link *link, uint32_t in, struct oio_stride *s) {
  if (s->moves) link->counted.seen[OIO_SEEN_SEQUENCE_WRAP] += wraps(link, s->wire[in].flits);
  oio_stride_sequence(s, &link->expected, in);
  oio_stride_sequence(s, &link->previous, in);
  oio_stride_total(s, &link->credit_sent, in);
  oio_stride_same(s, link->round_seen);
  oio_stride_require(s, !link->lost && !link->waiting);
  oio_stride_same(s, link->buffer_count);
  for (uint32_t i = 0; i < link->buffer_count; i++) {
    struct oio_payload *payload = &link->buffer[(link->buffer_head + i) & link->buffer_mask];
    oio_stride_time(s, &payload->arrived_ps);
    oio_payload_stride(payload, in, s);
  }
}

/* What goes wrong, or is for something that has, does not recur. */
static void counters(struct oio_link_state *counted, struct oio_stride *s) {
  const uint64_t rare[] = {counted->failed,           counted->sent_replayed,      counted->received_invalid, counted->received_ahead,
                           counted->received_unknown, counted->received_duplicate, counted->undetected,       counted->asked_crc,
                           counted->asked_sequence,   counted->timeouts,           counted->replays};
  for (size_t i = 0; i < sizeof rare / sizeof *rare; i++) oio_stride_same(s, rare[i]);
  oio_stride_count(s, &counted->received_payload);
  oio_stride_count(s, &counted->received);
  oio_stride_count(s, &counted->sent_payload);
  oio_stride_count(s, &counted->sent_nop);
  for (unsigned i = 0; i < OIO_LINK_SITUATIONS; i++) {
    if (i != OIO_SEEN_SEQUENCE_WRAP) oio_stride_count(s, &counted->seen[i]);
  }
}

void oio_link_stride(struct oio_link *link, uint32_t out, uint32_t in, struct oio_stride *s) {
  sender(link, out, s);
  timers(link, s);
  receiver(link, in, s);
  counters(&link->counted, s);
}

void oio_link_stride_decide(struct oio_link *link, const bool *payload, uint32_t count, uint64_t periods) {
  uint64_t digest = link->counted.decision_digest;
  for (uint64_t period = 0; period < periods; period++) {
    for (uint32_t i = 0; i < count; i++) digest = (digest ^ (payload[i] ? ACCEPTED : NOP_TAKEN)) * 0x100000001B3u;
  }
  link->counted.decision_digest = digest;
}
