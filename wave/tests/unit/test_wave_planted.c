/* SPDX-License-Identifier: Apache-2.0 */
/* One bit that is wrong at one time, in 200 places of files of some hundred thousand changes: each is found, named and timed. */
#define _GNU_SOURCE
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#define CHANCE_PROGRAM "test_wave_planted"
#include "chance.h"
#include "wave_folder.h"

#include "compare.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>
#ifdef OIO_FSTAPI
#include "fstapi.h"
#endif

enum { VARIABLES = 500, CYCLES = 1500, PLACES = 100, PERIOD = 1000 };

static unsigned width_of(unsigned variable) {
  static const unsigned widths[] = {1, 8, 1, 32, 1, 16, 1, 100};
  return widths[variable % 8];
}

/* Writes the run; of variable `wrong`, bit `bit` is inverted for the one cycle `at`. */
static void write_run(const char *path, bool as_fst, unsigned wrong, unsigned at, unsigned bit) {
  uint64_t stream = chance_stream(5);
  FILE *vcd = as_fst ? NULL : fopen(path, "w");
  void *fst = NULL;
  static uint32_t handles[VARIABLES];
  static char values[VARIABLES][104];
#ifdef OIO_FSTAPI
  if (as_fst) {
    fst = fstWriterCreate(path, 1);
    fstWriterSetTimescale(fst, -12);
    fstWriterSetPackType(fst, FST_WR_PT_LZ4);
  }
#endif
  assert_true(vcd != NULL || fst != NULL);
  if (vcd != NULL) fprintf(vcd, "$timescale 1ps $end\n");
  for (unsigned i = 0; i < VARIABLES; i++) {
    char name[40];
    snprintf(name, sizeof name, width_of(i) > 1 ? "v%u [%u:0]" : "v%u", i, width_of(i) - 1);
    if (vcd != NULL)
      fprintf(vcd, "%s$scope module unit%u $end\n$var wire %u %x %s $end\n$upscope $end\n", "", i / 20, width_of(i), i + 16, name);
#ifdef OIO_FSTAPI
    if (fst != NULL) {
      if (i % 20 == 0) {
        char scope[40];
        snprintf(scope, sizeof scope, "unit%u", i / 20);
        if (i > 0) fstWriterSetUpscope(fst);
        fstWriterSetScope(fst, FST_ST_VCD_MODULE, scope, NULL);
      }
      handles[i] = fstWriterCreateVar(fst, FST_VT_VCD_WIRE, FST_VD_IMPLICIT, width_of(i), name, 0);
    }
#endif
  }
  if (vcd != NULL) fprintf(vcd, "$enddefinitions $end\n");
  for (unsigned cycle = 0; cycle < CYCLES; cycle++) {
    if (vcd != NULL) fprintf(vcd, "#%u\n", cycle * PERIOD);
#ifdef OIO_FSTAPI
    if (fst != NULL) fstWriterEmitTimeChange(fst, (uint64_t)cycle * PERIOD);
#endif
    for (unsigned i = 0; i < VARIABLES; i++) {
      bool changes = cycle == 0 || chance_below(&stream, 8) == 0, planted = i == wrong && (cycle == at || cycle == at + 1);
      for (unsigned k = 0; changes && k < width_of(i); k++) values[i][k] = (char)('0' + chance_below(&stream, 2));
      if (!changes && !planted) continue;
      if (i == wrong && cycle == at) values[i][bit] ^= 1;
      if (vcd != NULL && width_of(i) == 1) fprintf(vcd, "%c%x\n", values[i][0], i + 16);
      if (vcd != NULL && width_of(i) > 1) fprintf(vcd, "b%s %x\n", values[i], i + 16);
#ifdef OIO_FSTAPI
      if (fst != NULL) fstWriterEmitValueChange(fst, handles[i], values[i]);
#endif
      if (i == wrong && cycle == at) values[i][bit] ^= 1;
    }
#ifdef OIO_FSTAPI
    if (fst != NULL && cycle % 400 == 399) fstWriterFlushContext(fst);
#endif
  }
  if (vcd != NULL) assert_int_equal(fclose(vcd), 0);
#ifdef OIO_FSTAPI
  if (fst != NULL) fstWriterClose(fst);
#endif
  (void)handles;
}

static void find_planted(bool as_fst) {
  char golden[FOLDER_PATH], fresh[FOLDER_PATH], path[60];
  folder_path("golden", golden);
  folder_path("new", fresh);
  write_run(golden, as_fst, VARIABLES, 0, 0);
  for (unsigned i = 0; i < PLACES; i++) {
    uint64_t stream = chance_stream(100 + i);
    unsigned variable = (unsigned)chance_below(&stream, VARIABLES), at = (unsigned)chance_below(&stream, CYCLES - 1);
    unsigned bit = (unsigned)chance_below(&stream, width_of(variable));
    struct wave_report *report;
    struct wave_error error;
    const struct wave_options options = {.threads = 2, .detailed = 1};
    write_run(fresh, as_fst, variable, at, bit);
    if (wave_compare(&report, golden, fresh, &options, &error) != WAVE_OK) FAIL_WITH_REPLAY("%s", error.text);
    snprintf(path, sizeof path, width_of(variable) > 1 ? "unit%u.v%u[%u:0]" : "unit%u.v%u", variable / 20, variable,
             width_of(variable) - 1);
    const struct wave_divergence *found = report->divergences;
    if (report->verdict != WAVE_DIFFERENT || report->n_divergences != 1 || strcmp(found->path, path) != 0 ||
        found->at != (int64_t)at * PERIOD || found->until != (int64_t)(at + 1) * PERIOD || found->times != 1 || found->total != PERIOD) {
      FAIL_WITH_REPLAY("bit %u of %s at %u: verdict %d, %u differ, first %s", bit, path, at * PERIOD, (int)report->verdict,
                       (unsigned)report->n_divergences, report->n_divergences > 0 ? found->path : "none");
    }
    size_t length = strlen(found->golden_value);
    assert_int_equal(length, strlen(found->new_value));
    for (size_t k = 0; k < length; k++) assert_int_equal(found->golden_value[k] != found->new_value[k], k == bit);
    wave_report_free(report);
  }
}

static void test_vcd(void **state) {
  (void)state;
  find_planted(false);
}

static void test_fst(void **state) {
  (void)state;
#ifdef OIO_FSTAPI
  find_planted(true);
#else
  print_message("skipped: without Verilator's sources no FST is written\n");
  skip();
#endif
}

int main(void) {
  const struct CMUnitTest tests[] = {cmocka_unit_test(test_vcd), cmocka_unit_test(test_fst)};
  return cmocka_run_group_tests_name("test_wave_planted", tests, make_folder, remove_folder);
}
