/* SPDX-License-Identifier: Apache-2.0 */
/* A tunnel saved and loaded (base/checkpoint.h). */
#ifndef OIO_TUNNEL_CHECKPOINT_H
#define OIO_TUNNEL_CHECKPOINT_H

#include "base/checkpoint.h"
#include "oio/tunnel.h"

void oio_tunnel_checkpoint(struct oio_tunnel *tunnel, struct oio_checkpoint *c);

#endif
