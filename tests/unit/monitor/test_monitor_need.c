/* SPDX-License-Identifier: Apache-2.0 */
/* What must not be sent. A monitor over flits made by hand: silent on what has a cause, and the rule's name for the same without one; and
 * over two link ends of the model, which send nothing needless whatever the wire does to them. OIO_SEED chooses what it does. */
#define CHANCE_PROGRAM "test_monitor_need"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#include "chance.h"
#include "one_port.h"
#include "pair.h"

enum { RESPONSE = 50, START = 10000 };

#define PAYLOAD(s) ((struct oio_flit_head){.protocol = OIO_PROTOCOL_PAYLOAD, .sequence = (s)})
#define ACKED_ON(s) ((struct oio_flit_head){.protocol = OIO_PROTOCOL_PAYLOAD, .command = OIO_ACK, .sequence = (s)})
#define NOP(c, s) ((struct oio_flit_head){.command = (c), .sequence = (s)})
#define NOP_CREDIT(s, limit) ((struct oio_flit_head){.command = OIO_ACK, .sequence = (s), .credit_limit = (limit)})

static void damaged(struct oio_monitor *monitor, oio_time_ps now_ps) {
  struct oio_wire wire = flit_of(PAYLOAD(1));
  wire.syndrome = 1;
  oio_monitor_into(monitor, now_ps, now_ps, &wire);
}

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

/* Each runs without one thing too many (more = 0) and with it (more = 1). */
#define IF(more, rule) ((more) ? (rule) : NULL)

static void a_nop_says_something_new(void **state) {
  (void)state;
  for (unsigned more = 0; more <= 1; more++) {
    struct oio_monitor *m = make(RESPONSE);
    into(m, START, PAYLOAD(1));
    out(m, START + ACK_DELAY, NOP(OIO_ACK, 1));
    out(m, START + ACK_DELAY + 10, NOP_CREDIT(1, BUFFER + 1));
    if (more) out(m, START + ACK_DELAY + 20, NOP_CREDIT(1, BUFFER + 1));
    found(m, IF(more, "T5, needless NOP"));
    m = make(RESPONSE); /* from reset */
    if (more) out(m, START, NOP(OIO_ACK, 255));
    found(m, IF(more, "T5, needless NOP"));
  }
}

static void an_ack_alone_waits_until_it_is_due(void **state) {
  (void)state;
  for (unsigned early = 0; early <= 1; early++) {
    struct oio_monitor *m = make(RESPONSE);
    into(m, START, PAYLOAD(1));
    into(m, START + 100, PAYLOAD(2));
    out(m, START + ACK_DELAY - early, NOP(OIO_ACK, 2));
    found(m, IF(early, "T5, needless NOP"));
    m = make(RESPONSE);
    into(m, START, PAYLOAD(1));
    out(m, START + 10, NOP_CREDIT(1, early ? BUFFER : BUFFER + 1)); /* a credit may be older than the Ack that goes with it */
    found(m, IF(early, "T5, needless NOP"));
  }
}

static void a_duplicate_has_one_ack(void **state) {
  (void)state;
  for (unsigned more = 0; more <= 1; more++) {
    struct oio_monitor *m = make(RESPONSE);
    into(m, START, PAYLOAD(1));
    out(m, START + ACK_DELAY, NOP(OIO_ACK, 1));
    into(m, START + 1000, PAYLOAD(1));
    out(m, START + 1010, NOP(OIO_ACK, 1));
    if (more) out(m, START + 1020, NOP(OIO_ACK, 1));
    found(m, IF(more, "T5, needless NOP"));
    m = make(RESPONSE);
    into(m, START, PAYLOAD(1));
    out(m, START + ACK_DELAY, NOP(OIO_ACK, 1));
    into(m, START + 1000, PAYLOAD(1));
    into(m, START + 1001, PAYLOAD(1));
    out(m, START + 1010, NOP(OIO_ACK, 1)); /* chosen between the two */
    out(m, START + 1001 + RESPONSE + more, NOP(OIO_ACK, 1));
    out(m, START + 1001 + RESPONSE + 2, PAYLOAD(1));
    found(m, NULL);
    m = make(RESPONSE);
    into(m, START, PAYLOAD(1));
    out(m, START + ACK_DELAY, NOP(OIO_ACK, 1));
    for (unsigned i = 0; i < 3; i++) into(m, START + 1000 + i, PAYLOAD(1));
    out(m, START + 1005, NOP(OIO_ACK, 1));
    out(m, START + 1002 + RESPONSE + more, NOP(OIO_ACK, 1)); /* so late that it was chosen behind all three */
    out(m, START + 1002 + RESPONSE + 5, NOP(OIO_ACK, 1));
    found(m, IF(more, "T5, needless NOP"));
  }
}

