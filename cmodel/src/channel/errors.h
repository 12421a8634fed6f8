/* SPDX-License-Identifier: Apache-2.0 */
/* Bit errors by skipping from one to the next: random numbers for wrong bits, none for right ones (SPEC.md section 10). */
#ifndef OIO_ERRORS_H
#define OIO_ERRORS_H

#include "channel/lanes.h"
#include "oio/channel.h"
#include "oio/flit.h"
#include "oio/rng.h"

struct oio_errors {
  const struct oio_flit_format *format;
  enum oio_fidelity fidelity;
  struct oio_rng rng;
  uint64_t gap_bits;      /* right bits before the next wrong one */
  uint64_t flit_bits;     /* what a flit takes off it: 2048; 0 when no bit is ever wrong */
  struct oio_lanes lanes; /* whose bits they are */
};

/* Of the configuration its format, fidelity, errors, stripe_bits, seed and stream. Until oio_errors_begin no bit is wrong. False: out of
 * memory. */
bool oio_errors_create(struct oio_errors *errors, const struct oio_channel_config *config);
void oio_errors_destroy(struct oio_errors *errors);
/* Begins with the next bit: rate[l] is the bit error rate of lane l of so many, as many at most as the configuration has; of one where it
 * has no stripes. */
void oio_errors_begin(struct oio_errors *errors, uint32_t lanes, const double *rate);

/* Is there a wrong bit among the next 2048? Then oio_errors_apply; else they have gone by. */
static inline bool oio_errors_ahead(struct oio_errors *errors) {
  if (errors->gap_bits < OIO_FLIT_BITS) return true;
  errors->gap_bits -= errors->flit_bits;
  return false;
}
/* Flips the wrong bits of the next 2048 bits and notes their syndrome. Returns how many were flipped, at least 1. */
unsigned oio_errors_apply(struct oio_errors *errors, struct oio_wire *wire);

/* The same of another number of bits, for those who do not flip them in a flit: is there a wrong one? Else they have gone by. */
static inline bool oio_errors_within(struct oio_errors *errors, uint64_t bits) {
  if (errors->gap_bits < bits) return true;
  if (errors->flit_bits != 0) errors->gap_bits -= bits;
  return false;
}
/* Then the first, counted from 0; the one after a wrong one; and, with how far the first that was not among them lies behind them, on. */
static inline uint64_t oio_errors_first(const struct oio_errors *errors) {
  return errors->gap_bits;
}
uint64_t oio_errors_after(struct oio_errors *errors, uint64_t bit);
static inline void oio_errors_leave(struct oio_errors *errors, uint64_t gap_bits) {
  errors->gap_bits = gap_bits;
}

/* In event fidelity: what lies behind the touched bytes is zeros now, and touched, references gone. */
void oio_errors_write_untouched(const struct oio_errors *errors, struct oio_wire *wire);
/* Flips a bit of a flit and notes its syndrome. */
void oio_errors_flip(const struct oio_errors *errors, struct oio_wire *wire, unsigned bit);
/* Makes a flit invalid, whatever is wrong in it: its CRCs become the complement of what they should be. */
void oio_errors_condemn(const struct oio_errors *errors, struct oio_wire *wire);

#endif
