/* SPDX-License-Identifier: Apache-2.0 */
#define _POSIX_C_SOURCE 200809L
#include "options.h"

#include "add_run.h"
#include "effect.h"
#include "interrupt.h"
#include "machine.h"
#include "outputs.h"
#include "waived.h"

#include <errno.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { REPEAT_MAX = 10000 };

/* In parentheses the key that an option sets: its range and default are said once, there. */
static const char common_help[] =
    "  --net NET               pair, bridged, or a net of many dies: a shape or a file, see `oio net` (net.topology)\n"
    "  --trace FILE            replay recorded traffic (see `oio trace`)\n"
    "  --generate KIND         or make it: saturate, poisson, burst, a collective: all-reduce ..., or step (workload.generate)\n"
    "  --messages N            messages to generate, both directions together (workload.messages)\n"
    "  --load X                offered part of the link's rate, for poisson and burst (workload.load)\n"
    "  --seed N                seed of errors, payloads and generated traffic (sim.seed)\n"
    "  --set KEY=VALUE         set a key (below); repeatable, the last one wins; bytes may be in KiB, MiB, GiB,\n"
    "                          times in ps in ns, us, ms, s\n"
    "  --config FILE           read KEY = VALUE lines, in [SECTIONS] or not; --set and the options above win over it\n"
    "  --fidelity event|bit    event: error patterns decide, no byte is touched; bit: every bit (sim.fidelity)\n"
    "  --faults EVENTS|FILE    what happens to wires, and when (faults.schedule, docs/faults.md)\n"
    "  --threads N             a net with switches on so many processors; the results are the same (sim.threads)\n"
    "  --json FILE             write the results (docs/results.schema.json); -: to standard output, in place of the text\n"
    "  --csv FOLDER            write tables there: latency links classes vcs pairs nodes intervals collectives repeat, NAME.csv\n"
    "  --db FILE               add the run to a database of results (docs/results-db.md)\n"
    "  --cover FILE            write which situations of the protocol the run was in, for oio cover (docs/coverage.md)\n"
    "  --quiet                 print nothing but errors, and what is wrong with a run that is not good\n"
    "  --help                  this\n";

static const char sim_help[] =
    "  --append FILE           add the run to FILE as a line of CSV, all figures and keys; a new file gets a line of names first\n"
    "  --flit-log FILE         write the life of every flit as a line of CSV: sent, arrived, kind, verdict (docs/seeing.md)\n"
    "  --pcap FILE             write every flit as a packet, for Wireshark and tshark (pcapng, share/oio/wireshark/oio.lua)\n"
    "  --perfetto FILE         write lanes of flits, replays, Acks and credits, for ui.perfetto.dev and other viewers of traces\n"
    "  --repeat N              run N times, with the next seed each time, and say how the figures spread; 1..10000\n";
static const char cosim_help[] =
    "  --rtl near|far|both     which bridge is RTL, the others are the C model; (near);\n"
    "                          none: all C, in a loop in SystemVerilog over DPI\n"
    "  --waves FILE            write waves: FILE.vcd or FILE.fst\n"
    "  --wave-window FROM:TO   only between these times in ns; either may be left out\n"
    "  --wave-before NS        only around what is found first, from so many ns before it; 1..1000000\n"
    "  --wave-payload          wide payload internals too\n"
    "  --wire-log FILE         write every flit at the RTL's ports, for `oio check`\n"
    "  --waive RULE[@PORT]     findings of that rule (`oio check --rules`), at that port or at all, are counted and told,\n"
    "                          and fail nothing; repeatable\n"
    "  --waivers FILE          the same from a file: on each line RULE[@PORT] without blanks, then why; # begins a comment\n"
    "  --severity RULE[@PORT]=error|warning|waived\n"
    "                          of findings of that rule, at that port or at all: a warning is counted and told, and fails nothing;\n"
    "                          of --waive and this the first that matches decides; repeatable\n"
    "  --strict                warnings are errors\n";

/* A class of links has so many keys that they stand in groups; a group begins with this one. */
static void print_group(const char *key) {
  static const struct {
    const char *first, *title;
  } groups[] = {{".tech", "what it is made of, errors and their correction"},
                {".length_m", "length, rate, logic"},
                {".stripe_bits", "lanes, and what happens to them (docs/faults.md)"},
                {".window_flits", "replay and credit"}};
  const char *dot = strchr(key, '.');
  for (size_t i = 0; dot != NULL && i < sizeof groups / sizeof groups[0]; i++) {
    if (strcmp(dot, groups[i].first) == 0) printf("  [%.*s] %s\n", (int)(dot - key), key, groups[i].title);
  }
}

