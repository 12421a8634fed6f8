/* SPDX-License-Identifier: Apache-2.0 */
/* What a pair holds where it first differs, and golden's last change: kept for the report while the pair is walked. */
#include "memory.h"
#include "pair_internal.h"

#include <stdlib.h>

void wave_drop_opening(struct pair_state *state) {
  for (int side = 0; side < 2 && state->opening != NULL; side++) free(state->opening[side].bytes);
  free(state->opening);
  state->opening = NULL;
}

void wave_keep_opening(struct pair_step *step, const bool moved[2]) {
  struct pair_state *state = step->state;
  const bool event = step->pair->kind == WAVE_EVENT;
  if (state->opening == NULL) state->opening = wave_calloc(2, sizeof *state->opening);
  bool good = state->opening != NULL;
  for (int side = 0; side < 2 && good; side++) {
    if (step->policy->strict) state->recorded[side] = step->records[side];
    if (event)
      state->opening[side].form = moved[side] ? WAVE_BYTES : WAVE_UNKNOWN;
    else
      good = wave_keep(&state->opening[side], &step->sides[side].now);
  }
  if (!good) step->worker->out_of_memory = true;
}

void wave_note_move(struct pair_step *step, int64_t at) {
  struct pair_state *state = step->state;
  const struct wave_value *now = &step->sides[0].now;
  int64_t first, length;
  if (state->opening == NULL && (state->opening = wave_calloc(2, sizeof *state->opening)) == NULL) {
    step->worker->out_of_memory = true;
    return;
  }
  const struct wave_value before = wave_kept(&state->opening[0]);
  if (step->pair->kind != WAVE_EVENT && wave_value_equal(&step->policy->equality, step->pair->width, &before, now)) return;
  if (!wave_keep(&state->opening[0], now)) step->worker->out_of_memory = true;
  if (wave_clip(step->mask, at, wave_behind(at), &first, &length)) state->moved_last = at;
}
