/* SPDX-License-Identifier: Apache-2.0 */
/* Counts what is allocated, each part by its owner. */
#ifndef OIO_MEMORY_H
#define OIO_MEMORY_H

#include "oio/base.h"

enum { OIO_PAGE_BYTES = 4096, OIO_ALLOCATION_BYTES = 16 /* what the allocator adds to each, in the mean */ };

/* An allocation that is written as it is made. */
static inline void oio_memory_add(struct oio_memory *memory, uint64_t nbytes) {
  memory->least_bytes += nbytes + OIO_ALLOCATION_BYTES;
  memory->most_bytes += nbytes + OIO_ALLOCATION_BYTES;
}

/* One that is not, or not all at once: what stands before and behind it shares a page with it. */
static inline void oio_memory_add_untouched(struct oio_memory *memory, uint64_t nbytes) {
  memory->least_bytes += nbytes < OIO_PAGE_BYTES ? nbytes : OIO_PAGE_BYTES;
  memory->most_bytes += nbytes + OIO_ALLOCATION_BYTES;
}

static inline void oio_memory_add_all(struct oio_memory *memory, const struct oio_memory *part, uint64_t times) {
  memory->least_bytes += times * part->least_bytes;
  memory->most_bytes += times * part->most_bytes;
}

#endif
