/* SPDX-License-Identifier: Apache-2.0 */
/**
 * Maps of time. Ticks of each file become common ticks; an axis takes these as they are, or counts samples of each side: edges of a clock,
 * beats of a channel.
 */
#ifndef WAVE_AXIS_H
#define WAVE_AXIS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { WAVE_GOLDEN = 0, WAVE_FRESH = 1 };

#define WAVE_LATEST (INT64_MAX - 1)

/** Ticks of a file to common ticks: (tick + zero) * mul * num / den + shift, of ticks up to last. */
struct wave_ticks {
  int64_t zero, mul, num, den, shift;
  uint64_t last; /**< the last tick that falls within WAVE_LATEST */
};
/** Sets last. False: tick 0 falls out of int64 already. mul, num, den > 0. */
bool wave_ticks_bound(struct wave_ticks *ticks);
/** WAVE_LATEST behind last; INT64_MAX for UINT64_MAX. */
int64_t wave_common(const struct wave_ticks *ticks, uint64_t tick);
/** The inverse, near enough for a wish. */
uint64_t wave_tick_near(const struct wave_ticks *ticks, int64_t time);

/** a - b, kept within int64. */
static inline int64_t wave_minus(int64_t a, int64_t b) {
  int64_t sum;
  return !__builtin_sub_overflow(a, b, &sum) ? sum : b < 0 ? INT64_MAX : INT64_MIN;
}

/** a + b, kept within int64. */
static inline int64_t wave_plus(int64_t a, int64_t b) {
  int64_t sum;
  return !__builtin_add_overflow(a, b, &sum) ? sum : b > 0 ? INT64_MAX : INT64_MIN;
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

/** The place on an axis from which a change at a time counts. side: WAVE_GOLDEN or WAVE_FRESH. */
int64_t wave_place(const struct wave_axis *axis, int side, int64_t time);
/** The time in golden of a place on an axis; INT64_MAX stays. */
int64_t wave_time_of_place(const struct wave_axis *axis, int64_t place);
/** The part of [from, to) inside the mask: its first begin, or false; *length gets the sum. */
bool wave_clip(const struct wave_spans *mask, int64_t from, int64_t to, int64_t *first, int64_t *length);
/** Adds [from, to), which begins where the last one ends or later; nothing when it is empty. False when memory ran out. */
bool wave_spans_add(struct wave_spans *spans, int64_t from, int64_t to);
bool wave_spans_hold(const struct wave_spans *spans, int64_t time);
/** How many samples of a side are before a time, or at it (at_or_before). */
size_t wave_samples_until(const struct wave_axis *axis, int side, int64_t time, bool at_or_before);

#endif
