/* SPDX-License-Identifier: Apache-2.0 */
/* Bridges that are tunnels (SPEC.md section 19), against times worked out by hand and closed forms. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "configured.h"
#include "oio/results.h"
#include "oio/rng.h"

#include <stdio.h>
#include <string.h>

enum { FLIT_PS = 4000, FLIT_BYTES = 224, WINDOW = 127 };

static struct oio_config tunnelled(void) {
  struct oio_config config;
  oio_config_defaults(&config);
  set(&config, "bridge.mode=tunnel");
  set(&config, "sim.fidelity=event");
  set(&config, "workload.generate=saturate");
  return config;
}

static struct oio_results run(struct oio_config *config) {
  struct oio_results results;
  struct oio_error error;
  bool more;
  resolve(config);
  struct oio_sim *sim = start_sim(config);
  do {
    if (oio_sim_run(sim, 1000000, &more, &error) != OIO_OK) fail_msg("%s", error.text);
  } while (more);
  oio_sim_get_results(sim, &results);
  oio_sim_destroy(sim);
  return results;
}

static bool has_note(const struct oio_results *results, const struct oio_config *config, const char *code) {
  struct oio_note notes[OIO_NOTES_MAX];
  const unsigned count = oio_results_notes(results, config, notes);
  for (unsigned i = 0; i < count; i++) {
    if (strcmp(notes[i].code, code) == 0) return true;
  }
  return false;
}

static void all_arrived(const struct oio_results *r) {
  assert_int_equal(r->traffic.delivered, r->traffic.sent);
  assert_int_equal(r->traffic.lost + r->traffic.outstanding + r->traffic.duplicated + r->traffic.reordered, 0);
  assert_int_equal(r->links.failed, 0);
  assert_false(r->stalled);
}

/* SPEC.md section 19 has the sum. */
static void a_flit_takes_what_its_wires_and_bridges_take(void **state) {
  struct oio_config config = tunnelled();
  (void)state;
  set(&config, "workload.messages=1");
  const struct oio_results r = run(&config);
  all_arrived(&r);
  assert_int_equal(r.latency_min_ps, 87110);
  assert_int_equal((long)r.latency_parts_ps[OIO_PART_SERIALISE], 12000);
  assert_int_equal((long)r.latency_parts_ps[OIO_PART_FLIGHT], 49110);
  assert_int_equal((long)r.latency_parts_ps[OIO_PART_LOGIC], 26000);
  assert_int_equal((long)r.latency_parts_ps[OIO_PART_QUEUE], 0);
}

/* u units are back after 16,140 ps: so many flits in that time, or as many as the wire carries. */
static void a_die_sends_by_the_units_of_its_bridge(void **state) {
  (void)state;
  for (unsigned units = 1; units <= 6; units++) {
    struct oio_config config = tunnelled();
    char key[40];
    snprintf(key, sizeof key, "bridge.buffer_flits=%u", units);
    set(&config, key);
    set(&config, "workload.messages=6000");
    set(&config, "workload.directions=a_to_b");
    const struct oio_results r = run(&config);
    const double each_ps = units * FLIT_PS > 16140 ? FLIT_PS : 16140.0 / units;
    const double per_s = FLIT_BYTES * 8e12 / each_ps;
    all_arrived(&r);
    assert_true(r.goodput_bits_per_s > 0.995 * per_s && r.goodput_bits_per_s <= 1.0001 * per_s);
    assert_int_equal(has_note(&r, &config, "units_bound"), units <= 4);
  }
}

/* One way, and no Ack waits for a flit to ride on. */
static struct oio_config acknowledged_at_once(unsigned metres) {
  struct oio_config config = tunnelled();
  char length[40];
  snprintf(length, sizeof length, "optical.length_m=%u", metres);
  set(&config, "workload.directions=a_to_b");
  set(&config, "link.ack_delay_flits=0");
  set(&config, length);
  return config;
}

/* The goodput is all, up to where the window fills the way there and back, and then a window in that time. */
static void throughput_bends_where_the_window_ends(void **state) {
  (void)state;
  for (unsigned metres = 10; metres <= 130; metres += 20) {
    struct oio_config config = acknowledged_at_once(metres);
    set(&config, "workload.messages=40000");
    const struct oio_results r = run(&config);
    const double loop_ps = 2 * (12000 + 140 + (double)(4897 * metres) + 26000), full = FLIT_BYTES * 8e12 / FLIT_PS;
    const double window = WINDOW * FLIT_PS / loop_ps;
    const double expected = full * (window < 1 ? window : 1);
    all_arrived(&r);
    if (r.goodput_bits_per_s < 0.99 * expected || r.goodput_bits_per_s > 1.005 * expected)
      fail_msg("%u m: %.1f Gb/s, expected %.1f", metres, r.goodput_bits_per_s / 1e9, expected / 1e9);
    assert_int_equal(r.links.duplicate, 0);
    assert_int_equal(has_note(&r, &config, "window_bound"), window < 1);
  }
}

