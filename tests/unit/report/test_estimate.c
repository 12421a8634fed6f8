/* SPDX-License-Identifier: Apache-2.0 */
/* Student's t against its own distribution, summed up here; intervals by hand. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/root.h"
#include "oio/estimate.h"

/* The part of the distribution within -t .. t: Simpson's rule over the angle whose tangent is t / root of n. */
static double part_within(double t, double n) {
  enum { STEPS = 2000 };
  const double end = atan(t / sqrt(n)), step = end / STEPS;
  double sum = 0;
  for (unsigned i = 0; i <= STEPS; i++) sum += pow(cos(i * step), n - 1) * (i == 0 || i == STEPS ? 1 : i % 2 == 1 ? 4 : 2);
  return 2 * exp(lgamma((n + 1) / 2) - lgamma(n / 2)) / sqrt(acos(-1)) * sum * step / 3;
}

static void of_any_degrees_of_freedom_95_percent_lie_within(void **state) {
  (void)state;
  for (unsigned n = 1; n < 400; n++) {
    const double part = part_within(oio_student_t95(n), n);
    if (fabs(part - 0.95) > 2e-5) fail_msg("%u degrees of freedom: %.6f within %.5f", n, part, oio_student_t95(n));
  }
  assert_true(fabs(oio_student_t95(1000000) - 1.95997) < 1e-4);
}

/* 2, 4, 4, 4, 5, 5, 7, 9: mean 5, squares 32, variance 32/7, of the mean 4/7; t of 7 is 2.3646. */
static void an_interval_is_that_of_eight_values_by_hand(void **state) {
  (void)state;
  static const double values[] = {2, 4, 4, 4, 5, 5, 7, 9};
  struct oio_estimate e;
  oio_estimate_of(&e, values, 8);
  assert_int_equal(e.values, 8);
  assert_true(e.mean == 5 && e.min == 2 && e.max == 9);
  assert_true(fabs(e.within - 2.3646 * 0.755929) < 1e-4);
  oio_estimate_of(&e, values, 2); /* 3 within 12.7062 * 1 */
  assert_true(e.mean == 3 && fabs(e.within - 12.7062) < 1e-4);
  oio_estimate_of(&e, values + 6, 1);
  assert_true(e.mean == 7 && e.min == 7 && e.max == 7 && e.within == 0);
  oio_estimate_of(&e, values, 0);
  assert_true(e.values == 0 && e.mean == 0);
}

static void a_root_is_that_of_the_machine(void **state) {
  (void)state;
  for (double value = 1e-20; value < 1e30; value *= 1.7) assert_true(fabs(oio_root(value) / sqrt(value) - 1) < 1e-15);
  assert_true(oio_root(0) == 0 && oio_root(-1) == 0 && oio_root(4) == 2);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(of_any_degrees_of_freedom_95_percent_lie_within),
      cmocka_unit_test(an_interval_is_that_of_eight_values_by_hand),
      cmocka_unit_test(a_root_is_that_of_the_machine),
  };
  return cmocka_run_group_tests_name("estimate", tests, NULL, NULL);
}
