/* SPDX-License-Identifier: Apache-2.0 */
/** The figures of a run that have a column each, typed and named: those of `oio sim --append`, under the same names, and some more. */
#ifndef RESULTS_FIGURES_H
#define RESULTS_FIGURES_H

#include <stdbool.h>

struct results_figure {
  const char *name;  /**< of the column, with its unit */
  const char *value; /**< what it is in the results, as an expression of SQL over :results and :latency */
  bool whole;        /**< a whole number */
};

unsigned results_figures(void);
/** Precondition: index is below results_figures(). */
const struct results_figure *results_figure_at(unsigned index);
/** NULL: there is none of that name. */
const struct results_figure *results_figure_named(const char *name);

#endif
