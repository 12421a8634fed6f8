/* SPDX-License-Identifier: Apache-2.0 */
/*
 * From syndromes to errors: Berlekamp and Massey, the search for roots, Forney.
 *
 * An error of value e at the coefficient of x^i has the locator X = a^i and adds e X^j to syndrome j, j = 0 .. p-1. The locator polynomial
 * is the product of all (1 - X x). Its coefficients backwards are those of the product of all (x - X), monic: `reversed` below.
 */
#include <string.h>

#include "fec/fec_state.h"

/* c -= scale * x^shift * b, over coefficients up to `degree` of the result. */
static void subtract(const struct oio_fec *fec, uint16_t *c, const uint16_t *b, unsigned scale, unsigned shift, unsigned degree) {
  for (unsigned i = shift; i <= degree; i++) c[i] ^= (uint16_t)fec_times(fec, scale, b[i - shift]);
}

bool oio_fec_locate(const struct oio_fec *fec, const uint16_t *syndromes, struct fec_locator *locator) {
  uint16_t before[OIO_FEC_MAX_PARITY + 1] = {1}, kept[OIO_FEC_MAX_PARITY + 1];
  uint16_t *c = locator->c;
  unsigned length = 0, shift = 1, before_discrepancy = 1;
  memset(c, 0, sizeof locator->c);
  c[0] = 1;
  for (unsigned n = 0; n < fec->parity_symbols; n++, shift++) {
    unsigned discrepancy = syndromes[n];
    for (unsigned i = 1; i <= length; i++) discrepancy ^= fec_times(fec, c[i], syndromes[n - i]);
    if (discrepancy == 0) continue;
    const unsigned scale = fec_over(fec, discrepancy, before_discrepancy);
    if (2 * length > n) {
      subtract(fec, c, before, scale, shift, length);
      continue;
    }
    length = n + 1 - length;
    if (length > fec->code.correctable_symbols) return false;
    memcpy(kept, c, sizeof kept);
    subtract(fec, c, before, scale, shift, length);
    memcpy(before, kept, sizeof before);
    before_discrepancy = discrepancy;
    shift = 0;
  }
  locator->degree = length;
  return c[length] != 0;
}

/* h *= x modulo the reversed locator. */
static void times_x(const struct oio_fec *fec, const struct fec_locator *locator, uint16_t *h) {
  const unsigned degree = locator->degree, top = h[degree - 1];
  for (unsigned i = degree - 1; i > 0; i--) h[i] = (uint16_t)(h[i - 1] ^ fec_times(fec, top, locator->c[degree - i]));
  h[0] = (uint16_t)fec_times(fec, top, locator->c[degree]);
}

/* The product of all (x - X) over elements of the field, each once, divides x^(2^m) - x, and nothing else does. */
bool oio_fec_splits(const struct oio_fec *fec, const struct fec_locator *locator) {
  enum { DEGREE = OIO_FEC_MAX_PARITY / 2 };
  const unsigned degree = locator->degree;
  if (degree < 2) return true;
  uint16_t power[DEGREE] = {0}, squares[DEGREE][DEGREE] = {{0}}; /* squares[i] = x^(2i) */
  power[0] = 1;
  for (unsigned i = 0; i < 2 * degree - 1; i++) {
    if (i % 2 == 0) memcpy(squares[i / 2], power, sizeof power);
    times_x(fec, locator, power);
  }
  uint16_t h[DEGREE] = {0, 1};
  for (unsigned round = 0; round < fec->code.symbol_bits; round++) {
    uint16_t squared[DEGREE] = {0};
    for (unsigned i = 0; i < degree; i++) {
      if (h[i] == 0) continue;
      const unsigned scale = fec_times(fec, h[i], h[i]);
      for (unsigned j = 0; j < degree; j++) squared[j] ^= (uint16_t)fec_times(fec, scale, squares[i][j]);
    }
    memcpy(h, squared, sizeof h);
  }
  h[1] ^= 1;
  for (unsigned i = 0; i < degree; i++)
    if (h[i] != 0) return false;
  return true;
}

