/* SPDX-License-Identifier: Apache-2.0 */
/** The verbs of `oio results`, and what their command lines have in common. */
#ifndef RESULTS_VERBS_H
#define RESULTS_VERBS_H

#include "results_columns.h"

#include <stdio.h>

enum { RESULTS_WORDS_MAX = 4 };

/** A command line, read: words and the options that the verb takes. */
struct results_asked {
  char **argv; /**< of the command, as it came */
  const char *verb;
  const char *word[RESULTS_WORDS_MAX];
  unsigned words;
  struct selection selection;
  const char *columns, *out, *tolerance[SELECT_WHERES_MAX], *junit, *title;
  const char *x, *by, *y[4], *svg, *csv, *log; /**< of a plot */
  unsigned ys;
  unsigned tolerances;
  unsigned port; /**< 0: any that is free */
  bool json, github, exact;
};

/** After a line on standard error: the exit status of what cannot be done. */
__attribute__((format(printf, 2, 3))) int results_refuse(const char *verb, const char *format, ...);

/** Each returns the exit status. */
int results_list(struct results_db *db, const struct results_asked *asked);
int results_show(struct results_db *db, const struct results_asked *asked);
int results_compare(struct results_db *db, const struct results_asked *asked);
int results_export(struct results_db *db, const struct results_asked *asked);
int results_plot(struct results_db *db, const struct results_asked *asked);
int results_html(struct results_db *db, const struct results_asked *asked);
/** Until it is interrupted. */
int results_serve(struct results_db *db, const struct results_asked *asked);
int results_check(struct results_db *db, const struct results_asked *asked);

/** A value of a row as JSON. */
void results_put_json(FILE *out, sqlite3_stmt *row, int column);
/** The number of a run, which a word names; 0 after an error. */
int64_t results_run(const struct results_db *db, const char *word, struct oio_error *error);

#endif
