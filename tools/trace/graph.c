/* SPDX-License-Identifier: Apache-2.0 */
#include "graph_edges.h"

#include "causes.h"
#include "interrupt.h"

#include <stdio.h>
#include <string.h>

enum { OPS_MAX = 1 << 30 };

/* One end of a message that has to find the other. */
struct end {
  uint64_t tag;
  uint32_t source, destination, op;
};

static enum oio_status too_large(const struct graph *graph, struct oio_error *error) {
  return oio_error_set(error, OIO_ERR_NOMEM,
                       "%.110s: the memory and the temporary folder do not hold more than its %zu operations; import a part of it",
                       graph->path, graph->ops.count);
}

void graph_start(struct graph *graph, const char *path, uint64_t limit) {
  *graph = (struct graph){.path = path,
                          .message_limit = limit,
                          .limit = limit < OPS_MAX / GRAPH_OPS_A_RECORD ? limit * GRAPH_OPS_A_RECORD : OPS_MAX,
                          .ops.size = sizeof(struct graph_op),
                          .edges.size = sizeof(struct edge),
                          .sends.size = sizeof(struct end),
                          .receives.size = sizeof(struct end),
                          .sights.size = sizeof(struct graph_sight)};
}

void graph_free(struct graph *graph) {
  spill_free(&graph->ops);
  spill_free(&graph->edges);
  spill_free(&graph->sends);
  spill_free(&graph->receives);
  spill_free(&graph->sights);
}

static enum oio_status add(struct graph *graph, const struct graph_op *op, uint32_t *number, struct oio_error *error) {
  if (graph->ops.count >= graph->limit)
    return oio_error_set(error, OIO_ERR_FORMAT, "%.110s: it becomes more than %llu operations; import a part of it, or raise --limit",
                         graph->path, (unsigned long long)graph->limit);
  struct graph_op *added = spill_push(&graph->ops);
  if (added == NULL) return too_large(graph, error);
  *added = *op;
  *number = (uint32_t)(graph->ops.count - 1);
  return OIO_OK;
}

/* Each becomes a record. */
static enum oio_status count_message(struct graph *graph, struct oio_error *error) {
  if (graph->messages++ < graph->message_limit) return OIO_OK;
  return oio_error_set(error, OIO_ERR_FORMAT, "%.110s: it becomes more than %llu records; import a part of it, or raise --limit",
                       graph->path, (unsigned long long)graph->message_limit);
}

enum oio_status graph_compute(struct graph *graph, uint32_t rank, oio_time_ps time_ps, uint32_t place, uint32_t *op,
                              struct oio_error *error) {
  const struct graph_op made = {.value = time_ps, .place = place, .source = (uint16_t)rank, .destination = (uint16_t)rank};
  return add(graph, &made, op, error);
}

enum oio_status graph_message(struct graph *graph, uint32_t source, uint32_t destination, uint64_t bytes, uint32_t place, uint32_t *op,
                              struct oio_error *error) {
  const struct graph_op made = {
      .value = bytes, .place = place, .source = (uint16_t)source, .destination = (uint16_t)destination, .message = true};
  const enum oio_status status = count_message(graph, error);
  return status == OIO_OK ? add(graph, &made, op, error) : status;
}

enum oio_status graph_make_send(struct graph *graph, uint32_t op, uint32_t destination, uint64_t tag, uint64_t bytes,
                                struct oio_error *error) {
  struct graph_op *made = graph_at(graph, op);
  const enum oio_status status = count_message(graph, error);
  if (status != OIO_OK) return status;
  struct end *end = spill_push(&graph->sends);
  if (end == NULL) return too_large(graph, error);
  made->message = true;
  made->destination = (uint16_t)destination;
  made->value = bytes;
  *end = (struct end){.tag = tag, .source = made->source, .destination = destination, .op = op};
  return OIO_OK;
}

enum oio_status graph_make_receive(struct graph *graph, uint32_t op, uint32_t source, uint64_t tag, struct oio_error *error) {
  struct end *end = spill_push(&graph->receives);
  if (end == NULL) return too_large(graph, error);
  *end = (struct end){.tag = tag, .source = source, .destination = graph_at(graph, op)->source, .op = op};
  return OIO_OK;
}

