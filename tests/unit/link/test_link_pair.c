/* SPDX-License-Identifier: Apache-2.0 */
/* Two link ends and a wire in the test's hand (pair.h): what SPEC.md promises of a link as a whole. OIO_SEED chooses the random errors. */
#define CHANCE_PROGRAM "test_link_pair"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "chance.h"
#include "pair.h"

enum { FLIT = 1000, FLIGHT = 10500 };
#define LONG_AFTER (5 * OIO_MS)

/* Round trip 23 flit times. */
static struct oio_link_config config_of(unsigned bits, enum oio_fidelity fidelity) {
  return (struct oio_link_config){
      .format = 3,
      .sequence_bits = (uint8_t)bits,
      .fidelity = fidelity,
      .window_flits = bits == 8 ? 127 : 200,
      .buffer_flits = 64,
      .peer_buffer_flits = 64,
      .replay_limit = 255,
      .timeout_ps = 375 * FLIT,
      .nak_repeat_ps = 60 * FLIT,
      .ack_delay_ps = 8 * FLIT,
  };
}

static void start(struct pair *p, struct oio_link_config config) {
  assert_true(pair_start(p, config, config, FLIT, FLIGHT));
}

static struct oio_link_state state_of(const struct pair *p, unsigned side) {
  struct oio_link_state state;
  oio_link_get_state(p->side[side].link, &state);
  return state;
}

static void run_to_rest(struct pair *p) {
  pair_run(p, p->now + LONG_AFTER);
  pair_check_quiet(p);
  if (p->wrong) FAIL_WITH_REPLAY("%s", p->what);
}

/* ---- fates ---- */

/* Flits of each side that are corrupted, by number; ends with UINT64_MAX. */
struct script {
  const uint64_t *doomed[2];
  unsigned bit;
};

static void by_script(struct pair *p, unsigned side, uint64_t index, struct oio_wire *wire) {
  const struct script *script = p->context;
  for (const uint64_t *doomed = script->doomed[side]; doomed != NULL && *doomed != UINT64_MAX; doomed++) {
    if (*doomed == index) pair_flip(p, wire, script->bit);
  }
}

static void always_wrong(struct pair *p, unsigned side, uint64_t index, struct oio_wire *wire) {
  (void)index;
  const unsigned *sides = p->context; /* a set of bits */
  if (*sides >> side & 1) pair_flip(p, wire, 8 * 50);
}

/* Independent errors at a rate, of which none stays undetected. */
struct noise {
  double rate[2];
  uint64_t stream;
  uint64_t wrong_flits;
};

static void by_chance(struct pair *p, unsigned side, uint64_t index, struct oio_wire *wire) {
  (void)index;
  struct noise *noise = p->context;
  const double rate = noise->rate[side];
  double expected = rate * 2048;
  unsigned flips = 0;
  while (expected > 0 && chance_unit(&noise->stream) < (expected < 1 ? expected : 0.75) && flips < 2048) { /* some, not exactly binomial */
    pair_flip(p, wire, (unsigned)chance_below(&noise->stream, 2048));
    flips++;
    expected *= 0.75;
  }
  if (wire->wrong_bits > 0 && wire->syndrome == 0) pair_flip(p, wire, 8 * 60);
  noise->wrong_flits += wire->syndrome != 0;
}

/* ---- clean wire ---- */

static void on_a_clean_wire_everything_arrives_without_one_retry_and_the_numbers_wrap(void **state) {
  (void)state;
  for (unsigned bits = 8; bits <= 16; bits += 8) {
    for (unsigned fidelity = OIO_EVENT; fidelity <= OIO_BIT; fidelity++) {
      struct pair p;
      start(&p, config_of(bits, (enum oio_fidelity)fidelity));
      p.side[0].offer = bits == 8 ? 2000 : fidelity == OIO_BIT ? 70000 : 200000;
      p.side[1].offer = bits == 8 ? 1300 : 70000;
      run_to_rest(&p);
      for (unsigned i = 0; i < 2; i++) {
        const struct oio_link_state s = state_of(&p, i);
        assert_int_equal(s.replays + s.timeouts + s.asked_crc + s.asked_sequence + s.received_duplicate + p.side[i].naks, 0);
        assert_int_equal(s.sent_payload, p.side[i].offer);
        assert_int_equal(s.next_tx, p.side[i].offer % p.m + 1);
      }
      pair_end(&p);
    }
  }
}

