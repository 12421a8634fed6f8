/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Whether text is what cooking would take, without cooking it: what is not is told, whether or not another file has the same. The quick
 * path goes from blank to blank over scalars, vectors and times; whatever else there is goes through the same functions as when cooked.
 */
#include "vcd_cook.h"
#include "vcd_scan.h"

enum { QUICK_MARGIN = 160 }; /* bytes that the quick path may look at behind its place */

struct proof {
  const struct vcd *vcd;
  struct vcd_told *told;
  struct wave_scratch scratch;
  struct vcd_mode mode;
};

static bool take_time(struct proof *proof, uint64_t time) {
  struct vcd_told *told = proof->told;
  if (time > proof->vcd->source.last_allowed || (told->timed && time < told->last)) return false;
  if (!told->timed) told->first = time;
  told->timed = true;
  told->last = time;
  return true;
}

static bool take_value(struct proof *proof, uint32_t handle, uint8_t letter, struct vcd_span text) {
  struct vcd_value value;
  const struct vcd_chain *chain = &proof->vcd->chains[handle];
  return chain->class == VCD_SKIP || vcd_value_read(&proof->scratch, chain, letter, text, &value) == NULL;
}

/* One token with every check. False: something is wrong, or the text ends. */
static bool take_token(struct proof *proof, const uint8_t **at, const uint8_t *end, bool *ended) {
  const struct vcd *vcd = proof->vcd;
  struct vcd_change change;
  uint64_t time;
  uint32_t handle;
  switch (vcd_token(at, end, true, &proof->mode, &change)) {
  case VCD_GOT_NOTHING:
    return true;
  case VCD_GOT_TIME:
    return vcd_time(vcd, change.text, &time) == NULL && take_time(proof, time);
  case VCD_GOT_CHANGE:
    handle = vcd_ids_find(&vcd->ids, change.id.at, change.id.size);
    return handle != WAVE_NONE && take_value(proof, handle, change.letter, change.text);
  case VCD_GOT_END:
    *ended = !proof->mode.skipping;
    return false;
  default:
    return false;
  }
}

static inline uint32_t quick_handle(const struct vcd_ids *ids, bool last_first, const uint8_t *id, size_t size) {
  if (size - 1 > 6) return WAVE_NONE;
  uint64_t text = vcd_load(id) & (((uint64_t)1 << 8 * size) - 1), key = vcd_key(text, 8 * (unsigned)size, last_first) - ids->key_base;
  return key < ids->key_span && (text & 0x8080808080808080u) == 0 ? ids->table[key] : WAVE_NONE;
}

/* Whether a vector's digits are 0 and 1 only, and no more than there are bits; else the careful way tells. */
static inline bool plain_digits(const struct vcd_chain *chain, const uint8_t *at, size_t size) {
  uint64_t others, digits;
  if (chain->class > VCD_WIDE || size - 1 >= chain->width) return false;
  for (; size > 64; size -= 64, at += 64) {
    look_at_64(at, &others, &digits);
    if (others != 0) return false;
  }
  look_at_64(at, &others, &digits);
  return others << (64 - size) == 0;
}

/* Takes words from a place on; returns that of one for the careful path, or one near the end. */
static inline __attribute__((always_inline)) const uint8_t *take_words(struct proof *proof, const uint8_t *at, const uint8_t *end,
                                                                       bool last_first) {
  const struct vcd *vcd = proof->vcd;
  const uint8_t *word = at, *value = NULL;
  size_t value_size = 0;
  for (; end - at > QUICK_MARGIN; at += 64) {
    for (uint64_t blanks = blanks_of_64(at); blanks != 0; blanks &= blanks - 1) {
      const uint8_t *stop = at + __builtin_ctzll(blanks), *begin = word, *behind;
      size_t size = (size_t)(stop - begin);
      uint64_t time;
      uint32_t handle;
      word = stop + 1;
      if (size == 0) continue;
      enum vcd_word kind = value != NULL ? VCD_WORD_VECTOR : (enum vcd_word)vcd_words[*begin];
      if (kind == VCD_WORD_SCALAR) {
        handle = quick_handle(&vcd->ids, last_first, begin + 1, size - 1);
        if (handle == WAVE_NONE || (vcd->chains[handle].class > VCD_WIDE && vcd->chains[handle].class != VCD_SKIP)) return begin;
      } else if (value != NULL) {
        handle = quick_handle(&vcd->ids, last_first, begin, size);
        if (handle == WAVE_NONE) return value;
        const struct vcd_span text = {value + 1, value_size - 1};
        if ((*value | 32) != 'b' || !plain_digits(&vcd->chains[handle], text.at, text.size)) {
          if (!take_value(proof, handle, *value | 32, text)) return value;
        }
        value = NULL;
      } else if (kind == VCD_WORD_VECTOR) {
        value = begin;
        value_size = size;
      } else if (kind != VCD_WORD_TIME || !vcd_quick_time(vcd, begin, &time, &behind) || !take_time(proof, time)) {
        return begin;
      }
    }
  }
  return value != NULL ? value : word;
}

static const uint8_t *take_first_low(struct proof *proof, const uint8_t *at, const uint8_t *end) {
  return take_words(proof, at, end, false);
}
static const uint8_t *take_last_low(struct proof *proof, const uint8_t *at, const uint8_t *end) {
  return take_words(proof, at, end, true);
}

bool vcd_is_sound(const struct vcd *vcd, const uint8_t *at, const uint8_t *end, struct vcd_told *told) {
  const struct vcd_ids *ids = &vcd->ids;
  struct proof proof = {.vcd = vcd, .told = told};
  bool ended = false;
  *told = (struct vcd_told){0};
  do {
    if (!proof.mode.skipping && ids->key_span > 0) at = ids->last_first ? take_last_low(&proof, at, end) : take_first_low(&proof, at, end);
  } while (take_token(&proof, &at, end, &ended));
  wave_scratch_free(&proof.scratch);
  return ended;
}
