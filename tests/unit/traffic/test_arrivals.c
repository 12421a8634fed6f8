/* SPDX-License-Identifier: Apache-2.0 */
/*
 * When generated messages come, against closed forms: the mean gap, and the index of dispersion of counts (variance over mean of how many
 * come in a time t). Of a source that is on and off for exponential times, with exponential gaps while on, it is
 *
 *     1 + 2 m a / (a + b)^2 (1 - (1 - exp(-(a + b) t)) / ((a + b) t))      m messages, a ends, b beginnings per time
 *
 * (Cox and Isham, Point Processes, 1980, of a Poisson process that a two-state chain switches), and of any number of them together the
 * same, since variances and means both add up.
 */
#define _GNU_SOURCE
#define CHANCE_PROGRAM "test_arrivals"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

#include "chance.h"
#include "oio/config.h"
#include "recorded.h"
#include "traffic/arrivals.h"

static struct oio_arrivals arrivals_of(const char *const *settings) {
  struct oio_config config;
  struct oio_arrivals arrivals;
  oio_config_defaults(&config);
  for (; *settings != NULL; settings++) set(&config, *settings);
  assert_int_equal(oio_config_resolve(&config, NULL), OIO_OK);
  oio_arrivals_set(&arrivals, &config);
  return arrivals;
}

struct counts {
  double mean, dispersion;
};

/* Of `windows` windows of `gaps` mean gaps each, one behind the other. */
static struct counts count(const struct oio_arrivals *arrivals, unsigned windows, double gaps, uint64_t stream) {
  enum { GAP_PS = 4000 };
  struct oio_arrival arrival;
  double sum = 0, squares = 0;
  oio_arrivals_start(arrivals, &arrival, GAP_PS, seed, stream);
  for (unsigned window = 1; window <= windows; window++) {
    unsigned seen = 0;
    for (; arrival.next_ps < window * gaps * GAP_PS; seen++) oio_arrivals_advance(arrivals, &arrival);
    sum += seen;
    squares += (double)seen * seen;
  }
  const double mean = sum / windows;
  return (struct counts){mean, (squares / windows - mean * mean) / mean};
}

static double closed_form(double length, double duty, double sources, double gaps) {
  const double m = 1 / (sources * duty), a = m / length, b = a * duty / (1 - duty), x = (a + b) * gaps;
  return 1 + 2 * m * a / ((a + b) * (a + b)) * (1 - (1 - exp(-x)) / x);
}

static void exponential_gaps_have_a_dispersion_of_one(void **state) {
  (void)state;
  const struct oio_arrivals poisson = arrivals_of((const char *const[]){"workload.generate=poisson", NULL});
  const struct counts c = count(&poisson, 100000, 20, 1);
  print_message("mean %.4f of 20, dispersion %.4f\n", c.mean, c.dispersion);
  if (fabs(c.mean / 20 - 1) > 0.004 || fabs(c.dispersion - 1) > 0.02) FAIL_WITH_REPLAY("mean %g, dispersion %g", c.mean, c.dispersion);
}

/* Windows of 20,000 gaps and more see many bursts each, so that 20,000 windows give the dispersion to 4.5 * sqrt(2 / 20,000) = 4.5 %. */
static void bursts_are_burstier_than_that_by_their_closed_form(void **state) {
  (void)state;
  static const struct {
    const char *length, *duty, *sources;
    double l, d, s, gaps;
  } cases[] = {
      {"workload.burst_messages=32", "workload.burst_duty=0.1", "workload.burst_sources=8", 32, 0.1, 8, 2000},
      {"workload.burst_messages=32", "workload.burst_duty=0.1", "workload.burst_sources=8", 32, 0.1, 8, 20},
      {"workload.burst_messages=8", "workload.burst_duty=0.5", "workload.burst_sources=1", 8, 0.5, 1, 500},
      {"workload.burst_messages=100", "workload.burst_duty=0.02", "workload.burst_sources=64", 100, 0.02, 64, 1000},
      {"workload.burst_messages=1", "workload.burst_duty=0.25", "workload.burst_sources=3", 1, 0.25, 3, 50},
  };
  for (unsigned i = 0; i < sizeof cases / sizeof cases[0]; i++) {
    const struct oio_arrivals a =
        arrivals_of((const char *const[]){"workload.generate=burst", cases[i].length, cases[i].duty, cases[i].sources, NULL});
    const struct counts c = count(&a, 20000, cases[i].gaps, 10 + i);
    const double form = closed_form(cases[i].l, cases[i].d, cases[i].s, cases[i].gaps);
    const double mean_sigma = sqrt(closed_form(cases[i].l, cases[i].d, cases[i].s, 1e9) / (20000 * cases[i].gaps));
    print_message("%s %s %s, in %g gaps: dispersion %.3f, closed form %.3f\n", cases[i].length, cases[i].duty, cases[i].sources,
                  cases[i].gaps, c.dispersion, form);
    assert_true(form > 1.3);
    if (fabs(c.mean / cases[i].gaps - 1) > 4.5 * mean_sigma || fabs(c.dispersion / form - 1) > 0.1)
      FAIL_WITH_REPLAY("case %u: mean %g of %g, dispersion %g, closed form %g", i, c.mean, cases[i].gaps, c.dispersion, form);
  }
}

/* One source that is hardly ever on: what comes after a pause begins a burst, and of L messages in the mean none comes at all in one of
 * L + 1. */
static void a_burst_is_so_many_messages_in_the_mean(void **state) {
  (void)state;
  enum { MESSAGES = 320000 };
  const struct oio_arrivals a = arrivals_of((const char *const[]){"workload.generate=burst", "workload.burst_duty=0.0001",
                                                                  "workload.burst_sources=1", "workload.burst_messages=31", NULL});
  struct oio_arrival arrival;
  unsigned pauses = 0;
  oio_arrivals_start(&a, &arrival, 1, seed, 1);
  for (unsigned i = 0; i < MESSAGES; i++) {
    const double before = arrival.next_ps;
    oio_arrivals_advance(&a, &arrival);
    pauses += arrival.next_ps - before > 0.005; /* 50 gaps within a burst, and 1 of 6,000 pauses */
  }
  print_message("%u bursts of %d messages, 10000 in the mean\n", pauses, MESSAGES);
  if (fabs(pauses / 10000.0 - 1) > 0.05) FAIL_WITH_REPLAY("%u bursts", pauses);
}

static void sources_that_are_always_on_are_poisson(void **state) {
  (void)state;
  const struct oio_arrivals a =
      arrivals_of((const char *const[]){"workload.generate=burst", "workload.burst_duty=1", "workload.burst_sources=5", NULL});
  const struct counts c = count(&a, 100000, 20, 2);
  if (fabs(c.mean / 20 - 1) > 0.004 || fabs(c.dispersion - 1) > 0.02) FAIL_WITH_REPLAY("mean %g, dispersion %g", c.mean, c.dispersion);
}

int main(void) {
  chance_start();
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(exponential_gaps_have_a_dispersion_of_one),
      cmocka_unit_test(bursts_are_burstier_than_that_by_their_closed_form),
      cmocka_unit_test(a_burst_is_so_many_messages_in_the_mean),
      cmocka_unit_test(sources_that_are_always_on_are_poisson),
  };
  return cmocka_run_group_tests_name("arrivals", tests, NULL, NULL);
}
