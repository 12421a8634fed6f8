/* SPDX-License-Identifier: Apache-2.0 */
#define _GNU_SOURCE
#include "slurm.h"

#include "batch.h"
#include "interrupt.h"
#include "outputs.h"
#include "own_path.h"
#include "page.h"
#include "quoted.h"
#include "whole.h"

#include <dirent.h>
#include <errno.h>
#include <inttypes.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

enum { FIRST_LOOK_MS = 200, LOOK_MS_MAX = 20000, STEP_MS = 100, SILENCES_MAX = 10, IDLE_ARRAYS_MAX = 2, NAME_BYTES = 48 };

static const char parts_end[] = ".slurm", script_name[] = "array.sh", part_end[] = ".jsonl", log_end[] = ".log";

struct round {
  const struct slurm *asked;
  const struct store *store;
  struct workers *workers;
  char name[NAME_BYTES]; /* of the job */
  char folder[PATH_MAX]; /* the files of the tasks */
  char *log;             /* as sbatch wants it */
  bool *shards;          /* those in which runs are missing */
  bool stop;             /* take() has said so */
  bool answered;         /* Slurm, ever */
};

static enum oio_status no_memory(struct oio_error *error) {
  return oio_error_set(error, OIO_ERR_NOMEM, "out of memory; close other programs");
}

static enum oio_status cannot(const char *path, const char *what, struct oio_error *error) {
  const int cause = errno;
  return oio_error_set(error, OIO_ERR_IO, "%.200s: cannot be %s: %s; %s", path, what, strerror(cause), oio_whole_remedy(cause));
}

/* The folder of the tasks' files, by its whole name: every node must find it. */
static bool find_folder(const char *out, char folder[PATH_MAX]) {
  char whole[PATH_MAX];
  if (realpath(out, whole) == NULL) return false;
  const int nbytes = snprintf(folder, PATH_MAX, "%s%s", whole, parts_end);
  if (nbytes < PATH_MAX) return true;
  errno = ENAMETOOLONG;
  return false;
}

/* FNV-1a. */
static uint64_t digest_of(const char *text) {
  uint64_t digest = UINT64_C(0xcbf29ce484222325);
  for (; *text != '\0'; text++) digest = (digest ^ (unsigned char)*text) * UINT64_C(0x100000001b3);
  return digest;
}

static void put_script(FILE *out, const struct round *round, const char *here, const char *program) {
  const struct slurm *asked = round->asked;
  fputs("#!/bin/sh\n# One shard of a sweep, by oio sweep --slurm.\ncd ", out);
  quoted_put_word(out, here, false);
  fputs(" && exec ", out);
  quoted_put_word(out, program, false);
  fputs(" sweep", out);
  for (int i = 0; i < asked->argc; i++) {
    fputc(' ', out);
    quoted_put_word(out, asked->argv[i], false);
  }
  fprintf(out, " --quiet --jobs %u --shard \"$SLURM_ARRAY_TASK_ID/%" PRIu64 "\" --out ", asked->processors, asked->tasks);
  quoted_put_word(out, round->folder, false);
  fprintf(out, "/\"$SLURM_ARRAY_TASK_ID-of-%" PRIu64 "%s\"\n", asked->tasks, part_end);
}

static enum oio_status write_script(const struct round *round, const char *path, struct oio_error *error) {
  struct oio_whole whole;
  char program[PATH_MAX];
  const bool known = own_path(program, sizeof program);
  char *here = getcwd(NULL, 0);
  if (!known || here == NULL || !oio_whole_begin(&whole, path)) {
    free(here);
    return cannot(path, "written", error);
  }
  put_script(whole.file, round, here, program);
  free(here);
  return oio_whole_end(&whole) ? OIO_OK : cannot(path, "written", error);
}

static char *make_log(const struct round *round) {
  struct page page;
  if (!page_begin(&page)) return NULL;
  for (const char *c = round->folder; *c != '\0'; c++) fputs(*c == '%' ? "%%" : (const char[]){*c, '\0'}, page.out);
  fprintf(page.out, "/%%a-of-%" PRIu64 "%s", round->asked->tasks, log_end);
  return page_end(&page);
}

static bool ends_with(const char *name, const char *end) {
  const size_t nbytes = strlen(name), end_nbytes = strlen(end);
  return nbytes >= end_nbytes && strcmp(name + nbytes - end_nbytes, end) == 0;
}

