/* SPDX-License-Identifier: Apache-2.0 */
/* What follows from a configuration: the automatic values, computed by hand, what does not go together, and the parts that are made. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "configured.h"

static struct oio_config config;
static struct oio_error error;

static void give(const char *name, const char *value) {
  char assignment[1400];
  snprintf(assignment, sizeof assignment, "%s=%s", name, value);
  set(&config, assignment);
}

static void a_net_is_of_two_dies_or_routed(void **state) {
  (void)state;
  oio_config_defaults(&config);
  assert_int_equal(oio_config_topology(&config), OIO_BRIDGED);
  set(&config, "net.topology=pair");
  assert_int_equal(oio_config_topology(&config), OIO_DIRECT);
  assert_false(oio_config_is_routed(&config));
  set(&config, "net.topology=torus:4x4");
  assert_true(oio_config_is_routed(&config));
  assert_int_equal(oio_config_resolve(&config, &error), OIO_OK);
  assert_int_equal(config.message_bytes, 222); /* what fills a flit: 236 - 6 - 8 */
  memset(config.net, 'x', sizeof config.net);  /* by a program */
  assert_int_equal(oio_config_check(&config, &error), OIO_ERR_CONFIG);
  assert_non_null(strstr(error.text, "net.topology"));
}

static void the_automatic_values_of_10_m_are_those_computed_by_hand(void **state) {
  (void)state;
  oio_config_defaults(&config);
  set(&config, "optical.length_m=10");
  resolve(&config);
  /* flit 4 ns; there 48.97 + 10 + 4 = 62.97 ns; there and back 31.5 flits, so 32; with ack_delay 16 and slack 16: 64 */
  assert_int_equal(oio_config_optical_flit_ps(&config), 4000);
  assert_int_equal(oio_config_flight_ps(&config), 48970);
  assert_int_equal(config.classes[OIO_CLASS_OPTICAL].window_flits, 80);
  assert_int_equal(config.classes[OIO_CLASS_OPTICAL].buffer_flits, 80);
  assert_int_equal(config.classes[OIO_CLASS_OPTICAL].nak_repeat_flits, 64);
  assert_int_equal(config.classes[OIO_CLASS_OPTICAL].timeout_flits, 375);
  assert_int_equal(config.vc_buffer_bytes, 65536);
}

static void the_automatic_values_of_2_km_at_a_flit_a_nanosecond_cover_the_fibre(void **state) {
  (void)state;
  oio_config_defaults(&config);
  set(&config, "optical.length_m=2000");
  set(&config, "optical.lanes=64");
  resolve(&config);
  /* flit 1 ns; there 9794 + 10 + 1 = 9805 ns; there and back 19610 flits; loop 19642; a quarter more 24552 */
  assert_int_equal(config.classes[OIO_CLASS_OPTICAL].window_flits, 24552);
  assert_int_equal(config.classes[OIO_CLASS_OPTICAL].buffer_flits, 24552);
  assert_int_equal(config.classes[OIO_CLASS_OPTICAL].nak_repeat_flits, 19642);
  assert_int_equal(config.classes[OIO_CLASS_OPTICAL].timeout_flits, 39284);
  assert_int_equal(config.vc_buffer_bytes, 2 * 24552 * 224);
  oio_config_defaults(&config);
  set(&config, "optical.length_m=100000");
  set(&config, "optical.lanes=64");
  resolve(&config);
  assert_int_equal(config.classes[OIO_CLASS_OPTICAL].window_flits, 32767); /* all that 16 bits have */
  assert_int_equal(config.vc_buffer_bytes, 1 << 26);
}

