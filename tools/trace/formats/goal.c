/* SPDX-License-Identifier: Apache-2.0 */
/* GOAL, the text of LogGOPSim: for each rank sends, receives and computations, and which comes after which. */
#include "trace/graph.h"
#include "trace/text_input.h"

#include "interrupt.h"

#include <stdio.h>
#include <string.h>

enum { PS_IN_NS = 1000, LABEL_MAX = 200, SLOTS_FIRST = 256, TRIM_EVERY = 64 };

/* A label of the rank being read. */
struct label {
  uint64_t hash, name; /* name: where its text begins */
  uint32_t op;
  uint32_t line; /* where it is defined, else 0 */
  uint32_t used; /* where it was met first */
};

/* Small, for it is come to in no order: what it leads to is seldom looked at for nothing. */
struct slot {
  uint32_t hash_high;
  uint32_t label; /* 1 more than its place in the list; 0: free */
};

struct goal {
  struct text_input in;
  struct graph graph;
  struct import_notes *notes;
  uint64_t ranks;
  uint32_t rank;
  const char *kept;    /* a word that was read too early */
  struct spill labels; /* of struct label, as they were met */
  struct spill slots;  /* of struct slot */
  struct spill names;  /* of char */
  size_t looked_up;
};

static enum oio_status no_room(const struct goal *goal, struct oio_error *error) {
  return oio_error_set(error, OIO_ERR_NOMEM, "%.110s:%llu: the labels do not fit the memory and the temporary folder; import a part",
                       goal->in.path, (unsigned long long)goal->in.line);
}

static enum oio_status next_word(struct goal *goal, const char **word, struct oio_error *error) {
  if (goal->kept == NULL) return text_word(&goal->in, word, error);
  *word = goal->kept;
  goal->kept = NULL;
  return OIO_OK;
}

/* A word that must be there. */
static enum oio_status need_word(struct goal *goal, const char *what, const char **word, struct oio_error *error) {
  const enum oio_status status = next_word(goal, word, error);
  if (status == OIO_OK && *word == NULL) return text_bad(&goal->in, error, "the file ends where %s should be; copy it again", what);
  return status;
}

static enum oio_status need_number(struct goal *goal, const char *what, const char *tail, uint64_t limit, uint64_t *value,
                                   struct oio_error *error) {
  const char *word;
  const enum oio_status status = need_word(goal, what, &word, error);
  if (status != OIO_OK || text_number(word, tail, limit, value)) return status;
  return text_bad(&goal->in, error, "'%.40s' is not %s (0 to %llu%s); correct the file", word, what, (unsigned long long)limit, tail);
}

static uint64_t hash_of(const char *text) {
  uint64_t hash = 0xcbf29ce484222325u; /* FNV-1a, and a last mixing */
  for (; *text != '\0'; text++) hash = (hash ^ (unsigned char)*text) * 0x100000001b3u;
  return hash ^ hash >> 29;
}

static struct label *label_at(const struct goal *goal, size_t number) {
  return (struct label *)goal->labels.list + number;
}

static struct slot *free_slot(const struct goal *goal, uint64_t hash) {
  struct slot *slots = goal->slots.list;
  const size_t mask = goal->slots.count - 1;
  size_t at = (size_t)hash & mask;
  while (slots[at].label != 0) at = (at + 1) & mask;
  return &slots[at];
}

/* NULL: there is none of that name. */
static struct label *label_of(const struct goal *goal, const char *text, uint64_t hash) {
  const struct slot *slots = goal->slots.list;
  const size_t mask = goal->slots.count - 1;
  for (size_t at = (size_t)hash & mask; slots[at].label != 0; at = (at + 1) & mask) {
    if (slots[at].hash_high != hash >> 32) continue;
    struct label *label = label_at(goal, slots[at].label - 1);
    if (strcmp((const char *)goal->names.list + label->name, text) == 0) return label;
  }
  return NULL;
}

static void fill_slot(struct goal *goal, size_t number) {
  const uint64_t hash = label_at(goal, number)->hash;
  *free_slot(goal, hash) = (struct slot){.hash_high = (uint32_t)(hash >> 32), .label = (uint32_t)number + 1};
}

static bool more_slots(struct goal *goal) {
  const size_t count = goal->slots.count == 0 ? SLOTS_FIRST : 2 * goal->slots.count;
  spill_free(&goal->slots);
  if (!spill_resize(&goal->slots, count)) return false;
  for (size_t i = 0; i < goal->labels.count; i++) {
    fill_slot(goal, i);
    if (i % TRIM_EVERY == 0) spill_trim();
  }
  return true;
}

