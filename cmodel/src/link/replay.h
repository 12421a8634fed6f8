/* SPDX-License-Identifier: Apache-2.0 */
/* The replay buffer: payloads from acceptance to acknowledgement, and the cursor that says which goes on the wire next. */
#ifndef OIO_REPLAY_H
#define OIO_REPLAY_H

#include "oio/flit.h"

/* One payload awaiting its Ack. */
struct oio_replay_slot {
  struct oio_payload payload;
  oio_time_ps accepted_ps; /* when the link took it */
  oio_time_ps first_tx_ps; /* when it first went on the wire */
  uint16_t sequence;
};

/* Positions count payloads since reset and never wrap in practice: acked <= cursor <= sent <= tail <= sent + 1, tail - acked <= window. */
struct oio_replay {
  struct oio_replay_slot *slots; /* for a whole window */
  uint64_t mask;                 /* of those in use: as few as have been needed, so that they stay in the cache */
  uint64_t whole_mask;           /* of all */
  uint64_t acked;                /* first unacknowledged */
  uint64_t cursor;               /* next for the wire */
  uint64_t sent;                 /* first that has never been on the wire */
  uint64_t tail;                 /* next to be accepted */
  struct oio_replay_slot *next;  /* the slot at tail */
  uint32_t window;
  uint32_t modulus;
  uint16_t next_tx;        /* sequence of tail */
  uint16_t acked_sequence; /* sequence before acked */
};

enum oio_status oio_replay_create(struct oio_replay *replay, uint32_t window, uint32_t modulus);
void oio_replay_destroy(struct oio_replay *replay);
void oio_replay_reset(struct oio_replay *replay);

static inline uint32_t oio_replay_unacked(const struct oio_replay *replay) {
  return (uint32_t)(replay->tail - replay->acked);
}
/* Of these, has any been on the wire? */
static inline bool oio_replay_outstanding(const struct oio_replay *replay) {
  return replay->sent != replay->acked;
}
static inline bool oio_replay_pending(const struct oio_replay *replay) {
  return replay->cursor != replay->tail;
}
/* One payload is accepted and waits for its first time on the wire. */
static inline bool oio_replay_staged(const struct oio_replay *replay) {
  return replay->sent != replay->tail;
}
static inline struct oio_replay_slot *oio_replay_at(const struct oio_replay *replay, uint64_t position) {
  return &replay->slots[position & replay->mask];
}

/* The slots in use are to hold so many, a window at most. */
void oio_replay_fit(struct oio_replay *replay, uint32_t count);
/* Takes the slot at tail, filled by the caller, as the next payload. */
void oio_replay_accept(struct oio_replay *replay, oio_time_ps now_ps);
/* Acknowledges all up to sequence s, which is not the last acknowledged; the cursor may then be behind. False: s is not outstanding. */
bool oio_replay_acknowledge(struct oio_replay *replay, uint16_t s);
/* Go back: everything unacknowledged will be sent again. */
void oio_replay_rewind(struct oio_replay *replay);

#endif
