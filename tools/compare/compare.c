/* SPDX-License-Identifier: Apache-2.0 */
/* `oio compare`: the same traffic on every technology that reaches. */
#include "command.h"
#include "comparison.h"
#include "effect.h"
#include "interrupt.h"
#include "oio/results.h"
#include "options.h"
#include "outputs.h"
#include "page.h"
#include "phases.h"

#include <stdlib.h>
#include <string.h>

static const char help[] =
    "usage: oio compare --trace FILE|--generate KIND [--length M] [OPTION]...\n"
    "       oio compare --phases FILE --trace FILE|--generate KIND [OPTION]...\n"
    "The same traffic on every technology that reaches, side by side: latency and its parts, energy, retries, edge, failures; at the "
    "error\n"
    "rate that its links show in operation, where that is known, and at the most that it is built for (docs/choosing-a-link.md).\n"
    "\n"
    "  --phases FILE       a cluster as it is and becomes: [phase NAME] and keys of each, as net = star:8 and package.tech = lpo_800g; "
    "what each step buys\n"
    "  --length M          metres of the links compared (length_m of their class)\n"
    "  --net NET           pair, bridged, or a net of many dies; --class NAME: which of its links are compared (rack)\n"
    "  --trace FILE        replay recorded traffic (see `oio trace`)\n"
    "  --generate KIND     or make it: saturate, poisson, burst, a collective: all-reduce ..., or step\n"
    "  --offer GBPS        what poisson and burst offer, all dies together, in messages: the same to every technology\n"
    "  --messages N --seed N --set KEY=VALUE --config FILE --fidelity event|bit --threads N\n"
    "                      as of `oio sim`; the keys that a technology brings to the class compared are not to be set\n"
    "  --only NAME,...     these technologies or rungs: pluggable, LRO, LPO, microLED, NPO, CPO, OIO, copper, board, UCIe\n"
    "  --watts-max W       rule out what takes more, always on, all links compared together\n"
    "  --samples N         and how much is not known: N samples of each, 1..1000, values drawn from low to high; which of them matter "
    "most\n"
    "  --json FILE         the same as JSON (docs/compare.schema.json); - is standard output, and then nothing else is printed\n"
    "  --csv FILE          a line of CSV for each technology and error rate\n"
    "  --html FILE         a page with charts, in one file that needs no network\n"
    "  --db FILE           add each run to a database of results (docs/results-db.md)\n"
    "  --quiet             print nothing but errors\n"
    "\n"
    "Exit status: 0 compared, 1 nothing takes part or a run was not good, 2 unusable input or usage, 130 interrupted.\n";

struct asked {
  struct comparison comparison;
  const char *class_name, *json, *csv, *html, *phases;
  bool measured;
};

#define refuse(...) options_refuse("compare", __VA_ARGS__)

static bool read_number(const char *text, double low, double high, double *value) {
  char *behind;
  *value = strtod(text, &behind);
  return behind != text && *behind == '\0' && isfinite(*value) && *value >= low && *value <= high;
}

static bool read_samples(const char *text, uint64_t *samples) {
  char *behind;
  *samples = strtoull(text, &behind, 10);
  return *text >= '0' && *text <= '9' && *behind == '\0' && *samples >= 1 && *samples <= SAMPLES_MAX;
}

/* An option of its own. -1: it is none; else whether its value can be read. */
static int take_own(struct asked *asked, const char *name, const char *value) {
  struct comparison *comparison = &asked->comparison;
  const struct {
    const char *option;
    const char **text;
  } texts[] = {{"--trace", &comparison->trace}, {"--class", &asked->class_name}, {"--only", &comparison->only}, {"--json", &asked->json},
               {"--csv", &asked->csv},          {"--html", &asked->html},        {"--phases", &asked->phases},  {"--db", &comparison->db}};
  for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
    if (strcmp(name, texts[i].option) == 0) return *texts[i].text = value, *value != '\0';
  }
  if (strcmp(name, "--samples") == 0) return read_samples(value, &comparison->samples);
  asked->measured |= strcmp(name, "--length") == 0;
  if (strcmp(name, "--length") == 0) return read_number(value, 0, 1e6, &comparison->length_m);
  if (strcmp(name, "--offer") == 0) return read_number(value, 1e-6, 1e9, &comparison->offer_gbps);
  if (strcmp(name, "--watts-max") == 0) return read_number(value, 1e-6, 1e9, &comparison->watts_max);
  return -1;
}

