/* SPDX-License-Identifier: Apache-2.0 */
/* Whether a run gets on: by hand-made accounts of link ends, at the last flit and the last picosecond allowed; and in a whole run. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "configured.h"
#include "net/net_state.h"
#include "oio/sim.h"

/* Direct, no flight: a flit is 4000 ps, a way 0 + 10000 + 4000 + 1. */
static const char *const direct[] = {"net.topology=pair",           "optical.length_m=0",     "optical.timeout_flits=100",
                                     "optical.nak_repeat_flits=20", "link.ack_delay_flits=5", NULL};

/* One message is on the way, and a look has been taken at time 0. */
struct watched {
  struct oio_net *net;
  struct oio_link_state state[2];
  struct oio_traffic_counts counts;
};

/* A net of which nothing is ours: every end is told. */
static struct oio_net *told_net(const char *const *settings) {
  static const bool all[4] = {true, true, true, true};
  const struct oio_config config = configured(settings);
  struct oio_net *net;
  assert_int_equal(oio_net_create(&net, &config, all, NULL), OIO_OK);
  return net;
}

static bool look(struct watched *w, oio_time_ps now_ps) {
  for (unsigned i = 0; i < 2; i++) oio_net_tell(w->net, i, &w->state[i]);
  return oio_net_look(w->net, now_ps, oio_traffic_progress(&w->counts), w->counts.outstanding > 0);
}

static void begin(struct watched *w) {
  *w = (struct watched){.net = told_net(direct), .counts = {.sent = 1, .outstanding = 1}};
  assert_false(look(w, 0));
}

static void end(struct watched *w) {
  oio_net_destroy(w->net);
}

/* NOPs that have come whole, and damaged ones, from A to B and back. */
static void nops(struct watched *w, uint64_t whole, uint64_t damaged) {
  for (unsigned i = 0; i < 2; i++) {
    w->state[i].sent_nop += whole + damaged;
    w->state[i].received += whole + damaged;
    w->state[i].received_invalid += damaged;
  }
}

static bool late_look(struct watched *w) {
  return look(w, w->net->patience_ps + 1);
}

static void patience_is_longer_than_all_timers_and_ways(void **state) {
  (void)state;
  struct oio_net *net = told_net(direct);
  /* Optical: (100 + 20 + 2 * 5) flits; both ways. The die links' timers are in it even where there are none. */
  assert_true(net->patience_ps > 2 * (130 * 4000 + 2 * 14000));
  assert_true(net->patience_ps < OIO_MS);
  oio_net_destroy(net);
}

static void a_thousand_whole_flits_each_way_that_bring_nothing_are_enough(void **state) {
  (void)state;
  struct watched w;
  begin(&w);
  nops(&w, 999, 1000000);
  assert_false(late_look(&w));
  nops(&w, 1, 0);
  assert_false(look(&w, w.net->patience_ps));
  assert_true(late_look(&w));
  end(&w);
}

static void a_silent_direction_is_not_waited_for_and_a_bad_one_is(void **state) {
  (void)state;
  struct watched w;
  begin(&w);
  w.state[0].sent_nop = w.state[1].received = 1000;
  assert_true(late_look(&w));
  w.state[1].sent_nop = w.state[0].received = w.state[0].received_invalid = 5000; /* one of them may bring it yet */
  assert_false(late_look(&w));
  end(&w);
  begin(&w);
  assert_false(late_look(&w)); /* nothing moves at all: that is seen otherwise */
  end(&w);
}

static void anything_that_gets_on_starts_the_count_anew(void **state) {
  (void)state;
  for (unsigned what = 0; what < 9; what++) {
    struct watched w;
    begin(&w);
    nops(&w, 5000, 0);
    struct oio_link_state *s = &w.state[what % 2];
    s->sent_payload += what == 0;
    s->sent_replayed += what == 1;
    s->received_payload += what == 2;
    if (what == 3) s->acked = 77;
    if (what == 4) s->credit_limit = 77;
    w.counts.sent += what == 5;
    w.counts.segments += what == 6;
    w.counts.lost += what == 7;
    assert_int_equal(late_look(&w), what == 8);
    end(&w);
  }
}

static void without_a_message_on_the_way_nothing_is_waited_for(void **state) {
  (void)state;
  struct watched w;
  begin(&w);
  w.counts.outstanding = 0;
  nops(&w, 5000, 0);
  assert_false(late_look(&w));
  end(&w);
}

static void check_waits(struct oio_net *net, const struct oio_link_state *state, const char *expected) {
  char text[OIO_WAITS_BYTES];
  memset(text, 'x', sizeof text);
  for (unsigned i = 0; i < 6; i++) oio_net_tell(net, i, &state[i]);
  oio_net_waits(net, text);
  assert_string_equal(text, expected);
}

