/* SPDX-License-Identifier: Apache-2.0 */
/* `oio tech`: the technologies that links can be made of. */
#include "catalogue.h"
#include "command.h"
#include "oio/results.h"
#include "options.h"
#include "outputs.h"
#include "page.h"
#include "waterfall.h"

#include <getopt.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

static const char help[] =
    "usage: oio tech list [--length M] [--json FILE]\n"
    "       oio tech show NAME [--json FILE]\n"
    "       oio tech budget NAME [--length M] [--set PART=VALUE]... [--json FILE] [--svg FILE]\n"
    "What links can be made of, from pluggable modules to optics beside the chiplet, and copper and dies side by side: what is publicly\n"
    "known of each, and what every value rests on (docs/choosing-a-link.md).\n"
    "\n"
    "  list    every technology in a line\n"
    "  show    low, typical and high of one, with basis and sources\n"
    "  budget  the way of its light from laser to receiver, in dB, and how many bits are then wrong\n"
    "\n"
    "  --length M          metres: list what reaches so far, with the flight; of a budget (its typical reach when not given)\n"
    "  --set PART=VALUE    of a budget: another value of a part that it has, such as laser_dbm=17 or slope=1.55\n"
    "  --json FILE         the same as JSON; - is standard output, and then nothing else is printed\n"
    "  --svg FILE          draw the budget\n";

enum { SETS_MAX = OIO_OPTICS_PARTS };

struct asked {
  const char *verb, *name, *json, *svg;
  const char *set[SETS_MAX];
  unsigned sets;
  bool measured; /* length_m was given */
  double length_m;
  const struct oio_tech *tech;
  struct waterfall budget;
};

/* What a command makes: its table, its JSON, its drawing. */
enum form { TABLE, JSON, DRAWING };

static int refuse(const char *what, const char *which) {
  fprintf(stderr, "oio tech: %s '%.80s'; see `oio tech --help`\n", what, which);
  return EXIT_UNUSABLE;
}

static int fail(const struct oio_error *error) {
  fprintf(stderr, "oio tech: %s\n", error->text);
  return EXIT_UNUSABLE;
}

static bool read_number(const char *text, double low, double high, double *value) {
  char *behind;
  *value = strtod(text, &behind);
  return behind != text && *behind == '\0' && isfinite(*value) && *value >= low && *value <= high;
}

static bool is(const char *verb, const char *name) {
  return strcmp(verb, name) == 0;
}

/* What goes with a command. Returns -1 to go on, else the exit status. */
static int check_options(const struct asked *asked) {
  const bool budget = is(asked->verb, "budget");
  if (asked->svg != NULL && !budget) return refuse("only a budget is drawn, not", asked->verb);
  if (asked->sets > 0 && !budget) return refuse("only a budget has parts to set, not", asked->verb);
  if (asked->measured && is(asked->verb, "show")) return refuse("--length is of list and budget, not of", asked->verb);
  if (asked->svg != NULL && asked->json != NULL && is(asked->svg, asked->json)) return refuse("--json and --svg are both", asked->svg);
  return -1;
}

/* Reads the options and the name. Returns -1 to go on, else the exit status. */
static int read_options(int argc, char **argv, struct asked *asked) {
  static const struct option options[] = {{"length", required_argument, NULL, 'l'}, {"json", required_argument, NULL, 'j'},
                                          {"set", required_argument, NULL, 's'},    {"svg", required_argument, NULL, 'v'},
                                          {"help", no_argument, NULL, 'h'},         {NULL, 0, NULL, 0}};
  int letter;
  optind = 0;
  opterr = 0;
  while ((letter = getopt_long(argc, argv, "h", options, NULL)) != -1) {
    if (letter == 'h') return fputs(help, stdout), EXIT_DONE;
    if (letter == 'j') asked->json = optarg;
    if (letter == 'v') asked->svg = optarg;
    if (letter == 's' && asked->sets == SETS_MAX) return refuse("more parts are set than there are; leave out", optarg);
    if (letter == 's') asked->set[asked->sets++] = optarg;
    if (letter == 'l') asked->measured = true;
    if (letter == 'l' && !read_number(optarg, 0, 1e6, &asked->length_m)) return refuse("--length is metres, 0 to 1000000, not", optarg);
    if (letter == '?') return refuse("no such option, or its value is missing:", argv[optind - 1]);
  }
  const bool named = !is(asked->verb, "list");
  if (argc - optind != (named ? 1 : 0))
    return refuse(named ? "name one technology; the last word is" : "list takes no name:", argv[argc - 1]);
  if (named) asked->name = argv[optind];
  return check_options(asked);
}

