/* SPDX-License-Identifier: Apache-2.0 */
/* What travels with a flit, saved and loaded (base/checkpoint.h). */
#ifndef OIO_FLIT_CHECKPOINT_H
#define OIO_FLIT_CHECKPOINT_H

#include "base/checkpoint.h"
#include "oio/flit.h"

void oio_stamp_checkpoint(struct oio_stamp *stamp, struct oio_checkpoint *c);
/* Event fidelity: the bytes of a payload that mean something (room for all 236), how many, and how many pointers stand at their end. */
void oio_touched_checkpoint(uint8_t *bytes, uint16_t *touched_bytes, uint8_t *references, struct oio_checkpoint *c);

/* A flit on its way. */
void oio_wire_checkpoint(const struct oio_flit_format *format, enum oio_fidelity fidelity, struct oio_wire *wire, struct oio_checkpoint *c);

#endif
