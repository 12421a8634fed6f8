/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A plain link end of the library and one of spec_plain.h, fed alike and compared after every step. A step returns NULL, or what differs.
 */
#ifndef OIO_TESTS_TWIN_PLAIN_H
#define OIO_TESTS_TWIN_PLAIN_H

#include "oio/plain.h"
#include "spec_plain.h"

#include <stdio.h>

struct twin_plain {
  struct oio_plain *plain;
  struct spec_plain spec;
  char what[240];
};

static inline struct oio_plain_config twin_plain_config(const struct spec_plain_config *c) {
  return (struct oio_plain_config){
      .format = (uint8_t)c->format,
      .window_flits = (uint8_t)c->window,
      .timeout_flits = (uint16_t)c->timeout,
      .replay_limit = (uint16_t)c->replay_limit,
      .handshake_limit = (uint16_t)c->handshake_limit,
      .handshake_explicits = (uint8_t)c->handshake_explicits,
      .handshake_acks = (uint8_t)c->handshake_acks,
      .quiet_acks = (uint8_t)c->quiet_acks,
  };
}

/* The payload of a number. */
static inline void twin_plain_payload(uint64_t id, uint8_t *bytes) {
  for (unsigned i = 0; i < SPEC_PLAIN_PAYLOAD_BYTES; i++) {
    bytes[i] = (uint8_t)(i < 8 ? id >> 8 * i : id * 0x9E3779B97F4A7C15u >> (i % 7 * 8) ^ i);
  }
}

#define TWIN_PLAIN_SAME(name, ours, theirs)                                                                                                \
  do {                                                                                                                                     \
    if ((uint64_t)(ours) != (uint64_t)(theirs)) {                                                                                          \
      snprintf(t->what, sizeof t->what, "%s: %s is %llu, must be %llu", when, name, (unsigned long long)(ours),                            \
               (unsigned long long)(theirs));                                                                                              \
      return t->what;                                                                                                                      \
    }                                                                                                                                      \
  } while (0)
#define TWIN_PLAIN_COUNTED(field) TWIN_PLAIN_SAME(#field, s.field, e->field)

static inline const char *twin_plain_compare(struct twin_plain *t, const char *when) {
  const struct spec_plain *e = &t->spec;
  struct oio_plain_status s;
  oio_plain_get_status(t->plain, &s);
  TWIN_PLAIN_COUNTED(state);
  TWIN_PLAIN_COUNTED(fault);
  TWIN_PLAIN_SAME("can_send", oio_plain_can_send(t->plain), spec_plain_can_send(e));
  TWIN_PLAIN_COUNTED(next_tx);
  TWIN_PLAIN_COUNTED(acked);
  TWIN_PLAIN_COUNTED(expected);
  TWIN_PLAIN_SAME("unacked_flits", s.unacked_flits, spec_plain_unacked(e));
  TWIN_PLAIN_COUNTED(sent_payload);
  TWIN_PLAIN_COUNTED(sent_replayed);
  TWIN_PLAIN_COUNTED(sent_nop);
  TWIN_PLAIN_COUNTED(sent_ack);
  TWIN_PLAIN_COUNTED(sent_nak);
  TWIN_PLAIN_COUNTED(received);
  TWIN_PLAIN_COUNTED(received_payload);
  TWIN_PLAIN_COUNTED(received_invalid);
  TWIN_PLAIN_COUNTED(received_duplicate);
  TWIN_PLAIN_COUNTED(received_ahead);
  TWIN_PLAIN_COUNTED(received_unknown);
  TWIN_PLAIN_COUNTED(received_discarded);
  TWIN_PLAIN_COUNTED(naks_ignored);
  TWIN_PLAIN_SAME("replays", s.replays, e->started);
  TWIN_PLAIN_COUNTED(timeouts);
  TWIN_PLAIN_COUNTED(handshakes);
  TWIN_PLAIN_COUNTED(halves_kept);
  return NULL;
}

