/* SPDX-License-Identifier: Apache-2.0 */
/**
 * In which interval a quantile lies, by the values themselves: of n independent values as many as a binomial variable says lie at or below
 * the true quantile, so that with 95 % confidence it is between the l-th and the u-th of them in order, whatever their distribution (David
 * and Nagaraja, Order Statistics, 3rd edition, 7.1; Hahn and Meeker, Statistical Intervals, 5.2).
 */
#ifndef RESULTS_INTERVAL_H
#define RESULTS_INTERVAL_H

#include <stdint.h>

/** Ranks from 1. lower 0: nothing bounds it from below; upper above n: nothing from above. */
struct results_ranks {
  uint64_t lower, upper;
};

/**
 * l is the most with P(K < l) <= 2.5 %, u the least with P(K >= u) <= 2.5 %, K binomial of n and q. Exact where n q or n (1 - q) is at most
 * 500, else by the normal approximation, rounded outwards. Precondition: q is between 0 and 1, neither of them.
 */
struct results_ranks results_ranks_of(uint64_t n, double q);

#endif
