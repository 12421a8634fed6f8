/* SPDX-License-Identifier: Apache-2.0 */
/* The transmitter of one link end against hand-made flits: the rules of SPEC.md sections 3 and 5 one by one. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "one_end.h"

static void the_first_flit_is_explicit_1_of_round_0_with_the_whole_buffer_as_credit(void **state) {
  (void)state;
  struct oio_link *link = make(plain);
  assert_true(oio_link_next_tx_ps(link, 0) == OIO_NEVER);
  expect_silence(link, 0);
  const struct spec_head h = give_and_hear(link, 7);
  EXPECT(h, SPEC_PAYLOAD, SPEC_EXPLICIT, 1);
  assert_int_equal(h.round, 0);
  assert_int_equal(h.echo, 0);
  assert_int_equal(h.credit, BUFFER);
  expect_silence(link, 7);
  oio_link_destroy(link);
}

static void explicit_and_ack_alternate_while_acks_are_owed_and_explicit_repeats_while_none_is(void **state) {
  (void)state;
  struct oio_link *link = make(plain);
  unsigned received = 0;
  EXPECT(give_and_hear(link, 0), SPEC_PAYLOAD, SPEC_EXPLICIT, 1);
  EXPECT(give_and_hear(link, 0), SPEC_PAYLOAD, SPEC_EXPLICIT, 2);
  for (unsigned s = 3; s < 60; s += 2) {
    tell(link, s, PAYLOAD_OF(++received));
    take(link, s);
    EXPECT(give_and_hear(link, s), SPEC_PAYLOAD, SPEC_ACK, received);
    tell(link, s, PAYLOAD_OF(++received));
    take(link, s);
    EXPECT(give_and_hear(link, s), SPEC_PAYLOAD, SPEC_EXPLICIT, s + 1);
  }
  EXPECT(give_and_hear(link, 90), SPEC_PAYLOAD, SPEC_ACK, received); /* the last one is still owed */
  EXPECT(give_and_hear(link, 90), SPEC_PAYLOAD, SPEC_EXPLICIT, 62);
  EXPECT(give_and_hear(link, 90), SPEC_PAYLOAD, SPEC_EXPLICIT, 63);
  oio_link_destroy(link);
}

static void a_nop_takes_no_number(void **state) {
  (void)state;
  struct oio_link *link = make(plain);
  EXPECT(give_and_hear(link, 0), SPEC_PAYLOAD, SPEC_EXPLICIT, 1);
  tell(link, 10, PAYLOAD_OF(1));
  EXPECT(hear(link, 110), SPEC_NOP, SPEC_ACK, 1);
  EXPECT(give_and_hear(link, 120), SPEC_PAYLOAD, SPEC_EXPLICIT, 2);
  assert_int_equal(state_of(link).sent_nop, 1);
  assert_int_equal(state_of(link).sent_payload, 2);
  oio_link_destroy(link);
}

static void an_ack_waits_ack_delay_for_a_flit_to_ride_on_and_then_goes_alone(void **state) {
  (void)state;
  struct oio_link *link = make(plain);
  tell(link, 1000, PAYLOAD_OF(1));
  tell(link, 1040, PAYLOAD_OF(2));
  assert_int_equal(oio_link_next_tx_ps(link, 1040), 1000 + ACK_DELAY);
  expect_silence(link, 1000 + ACK_DELAY - 1);
  EXPECT(hear(link, 1000 + ACK_DELAY), SPEC_NOP, SPEC_ACK, 2);
  assert_true(oio_link_next_tx_ps(link, 1000 + ACK_DELAY) == OIO_NEVER);
  oio_link_destroy(link);
}

static void a_credit_alone_is_sent_ack_delay_after_the_buffer_was_left(void **state) {
  (void)state;
  struct oio_link *link = make(plain);
  tell(link, 0, PAYLOAD_OF(1));
  assert_int_equal(hear(link, 100).credit, BUFFER);
  take(link, 500);
  assert_int_equal(oio_link_next_tx_ps(link, 500), 500 + ACK_DELAY);
  const struct spec_head h = hear(link, 600);
  EXPECT(h, SPEC_NOP, SPEC_ACK, 1);
  assert_int_equal(h.credit, BUFFER + 1);
  oio_link_destroy(link);
}

