/* SPDX-License-Identifier: Apache-2.0 */
/**
 * Traffic of a run, and the scoreboard over it: what enters each die and when (a trace, open or closed loop, or a generator), what must
 * come out of which other one, and what did. It knows dies, of a net of any number, not links.
 *
 *     trace or generator -> [traffic] -> oio_net_send          [net]  oio_net_take -> [traffic] -> counts, latencies
 *
 * A message enters at its time (closed loop: and when all it waits for has been delivered, and the delay of each wait is over), never
 * before. Its latency runs from then to its last byte out, however long it waits for a place in the die's queue. What has one source die,
 * one destination die and one VC is a flow: it is delivered in order.
 */
#ifndef OIO_TRAFFIC_H
#define OIO_TRAFFIC_H

#include "oio/histogram.h"
#include "oio/net.h"
#include "oio/offer.h"
#include "oio/trace.h"

#ifdef __cplusplus
extern "C" {
#endif

struct oio_traffic;
struct oio_detail;

/**
 * Parts of a critical path: what lets a message go last is its cause, and the causes of the one that ended last, back to the first, are the
 * path. Its parts add up to the time of its end.
 */
enum oio_path_part {
  OIO_PATH_COMPUTE = 0, /**< delays after a delivery, and traffic inside a die */
  OIO_PATH_LATENCY,     /**< flight and logic */
  OIO_PATH_BANDWIDTH,   /**< its own bits leaving transmitters */
  OIO_PATH_QUEUE,       /**< behind others, for a window or credit */
  OIO_PATH_RETRY,       /**< and what was lost */
  OIO_PATH_OFFERED,     /**< the time at which its first message was offered */
  OIO_PATH_UNKNOWN,     /**< between a cause that is not remembered, or a look-ahead that was full, and the entry */
  OIO_PATH_PARTS
};

/** What the scoreboard has seen. `sent` = entered and carried; every one of them is delivered, outstanding or lost. */
struct oio_traffic_counts {
  uint64_t sent;          /**< messages that entered for another die */
  uint64_t delivered;     /**< whole, once */
  uint64_t lost;          /**< given up: a reset dropped them, or one behind them in the same flow arrived */
  uint64_t outstanding;   /**< neither yet */
  uint64_t duplicated;    /**< deliveries of what had been delivered */
  uint64_t reordered;     /**< delivered after one that entered later in the same flow */
  uint64_t corrupted;     /**< delivered with wrong bytes or a wrong length, or with an identity that was never sent there */
  uint64_t local;         /**< messages inside a die: not carried */
  uint64_t records;       /**< read from the trace or made by the generator */
  uint64_t bytes;         /**< in delivered messages */
  uint64_t warm_up_bytes; /**< of these, delivered within the warm-up */
  uint64_t segments;      /**< that came out of a die, whatever they belonged to */
  uint64_t dropped;       /**< of the lost: by a reset */
  uint64_t revived;       /**< delivered although a reset had dropped them: what should have forgotten them has not */
  struct oio_sum_ps
      parts[OIO_PART_COUNT]; /**< over delivered messages that entered after the warm-up; they add up to the sum of their latencies */
  bool stalled_reading;      /**< the look-ahead was once full: later records entered late */
};

/** What the scoreboard has seen of one flow; of each that messages were read for. As the counts of the same names. */
struct oio_flow_counts {
  uint32_t source, destination; /**< dies */
  uint8_t vc;
  uint32_t pair; /**< of its dies: 0, 1, ... in the order of first use; OIO_NONE: no detail is kept of it */
  uint64_t sent, delivered, lost, bytes;
  struct oio_sum_ps latency; /**< of those that were delivered in order, and entered after the warm-up */
};

/**
 * Of a net of so many dies, 2..65536. trace: NULL, or an open reader, which stays the caller's; a generator is taken from the
 * configuration. Nodes are on dies as trace.map says, or the trace's own map; without either evenly, in order, the first dies having one
 * more where it does not come out even.
 */
enum oio_status oio_traffic_create(struct oio_traffic **traffic, const struct oio_config *config, uint32_t dies,
                                   struct oio_trace_reader *trace, struct oio_error *error);
void oio_traffic_destroy(struct oio_traffic *traffic);
/** Adds what traffic between so many dies would take; what it waits for, and flows between more and more pairs, come on top. */
void oio_traffic_memory(const struct oio_config *config, uint32_t dies, struct oio_memory *memory);

/** When a message could next enter, if nothing is delivered before: a time (maybe past), or OIO_NEVER. */
oio_time_ps oio_traffic_next_ps(const struct oio_traffic *traffic);
/** Reads what is due and lets it enter the dies. An error is the trace's. */
enum oio_status oio_traffic_enter(struct oio_traffic *traffic, oio_time_ps now_ps, struct oio_net *net, struct oio_error *error);
/** After tx, in the same instant (SPEC section 11): in a net of dies and switches, what a die has room for now enters at once. Of two dies
 *  nothing does: that is oio_traffic_enter's of the next event. */
enum oio_status oio_traffic_after_tx(struct oio_traffic *traffic, oio_time_ps now_ps, struct oio_net *net, struct oio_error *error);
/** Has a delivery since the last oio_traffic_enter let a message go, or made room for one to be read? Then it is worth another call. */
bool oio_traffic_woken(const struct oio_traffic *traffic);
/** A die that was given a message since it was asked for last: it may have something to send now. False: there is none. */
bool oio_traffic_next_fed(struct oio_traffic *traffic, uint32_t *die);
/**
 * A die may have room: it has packed something. What waits for it is handed over at the next oio_traffic_enter. It is an offer: a host that
 * never calls it has every die asked that something waits for, at every oio_traffic_enter; one that does, calls it for each.
 */
void oio_traffic_room(struct oio_traffic *traffic, uint32_t die);
/** A segment came out of a die. Of more than two dies, it says from which. Preconditions: there is such a die, and the segment is one of
 *  oio_net_take's. */
void oio_traffic_deliver(struct oio_traffic *traffic, oio_time_ps now_ps, uint32_t die, const struct oio_segment *segment);
/** Everything on its way is lost (SPEC section 9). */
void oio_traffic_drop(struct oio_traffic *traffic, oio_time_ps now_ps);
/** Takes down the part of a routed net that reset.scope and reset.which say: messages of which something is lost are lost, what else
 *  comes of them means nothing. Between recv and send of an instant, and then the dies have their oio_traffic_enter. */
void oio_traffic_reset_part(struct oio_traffic *traffic, oio_time_ps now_ps, struct oio_net *net);
/** Nothing more to enter and nothing outstanding. */
bool oio_traffic_finished(const struct oio_traffic *traffic);

/** What a generator asks of the net; all 0 and wire OIO_NONE for other traffic. */
void oio_traffic_get_offer(const struct oio_traffic *traffic, struct oio_offer *offer);
void oio_traffic_get_counts(const struct oio_traffic *traffic, struct oio_traffic_counts *counts);
/** A number that changes with every message that enters or comes out, or a part of one: for oio_net_look. */
uint64_t oio_traffic_progress(const struct oio_traffic_counts *counts);
/** The counts of flow 0, 1, ... in the order of first use. False: there are no more. Two dies have all their flows from the start. */
bool oio_traffic_get_flow(const struct oio_traffic *traffic, uint32_t index, struct oio_flow_counts *counts);
const struct oio_histogram *oio_traffic_latency(const struct oio_traffic *traffic);
/** The parts of the critical path up to now. False: none is kept; results.detail is not on, or nothing can wait for anything. */
bool oio_traffic_critical_path(const struct oio_traffic *traffic, oio_time_ps parts_ps[OIO_PATH_PARTS]);
/** Of a step (or collective) whose critical path is kept: how much later the last die ends an iteration than dies do in the mean; 0: of
 * none. */
double oio_traffic_skew_ps(const struct oio_traffic *traffic);
/** Compute of an iteration of the step; 0: none, or other traffic. */
oio_time_ps oio_traffic_compute_ps(const struct oio_traffic *traffic);
/**
 * A collective of a step: each of its groups takes from when the first of its dies may begin until the last may and has all. Means and the
 * longest over groups and iterations, `counted` of them; all 0 of none. Of one in which something was lost nothing is counted.
 */
struct oio_collective_times {
  const char *kind, *algorithm;
  uint32_t group, stride;
  uint64_t bytes, counted;
  double time_ps;
  oio_time_ps max_ps;
  double exposed_ps; /**< how long a die has nothing to do in an iteration until this lets it go on, in the mean; 0 of a run cut short */
  double skew_ps;    /**< how much later the last die of a group begins than its dies do in the mean */
  double algorithm_bytes_per_s; /**< the buffer over the mean time, as the tests of NCCL define it; and the bus's */
  double bus_bytes_per_s;
};
/** The collectives of a step 0, 1, ... in the order of its items. False: there are no more, or no critical path is kept. */
bool oio_traffic_get_collective(const struct oio_traffic *traffic, uint32_t index, struct oio_collective_times *times);
/** What is kept beyond that, for oio/results.h; NULL: results.detail is not on. */
const struct oio_detail *oio_traffic_detail(const struct oio_traffic *traffic);
/** How far along, 0..1, for a progress line. */
double oio_traffic_fraction(const struct oio_traffic *traffic);

#ifdef __cplusplus
}
#endif
#endif
