/* SPDX-License-Identifier: Apache-2.0 */
/* Lengths of time as decimal numbers with a unit, without rounding. */
#include "rules.h"

#include <ctype.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

enum { EXPONENT_MAX = 1000 };

struct unit {
  const char *name;
  int exponent;
  enum wave_unit unit;
};

static const struct unit units[] = {
    {"s", 0, WAVE_SECONDS},    {"ms", -3, WAVE_SECONDS},   {"us", -6, WAVE_SECONDS},  {"ns", -9, WAVE_SECONDS},
    {"ps", -12, WAVE_SECONDS}, {"fs", -15, WAVE_SECONDS},  {"as", -18, WAVE_SECONDS}, {"ticks", 0, WAVE_TICKS},
    {"tick", 0, WAVE_TICKS},   {"cycles", 0, WAVE_CYCLES}, {"cycle", 0, WAVE_CYCLES},
};

static bool add_digit(int64_t *value, char digit) {
  const int64_t d = digit - '0';
  if (*value > (INT64_MAX - d) / 10) return false;
  *value = *value * 10 + d;
  return true;
}

/* The digits after the point, without zeros at their end. */
static bool read_fraction(struct wave_span *span, const char **at, bool *digits) {
  const char *end = ++*at;
  while (isdigit((unsigned char)*end)) end++;
  *digits |= end > *at;
  const char *last = end;
  while (last > *at && last[-1] == '0') last--;
  bool fits = last - *at < EXPONENT_MAX;
  for (const char *c = *at; c < last && fits; c++) {
    fits = add_digit(&span->value, *c);
    span->exponent--;
  }
  *at = end;
  return fits;
}

static bool read_exponent(struct wave_span *span, const char **at) {
  const char *c = *at + 1;
  const bool negative = *c == '-';
  if (*c == '-' || *c == '+') c++;
  if (!isdigit((unsigned char)*c)) return true; /* no exponent: what is left is no unit either, which is said then */
  int64_t exponent = 0;
  for (; isdigit((unsigned char)*c); c++)
    if (!add_digit(&exponent, *c) || exponent > EXPONENT_MAX) return false;
  span->exponent += (int)(negative ? -exponent : exponent);
  *at = c;
  return true;
}

/* Reads the number; false when it does not fit. digits: whether there is one at all. */
static bool read_number(struct wave_span *span, const char **at, bool *digits) {
  bool fits = true;
  for (; isdigit((unsigned char)**at); ++*at) {
    *digits = true;
    fits = fits && add_digit(&span->value, **at);
  }
  if (**at == '.' && !read_fraction(span, at, digits)) fits = false;
  if ((**at == 'e' || **at == 'E') && *digits && !read_exponent(span, at)) fits = false;
  return fits;
}

/* One form for one amount, so that what is printed reads back the same. */
static void normalise(struct wave_span *span) {
  if (span->value == 0 && span->unit != WAVE_CYCLES) *span = (struct wave_span){.unit = WAVE_SECONDS};
  while (span->exponent % 3 != 0 && span->value % 10 == 0) {
    span->value /= 10;
    span->exponent++;
  }
}

/* Ticks and cycles are counted: no fractions. */
static bool whole(struct wave_span *span) {
  for (; span->exponent > 0 && span->value != 0; span->exponent--) {
    if (span->value > INT64_MAX / 10 || span->value < -(INT64_MAX / 10)) return false;
    span->value *= 10;
  }
  if (span->value == 0) span->exponent = 0;
  for (; span->exponent < 0; span->exponent++) {
    if (span->value % 10 != 0) return false;
    span->value /= 10;
  }
  return true;
}

static const struct unit *find_unit(const char *name) {
  for (size_t i = 0; i < sizeof units / sizeof units[0]; i++)
    if (strcmp(units[i].name, name) == 0) return &units[i];
  return NULL;
}

