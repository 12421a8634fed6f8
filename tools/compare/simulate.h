/* SPDX-License-Identifier: Apache-2.0 */
/* A run, and what is read from it of one class of links or of all together. */
#ifndef SIMULATE_H
#define SIMULATE_H

#include "add_run.h"
#include "measures.h"
#include "oio/sim.h"

enum { CDF_POINTS = 101, FAILURE_BYTES = 700 };

/* What came out of a run. */
struct ran {
  double measure[MEASURES];  /* NAN: there is none */
  double cdf_ns[CDF_POINTS]; /* latency below which i of 100 messages are */
  bool done;
  char failure[FAILURE_BYTES]; /* what was wrong with the run, or empty */
  /* For a database of results: kept of runs for which that was asked. */
  struct results_entry entry;
  struct add_run_texts texts;
};

void ran_begin(struct ran *ran);
bool ran_good(const struct ran *ran);

struct run {
  struct oio_sim *sim;
  struct oio_trace_reader *reader;
};

/* Makes a run of a resolved configuration, and carries it out; *done: it was not interrupted. trace: a file, or NULL. To be ended in any
 * case. */
enum oio_status run_begin(struct run *run, const struct oio_config *config, const char *trace, struct oio_error *error);
enum oio_status run_carry_out(struct run *run, bool *done, struct oio_error *error);
void run_end(struct run *run);

/* Latencies, time, goodput, efficiency, what was wrong; of the parts of a latency queue, bits, retry and FEC of codes, with all logic and
 * flight in electrical. */
void ran_read(struct ran *ran, const struct run *run);

/* Keeps what a database of results takes of a run with that workload. */
enum oio_status ran_keep(struct ran *ran, const struct run *run, const struct oio_config *config, const char *workload,
                         struct oio_error *error);
/* Adds what was kept. */
enum oio_status ran_add(const struct ran *ran, struct results_db *db, const char *label, const struct oio_config *asked,
                        const struct oio_config *config, const char *trace, struct oio_error *error);
void ran_forget(struct ran *ran);

/* Is the link of the class of that name? */
bool link_is_of(const struct oio_topology *topology, uint32_t link, const char *class_name);
/* How many links of a class a message crosses, in the mean over those delivered. */
double hops_of_class(const struct run *run, const char *class_name);
struct class_sums {
  double flits, retries, lost_codewords; /* flits: of payload, those sent again too */
};
struct class_sums sums_of_class(const struct run *run, const char *class_name);
/* At which workload.load the run offers so many Gb/s, all dies together. */
double load_that_offers(const struct run *run, const struct oio_config *config, double offer_gbps);

#endif
