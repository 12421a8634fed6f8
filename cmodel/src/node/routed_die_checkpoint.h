/* SPDX-License-Identifier: Apache-2.0 */
/* A routed die saved and loaded (base/checkpoint.h). A segment that it has handed out is not valid any more once it is loaded. */
#ifndef OIO_ROUTED_DIE_CHECKPOINT_H
#define OIO_ROUTED_DIE_CHECKPOINT_H

#include "base/checkpoint.h"
#include "oio/routed_die.h"

void oio_routed_die_checkpoint(struct oio_routed_die *die, struct oio_checkpoint *c);

#endif
