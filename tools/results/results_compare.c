/* SPDX-License-Identifier: Apache-2.0 */
/* `oio results compare`: two runs, and what of them is not the same. */
#include "options.h"
#include "quoted.h"
#include "results_chance.h"
#include "results_figures.h"
#include "results_parts.h"
#include "results_verbs.h"

#include <math.h>
#include <string.h>

static sqlite3_stmt *select_runs(const struct results_db *db, const char *sql, const int64_t run[2], struct oio_error *error) {
  sqlite3_stmt *statement = results_db_prepare(db, sql, error);
  for (int i = 0; i < 2 && statement != NULL; i++) sqlite3_bind_int64(statement, i + 1, run[i]);
  return statement;
}

/* Keys in which they differ, those that only one has too. */
static const char keys_sql[] =
    "WITH a AS (SELECT key, value FROM configuration WHERE run = ?1), b AS (SELECT key, value FROM configuration WHERE run = ?2) "
    "SELECT a.key, a.value, b.value FROM a LEFT JOIN b USING (key) WHERE a.value IS NOT b.value UNION ALL "
    "SELECT b.key, NULL, b.value FROM b WHERE b.key NOT IN (SELECT key FROM a)";
static const char runs_sql[] = "SELECT a.*, b.* FROM run AS a, run AS b WHERE a.id = ?1 AND b.id = ?2";

/* The columns of both, side by side. */
struct both {
  sqlite3_stmt *row;
  int columns; /* of one */
};

static int column_of(const struct both *both, const char *name) {
  for (int i = 0; i < both->columns; i++) {
    if (strcmp(sqlite3_column_name(both->row, i), name) == 0) return i;
  }
  return 0;
}

static bool differ(const struct both *both, int column) {
  const int other = both->columns + column;
  if (results_db_is_null(both->row, column) != results_db_is_null(both->row, other)) return true;
  return strcmp(results_db_text(both->row, column), results_db_text(both->row, other)) != 0;
}

/* For people. */
static const char *shown(sqlite3_stmt *row, int column) {
  return results_db_is_null(row, column) ? "-" : results_db_text(row, column);
}

static void put_keys(sqlite3_stmt *keys, bool json) {
  bool first = true;
  if (json) fputs(" \"keys\": [", stdout);
  for (; sqlite3_step(keys) == SQLITE_ROW; first = false) {
    if (json) {
      printf("%s\n  {\"key\": ", first ? "" : ",");
      results_put_json(stdout, keys, 0);
      for (int i = 1; i < 3; i++) {
        printf(", \"%c\": ", i == 1 ? 'a' : 'b');
        results_put_json(stdout, keys, i);
      }
      putchar('}');
    } else {
      printf("%-28s %16s %16s\n", results_db_text(keys, 0), shown(keys, 1), shown(keys, 2));
    }
  }
  if (json) fputs("\n ],\n", stdout);
  if (!json && first) printf("no key differs\n");
}

/* What is of the run rather than its results. */
static void put_rest(const struct both *both, bool json) {
  static const char *const names[] = {"command", "label", "host", "workload", "inputs", "version", "build", "seed", "result"};
  bool first = true;
  if (json) fputs(" \"runs\": [", stdout);
  for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
    const int column = column_of(both, names[i]);
    if (!differ(both, column)) continue;
    if (json) {
      printf("%s\n  {\"column\": \"%s\", \"a\": ", first ? "" : ",", names[i]);
      results_put_json(stdout, both->row, column);
      fputs(", \"b\": ", stdout);
      results_put_json(stdout, both->row, both->columns + column);
      putchar('}');
    } else {
      printf("%-28s %16s %16s\n", names[i], shown(both->row, column), shown(both->row, both->columns + column));
    }
    first = false;
  }
  if (json) fputs("\n ],\n", stdout);
}

/* What moved, and where chance alone may take it in a second run that is as the first. */
struct moved {
  double from, to;
  bool number;
  struct chance chance;
  const char *verdict; /* as JSON has it */
};

static struct moved look_at(const struct both *both, const struct chance_runs *runs, const char *name, int column) {
  const int other = both->columns + column;
  struct moved moved = {sqlite3_column_double(both->row, column), sqlite3_column_double(both->row, other), .verdict = "none"};
  moved.number = !results_db_is_null(both->row, column) && !results_db_is_null(both->row, other);
  if (!moved.number || !chance_has(name)) return moved;
  moved.chance = chance_of(runs, name, moved.from);
  moved.verdict = !moved.chance.known                                                   ? "unknown"
                  : moved.to < moved.chance.low || moved.to > moved.chance.high         ? "beyond"
                  : isinf(moved.to < moved.from ? moved.chance.low : moved.chance.high) ? "unbounded"
                                                                                        : "within";
  return moved;
}

static void put_bound(const char *name, double bound) {
  if (isinf(bound))
    printf(", \"%s\": null", name);
  else
    printf(", \"%s\": %.15g", name, bound);
}

