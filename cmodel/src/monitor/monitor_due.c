/* SPDX-License-Identifier: Apache-2.0 */
/* What must come in time, and what must have a cause: Acks and credits (T5), Naks (R1, R6, R7), replays (T1, T7, R5), the echo, failures.
 *
 * The device is given `response_ps` from a flit that has gone in whole to the first beat of one that shows it. So a duty is broken when it
 * is still open that much later, and a cause counts for that much longer than it held. */
#include "monitor/monitor_state.h"

#define NS(ps) ((double)(ps) / 1e3)

void oio_due_reset(struct oio_monitor *m) {
  m->due = (struct oio_duties){.ack_now_ps = OIO_NEVER, .fatal_ps = OIO_NEVER, .answer_ps = OIO_NEVER, .timed_out_ps = OIO_NEVER};
}

void oio_due_ask(struct oio_monitor *m, oio_time_ps now_ps) {
  if (m->due.waiting) return;
  m->due.waiting = true;
  m->due.nak_ps = now_ps;
  oio_need_arise(&m->need.nak, now_ps);
}

void oio_due_answered(struct oio_monitor *m, oio_time_ps now_ps) {
  if (!m->due.waiting) return;
  m->due.waiting = false;
  m->due.waited_ps = now_ps;
}

void oio_due_ack_now(struct oio_monitor *m, oio_time_ps now_ps, enum oio_rule_id rule) {
  if (m->due.ack_now_ps != OIO_NEVER) return;
  m->due.ack_now_ps = now_ps;
  m->due.ack_now_rule = rule;
}

/* The failures that follow from one flit. */
struct fault {
  enum oio_rule_id rule; /* OIO_RULES: of none */
  const char *name;
};

static struct fault fault_of(enum oio_link_failure why) {
  switch (why) {
  case OIO_LINK_CREDIT_RANGE:
    return (struct fault){OIO_RULE_R4, "credit range"};
  case OIO_LINK_ACK_RANGE:
    return (struct fault){OIO_RULE_R5, "ack range"};
  case OIO_LINK_SEQUENCE_ZERO:
    return (struct fault){OIO_RULE_R7, "sequence zero"};
  default:
    return (struct fault){OIO_RULES, NULL};
  }
}

void oio_due_may_fail(struct oio_monitor *m, enum oio_link_failure why) {
  m->due.causes |= 1u << why;
}

void oio_due_must_fail(struct oio_monitor *m, oio_time_ps now_ps, enum oio_link_failure why) {
  oio_due_may_fail(m, why);
  m->due.fatal = why;
  m->due.fatal_ps = now_ps;
}

void oio_monitor_stop(struct oio_monitor *m, enum oio_link_failure why) {
  const struct fault fault = fault_of(why);
  if (fault.rule != OIO_RULES && !m->due.stopped && (m->due.causes & 1u << why) == 0) {
    oio_monitor_find(m, m->due.last_in_ps, fault.rule, "the link fails (%s); nothing that came in breaks that rule", fault.name);
  }
  m->due.stopped = true;
}

void oio_due_round_in(struct oio_monitor *m, oio_time_ps now_ps, uint8_t round) {
  if (round == m->due.round_seen) return;
  m->due.round_seen = round;
  m->due.round_seen_ps = now_ps;
  oio_due_answered(m, now_ps);
}

static bool unacknowledged_out(const struct oio_monitor *m) {
  return oio_monitor_next(m, m->acked_in) != m->out_next;
}

static bool may_have_timed_out(const struct oio_monitor *m, oio_time_ps now_ps) {
  return unacknowledged_out(m) && now_ps + m->config.response_ps >= m->due.progress_ps + m->config.timeout_ps;
}

