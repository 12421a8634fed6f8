/* SPDX-License-Identifier: Apache-2.0 */
/**
 * The runs of a sweep: every combination of the values of its keys, so many samples of each, so many seeds of each sample. A run has a
 * number, and its configuration depends on nothing else. The first key changes slowest; then come samples, then seeds.
 */
#ifndef SWEEP_GRID_H
#define SWEEP_GRID_H

#include "options.h"
#include "range.h"

enum { GRID_RANGES_MAX = 32 };
#define GRID_RUNS_MAX UINT64_C(10000000)

struct grid {
  struct options base; /**< as the command line says it: not resolved */
  struct range range[GRID_RANGES_MAX];
  unsigned ranges;
  uint64_t samples, repeat; /**< at least 1 */
  uint64_t points, runs;    /**< points * repeat == runs */
};

/** Adds KEY=VALUES; KEY may be the name of an option that stands for a key: load, net, seed. */
enum oio_status grid_add(struct grid *grid, const char *assignment, struct oio_error *error);
/** Counts the runs. samples: 0, not given. OIO_ERR_CONFIG: there are too many, or samples do not go with the ranges. */
enum oio_status grid_count(struct grid *grid, uint64_t samples, struct oio_error *error);
void grid_free(struct grid *grid);

/** Preconditions, here and below: number is below runs, index below ranges. */
const char *grid_value(const struct grid *grid, uint64_t number, unsigned index, char out[RANGE_VALUE_BYTES]);
/** The options of a run, with its seed; not resolved. */
enum oio_status grid_configure(const struct grid *grid, uint64_t number, struct options *run, struct oio_error *error);
/** The same, with everything checked that can be without a run, and resolved. */
enum oio_status grid_resolve(const struct grid *grid, uint64_t number, struct options *run, struct oio_error *error);

#endif
