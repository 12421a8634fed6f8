/* SPDX-License-Identifier: Apache-2.0 */
/* The JSON of NCCL's Inspector plug-in: an object a collective and rank, numbered in its communicator. What its ring buffer lost is missing
 * among the numbers. */
#include "trace/formats/nccl.h"
#include "trace/json_file.h"

#include "interrupt.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { PS_IN_US = 1000000 };

/* Of a call, beside it: when it began and what it took, in us; 0: not said. */
struct timing {
  uint64_t start_us, took_us;
};

struct inspector {
  const char *path;
  struct graph graph;
  struct import_context *context;
  struct spill calls, timings;
};

static enum oio_status bad(const struct inspector *in, uint64_t line, const char *what, struct oio_error *error) {
  return oio_error_set(error, OIO_ERR_FORMAT, "%.110s:%llu: %s", in->path, (unsigned long long)line, what);
}

/* A whole number of 0 to limit; UINT64_MAX: it is not there, or something else. */
static uint64_t number(const json_t *object, const char *key, uint64_t limit) {
  const json_t *value = json_object_get(object, key);
  if (!json_is_integer(value) || json_integer_value(value) < 0 || (uint64_t)json_integer_value(value) > limit) return UINT64_MAX;
  return (uint64_t)json_integer_value(value);
}

static uint64_t or_zero(uint64_t value) {
  return value == UINT64_MAX ? 0 : value;
}

static enum oio_status take_object(void *context, const json_t *object, uint64_t line, struct oio_error *error) {
  struct inspector *in = context;
  const json_t *header = json_object_get(object, "header"), *about = json_object_get(object, "metadata");
  const json_t *call = json_object_get(object, "coll_perf");
  const char *id = json_string_value(json_object_get(header, "id")), *name = json_string_value(json_object_get(call, "coll"));
  const char *host = json_string_value(json_object_get(about, "hostname"));
  const uint64_t rank = number(header, "rank", INT32_MAX), ranks = number(header, "n_ranks", OIO_TRACE_NODES_MAX);
  const uint64_t sequence = number(call, "coll_sn", UINT32_MAX - 1), bytes = number(call, "coll_msg_size_bytes", INT64_MAX);
  char process[200];
  uint8_t kind;
  bool own;
  if (interrupt_requested()) return OIO_OK;
  if (call == NULL) {
    import_left_out(&in->context->notes, "objects without coll_perf", 1);
    return OIO_OK;
  }
  if (id == NULL || rank == UINT64_MAX || ranks == UINT64_MAX || ranks == 0 || rank >= ranks)
    return bad(in, line, "no header with an id, a rank and n_ranks; record it again", error);
  if (name == NULL || sequence == UINT64_MAX || bytes == UINT64_MAX)
    return bad(in, line, "a coll_perf without coll, coll_sn or coll_msg_size_bytes; record it again", error);
  if (!nccl_kind(name, &kind, &own) || kind >= NCCL_SEND) {
    import_left_out(&in->context->notes, "calls of a kind that is not known", 1);
    return OIO_OK;
  }
  snprintf(process, sizeof process, "%.120s %llu", host != NULL ? host : "", (unsigned long long)or_zero(number(about, "pid", INT64_MAX)));
  struct nccl_call *added = in->calls.count < INT32_MAX ? spill_push(&in->calls) : NULL;
  struct timing *timing = added != NULL ? spill_push(&in->timings) : NULL;
  if (timing == NULL)
    return oio_error_set(error, OIO_ERR_NOMEM, "%.110s:%llu: out of memory; import a part", in->path, (unsigned long long)line);
  *added = (struct nccl_call){.communicator = nccl_hash(0, id),
                              .identity = nccl_hash(0, process),
                              .stream = nccl_hash(0, id),
                              .order = sequence,
                              .bytes = bytes,
                              .rank = (uint32_t)rank,
                              .ranks = (uint32_t)ranks,
                              .peer = 0,
                              .place = (uint32_t)line,
                              .index = (uint32_t)in->calls.count - 1,
                              .sequence = (uint32_t)sequence,
                              .kind = kind,
                              .own = own};
  timing->start_us = or_zero(number(json_object_get(call, "event_trace_ts"), "coll_start_ts", INT64_MAX / PS_IN_US));
  timing->took_us = or_zero(number(call, "coll_exec_time_us", INT64_MAX / PS_IN_US));
  return OIO_OK;
}

