/* SPDX-License-Identifier: Apache-2.0 */
#include "explain.h"
#include "memory.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void describe_file(struct explain *explain, int side, struct wave_file *file) {
  const struct wave_source *source = explain->engine->sources[side];
  const struct engine *engine = explain->engine;
  *file = (struct wave_file){.path = wave_text_copy(explain, source->name),
                             .format = source->format,
                             .bytes = source->bytes,
                             .variables = source->decl.n_vars,
                             .signals = source->decl.n_handles,
                             .begin = engine->begin_time[side],
                             .timescale_exponent = source->decl.timescale_exponent,
                             .timescale_known = source->decl.timescale_known};
  file->end = engine->run_end[side] == INT64_MIN ? file->begin : engine->run_end[side];
  if (source->end_hint > 0) {
    int64_t hinted = wave_common(&explain->plan->ticks[side], source->end_hint);
    if (hinted > file->end && !explain->partial[side]) file->end = hinted;
  }
  if (explain->partial[side]) file->partial = wave_text_copy(explain, source->why.text);
}

/* Which variables of golden differ: those of a divergence's pair, under all their names. */
static uint8_t *differing_vars(struct explain *explain, int64_t *first) {
  const struct wave_names *golden = &explain->match->golden;
  uint8_t *differ = wave_calloc(golden->decl->n_vars + (size_t)1, 1);
  int64_t *of_pair = wave_malloc((explain->match->n_pairs + (size_t)1) * sizeof *of_pair);
  if (differ == NULL || of_pair == NULL) {
    explain->out_of_memory = true;
    free(of_pair);
    return differ;
  }
  for (uint32_t i = 0; i < explain->match->n_pairs; i++) of_pair[i] = WAVE_NEVER;
  for (uint32_t i = explain->report->n_divergences; i-- > 0;) {
    const struct wave_divergence *own = &explain->report->divergences[i];
    if (explain->of_pair[i] != WAVE_NONE && own->class != WAVE_CLASS_SHORTER) of_pair[explain->of_pair[i]] = own->at;
    if (wave_is_declared(own) && explain->golden_var[i] != WAVE_NONE) {
      differ[explain->golden_var[i]] = 1;
      first[explain->golden_var[i]] = own->at;
    }
  }
  for (uint32_t i = 0; i < golden->decl->n_vars; i++) {
    uint32_t pair = golden->pair[i];
    if (pair == WAVE_NONE || of_pair[pair] == WAVE_NEVER) continue;
    differ[i] = 1;
    first[i] = of_pair[pair];
  }
  free(of_pair);
  return differ;
}

static void count_scopes(struct explain *explain, const uint8_t *differ, const int64_t *first) {
  const struct wave_names *golden = &explain->match->golden;
  const struct wave_decl *decl = golden->decl;
  struct wave_report *report = explain->report;
  uint32_t n = decl->n_scopes + 1; /* the last: outside of any scope */
  report->scopes = wave_calloc(n, sizeof *report->scopes);
  if (report->scopes == NULL) {
    explain->out_of_memory = true;
    return;
  }
  for (uint32_t i = 0; i < decl->n_scopes; i++) {
    struct wave_scope_count *scope = &report->scopes[i];
    uint32_t parent = decl->scopes[i].parent;
    scope->depth = parent == WAVE_NONE ? 0 : report->scopes[parent].depth + 1;
    scope->first = WAVE_FOREVER;
    if (scope->depth >= WAVE_LISTED_DEPTH) continue;
    scope->path = wave_full_scope(decl, i);
    if (scope->path == NULL) {
      explain->out_of_memory = true;
      return;
    }
  }
  report->n_scopes = decl->n_scopes;
  report->scopes[decl->n_scopes].first = WAVE_FOREVER;
  for (uint32_t i = 0; i < decl->n_vars; i++) {
    struct wave_scope_count *scope = &report->scopes[decl->vars[i].scope == WAVE_NONE ? decl->n_scopes : decl->vars[i].scope];
    bool matched = wave_is_compared(golden->fate[i]);
    scope->compared += matched;
    scope->different += differ[i];
    scope->missing += golden->fate[i] == WAVE_UNMATCHED;
    if (differ[i] && first[i] < scope->first) scope->first = first[i];
  }
  for (uint32_t i = 0; i < decl->n_scopes; i++) {
    report->scopes[i].compared_below = report->scopes[i].compared;
    report->scopes[i].different_below = report->scopes[i].different;
  }
  for (uint32_t i = decl->n_scopes; i-- > 0;) {
    uint32_t parent = decl->scopes[i].parent;
    if (parent == WAVE_NONE) continue;
    report->scopes[parent].compared_below += report->scopes[i].compared_below;
    report->scopes[parent].different_below += report->scopes[i].different_below;
    if (report->scopes[i].first < report->scopes[parent].first) report->scopes[parent].first = report->scopes[i].first;
  }
  struct wave_scope_count *outside = &report->scopes[decl->n_scopes];
  if (outside->compared + outside->different + outside->missing > 0) {
    outside->path = wave_text_copy(explain, "");
    outside->compared_below = outside->compared;
    outside->different_below = outside->different;
    report->n_scopes++;
  }
}

