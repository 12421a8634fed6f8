/* SPDX-License-Identifier: Apache-2.0 */
/**
 * The files of a run, before it: can those that it writes be written, and is each a file of its own? And what was printed, after it.
 */
#ifndef OUTPUTS_H
#define OUTPUTS_H

#include "options.h"

#ifdef __cplusplus
extern "C" {
#endif

/** The files that the command line names: none that is written is also another of them, nor what standard output goes to. Returns -1 to go
 * on, or EXIT_UNUSABLE after a one-line error on stderr. */
int outputs_differ(const struct options *options, int argc, char **argv);
/** JSON and waves can be written. Returns as outputs_differ. What is there is not touched. */
int outputs_writable(const struct options *options);
/** What was printed so far has arrived: status, or EXIT_UNUSABLE after a one-line error when standard output did not take all of it. */
int outputs_printed(int status);
/** The same at the end of a command, where nothing is left to be done: when the reader of standard output has gone it ends by SIGPIPE. */
int outputs_finish(int status);

#ifdef __cplusplus
}
#endif
#endif
