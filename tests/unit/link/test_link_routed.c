/* SPDX-License-Identifier: Apache-2.0 */
/* The routed profile of a link end, against flits worked out by hand from SPEC.md section 11. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "one_end.h"

enum { HOP_1 = 0x8000, PEER_BUFFER = 3 };

static struct oio_link_config routed(uint32_t buffer_flits) {
  struct oio_link_config config = plain;
  config.profile = OIO_PROFILE_ROUTED;
  config.sequence_bits = 16;
  config.window_flits = 100;
  config.buffer_flits = buffer_flits;
  config.peer_buffer_flits = PEER_BUFFER;
  return config;
}

/* ---- by hand ---- */

static enum oio_status offer_to(struct oio_link *link, uint64_t now, unsigned hop_vc) {
  return oio_link_send(link, now, &(const struct oio_payload){.touched_bytes = OIO_PAYLOAD_BYTES, .bytes = {1, (uint8_t)hop_vc}});
}

/* The credit field of the next flit, which is due. */
static unsigned credit_heard(struct oio_link *link, uint64_t now) {
  return hear(link, now).credit;
}

/* A payload flit of a hop VC arrives, byte 4 a mark; returns the place that it went to. */
static uint32_t arrives(struct oio_link *link, uint64_t now, unsigned sequence, unsigned hop_vc, unsigned mark) {
  struct oio_wire wire = {.touched_bytes = OIO_PAYLOAD_BYTES};
  const uint8_t payload[236] = {1, (uint8_t)hop_vc, 0, 0, (uint8_t)mark};
  spec_make(3, wire.bytes, (struct spec_head){.protocol = SPEC_PAYLOAD, .s = sequence, .credit = PEER_BUFFER}, payload);
  oio_link_rx(link, now, &wire);
  return oio_link_newest(link);
}

static void told(struct oio_link *link, unsigned credit) {
  struct oio_wire wire = {.touched_bytes = OIO_PAYLOAD_BYTES};
  spec_make(3, wire.bytes, (struct spec_head){.protocol = SPEC_NOP, .command = SPEC_ACK, .s = 65535, .credit = credit}, NULL);
  oio_link_rx(link, 0, &wire);
}

/* ---- credit that goes out ---- */

static void a_flit_tells_the_hop_vcs_in_turn_where_neither_has_news(void **state) {
  (void)state;
  struct oio_link *link = make(routed(4));
  for (unsigned i = 0; i < 3; i++) {
    assert_int_equal(offer_to(link, i, 0), OIO_OK);
    assert_int_equal(credit_heard(link, i), i % 2 == 0 ? 4 : HOP_1 + 4);
  }
  oio_link_destroy(link);
}

static void the_hop_vc_with_news_goes_first_and_both_take_turns(void **state) {
  (void)state;
  struct oio_link *link = make(routed(4));
  const uint32_t a = arrives(link, 0, 1, 1, 0), b = arrives(link, 0, 2, 1, 0), c = arrives(link, 0, 3, 0, 0);
  oio_link_free(link, 10, a);
  oio_link_free(link, 20, b);
  assert_int_equal(offer_to(link, 30, 0), OIO_OK);
  assert_int_equal(credit_heard(link, 30), HOP_1 + 6); /* the only news; it would have been hop VC 0's turn */
  oio_link_free(link, 40, c);
  oio_link_free(link, 40, arrives(link, 40, 4, 1, 0));
  assert_int_equal(offer_to(link, 50, 0), OIO_OK);
  assert_int_equal(credit_heard(link, 50), 5); /* both: the other one than last time */
  assert_int_equal(offer_to(link, 60, 1), OIO_OK);
  assert_int_equal(credit_heard(link, 60), HOP_1 + 7);
  assert_int_equal(offer_to(link, 70, 1), OIO_OK);
  assert_int_equal(credit_heard(link, 70), 5); /* neither */
  oio_link_destroy(link);
}

