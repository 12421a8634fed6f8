/* SPDX-License-Identifier: Apache-2.0 */
/* Differences that the rules expect for a while: they are told, but are none. */
#include "explain.h"
#include "memory.h"
#include "output.h"

#include <stdlib.h>
#include <string.h>

enum { PATHS_TOLD = 5 };

/* A path as globs have it, without its range. */
static size_t without_range(const char *path) {
  const size_t length = strlen(path);
  const char *open = strrchr(path, '[');
  return open != NULL && open > path && strchr(open, ':') != NULL && path[length - 1] == ']' ? (size_t)(open - path) : length;
}

static bool fits(const struct wave_rule *rule, const struct wave_divergence *divergence) {
  bool found = wave_rule_fits(rule, divergence->path, without_range(divergence->path));
  for (char **alias = divergence->aliases; !found && alias != NULL && *alias != NULL; alias++)
    found = wave_rule_fits(rule, *alias, without_range(*alias));
  return found;
}

/* That a run ends is no difference of one signal: only its class waives it. */
static bool waives(const struct wave_waiver *waiver, const struct wave_divergence *divergence) {
  if (waiver->classes == 0 ? divergence->class == WAVE_CLASS_SHORTER : !(waiver->classes >> divergence->class & 1)) return false;
  return fits(&waiver->fits, divergence);
}

static bool list_waivers(struct explain *explain) {
  const struct wave_rules *rules = explain->rules;
  struct wave_report *report = explain->report;
  report->waivers = wave_calloc(rules->n_waivers + (size_t)1, sizeof *report->waivers);
  if (report->waivers == NULL) return false;
  for (uint32_t i = 0; i < rules->n_waivers; i++) {
    const struct wave_waiver *waiver = &rules->waivers[i];
    struct wave_waiver_count *count = &report->waivers[report->n_waivers++];
    count->text = wave_text_copy(explain, waiver->fits.text);
    count->where = waiver->fits.file == NULL ? wave_text_copy(explain, "command line")
                                             : wave_text_made(explain, "%s:%d", waiver->fits.file, waiver->fits.line);
    count->reason = wave_text_copy(explain, waiver->reason);
    count->until = waiver->until;
    count->expired = explain->options->today > waiver->until;
  }
  return !explain->out_of_memory;
}

/* The first waiver that counts for a divergence. */
static struct wave_waiver_count *waiver_of(struct explain *explain, const struct wave_divergence *divergence) {
  for (uint32_t i = 0; i < explain->rules->n_waivers; i++) {
    struct wave_waiver_count *count = &explain->report->waivers[i];
    if (!count->expired && waives(&explain->rules->waivers[i], divergence)) return count;
  }
  return NULL;
}

/* Takes the divergence over, in memory that doubles. */
static bool take(struct wave_waiver_count *count, const struct wave_divergence *divergence) {
  if ((count->n_waived & (count->n_waived - 1)) == 0) {
    struct wave_divergence *moved = wave_realloc(count->waived, (count->n_waived == 0 ? 1 : 2 * (size_t)count->n_waived) * sizeof *moved);
    if (moved == NULL) return false;
    count->waived = moved;
  }
  count->waived[count->n_waived++] = *divergence;
  return true;
}

enum wave_status wave_waive(struct explain *explain, struct wave_error *error) {
  struct wave_report *report = explain->report;
  uint32_t kept = 0;
  if (explain->rules->n_waivers == 0) return WAVE_OK;
  if (!list_waivers(explain)) return wave_fail(error, "out of memory");
  for (uint32_t i = 0; i < report->n_divergences; i++) {
    const struct wave_divergence *own = &report->divergences[i];
    struct wave_waiver_count *count = waiver_of(explain, own);
    if (count != NULL && take(count, own)) {
      if (own->class == WAVE_CLASS_MISSING) (own->missing_in_new ? &report->missing_in_new : &report->missing_in_golden)[0]--;
      continue;
    }
    explain->out_of_memory = explain->out_of_memory || count != NULL;
    report->divergences[kept] = report->divergences[i];
    explain->of_pair[kept] = explain->of_pair[i];
    explain->golden_var[kept++] = explain->golden_var[i];
  }
  report->n_divergences = kept;
  return explain->out_of_memory ? wave_fail(error, "out of memory") : WAVE_OK;
}

/* What was waived, by name as far as there is room. */
static char *names_of(struct explain *explain, const struct wave_waiver_count *count) {
  struct wave_out out = {0};
  for (uint32_t i = 0; i < count->n_waived && i < PATHS_TOLD; i++) {
    const struct wave_divergence *own = &count->waived[i];
    char at[40];
    wave_out_format(&out, "%s%s (%s", i > 0 ? ", " : "", own->path, wave_class_word(own->class));
    if (!wave_is_declared(own)) wave_out_format(&out, " at %s", wave_time_text(explain->report, own->at, at));
    wave_out_text(&out, ")");
  }
  if (count->n_waived > PATHS_TOLD) wave_out_format(&out, " and %u more", (unsigned)count->n_waived - PATHS_TOLD);
  char *names = wave_text_copy(explain, out.failed || out.bytes == NULL ? "" : out.bytes);
  explain->out_of_memory = explain->out_of_memory || out.failed;
  wave_out_free(&out);
  return names;
}

void wave_waiver_notes(struct explain *explain) {
  for (uint32_t i = 0; i < explain->report->n_waivers; i++) {
    const struct wave_waiver_count *count = &explain->report->waivers[i];
    const int year = count->until / 10000, month = count->until / 100 % 100, day = count->until % 100;
    char *names = count->n_waived > 0 ? names_of(explain, count) : NULL;
    char *line;
    if (count->expired)
      line = wave_text_made(explain, "a waiver has ended on %04d-%02d-%02d and no longer counts: '%s' (%s)", year, month, day, count->text,
                            count->where);
    else if (count->n_waived == 0)
      line = wave_text_made(explain, "a waiver fits no difference, take it out: '%s' (%s)", count->text, count->where);
    else
      line = wave_text_made(explain, "waived until %04d-%02d-%02d, %s (%s): %s", year, month, day, count->reason, count->where,
                            names != NULL ? names : "");
    wave_note(explain, line);
    free(names);
  }
}
