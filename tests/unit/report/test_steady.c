/* SPDX-License-Identifier: Apache-2.0 */
/* Batches by hand; and of a queue whose mean wait is known in closed form, the interval holds it as often as it says. */
#define CHANCE_PROGRAM "test_steady"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "chance.h"
#include "report/steady.h"

static struct oio_batches *batches_new(void) {
  struct oio_batches *batches = calloc(1, sizeof *batches);
  assert_non_null(batches);
  oio_batches_start(batches);
  return batches;
}

static void add(struct oio_batches *batches, uint64_t value_ps) {
  oio_batches_add(batches, value_ps, oio_spread_bucket(value_ps));
}

/* Each value as often as a batch has room. */
static void add_batches(struct oio_batches *batches, const uint64_t *values, unsigned count) {
  for (unsigned i = 0; i < count; i++) {
    for (unsigned k = 0; k < OIO_BATCH_FIRST; k++) add(batches, values[i]);
  }
}

/* 12 batches: 100, 102, 98, 104, 96, 106 twice: mean 101, squares 2 * (1 + 1 + 9 + 9 + 25 + 25) = 140, of the mean 140 / 11 / 12,
 * t of 11 is 2.2010: 2.2667. Products of neighbours: -1 (1, -1 twice: 100 and 102), 102-98: -3, 98-104: -9, 104-96: -15, 96-106: -25,
 * 106-100: -5, and again: 2 * (-1 - 3 - 9 - 15 - 25) - 5 = -111. */
static void twelve_batches_are_worked_out_by_hand(void **state) {
  (void)state;
  static const uint64_t values[] = {100, 102, 98, 104, 96, 106, 100, 102, 98, 104, 96, 106};
  struct oio_batches *batches = batches_new();
  struct oio_steady s;
  add_batches(batches, values, 12);
  add(batches, 1000000); /* of a batch that is not full, and does not count */
  oio_steady(&s, batches);
  assert_int_equal(s.verdict, OIO_STEADY);
  assert_int_equal(s.batches, 12);
  assert_int_equal(s.each, 16);
  assert_true(s.mean.mean == 101 && fabs(s.mean.within - 2.2010 * sqrt(140.0 / 11 / 12)) < 1e-9);
  assert_true(s.first_half_ps == 101 && s.second_half_ps == 101);
  assert_true(fabs(s.correlation + 111.0 / 140) < 1e-9);
  assert_true(s.p50.values == 12 && s.p50.mean == 101 && s.p99.values == 0 && s.p999.values == 0);
  free(batches);
}

static void halves_that_differ_drift_and_neighbours_that_follow_each_other_are_told(void **state) {
  (void)state;
  static const struct {
    uint64_t values[12];
    unsigned count;
    enum oio_steadiness verdict;
  } cases[] = {
      {{100, 101, 100, 101, 100, 101, 100, 101, 100}, 9, OIO_TOO_FEW},
      {{100, 101, 100, 101, 100, 101, 110, 111, 110, 111, 110, 111}, 12, OIO_DRIFTING},
      {{1000, 1001, 1000, 1001, 1000, 1001, 1008, 1009, 1008, 1009, 1008, 1009}, 12, OIO_CORRELATED}, /* below a hundredth */
      {{100, 100, 100, 110, 110, 110, 100, 100, 100, 110, 110, 110}, 12, OIO_STEADY},                 /* 4 of 12 products: 0.42 < 0.577 */
      {{100, 102, 104, 106, 108, 110, 110, 108, 106, 104, 102, 100}, 12, OIO_CORRELATED},             /* 95 / 140 */
  };
  for (unsigned i = 0; i < sizeof cases / sizeof cases[0]; i++) {
    struct oio_batches *batches = batches_new();
    struct oio_steady s;
    add_batches(batches, cases[i].values, cases[i].count);
    oio_steady(&s, batches);
    if (s.verdict != cases[i].verdict) fail_msg("case %u: %s, correlation %g", i, oio_steady_word(s.verdict), s.correlation);
    free(batches);
  }
}

