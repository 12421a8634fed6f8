/* SPDX-License-Identifier: Apache-2.0 */
/**
 * What `oio trace info` says about a trace, gathered record by record in bounded memory.
 */
#ifndef TRACE_DIGEST_H
#define TRACE_DIGEST_H

#include "critical_path.h"
#include "oio/trace.h"

enum { DIGEST_PAIRS_MAX = 65536, DIGEST_BINS = 64, DIGEST_POWERS = 64, DIGEST_CELLS = 64 };

struct digest_count {
  uint64_t messages;
  uint64_t bytes;
};

struct digest_pair {
  uint32_t source;
  uint32_t destination;
  struct digest_count count;
};

/** Counts by source and destination: nodes or dies. An open hash table until digest_finish; then `count` pairs, the most bytes first. */
struct digest_pairs {
  struct digest_pair *list;
  uint32_t count;
  struct digest_count others; /**< what came after DIGEST_PAIRS_MAX / 2 different pairs */
};

/** Bytes from source to destination, of all pairs: between different dies, where there are more than two; else of nodes. */
struct digest_matrix {
  uint32_t cells, each; /**< a row is of so many dies or nodes */
  uint64_t bytes[DIGEST_CELLS][DIGEST_CELLS];
};

struct digest {
  struct digest_count all, with_payload;
  struct digest_count vc[OIO_TRACE_VCS_MAX];
  struct digest_pairs nodes;
  struct digest_pairs crossing;             /**< between different dies; only where the head says which those are */
  uint32_t dies;                            /**< 0: it does not */
  uint32_t *die;                            /**< per node, or NULL */
  struct digest_count sizes[DIGEST_POWERS]; /**< [i]: messages of 2^(i-1) to 2^i - 1 bytes */
  uint64_t gaps[DIGEST_POWERS];             /**< [i]: so long, in ps, after the record before; [0]: at the same time */
  uint64_t first_id;
  uint64_t waiting, waits, delays; /**< messages that wait; waits in all, and those of them with a delay */
  uint32_t waits_max;
  oio_time_ps delay_max_ps;
  oio_time_ps first_ps, last_ps;
  oio_time_ps bin_ps; /**< bytes_in[i]: bytes that enter in first_ps + [i, i + 1) * bin_ps */
  uint64_t bytes_in[DIGEST_BINS];
  struct digest_matrix matrix;
  struct chain chain; /**< the critical path */
};

enum oio_status digest_start(struct digest *digest, const struct oio_trace_header *header, struct oio_error *error);
void digest_add(struct digest *digest, const struct oio_record *record);
void digest_finish(struct digest *digest);
void digest_free(struct digest *digest);

#endif
