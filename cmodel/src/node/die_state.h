/* SPDX-License-Identifier: Apache-2.0 */
/* The inside of a die, shared by die.c (life, verbs), pack.c and unpack.c. */
#ifndef OIO_DIE_STATE_H
#define OIO_DIE_STATE_H

#include "link/credit.h"
#include "node/body.h"
#include "node/held.h"
#include "oio/die.h"

enum {
  OIO_VC_CREDIT_BITS = 24,
  OIO_PACK_HEAD_BYTES = 4,
};

/* One virtual channel, both directions. */
struct oio_vc {
  struct oio_message *queue; /* a ring of OIO_DIE_QUEUE_MESSAGES: messages not yet wholly packed */
  uint64_t packed_bytes;     /* of the message at head */
  uint32_t head, count;
  struct oio_credit_sender credit; /* granules; ahead is at most the buffer */
  uint32_t credit_sent;            /* released in total + buffer, granules: the limit that goes out, modulo 2^24 */
  struct oio_held held;            /* handed out and not yet released */
};

struct oio_die {
  struct oio_die_config config;
  uint32_t buffer_granules; /* of each VC */
  bool brought;             /* some message since reset has brought its bytes */
  struct oio_link *link;
  uint32_t queued;           /* the set of VCs that have a message queued */
  uint32_t funded;           /* the set of VCs that have credit */
  uint32_t news;             /* the set of VCs whose credit_sent has not been sent yet */
  unsigned turn;             /* VC that is served first in the next flit */
  unsigned credit_turn;      /* VC whose credit is looked at first */
  oio_time_ps credit_due_ps; /* when VC credit must go out; OIO_NEVER when there is no news */
  /* The payload being unpacked: the link's oldest, until its last segment is handed out. */
  const struct oio_payload *opened;
  const uint8_t *descriptor, *data; /* of its next segment */
  unsigned segments_left;
  uint64_t malformed;
  uint8_t *held_sizes; /* of all VCs, held_mask + 1 each */
  uint32_t held_mask;
  struct oio_vc vcs[OIO_VCS_MAX];
  struct oio_message queues[OIO_VCS_MAX][OIO_DIE_QUEUE_MESSAGES];
};

/* The VCs that could put a segment into a payload now. */
static inline uint32_t oio_die_ready(const struct oio_die *die) {
  return die->queued & die->funded;
}

/* So much of a VC's buffer is free again: the peer is told with the next payload, or when the credit delay is over. */
void oio_die_return_credit(struct oio_die *die, oio_time_ps now_ps, unsigned vc, uint32_t granules);

/* Opens the link's oldest payload where it has so many segments left, at least one. False: there is none that could. */
bool oio_die_reopen(struct oio_die *die, unsigned segments_left);

/* Packs what is queued, and VC credit, into a payload. */
void oio_die_pack(struct oio_die *die, struct oio_payload *payload);

#endif
