/* SPDX-License-Identifier: Apache-2.0 */
#define _GNU_SOURCE
#include "graph.h"
#include "importers.h"
#include "interrupt.h"
#include "verbs.h"

#include <getopt.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char help[] =
    "usage: oio trace import [--format FORMAT] [--cycle-ps N] [--delivery-ps N] [--vc-by type|single] [--dies N] [--map MAP]\n"
    "                        [--ranks N] [--algorithm NAME] [--deps both|data] [--flit-bytes N] [--cycles N] [--interleave N] [--homes N]\n"
    "                        [--memory-ps N] [--eager-bytes N] [--recorded-link NS:GBS] [--pins FILE] [--limit N] [-o OUT] IN...\n"
    "Convert a capture into a trace. IN is one file, unless its format takes more.\n"
    "\n"
    "  --format FORMAT  one of those below; without it the content decides\n"
    "  --cycle-ps N     picoseconds in a cycle of the capture (netrace 500, tt-npe 1000)\n"
    "  --delivery-ps N  what the recorded network took from a message's time to its delivery, which netrace does not say: of what\n"
    "                   is between a message and what it waits for, the rest is the source's own time, its delay (version 2)\n"
    "  --vc-by type     one virtual channel for each kind of message (default; docs/trace-format.md has the table)\n"
    "  --vc-by single   every message on virtual channel 0\n"
    "  --dies N         the trace is for a net of so many dies (version 2)\n"
    "  --map MAP        which node is on which die, of two unless --dies says more, kept in the trace: 0-31:0,32-63:1\n"
    "  --ranks N        so many ranks: one Chakra file, or a log that does not say, stands for all of them\n"
    "  --algorithm NAME of collectives: auto (default), ring, halving-doubling, tree or direct, as workload.algorithm of `oio sim`\n"
    "  --deps data      of Chakra, control dependencies are left out (both: the default)\n"
    "  --flit-bytes N   bytes in a flit of popnet and RapidChiplet (32)\n"
    "  --cycles N       how long RapidChiplet's rates last (1000)\n"
    "  --interleave N   of memory traces: so many bytes in a row at one home (4096), a power of two\n"
    "  --homes N        memory is at nodes 1 to N (1); node 0 is what asks\n"
    "  --memory-ps N    from a request's arrival to the answer (50000)\n"
    "  --eager-bytes N  of a recorded MPI program: a send of more than so many bytes is over when it has been delivered (4096)\n"
    "  --recorded-link NS:GBS  the link between its ranks while it was recorded, its latency in ns and GB/s: what a wait took beyond it\n"
    "                   (for a core, matching, copying) is the rank's own time; without this it is the net's, and not in the trace\n"
    "  --pins FILE      of a wave: which of its signals are valid, ready, last, ... of which port (docs/import.md)\n"
    "  --limit N        refuse what becomes more than so many records (100000000)\n"
    "  -o, --output OUT the trace (default: the first IN's name in this folder, ending .oiotrace.gz); -: standard output\n"
    "\n";

static const char help_end[] =
    "\n"
    "docs/trace-format.md says what becomes of what. Prints what was written, two lines, with what was left out by kind. Exit status:\n"
    "0 written, 2 wrong usage or input, or an output that cannot be written; nothing is left behind then.\n";

static void print_help(void) {
  fputs(help, stdout);
  for (const struct importer *at = importers; at->name != NULL; at++) printf("  %-15s  %s\n", at->name, at->takes);
  fputs(help_end, stdout);
}

/* A graph is walked in no order of memory, and goes the faster the more of it is there. */
#define RESIDENT_BYTES ((uint64_t)128 << 20)

enum { GIVEN_MAX = 32 };

struct import {
  struct import_options options;
  const struct importer *importer; /* NULL: the content decides */
  uint64_t dies;
  const char *map;
  const char *given[GIVEN_MAX]; /* options of the command line, by name */
  int givens;
  char *out;
  char *const *paths;
  int count;
};

/* The first IN's last name without its endings, in the current folder. */
static char *derived_name(const char *path) {
  static const char *const endings[] = {".bz2", ".gz",  ".tra", ".json",  ".goal", ".cm",  ".et",
                                        ".txt", ".log", ".trc", ".trace", ".vcd",  ".fst", "/"};
  char stem[256];
  size_t length = strlen(path);
  for (size_t i = 0; i < 2 * sizeof endings / sizeof endings[0]; i++) {
    const char *ending = endings[i % (sizeof endings / sizeof endings[0])];
    const size_t tail = strlen(ending);
    if (length > tail && strncmp(path + length - tail, ending, tail) == 0) length -= tail;
  }
  size_t begin = length;
  while (begin > 0 && path[begin - 1] != '/') begin--;
  snprintf(stem, sizeof stem, "%.*s", (int)(length - begin < 200 ? length - begin : 200), path + begin);
  const size_t room = strlen(stem) + sizeof ".oiotrace.gz";
  char *name = malloc(room);
  if (name != NULL) snprintf(name, room, "%s.oiotrace.gz", stem);
  return name;
}

