/* SPDX-License-Identifier: Apache-2.0 */
/* The receiver of one link end against hand-made flits: the rules of SPEC.md section 4 one by one. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "one_end.h"

static void a_corrupted_flit_is_answered_by_one_nak_of_the_last_in_order_with_the_round_seen_as_echo(void **state) {
  (void)state;
  struct oio_link *link = make(plain);
  tell(link, 0, PAYLOAD_OF(1));
  tell(link, 0, (struct spec_head){.protocol = 1, .s = 2, .round = 5});
  tell_nonsense(link, 10);
  for (unsigned i = 0; i < 16; i++) tell_nonsense(link, 10 + i);
  const struct spec_head h = hear(link, 30);
  EXPECT(h, SPEC_NOP, SPEC_NAK, 2);
  assert_int_equal(h.echo, 5);
  assert_int_equal(state_of(link).asked_crc, 1);
  assert_int_equal(state_of(link).received_invalid, 17);
  assert_int_equal(state_of(link).credit_limit, 100); /* nothing of an invalid flit is believed */
  expect_silence(link, 31);
  oio_link_destroy(link);
}

static void a_nak_of_which_nothing_is_heard_is_repeated_after_nak_repeat(void **state) {
  (void)state;
  struct oio_link *link = make(plain);
  tell_nonsense(link, 10);
  for (unsigned i = 0; i < 5; i++) {
    const uint64_t at = 20 + i * NAK_REPEAT;
    EXPECT(hear(link, at), SPEC_NOP, SPEC_NAK, 255);
    assert_int_equal(oio_link_next_tx_ps(link, at), at + NAK_REPEAT);
    expect_silence(link, at + NAK_REPEAT - 1);
  }
  assert_int_equal(state_of(link).asked_crc, 1);
  oio_link_destroy(link);
}

static void flits_that_rule_r2_names_change_nothing(void **state) {
  (void)state;
  struct oio_link *link = make(plain);
  (void)give_and_hear(link, 0);
  const struct oio_link_state before = state_of(link);
  static const struct spec_head heads[] = {
      {.protocol = 0, .command = 0, .s = 0, .round = 3, .credit = 200}, {.protocol = 2, .command = 1, .s = 1, .round = 3, .credit = 200},
      {.protocol = 3, .command = 2, .s = 1, .round = 3, .credit = 200}, {.protocol = 1, .command = 3, .s = 1, .round = 3, .credit = 200},
      {.protocol = 0, .command = 3, .s = 1, .round = 3, .credit = 200},
  };
  for (unsigned i = 0; i < 5; i++) tell(link, 1, heads[i]);
  struct oio_link_state after = state_of(link);
  assert_int_equal(after.received_unknown, 5);
  assert_int_equal(after.seen[OIO_SEEN_RESERVED], 5);
  after.seen[OIO_SEEN_RESERVED] = 0;
  after.received = before.received;
  after.received_unknown = before.received_unknown;
  after.decision_digest = before.decision_digest;
  assert_memory_equal(&after, &before, sizeof before);
  oio_link_destroy(link);
}

static void a_new_round_is_taken_for_the_answer_and_ends_the_asking(void **state) {
  (void)state;
  struct oio_link *link = make(plain);
  tell(link, 0, PAYLOAD_OF(1));
  tell_nonsense(link, 0);
  EXPECT(hear(link, 0), SPEC_NOP, SPEC_NAK, 1);
  tell(link, 10, (struct spec_head){.protocol = 1, .s = 1, .round = 1});
  assert_false(state_of(link).waiting);
  EXPECT(hear(link, 2 * NAK_REPEAT), SPEC_NOP, SPEC_ACK, 1);
  oio_link_destroy(link);
}

