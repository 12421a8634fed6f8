/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The trace reader against anything: the first byte of an input says whether the rest is the file (bit 1 clear) or its text before gzip,
 * and whether its last line is repeated (bit 2) until lines and files are longer than every buffer. What the reader takes whole, the writer
 * must take too.
 */
#define _GNU_SOURCE
#include "fuzz.h"
#include "gzip.h"

#include "oio/trace.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

enum { LONGER_BYTES = 400000 };

static void fault(const char *what, const struct oio_error *error) {
  fprintf(stderr, "%s: %s\n", what, error->text);
  abort();
}

static size_t lengthen(const uint8_t *data, size_t size, uint8_t *out) {
  size_t begin = size - 1;
  while (begin > 0 && data[begin - 1] != '\n') begin--;
  memcpy(out, data, begin);
  size_t count = begin;
  for (; count < LONGER_BYTES; count += size - begin) memcpy(out + count, data + begin, size - begin);
  return count;
}

/* A fault is one line with a file in it, and comes again. */
static void check_error(struct oio_trace_reader *reader, enum oio_status status, const struct oio_error *error) {
  struct oio_record record;
  struct oio_error again;
  bool more;
  if (strchr(error->text, '\n') != NULL || strchr(error->text, ':') == NULL) fault("not one line that names the file", error);
  if (reader == NULL) return;
  if (oio_trace_next(reader, &record, &more, &again) != status || more || strcmp(again.text, error->text) != 0)
    fault("the error did not come again", error);
}

static void read_all(struct oio_trace_reader *reader) {
  struct oio_error error;
  struct oio_trace_writer *writer;
  struct oio_record record;
  bool more = true;
  if (oio_trace_create(&writer, "/dev/null", oio_trace_header_of(reader), &error) != OIO_OK) fault("the writer refuses the head", &error);
  for (uint64_t count = 0;; count++) {
    const enum oio_status status = oio_trace_next(reader, &record, &more, &error);
    if (status != OIO_OK) check_error(reader, status, &error);
    if (status != OIO_OK || !more) break;
    if (oio_trace_records(reader) != count + 1) fault("the records are not counted", &error);
    if (oio_trace_put(writer, &record, &error) != OIO_OK) fault("the writer refuses what the reader took", &error);
  }
  if (oio_trace_finish(writer, &error) != OIO_OK) fault("the writer does not finish", &error);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  static uint8_t longer[LONGER_BYTES + FUZZ_INPUT_MAX], packed[LONGER_BYTES + 2 * FUZZ_INPUT_MAX];
  struct oio_trace_reader *reader;
  struct oio_error error;
  char path[40];
  if (size == 0) return 0;
  const uint8_t *bytes = data + 1;
  size_t count = size - 1;
  if (count > FUZZ_INPUT_MAX) return 0;
  if (data[0] & 4 && count > 0) {
    count = lengthen(bytes, count, longer);
    bytes = longer;
  }
  if (data[0] & 2) {
    count = to_gzip(bytes, count, packed, sizeof packed);
    bytes = packed;
  }
  const int file = memfd_create("fuzz", 0);
  if (file < 0 || write(file, bytes, count) != (ssize_t)count) abort();
  snprintf(path, sizeof path, "/proc/self/fd/%d", file);
  const enum oio_status status = oio_trace_open(&reader, path, &error);
  if (status != OIO_OK)
    check_error(NULL, status, &error);
  else
    read_all(reader);
  oio_trace_close(status == OIO_OK ? reader : NULL);
  close(file);
  return 0;
}

size_t fuzz_seed(unsigned index, uint8_t *data) {
  static const char *const texts[] = {
      "oio-trace 1\nnodes 4\n---\n0 0 1 0 64 0 -\n10 1 0 7 64 1 0\n10 3 2 1 1073741824 2 0,1\nend 3\n",
      "oio-trace 1\n# a comment\nmap 0-31:0,32-63:1\nnodes 64\nsource something\n---\n# more\n5 63 0 2 4 7 - 00ffA5b6\nend 1\n",
      ("oio-trace 2\nnodes 4\ndies 3\nmap 0-1:2,2-3:0\n---\n0 0 1 0 64 0 -\n10 1 0 7 64 1 0+4611686018427387903\n10 3 2 1 9 2 0,1+5\nend "
       "3\n"),
      "oio-trace 2\nnodes 4\n---\n0 0 1 0 64 9 7+1,8 \nend 1\n",
      "oio-trace 1\nnodes 65536\n---\nend 0\n",
      "oio-trace 1\nnodes 1\n---\n0 0 0 0 1 0 -\n# a comment",
      "oio-trace 1\nnodes 1\n---\n4611686018427387903 0 0 0 1 9223372036854775806 9223372036854775805\nend 1\n",
  };
  const unsigned count = sizeof texts / sizeof texts[0];
  if (index >= 3 * count) return 0;
  const char *text = texts[index % count];
  data[0] = index < count ? 0 : 6;
  if (index < 2 * count) {
    memcpy(data + 1, text, strlen(text));
    return 1 + strlen(text);
  }
  data[0] = 0;
  if (index % count == 0) {
    data[0] = 2;
    memcpy(data + 1, text, strlen(text));
    return 1 + strlen(text);
  }
  return 1 + to_gzip((const uint8_t *)text, strlen(text), data + 1, FUZZ_INPUT_MAX - 1);
}
