/* SPDX-License-Identifier: Apache-2.0 */
/** The runs of one point, which differ in their seed alone, added up. */
#ifndef SWEEP_SEEDS_H
#define SWEEP_SEEDS_H

#include "outcome.h"

enum { SEEDS_FIGURES = 6 };

struct seeds {
  uint64_t point, runs, bad; /**< runs: with results; bad: not good, with results or without */
  uint64_t first, last;      /**< seeds */
  json_t *values, *counts;
  double *figure[SEEDS_FIGURES]; /**< of each run */
  uint64_t room;
  struct oio_histogram latency; /**< of all */
};

/** All 0, and room for latencies. */
enum oio_status seeds_start(struct seeds *seeds, struct oio_error *error);
void seeds_free(struct seeds *seeds);
/** Adds a run, which was read with its latencies. OIO_ERR_FORMAT: they are not sound. */
enum oio_status seeds_add(struct seeds *seeds, const struct outcome *outcome, struct oio_error *error);
/** The line, with its newline: docs/sweep.schema.json. Precondition: there is a run. */
void seeds_put(const struct seeds *seeds, FILE *out);

#endif
