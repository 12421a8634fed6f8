/* SPDX-License-Identifier: Apache-2.0 */
/* What a port is by its name, in names as they are usual. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "port_map.h"

enum { MOST = 16 };

static void guess(struct port_map *map, const struct top_port *list, size_t count) {
  struct top_port copy[MOST];
  memcpy(copy, list, count * sizeof *list);
  *map = (struct port_map){0};
  port_map_guess(map, &(struct top_ports){.list = copy, .count = count});
}

static struct top_port input(const char *name) {
  struct top_port port = {.width = 1, .input = true};
  snprintf(port.name, sizeof port.name, "%s", name);
  return port;
}

static void a_reset_is_a_word_and_its_polarity_too(void **state) {
  (void)state;
  static const struct {
    const char *name;
    bool is_reset, low;
  } cases[] = {
      {"rst", true, false},    {"rst_i", true, false},  {"reset", true, false},     {"rst_n", true, true},      {"rst_ni", true, true},
      {"rst_n_i", true, true}, {"i_rst_n", true, true}, {"rstn", true, true},       {"resetn", true, true},     {"aresetn", true, true},
      {"ARESETn", true, true}, {"nRST", true, true},    {"n_rst", true, true},      {"core_rst_n", true, true}, {"coreRstN", true, true},
      {"sysrst", true, false}, {"rst_b", true, true},   {"reset_l", true, true},    {"rst_in", true, false},    {"reset_main", true, false},
      {"rst0_n", true, true},  {"arst_n", true, true},  {"rx_first", false, false}, {"rx_burst", false, false}, {"worst_n", false, false}};
  for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
    struct port_map map;
    const struct top_port port = input(cases[i].name);
    guess(&map, &port, 1);
    if ((map.reset[0] != '\0') != cases[i].is_reset || map.reset_low != cases[i].low)
      fail_msg("%s: taken for '%s', %s", cases[i].name, map.reset, map.reset_low ? "low" : "high");
  }
}

static void a_clock_is_a_word(void **state) {
  (void)state;
  static const char *const clocks[] = {"clk", "clk_i", "core_clk", "aclk", "ACLK", "sysclk", "clkin", "coreClk", "clock"};
  for (size_t i = 0; i < sizeof clocks / sizeof *clocks; i++) {
    struct port_map map;
    const struct top_port port = input(clocks[i]);
    guess(&map, &port, 1);
    assert_string_equal(map.clock, clocks[i]);
  }
}

/* One pin of two words has one role. */
static void no_pin_has_two_roles(void **state) {
  (void)state;
  struct port_map map;
  struct top_port list[] = {input("line_rx_data"), input("line_rx_valid_last"), input("user_tx_data"), input("user_tx_valid")};
  list[0].width = 512;
  list[2].width = 480;
  guess(&map, list, 4);
  assert_string_equal(map.pins[MAP_LINE_IN][MAP_VALID], "line_rx_valid_last");
  assert_string_equal(map.pins[MAP_LINE_IN][MAP_LAST], "");
  assert_string_equal(map.pins[MAP_SEND][MAP_VALID], "user_tx_valid");
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(a_reset_is_a_word_and_its_polarity_too),
      cmocka_unit_test(a_clock_is_a_word),
      cmocka_unit_test(no_pin_has_two_roles),
  };
  return cmocka_run_group_tests_name("port map", tests, NULL, NULL);
}
