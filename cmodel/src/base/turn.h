/* SPDX-License-Identifier: Apache-2.0 */
/* Whose turn it is among up to 32 that are numbered, a set of them being a word of bits. */
#ifndef OIO_TURN_H
#define OIO_TURN_H

#include <stdint.h>

/* The first member of a set (not empty) at or after `from`, going round. */
static inline unsigned oio_turn_of(uint32_t set, unsigned from) {
  const uint32_t onwards = set >> from << from;
  return (unsigned)__builtin_ctz(onwards != 0 ? onwards : set);
}

/* The one after `place` of `count`, going round. */
static inline unsigned oio_turn_after(unsigned place, unsigned count) {
  return place + 1 == count ? 0 : place + 1;
}

#endif
