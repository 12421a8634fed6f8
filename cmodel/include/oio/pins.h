/* SPDX-License-Identifier: Apache-2.0 */
/**
 * One port of clocked RTL on two channels of the model: flits become beats going in, beats become flits coming out.
 *
 *     channel in  -> [pins] -> valid, sof, data -> RTL        RTL -> valid, sof, data -> [pins] -> channel out
 *                                                             RTL <- ready           <-
 *
 * Cut through: the last beat of an arriving flit goes in at the first clock edge at or after the flit's arrival, and a leaving flit starts
 * on its channel at the edge of its first beat. A clock edge is a time; every call is made at one.
 */
#ifndef OIO_PINS_H
#define OIO_PINS_H

#include "oio/channel.h"
#include "oio/monitor.h"

#ifdef __cplusplus
extern "C" {
#endif

struct oio_pins;

struct oio_pins_config {
  struct oio_channel *in;      /**< what arrives on it goes into the RTL */
  struct oio_channel *out;     /**< what comes out of the RTL goes on it */
  struct oio_monitor *monitor; /**< told of every flit; NULL: none */
  oio_time_ps clock_ps;        /**< clock period: a flit time of the channels must be at least 256 / beat_bytes of it */
  uint32_t beat_bytes;         /**< 64 or 128 */
};

/** What the RTL sees at the next edge. */
enum { OIO_PINS_READY = 1, OIO_PINS_VALID = 2, OIO_PINS_SOF = 4 };

enum oio_status oio_pins_create(struct oio_pins **pins, const struct oio_pins_config *config, struct oio_error *error);
void oio_pins_destroy(struct oio_pins *pins);
/** The RTL is being reset: flits half in or half out are dropped. */
void oio_pins_reset(struct oio_pins *pins);

/** A beat (beat_bytes bytes) was taken from the RTL at the edge now_ps. Preconditions: OIO_PINS_READY was shown, and what has arrived on
 * the channel out is taken off it. */
void oio_pins_put(struct oio_pins *pins, oio_time_ps now_ps, bool sof, const uint8_t *beat);
/** After that: what to show the RTL at edge_ps, the edge after now: OIO_PINS_* bits. */
int oio_pins_next(struct oio_pins *pins, oio_time_ps edge_ps);
/** Copies the beat to show: beat_bytes bytes. Precondition: oio_pins_next said OIO_PINS_VALID. */
void oio_pins_beat(const struct oio_pins *pins, uint8_t *beat);
/** The first edge at which a flit goes in, if no more arrive: now_ps or before while one is under way, in or out; OIO_NEVER: none does. */
oio_time_ps oio_pins_next_ps(const struct oio_pins *pins);
/** Flits that have gone in whole. */
uint64_t oio_pins_flits_in(const struct oio_pins *pins);
/** Flits that came out of the RTL and went on the channel out. */
uint64_t oio_pins_flits_out(const struct oio_pins *pins);
/** The RTL's link end has failed: it owes nothing any more. */
void oio_pins_stop(struct oio_pins *pins, enum oio_link_failure why);
/** The RTL showed a beat while not ready was shown to it, and another one, or none, at the edge after, now_ps. */
void oio_pins_moved(struct oio_pins *pins, oio_time_ps now_ps);
/** Beats that broke the port's contract: sof missing or in the middle of a flit, a hole between two beats of a flit, a beat that did not
 * stay until it was taken. The monitor has them as findings of the rule "framing". */
uint64_t oio_pins_framing_errors(const struct oio_pins *pins);

#ifdef __cplusplus
}
#endif
#endif
