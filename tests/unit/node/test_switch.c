/* SPDX-License-Identifier: Apache-2.0 */
/* A switch between far ends made by hand: SPEC.md section 11, its table of what can block what row by row. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "one_switch.h"

/* The next flit of a port must be a payload; returns its mark. */
static unsigned hear(struct bench *b, unsigned port, uint64_t now) {
  struct oio_wire wire;
  struct oio_stirred stirred;
  if (oio_switch_next_tx_ps(b->sw, port, now) != now || !oio_switch_tx(b->sw, port, now, &wire, &stirred)) {
    fail_msg("port %u has nothing at %llu", port, (unsigned long long)now);
  }
  assert_true(spec_valid(3, wire.bytes));
  assert_int_equal(spec_get_head(3, wire.bytes).protocol, SPEC_PAYLOAD);
  return wire.bytes[6] + 256u * wire.bytes[7];
}

/* A port has no payload to send. */
static bool has_none(struct bench *b, unsigned port, uint64_t now) {
  struct oio_wire wire;
  struct oio_stirred stirred;
  for (unsigned nops = 0; nops < 4; nops++) {
    if (!oio_switch_tx(b->sw, port, now, &wire, &stirred)) return oio_switch_next_tx_ps(b->sw, port, now) > now;
    if (spec_get_head(3, wire.bytes).protocol != SPEC_NOP) return false;
  }
  return false;
}

/* ---- one payload ---- */

static void a_payload_goes_on_after_the_latency_with_nothing_changed_but_its_hop_vc(void **state) {
  (void)state;
  for (unsigned v = 0; v < 4; v++) {
    struct bench b = make(v % 2 ? OIO_SWITCH_FIFO : OIO_SWITCH_OUTPUTS, FAR_BUFFER);
    put(&b, 1000, (struct trip){2, v / 2, 1, !(v / 2)}, 77);
    struct oio_wire wire;
    struct oio_stirred stirred;
    assert_true(oio_switch_next_tx_ps(b.sw, 1, 1000) == 1000 + LATENCY);
    assert_true(oio_switch_next_tx_ps(b.sw, 0, 1000) == OIO_NEVER);
    assert_false(oio_switch_tx(b.sw, 1, 1000 + LATENCY - 1, &wire, &stirred));
    assert_true(oio_switch_tx(b.sw, 1, 1000 + LATENCY + 300, &wire, &stirred));
    assert_true(stirred.input == 2 && stirred.output == OIO_NONE);
    uint8_t expected[236] = {0};
    far_put_head(expected, (struct far_head){1, 77 % 8, !(v / 2), 101, 202});
    for (unsigned i = 6; i < 236; i++) expected[i] = (uint8_t)(77 * i);
    expected[6] = 77;
    expected[7] = 0;
    assert_memory_equal(wire.bytes, expected, 236);
    /* from 1, 2, 3, 4, 6, 5 that it came with */
    static const uint64_t parts[OIO_PART_COUNT] = {1 + 300, 2, 3, 4 + LATENCY, 6, 5};
    for (unsigned p = 0; p < OIO_PART_COUNT; p++) assert_true(wire.stamp.parts_ps[p] == parts[p]);
    assert_true(wire.stamp.enter_ps == 17);
    struct oio_link_state s;
    oio_switch_get_link_state(b.sw, 2, &s);
    assert_int_equal(s.buffered_flits, 0);
    assert_int_equal(s.hops[v / 2].credit_sent, NEAR_BUFFER + 1);
    assert_true(oio_switch_next_tx_ps(b.sw, 2, 1000 + LATENCY + 300) <= 1000 + LATENCY + 300 + FAR_ACK_DELAY);
    oio_switch_destroy(b.sw);
  }
}

static void a_payload_without_a_way_is_counted_and_its_place_free_again(void **state) {
  (void)state;
  struct bench b = make(OIO_SWITCH_OUTPUTS, FAR_BUFFER);
  struct oio_arrival a;
  for (unsigned i = 0; i < 3 * NEAR_BUFFER; i++) {
    arrive(&b, i, (struct trip){0, 1, 9, 0}, i);
    assert_true(oio_switch_arrived(b.sw, 0, &a));
    oio_switch_discard(b.sw, i, &a);
    assert_false(oio_switch_arrived(b.sw, 0, &a));
    assert_int_equal(oio_switch_malformed(b.sw), i + 1);
  }
  struct oio_link_state s;
  oio_switch_get_link_state(b.sw, 0, &s);
  assert_int_equal(s.hops[1].credit_sent, 4 * NEAR_BUFFER);
  assert_false(oio_switch_failed(b.sw, 0));
  oio_switch_reset(b.sw);
  assert_int_equal(oio_switch_malformed(b.sw), 3 * NEAR_BUFFER);
  oio_switch_destroy(b.sw);
}

