/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The calendar of a net of many wires: when each has its next event, the least in a heap, so that an event costs the same however many
 * wires there are. What an event concerns is a few ports, which the net notes (oio_net_stir); they are doubted, and asked when it matters.
 */
#ifndef OIO_MANY_H
#define OIO_MANY_H

#include "net/net_state.h"
#include "oio/traffic.h"

struct oio_many;
struct oio_sim;

/* The simulation has a calendar from here on, as one of a routed net has from its start: for tests. False: out of memory. */
bool oio_sim_use_calendar(struct oio_sim *sim);

/* False: out of memory. */
bool oio_many_create(struct oio_many **many, struct oio_net *net);
void oio_many_destroy(struct oio_many *many);

/* Everything may have changed: every wire is doubted. */
void oio_many_doubt_all(struct oio_many *many);
/* Arrivals only: the host has put flits on wires. */
void oio_many_look_at_arrivals(struct oio_many *many);
/* In the middle of an instant: what was in flight on some wires is dropped. */
void oio_many_notice_dropped(struct oio_many *many);
/* The next event on any wire, at or after now; OIO_NEVER. */
oio_time_ps oio_many_next_ps(struct oio_many *many, oio_time_ps now_ps);

/* An instant is first this, whether anything has arrived or not: rx of all that has, then recv at the dies that got something. */
void oio_many_receive(struct oio_many *many, oio_time_ps now_ps, struct oio_traffic *traffic);
/* tx at every port whose time has come, or may have. */
enum oio_status oio_many_transmit(struct oio_many *many, oio_time_ps now_ps, struct oio_traffic *traffic, struct oio_error *error);
/* Has a link end failed? */
bool oio_many_failed(const struct oio_many *many);
/* Has a die sent since the last call? */
bool oio_many_opened(struct oio_many *many);

#endif
