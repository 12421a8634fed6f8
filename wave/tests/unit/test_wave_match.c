/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The same signal under another declaration: hand-worked pairs of small files. Each case holds what the two files declare and write, and
 * what a comparison must say of it, worked out by index on paper.
 */
#define _GNU_SOURCE
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#define CHANCE_PROGRAM "test_wave_match"
#include "chance.h"
#include "wave_folder.h"

#include "compare.h"

#include <string.h>

/* Before the bar what is declared inside of scope t: "wire 1 ! v" is "$var wire 1 ! v $end", "in s" a scope, "up" its end. Behind it
 * the changes. */
struct match_case {
  const char *name, *golden, *fresh;
  enum wave_verdict verdict;
  const char *said; /* "path class golden new" of each divergence, separated by "; " */
};

static const struct match_case cases[] = {
    {"one bit is the same with a range, with an index and without", "wire 1 ! v [0:0]; wire 1 \" w; wire 1 # x [0] | #0 1! 0\" 1#",
     "wire 1 ! v [0]; wire 1 \" w[0]; wire 1 # x | #0 1! 0\" 1#", WAVE_SAME, ""},
    {"one bit with an index is compared, not only found", "wire 1 ! v [5:5] | #0 1! #3 0!", "wire 1 ! v[5] | #0 1! #3 1! #5",
     WAVE_DIFFERENT, "t.v[5:5] value 0 1"},
    {"one bit is not the same as a bit of another index", "wire 1 ! v [0:0]; wire 1 \" o | #0 1! 0\"",
     "wire 1 ! v [1]; wire 1 \" o | #0 1! 0\"", WAVE_DIFFERENT, "t.v[1] missing - -; t.v[0:0] missing - -"},
    {"one bit is no element of an array", "wire 1 ! v; wire 1 \" o | #0 1! 0\"", "wire 1 ! v[0]; wire 1 # v[1]; wire 1 \" o | #0 1! 0\" 1#",
     WAVE_DIFFERENT, "t.v[0] missing - -; t.v[1] missing - -; t.v missing - -"},
    {"blanks before indices do not count", "wire 1 ! v [1423][2]; wire 4 \" m [3] [2] [3:0] | #0 1! b101 \"",
     "wire 1 ! v[1423][2]; wire 4 \" m[3][2][3:0] | #0 1! b101 \"", WAVE_SAME, ""},
    {"indices in parentheses are indices", "wire 1 ! v(14)(2) | #0 1!", "wire 1 ! v[14][2] | #0 1!", WAVE_SAME, ""},
    {"a scope declared twice with the same ids is one",
     "wire 1 ! d [1]; wire 1 \" d [0]; up; in t; wire 1 ! d [1]; wire 1 \" d [0] | #0 0! 1\"", "wire 2 ! d [1:0] | #0 b01 !", WAVE_SAME,
     ""},
    {"a variable declared twice is compared once", "wire 1 ! d; wire 1 ! d | #0 0! #4 1! #9", "wire 1 ! d | #0 0! #9", WAVE_DIFFERENT,
     "t.d value 1 0"},
    {"two variables of one name are not one", "wire 1 ! d; wire 1 \" d | #0 0! 1\"", "wire 1 ! d | #0 0!", WAVE_DIFFERENT,
     "t.d missing - -"},
    {"bits are compared by index, whichever way the range runs", "wire 4 ! b [3:0] | #0 b1000 !", "wire 4 ! b [0:3] | #0 b0001 !",
     WAVE_SAME, ""},
    {"the same text in the other direction is another value", "wire 4 ! b [3:0] | #0 b1000 !", "wire 4 ! b [0:3] | #0 b1000 !",
     WAVE_DIFFERENT, "t.b[3:0] value 1000 0001"},
    {"pieces in the other direction are turned", "wire 4 ! b [3:0] | #0 b1011 !", "wire 2 ! b [2:3]; wire 2 \" b [1:0] | #0 b01 ! b11 \"",
     WAVE_SAME, ""},
    {"pieces of a range upward are in its order", "wire 4 ! b [0:3] | #0 b1011 !", "wire 2 ! b [3:2]; wire 2 \" b [1:0] | #0 b11 ! b01 \"",
     WAVE_SAME, ""},
    {"vectors with other numbers for their bits are compared by place", "wire 4 ! b [3:0] | #0 b1010 !", "wire 4 ! b [7:4] | #0 b1010 !",
     WAVE_SAME, ""},
    {"bits that only one side has are told, the others compared", "wire 4 ! b [3:0] | #0 b1000 !",
     "wire 1 ! b [3]; wire 1 \" b [2]; wire 1 # b [1] | #0 1! 1\" 0#", WAVE_DIFFERENT, "t.b[3:0] value 100 110; t.b[3:0] width - -"},
    {"a vector of which golden has some bits", "wire 1 ! b[0]; wire 2 \" b[3:2] | #0 1! b10 \"", "wire 4 ! b[3:0] | #0 b1001 !",
     WAVE_DIFFERENT, "t.b[3:2] width - -"},
    {"one bit of a vector is compared", "wire 4 ! b [3:0] | #0 b1000 !", "wire 1 ! b [0] | #0 1!", WAVE_DIFFERENT,
     "t.b[3:0] value 0 1; t.b[3:0] width - -"},
    {"another width of the same name is another width", "wire 4 ! b [3:0] | #0 b1000 !", "wire 3 ! b [2:0] | #0 b000 !", WAVE_DIFFERENT,
     "t.b[3:0] width - -"},
    {"another type is a difference, though nothing can be compared", "wire 8 ! b | #0 b1 !", "real 64 ! b | #0 r1 !", WAVE_DIFFERENT,
     "t.b type - -"},
    {"nothing in common is nothing compared", "wire 8 ! b | #0 b1 !", "wire 8 ! c | #0 b1 !", WAVE_NOTHING,
     "t.c missing - -; t.b missing - -"},
    {"a port is what it carries", "port 1 <0 d; port [3:0] <1 e | #0 pD 6 0 <0 pUuHh 0000 6666 <1 #5 pU 0 6 <0 pLTXx 6666 6666 <1",
     "wire 1 ! d; wire 4 \" e [3:0] | #0 0! b1111 \" #5 1! b0zxx \"", WAVE_SAME, ""},
    {"every state of a port is one of 0 1 x z",
     "port [22:0] <0 d | #0 pDUNZduLHXTlh01?FAaBbCcf 00000000000000000000000 66666666666666666666666 <0",
     "wire 23 ! d [22:0] | #0 b01xz0101xz0101xzxxxxxxz !", WAVE_SAME, ""},
    {"a port that carries something else", "port 1 <0 d | #0 pD 6 0 <0 #5 pU 0 6 <0 #9", "wire 1 ! d | #0 0! #9", WAVE_DIFFERENT,
     "t.d value 1 0"},
    {"a port bit by bit", "port 1 <0 e [1]; port 1 <1 e [0] | #0 pL 6 0 <0 pH 0 6 <1 #7 pT 0 0 <1", "wire 2 ! e [1:0] | #0 b01 ! #7 b0z !",
     WAVE_SAME, ""},
    {"an element of an array may be a scope", "wire 8 ! mem[0] [7:0]; wire 8 \" mem[1] [7:0] | #0 b1 ! b10 \"",
     "in mem; wire 8 ! [0] [7:0]; wire 8 \" [1] [7:0]; up | #0 b1 ! b10 \"", WAVE_SAME, ""},
    {"a field of an element of an array", "in s[2]; wire 1 ! ok; up | #0 1!", "in s; in [2]; wire 1 ! ok; up; up | #0 1! #3 0! #8",
     WAVE_DIFFERENT, "t.s[2].ok shorter 1 0"},
    {"a dot in a name may be a scope", "wire 1 ! \\a.b | #0 1! #3 0! #4", "in a; wire 1 ! b; up | #0 1! #4", WAVE_DIFFERENT,
     "t.a.b value 0 1"},
    {"a dot in a name is not a scope where there are both", "wire 1 ! \\a.b ; in a; wire 1 \" b; up | #0 1! 0\"",
     "in a; wire 1 ! b; up; wire 1 \" \\a.b | #0 0! 1\"", WAVE_SAME, ""},
    {"variables of one name in another order", "wire 1 ! a; wire 4 \" b [3:0]; wire 1 # a | #0 0! b0 \" #10 1# 1! #20 0! #30 1!",
     "wire 1 # a; wire 1 ! a; wire 4 \" b [3:0] | #0 0! b0 \" #10 1# 1! #20 0! #30 1!", WAVE_SAME, ""},
    {"three variables of one name of which one differs", "wire 1 ! a; wire 1 \" a; wire 1 # a | #0 0! 1\" z# #10",
     "wire 1 ! a; wire 1 \" a; wire 1 # a | #0 1! x\" 0# #10", WAVE_DIFFERENT, "t.a x z x"},
    {"variables of one name that other names tell apart", "wire 1 ! a; wire 1 \" a; wire 1 ! b; wire 1 \" c | #0 0! 1\"",
     "wire 1 ! a; wire 1 \" a; wire 1 ! b; wire 1 \" c | #0 1! 0\"", WAVE_DIFFERENT, "t.a value 0 1; t.a value 1 0"},
    {"of variables of one name, those of one type are the same", "wire 4 ! b; real 64 \" b | #0 b1 ! r2 \"",
     "real 64 ! b; wire 4 \" b | #0 r2 ! b1 \"", WAVE_SAME, ""},
};

