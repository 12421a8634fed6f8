/* SPDX-License-Identifier: Apache-2.0 */
/**
 * In which interval a quantile of a second run is to lie, by the values of a first one. With n values here and m there, all independent and
 * of one distribution, whatever it is: every order in which they can mix is as likely, so the number J of those here that lie below the
 * r-th of those there has P(J = j) = C(r - 1 + j, j) C(m - r + n - j, n - j) / C(m + n, n), the negative hypergeometric distribution (David
 * and Nagaraja, Order Statistics, 3rd edition, 7.3; Hahn and Meeker, Statistical Intervals, 5.4). The chance of both runs is in it.
 */
#ifndef RESULTS_INTERVAL_H
#define RESULTS_INTERVAL_H

#include <stdint.h>

/** Ranks from 1. lower 0: nothing bounds it from below; upper above n: nothing from above. */
struct results_ranks {
  uint64_t lower, upper;
};

/** P(J < j): that the r-th of m values lies below the j-th of n others, 1 <= r <= m and 1 <= j <= n. */
double results_chance_below(uint64_t n, uint64_t j, uint64_t m, uint64_t r);

/**
 * Of n values the ranks between which the q-quantile of m others, the r-th of them with r the least whole number of at least q m, lies with
 * at least 95 %: l is the most with P(J < l) <= 2.5 %, u the least with P(J >= u) <= 2.5 %. Precondition: n and m are at least 1, q is
 * between 0 and 1, neither of them.
 */
struct results_ranks results_ranks_of(uint64_t n, uint64_t m, double q);

/**
 * How far the mean of m values may lie from that of n others with 95 %, both many and independent, of a distribution of this variance: the
 * normal quantile times the root of variance (1/n + 1/m). Precondition: n and m are at least 1.
 */
double results_mean_within(uint64_t n, uint64_t m, double variance);

/**
 * By how much the mean of n values spreads more than that of n independent ones, as a variance: each of them says so many times less. It is
 * known of batches to lie within so much of what it estimates, with 95 %. At least 1.
 */
double results_dependence(double within, uint64_t n, double variance);

#endif
