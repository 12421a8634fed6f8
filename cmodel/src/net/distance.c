/* SPDX-License-Identifier: Apache-2.0 */
/* How far every node is from every die: breadth first from each die, through what passes things on. */
#include "net/topology_state.h"

#include <stdlib.h>
#include <string.h>

/* What a table may take: 1 GiB. */
#define TABLE_BYTES_MAX ((uint64_t)1 << 30)

/* Spreads from the nodes already queued: a node's neighbours that could go on to it are one step further. */
static void spread(const struct oio_topology *t, uint32_t die, uint16_t *distance, uint32_t *queue, bool only_down) {
  uint32_t head = 0, tail = 0;
  distance[(size_t)die * t->dies + die] = 0;
  queue[tail++] = die;
  while (head != tail) {
    const uint32_t node = queue[head++];
    if (t->node[node].kind == OIO_NODE_DIE && node != die) continue;
    for (uint32_t i = 0; i < t->node[node].ports; i++) {
      const uint32_t far = oio_topology_far_node(t, t->ports[t->node[node].first + i]);
      uint16_t *at = &distance[(size_t)far * t->dies + die];
      if (*at != OIO_DISTANCE_NONE || (only_down && oio_topology_goes_up(t, far, node))) continue;
      *at = (uint16_t)(distance[(size_t)node * t->dies + die] + 1);
      queue[tail++] = far;
    }
  }
}

/* With distance_down known: from a node where it may still go up, the best of a step up, or of going down from here. In order of distance,
 * which a bucket for each distance gives. */
static void spread_up(const struct oio_topology *t, uint32_t die, uint32_t *queue) {
  uint32_t left = t->nodes;
  for (uint32_t n = 0; n < t->nodes; n++) t->distance[(size_t)n * t->dies + die] = t->distance_down[(size_t)n * t->dies + die];
  for (uint16_t step = 0; left > 0 && step < OIO_DISTANCE_NONE - 1; step++) {
    uint32_t tail = 0;
    left = 0;
    for (uint32_t n = 0; n < t->nodes; n++) {
      const uint16_t d = t->distance[(size_t)n * t->dies + die];
      if (d == step && (t->node[n].kind != OIO_NODE_DIE || n == die)) queue[tail++] = n;
      left += d > step && d != OIO_DISTANCE_NONE;
    }
    for (uint32_t q = 0; q < tail; q++) {
      for (uint32_t i = 0; i < t->node[queue[q]].ports; i++) {
        const uint32_t far = oio_topology_far_node(t, t->ports[t->node[queue[q]].first + i]);
        uint16_t *at = &t->distance[(size_t)far * t->dies + die];
        if (!oio_topology_goes_up(t, far, queue[q]) || *at <= step + 1) continue;
        *at = (uint16_t)(step + 1);
        left++;
      }
    }
  }
}

/* Steps from the root, which is the first switch or bridge, or the first die where there is neither. */
static void number_levels(struct oio_topology *t, uint32_t *queue) {
  uint32_t root = t->dies < t->nodes ? t->dies : 0, head = 0, tail = 0;
  for (uint32_t n = 0; n < t->nodes; n++) t->node[n].level = UINT32_MAX;
  t->node[root].level = 0;
  queue[tail++] = root;
  while (head != tail) {
    const struct oio_topology_node *node = &t->node[queue[head++]];
    for (uint32_t i = 0; i < node->ports; i++) {
      const uint32_t far = oio_topology_far_node(t, t->ports[node->first + i]);
      if (t->node[far].level != UINT32_MAX) continue;
      t->node[far].level = node->level + 1;
      queue[tail++] = far;
    }
  }
}

static uint16_t *table(const struct oio_topology *t) {
  uint16_t *made = malloc((size_t)t->nodes * t->dies * sizeof *made);
  if (made != NULL) memset(made, 0xFF, (size_t)t->nodes * t->dies * sizeof *made);
  return made;
}

enum oio_status oio_topology_measure_distances(struct oio_topology *t, const char *where, struct oio_error *error) {
  const bool up_down = t->routing == OIO_ROUTE_UP_DOWN;
  const uint64_t nbytes = (uint64_t)t->nodes * t->dies * sizeof *t->distance * (up_down ? 2 : 1);
  if (nbytes > TABLE_BYTES_MAX) {
    return oio_error_set(error, OIO_ERR_CONFIG,
                         "net '%.120s': its table of routes would take %llu MiB, and at most %llu are allowed; use fewer dies or a shape "
                         "with rules of its own",
                         where, (unsigned long long)(nbytes >> 20), (unsigned long long)(TABLE_BYTES_MAX >> 20));
  }
  uint32_t *queue = malloc((size_t)t->nodes * sizeof *queue);
  t->distance = table(t);
  if (up_down) t->distance_down = table(t);
  const bool made = queue != NULL && t->distance != NULL && (!up_down || t->distance_down != NULL);
  if (made && up_down) number_levels(t, queue);
  for (uint32_t die = 0; made && die < t->dies; die++) {
    spread(t, die, up_down ? t->distance_down : t->distance, queue, up_down);
    if (up_down) spread_up(t, die, queue);
  }
  free(queue);
  return made ? OIO_OK : oio_error_set(error, OIO_ERR_NOMEM, "net '%.120s': out of memory for its table of routes", where);
}
