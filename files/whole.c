/* SPDX-License-Identifier: Apache-2.0 */
#define _DEFAULT_SOURCE
#include "whole.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

enum { PATH_ROOM = 4096, LINKS_FOLLOWED = 40, ATTEMPTS = 100 };

static const char standard_output[] = "/dev/stdout";

const char *oio_whole_remedy(int cause) {
  switch (cause) {
  case ENOSPC:
  case EDQUOT:
    return "free some space or name another place";
  case ENOMEM:
    return "close other programs";
  case ENOENT:
  case ENOTDIR:
    return "make the folder first";
  case EISDIR:
    return "name a file in it";
  case EACCES:
  case EPERM:
  case EROFS:
    return "name a place that you may write to";
  case EFBIG:
    return "raise the limit of ulimit -f";
  default:
    return "name another file";
  }
}

/* What path is a link to, also when nothing is there yet. */
static bool follow(const char *path, char out[PATH_ROOM]) {
  const size_t nbytes = strlen(path) + 1;
  if (nbytes > PATH_ROOM) {
    errno = ENAMETOOLONG;
    return false;
  }
  memcpy(out, path, nbytes);
  for (unsigned i = 0; i < LINKS_FOLLOWED; i++) {
    char link[PATH_ROOM];
    const ssize_t length = readlink(out, link, sizeof link);
    if (length < 0) return true;
    char *slash = link[0] == '/' ? NULL : strrchr(out, '/');
    char *name = slash == NULL ? out : slash + 1;
    if ((size_t)(name - out) + (size_t)length >= PATH_ROOM) {
      errno = ENAMETOOLONG;
      return false;
    }
    memcpy(name, link, (size_t)length);
    name[length] = '\0';
  }
  errno = ELOOP;
  return false;
}

/* Whether name is base.PID-N.part. */
static bool is_part(const char *name, const char *base) {
  const size_t length = strlen(base);
  if (strncmp(name, base, length) != 0 || name[length] != '.') return false;
  const char *at = name + length + 1;
  const size_t process = strspn(at, "0123456789");
  if (process == 0 || at[process] != '-') return false;
  at += process + 1;
  const size_t turn = strspn(at, "0123456789");
  return turn > 0 && strcmp(at + turn, ".part") == 0;
}

/* Removes a part that nobody holds. */
static void remove_dead(int folder, const char *name) {
  struct stat about;
  const int file = openat(folder, name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
  if (file < 0) return;
  if (fstat(file, &about) == 0 && S_ISREG(about.st_mode) && flock(file, LOCK_EX | LOCK_NB) == 0) unlinkat(folder, name, 0);
  close(file);
}

/* What killed writers of path have left. */
static void remove_dead_parts(const char *path) {
  char folder[PATH_ROOM];
  const char *slash = strrchr(path, '/'), *base = slash == NULL ? path : slash + 1;
  snprintf(folder, sizeof folder, "%.*s.", (int)(base - path), path);
  DIR *entries = opendir(folder);
  if (entries == NULL) return;
  for (const struct dirent *entry; (entry = readdir(entries)) != NULL;)
    if (is_part(entry->d_name, base)) remove_dead(dirfd(entries), entry->d_name);
  closedir(entries);
}

/* A new file of that name, locked; -1 with EEXIST: it has been there, or another writer has taken it for a dead one. */
static int create_locked(const char *name) {
  struct stat about;
  const int file = open(name, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
  if (file < 0) return -1;
  const bool locked = flock(file, LOCK_EX | LOCK_NB) == 0;
  /* Where there are no locks no writer removes anything either. */
  if ((locked || errno != EWOULDBLOCK) && fstat(file, &about) == 0 && about.st_nlink > 0) return file;
  close(file);
  errno = EEXIST;
  return -1;
}

/* A new file beside the final one, with the rights of the one that it replaces. */
static bool open_beside(struct oio_whole *whole, const char *path, const struct stat *old) {
  char target[PATH_ROOM];
  int file = -1;
  if (!follow(path, target)) return false;
  const size_t room = strlen(target) + 48;
  whole->final = malloc(room);
  whole->temporary = malloc(room);
  if (whole->final == NULL || whole->temporary == NULL) return false;
  strcpy(whole->final, target);
  for (unsigned turn = 0; turn < ATTEMPTS && file < 0; turn++) {
    snprintf(whole->temporary, room, "%s.%ld-%u.part", target, (long)getpid(), turn);
    file = create_locked(whole->temporary);
    if (file < 0 && errno != EEXIST) break;
  }
  whole->file = file >= 0 ? fdopen(file, "w+b") : NULL;
  if (whole->file != NULL) {
    if (old != NULL) (void)!fchmod(file, old->st_mode & 07777);
    remove_dead_parts(target);
    return true;
  }
  const int cause = errno;
  if (file >= 0) {
    unlink(whole->temporary);
    close(file);
  }
  errno = cause;
  return false;
}

/* Opens what is there already. What standard output goes to goes on from where it is, also where that is a regular file. */
static bool open_direct(struct oio_whole *whole, const char *path) {
  const int file =
      strcmp(path, standard_output) == 0 ? fcntl(STDOUT_FILENO, F_DUPFD_CLOEXEC, 0) : open(path, O_WRONLY | O_CLOEXEC | O_NOCTTY);
  if (file < 0) return false;
  whole->direct = true;
  whole->file = fdopen(file, "wb");
  if (whole->file == NULL) close(file);
  return whole->file != NULL;
}

static void forget(struct oio_whole *whole) {
  free(whole->final);
  free(whole->temporary);
  *whole = (struct oio_whole){0};
}

bool oio_whole_begin(struct oio_whole *whole, const char *path) {
  struct stat old;
  *whole = (struct oio_whole){0};
  const bool exists = stat(path, &old) == 0;
  bool opened = false;
  errno = 0;
  if (exists && S_ISDIR(old.st_mode))
    errno = EISDIR;
  else if (exists && (!S_ISREG(old.st_mode) || strcmp(path, standard_output) == 0))
    opened = open_direct(whole, path);
  else if (!exists || access(path, W_OK) == 0) /* else a rename would replace what may not be written */
    opened = open_beside(whole, path, exists ? &old : NULL);
  if (opened) return true;
  const int cause = errno != 0 ? errno : ENOMEM;
  forget(whole);
  errno = cause;
  return false;
}

/* All of it is where it belongs, but for the name. */
static bool complete(struct oio_whole *whole) {
  errno = 0;
  bool good = fflush(whole->file) == 0 && !ferror(whole->file);
  if (good && whole->lasting && !whole->direct) good = fsync(fileno(whole->file)) == 0;
  return good;
}

bool oio_whole_end(struct oio_whole *whole) {
  /* Closing may fail too, and the lock has to last until the file has its name. */
  const int lock = whole->direct ? -1 : fcntl(fileno(whole->file), F_DUPFD_CLOEXEC, 0);
  bool good = complete(whole);
  int cause = errno;
  if (fclose(whole->file) != 0 && good) {
    good = false;
    cause = errno;
  }
  if (good && !whole->direct && rename(whole->temporary, whole->final) != 0) {
    good = false;
    cause = errno;
  }
  if (!good && whole->temporary != NULL) unlink(whole->temporary);
  if (lock >= 0) close(lock);
  forget(whole);
  errno = good || cause != 0 ? cause : EIO;
  return good;
}

void oio_whole_abandon(struct oio_whole *whole) {
  if (whole->temporary != NULL) unlink(whole->temporary);
  if (whole->file != NULL) fclose(whole->file);
  forget(whole);
}
