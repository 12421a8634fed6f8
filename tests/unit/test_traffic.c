/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Traffic and scoreboard: when records enter, what the scoreboard calls a delivery that is wrong (segments made by hand), and that the
 * parts of every latency add up to it. Traces are written by the library's writer, which has tests of its own.
 */
#define _GNU_SOURCE
#define CHANCE_PROGRAM "test_traffic"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "chance.h"
#include "oio/sim.h"

static const bool nothing_left_out[2] = {false, false};

/* ---- a trace and the traffic made from it ---- */

struct bench {
  struct oio_config config;
  struct oio_trace_reader *trace;
  struct oio_traffic *traffic;
  struct oio_die *die[2];
  char path[64];
};

static void set(struct oio_config *config, const char *assignment) {
  struct oio_error error;
  if (oio_config_set(config, "test", assignment, &error) != OIO_OK) fail_msg("%s", error.text);
}

/* Nodes 0 and 1 are on die A, 2 and 3 on die B. */
static void write_trace(struct bench *b, const struct oio_record *records, unsigned count) {
  struct oio_trace_writer *writer;
  struct oio_error error;
  const struct oio_trace_header header = {.nodes = 4, .map = "0-1:0,2-3:1"};
  snprintf(b->path, sizeof b->path, "test_traffic-%ld.oiotrace.gz", (long)getpid());
  if (oio_trace_create(&writer, b->path, &header, &error) != OIO_OK) fail_msg("%s", error.text);
  for (unsigned i = 0; i < count; i++) {
    if (oio_trace_put(writer, &records[i], &error) != OIO_OK) fail_msg("%s", error.text);
  }
  if (oio_trace_finish(writer, &error) != OIO_OK) fail_msg("%s", error.text);
  if (oio_trace_open(&b->trace, b->path, &error) != OIO_OK) fail_msg("%s", error.text);
}

static void configure(struct bench *b, const char *const *settings) {
  struct oio_error error;
  memset(b, 0, sizeof *b);
  oio_config_defaults(&b->config);
  for (; settings != NULL && *settings != NULL; settings++) set(&b->config, *settings);
  b->config.seed = seed;
  if (oio_config_resolve(&b->config, &error) != OIO_OK) fail_msg("%s", error.text);
}

static void start(struct bench *b, const char *const *settings, const struct oio_record *records, unsigned count) {
  struct oio_error error;
  struct oio_die_config die;
  configure(b, settings);
  write_trace(b, records, count);
  oio_config_die(&b->config, &die);
  if (oio_traffic_create(&b->traffic, &b->config, b->trace, &error) != OIO_OK) fail_msg("%s", error.text);
  for (unsigned i = 0; i < 2; i++) assert_int_equal(oio_die_create(&b->die[i], &die, NULL), OIO_OK);
}

static void finish(struct bench *b) {
  oio_traffic_destroy(b->traffic);
  oio_trace_close(b->trace);
  for (unsigned i = 0; i < 2; i++) oio_die_destroy(b->die[i]);
  unlink(b->path);
}

static void enter(struct bench *b, uint64_t now) {
  struct oio_error error;
  if (oio_traffic_enter(b->traffic, now, b->die, &error) != OIO_OK) fail_msg("%s", error.text);
}

static struct oio_traffic_counts counts_of(const struct bench *b) {
  struct oio_traffic_counts counts;
  oio_traffic_get_counts(b->traffic, &counts);
  assert_int_equal(counts.sent, counts.delivered + counts.outstanding + counts.lost);
  return counts;
}

/* ---- deliveries by hand ---- */

