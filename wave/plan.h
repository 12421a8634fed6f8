/* SPDX-License-Identifier: Apache-2.0 */
/**
 * The rules made into arithmetic: how ticks of each file become times of a common axis, and where on it a difference counts. Plain axes
 * keep time; sampled ones count the edges of a clock, or the beats of a channel: a change counts from the next sample on.
 */
#ifndef WAVE_PLAN_H
#define WAVE_PLAN_H

#include "axis.h"
#include "match.h"
#include "rules.h"
#include "source.h"
#include "value.h"

struct wave_policy_plan {
  uint32_t axis, mask;
  struct wave_equality equality;
  bool tolerant, strict;
  int64_t lead, trail;
  int64_t glitch; /**< a glitch that is shorter is none; only where times are compared */
  bool exact;     /**< what is equal to a third is equal */
};

struct wave_plan {
  int exponent;
  struct wave_ticks ticks[2];
  bool same_ticks; /**< both sides' ticks are mapped alike */
  struct wave_axis *axes;
  uint32_t n_axes;
  struct wave_spans *masks;
  uint32_t n_masks;
  struct wave_policy_plan *policies; /**< one for each rule, and the default behind them */
  uint32_t n_policies;
};

/** Reads the clocks and conditions of both files; brief: only their first blocks. */
enum wave_status wave_plan_make(struct wave_plan *plan, struct wave_source *sources[2], const struct wave_match *match,
                                const struct wave_rules *rules, bool brief, struct wave_error *error);
/** The plan of a pair. */
const struct wave_policy_plan *wave_policy_of(const struct wave_plan *plan, const struct wave_pair *pair);
/** Whether anything is compared at all between two common ticks: there are pairs, on axes with places, under masks with room. */
bool wave_something_compared(const struct wave_plan *plan, const struct wave_match *match, int64_t begin, int64_t end);
void wave_plan_free(struct wave_plan *plan);

#endif
