/* SPDX-License-Identifier: Apache-2.0 */
/* A die saved and loaded (base/checkpoint.h). A segment that it has handed out is not valid any more once it is loaded. */
#ifndef OIO_DIE_CHECKPOINT_H
#define OIO_DIE_CHECKPOINT_H

#include "base/checkpoint.h"
#include "oio/die.h"

void oio_die_checkpoint(struct oio_die *die, struct oio_checkpoint *c);
/* A queued message, but for its VC and destination. */
void oio_message_checkpoint(struct oio_message *message, struct oio_checkpoint *c);

#endif
