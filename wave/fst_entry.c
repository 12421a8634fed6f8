/* SPDX-License-Identifier: Apache-2.0 */
#include "fst_entry.h"

#include "fst_hierarchy.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

static void encode_bit(struct wave_out *out, uint64_t step, const char *value) {
  const char *code = strchr(WAVE_CODES, *value);
  if (*value == '0' || *value == '1')
    fst_varint(out, step << 2 | (uint64_t)(*value == '1') << 1);
  else
    fst_varint(out, step << 4 | (code != NULL && *value != '\0' ? (uint64_t)(code - WAVE_CODES) : 0) << 1 | 1);
}

/* Shorter text is extended to the left as in VCD: with 0, or with the first character where that is unknown. */
static void encode_bits(struct wave_out *out, uint64_t step, const char *value, uint32_t width, bool bits) {
  const size_t length = strlen(value);
  const char first = *value == '1' || *value == '\0' ? '0' : *value;
  const bool two = bits && strspn(value, "01") == length;
  const size_t missing = length < width ? width - length : 0;
  fst_varint(out, step << 1 | !two);
  uint8_t byte = 0;
  for (uint32_t i = 0; i < width; i++) {
    const char bit = i < missing ? first : value[length > width ? length - width + i : i - missing];
    if (!two) {
      wave_out_fill(out, bit, 1);
      continue;
    }
    byte = (uint8_t)(byte | (bit == '1') << (7 - i % 8));
    if (i % 8 == 7 || i + 1 == width) {
      wave_out_bytes(out, &byte, 1);
      byte = 0;
    }
  }
}

void fst_entry(struct wave_out *out, enum wave_kind kind, uint32_t width, uint64_t step, const char *value) {
  if (kind == WAVE_REAL) {
    const double number = strtod(value, NULL);
    fst_varint(out, step << 1 | 1);
    wave_out_bytes(out, &number, sizeof number);
  } else if (kind == WAVE_STRING) {
    fst_varint(out, step << 1);
    fst_varint(out, strlen(value));
    wave_out_text(out, value);
  } else if (kind == WAVE_EVENT) {
    encode_bit(out, step, "1");
  } else if (width > 1 || kind == WAVE_PORT) {
    encode_bits(out, step, value, width, kind == WAVE_BITS);
  } else {
    encode_bit(out, step, value);
  }
}

static void write_bits(uint8_t *at, const struct wave_value *value, uint32_t width) {
  if (value->form == WAVE_TWO) {
    for (uint32_t i = 0; i < width; i++) at[i] = value->bytes[i / 8] >> (7 - i % 8) & 1 ? '1' : '0';
  } else if ((value->form == WAVE_NINE || value->form == WAVE_BYTES) && value->size >= width) {
    memcpy(at, value->bytes, width);
  } else {
    memset(at, 'x', width);
  }
}

uint8_t *fst_frame_value(uint8_t *at, const struct wave_handle *handle, const struct wave_value *value) {
  if (handle->kind == WAVE_STRING) return at;
  if (handle->kind == WAVE_REAL) {
    const double none = NAN;
    memcpy(at, value->form == WAVE_DOUBLE ? (const void *)value->bytes : &none, 8);
    return at + 8;
  }
  const uint32_t width = handle->kind == WAVE_EVENT ? 1 : handle->width;
  write_bits(at, value, width);
  return at + width;
}

void fst_first_entry(struct wave_out *out, const struct wave_handle *handle, const struct wave_value *value) {
  static const char codes[] = WAVE_CODES;
  if (handle->kind == WAVE_STRING) {
    fst_varint(out, 0);
    fst_varint(out, value->size);
  } else if (handle->kind == WAVE_REAL) {
    fst_varint(out, 1);
  } else if (handle->kind == WAVE_PORT || handle->width > 1) {
    fst_varint(out, value->form != WAVE_TWO);
  } else {
    uint8_t bit;
    write_bits(&bit, value, 1);
    const char *code = bit != '0' && bit != '1' ? strchr(codes, bit) : NULL;
    fst_varint(out, code != NULL ? (unsigned)(code - codes) << 1 | 1 : (unsigned)(bit == '1') << 1);
    return;
  }
  wave_out_bytes(out, value->bytes, value->size);
}
