/* SPDX-License-Identifier: Apache-2.0 */
/* The receiver: rules R1 to R7 of SPEC.md section 4, written once and compiled for each profile: `routed` is a constant there. */
#ifndef OIO_RECEIVER_H
#define OIO_RECEIVER_H

#include "base/cold.h"
#include "flit/fields.h"
#include "link/link_state.h"
#include "link/sequence.h"

/* What became of a flit; goes into the decision digest, by which the two fidelities are compared. */
enum decision { INVALID = 1, DISCARDED, NOP_TAKEN, ACCEPTED, DUPLICATE, AHEAD, UNKNOWN_SEQUENCE, FATAL };

OIO_COLD static void ask(struct oio_link *link, oio_time_ps now_ps, uint64_t *cause) {
  if (link->waiting) return;
  link->waiting = true;
  link->nak_due_ps = now_ps;
  (*cause)++;
}

OIO_COLD static enum decision fail(struct oio_link *link, enum oio_link_failure why) {
  link->counted.failed = why;
  return FATAL;
}

static inline bool crc_agrees(const struct oio_link *link, const struct oio_wire *wire) {
  if (link->config.fidelity == OIO_BIT) return oio_flit_valid(link->format, wire->bytes);
  return wire->syndrome == 0;
}

/* Rule R5, for Ack and Nak, then for Nak. False: the link has failed. */
static inline bool take_ack(struct oio_link *link, oio_time_ps now_ps, uint16_t sequence) {
  struct oio_replay *replay = &link->replay;
  if (sequence == replay->acked_sequence) {
    oio_link_see(link, OIO_SEEN_ACK_AGAIN);
    return true;
  }
  if (!oio_replay_acknowledge(replay, sequence)) {
    fail(link, OIO_LINK_ACK_RANGE);
    return false;
  }
  oio_link_see(link, replay->acked == replay->sent ? OIO_SEEN_ACK_ALL : OIO_SEEN_ACK_PART);
  link->replays_without_progress = 0;
  link->progress_ps = now_ps;
  if (replay->cursor < replay->acked) {
    replay->cursor = replay->acked;
    oio_link_see(link, OIO_SEEN_ACK_IN_REPLAY);
    link->force_explicit = true; /* what comes next does not follow what was sent last */
  }
  return true;
}

OIO_COLD static bool take_nak(struct oio_link *link, oio_time_ps now_ps, uint8_t echo) {
  const bool current = echo == link->round;
  if (!oio_replay_outstanding(&link->replay)) {
    oio_link_see(link, OIO_SEEN_NAK_NOTHING);
    link->resync = true;
    link->force_explicit = true; /* a new payload may go out before the NOP */
    if (current) link->round = (link->round + 1) & 15;
  } else if (current || link->replay_start_ps == OIO_NEVER || now_ps - link->replay_start_ps >= link->config.nak_repeat_ps) {
    oio_link_see(link, current ? OIO_SEEN_NAK_CURRENT : OIO_SEEN_NAK_STALE_HEEDED);
    oio_link_start_replay(link, now_ps);
  } else {
    oio_link_see(link, OIO_SEEN_NAK_STALE);
    return true; /* the replay under way answers it */
  }
  oio_link_owe(&link->ack_due_ps, now_ps); /* what was lost may have brought one */
  return link->counted.failed == OIO_LINK_ALIVE;
}

/* Rule R6. */
OIO_COLD static enum decision take_nop(struct oio_link *link, oio_time_ps now_ps, const struct oio_flit_head *head) {
  if (head->command != OIO_EXPLICIT || head->sequence == 0) return NOP_TAKEN;
  if (head->sequence == oio_sequence_before(link->modulus, link->expected)) {
    oio_link_see_if(link, link->lost, OIO_SEEN_LOSS_ENDS_NOP);
    link->lost = false;
    link->waiting = false;
  } else if (head->sequence == link->expected || oio_sequence_ahead(link->modulus, link->expected, head->sequence)) {
    oio_link_see(link, OIO_SEEN_NOP_GAP);
    ask(link, now_ps, &link->counted.asked_sequence);
  }
  return NOP_TAKEN;
}