static void deliver_piece(struct bench *b, uint64_t now, unsigned vc, uint64_t id, uint64_t offset, uint32_t bytes, bool first, bool last,
                          int wrong_byte) {
  static const struct oio_stamp stamp;
  uint8_t data[224];
  oio_pattern_fill(seed, id, offset, data, bytes);
  if (wrong_byte >= 0) data[wrong_byte] ^= 0x10;
  const struct oio_segment segment = {
      .vc = (uint8_t)vc, .first = first, .last = last, .id = id, .bytes = bytes, .data = data, .packed_ps = now, .stamp = &stamp};
  oio_traffic_deliver(b->traffic, now, 1, &segment);
}

static void deliver(struct bench *b, uint64_t now, unsigned vc, uint64_t id, uint32_t bytes) {
  deliver_piece(b, now, vc, id, 0, bytes, true, true, -1);
}

enum { FIRST = 100, COUNT = 8 };

/* Eight messages of 100 bytes from A to B at time 0 on VC 2, ids 100..107. */
static void start_eight(struct bench *b) {
  struct oio_record records[COUNT];
  for (unsigned i = 0; i < COUNT; i++)
    records[i] = (struct oio_record){.id = FIRST + i, .bytes = 100, .source = 0, .destination = 2, .vc = 2};
  start(b, NULL, records, COUNT);
  enter(b, 0);
  const struct oio_traffic_counts c = counts_of(b);
  assert_int_equal(c.sent, COUNT);
  assert_int_equal(c.outstanding, COUNT);
  assert_int_equal(oio_die_queued(b->die[0], 2), COUNT);
}

static void expect_counts(const struct bench *b, uint64_t delivered, uint64_t lost, uint64_t duplicated, uint64_t reordered,
                          uint64_t corrupted) {
  const struct oio_traffic_counts c = counts_of(b);
  if (c.delivered != delivered || c.lost != lost || c.duplicated != duplicated || c.reordered != reordered || c.corrupted != corrupted) {
    fail_msg("delivered %llu lost %llu duplicated %llu reordered %llu corrupted %llu, must be %llu %llu %llu %llu %llu",
             (unsigned long long)c.delivered, (unsigned long long)c.lost, (unsigned long long)c.duplicated, (unsigned long long)c.reordered,
             (unsigned long long)c.corrupted, (unsigned long long)delivered, (unsigned long long)lost, (unsigned long long)duplicated,
             (unsigned long long)reordered, (unsigned long long)corrupted);
  }
}

static void whole_messages_in_order_are_delivered_and_nothing_else(void **state) {
  (void)state;
  struct bench b;
  start_eight(&b);
  for (unsigned i = 0; i < COUNT; i++) {
    assert_false(oio_traffic_finished(b.traffic));
    if (i % 2) {
      deliver(&b, 1000 + i, 2, FIRST + i, 100);
    } else {
      deliver_piece(&b, 1000, 2, FIRST + i, 0, 48, true, false, -1);
      deliver_piece(&b, 1000 + i, 2, FIRST + i, 48, 52, false, true, -1);
    }
  }
  expect_counts(&b, COUNT, 0, 0, 0, 0);
  assert_int_equal(counts_of(&b).bytes, 100 * COUNT);
  assert_true(oio_traffic_finished(b.traffic));
  const struct oio_histogram *h = oio_traffic_latency(b.traffic);
  assert_int_equal(h->min, 1000);
  assert_int_equal(h->max, 1007);
  assert_int_equal(h->sum_low, 8 * 1000 + 28);
  finish(&b);
}

static void a_second_delivery_is_a_duplicate(void **state) {
  (void)state;
  struct bench b;
  start_eight(&b);
  deliver(&b, 1, 2, FIRST, 100);
  deliver(&b, 2, 2, FIRST, 100);
  deliver(&b, 3, 2, FIRST + 1, 100);
  deliver(&b, 4, 2, FIRST + 1, 100);
  deliver(&b, 4, 2, FIRST + 1, 100);
  expect_counts(&b, 2, 0, 3, 0, 0);
  for (unsigned i = 2; i < COUNT; i++) deliver(&b, 5, 2, FIRST + i, 100);
  deliver(&b, 6, 2, FIRST + 7, 100);
  expect_counts(&b, COUNT, 0, 4, 0, 0);
  finish(&b);
}

