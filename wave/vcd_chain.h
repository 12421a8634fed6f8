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

/** Writes a varint of up to 14 bits without a branch that depends on it, others the long way; a byte may be written beyond it. */
static inline uint8_t *vcd_put_step(uint8_t *at, uint64_t value) {
  if (__builtin_expect(value >> 14 != 0, 0)) return wave_put_varint(at, value);
  unsigned two = value > 0x7f;
  at[0] = (uint8_t)((value & 0x7f) | two << 7);
  at[1] = (uint8_t)(value >> 7);
  return at + 1 + two;
}

/** Notes that the handle has changes in this block. */
static inline void vcd_touch(struct vcd *vcd, uint32_t handle) {
  vcd->touched[vcd->n_touched] = handle;
  vcd->n_touched += vcd->chains[handle].used == 0;
}

#endif
