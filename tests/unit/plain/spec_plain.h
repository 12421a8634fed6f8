/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Section 16 of SPEC.md once more, in the plainest form and without a line of the library's: the formats byte by byte, the CRC bit by bit,
 * and a link end rule by rule. The oracle of the tests.
 */
#ifndef OIO_TESTS_SPEC_PLAIN_H
#define OIO_TESTS_SPEC_PLAIN_H

#include "../spec_flit.h"

enum { SPEC_PLAIN_M = 255, SPEC_PLAIN_BYTES = 256, SPEC_PLAIN_PAYLOAD_BYTES = 250 };

/* ---- flits: `f` is the format ---- */

struct spec_plain_head {
  unsigned protocol, stack, marker, type, command, s;
};

static inline unsigned spec_plain_bytes(unsigned f) {
  return f == 2 ? 68 : 256;
}
static inline unsigned spec_plain_payload_bytes(unsigned f) {
  return f == 2 ? 64 : f == 5 ? 236 : f == 6 ? 250 : 240;
}
static inline unsigned spec_plain_header_at(unsigned f) {
  return f == 3 ? 236 : 0;
}
static inline unsigned spec_plain_payload_at(unsigned f, unsigned i) {
  if (f == 3) return i < 236 ? i : i + 2;
  if (f == 5) return i < 120 ? 2 + i : 128 + (i - 120);
  if (f == 6) return i < 124 ? 2 + i : 128 + (i - 124);
  return 2 + i;
}
static inline bool spec_plain_halves(unsigned f) {
  return f == 5 || f == 6;
}

static inline unsigned spec_plain_crc_at(unsigned f, unsigned half) {
  if (f == 2) return 66;
  if (half == 1) return 254;
  return spec_plain_halves(f) ? 126 : 252;
}
static inline unsigned spec_plain_crc_of(unsigned f, const uint8_t *flit, unsigned half) {
  if (f == 2) return spec_crc(flit, 66);
  if (half == 1) return spec_crc(flit + 128, spec_plain_halves(f) ? 126 : 114);
  return spec_crc(flit, spec_plain_halves(f) ? 126 : 128);
}
static inline bool spec_plain_half_valid(unsigned f, const uint8_t *flit, unsigned half) {
  const unsigned at = spec_plain_crc_at(f, half);
  if (f == 2 && half == 1) return true;
  return spec_plain_crc_of(f, flit, half) == (flit[at] | (unsigned)flit[at + 1] << 8);
}
static inline void spec_plain_put_crcs(unsigned f, uint8_t *flit) {
  for (unsigned half = 0; half < (f == 2 ? 1 : 2); half++) {
    const unsigned crc = spec_plain_crc_of(f, flit, half);
    flit[spec_plain_crc_at(f, half)] = (uint8_t)(crc & 0xFF);
    flit[spec_plain_crc_at(f, half) + 1] = (uint8_t)(crc >> 8);
  }
}

static inline struct spec_plain_head spec_plain_get_head(unsigned f, const uint8_t *flit) {
  const uint8_t *h = flit + spec_plain_header_at(f);
  return (struct spec_plain_head){
      .protocol = h[0] / 64u,
      .stack = h[0] / 32u % 2,
      .marker = h[0] / 16u % 2,
      .type = h[1] / 64u,
      .command = h[1] / 16u % 4,
      .s = h[0] % 16u * 16 + h[1] % 16u,
  };
}

/* A whole flit: payload (or NULL for zeros), header, CRCs. */
static inline void spec_plain_make(unsigned f, uint8_t *flit, struct spec_plain_head h, const uint8_t *payload) {
  memset(flit, 0, spec_plain_bytes(f));
  for (unsigned i = 0; i < spec_plain_payload_bytes(f) && payload != NULL; i++) flit[spec_plain_payload_at(f, i)] = payload[i];
  flit[spec_plain_header_at(f)] = (uint8_t)(h.protocol * 64 + h.stack * 32 + h.marker * 16 + h.s / 16);
  flit[spec_plain_header_at(f) + 1] = (uint8_t)(h.type * 64 + h.command * 16 + h.s % 16);
  spec_plain_put_crcs(f, flit);
}

/* ---- the link end ---- */

enum spec_plain_state { SPEC_PLAIN_HANDSHAKE, SPEC_PLAIN_ACTIVE, SPEC_PLAIN_RETRAIN, SPEC_PLAIN_ERROR };
enum spec_plain_fault {
  SPEC_PLAIN_NO_FAULT,
  SPEC_PLAIN_REPLAY_LIMIT,
  SPEC_PLAIN_HANDSHAKE_LIMIT,
  SPEC_PLAIN_ACK_RANGE,
  SPEC_PLAIN_SEQUENCE_ZERO
};

