/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Two link ends of the library, joined by a wire that the test holds: which flits arrive whole is decided by `fate`. Every flit that is
 * sent, and both ends' states after every instant, are held against SPEC.md; payloads are numbered, and must come out by number. In the
 * routed profile every other one is of hop VC 1. A step that goes wrong says why in `what`.
 */
#ifndef OIO_TESTS_PAIR_H
#define OIO_TESTS_PAIR_H

#include "oio/link.h"
#include "spec_flit.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

enum { PAIR_NONE = 9 };

struct pair_flight {
  struct oio_wire wire;
  uint64_t arrival;
};

struct pair_side {
  struct oio_link *link;
  struct oio_link_config config;
  /* what it sends */
  struct pair_flight *queue;
  uint64_t mask, head, tail, free_ps;
  unsigned sequence, command; /* of the payload flit before; PAIR_NONE: there was none */
  uint64_t naks;
  uint64_t offer, offered; /* payloads to be sent in all, and given to the link so far */
  /* what it receives */
  uint64_t delivered;
  bool holds; /* does not take payloads out of the buffer */
};

struct pair {
  struct pair_side side[2];
  unsigned m;
  uint64_t now, flit_ps, flight_ps, checked;
  /* May flip bits of flit number `index` that a side sends, by pair_flip. */
  void (*fate)(struct pair *pair, unsigned side, uint64_t index, struct oio_wire *wire);
  void *context;
  bool wrong;
  char what[240];
};

static inline void pair_complain(struct pair *p, const char *format, ...) {
  if (p->wrong) return;
  va_list arguments;
  va_start(arguments, format);
  const int n = snprintf(p->what, sizeof p->what, "at %llu: ", (unsigned long long)p->now);
  vsnprintf(p->what + n, sizeof p->what - (size_t)n, format, arguments);
  va_end(arguments);
  p->wrong = true;
}

static inline void pair_restart(struct pair *p) {
  for (unsigned i = 0; i < 2; i++) {
    struct pair_side *s = &p->side[i];
    oio_link_reset(s->link);
    s->head = s->tail = s->free_ps = s->offered = s->delivered = s->naks = 0;
    s->command = PAIR_NONE;
    s->sequence = p->m;
  }
  p->now = 0;
  p->wrong = false;
}

/* False: the library refused. The ends may differ. */
static inline bool pair_start(struct pair *p, struct oio_link_config a, struct oio_link_config b, uint64_t flit_ps, uint64_t flight_ps) {
  memset(p, 0, sizeof *p);
  p->m = (1u << a.sequence_bits) - 1;
  p->flit_ps = flit_ps;
  p->flight_ps = flight_ps;
  uint64_t size = 4;
  while (size < flight_ps / flit_ps + 4) size *= 2;
  for (unsigned i = 0; i < 2; i++) {
    struct pair_side *s = &p->side[i];
    s->config = i == 0 ? a : b;
    if (oio_link_create(&s->link, &s->config, NULL) != OIO_OK) return false;
    s->queue = calloc(size, sizeof *s->queue);
    s->mask = size - 1;
    if (s->queue == NULL) return false;
  }
  pair_restart(p);
  return true;
}

static inline void pair_end(struct pair *p) {
  for (unsigned i = 0; i < 2; i++) {
    oio_link_destroy(p->side[i].link);
    free(p->side[i].queue);
  }
}

/* A wrong bit, in either fidelity. */
static inline void pair_flip(struct pair *p, struct oio_wire *wire, unsigned bit) {
  const uint32_t syndrome = oio_flit_syndrome(oio_flit_format(p->side[0].config.format), bit);
  wire->bytes[bit / 8] ^= (uint8_t)(1u << bit % 8);
  wire->syndrome ^= syndrome;
  wire->wrong_bits = (uint16_t)(wire->wrong_bits + (syndrome != 0));
}

