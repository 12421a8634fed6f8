/* SPDX-License-Identifier: Apache-2.0 */
#include "expand.h"

#include "interrupt.h"
#include "oio/workload.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define CHUNK_BYTES ((uint64_t)1 << 29)

/* One collective: its members in the order of ranks, and which operation each send is. */
struct collective {
  struct graph *graph;
  const struct expand_member *members;
  uint32_t count, root; /* root: its place among the members */
  uint64_t bytes;       /* of the whole buffer */
  struct spill *sends;  /* uint32 */
};

static const struct expand_member *member_of(const struct collective *c, uint32_t rank) {
  return &c->members[(rank + c->root) % c->count];
}

static enum oio_status begin(const struct oio_config *config, uint32_t dies, struct oio_workload **workload, struct oio_error *error) {
  struct oio_config resolved = *config;
  const enum oio_status status = oio_config_resolve(&resolved, error);
  return status == OIO_OK ? oio_workload_create(workload, &resolved, dies, error) : status;
}

static enum oio_status set(struct oio_config *config, const char *key, const char *value, struct oio_error *error) {
  char assignment[120];
  snprintf(assignment, sizeof assignment, "%s=%s", key, value);
  return oio_config_set(config, "collective", assignment, error);
}

static enum oio_status configure(const struct collective *c, const char *kind, const char *algorithm, struct oio_config *config,
                                 struct oio_error *error) {
  char bytes[24], net[24];
  oio_config_defaults(config);
  snprintf(bytes, sizeof bytes, "%llu", (unsigned long long)c->bytes);
  snprintf(net, sizeof net, "loop:%u", c->count);
  enum oio_status status = set(config, "workload.generate", kind, error);
  if (status == OIO_OK && c->count > 2) status = set(config, "net.topology", net, error);
  if (status == OIO_OK) status = set(config, "workload.algorithm", algorithm, error);
  if (status == OIO_OK) status = set(config, "workload.bytes", bytes, error);
  snprintf(bytes, sizeof bytes, "%llu", (unsigned long long)CHUNK_BYTES);
  if (status == OIO_OK && c->bytes > CHUNK_BYTES) status = set(config, "workload.chunk_bytes", bytes, error);
  return status;
}

/* The generator's own records; a send waits for the begin of its rank too. */
static enum oio_status generate(struct collective *c, const char *kind, const char *algorithm, struct oio_error *error) {
  struct oio_config config;
  struct oio_workload *workload = NULL;
  struct oio_record record;
  c->sends->count = 0;
  enum oio_status status = configure(c, kind, algorithm, &config, error);
  if (status == OIO_OK) status = begin(&config, c->count, &workload, error);
  while (status == OIO_OK && oio_workload_next(workload, &record)) {
    const struct expand_member *from = member_of(c, record.source), *to = member_of(c, record.destination);
    uint32_t op;
    status = graph_message(c->graph, from->rank, to->rank, record.bytes, from->place, &op, error);
    if (status == OIO_OK) status = graph_edge(c->graph, op, from->start, error);
    for (uint32_t i = 0; i < record.waits_count && status == OIO_OK; i++)
      status = graph_edge(c->graph, op, ((const uint32_t *)c->sends->list)[record.waits[i]], error);
    if (status == OIO_OK) status = graph_edge(c->graph, to->end, op, error);
    uint32_t *sent = status == OIO_OK ? spill_push(c->sends) : NULL;
    if (sent != NULL) *sent = op;
    if (status == OIO_OK && sent == NULL) status = oio_error_set(error, OIO_ERR_NOMEM, "%.110s: out of memory", c->graph->path);
  }
  oio_workload_destroy(workload);
  return status;
}

/* Each rank but the root with the root. */
static enum oio_status directly(const struct collective *c, bool to_root, uint64_t bytes, struct oio_error *error) {
  enum oio_status status = OIO_OK;
  const struct expand_member *root = &c->members[c->root];
  for (uint32_t i = 0; i < c->count && status == OIO_OK; i++) {
    const struct expand_member *from = to_root ? &c->members[i] : root, *to = to_root ? root : &c->members[i];
    uint32_t op;
    if (i == c->root) continue;
    status = graph_message(c->graph, from->rank, to->rank, bytes, from->place, &op, error);
    if (status == OIO_OK) status = graph_edge(c->graph, op, from->start, error);
    if (status == OIO_OK) status = graph_edge(c->graph, to->end, op, error);
    if (status == OIO_OK) status = graph_edge(c->graph, from->end, op, error);
  }
  return status;
}

static enum oio_status bad(const struct graph *graph, const struct expand_member *member, const char *what, struct oio_error *error) {
  const struct graph_op at = *graph_at(graph, member->start);
  char text[120] = "a collective";
  if (graph->describe != NULL) graph->describe(graph->context, &at, text, sizeof text);
  return oio_error_set(error, OIO_ERR_FORMAT, "%.110s: %.119s: %s", graph->path, text, what);
}

