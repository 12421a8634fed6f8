/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Lanes (SPEC.md section 14), against closed forms and cases worked out by hand: which bits a dead lane spoils, which lanes are taken in
 * its place, how long a flit takes on those that are left, how rates spread. OIO_SEED is the seed of the channels: every seed must pass
 * at 4.5 sigma.
 */
#define CHANCE_PROGRAM "test_lanes"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "channel_lanes.h"

static void a_dead_lane_spoils_half_of_its_own_bits_and_no_others(void **state) {
  static const struct { uint32_t stripe, lanes, dead; } rows[] = {{1, 16, 3}, {10, 5, 4}, {64, 7, 0}, {2048, 3, 1}, {3, 1, 0}};
  (void)state;
  for (unsigned i = 0; i < sizeof rows / sizeof *rows; i++) {
    const struct oio_channel_event dies = {.what = OIO_EVENT_LANE, .number = rows[i].dead};
    struct oio_channel_config c = plain();
    uint64_t wrong[LANES_MAX];
    c.stripe_bits = rows[i].stripe;
    c.lanes = rows[i].lanes;
    c.events = &dies;
    c.event_count = 1;
    struct oio_channel *channel = channel_of(&c);
    count_by_lane(channel, 600, rows[i].stripe, rows[i].lanes, wrong);
    for (unsigned l = 0; l < rows[i].lanes; l++) {
      if (l != rows[i].dead) assert_int_equal(wrong[l], 0);
    }
    expect_share("dead lane", (double)wrong[rows[i].dead], 600.0 * OIO_FLIT_BITS / rows[i].lanes, 0.5);
    oio_channel_destroy(channel);
  }
}

/* Lanes 2 and 9 of 16 die at once; two spares take their place 20,480 ps later, and the line is as fast and as good as before. */
static void spares_take_the_place_of_dead_lanes(void **state) {
  const struct oio_channel_event events[] = {{.what = OIO_EVENT_LANE, .number = 2}, {.what = OIO_EVENT_LANE, .number = 9}};
  struct oio_channel_config c = plain();
  struct oio_channel_state counted;
  static const uint8_t zeros[OIO_FLIT_BYTES];
  uint8_t bytes[OIO_FLIT_BYTES];
  (void)state;
  c.spare_lanes = 2;
  c.remap_ps = 20480;
  c.events = events;
  c.event_count = 2;
  struct oio_channel *channel = channel_of(&c);
  for (unsigned f = 0; f < 100; f++) {
    const oio_time_ps arrival_ps = send(channel, 0, bytes);
    assert_int_equal(arrival_ps, 2048 * (f + 1));
    assert_int_equal(memcmp(bytes, zeros, sizeof zeros) != 0, f < 10);
  }
  oio_channel_get_state(channel, &counted);
  assert_int_equal(counted.remaps, 1);
  assert_int_equal(counted.missing_lanes, 0);
  oio_channel_destroy(channel);
}

/* Without spares: 15 lanes of 62.5 Gb/s, 937.5 Gb/s, so a flit takes 2184.533 ps; it is back to 16 when the lane returns. */
static void a_line_goes_on_with_the_lanes_that_are_left(void **state) {
  const struct oio_channel_event events[] = {{.at_ps = 2048, .what = OIO_EVENT_LANE, .number = 15},
                                             {.at_ps = 60000, .what = OIO_EVENT_LANE, .number = 15, .returns = true}};
  struct oio_channel_config c = plain();
  struct oio_channel_state counted;
  uint8_t bytes[OIO_FLIT_BYTES];
  (void)state;
  c.remap_ps = 8192;
  c.events = events;
  c.event_count = 2;
  struct oio_channel *channel = channel_of(&c);
  oio_time_ps arrival_ps = 0;
  for (unsigned f = 0; f < 5; f++) arrival_ps = send(channel, 0, bytes); /* flit 5 starts at 10,240 = 2,048 + 8,192 */
  assert_int_equal(arrival_ps, 10240);
  for (unsigned k = 1; k <= 20; k++) assert_int_equal(send(channel, 0, bytes), 10240 + 32768 * k / 15);
  oio_channel_get_state(channel, &counted);
  assert_int_equal(counted.missing_lanes, 1);
  /* That was until 53,930; at 60,000 the lane is back, and in use from 68,192 on. */
  arrival_ps = send(channel, 68192, bytes);
  assert_int_equal(arrival_ps, 68192 + 2048);
  oio_channel_get_state(channel, &counted);
  assert_int_equal(counted.missing_lanes, 0);
  assert_int_equal(counted.remaps, 2);
  oio_channel_destroy(channel);
}

