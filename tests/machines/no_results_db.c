/* SPDX-License-Identifier: Apache-2.0 */
/* In place of SQLite, for the same reason as zlib: no run is added to a database here. */
#include "results_db.h"

static enum oio_status refuse(struct oio_error *error) {
  return oio_error_set(error, OIO_ERR_IO, "this build has no databases of results; leave --db out");
}

enum oio_status results_db_open(struct results_db **db, const char *path, struct oio_error *error) {
  (void)path;
  *db = NULL;
  return refuse(error);
}
enum oio_status results_db_can_open(const char *path, struct oio_error *error) {
  (void)path;
  return refuse(error);
}
enum oio_status results_db_add(struct results_db *db, const struct results_entry *entry, struct oio_error *error) {
  (void)db, (void)entry;
  return refuse(error);
}
void results_db_close(struct results_db *db) {
  (void)db;
}
