/* SPDX-License-Identifier: Apache-2.0 */
/* Generated traffic as the log of a host of the test's own sees it: how much, from whom, how fast, in what bursts. */
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

/* n messages at load x take n flit times / x; of n exponential gaps the sum has a relative sigma of 1 / sqrt(n), of bursts of 32 messages
 * each with one exponential gap 1 / sqrt(n / 32) at most. */
static void generated_messages_come_at_the_load_that_was_asked_for_and_alike_from_both_sides(void **state) {
  (void)state;
  static const struct {
    const char *generator, *text;
    double load, bursts_of;
  } cases[] = {{"workload.generate=poisson", "workload.load=0.5", 0.5, 1},
               {"workload.generate=poisson", "workload.load=0.1", 0.1, 1},
               {"workload.generate=burst", "workload.load=0.25", 0.25, 32}};
  for (unsigned i = 0; i < 3; i++) {
    run_generator(cases[i].generator, cases[i].text, "workload.directions=both");
    assert_int_equal(h.logged, FLITS);
    assert_int_equal(logged_at(0), FLITS / 2);
    const double expected = FLITS / 2 * FLIT_PS / cases[i].load, took = (double)h.now_ps;
    if (fabs(took / expected - 1) > 4.5 / sqrt(FLITS / 2 / cases[i].bursts_of) + 0.01)
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

/* Back to back within a burst: of all messages of one direction, 1 of 32 comes after a pause. A pause is longer than a flit time but for
 * those draws that are next to 0; here it is 32 * 4 flit times less a burst in the mean. */
static void a_burst_is_so_many_messages_back_to_back(void **state) {
  (void)state;
  run_generator("workload.generate=burst", "workload.load=0.25", "workload.directions=a_to_b");
  unsigned pauses = 0;
  for (unsigned i = 1; i < h.logged; i++) pauses += h.log[i].time_ps - h.log[i - 1].time_ps > FLIT_PS + 1;
  print_message("%u pauses among %d messages\n", pauses, FLITS);
  assert_in_range(pauses, FLITS / 32 - 1 - 25, FLITS / 32 - 1);
}

int main(void) {
  chance_start();
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(generated_messages_come_at_the_load_that_was_asked_for_and_alike_from_both_sides),
      cmocka_unit_test(in_one_direction_all_messages_come_from_there),
      cmocka_unit_test(a_burst_is_so_many_messages_back_to_back),
  };
  return cmocka_run_group_tests_name("generated", tests, NULL, NULL);
}
