/* SPDX-License-Identifier: Apache-2.0 */
/* htsim's connection matrix (.cm): flows that start at a time or when a trigger fires, which the end of other flows does. */
#include "trace/graph.h"
#include "trace/text_input.h"

#include "interrupt.h"

#include <stdio.h>
#include <string.h>

enum { WORDS = 24 };

/* A flow that a trigger starts, or whose end fires one. */
struct use {
  uint64_t trigger;
  uint32_t op;
};

struct trigger {
  uint64_t id, count; /* count: of a barrier, 0: not said */
  uint32_t line;
  bool barrier;
};

struct htsim {
  struct text_input in;
  struct graph graph;
  struct import_notes *notes;
  uint64_t nodes, connections, wanted;
  struct spill starts, fires, triggers; /* of struct use, struct use, struct trigger */
};

static enum oio_status no_room(const struct htsim *htsim, struct oio_error *error) {
  return oio_error_set(error, OIO_ERR_NOMEM, "%.110s:%llu: does not fit the memory and the temporary folder; import a part", htsim->in.path,
                       (unsigned long long)htsim->in.line);
}

static enum oio_status note_use(const struct htsim *htsim, struct spill *uses, uint64_t trigger, uint32_t op, struct oio_error *error) {
  struct use *use = spill_push(uses);
  if (use == NULL) return no_room(htsim, error);
  *use = (struct use){.trigger = trigger, .op = op};
  return OIO_OK;
}

/* What follows "SRC->DST": pairs of a word and a number. */
static enum oio_status take_pairs(struct htsim *htsim, char **words, size_t count, uint32_t op, struct oio_error *error) {
  bool sized = false, started = false;
  enum oio_status status = OIO_OK;
  for (size_t i = 0; i < count && status == OIO_OK; i += 2) {
    uint64_t value;
    if (i + 1 == count || !text_number(words[i + 1], "", OIO_TRACE_TIME_MAX - 1, &value))
      return text_bad(&htsim->in, error, "a whole number is expected after '%.40s'; correct the file", words[i]);
    if (strcmp(words[i], "size") == 0) {
      if (value > OIO_TRACE_BYTES_MAX)
        return text_bad(&htsim->in, error, "a flow of more than 2^30 bytes; a trace cannot hold that: split it");
      graph_at(&htsim->graph, op)->value = value;
      sized = value > 0;
    } else if (strcmp(words[i], "start") == 0) {
      uint32_t wait;
      started = true;
      if (value == 0) continue;
      status = graph_compute(&htsim->graph, graph_at(&htsim->graph, op)->source, value, (uint32_t)htsim->in.line, &wait, error);
      if (status == OIO_OK) status = graph_edge(&htsim->graph, op, wait, error);
    } else if (strcmp(words[i], "trigger") == 0) {
      started = true;
      status = note_use(htsim, &htsim->starts, value, op, error);
    } else if (strcmp(words[i], "send_done_trigger") == 0 || strcmp(words[i], "recv_done_trigger") == 0) {
      status = note_use(htsim, &htsim->fires, value, op, error);
    } else if (strcmp(words[i], "prio") == 0) {
      import_left_out(htsim->notes, "priorities", 1);
    } else if (strcmp(words[i], "id") != 0) {
      return text_bad(&htsim->in, error, "'%.40s' is no word of a connection; correct the file", words[i]);
    }
  }
  if (status != OIO_OK) return status;
  if (!started) return text_bad(&htsim->in, error, "a connection with neither start nor trigger; correct the file");
  return sized ? OIO_OK : text_bad(&htsim->in, error, "a connection without a size, or of 0 bytes; correct the file");
}

static enum oio_status take_connection(struct htsim *htsim, char **words, size_t count, struct oio_error *error) {
  char *arrow = strstr(words[0], "->");
  uint64_t source, destination;
  uint32_t op;
  *arrow = '\0';
  if (htsim->nodes == 0) return text_bad(&htsim->in, error, "a connection before the line Nodes; correct the file");
  if (!text_number(words[0], "", htsim->nodes - 1, &source) || !text_number(arrow + 2, "", htsim->nodes - 1, &destination))
    return text_bad(&htsim->in, error, "nodes from 0 to %llu are expected around ->; correct the file",
                    (unsigned long long)htsim->nodes - 1);
  enum oio_status status = graph_message(&htsim->graph, (uint32_t)source, (uint32_t)destination, 0, (uint32_t)htsim->in.line, &op, error);
  if (status == OIO_OK) status = take_pairs(htsim, words + 1, count - 1, op, error);
  htsim->connections++;
  return status;
}

