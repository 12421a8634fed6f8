/* SPDX-License-Identifier: Apache-2.0 */
/** A sweep as a study of a database of results: each of its runs is there once, however often it was stopped. */
#ifndef SWEEP_DB_H
#define SWEEP_DB_H

#include "results_db.h"
#include "store.h"

struct sweep_db {
  struct results_db *db; /**< NULL: there is none */
  const struct grid *grid;
  int64_t study;
};

/** Opens it and adds those of the lines that it has not yet. path: NULL, there is none. To be closed in any case. */
enum oio_status sweep_db_open(struct sweep_db *to, const char *path, const struct grid *grid, const struct store *store,
                              struct oio_error *error);
/** Adds the run of a line. */
enum oio_status sweep_db_add(struct sweep_db *to, uint64_t number, const char *line, struct oio_error *error);
void sweep_db_close(struct sweep_db *to);

#endif
