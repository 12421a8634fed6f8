/* SPDX-License-Identifier: Apache-2.0 */
/*
 * When a message enters that waits for others, and then for a delay: against hand-worked times, and against the rule of
 * docs/trace-format.md worked out record by record. The net is this program's: it has room for all, and delivers when the test says.
 */
#define _GNU_SOURCE
#define CHANCE_PROGRAM "test_delays"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "chance.h"
#include "oio/traffic.h"
#include "recorded.h"

enum { RECORDS_MAX = 8000, DIES = 4, WAITS = 4 };
#define LOCAL_PS UINT64_C(20000)

/* ---- the net, and when it delivers ---- */

struct oio_net {
  uint64_t stream;
  oio_time_ps latency_ps, spread_ps; /* of a message: between latency and that with spread, later than the one before it in its flow */
  oio_time_ps last_ps[DIES][DIES];
  oio_time_ps entered_ps[RECORDS_MAX], due_ps[RECORDS_MAX]; /* of carried messages; OIO_NEVER: not yet */
  uint32_t die[RECORDS_MAX], destination[RECORDS_MAX];
  uint64_t order[RECORDS_MAX]; /* ids by entry */
  unsigned count;
};

enum oio_status oio_net_send(struct oio_net *net, uint32_t die, oio_time_ps now_ps, const struct oio_message *message) {
  const uint64_t id = message->id;
  oio_time_ps due_ps = now_ps + net->latency_ps + (net->spread_ps > 0 ? chance_below(&net->stream, net->spread_ps) : 0);
  oio_time_ps *last_ps = &net->last_ps[die][message->destination];
  assert_int_equal(net->entered_ps[id], OIO_NEVER);
  if (due_ps < *last_ps) due_ps = *last_ps;
  *last_ps = net->due_ps[id] = due_ps;
  net->entered_ps[id] = now_ps;
  net->die[id] = die;
  net->destination[id] = message->destination;
  net->order[net->count++] = id;
  return OIO_OK;
}

unsigned oio_net_queued(const struct oio_net *net, uint32_t die, uint32_t destination, unsigned vc) {
  (void)net, (void)die, (void)destination, (void)vc;
  return 0;
}

unsigned oio_net_queued_in_all(const struct oio_net *net, uint32_t die) {
  return oio_net_queued(net, die, 0, 0);
}

/* ---- a run of a trace ---- */

struct bench {
  struct recorded recorded;
  struct oio_traffic *traffic;
  struct oio_net net;
  oio_time_ps now_ps;
};

static void start(struct bench *b, const char *const *settings, const struct oio_record *records, unsigned count) {
  struct oio_trace_writer *writer;
  struct recorded *r = &b->recorded;
  struct oio_config config;
  struct oio_error error = {""};
  memset(b, 0, sizeof *b);
  memset(b->net.entered_ps, 0xff, sizeof b->net.entered_ps);
  oio_config_defaults(&config);
  set(&config, "sim.fidelity=event");
  for (; settings != NULL && *settings != NULL; settings++) set(&config, *settings);
  assert_int_equal(oio_config_resolve(&config, NULL), OIO_OK);
  snprintf(r->path, sizeof r->path, CHANCE_PROGRAM "-%ld.oiotrace.gz", (long)getpid());
  assert_int_equal(oio_trace_create(&writer, r->path, &(struct oio_trace_header){.nodes = DIES, .dies = DIES}, NULL), OIO_OK);
  for (unsigned i = 0; i < count; i++) {
    if (oio_trace_put(writer, &records[i], &error) != OIO_OK) fail_msg("%s", error.text);
  }
  assert_int_equal(oio_trace_finish(writer, NULL), OIO_OK);
  assert_int_equal(oio_trace_open(&r->trace, r->path, NULL), OIO_OK);
  if (oio_traffic_create(&b->traffic, &config, DIES, r->trace, &error) != OIO_OK) fail_msg("%s", error.text);
}

static void finish(struct bench *b) {
  oio_traffic_destroy(b->traffic);
  forget(&b->recorded);
}

