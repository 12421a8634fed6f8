/* SPDX-License-Identifier: Apache-2.0 */
/* Results as JSON and as a table: every figure is another number here, and stands where its name says. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "oio/results.h"
#include "oio/waivers.h"

static const struct oio_results every_figure_another = {
    .traffic = {.sent = 101,
                .delivered = 102,
                .lost = 103,
                .outstanding = 104,
                .duplicated = 105,
                .reordered = 106,
                .corrupted = 107,
                .local = 108,
                .records = 109,
                .dropped = 3,
                .revived = 110},
    .links = {.payload = 2000000,
              .nop = 300000,
              .replayed = 40000,
              .duplicate = 5000,
              .retries_crc = 204,
              .retries_sequence = 205,
              .retries_timeout = 206,
              .undetected = 207,
              .failed = 1},
    .fec =
        {.codewords = 801, .corrected_symbols = 802, .uncorrectable_codewords = 803, .miscorrected_codewords = 804, .condemned_flits = 805},
    .faults =
        {.events = 811, .dark_flits = 812, .remaps = 813, .missing_lanes = 814, .down_ps = 815, .availability = 0.875, .all_up = 0.75},
    .latency_min_ps = 11000,
    .latency_mean_ps = 12500.25,
    .latency_p50_ps = 13000,
    .latency_p99_ps = 14000,
    .latency_p999_ps = 15000,
    .latency_max_ps = 16000,
    .latency_parts_ps = {1100.5, 2200.25, 3300.125, 4400, 600.75, 5500},
    .sim_time_ps = 7654321,
    .cycles = 7000,
    .cycles_skipped = 1000,
    .goodput_bits_per_s = 123456789012.5,
    .offer = {.load = 0.375,
              .bits_per_s = 111222333444.5,
              .saturation_bits_per_s = 296592889185.25,
              .wire_load = 0.75,
              .wire = 17,
              .from = "s3",
              .to = "s4"},
    .iteration_ps = 2345678.125,
    .algorithm_bytes_per_s = 3000000000.25,
    .bus_bytes_per_s = 4500000000.5,
    .efficiency = 0.625,
    .exposed_ps = 12345.5,
    .path_known = true,
    .skew_ps = 543.25,
    .path_ps = {1000000.5, 2000000.25, 3000000.125, 4000000, 5000000, 6000000, 7000000},
    .wall_s = 2.5,
    .cpu_s = 2,
    .wire_digest = 0xFEDCBA9876543210u,
    .decision_digest = 0x0123456789ABCDEFu,
    .findings = 9,
    .failure = "link 1, side B: overflow",
};

static const struct oio_run run = {.host = "a \"host\"", .workload = "load\\1", .json_path = "r.json", .waves_path = "w.fst"};

static struct oio_config seeded(void) {
  struct oio_config config;
  oio_config_defaults(&config);
  config.seed = 77;
  return config;
}

static void every_figure_of_the_json_stands_at_its_key(void **state) {
  (void)state;
  struct oio_config config = seeded();
  config.reset_at_ps = 7654322;
  struct oio_waivers waivers = {.ports = 1, .port = {"side \"A\""}, .count = 2};
  waivers.waiver[0] = (struct oio_waiver){.rule = OIO_RULE_T3, .severity = OIO_SEVERITY_WARNING, .reason = "known\\", .at = {12}};
  waivers.waiver[1] = (struct oio_waiver){.rule = OIO_RULE_CREDIT, .port = "B"};
  struct oio_results r = every_figure_another;
  r.waivers = &waivers;
  r.traffic.stalled_reading = true;
  static const char expected[] =
      "{\n"
      "  \"oio_results\": 1,\n"
      "  \"host\": \"a \\\"host\\\"\",\n"
      "  \"workload\": \"load\\\\1\",\n"
      "  \"partial\": false,\n"
      "  \"stalled\": false,\n"
      "  \"failure\": \"link 1, side B: overflow\",\n"
      "  \"waits\": \"\",\n"
      "  \"findings\": 9,\n"
      "  \"waived\": [\n"
      "    {\"rule\": \"T3\", \"port\": \"side \\\"A\\\"\", \"findings\": 12, \"severity\": \"warning\", \"reason\": \"known\\\\\"},\n"
      "    {\"rule\": \"section 5\", \"port\": \"B\", \"findings\": 0, \"severity\": \"waived\", \"reason\": \"\"}],\n"
      "  \"notes\": [\n"
      "    {\"code\": \"lookahead_full\", \"text\": \"the look-ahead was full: some records entered late; raise "
      "trace.lookahead_records\"},\n"
      "    {\"code\": \"reset_not_met\", \"text\": \"the traffic ended before reset.at_ps=7654322: no reset met it\"}\n"
      "  ],\n"
      "  \"sent\": 101,\n"
      "  \"delivered\": 102,\n"
      "  \"lost\": 103,\n"
      "  \"outstanding\": 104,\n"
      "  \"dropped\": 3,\n"
      "  \"revived\": 110,\n"
      "  \"duplicated\": 105,\n"
      "  \"reordered\": 106,\n"
      "  \"corrupted\": 107,\n"
      "  \"undetected\": 207,\n"
      "  \"local\": 108,\n"
      "  \"records\": 109,\n"
      "  \"retries\": {\"crc\": 204, \"sequence\": 205, \"timeout\": 206},\n"
      "  \"flits\": {\"payload\": 2000000, \"nop\": 300000, \"replayed\": 40000, \"duplicate\": 5000},\n"
      "  \"fec\": {\"codewords\": 801, \"corrected_symbols\": 802, \"uncorrectable_codewords\": 803, \"miscorrected_codewords\": 804, "
      "\"condemned_flits\": 805},\n"
      "  \"faults\": {\"events\": 811, \"dark_flits\": 812, \"remaps\": 813, \"missing_lanes\": 814, \"down_ps\": 815, \"availability\": "
      "0.875000000, \"all_up\": 0.750000000, \"drawn\": []},\n"
      "  \"technologies\": [],\n"
      "  \"latency_ps\": {\"min\": 11000, \"mean\": 12500.250000, \"p50\": 13000, \"p99\": 14000, \"p999\": 15000, \"max\": 16000},\n"
      "  \"latency_parts_ps\": {\"queue\": 1100.500000, \"serialise\": 2200.250000, \"flight\": 3300.125000, \"logic\": 4400.000000, "
      "\"fec\": 600.750000, \"retry\": 5500.000000},\n"
      "  \"offered\": {\"load\": 0.375000, \"bits_per_s\": 111222333444.500, \"saturation_bits_per_s\": 296592889185.250, "
      "\"wire_load\": 0.750000, \"wire\": 17, \"from\": \"s3\", \"to\": \"s4\"},\n"
      "  \"goodput_bits_per_s\": 123456789012.500,\n"
      "  \"sim_time_ps\": 7654321,\n"
      "  \"cycles\": 7000,\n"
      "  \"cycles_skipped\": 1000,\n"
      "  \"iteration_ps\": 2345678.125,\n"
      "  \"algorithm_bytes_per_s\": 3000000000.250,\n"
      "  \"bus_bytes_per_s\": 4500000000.500,\n"
      "  \"efficiency\": 0.625000,\n"
      "  \"exposed_ps\": 12345.500,\n"
      "  \"skew_ps\": 543.250,\n"
      "  \"critical_path_ps\": {\"compute\": 1000000.500, \"latency\": 2000000.250, \"bandwidth\": 3000000.125, \"queue\": 4000000.000, "
      "\"retry\": 5000000.000, \"offered\": 6000000.000, \"unknown\": 7000000.000},\n"
      "  \"wall_s\": 2.500000,\n"
      "  \"cpu_s\": 2.000000,\n"
      "  \"flit_hops_per_cpu_s\": 1170000,\n" /* 2340000 in 2 s */
      "  \"seed\": 77,\n"
      "  \"wire_digest\": \"fedcba9876543210\",\n"
      "  \"decision_digest\": \"0123456789abcdef\",\n"
      "  \"repeat\": [],\n"
      "  \"steady_state\": null,\n"
      "  \"detail\": null,\n"
      "  \"config\": {\n"
      "    \"net.topology\": \"bridged\",\n";
  char *json = oio_results_json(&r, &config, &run);
  assert_non_null(json);
  const size_t length = strlen(json);
  assert_true(length > sizeof expected);
  assert_string_equal(json + length - strlen("\n  }\n}\n"), "\n  }\n}\n");
  json[sizeof expected - 1] = '\0';
  assert_string_equal(json, expected);
  free(json);
}

