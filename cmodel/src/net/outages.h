/* SPDX-License-Identifier: Apache-2.0 */
/*
 * When links are down, as a schedule has it: a link while one of its wires is. What the wires make of it, flit by flit, is the channel's;
 * this is when nothing that starts can arrive (SPEC.md section 15).
 */
#ifndef OIO_OUTAGES_H
#define OIO_OUTAGES_H

#include "oio/faults.h"

#include <stddef.h>

struct oio_outages {
  struct oio_outage *at; /* of one link after the other, each of its in order and apart; settled: behind them those of any link, the same */
  size_t count, room;
  size_t of_links;
  bool by_flit; /* one goes down or comes up with a flit, whose time nobody knows before */
};

/* Of the next link the two wires, each with its events in order (oio_event_is_first). False: out of memory. */
bool oio_outages_add_link(struct oio_outages *outages, uint32_t link, const struct oio_channel_event *event[2], const uint32_t count[2]);
/* There are no more links. False: out of memory. */
bool oio_outages_settle(struct oio_outages *outages);
/* Settled: until then, how long links are down, added up, and how long any is. */
oio_time_ps oio_outages_of_links_ps(const struct oio_outages *outages, oio_time_ps end_ps);
oio_time_ps oio_outages_of_any_ps(const struct oio_outages *outages, oio_time_ps end_ps);

#endif
