/* SPDX-License-Identifier: Apache-2.0 */
/* A monitor over flits made by hand: silent while a duty may still be met, and up to the last picosecond of it; the rule's name one later.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#include "one_port.h"

enum { RESPONSE = 50, START = 10000 };

static void damaged(struct oio_monitor *monitor, oio_time_ps now_ps) {
  struct oio_wire wire = flit_of((struct oio_flit_head){.protocol = OIO_PROTOCOL_PAYLOAD, .sequence = 1});
  wire.syndrome = 1;
  oio_monitor_into(monitor, now_ps, now_ps, &wire);
}

#define PAYLOAD(s) ((struct oio_flit_head){.protocol = OIO_PROTOCOL_PAYLOAD, .sequence = (s)})
#define NOP(c, s) ((struct oio_flit_head){.command = (c), .sequence = (s)})

/* What was found, all of it: `rule` once, or with NULL nothing. The monitor is done with. */
static void found(struct oio_monitor *monitor, const char *rule) {
  struct oio_finding finding;
  const bool any = oio_monitor_fetch(monitor, &finding);
  if (any && rule == NULL) fail_msg("%s: %s", finding.rule, finding.text);
  if (!any && rule != NULL) fail_msg("no finding of %s", rule);
  if (any) assert_string_equal(finding.rule, rule);
  if (oio_monitor_fetch(monitor, &finding)) fail_msg("one more: %s: %s", finding.rule, finding.text);
  oio_monitor_destroy(monitor);
}

/* Each of these runs with a flit, or the end of the run, at the last moment allowed (late = 0) and a picosecond after it (late = 1). */
#define LATE(late, rule) ((late) ? (rule) : NULL)

static void an_ack_comes_in_time(void **state) {
  (void)state;
  for (unsigned late = 0; late <= 1; late++) {
    struct oio_monitor *m = make(RESPONSE);
    into(m, START, PAYLOAD(1));
    into(m, START + 100, PAYLOAD(2)); /* it is the oldest that counts */
    out(m, START + ACK_DELAY + RESPONSE + late, NOP(OIO_ACK, 2));
    found(m, LATE(late, "T5"));
    m = make(RESPONSE);
    into(m, START, PAYLOAD(1));
    oio_monitor_rest(m, START + ACK_DELAY + RESPONSE + late);
    found(m, LATE(late, "T5"));
    m = make(RESPONSE);
    into(m, START, PAYLOAD(1));
    out(m, START + ACK_DELAY, NOP(OIO_ACK, 1));
    into(m, START + 300, PAYLOAD(2));
    oio_monitor_rest(m, START + 300 + ACK_DELAY + RESPONSE + late);
    found(m, LATE(late, "T5"));
  }
}

static void a_duplicate_has_its_ack_at_once(void **state) {
  (void)state;
  for (unsigned late = 0; late <= 1; late++) {
    struct oio_monitor *m = make(RESPONSE);
    into(m, START, PAYLOAD(1));
    out(m, START + ACK_DELAY, NOP(OIO_ACK, 1));
    into(m, START + 1000, PAYLOAD(1));
    out(m, START + 1000 + RESPONSE + late, NOP(OIO_ACK, 1));
    found(m, LATE(late, "R7"));
  }
}

static void a_nak_comes_at_once_and_again_after_nak_repeat(void **state) {
  (void)state;
  for (unsigned late = 0; late <= 1; late++) {
    struct oio_monitor *m = make(RESPONSE);
    damaged(m, START);
    out(m, START + RESPONSE + late, NOP(OIO_NAK, 255));
    found(m, LATE(late, "T5"));
    m = make(RESPONSE);
    damaged(m, START);
    out(m, START + 10, NOP(OIO_NAK, 255));
    oio_monitor_rest(m, START + 10 + NAK_REPEAT + RESPONSE + late);
    found(m, LATE(late, "T5"));
  }
}

static void what_is_ahead_is_asked_for_too(void **state) {
  (void)state;
  struct oio_monitor *m = make(RESPONSE);
  into(m, START, PAYLOAD(2));
  oio_monitor_rest(m, START + RESPONSE + 1);
  found(m, "T5");
  m = make(RESPONSE);
  into(m, START, NOP(OIO_EXPLICIT, 3));
  oio_monitor_rest(m, START + RESPONSE + 1);
  found(m, "T5");
}

static void a_nak_has_a_cause(void **state) {
  (void)state;
  for (unsigned late = 0; late <= 1; late++) {
    struct oio_monitor *m = make(RESPONSE);
    damaged(m, START);
    out(m, START + 10, NOP(OIO_NAK, 255));
    into(m, START + 300, PAYLOAD(1)); /* the answer */
    out(m, START + 300 + RESPONSE + late, NOP(OIO_NAK, 1));
    found(m, LATE(late, "T3"));
  }
  struct oio_monitor *m = make(RESPONSE);
  out(m, START, NOP(OIO_NAK, 255));
  found(m, "T3");
}