static void any_flit_pays_the_credit_but_only_an_ack_or_nak_pays_the_ack(void **state) {
  (void)state;
  struct oio_link *link = make(plain);
  EXPECT(give_and_hear(link, 0), SPEC_PAYLOAD, SPEC_EXPLICIT, 1);
  tell(link, 1000, PAYLOAD_OF(1));
  EXPECT(give_and_hear(link, 1000), SPEC_PAYLOAD, SPEC_ACK, 1);
  take(link, 1010);                /* credit owed, due 1110 */
  tell(link, 1050, PAYLOAD_OF(2)); /* Ack owed, due 1150 */
  EXPECT(give_and_hear(link, 1060), SPEC_PAYLOAD, SPEC_EXPLICIT, 3);
  assert_int_equal(oio_link_next_tx_ps(link, 1060), 1150);
  expect_silence(link, 1149);
  EXPECT(hear(link, 1150), SPEC_NOP, SPEC_ACK, 2);
  oio_link_destroy(link);
}

static void a_full_window_accepts_nothing_until_an_ack(void **state) {
  (void)state;
  for (unsigned window = 1; window <= 127; window += 42) {
    struct oio_link_config config = plain;
    config.window_flits = window;
    config.peer_buffer_flits = 32767;
    struct oio_link *link = make(config);
    for (unsigned s = 1; s <= window; s++) {
      assert_true(oio_link_can_send(link));
      EXPECT(give_and_hear(link, 0), SPEC_PAYLOAD, SPEC_EXPLICIT, s);
    }
    static const struct oio_payload payload = {.touched_bytes = OIO_PAYLOAD_BYTES};
    assert_false(oio_link_can_send(link));
    assert_int_equal(oio_link_send(link, 0, &payload), OIO_ERR_FULL);
    assert_null(oio_link_send_slot(link));
    tell(link, 10, NOP_WITH(SPEC_ACK, 1));
    EXPECT(give_and_hear(link, 10), SPEC_PAYLOAD, SPEC_EXPLICIT, window + 1);
    assert_false(oio_link_can_send(link));
    oio_link_destroy(link);
  }
}

static void without_credit_nothing_is_accepted_and_credit_is_absolute(void **state) {
  (void)state;
  struct oio_link_config config = plain;
  config.peer_buffer_flits = 2;
  struct oio_link *link = make(config);
  (void)give_and_hear(link, 0);
  (void)give_and_hear(link, 0);
  assert_false(oio_link_can_send(link));
  tell(link, 1, (struct spec_head){.command = SPEC_ACK, .s = 2, .credit = 2});
  assert_false(oio_link_can_send(link)); /* acknowledged, but still in the peer's buffer */
  tell(link, 2, (struct spec_head){.command = SPEC_ACK, .s = 2, .credit = 4});
  tell(link, 3, (struct spec_head){.command = SPEC_ACK, .s = 2, .credit = 4});
  for (unsigned s = 3; s <= 4; s++) (void)give_and_hear(link, 3);
  assert_false(oio_link_can_send(link));
  oio_link_destroy(link);
}

/* After `sent` flits on the wire, limit `before` has been told, and then `limit`. */
static void check_limit(uint32_t buffer, unsigned sent, unsigned before, unsigned limit, bool justified) {
  struct oio_link_config config = plain;
  config.peer_buffer_flits = buffer;
  struct oio_link *link = make(config);
  for (unsigned s = 1; s <= sent; s++) (void)give_and_hear(link, 0);
  if (before != buffer) tell(link, 1, (struct spec_head){.command = SPEC_ACK, .s = sent, .credit = before});
  assert_int_equal(state_of(link).failed, OIO_LINK_ALIVE);
  tell(link, 2, (struct spec_head){.command = SPEC_ACK, .s = sent == 0 ? 255 : sent, .credit = limit});
  const struct oio_link_state after = state_of(link);
  if ((after.failed == OIO_LINK_ALIVE) != justified || (!justified && after.failed != OIO_LINK_CREDIT_RANGE)) {
    fail_msg("buffer %u, %u sent, limit %u after %u: %s", buffer, sent, limit, before, oio_link_failure_name(after.failed));
  }
  assert_int_equal(after.credit_limit, justified ? limit : before);
  oio_link_destroy(link);
}

