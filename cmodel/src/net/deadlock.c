/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The graph of waits. Its nodes are buffers: of a wire and hop VC at the wire's far end, or of a switch and hop VC when ports share them.
 * An arc leads from the buffer that holds a payload to each that it may go on to. Without a circle something can always move (Dally and
 * Seitz). For each destination the ways are walked from every die, once over each buffer, so the work is that of dies times wires at most.
 */
#include "net/topology_state.h"
#include "oio/routes.h"

#include <stdlib.h>

/* A set of arcs: open addressing, 0 is an empty place. */
struct arcs {
  uint64_t *key;
  uint64_t mask, count;
};

struct graph {
  const struct oio_topology *t;
  enum oio_buffers kind;
  uint32_t *walked; /* by wire and VC: the last destination for which it was, plus 1 */
  uint32_t *stack;
  struct arcs arcs;
  uint64_t steps; /* ways on that were looked at */
  bool full, out_of_memory;
};

static uint32_t channel(const struct oio_hop *hop) {
  return hop->port * OIO_HOP_VCS + hop->vc;
}

/* The buffer behind a channel: what a payload on it waits in. */
static uint32_t buffer(const struct graph *g, uint32_t c) {
  if (g->kind == OIO_BUFFERS_PER_PORT) return c;
  const uint32_t node = oio_topology_far_node(g->t, c / OIO_HOP_VCS);
  return node * OIO_HOP_VCS + c % OIO_HOP_VCS;
}

static bool insert(struct arcs *arcs, uint64_t key) {
  uint64_t at = (key * 0x9E3779B97F4A7C15u >> 20) & arcs->mask;
  while (arcs->key[at] != 0) {
    if (arcs->key[at] == key) return false;
    at = (at + 1) & arcs->mask;
  }
  arcs->key[at] = key;
  arcs->count++;
  return true;
}

static bool grow(struct arcs *arcs) {
  const struct arcs old = *arcs;
  arcs->mask = old.key == NULL ? 4095 : 2 * old.mask + 1;
  arcs->count = 0;
  arcs->key = calloc(arcs->mask + 1, sizeof *arcs->key);
  if (arcs->key == NULL) {
    *arcs = old;
    return false;
  }
  for (uint64_t i = 0; old.key != NULL && i <= old.mask; i++) {
    if (old.key[i] != 0) insert(arcs, old.key[i]);
  }
  free(old.key);
  return true;
}

static void add_arc(struct graph *g, uint32_t from, uint32_t to) {
  if (g->arcs.count == OIO_WAITS_MAX) {
    g->full = true;
    return;
  }
  if (2 * g->arcs.count >= g->arcs.mask && !grow(&g->arcs)) {
    g->out_of_memory = true;
    return;
  }
  insert(&g->arcs, ((uint64_t)buffer(g, from) << 32 | buffer(g, to)) + 1);
}

/* Everything that can be on its way to one die. */
static void walk(struct graph *g, uint32_t destination) {
  uint32_t tail = 0;
  struct oio_hops hops;
  for (uint32_t source = 0; source < g->t->dies; source++) {
    if (source == destination) continue;
    g->steps++;
    oio_topology_ways_on(g->t, source, OIO_NONE, 0, destination, &hops);
    for (unsigned i = 0; i < hops.count; i++) {
      const uint32_t c = channel(&hops.hop[i]);
      if (g->walked[c] == destination + 1) continue;
      g->walked[c] = destination + 1;
      g->stack[tail++] = c;
    }
  }
  while (tail > 0 && !g->full && !g->out_of_memory) {
    const uint32_t c = g->stack[--tail], port = c / OIO_HOP_VCS;
    const uint32_t node = oio_topology_far_node(g->t, port);
    if (node == destination) continue;
    g->steps += hops.count + 1;
    if (g->steps > OIO_WAIT_STEPS_MAX) g->full = true;
    oio_topology_ways_on(g->t, node, port ^ 1, c % OIO_HOP_VCS, destination, &hops);
    for (unsigned i = 0; i < hops.count; i++) {
      const uint32_t next = channel(&hops.hop[i]);
      /* A die takes what is for it: its buffer waits for nothing, and an arc to it closes no circle. */
      if (oio_topology_far_node(g->t, hops.hop[i].port) != destination) add_arc(g, c, next);
      if (g->walked[next] == destination + 1) continue;
      g->walked[next] = destination + 1;
      g->stack[tail++] = next;
    }
  }
}

/* The arcs as lists: those of buffer b are to[first[b]] .. to[first[b + 1] - 1]. */
struct lists {
  uint32_t *first, *to;
};

