/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What happens to one flit (SPEC.md section 15, *single flits*), worked out by hand: which bits are wrong and when it arrives, on a line by
 * itself; when the message inside is there, between two dies.
 */
#define CHANCE_PROGRAM "test_strikes"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "../configured.h"
#include "channel_lanes.h"

enum { FLIT_PS = 2048, SENT = 12 };

/* Of a flit of zeros the bits that are to be wrong: from `first` on so many, and so on; bits 0: no more. */
struct run {
  unsigned first, bits;
};

static struct oio_channel *line_of(unsigned format, enum oio_fidelity fidelity, const struct oio_channel_event *events, uint32_t count) {
  struct oio_channel_config c = plain();
  c.format = (uint8_t)format;
  c.fidelity = fidelity;
  c.stripe_bits = 0;
  c.events = events;
  c.event_count = count;
  return channel_of(&c);
}

/* Sends flits of zeros back to back: all but number 5 arrive as they were sent, when they must. */
static void expect_in_flit_5(unsigned format, const struct oio_channel_event *event, const struct run *runs, oio_time_ps delay_ps) {
  uint8_t bytes[OIO_FLIT_BYTES], wanted[OIO_FLIT_BYTES];
  struct oio_channel_state counted;
  struct oio_channel *channel = line_of(format, OIO_BIT, event, 1);
  for (unsigned f = 0; f < SENT; f++) {
    memset(wanted, 0, sizeof wanted);
    for (const struct run *r = runs; f == 5 && r->bits > 0; r++) {
      for (unsigned b = r->first; b < r->first + r->bits; b++) wanted[b / 8] ^= (uint8_t)(1u << b % 8);
    }
    assert_int_equal(send(channel, 0, bytes), (f + 1) * FLIT_PS + (f >= 5 ? delay_ps : 0));
    assert_memory_equal(bytes, wanted, sizeof wanted);
  }
  oio_channel_get_state(channel, &counted);
  assert_int_equal(counted.events, 1);
  assert_int_equal(counted.wrong_flits, runs[0].bits > 0);
  assert_int_equal(counted.dark_flits, 0);
  oio_channel_destroy(channel);
}

#define AT_5 .at_ps = 5, .by_flit = true
#define RUNS(...) ((const struct run[]){__VA_ARGS__, {0, 0}})

static void the_flit_of_that_number_is_hit_and_no_other(void **state) {
  (void)state;
  expect_in_flit_5(3, &(struct oio_channel_event){AT_5, .what = OIO_EVENT_FLIP, .bits = 3, .bit = {0, 17, 2047}},
                   RUNS({0, 1}, {17, 1}, {2047, 1}), 0);
  expect_in_flit_5(6, &(struct oio_channel_event){AT_5, .what = OIO_EVENT_FLIP, .bits = 2, .bit = {17, 16}}, RUNS({16, 2}), 0);
  expect_in_flit_5(3, &(struct oio_channel_event){AT_5, .what = OIO_EVENT_BURST, .number = 2030, .bit = {18}}, RUNS({2030, 18}), 0);
  expect_in_flit_5(3, &(struct oio_channel_event){AT_5, .what = OIO_EVENT_HEADER}, RUNS({8 * 236, 16}), 0);
  expect_in_flit_5(6, &(struct oio_channel_event){AT_5, .what = OIO_EVENT_HEADER}, RUNS({0, 16}), 0);
  /* The CRCs of zeros are 0, and their complements stand at 252 and 254, or at 126 and 254. */
  expect_in_flit_5(3, &(struct oio_channel_event){AT_5, .what = OIO_EVENT_DROP}, RUNS({8 * 252, 32}), 0);
  expect_in_flit_5(6, &(struct oio_channel_event){AT_5, .what = OIO_EVENT_DROP}, RUNS({8 * 126, 16}, {8 * 254, 16}), 0);
  expect_in_flit_5(3, &(struct oio_channel_event){AT_5, .what = OIO_EVENT_TRUNCATE, .number = 2047}, RUNS({8 * 252, 32}), 0);
  expect_in_flit_5(3, &(struct oio_channel_event){AT_5, .what = OIO_EVENT_DELAY, .for_ps = 777}, RUNS({0, 0}), 777);
}