/* trigger id K oneshot|barrier [count N] */
static enum oio_status take_trigger(struct htsim *htsim, char **words, size_t count, struct oio_error *error) {
  struct trigger trigger = {.line = (uint32_t)htsim->in.line};
  const bool counted = count == 6 && strcmp(words[4], "count") == 0 && text_number(words[5], "", UINT32_MAX, &trigger.count);
  if (count < 4 || strcmp(words[1], "id") != 0 || !text_number(words[2], "", OIO_TRACE_TIME_MAX - 1, &trigger.id) ||
      (count > 4 && !counted))
    return text_bad(&htsim->in, error, "'trigger id NUMBER oneshot' or 'barrier [count NUMBER]' is expected; correct the file");
  trigger.barrier = strcmp(words[3], "barrier") == 0;
  if (!trigger.barrier && strcmp(words[3], "oneshot") != 0)
    return text_bad(&htsim->in, error, "a trigger is oneshot or barrier, not '%.40s'; a trace has no other", words[3]);
  struct trigger *added = spill_push(&htsim->triggers);
  if (added == NULL) return no_room(htsim, error);
  *added = trigger;
  return OIO_OK;
}

static enum oio_status take_line(struct htsim *htsim, char **words, size_t count, struct oio_error *error) {
  uint64_t value;
  if (strcmp(words[0], "trigger") == 0) return take_trigger(htsim, words, count, error);
  if (strstr(words[0], "->") != NULL) return take_connection(htsim, words, count, error);
  if (strcmp(words[0], "failure") == 0 || strcmp(words[0], "Failures") == 0) {
    import_left_out(htsim->notes, "lines of failures", 1);
    return OIO_OK;
  }
  if (count != 2 || !text_number(words[1], "", UINT32_MAX, &value))
    return text_bad(&htsim->in, error, "'%.40s' begins no line of a connection matrix; correct the file", words[0]);
  if (strcmp(words[0], "Nodes") == 0) {
    if (value == 0 || value > OIO_TRACE_NODES_MAX)
      return text_bad(&htsim->in, error, "Nodes is not 1 to %d; a trace cannot hold more", OIO_TRACE_NODES_MAX);
    htsim->nodes = value;
  } else if (strcmp(words[0], "Connections") == 0) {
    htsim->wanted = value;
  } else if (strcmp(words[0], "Triggers") != 0) {
    return text_bad(&htsim->in, error, "'%.40s' begins no line of a connection matrix; correct the file", words[0]);
  }
  return OIO_OK;
}

static int by_trigger(const void *left, const void *right) {
  const struct use *a = left, *b = right;
  if (a->trigger != b->trigger) return a->trigger < b->trigger ? -1 : 1;
  return a->op < b->op ? -1 : a->op > b->op;
}

static int by_id(const void *left, const void *right) {
  const struct trigger *a = left, *b = right;
  return a->id < b->id ? -1 : a->id > b->id;
}

static enum oio_status bad_trigger(const struct htsim *htsim, uint32_t line, uint64_t trigger, const char *what, struct oio_error *error) {
  return oio_error_set(error, OIO_ERR_FORMAT, "%.110s:%lu: trigger %llu %s; correct the file", htsim->in.path, (unsigned long)line,
                       (unsigned long long)trigger, what);
}

/* The flows of starts[from..to) come after those that fire their trigger. */
static enum oio_status join(struct htsim *htsim, const struct trigger *trigger, size_t from, size_t to, size_t *fire,
                            struct oio_error *error) {
  const struct use *starts = htsim->starts.list, *fires = htsim->fires.list;
  uint32_t meeting;
  while (*fire < htsim->fires.count && fires[*fire].trigger < trigger->id) ++*fire;
  size_t end = *fire;
  while (end < htsim->fires.count && fires[end].trigger == trigger->id) end++;
  if (end == *fire) return bad_trigger(htsim, trigger->line, trigger->id, "is fired by nothing, but starts a flow", error);
  if (trigger->barrier && trigger->count > 0 && trigger->count != end - *fire)
    return bad_trigger(htsim, trigger->line, trigger->id, "is a barrier whose count is not that of the flows that fire it", error);
  /* The first of several to fire cannot be said in a trace: the first of the file stands for it. */
  if (!trigger->barrier && end - *fire > 1) {
    import_left_out(htsim->notes, "further causes of a oneshot trigger", end - *fire - 1);
    end = *fire + 1;
  }
  enum oio_status status =
      graph_compute(&htsim->graph, graph_at(&htsim->graph, fires[*fire].op)->destination, 0, trigger->line, &meeting, error);
  for (size_t i = *fire; i < end && status == OIO_OK; i++) status = graph_edge(&htsim->graph, meeting, fires[i].op, error);
  for (size_t i = from; i < to && status == OIO_OK; i++) status = graph_edge(&htsim->graph, starts[i].op, meeting, error);
  return status;
}

