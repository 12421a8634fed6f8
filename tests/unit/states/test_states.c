/* SPDX-License-Identifier: Apache-2.0 */
/* The states of a link by hand: messages byte by byte, handshakes clock by clock, and the times of SPEC.md section 18. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <string.h>

#include "oio/states.h"

static const uint64_t us = 1000000;

static void the_bytes_of_two_messages(void **unused) {
  (void)unused;
  static const uint8_t req[] = {0x19, 0x07, 0, 0, 0, 0, 0x01, 0xBA}, offer[] = {0x30, 0x01, 0, 0, 0x7C, 0x05, 0x01, 0xEC};
  const struct oio_side_message first = {.kind = OIO_SIDE_REQ, .state = OIO_STATE_LINK_RESET, .tag = 7, .life = 1};
  const struct oio_side_message second = {
      .kind = OIO_SIDE_OFFER, .tag = 1, .life = 1, .parameters = {.formats = 0x7C, .profiles = 1, .retry = true}};
  uint8_t bytes[OIO_SIDE_BYTES];
  oio_side_write(&first, bytes);
  assert_memory_equal(bytes, req, sizeof req);
  oio_side_write(&second, bytes);
  assert_memory_equal(bytes, offer, sizeof offer);
}

static void the_format_is_the_highest_of_both(void **unused) {
  (void)unused;
  const struct oio_states_parameters a = {.formats = 0x7C, .profiles = 1}, b = {.formats = 0x0E, .profiles = 3},
                                     c = {.formats = 0x40, .profiles = 2};
  assert_int_equal(oio_states_format(&a, &b), 3);
  assert_int_equal(oio_states_format(&a, &a), 6);
  assert_int_equal(oio_states_format(&a, &c), 0); /* no profile */
  assert_int_equal(oio_states_format(&b, &c), 0); /* no format */
}

static void what_does_not_fit_is_refused(void **unused) {
  (void)unused;
  struct oio_states s;
  struct oio_error error;
  struct oio_states_config c = oio_states_usual();
  assert_int_equal(oio_states_create(&s, &c, &error), OIO_OK);
  c.repeat_ps = 0;
  assert_int_equal(oio_states_create(&s, &c, &error), OIO_ERR_CONFIG);
  assert_string_equal(error.text, "states repeat_ps 0: use at least 1");
  c = oio_states_usual();
  c.stall_ps = c.answer_ps;
  assert_int_equal(oio_states_create(&s, &c, &error), OIO_ERR_CONFIG);
  c = oio_states_usual();
  c.parameters.formats = 0x80;
  assert_int_equal(oio_states_create(&s, &c, &error), OIO_ERR_CONFIG);
}

/* One end; those above are told by hand. */
struct bench {
  struct oio_states s;
  struct oio_states_in in;
  uint64_t now;
  struct oio_side_message sent[4];
  unsigned count;
};

static void start(struct bench *b, bool gated) {
  struct oio_states_config c = oio_states_usual();
  c.gated = c.receiver = gated;
  memset(b, 0, sizeof *b);
  assert_int_equal(oio_states_create(&b->s, &c, NULL), OIO_OK);
  b->in.trained = true;
}

static void clock_at(struct bench *b, uint64_t now, const struct oio_side_message *arrived) {
  b->now = now;
  b->count = 0;
  oio_states_step(&b->s, now, &b->in, arrived);
  while (b->count < 4 && oio_states_send(&b->s, &b->sent[b->count])) b->count++;
}

static void clock_on(struct bench *b, const struct oio_side_message *arrived) {
  clock_at(b, b->now + 1000, arrived);
}

static void sent_one(const struct bench *b, unsigned kind, unsigned state) {
  assert_int_equal(b->count, 1);
  assert_int_equal(b->sent[0].kind, kind);
  assert_int_equal(b->sent[0].state, state);
}

static struct oio_side_message to(const struct bench *b, unsigned kind, unsigned state) {
  const bool answers = kind == OIO_SIDE_RSP || kind == OIO_SIDE_ACCEPT, has = kind == OIO_SIDE_OFFER || kind == OIO_SIDE_ACCEPT;
  struct oio_side_message m = {.kind = (uint8_t)kind, .state = (uint8_t)state, .tag = answers ? b->s.tag : 77, .life = 9};
  if (has) m.parameters = b->s.config.parameters;
  return m;
}

