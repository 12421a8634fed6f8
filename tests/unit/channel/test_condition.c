/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Lanes and what happens to them (SPEC.md sections 14 and 15), against closed forms and cases worked out by hand: which bits a dead lane
 * spoils, how often bits are wrong behind a loss, which lanes a laser feeds, how long a flit takes on the lanes that are left. OIO_SEED is
 * the seed of the channels: every seed must pass at 4.5 sigma.
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

#include "chance.h"
#include "oio/channel.h"

enum { LANES_MAX = 1024 };
#define US OIO_US

/* A line of 1 Tb/s in 16 lanes without errors: a flit takes 2,048 ps. */
static struct oio_channel_config plain(void) {
  struct oio_channel_config c = {.format = 3, .fidelity = OIO_BIT, .lanes = 16, .lane_rate_bits_per_s = 62500000000u, .stripe_bits = 1};
  c.seed = seed;
  c.stream = 5;
  return c;
}

static struct oio_channel *channel_of(const struct oio_channel_config *config) {
  struct oio_channel *channel;
  struct oio_error error;
  if (oio_channel_create(&channel, config, &error) != OIO_OK) fail_msg("%s", error.text);
  return channel;
}

/* The next flit, of zeros, when the wire is free: what has become of its bits, and when it arrives. */
static oio_time_ps send(struct oio_channel *channel, oio_time_ps start_ps, uint8_t bytes[OIO_FLIT_BYTES]) {
  struct oio_wire *wire = oio_channel_slot(channel);
  memset(wire, 0, sizeof *wire);
  wire->touched_bytes = OIO_PAYLOAD_BYTES;
  const oio_time_ps free_ps = oio_channel_free_ps(channel);
  oio_channel_push(channel, start_ps > free_ps ? start_ps : free_ps);
  const oio_time_ps arrival_ps = oio_channel_arrival_ps(channel);
  memcpy(bytes, oio_channel_peek(channel)->bytes, OIO_FLIT_BYTES);
  oio_channel_pop(channel);
  return arrival_ps;
}

static uint8_t bit_of(const uint8_t *bytes, unsigned bit) {
  return bytes[bit / 8] >> bit % 8 & 1;
}

/* Wrong bits of each lane in so many flits back to back, when lane floor(b / stripe) mod lanes carries bit b of them all together. */
static void count_by_lane(struct oio_channel *channel, uint64_t flits, unsigned stripe, unsigned lanes, uint64_t wrong[LANES_MAX]) {
  uint8_t bytes[OIO_FLIT_BYTES];
  memset(wrong, 0, LANES_MAX * sizeof *wrong);
  for (uint64_t f = 0; f < flits; f++) {
    send(channel, 0, bytes);
    for (unsigned b = 0; b < OIO_FLIT_BITS; b++) wrong[(f * OIO_FLIT_BITS + b) / stripe % lanes] += bit_of(bytes, b);
  }
}

static void expect_share(const char *what, double seen, double count, double p) {
  const double off = (seen / count - p) / sqrt(p * (1 - p) / count);
  print_message("  %s: %.5g, must be %.5g, %+.2f sigma\n", what, seen / count, p, off);
  if (!(fabs(off) < 4.5)) FAIL_WITH_REPLAY("%s: %.5g is not %.5g", what, seen / count, p);
}

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

/* Of the kind of the class they remain: in two states no lane is better than its bad state makes it, and with PAM4 none worse than 3/8.
 * By their spread nearly half of the lanes would be. */
static void rates_that_a_kind_cannot_have_are_the_nearest_that_it_can(void **state) {
  enum { LANES = 64, FLITS = 4000 };
  const double bits = (double)FLITS * OIO_FLIT_BITS / LANES, w = 1e-2, bad_rate = 0.5;
  struct oio_channel_config c = plain();
  uint64_t wrong[LANES_MAX];
  unsigned highest = 0;
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
  c.errors = (struct oio_error_process){.kind = OIO_ERRORS_RUNS, .symbol_bits = 2};
  channel = channel_of(&c);
  count_by_lane(channel, FLITS, 1, LANES, wrong);
  oio_channel_destroy(channel);
  for (unsigned l = 0; l < LANES; l++) {
    if ((double)wrong[l] > 0.375 * bits + 6 * sqrt(bits / 4)) FAIL_WITH_REPLAY("lane %u has %.0f", l, (double)wrong[l]);
    highest += (double)wrong[l] > 0.375 * bits - 6 * sqrt(bits / 4);
  }
  assert_in_range(highest, 5, LANES - 5); /* those beyond 0.19 of a deviation */
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
      cmocka_unit_test(a_dead_lane_spoils_half_of_its_own_bits_and_no_others),
      cmocka_unit_test(lasers_and_fibres_take_the_lanes_that_they_feed_and_carry),
      cmocka_unit_test(a_loss_closes_the_eye_and_a_gain_opens_it),
      cmocka_unit_test(an_error_rate_takes_effect_with_the_first_flit_that_starts_then),
      cmocka_unit_test(a_wire_that_is_down_spoils_what_starts_until_it_is_up),
      cmocka_unit_test(spares_take_the_place_of_dead_lanes),
      cmocka_unit_test(a_line_goes_on_with_the_lanes_that_are_left),
      cmocka_unit_test(blocks_begin_anew_on_the_lanes_that_are_left),
      cmocka_unit_test(flits_of_a_line_that_is_fast_again_have_room_behind_the_last_slow_block),
      cmocka_unit_test(kp4_carries_on_with_a_dead_lane_of_64_and_not_of_16),
      cmocka_unit_test(rates_of_lanes_spread_by_so_many_decades),
      cmocka_unit_test(rates_that_a_kind_cannot_have_are_the_nearest_that_it_can),
      cmocka_unit_test(a_ring_that_walks_costs_what_its_detuning_says_in_the_mean),
      cmocka_unit_test(a_ring_moves_with_its_time_constant),
      cmocka_unit_test(skew_holds_every_flit_until_the_latest_lane),
      cmocka_unit_test(runs_of_errors_stay_on_their_lane),
      cmocka_unit_test(what_cannot_be_is_refused),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