/* The hop VC of a routed payload on the wire. */
static inline unsigned hop_vc_of(const struct oio_link *link, const struct oio_wire *wire) {
  return wire->bytes[link->format->payload[0].at + 1] & 1;
}

/* Is the receive buffer full? */
static inline bool full(const struct oio_link *link, const struct oio_wire *wire, bool routed) {
  return (routed ? link->hops[hop_vc_of(link, wire)].buffered : link->buffer_count) >= link->config.buffer_flits;
}

static inline struct oio_payload *take_place(struct oio_link *link, const struct oio_wire *wire, bool routed) {
  if (routed) return oio_link_take_place(link, hop_vc_of(link, wire));
  struct oio_payload *place = &link->buffer[(link->buffer_head + link->buffer_count) & link->buffer_mask];
  link->buffer_count++;
  return place;
}

static inline enum decision accept(struct oio_link *link, oio_time_ps now_ps, const struct oio_wire *wire, bool routed) {
  if (full(link, wire, routed)) return fail(link, OIO_LINK_OVERFLOW);
  struct oio_payload *place = take_place(link, wire, routed);
  oio_link_get_payload(link, wire, place);
  place->tainted = wire->tainted || wire->wrong_bits > 0;
  place->arrived_ps = now_ps;
  place->stamp = wire->stamp;
  oio_link_see_if(link, full(link, wire, routed), OIO_SEEN_BUFFER_FULL);
  oio_link_see_if(link, link->expected == link->modulus, OIO_SEEN_SEQUENCE_WRAP);
  link->expected = oio_sequence_next(link->modulus, link->expected);
  link->waiting = false;
  oio_link_owe(&link->ack_due_ps, now_ps + link->config.ack_delay_ps);
  link->counted.received_payload++;
  return ACCEPTED;
}

/* Rule R7 for a sequence that is not the expected one. */
OIO_COLD static enum decision take_other(struct oio_link *link, oio_time_ps now_ps, uint16_t q) {
  if (oio_sequence_ahead(link->modulus, link->expected, q)) {
    ask(link, now_ps, &link->counted.asked_sequence);
    link->counted.received_ahead++;
    return AHEAD;
  }
  oio_link_owe(&link->ack_due_ps, now_ps);
  link->counted.received_duplicate++;
  return DUPLICATE;
}

/* Rule R7. */
static inline enum decision take_payload(struct oio_link *link, oio_time_ps now_ps, const struct oio_flit_head *head,
                                         const struct oio_wire *wire, bool routed) {
  uint16_t q;
  if (head->command == OIO_EXPLICIT) {
    if (head->sequence == 0) return fail(link, OIO_LINK_SEQUENCE_ZERO);
    q = head->sequence;
    oio_link_see_if(link, link->lost, OIO_SEEN_LOSS_ENDS_PAYLOAD);
    link->lost = false;
  } else if (link->lost) {
    ask(link, now_ps, &link->counted.asked_sequence);
    oio_link_see(link, OIO_SEEN_IMPLICIT_LOST);
    link->counted.received_unknown++;
    return UNKNOWN_SEQUENCE;
  } else {
    q = oio_sequence_next(link->modulus, link->previous);
  }
  link->previous = q;
  return q == link->expected ? accept(link, now_ps, wire, routed) : take_other(link, now_ps, q);
}

/* Rule R4. */
static inline bool take_credit(struct oio_link *link, uint16_t told, bool routed) {
  if (routed) return oio_link_take_credit(link, told);
  const uint32_t highest = (uint32_t)link->replay.sent + link->config.peer_buffer_flits;
  const bool good = oio_credit_raise(&link->credit, told, highest, OIO_LINK_CREDIT_BITS);
  oio_link_see_if(link, link->credit.ahead == link->config.peer_buffer_flits, OIO_SEEN_CREDIT_ALL);
  return good;
}

