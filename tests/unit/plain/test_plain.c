/* SPDX-License-Identifier: Apache-2.0 */
/* The link end of the plain profile: rules of SPEC.md section 16, flit by flit, worked out by hand. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "oio/flit.h"
#include "oio/plain.h"

static const uint8_t zeros[OIO_PLAIN_PAYLOAD_BYTES_MAX];

static struct oio_plain *make(const struct oio_plain_config *config) {
  struct oio_plain *plain;
  struct oio_error error = {""};
  if (oio_plain_create(&plain, config, &error) != OIO_OK) fail_msg("%s", error.text);
  return plain;
}

static struct oio_plain_status status_of(const struct oio_plain *plain) {
  struct oio_plain_status status;
  oio_plain_get_status(plain, &status);
  return status;
}

/* A flit of protocol and command, number s, arrives; returns what it brings. */
static struct oio_plain_taken feed(struct oio_plain *plain, uint64_t now, unsigned protocol, unsigned command, unsigned s) {
  static uint8_t flit[256];
  struct oio_plain_taken taken;
  const struct oio_plain_format *format = oio_plain_format(3);
  const struct oio_plain_head head = {.protocol = (uint8_t)protocol, .command = (uint8_t)command, .sequence = (uint8_t)s};
  memset(flit, 0, sizeof flit);
  oio_plain_put_head(format, flit, &head);
  oio_plain_seal(format, flit);
  oio_plain_rx(plain, now, flit, &taken);
  return taken;
}

static void feed_damaged(struct oio_plain *plain, uint64_t now) {
  uint8_t flit[256] = {0};
  struct oio_plain_taken taken;
  oio_plain_seal(oio_plain_format(3), flit);
  flit[7] ^= 0x10;
  oio_plain_rx(plain, now, flit, &taken);
  assert_false(taken.first || taken.second);
}

/* The wire is free: the next flit is this one. Protocol -1: none. */
static void sends(struct oio_plain *plain, uint64_t now, int protocol, unsigned command, unsigned s) {
  uint8_t flit[256];
  struct oio_plain_head head;
  const bool sent = oio_plain_tx(plain, now, flit);
  assert_int_equal(sent, protocol >= 0);
  if (!sent) return;
  assert_true(oio_plain_half_valid(oio_plain_format(3), flit, 0) && oio_plain_half_valid(oio_plain_format(3), flit, 1));
  oio_plain_get_head(oio_plain_format(3), flit, &head);
  assert_int_equal(head.protocol, protocol);
  assert_int_equal(head.command, command);
  assert_int_equal(head.sequence, s);
}

static void quiet(struct oio_plain *plain, uint64_t now) {
  sends(plain, now, -1, 0, 0);
}

static void queue(struct oio_plain *plain) {
  const struct oio_plain_head head = {.protocol = 1};
  assert_int_equal(oio_plain_send(plain, &head, zeros), OIO_OK);
}

/* Nine numbers and three Acks, with the other end's; at time 20. */
static void shake_hands(struct oio_plain *plain) {
  feed(plain, 0, 0, OIO_EXPLICIT, 255);
  for (unsigned i = 0; i < 9; i++) sends(plain, i, 0, OIO_EXPLICIT, 255);
  for (unsigned i = 9; i < 12; i++) sends(plain, i, 0, OIO_ACK, 255);
  assert_int_equal(status_of(plain).state, OIO_PLAIN_HANDSHAKE);
  assert_false(oio_plain_can_send(plain));
  feed(plain, 12, 0, OIO_ACK, 255);
  assert_int_equal(status_of(plain).state, OIO_PLAIN_ACTIVE);
}

static struct oio_plain *active(void) {
  const struct oio_plain_config config = oio_plain_usual();
  struct oio_plain *plain = make(&config);
  shake_hands(plain);
  return plain;
}

static void a_handshake_is_nine_numbers_and_three_acks(void **state) {
  (void)state;
  struct oio_plain *plain = active();
  quiet(plain, 20);
  oio_plain_destroy(plain);
}

/* Without a word from the other end it goes on for 128 flits, and then asks for Retrain; trained again it begins anew. */
static void a_handshake_without_an_answer_ends_with_retrain(void **state) {
  (void)state;
  const struct oio_plain_config config = oio_plain_usual();
  struct oio_plain *plain = make(&config);
  for (unsigned i = 0; i < 128; i++) sends(plain, i, 0, OIO_EXPLICIT, 255);
  quiet(plain, 128);
  assert_int_equal(status_of(plain).state, OIO_PLAIN_RETRAIN);
  assert_int_equal(status_of(plain).fault, OIO_PLAIN_HANDSHAKE_LIMIT);
  quiet(plain, 129);
  oio_plain_reenter(plain, 200);
  shake_hands(plain);
  oio_plain_destroy(plain);
}

