/* SPDX-License-Identifier: Apache-2.0 */
/* The receiver of the plain profile: rules PR1 to PR6 of SPEC.md section 16. */
#include "plain/plain_state.h"

/* Rule PR1's and PR6's: the sender is to go back. A Nak is sent once; if it or the replay is lost, the sender's timeout answers. */
static void ask(struct oio_plain *p) {
  if (p->waiting) return;
  p->waiting = true;
  p->nak_due = true;
}

static void fail(struct oio_plain *p, enum oio_plain_fault why) {
  p->counted.state = OIO_PLAIN_ERROR;
  p->counted.fault = why;
}

static bool reserved(const struct oio_plain_format *format, const uint8_t *flit, const struct oio_plain_head *head) {
  const uint8_t *h = flit + format->header_at;
  return (h[0] | h[1]) == 0 || head->command > OIO_NAK;
}

/* Rule PR4 for a Nak of `acked`. */
static void take_nak(struct oio_plain *p, uint64_t now) {
  if (p->nak_ignored) {
    p->counted.naks_ignored++;
  } else if (oio_plain_outstanding(p) == 0) {
    p->resync = p->force_explicit = true;
  } else {
    p->nak_ignored = true;
    oio_plain_start_replay(p, now);
  }
}

/* Rule PR4. */
static void take_ack(struct oio_plain *p, uint64_t now, const struct oio_plain_head *head) {
  const uint32_t steps = head->sequence == 0 ? OIO_PLAIN_MODULUS : oio_plain_distance(p->acked, head->sequence);
  if (steps > oio_plain_outstanding(p)) {
    fail(p, OIO_PLAIN_ACK_RANGE);
    return;
  }
  if (steps > 0) {
    const bool behind = oio_plain_distance(oio_plain_next(p->acked), p->cursor) < steps;
    p->acked = head->sequence;
    p->replays = 0;
    p->progress = now;
    p->nak_ignored = false;
    if (behind) {
      p->cursor = oio_plain_next(p->acked);
      p->force_explicit = true;
    }
  }
  if (head->command == OIO_NAK && p->counted.state == OIO_PLAIN_ACTIVE) take_nak(p, now);
}

/* Rule PR5. */
static void take_nop(struct oio_plain *p, const struct oio_plain_head *head) {
  if (head->command != OIO_EXPLICIT || head->sequence == 0) return;
  if (head->sequence == oio_plain_before(p->expected)) {
    p->lost = p->waiting = p->nak_due = false;
    p->previous = head->sequence;
  } else if (p->counted.state == OIO_PLAIN_ACTIVE && oio_plain_distance(p->expected, head->sequence) < OIO_PLAIN_WINDOW_MAX) {
    ask(p); /* in a handshake it will be sent again unasked */
  }
}

/* Rule PR6: the sequence of a payload; 0: nobody knows, or it cannot be. */
static uint8_t sequence_of(struct oio_plain *p, const struct oio_plain_head *head) {
  if (head->command != OIO_EXPLICIT) return p->lost ? 0 : oio_plain_next(p->previous);
  if (head->sequence == 0) fail(p, OIO_PLAIN_SEQUENCE_ZERO);
  return head->sequence;
}

static void accept(struct oio_plain *p, struct oio_plain_taken *taken) {
  taken->first = p->half_taken != p->expected;
  taken->second = true;
  p->half_taken = 0;
  p->expected = oio_plain_next(p->expected);
  p->waiting = p->nak_due = false;
  p->acks_owed = p->config.quiet_acks;
  p->counted.received_payload++;
}

static void take_payload(struct oio_plain *p, const struct oio_plain_head *head, struct oio_plain_taken *taken) {
  const uint8_t q = sequence_of(p, head);
  if (p->counted.state == OIO_PLAIN_ERROR) return;
  if (q == 0) {
    p->counted.received_unknown++;
    ask(p);
    return;
  }
  if (head->command == OIO_EXPLICIT) p->lost = false;
  p->previous = q;
  if (q == p->expected) {
    accept(p, taken);
  } else if (oio_plain_distance(p->expected, q) < OIO_PLAIN_WINDOW_MAX) {
    p->counted.received_ahead++;
    ask(p);
  } else {
    p->counted.received_duplicate++;
    p->acks_owed = p->config.quiet_acks;
  }
}

/* The first half of a flit whose second is wrong: it is handed on if it is of the payload that is awaited, and has not been. */
static void take_first_half(struct oio_plain *p, const uint8_t *flit, struct oio_plain_taken *taken) {
  struct oio_plain_head head;
  oio_plain_get_head(p->format, flit, &head);
  if (head.protocol == 0 || reserved(p->format, flit, &head) || p->half_taken == p->expected) return;
  const uint8_t q = head.command == OIO_EXPLICIT ? head.sequence : p->lost ? 0 : oio_plain_next(p->previous);
  if (q != p->expected) return;
  p->half_taken = q;
  p->counted.halves_kept++;
  taken->first = true;
  taken->head = head;
}

/* In a handshake the other end says where it is, and may be through before this one. */
static void hear(struct oio_plain *p, uint64_t now, const struct oio_plain_head *head) {
  if (p->counted.state != OIO_PLAIN_HANDSHAKE) return;
  if (head->command != OIO_EXPLICIT) {
    p->heard_ack = true;
  } else if (head->sequence != 0) {
    p->heard_number = true;
  }
  oio_plain_end_handshake(p, now);
}

void oio_plain_rx(struct oio_plain *p, uint64_t now, const uint8_t *flit, struct oio_plain_taken *taken) {
  *taken = (struct oio_plain_taken){.flit = flit};
  if (p->counted.state > OIO_PLAIN_ACTIVE) return;
  p->counted.received++;
  const bool first = oio_plain_half_valid(p->format, flit, 0), second = oio_plain_half_valid(p->format, flit, 1);
  if (!first || !second) {
    p->counted.received_invalid++;
    if (first && p->format->halves) take_first_half(p, flit, taken);
    p->lost = true;
    ask(p);
    return;
  }
  struct oio_plain_head head;
  oio_plain_get_head(p->format, flit, &head);
  if (reserved(p->format, flit, &head)) {
    p->counted.received_discarded++;
    return;
  }
  if (head.command != OIO_EXPLICIT) take_ack(p, now, &head);
  if (p->counted.state > OIO_PLAIN_ACTIVE) return;
  hear(p, now, &head);
  taken->head = head;
  if (head.protocol == 0) {
    take_nop(p, &head);
  } else {
    take_payload(p, &head, taken);
  }
}
