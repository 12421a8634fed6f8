/* SPDX-License-Identifier: Apache-2.0 */
/* A bridge (SPEC.md section 7) between hand-made flits (spec_flit.h): what goes in on one side must come out on the other, later, once, in
 * order. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "oio/bridge.h"
#include "spec_flit.h"

enum { LOGIC = 4000, DIE_BUFFER = 8, OPTICAL_WINDOW = 5, ACK_DELAY = 100 };

static struct oio_bridge_config config_of(void) {
  const struct oio_link_config die = {.format = 3,
                                      .sequence_bits = 8,
                                      .fidelity = OIO_BIT,
                                      .window_flits = 127,
                                      .buffer_flits = DIE_BUFFER,
                                      .peer_buffer_flits = 1000,
                                      .replay_limit = 3,
                                      .timeout_ps = OIO_US,
                                      .nak_repeat_ps = OIO_US,
                                      .ack_delay_ps = ACK_DELAY};
  struct oio_bridge_config config = {.die = die, .optical = die, .logic_ps = LOGIC};
  config.optical.sequence_bits = 16;
  config.optical.window_flits = OPTICAL_WINDOW;
  config.optical.buffer_flits = 6;
  return config;
}

static struct oio_bridge *make(struct oio_bridge_config config) {
  struct oio_bridge *bridge;
  struct oio_error error;
  if (oio_bridge_create(&bridge, &config, &error) != OIO_OK) fail_msg("%s", error.text);
  return bridge;
}

static void fill(uint8_t *payload, unsigned number) {
  for (unsigned i = 0; i < 236; i++) payload[i] = (uint8_t)(number * 7 + i * 3);
}

/* Payload `number` arrives on a side as flit `number`. */
static void put(struct oio_bridge *bridge, enum oio_bridge_side side, uint64_t now, unsigned number) {
  struct oio_wire wire = {.touched_bytes = OIO_PAYLOAD_BYTES, .stamp = {.enter_ps = 17, .parts_ps = {1, 2, 3, 4, 6, 5}}};
  uint8_t payload[236];
  fill(payload, number);
  spec_make(3, wire.bytes, (struct spec_head){.protocol = 1, .s = number, .credit = 1000}, payload);
  oio_bridge_rx(bridge, side, now, &wire);
}

static void acknowledge(struct oio_bridge *bridge, enum oio_bridge_side side, uint64_t now, unsigned s, unsigned command, unsigned echo) {
  struct oio_wire wire = {.touched_bytes = OIO_PAYLOAD_BYTES};
  spec_make(3, wire.bytes, (struct spec_head){.command = command, .s = s, .credit = 1000, .echo = echo}, NULL);
  oio_bridge_rx(bridge, side, now, &wire);
}

/* The next flit of a side must be payload `number`. */
static struct oio_wire get(struct oio_bridge *bridge, enum oio_bridge_side side, uint64_t now, unsigned number) {
  struct oio_wire wire;
  uint8_t payload[236];
  if (!oio_bridge_tx(bridge, side, now, &wire)) fail_msg("nothing at %llu, must be payload %u", (unsigned long long)now, number);
  const struct spec_head h = spec_get_head(3, wire.bytes);
  assert_int_equal(h.protocol, SPEC_PAYLOAD);
  assert_true(spec_valid(3, wire.bytes));
  fill(payload, number);
  for (unsigned i = 0; i < 236; i++) assert_int_equal(wire.bytes[spec_payload_at(3, i)], payload[i]);
  return wire;
}

static struct oio_link_state state_of(const struct oio_bridge *bridge, enum oio_bridge_side side) {
  struct oio_link_state state;
  oio_bridge_get_link_state(bridge, side, &state);
  return state;
}

static void expect_no_payload(struct oio_bridge *bridge, enum oio_bridge_side side, uint64_t now) {
  struct oio_wire wire;
  while (oio_bridge_tx(bridge, side, now, &wire)) assert_int_equal(spec_get_head(3, wire.bytes).protocol, SPEC_NOP);
}

