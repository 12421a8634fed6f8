/* SPDX-License-Identifier: Apache-2.0 */
/* A run and the golden one that it is to be as: which figures moved further than they may, and by which part. */
#include "page.h"
#include "results_chance.h"
#include "results_check.h"

#include <math.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

/* A run as it is in one of both. */
struct seen {
  double value[CHECK_FIGURES_MAX], part[RESULTS_PARTS];
  bool there[CHECK_FIGURES_MAX];
  char result[16], error[300], inputs[20];
};

static void put_columns(FILE *out, const struct check *check, const char *schema) {
  fputs("SELECT run.result, run.error, run.inputs", out);
  for (unsigned i = 0; i < RESULTS_PARTS; i++) fprintf(out, ", run.%s", results_part_column(i));
  for (unsigned i = 0; i < check->figures; i++) fprintf(out, ", %s", check->watched[i].column.sql);
  fprintf(out, " FROM %s.run JOIN %s.basis ON basis.id = run.basis WHERE run.id = ?1", schema, schema);
}

static enum oio_status see(const struct check *check, const char *schema, int64_t run, struct seen *seen, struct oio_error *error) {
  struct page page;
  *seen = (struct seen){.there = {false}};
  if (!page_begin(&page)) return oio_error_set(error, OIO_ERR_NOMEM, "out of memory; close other programs");
  put_columns(page.out, check, schema);
  char *sql = page_end(&page);
  if (sql == NULL) return oio_error_set(error, OIO_ERR_NOMEM, "out of memory; close other programs");
  sqlite3_stmt *row = results_db_prepare(check->golden, sql, error);
  free(sql);
  if (row == NULL) return OIO_ERR_IO;
  sqlite3_bind_int64(row, 1, run);
  if (sqlite3_step(row) == SQLITE_ROW) {
    int at = 0;
    snprintf(seen->result, sizeof seen->result, "%s", results_db_text(row, at++));
    snprintf(seen->error, sizeof seen->error, "%s", results_db_text(row, at++));
    const char *inputs = results_db_text(row, at++);
    snprintf(seen->inputs, sizeof seen->inputs, "%s", inputs);
    for (unsigned i = 0; i < RESULTS_PARTS; i++) seen->part[i] = sqlite3_column_double(row, at++);
    for (unsigned i = 0; i < check->figures; i++, at++) {
      seen->there[i] = sqlite3_column_type(row, at) != SQLITE_NULL;
      seen->value[i] = sqlite3_column_double(row, at);
    }
  }
  return results_db_end(check->golden, row, OIO_OK, error);
}

__attribute__((format(printf, 2, 3))) static void say(struct checked *run, const char *format, ...) {
  char line[300];
  const size_t used = strlen(run->why);
  va_list arguments;
  va_start(arguments, format);
  vsnprintf(line, sizeof line, format, arguments);
  va_end(arguments);
  if (run->first[0] == '\0') snprintf(run->first, sizeof run->first, "%s", line);
  snprintf(run->why + used, sizeof run->why - used, "%s\n", line);
}

/* A tolerance bounds what chance does not. */
static double reach(double chance, double tolerated, double allowed, double (*farther)(double, double)) {
  return isinf(chance) && allowed > 0 ? tolerated : farther(chance, tolerated);
}

