/* SPDX-License-Identifier: Apache-2.0 */
/* The configuration: the range of every key as its own text states it, what errors say, files, and what a program fills itself. */
#define _GNU_SOURCE

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "config_text.h"
#include "oio/config.h"

static struct oio_config config;
static struct oio_error error;

static enum oio_status set(const char *name, const char *value) {
  char assignment[1400];
  snprintf(assignment, sizeof assignment, "%s=%s", name, value);
  error.text[0] = '\0';
  return oio_config_set(&config, "--set", assignment, &error);
}

static void accepted(const char *name, const char *value) {
  if (set(name, value) != OIO_OK) fail_msg("%s=%s: %s", name, value, error.text);
}

static void refused(const char *name, const char *value) {
  const struct oio_config before = config;
  if (set(name, value) != OIO_ERR_CONFIG) fail_msg("%s=%s is accepted", name, value);
  if (strstr(error.text, name) == NULL || strncmp(error.text, "--set: ", 7) != 0) fail_msg("'%s' does not name %s", error.text, name);
  assert_memory_equal(&before, &config, sizeof config);
}

static const char *value_of(const char *name) {
  static char text[1100];
  for (size_t i = 0; i < oio_config_count(&config); i++) {
    struct oio_config_key key;
    oio_config_describe(&config, i, &key);
    if (strcmp(key.name, name) == 0) return oio_config_value(&config, i, text, sizeof text);
  }
  fail_msg("there is no key %s", name);
  return NULL;
}

/* Whose values are none of a range. */
static bool is_text(const char *name) {
  if (strstr(name, ".errors") != NULL) return true; /* test_error_process */
  return strcmp(name, "trace.map") == 0 || strcmp(name, "net.topology") == 0 || strcmp(name, "workload.step") == 0 ||
         strcmp(name, "faults.schedule") == 0;
}

/* ---- keys ---- */

static void every_key_has_its_own_name_a_help_and_starts_with_its_default(void **state) {
  (void)state;
  oio_config_defaults(&config);
  assert_true(oio_config_count(&config) > 30);
  for (size_t i = 0; i < oio_config_count(&config); i++) {
    struct oio_config_key key, other;
    char text[1100];
    oio_config_describe(&config, i, &key);
    assert_true(strlen(key.help) > 5);
    if (strcmp(oio_config_value(&config, i, text, sizeof text), key.initial) != 0)
      fail_msg("%s is %s, not %s", key.name, text, key.initial);
    for (size_t k = 0; k < i; k++) {
      oio_config_describe(&config, k, &other);
      assert_string_not_equal(key.name, other.name);
    }
  }
}

/* 15 digits do not tell them from their neighbours, 17 do. */
static void a_value_reads_back_as_the_number_that_was_set(void **state) {
  (void)state;
  static const char *const values[] = {"0.30000000000000004", "0.1", "1e-6", "0.12345678901234568", "4.9406564584124654e-324"};
  oio_config_defaults(&config);
  for (size_t i = 0; i < sizeof values / sizeof values[0]; i++) {
    assert_int_equal(set("optical.bit_error_rate", values[i]), OIO_OK);
    assert_true(strtod(value_of("optical.bit_error_rate"), NULL) == strtod(values[i], NULL));
  }
  assert_string_equal((set("optical.bit_error_rate", "0.1"), value_of("optical.bit_error_rate")), "0.1");
}

