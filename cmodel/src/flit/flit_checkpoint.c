/* SPDX-License-Identifier: Apache-2.0 */
#include "flit/flit_checkpoint.h"

#include <string.h>

enum { REFERENCES_MAX = 14 };

void oio_stamp_checkpoint(struct oio_stamp *stamp, struct oio_checkpoint *c) {
  OIO_KEEP_ANY(c, stamp->enter_ps);
  for (unsigned part = 0; part < OIO_PART_COUNT; part++) OIO_KEEP_ANY(c, stamp->parts_ps[part]);
}

/* A pointer is saved as one that there is, not as its bytes: these differ from machine to machine. Every segment has one, or none has: a
 * receiver goes by the number of segments, which stands in the first byte. */
void oio_touched_checkpoint(uint8_t *bytes, uint16_t *touched_bytes, uint8_t *references, struct oio_checkpoint *c) {
  const uint8_t *data = NULL;
  uint16_t plain_bytes = 0;
  if (!oio_checkpoint_loads(c)) plain_bytes = (uint16_t)(*touched_bytes - *references * sizeof data);
  OIO_KEEP(c, *references, REFERENCES_MAX);
  OIO_KEEP(c, plain_bytes, OIO_PAYLOAD_BYTES);
  oio_checkpoint_bytes(c, "payload bytes", bytes, plain_bytes);
  const unsigned count = c->wrong == OIO_CHECKPOINT_GOOD ? *references : 0;
  if (!oio_checkpoint_require(c, "references", count == 0 || (plain_bytes > 0 && (bytes[0] & 15) == count))) return;
  if (!oio_checkpoint_require(c, "references", plain_bytes + count * sizeof data <= OIO_PAYLOAD_BYTES)) return;
  for (unsigned i = 0; i < count; i++) {
    uint8_t *at = bytes + plain_bytes + i * sizeof data;
    if (!oio_checkpoint_loads(c)) memcpy(&data, at, sizeof data);
    oio_checkpoint_brought(c, &data);
    if (oio_checkpoint_loads(c)) memcpy(at, &data, sizeof data);
  }
  if (oio_checkpoint_loads(c)) *touched_bytes = (uint16_t)(plain_bytes + count * sizeof data);
}
