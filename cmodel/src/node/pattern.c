/* SPDX-License-Identifier: Apache-2.0 */
/* The bytes that stand for a message's: word k (little-endian) is a function of (seed, id, k), so that any piece can be made and checked
 * alone. It need not be random, only another for every message and place, with all its bits changing from word to word: a number of the
 * message's own, the multiples of an odd one added, and the upper half, which changes least regularly, laid over the lower. That is cheap
 * without wide multiplications, and compilers make vectors of it on any processor. */
#include "base/little_endian.h"
#include "oio/die.h"
#include "oio/rng.h"

#include <string.h>

#define STEP 0x9E3779B97F4A7C15u

static uint64_t key_of(uint64_t seed, uint64_t id) {
  return oio_mix64(seed + id * STEP);
}

static inline uint64_t folded(uint64_t w) {
  return w ^ w >> 32;
}

static uint64_t word(uint64_t key, uint64_t k) {
  return folded(key + k * STEP);
}

/* Words k .. k + words - 1, written out, and held against what is there: 0 when it is they. */
static inline void fill(uint64_t key, uint64_t k, uint8_t *out, size_t words) {
  uint64_t w = key + k * STEP;
  for (size_t i = 0; i < words; i++, w += STEP) oio_store_le64(out + 8 * i, folded(w));
}

static inline uint64_t differ(uint64_t key, uint64_t k, const uint8_t *in, size_t words) {
  uint64_t w = key + k * STEP, difference = 0;
  for (size_t i = 0; i < words; i++, w += STEP) difference |= folded(w) ^ oio_load_le64(in + 8 * i);
  return difference;
}

#if defined(__x86_64__) && defined(__GNUC__)
/* The same once more for processors with vectors of four words: the compiler does the rest. */
#define WIDE_TARGET __attribute__((target("avx2")))
static bool wide(void) {
  return __builtin_cpu_supports("avx2");
}
#else
#define WIDE_TARGET
static bool wide(void) {
  return false;
}
#endif

WIDE_TARGET static void fill_wide(uint64_t key, uint64_t k, uint8_t *out, size_t words) {
  fill(key, k, out, words);
}
WIDE_TARGET static uint64_t differ_wide(uint64_t key, uint64_t k, const uint8_t *in, size_t words) {
  return differ(key, k, in, words);
}

/* Bytes [skip, skip + nbytes) of word k. */
static void partial(uint64_t key, uint64_t k, size_t skip, uint8_t *out, size_t nbytes) {
  uint8_t bytes[8];
  oio_store_le64(bytes, word(key, k));
  memcpy(out, bytes + skip, nbytes);
}

/* How many of nbytes bytes from `offset` on stand before the first whole word. */
static size_t head_of(uint64_t offset, size_t nbytes) {
  const size_t head = -offset % 8;
  return head < nbytes ? head : nbytes;
}

void oio_pattern_fill(uint64_t seed, uint64_t id, uint64_t offset, uint8_t *out, size_t out_nbytes) {
  const uint64_t key = key_of(seed, id);
  const size_t head = head_of(offset, out_nbytes);
  if (head > 0) partial(key, offset / 8, offset % 8, out, head);
  const uint64_t k = (offset + head) / 8;
  const size_t words = (out_nbytes - head) / 8, tail = (out_nbytes - head) % 8;
  if (wide()) {
    fill_wide(key, k, out + head, words);
  } else {
    fill(key, k, out + head, words);
  }
  if (tail > 0) partial(key, k + words, 0, out + out_nbytes - tail, tail);
}

bool oio_pattern_matches(uint64_t seed, uint64_t id, uint64_t offset, const uint8_t *in, size_t in_nbytes) {
  const uint64_t key = key_of(seed, id);
  const size_t head = head_of(offset, in_nbytes);
  const uint64_t k = (offset + head) / 8;
  const size_t words = (in_nbytes - head) / 8, tail = (in_nbytes - head) % 8;
  uint8_t expected[8];
  if ((wide() ? differ_wide : differ)(key, k, in + head, words) != 0) return false;
  if (head > 0) partial(key, offset / 8, offset % 8, expected, head);
  if (head > 0 && memcmp(in, expected, head) != 0) return false;
  if (tail > 0) partial(key, k + words, 0, expected, tail);
  return tail == 0 || memcmp(in + in_nbytes - tail, expected, tail) == 0;
}