/* An option that is a number, between bounds. */
static const struct number_option {
  int letter;
  const char *name;
  uint64_t low, high;
} number_options[] = {{'r', "ranks", 1, OIO_TRACE_NODES_MAX}, {'b', "flit-bytes", 1, 65536},
                      {'n', "cycles", 1, 1000000000000},      {'i', "interleave", 1, (uint64_t)1 << 40},
                      {'L', "limit", 1, (uint64_t)1 << 27},   {'H', "homes", 1, 65535},
                      {'M', "memory-ps", 0, 1000000000000},   {'e', "eager-bytes", 0, (uint64_t)1 << 30}};

static int take_number(struct import *import, const struct number_option *option, const char *value) {
  uint64_t number;
  struct import_options *options = &import->options;
  if (!trace_number(value, option->low, option->high, &number))
    return trace_usage("import", "--%s '%.40s' is not %llu to %llu", option->name, value, (unsigned long long)option->low,
                       (unsigned long long)option->high);
  if (option->letter == 'i' && (number & (number - 1)) != 0) return trace_usage("import", "--interleave '%.40s' is no power of two", value);
  switch (option->letter) {
  case 'r':
    options->ranks = (uint32_t)number;
    break;
  case 'b':
    options->flit_bytes = number;
    break;
  case 'n':
    options->cycles = number;
    break;
  case 'i':
    options->interleave_bytes = number;
    break;
  case 'L':
    options->limit = number;
    break;
  case 'H':
    options->homes = number;
    break;
  case 'e':
    options->eager_bytes = number;
    break;
  default:
    options->memory_ps = number;
  }
  return -1;
}

/* "NS:GBS" */
static int take_link(struct import *import, const char *value) {
  char *end = NULL;
  char latency[12];
  uint64_t latency_ns;
  const size_t digits = strcspn(value, ":");
  snprintf(latency, sizeof latency, "%.*s", (int)(digits < sizeof latency ? digits : sizeof latency - 1), value);
  const bool number = value[digits] == ':' && value[digits + 1] >= '0' && value[digits + 1] <= '9';
  const double gbytes_per_s = number ? strtod(value + digits + 1, &end) : 0;
  if (!number || *end != '\0' || !trace_number(latency, 0, 1000000000, &latency_ns) || gbytes_per_s < 0.001 || gbytes_per_s > 1000000)
    return trace_usage("import", "--recorded-link '%.40s' is no NS:GBS, nanoseconds to 1000000000 and GB/s of 0.001 to 1000000", value);
  import->options.link = (struct import_link){.latency_ps = 1000 * latency_ns, .ps_per_byte = 1000 / gbytes_per_s};
  return -1;
}

/* Option letters: P pins, l recorded-link, f format, c cycle-ps, t delivery-ps, d dies, v vc-by, m map, o output. -1: go on; else an exit
 * status.
 */
static int take_option(struct import *import, int letter, char *value) {
  for (size_t i = 0; i < sizeof number_options / sizeof number_options[0]; i++)
    if (number_options[i].letter == letter) return take_number(import, &number_options[i], value);
  switch (letter) {
  case 'P':
    import->options.pins = value;
    return -1;
  case 'l':
    return take_link(import, value);
  case 'f':
    import->importer = importer_named(value);
    return import->importer != NULL ? -1 : trace_usage("import", "no format '%.40s'", value);
  case 'c':
    if (trace_number(value, 1, 1000000000, &import->options.cycle_ps)) return -1;
    return trace_usage("import", "--cycle-ps '%.40s' is not 1 to 1000000000", value);
  case 't':
    if (trace_number(value, 1, 1000000000000, &import->options.delivery_ps)) return -1;
    return trace_usage("import", "--delivery-ps '%.40s' is not 1 to 1000000000000", value);
  case 'd':
    if (trace_number(value, 2, OIO_TRACE_NODES_MAX, &import->dies)) return -1;
    return trace_usage("import", "--dies '%.40s' is not 2 to %d", value, OIO_TRACE_NODES_MAX);
  case 'v':
    if (strcmp(value, "type") != 0 && strcmp(value, "single") != 0)
      return trace_usage("import", "--vc-by '%.40s' is neither type nor single", value);
    import->options.one_vc = strcmp(value, "single") == 0;
    return -1;
  case 'a': {
    static const char *const algorithms[] = {"auto", "ring", "halving-doubling", "tree", "direct"};
    for (size_t i = 0; i < sizeof algorithms / sizeof algorithms[0]; i++)
      if (strcmp(value, algorithms[i]) == 0) import->options.algorithm = algorithms[i];
    return import->options.algorithm != NULL ? -1 : trace_usage("import", "no algorithm '%.40s'", value);
  }
  case 'p':
    if (strcmp(value, "both") != 0 && strcmp(value, "data") != 0)
      return trace_usage("import", "--deps '%.40s' is neither both nor data", value);
    import->options.data_only = strcmp(value, "data") == 0;
    return -1;
  case 'm':
    import->map = value;
    return -1;
  case 'o':
    import->out = trace_output(value);
    return -1;
  default:
    print_help();
    return 0;
  }
}

