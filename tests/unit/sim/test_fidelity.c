/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Event and bit fidelity take the same decision on every flit: the same simulation twice, held against each other event by event.
 *
 *     test_fidelity         a matrix of configurations
 *     test_fidelity long    ten million flits on the wire at 1e-3 and at 1e-5, among them errors that no CRC saw
 */
#define CHANCE_PROGRAM "test_fidelity"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "chance.h"
#include "configured.h"

static struct oio_sim *start(const char *const *settings, uint64_t of_seed, const char *fidelity) {
  struct oio_config config;
  oio_config_defaults(&config);
  for (; *settings != NULL; settings++) set(&config, *settings);
  set(&config, fidelity);
  config.seed = of_seed;
  resolve(&config);
  return start_sim(&config);
}

static void check_same(const struct oio_results *a, const struct oio_results *b, uint64_t of_seed) {
#define SAME(field)                                                                                                                        \
  do {                                                                                                                                     \
    if (a->field != b->field) {                                                                                                            \
      FAIL_WITH_REPLAY("seed %llu: " #field " is %llu by events and %llu by bits", (unsigned long long)of_seed,                            \
                       (unsigned long long)a->field, (unsigned long long)b->field);                                                        \
    }                                                                                                                                      \
  } while (0)
  SAME(decision_digest);
  SAME(sim_time_ps);
  SAME(links.payload);
  SAME(links.nop);
  SAME(links.replayed);
  SAME(links.duplicate);
  SAME(links.retries_crc);
  SAME(links.retries_sequence);
  SAME(links.retries_timeout);
  SAME(links.undetected);
  SAME(links.failed);
  SAME(traffic.sent);
  SAME(traffic.delivered);
  SAME(traffic.corrupted);
  SAME(traffic.lost);
  SAME(traffic.duplicated);
  SAME(traffic.reordered);
  SAME(fec.codewords);
  SAME(fec.corrected_symbols);
  SAME(fec.uncorrectable_codewords);
  SAME(fec.miscorrected_codewords);
  SAME(fec.condemned_flits);
  SAME(faults.events);
  SAME(faults.dark_flits);
  SAME(faults.remaps);
  SAME(faults.missing_lanes);
  SAME(faults.down_ps);
  SAME(faults.availability);
  SAME(faults.all_up);
  SAME(latency_min_ps);
  SAME(latency_p50_ps);
  SAME(latency_max_ps);
  for (unsigned part = 0; part < OIO_PART_COUNT; part++) SAME(traffic.parts[part].low);
  assert_string_equal(a->failure, b->failure);
}

struct sums {
  uint64_t flits, undetected, failed, corrupted, codewords, miscorrected;
};

/* Runs until the traffic ends or `flits` flits were on the wire; the two are compared on the way. */
static void run_both(const char *const *settings, uint64_t of_seed, uint64_t flits, struct sums *sums) {
  struct oio_sim *events = start(settings, of_seed, "sim.fidelity=event"), *bits = start(settings, of_seed, "sim.fidelity=bit");
  struct oio_results a, b;
  bool more = true, more_bits = true;
  do {
    struct oio_error error;
    assert_int_equal(oio_sim_run(events, 20000, &more, &error), OIO_OK);
    assert_int_equal(oio_sim_run(bits, 20000, &more_bits, &error), OIO_OK);
    oio_sim_get_results(events, &a);
    oio_sim_get_results(bits, &b);
    check_same(&a, &b, of_seed);
    assert_int_equal(more, more_bits);
  } while (more && a.links.payload + a.links.nop + a.links.replayed < flits);
  sums->flits += a.links.payload + a.links.nop + a.links.replayed;
  sums->undetected += a.links.undetected;
  sums->failed += a.links.failed > 0;
  sums->corrupted += a.traffic.corrupted;
  sums->codewords += a.fec.codewords;
  sums->miscorrected += a.fec.miscorrected_codewords;
  oio_sim_destroy(events);
  oio_sim_destroy(bits);
}