static void print_help(bool cosim) {
  struct oio_config defaults;
  oio_config_defaults(&defaults);
  printf("usage: oio %s [OPTION]...\n%s\n\n%s%s\nKeys:\n", cosim ? "cosim" : "sim",
         cosim ? "Replay traffic through the Verilated RTL bridge against the C model, cycle by cycle."
               : "Simulate dies joined by optical links, two or many (--net), event by event.",
         common_help, cosim ? cosim_help : sim_help);
  for (size_t i = 0; i < oio_config_count(&defaults); i++) {
    struct oio_config_key key;
    oio_config_describe(&defaults, i, &key);
    print_group(key.name);
    printf("  %-25s %s%s%s [%s]\n      %s\n", key.name, key.range, key.unit[0] != '\0' ? " " : "", key.unit, key.initial, key.help);
  }
  printf("  %-25s package|rack|row or one made before\n"
         "      makes links of class NAME, with the same keys, and the values that the other has by then (docs/net-format.md)\n",
         "NAME.like");
  printf("\nExit status: 0 good, 1 the run showed a fault (a message lost otherwise than to a reset, duplicated, ... or a failed link),\n"
         "2 unusable input or usage, 130 interrupted.\n");
}

int options_refuse(const char *command, const char *format, ...) {
  va_list arguments;
  va_start(arguments, format);
  fprintf(stderr, "oio %s: ", command);
  vfprintf(stderr, format, arguments);
  fprintf(stderr, "\n");
  va_end(arguments);
  return EXIT_UNUSABLE;
}

/* "--messages" is "--set workload.messages=": one grammar, one range check. */
static const struct {
  const char *option, *key;
} shorthands[] = {
    {"--net", "net.topology"},      {"--generate", "workload.generate"}, {"--messages", "workload.messages"},
    {"--load", "workload.load"},    {"--faults", "faults.schedule"},     {"--seed", "sim.seed"},
    {"--fidelity", "sim.fidelity"}, {"--threads", "sim.threads"},
};

int options_step(const char *option) {
  return strcmp(option, "--quiet") == 0 || strcmp(option, "--wave-payload") == 0 ? 1 : 2;
}

bool options_key(const char *option, const char *value, char *key, size_t key_nbytes) {
  if (strcmp(option, "--set") == 0) {
    value += strspn(value, " \t");
    snprintf(key, key_nbytes, "%.*s", (int)strcspn(value, " \t="), value);
    return true;
  }
  for (size_t i = 0; i < sizeof shorthands / sizeof shorthands[0]; i++) {
    if (strcmp(option, shorthands[i].option) != 0) continue;
    snprintf(key, key_nbytes, "%s", shorthands[i].key);
    return true;
  }
  return false;
}

/* A time in ns, digits only; moves *text behind it. */
static bool parse_ns(const char **text, uint64_t *time_ps) {
  uint64_t ns = 0;
  if (**text < '0' || **text > '9') return false;
  for (; **text >= '0' && **text <= '9'; ++*text) {
    ns = 10 * ns + (uint64_t)(**text - '0');
    if (ns > OIO_NEVER / 2 / OIO_NS) return false;
  }
  *time_ps = ns * OIO_NS;
  return true;
}

/* FROM:TO, either of which may be left out. */
static bool parse_window(const char *text, struct options *options) {
  if (*text != ':' && !parse_ns(&text, &options->wave_from_ps)) return false;
  if (*text++ != ':') return false;
  if (*text != '\0' && !parse_ns(&text, &options->wave_to_ps)) return false;
  return *text == '\0' && options->wave_from_ps < options->wave_to_ps;
}

static bool parse_rtl(const char *text, enum rtl_place *place) {
  static const char *const names[] = {"near", "far", "both", "none"};
  for (unsigned i = 0; i < 4; i++) {
    if (strcmp(text, names[i]) == 0) {
      *place = (enum rtl_place)i;
      return true;
    }
  }
  return false;
}

