/* SPDX-License-Identifier: Apache-2.0 */
#define _XOPEN_SOURCE 700
#include "write_whole.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static const char *remedy(int cause) {
  switch (cause) {
  case ENOSPC:
  case EDQUOT:
    return "free some space or name another place";
  case ENOENT:
  case ENOTDIR:
    return "make the folder first";
  case EISDIR:
    return "name a file in it";
  case EACCES:
  case EPERM:
  case EROFS:
    return "name a place that you may write to";
  default:
    return "name another file";
  }
}

static enum wave_status fail(const struct wave_whole *whole, const char *path, int cause, struct wave_error *error) {
  return wave_fail(error, "%s: cannot be written: %s; %s", whole != NULL && whole->path != NULL ? whole->path : path, strerror(cause),
                   remedy(cause));
}

static void forget(struct wave_whole *whole) {
  free(whole->path);
  free(whole->final);
  free(whole->temporary);
  *whole = (struct wave_whole){0};
}

static char *copy_text(const char *text) {
  const size_t size = strlen(text) + 1;
  char *copy = malloc(size);
  return copy != NULL ? memcpy(copy, text, size) : NULL;
}

/* Opens what is there already and is no regular file. */
static bool open_direct(struct wave_whole *whole) {
  const int descriptor = open(whole->path, O_WRONLY | O_CLOEXEC | O_NOCTTY);
  if (descriptor < 0) return false;
  whole->direct = true;
  whole->file = fdopen(descriptor, "wb");
  if (whole->file == NULL) close(descriptor);
  return whole->file != NULL;
}

/* A new file beside the final one, with the rights of the one that it replaces. */
static bool open_beside(struct wave_whole *whole, const struct stat *old) {
  const size_t size = strlen(whole->path) + 32;
  int descriptor = -1;
  whole->final = old != NULL ? realpath(whole->path, NULL) : NULL;
  if (whole->final == NULL) whole->final = copy_text(whole->path);
  whole->temporary = whole->final != NULL ? malloc(strlen(whole->final) + size) : NULL;
  if (whole->temporary == NULL) return false;
  for (unsigned turn = 0; turn < 100 && descriptor < 0; turn++) {
    snprintf(whole->temporary, strlen(whole->final) + size, "%s.%ld-%u.part", whole->final, (long)getpid(), turn);
    descriptor = open(whole->temporary, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
    if (descriptor < 0 && errno != EEXIST) return false;
  }
  if (descriptor < 0) return false;
  if (old != NULL) (void)!fchmod(descriptor, old->st_mode & 0777);
  whole->file = fdopen(descriptor, "w+b");
  if (whole->file == NULL) close(descriptor);
  return whole->file != NULL;
}

enum wave_status wave_whole_begin(struct wave_whole *whole, const char *path, struct wave_error *error) {
  struct stat old;
  *whole = (struct wave_whole){.path = copy_text(path)};
  if (whole->path == NULL) return fail(NULL, path, ENOMEM, error);
  const bool exists = stat(path, &old) == 0;
  errno = 0;
  bool opened = false;
  if (exists && S_ISDIR(old.st_mode))
    errno = EISDIR;
  else if (exists && !S_ISREG(old.st_mode))
    opened = open_direct(whole);
  else if (exists && access(path, W_OK) != 0)
    opened = false; /* a rename would replace what may not be written */
  else
    opened = open_beside(whole, exists ? &old : NULL);
  if (opened) return WAVE_OK;
  const int cause = errno != 0 ? errno : ENOMEM;
  if (whole->temporary != NULL && cause != EEXIST) unlink(whole->temporary);
  fail(whole, path, cause, error);
  forget(whole);
  return WAVE_ERROR;
}

enum wave_status wave_whole_add(struct wave_whole *whole, const void *bytes, size_t size, struct wave_error *error) {
  if (size == 0 || fwrite(bytes, 1, size, whole->file) == size) return WAVE_OK;
  return fail(whole, NULL, errno, error);
}

enum wave_status wave_whole_patch(struct wave_whole *whole, uint64_t offset, const void *bytes, size_t size, struct wave_error *error) {
  if (fseeko(whole->file, (off_t)offset, SEEK_SET) == 0 && fwrite(bytes, 1, size, whole->file) == size &&
      fseeko(whole->file, 0, SEEK_END) == 0)
    return WAVE_OK;
  return fail(whole, NULL, errno, error);
}

uint64_t wave_whole_size(const struct wave_whole *whole) {
  const off_t size = ftello(whole->file);
  return size < 0 ? 0 : (uint64_t)size;
}

enum wave_status wave_whole_end(struct wave_whole *whole, struct wave_error *error) {
  FILE *file = whole->file;
  errno = 0;
  bool written = fflush(file) == 0 && !ferror(file);
  int cause = errno;
  if (fclose(file) != 0 && written) {
    written = false;
    cause = errno;
  }
  if (written && !whole->direct && rename(whole->temporary, whole->final) != 0) {
    written = false;
    cause = errno;
  }
  if (!written) {
    if (whole->temporary != NULL) unlink(whole->temporary);
    fail(whole, NULL, cause, error);
  }
  forget(whole);
  return written ? WAVE_OK : WAVE_ERROR;
}

void wave_whole_abandon(struct wave_whole *whole) {
  if (whole->file != NULL) fclose(whole->file);
  if (whole->temporary != NULL) unlink(whole->temporary);
  forget(whole);
}

enum wave_status wave_write_whole(const char *path, const void *bytes, size_t size, struct wave_error *error) {
  struct wave_whole whole;
  if (wave_whole_begin(&whole, path, error) != WAVE_OK) return WAVE_ERROR;
  if (wave_whole_add(&whole, bytes, size, error) == WAVE_OK) return wave_whole_end(&whole, error);
  wave_whole_abandon(&whole);
  return WAVE_ERROR;
}
