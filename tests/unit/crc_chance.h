/* SPDX-License-Identifier: Apache-2.0 */
/*
 * With what probability wrong bits pass both CRCs. A half of a flit passes when the wrong bits among its n are a code word of its CRC. With
 * independent errors of rate p that has the probability (MacWilliams' identity; the dual code has 2^16 words, one for each set f of
 * syndrome bits, and w(f) is how many of the n bits change the parity of f)
 *
 *     P(passes) = 2^-16 sum over f of (1 - 2p)^w(f)        P(no wrong bit) = (1 - p)^n
 *
 * and a flit is undetected when both halves pass and a bit is wrong. The CRC of every bit is spec_flit.h's, bit by bit.
 */
#ifndef OIO_TESTS_CRC_CHANCE_H
#define OIO_TESTS_CRC_CHANCE_H

#include <math.h>
#include <stdbool.h>
#include <stdint.h>
#include <string.h>

#include "spec_flit.h"

/* What each bit of a half that its CRC covers, or that is the CRC, adds to the syndrome. Returns how many there are. */
static inline unsigned syndromes_of_half(unsigned format, unsigned half, uint16_t *out) {
  uint8_t bytes[128];
  const unsigned covered = 8 * (spec_covers_to(format, half) - 128 * half);
  for (unsigned bit = 0; bit < covered; bit++) {
    memset(bytes, 0, sizeof bytes);
    bytes[bit / 8] = (uint8_t)(1u << bit % 8);
    out[bit] = (uint16_t)spec_crc(bytes, 128);
  }
  for (unsigned bit = 0; bit < 16; bit++) out[covered + bit] = (uint16_t)(1u << bit);
  return covered + 16;
}

struct half {
  unsigned bits;
  unsigned words_of_weight[1041]; /* of the dual code */
};

/* The Walsh-Hadamard transform of the syndromes' histogram has, at f, how many bits leave the parity less how many change it. */
static inline void weigh(unsigned format, unsigned which, struct half *half) {
  static uint16_t syndromes[1040];
  static int sums[65536];
  memset(half, 0, sizeof *half);
  memset(sums, 0, sizeof sums);
  half->bits = syndromes_of_half(format, which, syndromes);
  for (unsigned bit = 0; bit < half->bits; bit++) sums[syndromes[bit]]++;
  for (unsigned step = 1; step < 65536; step *= 2) {
    for (unsigned f = 0; f < 65536; f++) {
      if ((f & step) != 0) continue;
      const int even = sums[f], odd = sums[f | step];
      sums[f] = even + odd;
      sums[f | step] = even - odd;
    }
  }
  for (unsigned f = 0; f < 65536; f++) half->words_of_weight[((int)half->bits - sums[f]) / 2]++;
}

static inline double passes(const struct half *half, double p) {
  double sum = 0;
  for (unsigned w = 0; w <= half->bits; w++) sum += half->words_of_weight[w] * pow(1 - 2 * p, w);
  return sum / 65536;
}

static inline double undetected_of_any(const struct half halves[2], double p) {
  return passes(&halves[0], p) * passes(&halves[1], p) - pow(1 - p, halves[0].bits + halves[1].bits);
}

static inline int64_t choose(int64_t n, int64_t k) {
  int64_t ways = 1;
  for (int64_t i = 0; i < k; i++) ways = ways * (n - i) / (i + 1);
  return ways;
}

/* How many code words of four bits the CRC of a half has; none has fewer but 0. The same identity, of that term alone (Krawtchouk). */
static inline int64_t words_of_four(const struct half *half) {
  int64_t sum = 0;
  for (int64_t w = 0; w <= half->bits; w++) {
    for (int64_t j = 0; j <= 4; j++)
      sum += (j % 2 == 0 ? 1 : -1) * (int64_t)half->words_of_weight[w] * choose(w, j) * choose(half->bits - w, 4 - j);
  }
  return sum / 65536;
}

static inline double undetected_of_four(const struct half halves[2], double p) {
  const double words = (double)(words_of_four(&halves[0]) + words_of_four(&halves[1]));
  return words * pow(p, 4) * pow(1 - p, halves[0].bits + halves[1].bits - 4);
}

/* Below 1e-4 code words of four bits are all there is to 1 in 5,000, and the difference above has no digits left. */
static inline double undetected(const struct half halves[2], double p) {
  return p < 1e-4 ? undetected_of_four(halves, p) : undetected_of_any(halves, p);
}

/* So many were seen of so many that are expected, of a Poisson distribution: within three sigma, by its own tails where it is none that a
 * normal one is like. */
static inline bool is_likely(double expected, uint64_t seen) {
  const double tail = 0.00135;
  if (expected > 100) return fabs((double)seen - expected) <= 3 * sqrt(expected);
  double p = exp(-expected), below = 0; /* of k, of less than k */
  for (uint64_t k = 0; k < seen; k++) {
    below += p;
    p *= expected / (double)(k + 1);
  }
  return 1 - below >= tail && below + p >= tail;
}

#endif