static enum wave_status finish(struct wave_span *span, const char *text, const char *name, struct wave_error *error) {
  const struct unit *unit = find_unit(name);
  if (*name == '\0' && span->value == 0) {
    unit = &units[0];
  } else if (*name == '\0') {
    return wave_fail(error, "'%.60s' has no unit; expected s, ms, us, ns, ps, fs, as, ticks or cycles, as in 10ns", text);
  }
  if (unit == NULL) {
    return wave_fail(error, "'%.60s' is no unit of '%.60s'; expected s, ms, us, ns, ps, fs, as, ticks or cycles", name, text);
  }
  span->unit = unit->unit;
  span->exponent += unit->exponent;
  if (span->unit != WAVE_SECONDS && !whole(span)) return wave_fail(error, "'%.60s': %s are counted in whole numbers", text, unit->name);
  normalise(span);
  return WAVE_OK;
}

enum wave_status wave_span_parse(struct wave_span *span, const char *text, struct wave_error *error) {
  struct wave_span read = {.unit = WAVE_SECONDS};
  const char *at = text;
  bool digits = false;
  while (isspace((unsigned char)*at)) at++;
  const bool negative = *at == '-';
  if (*at == '-' || *at == '+') at++;
  const bool fits = read_number(&read, &at, &digits);
  if (!digits) return wave_fail(error, "'%.60s' is no time; expected a number with a unit, as in 10ns", text);
  if (!fits) return wave_fail(error, "'%.60s' is too large or has too many digits", text);
  while (isspace((unsigned char)*at)) at++;
  char name[16] = "";
  size_t length = strlen(at);
  while (length > 0 && isspace((unsigned char)at[length - 1])) length--;
  snprintf(name, sizeof name, "%.*s", (int)(length < 15 ? length : 15), at);
  if (negative) read.value = -read.value;
  if (finish(&read, text, name, error) != WAVE_OK) return WAVE_ERROR;
  *span = read;
  return WAVE_OK;
}

bool wave_span_ticks(const struct wave_span *span, int exponent, int64_t *ticks) {
  if (span->unit == WAVE_CYCLES) return false;
  int64_t value = span->value;
  int shift = span->unit == WAVE_SECONDS && value != 0 ? span->exponent - exponent : 0;
  for (; shift > 0; shift--) {
    if (value > INT64_MAX / 10 || value < -(INT64_MAX / 10)) return false;
    value *= 10;
  }
  for (; shift < 0; shift++) {
    if (value % 10 != 0) return false;
    value /= 10;
  }
  *ticks = value;
  return true;
}

size_t wave_span_text(const struct wave_span *span, char *text, size_t size) {
  static const char *const names[] = {"s", "ms", "us", "ns", "ps", "fs", "as"};
  int length;
  if (span->unit != WAVE_SECONDS) {
    length = snprintf(text, size, "%" PRId64 "%s", span->value, span->unit == WAVE_TICKS ? "ticks" : "cycles");
  } else if (span->value == 0) {
    length = snprintf(text, size, "0");
  } else if (span->exponent > 0 || span->exponent < -18) {
    length = snprintf(text, size, "%" PRId64 "e%ds", span->value, span->exponent);
  } else {
    const int unit = -span->exponent / 3, decimals = -span->exponent % 3;
    const int64_t divisor = decimals == 0 ? 1 : decimals == 1 ? 10 : 100;
    const uint64_t magnitude = span->value < 0 ? 0 - (uint64_t)span->value : (uint64_t)span->value;
    char digits[24];
    snprintf(digits, sizeof digits, "%s%" PRIu64, span->value < 0 ? "-" : "", magnitude / (uint64_t)divisor);
    if (decimals == 0)
      length = snprintf(text, size, "%s%s", digits, names[unit]);
    else
      length = snprintf(text, size, "%s.%0*" PRIu64 "%s", digits, decimals, magnitude % (uint64_t)divisor, names[unit]);
  }
  return length > 0 ? (size_t)length : 0;
}
