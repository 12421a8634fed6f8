/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Wrong bits for blocks of codewords: independent ones, and runs of wrong PAM4 symbols, each drawn by the distance to the next. Drawn at
 * another rate than the one meant, a block has a weight: how much likelier it is at that one.
 */
#ifndef OIO_TESTS_NOISE_H
#define OIO_TESTS_NOISE_H

#include <math.h>
#include <stdbool.h>

#include "oio/fec_rates.h"
#include "oio/rng.h"

enum { NOISE_MAX = 8192 };

/* Wrong bits of a block, ascending, and the block's weight. */
struct noise {
  uint32_t bits[NOISE_MAX];
  uint32_t count;
  double ln_weight;
};

/* How many go well before the next that fails, with ln(1 - p). */
static inline uint32_t noise_gap(struct oio_rng *rng, double inverse_ln) {
  const double gap = oio_ln(oio_rng_unit(rng)) * inverse_ln;
  return gap < 4e9 ? (uint32_t)gap : UINT32_MAX;
}

/* Each bit by itself: drawn with `drawn_rate`, weighed for `rate`. */
static inline void noise_independent(struct noise *noise, struct oio_rng *rng, uint32_t block_bits, double rate, double drawn_rate) {
  const double inverse_ln = 1.0 / oio_ln1m(drawn_rate);
  noise->count = 0;
  for (uint64_t bit = noise_gap(rng, inverse_ln); bit < block_bits; bit += 1 + (uint64_t)noise_gap(rng, inverse_ln))
    noise->bits[noise->count++] = (uint32_t)bit;
  noise->ln_weight =
      drawn_rate == rate ? 0.0 : noise->count * log(rate / drawn_rate) + (block_bits - noise->count) * (log1p(-rate) - log1p(-drawn_rate));
}

/* One of the two bits of a PAM4 symbol. */
static inline void noise_symbol(struct noise *noise, struct oio_rng *rng, uint32_t symbol) {
  noise->bits[noise->count++] = 2 * symbol + (uint32_t)(oio_rng_next(rng) >> 63);
}

/* From a right PAM4 symbol to a wrong one, and from a wrong one to another. */
struct noise_chain {
  double start, follow;
};

/* The share of wrong symbols. */
static inline double noise_share(struct noise_chain chain) {
  return chain.start / (chain.start + 1 - chain.follow);
}

/* What oio_fec_burst_loss counts on, step by step: drawn by one chain, weighed for another. */
static inline void noise_bursts(struct noise *noise, struct oio_rng *rng, uint32_t block_bits, struct noise_chain chain,
                                struct noise_chain drawn, bool precoded) {
  const double inverse_ln = 1.0 / oio_ln1m(drawn.start);
  const uint32_t symbols = block_bits / 2;
  bool wrong = oio_rng_unit(rng) <= noise_share(drawn);
  double first = wrong ? noise_share(chain) / noise_share(drawn) : (1 - noise_share(chain)) / (1 - noise_share(drawn));
  uint32_t starts = 0, no_starts = 0, follows = 0, ends = 0;
  noise->count = 0;
  for (uint32_t symbol = 0; symbol < symbols; symbol++) {
    const bool before = wrong;
    if (wrong) {
      wrong = oio_rng_unit(rng) <= drawn.follow;
      follows += wrong;
      ends += !wrong;
    } else {
      const uint32_t gap = noise_gap(rng, inverse_ln), rest = symbols - symbol;
      no_starts += gap < rest ? gap : rest;
      if (gap >= rest) break;
      symbol += gap;
      wrong = true;
      starts++;
    }
    if (precoded ? wrong != before : wrong) noise_symbol(noise, rng, symbol);
  }
  noise->ln_weight = log(first) + starts * log(chain.start / drawn.start) + no_starts * (log1p(-chain.start) - log1p(-drawn.start)) +
                     follows * log(chain.follow / drawn.follow) + ends * log((1 - chain.follow) / (1 - drawn.follow));
}

/* The errors of codeword `way`. Returns how many. */
static inline uint32_t noise_errors(const struct noise *noise, uint32_t symbol_bits, uint32_t ways, uint32_t way,
                                    struct oio_fec_error *errors) {
  uint32_t count = 0;
  for (uint32_t i = 0; i < noise->count; i++) {
    const uint32_t symbol = noise->bits[i] / symbol_bits;
    const uint16_t value = (uint16_t)(1u << noise->bits[i] % symbol_bits);
    if (symbol % ways != way) continue;
    if (count != 0 && errors[count - 1].symbol == symbol / ways)
      errors[count - 1].value |= value;
    else
      errors[count++] = (struct oio_fec_error){(uint16_t)(symbol / ways), value};
  }
  return count;
}

#endif