/* The label of that name; a new one is a time of 0 until it is defined. */
static enum oio_status find(struct goal *goal, const char *text, struct label **label, struct oio_error *error) {
  const uint64_t hash = hash_of(text);
  if (4 * (goal->labels.count + 1) > 3 * goal->slots.count && !more_slots(goal)) return no_room(goal, error);
  if (++goal->looked_up % TRIM_EVERY == 0) spill_trim();
  *label = label_of(goal, text, hash);
  if (*label != NULL) return OIO_OK;
  const uint64_t name = goal->names.count;
  for (const char *at = text;; at++) {
    char *added = spill_push(&goal->names);
    if (added == NULL) return no_room(goal, error);
    *added = *at;
    if (*at == '\0') break;
  }
  *label = spill_push(&goal->labels);
  if (*label == NULL) return no_room(goal, error);
  **label = (struct label){.hash = hash, .name = name, .used = (uint32_t)goal->in.line};
  fill_slot(goal, goal->labels.count - 1);
  return graph_compute(&goal->graph, goal->rank, 0, (uint32_t)goal->in.line, &(*label)->op, error);
}

/* "tag T", "cpu C", "nic N" in any order; only the tag matters here. */
static enum oio_status take_options(struct goal *goal, uint64_t *tag, struct oio_error *error) {
  for (;;) {
    const char *word;
    enum oio_status status = next_word(goal, &word, error);
    if (status != OIO_OK || word == NULL) return status;
    const bool is_tag = strcmp(word, "tag") == 0;
    if (!is_tag && strcmp(word, "cpu") != 0 && strcmp(word, "nic") != 0) {
      goal->kept = word;
      return OIO_OK;
    }
    uint64_t value;
    status = need_number(goal, is_tag ? "a tag" : "the number of a cpu or nic", "", INT64_MAX, &value, error);
    if (status != OIO_OK) return status;
    if (is_tag) *tag = value;
  }
}

static enum oio_status take_message(struct goal *goal, bool sends, uint32_t op, struct oio_error *error) {
  uint64_t bytes, peer, tag = 0;
  const char *word;
  enum oio_status status = need_number(goal, "a size", "b", OIO_TRACE_BYTES_MAX, &bytes, error);
  if (status == OIO_OK) status = need_word(goal, "to or from", &word, error);
  if (status != OIO_OK) return status;
  if (strcmp(word, sends ? "to" : "from") != 0)
    return text_bad(&goal->in, error, "'%s' is expected, not '%.40s'; correct the file", sends ? "to" : "from", word);
  status = need_number(goal, "a rank below num_ranks", "", goal->ranks - 1, &peer, error);
  if (status == OIO_OK) status = take_options(goal, &tag, error);
  if (status != OIO_OK) return status;
  if (bytes == 0) {
    import_left_out(goal->notes, sends ? "sends of no bytes" : "receives of no bytes", 1);
    return OIO_OK;
  }
  return sends ? graph_make_send(&goal->graph, op, (uint32_t)peer, tag, bytes, error)
               : graph_make_receive(&goal->graph, op, (uint32_t)peer, tag, error);
}

static enum oio_status define(struct goal *goal, uint32_t op, const char *word, struct oio_error *error) {
  uint64_t ns, tag;
  const bool sends = strcmp(word, "send") == 0;
  graph_at(&goal->graph, op)->place = (uint32_t)goal->in.line;
  if (sends || strcmp(word, "recv") == 0) return take_message(goal, sends, op, error);
  if (strcmp(word, "calc") != 0) return text_bad(&goal->in, error, "send, recv or calc is expected, not '%.40s'; correct the file", word);
  enum oio_status status = need_number(goal, "a time in ns", "", (OIO_TRACE_TIME_MAX - 1) / PS_IN_NS, &ns, error);
  if (status != OIO_OK) return status;
  graph_at(&goal->graph, op)->value = ns * PS_IN_NS;
  return take_options(goal, &tag, error);
}

/* "LABEL requires OTHER": after its end. "LABEL irequires OTHER": after its begin. */
static enum oio_status relate(struct goal *goal, uint32_t op, const char *relation, struct oio_error *error) {
  const bool ends = strcmp(relation, "requires") == 0;
  struct label *other;
  const char *word;
  if (!ends && strcmp(relation, "irequires") != 0)
    return text_bad(&goal->in, error, "requires or irequires is expected, not '%.40s'; correct the file", relation);
  enum oio_status status = need_word(goal, "a label", &word, error);
  if (status == OIO_OK) status = find(goal, word, &other, error);
  if (status != OIO_OK) return status;
  return ends ? graph_edge(&goal->graph, op, other->op, error) : graph_edge_of_begin(&goal->graph, op, other->op, error);
}