static void reset_drops_what_is_on_its_way(void **state) {
  (void)state;
  for (unsigned queues = 0; queues < 2; queues++) {
    struct bench b = make((enum oio_switch_queues)queues, FAR_BUFFER);
    for (unsigned i = 0; i < NEAR_BUFFER; i++) put(&b, 0, (struct trip){0, 0, i / 2, i % 2}, i);
    put(&b, 0, (struct trip){1, 0, 0, 0}, 50);
    assert_int_equal(hear(&b, 0, LATENCY), 0); /* what waits is available by now, in lists */
    arrive(&b, 0, (struct trip){1, 0, 2, 0}, 51);
    oio_switch_reset(b.sw);
    struct oio_arrival a;
    assert_false(oio_switch_arrived(b.sw, 1, &a));
    for (unsigned p = 0; p < PORTS; p++) {
      assert_true(oio_switch_next_tx_ps(b.sw, p, LATENCY) == OIO_NEVER);
      b.far[p] = (struct far_end){0};
    }
    put(&b, LATENCY, (struct trip){0, 0, 0, 0}, 60);
    put(&b, LATENCY, (struct trip){0, 0, 0, 0}, 61);
    assert_int_equal(hear(&b, 0, 2 * LATENCY), 60);
    assert_int_equal(hear(&b, 0, 2 * LATENCY), 61);
    assert_true(has_none(&b, 0, 2 * LATENCY));
    oio_switch_destroy(b.sw);
  }
}

/* ---- turns ---- */

static void check_alternation(enum oio_switch_queues queues) {
  struct bench b = make(queues, FAR_MANY);
  for (unsigned i = 0; i < 3; i++) put(&b, 0, (struct trip){1, 0, 3, 0}, 10 + i);
  for (unsigned i = 0; i < 3; i++) put(&b, 0, (struct trip){2, 0, 3, 0}, 20 + i);
  static const unsigned order[] = {10, 20, 11, 21, 12, 22};
  for (unsigned i = 0; i < 6; i++) assert_int_equal(hear(&b, 3, LATENCY + i), order[i]);
  oio_switch_destroy(b.sw);
}

static void two_inputs_that_want_one_output_alternate_even_when_they_tie(void **state) {
  (void)state;
  each_kind_of_queue(check_alternation);
}

static void check_latecomer(enum oio_switch_queues queues) {
  struct bench b = make(queues, FAR_MANY);
  for (unsigned i = 0; i < 3; i++) put(&b, 0, (struct trip){1, 0, 3, 0}, 10 + i);
  for (unsigned i = 0; i < 2; i++) put(&b, 1, (struct trip){2, 0, 3, 0}, 20 + i);
  assert_int_equal(hear(&b, 3, LATENCY + 1), 10);
  put(&b, LATENCY + 2, (struct trip){0, 0, 3, 0}, 30); /* available at 2 * LATENCY + 2 */
  assert_int_equal(hear(&b, 3, LATENCY + 2), 20);
  assert_int_equal(hear(&b, 3, 2 * LATENCY + 3), 11); /* waits since its turn, before the latecomer was available */
  assert_int_equal(hear(&b, 3, 2 * LATENCY + 3), 21);
  assert_int_equal(hear(&b, 3, 2 * LATENCY + 3), 30);
  assert_int_equal(hear(&b, 3, 2 * LATENCY + 3), 12);
  oio_switch_destroy(b.sw);
}

static void an_input_that_comes_late_waits_behind_those_that_wait(void **state) {
  (void)state;
  each_kind_of_queue(check_latecomer);
}

static void check_hop_turns(enum oio_switch_queues queues) {
  struct bench b = make(queues, FAR_MANY);
  for (unsigned i = 0; i < 3; i++) put(&b, 0, (struct trip){1, 1, 3, 1}, 10 + i);
  for (unsigned i = 0; i < 2; i++) put(&b, 0, (struct trip){1, 0, 3, 0}, 20 + i);
  put(&b, 0, (struct trip){2, 0, 3, 0}, 30);
  static const unsigned order[] = {20, 10, 30, 11, 21, 12};
  for (unsigned i = 0; i < 6; i++) assert_int_equal(hear(&b, 3, LATENCY + i), order[i]);
  oio_switch_destroy(b.sw);
}

