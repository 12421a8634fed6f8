/* SPDX-License-Identifier: Apache-2.0 */
#define _POSIX_C_SOURCE 200809L
#include "results_open.h"

#include "oio/results.h"
#include "page.h"
#include "results_figures.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* Others may be adding: so long one waits for its turn. */
enum { WAIT_MS = 60000 };

enum oio_status results_db_fault(const struct results_db *db, const char *what, struct oio_error *error) {
  const int code = sqlite3_errcode(db->file) & 0xFF;
  const char *remedy = code == SQLITE_BUSY || code == SQLITE_LOCKED      ? "another program holds it; end that"
                       : code == SQLITE_FULL                             ? "free space there"
                       : code == SQLITE_CORRUPT || code == SQLITE_NOTADB ? "it is no database, or damaged; name another file"
                       : code == SQLITE_NOMEM                            ? "out of memory; close other programs"
                                                                         : "choose another place";
  return oio_error_set(error, code == SQLITE_NOMEM ? OIO_ERR_NOMEM : OIO_ERR_IO, "%.160s: cannot be %s: %.120s; %s", db->path, what,
                       sqlite3_errmsg(db->file), remedy);
}

const char *results_db_text(sqlite3_stmt *row, int column) {
  const char *text = (const char *)sqlite3_column_text(row, column);
  return text != NULL ? text : "";
}

bool results_db_is_null(sqlite3_stmt *row, int column) {
  return sqlite3_column_type(row, column) == SQLITE_NULL;
}

enum oio_status results_db_end(const struct results_db *db, sqlite3_stmt *statement, enum oio_status status, struct oio_error *error) {
  const bool whole = sqlite3_finalize(statement) == SQLITE_OK;
  return status == OIO_OK && !whole ? results_db_fault(db, "read", error) : status;
}

void results_db_damaged(const struct results_db *db, struct oio_error *error) {
  oio_error_set(error, OIO_ERR_FORMAT, "%.160s: it is damaged: a part of a run is missing; use another copy", db->path);
}

sqlite3_stmt *results_db_prepare(const struct results_db *db, const char *sql, struct oio_error *error) {
  sqlite3_stmt *statement = NULL;
  if (sqlite3_prepare_v2(db->file, sql, -1, &statement, NULL) == SQLITE_OK) return statement;
  results_db_fault(db, "read", error);
  return NULL;
}

/* A number that the file answers a question with; -1 after an error. */
static int64_t ask(const struct results_db *db, const char *sql, struct oio_error *error) {
  sqlite3_stmt *statement = results_db_prepare(db, sql, error);
  if (statement == NULL) return -1;
  const int64_t answer = sqlite3_step(statement) == SQLITE_ROW ? sqlite3_column_int64(statement, 0) : -1;
  if (answer < 0) results_db_fault(db, "read", error);
  sqlite3_finalize(statement);
  return answer;
}

/* Of results, of this version? *empty: it has nothing yet. */
static enum oio_status look(const struct results_db *db, bool *empty, struct oio_error *error) {
  const int64_t application = ask(db, "PRAGMA application_id", error), version = ask(db, "PRAGMA user_version", error),
                tables = ask(db, "SELECT count(*) FROM sqlite_master", error);
  if (application < 0 || version < 0 || tables < 0) return OIO_ERR_IO;
  *empty = application == 0 && version == 0 && tables == 0;
  if (*empty) return OIO_OK;
  if (application != RESULTS_DB_APPLICATION || version == 0)
    return oio_error_set(error, OIO_ERR_FORMAT, "%.160s: it is a database of something else than results; name another file", db->path);
  if (version > RESULTS_DB_VERSION)
    return oio_error_set(error, OIO_ERR_FORMAT, "%.160s: its tables are of version %lld, and oio %s knows them up to %d; use a newer oio",
                         db->path, (long long)version, oio_version(), RESULTS_DB_VERSION);
  return OIO_OK;
}

enum oio_status results_db_execute(const struct results_db *db, const char *sql, struct oio_error *error) {
  return sqlite3_exec(db->file, sql, NULL, NULL, NULL) == SQLITE_OK ? OIO_OK : results_db_fault(db, "written", error);
}

enum oio_status results_db_no_memory(struct oio_error *error) {
  return oio_error_set(error, OIO_ERR_NOMEM, "out of memory; close other programs");
}

/* All of it at one moment: somebody else may be making the tables. */
static enum oio_status look_once(const struct results_db *db, bool *empty, struct oio_error *error) {
  enum oio_status status = results_db_execute(db, "BEGIN", error);
  if (status == OIO_OK) status = look(db, empty, error);
  sqlite3_exec(db->file, "ROLLBACK", NULL, NULL, NULL);
  return status;
}

