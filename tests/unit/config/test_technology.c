/* SPDX-License-Identifier: Apache-2.0 */
/* CLASS.tech: what it brings, by hand of the technology; what it leaves alone; what does not go with it. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "configured.h"
#include "oio/tech.h"

static double typical(const struct oio_tech *tech, enum oio_tech_quantity quantity) {
  return tech->value[quantity].typical;
}

/* The configuration line of a technology over its typical reach, in one class, without its errors. */
static struct oio_config with(const struct oio_tech *tech, const char *link_class) {
  char name[100], length[100];
  struct oio_config config;
  oio_config_defaults(&config);
  snprintf(name, sizeof name, "%s.tech=%s", link_class, tech->name);
  snprintf(length, sizeof length, "%s.length_m=%.9g", link_class, typical(tech, OIO_TECH_REACH_M));
  set(&config, name);
  snprintf(name, sizeof name, "%s.tech_errors=off", link_class);
  set(&config, name);
  set(&config, length);
  return config;
}

static void a_technology_brings_its_rate_flight_and_logic(void **state) {
  (void)state;
  const struct oio_tech *tech;
  for (unsigned i = 0; (tech = oio_tech_at(i)) != NULL; i++) {
    struct oio_config config = with(tech, "rack");
    const struct oio_link_class *of = &config.classes[OIO_CLASS_RACK];
    resolve(&config);
    if (fabs((double)of->lanes * of->lane_rate_gbps - typical(tech, OIO_TECH_RATE_GBPS)) > 1e-6)
      fail_msg("%s: %g Gb/s a lane", tech->name, of->lane_rate_gbps);
    if (tech->lanes <= 1024 && of->lanes != tech->lanes) fail_msg("%s: %g lanes", tech->name, (double)of->lanes);
    if (fabs((double)of->ps_per_m - 1000 * typical(tech, OIO_TECH_FLIGHT_NS_PER_M)) > 0.5)
      fail_msg("%s: %g ps a metre", tech->name, (double)of->ps_per_m);
    const double logic_ns = typical(tech, OIO_TECH_PHY_NS) + typical(tech, OIO_TECH_FEC_NS);
    if (fabs((double)of->logic_ps - 1000 * logic_ns) > 0.5) fail_msg("%s: %g ps of logic", tech->name, (double)of->logic_ps);
  }
  const struct oio_config config = with(oio_tech_find("ucie_3d"), "rack");
  assert_int_equal(config.classes[OIO_CLASS_RACK].lanes, 625); /* 2500 in groups of four */
  const struct oio_config lpo = with(oio_tech_find("lpo_800g"), "rack");
  assert_int_equal(lpo.classes[OIO_CLASS_RACK].lanes, 8);
  assert_true(lpo.classes[OIO_CLASS_RACK].lane_rate_gbps == 100);
  assert_int_equal(lpo.classes[OIO_CLASS_RACK].logic_ps, 66600);
}

/* A flit of 2048 bits at the rate, the flight, PHY and FEC: nothing else, as nothing waits. */
static void a_message_alone_takes_the_sum_of_the_parts_of_each_technology(void **state) {
  (void)state;
  const struct oio_tech *tech;
  for (unsigned i = 0; (tech = oio_tech_at(i)) != NULL; i++) {
    struct oio_config config = with(tech, "optical");
    struct oio_results r;
    struct oio_error error = {""};
    static const char *const settings[] = {"net.topology=pair", "workload.generate=poisson", "workload.messages=1", "sim.fidelity=event"};
    for (size_t s = 0; s < sizeof settings / sizeof settings[0]; s++) set(&config, settings[s]);
    resolve(&config);
    struct oio_sim *sim = start_sim(&config);
    assert_int_equal(oio_sim_advance(sim, OIO_NEVER, &error), OIO_OK);
    oio_sim_get_results(sim, &r);
    oio_sim_destroy(sim);
    const double want_ps =
        2048e3 / typical(tech, OIO_TECH_RATE_GBPS) + 1000 * (typical(tech, OIO_TECH_REACH_M) * typical(tech, OIO_TECH_FLIGHT_NS_PER_M) +
                                                             typical(tech, OIO_TECH_PHY_NS) + typical(tech, OIO_TECH_FEC_NS));
    if (r.traffic.delivered == 0 || fabs((double)r.latency_min_ps - want_ps) > 2)
      fail_msg("%s: %.0f ps, not %.1f", tech->name, (double)r.latency_min_ps, want_ps);
  }
}

