/* SPDX-License-Identifier: Apache-2.0 */
/* A channel saved and loaded (base/checkpoint.h): what is in flight, when the wire is free, and which bit is wrong next. */
#ifndef OIO_CHANNEL_CHECKPOINT_H
#define OIO_CHANNEL_CHECKPOINT_H

#include "base/checkpoint.h"
#include "oio/channel.h"

void oio_channel_checkpoint(struct oio_channel *channel, struct oio_checkpoint *c);

#endif