static struct oio_link_config routed_config(enum oio_fidelity fidelity) {
  struct oio_link_config config = config_of(16, fidelity);
  config.profile = OIO_PROFILE_ROUTED;
  return config;
}

static void so_it_does_in_the_routed_profile_where_credit_wraps_sooner(void **state) {
  (void)state;
  for (unsigned fidelity = OIO_EVENT; fidelity <= OIO_BIT; fidelity++) {
    struct pair p;
    start(&p, routed_config((enum oio_fidelity)fidelity));
    p.side[0].offer = 70000; /* 35000 of each hop VC */
    p.side[1].offer = 1000;
    run_to_rest(&p);
    for (unsigned i = 0; i < 2; i++) {
      const struct oio_link_state s = state_of(&p, i);
      assert_int_equal(s.replays + s.timeouts + s.asked_crc + s.asked_sequence + s.received_duplicate + p.side[i].naks, 0);
      assert_int_equal(s.sent_payload, p.side[i].offer);
      assert_int_equal(s.hops[0].sent_total, p.side[i].offer / 2 % 32768);
    }
    pair_end(&p);
  }
}

static void nothing_to_send_is_nothing_sent_and_one_payload_costs_one_flit_and_one_ack(void **state) {
  (void)state;
  struct pair p;
  start(&p, config_of(8, OIO_BIT));
  run_to_rest(&p);
  assert_int_equal(p.side[0].tail + p.side[1].tail, 0);
  p.side[0].offer = 1;
  run_to_rest(&p);
  assert_int_equal(p.side[0].tail, 1);
  assert_int_equal(p.side[1].tail, 1);
  assert_int_equal(p.now, FLIT + FLIGHT + 8 * FLIT + FLIT + FLIGHT); /* the Ack waited ack_delay */
  pair_end(&p);
}

static void a_receiver_that_takes_nothing_stops_the_sender_at_its_buffer_and_loses_nothing(void **state) {
  (void)state;
  struct pair p;
  start(&p, config_of(8, OIO_BIT));
  p.side[1].holds = true;
  p.side[0].offer = 500;
  pair_run(&p, LONG_AFTER);
  if (p.wrong) fail_msg("%s", p.what);
  assert_int_equal(p.side[0].offered, 64);
  assert_int_equal(state_of(&p, 1).buffered_flits, 64);
  assert_true(pair_next_ps(&p) == OIO_NEVER);
  p.side[1].holds = false;
  pair_receive(&p, 1);
  run_to_rest(&p);
  pair_end(&p);
}

/* ---- one wrong flit ---- */

/* The first Nak on the wire of side 1, as it was sent. */
struct witness {
  uint64_t doomed;
  unsigned naks, s, echo;
};

static void watch_naks(struct pair *p, unsigned side, uint64_t index, struct oio_wire *wire) {
  struct witness *w = p->context;
  const struct spec_head h = spec_get_head(3, wire->bytes);
  if (side == 0 && index == w->doomed) pair_flip(p, wire, 8 * 100 + 3);
  if (side == 1 && h.command == SPEC_NAK && w->naks++ == 0) {
    w->s = h.s;
    w->echo = h.echo;
  }
}

static void one_corrupted_flit_is_asked_for_once_and_costs_one_replay_from_there_on(void **state) {
  (void)state;
  for (uint64_t doomed = 0; doomed < 300; doomed++) {
    struct pair p;
    struct witness w = {.doomed = doomed};
    start(&p, config_of(8, OIO_BIT));
    p.fate = watch_naks;
    p.context = &w;
    p.side[0].offer = 301;
    p.side[1].offer = doomed % 2 == 0 ? 0 : 200;
    run_to_rest(&p);
    const struct oio_link_state a = state_of(&p, 0), b = state_of(&p, 1);
    assert_int_equal(b.asked_crc, 1);
    assert_int_equal(b.asked_sequence, 0);
    assert_int_equal(a.replays, 1);
    assert_int_equal(a.timeouts, 0);
    if (p.side[1].offer == 0) assert_int_equal(w.naks, 1);                         /* payload flits that leave meanwhile carry it again */
    if (p.side[1].offer == 0) assert_int_equal(w.s, (doomed + p.m - 1) % p.m + 1); /* flit i is payload i: the one before it */
    assert_int_equal(w.echo, 0);
    assert_int_equal(b.received_duplicate, 0);
    assert_true(a.sent_replayed >= 1 && a.sent_replayed <= 60); /* what was under way for a round trip, not a window, not sixteen times */
    pair_end(&p);
  }
}

