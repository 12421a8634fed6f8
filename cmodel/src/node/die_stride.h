/* SPDX-License-Identifier: Apache-2.0 */
/* A die walked through as base/stride.h says: event fidelity, whatever arrives being taken at once. */
#ifndef OIO_DIE_STRIDE_H
#define OIO_DIE_STRIDE_H

#include "base/stride.h"
#include "oio/die.h"

/* Its link end sends direction `out` and receives `in`, whose payloads its peer makes. */
void oio_die_stride(struct oio_die *die, uint32_t out, uint32_t in, struct oio_stride *s);
/* What the direction that it sends is seen from. */
void oio_die_stride_from(const struct oio_die *die, struct oio_stride_wire *wire);
struct oio_link *oio_die_stride_link(const struct oio_die *die);
/* As struct oio_stride has it; the maker is a die. */
void oio_die_stride_look_into(struct oio_stride *s, const void *maker, const uint8_t *bytes, size_t nbytes);
/* A number of what changes from flit to flit: another one, another state. */
uint64_t oio_die_stride_key(const struct oio_die *die);

#endif
