/* SPDX-License-Identifier: Apache-2.0 */
/** The runs of a sweep on paper, before the first begins. */
#ifndef SWEEP_REHEARSAL_H
#define SWEEP_REHEARSAL_H

#include "grid.h"

struct rehearsal {
  uint64_t tried, refused; /**< runs */
  struct oio_error first;  /**< why the first of them is refused */
};

/**
 * Tries every run, of many as many as take a moment. argv: the options of the base. OIO_ERR_CONFIG: all are refused, a key is set and
 * swept, or one is set or swept that changes nothing in any run; OIO_ERR_IO and others: the trace cannot be opened.
 */
enum oio_status rehearse(const struct grid *grid, int argc, char **argv, struct rehearsal *rehearsal, struct oio_error *error);

#endif
