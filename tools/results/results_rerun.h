/* SPDX-License-Identifier: Apache-2.0 */
/** Runs of a database, run again. */
#ifndef RESULTS_RERUN_H
#define RESULTS_RERUN_H

#include "results_columns.h"

/**
 * Runs each that is selected again as it was asked for, by this program, and adds it to `fresh`, as number N of one study, N being its own
 * in the golden database. A trace is read by the name that the run had. Those of other hosts than the event simulator cannot be run: they
 * are left out. OIO_ERR_FAILED: interrupted.
 */
enum oio_status results_rerun(struct results_db *golden, const struct selection *selection, struct results_db *fresh,
                              struct oio_error *error);

#endif
