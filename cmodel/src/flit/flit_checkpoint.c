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

/* Event fidelity: what else is in the flit means nothing. */
static void keep_touched(const struct oio_flit_format *format, struct oio_wire *wire, struct oio_checkpoint *c) {
  uint8_t payload[OIO_PAYLOAD_BYTES] = {0};
  if (!oio_checkpoint_loads(c)) oio_flit_get_payload(format, wire->bytes, payload, wire->touched_bytes);
  oio_checkpoint_bytes(c, "header", wire->bytes + format->header_at, sizeof(uint16_t));
  oio_checkpoint_bytes(c, "control", wire->bytes + format->control_at, sizeof(uint32_t));
  oio_touched_checkpoint(payload, &wire->touched_bytes, &wire->references, c);
  if (oio_checkpoint_loads(c)) oio_flit_put_payload(format, wire->bytes, payload, OIO_PAYLOAD_BYTES);
}

void oio_wire_checkpoint(const struct oio_flit_format *format, enum oio_fidelity fidelity, struct oio_wire *wire,
                         struct oio_checkpoint *c) {
  if (fidelity == OIO_EVENT) {
    keep_touched(format, wire, c);
  } else {
    oio_checkpoint_bytes(c, "flit bytes", wire->bytes, OIO_FLIT_BYTES);
    if (oio_checkpoint_loads(c)) {
      wire->touched_bytes = OIO_PAYLOAD_BYTES;
      wire->references = 0;
    }
  }
  oio_stamp_checkpoint(&wire->stamp, c);
  OIO_KEEP(c, wire->syndrome, UINT32_MAX);
  OIO_KEEP(c, wire->wrong_bits, UINT16_MAX);
  OIO_KEEP(c, wire->tainted, true);
}
