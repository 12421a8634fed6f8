/* SPDX-License-Identifier: Apache-2.0 */
/* `oio sweep merge` and `pool`: one file of several, run by run or point by point. */
#include "interrupt.h"
#include "outputs.h"
#include "seeds.h"
#include "shards.h"
#include "sweep.h"
#include "whole.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* What is made of the files. */
struct making {
  const char *verb;
  struct shards shards;
  FILE *out;
  uint64_t runs, lines, bad; /* taken; written; not good */
};

static int refuse(const struct making *m, const struct oio_error *error) {
  fprintf(stderr, "oio sweep %s: %s\n", m->verb, error->text);
  return EXIT_UNUSABLE;
}

static enum oio_status cannot_write(struct oio_error *error) {
  const int cause = errno;
  return oio_error_set(error, OIO_ERR_IO, "the file of -o cannot be written: %s; %s", strerror(cause), oio_whole_remedy(cause));
}

/* Run by run: the lines as they are. */
static enum oio_status put_runs(struct making *m, struct oio_error *error) {
  char *text = shards_head(&m->shards);
  enum oio_status status = text == NULL ? oio_error_set(error, OIO_ERR_NOMEM, "out of memory; close other programs") : OIO_OK;
  while (status == OIO_OK && text != NULL && !interrupt_requested()) {
    const int put = fputs(text, m->out);
    free(text);
    text = NULL;
    status = put < 0 ? cannot_write(error) : shards_next(&m->shards, &text, error);
    m->runs += text != NULL;
  }
  free(text);
  m->lines = m->runs;
  return status;
}

/* The line of the point that is complete now, and an empty one for the next. */
static enum oio_status next_point(struct making *m, struct seeds *seeds, struct oio_error *error) {
  const bool any = seeds->values != NULL;
  if (any) seeds_put(seeds, m->out);
  seeds_free(seeds);
  m->lines += any;
  if (ferror(m->out)) {
    *seeds = (struct seeds){.runs = 0};
    return cannot_write(error);
  }
  return seeds_start(seeds, error);
}

/* Takes the run of a line into its point. */
static enum oio_status take_run(struct making *m, struct seeds *seeds, char *text, struct oio_error *error) {
  struct outcome outcome;
  enum oio_status status = outcome_read(&outcome, text, true, error);
  if (status != OIO_OK) return status;
  if (seeds->values != NULL && seeds->point != outcome.point) status = next_point(m, seeds, error);
  if (status == OIO_OK) status = seeds_add(seeds, &outcome, error);
  m->runs++;
  outcome_free(&outcome);
  return status;
}

/* Point by point: runs that differ in their seed alone become one line. The head says that it is such a file. */
static enum oio_status put_points(struct making *m, struct oio_error *error) {
  static const char begins[] = "{\"oio_sweep\":";
  struct seeds seeds;
  char *text = shards_head(&m->shards);
  if (text == NULL) return oio_error_set(error, OIO_ERR_NOMEM, "out of memory; close other programs");
  fprintf(m->out, "{\"oio_sweep_pool\":%s", text + strlen(begins));
  free(text);
  enum oio_status status = seeds_start(&seeds, error);
  while (status == OIO_OK && !interrupt_requested()) {
    status = shards_next(&m->shards, &text, error);
    if (status != OIO_OK || text == NULL) break;
    status = take_run(m, &seeds, text, error);
    free(text);
  }
  if (status == OIO_OK) status = next_point(m, &seeds, error);
  seeds_free(&seeds);
  return status;
}

static int conclude(const struct making *m, const char *path) {
  const uint64_t runs = shards_runs(&m->shards);
  const bool pooled = strcmp(m->verb, "pool") == 0;
  printf("%s: %" PRIu64 " of %" PRIu64 " runs", path, m->runs, runs);
  if (pooled) printf(", %" PRIu64 " points", m->lines);
  printf("%s\n", m->bad > 0 ? ", some of them not good" : "");
  if (m->runs == runs) return EXIT_DONE;
  fprintf(stderr, "oio sweep %s: %" PRIu64 " runs are missing; the command of the sweep without --shard, with --out %s, does them\n",
          m->verb, runs - m->runs, pooled ? "a merge of these files" : path);
  return EXIT_BAD_RESULT;
}

static int make(struct making *m, const char *path) {
  struct oio_error error = {""};
  struct oio_whole whole;
  if (!oio_whole_begin(&whole, path)) {
    oio_error_set(&error, OIO_ERR_IO, "%.200s: cannot be written: %s; choose another place", path, strerror(errno));
    return refuse(m, &error);
  }
  m->out = whole.file;
  const enum oio_status status = strcmp(m->verb, "pool") == 0 ? put_points(m, &error) : put_runs(m, &error);
  if (status != OIO_OK || interrupt_requested()) {
    oio_whole_abandon(&whole);
    return status != OIO_OK ? refuse(m, &error) : INTERRUPT_EXIT;
  }
  if (!oio_whole_end(&whole)) {
    cannot_write(&error);
    return refuse(m, &error);
  }
  for (int i = 0; i < m->shards.count; i++) m->bad += m->shards.store[i].bad;
  return conclude(m, path);
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
      fprintf(stderr, "oio sweep %s: '%.80s' is no option, or its value is missing; see `oio sweep --help`\n", argv[0], argv[i]);
      return -1;
    } else {
      argv[++count] = argv[i];
    }
  }
  if (count > 0 && *out != NULL) return count;
  fprintf(stderr, "oio sweep %s: name the files, and with -o the one to write\n", argv[0]);
  return -1;
}

int sweep_merge(int argc, char **argv) {
  struct oio_error error = {""};
  struct making m = {.verb = argv[0]};
  const char *out;
  if (argc == 2 && strcmp(argv[1], "--help") == 0) {
    printf("usage: oio sweep %s FILE... -o FILE\n%s", argv[0],
           strcmp(argv[0], "pool") == 0
               ? "Add up the runs of each point, which differ in their seed alone: latencies, counts, and how figures spread.\n"
               : "Put the files of several shards, or of one sweep that was done in parts, together.\n");
    return EXIT_DONE;
  }
  const int count = read_paths(argc, argv, &out);
  if (count < 0) return EXIT_UNUSABLE;
  interrupt_install();
  const int status = shards_open(&m.shards, argv + 1, count, &error) == OIO_OK ? make(&m, out) : refuse(&m, &error);
  shards_close(&m.shards);
  return status;
}
