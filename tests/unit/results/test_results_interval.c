/* SPDX-License-Identifier: Apache-2.0 */
/* Ranks of order statistics against the binomial distribution itself. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "results_interval.h"

/* Of Fractions in Python: no rounding. The first two are in every table of intervals for a median. */
static void ranks_are_those_of_exact_arithmetic(void **state) {
  static const struct {
    uint64_t n;
    double q;
    uint64_t lower, upper;
  } exact[] = {{10, 0.5, 2, 9},        {100, 0.5, 40, 61},     {300, 0.5, 133, 168},     {300, 0.99, 293, 301},
               {300, 0.999, 298, 301}, {1000, 0.99, 983, 997}, {1000, 0.999, 997, 1001}, {1000, 0.5, 469, 532},
               {1, 0.5, 0, 2},         {20, 0.99, 19, 21},     {3000, 0.99, 2959, 2981}, {1200, 0.5, 566, 635}};
  (void)state;
  for (size_t i = 0; i < sizeof exact / sizeof exact[0]; i++) {
    const struct results_ranks ranks = results_ranks_of(exact[i].n, exact[i].q);
    if (ranks.lower != exact[i].lower || ranks.upper != exact[i].upper)
      fail_msg("n %llu q %g: %llu .. %llu, not %llu .. %llu", (unsigned long long)exact[i].n, exact[i].q, (unsigned long long)ranks.lower,
               (unsigned long long)ranks.upper, (unsigned long long)exact[i].lower, (unsigned long long)exact[i].upper);
  }
}

/* log C(n, k) q^k (1-q)^(n-k) */
static double part(double n, double k, double q) {
  return exp(lgamma(n + 1) - lgamma(k + 1) - lgamma(n - k + 1) + k * log(q) + (n - k) * log1p(-q));
}

static void between_them_the_quantile_is_in_95_of_100_samples_and_hardly_more(void **state) {
  static const double quantiles[] = {0.5, 0.9, 0.99, 0.999, 0.05};
  (void)state;
  for (uint64_t n = 5000; n <= 2000000; n *= 20) {
    for (size_t i = 0; i < sizeof quantiles / sizeof quantiles[0]; i++) {
      const struct results_ranks ranks = results_ranks_of(n, quantiles[i]);
      double within = 0;
      for (uint64_t k = ranks.lower; k < ranks.upper && k <= n; k++) within += part((double)n, (double)k, quantiles[i]);
      if (within < 0.949 || within > 0.985) fail_msg("n %llu q %g: %.5f", (unsigned long long)n, quantiles[i], within);
    }
  }
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(ranks_are_those_of_exact_arithmetic),
      cmocka_unit_test(between_them_the_quantile_is_in_95_of_100_samples_and_hardly_more),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