/* Rules R2 to R7 for any flit that is valid. */
OIO_APART static enum decision take_any(struct oio_link *link, oio_time_ps now_ps, const struct oio_wire *wire, bool routed) {
  struct oio_flit_head head;
  if (!oio_flit_get_head(link->format, wire->bytes, &head)) {
    oio_link_see(link, OIO_SEEN_RESERVED);
    link->counted.received_unknown++;
    return DISCARDED;
  }
  head.sequence = (uint16_t)(head.sequence & link->modulus); /* K0 says nothing where n = 8 */
  if (head.round != link->round_seen) {
    link->round_seen = head.round;
    oio_link_see_if(link, link->waiting, OIO_SEEN_ROUND_WAITED);
    link->waiting = false;
  }
  if (!take_credit(link, head.credit_limit, routed)) return fail(link, OIO_LINK_CREDIT_RANGE);
  if (head.command != OIO_EXPLICIT && !take_ack(link, now_ps, head.sequence)) return FATAL;
  if (routed && head.command == OIO_NAK) oio_link_owe_credits(link, now_ps);
  if (head.command == OIO_NAK && !take_nak(link, now_ps, head.echo)) return FATAL;
  if (head.protocol == OIO_PROTOCOL_NOP) return take_nop(link, now_ps, &head);
  return take_payload(link, now_ps, &head, wire, routed);
}

/* The usual flit is a payload of the round seen, explicit or with an Ack, and the next in order: what its fields say is compared where they
 * stand, and rules R4, R5 and R7 are all there is to do. */
static inline bool is_usual(const struct oio_link *link, uint32_t header, uint32_t control, uint16_t sequence) {
  if (!oio_flit_carries_payload(header) || oio_flit_round(control) != link->round_seen) return false;
  if (oio_flit_is_explicit(header)) return sequence == link->expected;
  return !link->lost && oio_sequence_next(link->modulus, link->previous) == link->expected;
}

static inline enum decision take_usual(struct oio_link *link, oio_time_ps now_ps, const struct oio_wire *wire, uint32_t header,
                                       uint32_t control, uint16_t sequence, bool routed) {
  if (!take_credit(link, (uint16_t)(control >> 16), routed)) return fail(link, OIO_LINK_CREDIT_RANGE);
  if (oio_flit_is_explicit(header)) {
    oio_link_see_if(link, link->lost, OIO_SEEN_LOSS_ENDS_PAYLOAD);
    link->lost = false;
  } else if (!take_ack(link, now_ps, sequence)) {
    return FATAL;
  }
  link->previous = link->expected;
  return accept(link, now_ps, wire, routed);
}

static inline enum decision take(struct oio_link *link, oio_time_ps now_ps, const struct oio_wire *wire, bool routed, bool quick) {
  if (!crc_agrees(link, wire)) {
    link->counted.received_invalid++;
    link->lost = true;
    ask(link, now_ps, &link->counted.asked_crc);
    if (routed) oio_link_doubt(link, now_ps);
    return INVALID;
  }
  if (wire->wrong_bits > 0) link->counted.undetected++;
  const uint32_t header = oio_flit_header(link->format, wire->bytes), control = oio_flit_control(link->format, wire->bytes);
  const uint16_t sequence = (uint16_t)(oio_flit_sequence(header, control) & link->modulus);
  if (quick && is_usual(link, header, control, sequence)) return take_usual(link, now_ps, wire, header, control, sequence, routed);
  return take_any(link, now_ps, wire, routed);
}

/* A flit has arrived. Quick: the usual one goes a way of its own, which changes nothing but the time it takes. */
static inline void receive(struct oio_link *link, oio_time_ps now_ps, const struct oio_wire *wire, bool routed, bool quick) {
  if (link->counted.failed != OIO_LINK_ALIVE) return;
  link->counted.received++;
  const enum decision decision = take(link, now_ps, wire, routed, quick);
  link->counted.decision_digest = (link->counted.decision_digest ^ (uint64_t)decision) * 0x100000001B3u;
}

#endif
