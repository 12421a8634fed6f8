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
/** Two names of one regular file: linked, or written in two ways, whether it is there yet or not. */
bool outputs_same_file(const char *a, const char *b);
enum { OUTPUTS_PATH_BYTES = 4096 };
/** The file of a table in the folder of --csv. */
const char *outputs_csv_path(const char *folder, unsigned table, char path[OUTPUTS_PATH_BYTES]);
/** Makes the folder, if it is not there. */
bool outputs_make_folder(const char *folder, struct oio_error *error);
/** Adds a line to a file of rows, which outputs_writable has made or looked at. */
bool outputs_append(const struct options *options, const char *row, struct oio_error *error);
/** Writes the file of coverage, if there is one. False, after a one-line error: it could not. */
bool outputs_cover(const struct options *options, const struct oio_results *results);
/** JSON, CSV and waves can be written. Returns as outputs_differ. What is there is not touched. */
int outputs_writable(const struct options *options);
/** Prints text on standard output, all of it. False: an error has the one line, which is empty where nobody reads any more. */
bool outputs_print(const char *text, struct oio_error *error);
/** What was printed so far has arrived: status, or EXIT_UNUSABLE after a one-line error when standard output did not take all of it. */
int outputs_printed(int status);
/** The same at the end of a command, where nothing is left to be done: when the reader of standard output has gone it ends by SIGPIPE. */
int outputs_finish(int status);

#ifdef __cplusplus
}
#endif
#endif
