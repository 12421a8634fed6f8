/* SPDX-License-Identifier: Apache-2.0 */
/* Absolute credit (SPEC.md sections 5 and 6): totals modulo 2^bits; a lost update is made good by the next one. */
#ifndef OIO_CREDIT_H
#define OIO_CREDIT_H

#include <stdbool.h>
#include <stdint.h>

/* The sender's half: how much has been used, and up to where use is allowed. */
struct oio_credit_sender {
  uint32_t used;
  uint32_t limit;
};

/* limit - used as a number of 2^bits, read as signed: what may still be used; 0 when used is at or past the limit. */
static inline uint32_t oio_credit_left(const struct oio_credit_sender *credit, unsigned bits) {
  const uint32_t mask = (1u << bits) - 1;
  const uint32_t left = (credit->limit - credit->used) & mask;
  return left <= mask / 2 ? left : 0;
}

/* Is anything left? */
static inline bool oio_credit_any(const struct oio_credit_sender *credit, unsigned bits) {
  const uint32_t mask = (1u << bits) - 1;
  return ((credit->limit - credit->used - 1) & mask) < mask / 2;
}

static inline void oio_credit_use(struct oio_credit_sender *credit, uint32_t amount, unsigned bits) {
  credit->used = (credit->used + amount) & ((1u << bits) - 1);
}

/* Takes a limit from the peer; one that is not ahead of the present limit says nothing new. Returns whether it was. */
static inline bool oio_credit_raise(struct oio_credit_sender *credit, uint32_t limit, unsigned bits) {
  const uint32_t mask = (1u << bits) - 1;
  const uint32_t ahead = (limit - credit->limit) & mask;
  if (ahead == 0 || ahead > mask / 2) return false;
  credit->limit = limit & mask;
  return true;
}

#endif
