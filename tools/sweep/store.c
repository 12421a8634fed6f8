/* SPDX-License-Identifier: Apache-2.0 */
#define _GNU_SOURCE
#include "store.h"

#include "whole.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

enum { LOCK_TRIES = 20, LOCK_WAIT_MS = 100 };

static const char no_memory[] = "out of memory; close other programs";

static const char *name_of(const struct store *store) {
  return store->path == NULL ? "the file for the time being" : store->path;
}

static enum oio_status cannot(const struct store *store, const char *what, struct oio_error *error) {
  return oio_error_set(error, OIO_ERR_IO, "%.160s: cannot be %s: %s; %s", name_of(store), what, strerror(errno),
                       errno == ENOSPC ? "free space there, and give the same command again" : "choose another place");
}

bool store_wants(const struct store *store, uint64_t number) {
  return number < store->runs && number % store->shard.of == store->shard.which - 1;
}

uint64_t store_wanted(const struct store *store) {
  return (store->runs + store->shard.of - store->shard.which) / store->shard.of;
}

static bool note_line(struct store *store, uint64_t number, size_t nbytes, bool good) {
  if (store->lines == store->room) {
    const uint64_t room = 2 * store->room + 64;
    struct store_line *more = realloc(store->line, room * sizeof *more);
    if (more == NULL) return false;
    store->line = more;
    store->room = room;
  }
  if (store->lines > 0 && store->line[store->lines - 1].number >= number) store->ordered = false;
  store->line[store->lines++] = (struct store_line){number, store->end, nbytes, good};
  store->bad += !good;
  store->end += nbytes;
  return true;
}

/* What a line begins with, as point.c writes it. In a text a quote would have a backslash before it. */
static bool look_at_line(const char *line, uint64_t *number, bool *good) {
  *good = strstr(line, ",\"good\":true,") != NULL;
  return sscanf(line, "{\"number\":%" SCNu64 ",", number) == 1 && (*good || strstr(line, ",\"good\":false,") != NULL);
}

static enum oio_status take_line(struct store *store, const char *line, size_t nbytes, struct oio_error *error) {
  uint64_t number;
  bool good;
  if (strlen(line) != nbytes || !look_at_line(line, &number, &good) || !store_wants(store, number))
    return oio_error_set(error, OIO_ERR_FORMAT, "%.160s:%" PRIu64 ": this is no line of such a sweep; name another file", name_of(store),
                         store->lines + 2);
  return note_line(store, number, nbytes, good) ? OIO_OK : oio_error_set(error, OIO_ERR_NOMEM, no_memory);
}

static enum oio_status take_head(struct store *store, const char *line, struct oio_error *error) {
  char difference[200];
  if (store->head != NULL && strcmp(store->head, line) != 0)
    return oio_error_set(error, OIO_ERR_FORMAT, "%.100s: it is of another sweep: %.150s; name another file", store->path,
                         head_difference(line, store->head, difference, sizeof difference));
  if (!head_read(line, &store->runs, &store->shard))
    return oio_error_set(error, OIO_ERR_FORMAT, "%.160s: it does not begin as a file of oio sweep; name another", store->path);
  if (store->head == NULL && (store->head = strdup(line)) == NULL) return oio_error_set(error, OIO_ERR_NOMEM, no_memory);
  store->end = strlen(line);
  return OIO_OK;
}

/* All lines; what has no newline at the end is left out. */
static enum oio_status read_lines(struct store *store, FILE *in, struct oio_error *error) {
  char *line = NULL;
  size_t room = 0;
  ssize_t got;
  enum oio_status status = OIO_OK;
  bool first = true;
  for (errno = 0; status == OIO_OK && (got = getline(&line, &room, in)) > 0; first = false) {
    if (line[got - 1] != '\n') break;
    status = first ? take_head(store, line, error) : take_line(store, line, (size_t)got, error);
  }
  if (status == OIO_OK && !feof(in) && (ferror(in) || errno == ENOMEM)) status = cannot(store, "read", error);
  free(line);
  return status;
}

static enum oio_status read_all(struct store *store, struct oio_error *error) {
  const int file = openat(AT_FDCWD, store->path, O_RDONLY | O_CLOEXEC);
  FILE *in = file < 0 ? NULL : fdopen(file, "r");
  if (in == NULL) return cannot(store, "read", error);
  const enum oio_status status = read_lines(store, in, error);
  fclose(in);
  return status;
}

/* One command adds to a file. A process that was killed may hold it for a moment still. */
static enum oio_status lock(const struct store *store, struct oio_error *error) {
  const struct timespec pause = {0, LOCK_WAIT_MS * 1000000L};
  for (unsigned i = 0; i < LOCK_TRIES; i++) {
    if (flock(store->file, LOCK_EX | LOCK_NB) == 0) return OIO_OK;
    if (errno != EWOULDBLOCK) return cannot(store, "locked", error);
    nanosleep(&pause, NULL);
  }
  return oio_error_set(error, OIO_ERR_IO, "%.160s: another oio sweep is adding to it; wait for that, or name another file", store->path);
}

static bool write_at_end(const struct store *store, const char *text, size_t nbytes) {
  size_t put = 0;
  while (put < nbytes) {
    const ssize_t got = pwrite(store->file, text + put, nbytes - put, (off_t)(store->end + put));
    if (got < 0 && errno == EINTR) continue;
    if (got <= 0) break;
    put += (size_t)got;
  }
  if (put == nbytes) return true;
  const int cause = errno;
  if (ftruncate(store->file, (off_t)store->end) == 0) errno = cause;
  return false;
}

