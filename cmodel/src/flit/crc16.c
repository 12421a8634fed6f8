/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The portable kernel, by shifts and XORs alone.
 *
 * The message M is a polynomial over GF(2) of 1024 coefficients, the first bit that of x^1023; the CRC is M x^16 mod P.
 * P = x^16 + x^15 + x^2 + 1 = (x + 1) Q with Q = x^15 + x + 1, so that the CRC is known from its residues modulo x + 1 and modulo Q.
 * The first is the parity of M. For the second, squaring a polynomial over GF(2) spreads its exponents:
 *
 *     Q^m = x^15m + x^m + 1    for m = 64, 32, 16, ..., 1,    hence    x^15m = x^m + 1    modulo Q^m and modulo Q.
 *
 * A polynomial of 30m coefficients, H x^15m + L, becomes H x^m + H + L of 16m; the m excess ones go the same way, and we do them
 * first. 1024 coefficients thus become 960 = 15 * 64 (m = 64), then 480, 240, ..., 30, 15. At the end x^16 = x (x + 1) modulo Q, and
 *
 *     CRC = s + Q (s(1) + M(1))    where s = M x^16 mod Q,    as Q(1) = 1.
 *
 * Bit 0 of a little-endian integer holds the highest coefficient, the way the bits arrive. Two messages go through together: first as
 * the two elements of a vector, then as the two "lanes" of 32 bits of one word.
 */
#include "oio/crc16.h"

#include <stdatomic.h>
#include <string.h>

#include "base/precondition.h"
#include "flit/crc16_kernels.h"

#define MESSAGE_BITS (8 * OIO_CRC16_MESSAGE_BYTES)
#define MESSAGE_WORDS (MESSAGE_BITS / 64)
#define POLYNOMIAL 0x8005u
#define Q_POLYNOMIAL 0x8003u
#define BOTH_LANES(x) ((uint64_t)(x) << 32 | (x))

/* A word of each of two messages. */
typedef uint64_t two_words __attribute__((vector_size(16)));

static inline uint64_t load_le64(const uint8_t *p) {
  return (uint64_t)p[0] | (uint64_t)p[1] << 8 | (uint64_t)p[2] << 16 | (uint64_t)p[3] << 24 | (uint64_t)p[4] << 32 | (uint64_t)p[5] << 40 |
         (uint64_t)p[6] << 48 | (uint64_t)p[7] << 56;
}

static inline uint64_t low_bits(unsigned bits) {
  return ((uint64_t)1 << bits) - 1;
}

/* The 64 bits of n that begin at `bit`, which is no multiple of 64. */
static inline two_words bits_at(const two_words *n, unsigned bit) {
  return n[bit / 64] >> bit % 64 | n[bit / 64 + 1] << (64 - bit % 64);
}

/* 30m bits at n become 15m at out, for m = 32, 16, 8; a word of zeros follows either. */
static inline void fold(two_words *out, two_words *n, unsigned m) {
  const unsigned last = 15 * m / 64;
  n[14 * m / 64] ^= (n[0] & low_bits(m)) << 14 * m % 64;
  for (unsigned i = 0; i <= last; i++) out[i] = bits_at(n, 64 * i + 15 * m);
  n[last] &= low_bits(15 * m % 64);
  for (unsigned i = 0; i < last; i++) out[i] ^= n[i] ^ bits_at(n, 64 * i + m);
  out[last] ^= n[last] ^ n[last] >> m;
  out[last + 1] = (two_words){0, 0};
}

/* 60 bits become 30 (m = 2). */
static inline two_words fold_60(two_words n) {
  n ^= (n & 3u) << 28;
  const two_words high = n & low_bits(30);
  return high ^ high >> 2 ^ n >> 30;
}

/* Reduces two messages modulo Q^2 to 30 bits each; *parity receives 64 bits each that have the parity of the message. */
static inline two_words reduce(const uint8_t *in, const uint64_t keep[4], two_words *parity) {
  two_words n[MESSAGE_WORDS + 1], n480[9], n240[5], n120[3];
  *parity = (two_words){0, 0};
  for (unsigned i = 0; i < MESSAGE_WORDS; i++) {
    n[i] = (two_words){load_le64(in + 8 * i), load_le64(in + OIO_CRC16_MESSAGE_BYTES + 8 * i)};
    if (i >= MESSAGE_WORDS - 2) n[i] &= (two_words){keep[i % 2], keep[2 + i % 2]};
    *parity ^= n[i];
  }
  n[MESSAGE_WORDS] = (two_words){0, 0};
  n[MESSAGE_WORDS - 2] ^= n[0];
  n[MESSAGE_WORDS - 1] ^= n[0];
  fold(n480, n + 1, 32);
  fold(n240, n480, 16);
  fold(n120, n240, 8);
  n120[0] ^= (n120[0] & 15u) << 56; /* m = 4: 60 bits are one word */
  const two_words high = n120[0] & low_bits(60);
  return fold_60(high ^ high >> 4 ^ bits_at(n120, 60));
}

static inline uint64_t swap_bits(uint64_t n, unsigned distance, uint64_t mask) {
  return (n >> distance & mask) | (n & mask) << distance;
}