static enum oio_status send_all(struct collective *c, const char *algorithm, struct import_notes *notes, struct oio_error *error) {
  static const char *const kinds[] = {
      [EXPAND_ALL_REDUCE] = "all-reduce", [EXPAND_ALL_GATHER] = "all-gather",         [EXPAND_BROADCAST] = "broadcast",
      [EXPAND_ALL_TO_ALL] = "all-to-all", [EXPAND_REDUCE_SCATTER] = "reduce-scatter", [EXPAND_BARRIER] = "all-reduce"};
  const enum expand_kind kind = (enum expand_kind)c->members->kind;
  const uint64_t share = c->members->own ? c->bytes / c->count : (c->bytes + c->count - 1) / c->count;
  const bool direct = kind == EXPAND_REDUCE || kind == EXPAND_GATHER || kind == EXPAND_SCATTER;
  if (direct && (kind == EXPAND_REDUCE ? c->bytes : share) > OIO_TRACE_BYTES_MAX)
    return bad(c->graph, c->members, "a message of more than 2^30 bytes; a trace cannot hold that", error);
  if (kind == EXPAND_REDUCE) return directly(c, true, c->bytes, error);
  if (kind == EXPAND_GATHER) return directly(c, true, share, error);
  if (kind == EXPAND_SCATTER) return directly(c, false, share, error);
  const bool small = c->bytes < c->count;
  if (small && kind == EXPAND_ALL_REDUCE) {
    import_changed(notes, "all-reduces of less than a byte a rank", "made over a tree", 1);
    return generate(c, kinds[kind], "tree", error);
  }
  if (small && kind != EXPAND_BARRIER && kind != EXPAND_BROADCAST) {
    import_changed(notes, "collectives of less than a byte a rank", "given one byte a rank", 1);
    c->bytes = c->count;
  }
  /* An algorithm is asked for where it can be: an all-to-all is direct, a broadcast goes over a tree. */
  const bool fits = (kind == EXPAND_ALL_REDUCE || kind == EXPAND_ALL_GATHER || kind == EXPAND_REDUCE_SCATTER) &&
                    (strcmp(algorithm, "tree") != 0 || kind == EXPAND_ALL_REDUCE) &&
                    (strcmp(algorithm, "halving-doubling") != 0 || (c->count & (c->count - 1)) == 0);
  if (!fits && strcmp(algorithm, "auto") != 0)
    import_changed(notes, "collectives that --algorithm does not fit", "done as auto does them", 1);
  return generate(c, kinds[kind], kind == EXPAND_BARRIER ? "tree" : fits ? algorithm : "auto", error);
}

static int by_collective(const void *left, const void *right) {
  const struct expand_member *a = left, *b = right;
  if (a->group != b->group) return a->group < b->group ? -1 : 1;
  if (a->sequence != b->sequence) return a->sequence < b->sequence ? -1 : 1;
  return a->rank < b->rank ? -1 : a->rank > b->rank;
}

/* What is the same at all members: kind, root, and the largest size. */
static enum oio_status look(struct collective *c, struct import_notes *notes, struct oio_error *error) {
  const struct expand_member *first = c->members;
  bool differ = false;
  c->root = UINT32_MAX;
  c->bytes = 0;
  for (uint32_t i = 0; i < c->count; i++) {
    const struct expand_member *at = &c->members[i];
    if (at->kind != first->kind) return bad(c->graph, at, "another rank does another kind of collective here; correct the capture", error);
    if (i > 0 && at->rank == at[-1].rank) return bad(c->graph, at, "its rank comes to it twice; correct the capture", error);
    differ |= at->bytes != first->bytes;
    if (at->bytes > c->bytes) c->bytes = at->bytes;
    if (at->rank == first->root || (i == 0 && first->root == UINT32_MAX)) c->root = i;
  }
  const bool rooted =
      first->kind == EXPAND_REDUCE || first->kind == EXPAND_GATHER || first->kind == EXPAND_SCATTER || first->kind == EXPAND_BROADCAST;
  if (rooted && c->root == UINT32_MAX) return bad(c->graph, first, "its root is none of its ranks; correct the capture", error);
  if (!rooted) c->root = 0;
  if (first->own && c->bytes > UINT64_MAX / c->count) return bad(c->graph, first, "its size passes 2^64 bytes; correct the capture", error);
  if (first->own) c->bytes *= c->count;
  if (first->kind == EXPAND_BARRIER) c->bytes = 1;
  if (differ) import_changed(notes, "collectives whose ranks differ in size", "made of the largest", 1);
  return OIO_OK;
}

static enum oio_status take(struct collective *c, uint32_t members, const char *algorithm, struct import_notes *notes,
                            struct oio_error *error) {
  enum oio_status status = OIO_OK;
  for (uint32_t i = 0; i < c->count && status == OIO_OK; i++) status = graph_edge(c->graph, c->members[i].end, c->members[i].start, error);
  if (status != OIO_OK) return status;
  if (c->count != members) {
    import_left_out(notes, "collectives that not all ranks come to", 1);
    return OIO_OK;
  }
  if (c->count == 1) {
    import_left_out(notes, "collectives of one rank", 1);
    return OIO_OK;
  }
  status = look(c, notes, error);
  if (status == OIO_OK && c->bytes == 0) import_left_out(notes, "collectives of no bytes", 1);
  return status == OIO_OK && c->bytes > 0 ? send_all(c, algorithm, notes, error) : status;
}

enum oio_status expand_all(struct graph *graph, struct spill *members, const char *algorithm, struct import_notes *notes,
                           struct oio_error *error) {
  struct spill sends = {.size = sizeof(uint32_t)};
  uint32_t in_group = 0;
  enum oio_status status = OIO_OK;
  if (!spill_sort(members, by_collective)) return oio_error_set(error, OIO_ERR_NOMEM, "%.110s: out of memory", graph->path);
  const struct expand_member *list = members->list;
  for (size_t from = 0, to; from < members->count && status == OIO_OK && !interrupt_requested(); from = to) {
    for (to = from + 1; to < members->count && list[to].group == list[from].group && list[to].sequence == list[from].sequence;) to++;
    struct collective c = {.graph = graph, .members = &list[from], .count = (uint32_t)(to - from), .sends = &sends};
    if (from == 0 || list[from].group != list[from - 1].group) in_group = c.count; /* a rank of a group is there at its first */
    status = take(&c, list[from].ranks > 0 ? list[from].ranks : in_group, algorithm, notes, error);
  }
  spill_free(&sends);
  return status;
}