static inline enum oio_status twin_plain_create(struct twin_plain *t, const struct spec_plain_config *c, struct oio_error *error) {
  const struct oio_plain_config config = twin_plain_config(c);
  spec_plain_start(&t->spec, *c);
  return oio_plain_create(&t->plain, &config, error);
}

static inline const char *twin_plain_reset(struct twin_plain *t) {
  oio_plain_reset(t->plain);
  spec_plain_start(&t->spec, t->spec.is);
  return twin_plain_compare(t, "reset");
}

static inline const char *twin_plain_reenter(struct twin_plain *t, uint64_t now) {
  oio_plain_reenter(t->plain, now);
  spec_plain_reenter(&t->spec);
  return twin_plain_compare(t, "reenter");
}

static inline bool twin_plain_fits(const struct oio_plain_head *head) {
  return head->protocol >= 1 && head->protocol <= 3 && head->stack <= 1 && head->marker <= 1 && head->type <= 2;
}

/* Protocol, stack, marker and type of a payload are drawn from `bits`; some do not fit. */
static inline const char *twin_plain_send(struct twin_plain *t, uint64_t bits, uint64_t id) {
  const char *when = "send";
  uint8_t payload[SPEC_PLAIN_PAYLOAD_BYTES];
  struct oio_plain_head head = {
      .protocol = (uint8_t)(1 + bits % 3),
      .stack = bits >> 2 & 1,
      .marker = bits >> 3 & 1,
      .type = (uint8_t)((bits >> 4 & 15) % 3),
      .command = bits >> 8 & 3,
      .sequence = (uint8_t)(bits >> 10),
  };
  switch (bits >> 18 & 63) {
  case 0:
    head.protocol = (uint8_t)(bits & 1 ? 0 : 4);
    break;
  case 1:
    head.stack = 2;
    break;
  case 2:
    head.marker = 2;
    break;
  case 3:
    head.type = 3;
    break;
  default:
    break;
  }
  const struct spec_plain_head same = {.protocol = head.protocol, .stack = head.stack, .marker = head.marker, .type = head.type};
  twin_plain_payload(id, payload);
  const bool fits = twin_plain_fits(&head), can = spec_plain_can_send(&t->spec);
  const enum oio_status status = oio_plain_send(t->plain, &head, payload);
  TWIN_PLAIN_SAME("status", -status, !fits ? -OIO_ERR_FORMAT : can ? 0 : -OIO_ERR_FULL);
  if (fits && can) spec_plain_send(&t->spec, same, payload);
  return twin_plain_compare(t, when);
}

static inline const char *twin_plain_same_flit(struct twin_plain *t, const uint8_t *ours, const uint8_t *must) {
  const struct spec_plain *e = &t->spec;
  const struct spec_plain_head h = spec_plain_get_head(e->is.format, must), o = spec_plain_get_head(e->is.format, ours);
  for (unsigned i = 0; i < SPEC_PLAIN_BYTES; i++) {
    if (ours[i] == must[i]) continue;
    snprintf(t->what, sizeof t->what,
             "tx: byte %u is %02x, must be %02x (protocol %u command %u S %u, must be %u %u %u; next_tx %u acked %u last sent %u)", i,
             ours[i], must[i], o.protocol, o.command, o.s, h.protocol, h.command, h.s, e->next_tx, e->acked, e->last_sent);
    return t->what;
  }
  return NULL;
}

/* *sent: a flit is in `flit`. */
static inline const char *twin_plain_tx(struct twin_plain *t, uint64_t now, uint8_t *flit, bool *sent) {
  const char *when = "tx";
  uint8_t must[SPEC_PLAIN_BYTES];
  memset(must, 0xA5, sizeof must);
  memset(flit, 0xA5, SPEC_PLAIN_BYTES);
  const bool due = spec_plain_tx(&t->spec, now, must);
  *sent = oio_plain_tx(t->plain, now, flit);
  TWIN_PLAIN_SAME("whether a flit is sent", *sent, due);
  const char *what = due ? twin_plain_same_flit(t, flit, must) : NULL;
  return what != NULL ? what : twin_plain_compare(t, when);
}