static void a_nak_that_is_lost_is_sent_again_after_nak_repeat(void **state) {
  (void)state;
  static const uint64_t first[] = {5, UINT64_MAX}, naks[] = {0, UINT64_MAX};
  struct script script = {{first, naks}, 8 * 30};
  struct pair p;
  start(&p, config_of(8, OIO_BIT));
  p.fate = by_script;
  p.context = &script;
  p.side[0].offer = 6; /* the last is lost, and the first flit of side 1 is the Nak about it */
  run_to_rest(&p);
  assert_int_equal(state_of(&p, 1).asked_crc, 1);
  assert_int_equal(p.side[1].naks, 2);
  assert_int_equal(state_of(&p, 0).timeouts, 0);
  assert_int_equal(state_of(&p, 0).replays, 1);
  pair_end(&p);
}

static void when_every_answer_is_lost_the_timeout_replays_and_duplicates_are_acknowledged_but_not_delivered(void **state) {
  (void)state;
  static const uint64_t answers[] = {0, 1, 2, UINT64_MAX}; /* the Ack, and what the Nak about it is answered by */
  struct script script = {{NULL, answers}, 8 * 30};
  struct oio_link_config config = config_of(8, OIO_BIT);
  config.nak_repeat_ps = 1000 * FLIT; /* so that a second Nak cannot come first */
  struct pair p;
  start(&p, config);
  p.fate = by_script;
  p.context = &script;
  p.side[0].offer = 4;
  run_to_rest(&p);
  assert_int_equal(state_of(&p, 0).timeouts, 1);
  assert_int_equal(state_of(&p, 1).received_duplicate, 4);
  assert_int_equal(p.side[1].delivered, 4);
  pair_end(&p);
}

/* With a window of one flit nothing goes on before its Ack, so every Ack that is lost is missed. */
static void a_lost_ack_comes_again_when_its_loss_is_asked_for_and_no_timer_is_needed(void **state) {
  (void)state;
  for (uint64_t doomed = 0; doomed < 30; doomed++) {
    for (unsigned both_ways = 0; both_ways <= 1; both_ways++) {
      const uint64_t answers[] = {doomed, UINT64_MAX};
      struct script script = {{NULL, answers}, 8 * 30};
      struct oio_link_config config = config_of(8, OIO_BIT);
      config.window_flits = 1;
      config.ack_delay_ps = 0;
      struct pair p;
      start(&p, config);
      p.fate = by_script;
      p.context = &script;
      p.side[0].offer = 30;
      p.side[1].offer = 30 * both_ways;
      run_to_rest(&p);
      const struct oio_link_state a = state_of(&p, 0), b = state_of(&p, 1);
      assert_int_equal(a.asked_crc, 1);
      assert_int_equal(a.timeouts + b.timeouts, 0);
      assert_int_equal(b.received_duplicate, 0);
      pair_end(&p);
    }
  }
}

/* ---- no way through ---- */

static void a_wire_that_is_dead_one_way_or_both_fails_the_link_with_its_reason(void **state) {
  (void)state;
  for (unsigned sides = 1; sides <= 3; sides++) {
    for (unsigned talk = 1; talk <= 3; talk++) {
      struct pair p;
      struct oio_link_config config = config_of(8, OIO_BIT);
      config.replay_limit = 7;
      start(&p, config);
      p.fate = always_wrong;
      p.context = &sides;
      p.side[0].offer = talk & 1 ? 10 : 0;
      p.side[1].offer = talk & 2 ? 10 : 0;
      pair_run(&p, 20 * config.timeout_ps);
      if (p.wrong) fail_msg("%s", p.what);
      for (unsigned i = 0; i < 2; i++) {
        enum oio_link_failure why;
        if (p.side[i].offer == 0) continue;
        assert_true(pair_failed(&p, i, &why));
        assert_int_equal(why, OIO_LINK_REPLAY_LIMIT);
        assert_int_equal(state_of(&p, i).replays, 8);
      }
      pair_end(&p);
    }
  }
}

