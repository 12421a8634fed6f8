/* SPDX-License-Identifier: Apache-2.0 */
#include "outcome.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const struct {
  const char *name, *path;
} short_names[] = {{"min", "latency_ps.min"},   {"mean", "latency_ps.mean"}, {"p50", "latency_ps.p50"},        {"p99", "latency_ps.p99"},
                   {"p999", "latency_ps.p999"}, {"max", "latency_ps.max"},   {"goodput", "goodput_bits_per_s"}};

const char *outcome_path(const char *name) {
  for (size_t i = 0; i < sizeof short_names / sizeof short_names[0]; i++) {
    if (strcmp(short_names[i].name, name) == 0) return short_names[i].path;
  }
  return name;
}

/* The histogram is the longest part by far, and the last one. */
static void cut_latency(char *line) {
  static const char member[] = ",\"latency\":{\"count\":";
  char *at = strstr(line, member);
  if (at != NULL) memcpy(at, "}", 2);
}

enum oio_status outcome_read(struct outcome *outcome, char *line, bool latency, struct oio_error *error) {
  json_error_t cause;
  if (!latency) cut_latency(line);
  *outcome = (struct outcome){.object = json_loads(line, 0, &cause)};
  const json_t *number = json_object_get(outcome->object, "number"), *point = json_object_get(outcome->object, "point"),
               *seed = json_object_get(outcome->object, "seed");
  outcome->error = json_string_value(json_object_get(outcome->object, "error"));
  if (!json_is_integer(number) || !json_is_integer(point) || outcome->error == NULL ||
      !json_is_object(json_object_get(outcome->object, "values"))) {
    const bool parsed = outcome->object != NULL;
    outcome_free(outcome);
    return oio_error_set(error, OIO_ERR_FORMAT, "a line of the sweep cannot be read: %.120s; do that run again",
                         parsed ? "parts are missing" : cause.text);
  }
  outcome->number = (uint64_t)json_integer_value(number);
  outcome->point = (uint64_t)json_integer_value(point);
  outcome->seed = (uint64_t)json_integer_value(seed);
  outcome->good = json_is_true(json_object_get(outcome->object, "good"));
  return OIO_OK;
}

void outcome_free(struct outcome *outcome) {
  json_decref(outcome->object);
  outcome->object = NULL;
}

const json_t *outcome_value(const struct outcome *outcome, const char *key) {
  return json_object_get(json_object_get(outcome->object, "values"), key);
}

const char *outcome_show(const json_t *value, char out[OUTCOME_TEXT_BYTES]) {
  if (json_is_string(value))
    snprintf(out, OUTCOME_TEXT_BYTES, "%s", json_string_value(value));
  else
    snprintf(out, OUTCOME_TEXT_BYTES, "%.15g", json_number_value(value));
  return out;
}

bool outcome_figure(const struct outcome *outcome, const char *name, double *value) {
  char part[64];
  const char *path = outcome_path(name);
  const json_t *at = json_object_get(outcome->object, "results");
  while (*path != '\0' && at != NULL) {
    const size_t nbytes = strcspn(path, ".");
    if (nbytes >= sizeof part) return false;
    memcpy(part, path, nbytes);
    part[nbytes] = '\0';
    at = json_object_get(at, part);
    path += nbytes + (path[nbytes] == '.');
  }
  if (!json_is_number(at)) return false;
  *value = json_number_value(at);
  return true;
}

__extension__ typedef unsigned __int128 wide;

/* Digits to 128 bits. */
static bool read_sum(const char *text, struct oio_sum_ps *sum) {
  wide value = 0;
  if (text == NULL || *text == '\0') return false;
  for (; *text >= '0' && *text <= '9'; text++) value = 10 * value + (unsigned)(*text - '0');
  sum->low = (uint64_t)value;
  sum->high = (uint64_t)(value >> 64);
  return *text == '\0';
}

static void add_sum(struct oio_sum_ps *to, const struct oio_sum_ps *sum) {
  oio_sum_add(to, sum->low);
  to->high += sum->high;
}

/* Buckets rise, and each is known by its largest time. */
static bool add_buckets(const json_t *buckets, struct oio_histogram *histogram, uint64_t *counted) {
  size_t index;
  json_t *pair;
  unsigned bucket = 0;
  json_array_foreach(buckets, index, pair) {
    const json_t *top = json_array_get(pair, 0), *count = json_array_get(pair, 1);
    if (!json_is_integer(top) || !json_is_integer(count)) return false;
    while (bucket + 1 < OIO_HISTOGRAM_BUCKETS && oio_histogram_top_ps(bucket) < (uint64_t)json_integer_value(top)) bucket++;
    if (oio_histogram_top_ps(bucket) != (uint64_t)json_integer_value(top)) return false;
    histogram->buckets[bucket] += (uint64_t)json_integer_value(count);
    *counted += (uint64_t)json_integer_value(count);
  }
  return true;
}

bool outcome_add_latency(const struct outcome *outcome, struct oio_histogram *histogram) {
  const json_t *latency = json_object_get(outcome->object, "latency");
  const uint64_t count = (uint64_t)json_integer_value(json_object_get(latency, "count"));
  const uint64_t min = (uint64_t)json_integer_value(json_object_get(latency, "min_ps"));
  const uint64_t max = (uint64_t)json_integer_value(json_object_get(latency, "max_ps"));
  struct oio_sum_ps sum;
  uint64_t counted = 0;
  if (!read_sum(json_string_value(json_object_get(latency, "sum_ps")), &sum)) return false;
  if (!add_buckets(json_object_get(latency, "buckets"), histogram, &counted) || counted != count) return false;
  if (count == 0) return true;
  if (histogram->count == 0 || min < histogram->min) histogram->min = min;
  if (max > histogram->max) histogram->max = max;
  histogram->count += count;
  add_sum(&histogram->sum, &sum);
  return true;
}
