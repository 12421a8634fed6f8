/* SPDX-License-Identifier: Apache-2.0 */
/* What load means: goodput at which ports are full, worked out by hand and held against what dies really pack; and the most loaded wire. */
#define _GNU_SOURCE
#define CHANCE_PROGRAM "test_offer"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

#include "chance.h"
#include "oio/sim.h"
#include "recorded.h"
#include "traffic/packing.h"

static struct oio_config config_of(const char *const *settings) {
  struct oio_config config;
  oio_config_defaults(&config);
  set(&config, "sim.fidelity=event");
  for (; *settings != NULL; settings++) set(&config, *settings);
  resolve(&config);
  return config;
}

static struct oio_results run(const struct oio_config *config) {
  struct oio_results results;
  struct oio_sim *sim = start_sim(config);
  assert_int_equal(oio_sim_advance(sim, OIO_NEVER, NULL), OIO_OK);
  oio_sim_get_results(sim, &results);
  oio_sim_destroy(sim);
  assert_int_equal(results.traffic.delivered, config->messages);
  return results;
}

/*
 * 232 bytes hold segments with 8 for each. Of 112 bytes: one and 96 of the next, 208; then 16, 112 and 80; and so on, 208 in each of seven
 * flits, after which the eighth begins afresh. Of 225: 224, and fourteen times 209. Of 16 on four VCs: nine whole ones are 216 with their
 * descriptors, and no granule more fits. Routed, 230 bytes, and no granules: two of 107, ten of 15.
 */
static void a_flit_carries_what_hands_have_packed(void **state) {
  (void)state;
  static const struct {
    uint64_t bytes;
    unsigned vcs;
    bool routed;
    double expected;
  } cases[] = {{224, 1, false, 224},  {224, 8, false, 224},      {1, 1, false, 14},      {1, 3, false, 14},
               {8, 1, false, 14 * 8}, {112, 1, false, 208},      {16, 4, false, 9 * 16}, {225, 1, false, 210},
               {448, 2, false, 224},  {1u << 30, 1, false, 224}, {222, 1, true, 222},    {222, 8, true, 222},
               {1, 1, true, 14},      {107, 1, true, 214},       {15, 1, true, 150},     {1u << 30, 1, true, 222 - 8e-6}};
  for (unsigned i = 0; i < sizeof cases / sizeof cases[0]; i++) {
    const double carried = oio_packing_bytes_per_flit(cases[i].bytes, cases[i].vcs, cases[i].routed);
    if (fabs(carried / cases[i].expected - 1) > 1e-7) fail_msg("case %u: %.9f, not %.9f", i, carried, cases[i].expected);
  }
}

/* Dies pack by code of their own: bytes sent over payload flits sent. */
static void a_flit_carries_what_dies_pack(void **state) {
  (void)state;
  uint64_t stream = chance_stream(1);
  for (unsigned i = 0; i < 60; i++) {
    const bool routed = i % 3 == 0;
    const unsigned vcs = 1 + (unsigned)chance_below(&stream, 8);
    const uint64_t bytes = 1 + chance_below(&stream, i % 2 ? 300 : 3000), messages = 40 + 2000 * vcs * 200 / (200 + bytes);
    char size[64], count[64], channels[64], net[64];
    snprintf(size, sizeof size, "workload.message_bytes=%llu", (unsigned long long)bytes);
    snprintf(count, sizeof count, "workload.messages=%llu", (unsigned long long)messages);
    snprintf(channels, sizeof channels, "workload.vcs=%u", routed ? 1 : vcs);
    snprintf(net, sizeof net, "net.topology=%s", routed ? "loop:2" : "pair");
    const struct oio_config config =
        config_of((const char *const[]){net, size, count, channels, "workload.generate=saturate", "workload.depth=32",
                                        routed ? "link.format=3" : "workload.directions=a_to_b", NULL});
    struct oio_sim *sim;
    struct oio_link_state state_of;
    assert_int_equal(oio_sim_create(&sim, &config, NULL, NULL, NULL), OIO_OK);
    assert_int_equal(oio_sim_advance(sim, OIO_NEVER, NULL), OIO_OK);
    assert_true(oio_net_get_link_state(oio_sim_net(sim), 0, &state_of));
    const double sent = (double)(messages / (routed ? 2 : 1) * bytes), packed = sent / (double)state_of.sent_payload;
    const double computed = oio_packing_bytes_per_flit(bytes, vcs, routed);
    oio_sim_destroy(sim);
    if (fabs(packed / computed - 1) > 0.02)
      FAIL_WITH_REPLAY("%llu bytes on %u VCs, %s: packed %.3f, computed %.3f", (unsigned long long)bytes, vcs, net, packed, computed);
  }
}

