/* SPDX-License-Identifier: Apache-2.0 */
#define _XOPEN_SOURCE 700
#include "workshop.h"
#include "memory.h"

#include "interrupt.h"
#include "out.h"

#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

extern char **environ;

enum { lines_said = 5, bytes_said = 4096 };

/* What a command may say instead of the name of its file. */
static const struct { const char *word, *file; } places[] = {{"{out}", "run.fst"}, {"{out.vcd}", "run.vcd"}};

/* This program's folder comes first in PATH, so that a golden's `oio` is the one that checks it. */
static char *path_entry(void) {
  char own[4096];
  const char *path = getenv("PATH");
  struct wave_out out = {0};
  const ssize_t length = readlink("/proc/self/exe", own, sizeof own - 1);
  wave_out_text(&out, "PATH=");
  if (length > 0) {
    own[length] = '\0';
    char *slash = strrchr(own, '/');
    if (slash != NULL) *slash = '\0';
    wave_out_format(&out, "%s:", own);
  }
  wave_out_text(&out, path != NULL ? path : "/usr/local/bin:/usr/bin:/bin");
  if (out.failed) wave_out_free(&out);
  return out.bytes;
}

static char **environment_with(char *path) {
  size_t n = 0, used = 0;
  while (environ != NULL && environ[n] != NULL) n++;
  char **made = wave_calloc(n + 2, sizeof *made);
  if (made == NULL) return NULL;
  for (size_t i = 0; i < n; i++)
    if (strncmp(environ[i], "PATH=", 5) != 0) made[used++] = environ[i];
  made[used] = path;
  return made;
}

enum wave_status workshop_open(struct workshop *workshop, unsigned timeout_s, struct wave_error *error) {
  const char *base = getenv("TMPDIR");
  struct wave_out out = {0};
  *workshop = (struct workshop){.timeout_s = timeout_s, .path = path_entry()};
  wave_out_format(&out, "%s/oio-wave-XXXXXX", base != NULL && *base != '\0' ? base : "/tmp");
  if (workshop->path != NULL) workshop->environment = environment_with(workshop->path);
  if (out.failed || workshop->environment == NULL) {
    wave_out_free(&out);
    return wave_fail(error, "out of memory");
  }
  if (mkdtemp(out.bytes) == NULL) {
    wave_fail(error, "%s: cannot be made: %s; set TMPDIR to a folder that can be written", out.bytes, strerror(errno));
    wave_out_free(&out);
    return WAVE_ERROR;
  }
  workshop->folder = out.bytes;
  return WAVE_OK;
}

static int remove_one(const char *path, const struct stat *about, int type, struct FTW *where) {
  (void)about;
  (void)type;
  (void)where;
  (void)remove(path);
  return 0;
}

void workshop_close(struct workshop *workshop) {
  if (workshop->folder != NULL) nftw(workshop->folder, remove_one, 16, FTW_DEPTH | FTW_PHYS);
  free(workshop->folder);
  free(workshop->environment);
  free(workshop->path);
  *workshop = (struct workshop){0};
}

static const char *file_of(const char *command) {
  for (size_t i = 0; i < sizeof places / sizeof places[0]; i++)
    if (strstr(command, places[i].word) != NULL) return places[i].file;
  return NULL;
}

const char *workshop_refuses(const char *command) {
  return file_of(command) == NULL
             ? "the command does not say {out} where it names the waves it writes; {out} ends in .fst, {out.vcd} in .vcd"
             : NULL;
}

/* The command with its places filled in. */
static char *fill_in(const struct wave_golden *golden, const char *folder) {
  struct wave_out out = {0};
  for (const char *at = golden->command; *at != '\0';) {
    const char *begin = at;
    for (size_t i = 0; i < sizeof places / sizeof places[0]; i++) {
      if (strncmp(at, places[i].word, strlen(places[i].word)) != 0) continue;
      struct wave_out path = {0};
      wave_out_format(&path, "%s/%s", folder, places[i].file);
      if (!path.failed) wave_out_shell(&out, path.bytes);
      out.failed = out.failed || path.failed;
      wave_out_free(&path);
      at += strlen(places[i].word);
      break;
    }
    if (at == begin && golden->seed != NULL && strncmp(at, "{seed}", 6) == 0) {
      wave_out_shell(&out, golden->seed);
      at += 6;
    }
    if (at == begin) wave_out_bytes(&out, at++, 1);
  }
  if (out.failed) wave_out_free(&out);
  return out.bytes;
}

static double now(void) {
  struct timespec time;
  clock_gettime(CLOCK_MONOTONIC, &time);
  return (double)time.tv_sec + (double)time.tv_nsec * 1e-9;
}

