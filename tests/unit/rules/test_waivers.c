/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "oio/waivers.h"
#include "one_port.h"

static const char *const ports[] = {"near die side", "near optical side"};

static void add(struct oio_waivers *waivers, const char *text) {
  struct oio_error error;
  if (oio_waivers_add(waivers, text, &error) != OIO_OK) fail_msg("%s", error.text);
}

static void a_waiver_is_of_its_rule_at_its_port_and_of_no_other(void **state) {
  (void)state;
  struct oio_waivers waivers = {0};
  add(&waivers, "T3@near-die-side");
  add(&waivers, "section 5");
  assert_int_equal(oio_waivers_bind(&waivers, ports, 2, NULL), OIO_OK);
  assert_true(oio_waivers_take(&waivers, "T3", "near die side"));
  assert_true(oio_waivers_take(&waivers, "T3", "near die side"));
  assert_false(oio_waivers_take(&waivers, "T3", "near optical side"));
  assert_false(oio_waivers_take(&waivers, "T3", NULL));
  assert_false(oio_waivers_take(&waivers, "T4", "near die side"));
  assert_true(oio_waivers_take(&waivers, "section 5", "near optical side"));
  assert_true(oio_waivers_take(&waivers, "section 5", NULL));
  assert_false(oio_waivers_take(&waivers, "section 50", "near optical side"));
  assert_int_equal(waivers.waiver[0].at[0], 2);
  assert_int_equal(waivers.waiver[1].at[1], 1);
  assert_int_equal(oio_waivers_taken(&waivers), 4);
  assert_false(oio_waivers_take(NULL, "T3", "near die side"));
}

static void expect_report(const struct oio_waivers *waivers, unsigned *next, const char *rule, const char *port, unsigned findings) {
  struct oio_waived waived;
  assert_true(oio_waivers_report(waivers, next, &waived));
  assert_string_equal(waived.rule, rule);
  assert_string_equal(waived.port, port);
  assert_int_equal(waived.findings, findings);
}

static void a_report_has_each_waiver_by_port_and_those_that_matched_nothing(void **state) {
  (void)state;
  struct oio_waivers waivers = {0};
  struct oio_waived waived;
  unsigned next = 0;
  assert_false(oio_waivers_report(&waivers, &next, &waived));
  add(&waivers, "T5");
  add(&waivers, "T4@near optical side");
  add(&waivers, "T1");
  assert_int_equal(oio_waivers_bind(&waivers, ports, 2, NULL), OIO_OK);
  for (unsigned i = 0; i < 7; i++) oio_waivers_take(&waivers, "T5", ports[i < 5]);
  oio_waivers_take(&waivers, "T5", NULL);
  expect_report(&waivers, &next, "T5", "near die side", 2);
  expect_report(&waivers, &next, "T5", "near optical side", 5);
  expect_report(&waivers, &next, "T5", "", 1);
  expect_report(&waivers, &next, "T4", "near optical side", 0);
  expect_report(&waivers, &next, "T1", "", 0);
  assert_false(oio_waivers_report(&waivers, &next, &waived));
}

static void refused(const char *text, const char *words) {
  struct oio_waivers waivers = {0};
  struct oio_error error;
  assert_int_equal(oio_waivers_add(&waivers, text, &error), OIO_ERR_CONFIG);
  if (strstr(error.text, words) == NULL) fail_msg("%s", error.text);
  assert_int_equal(waivers.count, 0);
}

static void a_waiver_as_one_word_is_the_same_waiver(void **state) {
  (void)state;
  struct oio_waivers waivers = {0};
  char text[OIO_WAIVER_TEXT_BYTES];
  add(&waivers, "section 16, window@near die side");
  add(&waivers, "T3");
  oio_waiver_text(&waivers.waiver[0], text);
  assert_string_equal(text, "section-16-window@near-die-side");
  add(&waivers, text);
  assert_int_equal(waivers.waiver[2].rule, OIO_RULE_PLAIN_WINDOW);
  oio_waiver_text(&waivers.waiver[1], text);
  assert_string_equal(text, "T3");
  assert_int_equal(oio_waivers_bind(&waivers, ports, 2, NULL), OIO_OK);
  assert_true(oio_waivers_take_many(&waivers, "T3", "near die side", 12));
  assert_int_equal(oio_waivers_taken(&waivers), 12);
}

static void the_first_severity_that_matches_decides_and_strict_makes_errors_of_warnings(void **state) {
  (void)state;
  struct oio_waivers waivers = {0};
  struct oio_waived waived;
  char text[OIO_WAIVER_TEXT_BYTES];
  unsigned next = 0;
  add(&waivers, "T5@near-die-side=error");
  add(&waivers, "T5=warning");
  add(&waivers, "T4=waived");
  add(&waivers, "T1=warning");
  assert_int_equal(oio_waivers_bind(&waivers, ports, 2, NULL), OIO_OK);
  assert_false(oio_waivers_take(&waivers, "T5", "near die side"));
  assert_true(oio_waivers_take(&waivers, "T5", "near optical side"));
  assert_true(oio_waivers_take(&waivers, "T4", "near die side"));
  assert_int_equal(oio_waivers_taken(&waivers), 2);
  assert_int_equal(oio_waivers_warned(&waivers), 1);
  expect_report(&waivers, &next, "T5", "near optical side", 1);
  assert_true(oio_waivers_report(&waivers, &next, &waived));
  assert_string_equal(waived.rule, "T4");
  assert_int_equal(waived.severity, OIO_SEVERITY_WAIVED);
  assert_false(oio_waivers_report(&waivers, &next, &waived)); /* T1 is no waiver that could be taken away */
  waivers.strict = true;
  assert_false(oio_waivers_take(&waivers, "T5", "near optical side"));
  assert_true(oio_waivers_take(&waivers, "T4", "near die side"));
  assert_int_equal(oio_waivers_warned(&waivers), 1);
  oio_waiver_text(&waivers.waiver[0], text);
  assert_string_equal(text, "T5@near-die-side=error");
  oio_waiver_text(&waivers.waiver[2], text);
  assert_string_equal(text, "T4");
}