static int parse(struct import *import, int argc, char **argv) {
  static const struct option options[] = {{"format", required_argument, NULL, 'f'},
                                          {"cycle-ps", required_argument, NULL, 'c'},
                                          {"delivery-ps", required_argument, NULL, 't'},
                                          {"dies", required_argument, NULL, 'd'},
                                          {"vc-by", required_argument, NULL, 'v'},
                                          {"map", required_argument, NULL, 'm'},
                                          {"ranks", required_argument, NULL, 'r'},
                                          {"algorithm", required_argument, NULL, 'a'},
                                          {"deps", required_argument, NULL, 'p'},
                                          {"flit-bytes", required_argument, NULL, 'b'},
                                          {"cycles", required_argument, NULL, 'n'},
                                          {"interleave", required_argument, NULL, 'i'},
                                          {"homes", required_argument, NULL, 'H'},
                                          {"eager-bytes", required_argument, NULL, 'e'},
                                          {"recorded-link", required_argument, NULL, 'l'},
                                          {"pins", required_argument, NULL, 'P'},
                                          {"limit", required_argument, NULL, 'L'},
                                          {"memory-ps", required_argument, NULL, 'M'},
                                          {"output", required_argument, NULL, 'o'},
                                          {"help", no_argument, NULL, 'h'},
                                          {NULL, 0, NULL, 0}};
  int letter;
  optind = 0;
  opterr = 0;
  while ((letter = getopt_long(argc, argv, ":o:h", options, NULL)) != -1) {
    for (const struct option *at = options; at->name != NULL; at++)
      if (at->val == letter && import->givens < GIVEN_MAX) import->given[import->givens++] = at->name;
    if (letter == '?') return trace_usage("import", "no option '%.60s'", argv[optind - 1]);
    if (letter == ':') return trace_usage("import", "%.60s needs a value", argv[optind - 1]);
    const int status = take_option(import, letter, optarg);
    if (status >= 0) return status;
  }
  import->paths = argv + optind;
  import->count = argc - optind;
  return import->count > 0 ? -1 : trace_usage("import", "which capture? name a file");
}

/* One line on stderr about the delays: what the capture does not know cannot be in the trace. */
static void say_delays(const struct import *import, const struct messages *messages, const struct import_notes *notes) {
  static const char about[] = "oio trace import: ";
  const bool tt_npe = strcmp(import->importer->name, "tt-npe") == 0;
  if (tt_npe && notes->for_what > 0)
    fprintf(stderr,
            "%sno waits and no delays: for what its %" PRIu64
            " SEMAPHORE_WAIT are a tt-npe capture does not say, so a replay moves nothing\n",
            about, notes->for_what);
  else if (tt_npe)
    fprintf(stderr, "%sno waits and no delays: a tt-npe capture records neither, so a replay moves nothing\n", about);
  else if (import->importer->delivery && !messages->knows_delivery && messages->waits_count > 0)
    fprintf(stderr, "%sno delays: %s does not say when a packet was delivered; give --delivery-ps\n", about, import->importer->name);
  else if (messages->too_short > 0)
    fprintf(stderr, "%s%" PRIu64 " of %zu messages entered within --delivery-ps after what they wait for, and have no delay\n", about,
            messages->too_short, messages->count);
}

static bool heeds(const struct importer *importer, const char *option) {
  static const char of_all[] = " format dies map limit output";
  char word[24];
  const size_t length = (size_t)snprintf(word, sizeof word, " %s", option);
  for (const char *list = of_all;; list = importer->heeds) {
    for (const char *at = strstr(list, word); at != NULL; at = strstr(at + 1, word))
      if (at[length] == ' ' || at[length] == '\0') return true;
    if (list == importer->heeds) return false;
  }
}