/* Writes a file of a case. */
static void write_case(const char *path, const char *text) {
  FILE *file = fopen(path, "w");
  assert_non_null(file);
  fprintf(file, "$timescale 1ns $end\n$scope module t $end\n");
  const char *bar = strstr(text, " | ");
  assert_non_null(bar);
  while (text < bar) {
    const char *end = strstr(text, "; ");
    if (end == NULL || end > bar) end = bar;
    if (strncmp(text, "up", 2) == 0)
      fprintf(file, "$upscope $end\n");
    else if (strncmp(text, "in ", 3) == 0)
      fprintf(file, "$scope module %.*s $end\n", (int)(end - text - 3), text + 3);
    else
      fprintf(file, "$var %.*s $end\n", (int)(end - text), text);
    text = end < bar ? end + 2 : bar;
  }
  fprintf(file, "$upscope $end\n$enddefinitions $end\n");
  fprintf(file, "%s\n", bar + 3);
  assert_int_equal(fclose(file), 0);
}

static void say(const struct wave_report *report, char *text, size_t size) {
  size_t used = 0;
  text[0] = '\0';
  for (uint32_t i = 0; i < report->n_divergences && used < size; i++) {
    const struct wave_divergence *own = &report->divergences[i];
    used += (size_t)snprintf(text + used, size - used, "%s%s %s %s %s", i > 0 ? "; " : "", own->path, wave_class_word(own->class),
                             own->golden_value != NULL ? own->golden_value : "-", own->new_value != NULL ? own->new_value : "-");
  }
}

