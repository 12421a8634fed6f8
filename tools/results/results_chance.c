/* SPDX-License-Identifier: Apache-2.0 */
#include "results_chance.h"

#include "results_interval.h"

#include <math.h>
#include <string.h>

/* The first column of the first row; false: there is none. */
static bool ask(const struct results_db *db, const char *sql, int64_t run, uint64_t rank, double *value) {
  struct oio_error error;
  sqlite3_stmt *row = results_db_prepare(db, sql, &error);
  if (row == NULL) return false;
  sqlite3_bind_int64(row, 1, run);
  if (sqlite3_bind_parameter_count(row) > 1) sqlite3_bind_int64(row, 2, (sqlite3_int64)rank);
  const bool there = sqlite3_step(row) == SQLITE_ROW && sqlite3_column_type(row, 0) != SQLITE_NULL;
  if (there) *value = sqlite3_column_double(row, 0);
  sqlite3_finalize(row);
  return there;
}

/* By its bucket's top. */
static bool value_of_rank(const struct results_db *db, int64_t run, uint64_t rank, double *value) {
  return ask(db,
             "SELECT min(top) FROM (SELECT json_extract(each.value, '$[0]') AS top, sum(json_extract(each.value, '$[1]')) "
             "OVER (ORDER BY each.id) AS seen FROM main.answer, json_each(answer.latency, '$.buckets') AS each "
             "WHERE answer.run = ?1) WHERE seen >= ?2",
             run, rank, value);
}

/* Of the golden latencies, by their buckets' tops. */
static bool variance_of(const struct results_db *db, int64_t run, double *variance) {
  return ask(db,
             "SELECT sum(seen * (top - latency_mean_ps) * (top - latency_mean_ps)) / sum(seen) FROM (SELECT "
             "json_extract(each.value, '$[0]') AS top, json_extract(each.value, '$[1]') AS seen, "
             "run.latency_mean_ps FROM main.run JOIN main.answer ON answer.run = run.id, "
             "json_each(answer.latency, '$.buckets') AS each WHERE run.id = ?1)",
             run, 0, variance);
}

static uint64_t count_of(const struct results_db *db, bool beside, int64_t run) {
  double count = 0;
  ask(db, beside ? "SELECT latency_count FROM fresh.run WHERE id = ?1" : "SELECT latency_count FROM main.run WHERE id = ?1", run, 0,
      &count);
  return (uint64_t)count;
}

/* n latencies of the golden run, m of the new one; each says so many times less than an independent one. */
struct sample {
  uint64_t n, m;
  double variance, each;
};

static bool take_sample(const struct chance_runs *runs, struct sample *sample) {
  *sample = (struct sample){count_of(runs->db, false, runs->golden), count_of(runs->db, runs->beside, runs->fresh), 0, 1};
  return sample->n > 0 && sample->m > 0 && variance_of(runs->db, runs->golden, &sample->variance);
}

static bool is_mean(const char *figure) {
  return strcmp(figure, "latency_mean_ps") == 0;
}

/* Of a percentile; else 0. */
static double quantile_of(const char *figure) {
  return strcmp(figure, "latency_p50_ps") == 0    ? 0.5
         : strcmp(figure, "latency_p99_ps") == 0  ? 0.99
         : strcmp(figure, "latency_p999_ps") == 0 ? 0.999
                                                  : 0;
}

bool chance_has(const char *figure) {
  return is_mean(figure) || quantile_of(figure) > 0;
}

static double batches_of(const struct batches *batches, const char *figure) {
  const double quantile = quantile_of(figure);
  if (is_mean(figure)) return batches->mean;
  return quantile == 0.5 ? batches->p50 : quantile == 0.99 ? batches->p99 : quantile == 0.999 ? batches->p999 : 0;
}

#define WITHIN(figure) "coalesce(json_extract(results, '$.steady_state." figure "_ps.within'), 0)"
#define BATCHES "SELECT " WITHIN("mean") ", " WITHIN("p50") ", " WITHIN("p99") ", " WITHIN("p999")

static enum oio_status read_batches(const struct results_db *db, bool beside, int64_t run, struct batches *batches,
                                    struct oio_error *error) {
  sqlite3_stmt *row =
      results_db_prepare(db, beside ? BATCHES " FROM fresh.answer WHERE run = ?1" : BATCHES " FROM main.answer WHERE run = ?1", error);
  *batches = (struct batches){.mean = 0};
  if (row == NULL) return OIO_ERR_IO;
  sqlite3_bind_int64(row, 1, run);
  if (sqlite3_step(row) == SQLITE_ROW)
    *batches = (struct batches){sqlite3_column_double(row, 0), sqlite3_column_double(row, 1), sqlite3_column_double(row, 2),
                                sqlite3_column_double(row, 3)};
  return results_db_end(db, row, OIO_OK, error);
}

enum oio_status chance_look(struct chance_runs *runs, struct oio_error *error) {
  const enum oio_status status = read_batches(runs->db, false, runs->golden, &runs->of_golden, error);
  return status == OIO_OK ? read_batches(runs->db, runs->beside, runs->fresh, &runs->of_fresh, error) : status;
}

/* Ranks of as many latencies as those would be that say as much and are independent. */
static struct chance by_ranks(const struct chance_runs *runs, const struct sample *sample, double q, double value) {
  const uint64_t n = (uint64_t)fmax(1, (double)sample->n / sample->each), m = (uint64_t)fmax(1, (double)sample->m / sample->each);
  const struct results_ranks ranks = results_ranks_of(n, m, q);
  const uint64_t lower = (uint64_t)((double)ranks.lower * sample->each);
  const uint64_t upper = (uint64_t)fmin((double)sample->n, ceil((double)ranks.upper * sample->each));
  struct chance chance = {-INFINITY, INFINITY, true};
  if (ranks.lower > 0 && !value_of_rank(runs->db, runs->golden, lower, &chance.low)) return (struct chance){value, value, false};
  if (ranks.upper <= n && !value_of_rank(runs->db, runs->golden, upper, &chance.high)) return (struct chance){value, value, false};
  return chance;
}

struct chance chance_of(const struct chance_runs *runs, const char *figure, double value) {
  struct chance chance = {value, value, true};
  struct sample sample;
  if (!chance_has(figure)) return chance;
  const bool golden_has = runs->of_golden.mean > 0;
  const struct batches *batches = golden_has ? &runs->of_golden : &runs->of_fresh;
  chance.known = take_sample(runs, &sample);
  /* The mean of the other run spreads by as much, or by more where it has fewer latencies. */
  const double other = !chance.known ? 1 : golden_has ? (double)sample.n / (double)sample.m : (double)sample.m / (double)sample.n;
  const double within = batches_of(batches, figure) * sqrt(1 + other);
  if (chance.known && batches->mean > 0) sample.each = results_dependence(batches->mean, golden_has ? sample.n : sample.m, sample.variance);
  if (chance.known && !is_mean(figure)) {
    chance = by_ranks(runs, &sample, quantile_of(figure), value);
  } else if (chance.known && within == 0) {
    const double away = results_mean_within(sample.n, sample.m, sample.variance);
    chance = (struct chance){value - away, value + away, true};
  }
  return (struct chance){fmin(fmin(chance.low, value), value - within), fmax(fmax(chance.high, value), value + within),
                         chance.known || within > 0};
}