static void bring_up(struct bench *b) {
  struct oio_side_message m;
  clock_on(b, NULL);
  sent_one(b, OIO_SIDE_OFFER, 0);
  m = to(b, OIO_SIDE_ACCEPT, 0);
  clock_on(b, &m);
  assert_true(b->s.out.inband_pres);
  b->in.request = OIO_STATE_ACTIVE;
  clock_on(b, NULL);
  sent_one(b, OIO_SIDE_REQ, OIO_STATE_ACTIVE);
  m = to(b, OIO_SIDE_RSP, OIO_STATE_ACTIVE);
  clock_on(b, &m);
  assert_int_equal(b->s.out.status, OIO_STATE_ACTIVE);
}

/* An OFFER at 0, again at 1 ms ... 7 ms, and at 8 ms LinkError; a STALL at 4 ms gives 8 more. */
static void parameters_have_8_ms_and_a_stall_gives_8_more(void **unused) {
  (void)unused;
  const struct oio_side_message stall = {.kind = OIO_SIDE_STALL};
  for (unsigned stalled = 0; stalled < 2; stalled++) {
    struct bench b;
    const uint64_t end = stalled ? 12000 * us : 8000 * us;
    start(&b, false);
    for (uint64_t now = 0; now < end; now += 500 * us) {
      clock_at(&b, now, stalled && now == 4000 * us ? &stall : NULL);
      assert_int_equal(b.s.out.status, OIO_STATE_RESET);
      if (now % (1000 * us) == 0) {
        sent_one(&b, OIO_SIDE_OFFER, 0);
      } else {
        assert_int_equal(b.count, 0);
      }
    }
    clock_at(&b, end - 1, NULL);
    assert_int_equal(b.s.out.status, OIO_STATE_RESET);
    clock_at(&b, end, NULL);
    assert_int_equal(b.s.out.status, OIO_STATE_LINK_ERROR);
    assert_int_equal(b.s.fault, OIO_STATES_NO_ANSWER);
    sent_one(&b, OIO_SIDE_REQ, OIO_STATE_LINK_ERROR);
  }
}

static void active_needs_a_nop_and_the_gated_clocks(void **unused) {
  (void)unused;
  struct bench b;
  struct oio_side_message m;
  start(&b, true);
  b.in.request = OIO_STATE_ACTIVE;
  b.in.wake_req = true;
  for (unsigned n = 0; n < 3; n++) clock_on(&b, NULL);
  m = to(&b, OIO_SIDE_ACCEPT, 0);
  clock_on(&b, &m);
  for (unsigned n = 0; n < 3; n++) clock_on(&b, NULL);
  assert_false(b.s.out.clk_req); /* no NOP has been seen: nothing is wanted */
  b.in.request = OIO_STATE_NOP;
  b.in.wake_req = false;
  clock_on(&b, NULL);
  clock_on(&b, NULL);
  assert_false(b.s.armed); /* nor is it now, without lp_wake_req */
  b.in.wake_req = true;
  clock_on(&b, NULL);
  assert_true(b.s.out.wake_ack);
  clock_on(&b, NULL);
  assert_true(b.s.armed);
  b.in.request = OIO_STATE_ACTIVE;
  clock_on(&b, NULL);
  assert_true(b.s.out.clk_req && b.s.out.rx_active_req && b.count == 0);
  b.in.clk_ack = true;
  clock_on(&b, NULL);
  assert_int_equal(b.count, 0); /* those above do not take flits yet */
  b.in.rx_active_sts = true;
  clock_on(&b, NULL);
  sent_one(&b, OIO_SIDE_REQ, OIO_STATE_ACTIVE);
  m = to(&b, OIO_SIDE_RSP, OIO_STATE_ACTIVE);
  clock_on(&b, &m);
  assert_int_equal(b.s.out.status, OIO_STATE_ACTIVE);
}

/* Out of Active with pl_stallreq and lp_stallack, four phases; LinkError does not wait. */
static void active_is_left_when_those_above_have_stopped(void **unused) {
  (void)unused;
  struct bench b;
  struct oio_side_message m;
  start(&b, false);
  bring_up(&b);
  m = to(&b, OIO_SIDE_REQ, OIO_STATE_LINK_RESET);
  clock_on(&b, &m);
  assert_true(b.s.out.stallreq && b.s.out.status == OIO_STATE_ACTIVE && b.count == 0);
  clock_on(&b, NULL);
  assert_int_equal(b.s.out.status, OIO_STATE_ACTIVE);
  b.in.stallack = true;
  clock_on(&b, NULL);
  assert_int_equal(b.s.out.status, OIO_STATE_LINK_RESET);
  sent_one(&b, OIO_SIDE_RSP, OIO_STATE_LINK_RESET);
  assert_int_equal(b.s.left_active, 1);
  assert_false(b.s.out.stallreq);
  start(&b, false);
  bring_up(&b);
  b.in.linkerror = true;
  clock_on(&b, NULL);
  assert_int_equal(b.s.out.status, OIO_STATE_LINK_ERROR);
  assert_int_equal(b.s.fault, OIO_STATES_PINS);
}