static void a_nak_starts_a_new_round(void **state) {
  (void)state;
  for (unsigned late = 0; late <= 1; late++) {
    struct oio_monitor *m = make(RESPONSE);
    out(m, START, PAYLOAD(1));
    into(m, START + 100, NOP(OIO_NAK, 255));
    out(m, START + 110, NOP(OIO_ACK, 255));
    out(m, START + 100 + RESPONSE + late, PAYLOAD(2));
    found(m, LATE(late, "R5"));
    m = make(RESPONSE);
    out(m, START, PAYLOAD(1));
    into(m, START + 100, NOP(OIO_NAK, 1)); /* nothing to replay: the NOP that says so is of a new round, too */
    out(m, START + 120, (struct oio_flit_head){.sequence = 1, .round = 1});
    out(m, START + 121, (struct oio_flit_head){.command = OIO_ACK, .sequence = 255, .round = 1});
    oio_monitor_rest(m, START + 100 + RESPONSE + 1);
    found(m, NULL);
    m = make(RESPONSE);
    out(m, START, PAYLOAD(1));
    into(m, START + 100, NOP(OIO_NAK, 255));
    into(m, START + 110, NOP(OIO_ACK, 1));  /* all there was to replay: no payload need come any more */
    out(m, START + 120, NOP(OIO_ACK, 255)); /* it was on its way out before */
    oio_monitor_rest(m, START + TIMEOUT);
    out(m, START + 2 * TIMEOUT, (struct oio_flit_head){.protocol = OIO_PROTOCOL_PAYLOAD, .sequence = 2, .round = 1});
    found(m, NULL);
    m = make(RESPONSE);
    out(m, START, PAYLOAD(1));
    into(m, START + 100, (struct oio_flit_head){.command = OIO_NAK, .sequence = 255, .echo = 5}); /* stale */
    out(m, START + 100 + RESPONSE + late, PAYLOAD(2));
    found(m, NULL);
  }
}

static void a_new_round_has_a_cause(void **state) {
  (void)state;
  const struct oio_flit_head replay = {.protocol = OIO_PROTOCOL_PAYLOAD, .sequence = 1, .round = 1};
  for (unsigned early = 0; early <= 1; early++) {
    struct oio_monitor *m = make(RESPONSE);
    out(m, START, PAYLOAD(1));
    out(m, START + TIMEOUT - RESPONSE - early, replay);
    found(m, LATE(early, "T7"));
    m = make(RESPONSE);
    out(m, START, PAYLOAD(1));
    into(m, START + 100, NOP(OIO_NAK, 255));
    out(m, START + 120, (struct oio_flit_head){.protocol = OIO_PROTOCOL_PAYLOAD, .sequence = 1, .round = (uint8_t)(1 + early)});
    found(m, LATE(early, "T7"));
    /* The Ack came as late as the timeout: the round is new although there is nothing to replay any more. */
    m = make(RESPONSE);
    out(m, START, PAYLOAD(1));
    into(m, START + TIMEOUT - RESPONSE - early, NOP(OIO_ACK, 1));
    out(m, START + 3 * TIMEOUT, (struct oio_flit_head){.protocol = OIO_PROTOCOL_PAYLOAD, .sequence = 2, .round = 1});
    found(m, LATE(early, "T7"));
  }
}

static void without_progress_there_is_a_replay(void **state) {
  (void)state;
  for (unsigned late = 0; late <= 1; late++) {
    struct oio_monitor *m = make(RESPONSE);
    out(m, START, PAYLOAD(1));
    out(m, START + 500, PAYLOAD(2));
    into(m, START + 900, NOP(OIO_ACK, 1)); /* progress */
    oio_monitor_rest(m, START + 900 + TIMEOUT + RESPONSE + late);
    found(m, LATE(late, "T1"));
    m = make(RESPONSE);
    out(m, START, PAYLOAD(1));
    into(m, START + 900, NOP(OIO_ACK, 1));
    oio_monitor_rest(m, START + 900 + TIMEOUT + RESPONSE + late); /* nothing is unacknowledged */
    found(m, NULL);
  }
}

static void the_echo_is_the_round_that_came_in(void **state) {
  (void)state;
  for (unsigned late = 0; late <= 1; late++) {
    struct oio_monitor *m = make(RESPONSE);
    into(m, START, (struct oio_flit_head){.command = OIO_ACK, .sequence = 255, .round = 3});
    out(m, START + RESPONSE + late, PAYLOAD(1));
    found(m, LATE(late, "section 1"));
    m = make(RESPONSE);
    into(m, START, (struct oio_flit_head){.command = OIO_ACK, .sequence = 255, .round = 3});
    out(m, START + RESPONSE + late, (struct oio_flit_head){.protocol = OIO_PROTOCOL_PAYLOAD, .sequence = 1, .echo = 3});
    found(m, NULL);
  }
}

