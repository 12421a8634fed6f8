/* SPDX-License-Identifier: Apache-2.0 */
#include "explain.h"

#include "gather.h"

#include <stdlib.h>
#include <string.h>

enum { SHIFTS = 3 };

char *wave_text_copy(struct explain *explain, const char *text) {
  size_t size = strlen(text) + 1;
  char *copy = malloc(size);
  if (copy == NULL) {
    explain->out_of_memory = true;
    return NULL;
  }
  return memcpy(copy, text, size);
}

void wave_state_init(struct pair_state *state) {
  *state = (struct pair_state){
      .only_x = true, .only_glitch = true, .count_from = INT64_MIN, .first = WAVE_NEVER, .until = WAVE_NEVER, .after_end = WAVE_NEVER};
  state->side[0].pending_at = state->side[1].pending_at = WAVE_NEVER;
  state->tail_since[0] = state->tail_since[1] = WAVE_NEVER;
}

void wave_state_free(struct pair_state *state) {
  wave_pair_free(state);
}

/* The path without its last part. */
static char *scope_text(struct explain *explain, const struct wave_decl *decl, uint32_t var) {
  size_t length = wave_scope_path(decl, decl->vars[var].scope, NULL, 0) + 1;
  char *text = malloc(length);
  if (text == NULL) {
    explain->out_of_memory = true;
    return NULL;
  }
  wave_scope_path(decl, decl->vars[var].scope, text, length);
  return text;
}

static struct wave_divergence *new_divergence(struct explain *explain, uint32_t pair, uint32_t golden, uint32_t fresh) {
  struct wave_report *report = explain->report;
  uint32_t n = report->n_divergences;
  struct wave_divergence *own = &report->divergences[n];
  const struct wave_decl *decl[2] = {explain->match->golden.decl, explain->match->fresh.decl};
  *own = (struct wave_divergence){.rule = -1, .cycle = -1, .until = WAVE_FOREVER, .at = report->compared_from};
  own->path = golden != WAVE_NONE ? wave_full_path(decl[0], golden) : wave_full_path(decl[1], fresh);
  own->scope = golden != WAVE_NONE ? scope_text(explain, decl[0], golden) : scope_text(explain, decl[1], fresh);
  if (golden != WAVE_NONE) {
    own->width = decl[0]->handles[decl[0]->vars[golden].handle].width;
    own->kind = decl[0]->handles[decl[0]->vars[golden].handle].kind;
  }
  if (fresh != WAVE_NONE) {
    own->new_width = decl[1]->handles[decl[1]->vars[fresh].handle].width;
    own->new_kind = decl[1]->handles[decl[1]->vars[fresh].handle].kind;
    if (golden == WAVE_NONE) {
      own->width = own->new_width;
      own->kind = own->new_kind;
    } else {
      own->new_path = wave_full_path(decl[1], fresh);
      if (own->new_path != NULL && own->path != NULL && strcmp(own->new_path, own->path) == 0) {
        free(own->new_path);
        own->new_path = NULL;
      }
    }
  }
  if (own->path == NULL) explain->out_of_memory = true;
  explain->of_pair[n] = pair;
  explain->golden_var[n] = golden;
  report->n_divergences++;
  return own;
}

/* Where a time is on the axis that numbers cycles: that of the pair, or the first clock of the rules. */
static void put_cycle(struct explain *explain, const struct wave_axis *axis, int64_t place, struct wave_divergence *own) {
  if (axis->sampled) {
    own->cycle = place;
    own->clock = wave_text_copy(explain, axis->clock);
    return;
  }
  for (uint32_t i = 1; i < explain->plan->n_axes; i++) {
    const struct wave_axis *clock = &explain->plan->axes[i];
    if (clock->beats || clock->n[0] == 0) continue;
    own->cycle = wave_place(clock, WAVE_GOLDEN, own->at);
    own->clock = wave_text_copy(explain, clock->clock);
    return;
  }
}

