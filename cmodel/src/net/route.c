/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Ways through a net. Each routing gives all ways on from a place; what a payload takes of them is a hash's choice, so a check of all of
 * them holds for every flow.
 */
#include "net/topology_state.h"
#include "oio/rng.h"

#include <stdlib.h>

static void add(struct oio_hops *hops, uint32_t port, unsigned vc) {
  if (hops->count < OIO_HOPS_MAX) hops->hop[hops->count++] = (struct oio_hop){.port = port, .vc = (uint8_t)vc};
}

/* Every port of the node that leads to `neighbour`: more than one is a trunk. The shorter list of the two nodes is looked through. */
static void add_ports_to(const struct oio_topology *t, uint32_t node, uint32_t neighbour, unsigned vc, struct oio_hops *hops) {
  const struct oio_topology_node *from = &t->node[node], *to = &t->node[neighbour];
  for (uint32_t i = 0; to->ports < from->ports && i < to->ports; i++) {
    const uint32_t port = t->ports[to->first + i] ^ 1;
    if (oio_topology_node_of(t, port) == node) add(hops, port, vc);
  }
  for (uint32_t i = 0; to->ports >= from->ports && i < from->ports; i++) {
    const uint32_t port = t->ports[from->first + i];
    if (oio_topology_far_node(t, port) == neighbour) add(hops, port, vc);
  }
}

/* One step along a dimension, up or down; what comes in on this dimension keeps its hop VC, and a dateline, which every ring has between
 * its last and its first switch, makes it 1. */
static void lattice_step(const struct oio_topology *t, uint32_t at, unsigned dimension, bool up, uint32_t in, uint8_t vc,
                         struct oio_hops *hops) {
  uint32_t stride = 1;
  for (unsigned d = 0; d < dimension; d++) stride *= t->size[d];
  const uint32_t size = t->size[dimension], here = at / stride % size;
  const uint32_t there = up ? (here + 1) % size : (here + size - 1) % size;
  const bool crosses = t->wraps && (up ? there == 0 : here == 0);
  bool stays = false; /* in the dimension it came in on */
  if (in != OIO_NONE) {
    const uint32_t before = oio_topology_far_node(t, in);
    if (before >= t->dies) stays = (before - t->dies) / stride % size != here;
  }
  const unsigned next_vc = t->datelines && (crosses || (stays && vc == 1)) ? 1 : 0;
  add_ports_to(t, t->dies + at, t->dies + at - here * stride + there * stride, next_vc, hops);
}

static void lattice(const struct oio_topology *t, uint32_t node, uint32_t in, uint8_t vc, uint32_t destination, struct oio_hops *hops) {
  if (node < t->dies) {
    if (node != destination) add_ports_to(t, node, t->dies + node, 0, hops);
    return;
  }
  const uint32_t at = node - t->dies;
  uint32_t stride = 1;
  for (unsigned d = 0; d < t->dimensions; stride *= t->size[d++]) {
    const uint32_t size = t->size[d], here = at / stride % size, there = destination / stride % size;
    if (here == there) continue;
    const uint32_t up = (there + size - here) % size;
    const bool ups = t->wraps ? 2 * up <= size : there > here, downs = t->wraps ? 2 * up >= size : there < here;
    /* Half way round both are as short; a ring of two has one link. */
    if (ups) lattice_step(t, at, d, true, in, vc, hops);
    if (downs && !(ups && size == 2)) lattice_step(t, at, d, false, in, vc, hops);
    return;
  }
  add_ports_to(t, node, destination, 0, hops);
}

static bool below(const struct oio_topology_node *node, uint32_t die) {
  return node->low <= die && die < node->high;
}

static void levels(const struct oio_topology *t, uint32_t node, uint32_t destination, struct oio_hops *hops) {
  const struct oio_topology_node *here = &t->node[node];
  const bool down = below(here, destination);
  if (node == destination) return;
  if (down && here->level == 1) {
    add_ports_to(t, node, destination, 0, hops);
    return;
  }
  for (uint32_t i = 0; i < here->ports; i++) {
    const uint32_t port = t->ports[here->first + i];
    const struct oio_topology_node *far = &t->node[oio_topology_far_node(t, port)];
    if (down ? far->level < here->level && below(far, destination) : far->level > here->level) add(hops, port, 0);
  }
}

static void by_distance(const struct oio_topology *t, uint32_t node, uint32_t in, uint32_t destination, struct oio_hops *hops) {
  const bool up_down = t->routing == OIO_ROUTE_UP_DOWN;
  const bool only_down = up_down && in != OIO_NONE && !oio_topology_goes_up(t, oio_topology_far_node(t, in), node);
  const uint16_t left = (only_down ? t->distance_down : t->distance)[(size_t)node * t->dies + destination];
  if (left == 0 || left == OIO_DISTANCE_NONE) return;
  for (uint32_t i = 0; i < t->node[node].ports; i++) {
    const uint32_t port = t->ports[t->node[node].first + i], far = oio_topology_far_node(t, port);
    const bool up = !up_down || oio_topology_goes_up(t, node, far);
    if (only_down && up) continue;
    if ((up ? t->distance : t->distance_down)[(size_t)far * t->dies + destination] + 1 == left) add(hops, port, 0);
  }
}

void oio_topology_ways_on(const struct oio_topology *topology, uint32_t node, uint32_t in, uint8_t vc, uint32_t destination,
                          struct oio_hops *hops) {
  hops->count = 0;
  switch (topology->routing) {
  case OIO_ROUTE_LATTICE:
    lattice(topology, node, in, vc, destination, hops);
    break;
  case OIO_ROUTE_LEVELS:
    levels(topology, node, destination, hops);
    break;
  case OIO_ROUTE_DISTANCE:
  case OIO_ROUTE_UP_DOWN:
    by_distance(topology, node, in, destination, hops);
    break;
  }
}

bool oio_topology_next(const struct oio_topology *topology, const struct oio_way *way, uint32_t node, uint32_t in, uint8_t vc,
                       struct oio_hop *hop) {
  struct oio_hops hops;
  oio_topology_ways_on(topology, node, in, vc, way->destination, &hops);
  if (hops.count == 0) return false;
  if (hops.count == 1) {
    *hop = hops.hop[0];
    return true;
  }
  const uint64_t mixed = oio_mix64(oio_mix64((uint64_t)way->source << 32 | way->destination) + ((uint64_t)node << 8 | way->vc));
  *hop = hops.hop[mixed % hops.count];
  return true;
}
