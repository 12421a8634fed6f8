/* SPDX-License-Identifier: Apache-2.0 */
/* Memory traces: of DRAMSim2 and DRAMsim3 (0xADDRESS COMMAND CYCLE), and of Ramulator (instructions between, load, store; or LD and ST).
 * Who asks is node 0; the address says at which node the memory is. */
#include "trace/importers.h"
#include "trace/text_input.h"

#include "interrupt.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { REQUEST_BYTES = 8, DATA_BYTES = 64, VC_REQUEST = 0, VC_ANSWER = 1, WORDS = 4 };
static const oio_time_ps default_cycle_ps = 1000;

struct memory_trace {
  struct text_input in;
  const struct import_options *options;
  struct messages *messages;
  struct import_notes *notes;
  oio_time_ps cycle_ps;
  uint64_t interleave, homes;
  uint64_t cycle; /* of what has no times of its own */
};

/* The request, and the answer that waits for it and for the memory. */
static enum oio_status access_memory(struct memory_trace *in, uint64_t address, bool writes, uint64_t cycle, struct oio_error *error) {
  const uint32_t request = (uint32_t)in->messages->count;
  const uint16_t home = (uint16_t)(1 + address / in->interleave % in->homes);
  struct message message = {.source = 0, .destination = home, .bytes = writes ? DATA_BYTES : REQUEST_BYTES, .vc = VC_REQUEST};
  if (!import_time(cycle, in->cycle_ps, &message.time_ps) || message.time_ps + in->options->memory_ps >= OIO_TRACE_TIME_MAX)
    return text_bad(&in->in, error, "cycle %" PRIu64 " gives a time beyond 2^62 ps; use a smaller --cycle-ps", cycle);
  enum oio_status status = messages_add(in->messages, &message, error);
  message = (struct message){.time_ps = message.time_ps + in->options->memory_ps,
                             .source = home,
                             .destination = 0,
                             .bytes = writes ? REQUEST_BYTES : DATA_BYTES,
                             .vc = in->options->one_vc ? 0 : VC_ANSWER};
  if (status == OIO_OK) status = messages_add(in->messages, &message, error);
  return status == OIO_OK ? messages_add_delay(in->messages, request + 1, request, in->options->memory_ps, error) : status;
}

/* Hexadecimal behind 0x, else decimal. */
static bool take_address(const char *text, uint64_t *address) {
  if (strncmp(text, "0x", 2) != 0 && strncmp(text, "0X", 2) != 0) return text_number(text, "", INT64_MAX, address);
  char *end;
  if (text[2] == '\0' || strlen(text + 2) > 16 || strspn(text + 2, "0123456789abcdefABCDEF") != strlen(text + 2)) return false;
  *address = strtoull(text + 2, &end, 16);
  return *end == '\0';
}

static bool ends_with(const char *text, const char *end) {
  const size_t length = strlen(text), tail = strlen(end);
  return length >= tail && strcmp(text + length - tail, end) == 0;
}

/* DRAMSim2, k6 or mase, and DRAMsim3. */
static enum oio_status take_command(struct memory_trace *in, char **words, size_t count, uint64_t address, struct oio_error *error) {
  uint64_t cycle;
  if (count < 3 || !text_number(words[2], "", INT64_MAX, &cycle))
    return text_bad(&in->in, error, "'0xADDRESS COMMAND CYCLE' is expected; correct the file");
  const bool writes = ends_with(words[1], "WRITE") || ends_with(words[1], "_WR");
  if (writes || ends_with(words[1], "READ") || ends_with(words[1], "_RD") || ends_with(words[1], "FETCH"))
    return access_memory(in, address, writes, cycle, error);
  import_left_out(in->notes, "commands that neither read nor write", 1);
  return OIO_OK;
}

static enum oio_status take_line(struct memory_trace *in, char **words, size_t count, struct oio_error *error) {
  uint64_t address, bubbles, store;
  const bool loads = strcmp(words[0], "LD") == 0, stores = strcmp(words[0], "ST") == 0;
  if (loads || stores) {
    if (count != 2 || !take_address(words[1], &address)) return text_bad(&in->in, error, "an address is expected; correct the file");
    return access_memory(in, address, stores, in->cycle++, error);
  }
  if (words[0][0] == '0' && (words[0][1] == 'x' || words[0][1] == 'X')) {
    if (!take_address(words[0], &address)) return text_bad(&in->in, error, "'%.40s' is no address; correct the file", words[0]);
    return take_command(in, words, count, address, error);
  }
  if (count < 2 || count > 3 || !text_number(words[0], "", INT32_MAX, &bubbles) || !take_address(words[1], &address) ||
      (count == 3 && !take_address(words[2], &store)))
    return text_bad(&in->in, error, "no line of a memory trace that is known; name one of DRAMSim2, DRAMsim3 or Ramulator");
  /* An instruction a cycle. */
  in->cycle += bubbles;
  enum oio_status status = access_memory(in, address, false, in->cycle, error);
  if (status == OIO_OK && count == 3) status = access_memory(in, store, true, in->cycle, error);
  in->cycle++;
  return status;
}

static enum oio_status take_all(struct memory_trace *in, struct oio_error *error) {
  bool more;
  enum oio_status status;
  while ((status = text_line(&in->in, &more, error)) == OIO_OK && more) {
    char *words[WORDS];
    const size_t count = text_split(in->in.text, words, WORDS);
    if (count == 0 || words[0][0] == '#' || words[0][0] == ';') continue;
    status = take_line(in, words, count < WORDS ? count : WORDS, error);
    if (status != OIO_OK || (in->in.line % 4096 == 0 && interrupt_requested())) return status;
  }
  return status;
}

enum oio_status import_memory(struct import_context *context, struct oio_error *error) {
  const struct import_options *options = context->options;
  struct memory_trace in = {.options = options, .messages = context->messages, .notes = &context->notes};
  in.cycle_ps = options->cycle_ps > 0 ? options->cycle_ps : default_cycle_ps;
  in.interleave = options->interleave_bytes > 0 ? options->interleave_bytes : 4096;
  in.homes = options->homes > 0 ? options->homes : 1;
  enum oio_status status = text_open(&in.in, context->paths[0], error);
  if (status == OIO_OK) status = take_all(&in, error);
  context->header.nodes = (uint32_t)in.homes + 1;
  snprintf(context->header.source, sizeof context->header.source,
           "memory trace, %" PRIu64 " ps per cycle, %" PRIu64 " bytes in a row at one of %" PRIu64 " homes", in.cycle_ps, in.interleave,
           in.homes);
  text_close(&in.in);
  return status;
}
