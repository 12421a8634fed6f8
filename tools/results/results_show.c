/* SPDX-License-Identifier: Apache-2.0 */
/* `oio results show`: all of one run. */
#include "options.h"
#include "quoted.h"
#include "results_figures.h"
#include "results_verbs.h"

#include <string.h>

static sqlite3_stmt *select_run(const struct results_db *db, const char *sql, int64_t run, struct oio_error *error) {
  sqlite3_stmt *statement = results_db_prepare(db, sql, error);
  if (statement != NULL) sqlite3_bind_int64(statement, 1, run);
  return statement;
}

static const char row_sql[] =
    "SELECT run.*, basis.keys AS basis_keys, answer.results, answer.latency FROM run JOIN basis ON basis.id = run.basis "
    "LEFT JOIN answer ON answer.run = run.id WHERE run.id = ?1";
static const char keys_sql[] =
    "SELECT key, value, type FROM run JOIN basis ON basis.id = run.basis, json_each(json_patch(basis.keys, run.keys)) WHERE run.id = ?1";

/* As it is in JSON: numbers of a key may be text in SQLite, and the other way round. */
static void put_value(sqlite3_stmt *row) {
  if (strcmp(results_db_text(row, 2), "text") == 0)
    quoted_put(stdout, results_db_text(row, 1));
  else
    fputs(results_db_text(row, 1), stdout);
}

static bool is_json(const char *name) {
  return strcmp(name, "asked") == 0 || strcmp(name, "results") == 0 || strcmp(name, "latency") == 0;
}

static bool is_inner(const char *name) {
  return strcmp(name, "basis") == 0 || strcmp(name, "basis_keys") == 0 || strcmp(name, "keys") == 0;
}

static void put_json(sqlite3_stmt *row, sqlite3_stmt *keys) {
  const char *between = "{";
  for (int i = 0; i < sqlite3_column_count(row); i++) {
    const char *name = sqlite3_column_name(row, i);
    if (is_inner(name)) continue;
    printf("%s\n \"%s\": ", between, name);
    if (is_json(name) && sqlite3_column_type(row, i) == SQLITE_TEXT)
      fputs(results_db_text(row, i), stdout);
    else
      results_put_json(stdout, row, i);
    between = ",";
  }
  fputs(",\n \"config\": {", stdout);
  for (bool first = true; sqlite3_step(keys) == SQLITE_ROW; first = false) {
    printf("%s\n  \"%s\": ", first ? "" : ",", results_db_text(keys, 0));
    put_value(keys);
  }
  fputs("\n }\n}\n", stdout);
}

static void put_text(sqlite3_stmt *row) {
  for (int i = 0; i < sqlite3_column_count(row); i++) {
    const char *name = sqlite3_column_name(row, i);
    if (is_inner(name) || strcmp(name, "results") == 0 || strcmp(name, "latency") == 0 || sqlite3_column_type(row, i) == SQLITE_NULL)
      continue;
    printf("%-28s ", name);
    if (sqlite3_column_type(row, i) == SQLITE_FLOAT)
      printf("%.9g\n", sqlite3_column_double(row, i));
    else
      printf("%s\n", results_db_text(row, i));
  }
}

int results_show(struct results_db *db, const struct results_asked *asked) {
  struct oio_error error = {""};
  const int64_t run = results_run(db, asked->word[1], &error);
  sqlite3_stmt *row = run > 0 ? select_run(db, row_sql, run, &error) : NULL, *keys = run > 0 ? select_run(db, keys_sql, run, &error) : NULL;
  const bool there = row != NULL && keys != NULL && sqlite3_step(row) == SQLITE_ROW;
  if (there && asked->json)
    put_json(row, keys);
  else if (there)
    put_text(row);
  enum oio_status status = results_db_end(db, row, OIO_OK, &error);
  status = results_db_end(db, keys, status, &error);
  if (status == OIO_OK && !there && *error.text == '\0') results_db_damaged(db, &error);
  if (!there) status = OIO_ERR_IO;
  return status == OIO_OK ? EXIT_DONE : results_refuse(asked->verb, "%s", error.text);
}
