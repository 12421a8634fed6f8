/* SPDX-License-Identifier: Apache-2.0 */
/* RapidChiplet's traffic: flits a cycle from each chiplet to each other, as evenly spaced messages of a flit. */
#include "trace/importers.h"
#include "trace/json_file.h"

#include "interrupt.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

static const oio_time_ps default_cycle_ps = 1000;

struct rapidchiplet {
  const char *path;
  struct messages *messages;
  oio_time_ps cycle_ps;
  uint64_t flit_bytes, cycles;
  uint32_t nodes;
};

static enum oio_status bad(const struct rapidchiplet *in, uint64_t line, const char *key, const char *what, struct oio_error *error) {
  char shown[60];
  snprintf(shown, sizeof shown, "%s", key);
  for (char *at = shown; *at != '\0'; at++)
    if (*at < ' ' || *at > '~') *at = '?';
  return oio_error_set(error, OIO_ERR_FORMAT, "%.110s:%llu: \"%s\": %s", in->path, (unsigned long long)line, shown, what);
}

/* The n-th, from 0, in the middle of its share of the time. */
static enum oio_status add_pair(struct rapidchiplet *in, uint32_t source, uint32_t destination, double rate, struct oio_error *error) {
  const double count = floor((double)in->cycles * rate + 0.5);
  struct message message = {.source = (uint16_t)source, .destination = (uint16_t)destination, .bytes = (uint32_t)in->flit_bytes};
  enum oio_status status = OIO_OK;
  for (uint64_t i = 0; (double)i < count && status == OIO_OK; i++) {
    message.time_ps = (oio_time_ps)(((double)i + 0.5) / rate * (double)in->cycle_ps);
    status = messages_add(in->messages, &message, error);
    if (i % 4096 == 4095 && interrupt_requested()) return status;
  }
  return status;
}

static enum oio_status take_object(void *context, const json_t *object, uint64_t line, struct oio_error *error) {
  struct rapidchiplet *in = context;
  const char *key;
  json_t *value;
  json_object_foreach((json_t *)(uintptr_t)object, key, value) {
    unsigned source, destination;
    int end = 0;
    if (sscanf(key, "__tuple__:[%5u, %5u]%n", &source, &destination, &end) < 2 || end == 0 || key[end] != '\0' ||
        source >= OIO_TRACE_NODES_MAX || destination >= OIO_TRACE_NODES_MAX)
      return bad(in, line, key, "a pair of chiplets is expected: \"__tuple__:[0, 1]\"; correct the file", error);
    const double rate = json_number_value(value);
    if (!json_is_number(value) || !(rate >= 0) || rate > 1e6)
      return bad(in, line, key, "no rate of 0 to 10^6 flits a cycle; correct the file", error);
    if (source >= in->nodes) in->nodes = source + 1;
    if (destination >= in->nodes) in->nodes = destination + 1;
    const enum oio_status status = rate > 0 ? add_pair(in, source, destination, rate, error) : OIO_OK;
    if (status != OIO_OK) return status;
  }
  return OIO_OK;
}

enum oio_status import_rapidchiplet(struct import_context *context, struct oio_error *error) {
  const struct import_options *options = context->options;
  struct rapidchiplet in = {.path = context->paths[0], .messages = context->messages};
  in.cycle_ps = options->cycle_ps > 0 ? options->cycle_ps : default_cycle_ps;
  in.flit_bytes = options->flit_bytes > 0 ? options->flit_bytes : 32;
  in.cycles = options->cycles > 0 ? options->cycles : 1000;
  if (in.cycles > (OIO_TRACE_TIME_MAX - 1) / 2 / in.cycle_ps)
    return oio_error_set(error, OIO_ERR_CONFIG, "--cycles: a time beyond 2^61 ps; use fewer, or a smaller --cycle-ps");
  enum oio_status status = json_file_each_object(context->paths[0], take_object, &in, error);
  if (status == OIO_OK && in.nodes == 0)
    status = oio_error_set(error, OIO_ERR_FORMAT, "%.110s: no rates; name a traffic file of RapidChiplet", in.path);
  context->header.nodes = in.nodes;
  snprintf(context->header.source, sizeof context->header.source,
           "RapidChiplet rates for %" PRIu64 " cycles of %" PRIu64 " ps, %" PRIu64 " bytes per flit", in.cycles, in.cycle_ps,
           in.flit_bytes);
  return status;
}
