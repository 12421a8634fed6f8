/* SPDX-License-Identifier: Apache-2.0 */
/**
 * What the trace tests share: a folder of their own, files with given bytes, and other programs (gzip, zcat, awk) as oracles.
 */
#ifndef TRACE_FIXTURE_H
#define TRACE_FIXTURE_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "oio/trace.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

struct folder {
  char path[64];
  char file[96]; /* in it */
};

static inline int open_folder(void **state) {
  struct folder *folder = calloc(1, sizeof *folder);
  assert_non_null(folder);
  strcpy(folder->path, "/tmp/oio-test-XXXXXX");
  assert_non_null(mkdtemp(folder->path));
  snprintf(folder->file, sizeof folder->file, "%s/t.oiotrace.gz", folder->path);
  *state = folder;
  return 0;
}

static inline int run_command(const char *format, ...) {
  char command[1024];
  va_list arguments;
  va_start(arguments, format);
  vsnprintf(command, sizeof command, format, arguments);
  va_end(arguments);
  return system(command);
}

static inline int close_folder(void **state) {
  struct folder *folder = *state;
  const int status = run_command("rm -rf '%s'", folder->path);
  free(folder);
  return status;
}

static inline void put_file(const char *path, const void *bytes, size_t count) {
  FILE *file = fopen(path, "wb");
  assert_non_null(file);
  assert_int_equal(fwrite(bytes, 1, count, file), count);
  assert_int_equal(fclose(file), 0);
}

/* What a command prints, without the last newline. */
static inline void output_of(char *out, size_t room, const char *format, ...) {
  char command[1024];
  va_list arguments;
  va_start(arguments, format);
  vsnprintf(command, sizeof command, format, arguments);
  va_end(arguments);
  FILE *pipe = popen(command, "r");
  assert_non_null(pipe);
  const size_t got = fread(out, 1, room - 1, pipe);
  out[got] = '\0';
  assert_int_equal(pclose(pipe), 0);
  if (got > 0 && out[got - 1] == '\n') out[got - 1] = '\0';
}

static inline unsigned entries_in(const char *path) {
  unsigned count = 0;
  DIR *folder = opendir(path);
  assert_non_null(folder);
  for (const struct dirent *entry = readdir(folder); entry != NULL; entry = readdir(folder)) count += entry->d_name[0] != '.';
  closedir(folder);
  return count;
}

/* Reads to the end or to the first error; returns the status. */
static inline enum oio_status read_whole(const char *path, uint64_t *records, struct oio_error *error) {
  struct oio_trace_reader *reader;
  struct oio_record record;
  bool more = true;
  *records = 0;
  error->text[0] = '\0';
  enum oio_status status = oio_trace_open(&reader, path, error);
  if (status != OIO_OK) {
    assert_null(reader);
    return status;
  }
  while (status == OIO_OK && more) status = oio_trace_next(reader, &record, &more, error);
  *records = oio_trace_records(reader);
  oio_trace_close(reader);
  return status;
}

#endif
