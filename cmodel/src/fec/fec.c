/* SPDX-License-Identifier: Apache-2.0 */
/* The table of codes, and what is made ready of one: the field, the generator, and the rows that divide by it. */
#include "oio/fec.h"

#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "base/precondition.h"
#include "fec/fec_state.h"

static const struct oio_fec_code codes[] = {
    {"kp4", 0x409, 10, 15, 544, 514}, {"kr4", 0x409, 10, 7, 528, 514}, {"ll", 0x409, 10, 7, 272, 258},
    {"flit", 0x11D, 8, 1, 86, 84},    {"rs15", 0x13, 4, 2, 15, 11},
};

const struct oio_fec_code *oio_fec_codes(size_t *count) {
  *count = sizeof codes / sizeof codes[0];
  return codes;
}

const struct oio_fec_code *oio_fec_code_named(const char *name) {
  for (size_t i = 0; i < sizeof codes / sizeof codes[0]; i++)
    if (strcmp(codes[i].name, name) == 0) return &codes[i];
  return NULL;
}

static const struct fec_kernel *const kernels[] = {
#ifdef OIO_FEC_HAVE_AVX512
    &oio_fec_avx512,
#endif
    &oio_fec_portable,
};

static const struct fec_kernel *kernel_at(size_t index) {
  for (size_t i = 0; i < sizeof kernels / sizeof kernels[0]; i++) {
    if (kernels[i]->supported() && index-- == 0) return kernels[i];
  }
  return NULL;
}

const char *oio_fec_kernel(size_t index) {
  const struct fec_kernel *kernel = kernel_at(index);
  return kernel == NULL ? NULL : kernel->name;
}

static const struct fec_kernel *kernel_named(const char *name) {
  const struct fec_kernel *kernel = kernel_at(0);
  for (size_t i = 1; name != NULL && kernel != NULL && strcmp(kernel->name, name) != 0; i++) kernel = kernel_at(i);
  return kernel;
}

static enum oio_status check(const struct oio_fec_code *c, struct oio_error *error) {
  if (c->symbol_bits < 3 || c->symbol_bits > OIO_FEC_MAX_SYMBOL_BITS || c->field >> c->symbol_bits != 1) {
    return oio_error_set(error, OIO_ERR_CONFIG,
                         "code %s: symbols of %u bits with the field 0x%X; use 3..10 bits and a polynomial of that degree", c->name,
                         c->symbol_bits, c->field);
  }
  if (c->symbols >> c->symbol_bits != 0 || c->data_symbols < 1 || c->data_symbols >= c->symbols ||
      c->symbols - c->data_symbols > OIO_FEC_MAX_PARITY) {
    return oio_error_set(error, OIO_ERR_CONFIG, "code %s: %u symbols, %u of them data; use at most %u, and 1..%d of parity", c->name,
                         c->symbols, c->data_symbols, (1u << c->symbol_bits) - 1, OIO_FEC_MAX_PARITY);
  }
  if (2 * c->correctable_symbols > c->symbols - c->data_symbols) {
    return oio_error_set(error, OIO_ERR_CONFIG, "code %s: cannot correct %u symbols with %d of parity; use half as many at most", c->name,
                         c->correctable_symbols, c->symbols - c->data_symbols);
  }
  return OIO_OK;
}

/* False unless the powers of a are all elements but 0, that is, unless the polynomial is primitive. */
static bool fill_field(struct oio_fec *fec) {
  fec->order = (1u << fec->code.symbol_bits) - 1;
  unsigned power = 1;
  for (unsigned i = 0; i < fec->order; i++) {
    if (i != 0 && power == 1) return false;
    fec->exp[i] = fec->exp[i + fec->order] = (uint16_t)power;
    fec->log[power] = (uint16_t)i;
    power = power << 1 ^ (power >> (fec->code.symbol_bits - 1)) * fec->code.field;
  }
  fec->log[0] = (uint16_t)(2 * fec->order);
  return power == 1;
}

