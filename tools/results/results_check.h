/* SPDX-License-Identifier: Apache-2.0 */
/** `oio results check`: runs held against those of a golden database, and how what was found is told. */
#ifndef RESULTS_CHECK_H
#define RESULTS_CHECK_H

#include "results_parts.h"
#include "results_verbs.h"

enum { CHECK_FIGURES_MAX = 24, CHECK_WHY_BYTES = 1400, CHECK_NAME_BYTES = 400 };

/** A figure that is watched, and by how much it may move. */
struct watched {
  struct column column;
  bool relative;
  double tolerance; /**< parts of the golden value, or in the unit of the figure */
};

enum check_verdict { CHECK_SAME = 0, CHECK_MOVED, CHECK_MISSING };

/** A run of the golden database. */
struct checked {
  int64_t golden, fresh; /**< fresh 0: it is missing */
  char name[CHECK_NAME_BYTES];
  enum check_verdict verdict;
  char why[CHECK_WHY_BYTES]; /**< lines: which figure, from what to what, outside of what; which part */
  char first[300];           /**< the first of them */
  unsigned unjudged;         /**< a bit of each figure that moved where its few latencies bound nothing, and that no tolerance bounds */
};

struct check {
  const char *golden_path, *fresh_path;
  struct results_db *golden; /**< with the fresh one beside it, as `fresh` */
  struct watched watched[CHECK_FIGURES_MAX];
  unsigned figures;
  bool exact; /**< no intervals */
  struct checked *run;
  size_t runs, moved, missing, more; /**< more: fresh ones that no golden run is like */
};

/** Compares a pair: verdict and why. */
enum oio_status checked_pair(const struct check *check, struct checked *run, struct oio_error *error);

void checked_text(FILE *out, const struct check *check);
void checked_json(FILE *out, const struct check *check);
void checked_junit(FILE *out, const struct check *check);
/** Annotations for GitHub Actions. */
void checked_github(FILE *out, const struct check *check);

#endif
