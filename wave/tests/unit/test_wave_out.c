/* SPDX-License-Identifier: Apache-2.0 */
/* What a report looks like to people. `test_wave_out print KIND SAMPLE` prints one, for eyes and for the browser test. */
#define _POSIX_C_SOURCE 200809L
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "wave_printed.h"

static void the_first_glance_says_what_broke_where_and_when(void **state) {
  (void)state;
  char *text = printed(SAMPLE_ONE, text_kind);
  assert_string_equal(text, "DIFFERENT: 1 of 1204 variables differs, first at 125 ns\n"
                            "\n"
                            "first: top.cpu.alu.result[31:0] at 125 ns (cycle 12 of top.clk)\n"
                            "       value: golden 'h00000052, new 'h00000012\n"
                            "       for 20 ns, equal again at 145 ns\n"
                            "       also top.cpu.wb.value[31:0]\n"
                            "       rule compare top.** lead=1ns (soc.rules:3)\n"
                            "\n"
                            "  time    -20 ns    -10 ns    | 125 ns    +10 ns    +20 ns    +30 ns    ...\n"
                            "  cycle   10        11        | 12        13        14        15\n"
                            "  golden  00000050  00000051  | 00000052  00000053  00000054  00000055\n"
                            "  new     00000050  00000051  | 00000012  00000013  00000054  00000055\n"
                            "  diff                        |       ^         ^\n"
                            "\n"
                            "golden    runs/golden.fst (FST, 1250 variables, ends at 400 ns)\n"
                            "new       runs/new run.vcd (VCD, 1250 variables, ends at 400 ns)\n"
                            "compared  1204 variables from 0 s to 400 ns: 1 differs, 46 left out by rules\n"
                            "see more  oio wavediff runs/golden.fst 'runs/new run.vcd' \\\n"
                            "          --around 200ns --diff-fst diff.fst\n");
  free(text);
}

static void one_bit_is_drawn_as_levels(void **state) {
  (void)state;
  char *text = printed(SAMPLE_GLITCH, text_kind);
  assert_non_null(strstr(text, "  time    ...   -35 ns -15 ns |130 ns +250 ps +25 ns\n"
                               "  cycle   7     9      11     |12     12      15\n"
                               "  golden  ______/~~~~~~\\______|_______________/~~~~~~\n"
                               "  new     ______/~~~~~~\\______|/~~~~~~\\_______/~~~~~~\n"
                               "  diff                        |^^^^^^^\n"));
  free(text);
}

static void three_hundred_divergences_fit_one_screen_and_all_scopes_are_counted(void **state) {
  (void)state;
  char *text = printed(SAMPLE_MANY, text_kind);
  assert_in_range(count(text, "\n"), 30, 55);
  assert_int_equal(count(text, "and 24 more\n"), 10);
  assert_non_null(strstr(text, "and 2 more scopes with 50 signals\n"));
  assert_non_null(strstr(text, "--max 300 "));
  free(text);
}

/* The longest line in terminal columns. */
static void no_line_is_wider_than_the_terminal_nor_holds_control_bytes(void **state) {
  (void)state;
  for (int sample = 0; sample < SAMPLES; sample++)
    for (uint32_t columns = 60; columns <= 160; columns += 20) {
      struct wave_report *report = sample_report((enum wave_sample)sample);
      struct wave_out out = {0};
      wave_text(&out, report, &(struct wave_text_style){.columns = columns, .command = "oio wavediff golden.fst new.vcd"});
      if (widest(out.bytes) > columns) fail_msg("sample %d is %zu wide for %u columns", sample, widest(out.bytes), (unsigned)columns);
      for (const char *at = out.bytes; *at != '\0'; at++) assert_true((unsigned char)*at >= ' ' || *at == '\n');
      wave_out_free(&out);
      wave_report_free(report);
    }
}

static void colour_adds_nothing_but_escapes(void **state) {
  (void)state;
  for (int sample = 0; sample < SAMPLES; sample++) {
    struct wave_report *report = sample_report((enum wave_sample)sample);
    struct wave_out plain = {0}, colour = {0}, stripped = {0};
    wave_text(&plain, report, &(struct wave_text_style){.columns = 80});
    wave_text(&colour, report, &(struct wave_text_style){.columns = 80, .colour = true});
    for (const char *at = colour.bytes; *at != '\0'; at++) {
      if (*at == '\033')
        at = strchr(at, 'm');
      else
        wave_out_bytes(&stripped, at, 1);
    }
    assert_non_null(strchr(colour.bytes, '\033'));
    assert_string_equal(plain.bytes, stripped.bytes);
    wave_out_free(&plain);
    wave_out_free(&colour);
    wave_out_free(&stripped);
    wave_report_free(report);
  }
}

static void the_same_report_gives_the_same_bytes(void **state) {
  (void)state;
  for (int sample = 0; sample < SAMPLES; sample++)
    for (int kind = 0; kind < kinds; kind++) {
      char *one = printed((enum wave_sample)sample, kind), *two = printed((enum wave_sample)sample, kind);
      assert_string_equal(one, two);
      free(one);
      free(two);
    }
}

