/* SPDX-License-Identifier: Apache-2.0 */
/* Closed forms of what error correction leaves: exact rational sums (made by big-integer arithmetic elsewhere), and published or derived
 * figures for 802.3. */
#include <float.h>
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "oio/fec_rates.h"

static void check(const char *what, double value, double expected, double within) {
  if (fabs(value - expected) <= within * fabs(expected)) return;
  print_error("%s: %.12g, not %.12g\n", what, value, expected);
  fail();
}

static void binomial_tails_are_those_of_exact_fractions(void **state) {
  (void)state;
  static const struct {
    uint32_t count, t;
    double p, more, share;
  } rows[] = {
      {544, 15, 0.01, 1.6086716984706e-04, 4.8578873110959e-06},
      {544, 15, 0.5, 1.0, 0.5},
      {544, 15, 0.0001, 2.1412060971148e-34, 6.2988909719889e-36},
      {544, 15, 1e-15, 2.2502952647679e-210, 6.6185154846116e-212},
      {528, 7, 0.001, 8.9572506765985e-08, 1.3674396223329e-09},
      {528, 7, 0.999, 1.0, 0.999},
      {86, 1, 1e-06, 3.6547953263705e-09, 8.4996430098768e-11},
      {15, 2, 0.3, 8.7317228537724e-01, 2.8575731547017e-01},
      {128, 1, 0.0048, 1.2635576303666e-01, 2.1946990945427e-03},
      {544, 543, 0.9, 1.2821095496511e-25, 1.2821095496511e-25},
      {544, 0, 0.001, 4.1973604345134e-01, 0.001},
      {2048, 3, 0.0005, 2.0463374657070e-02, 4.2314201150990e-05},
  };
  for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
    check("more wrong", oio_fec_more_wrong(rows[i].count, rows[i].t, rows[i].p), rows[i].more, 2e-11);
    check("share wrong", oio_fec_share_wrong(rows[i].count, rows[i].t, rows[i].p), rows[i].share, 2e-11);
  }
  static const struct {
    uint32_t count;
    double p, any;
  } groups[] = {{10, 1e-09, 9.9999999550000e-09},
                {2048, 1e-06, 2.0459053008287e-03},
                {2048, 1e-15, 2.0479999999979e-12},
                {544, 0.5, 1.0},
                {1, 1.0 / 3, 1.0 / 3},
                {544, 1e-06, 5.4385233068014e-04},
                {0, 0.5, 0.0}};
  for (size_t i = 0; i < sizeof groups / sizeof groups[0]; i++)
    check("any wrong", oio_fec_any_wrong(groups[i].count, groups[i].p), groups[i].any, 1e-13);
}

static void certain_and_impossible_errors_have_plain_rates(void **state) {
  (void)state;
  assert_true(oio_fec_more_wrong(544, 15, 0.0) == 0.0 && oio_fec_more_wrong(544, 15, 1.0) == 1.0);
  assert_true(oio_fec_share_wrong(544, 15, 0.0) == 0.0 && oio_fec_share_wrong(544, 15, 1.0) == 1.0);
  assert_true(oio_fec_more_wrong(10, 10, 0.5) == 0.0 && oio_fec_share_wrong(10, 11, 0.5) == 0.0);
  assert_true(oio_fec_more_wrong(544, 15, 1e-30) == 0.0); /* 10^-450: below what a double has */
  const struct oio_fec_code *kp4 = oio_fec_code_named("kp4");
  assert_true(oio_fec_word_loss(kp4, 0.0) == 0.0 && oio_fec_bit_errors_left(kp4, 0.0) == 0.0 && oio_fec_frame_loss(kp4, 2, 0.0) == 0.0);
  const struct oio_fec_bursts none = {.bit_error_rate = 0.0, .propagation = 0.75, .ways = 1, .precoded = false};
  assert_true(oio_fec_burst_loss(kp4, &none) == 0.0);
}

/* Each figure to the digits it is known with. */
static void kp4_and_kr4_lose_what_802_3_counts_on(void **state) {
  (void)state;
  static const struct {
    double bit_error_rate, loss, left;
  } rows[] = {{1e-3, 1.5303e-4, 4.64e-7}, {5e-4, 2.7926e-8, 8.33e-11}, {2.4e-4, 8.1516e-13, 2.41e-15}, {1e-4, 1.3598e-18, 4.01e-21}};
  const struct oio_fec_code *kp4 = oio_fec_code_named("kp4"), *kr4 = oio_fec_code_named("kr4");
  for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
    check("loss", oio_fec_word_loss(kp4, rows[i].bit_error_rate), rows[i].loss, 5e-5);
    check("left", oio_fec_bit_errors_left(kp4, rows[i].bit_error_rate), rows[i].left, 1e-3);
  }
  check("loss at 1e-5, an exact fraction", oio_fec_word_loss(kp4, 1e-5), 2.1396697743076e-34, 1e-10);
  check("frames, 2 ways", oio_fec_frame_loss(kp4, 2, 2.4e-4), 1.737e-12, 3e-4);
  check("frames, 4 ways", oio_fec_frame_loss(kp4, 4, 2.4e-4), 3.368e-12, 3e-4);
  for (uint32_t ways = 1; ways <= 4; ways *= 2) /* one frame more than fits takes part in a block: 674.6 / 5140 of one */
    check("frames by block", oio_fec_frame_loss(kp4, ways, 1e-4) / oio_fec_word_loss(kp4, 1e-4), ways + 674.6 / 5140, 1e-12);
  check("frames, kr4", oio_fec_frame_loss(kr4, 1, 5.14e-5), 6.2e-10, 1e-2);
}

