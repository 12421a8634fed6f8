/* SPDX-License-Identifier: Apache-2.0 */
#include "crc_guess.h"

#include <stdio.h>
#include <string.h>

enum { MESSAGE_BYTES = 128 };
enum extension { ZEROS_BEHIND, NO_ZEROS, ZEROS_BEFORE };

/* A CRC-16 by its parameters; that of SPEC.md is the first value of each. */
struct variant {
  unsigned polynomial, initial, final;
  bool high_bit_first; /* of each byte */
  bool swapped;        /* its bytes on the wire */
  enum extension extension;
};

static unsigned shift(const struct variant *v, unsigned crc, unsigned bit) {
  const unsigned out = crc >> 15 & 1;
  crc = crc << 1 & 0xFFFF;
  return out != bit ? crc ^ v->polynomial : crc;
}

static unsigned feed(const struct variant *v, unsigned crc, const uint8_t *bytes, size_t count) {
  for (size_t i = 0; i < 8 * count; i++) {
    const unsigned at = v->high_bit_first ? 7 - i % 8 : i % 8;
    crc = shift(v, crc, bytes[i / 8] >> at & 1u);
  }
  return crc;
}

static unsigned crc_of(const struct variant *v, const uint8_t *bytes, size_t count) {
  static const uint8_t zeros[MESSAGE_BYTES];
  unsigned crc = v->initial;
  if (v->extension == ZEROS_BEFORE) crc = feed(v, crc, zeros, MESSAGE_BYTES - count);
  crc = feed(v, crc, bytes, count);
  if (v->extension == ZEROS_BEHIND) crc = feed(v, crc, zeros, MESSAGE_BYTES - count);
  return crc ^ v->final;
}

static unsigned reversed(unsigned crc) {
  unsigned other = 0;
  for (unsigned i = 0; i < 16; i++) other |= (crc >> i & 1u) << (15 - i);
  return other;
}

static bool agrees(const struct variant *v, const uint8_t *flit, const struct crc_place *places, size_t count, bool reflected) {
  for (size_t i = 0; i < count; i++) {
    const uint8_t *at = flit + places[i].at;
    const unsigned claimed = v->swapped ? (unsigned)at[0] << 8 | at[1] : (unsigned)at[1] << 8 | at[0];
    const unsigned crc = crc_of(v, flit + places[i].from, places[i].bytes);
    if ((reflected ? reversed(crc) : crc) != claimed) return false;
  }
  return true;
}

static void add(char *text, size_t size, const char *words) {
  const size_t used = strlen(text);
  snprintf(text + used, size - used, "%s%s", used > 0 ? ", " : "", words);
}

static void describe(const struct variant *v, bool reflected, char *text, size_t size) {
  char words[40];
  text[0] = '\0';
  snprintf(words, sizeof words, "polynomial 0x%04X", v->polynomial);
  if (v->polynomial != 0x8005) add(text, size, words);
  if (v->high_bit_first) add(text, size, "bit 7 of each byte first");
  if (reflected) add(text, size, "the register reflected");
  if (v->initial != 0) add(text, size, "initial value 0xFFFF");
  if (v->final != 0) add(text, size, "inverted at the end");
  if (v->extension == NO_ZEROS) add(text, size, "no zeros behind the data");
  if (v->extension == ZEROS_BEFORE) add(text, size, "the zeros before the data");
  if (v->swapped) add(text, size, "its high byte first");
}

bool crc_guess(const uint8_t *flit, const struct crc_place *places, size_t count, char *text, size_t size) {
  static const unsigned polynomials[] = {0x8005, 0x1021, 0x3D65, 0x8BB7, 0xA001, 0x8408};
  enum { POLYNOMIALS = sizeof polynomials / sizeof *polynomials, VARIANTS = POLYNOMIALS * 3 * 32 };
  for (unsigned n = 0; n < VARIANTS; n++) {
    const unsigned bits = n % 32;
    const struct variant v = {.polynomial = polynomials[n / 32 / 3],
                              .extension = (enum extension)(n / 32 % 3),
                              .high_bit_first = bits & 1,
                              .swapped = bits & 2,
                              .initial = bits & 4 ? 0xFFFF : 0,
                              .final = bits & 8 ? 0xFFFF : 0};
    if (!agrees(&v, flit, places, count, bits & 16)) continue;
    describe(&v, bits & 16, text, size);
    return true;
  }
  return false;
}

bool crc_guess_flit(const struct oio_flit_format *format, const uint8_t *flit, char *text, size_t size) {
  struct crc_place places[2];
  for (unsigned half = 0; half < 2; half++)
    places[half] = (struct crc_place){half * OIO_FLIT_BYTES / 2u, format->crc_covers[half], format->crc_at[half]};
  return crc_guess(flit, places, 2, text, size);
}