static void an_ack_outside_what_is_outstanding_fails_the_link_and_any_inside_does_not(void **state) {
  (void)state;
  for (unsigned command = SPEC_ACK; command <= SPEC_NAK; command++) {
    for (unsigned s = 0; s <= 255; s++) {
      struct oio_link *link = make(plain);
      for (unsigned i = 1; i <= 9; i++) (void)give_and_hear(link, 0);
      tell(link, 1, NOP_WITH(SPEC_ACK, 4));
      give(link, 1); /* 10: accepted, not yet sent */
      tell(link, 2, CARRYING(command, s));
      const bool inside = s >= 4 && s <= 9;
      assert_int_equal(state_of(link).failed, inside ? OIO_LINK_ALIVE : OIO_LINK_ACK_RANGE);
      if (!inside) {
        struct oio_payload payload = {.touched_bytes = OIO_PAYLOAD_BYTES};
        expect_silence(link, 3);
        assert_false(oio_link_can_send(link));
        assert_int_equal(oio_link_send(link, 3, &payload), OIO_ERR_FAILED);
        assert_true(oio_link_next_tx_ps(link, 3) == OIO_NEVER);
        assert_null(oio_link_peek(link));
        tell(link, 4, PAYLOAD_OF(1));
        assert_null(oio_link_peek(link));
        assert_string_equal(oio_link_failure_name(state_of(link).failed), "ack range");
      }
      oio_link_destroy(link);
    }
  }
}

static void a_nak_is_answered_by_a_replay_from_the_next_and_its_echo_tells_a_stale_one(void **state) {
  (void)state;
  struct oio_link *link = make(plain);
  for (unsigned s = 1; s <= 6; s++) (void)give_and_hear(link, s);
  tell(link, 100, NOP_WITH(SPEC_NAK, 3));
  struct spec_head h = hear(link, 100);
  EXPECT(h, SPEC_PAYLOAD, SPEC_EXPLICIT, 4);
  assert_int_equal(h.round, 1);
  tell(link, 110, NOP_WITH(SPEC_NAK, 3));               /* echo 0: sent before round 1 was seen */
  EXPECT(hear(link, 110), SPEC_PAYLOAD, SPEC_ACK, 255); /* what was lost may have brought one */
  EXPECT(hear(link, 110), SPEC_PAYLOAD, SPEC_EXPLICIT, 6);
  expect_silence(link, 110); /* the one that was ignored has no answer of its own */
  assert_int_equal(state_of(link).replays, 1);
  tell(link, 120, (struct spec_head){.command = SPEC_NAK, .s = 3, .echo = 1}); /* round 1 was seen and is wanted again */
  h = hear(link, 120);
  EXPECT(h, SPEC_PAYLOAD, SPEC_EXPLICIT, 4);
  assert_int_equal(h.round, 2);
  (void)hear(link, 120);
  (void)hear(link, 120);
  tell(link, 120 + NAK_REPEAT - 1, NOP_WITH(SPEC_NAK, 3));
  expect_silence(link, 120 + NAK_REPEAT - 1);
  tell(link, 120 + NAK_REPEAT, NOP_WITH(SPEC_NAK, 3)); /* stale by its echo, but so late that the replay itself must be lost */
  EXPECT(hear(link, 120 + NAK_REPEAT), SPEC_PAYLOAD, SPEC_EXPLICIT, 4);
  oio_link_destroy(link);
}

static void a_nak_with_nothing_outstanding_is_answered_by_an_explicit_nop_of_a_new_round(void **state) {
  (void)state;
  struct oio_link *link = make(plain);
  (void)give_and_hear(link, 0);
  tell(link, 10, NOP_WITH(SPEC_ACK, 1));
  tell(link, 20, NOP_WITH(SPEC_NAK, 1));
  assert_int_equal(oio_link_next_tx_ps(link, 20), 20);
  struct spec_head h = hear(link, 20);
  EXPECT(h, SPEC_NOP, SPEC_EXPLICIT, 1);
  assert_int_equal(h.round, 1);
  EXPECT(hear(link, 21), SPEC_NOP, SPEC_ACK, 255); /* the flit that was lost may have brought it */
  expect_silence(link, 21);
  tell(link, 30, NOP_WITH(SPEC_NAK, 1)); /* echo 0: stale, answered again, but no new round */
  h = hear(link, 30);
  EXPECT(h, SPEC_NOP, SPEC_EXPLICIT, 1);
  assert_int_equal(h.round, 1);
  assert_int_equal(state_of(link).replays, 0);
  oio_link_destroy(link);
}

