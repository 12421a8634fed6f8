/* SPDX-License-Identifier: Apache-2.0 */
/* The transmitter of the plain profile: rules PT1 to PT6 of SPEC.md section 16. */
#include "plain/plain_state.h"

#include <string.h>

static void ask_for_retrain(struct oio_plain *p, enum oio_plain_fault why) {
  p->counted.state = OIO_PLAIN_RETRAIN;
  p->counted.fault = why;
}

void oio_plain_start_replay(struct oio_plain *p, uint64_t now) {
  p->counted.replays++;
  p->cursor = oio_plain_next(p->acked);
  p->force_explicit = true;
  p->progress = now;
  if (++p->replays > p->config.replay_limit) ask_for_retrain(p, OIO_PLAIN_REPLAY_LIMIT);
}

void oio_plain_end_handshake(struct oio_plain *p, uint64_t now) {
  const bool told = p->handshake_explicits >= p->config.handshake_explicits && p->handshake_acks >= p->config.handshake_acks;
  if (!told || !p->heard_ack) return;
  p->counted.state = OIO_PLAIN_ACTIVE;
  p->cursor = oio_plain_next(p->acked);
  p->force_explicit = true;
  p->waiting = p->nak_due = false;
  p->progress = now;
}

/* Rule PT1. An Ack says where this end is; it needs to know where the other is. */
static struct oio_plain_head handshake_head(struct oio_plain *p) {
  const bool ack = p->heard_number && p->handshake_explicits >= p->config.handshake_explicits;
  p->handshake_sent++;
  if (ack) {
    if (p->handshake_acks < UINT8_MAX) p->handshake_acks++;
    return (struct oio_plain_head){.command = OIO_ACK, .sequence = oio_plain_before(p->expected)};
  }
  if (p->handshake_explicits < UINT8_MAX) p->handshake_explicits++;
  return (struct oio_plain_head){.command = OIO_EXPLICIT, .sequence = oio_plain_before(oio_plain_unsent(p))};
}

/* Rule PT4. */
static enum oio_flit_command payload_command(struct oio_plain *p) {
  const bool wanted = p->nak_due || p->acks_owed > 0;
  const bool is_explicit = p->force_explicit || !wanted || !p->last_was_explicit;
  p->force_explicit = false;
  p->last_was_explicit = is_explicit;
  if (is_explicit) return OIO_EXPLICIT;
  return p->nak_due ? OIO_NAK : OIO_ACK;
}

/* Rule PT5. */
static enum oio_flit_command nop_command(struct oio_plain *p) {
  if (p->resync) {
    p->resync = false;
    p->force_explicit = true;
    return OIO_EXPLICIT;
  }
  return p->nak_due ? OIO_NAK : OIO_ACK;
}

/* What an Ack or Nak pays. */
static void count_command(struct oio_plain *p, enum oio_flit_command command) {
  if (command == OIO_NAK) {
    p->nak_due = false;
    p->acks_owed = p->config.quiet_acks;
    p->counted.sent_nak++;
  } else if (command == OIO_ACK) {
    if (p->acks_owed > 0) p->acks_owed--;
    p->counted.sent_ack++;
  }
}

static struct oio_plain_head head_of(struct oio_plain *p, struct oio_plain_head head, enum oio_flit_command command, uint8_t own) {
  head.command = (uint8_t)command;
  head.sequence = command == OIO_EXPLICIT ? own : oio_plain_before(p->expected);
  count_command(p, command);
  return head;
}

static struct oio_plain_head payload_head(struct oio_plain *p, uint64_t now, const struct oio_plain_slot **slot) {
  const uint8_t sequence = p->cursor;
  *slot = &p->slots[sequence];
  if (sequence == oio_plain_next(p->acked)) p->progress = now;
  if (p->unsent && oio_plain_next(sequence) == p->next_tx) {
    p->unsent = 0;
    p->counted.sent_payload++;
  } else {
    p->counted.sent_replayed++;
  }
  p->cursor = oio_plain_next(sequence);
  return head_of(p, (*slot)->head, payload_command(p), sequence);
}

/* Rules PT2 and PT3: what goes on the wire, if anything. */
static bool choose(struct oio_plain *p, uint64_t now, struct oio_plain_head *head, const struct oio_plain_slot **slot) {
  *slot = NULL;
  if (p->counted.state == OIO_PLAIN_HANDSHAKE) {
    if (p->handshake_sent >= p->config.handshake_limit) {
      ask_for_retrain(p, OIO_PLAIN_HANDSHAKE_LIMIT);
      return false;
    }
    *head = handshake_head(p);
    return true;
  }
  if (oio_plain_outstanding(p) > 0 && now - p->progress >= p->config.timeout_flits) {
    p->counted.timeouts++;
    oio_plain_start_replay(p, now);
    if (p->counted.state != OIO_PLAIN_ACTIVE) return false;
  }
  if (p->cursor != p->next_tx) {
    *head = payload_head(p, now, slot);
    return true;
  }
  if (!p->resync && !p->nak_due && p->acks_owed == 0) return false;
  *head = head_of(p, (struct oio_plain_head){0}, nop_command(p), oio_plain_before(p->next_tx));
  return true;
}

bool oio_plain_tx(struct oio_plain *p, uint64_t now, uint8_t *flit) {
  struct oio_plain_head head;
  const struct oio_plain_slot *slot;
  const bool handshake = p->counted.state == OIO_PLAIN_HANDSHAKE;
  if (!handshake && p->counted.state != OIO_PLAIN_ACTIVE) return false;
  if (!choose(p, now, &head, &slot)) return false;
  memset(flit, 0, p->format->bytes);
  if (slot != NULL) {
    oio_plain_put_payload(p->format, flit, slot->payload);
  } else {
    p->counted.sent_nop++;
  }
  oio_plain_put_head(p->format, flit, &head);
  oio_plain_seal(p->format, flit);
  if (handshake) oio_plain_end_handshake(p, now);
  return true;
}
