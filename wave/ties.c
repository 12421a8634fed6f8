/* SPDX-License-Identifier: Apache-2.0 */
#include "ties.h"
#include "memory.h"

#include "passes.h"

#include <stdlib.h>

static bool differs(const struct pair_state *state) {
  return state->first != WAVE_NEVER || state->after_end != WAVE_NEVER;
}

bool wave_ties_differ(const struct engine *engine) {
  const struct wave_match *match = engine->match;
  for (uint32_t i = 0; i < match->n_ties; i++) {
    for (uint32_t k = 0; k < match->ties[i].n; k++) {
      if (differs(&engine->states[match->ties[i].pairs[k]])) return true;
    }
  }
  return false;
}

/* Every pair of a tie's sides, row by row. */
static uint32_t list_candidates(const struct wave_match *match, struct wave_pair *candidates) {
  uint32_t n = 0;
  for (uint32_t i = 0; i < match->n_ties; i++) {
    const struct wave_tie *tie = &match->ties[i];
    for (uint32_t g = 0; g < tie->n; g++) {
      for (uint32_t f = 0; f < tie->n; f++) {
        candidates[n] = match->pairs[tie->pairs[g]];
        candidates[n++].fresh = match->pairs[tie->pairs[f]].fresh;
      }
    }
  }
  return n;
}

/* Which side of new goes with each of golden: an equal one, its own before others; what is left over in the order of declaration. */
static void choose(const struct wave_tie *tie, const struct pair_state *states, uint32_t *chosen) {
  bool taken[WAVE_TIE_MOST] = {false};
  for (uint32_t g = 0; g < tie->n; g++) {
    chosen[g] = differs(&states[g * tie->n + g]) ? WAVE_NONE : g;
    if (chosen[g] == g) taken[g] = true;
  }
  for (int equal = 1; equal >= 0; equal--) {
    for (uint32_t g = 0; g < tie->n; g++) {
      for (uint32_t f = 0; f < tie->n && chosen[g] == WAVE_NONE; f++) {
        if (taken[f] || (equal && differs(&states[g * tie->n + f]))) continue;
        chosen[g] = f;
        taken[f] = true;
      }
    }
  }
}

/* Joins a tie as it was chosen. Returns whether that is another way than before. */
static bool apply(struct wave_match *match, const struct wave_tie *tie, const uint32_t *chosen) {
  struct wave_pair before[WAVE_TIE_MOST];
  bool changed = false;
  for (uint32_t i = 0; i < tie->n; i++) before[i] = match->pairs[tie->pairs[i]];
  for (uint32_t g = 0; g < tie->n; g++) {
    struct wave_pair *pair = &match->pairs[tie->pairs[g]];
    changed = changed || chosen[g] != g;
    pair->fresh = before[chosen[g]].fresh;
    pair->new_var = before[chosen[g]].new_var;
    match->golden.other[pair->var] = pair->new_var;
    match->fresh.other[pair->new_var] = pair->var;
    match->fresh.pair[pair->new_var] = tie->pairs[g];
  }
  return changed;
}

enum wave_status wave_ties_settle(const struct engine *start, struct wave_match *match, bool *changed, struct wave_error *error) {
  uint32_t most = match->n_ties * WAVE_TIE_MOST * WAVE_TIE_MOST;
  struct wave_match all = *match;
  struct engine engine = *start;
  *changed = false;
  all.pairs = wave_malloc(most * sizeof *all.pairs);
  if (all.pairs == NULL) return wave_fail(error, "out of memory");
  all.n_pairs = list_candidates(match, all.pairs);
  engine.match = &all;
  engine.probe = true;
  enum wave_status status = wave_passes_make(&engine, error);
  if (status == WAVE_OK) status = wave_passes(&engine, error);
  for (uint32_t i = 0, at = 0; i < match->n_ties && status == WAVE_OK; i++) {
    uint32_t chosen[WAVE_TIE_MOST];
    choose(&match->ties[i], &engine.states[at], chosen);
    *changed = apply(match, &match->ties[i], chosen) || *changed;
    at += match->ties[i].n * match->ties[i].n;
  }
  wave_passes_free(&engine);
  free(all.pairs);
  return status;
}