/* "0..32767": both ends are in, what lies beyond is not. Ends of whole keys are whole numbers. */
static void check_range(const struct oio_config_key *key, char *range) {
  char *dots = strstr(range, "..");
  char beyond[64];
  *dots = '\0';
  const char *low = range, *high = dots + 2;
  const bool whole = strchr(low, '.') == NULL && strchr(high, '.') == NULL && strchr(key->initial, '.') == NULL;
  accepted(key->name, low);
  assert_true(strtod(value_of(key->name), NULL) == strtod(low, NULL));
  accepted(key->name, high);
  assert_true(strtod(value_of(key->name), NULL) == strtod(high, NULL));
  snprintf(beyond, sizeof beyond, "%s%s", high, strchr(high, '.') != NULL ? "1" : "0");
  refused(key->name, beyond);
  if (whole && strlen(high) < 16) {
    snprintf(beyond, sizeof beyond, "%llu", strtoull(high, NULL, 10) + 1);
    refused(key->name, beyond);
  }
  if (strtod(low, NULL) > 0) {
    snprintf(beyond, sizeof beyond, "%.17g", whole ? strtod(low, NULL) - 1 : strtod(low, NULL) * 0.999);
    refused(key->name, beyond);
  }
  static const char *const nonsense[] = {"", "x", "1x", "-1", "0x", "1 2", "nan", "inf", "1e999", "99999999999999999999999"};
  for (size_t i = 0; i < sizeof nonsense / sizeof nonsense[0]; i++) refused(key->name, nonsense[i]);
  snprintf(beyond, sizeof beyond, "  %s ", high);
  accepted(key->name, beyond);
}

/* What a kibibyte and a microsecond are: IEC 80000-13, SI. */
static void sizes_and_times_take_units_and_are_never_rounded(void **state) {
  (void)state;
  static const struct {
    const char *key, *text, *value;
  } cases[] = {
      {"workload.bytes", "8MiB", "8388608"},
      {"workload.bytes", "1KiB", "1024"},
      {"workload.bytes", "131072GiB", "140737488355328"},
      {"workload.bytes", "0.5KiB", "512"},
      {"workload.bytes", "0.0009765625KiB", "1"},
      {"workload.bytes", "1.50GiB", "1610612736"},
      {"vc.buffer_bytes", "0MiB", "0"},
      {"workload.compute_ps", "1.5us", "1500000"},
      {"workload.compute_ps", "7ps", "7"},
      {"workload.compute_ps", "0.001ns", "1"},
      {"workload.compute_ps", "2.25ms", "2250000000"},
      {"workload.compute_ps", "1000s", "1000000000000000"},
      {"optical.ps_per_m", "4.897ns", "4897"},
      {"results.warm_up_ps", "4611686.018427387904s", "4611686018427387904"},
  };
  static const struct {
    const char *key, *text, *why;
  } wrong[] = {
      {"workload.bytes", "0.3KiB", "is no whole number of bytes; use 1..140737488355328 bytes"},
      {"workload.bytes", "131073GiB", "is out of range; use 1..140737488355328 bytes"},
      {"workload.bytes", "17179869184GiB", "is out of range"}, /* 2^64 */
      {"workload.bytes", "8MB", "has a unit that is none of KiB, MiB, GiB; use"},
      {"workload.bytes", "8mib", "has a unit that is none of KiB, MiB, GiB; use"},
      {"workload.bytes", "8 MiB", "has a unit that is none of"},
      {"workload.bytes", "8MiBs", "has a unit that is none of"},
      {"workload.bytes", "1ns", "has a unit that is none of KiB"},
      {"workload.bytes", "MiB", "is no number; use"},
      {"workload.bytes", ".5MiB", "is no number; use"},
      {"workload.bytes", "1.MiB", "is no number; use"},
      {"workload.bytes", "-1MiB", "is no number; use"},
      {"workload.bytes", "0KiB", "is out of range"},
      {"workload.bytes", "1.0", "is no whole number; use"},
      {"workload.compute_ps", "1KiB", "has a unit that is none of ps, ns, us, ms, s; use 0..1000000000000000 ps"},
      {"workload.compute_ps", "0.5ps", "is no whole number of ps"},
      {"workload.compute_ps", "0.0001ns", "is no whole number of ps"},
      {"workload.compute_ps", "1001s", "is out of range"},
      {"workload.compute_ps", "18446744.073709551616s", "is no whole number of ps"}, /* more digits than there is room for */
      {"workload.messages", "1KiB", "is no number; use 1..1000000000000"},
      {"optical.timeout_flits", "5us", "is no number"},
      {"optical.marker_period_bits", "1KiB", "is no number"},
      {"optical.length_m", "1ns", "is no number"},
  };
  oio_config_defaults(&config);
  for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
    accepted(cases[i].key, cases[i].text);
    if (strcmp(value_of(cases[i].key), cases[i].value) != 0) fail_msg("%s is %s", cases[i].text, value_of(cases[i].key));
  }
  for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
    refused(wrong[i].key, wrong[i].text);
    if (strstr(error.text, wrong[i].why) == NULL || strstr(error.text, wrong[i].text) == NULL) fail_msg("%s", error.text);
  }
}