/* Compares the two files of a case; rule: NULL for none. */
static struct wave_report *compare_case(const char *name, const char *golden, const char *fresh, const char *rule) {
  char paths[2][FOLDER_PATH];
  struct wave_report *report;
  struct wave_error error;
  struct wave_rules rules;
  write_case(folder_path("golden.vcd", paths[0]), golden);
  write_case(folder_path("new.vcd", paths[1]), fresh);
  wave_rules_init(&rules);
  if (rule != NULL && wave_rules_add(&rules, rule, NULL, 0, &error) != WAVE_OK) fail_msg("%s: %s", name, error.text);
  const struct wave_options options = {.threads = 1, .detailed = 20, .rules = &rules};
  if (wave_compare(&report, paths[0], paths[1], &options, &error) != WAVE_OK) fail_msg("%s: %s", name, error.text);
  wave_rules_free(&rules);
  return report;
}

static void test_cases(void **state) {
  unsigned wrong = 0;
  (void)state;
  for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
    const struct match_case *own = &cases[i];
    char said[600];
    struct wave_report *report = compare_case(own->name, own->golden, own->fresh, NULL);
    say(report, said, sizeof said);
    if (report->verdict != own->verdict || strcmp(said, own->said) != 0) {
      print_error("%s: verdict %d, not %d; said '%s', not '%s'\n", own->name, (int)report->verdict, (int)own->verdict, said, own->said);
      wrong++;
    }
    wave_report_free(report);
  }
  assert_int_equal(wrong, 0);
}

