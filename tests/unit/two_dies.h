/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Two dies and a wire in the test's hand. Every payload on the wire is read by a parser written here from SPEC.md section 6; what comes out
 * is held against what went in. Include after "chance.h".
 */
#ifndef OIO_TESTS_TWO_DIES_H
#define OIO_TESTS_TWO_DIES_H

#include "oio/die.h"
#include "spec_flit.h"

enum { FLIT = 1000, FLIGHT = 4500, QUEUE = 64, VCS = 8, BIG = 1 << 20, HELD = 4096 };

/* A message that is to travel. */
struct item {
  uint64_t id, bytes;
  unsigned vc;
};

/* One direction: who sends what, the wire, and how far each observer has come. */
struct way {
  const struct item *items;
  unsigned count, handed;  /* handed to the die */
  unsigned parsed_at[VCS]; /* item that the parser is in, per VC; likewise the receiver */
  unsigned received_at[VCS];
  uint64_t parsed_bytes[VCS], received_bytes[VCS];
  uint64_t parsed_granules[VCS], released_granules[VCS], held_granules[VCS], total_bytes[VCS];
  uint8_t held[VCS][HELD]; /* sizes of the segments that are not released: number n at n % HELD */
  unsigned held_count[VCS];
  struct oio_wire queue[QUEUE];
  uint64_t arrival[QUEUE];
  unsigned head, tail;
  uint64_t free_ps, payload_flits;
  unsigned credit_limit[VCS]; /* as last seen on the wire, in granules */
  bool empty_seen;            /* a payload of no segments went by */
  uint64_t empty_ps;
  uint64_t trace; /* FNV-1a of time and bytes of all that was put on the wire */
};

struct dies {
  struct oio_die *die[2];
  struct oio_die_config config;
  struct way way[2]; /* way[i] leads from die i to the other */
  uint64_t now, steps;
  unsigned hold; /* a set of VCs whose segments are not released, at either die */
  double loss;
  uint64_t stream;
  const uint8_t *data; /* message bytes: data + id % 4096; NULL: the pattern */
  bool bodies;         /* they are compared */
};

static inline struct oio_die_config config_of(enum oio_fidelity fidelity, unsigned vcs, uint64_t buffer_bytes) {
  return (struct oio_die_config){
      .link = {.format = 6,
               .sequence_bits = 8,
               .fidelity = fidelity,
               .window_flits = 127,
               .buffer_flits = 64,
               .peer_buffer_flits = 64,
               .replay_limit = 1000,
               .timeout_ps = 375 * FLIT,
               .nak_repeat_ps = 60 * FLIT,
               .ack_delay_ps = 8 * FLIT},
      .vcs = (uint8_t)vcs,
      .vc_buffer_bytes = buffer_bytes,
      .credit_delay_ps = 8 * FLIT,
      .seed = 77,
  };
}

static inline void start(struct dies *d, struct oio_die_config config) {
  memset(d, 0, sizeof *d);
  d->config = config;
  d->bodies = config.link.fidelity == OIO_BIT;
  struct oio_error error;
  for (unsigned i = 0; i < 2; i++) {
    if (oio_die_create(&d->die[i], &config, &error) != OIO_OK) fail_msg("%s", error.text);
    for (unsigned v = 0; v < VCS; v++) d->way[i].credit_limit[v] = (unsigned)(config.vc_buffer_bytes / 16);
  }
}

static inline void finish(struct dies *d) {
  for (unsigned i = 0; i < 2; i++) oio_die_destroy(d->die[i]);
}

static inline bool same_body(const struct dies *d, uint64_t id, uint64_t offset, const uint8_t *bytes, unsigned count) {
  if (!d->bodies) return true;
  if (d->data != NULL) return memcmp(d->data + id % 4096 + offset, bytes, count) == 0;
  return oio_pattern_matches(d->config.seed, id, offset, bytes, count);
}

static inline unsigned next_of_vc(const struct way *w, unsigned from, unsigned vc) {
  while (from < w->count && w->items[from].vc != vc) from++;
  return from;
}

/* One segment against the item that must be next in its VC; moves on. */
static inline void check_segment(struct dies *d, struct way *w, unsigned *at, uint64_t *offset, unsigned vc, uint64_t id, bool first,
                                 bool last, const uint8_t *bytes, unsigned count) {
  *at = next_of_vc(w, *at, vc);
  if (*at == w->count) FAIL_WITH_REPLAY("a segment on VC %u where nothing is left", vc);
  const struct item *item = &w->items[*at];
  if (id != (item->id & 0xFFFFFFFFFFFFu) || first != (*offset == 0) || last != (*offset + count == item->bytes) ||
      *offset + count > item->bytes) {
    FAIL_WITH_REPLAY("VC %u, item %u at %llu of %llu: segment of id %llu, %u bytes, first %d, last %d", vc, *at,
                     (unsigned long long)*offset, (unsigned long long)item->bytes, (unsigned long long)id, count, first, last);
  }
  if (!same_body(d, item->id, *offset, bytes, count))
    FAIL_WITH_REPLAY("VC %u, item %u at %llu: other bytes", vc, *at, (unsigned long long)*offset);
  *offset += count;
  if (last) {
    *offset = 0;
    ++*at;
  }
}