/* An option of cosim with a value. 0: not one; 1: taken; -1: bad value. */
static int take_cosim(struct options *options, const char *name, const char *value) {
  if (strcmp(name, "--waves") == 0) {
    options->waves = value;
    return 1;
  }
  if (strcmp(name, "--wire-log") == 0) {
    options->wire_log = value;
    return 1;
  }
  if (strcmp(name, "--wave-before") == 0)
    return parse_ns(&value, &options->wave_before_ps) && *value == '\0' && options->wave_before_ps > 0 && options->wave_before_ps <= OIO_MS
               ? 1
               : -1;
  if (strcmp(name, "--wave-window") == 0) return parse_window(value, options) ? 1 : -1;
  if (strcmp(name, "--rtl") == 0) return parse_rtl(value, &options->rtl) ? 1 : -1;
  return 0;
}

/* An option of sim. As take_cosim. */
static int take_sim(struct options *options, const char *name, const char *value) {
  const struct {
    const char *name, **file;
  } files[] = {
      {"--append", &options->append}, {"--flit-log", &options->flit_log}, {"--pcap", &options->pcap}, {"--perfetto", &options->perfetto}};
  char *end;
  for (size_t i = 0; i < sizeof files / sizeof *files; i++) {
    if (strcmp(name, files[i].name) != 0) continue;
    *files[i].file = value;
    return 1;
  }
  if (strcmp(name, "--repeat") != 0) return 0;
  options->repeat = strtoull(value, &end, 10);
  return *value >= '0' && *value <= '9' && *end == '\0' && options->repeat >= 1 && options->repeat <= REPEAT_MAX ? 1 : -1;
}

int options_take_config(struct oio_config *config, const char *name, const char *value, bool files, struct oio_error *error) {
  if (strcmp(name, "--config") == 0) return files ? oio_config_load(config, value, error) == OIO_OK : 1;
  if (strcmp(name, "--set") == 0) return files ? 1 : oio_config_set(config, "--set", value, error) == OIO_OK;
  for (size_t i = 0; i < sizeof shorthands / sizeof shorthands[0]; i++) {
    if (strcmp(name, shorthands[i].option) != 0) continue;
    char assignment[1300]; /* more than oio_config_set takes, so that what is too long for it stays so */
    snprintf(assignment, sizeof assignment, "%s=%s", shorthands[i].key, value);
    return files ? 1 : oio_config_set(config, name, assignment, error) == OIO_OK;
  }
  return -1;
}

/* 0: it is none of waivers; 1: taken; -1: refused, and said. */
static int take_waivers(struct options *options, const char *command, const char *name, const char *value, bool files) {
  struct oio_waivers alone = {0};
  struct oio_error error;
  if (strcmp(name, "--waive") != 0 && strcmp(name, "--waivers") != 0 && strcmp(name, "--severity") != 0) return 0;
  if (files) return 1; /* of the other pass */
  const bool room = options->waivers_count < OIO_WAIVERS_MAX;
  if (!room) oio_error_set(&error, OIO_ERR_CONFIG, "more than %d waivers; write them to a file, for --waivers", OIO_WAIVERS_MAX);
  if (!room || waived_option(&alone, name, value, &error) < 0) return options_refuse(command, "%s", error.text), -1;
  options->waivers[options->waivers_count].option = name;
  options->waivers[options->waivers_count++].value = value;
  return 1;
}

