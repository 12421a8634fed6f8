/* SPDX-License-Identifier: Apache-2.0 */
#include "explain_shift.h"
#include "memory.h"

#include <stdlib.h>
#include <string.h>

char *wave_text_copy(struct explain *explain, const char *text) {
  size_t size = strlen(text) + 1;
  char *copy = wave_malloc(size);
  if (copy == NULL) {
    explain->out_of_memory = true;
    return NULL;
  }
  return memcpy(copy, text, size);
}

static void declared_as(const struct wave_decl *decl, uint32_t var, uint32_t *width, enum wave_kind *kind) {
  const struct wave_handle *handle = &decl->handles[decl->vars[var].handle];
  *kind = handle->kind;
  *width = handle->kind == WAVE_PORT ? wave_bits_of(handle) : handle->width;
}

static struct wave_divergence *new_divergence(struct explain *explain, uint32_t pair, uint32_t golden, uint32_t fresh) {
  struct wave_report *report = explain->report;
  uint32_t n = report->n_divergences;
  struct wave_divergence *own = &report->divergences[n];
  const struct wave_decl *decl[2] = {explain->match->golden.decl, explain->match->fresh.decl};
  *own = (struct wave_divergence){.rule = -1, .cycle = -1, .until = WAVE_FOREVER, .at = report->compared_from};
  own->path = golden != WAVE_NONE ? wave_full_path(decl[0], golden) : wave_full_path(decl[1], fresh);
  own->scope =
      golden != WAVE_NONE ? wave_full_scope(decl[0], decl[0]->vars[golden].scope) : wave_full_scope(decl[1], decl[1]->vars[fresh].scope);
  if (golden != WAVE_NONE) {
    declared_as(decl[0], golden, &own->width, &own->kind);
  }
  if (fresh != WAVE_NONE) {
    declared_as(decl[1], fresh, &own->new_width, &own->new_kind);
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
  if (own->path == NULL || own->scope == NULL) explain->out_of_memory = true;
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
  own->aliases = wave_calloc(n + 1, sizeof *own->aliases);
  if (own->aliases == NULL) {
    explain->out_of_memory = true;
    return;
  }
  uint32_t used = 0;
  for (uint32_t i = first_alias[pair]; i != WAVE_NONE; i = next_alias[i]) {
    if (i != explain->match->pairs[pair].var) own->aliases[used++] = wave_full_path(explain->match->golden.decl, i);
  }
}

/* Why equal values differ where nothing is tolerated. */
static char *strict_reason(struct explain *explain, const uint32_t recorded[2]) {
  if (recorded[1] == 0) return wave_text_copy(explain, "only golden states it again");
  if (recorded[0] == 0) return wave_text_copy(explain, "only new states it again");
  if (recorded[0] == recorded[1]) return wave_text_copy(explain, "after other values at that time");
  return wave_text_made(explain, "stated %u time%s in golden, %u in new", (unsigned)recorded[0], recorded[0] == 1 ? "" : "s",
                        (unsigned)recorded[1]);
}

/* What both sides hold just from the first difference on. */
static void put_values(struct explain *explain, const struct wave_pair *pair, const struct pair_state *state, struct wave_divergence *own) {
  if (state->opening == NULL) return;
  for (int side = 0; side < 2; side++) {
    const struct kept_value *kept = &state->opening[side];
    if (pair->kind != WAVE_BITS && kept->form == WAVE_UNKNOWN) continue;
    const struct wave_value value = {.bytes = kept->bytes, .size = kept->size, .form = kept->form};
    char *text = wave_value_string((enum wave_kind)pair->kind, pair->width, &value);
    if (text == NULL) explain->out_of_memory = true;
    *(side == 0 ? &own->golden_value : &own->new_value) = text;
  }
  if (own->golden_value != NULL && own->new_value != NULL && strcmp(own->golden_value, own->new_value) == 0)
    own->reason = strict_reason(explain, state->recorded);
}

static enum wave_class class_of(const struct explain *explain, const struct wave_pair *pair, const struct pair_state *state) {
  const struct wave_policy_plan *policy = wave_policy_of(explain->plan, pair);
  if (explain->plan->axes[policy->axis].beats) return WAVE_CLASS_BEATS;
  if (pair->kind == WAVE_EVENT) return WAVE_CLASS_VALUE; /* it has no value to come back to */
  if (policy->strict && state->only_records) return WAVE_CLASS_RECORDS;
  return state->only_x ? WAVE_CLASS_X : state->only_glitch ? WAVE_CLASS_GLITCH : WAVE_CLASS_VALUE;
}

static enum wave_counted counted_on(const struct wave_axis *axis) {
  return axis->beats ? WAVE_IN_BEATS : axis->sampled ? WAVE_IN_CYCLES : WAVE_IN_TICKS;
}

static void list_pairs(struct explain *explain) {
  const struct wave_match *match = explain->match;
  uint32_t n_vars = match->golden.decl->n_vars;
  uint32_t *first_alias = wave_malloc((match->n_pairs + (size_t)1) * sizeof *first_alias),
           *next_alias = wave_malloc((n_vars + (size_t)1) * sizeof *next_alias);
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
    own->kind = own->new_kind = pair->kind;
    own->rule = pair->rule == WAVE_NONE ? -1 : (int)pair->rule;
    own->at = wave_time_of_place(axis, state->first);
    own->until = state->until == WAVE_NEVER ? WAVE_FOREVER : wave_time_of_place(axis, state->until);
    own->times = state->times;
    own->total = state->total;
    own->counted = counted_on(axis);
    own->class = class_of(explain, pair, state);
    put_values(explain, pair, state, own);
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
  own->new_ends = explain->engine->states[earliest].longer == WAVE_GOLDEN;
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
    own->times = 1;
    own->extra_beats = true;
    own->new_ends = longer == 0;
    own->counted = WAVE_IN_BEATS;
    own->total = (int64_t)(axis->n[longer] - n);
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
    } else if (fate == WAVE_PARTIAL) {
      struct wave_divergence *own = new_divergence(explain, WAVE_NONE, i, golden->other[i]);
      own->class = WAVE_CLASS_WIDTH;
      own->new_width = explain->match->pairs[golden->pair[i]].width;
    } else if (fate == WAVE_UNMATCHED) {
      report->missing_in_new++;
      if (!in_new) continue;
      struct wave_divergence *own = new_divergence(explain, WAVE_NONE, i, WAVE_NONE);
      own->class = WAVE_CLASS_MISSING;
      own->missing_in_new = true;
    }
  }
  for (uint32_t i = 0; i < fresh->decl->n_vars; i++) {
    if (fresh->fate[i] == WAVE_PARTIAL) {
      struct wave_divergence *own = new_divergence(explain, WAVE_NONE, fresh->other[i], i);
      own->class = WAVE_CLASS_WIDTH;
      own->width = explain->match->pairs[fresh->pair[i]].width;
    }
    if (fresh->fate[i] != WAVE_UNMATCHED) continue;
    report->missing_in_golden++;
    if (in_golden) new_divergence(explain, WAVE_NONE, WAVE_NONE, i)->class = WAVE_CLASS_MISSING;
  }
}