static void flits_are_lost_as_their_bits_and_their_codewords_say(void **state) {
  (void)state;
  check("256 bytes", oio_fec_any_wrong(2048, 1e-6), 2.046e-3, 1e-3);
  check("256 bytes", oio_fec_any_wrong(2048, 1e-8), 2.048e-5, 1e-3);
  check("256 bytes", oio_fec_any_wrong(2048, 1e-15), 2.048e-12, 1e-3);
  check("68 bytes", oio_fec_any_wrong(544, 1e-6), 5.439e-4, 1e-3);
  check("250+6 bytes", oio_fec_block_loss(oio_fec_code_named("flit"), 256, 3, 1e-6), 6.91e-7, 1e-3);
  /* Two or more wrong of 128 bits are lost to a hard decision: at the rate where soft ones begin to work, one word in eight. */
  check("hamming", oio_fec_more_wrong(128, 1, 4.8e-3), 0.1264, 1e-3);
}

static double burst_loss(const struct oio_fec_code *code, double bit_error_rate, double propagation, uint32_t ways, bool precoded) {
  const struct oio_fec_bursts bursts = {bit_error_rate, propagation, ways, precoded};
  return oio_fec_burst_loss(code, &bursts);
}

/* The figures derived for the process are known to four digits; the rest is a chain of 40 decimal digits, run elsewhere. */
static void bursts_lose_what_is_derived_for_them(void **state) {
  (void)state;
  const struct oio_fec_code *kp4 = oio_fec_code_named("kp4"), small = {"63 symbols", 0x409, 10, 3, 63, 57};
  static const struct {
    double propagation, derived, loss;
    uint32_t ways;
    bool precoded;
  } rows[] = {{0.0, 8.166e-13, 8.16606129318375e-13, 1, false},  {0.0, 8.166e-13, 8.16606129318375e-13, 2, false},
              {0.0, 8.166e-13, 8.16606129318375e-13, 4, false},  {0.0, 1.678e-8, 1.67790222783057e-08, 1, true},
              {0.0, 1.186e-11, 1.18617496864907e-11, 2, true},   {0.75, 5.208e-8, 5.20772439877075e-08, 1, false},
              {0.75, 4.875e-13, 4.87522894991871e-13, 2, false}, {0.75, 4.551e-18, 4.55054500129154e-18, 4, false},
              {0.75, 5.540e-11, 5.53981998012253e-11, 1, true},  {0.75, 1.214e-14, 1.21432252104845e-14, 2, true}};
  for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
    const double loss = burst_loss(kp4, 2.4e-4, rows[i].propagation, rows[i].ways, rows[i].precoded);
    check("bursts", loss, rows[i].derived, 3e-4);
    check("bursts, to more digits", loss, rows[i].loss, 1e-11);
  }
  check("63 symbols", burst_loss(&small, 2e-3, 0.5, 1, false), 1.84916792132272e-02, 1e-11);
  check("63 symbols, 2 ways", burst_loss(&small, 2e-3, 0.5, 2, false), 7.35497638828573e-03, 1e-11);
  check("kp4 at 1e-3", burst_loss(kp4, 1e-3, 0.75, 1, false), 4.39074878401205e-05, 1e-11);
}

/* Without propagation PAM4 symbols are independent: five of them make a symbol of the code, whatever the interleaving. */
static void bursts_of_one_are_independent_errors(void **state) {
  (void)state;
  const struct oio_fec_code *kp4 = oio_fec_code_named("kp4"), *ll = oio_fec_code_named("ll");
  for (double rate = 0.1; rate > 1e-7; rate /= 7)
    for (uint32_t ways = 1; ways <= 4; ways++) {
      check("kp4", burst_loss(kp4, rate, 0.0, ways, false), oio_fec_more_wrong(544, 15, oio_fec_any_wrong(5, 2 * rate)), 1e-9);
      check("ll", burst_loss(ll, rate, rate, ways, false), oio_fec_more_wrong(272, 7, oio_fec_any_wrong(5, 2 * rate)), 1e-9);
    }
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(binomial_tails_are_those_of_exact_fractions), cmocka_unit_test(certain_and_impossible_errors_have_plain_rates),
      cmocka_unit_test(kp4_and_kr4_lose_what_802_3_counts_on),       cmocka_unit_test(flits_are_lost_as_their_bits_and_their_codewords_say),
      cmocka_unit_test(bursts_lose_what_is_derived_for_them),        cmocka_unit_test(bursts_of_one_are_independent_errors),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