/* remainder = remainder * x modulo the generator, whose coefficients below x^p are `low`. Lane l is the coefficient of x^(p-1-l). */
static void times_x(const struct oio_fec *fec, const uint16_t *low, uint16_t *remainder) {
  const unsigned top = remainder[0];
  for (unsigned l = 0; l < fec->parity_symbols; l++) {
    const unsigned next = l + 1 < fec->parity_symbols ? remainder[l + 1] : 0;
    remainder[l] = (uint16_t)(next ^ fec_times(fec, top, low[l]));
  }
}

/* Multiplies out (x - 1)(x - a)(x - a^2) ...; the leading 1 falls off the front. */
static void fill_generator(const struct oio_fec *fec, uint16_t *low) {
  uint16_t product[FEC_LANES + 1] = {1};
  for (unsigned j = 0; j < fec->parity_symbols; j++)
    for (unsigned l = j + 1; l > 0; l--) product[l] ^= (uint16_t)fec_times(fec, product[l - 1], fec->exp[j]);
  memcpy(low, product + 1, FEC_LANES * sizeof *low);
}

static void fill_rows(struct oio_fec *fec) {
  uint16_t low[FEC_LANES], remainder[FEC_LANES];
  fill_generator(fec, low);
  memcpy(remainder, low, sizeof remainder); /* x^p */
  for (unsigned i = FEC_STEP; i-- > 0; times_x(fec, low, remainder)) {
    for (unsigned v = 0; v < FEC_HALF; v++) {
      for (unsigned l = 0; l < fec->parity_symbols; l++) {
        fec->rows[i][0][v][l] = (uint16_t)(v <= fec->order ? fec_times(fec, v, remainder[l]) : 0);
        fec->rows[i][1][v][l] = (uint16_t)(v * FEC_HALF <= fec->order ? fec_times(fec, v * FEC_HALF, remainder[l]) : 0);
      }
    }
  }
}

/* What a vector of lanes is multiplied by. */
static void fill_powers(struct oio_fec *fec) {
  const unsigned order = fec->order;
  for (unsigned l = 0; l < FEC_LANES; l++) {
    for (unsigned bit = 0; bit < fec->code.symbol_bits; bit++) fec->root_bits[bit][l] = fec->exp[(l + bit) % order];
    for (unsigned i = 0; i < FEC_TERMS; i++) {
      const unsigned all = fec->exp[order - i * FEC_LANES % order];
      fec->down[i][l] = fec->exp[order - i * l % order];
      fec->down_all[i][0][l] = (uint16_t)(l <= order ? fec_times(fec, l, all) : 0);
      fec->down_all[i][1][l] = (uint16_t)(l * FEC_HALF <= order ? fec_times(fec, l * FEC_HALF, all) : 0);
    }
  }
}

enum oio_status oio_fec_create(struct oio_fec **fec, const struct oio_fec_code *code, const char *kernel, struct oio_error *error) {
  const struct fec_kernel *chosen = kernel_named(kernel);
  if (chosen == NULL) {
    return oio_error_set(error, OIO_ERR_CONFIG, "code %s: this processor has no kernel \"%s\"; use \"portable\", or none for the best",
                         code->name, kernel);
  }
  const enum oio_status status = check(code, error);
  if (status != OIO_OK) return status;
  struct oio_fec *made = aligned_alloc(64, (sizeof *made + 63) / 64 * 64);
  if (made == NULL) return oio_error_set(error, OIO_ERR_NOMEM, "code %s: no memory for its tables", code->name);
  memset(made, 0, sizeof *made);
  made->code = *code;
  made->parity_symbols = (uint32_t)(code->symbols - code->data_symbols);
  made->kernel = chosen;
  if (!fill_field(made)) {
    oio_fec_destroy(made);
    return oio_error_set(error, OIO_ERR_CONFIG, "code %s: the polynomial 0x%X is not primitive; use one that is, such as 0x409 for 10 bits",
                         code->name, code->field);
  }
  fill_rows(made);
  fill_powers(made);
  *fec = made;
  return OIO_OK;
}

void oio_fec_memory(const struct oio_fec *fec, struct oio_memory *memory) {
  oio_memory_add(memory, sizeof *fec);
}

void oio_fec_destroy(struct oio_fec *fec) {
  free(fec);
}

const struct oio_fec_code *oio_fec_code_of(const struct oio_fec *fec) {
  return &fec->code;
}
