/* SPDX-License-Identifier: Apache-2.0 */
/* popnet: "TIME SX SY DX DY FLITS" a packet, on a mesh as large as the largest coordinates. */
#include "trace/importers.h"
#include "trace/text_input.h"

#include "interrupt.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { WORDS = 6, SIDE_MAX = 256 };
static const oio_time_ps default_cycle_ps = 1000;

struct popnet {
  struct text_input in;
  struct messages *messages;
  oio_time_ps cycle_ps;
  uint64_t flit_bytes, wide, high;
};

/* Until the width is known a node is 256 y + x. */
static enum oio_status take_line(struct popnet *in, char **words, size_t count, struct oio_error *error) {
  uint64_t number[WORDS];
  char *end;
  if (count != WORDS) return text_bad(&in->in, error, "'TIME SX SY DX DY FLITS' is expected; correct the file");
  const double cycles = strtod(words[0], &end);
  if (*end != '\0' || !(cycles >= 0)) return text_bad(&in->in, error, "'%.40s' is no time in cycles; correct the file", words[0]);
  if (cycles * (double)in->cycle_ps >= (double)OIO_TRACE_TIME_MAX / 2)
    return text_bad(&in->in, error, "'%.40s' gives a time beyond 2^61 ps; use a smaller --cycle-ps", words[0]);
  for (size_t i = 1; i < WORDS; i++)
    if (!text_number(words[i], "", i < 5 ? SIDE_MAX - 1 : OIO_TRACE_BYTES_MAX / in->flit_bytes, &number[i]))
      return text_bad(&in->in, error, "'%.40s' is not %s; correct the file", words[i],
                      i < 5 ? "0 to 255" : "a number of flits below 2^30 bytes");
  if (number[5] == 0) return text_bad(&in->in, error, "a packet of no flits; correct the file");
  for (size_t i = 1; i < 5; i++) {
    uint64_t *side = i % 2 == 1 ? &in->wide : &in->high;
    if (number[i] >= *side) *side = number[i] + 1;
  }
  const struct message message = {.time_ps = (oio_time_ps)(cycles * (double)in->cycle_ps + 0.5),
                                  .bytes = (uint32_t)(number[5] * in->flit_bytes),
                                  .source = (uint16_t)(number[2] * SIDE_MAX + number[1]),
                                  .destination = (uint16_t)(number[4] * SIDE_MAX + number[3])};
  return messages_add(in->messages, &message, error);
}

static uint16_t node_of(const struct popnet *in, uint16_t place) {
  return (uint16_t)(place / SIDE_MAX * in->wide + place % SIDE_MAX);
}

static enum oio_status take_all(struct popnet *in, struct oio_error *error) {
  bool more;
  enum oio_status status;
  while ((status = text_line(&in->in, &more, error)) == OIO_OK && more) {
    char *words[WORDS];
    const size_t count = text_split(in->in.text, words, WORDS);
    if (count > 0) status = take_line(in, words, count, error);
    if (status != OIO_OK || (in->in.line % 4096 == 0 && interrupt_requested())) return status;
  }
  for (size_t i = 0; i < in->messages->count; i++) {
    struct message *message = &in->messages->list[i];
    message->source = node_of(in, message->source);
    message->destination = node_of(in, message->destination);
    if (i % 4096 == 0) spill_trim();
  }
  return status;
}

enum oio_status import_popnet(struct import_context *context, struct oio_error *error) {
  const struct import_options *options = context->options;
  struct popnet in = {.messages = context->messages, .wide = 1, .high = 1};
  in.cycle_ps = options->cycle_ps > 0 ? options->cycle_ps : default_cycle_ps;
  in.flit_bytes = options->flit_bytes > 0 ? options->flit_bytes : 32;
  enum oio_status status = text_open(&in.in, context->paths[0], error);
  if (status == OIO_OK) status = take_all(&in, error);
  context->header.nodes = (uint32_t)(in.wide * in.high);
  snprintf(context->header.source, sizeof context->header.source,
           "popnet, %" PRIu64 " x %" PRIu64 " nodes, %" PRIu64 " ps per cycle, %" PRIu64 " bytes per flit", in.wide, in.high, in.cycle_ps,
           in.flit_bytes);
  text_close(&in.in);
  return status;
}