static void compare_figure(const struct check *check, const struct chance_runs *runs, struct checked *run, unsigned i,
                           const struct seen *golden, const struct seen *fresh) {
  const struct watched *watched = &check->watched[i];
  const double a = golden->value[i], b = fresh->value[i];
  if (golden->there[i] != fresh->there[i]) {
    say(run, "%s: %s", watched->column.name, golden->there[i] ? "there is none any more" : "there was none");
    return;
  }
  if (!golden->there[i] || a == b) return;
  const struct chance chance = check->exact ? (struct chance){a, a, true} : chance_of(runs, watched->column.name, a);
  const double allowed = watched->relative ? watched->tolerance * fabs(a) : watched->tolerance;
  const double low = reach(chance.low, a - allowed, allowed, fmin), high = reach(chance.high, a + allowed, allowed, fmax);
  if (b >= low && b <= high) {
    if (isinf(b < a ? low : high)) run->unjudged |= 1U << i;
    return;
  }
  const char *unknown = chance.known ? "" : "; what chance may do is not known, for its latencies are not kept";
  if (a != 0)
    say(run, "%s: %.9g, was %.9g (%+.2f %%), outside %.9g .. %.9g%s", watched->column.name, b, a, 100 * (b - a) / fabs(a), low, high,
        unknown);
  else
    say(run, "%s: %.9g, was 0, outside %.9g .. %.9g%s", watched->column.name, b, low, high, unknown);
}

/* What the runs had by default, or what followed, may be another now. */
static enum oio_status compare_keys(const struct check *check, struct checked *run, struct oio_error *error) {
  sqlite3_stmt *row = results_db_prepare(
      check->golden,
      "SELECT a.key, a.value, b.value FROM (SELECT key, value FROM main.configuration WHERE run = ?1) AS a JOIN "
      "(SELECT key, value FROM fresh.configuration WHERE run = ?2) AS b USING (key) WHERE a.value IS NOT b.value AND a.key NOT IN "
      "('sim.threads', 'results.detail', 'results.pairs', 'results.interval_ps') LIMIT 5",
      error);
  if (row == NULL) return OIO_ERR_IO;
  sqlite3_bind_int64(row, 1, run->golden);
  sqlite3_bind_int64(row, 2, run->fresh);
  while (sqlite3_step(row) == SQLITE_ROW)
    say(run, "it ran with %s=%s, before with %s", results_db_text(row, 0), results_db_text(row, 2), results_db_text(row, 1));
  return results_db_end(check->golden, row, OIO_OK, error);
}

static void name_part(struct checked *run, const struct seen *golden, const struct seen *fresh) {
  char text[220];
  const unsigned part = results_part_moved(golden->part, fresh->part);
  if (part == RESULTS_PARTS) return;
  say(run, "%s moved it: parts of the mean %s", results_part_name(part), results_parts_text(golden->part, fresh->part, text, sizeof text));
}

/* Such a run has no figures, and its keys are those before it was resolved. */
static bool is_refused(const struct seen *seen) {
  return strcmp(seen->result, "refused") == 0;
}

enum oio_status checked_pair(const struct check *check, struct checked *run, struct oio_error *error) {
  struct seen golden, fresh;
  struct chance_runs runs = {.db = check->golden, .golden = run->golden, .fresh = run->fresh, .beside = true};
  enum oio_status status = see(check, "main", run->golden, &golden, error);
  if (status == OIO_OK) status = see(check, "fresh", run->fresh, &fresh, error);
  if (status == OIO_OK && !check->exact) status = chance_look(&runs, error);
  if (status != OIO_OK) return status;
  if (strcmp(golden.result, fresh.result) != 0)
    say(run, "the run is %s, was %s%s%.200s", fresh.result, golden.result, *fresh.error != '\0' ? ": " : "", fresh.error);
  if (run->why[0] != '\0' && (is_refused(&golden) || is_refused(&fresh))) {
    run->verdict = CHECK_MOVED;
    return OIO_OK;
  }
  for (unsigned i = 0; i < check->figures; i++) compare_figure(check, &runs, run, i, &golden, &fresh);
  if (run->why[0] == '\0') return OIO_OK;
  run->verdict = CHECK_MOVED;
  name_part(run, &golden, &fresh);
  if (golden.inputs[0] != '\0' && fresh.inputs[0] != '\0' && strcmp(golden.inputs, fresh.inputs) != 0)
    say(run, "the files that it reads have other bytes");
  return compare_keys(check, run, error);
}
