/* SPDX-License-Identifier: Apache-2.0 */
/* Generated traffic of many dies: who sends to whom and when, counted; and runs of whole nets against closed forms. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define CHANCE_PROGRAM "test_sources"
#include "oio/sim.h"
#include "recorded.h"
#include "traffic/sources.h"

static struct oio_sources *make(const char *const *settings) {
  const struct oio_config config = configured(settings);
  struct oio_sources *made;
  struct oio_error error;
  if (oio_sources_create(&made, &config, &error) != OIO_OK) fail_msg("%s", error.text);
  return made;
}

static void every_die_sends_its_share_to_every_other_alike_in_time_order(void **state) {
  (void)state;
  static const char *const settings[] = {"net.topology=star:4", "workload.generate=poisson", "workload.messages=120001", "workload.vcs=3",
                                         NULL};
  struct oio_sources *s = make(settings);
  unsigned from[4] = {0}, pair[4][4] = {{0}};
  struct oio_record record;
  oio_time_ps last_ps = 0;
  for (uint64_t id = 0; oio_sources_next(s, &record); id++) {
    assert_int_equal(record.id, id);
    assert_true(record.time_ps >= last_ps && record.source != record.destination);
    last_ps = record.time_ps;
    assert_int_equal(record.vc, from[record.source] % 3);
    from[record.source]++;
    pair[record.source][record.destination]++;
  }
  assert_int_equal(from[0], 30001);
  for (unsigned die = 1; die < 4; die++) assert_int_equal(from[die], 30000);
  for (unsigned i = 0; i < 16; i++) { /* 10,000 each, a standard deviation of 82 */
    if (i / 4 != i % 4) assert_true(abs((int)pair[i / 4][i % 4] - 10000) < 400);
  }
  /* 30,000 gaps of 4 ns / 0.5: the mean of the last of four dies is a little later than 240 us. */
  assert_true(fabs((double)last_ps / 240e6 - 1) < 0.02);
  oio_sources_destroy(s);
}

static void a_pattern_names_one_partner(void **state) {
  (void)state;
  static const struct {
    const char *net, *pattern;
    unsigned to[9];
  } cases[] = {
      {"net.topology=ring:5", "workload.pattern=neighbour", {1, 2, 3, 4, 0}},
      {"net.topology=mesh:3x3", "workload.pattern=transpose", {99, 3, 6, 1, 99, 7, 2, 5, 99}},
      {"net.topology=star:4", "workload.pattern=complement", {3, 2, 1, 0}},
      {"net.topology=star:3", "workload.pattern=hot-spot", {99, 0, 0}},
      {"net.topology=ring:6", "workload.pattern=tornado", {2, 3, 4, 5, 0, 1}},
  };
  for (unsigned i = 0; i < sizeof cases / sizeof cases[0]; i++) {
    const char *const settings[] = {cases[i].net, cases[i].pattern, "workload.generate=burst", "workload.messages=1000", NULL};
    struct oio_sources *s = make(settings);
    struct oio_record record;
    unsigned count = 0;
    for (; oio_sources_next(s, &record); count++) assert_int_equal(record.destination, cases[i].to[record.source]);
    assert_int_equal(count, 1000);
    oio_sources_destroy(s);
  }
}

static void what_does_not_go_together_is_refused(void **state) {
  (void)state;
  static const char *const transposed[] = {"net.topology=star:5", "workload.pattern=transpose", "workload.generate=poisson", NULL};
  static const char *const far[] = {"net.topology=loop:4", "workload.generate=poisson", NULL};
  struct oio_sources *s;
  struct oio_error error;
  struct oio_config config = configured(transposed);
  assert_int_equal(oio_sources_create(&s, &config, &error), OIO_ERR_CONFIG);
  assert_non_null(strstr(error.text, "a square number of dies"));
  config = configured(far);
  assert_int_equal(oio_sources_create(&s, &config, &error), OIO_ERR_CONFIG);
  assert_non_null(strstr(error.text, "die 0 cannot reach die 2"));
}

