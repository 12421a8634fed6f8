/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What is on its way through a switch: places of the receive buffers, in lists. Everything is an index. A payload is made known when its
 * way is known, or with one queue (fifo) when it is the oldest of its input and hop VC besides; it is *coming* until the switch's latency
 * is over, then *available* to its outlet, a hop VC of an output port: behind what is available there from the same input, and inputs take
 * turns. With queues per output every step takes the same time, however many ports there are.
 */
#ifndef OIO_PASSING_H
#define OIO_PASSING_H

#include "oio/switch.h"

/* A place of a receive buffer that a payload with a way is in. */
struct oio_passing {
  oio_time_ps available_ps; /* from when on */
  int64_t since_ps;         /* longest: it has waited as if here from then on */
  uint32_t input;           /* port that it came by */
  uint32_t outlet;          /* OIO_HOP_VCS * output port + hop VC there */
  uint32_t next, previous;  /* coming; or available, of its input: a ring, next of the last is the first */
  uint32_t next_turn;       /* the first available of the input that has its turn next */
  uint32_t previous_turn;   /* longest: of the one that has its turn before */
  uint32_t behind;          /* fifo: in the queue of its input and hop VC */
};

/* Both empty when first is OIO_NONE; last is meaningless then. */
struct oio_outlet {
  uint32_t coming_first, coming_last; /* by available_ps */
  uint32_t turn_first, turn_last;     /* the first available of each input that has any, in the order of their turns */
};

/* fifo: what came in one hop VC of an input, oldest first. */
struct oio_inlet {
  uint32_t first, last;
};

struct oio_passings {
  struct oio_passing *all; /* by place, those of input 0 first */
  struct oio_outlet *outlets;
  struct oio_inlet *inlets; /* fifo: OIO_HOP_VCS a port; else NULL */
  uint32_t *last;           /* by outlet and input: 1 + the last available, or 0 */
  uint32_t ports;
  bool longest; /* turns go by what has waited longest */
};

/* False: out of memory; destroy it all the same. `places` of all ports together. */
bool oio_passings_create(struct oio_passings *passings, uint32_t ports, uint32_t places, const struct oio_switch_config *config);
void oio_passings_destroy(struct oio_passings *passings);
void oio_passings_reset(struct oio_passings *passings);
/* Adds what they take, with so many places. */
void oio_passings_memory(const struct oio_passings *passings, uint32_t places, struct oio_memory *memory);

/* Payload `index`, whose input, outlet and available_ps are set, has its way; it came in this hop VC. */
void oio_passings_enter(struct oio_passings *passings, uint32_t index, unsigned hop_vc);
/* Its parts, for one that is loaded: it is coming to its outlet; it is available there, behind all that is. */
void oio_passings_come(struct oio_passings *passings, uint32_t index);
void oio_passings_make_available(struct oio_passings *passings, uint32_t index);
/* Has a waited longer than b? */
static inline bool oio_passings_longer(const struct oio_passings *passings, uint32_t a, uint32_t b) {
  return passings->all[a].since_ps < passings->all[b].since_ps;
}
/* Makes available what has come by now. */
void oio_passings_arrive(struct oio_passings *passings, uint32_t outlet, oio_time_ps now_ps);
/* When the outlet has something available: 0 now, a time; OIO_NEVER: nothing is on its way to it. */
oio_time_ps oio_passings_available_ps(const struct oio_passings *passings, uint32_t outlet);
/* The payload that the outlet takes next. Precondition: something is available. */
uint32_t oio_passings_take(struct oio_passings *passings, uint32_t outlet);
/* fifo: payload `index`, which came in this hop VC, has left. Returns the one behind it, available from now on at the earliest, or
 * OIO_NONE. */
uint32_t oio_passings_follow(struct oio_passings *passings, uint32_t index, unsigned hop_vc, oio_time_ps now_ps);

#endif
