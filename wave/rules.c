/* SPDX-License-Identifier: Apache-2.0 */
/* The words that begin a rule, and reading a file of them. */
#define _POSIX_C_SOURCE 200809L
#include "rules.h"
#include "expr.h"
#include "glob.h"
#include "lines.h"
#include "memory.h"
#include "rules_line.h"

#include <ctype.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { LINE_MAX_BYTES = 65536, FILE_MAX_BYTES = 64 << 20 };

void wave_rules_init(struct wave_rules *rules) {
  *rules = (struct wave_rules){.scale_num = 1, .scale_den = 1};
}

void wave_rule_free(struct wave_rule *rule) {
  for (char **glob = rule->globs; glob != NULL && *glob != NULL; glob++) free(*glob);
  free(rule->globs);
  free(rule->shapes);
  free(rule->policy.clock);
  wave_expr_free(rule->policy.when);
  free(rule->policy.valid);
  free(rule->policy.ready);
  free(rule->name);
  free(rule->text);
  free(rule->file);
}

static void free_rename(struct wave_rename *rename) {
  free(rename->from);
  free(rename->to);
  free(rename->text);
}

void wave_rules_free(struct wave_rules *rules) {
  for (uint32_t i = 0; i < rules->n_rules; i++) wave_rule_free(&rules->rules[i]);
  for (uint32_t i = 0; i < rules->n_renames; i++) free_rename(&rules->renames[i]);
  for (uint32_t i = 0; i < rules->n_waivers; i++) wave_waiver_free(&rules->waivers[i]);
  free(rules->waivers);
  free(rules->rules);
  free(rules->renames);
  free(rules->ignore_clock);
  wave_expr_free(rules->ignore_until_true);
  wave_rules_init(rules);
}

void *wave_rules_grow(void *array, size_t count, size_t size) {
  if ((count & (count - 1)) != 0) return array;
  return wave_realloc(array, (count == 0 ? 1 : 2 * count) * size);
}

/* ---- renames ---- */

static enum wave_status check_rename(const struct wave_line *line, const struct wave_rename *rename) {
  char from[WAVE_WILDCARDS_MAX], to[WAVE_WILDCARDS_MAX];
  const size_t n = wave_wildcards(rename->from, from);
  if (n > WAVE_WILDCARDS_MAX) return wave_line_fail(line, "there are more than %d wildcards in '%.80s'", WAVE_WILDCARDS_MAX, rename->from);
  if (wave_wildcards(rename->to, to) != n || memcmp(from, to, n) != 0)
    return wave_line_fail(line, "both sides need the same wildcards in the same order, found '%.80s' and '%.80s'", rename->to,
                          rename->from);
  return WAVE_OK;
}

static enum wave_status add_rename(struct wave_rules *rules, const struct wave_line *line, struct wave_rename *rename) {
  if (wave_line_path(line, &line->words[1], &rename->to) != WAVE_OK) return WAVE_ERROR;
  if (wave_line_path(line, &line->words[3], &rename->from) != WAVE_OK) return WAVE_ERROR;
  if (check_rename(line, rename) != WAVE_OK) return WAVE_ERROR;
  rename->prefix = strpbrk(rename->from, "*?") == NULL;
  if (!rename->prefix && wave_word_is(&line->words[0], "top"))
    return wave_line_expected(line, "a scope, without * and ? (those are for 'rename')", 1);
  rename->text = wave_strdup(line->text);
  struct wave_rename *renames = rename->text == NULL ? NULL : wave_rules_grow(rules->renames, rules->n_renames, sizeof *renames);
  if (renames == NULL) return wave_line_memory(line);
  rules->renames = renames;
  renames[rules->n_renames++] = *rename;
  return WAVE_OK;
}

static enum wave_status read_rename(struct wave_rules *rules, const struct wave_line *line) {
  struct wave_rename rename = {0};
  if (line->n_words < 3 || !wave_word_is(&line->words[2], "="))
    return wave_line_expected(line, "GOLDEN = NEW, with blanks around the '='", line->n_words < 3 ? 1 : 2);
  if (line->n_words != 4)
    return wave_line_expected(line, line->n_words < 4 ? "the path in new" : "nothing more", line->n_words < 4 ? 3 : 4);
  if (add_rename(rules, line, &rename) == WAVE_OK) return WAVE_OK;
  free_rename(&rename);
  return WAVE_ERROR;
}

