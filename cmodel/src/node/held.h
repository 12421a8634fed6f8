/* SPDX-License-Identifier: Apache-2.0 */
/* What the consumer of a VC holds: the sizes of its segments, oldest first, so that any grouping of releases returns what they have cost.
 */
#ifndef OIO_HELD_H
#define OIO_HELD_H

#include "oio/die.h"

static inline uint32_t oio_granules(uint32_t bytes) {
  return (bytes + OIO_GRANULE_BYTES - 1) / OIO_GRANULE_BYTES;
}

/* All zero but for sizes and mask: nothing is held. */
struct oio_held {
  uint8_t *sizes;    /* a ring of places, one a granule or more: a segment's size stands at the first of its granules */
  uint32_t mask;     /* of its places */
  uint32_t first;    /* place of the oldest segment */
  uint32_t granules; /* what the segments have cost: the next goes so far behind the first */
  uint32_t bytes;    /* not released yet */
  uint32_t released; /* of the oldest segment; less than it has */
};

/* A segment is handed out, for which there is room. */
static inline void oio_held_add(struct oio_held *held, uint32_t bytes) {
  held->sizes[(held->first + held->granules) & held->mask] = (uint8_t)bytes;
  held->granules += oio_granules(bytes);
  held->bytes += bytes;
}

/* All is done with. Returns what it has cost. */
static inline uint32_t oio_held_release_all(struct oio_held *held) {
  const uint32_t granules = held->granules;
  held->first = held->granules = held->bytes = held->released = 0; /* the first places are still in the cache */
  return granules;
}

/* So many of the oldest bytes are done with, fewer than are held. Returns what the segments have cost that are wholly so now. */
uint32_t oio_held_release_some(struct oio_held *held, uint32_t bytes);

#endif
