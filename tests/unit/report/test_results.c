/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Every figure of a run's results against cases worked out by hand, and against the log of a host of the test's own. Times are the
 * defaults: a flit takes 4000 ps, the fibre 48970, logic 10000; an Ack or credit may wait for 16 flits, 64000 ps. So what starts at t is
 * there at t + 62970.
 */
#define _GNU_SOURCE
#define CHANCE_PROGRAM "test_results"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "chance.h"
#include "own_host.h"
#include "recorded.h"

enum { WAY_PS = 62970 };

static void expect_counts(const struct oio_results *r, const char *expected) {
  char got[300];
  snprintf(got, sizeof got, "crc %llu sequence %llu timeout %llu; payload %llu nop %llu replayed %llu; undetected %llu corrupted %llu",
           (unsigned long long)r->links.retries_crc, (unsigned long long)r->links.retries_sequence,
           (unsigned long long)r->links.retries_timeout, (unsigned long long)r->links.payload, (unsigned long long)r->links.nop,
           (unsigned long long)r->links.replayed, (unsigned long long)r->links.undetected, (unsigned long long)r->traffic.corrupted);
  assert_string_equal(got, expected);
}

static void expect_parts(const struct oio_results *r, double queue, double serialise, double flight, double logic, double retry) {
  const double expected[OIO_PART_COUNT] = {queue, serialise, flight, logic, 0, retry};
  for (unsigned part = 0; part < OIO_PART_COUNT; part++) {
    if (fabs(r->latency_parts_ps[part] - expected[part]) > 1e-6)
      fail_msg("part %u: %.3f, must be %.3f", part, r->latency_parts_ps[part], expected[part]);
  }
}

/* `count` messages of 224 bytes, a flit each, from die A, all at time 0, over fibre. */
static struct oio_results run_messages(struct own_host *h, unsigned count, const char *const *settings,
                                       enum fate (*fate)(const struct own_host *, unsigned, unsigned, uint64_t)) {
  static struct oio_record records[2000];
  for (unsigned i = 0; i < count; i++) records[i] = (struct oio_record){.id = i, .bytes = 224, .source = 0, .destination = 2};
  struct recorded recorded;
  record(&recorded, records, count);
  own_start(h, settings, recorded.trace);
  h->fate = fate;
  const struct oio_results results = own_run(h);
  forget(&recorded);
  return results;
}

static const char *const direct_event[] = {"net.topology=pair", "sim.fidelity=event", "trace.loop=open", NULL};
static const char *const direct_bit[] = {"net.topology=pair", "sim.fidelity=bit", "trace.loop=open", NULL};
static const char *const bridged[] = {"net.topology=bridged", "trace.loop=open", NULL};

/* Message k of 1 .. 1000 starts at 4000 (k - 1) and is there at 4000 (k - 1) + 62970 = 4000 k + 58970. At or below the latency of message k
 * are k of 1000, so the quantile q is that of message 1000 q, rounded up to the top of its bucket: 1024 buckets a power of two.
 *   p50   k = 500: 2058970, in 2^20 .. 2^21, buckets of 1024: 1024 * 2011 - 1 = 2059263
 *   p99   k = 990: 4018970, in 2^21 .. 2^22, buckets of 2048: 2048 * 1963 - 1 = 4020223
 *   p99.9 k = 999: 4054970: 2048 * 1980 - 1 = 4055039
 * The mean of k is 500.5: 2060970, of which 499.5 * 4000 waiting. 1000 * 224 * 8 bits in 4058970 ps are 441.4913...e9 a second. */
