/* SPDX-License-Identifier: Apache-2.0 */
#include "bench.h"

#include <stdio.h>
#include <string.h>

static bool ends_with(const char *text, const char *ending) {
  const size_t n = strlen(text), e = strlen(ending);
  return n > e && strcmp(text + n - e, ending) == 0;
}

/* The end of the build's name, or NULL: no such waves. */
static const char *waves_of(const struct options *options) {
  if (options->waves == NULL) return "";
  if (ends_with(options->waves, ".fst")) return options->wave_payload ? "-fst-payload" : "-fst";
  if (ends_with(options->waves, ".vcd")) return options->wave_payload ? "-vcd-payload" : "-vcd";
  return NULL;
}

int bench_choose(const struct options *options, char name[BENCH_NAME_BYTES]) {
  if (options->rtl == RTL_NONE && options->waves != NULL) {
    fprintf(stderr, "oio cosim: --rtl none has no RTL to draw waves of; leave --waves out\n");
    return EXIT_UNUSABLE;
  }
  if (options->rtl == RTL_NONE && options->wire_log != NULL) {
    fprintf(stderr, "oio cosim: --rtl none has no RTL whose flits --wire-log could show; leave it out\n");
    return EXIT_UNUSABLE;
  }
  if (options->rtl == RTL_NONE && options->waivers_count > 0) {
    fprintf(stderr, "oio cosim: --rtl none has no RTL whose findings %s could waive; leave it out\n", options->waivers[0].option);
    return EXIT_UNUSABLE;
  }
  const char *waves = waves_of(options);
  if (waves == NULL) {
    fprintf(stderr, "oio cosim: --waves %.200s: the name must end in .vcd or .fst\n", options->waves);
    return EXIT_UNUSABLE;
  }
  const bool wide = options->config.rtl_datapath_bytes == 128;
  if (wide && waves[0] != '\0' && strcmp(waves, "-fst") != 0) {
    fprintf(stderr, "oio cosim: at 128 bytes a cycle there are waves in FST only, without --wave-payload\n");
    return EXIT_UNUSABLE;
  }
  if (options->rtl == RTL_NONE) {
    snprintf(name, BENCH_NAME_BYTES, "oio-c2c");
  } else {
    snprintf(name, BENCH_NAME_BYTES, "oio-cosim%s%s", wide ? "-128" : "", waves);
  }
  return -1;
}

int bench_serves(const struct options *options, const char *name) {
  char needed[BENCH_NAME_BYTES];
  const int status = bench_choose(options, needed);
  if (status >= 0) return status;
  const bool same_width = ends_with(needed, "-128") == (strstr(name, "-128") != NULL);
  if (strcmp(name, needed) == 0 || (options->waves == NULL && options->rtl != RTL_NONE && same_width)) return -1;
  fprintf(stderr, "oio cosim: %s is the build of the bench for other options; call `oio cosim`, which takes %s for these\n", name, needed);
  return EXIT_UNUSABLE;
}
