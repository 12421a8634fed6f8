/* SPDX-License-Identifier: Apache-2.0 */
/* Sections of configuration files, and classes of links that a user makes: against the same keys by their full names, and errors word by
 * word. */
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
#include "configured.h"

static char path[CONFIG_PATH_BYTES];
static struct oio_config config;
static struct oio_error error;

static enum oio_status load(const char *text) {
  return load_text(&config, text, path, &error);
}

static void reads(const char *text) {
  if (load(text) != OIO_OK) fail_msg("%s", error.text);
}

/* A file that is refused with exactly this behind its name. */
static void refuses(const char *text, const char *expected) {
  char whole[400];
  if (load(text) != OIO_ERR_CONFIG) fail_msg("accepted: %s", text);
  snprintf(whole, sizeof whole, "%s:%s", path, expected);
  assert_string_equal(error.text, whole);
}

static void a_key_in_a_section_is_the_key_of_its_full_name_for_every_key(void **state) {
  (void)state;
  struct oio_config defaults, changed;
  oio_config_defaults(&defaults);
  for (size_t i = 0; i < oio_config_count(&defaults); i++) {
    struct oio_config_key key;
    char value[64], text[256];
    oio_config_describe(&defaults, i, &key);
    /* A value that it has not by itself: the other end of its range, another of its words. */
    snprintf(value, sizeof value, "%s", strcmp(key.range, "NAME") == 0 ? "lpo_800g" : key.range);
    if (strstr(value, "..") != NULL) {
      *strstr(value, "..") = '\0';
      if (strcmp(value, key.initial) == 0) snprintf(value, sizeof value, "%s", strstr(key.range, "..") + 2);
    } else {
      value[strcspn(value, "|")] = '\0';
      if (strcmp(value, key.initial) == 0)
        snprintf(value, sizeof value, "%s", strchr(key.range, '|') + 1), value[strcspn(value, "|")] = '\0';
    }
    changed = defaults;
    snprintf(text, sizeof text, "%s=%s", key.name, value);
    set(&changed, text);
    assert_memory_not_equal(&changed, &defaults, sizeof defaults);
    const int dot = (int)strcspn(key.name, ".");
    snprintf(text, sizeof text, "  [ %.*s ]  # a section\n\t%s =%s # a key\r\n", dot, key.name, key.name + dot + 1, value);
    reads(text);
    assert_memory_equal(&changed, &config, sizeof config);
  }
}

static void full_names_stand_above_the_first_section_and_a_section_ends_at_the_next(void **state) {
  (void)state;
  reads(
      "row.lanes = 3\nsim.seed=9\n[rack]\nlanes = 4\n[package]\nlanes=5\n[empty_but_for_a_comment]\nlike=row # so\n[rack]\nlength_m=7.5\n");
  assert_int_equal(config.classes[OIO_CLASS_ROW].lanes, 3);
  assert_int_equal(config.classes[OIO_CLASS_RACK].lanes, 4);
  assert_true(config.classes[OIO_CLASS_RACK].length_m == 7.5);
  assert_int_equal(config.classes[OIO_CLASS_PACKAGE].lanes, 5);
  assert_int_equal(config.seed, 9);
  reads("[rack]\n\n[row]\n");
}

static void what_is_no_section_or_none_that_there_is_is_refused_with_its_line_and_the_nearest(void **state) {
  (void)state;
  refuses("\n[rak]\nlength_m=3\n",
          "2: there is no section [rak]; did you mean [rack]? Or for a class of your own begin it with like = rack");
  refuses("[zzz]\n[rack]\n", "1: there is no section [zzz]; for a class of your own begin it with like = rack");
  refuses("[zzz]\n#\n", "1: there is no section [zzz]; for a class of your own begin it with like = rack");
  refuses("[channel]\nlength_m=3\n", "1: the section [channel] is called [optical] now; use that");
  refuses("[path]\n", "1: the section [path] is called [net] now; use that");
  static const char *const none[] = {"[rack", "[]", "[", "[ ]", "[rack] x", "[ra ck]", "[rack.lanes]", "[[rack]]", "[rack=]"};
  for (size_t i = 0; i < sizeof none / sizeof none[0]; i++) {
    char expected[120];
    snprintf(expected, sizeof expected, "1: '%s' is no section; write for example [rack]", none[i]);
    refuses(none[i], expected);
  }
}