/* Flit 5 starts at 5 * 2048. */
static void a_time_hits_the_first_flit_that_starts_then(void **state) {
  (void)state;
  expect_in_flit_5(3, &(struct oio_channel_event){.at_ps = 4 * FLIT_PS + 1, .what = OIO_EVENT_HEADER}, RUNS({8 * 236, 16}), 0);
  expect_in_flit_5(3, &(struct oio_channel_event){.at_ps = 5 * FLIT_PS, .what = OIO_EVENT_HEADER}, RUNS({8 * 236, 16}), 0);
}

/* What the two CRCs see of it alone, without bytes: x^16 + x^15 + x^2 + 1 over bits that are in both, none. */
static void by_events_only_the_syndrome_is_there(void **state) {
  static const struct {
    struct oio_channel_event event[2];
    uint32_t count;
    bool seen;
  } rows[] = {{{{.what = OIO_EVENT_FLIP, .bits = 4, .bit = {100, 101, 114, 116}}}, 1, false},
              {{{.what = OIO_EVENT_FLIP, .bits = 4, .bit = {100, 101, 115, 116}}}, 1, true},
              {{{.what = OIO_EVENT_FLIP, .bits = 1, .bit = {9}}, {.what = OIO_EVENT_BURST, .number = 9, .bit = {1}}}, 2, false},
              {{{.what = OIO_EVENT_BURST, .number = 500, .bit = {16}}}, 1, true},
              {{{.what = OIO_EVENT_HEADER}}, 1, true},
              {{{.what = OIO_EVENT_DROP}}, 1, true},
              {{{.what = OIO_EVENT_DELAY, .for_ps = 1}}, 1, false}};
  (void)state;
  for (unsigned i = 0; i < sizeof rows / sizeof *rows; i++) {
    struct oio_channel *channel = line_of(6, OIO_EVENT, rows[i].event, rows[i].count);
    memset(oio_channel_slot(channel), 0, sizeof(struct oio_wire));
    oio_channel_push(channel, 0);
    assert_int_equal(oio_channel_peek(channel)->syndrome != 0, rows[i].seen);
    oio_channel_destroy(channel);
  }
}

static void on_a_wire_that_is_down_only_the_delay_remains(void **state) {
  static const struct oio_channel_event events[] = {{.what = OIO_EVENT_DOWN, .for_ps = 1},
                                                    {.by_flit = true, .what = OIO_EVENT_FLIP, .bits = 1, .bit = {3}},
                                                    {.by_flit = true, .what = OIO_EVENT_DELAY, .for_ps = 100}};
  uint8_t bytes[OIO_FLIT_BYTES];
  (void)state;
  struct oio_channel *channel = line_of(3, OIO_BIT, events, 3);
  assert_int_equal(send(channel, 0, bytes), FLIT_PS + 100);
  assert_int_equal(bytes[0], 0);
  assert_int_equal(bytes[252], 0xFF);
  oio_channel_destroy(channel);
}

/* Flits with these commands and limits: which of them are dropped, a bit each. */
static unsigned lost_of(const struct oio_channel_event *events, uint32_t count, const struct oio_flit_head *heads, unsigned flits) {
  unsigned lost = 0;
  struct oio_channel *channel = line_of(3, OIO_BIT, events, count);
  for (unsigned f = 0; f < flits; f++) {
    struct oio_wire *wire = oio_channel_slot(channel);
    memset(wire, 0, sizeof *wire);
    oio_flit_put_head(oio_flit_format(3), wire->bytes, &heads[f]);
    oio_flit_seal(oio_flit_format(3), wire->bytes);
    oio_channel_push(channel, oio_channel_free_ps(channel));
    lost |= (unsigned)!oio_flit_valid(oio_flit_format(3), oio_channel_peek(channel)->bytes) << f;
    oio_channel_pop(channel);
  }
  oio_channel_destroy(channel);
  return lost;
}

