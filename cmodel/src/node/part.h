/* SPDX-License-Identifier: Apache-2.0 */
/* Parts of nodes of a routed net, for a reset of one of them. */
#ifndef OIO_PART_H
#define OIO_PART_H

#include "node/flows.h"

struct oio_link;
struct oio_switch;

/* The link end at a port. */
struct oio_link *oio_routed_die_link(struct oio_routed_die *die, uint32_t port);
struct oio_link *oio_switch_link(struct oio_switch *sw, uint32_t port);
/* What a die has queued, message by message: oio_flows_next. */
const struct oio_message *oio_routed_die_next_queued(const struct oio_routed_die *die, struct oio_flows_walk *walk);

#endif