static enum oio_status take_statement(struct goal *goal, const char *word, struct oio_error *error) {
  char text[LABEL_MAX];
  struct label *label;
  size_t length = strlen(word);
  bool defines = length > 1 && word[length - 1] == ':';
  if (length >= sizeof text) return text_bad(&goal->in, error, "a label of more than %d bytes; shorten it", LABEL_MAX - 1);
  snprintf(text, sizeof text, "%.*s", (int)(defines ? length - 1 : length), word);
  enum oio_status status = need_word(goal, "what a label is", &word, error);
  if (status == OIO_OK && !defines && strcmp(word, ":") == 0) {
    defines = true;
    status = need_word(goal, "what a label is", &word, error);
  }
  char what[LABEL_MAX];
  if (status != OIO_OK) return status;
  snprintf(what, sizeof what, "%s", word);
  /* Without a label: an operation that nothing refers to. */
  const bool bare = !defines && (strcmp(text, "send") == 0 || strcmp(text, "recv") == 0 || strcmp(text, "calc") == 0);
  if (bare) {
    uint32_t op;
    goal->kept = word;
    status = graph_compute(&goal->graph, goal->rank, 0, (uint32_t)goal->in.line, &op, error);
    return status == OIO_OK ? define(goal, op, text, error) : status;
  }
  status = find(goal, text, &label, error);
  if (status != OIO_OK) return status;
  if (!defines) return relate(goal, label->op, what, error);
  if (label->line != 0)
    return text_bad(&goal->in, error, "label %.40s is there twice, first on line %lu; correct the file", text, (unsigned long)label->line);
  label->line = (uint32_t)goal->in.line;
  return define(goal, label->op, what, error);
}

static enum oio_status end_rank(struct goal *goal, struct oio_error *error) {
  for (size_t i = 0; i < goal->labels.count; i++) {
    const struct label *label = label_at(goal, i);
    if (i % TRIM_EVERY == 0) spill_trim();
    if (label->line != 0) continue;
    return oio_error_set(error, OIO_ERR_FORMAT, "%.110s:%lu: label %.40s of rank %lu is not defined; correct the file", goal->in.path,
                         (unsigned long)label->used, (const char *)goal->names.list + label->name, (unsigned long)goal->rank);
  }
  spill_free(&goal->labels);
  spill_free(&goal->slots);
  spill_free(&goal->names);
  return OIO_OK;
}

/* rank R { STATEMENT... } */
static enum oio_status take_rank(struct goal *goal, struct oio_error *error) {
  uint64_t rank;
  const char *word;
  enum oio_status status = need_number(goal, "a rank below num_ranks", "", goal->ranks - 1, &rank, error);
  if (status == OIO_OK) status = need_word(goal, "{", &word, error);
  if (status != OIO_OK) return status;
  if (strcmp(word, "{") != 0) return text_bad(&goal->in, error, "{ is expected, not '%.40s'; correct the file", word);
  goal->rank = (uint32_t)rank;
  for (uint64_t statements = 0;; statements++) {
    status = need_word(goal, "a statement or }", &word, error);
    if (status != OIO_OK) return status;
    if (strcmp(word, "}") == 0) return end_rank(goal, error);
    status = take_statement(goal, word, error);
    if (status != OIO_OK || (statements % 4096 == 0 && interrupt_requested())) return status;
  }
}

static enum oio_status take_all(struct goal *goal, struct oio_error *error) {
  const char *word;
  enum oio_status status = need_word(goal, "num_ranks", &word, error);
  if (status == OIO_OK && strcmp(word, "num_ranks") != 0)
    status = text_bad(&goal->in, error, "num_ranks is expected first; name a GOAL file");
  if (status == OIO_OK) status = need_number(goal, "a number of ranks", "", OIO_TRACE_NODES_MAX, &goal->ranks, error);
  if (status == OIO_OK && goal->ranks == 0) status = text_bad(&goal->in, error, "num_ranks is 0; there is nothing to import");
  while (status == OIO_OK && !interrupt_requested()) {
    status = next_word(goal, &word, error);
    if (status != OIO_OK || word == NULL) return status;
    status = strcmp(word, "rank") == 0 ? take_rank(goal, error)
                                       : text_bad(&goal->in, error, "rank is expected, not '%.40s'; correct the file", word);
  }
  return status;
}

static void describe(void *context, const struct graph_op *op, char *text, size_t room) {
  (void)context;
  snprintf(text, room, "line %lu (rank %u)", (unsigned long)op->place, op->source);
}

enum oio_status import_goal(struct import_context *context, struct oio_error *error) {
  struct goal goal = {.notes = &context->notes, .labels.size = sizeof(struct label), .slots.size = sizeof(struct slot), .names.size = 1};
  graph_start(&goal.graph, context->paths[0], context->options->limit);
  goal.graph.describe = describe;
  enum oio_status status = text_open(&goal.in, context->paths[0], error);
  if (status == OIO_OK) status = take_all(&goal, error);
  if (status == OIO_OK && !interrupt_requested()) status = graph_finish(&goal.graph, context->messages, &context->notes, error);
  context->header.nodes = (uint32_t)goal.ranks;
  snprintf(context->header.source, sizeof context->header.source, "GOAL, %llu ranks", (unsigned long long)goal.ranks);
  context->joins = goal.graph.joins;
  text_close(&goal.in);
  spill_free(&goal.labels);
  spill_free(&goal.slots);
  spill_free(&goal.names);
  graph_free(&goal.graph);
  return status;
}