static void a_credit_limit_that_goes_back_or_that_the_peers_buffer_cannot_justify_fails_the_link(void **state) {
  (void)state;
  check_limit(100, 0, 100, 101, false); /* nothing was sent, so nothing can have left the buffer */
  check_limit(100, 0, 100, 32867, false);
  check_limit(100, 0, 100, 32868, false);
  check_limit(100, 0, 100, 99, false);
  check_limit(100, 3, 100, 103, true); /* all three have left it */
  check_limit(100, 3, 100, 104, false);
  check_limit(100, 3, 102, 102, true);
  check_limit(100, 3, 102, 101, false);
  check_limit(32767, 3, 32767, 32770, true);
  check_limit(32767, 3, 32767, 32771, false);
  check_limit(32767, 3, 32767, 65535, false); /* 32768 ahead: what is before and what behind is no matter of taste */
  check_limit(1, 1, 1, 2, true);
  check_limit(1, 1, 1, 3, false);
  check_limit(1, 1, 2, 1, false);
  assert_string_equal(oio_link_failure_name(OIO_LINK_CREDIT_RANGE), "credit range");
}

static void what_is_accepted_and_not_yet_on_the_wire_justifies_no_credit(void **state) {
  (void)state;
  struct oio_link *link = make(plain);
  (void)give_and_hear(link, 0);
  give(link, 0);
  tell(link, 1, (struct spec_head){.command = SPEC_ACK, .s = 1, .credit = 102});
  assert_int_equal(state_of(link).failed, OIO_LINK_CREDIT_RANGE);
  oio_link_destroy(link);
  link = make(plain);
  (void)give_and_hear(link, 0);
  (void)give_and_hear(link, 0);
  tell(link, 1, (struct spec_head){.command = SPEC_ACK, .s = 1, .credit = 102});
  assert_int_equal(state_of(link).failed, OIO_LINK_ALIVE);
  oio_link_destroy(link);
}

static void a_credit_limit_is_judged_modulo_65536(void **state) {
  (void)state;
  struct oio_link *link = make(plain);
  unsigned s = 0;
  for (unsigned sent = 1; sent <= 65500; sent++) {
    s = s == 255 ? 1 : s + 1;
    (void)give_and_hear(link, sent);
    tell(link, sent, (struct spec_head){.command = SPEC_ACK, .s = s, .credit = (sent + 100) & 0xFFFF});
  }
  assert_int_equal(state_of(link).credit_limit, 64); /* 65600 */
  tell(link, 65501, (struct spec_head){.command = SPEC_ACK, .s = s, .credit = 65535});
  assert_int_equal(state_of(link).failed, OIO_LINK_CREDIT_RANGE);
  oio_link_destroy(link);
}

static void without_progress_for_the_timeout_everything_unacknowledged_goes_again(void **state) {
  (void)state;
  struct oio_link *link = make(plain);
  for (unsigned s = 1; s <= 3; s++) EXPECT(give_and_hear(link, 10 * s), SPEC_PAYLOAD, SPEC_EXPLICIT, s);
  tell(link, 50, NOP_WITH(SPEC_ACK, 1));
  assert_int_equal(oio_link_next_tx_ps(link, 60), 50 + TIMEOUT);
  expect_silence(link, 50 + TIMEOUT - 1);
  const struct spec_head h = hear(link, 50 + TIMEOUT);
  EXPECT(h, SPEC_PAYLOAD, SPEC_EXPLICIT, 2);
  assert_int_equal(h.round, 1);
  EXPECT(hear(link, 50 + TIMEOUT), SPEC_PAYLOAD, SPEC_EXPLICIT, 3);
  assert_int_equal(state_of(link).timeouts, 1);
  assert_int_equal(state_of(link).sent_replayed, 2);
  assert_int_equal(oio_link_next_tx_ps(link, 60 + TIMEOUT), 50 + 2 * TIMEOUT);
  oio_link_destroy(link);
}

