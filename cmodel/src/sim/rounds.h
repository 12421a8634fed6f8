/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A routed net in shares that run ahead of each other: share 0 is all dies, which the traffic joins without delay, the others are switches.
 * What a flit begins at one node it ends at another no earlier than the *lookahead*, the shortest time from the start of a flit to its
 * arrival. So time goes in rounds of half of that: while the dies run through one, the switches run through the one before it, and
 * neither can meet what the other does meanwhile. Each share goes through its own instants in order (SPEC section 8), so the net as a whole
 * comes to the same as one that goes through all of them in order; with however many threads.
 */
#ifndef OIO_ROUNDS_H
#define OIO_ROUNDS_H

#include "sim/many.h"

enum { OIO_THREADS_MAX = 64 };

struct oio_rounds;

/* One share for the whole net, or with `apart` one for the dies and, for so many threads, some for the switches. False: out of memory, or
 * of threads. */
bool oio_rounds_create(struct oio_rounds **rounds, struct oio_net *net, bool apart, unsigned threads);
void oio_rounds_destroy(struct oio_rounds *rounds);

/* Share 0. */
struct oio_many *oio_rounds_dies(struct oio_rounds *rounds);
/* Are there other shares? */
bool oio_rounds_apart(const struct oio_rounds *rounds);
/* How long a round may be. */
oio_time_ps oio_rounds_length_ps(const struct oio_rounds *rounds);
/* Everything may have changed. */
void oio_rounds_doubt_all(struct oio_rounds *rounds);

/* A round begins, in which the other shares run from a time up to, and without, another, while the caller runs share 0. */
void oio_rounds_begin(struct oio_rounds *rounds, oio_time_ps from_ps, oio_time_ps until_ps);
/* Waits for the others, and helps. */
enum oio_status oio_rounds_end(struct oio_rounds *rounds, struct oio_error *error);
/* An instant of all shares together, which the caller may do something in the middle of: their rx and recv, and their tx. */
void oio_rounds_receive(struct oio_rounds *rounds, oio_time_ps now_ps, struct oio_traffic *traffic);
enum oio_status oio_rounds_transmit(struct oio_rounds *rounds, oio_time_ps now_ps, struct oio_traffic *traffic, struct oio_error *error);
/* Between rounds: no share but 0 has an event before this, nor is there one that follows from what share 0 has sent; OIO_NEVER. */
oio_time_ps oio_rounds_next_ps(const struct oio_rounds *rounds);
/* The last event of any share but 0. */
oio_time_ps oio_rounds_last_ps(const struct oio_rounds *rounds);
/* Has a link end of any failed? */
bool oio_rounds_failed(const struct oio_rounds *rounds);

#endif
