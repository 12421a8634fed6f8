/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The critical path of records that wait for each other: what lets a record go last is its cause, and the causes from the last record back
 * to the first are the path. It is carried forward: each record has the parts of the path up to it, which add up to the time of its end, so
 * that nothing is kept of what is over but in the ring of outstanding records.
 */
#ifndef OIO_CRITICAL_H
#define OIO_CRITICAL_H

#include "oio/traffic.h"

/* Of a record: the path up to since_ps, when its cause let it go; once it is over, up to its end. */
struct oio_path {
  oio_time_ps part_ps[OIO_PATH_PARTS];
  oio_time_ps since_ps;
};

static inline void oio_path_start(struct oio_path *path, oio_time_ps time_ps) {
  *path = (struct oio_path){.part_ps[OIO_PATH_OFFERED] = time_ps, .since_ps = time_ps};
}

/* `by` is over, and lets the record go after a delay, if nothing does later. Of several at one time it is the last that is told. */
void oio_path_follow(struct oio_path *path, const struct oio_path *by, oio_time_ps delay_ps);
/* The record entered, and this is the part of the path from since_ps to then; then parts_ps, by enum oio_latency_part, to its end. */
void oio_path_end(struct oio_path *path, oio_time_ps entry_ps, const oio_time_ps *parts_ps);
/* The same of what is all one part. */
void oio_path_end_as(struct oio_path *path, oio_time_ps entry_ps, oio_time_ps now_ps, enum oio_path_part part);

/* When the dies begin iterations of a step, which is when they end the one before: how much later the last of them does than they do in the
 * mean. Of iterations that begin at some dies while one 64 before has not at others, nothing is counted. */
enum { OIO_SKEW_OPEN = 64 };
struct oio_skew {
  struct oio_skew_open {
    uint64_t iteration;
    uint32_t count; /* dies that have begun it */
    oio_time_ps last_ps;
    struct oio_sum_ps begins_ps;
  } open[OIO_SKEW_OPEN];
  double total_ps;
  uint64_t iterations; /* that all dies have begun, but for the first, which all begin at once */
};

/* A die begins an iteration. */
void oio_skew_begin(struct oio_skew *skew, uint64_t iteration, uint32_t dies, oio_time_ps now_ps);

#endif
