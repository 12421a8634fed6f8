/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One link end against hand-made flits (spec_flit.h): the rules of SPEC.md sections 3 to 5 one by one, then all of them at random against
 * the second implementation in spec_link.h. Times are picoseconds; ack_delay 100, nak_repeat 1000, timeout 5000.
 */
#define CHANCE_PROGRAM "test_link_rules"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "chance.h"
#include "twin.h"

enum { ACK_DELAY = 100, NAK_REPEAT = 1000, TIMEOUT = 5000, BUFFER = 4 };

static const struct oio_link_config plain = {
    .format = 3,
    .sequence_bits = 8,
    .fidelity = OIO_BIT,
    .window_flits = 127,
    .buffer_flits = BUFFER,
    .peer_buffer_flits = 100,
    .replay_limit = 3,
    .timeout_ps = TIMEOUT,
    .nak_repeat_ps = NAK_REPEAT,
    .ack_delay_ps = ACK_DELAY,
};

static struct oio_link *make(struct oio_link_config config) {
  struct oio_link *link;
  struct oio_error error;
  if (oio_link_create(&link, &config, &error) != OIO_OK) fail_msg("%s", error.text);
  return link;
}

/* ---- the hand-written peer ---- */

static void tell(struct oio_link *link, uint64_t now, struct spec_head h) {
  struct oio_wire wire = {.touched_bytes = OIO_PAYLOAD_BYTES};
  if (h.credit == 0) h.credit = 100;
  spec_make(3, wire.bytes, h, NULL);
  oio_link_rx(link, now, &wire);
}

static void tell_nonsense(struct oio_link *link, uint64_t now) {
  struct oio_wire wire = {.touched_bytes = OIO_PAYLOAD_BYTES, .wrong_bits = 1, .syndrome = 1};
  spec_make(3, wire.bytes, (struct spec_head){.protocol = 1, .s = 1, .credit = 500}, NULL);
  wire.bytes[17] ^= 4;
  oio_link_rx(link, now, &wire);
}

#define PAYLOAD_OF(sequence) ((struct spec_head){.protocol = SPEC_PAYLOAD, .s = (sequence)})
#define NOP_WITH(command_, number) ((struct spec_head){.protocol = SPEC_NOP, .command = (command_), .s = (number)})
#define CARRYING(command_, number) ((struct spec_head){.protocol = SPEC_PAYLOAD, .command = (command_), .s = (number)})

static struct spec_head hear(struct oio_link *link, uint64_t now) {
  struct oio_wire wire;
  memset(&wire, 0xA5, sizeof wire);
  if (!oio_link_tx(link, now, &wire)) fail_msg("nothing was sent at %llu", (unsigned long long)now);
  assert_true(spec_valid(3, wire.bytes));
  return spec_get_head(3, wire.bytes);
}

#define EXPECT(head_, protocol_, command_, s_)                                                                                             \
  do {                                                                                                                                     \
    const struct spec_head h_ = (head_);                                                                                                   \
    if (h_.protocol != (protocol_) || h_.command != (command_) || h_.s != (s_)) {                                                          \
      fail_msg("line %d: heard protocol %u command %u S %u, must be %u %u %u", __LINE__, h_.protocol, h_.command, h_.s,                    \
               (unsigned)(protocol_), (unsigned)(command_), (unsigned)(s_));                                                               \
    }                                                                                                                                      \
  } while (0)

static void expect_silence(struct oio_link *link, uint64_t now) {
  struct oio_wire wire;
  assert_false(oio_link_tx(link, now, &wire));
}

static void give(struct oio_link *link, uint64_t now) {
  static const struct oio_payload payload = {.touched_bytes = OIO_PAYLOAD_BYTES};
  assert_int_equal(oio_link_send(link, now, &payload), OIO_OK);
}

/* Accepted from above and put on the wire. */
static struct spec_head give_and_hear(struct oio_link *link, uint64_t now) {
  give(link, now);
  return hear(link, now);
}

static void take(struct oio_link *link, uint64_t now) {
  struct oio_payload payload;
  assert_true(oio_link_recv(link, now, &payload));
}

static struct oio_link_state state_of(const struct oio_link *link) {
  struct oio_link_state state;
  oio_link_get_state(link, &state);
  return state;
}

/* ---- transmitter ---- */

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
  tell(link, 2, (struct spec_head){.command = SPEC_ACK, .s = 2, .credit = 5});
  tell(link, 3, (struct spec_head){.command = SPEC_ACK, .s = 2, .credit = 5});
  tell(link, 3, (struct spec_head){.command = SPEC_ACK, .s = 2, .credit = 4}); /* never goes back */
  for (unsigned s = 3; s <= 5; s++) (void)give_and_hear(link, 3);
  assert_false(oio_link_can_send(link));
  oio_link_destroy(link);
}

