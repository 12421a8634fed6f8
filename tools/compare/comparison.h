/* SPDX-License-Identifier: Apache-2.0 */
/*
 * `oio compare`: the same traffic on every technology that reaches. What is asked, what takes part, and what came out.
 *
 *     asked -> [candidates] rules out -> rows, one for each technology and error rate -> [trials] run them -> table, JSON, CSV, page
 */
#ifndef COMPARISON_H
#define COMPARISON_H

#include "measures.h"
#include "simulate.h"

#include "oio/tech_figures.h"

#include <math.h>

/* Which error rate a row has. Both that a technology has are always run. */
enum errors { ERRORS_OBSERVED = 0, ERRORS_LIMIT, ERRORS_KINDS };

enum { RULED_BYTES = 256 };

/* A technology that takes part. */
struct candidate {
  const struct oio_tech *tech;
  struct oio_correction correction;
  double load; /* of a generator that has one: workload.load, so that all offer the same; else 0 */
};

/* One run: a technology at an error rate, with values that are typical where none was drawn. */
struct row {
  const struct candidate *candidate;
  enum errors errors;
  double line_error_rate, run_error_rate;
  double value[OIO_TECH_QUANTITIES];
  bool drawn; /* some values are not typical */
  struct ran ran;
};

/* What is not known, as drawn from low to high of the values (bands.c). */
enum band { BAND_P50 = 0, BAND_P99, BAND_ENERGY, BAND_EDGE, BAND_FAILURES, BAND_FLAPS, BANDS };
enum { SWINGS_MAX = 7, SAMPLES_MAX = 1000 };

/* What p99 and energy are with one value at its low and at its high, all others typical. */
struct swing {
  enum oio_tech_quantity quantity;
  double at[2], p99_ns[2], pj_per_bit[2];
};

struct spread {
  double low[BANDS], high[BANDS]; /* 5 and 95 of 100 samples are below; NAN: no run was good */
  struct swing swing[SWINGS_MAX]; /* what moves p99 most first, then energy */
  unsigned swings;
};

enum ruled { RULED_REACH = 0, RULED_RATE, RULED_POWER, RULED_KEYS };

struct ruled_out {
  const struct oio_tech *tech;
  enum ruled by;
  char why[RULED_BYTES];
};

struct comparison {
  struct oio_config config; /* what all runs have in common; not resolved */
  const char *trace;        /* file, or NULL */
  const char *workload;     /* its name, for people */
  unsigned link_class;
  double length_m;
  double offer_gbps; /* of all dies together; 0: not given */
  double watts_max;  /* 0: any */
  const char *only;  /* names and rungs, or NULL */
  const char *db;    /* database of results to which rows are added, or NULL */
  bool quiet;

  double offered_gbps; /* what the traffic offers by itself, all dies together; 0: not known */
  double busiest_gbps; /* of two dies: the direction that has more */
  uint32_t links;      /* of the class compared */
  struct candidate *candidates;
  size_t candidate_count;
  struct ruled_out *ruled;
  size_t ruled_count;
  struct row *rows; /* in the order of the ladder; of a technology the observed rate first */
  size_t row_count;
  uint64_t samples;       /* 0: no spreads */
  struct spread *spreads; /* of each candidate at its first error rate */
};

const char *errors_name(enum errors errors);
const char *ruled_name(enum ruled by);
/* The class that is compared, by name: "optical". */
const char *comparison_class(const struct comparison *comparison);

/* Finds what takes part, and makes its rows, not yet run. OIO_ERR_CONFIG: a name is unknown, or no run is possible at all. */
enum oio_status candidates_find(struct comparison *comparison, struct oio_error *error);
/* The configuration of a row, resolved. */
enum oio_status row_config(const struct comparison *comparison, const struct row *row, struct oio_config *config, struct oio_error *error);
/* A row that takes typical values. */
void row_begin(struct row *row, const struct candidate *candidate, enum errors errors);
/* One value of it is another. */
void row_set(struct row *row, enum oio_tech_quantity quantity, double value);
enum oio_tech_quantity errors_quantity(enum errors errors);
/* What follows without a run: energy, edge, failures, the chance of a retry. config: of the row. */
void row_reckon(struct row *row, const struct comparison *comparison, const struct oio_config *config);

/* What a trace offers: OIO_ERR_IO and so on as its reader has them. */
enum oio_status offered_by_trace(struct comparison *comparison, uint32_t dies, struct oio_error *error);

/* Runs rows, as trials_run (trials.h). */
enum oio_status rows_run(const struct comparison *comparison, struct row *rows, size_t count, struct oio_error *error);

/* Adds the rows that were run to the database of results, in their order. OIO_OK too when there is none. */
enum oio_status rows_add(const struct comparison *comparison, struct oio_error *error);

/* Draws, runs and sums up what is not known: comparison->spreads. As rows_run. */
enum oio_status spreads_run(struct comparison *comparison, struct oio_error *error);
/* The row of a candidate at its first error rate. */
const struct row *first_row(const struct comparison *comparison, size_t candidate);
enum measure band_measure(enum band band);
/* How much a value moves p99 or energy, as a part of what they are typically, in the mean over technologies; NAN: it moves none. */
double spread_share(const struct comparison *comparison, enum oio_tech_quantity quantity, enum band band);

void comparison_free(struct comparison *comparison);

/* Ways to write it. */
void compare_table(FILE *out, const struct comparison *comparison);
void compare_json(FILE *out, const struct comparison *comparison);
void compare_csv(FILE *out, const struct comparison *comparison);
void compare_page(FILE *out, const struct comparison *comparison);

#endif