static void a_thousand_messages_in_a_row_have_the_quantiles_mean_parts_and_goodput_of_the_closed_form(void **state) {
  (void)state;
  static struct own_host h;
  const struct oio_results r = run_messages(&h, 1000, direct_event, NULL);
  assert_int_equal(r.latency_min_ps, WAY_PS);
  assert_int_equal(r.latency_p50_ps, 2059263);
  assert_int_equal(r.latency_p99_ps, 4020223);
  assert_int_equal(r.latency_p999_ps, 4055039);
  assert_int_equal(r.latency_max_ps, 4058970);
  assert_true(fabs(r.latency_mean_ps - 2060970) < 1e-6);
  expect_parts(&r, 1998000, 4000, 48970, 10000, 0);
  assert_int_equal(r.sim_time_ps, 4058970);
  assert_int_equal(r.cycles, 4058); /* whole clocks of 1000 ps */
  assert_int_equal(r.cycles_skipped, 0);
  assert_true(fabs(r.goodput_bits_per_s - 1792000 / 4058970e-12) < 1);
  assert_int_equal(r.traffic.sent, 1000);
  assert_int_equal(r.traffic.delivered, 1000);
  assert_int_equal(r.traffic.records, 1000);
  assert_int_equal(r.traffic.bytes, 224000);
  assert_int_equal(r.traffic.lost + r.traffic.outstanding + r.traffic.duplicated + r.traffic.reordered + r.traffic.local, 0);
  assert_string_equal(r.failure, "");
  own_finish(&h);
}

static enum fate damage_the_second(const struct own_host *h, unsigned link, unsigned direction, uint64_t number) {
  (void)h;
  return link == 0 && direction == 0 && number == 2 ? DAMAGE : LET_PASS;
}

/* Five flits start at 0, 4000 .. 16000. The second is bad at 66970; B's Nak, a NOP, is at A at 66970 + 62970 = 129940, and flits 2 to 5 go
 * again from there: at B at 192910, 196910, 200910, 204910. Each lost 129940 - 4000 = 125940 to retry; four of five: 100752 in the mean.
 * The first waited for 0, the fifth for 16000: 8000 in the mean. B returns the VC credit of message 1 in a payload of its own at
 * 62970 + 64000; its next, and A's Ack of that, are due after the end. */
static void a_damaged_flit_is_one_retry_by_crc_and_costs_what_the_way_there_and_back_takes(void **state) {
  (void)state;
  static struct own_host h;
  for (unsigned i = 0; i < 2; i++) {
    const struct oio_results r = run_messages(&h, 5, i == 0 ? direct_event : direct_bit, damage_the_second);
    expect_counts(&r, "crc 1 sequence 0 timeout 0; payload 6 nop 1 replayed 4; undetected 0 corrupted 0");
    expect_parts(&r, 8000, 4000, 48970, 10000, 100752);
    assert_int_equal(r.latency_max_ps, 204910);
    assert_int_equal(r.sim_time_ps, 204910);
    assert_true(fabs(r.latency_mean_ps - 171722) < 1e-6);
    own_finish(&h);
  }
}

static enum fate lose_the_second(const struct own_host *h, unsigned link, unsigned direction, uint64_t number) {
  (void)h;
  return link == 0 && direction == 0 && number == 2 ? LOSE : LET_PASS;
}

/* The same, but the gap shows with the third flit only, 4000 ps later: 129940 to retry for each of four. */
static void a_flit_that_never_comes_is_one_retry_by_sequence(void **state) {
  (void)state;
  static struct own_host h;
  for (unsigned i = 0; i < 2; i++) {
    const struct oio_results r = run_messages(&h, 5, i == 0 ? direct_event : direct_bit, lose_the_second);
    expect_counts(&r, "crc 0 sequence 1 timeout 0; payload 6 nop 1 replayed 4; undetected 0 corrupted 0");
    expect_parts(&r, 8000, 4000, 48970, 10000, 103952);
    assert_int_equal(r.sim_time_ps, 208910);
    own_finish(&h);
  }
}

static enum fate lose_the_first(const struct own_host *h, unsigned link, unsigned direction, uint64_t number) {
  (void)h;
  return link == 0 && direction == 0 && number == 1 ? LOSE : LET_PASS;
}

