/* SPDX-License-Identifier: Apache-2.0 */
/* A row of a comparison: its run, and what of that is of the links compared. */
#include "comparison.h"
#include "trials.h"

/* Of logic and flight, what is of the links compared; a technology's FEC that is no code of the run is part of its logic there. */
static void split_latency(struct row *row, const struct comparison *comparison, const struct oio_config *config, double hops) {
  const struct oio_link_class *of = &config->classes[comparison->link_class];
  const double flight_ns = hops * (double)oio_config_class_flight_ps(config, comparison->link_class) / 1e3,
               logic_ns = hops * (double)(of->logic_ps + of->skew_ps + of->gearbox_ps) / 1e3;
  const double fec_ns = of->fec != OIO_FEC_NONE ? 0 : fmin(hops * row->value[OIO_TECH_FEC_NS], logic_ns);
  double *m = row->ran.measure;
  m[MEASURE_ELECTRICAL] -= logic_ns + flight_ns;
  m[MEASURE_PHY] = logic_ns - fec_ns;
  m[MEASURE_FEC] += fec_ns;
  m[MEASURE_FLIGHT] = flight_ns;
}

static void read_run(struct row *row, const struct comparison *comparison, const struct oio_config *config, const struct run *run) {
  const char *class_name = comparison_class(comparison);
  double *m = row->ran.measure;
  ran_read(&row->ran, run);
  row_reckon(row, comparison, config);
  split_latency(row, comparison, config, hops_of_class(run, class_name));
  const struct class_sums sums = sums_of_class(run, class_name);
  m[MEASURE_RETRIES] = sums.retries;
  m[MEASURE_LOST_WORDS] = row->candidate->correction.code != NULL ? sums.lost_codewords : NAN;
  m[MEASURE_WATTS_LOAD] = oio_tech_watts_load(m[MEASURE_PJ_PER_BIT], sums.flits, (double)oio_sim_now_ps(run->sim));
}

/* Of the comparison itself, rather than of values that were drawn. */
static bool is_kept(const struct comparison *comparison, const struct row *row) {
  for (size_t i = 0; i < comparison->row_count && comparison->db != NULL; i++) {
    if (row == &comparison->rows[i]) return true;
  }
  return false;
}

static enum oio_status trial_run(const struct comparison *comparison, struct row *row, struct oio_error *error) {
  struct oio_config config;
  struct run run = {.sim = NULL};
  enum oio_status status = row_config(comparison, row, &config, error);
  if (status == OIO_OK) status = run_begin(&run, &config, comparison->trace, error);
  if (status == OIO_OK) status = run_carry_out(&run, &row->ran.done, error);
  if (row->ran.done) read_run(row, comparison, &config, &run);
  if (row->ran.done && is_kept(comparison, row)) status = ran_keep(&row->ran, &run, &config, comparison->workload, error);
  run_end(&run);
  return status;
}

struct rows {
  const struct comparison *comparison;
  struct row *row;
};

static enum oio_status run_one(void *context, size_t index, struct oio_error *error) {
  const struct rows *rows = context;
  return trial_run(rows->comparison, &rows->row[index], error);
}

enum oio_status rows_run(const struct comparison *comparison, struct row *rows, size_t count, struct oio_error *error) {
  struct rows all = {comparison, rows};
  return trials_run(count, comparison->quiet, run_one, &all, error);
}

static enum oio_status add_row(const struct comparison *comparison, const struct row *row, struct results_db *db, struct oio_error *error) {
  struct oio_config config, asked = comparison->config;
  char label[OIO_TECH_NAME_BYTES + 16];
  snprintf(label, sizeof label, "%s %s", row->candidate->tech->name, errors_name(row->errors));
  asked.classes[comparison->link_class].length_m = comparison->length_m;
  if (row->candidate->load > 0) asked.load = row->candidate->load;
  const enum oio_status status = row_config(comparison, row, &config, error);
  return status == OIO_OK ? ran_add(&row->ran, db, label, &asked, &config, comparison->trace, error) : status;
}

enum oio_status rows_add(const struct comparison *comparison, struct oio_error *error) {
  struct results_db *db = NULL;
  if (comparison->db == NULL) return OIO_OK;
  enum oio_status status = results_db_open(&db, comparison->db, error);
  for (size_t i = 0; i < comparison->row_count && status == OIO_OK; i++) status = add_row(comparison, &comparison->rows[i], db, error);
  results_db_close(db);
  return status;
}