static void a_nak_before_a_staged_payload_went_out_starts_no_replay(void **state) {
  (void)state;
  for (unsigned on_the_wire = 0; on_the_wire <= 1; on_the_wire++) {
    struct oio_link *link = make(plain);
    (void)give_and_hear(link, 0);
    tell(link, 10, NOP_WITH(SPEC_ACK, 1));
    give(link, 20); /* 2: accepted, and unacknowledged */
    if (on_the_wire) EXPECT(hear(link, 20), SPEC_PAYLOAD, SPEC_EXPLICIT, 2);
    tell(link, 30, NOP_WITH(SPEC_NAK, 1));
    assert_int_equal(state_of(link).replays, on_the_wire);
    const struct spec_head h = hear(link, 30);
    EXPECT(h, SPEC_PAYLOAD, SPEC_EXPLICIT, 2);
    assert_int_equal(h.round, 1);
    assert_int_equal(state_of(link).sent_replayed, on_the_wire);
    if (!on_the_wire) EXPECT(hear(link, 30), SPEC_NOP, SPEC_EXPLICIT, 2); /* the answer of one that has nothing to replay */
    EXPECT(hear(link, 30), SPEC_NOP, SPEC_ACK, 255);
    oio_link_destroy(link);
  }
}

static void a_flit_that_rule_r2_discards_changes_no_echo(void **state) {
  (void)state;
  struct oio_link *link = make(plain);
  tell(link, 0, (struct spec_head){.protocol = 1, .s = 1, .round = 5});
  tell(link, 1, (struct spec_head){.protocol = 2, .command = SPEC_ACK, .s = 255, .round = 6}); /* valid, and discarded */
  tell(link, 1, (struct spec_head){.protocol = 1, .command = 3, .s = 2, .round = 7});
  assert_int_equal(hear(link, ACK_DELAY).echo, 5);
  oio_link_destroy(link);
}

static void a_failed_link_still_hands_out_what_it_had_accepted(void **state) {
  (void)state;
  struct oio_link *link = make(plain);
  tell(link, 0, PAYLOAD_OF(1));
  tell(link, 0, PAYLOAD_OF(2));
  tell(link, 1, CARRYING(SPEC_ACK, 9)); /* of what was never sent; it would be payload 3 */
  assert_int_equal(state_of(link).failed, OIO_LINK_ACK_RANGE);
  tell(link, 2, PAYLOAD_OF(3));
  assert_int_equal(state_of(link).buffered_flits, 2);
  take(link, 3);
  take(link, 3);
  assert_null(oio_link_peek(link));
  expect_silence(link, 3 + ACK_DELAY);
  oio_link_destroy(link);
}

static void an_explicit_nop_tells_whether_something_was_lost(void **state) {
  (void)state;
  for (unsigned s = 1; s <= 255; s++) {
    struct oio_link *link = make(plain);
    tell(link, 0, PAYLOAD_OF(1));
    tell(link, 0, PAYLOAD_OF(2));
    tell_nonsense(link, 0);
    tell(link, 5, NOP_WITH(SPEC_EXPLICIT, s));
    const struct oio_link_state after = state_of(link);
    assert_int_equal(after.lost, s != 2);
    assert_int_equal(after.waiting, s != 2);
    oio_link_destroy(link);
    link = make(plain);
    tell(link, 0, PAYLOAD_OF(1));
    tell(link, 0, PAYLOAD_OF(2));
    tell(link, 5, NOP_WITH(SPEC_EXPLICIT, s));
    assert_int_equal(state_of(link).asked_sequence, s >= 3 && s <= 130); /* 3 is expected; 4 .. 130 are at most 127 ahead of it */
    oio_link_destroy(link);
  }
}

static void an_explicit_payload_of_sequence_0_fails_the_link(void **state) {
  (void)state;
  struct oio_link *link = make(plain);
  tell(link, 0, PAYLOAD_OF(0));
  assert_int_equal(state_of(link).failed, OIO_LINK_SEQUENCE_ZERO);
  assert_string_equal(oio_link_failure_name(state_of(link).failed), "sequence zero");
  oio_link_destroy(link);
}

static void k0_is_ignored_on_a_die_link(void **state) {
  (void)state;
  struct oio_link *link = make(plain);
  tell(link, 0, PAYLOAD_OF(0xAB01));
  assert_int_equal(state_of(link).expected, 2);
  tell(link, 0, PAYLOAD_OF(0xAB00));
  assert_int_equal(state_of(link).failed, OIO_LINK_SEQUENCE_ZERO);
  oio_link_destroy(link);
}