/* Alone, it is missed by its transmitter only: after 375 flit times. */
static void a_lone_flit_that_never_comes_is_one_retry_by_timeout(void **state) {
  (void)state;
  static struct own_host h;
  for (unsigned i = 0; i < 2; i++) {
    const struct oio_results r = run_messages(&h, 1, i == 0 ? direct_event : direct_bit, lose_the_first);
    expect_counts(&r, "crc 0 sequence 0 timeout 1; payload 1 nop 0 replayed 1; undetected 0 corrupted 0");
    expect_parts(&r, 0, 4000, 48970, 10000, 375 * 4000);
    assert_int_equal(r.sim_time_ps, 375 * 4000 + WAY_PS);
    own_finish(&h);
  }
}

static enum fate forge_the_second(const struct own_host *h, unsigned link, unsigned direction, uint64_t number) {
  (void)h;
  return link == 0 && direction == 0 && number == 2 ? FORGE : LET_PASS;
}

static void a_flit_whose_wrong_bits_no_crc_shows_is_one_undetected_error_and_one_corrupted_message(void **state) {
  (void)state;
  static struct own_host h;
  for (unsigned i = 0; i < 2; i++) {
    const struct oio_results r = run_messages(&h, 3, i == 0 ? direct_event : direct_bit, forge_the_second);
    expect_counts(&r, "crc 0 sequence 0 timeout 0; payload 3 nop 0 replayed 0; undetected 1 corrupted 1");
    assert_int_equal(r.traffic.delivered, 3);
    assert_int_equal(r.sim_time_ps, 8000 + WAY_PS);
    own_finish(&h);
  }
}

static enum fate damage_the_first_everywhere(const struct own_host *h, unsigned link, unsigned direction, uint64_t number) {
  (void)h;
  (void)link;
  return direction == 0 && number == 1 ? DAMAGE : LET_PASS;
}

/* Over a die link, whose bridge passes on what it cannot know to be wrong. */
static void a_bridge_passes_an_undetected_error_on(void **state) {
  (void)state;
  static struct own_host h;
  static const char *const settings[][4] = {{"net.topology=bridged", "sim.fidelity=event", "trace.loop=open", NULL},
                                            {"net.topology=bridged", "sim.fidelity=bit", "trace.loop=open", NULL}};
  for (unsigned i = 0; i < 2; i++) {
    const struct oio_results r = run_messages(&h, 3, settings[i], forge_the_second);
    assert_int_equal(r.links.undetected, 1);
    assert_int_equal(r.traffic.corrupted, 1);
    assert_int_equal(r.traffic.delivered, 3);
    own_finish(&h);
  }
}

/* 9000 bytes are 40 whole segments of 224 and one of 40: 41 flits of its own, none waiting for others'. */
static void a_long_message_alone_serialises_all_its_flits_and_waits_for_none(void **state) {
  (void)state;
  static struct own_host h;
  static const struct oio_record one = {.bytes = 9000, .source = 0, .destination = 2};
  struct recorded recorded;
  record(&recorded, &one, 1);
  own_start(&h, direct_event, recorded.trace);
  const struct oio_results r = own_run(&h);
  expect_parts(&r, 0, 41 * 4000, 48970, 10000, 0);
  assert_int_equal(r.latency_max_ps, 41 * 4000 + 58970);
  own_finish(&h);
  forget(&recorded);
}

/* A die link takes 4000 + 70 + 4000 one way, a bridge 4000. Link 0: 8070 there, the Nak 8070 back, 8070 there again: bridge A has it at
 * 24210. Fibre: 28210 + 3 * 62970 = 217120. Link 2: 221120 + 3 * 8070 = 245330. Of the NOPs three are Naks, three tell the last Ack
 * behind the replay that answers a Nak, and one is the Ack that bridge A has owed since 24210 and has nothing to put on before 24210 +
 * 64000; the others are due after the end. */