static void what_is_no_rule_or_no_port_is_refused_with_what_is_near(void **state) {
  (void)state;
  struct oio_waivers waivers = {0};
  struct oio_error error;
  refused("framming@a", "there is no rule 'framming' to waive; did you mean framing?");
  refused("section-16-windoww", "did you mean section-16-window?");
  refused("", "there is no rule ''");
  refused("T3=warn", "a severity is error, warning or waived");
  refused("T3@a=", "a severity is error, warning or waived");
  refused("T33=warning", "there is no rule 'T33'");
  refused("T3@", "names no port behind its @");
  add(&waivers, "T3@near_die_side");
  add(&waivers, "T4@near-dye-side");
  assert_int_equal(oio_waivers_bind(&waivers, ports, 2, &error), OIO_ERR_CONFIG);
  if (strstr(error.text, "there is no port 'near-dye-side' at which to waive rule T4; did you mean 'near die side'?") == NULL)
    fail_msg("%s", error.text);
  while (waivers.count < OIO_WAIVERS_MAX) add(&waivers, "T5");
  assert_int_equal(oio_waivers_add(&waivers, "T5", &error), OIO_ERR_CONFIG);
}

static void write_file(const char *text) {
  FILE *file = fopen("waivers.txt", "wb");
  assert_non_null(file);
  fputs(text, file);
  assert_int_equal(fclose(file), 0);
}

static void a_file_has_a_waiver_on_each_line_and_its_reason(void **state) {
  (void)state;
  struct oio_waivers waivers = {0};
  struct oio_error error;
  write_file("# known\n\n  T3@near-die-side   as of release 2: @will go\r\nsection-16-window\n#T4\nPR6,_unaltered\tlast");
  assert_int_equal(oio_waivers_read(&waivers, "waivers.txt", &error), OIO_OK);
  assert_int_equal(waivers.count, 3);
  assert_int_equal(waivers.waiver[0].rule, OIO_RULE_T3);
  assert_string_equal(waivers.waiver[0].port, "near-die-side");
  assert_string_equal(waivers.waiver[0].reason, "as of release 2: @will go");
  assert_int_equal(waivers.waiver[1].rule, OIO_RULE_PLAIN_WINDOW);
  assert_string_equal(waivers.waiver[1].reason, "");
  assert_int_equal(waivers.waiver[2].rule, OIO_RULE_PR6_ALTERED);
  write_file("T3\nT33 x\n");
  assert_int_equal(oio_waivers_read(&waivers, "waivers.txt", &error), OIO_ERR_CONFIG);
  if (strncmp(error.text, "waivers.txt:2: there is no rule 'T33' to waive; did you mean T3?", 62) != 0) fail_msg("%s", error.text);
  assert_int_equal(oio_waivers_read(&waivers, "no/such", &error), OIO_ERR_IO);
  remove("waivers.txt");
}

static void a_monitor_keeps_what_is_waived_apart(void **state) {
  (void)state;
  struct oio_waivers waivers = {0};
  struct oio_finding finding;
  struct oio_monitor *m = make(0);
  add(&waivers, "T2@port");
  oio_monitor_waive(m, &waivers);
  const struct oio_flit_head first = {.protocol = OIO_PROTOCOL_PAYLOAD, .sequence = 1};
  const struct oio_flit_head far = {.protocol = OIO_PROTOCOL_PAYLOAD, .sequence = 9};
  const struct oio_flit_head nop = {.sequence = 7};
  out(m, 1000, first);
  for (unsigned i = 0; i < 100; i++) out(m, 2000, far);
  assert_int_equal(oio_monitor_findings(m), 0);
  assert_false(oio_monitor_fetch(m, &finding));
  assert_int_equal(oio_waivers_taken(&waivers), 100);
  out(m, 3000, nop); /* and what is not waived is found as ever */
  assert_true(oio_monitor_fetch(m, &finding));
  assert_string_equal(finding.rule, "T4");
  assert_int_equal(oio_monitor_findings(m), 1);
  oio_monitor_destroy(m);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(a_waiver_is_of_its_rule_at_its_port_and_of_no_other),
      cmocka_unit_test(a_report_has_each_waiver_by_port_and_those_that_matched_nothing),
      cmocka_unit_test(a_waiver_as_one_word_is_the_same_waiver),
      cmocka_unit_test(the_first_severity_that_matches_decides_and_strict_makes_errors_of_warnings),
      cmocka_unit_test(what_is_no_rule_or_no_port_is_refused_with_what_is_near),
      cmocka_unit_test(a_file_has_a_waiver_on_each_line_and_its_reason),
      cmocka_unit_test(a_monitor_keeps_what_is_waived_apart),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