enum oio_status graph_edge(struct graph *graph, uint32_t after, uint32_t before, struct oio_error *error) {
  struct edge *edge = spill_push(&graph->edges);
  if (edge == NULL) return too_large(graph, error);
  *edge = (struct edge){.after = after, .before = before};
  return OIO_OK;
}

enum oio_status graph_edge_of_begin(struct graph *graph, uint32_t after, uint32_t before, struct oio_error *error) {
  graph_at(graph, before)->begin_needed = true;
  return graph_edge(graph, after, before | OF_BEGIN, error);
}

static int compare(uint64_t a, uint64_t b) {
  return a < b ? -1 : a > b;
}

static int by_ranks_and_tag(const struct end *a, const struct end *b) {
  if (a->source != b->source) return compare(a->source, b->source);
  return a->destination != b->destination ? compare(a->destination, b->destination) : compare(a->tag, b->tag);
}

static int by_end(const void *left, const void *right) {
  const struct end *a = left, *b = right;
  const int order = by_ranks_and_tag(a, b);
  return order != 0 ? order : compare(a->op, b->op);
}

static enum oio_status match(struct graph *graph, struct import_notes *notes, struct oio_error *error) {
  enum oio_status status = OIO_OK;
  if (!spill_sort(&graph->sends, by_end) || !spill_sort(&graph->receives, by_end)) return too_large(graph, error);
  const struct end *sends = graph->sends.list, *receives = graph->receives.list;
  size_t send = 0, receive = 0;
  uint64_t alone = 0, none = 0;
  while ((send < graph->sends.count || receive < graph->receives.count) && status == OIO_OK) {
    const int order = send == graph->sends.count         ? 1
                      : receive == graph->receives.count ? -1
                                                         : by_ranks_and_tag(&sends[send], &receives[receive]);
    alone += order < 0;
    none += order > 0;
    if (order == 0) status = graph_edge(graph, receives[receive].op, sends[send].op | OF_MATCH, error);
    if ((send + receive) % 1024 == 0) spill_trim();
    send += order <= 0;
    receive += order >= 0;
  }
  /* A send without a receive is a message all the same. */
  import_changed(notes, "sends that no receive matches", "kept", alone);
  import_left_out(notes, "receives that no send matches", none);
  spill_free(&graph->sends);
  spill_free(&graph->receives);
  return status;
}

/* What an operation comes after, when it is over: messages with delays, from `first` in a list of all, each `add_ps` longer; and no sooner
 * than at base_ps. */
struct span {
  uint64_t first;
  oio_time_ps add_ps, base_ps;
  uint32_t count;
};

struct walk {
  struct graph *graph;
  struct messages *messages;
  struct spill succs;                         /* the edges by before; those of the graph are by after */
  struct spill pred_at, succ_at;              /* uint32: of each operation its first edge, and one more */
  struct spill open, queue;                   /* uint32: what each operation still waits for; operations that may go */
  struct spill spans, begins, causes, merged; /* of struct span twice, and of struct cause */
  struct spill first_wait;                    /* uint32: of each message its first wait, and one more; where causes are reduced */
};

static int by_after(const void *left, const void *right) {
  const struct edge *a = left, *b = right;
  return a->after != b->after ? compare(a->after, b->after) : compare(a->before, b->before);
}

static int by_before(const void *left, const void *right) {
  const struct edge *a = left, *b = right;
  const uint32_t first = a->before & OPERATION, second = b->before & OPERATION;
  return first != second ? compare(first, second) : compare(a->after, b->after);
}

static int by_cause(const void *left, const void *right) {
  const struct cause *a = left, *b = right;
  return a->message != b->message ? compare(a->message, b->message) : compare(a->delay_ps, b->delay_ps);
}

/* at[op]: how many edges come before those of `op`. */
static bool index_edges(const struct spill *edges, bool after, size_t ops, struct spill *at) {
  const struct edge *list = edges->list;
  if (!spill_resize(at, ops + 1)) return false;
  uint32_t *first = at->list;
  size_t edge = 0;
  for (size_t op = 0; op <= ops; op++) {
    while (edge < edges->count && (after ? list[edge].after : list[edge].before & OPERATION) < op) edge++;
    first[op] = (uint32_t)edge;
    if (op % 1024 == 0) spill_trim();
  }
  return true;
}

