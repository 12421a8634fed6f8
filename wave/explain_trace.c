/* SPDX-License-Identifier: Apache-2.0 */
/* What the first divergences look like: their changes on both sides are gathered, and cut to a window. */
#include "explain_shift.h"
#include "memory.h"

#include "gather.h"

#include <stdlib.h>
#include <string.h>

/* What holds at a time: the last change at or before it; an event only at its own time. */
static const char *value_at(const struct gather *gather, int64_t time) {
  const char *value = NULL;
  for (uint32_t i = 0; i < gather->n && gather->events[i].time <= time; i++)
    if (gather->kind != WAVE_EVENT || gather->events[i].time == time) value = gather->events[i].value;
  return value;
}

static int compare_times(const void *a, const void *b) {
  int64_t left = *(const int64_t *)a, right = *(const int64_t *)b;
  return left < right ? -1 : left > right;
}

/* From four changes before to eight behind, as far as both sides are known. */
static void choose_window(const struct explain *explain, const struct gather both[2], struct wave_divergence *own) {
  int64_t times[2 * (GATHER_BEFORE + GATHER_AFTER + 2)];
  size_t n = 0, here = 0;
  int64_t known_from = both[0].covered_from > both[1].covered_from ? both[0].covered_from : both[1].covered_from;
  int64_t known_to = both[0].covered_to < both[1].covered_to ? both[0].covered_to : both[1].covered_to;
  for (int side = 0; side < 2; side++) {
    for (uint32_t i = 0; i < both[side].n; i++) {
      int64_t time = both[side].events[i].time;
      if (time >= known_from && (time <= known_to || time <= own->at)) times[n++] = time;
    }
  }
  qsort(times, n, sizeof *times, compare_times);
  size_t used = 0;
  for (size_t i = 0; i < n; i++) {
    if (used == 0 || times[i] != times[used - 1]) times[used++] = times[i];
  }
  while (here < used && times[here] < own->at) here++;
  size_t from = here > 4 ? here - 4 : 0, to = here + 8 < used ? here + 8 : used;
  own->window_from = used > 0 ? times[from] : own->at;
  own->window_to = to < used ? times[to] : used > 0 ? times[used - 1] : own->at;
  if (own->window_from > own->at) own->window_from = own->at;
  if (own->window_to <= own->at) own->window_to = own->at + 1;
  int64_t around;
  if (explain->options->around.value > 0 && wave_span_ticks(&explain->options->around, explain->plan->exponent, &around)) {
    own->window_from = wave_minus(own->at, around);
    own->window_to = wave_minus(own->at, -around);
  }
}

/* Moves what lies in the window from a gather into a trace; the first event is what held when it begins. */
static void take_trace(struct explain *explain, struct gather *gather, const struct wave_divergence *own, struct wave_trace *trace) {
  uint32_t first = 0, end = gather->n;
  while (first + 1 < gather->n && gather->events[first + 1].time <= own->window_from) first++;
  while (end > first && gather->events[end - 1].time > own->window_to) end--;
  trace->events = wave_malloc((end - first + (size_t)1) * sizeof *trace->events);
  if (trace->events == NULL) {
    explain->out_of_memory = true;
    return;
  }
  for (uint32_t i = first; i < end; i++) {
    trace->events[trace->n++] = gather->events[i];
    gather->events[i].value = NULL;
  }
  trace->cut = gather->covered_to < own->window_to && gather->n_after == GATHER_AFTER;
}

/* When a sample is shown: at golden's time of it; one that golden does not have at its own, but behind golden's last. */
static int64_t shown_at(const struct wave_axis *axis, int side, int64_t place) {
  const int64_t n = (int64_t)axis->n[WAVE_GOLDEN];
  if (place < n || n == 0) return place < n ? wave_time_of_place(axis, place) : axis->samples[side][place];
  const int64_t own = axis->samples[side][place], least = wave_time_of_place(axis, n - 1) + place - n + 1;
  return own > least ? own : least;
}

/* What a clocked comparison sees: changes at the samples that take them, one for each sample, none that says the same again, and none
 * behind the last sample. */
static void sample_events(const struct wave_axis *axis, int side, struct gather *gather) {
  uint32_t used = 0;
  for (uint32_t i = 0; i < gather->n; i++) {
    struct wave_event event = gather->events[i];
    const int64_t place = wave_place(axis, side, event.time);
    if (place >= (int64_t)axis->n[WAVE_GOLDEN] && place >= (int64_t)axis->n[side]) {
      free(event.value);
      continue;
    }
    event.time = shown_at(axis, side, place);
    if (used > 0 && gather->events[used - 1].time == event.time) {
      free(gather->events[--used].value);
    }
    if (used > 0 && strcmp(gather->events[used - 1].value, event.value) == 0) {
      free(event.value);
      continue;
    }
    gather->events[used++] = event;
  }
  gather->n = used;
  gather->covered_from = wave_time_of_place(axis, wave_place(axis, side, gather->covered_from));
  gather->covered_to = wave_time_of_place(axis, wave_place(axis, side, gather->covered_to));
}

