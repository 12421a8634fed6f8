/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The importer of FUZZ_FORMAT against anything. What is imported must be a trace that the writer takes, or an error of one line. Of netrace
 * the first byte of an input says whether the rest is a bzip2 file (even) or what is before bzip2 (odd). Of a wave an input is its pins, a
 * NUL, and the wave. chakra-json, which none imports, stands for a capture whose format nobody has named: the importer that its bytes find
 * reads it, and what is found to be Chakra's JSON must be refused by what it lacks.
 */
#define _GNU_SOURCE
#include "fuzz.h"

#include "fuzz_import_seeds.h"
#include "trace/importers.h"

#include <bzlib.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

static size_t to_bzip2(const uint8_t *data, size_t size, uint8_t *out, size_t room) {
  unsigned count = (unsigned)room;
  if (BZ2_bzBuffToBuffCompress((char *)out, &count, (char *)(uintptr_t)data, (unsigned)size, 1, 0, 0) != BZ_OK) abort();
  return count;
}

static void check(enum oio_status status, const struct oio_error *error) {
  if (status == OIO_OK || (strchr(error->text, '\n') == NULL && strchr(error->text, ':') != NULL)) return;
  fprintf(stderr, "not one line that names the file: %s\n", error->text);
  abort();
}

static bool is_format(const char *name) {
  return strcmp(FUZZ_FORMAT, name) == 0;
}

static void import_file(char *path, const char *pins, const struct importer *importer) {
  const struct import_options options = {.link = {.latency_ps = 1000000, .ps_per_byte = 1000},
                                         .memory_ps = 1000,
                                         .homes = 3,
                                         .cycles = 100,
                                         .pins = pins,
                                         .limit = 20000,
                                         .ranks = strncmp(FUZZ_FORMAT, "chakra", 6) == 0 ? 3 : 0};
  struct messages messages = {.limit = 20000};
  struct import_context context = {.paths = &path, .count = 1, .options = &options, .messages = &messages};
  struct oio_trace_writer *writer;
  struct oio_error error;
  enum oio_status status = importer->read(&context, &error);
  check(status, &error);
  if (strcmp(importer->name, "chakra-json") == 0 && (status != OIO_ERR_FORMAT || strstr(error.text, "no sizes") == NULL)) abort();
  if (status == OIO_OK) {
    context.header.version = messages.has_delays ? 2 : 0;
    if (oio_trace_create(&writer, "/dev/null", &context.header, &error) != OIO_OK) abort();
    status = messages_write(&messages, writer, path, &error);
    check(status, &error);
    if (status == OIO_OK && oio_trace_finish(writer, &error) != OIO_OK) abort();
    if (status != OIO_OK) oio_trace_abandon(writer);
  }
  messages_free(&messages);
}

static bool is_netrace(void) {
  return is_format("netrace");
}

/* As what its bytes say that it is. */
static void import_unnamed(char *path) {
  const struct importer *importer = NULL;
  struct oio_error error;
  const enum oio_status status = importer_detect(&importer, path, &error);
  check(status, &error);
  if (status == OIO_OK) import_file(path, NULL, importer);
}

/* A file in memory, under a name. */
static int file_of(const uint8_t *bytes, size_t count, char path[40]) {
  const int file = memfd_create("fuzz", 0);
  if (file < 0 || write(file, bytes, count) != (ssize_t)count) abort();
  snprintf(path, 40, "/proc/self/fd/%d", file);
  return file;
}

static void import_wave_with_pins(const uint8_t *data, size_t size) {
  char path[40], pins[40];
  const uint8_t *end = memchr(data, 0, size);
  if (end == NULL) return;
  const int map = file_of(data, (size_t)(end - data), pins), file = file_of(end + 1, size - (size_t)(end - data) - 1, path);
  import_file(path, pins, importer_named(FUZZ_FORMAT));
  close(file);
  close(map);
}

/* Every importer is asked what it thinks of the first bytes, which end with a NUL. */
static void sniff(const uint8_t *bytes, size_t count) {
  unsigned char first[IMPORT_SNIFF_BYTES + 1] = {0};
  const size_t some = count < IMPORT_SNIFF_BYTES ? count : IMPORT_SNIFF_BYTES;
  memcpy(first, bytes, some);
  for (const struct importer *at = importers; at->name != NULL; at++) at->sniff(first, some);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  static uint8_t packed[2 * FUZZ_INPUT_MAX];
  char path[40];
  if (size == 0 || size > FUZZ_INPUT_MAX) return 0;
  const uint8_t *bytes = is_netrace() ? data + 1 : data;
  size_t count = is_netrace() ? size - 1 : size;
  sniff(bytes, count);
  if (is_format("wave")) {
    import_wave_with_pins(data, size);
    return 0;
  }
  if (is_netrace() && data[0] % 2 == 1) {
    count = to_bzip2(bytes, count, packed, sizeof packed);
    bytes = packed;
  }
  const int file = file_of(bytes, count, path);
  if (is_format("chakra-json"))
    import_unnamed(path);
  else
    import_file(path, NULL, importer_named(FUZZ_FORMAT));
  close(file);
  return 0;
}

static void put(uint8_t **at, uint64_t value, unsigned count) {
  for (; count > 0; count--, value >>= 8) *(*at)++ = (uint8_t)value;
}

/* Three packets, the second and third wait for the first. */
static size_t netrace_data(uint8_t *out) {
  uint8_t *at = out;
  put(&at, 0x484A5455, 4);
  put(&at, 0x3f800000, 4);
  memset(at, 'n', 30);
  at += 30;
  put(&at, 64, 2);
  put(&at, 100, 8);
  put(&at, 3, 8);
  put(&at, 0, 4);
  put(&at, 0, 4);
  put(&at, 0, 8);
  for (uint64_t id = 0; id < 3; id++) {
    put(&at, 10 * id, 8);
    put(&at, id, 4);
    put(&at, 0, 4);
    put(&at, id == 0 ? 1 : 2, 1);
    put(&at, id, 1);
    put(&at, 63 - id, 1);
    put(&at, 0, 1);
    put(&at, id == 0 ? 2 : 0, 1);
    if (id == 0) put(&at, 1, 4);
    if (id == 0) put(&at, 2, 4);
  }
  return (size_t)(at - out);
}

size_t fuzz_seed(unsigned index, uint8_t *data) {
  uint8_t plain[1024];
  if (is_netrace()) {
    if (index > 1) return 0;
    const size_t count = netrace_data(plain);
    data[0] = (uint8_t)index;
    if (index == 1) memcpy(data + 1, plain, count);
    return 1 + (index == 1 ? count : to_bzip2(plain, count, data + 1, FUZZ_INPUT_MAX - 1));
  }
  for (size_t i = 0; i < sizeof seeds / sizeof seeds[0]; i++) {
    if (strcmp(seeds[i].format, FUZZ_FORMAT) != 0 || index-- > 0) continue;
    memcpy(data, seeds[i].bytes, seeds[i].count);
    return seeds[i].count;
  }
  return 0;
}
