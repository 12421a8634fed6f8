/* SPDX-License-Identifier: Apache-2.0 */
#include "results_interval.h"

#include <math.h>
#include <stdbool.h>

static const double tail = 0.025, negligible = 1e-18, normal = 1.959963984540054; /* of 97.5 % */

/* P(J = j + 1) / P(J = j) */
static double step_up(uint64_t n, uint64_t j, uint64_t m, uint64_t r) {
  return (double)(n - j) / (double)(j + 1) * ((double)(r + j) / (double)(m - r + n - j));
}

/* P(J < j), by parts of the whole from the likeliest outward: nothing that large or that small comes in between. */
static double sum_below(uint64_t n, uint64_t j, uint64_t m, uint64_t r) {
  const double likeliest = floor((double)(r - 1) / (double)m * (double)(n + 1));
  const uint64_t middle = (uint64_t)fmin((double)n, fmax(0, likeliest));
  double below = 0, all = 0, one = 1;
  for (uint64_t i = middle; i <= n && one > negligible; i++) {
    all += one;
    if (i < j) below += one;
    one *= i < n ? step_up(n, i, m, r) : 0;
  }
  one = 1;
  for (uint64_t i = middle; i > 0 && one > negligible; i--) {
    one /= step_up(n, i - 1, m, r);
    all += one;
    if (i - 1 < j) below += one;
  }
  return below / all;
}

/* The fewer are counted. The r-th there lies below the j-th here when that one does not lie below the r-th there. */
double results_chance_below(uint64_t n, uint64_t j, uint64_t m, uint64_t r) {
  return n <= m ? sum_below(n, j, m, r) : 1 - sum_below(m, r, n, j);
}

/* The most j of 0 to n with P(J < j) < or <= chance. */
static uint64_t most(uint64_t n, uint64_t m, uint64_t r, double chance, bool may_equal) {
  uint64_t low = 0, high = n;
  while (low < high) {
    const uint64_t j = low + (high - low + 1) / 2;
    const double below = results_chance_below(n, j, m, r);
    if (below < chance || (may_equal && below == chance))
      low = j;
    else
      high = j - 1;
  }
  return low;
}

struct results_ranks results_ranks_of(uint64_t n, uint64_t m, double q) {
  const double r = fmin((double)m, fmax(1, ceil(q * (double)m)));
  return (struct results_ranks){most(n, m, (uint64_t)r, tail, true), most(n, m, (uint64_t)r, 1 - tail, false) + 1};
}

double results_mean_within(uint64_t n, uint64_t m, double variance) {
  return normal * sqrt(variance * (1 / (double)n + 1 / (double)m));
}

double results_dependence(double within, uint64_t n, double variance) {
  const double spread = within / normal;
  return variance > 0 ? fmax(1, spread * spread * (double)n / variance) : 1;
}