void oio_due_ack_in(struct oio_monitor *m, oio_time_ps now_ps, const struct oio_flit_head *head, bool progress) {
  if (progress) {
    if (may_have_timed_out(m, now_ps)) m->due.timed_out_ps = now_ps;
    m->due.progress_ps = now_ps;
    /* With nothing left to replay, only the next flit will show the new round, whenever it comes. */
    if (oio_monitor_next(m, head->sequence) == m->out_next) m->due.answer_ps = OIO_NEVER;
  }
  if (head->command != OIO_NAK) return;
  const unsigned outstanding = oio_monitor_steps(m, oio_monitor_next(m, m->acked_in), m->out_next);
  if (oio_monitor_steps(m, m->acked_in, head->sequence) >= outstanding) oio_need_arise(&m->need.answer, now_ps);
  oio_need_arise(&m->need.ack, now_ps);
  /* A stale one may be ignored; one of the round that came out last may not, unless a newer round is on its way out already. */
  const bool newer = m->due.naks_in > 0 || m->due.timed_out_ps != OIO_NEVER || may_have_timed_out(m, now_ps);
  if (head->echo == m->out_round && !newer) oio_due_ack_now(m, now_ps, OIO_RULE_R5);
  if (head->echo == m->out_round && m->due.answer_ps == OIO_NEVER) m->due.answer_ps = now_ps;
  m->due.naks_in++;
  m->due.last_nak_in_ps = now_ps;
}

uint64_t oio_monitor_oldest_unacknowledged(const struct oio_monitor *m) {
  const uint16_t received = m->expected == 1 ? m->modulus : (uint16_t)(m->expected - 1);
  return m->accepted - oio_monitor_steps(m, m->out_ack, received);
}

/* Is what was due at from_ps overdue at now? If not, there is a look when it will be. */
static bool over(struct oio_monitor *m, oio_time_ps from_ps, oio_time_ps now_ps) {
  if (from_ps > now_ps) return false; /* a look comes before that anyway */
  const oio_time_ps over_ps = from_ps + m->config.response_ps + 1;
  if (now_ps >= over_ps) return true;
  if (over_ps < m->due.look_ps) m->due.look_ps = over_ps;
  return false;
}

static void check_ack(struct oio_monitor *m, oio_time_ps now_ps) {
  struct oio_duties *due = &m->due;
  const uint64_t oldest = oio_monitor_oldest_unacknowledged(m);
  if (oldest < m->accepted && oldest >= due->acks_told && m->accepted - oldest <= m->mask) {
    const oio_time_ps accepted_ps = m->ring[oldest & m->mask].accepted_ps;
    if (over(m, accepted_ps + m->config.ack_delay_ps, now_ps)) {
      oio_monitor_find(m, now_ps, OIO_RULE_T5, "no Ack yet of payload %llu, accepted at %.3f ns; due %.3f ns later",
                       (unsigned long long)oldest, NS(accepted_ps), NS(m->config.ack_delay_ps));
      due->acks_told = m->accepted;
    }
  }
  if (over(m, due->ack_now_ps, now_ps)) {
    oio_monitor_find(m, now_ps, due->ack_now_rule, "no Ack yet for the duplicate, or the Nak, of %.3f ns; due at once",
                     NS(due->ack_now_ps));
    due->ack_now_ps = OIO_NEVER;
  }
}

static void check_nak(struct oio_monitor *m, oio_time_ps now_ps) {
  struct oio_duties *due = &m->due;
  if (due->waiting && over(m, due->nak_ps, now_ps)) {
    oio_monitor_find(m, now_ps, OIO_RULE_T5, "no Nak yet, due since %.3f ns: a flit was lost, and its replay has not come",
                     NS(due->nak_ps));
    due->nak_ps = OIO_NEVER; /* said once */
  }
  if (over(m, due->answer_ps, now_ps)) {
    oio_monitor_find(m, now_ps, OIO_RULE_R5, "no new round yet after the Nak of round %u at %.3f ns", m->out_round, NS(due->answer_ps));
    due->answer_ps = OIO_NEVER;
  }
}

static void check_credit(struct oio_monitor *m, oio_time_ps now_ps) {
  const struct oio_monitor *outlet = m->outlet;
  if (outlet == NULL || outlet->out_new > m->accepted) return;
  const uint16_t owed = (uint16_t)(outlet->out_new + m->config.buffer_flits - m->out_credit);
  if (owed == 0 || owed > 32767) return;
  const uint64_t oldest = outlet->out_new - owed;
  if (oldest < m->due.credits_told || m->accepted - oldest > m->mask) return;
  const oio_time_ps taken_ps = m->ring[oldest & m->mask].first_out_ps;
  if (!over(m, taken_ps + m->config.ack_delay_ps, now_ps)) return;
  oio_monitor_find(m, now_ps, OIO_RULE_T5, "no credit yet for payload %llu, which left the buffer at %.3f ns; due %.3f ns later",
                   (unsigned long long)oldest, NS(taken_ps), NS(m->config.ack_delay_ps));
  m->due.credits_told = outlet->out_new;
}

