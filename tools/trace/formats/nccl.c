/* SPDX-License-Identifier: Apache-2.0 */
#define _POSIX_C_SOURCE 200809L
#include "trace/formats/nccl.h"

#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

struct nccl {
  struct import_context *context;
  struct graph *graph;
  struct spill *calls;
  struct spill places; /* struct place, by communicator and rank */
  struct spill members;
  uint32_t nodes;
  bool one_for_all;
};

/* The node of a rank of a communicator. */
struct place {
  uint64_t communicator;
  uint32_t rank, node;
};

struct identity {
  uint64_t identity;
  uint32_t node;
};

uint64_t nccl_hash(uint64_t hash, const char *text) {
  if (hash == 0) hash = 0xcbf29ce484222325u;
  for (; *text != '\0'; text++) hash = (hash ^ (unsigned char)*text) * 0x100000001b3u;
  return hash;
}

bool nccl_kind(const char *name, uint8_t *kind, bool *own) {
  static const struct {
    const char *name;
    uint8_t kind;
    bool own;
  } kinds[] = {{"AllReduce", EXPAND_ALL_REDUCE, false},
               {"AllGather", EXPAND_ALL_GATHER, true},
               {"Broadcast", EXPAND_BROADCAST, false},
               {"ReduceScatter", EXPAND_REDUCE_SCATTER, true},
               {"Reduce", EXPAND_REDUCE, false},
               {"AllToAll", EXPAND_ALL_TO_ALL, true},
               {"AlltoAll", EXPAND_ALL_TO_ALL, true},
               {"Gather", EXPAND_GATHER, true},
               {"Scatter", EXPAND_SCATTER, true},
               {"Send", NCCL_SEND, false},
               {"Recv", NCCL_RECEIVE, false}};
  for (size_t i = 0; i < sizeof kinds / sizeof kinds[0]; i++) {
    if (strcmp(name, kinds[i].name) != 0) continue;
    *kind = kinds[i].kind;
    *own = kinds[i].own;
    return true;
  }
  return false;
}

static int is_seen(const struct dirent *entry) {
  return entry->d_name[0] != '.';
}

enum oio_status nccl_each_file(const char *path, nccl_file_taker *take, void *context, struct oio_error *error) {
  struct dirent **entries = NULL;
  struct stat kind;
  enum oio_status status = OIO_OK;
  if (stat(path, &kind) != 0 || !S_ISDIR(kind.st_mode)) return take(context, path, error);
  const int count = scandir(path, &entries, is_seen, alphasort);
  if (count < 0) return oio_error_set(error, OIO_ERR_IO, "%.110s: cannot be read: %s; check the folder", path, strerror(errno));
  for (int i = 0; i < count; i++) {
    char file[4096];
    snprintf(file, sizeof file, "%s/%s", path, entries[i]->d_name);
    if (status == OIO_OK) status = take(context, file, error);
    free(entries[i]);
  }
  free(entries);
  return status;
}

static enum oio_status no_room(const struct nccl *nccl, struct oio_error *error) {
  return oio_error_set(error, OIO_ERR_NOMEM, "%.110s: does not fit the memory and the temporary folder; import a part", nccl->graph->path);
}

static int order(uint64_t a, uint64_t b) {
  return a < b ? -1 : a > b;
}

static int by_identity(const void *left, const void *right) {
  const struct identity *a = left, *b = right;
  return a->identity != b->identity ? order(a->identity, b->identity) : order(a->node, b->node);
}

static int by_place(const void *left, const void *right) {
  const struct place *a = left, *b = right;
  return a->communicator != b->communicator ? order(a->communicator, b->communicator) : order(a->rank, b->rank);
}

static int by_communicator(const void *left, const void *right) {
  const struct nccl_call *a = left, *b = right;
  if (a->communicator != b->communicator) return order(a->communicator, b->communicator);
  return a->node != b->node ? order(a->node, b->node) : order(a->index, b->index);
}

static int by_stream(const void *left, const void *right) {
  const struct nccl_call *a = left, *b = right;
  if (a->node != b->node) return order(a->node, b->node);
  return a->stream != b->stream ? order(a->stream, b->stream) : order(a->index, b->index);
}

/* The node of a process: its rank in the largest communicator; UINT32_MAX: it has none there, or several. */
static uint32_t node_of(const struct spill *identities, uint64_t identity) {
  const struct identity *list = identities->list;
  size_t low = 0, high = identities->count;
  while (low < high) {
    const size_t middle = low + (high - low) / 2;
    if (list[middle].identity < identity)
      low = middle + 1;
    else
      high = middle;
  }
  if (low == identities->count || list[low].identity != identity) return UINT32_MAX;
  for (size_t i = low + 1; i < identities->count && list[i].identity == identity; i++)
    if (list[i].node != list[low].node) return UINT32_MAX;
  return list[low].node;
}