static void who_waits_for_what_is_said_with_both_ends_accounts(void **state) {
  (void)state;
  static const char *const bridged[] = {"bridge.buffer_flits=64", "die_link.buffer_flits=64", "optical.buffer_flits=64", NULL};
  struct oio_net *net = told_net(bridged);
  struct oio_link_state state_of[6];
  for (unsigned i = 0; i < 6; i++) {
    state_of[i] =
        (struct oio_link_state){.next_tx = 1, .acked = i / 2 == 1 ? 65535 : 255, .expected = 1, .credit_limit = 64, .credit_sent = 64};
  }
  check_waits(net, state_of, "no link end waits for the other; what is missing is VC credit, or a part of a message");
  state_of[2].next_tx = 7;
  state_of[2].acked = 5;
  state_of[3].expected = 6;
  check_waits(net, state_of, "link 1, side A waits for the Ack of 6; B expects 6");
  state_of[0].sent_total = state_of[0].credit_limit = 80;
  state_of[1].credit_sent = 81;
  state_of[1].buffered_flits = 63;
  state_of[5].waiting = true;
  state_of[5].expected = 9;
  state_of[4].next_tx = 10;
  state_of[4].acked = 9;
  check_waits(net, state_of,
              "link 0, side A waits for credit: sent 80 of 80; B took 17, holds 63, tells 81, "
              "link 1, side A waits for the Ack of 6; B expects 6, "
              "link 2, side B waits for the answer to its Nak: expects 9; the next of A is 10");
  oio_net_destroy(net);
}

/* Two ends that wait for each other, made by what cannot happen: payload flit 1 vanishes, and the Ack that comes for it is none of B's. */
static struct oio_sim *wedged(void) {
  static const char *const settings[] = {"net.topology=pair",          "workload.generate=saturate", "workload.messages=1",
                                         "workload.directions=a_to_b", "sim.fidelity=event",         NULL};
  const struct oio_config config = configured(settings);
  struct oio_sim *sim;
  assert_int_equal(oio_sim_create(&sim, &config, NULL, NULL, NULL), OIO_OK);
  assert_int_equal(oio_sim_advance(sim, 10000, NULL), OIO_OK);
  oio_channel_pop(oio_net_wire(oio_sim_net(sim), 0));
  return sim;
}

static void say_nothing_new(struct oio_sim *sim, unsigned direction, uint16_t acked) {
  struct oio_channel *channel = oio_net_wire(oio_sim_net(sim), direction);
  struct oio_link_state to;
  assert_true(oio_net_get_link_state(oio_sim_net(sim), !direction, &to));
  const struct oio_flit_head head = {.command = OIO_ACK, .sequence = acked, .credit_limit = to.credit_limit};
  struct oio_wire *wire = oio_channel_slot(channel);
  *wire = (struct oio_wire){.touched_bytes = 0};
  oio_flit_put_head(oio_flit_format(3), wire->bytes, &head);
  oio_channel_push(channel, oio_sim_now_ps(sim));
  oio_sim_touch(sim);
}

static void flits_that_move_and_bring_nothing_end_a_run(void **state) {
  (void)state;
  struct oio_sim *sim = wedged();
  struct oio_results r;
  unsigned rounds = 0;
  for (; rounds < 10000 && !oio_sim_stuck(sim); rounds++) {
    say_nothing_new(sim, 0, 65535);
    say_nothing_new(sim, 1, 1);
    assert_int_equal(oio_sim_advance(sim, oio_sim_now_ps(sim) + 20000, NULL), OIO_OK);
  }
  assert_true(rounds > 1000 && rounds < 10000);
  oio_sim_get_results(sim, &r);
  assert_true(r.stalled && r.busy && r.links.failed == 0);
  assert_string_equal(r.waits, "no link end waits for the other; what is missing is VC credit, or a part of a message");
  oio_sim_destroy(sim);
}

static void where_nothing_moves_a_run_ends_by_itself_and_is_not_called_busy(void **state) {
  (void)state;
  struct oio_sim *sim = wedged();
  struct oio_results r;
  say_nothing_new(sim, 1, 1);
  assert_int_equal(oio_sim_advance(sim, OIO_NEVER, NULL), OIO_OK);
  oio_sim_get_results(sim, &r);
  assert_true(r.stalled && !r.busy && r.waits[0] != '\0' && !oio_sim_stuck(sim));
  oio_sim_destroy(sim);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(patience_is_longer_than_all_timers_and_ways),
      cmocka_unit_test(a_thousand_whole_flits_each_way_that_bring_nothing_are_enough),
      cmocka_unit_test(a_silent_direction_is_not_waited_for_and_a_bad_one_is),
      cmocka_unit_test(anything_that_gets_on_starts_the_count_anew),
      cmocka_unit_test(without_a_message_on_the_way_nothing_is_waited_for),
      cmocka_unit_test(who_waits_for_what_is_said_with_both_ends_accounts),
      cmocka_unit_test(flits_that_move_and_bring_nothing_end_a_run),
      cmocka_unit_test(where_nothing_moves_a_run_ends_by_itself_and_is_not_called_busy),
  };
  return cmocka_run_group_tests_name("watch", tests, NULL, NULL);
}
