/* SPDX-License-Identifier: Apache-2.0 */
/* The words that begin a rule, and reading a file of them. */
#define _POSIX_C_SOURCE 200809L
#include "rules.h"
#include "expr.h"
#include "glob.h"
#include "lines.h"
#include "rules_line.h"

#include <ctype.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { LINE_MAX_BYTES = 65536, FILE_MAX_BYTES = 64 << 20, SCALE_MAX = 1000000000 };

enum setting {
  SET_WINDOW = 1,
  SET_TRIM = 2,
  SET_SHIFT = 4,
  SET_SCALE = 8,
  SET_MISSING = 16,
  SET_MISSING_IN_NEW = 32,
  SET_MISSING_IN_GOLDEN = 64,
  SET_STRICT = 128,
  SET_IGNORE = 256,
  SET_STRENGTH = 512,
  SET_GLITCHES = 1024,
  SET_GOLDEN_UNIT = 2048,
  SET_NEW_UNIT = 4096,
};

typedef enum wave_status read_rule(struct wave_rules *rules, const struct wave_line *line);

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
  return realloc(array, (count == 0 ? 1 : 2 * count) * size);
}

static enum wave_status once(const struct wave_rules *rules, const struct wave_line *line, unsigned set) {
  if ((rules->given & set) == 0) return WAVE_OK;
  return wave_line_fail(line, "this is given twice: '%.*s' stands in an earlier rule", (int)line->words[0].length, line->words[0].at);
}

/* ---- times ---- */

/* A span of a setting: a time or ticks. */
static enum wave_status setting_span(const struct wave_line *line, const char *text, struct wave_span *span) {
  struct wave_error why;
  if (wave_span_parse(span, text, &why) != WAVE_OK) return wave_line_fail(line, "%s", why.text);
  if (span->unit == WAVE_CYCLES) return wave_line_fail(line, "expected a time or ticks, found '%.60s'; cycles need a clock", text);
  return WAVE_OK;
}

static bool is_blank(const char *text) {
  return text[strspn(text, " ")] == '\0';
}

static bool reversed(const struct wave_span *from, const struct wave_span *to) {
  const int exponent = from->exponent < to->exponent ? from->exponent : to->exponent;
  int64_t a, b;
  if (from->unit != to->unit && from->value != 0) return false;
  return wave_span_ticks(from, exponent, &a) && wave_span_ticks(to, exponent, &b) && a > b;
}

static enum wave_status parse_window(struct wave_rules *rules, const struct wave_line *line, char *text) {
  char *dots = strstr(text, "..");
  struct wave_span from = {0}, to = {0};
  if (dots == NULL) return wave_line_expected(line, "FROM..TO, as in 10ns..20us, 10ns.. or ..20us", 1);
  *dots = '\0';
  const bool from_given = !is_blank(text), to_given = !is_blank(dots + 2);
  if (!from_given && !to_given) return wave_line_fail(line, "expected FROM..TO, found no time on either side");
  if (from_given && setting_span(line, text, &from) != WAVE_OK) return WAVE_ERROR;
  if (to_given && setting_span(line, dots + 2, &to) != WAVE_OK) return WAVE_ERROR;
  if (from_given && to_given && reversed(&from, &to)) return wave_line_fail(line, "the window ends before it begins");
  rules->from = from;
  rules->to = to;
  rules->from_given = from_given;
  rules->to_given = to_given;
  rules->given |= SET_WINDOW;
  return WAVE_OK;
}

static enum wave_status read_window(struct wave_rules *rules, const struct wave_line *line) {
  if (once(rules, line, SET_WINDOW) != WAVE_OK) return WAVE_ERROR;
  char *text = wave_line_rest(line, 1);
  if (text == NULL) return wave_line_memory(line);
  const enum wave_status status = parse_window(rules, line, text);
  free(text);
  return status;
}

static enum wave_status read_shift(struct wave_rules *rules, const struct wave_line *line) {
  struct wave_span shift;
  if (once(rules, line, SET_SHIFT) != WAVE_OK) return WAVE_ERROR;
  if (line->n_words < 2) return wave_line_expected(line, "a time that is added to those of new, as in 5ns", 1);
  if (setting_span(line, line->words[1].at, &shift) != WAVE_OK) return WAVE_ERROR;
  rules->shift = shift;
  rules->given |= SET_SHIFT;
  return WAVE_OK;
}

static bool read_count(const char **at, int64_t *count) {
  *count = 0;
  if (!isdigit((unsigned char)**at)) return false;
  for (; isdigit((unsigned char)**at) && *count <= SCALE_MAX; ++*at) *count = *count * 10 + (**at - '0');
  return *count > 0 && *count <= SCALE_MAX;
}

