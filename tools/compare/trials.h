/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TRIALS_H
#define TRIALS_H

#include "oio/base.h"

/* Runs numbers 0 .. count - 1 on all processors, with a line of progress unless quiet. run() is called from several threads at once. OIO_OK
 * too when interrupted, with runs that were not made. The error is the first that run() has. */
enum oio_status trials_run(size_t count, bool quiet, enum oio_status (*run)(void *context, size_t index, struct oio_error *error),
                           void *context, struct oio_error *error);

#endif
