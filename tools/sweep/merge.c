/* SPDX-License-Identifier: Apache-2.0 */
/* `oio sweep merge`: one file of several. */
#include "interrupt.h"
#include "outputs.h"
#include "shards.h"
#include "sweep.h"
#include "whole.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static int refuse(const struct oio_error *error) {
  fprintf(stderr, "oio sweep merge: %s\n", error->text);
  return EXIT_UNUSABLE;
}

static enum oio_status put(FILE *out, const char *text, struct oio_error *error) {
  if (text == NULL) return oio_error_set(error, OIO_ERR_NOMEM, "out of memory; close other programs");
  return fputs(text, out) >= 0 ? OIO_OK
                               : oio_error_set(error, OIO_ERR_IO, "the merged file: %s; %s", strerror(errno), oio_whole_remedy(errno));
}

static enum oio_status put_all(struct shards *s, FILE *out, uint64_t *written, struct oio_error *error) {
  char *text = shards_head(s);
  enum oio_status status = put(out, text, error);
  free(text);
  for (text = NULL; status == OIO_OK && !interrupt_requested(); ++*written) {
    status = shards_next(s, &text, error);
    if (status != OIO_OK || text == NULL) break;
    status = put(out, text, error);
    free(text);
  }
  return status;
}

static int merge(struct shards *s, const char *path) {
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
  printf("%s: %" PRIu64 " of %" PRIu64 " runs%s\n", path, written, shards_runs(s), bad > 0 ? ", some of them not good" : "");
  if (written == shards_runs(s)) return EXIT_DONE;
  fprintf(stderr, "oio sweep merge: %" PRIu64 " runs are missing; the command of the sweep without --shard, with --out %s, does them\n",
          shards_runs(s) - written, path);
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
  struct shards s = {.count = 0};
  const char *out;
  if (argc == 2 && strcmp(argv[1], "--help") == 0) {
    puts("usage: oio sweep merge FILE... -o FILE\nPut the files of several shards, or of one sweep that was done in parts, together.");
    return EXIT_DONE;
  }
  const int count = read_paths(argc, argv, &out);
  if (count < 0) return EXIT_UNUSABLE;
  interrupt_install();
  const int status = shards_open(&s, argv + 1, count, &error) == OIO_OK ? merge(&s, out) : refuse(&error);
  shards_close(&s);
  return status;
}
