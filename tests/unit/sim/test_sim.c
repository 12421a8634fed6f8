/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Whole runs of the event simulator: that the parts of every latency add up to it, what times the configuration says, and how a run ends.
 */
#define _GNU_SOURCE
#define CHANCE_PROGRAM "test_sim"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "chance.h"
#include "oio/sim.h"
#include "recorded.h"

static struct oio_sim *simulate(const char *const *settings, struct oio_trace_reader *trace, uint64_t of_seed) {
  struct oio_config config;
  struct oio_error error;
  struct oio_sim *sim = NULL;
  oio_config_defaults(&config);
  for (; *settings != NULL; settings++) set(&config, *settings);
  config.seed = of_seed;
  if (oio_config_resolve(&config, &error) != OIO_OK || oio_sim_create(&sim, &config, trace, NULL, &error) != OIO_OK) {
    fail_msg("%s", error.text);
  }
  return sim;
}

static void check_parts(struct oio_sim *sim, uint64_t of_seed) {
  struct oio_traffic_counts c;
  oio_traffic_get_counts(oio_sim_traffic(sim), &c);
  const struct oio_histogram *h = oio_traffic_latency(oio_sim_traffic(sim));
  uint64_t sum = 0;
  for (unsigned part = 0; part < OIO_PART_COUNT; part++) sum += c.parts[part].low;
  if (sum != h->sum.low || h->sum.high != 0 || h->count + c.reordered != c.delivered) {
    FAIL_WITH_REPLAY("seed %llu at %llu: parts %llu, latencies %llu", (unsigned long long)of_seed, (unsigned long long)oio_sim_now_ps(sim),
                     (unsigned long long)sum, (unsigned long long)h->sum.low);
  }
}

static void after_every_instant_the_parts_add_up_to_the_latencies_exactly(void **state) {
  (void)state;
  static const char *const rates[] = {"optical.bit_error_rate=0", "optical.bit_error_rate=2e-5", "optical.bit_error_rate=2e-4"};
  static const char *const sizes[] = {"workload.message_bytes=8", "workload.message_bytes=224", "workload.message_bytes=225",
                                      "workload.message_bytes=9000"};
  static const char *const topologies[] = {"net.topology=pair", "net.topology=bridged"};
  static const char *const generators[] = {"workload.generate=saturate", "workload.generate=poisson", "workload.generate=burst"};
  for (unsigned i = 0; i < 72; i++) {
    const char *const settings[] = {rates[i % 3],
                                    sizes[i / 3 % 4],
                                    topologies[i / 12 % 2],
                                    generators[i / 24],
                                    i % 2 ? "workload.vcs=5" : "workload.vcs=1",
                                    i % 5 ? "sim.fidelity=event" : "sim.fidelity=bit",
                                    "workload.messages=400",
                                    "die_link.bit_error_rate=1e-5",
                                    "link.replay_limit=65535",
                                    i % 7 ? "optical.lane_rate_gbps=32" : "optical.lane_rate_gbps=31.7",
                                    NULL};
    struct oio_sim *sim = simulate(settings, NULL, seed + i);
    bool more = true;
    while (more) {
      assert_int_equal(oio_sim_run(sim, 1, &more, NULL), OIO_OK);
      check_parts(sim, seed + i);
    }
    struct oio_results r;
    oio_sim_get_results(sim, &r);
    if (r.traffic.delivered != 400 || r.traffic.corrupted + r.traffic.lost + r.traffic.duplicated + r.traffic.reordered != 0) {
      FAIL_WITH_REPLAY("seed %llu: %llu of 400 delivered", (unsigned long long)(seed + i), (unsigned long long)r.traffic.delivered);
    }
    oio_sim_destroy(sim);
  }
}

static void expect_parts(const char *topology, uint64_t queue, uint64_t serialise, uint64_t flight, uint64_t logic) {
  static const struct oio_record one = {.time_ps = 777, .id = 0, .bytes = 224, .source = 1, .destination = 2};
  const char *const settings[] = {topology, "optical.length_m=10", NULL};
  struct recorded recorded;
  record(&recorded, &one, 1);
  struct oio_sim *sim = simulate(settings, recorded.trace, 1);
  assert_int_equal(oio_sim_advance(sim, OIO_NEVER, NULL), OIO_OK);
  struct oio_results r;
  oio_sim_get_results(sim, &r);
  const uint64_t expected[OIO_PART_COUNT] = {
      [OIO_PART_QUEUE] = queue, [OIO_PART_SERIALISE] = serialise, [OIO_PART_FLIGHT] = flight, [OIO_PART_LOGIC] = logic};
  for (unsigned part = 0; part < OIO_PART_COUNT; part++) {
    if (r.traffic.parts[part].low != expected[part]) {
      fail_msg("%s, part %u: %llu, must be %llu", topology, part, (unsigned long long)r.traffic.parts[part].low,
               (unsigned long long)expected[part]);
    }
  }
  assert_int_equal(r.latency_min_ps, queue + serialise + flight + logic);
  oio_sim_destroy(sim);
  forget(&recorded);
}

