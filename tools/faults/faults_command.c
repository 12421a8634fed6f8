/* SPDX-License-Identifier: Apache-2.0 */
/* `oio faults import`: a failure trace from the field as a schedule of faults. */
#include "command.h"
#include "cost.h"
#include "field.h"
#include "oio/faults.h"
#include "oio/results.h"
#include "options.h"
#include "outputs.h"
#include "page.h"

#include <getopt.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

static const uint64_t faster_max = 1000000000000000; /* (time mod faster) in ps fits in 64 bits */

static const char help[] =
    "usage: oio faults import TRACE [--from S] [--until S] [--faster N] [--links N] [--json] -o SCHEDULE\n"
    "       oio faults cost OPTION OF oio sim... --faults SCHEDULE [--json FILE]\n"
    "What has happened to links in the field, for --faults (docs/faults.md).\n"
    "\n"
    "  import   make a schedule of a failure trace, a table time,link,what,repair, and say what part of the time links were up in it\n"
    "  cost     run under a schedule and without it: what part of the time links are up, of the efficiency is lost, and the tail of both\n"
    "\n"
    "  --from S --until S      that window of the trace, in its seconds; 0, and the last time in it\n"
    "  --faster N              times go N times as fast as they did, a whole number, 1..10^15 (1)\n"
    "  --links N               so many links there were; as many as the largest number in it says\n"
    "  --json                  print JSON (docs/faults-import.schema.json)\n"
    "  -o SCHEDULE             the file for --faults\n"
    "  --help                  this\n"
    "\n"
    "Exit status: 0 done, 1 a run of cost is not good, 2 unusable input or usage.\n";

struct import {
  const char *trace, *out;
  uint64_t from_ns, until_ns, faster, links;
  bool json, ends; /* ends: --until is given */
  struct field field;
  size_t outside, unlike, short_ones;
  uint64_t any_down_ns, down_ns; /* any link; all links added up */
};

#define refuse(...) options_refuse("faults", __VA_ARGS__)

/* Rounded down. */
static uint64_t scaled_ps(const struct import *import, uint64_t ns) {
  return ns / import->faster * 1000 + ns % import->faster * 1000 / import->faster;
}

static void put_outage(FILE *out, struct import *import, const struct outage *outage) {
  const uint64_t from_ps = scaled_ps(import, outage->from), to_ps = scaled_ps(import, outage->to);
  const bool seen = outage->lasts || from_ps < to_ps;
  if (!seen) {
    import->short_ones++;
  } else if (outage->lanes == 0) {
    fprintf(out, "at %" PRIu64 "ps link %" PRIu32 ": down", from_ps, outage->link);
    if (!outage->lasts) fprintf(out, " for %" PRIu64 "ps", to_ps - from_ps);
    fputs("\n", out);
  }
  for (uint32_t lane = 0; lane < outage->lanes && seen; lane++) {
    fprintf(out, "at %" PRIu64 "ps link %" PRIu32 ": lane %" PRIu32 " dies\n", from_ps, outage->link, lane);
    if (!outage->lasts) fprintf(out, "at %" PRIu64 "ps link %" PRIu32 ": lane %" PRIu32 " returns\n", to_ps, outage->link, lane);
  }
}

static enum oio_status write_schedule(struct import *import, struct oio_error *error) {
  struct page page;
  char *text = NULL;
  if (page_begin(&page)) {
    fprintf(page.out, "# of a failure trace by oio faults import: %" PRIu64 " s of it, %" PRIu64 " times as fast\n",
            (import->until_ns - import->from_ns) / 1000000000, import->faster);
    for (size_t i = 0; i < import->field.outages.count; i++) put_outage(page.out, import, &import->field.outages.at[i]);
    text = page_end(&page);
  }
  if (text == NULL) return oio_error_set(error, OIO_ERR_NOMEM, "out of memory; close other programs");
  const enum oio_status status = oio_write_whole(import->out, text, error);
  free(text);
  return status;
}

static double part_up(uint64_t down_ns, double window_ns) {
  return 1 - (double)down_ns / window_ns;
}

