/* SPDX-License-Identifier: Apache-2.0 */
/** Values as the FST format holds them. */
#ifndef WAVE_FST_ENTRY_H
#define WAVE_FST_ENTRY_H

#include "chain.h"
#include "decl.h"
#include "out.h"

/** One entry of a chain (chain.h) from a value as text, as a trace has it (report.h). */
void fst_entry(struct wave_out *out, enum wave_kind kind, uint32_t width, uint64_t step, const char *value);
/** The same at the begin of the block, from a value that is known. */
void fst_first_entry(struct wave_out *out, const struct wave_handle *handle, const struct wave_value *value);
/** A value in a block's frame. Returns the place after it. */
uint8_t *fst_frame_value(uint8_t *at, const struct wave_handle *handle, const struct wave_value *value);

#endif
