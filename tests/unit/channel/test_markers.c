/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Alignment markers (SPEC.md section 14): what flits carry is the rate less the share of markers, each flit ends where a count of bits by
 * hand says, what is behind a group waits for it, blocks too, and line and stream are each other's inverse.
 */
#define CHANCE_PROGRAM "test_markers"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "chance.h"
#include "channel/markers.h"
#include "oio/channel.h"

/* 1 Tb/s: a bit a picosecond, a flit 2,048 ps. */
static struct oio_channel_config plain(uint64_t bits, uint64_t period) {
  struct oio_channel_config c = {.format = 3, .fidelity = OIO_EVENT, .lanes = 16, .lane_rate_bits_per_s = 62500000000u};
  c.marker_bits = bits;
  c.marker_period_bits = period;
  return c;
}

static struct oio_channel *channel_of(const struct oio_channel_config *config) {
  struct oio_channel *channel;
  struct oio_error error;
  if (oio_channel_create(&channel, config, &error) != OIO_OK) fail_msg("%s", error.text);
  return channel;
}

/* Returns when it arrives; *serialise and *fec: these parts of its way. */
static oio_time_ps send(struct oio_channel *channel, oio_time_ps start_ps, uint64_t *serialise, uint64_t *fec) {
  struct oio_wire *wire = oio_channel_slot(channel);
  memset(wire, 0, sizeof *wire);
  wire->touched_bytes = OIO_PAYLOAD_BYTES;
  oio_channel_push(channel, start_ps);
  const oio_time_ps arrival_ps = oio_channel_arrival_ps(channel);
  *serialise = oio_channel_peek(channel)->stamp.parts_ps[OIO_PART_SERIALISE];
  *fec = oio_channel_peek(channel)->stamp.parts_ps[OIO_PART_FEC];
  oio_channel_pop(channel);
  return arrival_ps;
}

/* Stretches of 5,000 bits and groups of 1,000: flit n ends with bit 2,048 n, behind the groups that stand before that. */
static void flits_end_where_their_bits_do(void **state) {
  const struct oio_channel_config c = plain(1000, 6000);
  struct oio_channel *channel = channel_of(&c);
  uint64_t serialise, fec;
  (void)state;
  for (uint64_t n = 1; n <= 10000; n++) {
    const uint64_t start = oio_channel_free_ps(channel), end = 2048 * n + (2048 * n - 1) / 5000 * 1000;
    assert_int_equal(send(channel, start, &serialise, &fec), end);
    assert_int_equal(oio_channel_free_ps(channel), end);
    assert_int_equal(serialise, end - start);
  }
  oio_channel_destroy(channel);
}

/* By hand: the first group is on the line from 5,000 to 6,000 ps, the second from 11,000 to 12,000. */
static void what_is_behind_a_group_waits_for_it(void **state) {
  static const struct {
    oio_time_ps start, end;
  } rows[] = {{0, 2048},    {2952, 5000},  {2953, 6001},  {4999, 8047},   {5000, 8048},   {5500, 8048},  {6000, 8048},
              {6001, 8049}, {8952, 11000}, {8953, 12001}, {11000, 14048}, {11999, 14048}, {12000, 14048}};
  (void)state;
  for (unsigned i = 0; i < sizeof rows / sizeof *rows; i++) {
    const struct oio_channel_config c = plain(1000, 6000);
    struct oio_channel *channel = channel_of(&c);
    uint64_t serialise, fec;
    const oio_time_ps arrival_ps = send(channel, rows[i].start, &serialise, &fec);
    if (arrival_ps != rows[i].end)
      fail_msg("from %llu: %llu, not %llu", (unsigned long long)rows[i].start, (unsigned long long)arrival_ps,
               (unsigned long long)rows[i].end);
    oio_channel_destroy(channel);
  }
}

/* Flits a second over so many, of rates that are no whole number of anything: R (1 - M / P) / 2048, with KP4 514 / 544 of it. */
static void a_line_carries_its_rate_less_the_share_of_markers(void **state) {
  static const struct {
    uint64_t bits, period, rate;
    uint32_t lanes, ways;
  } rows[] = {{2176, 44564480, 106250000000, 4, 0},
              {2176, 44564480, 106250000000, 4, 2},
              {777, 30011, 53125000000, 8, 0},
              {4352, 89128960, 106250000000, 8, 4},
              {1, 2, 9953280001, 3, 0},
              {333, 10007, 7777777777, 5, 1}};
  (void)state;
  for (unsigned i = 0; i < sizeof rows / sizeof *rows; i++) {
    enum { FLITS = 200000 };
    struct oio_channel_config c = plain(rows[i].bits, rows[i].period);
    uint64_t serialise, fec;
    c.lane_rate_bits_per_s = rows[i].rate;
    c.lanes = rows[i].lanes;
    c.fec = rows[i].ways > 0 ? "kp4" : NULL;
    c.fec_ways = rows[i].ways;
    struct oio_channel *channel = channel_of(&c);
    for (unsigned f = 0; f < FLITS; f++) send(channel, oio_channel_free_ps(channel), &serialise, &fec);
    const double share = (double)rows[i].bits / (double)rows[i].period,
                 line = (double)rows[i].rate * rows[i].lanes * (rows[i].ways > 0 ? 514.0 / 544 : 1);
    const double seen_ps = (double)oio_channel_free_ps(channel), wanted_ps = FLITS * 2048e12 / (line * (1 - share));
    const double group_ps = (double)rows[i].bits * 1e12 / ((double)rows[i].rate * rows[i].lanes);
    if (!(fabs(seen_ps - wanted_ps) <= group_ps + 2)) fail_msg("row %u: %.0f ps, not %.0f", i, seen_ps, wanted_ps);
    oio_channel_destroy(channel);
  }
}

