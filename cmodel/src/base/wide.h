/* SPDX-License-Identifier: Apache-2.0 */
/* Products of two words, divided: what times of positions at a rate that is a fraction need. */
#ifndef OIO_WIDE_H
#define OIO_WIDE_H

#include <stdint.h>

__extension__ typedef unsigned __int128 oio_wide;

/* floor(a * b / c), and what is left over. Precondition: c is not 0, and the quotient fits. */
static inline uint64_t oio_wide_divide(uint64_t a, uint64_t b, uint64_t c, uint64_t *rest) {
  const oio_wide product = (oio_wide)a * b;
  *rest = (uint64_t)(product % c);
  return (uint64_t)(product / c);
}

#endif
