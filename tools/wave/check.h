/* SPDX-License-Identifier: Apache-2.0 */
/** What a check of goldens found, and the forms in which it is said. */
#ifndef WAVE_CHECK_H
#define WAVE_CHECK_H

#include "golden.h"
#include "out.h"
#include "report.h"

/** One golden. */
struct checked {
  struct wave_golden golden; /* its name is known, the rest where the certificate could be read */
  enum wave_verdict verdict;
  struct wave_report *report; /* NULL: there was nothing to compare; error says why */
  struct wave_error error;
  char *said;     /* the last lines of a command that failed, or NULL */
  char *made;     /* the new run, or NULL */
  bool temporary; /* it is in the workshop */
  bool updated;
  double seconds;
  bool done;
};

struct check {
  const char *folder;
  struct checked *items;
  uint32_t n;
  double seconds;
  int status;
};

/** The worst decides: 2 unusable, 1 different, 3 nothing compared, 0 all the same. */
int check_status(const struct check *check);
/** The table: its head, one row, and the count of each verdict. */
void check_head(struct wave_out *out, const struct check *check);
void check_row(struct wave_out *out, const struct check *check, const struct checked *checked);
void check_sum(struct wave_out *out, const struct check *check);
void check_json(struct wave_out *out, const struct check *check);
void check_junit(struct wave_out *out, const struct check *check);
void check_github(struct wave_out *out, const struct check *check);
void check_markdown(struct wave_out *out, const struct check *check);

#endif
