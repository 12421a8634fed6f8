/* SPDX-License-Identifier: Apache-2.0 */
#define _POSIX_C_SOURCE 200809L
#include "describe.h"

#include <errno.h>
#include <fcntl.h>
#include <spawn.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

extern char **environ;

/* A program with its output in a file. Returns its exit status; -1: it could not be run, errno says why. */
static int run(char **words, const char *log) {
  posix_spawn_file_actions_t files;
  pid_t child;
  int status = 0;
  posix_spawn_file_actions_init(&files);
  posix_spawn_file_actions_addopen(&files, STDOUT_FILENO, log, O_WRONLY | O_CREAT | O_TRUNC, 0666);
  posix_spawn_file_actions_adddup2(&files, STDOUT_FILENO, STDERR_FILENO);
  errno = posix_spawnp(&child, words[0], &files, NULL, words, environ);
  posix_spawn_file_actions_destroy(&files);
  if (errno != 0) return -1;
  while (waitpid(child, &status, 0) < 0 && errno == EINTR) {
  }
  return WIFEXITED(status) ? WEXITSTATUS(status) : 128;
}

static char *read_whole(const char *path) {
  FILE *file = fopen(path, "rb");
  char *text = NULL;
  if (file == NULL) return NULL;
  if (fseek(file, 0, SEEK_END) == 0) {
    const long length = ftell(file);
    rewind(file);
    text = length < 0 ? NULL : calloc((size_t)length + 1, 1);
    if (text != NULL && fread(text, 1, (size_t)length, file) != (size_t)length) {
      free(text);
      text = NULL;
    }
  }
  fclose(file);
  return text;
}

/* The first line of the log that is an error. */
static void first_error(const char *log, char *line, int size) {
  FILE *file = fopen(log, "r");
  line[0] = '\0';
  while (file != NULL && fgets(line, size, file) != NULL && strstr(line, "%Error") == NULL) line[0] = '\0';
  if (file != NULL) fclose(file);
  line[strcspn(line, "\n")] = '\0';
}

/* Whether the log says that there is no such option. */
static bool knows_not(const char *log, const char *option) {
  char *said = read_whole(log);
  const char *invalid = said != NULL ? strstr(said, "Invalid option") : NULL;
  const bool knows = invalid == NULL || strstr(invalid, option) == NULL;
  free(said);
  return !knows;
}

static int run_with(const struct port_map *map, const char *what, const char *where, const char *path, const char *log) {
  char copy[7][4096];
  char *words[2 * MAP_WORDS + 8];
  const char *const fixed[] = {"verilator", what, "-Wno-fatal", "--top-module", map->top, where, path};
  size_t count = 0;
  for (; count < 7; count++) {
    snprintf(copy[count], sizeof copy[count], "%s", fixed[count]);
    words[count] = copy[count];
  }
  for (size_t i = 0; i < map->arguments.count; i++) words[count++] = map->arguments.list[i];
  for (size_t i = 0; i < map->sources.count; i++) words[count++] = map->sources.list[i];
  words[count] = NULL;
  remove(path);
  return run(words, log);
}

enum oio_status describe_top(const struct port_map *map, const char *path, const char *log, char **text, struct oio_error *error) {
  char line[300];
  int status = run_with(map, "--xml-only", "--xml-output", path, log);
  if (status > 0 && knows_not(log, "--xml-only")) status = run_with(map, "--json-only", "--json-only-output", path, log);
  if (status < 0) return oio_error_set(error, OIO_ERR_IO, "verilator: %s: install it, 5.006 or later", strerror(errno));
  *text = read_whole(path);
  if (status == 0 && *text != NULL) return OIO_OK;
  first_error(log, line, sizeof line);
  free(*text);
  *text = NULL;
  return oio_error_set(error, OIO_ERR_CONFIG, "verilator does not take the sources of %s: %s (all of it is in %s)", map->top, line, log);
}