static void count_rules(struct explain *explain, const uint8_t *differ) {
  const struct wave_rules *rules = explain->rules;
  struct wave_report *report = explain->report;
  const struct wave_names *golden = &explain->match->golden;
  report->rules = wave_calloc(rules->n_rules + (size_t)1, sizeof *report->rules);
  if (report->rules == NULL) {
    explain->out_of_memory = true;
    return;
  }
  report->n_rules = rules->n_rules + 1;
  for (uint32_t i = 0; i < rules->n_rules; i++) {
    const struct wave_rule *rule = &rules->rules[i];
    report->rules[i].text = wave_text_copy(explain, rule->text);
    report->rules[i].where =
        rule->file == NULL ? wave_text_copy(explain, "command line") : wave_text_made(explain, "%s:%d", rule->file, rule->line);
  }
  report->rules[rules->n_rules].text = wave_text_copy(explain, "all other signals, exactly");
  report->rules[rules->n_rules].where = wave_text_copy(explain, "default");
  for (uint32_t i = 0; i < golden->decl->n_vars; i++) {
    uint32_t pair = golden->pair[i];
    if (pair == WAVE_NONE) continue;
    uint32_t rule = explain->match->pairs[pair].rule;
    struct wave_rule_count *count = &report->rules[rule == WAVE_NONE ? rules->n_rules : rule];
    count->signals++;
    count->different += differ[i];
  }
}

/* Rules without effect: a name is mistyped, or it has changed. */
static void note_idle_rules(struct explain *explain) {
  const struct wave_rules *rules = explain->rules;
  for (uint32_t i = 0; i < rules->n_rules; i++) {
    const struct wave_rule_count *count = &explain->report->rules[i];
    const bool fits = explain->match->rule_fits[i];
    if (fits && (rules->rules[i].action == WAVE_EXCLUDE || count->signals > 0)) continue;
    wave_note(explain, wave_text_made(explain, "rule '%s' (%s) fits no signal%s, or rules before it take them all", count->text,
                                      count->where, fits ? " that is in both files" : ""));
  }
  for (uint32_t i = 0; i < rules->n_renames; i++) {
    if (explain->match->rename_fits[i]) continue;
    wave_note(explain,
              wave_text_made(explain, "rule '%s' fits no signal of new, or rules before it take them all", rules->renames[i].text));
  }
}

/* Whether two divergences are one entry for the reader: one cause, or one scope. */
static bool same_group(const struct wave_divergence *a, const struct wave_divergence *b) {
  if (wave_is_shifted(a)) return a->class == b->class && a->shift == b->shift;
  if (a->class == WAVE_CLASS_MISSING)
    return b->class == WAVE_CLASS_MISSING && a->missing_in_new == b->missing_in_new && strcmp(a->scope, b->scope) == 0;
  bool same_kind = wave_is_of_values(a) ? wave_is_of_values(b) : a->class == b->class;
  return same_kind && strcmp(a->scope, b->scope) == 0;
}

static char *group_title(struct explain *explain, const struct wave_divergence *own) {
  char time[40];
  const char *way = own->shift < 0 ? "earlier" : "later";
  wave_time_text(explain->report, own->shift < 0 ? -own->shift : own->shift, time);
  switch (own->class) {
  case WAVE_CLASS_SHIFT:
    return wave_text_made(explain, "every edge %s %s", time, way);
  case WAVE_CLASS_LATENCY: {
    long long cycles = (long long)(own->cycles_late < 0 ? -own->cycles_late : own->cycles_late);
    return wave_text_made(explain, "every value %lld cycle%s %s", cycles, cycles == 1 ? "" : "s", way);
  }
  case WAVE_CLASS_SHORTER:
    return wave_text_made(explain, "%s ends earlier", own->new_ends ? "new" : "golden");
  case WAVE_CLASS_MISSING:
    return wave_text_made(explain, "%s (missing in %s)", own->scope, own->missing_in_new ? "new" : "golden");
  default:
    return wave_text_copy(explain, own->scope);
  }
}

