/* SPDX-License-Identifier: Apache-2.0 */
/** One run of a sweep, and the line that it makes. */
#ifndef SWEEP_POINT_H
#define SWEEP_POINT_H

#include "grid.h"

/** Told now and then how far the run is, 0..1. */
typedef void point_progress(void *context, double fraction);

/**
 * Carries out the run of that number. Returns its line with the newline, for the caller to free: what was swept and the results, or the
 * error of a run that the model refuses. It is the same wherever and whenever it is made. NULL: this machine could not do it now, for want
 * of memory or of a file; error says why.
 */
char *point_run(const struct grid *grid, uint64_t number, point_progress *progress, void *context, struct oio_error *error);

#endif
