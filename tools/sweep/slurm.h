/* SPDX-License-Identifier: Apache-2.0 */
/**
 * A sweep as a job array of Slurm. Each task does a shard, into a file of its own beside that of the sweep; once no task is left what they
 * have done is collected, and the shards in which runs are missing are submitted again. The state is in those files and in Slurm's queue,
 * where the job is known by a name that follows from the file of the sweep: so the command can be killed at any moment, and the same again
 * finds what goes on without it.
 */
#ifndef SWEEP_SLURM_H
#define SWEEP_SLURM_H

#include "store.h"
#include "workers.h"

struct slurm {
  const char *out; /**< the file of the sweep, which is there */
  uint64_t tasks;
  unsigned processors; /**< of each task */
  char *const *sbatch; /**< options for it */
  int sbatch_count;
  char *const *argv; /**< of the sweep: what is the same in all shards, from --over on */
  int argc;
  bool quiet;
};

/** Does the wanted runs: workers->take gets the line of each, and workers->lost counts those that no task has done in two arrays in a
 * row. Returns OIO_OK early where an interrupt was requested. */
enum oio_status slurm_run(const struct slurm *slurm, const struct store *store, struct workers *workers, struct oio_error *error);
/** Once the file of the sweep has all of it: removes the files of the tasks, if there are any. */
void slurm_clean(const char *out);

#endif
