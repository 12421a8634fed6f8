/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The codec under noise, against the closed forms: words bit by bit and errors alone within three standard deviations, and losses too rare
 * to wait for by importance sampling. OIO_SEED chooses the noise.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define CHANCE_PROGRAM "test_fec_chance"
#include "chance.h"
#include "noise.h"

enum { MAX_SYMBOLS = 1023 };

static struct oio_fec *made(const struct oio_fec_code *code) {
  struct oio_fec *fec = NULL;
  assert_int_equal(oio_fec_create(&fec, code, NULL, NULL), OIO_OK);
  return fec;
}

static void check_share(const char *what, uint64_t lost, uint64_t words, double expected) {
  const double mean = expected * (double)words, sigma = sqrt(mean * (1 - expected));
  print_message("%s: %llu of %llu words lost, %.1f expected, sigma %.1f\n", what, (unsigned long long)lost, (unsigned long long)words, mean,
                sigma);
  if (mean < 20 || fabs((double)lost - mean) > 3 * sigma) FAIL_WITH_REPLAY("%s: out of three sigma, or too few", what);
}

static bool is_lost(const struct oio_fec *fec, uint32_t symbols, const struct oio_fec_error *errors, uint32_t count) {
  struct oio_fec_error residual[MAX_SYMBOLS + OIO_FEC_MAX_PARITY];
  uint32_t left;
  oio_fec_decode_errors(fec, symbols, errors, count, residual, &left);
  return left != 0;
}

/* Random data encoded, bits flipped, decoded and compared with what was sent; and the errors alone beside it. */
static void kp4_bit_by_bit_loses_the_share_of_the_closed_form(void **state) {
  (void)state;
  enum { WAYS = 4, SYMBOLS = 544, BLOCKS = 100000 };
  static uint16_t sent[WAYS * SYMBOLS], received[WAYS * SYMBOLS];
  static struct noise noise;
  struct oio_fec *fec = made(oio_fec_code_named("kp4"));
  struct oio_rng rng;
  uint64_t stream = chance_stream(1), lost = 0;
  oio_rng_seed(&rng, seed, 1);
  for (uint32_t block = 0; block < BLOCKS; block++) {
    for (uint32_t i = 0; i < WAYS * SYMBOLS; i++) sent[i] = (uint16_t)(chance(&stream) >> 54);
    oio_fec_encode(fec, sent, WAYS * SYMBOLS, WAYS);
    memcpy(received, sent, sizeof sent);
    noise_independent(&noise, &rng, WAYS * SYMBOLS * 10, 1e-3, 1e-3);
    for (uint32_t i = 0; i < noise.count; i++) received[noise.bits[i] / 10] ^= (uint16_t)(1u << noise.bits[i] % 10);
    struct oio_fec_outcome outcomes[WAYS];
    oio_fec_decode(fec, received, WAYS * SYMBOLS, WAYS, outcomes);
    for (uint32_t way = 0; way < WAYS; way++) {
      struct oio_fec_error errors[SYMBOLS];
      bool differs = false;
      for (uint32_t i = way; i < WAYS * SYMBOLS; i += WAYS) differs |= received[i] != sent[i];
      const uint32_t count = noise_errors(&noise, 10, WAYS, way, errors);
      if (differs != is_lost(fec, SYMBOLS, errors, count) || differs != (outcomes[way].verdict == OIO_FEC_UNCORRECTABLE))
        FAIL_WITH_REPLAY("block %u, word %u: %u errors, %s", block, way, count, differs ? "lost" : "saved");
      lost += differs;
    }
  }
  check_share("kp4 at 1e-3, bit by bit", lost, BLOCKS * WAYS, 1.5302585928e-4);
  oio_fec_destroy(fec);
}

static void kp4_by_errors_alone_loses_the_share_of_the_closed_form(void **state) {
  (void)state;
  enum { WORDS = 10000000 };
  static struct noise noise;
  const struct oio_fec_code *kp4 = oio_fec_code_named("kp4");
  struct oio_fec *fec = made(kp4);
  struct oio_rng rng;
  uint64_t lost = 0;
  oio_rng_seed(&rng, seed, 2);
  for (uint32_t word = 0; word < WORDS; word++) {
    struct oio_fec_error errors[544];
    noise_independent(&noise, &rng, 5440, 1e-3, 1e-3);
    lost += noise.count > 15 && is_lost(fec, 544, errors, noise_errors(&noise, 10, 1, 0, errors));
  }
  check_share("kp4 at 1e-3, errors alone", lost, WORDS, 1.5302585928e-4);
  oio_fec_destroy(fec);
}

/* ---- bursts ---- */

static struct noise_chain chain_of(const struct oio_fec_bursts *bursts) {
  const double wrong = 2 * bursts->bit_error_rate;
  return (struct noise_chain){wrong * (1 - bursts->propagation) / (1 - wrong), bursts->propagation};
}