static enum wave_status read_scale(struct wave_rules *rules, const struct wave_line *line) {
  if (once(rules, line, SET_SCALE) != WAVE_OK) return WAVE_ERROR;
  const char *at = line->n_words == 2 ? line->words[1].at : "";
  int64_t num, den = 1;
  bool good = read_count(&at, &num);
  if (good && *at == '/') {
    at++;
    good = read_count(&at, &den);
  }
  if (!good || *at != '\0') return wave_line_expected(line, "what the times of new are multiplied by, as 2 or 2/3, up to 1000000000", 1);
  rules->scale_num = num;
  rules->scale_den = den;
  rules->given |= SET_SCALE;
  return WAVE_OK;
}

/* ---- settings of one word ---- */

static enum wave_status read_trim(struct wave_rules *rules, const struct wave_line *line) {
  if (once(rules, line, SET_TRIM) != WAVE_OK) return WAVE_ERROR;
  if (line->n_words > 1) return wave_line_expected(line, "nothing more", 1);
  rules->trim = true;
  rules->given |= SET_TRIM;
  return WAVE_OK;
}

static enum wave_status read_strict(struct wave_rules *rules, const struct wave_line *line) {
  if (once(rules, line, SET_STRICT) != WAVE_OK) return WAVE_ERROR;
  if (line->n_words > 1) return wave_line_expected(line, "nothing more", 1);
  if (rules->given & (SET_STRENGTH | SET_GLITCHES))
    return wave_line_fail(line, "strict tolerates nothing, but there is a rule that does: 'ignore %s'",
                          rules->given & SET_STRENGTH ? "strength" : "glitches");
  for (uint32_t i = 0; i < rules->n_rules; i++)
    if (rules->rules[i].action != WAVE_EXCLUDE && !wave_policy_plain(&rules->rules[i].policy))
      return wave_line_fail(line, "strict tolerates nothing, but there is a rule that does: '%.80s'", rules->rules[i].text);
  rules->strict = true;
  rules->given |= SET_STRICT;
  return WAVE_OK;
}

static enum wave_status set_missing(struct wave_rules *rules, const struct wave_line *line, unsigned set, unsigned clash) {
  if (once(rules, line, clash) != WAVE_OK) return WAVE_ERROR;
  if (line->n_words < 2 || !wave_word_is(&line->words[1], "ignore")) return wave_line_expected(line, "'ignore'", 1);
  if (line->n_words > 2) return wave_line_expected(line, "nothing more", 2);
  rules->given |= set;
  const bool in_new = rules->given & (SET_MISSING | SET_MISSING_IN_NEW), in_golden = rules->given & (SET_MISSING | SET_MISSING_IN_GOLDEN);
  rules->missing = in_new && in_golden ? WAVE_MISSING_IGNORED : in_new ? WAVE_MISSING_IN_NEW_IGNORED : WAVE_MISSING_IN_GOLDEN_IGNORED;
  return WAVE_OK;
}

static enum wave_status read_missing(struct wave_rules *rules, const struct wave_line *line) {
  return set_missing(rules, line, SET_MISSING, SET_MISSING | SET_MISSING_IN_NEW | SET_MISSING_IN_GOLDEN);
}

static enum wave_status read_missing_in_new(struct wave_rules *rules, const struct wave_line *line) {
  return set_missing(rules, line, SET_MISSING_IN_NEW, SET_MISSING | SET_MISSING_IN_NEW);
}

static enum wave_status read_missing_in_golden(struct wave_rules *rules, const struct wave_line *line) {
  return set_missing(rules, line, SET_MISSING_IN_GOLDEN, SET_MISSING | SET_MISSING_IN_GOLDEN);
}

/* ---- ignore until ---- */

/* `20 cycles of tb.clk`, or a time. */
static enum wave_status ignore_span(struct wave_rules *rules, const struct wave_line *line, const char *text) {
  struct wave_span span;
  struct wave_error why;
  const size_t last = line->n_words - 1;
  const bool of = last >= 4 && wave_word_is(&line->words[last - 1], "of");
  char *clock = NULL;
  char *amount = of ? strndup(text, (size_t)(line->words[last - 1].at - line->words[2].at)) : strdup(text);
  if (amount == NULL) return wave_line_memory(line);
  const enum wave_status status = wave_span_parse(&span, amount, &why);
  free(amount);
  if (status != WAVE_OK) return wave_line_fail(line, "%s", why.text);
  if ((span.unit == WAVE_CYCLES) != of) return wave_line_fail(line, "cycles are those of a clock, as in: ignore until 20 cycles of tb.clk");
  if (span.value < 0) return wave_line_fail(line, "expected 0 or more, found '%.60s'", text);
  if (of && wave_line_path(line, &line->words[last], &clock) != WAVE_OK) return WAVE_ERROR;
  if (clock != NULL && strpbrk(clock, "*?") != NULL) {
    free(clock);
    return wave_line_expected(line, "one signal, without * and ?", last);
  }
  rules->ignore_until = span;
  rules->ignore_clock = clock;
  rules->ignore_until_given = true;
  return WAVE_OK;
}

