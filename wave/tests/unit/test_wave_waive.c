/* SPDX-License-Identifier: Apache-2.0 */
/* Waivers: what they are told as, what they cover, when they end, and how they are read. The run differs in ways that can be counted. */
#define _GNU_SOURCE
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#define CHANCE_PROGRAM "test_wave_waive"
#include "chance.h"
#include "wave_folder.h"
#include "wave_rules_fixture.h"

#include "compare.h"

#include <string.h>

/* a differs from 3 ns on, b is a glitch at 5 ns, c is x at 0, d is missing in new, e has another width; v and its alias w are equal but
 * for 7 ns; new ends a nanosecond earlier, when a changes once more. */
static const char *const runs[2] = {
    "$timescale 1ns $end $scope module t $end $var wire 1 a a $end $var wire 1 b b $end $var wire 1 c c $end $var wire 1 d d $end\n"
    "$var wire 4 e e $end $var wire 1 v v $end $var wire 1 v w $end $upscope $end $enddefinitions $end\n"
    "#0 0a 0b 0c 0d b0 e 0v\n#3 1a\n#9\n#10 0a\n",
    "$timescale 1ns $end $scope module t $end $var wire 1 a a $end $var wire 1 b b $end $var wire 1 c c $end\n"
    "$var wire 2 e e $end $var wire 1 v v $end $var wire 1 v w $end $upscope $end $enddefinitions $end\n"
    "#0 0a 0b xc b0 e 0v\n#5 1b\n#6 0b\n#7 1v\n#8 0v\n#9\n"};

static struct wave_report *compare(int today) {
  char paths[2][FOLDER_PATH];
  for (int side = 0; side < 2; side++) {
    FILE *file = fopen(folder_path(side == 0 ? "golden.vcd" : "new.vcd", paths[side]), "w");
    assert_non_null(file);
    fputs(runs[side], file);
    assert_int_equal(fclose(file), 0);
  }
  struct wave_report *report;
  const struct wave_options options = {.threads = 1, .detailed = 20, .rules = &rules, .today = today};
  if (wave_compare(&report, paths[0], paths[1], &options, &error) != WAVE_OK) fail_msg("%s", error.text);
  return report;
}

/* What the report still says, and what the first waiver covers: names in order. */
static void told(const struct wave_divergence *list, uint32_t n, char *text, size_t size) {
  size_t used = 0;
  text[0] = '\0';
  for (uint32_t i = 0; i < n && used < size; i++)
    used += (size_t)snprintf(text + used, size - used, "%s%s %s", i > 0 ? ", " : "", list[i].path, wave_class_word(list[i].class));
}

static void expect(const struct wave_report *report, enum wave_verdict verdict, const char *left, const char *waived) {
  char text[400];
  told(report->divergences, report->n_divergences, text, sizeof text);
  assert_string_equal(text, left);
  assert_int_equal(report->verdict, verdict);
  assert_true(report->n_waivers > 0);
  told(report->waivers[0].waived, report->waivers[0].n_waived, text, sizeof text);
  assert_string_equal(text, waived);
}

static bool noted(const struct wave_report *report, const char *what) {
  for (uint32_t i = 0; i < report->n_notes; i++)
    if (strstr(report->notes[i], what) != NULL) return true;
  return false;
}

static void without_waivers_all_of_it_counts(void **state) {
  char text[400];
  (void)state;
  struct wave_report *report = compare(20260101);
  told(report->divergences, report->n_divergences, text, sizeof text);
  assert_string_equal(text, "t.c x, t.a value, t.b glitch, t.v glitch, t.a shorter, t.d missing, t.e width");
  assert_int_equal(report->n_waivers, 0);
  wave_report_free(report);
}

