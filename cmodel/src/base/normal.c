/* SPDX-License-Identifier: Apache-2.0 */
#include "base/normal.h"

#include <math.h>
#include <stdint.h>
#include <string.h>

/* 2^n of a normal double. */
static double power_of_two(int n) {
  const uint64_t bits = (uint64_t)(n + 1023) << 52;
  double value;
  memcpy(&value, &bits, sizeof value);
  return value;
}

/* e^x = 2^n e^r with |r| <= ln 2 / 2, where 14 terms of its series are enough; ln 2 in two parts, so that r keeps its last bits. */
double oio_exp(double x) {
  if (x < -745) return 0;
  if (x > 709) return (double)INFINITY;
  const int n = (int)(x * 1.4426950408889634 + (x < 0 ? -0.5 : 0.5));
  const double r = (x - n * 0.693147180369123816490) - n * 1.90821492927058770002e-10;
  double sum = 1;
  for (int k = 14; k >= 1; k--) sum = 1 + r / k * sum;
  return sum * power_of_two(n / 2) * power_of_two(n - n / 2);
}

enum { FRACTION_DEPTH = 120 };

/* Up to 2 the series erf x = 2/root(pi) e^(-x^2) (x + 2/3 x^3 + 4/15 x^5 ...), whose terms are all positive; above, Laplace's continued
 * fraction. */
double oio_erfc(double x) {
  const double root_pi = 1.7724538509055160273;
  if (x < 0) return 2 - oio_erfc(-x);
  const double bell = oio_exp(-x * x);
  if (x >= 2) {
    double fraction = x;
    for (int k = FRACTION_DEPTH; k >= 1; k--) fraction = x + k / 2.0 / fraction;
    return bell / (root_pi * fraction);
  }
  double term = x, sum = x;
  for (int k = 1; term > 1e-17 * sum; k++) {
    term *= 2 * x * x / (2 * k + 1);
    sum += term;
  }
  return 1 - 2 / root_pi * bell * sum;
}

double oio_normal_tail(double x) {
  return 0.5 * oio_erfc(x / 1.41421356237309504880);
}

/* By halves, until there is nothing between. */
double oio_normal_level(double p) {
  double low = 0, high = 40, middle = 20;
  while (low < middle && middle < high) {
    *(oio_normal_tail(middle) > p ? &low : &high) = middle;
    middle = (low + high) / 2;
  }
  return middle;
}