/* A task that was killed at once leaves a file without a whole first line. */
static bool has_head(const char *path) {
  FILE *in = fopen(path, "re");
  char *line = NULL;
  size_t room = 0;
  const ssize_t got = in == NULL ? 0 : getline(&line, &room, in);
  const bool whole = got > 0 && line[got - 1] == '\n';
  free(line);
  if (in != NULL) fclose(in);
  return whole;
}

/* What a task has done, but for what is there already. */
static enum oio_status collect_part(struct round *round, const char *path, struct oio_error *error) {
  static const struct shard all = {1, 1};
  char difference[200];
  struct store part;
  if (!has_head(path)) return OIO_OK;
  enum oio_status status = store_read(&part, path, error);
  if (status != OIO_OK) return status;
  char *head = head_of_shard(part.head, &all);
  if (head == NULL)
    status = no_memory(error);
  else if (strcmp(head, round->store->head) != 0)
    status = oio_error_set(error, OIO_ERR_FORMAT, "%.160s: it is of another sweep: %.150s; remove its folder", path,
                           head_difference(head, round->store->head, difference, sizeof difference));
  for (uint64_t i = 0; i < part.lines && status == OIO_OK; i++) {
    if (!round->workers->wanted[part.line[i].number]) continue;
    char *text = store_text(&part, i, error);
    status = text == NULL ? OIO_ERR_IO : OIO_OK;
    round->stop = text != NULL && !round->workers->take(round->workers->context, text, part.line[i].nbytes);
    round->workers->done += text != NULL && !round->stop;
    free(text);
    if (round->stop) break;
  }
  free(head);
  store_close(&part);
  return status;
}

/* Does something with each file of the folder whose name ends so. */
static enum oio_status each_file(struct round *round, const char *end,
                                 enum oio_status (*visit)(struct round *, const char *, struct oio_error *), struct oio_error *error) {
  DIR *folder = opendir(round->folder);
  enum oio_status status = folder == NULL ? cannot(round->folder, "read", error) : OIO_OK;
  for (const struct dirent *entry; status == OIO_OK && !round->stop && (entry = readdir(folder)) != NULL;) {
    char path[PATH_MAX + NAME_MAX + 2];
    if (!ends_with(entry->d_name, end)) continue;
    snprintf(path, sizeof path, "%s/%s", round->folder, entry->d_name);
    status = visit(round, path, error);
  }
  if (folder != NULL) closedir(folder);
  return status;
}

/* Until no task is left, asking less and less often. Where it has answered once Slurm may be away for a moment. */
static enum oio_status wait_for_tasks(struct round *round, struct oio_error *error) {
  const struct timespec step = {0, STEP_MS * 1000000L};
  unsigned silences = 0;
  for (unsigned pause_ms = FIRST_LOOK_MS;; pause_ms = pause_ms * 5 / 4 < LOOK_MS_MAX ? pause_ms * 5 / 4 : LOOK_MS_MAX) {
    bool there = true;
    const enum oio_status status = batch_is_there(round->name, &there, error);
    silences = status == OIO_OK ? 0 : silences + 1;
    round->answered = round->answered || status == OIO_OK;
    if (interrupt_requested()) return OIO_OK;
    if ((status == OIO_OK && !there) || silences == SILENCES_MAX || !round->answered) return status;
    for (unsigned ms = 0; ms < pause_ms && !interrupt_requested(); ms += STEP_MS) nanosleep(&step, NULL);
  }
}

/* How many shards have runs that are missing. */
static uint64_t note_missing(struct round *round) {
  const uint64_t tasks = round->asked->tasks;
  uint64_t count = 0;
  memset(round->shards, 0, tasks * sizeof *round->shards);
  for (uint64_t number = 0; number < round->store->runs; number++) {
    bool *shard = &round->shards[number % tasks];
    if (!round->workers->wanted[number] || *shard) continue;
    *shard = true;
    count++;
  }
  return count;
}