/* KP4, 5,440 bits a block at a bit a picosecond, and a group of 1,000 behind every 10,880 bits: blocks of a pair end at 5,440 and 10,880,
 * then 11,880 later. A flit at slot 0 has its last bit in block 0. */
static void a_block_ends_behind_the_groups_that_stand_in_or_before_it(void **state) {
  struct oio_channel_config c = plain(1000, 11880);
  uint64_t serialise, fec;
  (void)state;
  c.fec = "kp4";
  c.fec_ways = 1;
  struct oio_channel *channel = channel_of(&c);
  /* Flits stand at message bits 2,048 n; block b holds 5,140 of them. */
  for (uint64_t n = 0; n < 5000; n++) {
    const uint64_t start = oio_channel_free_ps(channel), block = (2048 * (n + 1) - 1) / 5140;
    const uint64_t whole = 5440 * (block + 1) + block / 2 * 1000;
    const oio_time_ps arrival_ps = send(channel, start, &serialise, &fec);
    assert_true(arrival_ps >= whole);
    assert_true(arrival_ps <= whole + 3 * 2168);
    assert_int_equal(start + serialise + fec, arrival_ps);
  }
  assert_int_equal(send(channel, 5000 * 11880, &serialise, &fec), 5000 * 11880 + 5440);
  oio_channel_destroy(channel);
}

static void line_and_stream_are_each_others_inverse(void **state) {
  uint64_t stream = chance_stream(1);
  (void)state;
  for (unsigned i = 0; i < 200000; i++) {
    const uint64_t bits = 1 + chance_below(&stream, 3000), stretch = bits + chance_below(&stream, 100000);
    const struct oio_markers m = {stretch, bits, 1000000 + chance(&stream) % 100000000000000u, chance_below(&stream, 1000)};
    const oio_time_ps at = m.origin_ps + (chance(&stream) >> (2 + chance_below(&stream, 60)));
    const oio_time_ps begin = oio_markers_begin_ps(&m, at), end = oio_markers_end_ps(&m, at);
    const oio_time_ps back = oio_markers_stream_ps(&m, begin), first = oio_markers_stream_ps(&m, at);
    const bool good = back == at && end <= begin && end >= at && oio_markers_begin_ps(&m, first) >= at &&
                      (first == m.origin_ps || oio_markers_begin_ps(&m, first - 1) < at);
    if (!good)
      FAIL_WITH_REPLAY("%u: stretch %" PRIu64 " bits %" PRIu64 " rate %" PRIu64 " origin %" PRIu64 " at %" PRIu64, i, stretch, bits,
                       m.rate_bits_per_s, m.origin_ps, at);
  }
}

static void a_gearbox_counts_as_logic(void **state) {
  struct oio_channel_config c = plain(0, 0);
  uint64_t serialise, fec;
  (void)state;
  c.gearbox_ps = 700;
  c.logic_ps = 50;
  struct oio_channel *channel = channel_of(&c);
  assert_int_equal(send(channel, 0, &serialise, &fec), 2048 + 750);
  oio_channel_destroy(channel);
}

static void what_cannot_be_is_refused(void **state) {
  const struct oio_channel_config rows[] = {plain(10, 19), plain(10, 0), plain(10, 1000000000001u)};
  (void)state;
  for (unsigned i = 0; i < sizeof rows / sizeof *rows; i++) {
    struct oio_channel *channel;
    struct oio_error error;
    assert_int_equal(oio_channel_create(&channel, &rows[i], &error), OIO_ERR_CONFIG);
    assert_non_null(strstr(error.text, "markers"));
  }
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(flits_end_where_their_bits_do),
      cmocka_unit_test(what_is_behind_a_group_waits_for_it),
      cmocka_unit_test(a_line_carries_its_rate_less_the_share_of_markers),
      cmocka_unit_test(a_block_ends_behind_the_groups_that_stand_in_or_before_it),
      cmocka_unit_test(line_and_stream_are_each_others_inverse),
      cmocka_unit_test(a_gearbox_counts_as_logic),
      cmocka_unit_test(what_cannot_be_is_refused),
  };
  chance_start();
  return cmocka_run_group_tests(tests, NULL, NULL);
}
