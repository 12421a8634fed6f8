/* SPDX-License-Identifier: Apache-2.0 */
/**
 * Collectives of a capture as messages of a graph. Those that `oio trace generate` knows are its own, send by send; the others are done
 * directly: a reduce and a gather send from each rank to the root, a scatter from the root to each. A barrier is an all-reduce of a byte
 * over a tree.
 */
#ifndef TRACE_EXPAND_H
#define TRACE_EXPAND_H

#include "graph.h"

enum expand_kind {
  EXPAND_ALL_REDUCE,
  EXPAND_REDUCE,
  EXPAND_ALL_GATHER,
  EXPAND_GATHER,
  EXPAND_SCATTER,
  EXPAND_BROADCAST,
  EXPAND_ALL_TO_ALL,
  EXPAND_REDUCE_SCATTER,
  EXPAND_BARRIER
};

/** Of a collective at one rank: what it begins after is before `start`, and it is over with `end`, both times of the graph. */
struct expand_member {
  uint64_t group;    /**< which ranks do it together; the same number, the same group */
  uint64_t bytes;    /**< of the whole buffer, as `oio trace generate` takes them, unless own says something else */
  uint32_t sequence; /**< its number in the group, at this rank */
  uint32_t start, end;
  uint32_t place;
  uint32_t rank;  /**< the node */
  uint32_t root;  /**< the node; UINT32_MAX: the first rank */
  uint32_t ranks; /**< that the group has; 0: as many as come to its first */
  uint8_t kind;   /**< enum expand_kind */
  bool own;       /**< bytes are those of a rank's share: of all ranks' all-gather and gather input, reduce-scatter and scatter output */
  bool cpu;       /**< for the importer */
};

/**
 * Sorts members, of all ranks, and adds what each collective sends. algorithm: of workload.algorithm. A collective that not every rank of
 * its group comes to, or of a single rank, sends nothing, and is counted. OIO_ERR_FORMAT: ranks of one that differ in kind.
 */
enum oio_status expand_all(struct graph *graph, struct spill *members, const char *algorithm, struct import_notes *notes,
                           struct oio_error *error);

#endif
