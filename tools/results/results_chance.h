/* SPDX-License-Identifier: Apache-2.0 */
/** Where chance alone may take a figure of a run that is to be as a golden one: one rule for the mean and for percentiles. */
#ifndef RESULTS_CHANCE_H
#define RESULTS_CHANCE_H

#include "results_check.h"

/** Of a run's batches: within how much of what it estimates each lies with 95 %; 0: there are none. */
struct batches {
  double mean, p50, p99, p999;
};

/** Infinite: nothing bounds it. known false: the latencies that it would be told by are not kept, and it is the value alone. */
struct chance {
  double low, high;
  bool known;
};

/**
 * Of a watched figure whose golden value this is: by the golden histogram, and by batches where those say more. Where the golden run has no
 * batches those of the new one say as much. What has no chance of its own, as a count, is known, and the value alone.
 */
struct chance chance_of(const struct check *check, const struct checked *run, const struct watched *watched, double value,
                        const struct batches *golden, const struct batches *fresh);

#endif