static void every_figure_of_the_table_stands_behind_its_name(void **state) {
  (void)state;
  struct oio_config config = seeded();
  config.reset_at_ps = 7654322;
  struct oio_results r = every_figure_another;
  r.traffic.stalled_reading = true;
  r.stalled = true;
  static const char expected[] =
      "workload       load\\1\n"
      "result         BAD: a link failed: link 1, side B: overflow: nothing moves any more: 103 lost, 3 of them by a reset: 105 "
      "duplicated: 106 reordered: 110 delivered after a reset had dropped them: 107 corrupted: the RTL broke a rule 9 times\n"
      "messages       sent 101  delivered 102  lost 103  duplicated 105  reordered 106  corrupted 107\n"
      "  by a reset   3 of the lost\n"
      "  on the way   104\n"
      "  inside a die 108 (not carried)\n"
      "retries        crc 204  sequence 205  timeout 206   undetected errors 207\n"
      "flits          payload 2000000  nop 300000  replayed 40000, 5000 of what had arrived\n"
      "fec            codewords 801  corrected symbols 802  uncorrectable 803  miscorrected 804   condemned flits 805\n"
      "availability   a link is up 0.8750000 of the time, in the mean of all; all are at once 0.7500000\n"
      "faults         events 811  flits while down 812  lanes remapped 813 times   missing lanes 814\n"
      "latency ns     min 11.0  mean 12.5  p50 13.0  p99 14.0  p99.9 15.0  max 16.0\n"
      "  its parts    queue 1.1 + serialise 2.2 + flight 3.3 + logic 4.4 + fec 0.6 + retry 5.5 = mean\n"
      "offered        111.222 Gb/s, load 0.375 of 296.593; the most loaded wire, s3->s4, is asked 0.75 times what it carries\n"
      "goodput        123.457 Gb/s over 7.654 us\n"
      "collective     2.346 us an iteration; exposed: 3.00 GB/s of the buffer, 4.50 GB/s of the bus\n"
      "efficiency     62.5 % of an iteration is compute\n"
      "critical path  compute 1.000 + latency 2.000 + bandwidth 3.000 + queue 4.000 + retry 5.000 + offered 6.000 + unknown 7.000 = 28.000 "
      "us\n"
      "  the slowest  0.001 us behind the mean die at the end of an iteration\n"
      "speed          6000 cycles in 2.50 s = 2 kcycle/s, 1.17 M flit hops per CPU second\n"
      "               1000 more cycles were idle and not clocked\n"
      "seed           77   wire digest fedcba9876543210\n"
      "note           the look-ahead was full: some records entered late; raise trace.lookahead_records\n"
      "note           the traffic ended before reset.at_ps=7654322: no reset met it\n"
      "waves          w.fst\n"
      "JSON           r.json\n";
  char *table = oio_results_table(&r, &config, &run);
  assert_non_null(table);
  assert_string_equal(table, expected);
  free(table);
}

