/* SPDX-License-Identifier: Apache-2.0 */
#define _POSIX_C_SOURCE 200809L
#include "own_path.h"

#include "options.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

bool own_path(char *path, size_t path_nbytes) {
  const ssize_t length = readlink("/proc/self/exe", path, path_nbytes - 1);
  const bool whole = length > 0 && (size_t)length < path_nbytes - 1;
  path[whole ? length : 0] = '\0';
  return whole;
}

bool own_folder(char *path, size_t path_nbytes) {
  char *slash = own_path(path, path_nbytes) ? strrchr(path, '/') : NULL;
  if (slash == NULL) return false;
  *slash = '\0';
  return true;
}

int own_hand_over(const char *command, const char *name, char **argv, const char *remedy) {
  char folder[3500], path[4096];
  const bool known = own_folder(folder, sizeof folder);
  snprintf(path, sizeof path, "%s%s%s", folder, known ? "/" : "", name);
  fflush(stdout);
  execv(path, argv);
  fprintf(stderr, "oio %s: %s: %s; %s\n", command, path, strerror(errno), remedy);
  return EXIT_UNUSABLE;
}