/* As options_read: files first, then everything else. */
static int read_pass(struct asked *asked, int argc, char **argv, bool files) {
  for (int i = 1; i < argc; i++) {
    const char *name = argv[i];
    struct oio_error error = {""};
    if (strcmp(name, "--help") == 0) return fputs(help, stdout), EXIT_DONE;
    if (strcmp(name, "--quiet") == 0) {
      asked->comparison.quiet = true;
      continue;
    }
    if (name[0] != '-') return refuse("'%.80s' is no option; a trace is given with --trace; see `oio compare --help`", name);
    if (i + 1 >= argc) return refuse("%.80s: no such option, or its value is missing; see `oio compare --help`", name);
    const char *value = argv[++i];
    if (strcmp(name, "--load") == 0)
      return refuse("--load is a part of what a link carries, which differs from one technology to the next; give --offer GBPS");
    int taken = options_take_config(&asked->comparison.config, name, value, files, &error);
    if (taken == 0) return refuse("%s", error.text);
    if (taken < 0) taken = take_own(asked, name, value);
    if (taken < 0) return refuse("there is no option %.80s; see `oio compare --help`", name);
    if (taken == 0) return refuse("%s '%.80s' cannot be read; see `oio compare --help`", name, value);
  }
  return -1;
}

/* Keys of the class that a technology brings, or that a comparison sets itself. */
static int check_keys(const struct asked *asked, int argc, char **argv) {
  static const char *const own[] = {"tech",     "tech_errors", "length_m", "bit_error_rate", "fec",
                                    "fec_ways", "fec_ps",      "logic_ps", "ps_per_m"};
  const char *class_name = comparison_class(&asked->comparison);
  char key[OIO_CONFIG_KEY_NAME_BYTES], name[OIO_CONFIG_KEY_NAME_BYTES];
  for (int i = 1; i + 1 < argc; i += options_step(argv[i])) {
    if (!options_key(argv[i], argv[i + 1], key, sizeof key)) continue;
    if (strcmp(key, "workload.load") == 0)
      return refuse("workload.load is a part of what a link carries, which differs from one technology to the next; give --offer GBPS");
    for (size_t k = 0; k < sizeof own / sizeof own[0]; k++) {
      snprintf(name, sizeof name, "%s.%s", class_name, own[k]);
      if (strcmp(key, name) != 0) continue;
      if (strcmp(own[k], "length_m") == 0) return refuse("--set %s: give --length M, which every technology is asked for", key);
      return refuse("--set %s: each technology brings its own; leave it out, or use `oio sim`", key);
    }
  }
  const struct oio_link_class *of = &asked->comparison.config.classes[asked->comparison.link_class];
  if (of->tech[0] == '\0' && of->fec == OIO_FEC_NONE && of->bit_error_rate == 0) return -1;
  return refuse("a file of --config sets tech, fec or bit_error_rate of %s, which each technology brings; leave it out there", class_name);
}

static bool loaded(const struct oio_config *config) {
  return config->generator == OIO_POISSON || config->generator == OIO_BURST;
}

static int check_traffic(const struct asked *asked, int argc, char **argv) {
  const struct comparison *comparison = &asked->comparison;
  const bool generated = comparison->config.generator != OIO_GENERATE_NOTHING;
  const struct options options = {.config = comparison->config, .trace = comparison->trace, .repeat = 1};
  if (comparison->trace == NULL && !generated) return refuse("there is nothing to send: give --trace FILE or --generate KIND --offer GBPS");
  if (comparison->trace != NULL && generated) return refuse("--trace and --generate do not go together: leave one out");
  if (comparison->trace == NULL && comparison->config.map[0] != '\0') return refuse("trace.map needs a trace; leave it out");
  if (comparison->offer_gbps > 0 && !loaded(&comparison->config)) return refuse("--offer is of --generate poisson and burst; leave it out");
  if (comparison->offer_gbps == 0 && loaded(&comparison->config))
    return refuse("say how much traffic there is, the same for all: --offer GBPS, all dies together");
  return asked->phases != NULL ? -1 : effect_check(&options, argc, argv); /* a phase may have another net */
}

