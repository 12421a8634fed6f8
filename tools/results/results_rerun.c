/* SPDX-License-Identifier: Apache-2.0 */
#include "results_rerun.h"

#include "add_run.h"
#include "interrupt.h"

#include <stdio.h>
#include <string.h>

enum { EVENTS_PER_LOOK = 65536, ASSIGNMENT_BYTES = 1300 };

/* What a row says of its run. */
struct asked_run {
  int64_t id;
  const char *workload, *keys, *seed, *label;
  bool refused;
};

/* Each key of a JSON object, in its order; a number by its digits, of which SQLite would keep 15. */
static enum oio_status set_keys(const struct results_db *golden, const char *keys, struct oio_config *config, struct oio_error *error) {
  char assignment[ASSIGNMENT_BYTES];
  sqlite3_stmt *row = results_db_prepare(
      golden, "SELECT key, CASE type WHEN 'text' THEN value ELSE ?1 -> fullkey END FROM json_each(?1) ORDER BY id", error);
  if (row == NULL) return OIO_ERR_IO;
  sqlite3_bind_text(row, 1, keys, -1, SQLITE_STATIC);
  enum oio_status status = OIO_OK;
  while (status == OIO_OK && sqlite3_step(row) == SQLITE_ROW) {
    snprintf(assignment, sizeof assignment, "%s=%s", results_db_text(row, 0), results_db_text(row, 1));
    status = oio_config_set(config, "the run", assignment, error);
  }
  return results_db_end(golden, row, status, error);
}

static enum oio_status configure(const struct results_db *golden, const struct asked_run *asked, struct oio_config *config,
                                 struct oio_error *error) {
  char assignment[64];
  oio_config_defaults(config);
  snprintf(assignment, sizeof assignment, "sim.seed=%s", asked->seed);
  const enum oio_status status = set_keys(golden, asked->keys, config, error);
  return status == OIO_OK ? oio_config_set(config, "the run", assignment, error) : status;
}

static enum oio_status carry_out(struct oio_sim *sim, struct oio_error *error) {
  enum oio_status status = OIO_OK;
  for (bool more = true; more && status == OIO_OK;) {
    if (interrupt_requested()) return oio_error_set(error, OIO_ERR_FAILED, "interrupted");
    status = oio_sim_run(sim, EVENTS_PER_LOOK, &more, error);
  }
  return status;
}

static enum oio_status add(struct results_db *fresh, struct oio_sim *sim, struct results_entry *entry, const char *workload,
                           struct oio_error *error) {
  struct oio_results results;
  struct add_run_texts texts;
  const struct oio_run run = {.host = "event simulator", .workload = workload, .net = oio_sim_net(sim), .traffic = oio_sim_traffic(sim)};
  oio_sim_get_results(sim, &results);
  enum oio_status status = add_run_make(&texts, entry, &results, &run)
                               ? results_db_add(fresh, entry, error)
                               : oio_error_set(error, OIO_ERR_NOMEM, "out of memory; close other programs");
  add_run_free(&texts);
  return status;
}

/* One that the model refuses now is added as refused; want of memory and an interruption end it all. */
static enum oio_status run_one(const struct results_db *golden, const struct asked_run *asked, int64_t study, struct results_db *fresh,
                               struct oio_error *error) {
  struct oio_config before, config;
  struct oio_sim *sim = NULL;
  struct oio_trace_reader *reader = NULL;
  enum oio_status status = configure(golden, asked, &before, error);
  const bool replays = before.generator == OIO_GENERATE_NOTHING;
  config = before;
  struct results_entry entry = {.command = "check",
                                .label = asked->label,
                                .asked = &before,
                                .config = &config,
                                .trace = replays ? asked->workload : NULL,
                                .study = study,
                                .number = (uint64_t)asked->id};
  if (status == OIO_OK) status = oio_config_resolve(&config, error);
  config.detail = OIO_DETAIL_ON;
  if (status == OIO_OK && replays) status = oio_trace_open(&reader, asked->workload, error);
  if (status == OIO_OK) status = oio_sim_create(&sim, &config, reader, NULL, error);
  if (status == OIO_OK) status = carry_out(sim, error);
  if (status == OIO_OK) {
    status = add(fresh, sim, &entry, asked->workload, error);
  } else if (status != OIO_ERR_NOMEM && !interrupt_requested()) {
    entry.result = "refused";
    entry.error = error->text;
    status = results_db_add(fresh, &entry, error);
  }
  oio_sim_destroy(sim);
  if (reader != NULL) oio_trace_close(reader);
  return status;
}

enum oio_status results_rerun(struct results_db *golden, const struct selection *selection, struct results_db *fresh,
                              struct oio_error *error) {
  int64_t study = 0;
  enum oio_status status = results_db_study(fresh, "{\"oio_results_check\":1}", &study, error);
  /* A row of a comparison is asked for by its technology, which its configuration has. */
  sqlite3_stmt *row = status != OIO_OK
                          ? NULL
                          : selection_prepare(golden, selection,
                                              "run.id, run.workload, CASE run.command WHEN 'compare' THEN run.keys ELSE run.asked END, "
                                              "run.seed, run.label, coalesce(run.host, 'event simulator')",
                                              error);
  if (row == NULL) return OIO_ERR_IO;
  while (status == OIO_OK && sqlite3_step(row) == SQLITE_ROW) {
    const struct asked_run asked = {.id = sqlite3_column_int64(row, 0),
                                    .workload = results_db_text(row, 1),
                                    .keys = results_db_text(row, 2),
                                    .seed = results_db_text(row, 3),
                                    .label = results_db_is_null(row, 4) ? NULL : results_db_text(row, 4)};
    if (strcmp(results_db_text(row, 5), "event simulator") == 0) status = run_one(golden, &asked, study, fresh, error);
  }
  return results_db_end(golden, row, status, error);
}
