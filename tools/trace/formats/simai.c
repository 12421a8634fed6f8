/* SPDX-License-Identifier: Apache-2.0 */
/* The text workload of SimAI and of ASTRA-sim before Chakra: one line a layer, with computation and a collective forward, for the gradient
 * of its input and for that of its weights. One micro-batch of one iteration: forward through all layers, then back. */
#include "trace/expand.h"
#include "trace/text_input.h"

#include "interrupt.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { FIELDS = 12, PS_IN_NS = 1000, LAYERS_MAX = 1 << 20 };

enum pass { FORWARD, INPUT_GRADIENT, WEIGHT_GRADIENT, PASSES };

struct layer {
  oio_time_ps compute_ps[PASSES];
  uint64_t bytes[PASSES];
  uint8_t kind[PASSES];  /* enum expand_kind, or NONE */
  uint8_t scope[PASSES]; /* enum scope */
  uint32_t line;
};

enum { NONE = 255 };
enum scope { OWN, EXPERTS, BESIDE_EXPERTS };

struct simai {
  struct text_input in;
  struct graph graph;
  struct spill members, layers;
  uint64_t tensor, experts, pipeline, ranks, data;
  uint64_t groups;   /* of collectives, so far */
  uint32_t *over;    /* of each rank the operation after which it goes on */
  bool not_expanded; /* micro-batches and stages */
};

static enum oio_status no_room(const struct simai *simai, struct oio_error *error) {
  return oio_error_set(error, OIO_ERR_NOMEM, "%.110s: out of memory; import fewer ranks", simai->in.path);
}

/* "NAME key: value key: value ..." */
static enum oio_status take_head(struct simai *simai, const struct import_options *options, struct oio_error *error) {
  char *words[64];
  const size_t count = text_split(simai->in.text, words, 64);
  uint64_t value;
  simai->tensor = simai->experts = simai->pipeline = 1;
  if (count == 0 || count > 64) return text_bad(&simai->in, error, "no head of a SimAI workload; name a SimAI or ASTRA-sim text workload");
  for (size_t i = 1; i + 1 < count; i += 2) {
    if (!text_number(words[i + 1], "", INT32_MAX, &value))
      return text_bad(&simai->in, error, "a number is expected after '%.40s'; correct the file", words[i]);
    if (strcmp(words[i], "model_parallel_NPU_group:") == 0 || strcmp(words[i], "tp:") == 0) simai->tensor = value;
    if (strcmp(words[i], "ep:") == 0) simai->experts = value;
    if (strcmp(words[i], "pp:") == 0) simai->pipeline = value;
    if (strcmp(words[i], "all_gpus:") == 0) simai->ranks = value;
    if (strcmp(words[i], "pp:") == 0 || strcmp(words[i], "ga:") == 0 || strcmp(words[i], "checkpoints:") == 0)
      simai->not_expanded |= value > (words[i][0] == 'c' ? 0 : 1);
  }
  if (simai->ranks == 0) simai->ranks = options->ranks;
  if (simai->ranks == 0) return text_bad(&simai->in, error, "no all_gpus: in the head; say with --ranks how many there are");
  if (options->ranks > 0 && options->ranks != simai->ranks)
    return text_bad(&simai->in, error, "--ranks is %lu, and all_gpus %llu; leave --ranks out", (unsigned long)options->ranks,
                    (unsigned long long)simai->ranks);
  if (simai->ranks > OIO_TRACE_NODES_MAX)
    return text_bad(&simai->in, error, "more than %d ranks; a trace cannot hold that", OIO_TRACE_NODES_MAX);
  if (strcmp(words[0], "MODEL") == 0) simai->tensor = simai->ranks;
  if (simai->tensor == 0 || simai->experts == 0 || simai->pipeline == 0 || simai->ranks % (simai->tensor * simai->pipeline) != 0 ||
      simai->ranks / (simai->tensor * simai->pipeline) % simai->experts != 0)
    return text_bad(&simai->in, error, "%llu ranks do not divide into groups of %llu, %llu stages and %llu experts; correct the head",
                    (unsigned long long)simai->ranks, (unsigned long long)simai->tensor, (unsigned long long)simai->pipeline,
                    (unsigned long long)simai->experts);
  simai->data = simai->ranks / (simai->tensor * simai->pipeline);
  return OIO_OK;
}

