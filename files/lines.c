/* SPDX-License-Identifier: Apache-2.0 */
#define _POSIX_C_SOURCE 200809L
#include "lines.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

void oio_lines_start(struct oio_lines *lines) {
  lines->number = lines->taken = 0;
  lines->begin = lines->end = lines->searched = 0;
  lines->nul = lines->size;
  lines->at_end = false;
  lines->cause = 0;
  lines->file = -1;
}

static bool read_file(void *context, char *out, size_t room, size_t *got) {
  struct oio_lines *lines = context;
  ssize_t length;
  do length = read(lines->file, out, room);
  while (length < 0 && errno == EINTR);
  lines->cause = length < 0 ? errno : 0;
  *got = length < 0 ? 0 : (size_t)length;
  return length >= 0;
}

bool oio_lines_open(struct oio_lines *lines, const char *path, size_t line_max, uint64_t text_max) {
  *lines = (struct oio_lines){
      .read = read_file, .context = lines, .size = line_max + OIO_LINES_ROOM, .line_max = line_max, .text_max = text_max};
  oio_lines_start(lines);
  lines->buffer = malloc(lines->size);
  if (lines->buffer == NULL) {
    errno = ENOMEM;
    return false;
  }
  lines->file = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY);
  if (lines->file >= 0) return true;
  const int cause = errno;
  free(lines->buffer);
  errno = cause;
  return false;
}

void oio_lines_close(struct oio_lines *lines) {
  close(lines->file);
  free(lines->buffer);
}

/* Reads more behind what is there. */
static enum oio_lines_result fill(struct oio_lines *lines) {
  size_t got = 0;
  if (lines->begin > 0) {
    memmove(lines->buffer, lines->buffer + lines->begin, lines->end - lines->begin);
    if (lines->nul < lines->size) lines->nul -= lines->begin;
    lines->end -= lines->begin;
    lines->searched -= lines->begin;
    lines->begin = 0;
  }
  /* The last byte stays free for the NUL behind a last line without its newline. */
  const size_t room = lines->size - 1 - lines->end, most = lines->size - lines->line_max;
  if (!lines->read(lines->context, lines->buffer + lines->end, room < most ? room : most, &got)) return OIO_LINES_UNREADABLE;
  lines->at_end = got == 0;
  lines->taken += got;
  if (lines->taken > lines->text_max) return OIO_LINES_TOO_MUCH;
  const char *nul = got == 0 || lines->nul < lines->size ? NULL : memchr(lines->buffer + lines->end, '\0', got);
  if (nul != NULL) lines->nul = (size_t)(nul - lines->buffer);
  lines->end += got;
  return OIO_LINES_ONE;
}

/* Takes what lies before end, and of this `over` bytes more. */
static enum oio_lines_result take(struct oio_lines *lines, size_t end, size_t over, char **line, size_t *nbytes) {
  if (end + over - lines->begin > lines->line_max) return OIO_LINES_TOO_LONG;
  if (lines->nul < end) return OIO_LINES_NUL;
  *line = lines->buffer + lines->begin;
  *nbytes = end - lines->begin;
  lines->begin = lines->searched = end + over;
  return OIO_LINES_ONE;
}

/* The next line, of which the newline has not been read yet. Apart, because it is rare. */
static enum oio_lines_result next_beyond(struct oio_lines *lines, char **line, size_t *nbytes) {
  const char *newline = NULL;
  while (newline == NULL && !lines->at_end) {
    lines->searched = lines->end;
    if (lines->end - lines->begin >= lines->line_max) return OIO_LINES_TOO_LONG;
    const enum oio_lines_result result = fill(lines);
    if (result != OIO_LINES_ONE) return result;
    newline = memchr(lines->buffer + lines->searched, '\n', lines->end - lines->searched);
  }
  if (newline != NULL) return take(lines, (size_t)(newline - lines->buffer), 1, line, nbytes);
  if (lines->begin == lines->end) return OIO_LINES_END;
  lines->buffer[lines->end] = '\0';
  return take(lines, lines->end, 0, line, nbytes);
}

enum oio_lines_result oio_lines_next(struct oio_lines *lines, char **line, size_t *nbytes) {
  lines->number++;
  const char *newline = memchr(lines->buffer + lines->searched, '\n', lines->end - lines->searched);
  if (newline == NULL) return next_beyond(lines, line, nbytes);
  return take(lines, (size_t)(newline - lines->buffer), 1, line, nbytes);
}

enum oio_lines_result oio_lines_peek(struct oio_lines *lines, size_t nbytes, const char **at, size_t *got) {
  while (lines->end - lines->begin < nbytes && !lines->at_end) {
    const enum oio_lines_result result = fill(lines);
    if (result != OIO_LINES_ONE) return result;
  }
  *at = lines->buffer + lines->begin;
  *got = lines->end - lines->begin < nbytes ? lines->end - lines->begin : nbytes;
  return OIO_LINES_ONE;
}

const char *oio_lines_why(const struct oio_lines *lines, enum oio_lines_result result, char *out, size_t out_nbytes) {
  switch (result) {
  case OIO_LINES_TOO_LONG:
    snprintf(out, out_nbytes, "the line is longer than %zu bytes", lines->line_max);
    break;
  case OIO_LINES_TOO_MUCH:
    snprintf(out, out_nbytes, "the file is longer than %" PRIu64 " bytes", lines->text_max);
    break;
  case OIO_LINES_NUL:
    snprintf(out, out_nbytes, "a NUL byte");
    break;
  case OIO_LINES_UNREADABLE:
    snprintf(out, out_nbytes, "cannot be read: %s", strerror(lines->cause));
    break;
  default:
    snprintf(out, out_nbytes, "the text ends");
  }
  return out;
}
