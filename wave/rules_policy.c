/* SPDX-License-Identifier: Apache-2.0 */
/* The options behind the colon of compare and channel. */
#define _POSIX_C_SOURCE 200809L
#include "expr.h"
#include "memory.h"
#include "rules_line.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

struct reading {
  const struct wave_line *line;
  struct wave_rule *rule;
  struct wave_policy *policy;
  unsigned given; /* a bit an option */
  bool z_as_x;
};

typedef enum wave_status read_option(struct reading *reading, const struct wave_word *value);

struct option {
  const char *name, *meaning; /* what it expects */
  read_option *read;
};

static enum wave_status fail_value(const struct reading *reading, const char *option, const char *expected, const struct wave_word *value) {
  return wave_line_fail(reading->line, "%s= expects %s, found '%.*s'", option, expected, (int)(value->length < 60 ? value->length : 60),
                        value->at);
}

static enum wave_status read_path(struct reading *reading, const char *option, const struct wave_word *value, char **path) {
  if (wave_line_path(reading->line, value, path) != WAVE_OK) return WAVE_ERROR;
  if (strpbrk(*path, "*?") == NULL) return WAVE_OK;
  return fail_value(reading, option, "one signal, without * and ?", value);
}

static enum wave_status read_clock(struct reading *reading, const struct wave_word *value) {
  return read_path(reading, "clock", value, &reading->policy->clock);
}

static enum wave_status read_valid(struct reading *reading, const struct wave_word *value) {
  return read_path(reading, "valid", value, &reading->policy->valid);
}

static enum wave_status read_ready(struct reading *reading, const struct wave_word *value) {
  return read_path(reading, "ready", value, &reading->policy->ready);
}

/* Which of the words it is; -1 for none, which is said. */
static int read_choice(const struct reading *reading, const char *option, const struct wave_word *value, const char *const *words,
                       const char *expected) {
  for (int i = 0; words[i] != NULL; i++)
    if (wave_word_is(value, words[i])) return i;
  const char *near = wave_nearest(value, words);
  const int length = (int)(value->length < 60 ? value->length : 60);
  if (near != NULL)
    wave_line_fail(reading->line, "%s= expects %s, found '%.*s'; did you mean %s?", option, expected, length, value->at, near);
  else
    fail_value(reading, option, expected, value);
  return -1;
}

static enum wave_status read_edge(struct reading *reading, const struct wave_word *value) {
  static const char *const words[] = {"rising", "falling", "both", NULL};
  const int edge = read_choice(reading, "edge", value, words, "rising, falling or both");
  if (edge < 0) return WAVE_ERROR;
  reading->policy->edge = (enum wave_edge)edge;
  return WAVE_OK;
}

static enum wave_status read_x(struct reading *reading, const struct wave_word *value) {
  static const char *const words[] = {"exact", "golden", "new", "any", NULL};
  const int x = read_choice(reading, "x", value, words, "exact, golden, new or any");
  if (x < 0) return WAVE_ERROR;
  reading->policy->x = (enum wave_wildcard)x;
  return WAVE_OK;
}

static enum wave_status read_z(struct reading *reading, const struct wave_word *value) {
  static const char *const words[] = {"exact", "golden", "new", "any", "x", NULL};
  const int z = read_choice(reading, "z", value, words, "exact, golden, new, any or x");
  if (z < 0) return WAVE_ERROR;
  reading->z_as_x = z == 4;
  if (z < 4) reading->policy->z = (enum wave_wildcard)z;
  return WAVE_OK;
}

static enum wave_status read_span(struct reading *reading, const char *option, const struct wave_word *value, struct wave_span *span) {
  struct wave_error why;
  char *text = wave_word_text(value);
  if (text == NULL) return wave_line_memory(reading->line);
  const enum wave_status status = wave_span_parse(span, text, &why);
  free(text);
  if (status != WAVE_OK) return wave_line_fail(reading->line, "%s= expects a time: %s", option, why.text);
  if (span->unit == WAVE_CYCLES) return fail_value(reading, option, "a time or ticks, not cycles", value);
  return WAVE_OK;
}

static enum wave_status read_offset(struct reading *reading, const struct wave_word *value) {
  reading->policy->offset_given = true;
  return read_span(reading, "offset", value, &reading->policy->offset);
}

static enum wave_status read_distance(struct reading *reading, const char *option, const struct wave_word *value, struct wave_span *span) {
  reading->policy->tolerant = true;
  if (read_span(reading, option, value, span) != WAVE_OK) return WAVE_ERROR;
  if (span->value < 0) return fail_value(reading, option, "a time of 0 or more", value);
  return WAVE_OK;
}