static void deliver_due(struct bench *b, unsigned *delivered) {
  static const struct oio_stamp stamp;
  for (; *delivered < b->net.count; ++*delivered) {
    unsigned first = *delivered;
    for (unsigned i = first; i < b->net.count; i++) {
      if (b->net.due_ps[b->net.order[i]] < b->net.due_ps[b->net.order[first]]) first = i;
    }
    const uint64_t id = b->net.order[first];
    if (b->net.due_ps[id] > b->now_ps) return;
    memmove(&b->net.order[*delivered + 1], &b->net.order[*delivered], (first - *delivered) * sizeof b->net.order[0]);
    b->net.order[*delivered] = id;
    const struct oio_segment segment = {
        .source = b->net.die[id], .first = true, .last = true, .id = id, .bytes = 16, .packed_ps = b->net.entered_ps[id], .stamp = &stamp};
    oio_traffic_deliver(b->traffic, b->now_ps, b->net.destination[id], &segment);
  }
}

/* To the end; returns whether the run is marked. */
static bool run(struct bench *b) {
  unsigned delivered = 0;
  struct oio_traffic_counts counts;
  while (!oio_traffic_finished(b->traffic)) {
    assert_int_equal(oio_traffic_enter(b->traffic, b->now_ps, &b->net, NULL), OIO_OK);
    oio_time_ps next_ps = oio_traffic_next_ps(b->traffic);
    for (unsigned i = delivered; i < b->net.count; i++) {
      if (b->net.due_ps[b->net.order[i]] < next_ps) next_ps = b->net.due_ps[b->net.order[i]];
    }
    if (oio_traffic_finished(b->traffic)) break;
    assert_true(next_ps != OIO_NEVER);
    if (next_ps > b->now_ps) b->now_ps = next_ps;
    deliver_due(b, &delivered);
  }
  oio_traffic_get_counts(b->traffic, &counts);
  assert_int_equal(counts.delivered + counts.local, counts.records);
  return counts.stalled_reading;
}

/* ---- by hand: everything takes 1,000 ps ---- */

/*
 * 0 enters at 0, is there at 1,000; 1 thinks 300 and enters at 1,300, is there at 2,300. 2 waits for both: 0 and 5,000 more is 6,000, 1 and
 * 10 more is 2,310: 6,000. 3 waits for 1 without a delay, but its time is 9,000. 4 is local, after 3's 10,000 and 7: 10,007 to 30,007. 5
 * thinks 1 after it. 6 waits for what was long ago: 0 and 20,000. 7 waits for 6 alone, whose delivery, not entry, counts: 21,000 and 1,000
 * and 1.
 */
static void a_message_enters_when_the_last_of_its_deliveries_and_delays_is_over(void **state) {
  (void)state;
  static const uint64_t w0[] = {0}, w01[] = {0, 1}, w1[] = {1}, w3[] = {3}, w4[] = {4}, w6[] = {6};
  static const oio_time_ps d300[] = {300}, d5000_10[] = {5000, 10}, d7[] = {7}, d1[] = {1}, d20000[] = {20000};
  static const struct oio_record records[] = {
      {.id = 0, .bytes = 16, .source = 0, .destination = 1},
      {.id = 1, .bytes = 16, .source = 1, .destination = 2, .waits = w0, .waits_count = 1, .delays_ps = d300},
      {.id = 2, .bytes = 16, .source = 2, .destination = 3, .waits = w01, .waits_count = 2, .delays_ps = d5000_10},
      {.time_ps = 9000, .id = 3, .bytes = 16, .source = 2, .destination = 0, .waits = w1, .waits_count = 1},
      {.time_ps = 9000, .id = 4, .bytes = 16, .source = 3, .destination = 3, .waits = w3, .waits_count = 1, .delays_ps = d7},
      {.time_ps = 9000, .id = 5, .bytes = 16, .source = 3, .destination = 1, .waits = w4, .waits_count = 1, .delays_ps = d1},
      {.time_ps = 9000, .id = 6, .bytes = 16, .source = 1, .destination = 3, .waits = w0, .waits_count = 1, .delays_ps = d20000},
      {.time_ps = 9000, .id = 7, .bytes = 16, .source = 3, .destination = 2, .waits = w6, .waits_count = 1, .delays_ps = d1},
  };
  static const oio_time_ps expected_ps[] = {0, 1300, 6000, 9000, OIO_NEVER, 30008, 21000, 22001};
  struct bench b;
  start(&b, NULL, records, 8);
  b.net.latency_ps = 1000;
  assert_false(run(&b));
  for (unsigned i = 0; i < 8; i++) assert_int_equal(b.net.entered_ps[i], expected_ps[i]);
  finish(&b);
}