/* Two ports: what is accepted at `in` leaves at `away`. */
static void join(struct oio_monitor **in, struct oio_monitor **away) {
  *in = make(RESPONSE);
  *away = make(RESPONSE);
  oio_monitor_join(*in, *away);
  oio_monitor_join(*away, *in);
}

static void a_credit_comes_in_time(void **state) {
  (void)state;
  for (unsigned late = 0; late <= 1; late++) {
    struct oio_monitor *in, *away;
    join(&in, &away);
    into(in, START, PAYLOAD(1));
    out(in, START + ACK_DELAY, NOP(OIO_ACK, 1));
    oio_monitor_rest(in, START + 5000); /* it is still in the buffer */
    out(away, START + 6000, PAYLOAD(1));
    oio_monitor_rest(in, START + 6000 + ACK_DELAY + RESPONSE + late);
    found(in, LATE(late, "T5"));
    found(away, NULL);
  }
}

static void credit_is_for_what_has_left_the_buffer(void **state) {
  (void)state;
  for (unsigned more = 0; more <= 1; more++) {
    struct oio_monitor *in, *away;
    join(&in, &away);
    for (uint16_t s = 1; s <= 5; s++) into(in, START + s, PAYLOAD(s));
    out(away, START + 50, PAYLOAD(1));
    /* One is out, one may be on the wire, and one wait for it. */
    out(in, START + 60, (struct oio_flit_head){.command = OIO_ACK, .sequence = 5, .credit_limit = (uint16_t)(BUFFER + 3 + more)});
    found(in, LATE(more, "section 5"));
    found(away, NULL);
  }
}

#define CREDIT(limit) ((struct oio_flit_head){.command = OIO_ACK, .sequence = 255, .credit_limit = (limit)})

static void what_fails_the_device_is_the_last_that_it_answers(void **state) {
  (void)state;
  /* One flit has come out, and up to two may be on their way: a limit up to PEER_BUFFER + 3, and Acks up to 3, may be right. */
  const struct {
    struct oio_flit_head head;
    const char *rule;
    enum oio_link_failure why;
  } cases[] = {
      {CREDIT(PEER_BUFFER + 4), "R4", OIO_LINK_CREDIT_RANGE},
      {CREDIT(PEER_BUFFER - 1), "R4", OIO_LINK_CREDIT_RANGE},
      {CREDIT(PEER_BUFFER + 32767), "R4", OIO_LINK_CREDIT_RANGE},
      {CREDIT(PEER_BUFFER + 32768), "R4", OIO_LINK_CREDIT_RANGE},
      {NOP(OIO_ACK, 4), "R5", OIO_LINK_ACK_RANGE},
      {NOP(OIO_NAK, 254), "R5", OIO_LINK_ACK_RANGE},
      {PAYLOAD(0), "R7", OIO_LINK_SEQUENCE_ZERO},
  };
  for (unsigned i = 0; i < sizeof cases / sizeof cases[0]; i++) {
    for (unsigned late = 0; late <= 1; late++) {
      struct oio_monitor *m = make(RESPONSE);
      out(m, START, PAYLOAD(1));
      into(m, START + 100, cases[i].head);
      into(m, START + 101, PAYLOAD(1)); /* it accepts nothing any more, and owes nothing */
      out(m, START + 100 + RESPONSE + late, PAYLOAD(2));
      found(m, LATE(late, cases[i].rule));
      m = make(RESPONSE);
      out(m, START, PAYLOAD(1));
      into(m, START + 100, cases[i].head);
      oio_monitor_stop(m, cases[i].why);
      oio_monitor_rest(m, START + 3 * TIMEOUT);
      found(m, NULL);
    }
  }
}

static void what_may_be_right_fails_nothing_and_may_fail_it(void **state) {
  (void)state;
  const struct oio_flit_head heads[] = {CREDIT(PEER_BUFFER + 1), CREDIT(PEER_BUFFER + 2), CREDIT(PEER_BUFFER + 3), NOP(OIO_ACK, 1)};
  for (unsigned i = 0; i < sizeof heads / sizeof heads[0]; i++) {
    struct oio_monitor *m = make(RESPONSE);
    out(m, START, PAYLOAD(1));
    into(m, START + 100, heads[i]);
    out(m, START + 100 + 2 * RESPONSE, PAYLOAD(2));
    found(m, NULL);
  }
  struct oio_monitor *m = make(RESPONSE);
  out(m, START, PAYLOAD(1));
  into(m, START + 100, CREDIT(PEER_BUFFER + 2));
  oio_monitor_stop(m, OIO_LINK_CREDIT_RANGE);
  found(m, NULL);
  m = make(RESPONSE);
  out(m, START, PAYLOAD(1));
  into(m, START + 100, NOP(OIO_ACK, 3));
  oio_monitor_stop(m, OIO_LINK_ACK_RANGE);
  found(m, NULL);
}

