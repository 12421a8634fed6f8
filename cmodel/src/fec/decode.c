/* SPDX-License-Identifier: Apache-2.0 */
/* Blocks out of bytes and into them, encoded, checked and decoded, and codewords decoded by their errors alone. */
#include <string.h>

#include "base/precondition.h"
#include "fec/fec_state.h"

void oio_fec_from_bytes(const struct oio_fec *fec, const uint8_t *bytes, uint32_t count, uint16_t *symbols) {
  const unsigned width = fec->code.symbol_bits;
  uint32_t held = 0, bits = 0;
  for (uint32_t i = 0; i < count; i++) {
    for (; bits < width; bits += 8) held |= (uint32_t)*bytes++ << bits;
    symbols[i] = (uint16_t)(held & fec->order);
    held >>= width;
    bits -= width;
  }
}

void oio_fec_to_bytes(const struct oio_fec *fec, const uint16_t *symbols, uint32_t count, uint8_t *bytes) {
  const unsigned width = fec->code.symbol_bits;
  uint32_t held = 0, bits = 0;
  for (uint32_t i = 0; i < count; i++) {
    held |= (uint32_t)symbols[i] << bits;
    for (bits += width; bits >= 8; bits -= 8) {
      *bytes++ = (uint8_t)held;
      held >>= 8;
    }
  }
  if (bits != 0) *bytes = (uint8_t)held;
}

/* Symbol l of the parity of word `way`. */
static inline uint32_t parity_place(const struct oio_fec *fec, uint32_t block_symbols, uint32_t ways, uint32_t way, uint32_t l) {
  const uint32_t data = oio_fec_symbols_of(block_symbols, ways, way) - fec->parity_symbols;
  return (data + l) * ways + way;
}

/* Of the first `filled` symbols also whether they are of the field. */
static bool is_block(const struct oio_fec *fec, const uint16_t *block, uint32_t filled, uint32_t block_symbols, uint32_t ways) {
  if (ways < 1 || ways > OIO_FEC_MAX_WAYS || block_symbols < ways * (fec->parity_symbols + 1)) return false;
  for (uint32_t i = 0; i < filled; i++)
    if (block[i] > fec->order) return false;
  return oio_fec_symbols_of(block_symbols, ways, 0) <= fec->code.symbols;
}

void oio_fec_encode(const struct oio_fec *fec, uint16_t *block, uint32_t block_symbols, uint32_t ways) {
  OIO_PRECONDITION(is_block(fec, block, block_symbols - ways * fec->parity_symbols, block_symbols, ways));
  uint16_t parity[OIO_FEC_MAX_WAYS][FEC_LANES];
  fec->kernel->parity(fec, block, block_symbols - ways * fec->parity_symbols, ways, parity);
  for (uint32_t way = 0; way < ways; way++)
    for (uint32_t l = 0; l < fec->parity_symbols; l++) block[parity_place(fec, block_symbols, ways, way, l)] = parity[way][l];
}

/* The remainders of the words of a block; bit c of the result: that of word c is not 0. */
static uint32_t remainders(const struct oio_fec *fec, const uint16_t *block, uint32_t block_symbols, uint32_t ways,
                           uint16_t remainder[][FEC_LANES]) {
  OIO_PRECONDITION(is_block(fec, block, block_symbols, block_symbols, ways));
  uint32_t wrong = 0;
  fec->kernel->parity(fec, block, block_symbols - ways * fec->parity_symbols, ways, remainder);
  for (uint32_t way = 0; way < ways; way++) {
    unsigned any = 0;
    for (uint32_t l = 0; l < fec->parity_symbols; l++) any |= remainder[way][l] ^= block[parity_place(fec, block_symbols, ways, way, l)];
    wrong |= (uint32_t)(any != 0) << way;
  }
  return wrong;
}

uint32_t oio_fec_check(const struct oio_fec *fec, const uint16_t *block, uint32_t block_symbols, uint32_t ways) {
  uint16_t remainder[OIO_FEC_MAX_WAYS][FEC_LANES];
  return remainders(fec, block, block_symbols, ways, remainder);
}

/* Corrects symbol after symbol at the given stride; remainder is not 0. */
static struct oio_fec_outcome correct(const struct oio_fec *fec, uint16_t *word, uint32_t symbols, uint32_t stride,
                                      const uint16_t *remainder) {
  uint16_t syndromes[OIO_FEC_MAX_PARITY];
  struct fec_locator locator;
  struct oio_fec_error errors[OIO_FEC_MAX_PARITY / 2];
  fec->kernel->syndromes(fec, remainder, syndromes);
  if (!oio_fec_locate(fec, syndromes, &locator) || !oio_fec_find_errors(fec, &locator, syndromes, symbols, errors))
    return (struct oio_fec_outcome){OIO_FEC_UNCORRECTABLE, 0};
  for (uint32_t i = 0; i < locator.degree; i++) word[(size_t)errors[i].symbol * stride] ^= errors[i].value;
  return (struct oio_fec_outcome){OIO_FEC_CORRECTED, locator.degree};
}

