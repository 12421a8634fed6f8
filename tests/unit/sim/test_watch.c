/* SPDX-License-Identifier: Apache-2.0 */
/* Whether a run gets on: by hand-made accounts of link ends, at the last flit and the last picosecond allowed; and in a whole run. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "oio/sim.h"

static struct oio_config config_of(const char *const *settings) {
  struct oio_config config;
  struct oio_error error;
  oio_config_defaults(&config);
  for (; *settings != NULL; settings++) {
    if (oio_config_set(&config, "here", *settings, &error) != OIO_OK) fail_msg("%s", error.text);
  }
  if (oio_config_resolve(&config, &error) != OIO_OK) fail_msg("%s", error.text);
  return config;
}

/* Direct, no flight: a flit is 4000 ps, a way 0 + 10000 + 4000 + 1. */
static const char *const direct[] = {"path.topology=direct",     "channel.length_m=0",     "link.timeout_flits=100",
                                     "link.nak_repeat_flits=20", "link.ack_delay_flits=5", NULL};

/* One message is on the way, and a look has been taken at time 0. */
struct watched {
  struct oio_watch watch;
  struct oio_ends ends;
  struct oio_traffic_counts counts;
};

static void begin(struct watched *w) {
  const struct oio_config config = config_of(direct);
  *w = (struct watched){.ends = {.count = 2}, .counts = {.sent = 1, .outstanding = 1}};
  oio_watch_start(&w->watch, &config);
  assert_false(oio_watch_look(&w->watch, 0, &w->ends, &w->counts));
}

/* NOPs that have come whole, and damaged ones, from A to B and back. */
static void nops(struct watched *w, uint64_t whole, uint64_t damaged) {
  for (unsigned i = 0; i < 2; i++) {
    w->ends.state[i].sent_nop += whole + damaged;
    w->ends.state[i].received += whole + damaged;
    w->ends.state[i].received_invalid += damaged;
  }
}

static bool late_look(struct watched *w) {
  return oio_watch_look(&w->watch, w->watch.patience_ps + 1, &w->ends, &w->counts);
}

static void patience_is_longer_than_all_timers_and_ways(void **state) {
  (void)state;
  const struct oio_config config = config_of(direct);
  struct oio_watch watch;
  oio_watch_start(&watch, &config);
  /* Optical: (100 + 20 + 2 * 5) flits; both ways. The die links' timers are in it even where there are none. */
  assert_true(watch.patience_ps > 2 * (130 * 4000 + 2 * 14000));
  assert_true(watch.patience_ps < OIO_MS);
}

static void a_thousand_whole_flits_each_way_that_bring_nothing_are_enough(void **state) {
  (void)state;
  struct watched w;
  begin(&w);
  nops(&w, 999, 1000000);
  assert_false(late_look(&w));
  nops(&w, 1, 0);
  assert_false(oio_watch_look(&w.watch, w.watch.patience_ps, &w.ends, &w.counts));
  assert_true(late_look(&w));
}

static void a_silent_direction_is_not_waited_for_and_a_bad_one_is(void **state) {
  (void)state;
  struct watched w;
  begin(&w);
  w.ends.state[0].sent_nop = w.ends.state[1].received = 1000;
  assert_true(late_look(&w));
  w.ends.state[1].sent_nop = w.ends.state[0].received = w.ends.state[0].received_invalid = 5000; /* one of them may bring it yet */
  assert_false(late_look(&w));
  begin(&w);
  assert_false(late_look(&w)); /* nothing moves at all: that is seen otherwise */
}

static void anything_that_gets_on_starts_the_count_anew(void **state) {
  (void)state;
  for (unsigned what = 0; what < 9; what++) {
    struct watched w;
    begin(&w);
    nops(&w, 5000, 0);
    struct oio_link_state *s = &w.ends.state[what % 2];
    s->sent_payload += what == 0;
    s->sent_replayed += what == 1;
    s->received_payload += what == 2;
    if (what == 3) s->acked = 77;
    if (what == 4) s->credit_limit = 77;
    w.counts.sent += what == 5;
    w.counts.segments += what == 6;
    w.counts.lost += what == 7;
    assert_int_equal(late_look(&w), what == 8);
  }
}

static void without_a_message_on_the_way_nothing_is_waited_for(void **state) {
  (void)state;
  struct watched w;
  begin(&w);
  w.counts.outstanding = 0;
  nops(&w, 5000, 0);
  assert_false(late_look(&w));
}

static void check_waits(struct oio_ends ends, const char *expected) {
  char text[OIO_WAITS_BYTES];
  memset(text, 'x', sizeof text);
  oio_watch_waits(&ends, text);
  assert_string_equal(text, expected);
}

static void who_waits_for_what_is_said_with_both_ends_accounts(void **state) {
  (void)state;
  struct oio_ends ends = {.count = 6, .buffer_flits = {64, 64, 64, 64, 64, 64}};
  for (unsigned i = 0; i < 6; i++) {
    ends.state[i] =
        (struct oio_link_state){.next_tx = 1, .acked = i / 2 == 1 ? 65535 : 255, .expected = 1, .credit_limit = 64, .credit_sent = 64};
  }
  check_waits(ends, "no link end waits for the other; what is missing is VC credit, or a part of a message");
  ends.state[2].next_tx = 7;
  ends.state[2].acked = 5;
  ends.state[3].expected = 6;
  check_waits(ends, "link 1, side A waits for the Ack of 6; B expects 6");
  ends.state[0].sent_total = ends.state[0].credit_limit = 80;
  ends.state[1].credit_sent = 81;
  ends.state[1].buffered_flits = 63;
  ends.state[5].waiting = true;
  ends.state[5].expected = 9;
  ends.state[4].next_tx = 10;
  ends.state[4].acked = 9;
  check_waits(ends, "link 0, side A waits for credit: sent 80 of 80; B took 17, holds 63, tells 81, "
                    "link 1, side A waits for the Ack of 6; B expects 6, "
                    "link 2, side B waits for the answer to its Nak: expects 9; the next of A is 10");
}

/* Two ends that wait for each other, made by what cannot happen: payload flit 1 vanishes, and the Ack that comes for it is none of B's. */
static struct oio_sim *wedged(void) {
  static const char *const settings[] = {"path.topology=direct",       "workload.generate=saturate", "workload.flits=1",
                                         "workload.directions=a_to_b", "sim.fidelity=event",         NULL};
  static const bool nothing[2] = {false, false};
  const struct oio_config config = config_of(settings);
  struct oio_sim *sim;
  assert_int_equal(oio_sim_create(&sim, &config, NULL, nothing, NULL), OIO_OK);
  assert_int_equal(oio_sim_advance(sim, 10000, NULL), OIO_OK);
  oio_channel_pop(oio_sim_path(sim)->channel[0][0]);
  return sim;
}

static void say_nothing_new(struct oio_sim *sim, unsigned direction, uint16_t acked) {
  struct oio_channel *channel = oio_sim_path(sim)->channel[0][direction];
  struct oio_link_state to;
  const struct oio_end end = oio_path_end(oio_sim_path(sim), 0, !direction);
  assert_true(oio_end_get_link_state(&end, &to));
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
