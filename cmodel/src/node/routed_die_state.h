/* SPDX-License-Identifier: Apache-2.0 */
/* The inside of a routed die, shared by routed_die.c (life, verbs) and routed_payload.c. */
#ifndef OIO_ROUTED_DIE_STATE_H
#define OIO_ROUTED_DIE_STATE_H

#include "node/body.h"
#include "node/flows.h"

enum { OIO_ROUTED_HEAD_BYTES = 6 };

/* A payload that has arrived. */
struct oio_arrived {
  uint32_t port, place;
};

struct oio_routed_die {
  uint32_t ports;
  uint32_t number;
  uint8_t vcs;
  bool waits;   /* a payload tells how long it has waited */
  bool brought; /* some message since reset has brought its bytes */
  enum oio_fidelity fidelity;
  uint64_t seed;
  struct oio_link **links; /* by port */
  struct oio_flows flows;
  /* What has arrived and is not wholly taken, oldest first: a ring with a place for each of every receive buffer. */
  struct oio_arrived *arrived;
  uint32_t arrived_size, arrived_first, arrived_count;
  /* The oldest of them, while its segments are handed out. */
  const struct oio_payload *opened;
  const uint8_t *descriptor, *data; /* of its next segment */
  unsigned segments_left;
  uint64_t malformed;
};

/* Packs what waits in a line, which is not empty, into a payload: its next flow has a turn. */
void oio_routed_die_pack(struct oio_routed_die *die, struct oio_line *line, struct oio_payload *payload);
/* Is this a payload for this die, whose descriptors fit it? */
bool oio_routed_die_fits(const struct oio_routed_die *die, const uint8_t *payload);
/* Opens a payload that fits, for its segments. */
void oio_routed_die_open(struct oio_routed_die *die, const struct oio_payload *payload);
/* The next segment of the payload opened. Precondition: there is one. */
void oio_routed_die_segment(struct oio_routed_die *die, struct oio_segment *segment);

#endif
