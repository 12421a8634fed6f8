/* SPDX-License-Identifier: Apache-2.0 */
#define _GNU_SOURCE
#include "oio/trace.h"
#include "trace/formats/chakra_file.h"

#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

static enum oio_status no_memory(const char *path, struct oio_error *error) {
  return oio_error_set(error, OIO_ERR_NOMEM, "%.110s: out of memory; close other programs", path);
}

static enum oio_status add(struct chakra_paths *found, const char *folder, const char *name, struct oio_error *error) {
  char *path = NULL;
  if (found->count == OIO_TRACE_NODES_MAX)
    return oio_error_set(error, OIO_ERR_FORMAT, "%.110s: more than %d ranks; a trace cannot hold that", name, OIO_TRACE_NODES_MAX);
  char **list = realloc(found->list, (found->count + 1) * sizeof *list);
  if (list == NULL) return no_memory(name, error);
  found->list = list;
  if (asprintf(&path, "%s%s%s", folder, *folder != '\0' ? "/" : "", name) < 0) return no_memory(name, error);
  list[found->count++] = path;
  return OIO_OK;
}

static int is_trace(const struct dirent *entry) {
  const size_t length = strlen(entry->d_name);
  return entry->d_name[0] != '.' && ((length > 3 && strcmp(entry->d_name + length - 3, ".et") == 0) ||
                                     (length > 6 && strcmp(entry->d_name + length - 6, ".et.gz") == 0));
}

static enum oio_status add_folder(struct chakra_paths *found, const char *folder, struct oio_error *error) {
  struct dirent **entries = NULL;
  const int count = scandir(folder, &entries, is_trace, alphasort);
  enum oio_status status = OIO_OK;
  if (count < 0 && errno == ENOMEM) return no_memory(folder, error);
  if (count < 0) return oio_error_set(error, OIO_ERR_IO, "%.110s: cannot be read: %s; check the folder", folder, strerror(errno));
  if (count == 0) status = oio_error_set(error, OIO_ERR_FORMAT, "%.110s: no .et file in this folder; name the folder of the trace", folder);
  for (int i = 0; i < count; i++) {
    if (status == OIO_OK) status = add(found, folder, entries[i]->d_name, error);
    free(entries[i]);
  }
  free(entries);
  return status;
}

/* The number that ends the name before .et; -1: there is none. */
static long rank_of(const char *path) {
  const char *slash = strrchr(path, '/'), *name = slash != NULL ? slash + 1 : path, *end = strstr(name, ".et");
  if (end == NULL) return -1;
  const char *digits = end;
  while (digits > name && digits[-1] >= '0' && digits[-1] <= '9') digits--;
  return digits < end && end - digits < 9 ? atol(digits) : -1;
}

static int by_rank(const void *left, const void *right) {
  const long a = rank_of(*(char *const *)left), b = rank_of(*(char *const *)right);
  return a < b ? -1 : a > b;
}

enum oio_status chakra_paths_find(struct chakra_paths *found, char *const *paths, int count, struct oio_error *error) {
  enum oio_status status = OIO_OK;
  bool numbered = true;
  for (int i = 0; i < count && status == OIO_OK; i++) {
    struct stat kind;
    const bool folder = stat(paths[i], &kind) == 0 && S_ISDIR(kind.st_mode);
    status = folder ? add_folder(found, paths[i], error) : add(found, "", paths[i], error);
  }
  if (status != OIO_OK) return status;
  for (uint32_t i = 0; i < found->count; i++) numbered &= rank_of(found->list[i]) >= 0;
  if (!numbered || found->count < 2) return OIO_OK;
  qsort(found->list, found->count, sizeof *found->list, by_rank);
  for (uint32_t i = 0; i < found->count; i++) {
    const long rank = rank_of(found->list[i]);
    if (rank == (long)i) continue;
    return oio_error_set(error, OIO_ERR_FORMAT, "%.110s: the file of rank %lu is %s; name one of each rank from 0", found->list[i],
                         (unsigned long)i, rank < (long)i ? "there twice" : "missing");
  }
  return OIO_OK;
}

void chakra_paths_free(struct chakra_paths *found) {
  for (uint32_t i = 0; i < found->count; i++) free(found->list[i]);
  free(found->list);
}