/* Flit times, flight and automatic values of each class, by hand: flit = 2048 / (lanes x rate); loop = 32 + flits there and back. */
static void every_class_of_links_has_its_own_values(void **state) {
  (void)state;
  static const struct {
    const char *name;
    uint64_t flit_ps, flight_ps, window, buffer, timeout, nak_repeat;
  } expected[OIO_LINK_CLASSES] = {
      {"optical", 4000, 48970, 80, 80, 375, 64},
      {"die_link", 4000, 70, 127, 64, 375, 94}, /* loop 32 + 5; its Nak is repeated after a quarter of the timeout */
      {"package", 4000, 70, 64, 64, 375, 37},
      {"rack", 4000, 14691, 64, 64, 375, 47},   /* there 14.691 + 10 + 4 = 28.691 ns: 14.3 flits there and back */
      {"row", 4000, 146910, 141, 141, 375, 113} /* 160.91 ns: 80.5; 113 + 28 */
  };
  oio_config_defaults(&config);
  resolve(&config);
  for (unsigned i = 0; i < OIO_LINK_CLASSES; i++) {
    const struct oio_link_class *of = &config.classes[i];
    assert_string_equal(oio_config_class_name(&config, i), expected[i].name);
    assert_int_equal(oio_config_class_flit_ps(&config, i), expected[i].flit_ps);
    assert_int_equal(oio_config_class_flight_ps(&config, i), expected[i].flight_ps);
    assert_int_equal(of->window_flits, expected[i].window);
    assert_int_equal(of->buffer_flits, expected[i].buffer);
    assert_int_equal(of->timeout_flits, expected[i].timeout);
    assert_int_equal(of->nak_repeat_flits, expected[i].nak_repeat);
  }
}

static void the_keys_of_a_class_reach_its_links_and_its_wires_alone(void **state) {
  (void)state;
  for (unsigned i = 0; i < OIO_LINK_CLASSES; i++) {
    static const char *const settings[] = {"bit_error_rate=0.25", "length_m=2",        "ps_per_m=100",   "lanes=2",
                                           "lane_rate_gbps=4",    "logic_ps=9",        "window_flits=5", "buffer_flits=6",
                                           "timeout_flits=7",     "nak_repeat_flits=8"};
    oio_config_defaults(&config);
    for (size_t k = 0; k < sizeof settings / sizeof settings[0]; k++) {
      char assignment[80];
      snprintf(assignment, sizeof assignment, "%s.%s", oio_config_class_name(&config, i), settings[k]);
      assert_int_equal(oio_config_set(&config, "--set", assignment, &error), OIO_OK);
    }
    resolve(&config);
    for (unsigned other = 0; other < OIO_LINK_CLASSES; other++) {
      struct oio_channel_config wire;
      struct oio_link_config end;
      oio_config_class_channel(&config, other, 77, true, &wire);
      oio_config_class_link(&config, other, 16, OIO_PROFILE_ROUTED, &end);
      assert_int_equal(wire.stream, 77);
      assert_true(wire.digest);
      assert_int_equal(end.sequence_bits, 16);
      assert_int_equal(end.profile, OIO_PROFILE_ROUTED);
      if (other != i) {
        assert_true(wire.bit_error_rate == 0 && wire.logic_ps >= 4000 && wire.lanes >= 16 && end.window_flits >= 64);
        continue;
      }
      assert_true(wire.bit_error_rate == 0.25 && wire.flight_ps == 200 && wire.logic_ps == 9);
      assert_true(wire.lanes == 2 && wire.lane_rate_bits_per_s == 4000000000u);
      assert_true(end.window_flits == 5 && end.buffer_flits == 6 && end.peer_buffer_flits == 6);
      assert_int_equal(end.timeout_ps, 7 * 256000); /* 2048 bits at 8 Gb/s */
      assert_int_equal(end.nak_repeat_ps, 8 * 256000);
      assert_int_equal(end.ack_delay_ps, 16 * 256000);
    }
  }
}

/* 30 km of 1 ns flits: a window of more than 2^15 - 1, a buffer of a hop VC of more than 2^14 - 1. */
static void automatic_values_stay_within_what_a_link_can_say(void **state) {
  (void)state;
  oio_config_defaults(&config);
  set(&config, "row.length_m=30000");
  set(&config, "row.lanes=64");
  resolve(&config);
  assert_int_equal(config.classes[OIO_CLASS_ROW].window_flits, 32767);
  assert_int_equal(config.classes[OIO_CLASS_ROW].buffer_flits, 16383);
}

