/* SPDX-License-Identifier: Apache-2.0 */
#define _POSIX_C_SOURCE 200809L
#include "rules_line.h"
#include "memory.h"

#include <ctype.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { NEAREST_MAX = 40 };

enum wave_status wave_line_fail(const struct wave_line *line, const char *format, ...) {
  char what[400];
  va_list arguments;
  va_start(arguments, format);
  vsnprintf(what, sizeof what, format, arguments);
  va_end(arguments);
  if (line->file != NULL) return wave_fail(line->error, "%.200s:%d: %s", line->file, line->number, what);
  return wave_fail(line->error, "rule '%.80s': %s", line->text != NULL ? line->text : "", what);
}

enum wave_status wave_line_memory(const struct wave_line *line) {
  return wave_line_fail(line, "out of memory");
}

enum wave_status wave_line_expected(const struct wave_line *line, const char *expected, size_t word) {
  if (word >= line->n_words) return wave_line_fail(line, "expected %s, found the end of the line", expected);
  const size_t length = line->words[word].length;
  return wave_line_fail(line, "expected %s, found '%.*s'", expected, (int)(length < 60 ? length : 60), line->words[word].at);
}

size_t wave_line_colon(const struct wave_line *line) {
  size_t i = 1;
  while (i < line->n_words && !wave_word_is(&line->words[i], ":")) i++;
  return i;
}

/* Blanks are spaces from here on; other control characters have no business in a rule. */
static bool clean(char *text) {
  for (; *text != '\0'; text++) {
    if (isspace((unsigned char)*text))
      *text = ' ';
    else if ((unsigned char)*text < 0x20 || *text == 0x7f)
      return false;
  }
  return true;
}

/* The end of the word that begins here; NULL when a quote or parenthesis stays open. */
static const char *word_end(const char *at) {
  const bool grouped = strncmp(at, "when=", 5) == 0;
  bool quoted = false;
  size_t depth = 0;
  for (; *at != '\0'; at++) {
    if (!quoted && depth == 0 && *at == ' ') return at;
    if (*at == '"') quoted = !quoted;
    if (quoted || !grouped) continue;
    depth += *at == '(';
    depth -= *at == ')' && depth > 0;
  }
  return quoted || depth > 0 ? NULL : at;
}

static enum wave_status add_word(struct wave_line *line, const char *at, const char *end) {
  if (line->n_words % 8 == 0) {
    struct wave_word *words = wave_realloc(line->words, (line->n_words + 8) * sizeof *words);
    if (words == NULL) return wave_line_memory(line);
    line->words = words;
  }
  line->words[line->n_words++] = (struct wave_word){at, (size_t)(end - at)};
  return WAVE_OK;
}

static enum wave_status split(struct wave_line *line) {
  char *at = line->text;
  for (;;) {
    while (*at == ' ') at++;
    if (*at == '\0' || *at == '#') break;
    const char *end = word_end(at);
    if (end == NULL) return wave_line_fail(line, "a quote or parenthesis stays open at '%.40s'", at);
    if (add_word(line, at, end) != WAVE_OK) return WAVE_ERROR;
    at += end - at;
  }
  while (at > line->text && at[-1] == ' ') at--;
  *at = '\0';
  return WAVE_OK;
}

enum wave_status wave_line_open(struct wave_line *line, const char *text, const char *file, int number, struct wave_error *error) {
  *line = (struct wave_line){.file = file, .number = number, .error = error};
  while (isspace((unsigned char)*text)) text++;
  line->text = wave_strdup(text);
  if (line->text == NULL) return wave_line_memory(line);
  enum wave_status status = clean(line->text) ? split(line) : wave_line_fail(line, "a control character is no part of a rule");
  if (status != WAVE_OK) wave_line_close(line);
  return status;
}

void wave_line_close(struct wave_line *line) {
  free(line->text);
  free(line->words);
  *line = (struct wave_line){0};
}

char *wave_line_rest(const struct wave_line *line, size_t word) {
  return wave_strdup(word < line->n_words ? line->words[word].at : "");
}

bool wave_word_is(const struct wave_word *word, const char *text) {
  return strlen(text) == word->length && memcmp(text, word->at, word->length) == 0;
}

char *wave_word_text(const struct wave_word *word) {
  char *text = wave_malloc(word->length + 1), *out = text;
  if (text == NULL) return NULL;
  for (size_t i = 0; i < word->length; i++)
    if (word->at[i] != '"') *out++ = word->at[i];
  *out = '\0';
  return text;
}

size_t wave_word_find(const struct wave_word *word, char c) {
  bool quoted = false;
  for (size_t i = 0; i < word->length; i++) {
    if (word->at[i] == '"') quoted = !quoted;
    if (!quoted && word->at[i] == c) return i;
  }
  return word->length;
}

/* How many letters have to be changed, added or left out to turn a into b. */
static size_t distance(const char *a, size_t a_length, const char *b) {
  size_t row[NEAREST_MAX + 1];
  const size_t b_length = strlen(b);
  for (size_t k = 0; k <= b_length; k++) row[k] = k;
  for (size_t i = 0; i < a_length; i++) {
    size_t diagonal = row[0];
    row[0] = i + 1;
    for (size_t k = 0; k < b_length; k++) {
      const size_t changed = diagonal + (tolower((unsigned char)a[i]) != b[k]), shorter = row[k] + 1, longer = row[k + 1] + 1;
      diagonal = row[k + 1];
      row[k + 1] = changed < shorter ? changed : shorter;
      if (longer < row[k + 1]) row[k + 1] = longer;
    }
  }
  return row[b_length];
}

const char *wave_nearest(const struct wave_word *word, const char *const *choices) {
  const char *best = NULL;
  size_t least = (word->length + 2) / 3 + 1;
  if (word->length > NEAREST_MAX) return NULL;
  for (; *choices != NULL; choices++) {
    const size_t far = strlen(*choices) > NEAREST_MAX ? least : distance(word->at, word->length, *choices);
    if (far >= least) continue;
    least = far;
    best = *choices;
  }
  return best;
}

/* Cuts a range [7:0] off the end. */
static void drop_range(char *path) {
  size_t length = strlen(path);
  if (length == 0 || path[length - 1] != ']') return;
  const char *open = strrchr(path, '[');
  if (open == NULL || open == path) return;
  const char *at = open + 1;
  const size_t left = (size_t)(*at == '-') + strspn(at + (*at == '-'), "0123456789");
  if (left == (size_t)(*at == '-') || at[left] != ':') return;
  at += left + 1;
  const size_t right = (size_t)(*at == '-') + strspn(at + (*at == '-'), "0123456789");
  if (right > (size_t)(*at == '-') && at + right == path + length - 1) path[open - path] = '\0';
}

enum wave_status wave_line_path(const struct wave_line *line, const struct wave_word *word, char **path) {
  *path = wave_word_text(word);
  if (*path == NULL) return wave_line_memory(line);
  if (word->length > 0 && word->at[0] != '"') drop_range(*path);
  if (**path != '\0') return WAVE_OK;
  free(*path);
  *path = NULL;
  return wave_line_fail(line, "expected a path, found %s", word->length > 0 ? "empty quotes" : "nothing");
}
