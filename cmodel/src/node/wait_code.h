/* SPDX-License-Identifier: Apache-2.0 */
/* How long a payload has waited in switches, in the seven bits that tell it (SPEC.md section 11): four of exponent, three of mantissa. */
#ifndef OIO_WAIT_CODE_H
#define OIO_WAIT_CODE_H

#include "oio/base.h"

enum { OIO_WAIT_CODE_MAX = 127 };

/* What a code says. */
static inline oio_time_ps oio_wait_ps(unsigned code) {
  const unsigned exponent = code >> 3, mantissa = code & 7;
  return OIO_NS * (exponent == 0 ? mantissa : (oio_time_ps)(8 + mantissa) << (exponent - 1));
}

/* The greatest code that says no more than that. */
static inline unsigned oio_wait_code(oio_time_ps waited_ps) {
  unsigned code = 0;
  for (unsigned bit = (OIO_WAIT_CODE_MAX + 1) / 2; bit > 0; bit /= 2) {
    if (oio_wait_ps(code | bit) <= waited_ps) code |= bit;
  }
  return code;
}

#endif
