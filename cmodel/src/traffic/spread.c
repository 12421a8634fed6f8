/* SPDX-License-Identifier: Apache-2.0 */
#include "traffic/spread.h"

#include <stddef.h>
#include <string.h>

double oio_spread_mean(const struct oio_spread *spread) {
  return spread->count == 0 ? 0 : oio_sum_value(&spread->sum) / (double)spread->count;
}

oio_time_ps oio_spread_quantile(const struct oio_spread *spread, double q) {
  if (spread->count == 0) return 0;
  const uint64_t rank = oio_quantile_rank(spread->count, q);
  uint64_t seen = 0;
  for (unsigned i = oio_spread_bucket(spread->min); i < OIO_SPREAD_BUCKETS - 1; i++) {
    seen += spread->buckets[i];
    if (seen < rank) continue;
    const uint64_t top = oio_bucket_top(i, OIO_SPREAD_BITS);
    return top < spread->max ? top : spread->max;
  }
  return spread->max;
}

void oio_spread_move(struct oio_spread *spread, struct oio_spread *from) {
  if (from->count > 0) {
    if (spread->count == 0 || from->min < spread->min) spread->min = from->min;
    if (from->max > spread->max) spread->max = from->max;
    spread->count += from->count;
    oio_sum_add(&spread->sum, from->sum.low);
    spread->sum.high += from->sum.high;
    for (unsigned i = oio_spread_bucket(from->min); i <= oio_spread_bucket(from->max); i++) {
      spread->buckets[i] += from->buckets[i];
      from->buckets[i] = 0;
    }
  }
  memset(from, 0, offsetof(struct oio_spread, buckets));
}