/* All names of golden that a pair goes by, but for the one that it is called. */
static void put_aliases(struct explain *explain, uint32_t *first_alias, const uint32_t *next_alias, uint32_t pair,
                        struct wave_divergence *own) {
  uint32_t n = 0;
  for (uint32_t i = first_alias[pair]; i != WAVE_NONE; i = next_alias[i]) n++;
  if (n < 2) return;
  own->aliases = calloc(n + 1, sizeof *own->aliases);
  if (own->aliases == NULL) {
    explain->out_of_memory = true;
    return;
  }
  uint32_t used = 0;
  for (uint32_t i = first_alias[pair]; i != WAVE_NONE; i = next_alias[i]) {
    if (i != explain->match->pairs[pair].var) own->aliases[used++] = wave_full_path(explain->match->golden.decl, i);
  }
}

static void list_pairs(struct explain *explain) {
  const struct wave_match *match = explain->match;
  uint32_t n_vars = match->golden.decl->n_vars;
  uint32_t *first_alias = malloc((match->n_pairs + (size_t)1) * sizeof *first_alias),
           *next_alias = malloc((n_vars + (size_t)1) * sizeof *next_alias);
  if (first_alias == NULL || next_alias == NULL) {
    explain->out_of_memory = true;
    goto done;
  }
  for (uint32_t i = 0; i < match->n_pairs; i++) first_alias[i] = WAVE_NONE;
  for (uint32_t i = n_vars; i-- > 0;) {
    uint32_t pair = match->golden.fate[i] == WAVE_MATCHED ? match->golden.pair[i] : WAVE_NONE;
    if (pair == WAVE_NONE) continue;
    next_alias[i] = first_alias[pair];
    first_alias[pair] = i;
  }
  for (uint32_t i = 0; i < match->n_pairs; i++) {
    const struct wave_pair *pair = &match->pairs[i];
    const struct pair_state *state = &explain->engine->states[i];
    const struct wave_axis *axis = &explain->plan->axes[wave_policy_of(explain->plan, pair)->axis];
    if (state->first == WAVE_NEVER) continue;
    struct wave_divergence *own = new_divergence(explain, i, pair->var, pair->new_var);
    own->width = own->new_width = pair->width;
    own->rule = pair->rule == WAVE_NONE ? -1 : (int)pair->rule;
    own->at = wave_time_of_place(axis, state->first);
    own->until = state->until == WAVE_NEVER ? WAVE_FOREVER : wave_time_of_place(axis, state->until);
    own->times = state->times;
    own->total = state->total;
    own->class = axis->beats ? WAVE_CLASS_BEATS : state->only_x ? WAVE_CLASS_X : state->only_glitch ? WAVE_CLASS_GLITCH : WAVE_CLASS_VALUE;
    put_cycle(explain, axis, state->first, own);
    put_aliases(explain, first_alias, next_alias, i, own);
  }
done:
  free(first_alias);
  free(next_alias);
}

/* One run goes on where the other has ended: said once, by the signal that changes first. */
static void list_shorter(struct explain *explain) {
  const struct wave_match *match = explain->match;
  uint32_t earliest = WAVE_NONE;
  int64_t when = WAVE_NEVER;
  for (uint32_t i = 0; i < match->n_pairs && !explain->rules->trim; i++) {
    const struct wave_axis *axis = &explain->plan->axes[wave_policy_of(explain->plan, &match->pairs[i])->axis];
    int64_t at = explain->engine->states[i].after_end;
    if (at == WAVE_NEVER) continue;
    if (axis->sampled) {
      int longer = axis->n[0] > axis->n[1] ? 0 : 1;
      at = (size_t)at < axis->n[longer] ? axis->samples[longer][at] : WAVE_NEVER - 1;
    }
    if (at < when ||
        (at == when && wave_depth(match->golden.decl, match->pairs[i].var) < wave_depth(match->golden.decl, match->pairs[earliest].var))) {
      earliest = i;
      when = at;
    }
  }
  if (earliest == WAVE_NONE) return;
  struct wave_divergence *own = new_divergence(explain, earliest, match->pairs[earliest].var, match->pairs[earliest].new_var);
  own->class = WAVE_CLASS_SHORTER;
  own->at = when;
  own->times = 1;
}

