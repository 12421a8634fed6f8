/* SPDX-License-Identifier: Apache-2.0 */
/* Buckets of times that are to 2^bits each: values below 2 * 2^bits have their own, above there are 2^bits for every power of two. */
#ifndef OIO_BUCKETS_H
#define OIO_BUCKETS_H

#include <stdint.h>

static inline unsigned oio_bucket_of(uint64_t value, unsigned bits) {
  if (value < (uint64_t)1 << bits) return (unsigned)value;
  const unsigned shift = 63 - bits - (unsigned)__builtin_clzll(value);
  return (unsigned)((shift << bits) + (value >> shift));
}

/* The largest value of a bucket. */
static inline uint64_t oio_bucket_top(unsigned bucket, unsigned bits) {
  const unsigned own = 1u << bits;
  if (bucket < 2 * own) return bucket;
  const unsigned shift = (bucket >> bits) - 1;
  const uint64_t base = (bucket & (own - 1)) + own;
  return ((base + 1) << shift) - 1;
}

/* Which of count values the quantile q is, from 1. */
static inline uint64_t oio_quantile_rank(uint64_t count, double q) {
  const double exact = q * (double)count;
  uint64_t rank = (uint64_t)exact;
  if ((double)rank < exact) rank++;
  return rank == 0 ? 1 : rank;
}

#endif