/* A sleep that is not wanted is refused after 2 us; the one that asked is in Active.PMNAK until it asks for Active. */
static void a_sleep_is_refused(void **unused) {
  (void)unused;
  struct bench b;
  struct oio_side_message m;
  start(&b, false);
  bring_up(&b);
  m = to(&b, OIO_SIDE_REQ, OIO_STATE_L1);
  const uint64_t heard = b.now + 1000;
  clock_at(&b, heard, &m);
  clock_at(&b, heard + 2 * us - 1, NULL);
  assert_int_equal(b.count, 0);
  clock_at(&b, heard + 2 * us, NULL);
  sent_one(&b, OIO_SIDE_RSP, OIO_STATE_PMNAK);
  b.in.request = OIO_STATE_L2;
  clock_on(&b, NULL);
  b.in.stallack = true;
  clock_on(&b, NULL);
  sent_one(&b, OIO_SIDE_REQ, OIO_STATE_L2);
  m = to(&b, OIO_SIDE_RSP, OIO_STATE_PMNAK);
  clock_on(&b, &m);
  assert_int_equal(b.s.out.status, OIO_STATE_PMNAK);
  b.in.request = OIO_STATE_ACTIVE;
  clock_on(&b, NULL);
  assert_int_equal(b.s.out.status, OIO_STATE_ACTIVE);
}

static void link_error_is_above_disabled_and_disabled_above_link_reset(void **unused) {
  (void)unused;
  static const uint8_t by_rank[] = {OIO_STATE_LINK_RESET, OIO_STATE_DISABLED, OIO_STATE_LINK_ERROR};
  for (unsigned is = 0; is < 3; is++) {
    for (unsigned asked = 0; asked < 3; asked++) {
      struct bench b;
      struct oio_side_message m;
      start(&b, false);
      m = to(&b, OIO_SIDE_REQ, by_rank[is]);
      clock_on(&b, &m);
      assert_int_equal(b.s.out.status, by_rank[is]);
      m = to(&b, OIO_SIDE_RSP, by_rank[is]); /* it is not confirmed, and so asks too */
      clock_on(&b, &m);
      assert_int_equal(b.s.asked, OIO_STATE_NONE);
      m = to(&b, OIO_SIDE_REQ, by_rank[asked]);
      m.tag = 78;
      clock_on(&b, &m);
      assert_int_equal(b.s.out.status, by_rank[asked > is ? asked : is]);
      sent_one(&b, asked >= is ? OIO_SIDE_RSP : OIO_SIDE_REQ, by_rank[asked > is ? asked : is]);
    }
  }
}

/* No answer to Retrain for 8 ms: LinkError. */
static void a_retrain_without_answer_ends_in_link_error(void **unused) {
  (void)unused;
  struct bench b;
  start(&b, false);
  bring_up(&b);
  b.in.trained = false;
  clock_on(&b, NULL);
  b.in.stallack = true;
  clock_on(&b, NULL);
  assert_int_equal(b.s.out.status, OIO_STATE_RETRAIN);
  assert_true(b.s.out.phyinrecenter);
  const uint64_t asked = b.now;
  clock_at(&b, asked + 8000 * us - 1, NULL);
  assert_int_equal(b.s.out.status, OIO_STATE_RETRAIN);
  clock_at(&b, asked + 8000 * us, NULL);
  assert_int_equal(b.s.out.status, OIO_STATE_LINK_ERROR);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(the_bytes_of_two_messages),
      cmocka_unit_test(the_format_is_the_highest_of_both),
      cmocka_unit_test(what_does_not_fit_is_refused),
      cmocka_unit_test(parameters_have_8_ms_and_a_stall_gives_8_more),
      cmocka_unit_test(active_needs_a_nop_and_the_gated_clocks),
      cmocka_unit_test(active_is_left_when_those_above_have_stopped),
      cmocka_unit_test(a_sleep_is_refused),
      cmocka_unit_test(link_error_is_above_disabled_and_disabled_above_link_reset),
      cmocka_unit_test(a_retrain_without_answer_ends_in_link_error),
  };
  return cmocka_run_group_tests_name("states", tests, NULL, NULL);
}
