/* SPDX-License-Identifier: Apache-2.0 */
/* The histogram of times against sorted values. */
#define CHANCE_PROGRAM "test_histogram"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "chance.h"
#include "oio/histogram.h"

static int rising(const void *a, const void *b) {
  const uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;
  return x < y ? -1 : x > y;
}

static void quantiles_are_the_sorted_values_to_one_part_in_1024(void **state) {
  (void)state;
  enum { VALUES = 20011 };
  static uint64_t values[VALUES];
  uint64_t stream = chance_stream(5);
  for (unsigned spread = 1; spread <= 64; spread++) {
    struct oio_histogram h;
    assert_int_equal(oio_histogram_create(&h), OIO_OK);
    assert_int_equal(oio_histogram_quantile(&h, 0.5), 0);
    assert_true(oio_histogram_mean(&h) == 0);
    long double sum = 0;
    for (unsigned i = 0; i < VALUES; i++) {
      values[i] = chance(&stream) >> (64 - spread) >> (i % 7 == 0 ? spread / 2 : 0);
      sum += (long double)values[i];
      oio_histogram_add(&h, values[i]);
    }
    qsort(values, VALUES, sizeof values[0], rising);
    assert_int_equal(h.count, VALUES);
    assert_true(h.min == values[0] && h.max == values[VALUES - 1]);
    assert_true(fabsl((long double)oio_histogram_mean(&h) - sum / VALUES) <= 1e-12L * sum / VALUES);
    for (unsigned k = 0; k <= 1024; k++) {
      const uint64_t rank = ((uint64_t)k * VALUES + 1023) / 1024; /* the smallest rank that at least k/1024 of all are at or below */
      const uint64_t exact = values[rank == 0 ? 0 : rank - 1], ours = oio_histogram_quantile(&h, k / 1024.0);
      if (ours < exact || ours - exact > exact / 1024 || (exact < 1024 && ours != exact)) {
        FAIL_WITH_REPLAY("spread %u, quantile %u/1024: %llu, exactly %llu", spread, k, (unsigned long long)ours, (unsigned long long)exact);
      }
    }
    assert_true(oio_histogram_quantile(&h, 1) == h.max);
    oio_histogram_destroy(&h);
  }
}

int main(void) {
  chance_start();
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(quantiles_are_the_sorted_values_to_one_part_in_1024),
  };
  return cmocka_run_group_tests_name("histogram", tests, NULL, NULL);
}