/* One way, so that no Ack stands in the way; both ways Acks ride on the flits. */
static void saturating_traffic_saturates_at_any_message_size(void **state) {
  (void)state;
  static const unsigned sizes[] = {1, 2, 7, 15, 16, 60, 111, 112, 113, 200, 222, 223, 224, 225, 447, 1000, 65536, 1000000};
  static const double least[] = {0.96, 0.96, 0.96, 0.9, 0.7}; /* all to all through one switch, dies wait for each other */
  static const char *const nets[] = {"net.topology=pair", "net.topology=bridged", "net.topology=star:4", "net.topology=full:4",
                                     "net.topology=star:8"};
  for (unsigned i = 0; i < sizeof sizes / sizeof sizes[0]; i++) {
    for (unsigned n = 0; n < 5; n++) {
      const unsigned long long flits = n < 2 ? 6000 : 24000, messages = flits * 200 / (sizes[i] + 13) + 40;
      char size[64], count[64];
      if (n > 2 && sizes[i] > 1000) continue; /* so few of them that the last port's are much of the run */
      snprintf(size, sizeof size, "workload.message_bytes=%u", sizes[i]);
      snprintf(count, sizeof count, "workload.messages=%llu", messages);
      const struct oio_config config =
          config_of((const char *const[]){nets[n], size, count, "workload.generate=saturate", "workload.vcs=2",
                                          n == 2 ? "workload.pattern=complement" : "workload.pattern=uniform", NULL});
      const struct oio_results r = run(&config);
      const double part = r.goodput_bits_per_s / r.offer.saturation_bits_per_s;
      if (part > 1.0001 || part < least[n]) fail_msg("%s %s: %.4f of saturation", nets[n], size, part);
    }
  }
}

static void a_load_is_of_that_goodput_and_bytes_in_flits_are_counted(void **state) {
  (void)state;
  static const char *const sizes[] = {"workload.message_bytes=1", "workload.message_bytes=112", "workload.message_bytes=225"};
  static const double bytes_per_flit[] = {14, 208, 210};
  for (unsigned i = 0; i < 3; i++) {
    const struct oio_config config =
        config_of((const char *const[]){"net.topology=pair", sizes[i], "workload.generate=poisson", "workload.load=0.8",
                                        "workload.messages=100000", "workload.directions=a_to_b", NULL});
    const struct oio_results r = run(&config);
    assert_true(fabs(r.offer.saturation_bits_per_s / (bytes_per_flit[i] * 8 / 4e-9) - 1) < 1e-9);
    assert_true(fabs(r.offer.bits_per_s / (0.8 * r.offer.saturation_bits_per_s) - 1) < 1e-9);
    if (fabs(r.goodput_bits_per_s / r.offer.bits_per_s - 1) > 0.015)
      fail_msg("%s: %g of %g", sizes[i], r.goodput_bits_per_s, r.offer.bits_per_s);
  }
}

static struct oio_offer offer_of(const char *const *settings) {
  const struct oio_config config = config_of(settings);
  struct oio_traffic *traffic;
  struct oio_net *net;
  struct oio_offer offer;
  struct oio_error error;
  if (oio_net_create(&net, &config, NULL, &error) != OIO_OK) fail_msg("%s", error.text);
  if (oio_traffic_create(&traffic, &config, oio_net_dies(net), NULL, &error) != OIO_OK) fail_msg("%s", error.text);
  oio_traffic_get_offer(traffic, &offer);
  oio_traffic_destroy(traffic);
  oio_net_destroy(net);
  return offer;
}