/* A channel with more beats on one side. */
static void list_beats(struct explain *explain) {
  for (uint32_t i = 0; i < explain->match->n_pairs; i++) {
    const struct wave_pair *pair = &explain->match->pairs[i];
    const struct wave_axis *axis = &explain->plan->axes[wave_policy_of(explain->plan, pair)->axis];
    if (!axis->beats || axis->n[0] == axis->n[1] || explain->rules->trim) continue;
    bool told = explain->engine->states[i].first != WAVE_NEVER;
    for (uint32_t k = 0; k < explain->report->n_divergences && !told; k++) {
      uint32_t other = explain->of_pair[k];
      told = other != WAVE_NONE &&
             wave_policy_of(explain->plan, &explain->match->pairs[other])->axis == wave_policy_of(explain->plan, pair)->axis;
    }
    if (told) continue;
    size_t n = axis->n[0] < axis->n[1] ? axis->n[0] : axis->n[1];
    int longer = axis->n[0] > axis->n[1] ? 0 : 1;
    struct wave_divergence *own = new_divergence(explain, i, pair->var, pair->new_var);
    own->class = WAVE_CLASS_BEATS;
    own->rule = pair->rule == WAVE_NONE ? -1 : (int)pair->rule;
    own->at = axis->samples[longer][n];
    own->times = axis->n[longer] - n;
    own->cycle = (int64_t)n;
    own->clock = wave_text_copy(explain, axis->clock);
  }
}

static void list_declared(struct explain *explain) {
  const struct wave_names *golden = &explain->match->golden, *fresh = &explain->match->fresh;
  enum wave_missing missing = explain->rules->missing;
  bool in_new = missing == WAVE_MISSING_DIFFERS || missing == WAVE_MISSING_IN_GOLDEN_IGNORED;
  bool in_golden = missing == WAVE_MISSING_DIFFERS || missing == WAVE_MISSING_IN_NEW_IGNORED;
  struct wave_report *report = explain->report;
  for (uint32_t i = 0; i < golden->decl->n_vars; i++) {
    uint8_t fate = golden->fate[i];
    if (fate == WAVE_OTHER_WIDTH || fate == WAVE_OTHER_TYPE) {
      struct wave_divergence *own = new_divergence(explain, WAVE_NONE, i, golden->other[i]);
      own->class = fate == WAVE_OTHER_WIDTH ? WAVE_CLASS_WIDTH : WAVE_CLASS_TYPE;
    } else if (fate == WAVE_UNMATCHED) {
      report->missing_in_new++;
      if (!in_new) continue;
      struct wave_divergence *own = new_divergence(explain, WAVE_NONE, i, WAVE_NONE);
      own->class = WAVE_CLASS_MISSING;
      own->missing_in_new = true;
    }
  }
  for (uint32_t i = 0; i < fresh->decl->n_vars; i++) {
    if (fresh->fate[i] != WAVE_UNMATCHED) continue;
    report->missing_in_golden++;
    if (in_golden) new_divergence(explain, WAVE_NONE, WAVE_NONE, i)->class = WAVE_CLASS_MISSING;
  }
}

static bool declared(const struct wave_divergence *own) {
  return own->class == WAVE_CLASS_MISSING || own->class == WAVE_CLASS_WIDTH || own->class == WAVE_CLASS_TYPE;
}

/* What qsort needs: a divergence with its pair. */
struct order {
  struct wave_divergence divergence;
  uint32_t pair, golden_var, depth, turn;
};

static int compare_order(const void *a, const void *b) {
  const struct order *left = a, *right = b;
  bool later[2] = {declared(&left->divergence), declared(&right->divergence)};
  if (later[0] != later[1]) return later[0] ? 1 : -1;
  if (left->divergence.at != right->divergence.at) return left->divergence.at < right->divergence.at ? -1 : 1;
  if (left->depth != right->depth) return left->depth < right->depth ? -1 : 1;
  if (left->golden_var != right->golden_var) return left->golden_var < right->golden_var ? -1 : 1;
  return left->turn < right->turn ? -1 : 1;
}