/* Byte 1 says the hop VC; the number stands behind it. */
static inline void pair_fill(uint64_t number, struct oio_payload *payload, enum oio_fidelity fidelity) {
  payload->touched_bytes = fidelity == OIO_BIT ? OIO_PAYLOAD_BYTES : 8;
  payload->tainted = false;
  memset(&payload->stamp, 0, sizeof payload->stamp);
  for (unsigned i = 0; i < payload->touched_bytes; i++)
    payload->bytes[i] = (uint8_t)(i < 8 ? number << 16 >> 8 * i : (number + 1) * (i + 3));
  payload->bytes[1] = number % 2;
}

static inline uint64_t pair_number(const uint8_t *bytes) {
  uint64_t number = 0;
  for (unsigned i = 8; i-- > 2;) number = number << 8 | bytes[i];
  return number;
}

static inline unsigned pair_distance(const struct pair *p, unsigned a, unsigned b) {
  return (b + p->m - a) % p->m;
}
static inline unsigned pair_next(const struct pair *p, unsigned s) {
  return s == p->m ? 1 : s + 1;
}
static inline unsigned pair_before(const struct pair *p, unsigned s) {
  return s == 1 ? p->m : s - 1;
}

static inline bool pair_routed(const struct pair *p) {
  return p->side[0].config.profile == OIO_PROFILE_ROUTED;
}

/* Would the next payload of a side be taken? */
static inline bool pair_can_send(const struct pair *p, unsigned i) {
  const struct pair_side *s = &p->side[i];
  if (s->offered >= s->offer) return false;
  return pair_routed(p) ? oio_link_wants_vc(s->link, s->offered % 2) : oio_link_can_send(s->link);
}

/* What K2 and K3 must say, where it may be either hop VC that they tell of. */
static inline unsigned pair_credit_told(const struct pair *p, const struct oio_link_state *state, unsigned credit) {
  return pair_routed(p) ? state->hops[credit >> 15].credit_sent | (credit & 0x8000) : state->credit_sent;
}

/* ---- what must hold of a flit sent ---- */

static inline void pair_check_flit(struct pair *p, unsigned i, const struct oio_wire *wire) {
  struct pair_side *s = &p->side[i];
  const unsigned format = s->config.format;
  const struct spec_head h = spec_get_head(format, wire->bytes);
  struct oio_link_state state;
  oio_link_get_state(s->link, &state);
  if (s->config.fidelity == OIO_BIT && p->checked++ % 61 == 0 && !spec_valid(format, wire->bytes))
    pair_complain(p, "a flit is sent with a wrong CRC");
  const unsigned credit = pair_credit_told(p, &state, h.credit);
  if (h.round != state.round || h.credit != credit || h.echo != state.round_seen) {
    pair_complain(p, "side %u: round %u credit %u echo %u on the wire, the state says %u %u %u", i, h.round, h.credit, h.echo, state.round,
                  credit, state.round_seen);
  }
  if (h.command != SPEC_EXPLICIT && h.s != pair_before(p, state.expected)) pair_complain(p, "side %u acknowledges %u", i, h.s);
  s->naks += h.command == SPEC_NAK;
  if (h.protocol == SPEC_NOP) {
    if (h.command == SPEC_EXPLICIT && h.s != pair_before(p, state.next_tx)) pair_complain(p, "side %u: explicit NOP of %u", i, h.s);
    return;
  }
  if (h.command != SPEC_EXPLICIT && s->command != SPEC_EXPLICIT) pair_complain(p, "side %u: two implicit flits one after the other", i);
  const unsigned q = h.command == SPEC_EXPLICIT ? h.s : pair_next(p, s->sequence);
  const unsigned ahead = pair_distance(p, state.acked, q);
  if (ahead < 1 || ahead > state.unacked_flits) pair_complain(p, "side %u sends %u, which is not unacknowledged", i, q);
  uint8_t number[8];
  for (unsigned k = 0; k < 8; k++) number[k] = wire->bytes[spec_payload_at(format, k)];
  if (pair_number(number) % p->m + 1 != q)
    pair_complain(p, "side %u: payload %llu under sequence %u", i, (unsigned long long)pair_number(number), q);
  s->command = h.command;
  s->sequence = q;
}

/* ---- what must hold of the states ---- */