static void a_credit_of_each_hop_vc_is_due_ack_delay_after_it_is_owed(void **state) {
  (void)state;
  struct oio_link *link = make(routed(4));
  const uint32_t a = arrives(link, 0, 1, 0, 0), b = arrives(link, 0, 2, 1, 0);
  EXPECT(hear(link, ACK_DELAY), SPEC_NOP, SPEC_ACK, 2);
  oio_link_free(link, 200, b);
  oio_link_free(link, 230, a);
  assert_true(oio_link_next_tx_ps(link, 230) == 200 + ACK_DELAY);
  expect_silence(link, 299);
  assert_int_equal(credit_heard(link, 300), HOP_1 + 5);
  assert_true(oio_link_next_tx_ps(link, 300) == 230 + ACK_DELAY); /* a flit pays for one hop VC */
  expect_silence(link, 329);
  assert_int_equal(credit_heard(link, 330), 5);
  assert_true(oio_link_next_tx_ps(link, 330) == OIO_NEVER);
  oio_link_destroy(link);
}

static void a_credit_limit_goes_round_after_32768(void **state) {
  (void)state;
  for (unsigned v = 0; v < 2; v++) {
    struct oio_link *link = make(routed(2));
    unsigned sequence = 0;
    for (unsigned i = 0; i < 40000; i++) {
      sequence = sequence == 65535 ? 1 : sequence + 1;
      const uint32_t place = arrives(link, i, sequence, v, i);
      assert_true(place < 4);
      oio_link_free(link, i, place);
    }
    assert_int_equal(credit_heard(link, 40000 + ACK_DELAY), HOP_1 * v + (40000 + 2) % 32768);
    oio_link_destroy(link);
  }
}

/* ---- credit that comes in ---- */

static void a_hop_vc_without_credit_holds_up_no_other(void **state) {
  (void)state;
  struct oio_link *link = make(routed(4));
  for (unsigned i = 0; i < PEER_BUFFER; i++) {
    assert_true(oio_link_wants_vc(link, 0));
    assert_int_equal(offer_to(link, i, 0), OIO_OK);
    (void)hear(link, i);
  }
  assert_false(oio_link_wants_vc(link, 0));
  assert_null(oio_link_next_slot_vc(link, 0));
  assert_int_equal(offer_to(link, 5, 0), OIO_ERR_FULL);
  assert_true(oio_link_wants_vc(link, 1));
  for (unsigned i = 0; i < PEER_BUFFER; i++) {
    struct oio_payload *slot = oio_link_next_slot_vc(link, 1);
    assert_non_null(slot);
    *slot = (struct oio_payload){.bytes = {1, 1}, .touched_bytes = OIO_PAYLOAD_BYTES};
    oio_link_send_commit_vc(link, 6, 1);
    assert_false(oio_link_wants_vc(link, 1)); /* one waits unsent */
    (void)hear(link, 6);
  }
  assert_false(oio_link_can_send(link));
  told(link, 4); /* a place more for hop VC 0 */
  assert_true(oio_link_can_send(link));
  assert_true(oio_link_wants_vc(link, 0));
  assert_false(oio_link_wants_vc(link, 1));
  assert_int_equal(offer_to(link, 7, 1), OIO_ERR_FULL);
  const struct oio_link_state s = state_of(link);
  assert_int_equal(s.hops[0].sent_total, 3);
  assert_int_equal(s.hops[0].credit_limit, 4);
  assert_int_equal(s.hops[1].sent_total, 3);
  assert_int_equal(s.hops[1].credit_limit, 3);
  assert_int_equal(s.sent_total, 6);
  oio_link_destroy(link);
}

/* Two payloads of hop VC 0 have been on the wire, one of hop VC 1 waits for it: what may be told then? */
static void check_limit(unsigned credit, bool may) {
  struct oio_link *link = make(routed(4));
  for (unsigned i = 0; i < 2; i++) {
    assert_int_equal(offer_to(link, 0, 0), OIO_OK);
    (void)hear(link, 0);
  }
  assert_int_equal(offer_to(link, 0, 1), OIO_OK);
  told(link, credit);
  if (state_of(link).failed != (may ? OIO_LINK_ALIVE : OIO_LINK_CREDIT_RANGE)) fail_msg("%#x: failed %d", credit, state_of(link).failed);
  assert_true(oio_link_newest(link) == OIO_NONE);
  oio_link_destroy(link);
}

static void a_limit_that_the_peer_cannot_justify_of_its_hop_vc_fails_the_link(void **state) {
  (void)state;
  check_limit(PEER_BUFFER, true);
  check_limit(PEER_BUFFER + 2, true);
  check_limit(PEER_BUFFER + 3, false);
  check_limit(PEER_BUFFER - 1, false);
  check_limit(HOP_1 + PEER_BUFFER, true);
  check_limit(HOP_1 + PEER_BUFFER + 1, false); /* what waits unsent justifies nothing, nor does hop VC 0 */
  check_limit(HOP_1 + PEER_BUFFER - 1, false);
}

