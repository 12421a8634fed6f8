/* SPDX-License-Identifier: Apache-2.0 */
/* What the declarations of a VCD file say of time: its unit, its zero, and how fine a tick must be. */
#include "vcd_header.h"

enum { PLACES_MAX = 15 }; /* decimal places */

static int unit_exponent(struct vcd_span unit) {
  static const char letters[] = "munpfaz";
  if (vcd_is(unit, "s")) return 0;
  if (unit.size != 2 || unit.at[1] != 's') return 1;
  const char *found = memchr(letters, unit.at[0], sizeof letters - 1);
  return found != NULL ? -3 * (int)(found - letters + 1) : 1;
}

/* "10 ps", "1ns", "0.1ps": any decimal number and a unit. An empty one says nothing. */
enum wave_status vcd_set_timescale(struct vcd_header *header, struct vcd_span words) {
  struct vcd_span text;
  if (!vcd_join(&header->name, words, 0, &text)) return vcd_refuse(header, words.at, "out of memory");
  uint64_t mantissa = 0;
  int places = 0;
  bool dot = false;
  size_t i = 0;
  for (; i < text.size && mantissa < 1000000000; i++) {
    if (text.at[i] == '.' && !dot) {
      dot = true;
      continue;
    }
    if (text.at[i] < '0' || text.at[i] > '9') break;
    mantissa = mantissa * 10 + (uint64_t)(text.at[i] - '0');
    if (dot) places++;
  }
  while (i < text.size && text.at[i] == ' ') i++;
  int exponent = unit_exponent((struct vcd_span){text.at + i, text.size - i});
  if (text.size == 0) return WAVE_OK;
  if (mantissa == 0 || exponent > 0 || places > PLACES_MAX) {
    (void)wave_fail(&header->vcd->source.remark, "%s: '%.*s' is no timescale such as 1 ns: its times are taken in the other file's unit",
                    header->vcd->source.name, (int)(text.size < 40 ? text.size : 40), (const char *)text.at);
    return WAVE_OK;
  }
  for (exponent -= places; mantissa % 10 == 0; mantissa /= 10) exponent++;
  header->mantissa = mantissa;
  header->exponent = exponent;
  header->vcd->source.decl.timescale_known = true;
  return WAVE_OK;
}

enum wave_status vcd_set_timezero(struct vcd_header *header, struct vcd_span words) {
  struct vcd_span word = vcd_take(&words);
  uint64_t number = 0;
  bool negative = word.size > 0 && word.at[0] == '-';
  if (word.size > 0 && (negative || word.at[0] == '+')) {
    word.at++;
    word.size--;
  }
  for (size_t i = 0; i < word.size; i++) {
    if (word.at[i] < '0' || word.at[i] > '9' || number > (uint64_t)INT64_MAX / 10 - 1)
      return vcd_refuse(header, word.at, "$timezero is no number");
    number = number * 10 + (uint64_t)(word.at[i] - '0');
  }
  header->timezero = negative ? -(int64_t)number : (int64_t)number;
  return WAVE_OK;
}

/* The most decimal places that times in this text have, without zeros at their ends. */
static unsigned places_in(const uint8_t *at, const uint8_t *end) {
  unsigned most = 0;
  while ((at = memchr(at, '#', (size_t)(end - at))) != NULL) {
    const uint8_t *digit = ++at;
    while (digit < end && *digit >= '0' && *digit <= '9') digit++;
    if (digit == at || digit == end || *digit != '.') continue;
    const uint8_t *dot = digit++;
    while (digit < end && *digit >= '0' && *digit <= '9') digit++;
    at = digit;
    while (digit[-1] == '0') digit--;
    unsigned places = (unsigned)(digit - dot - 1);
    if (places > most) most = places;
  }
  return most;
}

enum { LOOK_HEAD = 1 << 20, LOOK_TAIL = 1 << 16 };

/* Times with decimal places make the tick a tenth, hundredth, ... of the file's unit, so that they are exact. */
enum wave_status vcd_set_tick(struct vcd_header *header) {
  struct vcd *vcd = header->vcd;
  const struct vcd_text *text = &vcd->text;
  size_t left = (size_t)(text->end - text->at);
  unsigned places = places_in(text->at, text->at + (left < LOOK_HEAD ? left : LOOK_HEAD));
  if (text->final && left > LOOK_HEAD) {
    unsigned tail = places_in(text->end - LOOK_TAIL, text->end);
    if (tail > places) places = tail;
  }
  if (places > PLACES_MAX) return vcd_refuse(header, text->at, "the times have more than 15 decimal places");
  vcd->digits = places;
  struct wave_decl *decl = &vcd->source.decl;
  decl->timescale_exponent = header->exponent - (int)places;
  decl->unit_mantissa = (uint32_t)header->mantissa;
  decl->unit_places = places;
  int64_t factor = (int64_t)header->mantissa;
  for (unsigned i = 0; i < places; i++) {
    if (__builtin_mul_overflow(factor, 10, &factor))
      return vcd_refuse(header, text->at, "the times have too many decimal places for their unit");
  }
  vcd->unit = (uint64_t)factor;
  if (__builtin_mul_overflow(header->timezero, factor, &decl->timezero)) return vcd_refuse(header, text->at, "$timezero is too large");
  return WAVE_OK;
}