static void a_nak_alone_is_repeated_in_time_and_not_before(void **state) {
  (void)state;
  for (unsigned early = 0; early <= 1; early++) {
    struct oio_monitor *m = make(RESPONSE);
    damaged(m, START);
    out(m, START + 10, NOP(OIO_NAK, 255));
    out(m, START + 10 + NAK_REPEAT - RESPONSE - early, NOP(OIO_NAK, 255));
    found(m, IF(early, "T5, needless NOP"));
    m = make(RESPONSE);
    damaged(m, START);
    out(m, START + 10, NOP(OIO_NAK, 255));
    into(m, START + 20, (struct oio_flit_head){.command = OIO_ACK, .sequence = 255, .round = early ? 0 : 1}); /* the replay begins */
    damaged(m, START + 30);                                                                                   /* and goes wrong */
    out(m, START + 40, (struct oio_flit_head){.command = OIO_NAK, .sequence = 255, .echo = early ? 0 : 1});
    found(m, IF(early, "T5, needless NOP"));
  }
}

static void each_nak_with_nothing_to_bring_has_one_answer(void **state) {
  (void)state;
  const struct oio_flit_head answer = {.sequence = 1, .round = 1};
  for (unsigned more = 0; more <= 1; more++) {
    struct oio_monitor *m = make(RESPONSE);
    out(m, START, PAYLOAD(1));
    into(m, START + 100, NOP(OIO_NAK, 1));
    out(m, START + 110, answer);
    if (more) out(m, START + 120, answer);
    out(m, START + 130, (struct oio_flit_head){.command = OIO_ACK, .sequence = 255, .round = 1});
    found(m, IF(more, "T5, needless NOP"));
  }
  struct oio_monitor *m = make(RESPONSE);
  out(m, START, PAYLOAD(1));
  out(m, START + 10, PAYLOAD(2));
  into(m, START + 100, NOP(OIO_NAK, 1)); /* asks for 2, not for a NOP */
  out(m, START + 110, (struct oio_flit_head){.sequence = 2, .round = 1});
  found(m, "T5, needless NOP");
}

static void a_payload_flit_says_its_own_number_while_no_ack_is_owed(void **state) {
  (void)state;
  for (unsigned more = 0; more <= 1; more++) {
    struct oio_monitor *m = make(RESPONSE);
    into(m, START, PAYLOAD(1));
    out(m, START + 10, PAYLOAD(1));
    out(m, START + 20, ACKED_ON(1)); /* owed from the moment that it was accepted */
    out(m, START + 30, PAYLOAD(3));
    if (more) out(m, START + 40, ACKED_ON(1));
    found(m, IF(more, "T3, needless Ack"));
    m = make(RESPONSE);
    out(m, START, PAYLOAD(1));
    into(m, START + 10, (struct oio_flit_head){.command = more ? OIO_ACK : OIO_NAK, .sequence = 1, .echo = 5});
    out(m, START + 20, ACKED_ON(255)); /* a Nak may owe one, an Ack does not */
    found(m, IF(more, "T3, needless Ack"));
  }
}

static void without_a_response_time_nothing_is_said(void **state) {
  (void)state;
  struct oio_monitor *m = make(0);
  for (unsigned i = 0; i < 20; i++) out(m, START + i, NOP(OIO_ACK, 255));
  found(m, NULL);
}

static void a_reset_forgets_what_there_was_a_need_for(void **state) {
  (void)state;
  struct oio_monitor *m = make(RESPONSE);
  into(m, START, PAYLOAD(1));
  into(m, START + 1, PAYLOAD(1));
  oio_monitor_reset(m);
  out(m, START + 10, NOP(OIO_ACK, 255));
  found(m, "T5, needless NOP");
}

/* ---- two ends of the model ---- */

enum { FLIT = 1000, ARRIVALS = 4096 };

struct watched {
  struct oio_monitor *monitor[2];
  struct arrival {
    struct oio_wire wire;
    uint64_t at_ps;
  } * arrival[2]; /* at that side */
  unsigned first[2], end[2];
  uint64_t stream, wrong_flits, nops;
  double rate[2];
};

/* A side receives before it sends. */
static void flush(struct watched *w, unsigned side, uint64_t now_ps) {
  for (; w->first[side] != w->end[side]; w->first[side]++) {
    const struct arrival *a = &w->arrival[side][w->first[side] % ARRIVALS];
    if (a->at_ps > now_ps) return;
    oio_monitor_into(w->monitor[side], a->at_ps, a->at_ps, &a->wire);
  }
}

static void watch(struct pair *p, unsigned side, uint64_t index, struct oio_wire *wire) {
  (void)index;
  struct watched *w = p->context;
  struct oio_wire seen = *wire;
  flush(w, side, p->now);
  oio_monitor_out(w->monitor[side], p->now, &seen);
  if (chance_unit(&w->stream) < w->rate[side]) {
    pair_flip(p, wire, (unsigned)chance_below(&w->stream, 8 * 230));
    w->wrong_flits++;
  }
  assert_true(w->end[!side] - w->first[!side] < ARRIVALS);
  w->arrival[!side][w->end[!side]++ % ARRIVALS] = (struct arrival){*wire, p->now + p->flit_ps + p->flight_ps};
}