static void lost_is_the_next_ack_and_the_next_limit_that_is_another(void **state) {
  static const struct oio_flit_head heads[] = {{1, OIO_ACK, 9, 0, 0, 5},      {1, OIO_EXPLICIT, 3, 0, 0, 5}, {1, OIO_NAK, 9, 0, 0, 5},
                                               {1, OIO_ACK, 10, 0, 0, 6},     {1, OIO_EXPLICIT, 5, 0, 0, 6}, {0, OIO_ACK, 10, 0, 0, 6},
                                               {1, OIO_EXPLICIT, 6, 0, 0, 8}, {1, OIO_ACK, 10, 0, 0, 9}};
  struct oio_channel_event e[] = {{.at_ps = 1, .by_flit = true, .what = OIO_EVENT_LOSE_ACK},
                                  {.at_ps = 1, .by_flit = true, .what = OIO_EVENT_LOSE_ACK}};
  (void)state;
  assert_int_equal(lost_of(e, 1, heads, 8), 0x04);
  assert_int_equal(lost_of(e, 2, heads, 8), 0x0C);
  e[0].at_ps = 0;
  assert_int_equal(lost_of(e, 2, heads, 8), 0x05);
  e[1].at_ps = 4;
  assert_int_equal(lost_of(e, 2, heads, 8), 0x21);
  e[0].what = e[1].what = OIO_EVENT_LOSE_CREDIT;
  assert_int_equal(lost_of(e, 1, heads, 8), 0x08);
  assert_int_equal(lost_of(e, 2, heads, 8), 0x48);
  e[1].at_ps = 6;
  assert_int_equal(lost_of(e, 2, heads, 8), 0x88);
}

/* SPEC.md section 15 has it: 62,970 ps from start to arrival, three times that with a Nak and a replay. */
static void a_message_arrives_at_the_picosecond_worked_out(void **state) {
  static const struct {
    const char *schedule;
    oio_time_ps latency_ps;
    uint64_t crc, replayed, undetected, corrupted;
  } rows[] = {{"faults.schedule=at flit 0 wire 0: drop", 188910, 1, 1, 0, 0},
              {"faults.schedule=at flit 0 wire 0: truncate at 2047", 188910, 1, 1, 0, 0},
              {"faults.schedule=at flit 0 wire 0: damage header", 188910, 1, 1, 0, 0},
              {"faults.schedule=at flit 0 wire 0: flip bits 0", 188910, 1, 1, 0, 0},
              {"faults.schedule=at flit 0 wire 0: drop, 2 times every 1 flits", 1688910, 1, 2, 0, 0}, /* after a timeout */
              {"faults.schedule=at flit 1 wire 0: drop", 62970, 0, 0, 0, 0},
              {"faults.schedule=at flit 0 wire 0: delay 7ns", 69970, 0, 0, 0, 0},
              {"faults.schedule=at flit 0 wire 0: flip bits 100,101,114,116", 62970, 0, 0, 1, 1},
              {"faults.schedule=at flit 0 wire 0: flip bit 5; at flit 0 wire 0: flip bit 5", 62970, 0, 0, 1, 0}, /* they cancel */
              {"faults.schedule=at flit 0 wire 0: burst of 2 bits at 9; at flit 0 link 0: flip bits 9,10", 62970, 0, 0, 1, 0}};
  (void)state;
  for (unsigned i = 0; i < sizeof rows / sizeof *rows; i++) {
    const char *const settings[] = {rows[i].schedule,
                                    "net.topology=pair",
                                    "workload.generate=poisson",
                                    "workload.messages=1",
                                    "workload.load=0.01",
                                    "workload.directions=a_to_b",
                                    NULL};
    const struct oio_config config = configured(settings);
    struct oio_sim *sim = start_sim(&config);
    struct oio_results results;
    struct oio_error error;
    bool more = true;
    while (more) assert_int_equal(oio_sim_run(sim, 1000, &more, &error), OIO_OK);
    oio_sim_get_results(sim, &results);
    oio_sim_destroy(sim);
    print_message("  %s\n", rows[i].schedule);
    assert_int_equal(results.latency_min_ps, rows[i].latency_ps);
    assert_int_equal(results.links.retries_crc, rows[i].crc);
    assert_int_equal(results.links.replayed, rows[i].replayed);
    assert_int_equal(results.links.undetected, rows[i].undetected);
    assert_int_equal(results.traffic.corrupted, rows[i].corrupted);
  }
}

