/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The x86-64 kernels, by carry-less multiplication.
 *
 * Word i of a message (64 bits, bit 0 the highest coefficient) stands at x^(960 - 64i), so with k[i] = x^(976 - 64i) mod P the sum
 * V of all word * k[i] is M x^16 modulo P. All products are independent: no chain of folds, and V has only 80 coefficients. k[i] is
 * stored with its constant term in bit 16, which puts the coefficients of x^79 .. x^16 in the low word of V and x^15 .. x^0 above it.
 *
 * Barrett: the quotient of V by P is the high half of (low word of V) * floor(x^79 / P), with no error term, as polynomials do not
 * carry. Of quotient * P only the coefficients below x^16 are wanted; they come from the quotient's lowest 16 by three shifts.
 */
#include "flit/crc16_kernels.h"

#ifdef OIO_CRC16_HAVE_CLMUL
#include <immintrin.h>

#define MESSAGE_WORDS (OIO_CRC16_MESSAGE_BYTES / 8)
/* What `supported` tests is what the compiler may use. */
#define VPCLMUL_TARGET __attribute__((target("avx512f,avx512bw,vpclmulqdq,pclmul,gfni")))
#define PCLMUL_TARGET __attribute__((target("sse2,pclmul")))

static const uint64_t k[MESSAGE_WORDS] __attribute__((aligned(64))) = {
    0x14CC2, 0x1A674, 0x0BCAC, 0x19B6E, 0x1AC00, 0x1C462, 0x1D33E, 0x1B0C2, /* x^976, x^912, ... modulo P */
    0x0BFFA, 0x1AD6E, 0x186AE, 0x1EC02, 0x1D55E, 0x1D0C2, 0x18CC2, 0x14002, /* ..., x^16 */
};
static const uint64_t barrett = 0xF0FFEBFFCFFFBFFF;          /* floor(x^79 / P) */
static const uint64_t reverse_in_bytes = 0x8040201008040201; /* the matrix of GF2P8AFFINEQB that reverses the bits of each byte */

bool oio_crc16_vpclmul_supported(void) {
  __builtin_cpu_init();
  return __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw") && __builtin_cpu_supports("vpclmulqdq") &&
         __builtin_cpu_supports("gfni");
}

VPCLMUL_TARGET static inline __m512i xor3(__m512i a, __m512i b, __m512i c) {
  return _mm512_ternarylogic_epi64(a, b, c, 0x96);
}

/* V of one message, as the sum of four 128-bit lanes. */
VPCLMUL_TARGET static inline __m512i weigh(const uint8_t *in, const uint64_t keep[2]) {
  const __m512i k0 = _mm512_load_si512(k), k1 = _mm512_load_si512(k + 8);
  const __m512i w0 = _mm512_loadu_si512(in), all1 = _mm512_loadu_si512(in + 64);
  const __m512i kept = _mm512_broadcast_i32x4(_mm_loadu_si128((const __m128i *)(const void *)keep));
  const __m512i w1 = _mm512_mask_and_epi64(all1, 0xC0, all1, kept); /* of the last two words */
  const __m512i sum =
      xor3(_mm512_clmulepi64_epi128(w0, k0, 0x00), _mm512_clmulepi64_epi128(w0, k0, 0x11), _mm512_clmulepi64_epi128(w1, k1, 0x00));
  return _mm512_xor_si512(sum, _mm512_clmulepi64_epi128(w1, k1, 0x11));
}

VPCLMUL_TARGET uint32_t oio_crc16_vpclmul_pair(const uint8_t *in, const uint64_t keep[4]) {
  const __m512i v0 = weigh(in, keep), v1 = weigh(in + OIO_CRC16_MESSAGE_BYTES, keep + 2);
  /* Two sums of four lanes become one of each, in lanes 0 and 2. */
  __m512i v = _mm512_xor_si512(_mm512_shuffle_i64x2(v0, v1, 0x44), _mm512_shuffle_i64x2(v0, v1, 0xEE));
  v = _mm512_xor_si512(v, _mm512_shuffle_i64x2(v, v, 0xB1));
  const __m512i quotient = _mm512_srli_epi64(_mm512_clmulepi64_epi128(v, _mm512_set1_epi64((long long)barrett), 0x00), 48);
  const __m512i remainder =
      _mm512_xor_si512(xor3(_mm512_bsrli_epi128(v, 8), quotient, _mm512_srli_epi64(quotient, 2)), _mm512_srli_epi64(quotient, 15));
  /* The bits are in the order of arrival, 15 to 0; second below first, so that reversing all 32 puts both right. */
  const __m128i both = _mm_unpacklo_epi16(_mm512_extracti32x4_epi32(remainder, 2), _mm512_castsi512_si128(remainder));
  const __m128i reversed = _mm_gf2p8affine_epi64_epi8(both, _mm_set1_epi64x((long long)reverse_in_bytes), 0);
  return __builtin_bswap32((uint32_t)_mm_cvtsi128_si32(reversed));
}

bool oio_crc16_pclmul_supported(void) {
  __builtin_cpu_init();
  return __builtin_cpu_supports("pclmul");
}

/* One message; the bits of the CRC in the order of arrival, 15 to 0. */
PCLMUL_TARGET static inline uint32_t reflected_crc(const uint8_t *in, const uint64_t keep[2]) {
  __m128i v = _mm_setzero_si128();
  for (int i = 0; i < MESSAGE_WORDS; i += 2) {
    __m128i words = _mm_loadu_si128((const __m128i *)(const void *)(in + 8 * i));
    if (i == MESSAGE_WORDS - 2) words = _mm_and_si128(words, _mm_loadu_si128((const __m128i *)(const void *)keep));
    const __m128i ks = _mm_load_si128((const __m128i *)(const void *)(k + i));
    const __m128i products = _mm_xor_si128(_mm_clmulepi64_si128(words, ks, 0x00), _mm_clmulepi64_si128(words, ks, 0x11));
    v = _mm_xor_si128(v, products);
  }
  const __m128i product = _mm_clmulepi64_si128(v, _mm_set1_epi64x((long long)barrett), 0x00);
  const uint64_t quotient = (uint64_t)_mm_cvtsi128_si64(product) >> 48;
  const uint64_t low = (uint64_t)_mm_cvtsi128_si64(_mm_unpackhi_epi64(v, v));
  return (uint32_t)(low ^ quotient ^ quotient >> 2 ^ quotient >> 15);
}

static inline uint32_t reverse32(uint32_t n) {
  n = (n >> 1 & 0x55555555u) | (n & 0x55555555u) << 1;
  n = (n >> 2 & 0x33333333u) | (n & 0x33333333u) << 2;
  n = (n >> 4 & 0x0F0F0F0Fu) | (n & 0x0F0F0F0Fu) << 4;
  return __builtin_bswap32(n);
}

PCLMUL_TARGET uint32_t oio_crc16_pclmul_pair(const uint8_t *in, const uint64_t keep[4]) {
  return reverse32(reflected_crc(in, keep) << 16 | reflected_crc(in + OIO_CRC16_MESSAGE_BYTES, keep + 2));
}
#endif
