/* SPDX-License-Identifier: Apache-2.0 */
/* CLASS.errors: what each word brings to the channels of its class, and to them alone; and what it cannot be. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "configured.h"

static void each_word_makes_its_process(void **state) {
  (void)state;
  static const struct {
    const char *text;
    struct oio_error_process expected;
  } rows[] = {
      {"independent", {.kind = OIO_ERRORS_INDEPENDENT}},
      {"nrz:0.5", {.kind = OIO_ERRORS_RUNS, .symbol_bits = 1, .propagation = 0.5}},
      {"pam4:0.75", {.kind = OIO_ERRORS_RUNS, .symbol_bits = 2, .propagation = 0.75}},
      {"pam4:0", {.kind = OIO_ERRORS_RUNS, .symbol_bits = 2}},
      {"precoded:7.5e-1", {.kind = OIO_ERRORS_RUNS, .symbol_bits = 2, .propagation = 0.75, .precoded = true}},
      {"two-state:0.5:1e-3:100", {.kind = OIO_ERRORS_GILBERT, .bad_rate = 0.5, .bad_part = 1e-3, .bad_bits = 100}},
      {"precoded:0.75+two-state:0.25:1e-3:100",
       {.kind = OIO_ERRORS_BOTH,
        .symbol_bits = 2,
        .propagation = 0.75,
        .precoded = true,
        .bad_rate = 0.25,
        .bad_part = 1e-3,
        .bad_bits = 100}},
      {"nrz:.5+two-state:0.5:1e-3:100",
       {.kind = OIO_ERRORS_BOTH, .symbol_bits = 1, .propagation = 0.5, .bad_rate = 0.5, .bad_part = 1e-3, .bad_bits = 100}},
  };
  for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
    struct oio_config config;
    struct oio_channel_config wire, other;
    char assignment[100];
    oio_config_defaults(&config);
    set(&config, "net.topology=ring:4");
    set(&config, "rack.bit_error_rate=1e-3");
    snprintf(assignment, sizeof assignment, "rack.errors=%s", rows[i].text);
    set(&config, assignment);
    resolve(&config);
    oio_config_class_channel(&config, OIO_CLASS_RACK, 0, false, &wire);
    oio_config_class_channel(&config, OIO_CLASS_ROW, 0, false, &other);
    const struct oio_error_process *e = &wire.errors, *x = &rows[i].expected;
    if (e->kind != x->kind || e->symbol_bits != x->symbol_bits || e->propagation != x->propagation || e->precoded != x->precoded ||
        e->bad_rate != x->bad_rate || e->bad_part != x->bad_part || e->bad_bits != x->bad_bits)
      fail_msg("%s is another process", rows[i].text);
    assert_int_equal(other.errors.kind, OIO_ERRORS_INDEPENDENT);
  }
}

static void what_is_no_process_or_does_not_go_with_the_rate_is_refused(void **state) {
  (void)state;
  static const struct {
    const char *text, *named;
  } rows[] = {
      {"", "use independent, nrz:A"},
      {"pam", "use independent, nrz:A"},
      {"pam4", "use independent, nrz:A"},
      {"pam45:0.5", "use independent, nrz:A"},
      {"pam4:", "use independent, nrz:A"},
      {"pam4:a", "use independent, nrz:A"},
      {"pam4:-0.5", "use independent, nrz:A"},
      {"pam4:nan", "use independent, nrz:A"},
      {"pam4:0.5:1", "use independent, nrz:A"},
      {"independent:1", "use independent, nrz:A"},
      {"two-state:0.5:1e-3", "use independent, nrz:A"},
      {"pam4:0.5+", "use independent, nrz:A"},
      {"+two-state:0.5:1e-3:100", "use independent, nrz:A"},
      {"pam4:0.5+pam4:0.5", "use independent, nrz:A"},
      {"two-state:0.1:1e-3:100+pam4:0.5", "use independent, nrz:A"},
      {"independent+two-state:0.1:1e-3:100", "use independent, nrz:A"},
      {"pam4:0.5+two-state:0.1:1e-3:100+nrz:0.5", "use independent, nrz:A"},
      {"pam4:0.5+two-state:0.4:1e-3:100", "at bit_error_rate 0.4"},
      {"pam4:1+two-state:0.1:1e-3:100", "propagation 1"},
      {"pam4:1", "propagation 1"},
      {"nrz:1e999", "propagation inf"},
      {"two-state:0.6:1e-3:100", "bad_rate 0.6"},
      {"two-state:0.5:0.6:100", "bad_part 0.6"},
      {"two-state:0.5:1e-3:0", "bad_bits 0"},
      {"two-state:0.5:0.01:100", "no more errors in the bad part than there are in all"},
  };
  for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
    struct oio_config config;
    struct oio_error error = {{0}};
    char assignment[100];
    oio_config_defaults(&config);
    set(&config, "optical.bit_error_rate=1e-3");
    snprintf(assignment, sizeof assignment, "optical.errors=%s", rows[i].text);
    set(&config, assignment);
    if (oio_config_resolve(&config, &error) != OIO_ERR_CONFIG) fail_msg("%s is not refused", assignment);
    if (strncmp(error.text, assignment, strlen(assignment)) != 0 || strstr(error.text, rows[i].named) == NULL)
      fail_msg("%s: '%s' does not say %s", assignment, error.text, rows[i].named);
  }
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(each_word_makes_its_process),
      cmocka_unit_test(what_is_no_process_or_does_not_go_with_the_rate_is_refused),
  };
  return cmocka_run_group_tests_name("error process", tests, NULL, NULL);
}
