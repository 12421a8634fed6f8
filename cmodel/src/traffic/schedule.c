/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Ring:              rank r sends to r + 1, a phase a block. Reduce-scatter, phase s: block r - s; then r has block r + 1 whole.
 *                    All-gather, phase s: block r - s, or r + 1 - s after a reduce-scatter. Broadcast: all blocks, from rank 0 on.
 * Halving-doubling:  phase s of log2 n halves what is left: the half of the partner r XOR (n >> s + 1) goes there. Doubling, phase t:
 *                    all that r has goes to r XOR (1 << t).
 * Tree:              binomial: the parent of r is r without its highest bit. Up from the leaves (higher ranks first), down from the root.
 * Direct:            phase k - 1: r to r + k. All-reduce: the block of r + k, to be added there; then block r, to all.
 */
#include "traffic/schedule.h"

static uint32_t log2_of(uint32_t n) {
  uint32_t bits = 0;
  while (n >>= 1) bits++;
  return bits;
}

static uint32_t parent_of(uint32_t rank) {
  return rank ^ 1u << log2_of(rank);
}

/* Is it the gathering half of an all-reduce, or all there is of an all-gather? phase: its own phase number then. */
static bool gathers(const struct oio_collective *c, uint32_t *phase) {
  if (c->config.kind == OIO_ALL_GATHER) return true;
  if (c->config.kind != OIO_ALL_REDUCE || *phase < c->phases / 2) return false;
  *phase -= c->phases / 2;
  return true;
}

enum oio_status oio_schedule_choose(struct oio_collective *c, struct oio_error *error) {
  static const enum oio_algorithm usual[] = {OIO_RING, OIO_RING, OIO_RING, OIO_DIRECT_EXCHANGE, OIO_TREE};
  static const struct {
    bool can[OIO_DIRECT_EXCHANGE + 1]; /* by algorithm */
    const char *use;
  } offers[] = {{{true, true, true, true, true}, ""},
                {{true, true, true, false, true}, "ring, halving-doubling or direct"},
                {{true, true, true, false, true}, "ring, halving-doubling or direct"},
                {{true, false, false, false, true}, "direct"},
                {{true, true, false, true, true}, "ring, tree or direct"}};
  const enum oio_collective_kind kind = c->config.kind;
  if (!offers[kind].can[c->config.algorithm]) {
    return oio_error_set(error, OIO_ERR_CONFIG, "%salgorithm=%s does no %s; use %s", c->config.listed ? "" : "workload.",
                         oio_algorithm_name(c->config.algorithm), oio_collective_kind_name(kind), offers[kind].use);
  }
  if (c->config.algorithm == OIO_ALGORITHM_AUTO) c->config.algorithm = usual[kind];
  const uint32_t n = c->config.group, halves = kind == OIO_ALL_REDUCE ? 2 : 1;
  c->wide = n;
  c->phases = halves * (c->config.algorithm == OIO_HALVING_DOUBLING ? log2_of(n) : n - 1);
  if (kind == OIO_BROADCAST || c->config.algorithm == OIO_TREE) {
    c->wide = n - 1;
    c->phases = halves;
  }
  return OIO_OK;
}

static void ring_send(const struct oio_collective *c, struct oio_place place, struct oio_send *send) {
  const uint32_t n = c->config.group, from = place.index;
  uint32_t phase = place.phase;
  const bool gather = gathers(c, &phase);
  const uint32_t ahead = gather && c->config.kind == OIO_ALL_REDUCE ? 1 : 0;
  *send = (struct oio_send){from, (from + 1) % n, (from + ahead + n - phase) % n, 1, !gather};
}

static void halving_send(const struct oio_collective *c, struct oio_place place, struct oio_send *send) {
  const uint32_t n = c->config.group, from = place.index;
  uint32_t phase = place.phase;
  const bool gather = gathers(c, &phase);
  const uint32_t span = gather ? 1u << phase : n >> (phase + 1), to = from ^ span;
  *send = (struct oio_send){from, to, (gather ? from : to) & ~(span - 1), span, !gather};
}

static void direct_send(const struct oio_collective *c, struct oio_place place, struct oio_send *send) {
  const uint32_t n = c->config.group, from = place.index;
  uint32_t phase = place.phase;
  const bool gather = gathers(c, &phase);
  const uint32_t to = (from + phase + 1) % n;
  *send = (struct oio_send){from, to, gather ? from : to, 1, !gather && c->config.kind != OIO_ALL_TO_ALL};
}

/* A tree's phase 0 of an all-reduce goes up, from the highest rank down; everything else goes down. */
static bool goes_up(const struct oio_collective *c, uint32_t phase) {
  return c->config.kind == OIO_ALL_REDUCE && phase == 0;
}

/* Tree, and broadcast of any kind: a send for each rank but the root. */
static void rooted_send(const struct oio_collective *c, struct oio_place place, struct oio_send *send) {
  const uint32_t n = c->config.group;
  if (goes_up(c, place.phase)) {
    const uint32_t child = n - 1 - place.index;
    *send = (struct oio_send){child, parent_of(child), 0, n, true};
    return;
  }
  const uint32_t child = place.index + 1;
  const uint32_t parent = c->config.algorithm == OIO_TREE ? parent_of(child) : c->config.algorithm == OIO_RING ? place.index : 0;
  *send = (struct oio_send){parent, child, 0, n, false};
}

