/* SPDX-License-Identifier: Apache-2.0 */
#include "seeds.h"

#include "oio/estimate.h"
#include "quoted.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

/* What adds up, and what has a mean. */
static const char *const counted[] = {"sent",      "delivered",  "lost",  "outstanding", "dropped", "revived", "duplicated", "reordered",
                                      "corrupted", "undetected", "local", "records",     "retries", "flits",   "fec"};
static const char *const figures[SEEDS_FIGURES] = {"latency_ps.mean",    "latency_ps.p50", "latency_ps.p99",
                                                   "goodput_bits_per_s", "iteration_ps",   "efficiency"};

static enum oio_status no_memory(struct oio_error *error) {
  return oio_error_set(error, OIO_ERR_NOMEM, "out of memory; close other programs");
}

enum oio_status seeds_start(struct seeds *seeds, struct oio_error *error) {
  *seeds = (struct seeds){.counts = json_object()};
  return seeds->counts == NULL || oio_histogram_create(&seeds->latency) != OIO_OK ? no_memory(error) : OIO_OK;
}

void seeds_free(struct seeds *seeds) {
  json_decref(seeds->values);
  json_decref(seeds->counts);
  for (unsigned f = 0; f < SEEDS_FIGURES; f++) free(seeds->figure[f]);
  oio_histogram_destroy(&seeds->latency);
}

/* Whole numbers add; an object does so member by member. False: out of memory. */
static bool add_count(json_t *to, const char *name, json_t *value) {
  json_t *at = json_object_get(to, name);
  if (!json_is_object(value)) return json_object_set_new(to, name, json_integer(json_integer_value(at) + json_integer_value(value))) == 0;
  if (at == NULL && json_object_set_new(to, name, json_object()) != 0) return false;
  const char *part;
  json_t *count;
  json_object_foreach(value, part, count) {
    if (!add_count(json_object_get(to, name), part, count)) return false;
  }
  return true;
}

static bool make_room(struct seeds *seeds) {
  if (seeds->runs < seeds->room) return true;
  const uint64_t room = 2 * seeds->room + 8;
  for (unsigned f = 0; f < SEEDS_FIGURES; f++) {
    double *more = realloc(seeds->figure[f], room * sizeof *more);
    if (more == NULL) return false;
    seeds->figure[f] = more;
  }
  seeds->room = room;
  return true;
}

static enum oio_status add_results(struct seeds *seeds, const struct outcome *outcome, struct oio_error *error) {
  json_t *results = json_object_get(outcome->object, "results");
  if (!make_room(seeds)) return no_memory(error);
  for (size_t i = 0; i < sizeof counted / sizeof counted[0]; i++) {
    json_t *count = json_object_get(results, counted[i]);
    if (count != NULL && !add_count(seeds->counts, counted[i], count)) return no_memory(error);
  }
  for (unsigned f = 0; f < SEEDS_FIGURES; f++) {
    double value;
    seeds->figure[f][seeds->runs] = outcome_figure(outcome, figures[f], &value) ? value : 0;
  }
  seeds->runs++;
  if (outcome_add_latency(outcome, &seeds->latency)) return OIO_OK;
  return oio_error_set(error, OIO_ERR_FORMAT, "run %" PRIu64 ": its latencies do not add up; do it again", outcome->number);
}

enum oio_status seeds_add(struct seeds *seeds, const struct outcome *outcome, struct oio_error *error) {
  if (seeds->values == NULL) {
    seeds->values = json_incref(json_object_get(outcome->object, "values"));
    seeds->point = outcome->point;
    seeds->first = outcome->seed;
  }
  seeds->last = outcome->seed;
  seeds->bad += !outcome->good;
  return outcome->error[0] != '\0' ? OIO_OK : add_results(seeds, outcome, error);
}

static void put_figures(const struct seeds *seeds, FILE *out) {
  for (unsigned f = 0; f < SEEDS_FIGURES; f++) {
    struct oio_estimate e;
    oio_estimate_of(&e, seeds->figure[f], seeds->runs);
    fprintf(out, "%s\"%s\":{\"mean\":%.6f,\"within\":%.6f,\"min\":%.6f,\"max\":%.6f}", f == 0 ? "" : ",", figures[f], e.mean, e.within,
            e.min, e.max);
  }
}

static void put_latency(const struct oio_histogram *latency, FILE *out) {
  static const struct {
    const char *name;
    double quantile;
  } quantiles[] = {{"p50", 0.5}, {"p99", 0.99}, {"p999", 0.999}};
  fprintf(out, "\"latency_ps\":{\"min\":%" PRIu64 ",\"mean\":%.6f", latency->min, oio_histogram_mean(latency));
  for (size_t i = 0; i < sizeof quantiles / sizeof quantiles[0]; i++)
    fprintf(out, ",\"%s\":%" PRIu64, quantiles[i].name, oio_histogram_quantile(latency, quantiles[i].quantile));
  fprintf(out, ",\"max\":%" PRIu64 "}", latency->max);
}

void seeds_put(const struct seeds *seeds, FILE *out) {
  char *values = json_dumps(seeds->values, JSON_COMPACT | JSON_REAL_PRECISION(15)), *counts = json_dumps(seeds->counts, JSON_COMPACT);
  fprintf(out,
          "{\"point\":%" PRIu64 ",\"seeds\":[%" PRIu64 ",%" PRIu64 "],\"runs\":%" PRIu64 ",\"bad\":%" PRIu64
          ",\"values\":%s,\"counts\":%s,\"figures\":{",
          seeds->point, seeds->first, seeds->last, seeds->runs, seeds->bad, values != NULL ? values : "", counts != NULL ? counts : "");
  put_figures(seeds, out);
  fputs("},", out);
  put_latency(&seeds->latency, out);
  quoted_put_latency(out, &seeds->latency);
  fputs("}\n", out);
  free(values);
  free(counts);
}
