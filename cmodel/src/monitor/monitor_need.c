/* SPDX-License-Identifier: Apache-2.0 */
/* What must not be sent: a NOP that is not due (T5), an Ack on a payload flit while none is owed (T3).
 *
 * Acks of something new and credits that rise show by themselves that they were owed. For the rest the device has flags that something
 * which goes in sets, and a flit that goes out clears. The flit has been chosen up to `response_ps` before its first beat: one that begins
 * later than that after the last event clears them all, and another clears one. */
#include "monitor/monitor_state.h"

#define NS(ps) ((double)(ps) / 1e3)

void oio_need_arise(struct oio_need *need, oio_time_ps now_ps) {
  need->events++;
  need->last_ps = now_ps;
}

/* One that begins so late has been chosen behind all of them. */
static void settle(const struct oio_monitor *m, struct oio_need *need, oio_time_ps start_ps) {
  if (start_ps > need->last_ps + m->config.response_ps) need->events = 0;
}

/* Is there a need for it, where there is no other cause? */
static bool needed(const struct oio_monitor *m, struct oio_need *need, oio_time_ps start_ps) {
  const bool any = need->events > 0;
  if (any) need->events--;
  settle(m, need, start_ps);
  return any;
}

static oio_time_ps oldest_owed_ps(const struct oio_monitor *m) {
  const uint64_t oldest = oio_monitor_oldest_unacknowledged(m);
  return oldest < m->accepted && m->accepted - oldest <= m->mask ? m->ring[oldest & m->mask].accepted_ps : 0;
}

static void judge_ack(struct oio_monitor *m, oio_time_ps start_ps, const struct oio_flit_head *head) {
  const bool nop = head->protocol != OIO_PROTOCOL_PAYLOAD, is_new = head->sequence != m->out_ack;
  const oio_time_ps due_ps = oldest_owed_ps(m) + m->config.ack_delay_ps;
  if (m->due.waiting && start_ps >= m->due.nak_ps) return; /* it is a Nak that misses, which rule T5 says */
  if (nop && head->credit_limit != m->out_credit) return;
  if (is_new && (!nop || start_ps >= due_ps)) return;
  if (needed(m, &m->need.ack, start_ps)) return;
  if (is_new) {
    oio_monitor_find(m, start_ps, OIO_RULE_NEEDLESS_NOP, "a NOP with an Ack that is due %.3f ns later, with no credit and no Nak to bring",
                     NS(due_ps - start_ps));
  } else if (nop) {
    oio_monitor_find(m, start_ps, OIO_RULE_NEEDLESS_NOP,
                     "a NOP that says nothing new: Ack of %u and credit limit %u as before, and nothing that came in asks for it",
                     m->out_ack, m->out_credit);
  } else {
    oio_monitor_find(m, start_ps, OIO_RULE_NEEDLESS_ACK,
                     "a payload flit with an Ack of %u, as before; none is owed for a duplicate or a Nak, and it had its own number to say",
                     head->sequence);
  }
}

static void judge_nak(struct oio_monitor *m, oio_time_ps start_ps, const struct oio_flit_head *head) {
  const oio_time_ps last_ps = m->need.nak_out_ps;
  m->need.nak_out_ps = start_ps;
  if (head->protocol == OIO_PROTOCOL_PAYLOAD || head->sequence != m->out_ack || head->credit_limit != m->out_credit) return;
  if (last_ps != OIO_NEVER && start_ps + m->config.response_ps >= last_ps + m->config.nak_repeat_ps) return;
  if (needed(m, &m->need.nak, start_ps) || needed(m, &m->need.ack, start_ps) || last_ps == OIO_NEVER) return; /* rule T3 has the first */
  oio_monitor_find(m, start_ps, OIO_RULE_NEEDLESS_NOP, "a NOP with the Nak that went out at %.3f ns; it is repeated %.3f ns after that",
                   NS(last_ps), NS(m->config.nak_repeat_ps));
}

void oio_need_reset(struct oio_monitor *m) {
  m->need = (struct oio_needs){.nak_out_ps = OIO_NEVER};
}

void oio_need_out(struct oio_monitor *m, oio_time_ps start_ps, const struct oio_flit_head *head) {
  if (m->config.response_ps == 0 || m->due.stopped) return;
  if (head->command == OIO_EXPLICIT) {
    if (head->protocol == OIO_PROTOCOL_PAYLOAD || needed(m, &m->need.answer, start_ps)) return;
    oio_monitor_find(m, start_ps, OIO_RULE_NEEDLESS_NOP, "a NOP that says %u, though no Nak came in that had nothing to bring again",
                     head->sequence);
    return;
  }
  if (head->command == OIO_NAK) {
    judge_nak(m, start_ps, head);
    settle(m, &m->need.nak, start_ps);
  } else {
    judge_ack(m, start_ps, head);
  }
  settle(m, &m->need.ack, start_ps);
}
