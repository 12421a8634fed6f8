/* SPDX-License-Identifier: Apache-2.0 */
/*
 * An interpreter of VCD that is slow and plain: it splits the text into words, and keeps every change as a string. Include after
 * <cmocka.h>.
 */
#ifndef OIO_TESTS_WAVE_VCD_ORACLE_H
#define OIO_TESTS_WAVE_VCD_ORACLE_H

#include "decl.h"

#include <ctype.h>
#include <math.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* --- A text that grows. --- */

struct text {
  char *bytes;
  size_t size, room;
};

static inline void add_bytes(struct text *text, const void *bytes, size_t size) {
  if (text->size + size + 1 > text->room) {
    text->room = 2 * (text->size + size) + 64;
    text->bytes = realloc(text->bytes, text->room);
    assert_non_null(text->bytes);
  }
  memcpy(text->bytes + text->size, bytes, size);
  text->size += size;
  text->bytes[text->size] = '\0';
}

__attribute__((format(printf, 2, 3))) static void add(struct text *text, const char *format, ...) {
  char piece[4096];
  va_list arguments;
  va_start(arguments, format);
  int size = vsnprintf(piece, sizeof piece, format, arguments);
  va_end(arguments);
  assert_true(size >= 0 && (size_t)size < sizeof piece);
  add_bytes(text, piece, (size_t)size);
}

/* --- The plain interpreter. --- */

struct change {
  uint64_t time;
  char *value; /* digits of the full width, "r" and %a, "s" and the bytes, "p" and the port's text */
};
struct signal {
  char *id;
  enum wave_kind kind;
  unsigned width;
  struct change *changes;
  size_t count, room;
};
struct run {
  struct signal *signals;
  size_t n_signals, n_vars;
  uint64_t *times;
  size_t n_times;
  bool usable, partial, timed;
  unsigned places; /* decimal places of times */
};

struct word {
  const char *at;
  size_t size;
};

static inline bool next_word(const char **at, const char *end, struct word *word) {
  while (*at < end && (unsigned char)**at <= ' ') (*at)++;
  word->at = *at;
  while (*at < end && (unsigned char)**at > ' ') (*at)++;
  word->size = (size_t)(*at - word->at);
  return word->size > 0;
}

static inline bool is(struct word word, const char *text) {
  return strlen(text) == word.size && memcmp(word.at, text, word.size) == 0;
}

static inline struct signal *find(struct run *run, struct word id) {
  for (size_t i = 0; i < run->n_signals; i++) {
    if (is(id, run->signals[i].id)) return &run->signals[i];
  }
  return NULL;
}

static inline void declare(struct run *run, struct word type, struct word size, struct word id) {
  unsigned bits = (unsigned)strtoul(size.at, NULL, 10), high, low;
  if (sscanf(size.at, "[%u:%u]", &high, &low) == 2) bits = (high > low ? high - low : low - high) + 1;
  enum wave_kind kind = bits == 0 ? WAVE_STRING : WAVE_BITS;
  if (is(type, "real") || is(type, "realtime") || is(type, "shortreal") || is(type, "real_parameter")) kind = WAVE_REAL;
  if (is(type, "string")) kind = WAVE_STRING;
  if (is(type, "event")) kind = WAVE_EVENT;
  if (is(type, "port") && id.at[0] == '<') kind = WAVE_PORT;
  if (kind == WAVE_EVENT) bits = 1;
  run->n_vars++;
  struct signal *known = find(run, id);
  if (known != NULL) {
    if (known->kind == kind && bits > known->width) known->width = bits;
    return;
  }
  run->signals = realloc(run->signals, (run->n_signals + 1) * sizeof *run->signals);
  run->signals[run->n_signals++] = (struct signal){.id = strndup(id.at, id.size), .kind = kind, .width = bits};
}

static inline void note(struct signal *signal, uint64_t time, char *value) {
  if (signal->count == signal->room) {
    signal->room = 2 * signal->room + 8;
    signal->changes = realloc(signal->changes, signal->room * sizeof *signal->changes);
  }
  signal->changes[signal->count++] = (struct change){time, value};
}

/* NULL: the digits are no value. */
static inline char *digits_of(struct word word, unsigned width) {
  if (word.size >= 2 && word.at[0] == '0' && tolower(word.at[1]) == 'b') {
    word.at += 2;
    word.size -= 2;
  }
  if (word.size == 0) return NULL;
  for (size_t i = 0; i < word.size; i++) {
    if (word.at[i] == '\0' || strchr("01xzhuwl-?", tolower(word.at[i])) == NULL) return NULL;
  }
  /* Digits that there are no bits for: zeros, or more of an x or z that begins what fits. */
  for (size_t i = width; i < word.size; i++) {
    int over = tolower(word.at[word.size - 1 - i]), first = tolower(word.at[word.size - width]);
    if (over != '0' && (over == '1' || over != first)) return NULL;
  }
  char *value = malloc(width + 1u);
  for (unsigned i = 0; i < width; i++) {
    /* Digit i of the value, counted from the right. */
    int c = i < word.size ? tolower(word.at[word.size - 1 - i]) : tolower(word.at[0]);
    if (i >= word.size && c == '1') c = '0';
    value[width - 1 - i] = (char)c;
  }
  value[width] = '\0';
  return value;
}

