/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What happens to a wire (SPEC.md section 15), against closed forms and cases worked out by hand: how often bits are wrong behind a loss,
 * which lanes a laser feeds, when it is down, how a ring walks. OIO_SEED is the seed of the channels: every seed must pass at 4.5 sigma.
 */
#define CHANCE_PROGRAM "test_condition"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "channel_lanes.h"
#include "oio/rng.h"

/* Which physical lanes are dead after the event, seen by their errors: a bit a lane. */
static uint64_t dead_after(const struct oio_channel_config *config, const struct oio_channel_event *event) {
  struct oio_channel_config c = *config;
  uint64_t wrong[LANES_MAX], dead = 0;
  c.events = event;
  c.event_count = 1;
  struct oio_channel *channel = channel_of(&c);
  count_by_lane(channel, 20, c.stripe_bits, c.lanes, wrong);
  for (unsigned l = 0; l < c.lanes; l++) dead |= (uint64_t)(wrong[l] > 0) << l;
  oio_channel_destroy(channel);
  return dead;
}

/* 16 lanes: four fibres of four wavelengths, lane p being wavelength p mod 4 of fibre p / 4. */
static void lasers_and_fibres_take_the_lanes_that_they_feed_and_carry(void **state) {
  struct oio_channel_config c = plain();
  (void)state;
  c.wavelengths = 4;
  struct oio_channel_event event = {.what = OIO_EVENT_LASER, .number = 1};
  assert_int_equal(dead_after(&c, &event), 0x2222); /* wavelength 1 of all four */
  event.what = OIO_EVENT_FIBRE;
  event.number = 2;
  assert_int_equal(dead_after(&c, &event), 0x0F00);
  c.laser_fibres = 2; /* lasers 0..3 feed fibres 0 and 1, lasers 4..7 fibres 2 and 3 */
  event.what = OIO_EVENT_LASER;
  event.number = 6;
  assert_int_equal(dead_after(&c, &event), 0x4400);
  c.wavelengths = 1; /* a laser over four parallel fibres */
  c.laser_fibres = 4;
  event.number = 3;
  assert_int_equal(dead_after(&c, &event), 0xF000);
}

/* BER = 0.5 erfc(Q / root 2), and Q falls by the loss; of PAM4 with 3/8. The C library's erfc, which the model does not use. */
static double behind_loss(double rate, double c, double db) {
  double low = 0, high = 20;
  for (unsigned i = 0; i < 200; i++) {
    const double middle = (low + high) / 2;
    *(c * erfc(middle / sqrt(2)) > rate ? &low : &high) = middle;
  }
  return c * erfc(low * pow(10, -db / 10) / sqrt(2));
}

static double measured(const struct oio_channel_config *config, uint64_t flits) {
  struct oio_channel *channel = channel_of(config);
  struct oio_channel_state state;
  uint8_t bytes[OIO_FLIT_BYTES];
  for (uint64_t f = 0; f < flits; f++) send(channel, 0, bytes);
  oio_channel_get_state(channel, &state);
  oio_channel_destroy(channel);
  return (double)state.wrong_bits;
}

static void a_loss_closes_the_eye_and_a_gain_opens_it(void **state) {
  static const struct {
    double rate, db;
    bool pam4, striped;
  } rows[] = {
      {1e-6, 2, false, true}, {1e-12, 4, false, false}, {1e-4, -0.3, false, true}, {1e-5, 1.5, true, true}, {2.4e-4, 0.66, true, false}};
  (void)state;
  for (unsigned i = 0; i < sizeof rows / sizeof *rows; i++) {
    const struct oio_channel_event events[] = {{.what = OIO_EVENT_LOSS, .value = rows[i].db / 2},
                                               {.what = OIO_EVENT_LOSS, .value = rows[i].db / 2}};
    struct oio_channel_config c = plain();
    c.bit_error_rate = rows[i].rate;
    if (!rows[i].striped) c.stripe_bits = 0;
    if (rows[i].pam4) c.errors = (struct oio_error_process){.kind = OIO_ERRORS_RUNS, .symbol_bits = 2};
    c.events = events;
    c.event_count = 2;
    const double flits = 30000;
    expect_share("behind the loss", measured(&c, (uint64_t)flits), flits * OIO_FLIT_BITS,
                 behind_loss(rows[i].rate, rows[i].pam4 ? 0.375 : 0.5, rows[i].db));
  }
  /* One decade near the limit of FEC costs 0.66 dB. */
  assert_true(fabs(log10(behind_loss(2.4e-4, 0.5, -0.664)) - log10(2.4e-4) + 1) < 0.01);
}