static void numbers_and_acks_alternate_and_two_acks_go_out_before_the_wire_is_quiet(void **state) {
  (void)state;
  struct oio_plain *plain = active();
  queue(plain);
  sends(plain, 20, 1, OIO_EXPLICIT, 1);
  queue(plain);
  sends(plain, 21, 1, OIO_EXPLICIT, 2); /* nothing to acknowledge */
  assert_true(feed(plain, 22, 1, OIO_EXPLICIT, 1).second);
  queue(plain);
  sends(plain, 22, 1, OIO_ACK, 1); /* is number 3 by what goes before it */
  queue(plain);
  sends(plain, 23, 1, OIO_EXPLICIT, 4);
  sends(plain, 24, 0, OIO_ACK, 1); /* the second Ack of what was accepted last */
  quiet(plain, 25);
  assert_true(feed(plain, 26, 1, OIO_ACK, 4).second); /* number 2, and acknowledges all */
  assert_int_equal(status_of(plain).unacked_flits, 0);
  sends(plain, 26, 0, OIO_ACK, 2);
  sends(plain, 27, 0, OIO_ACK, 2);
  quiet(plain, 28);
  oio_plain_destroy(plain);
}

static void a_gap_is_asked_for_once_with_the_number_before_the_one_wanted(void **state) {
  (void)state;
  struct oio_plain *plain = active();
  feed_damaged(plain, 20);
  sends(plain, 20, 0, OIO_NAK, 255); /* number 1 is wanted */
  feed_damaged(plain, 21);
  assert_false(feed(plain, 22, 1, OIO_ACK, 255).second); /* a number that nobody knows */
  assert_false(feed(plain, 23, 1, OIO_EXPLICIT, 4).second);
  sends(plain, 24, 0, OIO_ACK, 255); /* two Acks, and no Nak again */
  sends(plain, 25, 0, OIO_ACK, 255);
  quiet(plain, 26);
  assert_true(feed(plain, 27, 1, OIO_EXPLICIT, 1).second);
  assert_true(feed(plain, 28, 1, OIO_ACK, 255).second); /* number 2 */
  assert_false(feed(plain, 29, 1, OIO_EXPLICIT, 1).second);
  const struct oio_plain_status status = status_of(plain);
  assert_int_equal(status.received_duplicate, 1);
  assert_int_equal(status.received_ahead, 1);
  assert_int_equal(status.received_unknown, 1);
  assert_int_equal(status.received_invalid, 2);
  assert_int_equal(status.sent_nak, 1);
  assert_int_equal(status.expected, 3);
  oio_plain_destroy(plain);
}

static void a_nak_replays_from_the_number_behind_it_once_until_something_gets_across(void **state) {
  (void)state;
  struct oio_plain *plain = active();
  for (unsigned i = 1; i <= 4; i++) {
    queue(plain);
    sends(plain, 20 + i, 1, OIO_EXPLICIT, i);
  }
  feed(plain, 25, 0, OIO_NAK, 2);
  sends(plain, 26, 1, OIO_EXPLICIT, 3);
  feed(plain, 27, 0, OIO_NAK, 2); /* again: ignored */
  sends(plain, 27, 1, OIO_EXPLICIT, 4);
  quiet(plain, 28);
  feed(plain, 29, 0, OIO_NAK, 3); /* 3 has got across */
  sends(plain, 29, 1, OIO_EXPLICIT, 4);
  feed(plain, 30, 0, OIO_NAK, 4); /* nothing is outstanding: it is told where this end is, and the next payload its number */
  sends(plain, 31, 0, OIO_EXPLICIT, 4);
  quiet(plain, 32);
  const struct oio_plain_status status = status_of(plain);
  assert_int_equal(status.replays, 2);
  assert_int_equal(status.naks_ignored, 1);
  assert_int_equal(status.sent_replayed, 3);
  oio_plain_destroy(plain);
}

/* Idle flit times count. The fifth replay without progress is one too many. */
static void after_375_flit_times_it_replays_and_after_four_replays_it_asks_for_retrain(void **state) {
  (void)state;
  struct oio_plain *plain = active();
  queue(plain);
  sends(plain, 100, 1, OIO_EXPLICIT, 1);
  for (unsigned replay = 1; replay <= 4; replay++) {
    quiet(plain, 100 + replay * 375 - 1);
    sends(plain, 100 + replay * 375, 1, OIO_EXPLICIT, 1);
  }
  quiet(plain, 100 + 5 * 375);
  assert_int_equal(status_of(plain).state, OIO_PLAIN_RETRAIN);
  assert_int_equal(status_of(plain).fault, OIO_PLAIN_REPLAY_LIMIT);
  assert_int_equal(status_of(plain).unacked_flits, 1);
  oio_plain_reenter(plain, 3000); /* nothing is lost: the handshake tells, and it is sent again */
  feed(plain, 3000, 0, OIO_EXPLICIT, 255);
  for (unsigned i = 0; i < 9; i++) sends(plain, 3000 + i, 0, OIO_EXPLICIT, 1);
  for (unsigned i = 0; i < 3; i++) sends(plain, 3009 + i, 0, OIO_ACK, 255);
  feed(plain, 3012, 0, OIO_ACK, 255);
  sends(plain, 3013, 1, OIO_EXPLICIT, 1);
  feed(plain, 3014, 0, OIO_ACK, 1);
  assert_int_equal(status_of(plain).unacked_flits, 0);
  quiet(plain, 3400);
  oio_plain_destroy(plain);
}

