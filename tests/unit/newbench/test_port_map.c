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

static enum oio_status read_text(struct port_map *map, const char *text, struct oio_error *error) {
  FILE *file = tmpfile();
  assert_non_null(file);
  assert_true(fputs(text, file) >= 0);
  rewind(file);
  *map = (struct port_map){0};
  const enum oio_status status = port_map_read(map, file, "port.map", error);
  fclose(file);
  return status;
}

static void lines_that_are_not_whole_are_refused(void **state) {
  (void)state;
  static const char *const refused[] = {"set payloads=10",
                                        "set seed 7 8",
                                        "set seed",
                                        "set seed 1\",.X(\"",
                                        "set a.b 1",
                                        "tie cfg",
                                        "tie cfg 1 2",
                                        "tie cfg 1),.x(1",
                                        "tie cfg \"a\"",
                                        "tie",
                                        "set",
                                        "reset rst_n low high",
                                        "reset rst_n",
                                        "tie a;b 1",
                                        "set seed 1000000000000000000000000000000000000000000000000000000000000000"};
  static const char *const taken[] = {"set seed 7",        "set \t seed\t7  # why", "tie cfg 8'hff", "tie cfg '1", "tie cfg '{default:'1}",
                                      "tie cfg pkg::MODE", "reset rst_n low"};
  struct port_map map;
  struct oio_error error;
  char text[200];
  for (size_t i = 0; i < sizeof refused / sizeof *refused; i++) {
    snprintf(text, sizeof text, "top t\n%s\n", refused[i]);
    if (read_text(&map, text, &error) != OIO_ERR_FORMAT) fail_msg("'%s' is taken", refused[i]);
    assert_non_null(strstr(error.text, "port.map:2: "));
    port_map_free(&map);
  }
  for (size_t i = 0; i < sizeof taken / sizeof *taken; i++) {
    if (read_text(&map, taken[i], &error) != OIO_OK) fail_msg("'%s' is refused", taken[i]);
    port_map_free(&map);
  }
}

static void a_port_that_is_two_things_is_refused(void **state) {
  (void)state;
  static const char usual[] =
      "top t\nclock clk\nline.out.data a\nline.out.valid av\nline.in.data b\nline.in.valid bv\nsend.data c\nsend.valid "
      "cv\ntaken.data d\ntaken.valid dv\n";
  static const struct {
    const char *more, *says;
  } cases[] = {{"", ""},
               {"line.in.sof cv\n", "send.valid: port cv is line.in.sof already"},
               {"tie bv 1\n", "tie: port bv is line.in.valid already"},
               {"reset clk low\n", "reset: port clk is clock already"},
               {"tie spare 1\ntie spare 0\n", "tie: port spare is tie already"}};
  struct top_port list[] = {input("clk"), input("a"),  input("av"), input("b"),  input("bv"),
                            input("c"),   input("cv"), input("d"),  input("dv"), input("spare")};
  for (size_t i = 0; i < sizeof list / sizeof *list; i++) {
    if (strchr("abcd", list[i].name[0]) != NULL && list[i].name[1] == '\0') list[i].width = 512;
    list[i].output = list[i].name[0] == 'a' || list[i].name[0] == 'd';
    list[i].input = !list[i].output;
  }
  const struct top_ports ports = {.list = list, .count = sizeof list / sizeof *list};
  for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
    struct port_map map;
    struct oio_error error = {""};
    char text[500];
    snprintf(text, sizeof text, "%s%s", usual, cases[i].more);
    assert_int_equal(read_text(&map, text, &error), OIO_OK);
    const enum oio_status status = port_map_check(&map, &ports, &error);
    if ((status == OIO_OK) != (i == 0) || strstr(error.text, cases[i].says) == NULL) fail_msg("'%s': %s", cases[i].more, error.text);
    port_map_free(&map);
  }
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(a_reset_is_a_word_and_its_polarity_too),
      cmocka_unit_test(a_clock_is_a_word),
      cmocka_unit_test(no_pin_has_two_roles),
      cmocka_unit_test(lines_that_are_not_whole_are_refused),
      cmocka_unit_test(a_port_that_is_two_things_is_refused),
  };
  return cmocka_run_group_tests_name("port map", tests, NULL, NULL);
}
