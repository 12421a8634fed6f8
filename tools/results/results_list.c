/* SPDX-License-Identifier: Apache-2.0 */
/* `oio results list`: runs, a line each. */
#include "options.h"
#include "page.h"
#include "quoted.h"
#include "results_verbs.h"

#include <stdlib.h>
#include <string.h>

enum { COLUMNS_MAX = 64, KEYS_SHOWN = 8 };

struct listing {
  struct column column[COLUMNS_MAX];
  unsigned columns;
};

static enum oio_status add(struct listing *listing, const struct results_db *db, const char *name, struct oio_error *error) {
  if (listing->columns == COLUMNS_MAX) return oio_error_set(error, OIO_ERR_CONFIG, "at most %d columns; leave some out", COLUMNS_MAX);
  const enum oio_status status = column_named(db, name, &listing->column[listing->columns], error);
  listing->columns += status == OIO_OK;
  return status;
}

static enum oio_status add_named(struct listing *listing, const struct results_db *db, const char *names, struct oio_error *error) {
  char name[COLUMN_NAME_BYTES];
  enum oio_status status = OIO_OK;
  for (const char *at = names; *at != '\0' && status == OIO_OK;) {
    const size_t nbytes = strcspn(at, ",");
    snprintf(name, sizeof name, "%.*s", (int)nbytes, at);
    status = add(listing, db, name, error);
    at += nbytes + (at[nbytes] == ',');
  }
  return status;
}

/* Keys that the runs do not all have with one value: the first ones, in the order of the configuration. */
static enum oio_status add_keys(struct listing *listing, const struct results_db *db, const struct selection *selection,
                                struct oio_error *error) {
  unsigned count = 0;
  const enum oio_status status = selection_keys(db, selection, &listing->column[listing->columns], KEYS_SHOWN, &count, error);
  listing->columns += count;
  return status;
}

static enum oio_status choose(struct listing *listing, const struct results_db *db, const struct results_asked *asked,
                              struct oio_error *error) {
  static const char *const optional[] = {"label", "study", "number"};
  if (asked->columns != NULL) return add_named(listing, db, asked->columns, error);
  enum oio_status status = add_named(listing, db, "id,command", error);
  for (unsigned i = 0; i < 3 && status == OIO_OK; i++) {
    char sql[64];
    snprintf(sql, sizeof sql, "count(run.%s)", optional[i]);
    const int64_t there = selection_ask(db, &asked->selection, sql, error);
    status = there < 0 ? OIO_ERR_CONFIG : there > 0 ? add(listing, db, optional[i], error) : OIO_OK;
  }
  if (status == OIO_OK) status = add_named(listing, db, "workload,seed", error);
  if (status == OIO_OK) status = add_keys(listing, db, &asked->selection, error);
  if (status == OIO_OK) status = add_named(listing, db, "result,p50,p99,mean,goodput", error);
  const int64_t known = status == OIO_OK ? selection_ask(db, &asked->selection, "count(run.energy_pj_per_message_bit)", error) : 0;
  if (known < 0) status = OIO_ERR_IO;
  if (known > 0) status = add(listing, db, "energy", error);
  return status;
}

static sqlite3_stmt *prepare(const struct listing *listing, const struct results_db *db, const struct results_asked *asked,
                             struct oio_error *error) {
  struct page page;
  if (!page_begin(&page)) return oio_error_set(error, OIO_ERR_NOMEM, "out of memory; close other programs"), NULL;
  for (unsigned i = 0; i < listing->columns; i++) fprintf(page.out, "%s%s", i == 0 ? "" : ", ", listing->column[i].sql);
  char *text = page_end(&page);
  if (text == NULL) return oio_error_set(error, OIO_ERR_NOMEM, "out of memory; close other programs"), NULL;
  sqlite3_stmt *statement = selection_prepare(db, &asked->selection, text, error);
  free(text);
  return statement;
}

static bool put_json(const struct listing *listing, sqlite3_stmt *row) {
  bool first = true;
  putchar('[');
  for (; sqlite3_step(row) == SQLITE_ROW; first = false) {
    fputs(first ? "\n " : ",\n ", stdout);
    for (unsigned i = 0; i < listing->columns; i++) {
      printf("%s\"%s\": ", i == 0 ? "{" : ", ", listing->column[i].name);
      results_put_json(stdout, row, (int)i);
    }
    putchar('}');
  }
  fputs("\n]\n", stdout);
  return sqlite3_reset(row) == SQLITE_OK;
}

static const char *cell(sqlite3_stmt *row, unsigned column, char out[32]) {
  const int type = sqlite3_column_type(row, (int)column);
  if (type == SQLITE_NULL) return "-";
  if (type != SQLITE_FLOAT) return results_db_text(row, (int)column);
  snprintf(out, 32, "%.9g", sqlite3_column_double(row, (int)column));
  return out;
}

/* Twice through the rows: first for the widths. False: they cannot be read. */
static bool put_table(const struct listing *listing, sqlite3_stmt *row) {
  unsigned width[COLUMNS_MAX];
  char text[32];
  unsigned long long rows = 0;
  for (unsigned i = 0; i < listing->columns; i++) width[i] = (unsigned)strlen(listing->column[i].name);
  for (; sqlite3_step(row) == SQLITE_ROW; rows++) {
    for (unsigned i = 0; i < listing->columns; i++) {
      const unsigned wide = (unsigned)strlen(cell(row, i, text));
      if (wide > width[i]) width[i] = wide;
    }
  }
  if (sqlite3_reset(row) != SQLITE_OK) return false;
  for (unsigned i = 0; i < listing->columns; i++)
    printf("%s%*s", i == 0 ? "" : "  ", listing->column[i].type == COLUMN_TEXT ? -(int)width[i] : (int)width[i], listing->column[i].name);
  putchar('\n');
  while (sqlite3_step(row) == SQLITE_ROW) {
    for (unsigned i = 0; i < listing->columns; i++)
      printf("%s%*s", i == 0 ? "" : "  ", listing->column[i].type == COLUMN_TEXT ? -(int)width[i] : (int)width[i], cell(row, i, text));
    putchar('\n');
  }
  printf("%llu run%s\n", rows, rows == 1 ? "" : "s");
  return sqlite3_reset(row) == SQLITE_OK;
}

int results_list(struct results_db *db, const struct results_asked *asked) {
  struct oio_error error = {"out of memory; close other programs"};
  struct listing listing = {.columns = 0};
  sqlite3_stmt *row = choose(&listing, db, asked, &error) == OIO_OK ? prepare(&listing, db, asked, &error) : NULL;
  if (row == NULL) return results_refuse(asked->verb, "%s", error.text);
  const bool whole = asked->json ? put_json(&listing, row) : put_table(&listing, row);
  if (!whole) results_db_fault(db, "read", &error);
  sqlite3_finalize(row);
  if (whole) return EXIT_DONE;
  return results_refuse(asked->verb, "%s", error.text);
}
