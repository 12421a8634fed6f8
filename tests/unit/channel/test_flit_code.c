/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The 250+6 code of a flit in a channel (SPEC.md section 13). The channel decodes errors; here the words themselves are: random bytes,
 * their parity, the same wrong bits that a channel without correction shows, and a decoder of whole words. And how often flits are lost,
 * against the closed form. OIO_SEED is the seed of the channels.
 */
#define CHANCE_PROGRAM "test_flit_code"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "chance.h"
#include "oio/channel.h"
#include "oio/fec.h"
#include "oio/rng.h"

enum { WAYS = 3, DATA = 250, FLIT = OIO_FLIT_BYTES };

static enum oio_fec_mode mode; /* of all channels made */

static struct oio_channel *channel_of(unsigned format, const char *fec, double rate, const struct oio_error_process *errors) {
  struct oio_channel_config c = {.format = (uint8_t)format, .fidelity = OIO_BIT, .lanes = 16, .lane_rate_bits_per_s = 62500000000u};
  struct oio_channel *channel;
  struct oio_error error;
  c.bit_error_rate = rate;
  c.errors = *errors;
  c.fec = fec;
  c.fec_ways = 3;
  c.fec_mode = mode;
  c.fec_ps = fec == NULL ? 0 : 1700;
  c.flight_ps = 1000;
  c.logic_ps = 300;
  c.seed = seed;
  if (oio_channel_create(&channel, &c, &error) != OIO_OK) fail_msg("%s", error.text);
  return channel;
}

/* The next flit, of zeros. */
static const struct oio_wire *send(struct oio_channel *channel) {
  struct oio_wire *wire = oio_channel_slot(channel);
  memset(wire, 0, sizeof *wire);
  wire->touched_bytes = OIO_PAYLOAD_BYTES;
  oio_channel_push(channel, oio_channel_free_ps(channel));
  return oio_channel_peek(channel);
}

/* What a decoder of whole words leaves wrong of those bits of the line, in the order of the line, and whether a word is uncorrectable. */
static bool decode_words(const struct oio_fec *fec, struct oio_rng *rng, const uint8_t wrong[FLIT], uint8_t left[FLIT]) {
  struct oio_fec_outcome outcomes[WAYS];
  uint16_t sent[FLIT], block[FLIT];
  bool lost = false;
  for (unsigned i = 0; i < DATA; i++) sent[i] = (uint16_t)(oio_rng_next(rng) & 0xFF);
  oio_fec_encode(fec, sent, FLIT, WAYS);
  for (unsigned i = 0; i < FLIT; i++) block[i] = sent[i] ^ wrong[i];
  oio_fec_decode(fec, block, FLIT, WAYS, outcomes);
  for (unsigned i = 0; i < FLIT; i++) left[i] = (uint8_t)(block[i] ^ sent[i]);
  for (unsigned way = 0; way < WAYS; way++) lost |= outcomes[way].verdict == OIO_FEC_UNCORRECTABLE;
  return lost;
}

/* Byte of the line of which byte of the flit; 256: of none. Formats 3 and 6 leave out bytes 242..247 and 244..249. */
static unsigned of_flit(unsigned format, unsigned at) {
  if (at >= DATA) return FLIT;
  if (format == 3) return at < 242 ? at : at + 6;
  return at < 244 ? at : at + 6;
}

static void expect_as_words(unsigned format, double rate, const struct oio_error_process *errors, uint64_t *miscorrected,
                            uint64_t *lost_flits) {
  struct oio_channel *plain = channel_of(format, NULL, rate, errors), *coded = channel_of(format, "flit", rate, errors);
  struct oio_channel_state counted;
  struct oio_fec *fec;
  struct oio_rng rng;
  uint64_t lost = 0, wrong_flits = 0;
  oio_rng_seed(&rng, seed, 9);
  struct oio_fec_code code = *oio_fec_code_named("flit");
  if (mode == OIO_FEC_DETECT) code.correctable_symbols = 0; /* a decoder that only detects, of words */
  assert_int_equal(oio_fec_create(&fec, &code, NULL, NULL), OIO_OK);
  for (unsigned f = 0; f < 20000; f++) {
    uint8_t left[FLIT], wanted[FLIT] = {0};
    const struct oio_wire *bare = send(plain), *mended = send(coded);
    const bool is_lost = decode_words(fec, &rng, bare->bytes, left);
    bool any = false;
    for (unsigned i = 0; i < DATA; i++) {
      if (of_flit(format, i) < FLIT) wanted[of_flit(format, i)] = left[i];
      any |= left[i] != 0;
    }
    if (is_lost && mode != OIO_FEC_UNMARKED) oio_flit_condemn(oio_flit_format(format), wanted);
    if (memcmp(wanted, mended->bytes, FLIT) != 0) FAIL_WITH_REPLAY("flit %u of format %u is another than its words say", f, format);
    lost += is_lost;
    wrong_flits += (is_lost && mode != OIO_FEC_UNMARKED) || any;
    oio_channel_pop(plain);
    oio_channel_pop(coded);
  }
  oio_channel_get_state(coded, &counted);
  assert_int_equal(counted.condemned_flits, mode == OIO_FEC_UNMARKED ? 0 : lost);
  assert_int_equal(counted.wrong_flits, wrong_flits);
  assert_int_equal(counted.codewords, 60000);
  *miscorrected += counted.miscorrected_codewords;
  *lost_flits += lost;
  oio_fec_destroy(fec);
  oio_channel_destroy(plain);
  oio_channel_destroy(coded);
}