static struct oio_monitor *monitor_of(const struct oio_link_config *c) {
  const struct oio_monitor_config config = {.name = "model",
                                            .format = c->format,
                                            .sequence_bits = c->sequence_bits,
                                            .window_flits = c->window_flits,
                                            .buffer_flits = c->buffer_flits,
                                            .peer_buffer_flits = c->peer_buffer_flits,
                                            .inside_flits = 4096,
                                            .timeout_ps = c->timeout_ps,
                                            .nak_repeat_ps = c->nak_repeat_ps,
                                            .ack_delay_ps = c->ack_delay_ps,
                                            .response_ps = 4 * FLIT};
  struct oio_monitor *monitor;
  assert_int_equal(oio_monitor_create(&monitor, &config, NULL), OIO_OK);
  return monitor;
}

static void silent(struct oio_monitor *monitor, unsigned run) {
  struct oio_finding finding;
  if (oio_monitor_fetch(monitor, &finding))
    FAIL_WITH_REPLAY("run %u: at %llu: %s: %s", run, (unsigned long long)finding.time_ps, finding.rule, finding.text);
}

static void two_ends_of_the_model_break_no_rule_on_any_wire(void **state) {
  (void)state;
  struct watched w = {.stream = chance_stream(1)};
  uint64_t replays = 0, naks = 0;
  for (unsigned i = 0; i < 2; i++) assert_non_null(w.arrival[i] = malloc(ARRIVALS * sizeof *w.arrival[i]));
  for (unsigned run = 0; run < 200; run++) {
    const unsigned bits = 8 + 8 * (unsigned)chance_below(&w.stream, 2), flight = (unsigned)chance_below(&w.stream, 40 * FLIT);
    const unsigned round_trip = 2 * (flight / FLIT + 1) + 8, delay = (unsigned)chance_below(&w.stream, 20);
    const uint32_t buffer = 1 + (uint32_t)chance_below(&w.stream, 64);
    const struct oio_link_config config = {.format = (uint8_t)(3 + 3 * chance_below(&w.stream, 2)),
                                           .sequence_bits = (uint8_t)bits,
                                           .fidelity = OIO_BIT,
                                           .window_flits = 1 + (uint32_t)chance_below(&w.stream, 127),
                                           .buffer_flits = buffer,
                                           .peer_buffer_flits = buffer,
                                           .replay_limit = 65535,
                                           .timeout_ps = (round_trip + delay + chance_below(&w.stream, 200)) * FLIT,
                                           .nak_repeat_ps = (round_trip + chance_below(&w.stream, 60)) * FLIT,
                                           .ack_delay_ps = delay * FLIT};
    struct pair p;
    assert_true(pair_start(&p, config, config, FLIT, flight));
    p.fate = watch;
    p.context = &w;
    for (unsigned i = 0; i < 2; i++) {
      w.monitor[i] = monitor_of(&config);
      w.first[i] = w.end[i] = 0;
      w.rate[i] = chance_below(&w.stream, 3) == 0 ? 0 : chance_unit(&w.stream) * 0.4;
      p.side[i].offer = chance_below(&w.stream, 1500);
    }
    pair_run(&p, OIO_MS);
    if (p.wrong) FAIL_WITH_REPLAY("%s", p.what);
    for (unsigned i = 0; i < 2; i++) {
      struct oio_link_state s;
      flush(&w, i, p.now);
      silent(w.monitor[i], run);
      oio_link_get_state(p.side[i].link, &s);
      replays += s.replays;
      naks += p.side[i].naks;
      w.nops += s.sent_nop;
      oio_monitor_destroy(w.monitor[i]);
    }
    pair_end(&p);
  }
  assert_true(w.wrong_flits > 5000 && replays > 5000 && naks > 5000 && w.nops > 5000);
  for (unsigned i = 0; i < 2; i++) free(w.arrival[i]);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(a_nop_says_something_new),
      cmocka_unit_test(an_ack_alone_waits_until_it_is_due),
      cmocka_unit_test(a_duplicate_has_one_ack),
      cmocka_unit_test(a_nak_alone_is_repeated_in_time_and_not_before),
      cmocka_unit_test(each_nak_with_nothing_to_bring_has_one_answer),
      cmocka_unit_test(a_payload_flit_says_its_own_number_while_no_ack_is_owed),
      cmocka_unit_test(without_a_response_time_nothing_is_said),
      cmocka_unit_test(a_reset_forgets_what_there_was_a_need_for),
      cmocka_unit_test(two_ends_of_the_model_break_no_rule_on_any_wire),
  };
  chance_start();
  return cmocka_run_group_tests_name("monitor_need", tests, NULL, NULL);
}
