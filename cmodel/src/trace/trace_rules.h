/* SPDX-License-Identifier: Apache-2.0 */
/**
 * What every record must obey, the same for reader and writer; and the grammar of one line. Internal to the trace reader and writer.
 */
#ifndef OIO_TRACE_RULES_H
#define OIO_TRACE_RULES_H

#include "oio/trace.h"

/** What is wrong and the remedy; the caller puts file and line before it. */
struct oio_trace_why {
  char text[200];
};

void oio_trace_why_set(struct oio_trace_why *why, const char *format, ...)
#if defined(__GNUC__)
    __attribute__((format(printf, 2, 3)))
#endif
    ;

/** A file's name as errors show it: its end, when it is long, so that the cause still fits. */
struct oio_trace_name {
  char text[112];
};
struct oio_trace_name oio_trace_name_of(const char *path);

/** Starts as {.version = V, .nodes = N}. */
struct oio_trace_rules {
  uint32_t version;
  uint32_t nodes;
  uint64_t records;
  uint64_t last_id;
  oio_time_ps last_time_ps;
};

/** False, and why is filled, when the record may not follow the ones accepted before; else takes note of it. */
bool oio_trace_rules_accept(struct oio_trace_rules *rules, const struct oio_record *record, struct oio_trace_why *why);
/** The same for the head, whose version is known; text fields are checked too. */
bool oio_trace_rules_header(const struct oio_trace_header *header, struct oio_trace_why *why);

/**
 * Parses 1..19 decimal digits at *at, moves *at behind them, and is false when there are none or more. The caller guarantees a byte that is
 * no digit at the end.
 */
static inline bool oio_trace_number(const char **at, uint64_t *value) {
  const char *digit = *at;
  uint64_t sum = 0;
  for (; (unsigned char)(*digit - '0') < 10; digit++) sum = 10 * sum + (unsigned char)(*digit - '0');
  const ptrdiff_t digits = digit - *at;
  *at = digit;
  *value = sum;
  return digits >= 1 && digits <= 19;
}

/**
 * Parses a record's line, which ends with a newline. waits has room for OIO_TRACE_WAITS_MAX ids, delays_ps for as many delays (NULL: the
 * version has none), payload for OIO_TRACE_PAYLOAD_MAX bytes; record points into them. Only the grammar: oio_trace_rules_accept judges the
 * values.
 */
bool oio_trace_line_parse(const char *line, struct oio_record *record, uint64_t *waits, oio_time_ps *delays_ps, uint8_t *payload,
                          struct oio_trace_why *why);
/** Writes a record's line with its newline, at most OIO_TRACE_LINE_MAX bytes, and returns its length. The record obeys the rules. */
size_t oio_trace_line_format(const struct oio_record *record, char *out);

#endif