/* What is of one technology after the other. */
static int check_phases(const struct asked *asked) {
  const struct comparison *comparison = &asked->comparison;
  if (!asked->measured && asked->class_name == NULL && comparison->only == NULL && comparison->watts_max == 0 && comparison->samples == 0)
    return -1;
  return refuse("--phases has its lengths and technologies in its file: leave out --length, --class, --only, --watts-max and --samples");
}

/* Which links are compared, and how long they are. */
static int check_class(struct asked *asked) {
  struct comparison *comparison = &asked->comparison;
  const bool routed = oio_config_is_routed(&comparison->config);
  if (routed && asked->class_name == NULL)
    return refuse("a net of many dies has several classes of links: say which are compared, as --class rack");
  const char *name = asked->class_name != NULL ? asked->class_name : "optical";
  comparison->link_class = oio_config_class_named(&comparison->config, name);
  if (comparison->link_class == oio_config_classes(&comparison->config))
    return refuse("--class %.40s: there is no such class of links; `oio net` shows which a net has", name);
  const char *other = comparison->link_class == OIO_CLASS_OPTICAL    ? "a net of two dies (pair or bridged)"
                      : comparison->link_class == OIO_CLASS_DIE_LINK ? "--net bridged"
                                                                     : "a net of many dies";
  if (routed != (comparison->link_class >= OIO_CLASS_PACKAGE)) return refuse("--class %.40s: such links are of %s", name, other);
  if (!asked->measured) comparison->length_m = comparison->config.classes[comparison->link_class].length_m;
  return -1;
}

/* Files that are written: each can be, and none is another. */
static int check_outputs(const struct asked *asked) {
  struct oio_error error = {""};
  const char *const options[] = {"--json", "--csv", "--html", "--db"}, *const files[] = {asked->json, asked->csv, asked->html,
                                                                                         asked->comparison.db};
  for (unsigned i = 0; i < 4; i++) {
    if (files[i] == NULL || (i == 0 && strcmp(files[i], "-") == 0)) continue;
    for (unsigned k = 0; k < i; k++) {
      if (files[k] != NULL && strcmp(files[i], files[k]) == 0)
        return refuse("%s and %s are both '%.200s'; name another", options[k], options[i], files[i]);
    }
    if ((i == 3 ? results_db_can_open : oio_can_write_whole)(files[i], &error) != OIO_OK) return refuse("%s", error.text);
  }
  return -1;
}

/* Every value of the command line, and what must go together. Returns -1 to go on, else the exit status. */
static int prepare(struct asked *asked, int argc, char **argv) {
  struct oio_config *config = &asked->comparison.config;
  int status;
  oio_config_defaults(config);
  config->fidelity = OIO_EVENT;
  config->classes[OIO_CLASS_DIE_LINK].lanes = 1024;
  config->classes[OIO_CLASS_DIE_LINK].lane_rate_gbps = 64;
  if ((status = read_pass(asked, argc, argv, true)) >= 0 || (status = read_pass(asked, argc, argv, false)) >= 0) return status;
  status = asked->phases != NULL ? check_phases(asked) : check_class(asked);
  if (status >= 0 || (asked->phases == NULL && (status = check_keys(asked, argc, argv)) >= 0)) return status;
  if ((status = check_traffic(asked, argc, argv)) >= 0) return status;
  return check_outputs(asked);
}

/* The value of workload.generate, as text. */
static const char *generator_name(const struct oio_config *config, char *out, size_t nbytes) {
  for (size_t i = 0; i < oio_config_count(config); i++) {
    struct oio_config_key key;
    oio_config_describe(config, i, &key);
    if (strcmp(key.name, "workload.generate") == 0) return oio_config_value(config, i, out, nbytes);
  }
  return "";
}

enum form { TABLE, JSON, CSV, HTML };

/* phases: NULL, it is a comparison. */
static void write_form(FILE *out, const struct comparison *comparison, const struct phases *phases, enum form form) {
  if (phases != NULL)
    (form == TABLE ? phases_table : form == JSON ? phases_json : form == CSV ? phases_csv : phases_page)(out, phases);
  else
    (form == TABLE ? compare_table : form == JSON ? compare_json : form == CSV ? compare_csv : compare_page)(out, comparison);
}