/* The same for all divergences of a group. */
static uint64_t group_hash(const struct wave_divergence *own) {
  uint64_t hash = wave_is_of_values(own) ? WAVE_CLASS_VALUE : (uint64_t)own->class;
  if (wave_is_shifted(own)) return (hash * 31 + (uint64_t)own->shift) * 0x9e3779b97f4a7c15u >> 32;
  for (const char *c = own->scope; *c != '\0'; c++) hash = (hash ^ (unsigned char)*c) * 0x100000001b3u;
  return hash ^ hash >> 32;
}

static void make_groups(struct explain *explain) {
  struct wave_report *report = explain->report;
  uint32_t n = report->n_divergences, size = 16;
  while (size < n * (uint64_t)2) size *= 2;
  uint32_t *slots = wave_malloc(size * sizeof *slots), *group_of = wave_malloc((n + (size_t)1) * sizeof *group_of);
  report->groups = wave_calloc(n + (size_t)1, sizeof *report->groups);
  if (slots == NULL || group_of == NULL || report->groups == NULL) {
    explain->out_of_memory = true;
    n = 0;
  }
  if (slots != NULL) memset(slots, 0xff, size * sizeof *slots);
  for (uint32_t i = 0; i < n; i++) {
    const struct wave_divergence *own = &report->divergences[i];
    uint32_t slot = (uint32_t)group_hash(own) & (size - 1);
    while (slots[slot] != WAVE_NONE && !same_group(&report->divergences[slots[slot]], own)) slot = (slot + 1) & (size - 1);
    if (slots[slot] == WAVE_NONE) {
      slots[slot] = i;
      group_of[i] = report->n_groups;
      report->groups[report->n_groups++] = (struct wave_group){.title = group_title(explain, own), .at = own->at};
    } else {
      group_of[i] = group_of[slots[slot]];
    }
    report->groups[group_of[i]].n++;
  }
  for (uint32_t i = 0; i < report->n_groups; i++) {
    report->groups[i].members = wave_malloc(report->groups[i].n * sizeof *report->groups[i].members);
    if (report->groups[i].members == NULL) explain->out_of_memory = true;
    report->groups[i].n = 0;
  }
  for (uint32_t i = 0; i < n && !explain->out_of_memory; i++) {
    struct wave_group *group = &report->groups[group_of[i]];
    group->members[group->n++] = i;
  }
  free(slots);
  free(group_of);
}

static void sum_density(struct explain *explain) {
  struct wave_report *report = explain->report;
  if (explain->engine->density_width == 0) return;
  report->density = wave_calloc(DENSITY, sizeof *report->density);
  if (report->density == NULL) {
    explain->out_of_memory = true;
    return;
  }
  report->n_density = DENSITY;
  for (unsigned i = 0; i < wave_pool_threads(explain->engine->pool); i++) {
    for (uint32_t k = 0; k < DENSITY; k++) report->density[k] += explain->engine->workers[i].density[k];
  }
}

/* Edges of the rules' clocks near the first divergence, to be drawn. */
static void list_clocks(struct explain *explain) {
  struct wave_report *report = explain->report;
  report->clocks = wave_calloc(explain->plan->n_axes, sizeof *report->clocks);
  if (report->clocks == NULL) {
    explain->out_of_memory = true;
    return;
  }
  for (uint32_t i = 1; i < explain->plan->n_axes; i++) {
    const struct wave_axis *axis = &explain->plan->axes[i];
    if (axis->beats || axis->n[0] == 0) continue;
    struct wave_clock *clock = &report->clocks[report->n_clocks++];
    clock->path = wave_text_copy(explain, axis->clock);
    clock->first = axis->samples[0][0];
    clock->period = wave_period(axis);
    if (report->n_divergences == 0 || !report->divergences[0].detailed) continue;
    const struct wave_divergence *first = &report->divergences[0];
    for (int side = 0; side < 2; side++) {
      struct wave_trace *trace = side == 0 ? &clock->golden : &clock->fresh;
      trace->events = wave_calloc(256, sizeof *trace->events);
      if (trace->events == NULL) {
        explain->out_of_memory = true;
        return;
      }
      size_t k = (size_t)wave_place(axis, side, first->window_from);
      for (k = k > 0 ? k - 1 : 0; k < axis->n[side] && axis->samples[side][k] <= first->window_to && trace->n + 2 <= 256; k++) {
        int64_t high = axis->samples[side][k], low = high + (clock->period > 1 ? clock->period / 2 : 1);
        trace->events[trace->n++] = (struct wave_event){.time = high, .value = wave_text_copy(explain, "1")};
        trace->events[trace->n++] = (struct wave_event){.time = low, .value = wave_text_copy(explain, "0")};
      }
    }
  }
}

