/* SPDX-License-Identifier: Apache-2.0 */
/**
 * What can be said of a net's routes before anything moves: whether they can deadlock, how long they are, and what a pattern of traffic
 * asks of every wire.
 */
#ifndef OIO_ROUTES_H
#define OIO_ROUTES_H

#include "oio/topology.h"

#ifdef __cplusplus
extern "C" {
#endif

/** Who sends to whom. */
enum oio_pattern {
  OIO_PATTERN_UNIFORM = 0, /**< each die to every other alike */
  OIO_PATTERN_NEIGHBOUR,   /**< die i to die i + 1 */
  OIO_PATTERN_TRANSPOSE,   /**< row r, column c to row c, column r, of a square number of dies */
  OIO_PATTERN_TORNADO,     /**< nearly half way round in every dimension: ceil(size / 2) - 1; of a shape with one: of all dies */
  OIO_PATTERN_COMPLEMENT,  /**< die i to die dies - 1 - i */
  OIO_PATTERN_HOT_SPOT,    /**< everyone to die 0 */
  OIO_PATTERN_PERMUTATION, /**< each die to another one, no two to the same, nobody to itself: drawn once, by a seed */
  OIO_PATTERN_COUNT,
};

/** "uniform", "neighbour", ...; NULL behind the last. */
const char *oio_pattern_name(unsigned pattern);

/** Whom each die sends to, by die: OIO_NONE, every other die alike; itself: nobody. seed: of a permutation. OIO_ERR_CONFIG: the pattern
 *  does not go with the net. */
enum oio_status oio_pattern_partners(uint32_t *partners, const struct oio_topology *topology, enum oio_pattern pattern, uint64_t seed,
                                     struct oio_error *error);

/** Buffers of a switch: a wait for a place in one is what can close a circle. */
enum oio_buffers {
  OIO_BUFFERS_PER_PORT = 0, /**< each input port has its own of each hop VC */
  OIO_BUFFERS_SHARED = 1,   /**< all input ports share one of each hop VC */
};

enum oio_deadlock_verdict {
  OIO_DEADLOCK_FREE = 0,
  OIO_DEADLOCK_POSSIBLE = 1, /**< a circle of waits: see the cycle */
  OIO_DEADLOCK_UNKNOWN = 2,  /**< not enumerated: more than OIO_WAITS_MAX waits, or they take more than OIO_WAIT_STEPS_MAX steps to find */
};

#define OIO_WAITS_MAX ((uint64_t)1 << 25)
#define OIO_WAIT_STEPS_MAX ((uint64_t)1 << 24)

/** One buffer that takes part in a circle. */
struct oio_buffer {
  uint32_t node; /**< where it is */
  uint32_t wire; /**< that fills it; OIO_NONE: all that lead to the node */
  uint8_t vc;    /**< hop VC */
};

struct oio_deadlock {
  enum oio_deadlock_verdict verdict;
  uint64_t dependencies;    /**< between two of them */
  uint32_t cycle_length;    /**< of the circle found; 0: none */
  struct oio_buffer *cycle; /**< each waits for the next, the last for the first; freed by oio_deadlock_free */
};

/**
 * Builds the graph of what waits for what (Dally and Seitz, Deadlock-Free Message Routing in Multiprocessor Interconnection Networks, 1987)
 * over all ways that the routes allow, and looks for a circle. Dies always take what has arrived. OIO_ERR_NOMEM.
 */
enum oio_status oio_routes_check(struct oio_deadlock *deadlock, const struct oio_topology *topology, enum oio_buffers buffers,
                                 struct oio_error *error);
void oio_deadlock_free(struct oio_deadlock *deadlock);

/** How long the routes between all pairs of dies are, in links. */
struct oio_route_lengths {
  uint32_t longest;
  double mean;
  bool unreachable;  /**< a pair has no way; longest and mean are of those that have */
  uint32_t from, to; /**< the first such pair, or the first of the longest */
};
void oio_routes_lengths(struct oio_route_lengths *lengths, const struct oio_topology *topology);

/**
 * How many links (each counted once, in the direction that carries least) must be cut to part the first half of the dies from the second:
 * the greatest flow between them with a link for one. OIO_ERR_NOMEM.
 */
enum oio_status oio_routes_cut(uint32_t *links, const struct oio_topology *topology, struct oio_error *error);

/**
 * What every wire carries when each die that sends injects units[die] (NULL: one each) for its partners: load[wire], 2 * links of them,
 * over the ways that messages of VC 0 take. OIO_ERR_CONFIG: there is no way.
 */
enum oio_status oio_routes_load(double *load, const struct oio_topology *topology, const uint32_t *partners, const double *units,
                                struct oio_error *error);

#ifdef __cplusplus
}
#endif
#endif
