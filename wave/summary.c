/* SPDX-License-Identifier: Apache-2.0 */
/* The first line of a report: what differs first, how much does, and whether a run ends earlier. */
#include "explain.h"

#include <stdlib.h>

/* That a run ends, divergence `index`. A clock may end though the files do not. */
static char *shorter_summary(struct explain *explain, uint32_t index, const char *end) {
  const struct wave_divergence *own = &explain->report->divergences[index];
  const struct wave_pair *pair = &explain->match->pairs[explain->of_pair[index]];
  const struct wave_axis *axis = &explain->plan->axes[wave_policy_of(explain->plan, pair)->axis];
  const char *ends = own->new_ends ? "new" : "golden", *goes_on = own->new_ends ? "golden" : "new";
  const struct wave_report *report = explain->report;
  bool file_ends = own->new_ends ? report->fresh.end < report->golden.end : report->golden.end < report->fresh.end;
  if (file_ends || !axis->sampled) return wave_text_made(explain, "%s ends at %s, %s goes on", ends, end, goes_on);
  size_t n = axis->n[own->new_ends ? WAVE_FRESH : WAVE_GOLDEN];
  return wave_text_made(explain, "%s ends after %zu %s%s of %s, %s goes on", ends, n, axis->beats ? "beat" : "cycle", n == 1 ? "" : "s",
                        axis->clock, goes_on);
}

/* That not all is equal, but what is not is expected. */
static void add_waived(struct explain *explain) {
  struct wave_report *report = explain->report;
  uint64_t waived = 0;
  for (uint32_t i = 0; i < report->n_waivers; i++) waived += report->waivers[i].n_waived;
  if (waived == 0 || report->summary == NULL) return;
  char *whole =
      wave_text_made(explain, "%s, but for %llu waived difference%s", report->summary, (unsigned long long)waived, waived == 1 ? "" : "s");
  free(report->summary);
  report->summary = whole;
}

/* Nothing but declarations differ. */
static char *declared_summary(struct explain *explain) {
  const struct wave_report *report = explain->report;
  const unsigned long long equal = report->compared - report->different;
  unsigned long long in_one = 0; /* what the rules let be missing is not counted */
  for (uint32_t i = 0; i < report->n_divergences; i++) in_one += report->divergences[i].class == WAVE_CLASS_MISSING;
  const unsigned long long otherwise = wave_declared_otherwise(report);
  const char *are = equal == 1 ? "is" : "are";
  if (otherwise == 0)
    return wave_text_made(explain, "%llu variable%s in one file only, %llu %s equal", in_one, in_one == 1 ? " is" : "s are", equal, are);
  if (in_one == 0)
    return wave_text_made(explain, "%llu variable%s declared otherwise, %llu %s equal", otherwise, otherwise == 1 ? " is" : "s are", equal,
                          are);
  return wave_text_made(explain, "%llu variable%s in one file only, %llu %s declared otherwise, %llu %s equal", in_one,
                        in_one == 1 ? " is" : "s are", otherwise, otherwise == 1 ? "is" : "are", equal, are);
}

/* What differs first, and how much does. */
static char *difference_summary(struct explain *explain, const char *end) {
  const struct wave_report *report = explain->report;
  const struct wave_divergence *first = &report->divergences[0];
  const unsigned long long compared = report->compared, different = report->different;
  char at[40];
  wave_time_text(report, first->at, at);
  if (first->class == WAVE_CLASS_SHORTER) return shorter_summary(explain, 0, end);
  if (wave_is_declared(first)) return declared_summary(explain);
  if (wave_is_shifted(first))
    return wave_text_made(explain, "%llu of %llu variable%s, %s from %s on: %s", different, compared, compared == 1 ? "" : "s",
                          report->groups[0].title, at, first->path);
  return wave_text_made(explain, "%llu of %llu variable%s differ%s, first at %s: %s", different, compared, compared == 1 ? "" : "s",
                        different == 1 ? "s" : "", at, first->path);
}

/* That a run ends earlier stands in the list behind all that differs before: it is said in the first line, too. */
static void add_end(struct explain *explain, const char *end) {
  struct wave_report *report = explain->report;
  for (uint32_t i = 1; i < report->n_divergences; i++) {
    if (report->divergences[i].class != WAVE_CLASS_SHORTER) continue;
    char *ends = shorter_summary(explain, i, end), *whole = NULL;
    if (ends != NULL && report->summary != NULL) whole = wave_text_made(explain, "%s; %s", report->summary, ends);
    free(ends);
    if (whole == NULL) return;
    free(report->summary);
    report->summary = whole;
    return;
  }
}

static const char *nothing_summary(const struct explain *explain) {
  const struct wave_report *report = explain->report;
  if (report->golden.variables == 0) return "golden declares no variable";
  if (report->fresh.variables == 0) return "new declares no variable";
  if (report->compared > 0) return "the rules leave no time, cycle or beat to compare";
  const bool rules = explain->rules->n_rules + explain->rules->n_renames > 0;
  return rules ? "no variable is in both files under these rules" : "no variable is in both files";
}

void wave_write_summary(struct explain *explain) {
  struct wave_report *report = explain->report;
  char from[40], to[40];
  wave_time_text(report, report->compared_from, from);
  wave_time_text(report, report->compared_to, to);
  const unsigned long long compared = report->compared;
  const char *are = compared == 1 ? " is" : "s are";
  const char *partial = report->golden.partial != NULL ? report->golden.path : report->fresh.path;
  if (report->verdict == WAVE_NOTHING) {
    report->summary = wave_text_copy(explain, nothing_summary(explain));
  } else if (report->verdict == WAVE_UNUSABLE) {
    const bool none = explain->engine->run_end[report->golden.partial != NULL ? WAVE_GOLDEN : WAVE_FRESH] == INT64_MIN;
    if (none)
      report->summary = wave_text_made(explain, "%s is damaged before its first whole time", partial);
    else
      report->summary = wave_text_made(explain, "%llu variable%s equal as far as %s can be read, up to %s", compared, are, partial, to);
  } else if (report->verdict == WAVE_SAME) {
    report->summary = wave_text_made(explain, "%llu variable%s equal from %s to %s", compared, are, from, to);
    add_waived(explain);
  } else if (report->n_divergences == 0) {
    report->summary = wave_text_made(explain, "%s; all values are equal", report->declared_otherwise);
  } else {
    report->summary = difference_summary(explain, to);
    add_end(explain, to);
    if (report->declared_otherwise != NULL) wave_note(explain, wave_text_made(explain, "strict: %s", report->declared_otherwise));
  }
}
