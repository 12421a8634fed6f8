/* SPDX-License-Identifier: Apache-2.0 */
/* Waivers: waive GLOB... : until=DAY because="WHY" class=CLASS,... */
#define _POSIX_C_SOURCE 200809L
#include "memory.h"
#include "report.h"
#include "rules_line.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* What a waiver may be limited to. Whether what differs is only late is not known when waivers are applied: it is of values. */
static const enum wave_class classes[] = {WAVE_CLASS_VALUE,   WAVE_CLASS_X,     WAVE_CLASS_GLITCH, WAVE_CLASS_SHORTER,
                                          WAVE_CLASS_MISSING, WAVE_CLASS_WIDTH, WAVE_CLASS_TYPE,   WAVE_CLASS_BEATS};
enum { N_CLASSES = sizeof classes / sizeof classes[0] };

void wave_waiver_free(struct wave_waiver *waiver) {
  wave_rule_free(&waiver->fits);
  free(waiver->reason);
}

int wave_day_parse(const char *text) {
  static const int days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
  int number[3] = {0, 0, 0};
  if (strlen(text) != 10) return 0;
  for (int i = 0, part = 0; i < 10; i++) {
    if (i == 4 || i == 7) {
      if (text[i] != '-') return 0;
      part++;
    } else if (text[i] >= '0' && text[i] <= '9') {
      number[part] = 10 * number[part] + (text[i] - '0');
    } else {
      return 0;
    }
  }
  const int year = number[0], month = number[1], day = number[2];
  if (year == 0 || month < 1 || month > 12) return 0;
  const bool leap = month == 2 && year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
  return day >= 1 && day <= days[month - 1] + leap ? 10000 * year + 100 * month + day : 0;
}

static enum wave_status read_until(const struct wave_line *line, const char *value, struct wave_waiver *waiver) {
  if (waiver->until != 0) return wave_line_fail(line, "until is given twice");
  waiver->until = wave_day_parse(value);
  return waiver->until != 0 ? WAVE_OK : wave_line_fail(line, "until= expects a day, as in 2026-12-31, found '%.40s'", value);
}

static enum wave_status read_because(const struct wave_line *line, const char *value, struct wave_waiver *waiver) {
  if (waiver->reason != NULL) return wave_line_fail(line, "because is given twice");
  if (value[strspn(value, " ")] == '\0') return wave_line_fail(line, "because= expects the reason, in quotes");
  waiver->reason = wave_strdup(value);
  return waiver->reason != NULL ? WAVE_OK : wave_line_memory(line);
}

static enum wave_status read_class(const struct wave_line *line, const char *value, struct wave_waiver *waiver) {
  if (waiver->classes != 0) return wave_line_fail(line, "class is given twice");
  for (const char *at = value; at != NULL; at = strchr(at, ',') == NULL ? NULL : strchr(at, ',') + 1) {
    const size_t length = strcspn(at, ",");
    unsigned found = 0;
    for (int i = 0; i < N_CLASSES; i++) {
      const char *word = wave_class_word(classes[i]);
      if (strlen(word) == length && memcmp(word, at, length) == 0) found = 1u << classes[i];
    }
    if (found == 0)
      return wave_line_fail(line, "class= expects value, x, glitch, shorter, missing, width, type or beats, found '%.*s'",
                            (int)(length < 40 ? length : 40), at);
    waiver->classes |= found;
  }
  return WAVE_OK;
}

static enum wave_status read_option(const struct wave_line *line, const struct wave_word *word, struct wave_waiver *waiver) {
  static const char *const names[] = {"until", "because", "class", NULL};
  static enum wave_status (*const readers[])(const struct wave_line *, const char *, struct wave_waiver *) = {read_until, read_because,
                                                                                                              read_class};
  const size_t equals = wave_word_find(word, '=');
  const struct wave_word name = {word->at, equals}, value = {word->at + equals + 1, equals < word->length ? word->length - equals - 1 : 0};
  for (int i = 0; names[i] != NULL; i++) {
    if (!wave_word_is(&name, names[i])) continue;
    char *text = equals < word->length ? wave_word_text(&value) : wave_strdup("");
    const enum wave_status status = text == NULL ? wave_line_memory(line) : readers[i](line, text, waiver);
    free(text);
    return status;
  }
  return wave_line_fail(line, "there is no option '%.*s'; expected until=, because= or class=", (int)(equals < 40 ? equals : 40), word->at);
}

static enum wave_status parse(const struct wave_line *line, struct wave_waiver *waiver) {
  const size_t colon = wave_line_colon(line);
  if (wave_rule_globs(line, &waiver->fits, colon) != WAVE_OK) return WAVE_ERROR;
  for (size_t i = colon + 1; i < line->n_words; i++)
    if (read_option(line, &line->words[i], waiver) != WAVE_OK) return WAVE_ERROR;
  if (waiver->until == 0 || waiver->reason == NULL)
    return wave_line_fail(line, "a waiver needs a reason and an end, as in: waive tb.q : until=2026-12-31 because=\"new reset order\"");
  waiver->fits.text = wave_strdup(line->text);
  waiver->fits.file = line->file != NULL ? wave_strdup(line->file) : NULL;
  waiver->fits.line = line->number;
  return waiver->fits.text == NULL || (line->file != NULL && waiver->fits.file == NULL) ? wave_line_memory(line) : WAVE_OK;
}

enum wave_status wave_waiver_read(struct wave_rules *rules, const struct wave_line *line) {
  struct wave_waiver waiver = {0};
  struct wave_waiver *grown = NULL;
  if (parse(line, &waiver) == WAVE_OK) {
    grown = wave_rules_grow(rules->waivers, rules->n_waivers, sizeof *grown);
    if (grown == NULL) wave_line_memory(line);
  }
  if (grown == NULL) {
    wave_waiver_free(&waiver);
    return WAVE_ERROR;
  }
  rules->waivers = grown;
  grown[rules->n_waivers++] = waiver;
  return WAVE_OK;
}