/* Who drives a port and how strongly counts between ports, unless a rule says otherwise; h and l are 1 and 0 then, too. */
static void test_strength(void **state) {
  static const char weak[] = "port [1:0] <0 d; wire 1 ! v | #0 pDu 06 60 <0 h! #3 pL1 66 11 <0 #5",
                    strong[] = "port [1:0] <0 d; wire 1 ! v | #0 pl1 66 00 <0 1! #3 pDU 06 06 <0 #5",
                    other[] = "port [1:0] <0 d; wire 1 ! v | #0 pl1 66 00 <0 1! #3 pDT 06 06 <0 #5";
  static const struct {
    const char *golden, *fresh, *rule, *said;
  } runs[] = {{weak, strong, NULL, "t.d[1:0] value Du 06 60 l1 66 00; t.v x h 1"},
              {weak, strong, "ignore strength", ""},
              {weak, strong, "compare ** : strength", ""},
              {weak, strong, "compare t.d : strength", "t.v x h 1"},
              {weak, other, "ignore strength", "t.d[1:0] x 01 0z"}};
  char said[600];
  (void)state;
  for (size_t i = 0; i < sizeof runs / sizeof runs[0]; i++) {
    struct wave_report *report = compare_case("strength", runs[i].golden, runs[i].fresh, runs[i].rule);
    say(report, said, sizeof said);
    assert_string_equal(said, runs[i].said);
    wave_report_free(report);
  }
}

/* At 3 ns a pulse of 2 ns in new, at 10 ns one of 3 ns in golden, at 20 ns an edge 1 ns late, at 30 ns one that has not ended. */
static void test_glitches(void **state) {
  static const char golden[] = "wire 1 ! v; event 1 \" e | #0 0! #10 1! #13 0! #20 1! #31",
                    fresh[] = "wire 1 ! v; event 1 \" e | #0 0! #3 1! #5 0! #21 1! #30 0! 1\" #31";
  static const struct {
    const char *rule;
    int64_t at;
    uint64_t times, total;
  } runs[] = {{NULL, 3, 4, 2 + 3 + 1 + 2},
              {"ignore glitches shorter than 2ns", 3, 4, 8},
              {"ignore glitches shorter than 3ns", 10, 3, 6},
              {"ignore glitches shorter than 4ns", 20, 2, 3}};
  (void)state;
  for (size_t i = 0; i < sizeof runs / sizeof runs[0]; i++) {
    struct wave_report *report = compare_case("glitches", golden, fresh, runs[i].rule);
    assert_int_equal(report->n_divergences, 2);
    assert_string_equal(report->divergences[1].path, "t.e");
    assert_int_equal(report->divergences[0].at, runs[i].at);
    assert_int_equal(report->divergences[0].times, runs[i].times);
    assert_int_equal(report->divergences[0].total, runs[i].total);
    wave_report_free(report);
  }
}

/* What is no difference otherwise is one when the records count. */
static void test_strict(void **state) {
  static const char *const pairs[][3] = {
      {"wire 4 ! b [3:0] | #0 b1001 !", "wire 4 ! b [0:3] | #0 b1001 !", "variables of another range"},
      {"wire 1 ! v [0:0] | #0 1!", "wire 1 ! v | #0 1!", "variables of another range"},
      {"wire 1 ! v[0] | #0 1!", "wire 1 ! v | #0 1!", "variables of other names or in another order"},
      {"port 1 <0 d | #0 pU 0 6 <0", "wire 1 ! d | #0 1!", "variables of another type or direction"},
      {"wire 1 ! a; wire 1 \" a | #0 0! 1\"", "wire 1 ! a; wire 1 \" a | #0 1! 0\"", ""},
  };
  (void)state;
  for (size_t i = 0; i < sizeof pairs / sizeof pairs[0]; i++) {
    struct wave_report *report = compare_case(pairs[i][2], pairs[i][0], pairs[i][1], "strict");
    assert_int_equal(report->verdict, WAVE_DIFFERENT);
    assert_string_equal(report->declared_otherwise != NULL ? report->declared_otherwise : "", pairs[i][2]);
    wave_report_free(report);
  }
}

/* A hint that names one scope twice helps nobody. */
static void test_hint(void **state) {
  (void)state;
  struct wave_report *report = compare_case("hint", "wire 1 ! v | #0 1!", "wire 1 ! w | #0 1!", NULL);
  assert_int_equal(report->verdict, WAVE_NOTHING);
  for (uint32_t i = 0; i < report->n_notes; i++) assert_null(strstr(report->notes[i], "top "));
  wave_report_free(report);
}

int main(void) {
  const struct CMUnitTest tests[] = {cmocka_unit_test(test_cases), cmocka_unit_test(test_strength), cmocka_unit_test(test_glitches),
                                     cmocka_unit_test(test_strict), cmocka_unit_test(test_hint)};
  return cmocka_run_group_tests(tests, make_folder, remove_folder);
}