/* 375 flit times are 1,500,000 ps: 145.3 m of the way there and back, wires and logic taken off. */
static void beyond_the_timeout_what_has_arrived_is_sent_again(void **state) {
  (void)state;
  static const struct {
    unsigned metres;
    bool again;
  } ways[] = {{145, false}, {146, true}, {300, true}};
  for (size_t i = 0; i < sizeof ways / sizeof *ways; i++) {
    struct oio_config config = acknowledged_at_once(ways[i].metres);
    set(&config, "workload.messages=20000");
    const struct oio_results r = run(&config);
    all_arrived(&r);
    assert_int_equal(r.links.retries_crc + r.links.retries_sequence, 0);
    assert_int_equal(r.links.retries_timeout > 0, ways[i].again);
    assert_int_equal(r.links.duplicate > 0, ways[i].again);
    assert_in_range(r.links.replayed, 3 * r.links.duplicate, 3 * (r.links.duplicate + WINDOW)); /* three wires; some are on their way */
    assert_int_equal(has_note(&r, &config, "timeout_below_round_trip"), ways[i].again);
  }
}

/* One timeout more than the limit is over before the first Ack is back: 5 of 1,500,000 ps, and 758 m. */
static void beyond_the_replay_limit_the_link_fails_by_name(void **state) {
  (void)state;
  for (unsigned metres = 757; metres <= 759; metres += 2) {
    struct oio_config config = acknowledged_at_once(metres);
    set(&config, "link.replay_limit=4");
    set(&config, "workload.messages=2000");
    const struct oio_results r = run(&config);
    assert_int_equal(r.links.failed > 0, metres > 758);
    if (metres > 758) assert_non_null(strstr(r.failure, "replay limit"));
  }
}

/* ---- errors ---- */

static void draw(struct oio_config *config, struct oio_rng *rng) {
  static const char *const rates[] = {"1e-6", "1e-5", "1e-4", "3e-4"}, *const codes[] = {"none", "none", "kp4", "flit"};
  char key[60];
  snprintf(key, sizeof key, "optical.bit_error_rate=%s", rates[oio_rng_next(rng) >> 62]);
  set(config, key);
  snprintf(key, sizeof key, "die_link.bit_error_rate=%s", rates[oio_rng_next(rng) >> 63]);
  set(config, key);
  snprintf(key, sizeof key, "optical.fec=%s", codes[oio_rng_next(rng) >> 62]);
  set(config, key);
  snprintf(key, sizeof key, "optical.length_m=%u", (unsigned)(oio_rng_next(rng) >> 57));
  set(config, key);
  snprintf(key, sizeof key, "bridge.buffer_flits=%u", 1 + (unsigned)(oio_rng_next(rng) >> 59));
  set(config, key);
  snprintf(key, sizeof key, "die_link.window_flits=%u", 1 + (unsigned)(oio_rng_next(rng) >> 58));
  set(config, key);
  snprintf(key, sizeof key, "link.format=%u", oio_rng_next(rng) >> 63 != 0 ? 3u : 6u);
  set(config, key);
  snprintf(key, sizeof key, "sim.seed=%llu", (unsigned long long)(oio_rng_next(rng) >> 32));
  set(config, key);
  set(config, "die_link.lane_rate_gbps=9"); /* as the optical link with parity, and faster */
  set(config, "workload.messages=300");
  if (oio_rng_next(rng) >> 62 == 0) {
    set(config, "reset.at_ps=300000");
    set(config, "reset.hold_ps=50000");
  }
}

static void under_errors_all_arrives_once_and_both_fidelities_agree(void **state) {
  enum { ROUNDS = 120 };
  struct oio_rng rng;
  uint64_t asked = 0;
  (void)state;
  oio_rng_seed(&rng, 1, 19);
  for (unsigned round = 0; round < ROUNDS; round++) {
    struct oio_config config = tunnelled();
    draw(&config, &rng);
    const struct oio_results event = run(&config);
    set(&config, "sim.fidelity=bit");
    const struct oio_results bit = run(&config);
    const bool same = event.decision_digest == bit.decision_digest && event.sim_time_ps == bit.sim_time_ps &&
                      event.traffic.delivered == bit.traffic.delivered && event.links.undetected == bit.links.undetected;
    const bool whole = bit.traffic.delivered + bit.traffic.lost == bit.traffic.sent && bit.traffic.lost == bit.traffic.dropped &&
                       bit.traffic.outstanding == 0 && bit.traffic.duplicated + bit.traffic.reordered == 0 && bit.links.failed == 0 &&
                       (bit.traffic.corrupted == 0 || bit.links.undetected > 0);
    if (!same || !whole) fail_msg("round %u, seed %llu: same %d, whole %d", round, (unsigned long long)config.seed, same, whole);
    asked += bit.links.retries_crc;
  }
  assert_true(asked > ROUNDS);
}

