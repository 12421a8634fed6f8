/* SPDX-License-Identifier: Apache-2.0 */
/*
 * When messages come by chance. Poisson: exponential gaps. Bursts: so many sources that are on and off for exponential times, each of its
 * own, and while on send by exponential gaps. The mean rate of both is a message a gap.
 *
 *     L: mean messages while on; d: the part of its time that a source is on. Index of dispersion of counts: of Poisson 1, of bursts
 *     in a time t: 1 + 2 L (1 - d)^2 (1 - (1 - exp(-x)) / x), x = t / (gap * sources * L * d * (1 - d)): however many sources there are.
 */
#ifndef OIO_ARRIVALS_H
#define OIO_ARRIVALS_H

#include "oio/config.h"
#include "oio/rng.h"

/* Rates are times a gap: how many a gap in the mean. */
struct oio_arrivals {
  bool bursts;
  uint32_t sources;
  double duty;
  double message_rate; /* of a source that is on */
  double end_rate;     /* at which one that is on ends */
  double begin_rate;   /* at which one that is off begins */
};

/* A place at which they come. */
struct oio_arrival {
  struct oio_rng rng;
  double gap_ps;  /* the mean from one to the next */
  double next_ps; /* when the next comes */
  uint32_t on;    /* sources */
};

void oio_arrivals_set(struct oio_arrivals *arrivals, const struct oio_config *config);
/* The first, with a stream of chance of its own. */
void oio_arrivals_start(const struct oio_arrivals *arrivals, struct oio_arrival *arrival, double gap_ps, uint64_t seed, uint64_t stream);
/* From one to the next. */
void oio_arrivals_advance(const struct oio_arrivals *arrivals, struct oio_arrival *arrival);

#endif
