/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Every way to lose flits, of a link so small that all can be tried: each of the first LOSSES flits of both directions together is either
 * delivered or corrupted, 2^LOSSES patterns, then the wire is clean. Everything must arrive once and in order, and both ends come to rest.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "pair.h"

enum { FLIT = 1000 };

struct pattern {
  uint32_t losses; /* bit k: the k-th flit on either wire is corrupted */
  unsigned flits;
};

static void by_pattern(struct pair *p, unsigned side, uint64_t index, struct oio_wire *wire) {
  (void)side;
  (void)index;
  struct pattern *pattern = p->context;
  if (pattern->flits < 32 && pattern->losses >> pattern->flits & 1) pair_flip(p, wire, 8 * 40 + 1);
  pattern->flits++;
}

struct small {
  enum oio_profile profile;
  unsigned losses, window, buffer, payloads[2], flight;
  uint64_t ack_delay;
};

static void try_every_pattern(struct small small) {
  const struct oio_link_config config = {
      .format = 6,
      .sequence_bits = small.profile == OIO_PROFILE_ROUTED ? 16 : 8,
      .profile = (uint8_t)small.profile,
      .fidelity = OIO_EVENT,
      .window_flits = small.window,
      .buffer_flits = small.buffer,
      .peer_buffer_flits = small.buffer,
      .replay_limit = 40,
      .timeout_ps = 40 * FLIT,
      .nak_repeat_ps = 12 * FLIT,
      .ack_delay_ps = small.ack_delay,
  };
  struct pair p;
  struct pattern pattern;
  assert_true(pair_start(&p, config, config, FLIT, small.flight));
  p.fate = by_pattern;
  p.context = &pattern;
  unsigned most = 0;
  for (uint32_t losses = 0; losses < 1u << small.losses; losses++) {
    pattern = (struct pattern){losses, 0};
    pair_restart(&p);
    for (unsigned i = 0; i < 2; i++) p.side[i].offer = small.payloads[i];
    pair_run(&p, 5000 * FLIT);
    pair_check_quiet(&p);
    if (p.wrong) {
      fail_msg("profile %d, losses 0x%x of %u, window %u, buffer %u, payloads %u and %u, flight %u, ack_delay %llu: %s", (int)small.profile,
               losses, small.losses, small.window, small.buffer, small.payloads[0], small.payloads[1], small.flight,
               (unsigned long long)small.ack_delay, p.what);
    }
    if (pattern.flits > most) most = pattern.flits;
  }
  print_message("2^%u patterns, at most %u flits\n", small.losses, most);
  pair_end(&p);
}

static void one_way_with_window_2_every_pattern_of_19_losses_is_survived(void **state) {
  (void)state;
  try_every_pattern((struct small){OIO_PROFILE_EXTENDED, 19, 2, 2, {3, 0}, 1500, 0});
}

static void both_ways_with_window_2_every_pattern_of_18_losses_is_survived(void **state) {
  (void)state;
  try_every_pattern((struct small){OIO_PROFILE_EXTENDED, 18, 2, 2, {2, 2}, 500, 2 * FLIT});
}

static void both_ways_with_window_3_every_pattern_of_18_losses_is_survived(void **state) {
  (void)state;
  try_every_pattern((struct small){OIO_PROFILE_EXTENDED, 18, 3, 2, {4, 1}, 2500, 1 * FLIT});
}

static void routed_both_ways_with_a_buffer_of_1_a_hop_vc_every_pattern_of_18_losses_is_survived(void **state) {
  (void)state;
  try_every_pattern((struct small){OIO_PROFILE_ROUTED, 18, 3, 1, {4, 3}, 500, 0});
  try_every_pattern((struct small){OIO_PROFILE_ROUTED, 18, 3, 1, {5, 0}, 1500, 2 * FLIT});
}

static void try_distances(enum oio_profile profile) {
  for (unsigned flight = 0; flight <= 6000; flight += 750) {
    for (uint64_t delay = 0; delay <= 4 * FLIT; delay += 2 * FLIT) {
      for (unsigned window = 2; window <= 3; window++) try_every_pattern((struct small){profile, 12, window, 2, {3, 2}, flight, delay});
    }
  }
}

static void at_every_distance_and_delay_every_pattern_of_12_losses_is_survived(void **state) {
  (void)state;
  try_distances(OIO_PROFILE_EXTENDED);
}

static void so_it_is_in_the_routed_profile(void **state) {
  (void)state;
  try_distances(OIO_PROFILE_ROUTED);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(one_way_with_window_2_every_pattern_of_19_losses_is_survived),
      cmocka_unit_test(both_ways_with_window_2_every_pattern_of_18_losses_is_survived),
      cmocka_unit_test(both_ways_with_window_3_every_pattern_of_18_losses_is_survived),
      cmocka_unit_test(at_every_distance_and_delay_every_pattern_of_12_losses_is_survived),
      cmocka_unit_test(so_it_is_in_the_routed_profile),
      cmocka_unit_test(routed_both_ways_with_a_buffer_of_1_a_hop_vc_every_pattern_of_18_losses_is_survived),
  };
  return cmocka_run_group_tests_name("link exhaustive", tests, NULL, NULL);
}
