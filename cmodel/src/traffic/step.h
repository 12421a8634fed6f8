/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A training step, once or more often, as records that wait for each other. An iteration is a row of parts, each a block of records with
 * ids in order:
 *
 *     join        a local record a die: all that it waits for is over there. The first part is the join of the iteration before, unless
 * there is but one collective, once, and no compute compute     a local record a die, compute_ps after its anchor collective  its sends
 * (collective.h)
 *
 * A part begins at a die when its anchor, a join or compute before it, is over there. Every record is a function of its id alone: none is
 * kept.
 */
#ifndef OIO_STEP_H
#define OIO_STEP_H

#include "traffic/collective.h"

enum { OIO_STEP_ITEMS = 24, OIO_STEP_PARTS = 1 + 2 * OIO_STEP_ITEMS };
enum oio_step_kind { OIO_STEP_JOIN = 0, OIO_STEP_COMPUTE, OIO_STEP_COLLECTIVE, OIO_STEP_WAIT /* for all that runs beside: no part */ };

struct oio_step_item {
  enum oio_step_kind kind; /* no join */
  bool beside;             /* a collective that what follows does not wait for, but a wait and the end of the step */
  oio_time_ps compute_ps;
  struct oio_collective_config collective;
};

struct oio_step_config {
  uint32_t dies, count;
  uint64_t iterations;
  oio_time_ps local_ps; /* what a local record takes */
  struct oio_step_item items[OIO_STEP_ITEMS];
};

/* No part. */
#define OIO_STEP_NOWHERE UINT32_MAX

struct oio_step_part {
  enum oio_step_kind kind;
  uint64_t first, count; /* of the records of an iteration */
  uint32_t anchor;       /* NOWHERE: of a join, and of what needs none */
  oio_time_ps delay_ps;  /* from the end of its anchor to its beginning */
  uint64_t joins;        /* of a join: the set of parts that it waits for; of the first they are of the iteration before */
  struct oio_collective collective;
};

struct oio_step {
  uint32_t dies, parts;
  uint64_t iterations, per_iteration, records, next_id;
  oio_time_ps local_ps, compute_ps; /* compute_ps: of an iteration, in all */
  struct oio_step_part part[OIO_STEP_PARTS];
  struct oio_waits waits;
};

/* OIO_ERR_CONFIG: it cannot be done so, and why. */
enum oio_status oio_step_start(struct oio_step *step, const struct oio_step_config *config, struct oio_error *error);
/* One collective, and compute: 0, or what a part of, `overlap`, it may run beside (0..1). */
enum oio_status oio_step_start_one(struct oio_step *step, const struct oio_step_config *config, oio_time_ps compute_ps, double overlap,
                                   struct oio_error *error);
/* The items of a text (workload.step); dies, iterations, local_ps and the size of chunks are left as they are. OIO_ERR_CONFIG: they are
 * none. */
enum oio_status oio_step_parse(struct oio_step_config *config, const char *text, struct oio_error *error);
/* The next record, in order of ids from 0; its waits are valid until the next call. piece: what it carries, or NULL. False: no more. */
bool oio_step_next(struct oio_step *step, struct oio_record *record, struct oio_piece *piece);
/* The part that a record is of, its iteration, and its number in the part. */
const struct oio_step_part *oio_step_locate(const struct oio_step *step, uint64_t id, uint64_t *iteration, uint64_t *number);

#endif
