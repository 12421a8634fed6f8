/* SPDX-License-Identifier: Apache-2.0 */
/* A unit of time that a rule gives in place of the file's: the same counts are other times, worked out by hand. */
#define _GNU_SOURCE
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#define CHANCE_PROGRAM "test_wave_timescale"
#include "chance.h"
#include "wave_folder.h"
#include "wave_rules_fixture.h"

#include "compare.h"

#include <string.h>

static void write_run(const char *path, const char *timescale, const char *changes) {
  FILE *file = fopen(path, "w");
  assert_non_null(file);
  fprintf(file, "%s\n$scope module t $end $var wire 1 ! v $end $upscope $end $enddefinitions $end\n%s\n", timescale, changes);
  assert_int_equal(fclose(file), 0);
}

static void units_are_what_the_rules_say(void **state) {
  static const char short_run[] = "#0 0! #4 1! #6 0! #8", long_run[] = "#0 0! #40 1! #60 0! #80", odd_run[] = "#0 0! #0.4 1! #0.6 0! #0.8";
  static const struct {
    const char *name, *golden_unit, *golden, *new_unit, *fresh, *rules[3];
    const char *first; /* when they first differ; NULL: they are the same */
  } runs[] = {
      {"as the files say", "$timescale 1ns $end", short_run, "$timescale 1ps $end", short_run, {NULL}, "4 ps"},
      {"new is said to count nanoseconds", "$timescale 1ns $end", short_run, "$timescale 1ps $end", short_run, {"timescale new 1ns"}, NULL},
      {"golden is said to count picoseconds",
       "$timescale 1ns $end",
       short_run,
       "$timescale 1ps $end",
       short_run,
       {"timescale golden 1ps"},
       NULL},
      {"neither file says a unit", "", short_run, "", long_run, {"timescale golden 1us", "timescale new 100ns"}, NULL},
      {"a file that counts tens", "$timescale 10ns $end", short_run, "$timescale 1ns $end", long_run, {NULL}, NULL},
      {"tens that are said to be ones",
       "$timescale 10ns $end",
       short_run,
       "$timescale 1ns $end",
       short_run,
       {"timescale golden 1ns"},
       NULL},
      {"a file that counts fives", "$timescale 5ns $end", short_run, "$timescale 1ns $end", short_run, {"timescale golden 1ns"}, NULL},
      {"new counts fives", "$timescale 1ns $end", short_run, "$timescale 5 ns $end", short_run, {"timescale new 1 ns"}, NULL},
      {"fives that are right", "$timescale 5ns $end", short_run, "$timescale 1ns $end", short_run, {NULL}, "4 ns"},
      {"parts of a unit", "$timescale 1us $end", odd_run, "$timescale 1ns $end", short_run, {"timescale golden 10ns"}, NULL},
      {"parts of twos", "$timescale 2us $end", odd_run, "$timescale 1ns $end", short_run, {"timescale golden 10ns"}, NULL},
      {"with a scale",
       "$timescale 5ns $end",
       short_run,
       "$timescale 5ns $end",
       long_run,
       {"timescale golden 1ns", "timescale new 1ns", "scale 1/10"},
       NULL},
      {"strict", "$timescale 1ns $end", short_run, "$timescale 1ps $end", short_run, {"timescale new 1ns", "strict"}, NULL},
  };
  char paths[2][FOLDER_PATH], first[40] = "";
  (void)state;
  for (size_t i = 0; i < sizeof runs / sizeof runs[0]; i++) {
    struct wave_report *report;
    restart();
    for (int k = 0; k < 3 && runs[i].rules[k] != NULL; k++) add(runs[i].rules[k]);
    write_run(folder_path("golden.vcd", paths[0]), runs[i].golden_unit, runs[i].golden);
    write_run(folder_path("new.vcd", paths[1]), runs[i].new_unit, runs[i].fresh);
    const struct wave_options options = {.threads = 1, .detailed = 20, .rules = &rules};
    if (wave_compare(&report, paths[0], paths[1], &options, &error) != WAVE_OK) fail_msg("%s: %s", runs[i].name, error.text);
    if (report->n_divergences > 0) wave_time_text(report, report->divergences[0].at, first);
    if (report->verdict != (runs[i].first == NULL ? WAVE_SAME : WAVE_DIFFERENT) ||
        (runs[i].first != NULL && strcmp(first, runs[i].first) != 0))
      fail_msg("%s: verdict %d, first at '%s': %s", runs[i].name, (int)report->verdict, first, report->summary);
    wave_report_free(report);
  }
}

static void mistakes_are_told(void **state) {
  static const char *const mistakes[][3] = {
      {NULL, "timescale", "expected golden or new, whose unit of time is meant, found the end of the line"},
      {NULL, "timescale 1ns", "expected golden or new, whose unit of time is meant, found '1ns'"},
      {NULL, "timescale new", "expected a unit of time, as in 10ps"},
      {NULL, "timescale new 5ns", "expected 1, 10 or 100 of a unit of time, as in 10ps, found '5ns'"},
      {NULL, "timescale new 0ns", "expected 1, 10 or 100 of a unit of time"},
      {NULL, "timescale new -1ns", "expected 1, 10 or 100 of a unit of time"},
      {NULL, "timescale new 1ticks", "expected 1, 10 or 100 of a unit of time"},
      {NULL, "timescale new 1000s", "expected 1, 10 or 100 of a unit of time"},
      {NULL, "timescale new 0.1as", "expected 1, 10 or 100 of a unit of time"},
      {NULL, "timescale new soon", "soon"},
      {"timescale new 1ns", "timescale new 1ns", "given twice"},
  };
  (void)state;
  for (size_t i = 0; i < sizeof mistakes / sizeof mistakes[0]; i++) {
    restart();
    if (mistakes[i][0] != NULL) add(mistakes[i][0]);
    if (wave_rules_add(&rules, mistakes[i][1], NULL, 0, &error) == WAVE_OK) fail_msg("'%s' is accepted", mistakes[i][1]);
    if (strstr(error.text, mistakes[i][2]) == NULL) fail_msg("'%s': %s", mistakes[i][1], error.text);
  }
}

static void the_normal_form_reads_back(void **state) {
  char text[200];
  (void)state;
  add("timescale new 100 ps");
  add("timescale golden 0.01us");
  wave_rules_text(&rules, text, sizeof text);
  assert_string_equal(text, "timescale golden 10ns\ntimescale new 100ps\n");
}

int main(void) {
  const struct CMUnitTest tests[] = {TEST(units_are_what_the_rules_say), TEST(mistakes_are_told), TEST(the_normal_form_reads_back)};
  return cmocka_run_group_tests(tests, make_folder, remove_folder);
}