static inline char *real_of(struct word word, bool bits) {
  char copy[512], *end, *value;
  double number = 0;
  if (word.size == 0 || word.size >= sizeof copy) return NULL;
  if (bits) {
    for (size_t i = 0; i < word.size; i++) {
      if (strchr("01xzhuwl-?", tolower(word.at[i])) == NULL) return NULL;
      number = word.at[i] == '0' || word.at[i] == '1' ? number * 2 + (word.at[i] - '0') : NAN;
    }
    if (isinf(number)) return NULL;
  } else {
    memcpy(copy, word.at, word.size);
    copy[word.size] = '\0';
    number = strtod(copy, &end);
    if (*end != '\0') return NULL;
    if ((isinf(number) && strpbrk(copy, "iI") == NULL) || (number == 0 && strpbrk(copy, "123456789") < strpbrk(copy, "eE"))) return NULL;
  }
  assert_true(asprintf(&value, "r%a", isnan(number) ? (double)NAN : number) > 0);
  return value;
}

static inline char *string_of(struct word word) {
  char *value = calloc(1, word.size + 2), *to = value;
  *to++ = 's';
  for (size_t i = 0; i < word.size; i++) {
    unsigned octal;
    if (word.at[i] != '\\' || i + 1 == word.size) {
      *to++ = word.at[i];
    } else if (word.at[i + 1] >= '0' && word.at[i + 1] <= '7') {
      int took = 0;
      char three[4] = {0};
      memcpy(three, word.at + i + 1, word.size - i - 1 < 3 ? word.size - i - 1 : 3);
      sscanf(three, "%o%n", &octal, &took);
      *to++ = (char)octal;
      i += (size_t)took;
    } else {
      *to++ = word.at[++i] == 'n' ? '\n' : word.at[i] == 't' ? '\t' : word.at[i];
    }
  }
  return value;
}

static inline char *value_of(const struct signal *signal, char letter, struct word word) {
  bool digits = letter != 'r' && letter != 's';
  if (letter == 'p') return NULL;
  if (signal->kind == WAVE_BITS || signal->kind == WAVE_EVENT) return digits ? digits_of(word, signal->width) : NULL;
  if (signal->kind == WAVE_REAL && letter == 's') { /* a word for a real: which, no number can tell */
    char *number = real_of(word, false);
    return number != NULL ? number : strdup("rnan");
  }
  if (signal->kind == WAVE_REAL) return real_of(word, digits);
  return signal->kind == WAVE_STRING ? string_of(word) : NULL;
}

static inline char *port_of(const struct signal *signal, struct word states, struct word zero, struct word one) {
  char *value;
  if (signal->kind != WAVE_PORT || states.size != signal->width) return NULL;
  value = calloc(1, 3 * (size_t)signal->width + 4);
  char *to = value + sprintf(value, "p%.*s", (int)states.size, states.at);
  for (int i = 0; i < 2; i++) {
    struct word strength = i == 0 ? zero : one;
    bool short_form = strength.size == 1, good = short_form || strength.size == signal->width;
    *to++ = ' ';
    for (unsigned k = 0; k < signal->width && good; k++) {
      *to = strength.at[short_form ? 0 : k];
      good = *to >= '0' && *to++ <= '7';
    }
    if (good) continue;
    free(value);
    return NULL;
  }
  return value;
}

/* Takes the changes of the last time away: it is not whole. */
static inline void drop_tick(struct run *run) {
  if (run->n_times == 0) return;
  uint64_t time = run->times[--run->n_times];
  for (size_t i = 0; i < run->n_signals; i++) {
    struct signal *signal = &run->signals[i];
    while (signal->count > 0 && signal->changes[signal->count - 1].time == time) free(signal->changes[--signal->count].value);
  }
}

static inline void begin_time(struct run *run, uint64_t time) {
  if (run->n_times > 0 && run->times[run->n_times - 1] == time) return;
  run->times = realloc(run->times, (run->n_times + 1) * sizeof *run->times);
  run->times[run->n_times++] = time;
}