static void one_that_is_overtaken_is_lost_until_it_comes_and_then_reordered(void **state) {
  (void)state;
  struct bench b;
  start_eight(&b);
  deliver(&b, 1, 2, FIRST + 2, 100);
  expect_counts(&b, 1, 2, 0, 0, 0);
  deliver(&b, 2, 2, FIRST + 1, 100);
  expect_counts(&b, 2, 1, 0, 1, 0);
  deliver(&b, 3, 2, FIRST + 1, 100);
  expect_counts(&b, 2, 1, 1, 1, 0);
  for (unsigned i = 3; i < COUNT; i++) deliver(&b, 4, 2, FIRST + i, 100);
  expect_counts(&b, COUNT - 1, 1, 1, 1, 0);
  assert_true(oio_traffic_finished(b.traffic));
  finish(&b);
}

static void any_wrong_byte_is_corruption(void **state) {
  (void)state;
  for (int wrong = 0; wrong < 100; wrong += 33) {
    struct bench b;
    start_eight(&b);
    deliver_piece(&b, 1, 2, FIRST, 0, 100, true, true, wrong);
    deliver(&b, 2, 2, FIRST + 1, 100);
    expect_counts(&b, 2, 0, 0, 0, 1);
    finish(&b);
  }
}

static void a_wrong_length_is_corruption(void **state) {
  (void)state;
  struct bench b;
  start_eight(&b);
  deliver(&b, 1, 2, FIRST, 99);
  expect_counts(&b, 1, 0, 0, 0, 1);
  deliver(&b, 1, 2, FIRST + 1, 101);
  expect_counts(&b, 2, 0, 0, 0, 2);
  deliver_piece(&b, 1, 2, FIRST + 2, 0, 48, true, false, -1);
  deliver_piece(&b, 1, 2, FIRST + 2, 48, 53, false, true, -1);
  expect_counts(&b, 3, 0, 0, 0, 3);
  deliver_piece(&b, 1, 2, FIRST + 3, 48, 52, false, true, -1); /* its beginning is missing */
  expect_counts(&b, 4, 0, 0, 0, 4);
  deliver_piece(&b, 1, 2, FIRST + 4, 0, 50, true, false, -1);
  deliver_piece(&b, 1, 2, FIRST + 4, 0, 50, true, true, -1); /* begun twice */
  expect_counts(&b, 5, 0, 0, 0, 5);
  deliver(&b, 2, 2, FIRST + 5, 100);
  expect_counts(&b, 6, 0, 0, 0, 5);
  finish(&b);
}

static void an_identity_that_was_never_sent_is_corruption(void **state) {
  (void)state;
  struct bench b;
  start_eight(&b);
  deliver(&b, 1, 2, FIRST + COUNT, 100);
  expect_counts(&b, 0, 0, 0, 0, 1);
  deliver(&b, 1, 2, 1u << 30, 100);
  expect_counts(&b, 0, 0, 0, 0, 2);
  deliver(&b, 1, 2, FIRST - 1, 100); /* before the trace's first */
  expect_counts(&b, 0, 0, 0, 0, 3);
  deliver(&b, 1, 2, 0, 100);
  expect_counts(&b, 0, 0, 0, 0, 4);
  for (unsigned i = 0; i < COUNT; i++) deliver(&b, 2, 2, FIRST + i, 100);
  expect_counts(&b, COUNT, 0, 0, 0, 4);
  finish(&b);
}

static void a_reset_loses_what_the_dies_had_and_says_so(void **state) {
  (void)state;
  struct bench b;
  start_eight(&b);
  deliver(&b, 1, 2, FIRST, 100);
  deliver_piece(&b, 1, 2, FIRST + 1, 0, 48, true, false, -1);
  oio_traffic_drop(b.traffic, 2);
  expect_counts(&b, 1, COUNT - 1, 0, 0, 0);
  assert_true(oio_traffic_finished(b.traffic));
  finish(&b);
}