static void a_key_of_its_own_wins_before_and_behind(void **state) {
  (void)state;
  static const char *const orders[2][3] = {{"rack.lanes=4", "rack.logic_ps=7", "rack.tech=lpo_800g"},
                                           {"rack.tech=lpo_800g", "rack.lanes=4", "rack.logic_ps=7"}};
  for (unsigned order = 0; order < 2; order++) {
    const struct oio_config config =
        configured((const char *const[]){"rack.tech_errors=off", orders[order][0], orders[order][1], orders[order][2], NULL});
    const struct oio_link_class *of = &config.classes[OIO_CLASS_RACK];
    assert_int_equal(of->lanes, 4);
    assert_int_equal(of->logic_ps, 7);
    assert_true(of->lane_rate_gbps == 100);
    assert_int_equal(of->ps_per_m, 4897);
    assert_int_equal(config.classes[OIO_CLASS_ROW].lanes, 16); /* another class is left alone */
  }
  /* A second technology takes the place of the first. */
  const struct oio_config config = configured((const char *const[]){"rack.tech=lpo_800g", "rack.tech=oio_intel_oci_4t", NULL});
  assert_int_equal(config.classes[OIO_CLASS_RACK].lanes, 64);
}

/* 4 codewords of 5440 bits at 850 Gb/s are 25.6 ns of the 62.6. */
static void where_fec_is_a_code_it_takes_its_part_of_line_and_time_itself(void **state) {
  (void)state;
  static const char *const orders[2][3] = {{"rack.fec=kp4", "rack.fec_ways=4", "rack.tech=pluggable_800g_dsp"},
                                           {"rack.tech=pluggable_800g_dsp", "rack.fec=kp4", "rack.fec_ways=4"}};
  for (unsigned order = 0; order < 2; order++) {
    const struct oio_config config = configured((const char *const[]){orders[order][0], orders[order][1], orders[order][2], NULL});
    const struct oio_link_class *of = &config.classes[OIO_CLASS_RACK];
    assert_true(of->lane_rate_gbps == 106.25);
    assert_int_equal(of->logic_ps, 100000);
    assert_true(of->fec_ps >= 36999 && of->fec_ps <= 37000);
    assert_true(oio_config_class_fec_ps(&config, OIO_CLASS_RACK) == 62600);
    assert_true(fabs(oio_config_class_bits_per_s(&config, OIO_CLASS_RACK) - 850e9 * 514 / 544) < 1);
  }
  const struct oio_config own = configured((const char *const[]){"rack.fec_ps=5", "rack.fec=kp4", "rack.tech=pluggable_800g_dsp", NULL});
  assert_int_equal(own.classes[OIO_CLASS_RACK].fec_ps, 5);
}