static void an_error_rate_takes_effect_with_the_first_flit_that_starts_then(void **state) {
  const struct oio_channel_event event = {.at_ps = 10 * 2048 + 1, .what = OIO_EVENT_RATE, .value = 0.5};
  struct oio_channel_config c = plain();
  uint8_t bytes[OIO_FLIT_BYTES];
  static const uint8_t zeros[OIO_FLIT_BYTES];
  (void)state;
  c.events = &event;
  c.event_count = 1;
  struct oio_channel *channel = channel_of(&c);
  for (unsigned f = 0; f < 20; f++) { /* flit f starts at f * 2048 */
    send(channel, 0, bytes);
    assert_int_equal(memcmp(bytes, zeros, sizeof zeros) != 0, f > 10);
  }
  oio_channel_destroy(channel);
}

static void a_wire_that_is_down_spoils_what_starts_until_it_is_up(void **state) {
  /* Down at 2,000 for 3,000: flits 1 and 2, of 2,048 ps each. At 10,000 for 5,000, before that is over for good, but up at 20,480: 5 to 9.
   */
  const struct oio_channel_event events[] = {{.at_ps = 2000, .what = OIO_EVENT_DOWN, .for_ps = 3000},
                                             {.at_ps = 10000, .what = OIO_EVENT_DOWN, .for_ps = 5000},
                                             {.at_ps = 12000, .what = OIO_EVENT_DOWN, .for_ps = OIO_NEVER},
                                             {.at_ps = 20480, .what = OIO_EVENT_DOWN, .returns = true}};
  struct oio_channel_config c = plain();
  struct oio_channel_state counted;
  uint8_t bytes[OIO_FLIT_BYTES];
  (void)state;
  c.events = events;
  c.event_count = 4;
  struct oio_channel *channel = channel_of(&c);
  for (unsigned f = 0; f < 20; f++) {
    const oio_time_ps start_ps = oio_channel_free_ps(channel);
    send(channel, 0, bytes);
    const uint8_t *crcs = bytes + oio_flit_format(3)->crc_at[0];
    const bool dark = f == 1 || f == 2 || (f >= 5 && f < 10);
    assert_int_equal(crcs[0] | crcs[1], dark ? 0xFF : 0); /* of zeros the CRCs are zero; their complement is not */
    assert_int_equal(oio_channel_is_dark(channel, start_ps), dark);
  }
  oio_channel_get_state(channel, &counted);
  assert_int_equal(counted.dark_flits, 7);
  assert_int_equal(counted.wrong_flits, 7);
  assert_int_equal(counted.events, 4);
  oio_channel_destroy(channel);
}

/* Of the kind of the class they remain: in two states no lane is better than its bad state makes it, and with PAM4 none worse than 3/8.
 * By their spread nearly half of the lanes would be. */
static void rates_that_a_kind_cannot_have_are_the_nearest_that_it_can(void **state) {
  enum { LANES = 64, FLITS = 4000 };
  const double bits = (double)FLITS * OIO_FLIT_BITS / LANES, w = 1e-2, bad_rate = 0.5;
  struct oio_channel_config c = plain();
  uint64_t wrong[LANES_MAX];
  (void)state;
  c.lanes = LANES;
  c.lane_spread = 3;
  c.bit_error_rate = w * bad_rate;
  c.errors = (struct oio_error_process){.kind = OIO_ERRORS_GILBERT, .bad_rate = bad_rate, .bad_part = w, .bad_bits = 10};
  struct oio_channel *channel = channel_of(&c);
  count_by_lane(channel, FLITS, 1, LANES, wrong);
  oio_channel_destroy(channel);
  /* Of a stretch 5 are wrong in the mean, so the count strays by some root(10) times that of independent ones. */
  for (unsigned l = 0; l < LANES; l++) {
    if ((double)wrong[l] < w * bad_rate * bits - 6 * sqrt(10 * w * bad_rate * bits))
      FAIL_WITH_REPLAY("lane %u has %.0f", l, (double)wrong[l]);
  }
  c.bit_error_rate = 0.1;
  for (unsigned states = 0; states < 2; states++) {
    /* A state without errors, half of the time: 3/8 in the other one is 3/16 in all. */
    const double most = states ? 0.1875 : 0.375, strays = 6 * sqrt((states ? 10 : 1) * bits / 4);
    unsigned highest = 0;
    c.lane_spread = states ? 1 : 3;
    c.errors = (struct oio_error_process){
        .kind = states ? OIO_ERRORS_BOTH : OIO_ERRORS_RUNS, .symbol_bits = 2, .bad_part = states ? 0.5 : 0, .bad_bits = 10};
    channel = channel_of(&c);
    count_by_lane(channel, FLITS, 1, LANES, wrong);
    oio_channel_destroy(channel);
    for (unsigned l = 0; l < LANES; l++) {
      if ((double)wrong[l] > most * bits + strays) FAIL_WITH_REPLAY("lane %u has %.0f", l, (double)wrong[l]);
      highest += (double)wrong[l] > most * bits - strays;
    }
    assert_in_range(highest, 5, LANES - 5); /* those beyond 0.19 of a deviation, or 0.27 */
  }
}

