/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A link end of the library and one of spec_link.h, fed alike and compared after every step. A step returns NULL, or what differs. Bit
 * fidelity.
 */
#ifndef OIO_TESTS_TWIN_H
#define OIO_TESTS_TWIN_H

#include "oio/link.h"
#include "spec_link.h"

#include <stdio.h>

struct twin {
  struct oio_link *link;
  unsigned format;
  struct spec_link spec;
  struct oio_link_state before; /* the last reset: counters go on, the specification's start over */
  uint64_t buffered[32768];     /* identities in the receive buffer: a ring that starts at spec.hop[0].taken; routed: by place */
  uint32_t places[32768];       /* routed: which are taken, in any order */
  char what[160];
};

/* The payload of a number. */
static inline void twin_payload(uint64_t id, uint8_t *bytes) {
  for (unsigned i = 0; i < 236; i++) bytes[i] = (uint8_t)(i < 8 ? id >> 8 * i : id * 0x9E3779B97F4A7C15u >> (i % 7 * 8) ^ i);
}

static inline uint64_t twin_id(const uint8_t *bytes) {
  uint64_t id = 0;
  for (unsigned i = 8; i-- > 0;) id = id << 8 | bytes[i];
  return id;
}

static inline void twin_start_spec(struct twin *t, const struct oio_link_config *c) {
  spec_link_start(&t->spec, c->profile == OIO_PROFILE_ROUTED, c->sequence_bits, c->window_flits, c->buffer_flits, c->peer_buffer_flits,
                  c->replay_limit, c->timeout_ps, c->nak_repeat_ps, c->ack_delay_ps);
}

static inline enum oio_status twin_create(struct twin *t, const struct oio_link_config *c) {
  t->format = c->format;
  twin_start_spec(t, c);
  t->before = (struct oio_link_state){0};
  return oio_link_create(&t->link, c, NULL);
}

static inline void twin_reset(struct twin *t, const struct oio_link_config *c) {
  oio_link_reset(t->link);
  oio_link_get_state(t->link, &t->before);
  twin_start_spec(t, c);
}

#define TWIN_SAME(name, ours, theirs)                                                                                                      \
  do {                                                                                                                                     \
    if ((uint64_t)(ours) != (uint64_t)(theirs)) {                                                                                          \
      snprintf(t->what, sizeof t->what, "%s: %s is %llu, must be %llu", when, name, (unsigned long long)(ours),                            \
               (unsigned long long)(theirs));                                                                                              \
      return t->what;                                                                                                                      \
    }                                                                                                                                      \
  } while (0)

static inline const char *twin_compare(struct twin *t, uint64_t now, const char *when) {
  const struct spec_link *e = &t->spec;
  struct oio_link_state s;
  oio_link_get_state(t->link, &s);
  TWIN_SAME("failed", s.failed, e->failed);
  TWIN_SAME("can_send", oio_link_can_send(t->link), spec_can_send(e));
  TWIN_SAME("next_tx_ps", oio_link_next_tx_ps(t->link, now), spec_next_tx(e, now));
  if (s.failed != OIO_LINK_ALIVE) return NULL;
  TWIN_SAME("next_tx", s.next_tx, e->next_tx);
  TWIN_SAME("acked", s.acked, e->acked);
  TWIN_SAME("expected", s.expected, e->expected);
  TWIN_SAME("sent_total", s.sent_total, e->sent_total);
  if (!e->routed) {
    TWIN_SAME("credit_limit", s.credit_limit, e->hop[0].credit_limit);
    TWIN_SAME("credit_sent", s.credit_sent, (e->hop[0].taken + e->buffer) & 0xFFFF);
    TWIN_SAME("wants_payload", oio_link_wants_payload(t->link), spec_can_send(e) && e->cursor == e->next_tx);
  }
  for (unsigned v = 0; e->routed && v < 2; v++) {
    TWIN_SAME("a hop VC's sent_total", s.hops[v].sent_total, e->hop[v].sent);
    TWIN_SAME("a hop VC's credit_limit", s.hops[v].credit_limit, e->hop[v].credit_limit);
    TWIN_SAME("a hop VC's credit_sent", s.hops[v].credit_sent, (e->hop[v].taken + e->buffer) & 0x7FFF);
    TWIN_SAME("a hop VC's buffered_flits", s.hops[v].buffered_flits, e->hop[v].buffered);
    TWIN_SAME("wants_vc", oio_link_wants_vc(t->link, v), spec_can_send_hop(e, v) && e->cursor == e->next_tx);
  }
  TWIN_SAME("round", s.round, e->round);
  TWIN_SAME("round_seen", s.round_seen, e->round_seen);
  TWIN_SAME("waiting", s.waiting, e->waiting);
  TWIN_SAME("lost", s.lost, e->lost);
  TWIN_SAME("unacked_flits", s.unacked_flits, spec_unacked(e));
  TWIN_SAME("buffered_flits", s.buffered_flits, spec_buffered(e));
  TWIN_SAME("received_payload", s.received_payload - t->before.received_payload, e->accepted);
  TWIN_SAME("received_duplicate", s.received_duplicate - t->before.received_duplicate, e->duplicates);
  TWIN_SAME("received_ahead", s.received_ahead - t->before.received_ahead, e->ahead);
  TWIN_SAME("asked_crc", s.asked_crc - t->before.asked_crc, e->asked_crc);
  TWIN_SAME("asked_sequence", s.asked_sequence - t->before.asked_sequence, e->asked_sequence);
  TWIN_SAME("timeouts", s.timeouts - t->before.timeouts, e->timeouts);
  TWIN_SAME("replays", s.replays - t->before.replays, e->started);
  return NULL;
}

