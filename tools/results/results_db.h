/* SPDX-License-Identifier: Apache-2.0 */
/**
 * A database of results (docs/results-db.md): a file to which runs are added, each whole or not at all, by any number of processes at the
 * same time.
 */
#ifndef RESULTS_DB_H
#define RESULTS_DB_H

#include "oio/config.h"

#ifdef __cplusplus
extern "C" {
#endif

struct results_db;

/** A run to be added. Texts that may be NULL say so. */
struct results_entry {
  const char *command;             /**< "sim", "cosim", "sweep", "compare" */
  const char *label;               /**< what tells it from others of its command, or NULL */
  const struct oio_config *asked;  /**< before it was resolved: by it and the seed a run is known again */
  const struct oio_config *config; /**< resolved, or of a run that was refused the same */
  const char *trace;               /**< the file that it replays, or NULL */
  const char *result;              /**< "good", "bad", "partial", "refused" */
  const char *error;               /**< of one that was refused, else "" */
  const char *results;             /**< as oio_results_json() makes it, or the same compact; NULL: refused */
  const char *latency;             /**< its histogram, as `latency` of docs/sweep.schema.json; NULL: it is not known */
  int64_t study;                   /**< of results_db_study(), or 0 */
  uint64_t number, point;          /**< of a study: a number is added once */
};

/** Opens a database to add runs to it; one that is not there is made. OIO_ERR_FORMAT: it is of a newer version, or something else. */
enum oio_status results_db_open(struct results_db **db, const char *path, struct oio_error *error);
/** Could it be opened? Leaves everything as it is. For a host that asks before a long run. */
enum oio_status results_db_can_open(const char *path, struct oio_error *error);
void results_db_close(struct results_db *db);

/** The study whose runs agree in this text, in the database; *study is its number there. */
enum oio_status results_db_study(struct results_db *db, const char *text, int64_t *study, struct oio_error *error);
/** Whether it has the run already. */
bool results_db_has(struct results_db *db, int64_t study, uint64_t number);
/** Adds a run, whole or not at all. One that its study has already is left as it is. */
enum oio_status results_db_add(struct results_db *db, const struct results_entry *entry, struct oio_error *error);
/** The same of a line of a sweep, which has results, latency and error: those of the entry are not looked at. */
enum oio_status results_db_add_line(struct results_db *db, const struct results_entry *entry, const char *line, struct oio_error *error);

#ifdef __cplusplus
}
#endif
#endif