static void what_cannot_be_is_refused(void **state) {
  static const struct oio_channel_event rows[][2] = {
      {{.what = OIO_EVENT_FLIP}},
      {{.what = OIO_EVENT_FLIP, .bits = 9}},
      {{.what = OIO_EVENT_FLIP, .bits = 1, .bit = {2048}}},
      {{.what = OIO_EVENT_FLIP, .bits = 3, .bit = {7, 2047, 7}}},
      {{.what = OIO_EVENT_BURST, .number = 2040, .bit = {9}}},
      {{.what = OIO_EVENT_BURST, .number = 2040}},
      {{.what = OIO_EVENT_TRUNCATE, .number = 2048}},
      {{.what = OIO_EVENT_DELAY, .for_ps = OIO_MS + 1}},
      {{.by_flit = true, .what = OIO_EVENT_RATE, .value = 0.1}},
      {{.by_flit = true, .what = OIO_EVENT_LOSS, .value = 1}},
      {{.by_flit = true, .what = OIO_EVENT_DROP}, {.at_ps = 9, .what = OIO_EVENT_DROP}},
      {{.at_ps = 2, .by_flit = true, .what = OIO_EVENT_DROP}, {.at_ps = 1, .by_flit = true, .what = OIO_EVENT_DROP}}};
  (void)state;
  for (unsigned i = 0; i < sizeof rows / sizeof *rows; i++) {
    struct oio_channel_config c = plain();
    struct oio_channel *channel;
    struct oio_error error = {""};
    c.events = rows[i];
    c.event_count = i < 10 ? 1 : 2;
    assert_int_equal(oio_channel_create(&channel, &c, &error), OIO_ERR_CONFIG);
    if (strstr(error.text, i < 10 ? "channel event 0" : "channel event 1") == NULL) fail_msg("%u: %s", i, error.text);
  }
}

/* Damage that no CRC sees turns a part of a message into another's, so that one never ends: nothing happens any more, and that is seen. */
static void a_net_in_which_nothing_happens_any_more_comes_to_its_end(void **state) {
  struct oio_config config;
  struct oio_error error;
  struct oio_results results;
  bool more = true;
  (void)state;
  oio_config_defaults(&config);
  set(&config, "net.topology=star:4");
  set(&config, "workload.generate=poisson");
  set(&config, "workload.load=0.2");
  set(&config, "workload.messages=600");
  set(&config, "faults.schedule=from flit 0 to flit 100000 all: flip bits 100,101,114,116, one flit in 300");
  resolve(&config);
  struct oio_sim *sim = start_sim(&config);
  for (unsigned i = 0; more && i < 10; i++) assert_int_equal(oio_sim_run(sim, 1000000, &more, &error), OIO_OK);
  assert_false(more);
  oio_sim_get_results(sim, &results);
  assert_true(results.stalled && results.traffic.outstanding > 0 && results.links.undetected > 0);
  oio_sim_destroy(sim);
}

int main(void) {
  chance_start();
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(the_flit_of_that_number_is_hit_and_no_other),
      cmocka_unit_test(a_time_hits_the_first_flit_that_starts_then),
      cmocka_unit_test(by_events_only_the_syndrome_is_there),
      cmocka_unit_test(on_a_wire_that_is_down_only_the_delay_remains),
      cmocka_unit_test(lost_is_the_next_ack_and_the_next_limit_that_is_another),
      cmocka_unit_test(a_message_arrives_at_the_picosecond_worked_out),
      cmocka_unit_test(what_cannot_be_is_refused),
      cmocka_unit_test(a_net_in_which_nothing_happens_any_more_comes_to_its_end),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
