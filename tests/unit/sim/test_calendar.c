/* SPDX-License-Identifier: Apache-2.0 */
/* The calendar against the plain loop over few wires: a net of two dies must come to the same, to the last bit and picosecond. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#define CHANCE_PROGRAM "test_calendar"
#include "chance.h"
#include "oio/sim.h"
#include "recorded.h"
#include "sim/many.h"

static struct oio_results run(const struct oio_config *config, bool calendar) {
  struct oio_results results;
  bool more = true;
  struct oio_sim *sim = start_sim(config);
  if (calendar) assert_true(oio_sim_use_one_calendar(sim));
  while (more) assert_int_equal(oio_sim_run(sim, 1000, &more, NULL), OIO_OK);
  oio_sim_get_results(sim, &results);
  oio_sim_destroy(sim);
  return results;
}

static void both_loops_come_to_the_same(void **state) {
  (void)state;
  static const char *const kinds[] = {"workload.generate=saturate", "workload.generate=poisson", "workload.generate=burst"};
  for (unsigned round = 0; round < 60; round++) {
    uint64_t stream = chance_stream(round);
    struct oio_config config;
    oio_config_defaults(&config);
    set(&config, round % 2 == 0 ? "net.topology=pair" : "net.topology=bridged");
    set(&config, kinds[round % 3]);
    set(&config, chance_below(&stream, 2) == 0 ? "sim.fidelity=event" : "sim.fidelity=bit");
    set(&config, chance_below(&stream, 2) == 0 ? "optical.bit_error_rate=1e-5" : "optical.bit_error_rate=3e-4");
    set(&config, chance_below(&stream, 2) == 0 ? "die_link.bit_error_rate=0" : "die_link.bit_error_rate=1e-4");
    set(&config, chance_below(&stream, 3) == 0 ? "link.ack_delay_flits=0" : "link.ack_delay_flits=16");
    config.seed = chance_below(&stream, 1000);
    config.messages = 2000;
    config.message_bytes = 1 + chance_below(&stream, 600);
    config.generated_vcs = 1 + chance_below(&stream, 4);
    config.classes[OIO_CLASS_OPTICAL].window_flits = chance_below(&stream, 3) == 0 ? 1 + chance_below(&stream, 20) : 0;
    config.reset_at_ps = chance_below(&stream, 3) == 0 ? 1000000 : 0;
    resolve(&config);
    const struct oio_results plain = run(&config, false), calendar = run(&config, true);
    if (memcmp(&plain, &calendar, sizeof plain) != 0) {
      FAIL_WITH_REPLAY("round %u: digests %llx and %llx, ends %llu and %llu", round, (unsigned long long)plain.wire_digest,
                       (unsigned long long)calendar.wire_digest, (unsigned long long)plain.sim_time_ps,
                       (unsigned long long)calendar.sim_time_ps);
    }
    assert_true(plain.traffic.delivered > 0);
  }
}

int main(void) {
  chance_start();
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(both_loops_come_to_the_same),
  };
  return cmocka_run_group_tests_name("calendar", tests, NULL, NULL);
}
