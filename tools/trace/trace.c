/* SPDX-License-Identifier: Apache-2.0 */
#include "command.h"
#include "interrupt.h"
#include "verbs.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

static const char help[] = "usage: oio trace VERB ...\n"
                           "Make and look at traces: recorded traffic that `oio sim` can replay.\n"
                           "\n"
                           "  generate write generated traffic, with what waits for what, as a trace\n"
                           "  import   convert a capture of another program (netrace, tt-npe) into a trace\n"
                           "  info     say what is in a trace\n"
                           "  record   run an MPI program, or a ring all-reduce of our own, and record what it sends\n"
                           "\n"
                           "`oio trace VERB --help` explains each. The format is described in docs/trace-format.md.\n";

int trace_usage(const char *verb, const char *format, ...) {
  va_list arguments;
  va_start(arguments, format);
  fprintf(stderr, "oio trace%s%s: ", *verb != '\0' ? " " : "", verb);
  vfprintf(stderr, format, arguments);
  fprintf(stderr, "; see `oio trace%s%s --help`\n", *verb != '\0' ? " " : "", verb);
  va_end(arguments);
  return EXIT_USAGE;
}

int trace_failure(const struct oio_error *error) {
  fprintf(stderr, "%s\n", error->text);
  return EXIT_USAGE;
}

int trace_interrupted(const char *verb) {
  fprintf(stderr, "oio trace %s: interrupted; nothing was written\n", verb);
  return INTERRUPT_EXIT;
}

char *trace_output(char *value) {
  static char standard_output[] = "/dev/stdout";
  return strcmp(value, "-") == 0 ? standard_output : value;
}

bool trace_number(const char *text, uint64_t low, uint64_t high, uint64_t *value) {
  uint64_t sum = 0;
  if (*text == '\0' || strlen(text) > 19) return false;
  for (; *text != '\0'; text++) {
    if (*text < '0' || *text > '9') return false;
    sum = 10 * sum + (uint64_t)(*text - '0');
  }
  *value = sum;
  return sum >= low && sum <= high;
}

int oio_command_trace(int argc, char **argv) {
  static const struct {
    const char *name;
    int (*run)(int argc, char **argv);
  } verbs[] = {{"generate", trace_generate}, {"import", trace_import}, {"info", trace_info}, {"record", trace_record}};
  if (argc < 2) return trace_usage("", "which verb? generate, import, info or record");
  if (strcmp(argv[1], "--help") == 0 || strcmp(argv[1], "-h") == 0) {
    fputs(help, stdout);
    return 0;
  }
  for (size_t i = 0; i < sizeof verbs / sizeof verbs[0]; i++)
    if (strcmp(argv[1], verbs[i].name) == 0) return verbs[i].run(argc - 1, argv + 1);
  return trace_usage("", "no verb '%.40s'; there are generate, import, info and record", argv[1]);
}
