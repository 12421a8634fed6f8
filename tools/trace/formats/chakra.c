/* SPDX-License-Identifier: Apache-2.0 */
/* Chakra execution traces: a file of each rank, of nodes that come after others. Sends and receives are matched across ranks, collectives
 * expanded, everything else is a time. */
#define _GNU_SOURCE
#include "trace/expand.h"
#include "trace/formats/chakra_file.h"

#include "interrupt.h"

#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

enum { GROUPS_MAX = 65536, SEND = 5, RECEIVE = 6, COLLECTIVE = 7 };

/* A node of the rank being read: what comes before it is before `start`, and it is over with `end`. */
struct node {
  uint64_t id;
  uint32_t start, end;
};

/* Operation `op` comes after the node `id`. */
struct dependency {
  uint64_t id;
  uint32_t op;
};

struct group_count {
  uint64_t group;
  uint32_t count;
};

struct chakra {
  const struct import_options *options;
  struct import_notes *notes;
  struct graph graph;
  struct spill nodes, dependencies, groups; /* of the rank: struct node, struct dependency, struct group_count */
  struct spill members;                     /* of all ranks: struct expand_member */
  char **paths;
  uint32_t ranks, rank, node; /* node: its number in the file, from 1 */
  size_t rank_members;        /* where those of the rank begin */
  bool one_for_all;
};

static enum oio_status bad(const struct chakra *in, struct oio_error *error, const char *what) {
  return oio_error_set(error, OIO_ERR_FORMAT, "%.110s: node %lu of the file: %s", in->paths[in->rank], (unsigned long)in->node, what);
}

static enum oio_status no_room(const struct chakra *in, struct oio_error *error) {
  return oio_error_set(error, OIO_ERR_NOMEM, "%.110s: does not fit the memory and the temporary folder; import fewer nodes",
                       in->paths[in->rank]);
}

static enum oio_status add_message(struct chakra *in, const struct chakra_node *node, uint32_t op, struct oio_error *error) {
  const bool sends = node->type == SEND;
  const uint64_t peer = sends ? node->destination : node->source;
  if (in->one_for_all) return bad(in, error, "a send or receive, and one file cannot stand for all ranks then; name the file of each rank");
  if (!node->has_size) return bad(in, error, "a send or receive without comm_size; record the trace again");
  if (peer >= in->ranks) return bad(in, error, "a send or receive without a comm_dst or comm_src that is one of the ranks; name all files");
  if (node->size > OIO_TRACE_BYTES_MAX) return bad(in, error, "a message of more than 2^30 bytes; a trace cannot hold that");
  if (node->size == 0) {
    import_left_out(in->notes, sends ? "sends of no bytes" : "receives of no bytes", 1);
    return OIO_OK;
  }
  return sends ? graph_make_send(&in->graph, op, (uint32_t)peer, node->tag, node->size, error)
               : graph_make_receive(&in->graph, op, (uint32_t)peer, node->tag, error);
}

static enum oio_status count_in_group(struct chakra *in, uint64_t group, uint32_t *sequence, struct oio_error *error) {
  struct group_count *groups = in->groups.list;
  for (size_t i = 0; i < in->groups.count; i++) {
    if (groups[i].group != group) continue;
    *sequence = groups[i].count++;
    return OIO_OK;
  }
  struct group_count *added = in->groups.count < GROUPS_MAX ? spill_push(&in->groups) : NULL;
  if (added == NULL) return no_room(in, error);
  *added = (struct group_count){.group = group};
  *sequence = added->count++;
  return OIO_OK;
}

static enum oio_status add_collective(struct chakra *in, const struct chakra_node *node, struct node *added, struct oio_error *error) {
  /* By comm_type. */
  static const uint8_t kinds[] = {EXPAND_ALL_REDUCE, EXPAND_REDUCE,     EXPAND_ALL_GATHER,     EXPAND_GATHER,         EXPAND_SCATTER,
                                  EXPAND_BROADCAST,  EXPAND_ALL_TO_ALL, EXPAND_REDUCE_SCATTER, EXPAND_REDUCE_SCATTER, EXPAND_BARRIER};
  if (node->collective >= sizeof kinds) return bad(in, error, "a comm_type that is none of 0 to 9; record the trace again");
  enum oio_status status = graph_compute(&in->graph, in->rank, 0, in->node, &added->end, error);
  struct expand_member *member = status == OIO_OK ? spill_push(&in->members) : NULL;
  if (member == NULL) return status != OIO_OK ? status : no_room(in, error);
  const uint8_t kind = kinds[node->collective];
  *member = (struct expand_member){.group = node->group,
                                   .bytes = node->size,
                                   .start = added->start,
                                   .end = added->end,
                                   .place = in->node,
                                   .rank = in->rank,
                                   .root = node->has_root && node->root < in->ranks ? (uint32_t)node->root : UINT32_MAX,
                                   .kind = kind,
                                   .own = kind == EXPAND_ALL_GATHER || kind == EXPAND_GATHER,
                                   .cpu = node->is_cpu};
  /* Should it be a twin, this is what it takes. */
  graph_at(&in->graph, added->end)->value = node->duration_ps;
  return OIO_OK;
}

