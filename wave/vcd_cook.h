/* SPDX-License-Identifier: Apache-2.0 */
/** Between the files that cook text into a block. Inline, for the quick path. */
#ifndef WAVE_VCD_COOK_H
#define WAVE_VCD_COOK_H

#include "vcd_internal.h"

enum { VCD_MARGIN = 192 }; /**< bytes that the quick path may look at behind its place */

enum vcd_step { STEP_GO, STEP_BLOCK, STEP_MORE, STEP_END, STEP_STOP };

struct vcd_limits {
  const uint8_t *window; /* a block ends at the first tick from here on */
  uint64_t until;
};

/** vcd_cook.c: cooks a block, through as much text as it takes. */
void vcd_cook_block(struct vcd *vcd, uint64_t until);
/**
 * vcd_quick.c: takes changes and times until the block is full (STEP_BLOCK) or something else is at the text's place (STEP_GO). There is a
 * tick, and more than VCD_MARGIN of text.
 */
enum vcd_step vcd_quick(struct vcd *vcd, const struct vcd_limits *limits);

/**
 * vcd_ahead.c: asks for the memory that the next changes will touch, when there are very many variables. Returns how far the quick path
 * should go before it asks again, at most to limit.
 */
const uint8_t *vcd_fetch_ahead(struct vcd *vcd, const uint8_t *limit);

static inline void vcd_begin_tick(struct vcd *vcd, uint64_t time) {
  vcd->times[vcd->n_times++] = time;
  vcd->last_time = time;
  vcd->timed = true;
}

/** Whether a new tick at this place goes into the next block. */
static inline bool vcd_block_is_full(const struct vcd *vcd, const struct vcd_limits *limits, const uint8_t *place, uint64_t time) {
  return vcd->n_times > 0 &&
         (place >= limits->window || time > limits->until || vcd->n_times >= vcd->times_limit || vcd->cooked > vcd->cooked_limit);
}

/** The time at a '#', and where it ends. False: not for the quick path. */
static inline bool vcd_quick_time(const struct vcd *vcd, const uint8_t *at, uint64_t *time, const uint8_t **end) {
  uint64_t sum = 0;
  const uint8_t *digit = at + 1;
  for (; *digit >= '0' && *digit <= '9' && digit - at < 19; digit++) sum = sum * 10 + (uint64_t)(*digit - '0');
  if (digit == at + 1 || !vcd_blank(*digit) || __builtin_mul_overflow(sum, vcd->unit, time)) return false;
  *end = digit;
  return true;
}

#endif