/* ---- soak ---- */

static void soak(struct oio_link_config config, unsigned format, double rate_a, double rate_b, uint64_t flits, uint64_t stream) {
  struct pair p;
  config.format = (uint8_t)format;
  config.replay_limit = 65535;
  start(&p, config);
  struct noise noise = {{rate_a, rate_b}, chance_stream(stream), 0};
  p.fate = by_chance;
  p.context = &noise;
  p.side[0].offer = flits;
  p.side[1].offer = flits / 2;
  while (!p.wrong && p.side[1].delivered < flits) {
    if (!pair_step(&p)) break;
  }
  noise.rate[0] = noise.rate[1] = 0; /* the end on a clean wire: it must come to rest with nothing lost */
  run_to_rest(&p);
  if (rate_a >= 1e-5) assert_true(noise.wrong_flits > 0);
  pair_end(&p);
}

static void with_random_errors_both_ways_everything_arrives_once_and_in_order_and_no_credit_is_lost(void **state) {
  (void)state;
  static const double rates[] = {1e-6, 1e-5, 1e-4, 5e-4, 1e-3, 2e-3};
  for (unsigned i = 0; i < 6; i++) {
    for (unsigned k = 0; k < 4; k++) {
      const double worst = rates[i] > rates[(i + k) % 6] ? rates[i] : rates[(i + k) % 6];
      const uint64_t flits = worst <= 1e-4 ? 20000 : worst <= 5e-4 ? 5000 : 600; /* at 2e-3 a flit in fifty gets through */
      soak(config_of(k % 2 ? 8 : 16, OIO_BIT), i % 2 ? 3 : 6, rates[i], rates[(i + k) % 6], flits, 10 + 4 * i + k);
      soak(config_of(k % 2 ? 16 : 8, OIO_EVENT), i % 2 ? 3 : 6, rates[i], rates[(i + k) % 6], 3 * flits, 50 + 4 * i + k);
      soak(routed_config(k % 2 ? OIO_BIT : OIO_EVENT), i % 2 ? 3 : 6, rates[i], rates[(i + k) % 6], flits, 90 + 4 * i + k);
    }
  }
}

/* ---- throughput: facts of the window, in closed form ---- */

/* Flits delivered per flit time in the steady state, window W, one way, every flit acknowledged at once: W flits go out per loop, and a
 * loop is a flit and an Ack serialised and the fibre there and back. */
static double predicted(double window, double flight) {
  const double loop = 2 * FLIT + 2 * flight;
  return window * FLIT < loop ? window * FLIT / loop : 1;
}

static double measured(unsigned bits, unsigned window, unsigned buffer, uint64_t flight, struct oio_link_state *sender) {
  struct oio_link_config config = config_of(bits, OIO_EVENT);
  config.window_flits = window;
  config.buffer_flits = config.peer_buffer_flits = buffer;
  config.ack_delay_ps = 0;
  struct pair p;
  const uint64_t loop = 2 * FLIT + 2 * flight;
  if (bits == 16) config.timeout_ps = 3 * loop;
  assert_true(pair_start(&p, config, config, FLIT, flight));
  p.side[0].offer = UINT64_MAX;
  pair_run(&p, 4 * loop);
  const uint64_t before = p.side[1].delivered, from = p.now;
  pair_run(&p, from + 10 * loop);
  if (p.wrong) fail_msg("%s", p.what);
  const double rate = (double)(p.side[1].delivered - before) * FLIT / (double)(p.now - from);
  oio_link_get_state(p.side[0].link, sender);
  pair_end(&p);
  return rate;
}

