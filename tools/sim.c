/* SPDX-License-Identifier: Apache-2.0 */
#include "command.h"
#include "flit_files.h"
#include "interrupt.h"
#include "machine.h"
#include "options.h"
#include "progress.h"
#include "results_db.h"

#include <stdio.h>
#include <stdlib.h>

/* Instants between two looks at interrupts, and at the flits that a file shows. */
enum { EVENTS_PER_LOOK = 65536, EVENTS_PER_WRITE = 4096 };

static const char host[] = "event simulator";

/* One run, with its seed. The simulation is kept: its detail is read from it. */
struct one_run {
  struct options options;
  struct oio_trace_reader *reader; /* its own; NULL: it has none, or that of the options */
  struct oio_sim *sim;
  struct flit_files *flits; /* NULL: nobody asks for them */
  struct oio_results results;
  struct results_db **db; /* of all runs together */
};

static void drop(struct one_run *run) {
  flit_files_destroy(run->flits);
  oio_sim_destroy(run->sim);
  if (run->reader != NULL) oio_trace_close(run->reader);
}

static int unusable(const struct oio_error *error) {
  fprintf(stderr, "%s\n", error->text);
  return EXIT_UNUSABLE;
}

/* EXIT_DONE, or EXIT_UNUSABLE after a one-line error. from: the part of all runs that is done. */
static int carry_out(struct one_run *run, double from, double part) {
  struct oio_error error = {""};
  struct progress progress;
  const double wall_s = clock_wall_s(), cpu_s = clock_cpu_s();
  enum oio_status status = OIO_OK;
  progress_start(&progress, "oio sim");
  for (bool more = true; more && status == OIO_OK && !interrupt_requested();) {
    status = oio_sim_run(run->sim, run->flits == NULL ? EVENTS_PER_LOOK : EVENTS_PER_WRITE, &more, &error);
    if (status == OIO_OK) status = flit_files_put(run->flits, &error);
    if (!run->options.quiet) progress_update(&progress, from + part * oio_sim_fraction(run->sim));
  }
  progress_end(&progress);
  if (status == OIO_OK) status = flit_files_end(run->flits, &error);
  if (status != OIO_OK) return unusable(&error);
  oio_sim_get_results(run->sim, &run->results);
  run->results.wall_s = clock_wall_s() - wall_s;
  run->results.cpu_s = clock_cpu_s() - cpu_s;
  if (!options_append(&run->options, &run->results)) return EXIT_UNUSABLE;
  const bool added = run->options.repeat == 1 ||
                     options_add(&run->options, run->db, &run->results, host, oio_sim_net(run->sim), oio_sim_traffic(run->sim));
  return added ? EXIT_DONE : EXIT_UNUSABLE;
}

static int create(struct one_run *run, struct oio_trace_reader *reader) {
  struct oio_error error = {""};
  if (machine_has_room(&run->options.config, &error) != OIO_OK) return unusable(&error);
  const struct options *options = &run->options;
  const struct flit_file_names names = {.log = options->flit_log, .pcap = options->pcap, .perfetto = options->perfetto};
  if (oio_sim_create(&run->sim, &options->config, reader, NULL, &error) != OIO_OK) return unusable(&error);
  return flit_files_begin(&run->flits, &names, &options->config, run->sim, &error) == OIO_OK ? EXIT_DONE : unusable(&error);
}

/* A trace is read again from its start by each run. */
static int carry_out_another(const struct options *options, struct results_db **db, struct one_run *run, uint64_t number) {
  struct oio_error error = {""};
  const double part = 1 / (double)options->repeat;
  *run = (struct one_run){.options = *options, .db = db};
  run->options.config.seed = options->config.seed + number;
  if (options->trace != NULL && oio_trace_open(&run->reader, options->trace, &error) != OIO_OK) return unusable(&error);
  const int status = create(run, run->reader);
  return status == EXIT_DONE ? carry_out(run, (double)number * part, part) : status;
}

/* What is shown is the first run, or the first that is not good. */
static void choose(struct one_run *shown, struct one_run *other) {
  if (oio_results_good(&shown->results) && !oio_results_good(&other->results)) {
    const struct one_run kept = *shown;
    *shown = *other;
    *other = kept;
  }
  drop(other);
}

static void note_figures(const struct oio_results *results, double *values, uint64_t number, uint64_t runs) {
  for (unsigned i = 0; i < OIO_FIGURES; i++) oio_results_figure(results, i, &values[i * runs + number]);
}

/* All runs but the first. Returns as carry_out; *done: how many there are, all whole. */
static int carry_out_rest(const struct options *options, struct one_run *shown, double *values, uint64_t *done) {
  const uint64_t runs = options->repeat;
  note_figures(&shown->results, values, 0, runs);
  for (*done = 1; *done < runs && !interrupt_requested(); ++*done) {
    struct one_run other;
    const int status = carry_out_another(options, shown->db, &other, *done);
    if (status != EXIT_DONE || interrupt_requested()) {
      drop(&other);
      return status;
    }
    note_figures(&other.results, values, *done, runs);
    struct oio_cover cover = shown->results.cover;
    oio_cover_merge(&cover, &other.results.cover);
    choose(shown, &other);
    shown->results.cover = cover;
  }
  return EXIT_DONE;
}

static int repeat(const struct options *options, struct one_run *shown) {
  struct oio_repeat repeat = {.first_seed = options->config.seed};
  uint64_t done;
  double *values = calloc(options->repeat * OIO_FIGURES, sizeof *values);
  if (values == NULL) {
    fprintf(stderr, "out of memory for the figures of %llu runs; lower --repeat\n", (unsigned long long)options->repeat);
    return EXIT_UNUSABLE;
  }
  const int status = carry_out_rest(options, shown, values, &done);
  for (unsigned i = 0; i < OIO_FIGURES; i++) oio_estimate_of(&repeat.figure[i], values + i * options->repeat, done);
  free(values);
  if (status != EXIT_DONE) return status;
  return options_report(&shown->options, &shown->results, host, oio_sim_net(shown->sim), oio_sim_traffic(shown->sim), &repeat);
}

static int run(const struct options *options) {
  struct results_db *db = NULL;
  struct one_run run = {.options = *options, .db = &db};
  int status = create(&run, options->reader);
  if (status != EXIT_DONE) {
    drop(&run);
    return status;
  }
  options_echo(options, host);
  status = carry_out(&run, 0, 1 / (double)options->repeat);
  if (status == EXIT_DONE && options->repeat > 1) {
    status = repeat(options, &run);
  } else if (status == EXIT_DONE) {
    status = options_report(options, &run.results, host, oio_sim_net(run.sim), oio_sim_traffic(run.sim), NULL);
  }
  drop(&run);
  results_db_close(db);
  return status;
}

int oio_command_sim(int argc, char **argv) {
  return options_run(argc, argv, false, run);
}
