/* SPDX-License-Identifier: Apache-2.0 */
/* `oio wave parts GOLDEN NEW...`: a run that is split over several files, each with some of the signals, against one that has all. */
#include "golden_command.h"
#include "memory.h"

#include "command_line.h"
#include "compare.h"
#include "cover.h"
#include "interrupt.h"
#include "match.h"
#include "output.h"

#include <stdlib.h>
#include <string.h>

static const char help[] =
    "usage: oio wave parts [OPTION]... GOLDEN NEW...\n"
    "A run split over several files, each with some of the signals, against one that has them all: each file is compared as far as it\n"
    "goes, and what no file has is told. A table says which file has how much of each scope.\n"
    "\n"
    "  --rules FILE    rules for each of the comparisons (docs/wavediff.md); clocks that they name must be in every file\n"
    "  --max N         so many names of variables that no file has (10)\n"
    "  --quiet         no text, only the exit status\n"
    "\n"
    "exit status: the worst of 2 (an input is unusable), 1 (a file differs, or variables are in none), 3 (in one file nothing was\n"
    "compared) and 0\n";

static const struct command_name own_name = {"oio wave parts", "oio wave parts"};

struct parts {
  const char *golden, *rules_path;
  const char **files;
  uint32_t n, most;
  bool quiet, missing_counts;
  struct wave_rules rules;
  int status;
};

/* 0: go on; 1: help was shown; 2: wrong. */
static int take_arguments(struct parts *parts, int argc, char **argv) {
  const struct command_option options[] = {{.option = "--rules", .text = &parts->rules_path},
                                           {.option = "--max", .number = &parts->most},
                                           {.option = "--quiet", .flag = &parts->quiet}};
  for (int i = 1; i < argc; i++) {
    if (strcmp(argv[i], "--help") == 0 || strcmp(argv[i], "-h") == 0) {
      fputs(help, stdout);
      return 1;
    }
    if (argv[i][0] != '-' || argv[i][1] == '\0') {
      if (parts->golden == NULL)
        parts->golden = argv[i];
      else
        parts->files[parts->n++] = argv[i];
      continue;
    }
    if (!command_take_option(&own_name, options, sizeof options / sizeof options[0], argc, argv, &i)) return 2;
  }
  return parts->n == 0 ? command_usage_error(&own_name, "%s", "name the golden file and the files that the run is split over") : 0;
}

/* What one part lacks is no difference of that part. */
static bool read_rules(struct parts *parts) {
  struct wave_error error;
  if (parts->rules_path != NULL && wave_rules_read(&parts->rules, parts->rules_path, &error) != WAVE_OK) {
    command_complain(&own_name, &error);
    return false;
  }
  const enum wave_missing told = parts->rules.missing;
  parts->missing_counts = told == WAVE_MISSING_DIFFERS || told == WAVE_MISSING_IN_GOLDEN_IGNORED;
  if (told == WAVE_MISSING_DIFFERS) parts->rules.missing = WAVE_MISSING_IN_NEW_IGNORED;
  if (told == WAVE_MISSING_IN_GOLDEN_IGNORED) parts->rules.missing = WAVE_MISSING_IGNORED;
  return true;
}

/* The worst counts: 2, 1, 3, 0. */
static void note_status(struct parts *parts, int status) {
  static const int order[] = {0, 2, 3, 1};
  if (order[status] > order[parts->status]) parts->status = status;
}

static bool compare_part(struct parts *parts, uint32_t part, struct wave_out *out) {
  const struct wave_options options = {.rules = &parts->rules, .detailed = 1, .today = command_today(), .stop = interrupt_requested};
  struct wave_report *report;
  struct wave_error error;
  if (wave_compare(&report, parts->golden, parts->files[part], &options, &error) != WAVE_OK) {
    if (!interrupt_requested()) command_complain(&own_name, &error);
    return false;
  }
  note_status(parts, (int)report->verdict);
  wave_out_format(out, "%u  ", (unsigned)part + 1);
  wave_out_clean(out, parts->files[part]);
  wave_out_format(out, "  %s: ", wave_verdict_word(report->verdict));
  wave_out_clean(out, report->summary);
  wave_out_text(out, "\n");
  for (uint32_t i = 0; i < report->n_notes; i++) {
    wave_out_text(out, "   note: ");
    wave_out_clean(out, report->notes[i]);
    wave_out_text(out, "\n");
  }
  wave_report_free(report);
  return true;
}

