/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Is a run long enough and even enough to believe its mean? Batches of successive latencies are as good as independent, if they are large:
 * then the mean of theirs has an interval by Student's t, the means of both halves differ by no more than chance, and neighbours are not
 * alike.
 */
#ifndef OIO_STEADY_H
#define OIO_STEADY_H

#include "oio/estimate.h"
#include "traffic/batches.h"

/* TOO_FEW: less than ten batches. DRIFTING: the second half differs from the first by more than three standard errors and a hundredth.
 * CORRELATED: neighbouring batches are alike, beyond chance: intervals are too narrow. */
enum oio_steadiness { OIO_TOO_FEW = 0, OIO_DRIFTING, OIO_CORRELATED, OIO_STEADY };

struct oio_steady {
  enum oio_steadiness verdict;
  uint32_t batches;
  uint64_t each; /* messages of a batch */
  double first_half_ps, second_half_ps;
  double correlation;                       /* of neighbouring batches */
  struct oio_estimate mean, p50, p99, p999; /* of the batches' own; without values where a batch has less than 5 above the quantile */
};

void oio_steady(struct oio_steady *steady, const struct oio_batches *batches);
/* "too_few", "drifting", "correlated", "steady" */
const char *oio_steady_word(enum oio_steadiness verdict);

#endif