static void what_happens_on_each_of_three_links_is_added_up(void **state) {
  (void)state;
  static struct own_host h;
  const struct oio_results r = run_messages(&h, 1, bridged, damage_the_first_everywhere);
  expect_counts(&r, "crc 3 sequence 0 timeout 0; payload 3 nop 7 replayed 3; undetected 0 corrupted 0");
  assert_int_equal(r.sim_time_ps, 245330);
  expect_parts(&r, 0, 3 * 4000, 48970 + 2 * 70, 10000 + 2 * 4000 + 2 * 4000, 2 * WAY_PS + 4 * 8070);
  own_finish(&h);
}

static unsigned deaf_link, deaf_side;

static enum fate deaf_end(const struct own_host *h, unsigned link, unsigned direction, uint64_t number) {
  (void)h;
  (void)number;
  return link == deaf_link && direction == !deaf_side ? LOSE : LET_PASS;
}

/* An end that hears nothing sends on, without an Ack, until it gives up; its peer has sent nothing that wants one. */
static void the_failure_names_the_link_and_the_side_that_gave_up(void **state) {
  (void)state;
  static struct own_host h;
  const char *const settings[] = {"net.topology=bridged", "link.replay_limit=1", NULL};
  for (unsigned i = 0; i < 6; i++) {
    deaf_link = i / 2;
    deaf_side = i % 2;
    const unsigned from = i % 2 == 0 ? 0 : 2;
    const struct oio_record one = {.bytes = 224, .source = from, .destination = 2 - from};
    struct recorded recorded;
    record(&recorded, &one, 1);
    own_start(&h, settings, recorded.trace);
    h.fate = deaf_end;
    /* The message arrives, but the traffic does not end the run: it is carried on until the link has failed. */
    while (!oio_net_failed(h.net)) {
      h.now_ps = own_next_ps(&h);
      assert_true(h.now_ps < 100 * OIO_US);
      own_step(&h);
    }
    struct oio_results r;
    oio_results_collect(&r, &h.config, h.net, h.traffic, h.now_ps);
    char expected[60];
    snprintf(expected, sizeof expected, "link %u, side %c: replay limit", i / 2, "AB"[i % 2]);
    assert_string_equal(r.failure, expected);
    assert_int_equal(r.links.failed, 1);
    forget(&recorded);
    own_finish(&h);
  }
}

/* Message 1 is on the fibre when the path goes down at 10000 and lost; the next enters at 20000, after the path is up again at 15000. */
static void what_a_reset_ends_is_lost_and_what_enters_behind_it_arrives(void **state) {
  (void)state;
  static const struct oio_record two[] = {{.id = 0, .bytes = 224, .source = 0, .destination = 2},
                                          {.time_ps = 20000, .id = 1, .bytes = 100, .source = 0, .destination = 2}};
  struct recorded recorded;
  struct oio_config config;
  struct oio_sim *sim;
  struct oio_results r;
  record(&recorded, two, 2);
  oio_config_defaults(&config);
  set(&config, "net.topology=pair");
  set(&config, "reset.at_ps=10000");
  set(&config, "reset.hold_ps=5000");
  assert_int_equal(oio_config_resolve(&config, NULL), OIO_OK);
  assert_int_equal(oio_sim_create(&sim, &config, recorded.trace, NULL, NULL), OIO_OK);
  assert_int_equal(oio_sim_advance(sim, OIO_NEVER, NULL), OIO_OK);
  oio_sim_get_results(sim, &r);
  assert_int_equal(r.traffic.sent, 2);
  assert_int_equal(r.traffic.lost, 1);
  assert_int_equal(r.traffic.dropped, 1);
  assert_int_equal(r.traffic.delivered, 1);
  assert_int_equal(r.traffic.bytes, 100);
  assert_int_equal(r.latency_max_ps, WAY_PS);
  assert_int_equal(r.sim_time_ps, 20000 + WAY_PS);
  assert_true(fabs(r.goodput_bits_per_s - 800 / 82970e-12) < 1);
  oio_sim_destroy(sim);
  forget(&recorded);
}

