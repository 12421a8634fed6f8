/* SPDX-License-Identifier: Apache-2.0 */
/* Notes: each is there when it is true, alone, with its number; of a window that number is what a run comes to. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "configured.h"
#include "oio/results.h"

static struct oio_results results_of(const struct oio_config *config) {
  struct oio_error error = {""};
  struct oio_results r;
  struct oio_sim *sim = start_sim(config);
  assert_int_equal(oio_sim_advance(sim, OIO_NEVER, &error), OIO_OK);
  oio_sim_get_results(sim, &r);
  oio_sim_destroy(sim);
  return r;
}

/* The only note, or "". */
static const char *only(const struct oio_results *r, const struct oio_config *config, struct oio_note *note) {
  struct oio_note notes[OIO_NOTES_MAX];
  const unsigned count = oio_results_notes(r, config, notes);
  if (count > 1) fail_msg("%u notes: %s, %s", count, notes[0].code, notes[1].code);
  if (count == 0) return "";
  *note = notes[0];
  return note->code;
}

/* A flit takes 2048 / 512 Gb/s = 4 ns, the way 10 * 4.897 + 10 + 4 = 62.97 ns, the loop twice that and 64 ns for the Ack's delay: 189.94.
 */
static void a_window_shorter_than_the_round_trip_is_noted_with_what_a_run_comes_to(void **state) {
  (void)state;
  static const struct {
    const char *key, *directions, *text;
    double part, within;
  } cases[] = {
      {"optical.window_flits=10", "a_to_b", "optical.window_flits=10 carries at most 21.1 %", 40 / 189.94, 0.02},
      {"optical.buffer_flits=20", "a_to_b", "optical.buffer_flits=20 carries at most 42.1 %", 80 / 189.94, 0.02},
      {"optical.window_flits=30", "both", "optical.window_flits=30 carries at most 95.3 %", 120 / 125.94, 0.05},
  };
  for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
    char directions[60] = "workload.directions=";
    strcat(directions, cases[i].directions);
    const struct oio_config config = configured((const char *const[]){
        "net.topology=pair", "workload.generate=saturate", "sim.fidelity=event", "workload.messages=4000", directions, cases[i].key, NULL});
    const struct oio_results r = results_of(&config);
    struct oio_note note = {0};
    assert_string_equal(only(&r, &config, &note), "window_bound");
    if (strncmp(note.text, cases[i].text, strlen(cases[i].text)) != 0) fail_msg("%s", note.text);
    const double full = 224 * 8 / 4e-9 * (strcmp(cases[i].directions, "both") == 0 ? 2 : 1), part = r.goodput_bits_per_s / full;
    if (part > cases[i].part * 1.005 || part < cases[i].part * (1 - cases[i].within))
      fail_msg("case %zu: %g, not %g", i, part, cases[i].part);
  }
}

static void a_window_that_is_as_long_is_not_noted(void **state) {
  (void)state;
  struct oio_note note = {0};
  const struct oio_results nothing = {0};
  struct oio_config config =
      configured((const char *const[]){"net.topology=pair", "optical.window_flits=48", NULL}); /* 189.94 / 4 = 47.5 */
  assert_string_equal(only(&nothing, &config, &note), "");
  config = configured((const char *const[]){"net.topology=pair", "optical.window_flits=47", NULL});
  assert_string_equal(only(&nothing, &config, &note), "window_bound");
  config = configured((const char *const[]){"net.topology=bridged", "die_link.window_flits=20", NULL}); /* 2 * 8.07 + 64 ns: 20.04 flits */
  assert_string_equal(only(&nothing, &config, &note), "window_bound");
  config = configured((const char *const[]){"net.topology=pair", "die_link.window_flits=20", NULL});
  assert_string_equal(only(&nothing, &config, &note), "");
  config = configured((const char *const[]){"net.topology=loop:4", "row.window_flits=20", NULL});
  assert_string_equal(only(&nothing, &config, &note), "window_bound");
  config = configured((const char *const[]){"net.topology=loop:4", "optical.window_flits=20", NULL});
  assert_string_equal(only(&nothing, &config, &note), "");
}