static bool rooted(const struct oio_collective *c) {
  return c->config.kind == OIO_BROADCAST || c->config.algorithm == OIO_TREE;
}

void oio_schedule_send(const struct oio_collective *c, struct oio_place place, struct oio_send *send) {
  if (rooted(c)) {
    rooted_send(c, place, send);
  } else if (c->config.algorithm == OIO_RING) {
    ring_send(c, place, send);
  } else if (c->config.algorithm == OIO_HALVING_DOUBLING) {
    halving_send(c, place, send);
  } else {
    direct_send(c, place, send);
  }
}

static void list(struct oio_places *places, uint32_t phase, uint32_t index) {
  places->listed[places->count++] = (struct oio_place){phase, index};
}

struct oio_place oio_places_at(const struct oio_places *places, uint32_t index) {
  if (places->rule == OIO_PLACES_LISTED) return places->listed[index];
  if (places->rule == OIO_PLACES_ROW) return (struct oio_place){0, index};
  const uint32_t n = places->group;
  return (struct oio_place){places->first_phase + index, (places->rank + n - 1 - index) % n};
}

/* The partner's sends of the first `phases` phases. */
static void list_halving(const struct oio_collective *c, uint32_t rank, uint32_t phases, struct oio_places *places) {
  struct oio_send send;
  for (uint32_t phase = 0; phase < phases; phase++) {
    halving_send(c, (struct oio_place){phase, rank}, &send);
    list(places, phase, send.to);
  }
}

/* What comes up to a rank, the highest child first. */
static void list_children(const struct oio_collective *c, uint32_t rank, struct oio_places *places) {
  const uint32_t n = c->config.group;
  for (uint32_t bit = 1u << log2_of(n); bit > 0; bit >>= 1) {
    if (bit > rank && rank + bit < n) list(places, 0, n - 1 - (rank + bit));
  }
}

static void around(const struct oio_collective *c, uint32_t rank, uint32_t first_phase, struct oio_places *places) {
  *places = (struct oio_places){.count = c->config.group - 1, .rule = OIO_PLACES_AROUND, .rank = rank, .group = c->config.group};
  places->first_phase = first_phase;
}

static void rooted_needs(const struct oio_collective *c, struct oio_place place, struct oio_places *places) {
  struct oio_send send;
  rooted_send(c, place, &send);
  if (goes_up(c, place.phase) || (send.from == 0 && c->config.kind == OIO_ALL_REDUCE)) {
    list_children(c, send.from, places);
  } else if (send.from != 0) {
    list(places, place.phase, send.from - 1);
  }
}

void oio_schedule_needs(const struct oio_collective *c, struct oio_place place, struct oio_places *places) {
  const uint32_t n = c->config.group;
  places->count = 0;
  places->rule = OIO_PLACES_LISTED;
  if (rooted(c)) {
    rooted_needs(c, place, places);
  } else if (c->config.algorithm == OIO_RING) {
    if (place.phase > 0) list(places, place.phase - 1, (place.index + n - 1) % n);
  } else if (c->config.algorithm == OIO_HALVING_DOUBLING) {
    list_halving(c, place.index, place.phase, places);
  } else if (c->config.kind == OIO_ALL_REDUCE && place.phase >= n - 1) {
    around(c, place.index, 0, places);
  }
}

/* Down it comes in one send; a root has what came up, or of a broadcast what it has sent. */
static void rooted_ends(const struct oio_collective *c, uint32_t rank, struct oio_places *places) {
  if (rank > 0) {
    list(places, c->phases - 1, rank - 1);
  } else if (c->config.kind == OIO_ALL_REDUCE) {
    list_children(c, 0, places);
  } else if (c->config.algorithm == OIO_TREE) {
    for (uint32_t child = 1; child < c->config.group; child <<= 1) list(places, 0, child - 1);
  } else if (c->config.algorithm == OIO_RING) {
    list(places, 0, 0);
  } else {
    places->count = c->config.group - 1;
    places->rule = OIO_PLACES_ROW;
  }
}

void oio_schedule_ends(const struct oio_collective *c, uint32_t rank, struct oio_places *places) {
  const uint32_t n = c->config.group;
  places->count = 0;
  places->rule = OIO_PLACES_LISTED;
  if (rooted(c)) {
    rooted_ends(c, rank, places);
  } else if (c->config.algorithm == OIO_RING) {
    list(places, c->phases - 1, (rank + n - 1) % n); /* all from one rank, in order */
  } else if (c->config.algorithm == OIO_HALVING_DOUBLING) {
    list_halving(c, rank, c->phases, places);
  } else {
    around(c, rank, c->phases - (n - 1), places);
  }
}

uint64_t oio_schedule_most_ends(const struct oio_collective *c) {
  struct oio_places places;
  uint64_t ends = 0;
  for (uint32_t rank = 0; rank < 2; rank++) {
    oio_schedule_ends(c, rank, &places);
    if (places.count > ends) ends = places.count;
  }
  return ends * c->chunks;
}

uint64_t oio_schedule_most_needs(const struct oio_collective *c) {
  return c->config.algorithm == OIO_DIRECT_EXCHANGE ? c->config.group - 1 : 2 * log2_of(c->config.group) + 1;
}
