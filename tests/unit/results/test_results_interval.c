/* SPDX-License-Identifier: Apache-2.0 */
/* Ranks of order statistics and intervals of means against exact arithmetic, and how often a second run falls outside of them. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "results_interval.h"

/* Of Python's whole numbers and Fractions: no rounding. */
static void ranks_are_those_of_exact_arithmetic(void **state) {
  static const struct {
    uint64_t n, m;
    double q;
    uint64_t lower, upper;
  } exact[] = {{10, 10, 0.5, 1, 10},        {100, 100, 0.5, 36, 64},     {300, 300, 0.5, 126, 174},      {300, 300, 0.99, 289, 301},
               {300, 300, 0.999, 295, 301}, {1000, 1000, 0.5, 456, 544}, {1000, 1000, 0.99, 979, 998},   {1000, 1000, 0.999, 993, 1001},
               {1, 1, 0.5, 0, 2},           {20, 20, 0.99, 16, 21},      {3000, 3000, 0.99, 2952, 2984}, {3000, 3000, 0.999, 2989, 3001},
               {1200, 1200, 0.5, 552, 648}, {100, 400, 0.5, 39, 62},     {400, 100, 0.5, 155, 242},      {1000, 50, 0.99, 928, 1001},
               {50, 1000, 0.99, 48, 51}};
  (void)state;
  for (size_t i = 0; i < sizeof exact / sizeof exact[0]; i++) {
    const struct results_ranks ranks = results_ranks_of(exact[i].n, exact[i].m, exact[i].q);
    if (ranks.lower != exact[i].lower || ranks.upper != exact[i].upper)
      fail_msg("n %llu m %llu q %g: %llu .. %llu, not %llu .. %llu", (unsigned long long)exact[i].n, (unsigned long long)exact[i].m,
               exact[i].q, (unsigned long long)ranks.lower, (unsigned long long)ranks.upper, (unsigned long long)exact[i].lower,
               (unsigned long long)exact[i].upper);
  }
}

/* For many values both quantiles are normal, and their ranks lie as far apart as those of a difference of two. */
static void of_many_values_they_are_those_of_a_difference_of_two_normal_variables(void **state) {
  static const double quantiles[] = {0.5, 0.9, 0.99, 0.999, 0.05};
  (void)state;
  for (uint64_t n = 1000000; n <= 1000000000; n *= 100) {
    for (uint64_t m = n / 10; m <= 10 * n; m *= 10) {
      for (size_t i = 0; i < sizeof quantiles / sizeof quantiles[0]; i++) {
        const double q = quantiles[i], middle = (double)n * q;
        const double away = 1.959963984540054 * sqrt(q * (1 - q) * (double)n * (1 + (double)n / (double)m));
        const struct results_ranks ranks = results_ranks_of(n, m, q);
        const double low = (middle - (double)ranks.lower) / away, high = ((double)ranks.upper - middle) / away;
        if (fabs((low + high) / 2 - 1) > 0.02 || fabs(high - low) > 0.4)
          fail_msg("n %llu m %llu q %g: %.4f below, %.4f above", (unsigned long long)n, (unsigned long long)m, q, low, high);
      }
    }
  }
}

/* xorshift64* */
static uint64_t next(uint64_t *random) {
  *random ^= *random >> 12;
  *random ^= *random << 25;
  *random ^= *random >> 27;
  return *random * UINT64_C(0x2545f4914f6cdd1d);
}

static int by_value(const void *a, const void *b) {
  const uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;
  return x < y ? -1 : x > y;
}

enum { VALUES_MAX = 1000 };

static void draw(uint64_t *random, uint64_t values[], uint64_t count) {
  for (uint64_t i = 0; i < count; i++) values[i] = next(random);
  qsort(values, count, sizeof *values, by_value);
}

