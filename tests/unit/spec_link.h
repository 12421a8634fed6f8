/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Sections 3 to 5 of SPEC.md once more, and what section 11 puts in their place: a link end rule by rule, without a line of the library's.
 * It knows flits by their head and whether they are valid, payloads by a number. The oracle of the tests. In the routed profile bit 8 of a
 * payload's number is its hop VC; else all are of hop VC 0.
 */
#ifndef OIO_TESTS_SPEC_LINK_H
#define OIO_TESTS_SPEC_LINK_H

#include "spec_flit.h"

#include <stdbool.h>
#include <stdint.h>

enum spec_failure { SPEC_ALIVE, SPEC_REPLAY_LIMIT, SPEC_ACK_RANGE, SPEC_SEQUENCE_ZERO, SPEC_OVERFLOW, SPEC_CREDIT_RANGE };
enum { SPEC_WINDOW_MAX = 32768 };
#define SPEC_NEVER UINT64_MAX

/* Credit and receive buffer, of a hop VC where the link is routed. */
struct spec_hop {
  unsigned sent, credit_limit; /* accepted from above; up to where they may be */
  unsigned taken, buffered;
  bool credit_owed;
  uint64_t credit_due;
};

struct spec_link {
  bool routed;
  unsigned m, window, buffer, peer_buffer, limit;
  uint64_t timeout, nak_repeat, ack_delay;
  /* section 3 */
  unsigned next_tx, acked, cursor, round, sent_total, replays;
  unsigned last_sent; /* the last sequence that has been on the wire */
  uint64_t progress, replay_start;
  bool resync, force_explicit, before_was_explicit;
  uint64_t payload[SPEC_WINDOW_MAX]; /* by sequence */
  /* section 4 */
  unsigned expected, previous, round_seen;
  bool lost, waiting, ack_owed;
  uint64_t nak_due, ack_due;
  /* section 5, and 11 */
  struct spec_hop hop[2];
  unsigned told; /* hop VC whose limit went out last */
  bool doubted[2];
  uint64_t doubt_due; /* while one is */
  enum spec_failure failed;
  uint64_t asked_crc, asked_sequence, started, timeouts, accepted, duplicates, ahead;
};

static inline void spec_link_start(struct spec_link *e, bool routed, unsigned bits, unsigned window, unsigned buffer, unsigned peer_buffer,
                                   unsigned limit, uint64_t timeout, uint64_t nak_repeat, uint64_t ack_delay) {
  memset(e, 0, sizeof *e);
  e->routed = routed;
  e->m = (1u << bits) - 1;
  e->window = window;
  e->buffer = buffer;
  e->peer_buffer = peer_buffer;
  e->limit = limit;
  e->timeout = timeout;
  e->nak_repeat = nak_repeat;
  e->ack_delay = ack_delay;
  e->next_tx = e->cursor = e->expected = 1;
  e->acked = e->previous = e->last_sent = e->m;
  e->hop[0].credit_limit = e->hop[1].credit_limit = peer_buffer;
  e->told = 1;
  e->replay_start = SPEC_NEVER;
  e->force_explicit = true;
}

/* ---- section 0 ---- */

static inline unsigned spec_next(const struct spec_link *e, unsigned s) {
  return s == e->m ? 1 : s + 1;
}
static inline unsigned spec_before(const struct spec_link *e, unsigned s) {
  return s == 1 ? e->m : s - 1;
}
static inline unsigned spec_distance(const struct spec_link *e, unsigned a, unsigned b) {
  return (b + e->m - a) % e->m;
}
static inline bool spec_ahead(const struct spec_link *e, unsigned a, unsigned b) {
  const unsigned d = spec_distance(e, a, b);
  return d >= 1 && d <= (e->m - 1) / 2;
}

/* ---- section 3 ---- */

static inline unsigned spec_unacked(const struct spec_link *e) {
  return spec_distance(e, e->acked, spec_before(e, e->next_tx));
}
/* Unacknowledged and sent: what may be acknowledged, and what a timeout is about. */
static inline unsigned spec_outstanding(const struct spec_link *e) {
  return spec_distance(e, e->acked, e->last_sent);
}

