/* SPDX-License-Identifier: Apache-2.0 */
#define _POSIX_C_SOURCE 200809L
#include "oio/results.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { PATH_ROOM = 4096, LINKS_FOLLOWED = 40 };

/* Where a write goes. */
struct place {
  char target[PATH_ROOM];    /* behind the symbolic links */
  char temporary[PATH_ROOM]; /* beside the target, to be renamed to it */
  int beside;                /* the temporary file, open; -1: the target is written in place */
  bool exists;
};

/* What path is a link to, also when nothing is there yet. */
static bool follow(char *path) {
  for (unsigned i = 0; i < LINKS_FOLLOWED; i++) {
    char link[PATH_ROOM];
    const ssize_t length = readlink(path, link, sizeof link);
    if (length < 0) return true;
    char *slash = link[0] == '/' ? NULL : strrchr(path, '/');
    char *name = slash == NULL ? path : slash + 1;
    if ((size_t)(name - path) + (size_t)length >= PATH_ROOM) {
      errno = ENAMETOOLONG;
      return false;
    }
    memcpy(name, link, (size_t)length);
    name[length] = '\0';
  }
  errno = ELOOP;
  return false;
}

/* A new file beside the target, with the rights of the one that it will replace. */
static int open_beside(struct place *place, const struct stat *old) {
  const int length = snprintf(place->temporary, sizeof place->temporary, "%s.%ld.part", place->target, (long)getpid());
  if (length < 0 || (size_t)length >= sizeof place->temporary) {
    errno = ENAMETOOLONG;
    return -1;
  }
  remove(place->temporary);
  const int file = open(place->temporary, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
  if (file >= 0 && place->exists) (void)!fchmod(file, old->st_mode & 07777);
  return file;
}

static bool find_place(const char *path, struct place *place) {
  struct stat old;
  place->beside = -1;
  if (strlen(path) >= PATH_ROOM) {
    errno = ENAMETOOLONG;
    return false;
  }
  memcpy(place->target, path, strlen(path) + 1);
  place->exists = stat(path, &old) == 0;
  if (place->exists && S_ISDIR(old.st_mode)) errno = EISDIR;
  if (place->exists && (S_ISDIR(old.st_mode) || access(path, W_OK) != 0)) return false;
  if (place->exists && !S_ISREG(old.st_mode)) return true;
  if (!follow(place->target)) return false;
  place->beside = open_beside(place, &old);
  /* A folder that takes no new file does not keep the one that is there from being written. */
  return place->beside >= 0 || place->exists;
}

static bool write_to(FILE *file, const char *text) {
  if (file == NULL) return false;
  bool good = fputs(text, file) >= 0;
  good = fflush(file) == 0 && good;
  const int kept = errno;
  good = fclose(file) == 0 && good;
  if (!good && errno == 0) errno = kept;
  return good;
}

static bool write_beside(const struct place *place, const char *text) {
  FILE *file = fdopen(place->beside, "w");
  if (file == NULL) close(place->beside);
  if (write_to(file, text)) {
    if (rename(place->temporary, place->target) == 0) return true;
    /* Some folders let a file be written, but not replaced. */
    if (place->exists && write_to(fopen(place->target, "w"), text)) {
      remove(place->temporary);
      return true;
    }
  }
  const int why = errno;
  remove(place->temporary);
  errno = why;
  return false;
}

enum oio_status oio_write_whole(const char *path, const char *text, struct oio_error *error) {
  struct place place;
  if (find_place(path, &place) && (place.beside >= 0 ? write_beside(&place, text) : write_to(fopen(place.target, "w"), text)))
    return OIO_OK;
  return oio_error_set(error, OIO_ERR_IO, "%.200s: cannot be written: %s; free space there or choose another place", path, strerror(errno));
}

enum oio_status oio_can_write_whole(const char *path, struct oio_error *error) {
  struct place place;
  if (!find_place(path, &place))
    return oio_error_set(error, OIO_ERR_IO, "%.200s: cannot be written: %s; choose another place", path, strerror(errno));
  if (place.beside >= 0) {
    close(place.beside);
    remove(place.temporary);
  }
  return OIO_OK;
}
