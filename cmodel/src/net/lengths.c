/* SPDX-License-Identifier: Apache-2.0 */
/* How long routes are, what must be cut to part the dies, and what a pattern of traffic asks of every wire. */
#include "net/topology_state.h"
#include "oio/routes.h"

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

enum oio_status oio_routes_load(double *load, const struct oio_topology *topology, const uint32_t *partners, const double *units,
                                struct oio_error *error) {
  const uint32_t dies = topology->dies;
  for (uint32_t wire = 0; wire < 2 * topology->links; wire++) load[wire] = 0;
  for (uint32_t from = 0; from < dies; from++) {
    const bool all = partners[from] == OIO_NONE;
    const uint32_t first = all ? 0 : partners[from], last = all ? dies - 1 : first;
    const double sent = units == NULL ? 1 : units[from], weight = all ? sent / (dies - 1) : sent;
    for (uint32_t to = first; to <= last; to++) {
      if (to == from || follow(topology, from, to, load, weight) > 0) continue;
      return oio_error_set(error, OIO_ERR_CONFIG,
                           "die %u cannot reach die %u, which it sends to; take a pattern of neighbours, or a net with switches",
                           (unsigned)from, (unsigned)to);
    }
  }
  return OIO_OK;
}