/* ---- what a lost flit may have told ---- */

/* A flit is lost and the next payload accepted, so that no Nak goes out at once; it tells hop VC 0. Credit of 1 is in doubt until it is
 * told. */
static void a_hop_vc_whose_limit_a_lost_flit_may_have_told_is_asked_about_after_nak_repeat(void **state) {
  (void)state;
  for (unsigned told_later = 0; told_later < 2; told_later++) {
    struct oio_link *link = make(routed(4));
    tell_nonsense(link, 10);
    (void)arrives(link, 20, 1, 0, 0);
    EXPECT(hear(link, 20 + ACK_DELAY), SPEC_NOP, SPEC_ACK, 1);
    assert_true(oio_link_next_tx_ps(link, 200) == 10 + NAK_REPEAT);
    if (told_later) {
      told(link, HOP_1 + PEER_BUFFER);
      assert_true(oio_link_next_tx_ps(link, 200) == OIO_NEVER);
    } else {
      expect_silence(link, 10 + NAK_REPEAT - 1);
      EXPECT(hear(link, 10 + NAK_REPEAT), SPEC_NOP, SPEC_NAK, 1);
      EXPECT(hear(link, 10 + 2 * NAK_REPEAT), SPEC_NOP, SPEC_NAK, 1); /* no answer */
      assert_int_equal(state_of(link).asked_crc, 2);
    }
    oio_link_destroy(link);
  }
}

static void a_nak_makes_a_link_tell_the_limits_of_both_hop_vcs_at_once(void **state) {
  (void)state;
  struct oio_link *link = make(routed(4));
  struct oio_wire wire = {.touched_bytes = OIO_PAYLOAD_BYTES};
  spec_make(3, wire.bytes, (struct spec_head){.protocol = SPEC_NOP, .command = SPEC_NAK, .s = 65535, .credit = PEER_BUFFER}, NULL);
  oio_link_rx(link, 50, &wire);
  assert_int_equal(credit_heard(link, 50), 4);
  assert_int_equal(credit_heard(link, 50), HOP_1 + 4);
  assert_true(oio_link_next_tx_ps(link, 50) == OIO_NEVER);
  oio_link_destroy(link);
}

/* ---- the receive buffer ---- */

static void places_are_freed_in_any_order_and_hold_what_arrived_until_then(void **state) {
  (void)state;
  struct oio_link *link = make(routed(3));
  uint32_t place[6];
  for (unsigned i = 0; i < 6; i++) place[i] = arrives(link, i, i + 1, i % 2, 10 + i);
  for (unsigned i = 0; i < 6; i++) {
    assert_true(place[i] < 6);
    assert_int_equal(oio_link_buffered(link, place[i])->bytes[4], 10 + i);
    for (unsigned k = 0; k < i; k++) assert_true(place[i] != place[k]);
  }
  oio_link_free(link, 10, place[3]);
  oio_link_free(link, 10, place[0]);
  place[0] = arrives(link, 11, 7, 1, 20);
  place[3] = arrives(link, 12, 8, 0, 21);
  static const unsigned marks[6] = {20, 11, 12, 21, 14, 15};
  for (unsigned i = 0; i < 6; i++) assert_int_equal(oio_link_buffered(link, place[i])->bytes[4], marks[i]);
  const struct oio_link_state s = state_of(link);
  assert_int_equal(s.buffered_flits, 6);
  assert_int_equal(s.hops[0].buffered_flits, 3);
  assert_int_equal(s.hops[1].buffered_flits, 3);
  assert_int_equal(s.hops[0].credit_sent, 4);
  assert_int_equal(s.hops[1].credit_sent, 4);
  oio_link_destroy(link);
}

static void only_the_flit_that_is_accepted_has_a_newest_place(void **state) {
  (void)state;
  struct oio_link *link = make(routed(4));
  assert_true(oio_link_newest(link) == OIO_NONE);
  assert_true(arrives(link, 0, 1, 0, 0) != OIO_NONE);
  assert_true(arrives(link, 0, 1, 0, 0) == OIO_NONE); /* a duplicate */
  assert_true(arrives(link, 0, 3, 0, 0) == OIO_NONE); /* after a gap */
  assert_true(arrives(link, 0, 2, 0, 0) != OIO_NONE);
  tell_nonsense(link, 0);
  assert_true(oio_link_newest(link) == OIO_NONE);
  assert_true(arrives(link, 0, 3, 1, 0) != OIO_NONE);
  oio_link_fail(link, OIO_LINK_OVERFLOW);
  assert_true(arrives(link, 0, 4, 0, 0) == OIO_NONE);
  oio_link_destroy(link);
}

