/* SPDX-License-Identifier: Apache-2.0 */
/**
 * Results of a run as text: JSON (docs/results.schema.json) and a table for people.
 */
#ifndef OIO_RESULTS_H
#define OIO_RESULTS_H

#include "oio/estimate.h"
#include "oio/sim.h"

#ifdef __cplusplus
extern "C" {
#endif

enum { OIO_NOTES_MAX = 12 + 3 * OIO_LINK_CLASSES_MAX, OIO_NOTE_BYTES = 400 };

/** The headline figures of a run, by name: "latency_mean_ps", ... Returns the name. Precondition: figure is below OIO_FIGURES. */
enum { OIO_FIGURES = 10 };
const char *oio_results_figure(const struct oio_results *results, unsigned figure, double *value);
/** How they spread over runs that differ in their seed alone: first_seed, the next one, and so on. */
struct oio_repeat {
  uint64_t first_seed;
  struct oio_estimate figure[OIO_FIGURES];
};

/** What the host adds to the results: all optional (NULL). */
struct oio_run {
  const char *host;          /**< "event simulator", "Verilator" */
  const char *workload;      /**< the trace's file name, or the generator */
  const char *json_path;     /**< where the JSON is */
  const char *waves_path;    /**< where the waves are */
  const char *csv_path;      /**< the folder where the tables are */
  const struct oio_net *net; /**< with traffic: for tables and the steady state, where a detail was kept (results.detail=on) */
  const struct oio_traffic *traffic;
  const struct oio_faults *drawn;  /**< oio_net_drawn() of that net */
  const struct oio_repeat *repeat; /**< of the runs that these results are one of */
};

/** The tables of a run with a detail: distribution of latencies, links, classes of links, VCs, pairs, nodes, intervals of time; and figures
 *  of repeated runs. */
enum { OIO_TABLES = 9 };
/** "latency", "links", ...: of table 0 .. OIO_TABLES - 1, as its precondition. */
const char *oio_results_table_name(unsigned table);
/** A table as CSV; the caller frees it. NULL: out of memory. Preconditions: run has a net, and traffic that kept a detail. */
char *oio_results_csv(const struct oio_results *results, const struct oio_config *config, const struct oio_run *run, unsigned table);

/** A sentence that the table ends with, and its code for programs, which stays. */
struct oio_note {
  const char *code; /**< "window_bound" */
  char text[OIO_NOTE_BYTES];
};
/**
 * What to know before believing the results: nothing was carried, records entered late, a reset came too late; a window or buffer, or the
 * die links, bound the throughput; more was offered than can be carried. Returns how many. The configuration has been resolved, or is one
 * of defaults.
 */
unsigned oio_results_notes(const struct oio_results *results, const struct oio_config *config, struct oio_note notes[OIO_NOTES_MAX]);

/** The results as one JSON object with a newline; the caller frees it. NULL: out of memory. */
char *oio_results_json(const struct oio_results *results, const struct oio_config *config, const struct oio_run *run);
/** The run as one line of CSV, its figures and every key, for files to which runs are appended; results NULL: the names of the columns,
 * which are the same for every run whose configuration has the same classes of links. The caller frees it. NULL: out of memory. */
char *oio_results_row(const struct oio_results *results, const struct oio_config *config);
/** The short table that ends a run; the caller frees it. NULL: out of memory. */
char *oio_results_table(const struct oio_results *results, const struct oio_config *config, const struct oio_run *run);
/**
 * Writes text to path so that the file is either whole or not there: a temporary file in the same folder, renamed. Behind a symbolic link
 * it is the link's target that is replaced. A path that exists and is no regular file is written directly, and so is a file in a folder
 * that takes no new one. The error names the path and the remedy.
 */
enum oio_status oio_write_whole(const char *path, const char *text, struct oio_error *error);
/** Would it begin to write? Leaves everything as it is. For a host that asks before a long run, not after it. */
enum oio_status oio_can_write_whole(const char *path, struct oio_error *error);

/** Did the run show what it must: nothing lost, duplicated, reordered or corrupted (a reset may lose), no link failed, not stalled? */
bool oio_results_good(const struct oio_results *results);

#ifdef __cplusplus
}
#endif
#endif