static struct oio_results run(const char *const *settings) {
  const struct oio_config config = configured(settings);
  struct oio_results results;
  struct oio_sim *sim = start_sim(&config);
  assert_int_equal(oio_sim_advance(sim, OIO_NEVER, NULL), OIO_OK);
  oio_sim_get_results(sim, &results);
  oio_sim_destroy(sim);
  assert_int_equal(results.traffic.delivered, config.messages);
  return results;
}

/* h links of 4,000 ps a flit, 70 ps of flight and 4,000 of logic, and a switch of 100,000 between two of them. */
static void an_idle_net_takes_the_time_of_its_way(void **state) {
  (void)state;
  static const char *const star[] = {"net.topology=star:16", "workload.generate=poisson", "workload.messages=20", "workload.load=0.00001",
                                     NULL};
  static const char *const full[] = {"net.topology=full:5", "workload.generate=poisson", "workload.messages=20", "workload.load=0.00001",
                                     NULL};
  const struct oio_results two_links = run(star), one_link = run(full);
  assert_int_equal(two_links.latency_min_ps, 2 * 8070 + 100000);
  assert_int_equal(two_links.latency_max_ps, 2 * 8070 + 100000);
  assert_int_equal(one_link.latency_min_ps, 8070);
  assert_int_equal(one_link.latency_max_ps, 8070);
}

/* Nobody shares a wire: every die sends 222 bytes each 4 ns but for what Acks and credits that find no flit to ride on take, which here
 * they always do. */
static void where_nobody_shares_a_wire_a_switch_carries_what_its_links_do(void **state) {
  (void)state;
  static const char *const settings[] = {"net.topology=star:8",     "workload.pattern=complement", "workload.generate=saturate",
                                         "workload.messages=80000", "sim.fidelity=event",          NULL};
  const struct oio_results r = run(settings);
  assert_true(fabs(r.goodput_bits_per_s / (8 * 222 * 8 / 4e-9) - 1) < 0.01);
}

/* The shared buffer of one output: eight dies to one of them share its wire, in turn, so each has an eighth, and none waits longer. */
static void a_hot_spot_has_the_rate_of_one_wire(void **state) {
  (void)state;
  static const char *const settings[] = {"net.topology=star:8",     "workload.pattern=hot-spot", "workload.generate=saturate",
                                         "workload.messages=21000", "sim.fidelity=event",        NULL};
  const struct oio_results r = run(settings);
  assert_true(fabs(r.goodput_bits_per_s / (222 * 8 / 4e-9) - 1) < 0.02);
}

/* ---- collectives over whole nets ---- */

static struct oio_results collective(const char *net, const char *kind, uint64_t bytes, const char *more) {
  char topology[64], generate[64], size[64];
  snprintf(topology, sizeof topology, "net.topology=%s", net);
  snprintf(generate, sizeof generate, "workload.generate=%s", kind);
  snprintf(size, sizeof size, "workload.bytes=%llu", (unsigned long long)bytes);
  const char *const settings[] = {topology, generate, size, "sim.fidelity=event", more, NULL};
  const struct oio_config config = configured(settings);
  struct oio_results results;
  struct oio_sim *sim = start_sim(&config);
  assert_int_equal(oio_sim_advance(sim, OIO_NEVER, NULL), OIO_OK);
  oio_sim_get_results(sim, &results);
  oio_sim_destroy(sim);
  assert_int_equal(results.traffic.outstanding + results.traffic.corrupted + results.traffic.lost, 0);
  return results;
}

/* A step sends k whole flits of 4,000 ps; the last arrives 70 + 4,000 later: 2 (n - 1) (alpha + S / (n B)) with B = 222 bytes a flit time.
 */
static void a_ring_all_reduce_takes_its_closed_form(void **state) {
  (void)state;
  static const unsigned sizes[] = {2, 3, 4, 8, 64};
  for (unsigned i = 0; i < 5; i++) {
    const uint64_t n = sizes[i], flits = 50, steps = 2 * (n - 1);
    char net[16];
    snprintf(net, sizeof net, "loop:%u", (unsigned)n);
    const struct oio_results r = collective(net, "all-reduce", n * flits * 222, NULL);
    assert_int_equal(r.sim_time_ps, steps * (flits * 4000 + 4070));
    assert_int_equal(r.traffic.delivered, steps * n);
    assert_true(fabs(r.algorithm_bytes_per_s / ((double)(n * flits * 222) * 1e12 / (double)r.sim_time_ps) - 1) < 1e-12);
    assert_true(fabs(r.bus_bytes_per_s / r.algorithm_bytes_per_s / (2 * (double)(n - 1) / (double)n) - 1) < 1e-12);
  }
}