static void check_choices(const struct oio_config_key *key, char *range) {
  for (char *word = strtok(range, "|"); word != NULL; word = strtok(NULL, "|")) {
    char longer[64];
    accepted(key->name, word);
    assert_string_equal(value_of(key->name), word);
    snprintf(longer, sizeof longer, "%sx", word);
    refused(key->name, longer);
    snprintf(longer, sizeof longer, "%.*s", (int)strlen(word) - 1, word);
    refused(key->name, longer);
  }
  refused(key->name, "");
  refused(key->name, "|");
  refused(key->name, key->range);
}

static void every_key_takes_its_whole_range_and_nothing_beyond(void **state) {
  (void)state;
  oio_config_defaults(&config);
  unsigned ranges = 0, choices = 0;
  for (size_t i = 0; i < oio_config_count(&config); i++) {
    struct oio_config_key key;
    char range[128];
    oio_config_describe(&config, i, &key);
    snprintf(range, sizeof range, "%s", key.range);
    if (is_text(key.name)) continue;
    if (strcmp(key.range, "NAME") == 0) continue; /* test_technology */
    if (strstr(range, "..") != NULL) {
      check_range(&key, range);
      ranges++;
    } else {
      check_choices(&key, range);
      choices++;
    }
  }
  assert_true(ranges > 25 && choices >= 6);
}

static void the_range_of_a_whole_key_is_written_in_whole_numbers(void **state) {
  (void)state;
  for (size_t i = 0; i < oio_config_count(&config); i++) {
    struct oio_config_key key;
    oio_config_describe(&config, i, &key);
    const char *dots = strcmp(key.name, "trace.map") == 0 ? NULL : strstr(key.range, "..");
    const bool real = strstr(key.name, "rate") != NULL || strstr(key.name, "length") != NULL || strstr(key.name, "load") != NULL;
    if (dots != NULL && !real && strchr(dots + 2, '.') != NULL) fail_msg("%s: %s", key.name, key.range);
  }
}

static void the_seed_takes_all_64_bits(void **state) {
  (void)state;
  accepted("sim.seed", "18446744073709551615");
  assert_true(config.seed == UINT64_MAX);
  accepted("sim.seed", "18446744073709551614");
  assert_true(config.seed == UINT64_MAX - 1);
  refused("sim.seed", "18446744073709551616");
}

static void the_map_and_the_step_take_1023_characters(void **state) {
  (void)state;
  char text[1100];
  memset(text, '0', sizeof text);
  text[1023] = '\0';
  accepted("trace.map", text);
  accepted("workload.step", text);
  assert_string_equal(config.map, text);
  assert_string_equal(config.step, text);
  text[1023] = '0';
  text[1024] = '\0';
  refused("trace.map", text);
  refused("workload.step", text);
}

static void an_unknown_key_is_answered_with_the_nearest(void **state) {
  (void)state;
  static const char *const cases[][2] = {
      {"optical.lenght_m", "optical.length_m"},
      {"optcal.length_m", "optical.length_m"},
      {"optical.windw_flits", "optical.window_flits"},
      {"seed", "sim.seed"},
      {"fidelity", "sim.fidelity"},
      {"topology", "net.topology"},
      {"optical.bit_errr_rate", "optical.bit_error_rate"},
      {"die_link.windowflits", "die_link.window_flits"},
      {"vc.counts", "vc.count"},
      {"optical.length_mm", "optical.length_m"},
      {"Optical.lanes", "optical.lanes"},
  };
  for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
    char suggestion[80];
    assert_int_equal(set(cases[i][0], "1"), OIO_ERR_CONFIG);
    snprintf(suggestion, sizeof suggestion, "did you mean %s?", cases[i][1]);
    if (strstr(error.text, suggestion) == NULL || strstr(error.text, cases[i][0]) == NULL) fail_msg("%s", error.text);
  }
}