/* ---- what cannot be ---- */

static void a_die_link_that_has_become_too_slow_fails_by_name(void **state) {
  struct oio_config config = tunnelled();
  (void)state;
  set(&config, "die_link.stripe_bits=1");
  set(&config, "die_link.remap_ps=1000");
  set(&config, "faults.schedule=at 1us link 2: lane 3 dies; at 1us link 2: lane 4 dies");
  set(&config, "workload.messages=100000");
  const struct oio_results r = run(&config);
  assert_int_equal(r.links.failed, 1);
  assert_non_null(strstr(r.failure, "link 1, side B: overflow"));
}

static void flits_for_which_there_is_no_unit_are_no_flits(void **state) {
  const struct oio_tunnel_config config = {.format = 3, .units = 2, .flit_ps = 4000, .logic_ps = 100};
  struct oio_tunnel *tunnel;
  struct oio_wire wire = {.touched_bytes = 0};
  (void)state;
  assert_int_equal(oio_tunnel_create(&tunnel, &config, NULL), OIO_OK);
  for (unsigned i = 0; i < 3; i++) {
    assert_false(oio_tunnel_failed(tunnel, OIO_DIE_SIDE));
    oio_tunnel_rx(tunnel, OIO_DIE_SIDE, i, &wire);
  }
  assert_true(oio_tunnel_failed(tunnel, OIO_DIE_SIDE));
  assert_false(oio_tunnel_failed(tunnel, OIO_OPTICAL_SIDE));
  unsigned sent = 0;
  while (oio_tunnel_tx(tunnel, OIO_OPTICAL_SIDE, 1000, &wire)) sent++;
  assert_int_equal(sent, 2);
  oio_tunnel_reset(tunnel);
  assert_false(oio_tunnel_failed(tunnel, OIO_DIE_SIDE));
  assert_int_equal(oio_tunnel_open_ps(tunnel), 0);
  oio_tunnel_destroy(tunnel);
}

static void refused(const char *const *settings, const char *part) {
  struct oio_config config = tunnelled();
  struct oio_error error;
  for (; *settings != NULL; settings++) set(&config, *settings);
  assert_int_equal(oio_config_resolve(&config, &error), OIO_ERR_CONFIG);
  if (strstr(error.text, part) == NULL) fail_msg("%s", error.text);
}

static void what_a_tunnel_cannot_be_is_refused(void **state) {
  (void)state;
  refused((const char *const[]){"net.topology=pair", NULL}, "only the net bridged");
  refused((const char *const[]){"net.topology=star:4", NULL}, "only the net bridged");
  refused((const char *const[]){"optical.lane_rate_gbps=33", NULL}, "raise die_link.lanes");
  refused((const char *const[]){"die_link.marker_bits=2048", "die_link.marker_period_bits=20480", NULL}, "raise die_link.lanes");
  const struct oio_tunnel_config bad[] = {{.format = 2, .units = 1, .flit_ps = 1},
                                          {.format = 3, .units = 0, .flit_ps = 1},
                                          {.format = 3, .units = 32768, .flit_ps = 1},
                                          {.format = 3, .units = 1, .flit_ps = 0},
                                          {.format = 3, .units = 1, .flit_ps = 1, .logic_ps = OIO_MS + 1},
                                          {.format = 3, .units = 1, .flit_ps = 1, .credit_ps = 2 * OIO_MS + 1}};
  for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
    struct oio_tunnel *tunnel;
    struct oio_error error;
    assert_int_equal(oio_tunnel_create(&tunnel, &bad[i], &error), OIO_ERR_CONFIG);
    assert_null(tunnel);
  }
  struct oio_config config = tunnelled();
  struct oio_error error;
  struct oio_net *net;
  resolve(&config);
  assert_int_equal(oio_net_create(&net, &config, (const bool[]){false, false, true, false}, &error), OIO_ERR_CONFIG);
  assert_non_null(strstr(error.text, "left out"));
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(a_flit_takes_what_its_wires_and_bridges_take),
      cmocka_unit_test(a_die_sends_by_the_units_of_its_bridge),
      cmocka_unit_test(throughput_bends_where_the_window_ends),
      cmocka_unit_test(beyond_the_timeout_what_has_arrived_is_sent_again),
      cmocka_unit_test(beyond_the_replay_limit_the_link_fails_by_name),
      cmocka_unit_test(under_errors_all_arrives_once_and_both_fidelities_agree),
      cmocka_unit_test(a_die_link_that_has_become_too_slow_fails_by_name),
      cmocka_unit_test(flits_for_which_there_is_no_unit_are_no_flits),
      cmocka_unit_test(what_a_tunnel_cannot_be_is_refused),
  };
  return cmocka_run_group_tests_name("test_tunnel", tests, NULL, NULL);
}