struct spec_plain_config {
  unsigned format, window, timeout, replay_limit, handshake_limit, handshake_explicits, handshake_acks, quiet_acks;
};

struct spec_plain {
  struct spec_plain_config is;
  enum spec_plain_state state;
  enum spec_plain_fault fault;
  /* transmitter */
  unsigned next_tx, acked, cursor, replays, acks_owed;
  unsigned last_sent; /* the last payload that has been on the wire */
  uint64_t progress;
  bool resync, force_explicit, before_was_explicit, nak_due;
  bool nak_answered; /* and nothing acknowledged since */
  struct {
    struct spec_plain_head head;
    uint8_t bytes[SPEC_PLAIN_PAYLOAD_BYTES];
  } payload[SPEC_PLAIN_M + 1]; /* by sequence */
  /* receiver */
  unsigned expected, previous;
  bool lost, waiting;
  bool first_handed_on; /* of the expected payload */
  /* handshake */
  unsigned hs_sent, hs_explicits, hs_acks;
  bool hs_explicit_came, hs_ack_came;
  uint64_t sent_payload, sent_replayed, sent_nop, sent_ack, sent_nak;
  uint64_t received, received_payload, received_invalid, received_duplicate, received_ahead, received_unknown, received_discarded;
  uint64_t naks_ignored, started, timeouts, handshakes, halves_kept;
};

static inline unsigned spec_plain_next(unsigned s) {
  return s == SPEC_PLAIN_M ? 1 : s + 1;
}
static inline unsigned spec_plain_before(unsigned s) {
  return s == 1 ? SPEC_PLAIN_M : s - 1;
}
/* How many next() lead from a to b. */
static inline unsigned spec_plain_distance(unsigned a, unsigned b) {
  unsigned steps = 0;
  for (; a != b; a = spec_plain_next(a)) steps++;
  return steps;
}
static inline unsigned spec_plain_unacked(const struct spec_plain *e) {
  return spec_plain_distance(e->acked, spec_plain_before(e->next_tx));
}
static inline unsigned spec_plain_outstanding(const struct spec_plain *e) {
  return spec_plain_distance(e->acked, e->last_sent);
}

static inline void spec_plain_start(struct spec_plain *e, struct spec_plain_config is) {
  memset(e, 0, sizeof *e);
  e->is = is;
  e->next_tx = e->cursor = e->expected = 1;
  e->acked = e->previous = e->last_sent = SPEC_PLAIN_M;
  e->force_explicit = true;
  e->lost = true;
  e->handshakes = 1;
}

/* Retrain. */
static inline void spec_plain_reenter(struct spec_plain *e) {
  if (e->state == SPEC_PLAIN_ERROR) return;
  e->state = SPEC_PLAIN_HANDSHAKE;
  e->fault = SPEC_PLAIN_NO_FAULT;
  e->replays = e->acks_owed = 0;
  e->lost = true;
  e->waiting = e->nak_due = e->resync = e->nak_answered = false;
  e->hs_sent = e->hs_explicits = e->hs_acks = 0;
  e->hs_explicit_came = e->hs_ack_came = false;
  e->handshakes++;
}

static inline void spec_plain_stop(struct spec_plain *e, enum spec_plain_state state, enum spec_plain_fault fault) {
  e->state = state;
  e->fault = fault;
}

static inline bool spec_plain_can_send(const struct spec_plain *e) {
  const bool waits_unsent = e->last_sent != spec_plain_before(e->next_tx);
  return e->state == SPEC_PLAIN_ACTIVE && spec_plain_unacked(e) < e->is.window && !waits_unsent;
}

static inline void spec_plain_send(struct spec_plain *e, struct spec_plain_head head, const uint8_t *payload) {
  e->payload[e->next_tx].head = head;
  memcpy(e->payload[e->next_tx].bytes, payload, spec_plain_payload_bytes(e->is.format));
  e->next_tx = spec_plain_next(e->next_tx);
}

/* PT6 */
static inline void spec_plain_start_replay(struct spec_plain *e, uint64_t now) {
  e->cursor = spec_plain_next(e->acked);
  e->force_explicit = true;
  e->progress = now;
  e->replays++;
  e->started++;
  if (e->replays > e->is.replay_limit) spec_plain_stop(e, SPEC_PLAIN_RETRAIN, SPEC_PLAIN_REPLAY_LIMIT);
}

/* What PT5 says of a Nak and an Ack that are sent. */
static inline void spec_plain_pay(struct spec_plain *e, unsigned command) {
  if (command == SPEC_NAK) {
    e->sent_nak++;
    e->nak_due = false;
    e->acks_owed = e->is.quiet_acks;
  }
  if (command == SPEC_ACK) {
    e->sent_ack++;
    if (e->acks_owed > 0) e->acks_owed--;
  }
}

