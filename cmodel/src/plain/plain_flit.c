/* SPDX-License-Identifier: Apache-2.0 */
/* Flits of the plain profile (SPEC.md section 16). */
#include "base/little_endian.h"
#include "base/precondition.h"
#include "oio/crc16.h"
#include "oio/plain.h"

#include <string.h>

static const struct oio_plain_format formats[] = {
    {.number = 2,
     .name = "68B",
     .bytes = 68,
     .payload_bytes = 64,
     .header_at = 0,
     .payload = {{2, 64}},
     .crc = {{.at = 66, .from = 0, .bytes = 66}}},
    {.number = 3,
     .name = "256B end header",
     .bytes = 256,
     .payload_bytes = 240,
     .header_at = 236,
     .payload = {{0, 236}, {238, 4}},
     .reserved = {{242, 10}},
     .crc = {{.at = 252, .from = 0, .bytes = 128}, {.at = 254, .from = 128, .bytes = 114}}},
    {.number = 4,
     .name = "256B start header",
     .bytes = 256,
     .payload_bytes = 240,
     .header_at = 0,
     .payload = {{2, 240}},
     .reserved = {{242, 10}},
     .crc = {{.at = 252, .from = 0, .bytes = 128}, {.at = 254, .from = 128, .bytes = 114}}},
    {.number = 5,
     .name = "256B latency-optimised",
     .bytes = 256,
     .payload_bytes = 236,
     .header_at = 0,
     .payload = {{2, 120}, {128, 116}},
     .reserved = {{122, 4}, {244, 10}},
     .crc = {{.at = 126, .from = 0, .bytes = 126}, {.at = 254, .from = 128, .bytes = 126}},
     .halves = true},
    {.number = 6,
     .name = "256B latency-optimised, optional bytes",
     .bytes = 256,
     .payload_bytes = 250,
     .header_at = 0,
     .payload = {{2, 124}, {128, 126}},
     .crc = {{.at = 126, .from = 0, .bytes = 126}, {.at = 254, .from = 128, .bytes = 126}},
     .halves = true},
};

const struct oio_plain_format *oio_plain_format(unsigned number) {
  for (size_t i = 0; i < sizeof formats / sizeof formats[0]; i++) {
    if (formats[i].number == number) return &formats[i];
  }
  return NULL;
}

void oio_plain_put_head(const struct oio_plain_format *format, uint8_t *flit, const struct oio_plain_head *head) {
  OIO_PRECONDITION(head->protocol < 4 && head->stack < 2 && head->marker < 2 && head->type < 4 && head->command < 4);
  uint8_t *h = flit + format->header_at;
  h[0] = (uint8_t)(head->protocol << 6 | head->stack << 5 | head->marker << 4 | head->sequence >> 4);
  h[1] = (uint8_t)(head->type << 6 | head->command << 4 | (head->sequence & 15));
}

void oio_plain_get_head(const struct oio_plain_format *format, const uint8_t *flit, struct oio_plain_head *head) {
  const uint8_t *h = flit + format->header_at;
  head->protocol = h[0] >> 6;
  head->stack = h[0] >> 5 & 1;
  head->marker = h[0] >> 4 & 1;
  head->type = h[1] >> 6;
  head->command = h[1] >> 4 & 3;
  head->sequence = (uint8_t)((h[0] & 15) << 4 | (h[1] & 15));
}

void oio_plain_put_payload(const struct oio_plain_format *format, uint8_t *flit, const uint8_t *payload) {
  memcpy(flit + format->payload[0].at, payload, format->payload[0].bytes);
  memcpy(flit + format->payload[1].at, payload + format->payload[0].bytes, format->payload[1].bytes);
}

void oio_plain_get_payload(const struct oio_plain_format *format, const uint8_t *flit, uint8_t *payload) {
  memcpy(payload, flit + format->payload[0].at, format->payload[0].bytes);
  memcpy(payload + format->payload[0].bytes, flit + format->payload[1].at, format->payload[1].bytes);
}

static uint16_t crc_of(const struct oio_plain_format *format, const uint8_t *flit, unsigned half) {
  return oio_crc16(flit + format->crc[half].from, format->crc[half].bytes);
}

void oio_plain_seal(const struct oio_plain_format *format, uint8_t *flit) {
  for (unsigned half = 0; half < 2; half++) {
    memset(flit + format->reserved[half].at, 0, format->reserved[half].bytes);
  }
  for (unsigned half = 0; half < 2; half++) {
    if (format->crc[half].bytes > 0) oio_store_le16(flit + format->crc[half].at, crc_of(format, flit, half));
  }
}

bool oio_plain_half_valid(const struct oio_plain_format *format, const uint8_t *flit, unsigned half) {
  return format->crc[half].bytes == 0 || oio_load_le16(flit + format->crc[half].at) == crc_of(format, flit, half);
}