static bool prepare(struct walk *walk) {
  struct graph *graph = walk->graph;
  const size_t ops = graph->ops.count;
  if (graph->edges.count >= UINT32_MAX) return false;
  if (!spill_sort(&graph->edges, by_before)) return false;
  walk->succs = (struct spill){.size = sizeof(struct edge)};
  if (!spill_resize(&walk->succs, graph->edges.count)) return false;
  const struct edge *from = graph->edges.list;
  struct edge *to = walk->succs.list;
  for (size_t i = 0; i < graph->edges.count; i++) {
    to[i] = from[i];
    if (i % 4096 == 0) spill_trim();
  }
  if (!index_edges(&walk->succs, false, ops, &walk->succ_at)) return false;
  if (!spill_sort(&graph->edges, by_after) || !index_edges(&graph->edges, true, ops, &walk->pred_at)) return false;
  if (!spill_resize(&walk->open, ops) || !spill_resize(&walk->spans, ops)) return false;
  const uint32_t *pred_at = walk->pred_at.list;
  uint32_t *open = walk->open.list;
  for (size_t op = 0; op < ops; op++) {
    open[op] = pred_at[op + 1] - pred_at[op];
    if (op % 1024 == 0) spill_trim();
    uint32_t *queued = open[op] == 0 ? spill_push(&walk->queue) : NULL;
    if (open[op] == 0 && queued == NULL) return false;
    if (queued != NULL) *queued = (uint32_t)op;
  }
  return true;
}

/* Adds what comes before by this edge to walk->merged. */
static bool merge_edge(struct walk *walk, uint32_t before, oio_time_ps *base_ps) {
  const uint64_t begin = graph_at(walk->graph, before & OPERATION)->value;
  const struct span span = (before & OF_BEGIN) != 0 ? ((const struct span *)walk->begins.list)[begin]
                                                    : ((const struct span *)walk->spans.list)[before & OPERATION];
  if (span.base_ps > *base_ps) *base_ps = span.base_ps;
  for (uint32_t at = 0; at < span.count; at++) {
    const struct cause *cause = (const struct cause *)walk->causes.list + span.first + at;
    struct cause *added = spill_push(&walk->merged);
    if (added == NULL) return false;
    *added = (struct cause){.message = cause->message, .delay_ps = cause->delay_ps + span.add_ps};
  }
  return true;
}

/* What `op` comes after, each message once with its longest delay, in walk->merged; *base_ps: when it begins at the earliest. */
static bool merge(struct walk *walk, uint32_t op, bool matches, oio_time_ps *base_ps) {
  const uint32_t *pred_at = walk->pred_at.list;
  const struct edge *edges = walk->graph->edges.list;
  walk->merged.count = 0;
  *base_ps = 0;
  for (uint32_t i = pred_at[op]; i < pred_at[op + 1]; i++) {
    if (i > pred_at[op] && edges[i].before == edges[i - 1].before) continue;
    if (!matches && (edges[i].before & OF_MATCH) != 0) continue;
    if (!merge_edge(walk, edges[i].before, base_ps)) return false;
  }
  if (!spill_sort(&walk->merged, by_cause)) return false;
  struct cause *list = walk->merged.list;
  size_t kept = 0;
  for (size_t i = 0; i < walk->merged.count; i++) {
    if (kept > 0 && list[kept - 1].message == list[i].message) kept--;
    list[kept++] = list[i];
  }
  if (walk->graph->reduce) kept = causes_reduce(list, kept, walk->messages, &walk->first_wait);
  walk->merged.count = kept;
  return true;
}

/* What is merged, kept for those that come after. */
static bool keep(struct walk *walk, oio_time_ps add_ps, oio_time_ps base_ps, struct span *span) {
  *span = (struct span){.first = walk->causes.count, .count = (uint32_t)walk->merged.count, .add_ps = add_ps, .base_ps = base_ps + add_ps};
  for (size_t i = 0; i < walk->merged.count; i++) {
    struct cause *cause = spill_push(&walk->causes);
    if (cause == NULL) return false;
    *cause = ((const struct cause *)walk->merged.list)[i];
  }
  return true;
}

static bool keep_begin(struct walk *walk, uint32_t op) {
  oio_time_ps base_ps;
  struct span span;
  if (!merge(walk, op, false, &base_ps) || !keep(walk, 0, base_ps, &span)) return false;
  struct span *begin = spill_push(&walk->begins);
  if (begin != NULL) *begin = span;
  return begin != NULL;
}