/* Observed where it is known (1.4e-11), else the limit; KP4 of four at 800G; of what nobody has decided at most the limit of KP4. */
static void with_its_errors_a_technology_brings_error_rate_and_correction(void **state) {
  static const struct {
    const char *tech;
    double rate;
    uint64_t fec, ways;
  } rows[] = {{"pluggable_800g_dsp", 1.4e-11, OIO_FEC_KP4, 4},   {"lpo_800g", 0, OIO_FEC_KP4, 4},
              {"pluggable_100g_4x25_nrz", 5e-5, OIO_FEC_KR4, 1}, {"cpo_448g_future", 2.4e-4, OIO_FEC_KP4, 4},
              {"pcie6_x16_reference", 1e-6, OIO_FEC_FLIT, 1},    {"oio_alchip_ayar_pam4_cwdm", 1e-6, OIO_FEC_NONE, 1}};
  (void)state;
  for (unsigned i = 0; i < sizeof rows / sizeof *rows; i++) {
    for (unsigned order = 0; order < 2; order++) {
      char tech[80];
      struct oio_config config;
      oio_config_defaults(&config);
      snprintf(tech, sizeof tech, "rack.tech=%s", rows[i].tech);
      if (order == 1) set(&config, "rack.tech_errors=off");
      set(&config, tech);
      if (order == 1) set(&config, "rack.tech_errors=on");
      const struct oio_link_class *of = &config.classes[OIO_CLASS_RACK];
      if ((rows[i].rate > 0 && of->bit_error_rate != rows[i].rate) || of->fec != rows[i].fec || of->fec_ways != rows[i].ways)
        fail_msg("%s: rate %g, fec %g, %g ways", rows[i].tech, of->bit_error_rate, (double)of->fec, (double)of->fec_ways);
      set(&config, "rack.bit_error_rate=3e-9");
      set(&config, "rack.fec_ways=2");
      assert_true(of->bit_error_rate == 3e-9 && of->fec == rows[i].fec && of->fec_ways == 2);
      set(&config, "rack.tech_errors=off");
      assert_true(of->bit_error_rate == 3e-9 && of->fec == OIO_FEC_NONE && of->fec_ways == 2);
    }
  }
  const struct oio_config without = configured((const char *const[]){"rack.tech=pluggable_800g_dsp", "rack.tech_errors=off", NULL});
  assert_true(without.classes[OIO_CLASS_RACK].bit_error_rate == 0 && without.classes[OIO_CLASS_RACK].fec == OIO_FEC_NONE);
}

/* A code of the user's own has its own ways, and without a technology there are no errors that one has brought. */
static void what_a_technology_brought_goes_with_it_but_for_what_the_user_set(void **state) {
  (void)state;
  const struct oio_config flit = configured((const char *const[]){"rack.tech=pluggable_800g_dsp", "rack.fec=flit", NULL});
  assert_int_equal(flit.classes[OIO_CLASS_RACK].fec_ways, 1);
  const struct oio_config none = configured((const char *const[]){"rack.tech=pluggable_800g_dsp", "rack.tech=", NULL});
  const struct oio_link_class *of = &none.classes[OIO_CLASS_RACK];
  assert_true(of->bit_error_rate == 0 && of->fec == OIO_FEC_NONE && of->fec_ways == 1);
  const struct oio_config own =
      configured((const char *const[]){"rack.bit_error_rate=1e-7", "rack.tech=pluggable_800g_dsp", "rack.tech=", NULL});
  assert_true(own.classes[OIO_CLASS_RACK].bit_error_rate == 1e-7 && own.classes[OIO_CLASS_RACK].fec == OIO_FEC_NONE);
}

static void what_is_shown_reads_back(void **state) {
  (void)state;
  const struct oio_config config =
      configured((const char *const[]){"rack.lanes=4", "rack.tech=lpo_800g", "row.tech=oio_intel_oci_4t", NULL});
  struct oio_config again;
  oio_config_defaults(&again);
  for (size_t i = 0; i < oio_config_count(&config); i++) {
    struct oio_config_key key;
    char value[600], line[700];
    oio_config_describe(&config, i, &key);
    snprintf(line, sizeof line, "%s=%s", key.name, oio_config_value(&config, i, value, sizeof value));
    set(&again, line);
  }
  resolve(&again);
  for (unsigned c = 0; c < OIO_LINK_CLASSES; c++) {
    assert_string_equal(again.classes[c].tech, config.classes[c].tech);
    assert_int_equal(again.classes[c].lanes, config.classes[c].lanes);
    assert_int_equal(again.classes[c].logic_ps, config.classes[c].logic_ps);
    assert_true(again.classes[c].lane_rate_gbps == config.classes[c].lane_rate_gbps);
  }
}

