/* SPDX-License-Identifier: Apache-2.0 */
/** The files of one sweep, read as one: its shards, or parts that overlap. */
#ifndef SWEEP_SHARDS_H
#define SWEEP_SHARDS_H

#include "store.h"

struct shards {
  struct store *store;
  uint64_t *next; /**< of each: how many of its lines have been taken */
  int count;
};

/** OIO_ERR_FORMAT: one is no file of a sweep, or of another than the first. To be closed in any case. */
enum oio_status shards_open(struct shards *shards, char **paths, int count, struct oio_error *error);
void shards_close(struct shards *shards);
/** The head of all of them together; the caller frees it. NULL: out of memory. */
char *shards_head(const struct shards *shards);
/** The line of the next run, in the order of the numbers, for the caller to free; *text is NULL behind the last. OIO_ERR_FORMAT: two files
 * have the run and do not agree. */
enum oio_status shards_next(struct shards *shards, char **text, struct oio_error *error);
/** Runs of the whole sweep. */
uint64_t shards_runs(const struct shards *shards);

#endif