/* Each link to which something has happened. */
static void report_links(struct import *import, double window_ns) {
  const struct outages *outages = &import->field.outages;
  const char *between = "";
  for (size_t i = 0; i < outages->count; i = outages_next_link(outages, i)) {
    const uint32_t link = outages->at[i].link;
    size_t downs, slows;
    const uint64_t down_ns = outages_of_link(outages, i, false, &downs), slow_ns = outages_of_link(outages, i, true, &slows);
    printf(import->json ? "%s{\"link\":%" PRIu32 ",\"downs\":%zu,\"down_s\":%.9f,\"slows\":%zu,\"slow_s\":%.9f,\"availability\":%.9f}"
                        : "%slink %-9" PRIu32 " down %zu times, %.9g s; slow %zu times, %.9g s; up %.7f of the time\n",
           between, link, downs, (double)down_ns / 1e9, slows, (double)slow_ns / 1e9, part_up(down_ns, window_ns));
    between = import->json ? "," : "";
  }
}

static void report(struct import *import) {
  const struct field *field = &import->field;
  const uint64_t window = import->until_ns - import->from_ns;
  const double window_ns = (double)window, whole = part_up(import->down_ns, window_ns * (double)import->links);
  if (import->json) {
    printf("{\"oio_faults_import\":1,\"rows\":%" PRIu64 ",\"outages\":%zu,\"window_s\":%.9f,\"faster\":%" PRIu64 ",\"links\":%" PRIu64
           ",\"availability\":%.9f,\"all_up\":%.9f,\"left_out\":{\"unknown\":%" PRIu64
           ",\"outside\":%zu,\"short\":%zu},\"unlike\":%zu,\"of_link\":[",
           field->rows, field->outages.count, window_ns / 1e9, import->faster, import->links, whole,
           part_up(import->any_down_ns, window_ns), field->unknown, import->outside, import->short_ones, import->unlike);
    report_links(import, window_ns);
    puts("]}");
    return;
  }
  printf("%s: %" PRIu64 " rows, %zu outages of %" PRIu64 " links in %.9g s; in the schedule that is %.9g us\n", import->out, field->rows,
         field->outages.count, import->links, window_ns / 1e9, (double)scaled_ps(import, window) / 1e6);
  report_links(import, window_ns);
  printf("all links      a link is up %.7f of the time, in the mean; all are at once %.7f\n", whole,
         part_up(import->any_down_ns, window_ns));
  if (field->unknown > 0)
    printf("left out       %" PRIu64 " rows neither down nor slow, such as '%s'\n", field->unknown, field->unknown_word);
  if (import->outside > 0) printf("left out       %zu rows outside of the window, or of no time\n", import->outside);
  if (import->short_ones > 0) printf("left out       %zu outages shorter than a picosecond of the schedule\n", import->short_ones);
  if (import->unlike > 0) printf("note           %zu slow rows overlap one without other lanes, and were added to that\n", import->unlike);
}

/* The last time of the trace. Where that is the begin and something lasts from then on, any window says the same of it, such as a second.
 */
static uint64_t window_end(const struct import *import) {
  const uint64_t end_ns = import->field.end_ns, second_ns = 1000000000;
  bool lasts = false;
  for (size_t i = 0; i < import->field.outages.count; i++) lasts = lasts || import->field.outages.at[i].to == UINT64_MAX;
  return lasts && end_ns == import->from_ns ? end_ns + second_ns : end_ns;
}

/* The window, and how many links there are. */
static int settle(struct import *import) {
  struct field *field = &import->field;
  const uint64_t most = field->links;
  uint64_t in_schedule = 0;
  if (!import->ends) import->until_ns = window_end(import);
  if (import->until_ns <= import->from_ns) return refuse("%s: nothing lies between --from and --until; give others", import->trace);
  import->unlike = outages_settle(&field->outages, import->from_ns, import->until_ns, &import->outside);
  for (size_t i = 0; i < field->outages.count; i++) {
    const struct outage *outage = &field->outages.at[i];
    if (outage->lanes == 0) import->down_ns += outage->to - outage->from;
    in_schedule += outage->lanes == 0 ? 1 : 2 * outage->lanes;
  }
  import->any_down_ns = outages_any_down(&field->outages);
  if (import->any_down_ns == UINT64_MAX) return refuse("out of memory; close other programs");
  if (import->links == 0) import->links = most > 0 ? most : 1;
  if (import->links < most)
    return refuse("%s: it has a link %" PRIu64 ", and --links says there are %" PRIu64 ", from 0", import->trace, most - 1, import->links);
  if (in_schedule > OIO_FAULTS_MAX)
    return refuse("%s: that is more than %d events; choose a window with --from and --until", import->trace, OIO_FAULTS_MAX);
  if ((import->until_ns - import->from_ns) / import->faster >= OIO_HORIZON_PS / 1000)
    return refuse("%s: that lasts too long for a run; give --faster", import->trace);
  return EXIT_DONE;
}