/* Nodes are the ranks of the largest communicator; calls of which the node is not known are left out. */
static enum oio_status find_nodes(struct nccl *nccl, struct oio_error *error) {
  struct nccl_call *calls = nccl->calls->list;
  struct spill identities = {.size = sizeof(struct identity)};
  uint32_t first = UINT32_MAX;
  size_t kept = 0;
  bool fits = true, several = false;
  for (size_t i = 0; i < nccl->calls->count; i++) {
    if (calls[i].ranks > nccl->nodes) nccl->nodes = calls[i].ranks;
    if (i % 1024 == 0) spill_trim();
  }
  for (size_t i = 0; i < nccl->calls->count && fits; i++) {
    if (calls[i].ranks != nccl->nodes) continue;
    if (first == UINT32_MAX) first = calls[i].rank;
    several |= calls[i].rank != first;
    struct identity *identity = spill_push(&identities);
    fits = identity != NULL;
    if (fits) *identity = (struct identity){.identity = calls[i].identity, .node = calls[i].rank};
  }
  nccl->one_for_all = !several && nccl->nodes > 1;
  fits = fits && spill_sort(&identities, by_identity);
  for (size_t i = 0; i < nccl->calls->count && fits; i++) {
    struct nccl_call call = calls[i];
    call.node = call.ranks == nccl->nodes ? call.rank : node_of(&identities, call.identity);
    const bool part = nccl->one_for_all && (call.ranks != nccl->nodes || call.kind >= NCCL_SEND);
    if (part || call.node == UINT32_MAX) {
      import_left_out(&nccl->context->notes,
                      part ? "calls between some of the ranks, of which one is recorded" : "calls whose rank among all is not known", 1);
      continue;
    }
    struct place *place = spill_push(&nccl->places);
    fits = place != NULL;
    if (fits) *place = (struct place){.communicator = call.communicator, .rank = call.rank, .node = call.node};
    calls[kept++] = call;
  }
  nccl->calls->count = kept;
  spill_free(&identities);
  return fits && spill_sort(&nccl->places, by_place) ? OIO_OK : no_room(nccl, error);
}

static void number(struct nccl *nccl) {
  struct nccl_call *calls = nccl->calls->list;
  for (size_t i = 0; i < nccl->calls->count; i++) {
    const bool same = i > 0 && calls[i].communicator == calls[i - 1].communicator && calls[i].node == calls[i - 1].node;
    /* Sends and receives are no collectives, and take no number. */
    calls[i].sequence = same ? calls[i - 1].sequence + (calls[i - 1].kind < NCCL_SEND) : 0;
    if (i % 1024 == 0) spill_trim();
  }
}

/* UINT32_MAX: it made no call that is recorded. */
static uint32_t node_of_rank(const struct nccl *nccl, uint64_t communicator, uint32_t rank) {
  const struct place wanted = {.communicator = communicator, .rank = rank};
  if (nccl->places.count == 0) return UINT32_MAX;
  const struct place *found = bsearch(&wanted, nccl->places.list, nccl->places.count, sizeof wanted, by_place);
  return found != NULL ? found->node : UINT32_MAX;
}

static enum oio_status add_transfer(struct nccl *nccl, const struct nccl_call *call, uint32_t start, uint32_t end,
                                    struct oio_error *error) {
  const uint32_t peer =
      call->ranks == nccl->nodes && call->peer < nccl->nodes ? call->peer : node_of_rank(nccl, call->communicator, call->peer);
  const uint64_t tag = call->communicator & INT64_MAX;
  uint32_t op;
  if (peer == UINT32_MAX || call->bytes == 0) {
    import_left_out(&nccl->context->notes, "sends and receives of no bytes, or whose other end is not known", 1);
    return OIO_OK;
  }
  enum oio_status status = graph_compute(nccl->graph, call->node, 0, call->place, &op, error);
  if (status == OIO_OK && call->bytes > OIO_TRACE_BYTES_MAX)
    return oio_error_set(error, OIO_ERR_FORMAT, "%.110s: call %lu: a message of more than 2^30 bytes; a trace cannot hold that",
                         nccl->graph->path, (unsigned long)call->place);
  if (status == OIO_OK) status = graph_edge(nccl->graph, op, start, error);
  if (status == OIO_OK) status = graph_edge(nccl->graph, end, op, error);
  if (status != OIO_OK) return status;
  return call->kind == NCCL_SEND ? graph_make_send(nccl->graph, op, peer, tag, call->bytes, error)
                                 : graph_make_receive(nccl->graph, op, peer, tag, error);
}

