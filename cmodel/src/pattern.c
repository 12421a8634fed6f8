/* SPDX-License-Identifier: Apache-2.0 */
/* The bytes that stand for a message's: word k (little-endian) is a mix of (seed, id, k), so that any piece can be made and checked alone. */
#include "oio/die.h"
#include "oio/rng.h"

#include <string.h>

static uint64_t key_of(uint64_t seed, uint64_t id) { return oio_mix64(seed ^ oio_mix64(id)); }

static uint64_t word(uint64_t key, uint64_t k) {
  uint64_t w = key + k * 0x9E3779B97F4A7C15u;
  w ^= w >> 31;
  w *= 0xD6E8FEB86659FD93u;
  return w ^ (w >> 32);
}

static void store_le(uint8_t *out, uint64_t w) {
#if defined(__BYTE_ORDER__) && __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__
  memcpy(out, &w, sizeof w);
#else
  for (int i = 0; i < 8; i++) out[i] = (uint8_t)(w >> (8 * i));
#endif
}

/* Bytes [skip, skip + nbytes) of one word. */
static void partial(uint64_t w, size_t skip, uint8_t *out, size_t nbytes) {
  uint8_t bytes[8];
  store_le(bytes, w);
  memcpy(out, bytes + skip, nbytes);
}

void oio_pattern_fill(uint64_t seed, uint64_t id, uint64_t offset, uint8_t *out, size_t out_nbytes) {
  const uint64_t key = key_of(seed, id);
  uint64_t k = offset / 8;
  const size_t skip = offset % 8;
  if (skip != 0) {
    const size_t head = out_nbytes < 8 - skip ? out_nbytes : 8 - skip;
    partial(word(key, k++), skip, out, head);
    out += head;
    out_nbytes -= head;
  }
  for (; out_nbytes >= 8; out_nbytes -= 8, out += 8) store_le(out, word(key, k++));
  if (out_nbytes > 0) partial(word(key, k), 0, out, out_nbytes);
}

bool oio_pattern_matches(uint64_t seed, uint64_t id, uint64_t offset, const uint8_t *in, size_t in_nbytes) {
  uint8_t expected[OIO_SEGMENT_BYTES_MAX];
  while (in_nbytes > 0) {
    const size_t n = in_nbytes < sizeof expected ? in_nbytes : sizeof expected;
    oio_pattern_fill(seed, id, offset, expected, n);
    if (memcmp(in, expected, n) != 0) return false;
    in += n;
    offset += n;
    in_nbytes -= n;
  }
  return true;
}
