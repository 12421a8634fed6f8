/* SPDX-License-Identifier: Apache-2.0 */
/* Rules that are empty before each test, and what tests of them say again and again. Include after chance.h. */
#ifndef OIO_TESTS_WAVE_RULES_FIXTURE_H
#define OIO_TESTS_WAVE_RULES_FIXTURE_H

#include "rules.h"

#include <string.h>

static struct wave_rules rules;
static struct wave_error error;

static inline int fresh(void **state) {
  (void)state;
  wave_rules_init(&rules);
  return 0;
}

static inline int gone(void **state) {
  (void)state;
  wave_rules_free(&rules);
  return 0;
}

static inline void restart(void) {
  wave_rules_free(&rules);
}

static inline void add(const char *text) {
  if (wave_rules_add(&rules, text, NULL, 0, &error) != WAVE_OK) fail_msg("'%s': %s", text, error.text);
}

static inline const struct wave_rule *last(void) {
  assert_true(rules.n_rules > 0);
  return &rules.rules[rules.n_rules - 1];
}

static inline void span_equal(const char *text, struct wave_span a, struct wave_span b) {
  if (a.value != b.value || a.exponent != b.exponent || a.unit != b.unit) FAIL_WITH_REPLAY("a time of '%s' is not the same", text);
}

static inline void same_text(const char *where, const char *a, const char *b) {
  if (a == NULL || b == NULL ? a != b : strcmp(a, b) != 0)
    FAIL_WITH_REPLAY("%s: '%s' and '%s'", where, a != NULL ? a : "(none)", b != NULL ? b : "(none)");
}

static inline const char *pick(uint64_t *stream, const char *const *from, size_t n) {
  return from[chance_below(stream, n)];
}
#define PICK(stream, ...) pick(stream, (const char *const[]){__VA_ARGS__}, sizeof((const char *const[]){__VA_ARGS__}) / sizeof(char *))

#define TEST(function) cmocka_unit_test_setup_teardown(function, fresh, gone)

#endif
