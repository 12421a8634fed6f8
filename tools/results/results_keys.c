/* SPDX-License-Identifier: Apache-2.0 */
/* What selected runs have in common, and what not. */
#include "page.h"
#include "results_columns.h"

#include <stdlib.h>

int64_t selection_ask(const struct results_db *db, const struct selection *selection, const char *sql, struct oio_error *error) {
  struct selection all = *selection;
  all.sort = NULL;
  all.limit = 0;
  sqlite3_stmt *statement = selection_prepare(db, &all, sql, error);
  if (statement == NULL) return -1;
  const int64_t answer = sqlite3_step(statement) == SQLITE_ROW ? sqlite3_column_int64(statement, 0) : -1;
  if (answer < 0) results_db_fault(db, "read", error);
  sqlite3_finalize(statement);
  return answer;
}

/* What each was asked for, as one array of JSON. */
static char *all_asked(const struct results_db *db, const struct selection *selection, struct oio_error *error) {
  struct selection all = *selection;
  struct page page;
  all.sort = NULL;
  all.limit = 0;
  sqlite3_stmt *row = selection_prepare(db, &all, "run.asked", error);
  if (row == NULL || !page_begin(&page)) {
    if (row != NULL) oio_error_set(error, OIO_ERR_NOMEM, "out of memory; close other programs");
    sqlite3_finalize(row);
    return NULL;
  }
  for (bool first = true; sqlite3_step(row) == SQLITE_ROW; first = false)
    fprintf(page.out, "%c%s", first ? '[' : ',', results_db_text(row, 0));
  fputs("]", page.out);
  char *text = page_end(&page);
  if (text == NULL) oio_error_set(error, OIO_ERR_NOMEM, "out of memory; close other programs");
  if (results_db_end(db, row, OIO_OK, error) == OIO_OK) return text;
  free(text);
  return NULL;
}

enum oio_status selection_keys(const struct results_db *db, const struct selection *selection, struct column *columns, unsigned room,
                               unsigned *count, struct oio_error *error) {
  static const char sql[] = "SELECT each.key FROM json_each(?1) AS chosen, json_each(chosen.value) AS each GROUP BY each.key "
                            "HAVING count(*) < ?2 OR count(DISTINCT each.value) > 1 ORDER BY min(each.id), each.key";
  *count = 0;
  const int64_t runs = selection_ask(db, selection, "count(*)", error);
  if (runs <= 0) return runs < 0 ? OIO_ERR_CONFIG : OIO_OK;
  char *asked = all_asked(db, selection, error);
  if (asked == NULL) return OIO_ERR_IO;
  sqlite3_stmt *row = results_db_prepare(db, sql, error);
  if (row != NULL) {
    sqlite3_bind_text(row, 1, asked, -1, SQLITE_STATIC);
    sqlite3_bind_int64(row, 2, runs);
    while (*count < room && sqlite3_step(row) == SQLITE_ROW) column_of_key(results_db_text(row, 0), &columns[(*count)++]);
  }
  const enum oio_status status = results_db_end(db, row, row != NULL ? OIO_OK : OIO_ERR_IO, error);
  free(asked);
  return status;
}