static enum wave_status ignore_expr(struct wave_rules *rules, const struct wave_line *line, const char *text) {
  struct wave_error why;
  if (wave_expr_parse(&rules->ignore_until_true, text, &why) == WAVE_OK) return WAVE_OK;
  return wave_line_fail(line, "expected a time, cycles or an expression: %s", why.text);
}

static enum wave_status fail_strict(const struct wave_line *line) {
  return wave_line_fail(line, "strict, given earlier, tolerates nothing");
}

/* ignore strength */
static enum wave_status ignore_strength(struct wave_rules *rules, const struct wave_line *line) {
  if (once(rules, line, SET_STRENGTH) != WAVE_OK) return WAVE_ERROR;
  if (line->n_words > 2) return wave_line_expected(line, "nothing more", 2);
  if (rules->strict) return fail_strict(line);
  rules->ignore_strength = true;
  rules->given |= SET_STRENGTH;
  return WAVE_OK;
}

/* ignore glitches shorter than TIME */
static enum wave_status ignore_glitches(struct wave_rules *rules, const struct wave_line *line) {
  struct wave_span shortest;
  if (once(rules, line, SET_GLITCHES) != WAVE_OK) return WAVE_ERROR;
  if (line->n_words < 5 || !wave_word_is(&line->words[2], "shorter") || !wave_word_is(&line->words[3], "than"))
    return wave_line_fail(line, "expected ignore glitches shorter than TIME, as in: ignore glitches shorter than 2ns");
  if (setting_span(line, line->words[4].at, &shortest) != WAVE_OK) return WAVE_ERROR;
  if (shortest.value <= 0) return wave_line_expected(line, "a time of more than 0", 4);
  if (rules->strict) return fail_strict(line);
  rules->glitch = shortest;
  rules->given |= SET_GLITCHES;
  return WAVE_OK;
}

static enum wave_status read_ignore(struct wave_rules *rules, const struct wave_line *line) {
  if (line->n_words > 1 && wave_word_is(&line->words[1], "strength")) return ignore_strength(rules, line);
  if (line->n_words > 1 && wave_word_is(&line->words[1], "glitches")) return ignore_glitches(rules, line);
  if (once(rules, line, SET_IGNORE) != WAVE_OK) return WAVE_ERROR;
  if (line->n_words < 2 || !wave_word_is(&line->words[1], "until"))
    return wave_line_expected(line, "'until', 'strength' or 'glitches' after 'ignore' (to leave signals out, write 'exclude')", 1);
  if (line->n_words < 3) return wave_line_expected(line, "a time, cycles or an expression", 2);
  const char *text = line->words[2].at;
  const bool of = wave_word_is(&line->words[line->n_words - 2], "of");
  const bool number = strchr("0123456789.+-", *text) != NULL && (of || strpbrk(text, "=<>&|^'") == NULL);
  const enum wave_status status = number ? ignore_span(rules, line, text) : ignore_expr(rules, line, text);
  if (status == WAVE_OK) rules->given |= SET_IGNORE;
  return status;
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
  rename->text = strdup(line->text);
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
  char **globs = realloc(rule->globs, (count + 2) * sizeof *globs);
  if (globs != NULL) rule->globs = globs;
  struct wave_shape *shapes = globs == NULL ? NULL : realloc(rule->shapes, (count + 1) * sizeof *shapes);
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
  rule->text = strdup(line->text);
  rule->file = line->file != NULL ? strdup(line->file) : NULL;
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
    "compare", "include", "exclude",        "channel",           "rename", "top",    "window", "trim", "shift",
    "scale",   "missing", "missing-in-new", "missing-in-golden", "ignore", "strict", "waive",  NULL};
static read_rule *const readers[] = {read_compare,
                                     read_include,
                                     read_exclude,
                                     read_channel,
                                     read_rename,
                                     read_rename,
                                     read_window,
                                     read_trim,
                                     read_shift,
                                     read_scale,
                                     read_missing,
                                     read_missing_in_new,
                                     read_missing_in_golden,
                                     read_ignore,
                                     read_strict,
                                     wave_waiver_read};

static enum wave_status read_line(struct wave_rules *rules, const struct wave_line *line) {
  const struct wave_word *first = &line->words[0];
  for (size_t i = 0; words[i] != NULL; i++)
    if (wave_word_is(first, words[i])) return readers[i](rules, line);
  const char *near = wave_nearest(first, words);
  const int length = (int)(first->length < 60 ? first->length : 60);
  if (near != NULL) return wave_line_fail(line, "there is no rule '%.*s'; did you mean %s?", length, first->at, near);
  return wave_line_fail(line,
                        "there is no rule '%.*s'; expected compare, include, exclude, channel, rename, top, window, trim, shift, scale, "
                        "missing, missing-in-new, missing-in-golden, ignore, strict or waive",
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
  if (!oio_lines_open(&lines, path, LINE_MAX_BYTES, FILE_MAX_BYTES))
    return wave_fail(error, "%.200s: cannot be opened: %s", path, strerror(errno));
  const enum wave_status status = read_lines(rules, &lines, path, error);
  oio_lines_close(&lines);
  return status;
}