/* With error correction blocks begin anew. kp4 on 16 lanes: a block of 5,440 bits takes 5,440 ps; on 8 of them 10,880, and flits get
 * 257/272 of 500 Gb/s. Fibre 1 of two dies at 0 and the lanes are taken at 20,000: the flit that starts then stands at the beginning of
 * block 0, which is whole at 30,880; the next ends at bit 4,096, in the same block, and is handed over a flit time later: 2048 * 272 / 257
 * * 2. */
static void blocks_begin_anew_on_the_lanes_that_are_left(void **state) {
  const struct oio_channel_event event = {.what = OIO_EVENT_FIBRE, .number = 1};
  struct oio_channel_config c = plain();
  uint8_t bytes[OIO_FLIT_BYTES];
  (void)state;
  c.wavelengths = 8;
  c.remap_ps = 20000;
  c.fec = "kp4";
  c.fec_ways = 1;
  c.events = &event;
  c.event_count = 1;
  struct oio_channel *channel = channel_of(&c);
  assert_int_equal(send(channel, 20000, bytes), 30880);
  const oio_time_ps flit_ps = (oio_time_ps)(2048 * 2 * 272.0 / 257);
  assert_int_equal(send(channel, 0, bytes), 30880 + flit_ps);
  assert_int_equal(send(channel, 0, bytes), 20000 + 2 * 10880); /* its end is in block 1 */
  oio_channel_destroy(channel);
}

/* Of 16 lanes 15 die at 0 and return at 100,000: the last flit of the slow line, on
 * one lane, arrives with its block of 16 times 21,760 ps, and those of the fast line come behind it. All that
 * start until then are under way, and there is room for them. */
static void flits_of_a_line_that_is_fast_again_have_room_behind_the_last_slow_block(void **state) {
  struct oio_channel_event events[30];
  struct oio_channel_config c = plain();
  struct oio_wire wire = {.touched_bytes = OIO_PAYLOAD_BYTES};
  (void)state;
  for (unsigned i = 0; i < 30; i++)
    events[i] = (struct oio_channel_event){.at_ps = i < 15 ? 0 : 100000, .what = OIO_EVENT_LANE, .number = 1 + i % 15, .returns = i >= 15};
  c.remap_ps = 1;
  c.fec = "kp4";
  c.fec_ways = 4;
  c.events = events;
  c.event_count = 30;
  struct oio_channel *channel = channel_of(&c);
  assert_int_equal(oio_channel_send(channel, 90000, &wire), OIO_OK);
  const oio_time_ps slow_ps = oio_channel_arrival_ps(channel);
  assert_int_equal(slow_ps, 90000 + 16 * 21760);
  unsigned sent = 0;
  for (oio_time_ps now_ps = oio_channel_free_ps(channel); now_ps < slow_ps; now_ps = oio_channel_free_ps(channel), sent++) {
    assert_int_equal(oio_channel_send(channel, now_ps, &wire), OIO_OK);
    assert_int_equal(oio_channel_arrival_ps(channel), slow_ps);
  }
  assert_int_equal(sent, 145); /* from 124,680 on, each 2048 * 272 / 257 ps behind the last */
  oio_channel_destroy(channel);
}

/* Of 64 lanes with stripes of a symbol one has 8 or 9 symbols of a codeword, which kp4 corrects: nothing is lost. Of 16 it has 34. */
static void kp4_carries_on_with_a_dead_lane_of_64_and_not_of_16(void **state) {
  static const unsigned lanes[] = {64, 16};
  (void)state;
  for (unsigned i = 0; i < 2; i++) {
    const struct oio_channel_event dies = {.what = OIO_EVENT_LANE, .number = 7};
    struct oio_channel_config c = plain();
    struct oio_channel_state counted;
    uint8_t bytes[OIO_FLIT_BYTES];
    c.lanes = lanes[i];
    c.stripe_bits = 10;
    c.fec = "kp4";
    c.fec_ways = 1;
    c.events = &dies;
    c.event_count = 1;
    struct oio_channel *channel = channel_of(&c);
    for (unsigned f = 0; f < 1000; f++) send(channel, 0, bytes);
    oio_channel_get_state(channel, &counted);
    assert_true(counted.codewords >= 398);
    assert_int_equal(counted.uncorrectable_codewords, lanes[i] == 64 ? 0 : counted.codewords);
    if (lanes[i] == 64)
      expect_share("symbols of a dead lane", (double)counted.corrected_symbols, (double)counted.codewords * 8.5, 1023.0 / 1024);
    oio_channel_destroy(channel);
  }
}