/* Two passes, so that a file never wins over the command line: first the files, then everything else. */
static int read_pass(struct options *options, int argc, char **argv, bool cosim, bool files) {
  for (int i = 1; i < argc; i++) {
    const char *name = argv[i];
    if (strcmp(name, "--help") == 0) {
      print_help(cosim);
      return EXIT_DONE;
    }
    if (strcmp(name, "--quiet") == 0) {
      options->quiet = true;
      continue;
    }
    if (cosim && strcmp(name, "--strict") == 0) {
      options->strict = true;
      continue;
    }
    if (cosim && strcmp(name, "--wave-payload") == 0) {
      options->wave_payload = true;
      continue;
    }
    if (name[0] != '-') return options_refuse(argv[0], "'%.80s' is no option; a trace is given with --trace; see --help", name);
    if (i + 1 >= argc) return options_refuse(argv[0], "%.80s: no such option, or its value is missing; see --help", name);
    const char *value = argv[++i];
    struct oio_error error = {""};
    const int config = options_take_config(&options->config, name, value, files, &error);
    if (config == 0) return options_refuse(argv[0], "%s", error.text);
    if (config == 1) continue;
    if (strcmp(name, "--trace") == 0) {
      options->trace = value;
    } else if (strcmp(name, "--json") == 0) {
      options->json = value;
    } else if (strcmp(name, "--csv") == 0) {
      options->csv = value;
    } else if (strcmp(name, "--cover") == 0) {
      options->cover = value;
    } else if (strcmp(name, "--db") == 0) {
      options->db = value;
    } else {
      const int waived = cosim ? take_waivers(options, argv[0], name, value, files) : 0;
      if (waived < 0) return EXIT_UNUSABLE;
      if (waived > 0) continue;
      const int taken = cosim ? take_cosim(options, name, value) : take_sim(options, name, value);
      if (taken < 0) return options_refuse(argv[0], "%s '%.80s' cannot be read; see --help", name, value);
      if (strcmp(name, "--flits") == 0) return options_refuse(argv[0], "--flits is called --messages now; use that");
      if (taken == 0) return options_refuse(argv[0], "there is no option %.80s; see --help", name);
    }
  }
  return -1;
}

int options_read(struct options *options, int argc, char **argv, bool cosim) {
  memset(options, 0, sizeof *options);
  options->wave_to_ps = OIO_NEVER;
  options->repeat = 1;
  oio_config_defaults(&options->config);
  const int files = read_pass(options, argc, argv, cosim, true);
  return files >= 0 ? files : read_pass(options, argc, argv, cosim, false);
}

const char *options_objection(const struct options *options) {
  const bool generated = options->config.generator != OIO_GENERATE_NOTHING;
  if (options->trace == NULL && !generated) return "there is nothing to send: give --trace FILE or --generate saturate|poisson|burst";
  if (options->trace != NULL && generated) return "--trace and --generate do not go together: leave one out";
  if (options->trace == NULL && options->config.map[0] != '\0')
    return "trace.map needs a trace: generated traffic has one node a die; leave it out";
  return NULL;
}

/* Resolves the configuration, checks the outputs and opens the trace. Returns as options_read. */
static int open_all(struct options *options, int argc, char **argv) {
  struct oio_error error = {""};
  if (outputs_differ(options, argc, argv) >= 0) return EXIT_UNUSABLE;
  const char *objection = options_objection(options);
  if (objection != NULL) {
    fprintf(stderr, "%s\n", objection);
    return EXIT_UNUSABLE;
  }
  const bool window = options->wave_from_ps > 0 || options->wave_to_ps != OIO_NEVER;
  if (options->waves == NULL && (options->wave_payload || window || options->wave_before_ps > 0)) {
    fprintf(stderr, "--wave-window, --wave-before and --wave-payload need --waves FILE\n");
    return EXIT_UNUSABLE;
  }
  if (window && options->wave_before_ps > 0) {
    fprintf(stderr, "--wave-window and --wave-before do not go together: leave one out\n");
    return EXIT_UNUSABLE;
  }
  if (options->repeat > 1 && (options->flit_log != NULL || options->pcap != NULL || options->perfetto != NULL)) {
    fprintf(stderr, "--flit-log, --pcap and --perfetto show the flits of one run: leave --repeat out\n");
    return EXIT_UNUSABLE;
  }
  if (effect_check(options, argc, argv) >= 0) return EXIT_UNUSABLE;
  options->asked = options->config;
  if (oio_config_resolve(&options->config, &error) != OIO_OK ||
      (options->trace != NULL && oio_trace_open(&options->reader, options->trace, &error) != OIO_OK)) {
    fprintf(stderr, "%s\n", error.text);
    return EXIT_UNUSABLE;
  }
  if (options->config.detail == OIO_DETAIL_AUTO && (options->json != NULL || options->csv != NULL || options->append != NULL ||
                                                    options->db != NULL || options->config.generator == OIO_GENERATE_STEP))
    options->config.detail = OIO_DETAIL_ON;
  if (options->csv != NULL && options->config.detail == OIO_DETAIL_OFF) {
    fprintf(stderr, "--csv and results.detail=off do not go together: leave one out\n");
    return EXIT_UNUSABLE;
  }
  if (options->waves != NULL && options->config.rtl_clock_ps < 2) {
    fprintf(stderr, "--waves needs rtl.clock_ps of 2 or more: half a cycle is drawn at a whole picosecond\n");
    return EXIT_UNUSABLE;
  }
  return outputs_writable(options);
}

