/* SPDX-License-Identifier: Apache-2.0 */
/* The inside of a die, shared by die.c (life, verbs), pack.c and unpack.c. */
#ifndef OIO_DIE_STATE_H
#define OIO_DIE_STATE_H

#include "credit.h"
#include "oio/die.h"

enum {
  OIO_VC_CREDIT_BITS = 24,
  OIO_PACK_HEAD_BYTES = 4,
  OIO_DESCRIPTOR_BYTES = 8,
  OIO_SEGMENTS_MAX = 14,
  OIO_DESCRIPTOR_FIRST = 8,
  OIO_DESCRIPTOR_LAST = 16,
};

static inline uint32_t oio_granules(uint32_t bytes) { return (bytes + OIO_GRANULE_BYTES - 1) / OIO_GRANULE_BYTES; }

/* One virtual channel, both directions. */
struct oio_vc {
  unsigned head, count;
  uint64_t packed_bytes;           /* of the message at head */
  struct oio_credit_sender credit; /* granules */
  uint32_t credit_sent;            /* released in total + buffer, granules modulo 2^24: the limit that goes out */
  struct oio_message queue[OIO_DIE_QUEUE_MESSAGES]; /* a ring of messages not yet wholly packed */
};

struct oio_die {
  struct oio_die_config config;
  struct oio_link *link;
  uint32_t ready;          /* the set of VCs that have a message queued and credit for some of it */
  uint32_t news;           /* the set of VCs whose credit_sent has not been sent yet */
  unsigned turn;           /* VC that is served first in the next flit */
  unsigned credit_turn;    /* VC whose credit is looked at first */
  oio_time_ps credit_due_ps; /* when VC credit must go out; OIO_NEVER when there is no news */
  /* The payload being unpacked: the link's oldest. */
  unsigned next_segment; /* 0: none of it read yet */
  unsigned next_byte;
  bool popped; /* the last segment of it has been handed out; pop it at the next call */
  uint64_t malformed;
  struct oio_vc vcs[OIO_VCS_MAX];
};

/* To be called when the queue or the credit of a VC has changed. */
static inline void oio_die_note_ready(struct oio_die *die, unsigned v) {
  const struct oio_vc *vc = &die->vcs[v];
  const bool ready = vc->count > 0 && oio_credit_left(&vc->credit, OIO_VC_CREDIT_BITS) > 0;
  die->ready = (die->ready & ~(1u << v)) | (uint32_t)ready << v;
}

/* Packs what is queued, and VC credit, into a payload. */
void oio_die_pack(struct oio_die *die, struct oio_payload *payload);
/* Takes the VC credit and checks the descriptors of a payload just received. False: malformed. */
bool oio_die_open_payload(struct oio_die *die, const struct oio_payload *payload);

#endif
