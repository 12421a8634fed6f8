/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a transmitter that is wrong does to its flits (SPEC.md section 15), worked out by hand: bytes by the table of section 1, times on a
 * line by itself, and between two dies what rules R2 to R7 make of it.
 */
#define CHANCE_PROGRAM "test_forge"

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

enum { FLIT_PS = 2048, EVENTS_MAX = 4 };

#define FLIT(n, kind)                                                                                                                      \
  { .at_ps = (n), .by_flit = true, .what = OIO_EVENT_##kind }
#define FORGE(n, field, value, relative)                                                                                                   \
  { .at_ps = (n), .by_flit = true, .what = OIO_EVENT_FORGE, .bit = {OIO_FORGED_##field}, .number = (value), .returns = (relative) }

static struct oio_channel *line_of(struct oio_channel_config *c, const struct oio_channel_event *events, uint32_t count) {
  c->events = events;
  c->event_count = count;
  return channel_of(c);
}

/* Flit `mark`, with a byte of payload that says so, put on the wire when that is free. */
static void put(struct oio_channel *channel, uint8_t mark) {
  struct oio_wire *wire = oio_channel_slot(channel);
  assert_non_null(wire);
  memset(wire, 0, sizeof *wire);
  wire->touched_bytes = OIO_PAYLOAD_BYTES;
  wire->bytes[9] = mark;
  oio_channel_push(channel, oio_channel_free_ps(channel));
}

static void expect_next(struct oio_channel *channel, uint8_t mark, oio_time_ps arrival_ps) {
  assert_int_equal(oio_channel_arrival_ps(channel), arrival_ps);
  const struct oio_wire *wire = oio_channel_peek(channel);
  oio_time_ps parts_ps = 0;
  for (unsigned part = 0; part < OIO_PART_COUNT; part++) parts_ps += wire->stamp.parts_ps[part];
  assert_int_equal(wire->bytes[9], mark);
  if (mark == 0) assert_int_equal(parts_ps, arrival_ps); /* it was put on the wire at 0 */
  oio_channel_pop(channel);
}

static void expect_no_more(const struct oio_channel *channel) {
  assert_null(oio_channel_peek(channel));
}

/* H0 H1 K0 K1 K2 K3 of protocol 1, explicit, S 0x1234, round 5, echo 6, limit 0x0102, by the tables of section 1. */
static const uint8_t head_bytes[6] = {0x43, 0x04, 0x12, 0x65, 0x02, 0x01};

static void a_forged_field_has_its_value_and_nothing_else_changes_but_the_crc(void **state) {
  static const struct {
    struct oio_channel_event event[2];
    uint8_t bytes[6];
  } rows[] = {{{FORGE(0, PROTOCOL, 0, false)}, {0x03, 0x04, 0x12, 0x65, 0x02, 0x01}},
              {{FORGE(0, PROTOCOL, 3, true)}, {0x03, 0x04, 0x12, 0x65, 0x02, 0x01}},
              {{FORGE(0, PROTOCOL, 2, false)}, {0x83, 0x04, 0x12, 0x65, 0x02, 0x01}},
              {{FORGE(0, COMMAND, 2, false)}, {0x43, 0x24, 0x12, 0x65, 0x02, 0x01}},
              {{FORGE(0, COMMAND, 3, false)}, {0x43, 0x34, 0x12, 0x65, 0x02, 0x01}},
              {{FORGE(0, SEQUENCE, 7, false)}, {0x40, 0x07, 0x00, 0x65, 0x02, 0x01}},
              {{FORGE(0, SEQUENCE, 0xEDCC, true)}, {0x40, 0x00, 0x00, 0x65, 0x02, 0x01}},
              {{FORGE(0, SEQUENCE, 1, true)}, {0x43, 0x05, 0x12, 0x65, 0x02, 0x01}},
              {{FORGE(0, ROUND, 12, true)}, {0x43, 0x04, 0x12, 0x61, 0x02, 0x01}},
              {{FORGE(0, ECHO, 15, false)}, {0x43, 0x04, 0x12, 0xF5, 0x02, 0x01}},
              {{FORGE(0, CREDIT, 0xFFFF, true)}, {0x43, 0x04, 0x12, 0x65, 0x01, 0x01}},
              {{FORGE(0, ECHO, 1, true), FORGE(0, ECHO, 1, true)}, {0x43, 0x04, 0x12, 0x85, 0x02, 0x01}}};
  (void)state;
  for (unsigned i = 0; i < sizeof rows / sizeof *rows; i++) {
    const uint32_t count = rows[i].event[1].what == OIO_EVENT_FORGE ? 2 : 1;
    for (unsigned number = 3; number <= 6; number += 3) {
      const struct oio_flit_format *format = oio_flit_format(number);
      struct oio_channel_config c = plain();
      uint8_t wanted[OIO_FLIT_BYTES];
      c.format = (uint8_t)number;
      struct oio_channel *channel = line_of(&c, rows[i].event, count);
      struct oio_wire *wire = oio_channel_slot(channel);
      memset(wire, 0, sizeof *wire);
      for (unsigned b = 0; b < OIO_FLIT_BYTES; b++) wire->bytes[b] = (uint8_t)(b * 7 + i);
      memcpy(wire->bytes + format->header_at, head_bytes, 2);
      memcpy(wire->bytes + format->control_at, head_bytes + 2, 4);
      oio_flit_seal(format, wire->bytes);
      memcpy(wanted, wire->bytes, sizeof wanted);
      memcpy(wanted + format->header_at, rows[i].bytes, 2);
      memcpy(wanted + format->control_at, rows[i].bytes + 2, 4);
      oio_channel_push(channel, 0);
      const uint8_t *bytes = oio_channel_peek(channel)->bytes;
      assert_true(oio_flit_valid(format, bytes));
      for (unsigned half = 0; half < 2; half++) memcpy(wanted + format->crc_at[half], bytes + format->crc_at[half], 2);
      assert_memory_equal(bytes, wanted, sizeof wanted);
      oio_channel_destroy(channel);
    }
  }
}

/* A NOP that becomes a payload carries zeros, whatever lay in its place before. */
static void by_events_a_forged_payload_carries_zeros(void **state) {
  static const struct oio_channel_event event = FORGE(0, PROTOCOL, 1, false);
  struct oio_channel_config c = plain();
  uint8_t payload[OIO_PAYLOAD_BYTES], zeros[OIO_PAYLOAD_BYTES] = {0};
  (void)state;
  c.fidelity = OIO_EVENT;
  struct oio_channel *channel = line_of(&c, &event, 1);
  struct oio_wire *wire = oio_channel_slot(channel);
  memset(wire, 0xEE, sizeof wire->bytes);
  memset(wire->bytes + 236, 0, 6);
  wire->stamp = (struct oio_stamp){0};
  wire->syndrome = wire->wrong_bits = wire->touched_bytes = wire->references = 0;
  wire->tainted = false;
  oio_channel_push(channel, 0);
  const struct oio_wire *came = oio_channel_peek(channel);
  oio_flit_get_payload(oio_flit_format(3), came->bytes, payload, sizeof payload);
  assert_memory_equal(payload, zeros, sizeof zeros);
  assert_int_equal(came->touched_bytes, OIO_PAYLOAD_BYTES);
  assert_int_equal(came->bytes[236], 0x40);
  oio_channel_destroy(channel);
}

static void a_copy_takes_the_flit_time_behind_and_is_not_counted(void **state) {
  static const struct oio_channel_event events[] = {FLIT(0, DUPLICATE), FLIT(0, DUPLICATE), FLIT(1, FLIP), FLIT(1, DUPLICATE)};
  struct oio_channel_event own[4];
  struct oio_channel_config c = plain();
  struct oio_channel_state counted;
  (void)state;
  memcpy(own, events, sizeof own);
  own[2].bits = 1;
  own[2].bit[0] = 8 * 9;
  struct oio_channel *channel = line_of(&c, own, 4);
  put(channel, 0);
  assert_int_equal(oio_channel_left_ps(channel), FLIT_PS);
  assert_int_equal(oio_channel_last_arrival_ps(channel), FLIT_PS);
  assert_int_equal(oio_channel_free_ps(channel), 2 * FLIT_PS);
  put(channel, 2);
  assert_int_equal(oio_channel_left_ps(channel), 3 * FLIT_PS);
  put(channel, 4);
  assert_int_equal(oio_channel_left_ps(channel), 5 * FLIT_PS);
  assert_int_equal(oio_channel_free_ps(channel), 5 * FLIT_PS);
  expect_next(channel, 0, FLIT_PS);
  assert_int_equal(oio_channel_peek(channel)->stamp.parts_ps[OIO_PART_SERIALISE], FLIT_PS);
  assert_int_equal(oio_channel_peek(channel)->stamp.parts_ps[OIO_PART_LOGIC], FLIT_PS); /* while the wire was not free */
  expect_next(channel, 0, 2 * FLIT_PS);
  expect_next(channel, 3, 3 * FLIT_PS); /* the copy is as it came, wrong bit and all */
  expect_next(channel, 3, 4 * FLIT_PS);
  expect_next(channel, 4, 5 * FLIT_PS);
  expect_no_more(channel);
  oio_channel_get_state(channel, &counted);
  assert_int_equal(counted.flits, 3);
  assert_int_equal(counted.events, 4);
  assert_int_equal(counted.wrong_bits, 1);
  oio_channel_destroy(channel);
}

static void one_that_is_swapped_comes_behind_the_next(void **state) {
  static const struct oio_channel_event events[] = {FLIT(0, SWAP), FLIT(1, DUPLICATE), FLIT(1, SWAP), FLIT(3, SWAP)};
  struct oio_channel_config c = plain();
  (void)state;
  c.flight_ps = 100;
  struct oio_channel *channel = line_of(&c, events, 4);
  put(channel, 0);
  assert_true(oio_channel_keeps_back(channel));
  expect_no_more(channel);
  put(channel, 1);
  assert_false(oio_channel_keeps_back(channel));
  expect_next(channel, 1, 2 * FLIT_PS + 100);
  expect_next(channel, 1, 3 * FLIT_PS + 100);
  expect_next(channel, 0, 4 * FLIT_PS + 100);
  put(channel, 2);
  expect_next(channel, 2, 5 * FLIT_PS + 100);
  put(channel, 3);
  expect_no_more(channel);
  oio_channel_drop(channel); /* that goes with a reset as what is in flight does */
  put(channel, 4);
  expect_next(channel, 4, 7 * FLIT_PS + 100);
  expect_no_more(channel);
  oio_channel_destroy(channel);
}

/* By events a payload may point to bytes of a message, which whoever sent it has no more when a later one comes. */
static void what_comes_late_points_to_no_message(void **state) {
  static const struct oio_channel_event events[] = {FLIT(0, SWAP), FLIT(1, DUPLICATE)};
  static uint8_t message[64];
  const uint8_t *at = message;
  struct oio_channel_config c = plain();
  (void)state;
  c.fidelity = OIO_EVENT;
  struct oio_channel *channel = line_of(&c, events, 2);
  for (uint8_t mark = 0; mark < 2; mark++) {
    struct oio_wire *wire = oio_channel_slot(channel);
    memset(wire, 0, sizeof *wire);
    wire->bytes[9] = mark;
    wire->touched_bytes = 10 + sizeof at;
    wire->references = 1;
    memcpy(wire->bytes + 10, &at, sizeof at);
    oio_channel_push(channel, oio_channel_free_ps(channel));
  }
  static const uint8_t marks[] = {1, 1, 0};
  for (unsigned i = 0; i < 3; i++) {
    const struct oio_wire *wire = oio_channel_peek(channel);
    assert_int_equal(wire->references, i == 0);
    assert_int_equal(wire->touched_bytes, i == 0 ? 10 + sizeof at : 10);
    expect_next(channel, marks[i], (i + 2) * FLIT_PS);
  }
  oio_channel_destroy(channel);
}

/* In blocks and behind markers flits still come one flit time apart at least, each once. */
static void over_any_line_none_overtakes_another(void **state) {
  static const struct oio_channel_event events[] = {FLIT(0, DUPLICATE), FLIT(2, SWAP), FLIT(3, DUPLICATE), FLIT(5, SWAP)};
  static const uint8_t marks[] = {0, 0, 1, 3, 3, 2, 4, 6, 5, 7};
  (void)state;
  for (unsigned kind = 0; kind < 3; kind++) {
    struct oio_channel_config c = plain();
    oio_time_ps before_ps = 0;
    c.stripe_bits = 0;
    c.flight_ps = 5000;
    if (kind == 1) c.fec = "kp4", c.fec_ways = 1, c.fec_ps = 700;
    if (kind == 2) c.marker_bits = 256, c.marker_period_bits = 5000;
    struct oio_channel *channel = line_of(&c, events, 4);
    for (uint8_t mark = 0; mark < 8; mark++) put(channel, mark);
    for (unsigned i = 0; i < sizeof marks; i++) {
      const oio_time_ps arrival_ps = oio_channel_arrival_ps(channel);
      assert_true(arrival_ps >= before_ps + oio_channel_flit_ps(channel));
      expect_next(channel, marks[i], arrival_ps);
      before_ps = arrival_ps;
    }
    expect_no_more(channel);
    oio_channel_destroy(channel);
  }
}

static void on_a_wire_that_is_down_nothing_of_it_happens(void **state) {
  static const struct oio_channel_event events[] = {
      {.what = OIO_EVENT_DOWN, .for_ps = 1}, FLIT(0, DUPLICATE), FLIT(0, SWAP), FORGE(0, PROTOCOL, 1, false)};
  struct oio_channel_config c = plain();
  (void)state;
  struct oio_channel *channel = line_of(&c, events, 4);
  put(channel, 0);
  assert_int_equal(oio_channel_peek(channel)->bytes[236], 0);
  expect_next(channel, 0, FLIT_PS);
  expect_no_more(channel);
  oio_channel_destroy(channel);
}

/* What has not been taken stays: there is no slot rather than one too few. */
static void without_room_for_a_copy_there_is_no_slot(void **state) {
  struct oio_channel_event events[64];
  struct oio_channel_config c = plain();
  unsigned sent = 0, came = 0;
  (void)state;
  for (unsigned i = 0; i < 64; i++) events[i] = (struct oio_channel_event)FLIT(i, DUPLICATE);
  struct oio_channel *channel = line_of(&c, events, 64);
  for (; oio_channel_slot(channel) != NULL; sent++) {
    assert_true(sent < 64);
    put(channel, (uint8_t)sent);
  }
  for (; oio_channel_peek(channel) != NULL; came++) {
    assert_int_equal(oio_channel_peek(channel)->bytes[9], came / 2);
    oio_channel_pop(channel);
  }
  assert_true(sent > 0);
  assert_int_equal(came, 2 * sent);
  oio_channel_destroy(channel);
}

static struct oio_results run_of(const char *const *settings) {
  const struct oio_config config = configured(settings);
  struct oio_sim *sim = start_sim(&config);
  struct oio_results results;
  struct oio_error error;
  bool more = true;
  while (more) assert_int_equal(oio_sim_run(sim, 1000, &more, &error), OIO_OK);
  oio_sim_get_results(sim, &results);
  oio_sim_destroy(sim);
  return results;
}

/* Times as in SPEC.md section 15: 62,970 ps from start to arrival, three ways with a Nak, 375 flit times of 4,000 ps until a timeout. */
static void rules_of_the_receiver_answer_it(void **state) {
  static const struct {
    const char *what;
    oio_time_ps latency_ps;
    uint64_t replayed;
    const char *failure;
  } rows[] = {{"duplicate", 62970, 0, ""},
              {"swap", 1562970, 1, ""}, /* nothing follows it before the timeout */
              {"forge sequence by 1", 188910, 1, ""},
              {"forge protocol 0", 188910, 1, ""},
              {"forge protocol 2", 1562970, 1, ""},
              {"forge command 3", 1562970, 1, ""},
              {"forge round by 1", 62970, 0, ""},
              {"forge echo by -1", 62970, 0, ""},
              {"forge sequence 0", 0, 0, "sequence zero"},
              {"forge command ack", 0, 0, "ack range"},
              {"forge credit by -1", 0, 0, "credit range"},
              {"forge credit by 1", 0, 0, "credit range"}};
  (void)state;
  for (unsigned i = 0; i < 2 * sizeof rows / sizeof *rows; i++) {
    char schedule[80];
    snprintf(schedule, sizeof schedule, "faults.schedule=at flit 0 wire 0: %s", rows[i / 2].what);
    const char *const settings[] = {schedule,
                                    i % 2 == 0 ? "sim.fidelity=event" : "sim.fidelity=bit",
                                    "net.topology=pair",
                                    "workload.generate=poisson",
                                    "workload.messages=1",
                                    "workload.load=0.01",
                                    "workload.directions=a_to_b",
                                    NULL};
    const struct oio_results results = run_of(settings);
    print_message("  %s: %s\n", rows[i / 2].what, results.failure);
    if (rows[i / 2].failure[0] == '\0') {
      assert_string_equal(results.failure, "");
      assert_int_equal(results.latency_min_ps, rows[i / 2].latency_ps);
      assert_int_equal(results.traffic.delivered, 1);
      assert_int_equal(results.traffic.duplicated + results.traffic.corrupted, 0);
    } else if (strstr(results.failure, rows[i / 2].failure) == NULL) {
      fail_msg("it failed otherwise: %s", results.failure);
    }
    assert_int_equal(results.links.replayed, rows[i / 2].replayed);
    assert_int_equal(results.links.undetected, 0);
  }
}

/* Flit 20 and those about it are explicit: a copy is a duplicate. Where it is swapped flit 21 is ahead, is discarded and asked for; then 20
 * is the one expected, which ends that, and 22 is ahead and asks again. */
static void more_of_it_is_counted_and_all_arrives(void **state) {
  static const struct {
    const char *what;
    uint64_t duplicate, sequence;
  } rows[] = {{"duplicate", 1, 0}, {"swap", 0, 2}};
  (void)state;
  for (unsigned i = 0; i < 2 * sizeof rows / sizeof *rows; i++) {
    char schedule[80];
    snprintf(schedule, sizeof schedule, "faults.schedule=at flit 20 wire 0: %s", rows[i / 2].what);
    const char *const settings[] = {schedule,
                                    i % 2 == 0 ? "sim.fidelity=event" : "sim.fidelity=bit",
                                    "net.topology=pair",
                                    "workload.generate=saturate",
                                    "workload.messages=500",
                                    "workload.directions=a_to_b",
                                    NULL};
    const struct oio_results results = run_of(settings);
    assert_string_equal(results.failure, "");
    assert_int_equal(results.traffic.delivered, 500);
    assert_int_equal(results.traffic.duplicated + results.traffic.corrupted + results.traffic.reordered, 0);
    assert_int_equal(results.links.retries_sequence, rows[i / 2].sequence);
    if (rows[i / 2].duplicate > 0) assert_int_equal(results.links.duplicate, rows[i / 2].duplicate);
    assert_int_equal(results.links.replayed > 0, rows[i / 2].sequence > 0);
  }
}

static void a_field_or_value_that_there_is_not_is_refused(void **state) {
  static const struct oio_channel_event rows[] = {FORGE(0, PROTOCOL, 4, false), FORGE(0, ROUND, 16, true), FORGE(0, CREDIT, 65536, false),
                                                  FORGE(0, FIELDS, 0, false)};
  (void)state;
  for (unsigned i = 0; i < sizeof rows / sizeof *rows; i++) {
    struct oio_channel_config c = plain();
    struct oio_channel *channel;
    struct oio_error error = {""};
    c.events = &rows[i];
    c.event_count = 1;
    assert_int_equal(oio_channel_create(&channel, &c, &error), OIO_ERR_CONFIG);
    if (strstr(error.text, "channel event 0") == NULL) fail_msg("%u: %s", i, error.text);
  }
}

int main(void) {
  chance_start();
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(a_forged_field_has_its_value_and_nothing_else_changes_but_the_crc),
      cmocka_unit_test(by_events_a_forged_payload_carries_zeros),
      cmocka_unit_test(a_copy_takes_the_flit_time_behind_and_is_not_counted),
      cmocka_unit_test(one_that_is_swapped_comes_behind_the_next),
      cmocka_unit_test(what_comes_late_points_to_no_message),
      cmocka_unit_test(over_any_line_none_overtakes_another),
      cmocka_unit_test(on_a_wire_that_is_down_nothing_of_it_happens),
      cmocka_unit_test(without_room_for_a_copy_there_is_no_slot),
      cmocka_unit_test(rules_of_the_receiver_answer_it),
      cmocka_unit_test(more_of_it_is_counted_and_all_arrives),
      cmocka_unit_test(a_field_or_value_that_there_is_not_is_refused),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