/* The mean error rate behind a penalty of 10 log10(1 + y^2) dB, y normal with deviation s: by adding up small strips. */
static double mean_behind_walk(double rate, double s) {
  double sum = 0, weight = 0;
  for (double y = -8 * s; y <= 8 * s; y += s / 200) {
    const double w = exp(-y * y / (2 * s * s));
    sum += w * behind_loss(rate, 0.5, 10 * log10(1 + y * y));
    weight += w;
  }
  return sum / weight;
}

/* A flit every time constant and a half: what it finds is nearly independent of what the last one found. */
static void a_ring_that_walks_costs_what_its_detuning_says_in_the_mean(void **state) {
  enum { FLITS = 60000 };
  struct oio_channel_config c = plain();
  struct oio_channel_state counted;
  uint8_t bytes[OIO_FLIT_BYTES];
  const double rate = 1e-4, s = 0.5;
  (void)state;
  c.stripe_bits = 0;
  c.bit_error_rate = rate;
  c.walk = s;
  c.walk_ps = 1000000;
  struct oio_channel *channel = channel_of(&c);
  for (uint64_t f = 0; f < FLITS; f++) send(channel, f * 1500000, bytes);
  oio_channel_get_state(channel, &counted);
  const double seen = (double)counted.wrong_bits / ((double)FLITS * OIO_FLIT_BITS), must = mean_behind_walk(rate, s);
  print_message("  %.4g wrong bits, must be %.4g, without a walk %.4g\n", seen, must, rate);
  if (fabs(seen / must - 1) > 0.06) FAIL_WITH_REPLAY("%.4g of the bits are wrong, not %.4g", seen, must);
  oio_channel_destroy(channel);
}

/* Flits much closer together than the time constant find nearly the same ring: their errors vary far more, from stretch to stretch, than
 * those of a ring that moves with every flit. */
static void a_ring_moves_with_its_time_constant(void **state) {
  static const oio_time_ps taus[] = {OIO_US, 1000 * OIO_US};
  double varies[2];
  (void)state;
  for (unsigned i = 0; i < 2; i++) {
    struct oio_channel_config c = plain();
    struct oio_channel_state counted;
    uint8_t bytes[OIO_FLIT_BYTES];
    double sum = 0, squares = 0, before = 0;
    c.stripe_bits = 0;
    c.bit_error_rate = 1e-3;
    c.walk = 0.8;
    c.walk_ps = taus[i];
    struct oio_channel *channel = channel_of(&c);
    for (unsigned stretch = 0; stretch < 400; stretch++) { /* of 100 flits a microsecond apart */
      for (unsigned f = 0; f < 100; f++) send(channel, (stretch * 100u + f) * US, bytes);
      oio_channel_get_state(channel, &counted);
      const double wrong = (double)counted.wrong_bits - before;
      before = (double)counted.wrong_bits;
      sum += wrong;
      squares += wrong * wrong;
    }
    varies[i] = squares / 400 - sum / 400 * sum / 400;
    varies[i] /= sum / 400;
    oio_channel_destroy(channel);
  }
  print_message("  errors of a stretch vary by %.1f and %.1f times their mean\n", varies[0], varies[1]);
  if (!(varies[1] > 10 * varies[0])) FAIL_WITH_REPLAY("%.1f and %.1f", varies[0], varies[1]);
}

static uint64_t wrong_bits_digest(const struct oio_channel_config *config) {
  struct oio_channel *channel = channel_of(config);
  uint8_t bytes[OIO_FLIT_BYTES];
  uint64_t sum = 0;
  for (unsigned f = 0; f < 300; f++) {
    send(channel, f * US, bytes);
    for (unsigned i = 0; i < OIO_FLIT_BYTES; i++) sum = oio_mix64(sum ^ bytes[i]);
  }
  oio_channel_destroy(channel);
  return sum;
}

