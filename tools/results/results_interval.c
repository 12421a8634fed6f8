/* SPDX-License-Identifier: Apache-2.0 */
#include "results_interval.h"

#include <math.h>

static const double tail = 0.025, normal = 1.959963984540054; /* of 97.5 % */
static const double exact_most = 500;

/* The most j with P(K < j) <= tail; K counts from the side where few are expected, so that P(K = 0) is no underflow. */
static uint64_t rank_from_below(uint64_t n, double q) {
  double one = exp((double)n * log1p(-q)), sum = 0; /* P(K = j), P(K < j) */
  uint64_t j = 0;
  while (j < n && sum + one <= tail) {
    sum += one;
    one *= (double)(n - j) / (double)(j + 1) * q / (1 - q);
    j++;
  }
  return j;
}

/* The least j with P(K >= j) <= tail, of the same. */
static uint64_t rank_from_above(uint64_t n, double q) {
  double one = exp((double)n * log1p(-q)), sum = 0; /* P(K = j), P(K < j) */
  uint64_t j = 0;
  while (j <= n && 1 - sum > tail) {
    sum += one;
    one *= j < n ? (double)(n - j) / (double)(j + 1) * q / (1 - q) : 0;
    j++;
  }
  return j;
}

static struct results_ranks approximately(uint64_t n, double q) {
  const double middle = (double)n * q, away = normal * sqrt((double)n * q * (1 - q));
  return (struct results_ranks){(uint64_t)fmax(0, floor(middle - away)), (uint64_t)ceil(middle + away) + 1};
}

struct results_ranks results_ranks_of(uint64_t n, double q) {
  if ((double)n * fmin(q, 1 - q) > exact_most) return approximately(n, q);
  if (q <= 0.5) return (struct results_ranks){rank_from_below(n, q), rank_from_above(n, q)};
  /* Those above are few: K is at least u when at most n - u are above, and below l when at least n - l + 1 are. */
  const uint64_t least = rank_from_below(n, 1 - q), most = rank_from_above(n, 1 - q);
  return (struct results_ranks){n + 1 - most, n + 1 - least};
}