static enum wave_status read_lead(struct reading *reading, const struct wave_word *value) {
  return read_distance(reading, "lead", value, &reading->policy->lead);
}

static enum wave_status read_trail(struct reading *reading, const struct wave_word *value) {
  return read_distance(reading, "trail", value, &reading->policy->trail);
}

/* Without the parentheses around the whole, if there are such. */
static struct wave_word inside(struct wave_word value) {
  bool quoted = false;
  size_t depth = 0;
  for (size_t i = 0; i < value.length; i++) {
    if (value.at[i] == '"') quoted = !quoted;
    if (quoted) continue;
    depth += value.at[i] == '(';
    depth -= value.at[i] == ')' && depth > 0;
    if (depth == 0 && i + 1 < value.length) return value;
  }
  if (value.length < 2 || value.at[0] != '(' || value.at[value.length - 1] != ')') return value;
  struct wave_word inner = {value.at + 1, value.length - 2};
  while (inner.length > 0 && *inner.at == ' ') inner = (struct wave_word){inner.at + 1, inner.length - 1};
  while (inner.length > 0 && inner.at[inner.length - 1] == ' ') inner.length--;
  return inner;
}

static enum wave_status read_when(struct reading *reading, const struct wave_word *value) {
  struct wave_error why;
  const struct wave_word inner = inside(*value);
  char *text = wave_strndup(inner.at, inner.length);
  if (text == NULL) return wave_line_memory(reading->line);
  const enum wave_status status = wave_expr_parse(&reading->policy->when, text, &why);
  free(text);
  return status == WAVE_OK ? WAVE_OK : wave_line_fail(reading->line, "when= expects an expression: %s", why.text);
}

static enum wave_status read_real(struct reading *reading, const char *option, const struct wave_word *value, double *real) {
  char *text = wave_word_text(value), *end;
  if (text == NULL) return wave_line_memory(reading->line);
  const bool decimal = value->length > 0 && strspn(text, "0123456789.eE+-") == strlen(text);
  *real = strtod(text, &end);
  const bool good = decimal && *end == '\0' && isfinite(*real) && *real >= 0;
  free(text);
  *real = fabs(*real); /* of -0 */
  return good ? WAVE_OK : fail_value(reading, option, "a number of 0 or more, as in 1e-9", value);
}

static enum wave_status read_absolute(struct reading *reading, const struct wave_word *value) {
  return read_real(reading, "abs", value, &reading->policy->absolute);
}

static enum wave_status read_relative(struct reading *reading, const struct wave_word *value) {
  return read_real(reading, "rel", value, &reading->policy->relative);
}

static enum wave_status read_strength(struct reading *reading, const struct wave_word *value) {
  (void)value;
  reading->policy->strength = true;
  return WAVE_OK;
}

static enum wave_status read_data(struct reading *reading, const struct wave_word *value) {
  struct wave_word left = *value;
  for (;;) {
    const size_t length = wave_word_find(&left, ',');
    const struct wave_word item = {left.at, length};
    if (wave_rule_add_glob(reading->line, reading->rule, &item) != WAVE_OK) return WAVE_ERROR;
    if (length == left.length) return WAVE_OK;
    left = (struct wave_word){left.at + length + 1, left.length - length - 1};
  }
}

enum { CLOCK, EDGE, OFFSET, LEAD, TRAIL, WHEN, X, Z, ABS, REL, STRENGTH, VALID, READY, DATA, OPTIONS };

static const struct option options[OPTIONS] = {
    [CLOCK] = {"clock", "a signal", read_clock},      [EDGE] = {"edge", "rising, falling or both", read_edge},
    [OFFSET] = {"offset", "a time", read_offset},     [LEAD] = {"lead", "a time", read_lead},
    [TRAIL] = {"trail", "a time", read_trail},        [WHEN] = {"when", "an expression", read_when},
    [X] = {"x", "exact, golden, new or any", read_x}, [Z] = {"z", "exact, golden, new, any or x", read_z},
    [ABS] = {"abs", "a number", read_absolute},       [REL] = {"rel", "a number", read_relative},
    [STRENGTH] = {"strength", NULL, read_strength},   [VALID] = {"valid", "a signal", read_valid},
    [READY] = {"ready", "a signal", read_ready},      [DATA] = {"data", "signals with commas between", read_data},
};

static const char *const names[OPTIONS + 1] = {"clock", "edge", "offset",   "lead",  "trail", "when", "x", "z",
                                               "abs",   "rel",  "strength", "valid", "ready", "data", NULL};

static int find_option(const struct wave_word *name) {
  for (int i = 0; i < OPTIONS; i++)
    if (wave_word_is(name, names[i])) return i;
  return -1;
}

