/* SPDX-License-Identifier: Apache-2.0 */
/* Does new only do the same later, or earlier? What the first divergences suggest is asked of all that differ on their axis. */
#include "explain_shift.h"
#include "memory.h"

#include <stdlib.h>
#include <string.h>

enum { SHIFTS_ASKED = 3 };

/* The distance in places between what golden and new do from a divergence's place on, if they do the same; 0 if not. */
static int64_t shift_seen(const struct wave_axis *axis, const struct gather both[2], int64_t place) {
  uint32_t next[2], seen = 0;
  int64_t shift = 0;
  for (int side = 0; side < 2; side++) {
    next[side] = 0;
    while (next[side] < both[side].n && wave_place(axis, side, both[side].events[next[side]].time) < place) next[side]++;
  }
  while (next[0] < both[0].n && next[1] < both[1].n && seen < 12) {
    const struct wave_event *golden = &both[0].events[next[0]++], *fresh = &both[1].events[next[1]++];
    int64_t apart = wave_minus(wave_place(axis, WAVE_FRESH, fresh->time), wave_place(axis, WAVE_GOLDEN, golden->time));
    if (strcmp(golden->value, fresh->value) != 0 || (seen > 0 && apart != shift)) return 0;
    shift = apart;
    seen++;
  }
  return seen > 0 ? shift : 0;
}

void explain_vote(struct shift_votes *votes, const struct wave_axis *axis, uint32_t axis_number, const struct gather both[2],
                  int64_t place) {
  int64_t shift = shift_seen(axis, both, place);
  if (shift == 0) return;
  for (uint32_t i = 0; i < votes->n; i++) {
    if (votes->candidates[i].axis == axis_number && votes->candidates[i].shift == shift) {
      votes->candidates[i].votes++;
      return;
    }
  }
  if (votes->n < SHIFT_CANDIDATES) votes->candidates[votes->n++] = (struct shift_candidate){axis_number, shift, 1};
}

static int compare_votes(const void *a, const void *b) {
  const struct shift_candidate *left = a, *right = b;
  if (left->votes != right->votes) return left->votes > right->votes ? -1 : 1;
  return left->shift < right->shift ? -1 : left->shift > right->shift;
}

int64_t wave_period(const struct wave_axis *axis) {
  size_t n = axis->n[WAVE_GOLDEN];
  return n < 2 ? 0 : axis->samples[WAVE_GOLDEN][n / 2] - axis->samples[WAVE_GOLDEN][n / 2 - 1];
}

static void put_shift(const struct explain *explain, const struct wave_axis *axis, int64_t shift, struct wave_divergence *own) {
  own->class = WAVE_CLASS_SHIFT;
  own->shift = shift;
  if (axis->sampled) {
    own->class = WAVE_CLASS_LATENCY;
    own->cycles_late = shift;
    own->shift = shift * wave_period(axis);
    return;
  }
  for (uint32_t i = 1; i < explain->plan->n_axes; i++) {
    int64_t period = explain->plan->axes[i].beats ? 0 : wave_period(&explain->plan->axes[i]);
    if (period <= 0 || shift % period != 0) continue;
    own->class = WAVE_CLASS_LATENCY;
    own->cycles_late = shift / period;
    return;
  }
}

