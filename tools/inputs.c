/* SPDX-License-Identifier: Apache-2.0 */
#define _POSIX_C_SOURCE 200809L
#include "inputs.h"

#include "oio/faults.h"
#include "oio/topology.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>

struct inputs_file {
  char *path;
  uint64_t before, after; /* the digest */
  struct stat about;
};

static bool same_time(const struct timespec *a, const struct timespec *b) {
  return a->tv_sec == b->tv_sec && a->tv_nsec == b->tv_nsec;
}

static bool same_file(const struct stat *a, const struct stat *b) {
  return a->st_dev == b->st_dev && a->st_ino == b->st_ino && a->st_size == b->st_size && same_time(&a->st_mtim, &b->st_mtim) &&
         same_time(&a->st_ctim, &b->st_ctim);
}

/* Clocks of file systems go in steps: what was written within the last one could be written again without another time. */
static bool may_change_unseen(const struct stat *about) {
  enum { STEP_S = 2 };
  return time(NULL) - about->st_mtim.tv_sec <= STEP_S;
}

static const struct inputs_file *find(const struct inputs_known *known, const char *path, uint64_t before, const struct stat *about) {
  for (size_t i = 0; known != NULL && i < known->files; i++) {
    const struct inputs_file *file = &known->file[i];
    if (file->before == before && same_file(&file->about, about) && strcmp(file->path, path) == 0) return file;
  }
  return NULL;
}

/* Without memory it is read again the next time. */
static void remember(struct inputs_known *known, const char *path, uint64_t before, uint64_t after, const struct stat *about) {
  if (known->files == known->room) {
    const size_t room = 2 * known->room + 4;
    struct inputs_file *more = realloc(known->file, room * sizeof *more);
    if (more == NULL) return;
    known->file = more;
    known->room = room;
  }
  char *copy = strdup(path);
  if (copy != NULL) known->file[known->files++] = (struct inputs_file){copy, before, after, *about};
}

void inputs_known_free(struct inputs_known *known) {
  for (size_t i = 0; i < known->files; i++) free(known->file[i].path);
  free(known->file);
  *known = (struct inputs_known){.reads = known->reads};
}

/* FNV-1a, 64 bits: not against forgery. */
static bool read_bytes(uint64_t *digest, const char *path) {
  unsigned char bytes[65536];
  size_t got;
  FILE *file = fopen(path, "rb");
  while (file != NULL && (got = fread(bytes, 1, sizeof bytes, file)) > 0) {
    for (size_t i = 0; i < got; i++) *digest = (*digest ^ bytes[i]) * UINT64_C(0x100000001b3);
  }
  const bool good = file != NULL && !ferror(file);
  const int cause = errno;
  if (file != NULL) fclose(file);
  *digest = (*digest ^ 0x100) * UINT64_C(0x100000001b3);
  errno = cause;
  return good;
}

enum oio_status inputs_add_file(uint64_t *digest, const char *path, struct inputs_known *known, struct oio_error *error) {
  const uint64_t before = *digest;
  struct stat about, then;
  const bool there = stat(path, &about) == 0;
  if (there && !S_ISREG(about.st_mode))
    return oio_error_set(error, OIO_ERR_IO, "%.200s: every run reads it from its start; copy it to a file first", path);
  const struct inputs_file *file = there ? find(known, path, before, &about) : NULL;
  if (file != NULL) {
    *digest = file->after;
    return OIO_OK;
  }
  if (!read_bytes(digest, path))
    return oio_error_set(error, OIO_ERR_IO, "%.200s: cannot be read: %s; check the name", path, strerror(errno));
  if (known == NULL) return OIO_OK;
  known->reads++;
  if (there && !may_change_unseen(&about) && stat(path, &then) == 0 && same_file(&about, &then))
    remember(known, path, before, *digest, &about);
  return OIO_OK;
}

/* Is there such a net? Its file, if it is one, is part of the digest. */
static enum oio_status take_net(const char *net, uint64_t *digest, struct inputs_known *known, struct oio_error *error) {
  struct oio_topology *topology = NULL;
  if (strcmp(net, "pair") == 0 || strcmp(net, "bridged") == 0) return OIO_OK;
  const bool is_file = strpbrk(net, "/.") != NULL;
  enum oio_status status = is_file ? inputs_add_file(digest, net, known, error) : OIO_OK;
  if (status == OIO_OK) status = is_file ? oio_topology_load(&topology, net, error) : oio_topology_create(&topology, net, error);
  oio_topology_destroy(topology);
  return status;
}

/* The same of a schedule: a text is taken as it stands, anything else is a file. */
static enum oio_status take_schedule(const char *schedule, uint64_t *digest, struct inputs_known *known, struct oio_error *error) {
  struct oio_faults *faults = NULL;
  if (schedule[strspn(schedule, " \t")] == '\0') return OIO_OK;
  enum oio_status status = oio_faults_is_text(schedule) ? OIO_OK : inputs_add_file(digest, schedule, known, error);
  if (status == OIO_OK) status = oio_faults_read(&faults, schedule, error);
  if (status == OIO_OK) oio_faults_destroy(faults);
  return status;
}

/* Keys whose value may be the name of a file. */
static const struct {
  const char *key;
  enum oio_status (*take)(const char *value, uint64_t *digest, struct inputs_known *known, struct oio_error *error);
} file_keys[] = {{"net.topology", take_net}, {"faults.schedule", take_schedule}};

unsigned inputs_keys(void) {
  return sizeof file_keys / sizeof file_keys[0];
}

const char *inputs_key(unsigned index) {
  return file_keys[index].key;
}

enum oio_status inputs_add_value(uint64_t *digest, unsigned index, const char *value, struct inputs_known *known, struct oio_error *error) {
  return file_keys[index].take(value, digest, known, error);
}

enum oio_status inputs_add_key(uint64_t *digest, unsigned index, const struct oio_config *config, struct inputs_known *known,
                               struct oio_error *error) {
  for (size_t i = 0; i < oio_config_count(config); i++) {
    struct oio_config_key key;
    char value[1100];
    oio_config_describe(config, i, &key);
    if (strcmp(key.name, inputs_key(index)) != 0) continue;
    return inputs_add_value(digest, index, oio_config_value(config, i, value, sizeof value), known, error);
  }
  return OIO_OK;
}
