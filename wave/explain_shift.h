/* SPDX-License-Identifier: Apache-2.0 */
/* Between the files of the explanation: its traces show shifts, which are then asked for. */
#ifndef WAVE_EXPLAIN_SHIFT_H
#define WAVE_EXPLAIN_SHIFT_H

#include "explain.h"
#include "gather.h"

enum { SHIFT_CANDIDATES = 64 };

/* New may be so many places of an axis later: so many divergences look like it. */
struct shift_candidate {
  uint32_t axis;
  int64_t shift;
  uint32_t votes;
};

struct shift_votes {
  struct shift_candidate candidates[SHIFT_CANDIDATES];
  uint32_t n;
};

/* explain_trace.c: values, windows and traces of the first divergences, which also vote. */
enum wave_status explain_traces(struct explain *explain, struct shift_votes *votes, struct wave_error *error);

/* explain_shift.c: a vote for the distance between what golden and new do from a divergence on, if they do the same. */
void explain_vote(struct shift_votes *votes, const struct wave_axis *axis, uint32_t axis_number, const struct gather both[2],
                  int64_t place);
/* Gives another class to what only comes later or earlier. */
enum wave_status explain_shifts(struct explain *explain, struct shift_votes *votes, struct wave_error *error);
/* That one run goes on a little longer is no further difference when all that goes on is only late. */
void explain_drop_end(struct explain *explain);

#endif
