/* SPDX-License-Identifier: Apache-2.0 */
/* Every technology, value by value: in order, within what its unit can be, and with what it rests on. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "oio/budget.h"

enum { TECHNOLOGIES = 40 };

static const double bounds[OIO_TECH_QUANTITIES][2] = {
    [OIO_TECH_LANE_RATE_GBPS] = {1, 500},
    [OIO_TECH_WAVELENGTHS] = {1, 16},
    [OIO_TECH_RATE_GBPS] = {10, 60000},
    [OIO_TECH_REACH_M] = {1e-5, 10000},
    [OIO_TECH_HOST_REACH_MM] = {0, 300},
    [OIO_TECH_PHY_NS] = {0, 200},
    [OIO_TECH_FEC_NS] = {0, 150},
    [OIO_TECH_FLIGHT_NS_PER_M] = {3.336, 10},
    [OIO_TECH_LINK_PJ_PER_BIT] = {0, 150},
    [OIO_TECH_HOST_PJ_PER_BIT] = {0, 15},
    [OIO_TECH_LIMIT_ERROR_RATE] = {1e-30, 0.01},
    [OIO_TECH_OBSERVED_ERROR_RATE] = {1e-17, 1e-6},
    [OIO_TECH_SHORELINE_GBPS_PER_MM] = {0, 15000},
    [OIO_TECH_FAILURES_PER_1E9H] = {0.1, 1000},
    [OIO_TECH_FLAPS_PER_1E9H] = {0, 33000},
    [OIO_TECH_RELINK_MS] = {0.1, 10000},
};

static void low_is_at_most_typical_and_typical_at_most_high_within_what_the_unit_can_be(void **state) {
  (void)state;
  const struct oio_tech *tech;
  for (unsigned i = 0; (tech = oio_tech_at(i)) != NULL; i++) {
    for (unsigned q = 0; q < OIO_TECH_QUANTITIES; q++) {
      const struct oio_tech_value *v = &tech->value[q];
      const struct oio_tech_quantity_help *help = oio_tech_quantity_help_of((enum oio_tech_quantity)q);
      if (v->basis == OIO_BASIS_NONE || help->words) continue;
      if (!(v->low <= v->typical && v->typical <= v->high))
        fail_msg("%s.%s: %g %g %g", tech->name, help->name, v->low, v->typical, v->high);
      if (!(v->low >= bounds[q][0] && v->high <= bounds[q][1])) fail_msg("%s.%s: %g to %g", tech->name, help->name, v->low, v->high);
    }
  }
}

static void every_value_has_a_basis_and_what_is_not_assumed_a_source(void **state) {
  (void)state;
  const struct oio_tech *tech;
  for (unsigned i = 0; (tech = oio_tech_at(i)) != NULL; i++) {
    for (unsigned q = 0; q < OIO_TECH_QUANTITIES; q++) {
      const struct oio_tech_value *v = &tech->value[q];
      const struct oio_tech_quantity_help *help = oio_tech_quantity_help_of((enum oio_tech_quantity)q);
      if (v->basis == OIO_BASIS_NONE && q != OIO_TECH_OBSERVED_ERROR_RATE) fail_msg("%s.%s is not there", tech->name, help->name);
      if (v->basis >= OIO_BASIS_DERIVED && v->sources[0] == 0) fail_msg("%s.%s: no source", tech->name, help->name);
      if (v->basis != OIO_BASIS_NONE && help->words != (v->words != NULL)) fail_msg("%s.%s: words or numbers?", tech->name, help->name);
      for (unsigned s = 0; s < OIO_TECH_SOURCES_MAX; s++) assert_true(v->sources[s] == 0 || oio_tech_source_of(v->sources[s]) != NULL);
    }
    const unsigned all = oio_tech_count(tech, OIO_BASIS_NONE) + oio_tech_count(tech, OIO_BASIS_ASSUMED) +
                         oio_tech_count(tech, OIO_BASIS_DERIVED) + oio_tech_count(tech, OIO_BASIS_SOURCED);
    assert_int_equal(all, OIO_TECH_QUANTITIES);
  }
}

/* Line coding takes up to a seventeenth (KP4 over 256b/257b); nothing carries more than its lanes. */
static void the_rate_is_that_of_the_lanes_less_coding(void **state) {
  (void)state;
  const struct oio_tech *tech;
  for (unsigned i = 0; (tech = oio_tech_at(i)) != NULL; i++) {
    const double part = tech->value[OIO_TECH_RATE_GBPS].typical / (tech->lanes * tech->value[OIO_TECH_LANE_RATE_GBPS].typical);
    if (!(part > 16.0 / 17 - 1e-9 && part <= 1)) fail_msg("%s: its lanes carry %.4f of the line", tech->name, part);
  }
}