struct gathering {
  struct explain *explain;
  struct gather *gathers[2];
  uint32_t n;
  enum wave_status status[2];
  struct wave_error errors[2];
};

static void gather_side(void *context, unsigned thread, uint32_t side) {
  struct gathering *gathering = context;
  struct explain *explain = gathering->explain;
  (void)thread;
  gathering->status[side] = wave_gather(explain->engine->sources[side], side == 0 ? &explain->match->golden : &explain->match->fresh,
                                        &explain->plan->ticks[side], gathering->gathers[side], gathering->n, &gathering->errors[side]);
}

/* When a side comes to divergence i: a clock may run slower there, a beat come later. */
static int64_t time_on(const struct explain *explain, uint32_t i, int side) {
  const struct wave_divergence *own = &explain->report->divergences[i];
  const struct wave_pair *pair = &explain->match->pairs[explain->of_pair[i]];
  const struct wave_axis *axis = &explain->plan->axes[wave_policy_of(explain->plan, pair)->axis];
  const bool known = axis->sampled && own->cycle >= 0 && own->cycle < (int64_t)axis->n[side];
  return known ? axis->samples[side][own->cycle] : own->at;
}

static enum wave_status gather_both(struct gathering *gathering, struct wave_error *error) {
  const struct explain *explain = gathering->explain;
  for (int side = 0; side < 2; side++) {
    gathering->gathers[side] = wave_calloc(gathering->n, sizeof *gathering->gathers[side]);
    if (gathering->gathers[side] == NULL) return wave_fail(error, "out of memory");
  }
  for (uint32_t i = 0; i < gathering->n; i++) {
    const struct wave_pair *pair = &explain->match->pairs[explain->of_pair[i]];
    for (int side = 0; side < 2; side++) {
      gathering->gathers[side][i] = (struct gather){
          .handle = side == 0 ? pair->golden : pair->fresh, .width = pair->width, .kind = pair->kind, .at = time_on(explain, i, side)};
    }
  }
  wave_pool_run(explain->engine->pool, gather_side, gathering, 2);
  for (int side = 0; side < 2; side++) {
    if (gathering->status[side] == WAVE_OK) continue;
    *error = gathering->errors[side];
    return gathering->status[side];
  }
  return WAVE_OK;
}

/* Values and traces of one divergence, from its gathers; they are used up. */
static void put_traces(struct explain *explain, struct gathering *gathering, uint32_t i, struct shift_votes *votes) {
  struct wave_divergence *own = &explain->report->divergences[i];
  struct gather both[2] = {gathering->gathers[0][i], gathering->gathers[1][i]};
  uint32_t axis_number = wave_policy_of(explain->plan, &explain->match->pairs[explain->of_pair[i]])->axis;
  const struct wave_axis *axis = &explain->plan->axes[axis_number];
  if (own->class != WAVE_CLASS_SHORTER && own->class != WAVE_CLASS_BEATS)
    explain_vote(votes, axis, axis_number, both, axis->sampled ? own->cycle : own->at);
  const bool known = own->golden_value != NULL || own->new_value != NULL;
  for (int side = 0; side < 2; side++) {
    if (axis->sampled) sample_events(axis, side, &gathering->gathers[side][i]);
    both[side] = gathering->gathers[side][i];
    const char *value = known ? NULL : value_at(&both[side], own->at);
    if (value != NULL) *(side == 0 ? &own->golden_value : &own->new_value) = wave_text_copy(explain, value);
  }
  choose_window(explain, both, own);
  for (int side = 0; side < 2; side++) take_trace(explain, &gathering->gathers[side][i], own, side == 0 ? &own->golden : &own->fresh);
  own->detailed = true;
}

enum wave_status explain_traces(struct explain *explain, struct shift_votes *votes, struct wave_error *error) {
  struct wave_report *report = explain->report;
  struct gathering gathering = {.explain = explain};
  uint32_t most = explain->options->detailed < 16 ? 16 : explain->options->detailed;
  while (gathering.n < report->n_divergences && gathering.n < most && explain->of_pair[gathering.n] != WAVE_NONE) gathering.n++;
  if (gathering.n == 0) return WAVE_OK;
  enum wave_status status = gather_both(&gathering, error);
  for (uint32_t i = 0; i < gathering.n && status == WAVE_OK; i++) put_traces(explain, &gathering, i, votes);
  report->detailed = gathering.n;
  for (int side = 0; side < 2; side++) {
    if (gathering.gathers[side] != NULL) wave_gather_free(gathering.gathers[side], gathering.n);
    free(gathering.gathers[side]);
  }
  return status;
}
