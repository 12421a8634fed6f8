/* SPDX-License-Identifier: Apache-2.0 */
#include "sweep_db.h"

#include <stdlib.h>

/* All shards of a sweep are one study. */
static enum oio_status begin(struct sweep_db *to, const struct store *store, struct oio_error *error) {
  char *head = head_of_shard(store->head, &(struct shard){1, 1});
  if (head == NULL) return oio_error_set(error, OIO_ERR_NOMEM, "out of memory; close other programs");
  const enum oio_status status = results_db_study(to->db, head, &to->study, error);
  free(head);
  return status;
}

static enum oio_status add_missing(struct sweep_db *to, const struct store *store, struct oio_error *error) {
  enum oio_status status = OIO_OK;
  for (uint64_t i = 0; i < store->lines && status == OIO_OK; i++) {
    if (results_db_has(to->db, to->study, store->line[i].number)) continue;
    char *line = store_text(store, i, error);
    status = line == NULL ? OIO_ERR_IO : sweep_db_add(to, store->line[i].number, line, error);
    free(line);
  }
  return status;
}

enum oio_status sweep_db_open(struct sweep_db *to, const char *path, const struct grid *grid, const struct store *store,
                              struct oio_error *error) {
  *to = (struct sweep_db){.grid = grid};
  if (path == NULL) return OIO_OK;
  enum oio_status status = results_db_open(&to->db, path, error);
  if (status == OIO_OK) status = begin(to, store, error);
  return status == OIO_OK ? add_missing(to, store, error) : status;
}

/* What a run that is refused was asked for, as far as it could be set. */
enum oio_status sweep_db_add(struct sweep_db *to, uint64_t number, const char *line, struct oio_error *error) {
  struct oio_error refused;
  struct options asked, options;
  if (to->db == NULL) return OIO_OK;
  grid_configure(to->grid, number, &asked, &refused);
  if (grid_resolve(to->grid, number, &options, &refused) != OIO_OK) options = asked;
  const struct results_entry entry = {.command = "sweep",
                                      .asked = &asked.config,
                                      .config = &options.config,
                                      .trace = options.trace,
                                      .study = to->study,
                                      .number = number,
                                      .point = number / to->grid->repeat};
  return results_db_add_line(to->db, &entry, line, error);
}

void sweep_db_close(struct sweep_db *to) {
  results_db_close(to->db);
  to->db = NULL;
}