static const char tables[] =
    "CREATE TABLE basis(id INTEGER PRIMARY KEY, keys TEXT NOT NULL UNIQUE);"
    "CREATE TABLE study(id INTEGER PRIMARY KEY, head TEXT NOT NULL UNIQUE);"
    "CREATE TABLE answer(run INTEGER PRIMARY KEY REFERENCES run, results TEXT, latency TEXT);"
    "CREATE VIEW configuration AS SELECT run.id AS run, each.key AS key, each.value AS value FROM run JOIN basis ON basis.id = run.basis,"
    " json_each(json_patch(basis.keys, run.keys)) AS each;"
    "CREATE TABLE run(id INTEGER PRIMARY KEY, made TEXT NOT NULL, version TEXT NOT NULL, build TEXT, command TEXT NOT NULL, label TEXT,"
    " host TEXT, workload TEXT, inputs TEXT, study INTEGER REFERENCES study, number INTEGER, point INTEGER, seed NOT NULL,"
    " asked TEXT NOT NULL, basis INTEGER NOT NULL REFERENCES basis, keys TEXT NOT NULL, result TEXT NOT NULL, error TEXT NOT NULL, wall_s "
    "REAL, cpu_s REAL";

static char *text_of_tables(void) {
  struct page page;
  if (!page_begin(&page)) return NULL;
  fputs(tables, page.out);
  for (unsigned i = 0; i < results_figures(); i++) {
    const struct results_figure *figure = results_figure_at(i);
    fprintf(page.out, ", %s %s", figure->name, figure->whole ? "INTEGER" : "REAL");
  }
  fprintf(page.out, ", UNIQUE(study, number)); PRAGMA application_id = %d; PRAGMA user_version = %d;", RESULTS_DB_APPLICATION,
          RESULTS_DB_VERSION);
  return page_end(&page);
}

/* Makes the tables, unless somebody else has meanwhile. */
static enum oio_status make(const struct results_db *db, struct oio_error *error) {
  bool empty;
  char *text = text_of_tables();
  if (text == NULL) return oio_error_set(error, OIO_ERR_NOMEM, "out of memory; close other programs");
  enum oio_status status = results_db_execute(db, "BEGIN IMMEDIATE", error);
  if (status == OIO_OK) {
    status = look(db, &empty, error);
    if (status == OIO_OK && empty) status = results_db_execute(db, text, error);
    if (status == OIO_OK) status = results_db_execute(db, "COMMIT", error);
    if (status != OIO_OK) sqlite3_exec(db->file, "ROLLBACK", NULL, NULL, NULL);
  }
  free(text);
  return status;
}

/* 1: the table of runs has no such column; 0: it has; -1 after an error. */
static int lacks(const struct results_db *db, const char *column, struct oio_error *error) {
  sqlite3_stmt *statement = results_db_prepare(db, "SELECT count(*) FROM pragma_table_info('run') WHERE name = ?1", error);
  if (statement == NULL) return -1;
  sqlite3_bind_text(statement, 1, column, -1, SQLITE_STATIC);
  const int missing = sqlite3_step(statement) == SQLITE_ROW ? sqlite3_column_int(statement, 0) == 0 : -1;
  if (missing < 0) results_db_fault(db, "read", error);
  sqlite3_finalize(statement);
  return missing;
}

/* add: adds each column of a figure that is missing; else *missing is how many are. */
static enum oio_status look_at_columns(const struct results_db *db, bool add, unsigned *missing, struct oio_error *error) {
  enum oio_status status = OIO_OK;
  char sql[128];
  *missing = 0;
  for (unsigned i = 0; i < results_figures() && status == OIO_OK; i++) {
    const struct results_figure *figure = results_figure_at(i);
    const int lacking = lacks(db, figure->name, error);
    if (lacking < 0) return OIO_ERR_IO;
    *missing += lacking == 1;
    snprintf(sql, sizeof sql, "ALTER TABLE run ADD COLUMN %s %s", figure->name, figure->whole ? "INTEGER" : "REAL");
    if (lacking == 1 && add) status = results_db_execute(db, sql, error);
  }
  return status;
}

/* A database that an oio made which knew fewer figures gets their columns; its runs have none of those. Somebody else may do it meanwhile.
 */
static enum oio_status bring_up(const struct results_db *db, struct oio_error *error) {
  unsigned missing;
  enum oio_status status = look_at_columns(db, false, &missing, error);
  if (status != OIO_OK || missing == 0) return status;
  status = results_db_execute(db, "BEGIN IMMEDIATE", error);
  if (status != OIO_OK) return status;
  status = look_at_columns(db, true, &missing, error);
  if (status == OIO_OK) status = results_db_execute(db, "COMMIT", error);
  if (status != OIO_OK) sqlite3_exec(db->file, "ROLLBACK", NULL, NULL, NULL);
  return status;
}

