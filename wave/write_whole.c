/* SPDX-License-Identifier: Apache-2.0 */
#define _XOPEN_SOURCE 700
#include "write_whole.h"
#include "memory.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

static enum wave_status fail(const char *path, int cause, struct wave_error *error) {
  wave_memory_failed(cause);
  return wave_fail(error, "%s: cannot be written: %s; %s", path, strerror(cause), oio_whole_remedy(cause));
}

static void forget(struct wave_whole *whole) {
  free(whole->path);
  *whole = (struct wave_whole){0};
}

enum wave_status wave_whole_begin(struct wave_whole *whole, const char *path, struct wave_error *error) {
  *whole = (struct wave_whole){.path = wave_strdup(path), .failures = wave_memory_failures()};
  if (whole->path == NULL) return fail(path, ENOMEM, error);
  if (oio_whole_begin(&whole->whole, path)) return WAVE_OK;
  fail(path, errno, error);
  forget(whole);
  return WAVE_ERROR;
}

FILE *wave_whole_file(const struct wave_whole *whole) {
  return whole->whole.file;
}

enum wave_status wave_whole_add(struct wave_whole *whole, const void *bytes, size_t size, struct wave_error *error) {
  if (size == 0 || fwrite(bytes, 1, size, whole->whole.file) == size) return WAVE_OK;
  return fail(whole->path, errno, error);
}

enum wave_status wave_whole_patch(struct wave_whole *whole, uint64_t offset, const void *bytes, size_t size, struct wave_error *error) {
  if (fseeko(whole->whole.file, (off_t)offset, SEEK_SET) == 0 && fwrite(bytes, 1, size, whole->whole.file) == size &&
      fseeko(whole->whole.file, 0, SEEK_END) == 0)
    return WAVE_OK;
  return fail(whole->path, errno, error);
}

uint64_t wave_whole_size(const struct wave_whole *whole) {
  const off_t size = ftello(whole->whole.file);
  return size < 0 ? 0 : (uint64_t)size;
}

enum wave_status wave_whole_end(struct wave_whole *whole, struct wave_error *error) {
  const bool complete = wave_memory_failures() == whole->failures;
  if (!complete) oio_whole_abandon(&whole->whole);
  const bool written = complete && oio_whole_end(&whole->whole);
  if (!written) fail(whole->path, complete ? errno : ENOMEM, error);
  forget(whole);
  return written ? WAVE_OK : WAVE_ERROR;
}

void wave_whole_abandon(struct wave_whole *whole) {
  oio_whole_abandon(&whole->whole);
  forget(whole);
}

enum wave_status wave_write_whole(const char *path, const void *bytes, size_t size, struct wave_error *error) {
  struct wave_whole whole;
  if (wave_whole_begin(&whole, path, error) != WAVE_OK) return WAVE_ERROR;
  if (wave_whole_add(&whole, bytes, size, error) == WAVE_OK) return wave_whole_end(&whole, error);
  wave_whole_abandon(&whole);
  return WAVE_ERROR;
}