bool wave_policy_option(const struct wave_word *word) {
  const struct wave_word name = {word->at, wave_word_find(word, '=')};
  return name.length < word->length && find_option(&name) >= 0;
}

static enum wave_status fail_unknown(const struct wave_line *line, const struct wave_word *name) {
  const char *near = wave_nearest(name, names);
  const int length = (int)(name->length < 40 ? name->length : 40);
  if (near != NULL) return wave_line_fail(line, "there is no option '%.*s'; did you mean %s?", length, name->at, near);
  return wave_line_fail(line,
                        "there is no option '%.*s'; expected clock=, edge=, offset=, lead=, trail=, when=, x=, z=, abs=, rel= or strength",
                        length, name->at);
}

static enum wave_status read_word(struct reading *reading, const struct wave_word *word) {
  const size_t equals = wave_word_find(word, '=');
  const struct wave_word name = {word->at, equals};
  const int found = find_option(&name);
  if (found < 0) return fail_unknown(reading->line, &name);
  const struct option *option = &options[found];
  if (reading->given >> found & 1) return wave_line_fail(reading->line, "%s is given twice", option->name);
  reading->given |= 1u << found;
  if (option->meaning == NULL && equals < word->length) return wave_line_fail(reading->line, "%s takes no value", option->name);
  if (option->meaning != NULL && equals + 1 >= word->length)
    return wave_line_fail(reading->line, "%s= expects %s, without blanks around the '='", option->name, option->meaning);
  const struct wave_word value =
      equals < word->length ? (struct wave_word){word->at + equals + 1, word->length - equals - 1} : (struct wave_word){word->at, 0};
  return option->read(reading, &value);
}

/* The first option of a set that was given; -1 for none. */
static int first_given(const struct reading *reading, unsigned set) {
  for (int i = 0; i < OPTIONS; i++)
    if (reading->given & set & 1u << i) return i;
  return -1;
}

static enum wave_status check_compare(const struct reading *reading) {
  const bool clocked = reading->given >> CLOCK & 1;
  const int only_clocked = first_given(reading, 1u << EDGE | 1u << OFFSET), tolerance = first_given(reading, 1u << LEAD | 1u << TRAIL);
  const int channel = first_given(reading, 1u << VALID | 1u << READY | 1u << DATA);
  if (channel >= 0) return wave_line_fail(reading->line, "%s= belongs to a channel, not to compare", names[channel]);
  if (!clocked && only_clocked >= 0) return wave_line_fail(reading->line, "%s= needs clock=, whose edges it is about", names[only_clocked]);
  if (clocked && tolerance >= 0)
    return wave_line_fail(reading->line, "%s= and clock= exclude each other: by clock only cycle numbers count, not times",
                          names[tolerance]);
  return WAVE_OK;
}

static enum wave_status check_channel(const struct reading *reading) {
  static const int needed[] = {CLOCK, VALID, DATA};
  const int foreign = first_given(reading, 1u << LEAD | 1u << TRAIL | 1u << WHEN);
  for (size_t i = 0; i < sizeof needed / sizeof needed[0]; i++)
    if (!(reading->given >> needed[i] & 1))
      return wave_line_fail(reading->line, "a channel needs %s=, as in: channel NAME : clock=C valid=V ready=R data=A,B", names[needed[i]]);
  if (foreign >= 0)
    return wave_line_fail(reading->line, "%s= makes no sense in a channel, where beats are compared in order, whatever their time",
                          names[foreign]);
  return WAVE_OK;
}

enum wave_status wave_policy_parse(const struct wave_line *line, size_t colon, struct wave_rule *rule) {
  struct reading reading = {.line = line, .rule = rule, .policy = &rule->policy};
  if (colon + 1 >= line->n_words) return wave_line_fail(line, "expected options after ':', as in clock=tb.clk");
  for (size_t i = colon + 1; i < line->n_words; i++)
    if (read_word(&reading, &line->words[i]) != WAVE_OK) return WAVE_ERROR;
  if (reading.z_as_x && rule->policy.x == WAVE_X_EXACT)
    return wave_line_fail(line, "z=x lets a z match what an x matches, but x= lets it match nothing else");
  if (reading.z_as_x) rule->policy.z = rule->policy.x;
  return rule->action == WAVE_CHANNEL ? check_channel(&reading) : check_compare(&reading);
}

bool wave_policy_plain(const struct wave_policy *policy) {
  return !policy->tolerant && policy->clock == NULL && policy->when == NULL && policy->x == WAVE_X_EXACT && policy->z == WAVE_X_EXACT &&
         policy->absolute == 0 && policy->relative == 0 && !policy->strength;
}
