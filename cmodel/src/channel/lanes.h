/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Which bits are wrong: the errors of each lane, one after the other (SPEC.md section 10), and how the bits of a wire are dealt to the
 * lanes (section 14). A line that is one lane has no stripes.
 */
#ifndef OIO_LANES_H
#define OIO_LANES_H

#include "base/checkpoint.h"
#include "base/memory.h"
#include "oio/channel.h"
#include "oio/rng.h"

/* Gaps beyond this are all alike: no run is that long. */
#define OIO_GAP_BITS_MAX ((uint64_t)1 << 62)

/* Wrong bits in the good one of two states, where so many are wrong in all. */
static inline double oio_good_rate(const struct oio_error_process *process, double bit_error_rate) {
  return (bit_error_rate - process->bad_part * process->bad_rate) / (1 - process->bad_part);
}

/* The errors of a lane. */
struct oio_lane {
  enum oio_error_kind kind;
  /* Of the good state, which without states is all, and of the bad one: 1 / ln(1 - p) of what follows a right bit or symbol, 0 when p is 0.
   * The same of leaving it; and where it is, for how many bits or symbols more. */
  double error_ln[2], leave_ln[2];
  bool bad;
  uint64_t stay;
  /* Runs: that a wrong symbol follows a wrong one; has there been a wrong symbol, and which of its bits was it; precoded, is the next one
   * the end of a run. */
  double propagation[2];
  bool after_wrong, ends_run;
  uint32_t wrong_bit;
};

struct oio_lanes {
  struct oio_error_process process;
  uint32_t stripe_bits; /* 0: the line is one lane, `line` */
  struct oio_lane line;
  uint32_t count; /* of lanes in use */
  struct oio_lane *lane;
  uint64_t *next;  /* of each lane, its next wrong bit, counted over the bits of all lanes from when they began; OIO_GAP_BITS_MAX: none */
  uint32_t *least; /* a tree over the lanes in use: node n has the lane with the least below it, its halves are nodes 2n and 2n + 1, of
                      lane l node leaves + l */
  uint32_t leaves;
  uint32_t wrong; /* the lane with the least: of several the first */
};

/* room: lanes at most. False: out of memory. */
bool oio_lanes_create(struct oio_lanes *lanes, const struct oio_error_process *process, uint32_t stripe_bits, uint32_t room);
void oio_lanes_destroy(struct oio_lanes *lanes);

/* Adds what room lanes take. */
void oio_lanes_memory(const struct oio_lanes *lanes, uint32_t room, struct oio_memory *memory);

/* All lanes begin, with these rates. Returns how many right bits come first, OIO_GAP_BITS_MAX at most. */
uint64_t oio_lanes_begin(struct oio_lanes *lanes, struct oio_rng *rng, uint32_t count, const double *rate);
/* Right bits between the wrong bit there was and the next. */
uint64_t oio_lanes_gap(struct oio_lanes *lanes, struct oio_rng *rng);

void oio_lanes_checkpoint(struct oio_lanes *lanes, struct oio_checkpoint *c);

#endif