/* "ALLREDUCE", "ALLTOALL_EP", "REDUCESCATTER_DP_EP", "NONE" */
static bool take_kind(const char *word, uint8_t *kind, uint8_t *scope) {
  static const struct {
    const char *name;
    uint8_t kind;
  } kinds[] = {{"ALLREDUCE", EXPAND_ALL_REDUCE},
               {"ALLGATHER", EXPAND_ALL_GATHER},
               {"REDUCESCATTER", EXPAND_REDUCE_SCATTER},
               {"ALLTOALL", EXPAND_ALL_TO_ALL},
               {"NONE", NONE}};
  static const char *const scopes[] = {[OWN] = "", [EXPERTS] = "_EP", [BESIDE_EXPERTS] = "_DP_EP"};
  for (size_t i = 0; i < sizeof kinds / sizeof kinds[0]; i++) {
    const size_t length = strlen(kinds[i].name);
    if (strncmp(word, kinds[i].name, length) != 0) continue;
    for (uint8_t at = 0; at < sizeof scopes / sizeof scopes[0]; at++) {
      if (strcmp(word + length, scopes[at]) != 0) continue;
      *kind = kinds[i].kind;
      *scope = at;
      return true;
    }
  }
  return false;
}

static enum oio_status take_layer(struct simai *simai, struct oio_error *error) {
  char *words[FIELDS];
  const size_t count = text_split(simai->in.text, words, FIELDS);
  if (count != FIELDS) return text_bad(&simai->in, error, "a layer of %zu fields, not %d; correct the file", count, FIELDS);
  struct layer layer = {.line = (uint32_t)simai->in.line};
  for (int pass = 0; pass < PASSES; pass++) {
    uint64_t ns;
    char *const *at = words + 2 + 3 * pass;
    if (!text_number(at[0], "", (OIO_TRACE_TIME_MAX - 1) / PS_IN_NS / 4, &ns) || !text_number(at[2], "", INT64_MAX, &layer.bytes[pass]))
      return text_bad(&simai->in, error, "'%.40s' or '%.40s' is no whole number that a trace can hold; correct the file", at[0], at[2]);
    if (!take_kind(at[1], &layer.kind[pass], &layer.scope[pass]))
      return text_bad(&simai->in, error, "'%.40s' is no collective that is known; correct the file", at[1]);
    layer.compute_ps[pass] = ns * PS_IN_NS;
  }
  struct layer *added = simai->layers.count < LAYERS_MAX ? spill_push(&simai->layers) : NULL;
  if (added == NULL) return no_room(simai, error);
  *added = layer;
  return OIO_OK;
}

/* The collective of a rank, of its group: ranks of one stage count tensor first, then data. */
static struct expand_member place(const struct simai *simai, const struct layer *layer, enum pass pass, uint32_t rank) {
  uint64_t stride = 1, size = simai->tensor;
  if (layer->scope[pass] != OWN || pass == WEIGHT_GRADIENT) {
    stride = simai->tensor * (layer->scope[pass] == BESIDE_EXPERTS ? simai->experts : 1);
    size = layer->scope[pass] == EXPERTS ? simai->experts : simai->data / (layer->scope[pass] == BESIDE_EXPERTS ? simai->experts : 1);
  }
  const uint64_t group = rank / (stride * size) * stride + rank % stride;
  return (struct expand_member){.group = simai->groups + group,
                                .bytes = layer->bytes[pass],
                                .place = layer->line,
                                .rank = rank,
                                .ranks = (uint32_t)size,
                                .kind = layer->kind[pass]};
}

/* Computation and collective of a pass at all ranks. Those of weights have their gradients sent beside what follows. */
static enum oio_status carry_out(struct simai *simai, const struct layer *layer, enum pass pass, struct oio_error *error) {
  enum oio_status status = OIO_OK;
  for (uint32_t rank = 0; rank < simai->ranks && status == OIO_OK; rank++) {
    uint32_t computed, end;
    status = graph_compute(&simai->graph, rank, layer->compute_ps[pass], layer->line, &computed, error);
    if (status == OIO_OK && simai->over[rank] != UINT32_MAX) status = graph_edge(&simai->graph, computed, simai->over[rank], error);
    simai->over[rank] = computed;
    if (status != OIO_OK || layer->kind[pass] == NONE) continue;
    status = graph_compute(&simai->graph, rank, 0, layer->line, &end, error);
    struct expand_member *member = status == OIO_OK ? spill_push(&simai->members) : NULL;
    if (member == NULL) return status != OIO_OK ? status : no_room(simai, error);
    *member = place(simai, layer, pass, rank);
    member->start = computed;
    member->end = end;
    if (pass != WEIGHT_GRADIENT) simai->over[rank] = end;
  }
  simai->groups += simai->ranks;
  return status;
}

