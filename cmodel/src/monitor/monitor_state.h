/* SPDX-License-Identifier: Apache-2.0 */
/* What a monitor knows of its port, and the parts of its judgement: monitor.c what a flit says, monitor_due.c when it must say it,
 * monitor_need.c what there is no need to say. */
#ifndef OIO_MONITOR_STATE_H
#define OIO_MONITOR_STATE_H

#include "oio/monitor.h"

enum { OIO_FINDINGS_KEPT = 64 };

/* A payload from acceptance at one port to its Ack at the other. */
struct oio_transit {
  uint8_t bytes[OIO_PAYLOAD_BYTES];
  struct oio_stamp stamp;
  oio_time_ps accepted_ps;
  oio_time_ps first_out_ps;
  bool tainted;
};

/* What the device owes, and since when. A time is of a flit that went in whole, or of the first beat of one that came out. */
struct oio_duties {
  oio_time_ps look_ps;    /* nothing is overdue before */
  oio_time_ps nak_ps;     /* a Nak is due from here on: what is asked for has not come */
  oio_time_ps waited_ps;  /* when the device last needed no Nak any more */
  oio_time_ps ack_now_ps; /* an Ack is due at once: for a duplicate, or for a Nak that was answered; OIO_NEVER: none */
  oio_time_ps answer_ps;  /* a Nak of the current round went in: a new round is due; OIO_NEVER: none */
  oio_time_ps last_nak_in_ps;
  oio_time_ps last_in_ps;        /* a flit of any kind */
  oio_time_ps progress_ps;       /* of the transmitter, rule T1 */
  oio_time_ps round_seen_ps;     /* when the round that came in last changed; OIO_NEVER: not calm, and nothing is said of the echo */
  oio_time_ps fatal_ps;          /* what came in fails the link: nothing more may come out; OIO_NEVER: not yet */
  oio_time_ps timed_out_ps;      /* progress came as late as a timeout: it may have started a replay before; OIO_NEVER: no */
  unsigned naks_in;              /* that may still start a replay each */
  uint64_t acks_told;            /* payloads below this are late, and that has been said */
  uint64_t credits_told;         /* likewise */
  enum oio_rule_id ack_now_rule; /* that it is due at once */
  enum oio_link_failure fatal;
  unsigned causes; /* the set of failures that what came in may have led to, by 1 << enum oio_link_failure */
  uint8_t round_seen;
  bool waiting;
  bool stopped; /* the device's link has failed: nothing is due */
};

/* Events that may ask for a flit each, that no flit has answered yet. */
struct oio_need {
  oio_time_ps last_ps;
  unsigned events;
};

struct oio_needs {
  struct oio_need ack;    /* a duplicate, or a Nak: an Ack that says nothing new */
  struct oio_need nak;    /* a flit that was lost: a Nak at once */
  struct oio_need answer; /* a Nak with nothing to bring again: a NOP that says so */
  oio_time_ps nak_out_ps; /* OIO_NEVER: none yet */
};

struct oio_monitor {
  struct oio_monitor_config config;
  const struct oio_flit_format *format;
  uint16_t modulus;
  struct oio_monitor *inlet;  /* where what comes out here was accepted */
  struct oio_monitor *outlet; /* where what was accepted here comes out */

  /* What went in: the device's receiver. */
  uint16_t expected, previous;
  bool lost;
  uint64_t accepted;     /* payloads, in total */
  uint16_t credit_limit; /* highest limit the device has been given */
  uint16_t acked_in;     /* last sequence acknowledged to the device */

  /* What came out: the device's transmitter. */
  uint64_t out_new;      /* payloads put out for the first time */
  uint16_t out_next;     /* sequence of the next new one */
  uint16_t out_previous; /* sequence of the last payload flit */
  uint8_t out_round;
  uint16_t out_ack;    /* last sequence the device acknowledged */
  uint16_t out_credit; /* last credit limit it sent */
  bool last_ack_slot, must_be_explicit;

  struct oio_duties due;
  struct oio_needs need;

  void (*tap)(void *context, oio_time_ps time_ps, bool out, const uint8_t *flit);
  void *tap_context;

  struct oio_transit *ring; /* accepted here: by position */
  uint64_t mask;

  struct oio_finding findings[OIO_FINDINGS_KEPT];
  uint64_t found, fetched;
  struct oio_waivers *waivers;
  struct oio_link_state counts;
};

static inline uint16_t oio_monitor_next(const struct oio_monitor *m, uint16_t s) {
  return (uint16_t)(s >= m->modulus ? 1 : s + 1);
}
static inline uint16_t oio_monitor_steps(const struct oio_monitor *m, uint16_t from, uint16_t to) {
  return (uint16_t)(to >= from ? to - from : to + m->modulus - from);
}

__attribute__((format(printf, 4, 5))) void oio_monitor_find(struct oio_monitor *m, oio_time_ps now_ps, enum oio_rule_id rule,
                                                            const char *format, ...);

void oio_due_reset(struct oio_monitor *m);
/* The device's receiver asks for a retry; has what it asked for. */
void oio_due_ask(struct oio_monitor *m, oio_time_ps now_ps);
void oio_due_answered(struct oio_monitor *m, oio_time_ps now_ps);
/* An Ack is due at once, by rule R7 (a duplicate) or R5 (a Nak). */
void oio_due_ack_now(struct oio_monitor *m, oio_time_ps now_ps, enum oio_rule_id rule);
/* What came in may fail the link, or must. */
void oio_due_may_fail(struct oio_monitor *m, enum oio_link_failure why);
void oio_due_must_fail(struct oio_monitor *m, oio_time_ps now_ps, enum oio_link_failure why);
/* A valid flit has gone in; before anything else is made of it. Rule R3. */
void oio_due_round_in(struct oio_monitor *m, oio_time_ps now_ps, uint8_t round);
/* Its Ack or Nak; before its sequence is taken for acknowledged. Rule R5. */
void oio_due_ack_in(struct oio_monitor *m, oio_time_ps now_ps, const struct oio_flit_head *head, bool progress);
/* A flit has come out, valid; before anything else is made of it. */
void oio_due_out(struct oio_monitor *m, oio_time_ps start_ps, const struct oio_flit_head *head);
/* Whatever is overdue at now is a finding. */
void oio_due_check(struct oio_monitor *m, oio_time_ps now_ps);
/* Position of the oldest payload that was accepted and is not acknowledged; `accepted` if there is none. */
uint64_t oio_monitor_oldest_unacknowledged(const struct oio_monitor *m);

void oio_need_reset(struct oio_monitor *m);
void oio_need_arise(struct oio_need *need, oio_time_ps now_ps);
/* A flit has come out, valid; before its Ack and its credit are taken for the last. */
void oio_need_out(struct oio_monitor *m, oio_time_ps start_ps, const struct oio_flit_head *head);

#endif
