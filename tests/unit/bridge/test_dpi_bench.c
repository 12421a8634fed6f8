/* SPDX-License-Identifier: Apache-2.0 */
/* The bench for SystemVerilog alone, called from C: RTL that says nothing, and none. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "oio_dpi_bench.h"
#include "oio_dpi_pins.h"

/* A bench, advanced until it is over; draining, the RTL takes every beat. Returns the time of the last edge. */
static unsigned long long run(void *bench, bool draining) {
  const unsigned long long clock_ps = oio_dpi_bench_clock_ps(bench);
  unsigned long long now_ps = 0;
  while (!oio_dpi_bench_over(bench) && now_ps < 20000000000u) {
    oio_dpi_bench_advance(bench, now_ps += clock_ps);
    for (int i = 0; i < 4 && draining; i++) oio_dpi_pins_next(oio_dpi_bench_port(bench, i / 2, i % 2), now_ps);
  }
  assert_true(oio_dpi_bench_over(bench));
  assert_false(oio_dpi_bench_good(bench));
  return now_ps;
}

/* What the dies send is never acknowledged, and replayed, until their links fail; with as many replays as there can be, that takes longer
 * than the 1 ms and 64 timeouts of either link for which nothing may come out. */
static void rtl_that_lets_nothing_out_ends_the_run(void **state) {
  (void)state;
  static const char *const limits[] = {"link.replay_limit=3", "link.replay_limit=65535"};
  static const char *const says[] = {"a link failed", "nothing moves any more"};
  for (unsigned i = 0; i < 2; i++) {
    char config[200] = "workload.generate=poisson\nworkload.messages=10\n";
    strcat(config, limits[i]);
    void *bench = oio_dpi_bench_create(config, "", 3, 4);
    assert_false(oio_dpi_bench_failed(bench));
    const unsigned long long end_ps = run(bench, true);
    const char *report = oio_dpi_bench_report(bench);
    if (strstr(report, says[i]) == NULL) fail_msg("%s", report);
    if (i == 1) assert_in_range(end_ps, 1000000000u, 2000000000u);
    oio_dpi_bench_destroy(bench);
  }
}

static void a_port_that_nobody_drives_is_an_error_and_no_crash(void **state) {
  (void)state;
  void *bench = oio_dpi_bench_create("workload.generate=saturate", "", 1, 4);
  assert_false(oio_dpi_bench_failed(bench));
  run(bench, false);
  assert_true(oio_dpi_bench_failed(bench));
  if (strstr(oio_dpi_bench_error(bench), "nothing takes the flits that arrive there") == NULL) fail_msg("%s", oio_dpi_bench_error(bench));
  oio_dpi_bench_destroy(bench);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(rtl_that_lets_nothing_out_ends_the_run),
      cmocka_unit_test(a_port_that_nobody_drives_is_an_error_and_no_crash),
  };
  return cmocka_run_group_tests_name("dpi_bench", tests, NULL, NULL);
}
