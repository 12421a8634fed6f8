/* SPDX-License-Identifier: Apache-2.0 */
#define _POSIX_C_SOURCE 200809L
#include "oio/results.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static bool write_to(const char *path, const char *text) {
  FILE *file = fopen(path, "w");
  if (file == NULL) return false;
  bool good = fputs(text, file) >= 0;
  good = fflush(file) == 0 && good;
  const int kept = errno;
  good = fclose(file) == 0 && good;
  if (!good && errno == 0) errno = kept;
  return good;
}

enum oio_status oio_write_whole(const char *path, const char *text, struct oio_error *error) {
  char temporary[4096];
  struct stat info;
  const bool directly = stat(path, &info) == 0 && !S_ISREG(info.st_mode);
  const int length = snprintf(temporary, sizeof temporary, directly ? "%s" : "%s.%ld.part", path, (long)getpid());
  if (length < 0 || (size_t)length >= sizeof temporary) return oio_error_set(error, OIO_ERR_IO, "%.80s...: the path is too long", path);
  if (write_to(temporary, text) && (directly || rename(temporary, path) == 0)) return OIO_OK;
  const int why = errno;
  if (!directly) remove(temporary);
  return oio_error_set(error, OIO_ERR_IO, "%s: cannot be written: %s; free space there or choose another place", path, strerror(why));
}
