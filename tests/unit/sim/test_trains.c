/* SPDX-License-Identifier: Apache-2.0 */
/* Two saturated dies with trains against the same without, flit by flit; and against what can be worked out by hand. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#define CHANCE_PROGRAM "test_trains"
#include "chance.h"
#include "configured.h"
#include "oio/sim.h"
#include "sim/sim_state.h"

/* What a run shows, and what its link ends have seen, for coverage. */
struct outcome {
  struct oio_results results;
  uint64_t seen[2][OIO_LINK_SITUATIONS];
};

static struct outcome run(struct oio_config *config, enum oio_trains_choice trains, uint64_t instants, uint64_t *carried) {
  struct outcome outcome;
  bool more = true;
  memset(&outcome, 0, sizeof outcome);
  config->trains = trains;
  struct oio_sim *sim = start_sim(config);
  while (more) assert_int_equal(oio_sim_run(sim, instants, &more, NULL), OIO_OK);
  oio_sim_get_results(sim, &outcome.results);
  outcome.results.wall_s = outcome.results.cpu_s = 0;
  for (unsigned d = 0; d < 2 && sim->pair; d++) {
    struct oio_link_state state;
    oio_die_get_link_state(sim->die[d], &state);
    memcpy(outcome.seen[d], state.seen, sizeof state.seen);
  }
  if (trains == OIO_TRAINS_ON) *carried += oio_trains_carried(sim->trains);
  oio_sim_destroy(sim);
  return outcome;
}

static void choose(struct oio_config *config, uint64_t *stream) {
  static const uint64_t bytes[] = {1, 8, 64, 100, 223, 224, 225, 300, 448, 1000, 4096, 100000};
  static const char *const rates[] = {"0", "0", "1e-9", "1e-7", "1e-6", "1e-5"};
  struct oio_link_class *link = &config->classes[OIO_CLASS_OPTICAL];
  char text[80];
  oio_config_defaults(config);
  set(config, "net.topology=pair");
  set(config, "workload.generate=saturate");
  set(config, "sim.fidelity=event");
  snprintf(text, sizeof text, "optical.bit_error_rate=%s", rates[chance_below(stream, 6)]);
  set(config, text);
  config->message_bytes = bytes[chance_below(stream, 12)];
  config->messages = config->message_bytes > 4096 ? 100 : 12000;
  config->generated_vcs = 1 + chance_below(stream, 8);
  config->directions = chance_below(stream, 3);
  config->depth = 1 + chance_below(stream, 12);
  config->seed = chance_below(stream, 1000);
  config->warm_up_ps = chance_below(stream, 2) * 3000000;
  config->detail = chance_below(stream, 2) == 0 ? OIO_DETAIL_ON : OIO_DETAIL_OFF;
  config->reset_at_ps = chance_below(stream, 4) == 0 ? 9000000 : 0;
  config->link_ack_delay_flits = chance_below(stream, 20);
  link->lanes = 1 + chance_below(stream, 16);
  link->length_m = (double)chance_below(stream, 40) / 4;
  link->window_flits = chance_below(stream, 2) == 0 ? 1 + chance_below(stream, 60) : 0;
  link->buffer_flits = chance_below(stream, 2) == 0 ? 1 + chance_below(stream, 60) : 0;
}

static void trains_change_no_result(void **state) {
  (void)state;
  uint64_t carried = 0;
  for (unsigned round = 0; round < 150; round++) {
    uint64_t stream = chance_stream(round);
    struct oio_config config;
    choose(&config, &stream);
    resolve(&config);
    const struct outcome without = run(&config, OIO_TRAINS_OFF, 100000, NULL);
    const struct outcome with = run(&config, OIO_TRAINS_ON, 1000 + chance_below(&stream, 100000), &carried);
    if (memcmp(&without, &with, sizeof with) == 0) continue;
    FAIL_WITH_REPLAY("round %u: digests %llx and %llx, ends %llu and %llu", round, (unsigned long long)without.results.wire_digest,
                     (unsigned long long)with.results.wire_digest, (unsigned long long)without.results.sim_time_ps,
                     (unsigned long long)with.results.sim_time_ps);
  }
  if (carried < 100000) fail_msg("trains have carried %llu instants of all", (unsigned long long)carried);
}

/* A flit of 2,048 bits takes 4,000 ps on 512 Gb/s: the last of n that go one way leaves after n of them, and the first takes what one
 * takes. */
static void a_long_run_takes_its_flits_times(void **state) {
  (void)state;
  const uint64_t flits[2] = {1000, 5000000};
  uint64_t ends_ps[2], carried = 0;
  for (unsigned i = 0; i < 2; i++) {
    struct oio_config config;
    oio_config_defaults(&config);
    set(&config, "net.topology=pair");
    set(&config, "workload.generate=saturate");
    set(&config, "sim.fidelity=event");
    set(&config, "workload.directions=a_to_b");
    set(&config, "optical.lanes=8");
    set(&config, "optical.lane_rate_gbps=64");
    config.messages = flits[i];
    resolve(&config);
    const struct oio_results results = run(&config, OIO_TRAINS_ON, 1000000, &carried).results;
    assert_true(results.traffic.delivered == flits[i]);
    ends_ps[i] = results.sim_time_ps;
  }
  assert_true(ends_ps[1] - ends_ps[0] == (flits[1] - flits[0]) * 4000);
  assert_true(carried > flits[1]);
}

/* Where there is nothing that they could carry, they are not there. */
static void other_runs_have_none(void **state) {
  (void)state;
  static const char *const settings[] = {"sim.fidelity=bit", "workload.generate=poisson", "net.topology=bridged", "net.topology=ring:4"};
  for (unsigned i = 0; i < sizeof settings / sizeof *settings; i++) {
    struct oio_config config;
    oio_config_defaults(&config);
    set(&config, "net.topology=pair");
    set(&config, "workload.generate=saturate");
    set(&config, "sim.fidelity=event");
    set(&config, settings[i]);
    config.messages = 100;
    resolve(&config);
    uint64_t carried = 0;
    run(&config, OIO_TRAINS_ON, 1000, &carried);
    assert_true(carried == 0);
  }
}

int main(void) {
  chance_start();
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(trains_change_no_result),
      cmocka_unit_test(a_long_run_takes_its_flits_times),
      cmocka_unit_test(other_runs_have_none),
  };
  return cmocka_run_group_tests_name("trains", tests, NULL, NULL);
}
