/* SPDX-License-Identifier: Apache-2.0 */
#define _GNU_SOURCE
#include "mpi_paths.h"

#include "oio/trace.h"
#include "record_format.h"

#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

static enum oio_status add(struct mpi_paths *found, const char *folder, const char *name, struct oio_error *error) {
  if (found->count == OIO_TRACE_NODES_MAX)
    return oio_error_set(error, OIO_ERR_FORMAT, "%.110s: more than %d ranks; a trace cannot hold that", name, OIO_TRACE_NODES_MAX);
  char *path = NULL, **list = realloc(found->list, (found->count + 1) * sizeof *list);
  if (list != NULL) found->list = list;
  if (list == NULL || asprintf(&path, "%s%s%s", folder, *folder != '\0' ? "/" : "", name) < 0)
    return oio_error_set(error, OIO_ERR_NOMEM, "%.110s: out of memory; close other programs", name);
  list[found->count++] = path;
  return OIO_OK;
}

static int is_stream(const struct dirent *entry) {
  const size_t length = strlen(entry->d_name);
  return entry->d_name[0] != '.' && length > 7 && strcmp(entry->d_name + length - 7, ".oiorec") == 0;
}

/* The stream of a rank that was killed before it had begun: nothing in it, and nothing beside it. */
static bool is_blank(const char *folder, const char *name) {
  char path[4400];
  struct stat kind;
  struct record_tail head = {0};
  snprintf(path, sizeof path, "%.4000s/%.255s", folder, name);
  if (stat(path, &kind) != 0 || kind.st_size > 0) return false;
  snprintf(path, sizeof path, "%.4000s/%.*s.tail", folder, (int)(strlen(name) - strlen(".oiorec")), name);
  FILE *tail = fopen(path, "rb");
  const bool some = tail != NULL && fread(&head, sizeof head, 1, tail) == 1 && head.used > 0;
  if (tail != NULL) fclose(tail);
  return !some;
}

static enum oio_status add_folder(struct mpi_paths *found, const char *folder, struct oio_error *error) {
  struct dirent **entries = NULL;
  const int count = scandir(folder, &entries, is_stream, alphasort);
  const size_t before = found->count;
  enum oio_status status = OIO_OK;
  if (count < 0) return oio_error_set(error, OIO_ERR_IO, "%.110s: cannot be read: %s; check the folder", folder, strerror(errno));
  for (int i = 0; i < count; i++) {
    if (status == OIO_OK && !is_blank(folder, entries[i]->d_name)) status = add(found, folder, entries[i]->d_name, error);
    free(entries[i]);
  }
  free(entries);
  if (status == OIO_OK && found->count == before)
    status = oio_error_set(error, OIO_ERR_FORMAT, "%.110s: no rank-*.oiorec with anything in it in this folder; name that of a recording",
                           folder);
  return status;
}

enum oio_status mpi_paths_find(struct mpi_paths *found, char *const *paths, int count, struct oio_error *error) {
  enum oio_status status = OIO_OK;
  for (int i = 0; i < count && status == OIO_OK; i++) {
    struct stat kind;
    const bool folder = stat(paths[i], &kind) == 0 && S_ISDIR(kind.st_mode);
    status = folder ? add_folder(found, paths[i], error) : add(found, "", paths[i], error);
  }
  return status;
}

void mpi_paths_free(struct mpi_paths *found) {
  for (size_t i = 0; i < found->count; i++) free(found->list[i]);
  free(found->list);
}
