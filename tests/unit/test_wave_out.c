/* SPDX-License-Identifier: Apache-2.0 */
/* What a report looks like in each output. `test_wave_out print KIND SAMPLE` prints one, for eyes and for the browser test. */
#define _POSIX_C_SOURCE 200809L
#include "output.h"
#include "wave_sample.h"

#include <setjmp.h>
#include <stdarg.h>
#include <unistd.h>

#include <cmocka.h>

#define CHANCE_PROGRAM "test_wave_out"
#include "chance.h"

enum { text_kind, json_kind, junit_kind, github_kind, markdown_kind, html_kind, kinds };
static const char *const kind_names[] = {"text", "json", "junit", "github", "markdown", "html"};

static void print_kind(struct wave_out *out, const struct wave_report *report, int kind) {
  switch (kind) {
  case text_kind:
    wave_text(out, report, &(struct wave_text_style){.columns = 80});
    break;
  case json_kind:
    wave_json(out, report);
    break;
  case junit_kind:
    wave_junit(out, report);
    break;
  case github_kind:
    wave_github(out, report, 0);
    break;
  case markdown_kind:
    wave_markdown(out, report, 0);
    break;
  default:
    wave_html(out, report);
    break;
  }
}

/* The caller frees. */
static char *printed(enum wave_sample sample, int kind) {
  struct wave_report *report = sample_report(sample);
  struct wave_out out = {0};
  print_kind(&out, report, kind);
  assert_false(out.failed);
  wave_report_free(report);
  return out.bytes;
}

static unsigned count(const char *text, const char *what) {
  unsigned times = 0;
  for (const char *at = text; (at = strstr(at, what)) != NULL; at += strlen(what)) times++;
  return times;
}

static bool tool(const char *name) {
  char command[100];
  snprintf(command, sizeof command, "command -v %s >/dev/null 2>&1", name);
  if (system(command) == 0) return true;
  print_message("SKIPPED here: %s is not installed\n", name);
  return false;
}

/* Gives text to a shell command on its standard input. */
static int pipe_to(const char *command, const char *text) {
  FILE *pipe = popen(command, "w");
  assert_non_null(pipe);
  fputs(text, pipe);
  return pclose(pipe);
}

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
static size_t widest(const char *text) {
  size_t most = 0;
  struct wave_out line = {0};
  for (; *text != '\0'; text++) {
    if (*text != '\n') {
      wave_out_bytes(&line, text, 1);
      continue;
    }
    const size_t columns = line.size > 0 ? wave_columns(line.bytes) : 0;
    most = columns > most ? columns : most;
    wave_out_clear(&line);
  }
  wave_out_free(&line);
  return most;
}

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

/* Reads one JSON value strictly; NULL when it is none. */
static const char *json_value(const char *at);

static const char *json_blank(const char *at) {
  return at == NULL ? NULL : at + strspn(at, " \n");
}

static const char *json_string(const char *at) {
  if (*at++ != '"') return NULL;
  for (; *at != '"'; at++) {
    if ((unsigned char)*at < ' ') return NULL;
    if (*at != '\\') continue;
    at++;
    if (*at == 'u' && strspn(at + 1, "0123456789abcdef") >= 4)
      at += 4;
    else if (*at != '"' && *at != '\\')
      return NULL;
  }
  return at + 1;
}

static const char *json_list(const char *at, char end, bool keys) {
  at = json_blank(at + 1);
  if (*at == end) return at + 1;
  for (;;) {
    if (keys && ((at = json_blank(json_string(at))) == NULL || *at++ != ':')) return NULL;
    if ((at = json_blank(json_value(json_blank(at)))) == NULL) return NULL;
    if (*at == end) return at + 1;
    if (*at++ != ',') return NULL;
    at = json_blank(at);
  }
}

static const char *json_value(const char *at) {
  static const char *const words[] = {"null", "true", "false"};
  if (*at == '{') return json_list(at, '}', true);
  if (*at == '[') return json_list(at, ']', false);
  if (*at == '"') return json_string(at);
  for (int i = 0; i < 3; i++)
    if (strncmp(at, words[i], strlen(words[i])) == 0) return at + strlen(words[i]);
  const size_t length = strspn(at, "-0123456789.");
  return length > 0 ? at + length : NULL;
}

static void json_is_json_whatever_the_names_are(void **state) {
  (void)state;
  for (int sample = 0; sample < SAMPLES; sample++) {
    char *text = printed((enum wave_sample)sample, json_kind);
    const char *end = json_blank(json_value(text));
    assert_non_null(end);
    assert_int_equal(*end, '\0');
    for (const char *at = text; *at != '\0'; at++) assert_true(*at == '\n' || (unsigned char)*at >= ' ');
    assert_null(strchr(text, '<'));
    free(text);
  }
}

