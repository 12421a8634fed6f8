/* SPDX-License-Identifier: Apache-2.0 */
/* The kernel for 512-bit vectors: a register has a row, the remainder of a codeword, its syndromes, or 32 of its symbols. */
#include "fec/fec_state.h"

#ifdef OIO_FEC_HAVE_AVX512
#include <immintrin.h>
#include <string.h>

/* What `supported` tests is what the compiler may use. */
#define TARGET __attribute__((target("avx512f,avx512bw,avx512vl")))
#define INLINE TARGET static inline __attribute__((always_inline))

static bool supported(void) {
  __builtin_cpu_init();
  return __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw") && __builtin_cpu_supports("avx512vl");
}

/* The row whose number in its table is bits 6..10 of `at` from bit `bit` of it on: `at` has byte offsets. */
INLINE __m512i row(const void *rows, uint64_t at, unsigned bit) {
  return _mm512_load_si512((const char *)rows + (uint16_t)(at >> bit));
}

INLINE __m512i xor3(__m512i a, __m512i b, __m512i c) {
  return _mm512_ternarylogic_epi64(a, b, c, 0x96);
}

/* The rows of four symbols, added to `sum`: low and high have the byte offsets of four rows each. */
INLINE __m512i add_rows(__m512i sum, const struct oio_fec *fec, unsigned first, uint64_t low, uint64_t high) {
  for (unsigned i = 0; i < 4; i++) sum = xor3(sum, row(fec->rows[first + i][0], low, 16 * i), row(fec->rows[first + i][1], high, 16 * i));
  return sum;
}

/* remainder * x^8 + next * x^p, modulo the generator. */
INLINE __m512i step(const struct oio_fec *fec, __m128i next, __m512i remainder) {
  const __m128i top = _mm_xor_si128(next, _mm512_castsi512_si128(remainder));
  const __m128i low = _mm_slli_epi16(_mm_and_si128(top, _mm_set1_epi16(FEC_HALF - 1)), 6);
  const __m128i high = _mm_slli_epi16(_mm_srli_epi16(top, 5), 6);
  const __m512i shifted = _mm512_alignr_epi64(_mm512_setzero_si512(), remainder, 2);
  const __m512i first = add_rows(shifted, fec, 0, (uint64_t)_mm_cvtsi128_si64(low), (uint64_t)_mm_cvtsi128_si64(high));
  return xor3(first, _mm512_setzero_si512(),
              add_rows(_mm512_setzero_si512(), fec, 4, (uint64_t)_mm_extract_epi64(low, 1), (uint64_t)_mm_extract_epi64(high, 1)));
}

/* Eight symbols of each way, at `data` in the order of the block, through all remainders. */
INLINE void step_all(const struct oio_fec *fec, const uint16_t *data, __mmask32 some, __m512i by_way, __m512i *remainder,
                     const unsigned ways) {
  const __m512i symbols = _mm512_permutexvar_epi16(by_way, _mm512_maskz_loadu_epi16(some, data));
  remainder[0] = step(fec, _mm512_castsi512_si128(symbols), remainder[0]);
  if (ways > 1) remainder[1] = step(fec, _mm512_extracti32x4_epi32(symbols, 1), remainder[1]);
  if (ways > 2) remainder[2] = step(fec, _mm512_extracti32x4_epi32(symbols, 2), remainder[2]);
  if (ways > 3) remainder[3] = step(fec, _mm512_extracti32x4_epi32(symbols, 3), remainder[3]);
}

/* Groups of 8 * ways symbols, the last one ending with the data; the first begins with zeros, which change nothing. Group symbol i is of
 * way (data_symbols + i) % ways. */
INLINE void all_ways(const struct oio_fec *fec, const uint16_t *data, uint32_t data_symbols, const unsigned ways,
                     uint16_t parity[][FEC_LANES]) {
  const uint32_t group = FEC_STEP * ways, head = data_symbols % group;
  const __mmask32 all = (__mmask32)(((uint64_t)1 << group) - 1);
  uint16_t order[FEC_LANES] = {0}, first[FEC_LANES] = {0};
  for (unsigned way = 0; way < ways; way++)
    for (unsigned i = 0; i < FEC_STEP; i++) order[FEC_STEP * way + i] = (uint16_t)(i * ways + way);
  memcpy(first + group - head, data, head * sizeof *first);
  const __m512i by_way = _mm512_loadu_si512(order);
  __m512i remainder[OIO_FEC_MAX_WAYS];
  for (unsigned way = 0; way < ways; way++) remainder[way] = _mm512_setzero_si512();
  step_all(fec, first, all, by_way, remainder, ways);
  for (uint32_t i = head; i < data_symbols; i += group) step_all(fec, data + i, all, by_way, remainder, ways);
  for (unsigned way = 0; way < ways; way++) _mm512_storeu_si512(parity[(data_symbols + way) % ways], remainder[way]);
}