static enum oio_status add_dependencies(struct chakra *in, const uint64_t *ids, size_t count, uint32_t op, struct oio_error *error) {
  for (size_t i = 0; i < count; i++) {
    struct dependency *dependency = spill_push(&in->dependencies);
    if (dependency == NULL) return no_room(in, error);
    *dependency = (struct dependency){.id = ids[i], .op = op};
  }
  return OIO_OK;
}

static enum oio_status take_node(void *context, const struct chakra_node *node, struct oio_error *error) {
  struct chakra *in = context;
  in->node = node->number;
  struct node *added = spill_push(&in->nodes);
  if (added == NULL) return no_room(in, error);
  added->id = node->id;
  const bool message = node->type == SEND || node->type == RECEIVE;
  const bool collective = node->type == COLLECTIVE && node->has_size && node->has_collective;
  if (node->type == COLLECTIVE && !collective) import_changed(in->notes, "collectives without a size and kind", "taken as times", 1);
  if (node->duration_ps >= OIO_TRACE_TIME_MAX) return bad(in, error, "a duration of 2^62 ps or more; record the trace again");
  enum oio_status status =
      graph_compute(&in->graph, in->rank, message || collective ? 0 : node->duration_ps, node->number, &added->start, error);
  added->end = added->start;
  if (status == OIO_OK && message) status = add_message(in, node, added->start, error);
  if (status == OIO_OK && collective) status = add_collective(in, node, added, error);
  if (status == OIO_OK) status = add_dependencies(in, node->data, node->data_count, added->start, error);
  if (status == OIO_OK && in->options->data_only) import_left_out(in->notes, "control dependencies", node->control_count);
  if (status == OIO_OK && !in->options->data_only) status = add_dependencies(in, node->control, node->control_count, added->start, error);
  return status;
}

static int by_id(const void *left, const void *right) {
  const struct node *a = left, *b = right;
  return a->id < b->id ? -1 : a->id > b->id;
}

static int by_needed(const void *left, const void *right) {
  const struct dependency *a = left, *b = right;
  if (a->id != b->id) return a->id < b->id ? -1 : 1;
  return a->op < b->op ? -1 : a->op > b->op;
}

static enum oio_status resolve(struct chakra *in, struct oio_error *error) {
  enum oio_status status = OIO_OK;
  if (!spill_sort(&in->nodes, by_id) || !spill_sort(&in->dependencies, by_needed)) return no_room(in, error);
  const struct node *nodes = in->nodes.list;
  const struct dependency *list = in->dependencies.list;
  for (size_t i = 1; i < in->nodes.count; i++) {
    if (i % 4096 == 0) spill_trim();
    if (nodes[i].id != nodes[i - 1].id) continue;
    in->node = graph_at(&in->graph, nodes[i].start)->place;
    return bad(in, error, "its id is there twice; record the trace again");
  }
  for (size_t i = 0, at = 0; i < in->dependencies.count && status == OIO_OK; i++) {
    while (at < in->nodes.count && nodes[at].id < list[i].id) at++;
    if (at < in->nodes.count && nodes[at].id == list[i].id)
      status = graph_edge(&in->graph, list[i].op, nodes[at].end, error);
    else
      import_left_out(in->notes, "dependencies on nodes that are not in the file", 1);
    if (i % 256 == 0) spill_trim();
  }
  return status;
}

/* Where GPU kernels say what was sent, the CPU operations that launched them do not once more. */
static enum oio_status sort_out_twins(struct chakra *in, struct oio_error *error) {
  struct expand_member *list = in->members.list;
  size_t kept = in->rank_members;
  bool any_kernel = false;
  enum oio_status status = OIO_OK;
  for (size_t i = kept; i < in->members.count && !any_kernel; i++) {
    any_kernel = !list[i].cpu;
    if (i % 1024 == 0) spill_trim();
  }
  for (size_t i = kept; i < in->members.count && status == OIO_OK; i++) {
    if (i % 256 == 0) spill_trim();
    struct expand_member member = list[i];
    if (any_kernel && member.cpu) {
      import_changed(in->notes, "collectives of the CPU, twins of a kernel", "taken as times", 1);
      status = graph_edge(&in->graph, member.end, member.start, error);
      continue;
    }
    graph_at(&in->graph, member.end)->value = 0;
    status = count_in_group(in, member.group, &member.sequence, error);
    list[kept++] = member;
  }
  in->members.count = kept;
  in->rank_members = kept;
  return status;
}