static void die_links_slower_than_the_optical_link_are_noted(void **state) {
  (void)state;
  struct oio_note note = {0};
  const struct oio_results nothing = {0};
  struct oio_config config = configured((const char *const[]){"die_link.lanes=63", NULL});
  assert_string_equal(only(&nothing, &config, &note), "die_link_bound");
  assert_non_null(strstr(note.text, "the die links carry 504.0 Gb/s and the optical link 512.0"));
  config = configured((const char *const[]){"die_link.lanes=64", NULL});
  assert_string_equal(only(&nothing, &config, &note), "");
  config = configured((const char *const[]){"net.topology=pair", "die_link.lanes=63", NULL});
  assert_string_equal(only(&nothing, &config, &note), "");
}

/* Die links of a quarter of the rate carry less than a load of 0.27 offers; a load of 0.23 they carry. */
static void more_than_can_be_carried_is_noted_beside_its_cause(void **state) {
  (void)state;
  for (unsigned beyond = 0; beyond < 2; beyond++) {
    const struct oio_config config =
        configured((const char *const[]){"die_link.lanes=16", "workload.generate=poisson", "sim.fidelity=event", "workload.messages=4000",
                                         beyond ? "workload.load=0.27" : "workload.load=0.23", NULL});
    const struct oio_results r = results_of(&config);
    struct oio_note notes[OIO_NOTES_MAX];
    assert_int_equal(oio_results_notes(&r, &config, notes), 1 + beyond);
    assert_string_equal(notes[0].code, "die_link_bound");
    if (beyond) assert_string_equal(notes[1].code, "beyond_saturation");
  }
}

/* Four dies send to one: its wire is asked four times what each offers. */
static void a_wire_that_is_asked_for_more_than_it_carries_is_noted_from_the_pattern_alone(void **state) {
  (void)state;
  static const char *const loads[] = {"workload.load=0.249", "workload.load=0.251"};
  for (unsigned beyond = 0; beyond < 2; beyond++) {
    const struct oio_config config =
        configured((const char *const[]){"net.topology=star:5", "workload.generate=poisson", "workload.pattern=hot-spot",
                                         "sim.fidelity=event", "workload.messages=100", loads[beyond], NULL});
    const struct oio_results r = results_of(&config);
    struct oio_note note = {0};
    assert_string_equal(only(&r, &config, &note), beyond ? "beyond_saturation" : "");
    if (beyond) assert_non_null(strstr(note.text, "the wire s0->d0 is asked 1.004 times what it carries"));
  }
}

static void what_did_not_happen_is_noted(void **state) {
  (void)state;
  struct oio_note note = {0};
  struct oio_config config = configured((const char *const[]){"reset.at_ps=1001", NULL});
  struct oio_results r = {.sim_time_ps = 1001};
  assert_string_equal(only(&r, &config, &note), "");
  r.sim_time_ps = 1000;
  assert_string_equal(only(&r, &config, &note), "reset_not_met");
  config.reset_at_ps = 0;
  r.traffic.stalled_reading = true;
  assert_string_equal(only(&r, &config, &note), "lookahead_full");
  r.traffic = (struct oio_traffic_counts){.local = 1};
  assert_string_equal(only(&r, &config, &note), "nothing_carried");
  r.traffic.sent = 1;
  assert_string_equal(only(&r, &config, &note), "");
}

static void what_moves_error_rates_where_there_are_none_is_noted(void **state) {
  static const char *const moves[] = {"optical.walk=0.3", "optical.lane_spread=0.3"};
  (void)state;
  for (unsigned i = 0; i < 2; i++) {
    struct oio_results r = {.latency_min_ps = 0};
    struct oio_note note = {0};
    const char *const settings[] = {"net.topology=pair", "optical.stripe_bits=1", moves[i], NULL};
    struct oio_config config = configured(settings);
    assert_string_equal(only(&r, &config, &note), "no_errors_to_move");
    assert_non_null(strstr(note.text, i == 0 ? "optical.walk does nothing" : "optical.lane_spread does nothing"));
    config.classes[OIO_CLASS_OPTICAL].bit_error_rate = 1e-12;
    assert_string_equal(only(&r, &config, &note), "");
  }
}