/* ---- when records enter ---- */

static void a_record_never_enters_before_its_time(void **state) {
  (void)state;
  enum { RECORDS = 500 };
  static struct oio_record records[RECORDS];
  uint64_t stream = chance_stream(1), time = 0;
  for (unsigned i = 0; i < RECORDS; i++) {
    if (chance_below(&stream, 3) > 0) time += chance_below(&stream, 1000);
    const unsigned source = (unsigned)chance_below(&stream, 4);
    const unsigned destination = source < 2 ? 2 : (unsigned)chance_below(&stream, 2);
    records[i] = (struct oio_record){
        .time_ps = time, .id = i, .bytes = 16, .source = source, .destination = destination, .vc = (uint8_t)chance_below(&stream, 8)};
  }
  for (unsigned loop = 0; loop < 2; loop++) {
    const char *const settings[] = {loop ? "trace.loop=closed" : "trace.loop=open", NULL};
    struct bench b;
    start(&b, settings, records, RECORDS);
    unsigned due = 0;
    while (due < RECORDS) {
      const uint64_t now = oio_traffic_next_ps(b.traffic);
      assert_int_equal(now, records[due].time_ps);
      if (now > 0) enter(&b, now - 1);
      assert_int_equal(counts_of(&b).sent, due);
      enter(&b, now);
      while (due < RECORDS && records[due].time_ps <= now) due++;
      assert_int_equal(counts_of(&b).sent, due);
    }
    assert_true(oio_traffic_next_ps(b.traffic) == OIO_NEVER);
    finish(&b);
  }
}

static const uint64_t after_0_and_1[] = {0, 1}, after_2[] = {2}, after_5[] = {5};
/* 2 waits for 0 and 1; 3 for 2; 4 for nothing; 5 is local; 6 waits for it. */
static const struct oio_record dependent[] = {
    {.time_ps = 0, .id = 0, .bytes = 10, .source = 0, .destination = 2},
    {.time_ps = 0, .id = 1, .bytes = 10, .source = 0, .destination = 2, .vc = 1},
    {.time_ps = 100, .id = 2, .bytes = 10, .source = 0, .destination = 3, .waits = after_0_and_1, .waits_count = 2},
    {.time_ps = 200, .id = 3, .bytes = 10, .source = 1, .destination = 2, .waits = after_2, .waits_count = 1},
    {.time_ps = 300, .id = 4, .bytes = 10, .source = 0, .destination = 2},
    {.time_ps = 400, .id = 5, .bytes = 10, .source = 2, .destination = 3},
    {.time_ps = 400, .id = 6, .bytes = 10, .source = 0, .destination = 2, .vc = 4, .waits = after_5, .waits_count = 1},
};