/* 64 batches of 16 become 32 of 32, and so on: what counts is kept, in order. */
static void batches_double_in_size_and_keep_what_they_counted(void **state) {
  (void)state;
  struct oio_batches *batches = batches_new();
  uint64_t value = 1;
  for (; value < 64 * 16; value++) add(batches, value);
  assert_int_equal(batches->count, 63);
  for (; value <= 64 * 64; value++) add(batches, value);
  assert_int_equal(batches->each, 128); /* 4096 = 32 * 128 */
  assert_int_equal(batches->count, 32);
  for (unsigned i = 0; i < 32; i++) {
    assert_int_equal(batches->batch[i].count, 128);
    assert_int_equal(batches->batch[i].min, 128 * i + 1);
    assert_int_equal(batches->batch[i].max, 128 * i + 128);
    assert_true(oio_spread_mean(&batches->batch[i]) == 128 * i + 64.5);
    /* Values below 128 have buckets of their own; above, one part in 64. */
    const double median = (double)oio_spread_quantile(&batches->batch[i], 0.5), exact = 128 * i + 64;
    assert_true(median >= exact && median <= exact * (1 + 1.0 / 64));
  }
  assert_int_equal(batches->batch[32].count, 0);
  free(batches);
}

/* Waits of M/D/1 by Lindley: mean rho / (2 (1 - rho)) services. Started at 0, 30,000 customers at 0.5: the warm-up is nothing to that. Of
 * 400 intervals of 95 % the least of 99.9 % of all tries is 365, and batches are not quite independent. */
static void of_a_queue_with_a_known_mean_the_interval_holds_it_as_often_as_it_says(void **state) {
  (void)state;
  enum { RUNS = 400, CUSTOMERS = 30000, SERVICE = 4000 };
  const double rho = 0.5, mean = rho / (2 * (1 - rho)) * SERVICE;
  unsigned held = 0, steady = 0;
  for (unsigned run = 0; run < RUNS; run++) {
    struct oio_batches *batches = batches_new();
    struct oio_steady s;
    uint64_t random = chance_stream(run);
    double wait = 0;
    for (unsigned i = 0; i < CUSTOMERS; i++) {
      add(batches, (uint64_t)(wait + 0.5));
      wait += SERVICE + SERVICE / rho * log(chance_unit(&random));
      if (wait < 0) wait = 0;
    }
    oio_steady(&s, batches);
    held += fabs(s.mean.mean - mean) <= s.mean.within;
    steady += s.verdict == OIO_STEADY;
    free(batches);
  }
  if (held < 365 || held > 396) FAIL_WITH_REPLAY("%u of %u intervals hold %.1f", held, RUNS, mean);
  if (steady < 365) FAIL_WITH_REPLAY("%u of %u runs are called steady", steady, RUNS);
}

/* Above what can be served the wait grows all the time. */
static void a_queue_that_grows_drifts(void **state) {
  (void)state;
  struct oio_batches *batches = batches_new();
  struct oio_steady s;
  for (unsigned i = 0; i < 5000; i++) add(batches, 100000 + 40 * i);
  oio_steady(&s, batches);
  assert_int_equal(s.verdict, OIO_DRIFTING);
  free(batches);
}

int main(void) {
  chance_start();
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(twelve_batches_are_worked_out_by_hand),
      cmocka_unit_test(halves_that_differ_drift_and_neighbours_that_follow_each_other_are_told),
      cmocka_unit_test(batches_double_in_size_and_keep_what_they_counted),
      cmocka_unit_test(of_a_queue_with_a_known_mean_the_interval_holds_it_as_often_as_it_says),
      cmocka_unit_test(a_queue_that_grows_drifts),
  };
  return cmocka_run_group_tests_name("steady", tests, NULL, NULL);
}
