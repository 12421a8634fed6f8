/* SPDX-License-Identifier: Apache-2.0 */
/* Who sends what to whom after what, in one chunk of a collective in one group of n ranks. */
#ifndef OIO_SCHEDULE_H
#define OIO_SCHEDULE_H

#include "traffic/collective.h"

/* A send: the index-th of its phase. In the order of phase, then index, none needs one behind it. */
struct oio_place {
  uint32_t phase, index;
};

struct oio_send {
  uint32_t from, to; /* ranks */
  uint32_t first_block, blocks;
  bool reduces;
};

/* Places in rising order: a rule rather than a list, for there may be a thousand. */
struct oio_places {
  uint32_t count;
  enum { OIO_PLACES_LISTED, OIO_PLACES_AROUND, OIO_PLACES_ROW } rule;
  struct oio_place listed[64]; /* twice the binary logarithm of the group, at most */
  uint32_t rank, group;        /* around: phase i comes from the rank i + 1 before this one. Row: all of phase 0 */
  uint32_t first_phase;
};

struct oio_place oio_places_at(const struct oio_places *places, uint32_t index);

/* Fixes the algorithm where it is automatic, and phases and wide. OIO_ERR_CONFIG: this collective is not done so. */
enum oio_status oio_schedule_choose(struct oio_collective *collective, struct oio_error *error);
void oio_schedule_send(const struct oio_collective *collective, struct oio_place place, struct oio_send *send);
/* What its source must have received before. */
void oio_schedule_needs(const struct oio_collective *collective, struct oio_place place, struct oio_places *places);
/* What a rank must have received when all is over; of a root that receives nothing, what it has sent. */
void oio_schedule_ends(const struct oio_collective *collective, uint32_t rank, struct oio_places *places);
/* The most that a rank must have received in the end, over all chunks; and that a send waits for. */
uint64_t oio_schedule_most_ends(const struct oio_collective *collective);
uint64_t oio_schedule_most_needs(const struct oio_collective *collective);

#endif
