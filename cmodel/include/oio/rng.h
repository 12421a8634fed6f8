/* SPDX-License-Identifier: Apache-2.0 */
/**
 * Reproducible chance: xoshiro256++ seeded by splitmix64. The same seed gives the same numbers on every machine: integers only, and for the
 * logarithm only IEEE-754 additions, multiplications and divisions, no libm.
 */
#ifndef OIO_RNG_H
#define OIO_RNG_H

#include "oio/base.h"

#ifdef __cplusplus
extern "C" {
#endif

struct oio_rng {
  uint64_t state[4];
};

/** One step of splitmix64: a well-mixed function of x. */
static inline uint64_t oio_mix64(uint64_t x) {
  x += 0x9E3779B97F4A7C15u;
  x = (x ^ (x >> 30)) * 0xBF58476D1CE4E5B9u;
  x = (x ^ (x >> 27)) * 0x94D049BB133111EBu;
  return x ^ (x >> 31);
}

/** Starts stream number `stream` of `seed`; streams of one seed are independent of each other. */
void oio_rng_seed(struct oio_rng *rng, uint64_t seed, uint64_t stream);
/** 64 random bits. */
uint64_t oio_rng_next(struct oio_rng *rng);
/** A number in (0, 1], a multiple of 2^-53. */
double oio_rng_unit(struct oio_rng *rng);
/** Natural logarithm of x (precondition: normal and above 0), to about 1e-15 relative; the same result on every machine. */
double oio_ln(double x);
/** ln(1 - p), accurate for the smallest p. Precondition: 0 < p < 1. */
double oio_ln1m(double p);

#ifdef __cplusplus
}
#endif
#endif