static inline const char *twin_send(struct twin *t, uint64_t now, uint64_t id) {
  const char *when = "send";
  struct oio_payload payload = {.touched_bytes = OIO_PAYLOAD_BYTES};
  twin_payload(id, payload.bytes);
  const bool can = spec_can_send_hop(&t->spec, spec_hop_of(&t->spec, id));
  const enum oio_status status = oio_link_send(t->link, now, &payload);
  TWIN_SAME("status", -status, can ? 0 : t->spec.failed != SPEC_ALIVE ? -OIO_ERR_FAILED : -OIO_ERR_FULL);
  if (can) spec_send(&t->spec, id);
  return twin_compare(t, now, when);
}

/* *sent: a flit is in wire. */
static inline const char *twin_tx(struct twin *t, uint64_t now, struct oio_wire *wire, bool *sent) {
  const char *when = "tx";
  struct spec_head head = {0};
  uint64_t id = 0;
  uint8_t expected[256], payload[236];
  const bool due = spec_next_tx(&t->spec, now) <= now;
  const bool must = spec_tx(&t->spec, now, &head, &id);
  if (t->spec.failed == SPEC_ALIVE) TWIN_SAME("the oracle's own foresight", due, must);
  memset(wire, 0xA5, sizeof *wire);
  *sent = oio_link_tx(t->link, now, wire);
  TWIN_SAME("whether a flit is sent", *sent, must);
  if (must) {
    twin_payload(id, payload);
    spec_make(t->format, expected, head, head.protocol == SPEC_PAYLOAD ? payload : NULL);
    for (unsigned i = 0; i < 256; i++) {
      if (wire->bytes[i] == expected[i]) continue;
      snprintf(t->what, sizeof t->what, "tx: byte %u is %02x, must be %02x (protocol %u command %u S %u round %u echo %u credit %u)", i,
               wire->bytes[i], expected[i], head.protocol, head.command, head.s, head.round, head.echo, head.credit);
      return t->what;
    }
    TWIN_SAME("wrong_bits", wire->wrong_bits, 0);
    TWIN_SAME("syndrome", wire->syndrome, 0);
  }
  return twin_compare(t, now, when);
}

/* Routed: is the payload just accepted in a place of its own? */
static inline const char *twin_placed(struct twin *t, uint64_t now, bool accepted, uint64_t id) {
  const char *when = "rx";
  const uint32_t place = oio_link_newest(t->link);
  TWIN_SAME("whether a place is taken", place != OIO_NONE, accepted);
  if (accepted) {
    const unsigned before = spec_buffered(&t->spec) - 1;
    for (unsigned i = 0; i < before; i++) TWIN_SAME("whether the place was taken", t->places[i] == place, false);
    t->places[before] = place;
    t->buffered[place] = id;
    TWIN_SAME("the payload's identity", twin_id(oio_link_buffered(t->link, place)->bytes), id);
  }
  return twin_compare(t, now, when);
}

static inline const char *twin_rx(struct twin *t, uint64_t now, const struct oio_wire *wire) {
  const bool valid = spec_valid(t->format, wire->bytes);
  const bool discarded = spec_discarded(t->format, wire->bytes);
  uint8_t payload[236];
  for (unsigned i = 0; i < 236; i++) payload[i] = wire->bytes[spec_payload_at(t->format, i)];
  const uint64_t id = twin_id(payload);
  const bool accepted = spec_rx(&t->spec, now, valid, discarded, spec_get_head(t->format, wire->bytes), id);
  oio_link_rx(t->link, now, wire);
  if (t->spec.routed) return twin_placed(t, now, accepted, id);
  if (accepted) t->buffered[(t->spec.hop[0].taken + t->spec.hop[0].buffered - 1) % 32768] = id;
  return twin_compare(t, now, "rx");
}

/* Routed: whichever of the payloads there are `pick` says. */
static inline const char *twin_free(struct twin *t, uint64_t now, uint64_t pick) {
  const char *when = "free";
  const unsigned count = spec_buffered(&t->spec);
  if (count == 0) return NULL;
  uint32_t *chosen = &t->places[pick % count];
  const uint32_t place = *chosen;
  const uint64_t id = t->buffered[place];
  TWIN_SAME("the payload's identity", twin_id(oio_link_buffered(t->link, place)->bytes), id);
  *chosen = t->places[count - 1];
  oio_link_free(t->link, now, place);
  spec_take(&t->spec, now, id);
  return twin_compare(t, now, when);
}

static inline const char *twin_take(struct twin *t, uint64_t now, uint64_t pick) {
  const char *when = "recv";
  if (t->spec.routed) return twin_free(t, now, pick);
  struct oio_payload payload;
  const bool there = spec_buffered(&t->spec) > 0;
  TWIN_SAME("whether a payload is there", oio_link_recv(t->link, now, &payload), there);
  if (there) {
    const uint64_t id = t->buffered[t->spec.hop[0].taken % 32768];
    TWIN_SAME("the payload's identity", twin_id(payload.bytes), id);
    spec_take(&t->spec, now, id);
  }
  return twin_compare(t, now, when);
}

#endif