static void the_window_is_full_at_127_and_numbers_go_from_255_to_1(void **state) {
  (void)state;
  struct oio_plain *plain = active();
  unsigned s = 0;
  for (unsigned round = 0; round < 4; round++) {
    for (unsigned i = 0; i < 127; i++) {
      s = s % 255 + 1;
      queue(plain);
      sends(plain, 20, 1, OIO_EXPLICIT, s);
    }
    const struct oio_plain_head head = {.protocol = 1};
    assert_int_equal(oio_plain_send(plain, &head, zeros), OIO_ERR_FULL);
    feed(plain, 21, 0, OIO_ACK, s);
  }
  oio_plain_destroy(plain);
}

static void what_cannot_be_is_an_error_by_name(void **state) {
  (void)state;
  for (unsigned s = 0; s < 256; s++) {
    struct oio_plain *plain = active();
    queue(plain);
    sends(plain, 20, 1, OIO_EXPLICIT, 1);
    queue(plain); /* not on the wire yet: cannot be acknowledged */
    feed(plain, 21, 0, OIO_ACK, s);
    assert_int_equal(status_of(plain).fault, s == 255 || s == 1 ? OIO_PLAIN_NO_FAULT : OIO_PLAIN_ACK_RANGE);
    oio_plain_destroy(plain);
  }
  struct oio_plain *plain = active();
  assert_false(feed(plain, 20, 1, OIO_EXPLICIT, 0).second);
  assert_int_equal(status_of(plain).fault, OIO_PLAIN_SEQUENCE_ZERO);
  assert_int_equal(status_of(plain).state, OIO_PLAIN_ERROR);
  oio_plain_reenter(plain, 30);
  quiet(plain, 31);
  oio_plain_destroy(plain);
}

static void reserved_flits_are_discarded(void **state) {
  (void)state;
  struct oio_plain *plain = active();
  feed(plain, 20, 0, OIO_EXPLICIT, 0); /* a header of zeros */
  feed(plain, 21, 1, 3, 1);
  assert_int_equal(status_of(plain).received_discarded, 2);
  quiet(plain, 22);
  oio_plain_destroy(plain);
}

static void what_is_configured_wrong_is_refused_with_its_range(void **state) {
  (void)state;
  struct oio_plain *plain;
  struct oio_error error;
  const struct oio_plain_config usual = oio_plain_usual();
  struct oio_plain_config c = usual;
  c.format = 1;
  assert_int_equal(oio_plain_create(&plain, &c, &error), OIO_ERR_CONFIG);
  assert_string_equal(error.text, "plain format 1: use 2..6");
  c = usual;
  c.window_flits = 128;
  assert_int_equal(oio_plain_create(&plain, &c, &error), OIO_ERR_CONFIG);
  assert_string_equal(error.text, "plain window_flits 128: use 1..127");
  c = usual;
  c.timeout_flits = 512;
  assert_int_equal(oio_plain_create(&plain, &c, &error), OIO_ERR_CONFIG);
  c = usual;
  c.handshake_limit = 11;
  assert_int_equal(oio_plain_create(&plain, &c, &error), OIO_ERR_CONFIG);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(a_handshake_is_nine_numbers_and_three_acks),
      cmocka_unit_test(a_handshake_without_an_answer_ends_with_retrain),
      cmocka_unit_test(numbers_and_acks_alternate_and_two_acks_go_out_before_the_wire_is_quiet),
      cmocka_unit_test(a_gap_is_asked_for_once_with_the_number_before_the_one_wanted),
      cmocka_unit_test(a_nak_replays_from_the_number_behind_it_once_until_something_gets_across),
      cmocka_unit_test(after_375_flit_times_it_replays_and_after_four_replays_it_asks_for_retrain),
      cmocka_unit_test(the_window_is_full_at_127_and_numbers_go_from_255_to_1),
      cmocka_unit_test(what_cannot_be_is_an_error_by_name),
      cmocka_unit_test(reserved_flits_are_discarded),
      cmocka_unit_test(what_is_configured_wrong_is_refused_with_its_range),
  };
  return cmocka_run_group_tests_name("plain", tests, NULL, NULL);
}