static inline unsigned spec_hop_of(const struct spec_link *e, uint64_t payload) {
  return e->routed ? payload >> 8 & 1 : 0;
}

/* Credit limits go so far. */
static inline unsigned spec_limit_mask(const struct spec_link *e) {
  return e->routed ? 0x7FFF : 0xFFFF;
}

static inline bool spec_can_send_hop(const struct spec_link *e, unsigned v) {
  const unsigned credit = (e->hop[v].credit_limit - e->hop[v].sent) & spec_limit_mask(e);
  const bool waits_unsent = spec_unacked(e) != spec_outstanding(e);
  const unsigned most = e->routed ? 16383 : 32767;
  return e->failed == SPEC_ALIVE && spec_unacked(e) < e->window && credit >= 1 && credit <= most && !waits_unsent;
}

static inline bool spec_can_send(const struct spec_link *e) {
  return spec_can_send_hop(e, 0) || (e->routed && spec_can_send_hop(e, 1));
}

static inline void spec_send(struct spec_link *e, uint64_t payload) {
  e->payload[e->next_tx % SPEC_WINDOW_MAX] = payload;
  e->next_tx = spec_next(e, e->next_tx);
  e->sent_total = (e->sent_total + 1) & 0xFFFF;
  struct spec_hop *hop = &e->hop[spec_hop_of(e, payload)];
  hop->sent = (hop->sent + 1) & spec_limit_mask(e);
}

/* T7 */
static inline void spec_start_replay(struct spec_link *e, uint64_t now) {
  e->cursor = spec_next(e, e->acked);
  e->round = (e->round + 1) % 16;
  e->force_explicit = true;
  e->progress = e->replay_start = now;
  e->started++;
  if (++e->replays > e->limit) e->failed = SPEC_REPLAY_LIMIT;
}

static inline bool spec_in_doubt(const struct spec_link *e) {
  return e->doubted[0] || e->doubted[1];
}

static inline bool spec_nop_due(const struct spec_link *e, uint64_t now) {
  if (e->resync || (e->waiting && now >= e->nak_due) || (e->ack_owed && now >= e->ack_due)) return true;
  return (e->hop[0].credit_owed && now >= e->hop[0].credit_due) || (e->hop[1].credit_owed && now >= e->hop[1].credit_due);
}

/* K2 and K3: what was owed of the hop VC told is paid. */
static inline unsigned spec_tell_credit(struct spec_link *e) {
  unsigned v = 0;
  if (e->routed) {
    v = 1 - e->told;
    if (!e->hop[v].credit_owed && e->hop[e->told].credit_owed) v = e->told;
  }
  e->told = v;
  e->hop[v].credit_owed = false;
  return ((e->hop[v].taken + e->buffer) & spec_limit_mask(e)) + 0x8000 * v;
}

/* What every flit carries, and rule T6. */
static inline struct spec_head spec_head_of(struct spec_link *e, uint64_t now, unsigned protocol, unsigned command, unsigned own) {
  const unsigned s = command == SPEC_EXPLICIT ? own : spec_before(e, e->expected);
  if (command != SPEC_EXPLICIT) e->ack_owed = false;
  if (command == SPEC_NAK) e->nak_due = e->doubt_due = now + e->nak_repeat;
  return (struct spec_head){protocol, command, s, e->round, e->round_seen, spec_tell_credit(e)};
}

static inline void spec_ask(struct spec_link *e, uint64_t now, uint64_t *cause) {
  if (e->waiting) return;
  e->waiting = true;
  e->nak_due = now;
  (*cause)++;
}

