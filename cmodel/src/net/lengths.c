/* SPDX-License-Identifier: Apache-2.0 */
/* How long routes are, what must be cut to part the dies, and what a pattern of traffic asks of every wire. */
#include "net/topology_state.h"
#include "oio/routes.h"

#include <stdlib.h>

static const char *const pattern_names[OIO_PATTERN_COUNT] = {"uniform", "neighbour", "transpose", "tornado", "complement", "hot-spot"};

const char *oio_pattern_name(unsigned pattern) {
  return pattern < OIO_PATTERN_COUNT ? pattern_names[pattern] : NULL;
}

/* Adds weight to every wire of a way. Returns its length; 0: there is none, and nothing was added. */
static uint32_t follow(const struct oio_topology *t, uint32_t source, uint32_t destination, double *load, double weight) {
  const struct oio_way way = {.source = source, .destination = destination};
  struct oio_hop hop = {.port = OIO_NONE, .vc = 0};
  uint32_t node = source, in = OIO_NONE, length = 0;
  while (node != destination) {
    if (!oio_topology_next(t, &way, node, in, hop.vc, &hop)) return 0;
    if (load != NULL) load[hop.port] += weight;
    in = hop.port ^ 1;
    node = oio_topology_far_node(t, hop.port);
    length++;
  }
  return length;
}

void oio_routes_lengths(struct oio_route_lengths *lengths, const struct oio_topology *topology) {
  uint64_t sum = 0, count = 0;
  *lengths = (struct oio_route_lengths){.longest = 0};
  for (uint32_t from = 0; from < topology->dies; from++) {
    for (uint32_t to = 0; to < topology->dies; to++) {
      if (from == to) continue;
      const uint32_t length = follow(topology, from, to, NULL, 0);
      sum += length;
      count += length > 0;
      const bool first_unreachable = length == 0 && !lengths->unreachable;
      if (length == 0) lengths->unreachable = true;
      if (length > lengths->longest) lengths->longest = length;
      if (first_unreachable ||
          (length == lengths->longest && !lengths->unreachable && sum > 0 && length > 0 && lengths->from == lengths->to))
        lengths->from = from, lengths->to = to;
    }
  }
  lengths->mean = count > 0 ? (double)sum / (double)count : 0;
}

/* The greatest number whose square is at most n. */
static uint32_t side_of(uint32_t n) {
  uint32_t side = 0;
  while ((uint64_t)(side + 1) * (side + 1) <= n) side++;
  return side;
}

/* The die that `die` sends to; itself: it sends nothing. Uniform has no single one. */
static uint32_t partner(const struct oio_topology *t, enum oio_pattern pattern, uint32_t die) {
  const uint32_t side = side_of(t->dies);
  uint32_t to = 0, stride = 1;
  switch (pattern) {
  case OIO_PATTERN_NEIGHBOUR:
    return (die + 1) % t->dies;
  case OIO_PATTERN_TRANSPOSE:
    return die % side * side + die / side;
  case OIO_PATTERN_TORNADO:
    if (t->dimensions == 0) return (die + (t->dies + 1) / 2 - 1) % t->dies;
    for (unsigned d = 0; d < t->dimensions; stride *= t->size[d++]) {
      to += (die / stride % t->size[d] + (t->size[d] + 1) / 2 - 1) % t->size[d] * stride;
    }
    return to;
  case OIO_PATTERN_COMPLEMENT:
    return t->dies - 1 - die;
  default:
    return 0;
  }
}

static enum oio_status unreachable(enum oio_pattern pattern, uint32_t from, uint32_t to, struct oio_error *error) {
  return oio_error_set(error, OIO_ERR_CONFIG,
                       "pattern %s: die %u cannot reach die %u; take a pattern of neighbours, or a net with switches",
                       pattern_names[pattern], (unsigned)from, (unsigned)to);
}

static enum oio_status check_pattern(const struct oio_topology *topology, enum oio_pattern pattern, struct oio_error *error) {
  const uint32_t side = side_of(topology->dies);
  if (pattern != OIO_PATTERN_TRANSPOSE || side * side == topology->dies) return OIO_OK;
  return oio_error_set(error, OIO_ERR_CONFIG, "pattern transpose wants a square number of dies, and the net has %u; take another pattern",
                       (unsigned)topology->dies);
}

static bool reaches(const struct oio_topology *topology, uint32_t from, uint32_t to) {
  const struct oio_way way = {.source = from, .destination = to};
  struct oio_hop hop;
  return to == from || oio_topology_next(topology, &way, from, OIO_NONE, 0, &hop);
}

enum oio_status oio_pattern_partner(uint32_t *to, const struct oio_topology *topology, enum oio_pattern pattern, uint32_t die,
                                    struct oio_error *error) {
  const bool all = pattern == OIO_PATTERN_UNIFORM;
  const enum oio_status status = check_pattern(topology, pattern, error);
  *to = all ? OIO_NONE : partner(topology, pattern, die);
  if (status != OIO_OK) return status;
  if (!all && !reaches(topology, die, *to)) return unreachable(pattern, die, *to, error);
  for (uint32_t other = 0; all && die == 0 && other < topology->dies;
       other++) { /* what one reaches all do: nets look alike from each die */
    if (!reaches(topology, die, other)) return unreachable(pattern, die, other, error);
  }
  return OIO_OK;
}

enum oio_status oio_routes_load(double *load, const struct oio_topology *topology, enum oio_pattern pattern, struct oio_error *error) {
  const uint32_t dies = topology->dies;
  const enum oio_status checked = check_pattern(topology, pattern, error);
  if (checked != OIO_OK) return checked;
  for (uint32_t wire = 0; wire < 2 * topology->links; wire++) load[wire] = 0;
  for (uint32_t from = 0; from < dies; from++) {
    const bool all = pattern == OIO_PATTERN_UNIFORM;
    const uint32_t first = all ? 0 : partner(topology, pattern, from), last = all ? dies - 1 : first;
    for (uint32_t to = first; to <= last; to++) {
      if (to == from || follow(topology, from, to, load, all ? 1.0 / (dies - 1) : 1) > 0) continue;
      return unreachable(pattern, from, to, error);
    }
  }
  return OIO_OK;
}