/* What is there of this sweep, or the head if nothing is. */
static enum oio_status go_on(struct store *store, struct oio_error *error) {
  struct stat about;
  enum oio_status status = lock(store, error);
  if (status != OIO_OK) return status;
  if (fstat(store->file, &about) != 0) return cannot(store, "read", error);
  if (!S_ISREG(about.st_mode))
    return oio_error_set(error, OIO_ERR_IO, "%.160s: it is no file that one can go on with; name another", store->path);
  status = read_all(store, error);
  if (status != OIO_OK) return status;
  if (store->end == 0 && about.st_size > 0) {
    char begin[32] = "";
    const ssize_t got = pread(store->file, begin, sizeof begin - 1, 0);
    if (got <= 0 || strncmp(begin, store->head, (size_t)got) != 0)
      return oio_error_set(error, OIO_ERR_FORMAT, "%.160s: it does not begin as a file of oio sweep; name another", store->path);
  }
  if ((uint64_t)about.st_size != store->end && ftruncate(store->file, (off_t)store->end) != 0) return cannot(store, "written", error);
  return OIO_OK;
}

static enum oio_status begin(struct store *store, struct oio_error *error) {
  if (store->end > 0) return OIO_OK;
  if (!head_read(store->head, &store->runs, &store->shard)) return oio_error_set(error, OIO_ERR_NOMEM, no_memory);
  if (!write_at_end(store, store->head, strlen(store->head))) return cannot(store, "written", error);
  store->end = strlen(store->head);
  return OIO_OK;
}

static int open_nameless(void) {
  FILE *file = tmpfile();
  const int copy = file == NULL ? -1 : fcntl(fileno(file), F_DUPFD_CLOEXEC, 0);
  if (file != NULL) fclose(file);
  return copy;
}

enum oio_status store_open(struct store *store, const char *path, const char *head, bool there, struct oio_error *error) {
  *store = (struct store){.path = path, .ordered = true, .head = strdup(head)};
  store->file = path == NULL ? open_nameless() : open(path, O_RDWR | O_CLOEXEC | (there ? 0 : O_CREAT), 0666);
  enum oio_status status = OIO_OK;
  if (store->head == NULL)
    status = oio_error_set(error, OIO_ERR_NOMEM, no_memory);
  else if (store->file < 0)
    status = cannot(store, "opened", error);
  else if (path != NULL)
    status = go_on(store, error);
  if (status == OIO_OK) status = begin(store, error);
  if (status != OIO_OK) store_close(store);
  return status;
}

enum oio_status store_read(struct store *store, const char *path, struct oio_error *error) {
  *store = (struct store){.path = path, .ordered = true, .file = open(path, O_RDONLY | O_CLOEXEC)};
  enum oio_status status = store->file < 0 ? cannot(store, "opened", error) : read_all(store, error);
  if (status == OIO_OK && store->head == NULL)
    status = oio_error_set(error, OIO_ERR_FORMAT, "%.160s: it does not begin as a file of oio sweep; name another", path);
  if (status != OIO_OK) store_close(store);
  return status;
}

enum oio_status store_add(struct store *store, const char *line, size_t nbytes, struct oio_error *error) {
  uint64_t number = 0;
  bool good = false;
  look_at_line(line, &number, &good);
  if (!write_at_end(store, line, nbytes)) return cannot(store, "written", error);
  return note_line(store, number, nbytes, good) ? OIO_OK : oio_error_set(error, OIO_ERR_NOMEM, no_memory);
}

static int by_number(const void *a, const void *b) {
  const struct store_line *x = a, *y = b;
  if (x->number != y->number) return x->number < y->number ? -1 : 1;
  return x->at < y->at ? -1 : x->at > y->at;
}

void store_sort(struct store *store) {
  if (!store->ordered) qsort(store->line, store->lines, sizeof *store->line, by_number);
}

char *store_text(const struct store *store, uint64_t index, struct oio_error *error) {
  const struct store_line *line = &store->line[index];
  char *text = malloc(line->nbytes + 1);
  if (text == NULL) {
    oio_error_set(error, OIO_ERR_NOMEM, no_memory);
    return NULL;
  }
  errno = 0;
  if (pread(store->file, text, line->nbytes, (off_t)line->at) != (ssize_t)line->nbytes) {
    oio_error_set(error, OIO_ERR_IO, "%.160s: cannot be read again: %s; leave it alone meanwhile", name_of(store),
                  errno != 0 ? strerror(errno) : "it is shorter now");
    free(text);
    return NULL;
  }
  text[line->nbytes] = '\0';
  return text;
}

static enum oio_status put_in_order(struct store *store, struct oio_error *error) {
  struct oio_whole whole;
  enum oio_status status = OIO_OK;
  store_sort(store);
  if (!oio_whole_begin(&whole, store->path)) return cannot(store, "put in order", error);
  bool good = fputs(store->head, whole.file) >= 0;
  for (uint64_t i = 0; i < store->lines && good && status == OIO_OK; i++) {
    char *text = store_text(store, i, error);
    if (text == NULL)
      status = OIO_ERR_IO;
    else
      good = fputs(text, whole.file) >= 0;
    free(text);
  }
  whole.lasting = true;
  if (status == OIO_OK && good) return oio_whole_end(&whole) ? OIO_OK : cannot(store, "put in order", error);
  if (!good) status = cannot(store, "put in order", error);
  oio_whole_abandon(&whole);
  return status;
}

enum oio_status store_settle(struct store *store, struct oio_error *error) {
  if (store->path == NULL) return OIO_OK;
  if (fsync(store->file) != 0 && errno != EINVAL && errno != EROFS) return cannot(store, "written", error);
  return store->ordered || store->lines < store_wanted(store) ? OIO_OK : put_in_order(store, error);
}

void store_close(struct store *store) {
  if (store->file >= 0) close(store->file);
  free(store->head);
  free(store->line);
  store->head = NULL;
  store->line = NULL;
  store->file = -1;
}
