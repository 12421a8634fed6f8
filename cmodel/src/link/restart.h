/* SPDX-License-Identifier: Apache-2.0 */
/* A link of the routed profile taken down by itself, while the nodes at its ends go on (SPEC.md section 11). */
#ifndef OIO_RESTART_H
#define OIO_RESTART_H

#include "oio/link.h"

/* Payload `index`, from 0, of those that the link end has taken from above and its peer has not accepted, oldest first; NULL: there are no
 * more. They are lost when the link is taken down. */
const struct oio_payload *oio_link_unaccepted(const struct oio_link *link, const struct oio_link *peer, uint32_t index);
/* Back to the initial state, but for what is in the receive buffers: it stays there, and is no credit of the end that had sent it. */
void oio_link_restart(struct oio_link *link, const struct oio_link *peer);

#endif
