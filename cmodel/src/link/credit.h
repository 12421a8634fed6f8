/* SPDX-License-Identifier: Apache-2.0 */
/* Absolute credit (SPEC.md sections 5 and 6): totals modulo 2^bits; a lost update is made good by the next one. */
#ifndef OIO_CREDIT_H
#define OIO_CREDIT_H

#include <stdbool.h>
#include <stdint.h>

/* The sender's half: up to where use is allowed, and how far that is from what has been used. Both modulo 2^bits. */
struct oio_credit_sender {
  uint32_t limit;
  uint32_t ahead; /* limit - used; beyond half of 2^bits, used is past the limit */
};

/* What may still be used. */
static inline uint32_t oio_credit_left(const struct oio_credit_sender *credit, unsigned bits) {
  const uint32_t half = (1u << (bits - 1)) - 1;
  return credit->ahead <= half ? credit->ahead : 0;
}

/* Is anything left? */
static inline bool oio_credit_any(const struct oio_credit_sender *credit, unsigned bits) {
  const uint32_t half = (1u << (bits - 1)) - 1;
  return credit->ahead - 1 < half;
}

/* Uses no more than is left. */
static inline void oio_credit_use(struct oio_credit_sender *credit, uint32_t amount) {
  credit->ahead -= amount;
}

/* Takes a limit from the peer. It is one of the present limit .. the highest that the peer can justify; high bits of both may be anything.
 * False: it is not, and nothing is taken. */
static inline bool oio_credit_raise(struct oio_credit_sender *credit, uint32_t limit, uint32_t highest, unsigned bits) {
  const uint32_t mask = (1u << bits) - 1;
  const uint32_t more = (limit - credit->limit) & mask;
  if (more > ((highest - credit->limit) & mask)) return false;
  credit->limit = limit & mask;
  credit->ahead = (credit->ahead + more) & mask;
  return true;
}

#endif
