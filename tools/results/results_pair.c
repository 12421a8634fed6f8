/* SPDX-License-Identifier: Apache-2.0 */
/* A run and the golden one that it is to be as: which figures moved further than they may, and by which part. */
#include "page.h"
#include "results_check.h"
#include "results_interval.h"

#include <math.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

/* A run as it is in one of both. */
struct seen {
  double value[CHECK_FIGURES_MAX], part[RESULTS_PARTS];
  bool there[CHECK_FIGURES_MAX];
  char result[16], error[300], inputs[20];
  double mean_within, p50_within, p99_within, p999_within; /* of batches; 0: there are none */
};

static void put_columns(FILE *out, const struct check *check, const char *schema) {
  fputs("SELECT run.result, run.error, run.inputs", out);
  for (unsigned i = 0; i < RESULTS_PARTS; i++) fprintf(out, ", run.%s", results_part_column(i));
  for (unsigned i = 0; i < check->figures; i++) fprintf(out, ", %s", check->watched[i].column.sql);
  static const char *const batches[] = {"mean", "p50", "p99", "p999"};
  for (unsigned i = 0; i < 4; i++) fprintf(out, ", coalesce(json_extract(answer.results, '$.steady_state.%s_ps.within'), 0)", batches[i]);
  fprintf(out, " FROM %s.run JOIN %s.basis ON basis.id = run.basis LEFT JOIN %s.answer ON answer.run = run.id WHERE run.id = ?1", schema,
          schema, schema);
}

static enum oio_status see(const struct check *check, const char *schema, int64_t run, struct seen *seen, struct oio_error *error) {
  struct page page;
  *seen = (struct seen){.mean_within = 0};
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
    seen->mean_within = sqlite3_column_double(row, at++);
    seen->p50_within = sqlite3_column_double(row, at++);
    seen->p99_within = sqlite3_column_double(row, at++);
    seen->p999_within = sqlite3_column_double(row, at++);
  }
  return results_db_end(check->golden, row, OIO_OK, error);
}

struct interval {
  double low, high;
};

/* The value of a rank, by its bucket's top; none: infinite. */
static double value_of_rank(const struct check *check, int64_t run, uint64_t rank, double none) {
  struct oio_error error;
  double value = none;
  sqlite3_stmt *row =
      results_db_prepare(check->golden,
                         "SELECT min(top) FROM (SELECT json_extract(each.value, '$[0]') AS top, sum(json_extract(each.value, '$[1]')) "
                         "OVER (ORDER BY each.id) AS seen FROM main.answer, json_each(answer.latency, '$.buckets') AS each "
                         "WHERE answer.run = ?1) WHERE seen >= ?2",
                         &error);
  if (row == NULL) return none;
  sqlite3_bind_int64(row, 1, run);
  sqlite3_bind_int64(row, 2, (sqlite3_int64)rank);
  if (sqlite3_step(row) == SQLITE_ROW && sqlite3_column_type(row, 0) != SQLITE_NULL) value = sqlite3_column_double(row, 0);
  sqlite3_finalize(row);
  return value;
}

static uint64_t count_of(const struct check *check, bool fresh, int64_t run) {
  struct oio_error error;
  sqlite3_stmt *row = results_db_prepare(check->golden,
                                         fresh ? "SELECT coalesce(latency_count, 0) FROM fresh.run WHERE id = ?1"
                                               : "SELECT coalesce(latency_count, 0) FROM main.run WHERE id = ?1",
                                         &error);
  if (row == NULL) return 0;
  sqlite3_bind_int64(row, 1, run);
  const int64_t count = sqlite3_step(row) == SQLITE_ROW ? sqlite3_column_int64(row, 0) : 0;
  sqlite3_finalize(row);
  return (uint64_t)count;
}

/* Of the golden latencies, by their buckets' tops; 0: it is not known. */
static double variance_of(const struct check *check, int64_t run) {
  struct oio_error error;
  sqlite3_stmt *row = results_db_prepare(check->golden,
                                         "SELECT sum(seen * (top - latency_mean_ps) * (top - latency_mean_ps)) / sum(seen) FROM (SELECT "
                                         "json_extract(each.value, '$[0]') AS top, json_extract(each.value, '$[1]') AS seen, "
                                         "run.latency_mean_ps FROM main.run JOIN main.answer ON answer.run = run.id, "
                                         "json_each(answer.latency, '$.buckets') AS each WHERE run.id = ?1)",
                                         &error);
  if (row == NULL) return 0;
  sqlite3_bind_int64(row, 1, run);
  const double variance = sqlite3_step(row) == SQLITE_ROW ? sqlite3_column_double(row, 0) : 0;
  sqlite3_finalize(row);
  return variance;
}