TARGET static void parity(const struct oio_fec *fec, const uint16_t *data, uint32_t data_symbols, uint32_t ways,
                          uint16_t parity[][FEC_LANES]) {
  switch (ways) {
  case 1:
    all_ways(fec, data, data_symbols, 1, parity);
    break;
  case 2:
    all_ways(fec, data, data_symbols, 2, parity);
    break;
  case 3:
    all_ways(fec, data, data_symbols, 3, parity);
    break;
  default:
    all_ways(fec, data, data_symbols, 4, parity);
    break;
  }
}

/* Horner over the symbols of the remainder, in lane j at a^j. */
TARGET static void syndromes(const struct oio_fec *fec, const uint16_t *remainder, uint16_t *syndromes) {
  const unsigned bits = fec->code.symbol_bits;
  __m512i sum = _mm512_setzero_si512();
  for (uint32_t l = 0; l < fec->parity_symbols; l++) {
    __m512i next = _mm512_set1_epi16((short)remainder[l]);
    for (unsigned bit = 0; bit < bits; bit++) {
      const __mmask32 has = _mm512_test_epi16_mask(sum, _mm512_set1_epi16((short)(1 << bit)));
      next = _mm512_xor_si512(next, _mm512_maskz_loadu_epi16(has, fec->root_bits[bit]));
    }
    sum = next;
  }
  _mm512_storeu_si512(syndromes, sum);
}

/* Each lane times one element, by what it makes of either half of a symbol. */
INLINE __m512i times(__m512i lanes, __m512i low, __m512i high) {
  return _mm512_xor_si512(_mm512_permutexvar_epi16(lanes, low), _mm512_permutexvar_epi16(_mm512_srli_epi16(lanes, 5), high));
}

/* Each lane times the element. Bit b of the number of a lane is set in lanes[b]. */
INLINE __m512i times_element(const struct oio_fec *fec, __m512i lanes, unsigned element) {
  static const __mmask32 numbers[5] = {0xAAAAAAAA, 0xCCCCCCCC, 0xF0F0F0F0, 0xFF00FF00, 0xFFFF0000};
  const uint16_t *powers = &fec->exp[fec->log[element]];
  __m512i low = _mm512_setzero_si512(), high = low;
  for (unsigned bit = 0; bit < 5; bit++) {
    low = _mm512_xor_si512(low, _mm512_maskz_set1_epi16(numbers[bit], (short)powers[bit]));
    high = _mm512_xor_si512(high, _mm512_maskz_set1_epi16(numbers[bit], (short)powers[5 + bit]));
  }
  return times(lanes, low, high);
}

/* The locator backwards, term by term, at the 32 highest powers; then at 32 lower ones, and so on. */
TARGET static bool find_powers(const struct oio_fec *fec, const struct fec_locator *locator, uint32_t symbols, uint16_t *powers) {
  const unsigned degree = locator->degree;
  unsigned found = 0;
  __m512i terms[FEC_TERMS];
  for (unsigned i = 0; i <= degree; i++) {
    const unsigned at_first = fec_times(fec, locator->c[degree - i], fec->exp[i * (symbols - 1) % fec->order]);
    terms[i] = times_element(fec, _mm512_loadu_si512(fec->down[i]), at_first);
  }
  for (uint32_t done = 0; done < symbols && found < degree; done += FEC_LANES) {
    __m512i sum = terms[0];
    for (unsigned i = 1; i <= degree; i++) {
      sum = _mm512_xor_si512(sum, terms[i]);
      terms[i] = times(terms[i], _mm512_loadu_si512(fec->down_all[i][0]), _mm512_loadu_si512(fec->down_all[i][1]));
    }
    uint32_t roots = _mm512_testn_epi16_mask(sum, sum);
    if (symbols - done < FEC_LANES) roots &= (1u << (symbols - done)) - 1;
    for (; roots != 0; roots &= roots - 1) powers[found++] = (uint16_t)(symbols - 1 - done - (uint32_t)__builtin_ctz(roots));
  }
  return found == degree;
}

const struct fec_kernel oio_fec_avx512 = {"avx512", supported, parity, syndromes, find_powers};
#endif
