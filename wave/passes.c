/* SPDX-License-Identifier: Apache-2.0 */
#include "passes.h"
#include "memory.h"

#include <stdlib.h>

enum { LANES_MOST = 16 };

/* In which pass the pairs of each axis go: axes that are alike on both sides together, up to a number; every other has its own. Returns how
 * many passes there are. */
static uint32_t share_passes(const struct wave_plan *plan, uint32_t *pass_of) {
  uint32_t passes = 0, alike = 0;
  for (uint32_t i = 0; i < plan->n_axes; i++) {
    if (!plan->axes[i].alike) continue;
    pass_of[i] = alike++ / LANES_MOST;
    passes = pass_of[i] + 1;
  }
  for (uint32_t i = 0; i < plan->n_axes; i++) {
    if (!plan->axes[i].alike) pass_of[i] = passes++;
  }
  return passes;
}

enum wave_status wave_passes(struct engine *engine, struct wave_error *error) {
  const struct wave_match *match = engine->match;
  const struct wave_plan *plan = engine->plan;
  uint32_t *list = wave_malloc((match->n_pairs + (size_t)1) * sizeof *list), *pass_of = wave_malloc(plan->n_axes * sizeof *pass_of);
  enum wave_status status = list == NULL || pass_of == NULL ? wave_fail(error, "out of memory") : WAVE_OK;
  uint32_t passes = status == WAVE_OK ? share_passes(plan, pass_of) : 0;
  engine->list = list;
  for (uint32_t pass = 0; pass < passes && status == WAVE_OK; pass++) {
    engine->n_list = 0;
    for (uint32_t i = 0; i < match->n_pairs; i++) {
      if (pass_of[wave_policy_of(plan, &match->pairs[i])->axis] == pass) list[engine->n_list++] = i;
    }
    if (engine->n_list > 0) status = wave_engine_pass(engine, error);
  }
  engine->list = NULL;
  free(pass_of);
  free(list);
  return status;
}

enum wave_status wave_passes_make(struct engine *engine, struct wave_error *error) {
  engine->states = wave_calloc(engine->match->n_pairs + (size_t)1, sizeof *engine->states);
  if (wave_engine_make(engine, error) != WAVE_OK) return WAVE_ERROR;
  if (engine->states == NULL) return wave_fail(error, "out of memory");
  for (uint32_t i = 0; i < engine->match->n_pairs; i++) wave_pair_init(&engine->states[i]);
  /* Differences over time are counted in equal spans of what the headers say is the whole run. */
  int64_t end = INT64_MIN, begin = INT64_MAX;
  for (int side = 0; side < 2; side++) {
    int64_t first = wave_common(&engine->plan->ticks[side], engine->sources[side]->begin_hint);
    int64_t last = wave_common(&engine->plan->ticks[side], engine->sources[side]->end_hint);
    if (first < begin) begin = first;
    if (last > end) end = last;
  }
  engine->density_begin = begin;
  if (end > begin) engine->density_width = wave_minus(end, begin) / DENSITY + 1;
  return WAVE_OK;
}

void wave_passes_free(struct engine *engine) {
  for (uint32_t i = 0; engine->states != NULL && i < engine->match->n_pairs; i++) wave_pair_free(&engine->states[i]);
  free(engine->states);
  wave_engine_free(engine);
}
