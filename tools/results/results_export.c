/* SPDX-License-Identifier: Apache-2.0 */
/* `oio results export`: runs as a table, a column for each figure and key. */
#include "oio/results.h"
#include "options.h"
#include "page.h"
#include "quoted.h"
#include "results_figures.h"
#include "results_open.h"
#include "results_verbs.h"
#include "whole.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

enum { PATH_BYTES = 4096 };

struct table {
  struct column *column;
  const char **unit; /* of a key */
  unsigned columns;
  uint64_t rows;
  bool parquet; /* names without dots, all text in quotes */
};

static struct column *next(struct table *table) {
  struct column *more = realloc(table->column, (table->columns + 1) * sizeof *more);
  if (more != NULL) table->column = more;
  const char **units = realloc(table->unit, (table->columns + 1) * sizeof *units);
  if (units != NULL) table->unit = units;
  if (more == NULL || units == NULL) return NULL;
  table->unit[table->columns] = "";
  return &table->column[table->columns++];
}

/* The type of a key, and its unit; of a class that a user made it is that of the class of racks. */
static void describe(struct column *column, const char **unit) {
  const struct oio_config *config;
  struct oio_config defaults;
  const char *dot = strchr(column->name, '.');
  char as_rack[COLUMN_NAME_BYTES + 8];
  snprintf(as_rack, sizeof as_rack, "rack%s", dot == NULL ? "" : dot);
  oio_config_defaults(&defaults);
  config = &defaults;
  column->type = COLUMN_TEXT;
  for (size_t i = 0; i < oio_config_count(config); i++) {
    struct oio_config_key key;
    oio_config_describe(config, i, &key);
    const bool itself = strcmp(key.name, column->name) == 0;
    if (!itself && strcmp(key.name, as_rack) != 0) continue;
    column->type = key.quoted ? COLUMN_TEXT : key.whole ? COLUMN_WHOLE : COLUMN_REAL;
    *unit = key.unit;
    if (itself) return;
  }
}

/* Keys that some of the runs have otherwise than by default, in the order of the configuration as far as that has them. */
static enum oio_status add_keys(struct table *table, const struct results_db *db, const struct selection *selection,
                                struct oio_error *error) {
  static const char sql[] = "(SELECT group_concat(key, ' ') FROM json_each(run.keys))";
  struct selection all = *selection;
  all.sort = NULL;
  sqlite3_stmt *row = selection_prepare(db, &all, sql, error);
  if (row == NULL) return OIO_ERR_CONFIG;
  enum oio_status status = OIO_OK;
  const unsigned first = table->columns;
  while (status == OIO_OK && sqlite3_step(row) == SQLITE_ROW) {
    char key[COLUMN_NAME_BYTES];
    for (const char *at = results_db_text(row, 0); *at != '\0' && status == OIO_OK;) {
      const size_t nbytes = strcspn(at, " ");
      snprintf(key, sizeof key, "%.*s", (int)nbytes, at);
      bool known = false;
      for (unsigned i = first; i < table->columns && !known; i++) known = strcmp(table->column[i].name, key) == 0;
      struct column *column = known ? NULL : next(table);
      if (!known && column == NULL) status = results_db_no_memory(error);
      if (column != NULL) {
        column_of_key(key, column);
        describe(column, &table->unit[table->columns - 1]);
      }
      at += nbytes + (at[nbytes] == ' ');
    }
  }
  return results_db_end(db, row, status, error);
}

static enum oio_status choose(struct table *table, const struct results_db *db, const struct results_asked *asked,
                              struct oio_error *error) {
  struct column plain;
  enum oio_status status = OIO_OK;
  for (unsigned i = 0; column_at(i, &plain) && status == OIO_OK; i++) {
    struct column *column = next(table);
    if (column != NULL)
      *column = plain;
    else
      status = results_db_no_memory(error);
  }
  for (unsigned i = 0; i < results_figures() && status == OIO_OK; i++) {
    struct column *column = next(table);
    status = column == NULL ? results_db_no_memory(error) : column_named(db, results_figure_at(i)->name, column, error);
  }
  return status == OIO_OK ? add_keys(table, db, &asked->selection, error) : status;
}

static void put_name(FILE *out, const struct table *table, unsigned column) {
  for (const char *at = table->column[column].name; *at != '\0'; at++) putc(table->parquet && strchr(".-", *at) != NULL ? '_' : *at, out);
}

/* In quotes where it must be, or always, so that an empty text is not nothing. */
static void put_text(FILE *out, const char *text, bool always) {
  const bool quotes = always || text[strcspn(text, ",\"\r\n")] != '\0';
  if (quotes) putc('"', out);
  for (; *text != '\0'; text++) {
    if (*text == '"') putc('"', out);
    putc(*text, out);
  }
  if (quotes) putc('"', out);
}

static sqlite3_stmt *prepare(const struct table *table, const struct results_db *db, const struct results_asked *asked,
                             struct oio_error *error) {
  struct page page;
  if (!page_begin(&page)) return results_db_no_memory(error), NULL;
  for (unsigned i = 0; i < table->columns; i++) fprintf(page.out, "%s%s", i == 0 ? "" : ", ", table->column[i].sql);
  char *text = page_end(&page);
  sqlite3_stmt *row = text == NULL ? NULL : selection_prepare(db, &asked->selection, text, error);
  if (text == NULL) results_db_no_memory(error);
  free(text);
  return row;
}