static enum oio_status add_collective(struct nccl *nccl, const struct nccl_call *call, uint32_t node, uint32_t start, uint32_t end,
                                      struct oio_error *error) {
  struct expand_member *member = spill_push(&nccl->members);
  if (member == NULL) return no_room(nccl, error);
  const uint32_t root = call->ranks == nccl->nodes ? call->peer : node_of_rank(nccl, call->communicator, call->peer);
  *member = (struct expand_member){.group = call->communicator,
                                   .bytes = call->bytes,
                                   .sequence = call->sequence,
                                   .start = start,
                                   .end = end,
                                   .place = call->place,
                                   .rank = node,
                                   .root = root,
                                   .ranks = call->ranks,
                                   .kind = call->kind,
                                   .own = call->own};
  return OIO_OK;
}

/* The calls of a node, of which calls are sorted; with one_for_all they are those of another. */
static enum oio_status chain(struct nccl *nccl, size_t from, size_t to, uint32_t node, struct oio_error *error) {
  const struct nccl_call *calls = nccl->calls->list;
  uint32_t start = 0, end = 0;
  enum oio_status status = OIO_OK;
  for (size_t i = from; i < to && status == OIO_OK; i++) {
    const struct nccl_call *call = &calls[i], *last = i > from && calls[i - 1].stream == call->stream ? call - 1 : NULL;
    const bool together = last != NULL && call->kind >= NCCL_SEND && last->kind >= NCCL_SEND && call->communicator == last->communicator &&
                          call->order == last->order;
    if (!together) {
      const uint32_t before = end;
      status = graph_compute(nccl->graph, node, call->think_ps, call->place, &start, error);
      if (status == OIO_OK && last != NULL) status = graph_edge(nccl->graph, start, before, error);
      if (status == OIO_OK) status = graph_compute(nccl->graph, node, 0, call->place, &end, error);
      if (status == OIO_OK && call->kind >= NCCL_SEND) status = graph_edge(nccl->graph, end, start, error);
    }
    if (status == OIO_OK)
      status = call->kind >= NCCL_SEND ? add_transfer(nccl, call, start, end, error) : add_collective(nccl, call, node, start, end, error);
  }
  return status;
}

static enum oio_status chain_all(struct nccl *nccl, struct oio_error *error) {
  const struct nccl_call *calls = nccl->calls->list;
  enum oio_status status = OIO_OK;
  for (uint32_t node = 0; nccl->one_for_all && node < nccl->nodes && status == OIO_OK; node++)
    status = chain(nccl, 0, nccl->calls->count, node, error);
  for (size_t from = 0, to; !nccl->one_for_all && from < nccl->calls->count && status == OIO_OK; from = to) {
    for (to = from + 1; to < nccl->calls->count && calls[to].node == calls[from].node;) to++;
    status = chain(nccl, from, to, calls[from].node, error);
  }
  return status;
}

enum oio_status nccl_make(struct import_context *context, struct graph *graph, struct spill *calls, bool numbered, const char *what,
                          struct oio_error *error) {
  const char *algorithm = context->options->algorithm != NULL ? context->options->algorithm : "auto";
  struct nccl nccl = {.context = context,
                      .graph = graph,
                      .calls = calls,
                      .places.size = sizeof(struct place),
                      .members.size = sizeof(struct expand_member)};
  const uint64_t recorded = calls->count;
  enum oio_status status = find_nodes(&nccl, error);
  if (status == OIO_OK && nccl.nodes > OIO_TRACE_NODES_MAX)
    status = oio_error_set(error, OIO_ERR_FORMAT, "%.110s: more than %d ranks; a trace cannot hold that", graph->path, OIO_TRACE_NODES_MAX);
  if (status == OIO_OK && !spill_sort(calls, by_communicator)) status = no_room(&nccl, error);
  if (status == OIO_OK && !numbered) number(&nccl);
  if (status == OIO_OK && !spill_sort(calls, by_stream)) status = no_room(&nccl, error);
  if (status == OIO_OK) status = chain_all(&nccl, error);
  if (status == OIO_OK) status = expand_all(graph, &nccl.members, algorithm, &context->notes, error);
  if (status == OIO_OK) status = graph_finish(graph, context->messages, &context->notes, error);
  context->header.nodes = nccl.nodes > 0 ? nccl.nodes : 1;
  context->joins = graph->joins;
  snprintf(context->header.source, sizeof context->header.source, "%s, %llu calls, %lu ranks%s", what, (unsigned long long)recorded,
           (unsigned long)nccl.nodes, nccl.one_for_all ? " that do what one did" : "");
  spill_free(&nccl.places);
  spill_free(&nccl.members);
  return status;
}
