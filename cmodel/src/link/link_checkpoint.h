/* SPDX-License-Identifier: Apache-2.0 */
/* A link end saved and loaded (base/checkpoint.h). */
#ifndef OIO_LINK_CHECKPOINT_H
#define OIO_LINK_CHECKPOINT_H

#include "base/checkpoint.h"
#include "oio/link.h"

/* Of the routed profile: all but what is in its places, each of which what lies above saves in an order of its own. */
void oio_link_checkpoint(struct oio_link *link, struct oio_checkpoint *c);
/* What is in a place. Loading: it was saved as taken, and has not been loaded yet. The payload, or NULL: something is wrong. */
const struct oio_payload *oio_link_checkpoint_place(struct oio_link *link, uint32_t place, struct oio_checkpoint *c);
/* How many places are taken: what lies above has as many. */
uint32_t oio_link_places_taken(const struct oio_link *link);

#endif