static void alone_on_the_path_a_message_takes_the_sum_of_the_configured_times(void **state) {
  (void)state;
  expect_parts("net.topology=pair", 0, 4000, 48970, 10000);
  /* die link 4000 + 70 + 4000, bridge 4000, fibre, bridge 4000, die link */
  expect_parts("net.topology=bridged", 0, 3 * 4000, 48970 + 2 * 70, 4000 + 4000 + 10000 + 4000 + 4000);
}

/* Saturated one way: the last of N flits has arrived N flit times and the way after the start, whatever the length. */
static void the_automatic_values_keep_fibre_of_any_length_full(void **state) {
  (void)state;
  static const char *const lengths[] = {"optical.length_m=0", "optical.length_m=10", "optical.length_m=300", "optical.length_m=2000"};
  enum { FLITS = 60000 };
  for (unsigned i = 0; i < 16; i++) {
    const char *const settings[] = {lengths[i / 4],
                                    i & 1 ? "net.topology=bridged" : "net.topology=pair",
                                    i & 2 ? "optical.lanes=64" : "optical.lanes=16",
                                    i & 2 ? "die_link.lane_rate_gbps=32" : "die_link.lane_rate_gbps=8",
                                    "workload.generate=saturate",
                                    "workload.messages=60000",
                                    "workload.directions=a_to_b",
                                    "sim.fidelity=event",
                                    NULL};
    struct oio_sim *sim = simulate(settings, NULL, seed);
    assert_int_equal(oio_sim_advance(sim, OIO_NEVER, NULL), OIO_OK);
    struct oio_results r;
    oio_sim_get_results(sim, &r);
    const uint64_t flit = i & 2 ? 1000 : 4000, length = i / 4 == 0 ? 0 : i / 4 == 1 ? 10 : i / 4 == 2 ? 300 : 2000;
    const uint64_t way = length * 4897 + 10000 + (i & 1 ? 2 * (flit + 70 + 4000 + 4000) : 0), expected = FLITS * flit + way;
    if (r.traffic.delivered != FLITS || r.sim_time_ps < expected || r.sim_time_ps > expected + expected / 500) {
      fail_msg("%s, %s, %s: %llu ps, in closed form %llu", settings[0], settings[1], settings[2], (unsigned long long)r.sim_time_ps,
               (unsigned long long)expected);
    }
    oio_sim_destroy(sim);
  }
}

static void a_trace_with_everything_in_it_arrives_whole_over_bad_wires(void **state) {
  (void)state;
  enum { RECORDS = 6000 };
  static struct oio_record records[RECORDS];
  static uint64_t waits[RECORDS][2];
  static uint8_t payload[700];
  uint64_t stream = chance_stream(2), time = 0, local = 0;
  for (unsigned i = 0; i < sizeof payload; i++) payload[i] = (uint8_t)chance(&stream);
  for (unsigned i = 0; i < RECORDS; i++) {
    struct oio_record *r = &records[i];
    time += chance_below(&stream, 9000);
    *r = (struct oio_record){.time_ps = time,
                             .id = 5000 + i,
                             .bytes = 1 + chance_below(&stream, i % 50 == 0 ? 20000 : 700),
                             .source = (uint32_t)chance_below(&stream, 4),
                             .destination = (uint32_t)chance_below(&stream, 4),
                             .vc = (uint8_t)chance_below(&stream, 8)};
    if (r->bytes <= 700 && i % 3 == 0) r->payload = payload;
    local += r->source / 2 == r->destination / 2;
    if (i >= 40 && i % 4 == 0) {
      waits[i][0] = 5000 + i - 40 + chance_below(&stream, 20);
      waits[i][1] = 5000 + i - 20 + chance_below(&stream, 20);
      r->waits = waits[i];
      r->waits_count = 2;
    }
  }
  for (unsigned i = 0; i < 4; i++) {
    const char *const settings[] = {i % 2 ? "trace.loop=closed" : "trace.loop=open", "optical.bit_error_rate=5e-5",
                                    "die_link.bit_error_rate=1e-5",
                                    i < 2 ? "trace.lookahead_records=1024" : "trace.lookahead_records=16384", NULL};
    struct recorded recorded;
    record(&recorded, records, RECORDS);
    struct oio_sim *sim = simulate(settings, recorded.trace, seed + i);
    assert_int_equal(oio_sim_advance(sim, OIO_NEVER, NULL), OIO_OK);
    struct oio_results r;
    oio_sim_get_results(sim, &r);
    if (r.traffic.delivered != RECORDS - local || r.traffic.local != local ||
        r.traffic.lost + r.traffic.corrupted + r.traffic.duplicated != 0) {
      FAIL_WITH_REPLAY("run %u: %llu of %llu delivered, %llu corrupted", i, (unsigned long long)r.traffic.delivered,
                       (unsigned long long)(RECORDS - local), (unsigned long long)r.traffic.corrupted);
    }
    assert_true(r.links.retries_crc > 0);
    check_parts(sim, seed + i);
    assert_true(oio_traffic_finished(oio_sim_traffic(sim)));
    oio_sim_destroy(sim);
    forget(&recorded);
  }
}