/* Each process has a seed of its own, which nothing but that process depends on; 0 is the channel's. */
static void a_seed_is_of_one_process(void **state) {
  struct oio_channel_config c = plain();
  (void)state;
  c.bit_error_rate = 1e-3;
  c.seed = 41;
  const uint64_t even = wrong_bits_digest(&c);
  c.spread_seed = c.walk_seed = 42; /* lanes are equal, and no ring walks */
  assert_true(wrong_bits_digest(&c) == even);
  c.lane_spread = 0.4;
  c.walk = 0.5;
  c.walk_ps = 1000000;
  c.spread_seed = c.walk_seed = 0;
  const uint64_t first = wrong_bits_digest(&c);
  assert_true(first != even);
  c.spread_seed = c.walk_seed = 41;
  assert_true(wrong_bits_digest(&c) == first);
  c.walk_seed = 42;
  const uint64_t walk = wrong_bits_digest(&c);
  assert_true(walk != first);
  c.spread_seed = 42;
  const uint64_t both = wrong_bits_digest(&c);
  assert_true(both != walk && both != first);
  c.seed = 42;
  assert_true(wrong_bits_digest(&c) != both); /* the same lanes and walk, other bits */
  c.spread_seed = c.walk_seed = 0;
  c.seed = 41;
  assert_true(wrong_bits_digest(&c) == first);
}

static void what_cannot_be_is_refused(void **state) {
  static const struct oio_channel_event late[] = {{.at_ps = 2, .what = OIO_EVENT_DOWN}, {.at_ps = 1, .what = OIO_EVENT_DOWN}};
  static const struct oio_channel_event loud = {.what = OIO_EVENT_RATE, .value = 0.6}, half = {.what = OIO_EVENT_RATE, .value = 0.5},
                                        none = {.what = OIO_EVENT_LOSS, .value = NAN}, lane = {.what = OIO_EVENT_LANE},
                                        unknown = {.what = OIO_EVENT_KINDS};
  struct oio_channel *channel;
  struct oio_error error;
  (void)state;
#define REFUSED(set)                                                                                                                       \
  do {                                                                                                                                     \
    struct oio_channel_config c = plain();                                                                                                 \
    set;                                                                                                                                   \
    assert_int_equal(oio_channel_create(&channel, &c, &error), OIO_ERR_CONFIG);                                                            \
    assert_null(channel);                                                                                                                  \
  } while (0)
  REFUSED(c.stripe_bits = 2049);
  REFUSED(c.lane_spread = 3.1);
  REFUSED(c.lane_spread = NAN);
  REFUSED((c.stripe_bits = 0, c.spare_lanes = 1));
  REFUSED((c.stripe_bits = 0, c.lane_spread = 0.1));
  REFUSED(c.spare_lanes = 1025);
  REFUSED(c.skew_ps = OIO_US + 1);
  REFUSED(c.remap_ps = OIO_S + 1);
  REFUSED((c.walk = 0.1, c.walk_ps = 999));
  REFUSED((c.walk = -1, c.walk_ps = 1000));
  REFUSED((c.events = late, c.event_count = 2));
  REFUSED((c.events = &loud, c.event_count = 1));
  REFUSED((c.events = &none, c.event_count = 1));
  REFUSED((c.events = &half, c.event_count = 1, c.errors = (struct oio_error_process){.kind = OIO_ERRORS_RUNS, .symbol_bits = 2}));
  REFUSED((c.events = &unknown, c.event_count = 1));
  REFUSED((c.stripe_bits = 0, c.events = &lane, c.event_count = 1));
}

int main(void) {
  chance_start();
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(lasers_and_fibres_take_the_lanes_that_they_feed_and_carry),
      cmocka_unit_test(a_loss_closes_the_eye_and_a_gain_opens_it),
      cmocka_unit_test(an_error_rate_takes_effect_with_the_first_flit_that_starts_then),
      cmocka_unit_test(a_wire_that_is_down_spoils_what_starts_until_it_is_up),
      cmocka_unit_test(rates_that_a_kind_cannot_have_are_the_nearest_that_it_can),
      cmocka_unit_test(a_ring_that_walks_costs_what_its_detuning_says_in_the_mean),
      cmocka_unit_test(a_ring_moves_with_its_time_constant),
      cmocka_unit_test(a_seed_is_of_one_process),
      cmocka_unit_test(what_cannot_be_is_refused),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