static enum oio_status train(struct simai *simai, struct oio_error *error) {
  const struct layer *layers = simai->layers.list;
  enum oio_status status = OIO_OK;
  simai->over = malloc(simai->ranks * sizeof *simai->over);
  if (simai->over == NULL) return no_room(simai, error);
  for (uint64_t rank = 0; rank < simai->ranks; rank++) simai->over[rank] = UINT32_MAX;
  for (size_t i = 0; i < simai->layers.count && status == OIO_OK; i++) status = carry_out(simai, &layers[i], FORWARD, error);
  for (size_t i = simai->layers.count; i-- > 0 && status == OIO_OK && !interrupt_requested();) {
    status = carry_out(simai, &layers[i], INPUT_GRADIENT, error);
    if (status == OIO_OK) status = carry_out(simai, &layers[i], WEIGHT_GRADIENT, error);
  }
  return status;
}

static enum oio_status take_all(struct simai *simai, const struct import_options *options, struct oio_error *error) {
  uint64_t wanted = 0;
  bool more;
  enum oio_status status = text_line(&simai->in, &more, error);
  if (status == OIO_OK && !more) status = text_bad(&simai->in, error, "an empty file; name a SimAI workload");
  if (status == OIO_OK) status = take_head(simai, options, error);
  if (status == OIO_OK) status = text_line(&simai->in, &more, error);
  if (status != OIO_OK) return status;
  char *words[2];
  if (!more || text_split(simai->in.text, words, 2) != 1 || !text_number(words[0], "", LAYERS_MAX, &wanted))
    return text_bad(&simai->in, error, "the number of layers is expected on the second line; correct the file");
  while ((status = text_line(&simai->in, &more, error)) == OIO_OK && more) {
    if (simai->in.text[strspn(simai->in.text, " \t")] == '\0') continue;
    status = take_layer(simai, error);
    if (status != OIO_OK) return status;
  }
  if (status == OIO_OK && simai->layers.count != wanted)
    return text_bad(&simai->in, error, "%zu layers, where the second line says %llu; the file is cut short: copy it again",
                    simai->layers.count, (unsigned long long)wanted);
  return status == OIO_OK ? train(simai, error) : status;
}

static void describe(void *context, const struct graph_op *op, char *text, size_t room) {
  (void)context;
  snprintf(text, room, "the layer of line %lu", (unsigned long)op->place);
}

enum oio_status import_simai(struct import_context *context, struct oio_error *error) {
  const char *algorithm = context->options->algorithm != NULL ? context->options->algorithm : "auto";
  struct simai simai = {.members.size = sizeof(struct expand_member), .layers.size = sizeof(struct layer)};
  graph_start(&simai.graph, context->paths[0], context->options->limit);
  simai.graph.describe = describe;
  enum oio_status status = text_open(&simai.in, context->paths[0], error);
  if (status == OIO_OK) status = take_all(&simai, context->options, error);
  if (status == OIO_OK && simai.not_expanded)
    import_left_out(&context->notes, "kinds of repetition (stages, micro-batches, recomputation) but the first", 1);
  if (status == OIO_OK && !interrupt_requested()) status = expand_all(&simai.graph, &simai.members, algorithm, &context->notes, error);
  if (status == OIO_OK && !interrupt_requested()) status = graph_finish(&simai.graph, context->messages, &context->notes, error);
  context->header.nodes = (uint32_t)simai.ranks;
  context->joins = simai.graph.joins;
  snprintf(context->header.source, sizeof context->header.source, "SimAI workload, %zu layers, %llu ranks", simai.layers.count,
           (unsigned long long)simai.ranks);
  text_close(&simai.in);
  spill_free(&simai.members);
  spill_free(&simai.layers);
  graph_free(&simai.graph);
  free(simai.over);
  return status;
}
