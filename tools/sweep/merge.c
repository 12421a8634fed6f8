/* SPDX-License-Identifier: Apache-2.0 */
/* `oio sweep merge`: one file of several. */
#include "interrupt.h"
#include "outputs.h"
#include "store.h"
#include "sweep.h"
#include "whole.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* The files, each in order, with how far each has been taken. */
struct sources {
  struct store *store;
  uint64_t *next;
  int count;
};

static int refuse(const struct oio_error *error) {
  fprintf(stderr, "oio sweep merge: %s\n", error->text);
  return EXIT_UNUSABLE;
}

static enum oio_status open_sources(struct sources *s, char **paths, int count, struct oio_error *error) {
  const struct shard all = {1, 1};
  char *first = NULL, difference[200];
  enum oio_status status = OIO_OK;
  for (; s->count < count && status == OIO_OK;) {
    struct store *store = &s->store[s->count];
    status = store_read(store, paths[s->count], error);
    if (status != OIO_OK) break;
    s->count++;
    store_sort(store);
    char *whole = head_of_shard(store->head, &all);
    if (whole == NULL)
      status = oio_error_set(error, OIO_ERR_NOMEM, "out of memory; close other programs");
    else if (first != NULL && strcmp(first, whole) != 0)
      status = oio_error_set(error, OIO_ERR_FORMAT, "%.80s is of another sweep than %.80s: %.150s; leave one out", paths[0], store->path,
                             head_difference(first, whole, difference, sizeof difference));
    if (first == NULL)
      first = whole;
    else
      free(whole);
  }
  free(first);
  return status;
}

/* The file that has the lowest number next; -1: all have been taken. */
static int lowest(const struct sources *s, uint64_t *number) {
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

/* Writes the run's line, once, however many files have it; they must agree. */
static enum oio_status put_run(struct sources *s, int from, uint64_t number, FILE *out, struct oio_error *error) {
  char *text = store_text(&s->store[from], s->next[from], error);
  enum oio_status status = text == NULL ? OIO_ERR_IO : OIO_OK;
  for (int i = 0; i < s->count && status == OIO_OK; i++) {
    while (status == OIO_OK && s->next[i] < s->store[i].lines && s->store[i].line[s->next[i]].number == number) {
      char *other = store_text(&s->store[i], s->next[i]++, error);
      if (other == NULL)
        status = OIO_ERR_IO;
      else if (strcmp(text, other) != 0)
        status =
            oio_error_set(error, OIO_ERR_FORMAT, "run %" PRIu64 " is not the same in %.100s and %.100s; do it again, and leave one out",
                          number, s->store[from].path, s->store[i].path);
      free(other);
    }
  }
  if (status == OIO_OK && fputs(text, out) < 0) status = oio_error_set(error, OIO_ERR_IO, "%s", strerror(errno));
  free(text);
  return status;
}

static enum oio_status put_all(struct sources *s, FILE *out, uint64_t *written, struct oio_error *error) {
  const struct shard all = {1, 1};
  char *head = head_of_shard(s->store[0].head, &all);
  if (head == NULL) return oio_error_set(error, OIO_ERR_NOMEM, "out of memory; close other programs");
  enum oio_status status = fputs(head, out) < 0 ? oio_error_set(error, OIO_ERR_IO, "%s", strerror(errno)) : OIO_OK;
  uint64_t number = 0;
  for (int from; status == OIO_OK && !interrupt_requested() && (from = lowest(s, &number)) >= 0; ++*written)
    status = put_run(s, from, number, out, error);
  free(head);
  return status;
}

static int merge(struct sources *s, const char *path) {
  struct oio_error error = {""};
  struct oio_whole whole;
  uint64_t written = 0, bad = 0;
  if (!oio_whole_begin(&whole, path)) {
    fprintf(stderr, "oio sweep merge: %.200s: cannot be written: %s; choose another place\n", path, strerror(errno));
    return EXIT_UNUSABLE;
  }
  const enum oio_status status = put_all(s, whole.file, &written, &error);
  if (status != OIO_OK || interrupt_requested()) {
    oio_whole_abandon(&whole);
    return status != OIO_OK ? refuse(&error) : INTERRUPT_EXIT;
  }
  if (!oio_whole_end(&whole)) {
    fprintf(stderr, "oio sweep merge: %.200s: cannot be written: %s; %s\n", path, strerror(errno), oio_whole_remedy(errno));
    return EXIT_UNUSABLE;
  }
  for (int i = 0; i < s->count; i++) bad += s->store[i].bad;
  printf("%s: %" PRIu64 " of %" PRIu64 " runs%s\n", path, written, s->store[0].runs, bad > 0 ? ", some of them not good" : "");
  if (written == s->store[0].runs) return EXIT_DONE;
  fprintf(stderr, "oio sweep merge: %" PRIu64 " runs are missing; the command of the sweep without --shard, with --out %s, does them\n",
          s->store[0].runs - written, path);
  return EXIT_BAD_RESULT;
}

/* FILE... -o FILE, in any order: the files to the front of argv, the one to write to *out. Returns how many, or -1 after a one-line error.
 */
static int read_paths(int argc, char **argv, const char **out) {
  int count = 0;
  *out = NULL;
  for (int i = 1; i < argc; i++) {
    if (strcmp(argv[i], "-o") == 0 && i + 1 < argc && *out == NULL) {
      *out = argv[++i];
    } else if (argv[i][0] == '-') {
      fprintf(stderr, "oio sweep merge: '%.80s' is no option, or its value is missing; see `oio sweep --help`\n", argv[i]);
      return -1;
    } else {
      argv[++count] = argv[i];
    }
  }
  if (count > 0 && *out != NULL) return count;
  fprintf(stderr, "oio sweep merge: name the files, and with -o the one to write\n");
  return -1;
}

int sweep_merge(int argc, char **argv) {
  struct oio_error error = {""};
  struct sources s = {.count = 0};
  const char *out;
  if (argc == 2 && strcmp(argv[1], "--help") == 0) {
    puts("usage: oio sweep merge FILE... -o FILE\nPut the files of several shards, or of one sweep that was done in parts, together.");
    return EXIT_DONE;
  }
  const int count = read_paths(argc, argv, &out);
  if (count < 0) return EXIT_UNUSABLE;
  interrupt_install();
  s.store = calloc((size_t)count, sizeof *s.store);
  s.next = calloc((size_t)count, sizeof *s.next);
  int status = EXIT_UNUSABLE;
  if (s.store == NULL || s.next == NULL)
    oio_error_set(&error, OIO_ERR_NOMEM, "out of memory; close other programs");
  else if (open_sources(&s, argv + 1, count, &error) == OIO_OK)
    status = merge(&s, out);
  if (error.text[0] != '\0') refuse(&error);
  for (int i = 0; i < s.count; i++) store_close(&s.store[i]);
  free(s.store);
  free(s.next);
  return status;
}
