/* SPDX-License-Identifier: Apache-2.0 */
/** Where chance alone may take a figure of a run that is to be as a golden one: one rule for the mean and for percentiles. */
#ifndef RESULTS_CHANCE_H
#define RESULTS_CHANCE_H

#include "results_open.h"

/** Of a run's batches: within how much of what it estimates each lies with 95 %; 0: there are none. */
struct batches {
  double mean, p50, p99, p999;
};

/** A golden run and the one that is to be as it is. */
struct chance_runs {
  const struct results_db *db;
  int64_t golden, fresh;
  bool beside;                        /**< the fresh one is in the database beside, `fresh`; else both are in one */
  struct batches of_golden, of_fresh; /**< by chance_look */
};

/** Infinite: nothing bounds it. known false: the latencies that it would be told by are not kept, and it is the value alone. */
struct chance {
  double low, high;
  bool known;
};

/** Has the figure chance of its own? The mean and the percentiles have; what has none, as a count, does not move by chance. */
bool chance_has(const char *figure);
/** Fills the batches. */
enum oio_status chance_look(struct chance_runs *runs, struct oio_error *error);
/**
 * Of a figure whose golden value this is: by the golden histogram, and by batches where those say more. Where the golden run has no batches
 * those of the new one say as much. What has no chance of its own is known, and the value alone.
 */
struct chance chance_of(const struct chance_runs *runs, const char *figure, double value);

#endif