/* A group of its own: what the command started ends with it. */
static int start(const struct workshop *workshop, char *command, const char *log, pid_t *child) {
  char shell[] = "sh", flag[] = "-c", *arguments[] = {shell, flag, command, NULL};
  posix_spawn_file_actions_t files;
  posix_spawnattr_t how;
  sigset_t none;
  int cause = posix_spawn_file_actions_init(&files);
  if (cause != 0) return cause;
  sigemptyset(&none);
  posix_spawnattr_init(&how);
  posix_spawnattr_setflags(&how, POSIX_SPAWN_SETPGROUP | POSIX_SPAWN_SETSIGMASK);
  posix_spawnattr_setpgroup(&how, 0);
  posix_spawnattr_setsigmask(&how, &none);
  cause = posix_spawn_file_actions_addopen(&files, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
  if (cause == 0) cause = posix_spawn_file_actions_addopen(&files, STDOUT_FILENO, log, O_WRONLY | O_CREAT | O_TRUNC | O_APPEND, 0666);
  if (cause == 0) cause = posix_spawn_file_actions_adddup2(&files, STDOUT_FILENO, STDERR_FILENO);
  if (cause == 0) cause = posix_spawn(child, "/bin/sh", &files, &how, arguments, workshop->environment);
  posix_spawnattr_destroy(&how);
  posix_spawn_file_actions_destroy(&files);
  return cause;
}

/* Ends the group, gently at first. */
static void end_group(pid_t child, int *status) {
  const struct timespec nap = {.tv_nsec = 20000000};
  kill(-child, SIGTERM);
  for (int i = 0; i < 100; i++) {
    if (waitpid(child, status, WNOHANG) == child) {
      kill(-child, SIGKILL);
      return;
    }
    nanosleep(&nap, NULL);
  }
  kill(-child, SIGKILL);
  waitpid(child, status, 0);
}

/* WAVE_OK: it ended by itself. */
static enum wave_status wait_for(pid_t child, unsigned timeout_s, int *status, struct wave_error *error) {
  const double began = now();
  struct timespec nap = {.tv_nsec = 1000000};
  for (;;) {
    const pid_t got = waitpid(child, status, WNOHANG);
    if (got == child) return WAVE_OK;
    if (got < 0 && errno != EINTR) return wave_fail(error, "the command cannot be waited for: %s", strerror(errno));
    if (interrupt_requested()) {
      end_group(child, status);
      return wave_fail(error, "interrupted");
    }
    if (timeout_s > 0 && now() - began > timeout_s) {
      end_group(child, status);
      return wave_fail(error, "the command was ended after %u s; --timeout allows more", timeout_s);
    }
    nanosleep(&nap, NULL);
    if (nap.tv_nsec < 20000000) nap.tv_nsec *= 2;
  }
}

/* The last lines of what the command printed. */
static char *last_lines(const char *log) {
  char bytes[bytes_said + 1];
  FILE *file = fopen(log, "rb");
  if (file == NULL) wave_memory_failed(errno);
  if (file == NULL) return NULL;
  if (fseek(file, 0, SEEK_END) == 0) {
    const long size = ftell(file);
    (void)!fseek(file, size > bytes_said ? size - bytes_said : 0, SEEK_SET);
  }
  size_t size = fread(bytes, 1, bytes_said, file);
  fclose(file);
  while (size > 0 && (bytes[size - 1] == '\n' || bytes[size - 1] == '\r')) size--;
  if (size == 0) return NULL;
  bytes[size] = '\0';
  char *at = bytes + size;
  for (int lines = 0; at > bytes; at--)
    if (at[-1] == '\n' && ++lines == lines_said) break;
  return wave_strdup(at);
}

static enum wave_status judge(int status, const char *made, struct wave_error *error) {
  struct stat about;
  if (WIFSIGNALED(status)) return wave_fail(error, "the command was ended by signal %d", WTERMSIG(status));
  if (!WIFEXITED(status) || WEXITSTATUS(status) != 0)
    return wave_fail(error, "the command failed with exit status %d", WIFEXITED(status) ? WEXITSTATUS(status) : -1);
  if (stat(made, &about) != 0) return wave_fail(error, "the command wrote no waves to {out}");
  return WAVE_OK;
}

static enum wave_status run_in(const struct workshop *workshop, const struct wave_golden *golden, const char *folder, const char *made,
                               char **said, struct wave_error *error) {
  struct wave_out log = {0};
  char *command = fill_in(golden, folder);
  pid_t child;
  int status = 0, cause;
  wave_out_format(&log, "%s/said", folder);
  enum wave_status result = command == NULL || log.failed ? wave_fail(error, "out of memory") : WAVE_OK;
  if (result == WAVE_OK && mkdir(folder, 0777) != 0 && errno != EEXIST)
    result = wave_fail(error, "%s: cannot be made: %s; free some space", folder, strerror(errno));
  if (result == WAVE_OK && (cause = start(workshop, command, log.bytes, &child)) != 0) {
    wave_memory_failed(cause);
    result = wave_fail(error, "the command cannot be started: %s", strerror(cause));
  }
  if (result == WAVE_OK) {
    result = wait_for(child, workshop->timeout_s, &status, error);
    if (result == WAVE_OK) result = judge(status, made, error);
    if (result != WAVE_OK) *said = last_lines(log.bytes);
  }
  free(command);
  wave_out_free(&log);
  return result;
}

enum wave_status workshop_run(const struct workshop *workshop, const struct wave_golden *golden, char **made, char **said,
                              struct wave_error *error) {
  struct wave_out folder = {0}, file = {0};
  *made = NULL;
  *said = NULL;
  const char *refused = golden->command == NULL
                            ? "its certificate has no command; give new runs with --from FOLDER, or keep it again with --command"
                            : workshop_refuses(golden->command);
  if (refused != NULL) return wave_fail(error, "%s", refused);
  wave_out_format(&folder, "%s/%s", workshop->folder, golden->name);
  wave_out_format(&file, "%s/%s", folder.bytes != NULL ? folder.bytes : "", file_of(golden->command));
  enum wave_status status =
      folder.failed || file.failed ? wave_fail(error, "out of memory") : run_in(workshop, golden, folder.bytes, file.bytes, said, error);
  wave_out_free(&folder);
  if (status == WAVE_OK)
    *made = file.bytes;
  else
    wave_out_free(&file);
  return status;
}
