/* SPDX-License-Identifier: Apache-2.0 */
#include "oio/histogram.h"

#include "base/precondition.h"

#include <stdlib.h>
#include <string.h>

enum { SUB = 1 << OIO_HISTOGRAM_BITS };

/* Values below 2 SUB have buckets of their own; above, SUB buckets for every power of two. */
static unsigned bucket_of(uint64_t value) {
  if (value < SUB) return (unsigned)value;
  const unsigned shift = (unsigned)(63 - OIO_HISTOGRAM_BITS) - (unsigned)__builtin_clzll(value);
  return (unsigned)((shift << OIO_HISTOGRAM_BITS) + (value >> shift));
}

static uint64_t top_of(unsigned bucket) {
  if (bucket < 2 * SUB) return bucket;
  const unsigned shift = (bucket >> OIO_HISTOGRAM_BITS) - 1;
  const uint64_t base = (bucket & (SUB - 1)) + SUB;
  return ((base + 1) << shift) - 1;
}

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
  histogram->buckets[bucket_of(value_ps)]++;
}

double oio_histogram_mean(const struct oio_histogram *histogram) {
  if (histogram->count == 0) return 0;
  return oio_sum_value(&histogram->sum) / (double)histogram->count;
}

oio_time_ps oio_histogram_quantile(const struct oio_histogram *histogram, double q) {
  OIO_PRECONDITION(q >= 0 && q <= 1);
  if (histogram->count == 0) return 0;
  const double exact = q * (double)histogram->count;
  uint64_t rank = (uint64_t)exact;
  if ((double)rank < exact) rank++;
  if (rank == 0) rank = 1;
  uint64_t seen = 0;
  for (unsigned i = 0; i < OIO_HISTOGRAM_BUCKETS; i++) {
    seen += histogram->buckets[i];
    if (seen < rank) continue;
    const uint64_t top = top_of(i);
    return top < histogram->max ? top : histogram->max;
  }
  return histogram->max;
}
