/* SPDX-License-Identifier: Apache-2.0 */
/* The table of rules against what it is a table of: the clauses of SPEC.md, and the sources that raise findings. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "oio/rules.h"

static char *read_text(const char *name) {
  char path[512];
  snprintf(path, sizeof path, "%s/%s", OIO_SOURCE_FOLDER, name);
  FILE *file = fopen(path, "rb");
  if (file == NULL) fail_msg("%s cannot be opened", path);
  assert_int_equal(fseek(file, 0, SEEK_END), 0);
  const size_t nbytes = (size_t)ftell(file);
  rewind(file);
  char *text = calloc(1, nbytes + 1);
  assert_non_null(text);
  assert_int_equal(fread(text, 1, nbytes, file), nbytes);
  fclose(file);
  return text;
}

static void each_rule_has_a_name_of_its_own_a_sentence_and_a_clause_that_spec_has(void **state) {
  (void)state;
  char *spec = read_text("cmodel/SPEC.md");
  for (unsigned id = 0; id < OIO_RULES; id++) {
    const struct oio_rule *rule = oio_rule_get(id);
    char heading[40];
    if (rule->name == NULL) fail_msg("rule %u is not in the table", id);
    for (unsigned other = 0; other < id; other++) assert_string_not_equal(oio_rule_get(other)->name, rule->name);
    assert_true(strlen(rule->sentence) >= 20);
    if (strncmp(rule->clause, "section ", 8) == 0)
      snprintf(heading, sizeof heading, "\n## %s. ", rule->clause + 8);
    else
      snprintf(heading, sizeof heading, "\n* **%s** ", rule->clause);
    if (strstr(spec, heading) == NULL) fail_msg("rule %s: SPEC.md has no %s", rule->name, rule->clause);
  }
  assert_null(oio_rule_get(OIO_RULES));
  free(spec);
}

/* What raises findings. */
static const char *const raisers[] = {
    "cmodel/src/monitor/monitor.c", "cmodel/src/monitor/monitor_due.c", "cmodel/src/monitor/monitor_need.c",
    "cmodel/src/monitor/pins.c",    "bridge/host/plain_watch.c",        "bridge/dpi/oio_dpi_dut.c",
    "tools/check/judge.c",          "testbench/cosim/cosim.cpp"};
enum { RAISERS = sizeof raisers / sizeof raisers[0] };

/* Reads the next identifier of an enum of rules: the beginning of the line, or NULL. */
static const char *next_id(const char *at, char id[40]) {
  const char *found = strstr(at, "OIO_RULE_");
  if (found == NULL) return NULL;
  const size_t nbytes = strspn(found, "ABCDEFGHIJKLMNOPQRSTUVWXYZ_0123456789");
  assert_true(nbytes < 40);
  memcpy(id, found, nbytes);
  id[nbytes] = '\0';
  return found + nbytes;
}

static bool has_word(const char *text, const char *word) {
  const size_t nbytes = strlen(word);
  for (const char *at = text; (at = strstr(at, word)) != NULL; at += nbytes)
    if (strchr("ABCDEFGHIJKLMNOPQRSTUVWXYZ_0123456789", at[nbytes]) == NULL) return true;
  return false;
}

static void each_rule_of_the_table_is_raised_somewhere(void **state) {
  (void)state;
  char *header = read_text("cmodel/include/oio/rules.h"), *sources[RAISERS], id[40];
  unsigned rules = 0;
  for (unsigned i = 0; i < RAISERS; i++) sources[i] = read_text(raisers[i]);
  const char *end = strstr(header, "  OIO_RULES\n");
  assert_non_null(end);
  for (const char *at = header; (at = next_id(at, id)) != NULL && at < end; rules++) {
    unsigned i = 0;
    while (i < RAISERS && !has_word(sources[i], id)) i++;
    if (i == RAISERS) fail_msg("nothing raises %s", id);
  }
  assert_int_equal(rules, OIO_RULES);
  for (unsigned i = 0; i < RAISERS; i++) free(sources[i]);
  free(header);
}

/* The other way round: whoever raises a finding names a rule of the table. */
static void no_finding_is_raised_by_a_name_that_is_a_literal(void **state) {
  (void)state;
  static const char *const calls[] = {"oio_monitor_find(", "oio_monitor_note(", "oio_due_ack_now(", " find(", "findings_.push_back("};
  for (unsigned i = 0; i < RAISERS; i++) {
    char *source = read_text(raisers[i]);
    for (unsigned c = 0; c < sizeof calls / sizeof calls[0]; c++) {
      for (const char *at = source; (at = strstr(at, calls[c])) != NULL; at += strlen(calls[c])) {
        /* Up to the text there is a rule: one by its identifier, or a variable of its type. */
        const char *stop = at + strcspn(at, "\";");
        char call[300];
        snprintf(call, sizeof call, "%.*s", (int)(stop - at), at);
        if (strstr(call, "OIO_RULE_") == NULL && strstr(call, "rule") == NULL) fail_msg("%s: %s", raisers[i], call);
      }
    }
    free(source);
  }
}

static void a_rule_is_found_by_its_name_however_its_words_are_parted(void **state) {
  (void)state;
  for (unsigned id = 0; id < OIO_RULES; id++) {
    char name[40];
    assert_int_equal(oio_rule_find(oio_rule_get(id)->name), id);
    assert_string_equal(oio_rule_name((enum oio_rule_id)id), oio_rule_get(id)->name);
    snprintf(name, sizeof name, "%s", oio_rule_get(id)->name);
    for (char *c = name; *c != '\0'; c++)
      if (*c == ' ' || *c == ',') *c = '-';
    assert_int_equal(oio_rule_find(name), id);
  }
  assert_int_equal(oio_rule_find("section_16_watchdog"), OIO_RULE_PLAIN_WATCHDOG);
  assert_int_equal(oio_rule_find(""), OIO_RULES);
  assert_int_equal(oio_rule_find("T"), OIO_RULES);
  assert_int_equal(oio_rule_find("t3"), OIO_RULES);
  assert_int_equal(oio_rule_find("section1"), OIO_RULES);
  assert_int_equal(oio_rule_find("section 16, window and then a name that is longer than any that there is"), OIO_RULES);
}

static void a_name_that_is_none_is_near_to_one_that_is(void **state) {
  (void)state;
  assert_int_equal(oio_rule_nearest("framming"), OIO_RULE_FRAMING);
  assert_int_equal(oio_rule_nearest("quiet"), OIO_RULE_QUIESCENCE);
  assert_int_equal(oio_rule_nearest("PT1x"), OIO_RULE_PT1);
  assert_int_equal(oio_rule_nearest("section-16-windo"), OIO_RULE_PLAIN_WINDOW);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(each_rule_has_a_name_of_its_own_a_sentence_and_a_clause_that_spec_has),
      cmocka_unit_test(each_rule_of_the_table_is_raised_somewhere),
      cmocka_unit_test(no_finding_is_raised_by_a_name_that_is_a_literal),
      cmocka_unit_test(a_rule_is_found_by_its_name_however_its_words_are_parted),
      cmocka_unit_test(a_name_that_is_none_is_near_to_one_that_is),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
