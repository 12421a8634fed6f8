/* SPDX-License-Identifier: Apache-2.0 */
/**
 * What one rank of a recorded MPI program left behind, byte by byte (record/record_format.h): the stream and, behind it, what the tail has
 * more. Neither need be whole.
 */
#ifndef TRACE_MPI_RANK_H
#define TRACE_MPI_RANK_H

#include "oio/base.h"
#include "record_format.h"

#include <zlib.h>

enum { MPI_TEXT_MAX = 128 };

struct mpi_rank {
  const char *path; /**< of the stream */
  gzFile file;
  uint64_t at;         /**< bytes read */
  uint64_t event;      /**< events begun */
  unsigned char *tail; /**< of the tail, what follows tail_base */
  uint64_t tail_base, tail_used;
  bool ended;          /**< the stream has no more, the rest comes from the tail */
  unsigned char *held; /**< of the stream, taken and not read yet */
  size_t held_count, held_at;
  uint32_t rank, ranks;
  uint64_t begin_ns;
  char program[MPI_TEXT_MAX], host[MPI_TEXT_MAX], library[MPI_TEXT_MAX]; /**< printable ASCII */
};

/** Opens and reads the head. On failure nothing stays open, and error names the file. */
enum oio_status mpi_rank_open(struct mpi_rank *rank, const char *path, struct oio_error *error);
void mpi_rank_close(struct mpi_rank *rank);
/** The next number. *more false: the recording ends here. OIO_ERR_FORMAT, OIO_ERR_IO: it is damaged. */
enum oio_status mpi_rank_number(struct mpi_rank *rank, uint64_t *number, bool *more, struct oio_error *error);
/** "PATH: event N: what; record again". */
enum oio_status mpi_rank_bad(const struct mpi_rank *rank, struct oio_error *error, const char *format, ...)
#if defined(__GNUC__)
    __attribute__((format(printf, 3, 4)))
#endif
    ;

#endif
