/* SPDX-License-Identifier: Apache-2.0 */
/* Records between being read and being done, and which of them wait for which. */
#include "base/cold.h"
#include "traffic/traffic_state.h"

#include <stdlib.h>
#include <string.h>

enum { EDGES_FIRST = 1024, RING_FIRST = 1024 };

/* Most runs have few messages on their way: a small ring stays in the cache, where one of the whole look-ahead would be gone through end to
 * end. */
bool oio_outstanding_create(struct oio_traffic *traffic) {
  traffic->lookahead = traffic->config.lookahead_records;
  traffic->mask = RING_FIRST - 1;
  traffic->ring = calloc(RING_FIRST, sizeof *traffic->ring);
  return traffic->ring != NULL;
}

/* Those that are done move too: stray segments are told by them. */
OIO_COLD bool oio_outstanding_grow(struct oio_traffic *traffic) {
  const uint64_t size = 2 * (traffic->mask + 1);
  struct oio_outstanding *grown = calloc(size, sizeof *grown);
  if (grown == NULL) return false;
  for (uint64_t id = traffic->limit - size / 2; id != traffic->limit; id++) grown[id & (size - 1)] = *oio_outstanding_at(traffic, id);
  free(traffic->ring);
  traffic->ring = grown;
  traffic->mask = size - 1;
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

/* id waits for message `for_id`, unless that is done. */
OIO_COLD static bool wait_for(struct oio_traffic *traffic, uint64_t id, uint64_t for_id) {
  if (for_id < traffic->base) return true;
  struct oio_outstanding *awaited = oio_outstanding_at(traffic, for_id);
  if (awaited->phase >= OIO_SKIPPED) return true;
  if (traffic->free_edge == OIO_NO_EDGE && !grow_edges(traffic)) return false;
  const uint32_t edge = traffic->free_edge;
  traffic->free_edge = traffic->edges[edge].next;
  traffic->edges[edge] = (struct oio_edge){.dependent = id, .next = awaited->first_edge};
  awaited->first_edge = edge;
  oio_outstanding_at(traffic, id)->waits_left++;
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
  traffic->woken = true;
}

bool oio_outstanding_add(struct oio_traffic *traffic, oio_time_ps now_ps, const struct oio_record *record) {
  const uint64_t id = record->id;
  struct oio_outstanding *m = oio_outstanding_place(traffic, record);
  if (m == NULL) return false;
  if (record->payload != NULL && (m->message.data = copy_of(record)) == NULL) return false;
  if (traffic->config.loop == OIO_CLOSED_LOOP) {
    for (uint32_t i = 0; i < record->waits_count; i++) {
      if (!wait_for(traffic, id, record->waits[i])) return false;
    }
  }
  if (m->waits_left == 0) enter_and_wait(traffic, now_ps, id, m);
  return true;
}

static void let_dependents_enter(struct oio_traffic *traffic, oio_time_ps now_ps, struct oio_outstanding *m) {
  uint32_t edge = m->first_edge;
  m->first_edge = OIO_NO_EDGE;
  while (edge != OIO_NO_EDGE) {
    const struct oio_edge taken = traffic->edges[edge];
    traffic->edges[edge].next = traffic->free_edge;
    traffic->free_edge = edge;
    edge = taken.next;
    struct oio_outstanding *dependent = oio_outstanding_at(traffic, taken.dependent);
    if (--dependent->waits_left == 0) enter_and_wait(traffic, now_ps, taken.dependent, dependent);
  }
}

OIO_COLD void oio_outstanding_settle(struct oio_traffic *traffic, oio_time_ps now_ps, struct oio_outstanding *m) {
  free((void *)m->message.data);
  m->message.data = NULL;
  let_dependents_enter(traffic, now_ps, m);
}
