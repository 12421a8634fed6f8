/* SPDX-License-Identifier: Apache-2.0 */
#define _POSIX_C_SOURCE 200809L
#include "compare.h"
#include "memory.h"

#include "explain.h"
#include "passes.h"
#include "ties.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

static double seconds(void) {
  struct timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  return (double)now.tv_sec + (double)now.tv_nsec * 1e-9;
}

static unsigned threads_wanted(const struct wave_options *options) {
  long cores = options->threads > 0 ? (long)options->threads : sysconf(_SC_NPROCESSORS_ONLN);
  return cores < 1 ? 1 : cores > 8 ? 8 : (unsigned)cores;
}

struct opening {
  struct wave_source *sources[2];
  const char *paths[2];
  enum wave_status status[2];
  struct wave_error errors[2];
};

static void open_side(void *context, unsigned thread, uint32_t side) {
  struct opening *opening = context;
  (void)thread;
  opening->status[side] = wave_open(&opening->sources[side], opening->paths[side], &opening->errors[side]);
}

/* Strict: what files declare must be the same, in the same order. */
static const char *declarations_differ(const struct wave_decl *golden, const struct wave_decl *fresh) {
  if (golden->timescale_known != fresh->timescale_known || golden->timescale_exponent != fresh->timescale_exponent)
    return "other timescale";
  if (golden->timezero != fresh->timezero) return "other time zero";
  if (golden->n_vars != fresh->n_vars || golden->n_handles != fresh->n_handles) return "other number of variables or aliases";
  for (uint32_t i = 0; i < golden->n_vars; i++) {
    const struct wave_var *g = &golden->vars[i], *n = &fresh->vars[i];
    if (strcmp(golden->names + g->name, fresh->names + n->name) != 0) return "variables of other names or in another order";
    if (g->ranged != n->ranged || g->msb != n->msb || g->lsb != n->lsb) return "variables of another range";
    if (g->type != n->type || g->direction != n->direction) return "variables of another type or direction";
    if (g->handle != n->handle) return "other aliases";
  }
  return NULL;
}

/* Text that is the same from the first tick to the last needs no cooking, whatever the rules are. */
static bool identical_text(struct wave_source *sources[2], struct wave_error *error) {
  bool same = wave_vcd_skip_equal(sources[0], sources[1]) > 0;
  for (int side = 0; side < 2 && same; side++) {
    same = sources[side]->ops->next(sources[side], UINT64_MAX, error) == WAVE_END && !sources[side]->partial;
  }
  return same;
}

/* The clocks' first edges are enough to know that there is something to compare in files that are the same. */
static enum wave_status make_plan(struct wave_plan *plan, struct wave_source *sources[2], const struct wave_match *match,
                                  const struct wave_rules *rules, bool *identical, struct wave_error *error) {
  enum wave_status status = wave_plan_make(plan, sources, match, rules, *identical, error);
  if (status != WAVE_OK || !*identical) return status;
  *identical = plan->same_ticks;
  if (*identical && wave_something_compared(plan, match, -WAVE_LATEST, WAVE_LATEST)) return WAVE_OK;
  wave_plan_free(plan);
  *identical = false;
  return wave_plan_make(plan, sources, match, rules, false, error);
}

/* Variables of one name that differ as they are declared in order may be the same in another. */
static enum wave_status pass_all(struct engine *engine, const struct engine *start, struct wave_match *match, struct wave_error *error) {
  enum wave_status status = wave_passes(engine, error);
  bool changed = false;
  if (status != WAVE_OK || !wave_ties_differ(engine)) return status;
  status = wave_ties_settle(start, match, &changed, error);
  if (status != WAVE_OK || !changed) return status;
  wave_passes_free(engine);
  *engine = *start;
  status = wave_passes_make(engine, error);
  return status == WAVE_OK ? wave_passes(engine, error) : status;
}