/* Where the waits of the next message begin. */
static bool end_waits(struct walk *walk) {
  uint32_t *first = spill_push(&walk->first_wait);
  if (first != NULL) *first = (uint32_t)walk->messages->waits_count;
  return first != NULL;
}

static enum oio_status record(struct walk *walk, const struct message *message, const struct cause *causes, size_t count,
                              struct oio_error *error) {
  const uint32_t number = (uint32_t)walk->messages->count;
  enum oio_status status = messages_add(walk->messages, message, error);
  for (size_t i = 0; i < count && status == OIO_OK; i++)
    status = messages_add_delay(walk->messages, number, causes[i].message, causes[i].delay_ps, error);
  return status == OIO_OK && walk->graph->reduce && !end_waits(walk) ? too_large(walk->graph, error) : status;
}

/* Local records in place of what is merged, so that no record waits for more than a trace can hold. */
static enum oio_status join(struct walk *walk, uint32_t rank, oio_time_ps base_ps, struct oio_error *error) {
  struct cause *list = walk->merged.list;
  const struct message local = {.time_ps = base_ps, .bytes = GRAPH_LOCAL_BYTES, .source = (uint16_t)rank, .destination = (uint16_t)rank};
  size_t left = walk->merged.count;
  while (left > 1) {
    const size_t count = left < OIO_TRACE_WAITS_MAX ? left : OIO_TRACE_WAITS_MAX;
    const enum oio_status status = record(walk, &local, list + left - count, count, error);
    if (status != OIO_OK) return status;
    walk->graph->joins++;
    left -= count;
    list[left++] = (struct cause){.message = (uint32_t)walk->messages->count - 1};
  }
  walk->merged.count = 1;
  return OIO_OK;
}

/* True: `op` is a time after one other operation, whose causes it shares. */
static bool follows_one(const struct walk *walk, uint32_t op, uint32_t *before) {
  const uint32_t *pred_at = walk->pred_at.list;
  const struct graph_op *at = graph_at(walk->graph, op);
  if (at->message || at->begin_needed || pred_at[op + 1] - pred_at[op] != 1) return false;
  const uint32_t edge = ((const struct edge *)walk->graph->edges.list)[pred_at[op]].before;
  *before = edge & OPERATION;
  return (edge & OF_BEGIN) == 0;
}

static enum oio_status beyond(const struct walk *walk, const struct graph_op *op, struct oio_error *error) {
  char text[160] = "an operation";
  if (walk->graph->describe != NULL) walk->graph->describe(walk->graph->context, op, text, sizeof text);
  return oio_error_set(error, OIO_ERR_FORMAT, "%.110s: %s ends beyond 2^62 ps; a trace cannot hold that", walk->graph->path, text);
}

static enum oio_status carry_out(struct walk *walk, uint32_t number, struct oio_error *error) {
  const struct graph_op op = *graph_at(walk->graph, number);
  struct span *span = (struct span *)walk->spans.list + number;
  uint32_t before;
  oio_time_ps base_ps;
  if (follows_one(walk, number, &before)) {
    *span = ((const struct span *)walk->spans.list)[before];
    if (op.value >= OIO_TRACE_TIME_MAX || span->base_ps + op.value >= OIO_TRACE_TIME_MAX) return beyond(walk, &op, error);
    span->add_ps += op.value;
    span->base_ps += op.value;
    return OIO_OK;
  }
  if ((op.begin_needed && !keep_begin(walk, number)) || !merge(walk, number, true, &base_ps)) return too_large(walk->graph, error);
  if (op.begin_needed) graph_at(walk->graph, number)->value = walk->begins.count - 1; /* what it was is in `op` */
  enum oio_status status = OIO_OK;
  if (walk->merged.count > (op.message ? OIO_TRACE_WAITS_MAX : GRAPH_JOIN)) status = join(walk, op.source, base_ps, error);
  if (status != OIO_OK) return status;
  if (op.message) {
    const struct message message = {
        .time_ps = base_ps, .bytes = (uint32_t)op.value, .source = op.source, .destination = op.destination, .vc = op.vc};
    status = record(walk, &message, walk->merged.list, walk->merged.count, error);
    if (status != OIO_OK || !spill_resize(&walk->merged, 1)) return status != OIO_OK ? status : too_large(walk->graph, error);
    *(struct cause *)walk->merged.list = (struct cause){.message = (uint32_t)walk->messages->count - 1};
  }
  const oio_time_ps taken_ps = op.message ? 0 : op.value;
  if (taken_ps >= OIO_TRACE_TIME_MAX || base_ps + taken_ps >= OIO_TRACE_TIME_MAX) return beyond(walk, &op, error);
  return keep(walk, taken_ps, base_ps, span) ? OIO_OK : too_large(walk->graph, error);
}