static void in_a_section_a_key_of_another_or_with_its_full_name_is_refused_with_both_ways_to_write_it(void **state) {
  (void)state;
  refuses("[rack]\nlanes=4\nrow.lanes=2\n", "3: a key in [rack] has no dot; write lanes in [row], or row.lanes above the first section");
  refuses("[rack]\nrack.lanes=2\n", "2: a key in [rack] has no dot; write lanes in [rack], or rack.lanes above the first section");
  reads("[net]\ntopology=./a.net\n[rack]\nlength_m=2.5\n"); /* dots in values are no matter */
  assert_string_equal(config.net, "./a.net");
}

static void a_bad_key_or_value_in_a_section_is_named_in_full(void **state) {
  (void)state;
  refuses("[rack]\nlength=3\n", "2: there is no key 'rack.length'; did you mean rack.length_m? `oio sim --help` lists them");
  refuses("[switch]\n\nlatency_ps=x\n", "3: switch.latency_ps=x is no number; use 0..1000000000 ps");
  refuses("[die]\nlanes=3\n", "2: the key die.lanes is called die_link.lanes now; use that");
  refuses("[rack]\nlanes\n", "2: 'rack.lanes' is not KEY=VALUE; write for example optical.length_m=100");
}

/* ---- classes of a user ---- */

static const char four[] = "[rack]\nlanes=8\n[tray]\nlike=package\nlength_m=0.5\n[hall]\nlike=rack\nlength_m=200\n[rack]\nlanes=4\n";

static void a_class_begins_with_the_values_that_another_has_by_then(void **state) {
  (void)state;
  reads(four);
  assert_int_equal(oio_config_classes(&config), OIO_LINK_CLASSES + 2);
  const unsigned tray = oio_config_class_named(&config, "tray"), hall = oio_config_class_named(&config, "hall");
  assert_string_equal(oio_config_class_name(&config, tray), "tray");
  assert_string_equal(oio_config_class_name(&config, hall), "hall");
  assert_int_equal(oio_config_class_named(&config, "attic"), oio_config_classes(&config));
  assert_int_equal(config.classes[hall].lanes, 8); /* of then */
  assert_int_equal(config.classes[OIO_CLASS_RACK].lanes, 4);
  assert_int_equal(config.classes[tray].lanes, 64); /* of package */
  assert_true(config.classes[tray].length_m == 0.5 && config.classes[hall].length_m == 200);
  assert_true(config.classes[OIO_CLASS_PACKAGE].length_m == 0.01);
}

static void a_class_has_the_keys_that_a_rack_has_and_they_reach_its_links_alone(void **state) {
  (void)state;
  reads(four);
  struct oio_config_key key, of_rack;
  unsigned rack_keys = 0, checked = 0;
  const size_t count = oio_config_count(&config);
  for (size_t i = 0; i < count; i++) {
    oio_config_describe(&config, i, &of_rack);
    if (strncmp(of_rack.name, "rack.", 5) != 0) continue;
    rack_keys++;
    for (size_t k = 0; k < count; k++) {
      oio_config_describe(&config, k, &key);
      if (strncmp(key.name, "tray.", 5) != 0 || strcmp(key.name + 5, of_rack.name + 5) != 0) continue;
      assert_string_equal(key.range, of_rack.range);
      assert_string_equal(key.unit, of_rack.unit);
      checked++;
    }
  }
  assert_int_equal(rack_keys, 34);
  assert_int_equal(checked, 34);
  set(&config, "tray.lanes=2");
  set(&config, "tray.length_m=2");
  set(&config, "tray.window_flits=5");
  resolve(&config);
  struct oio_channel_config wire;
  struct oio_link_config end;
  for (unsigned i = 0; i < oio_config_classes(&config); i++) {
    const bool tray = strcmp(oio_config_class_name(&config, i), "tray") == 0;
    oio_config_class_channel(&config, i, 77, true, &wire);
    oio_config_class_link(&config, i, 16, OIO_PROFILE_ROUTED, &end);
    assert_true(tray == (wire.lanes == 2) && tray == (end.window_flits == 5) && tray == (wire.flight_ps == 14000)); /* 2 m at 7 ns */
  }
}