/* ---- the log ---- */

static int rising(const void *a, const void *b) {
  const uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;
  return x < y ? -1 : x > y;
}

/* The smallest that at least q of all are at or below. */
static void expect_quantile(const uint64_t *sorted, unsigned count, unsigned permille, uint64_t ours) {
  const unsigned rank = (count * permille + 999) / 1000;
  const uint64_t exact = sorted[rank - 1];
  if (ours < exact || ours - exact > exact / 1024)
    FAIL_WITH_REPLAY("quantile %u/1000 of %u: %llu, exactly %llu", permille, count, (unsigned long long)ours, (unsigned long long)exact);
}

static void expect_what_the_log_says(const struct own_host *h, const struct oio_results *r, const struct oio_record *records) {
  static uint64_t latencies[OWN_DELIVERIES_MAX];
  uint64_t sum = 0, bits = 0, nop = 0, fresh = 0, again = 0;
  for (unsigned i = 0; i < h->logged; i++) {
    latencies[i] = h->log[i].time_ps - records[h->log[i].id].time_ps;
    sum += latencies[i];
    bits += 8 * records[h->log[i].id].bytes;
  }
  qsort(latencies, h->logged, sizeof latencies[0], rising);
  assert_int_equal(r->traffic.delivered, h->logged);
  assert_int_equal(r->latency_min_ps, latencies[0]);
  assert_int_equal(r->latency_max_ps, latencies[h->logged - 1]);
  assert_true(fabs(r->latency_mean_ps / ((double)sum / h->logged) - 1) < 1e-12);
  expect_quantile(latencies, h->logged, 500, r->latency_p50_ps);
  expect_quantile(latencies, h->logged, 990, r->latency_p99_ps);
  expect_quantile(latencies, h->logged, 999, r->latency_p999_ps);
  assert_int_equal(r->sim_time_ps, h->log[h->logged - 1].time_ps);
  assert_int_equal(r->cycles, r->sim_time_ps / 1000);
  assert_true(fabs(r->goodput_bits_per_s / ((double)bits * 1e12 / (double)r->sim_time_ps) - 1) < 1e-12);
  for (unsigned i = 0; i < oio_net_ports(h->net); i++) {
    nop += h->seen[i / 2][i % 2].nop;
    fresh += h->seen[i / 2][i % 2].fresh;
    again += h->seen[i / 2][i % 2].again;
  }
  assert_int_equal(r->links.nop, nop);
  assert_int_equal(r->links.payload, fresh);
  assert_int_equal(r->links.replayed, again);
  assert_int_equal(r->wire_digest, own_wire_digest(h));
}

/* The event simulator asks only whom an event concerns; a host that asks everyone at every instant must come to the same. */
static void expect_the_same_of_the_simulator(const struct own_host *h, const struct oio_results *own, struct oio_trace_reader *trace) {
  struct oio_sim *sim;
  struct oio_results r;
  assert_int_equal(oio_sim_create(&sim, &h->config, trace, NULL, NULL), OIO_OK);
  assert_int_equal(oio_sim_advance(sim, OIO_NEVER, NULL), OIO_OK);
  oio_sim_get_results(sim, &r);
  assert_int_equal(r.wire_digest, own->wire_digest);
  assert_int_equal(r.decision_digest, own->decision_digest);
  assert_int_equal(r.sim_time_ps, own->sim_time_ps);
  oio_sim_destroy(sim);
}

