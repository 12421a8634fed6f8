/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The last values of text that was passed over. Only where each handle's last change stands is looked for, from blank to blank and without
 * a branch on what a word is; those changes alone are read then.
 */
#include "memory.h"
#include "vcd_scan.h"

#include <stdlib.h>

struct search {
  const struct vcd *vcd;
  const uint8_t **last; /* where each handle's last change stands; one more for words that are none */
  struct vcd_mode mode;
};

/* One token with every check. False: something is wrong, or the text ends. */
static bool take_token(struct search *search, const uint8_t **at, const uint8_t *end) {
  const struct vcd *vcd = search->vcd;
  struct vcd_change change;
  const uint8_t *begin;
  while (*at < end && vcd_blank(**at)) (*at)++;
  begin = *at;
  switch (vcd_token(at, end, true, &search->mode, &change)) {
  case VCD_GOT_CHANGE: {
    uint32_t handle = vcd_ids_find(&vcd->ids, change.id.at, change.id.size);
    if (handle != WAVE_NONE) search->last[handle] = begin;
    return handle != WAVE_NONE;
  }
  case VCD_GOT_NOTHING:
  case VCD_GOT_TIME:
    return true;
  default:
    return false;
  }
}

/* Notes changes from a place on; returns the place of a word for the careful path, or one near the end. */
static inline __attribute__((always_inline)) const uint8_t *note_words(const struct search *search, const uint8_t *at, const uint8_t *end,
                                                                       bool last_first) {
  const struct vcd_ids *ids = &search->vcd->ids;
  const uint8_t **last = search->last;
  const uint32_t *table = ids->table;
  const uint64_t base = ids->key_base, span = ids->key_span;
  const uint32_t none = search->vcd->source.decl.n_handles;
  const uint8_t *word = at, *value = NULL;
  for (; end - at > 64 + 16; at += 64) {
    for (uint64_t blanks = blanks_of_64(at); blanks != 0; blanks &= blanks - 1) {
      const uint8_t *stop = at + __builtin_ctzll(blanks);
      const uint8_t *begin = word;
      word = stop + 1;
      if (begin == stop) continue;
      uint8_t kind = vcd_words[*begin];
      bool is_id = value != NULL, is_change = is_id | (kind == VCD_WORD_SCALAR);
      const uint8_t *id = is_id ? begin : begin + 1, *change = is_id ? value : begin;
      size_t size = (size_t)(stop - id);
      uint64_t text = vcd_load(id) & (((uint64_t)1 << (8 * size & 63)) - 1);
      uint64_t key = vcd_key(text, 8 * (unsigned)size & 63, last_first) - base;
      bool odd = is_change ? (size - 1 > 6) | (key >= span) | ((text & 0x8080808080808080u) != 0) : kind == VCD_WORD_OTHER;
      if (odd) return change;
      uint32_t handle = table[is_change ? key : 0];
      handle = is_change ? handle : none;
      if (handle == WAVE_NONE) return change;
      last[handle] = change;
      value = (!is_id & (kind == VCD_WORD_VECTOR)) ? begin : NULL;
    }
  }
  return value != NULL ? value : word;
}

static const uint8_t *note_first_low(const struct search *search, const uint8_t *at, const uint8_t *end) {
  return note_words(search, at, end, false);
}
static const uint8_t *note_last_low(const struct search *search, const uint8_t *at, const uint8_t *end) {
  return note_words(search, at, end, true);
}

/* Notes the last change of each handle in a text, up to its end or to what is wrong in it. */
static void search_text(struct search *search, const uint8_t *at, const uint8_t *end) {
  const struct vcd_ids *ids = &search->vcd->ids;
  bool going = true;
  while (going) {
    if (!search->mode.skipping && ids->key_span > 0)
      at = ids->last_first ? note_last_low(search, at, end) : note_first_low(search, at, end);
    going = take_token(search, &at, end);
  }
}

/* The changes that were found become the frame's values, but for those that are newer. */
static bool read_values(struct vcd *vcd, const struct search *search, const uint8_t *end) {
  bool good = true;
  for (uint32_t i = 0; i < vcd->source.decl.n_handles; i++) {
    const uint8_t *at = search->last[i];
    struct vcd_change change;
    struct vcd_value value;
    struct vcd_mode mode = {0};
    if (at == NULL || vcd->newer[i] || vcd_token(&at, end, true, &mode, &change) != VCD_GOT_CHANGE) continue;
    if (vcd_value_read(&vcd->value, &vcd->chains[i], change.letter, change.text, &value) != NULL) continue;
    good &= vcd_frame_set(&vcd->frame, i, (enum wave_form)value.form, value.bytes, value.size);
  }
  return good;
}

bool vcd_catch_up(struct vcd *vcd) {
  const uint8_t *begin = vcd->text.begin + vcd->behind_from, *end = vcd->text.begin + vcd->behind_to;
  struct search search = {.vcd = vcd, .last = wave_calloc((size_t)vcd->source.decl.n_handles + 1, sizeof *search.last)};
  if (search.last == NULL) return false;
  search_text(&search, begin, end);
  bool good = read_values(vcd, &search, end);
  free(search.last);
  vcd->behind_from = vcd->behind_to = 0;
  return good;
}
