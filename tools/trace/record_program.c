/* SPDX-License-Identifier: Apache-2.0 */
#define _GNU_SOURCE
#include "record_program.h"

#include "oio/trace.h"
#include "own_path.h"
#include "record_format.h"
#include "verbs.h"

#include <dirent.h>
#include <errno.h>
#include <limits.h>
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

enum { IMPORT_WORDS = 17 };

#define NO_RANK "no rank came to MPI_Init with the recorder; does it start, is it C or C++ under Open MPI, linked dynamically?"
#define THREADS                                                                                                                            \
  "a rank asks for MPI_THREAD_MULTIPLE, and which of its threads waits for what cannot be recorded; let it ask for MPI_THREAD_SERIALIZED"

static int refuse(const char *what, const char *why) {
  fprintf(stderr, "oio trace record: %.200s: %.300s\n", what, why);
  return EXIT_USAGE;
}

/* The recorder beside this program, or where an installation has it. */
static bool find_library(char *path) {
  char own[PATH_MAX - 100];
  if (!own_folder(own, sizeof own)) return false;
  snprintf(path, PATH_MAX, "%s/liboio_record.so", own);
  if (access(path, R_OK) == 0) return true;
  snprintf(path, PATH_MAX, "%s/" OIO_BIN_TO_LIB "/liboio_record.so", own);
  return access(path, R_OK) == 0;
}

/* The recording's folder, by its full name. False: it has been said why not. */
static bool make_folder(const char *keep, char *folder) {
  const char *parent = getenv("TMPDIR");
  char name[PATH_MAX];
  if (keep != NULL && mkdir(keep, 0777) != 0) {
    refuse(keep, errno == EEXIST ? "is there already; name a folder to be made" : strerror(errno));
    return false;
  }
  snprintf(name, sizeof name, "%.3900s/oio-record-XXXXXX", parent != NULL && *parent != '\0' ? parent : "/tmp");
  if (keep == NULL && mkdtemp(name) == NULL) {
    refuse(name, strerror(errno));
    return false;
  }
  if (realpath(keep != NULL ? keep : name, folder) != NULL) return true;
  refuse(name, strerror(errno));
  return false;
}

static void remove_folder(const char *folder) {
  char path[PATH_MAX + 300];
  DIR *list = opendir(folder);
  if (list == NULL) return;
  for (const struct dirent *entry; (entry = readdir(list)) != NULL;) {
    snprintf(path, sizeof path, "%s/%s", folder, entry->d_name);
    if (entry->d_name[0] != '.') unlink(path);
  }
  closedir(list);
  rmdir(folder);
}

/* Of a folder to be kept, in which there is nothing. */
static void remove_if_empty(const char *folder) {
  char path[PATH_MAX + 300];
  snprintf(path, sizeof path, "%s/" RECORD_REFUSED, folder);
  unlink(path);
  rmdir(folder);
}

/* Known before the program runs, and not hours after. */
static enum oio_status try_output(const char *out, struct oio_error *error) {
  const struct oio_trace_header header = {.version = 2, .nodes = 1};
  struct oio_trace_writer *writer;
  struct stat kind;
  if (stat(out, &kind) == 0 && !S_ISREG(kind.st_mode)) return OIO_OK;
  const enum oio_status status = oio_trace_create(&writer, out, &header, error);
  if (status == OIO_OK) oio_trace_abandon(writer);
  return status;
}

static pid_t running;
static const int passed_on[] = {SIGINT, SIGTERM, SIGHUP};
enum { PASSED_ON = sizeof passed_on / sizeof passed_on[0] };

/* Whoever asks this program to end means the other one: what it has done until then is recorded. A terminal tells both. */
static void pass_on(int number, siginfo_t *information, void *context) {
  (void)context;
  if (information->si_code <= 0 && running > 0) kill(running, number);
}

static void hold_signals(struct sigaction *before) {
  struct sigaction action = {.sa_sigaction = pass_on, .sa_flags = SA_SIGINFO | SA_RESTART};
  for (size_t i = 0; i < PASSED_ON; i++) sigaction(passed_on[i], &action, &before[i]);
}

static void release_signals(const struct sigaction *before) {
  for (size_t i = 0; i < PASSED_ON; i++) sigaction(passed_on[i], &before[i], NULL);
}

/* The program's own environment has two things more. False: out of memory. */
static bool prepare_environment(const char *library, const char *folder) {
  const char *before = getenv("LD_PRELOAD");
  char *both = NULL;
  if (asprintf(&both, "%s%s%s", library, before != NULL ? ":" : "", before != NULL ? before : "") < 0) return false;
  const bool fits = setenv("LD_PRELOAD", both, 1) == 0 && setenv(RECORD_FOLDER_VARIABLE, folder, 1) == 0;
  free(both);
  return fits;
}

