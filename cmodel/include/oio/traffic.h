/* SPDX-License-Identifier: Apache-2.0 */
/**
 * Traffic of a run, and the scoreboard over it: what enters each die and when (a trace, open or closed loop, or a generator), what must
 * come out of the other one, and what did. It knows dies, not links.
 *
 *     trace or generator -> [traffic] -> oio_die_send          [die]  oio_die_recv -> [traffic] -> counts, latencies
 *
 * A message enters at its time (closed loop: and when all it waits for has been delivered), never before. Its latency runs from then to its
 * last byte out, however long it waits for a place in the die's queue.
 */
#ifndef OIO_TRAFFIC_H
#define OIO_TRAFFIC_H

#include "oio/histogram.h"
#include "oio/net.h"
#include "oio/trace.h"

#ifdef __cplusplus
extern "C" {
#endif

struct oio_traffic;

/** What the scoreboard has seen. `sent` = entered and carried; every one of them is delivered, outstanding or lost. */
struct oio_traffic_counts {
  uint64_t sent;                           /**< messages that entered for the other die */
  uint64_t delivered;                      /**< whole, once */
  uint64_t lost;                           /**< given up: a reset dropped them, or one behind them in the same VC arrived */
  uint64_t outstanding;                    /**< neither yet */
  uint64_t duplicated;                     /**< deliveries of what had been delivered */
  uint64_t reordered;                      /**< delivered after one that entered later in the same VC */
  uint64_t corrupted;                      /**< delivered with wrong bytes or a wrong length, or with an identity that was never sent */
  uint64_t local;                          /**< messages inside a die: not carried */
  uint64_t records;                        /**< read from the trace or made by the generator */
  uint64_t bytes;                          /**< in delivered messages */
  uint64_t segments;                       /**< that came out of a die, whatever they belonged to */
  uint64_t dropped;                        /**< of the lost: by a reset */
  uint64_t revived;                        /**< delivered although a reset had dropped them: what should have forgotten them has not */
  struct oio_sum_ps parts[OIO_PART_COUNT]; /**< over delivered messages; they add up to the sum of all latencies */
  bool stalled_reading;                    /**< the look-ahead was once full: later records entered late */
};

/** trace: NULL, or an open reader, which stays the caller's; a generator is taken from the configuration. */
enum oio_status oio_traffic_create(struct oio_traffic **traffic, const struct oio_config *config, struct oio_trace_reader *trace,
                                   struct oio_error *error);
void oio_traffic_destroy(struct oio_traffic *traffic);

/** When a message could next enter, if nothing is delivered before: a time (maybe past), or OIO_NEVER. */
oio_time_ps oio_traffic_next_ps(const struct oio_traffic *traffic);
/** Reads what is due and lets it enter the dies. An error is the trace's. */
enum oio_status oio_traffic_enter(struct oio_traffic *traffic, oio_time_ps now_ps, struct oio_net *net, struct oio_error *error);
/** Has a delivery since the last oio_traffic_enter let a message go, or made room for one to be read? Then it is worth another call. */
bool oio_traffic_woken(const struct oio_traffic *traffic);
/** The set of dies (bit 0 A, bit 1 B) that were given a message since the last call: they may have something to send now. */
unsigned oio_traffic_fed(struct oio_traffic *traffic);
/** A segment came out of a die (0 A, 1 B). Preconditions: there is such a die, and the segment is one of oio_die_recv's. */
void oio_traffic_deliver(struct oio_traffic *traffic, oio_time_ps now_ps, unsigned die, const struct oio_segment *segment);
/** Everything on its way is lost (SPEC section 9). */
void oio_traffic_drop(struct oio_traffic *traffic, oio_time_ps now_ps);
/** Nothing more to enter and nothing outstanding. */
bool oio_traffic_finished(const struct oio_traffic *traffic);

void oio_traffic_get_counts(const struct oio_traffic *traffic, struct oio_traffic_counts *counts);
/** A number that changes with every message that enters or comes out, or a part of one: for oio_net_look. */
uint64_t oio_traffic_progress(const struct oio_traffic_counts *counts);
const struct oio_histogram *oio_traffic_latency(const struct oio_traffic *traffic);
/** How far along, 0..1, for a progress line. */
double oio_traffic_fraction(const struct oio_traffic *traffic);

#ifdef __cplusplus
}
#endif
#endif
