/* SPDX-License-Identifier: Apache-2.0 */
/**
 * Times, counted: exact minimum, maximum, sum and count; quantiles to one part in 1024. Below 1024 ps every value has its own bucket.
 */
#ifndef OIO_HISTOGRAM_H
#define OIO_HISTOGRAM_H

#include "oio/base.h"

#ifdef __cplusplus
extern "C" {
#endif

enum { OIO_HISTOGRAM_BITS = 10, OIO_HISTOGRAM_BUCKETS = (64 - OIO_HISTOGRAM_BITS + 1) << OIO_HISTOGRAM_BITS };

struct oio_histogram {
  uint64_t count;
  struct oio_sum_ps sum;
  oio_time_ps min, max;
  uint64_t *buckets;
};

enum oio_status oio_histogram_create(struct oio_histogram *histogram);
void oio_histogram_destroy(struct oio_histogram *histogram);
void oio_histogram_add(struct oio_histogram *histogram, oio_time_ps value_ps);
/** 0 when nothing was added. */
double oio_histogram_mean(const struct oio_histogram *histogram);
/** The smallest value that at least the fraction q (precondition: 0..1) of all are at or below, rounded up to its bucket's top but never
 * above max. */
oio_time_ps oio_histogram_quantile(const struct oio_histogram *histogram, double q);
/** The largest time that is counted in a bucket. Precondition: there is such a bucket. */
oio_time_ps oio_histogram_top_ps(unsigned bucket);

#ifdef __cplusplus
}
#endif
#endif
