/* SPDX-License-Identifier: Apache-2.0 */
/* Patterns of traffic: whom each die sends to. */
#include "net/topology_state.h"
#include "oio/rng.h"
#include "oio/routes.h"

#define STREAM_PERMUTATION ((uint64_t)1 << 34)

static const char *const names[OIO_PATTERN_COUNT] = {"uniform",    "neighbour", "transpose",  "tornado",
                                                     "complement", "hot-spot",  "permutation"};

const char *oio_pattern_name(unsigned pattern) {
  return pattern < OIO_PATTERN_COUNT ? names[pattern] : NULL;
}

/* The greatest number whose square is at most n. */
static uint32_t side_of(uint32_t n) {
  uint32_t side = 0;
  while ((uint64_t)(side + 1) * (side + 1) <= n) side++;
  return side;
}

static uint32_t half_way_round(const struct oio_topology *t, uint32_t die) {
  uint32_t to = 0, stride = 1;
  if (t->dimensions == 0) return (die + (t->dies + 1) / 2 - 1) % t->dies;
  for (unsigned d = 0; d < t->dimensions; stride *= t->size[d++]) {
    to += (die / stride % t->size[d] + (t->size[d] + 1) / 2 - 1) % t->size[d] * stride;
  }
  return to;
}

/* Of the patterns that follow from numbers alone; side: of a square of dies. */
static uint32_t partner(const struct oio_topology *t, enum oio_pattern pattern, uint32_t side, uint32_t die) {
  switch (pattern) {
  case OIO_PATTERN_UNIFORM:
    return OIO_NONE;
  case OIO_PATTERN_NEIGHBOUR:
    return (die + 1) % t->dies;
  case OIO_PATTERN_TRANSPOSE:
    return die % side * side + die / side;
  case OIO_PATTERN_TORNADO:
    return half_way_round(t, die);
  case OIO_PATTERN_COMPLEMENT:
    return t->dies - 1 - die;
  default:
    return 0;
  }
}

/* Every order of the dies in which none keeps its place is as likely: shuffled until it is one, which takes e tries in the mean. */
static void derange(uint32_t *partners, uint32_t dies, uint64_t seed) {
  struct oio_rng rng;
  oio_rng_seed(&rng, seed, STREAM_PERMUTATION);
  for (bool kept = true; kept;) {
    kept = false;
    for (uint32_t i = 0; i < dies; i++) partners[i] = i;
    for (uint32_t i = dies - 1; i > 0; i--) {
      const uint32_t j = (uint32_t)((oio_rng_next(&rng) >> 32) * (i + 1) >> 32), moved = partners[i];
      partners[i] = partners[j];
      partners[j] = moved;
    }
    for (uint32_t i = 0; i < dies; i++) kept |= partners[i] == i;
  }
}

static bool reaches(const struct oio_topology *topology, uint32_t from, uint32_t to) {
  const struct oio_way way = {.source = from, .destination = to};
  struct oio_hop hop;
  return to == from || oio_topology_next(topology, &way, from, OIO_NONE, 0, &hop);
}

/* The first die that `die` does not reach of those that it sends to; OIO_NONE: it reaches all. Where each sends to all, what one reaches
 * all do: nets look alike from each die. */
static uint32_t unreached(const struct oio_topology *t, const uint32_t *partners, uint32_t die) {
  if (partners[die] != OIO_NONE) return reaches(t, die, partners[die]) ? OIO_NONE : partners[die];
  for (uint32_t other = 0; die == 0 && other < t->dies; other++) {
    if (!reaches(t, die, other)) return other;
  }
  return OIO_NONE;
}

enum oio_status oio_pattern_partners(uint32_t *partners, const struct oio_topology *topology, enum oio_pattern pattern, uint64_t seed,
                                     struct oio_error *error) {
  const uint32_t dies = topology->dies, side = side_of(dies);
  if (pattern == OIO_PATTERN_TRANSPOSE && side * side != dies) {
    return oio_error_set(error, OIO_ERR_CONFIG, "pattern transpose wants a square number of dies, and the net has %u; take another pattern",
                         (unsigned)dies);
  }
  for (uint32_t die = 0; die < dies; die++) partners[die] = partner(topology, pattern, side, die);
  if (pattern == OIO_PATTERN_PERMUTATION) derange(partners, dies, seed);
  for (uint32_t die = 0; die < dies; die++) {
    const uint32_t to = unreached(topology, partners, die);
    if (to == OIO_NONE) continue;
    return oio_error_set(error, OIO_ERR_CONFIG,
                         "pattern %s: die %u cannot reach die %u; take a pattern of neighbours, or a net with switches", names[pattern],
                         (unsigned)die, (unsigned)to);
  }
  return OIO_OK;
}
