/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Resets of a link or a die, by numbers worked out by hand. A star of four, flits of 1024 bits a nanosecond and no way at all but the time
 * of the flit: flit k of a saturated die is wholly on the wire at (k + 1) * FLIT_PS, and in the switch at the same moment.
 */
#define CHANCE_PROGRAM "test_scopes"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

#include "chance.h"
#include "oio/sim.h"
#include "recorded.h"

enum { FLIT_PS = 4000, FLIGHT_FLITS = 3, MESSAGES = 200, DEPTH = 7 };

/* Of 64 lanes at 8 Gb/s: 2048 bits in 4 ns. The way takes three flit times. */
static struct oio_config star(uint64_t at_ps, const char *scope, const char *which) {
  struct oio_config config;
  oio_config_defaults(&config);
  set(&config, "net.topology=star:4");
  set(&config, "package.lanes=64");
  set(&config, "package.lane_rate_gbps=8");
  set(&config, "package.length_m=0");
  set(&config, "package.logic_ps=12000");
  set(&config, "workload.generate=saturate");
  set(&config, "workload.pattern=hot-spot");
  set(&config, "workload.depth=7");
  set(&config, scope);
  set(&config, which);
  config.messages = 3 * MESSAGES;
  config.reset_at_ps = at_ps;
  config.reset_hold_ps = 50000;
  return config;
}

static struct oio_results run(struct oio_config *config, struct oio_sim **sim) {
  struct oio_results results;
  struct oio_error error;
  resolve(config);
  *sim = start_sim(config);
  assert_int_equal(oio_sim_advance(*sim, OIO_NEVER, &error), OIO_OK);
  assert_true(oio_traffic_finished(oio_sim_traffic(*sim)));
  oio_sim_get_results(*sim, &results);
  assert_int_equal(results.traffic.lost, results.traffic.dropped);
  assert_int_equal(results.traffic.sent, 3 * MESSAGES);
  assert_int_equal(results.traffic.delivered + results.traffic.lost, 3 * MESSAGES);
  assert_int_equal(results.traffic.duplicated + results.traffic.reordered + results.traffic.corrupted + results.traffic.revived, 0);
  return results;
}

static uint64_t lost_of(struct oio_sim *sim, uint32_t source) {
  struct oio_flow_counts counts;
  uint64_t lost = 0;
  for (uint32_t i = 0; oio_traffic_get_flow(oio_sim_traffic(sim), i, &counts); i++) {
    if (counts.source == source) lost += counts.lost;
  }
  return lost;
}

/* Link 1 is die 1's. At the reset, in the middle of a flit, there are on the wire the three in flight and the one being sent: four
 * messages, of the pair (1, 0) and no other. */
static void a_link_loses_what_is_on_its_wires_and_nothing_else(void **state) {
  (void)state;
  struct oio_config config = star(10 * FLIT_PS + FLIT_PS / 2, "reset.scope=link", "reset.which=1");
  struct oio_sim *sim;
  const struct oio_results results = run(&config, &sim);
  assert_int_equal(results.traffic.lost, FLIGHT_FLITS + 1);
  assert_int_equal(lost_of(sim, 1), FLIGHT_FLITS + 1);
  oio_sim_destroy(sim);
}

/* And what waits in the die besides: depth, for the next message has entered at the send of the one on the wire. */
static void a_die_loses_its_queue_too(void **state) {
  (void)state;
  struct oio_config config = star(10 * FLIT_PS + FLIT_PS / 2, "reset.scope=die", "reset.which=2");
  struct oio_sim *sim;
  const struct oio_results results = run(&config, &sim);
  assert_int_equal(results.traffic.lost, FLIGHT_FLITS + 1 + DEPTH);
  assert_int_equal(lost_of(sim, 2), FLIGHT_FLITS + 1 + DEPTH);
  oio_sim_destroy(sim);
}

/* Die 0 receives. Its link has four on the wire towards it, of all three others. */
static void a_die_that_receives_loses_what_is_on_its_wire(void **state) {
  (void)state;
  struct oio_config config = star(60 * FLIT_PS + FLIT_PS / 2, "reset.scope=die", "reset.which=0");
  struct oio_sim *sim;
  const struct oio_results results = run(&config, &sim);
  assert_int_equal(results.traffic.lost, FLIGHT_FLITS + 1);
  assert_true(lost_of(sim, 1) > 0 && lost_of(sim, 2) > 0 && lost_of(sim, 3) > 0);
  oio_sim_destroy(sim);
}

