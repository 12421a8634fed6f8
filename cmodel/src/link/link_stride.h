/* SPDX-License-Identifier: Apache-2.0 */
/* A link end walked through as base/stride.h says: extended profile, event fidelity. */
#ifndef OIO_LINK_STRIDE_H
#define OIO_LINK_STRIDE_H

#include "base/stride.h"
#include "oio/link.h"

/* What the direction that it sends is seen from. */
void oio_link_stride_from(const struct oio_link *link, struct oio_stride_wire *wire);
/* It sends direction `out` and receives `in`. Moving, positions go on by the flits of `out`: whole times oio_link_stride_slots. */
void oio_link_stride(struct oio_link *link, uint32_t out, uint32_t in, struct oio_stride *s);
/* Slots of its replay buffer, a power of two. */
uint64_t oio_link_stride_slots(const struct oio_link *link);
/* A number of what changes from flit to flit: another one, another state. */
uint64_t oio_link_stride_key(const struct oio_link *link);
/* Payload flits that it has put on the wire for the first time. */
uint64_t oio_link_stride_sent(const struct oio_link *link);
/* The flits that it takes in a period, payloads or NOPs, go into its decision digest so many times. */
void oio_link_stride_decide(struct oio_link *link, const bool *payload, uint32_t count, uint64_t periods);

#endif
