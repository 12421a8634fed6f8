/* SPDX-License-Identifier: Apache-2.0 */
#define _POSIX_C_SOURCE 200809L
#include "compare.h"

#include "explain.h"

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

static enum wave_status pass_all(struct engine *engine, struct wave_error *error) {
  const struct wave_match *match = engine->match;
  const struct wave_plan *plan = engine->plan;
  uint32_t *list = malloc((match->n_pairs + (size_t)1) * sizeof *list), *pass_of = malloc(plan->n_axes * sizeof *pass_of);
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

static enum wave_status engine_make(struct engine *engine, struct wave_error *error) {
  engine->states = calloc(engine->match->n_pairs + (size_t)1, sizeof *engine->states);
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

static void engine_free(struct engine *engine) {
  for (uint32_t i = 0; engine->states != NULL && i < engine->match->n_pairs; i++) wave_pair_free(&engine->states[i]);
  free(engine->states);
  wave_engine_free(engine);
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
  if (make_plan(&plan, sources, &match, rules, &identical, error) != WAVE_OK) {
    wave_match_free(&match);
    return WAVE_ERROR;
  }
  struct engine engine = {.sources = {sources[0], sources[1]},
                          .match = &match,
                          .plan = &plan,
                          .pool = pool,
                          .run_end = {INT64_MIN, INT64_MIN},
                          .trim = rules->trim,
                          .progress = options->progress,
                          .progress_context = options->context,
                          .stop = options->stop};
  struct explain explain = {.engine = &engine, .match = &match, .plan = &plan, .rules = rules, .options = options, .report = report};
  enum wave_status status = engine_make(&engine, error);
  for (int side = 0; side < 2 && identical; side++) {
    engine.begin_time[side] = wave_common(&plan.ticks[side], sources[side]->begin_hint);
    engine.run_end[side] = wave_common(&plan.ticks[side], (uint64_t)last[side]);
  }
  if (status == WAVE_OK && !identical) status = pass_all(&engine, error);
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
  engine_free(&engine);
  wave_plan_free(&plan);
  wave_match_free(&match);
  return status;
}

enum wave_status wave_compare(struct wave_report **report, const char *golden, const char *fresh, const struct wave_options *options,
                              struct wave_error *error) {
  double began = seconds();
  struct wave_rules none;
  const struct wave_rules *rules = options->rules;
  if (rules == NULL) {
    wave_rules_init(&none);
    rules = &none;
  }
  *report = calloc(1, sizeof **report);
  struct wave_pool *pool = wave_pool_new(threads_wanted(options));
  struct opening opening = {.paths = {golden, fresh}};
  enum wave_status status = *report == NULL || pool == NULL ? wave_fail(error, "out of memory") : WAVE_OK;
  if (status == WAVE_OK) wave_pool_run(pool, open_side, &opening, 2);
  for (int side = 0; side < 2 && status == WAVE_OK; side++) {
    status = opening.status[side];
    if (status != WAVE_OK) *error = opening.errors[side];
  }
  if (status == WAVE_OK && rules->strict) {
    (*report)->declared_otherwise = declarations_differ(&opening.sources[0]->decl, &opening.sources[1]->decl);
  }
  if (status == WAVE_OK) status = compare_sources(*report, opening.sources, pool, rules, options, error);
  wave_close(opening.sources[0]);
  wave_close(opening.sources[1]);
  wave_pool_free(pool);
  if (options->rules == NULL) wave_rules_free(&none);
  if (status == WAVE_OK) {
    (*report)->seconds = seconds() - began;
    return WAVE_OK;
  }
  wave_report_free(*report);
  *report = NULL;
  return WAVE_ERROR;
}