static void check_bursts(const char *what, const struct oio_fec_code *code, struct oio_fec_bursts bursts, uint32_t blocks,
                         double expected) {
  static struct noise noise;
  struct oio_fec *fec = made(code);
  struct oio_rng rng;
  uint64_t lost = 0;
  oio_rng_seed(&rng, seed, 3);
  for (uint32_t block = 0; block < blocks; block++) {
    struct oio_fec_error errors[MAX_SYMBOLS];
    noise_bursts(&noise, &rng, bursts.ways * code->symbols * 10u, chain_of(&bursts), chain_of(&bursts), bursts.precoded);
    lost += is_lost(fec, code->symbols, errors,
                    noise_errors(&noise, 10, bursts.ways, 0, errors)); /* of a block one word: they are not independent */
  }
  check_share(what, lost, blocks, expected);
  oio_fec_destroy(fec);
}

/* The shares are those derived for the process by others; test_fec_rates holds the closed form to them too. */
static void words_hit_by_bursts_are_lost_as_derived(void **state) {
  (void)state;
  const struct oio_fec_code small = {"63 symbols", 0x409, 10, 3, 63, 57};
  check_bursts("63 symbols, a = 0.5", &small, (struct oio_fec_bursts){2e-3, 0.5, 1, false}, 1000000, 1.849e-2);
  check_bursts("63 symbols, a = 0.5, 2 ways", &small, (struct oio_fec_bursts){2e-3, 0.5, 2, false}, 500000, 7.355e-3);
  check_bursts("kp4 at 1e-3, a = 0.75", oio_fec_code_named("kp4"), (struct oio_fec_bursts){1e-3, 0.75, 1, false}, 3000000, 4.39e-5);
}

/* ---- what is too rare to wait for ---- */

struct estimate {
  double sum, squares;
  uint32_t count;
};

static void add_weight(struct estimate *estimate, double weight) {
  estimate->sum += weight;
  estimate->squares += weight * weight;
  estimate->count++;
}

static void check_estimate(const char *what, const struct estimate *estimate, double expected) {
  const double n = estimate->count, mean = estimate->sum / n, sigma = sqrt((estimate->squares / n - mean * mean) / n);
  print_message("%s: %.4g, exact %.4g, %.2f %% off, sigma %.2f %%\n", what, mean, expected, 100 * (mean / expected - 1),
                100 * sigma / expected);
  if (fabs(mean / expected - 1) > 0.1 || sigma > 0.04 * expected)
    FAIL_WITH_REPLAY("%s: off by more than a tenth, or not known well enough", what);
}

static void rare_losses_are_found_by_importance_sampling(void **state) {
  (void)state;
  static struct noise noise;
  const struct oio_fec_code *kp4 = oio_fec_code_named("kp4");
  struct oio_fec *fec = made(kp4);
  struct oio_rng rng;
  oio_rng_seed(&rng, seed, 4);
  static const double rates[] = {2.4e-4, 1e-4, 1e-5};
  for (size_t i = 0; i < sizeof rates / sizeof rates[0]; i++) {
    struct estimate estimate = {0, 0, 0};
    for (int word = 0; word < 100000; word++) {
      struct oio_fec_error errors[544];
      noise_independent(&noise, &rng, 5440, rates[i], 3e-3);
      add_weight(&estimate, is_lost(fec, 544, errors, noise_errors(&noise, 10, 1, 0, errors)) ? exp(noise.ln_weight) : 0);
    }
    check_estimate("kp4, independent", &estimate, oio_fec_word_loss(kp4, rates[i]));
  }
  oio_fec_destroy(fec);
}

static void check_rare_bursts(const char *what, struct oio_fec_bursts bursts, struct noise_chain drawn, int blocks, double expected) {
  static struct noise noise;
  struct estimate estimate = {0, 0, 0};
  struct oio_fec *fec = made(oio_fec_code_named("kp4"));
  struct oio_rng rng;
  oio_rng_seed(&rng, seed, 5);
  for (int block = 0; block < blocks; block++) {
    struct oio_fec_error errors[544];
    noise_bursts(&noise, &rng, bursts.ways * 5440, chain_of(&bursts), drawn, bursts.precoded);
    const double weight = exp(noise.ln_weight);
    for (uint32_t way = 0; way < bursts.ways; way++)
      add_weight(&estimate, is_lost(fec, 544, errors, noise_errors(&noise, 10, bursts.ways, way, errors)) ? weight : 0);
  }
  check_estimate(what, &estimate, expected);
  oio_fec_destroy(fec);
}

static void rare_losses_to_bursts_are_found_by_importance_sampling(void **state) {
  (void)state;
  /* Drawn with more and longer runs, so that half of the blocks or so are lost, most of them in the usual way. */
  check_rare_bursts("a = 0.75", (struct oio_fec_bursts){2.4e-4, 0.75, 1, false}, (struct noise_chain){1.5e-3, 0.93}, 150000, 5.208e-8);
  check_rare_bursts("a = 0.75, precoded", (struct oio_fec_bursts){2.4e-4, 0.75, 1, true}, (struct noise_chain){3e-3, 0.78}, 300000,
                    5.540e-11);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(kp4_bit_by_bit_loses_the_share_of_the_closed_form),
      cmocka_unit_test(kp4_by_errors_alone_loses_the_share_of_the_closed_form),
      cmocka_unit_test(words_hit_by_bursts_are_lost_as_derived),
      cmocka_unit_test(rare_losses_are_found_by_importance_sampling),
      cmocka_unit_test(rare_losses_to_bursts_are_found_by_importance_sampling),
  };
  chance_start();
  return cmocka_run_group_tests(tests, NULL, NULL);
}