bool options_print_json(const struct options *options) {
  return options->json != NULL && strcmp(options->json, "-") == 0;
}

/* JSON on standard output has it alone. */
static bool prints_text(const struct options *options) {
  return !options->quiet && !options_print_json(options);
}

void options_echo(const struct options *options, const char *host) {
  if (!prints_text(options)) return;
  enum { WIDTH = 100, INDENT = 15 };
  int column = printf("%-15s%s\nconfiguration  ", "host", host) - (int)strlen(host) - 16;
  for (size_t i = 0; i < oio_config_count(&options->config); i++) {
    struct oio_config_key key;
    char value[1100];
    oio_config_describe(&options->config, i, &key);
    oio_config_value(&options->config, i, value, sizeof value);
    if (value[0] == '\0' || !effect_has(options, key.name)) continue;
    const int needed = (int)(strlen(key.name) + strlen(value)) + 2;
    if (column + needed > WIDTH) column = printf("\n%*s", INDENT, "") - 1;
    column += printf("%s=%s ", key.name, value);
  }
  printf("\n");
  machine_print(&options->config);
  fflush(stdout);
}

/* Where no table is printed nothing else would say what is wrong. The words are those of the table's line, so that both say the same. */
static void say_fault(const char *table, const char *json) {
  static const char label[] = "\nresult ";
  const char *line = table == NULL ? NULL : strstr(table, label);
  if (line == NULL) return;
  line += strlen(label);
  line += strspn(line, " ");
  fprintf(stderr, "the run is %.*s", (int)strcspn(line, "\n"), line);
  if (json != NULL && strcmp(json, "-") != 0) fprintf(stderr, "; its results are in %.200s", json);
  fprintf(stderr, "\n");
}

static enum oio_status write_json(const struct options *options, const struct oio_results *results, const struct oio_run *run,
                                  struct oio_error *error) {
  if (options->json == NULL) return OIO_OK;
  char *json = oio_results_json(results, &options->config, run);
  enum oio_status status = OIO_OK;
  if (json == NULL)
    status = oio_error_set(error, OIO_ERR_NOMEM, "out of memory; close other programs");
  else if (options_print_json(options))
    status = outputs_print(json, error) ? OIO_OK : OIO_ERR_IO;
  else
    status = oio_write_whole(options->json, json, error);
  free(json);
  return status;
}

static enum oio_status write_csv(const struct options *options, const struct oio_results *results, const struct oio_run *run,
                                 struct oio_error *error) {
  enum oio_status status = OIO_OK;
  if (options->csv == NULL || run->traffic == NULL) return OIO_OK;
  if (!outputs_make_folder(options->csv, error)) return OIO_ERR_IO;
  for (unsigned table = 0; table < OIO_TABLES && status == OIO_OK; table++) {
    char path[OUTPUTS_PATH_BYTES];
    char *csv = oio_results_csv(results, &options->config, run, table);
    status = csv == NULL ? oio_error_set(error, OIO_ERR_NOMEM, "out of memory; close other programs")
                         : oio_write_whole(outputs_csv_path(options->csv, table, path), csv, error);
    free(csv);
  }
  return status;
}

bool options_append(const struct options *options, const struct oio_results *results) {
  struct oio_error error = {""};
  struct oio_results shown = *results;
  if (options->append == NULL) return true;
  shown.partial = interrupt_requested();
  char *row = oio_results_row(&shown, &options->config);
  const bool good = row != NULL && outputs_append(options, row, &error);
  free(row);
  if (!good) fprintf(stderr, "%s\n", error.text[0] != '\0' ? error.text : "out of memory; close other programs");
  return good;
}