#define POISSON "workload.generate=poisson"

static void the_most_loaded_wire_follows_from_pattern_routes_and_rates(void **state) {
  (void)state;
  static const struct {
    const char *settings[6];
    double wire_load;
    const char *from, *to; /* NULL: several are alike */
  } cases[] = {
      {{POISSON, "net.topology=pair", "workload.load=0.3"}, 0.3, "d0", "d1"},
      {{POISSON, "net.topology=pair", "workload.directions=b_to_a"}, 0.5, "d1", "d0"},
      {{POISSON, "net.topology=bridged"}, 0.5, "b0", "b1"},
      {{POISSON, "net.topology=bridged", "die_link.lanes=32"}, 1, "d0", "b0"},
      {{POISSON, "net.topology=star:8", "workload.load=0.1", "workload.pattern=hot-spot"}, 0.7, "s0", "d0"},
      {{POISSON, "net.topology=full:4", "workload.load=0.9"}, 0.9, NULL, NULL}, /* of its three ports */
      {{POISSON, "net.topology=full:4", "workload.load=0.9", "workload.pattern=complement"}, 0.9, NULL, NULL},
      {{POISSON, "net.topology=mesh:8x8", "workload.load=0.4"}, 0.4 * 2 * 64 / 63, NULL, NULL},
      {{POISSON, "net.topology=mesh:8x8", "workload.load=0.4", "rack.lanes=32"}, 0.4 * 64 / 63, NULL, NULL},
      {{POISSON, "net.topology=mesh:8x8", "workload.load=0.4", "package.lanes=128"}, 0.4 * 4 * 64 / 63, NULL, NULL},
      {{"workload.generate=saturate", "net.topology=mesh:4x4"}, 16.0 / 15, NULL, NULL},
      {{POISSON, "net.topology=ring:8", "workload.load=0.2", "workload.pattern=tornado"}, 0.6, NULL, NULL},
  };
  for (unsigned i = 0; i < sizeof cases / sizeof cases[0]; i++) {
    const struct oio_offer offer = offer_of(cases[i].settings);
    if (fabs(offer.wire_load / cases[i].wire_load - 1) > 1e-9) fail_msg("case %u: %g, not %g", i, offer.wire_load, cases[i].wire_load);
    if (cases[i].from == NULL) continue;
    assert_string_equal(offer.from, cases[i].from);
    assert_string_equal(offer.to, cases[i].to);
  }
  const struct oio_offer many = offer_of((const char *const[]){POISSON, "net.topology=star:1025", NULL});
  assert_true(many.wire_load == 0 && many.wire == OIO_NONE);
  assert_true(fabs(many.bits_per_s / (1025 * 0.5 * 222 * 8 / 4e-9) - 1) < 1e-9);
}

static void the_depth_that_fills_flits_is_chosen_unless_it_is_set(void **state) {
  (void)state;
  assert_int_equal(config_of((const char *const[]){NULL}).depth, 4);
  assert_int_equal(config_of((const char *const[]){"workload.message_bytes=1", NULL}).depth, 30);
  assert_int_equal(config_of((const char *const[]){"workload.message_bytes=60", NULL}).depth, 8);
  assert_int_equal(config_of((const char *const[]){"workload.message_bytes=1", "workload.depth=3", NULL}).depth, 3);
}

int main(void) {
  chance_start();
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(a_flit_carries_what_hands_have_packed),
      cmocka_unit_test(a_flit_carries_what_dies_pack),
      cmocka_unit_test(saturating_traffic_saturates_at_any_message_size),
      cmocka_unit_test(a_load_is_of_that_goodput_and_bytes_in_flits_are_counted),
      cmocka_unit_test(the_most_loaded_wire_follows_from_pattern_routes_and_rates),
      cmocka_unit_test(the_depth_that_fills_flits_is_chosen_unless_it_is_set),
  };
  return cmocka_run_group_tests_name("offer", tests, NULL, NULL);
}
