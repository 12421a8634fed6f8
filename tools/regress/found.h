/* SPDX-License-Identifier: Apache-2.0 */
/** What a plan has found so far: how many runs of each kind, and of each rule broken the first run, made shorter. */
#ifndef REGRESS_FOUND_H
#define REGRESS_FOUND_H

#include "reduce.h"
#include "trial.h"

enum { FOUND_RULES_MAX = 64 };

struct found_rule {
  struct trial_outcome outcome; /**< of the run that shows it, shortened */
  struct plan_run first;        /**< as it was drawn */
  struct reduction reduction;
  bool busy; /**< a trial of the reduction is on its way */
  uint64_t runs;
};

struct found {
  struct plan *plan;          /**< waivers are counted in it */
  const char *const *program; /**< its words, up to a NULL */
  const char *shown;          /**< what its first word is called in what is printed */
  uint64_t runs[PLAN_KINDS_MAX], bad[PLAN_KINDS_MAX], refused[PLAN_KINDS_MAX];
  uint64_t beyond; /**< bad, of rules that there was no room for */
  struct plan_run first_refused;
  char why_refused[TRIAL_LINE_BYTES];
  unsigned rules;
  struct found_rule rule[FOUND_RULES_MAX];
  double wall_s;
};

uint64_t found_sum(const uint64_t counts[PLAN_KINDS_MAX]);
/** Enters what came of a run. */
void found_enter(struct found *found, const struct plan_run *run, const struct trial_outcome *outcome);
/** Rules in the order of their first runs, whichever was over first. */
void found_sort(struct found *found);
/** The command line of a run. False: out of memory. */
bool found_words(const struct found *found, const struct plan_run *run, struct trial_words *words);
/** For people; as JSON (docs/regress.schema.json); as JUnit. False: out of memory. */
bool found_text(FILE *out, const struct found *found);
bool found_json(FILE *out, const struct found *found);
bool found_junit(FILE *out, const struct found *found);

#endif