/* All that ever had another name: by hand, not from the table. */
static void a_key_of_old_is_refused_with_its_name_of_now(void **state) {
  (void)state;
  static const char *const names[][2] = {
      {"path.topology", "net.topology"},
      {"channel.bit_error_rate", "optical.bit_error_rate"},
      {"channel.length_m", "optical.length_m"},
      {"channel.ps_per_m", "optical.ps_per_m"},
      {"channel.lanes", "optical.lanes"},
      {"channel.lane_rate_gbps", "optical.lane_rate_gbps"},
      {"channel.logic_ps", "optical.logic_ps"},
      {"die.bit_error_rate", "die_link.bit_error_rate"},
      {"die.length_m", "die_link.length_m"},
      {"die.lanes", "die_link.lanes"},
      {"die.lane_rate_gbps", "die_link.lane_rate_gbps"},
      {"die.logic_ps", "die_link.logic_ps"},
      {"link.window_flits", "optical.window_flits"},
      {"link.buffer_flits", "optical.buffer_flits"},
      {"link.timeout_flits", "optical.timeout_flits"},
      {"link.nak_repeat_flits", "optical.nak_repeat_flits"},
      {"workload.flits", "workload.messages"},
      {"workload.burst_flits", "workload.burst_messages"},
  };
  const size_t count = sizeof names / sizeof names[0];
  for (size_t i = 0; i < count; i++) {
    char expected[120];
    (void)value_of(names[i][1]); /* there is one */
    snprintf(expected, sizeof expected, "--set: the key %s is called %s now; use that", names[i][0], names[i][1]);
    refused(names[i][0], "1");
    assert_string_equal(error.text, expected);
  }
  for (size_t i = 0; i < count; i++) assert_non_null(oio_config_renamed(i));
  assert_null(oio_config_renamed(count));
}

static void what_is_no_assignment_is_refused_with_an_example(void **state) {
  (void)state;
  static const char *const cases[] = {"", "optical.length_m", "optical.length_m 5"};
  for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
    assert_int_equal(oio_config_set(&config, "--set", cases[i], &error), OIO_ERR_CONFIG);
    assert_non_null(strstr(error.text, "KEY=VALUE"));
  }
  assert_int_equal(oio_config_set(&config, "--set", "=5", &error), OIO_ERR_CONFIG);
  assert_int_equal(oio_config_set(&config, "--set", "nonsense", NULL), OIO_ERR_CONFIG);
}

/* ---- files ---- */

static char path[CONFIG_PATH_BYTES];

static enum oio_status load(const char *text) {
  return load_text(&config, text, path, &error);
}

static void a_file_of_keys_comments_and_blank_lines_is_read(void **state) {
  (void)state;
  assert_int_equal(load("# all of it\n\n  optical.length_m = 250 # metres\nlink.format=6\r\n\tsim.fidelity =event\nnet.topology= pair"),
                   OIO_OK);
  assert_true(config.classes[OIO_CLASS_OPTICAL].length_m == 250);
  assert_int_equal(config.link_format, 6);
  assert_int_equal(config.fidelity, OIO_EVENT);
  assert_int_equal(oio_config_topology(&config), OIO_DIRECT);
}

static void an_error_in_a_file_names_file_and_line(void **state) {
  (void)state;
  char expected[120];
  assert_int_equal(load("# one\n\nlink.format=6\nlink.format=5\n"), OIO_ERR_CONFIG);
  snprintf(expected, sizeof expected, "%s:4: link.format=5", path);
  if (strncmp(error.text, expected, strlen(expected)) != 0) fail_msg("%s", error.text);
  assert_int_equal(load("nonsense\n"), OIO_ERR_CONFIG);
  snprintf(expected, sizeof expected, "%s:1: ", path);
  if (strncmp(error.text, expected, strlen(expected)) != 0) fail_msg("%s", error.text);
}