/* A wait that the trace does not have counts as delivered, and long ago. */
static void a_wait_from_before_the_trace_delays_nothing(void **state) {
  (void)state;
  static const uint64_t before[] = {99}, first[] = {99, 100};
  static const oio_time_ps delays_ps[] = {77777, 5};
  static const struct oio_record records[] = {
      {.id = 100, .bytes = 16, .source = 0, .destination = 1, .waits = before, .waits_count = 1, .delays_ps = delays_ps},
      {.id = 101, .bytes = 16, .source = 1, .destination = 2, .waits = first, .waits_count = 2, .delays_ps = delays_ps},
  };
  struct bench b;
  start(&b, NULL, records, 2);
  b.net.latency_ps = 1000;
  assert_false(run(&b));
  assert_int_equal(b.net.entered_ps[100], 0);
  assert_int_equal(b.net.entered_ps[101], 1005);
  finish(&b);
}

/* 2,000 messages have come and gone since: more than are kept of what is over, but for delays that may come. */
static void a_delay_counts_from_a_delivery_however_long_ago(void **state) {
  (void)state;
  enum { COUNT = 2000 };
  static struct oio_record records[COUNT + 1];
  static const uint64_t w0[] = {0};
  static const oio_time_ps delay_ps[] = {3000};
  struct bench b;
  for (unsigned i = 0; i < COUNT; i++)
    records[i] = (struct oio_record){.time_ps = i, .id = i, .bytes = 16, .source = 0, .destination = 1 + i % 3};
  records[COUNT] = (struct oio_record){
      .time_ps = COUNT, .id = COUNT, .bytes = 16, .source = 1, .destination = 2, .waits = w0, .waits_count = 1, .delays_ps = delay_ps};
  start(&b, NULL, records, COUNT + 1);
  b.net.latency_ps = 10;
  assert_false(run(&b));
  assert_int_equal(b.net.entered_ps[COUNT], 3010);
  finish(&b);
}

/* When 0 was delivered is forgotten, but not that it was 10 at the earliest: the last record is late rather than early, and that is said.
 */
static void what_is_forgotten_makes_late_and_not_early(void **state) {
  (void)state;
  enum { COUNT = 1500 };
  static struct oio_record records[COUNT + 1];
  static const uint64_t w0[] = {0};
  static const oio_time_ps delay_ps[] = {100000};
  struct bench b;
  for (unsigned i = 0; i < COUNT; i++)
    records[i] = (struct oio_record){.time_ps = i, .id = i, .bytes = 16, .source = 0, .destination = 1 + i % 3};
  records[COUNT] = (struct oio_record){
      .time_ps = COUNT, .id = COUNT, .bytes = 16, .source = 1, .destination = 2, .waits = w0, .waits_count = 1, .delays_ps = delay_ps};
  start(&b, (const char *const[]){"trace.lookahead_records=1024", NULL}, records, COUNT + 1);
  b.net.latency_ps = 10;
  assert_true(run(&b));
  assert_in_range(b.net.entered_ps[COUNT], 100010, 101510);
  finish(&b);
}

/* Three that think until the same time enter in the order of their ids, whichever was let go first. */
static void of_one_time_the_lowest_id_enters_first(void **state) {
  (void)state;
  static const uint64_t w0[] = {0}, w1[] = {1}, w2[] = {2};
  static const oio_time_ps d70[] = {70}, d80[] = {80}, d90[] = {90};
  static const struct oio_record records[] = {
      {.time_ps = 0, .id = 0, .bytes = 16, .source = 0, .destination = 1},
      {.time_ps = 10, .id = 1, .bytes = 16, .source = 0, .destination = 1},
      {.time_ps = 20, .id = 2, .bytes = 16, .source = 0, .destination = 1},
      {.time_ps = 20, .id = 3, .bytes = 16, .source = 1, .destination = 2, .waits = w2, .waits_count = 1, .delays_ps = d70},
      {.time_ps = 20, .id = 4, .bytes = 16, .source = 1, .destination = 2, .waits = w1, .waits_count = 1, .delays_ps = d80},
      {.time_ps = 20, .id = 5, .bytes = 16, .source = 1, .destination = 2, .waits = w0, .waits_count = 1, .delays_ps = d90},
  };
  struct bench b;
  start(&b, NULL, records, 6);
  b.net.latency_ps = 100;
  assert_false(run(&b));
  for (unsigned i = 3; i < 6; i++) {
    assert_int_equal(b.net.entered_ps[i], 190);
    assert_int_equal(b.net.order[i], i);
  }
  finish(&b);
}

