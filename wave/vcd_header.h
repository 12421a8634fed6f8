/* SPDX-License-Identifier: Apache-2.0 */
/** Between the files that read the declarations of a VCD file: vcd_header.c, and vcd_unit.c for what they say of time. */
#ifndef WAVE_VCD_HEADER_H
#define WAVE_VCD_HEADER_H

#include "vcd_internal.h"

struct vcd_header {
  struct vcd *vcd;
  uint32_t scope;
  uint64_t bits;    /* of all variables */
  int64_t timezero; /* in units of the file */
  uint64_t mantissa;
  int exponent;
  bool ports;
  uint32_t undecided; /* variables of no bits and no telling type */
  struct wave_scratch name;
  struct wave_error *error;
};

/** An error with the line of a place in the text in hand. */
enum wave_status vcd_refuse(struct vcd_header *header, const uint8_t *place, const char *what);
/** Takes the next word off the front; size 0: there is none. */
struct vcd_span vcd_take(struct vcd_span *words);
/** The words with one blank between them, in scratch, with room for extra more bytes; false: out of memory. */
bool vcd_join(struct wave_scratch *scratch, struct vcd_span words, size_t extra, struct vcd_span *joined);
static inline bool vcd_is(struct vcd_span word, const char *text) {
  return word.size == strlen(text) && memcmp(word.at, text, word.size) == 0;
}

/** $timescale and $timezero. A unit that cannot be read is none: times are compared as they stand, which the source remarks. */
enum wave_status vcd_set_timescale(struct vcd_header *header, struct vcd_span words);
enum wave_status vcd_set_timezero(struct vcd_header *header, struct vcd_span words);
/** Behind the declarations: makes the tick fine enough for the decimal places of the times in hand. */
enum wave_status vcd_set_tick(struct vcd_header *header);

/** vcd_kind.c: what variables of no bits hold, as their first values tell. */
void vcd_settle_kinds(struct vcd_header *header);

#endif
