/* SPDX-License-Identifier: Apache-2.0 */
/** `oio faults cost`: a run under a schedule of faults beside the same without it. argv[0] is the verb; returns the exit status. */
#ifndef FAULTS_COST_H
#define FAULTS_COST_H

int faults_cost(int argc, char **argv);

#endif