static bool make_lists(const struct arcs *arcs, uint32_t buffers, struct lists *lists) {
  lists->first = calloc((size_t)buffers + 2, sizeof *lists->first);
  lists->to = malloc((arcs->count + 1) * sizeof *lists->to);
  if (lists->first == NULL || lists->to == NULL) return false;
  for (uint64_t i = 0; arcs->key != NULL && i <= arcs->mask; i++) {
    if (arcs->key[i] != 0) lists->first[((arcs->key[i] - 1) >> 32) + 2]++;
  }
  for (uint32_t b = 0; b < buffers; b++) lists->first[b + 2] += lists->first[b + 1];
  for (uint64_t i = 0; arcs->key != NULL && i <= arcs->mask; i++) {
    if (arcs->key[i] != 0) lists->to[lists->first[((arcs->key[i] - 1) >> 32) + 1]++] = (uint32_t)(arcs->key[i] - 1);
  }
  return true;
}

/* Depth first; what is on the path and met again closes a circle. Returns its length, *cycle pointing into path; 0: there is none.
 * place[b]: 0 new, DONE, or one more than where b stands on the path. cursor[b]: the next arc to try. */
static uint32_t find_cycle(const struct lists *lists, uint32_t buffers, uint32_t *path, uint32_t *place, uint32_t *cursor,
                           uint32_t **cycle) {
  const uint32_t done = UINT32_MAX;
  for (uint32_t root = 0; root < buffers; root++) {
    uint32_t depth = 0;
    if (place[root] == 0) path[depth++] = root, place[root] = depth;
    while (depth > 0) {
      const uint32_t b = path[depth - 1];
      if (lists->first[b] + cursor[b] == lists->first[b + 1]) {
        place[b] = done;
        depth--;
        continue;
      }
      const uint32_t next = lists->to[lists->first[b] + cursor[b]++];
      if (place[next] == done) continue;
      if (place[next] != 0) {
        *cycle = path + place[next] - 1;
        return depth - place[next] + 1;
      }
      path[depth++] = next;
      place[next] = depth;
    }
  }
  return 0;
}

static struct oio_buffer describe(const struct graph *g, uint32_t b) {
  const uint8_t vc = b % OIO_HOP_VCS;
  if (g->kind == OIO_BUFFERS_SHARED) return (struct oio_buffer){.node = b / OIO_HOP_VCS, .wire = OIO_NONE, .vc = vc};
  return (struct oio_buffer){.node = oio_topology_far_node(g->t, b / OIO_HOP_VCS), .wire = b / OIO_HOP_VCS, .vc = vc};
}

/* False: out of memory. */
static bool judge(const struct graph *g, uint32_t buffers, struct oio_deadlock *deadlock) {
  struct lists lists = {NULL, NULL};
  uint32_t *work = calloc(3 * (size_t)buffers + 1, sizeof *work), *cycle = NULL;
  bool good = work != NULL && make_lists(&g->arcs, buffers, &lists);
  if (good) deadlock->cycle_length = find_cycle(&lists, buffers, work, work + buffers, work + 2 * (size_t)buffers, &cycle);
  if (good && deadlock->cycle_length > 0) {
    deadlock->verdict = OIO_DEADLOCK_POSSIBLE;
    deadlock->cycle = malloc(deadlock->cycle_length * sizeof *deadlock->cycle);
    good = deadlock->cycle != NULL;
    for (uint32_t i = 0; good && i < deadlock->cycle_length; i++) deadlock->cycle[i] = describe(g, cycle[i]);
  }
  free(work);
  free(lists.first);
  free(lists.to);
  return good;
}

enum oio_status oio_routes_check(struct oio_deadlock *deadlock, const struct oio_topology *topology, enum oio_buffers buffers,
                                 struct oio_error *error) {
  const uint32_t channels = 2 * topology->links * OIO_HOP_VCS;
  struct graph g = {.t = topology, .kind = buffers};
  g.walked = calloc((size_t)channels + 1, sizeof *g.walked);
  g.stack = malloc(((size_t)channels + 1) * sizeof *g.stack);
  g.out_of_memory = g.walked == NULL || g.stack == NULL;
  *deadlock = (struct oio_deadlock){.verdict = OIO_DEADLOCK_FREE};
  for (uint32_t die = 0; die < topology->dies && !g.full && !g.out_of_memory; die++) walk(&g, die);
  deadlock->dependencies = g.arcs.count;
  if (g.full) {
    deadlock->verdict = OIO_DEADLOCK_UNKNOWN;
  } else if (!g.out_of_memory) {
    g.out_of_memory = !judge(&g, buffers == OIO_BUFFERS_SHARED ? topology->nodes * OIO_HOP_VCS : channels, deadlock);
  }
  free(g.walked);
  free(g.stack);
  free(g.arcs.key);
  if (!g.out_of_memory) return OIO_OK;
  oio_deadlock_free(deadlock);
  return oio_error_set(error, OIO_ERR_NOMEM, "net: out of memory for the graph of its waits");
}

void oio_deadlock_free(struct oio_deadlock *deadlock) {
  free(deadlock->cycle);
  *deadlock = (struct oio_deadlock){.verdict = OIO_DEADLOCK_UNKNOWN};
}