/* Reverses the low 16 bits of each lane. */
static inline uint64_t reverse_lanes(uint64_t n) {
  n = swap_bits(n, 8, BOTH_LANES(0x00FFu));
  n = swap_bits(n, 4, BOTH_LANES(0x0F0Fu));
  n = swap_bits(n, 2, BOTH_LANES(0x3333u));
  return swap_bits(n, 1, BOTH_LANES(0x5555u));
}

/* Multiplies by x modulo Q, the lowest coefficient in bit 0. */
static inline uint64_t times_x(uint64_t n) {
  return n << 1 ^ (n >> 14 & BOTH_LANES(1u)) * Q_POLYNOMIAL;
}

static inline uint64_t parity_of_lanes(uint64_t n) {
  for (unsigned distance = 16; distance != 0; distance /= 2) n ^= n >> distance;
  return n & BOTH_LANES(1u);
}

/* 30 bits become 15 (m = 1) in both lanes. */
static inline uint64_t fold_30(uint64_t n) {
  n ^= (n & BOTH_LANES(1u)) << 14;
  const uint64_t high = n & BOTH_LANES(0x7FFFu);
  return high ^ (high >> 1 & BOTH_LANES(0x3FFFu)) ^ (n >> 15 & BOTH_LANES(0x7FFFu));
}

static uint32_t pair_portable(const uint8_t *in, const uint64_t keep[4]) {
  two_words parity;
  const two_words reduced = reduce(in, keep, &parity);
  parity = (parity ^ parity >> 32) & 0xFFFFFFFFu;
  const uint64_t residue = reverse_lanes(fold_30(reduced[1] << 32 | reduced[0])) >> 1;
  const uint64_t x_residue = times_x(residue);
  const uint64_t s = times_x(x_residue) ^ x_residue;
  const uint64_t crc = s ^ parity_of_lanes(s ^ (parity[1] << 32 | parity[0])) * Q_POLYNOMIAL;
  return (uint32_t)(crc | crc >> 16);
}

static bool always(void) {
  return true;
}

const struct oio_crc16_kernel *oio_crc16_kernels(size_t *count) {
  static const struct oio_crc16_kernel kernels[] = {
#ifdef OIO_CRC16_HAVE_CLMUL
      {"vpclmul", oio_crc16_vpclmul_supported, oio_crc16_vpclmul_pair},
      {"pclmul", oio_crc16_pclmul_supported, oio_crc16_pclmul_pair},
#endif
      {"portable", always, pair_portable},
  };
  *count = sizeof kernels / sizeof kernels[0];
  return kernels;
}

typedef uint32_t pair_function(const uint8_t *in, const uint64_t keep[4]);

static pair_function *best_kernel(void) {
  size_t count;
  const struct oio_crc16_kernel *kernel = oio_crc16_kernels(&count);
  while (!kernel->supported()) kernel++; /* the last one always is */
  return kernel->pair;
}

uint32_t oio_crc16_pair_masked(const void *in, const uint64_t keep[4]) {
  /* Threads that race here store the same pointer. */
  static _Atomic(pair_function *) chosen;
  pair_function *pair = atomic_load_explicit(&chosen, memory_order_relaxed);
  if (pair == NULL) {
    pair = best_kernel();
    atomic_store_explicit(&chosen, pair, memory_order_relaxed);
  }
  return pair(in, keep);
}

uint32_t oio_crc16_pair(const void *in) {
  static const uint64_t all[4] = {UINT64_MAX, UINT64_MAX, UINT64_MAX, UINT64_MAX};
  return oio_crc16_pair_masked(in, all);
}

uint16_t oio_crc16(const void *in, size_t in_nbytes) {
  OIO_PRECONDITION(in_nbytes <= OIO_CRC16_MESSAGE_BYTES);
  uint8_t messages[2 * OIO_CRC16_MESSAGE_BYTES] = {0};
  if (in_nbytes != 0) memcpy(messages, in, in_nbytes < OIO_CRC16_MESSAGE_BYTES ? in_nbytes : OIO_CRC16_MESSAGE_BYTES);
  return (uint16_t)oio_crc16_pair(messages);
}

/* x^16 modulo P is the contribution of the last bit, and each bit before it has one more factor x. */
static void fill_bit_table(_Atomic uint16_t *table) {
  unsigned crc = POLYNOMIAL;
  for (unsigned bit = MESSAGE_BITS; bit-- != 0;) {
    atomic_store_explicit(&table[bit], (uint16_t)crc, memory_order_relaxed);
    crc = (crc << 1 & 0xFFFFu) ^ (crc >> 15) * POLYNOMIAL;
  }
}

uint16_t oio_crc16_bit(unsigned bit) {
  OIO_PRECONDITION(bit < 8 * OIO_CRC16_MESSAGE_BYTES);
  /* x^n modulo P is never 0, so 0 says that the entry is not yet there. Threads that race to fill it write the same values. */
  static _Atomic uint16_t table[MESSAGE_BITS];
  if (bit >= MESSAGE_BITS) return 0;
  if (atomic_load_explicit(&table[bit], memory_order_relaxed) == 0) fill_bit_table(table);
  return atomic_load_explicit(&table[bit], memory_order_relaxed);
}