static enum oio_status submit(const struct round *round, uint64_t count, struct oio_error *error) {
  const struct slurm *asked = round->asked;
  char script[PATH_MAX + sizeof script_name + 1], number[32];
  snprintf(script, sizeof script, "%s/%s", round->folder, script_name);
  const struct batch batch = {round->name,   script,       round->log,    asked->processors,
                              round->shards, asked->tasks, asked->sbatch, asked->sbatch_count};
  enum oio_status status = write_script(round, script, error);
  if (status == OIO_OK) status = batch_submit(&batch, number, sizeof number, error);
  if (status == OIO_OK && !asked->quiet)
    fprintf(stderr, "oio sweep: job %s of Slurm: %" PRIu64 " of %" PRIu64 " tasks; what they print is in %s\n", number, count, asked->tasks,
            round->folder);
  return status;
}

/* The last line that the task has printed. */
static void last_words(const struct round *round, uint64_t shard, struct oio_error *why) {
  char path[PATH_MAX + 64], *line = NULL;
  size_t room = 0;
  snprintf(path, sizeof path, "%s/%" PRIu64 "-of-%" PRIu64 "%s", round->folder, shard + 1, round->asked->tasks, log_end);
  oio_error_set(why, OIO_ERR_FAILED, "its task %" PRIu64 " ended, and has printed nothing", shard + 1);
  FILE *in = fopen(path, "re");
  while (in != NULL && getline(&line, &room, in) > 0) {
    line[strcspn(line, "\n")] = '\0';
    if (line[0] != '\0') oio_error_set(why, OIO_ERR_FAILED, "its task %" PRIu64 " says: %.120s", shard + 1, line);
  }
  free(line);
  if (in != NULL) fclose(in);
}

/* No task does them. */
static void give_up(const struct round *round) {
  struct workers *workers = round->workers;
  for (uint64_t number = 0; number < round->store->runs; number++) {
    if (!workers->wanted[number]) continue;
    if (workers->lost++ > 0) continue;
    workers->lost_number = number;
    last_words(round, number % round->asked->tasks, &workers->lost_why);
  }
}

/* Arrays, until nothing is missing or several in a row have done nothing. */
static enum oio_status go_through(struct round *round, struct oio_error *error) {
  unsigned idle = 0;
  bool submitted = false;
  for (;;) {
    enum oio_status status = wait_for_tasks(round, error);
    const uint64_t before = round->workers->done;
    if (status == OIO_OK && !interrupt_requested()) status = each_file(round, part_end, collect_part, error);
    if (status != OIO_OK || round->stop || interrupt_requested()) return status;
    idle = submitted && round->workers->done == before ? idle + 1 : 0;
    const uint64_t count = note_missing(round);
    if (count > 0 && idle == IDLE_ARRAYS_MAX) give_up(round);
    if (count == 0 || idle == IDLE_ARRAYS_MAX) return OIO_OK;
    status = submit(round, count, error);
    if (status != OIO_OK) return status;
    submitted = true;
  }
}

enum oio_status slurm_run(const struct slurm *slurm, const struct store *store, struct workers *workers, struct oio_error *error) {
  struct round round = {.asked = slurm, .store = store, .workers = workers, .shards = calloc(slurm->tasks, sizeof *round.shards)};
  enum oio_status status = OIO_OK;
  if (!find_folder(slurm->out, round.folder))
    status = cannot(slurm->out, "found", error);
  else if (mkdir(round.folder, 0777) != 0 && errno != EEXIST)
    status = cannot(round.folder, "made", error);
  snprintf(round.name, sizeof round.name, "oio-sweep-%016" PRIx64, digest_of(round.folder));
  round.log = make_log(&round);
  if (status == OIO_OK && (round.log == NULL || round.shards == NULL)) status = no_memory(error);
  if (status == OIO_OK) status = go_through(&round, error);
  if (interrupt_requested()) fprintf(stderr, "oio sweep: what Slurm has goes on; scancel --name=%s ends it\n", round.name);
  free(round.log);
  free(round.shards);
  return status;
}

static enum oio_status remove_file(struct round *round, const char *path, struct oio_error *error) {
  (void)round;
  (void)error;
  unlink(path);
  return OIO_OK;
}

void slurm_clean(const char *out) {
  struct oio_error error = {""};
  struct round round = {.asked = NULL};
  if (!find_folder(out, round.folder)) return;
  each_file(&round, part_end, remove_file, &error);
  each_file(&round, log_end, remove_file, &error);
  each_file(&round, script_name, remove_file, &error);
  rmdir(round.folder);
}
