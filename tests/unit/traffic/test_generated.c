/* SPDX-License-Identifier: Apache-2.0 */
/* Generated traffic as the log of a host of the test's own sees it: how much, from whom, how fast. */
#define _GNU_SOURCE
#define CHANCE_PROGRAM "test_generated"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "chance.h"
#include "own_host.h"

enum { FLITS = 8000, FLIT_PS = 4000 };

static struct own_host h;

static void run_generator(const char *generator, const char *load, const char *directions) {
  char seed_key[40];
  snprintf(seed_key, sizeof seed_key, "sim.seed=%llu", (unsigned long long)seed);
  const char *const settings[] = {
      generator, load, directions, seed_key, "workload.messages=8000", "net.topology=pair", "sim.fidelity=event", NULL};
  own_start(&h, settings, NULL);
  (void)own_run(&h);
  own_finish(&h);
}

static unsigned logged_at(unsigned side) {
  unsigned count = 0;
  for (unsigned i = 0; i < h.logged; i++) count += h.log[i].side == side;
  return count;
}

/* n messages at load x take n flit times / x; the sum of n gaps has a relative sigma of sqrt(I / n), where I is the index of dispersion of
 * counts: of exponential gaps 1, of bursts of L = 32 messages from sources that are on for d = 0.1 of their time 1 + 2 L (1 - d)^2. */
static void generated_messages_come_at_the_load_that_was_asked_for_and_alike_from_both_sides(void **state) {
  (void)state;
  static const struct {
    const char *generator, *text;
    double load, dispersion;
  } cases[] = {{"workload.generate=poisson", "workload.load=0.5", 0.5, 1},
               {"workload.generate=poisson", "workload.load=0.1", 0.1, 1},
               {"workload.generate=burst", "workload.load=0.25", 0.25, 1 + 64 * 0.81}};
  for (unsigned i = 0; i < 3; i++) {
    run_generator(cases[i].generator, cases[i].text, "workload.directions=both");
    assert_int_equal(h.logged, FLITS);
    assert_int_equal(logged_at(0), FLITS / 2);
    const double expected = FLITS / 2 * FLIT_PS / cases[i].load, took = (double)h.now_ps;
    if (fabs(took / expected - 1) > 4.5 * sqrt(cases[i].dispersion / (FLITS / 2)) + 0.01)
      FAIL_WITH_REPLAY("%s %s: %.0f ps, expected %.0f", cases[i].generator, cases[i].text, took, expected);
  }
}

static void in_one_direction_all_messages_come_from_there(void **state) {
  (void)state;
  run_generator("workload.generate=poisson", "workload.load=0.5", "workload.directions=a_to_b");
  assert_int_equal(logged_at(1), FLITS);
  run_generator("workload.generate=poisson", "workload.load=0.5", "workload.directions=b_to_a");
  assert_int_equal(logged_at(0), FLITS);
}

int main(void) {
  chance_start();
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(generated_messages_come_at_the_load_that_was_asked_for_and_alike_from_both_sides),
      cmocka_unit_test(in_one_direction_all_messages_come_from_there),
  };
  return cmocka_run_group_tests_name("generated", tests, NULL, NULL);
}