static void a_payload_is_available_logic_ps_after_it_was_accepted_and_not_before(void **state) {
  (void)state;
  for (unsigned side = 0; side < 2; side++) {
    const enum oio_bridge_side from = side ? OIO_OPTICAL_SIDE : OIO_DIE_SIDE, to = side ? OIO_DIE_SIDE : OIO_OPTICAL_SIDE;
    struct oio_bridge *bridge = make(config_of());
    put(bridge, from, 1000, 1);
    put(bridge, from, 1500, 2);
    assert_int_equal(oio_bridge_next_tx_ps(bridge, to, 1500), 1000 + LOGIC);
    expect_no_payload(bridge, to, 1000 + LOGIC - 1);
    struct oio_wire wire = get(bridge, to, 1000 + LOGIC, 1);
    assert_int_equal(wire.stamp.enter_ps, 17);
    assert_int_equal(wire.stamp.parts_ps[OIO_PART_LOGIC], 4 + LOGIC);
    assert_int_equal(wire.stamp.parts_ps[OIO_PART_QUEUE], 1);
    expect_no_payload(bridge, to, 1500 + LOGIC - 1);
    assert_int_equal(oio_bridge_next_tx_ps(bridge, to, 1500 + LOGIC - 1), 1500 + LOGIC);
    wire = get(bridge, to, 9000, 2); /* the wire was busy: that is waiting, not logic */
    assert_int_equal(wire.stamp.parts_ps[OIO_PART_LOGIC], 4 + LOGIC);
    assert_int_equal(wire.stamp.parts_ps[OIO_PART_QUEUE], 1 + 9000 - 1500 - LOGIC);
    assert_int_equal(wire.stamp.parts_ps[OIO_PART_SERIALISE], 2);
    assert_int_equal(wire.stamp.parts_ps[OIO_PART_FLIGHT], 3);
    assert_int_equal(wire.stamp.parts_ps[OIO_PART_RETRY], 5);
    oio_bridge_destroy(bridge);
  }
}

static void order_is_kept_and_credit_comes_back_when_the_other_side_takes_the_payload(void **state) {
  (void)state;
  struct oio_bridge *bridge = make(config_of());
  for (unsigned n = 1; n <= DIE_BUFFER; n++) put(bridge, OIO_DIE_SIDE, 10 * n, n);
  uint64_t now = 100000;
  for (unsigned n = 1; n <= OPTICAL_WINDOW; n++) {
    assert_int_equal(state_of(bridge, OIO_DIE_SIDE).credit_sent, DIE_BUFFER + n - 1);
    (void)get(bridge, OIO_OPTICAL_SIDE, now, n);
    assert_int_equal(state_of(bridge, OIO_DIE_SIDE).credit_sent, DIE_BUFFER + n);
  }
  expect_no_payload(bridge, OIO_OPTICAL_SIDE, now); /* the optical window is full: the rest stays where it was received */
  assert_int_equal(state_of(bridge, OIO_DIE_SIDE).buffered_flits, DIE_BUFFER - OPTICAL_WINDOW);
  assert_int_equal(state_of(bridge, OIO_DIE_SIDE).credit_sent, DIE_BUFFER + OPTICAL_WINDOW);
  acknowledge(bridge, OIO_OPTICAL_SIDE, now, 3, SPEC_ACK, 0);
  for (unsigned n = OPTICAL_WINDOW + 1; n <= DIE_BUFFER; n++) (void)get(bridge, OIO_OPTICAL_SIDE, now, n);
  assert_int_equal(state_of(bridge, OIO_DIE_SIDE).buffered_flits, 0);
  assert_int_equal(state_of(bridge, OIO_DIE_SIDE).credit_sent, 2 * DIE_BUFFER);
  oio_bridge_destroy(bridge);
}

