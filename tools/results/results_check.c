/* SPDX-License-Identifier: Apache-2.0 */
/* `oio results check`: finds which run is to be as which, compares them, and tells. */
#define _POSIX_C_SOURCE 200809L
#include "results_check.h"

#include "interrupt.h"
#include "oio/results.h"
#include "options.h"
#include "outputs.h"
#include "page.h"
#include "results_open.h"
#include "results_rerun.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { EXIT_NOTHING = 3 };

/* --- what is watched --- */

static enum oio_status watch(struct check *check, const char *name, struct watched **watched, struct oio_error *error) {
  struct column column;
  const enum oio_status status = column_named(check->golden, name, &column, error);
  if (status != OIO_OK) return status;
  for (unsigned i = 0; i < check->figures; i++) {
    if (strcmp(check->watched[i].column.name, column.name) == 0) return *watched = &check->watched[i], OIO_OK;
  }
  if (check->figures == CHECK_FIGURES_MAX || (column.type != COLUMN_WHOLE && column.type != COLUMN_REAL))
    return oio_error_set(error, OIO_ERR_CONFIG, "--tolerance: '%.80s' is no figure, or one too many; docs/results-db.md lists them", name);
  *watched = &check->watched[check->figures++];
  **watched = (struct watched){.column = column};
  return OIO_OK;
}

/* [FIGURE=]NUMBER[%]; without a figure it is of all that are watched by then. */
static enum oio_status take_tolerance(struct check *check, const char *text, struct oio_error *error) {
  const char *equals = strchr(text, '='), *number = equals == NULL ? text : equals + 1;
  char name[COLUMN_NAME_BYTES], *behind;
  struct watched *watched = NULL;
  const double tolerance = strtod(number, &behind);
  const bool relative = strcmp(behind, "%") == 0;
  if (behind == number || (*behind != '\0' && !relative) || !(tolerance >= 0) || !isfinite(tolerance) || (equals == NULL && !relative))
    return oio_error_set(error, OIO_ERR_CONFIG,
                         "--tolerance is FIGURE=NUMBER in its unit, FIGURE=NUMBER%%, or NUMBER%% of all, not '%.80s'", text);
  for (unsigned i = 0; i < check->figures && equals == NULL; i++) {
    check->watched[i].relative = true;
    check->watched[i].tolerance = tolerance / 100;
  }
  if (equals == NULL) return OIO_OK;
  snprintf(name, sizeof name, "%.*s", (int)(equals - text), text);
  const enum oio_status status = watch(check, name, &watched, error);
  if (status != OIO_OK) return status;
  watched->relative = relative;
  watched->tolerance = relative ? tolerance / 100 : tolerance;
  return OIO_OK;
}

static enum oio_status take_watched(struct check *check, const struct results_asked *asked, struct oio_error *error) {
  static const char *const always[] = {"p50", "p99", "p999", "mean", "delivered", "lost"};
  struct watched *watched;
  enum oio_status status = OIO_OK;
  for (size_t i = 0; i < sizeof always / sizeof always[0] && status == OIO_OK; i++) status = watch(check, always[i], &watched, error);
  for (unsigned i = 0; i < asked->tolerances && status == OIO_OK; i++) status = take_tolerance(check, asked->tolerance[i], error);
  return status;
}

/* --- which run is to be as which --- */

/* A run is known again by what it was asked for, its seed, its host and the last part of its workload's name; of several alike it is the
 * first, the second ... of them. */
#define IDENTITY                                                                                                                           \
  "json_array(run.host, run.label, replace(run.workload, rtrim(run.workload, replace(run.workload, '/', '')), ''), run.asked, run.seed, "  \
  "row_number() OVER (PARTITION BY run.host, run.label, replace(run.workload, rtrim(run.workload, replace(run.workload, '/', '')), ''), "  \
  "run.asked, run.seed ORDER BY run.id))"