/* ---- the parser of section 6 ---- */

static inline void parse(struct dies *d, unsigned side, const struct oio_wire *wire) {
  struct way *w = &d->way[side];
  uint8_t p[236];
  for (unsigned i = 0; i < 236; i++) p[i] = wire->bytes[spec_payload_at(d->config.link.format, i)];
  const unsigned count = p[0] & 15, credit_vc = p[0] >> 4;
  assert_true(count <= 14);
  assert_true(credit_vc < d->config.vcs);
  const unsigned limit = p[1] | (unsigned)p[2] << 8 | (unsigned)p[3] << 16;
  d->way[!side].credit_limit[credit_vc] = limit;
  /* Absolute: all that the consumer at this die ever released, and the buffer. */
  assert_int_equal(limit, (d->way[!side].released_granules[credit_vc] + d->config.vc_buffer_bytes / 16) & 0xFFFFFF);
  unsigned at = 4 + 8 * count;
  if (count == 0) {
    w->empty_seen = true;
    w->empty_ps = d->now;
  }
  if (!d->bodies) {
    assert_int_equal(wire->references, d->data != NULL ? count : 0);
    assert_int_equal(wire->touched_bytes, at + wire->references * sizeof d->data);
  }
  for (unsigned k = 0; k < count; k++) {
    const uint8_t *descriptor = p + 4 + 8 * k;
    const unsigned vc = descriptor[0] & 7, bytes = descriptor[1];
    uint64_t id = 0;
    for (unsigned i = 0; i < 6; i++) id |= (uint64_t)descriptor[2 + i] << 8 * i;
    assert_int_equal(descriptor[0] >> 5, 0);
    assert_true(bytes >= 1 && bytes <= 224 && at + bytes <= 236);
    check_segment(d, w, &w->parsed_at[vc], &w->parsed_bytes[vc], vc, id, descriptor[0] >> 3 & 1, descriptor[0] >> 4 & 1, p + at, bytes);
    w->parsed_granules[vc] += (bytes + 15) / 16;
    assert_true(w->parsed_granules[vc] <= w->released_granules[vc] + d->config.vc_buffer_bytes / 16);
    at += bytes;
  }
  for (; at < 236 && d->bodies; at++) assert_int_equal(p[at], 0);
}

/* A payload by hand: `count` descriptors of which the first is given, the others good, into die 0 as flit `sequence`; credit limit 256. */
static inline void push(struct dies *d, unsigned sequence, uint8_t head, unsigned count, const uint8_t first[2]) {
  uint8_t p[236] = {head, 0, 1, 0};
  for (unsigned k = 0; k < count && 12 + 8 * k <= 236; k++) {
    p[4 + 8 * k] = k == 0 ? first[0] : 0x18;
    p[5 + 8 * k] = k == 0 ? first[1] : 1;
    p[6 + 8 * k] = (uint8_t)k;
  }
  struct oio_wire wire = {.touched_bytes = OIO_PAYLOAD_BYTES};
  spec_make(6, wire.bytes, (struct spec_head){.protocol = 1, .s = sequence, .credit = 64}, p);
  oio_die_rx(d->die[0], 0, &wire);
}

/* ---- the host ---- */

static inline void trace_wire(struct way *w, uint64_t now_ps, const struct oio_wire *wire) {
  w->trace = (w->trace ^ now_ps) * 0x100000001B3u;
  for (unsigned i = 0; i < sizeof wire->bytes; i++) w->trace = (w->trace ^ wire->bytes[i]) * 0x100000001B3u;
}

static inline void receive(struct dies *d, unsigned side) {
  struct way *w = &d->way[!side];
  while (w->head != w->tail && w->arrival[w->head % QUEUE] <= d->now) oio_die_rx(d->die[side], d->now, &w->queue[w->head++ % QUEUE]);
  struct oio_segment s;
  while (oio_die_recv(d->die[side], d->now, &s)) {
    check_segment(d, w, &w->received_at[s.vc], &w->received_bytes[s.vc], s.vc, s.id, s.first, s.last, s.data, s.bytes);
    w->total_bytes[s.vc] += s.bytes;
    if (d->hold >> s.vc & 1) {
      w->held_granules[s.vc] += (s.bytes + 15) / 16;
      w->held[s.vc][w->held_count[s.vc]++ % HELD] = (uint8_t)s.bytes;
    } else {
      assert_int_equal(oio_die_release(d->die[side], d->now, s.vc, s.bytes), OIO_OK);
      w->released_granules[s.vc] += (s.bytes + 15) / 16;
    }
  }
}