static void what_is_shown_of_a_configuration_with_classes_reads_back_as_it_was(void **state) {
  (void)state;
  struct oio_config again;
  reads(four);
  resolve(&config);
  oio_config_defaults(&again);
  for (size_t i = 0; i < oio_config_count(&config); i++) {
    struct oio_config_key key;
    char value[1100], text[1200];
    oio_config_describe(&config, i, &key);
    snprintf(text, sizeof text, "%s=%s", key.name, oio_config_value(&config, i, value, sizeof value));
    set(&again, text);
  }
  for (unsigned i = 0; i < oio_config_classes(&again); i++) again.classes[i].own = config.classes[i].own; /* how it was set is no value */
  assert_memory_equal(&again, &config, sizeof config);
}

static void a_class_is_refused_that_cannot_be_or_is_another(void **state) {
  (void)state;
  refuses("[tray]\nlanes=2\nlike=row\n",
          "1: there is no section [tray]; did you mean [trace]? Or for a class of your own begin it with like = rack");
  refuses("tray.lanes=2\n", "1: there is no key 'tray.lanes': no class of links is called tray; make one before, with tray.like=rack");
  refuses("[tray]\nlike=optical\n", "2: tray.like=optical is no class to begin with; use package, rack, row or one made before");
  refuses("[tray]\nlike=tray\n", "2: tray.like=tray is no class to begin with; use package, rack, row or one made before");
  refuses("[rack]\nlike=row\n", "2: there are keys rack.* already; give a class that is like another a name of its own");
  refuses("vc.like=row\n", "1: there are keys vc.* already; give a class that is like another a name of its own");
  refuses("a.b.like=row\n", "1: 'a.b' is no name of a class; use up to 31 letters, digits, '_' and '-'");
  refuses("a23456789012345678901234567890xy.like=row\n",
          "1: 'a23456789012345678901234567890xy' is no name of a class; use up to 31 letters, digits, '_' and '-'");
  refuses("tray.like=row\ntray.like=rack\n", "2: the class tray is there already, like row; leave out one of the two");
  reads("tray.like=row\ntray.lanes=2\ntray.like=row\n");
  assert_int_equal(config.classes[OIO_LINK_CLASSES].lanes, 2);
  char many[300] = "";
  for (int i = 0; i < OIO_LINK_CLASSES_MAX - OIO_LINK_CLASSES + 1; i++) sprintf(many + strlen(many), "c%d.like=row\n", i);
  refuses(many, "12: c11 is one class more than the 11 that can be made; use one of them twice");
}

static void a_program_that_fills_in_classes_by_itself_is_checked(void **state) {
  (void)state;
  reads(four);
  assert_int_equal(oio_config_check(&config, &error), OIO_OK);
  const struct oio_config good = config;
  memset(config.own[1].name, 'x', sizeof config.own[1].name);
  assert_int_equal(oio_config_check(&config, &error), OIO_ERR_CONFIG);
  assert_non_null(strstr(error.text, "own[1].name"));
  config = good;
  strcpy(config.own[1].name, "tray");
  assert_int_equal(oio_config_check(&config, &error), OIO_ERR_CONFIG);
  assert_non_null(strstr(error.text, "own[1].name"));
  config = good;
  config.own_classes = OIO_LINK_CLASSES_MAX - OIO_LINK_CLASSES + 1;
  assert_int_equal(oio_config_check(&config, &error), OIO_ERR_CONFIG);
  assert_non_null(strstr(error.text, "own_classes"));
  config = good;
  config.classes[OIO_LINK_CLASSES + 1].lanes = 0;
  assert_int_equal(oio_config_check(&config, &error), OIO_ERR_CONFIG);
  assert_non_null(strstr(error.text, "hall.lanes=0"));
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(a_key_in_a_section_is_the_key_of_its_full_name_for_every_key),
      cmocka_unit_test(full_names_stand_above_the_first_section_and_a_section_ends_at_the_next),
      cmocka_unit_test(what_is_no_section_or_none_that_there_is_is_refused_with_its_line_and_the_nearest),
      cmocka_unit_test(in_a_section_a_key_of_another_or_with_its_full_name_is_refused_with_both_ways_to_write_it),
      cmocka_unit_test(a_bad_key_or_value_in_a_section_is_named_in_full),
      cmocka_unit_test(a_class_begins_with_the_values_that_another_has_by_then),
      cmocka_unit_test(a_class_has_the_keys_that_a_rack_has_and_they_reach_its_links_alone),
      cmocka_unit_test(what_is_shown_of_a_configuration_with_classes_reads_back_as_it_was),
      cmocka_unit_test(a_class_is_refused_that_cannot_be_or_is_another),
      cmocka_unit_test(a_program_that_fills_in_classes_by_itself_is_checked),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