static void a_long_line_is_one_line(void **state) {
  (void)state;
  static char text[6000], expected[120];
  memset(text, 'x', sizeof text);
  text[0] = '#';
  strcpy(text + 5000, "\nlink.format=6\nlink.format=5\n");
  assert_int_equal(load(text), OIO_ERR_CONFIG);
  snprintf(expected, sizeof expected, "%s:3: link.format=5", path);
  if (strncmp(error.text, expected, strlen(expected)) != 0) fail_msg("%.300s", error.text);
  memset(text, ' ', sizeof text);
  strcpy(text + 3000, "link.format=6\n");
  const enum oio_status status = load(text); /* read, or refused: not half of it taken for something else */
  assert_true(status == OIO_ERR_CONFIG || config.link_format == 6);
}

static void a_file_that_is_not_there_is_an_io_error_with_its_path(void **state) {
  (void)state;
  assert_int_equal(oio_config_load(&config, "no/such/file.conf", &error), OIO_ERR_IO);
  assert_non_null(strstr(error.text, "no/such/file.conf"));
}

/* ---- a structure that a program has filled itself ---- */

static uint64_t *whole_at(size_t at) {
  return (uint64_t *)(void *)((char *)&config + at);
}
static double *real_at(size_t at) {
  return (double *)(void *)((char *)&config + at);
}

static void refused_whole(size_t at, uint64_t value, const char *name) {
  oio_config_defaults(&config);
  *whole_at(at) = value;
  error.text[0] = '\0';
  if (oio_config_resolve(&config, &error) != OIO_ERR_CONFIG) fail_msg("%s=%llu resolves", name, (unsigned long long)value);
  if (strstr(error.text, name) == NULL || strstr(error.text, "out of range") == NULL) fail_msg("'%s' does not name %s", error.text, name);
}

static void refused_real(size_t at, double value, const char *name) {
  oio_config_defaults(&config);
  *real_at(at) = value;
  error.text[0] = '\0';
  if (oio_config_resolve(&config, &error) != OIO_ERR_CONFIG) fail_msg("%s=%g resolves", name, value);
  if (strstr(error.text, name) == NULL || strstr(error.text, "out of range") == NULL) fail_msg("'%s' does not name %s", error.text, name);
}

#define AT(field) offsetof(struct oio_config, field)

static void a_value_that_no_key_takes_does_not_resolve(void **state) {
  (void)state;
  static const struct {
    size_t at;
    const char *name;
    uint64_t values[3];
  } wholes[] = {
      {AT(classes[OIO_CLASS_OPTICAL].lanes), "optical.lanes", {0, 1025, UINT64_MAX}},
      {AT(classes[OIO_CLASS_DIE_LINK].lanes), "die_link.lanes", {0, 1025, UINT64_MAX}},
      {AT(message_bytes), "workload.message_bytes", {(1u << 30) + 1, 1ull << 40, UINT64_MAX}},
      {AT(generated_vcs), "workload.vcs", {0, 9, UINT64_MAX}},
      {AT(vc_count), "vc.count", {0, 9, 256}},
      {AT(depth), "workload.depth", {65, 66, UINT64_MAX}},
      {AT(rtl_clock_ps), "rtl.clock_ps", {0, 1000001, UINT64_MAX}},
      {AT(lookahead_records), "trace.lookahead_records", {0, 1023, 16777217}},
      {AT(link_replay_limit), "link.replay_limit", {0, 65536, UINT64_MAX}},
      {AT(generator), "workload.generate", {10, 11, UINT64_MAX}},
      {AT(fidelity), "sim.fidelity", {2, 3, UINT64_MAX}},
      {AT(link_format), "link.format", {0, 4, 7}},
      {AT(rtl_datapath_bytes), "rtl.datapath_bytes", {0, 1, 65}},
      {AT(directions), "workload.directions", {3, 4, UINT64_MAX}},
      {AT(loop), "trace.loop", {2, 3, UINT64_MAX}},
  };
  for (size_t i = 0; i < sizeof wholes / sizeof wholes[0]; i++) {
    for (unsigned k = 0; k < 3; k++) refused_whole(wholes[i].at, wholes[i].values[k], wholes[i].name);
  }
  static const struct {
    size_t at;
    const char *name;
  } reals[] = {{AT(classes[OIO_CLASS_OPTICAL].lane_rate_gbps), "optical.lane_rate_gbps"},
               {AT(classes[OIO_CLASS_DIE_LINK].lane_rate_gbps), "die_link.lane_rate_gbps"},
               {AT(load), "workload.load"},
               {AT(classes[OIO_CLASS_OPTICAL].length_m), "optical.length_m"},
               {AT(classes[OIO_CLASS_DIE_LINK].length_m), "die_link.length_m"},
               {AT(classes[OIO_CLASS_OPTICAL].bit_error_rate), "optical.bit_error_rate"},
               {AT(classes[OIO_CLASS_DIE_LINK].bit_error_rate), "die_link.bit_error_rate"}};
  static const double values[] = {-1, 1e300};
  for (size_t i = 0; i < sizeof reals / sizeof reals[0]; i++) {
    for (unsigned k = 0; k < 2; k++) refused_real(reals[i].at, values[k], reals[i].name);
    refused_real(reals[i].at, strtod("nan", NULL), reals[i].name);
    refused_real(reals[i].at, strtod("inf", NULL), reals[i].name);
  }
  refused_real(AT(classes[OIO_CLASS_OPTICAL].lane_rate_gbps), 0, "optical.lane_rate_gbps");
  refused_real(AT(load), 0, "workload.load");
}