static void in_a_closed_loop_a_record_waits_for_all_it_names_and_local_ones_take_their_time(void **state) {
  (void)state;
  static const char *const settings[] = {"trace.loop=closed", "die.local_ps=5000", NULL};
  struct bench b;
  start(&b, settings, dependent, 7);
  enter(&b, 0);
  enter(&b, 100);
  assert_int_equal(counts_of(&b).sent, 2);
  deliver(&b, 150, 0, 0, 10);
  enter(&b, 150);
  assert_int_equal(counts_of(&b).sent, 2); /* 1 is still awaited */
  enter(&b, 200);
  enter(&b, 300);
  assert_int_equal(counts_of(&b).sent, 3); /* 4, which waits for nothing */
  enter(&b, 400);
  assert_int_equal(counts_of(&b).local, 1);
  assert_int_equal(counts_of(&b).sent, 3);
  assert_int_equal(oio_traffic_next_ps(b.traffic), 5400);
  deliver(&b, 1000, 1, 1, 10);
  enter(&b, 1000);
  assert_int_equal(counts_of(&b).sent, 4);
  deliver(&b, 2000, 0, 4, 10);
  deliver(&b, 2000, 0, 2, 10);
  enter(&b, 2000);
  assert_int_equal(counts_of(&b).sent, 5); /* 3 */
  enter(&b, 5399);
  assert_int_equal(counts_of(&b).sent, 5);
  enter(&b, 5400);
  assert_int_equal(counts_of(&b).sent, 6); /* 6: the local one is done */
  deliver(&b, 6000, 0, 3, 10);
  deliver(&b, 6400, 4, 6, 10);
  assert_true(oio_traffic_finished(b.traffic));
  expect_counts(&b, 6, 0, 0, 0, 0);
  /* Latencies run from entry: 150, 1000, 2000 - 300, 2000 - 1000, 6000 - 2000, 6400 - 5400 */
  assert_int_equal(oio_traffic_latency(b.traffic)->sum_low, 150 + 1000 + 1700 + 1000 + 4000 + 1000);
  finish(&b);
}

static void in_an_open_loop_waits_mean_nothing(void **state) {
  (void)state;
  static const char *const settings[] = {"trace.loop=open", NULL};
  struct bench b;
  start(&b, settings, dependent, 7);
  enter(&b, 400);
  assert_int_equal(counts_of(&b).sent, 6);
  assert_int_equal(counts_of(&b).local, 1);
  deliver(&b, 1000, 0, 0, 10); /* latency from the record's own time, though it was let in late */
  assert_int_equal(oio_traffic_latency(b.traffic)->max, 1000);
  finish(&b);
}

static void a_full_look_ahead_lets_records_in_late_loses_none_and_says_so(void **state) {
  (void)state;
  enum { RECORDS = 3000 };
  static struct oio_record records[RECORDS];
  static const char *const settings[] = {"trace.loop=open", "trace.lookahead_records=1024", NULL};
  for (unsigned i = 0; i < RECORDS; i++)
    records[i] = (struct oio_record){.time_ps = i, .id = i, .bytes = 16, .source = 0, .destination = 2};
  struct bench b;
  start(&b, settings, records, RECORDS);
  enter(&b, 100000);
  assert_int_equal(counts_of(&b).sent, 1024);
  assert_true(counts_of(&b).stalled_reading);
  for (unsigned i = 0; i < RECORDS; i++) {
    deliver(&b, 100000, 0, i, 16);
    if (oio_die_queued(b.die[0], 0) < 64 || i % 100 == 99) enter(&b, 100000);
    if (i + 1 == 60) break; /* what the die holds can be delivered by hand; the rest is for a simulation */
  }
  enter(&b, 100000);
  assert_int_equal(counts_of(&b).sent, 1024 + 60);
  finish(&b);
}

/* ---- whole runs ---- */

static struct oio_sim *simulate(const char *const *settings, struct oio_trace_reader *trace, uint64_t of_seed) {
  struct oio_config config;
  struct oio_error error;
  struct oio_sim *sim = NULL;
  oio_config_defaults(&config);
  for (; *settings != NULL; settings++) set(&config, *settings);
  config.seed = of_seed;
  if (oio_config_resolve(&config, &error) != OIO_OK || oio_sim_create(&sim, &config, trace, nothing_left_out, &error) != OIO_OK) {
    fail_msg("%s", error.text);
  }
  return sim;
}

static void check_parts(struct oio_sim *sim, uint64_t of_seed) {
  struct oio_traffic_counts c;
  oio_traffic_get_counts(oio_sim_traffic(sim), &c);
  const struct oio_histogram *h = oio_traffic_latency(oio_sim_traffic(sim));
  uint64_t sum = 0;
  for (unsigned part = 0; part < OIO_PART_COUNT; part++) sum += c.parts_ps[part];
  if (sum != h->sum_low || h->sum_high != 0 || h->count + c.reordered != c.delivered) {
    FAIL_WITH_REPLAY("seed %llu at %llu: parts %llu, latencies %llu", (unsigned long long)of_seed, (unsigned long long)oio_sim_now_ps(sim),
                     (unsigned long long)sum, (unsigned long long)h->sum_low);
  }
}