/* ---- rules for signals ---- */

enum wave_status wave_rule_add_glob(const struct wave_line *line, struct wave_rule *rule, const struct wave_word *word) {
  size_t count = 0;
  char *glob;
  while (rule->globs != NULL && rule->globs[count] != NULL) count++;
  if (wave_line_path(line, word, &glob) != WAVE_OK) return WAVE_ERROR;
  char **globs = wave_realloc(rule->globs, (count + 2) * sizeof *globs);
  if (globs != NULL) rule->globs = globs;
  struct wave_shape *shapes = globs == NULL ? NULL : wave_realloc(rule->shapes, (count + 1) * sizeof *shapes);
  if (globs != NULL) globs[count] = globs[count + 1] = NULL;
  if (shapes == NULL) {
    free(glob);
    return wave_line_memory(line);
  }
  shapes[count] = wave_glob_shape(glob);
  globs[count] = glob;
  rule->shapes = shapes;
  return WAVE_OK;
}

enum wave_status wave_rule_globs(const struct wave_line *line, struct wave_rule *rule, size_t colon) {
  if (colon < 2) return wave_line_expected(line, "a path or glob, as in tb.dut.**", 1);
  for (size_t i = 1; i < colon; i++) {
    const struct wave_word *word = &line->words[i];
    if (wave_policy_option(word)) return wave_line_expected(line, "a ':' with blanks around it before the options", i);
    if (word->at[word->length - 1] == ':') return wave_line_expected(line, "a blank before ':'", i);
    if (wave_rule_add_glob(line, rule, word) != WAVE_OK) return WAVE_ERROR;
  }
  return WAVE_OK;
}

static enum wave_status name_channel(const struct wave_rules *rules, const struct wave_line *line, struct wave_rule *rule, size_t colon) {
  if (colon != 2)
    return wave_line_expected(line, colon < 2 ? "a name for the channel" : "':' after the name of the channel", colon < 2 ? 1 : 2);
  if (wave_line_path(line, &line->words[1], &rule->name) != WAVE_OK) return WAVE_ERROR;
  for (uint32_t i = 0; i < rules->n_rules; i++)
    if (rules->rules[i].name != NULL && strcmp(rules->rules[i].name, rule->name) == 0)
      return wave_line_fail(line, "there is a channel '%.80s' already", rule->name);
  if (colon == line->n_words) return wave_line_expected(line, "':' and clock=, valid=, ready= and data=", colon);
  return WAVE_OK;
}

static enum wave_status parse_rule(const struct wave_rules *rules, const struct wave_line *line, struct wave_rule *rule) {
  const size_t colon = wave_line_colon(line);
  const enum wave_status status =
      rule->action == WAVE_CHANNEL ? name_channel(rules, line, rule, colon) : wave_rule_globs(line, rule, colon);
  if (status != WAVE_OK) return status;
  if (colon == line->n_words) return WAVE_OK;
  if (rule->action == WAVE_EXCLUDE || rule->include)
    return wave_line_fail(line, "'%.*s' takes no options; 'compare' does", (int)line->words[0].length, line->words[0].at);
  if (wave_policy_parse(line, colon, rule) != WAVE_OK) return WAVE_ERROR;
  if (rules->strict)
    return wave_line_fail(line, "strict, given earlier, tolerates nothing: compare takes no options then, and there are no channels");
  return WAVE_OK;
}

static enum wave_status keep_rule(struct wave_rules *rules, const struct wave_line *line, struct wave_rule *rule) {
  if (parse_rule(rules, line, rule) != WAVE_OK) return WAVE_ERROR;
  rule->text = wave_strdup(line->text);
  rule->file = line->file != NULL ? wave_strdup(line->file) : NULL;
  rule->line = line->number;
  if (rule->text == NULL || (line->file != NULL && rule->file == NULL)) return wave_line_memory(line);
  struct wave_rule *grown = wave_rules_grow(rules->rules, rules->n_rules, sizeof *grown);
  if (grown == NULL) return wave_line_memory(line);
  rules->rules = grown;
  grown[rules->n_rules++] = *rule;
  rules->only_included |= rule->include;
  return WAVE_OK;
}