static void what_is_waived_counts_nowhere_else(void **state) {
  (void)state;
  add("waive t.b t.c : until=2026-12-31 because=\"the new reset order\"");
  struct wave_report *report = compare(20261231);
  expect(report, WAVE_DIFFERENT, "t.a value, t.v glitch, t.a shorter, t.d missing, t.e width", "t.c x, t.b glitch");
  assert_int_equal(report->different, 2 + 1 + 0); /* a, v and its alias */
  assert_string_equal(report->waivers[0].where, "command line");
  assert_true(noted(report, "waived until 2026-12-31, the new reset order (command line): t.c (x at 0 s), t.b (glitch at 5 ns)"));
  wave_report_free(report);
}

static void when_all_is_waived_the_run_is_good(void **state) {
  (void)state;
  add("waive ** : until=2026-12-31 class=value,x,glitch,missing,width,shorter because=\"all of it\"");
  struct wave_report *report = compare(20261231);
  expect(report, WAVE_SAME, "", "t.c x, t.a value, t.b glitch, t.v glitch, t.a shorter, t.d missing, t.e width");
  assert_string_equal(report->summary, "5 variables are equal from 0 s to 9 ns, but for 7 waived differences");
  assert_int_equal(report->different, 0);
  assert_int_equal(report->missing_in_new, 0);
  assert_true(noted(report, "t.v (glitch at 7 ns), t.a (shorter at 10 ns) and 2 more"));
  wave_report_free(report);
}

static void the_end_of_a_run_is_waived_by_its_class_only(void **state) {
  (void)state;
  add("waive ** : until=2026-12-31 because=\"all signals\"");
  struct wave_report *report = compare(20260101);
  expect(report, WAVE_DIFFERENT, "t.a shorter", "t.c x, t.a value, t.b glitch, t.v glitch, t.d missing, t.e width");
  wave_report_free(report);
}

static void another_class_of_the_same_signal_counts(void **state) {
  (void)state;
  add("waive t.d t.e t.b : until=2026-12-31 class=missing because=\"moved\"");
  struct wave_report *report = compare(20260101);
  expect(report, WAVE_DIFFERENT, "t.c x, t.a value, t.b glitch, t.v glitch, t.a shorter, t.e width", "t.d missing");
  assert_int_equal(report->missing_in_new, 0);
  wave_report_free(report);
}

static void an_alias_is_waived_with_its_signal(void **state) {
  (void)state;
  add("waive t.w : until=2026-12-31 because=\"by its other name\"");
  struct wave_report *report = compare(20260101);
  expect(report, WAVE_DIFFERENT, "t.c x, t.a value, t.b glitch, t.a shorter, t.d missing, t.e width", "t.v glitch");
  wave_report_free(report);
}

static void the_first_waiver_that_fits_counts(void **state) {
  (void)state;
  add("waive t.b : until=2026-12-31 because=one");
  add("waive t.* : until=2026-12-31 class=glitch because=two");
  struct wave_report *report = compare(20260101);
  expect(report, WAVE_DIFFERENT, "t.c x, t.a value, t.a shorter, t.d missing, t.e width", "t.b glitch");
  assert_int_equal(report->waivers[1].n_waived, 1);
  assert_string_equal(report->waivers[1].waived[0].path, "t.v");
  wave_report_free(report);
}

static void after_its_last_day_a_waiver_waives_nothing_and_is_told(void **state) {
  (void)state;
  add("waive t.b : until=2026-02-28 because=\"until then\"");
  struct wave_report *report = compare(20260301);
  expect(report, WAVE_DIFFERENT, "t.c x, t.a value, t.b glitch, t.v glitch, t.a shorter, t.d missing, t.e width", "");
  assert_true(report->waivers[0].expired);
  assert_true(noted(report, "a waiver has ended on 2026-02-28 and no longer counts: 'waive t.b"));
  wave_report_free(report);
}

