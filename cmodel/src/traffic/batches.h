/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Batches: successive values in groups of equal size, so large that groups hardly depend on each other. When all batches are full, each two
 * become one and the size doubles, so that there are always between half and all of them, however long the run.
 */
#ifndef OIO_BATCHES_H
#define OIO_BATCHES_H

#include "traffic/spread.h"

enum { OIO_BATCHES = 64, OIO_BATCH_FIRST = 16 };

struct oio_batches {
  uint64_t each;  /* values that make a batch */
  uint32_t count; /* full ones; behind them one that is being filled */
  struct oio_spread batch[OIO_BATCHES];
};

void oio_batches_start(struct oio_batches *batches);
/* All are full: the first half of them holds all that there was. */
void oio_batches_join(struct oio_batches *batches);

static inline void oio_batches_add(struct oio_batches *batches, oio_time_ps value_ps, unsigned bucket) {
  struct oio_spread *batch = &batches->batch[batches->count];
  oio_spread_add(batch, value_ps, bucket);
  if (batch->count == batches->each && ++batches->count == OIO_BATCHES) oio_batches_join(batches);
}

#endif
