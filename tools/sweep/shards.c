/* SPDX-License-Identifier: Apache-2.0 */
#include "shards.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

static const struct shard all = {1, 1};

static enum oio_status no_memory(struct oio_error *error) {
  return oio_error_set(error, OIO_ERR_NOMEM, "out of memory; close other programs");
}

/* Of the same sweep as the first file? */
static enum oio_status compare(const struct store *first, const struct store *other, struct oio_error *error) {
  char *a = head_of_shard(first->head, &all), *b = head_of_shard(other->head, &all), difference[200];
  enum oio_status status = OIO_OK;
  if (a == NULL || b == NULL)
    status = no_memory(error);
  else if (strcmp(a, b) != 0)
    status = oio_error_set(error, OIO_ERR_FORMAT, "%.80s is of another sweep than %.80s: %.150s; leave one out", first->path, other->path,
                           head_difference(a, b, difference, sizeof difference));
  free(a);
  free(b);
  return status;
}

enum oio_status shards_open(struct shards *shards, char **paths, int count, struct oio_error *error) {
  *shards = (struct shards){.store = calloc((size_t)count, sizeof *shards->store), .next = calloc((size_t)count, sizeof *shards->next)};
  enum oio_status status = shards->store == NULL || shards->next == NULL ? no_memory(error) : OIO_OK;
  while (shards->count < count && status == OIO_OK) {
    struct store *store = &shards->store[shards->count];
    status = store_read(store, paths[shards->count], error);
    if (status != OIO_OK) break;
    shards->count++;
    store_sort(store);
    status = compare(&shards->store[0], store, error);
  }
  return status;
}

void shards_close(struct shards *shards) {
  for (int i = 0; i < shards->count; i++) store_close(&shards->store[i]);
  free(shards->store);
  free(shards->next);
}

char *shards_head(const struct shards *shards) {
  return head_of_shard(shards->store[0].head, &all);
}

uint64_t shards_runs(const struct shards *shards) {
  return shards->store[0].runs;
}

/* The file that has the lowest number next; -1: all have been taken. */
static int lowest(const struct shards *s, uint64_t *number) {
  int found = -1;
  for (int i = 0; i < s->count; i++) {
    if (s->next[i] == s->store[i].lines) continue;
    const uint64_t candidate = s->store[i].line[s->next[i]].number;
    if (found >= 0 && candidate >= *number) continue;
    found = i;
    *number = candidate;
  }
  return found;
}

/* Takes the run from the file of that index; all its lines of that run are text. */
static enum oio_status take_from(struct shards *s, int from, int index, uint64_t number, const char *text, struct oio_error *error) {
  const struct store *store = &s->store[index];
  enum oio_status status = OIO_OK;
  for (; status == OIO_OK && s->next[index] < store->lines && store->line[s->next[index]].number == number; s->next[index]++) {
    char *other = store_text(store, s->next[index], error);
    if (other == NULL)
      status = OIO_ERR_IO;
    else if (strcmp(text, other) != 0)
      status = oio_error_set(error, OIO_ERR_FORMAT, "run %" PRIu64 " is not the same in %.100s and %.100s; do it again, and leave one out",
                             number, s->store[from].path, store->path);
    free(other);
  }
  return status;
}

enum oio_status shards_next(struct shards *s, char **text, struct oio_error *error) {
  uint64_t number = 0;
  const int from = lowest(s, &number);
  *text = NULL;
  if (from < 0) return OIO_OK;
  *text = store_text(&s->store[from], s->next[from], error);
  enum oio_status status = *text == NULL ? OIO_ERR_IO : OIO_OK;
  for (int i = 0; i < s->count && status == OIO_OK; i++) status = take_from(s, from, i, number, *text, error);
  if (status == OIO_OK) return OIO_OK;
  free(*text);
  *text = NULL;
  return status;
}
