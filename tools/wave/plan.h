/* SPDX-License-Identifier: Apache-2.0 */
/**
 * The rules made into arithmetic: how ticks of each file become times of a common axis, and where on it a difference counts. Plain axes
 * keep time; sampled ones count the edges of a clock, or the beats of a channel: a change counts from the next sample on.
 */
#ifndef WAVE_PLAN_H
#define WAVE_PLAN_H

#include "match.h"
#include "rules.h"
#include "source.h"
#include "value.h"

enum { WAVE_GOLDEN = 0, WAVE_FRESH = 1 };

#define WAVE_LATEST (INT64_MAX - 1)

/** Ticks of a file to common ticks: (tick + zero) * mul * num / den + shift, kept within int64. */
struct wave_ticks {
  int64_t zero, mul, num, den, shift;
};
int64_t wave_common(const struct wave_ticks *ticks, uint64_t tick);
/** The inverse, near enough for a wish. */
uint64_t wave_tick_near(const struct wave_ticks *ticks, int64_t time);

/** a - b, kept within int64. */
static inline int64_t wave_minus(int64_t a, int64_t b) {
  int64_t sum;
  return !__builtin_sub_overflow(a, b, &sum) ? sum : b < 0 ? INT64_MAX : INT64_MIN;
}

struct wave_spans {
  int64_t *at; /**< from, to, from, to ... rising, to exclusive */
  size_t n, size;
  bool all; /**< everything; at is not used */
};

struct wave_axis {
  bool sampled;
  bool inclusive; /**< a change at the very time of a sample counts for it */
  bool beats;
  int64_t *samples[2]; /**< common ticks */
  size_t n[2];
  const char *clock; /**< its path */
  bool alike;        /**< both sides map equal times to equal places */
};

struct wave_policy_plan {
  uint32_t axis, mask;
  struct wave_equality equality;
  bool tolerant, strict;
  int64_t lead, trail;
  bool exact; /**< what is equal to a third is equal */
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

/** The changes of one handle in memory: values of value_size characters each. */
struct wave_history {
  int64_t *times;
  char *values;
  size_t n, size;
  uint32_t value_size;
};
enum wave_status wave_histories(struct wave_source *source, const struct wave_ticks *ticks, const uint32_t *handles, uint32_t n,
                                struct wave_history *histories, bool brief, struct wave_error *error);
void wave_history_free(struct wave_history *history);

/** The place on an axis from which a change at a time counts. side: WAVE_GOLDEN or WAVE_FRESH. */
int64_t wave_place(const struct wave_axis *axis, int side, int64_t time);
/** The time in golden of a place on an axis; INT64_MAX stays. */
int64_t wave_time_of_place(const struct wave_axis *axis, int64_t place);
/** The part of [from, to) inside the mask: its first begin, or false; *length gets the sum. */
bool wave_clip(const struct wave_spans *mask, int64_t from, int64_t to, int64_t *first, int64_t *length);

#endif