static void a_flit_is_what_its_words_would_be(void **state) {
  static const struct oio_error_process kinds[] = {{.kind = OIO_ERRORS_INDEPENDENT},
                                                   {.kind = OIO_ERRORS_RUNS, .symbol_bits = 2, .propagation = 0.75},
                                                   {.kind = OIO_ERRORS_GILBERT, .bad_rate = 0.3, .bad_part = 1e-3, .bad_bits = 40}};
  static const double rates[] = {1e-4, 3e-3};
  uint64_t miscorrected = 0, lost = 0;
  (void)state;
  for (unsigned format = 3; format <= 6; format += 3) {
    for (unsigned i = 0; i < 6; i++) expect_as_words(format, i % 3 == 2 ? 5e-4 : rates[i / 3], &kinds[i % 3], &miscorrected, &lost);
  }
  print_message("  %llu words miscorrected, %llu flits lost\n", (unsigned long long)miscorrected, (unsigned long long)lost);
  assert_true(miscorrected > 1000 && lost > 1000);
}

static void in_the_other_modes_too(void **state) {
  static const struct oio_error_process independent;
  uint64_t miscorrected = 0, lost = 0;
  (void)state;
  mode = OIO_FEC_DETECT;
  expect_as_words(3, 1e-3, &independent, &miscorrected, &lost);
  assert_true(lost > 15000); /* of 20,000: seven in eight have a wrong bit */
  mode = OIO_FEC_UNMARKED;
  expect_as_words(6, 1e-3, &independent, &miscorrected, &lost);
  mode = OIO_FEC_CORRECT;
}

/* A flit comes through when none of its three words has two wrong bytes. */
static double lost_or_wrong(double rate) {
  const double byte = -expm1(8 * log1p(-rate));
  double good = 1;
  for (unsigned way = 0; way < WAYS; way++) {
    const double n = way == 0 ? 86 : 85;
    good *= pow(1 - byte, n) + n * byte * pow(1 - byte, n - 1);
  }
  return 1 - good;
}

static void flits_are_lost_as_often_as_two_bytes_of_a_word_are_wrong(void **state) {
  static const double rates[] = {2e-4, 1e-3};
  (void)state;
  assert_true(fabs(lost_or_wrong(1e-6) / 6.91e-7 - 1) < 2e-3); /* as is published for such a code */
  for (unsigned i = 0; i < 2; i++) {
    static const struct oio_error_process independent;
    enum { FLITS = 200000 };
    struct oio_channel *channel = channel_of(6, "flit", rates[i], &independent);
    struct oio_channel_state counted;
    for (unsigned f = 0; f < FLITS; f++) {
      send(channel);
      oio_channel_pop(channel);
    }
    oio_channel_get_state(channel, &counted);
    /* What is wrong in parity alone loses no flit unless the word is uncorrectable: a little less than the closed form. */
    const double p = lost_or_wrong(rates[i]), seen = (double)counted.wrong_flits / FLITS, sigma = sqrt(p * (1 - p) / FLITS);
    print_message("  %g: %.5g of the flits, closed form %.5g\n", rates[i], seen, p);
    if (seen > p + 4.5 * sigma || seen < p * 0.995 - 4.5 * sigma) FAIL_WITH_REPLAY("%g: %.5g is not %.5g", rates[i], seen, p);
    oio_channel_destroy(channel);
  }
}

static void encoder_and_decoder_take_their_time_and_nothing_else_changes(void **state) {
  static const struct oio_error_process independent;
  struct oio_channel *channel = channel_of(3, "flit", 0, &independent);
  (void)state;
  for (unsigned k = 1; k <= 3; k++) {
    const struct oio_wire *wire = send(channel);
    assert_int_equal(oio_channel_arrival_ps(channel), 2048 * k + 1000 + 300 + 1700);
    assert_int_equal(wire->stamp.parts_ps[OIO_PART_SERIALISE], 2048);
    assert_int_equal(wire->stamp.parts_ps[OIO_PART_FLIGHT], 1000);
    assert_int_equal(wire->stamp.parts_ps[OIO_PART_LOGIC], 300);
    assert_int_equal(wire->stamp.parts_ps[OIO_PART_FEC], 1700);
    oio_channel_pop(channel);
  }
  oio_channel_destroy(channel);
}

int main(void) {
  chance_start();
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(a_flit_is_what_its_words_would_be),
      cmocka_unit_test(in_the_other_modes_too),
      cmocka_unit_test(flits_are_lost_as_often_as_two_bytes_of_a_word_are_wrong),
      cmocka_unit_test(encoder_and_decoder_take_their_time_and_nothing_else_changes),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