static enum oio_status attach(const struct check *check, bool again, struct oio_error *error) {
  sqlite3_stmt *statement = results_db_prepare(check->golden, "ATTACH ?1 AS fresh", error);
  if (statement == NULL) return OIO_ERR_IO;
  sqlite3_bind_text(statement, 1, check->fresh_path, -1, SQLITE_STATIC);
  const int step = sqlite3_step(statement);
  sqlite3_finalize(statement);
  const char *sql = again ? "CREATE TEMP TABLE known AS SELECT CAST(number AS TEXT) AS identity, id FROM fresh.run"
                          : "CREATE TEMP TABLE known AS SELECT " IDENTITY " AS identity, id FROM fresh.run";
  if (step != SQLITE_DONE || sqlite3_exec(check->golden->file, sql, NULL, NULL, NULL) != SQLITE_OK ||
      sqlite3_exec(check->golden->file, "CREATE UNIQUE INDEX temp.by_identity ON known(identity)", NULL, NULL, NULL) != SQLITE_OK)
    return results_db_fault(check->golden, "compared", error);
  return OIO_OK;
}

static struct checked *next(struct check *check) {
  if ((check->runs & (check->runs - 1)) == 0) {
    struct checked *more = realloc(check->run, 2 * (check->runs + 1) * sizeof *more);
    if (more == NULL) return NULL;
    check->run = more;
  }
  struct checked *run = &check->run[check->runs++];
  *run = (struct checked){.verdict = CHECK_SAME};
  return run;
}

/* "sweep 12: optical.length_m=100 workload.load=0.4, seed 1". */
static void name_run(struct checked *run, sqlite3_stmt *row) {
  const char *label = results_db_text(row, 2), *asked = results_db_text(row, 3);
  size_t used = (size_t)snprintf(run->name, sizeof run->name, "run %lld: %s%s", (long long)run->golden, label, *label != '\0' ? ", " : "");
  for (; *asked != '\0' && used + 2 < sizeof run->name; asked++) {
    if (strchr("{}\"", *asked) != NULL) continue;
    run->name[used++] = *asked == ':' ? '=' : *asked == ',' ? ' ' : *asked;
  }
  snprintf(run->name + used, sizeof run->name - used, ", seed %s", results_db_text(row, 4));
}

static int64_t look_up(sqlite3_stmt *known, const char *identity) {
  sqlite3_bind_text(known, 1, identity, -1, SQLITE_STATIC);
  const int64_t id = sqlite3_step(known) == SQLITE_ROW ? sqlite3_column_int64(known, 0) : 0;
  sqlite3_reset(known);
  return id;
}

static enum oio_status compare_all(struct check *check, const struct results_asked *asked, bool again, struct oio_error *error) {
  sqlite3_stmt *row = selection_prepare(check->golden, &asked->selection,
                                        again ? "run.id, CAST(run.id AS TEXT), run.label, run.asked, run.seed"
                                              : "run.id, " IDENTITY ", run.label, run.asked, run.seed",
                                        error);
  sqlite3_stmt *known = row == NULL ? NULL : results_db_prepare(check->golden, "SELECT id FROM known WHERE identity = ?1", error);
  enum oio_status status = known == NULL ? OIO_ERR_IO : OIO_OK;
  size_t found = 0;
  while (status == OIO_OK && sqlite3_step(row) == SQLITE_ROW) {
    struct checked *run = next(check);
    if (run == NULL) {
      status = results_db_no_memory(error);
      break;
    }
    run->golden = sqlite3_column_int64(row, 0);
    run->fresh = look_up(known, results_db_text(row, 1));
    name_run(run, row);
    found += run->fresh > 0;
    if (run->fresh > 0) {
      status = checked_pair(check, run, error);
    } else {
      run->verdict = CHECK_MISSING;
      snprintf(run->first, sizeof run->first, "%s",
               again ? "it is of a host that cannot be run again here; name a database of new runs"
                     : "there is no such run in the new database");
      snprintf(run->why, sizeof run->why, "%s\n", run->first);
    }
    check->moved += run->verdict == CHECK_MOVED;
    check->missing += run->verdict == CHECK_MISSING;
  }
  sqlite3_finalize(known);
  status = results_db_end(check->golden, row, status, error);
  if (status != OIO_OK) return status;
  known = results_db_prepare(check->golden, "SELECT count(*) FROM known", error);
  if (known != NULL && sqlite3_step(known) == SQLITE_ROW) check->more = (size_t)sqlite3_column_int64(known, 0) - found;
  sqlite3_finalize(known);
  return known != NULL ? OIO_OK : OIO_ERR_IO;
}

