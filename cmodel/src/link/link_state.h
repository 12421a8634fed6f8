/* SPDX-License-Identifier: Apache-2.0 */
/* The inside of a link end, shared by link.c (life), link_tx.c (rules T) and link_rx.c (rules R). Names are those of SPEC.md. */
#ifndef OIO_LINK_STATE_H
#define OIO_LINK_STATE_H

#include "base/cold.h"
#include "base/precondition.h"
#include "link/credit.h"
#include "link/replay.h"
#include "oio/link.h"

#include <string.h>

enum { OIO_LINK_CREDIT_BITS = 16, OIO_HOP_CREDIT_BITS = 15 };

/* Routed profile: what each hop VC has of its own. */
struct oio_link_hop {
  struct oio_credit_sender credit;
  oio_time_ps credit_due_ps; /* when an owed credit falls due; OIO_NEVER when none is owed: there is no news */
  uint32_t buffered;         /* payloads in the receive buffer */
  uint16_t credit_sent;      /* freed in total + buffer size, modulo 2^15 */
};

/* Routed profile: which places of the receive buffer are free. Those freed last, which are still in the cache, are taken first. */
struct oio_link_places {
  uint32_t *freed; /* a stack */
  uint32_t count;  /* of those on it */
  uint32_t fresh;  /* this one and all above have never been taken */
};

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
  oio_time_ps credit_due_ps; /* the same of a credit; routed: the earliest of both hop VCs' and doubt_due_ps */

  struct oio_payload *buffer; /* receive buffer: a ring; routed: places */
  uint32_t buffer_mask;
  uint32_t buffer_head, buffer_count;
  uint16_t credit_sent; /* taken in total + buffer size: the limit that goes out */

  struct oio_link_hop hops[OIO_HOP_VCS];
  struct oio_link_places places;
  uint32_t newest;          /* place that the last flit received went to, or OIO_NONE */
  uint8_t told;             /* hop VC whose limit went out last */
  uint8_t doubted;          /* the set of hop VCs in doubt */
  oio_time_ps doubt_due_ps; /* when to ask about them; OIO_NEVER when there are none */

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

static inline void oio_link_see(struct oio_link *link, enum oio_link_situation situation) {
  link->counted.seen[situation]++;
}

static inline void oio_link_see_if(struct oio_link *link, bool so, enum oio_link_situation situation) {
  if (OIO_UNLIKELY(so)) oio_link_see(link, situation);
}

/* A payload has been taken from above, by a credit of this. */
static inline void oio_link_see_send(struct oio_link *link, const struct oio_credit_sender *credit) {
  oio_link_see_if(link, credit->ahead == 0, OIO_SEEN_CREDIT_ZERO);
  if (!OIO_UNLIKELY(oio_replay_unacked(&link->replay) >= link->replay.window)) return;
  oio_link_see(link, OIO_SEEN_WINDOW_FULL);
  oio_link_see_if(link, link->replay.window == 1, OIO_SEEN_WINDOW_ONE);
}

static inline bool oio_link_routed(const struct oio_link *link) {
  return link->config.profile == OIO_PROFILE_ROUTED;
}

/* The hop VC of a routed payload. */
static inline unsigned oio_link_hop_vc(const struct oio_payload *payload) {
  return payload->bytes[1] & 1;
}

/* Do window and credit let one more in? */
bool oio_link_has_room_vc(const struct oio_link *link, unsigned hop_vc);
/* The limit that goes out with a flit of a routed link, which may be a Nak, with the hop VC that it is of; what was owed of it is paid. */
uint16_t oio_link_tell_credit(struct oio_link *link, oio_time_ps now_ps, bool nak);
/* A flit that is not valid has arrived: both hop VCs are in doubt. */
void oio_link_doubt(struct oio_link *link, oio_time_ps now_ps);
/* Asks about hop VCs that have been in doubt for long. */
void oio_link_settle_doubt(struct oio_link *link, oio_time_ps now_ps);
/* A Nak has come: the credit of both hop VCs is owed. */
void oio_link_owe_credits(struct oio_link *link, oio_time_ps now_ps);
/* Rule R4 for what such a flit brings. */
bool oio_link_take_credit(struct oio_link *link, uint16_t told);
/* The place where a payload of this hop VC, whose buffer is not full, is to be received. */
struct oio_payload *oio_link_take_place(struct oio_link *link, unsigned hop_vc);
void oio_link_rx_routed(struct oio_link *link, oio_time_ps now_ps, const struct oio_wire *wire);

/* Rule T7. */
void oio_link_start_replay(struct oio_link *link, oio_time_ps now_ps);

#endif
