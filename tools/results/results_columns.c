/* SPDX-License-Identifier: Apache-2.0 */
#include "results_columns.h"

#include "options.h"
#include "page.h"
#include "results_figures.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

static const struct {
  const char *name;
  enum column_type type;
} plain[] = {{"id", COLUMN_WHOLE},     {"made", COLUMN_TEXT},   {"version", COLUMN_TEXT}, {"build", COLUMN_TEXT},
             {"command", COLUMN_TEXT}, {"label", COLUMN_TEXT},  {"host", COLUMN_TEXT},    {"workload", COLUMN_TEXT},
             {"inputs", COLUMN_TEXT},  {"study", COLUMN_WHOLE}, {"number", COLUMN_WHOLE}, {"point", COLUMN_WHOLE},
             {"seed", COLUMN_WHOLE},   {"result", COLUMN_TEXT}, {"error", COLUMN_TEXT},   {"wall_s", COLUMN_REAL},
             {"cpu_s", COLUMN_REAL}};

/* As in `oio sweep plot`. */
static const struct {
  const char *name, *figure;
} short_names[] = {
    {"min", "latency_min_ps"},   {"mean", "latency_mean_ps"}, {"p50", "latency_p50_ps"},         {"p99", "latency_p99_ps"},
    {"p999", "latency_p999_ps"}, {"max", "latency_max_ps"},   {"goodput", "goodput_bits_per_s"}, {"energy", "energy_pj_per_message_bit"}};

static void set(struct column *column, const char *name, enum column_type type) {
  *column = (struct column){.type = type};
  snprintf(column->name, sizeof column->name, "%s", name);
  snprintf(column->sql, sizeof column->sql, "run.%s", name);
}

bool column_at(unsigned index, struct column *column) {
  if (index >= sizeof plain / sizeof plain[0]) return false;
  set(column, plain[index].name, plain[index].type);
  return true;
}

void column_of_key(const char *key, struct column *column) {
  *column = (struct column){.type = COLUMN_KEY};
  snprintf(column->name, sizeof column->name, "%s", key);
  snprintf(column->sql, sizeof column->sql, "coalesce(json_extract(run.keys, '$.\"%.90s\"'), json_extract(basis.keys, '$.\"%.90s\"'))", key,
           key);
}

static bool is_key_text(const char *name) {
  return strchr(name, '.') != NULL && name[strspn(name, "abcdefghijklmnopqrstuvwxyz0123456789_.-")] == '\0' &&
         strlen(name) < COLUMN_NAME_BYTES;
}

/* -1: an error. */
static int has_key(const struct results_db *db, const char *key, struct oio_error *error) {
  sqlite3_stmt *statement = results_db_prepare(db,
                                               "SELECT EXISTS (SELECT 1 FROM basis, json_each(basis.keys) WHERE key = ?1) OR "
                                               "EXISTS (SELECT 1 FROM run, json_each(run.keys) WHERE key = ?1)",
                                               error);
  if (statement == NULL) return -1;
  sqlite3_bind_text(statement, 1, key, -1, SQLITE_STATIC);
  const int there = sqlite3_step(statement) == SQLITE_ROW && sqlite3_column_int(statement, 0) != 0;
  return results_db_end(db, statement, OIO_OK, error) == OIO_OK ? there : -1;
}

enum oio_status column_named(const struct results_db *db, const char *name, struct column *column, struct oio_error *error) {
  char option[64], key[OIO_CONFIG_KEY_NAME_BYTES];
  for (unsigned i = 0; column_at(i, column); i++) {
    if (strcmp(column->name, name) == 0) return OIO_OK;
  }
  for (size_t i = 0; i < sizeof short_names / sizeof short_names[0]; i++) {
    if (strcmp(short_names[i].name, name) == 0) name = short_names[i].figure;
  }
  const struct results_figure *figure = results_figure_named(name);
  if (figure != NULL) {
    set(column, name, figure->whole ? COLUMN_WHOLE : COLUMN_REAL);
    return OIO_OK;
  }
  snprintf(option, sizeof option, "--%.60s", name);
  if (strcmp(name, "set") != 0 && options_key(option, "", key, sizeof key)) name = key;
  const int there = is_key_text(name) ? has_key(db, name, error) : 0;
  if (there > 0) column_of_key(name, column);
  if (there != 0) return there > 0 ? OIO_OK : OIO_ERR_IO;
  return oio_error_set(error, OIO_ERR_CONFIG, "'%.80s' is no column, figure or key of %.160s; docs/results-db.md lists them", name,
                       db->path);
}