void oio_fec_decode(const struct oio_fec *fec, uint16_t *block, uint32_t block_symbols, uint32_t ways, struct oio_fec_outcome *outcomes) {
  uint16_t remainder[OIO_FEC_MAX_WAYS][FEC_LANES];
  const uint32_t wrong = remainders(fec, block, block_symbols, ways, remainder);
  for (uint32_t way = 0; way < ways; way++) {
    if (wrong >> way & 1u)
      outcomes[way] = correct(fec, block + way, oio_fec_symbols_of(block_symbols, ways, way), ways, remainder[way]);
    else
      outcomes[way] = (struct oio_fec_outcome){OIO_FEC_CLEAN, 0};
  }
}

/* Are there any but zeros? */
static bool syndromes_of_errors(const struct oio_fec *fec, uint32_t symbols, const struct oio_fec_error *errors, uint32_t count,
                                uint16_t *syndromes) {
  unsigned any = 0;
  memset(syndromes, 0, OIO_FEC_MAX_PARITY * sizeof *syndromes);
  for (uint32_t i = 0; i < count; i++) {
    const unsigned power = symbols - 1 - errors[i].symbol;
    unsigned log = fec->log[errors[i].value];
    for (uint32_t j = 0; j < fec->parity_symbols; j++) {
      syndromes[j] ^= fec->exp[log];
      log += power;
      if (log >= fec->order) log -= fec->order;
    }
  }
  for (uint32_t j = 0; j < fec->parity_symbols; j++) any |= syndromes[j];
  return any != 0;
}

/* The sum of two lists of errors, either in ascending order. Returns how many are left. */
static uint32_t add(const struct oio_fec_error *a, uint32_t a_count, const struct oio_fec_error *b, uint32_t b_count,
                    struct oio_fec_error *sum) {
  uint32_t count = 0;
  for (uint32_t i = 0, j = 0; i < a_count || j < b_count;) {
    const bool from_a = j == b_count || (i < a_count && a[i].symbol <= b[j].symbol);
    const bool from_b = i == a_count || (j < b_count && b[j].symbol <= a[i].symbol);
    struct oio_fec_error next = from_a ? a[i] : b[j];
    if (from_a && from_b) next.value ^= b[j].value;
    i += from_a;
    j += from_b;
    if (next.value != 0) sum[count++] = next;
  }
  return count;
}

static bool are_errors(const struct oio_fec *fec, uint32_t symbols, const struct oio_fec_error *errors, uint32_t count) {
  for (uint32_t i = 0; i < count; i++) {
    if (errors[i].symbol >= symbols || errors[i].value == 0 || errors[i].value > fec->order) return false;
    if (i != 0 && errors[i].symbol <= errors[i - 1].symbol) return false;
  }
  return symbols > fec->parity_symbols && symbols <= fec->code.symbols;
}

struct oio_fec_outcome oio_fec_decode_errors(const struct oio_fec *fec, uint32_t symbols, const struct oio_fec_error *errors,
                                             uint32_t count, struct oio_fec_error *residual, uint32_t *residual_count) {
  OIO_PRECONDITION(are_errors(fec, symbols, errors, count));
  *residual_count = 0;
  if (count == 0) return (struct oio_fec_outcome){OIO_FEC_CLEAN, 0};
  if (count <= fec->code.correctable_symbols) return (struct oio_fec_outcome){OIO_FEC_CORRECTED, count};
  uint16_t syndromes[OIO_FEC_MAX_PARITY];
  struct fec_locator locator = {.degree = 0};
  struct oio_fec_error changes[OIO_FEC_MAX_PARITY / 2];
  if (syndromes_of_errors(fec, symbols, errors, count, syndromes) &&
      !(oio_fec_locate(fec, syndromes, &locator) && oio_fec_find_errors(fec, &locator, syndromes, symbols, changes))) {
    memcpy(residual, errors, count * sizeof *errors);
    *residual_count = count;
    return (struct oio_fec_outcome){OIO_FEC_UNCORRECTABLE, 0};
  }
  *residual_count = add(errors, count, changes, locator.degree, residual);
  return (struct oio_fec_outcome){OIO_FEC_MISCORRECTED, locator.degree};
}