static enum wave_status add_rule(struct wave_rules *rules, const struct wave_line *line, enum wave_action action, bool include) {
  struct wave_rule rule = {.action = action, .include = include};
  if (keep_rule(rules, line, &rule) == WAVE_OK) return WAVE_OK;
  wave_rule_free(&rule);
  return WAVE_ERROR;
}

static enum wave_status read_compare(struct wave_rules *rules, const struct wave_line *line) {
  return add_rule(rules, line, WAVE_COMPARE, false);
}

static enum wave_status read_include(struct wave_rules *rules, const struct wave_line *line) {
  return add_rule(rules, line, WAVE_COMPARE, true);
}

static enum wave_status read_exclude(struct wave_rules *rules, const struct wave_line *line) {
  return add_rule(rules, line, WAVE_EXCLUDE, false);
}

static enum wave_status read_channel(struct wave_rules *rules, const struct wave_line *line) {
  return add_rule(rules, line, WAVE_CHANNEL, false);
}

/* ---- lines and files ---- */

static const char *const words[] = {
    "compare", "include", "exclude",        "channel",           "rename", "top",    "window", "trim",      "shift",
    "scale",   "missing", "missing-in-new", "missing-in-golden", "ignore", "strict", "waive",  "timescale", NULL};
static wave_read_rule *const readers[] = {read_compare,
                                          read_include,
                                          read_exclude,
                                          read_channel,
                                          read_rename,
                                          read_rename,
                                          wave_read_window,
                                          wave_read_trim,
                                          wave_read_shift,
                                          wave_read_scale,
                                          wave_read_missing,
                                          wave_read_missing_in_new,
                                          wave_read_missing_in_golden,
                                          wave_read_ignore,
                                          wave_read_strict,
                                          wave_waiver_read,
                                          wave_read_timescale};

static enum wave_status read_line(struct wave_rules *rules, const struct wave_line *line) {
  const struct wave_word *first = &line->words[0];
  for (size_t i = 0; words[i] != NULL; i++)
    if (wave_word_is(first, words[i])) return readers[i](rules, line);
  const char *near = wave_nearest(first, words);
  const int length = (int)(first->length < 60 ? first->length : 60);
  if (near != NULL) return wave_line_fail(line, "there is no rule '%.*s'; did you mean %s?", length, first->at, near);
  return wave_line_fail(line,
                        "there is no rule '%.*s'; expected compare, include, exclude, channel, rename, top, window, trim, shift, scale, "
                        "missing, missing-in-new, missing-in-golden, ignore, strict, waive or timescale",
                        length, first->at);
}

enum wave_status wave_rules_add(struct wave_rules *rules, const char *text, const char *file, int line, struct wave_error *error) {
  struct wave_line words_of_it;
  if (wave_line_open(&words_of_it, text, file, line, error) != WAVE_OK) return WAVE_ERROR;
  const enum wave_status status = words_of_it.n_words == 0 ? WAVE_OK : read_line(rules, &words_of_it);
  wave_line_close(&words_of_it);
  return status;
}

static enum wave_status read_lines(struct wave_rules *rules, struct oio_lines *lines, const char *path, struct wave_error *error) {
  static const char mark[] = "\xef\xbb\xbf";
  char *text, why[120];
  size_t nbytes;
  enum oio_lines_result result;
  while ((result = oio_lines_next(lines, &text, &nbytes)) == OIO_LINES_ONE) {
    text[nbytes] = '\0';
    const bool marked = lines->number == 1 && strncmp(text, mark, 3) == 0;
    if (wave_rules_add(rules, marked ? text + 3 : text, path, (int)lines->number, error) != WAVE_OK) return WAVE_ERROR;
  }
  if (result == OIO_LINES_END) return WAVE_OK;
  return wave_fail(error, "%.200s:%d: %s: this is no file of rules", path, (int)lines->number,
                   oio_lines_why(lines, result, why, sizeof why));
}

enum wave_status wave_rules_read(struct wave_rules *rules, const char *path, struct wave_error *error) {
  struct oio_lines lines;
  if (!oio_lines_open(&lines, path, LINE_MAX_BYTES, FILE_MAX_BYTES)) {
    wave_memory_failed(errno);
    return wave_fail(error, "%.200s: cannot be opened: %s", path, strerror(errno));
  }
  const enum wave_status status = read_lines(rules, &lines, path, error);
  oio_lines_close(&lines);
  return status;
}
