/* SPDX-License-Identifier: Apache-2.0 */
/** Looks at 64 characters at a time; with SSE2 where the machine has it. WAVE_PORTABLE: never (for tests). */
#ifndef WAVE_VCD_SCAN_H
#define WAVE_VCD_SCAN_H

#include "vcd_internal.h"

#if defined(__SSE2__) && !defined(WAVE_PORTABLE)
#include <emmintrin.h>
#endif

/* What the first character of a word says. */
enum vcd_word { VCD_WORD_OTHER, VCD_WORD_SCALAR, VCD_WORD_VECTOR /* its id follows */, VCD_WORD_TIME };
#define S VCD_WORD_SCALAR
#define V VCD_WORD_VECTOR
static const uint8_t vcd_words[256] = {
    ['0'] = S,
    ['1'] = S,
    ['x'] = S,
    ['X'] = S,
    ['z'] = S,
    ['Z'] = S,
    ['h'] = S,
    ['H'] = S,
    ['u'] = S,
    ['U'] = S,
    ['w'] = S,
    ['W'] = S,
    ['l'] = S,
    ['L'] = S,
    ['-'] = S,
    ['?'] = S,
    ['b'] = V,
    ['B'] = V,
    ['r'] = V,
    ['R'] = V,
    ['s'] = V,
    ['S'] = V,
    ['#'] = VCD_WORD_TIME,
};
#undef S
#undef V

/* Of 64 characters: which are not 0 or 1, and the digits; the first character is bit 0. */
static inline void look_at_64(const uint8_t *at, uint64_t *others, uint64_t *digits) {
#if defined(__SSE2__) && !defined(WAVE_PORTABLE)
  const __m128i zero = _mm_set1_epi8('0'), one = _mm_set1_epi8('1');
  uint64_t zeros[4], ones[4];
  for (int i = 0; i < 4; i++) {
    __m128i text = _mm_loadu_si128((const __m128i *)(const void *)(at + 16 * i));
    zeros[i] = (uint32_t)_mm_movemask_epi8(_mm_cmpeq_epi8(text, zero));
    ones[i] = (uint32_t)_mm_movemask_epi8(_mm_cmpeq_epi8(text, one));
  }
  *digits = ones[0] | ones[1] << 16 | ones[2] << 32 | ones[3] << 48;
  *others = ~(*digits | zeros[0] | zeros[1] << 16 | zeros[2] << 32 | zeros[3] << 48);
#else
  *others = 0;
  *digits = 0;
  for (int i = 0; i < 8; i++) {
    uint64_t text = vcd_load(at + 8 * i), off = (text & 0xfefefefefefefefeu) ^ 0x3030303030303030u;
    off = (((off & 0x7f7f7f7f7f7f7f7fu) + 0x7f7f7f7f7f7f7f7fu) | off) & 0x8080808080808080u;
    *others |= (((off >> 7) * 0x0102040810204080u) >> 56) << 8 * i;
    *digits |= (((text & 0x0101010101010101u) * 0x0102040810204080u) >> 56) << 8 * i;
  }
#endif
}

/* Of 64 characters: which are blanks, 0x20 or lower; the first character is bit 0. */
static inline uint64_t blanks_of_64(const uint8_t *at) {
  uint64_t blanks = 0;
#if defined(__SSE2__) && !defined(WAVE_PORTABLE)
  const __m128i space = _mm_set1_epi8(' ');
  for (int i = 0; i < 4; i++) {
    __m128i text = _mm_loadu_si128((const __m128i *)(const void *)(at + 16 * i));
    blanks |= (uint64_t)(uint32_t)_mm_movemask_epi8(_mm_cmpeq_epi8(_mm_min_epu8(text, space), text)) << 16 * i;
  }
#else
  for (int i = 0; i < 8; i++) {
    /* Without a carry between bytes, so that each is right. */
    uint64_t text = vcd_load(at + 8 * i), low = (text & 0x7f7f7f7f7f7f7f7fu) + 0x5f5f5f5f5f5f5f5fu;
    uint64_t found = ~(low | text) & 0x8080808080808080u;
    blanks |= (((found >> 7) * 0x0102040810204080u) >> 56) << 8 * i;
  }
#endif
  return blanks;
}

#endif