static void json_conforms_to_the_schema(void **state) {
  (void)state;
  if (!tool("jq")) return;
  static const char filter[] = "jq -e --slurpfile schema " OIO_SOURCE_DIR "/docs/wavediff.schema.json --slurpfile wavediff " OIO_SOURCE_DIR
                               "/docs/wavediff.schema.json -f " OIO_SOURCE_DIR "/tests/system/schema.jq >/dev/null";
  for (int sample = 0; sample < SAMPLES; sample++) {
    char *text = printed((enum wave_sample)sample, json_kind);
    if (pipe_to(filter, text) != 0) fail_msg("sample %d does not fit the schema", sample);
    free(text);
  }
}

/* Tags are closed in order, attributes are quoted, nothing is raw. Returns how many elements there are; 0: not well formed. */
static unsigned xml_elements(const char *at) {
  const char *open[16];
  size_t lengths[16], depth = 0;
  unsigned elements = 0;
  if (strncmp(at, "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n", 39) != 0) return 0;
  for (at += 39; *at != '\0'; at++) {
    if (*at == '>' || ((unsigned char)*at < ' ' && *at != '\n')) return 0;
    if (*at == '&' && (strcspn(at, ";") > 6 || at[strcspn(at, "; <")] != ';')) return 0;
    if (*at != '<') continue;
    const char *name = at + 1 + (at[1] == '/');
    const size_t length = strspn(name, "abcdefghijklmnopqrstuvwxyz-");
    const char *end = strchr(name, '>');
    if (length == 0 || end == NULL || memchr(name, '<', (size_t)(end - name)) != NULL) return 0;
    if (at[1] == '/') {
      if (depth == 0 || lengths[depth - 1] != length || memcmp(open[depth - 1], name, length) != 0) return 0;
      depth--;
    } else {
      elements++;
      if (end[-1] != '/' && depth < 16) {
        open[depth] = name;
        lengths[depth++] = length;
      }
    }
    at = end;
  }
  return depth == 0 ? elements : 0;
}

static unsigned attribute_of(const char *text, const char *key) {
  return (unsigned)strtoul(strstr(text, key) + strlen(key), NULL, 10);
}

static void junit_is_well_formed_and_its_counts_are_right(void **state) {
  (void)state;
  const bool lint = tool("xmllint");
  for (int sample = 0; sample < SAMPLES; sample++) {
    char *text = printed((enum wave_sample)sample, junit_kind);
    assert_true(xml_elements(text) > 0);
    assert_int_equal(attribute_of(text, " tests=\""), count(text, "<testcase"));
    assert_int_equal(attribute_of(text, " failures=\""), count(text, "<failure"));
    assert_int_equal(attribute_of(text, " errors=\""), count(text, "<error"));
    if (lint) assert_int_equal(pipe_to("xmllint --noout --schema " OIO_SOURCE_DIR "/tests/vectors/junit.xsd - 2>/dev/null", text), 0);
    free(text);
  }
  char *text = printed(SAMPLE_MANY, junit_kind);
  assert_int_equal(count(text, "classname=\"wavediff.scopes\""), 12);
  assert_int_equal(count(text, "\ngolden  "), 13);
  free(text);
}

static void github_gets_a_handful_of_commands_and_no_name_makes_one(void **state) {
  (void)state;
  for (int sample = 0; sample < SAMPLES; sample++) {
    char *text = printed((enum wave_sample)sample, github_kind);
    assert_in_range(count(text, "\n"), 1, 15);
    for (const char *at = text; *at != '\0'; at = strchr(at, '\n') + 1)
      assert_true(strncmp(at, "::error title=", 14) == 0 || strncmp(at, "::notice title=", 15) == 0 ||
                  strncmp(at, "::warning title=", 16) == 0);
    free(text);
  }
  char *text = printed(SAMPLE_NAMES, github_kind);
  assert_null(strstr(text, "\n::100%"));
  free(text);
}

static void markdown_takes_names_as_text(void **state) {
  (void)state;
  char *text = printed(SAMPLE_NAMES, markdown_kind);
  assert_null(strstr(text, "<script"));
  assert_null(strstr(text, "**"));
  free(text);
}

