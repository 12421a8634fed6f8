/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the next changes in a text will touch is asked for before they are cooked. With very many variables each change would else wait for
 * memory three times, one after the other: for the handle of its id, for its chain, and for the chain's bytes. These are hints only: what
 * is misread here costs time.
 */
#include "vcd_cook.h"
#include "vcd_scan.h"

enum { FEW = 1 << 14 /* handles whose chains stay in a cache */, PIECE = 2048, CHANGES = PIECE / 2 };

/* The keys of the ids in a text. */
static inline __attribute__((always_inline)) unsigned find_keys(const struct vcd_ids *ids, const uint8_t *at, const uint8_t *end,
                                                                uint32_t *keys, bool last_first) {
  const uint8_t *word = at;
  bool is_id = false;
  unsigned n = 0;
  for (; at < end; at += 64) {
    for (uint64_t blanks = blanks_of_64(at); blanks != 0; blanks &= blanks - 1) {
      const uint8_t *stop = at + __builtin_ctzll(blanks);
      enum vcd_word kind = (enum vcd_word)vcd_words[*word];
      const uint8_t *id = is_id ? word : word + 1;
      size_t size = (size_t)(stop - id) & 7;
      uint64_t key = vcd_key(vcd_load(id) & (((uint64_t)1 << 8 * size) - 1), 8 * (unsigned)size, last_first) - ids->key_base;
      bool good = (is_id | (kind == VCD_WORD_SCALAR)) & (key < ids->key_span) & (n < CHANGES);
      if (good) {
        __builtin_prefetch(&ids->table[key]);
        keys[n++] = (uint32_t)key;
      }
      is_id = !is_id & (kind == VCD_WORD_VECTOR);
      word = stop + 1;
    }
  }
  return n;
}

const uint8_t *vcd_fetch_ahead(struct vcd *vcd, const uint8_t *limit) {
  const struct vcd_ids *ids = &vcd->ids;
  const uint8_t *at = vcd->text.at;
  uint32_t keys[CHANGES];
  if (vcd->source.decl.n_handles < FEW || ids->key_span == 0) return limit;
  uint64_t place = vcd_offset(&vcd->text, at);
  if (place >= vcd->fetched || vcd->fetched - place > PIECE) {
    const uint8_t *end = limit - at < PIECE ? limit : at + PIECE;
    unsigned n = ids->last_first ? find_keys(ids, at, end, keys, true) : find_keys(ids, at, end, keys, false);
    for (unsigned i = 0; i < n; i++) {
      keys[i] = ids->table[keys[i]];
      if (keys[i] != WAVE_NONE) __builtin_prefetch(&vcd->chains[keys[i]], 1);
    }
    for (unsigned i = 0; i < n; i++) {
      if (keys[i] == WAVE_NONE) continue;
      const struct vcd_chain *chain = &vcd->chains[keys[i]];
      if (chain->size > 0) __builtin_prefetch(chain->bytes + chain->used, 1);
    }
    vcd->fetched = vcd_offset(&vcd->text, end);
  }
  const uint8_t *end = at + (vcd->fetched - place);
  return end < limit ? end : limit;
}