static bool put_rows(FILE *out, struct table *table, sqlite3_stmt *row) {
  for (unsigned i = 0; i < table->columns; i++) {
    if (i > 0) putc(',', out);
    put_name(out, table, i);
  }
  putc('\n', out);
  for (; sqlite3_step(row) == SQLITE_ROW; table->rows++) {
    for (unsigned i = 0; i < table->columns; i++) {
      if (i > 0) putc(',', out);
      if (results_db_is_null(row, (int)i)) continue;
      const char *text = results_db_text(row, (int)i);
      put_text(out, text, table->parquet && table->column[i].type == COLUMN_TEXT);
    }
    putc('\n', out);
  }
  return sqlite3_reset(row) == SQLITE_OK && !ferror(out);
}

static enum oio_status cannot_write(const char *path, struct oio_error *error) {
  const int cause = errno;
  return oio_error_set(error, OIO_ERR_IO, "%.200s: cannot be written: %s; %s", path, strerror(cause), oio_whole_remedy(cause));
}

static enum oio_status write_table(struct table *table, const struct results_db *db, const struct results_asked *asked,
                                   struct oio_error *error) {
  struct oio_whole whole;
  sqlite3_stmt *row = prepare(table, db, asked, error);
  if (row == NULL) return OIO_ERR_IO;
  enum oio_status status = OIO_OK;
  if (strcmp(asked->out, "-") == 0) {
    if (!put_rows(stdout, table, row)) status = results_db_fault(db, "read", error);
  } else if (!oio_whole_begin(&whole, asked->out)) {
    status = cannot_write(asked->out, error);
  } else if (!put_rows(whole.file, table, row)) {
    status = ferror(whole.file) ? cannot_write(asked->out, error) : results_db_fault(db, "read", error);
    oio_whole_abandon(&whole);
  } else if (!oio_whole_end(&whole)) {
    status = cannot_write(asked->out, error);
  }
  sqlite3_finalize(row);
  return status;
}

/* The last word of a name with a unit. */
static const char *unit_of(const struct table *table, unsigned column) {
  static const char *const units[] = {"_bits_per_s", "_bytes_per_s", "_ps", "_s", "_pj_per_message_bit"};
  static const char *const names[] = {"bit/s", "byte/s", "ps", "s", "pJ/bit"};
  const char *name = table->column[column].name;
  if (strchr(name, '.') != NULL) return table->unit[column];
  if (strncmp(name, "watts_", 6) == 0) return "W";
  for (size_t i = 0; i < sizeof units / sizeof units[0]; i++) {
    const size_t nbytes = strlen(units[i]), all = strlen(name);
    if (all > nbytes && strcmp(name + all - nbytes, units[i]) == 0) return names[i];
  }
  return "";
}

/* What a reader of the table has to know, in the words of Arrow and Parquet. */
static enum oio_status write_types(const struct table *table, const char *path, struct oio_error *error) {
  static const char *const types[] = {
      [COLUMN_TEXT] = "string", [COLUMN_WHOLE] = "int64", [COLUMN_REAL] = "double", [COLUMN_KEY] = "string"};
  struct page page;
  if (!page_begin(&page)) return results_db_no_memory(error);
  fprintf(page.out, "{\n \"rows\": %llu,\n \"columns\": [", (unsigned long long)table->rows);
  for (unsigned i = 0; i < table->columns; i++) {
    fprintf(page.out, "%s\n  {\"name\": \"", i == 0 ? "" : ",");
    put_name(page.out, table, i);
    fprintf(page.out, "\", \"of\": \"%s\", \"type\": \"%s\", \"unit\": \"%s\"}", table->column[i].name, types[table->column[i].type],
            unit_of(table, i));
  }
  fputs("\n ]\n}\n", page.out);
  char *text = page_end(&page);
  const enum oio_status status = text == NULL ? results_db_no_memory(error) : oio_write_whole(path, text, error);
  free(text);
  return status;
}

int results_export(struct results_db *db, const struct results_asked *asked) {
  struct oio_error error = {""};
  char types[PATH_BYTES];
  struct table table = {.parquet = strcmp(asked->word[1], "parquet-ready") == 0};
  if (!table.parquet && strcmp(asked->word[1], "csv") != 0)
    return results_refuse(asked->verb, "csv or parquet-ready, not '%.40s'", asked->word[1]);
  if (asked->out == NULL) return results_refuse(asked->verb, "say where to, with -o OUT");
  if (table.parquet && strcmp(asked->out, "-") == 0) return results_refuse(asked->verb, "parquet-ready is two files; name one with -o OUT");
  enum oio_status status = choose(&table, db, asked, &error);
  if (status == OIO_OK) status = write_table(&table, db, asked, &error);
  snprintf(types, sizeof types, "%s.types.json", asked->out);
  if (status == OIO_OK && table.parquet) status = write_types(&table, types, &error);
  free(table.column);
  free(table.unit);
  return status == OIO_OK ? EXIT_DONE : results_refuse(asked->verb, "%s", error.text);
}
