/* SPDX-License-Identifier: Apache-2.0 */
/* What a channel is made of, for the files that have a part in it. */
#ifndef OIO_CHANNEL_STATE_H
#define OIO_CHANNEL_STATE_H

#include "channel/blocks.h"
#include "channel/condition.h"
#include "channel/errors.h"
#include "channel/flit_code.h"
#include "channel/markers.h"
#include "oio/channel.h"

#include <stdatomic.h>

struct oio_push_log;

struct in_flight {
  struct oio_wire wire;
  oio_time_ps arrival_ps;
};

/* The two ends may be two threads': `next` is the transmitting end's to write and `oldest` the receiving end's, and with either goes what
 * was written before it. */
struct oio_channel {
  _Atomic(struct in_flight *) oldest; /* in flight. Far from `next`: each has a cache line of its own */
  struct oio_channel_config config;
  const struct oio_flit_format *format;
  uint64_t rate_bits_per_s;  /* all lanes */
  oio_time_ps least_flit_ps; /* of all lanes */
  oio_time_ps flit_ps;       /* the flit time is flit_ps + flit_rest / rate_bits_per_s picoseconds */
  uint64_t flit_rest;
  oio_time_ps free_ps; /* the wire is free at free_ps + free_rest / rate_bits_per_s */
  uint64_t free_rest;
  struct in_flight *ring, *ring_end;
  _Atomic(struct in_flight *) next; /* the slot; the same as the oldest when nothing is in flight */
  struct in_flight *after_next;     /* the same as the oldest when there is room for no more */
  struct oio_errors errors;
  struct oio_push_log *log;        /* NULL: nobody asks what goes into the digest */
  oio_time_ps attend_ps;           /* a flit that starts then or later is no usual one: 0 with error correction, else by the condition */
  struct oio_blocks *blocks;       /* error correction in blocks; NULL: none such */
  struct oio_flit_code *flit_code; /* flit by flit; NULL: none such */
  struct oio_condition *condition; /* NULL: what becomes of the wire is nothing but the errors it begins with */
  oio_time_ps last_arrival_ps;     /* with error correction: of the flit pushed last */
  struct oio_markers markers;      /* of the line as it is now */
  oio_time_ps stream_free_ps;      /* with markers: free_ps, without what they have taken */
  struct oio_channel_state counted;
};

static inline struct in_flight *oio_oldest_of(const struct oio_channel *channel) {
  return atomic_load_explicit(&channel->oldest, memory_order_acquire);
}

static inline struct in_flight *oio_next_of(const struct oio_channel *channel) {
  return atomic_load_explicit(&channel->next, memory_order_acquire);
}

static inline struct in_flight *oio_behind(const struct oio_channel *channel, struct in_flight *flight) {
  return ++flight == channel->ring_end ? channel->ring : flight;
}

/* Is the configuration one that a channel can have? */
enum oio_status oio_channel_check(const struct oio_channel_config *config, struct oio_error *error);
/* The line has so many lanes from now on; with error correction its blocks begin at origin_ps. */
void oio_channel_set_line(struct oio_channel *channel, uint32_t lanes, oio_time_ps origin_ps);
/* The errors begin with the next bit, as the condition is. */
void oio_channel_begin_errors(struct oio_channel *channel);
/* Says from which time on flits are to be looked at. */
void oio_channel_look_at_condition(struct oio_channel *channel);

#endif