static void what_is_assumed_of_a_technology_is_named(void **state) {
  (void)state;
  struct oio_config config = configured((const char *const[]){"net.topology=pair", "optical.tech=oio_celestial_pflink",
                                                              "optical.tech_errors=off", "rack.tech=lpo_800g", NULL});
  struct oio_results r = {.latency_min_ps = 0};
  struct oio_note note = {0};
  assert_string_equal(only(&r, &config, &note), "assumed_values");
  assert_string_equal(note.text, "optical.tech=oio_celestial_pflink: assumed, not published: rate_gbps, reach_m, phy_ns, fec_ns, "
                                 "failures_per_1e9h, flaps_per_1e9h; `oio tech show` has the ranges");
  config = configured((const char *const[]){"net.topology=pair", "optical.tech=cu_aec_112g_mixed_signal", "optical.length_m=3", NULL});
  assert_string_equal(only(&r, &config, &note), "assumed_values");
  assert_true(strstr(note.text, ": rate_gbps, reach_m") != NULL);
}

/* Of cpo_448g_future the line has 2e-3, and the inner code leaves 2.4e-4 for a KP4. */
static void what_the_inner_code_leaves_is_noted_where_the_code_behind_it_is_left_out(void **state) {
  static const struct {
    const char *settings[6];
    bool noted;
  } cases[] = {
      {{"net.topology=pair", "optical.tech=cpo_448g_future", "optical.fec=none"}, true},
      {{"net.topology=pair", "optical.tech=cpo_448g_future"}, false},
      {{"net.topology=pair", "optical.tech=cpo_448g_future", "optical.fec=none", "optical.bit_error_rate=2e-3"}, false},
      {{"net.topology=pair", "optical.tech=cpo_448g_future", "optical.fec=none", "optical.tech_errors=off"}, false},
      {{"net.topology=pair", "optical.tech=pluggable_400g_dr4_dsp", "optical.fec=none"}, false},
      {{"net.topology=pair", "optical.fec=none", "optical.bit_error_rate=2.4e-4"}, false},
  };
  (void)state;
  for (unsigned i = 0; i < sizeof cases / sizeof cases[0]; i++) {
    struct oio_results r = {.latency_min_ps = 0};
    struct oio_note list[OIO_NOTES_MAX];
    struct oio_config config = configured(cases[i].settings);
    bool noted = false;
    for (unsigned n = oio_results_notes(&r, &config, list); n > 0; n--) {
      if (strcmp(list[n - 1].code, "inner_code_stays") != 0) continue;
      noted = true;
      assert_string_equal(list[n - 1].text, "optical.fec=none leaves out the KP4 of optical.tech=cpo_448g_future alone: an error rate of "
                                            "0.00024 is what the code before it leaves of the line's 0.002; set "
                                            "optical.bit_error_rate=0.002 for a line without any");
    }
    if (noted != cases[i].noted) fail_msg("case %u: %s", i, noted ? "noted" : "not noted");
  }
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(what_the_inner_code_leaves_is_noted_where_the_code_behind_it_is_left_out),
      cmocka_unit_test(what_is_assumed_of_a_technology_is_named),
      cmocka_unit_test(what_moves_error_rates_where_there_are_none_is_noted),
      cmocka_unit_test(a_window_shorter_than_the_round_trip_is_noted_with_what_a_run_comes_to),
      cmocka_unit_test(a_window_that_is_as_long_is_not_noted),
      cmocka_unit_test(die_links_slower_than_the_optical_link_are_noted),
      cmocka_unit_test(more_than_can_be_carried_is_noted_beside_its_cause),
      cmocka_unit_test(a_wire_that_is_asked_for_more_than_it_carries_is_noted_from_the_pattern_alone),
      cmocka_unit_test(what_did_not_happen_is_noted),
  };
  return cmocka_run_group_tests_name("notes", tests, NULL, NULL);
}
