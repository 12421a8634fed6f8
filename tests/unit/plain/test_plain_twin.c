/* SPDX-License-Identifier: Apache-2.0 */
/* The plain profile against its second implementation: in lockstep, and each at one side of a wire. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#define CHANCE_PROGRAM "test_plain_twin"
#include "chance.h"
#include "twin_plain.h"

static unsigned round_of;

static void require(const char *what) {
  if (what != NULL) FAIL_WITH_REPLAY("round %u: %s", round_of, what);
}

#define MUST(condition)                                                                                                                    \
  do {                                                                                                                                     \
    if (!(condition)) require("does not hold: " #condition);                                                                               \
  } while (0)

static struct spec_plain_config any_config(uint64_t *r, unsigned format) {
  struct spec_plain_config c = {
      .format = format,
      .window = chance(r) & 1 ? 127 : 1 + (unsigned)chance_below(r, 127),
      .timeout = 1 + (unsigned)chance_below(r, chance(r) & 1 ? 511 : 20),
      .replay_limit = 1 + (unsigned)chance_below(r, 6),
      .handshake_explicits = 1 + (unsigned)chance_below(r, 12),
      .handshake_acks = 1 + (unsigned)chance_below(r, 6),
      .quiet_acks = 1 + (unsigned)chance_below(r, 4),
  };
  c.handshake_limit = c.handshake_explicits + c.handshake_acks + (unsigned)chance_below(r, chance(r) & 1 ? 64 : 4);
  return c;
}

/* ---- one end, and anything that may arrive ---- */

static void any_step(struct twin_plain *t, uint64_t *r, uint64_t *now) {
  uint8_t flit[SPEC_PLAIN_BYTES];
  bool sent;
  unsigned halves;
  const bool over = t->spec.state == SPEC_PLAIN_RETRAIN || t->spec.state == SPEC_PLAIN_ERROR;
  const unsigned step = over && chance_below(r, 4) == 0 ? 63 : (unsigned)chance_below(r, 64);
  if (step < 2) {
    *now += chance_below(r, step == 0 ? 600 : 8);
  } else if (step < 17) {
    require(twin_plain_send(t, chance(r), chance(r)));
  } else if (step < 36) {
    require(twin_plain_tx(t, ++*now, flit, &sent));
  } else if (step == 63) {
    if (t->spec.state == SPEC_PLAIN_RETRAIN || chance_below(r, 16) == 0) require(twin_plain_reenter(t, *now));
    if (t->spec.state == SPEC_PLAIN_ERROR) require(twin_plain_reset(t)); /* time does not start over */
  } else {
    twin_plain_near(&t->spec, chance(r), flit);
    if (step == 62) {
      for (unsigned i = 0; i < SPEC_PLAIN_BYTES; i++) flit[i] = (uint8_t)chance(r);
      if (chance(r) & 1) spec_plain_put_crcs(t->spec.is.format, flit);
    }
    require(twin_plain_rx(t, *now, flit, &halves));
  }
}

static void test_anything_arrives(void **unused) {
  (void)unused;
  static struct twin_plain t;
  uint64_t of_fault[SPEC_PLAIN_SEQUENCE_ZERO + 1] = {0}, ignored = 0, kept = 0, discarded = 0;
  for (round_of = 0; round_of < 500; round_of++) {
    uint64_t r = chance_stream(1000 + round_of), now = chance_below(&r, 1000);
    const struct spec_plain_config config = any_config(&r, 2 + round_of % 5);
    struct oio_error error = {{0}};
    if (twin_plain_create(&t, &config, &error) != OIO_OK) require(error.text);
    require(twin_plain_compare(&t, "create"));
    for (unsigned i = 0; i < 1000; i++) {
      any_step(&t, &r, &now);
      of_fault[t.spec.fault]++;
    }
    ignored += t.spec.naks_ignored;
    kept += t.spec.halves_kept;
    discarded += t.spec.received_discarded;
    oio_plain_destroy(t.plain);
  }
  for (unsigned fault = 0; fault <= SPEC_PLAIN_SEQUENCE_ZERO; fault++) MUST(of_fault[fault] > 0);
  MUST(ignored > 0 && kept > 0 && discarded > 0);
}

/* ---- two ends, and wires that delay and damage ---- */

enum { WIRE_FLITS = 64 };
enum kind { LIBRARY, SPECIFICATION, BOTH };

/* What comes out at a flit time went in `delay` flit times before. */
struct wire {
  uint8_t flit[WIRE_FLITS][SPEC_PLAIN_BYTES];
  bool there[WIRE_FLITS];
};

struct end {
  enum kind kind;
  struct twin_plain twin;
  struct wire in;
  uint64_t sent, taken; /* payloads to and from above */
  bool first;           /* the first half of the next is taken */
};

