/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A collective as records that wait for each other, each a function of its number alone: phase by phase; in a phase chunk by chunk; in a
 * chunk group by group; in a group send by send. Each chunk of the buffer is a collective of its own: chunks wait only within themselves,
 * which is the pipelining. A record waits for all that its source must have received before it can know what it sends.
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
  bool listed;                  /* in workload.step, rather than by keys of its own: errors say what to change there */
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
  uint64_t chunks, sends;              /* sends: of all groups */
};

/* What a record waits for, in rising order. */
struct oio_waits {
  uint32_t count;
  uint64_t ids[OIO_TRACE_WAITS_MAX];
  oio_time_ps delays_ps[OIO_TRACE_WAITS_MAX];
};

static inline void oio_waits_add(struct oio_waits *waits, uint64_t id, oio_time_ps delay_ps) {
  waits->ids[waits->count] = id;
  waits->delays_ps[waits->count++] = delay_ps;
}

/* OIO_ERR_CONFIG: it cannot be done so, and why. */
enum oio_status oio_collective_start(struct oio_collective *collective, const struct oio_collective_config *config,
                                     struct oio_error *error);
/* Send `position` of those whose ids begin at base: from, to and bytes of the record, what it carries, and the other sends it waits for. */
void oio_collective_send(const struct oio_collective *collective, uint64_t base, uint64_t position, struct oio_record *record,
                         struct oio_piece *piece, struct oio_waits *waits);
/* Adds all that a die must have in the end; of a root that receives nothing, what it has sent. */
void oio_collective_ends(const struct oio_collective *collective, uint64_t base, uint32_t die, struct oio_waits *waits);
/* The group of a die, and its rank there. */
uint32_t oio_collective_group_of(const struct oio_collective *collective, uint32_t die, uint32_t *rank);
/* Bus bytes of one byte of the buffer, as NCCL's tests define them: 2(n-1)/n, (n-1)/n, or 1 for broadcast. */
double oio_collective_bus_factor(enum oio_collective_kind kind, uint32_t group);
/* "all-reduce", "ring" */
const char *oio_collective_kind_name(enum oio_collective_kind kind);
const char *oio_algorithm_name(enum oio_algorithm algorithm);

#endif