static int by_sequence(const void *left, const void *right) {
  const struct nccl_call *a = left, *b = right;
  if (a->communicator != b->communicator) return a->communicator < b->communicator ? -1 : 1;
  if (a->rank != b->rank) return a->rank < b->rank ? -1 : 1;
  return a->sequence < b->sequence ? -1 : a->sequence > b->sequence;
}

/* Sorted by number: what is missing is lost, and what was between two calls is thought. */
static enum oio_status settle(struct inspector *in, struct oio_error *error) {
  const struct timing *timings = in->timings.list;
  bool timed = false;
  if (!spill_sort(&in->calls, by_sequence)) return oio_error_set(error, OIO_ERR_NOMEM, "%.110s: out of memory; import a part", in->path);
  struct nccl_call *calls = in->calls.list;
  for (size_t i = 1; i < in->calls.count; i++) {
    const struct nccl_call *last = &calls[i - 1];
    struct nccl_call *call = &calls[i];
    if (call->communicator != last->communicator || call->rank != last->rank) continue;
    if (call->sequence == last->sequence) {
      char text[120];
      snprintf(text, sizeof text, "coll_sn %lu of rank %lu is there twice; name each file once", (unsigned long)call->sequence,
               (unsigned long)call->rank);
      return bad(in, call->place, text, error);
    }
    import_left_out(&in->context->notes, "calls that the ring buffer lost", call->sequence - last->sequence - 1);
    const struct timing *now = &timings[call->index], *before = &timings[last->index];
    const uint64_t over_us = before->start_us + before->took_us;
    if (now->start_us == 0 || before->start_us == 0 || call->sequence != last->sequence + 1) continue;
    timed = true;
    if (now->start_us > over_us) call->think_ps = (now->start_us - over_us) * PS_IN_US;
  }
  if (!timed) import_changed(&in->context->notes, "recordings without event_trace_ts", "taken without time between calls", 1);
  for (size_t i = 0; i < in->calls.count; i++) calls[i].index = (uint32_t)i;
  return OIO_OK;
}

static enum oio_status take_file(void *context, const char *path, struct oio_error *error) {
  struct inspector *in = context;
  in->path = path;
  const enum oio_status status = json_file_each_object(path, take_object, in, error);
  in->path = in->context->paths[0];
  return status;
}

static void describe(void *context, const struct graph_op *op, char *text, size_t room) {
  (void)context;
  snprintf(text, room, "the call of line %lu (rank %u)", (unsigned long)op->place, op->source);
}

enum oio_status import_nccl_inspector(struct import_context *context, struct oio_error *error) {
  struct inspector in = {
      .context = context, .path = context->paths[0], .calls.size = sizeof(struct nccl_call), .timings.size = sizeof(struct timing)};
  graph_start(&in.graph, context->paths[0], context->options->limit);
  in.graph.describe = describe;
  enum oio_status status = OIO_OK;
  for (int i = 0; i < context->count && status == OIO_OK; i++) status = nccl_each_file(context->paths[i], take_file, &in, error);
  if (status == OIO_OK && in.calls.count == 0 && !interrupt_requested())
    status = oio_error_set(error, OIO_ERR_FORMAT, "%.110s: no collective; name what the Inspector wrote", context->paths[0]);
  if (status == OIO_OK) status = settle(&in, error);
  if (status == OIO_OK && !interrupt_requested()) status = nccl_make(context, &in.graph, &in.calls, true, "NCCL Inspector", error);
  spill_free(&in.calls);
  spill_free(&in.timings);
  graph_free(&in.graph);
  return status;
}
