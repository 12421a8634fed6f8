/* SPDX-License-Identifier: Apache-2.0 */
/**
 * A temporary folder in which the commands of goldens make their runs. They run where `oio` was called, with this `oio` first in PATH,
 * without standard input.
 */
#ifndef WAVE_WORKSHOP_H
#define WAVE_WORKSHOP_H

#include "golden.h"

struct workshop {
  char *folder;
  char **environment;
  char *path;         /* PATH=..., in the environment */
  unsigned timeout_s; /* a command that takes longer is ended; 0: never */
};

enum wave_status workshop_open(struct workshop *workshop, unsigned timeout_s, struct wave_error *error);
/** Removes the folder with all that is in it. */
void workshop_close(struct workshop *workshop);
/** NULL when a command can make a run, or what is wrong with it. */
const char *workshop_refuses(const char *command);
/**
 * Runs the golden's command and waits. made: the file it wrote; on the heap. said: the last lines it printed where it failed, on the heap,
 * or NULL. Any thread.
 */
enum wave_status workshop_run(const struct workshop *workshop, const struct wave_golden *golden, char **made, char **said,
                              struct wave_error *error);

#endif