/* Credit of one side's sending: `mask` is that of the totals, `buffer` the peer's. */
static inline void pair_check_credit(struct pair *p, unsigned i, unsigned mask, unsigned buffer, struct oio_hop_state s,
                                     unsigned peer_credit_sent) {
  if (((s.credit_limit - s.sent_total) & mask) > buffer) pair_complain(p, "side %u: more credit left than the buffer", i);
  if (((peer_credit_sent - s.credit_limit) & mask) > buffer) pair_complain(p, "side %u knows more credit than was given", i);
  if (((s.sent_total - (peer_credit_sent - buffer)) & mask) > buffer) pair_complain(p, "side %u sent more than the peer can hold", i);
}

static inline void pair_check_states(struct pair *p) {
  struct oio_link_state state[2];
  for (unsigned i = 0; i < 2; i++) oio_link_get_state(p->side[i].link, &state[i]);
  for (unsigned i = 0; i < 2; i++) {
    const struct oio_link_state *s = &state[i], *peer = &state[!i];
    const struct oio_link_config *c = &p->side[i].config;
    if (s->failed != OIO_LINK_ALIVE || peer->failed != OIO_LINK_ALIVE) return;
    if (s->unacked_flits > c->window_flits) pair_complain(p, "side %u: more unacknowledged than the window", i);
    if (pair_distance(p, s->acked, pair_before(p, s->next_tx)) != s->unacked_flits)
      pair_complain(p, "side %u: acked, next_tx and unacked differ", i);
    if (s->buffered_flits > c->buffer_flits * (pair_routed(p) ? 2 : 1)) pair_complain(p, "side %u: more than the buffer holds", i);
    if (pair_routed(p)) {
      for (unsigned v = 0; v < 2; v++) {
        pair_check_credit(p, i, 0x7FFF, p->side[!i].config.buffer_flits, s->hops[v], peer->hops[v].credit_sent);
      }
    } else {
      const struct oio_hop_state all = {.sent_total = s->sent_total, .credit_limit = s->credit_limit};
      pair_check_credit(p, i, 0xFFFF, p->side[!i].config.buffer_flits, all, peer->credit_sent);
    }
    /* What the peer took in order lies between what is acknowledged and what was sent. */
    if (pair_distance(p, s->acked, pair_before(p, peer->expected)) > s->unacked_flits)
      pair_complain(p, "side %u: acked is past expected", i);
  }
}

/* ---- time ---- */

static inline uint64_t pair_next_ps(const struct pair *p) {
  uint64_t next = OIO_NEVER;
  for (unsigned i = 0; i < 2; i++) {
    const struct pair_side *s = &p->side[i];
    if (s->head != s->tail && s->queue[s->head & s->mask].arrival < next) next = s->queue[s->head & s->mask].arrival;
    uint64_t tx = oio_link_next_tx_ps(s->link, p->now);
    if (pair_can_send(p, i)) tx = p->now;
    if (tx != OIO_NEVER && tx < s->free_ps) tx = s->free_ps;
    if (tx < next) next = tx;
  }
  return next == OIO_NEVER || next > p->now ? next : p->now;
}

static inline void pair_deliver(struct pair *p, unsigned i, const struct oio_payload *payload) {
  struct pair_side *s = &p->side[i];
  struct oio_payload expected;
  pair_fill(s->delivered, &expected, s->config.fidelity);
  if (payload->touched_bytes < expected.touched_bytes || memcmp(payload->bytes, expected.bytes, expected.touched_bytes) != 0) {
    pair_complain(p, "side %u: delivery %llu brings payload %llu", i, (unsigned long long)s->delivered,
                  (unsigned long long)pair_number(payload->bytes));
  }
  s->delivered++;
}

/* Routed: what has just arrived is freed at once. */
static inline void pair_take_newest(struct pair *p, unsigned i) {
  struct oio_link *link = p->side[i].link;
  const uint32_t place = oio_link_newest(link);
  if (place == OIO_NONE) return;
  pair_deliver(p, i, oio_link_buffered(link, place));
  oio_link_free(link, p->now, place);
}

