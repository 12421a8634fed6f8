/* SPDX-License-Identifier: Apache-2.0 */
/* The portable kernel: eight symbols of a codeword at a time. */
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

void oio_fec_parity_portable(const struct oio_fec *fec, const uint16_t *data, uint32_t data_symbols, uint32_t ways,
                             uint16_t parity[][FEC_LANES]) {
  for (uint32_t way = 0; way < ways; way++) one_way(fec, data + way, oio_fec_symbols_of(data_symbols, ways, way), ways, parity[way]);
}
