/* SPDX-License-Identifier: Apache-2.0 */
/**
 * Runs an MPI program with the recorder before it (record/), and makes a trace of what its ranks leave behind.
 */
#ifndef TRACE_RECORD_PROGRAM_H
#define TRACE_RECORD_PROGRAM_H

/** As `oio trace import` takes them; NULL: not given. */
struct record_program {
  char **command; /**< the program and its arguments, ended with NULL */
  const char *out;
  const char *keep; /**< a folder to be made, where the recording stays; NULL: it goes once the trace is there */
  const char *algorithm, *eager_bytes, *link, *dies, *map;
};

/** Returns the exit status. */
int record_program(const struct record_program *program);

#endif