/* T1 to T6. False: nothing to send. A payload flit's payload goes to *payload. */
static inline bool spec_tx(struct spec_link *e, uint64_t now, struct spec_head *head, uint64_t *payload) {
  if (e->failed != SPEC_ALIVE) return false;
  if (spec_outstanding(e) > 0 && now - e->progress >= e->timeout) {
    e->timeouts++;
    spec_start_replay(e, now);
    if (e->failed != SPEC_ALIVE) return false;
  }
  if (e->cursor != e->next_tx) {
    const unsigned s = e->cursor;
    const bool wanted = e->ack_owed || e->waiting;
    const bool is_explicit = e->force_explicit || !wanted || !e->before_was_explicit;
    e->force_explicit = false;
    e->before_was_explicit = is_explicit;
    if (s == spec_next(e, e->acked)) e->progress = now;
    if (s == spec_next(e, e->last_sent)) e->last_sent = s;
    e->cursor = spec_next(e, s);
    *payload = e->payload[s % SPEC_WINDOW_MAX];
    *head = spec_head_of(e, now, SPEC_PAYLOAD, is_explicit ? SPEC_EXPLICIT : e->waiting ? SPEC_NAK : SPEC_ACK, s);
    if (spec_in_doubt(e) && now >= e->doubt_due) spec_ask(e, now, &e->asked_crc);
    return true;
  }
  if (spec_in_doubt(e) && now >= e->doubt_due) spec_ask(e, now, &e->asked_crc);
  if (!spec_nop_due(e, now)) return false;
  unsigned command = e->waiting ? SPEC_NAK : SPEC_ACK;
  if (e->resync) {
    command = SPEC_EXPLICIT;
    e->force_explicit = true;
  }
  e->resync = false;
  *head = spec_head_of(e, now, SPEC_NOP, command, spec_before(e, e->next_tx));
  return true;
}

static inline uint64_t spec_least(uint64_t a, uint64_t b) {
  return a < b ? a : b;
}

static inline uint64_t spec_next_tx(const struct spec_link *e, uint64_t now) {
  if (e->failed != SPEC_ALIVE) return SPEC_NEVER;
  if (e->cursor != e->next_tx || spec_nop_due(e, now)) return now;
  uint64_t next = SPEC_NEVER;
  if (spec_in_doubt(e)) next = e->doubt_due;
  if (e->waiting) next = spec_least(next, e->nak_due);
  if (e->ack_owed) next = spec_least(next, e->ack_due);
  for (unsigned v = 0; v < 2; v++) {
    if (e->hop[v].credit_owed) next = spec_least(next, e->hop[v].credit_due);
  }
  if (spec_outstanding(e) > 0) next = spec_least(next, e->progress + e->timeout);
  return next > now ? next : now;
}

/* ---- section 4 ---- */

/* R5 */
static inline void spec_take_ack(struct spec_link *e, uint64_t now, struct spec_head h) {
  if (h.s == 0 || spec_distance(e, e->acked, h.s) > spec_outstanding(e)) {
    e->failed = SPEC_ACK_RANGE;
    return;
  }
  if (h.s != e->acked) {
    const unsigned from = spec_next(e, e->acked); /* where the cursor stands, counted from here, says whether it is ahead of S */
    const unsigned steps = spec_distance(e, e->acked, h.s);
    if (spec_distance(e, from, e->cursor) < steps) {
      e->cursor = spec_next(e, h.s);
      e->force_explicit = true;
    }
    e->acked = h.s;
    e->replays = 0;
    e->progress = now;
  }
  if (h.command != SPEC_NAK) return;
  for (unsigned v = 0; v < 2 && e->routed; v++) {
    e->hop[v].credit_owed = true;
    e->hop[v].credit_due = spec_least(e->hop[v].credit_due, now);
  }
  if (spec_outstanding(e) == 0) {
    e->resync = true;
    e->force_explicit = true;
    if (h.echo == e->round) e->round = (e->round + 1) % 16;
  } else if (h.echo == e->round || e->replay_start == SPEC_NEVER || now - e->replay_start >= e->nak_repeat) {
    spec_start_replay(e, now);
  } else {
    return;
  }
  e->ack_owed = true;
  e->ack_due = now;
}

