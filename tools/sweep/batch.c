/* SPDX-License-Identifier: Apache-2.0 */
#define _GNU_SOURCE
#include "batch.h"

#include "page.h"

#include <ctype.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

enum { SAID_BYTES = 1024, COMMAND_NOT_FOUND = 127 };

/* The child of run(). */
static void become(char *const *argv, int out, int complaints, pid_t parent) {
  prctl(PR_SET_PDEATHSIG, SIGKILL);
  if (getppid() != parent || dup2(out, STDOUT_FILENO) < 0 || dup2(complaints, STDERR_FILENO) < 0) _exit(COMMAND_NOT_FOUND);
  execvp(argv[0], argv);
  fprintf(stderr, "%s\n", strerror(errno));
  fflush(stderr);
  _exit(COMMAND_NOT_FOUND);
}

/* The end of all that it says, without the newline behind it. */
static void hear(int file, char said[SAID_BYTES]) {
  size_t used = 0;
  for (;;) {
    if (used == SAID_BYTES - 1) {
      memmove(said, said + SAID_BYTES / 2, used -= SAID_BYTES / 2);
    }
    const ssize_t got = read(file, said + used, SAID_BYTES - 1 - used);
    if (got < 0 && errno == EINTR) continue;
    if (got <= 0) break;
    used += (size_t)got;
  }
  while (used > 0 && isspace((unsigned char)said[used - 1])) used--;
  said[used] = '\0';
}

static const char *last_line(const char *said) {
  const char *newline = strrchr(said, '\n');
  return newline != NULL ? newline + 1 : said;
}

/* The last line that begins with a number, as that of a job does and what Slurm remarks does not; NULL: there is none. */
static const char *last_number(const char *said) {
  const char *found = NULL;
  for (const char *line = said; line != NULL; line = strchr(line, '\n')) {
    line += *line == '\n';
    if (isdigit((unsigned char)*line)) found = line;
  }
  return found;
}

static enum oio_status cannot_be_run(const char *command, struct oio_error *error) {
  return oio_error_set(error, OIO_ERR_IO, "%s: cannot be run: %s; close other programs", command, strerror(errno));
}

/* Of what it says to complaints, a file, only the end is told, and only where it fails. */
static enum oio_status run_with(char *const *argv, int complaints, char said[SAID_BYTES], struct oio_error *error) {
  int ends[2], status = 0;
  if (pipe2(ends, O_CLOEXEC) != 0) return cannot_be_run(argv[0], error);
  fflush(NULL);
  const pid_t parent = getpid(), child = fork();
  if (child == 0) become(argv, ends[1], complaints, parent);
  close(ends[1]);
  if (child > 0) hear(ends[0], said);
  close(ends[0]);
  if (child < 0) return cannot_be_run(argv[0], error);
  while (waitpid(child, &status, 0) < 0 && errno == EINTR) {
  }
  if (WIFEXITED(status) && WEXITSTATUS(status) == 0) return OIO_OK;
  char why[SAID_BYTES] = "";
  if (lseek(complaints, 0, SEEK_SET) == 0) hear(complaints, why);
  const char *last = last_line(why[0] != '\0' ? why : said);
  return oio_error_set(error, OIO_ERR_IO, "%s: %.200s; see that Slurm answers here", argv[0],
                       *last != '\0' ? last : "it failed and does not say why");
}

/* Runs a command to its end; said is what it prints, without complaints. */
static enum oio_status run(char *const *argv, char said[SAID_BYTES], struct oio_error *error) {
  said[0] = '\0';
  const int complaints = memfd_create("complaints", MFD_CLOEXEC);
  if (complaints < 0) return cannot_be_run(argv[0], error);
  const enum oio_status status = run_with(argv, complaints, said, error);
  close(complaints);
  return status;
}

/* 1,3-7,9 */
static void put_tasks(FILE *out, const struct batch *batch) {
  const char *between = "--array=";
  for (uint64_t i = 0; i < batch->tasks; i++) {
    if (!batch->wanted[i]) continue;
    const uint64_t first = i;
    while (i + 1 < batch->tasks && batch->wanted[i + 1]) i++;
    fprintf(out, "%s%" PRIu64, between, first + 1);
    if (i > first) fprintf(out, "-%" PRIu64, i + 1);
    between = ",";
  }
}

static char *made(void (*put)(FILE *, const struct batch *), const struct batch *batch) {
  struct page page;
  if (!page_begin(&page)) return NULL;
  put(page.out, batch);
  return page_end(&page);
}

static void put_name(FILE *out, const struct batch *batch) {
  fprintf(out, "--job-name=%s", batch->name);
}

static void put_log(FILE *out, const struct batch *batch) {
  fprintf(out, "--output=%s", batch->log);
}

static void put_processors(FILE *out, const struct batch *batch) {
  fprintf(out, "--cpus-per-task=%u", batch->processors);
}

enum oio_status batch_submit(const struct batch *batch, char *number, size_t nbytes, struct oio_error *error) {
  static void (*const puts_[])(FILE *, const struct batch *) = {put_name, put_tasks, put_log, put_processors};
  enum { OURS = sizeof puts_ / sizeof puts_[0] };
  char *ours[OURS] = {NULL}, said[SAID_BYTES];
  char **argv = calloc((size_t)batch->option_count + OURS + 5, sizeof *argv);
  bool good = argv != NULL;
  for (unsigned i = 0; i < OURS; i++) good = (ours[i] = made(puts_[i], batch)) != NULL && good;
  enum oio_status status = good ? OIO_OK : oio_error_set(error, OIO_ERR_NOMEM, "out of memory; close other programs");
  if (good) {
    int argc = 0;
    argv[argc++] = "sbatch";
    for (int i = 0; i < batch->option_count; i++) argv[argc++] = batch->options[i];
    for (unsigned i = 0; i < OURS; i++) argv[argc++] = ours[i];
    argv[argc++] = "--open-mode=truncate";
    argv[argc++] = "--parsable";
    argv[argc] = (char *)(uintptr_t)batch->script;
    status = run(argv, said, error);
  }
  if (status == OIO_OK) {
    const char *last = last_number(said);
    snprintf(number, nbytes, "%.*s", last != NULL ? (int)strspn(last, "0123456789") : 0, last != NULL ? last : "");
  }
  for (unsigned i = 0; i < OURS; i++) free(ours[i]);
  free(argv);
  return status;
}

enum oio_status batch_is_there(const char *name, bool *there, struct oio_error *error) {
  char said[SAID_BYTES], by_name[128];
  snprintf(by_name, sizeof by_name, "--name=%s", name);
  char *const argv[] = {"squeue", "--noheader", "--format=%A", by_name, NULL};
  const enum oio_status status = run(argv, said, error);
  if (status == OIO_OK) *there = last_number(said) != NULL;
  return status;
}
