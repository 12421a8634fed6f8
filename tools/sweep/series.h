/* SPDX-License-Identifier: Apache-2.0 */
/** The runs of a sweep as lines of a chart: a figure over a key, a line for each value of another key. */
#ifndef SWEEP_SERIES_H
#define SWEEP_SERIES_H

#include "oio/estimate.h"
#include "outcome.h"

enum { SERIES_MAX = 64, SERIES_FIGURES_MAX = 4, SERIES_WHERE_MAX = 16, SERIES_NAME_BYTES = 200 };

/** What is asked for. */
struct series_query {
  const char *x, *by; /**< x: a key, or a figure; by: NULL, one line */
  const char *y[SERIES_FIGURES_MAX];
  unsigned figures;
  const char *where[SERIES_WHERE_MAX]; /**< KEY=VALUE: of other runs nothing is shown */
  unsigned wheres;
  bool log_x, log_y; /**< what is not above 0 is left out */
};

/** Runs at one place: those with the same x, or of the same point where x is a figure. */
struct mark {
  double x;
  uint64_t point, runs;
  bool mixed; /**< of several points */
  double *value, *x_value;
  uint64_t room;
  struct oio_estimate y;
};

struct series {
  char name[SERIES_NAME_BYTES];
  struct mark *mark;
  uint64_t marks, room;
};

struct series_set {
  struct series_query query;
  struct series series[SERIES_MAX];
  unsigned count;
  char **word; /**< values of x, where that is text, in order of appearance; x is their index */
  uint64_t words;
  bool worded, measured;                /**< x is text; x is a figure */
  uint64_t used, bad, outside, missing; /**< runs: shown, not good, not above 0 on a logarithmic axis, without the figure */
  bool mixed;
};

/** Adds a run. OIO_ERR_CONFIG: a key or figure is none of this sweep, or there are too many lines. */
enum oio_status series_add(struct series_set *set, const struct outcome *outcome, struct oio_error *error);
/** Once all runs are there: means, spreads, marks in order. */
void series_finish(struct series_set *set);
void series_free(struct series_set *set);
/** The unit of a figure or key as it is drawn, and how many of its own unit that is: "ns" and 1000 of what is in ps. "": none. */
const char *series_unit(const char *name, double *of);

#endif