static void both_fidelities_take_the_same_decision_on_every_flit_of_the_matrix(void **state) {
  (void)state;
  static const char *const rates[] = {"optical.bit_error_rate=0", "optical.bit_error_rate=1e-5", "optical.bit_error_rate=1e-4",
                                      "optical.bit_error_rate=1e-3"};
  static const char *const topologies[] = {"net.topology=pair", "net.topology=bridged"};
  static const char *const formats[] = {"link.format=3", "link.format=6"};
  static const char *const shapes[][3] = {
      {"workload.generate=saturate", "workload.message_bytes=224", "workload.vcs=1"},
      {"workload.generate=poisson", "workload.message_bytes=64", "workload.vcs=8"},
      {"workload.generate=burst", "workload.message_bytes=5000", "workload.vcs=3"},
      {"workload.generate=saturate", "workload.message_bytes=1", "workload.vcs=2"},
  };
  struct sums sums = {0};
  for (unsigned i = 0; i < 64; i++) {
    const char *const settings[] = {rates[i % 4],
                                    topologies[i / 4 % 2],
                                    formats[i / 8 % 2],
                                    shapes[i / 16][0],
                                    shapes[i / 16][1],
                                    shapes[i / 16][2],
                                    "workload.messages=3000",
                                    "die_link.bit_error_rate=1e-6",
                                    "link.replay_limit=65535",
                                    NULL};
    run_both(settings, seed + i, 15000, &sums);
  }
  print_message("%llu flits, %llu errors undetected\n", (unsigned long long)sums.flits, (unsigned long long)sums.undetected);
}

/* Some words are corrected, some are not, and of the weakest code with so many errors some are taken for others. */
static void with_error_correction_too(void **state) {
  (void)state;
  static const char *const codes[][2] = {{"optical.fec=kp4", "optical.bit_error_rate=2.5e-3"},
                                         {"optical.fec=kr4", "optical.bit_error_rate=9e-4"},
                                         {"optical.fec=ll", "optical.bit_error_rate=1.8e-3"}};
  static const char *const ways[] = {"optical.fec_ways=1", "optical.fec_ways=2", "optical.fec_ways=4"};
  static const char *const topologies[] = {"net.topology=pair", "net.topology=bridged"};
  static const char *const kinds[] = {"workload.generate=saturate", "workload.generate=poisson"};
  static const char *const processes[] = {"optical.errors=independent", "optical.errors=pam4:0.6", "optical.errors=precoded:0.6",
                                          "optical.errors=two-state:0.1:2e-3:300"};
  struct sums sums = {0};
  for (unsigned i = 0; i < 36; i++) {
    const char *const settings[] = {
        codes[i % 3][0],        codes[i % 3][1], ways[i / 3 % 3],          topologies[i / 9 % 2],     kinds[i / 18], processes[i % 4],
        "optical.fec_ps=30000", "link.format=6", "workload.messages=3000", "link.replay_limit=65535", NULL};
    run_both(settings, seed + i, 15000, &sums);
  }
}

/* Of the small code of a flit very many take a word for another. */
static void a_million_codewords_in_bursts_are_decided_alike(void **state) {
  (void)state;
  static const char *const rows[][3] = {{"optical.fec=flit", "optical.errors=pam4:0.75", "optical.bit_error_rate=3e-4"},
                                        {"optical.fec=flit", "optical.errors=two-state:0.1:1e-3:300", "optical.bit_error_rate=3e-4"},
                                        {"optical.fec=ll", "optical.errors=pam4:0.6", "optical.bit_error_rate=1.5e-3"}};
  struct sums sums = {0};
  for (unsigned i = 0; sums.codewords < 1000000; i++) {
    const char *const settings[] = {rows[i % 3][0],
                                    rows[i % 3][1],
                                    rows[i % 3][2],
                                    "net.topology=pair",
                                    "workload.generate=saturate",
                                    "workload.messages=1000000",
                                    "link.replay_limit=65535",
                                    NULL};
    run_both(settings, seed + i, 50000, &sums);
  }
  print_message("%llu codewords, %llu miscorrected\n", (unsigned long long)sums.codewords, (unsigned long long)sums.miscorrected);
  assert_true(sums.miscorrected > 1000);
}