static void a_reset_in_mid_traffic_accounts_for_every_message(void **state) {
  (void)state;
  for (unsigned i = 0; i < 12; i++) {
    char at[64];
    snprintf(at, sizeof at, "reset.at_ps=%u", 150000 + 77777 * i);
    const char *const settings[] = {at,
                                    "workload.generate=poisson",
                                    "workload.messages=1000",
                                    "workload.vcs=4",
                                    "workload.message_bytes=600",
                                    "optical.bit_error_rate=1e-5",
                                    NULL};
    struct oio_sim *sim = simulate(settings, NULL, seed + i);
    assert_int_equal(oio_sim_advance(sim, OIO_NEVER, NULL), OIO_OK);
    struct oio_results r;
    oio_sim_get_results(sim, &r);
    assert_int_equal(r.traffic.sent, 1000);
    assert_int_equal(r.traffic.delivered + r.traffic.lost, 1000);
    assert_true(r.traffic.lost > 0 && r.traffic.lost < 400);
    assert_int_equal(r.traffic.corrupted + r.traffic.duplicated + r.traffic.reordered + r.links.failed, 0);
    oio_sim_destroy(sim);
  }
}

/* Runs to the end, `events` instants at a time; 0: without looking in between. */
static struct oio_results run_by(const char *const *settings, uint64_t of_seed, uint64_t events) {
  struct oio_sim *sim = simulate(settings, NULL, of_seed);
  struct oio_results r;
  bool more = events > 0;
  if (!more) assert_int_equal(oio_sim_advance(sim, OIO_NEVER, NULL), OIO_OK);
  while (more) {
    assert_false(oio_net_failed(oio_sim_net(sim)));
    assert_int_equal(oio_sim_run(sim, events, &more, NULL), OIO_OK);
  }
  assert_int_equal(oio_sim_failed(sim), oio_net_failed(oio_sim_net(sim)));
  oio_sim_get_results(sim, &r);
  oio_sim_destroy(sim);
  return r;
}

static void a_run_ends_with_the_instant_in_which_a_link_fails_however_often_one_looks(void **state) {
  (void)state;
  static const char *const rates[] = {"optical.bit_error_rate=2e-3", "die_link.bit_error_rate=2e-3"};
  for (unsigned i = 0; i < 16; i++) {
    const char *const settings[] = {rates[i % 2],
                                    i & 2 && i % 2 == 0 ? "net.topology=pair" : "net.topology=bridged",
                                    "workload.generate=poisson",
                                    "workload.messages=3000",
                                    i & 4 ? "link.replay_limit=1" : "link.replay_limit=4",
                                    "sim.fidelity=event",
                                    NULL};
    const struct oio_results exact = run_by(settings, seed + i, 1), rough = run_by(settings, seed + i, 1000000),
                             through = run_by(settings, seed + i, 0);
    assert_true(exact.links.failed > 0);
    if (rough.sim_time_ps != exact.sim_time_ps || rough.decision_digest != exact.decision_digest ||
        through.sim_time_ps != exact.sim_time_ps || through.decision_digest != exact.decision_digest) {
      FAIL_WITH_REPLAY("seed %llu: ends at %llu ps looking every instant, %llu looking seldom, %llu never", (unsigned long long)(seed + i),
                       (unsigned long long)exact.sim_time_ps, (unsigned long long)rough.sim_time_ps,
                       (unsigned long long)through.sim_time_ps);
    }
  }
}

