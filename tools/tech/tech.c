/* SPDX-License-Identifier: Apache-2.0 */
/* `oio tech`: the technologies that links can be made of. */
#define _GNU_SOURCE
#include "catalogue.h"
#include "command.h"
#include "oio/results.h"
#include "options.h"
#include "outputs.h"

#include <getopt.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

static const char help[] =
    "usage: oio tech list [--length M] [--json FILE]\n"
    "       oio tech show NAME [--json FILE]\n"
    "What links can be made of, from pluggable modules to optics beside the chiplet, and copper and dies side by side: what is publicly\n"
    "known of each, and what every value rests on (docs/choosing-a-link.md).\n"
    "\n"
    "  list   every technology in a line\n"
    "  show   low, typical and high of one, with basis and sources\n"
    "\n"
    "  --length M     metres: list what reaches so far, with the flight\n"
    "  --json FILE    the same as JSON; - is standard output, and then nothing else is printed\n";

struct asked {
  const char *verb, *name, *json;
  double length_m;
};

static int refuse(const char *what, const char *which) {
  fprintf(stderr, "oio tech: %s '%.80s'; see `oio tech --help`\n", what, which);
  return EXIT_UNUSABLE;
}

static int fail(const struct oio_error *error) {
  fprintf(stderr, "oio tech: %s\n", error->text);
  return EXIT_UNUSABLE;
}

static bool read_length(const char *text, double *length_m) {
  char *behind;
  *length_m = strtod(text, &behind);
  return behind != text && *behind == '\0' && isfinite(*length_m) && *length_m >= 0 && *length_m <= 1e6;
}

/* Reads the options and the name. Returns -1 to go on, else the exit status. */
static int read_options(int argc, char **argv, struct asked *asked) {
  static const struct option options[] = {{"length", required_argument, NULL, 'l'},
                                          {"json", required_argument, NULL, 'j'},
                                          {"help", no_argument, NULL, 'h'},
                                          {NULL, 0, NULL, 0}};
  int letter;
  optind = 0;
  opterr = 0;
  while ((letter = getopt_long(argc, argv, "h", options, NULL)) != -1) {
    if (letter == 'h') return fputs(help, stdout), EXIT_DONE;
    if (letter == 'j') asked->json = optarg;
    if (letter == 'l' && !read_length(optarg, &asked->length_m)) return refuse("--length is metres, 0 to 1000000, not", optarg);
    if (letter == '?') return refuse("no such option, or its value is missing:", argv[optind - 1]);
  }
  const bool named = strcmp(asked->verb, "list") != 0;
  if (argc - optind != (named ? 1 : 0))
    return refuse(named ? "name one technology; the last word is" : "list takes no name:", argv[argc - 1]);
  if (named) asked->name = argv[optind];
  return -1;
}

/* What is printed or written is made in memory first, so that a file is whole or not there. */
static int deliver(const char *path, const char *text) {
  struct oio_error error;
  if (text == NULL) return fprintf(stderr, "oio tech: out of memory\n"), EXIT_UNUSABLE;
  if (path == NULL || strcmp(path, "-") == 0) {
    if (!outputs_print(text, &error)) return error.text[0] != '\0' ? fail(&error) : EXIT_UNUSABLE;
    return EXIT_DONE;
  }
  return oio_write_whole(path, text, &error) == OIO_OK ? EXIT_DONE : fail(&error);
}

static void print(FILE *out, const struct asked *asked, const struct oio_tech *tech, bool json) {
  if (tech == NULL) {
    (json ? catalogue_list_json : catalogue_list)(out, asked->length_m);
  } else {
    (json ? catalogue_show_json : catalogue_show)(out, tech);
  }
}

static int run(const struct asked *asked, const struct oio_tech *tech, bool json) {
  char *text = NULL;
  size_t nbytes = 0;
  FILE *out = open_memstream(&text, &nbytes);
  if (out == NULL) return deliver(NULL, NULL);
  print(out, asked, tech, json);
  if (fclose(out) != 0) free(text), text = NULL;
  const int status = deliver(json ? asked->json : NULL, text);
  free(text);
  return status;
}

int oio_command_tech(int argc, char **argv) {
  struct asked asked = {.verb = argc >= 2 ? argv[1] : ""};
  const struct oio_tech *tech = NULL;
  if (strcmp(asked.verb, "--help") == 0) return fputs(help, stdout), EXIT_DONE;
  if (strcmp(asked.verb, "list") != 0 && strcmp(asked.verb, "show") != 0) return refuse("say list or show, not", asked.verb);
  const int read = read_options(argc - 1, argv + 1, &asked);
  if (read >= 0) return read;
  if (asked.name != NULL && (tech = oio_tech_find(asked.name)) == NULL) {
    fprintf(stderr, "oio tech: there is no technology '%.80s'; did you mean %s? `oio tech list` lists them\n", asked.name,
            oio_tech_nearest(asked.name));
    return EXIT_UNUSABLE;
  }
  int status = EXIT_DONE;
  if (asked.json != NULL) status = run(&asked, tech, true);
  if (status == EXIT_DONE && (asked.json == NULL || strcmp(asked.json, "-") != 0)) status = run(&asked, tech, false);
  return status;
}
