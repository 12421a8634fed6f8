/* SPDX-License-Identifier: Apache-2.0 */
/* Times, counted more coarsely than in oio/histogram.h, where there are many such counts: quantiles to one part in 64, up to a second;
 * those above are one bucket. All zero is empty; what is never touched of it takes no memory. */
#ifndef OIO_SPREAD_H
#define OIO_SPREAD_H

#include "oio/base.h"
#include "traffic/buckets.h"

enum { OIO_SPREAD_BITS = 6, OIO_SPREAD_OCTAVES = 40, OIO_SPREAD_BUCKETS = (OIO_SPREAD_OCTAVES - OIO_SPREAD_BITS + 1) << OIO_SPREAD_BITS };

struct oio_spread {
  uint64_t count;
  struct oio_sum_ps sum;
  oio_time_ps min, max;
  uint64_t buckets[OIO_SPREAD_BUCKETS];
};

static inline unsigned oio_spread_bucket(oio_time_ps value_ps) {
  return value_ps >> OIO_SPREAD_OCTAVES == 0 ? oio_bucket_of(value_ps, OIO_SPREAD_BITS) : OIO_SPREAD_BUCKETS - 1;
}

static inline void oio_spread_add(struct oio_spread *spread, oio_time_ps value_ps, unsigned bucket) {
  if (value_ps < spread->min || spread->count == 0) spread->min = value_ps;
  if (value_ps > spread->max) spread->max = value_ps;
  spread->count++;
  oio_sum_add(&spread->sum, value_ps);
  spread->buckets[bucket]++;
}

/* 0 when nothing was added. */
double oio_spread_mean(const struct oio_spread *spread);
/* As oio_histogram_quantile. */
oio_time_ps oio_spread_quantile(const struct oio_spread *spread, double q);
/* Adds what is counted in `from`, which is empty then. */
void oio_spread_move(struct oio_spread *spread, struct oio_spread *from);

#endif