bool options_add(const struct options *options, struct results_db **db, const struct oio_results *results, const char *host,
                 const struct oio_net *net, const struct oio_traffic *traffic) {
  struct oio_error error = {"out of memory; close other programs"};
  struct oio_results shown = *results;
  struct add_run_texts texts;
  struct results_entry entry = {.command = strcmp(host, "event simulator") == 0 ? "sim" : "cosim",
                                .asked = &options->asked,
                                .config = &options->config,
                                .trace = options->trace};
  const struct oio_run run = {.host = host,
                              .workload = options_workload(options),
                              .net = net,
                              .drawn = net == NULL ? NULL : oio_net_drawn(net),
                              .traffic = traffic};
  if (options->db == NULL) return true;
  shown.partial = interrupt_requested();
  const bool good = add_run_make(&texts, &entry, &shown, &run) && (*db != NULL || results_db_open(db, options->db, &error) == OIO_OK) &&
                    results_db_add(*db, &entry, &error) == OIO_OK;
  add_run_free(&texts);
  if (!good) fprintf(stderr, "%s\n", error.text);
  return good;
}

const char *options_workload(const struct options *options) {
  static const char *const generators[] = {"",
                                           "generate saturate",
                                           "generate poisson",
                                           "generate burst",
                                           "generate all-reduce",
                                           "generate all-gather",
                                           "generate reduce-scatter",
                                           "generate all-to-all",
                                           "generate broadcast",
                                           "generate step"};
  return options->trace != NULL ? options->trace : generators[options->config.generator];
}

static int report(const struct options *options, struct oio_results *results, const struct oio_run *run) {
  struct oio_error error = {""};
  results->partial = interrupt_requested();
  char *table = oio_results_table(results, &options->config, run);
  const bool whole = table != NULL;
  if (prints_text(options) && whole) fputs(table, stdout);
  const int printed = outputs_printed(EXIT_DONE);
  const bool written = write_json(options, results, run, &error) == OIO_OK && write_csv(options, results, run, &error) == OIO_OK;
  if (!prints_text(options) && (results->partial || !oio_results_good(results))) say_fault(table, written ? options->json : NULL);
  free(table);
  if (!written && error.text[0] != '\0')
    fprintf(stderr, "%s\n", error.text);
  else if (!whole)
    fprintf(stderr, "the table of results: out of memory; close other programs\n");
  if (!written || !whole || printed != EXIT_DONE) return EXIT_UNUSABLE;
  if (results->partial) return INTERRUPT_EXIT;
  return oio_results_good(results) ? EXIT_DONE : EXIT_BAD_RESULT;
}

/* Of a host that has its net where it cannot be asked: another net draws the same. NULL: there is no schedule. */
static struct oio_net *net_that_draws(const struct options *options) {
  struct oio_net *net = NULL;
  if (options->config.faults[0] != '\0') oio_net_create(&net, &options->config, NULL, NULL);
  return net;
}

int options_report(const struct options *options, struct oio_results *results, const char *host, const struct oio_net *net,
                   const struct oio_traffic *traffic, const struct oio_repeat *repeat) {
  struct oio_net *drawing = net == NULL ? net_that_draws(options) : NULL;
  const struct oio_net *drawn_by = net == NULL ? drawing : net;
  const struct oio_run run = {.host = host,
                              .workload = options_workload(options),
                              .json_path = options->json,
                              .waves_path = options->waves,
                              .csv_path = options->csv,
                              .net = net,
                              .drawn = drawn_by == NULL ? NULL : oio_net_drawn(drawn_by),
                              .traffic = traffic,
                              .repeat = repeat};
  const int status = outputs_cover(options, results) ? report(options, results, &run) : EXIT_UNUSABLE;
  oio_net_destroy(drawing);
  struct results_db *db = NULL;
  const bool added = repeat != NULL || status == EXIT_UNUSABLE || options_add(options, &db, results, host, net, traffic);
  results_db_close(db);
  return added ? status : EXIT_UNUSABLE;
}

int options_run(int argc, char **argv, bool cosim, int (*run)(const struct options *options)) {
  struct options options;
  int status = options_read(&options, argc, argv, cosim);
  if (status >= 0) return outputs_finish(status);
  status = open_all(&options, argc, argv);
  if (status < 0) {
    interrupt_install();
    status = run(&options);
  }
  if (options.reader != NULL) oio_trace_close(options.reader);
  return outputs_finish(status);
}

static double seconds(clockid_t clock) {
  struct timespec now;
  clock_gettime(clock, &now);
  return (double)now.tv_sec + (double)now.tv_nsec * 1e-9;
}

double clock_wall_s(void) {
  return seconds(CLOCK_MONOTONIC);
}
double clock_cpu_s(void) {
  return seconds(CLOCK_PROCESS_CPUTIME_ID);
}
