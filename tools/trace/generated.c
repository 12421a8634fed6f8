/* SPDX-License-Identifier: Apache-2.0 */
#define _GNU_SOURCE
#include "effect.h"
#include "interrupt.h"
#include "oio/net.h"
#include "oio/workload.h"
#include "options.h"
#include "progress.h"
#include "verbs.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char help[] =
    "usage: oio trace generate [--net NET] --generate KIND [--messages N] [--load X] [--seed N] [--set KEY=VALUE] [--config FILE] -o OUT\n"
    "Write the traffic that `oio sim` would generate with these options as a trace of version 2: for a net of any number of dies, with "
    "what\n"
    "waits for what and for how long. Replayed with the same options, --trace OUT in place of --generate, it gives the same run.\n"
    "\n"
    "  --generate KIND  poisson, burst, a collective: all-reduce ..., or step (saturate has no times: it enters when there is room)\n"
    "  -o, --output OUT the trace; -: standard output\n"
    "\n"
    "The other options are those of `oio sim`, which lists the keys too. Exit status: 0 written, 2 wrong usage, a workload that cannot be\n"
    "made, or an output that cannot be written; nothing is left behind then.\n";

enum { LOOK_AROUND = 4096 };

struct generating {
  struct options options;
  const char *out;
  struct oio_trace_header header;
};

/* One option that sets keys; files first, so that they never win over the command line. True: set, or its turn comes. */
static bool set(struct oio_config *config, const char *option, const char *value, bool files, struct oio_error *error) {
  char key[64], assignment[600];
  if (strcmp(option, "--config") == 0) return !files || oio_config_load(config, value, error) == OIO_OK;
  if (files) return true;
  if (strcmp(option, "--set") == 0) return oio_config_set(config, option, value, error) == OIO_OK;
  options_key(option, value, key, sizeof key);
  snprintf(assignment, sizeof assignment, "%s=%.500s", key, value);
  return oio_config_set(config, option, assignment, error) == OIO_OK;
}

/* -1: go on; else an exit status. */
static int parse(struct generating *generating, int argc, char **argv) {
  char key[64];
  struct oio_error error;
  oio_config_defaults(&generating->options.config);
  for (int pass = 0; pass < 2; pass++) {
    for (int i = 1; i < argc; i += 2) {
      const bool output = strcmp(argv[i], "-o") == 0 || strcmp(argv[i], "--output") == 0;
      if (!output && strcmp(argv[i], "--config") != 0 && !options_key(argv[i], "", key, sizeof key))
        return trace_usage("generate", "no option '%.60s'", argv[i]);
      if (i + 1 == argc) return trace_usage("generate", "%.60s needs a value", argv[i]);
      if (output)
        generating->out = trace_output(argv[i + 1]);
      else if (!set(&generating->options.config, argv[i], argv[i + 1], pass == 0, &error))
        return trace_usage("generate", "%s", error.text);
    }
  }
  if (effect_check(&generating->options, argc, argv) >= 0) return EXIT_USAGE;
  return generating->out != NULL ? -1 : trace_usage("generate", "name the trace with -o");
}

/* The dies of the net, which is made to be sure that there is one. */
static enum oio_status count_dies(struct generating *generating, struct oio_error *error) {
  struct oio_net *net;
  struct oio_config *config = &generating->options.config;
  enum oio_status status = oio_config_resolve(config, error);
  if (status == OIO_OK) status = oio_net_create(&net, config, NULL, error);
  if (status != OIO_OK) return status;
  struct oio_trace_header *header = &generating->header;
  *header = (struct oio_trace_header){.version = OIO_TRACE_VERSION, .nodes = oio_net_dies(net), .dies = oio_net_dies(net)};
  oio_net_destroy(net);
  return OIO_OK;
}

static void describe(struct generating *generating) {
  const struct oio_config *config = &generating->options.config;
  char kind[64] = "";
  for (size_t i = 0; i < oio_config_count(config); i++) {
    struct oio_config_key key;
    oio_config_describe(config, i, &key);
    if (strcmp(key.name, "workload.generate") == 0) oio_config_value(config, i, kind, sizeof kind);
  }
  snprintf(generating->header.source, sizeof generating->header.source, "generated: %s, %.150s, seed %" PRIu64, kind, config->net,
           config->seed);
  for (char *at = generating->header.source; *at != '\0'; at++)
    if (*at < ' ' || *at > '~') *at = '?';
}

static enum oio_status write_all(struct oio_workload *workload, struct oio_trace_writer *writer, uint64_t *records, uint64_t *bytes,
                                 struct oio_error *error) {
  struct oio_record record;
  enum oio_status status = OIO_OK;
  while (status == OIO_OK && oio_workload_next(workload, &record)) {
    status = oio_trace_put(writer, &record, error);
    *bytes += record.bytes;
    if (++*records % LOOK_AROUND == 0 && interrupt_requested()) break;
  }
  return status;
}

static int run(struct generating *generating) {
  struct oio_error error;
  struct oio_workload *workload = NULL;
  struct oio_trace_writer *writer = NULL;
  uint64_t records = 0, bytes = 0;
  enum oio_status status = count_dies(generating, &error);
  if (status == OIO_OK) status = oio_workload_create(&workload, &generating->options.config, generating->header.dies, &error);
  if (status != OIO_OK) return trace_failure(&error);
  describe(generating);
  status = oio_trace_create(&writer, generating->out, &generating->header, &error);
  if (status == OIO_OK) status = write_all(workload, writer, &records, &bytes, &error);
  oio_workload_destroy(workload);
  if (status == OIO_OK && !interrupt_requested())
    status = oio_trace_finish(writer, &error);
  else
    oio_trace_abandon(writer);
  if (status != OIO_OK) return trace_failure(&error);
  if (interrupt_requested()) return trace_interrupted("generate");
  fprintf(strcmp(generating->out, "/dev/stdout") == 0 ? stderr : stdout,
          "%s: %s\n%" PRIu64 " records, %" PRIu32 " dies, %" PRIu64 " bytes\n", generating->out, generating->header.source, records,
          generating->header.dies, bytes);
  return 0;
}

int trace_generate(int argc, char **argv) {
  struct generating generating = {.out = NULL};
  for (int i = 1; i < argc; i++) {
    if (strcmp(argv[i], "--help") != 0 && strcmp(argv[i], "-h") != 0) continue;
    fputs(help, stdout);
    return 0;
  }
  const int status = parse(&generating, argc, argv);
  if (status >= 0) return status;
  interrupt_install();
  return run(&generating);
}
