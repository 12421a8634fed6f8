/* SPDX-License-Identifier: Apache-2.0 */
/** Chains under construction: memory and entries. Inline, for the quick path. */
#ifndef WAVE_VCD_CHAIN_H
#define WAVE_VCD_CHAIN_H

#include "vcd_internal.h"

enum { VCD_ENTRY_MAX = 24 }; /**< room that an entry of up to 64 bits needs, with what is written beyond it */

/** Makes room for need more bytes. False: out of memory. */
bool vcd_chain_grow(struct vcd *vcd, uint32_t handle, size_t need);
/** All chains empty, for the next block. */
void vcd_chains_clear(struct vcd *vcd);
/** Takes out all entries from a place of the time table on. */
void vcd_chains_drop(struct vcd *vcd, uint32_t place);
/** The last entries become the frame's values. False: out of memory. */
bool vcd_chains_keep_last(struct vcd *vcd);
void vcd_arena_free(struct vcd_arena *arena);

static inline bool vcd_chain_room(struct vcd *vcd, uint32_t handle, size_t need) {
  const struct vcd_chain *chain = &vcd->chains[handle];
  return chain->used + need <= chain->size || vcd_chain_grow(vcd, handle, need);
}

/** Writes a varint of up to 21 bits without a branch that depends on it, others the long way; 4 bytes may be written beyond it. */
static inline uint8_t *vcd_put_step(uint8_t *at, uint64_t value) {
  if (value >> 21 != 0) return wave_put_varint(at, value);
  uint32_t low = (uint32_t)value;
  uint32_t two = low > 0x7f, three = low > 0x3fff;
  uint32_t bytes = (low & 0x7f) | (low & 0x3f80) << 1 | (low & 0x1fc000) << 2 | two << 7 | three << 15;
#if defined(__BYTE_ORDER__) && __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__
  bytes = __builtin_bswap32(bytes);
#endif
  memcpy(at, &bytes, 4);
  return at + 1 + two + three;
}

/** Notes that the handle has changes in this block. */
static inline void vcd_touch(struct vcd *vcd, uint32_t handle) {
  vcd->touched[vcd->n_touched] = handle;
  vcd->n_touched += vcd->chains[handle].used == 0;
}

#endif
