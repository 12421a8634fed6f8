/* SPDX-License-Identifier: Apache-2.0 */
/* A code made ready: the tables of its field and of its generator. */
#ifndef OIO_FEC_STATE_H
#define OIO_FEC_STATE_H

#include "oio/fec.h"

enum {
  FEC_STEP = 8,   /* symbols divided out at once */
  FEC_HALF = 32,  /* a symbol is split in two halves of 5 bits */
  FEC_LANES = 32, /* of a row: OIO_FEC_MAX_PARITY */
  FEC_ORDER_MAX = (1 << OIO_FEC_MAX_SYMBOL_BITS) - 1,
};

/* The parity of `ways` codewords: of the data symbols that lie in front of it, `data_symbols` of a block. parity[c][l] is symbol l of the
 * parity of codeword c; lanes beyond it are 0. */
typedef void fec_parity_function(const struct oio_fec *fec, const uint16_t *data, uint32_t data_symbols, uint32_t ways,
                                 uint16_t parity[][FEC_LANES]);

struct oio_fec {
  /* rows[i][h][v]: what symbol i of the next eight comes to modulo the generator, times x^p, where half h of it is v and the other 0. Lane
   * l is the coefficient of x^(p-1-l). */
  uint16_t rows[FEC_STEP][2][FEC_HALF][FEC_LANES];
  struct oio_fec_code code;
  uint32_t parity_symbols; /* p = n - k */
  uint32_t order;          /* of a in the field: 2^m - 1 */
  fec_parity_function *parity;
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

fec_parity_function oio_fec_parity_portable;

#if defined(__x86_64__) && defined(__GNUC__)
#define OIO_FEC_HAVE_AVX512 1
bool oio_fec_avx512_supported(void);
fec_parity_function oio_fec_parity_avx512;
#endif

/* A locator of errors: its coefficients from x^0 up, the first 1; degree at most OIO_FEC_MAX_PARITY / 2. */
struct fec_locator {
  uint16_t c[OIO_FEC_MAX_PARITY + 1];
  uint32_t degree;
};

/* The shortest recurrence that makes these p syndromes. False where it is longer than t, or its degree is less than its length: there is no
 * codeword near. */
bool oio_fec_locate(const struct oio_fec *fec, const uint16_t *syndromes, struct fec_locator *locator);
/* Has the locator all its roots in the field, each once? */
bool oio_fec_splits(const struct oio_fec *fec, const struct fec_locator *locator);
/* The errors that it locates among `symbols` symbols, in ascending order. False unless as many as its degree; *errors has room for t. */
bool oio_fec_find_errors(const struct oio_fec *fec, const struct fec_locator *locator, const uint16_t *syndromes, uint32_t symbols,
                         struct oio_fec_error *errors);

#endif
