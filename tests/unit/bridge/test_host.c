/* SPDX-License-Identifier: Apache-2.0 */
/* What a host of the model (DPI, SystemC) refuses, as the commands do; and runs with nothing left out said as NULL. */
#define _GNU_SOURCE
#define CHANCE_PROGRAM "test_host"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "chance.h"
#include "oio_host.h"
#include "recorded.h"

static void refused(const struct oio_config *config, struct oio_trace_reader *trace, const char *because) {
  struct oio_host host;
  struct oio_error error = {""};
  assert_int_equal(oio_host_create(&host, config, trace, &error), OIO_ERR_CONFIG);
  if (strstr(error.text, because) == NULL) fail_msg("'%s' does not say '%s'", error.text, because);
  assert_true(host.net == NULL && host.traffic == NULL);
}

static struct oio_config resolved(const char *setting) {
  struct oio_config config;
  oio_config_defaults(&config);
  if (setting != NULL) set(&config, setting);
  assert_int_equal(oio_config_resolve(&config, NULL), OIO_OK);
  return config;
}

static void a_run_needs_a_trace_or_a_generator_and_not_both(void **state) {
  (void)state;
  static const struct oio_record one = {.time_ps = 0, .id = 0, .bytes = 8, .source = 0, .destination = 2};
  struct recorded recorded;
  struct oio_host host;
  const struct oio_config nothing = resolved(NULL), generated = resolved("workload.generate=saturate");
  struct oio_config mapped = generated;
  set(&mapped, "trace.map=0:0,1:1");
  record(&recorded, &one, 1);
  refused(&nothing, NULL, "nothing to send");
  refused(&generated, recorded.trace, "do not go together");
  refused(&mapped, NULL, "trace.map needs a trace");
  assert_int_equal(oio_host_create(&host, &generated, NULL, NULL), OIO_OK);
  oio_host_destroy(&host);
  assert_int_equal(oio_host_create(&host, &nothing, recorded.trace, NULL), OIO_OK);
  oio_host_destroy(&host);
  forget(&recorded);
}

static void a_simulation_with_nothing_said_of_nodes_leaves_none_out(void **state) {
  (void)state;
  static const bool none[4] = {false, false, false, false};
  struct oio_config config = resolved("workload.generate=saturate");
  uint64_t digest[2];
  config.messages = 500;
  for (unsigned i = 0; i < 2; i++) {
    struct oio_sim *sim;
    struct oio_results results;
    assert_int_equal(oio_sim_create(&sim, &config, NULL, i == 0 ? NULL : none, NULL), OIO_OK);
    assert_int_equal(oio_sim_advance(sim, OIO_NEVER, NULL), OIO_OK);
    oio_sim_get_results(sim, &results);
    assert_int_equal(results.traffic.delivered, 500);
    digest[i] = results.wire_digest;
    oio_sim_destroy(sim);
  }
  assert_true(digest[0] == digest[1]);
}

int main(void) {
  chance_start();
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(a_run_needs_a_trace_or_a_generator_and_not_both),
      cmocka_unit_test(a_simulation_with_nothing_said_of_nodes_leaves_none_out),
  };
  return cmocka_run_group_tests_name("host", tests, NULL, NULL);
}
