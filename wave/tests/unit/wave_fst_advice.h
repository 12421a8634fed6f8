/* SPDX-License-Identifier: Apache-2.0 */
/* Fields of an FST file that say nothing of names, times or values: damage in them changes nothing, whoever reads it. */
#ifndef OIO_TESTS_WAVE_FST_ADVICE_H
#define OIO_TESTS_WAVE_FST_ADVICE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

static inline uint64_t fst_big_endian(const uint8_t *at) {
  uint64_t value = 0;
  for (int i = 0; i < 8; i++) value = value << 8 | at[i];
  return value;
}

/* offset: of a byte in its block. Of the header: memory of the writer, numbers of scopes and variables, version, date, kind of simulator.
 * Of a block of changes: memory that a reader of another kind wants. */
static inline bool fst_is_advice(unsigned type, uint64_t offset) {
  if (type == 0) return (offset >= 33 && offset < 57) || (offset >= 74 && offset < 322);
  return (type == 1 || type == 5 || type == 8) && offset >= 25 && offset < 33;
}

/* Whether a file differs from a good one in such fields only. */
static inline bool fst_differs_in_advice_only(const uint8_t *good, size_t good_size, const uint8_t *bad, size_t bad_size) {
  if (good_size != bad_size) return false;
  for (size_t at = 0; at + 9 <= good_size;) {
    uint64_t size = fst_big_endian(good + at + 1) + 1;
    if (size < 9 || size > good_size - at) return false;
    for (uint64_t i = 0; i < size; i++) {
      if (good[at + i] != bad[at + i] && !fst_is_advice(good[at], i)) return false;
    }
    at += (size_t)size;
  }
  return true;
}

#endif
