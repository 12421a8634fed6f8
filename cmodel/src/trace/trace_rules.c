/* SPDX-License-Identifier: Apache-2.0 */
#include "trace/trace_rules.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

void oio_trace_why_set(struct oio_trace_why *why, const char *format, ...) {
  va_list arguments;
  va_start(arguments, format);
  vsnprintf(why->text, sizeof why->text, format, arguments);
  va_end(arguments);
}

struct oio_trace_name oio_trace_name_of(const char *path) {
  struct oio_trace_name name;
  const size_t length = strlen(path), room = sizeof name.text - 1;
  if (length <= room)
    memcpy(name.text, path, length + 1);
  else
    snprintf(name.text, sizeof name.text, "...%s", path + length - (room - 3));
  /* A newline in a name must not make two lines of one error. */
  for (char *at = name.text; *at != '\0'; at++)
    if ((unsigned char)*at < ' ') *at = '?';
  return name;
}

static bool fits_itself(const struct oio_trace_rules *rules, const struct oio_record *record, struct oio_trace_why *why) {
  const uint32_t node = record->source >= rules->nodes ? record->source : record->destination;
  if (record->time_ps >= OIO_TRACE_TIME_MAX)
    oio_trace_why_set(why, "time %" PRIu64 " is not below 2^62; times are picoseconds from the start of the trace", record->time_ps);
  else if (node >= rules->nodes)
    oio_trace_why_set(why, "node %" PRIu32 " does not exist: the head says nodes %" PRIu32 "; correct one of them", node, rules->nodes);
  else if (record->vc >= OIO_TRACE_VCS_MAX)
    oio_trace_why_set(why, "virtual channel %u does not exist; use 0 to 7", (unsigned)record->vc);
  else if (record->bytes < 1 || record->bytes > OIO_TRACE_BYTES_MAX)
    oio_trace_why_set(why, "%" PRIu64 " bytes; a message has 1 to 2^30: leave it out or split it", record->bytes);
  else if (record->payload != NULL && record->bytes > OIO_TRACE_PAYLOAD_MAX)
    oio_trace_why_set(why, "a payload of %" PRIu64 " bytes; a trace carries at most %d: leave the payload out or split the message",
                      record->bytes, OIO_TRACE_PAYLOAD_MAX);
  else if (record->id >= OIO_TRACE_ID_MAX)
    oio_trace_why_set(why, "id %" PRIu64 " is not below 2^63; number the records from 0", record->id);
  else
    return true;
  return false;
}

static bool waits_rise(const struct oio_record *record, struct oio_trace_why *why) {
  if (record->waits_count > OIO_TRACE_WAITS_MAX) {
    oio_trace_why_set(why, "waits for more than %d messages; wait for the last ones only", OIO_TRACE_WAITS_MAX);
    return false;
  }
  if (record->waits == NULL) {
    oio_trace_why_set(why, "waits for %" PRIu32 " messages that are not named; give their ids", record->waits_count);
    return false;
  }
  for (uint32_t i = 0; i < record->waits_count; i++) {
    if (record->waits[i] >= record->id) {
      oio_trace_why_set(why, "id %" PRIu64 " waits for %" PRIu64 ", which is not before it; a message waits only for earlier ones",
                        record->id, record->waits[i]);
      return false;
    }
    if (i > 0 && record->waits[i] <= record->waits[i - 1]) {
      oio_trace_why_set(why, "wait %" PRIu64 " follows %" PRIu64 "; write the waits in rising order, each once", record->waits[i],
                        record->waits[i - 1]);
      return false;
    }
  }
  return true;
}

static bool delays_fit(const struct oio_trace_rules *rules, const struct oio_record *record, struct oio_trace_why *why) {
  for (uint32_t i = 0; record->delays_ps != NULL && i < record->waits_count; i++) {
    const oio_time_ps delay_ps = record->delays_ps[i];
    if (delay_ps > 0 && rules->version < 2) {
      oio_trace_why_set(why, "a wait with a delay has no place in version 1; write version 2, or leave the delay out");
      return false;
    }
    if (delay_ps >= OIO_TRACE_TIME_MAX) {
      oio_trace_why_set(why, "the delay %" PRIu64 " is not below 2^62; delays are picoseconds from a delivery on", delay_ps);
      return false;
    }
  }
  return true;
}

bool oio_trace_rules_accept(struct oio_trace_rules *rules, const struct oio_record *record, struct oio_trace_why *why) {
  if (!fits_itself(rules, record, why)) return false;
  if (record->time_ps < rules->last_time_ps) {
    oio_trace_why_set(why, "time %" PRIu64 " is before the record above (%" PRIu64 "); sort the trace by time, as `oio trace import` does",
                      record->time_ps, rules->last_time_ps);
    return false;
  }
  if (rules->records > 0 && record->id != rules->last_id + 1) {
    oio_trace_why_set(why, "id %" PRIu64 " does not follow the record above (%" PRIu64 "); number the records one by one", record->id,
                      rules->last_id);
    return false;
  }
  if (record->waits_count > 0 && !(waits_rise(record, why) && delays_fit(rules, record, why))) return false;
  rules->records++;
  rules->last_id = record->id;
  rules->last_time_ps = record->time_ps;
  return true;
}

static bool printable(const char *text, size_t room) {
  const char *end = memchr(text, '\0', room);
  if (end == NULL) return false;
  for (; text < end; text++)
    if (*text < ' ' || *text > '~') return false;
  return true;
}

bool oio_trace_rules_header(const struct oio_trace_header *header, struct oio_trace_why *why) {
  struct oio_error error;
  const uint32_t dies = header->dies == 0 ? 2 : header->dies;
  if (header->version < 1 || header->version > OIO_TRACE_VERSION)
    oio_trace_why_set(why, "version %" PRIu32 "; a trace is of version 1 or 2", header->version);
  else if (header->dies > 0 && header->version < 2)
    oio_trace_why_set(why, "a number of dies has no place in version 1; write version 2, or leave it out");
  else if (dies < 2 || dies > OIO_TRACE_NODES_MAX)
    oio_trace_why_set(why, "%" PRIu32 " dies; a net has 2 to %d", dies, OIO_TRACE_NODES_MAX);
  else if (header->nodes < 1 || header->nodes > OIO_TRACE_NODES_MAX)
    oio_trace_why_set(why, "%" PRIu32 " nodes; a trace has 1 to %d", header->nodes, OIO_TRACE_NODES_MAX);
  else if (!printable(header->source, sizeof header->source))
    oio_trace_why_set(why, "the source is not one line of printable ASCII of at most %zu characters; shorten it",
                      sizeof header->source - 1);
  else if (!printable(header->map, sizeof header->map))
    oio_trace_why_set(why, "the map is not printable or longer than %zu characters; shorten it", sizeof header->map - 1);
  else if (header->map[0] != '\0' && oio_trace_map_parse(header->map, header->nodes, dies, NULL, &error) != OIO_OK)
    oio_trace_why_set(why, "%.190s", error.text);
  else
    return true;
  return false;
}
