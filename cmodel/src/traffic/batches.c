/* SPDX-License-Identifier: Apache-2.0 */
#include "traffic/batches.h"

void oio_batches_start(struct oio_batches *batches) {
  batches->each = OIO_BATCH_FIRST;
}

void oio_batches_join(struct oio_batches *batches) {
  for (uint32_t i = 0; i < OIO_BATCHES / 2; i++) {
    if (i > 0) oio_spread_move(&batches->batch[i], &batches->batch[2 * i]);
    oio_spread_move(&batches->batch[i], &batches->batch[2 * i + 1]);
  }
  batches->count = OIO_BATCHES / 2;
  batches->each *= 2;
}
