/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The least cut between the first half of the dies and the second, as the greatest flow between them: breadth-first layers from all
 * sources, then depth-first paths along them (Dinic, 1970), where each wire carries one unit and dies are not passed through.
 */
#include "net/topology_state.h"
#include "oio/routes.h"

#include <stdlib.h>
#include <string.h>

struct flow {
  const struct oio_topology *t;
  int8_t *carried;  /* by link: +1 from end 0 to end 1, -1 the other way, 0; so a wire may take 1 - carried towards end 1 */
  uint32_t *layer;  /* by node: steps from a source; OIO_NONE: not reached */
  uint32_t *cursor; /* by node: the next port to try */
  uint32_t *queue;
};

static bool is_sink(const struct oio_topology *t, uint32_t node) {
  return node >= t->dies / 2 && node < t->dies;
}

/* May one more unit leave by this port? */
static bool takes(const struct flow *f, uint32_t port) {
  return f->carried[port / 2] * (port % 2 == 0 ? 1 : -1) < 1;
}

/* Layers from the sources. False: no sink is reached any more. */
static bool make_layers(struct flow *f) {
  const struct oio_topology *t = f->t;
  uint32_t head = 0, tail = 0;
  bool reached = false;
  memset(f->layer, 0xFF, t->nodes * sizeof *f->layer);
  for (uint32_t n = 0; n < t->dies / 2; n++) {
    f->layer[n] = 0;
    f->queue[tail++] = n;
  }
  while (head != tail) {
    const uint32_t node = f->queue[head++];
    if (is_sink(t, node)) {
      reached = true;
      continue;
    }
    for (uint32_t i = 0; i < t->node[node].ports; i++) {
      const uint32_t port = t->ports[t->node[node].first + i], far = oio_topology_far_node(t, port);
      if (f->layer[far] != OIO_NONE || !takes(f, port)) continue;
      f->layer[far] = f->layer[node] + 1;
      f->queue[tail++] = far;
    }
  }
  return reached;
}

/* One unit from a source along rising layers to any sink; queue[] holds the ports of the path. */
static bool push(struct flow *f, uint32_t source) {
  const struct oio_topology *t = f->t;
  uint32_t node = source, depth = 0;
  while (!is_sink(t, node)) {
    if (f->cursor[node] == t->node[node].ports) { /* a dead end: step back */
      if (depth == 0) return false;
      node = oio_topology_node_of(t, f->queue[--depth]);
      f->cursor[node]++;
      continue;
    }
    const uint32_t port = t->ports[t->node[node].first + f->cursor[node]], far = oio_topology_far_node(t, port);
    if (f->layer[far] == f->layer[node] + 1 && takes(f, port)) {
      f->queue[depth++] = port;
      node = far;
    } else {
      f->cursor[node]++;
    }
  }
  while (depth > 0) {
    const uint32_t port = f->queue[--depth];
    f->carried[port / 2] = (int8_t)(f->carried[port / 2] + (port % 2 == 0 ? 1 : -1));
  }
  return true;
}

enum oio_status oio_routes_cut(uint32_t *links, const struct oio_topology *topology, struct oio_error *error) {
  struct flow f = {.t = topology};
  const size_t nodes = topology->nodes;
  f.carried = calloc((size_t)topology->links + 1, sizeof *f.carried);
  f.layer = malloc(nodes * sizeof *f.layer);
  f.cursor = malloc(nodes * sizeof *f.cursor);
  f.queue = malloc(nodes * sizeof *f.queue);
  const bool made = f.carried != NULL && f.layer != NULL && f.cursor != NULL && f.queue != NULL;
  *links = 0;
  while (made && make_layers(&f)) {
    memset(f.cursor, 0, nodes * sizeof *f.cursor);
    for (uint32_t source = 0; source < topology->dies / 2; source++) {
      while (push(&f, source)) ++*links;
    }
  }
  free(f.carried);
  free(f.layer);
  free(f.cursor);
  free(f.queue);
  return made ? OIO_OK : oio_error_set(error, OIO_ERR_NOMEM, "net: out of memory for its least cut");
}
