/* SPDX-License-Identifier: Apache-2.0 */
/* The inside of a plain link end, shared by plain.c (life), plain_tx.c (rules PT) and plain_rx.c (rules PR). Names are those of SPEC.md. */
#ifndef OIO_PLAIN_STATE_H
#define OIO_PLAIN_STATE_H

#include "link/sequence.h"
#include "oio/flit.h"
#include "oio/plain.h"

/* A payload from acceptance to acknowledgement. */
struct oio_plain_slot {
  struct oio_plain_head head; /* protocol, stack, marker, type; its sequence */
  uint8_t payload[OIO_PLAIN_PAYLOAD_BYTES_MAX];
};

struct oio_plain {
  struct oio_plain_config config;
  const struct oio_plain_format *format;

  uint8_t next_tx, acked;
  uint8_t cursor; /* next payload for the wire */
  uint8_t unsent; /* 1: the payload before next_tx has never been on the wire */
  uint16_t replays;
  uint64_t progress; /* flit time */
  bool force_explicit, last_was_explicit, resync;
  bool nak_ignored; /* a Nak of `acked` has been answered by a replay already */

  uint8_t expected, previous;
  uint8_t half_taken; /* the sequence whose first half has been handed on, the flit being wrong; 0: none */
  bool lost, waiting, nak_due;
  uint8_t acks_owed;

  uint32_t handshake_sent; /* flits of this handshake */
  uint8_t handshake_explicits, handshake_acks;
  bool heard_number, heard_ack;

  struct oio_plain_status counted;                    /* its protocol fields are filled by get_status */
  struct oio_plain_slot slots[OIO_PLAIN_MODULUS + 1]; /* by sequence */
};

static inline uint8_t oio_plain_next(uint8_t s) {
  return (uint8_t)oio_sequence_next(OIO_PLAIN_MODULUS, s);
}

static inline uint8_t oio_plain_before(uint8_t s) {
  return (uint8_t)oio_sequence_before(OIO_PLAIN_MODULUS, s);
}

static inline uint32_t oio_plain_distance(uint8_t a, uint8_t b) {
  return oio_sequence_distance(OIO_PLAIN_MODULUS, a, b);
}

/* The first payload that has never been on the wire, or next_tx. */
static inline uint8_t oio_plain_unsent(const struct oio_plain *plain) {
  return plain->unsent ? oio_plain_before(plain->next_tx) : plain->next_tx;
}

/* Those that have been on the wire and are not acknowledged. */
static inline uint32_t oio_plain_outstanding(const struct oio_plain *plain) {
  return oio_plain_distance(plain->acked, oio_plain_unsent(plain)) - 1;
}

/* Rule PT6. */
void oio_plain_start_replay(struct oio_plain *plain, uint64_t now);
/* Rule PT1: the ends have told each other where they are. */
void oio_plain_end_handshake(struct oio_plain *plain, uint64_t now);

#endif
