/* SPDX-License-Identifier: Apache-2.0 */
#define _POSIX_C_SOURCE 200809L
#include "oio/results.h"

#include "whole.h"

#include <errno.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* A folder that takes no new file, or lets none be replaced, does not keep the one that is there from being written. */
static bool can_be_written_in_place(const char *path) {
  struct stat about;
  return stat(path, &about) == 0 && S_ISREG(about.st_mode) && access(path, W_OK) == 0;
}

static bool write_in_place(const char *path, const char *text) {
  FILE *file = fopen(path, "w");
  if (file == NULL) return false;
  bool good = fputs(text, file) >= 0 && fflush(file) == 0;
  int cause = errno;
  if (fclose(file) != 0 && good) {
    good = false;
    cause = errno;
  }
  errno = cause;
  return good;
}

static bool put_and_end(struct oio_whole *whole, const char *text) {
  if (fputs(text, whole->file) >= 0) return oio_whole_end(whole);
  const int cause = errno;
  oio_whole_abandon(whole);
  errno = cause;
  return false;
}

static bool write_text(const char *path, const char *text) {
  struct oio_whole whole;
  const bool begun = oio_whole_begin(&whole, path);
  if (begun && put_and_end(&whole, text)) return true;
  const int cause = errno;
  if ((!begun || cause == EPERM || cause == EACCES) && can_be_written_in_place(path)) return write_in_place(path, text);
  errno = cause;
  return false;
}

enum oio_status oio_write_whole(const char *path, const char *text, struct oio_error *error) {
  if (write_text(path, text)) return OIO_OK;
  return oio_error_set(error, OIO_ERR_IO, "%.200s: cannot be written: %s; free space there or choose another place", path, strerror(errno));
}

enum oio_status oio_can_write_whole(const char *path, struct oio_error *error) {
  struct oio_whole whole;
  const bool begun = oio_whole_begin(&whole, path);
  const int cause = errno;
  if (begun) oio_whole_abandon(&whole);
  if (begun || can_be_written_in_place(path)) return OIO_OK;
  return oio_error_set(error, OIO_ERR_IO, "%.200s: cannot be written: %s; choose another place", path, strerror(cause));
}