/* Lanes, and what happens to them; with correction and without. */
static void with_lanes_that_die_and_wires_that_go_down_too(void **state) {
  (void)state;
  static const char *const schedules[] = {
      "faults.schedule=at 500ns class optical: laser 1 dies; at 3us class optical: laser 1 returns",
      "faults.schedule=at 700ns all: down for 400ns; at 2us class optical: fibre 2 cut; at 4us all: error rate 4e-4",
      "faults.schedule=at 300ns class optical: loss 2 dB over 2us; at 4us all: down for 100ns, 4 times every 900ns"};
  static const char *const codes[] = {"optical.fec=flit", "optical.fec=kp4", "optical.fec=ll"};
  static const char *const modes[] = {"optical.fec_mode=correct", "optical.fec_mode=detect", "optical.fec_mode=unmarked"};
  static const char *const stripes[] = {"optical.stripe_bits=1", "optical.stripe_bits=10"};
  static const char *const processes[] = {"optical.errors=independent", "optical.errors=pam4:0.6+two-state:0.1:1e-3:400",
                                          "optical.errors=two-state:0.1:2e-3:300"};
  struct sums sums = {0};
  for (unsigned i = 0; i < 54; i++) {
    const char *const settings[] = {schedules[i % 3],
                                    codes[i / 3 % 3],
                                    modes[i / 6 % 3],
                                    stripes[i / 9 % 2],
                                    processes[i / 18],
                                    i % 2 == 0 ? "net.topology=pair" : "net.topology=bridged",
                                    i / 2 % 2 == 0 ? "workload.generate=saturate" : "workload.generate=poisson",
                                    "optical.bit_error_rate=3e-4",
                                    "optical.wavelengths=4",
                                    "optical.lane_spread=0.3",
                                    "optical.spare_lanes=2",
                                    "optical.remap_ps=600000",
                                    "optical.walk=0.4",
                                    "optical.walk_ps=3000000",
                                    i % 4 == 0 ? "optical.marker_bits=0" : "optical.marker_bits=2176",
                                    "optical.marker_period_bits=100000",
                                    "die_link.bit_error_rate=1e-5",
                                    "die_link.lanes=128",
                                    "workload.messages=3000",
                                    "link.replay_limit=65535",
                                    NULL};
    run_both(settings, seed + i, 15000, &sums);
  }
}

