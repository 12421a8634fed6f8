/* SPDX-License-Identifier: Apache-2.0 */
#include "node/held.h"

#include "base/cold.h"

OIO_COLD uint32_t oio_held_release_some(struct oio_held *held, uint32_t bytes) {
  const uint32_t before = held->granules;
  held->bytes -= bytes;
  held->released += bytes;
  for (uint32_t size; held->released >= (size = held->sizes[held->first & held->mask]);) {
    held->released -= size;
    held->granules -= oio_granules(size);
    held->first += oio_granules(size);
  }
  return before - held->granules;
}