static void put_figure_json(const struct both *both, const struct moved *moved, const char *name, int column, bool first) {
  printf("%s\n  {\"figure\": \"%s\", \"a\": ", first ? "" : ",", name);
  results_put_json(stdout, both->row, column);
  fputs(", \"b\": ", stdout);
  results_put_json(stdout, both->row, both->columns + column);
  printf(", \"moved\": %.15g, \"interval\": \"%s\"", moved->to - moved->from, moved->verdict);
  if (moved->chance.known) {
    put_bound("low", moved->chance.low);
    put_bound("high", moved->chance.high);
  }
  putchar('}');
}

static void put_interval_text(const struct moved *moved) {
  if (strcmp(moved->verdict, "none") == 0) fputs("  no interval", stdout);
  if (strcmp(moved->verdict, "unknown") == 0) fputs("  interval not known", stdout);
  if (strcmp(moved->verdict, "unbounded") == 0) fputs("  too few latencies to tell", stdout);
  if (strcmp(moved->verdict, "within") == 0 || strcmp(moved->verdict, "beyond") == 0)
    printf("  %s %.9g .. %.9g", moved->verdict, moved->chance.low, moved->chance.high);
}

static void put_figure_text(const struct both *both, const struct moved *moved, const char *name, int column) {
  const double a = moved->from, b = moved->to;
  printf("%-28s ", name);
  if (!moved->number)
    printf("%16s %16s", shown(both->row, column), shown(both->row, both->columns + column));
  else if (a != 0)
    printf("%16.9g %16.9g %+15.6g %+8.2f %%", a, b, b - a, 100 * (b - a) / fabs(a));
  else
    printf("%16.9g %16.9g %+15.6g", a, b, b - a);
  put_interval_text(moved);
  putchar('\n');
}

static void put_figures(const struct both *both, const struct chance_runs *runs, bool json) {
  bool first = true;
  if (json) fputs(" \"figures\": [", stdout);
  for (unsigned i = 0; i < results_figures(); i++) {
    const char *name = results_figure_at(i)->name;
    const int column = column_of(both, name);
    if (!differ(both, column)) continue;
    const struct moved moved = look_at(both, runs, name, column);
    if (json)
      put_figure_json(both, &moved, name, column, first);
    else
      put_figure_text(both, &moved, name, column);
    first = false;
  }
  if (json) fputs("\n ],\n", stdout);
  if (!json && first) printf("no figure moved\n");
}

/* The mean, and the parts that it is the sum of. */
static void put_parts(const struct both *both, bool json) {
  double from[RESULTS_PARTS], to[RESULTS_PARTS];
  char text[300];
  for (unsigned i = 0; i < RESULTS_PARTS; i++) {
    const int column = column_of(both, results_part_column(i));
    from[i] = sqlite3_column_double(both->row, column);
    to[i] = sqlite3_column_double(both->row, both->columns + column);
  }
  const unsigned most = results_part_moved(from, to);
  if (json) {
    fputs(" \"parts_ps\": {", stdout);
    for (unsigned i = 0; i < RESULTS_PARTS; i++) printf("%s\"%s\": %.15g", i == 0 ? "" : ", ", results_part_name(i), to[i] - from[i]);
    fputs("},\n \"moved_most\": ", stdout);
    quoted_put(stdout, most < RESULTS_PARTS ? results_part_name(most) : "");
    fputs("\n}\n", stdout);
  } else if (*results_parts_text(from, to, text, sizeof text) != '\0') {
    printf("parts of the mean            %s\n", text);
  }
}

int results_compare(struct results_db *db, const struct results_asked *asked) {
  struct oio_error error = {""};
  int64_t run[2];
  for (unsigned i = 0; i < 2; i++) {
    run[i] = results_run(db, asked->word[i + 1], &error);
    if (run[i] == 0) return results_refuse(asked->verb, "%s", error.text);
  }
  sqlite3_stmt *keys = select_runs(db, keys_sql, run, &error), *row = select_runs(db, runs_sql, run, &error);
  struct chance_runs runs = {.db = db, .golden = run[0], .fresh = run[1]};
  const bool there = keys != NULL && row != NULL && chance_look(&runs, &error) == OIO_OK && sqlite3_step(row) == SQLITE_ROW;
  if (there) {
    const struct both both = {row, sqlite3_column_count(row) / 2};
    if (asked->json)
      printf("{\n \"a\": %lld, \"b\": %lld,\n", (long long)run[0], (long long)run[1]);
    else
      printf("%-28s %16s %16s\n", "", asked->word[1], asked->word[2]);
    put_rest(&both, asked->json);
    put_keys(keys, asked->json);
    put_figures(&both, &runs, asked->json);
    put_parts(&both, asked->json);
  }
  enum oio_status status = results_db_end(db, row, OIO_OK, &error);
  status = results_db_end(db, keys, status, &error);
  if (status == OIO_OK && !there && *error.text == '\0') results_db_damaged(db, &error);
  if (!there) status = OIO_ERR_IO;
  return status == OIO_OK ? EXIT_DONE : results_refuse(asked->verb, "%s", error.text);
}