/* Runs it to its end; returns what waitpid says, or -1 with errno. */
static int run(char **command, const char *library, const char *folder) {
  struct sigaction before[PASSED_ON];
  posix_spawnattr_t attributes;
  int status = -1;
  if (!prepare_environment(library, folder)) return -1;
  signal(SIGCHLD, SIG_DFL); /* whoever ignores it cannot wait for its children */
  hold_signals(before);
  posix_spawnattr_init(&attributes);
  const int cause = posix_spawnp(&running, command[0], NULL, &attributes, command, environ);
  posix_spawnattr_destroy(&attributes);
  if (cause == 0)
    while (waitpid(running, &status, 0) < 0 && errno == EINTR) continue;
  release_signals(before);
  unsetenv("LD_PRELOAD");
  errno = cause;
  return cause == 0 ? status : -1;
}

static bool is_there(const char *folder, const char *name) {
  char path[PATH_MAX + 300];
  snprintf(path, sizeof path, "%s/%s", folder, name);
  return access(path, F_OK) == 0;
}

static bool has_streams(const char *folder) {
  bool found = false;
  DIR *list = opendir(folder);
  for (const struct dirent *entry; list != NULL && (entry = readdir(list)) != NULL;) found |= strstr(entry->d_name, ".oiorec") != NULL;
  if (list != NULL) closedir(list);
  return found;
}

/* Of `oio trace import`, for the recording in `folder`; returns how many. */
static int import_words(const struct record_program *program, char *folder, char *words[IMPORT_WORDS]) {
  static char *const first[] = {"import", "--format", "mpi", "-o"};
  const struct {
    char *name;
    const char *value;
  } options[] = {{"--algorithm", program->algorithm},
                 {"--eager-bytes", program->eager_bytes},
                 {"--recorded-link", program->link},
                 {"--dies", program->dies},
                 {"--map", program->map}};
  int count = 0;
  for (size_t i = 0; i < sizeof first / sizeof first[0]; i++) words[count++] = first[i];
  words[count++] = (char *)program->out;
  for (size_t i = 0; i < sizeof options / sizeof options[0]; i++) {
    if (options[i].value == NULL) continue;
    words[count++] = options[i].name;
    words[count++] = (char *)options[i].value;
  }
  words[count++] = folder;
  words[count] = NULL;
  return count;
}

/* What its end means for the exit status, when the trace is written. */
static int judge(const struct record_program *program, int status) {
  if (WIFEXITED(status) && WEXITSTATUS(status) == 0) return 0;
  fprintf(stderr, "oio trace record: %.100s ended with %s %d; the trace holds what was recorded until then\n", program->command[0],
          WIFEXITED(status) ? "status" : "signal", WIFEXITED(status) ? WEXITSTATUS(status) : WTERMSIG(status));
  return 1;
}

static int record_in(const struct record_program *program, const char *library, char *folder, bool *spent) {
  const int status = run(program->command, library, folder);
  *spent = true;
  if (status == -1) return refuse(program->command[0], errno != 0 ? strerror(errno) : "out of memory");
  if (is_there(folder, RECORD_REFUSED)) return refuse(program->command[0], THREADS);
  if (!has_streams(folder)) return refuse(program->command[0], NO_RANK);
  char *words[IMPORT_WORDS];
  const int imported = trace_import(import_words(program, folder, words), words);
  *spent = imported == 0;
  return imported != 0 ? imported : judge(program, status);
}

int record_program(const struct record_program *program) {
  char library[PATH_MAX], folder[PATH_MAX];
  struct oio_error error;
  bool spent;
  if (!find_library(library))
    return refuse(program->command[0], "this build has no recorder, liboio_record.so; install libopenmpi-dev and build again");
  if (strpbrk(library, " :") != NULL)
    return refuse(library, "LD_PRELOAD takes no name with a blank or a colon; have oio in another folder");
  char *words[IMPORT_WORDS];
  const int usable = trace_import_check(import_words(program, ".", words), words);
  if (usable >= 0) return usable;
  if (try_output(program->out, &error) != OIO_OK) return trace_failure(&error);
  if (!make_folder(program->keep, folder)) return EXIT_USAGE;
  const int result = record_in(program, library, folder, &spent);
  if (program->keep == NULL && spent) remove_folder(folder);
  if (program->keep != NULL) remove_if_empty(folder);
  if (program->keep == NULL && !spent) fprintf(stderr, "oio trace record: what the ranks recorded is in %s\n", folder);
  return result;
}