/* NAME, what stands between, VALUE. */
struct condition {
  struct column column;
  const char *operator, * value;
};

static enum oio_status read_condition(const struct results_db *db, const char *text, struct condition *condition, struct oio_error *error) {
  static const char *const operators[] = {"!=", "<=", ">=", "=", "<", ">"};
  char name[COLUMN_NAME_BYTES];
  const size_t nbytes = strcspn(text, "!<=>");
  condition->operator= NULL;
  for (size_t i = 0; i < sizeof operators / sizeof operators[0] && condition->operator== NULL; i++) {
    if (strncmp(text + nbytes, operators[i], strlen(operators[i])) == 0) condition->operator= operators[i];
  }
  if (condition->operator== NULL || nbytes == 0 || nbytes >= sizeof name)
    return oio_error_set(error, OIO_ERR_CONFIG, "--where is NAME=VALUE, or with != < <= > >= between, not '%.80s'", text);
  snprintf(name, sizeof name, "%.*s", (int)nbytes, text);
  condition->value = text + nbytes + strlen(condition->operator);
  return column_named(db, name, &condition->column, error);
}

static enum oio_status put_selection(const struct results_db *db, const struct selection *selection, const char *sql, FILE *out,
                                     struct oio_error *error) {
  enum oio_status status = OIO_OK;
  struct column column;
  fprintf(out, "SELECT %s FROM run JOIN basis ON basis.id = run.basis", sql);
  for (unsigned i = 0; i < selection->wheres && status == OIO_OK; i++) {
    struct condition condition;
    status = read_condition(db, selection->where[i], &condition, error);
    if (status == OIO_OK) fprintf(out, "%s %s %s ?%u", i == 0 ? " WHERE" : " AND", condition.column.sql, condition.operator, i + 1);
  }
  if (status == OIO_OK && selection->sort != NULL) status = column_named(db, selection->sort, &column, error);
  if (status != OIO_OK) return status;
  fputs(" ORDER BY ", out);
  if (selection->sort != NULL) fprintf(out, "%s IS NULL, %s%s, ", column.sql, column.sql, selection->descending ? " DESC" : "");
  fprintf(out, "run.id LIMIT %lld", selection->limit > 0 ? (long long)selection->limit : -1LL);
  return OIO_OK;
}

/* What reads as a number is one, but of a column of texts; a whole one that SQLite's integers cannot hold is a text there too. */
static void bind_value(sqlite3_stmt *statement, int at, const struct condition *condition) {
  const char *text = condition->value;
  char *behind, *behind_whole;
  errno = 0;
  const long long whole = strtoll(text, &behind_whole, 10);
  const bool fits = errno == 0;
  const double number = strtod(text, &behind);
  if (condition->column.type == COLUMN_TEXT || *text == '\0' || *behind != '\0' ||
      (*behind_whole == '\0' && !fits && condition->column.type == COLUMN_WHOLE))
    sqlite3_bind_text(statement, at, text, -1, SQLITE_STATIC);
  else if (*behind_whole == '\0')
    sqlite3_bind_int64(statement, at, whole);
  else
    sqlite3_bind_double(statement, at, number);
}

sqlite3_stmt *selection_prepare(const struct results_db *db, const struct selection *selection, const char *sql, struct oio_error *error) {
  struct page page;
  if (!page_begin(&page)) {
    oio_error_set(error, OIO_ERR_NOMEM, "out of memory; close other programs");
    return NULL;
  }
  const enum oio_status status = put_selection(db, selection, sql, page.out, error);
  char *text = page_end(&page);
  if (status == OIO_OK && text == NULL) oio_error_set(error, OIO_ERR_NOMEM, "out of memory; close other programs");
  sqlite3_stmt *statement = status == OIO_OK && text != NULL ? results_db_prepare(db, text, error) : NULL;
  free(text);
  for (unsigned i = 0; i < selection->wheres && statement != NULL; i++) {
    struct condition condition;
    read_condition(db, selection->where[i], &condition, error);
    bind_value(statement, (int)i + 1, &condition);
  }
  return statement;
}