static void after_every_instant_the_parts_add_up_to_the_latencies_exactly(void **state) {
  (void)state;
  static const char *const rates[] = {"channel.bit_error_rate=0", "channel.bit_error_rate=2e-5", "channel.bit_error_rate=2e-4"};
  static const char *const sizes[] = {"workload.message_bytes=8", "workload.message_bytes=224", "workload.message_bytes=225",
                                      "workload.message_bytes=9000"};
  static const char *const topologies[] = {"path.topology=direct", "path.topology=bridged"};
  static const char *const generators[] = {"workload.generate=saturate", "workload.generate=poisson", "workload.generate=burst"};
  for (unsigned i = 0; i < 72; i++) {
    const char *const settings[] = {rates[i % 3],
                                    sizes[i / 3 % 4],
                                    topologies[i / 12 % 2],
                                    generators[i / 24],
                                    i % 2 ? "workload.vcs=5" : "workload.vcs=1",
                                    i % 5 ? "sim.fidelity=event" : "sim.fidelity=bit",
                                    "workload.flits=400",
                                    "die.bit_error_rate=1e-5",
                                    "link.replay_limit=65535",
                                    i % 7 ? "channel.lane_rate_gbps=32" : "channel.lane_rate_gbps=31.7",
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
  const char *const settings[] = {topology, "channel.length_m=10", NULL};
  struct bench b;
  memset(&b, 0, sizeof b);
  write_trace(&b, &one, 1);
  struct oio_sim *sim = simulate(settings, b.trace, 1);
  assert_int_equal(oio_sim_advance(sim, OIO_NEVER - 1, NULL), OIO_OK);
  struct oio_results r;
  oio_sim_get_results(sim, &r);
  const uint64_t expected[OIO_PART_COUNT] = {
      [OIO_PART_QUEUE] = queue, [OIO_PART_SERIALISE] = serialise, [OIO_PART_FLIGHT] = flight, [OIO_PART_LOGIC] = logic};
  for (unsigned part = 0; part < OIO_PART_COUNT; part++) {
    if (r.traffic.parts_ps[part] != expected[part]) {
      fail_msg("%s, part %u: %llu, must be %llu", topology, part, (unsigned long long)r.traffic.parts_ps[part],
               (unsigned long long)expected[part]);
    }
  }
  assert_int_equal(r.latency_min_ps, queue + serialise + flight + logic);
  oio_sim_destroy(sim);
  oio_trace_close(b.trace);
  unlink(b.path);
}

static void alone_on_the_path_a_message_takes_the_sum_of_the_configured_times(void **state) {
  (void)state;
  expect_parts("path.topology=direct", 0, 4000, 48970, 10000);
  /* die link 4000 + 70 + 4000, bridge 4000, fibre, bridge 4000, die link */
  expect_parts("path.topology=bridged", 0, 3 * 4000, 48970 + 2 * 70, 4000 + 4000 + 10000 + 4000 + 4000);
}

/* Saturated one way: the last of N flits has arrived N flit times and the way after the start, whatever the length. */
static void the_automatic_values_keep_fibre_of_any_length_full(void **state) {
  (void)state;
  static const char *const lengths[] = {"channel.length_m=0", "channel.length_m=10", "channel.length_m=300", "channel.length_m=2000"};
  enum { FLITS = 60000 };
  for (unsigned i = 0; i < 16; i++) {
    const char *const settings[] = {lengths[i / 4],
                                    i & 1 ? "path.topology=bridged" : "path.topology=direct",
                                    i & 2 ? "channel.lanes=64" : "channel.lanes=16",
                                    i & 2 ? "die.lane_rate_gbps=32" : "die.lane_rate_gbps=8",
                                    "workload.generate=saturate",
                                    "workload.flits=60000",
                                    "workload.directions=a_to_b",
                                    "sim.fidelity=event",
                                    NULL};
    struct oio_sim *sim = simulate(settings, NULL, seed);
    assert_int_equal(oio_sim_advance(sim, OIO_NEVER - 1, NULL), OIO_OK);
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
    const char *const settings[] = {i % 2 ? "trace.loop=closed" : "trace.loop=open", "channel.bit_error_rate=5e-5",
                                    "die.bit_error_rate=1e-5", i < 2 ? "trace.lookahead_records=1024" : "trace.lookahead_records=16384",
                                    NULL};
    struct bench b;
    memset(&b, 0, sizeof b);
    write_trace(&b, records, RECORDS);
    struct oio_sim *sim = simulate(settings, b.trace, seed + i);
    assert_int_equal(oio_sim_advance(sim, OIO_NEVER - 1, NULL), OIO_OK);
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
    oio_trace_close(b.trace);
    unlink(b.path);
  }
}

static void a_reset_in_mid_traffic_accounts_for_every_message(void **state) {
  (void)state;
  for (unsigned i = 0; i < 12; i++) {
    char at[64];
    snprintf(at, sizeof at, "reset.at_ps=%u", 150000 + 77777 * i);
    const char *const settings[] = {at,
                                    "workload.generate=poisson",
                                    "workload.flits=1000",
                                    "workload.vcs=4",
                                    "workload.message_bytes=600",
                                    "channel.bit_error_rate=1e-5",
                                    NULL};
    struct oio_sim *sim = simulate(settings, NULL, seed + i);
    assert_int_equal(oio_sim_advance(sim, OIO_NEVER - 1, NULL), OIO_OK);
    struct oio_results r;
    oio_sim_get_results(sim, &r);
    assert_int_equal(r.traffic.sent, 1000);
    assert_int_equal(r.traffic.delivered + r.traffic.lost, 1000);
    assert_true(r.traffic.lost > 0 && r.traffic.lost < 400);
    assert_int_equal(r.traffic.corrupted + r.traffic.duplicated + r.traffic.reordered + r.links.failed, 0);
    oio_sim_destroy(sim);
  }
}

int main(void) {
  chance_start();
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(whole_messages_in_order_are_delivered_and_nothing_else),
      cmocka_unit_test(a_second_delivery_is_a_duplicate),
      cmocka_unit_test(one_that_is_overtaken_is_lost_until_it_comes_and_then_reordered),
      cmocka_unit_test(any_wrong_byte_is_corruption),
      cmocka_unit_test(a_wrong_length_is_corruption),
      cmocka_unit_test(an_identity_that_was_never_sent_is_corruption),
      cmocka_unit_test(a_reset_loses_what_the_dies_had_and_says_so),
      cmocka_unit_test(a_record_never_enters_before_its_time),
      cmocka_unit_test(in_a_closed_loop_a_record_waits_for_all_it_names_and_local_ones_take_their_time),
      cmocka_unit_test(in_an_open_loop_waits_mean_nothing),
      cmocka_unit_test(a_full_look_ahead_lets_records_in_late_loses_none_and_says_so),
      cmocka_unit_test(after_every_instant_the_parts_add_up_to_the_latencies_exactly),
      cmocka_unit_test(alone_on_the_path_a_message_takes_the_sum_of_the_configured_times),
      cmocka_unit_test(the_automatic_values_keep_fibre_of_any_length_full),
      cmocka_unit_test(a_trace_with_everything_in_it_arrives_whole_over_bad_wires),
      cmocka_unit_test(a_reset_in_mid_traffic_accounts_for_every_message),
  };
  return cmocka_run_group_tests_name("traffic", tests, NULL, NULL);
}