static enum oio_status connect(struct htsim *htsim, struct oio_error *error) {
  enum oio_status status = OIO_OK;
  size_t fire = 0;
  if (!spill_sort(&htsim->starts, by_trigger) || !spill_sort(&htsim->fires, by_trigger) || !spill_sort(&htsim->triggers, by_id))
    return no_room(htsim, error);
  const struct use *starts = htsim->starts.list;
  const struct trigger *triggers = htsim->triggers.list;
  for (size_t i = 1; i < htsim->triggers.count; i++) {
    if (i % 1024 == 0) spill_trim();
    if (triggers[i].id == triggers[i - 1].id) return bad_trigger(htsim, triggers[i].line, triggers[i].id, "is there twice", error);
  }
  for (size_t at = 0, from = 0, to; from < htsim->starts.count && status == OIO_OK; from = to) {
    for (to = from + 1; to < htsim->starts.count && starts[to].trigger == starts[from].trigger;) to++;
    while (at < htsim->triggers.count && triggers[at].id < starts[from].trigger) at++;
    if (at == htsim->triggers.count || triggers[at].id != starts[from].trigger)
      return bad_trigger(htsim, graph_at(&htsim->graph, starts[from].op)->place, starts[from].trigger, "has no line of its own", error);
    status = join(htsim, &triggers[at], from, to, &fire, error);
    if (at % 64 == 0) spill_trim();
  }
  return status;
}

static enum oio_status take_all(struct htsim *htsim, struct oio_error *error) {
  bool more;
  enum oio_status status;
  while ((status = text_line(&htsim->in, &more, error)) == OIO_OK && more) {
    char *words[WORDS];
    if (htsim->in.text[0] == '#') continue;
    const size_t count = text_split(htsim->in.text, words, WORDS);
    if (count > WORDS) return text_bad(&htsim->in, error, "more than %d words; correct the file", WORDS);
    if (count > 0) status = take_line(htsim, words, count, error);
    if (status != OIO_OK || (htsim->in.line % 4096 == 0 && interrupt_requested())) return status;
  }
  if (status != OIO_OK) return status;
  if (htsim->nodes == 0) return text_bad(&htsim->in, error, "no line Nodes; name a connection matrix of htsim");
  if (htsim->connections != htsim->wanted)
    return text_bad(&htsim->in, error, "%llu connections, where the head says %llu; the file is cut short or damaged: copy it again",
                    (unsigned long long)htsim->connections, (unsigned long long)htsim->wanted);
  return connect(htsim, error);
}

static void describe(void *context, const struct graph_op *op, char *text, size_t room) {
  (void)context;
  snprintf(text, room, "line %lu (from node %u)", (unsigned long)op->place, op->source);
}

enum oio_status import_htsim(struct import_context *context, struct oio_error *error) {
  struct htsim htsim = {.notes = &context->notes,
                        .starts.size = sizeof(struct use),
                        .fires.size = sizeof(struct use),
                        .triggers.size = sizeof(struct trigger)};
  graph_start(&htsim.graph, context->paths[0], context->options->limit);
  htsim.graph.describe = describe;
  enum oio_status status = text_open(&htsim.in, context->paths[0], error);
  if (status == OIO_OK) status = take_all(&htsim, error);
  if (status == OIO_OK && !interrupt_requested()) status = graph_finish(&htsim.graph, context->messages, &context->notes, error);
  context->header.nodes = (uint32_t)htsim.nodes;
  context->joins = htsim.graph.joins;
  snprintf(context->header.source, sizeof context->header.source, "htsim connection matrix, %llu flows",
           (unsigned long long)htsim.connections);
  text_close(&htsim.in);
  spill_free(&htsim.starts);
  spill_free(&htsim.fires);
  spill_free(&htsim.triggers);
  graph_free(&htsim.graph);
  return status;
}
