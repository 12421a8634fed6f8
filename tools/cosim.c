/* SPDX-License-Identifier: Apache-2.0 */
/* `oio cosim`: hands over to the Verilated bench beside this program, so that `oio` itself needs no Verilator. Which build of the bench
 * serves depends on the waves asked for (a bench that can trace is slower, even when it does not) and on the width of the datapath. */
#define _POSIX_C_SOURCE 200809L
#include "bench.h"
#include "command.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

/* The folder this program is in, with a slash. */
static bool own_folder(char *path, size_t path_nbytes) {
  const ssize_t length = readlink("/proc/self/exe", path, path_nbytes - 1);
  if (length <= 0) return false;
  path[length] = '\0';
  char *slash = strrchr(path, '/');
  if (slash == NULL) return false;
  slash[1] = '\0';
  return true;
}

int oio_command_cosim(int argc, char **argv) {
  struct options options;
  char name[BENCH_NAME_BYTES], folder[3500], path[4096];
  const int status = options_read(&options, argc, argv, true);
  if (status >= 0) return status;
  const int chosen = bench_choose(&options, name);
  if (chosen >= 0) return chosen;
  if (!own_folder(folder, sizeof folder)) folder[0] = '\0';
  snprintf(path, sizeof path, "%s%s", folder, name);
  fflush(stdout);
  execv(path, argv);
  fprintf(stderr, "oio cosim: %s: %s; build it with Verilator installed (./run build)\n", path, strerror(errno));
  return EXIT_UNUSABLE;
}
