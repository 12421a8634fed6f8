/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Trains: where two saturated dies come to do the same again and again, whole periods of it are carried as one. Nothing that a run shows
 * becomes other by it: a period is found by two looks that agree (base/stride.h), and carried on only until a wrong bit, the last message,
 * or anything else that has a time of its own.
 */
#ifndef OIO_TRAINS_H
#define OIO_TRAINS_H

#include "oio/sim.h"

struct oio_trains;

/* *trains NULL: there is nothing in this simulation that they could carry. False: out of memory. */
bool oio_trains_create(struct oio_trains **trains, const struct oio_sim *sim);
void oio_trains_destroy(struct oio_trains *trains);
/* Adds what they take. */
void oio_trains_memory(struct oio_memory *memory);
/* The simulation goes on as somebody else wills: what has been seen is forgotten. */
void oio_trains_forget(struct oio_trains *trains, struct oio_sim *sim);
/* Instants that have been carried; 0 of none. */
uint64_t oio_trains_carried(const struct oio_trains *trains);
/* After an instant. Returns by how many instants the simulation has been carried on, about `most` of them at the most; 0: not at all. */
uint64_t oio_trains_after(struct oio_trains *trains, struct oio_sim *sim, uint64_t most);

#endif
