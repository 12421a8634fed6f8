/* SPDX-License-Identifier: Apache-2.0 */
/**
 * What some independent values of one quantity say of its mean: of the same run with other seeds, or of the batches of a run.
 */
#ifndef OIO_ESTIMATE_H
#define OIO_ESTIMATE_H

#include "oio/base.h"

#ifdef __cplusplus
extern "C" {
#endif

struct oio_estimate {
  uint64_t values;
  double mean, min, max;
  double within; /**< the mean lies within mean - within .. mean + within with 95 % confidence (Student's t); 0: less than two values */
};

/** Student's t: a value of so many degrees of freedom is within -t .. t with a probability of 95 %. To one part in 10^4.
 *  Precondition: at least 1. */
double oio_student_t95(uint64_t degrees);
/** All 0 without values. */
void oio_estimate_of(struct oio_estimate *estimate, const double *values, uint64_t count);

#ifdef __cplusplus
}
#endif
#endif