/* *halves: which are handed on, SPEC_PLAIN_FIRST and SPEC_PLAIN_SECOND. */
static inline const char *twin_plain_rx(struct twin_plain *t, uint64_t now, const uint8_t *flit, unsigned *halves) {
  const struct spec_plain_head h = spec_plain_get_head(t->spec.is.format, flit);
  struct oio_plain_taken taken;
  char at[100];
  snprintf(at, sizeof at, "rx (format %u state %d lost %d expected %u: protocol %u type %u command %u S %u)", t->spec.is.format,
           (int)t->spec.state, t->spec.lost, t->spec.expected, h.protocol, h.type, h.command, h.s);
  const char *when = at;
  *halves = spec_plain_rx(&t->spec, now, flit);
  memset(&taken, 0xA5, sizeof taken);
  oio_plain_rx(t->plain, now, flit, &taken);
  TWIN_PLAIN_SAME("whether a first half is handed on", taken.first, (*halves & SPEC_PLAIN_FIRST) != 0);
  TWIN_PLAIN_SAME("whether a second half is handed on", taken.second, (*halves & SPEC_PLAIN_SECOND) != 0);
  if (*halves != SPEC_PLAIN_NONE) {
    TWIN_PLAIN_SAME("whether the flit is the caller's", taken.flit == flit, true);
    TWIN_PLAIN_SAME("protocol", taken.head.protocol, h.protocol);
    TWIN_PLAIN_SAME("stack", taken.head.stack, h.stack);
    TWIN_PLAIN_SAME("marker", taken.head.marker, h.marker);
    TWIN_PLAIN_SAME("type", taken.head.type, h.type);
    TWIN_PLAIN_SAME("command", taken.head.command, h.command);
    TWIN_PLAIN_SAME("sequence", taken.head.sequence, h.s);
  }
  return twin_plain_compare(t, when);
}

/* A flit near what the link end expects, drawn from `bits`: command, protocol, a sequence at or about one that matters, damage. */
static inline void twin_plain_near(const struct spec_plain *e, uint64_t bits, uint8_t *flit) {
  uint8_t payload[SPEC_PLAIN_PAYLOAD_BYTES];
  struct spec_plain_head h = {
      .command = bits & 3,
      .protocol = bits >> 2 & 3,
      .stack = bits >> 17 & 1,
      .marker = bits >> 18 & 1,
      .type = bits >> 20 & 3,
  };
  const unsigned near = bits >> 4 & 7, reach = near == 7 ? 125 : near == 6 ? 124 : near == 5 ? 1 : 0;
  const bool raw = (bits >> 7 & 7) == 0, back = bits >> 10 & 1;
  if (h.command == 3 && (bits >> 21 & 7) != 0) h.command = SPEC_ACK;
  unsigned s = h.command == SPEC_EXPLICIT ? (h.protocol == SPEC_NOP ? spec_plain_before(e->expected) : e->expected) : e->acked;
  const unsigned outstanding = spec_plain_outstanding(e);
  unsigned steps = reach + (near >= 5 ? (unsigned)(bits >> 11 & 3) : 0);
  if (h.command != SPEC_EXPLICIT && (bits >> 13 & 15) != 0)
    steps = near < 4 || outstanding == 0 ? 0 : (bits >> 24 & 255) % (outstanding + 1);
  for (unsigned i = 0; i < steps; i++) s = back && h.command == SPEC_EXPLICIT ? spec_plain_before(s) : spec_plain_next(s);
  if (raw && (bits >> 13 & 15) == 1) s = bits >> 19 & 1 ? bits >> 24 & 255 : 0;
  h.s = s;
  twin_plain_payload(bits, payload);
  spec_plain_make(e->is.format, flit, h, h.protocol == SPEC_NOP ? NULL : payload);
  if ((bits >> 32 & 7) == 0) flit[(bits >> 36 & 255) % spec_plain_bytes(e->is.format)] ^= (uint8_t)(1 << (bits >> 44 & 7));
}

#endif
