/* SPDX-License-Identifier: Apache-2.0 */
/** The file itself: what makes a database one of results, its version, its tables, and what to say when SQLite cannot. */
#ifndef RESULTS_OPEN_H
#define RESULTS_OPEN_H

#include "inputs.h"
#include "results_db.h"

#include <sqlite3.h>

enum { RESULTS_DB_VERSION = 1, RESULTS_DB_APPLICATION = 0x6F696F72 /* "oior" */ };

struct results_db {
  sqlite3 *file;
  char *path;
  sqlite3_stmt *add; /* kept from one run to the next */
  int64_t basis;     /* the row of the defaults of this version, once it is known to be there; else 0 */
  bool adds;         /* rather than reads */
  struct inputs_known known;
};

/** Opens one that is there, to be read. */
enum oio_status results_db_open_to_read(struct results_db **db, const char *path, struct oio_error *error);
/** The error that the last call left; it is not OIO_OK. */
enum oio_status results_db_fault(const struct results_db *db, const char *what, struct oio_error *error);
/** A column of a row as text; "" of NULL, and where memory is out, which the end of the statement tells. */
const char *results_db_text(sqlite3_stmt *row, int column);
bool results_db_is_null(sqlite3_stmt *row, int column);
/** Ends a statement whose rows have been read: status, or an error where they ended by one. statement: NULL, nothing is done. */
enum oio_status results_db_end(const struct results_db *db, sqlite3_stmt *statement, enum oio_status status, struct oio_error *error);
/** What is to be there is not. */
void results_db_damaged(const struct results_db *db, struct oio_error *error);
/** Prepares a statement; NULL after an error. */
sqlite3_stmt *results_db_prepare(const struct results_db *db, const char *sql, struct oio_error *error);
/** Carries out what writes and answers nothing. */
enum oio_status results_db_execute(const struct results_db *db, const char *sql, struct oio_error *error);
/** Says that memory is out; OIO_ERR_NOMEM. */
enum oio_status results_db_no_memory(struct oio_error *error);

#endif