static void every_explicit_sequence_is_delivered_asked_for_or_acknowledged_again(void **state) {
  (void)state;
  for (unsigned s = 1; s <= 255; s++) {
    struct oio_link *link = make(plain);
    for (unsigned i = 1; i <= 3; i++) tell(link, 0, PAYLOAD_OF(i));
    (void)hear(link, ACK_DELAY);
    tell(link, 1000, PAYLOAD_OF(s));
    const struct oio_link_state after = state_of(link);
    if (s == 4) {
      assert_int_equal(after.expected, 5);
      assert_int_equal(oio_link_next_tx_ps(link, 1000), 1000 + ACK_DELAY);
    } else if (s > 4 && s <= 131) {
      assert_int_equal(after.asked_sequence, 1);
      assert_int_equal(after.received_ahead, 1);
      EXPECT(hear(link, 1000), SPEC_NOP, SPEC_NAK, 3);
    } else {
      assert_int_equal(after.received_duplicate, 1);
      EXPECT(hear(link, 1000), SPEC_NOP, SPEC_ACK, 3); /* at once */
    }
    assert_int_equal(after.buffered_flits, s == 4 ? 4 : 3);
    oio_link_destroy(link);
  }
}

static void an_implicit_flit_after_a_loss_is_not_guessed_at(void **state) {
  (void)state;
  struct oio_link *link = make(plain);
  (void)give_and_hear(link, 0);
  tell(link, 1, PAYLOAD_OF(1));
  tell(link, 2, CARRYING(SPEC_ACK, 1)); /* implicit 2 */
  assert_int_equal(state_of(link).expected, 3);
  tell_nonsense(link, 3);
  tell(link, 4, CARRYING(SPEC_ACK, 1));
  assert_int_equal(state_of(link).expected, 3);
  assert_int_equal(state_of(link).received_unknown, 1);
  tell(link, 5, PAYLOAD_OF(3));
  tell(link, 6, CARRYING(SPEC_ACK, 1));
  assert_int_equal(state_of(link).expected, 5);
  oio_link_destroy(link);
}

static void one_flit_more_than_the_buffer_holds_fails_the_link(void **state) {
  (void)state;
  struct oio_link *link = make(plain);
  for (unsigned s = 1; s <= BUFFER; s++) tell(link, 0, PAYLOAD_OF(s));
  take(link, 1);
  tell(link, 2, PAYLOAD_OF(BUFFER + 1));
  assert_int_equal(state_of(link).failed, OIO_LINK_ALIVE);
  assert_int_equal(state_of(link).buffered_flits, BUFFER);
  tell(link, 3, PAYLOAD_OF(BUFFER + 2));
  assert_int_equal(state_of(link).failed, OIO_LINK_OVERFLOW);
  assert_string_equal(oio_link_failure_name(state_of(link).failed), "overflow");
  oio_link_destroy(link);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(a_corrupted_flit_is_answered_by_one_nak_of_the_last_in_order_with_the_round_seen_as_echo),
      cmocka_unit_test(a_nak_of_which_nothing_is_heard_is_repeated_after_nak_repeat),
      cmocka_unit_test(flits_that_rule_r2_names_change_nothing),
      cmocka_unit_test(a_new_round_is_taken_for_the_answer_and_ends_the_asking),
      cmocka_unit_test(an_ack_outside_what_is_outstanding_fails_the_link_and_any_inside_does_not),
      cmocka_unit_test(a_nak_is_answered_by_a_replay_from_the_next_and_its_echo_tells_a_stale_one),
      cmocka_unit_test(a_nak_with_nothing_outstanding_is_answered_by_an_explicit_nop_of_a_new_round),
      cmocka_unit_test(a_nak_before_a_staged_payload_went_out_starts_no_replay),
      cmocka_unit_test(a_flit_that_rule_r2_discards_changes_no_echo),
      cmocka_unit_test(a_failed_link_still_hands_out_what_it_had_accepted),
      cmocka_unit_test(an_explicit_nop_tells_whether_something_was_lost),
      cmocka_unit_test(an_explicit_payload_of_sequence_0_fails_the_link),
      cmocka_unit_test(k0_is_ignored_on_a_die_link),
      cmocka_unit_test(every_explicit_sequence_is_delivered_asked_for_or_acknowledged_again),
      cmocka_unit_test(an_implicit_flit_after_a_loss_is_not_guessed_at),
      cmocka_unit_test(one_flit_more_than_the_buffer_holds_fails_the_link),
  };
  return cmocka_run_group_tests_name("link receiver", tests, NULL, NULL);
}