static void names_and_sources_are_there_once_and_every_source_is_used(void **state) {
  (void)state;
  const struct oio_tech *tech;
  const struct oio_tech_source *source;
  unsigned count = 0, uses;
  while ((tech = oio_tech_at(count)) != NULL) {
    assert_ptr_equal(oio_tech_find(tech->name), tech);
    assert_true(strlen(tech->name) < 48); /* a configuration has room for that */
    count++;
  }
  assert_int_equal(count, TECHNOLOGIES);
  assert_null(oio_tech_source_of(0));
  for (unsigned number = 1; (source = oio_tech_source_of(number)) != NULL; number++) {
    uses = 0;
    for (unsigned i = 0; (tech = oio_tech_at(i)) != NULL; i++) {
      for (unsigned q = 0; q < OIO_TECH_QUANTITIES; q++) uses += memchr(tech->value[q].sources, (int)number, OIO_TECH_SOURCES_MAX) != NULL;
      for (unsigned p = 0; tech->optics != NULL && p < OIO_OPTICS_PARTS; p++)
        uses += memchr(tech->optics->part[p].sources, (int)number, OIO_TECH_SOURCES_MAX) != NULL;
    }
    if (uses == 0) fail_msg("[%s] is cited nowhere", source->key);
    if (strstr("standard maker field press paper own", source->kind) == NULL) fail_msg("[%s] is of no kind: %s", source->key, source->kind);
    if (source->year != 0 && (source->year < 2010 || source->year > 2026)) fail_msg("[%s]: %u", source->key, source->year);
    for (unsigned other = 1; other < number; other++) assert_string_not_equal(oio_tech_source_of(other)->key, source->key);
  }
}

/* What JSON and tables print as it is. */
static void no_text_has_a_quote_or_a_control_character(void **state) {
  (void)state;
  const struct oio_tech *tech;
  for (unsigned i = 0; (tech = oio_tech_at(i)) != NULL; i++) {
    assert_null(strpbrk(tech->title, "\"\\\n\t<>&"));
    for (unsigned q = 0; q < OIO_TECH_QUANTITIES; q++) {
      if (tech->value[q].words != NULL) assert_null(strpbrk(tech->value[q].words, "\"\\\n\t"));
      if (tech->value[q].note != NULL) assert_null(strpbrk(tech->value[q].note, "\"\\\n\t"));
    }
  }
  for (unsigned number = 1; oio_tech_source_of(number) != NULL; number++) {
    assert_null(strpbrk(oio_tech_source_of(number)->publisher, "\"\\\n\t"));
    assert_null(strpbrk(oio_tech_source_of(number)->title, "\"\\\n\t"));
  }
}

static void a_name_that_is_not_there_has_the_nearest(void **state) {
  (void)state;
  static const char *const cases[][2] = {
      {"cpo_baily", "cpo_bailly_51t2_100g"},
      {"pluggable_800g", "pluggable_800g_dsp"},
      {"lpo-800g", "lpo_800g"},
      {"ucie_a_31g", "ucie_a_32g"},
      {"cu_dac_112", "cu_dac_112g"},
      {"oio_oci_msa_gen2", "oio_oci_msa_gen2_400g"},
  };
  for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
    assert_null(oio_tech_find(cases[i][0]));
    assert_string_equal(oio_tech_nearest(cases[i][0]), cases[i][1]);
  }
  assert_non_null(oio_tech_find(oio_tech_nearest("")));
}

static void what_links_in_operation_show_goes_before_the_limit(void **state) {
  (void)state;
  assert_int_equal(oio_tech_error_rate(oio_tech_find("pluggable_800g_dsp")), OIO_TECH_OBSERVED_ERROR_RATE);
  assert_int_equal(oio_tech_error_rate(oio_tech_find("cu_dac_112g")), OIO_TECH_LIMIT_ERROR_RATE);
  assert_true(oio_tech_find("pluggable_800g_dsp")->value[OIO_TECH_OBSERVED_ERROR_RATE].typical == 1.4e-11);
  assert_true(oio_tech_find("pluggable_800g_dsp")->value[OIO_TECH_LIMIT_ERROR_RATE].typical == 2.4e-4);
}

/* 10 m of fibre take 48.97 ns. */
static void latency_is_the_sum_of_phy_fec_and_flight_by_hand(void **state) {
  (void)state;
  assert_true(fabs(oio_tech_latency_ns(oio_tech_find("pluggable_800g_dsp"), 10) - (100 + 62.6 + 48.97)) < 1e-9);
  assert_true(fabs(oio_tech_latency_ns(oio_tech_find("oio_teraphy_gen2_32g"), 0) - 10) < 1e-9);
  assert_true(fabs(oio_tech_latency_ns(oio_tech_find("cu_dac_112g"), 2) - (62.6 + 8.78)) < 1e-9);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(low_is_at_most_typical_and_typical_at_most_high_within_what_the_unit_can_be),
      cmocka_unit_test(every_value_has_a_basis_and_what_is_not_assumed_a_source),
      cmocka_unit_test(the_rate_is_that_of_the_lanes_less_coding),
      cmocka_unit_test(names_and_sources_are_there_once_and_every_source_is_used),
      cmocka_unit_test(no_text_has_a_quote_or_a_control_character),
      cmocka_unit_test(a_name_that_is_not_there_has_the_nearest),
      cmocka_unit_test(what_links_in_operation_show_goes_before_the_limit),
      cmocka_unit_test(latency_is_the_sum_of_phy_fec_and_flight_by_hand),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
