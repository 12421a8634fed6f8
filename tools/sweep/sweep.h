/* SPDX-License-Identifier: Apache-2.0 */
/** The verbs of `oio sweep` that look at what it has made. argv[0] is the verb; each returns the exit status. */
#ifndef SWEEP_SWEEP_H
#define SWEEP_SWEEP_H

int sweep_plot(int argc, char **argv);
/** merge and pool. */
int sweep_merge(int argc, char **argv);

#endif