static enum oio_status let_go(struct walk *walk, uint32_t op, struct oio_error *error) {
  const uint32_t *succ_at = walk->succ_at.list;
  const struct edge *edges = walk->succs.list;
  uint32_t *open = walk->open.list;
  for (uint32_t i = succ_at[op]; i < succ_at[op + 1]; i++) {
    if (--open[edges[i].after] > 0) continue;
    uint32_t *queued = spill_push(&walk->queue);
    if (queued == NULL) return too_large(walk->graph, error);
    *queued = edges[i].after;
  }
  return OIO_OK;
}

/* From an operation that never went, back through others like it: one that is come to again is on a cycle. */
static enum oio_status name_cycle(struct walk *walk, struct oio_error *error) {
  char text[160] = "an operation", other[160] = "another";
  const uint32_t *pred_at = walk->pred_at.list;
  const struct edge *edges = walk->graph->edges.list;
  const struct graph *graph = walk->graph;
  uint32_t *open = walk->open.list;
  size_t at = 0;
  while (open[at] == 0) at++;
  uint32_t op = (uint32_t)at, before = op;
  while (open[op] != UINT32_MAX) {
    open[op] = UINT32_MAX;
    uint32_t i = pred_at[op];
    while (open[edges[i].before & OPERATION] == 0) i++;
    before = op;
    op = edges[i].before & OPERATION;
  }
  if (graph->describe != NULL) graph->describe(graph->context, graph_at(graph, op), text, sizeof text);
  if (graph->describe != NULL) graph->describe(graph->context, graph_at(graph, before), other, sizeof other);
  return oio_error_set(error, OIO_ERR_FORMAT, "%.110s: a cycle: %.100s comes after itself, by way of %.100s; %s", graph->path, text, other,
                       graph->remedy != NULL ? graph->remedy : "correct the capture");
}

static bool take_times(struct walk *walk, struct import_notes *notes) {
  const struct edges_onward onward = {.list = walk->succs.list, .at = walk->succ_at.list, .open = walk->open.list};
  return graph_take_times(walk->graph, &onward, notes);
}

static enum oio_status walk_all(struct walk *walk, struct import_notes *notes, struct oio_error *error) {
  enum oio_status status = prepare(walk) && take_times(walk, notes) && end_waits(walk) ? OIO_OK : too_large(walk->graph, error);
  for (size_t next = 0; next < walk->queue.count && status == OIO_OK; next++) {
    const uint32_t op = ((const uint32_t *)walk->queue.list)[next];
    status = carry_out(walk, op, error);
    if (status == OIO_OK) status = let_go(walk, op, error);
    if (next % 64 == 0) spill_trim();
    if (next % 4096 == 0 && interrupt_requested()) return status;
  }
  if (status == OIO_OK && walk->queue.count < walk->graph->ops.count) status = name_cycle(walk, error);
  return status;
}

enum oio_status graph_finish(struct graph *graph, struct messages *messages, struct import_notes *notes, struct oio_error *error) {
  struct walk walk = {.graph = graph,
                      .messages = messages,
                      .pred_at.size = sizeof(uint32_t),
                      .succ_at.size = sizeof(uint32_t),
                      .open.size = sizeof(uint32_t),
                      .queue.size = sizeof(uint32_t),
                      .spans.size = sizeof(struct span),
                      .begins.size = sizeof(struct span),
                      .causes.size = sizeof(struct cause),
                      .merged.size = sizeof(struct cause),
                      .first_wait.size = sizeof(uint32_t)};
  enum oio_status status = match(graph, notes, error);
  if (status == OIO_OK) status = walk_all(&walk, notes, error);
  struct spill *const all[] = {&walk.succs, &walk.pred_at, &walk.succ_at, &walk.open,   &walk.queue,
                               &walk.spans, &walk.begins,  &walk.causes,  &walk.merged, &walk.first_wait};
  for (size_t i = 0; i < sizeof all / sizeof all[0]; i++)
    if (all[i]->size > 0) spill_free(all[i]);
  return status;
}