/* R4: from the present limit upwards, is it met before one that the peer cannot justify? */
static inline unsigned spec_on_the_wire(const struct spec_link *e, unsigned v) {
  const bool waits_unsent = spec_unacked(e) != spec_outstanding(e);
  const unsigned last = spec_before(e, e->next_tx) % SPEC_WINDOW_MAX;
  return e->hop[v].sent - (waits_unsent && spec_hop_of(e, e->payload[last]) == v);
}

static inline bool spec_take_credit(struct spec_link *e, unsigned told) {
  const unsigned v = e->routed ? told / 0x8000 : 0, mask = spec_limit_mask(e), limit = told & mask;
  const unsigned highest = (spec_on_the_wire(e, v) + e->peer_buffer) & mask;
  for (unsigned l = e->hop[v].credit_limit; l != limit; l = (l + 1) & mask) {
    if (l != highest) continue;
    e->failed = SPEC_CREDIT_RANGE;
    return false;
  }
  e->hop[v].credit_limit = limit;
  e->doubted[v] = false;
  return true;
}

static inline void spec_owe(bool *owed, uint64_t *due, uint64_t at) {
  if (!*owed) *due = at;
  *owed = true;
}

/* R1 to R7. True: the payload, of this number, is accepted, and stands in the receive buffer. */
static inline bool spec_rx(struct spec_link *e, uint64_t now, bool valid, bool discarded, struct spec_head h, uint64_t payload) {
  if (e->failed != SPEC_ALIVE) return false;
  if (!valid) {
    e->lost = true;
    spec_ask(e, now, &e->asked_crc);
    if (!e->routed) return false;
    if (!spec_in_doubt(e)) e->doubt_due = now + e->nak_repeat;
    e->doubted[0] = e->doubted[1] = true;
    return false;
  }
  if (discarded) return false;
  if (e->m == 255) h.s %= 256;
  if (h.round != e->round_seen) {
    e->round_seen = h.round;
    e->waiting = false;
  }
  if (!spec_take_credit(e, h.credit)) return false;
  if (h.command != SPEC_EXPLICIT) spec_take_ack(e, now, h);
  if (e->failed != SPEC_ALIVE) return false;
  if (h.protocol == SPEC_NOP) {
    if (h.command != SPEC_EXPLICIT || h.s == 0) return false;
    if (h.s == spec_before(e, e->expected)) {
      e->lost = e->waiting = false;
    } else if (h.s == e->expected || spec_ahead(e, e->expected, h.s)) {
      spec_ask(e, now, &e->asked_sequence);
    }
    return false;
  }
  unsigned q = spec_next(e, e->previous);
  if (h.command == SPEC_EXPLICIT) {
    if (h.s == 0) {
      e->failed = SPEC_SEQUENCE_ZERO;
      return false;
    }
    q = h.s;
    e->lost = false;
  } else if (e->lost) {
    spec_ask(e, now, &e->asked_sequence);
    return false;
  }
  e->previous = q;
  if (q == e->expected) {
    struct spec_hop *hop = &e->hop[spec_hop_of(e, payload)];
    if (hop->buffered == e->buffer) {
      e->failed = SPEC_OVERFLOW;
      return false;
    }
    hop->buffered++;
    e->expected = spec_next(e, q);
    e->waiting = false;
    spec_owe(&e->ack_owed, &e->ack_due, now + e->ack_delay);
    e->accepted++;
    return true;
  }
  if (spec_ahead(e, e->expected, q)) {
    spec_ask(e, now, &e->asked_sequence);
    e->ahead++;
    return false;
  }
  e->ack_owed = true;
  e->ack_due = now;
  e->duplicates++;
  return false;
}

/* Section 5: a payload leaves the receive buffer; where the link is not routed it is the oldest. */
static inline void spec_take(struct spec_link *e, uint64_t now, uint64_t payload) {
  struct spec_hop *hop = &e->hop[spec_hop_of(e, payload)];
  hop->buffered--;
  hop->taken = (hop->taken + 1) & spec_limit_mask(e);
  spec_owe(&hop->credit_owed, &hop->credit_due, now + e->ack_delay);
}

static inline unsigned spec_buffered(const struct spec_link *e) {
  return e->hop[0].buffered + e->hop[1].buffered;
}

#endif
