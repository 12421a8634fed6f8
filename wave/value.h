/* SPDX-License-Identifier: Apache-2.0 */
/* When two values count as equal. */
#ifndef WAVE_VALUE_H
#define WAVE_VALUE_H

#include "decl.h"
#include "rules.h"

#include <string.h>

/* What a policy lets pass. */
struct wave_equality {
  enum wave_wildcard x, z;
  bool strength;
  double absolute, relative;
  bool plain; /* none of the above: equal bits are equal */
};

bool wave_value_equal_slow(const struct wave_equality *equality, uint32_t width, const struct wave_value *golden,
                           const struct wave_value *fresh);

static inline bool wave_value_equal(const struct wave_equality *equality, uint32_t width, const struct wave_value *golden,
                                    const struct wave_value *fresh) {
  if (golden->form == fresh->form && golden->size == fresh->size) {
    if (golden->size == 0) return true;
    if (golden->size == 1) {
      if (*golden->bytes == *fresh->bytes) return true;
    } else if (memcmp(golden->bytes, fresh->bytes, golden->size) == 0) {
      return true;
    }
    if (golden->form == WAVE_TWO || (golden->form == WAVE_BYTES)) return false;
  }
  return wave_value_equal_slow(equality, width, golden, fresh);
}

/* Whether a value has a bit that is not 0 or 1, or is no value at all. */
bool wave_value_unknown(const struct wave_value *value);
/* One bit as a lower-case character; bit 0 is the first. */
char wave_value_bit(const struct wave_value *value, uint32_t bit);
/** Some bits of a value of a handle of this kind, from the first one on, as width such characters; reversed: the last one first. Of a port:
 * its states. */
void wave_value_bits(const struct wave_value *value, enum wave_kind kind, uint32_t first, uint32_t width, bool reversed, char *to);
/* The value as text (report.h tells how), on the heap. */
char *wave_value_string(enum wave_kind kind, uint32_t width, const struct wave_value *value);

#endif