static void a_credit_limit_counts_as_ahead_from_1_to_32767(void **state) {
  (void)state;
  static const unsigned rises[][2] = {{0, 0}, {1, 1}, {32767, 1}, {32768, 0}, {65535, 0}};
  for (unsigned i = 0; i < 5; i++) {
    struct oio_link *link = make(plain);
    const unsigned limit = (100 + rises[i][0]) & 0xFFFF;
    tell(link, 0, (struct spec_head){.command = SPEC_ACK, .s = 255, .credit = limit});
    assert_int_equal(state_of(link).credit_limit, rises[i][1] ? limit : 100);
    oio_link_destroy(link);
  }
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

/* ---- receiver ---- */

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
  tell(link, 110, NOP_WITH(SPEC_NAK, 3)); /* echo 0: sent before round 1 was seen */
  EXPECT(hear(link, 110), SPEC_PAYLOAD, SPEC_EXPLICIT, 5);
  EXPECT(hear(link, 110), SPEC_PAYLOAD, SPEC_EXPLICIT, 6);
  expect_silence(link, 110);
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
  expect_silence(link, 21);
  tell(link, 30, NOP_WITH(SPEC_NAK, 1)); /* echo 0: stale, answered again, but no new round */
  h = hear(link, 30);
  EXPECT(h, SPEC_NOP, SPEC_EXPLICIT, 1);
  assert_int_equal(h.round, 1);
  assert_int_equal(state_of(link).replays, 0);
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

/* ---- life ---- */

static void reset_restores_the_state_after_create_but_for_the_counters(void **state) {
  (void)state;
  struct oio_link *link = make(plain), *fresh = make(plain);
  for (unsigned s = 1; s <= 5; s++) (void)give_and_hear(link, s);
  tell(link, 9, (struct spec_head){.protocol = 1, .s = 1, .round = 7, .credit = 300});
  tell_nonsense(link, 10);
  tell(link, 11, NOP_WITH(SPEC_NAK, 2));
  tell(link, 12, PAYLOAD_OF(0));
  give(fresh, 0);
  const struct oio_link_state before = state_of(link);
  oio_link_reset(fresh);
  oio_link_reset(link);
  const struct oio_link_state a = state_of(link);
  struct oio_link *created = make(plain);
  const struct oio_link_state b = state_of(created), c = state_of(fresh);
  const size_t protocol = offsetof(struct oio_link_state, sent_payload);
  assert_memory_equal(&a, &b, protocol);
  assert_memory_equal(&c, &b, sizeof c);
  assert_true(before.asked_crc > 0 && before.failed != OIO_LINK_ALIVE); /* what has been counted stays */
  assert_memory_equal((const char *)&a + protocol, (const char *)&before + protocol, sizeof a - protocol);
  for (unsigned i = 0; i < 3; i++) { /* and what is sent is the same to the bit */
    struct oio_wire of_reset = {.touched_bytes = 0}, of_created = {.touched_bytes = 0};
    give(link, 20);
    give(created, 20);
    assert_true(oio_link_tx(link, 20, &of_reset));
    assert_true(oio_link_tx(created, 20, &of_created));
    assert_memory_equal(of_reset.bytes, of_created.bytes, OIO_FLIT_BYTES);
    tell(link, 20, PAYLOAD_OF(i + 1));
    tell(created, 20, PAYLOAD_OF(i + 1));
    assert_true(oio_link_next_tx_ps(link, 20) == oio_link_next_tx_ps(created, 20));
  }
  oio_link_destroy(link);
  oio_link_destroy(fresh);
  oio_link_destroy(created);
}

static void check_refused(struct oio_link_config config, const char *word) {
  struct oio_link *link = (struct oio_link *)&config;
  struct oio_error error = {{0}};
  assert_int_equal(oio_link_create(&link, &config, &error), OIO_ERR_CONFIG);
  assert_null(link);
  if (strstr(error.text, word) == NULL) fail_msg("'%s' does not name %s", error.text, word);
}

static void a_configuration_out_of_range_is_refused_by_name(void **state) {
  (void)state;
  struct oio_link_config c;
#define REFUSED(field, value, word) (c = plain, c.field = (value), check_refused(c, word))
#define ACCEPTED(field, value) (c = plain, c.field = (value), oio_link_destroy(make(c)))
  REFUSED(format, 2, "format");
  REFUSED(format, 0, "format");
  ACCEPTED(format, 6);
  REFUSED(sequence_bits, 7, "sequence_bits");
  REFUSED(sequence_bits, 12, "sequence_bits");
  REFUSED(window_flits, 0, "window_flits");
  REFUSED(window_flits, 128, "window_flits");
  ACCEPTED(window_flits, 1);
  c = plain;
  c.sequence_bits = 16;
  c.window_flits = 32768;
  check_refused(c, "window_flits");
  c.window_flits = 32767;
  oio_link_destroy(make(c));
  REFUSED(buffer_flits, 0, "buffer_flits");
  REFUSED(buffer_flits, 32768, "buffer_flits");
  ACCEPTED(buffer_flits, 32767);
  REFUSED(peer_buffer_flits, 0, "peer_buffer_flits");
  REFUSED(peer_buffer_flits, 32768, "peer_buffer_flits");
  REFUSED(replay_limit, 0, "replay_limit");
  REFUSED(replay_limit, 65536, "replay_limit");
  ACCEPTED(replay_limit, 65535);
  REFUSED(timeout_ps, 0, "timeout_ps");
  REFUSED(nak_repeat_ps, 0, "nak_repeat_ps");
  ACCEPTED(ack_delay_ps, 0);
}

/* ---- everything at random, against the second implementation ---- */

/* A number near one of those that matter. */
static unsigned some_sequence(const struct spec_link *e, uint64_t *stream) {
  const unsigned centres[] = {e->expected, e->previous, e->acked, e->last_sent, e->next_tx, e->m};
  if (chance_below(stream, 50) == 0) return (unsigned)chance_below(stream, e->m + 1);
  const unsigned s = centres[chance_below(stream, 6)] + (unsigned)chance_below(stream, 7) - 3;
  return s % (e->m + 1);
}

static struct spec_head some_head(const struct spec_link *e, uint64_t *stream) {
  struct spec_head h = {.protocol = chance_below(stream, 4) > 0, .command = (unsigned)chance_below(stream, 3)};
  if (chance_below(stream, 60) == 0) h.protocol = (unsigned)chance_below(stream, 4);
  if (chance_below(stream, 60) == 0) h.command = 3;
  h.round = chance_below(stream, 6) == 0 ? (e->round_seen + (unsigned)chance_below(stream, 3)) % 16 : e->round_seen;
  h.echo = chance_below(stream, 3) == 0 ? (e->round + 15) % 16 : e->round;
  h.credit = (e->credit_limit + (unsigned)chance_below(stream, 4)) & 0xFFFF;
  if (chance_below(stream, 60) == 0) h.credit = (unsigned)chance_below(stream, 65536);
  if (h.command == SPEC_EXPLICIT) {
    h.s = chance_below(stream, 3) > 0 ? (h.protocol == SPEC_NOP ? spec_before(e, e->expected) : e->expected) : some_sequence(e, stream);
    if (h.s == 0 && chance_below(stream, 20) > 0) h.s = 1;
  } else if (chance_below(stream, 200) == 0) {
    h.s = some_sequence(e, stream);
  } else { /* within what is outstanding */
    h.s = e->acked;
    for (unsigned steps = (unsigned)chance_below(stream, spec_outstanding(e) + 1); steps > 0; steps--) h.s = spec_next(e, h.s);
  }
  if (e->m == 255 && chance_below(stream, 8) == 0) h.s |= (unsigned)chance_below(stream, 256) << 8;
  return h;
}

static const char *random_step(struct twin *t, uint64_t *now, uint64_t *stream) {
  struct oio_wire wire = {.touched_bytes = OIO_PAYLOAD_BYTES};
  bool sent;
  uint8_t payload[236];
  switch (chance_below(stream, 6)) {
  case 0:
    *now += chance_below(stream, 40) == 0 ? chance_below(stream, 2 * TIMEOUT) : chance_below(stream, 90);
    return twin_compare(t, *now, "time");
  case 1:
    return twin_send(t, *now, chance(stream));
  case 2:
    return twin_take(t, *now);
  case 3:
    return twin_tx(t, *now, &wire, &sent);
  default:
    twin_payload(chance(stream), payload);
    spec_make(t->format, wire.bytes, some_head(&t->spec, stream), payload);
    if (chance_below(stream, 12) == 0) {
      const unsigned bit = (unsigned)chance_below(stream, 2048);
      wire.bytes[bit / 8] ^= (uint8_t)(1u << bit % 8);
    }
    return twin_rx(t, *now, &wire);
  }
}

static void run_twins(struct twin *t, unsigned steps, uint64_t *stream, unsigned round, uint64_t *failures) {
  struct oio_link_config c = plain;
  c.format = chance_below(stream, 2) ? 3 : 6;
  c.sequence_bits = chance_below(stream, 2) ? 8 : 16;
  c.window_flits = 1 + (uint32_t)chance_below(stream, chance_below(stream, 2) ? 4 : 127);
  c.buffer_flits = 1 + (uint32_t)chance_below(stream, chance_below(stream, 2) ? 5 : 3000);
  c.peer_buffer_flits = 1 + (uint32_t)chance_below(stream, 50);
  c.replay_limit = 1 + (uint32_t)chance_below(stream, 6);
  c.ack_delay_ps = chance_below(stream, 200);
  if (twin_create(t, &c) != OIO_OK) fail();
  uint64_t now = chance_below(stream, 3) * 123456;
  for (unsigned step = 0; step < steps; step++) {
    const char *what = random_step(t, &now, stream);
    if (what != NULL) FAIL_WITH_REPLAY("run %u, step %u: %s", round, step, what);
    if (t->spec.failed == SPEC_ALIVE || chance_below(stream, 8) > 0) continue;
    failures[t->spec.failed]++;
    twin_reset(t, &c);
    now = 0;
  }
  oio_link_destroy(t->link);
}

static void whatever_arrives_the_link_does_what_the_rules_written_a_second_time_do(void **state) {
  (void)state;
  static struct twin twin;
  uint64_t stream = chance_stream(1), failures[5] = {0};
  for (unsigned round = 0; round < 400; round++) run_twins(&twin, 2000, &stream, round, failures);
  for (unsigned why = SPEC_REPLAY_LIMIT; why <= SPEC_OVERFLOW; why++) {
    print_message("%s: %llu times\n", oio_link_failure_name((enum oio_link_failure)why), (unsigned long long)failures[why]);
    assert_true(failures[why] > 10);
  }
}

int main(void) {
  chance_start();
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(the_first_flit_is_explicit_1_of_round_0_with_the_whole_buffer_as_credit),
      cmocka_unit_test(explicit_and_ack_alternate_while_acks_are_owed_and_explicit_repeats_while_none_is),
      cmocka_unit_test(a_nop_takes_no_number),
      cmocka_unit_test(an_ack_waits_ack_delay_for_a_flit_to_ride_on_and_then_goes_alone),
      cmocka_unit_test(a_credit_alone_is_sent_ack_delay_after_the_buffer_was_left),
      cmocka_unit_test(any_flit_pays_the_credit_but_only_an_ack_or_nak_pays_the_ack),
      cmocka_unit_test(a_full_window_accepts_nothing_until_an_ack),
      cmocka_unit_test(without_credit_nothing_is_accepted_and_credit_is_absolute),
      cmocka_unit_test(a_credit_limit_counts_as_ahead_from_1_to_32767),
      cmocka_unit_test(without_progress_for_the_timeout_everything_unacknowledged_goes_again),
      cmocka_unit_test(a_payload_accepted_after_a_long_silence_is_not_timed_out),
      cmocka_unit_test(the_link_fails_with_its_reason_at_the_replay_after_the_last_allowed_and_then_is_silent),
      cmocka_unit_test(progress_starts_the_count_of_replays_over),
      cmocka_unit_test(a_corrupted_flit_is_answered_by_one_nak_of_the_last_in_order_with_the_round_seen_as_echo),
      cmocka_unit_test(a_nak_of_which_nothing_is_heard_is_repeated_after_nak_repeat),
      cmocka_unit_test(flits_that_rule_r2_names_change_nothing),
      cmocka_unit_test(a_new_round_is_taken_for_the_answer_and_ends_the_asking),
      cmocka_unit_test(an_ack_outside_what_is_outstanding_fails_the_link_and_any_inside_does_not),
      cmocka_unit_test(a_nak_is_answered_by_a_replay_from_the_next_and_its_echo_tells_a_stale_one),
      cmocka_unit_test(a_nak_with_nothing_outstanding_is_answered_by_an_explicit_nop_of_a_new_round),
      cmocka_unit_test(an_explicit_nop_tells_whether_something_was_lost),
      cmocka_unit_test(an_explicit_payload_of_sequence_0_fails_the_link),
      cmocka_unit_test(k0_is_ignored_on_a_die_link),
      cmocka_unit_test(every_explicit_sequence_is_delivered_asked_for_or_acknowledged_again),
      cmocka_unit_test(an_implicit_flit_after_a_loss_is_not_guessed_at),
      cmocka_unit_test(one_flit_more_than_the_buffer_holds_fails_the_link),
      cmocka_unit_test(reset_restores_the_state_after_create_but_for_the_counters),
      cmocka_unit_test(a_configuration_out_of_range_is_refused_by_name),
      cmocka_unit_test(whatever_arrives_the_link_does_what_the_rules_written_a_second_time_do),
  };
  return cmocka_run_group_tests_name("link rules", tests, NULL, NULL);
}
