/* SPDX-License-Identifier: Apache-2.0 */
#define _GNU_SOURCE
#include "heat_map.h"
#include "info_print.h"
#include "interrupt.h"
#include "progress.h"
#include "verbs.h"

#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>

enum { LOOK_AROUND = 65536 };

static const char help[] =
    "usage: oio trace info [--json] [--svg PICTURE] FILE\n"
    "Say what is in a trace: its head, records, time span, bytes, virtual channels, pairs of nodes, waits, and the rate\n"
    "against time, sizes and gaps between messages in powers of two; of version 2 the delays, and the traffic between dies; and the\n"
    "critical path: the messages one after the other that let the last enter, over a net that takes no time.\n"
    "The whole trace is read and checked, in bounded memory.\n"
    "\n"
    "  --json         the same as one JSON object, with every pair of nodes (of the first 32768)\n"
    "  --svg PICTURE  draw the traffic matrix too: dies, where the trace is for more than two, else nodes\n"
    "\n"
    "Exit status: 0 the trace is whole and right, 2 wrong usage, or a trace that is wrong or cannot be read.\n";

static enum oio_status read_all(struct oio_trace_reader *reader, struct digest *digest, struct oio_error *error) {
  struct oio_record record;
  struct progress progress;
  enum oio_status status;
  bool more = false;
  progress_start(&progress, "reading");
  while ((status = oio_trace_next(reader, &record, &more, error)) == OIO_OK && more) {
    digest_add(digest, &record);
    if (oio_trace_records(reader) % LOOK_AROUND != 0) continue;
    if (interrupt_requested()) break;
    progress_update(&progress, oio_trace_fraction(reader));
  }
  progress_end(&progress);
  if (status == OIO_OK && digest->chain.lacking)
    return oio_error_set(error, OIO_ERR_NOMEM,
                         "the memory and the temporary folder (TMPDIR) do not hold 32 bytes a record; make room there");
  return status;
}

static int show(const char *path, bool json, const char *picture) {
  struct oio_error error;
  struct oio_trace_reader *reader;
  struct digest digest;
  enum oio_status status = oio_trace_open(&reader, path, &error);
  if (status != OIO_OK) return trace_failure(&error);
  status = digest_start(&digest, oio_trace_header_of(reader), &error);
  if (status == OIO_OK) {
    status = read_all(reader, &digest, &error);
    digest_finish(&digest);
    if (status == OIO_OK && picture != NULL && !interrupt_requested()) status = heat_map_write(picture, &digest, &error);
    if (status == OIO_OK && !interrupt_requested()) (json ? info_print_json : info_print_text)(path, oio_trace_header_of(reader), &digest);
    digest_free(&digest);
  }
  oio_trace_close(reader);
  if (status != OIO_OK) return trace_failure(&error);
  return interrupt_requested() ? trace_interrupted("info") : 0;
}

int trace_info(int argc, char **argv) {
  static const struct option options[] = {
      {"json", no_argument, NULL, 'j'}, {"svg", required_argument, NULL, 's'}, {"help", no_argument, NULL, 'h'}, {NULL, 0, NULL, 0}};
  const char *picture = NULL;
  bool json = false;
  int letter;
  optind = 0;
  opterr = 0;
  while ((letter = getopt_long(argc, argv, ":h", options, NULL)) != -1) {
    if (letter == 'h') {
      fputs(help, stdout);
      return 0;
    }
    if (letter == ':') return trace_usage("info", "%.60s needs a value", argv[optind - 1]);
    if (letter == 's') picture = optarg;
    if (letter == 's') continue;
    if (letter != 'j') return trace_usage("info", "no option '%.60s'", argv[optind - 1]);
    json = true;
  }
  if (argc - optind != 1) return trace_usage("info", "name one trace, not %d", argc - optind);
  interrupt_install();
  return show(argv[optind], json, picture);
}
