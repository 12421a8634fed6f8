/* SPDX-License-Identifier: Apache-2.0 */
/* Traffic walked through as base/stride.h says: that which saturates two dies. */
#ifndef OIO_TRAFFIC_STRIDE_H
#define OIO_TRAFFIC_STRIDE_H

#include "base/stride.h"
#include "oio/traffic.h"
#include "traffic/detail.h"

/* Deliveries, from the time that they are asked for. */
struct oio_delivery_log {
  struct oio_delivery *delivery;
  uint32_t count, size; /* count: also of those for which there was no room */
};

/* Is it of a kind that can be walked through? */
bool oio_traffic_stride_possible(const struct oio_traffic *traffic);
/* NULL: no longer. */
void oio_traffic_note_deliveries(struct oio_traffic *traffic, struct oio_delivery_log *log);
/* Messages are seen from here. */
uint64_t oio_traffic_stride_from(const struct oio_traffic *traffic);
void oio_traffic_stride(struct oio_traffic *traffic, struct oio_stride *s);
/* Moving: the deliveries of the log, a period, happen again and again. */
void oio_traffic_stride_deliver(struct oio_traffic *traffic, const struct oio_delivery_log *log, const struct oio_stride *s);

#endif