static void a_message_fills_a_flit_unless_its_size_is_set(void **state) {
  (void)state;
  oio_config_defaults(&config);
  assert_int_equal(config.message_bytes, 0);
  resolve(&config);
  assert_int_equal(config.message_bytes, 224);
  oio_config_defaults(&config);
  set(&config, "workload.message_bytes=72");
  resolve(&config);
  assert_int_equal(config.message_bytes, 72);
}

static void what_is_set_is_not_replaced(void **state) {
  (void)state;
  oio_config_defaults(&config);
  set(&config, "optical.window_flits=7");
  set(&config, "optical.timeout_flits=99");
  set(&config, "vc.buffer_bytes=160");
  resolve(&config);
  assert_int_equal(config.classes[OIO_CLASS_OPTICAL].window_flits, 7);
  assert_int_equal(config.classes[OIO_CLASS_OPTICAL].buffer_flits, 7); /* as the window */
  assert_int_equal(config.classes[OIO_CLASS_OPTICAL].timeout_flits, 99);
  assert_int_equal(config.vc_buffer_bytes, 160);
}

static void what_does_not_go_together_is_refused(void **state) {
  (void)state;
  oio_config_defaults(&config);
  set(&config, "vc.count=2");
  set(&config, "workload.vcs=3");
  assert_int_equal(oio_config_resolve(&config, &error), OIO_ERR_CONFIG);
  assert_non_null(strstr(error.text, "workload.vcs"));
  oio_config_defaults(&config);
  set(&config, "vc.buffer_bytes=15");
  assert_int_equal(oio_config_resolve(&config, &error), OIO_ERR_CONFIG);
  assert_non_null(strstr(error.text, "vc.buffer_bytes"));
  oio_config_defaults(&config);
  set(&config, "optical.length_m=100000");
  set(&config, "optical.ps_per_m=100000");
  assert_int_equal(oio_config_resolve(&config, &error), OIO_ERR_CONFIG);
  assert_non_null(strstr(error.text, "optical.length_m"));
}

static void every_configuration_of_extremes_that_resolves_makes_every_part(void **state) {
  (void)state;
  static const char *const lengths[] = {"0", "100000"}, *const lanes[] = {"1", "1024"}, *const lane_rates[] = {"0.001", "1000"};
  for (unsigned i = 0; i < 8; i++) {
    oio_config_defaults(&config);
    give("optical.length_m", lengths[i & 1]);
    give("optical.lanes", lanes[i >> 1 & 1]);
    give("optical.lane_rate_gbps", lane_rates[i >> 2]);
    if (i == 7) { /* 490 million flit times there and back: what follows could not be set by hand, nor read back */
      assert_int_equal(oio_config_resolve(&config, &error), OIO_ERR_CONFIG);
      assert_non_null(strstr(error.text, "optical: the way there and back is"));
      assert_non_null(strstr(error.text, "flit times, too long for its timeout"));
      continue;
    }
    resolve(&config);
    struct oio_bridge_config bridge;
    struct oio_die_config die;
    struct oio_bridge *made_bridge;
    struct oio_die *made_die;
    struct oio_link_config link;
    oio_config_bridge(&config, &bridge);
    oio_config_die(&config, &die);
    assert_int_equal(oio_bridge_create(&made_bridge, &bridge, &error), OIO_OK);
    assert_int_equal(oio_die_create(&made_die, &die, &error), OIO_OK);
    oio_bridge_destroy(made_bridge);
    oio_die_destroy(made_die);
    oio_config_optical_link(&config, &link);
    const uint64_t flit = oio_config_optical_flit_ps(&config);
    const uint64_t there_and_back = 2 * (oio_config_flight_ps(&config) + 10000 + flit);
    assert_true(link.timeout_ps > there_and_back && link.nak_repeat_ps >= there_and_back);
  }
}

