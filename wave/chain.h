/* SPDX-License-Identifier: Apache-2.0 */
/**
 * A chain: all changes of one handle inside one block, as bytes. Every reader gives this one form, which is the FST format's own, so that
 * equal bytes over equal times are equal changes. An entry:
 *
 *   1 bit or event    varint(step << 2 | bit << 1)            0 or 1
 *                     varint(step << 4 | code << 1 | 1)       x z h u w l - ? for codes 0..7
 *   n bits, n > 1     varint(step << 1), (n + 7) / 8 bytes    0 and 1 only, first bit in bit 7 of the first byte, spare bits 0
 *                     varint(step << 1 | 1), n characters     of 01xzhuwl-?
 *   port              varint(step << 1 | 1), width characters
 *   real              varint(step << 1 | 1), 8 bytes          in the machine's byte order
 *   string            varint(step << 1), varint(size), bytes
 *
 * step: how many places in the block's time table after the entry before (the first: after place 0). Varint: 7 bits a byte, least first.
 * A reader may find n characters without any but 0 and 1, or upper case letters, in a file: whoever compares must allow for it; a chain
 * made here from VCD has neither.
 */
#ifndef WAVE_CHAIN_H
#define WAVE_CHAIN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/** Reads a varint of at most 64 bits; NULL when it runs past end or over 10 bytes. */
static inline const uint8_t *wave_varint(const uint8_t *at, const uint8_t *end, uint64_t *value) {
  uint64_t sum = 0;
  for (unsigned shift = 0; at < end && shift < 63; shift += 7) {
    uint8_t byte = *at++;
    sum |= (uint64_t)(byte & 0x7f) << shift;
    if (!(byte & 0x80)) {
      *value = sum;
      return at;
    }
  }
  if (at >= end || *at > 1) return NULL; /* the tenth byte has one bit */
  *value = sum | (uint64_t)*at << 63;
  return at + 1;
}

/** Writes a varint, at most 10 bytes, and returns the place after it. */
static inline uint8_t *wave_put_varint(uint8_t *at, uint64_t value) {
  while (value >= 0x80) {
    *at++ = (uint8_t)(value | 0x80);
    value >>= 7;
  }
  *at++ = (uint8_t)value;
  return at;
}

/** The characters of the codes of a scalar entry. */
#define WAVE_CODES "xzhuwl-?"

enum wave_form {
  WAVE_UNKNOWN, /**< no value yet: x for bits, NaN for a real, empty for a string */
  WAVE_TWO,     /**< packed bits, (width + 7) / 8 bytes */
  WAVE_NINE,    /**< one character a bit */
  WAVE_DOUBLE,  /**< 8 bytes */
  WAVE_BYTES,   /**< a string */
};

/** A value of a handle; the bytes belong to whoever gave it. */
struct wave_value {
  const uint8_t *bytes;
  uint32_t size;
  uint8_t form; /**< enum wave_form */
};

#endif
