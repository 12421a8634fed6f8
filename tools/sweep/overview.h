/* SPDX-License-Identifier: Apache-2.0 */
/** What a sweep has shown, in a table for people. */
#ifndef SWEEP_OVERVIEW_H
#define SWEEP_OVERVIEW_H

#include "store.h"

/** Prints it. Returns the exit status: EXIT_DONE, or EXIT_UNUSABLE after a one-line error. */
int overview_print(struct store *store);

#endif
