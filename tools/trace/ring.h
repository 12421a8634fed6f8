/* SPDX-License-Identifier: Apache-2.0 */
/**
 * A ring all-reduce that really runs: a thread each worker, each with its own buffer of floats, moving it piece by piece through mailboxes
 * in shared memory to the next worker. Every hand-over is measured.
 *
 * A round is 2 * (workers - 1) steps. In step s < workers - 1 worker w sends chunk (w - s) mod workers, to which its successor adds its own
 * (reduce-scatter); in the steps after it sends chunk (w + 1 - (s - (workers - 1))) mod workers, which its successor takes over
 * (all-gather). A chunk goes in pieces; worker w sends piece p of step s, then takes piece p of step s from worker w - 1.
 */
#ifndef TRACE_RING_H
#define TRACE_RING_H

#include "oio/base.h"

enum { RING_WORKERS_MAX = 64 };

struct ring_config {
  uint32_t workers;      /**< 2..RING_WORKERS_MAX */
  uint32_t rounds;       /**< 1.. */
  uint64_t buffer_bytes; /**< per worker, a multiple of 4 * workers */
  uint64_t piece_bytes;  /**< a multiple of 4 */
};

static inline uint32_t ring_steps(const struct ring_config *config) {
  return 2 * (config->workers - 1);
}
static inline uint64_t ring_chunk_bytes(const struct ring_config *config) {
  return config->buffer_bytes / config->workers;
}
static inline uint64_t ring_pieces(const struct ring_config *config) {
  return (ring_chunk_bytes(config) + config->piece_bytes - 1) / config->piece_bytes;
}
static inline uint64_t ring_transfers(const struct ring_config *config) {
  return (uint64_t)config->rounds * ring_steps(config) * ring_pieces(config) * config->workers;
}
/** Where a transfer stands in the list that ring_run fills. */
static inline uint64_t ring_index(const struct ring_config *config, uint64_t round, uint64_t step, uint64_t piece, uint64_t worker) {
  return ((round * ring_steps(config) + step) * ring_pieces(config) + piece) * config->workers + worker;
}

struct ring_transfer {
  uint64_t time_ns; /**< CLOCK_MONOTONIC when the piece was in the mailbox, just before the receiver could see it */
  uint32_t bytes;
};

/**
 * Runs all rounds and compares every worker's result with one computed directly; OIO_ERR_FAILED when they differ. transfers has
 * ring_transfers entries. Stops with OIO_OK when the user interrupts: the caller asks interrupt_requested.
 */
enum oio_status ring_run(const struct ring_config *config, struct ring_transfer *transfers, struct oio_error *error);

#endif