struct pair {
  struct end end[2];
  unsigned format, delay;
  uint64_t damaged_in; /* one flit in so many, 0: none */
  uint64_t r, now;
};

static uint64_t id_of(unsigned from, uint64_t number) {
  return (uint64_t)(from + 1) << 40 | number;
}
/* For twin_plain_send(): they fit. */
static uint64_t head_bits(uint64_t id) {
  return (id * 0x9E3779B97F4A7C15u >> 40 & 0xFF) | 63u << 18;
}

static enum spec_plain_state state_of(const struct end *e) {
  struct oio_plain_status s;
  if (e->kind == SPECIFICATION) return e->twin.spec.state;
  oio_plain_get_status(e->twin.plain, &s);
  return (enum spec_plain_state)s.state;
}

static bool end_send(struct end *e, uint64_t id) {
  const uint64_t bits = head_bits(id);
  uint8_t payload[SPEC_PLAIN_PAYLOAD_BYTES];
  const struct oio_plain_head head = {
      .protocol = (uint8_t)(1 + bits % 3), .stack = bits >> 2 & 1, .marker = bits >> 3 & 1, .type = (uint8_t)((bits >> 4 & 15) % 3)};
  twin_plain_payload(id, payload);
  if (e->kind == LIBRARY) return oio_plain_send(e->twin.plain, &head, payload) == OIO_OK;
  const bool can = spec_plain_can_send(&e->twin.spec);
  if (e->kind == BOTH) {
    require(twin_plain_send(&e->twin, bits, id));
  } else if (can) {
    spec_plain_send(&e->twin.spec,
                    (struct spec_plain_head){.protocol = head.protocol, .stack = head.stack, .marker = head.marker, .type = head.type},
                    payload);
  }
  return can;
}

static bool end_tx(struct end *e, uint64_t now, uint8_t *flit) {
  bool sent;
  if (e->kind == LIBRARY) return oio_plain_tx(e->twin.plain, now, flit);
  if (e->kind == SPECIFICATION) return spec_plain_tx(&e->twin.spec, now, flit);
  require(twin_plain_tx(&e->twin, now, flit, &sent));
  return sent;
}

static unsigned end_rx(struct end *e, uint64_t now, const uint8_t *flit) {
  unsigned halves;
  struct oio_plain_taken taken;
  if (e->kind == SPECIFICATION) return spec_plain_rx(&e->twin.spec, now, flit);
  if (e->kind == BOTH) {
    require(twin_plain_rx(&e->twin, now, flit, &halves));
    return halves;
  }
  oio_plain_rx(e->twin.plain, now, flit, &taken);
  return (taken.first ? SPEC_PLAIN_FIRST : 0) | (taken.second ? SPEC_PLAIN_SECOND : 0);
}

static void end_reenter(struct end *e, uint64_t now) {
  if (e->kind == LIBRARY) oio_plain_reenter(e->twin.plain, now);
  if (e->kind == SPECIFICATION) spec_plain_reenter(&e->twin.spec);
  if (e->kind == BOTH) require(twin_plain_reenter(&e->twin, now));
  memset(e->in.there, 0, sizeof e->in.there); /* training takes longer than the wire is */
}

static void check_half(unsigned format, const uint8_t *flit, uint64_t id, unsigned half) {
  uint8_t must[SPEC_PLAIN_PAYLOAD_BYTES];
  const struct spec_plain_head h = spec_plain_get_head(format, flit);
  const uint64_t bits = head_bits(id);
  twin_plain_payload(id, must);
  for (unsigned i = 0; i < spec_plain_payload_bytes(format); i++) {
    const unsigned at = spec_plain_payload_at(format, i);
    if (!spec_plain_halves(format) || at / 128 == half) MUST(flit[at] == must[i]);
  }
  MUST(h.protocol == 1 + bits % 3 && h.stack == (bits >> 2 & 1) && h.marker == (bits >> 3 & 1) && h.type == (bits >> 4 & 15) % 3);
}

/* Once each, in order and unaltered. */
static void take(struct pair *p, unsigned to, const uint8_t *flit, unsigned halves) {
  struct end *e = &p->end[to];
  if (halves & SPEC_PLAIN_FIRST) {
    MUST(!e->first);
    check_half(p->format, flit, id_of(1 - to, e->taken), 0);
    e->first = true;
  }
  if (halves & SPEC_PLAIN_SECOND) {
    MUST(e->first);
    check_half(p->format, flit, id_of(1 - to, e->taken), 1);
    e->first = false;
    e->taken++;
  }
}

/* One to three bits: a CRC sees every one of them. */
static void damage(uint64_t *r, uint8_t *flit, unsigned bytes) {
  for (uint64_t n = 1 + chance_below(r, 3); n-- > 0;) {
    const uint64_t bit = chance_below(r, 8 * bytes);
    flit[bit / 8] ^= (uint8_t)(1 << bit % 8);
  }
}