/* Asks for all that differ on an axis whether new only does the same so much later (or earlier) from there on. */
static enum wave_status verify_shift(struct explain *explain, const struct shift_candidate *candidate, struct wave_error *error) {
  struct engine *engine = explain->engine;
  struct wave_report *report = explain->report;
  struct pair_state *kept = engine->states;
  uint32_t *list = wave_malloc((report->n_divergences + (size_t)1) * sizeof *list), n = 0;
  struct pair_state *states = wave_calloc(explain->match->n_pairs + (size_t)1, sizeof *states);
  enum wave_status status = list == NULL || states == NULL ? wave_fail(error, "out of memory") : WAVE_OK;
  for (uint32_t i = 0; i < report->n_divergences && status == WAVE_OK; i++) {
    uint32_t pair = explain->of_pair[i];
    if (pair == WAVE_NONE || !wave_is_of_values(&report->divergences[i])) continue;
    if (wave_policy_of(explain->plan, &explain->match->pairs[pair])->axis != candidate->axis) continue;
    wave_pair_init(&states[pair]);
    states[pair].count_from = kept[pair].first;
    list[n++] = pair;
  }
  if (status == WAVE_OK && n > 0) {
    engine->states = states;
    engine->list = list;
    engine->n_list = n;
    engine->lag = candidate->shift;
    bool trim = engine->trim;
    engine->trim = engine->probe = true;
    status = wave_engine_pass(engine, error);
    engine->trim = trim;
    engine->probe = false;
    engine->lag = 0;
    engine->states = kept;
  }
  for (uint32_t i = 0; i < report->n_divergences && status == WAVE_OK && n > 0; i++) {
    uint32_t pair = explain->of_pair[i];
    struct wave_divergence *own = &report->divergences[i];
    if (pair == WAVE_NONE || !states[pair].started || states[pair].first != WAVE_NEVER) continue;
    /* Golden goes on changing and new with it: a clock that lost a pulse is no later, though one period later it does the same. */
    if (states[pair].moved_last > kept[pair].last_until) continue;
    if (wave_is_of_values(own)) put_shift(explain, &explain->plan->axes[candidate->axis], candidate->shift, own);
  }
  for (uint32_t i = 0; states != NULL && i < n; i++) wave_pair_free(&states[list[i]]);
  free(states);
  free(list);
  return status;
}

enum wave_status explain_shifts(struct explain *explain, struct shift_votes *votes, struct wave_error *error) {
  enum wave_status status = WAVE_OK;
  qsort(votes->candidates, votes->n, sizeof *votes->candidates, compare_votes);
  for (uint32_t i = 0; i < votes->n && i < SHIFTS_ASKED && status == WAVE_OK; i++)
    status = verify_shift(explain, &votes->candidates[i], error);
  return status;
}

void explain_drop_end(struct explain *explain) {
  struct wave_report *report = explain->report;
  uint32_t i = 0;
  while (i < report->n_divergences && report->divergences[i].class != WAVE_CLASS_SHORTER) i++;
  if (i == report->n_divergences) return;
  int64_t *shift = wave_calloc(explain->match->n_pairs + (size_t)1, sizeof *shift); /* how far the changes of each pair are apart */
  if (shift == NULL) return;
  for (uint32_t k = 0; k < report->n_divergences; k++) {
    int64_t own = report->divergences[k].class == WAVE_CLASS_SHIFT ? report->divergences[k].shift : 0;
    if (own != 0) shift[explain->of_pair[k]] = own < 0 ? -own : own;
  }
  const int64_t *ends = explain->engine->run_end;
  int64_t end = ends[0] < ends[1] ? ends[0] : ends[1];
  bool explained = true;
  for (uint32_t k = 0; k < explain->match->n_pairs; k++) {
    int64_t behind = explain->engine->states[k].after_end;
    if (behind == WAVE_NEVER) continue;
    bool plain = !explain->plan->axes[wave_policy_of(explain->plan, &explain->match->pairs[k])->axis].sampled;
    explained = explained && plain && shift[k] > 0 && behind - end <= shift[k];
  }
  free(shift);
  if (!explained) return;
  wave_divergence_free(&report->divergences[i]);
  report->n_divergences--;
  memmove(&report->divergences[i], &report->divergences[i + 1], (report->n_divergences - i) * sizeof *report->divergences);
  memmove(&explain->of_pair[i], &explain->of_pair[i + 1], (report->n_divergences - i) * sizeof *explain->of_pair);
  memmove(&explain->golden_var[i], &explain->golden_var[i + 1], (report->n_divergences - i) * sizeof *explain->golden_var);
  if (i < report->detailed) report->detailed--;
}