/* 3 and 2.5 are 8 (7.5, a half up); 5 and 1.5 are 8; 7 * 0.333333 is 2.33. What the net takes is not the trace's. */
static void times_and_delays_are_scaled_to_the_nearest_picosecond_and_the_net_is_not(void **state) {
  (void)state;
  static const uint64_t w0[] = {0};
  static const oio_time_ps delay_ps[] = {7};
  static const struct oio_record records[] = {
      {.time_ps = 3, .id = 0, .bytes = 16, .source = 0, .destination = 1},
      {.time_ps = 5, .id = 1, .bytes = 16, .source = 1, .destination = 2, .waits = w0, .waits_count = 1, .delays_ps = delay_ps},
  };
  static const struct {
    const char *scale;
    oio_time_ps first_ps, delay_ps;
  } cases[] = {
      {"trace.time_scale=1", 3, 7},        {"trace.time_scale=2.5", 8, 18},     {"trace.time_scale=1.5", 5, 11},
      {"trace.time_scale=0.333333", 1, 2}, {"trace.time_scale=0.000001", 0, 0}, {"trace.time_scale=1000000", 3000000, 7000000},
  };
  for (unsigned i = 0; i < sizeof cases / sizeof cases[0]; i++) {
    const char *const settings[] = {cases[i].scale, NULL};
    struct bench b;
    start(&b, settings, records, 2);
    b.net.latency_ps = 1000;
    assert_false(run(&b));
    assert_int_equal(b.net.entered_ps[0], cases[i].first_ps);
    const oio_time_ps thought_ps = cases[i].first_ps + 1000 + cases[i].delay_ps;
    assert_int_equal(b.net.entered_ps[1], cases[i].first_ps == 3000000 ? 10001000 : thought_ps);
    finish(&b);
  }
}

/* 2^62 - 1 is the last time there is: a factor of 1 keeps it, one millionth more does not. */
static void what_a_scale_makes_too_late_is_refused(void **state) {
  (void)state;
  static const uint64_t w0[] = {0};
  static const oio_time_ps delay_ps[] = {OIO_TRACE_TIME_MAX - 1};
  const struct oio_record late = {.time_ps = OIO_TRACE_TIME_MAX - 1, .id = 0, .bytes = 16, .source = 0, .destination = 1};
  const struct oio_record thinks[] = {
      {.id = 0, .bytes = 16, .source = 0, .destination = 1},
      {.id = 1, .bytes = 16, .source = 1, .destination = 2, .waits = w0, .waits_count = 1, .delays_ps = delay_ps},
  };
  struct oio_error error;
  struct oio_config config;
  struct oio_traffic *traffic;
  struct bench b;
  start(&b, NULL, &late, 1);
  assert_int_equal(oio_traffic_next_ps(b.traffic), OIO_TRACE_TIME_MAX - 1);
  oio_trace_close(b.recorded.trace);
  assert_int_equal(oio_trace_open(&b.recorded.trace, b.recorded.path, NULL), OIO_OK);
  oio_config_defaults(&config);
  set(&config, "trace.time_scale=1.000001");
  assert_int_equal(oio_config_resolve(&config, NULL), OIO_OK);
  assert_int_equal(oio_traffic_create(&traffic, &config, DIES, b.recorded.trace, &error), OIO_ERR_CONFIG);
  assert_string_equal(error.text, "record 0: trace.time_scale makes its time or a delay 2^62 ps or more; lower it");
  finish(&b);
  start(&b, (const char *const[]){"trace.time_scale=2", NULL}, thinks, 2);
  assert_int_equal(oio_traffic_enter(b.traffic, 0, &b.net, &error), OIO_ERR_CONFIG);
  assert_string_equal(error.text, "record 1: trace.time_scale makes its time or a delay 2^62 ps or more; lower it");
  finish(&b);
  /* 2^61 a million times over is, of 64 bits, a time that would pass. */
  const struct oio_record wraps = {.time_ps = OIO_TRACE_TIME_MAX / 2, .id = 0, .bytes = 16, .source = 0, .destination = 1};
  start(&b, NULL, &wraps, 1);
  oio_trace_close(b.recorded.trace);
  assert_int_equal(oio_trace_open(&b.recorded.trace, b.recorded.path, NULL), OIO_OK);
  set(&config, "trace.time_scale=1000000");
  assert_int_equal(oio_traffic_create(&traffic, &config, DIES, b.recorded.trace, &error), OIO_ERR_CONFIG);
  finish(&b);
}

/* ---- by chance: against the rule ---- */

struct wanted {
  struct oio_record record;
  uint64_t waits[WAITS];
  oio_time_ps delays_ps[WAITS];
};

static struct wanted wanted[RECORDS_MAX];
static struct oio_record records[RECORDS_MAX];