static inline void pair_receive(struct pair *p, unsigned i) {
  struct pair_side *s = &p->side[i], *from = &p->side[!i];
  while (from->head != from->tail && from->queue[from->head & from->mask].arrival <= p->now) {
    oio_link_rx(s->link, p->now, &from->queue[from->head++ & from->mask].wire);
    if (pair_routed(p)) pair_take_newest(p, i);
  }
  struct oio_payload payload;
  while (!pair_routed(p) && !s->holds && oio_link_recv(s->link, p->now, &payload)) pair_deliver(p, i, &payload);
}

static inline void pair_transmit(struct pair *p, unsigned i) {
  struct pair_side *s = &p->side[i];
  if (pair_can_send(p, i)) {
    struct oio_payload payload;
    pair_fill(s->offered++, &payload, s->config.fidelity);
    if (oio_link_send(s->link, p->now, &payload) != OIO_OK) pair_complain(p, "side %u: can_send and send disagree", i);
  }
  if (s->free_ps > p->now) return;
  const bool foreseen = oio_link_next_tx_ps(s->link, p->now) <= p->now;
  struct pair_flight *flight = &s->queue[s->tail & s->mask];
  const bool sent = oio_link_tx(s->link, p->now, &flight->wire);
  struct oio_link_state state;
  oio_link_get_state(s->link, &state);
  if (sent != foreseen && state.failed == OIO_LINK_ALIVE) pair_complain(p, "side %u: next_tx_ps and tx disagree", i);
  if (!sent) return;
  pair_check_flit(p, i, &flight->wire);
  if (p->fate != NULL) p->fate(p, i, s->tail, &flight->wire);
  s->free_ps = p->now + p->flit_ps;
  flight->arrival = s->free_ps + p->flight_ps;
  s->tail++;
}

/* One instant. False: nothing more will happen, or something is wrong. */
static inline bool pair_step(struct pair *p) {
  const uint64_t next = pair_next_ps(p);
  if (next == OIO_NEVER) return false;
  p->now = next;
  for (unsigned i = 0; i < 2; i++) pair_receive(p, i);
  for (unsigned i = 0; i < 2; i++) pair_transmit(p, i);
  pair_check_states(p);
  return !p->wrong;
}

static inline bool pair_failed(const struct pair *p, unsigned i, enum oio_link_failure *why) {
  struct oio_link_state state;
  oio_link_get_state(p->side[i].link, &state);
  *why = state.failed;
  return state.failed != OIO_LINK_ALIVE;
}

/* Steps until all is quiet or `until_ps`. */
static inline void pair_run(struct pair *p, uint64_t until_ps) {
  while (!p->wrong && pair_next_ps(p) <= until_ps && pair_step(p)) {
  }
}

/* All is quiet: everything offered came out once (in order is checked on the way), nothing is owed, no credit is lost. */
static inline void pair_check_quiet(struct pair *p) {
  if (pair_next_ps(p) != OIO_NEVER) pair_complain(p, "it does not come to rest");
  for (unsigned i = 0; i < 2; i++) {
    struct pair_side *s = &p->side[i];
    struct oio_link_state state;
    oio_link_get_state(s->link, &state);
    if (state.failed != OIO_LINK_ALIVE) pair_complain(p, "side %u failed: %s", i, oio_link_failure_name(state.failed));
    if (s->offered != s->offer || p->side[!i].delivered != s->offer) {
      pair_complain(p, "side %u: %llu of %llu were sent, %llu came out", i, (unsigned long long)s->offered, (unsigned long long)s->offer,
                    (unsigned long long)p->side[!i].delivered);
    }
    if (state.unacked_flits != 0 || state.buffered_flits != 0 || state.waiting) {
      pair_complain(p, "side %u at rest: %u unacknowledged, %u buffered, waiting %d", i, state.unacked_flits, state.buffered_flits,
                    state.waiting);
    }
    for (unsigned v = 0; v < 2 && pair_routed(p); v++) {
      const unsigned left = (state.hops[v].credit_limit - state.hops[v].sent_total) & 0x7FFF;
      if (left != s->config.peer_buffer_flits) pair_complain(p, "side %u has lost credit of hop VC %u", i, v);
    }
    if (!pair_routed(p) && ((state.credit_limit - state.sent_total) & 0xFFFF) != s->config.peer_buffer_flits) {
      pair_complain(p, "side %u has lost credit", i);
    }
  }
}

#endif
