/* SPDX-License-Identifier: Apache-2.0 */
/* `oio cosim`: hands over to the Verilated bench beside this program, so that `oio` itself needs no Verilator. Which build of the bench
 * serves depends on the waves asked for (a bench that can trace is slower, even when it does not) and on the width of the datapath. */
#define _POSIX_C_SOURCE 200809L
#include "command.h"
#include "options.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

static bool ends_with(const char *text, const char *ending) {
  const size_t n = strlen(text), e = strlen(ending);
  return n > e && strcmp(text + n - e, ending) == 0;
}

/* The bench's name after "oio-cosim", or NULL: no such waves. */
static const char *variant(const struct options *options) {
  if (options->waves == NULL) return "";
  if (ends_with(options->waves, ".fst")) return options->wave_payload ? "-fst-payload" : "-fst";
  if (ends_with(options->waves, ".vcd")) return options->wave_payload ? "-vcd-payload" : "-vcd";
  return NULL;
}

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
  char folder[3500], bench[4096];
  const int status = options_read(&options, argc, argv, true);
  if (status >= 0) return status;
  if (options.rtl == RTL_NONE && options.waves != NULL) {
    fprintf(stderr, "oio cosim: --rtl none has no RTL to draw waves of; leave --waves out\n");
    return EXIT_UNUSABLE;
  }
  const char *name = variant(&options);
  if (name == NULL) {
    fprintf(stderr, "oio cosim: --waves %.200s: the name must end in .vcd or .fst\n", options.waves);
    return EXIT_UNUSABLE;
  }
  if (options.config.rtl_datapath_bytes == 128 && name[0] != '\0' && strcmp(name, "-fst") != 0) {
    fprintf(stderr, "oio cosim: at 128 bytes a cycle there are waves in FST only, without --wave-payload\n");
    return EXIT_UNUSABLE;
  }
  if (!own_folder(folder, sizeof folder)) folder[0] = '\0';
  if (options.rtl == RTL_NONE) {
    snprintf(bench, sizeof bench, "%soio-c2c", folder);
  } else {
    snprintf(bench, sizeof bench, "%soio-cosim%s%s", folder, options.config.rtl_datapath_bytes == 128 ? "-128" : "", name);
  }
  fflush(stdout);
  execv(bench, argv);
  fprintf(stderr, "oio cosim: %s: %s; build it with Verilator installed (./run build)\n", bench, strerror(errno));
  return EXIT_UNUSABLE;
}