static void a_payload_beyond_the_buffer_of_its_hop_vc_fails_the_link(void **state) {
  (void)state;
  for (unsigned v = 0; v < 2; v++) {
    struct oio_link *link = make(routed(2));
    for (unsigned i = 0; i < 2; i++) assert_true(arrives(link, i, i + 1, v, 0) != OIO_NONE);
    assert_true(arrives(link, 2, 3, !v, 0) != OIO_NONE);
    assert_int_equal(state_of(link).failed, OIO_LINK_ALIVE);
    assert_true(arrives(link, 3, 4, v, 0) == OIO_NONE);
    assert_int_equal(state_of(link).failed, OIO_LINK_OVERFLOW);
    assert_int_equal(state_of(link).buffered_flits, 3); /* what was accepted stays to be taken */
    oio_link_destroy(link);
  }
}

static void reset_restores_credit_and_places(void **state) {
  (void)state;
  struct oio_link *link = make(routed(2));
  oio_link_free(link, 0, arrives(link, 0, 1, 1, 0));
  (void)arrives(link, 0, 2, 0, 0);
  assert_int_equal(offer_to(link, 0, 0), OIO_OK);
  oio_link_reset(link);
  const struct oio_link_state s = state_of(link);
  for (unsigned v = 0; v < 2; v++) {
    assert_int_equal(s.hops[v].buffered_flits, 0);
    assert_int_equal(s.hops[v].credit_sent, 2);
    assert_int_equal(s.hops[v].sent_total, 0);
    assert_int_equal(s.hops[v].credit_limit, PEER_BUFFER);
  }
  assert_true(oio_link_newest(link) == OIO_NONE);
  assert_true(oio_link_next_tx_ps(link, 1) == OIO_NEVER);
  for (unsigned i = 0; i < 4; i++) assert_true(arrives(link, 1, i + 1, i / 2, 0) < 4);
  oio_link_destroy(link);
}

static void a_payload_that_does_not_say_its_hop_vc_is_refused_in_event_fidelity(void **state) {
  (void)state;
  struct oio_link_config config = routed(2);
  config.fidelity = OIO_EVENT;
  struct oio_link *link = make(config);
  struct oio_payload payload = {.touched_bytes = 1, .bytes = {1, 1}};
  assert_int_equal(oio_link_send(link, 0, &payload), OIO_ERR_FORMAT);
  payload.touched_bytes = 2;
  assert_int_equal(oio_link_send(link, 0, &payload), OIO_OK);
  assert_int_equal(state_of(link).hops[1].sent_total, 1);
  oio_link_destroy(link);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(a_flit_tells_the_hop_vcs_in_turn_where_neither_has_news),
      cmocka_unit_test(the_hop_vc_with_news_goes_first_and_both_take_turns),
      cmocka_unit_test(a_credit_of_each_hop_vc_is_due_ack_delay_after_it_is_owed),
      cmocka_unit_test(a_credit_limit_goes_round_after_32768),
      cmocka_unit_test(a_hop_vc_without_credit_holds_up_no_other),
      cmocka_unit_test(a_limit_that_the_peer_cannot_justify_of_its_hop_vc_fails_the_link),
      cmocka_unit_test(a_hop_vc_whose_limit_a_lost_flit_may_have_told_is_asked_about_after_nak_repeat),
      cmocka_unit_test(a_nak_makes_a_link_tell_the_limits_of_both_hop_vcs_at_once),
      cmocka_unit_test(places_are_freed_in_any_order_and_hold_what_arrived_until_then),
      cmocka_unit_test(only_the_flit_that_is_accepted_has_a_newest_place),
      cmocka_unit_test(a_payload_beyond_the_buffer_of_its_hop_vc_fails_the_link),
      cmocka_unit_test(reset_restores_credit_and_places),
      cmocka_unit_test(a_payload_that_does_not_say_its_hop_vc_is_refused_in_event_fidelity),
  };
  return cmocka_run_group_tests_name("routed link", tests, NULL, NULL);
}