static enum oio_status read_capture(struct import *import, struct import_context *context, struct oio_error *error) {
  enum oio_status status = OIO_OK;
  if (import->importer == NULL) status = importer_detect(&import->importer, import->paths[0], error);
  if (status != OIO_OK) return status;
  for (int i = 0; i < import->givens; i++)
    if (!heeds(import->importer, import->given[i]))
      return oio_error_set(error, OIO_ERR_CONFIG, "--%s has no effect on a %s capture; leave it out", import->given[i],
                           import->importer->name);
  if (!import->importer->many && import->count > 1)
    return oio_error_set(error, OIO_ERR_CONFIG, "%.110s: a second %s file; import each into its own trace", import->paths[1],
                         import->importer->name);
  return import->importer->read(context, error);
}

/* *written stays false, with OIO_OK, when the user interrupts. */
static enum oio_status write_trace(const struct import *import, struct messages *messages, const struct oio_trace_header *header,
                                   bool *written, struct oio_error *error) {
  struct oio_trace_writer *writer;
  enum oio_status status = oio_trace_create(&writer, import->out, header, error);
  if (status != OIO_OK) return status;
  status = messages_write(messages, writer, import->paths[0], error);
  if (status != OIO_OK || interrupt_requested()) {
    oio_trace_abandon(writer);
    return status;
  }
  status = oio_trace_finish(writer, error);
  *written = status == OIO_OK;
  return status;
}

static void summarise(const struct import *import, const struct import_context *context) {
  const struct messages *messages = context->messages;
  const struct oio_trace_header *header = &context->header;
  const struct import_notes *notes = &context->notes;
  uint64_t bytes = 0;
  for (size_t i = 0; i < messages->count; i++) {
    bytes += messages->list[i].bytes;
    if (i % 4096 == 0) spill_trim();
  }
  const oio_time_ps span = messages->count > 0 ? messages->list[messages->count - 1].time_ps - messages->list[0].time_ps : 0;
  /* With the trace itself on stdout, the summary must not get into it. */
  FILE *to = strcmp(import->out, "/dev/stdout") == 0 ? stderr : stdout;
  fprintf(to, "%s: %s\n", import->out, header->source);
  fprintf(to, "%zu records, %" PRIu32 " nodes, span %.6f us, %" PRIu64 " bytes", messages->count, header->nodes, (double)span * 1e-6,
          bytes);
  for (size_t i = 0; i < IMPORT_LEFT_OUT_MAX && notes->left_out[i].kind != NULL; i++)
    fprintf(to, "; %" PRIu64 " %s %s", notes->left_out[i].count, notes->left_out[i].kind, notes->left_out[i].fate);
  if (context->joins > 0)
    fprintf(to, "; %" PRIu64 " of the records are local, of %d byte, each where many messages are waited for", context->joins,
            GRAPH_LOCAL_BYTES);
  fputc('\n', to);
}

static int run(struct import *import) {
  struct oio_error error;
  struct messages messages = {.limit = import->options.limit};
  struct import_context context = {.paths = import->paths, .count = import->count, .options = &import->options, .messages = &messages};
  struct oio_trace_header *header = &context.header;
  bool written = false;
  enum oio_status status = read_capture(import, &context, &error);
  if (import->options.delivery_ps > 0 || messages.has_delays) header->version = 2;
  if (import->dies > 0) header->dies = (uint32_t)import->dies;
  messages.knows_delivery = import->options.delivery_ps > 0;
  messages.delivery_ps = import->options.delivery_ps;
  if (import->map != NULL) snprintf(header->map, sizeof header->map, "%s", import->map);
  if (status == OIO_OK && !interrupt_requested()) status = write_trace(import, &messages, header, &written, &error);
  if (written) {
    summarise(import, &context);
    say_delays(import, &messages, &context.notes);
  }
  messages_free(&messages);
  if (status != OIO_OK) return trace_failure(&error);
  return written ? 0 : trace_interrupted("import");
}

static int take_all(struct import *import, int argc, char **argv) {
  *import = (struct import){.options = {.memory_ps = 50000, .eager_bytes = 4096, .limit = 100000000}};
  const int status = parse(import, argc, argv);
  if (status >= 0 || import->map == NULL || strlen(import->map) < sizeof((struct oio_trace_header *)0)->map) return status;
  return trace_usage("import", "--map is longer than %zu characters", sizeof((struct oio_trace_header *)0)->map - 1);
}

int trace_import_check(int argc, char **argv) {
  struct import import;
  return take_all(&import, argc, argv);
}

int trace_import(int argc, char **argv) {
  struct import import;
  const int status = take_all(&import, argc, argv);
  if (status >= 0) return status;
  char *derived = import.out == NULL ? derived_name(import.paths[0]) : NULL;
  if (import.out == NULL) import.out = derived;
  if (import.out == NULL) return trace_usage("import", "out of memory");
  interrupt_install();
  spill_allow(RESIDENT_BYTES);
  const int result = run(&import);
  free(derived);
  return result;
}
