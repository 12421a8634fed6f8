/* SPDX-License-Identifier: Apache-2.0 */
/**
 * The first line of a file of a sweep: all that its results depend on, so that two files are of the same sweep when their heads are equal.
 * docs/sweep.schema.json.
 */
#ifndef SWEEP_HEAD_H
#define SWEEP_HEAD_H

#include "grid.h"

/** Every N-th run from the first, second, ...: runs whose number modulo `of` is which - 1. */
struct shard {
  uint64_t which, of;
};

/** The line, with its newline; the caller frees it. NULL: error says why, for example that the trace cannot be read. */
char *head_make(const struct grid *grid, const struct shard *shard, struct oio_error *error);
/** The same line of another shard; the caller frees it. NULL: it is none, or memory is out. */
char *head_of_shard(const char *head, const struct shard *shard);
/** How many runs the sweep has, and which of them the file is to have. False: it is no head. */
bool head_read(const char *head, uint64_t *runs, struct shard *shard);
/** What differs between two heads, as part of a sentence: "optical.length_m is 10 there and 20 here". */
const char *head_difference(const char *there, const char *here, char *out, size_t out_nbytes);

#endif
