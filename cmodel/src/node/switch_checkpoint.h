/* SPDX-License-Identifier: Apache-2.0 */
/* A switch saved and loaded (base/checkpoint.h). Every payload in it has its way. */
#ifndef OIO_SWITCH_CHECKPOINT_H
#define OIO_SWITCH_CHECKPOINT_H

#include "base/checkpoint.h"
#include "oio/switch.h"

void oio_switch_checkpoint(struct oio_switch *sw, struct oio_checkpoint *c);

#endif
