/* SPDX-License-Identifier: Apache-2.0 */
#include "oio/histogram.h"

#include "base/precondition.h"
#include "traffic/buckets.h"

#include <stdlib.h>
#include <string.h>

enum oio_status oio_histogram_create(struct oio_histogram *histogram) {
  memset(histogram, 0, sizeof *histogram);
  histogram->buckets = calloc(OIO_HISTOGRAM_BUCKETS, sizeof *histogram->buckets);
  return histogram->buckets == NULL ? OIO_ERR_NOMEM : OIO_OK;
}

void oio_histogram_destroy(struct oio_histogram *histogram) {
  free(histogram->buckets);
  histogram->buckets = NULL;
}

void oio_histogram_add(struct oio_histogram *histogram, oio_time_ps value_ps) {
  if (value_ps < histogram->min || histogram->count == 0) histogram->min = value_ps;
  if (value_ps > histogram->max) histogram->max = value_ps;
  histogram->count++;
  oio_sum_add(&histogram->sum, value_ps);
  histogram->buckets[oio_bucket_of(value_ps, OIO_HISTOGRAM_BITS)]++;
}

double oio_histogram_mean(const struct oio_histogram *histogram) {
  if (histogram->count == 0) return 0;
  return oio_sum_value(&histogram->sum) / (double)histogram->count;
}

oio_time_ps oio_histogram_quantile(const struct oio_histogram *histogram, double q) {
  OIO_PRECONDITION(q >= 0 && q <= 1);
  if (histogram->count == 0) return 0;
  const uint64_t rank = oio_quantile_rank(histogram->count, q);
  uint64_t seen = 0;
  for (unsigned i = 0; i < OIO_HISTOGRAM_BUCKETS; i++) {
    seen += histogram->buckets[i];
    if (seen < rank) continue;
    const uint64_t top = oio_bucket_top(i, OIO_HISTOGRAM_BITS);
    return top < histogram->max ? top : histogram->max;
  }
  return histogram->max;
}

oio_time_ps oio_histogram_top_ps(unsigned bucket) {
  OIO_PRECONDITION(bucket < OIO_HISTOGRAM_BUCKETS);
  return oio_bucket_top(bucket, OIO_HISTOGRAM_BITS);
}