static void sort_divergences(struct explain *explain) {
  struct wave_report *report = explain->report;
  struct order *order = malloc((report->n_divergences + (size_t)1) * sizeof *order);
  if (order == NULL) {
    explain->out_of_memory = true;
    return;
  }
  for (uint32_t i = 0; i < report->n_divergences; i++) {
    uint32_t var = explain->golden_var[i];
    order[i] = (struct order){.divergence = report->divergences[i],
                              .pair = explain->of_pair[i],
                              .golden_var = var,
                              .depth = var == WAVE_NONE ? 0 : wave_depth(explain->match->golden.decl, var),
                              .turn = i};
  }
  qsort(order, report->n_divergences, sizeof *order, compare_order);
  for (uint32_t i = 0; i < report->n_divergences; i++) {
    report->divergences[i] = order[i].divergence;
    explain->of_pair[i] = order[i].pair;
    explain->golden_var[i] = order[i].golden_var;
  }
  free(order);
}

/* What holds at a time: the last change at or before it; with before_too, strictly before. */
static const char *value_at(const struct gather *gather, int64_t time) {
  const char *value = NULL;
  for (uint32_t i = 0; i < gather->n && gather->events[i].time <= time; i++) value = gather->events[i].value;
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
  trace->events = malloc((end - first + (size_t)1) * sizeof *trace->events);
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

/* The distance in places between what golden and new do from a divergence on, if they do the same; 0 if not. */
static int64_t shift_seen(const struct explain *explain, const struct wave_axis *axis, const struct gather both[2], int64_t at) {
  uint32_t next[2], seen = 0;
  int64_t shift = 0;
  (void)explain;
  for (int side = 0; side < 2; side++) {
    next[side] = 0;
    while (next[side] < both[side].n && both[side].events[next[side]].time < at) next[side]++;
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

struct candidate {
  uint32_t axis;
  int64_t shift;
  uint32_t votes;
};

static void vote(struct candidate *candidates, uint32_t *n, uint32_t axis, int64_t shift) {
  for (uint32_t i = 0; i < *n; i++) {
    if (candidates[i].axis == axis && candidates[i].shift == shift) {
      candidates[i].votes++;
      return;
    }
  }
  if (*n < 64) candidates[(*n)++] = (struct candidate){axis, shift, 1};
}

static int compare_votes(const void *a, const void *b) {
  const struct candidate *left = a, *right = b;
  if (left->votes != right->votes) return left->votes > right->votes ? -1 : 1;
  return left->shift < right->shift ? -1 : left->shift > right->shift;
}

/* The period of a clock: what most of its first distances are. */
static int64_t period_of(const struct wave_axis *axis) {
  size_t n = axis->n[WAVE_GOLDEN];
  return n < 2 ? 0 : axis->samples[0][n / 2] - axis->samples[0][n / 2 - 1];
}

static void put_shift(const struct explain *explain, const struct wave_axis *axis, int64_t shift, struct wave_divergence *own) {
  own->class = WAVE_CLASS_SHIFT;
  own->shift = shift;
  if (axis->sampled) {
    own->class = WAVE_CLASS_LATENCY;
    own->cycles_late = shift;
    own->shift = shift * period_of(axis);
    return;
  }
  for (uint32_t i = 1; i < explain->plan->n_axes; i++) {
    int64_t period = explain->plan->axes[i].beats ? 0 : period_of(&explain->plan->axes[i]);
    if (period <= 0 || shift % period != 0) continue;
    own->class = WAVE_CLASS_LATENCY;
    own->cycles_late = shift / period;
    return;
  }
}

/* Asks for all that differ on an axis whether new only does the same so much later (or earlier) from there on. */
static enum wave_status verify_shift(struct explain *explain, const struct candidate *candidate, struct wave_error *error) {
  struct engine *engine = explain->engine;
  struct wave_report *report = explain->report;
  struct pair_state *kept = engine->states;
  uint32_t *list = malloc((report->n_divergences + (size_t)1) * sizeof *list), n = 0;
  struct pair_state *states = calloc(explain->match->n_pairs + (size_t)1, sizeof *states);
  enum wave_status status = list == NULL || states == NULL ? wave_fail(error, "out of memory") : WAVE_OK;
  for (uint32_t i = 0; i < report->n_divergences && status == WAVE_OK; i++) {
    uint32_t pair = explain->of_pair[i];
    enum wave_class class = report->divergences[i].class;
    if (pair == WAVE_NONE || (class != WAVE_CLASS_VALUE && class != WAVE_CLASS_X && class != WAVE_CLASS_GLITCH)) continue;
    if (wave_policy_of(explain->plan, &explain->match->pairs[pair])->axis != candidate->axis) continue;
    wave_state_init(&states[pair]);
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
    if (own->class == WAVE_CLASS_VALUE || own->class == WAVE_CLASS_X || own->class == WAVE_CLASS_GLITCH) {
      put_shift(explain, &explain->plan->axes[candidate->axis], candidate->shift, own);
    }
  }
  for (uint32_t i = 0; states != NULL && i < n; i++) wave_state_free(&states[list[i]]);
  free(states);
  free(list);
  return status;
}

/* What a clocked comparison sees: changes at the samples that take them, one for each sample, none that says the same again. */
static void sample_events(const struct wave_axis *axis, int side, struct gather *gather) {
  uint32_t used = 0;
  for (uint32_t i = 0; i < gather->n; i++) {
    struct wave_event event = gather->events[i];
    event.time = wave_time_of_place(axis, wave_place(axis, side, event.time));
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

/* Gathers the first divergences' changes: for the traces, and to see whether they are shifts. */
static enum wave_status gather_traces(struct explain *explain, struct wave_error *error) {
  struct wave_report *report = explain->report;
  struct gathering gathering = {.explain = explain};
  struct candidate candidates[64];
  uint32_t n_candidates = 0, most = explain->options->detailed < 16 ? 16 : explain->options->detailed;
  while (gathering.n < report->n_divergences && gathering.n < most && explain->of_pair[gathering.n] != WAVE_NONE) gathering.n++;
  if (gathering.n == 0) return WAVE_OK;
  enum wave_status status = WAVE_OK;
  for (int side = 0; side < 2; side++) {
    gathering.gathers[side] = calloc(gathering.n, sizeof *gathering.gathers[side]);
    if (gathering.gathers[side] == NULL) status = wave_fail(error, "out of memory");
  }
  for (uint32_t i = 0; i < gathering.n && status == WAVE_OK; i++) {
    const struct wave_pair *pair = &explain->match->pairs[explain->of_pair[i]];
    for (int side = 0; side < 2; side++) {
      gathering.gathers[side][i] = (struct gather){
          .handle = side == 0 ? pair->golden : pair->fresh, .width = pair->width, .kind = pair->kind, .at = report->divergences[i].at};
    }
  }
  if (status == WAVE_OK) wave_pool_run(explain->engine->pool, gather_side, &gathering, 2);
  for (int side = 0; side < 2 && status == WAVE_OK; side++) {
    status = gathering.status[side];
    if (status != WAVE_OK) *error = gathering.errors[side];
  }
  for (uint32_t i = 0; i < gathering.n && status == WAVE_OK; i++) {
    struct wave_divergence *own = &report->divergences[i];
    struct gather both[2] = {gathering.gathers[0][i], gathering.gathers[1][i]};
    uint32_t axis_number = wave_policy_of(explain->plan, &explain->match->pairs[explain->of_pair[i]])->axis;
    const struct wave_axis *axis = &explain->plan->axes[axis_number];
    int64_t shift = own->class == WAVE_CLASS_SHORTER || own->class == WAVE_CLASS_BEATS ? 0 : shift_seen(explain, axis, both, own->at);
    if (shift != 0) vote(candidates, &n_candidates, axis_number, shift);
    for (int side = 0; side < 2; side++) {
      if (axis->sampled) sample_events(axis, side, &gathering.gathers[side][i]);
      both[side] = gathering.gathers[side][i];
      const char *value = value_at(&both[side], own->at);
      if (value != NULL) *(side == 0 ? &own->golden_value : &own->new_value) = wave_text_copy(explain, value);
    }
    choose_window(explain, both, own);
    for (int side = 0; side < 2; side++) take_trace(explain, &gathering.gathers[side][i], own, side == 0 ? &own->golden : &own->fresh);
    own->detailed = true;
  }
  report->detailed = gathering.n;
  for (int side = 0; side < 2; side++) {
    if (gathering.gathers[side] != NULL) wave_gather_free(gathering.gathers[side], gathering.n);
    free(gathering.gathers[side]);
  }
  qsort(candidates, n_candidates, sizeof *candidates, compare_votes);
  for (uint32_t i = 0; i < n_candidates && i < SHIFTS && status == WAVE_OK; i++) status = verify_shift(explain, &candidates[i], error);
  return status;
}

static void free_divergence(struct wave_divergence *own) {
  free(own->path);
  free(own->new_path);
  free(own->scope);
  free(own->clock);
  free(own->golden_value);
  free(own->new_value);
  for (int side = 0; side < 2; side++) {
    struct wave_trace *trace = side == 0 ? &own->golden : &own->fresh;
    for (uint32_t i = 0; i < trace->n; i++) free(trace->events[i].value);
    free(trace->events);
  }
}

/* That one run goes on a little longer is no further difference when all that goes on is only late. */
static void drop_explained_end(struct explain *explain) {
  struct wave_report *report = explain->report;
  uint32_t i = 0;
  while (i < report->n_divergences && report->divergences[i].class != WAVE_CLASS_SHORTER) i++;
  if (i == report->n_divergences) return;
  int64_t *shift = calloc(explain->match->n_pairs + (size_t)1, sizeof *shift); /* how far the changes of each pair are apart */
  if (shift == NULL) return;
  for (uint32_t k = 0; k < report->n_divergences; k++) {
    int64_t own = report->divergences[k].class == WAVE_CLASS_SHIFT ? report->divergences[k].shift : 0;
    if (own != 0) shift[explain->of_pair[k]] = own < 0 ? -own : own;
  }
  const int64_t *ends = explain->engine->side_end;
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
  free_divergence(&report->divergences[i]);
  report->n_divergences--;
  memmove(&report->divergences[i], &report->divergences[i + 1], (report->n_divergences - i) * sizeof *report->divergences);
  memmove(&explain->of_pair[i], &explain->of_pair[i + 1], (report->n_divergences - i) * sizeof *explain->of_pair);
  memmove(&explain->golden_var[i], &explain->golden_var[i + 1], (report->n_divergences - i) * sizeof *explain->golden_var);
  if (i < report->detailed) report->detailed--;
}

enum wave_status wave_explain(struct explain *explain, struct wave_error *error) {
  size_t most = (size_t)explain->match->n_pairs * 2 + explain->match->golden.decl->n_vars + explain->match->fresh.decl->n_vars + 2;
  explain->report->divergences = calloc(most, sizeof *explain->report->divergences);
  explain->of_pair = malloc(most * sizeof *explain->of_pair);
  explain->golden_var = malloc(most * sizeof *explain->golden_var);
  if (explain->report->divergences == NULL || explain->of_pair == NULL || explain->golden_var == NULL)
    return wave_fail(error, "out of memory");
  list_pairs(explain);
  list_shorter(explain);
  list_beats(explain);
  list_declared(explain);
  sort_divergences(explain);
  if (explain->out_of_memory) return wave_fail(error, "out of memory");
  if (gather_traces(explain, error) != WAVE_OK) return WAVE_ERROR;
  drop_explained_end(explain);
  return WAVE_OK;
}
