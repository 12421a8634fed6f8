/* SPDX-License-Identifier: Apache-2.0 */
/* Records between being read and being done, and which of them wait for which. */
#include "base/cold.h"
#include "traffic/traffic_state.h"

#include <stdlib.h>
#include <string.h>

enum { EDGES_FIRST = 1024, RING_FIRST = 1024, TIMED_FIRST = 64 };

/* A collective waits whatever the key of traces says. */
static bool follows_paths(const struct oio_traffic *traffic) {
  if (traffic->config.detail != OIO_DETAIL_ON) return false;
  return traffic->trace != NULL ? traffic->config.loop != OIO_OPEN_LOOP : traffic->config.generator >= OIO_GENERATE_ALL_REDUCE;
}

/* Most runs have few messages on their way: a small ring stays in the cache, where one of the whole look-ahead would be gone through end to
 * end. */
bool oio_outstanding_create(struct oio_traffic *traffic) {
  traffic->lookahead = traffic->config.lookahead_records;
  traffic->mask = RING_FIRST - 1;
  traffic->ring = calloc(RING_FIRST, sizeof *traffic->ring);
  if (follows_paths(traffic)) {
    traffic->paths = calloc(RING_FIRST, sizeof *traffic->paths);
    if (traffic->paths == NULL) return false;
  }
  return traffic->ring != NULL;
}

static bool grow_paths(struct oio_traffic *traffic, uint64_t size) {
  struct oio_path *grown = calloc(size, sizeof *grown);
  if (grown == NULL) return false;
  for (uint64_t id = traffic->limit - size / 2; id != traffic->limit; id++) grown[id & (size - 1)] = *oio_path_at(traffic, id);
  free(traffic->paths);
  traffic->paths = grown;
  return true;
}

/* Those that are done move too: stray segments are told by them, and delays count from them. */
static bool grow(struct oio_traffic *traffic) {
  const uint64_t size = 2 * (traffic->mask + 1);
  struct oio_outstanding *grown = calloc(size, sizeof *grown);
  if (grown == NULL) return false;
  if (traffic->paths != NULL && !grow_paths(traffic, size)) {
    free(grown);
    return false;
  }
  for (uint64_t id = traffic->limit - size / 2; id != traffic->limit; id++) grown[id & (size - 1)] = *oio_outstanding_at(traffic, id);
  free(traffic->ring);
  traffic->ring = grown;
  traffic->mask = size - 1;
  return true;
}

OIO_COLD bool oio_outstanding_make_place(struct oio_traffic *traffic) {
  const uint64_t size = traffic->mask + 1;
  if (traffic->limit - traffic->base >= size) return grow(traffic);
  if (traffic->limit - traffic->first < size) return true;
  if (size < traffic->lookahead) return grow(traffic);
  const oio_time_ps done_ps = oio_outstanding_at(traffic, traffic->limit)->entry_ps;
  if (done_ps > traffic->forgotten_ps) traffic->forgotten_ps = done_ps;
  return true;
}

static bool grow_edges(struct oio_traffic *traffic) {
  const uint32_t size = traffic->edges_size == 0 ? EDGES_FIRST : 2 * traffic->edges_size;
  struct oio_edge *grown = realloc(traffic->edges, size * sizeof *grown);
  if (grown == NULL) return false;
  for (uint32_t i = traffic->edges_size; i < size; i++) grown[i].next = i + 1 < size ? i + 1 : OIO_NO_EDGE;
  traffic->free_edge = traffic->edges_size;
  traffic->edges = grown;
  traffic->edges_size = size;
  return true;
}

/* The heap's order. */
static bool sooner(const struct oio_timed *a, const struct oio_timed *b) {
  return a->time_ps != b->time_ps ? a->time_ps < b->time_ps : a->id < b->id;
}

static void push_timed(struct oio_traffic *traffic, const struct oio_timed *timed) {
  struct oio_timed *heap = traffic->timed;
  uint64_t at = traffic->timed_count++;
  for (; at > 0 && sooner(timed, &heap[(at - 1) / 2]); at = (at - 1) / 2) heap[at] = heap[(at - 1) / 2];
  heap[at] = *timed;
}

static uint64_t shift_timed(struct oio_traffic *traffic) {
  struct oio_timed *heap = traffic->timed;
  const uint64_t id = heap[0].id, count = --traffic->timed_count;
  const struct oio_timed moved = heap[count];
  uint64_t at = 0, below;
  while ((below = 2 * at + 1) < count) {
    if (below + 1 < count && sooner(&heap[below + 1], &heap[below])) below++;
    if (!sooner(&heap[below], &moved)) break;
    heap[at] = heap[below];
    at = below;
  }
  heap[at] = moved;
  return id;
}

/* Room in the heap for one more message with delays: a delivery, which may bring it there, cannot fail. */
static bool expect_timed(struct oio_traffic *traffic) {
  if (traffic->delayed++ < traffic->timed_size) return true;
  const uint64_t size = traffic->timed_size == 0 ? TIMED_FIRST : 2 * traffic->timed_size;
  struct oio_timed *grown = realloc(traffic->timed, size * sizeof *grown);
  if (grown == NULL) return false;
  traffic->timed = grown;
  traffic->timed_size = size;
  return true;
}

static void not_before(struct oio_outstanding *m, oio_time_ps time_ps) {
  if (m->entry_ps < time_ps) m->entry_ps = time_ps;
}

/* A message that is awaited is done already; when, may have been forgotten: then it is late rather than early, and the run says so. */
static void think_since(struct oio_traffic *traffic, struct oio_outstanding *m, uint64_t for_id, oio_time_ps delay_ps) {
  if (delay_ps == 0 || for_id < traffic->first) return;
  if (traffic->limit - for_id <= traffic->mask + 1) {
    not_before(m, oio_outstanding_at(traffic, for_id)->entry_ps + delay_ps);
  } else if (m->entry_ps < traffic->forgotten_ps + delay_ps) {
    m->entry_ps = traffic->forgotten_ps + delay_ps;
    traffic->counts.stalled_reading = true;
  }
}