static void a_waiver_that_is_not_needed_is_told(void **state) {
  (void)state;
  assert_int_equal(wave_rules_add(&rules, "waive t.nothing : until=2026-12-31 because=typed", "my.rules", 3, &error), WAVE_OK);
  struct wave_report *report = compare(20260101);
  assert_false(report->waivers[0].expired);
  assert_true(noted(report, "a waiver fits no difference, take it out: 'waive t.nothing : until=2026-12-31 because=typed' (my.rules:3)"));
  wave_report_free(report);
}

static void mistakes_in_waivers_are_told(void **state) {
  static const char *const mistakes[][2] = {
      {"waive t.b", "a waiver needs a reason and an end"},
      {"waive : until=2026-12-31 because=x", "expected a path or glob"},
      {"waive t.b : until=2026-12-31", "a waiver needs a reason and an end"},
      {"waive t.b : because=x", "a waiver needs a reason and an end"},
      {"waive t.b : until=2026-02-29 because=x", "until= expects a day, as in 2026-12-31, found '2026-02-29'"},
      {"waive t.b : until=2100-02-29 because=x", "found '2100-02-29'"},
      {"waive t.b : until=31.12.2026 because=x", "found '31.12.2026'"},
      {"waive t.b : until=2026-13-01 because=x", "found '2026-13-01'"},
      {"waive t.b : until=2026-04-31 because=x", "found '2026-04-31'"},
      {"waive t.b : until=2026-12-31 because=\" \"", "because= expects the reason"},
      {"waive t.b : until=2026-12-31 because", "because= expects the reason"},
      {"waive t.b : until=2026-12-31 until=2026-12-31 because=x", "until is given twice"},
      {"waive t.b : until=2026-12-31 because=x class=shift", "class= expects value, x, glitch"},
      {"waive t.b : until=2026-12-31 because=x class=", "class= expects value"},
      {"waive t.b : until=2026-12-31 because=x trail=3ns", "there is no option 'trail'"},
      {"waiv t.b : until=2026-12-31 because=x", "did you mean waive?"},
  };
  (void)state;
  for (size_t i = 0; i < sizeof mistakes / sizeof mistakes[0]; i++) {
    if (wave_rules_add(&rules, mistakes[i][0], NULL, 0, &error) == WAVE_OK) fail_msg("'%s' is accepted", mistakes[i][0]);
    if (strstr(error.text, mistakes[i][1]) == NULL) fail_msg("'%s': %s", mistakes[i][0], error.text);
    assert_int_equal(rules.n_waivers, 0);
  }
  assert_int_equal(wave_day_parse("2028-02-29"), 20280229);
  assert_int_equal(wave_day_parse("2000-02-29"), 20000229);
}

static void the_normal_form_reads_back(void **state) {
  char text[300];
  (void)state;
  add("waive \"odd name\" t.m[3] t.bus[7:0] : because=\"a, b = c # d\" class=shorter,x until=2026-12-31 # ticket");
  wave_waiver_text(&rules.waivers[0], text, sizeof text);
  assert_string_equal(text, "waive \"odd name\" t.m[3] t.bus : until=2026-12-31 class=x,shorter because=\"a, b = c # d\"");
  add(text);
  char again[300];
  wave_waiver_text(&rules.waivers[1], again, sizeof again);
  assert_string_equal(again, text);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      TEST(without_waivers_all_of_it_counts),
      TEST(what_is_waived_counts_nowhere_else),
      TEST(when_all_is_waived_the_run_is_good),
      TEST(the_end_of_a_run_is_waived_by_its_class_only),
      TEST(another_class_of_the_same_signal_counts),
      TEST(an_alias_is_waived_with_its_signal),
      TEST(the_first_waiver_that_fits_counts),
      TEST(after_its_last_day_a_waiver_waives_nothing_and_is_told),
      TEST(a_waiver_that_is_not_needed_is_told),
      TEST(mistakes_in_waivers_are_told),
      TEST(the_normal_form_reads_back),
  };
  return cmocka_run_group_tests(tests, make_folder, remove_folder);
}
