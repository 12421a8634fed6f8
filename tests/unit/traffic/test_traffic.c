/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Traffic and scoreboard: when records enter, and what the scoreboard calls a delivery that is wrong. Segments are made by hand.
 */
#define _GNU_SOURCE
#define CHANCE_PROGRAM "test_traffic"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "chance.h"
#include "oio/results.h"
#include "recorded.h"

/* ---- a trace and the traffic made from it ---- */

struct bench {
  struct oio_config config;
  struct recorded recorded;
  struct oio_traffic *traffic;
  struct oio_net *net;
};

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
  configure(b, settings);
  record(&b->recorded, records, count);
  if (oio_traffic_create(&b->traffic, &b->config, 2, b->recorded.trace, &error) != OIO_OK) fail_msg("%s", error.text);
  assert_int_equal(oio_net_create(&b->net, &b->config, NULL, NULL), OIO_OK);
}

static void finish(struct bench *b) {
  oio_traffic_destroy(b->traffic);
  oio_net_destroy(b->net);
  forget(&b->recorded);
}

static void enter(struct bench *b, uint64_t now) {
  struct oio_error error;
  if (oio_traffic_enter(b->traffic, now, b->net, &error) != OIO_OK) fail_msg("%s", error.text);
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
  assert_int_equal(oio_die_queued(oio_net_die(b->net, 0), 2), COUNT);
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
  assert_int_equal(h->sum.low, 8 * 1000 + 28);
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

static void what_comes_after_a_reset_had_dropped_it_is_revived_and_no_figure_wraps(void **state) {
  (void)state;
  struct bench b;
  start_eight(&b);
  deliver(&b, 1, 2, FIRST, 100);
  oio_traffic_drop(b.traffic, 2);
  deliver(&b, 3, 2, FIRST + 2, 100); /* a buffer that has kept it */
  deliver(&b, 3, 2, FIRST + 2, 100);
  deliver(&b, 4, 2, FIRST + 7, 100);
  expect_counts(&b, 3, COUNT - 3, 1, 0, 0);
  const struct oio_traffic_counts c = counts_of(&b);
  assert_int_equal(c.revived, 2);
  assert_int_equal(c.dropped, COUNT - 3);
  struct oio_results r = {.traffic = c};
  r.traffic.duplicated = 0;
  assert_false(oio_results_good(&r));
  finish(&b);
}

/* As where a device puts another payload's stamp on one: it says that the message was packed before it entered. */
static void a_stamp_that_cannot_be_its_own_makes_no_part_of_a_latency_wrap(void **state) {
  (void)state;
  static const struct oio_record late = {.time_ps = 5000, .id = FIRST, .bytes = 100, .source = 0, .destination = 2, .vc = 2};
  static const uint64_t packed[][2] = {{4999, 4999}, {0, 6000}, {6000, 5500}, {5000, 5000}, {5000, 6000}};
  for (unsigned i = 0; i < sizeof packed / sizeof packed[0]; i++) {
    static const struct oio_stamp stamp = {.parts_ps = {[OIO_PART_FLIGHT] = 77}};
    uint8_t data[100];
    struct bench b;
    start(&b, NULL, &late, 1);
    enter(&b, 5000);
    for (unsigned k = 0; k < 2; k++) {
      const struct oio_segment s = {.vc = 2,
                                    .first = k == 0,
                                    .last = k == 1,
                                    .id = FIRST,
                                    .bytes = k == 0 ? 48 : 52,
                                    .data = data,
                                    .packed_ps = packed[i][k],
                                    .stamp = &stamp};
      oio_pattern_fill(seed, FIRST, k == 0 ? 0 : 48, data, s.bytes);
      oio_traffic_deliver(b.traffic, 7000, 1, &s);
    }
    const struct oio_traffic_counts c = counts_of(&b);
    assert_int_equal(c.delivered, 1);
    assert_int_equal(oio_traffic_latency(b.traffic)->max, 2000);
    assert_int_equal(c.parts[OIO_PART_QUEUE].high, 0);
    if (i < 3) {
      assert_int_equal(c.parts[OIO_PART_QUEUE].low, 2000); /* all of it: nothing is known of its way */
      assert_int_equal(c.parts[OIO_PART_FLIGHT].low, 0);
    } else {
      assert_int_equal(c.parts[OIO_PART_QUEUE].low, packed[i][1] - 5000);
      assert_int_equal(c.parts[OIO_PART_FLIGHT].low, 77);
    }
    finish(&b);
  }
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
  assert_int_equal(oio_traffic_latency(b.traffic)->sum.low, 150 + 1000 + 1700 + 1000 + 4000 + 1000);
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
    if (oio_die_queued(oio_net_die(b.net, 0), 0) < 64 || i % 100 == 99) enter(&b, 100000);
    if (i + 1 == 60) break; /* what the die holds can be delivered by hand; the rest is for a simulation */
  }
  enter(&b, 100000);
  assert_int_equal(counts_of(&b).sent, 1024 + 60);
  finish(&b);
}