static void a_map_without_an_end_does_not_resolve(void **state) {
  (void)state;
  oio_config_defaults(&config);
  memset(config.map, '1', sizeof config.map);
  assert_int_equal(oio_config_resolve(&config, &error), OIO_ERR_CONFIG);
  assert_non_null(strstr(error.text, "trace.map"));
}

static void what_is_set_by_name_passes_the_check_at_both_ends_of_its_range(void **state) {
  (void)state;
  for (size_t i = 0; i < oio_config_count(&config); i++) {
    struct oio_config_key key;
    char range[128];
    oio_config_describe(&config, i, &key);
    if (is_text(key.name)) continue;
    if (strcmp(key.range, "NAME") == 0) continue; /* test_technology */
    snprintf(range, sizeof range, "%s", key.range);
    char *dots = strstr(range, "..");
    if (dots != NULL) *dots = '|', dots[1] = '|';
    for (char *word = strtok(range, "|"); word != NULL; word = strtok(NULL, "|")) {
      oio_config_defaults(&config);
      accepted(key.name, word);
      if (oio_config_check(&config, &error) != OIO_OK) fail_msg("%s=%s: %s", key.name, word, error.text);
    }
  }
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(a_value_that_no_key_takes_does_not_resolve),
      cmocka_unit_test(a_map_without_an_end_does_not_resolve),
      cmocka_unit_test(what_is_set_by_name_passes_the_check_at_both_ends_of_its_range),
      cmocka_unit_test(every_key_has_its_own_name_a_help_and_starts_with_its_default),
      cmocka_unit_test(every_key_takes_its_whole_range_and_nothing_beyond),
      cmocka_unit_test(sizes_and_times_take_units_and_are_never_rounded),
      cmocka_unit_test(the_range_of_a_whole_key_is_written_in_whole_numbers),
      cmocka_unit_test(the_seed_takes_all_64_bits),
      cmocka_unit_test(the_map_and_the_step_take_1023_characters),
      cmocka_unit_test(an_unknown_key_is_answered_with_the_nearest),
      cmocka_unit_test(what_is_no_assignment_is_refused_with_an_example),
      cmocka_unit_test(a_file_of_keys_comments_and_blank_lines_is_read),
      cmocka_unit_test(an_error_in_a_file_names_file_and_line),
      cmocka_unit_test(a_long_line_is_one_line),
      cmocka_unit_test(a_file_that_is_not_there_is_an_io_error_with_its_path),
      cmocka_unit_test(a_key_of_old_is_refused_with_its_name_of_now),
      cmocka_unit_test(a_value_reads_back_as_the_number_that_was_set),
  };
  return cmocka_run_group_tests_name("config", tests, NULL, NULL);
}