static enum wave_status compare_sources(struct wave_report *report, struct wave_source *sources[2], struct wave_pool *pool,
                                        const struct wave_rules *rules, const struct wave_options *options, struct wave_error *error) {
  struct wave_match match;
  struct wave_plan plan;
  bool identical = identical_text(sources, error);
  int64_t last[2] = {(int64_t)sources[0]->last_tick, (int64_t)sources[1]->last_tick};
  for (int side = 0; side < 2; side++) {
    if (sources[side]->ops->rewind(sources[side], error) != WAVE_OK) return WAVE_ERROR;
  }
  if (wave_match(&match, &sources[0]->decl, &sources[1]->decl, rules, error) != WAVE_OK) return WAVE_ERROR;
  for (uint32_t i = 0; i < match.n_pairs && identical; i++) identical = wave_pair_straight(&match, &match.pairs[i]);
  if (make_plan(&plan, sources, &match, rules, &identical, error) != WAVE_OK) {
    wave_match_free(&match);
    return WAVE_ERROR;
  }
  const struct engine start = {.sources = {sources[0], sources[1]},
                               .match = &match,
                               .plan = &plan,
                               .pool = pool,
                               .run_end = {INT64_MIN, INT64_MIN},
                               .trim = rules->trim,
                               .progress = options->progress,
                               .progress_context = options->context,
                               .stop = options->stop};
  struct engine engine = start;
  struct explain explain = {.engine = &engine, .match = &match, .plan = &plan, .rules = rules, .options = options, .report = report};
  enum wave_status status = wave_passes_make(&engine, error);
  for (int side = 0; side < 2 && identical; side++) {
    engine.begin_time[side] = wave_common(&plan.ticks[side], sources[side]->begin_hint);
    engine.run_end[side] = wave_common(&plan.ticks[side], (uint64_t)last[side]);
  }
  if (status == WAVE_OK && !identical) status = pass_all(&engine, &start, &match, error);
  for (int side = 0; side < 2; side++) explain.partial[side] = sources[side]->partial;
  if (status == WAVE_OK) {
    engine.progress = NULL;
    report->exponent = plan.exponent;
    report->compared_from = engine.begin_time[0] < engine.begin_time[1] ? engine.begin_time[0] : engine.begin_time[1];
    status = wave_explain(&explain, error);
  }
  if (status == WAVE_OK) status = wave_summarise(&explain, error);
  free(explain.of_pair);
  free(explain.golden_var);
  wave_passes_free(&engine);
  wave_plan_free(&plan);
  wave_match_free(&match);
  return status;
}

/* Whatever was said or found with too little memory: this is what counts. */
static enum wave_status out_of_memory(const char *golden, const char *fresh, struct wave_error *error) {
  char what[sizeof error->text];
  snprintf(what, sizeof what, "the comparison of %.150s with %.150s", golden, fresh);
  return wave_memory_out(error, what);
}

enum wave_status wave_compare(struct wave_report **report, const char *golden, const char *fresh, const struct wave_options *options,
                              struct wave_error *error) {
  double began = seconds();
  const uint64_t failures = wave_memory_failures();
  struct wave_rules none;
  const struct wave_rules *rules = options->rules;
  if (rules == NULL) {
    wave_rules_init(&none);
    rules = &none;
  }
  *report = wave_calloc(1, sizeof **report);
  struct wave_pool *pool = wave_pool_new(threads_wanted(options));
  struct opening opening = {.paths = {golden, fresh}};
  enum wave_status status = *report == NULL || pool == NULL ? wave_fail(error, "out of memory") : WAVE_OK;
  if (status == WAVE_OK) wave_pool_run(pool, open_side, &opening, 2);
  for (int side = 0; side < 2 && status == WAVE_OK; side++) {
    status = opening.status[side];
    if (status != WAVE_OK) *error = opening.errors[side];
  }
  for (int side = 0; side < 2 && status == WAVE_OK; side++) {
    if (rules->unit_given[side]) wave_decl_set_unit(&opening.sources[side]->decl, rules->unit_exponent[side]);
  }
  if (status == WAVE_OK && rules->strict) {
    (*report)->declared_otherwise = declarations_differ(&opening.sources[0]->decl, &opening.sources[1]->decl);
  }
  if (status == WAVE_OK) status = compare_sources(*report, opening.sources, pool, rules, options, error);
  wave_close(opening.sources[0]);
  wave_close(opening.sources[1]);
  wave_pool_free(pool);
  if (options->rules == NULL) wave_rules_free(&none);
  if (wave_memory_failures() != failures) status = out_of_memory(golden, fresh, error);
  if (status == WAVE_OK) {
    (*report)->seconds = seconds() - began;
    return WAVE_OK;
  }
  wave_report_free(*report);
  *report = NULL;
  return WAVE_ERROR;
}
