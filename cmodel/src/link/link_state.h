/* SPDX-License-Identifier: Apache-2.0 */
/* The inside of a link end, shared by link.c (life), link_tx.c (rules T) and link_rx.c (rules R). Names are those of SPEC.md. */
#ifndef OIO_LINK_STATE_H
#define OIO_LINK_STATE_H

#include "base/precondition.h"
#include "link/credit.h"
#include "link/replay.h"
#include "oio/link.h"

#include <string.h>

enum { OIO_LINK_CREDIT_BITS = 16 };

struct oio_link {
  struct oio_link_config config;
  const struct oio_flit_format *format;
  uint32_t modulus;

  struct oio_replay replay;
  struct oio_credit_sender credit;
  oio_time_ps progress_ps;     /* last Ack of something new, or first transmission after silence */
  oio_time_ps replay_start_ps; /* of the last replay; OIO_NEVER before the first */
  uint32_t replays_without_progress;
  uint8_t round;
  bool force_explicit;
  bool last_was_explicit;
  bool resync;

  uint16_t expected;
  uint16_t previous;
  uint8_t round_seen;
  bool lost;
  bool waiting;
  oio_time_ps nak_due_ps;    /* meaningful while waiting */
  oio_time_ps ack_due_ps;    /* when an owed Ack falls due; OIO_NEVER when none is owed */
  oio_time_ps credit_due_ps; /* the same of a credit */

  struct oio_payload *buffer; /* receive buffer, a ring */
  uint32_t buffer_mask;
  uint32_t buffer_head, buffer_count;
  uint16_t credit_sent; /* taken in total + buffer size: the limit that goes out */

  struct oio_link_state counted; /* the counters; its protocol fields are filled by get_state */
};

/* How much of a payload travels. In bit fidelity the bytes are all there is: what else its maker says of them decides nothing. */
static inline uint16_t oio_link_touched(const struct oio_link *link, uint16_t touched_bytes) {
  if (link->config.fidelity == OIO_BIT) return OIO_PAYLOAD_BYTES;
  OIO_PRECONDITION(touched_bytes <= OIO_PAYLOAD_BYTES);
  return touched_bytes;
}

/* In event fidelity a payload is mostly its head and a descriptor or two: so many bytes hold them, and are copied without a call. Either
 * format begins with a longer run of payload bytes. */
enum { OIO_LITTLE_BYTES = 32 };

static inline void oio_link_put_payload(const struct oio_flit_format *format, struct oio_wire *wire, const struct oio_payload *payload) {
  wire->touched_bytes = payload->touched_bytes;
  wire->tainted = payload->tainted;
  wire->references = payload->references;
  if (payload->touched_bytes <= OIO_LITTLE_BYTES) {
    memcpy(wire->bytes + format->payload[0].at, payload->bytes, OIO_LITTLE_BYTES);
  } else {
    oio_flit_put_payload(format, wire->bytes, payload->bytes, payload->touched_bytes);
  }
}

static inline void oio_link_get_payload(const struct oio_link *link, const struct oio_wire *wire, struct oio_payload *payload) {
  const uint16_t touched_bytes = oio_link_touched(link, wire->touched_bytes);
  payload->touched_bytes = touched_bytes;
  payload->references = wire->references;
  if (touched_bytes <= OIO_LITTLE_BYTES) {
    memcpy(payload->bytes, wire->bytes + link->format->payload[0].at, OIO_LITTLE_BYTES);
  } else {
    oio_flit_get_payload(link->format, wire->bytes, payload->bytes, touched_bytes);
  }
}

/* Owes the peer an Ack or credit (ack_due_ps or credit_due_ps) by due_ps at the latest. */
static inline void oio_link_owe(oio_time_ps *owed_ps, oio_time_ps due_ps) {
  if (due_ps < *owed_ps) *owed_ps = due_ps;
}

/* Rule T7. */
void oio_link_start_replay(struct oio_link *link, oio_time_ps now_ps);

#endif