static void latencies_goodput_flits_and_digest_are_what_a_log_of_every_flit_and_message_says(void **state) {
  (void)state;
  enum { COUNT = 3000 };
  static struct oio_record records[COUNT];
  static struct own_host h;
  uint64_t stream = chance_stream(1), time_ps = 0;
  for (unsigned i = 0; i < COUNT; i++) {
    time_ps += chance_below(&stream, 6000);
    records[i] = (struct oio_record){.time_ps = time_ps, .id = i, .bytes = 1 + chance_below(&stream, 300), .vc = (uint8_t)(i % 3)};
    records[i].source = (uint32_t)chance_below(&stream, 4);
    records[i].destination = records[i].source < 2 ? 2 : 0;
  }
  for (unsigned i = 0; i < 8; i++) {
    const char *const settings[] = {i & 1 ? "net.topology=pair" : "net.topology=bridged",
                                    i & 2 ? "sim.fidelity=bit" : "sim.fidelity=event",
                                    i & 4 ? "link.format=6" : "link.format=3",
                                    "trace.loop=open",
                                    "optical.bit_error_rate=3e-5",
                                    "die_link.bit_error_rate=1e-5",
                                    i & 1 ? "bridge.buffer_flits=64" : "bridge.buffer_flits=2",
                                    NULL};
    struct recorded recorded;
    record(&recorded, records, COUNT);
    own_start(&h, settings, recorded.trace);
    const struct oio_results r = own_run(&h);
    assert_true(r.links.retries_crc > 10 && r.links.replayed > 10);
    expect_what_the_log_says(&h, &r, records);
    oio_trace_close(recorded.trace);
    assert_int_equal(oio_trace_open(&recorded.trace, recorded.path, NULL), OIO_OK);
    expect_the_same_of_the_simulator(&h, &r, recorded.trace);
    own_finish(&h);
    forget(&recorded);
  }
}

/* One way over a fibre slower than the die links, through a buffer of four: a bridge owes its die credit long after the Ack. */
static void where_a_bridge_holds_flits_up_the_simulator_does_what_a_host_that_asks_everyone_does(void **state) {
  (void)state;
  static struct own_host h;
  static const char *const settings[] = {
      "net.topology=bridged", "workload.generate=saturate", "workload.messages=600",  "workload.directions=a_to_b",
      "optical.lanes=1",      "bridge.buffer_flits=4",      "link.ack_delay_flits=1", NULL};
  own_start(&h, settings, NULL);
  const struct oio_results r = own_run(&h);
  assert_int_equal(h.logged, 600);
  expect_the_same_of_the_simulator(&h, &r, NULL);
  own_finish(&h);
}

int main(void) {
  chance_start();
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(a_thousand_messages_in_a_row_have_the_quantiles_mean_parts_and_goodput_of_the_closed_form),
      cmocka_unit_test(a_damaged_flit_is_one_retry_by_crc_and_costs_what_the_way_there_and_back_takes),
      cmocka_unit_test(a_flit_that_never_comes_is_one_retry_by_sequence),
      cmocka_unit_test(a_lone_flit_that_never_comes_is_one_retry_by_timeout),
      cmocka_unit_test(a_flit_whose_wrong_bits_no_crc_shows_is_one_undetected_error_and_one_corrupted_message),
      cmocka_unit_test(a_bridge_passes_an_undetected_error_on),
      cmocka_unit_test(a_long_message_alone_serialises_all_its_flits_and_waits_for_none),
      cmocka_unit_test(what_happens_on_each_of_three_links_is_added_up),
      cmocka_unit_test(the_failure_names_the_link_and_the_side_that_gave_up),
      cmocka_unit_test(what_a_reset_ends_is_lost_and_what_enters_behind_it_arrives),
      cmocka_unit_test(latencies_goodput_flits_and_digest_are_what_a_log_of_every_flit_and_message_says),
      cmocka_unit_test(where_a_bridge_holds_flits_up_the_simulator_does_what_a_host_that_asks_everyone_does),
  };
  return cmocka_run_group_tests_name("results", tests, NULL, NULL);
}