static void retry_ends_at_the_bridge(void **state) {
  (void)state;
  struct oio_bridge *bridge = make(config_of());
  struct oio_wire wire;
  put(bridge, OIO_DIE_SIDE, 0, 1);
  put(bridge, OIO_DIE_SIDE, 0, 2);
  assert_true(oio_bridge_tx(bridge, OIO_DIE_SIDE, ACK_DELAY, &wire)); /* the die has its Ack before the far side has the payload */
  const struct spec_head h = spec_get_head(3, wire.bytes);
  assert_int_equal(h.command, SPEC_ACK);
  assert_int_equal(h.s, 2);
  (void)get(bridge, OIO_OPTICAL_SIDE, LOGIC, 1);
  (void)get(bridge, OIO_OPTICAL_SIDE, LOGIC, 2);
  acknowledge(bridge, OIO_OPTICAL_SIDE, LOGIC + 10, 65535, SPEC_NAK, 0);
  (void)get(bridge, OIO_OPTICAL_SIDE, LOGIC + 10, 1);
  (void)get(bridge, OIO_OPTICAL_SIDE, LOGIC + 10, 2);
  assert_int_equal(state_of(bridge, OIO_OPTICAL_SIDE).replays, 1);
  assert_int_equal(state_of(bridge, OIO_DIE_SIDE).replays, 0);
  oio_bridge_destroy(bridge);
}

static void what_waits_behind_a_replay_comes_after_it(void **state) {
  (void)state;
  struct oio_bridge *bridge = make(config_of());
  put(bridge, OIO_OPTICAL_SIDE, 0, 1);
  (void)get(bridge, OIO_DIE_SIDE, LOGIC, 1);
  put(bridge, OIO_OPTICAL_SIDE, LOGIC, 2);
  acknowledge(bridge, OIO_DIE_SIDE, 2 * LOGIC, 255, SPEC_NAK, 0);
  (void)get(bridge, OIO_DIE_SIDE, 2 * LOGIC, 1);
  (void)get(bridge, OIO_DIE_SIDE, 2 * LOGIC, 2);
  oio_bridge_destroy(bridge);
}

static void a_reset_bridge_has_forgotten_everything(void **state) {
  (void)state;
  struct oio_bridge *bridge = make(config_of());
  for (unsigned n = 1; n <= 4; n++) put(bridge, OIO_DIE_SIDE, 0, n);
  (void)get(bridge, OIO_OPTICAL_SIDE, LOGIC, 1);
  oio_bridge_reset(bridge);
  expect_no_payload(bridge, OIO_OPTICAL_SIDE, 10 * LOGIC);
  assert_true(oio_bridge_next_tx_ps(bridge, OIO_OPTICAL_SIDE, 10 * LOGIC) == OIO_NEVER);
  assert_true(oio_bridge_next_tx_ps(bridge, OIO_DIE_SIDE, 10 * LOGIC) == OIO_NEVER);
  struct oio_bridge *fresh = make(config_of());
  for (unsigned side = 0; side < 2; side++) {
    const struct oio_link_state a = state_of(bridge, (enum oio_bridge_side)side), b = state_of(fresh, (enum oio_bridge_side)side);
    assert_memory_equal(&a, &b, offsetof(struct oio_link_state, sent_payload)); /* the counters, behind it, stay */
  }
  oio_bridge_destroy(bridge);
  oio_bridge_destroy(fresh);
}

static void logic_above_a_millisecond_and_bad_links_are_refused(void **state) {
  (void)state;
  struct oio_bridge *bridge;
  struct oio_error error;
  struct oio_bridge_config config = config_of();
  config.logic_ps = OIO_MS + 1;
  assert_int_equal(oio_bridge_create(&bridge, &config, &error), OIO_ERR_CONFIG);
  assert_null(bridge);
  config = config_of();
  config.optical.window_flits = 0;
  assert_int_equal(oio_bridge_create(&bridge, &config, &error), OIO_ERR_CONFIG);
  assert_null(bridge);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(a_payload_is_available_logic_ps_after_it_was_accepted_and_not_before),
      cmocka_unit_test(order_is_kept_and_credit_comes_back_when_the_other_side_takes_the_payload),
      cmocka_unit_test(retry_ends_at_the_bridge),
      cmocka_unit_test(what_waits_behind_a_replay_comes_after_it),
      cmocka_unit_test(a_reset_bridge_has_forgotten_everything),
      cmocka_unit_test(logic_above_a_millisecond_and_bad_links_are_refused),
  };
  return cmocka_run_group_tests_name("bridge", tests, NULL, NULL);
}
