/* SPDX-License-Identifier: Apache-2.0 */
#include "mpi_rank.h"

#include "trace/text_input.h"

#include <errno.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { HELD_BYTES = 65536, HEAD_LINE_MAX = 600, HEAD_LINES_MAX = 100, GROUPS_MAX = 10 };

enum oio_status mpi_rank_bad(const struct mpi_rank *rank, struct oio_error *error, const char *format, ...) {
  char what[120];
  va_list arguments;
  va_start(arguments, format);
  vsnprintf(what, sizeof what, format, arguments);
  va_end(arguments);
  return oio_error_set(error, OIO_ERR_FORMAT, "%.110s: event %" PRIu64 ": %s; record again", rank->path, rank->event, what);
}

/* More of the stream in held; held_count 0: there is no more. A stream that was cut short ends there. */
static enum oio_status refill(struct mpi_rank *rank, struct oio_error *error) {
  int cause;
  const int got = gzread(rank->file, rank->held, HELD_BYTES);
  rank->held_at = 0;
  rank->held_count = got > 0 ? (size_t)got : 0;
  if (got >= 0) return OIO_OK;
  gzerror(rank->file, &cause);
  if (cause == Z_BUF_ERROR) return OIO_OK;
  return oio_error_set(error, OIO_ERR_FORMAT, "%.110s: its gzip data is damaged; record again", rank->path);
}

static enum oio_status next_byte(struct mpi_rank *rank, unsigned char *byte, bool *more, struct oio_error *error) {
  *more = true;
  if (!rank->ended && rank->held_at == rank->held_count) {
    const enum oio_status status = refill(rank, error);
    if (status != OIO_OK) return status;
    rank->ended = rank->held_count == 0;
  }
  if (!rank->ended) {
    *byte = rank->held[rank->held_at++];
    rank->at++;
    return OIO_OK;
  }
  if (rank->tail_used > 0 && rank->at < rank->tail_base)
    return mpi_rank_bad(rank, error, "bytes are missing between the stream and its tail");
  *more = rank->at - rank->tail_base < rank->tail_used;
  if (*more) *byte = rank->tail[rank->at++ - rank->tail_base];
  return OIO_OK;
}

enum oio_status mpi_rank_number(struct mpi_rank *rank, uint64_t *number, bool *more, struct oio_error *error) {
  unsigned char byte = 128;
  *number = 0;
  for (unsigned group = 0; (byte & 128) != 0; group++) {
    const enum oio_status status = next_byte(rank, &byte, more, error);
    if (status != OIO_OK || !*more) return status;
    if (group == GROUPS_MAX) return mpi_rank_bad(rank, error, "a number of more than 64 bits");
    *number |= (uint64_t)(byte & 127) << (7 * group);
  }
  return OIO_OK;
}

static void take_text(char *text, const char *value) {
  snprintf(text, MPI_TEXT_MAX, "%.*s", MPI_TEXT_MAX - 1, value);
  for (; *text != '\0'; text++)
    if (*text < ' ' || *text > '~') *text = '?';
}

/* False: not of a head. What is not known is for somebody else. */
static bool take_line(struct mpi_rank *rank, const char *line) {
  uint64_t number;
  if (strncmp(line, "program ", 8) == 0) take_text(rank->program, line + 8);
  if (strncmp(line, "host ", 5) == 0) take_text(rank->host, line + 5);
  if (strncmp(line, "library ", 8) == 0) take_text(rank->library, line + 8);
  if (strncmp(line, "begin_ns ", 9) == 0) return text_number(line + 9, "", UINT64_MAX / 2, &rank->begin_ns);
  if (strncmp(line, "ranks ", 6) == 0) {
    if (!text_number(line + 6, "", 65536, &number) || number == 0) return false;
    rank->ranks = (uint32_t)number;
  } else if (strncmp(line, "rank ", 5) == 0) {
    if (!text_number(line + 5, "", 65535, &number)) return false;
    rank->rank = (uint32_t)number;
  }
  return true;
}

static enum oio_status read_head(struct mpi_rank *rank, struct oio_error *error) {
  char line[HEAD_LINE_MAX];
  for (int lines = 0; lines < HEAD_LINES_MAX; lines++) {
    size_t length = 0;
    bool more = true;
    unsigned char byte = 0;
    while (byte != '\n' && length < sizeof line) {
      const enum oio_status status = next_byte(rank, &byte, &more, error);
      if (status != OIO_OK) return status;
      if (!more) break;
      line[length++] = (char)byte;
    }
    if (!more || byte != '\n') break;
    line[length - 1] = '\0';
    if (lines == 0 && strcmp(line, RECORD_FIRST_LINE) != 0) break;
    if (strcmp(line, "---") == 0 && rank->rank < rank->ranks) return OIO_OK;
    if (!take_line(rank, line)) break;
  }
  return oio_error_set(error, OIO_ERR_FORMAT, "%.110s: no head of a recorded rank that this version reads; record again", rank->path);
}

/* The tail beside the stream; one that cannot be read has nothing. */
static void read_tail(struct mpi_rank *rank) {
  static const char ending[] = ".oiorec";
  char path[4096];
  struct record_tail head;
  const size_t length = strlen(rank->path), cut = sizeof ending - 1;
  if (length <= cut || strcmp(rank->path + length - cut, ending) != 0) return;
  snprintf(path, sizeof path, "%.*s.tail", (int)(length - cut < 4000 ? length - cut : 4000), rank->path);
  FILE *file = fopen(path, "rb");
  if (file == NULL) return;
  if (fread(&head, sizeof head, 1, file) == 1 && head.magic == RECORD_TAIL_MAGIC && head.used <= RECORD_TAIL_BYTES &&
      fread(rank->tail, 1, RECORD_TAIL_BYTES, file) >= head.used) {
    rank->tail_base = head.base;
    rank->tail_used = head.used;
  }
  fclose(file);
}

enum oio_status mpi_rank_open(struct mpi_rank *rank, const char *path, struct oio_error *error) {
  *rank = (struct mpi_rank){.path = path, .held = malloc(HELD_BYTES), .tail = malloc(RECORD_TAIL_BYTES)};
  errno = 0;
  rank->file = gzopen(path, "rb");
  enum oio_status status = OIO_OK;
  if (rank->held == NULL || rank->tail == NULL)
    status = oio_error_set(error, OIO_ERR_NOMEM, "%.110s: out of memory; close other programs", path);
  else if (rank->file == NULL)
    status = oio_error_set(error, OIO_ERR_IO, "%.110s: cannot be opened: %s; check the name", path, strerror(errno != 0 ? errno : ENOMEM));
  if (status == OIO_OK) read_tail(rank);
  if (status == OIO_OK) status = read_head(rank, error);
  if (status != OIO_OK) mpi_rank_close(rank);
  return status;
}

void mpi_rank_close(struct mpi_rank *rank) {
  if (rank->file != NULL) gzclose_r(rank->file);
  free(rank->held);
  free(rank->tail);
  *rank = (struct mpi_rank){0};
}