static void check_rate_of(unsigned bits, unsigned window, unsigned buffer, double length_m, double at_least, double at_most) {
  const uint64_t flight = (uint64_t)(length_m * 4897);
  struct oio_link_state sender;
  const double rate = measured(bits, window, buffer, flight, &sender),
               expected = predicted(window < buffer ? window : buffer, (double)flight);
  print_message("%u bits, window %u, buffer %u, %g m: %.4f of the wire, predicted %.4f\n", bits, window, buffer, length_m, rate, expected);
  assert_true(rate > 0.98 * expected && rate < 1.02 * expected);
  assert_true(rate >= at_least && rate <= at_most);
  assert_int_equal(sender.timeouts, 0);
}

static void check_rate(unsigned bits, unsigned window, double length_m, double at_least, double at_most) {
  check_rate_of(bits, window, 32767, length_m, at_least, at_most);
}

static void a_window_of_127_keeps_13_m_of_fibre_full_and_loses_in_proportion_beyond(void **state) {
  (void)state;
  check_rate(8, 127, 1, 0.999, 1.002);
  check_rate(8, 127, 12.5, 0.999, 1.002);
  check_rate(8, 127, 13, 0.96, 0.99);
  check_rate(8, 127, 20, 0.60, 0.67);
  check_rate(8, 127, 26, 0.48, 0.51);
  check_rate(8, 127, 38, 0.33, 0.35);
}

static void a_window_of_16_bits_keeps_2_km_of_fibre_full(void **state) {
  (void)state;
  check_rate(16, 32767, 2000, 0.999, 1.002);
  check_rate(16, 20000, 2000, 0.999, 1.002);
  check_rate(16, 4000, 2000, 0.20, 0.21);
}

static void credit_for_a_short_wire_holds_a_long_one_back_in_proportion_and_no_further(void **state) {
  (void)state;
  check_rate_of(16, 32767, 64, 10, 0.63, 0.65);
  check_rate_of(16, 32767, 64, 100, 0.06, 0.07);
  check_rate_of(16, 32767, 1000, 100, 0.999, 1.002);
}

static void a_timeout_of_375_flits_fires_on_a_clean_wire_beyond_38_m_and_not_before(void **state) {
  (void)state;
  struct oio_link_state sender;
  (void)measured(8, 127, 32767, (uint64_t)(38.0 * 4897), &sender); /* the loop is 374.2 flit times */
  assert_int_equal(sender.timeouts, 0);
  (void)measured(8, 127, 32767, (uint64_t)(38.3 * 4897), &sender); /* 377.1 */
  assert_true(sender.timeouts > 0);
}

int main(void) {
  chance_start();
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(on_a_clean_wire_everything_arrives_without_one_retry_and_the_numbers_wrap),
      cmocka_unit_test(so_it_does_in_the_routed_profile_where_credit_wraps_sooner),
      cmocka_unit_test(nothing_to_send_is_nothing_sent_and_one_payload_costs_one_flit_and_one_ack),
      cmocka_unit_test(a_receiver_that_takes_nothing_stops_the_sender_at_its_buffer_and_loses_nothing),
      cmocka_unit_test(one_corrupted_flit_is_asked_for_once_and_costs_one_replay_from_there_on),
      cmocka_unit_test(a_nak_that_is_lost_is_sent_again_after_nak_repeat),
      cmocka_unit_test(when_every_answer_is_lost_the_timeout_replays_and_duplicates_are_acknowledged_but_not_delivered),
      cmocka_unit_test(a_lost_ack_comes_again_when_its_loss_is_asked_for_and_no_timer_is_needed),
      cmocka_unit_test(a_wire_that_is_dead_one_way_or_both_fails_the_link_with_its_reason),
      cmocka_unit_test(with_random_errors_both_ways_everything_arrives_once_and_in_order_and_no_credit_is_lost),
      cmocka_unit_test(a_window_of_127_keeps_13_m_of_fibre_full_and_loses_in_proportion_beyond),
      cmocka_unit_test(a_window_of_16_bits_keeps_2_km_of_fibre_full),
      cmocka_unit_test(credit_for_a_short_wire_holds_a_long_one_back_in_proportion_and_no_further),
      cmocka_unit_test(a_timeout_of_375_flits_fires_on_a_clean_wire_beyond_38_m_and_not_before),
  };
  return cmocka_run_group_tests_name("link pair", tests, NULL, NULL);
}
