/* SPDX-License-Identifier: Apache-2.0 */
#include "oio/rng.h"

#include "base/precondition.h"

#include <float.h>
#include <string.h>

static uint64_t rotate_left(uint64_t x, int bits) {
  return (x << bits) | (x >> (64 - bits));
}

void oio_rng_seed(struct oio_rng *rng, uint64_t seed, uint64_t stream) {
  uint64_t x = oio_mix64(seed) ^ oio_mix64(~stream);
  for (int i = 0; i < 4; i++) {
    rng->state[i] = oio_mix64(x);
    x += 0x9E3779B97F4A7C15u;
  }
}

uint64_t oio_rng_next(struct oio_rng *rng) {
  uint64_t *s = rng->state;
  const uint64_t result = rotate_left(s[0] + s[3], 23) + s[0];
  const uint64_t t = s[1] << 17;
  s[2] ^= s[0];
  s[3] ^= s[1];
  s[1] ^= s[2];
  s[0] ^= s[3];
  s[2] ^= t;
  s[3] = rotate_left(s[3], 45);
  return result;
}

double oio_rng_unit(struct oio_rng *rng) {
  return (double)((oio_rng_next(rng) >> 11) + 1) * 0x1p-53;
}

/* 2 atanh(s) = 2 (s + s^3/3 + s^5/5 + ...); |s| <= 0.172 here, so s^23 is below 2^-53. */
static double two_atanh(double s) {
  const double z = s * s;
  double sum = 0.0;
  for (int k = 21; k >= 1; k -= 2) sum = sum * z + 1.0 / k;
  return 2.0 * s * sum;
}

double oio_ln(double x) {
  OIO_PRECONDITION(x >= DBL_MIN && x <= DBL_MAX);
  uint64_t bits;
  memcpy(&bits, &x, sizeof bits);
  int exponent = (int)(bits >> 52) - 1023;
  bits = (bits & 0xFFFFFFFFFFFFFu) | ((uint64_t)1023 << 52);
  double m; /* x = m * 2^exponent, and m is brought to [sqrt(1/2), sqrt(2)) */
  memcpy(&m, &bits, sizeof m);
  if (m > 1.4142135623730951) {
    m *= 0.5;
    exponent++;
  }
  return exponent * 0.6931471805599453 + two_atanh((m - 1.0) / (m + 1.0));
}

/* ln(1-p) = -2 atanh(p / (2 - p)). */
double oio_ln1m(double p) {
  OIO_PRECONDITION(p > 0 && p < 1);
  return p < 0.25 ? -two_atanh(p / (2.0 - p)) : oio_ln(1.0 - p);
}
