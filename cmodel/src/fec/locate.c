/* SPDX-License-Identifier: Apache-2.0 */
/*
 * From syndromes to errors: Berlekamp and Massey, then Forney.
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

/* Forney: the value of an error is X * evaluator / derivative at 1 / X; the odd terms of the locator are derivative / X. By Horner, a
 * coefficient of all errors at a time, so that none waits for another. */
static void find_values(const struct oio_fec *fec, const struct fec_locator *locator, const uint16_t *evaluator, const uint16_t *powers,
                        struct oio_fec_error *errors) {
  const unsigned degree = locator->degree;
  uint16_t value[OIO_FEC_MAX_PARITY / 2] = {0}, odd[OIO_FEC_MAX_PARITY / 2] = {0};
  for (unsigned k = degree + 1; k-- > 0;) {
    const unsigned of_value = k < degree ? evaluator[k] : 0, of_odd = k % 2 != 0 ? locator->c[k] : 0;
    for (unsigned i = 0; i < degree; i++) {
      value[i] = (uint16_t)(fec_over_power(fec, value[i], powers[i]) ^ of_value);
      odd[i] = (uint16_t)(fec_over_power(fec, odd[i], powers[i]) ^ of_odd);
    }
  }
  for (unsigned i = 0; i < degree; i++) errors[i].value = (uint16_t)fec_over(fec, value[i], odd[i]);
}

bool oio_fec_find_errors(const struct oio_fec *fec, const struct fec_locator *locator, const uint16_t *syndromes, uint32_t symbols,
                         struct oio_fec_error *errors) {
  uint16_t powers[OIO_FEC_MAX_PARITY / 2], evaluator[OIO_FEC_MAX_PARITY / 2];
  const unsigned degree = locator->degree;
  if (!fec->kernel->powers(fec, locator, symbols, powers)) return false;
  for (unsigned k = 0; k < degree; k++) {
    evaluator[k] = syndromes[k];
    for (unsigned i = 1; i <= k; i++) evaluator[k] ^= (uint16_t)fec_times(fec, locator->c[i], syndromes[k - i]);
  }
  find_values(fec, locator, evaluator, powers, errors);
  for (unsigned i = 0; i < degree; i++) errors[i].symbol = (uint16_t)(symbols - 1 - powers[i]);
  return true;
}