static void a_payload_accepted_after_a_long_silence_is_not_timed_out(void **state) {
  (void)state;
  struct oio_link *link = make(plain);
  const struct spec_head h = give_and_hear(link, 100 * TIMEOUT);
  EXPECT(h, SPEC_PAYLOAD, SPEC_EXPLICIT, 1);
  assert_int_equal(h.round, 0);
  assert_int_equal(oio_link_next_tx_ps(link, 100 * TIMEOUT), 101 * TIMEOUT);
  oio_link_destroy(link);
}

static void the_link_fails_with_its_reason_at_the_replay_after_the_last_allowed_and_then_is_silent(void **state) {
  (void)state;
  struct oio_link *link = make(plain);
  (void)give_and_hear(link, 0);
  for (unsigned replay = 1; replay <= 3; replay++) EXPECT(hear(link, replay * TIMEOUT), SPEC_PAYLOAD, SPEC_EXPLICIT, 1);
  expect_silence(link, 4 * TIMEOUT);
  assert_int_equal(state_of(link).failed, OIO_LINK_REPLAY_LIMIT);
  assert_string_equal(oio_link_failure_name(state_of(link).failed), "replay limit");
  oio_link_destroy(link);
}

static void progress_starts_the_count_of_replays_over(void **state) {
  (void)state;
  struct oio_link *link = make(plain);
  (void)give_and_hear(link, 0);
  (void)give_and_hear(link, 0);
  for (unsigned replay = 1; replay <= 3; replay++) {
    EXPECT(hear(link, replay * TIMEOUT), SPEC_PAYLOAD, SPEC_EXPLICIT, 1);
    EXPECT(hear(link, replay * TIMEOUT), SPEC_PAYLOAD, SPEC_EXPLICIT, 2);
  }
  const uint64_t progress = 3 * TIMEOUT + 10;
  tell(link, progress, NOP_WITH(SPEC_ACK, 1));
  for (unsigned replay = 1; replay <= 3; replay++) EXPECT(hear(link, progress + replay * TIMEOUT), SPEC_PAYLOAD, SPEC_EXPLICIT, 2);
  assert_int_equal(state_of(link).failed, OIO_LINK_ALIVE);
  expect_silence(link, progress + 4 * TIMEOUT);
  assert_int_equal(state_of(link).failed, OIO_LINK_REPLAY_LIMIT);
  oio_link_destroy(link);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(the_first_flit_is_explicit_1_of_round_0_with_the_whole_buffer_as_credit),
      cmocka_unit_test(explicit_and_ack_alternate_while_acks_are_owed_and_explicit_repeats_while_none_is),
      cmocka_unit_test(a_nop_takes_no_number),
      cmocka_unit_test(an_ack_waits_ack_delay_for_a_flit_to_ride_on_and_then_goes_alone),
      cmocka_unit_test(a_credit_alone_is_sent_ack_delay_after_the_buffer_was_left),
      cmocka_unit_test(any_flit_pays_the_credit_but_only_an_ack_or_nak_pays_the_ack),
      cmocka_unit_test(a_full_window_accepts_nothing_until_an_ack),
      cmocka_unit_test(without_credit_nothing_is_accepted_and_credit_is_absolute),
      cmocka_unit_test(a_credit_limit_that_goes_back_or_that_the_peers_buffer_cannot_justify_fails_the_link),
      cmocka_unit_test(what_is_accepted_and_not_yet_on_the_wire_justifies_no_credit),
      cmocka_unit_test(a_credit_limit_is_judged_modulo_65536),
      cmocka_unit_test(without_progress_for_the_timeout_everything_unacknowledged_goes_again),
      cmocka_unit_test(a_payload_accepted_after_a_long_silence_is_not_timed_out),
      cmocka_unit_test(the_link_fails_with_its_reason_at_the_replay_after_the_last_allowed_and_then_is_silent),
      cmocka_unit_test(progress_starts_the_count_of_replays_over),
  };
  return cmocka_run_group_tests_name("link transmitter", tests, NULL, NULL);
}