static int carry_out(struct import *import) {
  struct oio_error error = {""};
  int status = field_read(&import->field, import->trace, &error) == OIO_OK ? settle(import) : refuse("%s", error.text);
  if (status == EXIT_DONE && write_schedule(import, &error) != OIO_OK) status = refuse("%s", error.text);
  if (status == EXIT_DONE) report(import);
  free(import->field.outages.at);
  return status;
}

static bool take_count(const char *text, uint64_t most, uint64_t *count) {
  char *behind;
  *count = strtoull(text, &behind, 10);
  return *text >= '1' && *text <= '9' && *behind == '\0' && *count <= most;
}

/* -1 to go on, else the exit status. */
static int take(struct import *import, int letter, const char *value) {
  if (letter == 'j') import->json = true;
  if (letter == 'o') import->out = value;
  if (letter == 'u') import->ends = true;
  if (letter == 'f' && !field_seconds(value, &import->from_ns)) return refuse("--from is in seconds, such as 86400, not '%.40s'", value);
  if (letter == 'u' && !field_seconds(value, &import->until_ns)) return refuse("--until is in seconds, such as 86400, not '%.40s'", value);
  if (letter == 'n' && !take_count(value, INT32_MAX, &import->links)) return refuse("--links is a whole number from 1, not '%.40s'", value);
  if (letter == 'x' && !take_count(value, faster_max, &import->faster))
    return refuse("--faster is a whole number, 1..10^15, not '%.40s'", value);
  return -1;
}

static int import_trace(int argc, char **argv) {
  static const struct option options[] = {{"from", required_argument, NULL, 'f'},
                                          {"until", required_argument, NULL, 'u'},
                                          {"faster", required_argument, NULL, 'x'},
                                          {"links", required_argument, NULL, 'n'},
                                          {"json", no_argument, NULL, 'j'},
                                          {"help", no_argument, NULL, 'h'},
                                          {NULL, 0, NULL, 0}};
  struct import import = {.faster = 1};
  opterr = 0;
  for (int letter; (letter = getopt_long(argc, argv, "o:", options, NULL)) != -1;) {
    if (letter == 'h') return fputs(help, stdout), EXIT_DONE;
    if (letter == '?') return refuse("'%.80s' is no option, or its value is missing; see `oio faults --help`", argv[optind - 1]);
    const int taken = take(&import, letter, optarg);
    if (taken >= 0) return taken;
  }
  if (optind + 1 != argc || import.out == NULL) return refuse("name the trace, and with -o the schedule to write; see `oio faults --help`");
  import.trace = argv[optind];
  if (strcmp(import.out, "-") == 0) return refuse("-o -: standard output has what the trace says; name a file");
  if (outputs_same_file(import.trace, import.out))
    return refuse("-o %.200s: that is the trace, and would be overwritten; name another", import.out);
  return carry_out(&import);
}

int oio_command_faults(int argc, char **argv) {
  if (argc < 2 || strcmp(argv[1], "--help") == 0) return fputs(help, argc < 2 ? stderr : stdout), argc < 2 ? EXIT_UNUSABLE : EXIT_DONE;
  if (strcmp(argv[1], "import") == 0) return import_trace(argc - 1, argv + 1);
  if (strcmp(argv[1], "cost") == 0 && argc == 3 && strcmp(argv[2], "--help") == 0) return fputs(help, stdout), EXIT_DONE;
  if (strcmp(argv[1], "cost") == 0) return faults_cost(argc - 1, argv + 1);
  return refuse("there is no verb '%.80s'; see `oio faults --help`", argv[1]);
}