static void a_class_of_ones_own_has_the_technology_of_what_it_is_like(void **state) {
  (void)state;
  const struct oio_config config =
      configured((const char *const[]){"rack.tech_errors=off", "rack.tech=lpo_800g", "tray.like=rack", "tray.length_m=1", "hall.like=rack",
                                       "hall.tech=cpo_bailly_51t2_100g", NULL});
  assert_string_equal(config.classes[OIO_LINK_CLASSES].tech, "lpo_800g");
  assert_int_equal(config.classes[OIO_LINK_CLASSES].logic_ps, 66600);
  assert_int_equal(config.classes[OIO_LINK_CLASSES + 1].lanes, 64);
}

/* The error of the settings, of which the last, or their sum, is refused. */
static const char *error_of(const char *const *settings, struct oio_error *error) {
  struct oio_config config;
  oio_config_defaults(&config);
  for (; *settings != NULL; settings++) {
    if (oio_config_set(&config, "test", *settings, error) != OIO_OK) return error->text;
  }
  return oio_config_resolve(&config, error) == OIO_OK ? "" : error->text;
}

static void what_does_not_go_together_is_refused_with_the_remedy(void **state) {
  (void)state;
  static const char *const cases[][5] = {
      {"test: rack.tech=lpo800g is no technology; did you mean lpo_800g?", "rack.tech=lpo800g"},
      {"rack.length_m=501: rack.tech=lpo_800g reaches 500 m at most; shorten it, or see `oio tech list --length 501`", "rack.tech=lpo_800g",
       "rack.length_m=501"},
      {"row.length_m=30: row.tech=cu_dac_112g reaches 7 m", "row.tech=cu_dac_112g"},
      {"rack.lanes=9 and rack.lane_rate_gbps=100 are more than rack.tech=lpo_800g has, 800 Gb/s", "rack.tech_errors=off",
       "rack.tech=lpo_800g", "rack.lanes=9"},
      {"rack.lanes=9 and rack.lane_rate_gbps=106.25 are more than rack.tech=lpo_800g has, 850 Gb/s", "rack.tech=lpo_800g", "rack.lanes=9"},
      {"rack.lanes=8 and rack.lane_rate_gbps=106.25 are more", "rack.tech_errors=off", "rack.tech=lpo_800g", "rack.lane_rate_gbps=106.25"},
  };
  for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
    struct oio_error error = {""};
    const char *text = error_of(&cases[i][1], &error);
    if (strncmp(text, cases[i][0], strlen(cases[i][0])) != 0) fail_msg("'%s', not '%s'", text, cases[i][0]);
  }
  struct oio_error error;
  struct oio_config config, before;
  oio_config_defaults(&config);
  set(&config, "rack.tech=lpo_800g");
  before = config;
  assert_int_equal(oio_config_set(&config, "test", "rack.tech=lpo", &error), OIO_ERR_CONFIG);
  assert_memory_equal(&config, &before, sizeof config);
  set(&config, "rack.tech=");
  assert_int_equal(config.classes[OIO_CLASS_RACK].lanes, 8);
  strcpy(config.classes[OIO_CLASS_RACK].tech, "tin cans");
  assert_int_equal(oio_config_resolve(&config, &error), OIO_ERR_CONFIG);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(a_technology_brings_its_rate_flight_and_logic),
      cmocka_unit_test(a_message_alone_takes_the_sum_of_the_parts_of_each_technology),
      cmocka_unit_test(a_key_of_its_own_wins_before_and_behind),
      cmocka_unit_test(where_fec_is_a_code_it_takes_its_part_of_line_and_time_itself),
      cmocka_unit_test(with_its_errors_a_technology_brings_error_rate_and_correction),
      cmocka_unit_test(what_a_technology_brought_goes_with_it_but_for_what_the_user_set),
      cmocka_unit_test(what_is_shown_reads_back),
      cmocka_unit_test(a_class_of_ones_own_has_the_technology_of_what_it_is_like),
      cmocka_unit_test(what_does_not_go_together_is_refused_with_the_remedy),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