/* Every kind of it, in place and by chance; of the last, four bits that no CRC sees, in payloads, headers and control bytes. */
static void with_what_happens_to_single_flits_too(void **state) {
  (void)state;
  static const char *const schedules[] = {
      "faults.schedule=at flit 20 all: flip bits 3,977,2040, 30 times every 61 flits; at flit 33 all: burst of 17 bits at 1003, 20 times "
      "every "
      "67 flits; at 3us all: damage header, 4 times every 500ns; from flit 0 to flit 3000 all: flip bit any, one flit in 90",
      "faults.schedule=at flit 5 all: drop, 40 times every 53 flits; at flit 9 link 0: truncate at 700, 30 times every 41 flits; at 1us "
      "all: "
      "delay 20ns, 9 times every 300ns; at flit 900 link 0: down for 90ns",
      "faults.schedule=at flit 3 all: lose ack, 20 times every 77 flits; at 500ns all: lose credit, 20 times every 200ns; from flit 9 to "
      "flit "
      "5000 link 0: delay 3ns, one flit in 70",
      ("faults.schedule=from flit 50 to flit 9000 all: flip bits 100,101,114,116, one flit in 300; from flit 50 to flit 9000 all: flip "
       "bits "
       "1888,1889,1902,1904, one flit in 900")};
  static const char *const codes[] = {"optical.fec=none", "optical.fec=flit", "optical.fec=kp4"};
  struct sums sums = {0};
  for (unsigned i = 0; i < 48; i++) {
    const char *const settings[] = {schedules[i % 4],
                                    codes[i / 4 % 3],
                                    i / 12 % 2 == 0 ? "link.format=3" : "link.format=6",
                                    i / 24 == 0 ? "net.topology=pair" : "net.topology=bridged",
                                    i / 2 % 2 == 0 ? "workload.generate=saturate" : "workload.generate=poisson",
                                    "optical.bit_error_rate=1e-5",
                                    "workload.messages=2500",
                                    "link.replay_limit=65535",
                                    NULL};
    run_both(settings, seed + i, 9000, &sums);
  }
  print_message("%llu flits, %llu errors undetected, %llu runs ended\n", (unsigned long long)sums.flits,
                (unsigned long long)sums.undetected, (unsigned long long)sums.failed);
  assert_true(sums.undetected > 100);
}

static void a_reset_in_mid_traffic_is_the_same_in_both(void **state) {
  (void)state;
  static const char *const settings[] = {"optical.bit_error_rate=1e-4", "workload.generate=poisson", "workload.messages=2000",
                                         "reset.at_ps=2000000", NULL};
  struct sums sums = {0};
  for (unsigned i = 0; i < 4; i++) run_both(settings, seed + i, UINT64_MAX, &sums);
}

static void run_long(const char *rate, uint64_t flits_of_a_run) {
  const char *const settings[] = {rate,
                                  "net.topology=pair",
                                  "optical.length_m=1",
                                  "workload.generate=saturate",
                                  "workload.messages=1000000000",
                                  "link.replay_limit=65535",
                                  NULL};
  struct sums sums = {0};
  for (unsigned i = 0; sums.flits < 10000000; i++) run_both(settings, seed + i, flits_of_a_run, &sums);
  print_message("%s: %llu flits, %llu errors undetected, %llu runs ended by one in a header, %llu messages corrupted\n", rate,
                (unsigned long long)sums.flits, (unsigned long long)sums.undetected, (unsigned long long)sums.failed,
                (unsigned long long)sums.corrupted);
  if (strstr(rate, "1e-3") != NULL) assert_true(sums.undetected > 0);
}

static void ten_million_flits_at_1e_3_are_decided_alike(void **state) {
  (void)state;
  run_long("optical.bit_error_rate=1e-3", 1000000);
}

static void ten_million_flits_at_1e_5_are_decided_alike(void **state) {
  (void)state;
  run_long("optical.bit_error_rate=1e-5", 5000000);
}

int main(int argc, char **argv) {
  chance_start();
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(both_fidelities_take_the_same_decision_on_every_flit_of_the_matrix),
      cmocka_unit_test(with_error_correction_too),
      cmocka_unit_test(a_million_codewords_in_bursts_are_decided_alike),
      cmocka_unit_test(with_lanes_that_die_and_wires_that_go_down_too),
      cmocka_unit_test(with_what_happens_to_single_flits_too),
      cmocka_unit_test(a_reset_in_mid_traffic_is_the_same_in_both),
  };
  const struct CMUnitTest long_tests[] = {
      cmocka_unit_test(ten_million_flits_at_1e_3_are_decided_alike),
      cmocka_unit_test(ten_million_flits_at_1e_5_are_decided_alike),
  };
  if (argc > 1 && strcmp(argv[1], "long") == 0) return cmocka_run_group_tests_name("fidelity, long", long_tests, NULL, NULL);
  return cmocka_run_group_tests_name("fidelity", tests, NULL, NULL);
}