static void a_clean_run_without_latency_or_speed_says_so_in_the_fewest_lines(void **state) {
  (void)state;
  const struct oio_config config = seeded();
  const struct oio_results nothing = {0};
  const struct oio_run nameless = {0};
  static const char expected[] = "result         good\n"
                                 "messages       sent 0  delivered 0  lost 0  duplicated 0  reordered 0  corrupted 0\n"
                                 "retries        crc 0  sequence 0  timeout 0   undetected errors 0\n"
                                 "flits          payload 0  nop 0  replayed 0\n"
                                 "latency ns     none: nothing was delivered\n"
                                 "goodput        0.000 Gb/s over 0.000 us\n"
                                 "seed           77   wire digest 0000000000000000\n";
  char *table = oio_results_table(&nothing, &config, &nameless);
  assert_non_null(table);
  assert_string_equal(table, expected);
  free(table);
}

/* What is UTF-8 stays as it is: two, three and four bytes. What is none is escaped byte by byte: a lone first byte, a lone second byte, a
 * surrogate, more bytes than needed, beyond U+10FFFF. */
static void names_are_utf8_as_they_are_and_anything_else_byte_by_byte_however_long(void **state) {
  (void)state;
  static const struct {
    const char *name, *quoted;
  } cases[] = {{"\303\251 \342\202\254 \360\237\230\200", "\303\251 \342\202\254 \360\237\230\200"},
               {"\355\237\277 \364\217\277\277", "\355\237\277 \364\217\277\277"},
               {"\303", "\\u00c3"},
               {"\251", "\\u00a9"},
               {"\355\240\200", "\\u00ed\\u00a0\\u0080"},
               {"\300\257", "\\u00c0\\u00af"},
               {"\340\237\277", "\\u00e0\\u009f\\u00bf"},
               {"\360\217\277\277", "\\u00f0\\u008f\\u00bf\\u00bf"},
               {"\364\220\200\200", "\\u00f4\\u0090\\u0080\\u0080"},
               {"a\tb\177", "a\\u0009b\\u007f"}};
  const struct oio_config config = seeded();
  char expected[200], lengthy[9001];
  for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
    const struct oio_run named = {.workload = cases[i].name};
    char *json = oio_results_json(&every_figure_another, &config, &named);
    snprintf(expected, sizeof expected, "\"workload\": \"%s\",\n", cases[i].quoted);
    if (strstr(json, expected) == NULL) fail_msg("case %zu: %.200s", i, json);
    free(json);
  }
  memset(lengthy, 'x', 9000);
  lengthy[9000] = '\0';
  const struct oio_run named = {.workload = lengthy};
  char *json = oio_results_json(&every_figure_another, &config, &named);
  char *table = oio_results_table(&every_figure_another, &config, &named);
  assert_non_null(strstr(json, lengthy));
  assert_string_equal(json + strlen(json) - 6, "  }\n}\n");
  assert_non_null(strstr(table, lengthy));
  assert_non_null(strstr(table, "wire digest fedcba9876543210\n"));
  free(json);
  free(table);
}