static void put_count(struct wave_out *out, uint32_t count) {
  if (count == 0)
    wave_out_format(out, "  %9s", "-");
  else
    wave_out_format(out, "  %9u", (unsigned)count);
}

/* A row for each scope that has variables. */
static bool scope_table(const struct wave_cover *cover, struct wave_out *out) {
  const struct wave_decl *decl = &cover->golden->decl;
  wave_out_format(out, "\n%9s", "variables");
  for (uint32_t part = 0; part < cover->n_parts; part++) wave_out_format(out, "  %9u", (unsigned)part + 1);
  wave_out_text(out, "  scope\n");
  for (uint32_t scope = 0; scope <= decl->n_scopes; scope++) {
    if (cover->variables[scope] == 0) continue;
    char *path = wave_full_scope(decl, scope == decl->n_scopes ? WAVE_NONE : scope);
    if (path == NULL) return false;
    wave_out_format(out, "%9u", (unsigned)cover->variables[scope]);
    for (uint32_t part = 0; part < cover->n_parts; part++) put_count(out, cover->of_scope[(size_t)scope * cover->n_parts + part]);
    wave_out_text(out, "  ");
    wave_out_clean(out, *path == '\0' ? "(top)" : path);
    wave_out_text(out, "\n");
    free(path);
  }
  return true;
}

/* How much of golden there is, and the first names of what no file has. */
static bool cover_sum(const struct parts *parts, const struct wave_cover *cover, struct wave_out *out) {
  const struct wave_decl *decl = &cover->golden->decl;
  const unsigned long long one = cover->in_one, several = cover->in_several, none = cover->in_none;
  uint32_t told = 0;
  wave_out_format(out, "\n%llu variable%s: %llu in one file, %llu in several, %llu in none", one + several + none,
                  one + several + none == 1 ? "" : "s", one, several, none);
  for (uint32_t i = 0; i < decl->n_vars && told < parts->most; i++) {
    if (cover->of_var[i] != 0) continue;
    char *path = wave_full_path(decl, i);
    if (path == NULL) return false;
    wave_out_text(out, told++ == 0 ? ": " : ", ");
    wave_out_clean(out, path);
    free(path);
  }
  if (none > told) wave_out_format(out, " and %llu more", none - told);
  wave_out_text(out, "\n");
  return true;
}

static int compare_parts(struct parts *parts) {
  struct wave_out out = {0};
  struct wave_cover cover;
  struct wave_error error;
  bool good = true;
  interrupt_install();
  for (uint32_t i = 0; i < parts->n && good; i++) good = compare_part(parts, i, &out);
  if (good) {
    good = wave_cover_make(&cover, parts->golden, parts->files, parts->n, &parts->rules, &error) == WAVE_OK;
    if (good && !(scope_table(&cover, &out) && cover_sum(parts, &cover, &out))) good = wave_fail(&error, "out of memory") == WAVE_OK;
    if (!good) command_complain(&own_name, &error);
    if (good && cover.in_none > 0 && parts->missing_counts) note_status(parts, 1);
    wave_cover_free(&cover);
  }
  if (interrupt_requested()) {
    wave_out_free(&out);
    fprintf(stderr, "%s: interrupted\n", own_name.says);
    return INTERRUPT_EXIT;
  }
  if (good && !parts->quiet) good = command_write(&own_name, "-", &out);
  wave_out_free(&out);
  return good ? parts->status : 2;
}

int wave_parts(int argc, char **argv) {
  struct parts parts = {.most = 10};
  wave_rules_init(&parts.rules);
  parts.files = wave_calloc((size_t)argc + 1, sizeof *parts.files);
  int status = parts.files == NULL ? 2 : take_arguments(&parts, argc, argv);
  if (status == 0)
    status = read_rules(&parts) ? compare_parts(&parts) : 2;
  else if (status == 1)
    status = 0;
  free(parts.files);
  wave_rules_free(&parts.rules);
  return command_status(&own_name, status);
}
