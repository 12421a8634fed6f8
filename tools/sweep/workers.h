/* SPDX-License-Identifier: Apache-2.0 */
/**
 * The runs of a sweep on all processors: a process each, which takes the next run that is to be done. What one makes it hands over through
 * a pipe; the caller alone writes. Where a run ends its process the others go on.
 */
#ifndef SWEEP_WORKERS_H
#define SWEEP_WORKERS_H

#include "grid.h"

enum { WORKERS_MAX = 1024 };

struct workers {
  const struct grid *grid;
  bool *wanted; /**< by number of the run: it is to be done; take() and workers_run() clear what is done or lost */
  uint64_t wanted_count;
  unsigned jobs;    /**< processes, 1..WORKERS_MAX */
  int private_file; /**< open in the caller, closed in the others: its lock is to go with the caller; -1: none */
  /** A line has come, of nbytes with its newline, and then the end of the text. False: stop. */
  bool (*take)(void *context, const char *line, size_t nbytes);
  void *context;
  uint64_t done, lost;  /**< runs; those whose process ended */
  uint64_t lost_number; /**< the first of them, and why */
  struct oio_error lost_why;
};

/** As many as this process may use. */
unsigned workers_processors(void);
/** Runs all, until none is left, take() says stop or the command is interrupted; no process is left then. Each run is done or lost, or else
 * take() has said stop or the command was interrupted. OIO_ERR_IO: the system gives no process. */
enum oio_status workers_run(struct workers *workers, bool quiet, struct oio_error *error);

#endif
