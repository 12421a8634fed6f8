/* SPDX-License-Identifier: Apache-2.0 */
/* A trace of ten million records: how fast it is written, read and replayed, and how much memory `oio trace info` and `oio sim` take for
 * it. */
#define _GNU_SOURCE
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "oio/trace.h"

#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum { RECORDS = 10000000, INFO_MAX_KIB = 50 * 1024, SIM_MAX_KIB = 200 * 1000 * 1000 / 1024 };
static const char path[] = "ten-million.oiotrace.gz";

static double now_s(void) {
  struct timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  return (double)now.tv_sec + (double)now.tv_nsec * 1e-9;
}

static void write_ten_million(void) {
  const struct oio_trace_header header = {.nodes = 64, .source = "a test", .map = "0-31:0,32-63:1"};
  struct oio_trace_writer *writer;
  uint64_t noise = 88172645463325252u;
  struct oio_record record = {0};
  assert_int_equal(oio_trace_create(&writer, path, &header, NULL), OIO_OK);
  for (uint64_t id = 0; id < RECORDS; id++) {
    noise ^= noise << 13;
    noise ^= noise >> 7;
    noise ^= noise << 17;
    const uint64_t wait = id - 1 - noise % 10;
    record = (struct oio_record){.time_ps = record.time_ps + noise % 5000,
                                 .id = id,
                                 .bytes = noise >> 32 & 1 ? 72 : 8,
                                 .waits = &wait,
                                 .source = noise >> 40 & 63,
                                 .destination = noise >> 50 & 63,
                                 .vc = noise >> 56 & 3,
                                 .waits_count = id > 10 && (noise >> 60 & 3) == 0};
    assert_int_equal(oio_trace_put(writer, &record, NULL), OIO_OK);
  }
  assert_int_equal(oio_trace_finish(writer, NULL), OIO_OK);
}

/* Peak memory in KiB of a command, which must succeed. */
static long memory_of(char *const *arguments) {
  struct rusage usage;
  int status;
  const pid_t child = fork();
  assert_true(child >= 0);
  if (child == 0) {
    const int nowhere = open("/dev/null", O_WRONLY);
    if (nowhere >= 0) dup2(nowhere, STDOUT_FILENO);
    execv(OIO_PROGRAM, arguments);
    _exit(127);
  }
  assert_int_equal(wait4(child, &status, 0, &usage), child);
  assert_true(WIFEXITED(status) && WEXITSTATUS(status) == 0);
  return usage.ru_maxrss;
}

static int make_trace(void **state) {
  (void)state;
  const double begun = now_s();
  write_ten_million();
  print_message("written: %.2f M records/s\n", RECORDS / (now_s() - begun) * 1e-6);
  return 0;
}

static int remove_trace(void **state) {
  (void)state;
  return unlink(path);
}

static void ten_million_records_are_read_in_less_than_50_mb(void **state) {
  (void)state;
  char *const info[] = {"oio", "trace", "info", (char *)path, NULL};
  const double begun = now_s();
  const long kib = memory_of(info);
  print_message("info: %.2f M records/s, %ld KiB at most\n", RECORDS / (now_s() - begun) * 1e-6, kib);
  assert_true(kib < INFO_MAX_KIB);
}

/* Packets that come in no order, and accesses of which the answers come late: both are sorted. */
static void import_ten_million(const char *capture, uint64_t lines, const char *format, uint64_t step) {
  char *const import[] = {"oio", "trace", "import", "-o", "imported.oiotrace.gz", (char *)capture, NULL};
  FILE *file = fopen(capture, "w");
  assert_non_null(file);
  for (uint64_t i = 0; i < lines; i++) fprintf(file, format, i * step % lines, i % 4);
  assert_int_equal(fclose(file), 0);
  const double begun = now_s();
  const long kib = memory_of(import);
  print_message("import of %s: %.2f M records/s, %ld KiB at most\n", capture, RECORDS / (now_s() - begun) * 1e-6, kib);
  assert_int_equal(unlink(capture), 0);
  assert_int_equal(unlink("imported.oiotrace.gz"), 0);
  assert_true(kib < SIM_MAX_KIB);
}

static void ten_million_records_are_imported_in_less_than_200_mb(void **state) {
  (void)state;
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wformat-nonliteral"
  import_ten_million("ten-million.popnet", RECORDS, "%" PRIu64 " 0 %" PRIu64 " 3 1 4\n", 7654321);
  import_ten_million("ten-million.trc", RECORDS / 2, "0x%" PRIx64 "000 READ %" PRIu64 "\n", 1);
#pragma GCC diagnostic pop
}

/* All sends, each with a label, come before the first receive: both wait for the other end. */
static void sends_long_before_their_receives_are_imported_in_less_than_200_mb(void **state) {
  enum { SENDS = 2500000 };
  char *const import[] = {"oio", "trace", "import", "-o", "imported.oiotrace.gz", "early.goal", NULL};
  (void)state;
  FILE *file = fopen("early.goal", "w");
  assert_non_null(file);
  fprintf(file, "num_ranks 2\nrank 0 {\n");
  for (int i = 0; i < SENDS; i++) fprintf(file, "s%d: send 8b to 1 tag %d\n", i, i % 7);
  fprintf(file, "}\nrank 1 {\n");
  for (int i = 0; i < SENDS; i++) fprintf(file, "r%d: recv 8b from 0 tag %d\n", i, i % 7);
  fprintf(file, "}\n");
  assert_int_equal(fclose(file), 0);
  const double begun = now_s();
  const long kib = memory_of(import);
  print_message("import of early.goal: %.2f M operations/s, %ld KiB at most\n", 2 * SENDS / (now_s() - begun) * 1e-6, kib);
  assert_int_equal(unlink("early.goal"), 0);
  assert_int_equal(unlink("imported.oiotrace.gz"), 0);
  assert_true(kib < SIM_MAX_KIB);
}

static void ten_million_records_are_replayed_in_less_than_200_mb(void **state) {
  (void)state;
  char *const sim[] = {"oio", "sim", "--trace", (char *)path, "--fidelity", "event", NULL};
  const double begun = now_s();
  const long kib = memory_of(sim);
  print_message("sim, closed loop: %.2f M records/s, %ld KiB at most\n", RECORDS / (now_s() - begun) * 1e-6, kib);
  assert_true(kib < SIM_MAX_KIB);
}

/* The link has a fiftieth of the rate that the trace asks for: everything queues up. */
static void an_overloaded_replay_of_them_stays_below_200_mb_too(void **state) {
  (void)state;
  char *const sim[] = {"oio",        "sim",
                       "--trace",    (char *)path,
                       "--fidelity", "event",
                       "--set",      "trace.loop=open",
                       "--set",      "optical.lane_rate_gbps=1",
                       "--set",      "optical.lanes=4",
                       NULL};
  const long kib = memory_of(sim);
  print_message("sim, open loop, overloaded: %ld KiB at most\n", kib);
  assert_true(kib < SIM_MAX_KIB);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(ten_million_records_are_imported_in_less_than_200_mb),
      cmocka_unit_test(sends_long_before_their_receives_are_imported_in_less_than_200_mb),
      cmocka_unit_test(ten_million_records_are_read_in_less_than_50_mb),
      cmocka_unit_test(ten_million_records_are_replayed_in_less_than_200_mb),
      cmocka_unit_test(an_overloaded_replay_of_them_stays_below_200_mb_too),
  };
  return cmocka_run_group_tests(tests, make_trace, remove_trace);
}