/* Two runs of the same code: of 4000 pairs as many are called moved as was said, not more than 5 in a hundred. */
static void of_pairs_of_runs_of_one_distribution_at_most_5_in_100_are_called_moved(void **state) {
  static const struct {
    uint64_t n, m;
    double q, within; /* Fractions again: P(l <= J < u) */
  } cases[] = {{100, 100, 0.5, 0.9547563887760309},
               {100, 400, 0.5, 0.9611646652427739},
               {300, 300, 0.99, 0.9835232142104413},
               {400, 100, 0.5, 0.9508680449712332}};
  enum { PAIRS = 4000 };
  uint64_t golden[VALUES_MAX], fresh[VALUES_MAX], random = 20;
  (void)state;
  for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
    const struct results_ranks ranks = results_ranks_of(cases[i].n, cases[i].m, cases[i].q);
    const uint64_t rank = (uint64_t)ceil(cases[i].q * (double)cases[i].m);
    double moved = 0;
    for (int pair = 0; pair < PAIRS; pair++) {
      draw(&random, golden, cases[i].n);
      draw(&random, fresh, cases[i].m);
      moved += (ranks.lower > 0 && fresh[rank - 1] < golden[ranks.lower - 1]) ||
               (ranks.upper <= cases[i].n && fresh[rank - 1] > golden[ranks.upper - 1]);
    }
    const double expected = 1 - cases[i].within, spread = sqrt(expected * (1 - expected) / PAIRS);
    if (expected > 0.05 || fabs(moved / PAIRS - expected) > 4 * spread)
      fail_msg("n %llu m %llu q %g: %.4f called moved, not %.4f", (unsigned long long)cases[i].n, (unsigned long long)cases[i].m,
               cases[i].q, moved / PAIRS, expected);
  }
}

/* Python's Decimal, 30 digits. */
static void means_lie_as_far_apart_as_the_normal_quantile_of_their_difference(void **state) {
  static const struct {
    uint64_t n, m;
    double variance, within;
  } exact[] = {{1000, 1000, 1e6, 87.6522540576581631}, {100, 400, 2500, 10.9565317572072704}, {50, 1000, 7, 0.751461540361206054}};
  (void)state;
  for (size_t i = 0; i < sizeof exact / sizeof exact[0]; i++) {
    const double within = results_mean_within(exact[i].n, exact[i].m, exact[i].variance);
    if (fabs(within / exact[i].within - 1) > 1e-14) fail_msg("case %zu: %.17g, not %.17g", i, within, exact[i].within);
  }
}

/* Uniform over 2^64, whose variance is 2^128 / 12; of 4000 pairs 5 in 100 lie outside. */
static void of_pairs_of_means_5_in_100_lie_outside(void **state) {
  static const uint64_t counts[][2] = {{100, 100}, {100, 400}, {400, 50}};
  enum { PAIRS = 4000 };
  uint64_t random = 21;
  (void)state;
  for (size_t i = 0; i < sizeof counts / sizeof counts[0]; i++) {
    const double within = results_mean_within(counts[i][0], counts[i][1], ldexp(1, 128) / 12);
    double outside = 0;
    for (int pair = 0; pair < PAIRS; pair++) {
      double mean[2] = {0, 0};
      for (int run = 0; run < 2; run++)
        for (uint64_t j = 0; j < counts[i][run]; j++) mean[run] += (double)next(&random) / (double)counts[i][run];
      outside += fabs(mean[0] - mean[1]) > within;
    }
    if (fabs(outside / PAIRS - 0.05) > 4 * sqrt(0.05 * 0.95 / PAIRS)) fail_msg("case %zu: %.4f lie outside", i, outside / PAIRS);
  }
}

/* n values that stand k times each in a row say as much as n / k. */
static void values_that_stand_four_times_each_say_a_quarter(void **state) {
  const double variance = 90, half = results_mean_within(250, 250, variance) / sqrt(2);
  (void)state;
  if (fabs(results_dependence(half, 1000, variance) - 4) > 1e-12) fail_msg("%.17g, not 4", results_dependence(half, 1000, variance));
  if (results_dependence(half / 3, 1000, variance) != 1) fail_msg("not 1, of batches that are nearer than chance");
  if (results_dependence(half, 1000, 0) != 1) fail_msg("not 1, of values that are all the same");
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(ranks_are_those_of_exact_arithmetic),
      cmocka_unit_test(of_many_values_they_are_those_of_a_difference_of_two_normal_variables),
      cmocka_unit_test(of_pairs_of_runs_of_one_distribution_at_most_5_in_100_are_called_moved),
      cmocka_unit_test(means_lie_as_far_apart_as_the_normal_quantile_of_their_difference),
      cmocka_unit_test(of_pairs_of_means_5_in_100_lie_outside),
      cmocka_unit_test(values_that_stand_four_times_each_say_a_quarter),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
