/* SPDX-License-Identifier: Apache-2.0 */
/* A code made ready: the tables of its field and of its generator. */
#ifndef OIO_FEC_STATE_H
#define OIO_FEC_STATE_H

#include "oio/fec.h"

enum {
  FEC_STEP = 8,                           /* symbols divided out at once */
  FEC_HALF = 32,                          /* a symbol is split in two halves of 5 bits */
  FEC_LANES = 32,                         /* of a row: OIO_FEC_MAX_PARITY */
  FEC_TERMS = OIO_FEC_MAX_PARITY / 2 + 1, /* of a locator */
  FEC_ORDER_MAX = (1 << OIO_FEC_MAX_SYMBOL_BITS) - 1,
};

/* A locator of errors: its coefficients from x^0 up, the first 1; degree at most OIO_FEC_MAX_PARITY / 2. */
struct fec_locator {
  uint16_t c[OIO_FEC_MAX_PARITY + 1];
  uint32_t degree;
};

/* What is done for whole codewords, in one way for each family of processors. */
struct fec_kernel {
  const char *name;
  bool (*supported)(void);
  /* The parity of `ways` codewords: of the data symbols that lie in front of it, `data_symbols` of a block. parity[c][l] is symbol l of the
   * parity of codeword c; lanes beyond it are 0. */
  void (*parity)(const struct oio_fec *fec, const uint16_t *data, uint32_t data_symbols, uint32_t ways, uint16_t parity[][FEC_LANES]);
  /* The syndromes of a word with this remainder: a codeword is 0 at all roots. Lanes beyond them are left as anything. */
  void (*syndromes)(const struct oio_fec *fec, const uint16_t *remainder, uint16_t *syndromes);
  /* The powers of a, below `symbols`, whose inverses are roots of the locator: highest first. False unless as many as its degree, at
   * least 1. */
  bool (*powers)(const struct oio_fec *fec, const struct fec_locator *locator, uint32_t symbols, uint16_t *powers);
};

struct oio_fec {
  /* rows[i][h][v]: what symbol i of the next eight comes to modulo the generator, times x^p, where half h of it is v and the other 0. Lane
   * l is the coefficient of x^(p-1-l). */
  uint16_t rows[FEC_STEP][2][FEC_HALF][FEC_LANES];
  uint16_t root_bits[OIO_FEC_MAX_SYMBOL_BITS][FEC_LANES]; /* root_bits[b][j] = a^(j+b) */
  uint16_t down[FEC_TERMS][FEC_LANES];                    /* down[i][l] = a^(-i l) */
  uint16_t down_all[FEC_TERMS][2][FEC_HALF];              /* down_all[i][h][v]: half h of a symbol, where it is v, times a^(-32 i) */
  struct oio_fec_code code;
  uint32_t parity_symbols; /* p = n - k */
  uint32_t order;          /* of a in the field: 2^m - 1 */
  const struct fec_kernel *kernel;
  /* exp[i] = a^i for i < 2 * order, then zeros; log[0] is so far up that any product with 0 is among them. */
  uint16_t exp[4 * FEC_ORDER_MAX + 2];
  uint16_t log[FEC_ORDER_MAX + 1];
};

static inline unsigned fec_times(const struct oio_fec *fec, unsigned a, unsigned b) {
  return fec->exp[fec->log[a] + fec->log[b]];
}

/* a * x^-i of the field, i < order. */
static inline unsigned fec_over_power(const struct oio_fec *fec, unsigned a, unsigned i) {
  return fec->exp[fec->log[a] + fec->order - i];
}

/* a / b; b is not 0. */
static inline unsigned fec_over(const struct oio_fec *fec, unsigned a, unsigned b) {
  return fec_over_power(fec, a, fec->log[b]);
}

extern const struct fec_kernel oio_fec_portable;
#if defined(__x86_64__) && defined(__GNUC__)
#define OIO_FEC_HAVE_AVX512 1
extern const struct fec_kernel oio_fec_avx512;
#endif

/* The shortest recurrence that makes these p syndromes. False where it is longer than t, or its degree is less than its length: there is no
 * codeword near. */
bool oio_fec_locate(const struct oio_fec *fec, const uint16_t *syndromes, struct fec_locator *locator);
/* The errors that it locates among `symbols` symbols, in ascending order. False unless as many as its degree; *errors has room for t. */
bool oio_fec_find_errors(const struct oio_fec *fec, const struct fec_locator *locator, const uint16_t *syndromes, uint32_t symbols,
                         struct oio_fec_error *errors);

#endif