static void hop_vcs_of_an_output_take_turns_and_then_the_inputs_of_each(void **state) {
  (void)state;
  each_kind_of_queue(check_hop_turns);
}

/* ---- what can block what ---- */

static void a_message_vc_waits_behind_another_that_shares_its_way(void **state) {
  (void)state;
  struct bench b = make(OIO_SWITCH_OUTPUTS, 1);
  for (unsigned mark = 0; mark < 3; mark++) put(&b, 0, (struct trip){0, 0, 1, 0}, mark); /* VCs 0, 1, 2 of one source and destination */
  assert_int_equal(hear(&b, 1, LATENCY), 0);
  assert_true(has_none(&b, 1, LATENCY));
  credit(&b, 1, 0, 2);
  assert_int_equal(hear(&b, 1, LATENCY), 1);
  assert_true(has_none(&b, 1, LATENCY));
  oio_switch_destroy(b.sw);
}

static void with_queues_per_output_a_stopped_destination_blocks_nobody_else(void **state) {
  (void)state;
  struct bench b = make(OIO_SWITCH_OUTPUTS, 1);
  put(&b, 0, (struct trip){0, 0, 1, 0}, 1);
  put(&b, 0, (struct trip){0, 0, 1, 0}, 2);
  put(&b, 0, (struct trip){0, 0, 2, 0}, 3); /* stands behind what is for 1 */
  put(&b, 0, (struct trip){3, 0, 2, 1}, 4);
  assert_int_equal(hear(&b, 1, LATENCY), 1);
  assert_true(has_none(&b, 1, LATENCY)); /* it takes no more */
  assert_int_equal(hear(&b, 2, LATENCY), 3);
  assert_int_equal(hear(&b, 2, LATENCY), 4);
  oio_switch_destroy(b.sw);
}

static void with_one_queue_a_stopped_destination_blocks_what_stands_behind_it_at_its_input_and_nobody_else(void **state) {
  (void)state;
  struct bench b = make(OIO_SWITCH_FIFO, 1);
  put(&b, 0, (struct trip){0, 0, 1, 0}, 1);
  put(&b, 0, (struct trip){0, 0, 1, 0}, 2);
  put(&b, 0, (struct trip){0, 0, 2, 0}, 3);
  put(&b, 0, (struct trip){3, 0, 2, 1}, 4); /* another input */
  put(&b, 0, (struct trip){0, 1, 3, 0}, 5); /* the other hop VC of the same input */
  assert_int_equal(hear(&b, 1, LATENCY), 1);
  assert_int_equal(hear(&b, 2, LATENCY), 4);
  assert_true(has_none(&b, 2, LATENCY));
  assert_int_equal(hear(&b, 3, LATENCY), 5);
  credit(&b, 1, 0, 2);
  struct oio_wire wire;
  struct oio_stirred stirred;
  assert_true(oio_switch_tx(b.sw, 1, LATENCY, &wire, &stirred)); /* 2 leaves: 3 is the oldest, for another output */
  assert_true(stirred.input == 0 && stirred.output == 2);
  assert_int_equal(hear(&b, 2, LATENCY), 3);
  oio_switch_destroy(b.sw);
}

static void check_shared_wire(enum oio_switch_queues queues) {
  struct bench b = make(queues, 1);
  put(&b, 0, (struct trip){0, 0, 1, 0}, 0);
  assert_int_equal(hear(&b, 1, LATENCY), 0);
  for (unsigned i = 0; i < NEAR_BUFFER; i++) put(&b, LATENCY, (struct trip){0, 0, 1, 0}, 1 + i);
  struct oio_link_state s;
  oio_switch_get_link_state(b.sw, 0, &s); /* the wire that leads to the switch has no credit left in hop VC 0: what follows is held up */
  assert_int_equal(s.hops[0].buffered_flits, NEAR_BUFFER);
  assert_int_equal(s.hops[0].credit_sent, NEAR_BUFFER + 1);
  for (unsigned i = 0; i < NEAR_BUFFER; i++) put(&b, LATENCY, (struct trip){0, 1, 2, i % 2}, 20 + i); /* in hop VC 1 it goes on */
  assert_false(oio_switch_failed(b.sw, 0));
  assert_int_equal(hear(&b, 2, 2 * LATENCY), 20);
  assert_int_equal(hear(&b, 2, 2 * LATENCY), 21);
  oio_switch_destroy(b.sw);
}