/* That loop is the one of a run; to go on up to a time goes through the other. */
static void a_pair_gone_through_in_a_loop_of_its_own_ends_as_in_the_loop_of_any_net(void **state) {
  (void)state;
  static const char *const rates[] = {"optical.bit_error_rate=0", "optical.bit_error_rate=1e-5", "optical.bit_error_rate=1e-3"};
  static const char *const sizes[] = {"workload.message_bytes=8", "workload.message_bytes=224", "workload.message_bytes=1000"};
  static const char *const generators[] = {"workload.generate=saturate", "workload.generate=poisson", "workload.generate=burst"};
  static const char *const windows[] = {"optical.window_flits=0", "optical.window_flits=3", "optical.buffer_flits=2"};
  uint64_t stream = chance_stream(20);
  for (unsigned i = 0; i < 1000; i++) {
    const char *const settings[] = {rates[chance_below(&stream, 3)],
                                    sizes[chance_below(&stream, 3)],
                                    generators[chance_below(&stream, 3)],
                                    windows[chance_below(&stream, 3)],
                                    chance_below(&stream, 2) == 0 ? "sim.fidelity=event" : "sim.fidelity=bit",
                                    chance_below(&stream, 4) == 0 ? "reset.at_ps=60000" : "reset.at_ps=0",
                                    chance_below(&stream, 2) == 0 ? "workload.vcs=3" : "workload.vcs=1",
                                    "net.topology=pair",
                                    "workload.messages=60",
                                    "link.replay_limit=1000",
                                    NULL};
    const struct oio_results own = run_by(settings, seed + i, 1000000), any = run_by(settings, seed + i, 0);
    if (own.sim_time_ps != any.sim_time_ps || own.decision_digest != any.decision_digest || own.wire_digest != any.wire_digest ||
        memcmp(&own.traffic, &any.traffic, sizeof own.traffic) != 0 || memcmp(&own.links, &any.links, sizeof own.links) != 0)
      FAIL_WITH_REPLAY("run %u: the two loops differ", i);
  }
}

static void settled_for_ever_a_path_ends_at_its_last_event(void **state) {
  (void)state;
  static const char *const settings[] = {"workload.generate=saturate", "workload.messages=50", NULL};
  struct oio_sim *sim = simulate(settings, NULL, seed);
  assert_int_equal(oio_sim_advance(sim, OIO_NEVER, NULL), OIO_OK);
  const oio_time_ps finished_ps = oio_sim_now_ps(sim);
  assert_true(oio_sim_next_ps(sim) != OIO_NEVER); /* the last Acks and credits */
  assert_int_equal(oio_sim_settle(sim, OIO_NEVER, NULL), OIO_OK);
  assert_true(oio_sim_now_ps(sim) > finished_ps && oio_sim_now_ps(sim) < finished_ps + OIO_US);
  assert_true(oio_sim_next_ps(sim) == OIO_NEVER);
  assert_int_equal(oio_sim_settle(sim, finished_ps + 2 * OIO_US, NULL), OIO_OK);
  assert_int_equal(oio_sim_now_ps(sim), finished_ps + 2 * OIO_US); /* time goes on though nothing happens */
  oio_sim_destroy(sim);
}

int main(void) {
  chance_start();
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(after_every_instant_the_parts_add_up_to_the_latencies_exactly),
      cmocka_unit_test(alone_on_the_path_a_message_takes_the_sum_of_the_configured_times),
      cmocka_unit_test(the_automatic_values_keep_fibre_of_any_length_full),
      cmocka_unit_test(a_trace_with_everything_in_it_arrives_whole_over_bad_wires),
      cmocka_unit_test(a_reset_in_mid_traffic_accounts_for_every_message),
      cmocka_unit_test(a_run_ends_with_the_instant_in_which_a_link_fails_however_often_one_looks),
      cmocka_unit_test(a_pair_gone_through_in_a_loop_of_its_own_ends_as_in_the_loop_of_any_net),
      cmocka_unit_test(settled_for_ever_a_path_ends_at_its_last_event),
  };
  return cmocka_run_group_tests_name("sim", tests, NULL, NULL);
}