/* id waits for message `for_id`, unless that is done, and for the delay after it. */
OIO_COLD static bool wait_for(struct oio_traffic *traffic, uint64_t id, uint64_t for_id, oio_time_ps delay_ps) {
  struct oio_outstanding *m = oio_outstanding_at(traffic, id), *awaited = oio_outstanding_at(traffic, for_id);
  if (for_id < traffic->base || awaited->phase >= OIO_SKIPPED) {
    think_since(traffic, m, for_id, delay_ps);
    if (traffic->paths != NULL && for_id >= traffic->first && traffic->limit - for_id <= traffic->mask + 1)
      oio_path_follow(oio_path_at(traffic, id), oio_path_at(traffic, for_id), delay_ps);
    return true;
  }
  if (traffic->free_edge == OIO_NO_EDGE && !grow_edges(traffic)) return false;
  const uint32_t edge = traffic->free_edge;
  traffic->free_edge = traffic->edges[edge].next;
  traffic->edges[edge] = (struct oio_edge){.dependent = id, .delay_ps = delay_ps, .next = awaited->first_edge};
  awaited->first_edge = edge;
  m->waits_left++;
  return true;
}

OIO_COLD static bool wait_for_all(struct oio_traffic *traffic, oio_time_ps now_ps, const struct oio_record *record) {
  if (record->delays_ps != NULL) {
    if (!expect_timed(traffic)) return false;
    oio_outstanding_at(traffic, record->id)->delayed = true;
    if (!traffic->remembers) traffic->forgotten_ps = now_ps;
    traffic->remembers = true;
  }
  for (uint32_t i = 0; i < record->waits_count; i++) {
    const oio_time_ps delay_ps = record->delays_ps == NULL ? 0 : oio_traffic_scale(traffic, record->delays_ps[i]);
    if (!wait_for(traffic, record->id, record->waits[i], delay_ps)) return false;
  }
  return true;
}

OIO_COLD static uint8_t *copy_of(const struct oio_record *record) {
  uint8_t *copy = malloc(record->bytes);
  if (copy != NULL) memcpy(copy, record->payload, record->bytes);
  return copy;
}

static void enter_and_wait(struct oio_traffic *traffic, oio_time_ps now_ps, uint64_t id, struct oio_outstanding *m) {
  struct oio_flow *flow = oio_outstanding_enter(traffic, now_ps, id, m);
  if (flow != NULL) oio_flow_hold(traffic, flow);
}

OIO_COLD bool oio_outstanding_is_early(struct oio_traffic *traffic, oio_time_ps now_ps, uint64_t id, const struct oio_outstanding *m) {
  traffic->delayed -= m->delayed && m->entry_ps <= now_ps;
  if (m->entry_ps <= now_ps) return false;
  push_timed(traffic, &(struct oio_timed){.time_ps = m->entry_ps, .id = id});
  return true;
}

struct oio_outstanding *oio_outstanding_add(struct oio_traffic *traffic, oio_time_ps now_ps, const struct oio_record *record) {
  const uint32_t flow = oio_flow_of(traffic, record->source, record->destination, record->vc);
  struct oio_outstanding *m = flow == OIO_FLOW_FAILED ? NULL : oio_outstanding_place(traffic, record, flow);
  if (m == NULL) return NULL;
  if (traffic->paths != NULL) oio_path_start(oio_path_at(traffic, record->id), record->time_ps);
  if (record->payload != NULL && (m->message.data = copy_of(record)) == NULL) return NULL;
  if (record->waits_count > 0 && traffic->config.loop == OIO_CLOSED_LOOP && !wait_for_all(traffic, now_ps, record)) return NULL;
  return m;
}

void oio_outstanding_enter_timed(struct oio_traffic *traffic, oio_time_ps now_ps) {
  while (oio_outstanding_timed_ps(traffic) <= now_ps) {
    const uint64_t id = shift_timed(traffic);
    traffic->delayed--;
    enter_and_wait(traffic, now_ps, id, oio_outstanding_at(traffic, id));
  }
}

static void let_dependents_enter(struct oio_traffic *traffic, oio_time_ps now_ps, struct oio_outstanding *m) {
  const uint64_t place = (uint64_t)(m - traffic->ring);
  uint32_t edge = m->first_edge;
  m->first_edge = OIO_NO_EDGE;
  while (edge != OIO_NO_EDGE) {
    const struct oio_edge taken = traffic->edges[edge];
    traffic->edges[edge].next = traffic->free_edge;
    traffic->free_edge = edge;
    edge = taken.next;
    struct oio_outstanding *dependent = oio_outstanding_at(traffic, taken.dependent);
    if (traffic->paths != NULL) oio_path_follow(oio_path_at(traffic, taken.dependent), &traffic->paths[place], taken.delay_ps);
    if (taken.delay_ps > 0) not_before(dependent, now_ps + taken.delay_ps);
    if (--dependent->waits_left > 0) continue;
    traffic->woken = true;
    if (!dependent->delayed || !oio_outstanding_is_early(traffic, now_ps, taken.dependent, dependent))
      enter_and_wait(traffic, now_ps, taken.dependent, dependent);
  }
}

OIO_COLD void oio_outstanding_settle(struct oio_traffic *traffic, oio_time_ps now_ps, struct oio_outstanding *m) {
  free((void *)m->message.data);
  m->message.data = NULL;
  let_dependents_enter(traffic, now_ps, m);
}