static void a_failure_has_a_cause(void **state) {
  (void)state;
  const struct {
    enum oio_link_failure why;
    const char *rule;
  } cases[] = {{OIO_LINK_CREDIT_RANGE, "R4"}, {OIO_LINK_ACK_RANGE, "R5"}, {OIO_LINK_SEQUENCE_ZERO, "R7"}, {OIO_LINK_REPLAY_LIMIT, NULL}};
  for (unsigned i = 0; i < 4; i++) {
    struct oio_monitor *m = make(RESPONSE);
    out(m, START, PAYLOAD(1));
    into(m, START + 100, (struct oio_flit_head){.command = OIO_ACK, .sequence = 1, .credit_limit = PEER_BUFFER + 1});
    oio_monitor_stop(m, cases[i].why);
    found(m, cases[i].rule);
  }
}

static void a_nak_that_is_answered_is_told_the_last_ack(void **state) {
  (void)state;
  for (unsigned late = 0; late <= 1; late++) {
    struct oio_monitor *m = make(RESPONSE);
    out(m, START, PAYLOAD(1));
    into(m, START + 100, NOP(OIO_NAK, 1));
    out(m, START + 110, (struct oio_flit_head){.sequence = 1, .round = 1});
    out(m, START + 100 + RESPONSE + late, (struct oio_flit_head){.command = OIO_ACK, .sequence = 255, .round = 1});
    found(m, LATE(late, "R5"));
  }
  struct oio_monitor *m = make(RESPONSE);
  out(m, START, PAYLOAD(1));
  into(m, START + 100,
       (struct oio_flit_head){.command = OIO_NAK, .sequence = 1, .echo = 5}); /* stale: whether it is answered is not seen */
  oio_monitor_rest(m, START + 100 + RESPONSE + 1);
  found(m, NULL);
}

static void what_rule_r2_discards_has_no_echo(void **state) {
  (void)state;
  struct oio_monitor *m = make(RESPONSE);
  into(m, START, (struct oio_flit_head){.protocol = 2, .command = OIO_ACK, .sequence = 255, .round = 3});
  out(m, START + RESPONSE + 1, PAYLOAD(1));
  found(m, NULL);
}

static void a_reset_forgets_what_was_owed(void **state) {
  (void)state;
  struct oio_monitor *m = make(RESPONSE);
  into(m, START, PAYLOAD(1));
  damaged(m, START + 1);
  out(m, START + 2, PAYLOAD(1));
  oio_monitor_reset(m);
  oio_monitor_rest(m, START + 3 * TIMEOUT);
  found(m, NULL);
}

static void what_the_bench_saw_is_a_finding(void **state) {
  (void)state;
  struct oio_monitor *m = make(RESPONSE);
  oio_monitor_note(m, START, "framing", "100% wrong");
  struct oio_finding finding;
  assert_true(oio_monitor_fetch(m, &finding));
  assert_string_equal(finding.text, "port: 100% wrong");
  assert_int_equal(finding.time_ps, START);
  oio_monitor_destroy(m);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(an_ack_comes_in_time),
      cmocka_unit_test(a_duplicate_has_its_ack_at_once),
      cmocka_unit_test(a_nak_comes_at_once_and_again_after_nak_repeat),
      cmocka_unit_test(what_is_ahead_is_asked_for_too),
      cmocka_unit_test(a_nak_has_a_cause),
      cmocka_unit_test(a_nak_starts_a_new_round),
      cmocka_unit_test(a_new_round_has_a_cause),
      cmocka_unit_test(without_progress_there_is_a_replay),
      cmocka_unit_test(the_echo_is_the_round_that_came_in),
      cmocka_unit_test(a_credit_comes_in_time),
      cmocka_unit_test(credit_is_for_what_has_left_the_buffer),
      cmocka_unit_test(what_fails_the_device_is_the_last_that_it_answers),
      cmocka_unit_test(what_may_be_right_fails_nothing_and_may_fail_it),
      cmocka_unit_test(a_failure_has_a_cause),
      cmocka_unit_test(a_nak_that_is_answered_is_told_the_last_ack),
      cmocka_unit_test(what_rule_r2_discards_has_no_echo),
      cmocka_unit_test(a_reset_forgets_what_was_owed),
      cmocka_unit_test(what_the_bench_saw_is_a_finding),
  };
  return cmocka_run_group_tests_name("monitor_due", tests, NULL, NULL);
}
