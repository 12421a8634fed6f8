/* SPDX-License-Identifier: Apache-2.0 */
/* What travels with a flit, walked through as base/stride.h says; event fidelity. */
#ifndef OIO_FLIT_STRIDE_H
#define OIO_FLIT_STRIDE_H

#include "base/stride.h"
#include "oio/flit.h"

void oio_stamp_stride(struct oio_stamp *stamp, struct oio_stride *s);
/* A payload that was made at the other end of direction `wire`, or is sent by it. */
void oio_payload_stride(struct oio_payload *payload, uint32_t wire, struct oio_stride *s);
/* A flit on its way in direction `wire`; `back` is the other one of its link. */
void oio_wire_stride(const struct oio_flit_format *format, struct oio_wire *flit, uint32_t wire, uint32_t back, struct oio_stride *s);

#endif
