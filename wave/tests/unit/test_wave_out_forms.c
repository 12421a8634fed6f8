/* SPDX-License-Identifier: Apache-2.0 */
/* What a report looks like to machines and in a browser: well formed, whatever it says. */
#define _POSIX_C_SOURCE 200809L
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#define CHANCE_PROGRAM "test_wave_out_forms"
#include "chance.h"
#include "wave_printed.h"

static bool tool(const char *name) {
  char command[100];
  snprintf(command, sizeof command, "command -v %s >/dev/null 2>&1", name);
  if (system(command) == 0) return true;
  print_message("skipped: %s is not installed\n", name);
  return false;
}

/* Gives text to a shell command on its standard input. */
static int pipe_to(const char *command, const char *text) {
  FILE *pipe = popen(command, "w");
  assert_non_null(pipe);
  fputs(text, pipe);
  return pclose(pipe);
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
  assert_int_equal(count(text, "\ngolden  "), 12);
  assert_int_equal(count(text, "<failure"), 12);
  free(text);
}

static void one_difference_is_one_failure_for_junit(void **state) {
  (void)state;
  char *text = printed(SAMPLE_GLITCH, junit_kind);
  assert_int_equal(attribute_of(text, " tests=\""), 2);
  assert_int_equal(attribute_of(text, " failures=\""), 1);
  assert_non_null(strstr(text, "compare top.** lead=1ns (soc.rules:3): 1 of 1204 variables differ\n"));
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
    struct wave_divergence *one = sample_divergence(report, "s", "n", (enum wave_class)(chance(stream) % 11), odd_time(stream) >> 3);
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
    one->counted = (enum wave_counted)(chance(stream) % 3);
    one->reason = chance(stream) % 8 == 0 ? odd_text(stream, 70) : NULL;
    one->extra_beats = chance(stream) % 8 == 0;
    one->new_ends = chance(stream) % 2 == 0;
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

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(json_is_json_whatever_the_names_are),
      cmocka_unit_test(json_conforms_to_the_schema),
      cmocka_unit_test(junit_is_well_formed_and_its_counts_are_right),
      cmocka_unit_test(one_difference_is_one_failure_for_junit),
      cmocka_unit_test(github_gets_a_handful_of_commands_and_no_name_makes_one),
      cmocka_unit_test(markdown_takes_names_as_text),
      cmocka_unit_test(the_page_is_one_light_file_that_no_name_can_break),
      cmocka_unit_test(no_report_makes_an_output_fail),
  };
  chance_start();
  return cmocka_run_group_tests(tests, NULL, NULL);
}