static inline void transmit(struct dies *d, unsigned side) {
  struct way *w = &d->way[side];
  for (; w->handed < w->count; w->handed++) {
    const struct item *item = &w->items[w->handed];
    const struct oio_message m = {
        .vc = (uint8_t)item->vc, .id = item->id, .bytes = item->bytes, .data = d->data != NULL ? d->data + item->id % 4096 : NULL};
    if (oio_die_send(d->die[side], d->now, &m) != OIO_OK) break;
  }
  if (w->free_ps > d->now) return;
  struct oio_wire *wire = &w->queue[w->tail % QUEUE];
  if (!oio_die_tx(d->die[side], d->now, wire)) return;
  trace_wire(w, d->now, wire);
  const struct spec_head h = spec_get_head(d->config.link.format, wire->bytes);
  if (h.protocol == SPEC_PAYLOAD) {
    w->payload_flits++;
    if (d->loss == 0) parse(d, side, wire);
  }
  if (d->loss > 0 && chance_unit(&d->stream) < d->loss) {
    wire->bytes[99] ^= 8;
    wire->wrong_bits = 1;
    wire->syndrome = oio_flit_syndrome(oio_flit_format(d->config.link.format), 8 * 99 + 3);
  }
  w->free_ps = d->now + FLIT;
  w->arrival[w->tail++ % QUEUE] = w->free_ps + FLIGHT;
}

static inline bool step(struct dies *d, uint64_t until_ps) {
  uint64_t next = OIO_NEVER;
  for (unsigned i = 0; i < 2; i++) {
    const struct way *w = &d->way[i];
    if (w->head != w->tail && w->arrival[w->head % QUEUE] < next) next = w->arrival[w->head % QUEUE];
    uint64_t tx = oio_die_next_tx_ps(d->die[i], d->now);
    if (w->handed < w->count && oio_die_queued(d->die[i], w->items[w->handed].vc) < OIO_DIE_QUEUE_MESSAGES) tx = d->now;
    if (tx != OIO_NEVER && tx < w->free_ps) tx = w->free_ps;
    if (tx < next) next = tx;
  }
  if (next == OIO_NEVER || next > until_ps) return false;
  if (++d->steps > 20000000) FAIL_WITH_REPLAY("it does not come to rest");
  if (next > d->now) d->now = next;
  for (unsigned i = 0; i < 2; i++) receive(d, i);
  for (unsigned i = 0; i < 2; i++) transmit(d, i);
  return true;
}

static inline void run(struct dies *d, uint64_t until_ps) {
  while (step(d, until_ps)) {
  }
}

static inline void check_all_arrived(const struct dies *d) {
  for (unsigned i = 0; i < 2; i++) {
    const struct way *w = &d->way[i];
    for (unsigned vc = 0; vc < VCS; vc++) {
      if (next_of_vc(w, w->received_at[vc], vc) != w->count)
        FAIL_WITH_REPLAY("way %u, VC %u: item %u did not arrive", i, vc, w->received_at[vc]);
    }
    assert_int_equal(oio_die_malformed(d->die[i]), 0);
  }
}

/* ---- chance ---- */

static inline uint64_t some_size(uint64_t *stream) {
  static const uint64_t edges[] = {1, 2, 15, 16, 17, 207, 208, 209, 223, 224, 225, 447, 448, 449, 4096, 65536, BIG};
  const uint64_t kind = chance_below(stream, 40);
  if (kind < 17) return edges[kind];
  return 1 + (chance(stream) >> 1) % ((uint64_t)1 << chance_below(stream, kind == 17 ? 21 : 12));
}

static inline void make_items(struct item *items, unsigned count, unsigned vcs, uint64_t *stream) {
  for (unsigned i = 0; i < count; i++) items[i] = (struct item){chance(stream), some_size(stream), (unsigned)chance_below(stream, vcs)};
}

static inline uint8_t *random_bytes(uint64_t *stream) {
  uint8_t *bytes = malloc(2 * BIG + 4096);
  assert_non_null(bytes);
  for (unsigned i = 0; i < 2 * BIG + 4096; i++) bytes[i] = (uint8_t)chance(stream);
  return bytes;
}

#endif
