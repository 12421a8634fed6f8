/* SPDX-License-Identifier: Apache-2.0 */
#include "results_chance.h"

#include "results_interval.h"

#include <math.h>
#include <string.h>

/* The first column of the first row; false: there is none. */
static bool ask(const struct check *check, const char *sql, int64_t run, uint64_t rank, double *value) {
  struct oio_error error;
  sqlite3_stmt *row = results_db_prepare(check->golden, sql, &error);
  if (row == NULL) return false;
  sqlite3_bind_int64(row, 1, run);
  if (sqlite3_bind_parameter_count(row) > 1) sqlite3_bind_int64(row, 2, (sqlite3_int64)rank);
  const bool there = sqlite3_step(row) == SQLITE_ROW && sqlite3_column_type(row, 0) != SQLITE_NULL;
  if (there) *value = sqlite3_column_double(row, 0);
  sqlite3_finalize(row);
  return there;
}

/* By its bucket's top. */
static bool value_of_rank(const struct check *check, int64_t run, uint64_t rank, double *value) {
  return ask(check,
             "SELECT min(top) FROM (SELECT json_extract(each.value, '$[0]') AS top, sum(json_extract(each.value, '$[1]')) "
             "OVER (ORDER BY each.id) AS seen FROM main.answer, json_each(answer.latency, '$.buckets') AS each "
             "WHERE answer.run = ?1) WHERE seen >= ?2",
             run, rank, value);
}

/* Of the golden latencies, by their buckets' tops. */
static bool variance_of(const struct check *check, int64_t run, double *variance) {
  return ask(check,
             "SELECT sum(seen * (top - latency_mean_ps) * (top - latency_mean_ps)) / sum(seen) FROM (SELECT "
             "json_extract(each.value, '$[0]') AS top, json_extract(each.value, '$[1]') AS seen, "
             "run.latency_mean_ps FROM main.run JOIN main.answer ON answer.run = run.id, "
             "json_each(answer.latency, '$.buckets') AS each WHERE run.id = ?1)",
             run, 0, variance);
}

static uint64_t count_of(const struct check *check, bool fresh, int64_t run) {
  double count = 0;
  ask(check, fresh ? "SELECT latency_count FROM fresh.run WHERE id = ?1" : "SELECT latency_count FROM main.run WHERE id = ?1", run, 0,
      &count);
  return (uint64_t)count;
}

/* n latencies of the golden run, m of the new one; each says so many times less than an independent one. */
struct sample {
  uint64_t n, m;
  double variance, each;
};

static bool take_sample(const struct check *check, const struct checked *run, struct sample *sample) {
  *sample = (struct sample){count_of(check, false, run->golden), count_of(check, true, run->fresh), 0, 1};
  return sample->n > 0 && sample->m > 0 && variance_of(check, run->golden, &sample->variance);
}

static bool is_mean(const struct watched *watched) {
  return strcmp(watched->column.name, "latency_mean_ps") == 0;
}

static double batches_of(const struct batches *batches, const struct watched *watched) {
  if (is_mean(watched)) return batches->mean;
  return watched->quantile == 0.5     ? batches->p50
         : watched->quantile == 0.99  ? batches->p99
         : watched->quantile == 0.999 ? batches->p999
                                      : 0;
}

/* Ranks of as many latencies as those would be that say as much and are independent. */
static struct chance by_ranks(const struct check *check, const struct checked *run, const struct sample *sample, double q, double value) {
  const uint64_t n = (uint64_t)fmax(1, (double)sample->n / sample->each), m = (uint64_t)fmax(1, (double)sample->m / sample->each);
  const struct results_ranks ranks = results_ranks_of(n, m, q);
  const uint64_t lower = (uint64_t)((double)ranks.lower * sample->each);
  const uint64_t upper = (uint64_t)fmin((double)sample->n, ceil((double)ranks.upper * sample->each));
  struct chance chance = {-INFINITY, INFINITY, true};
  if (ranks.lower > 0 && !value_of_rank(check, run->golden, lower, &chance.low)) return (struct chance){value, value, false};
  if (ranks.upper <= n && !value_of_rank(check, run->golden, upper, &chance.high)) return (struct chance){value, value, false};
  return chance;
}

struct chance chance_of(const struct check *check, const struct checked *run, const struct watched *watched, double value,
                        const struct batches *golden, const struct batches *fresh) {
  struct chance chance = {value, value, true};
  struct sample sample;
  if (watched->quantile == 0 && !is_mean(watched)) return chance;
  const bool golden_has = golden->mean > 0;
  const struct batches *batches = golden_has ? golden : fresh;
  chance.known = take_sample(check, run, &sample);
  /* The mean of the other run spreads by as much, or by more where it has fewer latencies. */
  const double other = !chance.known ? 1 : golden_has ? (double)sample.n / (double)sample.m : (double)sample.m / (double)sample.n;
  const double within = batches_of(batches, watched) * sqrt(1 + other);
  if (chance.known && batches->mean > 0) sample.each = results_dependence(batches->mean, golden_has ? sample.n : sample.m, sample.variance);
  if (chance.known && watched->quantile > 0) {
    chance = by_ranks(check, run, &sample, watched->quantile, value);
  } else if (chance.known && within == 0) {
    const double away = results_mean_within(sample.n, sample.m, sample.variance);
    chance = (struct chance){value - away, value + away, true};
  }
  return (struct chance){fmin(fmin(chance.low, value), value - within), fmax(fmax(chance.high, value), value + within),
                         chance.known || within > 0};
}
