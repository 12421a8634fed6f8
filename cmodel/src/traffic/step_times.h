/* SPDX-License-Identifier: Apache-2.0 */
/*
 * How long the collectives of a step take, as they are carried out: of each group, from when the first of its dies may begin until the
 * last may and has what it is to have. And how far apart the dies are: when they begin iterations, and end the last.
 */
#ifndef OIO_STEP_TIMES_H
#define OIO_STEP_TIMES_H

#include "traffic/critical.h"
#include "traffic/step.h"

/* A collective of which group has begun at some dies and not ended: of iterations, or rounds, so far apart the older is not counted. */
enum { OIO_TIMES_OPEN = 8 };
struct oio_times_open {
  uint64_t iteration, delivered;
  uint32_t begun;
  oio_time_ps first_ps, last_begin_ps, last_ps; /* last_ps: of all that has happened */
  struct oio_sum_ps begins_ps;
};

struct oio_times_of_part {
  struct oio_times_open *open; /* by group and iteration; NULL: the part is no collective */
  uint64_t counted;            /* groups times iterations */
  double total_ps, skew_ps;    /* their sums; skew: how much later the last of a group begins than its dies do in the mean */
  double exposed_ps;           /* how long dies had nothing to do until a delivery of it let them go on, over all of them */
  oio_time_ps max_ps;
};

struct oio_step_times {
  const struct oio_step *step;
  struct oio_times_of_part part[OIO_STEP_PARTS];
  struct oio_skew skew;
  struct oio_times_of_die {
    oio_time_ps ended_ps; /* the last iteration */
    oio_time_ps idle_ps;  /* since when it has nothing to do itself: the end of its last local record */
    uint32_t last;        /* the part that gave it something last */
  } * die;
};

/* NULL: out of memory. */
struct oio_step_times *oio_step_times_create(const struct oio_step *step);
void oio_step_times_destroy(struct oio_step_times *times);
/* A local record is over that entered at entry_ps; a message has been delivered. Both in order of time. */
void oio_step_times_local(struct oio_step_times *times, uint64_t id, oio_time_ps entry_ps, oio_time_ps now_ps);
void oio_step_times_delivered(struct oio_step_times *times, uint64_t id, uint32_t source, uint32_t destination, oio_time_ps now_ps);
/* How long a die waits in an iteration for a part, in the mean; whole as below, else 0. With compute and the time of joins it adds up to
 * what an iteration of a die takes. */
double oio_step_times_exposed_ps(const struct oio_step_times *times, uint32_t part, bool whole);
/* How much later the last die ends an iteration than dies do in the mean. whole: all iterations are over, and nothing of them was lost. */
double oio_step_times_skew_ps(const struct oio_step_times *times, bool whole);

#endif