static void times_have_the_unit_that_fits_and_lose_no_digit(void **state) {
  (void)state;
  static const struct {
    int64_t time;
    int exponent;
    const char *text;
  } cases[] = {{0, -12, "0 s"},
               {1, -12, "1 ps"},
               {12340, -12, "12.34 ns"},
               {1000000, -12, "1 us"},
               {999999, -12, "999.999 ns"},
               {123456789012345, -15, "123.456789012345 ms"},
               {-250, -12, "-250 ps"},
               {5, -10, "500 ps"},
               {50, -10, "5 ns"},
               {7, 2, "700 s"},
               {3, 0, "3 s"},
               {1200, -1, "120 s"},
               {1, -21, "1 zs"},
               {INT64_MIN, -15, "-9223.372036854775808 s"},
               {INT64_MAX - 1, -9, "9223372036.854775806 s"},
               {WAVE_FOREVER, -12, "the end"}};
  for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
    const struct wave_report report = {.exponent = cases[i].exponent, .golden.timescale_known = true};
    char text[40];
    assert_string_equal(wave_time_text(&report, cases[i].time, text), cases[i].text);
  }
  char text[40];
  assert_string_equal(wave_time_text(&(struct wave_report){.exponent = -9}, 17, text), "17 ticks");
}

static void values_are_hex_where_their_bits_are_known(void **state) {
  (void)state;
  static const struct {
    const char *value;
    enum wave_kind kind;
    uint32_t width, size;
    const char *text;
  } cases[] = {{"1", WAVE_BITS, 1, 20, "1"},
               {"x", WAVE_BITS, 1, 20, "x"},
               {"00111111", WAVE_BITS, 8, 20, "3f"},
               {"1001111", WAVE_BITS, 7, 20, "4f"},
               {"xxxx0001", WAVE_BITS, 8, 20, "x1"},
               {"x0x0zzzz", WAVE_BITS, 8, 20, "Xz"},
               {"zz01xz01", WAVE_BITS, 8, 20, "ZX"},
               {"hhhh----", WAVE_BITS, 8, 20, "h-"},
               {"000100100011010001010110", WAVE_BITS, 24, 7, "123456"},
               {"0001001000110100010101100111", WAVE_BITS, 28, 7, "123..."},
               {"1.5e-300", WAVE_REAL, 64, 20, "1.5e-300"},
               {"a\"\x01", WAVE_STRING, 0, 20, "\"a\"?\""},
               {"!", WAVE_EVENT, 1, 20, "!"}};
  for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
    char text[20];
    wave_value_text(cases[i].value, cases[i].kind, cases[i].width, text, cases[i].size);
    assert_string_equal(text, cases[i].text);
  }
}

static void utf8_is_counted_and_cut_by_columns(void **state) {
  (void)state;
  struct wave_out out = {0};
  assert_int_equal(wave_columns("gr\xc3\xb6\xc3\x9f"
                                "e"),
                   5);
  assert_int_equal(wave_columns("\xe6\x97\xa5\xe6\x9c\xac"), 4);
  assert_int_equal(wave_columns("\xff\xc0\x80"), 3);
  assert_int_equal(wave_out_fit(&out, "abcdefgh", 5, true), 5);
  assert_string_equal(out.bytes, "..fgh");
  wave_out_clear(&out);
  assert_int_equal(wave_out_fit(&out, "\xe6\x97\xa5\xe6\x9c\xac\xe6\x97\xa5", 5, false), 4);
  assert_string_equal(out.bytes, "\xe6\x97\xa5..");
  wave_out_clear(&out);
  wave_out_clean(&out, "a\x1b[31m\xc2\x9b\xe2\x80\xae\xff");
  assert_string_equal(out.bytes, "a?[31m???");
  wave_out_clear(&out);
  wave_out_shell(&out, "it's");
  assert_string_equal(out.bytes, "'it'\\''s'");
  wave_out_clear(&out);
  wave_out_json(&out, "\"\\</s\x01\xff\xe2\x80\xa8");
  assert_string_equal(out.bytes, "\"\\\"\\\\\\u003c/s\\u0001\\ufffd\\u2028\"");
  wave_out_free(&out);
}

static int print(const char *kind, const char *sample) {
  for (int i = 0; i < kinds; i++) {
    if (strcmp(kind, kind_names[i]) != 0) continue;
    char *text = printed((enum wave_sample)(atoi(sample) % SAMPLES), i);
    fputs(text, stdout);
    free(text);
    return 0;
  }
  return 2;
}

int main(int argc, char **argv) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(the_first_glance_says_what_broke_where_and_when),
      cmocka_unit_test(one_bit_is_drawn_as_levels),
      cmocka_unit_test(three_hundred_divergences_fit_one_screen_and_all_scopes_are_counted),
      cmocka_unit_test(no_line_is_wider_than_the_terminal_nor_holds_control_bytes),
      cmocka_unit_test(colour_adds_nothing_but_escapes),
      cmocka_unit_test(the_same_report_gives_the_same_bytes),
      cmocka_unit_test(times_have_the_unit_that_fits_and_lose_no_digit),
      cmocka_unit_test(values_are_hex_where_their_bits_are_known),
      cmocka_unit_test(utf8_is_counted_and_cut_by_columns),
  };
  if (argc == 4 && strcmp(argv[1], "print") == 0) return print(argv[2], argv[3]);
  return cmocka_run_group_tests(tests, NULL, NULL);
}
