/* SPDX-License-Identifier: Apache-2.0 */
#include "value.h"
#include "memory.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

static char lower(uint8_t c) {
  return (char)(c >= 'A' && c <= 'Z' ? c + 32 : c);
}

char wave_value_bit(const struct wave_value *value, uint32_t bit) {
  switch (value->form) {
  case WAVE_TWO:
    return value->bytes[bit / 8] >> (7 - bit % 8) & 1 ? '1' : '0';
  case WAVE_NINE:
    return lower(value->bytes[bit]);
  default:
    return 'x';
  }
}

/* What a port's state is without who drives it: of the testbench, of the design, of both. */
static char port_bit(const struct wave_value *value, uint32_t bit) {
  static const char states[] = "DUNZduLHXTlh01?FAaBbCcf", bits[] = "01xz0101xz0101xzxxxxxxz";
  if ((value->form != WAVE_BYTES && value->form != WAVE_NINE) || bit >= value->size || value->bytes[bit] == '\0') return 'x';
  const char *found = strchr(states, value->bytes[bit]);
  return found == NULL ? 'x' : bits[found - states];
}

void wave_value_bits(const struct wave_value *value, enum wave_kind kind, uint32_t first, uint32_t width, bool reversed, char *to) {
  for (uint32_t i = 0; i < width; i++) {
    uint32_t bit = first + (reversed ? width - 1 - i : i);
    to[i] = kind == WAVE_PORT ? port_bit(value, bit) : wave_value_bit(value, bit);
  }
}

static char strongest(char c) {
  switch (c) {
  case 'h':
    return '1';
  case 'l':
    return '0';
  case 'w':
  case 'u':
  case '-':
  case '?':
    return 'x';
  default:
    return c;
  }
}

static bool wild(const struct wave_equality *equality, char c, enum wave_wildcard side) {
  if (c == 'x' && (equality->x == side || equality->x == WAVE_X_ANY)) return true;
  return c == 'z' && (equality->z == side || equality->z == WAVE_X_ANY);
}

static bool bits_equal(const struct wave_equality *equality, uint32_t width, const struct wave_value *golden,
                       const struct wave_value *fresh) {
  for (uint32_t i = 0; i < width; i++) {
    char g = wave_value_bit(golden, i), n = wave_value_bit(fresh, i);
    if (equality->strength) {
      g = strongest(g);
      n = strongest(n);
    }
    if (g != n && !wild(equality, g, WAVE_X_GOLDEN) && !wild(equality, n, WAVE_X_NEW)) return false;
  }
  return true;
}

static double double_of(const struct wave_value *value) {
  double number = NAN;
  if (value->form == WAVE_DOUBLE) memcpy(&number, value->bytes, 8);
  return number;
}

/* Which word a NaN of the VCD reader stands for; 0: it is a plain NaN. */
static uint64_t nan_word(double number) {
  uint64_t bits;
  memcpy(&bits, &number, 8);
  return bits & (((uint64_t)1 << 51) - 1);
}

static bool doubles_equal(const struct wave_equality *equality, double golden, double fresh) {
  if (golden == fresh) return true;
  if (isnan(golden) && isnan(fresh)) return nan_word(golden) == nan_word(fresh) || nan_word(golden) == 0 || nan_word(fresh) == 0;
  double apart = fabs(golden - fresh), largest = fabs(golden) > fabs(fresh) ? fabs(golden) : fabs(fresh);
  return apart <= equality->absolute || (isfinite(largest) && apart <= equality->relative * largest);
}

bool wave_value_equal_slow(const struct wave_equality *equality, uint32_t width, const struct wave_value *golden,
                           const struct wave_value *fresh) {
  if (golden->form == WAVE_UNKNOWN && fresh->form == WAVE_UNKNOWN) return true;
  if (golden->form == WAVE_DOUBLE || fresh->form == WAVE_DOUBLE) return doubles_equal(equality, double_of(golden), double_of(fresh));
  if (golden->form == WAVE_BYTES || fresh->form == WAVE_BYTES) {
    return golden->size == fresh->size && (golden->size == 0 || memcmp(golden->bytes, fresh->bytes, golden->size) == 0);
  }
  return bits_equal(equality, width, golden, fresh);
}

bool wave_value_unknown(const struct wave_value *value) {
  if (value->form == WAVE_UNKNOWN) return true;
  if (value->form == WAVE_DOUBLE) return isnan(double_of(value));
  if (value->form != WAVE_NINE) return false;
  for (uint32_t i = 0; i < value->size; i++) {
    if (value->bytes[i] != '0' && value->bytes[i] != '1') return true;
  }
  return false;
}

/* The shortest decimal that reads back as the same double. */
static void print_double(double number, char *text, size_t size) {
  if (isnan(number)) {
    snprintf(text, size, "nan");
    return;
  }
  for (int digits = 1; digits <= 17; digits++) {
    snprintf(text, size, "%.*g", digits, number);
    if (strtod(text, NULL) == number) return;
  }
}

char *wave_value_string(enum wave_kind kind, uint32_t width, const struct wave_value *value) {
  size_t size = (kind == WAVE_BITS ? width : value->size) + (size_t)40;
  char *text = wave_malloc(size);
  if (text == NULL) return NULL;
  if (kind == WAVE_EVENT) {
    strcpy(text, "!");
  } else if (kind == WAVE_REAL) {
    print_double(double_of(value), text, size);
  } else if (kind == WAVE_BITS) {
    for (uint32_t i = 0; i < width; i++) text[i] = wave_value_bit(value, i);
    text[width] = '\0';
  } else {
    uint32_t used = value->form == WAVE_BYTES || (kind == WAVE_PORT && value->form == WAVE_NINE) ? value->size : 0;
    for (uint32_t i = 0; i < used; i++) text[i] = value->bytes[i] == 0 ? ' ' : (char)value->bytes[i];
    text[used] = '\0';
  }
  return text;
}
