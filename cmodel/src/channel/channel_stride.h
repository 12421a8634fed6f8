/* SPDX-License-Identifier: Apache-2.0 */
/* A channel walked through as base/stride.h says: event fidelity, no error correction, nothing that happens to the wire before its time. */
#ifndef OIO_CHANNEL_STRIDE_H
#define OIO_CHANNEL_STRIDE_H

#include "base/stride.h"
#include "oio/channel.h"

/* It is direction `wire`; `back` is the other one. */
void oio_channel_stride(struct oio_channel *channel, uint32_t wire, uint32_t back, struct oio_stride *s);
/* Until then its flits are usual ones. */
oio_time_ps oio_channel_stride_until_ps(const struct oio_channel *channel);

/* What goes into the digest, flit by flit, from the time that it is asked for. */
struct oio_pushed {
  oio_time_ps start_ps;
  uint32_t control;
  uint16_t header;
};
struct oio_push_log {
  struct oio_pushed *pushed;
  uint32_t count, size; /* count: also of those for which there was no room */
};
/* NULL: no longer. */
void oio_channel_note_pushes(struct oio_channel *channel, struct oio_push_log *log);
/* Which of the next flits that arrive, as many as the log has, carry payloads, if those of the log come again. */
void oio_channel_stride_arrivals(const struct oio_channel *channel, const struct oio_push_log *log, bool *payload);
/* Moving: the flits of the log, a period, again and again, each time later and with other sequences and limits, go into the digest. */
void oio_channel_stride_digest(struct oio_channel *channel, uint32_t wire, uint32_t back, const struct oio_push_log *log,
                               const struct oio_stride *s);

#endif