/* What qsort needs: a divergence with its pair. */
struct order {
  struct wave_divergence divergence;
  uint32_t pair, golden_var, depth, turn;
};

static int compare_order(const void *a, const void *b) {
  const struct order *left = a, *right = b;
  bool later[2] = {wave_is_declared(&left->divergence), wave_is_declared(&right->divergence)};
  if (later[0] != later[1]) return later[0] ? 1 : -1;
  if (left->divergence.at != right->divergence.at) return left->divergence.at < right->divergence.at ? -1 : 1;
  if (left->depth != right->depth) return left->depth < right->depth ? -1 : 1;
  if (left->golden_var != right->golden_var) return left->golden_var < right->golden_var ? -1 : 1;
  return left->turn < right->turn ? -1 : 1;
}

static void sort_divergences(struct explain *explain) {
  struct wave_report *report = explain->report;
  struct order *order = wave_malloc((report->n_divergences + (size_t)1) * sizeof *order);
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

enum wave_status wave_explain(struct explain *explain, struct wave_error *error) {
  size_t most = (size_t)explain->match->n_pairs * 2 + explain->match->golden.decl->n_vars + explain->match->fresh.decl->n_vars + 2;
  explain->report->divergences = wave_calloc(most, sizeof *explain->report->divergences);
  explain->of_pair = wave_malloc(most * sizeof *explain->of_pair);
  explain->golden_var = wave_malloc(most * sizeof *explain->golden_var);
  if (explain->report->divergences == NULL || explain->of_pair == NULL || explain->golden_var == NULL)
    return wave_fail(error, "out of memory");
  list_pairs(explain);
  list_shorter(explain);
  list_beats(explain);
  list_declared(explain);
  sort_divergences(explain);
  if (explain->out_of_memory) return wave_fail(error, "out of memory");
  if (wave_waive(explain, error) != WAVE_OK) return WAVE_ERROR;
  struct shift_votes votes = {.n = 0};
  if (explain_traces(explain, &votes, error) != WAVE_OK || explain_shifts(explain, &votes, error) != WAVE_OK) return WAVE_ERROR;
  explain_drop_end(explain);
  return WAVE_OK;
}
