/* SPDX-License-Identifier: Apache-2.0 */
/* `oio sweep plot`: line charts of a sweep. */
#include "chart.h"
#include "oio/results.h"
#include "outputs.h"
#include "page.h"
#include "shards.h"
#include "sweep.h"

#include <getopt.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

static const char help[] =
    "usage: oio sweep plot FILE... --x KEY --y FIGURE [OPTION]... --svg FILE\n"
    "Draw the runs of a sweep as lines.\n"
    "\n"
    "  --x KEY              from left to right: a key that was swept, or a figure such as goodput\n"
    "  --y FIGURE           min, mean, p50, p99, p999, max, goodput, or where it is in the results, such as retries.crc; up to four\n"
    "  --by KEY             a line for each of its values\n"
    "  --where KEY=VALUE    only such runs; repeatable\n"
    "  --log x|y|xy         logarithmic axes\n"
    "  --title TEXT         above the chart\n"
    "  --svg FILE           draw it\n"
    "  --csv FILE           its numbers: series, x, y, within (95 % confidence, of several seeds), runs; - is standard output\n"
    "  --help               this\n";

enum { KEYS_MAX = SERIES_WHERE_MAX + 2, KEY_BYTES = 1200 };

struct asked {
  struct series_query query;
  char key[KEYS_MAX][KEY_BYTES]; /* those that are named as options are */
  unsigned keys;
  const char *svg, *csv, *title;
};

#define refuse(...) options_refuse("sweep plot", __VA_ARGS__)

/* "load" is workload.load, as in --over; here too with =VALUE behind it. */
static const char *full_key(struct asked *asked, const char *text) {
  char option[64], key[OIO_CONFIG_KEY_NAME_BYTES];
  const size_t nbytes = strcspn(text, "=");
  if (nbytes + 3 > sizeof option || asked->keys == KEYS_MAX || strncmp(text, "set", nbytes) == 0) return text;
  snprintf(option, sizeof option, "--%.*s", (int)nbytes, text);
  if (!options_key(option, "", key, sizeof key)) return text;
  char *full = asked->key[asked->keys++];
  snprintf(full, KEY_BYTES, "%s%.1000s", key, text + nbytes);
  return full;
}

/* -1 to go on, else the exit status. */
static int take_option(struct asked *asked, int letter, const char *value) {
  struct series_query *query = &asked->query;
  if (letter == 'x') query->x = full_key(asked, value);
  if (letter == 'b') query->by = full_key(asked, value);
  if (letter == 's') asked->svg = value;
  if (letter == 'c') asked->csv = value;
  if (letter == 't') asked->title = value;
  if (letter == 'y' && query->figures == SERIES_FIGURES_MAX) return refuse("at most %d figures are drawn in one chart", SERIES_FIGURES_MAX);
  if (letter == 'y') query->y[query->figures++] = value;
  if (letter == 'w' && query->wheres == SERIES_WHERE_MAX) return refuse("at most %d times --where", SERIES_WHERE_MAX);
  if (letter == 'w') query->where[query->wheres++] = full_key(asked, value);
  if (letter != 'l') return -1;
  query->log_x = strchr(value, 'x') != NULL;
  query->log_y = strchr(value, 'y') != NULL;
  return *value == '\0' || value[strspn(value, "xy")] != '\0' ? refuse("--log is x, y or xy, not '%.20s'", value) : -1;
}

static int check(const struct asked *asked, int files) {
  const struct series_query *query = &asked->query;
  double of;
  if (files == 0) return refuse("name the file of a sweep; see `oio sweep plot --help`");
  if (query->x == NULL || query->figures == 0) return refuse("say what to draw, with --x KEY and --y FIGURE");
  if (asked->svg == NULL && asked->csv == NULL) return refuse("say where to, with --svg FILE or --csv FILE");
  for (unsigned f = 1; f < query->figures; f++) {
    if (strcmp(series_unit(query->y[f], &of), series_unit(query->y[0], &of)) != 0)
      return refuse("%.60s and %.60s have different units; draw two charts", query->y[0], query->y[f]);
  }
  return -1;
}

