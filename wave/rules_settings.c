/* SPDX-License-Identifier: Apache-2.0 */
/* Rules that hold for the whole comparison. */
#define _POSIX_C_SOURCE 200809L
#include "expr.h"
#include "glob.h"
#include "memory.h"
#include "rules_line.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

enum { SCALE_MAX = 1000000000 };

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
  SET_FRESH_UNIT = 4096,
};

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

enum wave_status wave_read_window(struct wave_rules *rules, const struct wave_line *line) {
  if (once(rules, line, SET_WINDOW) != WAVE_OK) return WAVE_ERROR;
  char *text = wave_line_rest(line, 1);
  if (text == NULL) return wave_line_memory(line);
  const enum wave_status status = parse_window(rules, line, text);
  free(text);
  return status;
}

enum wave_status wave_read_shift(struct wave_rules *rules, const struct wave_line *line) {
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

enum wave_status wave_read_scale(struct wave_rules *rules, const struct wave_line *line) {
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

enum wave_status wave_read_trim(struct wave_rules *rules, const struct wave_line *line) {
  if (once(rules, line, SET_TRIM) != WAVE_OK) return WAVE_ERROR;
  if (line->n_words > 1) return wave_line_expected(line, "nothing more", 1);
  rules->trim = true;
  rules->given |= SET_TRIM;
  return WAVE_OK;
}

enum wave_status wave_read_strict(struct wave_rules *rules, const struct wave_line *line) {
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

enum wave_status wave_read_missing(struct wave_rules *rules, const struct wave_line *line) {
  return set_missing(rules, line, SET_MISSING, SET_MISSING | SET_MISSING_IN_NEW | SET_MISSING_IN_GOLDEN);
}

enum wave_status wave_read_missing_in_new(struct wave_rules *rules, const struct wave_line *line) {
  return set_missing(rules, line, SET_MISSING_IN_NEW, SET_MISSING | SET_MISSING_IN_NEW);
}

enum wave_status wave_read_missing_in_golden(struct wave_rules *rules, const struct wave_line *line) {
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
  char *amount = of ? wave_strndup(text, (size_t)(line->words[last - 1].at - line->words[2].at)) : wave_strdup(text);
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

enum wave_status wave_read_ignore(struct wave_rules *rules, const struct wave_line *line) {
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

/* ---- timescale ---- */

/* A unit of time as a power of ten: 1, 10 or 100 of s, ms and so on, down to as. */
static bool unit_exponent(const struct wave_span *unit, int *exponent) {
  int64_t value = unit->value;
  *exponent = unit->exponent;
  if (unit->unit != WAVE_SECONDS || value <= 0) return false;
  for (; value % 10 == 0; value /= 10) ++*exponent;
  return value == 1 && *exponent >= -18 && *exponent <= 2;
}

/* timescale golden 1ns, timescale new 10ps */
enum wave_status wave_read_timescale(struct wave_rules *rules, const struct wave_line *line) {
  static const char *const sides[2] = {"golden", "new"};
  struct wave_span unit;
  int side = 0;
  while (side < 2 && (line->n_words < 2 || !wave_word_is(&line->words[1], sides[side]))) side++;
  if (side == 2) return wave_line_expected(line, "golden or new, whose unit of time is meant", 1);
  if (line->n_words < 3) return wave_line_expected(line, "a unit of time, as in 10ps", 2);
  if (once(rules, line, side == 0 ? SET_GOLDEN_UNIT : SET_FRESH_UNIT) != WAVE_OK) return WAVE_ERROR;
  if (setting_span(line, line->words[2].at, &unit) != WAVE_OK) return WAVE_ERROR;
  if (!unit_exponent(&unit, &rules->unit_exponent[side])) return wave_line_expected(line, "1, 10 or 100 of a unit of time, as in 10ps", 2);
  rules->unit_given[side] = true;
  rules->given |= side == 0 ? SET_GOLDEN_UNIT : SET_FRESH_UNIT;
  return WAVE_OK;
}
