/* SPDX-License-Identifier: Apache-2.0 */
/* A bridge saved and loaded (base/checkpoint.h). */
#ifndef OIO_BRIDGE_CHECKPOINT_H
#define OIO_BRIDGE_CHECKPOINT_H

#include "base/checkpoint.h"
#include "oio/bridge.h"

void oio_bridge_checkpoint(struct oio_bridge *bridge, struct oio_checkpoint *c);

#endif
