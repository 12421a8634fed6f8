/* SPDX-License-Identifier: Apache-2.0 */
/** One run of a sweep, and the line that it makes. */
#ifndef SWEEP_POINT_H
#define SWEEP_POINT_H

#include "grid.h"

/** What a run tells whoever has it done. */
struct point_host {
  void (*progress)(void *context, double fraction); /**< now and then, how far it is, 0..1 */
  /** There is no memory for its net now. False: others will leave none, either; else after a pause, it tries again. */
  bool (*wait)(void *context);
  void *context;
};

/**
 * Carries out the run of that number. Returns its line with the newline, for the caller to free: what was swept and the results, or the
 * error of a run that the model refuses. It is the same wherever and whenever it is made. NULL: this machine could not do it now, for want
 * of memory or of a file; error says why.
 */
char *point_run(const struct grid *grid, uint64_t number, const struct point_host *host, struct oio_error *error);

#endif