static inline void spec_plain_nop(struct spec_plain *e, unsigned command, uint8_t *flit) {
  const unsigned s = command == SPEC_EXPLICIT ? e->last_sent : spec_plain_before(e->expected);
  e->sent_nop++;
  spec_plain_make(e->is.format, flit, (struct spec_plain_head){.command = command, .s = s}, NULL);
}

/* PT1: is the handshake over? */
static inline void spec_plain_look_over(struct spec_plain *e, uint64_t now) {
  if (e->hs_acks < e->is.handshake_acks || !e->hs_ack_came) return;
  e->state = SPEC_PLAIN_ACTIVE;
  e->cursor = spec_plain_next(e->acked);
  e->force_explicit = true;
  e->waiting = e->nak_due = false;
  e->progress = now;
}
static inline void spec_plain_handshake_flit(struct spec_plain *e, uint64_t now, uint8_t *flit) {
  const bool acks = e->hs_explicits >= e->is.handshake_explicits && e->hs_explicit_came;
  e->hs_sent++;
  if (acks) {
    e->hs_acks++;
  } else {
    e->hs_explicits++;
  }
  spec_plain_nop(e, acks ? SPEC_ACK : SPEC_EXPLICIT, flit);
  spec_plain_look_over(e, now);
}

/* PT4 */
static inline void spec_plain_payload(struct spec_plain *e, uint64_t now, uint8_t *flit) {
  const unsigned s = e->cursor;
  struct spec_plain_head h = e->payload[s].head;
  const bool wanted = e->nak_due || e->acks_owed > 0;
  const bool is_explicit = e->force_explicit || !wanted || !e->before_was_explicit;
  h.command = is_explicit ? SPEC_EXPLICIT : e->nak_due ? SPEC_NAK : SPEC_ACK;
  h.s = is_explicit ? s : spec_plain_before(e->expected);
  e->force_explicit = false;
  e->before_was_explicit = is_explicit;
  if (s == spec_plain_next(e->acked)) e->progress = now;
  if (s == spec_plain_next(e->last_sent)) {
    e->last_sent = s;
    e->sent_payload++;
  } else {
    e->sent_replayed++;
  }
  e->cursor = spec_plain_next(s);
  spec_plain_pay(e, h.command);
  spec_plain_make(e->is.format, flit, h, e->payload[s].bytes);
}

/* PT1 to PT6. False: the wire is quiet. */
static inline bool spec_plain_tx(struct spec_plain *e, uint64_t now, uint8_t *flit) {
  if (e->state == SPEC_PLAIN_HANDSHAKE) {
    if (e->hs_sent < e->is.handshake_limit) {
      spec_plain_handshake_flit(e, now, flit);
      return true;
    }
    spec_plain_stop(e, SPEC_PLAIN_RETRAIN, SPEC_PLAIN_HANDSHAKE_LIMIT);
  }
  if (e->state != SPEC_PLAIN_ACTIVE) return false;
  if (spec_plain_outstanding(e) > 0 && now - e->progress >= e->is.timeout) {
    e->timeouts++;
    spec_plain_start_replay(e, now);
    if (e->state != SPEC_PLAIN_ACTIVE) return false;
  }
  if (e->cursor != e->next_tx) {
    spec_plain_payload(e, now, flit);
    return true;
  }
  if (!e->resync && !e->nak_due && e->acks_owed == 0) return false;
  const unsigned command = e->resync ? SPEC_EXPLICIT : e->nak_due ? SPEC_NAK : SPEC_ACK;
  if (e->resync) e->force_explicit = true;
  e->resync = false;
  spec_plain_pay(e, command);
  spec_plain_nop(e, command, flit);
  return true;
}

static inline void spec_plain_ask(struct spec_plain *e) {
  if (e->waiting) return;
  e->waiting = true;
  e->nak_due = true;
}

/* PR4. False: that is the end of it. */
static inline bool spec_plain_take_ack(struct spec_plain *e, uint64_t now, struct spec_plain_head h) {
  if (h.s == 0 || spec_plain_distance(e->acked, h.s) > spec_plain_outstanding(e)) {
    spec_plain_stop(e, SPEC_PLAIN_ERROR, SPEC_PLAIN_ACK_RANGE);
    return false;
  }
  if (h.s != e->acked) {
    const unsigned from = spec_plain_next(e->acked);
    if (spec_plain_distance(from, e->cursor) <= spec_plain_distance(from, h.s)) {
      e->cursor = spec_plain_next(h.s);
      e->force_explicit = true;
    }
    e->acked = h.s;
    e->replays = 0;
    e->progress = now;
    e->nak_answered = false;
  }
  if (h.command != SPEC_NAK || e->state != SPEC_PLAIN_ACTIVE) return true;
  if (spec_plain_outstanding(e) == 0) {
    e->resync = e->force_explicit = true;
  } else if (e->nak_answered) {
    e->naks_ignored++;
  } else {
    e->nak_answered = true;
    spec_plain_start_replay(e, now);
  }
  return e->state == SPEC_PLAIN_ACTIVE;
}