/* Without a map the first half of the nodes lives on die A; of an odd number, the middle one too. */
static void without_a_map_half_of_the_nodes_and_the_middle_one_live_on_die_a(void **state) {
  (void)state;
  static const struct oio_trace_header header = {.nodes = 3};
  static const uint32_t ends[][2] = {{0, 1}, {1, 2}, {2, 0}, {1, 0}, {2, 2}};
  struct bench b;
  struct oio_trace_writer *writer;
  configure(&b, NULL);
  snprintf(b.recorded.path, sizeof b.recorded.path, "test_traffic-%ld.oiotrace.gz", (long)getpid());
  assert_int_equal(oio_trace_create(&writer, b.recorded.path, &header, NULL), OIO_OK);
  for (unsigned i = 0; i < 5; i++) {
    const struct oio_record record = {.id = i, .bytes = 1, .source = ends[i][0], .destination = ends[i][1]};
    assert_int_equal(oio_trace_put(writer, &record, NULL), OIO_OK);
  }
  assert_int_equal(oio_trace_finish(writer, NULL), OIO_OK);
  assert_int_equal(oio_trace_open(&b.recorded.trace, b.recorded.path, NULL), OIO_OK);
  assert_int_equal(oio_traffic_create(&b.traffic, &b.config, 2, b.recorded.trace, NULL), OIO_OK);
  assert_int_equal(oio_net_create(&b.net, &b.config, NULL, NULL), OIO_OK);
  enter(&b, 0);
  assert_int_equal(counts_of(&b).sent, 2);  /* 1 to 2, 2 to 0 */
  assert_int_equal(counts_of(&b).local, 3); /* 0 to 1, 1 to 0, 2 to 2 */
  finish(&b);
}

/* ---- generated traffic ---- */

static void saturated_each_die_has_so_many_messages_waiting_as_the_depth_says(void **state) {
  (void)state;
  static const char *const settings[] = {"workload.generate=saturate", "workload.depth=3", NULL};
  struct bench b;
  configure(&b, settings);
  assert_int_equal(oio_traffic_create(&b.traffic, &b.config, 2, NULL, NULL), OIO_OK);
  assert_int_equal(oio_net_create(&b.net, &b.config, NULL, NULL), OIO_OK);
  for (unsigned again = 0; again < 3; again++) {
    enter(&b, 0);
    for (unsigned i = 0; i < 2; i++) assert_int_equal(oio_die_queued(oio_net_die(b.net, i), 0), 3);
    assert_int_equal(counts_of(&b).sent, 6);
  }
  finish(&b);
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
      cmocka_unit_test(what_comes_after_a_reset_had_dropped_it_is_revived_and_no_figure_wraps),
      cmocka_unit_test(a_stamp_that_cannot_be_its_own_makes_no_part_of_a_latency_wrap),
      cmocka_unit_test(a_record_never_enters_before_its_time),
      cmocka_unit_test(in_a_closed_loop_a_record_waits_for_all_it_names_and_local_ones_take_their_time),
      cmocka_unit_test(in_an_open_loop_waits_mean_nothing),
      cmocka_unit_test(a_full_look_ahead_lets_records_in_late_loses_none_and_says_so),
      cmocka_unit_test(without_a_map_half_of_the_nodes_and_the_middle_one_live_on_die_a),
      cmocka_unit_test(saturated_each_die_has_so_many_messages_waiting_as_the_depth_says),
  };
  return cmocka_run_group_tests_name("traffic", tests, NULL, NULL);
}
