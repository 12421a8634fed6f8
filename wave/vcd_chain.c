/* SPDX-License-Identifier: Apache-2.0 */
/* Memory of chains, and how the last tick is taken out of them again. */
#include "vcd_chain.h"
#include "memory.h"

#include <stdlib.h>

enum { PIECE_BYTES = 1 << 20, CHAIN_LEAST = 64 };

struct vcd_piece {
  struct vcd_piece *next;
  size_t used, size;
};

static uint8_t *arena_take(struct vcd_arena *arena, size_t size) {
  struct vcd_piece *piece = arena->pieces;
  if (piece == NULL || piece->size - piece->used < size) {
    size_t bytes = size > PIECE_BYTES / 4 ? size : PIECE_BYTES;
    piece = wave_malloc(sizeof *piece + bytes);
    if (piece == NULL) return NULL;
    *piece = (struct vcd_piece){.next = arena->pieces, .size = bytes};
    arena->pieces = piece;
    arena->total += bytes;
  }
  uint8_t *taken = (uint8_t *)(piece + 1) + piece->used;
  piece->used += size;
  return taken;
}

void vcd_arena_free(struct vcd_arena *arena) {
  while (arena->pieces != NULL) {
    struct vcd_piece *next = arena->pieces->next;
    free(arena->pieces);
    arena->pieces = next;
  }
  arena->total = 0;
}

bool vcd_chain_grow(struct vcd *vcd, uint32_t handle, size_t need) {
  struct vcd_chain *chain = &vcd->chains[handle];
  size_t size = 2 * (size_t)chain->size;
  if (size < chain->used + need) size = chain->used + need;
  size = size < CHAIN_LEAST ? CHAIN_LEAST : (size + 15) & ~(size_t)15;
  if (size > UINT32_MAX / 2) return false;
  uint8_t *bytes = arena_take(&vcd->arena, size);
  if (bytes == NULL) return false;
  if (chain->used > 0) memcpy(bytes, chain->bytes, chain->used);
  if (chain->size == 0) vcd->owners[vcd->n_owners++] = handle;
  chain->bytes = bytes;
  chain->size = (uint32_t)size;
  return true;
}

void vcd_chains_clear(struct vcd *vcd) {
  for (uint32_t i = 0; i < vcd->n_touched; i++) {
    struct vcd_chain *chain = &vcd->chains[vcd->touched[i]];
    chain->used = 0;
    chain->place = 0;
  }
  vcd->n_touched = 0;
  vcd->cooked = 0;
  if (vcd->arena.total <= vcd->arena_limit) return;
  vcd_arena_free(&vcd->arena);
  for (uint32_t i = 0; i < vcd->n_owners; i++) {
    struct vcd_chain *chain = &vcd->chains[vcd->owners[i]];
    chain->bytes = NULL;
    chain->size = 0;
  }
  vcd->n_owners = 0;
}

/* Steps over an entry's value; notes it as the last one. */
static const uint8_t *pass_value(struct vcd_chain *chain, const uint8_t *at, const uint8_t *end, uint64_t head) {
  chain->two = (head & 1) == 0;
  chain->last = (uint32_t)(at - chain->bytes);
  uint64_t size = 0;
  switch (chain->kind) {
  case WAVE_STRING:
    at = wave_varint(at, end, &size);
    chain->last = (uint32_t)(at - chain->bytes);
    return at + size;
  case WAVE_REAL:
    return at + 8;
  case WAVE_PORT:
    return at + chain->width;
  default:
    if (chain->width > 1) return at + (chain->two ? (chain->width + 7) / 8 : chain->width);
  }
  chain->last = chain->two ? '0' + (uint32_t)(head >> 1 & 1) : (uint32_t)(uint8_t)WAVE_CODES[head >> 1 & 7];
  return at;
}

static void chain_drop(struct vcd_chain *chain, uint32_t place) {
  struct vcd_chain kept = *chain;
  const uint8_t *at = chain->bytes, *end = chain->bytes + chain->used;
  bool scalar = chain->width == 1 && (chain->kind == WAVE_BITS || chain->kind == WAVE_EVENT);
  uint64_t sum = 0, head = 0;
  kept.used = 0;
  kept.place = 0;
  while (at < end) {
    at = wave_varint(at, end, &head);
    sum += scalar ? head >> (head & 1 ? 4 : 2) : head >> 1;
    if (sum >= place) break;
    at = pass_value(&kept, at, end, head);
    kept.used = (uint32_t)(at - chain->bytes);
    kept.place = (uint32_t)sum;
  }
  *chain = kept;
}

void vcd_chains_drop(struct vcd *vcd, uint32_t place) {
  for (uint32_t i = 0; i < vcd->n_touched; i++) {
    struct vcd_chain *chain = &vcd->chains[vcd->touched[i]];
    if (chain->used > 0 && chain->place >= place) chain_drop(chain, place);
  }
}

/* The last entry of a chain becomes the handle's last value. */
static bool keep_last(struct vcd *vcd, uint32_t handle) {
  const struct vcd_chain *chain = &vcd->chains[handle];
  const uint8_t *value = chain->bytes + chain->last;
  uint64_t size = 0;
  switch (chain->kind) {
  case WAVE_STRING:
    value = wave_varint(value, chain->bytes + chain->used, &size);
    return vcd_frame_set(&vcd->frame, handle, WAVE_BYTES, value, size);
  case WAVE_REAL:
    return vcd_frame_set(&vcd->frame, handle, WAVE_DOUBLE, value, 8);
  case WAVE_PORT:
    return vcd_frame_set(&vcd->frame, handle, WAVE_NINE, value, chain->width);
  default:
    break;
  }
  if (chain->width > 1) {
    enum wave_form form = chain->two ? WAVE_TWO : WAVE_NINE;
    return vcd_frame_set(&vcd->frame, handle, form, value, chain->two ? (chain->width + 7) / 8 : chain->width);
  }
  uint8_t digit = (uint8_t)chain->last, packed = (uint8_t)(digit << 7);
  bool two = (digit | 1) == '1';
  return vcd_frame_set(&vcd->frame, handle, two ? WAVE_TWO : WAVE_NINE, two ? &packed : &digit, 1);
}

bool vcd_chains_keep_last(struct vcd *vcd) {
  bool good = true;
  for (uint32_t i = 0; i < vcd->n_touched; i++) {
    uint32_t handle = vcd->touched[i];
    if (vcd->chains[handle].used == 0) continue;
    good &= keep_last(vcd, handle);
    if (vcd->newer != NULL) vcd->newer[handle] = 1;
  }
  return good;
}