static void a_stopped_destination_holds_up_the_hop_vc_of_the_wire_that_leads_to_the_switch_and_not_the_other(void **state) {
  (void)state;
  each_kind_of_queue(check_shared_wire);
}

static void check_hop_vcs(enum oio_switch_queues queues) {
  for (unsigned v = 0; v < 2; v++) {
    struct bench b = make(queues, 2);
    for (unsigned i = 0; i < 4; i++) put(&b, 0, (struct trip){0, v, 1, v}, i);
    for (unsigned i = 0; i < 2; i++) put(&b, 0, (struct trip){0, !v, 1, !v}, 10 + i);
    unsigned heard[2] = {0};
    for (unsigned i = 0; i < 4; i++) heard[hear(&b, 1, LATENCY) >= 10]++;
    assert_true(heard[0] == 2 && heard[1] == 2);
    assert_true(has_none(&b, 1, LATENCY));
    credit(&b, 1, !v, 3);
    assert_true(has_none(&b, 1, LATENCY));
    put(&b, LATENCY, (struct trip){2, v, 1, !v}, 20); /* a way may change the hop VC: a dateline does */
    assert_int_equal(hear(&b, 1, 2 * LATENCY), 20);
    oio_switch_destroy(b.sw);
  }
}

static void neither_hop_vc_is_held_up_by_the_other(void **state) {
  (void)state;
  each_kind_of_queue(check_hop_vcs);
}

/* ---- configuration ---- */

static void check_refused(struct oio_switch_config config, const char *word) {
  struct oio_switch *sw;
  struct oio_error error;
  assert_int_equal(oio_switch_create(&sw, &config, &error), OIO_ERR_CONFIG);
  assert_null(sw);
  if (strstr(error.text, word) == NULL) fail_msg("'%s' does not name %s", error.text, word);
}

static void a_configuration_out_of_range_is_refused_by_name(void **state) {
  (void)state;
  struct oio_link_config links[2] = {far_link(1, OIO_BIT), far_link(1, OIO_BIT)};
  const struct oio_switch_config good = {.links = links, .ports = 2, .latency_ps = OIO_MS, .queues = OIO_SWITCH_FIFO};
  struct oio_switch_config c;
#define REFUSED(field, value, word) (c = good, c.field = (value), check_refused(c, word))
  REFUSED(ports, 0, "ports");
  REFUSED(ports, OIO_SWITCH_PORTS_MAX + 1, "ports");
  REFUSED(latency_ps, OIO_MS + 1, "latency_ps");
  REFUSED(turns, (enum oio_switch_turns)2, "turns");
  REFUSED(queues, (enum oio_switch_queues)2, "queues");
  links[1].profile = OIO_PROFILE_EXTENDED;
  check_refused(good, "port 1");
  links[1] = far_link(1, OIO_EVENT);
  check_refused(good, "port 1");
  links[1] = far_link(0, OIO_BIT);
  check_refused(good, "peer_buffer_flits");
  links[1] = links[0];
  struct oio_switch *sw;
  assert_int_equal(oio_switch_create(&sw, &good, NULL), OIO_OK);
  oio_switch_destroy(sw);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(a_payload_goes_on_after_the_latency_with_nothing_changed_but_its_hop_vc),
      cmocka_unit_test(a_payload_without_a_way_is_counted_and_its_place_free_again),
      cmocka_unit_test(reset_drops_what_is_on_its_way),
      cmocka_unit_test(two_inputs_that_want_one_output_alternate_even_when_they_tie),
      cmocka_unit_test(an_input_that_comes_late_waits_behind_those_that_wait),
      cmocka_unit_test(hop_vcs_of_an_output_take_turns_and_then_the_inputs_of_each),
      cmocka_unit_test(a_message_vc_waits_behind_another_that_shares_its_way),
      cmocka_unit_test(with_queues_per_output_a_stopped_destination_blocks_nobody_else),
      cmocka_unit_test(with_one_queue_a_stopped_destination_blocks_what_stands_behind_it_at_its_input_and_nobody_else),
      cmocka_unit_test(a_stopped_destination_holds_up_the_hop_vc_of_the_wire_that_leads_to_the_switch_and_not_the_other),
      cmocka_unit_test(neither_hop_vc_is_held_up_by_the_other),
      cmocka_unit_test(a_configuration_out_of_range_is_refused_by_name),
  };
  return cmocka_run_group_tests_name("switch", tests, NULL, NULL);
}