static void figures_of_repeated_runs_stand_at_their_names_and_in_their_units(void **state) {
  (void)state;
  static const struct {
    const char *name;
    double value;
  } figures[OIO_FIGURES] = {{"latency_mean_ps", 12500.25}, {"latency_p50_ps", 13000}, {"latency_p99_ps", 14000},
                            {"latency_p999_ps", 15000},    {"latency_max_ps", 16000}, {"goodput_bits_per_s", 123456789012.5},
                            {"sim_time_ps", 7654321},      {"retries", 615},          {"iteration_ps", 2345678.125},
                            {"efficiency", 0.625}};
  const struct oio_config config = seeded();
  struct oio_repeat repeat = {.first_seed = 5};
  const struct oio_run repeated = {.repeat = &repeat};
  char row[200];
  for (unsigned i = 0; i < OIO_FIGURES; i++) {
    double value;
    assert_string_equal(oio_results_figure(&every_figure_another, i, &value), figures[i].name);
    assert_true(value == figures[i].value);
    repeat.figure[i] = (struct oio_estimate){.values = 3, .mean = value, .min = value - 0.125, .max = value + 0.25, .within = 0.0625 + i};
  }
  char *json = oio_results_json(&every_figure_another, &config, &repeated);
  for (unsigned i = 0; i < OIO_FIGURES; i++) {
    snprintf(row, sizeof row, "{\"figure\": \"%s\", \"runs\": 3, \"mean\": %.6f, \"min\": %.6f, \"max\": %.6f, \"within\": %.6f}",
             figures[i].name, figures[i].value, figures[i].value - 0.125, figures[i].value + 0.25, 0.0625 + i);
    if (strstr(json, row) == NULL) fail_msg("%s is not in %s", row, strstr(json, "\"repeat\""));
  }
  free(json);
  repeat.figure[9].within = 0.01;
  char *table = oio_results_table(&every_figure_another, &config, &repeated);
  static const char lines[] = "repeated       3 runs, seeds 5 to 7\n"
                              "  latency ns   mean 12.500 within 0.000 (95 %)  min 12.500  max 12.501\n"
                              "    p99        mean 14.000 within 0.002 (95 %)  min 14.000  max 14.000\n"
                              "  goodput Gb/s mean 123.457 within 0.000 (95 %)  min 123.457  max 123.457\n"
                              "  iteration us mean 2.346 within 0.000 (95 %)  min 2.346  max 2.346\n"
                              "  efficiency % mean 62.500 within 1.000 (95 %)  min 50.000  max 87.500\n";
  if (strstr(table, lines) == NULL) fail_msg("%s", strstr(table, "repeated"));
  free(table);
}

static void a_run_is_good_unless_one_figure_says_otherwise(void **state) {
  (void)state;
  const struct oio_results good = {.traffic = {.lost = 5, .dropped = 5}, .links = {.undetected = 3, .retries_crc = 4}};
  assert_true(oio_results_good(&good));
  for (unsigned i = 0; i < 9; i++) {
    struct oio_results r = good;
    r.traffic.duplicated = i == 0;
    r.traffic.reordered = i == 1;
    r.traffic.corrupted = i == 2;
    r.links.failed = i == 3;
    r.findings = i == 4;
    r.stalled = i == 5;
    r.traffic.lost += i == 6;
    r.traffic.dropped += i == 7;
    r.traffic.revived = i == 8;
    assert_false(oio_results_good(&r));
  }
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(every_figure_of_the_json_stands_at_its_key),
      cmocka_unit_test(every_figure_of_the_table_stands_behind_its_name),
      cmocka_unit_test(a_clean_run_without_latency_or_speed_says_so_in_the_fewest_lines),
      cmocka_unit_test(names_are_utf8_as_they_are_and_anything_else_byte_by_byte_however_long),
      cmocka_unit_test(figures_of_repeated_runs_stand_at_their_names_and_in_their_units),
      cmocka_unit_test(a_run_is_good_unless_one_figure_says_otherwise),
  };
  return cmocka_run_group_tests_name("results_text", tests, NULL, NULL);
}
