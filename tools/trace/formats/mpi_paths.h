/* SPDX-License-Identifier: Apache-2.0 */
/** The files of a recording. */
#ifndef TRACE_MPI_PATHS_H
#define TRACE_MPI_PATHS_H

#include "oio/base.h"

struct mpi_paths {
  char **list;
  size_t count;
};

/** Each path that is named, and of folders the streams in them that are not empty. What is found must be given back, also after an error.
 */
enum oio_status mpi_paths_find(struct mpi_paths *found, char *const *paths, int count, struct oio_error *error);
void mpi_paths_free(struct mpi_paths *found);

#endif