/* near: waits are among the last so many. */
static void make_records(uint64_t *stream, unsigned count, unsigned near) {
  oio_time_ps time_ps = 0;
  for (unsigned id = 0; id < count; id++) {
    struct wanted *w = &wanted[id];
    time_ps += chance_below(stream, 4) == 0 ? chance_below(stream, 3000) : 0;
    w->record = (struct oio_record){.time_ps = time_ps,
                                    .id = id,
                                    .bytes = 16,
                                    .source = (uint32_t)chance_below(stream, DIES),
                                    .destination = (uint32_t)chance_below(stream, DIES),
                                    .waits = w->waits,
                                    .delays_ps = w->delays_ps};
    const unsigned most = id < near ? id : near;
    for (unsigned i = 0, low = 0; most > 0 && i < chance_below(stream, WAITS + 1) && low < most; i++) {
      low += (unsigned)chance_below(stream, most - low);
      w->waits[w->record.waits_count] = id - most + low++;
      w->delays_ps[w->record.waits_count++] = chance_below(stream, 2) * chance_below(stream, 50000);
    }
    records[id] = w->record;
  }
}

/* The rule: the latest of its time and, for each wait, that delivery and its delay. */
static void expect_entries(const struct bench *b, unsigned count) {
  static oio_time_ps done_ps[RECORDS_MAX];
  for (unsigned id = 0; id < count; id++) {
    const struct oio_record *r = &records[id];
    oio_time_ps entry_ps = r->time_ps;
    for (uint32_t i = 0; i < r->waits_count; i++) {
      const oio_time_ps since_ps = done_ps[r->waits[i]] + r->delays_ps[i];
      if (since_ps > entry_ps) entry_ps = since_ps;
    }
    const bool local = r->source == r->destination;
    if (!local && b->net.entered_ps[id] != entry_ps)
      FAIL_WITH_REPLAY("%u of %u enters at %" PRIu64 ", not %" PRIu64, id, count, b->net.entered_ps[id], entry_ps);
    done_ps[id] = local ? entry_ps + LOCAL_PS : b->net.due_ps[id];
  }
}

static void every_message_enters_when_the_rule_says(void **state) {
  (void)state;
  uint64_t stream = chance_stream(1);
  for (unsigned round = 0; round < 60; round++) {
    const unsigned count = 1 + (unsigned)chance_below(&stream, round < 50 ? 300 : 4000);
    struct bench b;
    make_records(&stream, count, round % 2 == 0 ? 10 : 3000);
    start(&b, NULL, records, count);
    b.net.stream = chance(&stream);
    b.net.latency_ps = 1 + chance_below(&stream, 30000);
    b.net.spread_ps = chance_below(&stream, 2) * 20000;
    assert_false(run(&b));
    expect_entries(&b, count);
    finish(&b);
  }
}

/* Where the look-ahead is too short to know when something was delivered, the run is marked; where it is not marked, every time is right.
 */
static void a_short_look_ahead_is_right_or_says_that_it_is_not(void **state) {
  (void)state;
  static const char *const settings[] = {"trace.lookahead_records=1024", NULL};
  uint64_t stream = chance_stream(2);
  for (unsigned round = 0, marked = 0; round < 12; round++) {
    struct bench b;
    make_records(&stream, RECORDS_MAX, round < 6 ? 900 : 7000);
    start(&b, settings, records, RECORDS_MAX);
    b.net.latency_ps = 100;
    if (run(&b))
      marked++;
    else
      expect_entries(&b, RECORDS_MAX);
    finish(&b);
    if (round == 5 && marked == 6) fail_msg("every run is marked");
  }
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(a_message_enters_when_the_last_of_its_deliveries_and_delays_is_over),
      cmocka_unit_test(a_wait_from_before_the_trace_delays_nothing),
      cmocka_unit_test(a_delay_counts_from_a_delivery_however_long_ago),
      cmocka_unit_test(what_is_forgotten_makes_late_and_not_early),
      cmocka_unit_test(of_one_time_the_lowest_id_enters_first),
      cmocka_unit_test(times_and_delays_are_scaled_to_the_nearest_picosecond_and_the_net_is_not),
      cmocka_unit_test(what_a_scale_makes_too_late_is_refused),
      cmocka_unit_test(every_message_enters_when_the_rule_says),
      cmocka_unit_test(a_short_look_ahead_is_right_or_says_that_it_is_not),
  };
  chance_start();
  return cmocka_run_group_tests_name("delays", tests, NULL, NULL);
}
