/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The calendar of a net of many ports, or of the share of it that some of its nodes are: when each port has its next event, either arrival
 * or transmission, in a tree of least times, so that an event costs the same however many ports there are, and those of one instant come
 * in their order. What an event concerns is a few ports, which the net notes (oio_net_stir); they are doubted, and asked when it matters.
 */
#ifndef OIO_MANY_H
#define OIO_MANY_H

#include "net/net_state.h"
#include "oio/traffic.h"

struct oio_lives;
struct oio_many;
struct oio_sim;

/* What all shares of a net know of each other. */
struct oio_shares {
  uint32_t *of_node; /* which share it belongs to */
  uint32_t *leaf_of; /* where a port is among those of its share */
  struct oio_many **many;
  uint32_t round; /* the number of this one: all shares go through it together */
};

/* From here on the simulation has one calendar for all ports, whatever the net is: for tests. False: out of memory. */
bool oio_sim_use_one_calendar(struct oio_sim *sim);

/* The calendar of a share, whose ports are these; share 0 has all dies. shares->leaf_of is written for them. False: out of memory. */
bool oio_many_create(struct oio_many **many, struct oio_net *net, const struct oio_shares *shares, uint32_t share, const uint32_t *ports,
                     uint32_t count);
/* All shares are there: finds what its wires lead to. */
void oio_many_join(struct oio_many *many);
void oio_many_destroy(struct oio_many *many);
/* Adds what the calendar of a share of so many ports takes. */
void oio_many_memory(uint32_t ports, uint32_t dies, struct oio_memory *memory);

/* Where the lives of flits go that are noted below. Precondition: it is the only share. */
void oio_many_keep_lives(struct oio_many *many, struct oio_lives *lives);

/* Everything may have changed: every port is doubted. */
void oio_many_doubt_all(struct oio_many *many);
/* Arrivals only: the host has put flits on wires. */
void oio_many_look_at_arrivals(struct oio_many *many);
/* Are there flits that other shares have put on wires to this one in the round before this? Then it is to begin this one. */
bool oio_many_has_sent(const struct oio_many *many);
/* The next event at any port, at or after now; OIO_NEVER. */
oio_time_ps oio_many_next_ps(struct oio_many *many, oio_time_ps now_ps);

/* An instant is first this, whether anything has arrived or not: rx of all that has, then recv at the dies that got something. */
void oio_many_receive(struct oio_many *many, oio_time_ps now_ps, struct oio_traffic *traffic);
/* tx at every port whose time has come, or may have. The traffic is told which dies have room. */
enum oio_status oio_many_transmit(struct oio_many *many, oio_time_ps now_ps, struct oio_traffic *traffic, struct oio_error *error);

/* The same two, and lives are noted. */
void oio_many_receive_with_lives(struct oio_many *many, oio_time_ps now_ps, struct oio_traffic *traffic);
enum oio_status oio_many_transmit_with_lives(struct oio_many *many, oio_time_ps now_ps, struct oio_traffic *traffic,
                                             struct oio_error *error);

/* A new round begins: looks at those flits. */
void oio_many_begin_round(struct oio_many *many);
/* When the first flit arrives of those that this round has put on wires to other shares; OIO_NEVER. */
oio_time_ps oio_many_sent_ps(const struct oio_many *many);
/* The round of a share without dies: everything from now up to, and without, until_ps. */
enum oio_status oio_many_run(struct oio_many *many, oio_time_ps now_ps, oio_time_ps until_ps, struct oio_error *error);
/* The last event of such a round. */
oio_time_ps oio_many_last_ps(const struct oio_many *many);

/* Has a link end failed? */
bool oio_many_failed(const struct oio_many *many);
/* Has a die sent since the last call? */
bool oio_many_opened(struct oio_many *many);

#endif