/* Nothing goes on a wire that is held, and as soon as it is not, it does: 600 messages over the wire to die 0 take 600 flit times, and the
 * hold, in which it stands, and the way, which it waits once more. */
static void a_wire_that_is_held_is_quiet_for_so_long(void **state) {
  (void)state;
  struct oio_config config = star(0, "reset.scope=die", "reset.which=0");
  struct oio_sim *sim;
  const oio_time_ps unbroken_ps = run(&config, &sim).sim_time_ps;
  oio_sim_destroy(sim);
  config.reset_at_ps = 60 * FLIT_PS;
  const struct oio_results broken = run(&config, &sim);
  const oio_time_ps spared_ps = broken.traffic.lost * FLIT_PS, longer_ps = broken.sim_time_ps + spared_ps - unbroken_ps;
  if (longer_ps < config.reset_hold_ps || longer_ps > config.reset_hold_ps + (FLIGHT_FLITS + 2) * FLIT_PS)
    fail_msg("%" PRIu64 " ps longer", longer_ps);
  oio_sim_destroy(sim);
}

/* Of five flits and a bit, or five in a flit; with the receive buffers at the switch full, too. */
static void messages_of_many_flits_or_many_in_a_flit_are_lost_once_and_their_rest_means_nothing(void **state) {
  (void)state;
  static const char *const nets[] = {"net.topology=ring:5", "net.topology=mesh:3x3", "net.topology=fat-tree:4"};
  uint64_t lost = 0;
  for (unsigned n = 0; n < 60; n++) {
    char which[32];
    snprintf(which, sizeof which, "reset.which=%u", n % 5);
    struct oio_config config = star(100000 + 77777 * (uint64_t)n, n % 2 == 0 ? "reset.scope=link" : "reset.scope=die", which);
    struct oio_sim *sim;
    set(&config, nets[n % 3]);
    set(&config, n / 3 % 2 == 0 ? "workload.message_bytes=1120" : "workload.message_bytes=30");
    if (n % 2 == 0) set(&config, "workload.pattern=uniform");
    set(&config, n % 5 < 3 ? "package.buffer_flits=3" : "package.buffer_flits=100");
    set(&config, n % 4 < 2 ? "sim.fidelity=event" : "sim.fidelity=bit");
    lost += run(&config, &sim).traffic.lost;
    oio_sim_destroy(sim);
  }
  assert_true(lost > 60);
}

static void what_is_no_part_of_a_net_is_refused(void **state) {
  (void)state;
  static const struct {
    const char *scope, *which, *why;
  } rows[] = {
      {"reset.scope=die", "reset.which=4", "reset.which=4: the net has no such die; use 0..3"},
      {"reset.scope=link", "reset.which=4", "reset.which=4: the net has no such link; use 0..3"},
  };
  for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
    struct oio_config config = star(1000, rows[i].scope, rows[i].which);
    struct oio_sim *sim;
    struct oio_error error;
    assert_int_equal(oio_config_resolve(&config, &error), OIO_OK);
    assert_int_equal(oio_sim_create(&sim, &config, NULL, NULL, &error), OIO_ERR_CONFIG);
    assert_string_equal(error.text, rows[i].why);
  }
  struct oio_config config = star(1000, "reset.scope=link", "reset.which=0");
  struct oio_error error;
  set(&config, "net.topology=pair");
  assert_int_equal(oio_config_resolve(&config, &error), OIO_ERR_CONFIG);
  assert_string_equal(error.text, "reset.scope: a net of two dies is one path, which goes down as a whole; use all");
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(a_link_loses_what_is_on_its_wires_and_nothing_else),
      cmocka_unit_test(a_die_loses_its_queue_too),
      cmocka_unit_test(a_die_that_receives_loses_what_is_on_its_wire),
      cmocka_unit_test(a_wire_that_is_held_is_quiet_for_so_long),
      cmocka_unit_test(messages_of_many_flits_or_many_in_a_flit_are_lost_once_and_their_rest_means_nothing),
      cmocka_unit_test(what_is_no_part_of_a_net_is_refused),
  };
  return cmocka_run_group_tests_name("scopes of reset", tests, NULL, NULL);
}