static inline bool time_of(const struct run *run, struct word word, uint64_t *time) {
  *time = 0;
  unsigned after = 0;
  bool dot = false;
  for (size_t i = 1; i < word.size; i++) {
    if (word.at[i] == '.' && !dot && i > 1) {
      dot = true;
      continue;
    }
    if (!isdigit((unsigned char)word.at[i])) return false;
    if (dot && ++after > run->places) continue;
    *time = *time > UINT64_MAX / 10 - 1 ? UINT64_MAX : *time * 10 + (uint64_t)(word.at[i] - '0');
  }
  for (; after < run->places; after++) *time = *time > UINT64_MAX / 10 ? UINT64_MAX : *time * 10;
  return word.size > 1;
}

/* The body; returns whether it is whole. */
static inline bool interpret_body(struct run *run, const char *at, const char *end) {
  struct word word, id, more[2] = {{0}};
  bool timed = false, dumping = true; /* values, not changes */
  while (next_word(&at, end, &word)) {
    char letter = (char)tolower(word.at[0]), *value;
    if (letter == '#') {
      uint64_t time;
      if (!time_of(run, word, &time)) return false;
      if (timed && time < run->times[run->n_times - 1]) {
        begin_time(run, UINT64_MAX); /* what is dropped */
        return false;
      }
      if (time > INT64_MAX - 1) { /* no time: the one before it is whole */
        begin_time(run, UINT64_MAX);
        return false;
      }
      begin_time(run, time);
      timed = true;
      dumping = false;
      continue;
    }
    if (letter == '$') {
      static const char *const sections = " $end $dumpvars $dumpall $dumpon $dumpoff $dumpports $dumpportsall $dumpportson $dumpportsoff "
                                          "$dumpportsflush $dumpflush $vcdclose ";
      char name[64];
      size_t letters = 1;
      while (letters < word.size && (isalpha((unsigned char)word.at[letters]) || word.at[letters] == '_')) letters++;
      if (letters < word.size && word.at[letters] != '#') return false;
      at = word.at + letters; /* a time may stick to it */
      word.size = letters;
      snprintf(name, sizeof name, " %.*s ", (int)(word.size < 40 ? word.size : 40), word.at);
      dumping = strstr(sections, name) != NULL && !is(word, "$end");
      if (strstr(sections, name) != NULL) continue;
      do {
        if (!next_word(&at, end, &word)) return false;
      } while (!is(word, "$end"));
      continue;
    }
    if (letter == '\0' || strchr("01xzhuwl-?brsp", letter) == NULL) return false;
    bool scalar = strchr("brsp", letter) == NULL;
    struct word digits = {word.at + 1, word.size - 1};
    if (letter == 'p' && !(next_word(&at, end, &more[0]) && next_word(&at, end, &more[1]))) return false;
    if (scalar) digits = (struct word){word.at, 1};
    id = (struct word){word.at + 1, word.size - 1};
    if ((!scalar || id.size == 0) && !next_word(&at, end, &id)) return false;
    if (!timed) begin_time(run, 0);
    timed = true;
    struct signal *signal = find(run, id);
    if (signal == NULL) return false;
    value = letter == 'p' ? port_of(signal, digits, more[0], more[1]) : value_of(signal, letter, digits);
    if (value == NULL) return false;
    if (signal->kind == WAVE_EVENT && dumping && strcmp(value, "1") != 0) {
      free(value);
      continue;
    }
    note(signal, run->times[run->n_times - 1], value);
  }
  return true;
}

static inline unsigned places_in(const char *at, const char *end) {
  unsigned most = 0;
  struct word word;
  while (next_word(&at, end, &word)) {
    const char *dot = memchr(word.at, '.', word.size);
    if (word.at[0] != '#' || dot == NULL || strspn(word.at + 1, "0123456789.") < word.size - 1) continue;
    const char *last = word.at + word.size;
    while (last[-1] == '0') last--;
    if ((unsigned)(last - dot - 1) > most) most = (unsigned)(last - dot - 1);
  }
  return most;
}

static inline void interpret(struct run *run, const char *at, const char *end) {
  struct word word, type, size, id;
  memset(run, 0, sizeof *run);
  while (next_word(&at, end, &word)) {
    if (is(word, "$enddefinitions")) {
      run->usable = true;
      break;
    }
    if (is(word, "$end")) continue;
    if (is(word, "$var")) {
      next_word(&at, end, &type);
      next_word(&at, end, &size);
      next_word(&at, end, &id);
      declare(run, type, size, id);
    }
    while (next_word(&at, end, &word) && !is(word, "$end")) {
    }
  }
  if (!run->usable) return;
  run->places = places_in(at, end);
  run->partial = !interpret_body(run, at, end);
  if (run->partial) drop_tick(run);
}

static inline void run_free(struct run *run) {
  for (size_t i = 0; i < run->n_signals; i++) {
    for (size_t j = 0; j < run->signals[i].count; j++) free(run->signals[i].changes[j].value);
    free(run->signals[i].changes);
    free(run->signals[i].id);
  }
  free(run->signals);
  free(run->times);
}

#endif
