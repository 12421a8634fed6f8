/* SPDX-License-Identifier: Apache-2.0 */
/* Sequence numbers modulo M = 2^n - 1 over 1..M (SPEC.md section 0). */
#ifndef OIO_SEQUENCE_H
#define OIO_SEQUENCE_H

#include <stdbool.h>
#include <stdint.h>

static inline uint16_t oio_sequence_next(uint32_t modulus, uint16_t s) {
  return (uint16_t)(s == modulus ? 1 : s + 1);
}

static inline uint16_t oio_sequence_before(uint32_t modulus, uint16_t s) {
  return (uint16_t)(s == 1 ? modulus : s - 1u);
}

/* How many steps lead from a to b: 0..M-1. Both in 1..M. */
static inline uint32_t oio_sequence_distance(uint32_t modulus, uint16_t a, uint16_t b) {
  return b >= a ? (uint32_t)b - a : modulus + b - a;
}

static inline bool oio_sequence_ahead(uint32_t modulus, uint16_t a, uint16_t b) {
  const uint32_t d = oio_sequence_distance(modulus, a, b);
  return d >= 1 && d <= (modulus - 1) / 2;
}

#endif
