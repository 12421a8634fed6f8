/* SPDX-License-Identifier: Apache-2.0 */
/* The kernel for any processor. */
#include <string.h>

#include "fec/fec_state.h"

enum { CHUNKS = FEC_LANES / 8 };
typedef uint16_t lanes8 __attribute__((vector_size(16)));

/* remainder * x^8 + next * x^p, modulo the generator: `next` are eight symbols, the remainder is of the `chunks` chunks in use. */
static inline void step(const struct oio_fec *fec, lanes8 next, lanes8 *remainder, unsigned chunks) {
  const lanes8 *low[FEC_STEP], *high[FEC_STEP];
  next ^= remainder[0];
  for (unsigned i = 0; i < FEC_STEP; i++) {
    low[i] = (const lanes8 *)(const void *)fec->rows[i][0][next[i] % FEC_HALF];
    high[i] = (const lanes8 *)(const void *)fec->rows[i][1][next[i] / FEC_HALF];
  }
  for (unsigned c = 0; c < chunks; c++) {
    lanes8 sum = remainder[c + 1]; /* beyond the chunks in use: zeros */
    for (unsigned i = 0; i < FEC_STEP; i++) sum ^= low[i][c] ^ high[i][c];
    remainder[c] = sum;
  }
}

/* Leading zeros change nothing, so the first step has as many as make the rest a multiple of eight. */
static void one_way(const struct oio_fec *fec, const uint16_t *data, uint32_t symbols, uint32_t stride, uint16_t *parity) {
  const unsigned chunks = (fec->parity_symbols + 7) / 8;
  lanes8 remainder[CHUNKS + 1] = {{0}};
  for (uint32_t next = symbols % FEC_STEP; next <= symbols; next += FEC_STEP) {
    lanes8 symbols8 = {0};
    for (uint32_t i = next < FEC_STEP ? FEC_STEP - next : 0; i < FEC_STEP; i++) symbols8[i] = data[(size_t)(next + i - FEC_STEP) * stride];
    step(fec, symbols8, remainder, chunks);
  }
  memcpy(parity, remainder, FEC_LANES * sizeof *parity);
}

static void parity(const struct oio_fec *fec, const uint16_t *data, uint32_t data_symbols, uint32_t ways, uint16_t parity[][FEC_LANES]) {
  for (uint32_t way = 0; way < ways; way++) one_way(fec, data + way, oio_fec_symbols_of(data_symbols, ways, way), ways, parity[way]);
}

static void syndromes(const struct oio_fec *fec, const uint16_t *remainder, uint16_t *syndromes) {
  memset(syndromes, 0, FEC_LANES * sizeof *syndromes);
  for (uint32_t l = 0; l < fec->parity_symbols; l++)
    for (uint32_t j = 0; j < fec->parity_symbols; j++) syndromes[j] = (uint16_t)(fec->exp[fec->log[syndromes[j]] + j] ^ remainder[l]);
}

/* h *= x modulo the reversed locator. */
static void times_x(const struct oio_fec *fec, const struct fec_locator *locator, uint16_t *h) {
  const unsigned degree = locator->degree, top = h[degree - 1];
  for (unsigned i = degree - 1; i > 0; i--) h[i] = (uint16_t)(h[i - 1] ^ fec_times(fec, top, locator->c[degree - i]));
  h[0] = (uint16_t)fec_times(fec, top, locator->c[degree]);
}

/* The product of all (x - X) over elements of the field, each once, divides x^(2^m) - x, and nothing else does. */
static bool splits(const struct oio_fec *fec, const struct fec_locator *locator) {
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
  if (!splits(fec, locator)) return false;
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

static bool always(void) {
  return true;
}

const struct fec_kernel oio_fec_portable = {"portable", always, parity, syndromes, find_powers};
