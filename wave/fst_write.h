/* SPDX-License-Identifier: Apache-2.0 */
/**
 * Writes FST files block by block: what it holds at a time is the declarations and what one block needs. The file appears whole at the end
 * or not at all. Blocks are given as readers give them (source.h): a time table, the value of every handle at the block's begin, a chain
 * for every handle.
 */
#ifndef WAVE_FST_WRITE_H
#define WAVE_FST_WRITE_H

#include "chain.h"
#include "decl.h"
#include "error.h"

struct wave_fst;

struct wave_fst_options {
  bool gzip;           /**< the whole file inside gzip: smaller, but readers unpack it first */
  int level;           /**< of zlib, 1 to 9; 0: 4 */
  const char *version; /**< which program wrote it; NULL: none. There is no date, so equal runs give equal files */
};

/** All changes of one handle in the block, chain.h; size 0: none. */
struct wave_fst_chain {
  const uint8_t *bytes;
  size_t size;
};

struct wave_fst_block {
  uint64_t begin, end;                 /**< changes are at begin <= t <= end; not before the end of the block before */
  const uint64_t *times;               /**< ticks, rising */
  uint32_t n_times;                    /**< less than 2^28, the format's limit */
  const struct wave_value *frame;      /**< what each handle holds at begin, by handle */
  const struct wave_fst_chain *chains; /**< by handle */
};

/** decl is kept by reference until the end; its exponent and timezero go into the file. A handle that no variable has is left out. */
enum wave_status wave_fst_begin(struct wave_fst **fst, const char *path, const struct wave_decl *decl,
                                const struct wave_fst_options *options, struct wave_error *error);
enum wave_status wave_fst_block(struct wave_fst *fst, const struct wave_fst_block *block, struct wave_error *error);
/** Completes the file. Whether or not it succeeds, fst is freed. */
enum wave_status wave_fst_end(struct wave_fst *fst, struct wave_error *error);
/** Leaves no file. NULL is allowed. */
void wave_fst_abandon(struct wave_fst *fst);

#endif
