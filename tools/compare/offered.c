/* SPDX-License-Identifier: Apache-2.0 */
/* What traffic asks for by itself, before any link is looked at. */
#include "comparison.h"
#include "oio/trace.h"

#include <stdlib.h>

struct between {
  double from_bytes[2], all_bytes; /* of messages to another die, by the first two dies, and together */
  oio_time_ps span_ps;
};

static enum oio_status add_records(struct between *sum, struct oio_trace_reader *reader, const uint32_t *die, struct oio_error *error) {
  struct oio_record record;
  bool more = false;
  enum oio_status status;
  while ((status = oio_trace_next(reader, &record, &more, error)) == OIO_OK && more) {
    sum->span_ps = record.time_ps;
    if (die[record.source] == die[record.destination]) continue;
    sum->all_bytes += (double)record.bytes;
    if (die[record.source] < 2) sum->from_bytes[die[record.source]] += (double)record.bytes;
  }
  return status;
}

static enum oio_status place(const struct comparison *comparison, const struct oio_trace_header *header, uint32_t dies, uint32_t *die,
                             struct oio_error *error) {
  const char *map = comparison->config.map;
  return map[0] != '\0' ? oio_trace_map_parse(map, header->nodes, dies, die, error) : oio_trace_place(header, dies, die, error);
}

enum oio_status offered_by_trace(struct comparison *comparison, uint32_t dies, struct oio_error *error) {
  struct oio_trace_reader *reader;
  struct between sum = {.span_ps = 0};
  enum oio_status status = oio_trace_open(&reader, comparison->trace, error);
  if (status != OIO_OK) return status;
  const struct oio_trace_header *header = oio_trace_header_of(reader);
  uint32_t *die = malloc(header->nodes * sizeof *die);
  if (die == NULL) status = oio_error_set(error, OIO_ERR_NOMEM, "out of memory; close other programs");
  if (status == OIO_OK) status = place(comparison, header, dies, die, error);
  if (status == OIO_OK) status = add_records(&sum, reader, die, error);
  free(die);
  oio_trace_close(reader);
  if (status != OIO_OK || sum.span_ps == 0) return status;
  const double bits_per_byte_ns = 8e3 / ((double)sum.span_ps * comparison->config.time_scale);
  comparison->offered_gbps = sum.all_bytes * bits_per_byte_ns;
  if (dies == 2) comparison->busiest_gbps = fmax(sum.from_bytes[0], sum.from_bytes[1]) * bits_per_byte_ns;
  return OIO_OK;
}