static void check_timeout(struct oio_monitor *m, oio_time_ps now_ps) {
  if (!unacknowledged_out(m) || !over(m, m->due.progress_ps + m->config.timeout_ps, now_ps)) return;
  oio_monitor_find(m, now_ps, OIO_RULE_T1, "no replay yet, without progress since %.3f ns; the timeout is %.3f ns", NS(m->due.progress_ps),
                   NS(m->config.timeout_ps));
  m->due.progress_ps = now_ps; /* said once a timeout */
}

/* Nothing that begins after now can be overdue before look_ps, and nothing that has begun. */
static void check(struct oio_monitor *m, oio_time_ps now_ps, bool replayed) {
  m->due.look_ps = now_ps + m->config.response_ps;
  check_ack(m, now_ps);
  check_nak(m, now_ps);
  check_credit(m, now_ps);
  if (!replayed) check_timeout(m, now_ps);
}

void oio_due_check(struct oio_monitor *m, oio_time_ps now_ps) {
  if (now_ps < m->due.look_ps || m->config.response_ps == 0 || m->due.stopped) return;
  check(m, now_ps, false);
}

/* T7: each new round had a Nak or a timeout, and answers the Nak that asked for it. */
static void round_out(struct oio_monitor *m, oio_time_ps start_ps, uint8_t round) {
  struct oio_duties *due = &m->due;
  const unsigned steps = (unsigned)(round - m->out_round) & 15;
  if (steps == 0) {
    if (due->naks_in > 0 && over(m, due->last_nak_in_ps, start_ps)) due->naks_in = 0; /* they were stale */
    if (over(m, due->timed_out_ps, start_ps)) due->timed_out_ps = OIO_NEVER;
    return;
  }
  const bool timed_out = due->timed_out_ps != OIO_NEVER || may_have_timed_out(m, start_ps);
  if (steps > due->naks_in + timed_out) {
    oio_monitor_find(m, start_ps, OIO_RULE_T7, "round %u after %u; Naks that ask for it: %u, timeout: %s", round, m->out_round,
                     due->naks_in, timed_out ? "one" : "none");
  }
  /* A Nak that came beside a timeout may be answered yet. */
  const unsigned answered = steps - timed_out;
  due->naks_in = answered < due->naks_in ? due->naks_in - answered : 0;
  due->timed_out_ps = due->answer_ps = OIO_NEVER;
  due->progress_ps = start_ps;
}

void oio_due_out(struct oio_monitor *m, oio_time_ps start_ps, const struct oio_flit_head *head) {
  struct oio_duties *due = &m->due;
  if (m->config.response_ps == 0 || m->due.stopped) return;
  if (over(m, due->fatal_ps, start_ps)) {
    const struct fault fault = fault_of(due->fatal);
    oio_monitor_find(m, start_ps, fault.rule, "a flit, though what came in at %.3f ns fails the link: %s", NS(due->fatal_ps), fault.name);
    due->stopped = true; /* said once */
    return;
  }
  if (start_ps >= due->look_ps) check(m, start_ps, head->round != m->out_round);
  round_out(m, start_ps, head->round);
  if (head->echo != due->round_seen && over(m, due->round_seen_ps, start_ps)) {
    oio_monitor_find(m, start_ps, OIO_RULE_FORMAT, "echo %u; the last round that came in was %u, at %.3f ns", head->echo, due->round_seen,
                     NS(due->round_seen_ps));
  }
  if (head->command == OIO_EXPLICIT) return;
  due->ack_now_ps = OIO_NEVER;
  if (head->command != OIO_NAK) return;
  if (!due->waiting && over(m, due->waited_ps, start_ps)) {
    oio_monitor_find(m, start_ps, OIO_RULE_T3, "a Nak, while nothing is asked for since %.3f ns", NS(due->waited_ps));
  }
  if (due->waiting) due->nak_ps = start_ps + m->config.nak_repeat_ps;
}