static int read_options(struct asked *asked, int argc, char **argv) {
  static const struct option options[] = {{"x", required_argument, NULL, 'x'},   {"y", required_argument, NULL, 'y'},
                                          {"by", required_argument, NULL, 'b'},  {"where", required_argument, NULL, 'w'},
                                          {"log", required_argument, NULL, 'l'}, {"title", required_argument, NULL, 't'},
                                          {"svg", required_argument, NULL, 's'}, {"csv", required_argument, NULL, 'c'},
                                          {"help", no_argument, NULL, 'h'},      {NULL, 0, NULL, 0}};
  int letter;
  optind = 0;
  opterr = 0;
  while ((letter = getopt_long(argc, argv, "", options, NULL)) != -1) {
    if (letter == 'h') return fputs(help, stdout), EXIT_DONE;
    if (letter == '?') return refuse("no such option, or its value is missing: '%.80s'; see --help", argv[optind - 1]);
    const int status = take_option(asked, letter, optarg);
    if (status >= 0) return status;
  }
  return check(asked, argc - optind);
}

static enum oio_status gather(struct series_set *set, struct shards *shards, struct oio_error *error) {
  char *text;
  for (;;) {
    struct outcome outcome;
    enum oio_status status = shards_next(shards, &text, error);
    if (status != OIO_OK || text == NULL) return status;
    status = outcome_read(&outcome, text, false, error);
    free(text);
    if (status != OIO_OK) return status;
    status = series_add(set, &outcome, error);
    outcome_free(&outcome);
    if (status != OIO_OK) return status;
  }
}

/* Is x random? Then its neighbours have nothing to do with each other. */
static bool is_scattered(const struct shards *shards, const char *x) {
  json_t *head = json_loads(shards->store[0].head, 0, NULL);
  const char *values = json_string_value(json_object_get(json_object_get(head, "over"), x));
  const bool scattered = values != NULL && (strncmp(values, "uniform:", 8) == 0 || strncmp(values, "log-uniform:", 12) == 0);
  json_decref(head);
  return scattered;
}

static int deliver(const char *path, char *text) {
  struct oio_error error = {""};
  if (text == NULL) return refuse("out of memory; close other programs");
  const bool good = strcmp(path, "-") == 0 ? outputs_print(text, &error) : oio_write_whole(path, text, &error) == OIO_OK;
  if (good) return EXIT_DONE;
  return error.text[0] != '\0' ? refuse("%s", error.text) : EXIT_UNUSABLE;
}

static int write_one(const struct asked *asked, const struct series_set *set, bool drawing, bool scattered) {
  struct page page;
  const char *path = drawing ? asked->svg : asked->csv;
  if (path == NULL) return EXIT_DONE;
  if (!page_begin(&page)) return deliver(path, NULL);
  if (drawing)
    chart_draw(page.out, set, asked->title, scattered);
  else
    chart_list(page.out, set);
  char *text = page_end(&page);
  const int status = deliver(path, text);
  free(text);
  return status;
}

/* What the reader of a chart has to know. */
static void say_notes(const struct series_set *set) {
  if (set->bad > 0) fprintf(stderr, "oio sweep plot: %" PRIu64 " runs that are not good are left out\n", set->bad);
  if (set->missing > 0)
    fprintf(stderr, "oio sweep plot: %" PRIu64 " figures are not in the results of their run, and are left out\n", set->missing);
  if (set->outside > 0)
    fprintf(stderr, "oio sweep plot: %" PRIu64 " runs are not above 0 on a logarithmic axis, and are left out\n", set->outside);
  if (set->mixed)
    fprintf(stderr, "oio sweep plot: marks are means over points that differ in other keys; choose with --where, or show one with --by\n");
}

static int plot(const struct asked *asked, struct shards *shards) {
  struct oio_error error = {""};
  struct series_set *set = calloc(1, sizeof *set);
  if (set == NULL) return refuse("out of memory; close other programs");
  set->query = asked->query;
  int status = EXIT_DONE;
  if (gather(set, shards, &error) != OIO_OK) {
    status = refuse("%s", error.text);
  } else if (set->count == 0) {
    status = refuse("there is nothing to draw: %s", set->bad > 0       ? "no run is good"
                                                    : set->missing > 0 ? "no run has that figure"
                                                                       : "no run is such");
  } else {
    const bool scattered = is_scattered(shards, asked->query.x);
    series_finish(set);
    status = write_one(asked, set, true, scattered);
    if (status == EXIT_DONE) status = write_one(asked, set, false, scattered);
    if (status == EXIT_DONE) say_notes(set);
  }
  series_free(set);
  free(set);
  return status;
}

int sweep_plot(int argc, char **argv) {
  struct asked asked = {.svg = NULL};
  struct oio_error error = {""};
  struct shards shards;
  const int read = read_options(&asked, argc, argv);
  if (read >= 0) return read;
  const int status =
      shards_open(&shards, argv + optind, argc - optind, &error) == OIO_OK ? plot(&asked, &shards) : refuse("%s", error.text);
  shards_close(&shards);
  return status;
}