/* Through a switch alpha is two links, a flit that is stored, and the switch. */
static void through_a_switch_alpha_is_longer_and_nothing_else(void **state) {
  (void)state;
  const struct oio_results r = collective("star:8", "all-reduce", 8 * 50 * 222, NULL);
  assert_int_equal(r.sim_time_ps, 14 * (50 * 4000 + 4070 + 100000 + 4000 + 4070));
}

/* Direct: n - 1 links at once, or one after the other through one. */
static void all_to_all_takes_its_closed_form_on_full_and_star(void **state) {
  (void)state;
  const struct oio_results full = collective("full:8", "all-to-all", 8 * 50 * 222, NULL),
                           star = collective("star:8", "all-to-all", 8 * 50 * 222, NULL);
  assert_int_equal(full.sim_time_ps, 50 * 4000 + 4070);
  const double closed_ps = 7 * 50 * 4000 + 4070 + 100000 + 4000 + 4070;
  print_message("all-to-all through one switch takes %.4f of its closed form\n", (double)star.sim_time_ps / closed_ps);
  assert_true((double)star.sim_time_ps >= closed_ps && (double)star.sim_time_ps < 1.02 * closed_ps);
}

/* Nothing beside: compute, then the collective. All of it may run beside, and is shorter: compute alone, and the local records around it.
 */
static void a_step_is_compute_and_what_of_the_collective_is_exposed(void **state) {
  (void)state;
  const uint64_t reduce_ps = 14 * (50 * 4000 + 4070);
  static const char *const settings[] = {"net.topology=loop:8",          "workload.generate=all-reduce",
                                         "workload.bytes=88800",         "workload.iterations=10",
                                         "workload.compute_ps=10000000", "die.local_ps=1",
                                         "sim.fidelity=event",           NULL};
  struct oio_config config = configured(settings);
  struct oio_sim *sim;
  struct oio_results apart, beside;
  for (unsigned overlap = 0; overlap < 2; overlap++) {
    config.overlap = overlap;
    assert_int_equal(oio_sim_create(&sim, &config, NULL, NULL, NULL), OIO_OK);
    assert_int_equal(oio_sim_advance(sim, OIO_NEVER, NULL), OIO_OK);
    oio_sim_get_results(sim, overlap == 0 ? &apart : &beside);
    oio_sim_destroy(sim);
  }
  assert_true(fabs(apart.iteration_ps / (10e6 + (double)reduce_ps) - 1) < 1e-3);
  assert_true(fabs(apart.efficiency - 10e6 / (10e6 + (double)reduce_ps)) < 1e-3);
  assert_true(fabs(beside.iteration_ps / 10e6 - 1) < 1e-3 && fabs(beside.efficiency - 1) < 1e-3);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(every_die_sends_its_share_to_every_other_alike_in_time_order),
      cmocka_unit_test(a_pattern_names_one_partner),
      cmocka_unit_test(what_does_not_go_together_is_refused),
      cmocka_unit_test(an_idle_net_takes_the_time_of_its_way),
      cmocka_unit_test(where_nobody_shares_a_wire_a_switch_carries_what_its_links_do),
      cmocka_unit_test(a_hot_spot_has_the_rate_of_one_wire),
      cmocka_unit_test(a_ring_all_reduce_takes_its_closed_form),
      cmocka_unit_test(through_a_switch_alpha_is_longer_and_nothing_else),
      cmocka_unit_test(all_to_all_takes_its_closed_form_on_full_and_star),
      cmocka_unit_test(a_step_is_compute_and_what_of_the_collective_is_exposed),
  };
  return cmocka_run_group_tests_name("sources", tests, NULL, NULL);
}