static void the_page_is_one_light_file_that_no_name_can_break(void **state) {
  (void)state;
  for (int sample = 0; sample < SAMPLES; sample++) {
    char *text = printed((enum wave_sample)sample, html_kind);
    const char *data = strstr(text, "id=data>");
    assert_non_null(data);
    const char *end = json_blank(json_value(data + 8));
    assert_non_null(end);
    assert_int_equal(strncmp(end, "</script>\n<script>\n", 19), 0);
    assert_int_equal(count(text, "<script"), 2);
    assert_int_equal(count(text, "</script>"), 2);
    assert_null(strstr(text, " src="));
    assert_null(strstr(text, "url("));
    assert_int_equal(count(text, "http"), 2); /* the policy's attribute, and the name of SVG */
    assert_true(strlen(text) < 600000);
    free(text);
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

static char *odd_text(uint64_t *stream, unsigned most) {
  char text[80];
  const unsigned length = (unsigned)(chance(stream) % most);
  for (unsigned i = 0; i < length; i++)
    text[i] = chance(stream) % 2 == 0 ? (char)(1 + chance(stream) % 255) : "01xz.[:]"[chance(stream) % 8];
  text[length] = '\0';
  return sample_text(text);
}

static char *odd_or_none(uint64_t *stream) {
  return chance(stream) % 3 == 0 ? NULL : odd_text(stream, 70);
}

static int64_t odd_time(uint64_t *stream) {
  const uint64_t kind = chance(stream) % 8;
  return kind == 0 ? WAVE_FOREVER : kind == 1 ? 0 : (int64_t)(chance(stream) >> (3 + chance(stream) % 60));
}

static void odd_trace(uint64_t *stream, struct wave_trace *trace, int64_t from) {
  for (uint64_t n = chance(stream) % 6 == 0 ? chance(stream) % 200 : chance(stream) % 8; n > 0; n--) {
    char *value = odd_text(stream, 70);
    sample_event(trace, from, value);
    free(value);
    from += (int64_t)(chance(stream) % 5000);
  }
}

/* Whatever a comparison may come to say, and more. */
static struct wave_report *odd_report(uint64_t *stream) {
  struct wave_report *report = sample_new((enum wave_verdict)(chance(stream) % 4), "odd");
  report->compared_to = INT64_MAX >> 2;
  report->exponent = (int)(chance(stream) % 24) - 21;
  if (chance(stream) % 2 == 0) sample_clock(report);
  const uint32_t n = (uint32_t)(chance(stream) % 30);
  for (uint32_t i = 0; i < n; i++) {
    struct wave_divergence *one = sample_divergence(report, "s", "n", (enum wave_class)(chance(stream) % 10), odd_time(stream) >> 3);
    free(one->path);
    free(one->scope);
    one->path = odd_text(stream, 70);
    one->scope = odd_or_none(stream);
    one->new_path = odd_or_none(stream);
    one->kind = (enum wave_kind)(chance(stream) % 5);
    one->new_kind = (enum wave_kind)(chance(stream) % 5);
    one->width = (uint32_t)(chance(stream) % 3 == 0 ? 1 : chance(stream) % 70);
    one->cycle = (int64_t)(chance(stream) % 20) - 1;
    one->clock = chance(stream) % 2 == 0 ? sample_text("top.clk") : NULL;
    one->rule = (int)(chance(stream) % 3) - 1;
    one->until = chance(stream) % 3 == 0 ? WAVE_FOREVER : one->at + (int64_t)(chance(stream) % 10000);
    one->times = chance(stream) % 5;
    one->shift = (int64_t)(chance(stream) % 2000) - 1000;
    one->cycles_late = (int64_t)(chance(stream) % 10) - 5;
    one->golden_value = odd_or_none(stream);
    one->new_value = odd_or_none(stream);
    odd_trace(stream, &one->golden, one->window_from + (int64_t)(chance(stream) % 100000));
    odd_trace(stream, &one->fresh, one->window_from);
  }
  if (n > 0) sample_group(report, "odd \n group", 0, n);
  return report;
}

static void no_report_makes_an_output_fail(void **state) {
  (void)state;
  uint64_t stream = chance_stream(1);
  for (int turn = 0; turn < 300; turn++) {
    struct wave_report *report = odd_report(&stream);
    sample_detail(report);
    for (int kind = 0; kind < kinds; kind++) {
      struct wave_out out = {0};
      print_kind(&out, report, kind);
      const bool good =
          !out.failed && (kind != text_kind || widest(out.bytes) <= 80) && (kind != junit_kind || xml_elements(out.bytes) > 0) &&
          (kind != json_kind || *json_blank(json_value(out.bytes)) == '\0') && (kind != html_kind || count(out.bytes, "</script>") == 2);
      if (!good) FAIL_WITH_REPLAY("turn %d: %s is not as it should be", turn, kind_names[kind]);
      wave_out_free(&out);
    }
    wave_report_free(report);
  }
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
      cmocka_unit_test(json_is_json_whatever_the_names_are),
      cmocka_unit_test(json_conforms_to_the_schema),
      cmocka_unit_test(junit_is_well_formed_and_its_counts_are_right),
      cmocka_unit_test(github_gets_a_handful_of_commands_and_no_name_makes_one),
      cmocka_unit_test(markdown_takes_names_as_text),
      cmocka_unit_test(the_page_is_one_light_file_that_no_name_can_break),
      cmocka_unit_test(no_report_makes_an_output_fail),
      cmocka_unit_test(utf8_is_counted_and_cut_by_columns),
  };
  if (argc == 4 && strcmp(argv[1], "print") == 0) return print(argv[2], argv[3]);
  chance_start();
  return cmocka_run_group_tests(tests, NULL, NULL);
}
