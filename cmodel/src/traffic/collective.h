/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Collectives and training steps as records that wait for each other. Every record is a function of its id alone, so none is kept.
 *
 *     iteration = [begin: a local record a die] sends [compute: a local record a die]
 *     sends     = phase by phase; in a phase chunk by chunk; in a chunk group by group; in a group send by send
 *
 * Each chunk of the buffer is a collective of its own: chunks wait only within themselves, which is the pipelining. A record waits for all
 * that its source must have received before it can know what it sends. From one iteration to the next every die waits for what it must
 * have in the end, on its own: its begin record stands for that, and its compute record for the time between.
 */
#ifndef OIO_COLLECTIVE_H
#define OIO_COLLECTIVE_H

#include "oio/trace.h"

enum oio_collective_kind { OIO_ALL_REDUCE = 0, OIO_ALL_GATHER, OIO_REDUCE_SCATTER, OIO_ALL_TO_ALL, OIO_BROADCAST };
enum oio_algorithm { OIO_ALGORITHM_AUTO = 0, OIO_RING, OIO_HALVING_DOUBLING, OIO_TREE, OIO_DIRECT_EXCHANGE };

struct oio_collective_config {
  enum oio_collective_kind kind;
  enum oio_algorithm algorithm;
  uint32_t dies, group, stride; /* ranks of a group are `stride` dies apart; group 0: as many as there are */
  uint64_t bytes, chunk_bytes;  /* of the whole buffer, as NCCL's tests count it; of a chunk at most, 0: one chunk */
  uint64_t iterations;
  oio_time_ps compute_ps, local_ps; /* compute of an iteration, 0: none; what a local record takes */
  double overlap;                   /* part of the compute that the sends may run beside, 0..1 */
};

/* What a send carries: blocks of a chunk, each a 1/group of it. reduces: the receiver adds it to its own, else puts it in place. */
struct oio_piece {
  uint64_t chunk;
  uint32_t first_block, blocks;
  bool sends, reduces; /* sends: not a local record */
};

struct oio_collective {
  struct oio_collective_config config; /* group, stride, algorithm as they are, none automatic */
  uint32_t groups, wide, phases;       /* wide: sends of a phase in a group and chunk */
  uint64_t chunks, markers, sends, per_iteration, records, next_id;
  uint64_t waits[OIO_TRACE_WAITS_MAX];
  oio_time_ps delays_ps[OIO_TRACE_WAITS_MAX];
};

/* OIO_ERR_CONFIG: it cannot be done so, and why. */
enum oio_status oio_collective_start(struct oio_collective *collective, const struct oio_collective_config *config,
                                     struct oio_error *error);
/* The next record, in order of ids from 0; its waits are valid until the next call. piece: what it carries, or NULL. False: no more. */
bool oio_collective_next(struct oio_collective *collective, struct oio_record *record, struct oio_piece *piece);
/* Bus bytes of one byte of the buffer, as NCCL's tests define them: 2(n-1)/n, (n-1)/n, or 1 for broadcast. */
double oio_collective_bus_factor(enum oio_collective_kind kind, uint32_t group);

#endif
