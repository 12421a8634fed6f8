/* SPDX-License-Identifier: Apache-2.0 */
/**
 * An array of any length in little memory: from SPILL_FROM_BYTES on it lies in a temporary file (in TMPDIR, else /tmp) that nobody else
 * sees, and spill_trim gives its pages back. Elements stay where they are between two calls of spill_push on the same array.
 */
#ifndef TRACE_SPILL_H
#define TRACE_SPILL_H

#include "oio/base.h"

enum { SPILL_FROM_BYTES = 1 << 22 };

/** Starts as {.size = sizeof of an element}. */
struct spill {
  size_t size, count, room; /**< bytes of an element; elements there are; elements there is place for */
  void *list;
  bool in_file;
  struct spill *next; /**< of those in a file */
};

/** A new last element, all zero. NULL: no memory, or no place in the temporary folder. */
void *spill_push(struct spill *spill);
/** Room for `count` elements, new ones all zero, and exactly so many. False: as spill_push. */
bool spill_resize(struct spill *spill, size_t count);
/** Sorts as qsort does. False: as spill_push, and the order is then undefined. */
bool spill_sort(struct spill *spill, int (*compare)(const void *left, const void *right));
/** To be called now and then, every few hundred elements that are touched: keeps the resident memory of the process bounded. */
void spill_trim(void);
/** From how many resident bytes of the process on spill_trim gives pages back: 32 MiB, unless this says something else. */
void spill_allow(uint64_t bytes);
void spill_free(struct spill *spill);

#endif
