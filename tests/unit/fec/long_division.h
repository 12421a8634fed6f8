/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Reed-Solomon codes as SPEC.md section 12 says them, and nothing faster: products by shift and add, parity by long division, no tables.
 * The oracle of the tests of the codec. Include after <cmocka.h>.
 */
#ifndef OIO_TESTS_LONG_DIVISION_H
#define OIO_TESTS_LONG_DIVISION_H

#include <string.h>

#include "oio/fec.h"

enum { LONG_SYMBOLS = 1023 };

static inline unsigned slow_times(const struct oio_fec_code *code, unsigned a, unsigned b) {
  unsigned product = 0;
  for (unsigned i = 0; i < code->symbol_bits; i++)
    if (b >> i & 1u) product ^= a << i;
  for (unsigned i = 2u * code->symbol_bits; i >= code->symbol_bits; i--)
    if (product >> i & 1u) product ^= (unsigned)code->field << (i - code->symbol_bits);
  return product;
}

static inline unsigned slow_power(const struct oio_fec_code *code, unsigned i) {
  unsigned power = 1;
  while (i-- > 0) power = slow_times(code, power, 2);
  return power;
}

/* generator[i] is the coefficient of x^i. */
static inline void slow_generator(const struct oio_fec_code *code, unsigned *generator) {
  const unsigned degree = code->symbols - code->data_symbols;
  memset(generator, 0, (degree + 1) * sizeof *generator);
  generator[0] = 1;
  for (unsigned j = 0; j < degree; j++) {
    const unsigned root = slow_power(code, j);
    for (unsigned i = j + 1; i > 0; i--) generator[i] = generator[i - 1] ^ slow_times(code, generator[i], root);
    generator[0] = slow_times(code, generator[0], root);
  }
}

/* Fills in the parity of a codeword of so many symbols. */
static inline void slow_encode(const struct oio_fec_code *code, uint16_t *word, uint32_t symbols) {
  const unsigned parity = code->symbols - code->data_symbols;
  unsigned generator[OIO_FEC_MAX_PARITY + 1];
  uint16_t rest[LONG_SYMBOLS];
  slow_generator(code, generator);
  memcpy(rest, word, symbols * sizeof *rest);
  memset(rest + symbols - parity, 0, parity * sizeof *rest);
  for (uint32_t i = 0; i + parity < symbols; i++) {
    const unsigned quotient = rest[i];
    for (unsigned j = 0; j <= parity; j++) rest[i + j] ^= (uint16_t)slow_times(code, quotient, generator[parity - j]);
  }
  memcpy(word + symbols - parity, rest + symbols - parity, parity * sizeof *rest);
}

/* The word as a polynomial at a^power. */
static inline unsigned slow_value(const struct oio_fec_code *code, const uint16_t *word, uint32_t symbols, unsigned power) {
  const unsigned x = slow_power(code, power);
  unsigned value = 0;
  for (uint32_t i = 0; i < symbols; i++) value = slow_times(code, value, x) ^ word[i];
  return value;
}

static inline bool slow_is_codeword(const struct oio_fec_code *code, const uint16_t *word, uint32_t symbols) {
  for (unsigned j = 0; j < (unsigned)(code->symbols - code->data_symbols); j++)
    if (slow_value(code, word, symbols, j) != 0) return false;
  return true;
}

#endif