/* PR5 */
static inline void spec_plain_take_nop(struct spec_plain *e, struct spec_plain_head h) {
  if (h.command != SPEC_EXPLICIT || h.s == 0) return;
  if (h.s == spec_plain_before(e->expected)) {
    e->lost = e->waiting = e->nak_due = false;
    e->previous = h.s;
  } else if (spec_plain_distance(e->expected, h.s) < 127 && e->state == SPEC_PLAIN_ACTIVE) {
    spec_plain_ask(e);
  }
}

enum { SPEC_PLAIN_NONE = 0, SPEC_PLAIN_FIRST = 1, SPEC_PLAIN_SECOND = 2 };

/* PR6: what is handed on. */
static inline unsigned spec_plain_take_payload(struct spec_plain *e, struct spec_plain_head h) {
  if (h.command == SPEC_EXPLICIT && h.s == 0) {
    spec_plain_stop(e, SPEC_PLAIN_ERROR, SPEC_PLAIN_SEQUENCE_ZERO);
    return SPEC_PLAIN_NONE;
  }
  if (h.command != SPEC_EXPLICIT && e->lost) {
    e->received_unknown++;
    spec_plain_ask(e);
    return SPEC_PLAIN_NONE;
  }
  const unsigned q = h.command == SPEC_EXPLICIT ? h.s : spec_plain_next(e->previous);
  if (h.command == SPEC_EXPLICIT) e->lost = false;
  e->previous = q;
  if (q == e->expected) {
    const unsigned what = e->first_handed_on ? SPEC_PLAIN_SECOND : SPEC_PLAIN_FIRST | SPEC_PLAIN_SECOND;
    e->first_handed_on = false;
    e->expected = spec_plain_next(q);
    e->waiting = e->nak_due = false;
    e->acks_owed = e->is.quiet_acks;
    e->received_payload++;
    return what;
  }
  if (spec_plain_distance(e->expected, q) < 127) {
    e->received_ahead++;
    spec_plain_ask(e);
  } else {
    e->received_duplicate++;
    e->acks_owed = e->is.quiet_acks;
  }
  return SPEC_PLAIN_NONE;
}

/* Halves: of a flit that is not valid, is the first half handed on? */
static inline unsigned spec_plain_take_half(struct spec_plain *e, const uint8_t *flit, struct spec_plain_head h) {
  if (!spec_plain_halves(e->is.format) || !spec_plain_half_valid(e->is.format, flit, 0)) return SPEC_PLAIN_NONE;
  if (h.protocol == SPEC_NOP || h.command == 3) return SPEC_PLAIN_NONE;
  if (h.command != SPEC_EXPLICIT && e->lost) return SPEC_PLAIN_NONE;
  const unsigned q = h.command == SPEC_EXPLICIT ? h.s : spec_plain_next(e->previous);
  if (q != e->expected || e->first_handed_on) return SPEC_PLAIN_NONE;
  e->first_handed_on = true;
  e->halves_kept++;
  return SPEC_PLAIN_FIRST;
}

/* PR1 to PR6: which halves are handed on. */
static inline unsigned spec_plain_rx(struct spec_plain *e, uint64_t now, const uint8_t *flit) {
  const unsigned f = e->is.format;
  const struct spec_plain_head h = spec_plain_get_head(f, flit);
  const uint8_t *header = flit + spec_plain_header_at(f);
  if (e->state == SPEC_PLAIN_RETRAIN || e->state == SPEC_PLAIN_ERROR) return SPEC_PLAIN_NONE;
  e->received++;
  if (!spec_plain_half_valid(f, flit, 0) || !spec_plain_half_valid(f, flit, 1)) {
    const unsigned what = spec_plain_take_half(e, flit, h);
    e->received_invalid++;
    e->lost = true;
    spec_plain_ask(e);
    return what;
  }
  if ((header[0] == 0 && header[1] == 0) || h.command == 3) {
    e->received_discarded++;
    return SPEC_PLAIN_NONE;
  }
  if (e->state == SPEC_PLAIN_HANDSHAKE) {
    if (h.command == SPEC_EXPLICIT && h.s != 0) e->hs_explicit_came = true;
    if (h.command != SPEC_EXPLICIT) e->hs_ack_came = true;
  }
  if (h.command != SPEC_EXPLICIT && !spec_plain_take_ack(e, now, h)) return SPEC_PLAIN_NONE;
  if (e->state == SPEC_PLAIN_HANDSHAKE) spec_plain_look_over(e, now);
  if (h.protocol != SPEC_NOP) return spec_plain_take_payload(e, h);
  spec_plain_take_nop(e, h);
  return SPEC_PLAIN_NONE;
}

#endif
