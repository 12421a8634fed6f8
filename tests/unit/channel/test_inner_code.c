/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The statistical stage of the inner code (SPEC.md section 13) against the code itself: words of the extended Hamming code over a line with
 * normal noise, decoded with the analog levels by going through the 256 states of its syndrome, which finds the nearest word. And a channel
 * with the stage has that many wrong bits. OIO_SEED is the seed of both.
 */
#define CHANCE_PROGRAM "test_inner_code"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "chance.h"
#include "channel/inner_code.h"
#include "oio/channel.h"
#include "oio/rng.h"

enum { BITS = 128, STATES = 256 };

static double noise(struct oio_rng *rng) {
  double v, w, q;
  do {
    v = 2 * oio_rng_unit(rng) - 1;
    w = 2 * oio_rng_unit(rng) - 1;
    q = v * v + w * w;
  } while (q >= 1 || q <= 0);
  return v * sqrt(-2 * log(q) / q);
}

/* The syndromes of the bits: all bytes with an odd number of ones, in any order. */
static void set_columns(uint8_t column[BITS]) {
  unsigned count = 0;
  for (unsigned byte = 0; byte < STATES; byte++) {
    if (__builtin_parity(byte)) column[count++] = (uint8_t)byte;
  }
  assert_int_equal(count, BITS);
}

/* Bits of the nearest word, when the word of zeros was sent as levels of 1: the set of bits whose levels have the least sum. */
static unsigned wrong_bits(const double level[BITS], const uint8_t column[BITS]) {
  double cost[STATES], next[STATES];
  static bool taken[BITS][STATES];
  unsigned state = 0, wrong = 0;
  for (unsigned s = 0; s < STATES; s++) cost[s] = s == 0 ? 0 : 1e30;
  for (unsigned i = 0; i < BITS; i++) {
    for (unsigned s = 0; s < STATES; s++) {
      const double with = cost[s ^ column[i]] + level[i];
      taken[i][s] = with < cost[s];
      next[s] = taken[i][s] ? with : cost[s];
    }
    memcpy(cost, next, sizeof cost);
  }
  for (unsigned i = BITS; i-- > 0;) {
    wrong += taken[i][state];
    state ^= taken[i][state] ? column[i] : 0u;
  }
  return wrong;
}

static double level_of(double p) {
  double low = 0, high = 10;
  for (unsigned i = 0; i < 100; i++) {
    const double middle = (low + high) / 2;
    *(0.5 * erfc(middle / sqrt(2)) > p ? &low : &high) = middle;
  }
  return low;
}

static double decoded(double p, unsigned words) {
  const double x = level_of(p);
  struct oio_rng rng;
  uint8_t column[BITS];
  double wrong = 0, level[BITS];
  oio_rng_seed(&rng, seed, 11);
  set_columns(column);
  for (unsigned w = 0; w < words; w++) {
    for (unsigned i = 0; i < BITS; i++) level[i] = 1 + noise(&rng) / x;
    wrong += wrong_bits(level, column);
  }
  return wrong / ((double)words * BITS);
}

/* Measured where it is said to be; elsewhere near the best decoder there can be, from below the measured rate to twice it. */
static void it_leaves_what_a_decoder_with_analog_levels_leaves(void **state) {
  static const struct {
    double p, least, most; /* the stage over the decoder */
    unsigned words;
  } rows[] = {{4.8e-3, 0.8, 1.15, 15000}, {7e-3, 0.8, 1.4, 8000}, {1e-2, 0.8, 1.6, 4000}, {3.5e-3, 0.6, 1.4, 30000}};
  (void)state;
  assert_true(fabs(oio_inner_code_rate(4.8e-3) / 2.44e-4 - 1) < 1e-9);
  for (unsigned i = 0; i < sizeof rows / sizeof *rows; i++) {
    const double stage = oio_inner_code_rate(rows[i].p), best = decoded(rows[i].p, rows[i].words);
    print_message("  %g: %.4g, decoded %.4g\n", rows[i].p, stage, best);
    if (stage < rows[i].least * best || stage > rows[i].most * best) FAIL_WITH_REPLAY("%g: %g is not near %g", rows[i].p, stage, best);
  }
}

/* As tables of the normal distribution have it: 1e-3 is x = 3.0902, and t(6.1805) = 3.19e-10. */
static void it_falls_as_the_distance_of_the_code_says(void **state) {
  (void)state;
  const double c = 2.44e-4 / (0.5 * erfc(2 * level_of(4.8e-3) / sqrt(2)));
  assert_true(fabs(oio_inner_code_rate(1e-3) / (c * 3.1945e-10) - 1) < 0.01);
  assert_true(oio_inner_code_rate(0) == 0);
  assert_true(oio_inner_code_rate(0.5) == 0.5 && oio_inner_code_rate(0.1) == 0.1);
  for (double p = 1e-12; p < 0.5; p *= 1.1)
    assert_true(oio_inner_code_rate(p) <= p && oio_inner_code_rate(p) <= oio_inner_code_rate(1.1 * p));
}

static void a_channel_has_the_rate_that_it_leaves(void **state) {
  (void)state;
  for (unsigned stripe = 0; stripe <= 10; stripe += 10) {
    enum { FLITS = 30000 };
    struct oio_channel_config c = {.format = 3, .fidelity = OIO_EVENT, .lanes = 16, .lane_rate_bits_per_s = 62500000000u};
    struct oio_channel_state counted;
    struct oio_channel *channel;
    struct oio_error error;
    c.bit_error_rate = 4.8e-3;
    c.inner = true;
    c.stripe_bits = stripe;
    c.seed = seed;
    if (oio_channel_create(&channel, &c, &error) != OIO_OK) fail_msg("%s", error.text);
    for (unsigned f = 0; f < FLITS; f++) {
      static const struct oio_wire none;
      assert_int_equal(oio_channel_send(channel, oio_channel_free_ps(channel), &none), OIO_OK);
      oio_channel_pop(channel);
    }
    oio_channel_get_state(channel, &counted);
    const double bits = (double)FLITS * OIO_FLIT_BITS, seen = (double)counted.wrong_bits / bits, sigma = sqrt(2.44e-4 / bits);
    print_message("  stripes of %u: %.5g\n", stripe, seen);
    if (fabs(seen - 2.44e-4) > 4.5 * sigma) FAIL_WITH_REPLAY("%g is not 2.44e-4", seen);
    oio_channel_destroy(channel);
  }
}

static void other_errors_than_independent_ones_are_refused(void **state) {
  struct oio_channel_config c = {.format = 3, .fidelity = OIO_BIT, .lanes = 16, .lane_rate_bits_per_s = 62500000000u, .inner = true};
  struct oio_channel *channel;
  struct oio_error error;
  (void)state;
  c.bit_error_rate = 1e-3;
  c.errors = (struct oio_error_process){.kind = OIO_ERRORS_RUNS, .symbol_bits = 2, .propagation = 0.5};
  assert_int_equal(oio_channel_create(&channel, &c, &error), OIO_ERR_CONFIG);
}

int main(void) {
  chance_start();
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(it_leaves_what_a_decoder_with_analog_levels_leaves),
      cmocka_unit_test(it_falls_as_the_distance_of_the_code_says),
      cmocka_unit_test(a_channel_has_the_rate_that_it_leaves),
      cmocka_unit_test(other_errors_than_independent_ones_are_refused),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
