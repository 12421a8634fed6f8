/* SPDX-License-Identifier: Apache-2.0 */
/*
 * How often wrong bits pass both CRCs, against the exact distribution (crc_chance.h).
 */
#define CHANCE_PROGRAM "test_undetected"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "chance.h"
#include "crc_chance.h"
#include "oio/channel.h"
#include "oio/link.h"

/* The polynomial is (x + 1)(x^15 + x + 1): the word of all ones is in the dual code, so no code word has an odd weight. */
static void the_exact_distribution_has_no_code_word_of_odd_weight_and_the_known_rates(void **state) {
  (void)state;
  static struct half halves[2];
  for (unsigned format = 3; format <= 6; format += 3) {
    for (unsigned i = 0; i < 2; i++) {
      weigh(format, i, &halves[i]);
      assert_int_equal(halves[i].words_of_weight[halves[i].bits], 1);
    }
    const double p = undetected(halves, 1e-3);
    print_message("format %u: %.4g of all flits at 1e-3, %.4g at 2e-3\n", format, p, undetected(halves, 2e-3));
    assert_true(fabs(p - (format == 3 ? 4.1e-7 : 4.3e-7)) < 0.05e-7);
    assert_true(fabs(undetected_of_four(halves, 1e-4) / undetected_of_any(halves, 1e-4) - 1) < 2e-3);
  }
}

struct seen {
  uint64_t flits;     /* that passed both CRCs with a wrong bit in them: by the syndrome */
  uint64_t halves[2]; /* that passed their own */
  uint64_t odd;       /* of `flits`, with an odd number of wrong bits */
  uint64_t counted;   /* undetected, as a link's receiver counts them */
};

static bool half_is_clean(unsigned format, const uint8_t *flit, unsigned half) {
  static const uint8_t zeros[128];
  const unsigned crc_at = spec_crc_at(format, half);
  return memcmp(flit + 128 * half, zeros, spec_covers_to(format, half) - 128 * half) == 0 && flit[crc_at] + flit[crc_at + 1] == 0;
}

/* Flits of zeros, which are valid, over a channel: what is wrong with them is all that is in them. */
static struct seen send_over(unsigned format, double p, unsigned flits) {
  const struct oio_channel_config wire = {
      .format = (uint8_t)format, .lanes = 16, .lane_rate_bits_per_s = 32000000000u, .bit_error_rate = p, .seed = seed};
  const struct oio_link_config end = {.format = (uint8_t)format,
                                      .sequence_bits = 16,
                                      .window_flits = 1,
                                      .buffer_flits = 1,
                                      .peer_buffer_flits = 1,
                                      .replay_limit = 1,
                                      .timeout_ps = 1,
                                      .nak_repeat_ps = 1};
  struct oio_channel *channel;
  struct oio_link *link;
  struct seen seen = {0};
  assert_int_equal(oio_channel_create(&channel, &wire, NULL), OIO_OK);
  assert_int_equal(oio_link_create(&link, &end, NULL), OIO_OK);
  for (unsigned i = 0; i < flits; i++) {
    struct oio_wire *slot = oio_channel_slot(channel);
    memset(slot, 0, sizeof *slot);
    slot->touched_bytes = OIO_PAYLOAD_BYTES;
    oio_channel_push(channel, oio_channel_free_ps(channel));
    const struct oio_wire *got = oio_channel_peek(channel);
    for (unsigned half = 0; half < 2; half++)
      seen.halves[half] += (got->syndrome >> 16 * half & 0xFFFF) == 0 && got->wrong_bits > 0 && !half_is_clean(format, got->bytes, half);
    if (got->syndrome == 0 && got->wrong_bits > 0) {
      seen.flits++;
      seen.odd += got->wrong_bits & 1;
      assert_true(spec_valid(format, got->bytes));
    }
    oio_link_rx(link, oio_channel_arrival_ps(channel), got);
    oio_channel_pop(channel);
  }
  struct oio_link_state state;
  oio_link_get_state(link, &state);
  seen.counted = state.undetected;
  oio_link_destroy(link);
  oio_channel_destroy(channel);
  return seen;
}

static void expect_about(double expected, uint64_t seen, const char *of_what) {
  print_message("%s: %llu, expected %.1f\n", of_what, (unsigned long long)seen, expected);
  assert_true(expected > 16); /* none at all, or twice as many, is beyond four sigma */
  if (fabs((double)seen - expected) > 4 * sqrt(expected))
    FAIL_WITH_REPLAY("%s: %llu, expected %.1f within 4 sigma", of_what, (unsigned long long)seen, expected);
}

static void halves_pass_their_crc_with_wrong_bits_as_often_as_the_exact_distribution_says(void **state) {
  (void)state;
  static struct half half;
  enum { FLITS = 1500000 };
  const double p = 0.01;
  for (unsigned format = 3; format <= 6; format += 3) {
    const struct seen seen = send_over(format, p, FLITS);
    for (unsigned i = 0; i < 2; i++) {
      weigh(format, i, &half);
      expect_about(FLITS * (passes(&half, p) - pow(1 - p, half.bits)), seen.halves[i], i == 0 ? "first halves" : "second halves");
    }
  }
}

static void a_link_counts_as_many_undetected_flits_as_the_exact_distribution_says_none_with_an_odd_number_of_wrong_bits(void **state) {
  (void)state;
  static struct half halves[2];
  enum { FLITS = 12000000 };
  const double p = 2e-3;
  double expected = 0;
  uint64_t counted = 0;
  for (unsigned format = 3; format <= 6; format += 3) {
    for (unsigned i = 0; i < 2; i++) weigh(format, i, &halves[i]);
    const struct seen seen = send_over(format, p, FLITS);
    assert_int_equal(seen.counted, seen.flits);
    assert_int_equal(seen.odd, 0);
    expected += FLITS * undetected(halves, p);
    counted += seen.counted;
  }
  expect_about(expected, counted, "undetected flits");
}

int main(void) {
  chance_start();
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(the_exact_distribution_has_no_code_word_of_odd_weight_and_the_known_rates),
      cmocka_unit_test(halves_pass_their_crc_with_wrong_bits_as_often_as_the_exact_distribution_says),
      cmocka_unit_test(a_link_counts_as_many_undetected_flits_as_the_exact_distribution_says_none_with_an_odd_number_of_wrong_bits),
  };
  return cmocka_run_group_tests_name("undetected", tests, NULL, NULL);
}