static void hint_tops(struct explain *explain) {
  const struct wave_decl *golden = explain->match->golden.decl, *fresh = explain->match->fresh.decl;
  if (golden->n_scopes == 0 || fresh->n_scopes == 0) return;
  if (strcmp(golden->names + golden->scopes[0].name, fresh->names + fresh->scopes[0].name) == 0) return;
  wave_note(explain,
            wave_text_made(explain, "golden begins with '%s', new with '%s': if they are the same, say so with the rule 'top %s = %s'",
                           golden->names + golden->scopes[0].name, fresh->names + fresh->scopes[0].name,
                           golden->names + golden->scopes[0].name, fresh->names + fresh->scopes[0].name));
}

static void note_glitches(struct explain *explain) {
  unsigned long long glitches = 0;
  char text[64];
  for (unsigned i = 0; i < wave_pool_threads(explain->engine->pool); i++) glitches += explain->engine->workers[i].glitches;
  if (glitches == 0) return;
  wave_span_text(&explain->rules->glitch, text, sizeof text);
  wave_note(explain, wave_text_made(explain, "%llu glitch%s shorter than %s %s ignored", glitches, glitches == 1 ? "" : "es", text,
                                    glitches == 1 ? "is" : "are"));
}

enum wave_status wave_summarise(struct explain *explain, struct wave_error *error) {
  struct wave_report *report = explain->report;
  const struct wave_names *golden = &explain->match->golden;
  int64_t *first = wave_calloc(golden->decl->n_vars + (size_t)1, sizeof *first);
  uint8_t *differ = first == NULL ? NULL : differing_vars(explain, first);
  if (differ == NULL) {
    free(first);
    return wave_fail(error, "out of memory");
  }
  if (explain->match->n_by_order > 0)
    wave_note(explain,
              wave_text_made(explain,
                             "%u variables of golden share their name with more than seven others: they are paired in the order of "
                             "their declaration",
                             (unsigned)explain->match->n_by_order));
  describe_file(explain, 0, &report->golden);
  describe_file(explain, 1, &report->fresh);
  report->compared_to = report->golden.end < report->fresh.end ? report->golden.end : report->fresh.end;
  for (uint32_t i = 0; i < golden->decl->n_vars; i++) {
    bool matched = wave_is_compared(golden->fate[i]);
    report->compared += matched;
    report->different += matched && differ[i];
  }
  report->excluded = explain->match->excluded;
  count_scopes(explain, differ, first);
  count_rules(explain, differ);
  if (!explain->out_of_memory) note_idle_rules(explain);
  make_groups(explain);
  sum_density(explain);
  list_clocks(explain);
  free(first);
  free(differ);
  note_glitches(explain);
  wave_waiver_notes(explain);
  bool partial = report->golden.partial != NULL || report->fresh.partial != NULL;
  for (int side = 0; side < 2; side++) {
    const char *remark = explain->engine->sources[side]->remark.text;
    if (remark[0] != '\0') wave_note(explain, wave_text_copy(explain, remark));
  }
  bool found = false; /* other values, or a variable of both that is declared otherwise */
  for (uint32_t i = 0; i < report->n_divergences; i++) found = found || report->divergences[i].class != WAVE_CLASS_MISSING;
  if (!found && !(partial && report->compared > 0) &&
      !wave_something_compared(explain->plan, explain->match, report->compared_from, wave_behind(report->compared_to))) {
    report->verdict = WAVE_NOTHING;
    if (report->compared == 0) hint_tops(explain);
  } else {
    report->verdict = report->n_divergences > 0 || report->declared_otherwise != NULL ? WAVE_DIFFERENT
                      : partial                                                       ? WAVE_UNUSABLE
                                                                                      : WAVE_SAME;
  }
  if (!explain->out_of_memory) wave_write_summary(explain);
  return explain->out_of_memory ? wave_fail(error, "out of memory") : WAVE_OK;
}