/* The same for one that is read: its runs seem to have the columns, with nothing in them. */
static enum oio_status seem_brought_up(const struct results_db *db, struct oio_error *error) {
  struct page page;
  unsigned missing;
  enum oio_status status = look_at_columns(db, false, &missing, error);
  if (status != OIO_OK || missing == 0) return status;
  if (!page_begin(&page)) return results_db_no_memory(error);
  fputs("CREATE TEMP VIEW run AS SELECT *", page.out);
  for (unsigned i = 0; i < results_figures(); i++)
    if (lacks(db, results_figure_at(i)->name, error) == 1) fprintf(page.out, ", NULL AS %s", results_figure_at(i)->name);
  fputs(" FROM main.run", page.out);
  char *text = page_end(&page);
  status = text == NULL                                                  ? results_db_no_memory(error)
           : sqlite3_exec(db->file, text, NULL, NULL, NULL) == SQLITE_OK ? OIO_OK
                                                                         : results_db_fault(db, "read", error);
  free(text);
  return status;
}

static enum oio_status open_with(struct results_db **db, const char *path, int flags, struct oio_error *error) {
  *db = calloc(1, sizeof **db);
  if (*db == NULL || ((*db)->path = strdup(path)) == NULL) {
    free(*db);
    *db = NULL;
    return oio_error_set(error, OIO_ERR_NOMEM, "out of memory; close other programs");
  }
  struct stat about;
  if (stat(path, &about) == 0 && S_ISDIR(about.st_mode))
    return oio_error_set(error, OIO_ERR_IO, "%.160s: it is a folder; name the database in it", path);
  if (sqlite3_open_v2(path, &(*db)->file, flags, NULL) != SQLITE_OK) return results_db_fault(*db, "opened", error);
  sqlite3_busy_timeout((*db)->file, WAIT_MS);
  return OIO_OK;
}

/* While runs are added they go to a log beside the file, so that none waits for the disk; a kill loses nothing, and a power cut at most the
 * last ones. Where the file system cannot do that, each run waits. */
static void begin_log(const struct results_db *db) {
  sqlite3_stmt *statement = NULL;
  const bool asked =
      sqlite3_prepare_v2(db->file, "PRAGMA journal_mode = WAL", -1, &statement, NULL) == SQLITE_OK && sqlite3_step(statement) == SQLITE_ROW;
  const bool kept = asked && strcmp(results_db_text(statement, 0), "wal") == 0;
  sqlite3_finalize(statement);
  if (kept) sqlite3_exec(db->file, "PRAGMA synchronous = NORMAL", NULL, NULL, NULL);
}

/* The last one that adds leaves one file alone, which can be read where nothing can be written. */
static void end_log(const struct results_db *db) {
  sqlite3_busy_timeout(db->file, 0);
  sqlite3_exec(db->file, "PRAGMA journal_mode = DELETE", NULL, NULL, NULL);
}

/* On failure there is nothing to close. */
static enum oio_status settle(struct results_db **db, enum oio_status status) {
  if (status == OIO_OK) return status;
  results_db_close(*db);
  *db = NULL;
  return status;
}

enum oio_status results_db_open(struct results_db **db, const char *path, struct oio_error *error) {
  bool empty = false;
  enum oio_status status = open_with(db, path, SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE, error);
  if (status == OIO_OK) status = look_once(*db, &empty, error);
  if (status == OIO_OK) begin_log(*db);
  if (status == OIO_OK && empty) status = make(*db, error);
  if (status == OIO_OK && !empty) status = bring_up(*db, error);
  if (status == OIO_OK) (*db)->adds = true;
  return settle(db, status);
}

enum oio_status results_db_open_to_read(struct results_db **db, const char *path, struct oio_error *error) {
  bool empty = false;
  *db = NULL;
  if (access(path, R_OK) != 0) return oio_error_set(error, OIO_ERR_IO, "%.160s: cannot be read: %s; check the name", path, strerror(errno));
  enum oio_status status = open_with(db, path, SQLITE_OPEN_READONLY, error);
  if (status == OIO_OK) status = look_once(*db, &empty, error);
  if (status == OIO_OK && empty) status = oio_error_set(error, OIO_ERR_FORMAT, "%.160s: it has no runs; oio sim --db adds them", path);
  if (status == OIO_OK) status = seem_brought_up(*db, error);
  return settle(db, status);
}

enum oio_status results_db_can_open(const char *path, struct oio_error *error) {
  struct results_db *db = NULL;
  bool empty;
  if (access(path, F_OK) != 0) return oio_can_write_whole(path, error);
  enum oio_status status = access(path, W_OK) == 0 ? open_with(&db, path, SQLITE_OPEN_READWRITE, error)
                                                   : oio_error_set(error, OIO_ERR_IO, "%.160s: cannot be written: %s; choose another place",
                                                                   path, strerror(errno));
  if (status == OIO_OK) status = look_once(db, &empty, error);
  results_db_close(db);
  return status;
}

void results_db_close(struct results_db *db) {
  if (db == NULL) return;
  sqlite3_finalize(db->add);
  if (db->adds) end_log(db);
  sqlite3_close(db->file);
  inputs_known_free(&db->known);
  free(db->path);
  free(db);
}