static void flit_time(struct pair *p, uint64_t payloads) {
  p->now++;
  for (unsigned i = 0; i < 2; i++) {
    struct wire *in = &p->end[i].in;
    const unsigned slot = p->now % WIRE_FLITS;
    if (in->there[slot]) take(p, i, in->flit[slot], end_rx(&p->end[i], p->now, in->flit[slot]));
    in->there[slot] = false;
  }
  for (unsigned i = 0; i < 2; i++) {
    struct end *e = &p->end[i];
    struct wire *out = &p->end[1 - i].in;
    const unsigned slot = (p->now + p->delay) % WIRE_FLITS;
    if (e->sent < payloads && chance_below(&p->r, 4) != 0 && end_send(e, id_of(i, e->sent))) e->sent++;
    out->there[slot] = end_tx(e, p->now, out->flit[slot]);
    if (out->there[slot] && p->damaged_in != 0 && chance_below(&p->r, p->damaged_in) == 0) {
      damage(&p->r, out->flit[slot], spec_plain_bytes(p->format));
    }
  }
  MUST(state_of(&p->end[0]) != SPEC_PLAIN_ERROR && state_of(&p->end[1]) != SPEC_PLAIN_ERROR);
  if (state_of(&p->end[0]) == SPEC_PLAIN_RETRAIN || state_of(&p->end[1]) == SPEC_PLAIN_RETRAIN || chance_below(&p->r, 5000) == 0) {
    end_reenter(&p->end[0], p->now);
    end_reenter(&p->end[1], p->now);
  }
}

static void end_start(struct pair *p, unsigned i, enum kind kind) {
  struct spec_plain_config c = any_config(&p->r, p->format);
  struct oio_error error = {{0}};
  c.timeout = 2 * p->delay + 20 + (unsigned)chance_below(&p->r, 300);
  c.handshake_limit += 2 * p->delay + 20;
  p->end[i].kind = kind;
  if (twin_plain_create(&p->end[i].twin, &c, &error) != OIO_OK) require(error.text);
}

/* What an end has counted is added to *sum. */
static void add_counts(const struct end *e, struct spec_plain *sum) {
  struct oio_plain_status s;
  if (e->kind == SPECIFICATION) return;
  oio_plain_get_status(e->twin.plain, &s);
  sum->received_payload += s.received_payload;
  sum->received_invalid += s.received_invalid;
  sum->received_duplicate += s.received_duplicate;
  sum->received_ahead += s.received_ahead;
  sum->received_unknown += s.received_unknown;
  sum->naks_ignored += s.naks_ignored;
  sum->started += s.replays;
  sum->timeouts += s.timeouts;
  sum->handshakes += s.handshakes;
  sum->halves_kept += s.halves_kept;
}

/* Rounds of so many payloads each way. All that a wire can make of a link has happened to the library's ends: else this proves little. */
static void converse(enum kind a, enum kind b, uint64_t stream, unsigned rounds, uint64_t payloads) {
  static const uint64_t damaged_in[] = {0, 1000, 100, 20, 5};
  static struct pair p;
  static struct spec_plain sum;
  memset(&sum, 0, sizeof sum);
  for (round_of = 0; round_of < rounds; round_of++) {
    memset(&p, 0, sizeof p);
    p.r = chance_stream(stream + round_of);
    p.format = 2 + round_of % 5;
    p.delay = 1 + (unsigned)chance_below(&p.r, WIRE_FLITS - 1);
    p.damaged_in = damaged_in[chance_below(&p.r, 5)];
    end_start(&p, round_of & 1, a);
    end_start(&p, 1 - (round_of & 1), b);
    while (p.end[0].taken < payloads || p.end[1].taken < payloads) {
      flit_time(&p, payloads);
      if (p.now > 1000 * payloads) require("the payloads do not get across");
    }
    for (unsigned i = 0; i < 2; i++) {
      add_counts(&p.end[i], &sum);
      oio_plain_destroy(p.end[i].twin.plain);
    }
  }
  MUST(sum.received_payload >= rounds * payloads);
  MUST(sum.received_invalid > 0 && sum.received_duplicate > 0 && sum.received_ahead > 0 && sum.received_unknown > 0);
  MUST(sum.started > sum.timeouts && sum.timeouts > 0 && sum.handshakes > 2 * rounds && sum.halves_kept > 0);
}

static void test_wires_do_their_worst(void **unused) {
  (void)unused;
  converse(BOTH, BOTH, 2000, 20, 1000);
}

static void test_they_understand_each_other(void **unused) {
  (void)unused;
  converse(LIBRARY, SPECIFICATION, 3000, 40, 1250);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_anything_arrives),
      cmocka_unit_test(test_wires_do_their_worst),
      cmocka_unit_test(test_they_understand_each_other),
  };
  chance_start();
  return cmocka_run_group_tests(tests, NULL, NULL);
}