static double batches_of(const struct seen *seen, const struct watched *watched) {
  if (strcmp(watched->column.name, "latency_mean_ps") == 0) return seen->mean_within;
  return watched->quantile == 0.5     ? seen->p50_within
         : watched->quantile == 0.99  ? seen->p99_within
         : watched->quantile == 0.999 ? seen->p999_within
                                      : 0;
}

/* A second run has as many batches, of as much chance: the difference of two means spreads by the root of 2 more than each. */
static const double of_two_runs = 1.4142135623730951;

/* By how much the mean of n latencies spreads more than that of n independent ones, as a variance: each of them says so many times less. */
static double dependence_of(double within, uint64_t n, double variance) {
  const double normal = 1.959963984540054, spread = within / normal;
  return variance > 0 ? fmax(1, spread * spread * (double)n / variance) : 1;
}

/* Ranks of as many latencies as those would be that say as much and are independent. */
static struct interval by_ranks(const struct check *check, const struct checked *run, double q, double within, double value) {
  const uint64_t n = count_of(check, false, run->golden), m = count_of(check, true, run->fresh);
  if (n == 0 || m == 0) return (struct interval){value, value};
  const double each = within > 0 ? dependence_of(within, n, variance_of(check, run->golden)) : 1;
  const uint64_t n_each = (uint64_t)fmax(1, (double)n / each), m_each = (uint64_t)fmax(1, (double)m / each);
  const struct results_ranks ranks = results_ranks_of(n_each, m_each, q);
  const uint64_t lower = (uint64_t)((double)ranks.lower * each), upper = (uint64_t)fmin((double)n, ceil((double)ranks.upper * each));
  return (struct interval){ranks.lower == 0 ? -INFINITY : value_of_rank(check, run->golden, lower, value),
                           ranks.upper > n_each ? INFINITY : value_of_rank(check, run->golden, upper, value)};
}

/* Where the chance of both runs may take the new value: by the golden histogram, or by batches where those say more. Where the golden run
 * has none, those of the new one say as much. */
static struct interval interval_of(const struct check *check, const struct checked *run, const struct watched *watched,
                                   const struct seen *golden, const struct seen *fresh, double value) {
  struct interval interval = {value, value};
  if (check->exact) return interval;
  const struct seen *batched = golden->mean_within > 0 ? golden : fresh;
  const double within = of_two_runs * batches_of(batched, watched);
  if (watched->quantile > 0) interval = by_ranks(check, run, watched->quantile, batched->mean_within, value);
  return (struct interval){fmin(fmin(interval.low, value), value - within), fmax(fmax(interval.high, value), value + within)};
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

static void compare_figure(const struct check *check, struct checked *run, unsigned i, const struct seen *golden,
                           const struct seen *fresh) {
  const struct watched *watched = &check->watched[i];
  const double a = golden->value[i], b = fresh->value[i];
  if (golden->there[i] != fresh->there[i]) {
    say(run, "%s: %s", watched->column.name, golden->there[i] ? "there is none any more" : "there was none");
    return;
  }
  if (!golden->there[i] || a == b) return;
  struct interval interval = interval_of(check, run, watched, golden, fresh, a);
  const double allowed = watched->relative ? watched->tolerance * fabs(a) : watched->tolerance;
  interval.low = fmin(interval.low, a - allowed);
  interval.high = fmax(interval.high, a + allowed);
  if (b >= interval.low && b <= interval.high) return;
  if (a != 0)
    say(run, "%s: %.9g, was %.9g (%+.2f %%), outside %.9g .. %.9g", watched->column.name, b, a, 100 * (b - a) / fabs(a), interval.low,
        interval.high);
  else
    say(run, "%s: %.9g, was 0, outside %.9g .. %.9g", watched->column.name, b, interval.low, interval.high);
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
  enum oio_status status = see(check, "main", run->golden, &golden, error);
  if (status == OIO_OK) status = see(check, "fresh", run->fresh, &fresh, error);
  if (status != OIO_OK) return status;
  if (strcmp(golden.result, fresh.result) != 0)
    say(run, "the run is %s, was %s%s%.200s", fresh.result, golden.result, *fresh.error != '\0' ? ": " : "", fresh.error);
  if (run->why[0] != '\0' && (is_refused(&golden) || is_refused(&fresh))) {
    run->verdict = CHECK_MOVED;
    return OIO_OK;
  }
  for (unsigned i = 0; i < check->figures; i++) compare_figure(check, run, i, &golden, &fresh);
  if (run->why[0] == '\0') return OIO_OK;
  run->verdict = CHECK_MOVED;
  name_part(run, &golden, &fresh);
  if (golden.inputs[0] != '\0' && fresh.inputs[0] != '\0' && strcmp(golden.inputs, fresh.inputs) != 0)
    say(run, "the files that it reads have other bytes");
  return compare_keys(check, run, error);
}