/* --- new runs, where none are given --- */

static enum oio_status run_again(struct check *check, const struct results_asked *asked, char path[], struct oio_error *error) {
  struct results_db *fresh = NULL;
  const int file = mkstemp(path);
  if (file < 0) return oio_error_set(error, OIO_ERR_IO, "%s: a file for the new runs cannot be made; set TMPDIR to another folder", path);
  close(file);
  check->fresh_path = path;
  enum oio_status status = results_db_open(&fresh, path, error);
  if (status == OIO_OK) status = results_rerun(check->golden, &asked->selection, fresh, error);
  results_db_close(fresh);
  return status;
}

/* --- telling it --- */

static bool deliver(const struct check *check, const char *path, void (*put)(FILE *, const struct check *), struct oio_error *error) {
  struct page page;
  if (!page_begin(&page)) return results_db_no_memory(error) == OIO_OK;
  put(page.out, check);
  char *text = page_end(&page);
  const bool good = text == NULL   ? results_db_no_memory(error) == OIO_OK
                    : path == NULL ? outputs_print(text, error)
                                   : oio_write_whole(path, text, error) == OIO_OK;
  free(text);
  return good;
}

/* Beside JSON they go to standard error, which GitHub reads as well: the JSON stays one document. */
static bool annotate(const struct check *check, bool beside_json, struct oio_error *error) {
  if (!beside_json) return deliver(check, NULL, checked_github, error);
  checked_github(stderr, check);
  return true;
}

static int conclude(const struct check *check, const struct results_asked *asked) {
  struct oio_error error = {""};
  if ((asked->junit != NULL && !deliver(check, asked->junit, checked_junit, &error)) ||
      (asked->github && !annotate(check, asked->json, &error)) || !deliver(check, NULL, asked->json ? checked_json : checked_text, &error))
    return *error.text != '\0' ? results_refuse(asked->verb, "%s", error.text) : EXIT_UNUSABLE;
  return check->runs == 0 ? EXIT_NOTHING : check->moved + check->missing > 0 ? EXIT_BAD_RESULT : EXIT_DONE;
}

static enum oio_status open_fresh(const struct check *check, struct oio_error *error) {
  struct results_db *fresh;
  const enum oio_status status = results_db_open_to_read(&fresh, check->fresh_path, error);
  if (status == OIO_OK) results_db_close(fresh);
  return status;
}

int results_check(struct results_db *db, const struct results_asked *asked) {
  struct oio_error error = {""};
  const char *folder = getenv("TMPDIR");
  char path[OUTPUTS_PATH_BYTES];
  const bool again = asked->words == 1;
  struct check check = {.golden_path = asked->word[0], .fresh_path = asked->word[1], .golden = db, .exact = asked->exact};
  snprintf(path, sizeof path, "%s/oio-check-XXXXXX", folder != NULL && *folder != '\0' ? folder : "/tmp");
  interrupt_install();
  enum oio_status status = take_watched(&check, asked, &error);
  if (status == OIO_OK && asked->junit != NULL) status = oio_can_write_whole(asked->junit, &error);
  if (status == OIO_OK) status = again ? run_again(&check, asked, path, &error) : open_fresh(&check, &error);
  if (status == OIO_OK) status = attach(&check, again, &error);
  if (status == OIO_OK) status = compare_all(&check, asked, again, &error);
  const bool interrupted = interrupt_requested();
  int exit_status = status == OIO_OK ? conclude(&check, asked)
                    : interrupted    ? INTERRUPT_EXIT
                                     : results_refuse(asked->verb, "%s", error.text);
  free(check.run);
  if (again && check.fresh_path != NULL) unlink(check.fresh_path);
  return exit_status;
}
