/* SPDX-License-Identifier: Apache-2.0 */
#include "trace/trace_rules.h"

#include "hex.h"

#include <stdio.h>
#include <string.h>

enum { FIELDS = 6 };

static const char *const field_names[FIELDS + 1] = {"time", "source", "destination", "virtual channel", "bytes", "id", "waits"};

/* Says what stands where something else was expected; the rest of the line is not shown: it may be anything. */
static bool unexpected(const char *at, const char *expected, struct oio_trace_why *why) {
  const unsigned char found = (unsigned char)*at;
  if (found == '\n')
    oio_trace_why_set(why, "the line ends where %s is expected; restore it, or copy the file again", expected);
  else if (found == '\r')
    oio_trace_why_set(why, "a carriage return where %s is expected; convert the line ends to newlines alone", expected);
  else if (found >= ' ' && found <= '~')
    oio_trace_why_set(why, "'%c' where %s is expected; correct the line or import the trace again", found, expected);
  else
    oio_trace_why_set(why, "byte 0x%02x where %s is expected; correct the line or import the trace again", found, expected);
  return false;
}

static bool number_fails(const char *begin, const char *at, const char *name, struct oio_trace_why *why) {
  if (at == begin) {
    char expected[40];
    snprintf(expected, sizeof expected, "a number (%s)", name);
    return unexpected(at, expected, why);
  }
  oio_trace_why_set(why, "the number for %s has %zu digits; at most 19 can be read", name, (size_t)(at - begin));
  return false;
}

/* What stands behind the id of a wait: `+` and its delay, or nothing. */
static bool parse_delay(const char **at, struct oio_record *record, oio_time_ps *delays_ps, struct oio_trace_why *why) {
  const uint32_t wait = record->waits_count;
  if (delays_ps == NULL && **at == '+') {
    oio_trace_why_set(why, "a delay (+) in a trace of version 1; write oio-trace 2 in the first line, or leave the delay out");
    return false;
  }
  if (delays_ps == NULL) return true;
  delays_ps[wait] = 0;
  if (**at != '+') return true;
  const char *begin = ++*at;
  record->delays_ps = delays_ps;
  return oio_trace_number(at, &delays_ps[wait]) || number_fails(begin, *at, "delay", why);
}

static bool parse_waits(const char **line, struct oio_record *record, uint64_t *waits, oio_time_ps *delays_ps, struct oio_trace_why *why) {
  const char *at = *line;
  record->waits = waits;
  record->delays_ps = NULL;
  record->waits_count = 0;
  if (*at == '-') {
    *line = at + 1;
    return true;
  }
  for (;; at++) {
    const char *begin = at;
    if (record->waits_count == OIO_TRACE_WAITS_MAX) {
      oio_trace_why_set(why, "waits for more than %d messages; wait for the last ones only", OIO_TRACE_WAITS_MAX);
      return false;
    }
    if (!oio_trace_number(&at, &waits[record->waits_count])) return number_fails(begin, at, field_names[FIELDS], why);
    if (!parse_delay(&at, record, delays_ps, why)) return false;
    record->waits_count++;
    if (*at != ',') break;
  }
  *line = at;
  return true;
}

static bool parse_payload(const char **line, struct oio_record *record, uint8_t *payload, struct oio_trace_why *why) {
  const char *at = *line;
  uint64_t count = 0;
  for (;; at += 2, count++) {
    const int high = oio_hex_digit(at[0]), low = high < 0 ? -1 : oio_hex_digit(at[1]);
    if (low < 0) break;
    if (count < OIO_TRACE_PAYLOAD_MAX) payload[count] = (uint8_t)(high << 4 | low);
  }
  if (oio_hex_digit(*at) >= 0) return unexpected(at + 1, "the second hexadecimal digit of a payload byte", why);
  if (*at == '\n' && count != record->bytes) {
    oio_trace_why_set(why, "a payload of %llu bytes in a message of %llu; write all its bytes or none", (unsigned long long)count,
                      (unsigned long long)record->bytes);
    return false;
  }
  record->payload = payload;
  *line = at;
  return true;
}

bool oio_trace_line_parse(const char *line, struct oio_record *record, uint64_t *waits, oio_time_ps *delays_ps, uint8_t *payload,
                          struct oio_trace_why *why) {
  uint64_t value[FIELDS];
  const char *at = line;
  for (unsigned i = 0; i < FIELDS; i++) {
    const char *begin = at;
    if (!oio_trace_number(&at, &value[i])) return number_fails(begin, at, field_names[i], why);
    if (*at != ' ') return unexpected(at, "one space", why);
    at++;
  }
  record->time_ps = value[0];
  /* A value that does not fit its field stays out of every range, and is refused with the rest. */
  record->source = value[1] > UINT32_MAX ? UINT32_MAX : (uint32_t)value[1];
  record->destination = value[2] > UINT32_MAX ? UINT32_MAX : (uint32_t)value[2];
  record->vc = value[3] > UINT8_MAX ? UINT8_MAX : (uint8_t)value[3];
  record->bytes = value[4];
  record->id = value[5];
  record->payload = NULL;
  if (!parse_waits(&at, record, waits, delays_ps, why)) return false;
  if (*at == ' ') {
    at++;
    if (!parse_payload(&at, record, payload, why)) return false;
  }
  return *at == '\n' || unexpected(at, "the end of the line", why);
}

static char *put_number(char *out, uint64_t value) {
  char digits[20];
  size_t count = 0;
  do digits[sizeof digits - ++count] = (char)('0' + value % 10);
  while ((value /= 10) != 0);
  memcpy(out, digits + sizeof digits - count, count);
  return out + count;
}

static char *put_waits(char *out, const struct oio_record *record) {
  if (record->waits_count == 0) *out++ = '-';
  for (uint32_t i = 0; i < record->waits_count; i++) {
    if (i > 0) *out++ = ',';
    out = put_number(out, record->waits[i]);
    if (record->delays_ps == NULL || record->delays_ps[i] == 0) continue;
    *out++ = '+';
    out = put_number(out, record->delays_ps[i]);
  }
  return out;
}

size_t oio_trace_line_format(const struct oio_record *record, char *out) {
  static const char hex[] = "0123456789abcdef";
  const uint64_t value[FIELDS] = {record->time_ps, record->source, record->destination, record->vc, record->bytes, record->id};
  char *at = out;
  for (unsigned i = 0; i < FIELDS; i++) {
    at = put_number(at, value[i]);
    *at++ = ' ';
  }
  at = put_waits(at, record);
  if (record->payload != NULL) {
    *at++ = ' ';
    for (uint64_t i = 0; i < record->bytes; i++) {
      *at++ = hex[record->payload[i] >> 4];
      *at++ = hex[record->payload[i] & 15];
    }
  }
  *at++ = '\n';
  return (size_t)(at - out);
}
