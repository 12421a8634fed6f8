/* SPDX-License-Identifier: Apache-2.0 */
#include "node/body.h"

#include "base/cold.h"

#include <string.h>

static uint8_t *write_segment(uint8_t *out, uint64_t seed, const struct oio_chosen *chosen) {
  if (chosen->message->data != NULL) {
    memcpy(out, chosen->message->data + chosen->offset, chosen->bytes);
  } else {
    oio_pattern_fill(seed, chosen->message->id, chosen->offset, out, chosen->bytes);
  }
  return out + chosen->bytes;
}

void oio_body_write(struct oio_payload *payload, uint64_t seed, const struct oio_chosen *chosen, unsigned count) {
  uint8_t *at = payload->bytes + payload->touched_bytes;
  for (unsigned i = 0; i < count; i++) at = write_segment(at, seed, &chosen[i]);
  uint8_t *end = payload->bytes + OIO_PAYLOAD_BYTES;
  if (at < end) memset(at, 0, (size_t)(end - at));
  payload->touched_bytes = OIO_PAYLOAD_BYTES;
}

OIO_COLD void oio_body_refer(struct oio_payload *payload, const struct oio_chosen *chosen, unsigned count) {
  for (unsigned i = 0; i < count; i++) {
    const uint8_t *data = chosen[i].message->data;
    if (data != NULL) data += chosen[i].offset;
    memcpy(payload->bytes + payload->touched_bytes, &data, sizeof data);
    payload->touched_bytes = (uint16_t)(payload->touched_bytes + sizeof data);
  }
  payload->references = (uint8_t)count;
}

OIO_COLD const uint8_t *oio_body_referred(const struct oio_payload *payload, unsigned left) {
  const uint8_t *data;
  memcpy(&data, payload->bytes + payload->touched_bytes - left * sizeof data, sizeof data);
  return data;
}
