/* SPDX-License-Identifier: Apache-2.0 */
/** What the words of a command line stand for in a database of results: a column of `run`, a figure, or a key of the configuration. */
#ifndef RESULTS_COLUMNS_H
#define RESULTS_COLUMNS_H

#include "results_open.h"

enum { COLUMN_NAME_BYTES = 96, COLUMN_SQL_BYTES = 320 };

enum column_type { COLUMN_TEXT = 0, COLUMN_WHOLE, COLUMN_REAL, COLUMN_KEY /* as the key has it */ };

struct column {
  char name[COLUMN_NAME_BYTES]; /**< in full: "latency_p99_ps" of p99, "workload.load" of load */
  char sql[COLUMN_SQL_BYTES];   /**< over `run JOIN basis` */
  enum column_type type;
};

/** OIO_ERR_CONFIG: there is no such column, figure or key in this database. */
enum oio_status column_named(const struct results_db *db, const char *name, struct column *column, struct oio_error *error);
/** Of a key, which is taken as it stands. */
void column_of_key(const char *key, struct column *column);
/** The columns of `run` before the figures, in their order; false behind the last. */
bool column_at(unsigned index, struct column *column);

enum { SELECT_WHERES_MAX = 16 };

/** Which runs, in which order. */
struct selection {
  const char *where[SELECT_WHERES_MAX]; /**< NAME=VALUE, also != < <= > >= */
  unsigned wheres;
  const char *sort; /**< a name; NULL: as they were added */
  bool descending;
  uint64_t limit; /**< 0: all */
};

/** A statement that selects this SQL of the runs, ready for its first step; NULL after an error. */
sqlite3_stmt *selection_prepare(const struct results_db *db, const struct selection *selection, const char *sql, struct oio_error *error);

/** A number that all selected runs together give, whatever the limit: an aggregate of SQL; -1 after an error. */
int64_t selection_ask(const struct results_db *db, const struct selection *selection, const char *sql, struct oio_error *error);
/** Keys that the selected runs do not all have with one value, in the order of the configuration: at most `room` of them to columns. */
enum oio_status selection_keys(const struct results_db *db, const struct selection *selection, struct column *columns, unsigned room,
                               unsigned *count, struct oio_error *error);

#endif
