/* SPDX-License-Identifier: Apache-2.0 */
/** What `oio sweep --slurm` asks of Slurm, by the commands that it has: sbatch and squeue of the PATH. */
#ifndef SWEEP_BATCH_H
#define SWEEP_BATCH_H

#include "oio/base.h"

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

/** An array of tasks that run one script, each with its number in SLURM_ARRAY_TASK_ID. */
struct batch {
  const char *name;     /**< of the job: who asks for it knows it by that, whatever number Slurm gave it */
  const char *script;   /**< a file */
  const char *log;      /**< where each task writes what it prints; %a is its number, %% a percent sign */
  unsigned processors;  /**< of each task */
  const bool *wanted;   /**< tasks 1..tasks of the array: [0] is of task 1 */
  uint64_t tasks;       /**< at most BATCH_TASKS_MAX */
  char *const *options; /**< of sbatch, as the user has them */
  int option_count;
};

/* A list of every other task must still be one argument (128 KiB). */
enum { BATCH_TASKS_MAX = 10000 };

/** Submits the array; text of nbytes gets its number. OIO_ERR_IO: sbatch cannot be run, or says no; the error has its last line. */
enum oio_status batch_submit(const struct batch *batch, char *number, size_t nbytes, struct oio_error *error);
/** Whether any task of a job of that name waits, runs or ends. OIO_ERR_IO: squeue cannot be run, or has no answer. */
enum oio_status batch_is_there(const char *name, bool *there, struct oio_error *error);

#endif