/* PART=VALUE of a part that the budget has, once. Returns -1 to go on, else the exit status. */
static int set_part(struct waterfall *w, const char *assignment) {
  const size_t length = strcspn(assignment, "=");
  for (unsigned p = 0; p < OIO_OPTICS_PARTS; p++) {
    const struct oio_part_help *part = oio_part_help_of((enum oio_optics_part)p);
    struct oio_tech_value *value = &w->optics.part[p];
    double number;
    if (strlen(part->name) != length || strncmp(part->name, assignment, length) != 0 || value->basis == OIO_BASIS_NONE) continue;
    if (w->given[p]) return refuse("a part is set twice:", assignment);
    if (assignment[length] != '=' || !read_number(assignment + length + 1, part->low, part->high, &number)) {
      fprintf(stderr, "oio tech: --set %.80s: use %s=%g..%g %s\n", assignment, part->name, part->low, part->high, part->unit);
      return EXIT_UNUSABLE;
    }
    value->low = value->typical = value->high = number;
    w->given[p] = true;
    return -1;
  }
  fprintf(stderr, "oio tech: --set %.80s: this budget has no such part; `oio tech budget %s` lists those it has\n", assignment,
          w->tech->name);
  return EXIT_UNUSABLE;
}

/* Returns -1 to go on, else the exit status. */
static int prepare_budget(struct asked *asked) {
  const struct oio_tech_value *reach = &asked->tech->value[OIO_TECH_REACH_M];
  struct waterfall *w = &asked->budget;
  if (asked->tech->optics == NULL) {
    fprintf(stderr, "oio tech: %s has no link budget: %s\n", asked->tech->name,
            asked->tech->rung == OIO_RUNG_MICROLED ? "nothing is publicly known of its light; take another technology"
                                                   : "it is electrical; take one of light");
    return EXIT_UNUSABLE;
  }
  if (asked->length_m > reach->high) {
    fprintf(stderr, "oio tech: %s reaches %.5g m, at most %.5g m, not %.6g m; `oio tech list --length %.6g` has what does\n",
            asked->tech->name, reach->typical, reach->high, asked->length_m, asked->length_m);
    return EXIT_UNUSABLE;
  }
  w->tech = asked->tech;
  w->optics = *asked->tech->optics;
  w->length_m = asked->measured ? asked->length_m : reach->typical;
  for (unsigned i = 0; i < asked->sets; i++) {
    const int set = set_part(w, asked->set[i]);
    if (set >= 0) return set;
  }
  waterfall_fill(w);
  return -1;
}

/* What is printed or written is made in memory first, so that a file is whole or not there. */
static int deliver(const char *path, const char *text) {
  struct oio_error error;
  if (text == NULL) return fprintf(stderr, "oio tech: out of memory\n"), EXIT_UNUSABLE;
  if (path == NULL || is(path, "-")) {
    if (!outputs_print(text, &error)) return error.text[0] != '\0' ? fail(&error) : EXIT_UNUSABLE;
    return EXIT_DONE;
  }
  return oio_write_whole(path, text, &error) == OIO_OK ? EXIT_DONE : fail(&error);
}

static void print(FILE *out, const struct asked *asked, enum form form) {
  if (is(asked->verb, "list")) {
    (form == JSON ? catalogue_list_json : catalogue_list)(out, asked->length_m);
  } else if (is(asked->verb, "show")) {
    (form == JSON ? catalogue_show_json : catalogue_show)(out, asked->tech);
  } else {
    (form == JSON ? waterfall_print_json : form == DRAWING ? waterfall_draw : waterfall_print)(out, &asked->budget);
  }
}

static int make(const struct asked *asked, enum form form, const char *path) {
  struct page page;
  if (!page_begin(&page)) return deliver(NULL, NULL);
  print(page.out, asked, form);
  char *text = page_end(&page);
  const int status = deliver(path, text);
  free(text);
  return status;
}

int oio_command_tech(int argc, char **argv) {
  struct asked asked = {.verb = argc >= 2 ? argv[1] : ""};
  if (is(asked.verb, "--help")) return fputs(help, stdout), EXIT_DONE;
  if (!is(asked.verb, "list") && !is(asked.verb, "show") && !is(asked.verb, "budget"))
    return refuse("say list, show or budget, not", asked.verb);
  int status = read_options(argc - 1, argv + 1, &asked);
  if (status >= 0) return status;
  if (asked.name != NULL && (asked.tech = oio_tech_find(asked.name)) == NULL) {
    fprintf(stderr, "oio tech: there is no technology '%.80s'; did you mean %s? `oio tech list` lists them\n", asked.name,
            oio_tech_nearest(asked.name));
    return EXIT_UNUSABLE;
  }
  if (is(asked.verb, "budget") && (status = prepare_budget(&asked)) >= 0) return status;
  status = asked.svg != NULL ? make(&asked, DRAWING, asked.svg) : EXIT_DONE;
  if (status == EXIT_DONE && asked.json != NULL) status = make(&asked, JSON, asked.json);
  if (status == EXIT_DONE && (asked.json == NULL || !is(asked.json, "-"))) status = make(&asked, TABLE, NULL);
  return status;
}