/* 1024 lanes, some 100 errors each: the logarithms of their rates spread by s, and by what counting adds. */
static void rates_of_lanes_spread_by_so_many_decades(void **state) {
  enum { LANES = 1024, FLITS = 50000 };
  struct oio_channel_config c = plain();
  uint64_t wrong[LANES_MAX];
  double sum = 0, squares = 0;
  const double rate = 1e-3, spread = 0.3;
  (void)state;
  c.lanes = LANES;
  c.lane_spread = spread;
  c.bit_error_rate = rate;
  struct oio_channel *channel = channel_of(&c);
  count_by_lane(channel, FLITS, 1, LANES, wrong);
  const double bits = (double)FLITS * OIO_FLIT_BITS / LANES;
  for (unsigned l = 0; l < LANES; l++) {
    const double decades = log10(((double)wrong[l] + 0.5) / bits / rate);
    sum += decades;
    squares += decades * decades;
  }
  const double mean = sum / LANES, deviation = sqrt(squares / LANES - mean * mean);
  const double counting = 1 / log(10) * sqrt(1 / (rate * bits)); /* of a lane at the mean; more below, less above it */
  print_message("  spread %.4f decades about %.4f, of counting alone %.4f\n", deviation, mean, counting);
  if (fabs(mean) > 4.5 * spread / sqrt(LANES) + 0.005) FAIL_WITH_REPLAY("the mean lane is %.4f decades off", mean);
  if (fabs(deviation / hypot(spread, counting) - 1) > 4.5 / sqrt(2.0 * LANES) + 0.02) FAIL_WITH_REPLAY("they spread by %.4f", deviation);
  oio_channel_destroy(channel);
}

static void skew_holds_every_flit_until_the_latest_lane(void **state) {
  struct oio_channel_config c = plain();
  uint8_t bytes[OIO_FLIT_BYTES];
  (void)state;
  c.skew_ps = 777;
  struct oio_channel *channel = channel_of(&c);
  assert_int_equal(send(channel, 0, bytes), 2048 + 777);
  assert_int_equal(send(channel, 0, bytes), 2 * 2048 + 777);
  oio_channel_destroy(channel);
}

/* Runs stay on their lane: with stripes of two bits over 8 lanes wrong PAM4 symbols of a run are 16 bits apart. */
static void runs_of_errors_stay_on_their_lane(void **state) {
  enum { FLITS = 4000, BITS = FLITS * OIO_FLIT_BITS };
  struct oio_channel_config c = plain();
  uint64_t wrong = 0, behind = 0, beside = 0;
  uint8_t bytes[OIO_FLIT_BYTES], *symbol = calloc(BITS / 2, 1);
  (void)state;
  assert_non_null(symbol);
  c.lanes = 8;
  c.stripe_bits = 2;
  c.bit_error_rate = 1e-3;
  c.errors = (struct oio_error_process){.kind = OIO_ERRORS_RUNS, .symbol_bits = 2, .propagation = 0.75};
  struct oio_channel *channel = channel_of(&c);
  for (unsigned f = 0; f < FLITS; f++) {
    send(channel, 0, bytes);
    for (unsigned b = 0; b < OIO_FLIT_BITS; b++)
      if (bit_of(bytes, b) != 0) symbol[(f * OIO_FLIT_BITS + b) / 2] = 1;
  }
  for (unsigned s = 0; s + 8 < BITS / 2; s++) {
    wrong += symbol[s];
    behind += symbol[s] & symbol[s + 8];
    beside += symbol[s] & symbol[s + 1];
  }
  expect_share("next of its lane", (double)behind, (double)wrong, 0.75);
  assert_true((double)beside < 0.02 * (double)wrong); /* 0.002 by chance */
  free(symbol);
  oio_channel_destroy(channel);
}

int main(void) {
  chance_start();
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(a_dead_lane_spoils_half_of_its_own_bits_and_no_others),
      cmocka_unit_test(spares_take_the_place_of_dead_lanes),
      cmocka_unit_test(a_line_goes_on_with_the_lanes_that_are_left),
      cmocka_unit_test(blocks_begin_anew_on_the_lanes_that_are_left),
      cmocka_unit_test(flits_of_a_line_that_is_fast_again_have_room_behind_the_last_slow_block),
      cmocka_unit_test(kp4_carries_on_with_a_dead_lane_of_64_and_not_of_16),
      cmocka_unit_test(rates_of_lanes_spread_by_so_many_decades),
      cmocka_unit_test(skew_holds_every_flit_until_the_latest_lane),
      cmocka_unit_test(runs_of_errors_stay_on_their_lane),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
