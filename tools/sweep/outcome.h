/* SPDX-License-Identifier: Apache-2.0 */
/** A line of a sweep, read again. */
#ifndef SWEEP_OUTCOME_H
#define SWEEP_OUTCOME_H

#include "oio/histogram.h"

#include <jansson.h>

enum { OUTCOME_TEXT_BYTES = 1100 };

struct outcome {
  json_t *object;
  uint64_t number, point, seed;
  bool good;
  const char *error; /**< "": the run took place */
};

/** Reads a line, whose text is cut. latency: with its histogram. OIO_ERR_FORMAT: it is none. The outcome is to be freed. */
enum oio_status outcome_read(struct outcome *outcome, char *line, bool latency, struct oio_error *error);
void outcome_free(struct outcome *outcome);
/** A key that was swept; NULL: it was not. */
const json_t *outcome_value(const struct outcome *outcome, const char *key);
/** A value as people read it: text without quotes, a number in 15 digits at most; returns out. */
const char *outcome_show(const json_t *value, char out[OUTCOME_TEXT_BYTES]);
/** A figure by name: p50, goodput, ..., or where it is in the results, such as retries.crc. False: there is none, or it is no number. */
bool outcome_figure(const struct outcome *outcome, const char *name, double *value);
/** The path of a figure in the results, of a short name; the name itself where it is none. */
const char *outcome_path(const char *name);
/** Adds the run's latencies, exactly. False: they were not read, or are not sound. */
bool outcome_add_latency(const struct outcome *outcome, struct oio_histogram *histogram);

#endif