static void every_resolved_value_is_one_that_its_key_takes(void **state) {
  (void)state;
  static const char *const lengths[] = {"0", "10", "3000", "100000"}, *const lanes[] = {"1", "16", "256", "1024"};
  static const char *const rates[] = {"0.001", "1", "112", "1000"};
  unsigned refused = 0;
  for (unsigned i = 0; i < 256; i++) {
    oio_config_defaults(&config);
    give("optical.length_m", lengths[i & 3]);
    give("optical.lanes", lanes[i >> 2 & 3]);
    give("optical.lane_rate_gbps", rates[i >> 4 & 3]);
    give("die_link.lane_rate_gbps", rates[i >> 6]);
    give("die_link.logic_ps", i % 5 == 0 ? "1000000000" : "4000");
    if (oio_config_resolve(&config, &error) != OIO_OK) {
      assert_non_null(strstr(error.text, "too long for its timeout"));
      refused++;
      continue;
    }
    const struct oio_config resolved = config;
    for (size_t k = 0; k < oio_config_count(&config); k++) {
      struct oio_config_key key;
      char value[1100];
      oio_config_describe(&config, k, &key);
      oio_config_value(&resolved, k, value, sizeof value);
      give(key.name, value);
    }
  }
  assert_true(refused > 0 && refused < 64);
}

static void traffic_that_would_outlast_time_is_refused(void **state) {
  (void)state;
  oio_config_defaults(&config);
  set(&config, "optical.lanes=1");
  set(&config, "optical.lane_rate_gbps=0.001");
  set(&config, "workload.generate=poisson");
  set(&config, "workload.load=0.000001");
  set(&config, "workload.messages=1000"); /* of 2048e12 ps each */
  resolve(&config);
  set(&config, "workload.messages=1200");
  assert_int_equal(oio_config_resolve(&config, &error), OIO_ERR_CONFIG);
  assert_non_null(strstr(error.text, "workload.messages=1200 at workload.load=1e-06"));
  set(&config, "workload.generate=saturate");
  resolve(&config);
}

static void the_ends_of_a_link_agree_and_every_direction_has_its_own_chance(void **state) {
  (void)state;
  oio_config_defaults(&config);
  set(&config, "bridge.buffer_flits=33");
  set(&config, "die_link.buffer_flits=44");
  resolve(&config);
  struct oio_link_config optical, on_bridge, on_die;
  oio_config_optical_link(&config, &optical);
  oio_config_die_link(&config, true, &on_bridge);
  oio_config_die_link(&config, false, &on_die);
  assert_int_equal(optical.sequence_bits, 16);
  assert_int_equal(on_die.sequence_bits, 8);
  assert_int_equal(optical.buffer_flits, optical.peer_buffer_flits);
  assert_int_equal(on_bridge.buffer_flits, 33);
  assert_int_equal(on_bridge.peer_buffer_flits, 44);
  assert_int_equal(on_die.buffer_flits, 44);
  assert_int_equal(on_die.peer_buffer_flits, 33);
  struct oio_channel_config channel[6];
  for (unsigned direction = 0; direction < 2; direction++) {
    oio_config_optical_channel(&config, direction, &channel[direction]);
    for (unsigned end = 0; end < 2; end++) oio_config_die_channel(&config, end, direction, &channel[2 + 2 * end + direction]);
  }
  for (unsigned i = 0; i < 6; i++) {
    for (unsigned k = 0; k < i; k++) assert_true(channel[i].stream != channel[k].stream);
  }
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(a_net_is_of_two_dies_or_routed),
      cmocka_unit_test(the_automatic_values_of_10_m_are_those_computed_by_hand),
      cmocka_unit_test(the_automatic_values_of_2_km_at_a_flit_a_nanosecond_cover_the_fibre),
      cmocka_unit_test(every_class_of_links_has_its_own_values),
      cmocka_unit_test(the_keys_of_a_class_reach_its_links_and_its_wires_alone),
      cmocka_unit_test(automatic_values_stay_within_what_a_link_can_say),
      cmocka_unit_test(a_message_fills_a_flit_unless_its_size_is_set),
      cmocka_unit_test(what_is_set_is_not_replaced),
      cmocka_unit_test(what_does_not_go_together_is_refused),
      cmocka_unit_test(every_configuration_of_extremes_that_resolves_makes_every_part),
      cmocka_unit_test(every_resolved_value_is_one_that_its_key_takes),
      cmocka_unit_test(traffic_that_would_outlast_time_is_refused),
      cmocka_unit_test(the_ends_of_a_link_agree_and_every_direction_has_its_own_chance),
  };
  return cmocka_run_group_tests_name("derive", tests, NULL, NULL);
}
