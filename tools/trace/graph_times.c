/* SPDX-License-Identifier: Apache-2.0 */
#include "graph_edges.h"

/* An operation that has all it comes after, from that time on. */
struct ready {
  oio_time_ps time_ps;
  uint32_t op;
};

struct times {
  struct graph *graph;
  struct spill seen_ps, begin_ps, open; /* of each operation: when it was over, 0 if that was not seen; its begin so far; edges to come */
  struct spill heap;                    /* of struct ready, the first at [0] */
  struct spill free_ps;                 /* of each rank, when its link takes another message */
};

enum oio_status graph_seen(struct graph *graph, uint32_t op, oio_time_ps time_ps, struct oio_error *error) {
  struct graph_sight *seen = spill_push(&graph->sights);
  if (seen == NULL)
    return oio_error_set(error, OIO_ERR_NOMEM, "%.110s: the memory and the temporary folder do not hold its times; import a part of it",
                         graph->path);
  *seen = (struct graph_sight){.time_ps = time_ps, .op = op};
  return OIO_OK;
}

static bool sooner(const struct ready *a, const struct ready *b) {
  return a->time_ps != b->time_ps ? a->time_ps < b->time_ps : a->op < b->op;
}

static bool push(struct spill *heap, struct ready ready) {
  if (spill_push(heap) == NULL) return false;
  struct ready *list = heap->list;
  size_t at = heap->count - 1;
  for (; at > 0 && sooner(&ready, &list[(at - 1) / 2]); at = (at - 1) / 2) list[at] = list[(at - 1) / 2];
  list[at] = ready;
  return true;
}

static struct ready pop(struct spill *heap) {
  struct ready *list = heap->list;
  const struct ready first = list[0], last = list[--heap->count];
  size_t at = 0;
  for (size_t next = 1; next < heap->count; next = 2 * at + 1) {
    if (next + 1 < heap->count && sooner(&list[next + 1], &list[next])) next++;
    if (!sooner(&list[next], &last)) break;
    list[at] = list[next];
    at = next;
  }
  if (heap->count > 0) list[at] = last;
  return first;
}

/* When an operation that begins at begin_ps is over. */
static oio_time_ps end_of(struct times *times, uint32_t number, oio_time_ps begin_ps, oio_time_ps *late_ps) {
  struct graph_op *op = graph_at(times->graph, number);
  if (op->message && op->source == op->destination) return begin_ps;
  if (op->message) {
    oio_time_ps *free_ps = (oio_time_ps *)times->free_ps.list + op->source;
    const oio_time_ps starts_ps = begin_ps > *free_ps ? begin_ps : *free_ps;
    *free_ps = starts_ps + (oio_time_ps)((double)op->value * times->graph->link.ps_per_byte);
    return *free_ps + times->graph->link.latency_ps;
  }
  const oio_time_ps end_ps = begin_ps + op->value, seen_ps = ((const oio_time_ps *)times->seen_ps.list)[number];
  if (seen_ps <= end_ps) return end_ps;
  op->value += seen_ps - end_ps;
  *late_ps += seen_ps - end_ps;
  return seen_ps;
}

/* Those that come after have one thing less to wait for. */
static bool let_go(struct times *times, const struct edges_onward *onward, uint32_t op, oio_time_ps begin_ps, oio_time_ps end_ps) {
  oio_time_ps *begins = times->begin_ps.list;
  uint32_t *open = times->open.list;
  for (uint32_t i = onward->at[op]; i < onward->at[op + 1]; i++) {
    const uint32_t after = onward->list[i].after;
    const oio_time_ps time_ps = (onward->list[i].before & OF_BEGIN) != 0 ? begin_ps : end_ps;
    if (time_ps > begins[after]) begins[after] = time_ps;
    if (--open[after] == 0 && !push(&times->heap, (struct ready){.time_ps = begins[after], .op = after})) return false;
  }
  return true;
}

static bool prepare(struct times *times, const struct edges_onward *onward) {
  struct graph *graph = times->graph;
  const size_t ops = graph->ops.count;
  if (!spill_resize(&times->seen_ps, ops) || !spill_resize(&times->begin_ps, ops) || !spill_resize(&times->open, ops)) return false;
  if (!spill_resize(&times->free_ps, (size_t)UINT16_MAX + 1)) return false;
  for (size_t i = 0; i < graph->sights.count; i++) {
    const struct graph_sight *sight = (const struct graph_sight *)graph->sights.list + i;
    ((oio_time_ps *)times->seen_ps.list)[sight->op] = sight->time_ps;
    if (i % 1024 == 0) spill_trim();
  }
  for (size_t op = 0; op < ops; op++) {
    ((uint32_t *)times->open.list)[op] = onward->open[op];
    if (onward->open[op] == 0 && !push(&times->heap, (struct ready){.op = (uint32_t)op})) return false;
    if (op % 1024 == 0) spill_trim();
  }
  return true;
}

bool graph_take_times(struct graph *graph, const struct edges_onward *onward, struct import_notes *notes) {
  struct times times = {.graph = graph,
                        .seen_ps.size = sizeof(oio_time_ps),
                        .begin_ps.size = sizeof(oio_time_ps),
                        .open.size = sizeof(uint32_t),
                        .heap.size = sizeof(struct ready),
                        .free_ps.size = sizeof(oio_time_ps)};
  if (graph->sights.count == 0) return true;
  oio_time_ps late_ps = 0;
  bool good = prepare(&times, onward);
  for (uint64_t done = 0; good && times.heap.count > 0; done++) {
    const struct ready ready = pop(&times.heap);
    const oio_time_ps end_ps = end_of(&times, ready.op, ready.time_ps, &late_ps);
    good = let_go(&times, onward, ready.op, ready.time_ps, end_ps);
    if (done % 64 == 0) spill_trim();
  }
  import_changed(notes, "microseconds that waits took beyond --recorded-link", "kept as the ranks' own", late_ps / 1000000);
  struct spill *const all[] = {&times.seen_ps, &times.begin_ps, &times.open, &times.heap, &times.free_ps, &graph->sights};
  for (size_t i = 0; i < sizeof all / sizeof all[0]; i++) spill_free(all[i]);
  return good;
}