static enum oio_status take_rank(struct chakra *in, struct oio_error *error) {
  enum oio_status status = chakra_file_each(in->paths[in->rank], take_node, in, error);
  if (status != OIO_OK || interrupt_requested()) return status;
  if (in->nodes.count == 0) return oio_error_set(error, OIO_ERR_FORMAT, "%.110s: no node; name a Chakra trace", in->paths[in->rank]);
  status = resolve(in, error);
  if (status == OIO_OK) status = sort_out_twins(in, error);
  spill_free(&in->nodes);
  spill_free(&in->dependencies);
  spill_free(&in->groups);
  return status;
}

static void describe(void *context, const struct graph_op *op, char *text, size_t room) {
  const struct chakra *in = context;
  char name[60];
  uint64_t id;
  if (chakra_file_name(in->paths[op->source], op->place, &id, name, sizeof name))
    snprintf(text, room, "node %llu \"%s\" (rank %u)", (unsigned long long)id, name, op->source);
  else
    snprintf(text, room, "the %lu-th node of rank %u", (unsigned long)op->place, op->source);
}

static enum oio_status take_all(struct chakra *in, struct import_context *context, struct oio_error *error) {
  enum oio_status status = OIO_OK;
  for (in->rank = 0; in->rank < in->ranks && status == OIO_OK && !interrupt_requested(); in->rank++) status = take_rank(in, error);
  const char *algorithm = in->options->algorithm != NULL ? in->options->algorithm : "auto";
  if (status == OIO_OK && !interrupt_requested()) status = expand_all(&in->graph, &in->members, algorithm, in->notes, error);
  if (status == OIO_OK && !interrupt_requested()) status = graph_finish(&in->graph, context->messages, in->notes, error);
  return status;
}

/* What the user named, and of folders the .et files; as many of them as there are ranks. */
static enum oio_status prepare(struct chakra *in, struct chakra_paths *paths, struct import_context *context, struct oio_error *error) {
  const uint32_t said = context->options->ranks;
  enum oio_status status = chakra_paths_find(paths, context->paths, context->count, error);
  if (status != OIO_OK) return status;
  in->one_for_all = paths->count == 1 && said > 1;
  if (paths->count == 1 && said == 0)
    return oio_error_set(error, OIO_ERR_CONFIG, "%.110s: the file of one rank; name those of all, or say with --ranks how many do the same",
                         paths->list[0]);
  if (said > 0 && paths->count > 1 && said != paths->count)
    return oio_error_set(error, OIO_ERR_CONFIG, "--ranks is %lu, and there are %lu files; leave --ranks out", (unsigned long)said,
                         (unsigned long)paths->count);
  in->ranks = in->one_for_all ? said : paths->count;
  in->paths = malloc(in->ranks * sizeof *in->paths);
  if (in->paths == NULL) return oio_error_set(error, OIO_ERR_NOMEM, "%.110s: out of memory", paths->list[0]);
  for (uint32_t rank = 0; rank < in->ranks; rank++) in->paths[rank] = paths->list[in->one_for_all ? 0 : rank];
  return OIO_OK;
}

enum oio_status import_chakra(struct import_context *context, struct oio_error *error) {
  struct chakra_paths paths = {0};
  struct chakra in = {.options = context->options,
                      .notes = &context->notes,
                      .nodes.size = sizeof(struct node),
                      .dependencies.size = sizeof(struct dependency),
                      .groups.size = sizeof(struct group_count),
                      .members.size = sizeof(struct expand_member)};
  graph_start(&in.graph, context->paths[0], context->options->limit);
  in.graph.describe = describe;
  in.graph.context = &in;
  in.graph.remedy = context->options->data_only ? NULL : "correct it, or leave control dependencies out: --deps data";
  enum oio_status status = prepare(&in, &paths, context, error);
  if (status == OIO_OK) status = take_all(&in, context, error);
  context->header.nodes = in.ranks;
  context->joins = in.graph.joins;
  snprintf(context->header.source, sizeof context->header.source, "Chakra execution trace, %lu ranks%s", (unsigned long)in.ranks,
           in.one_for_all ? " that do what one did" : "");
  struct spill *const all[] = {&in.nodes, &in.dependencies, &in.groups, &in.members};
  for (size_t i = 0; i < sizeof all / sizeof all[0]; i++) spill_free(all[i]);
  graph_free(&in.graph);
  free(in.paths);
  chakra_paths_free(&paths);
  return status;
}

enum oio_status import_chakra_json(struct import_context *context, struct oio_error *error) {
  return oio_error_set(error, OIO_ERR_FORMAT,
                       "%.110s: Chakra's JSON says no sizes of what is sent; import the .et files that it was made from",
                       context->paths[0]);
}