/* A polynomial as logarithms: term i stands for a^logs[i] now, and for a^steps[i] less at the next power down. Terms of 0 are left out. */
struct search {
  uint32_t terms;
  uint16_t logs[OIO_FEC_MAX_PARITY / 2 + 1], steps[OIO_FEC_MAX_PARITY / 2 + 1];
};

/* `polynomial` from x^0 up, to be evaluated at a^power first. */
static void start_search(const struct oio_fec *fec, struct search *search, const uint16_t *polynomial, unsigned degree, uint32_t power) {
  search->terms = 0;
  for (unsigned i = 0; i <= degree; i++) {
    if (polynomial[i] == 0) continue;
    search->logs[search->terms] = (uint16_t)((fec->log[polynomial[i]] + i * power) % fec->order);
    search->steps[search->terms++] = (uint16_t)i;
  }
}

static inline unsigned next_value(const struct oio_fec *fec, struct search *search) {
  unsigned sum = 0;
  for (uint32_t i = 0; i < search->terms; i++) {
    const unsigned log = search->logs[i], step = search->steps[i];
    sum ^= fec->exp[log];
    search->logs[i] = (uint16_t)(log >= step ? log - step : log + fec->order - step);
  }
  return sum;
}

/* polynomial /= x - root; `degree` is that before. */
static void divide_out(const struct oio_fec *fec, uint16_t *polynomial, unsigned degree, unsigned root) {
  for (unsigned i = degree; i-- > 1;) polynomial[i] ^= (uint16_t)fec_times(fec, polynomial[i + 1], root);
  memmove(polynomial, polynomial + 1, degree * sizeof *polynomial);
}

/* The powers of the roots, highest first: from the highest down, and what is found is divided out; the last root needs no search. */
static bool find_powers(const struct oio_fec *fec, const struct fec_locator *locator, uint32_t symbols, uint16_t *powers) {
  uint16_t polynomial[OIO_FEC_MAX_PARITY / 2 + 1];
  struct search search;
  unsigned degree = locator->degree;
  uint32_t power = symbols;
  for (unsigned i = 0; i <= degree; i++) polynomial[i] = locator->c[degree - i];
  start_search(fec, &search, polynomial, degree, power - 1);
  while (degree > 1) {
    do {
      if (power-- == 0) return false;
    } while (next_value(fec, &search) != 0);
    *powers++ = (uint16_t)power;
    divide_out(fec, polynomial, degree--, fec->exp[power]);
    if (power != 0) start_search(fec, &search, polynomial, degree, power - 1);
  }
  *powers = fec->log[polynomial[0]];
  return *powers < power;
}

bool oio_fec_find_errors(const struct oio_fec *fec, const struct fec_locator *locator, const uint16_t *syndromes, uint32_t symbols,
                         struct oio_fec_error *errors) {
  uint16_t powers[OIO_FEC_MAX_PARITY / 2], evaluator[OIO_FEC_MAX_PARITY / 2];
  const unsigned degree = locator->degree;
  if (!find_powers(fec, locator, symbols, powers)) return false;
  for (unsigned k = 0; k < degree; k++) {
    evaluator[k] = syndromes[k];
    for (unsigned i = 1; i <= k; i++) evaluator[k] ^= (uint16_t)fec_times(fec, locator->c[i], syndromes[k - i]);
  }
  for (unsigned found = 0; found < degree; found++) {
    /* Horner at 1 / X. Forney's value is X * evaluator / derivative; the odd terms of the locator are derivative / X. */
    const unsigned power = powers[found];
    unsigned value = 0, odd = 0;
    for (unsigned k = degree; k-- > 0;) value = fec_over_power(fec, value, power) ^ evaluator[k];
    for (unsigned i = degree + 1; i-- > 0;) odd = fec_over_power(fec, odd, power) ^ (i % 2 != 0 ? locator->c[i] : 0u);
    errors[found] = (struct oio_fec_error){(uint16_t)(symbols - 1 - power), (uint16_t)fec_over(fec, value, odd)};
  }
  return true;
}