/* Made in memory first, so that a file is whole or not there. */
static bool deliver(const struct asked *asked, const struct phases *phases, enum form form, const char *path) {
  struct oio_error error = {"out of memory; close other programs"};
  struct page page;
  char *text = NULL;
  if (page_begin(&page)) {
    write_form(page.out, &asked->comparison, phases, form);
    text = page_end(&page);
  }
  bool good = text != NULL;
  if (good) error.text[0] = '\0';
  if (good && (path == NULL || (form == JSON && strcmp(path, "-") == 0)))
    good = outputs_print(text, &error);
  else if (good)
    good = oio_write_whole(path, text, &error) == OIO_OK;
  free(text);
  if (!good && error.text[0] != '\0') refuse("%s", error.text);
  return good;
}

static bool deliver_all(const struct asked *asked, const struct phases *phases) {
  const bool alone = asked->json != NULL && strcmp(asked->json, "-") == 0;
  return (asked->csv == NULL || deliver(asked, phases, CSV, asked->csv)) &&
         (asked->html == NULL || deliver(asked, phases, HTML, asked->html)) &&
         (asked->json == NULL || deliver(asked, phases, JSON, asked->json)) &&
         (alone || asked->comparison.quiet || deliver(asked, phases, TABLE, NULL));
}

static int status_of(const struct comparison *comparison) {
  if (interrupt_requested()) return INTERRUPT_EXIT;
  for (size_t i = 0; i < comparison->row_count; i++) {
    if (comparison->rows[i].ran.failure[0] != '\0') return EXIT_BAD_RESULT;
  }
  return comparison->row_count > 0 ? EXIT_DONE : EXIT_BAD_RESULT;
}

/* Only keys rule out: then they are what is wrong. */
static const char *keys_wrong(const struct comparison *comparison) {
  const char *why = NULL;
  for (size_t i = 0; i < comparison->ruled_count && comparison->row_count == 0; i++) {
    if (comparison->ruled[i].by == RULED_KEYS) why = comparison->ruled[i].why;
  }
  return why;
}

static int compare(struct asked *asked) {
  struct comparison *comparison = &asked->comparison;
  struct oio_error error = {""};
  int status = EXIT_UNUSABLE;
  if (candidates_find(comparison, &error) != OIO_OK) {
    refuse("%s", error.text);
  } else if (keys_wrong(comparison) != NULL) {
    refuse("%s", keys_wrong(comparison));
  } else if (rows_run(comparison, comparison->rows, comparison->row_count, &error) != OIO_OK ||
             (comparison->samples > 0 && spreads_run(comparison, &error) != OIO_OK)) {
    refuse("%s", error.text);
  } else {
    status = status_of(comparison);
    if (status != INTERRUPT_EXIT && !deliver_all(asked, NULL)) status = EXIT_UNUSABLE;
    if (status < EXIT_UNUSABLE && rows_add(comparison, &error) != OIO_OK) status = refuse("%s", error.text);
  }
  comparison_free(comparison);
  return status;
}

static int compare_phases(const struct asked *asked) {
  const struct comparison *comparison = &asked->comparison;
  struct phases phases = {.path = asked->phases,
                          .trace = comparison->trace,
                          .workload = comparison->workload,
                          .db = comparison->db,
                          .offer_gbps = comparison->offer_gbps,
                          .quiet = comparison->quiet};
  struct oio_error error = {""};
  int status = EXIT_UNUSABLE;
  if (phases_load(&phases, &comparison->config, &error) != OIO_OK || phases_run(&phases, &error) != OIO_OK) {
    refuse("%s", error.text);
  } else {
    status = interrupt_requested() ? INTERRUPT_EXIT : phases_good(&phases) ? EXIT_DONE : EXIT_BAD_RESULT;
    if (status != INTERRUPT_EXIT && !deliver_all(asked, &phases)) status = EXIT_UNUSABLE;
    if (status < EXIT_UNUSABLE && phases_add(&phases, &error) != OIO_OK) status = refuse("%s", error.text);
  }
  phases_free(&phases);
  return status;
}

int oio_command_compare(int argc, char **argv) {
  struct asked asked = {.comparison = {.trace = NULL}};
  struct comparison *comparison = &asked.comparison;
  char generator[64];
  const int status = prepare(&asked, argc, argv);
  if (status >= 0) return status;
  interrupt_install();
  comparison->workload = comparison->trace != NULL ? comparison->trace : generator_name(&comparison->config, generator, sizeof generator);
  return asked.phases != NULL ? compare_phases(&asked) : compare(&asked);
}
