/* SPDX-License-Identifier: Apache-2.0 */
#include "oio/flit.h"

#include "base/little_endian.h"
#include "base/precondition.h"
#include "flit/fields.h"
#include "oio/crc16.h"

#include <string.h>

enum { HALF_BYTES = OIO_FLIT_BYTES / 2 };

static const struct oio_flit_format formats[] = {
    {.number = 3,
     .name = "256B end header",
     .payload = {{0, 236}, {236, 0}},
     .header_at = 236,
     .control_at = 238,
     .reserved_at = 242,
     .reserved_bytes = OIO_FLIT_RESERVED_BYTES,
     .crc_at = {252, 254},
     .crc_covers = {128, 114},
     .crc_mask = {UINT64_MAX, UINT64_MAX, 0xFFFF, 0}},
    {.number = 6,
     .name = "256B latency-optimised",
     .payload = {{2, 120}, {128, 116}},
     .header_at = 0,
     .control_at = 122,
     .reserved_at = 244,
     .reserved_bytes = OIO_FLIT_RESERVED_BYTES,
     .crc_at = {126, 254},
     .crc_covers = {126, 126},
     .crc_mask = {UINT64_MAX, UINT64_MAX >> 16, UINT64_MAX, UINT64_MAX >> 16}},
};

const struct oio_flit_format *oio_flit_format(unsigned number) {
  for (size_t i = 0; i < sizeof formats / sizeof formats[0]; i++) {
    if (formats[i].number == number) return &formats[i];
  }
  return NULL;
}

void oio_flit_put_head(const struct oio_flit_format *format, uint8_t *flit, const struct oio_flit_head *head) {
  OIO_PRECONDITION(head->protocol < 4 && head->command < 4);
  uint8_t *h = flit + format->header_at;
  uint8_t *k = flit + format->control_at;
  const uint32_t s = head->sequence;
  oio_store_le16(h, (uint16_t)((uint32_t)head->protocol << 6 | (s >> 4 & 15) | (uint32_t)head->command << 12 | (s & 15) << 8));
  oio_store_le32(k, s >> 8 | (head->round & 15u) << 8 | (head->echo & 15u) << 12 | (uint32_t)head->credit_limit << 16);
}

bool oio_flit_get_head(const struct oio_flit_format *format, const uint8_t *flit, struct oio_flit_head *head) {
  const uint32_t h = oio_flit_header(format, flit), k = oio_flit_control(format, flit);
  head->protocol = h >> 6 & 3;
  head->command = h >> 12 & 3;
  head->sequence = oio_flit_sequence(h, k);
  head->round = oio_flit_round(k);
  head->echo = k >> 12 & 15;
  head->credit_limit = (uint16_t)(k >> 16);
  return (h | (k & 255)) != 0 && head->protocol <= OIO_PROTOCOL_PAYLOAD && head->command <= OIO_NAK;
}

/* How many of nbytes payload bytes lie in the first run. */
static size_t first_run(const struct oio_flit_format *format, size_t nbytes) {
  return nbytes < format->payload[0].bytes ? nbytes : format->payload[0].bytes;
}

void oio_flit_put_payload(const struct oio_flit_format *format, uint8_t *flit, const uint8_t *payload, size_t nbytes) {
  OIO_PRECONDITION(nbytes <= OIO_PAYLOAD_BYTES);
  const size_t first = first_run(format, nbytes);
  memcpy(flit + format->payload[0].at, payload, first);
  if (nbytes > first) memcpy(flit + format->payload[1].at, payload + first, nbytes - first);
}

void oio_flit_get_payload(const struct oio_flit_format *format, const uint8_t *flit, uint8_t *payload, size_t nbytes) {
  OIO_PRECONDITION(nbytes <= OIO_PAYLOAD_BYTES);
  const size_t first = first_run(format, nbytes);
  memcpy(payload, flit + format->payload[0].at, first);
  if (nbytes > first) memcpy(payload + first, flit + format->payload[1].at, nbytes - first);
}

static void put_crcs(const struct oio_flit_format *format, uint8_t *flit, uint32_t crcs) {
  oio_store_le16(flit + format->crc_at[0], (uint16_t)crcs);
  oio_store_le16(flit + format->crc_at[1], (uint16_t)(crcs >> 16));
}

/* What a CRC does not cover is the end of its half and counts as zeros: the zero extension to a message of 128 bytes. */
void oio_flit_seal(const struct oio_flit_format *format, uint8_t *flit) {
  memset(flit + format->reserved_at, 0, OIO_FLIT_RESERVED_BYTES);
  put_crcs(format, flit, oio_crc16_pair_masked(flit, format->crc_mask));
}

void oio_flit_condemn(const struct oio_flit_format *format, uint8_t *flit) {
  put_crcs(format, flit, ~oio_crc16_pair_masked(flit, format->crc_mask));
}

bool oio_flit_valid(const struct oio_flit_format *format, const uint8_t *flit) {
  const uint32_t claimed = oio_load_le16(flit + format->crc_at[0]) | (uint32_t)oio_load_le16(flit + format->crc_at[1]) << 16;
  return oio_crc16_pair_masked(flit, format->crc_mask) == claimed;
}

uint32_t oio_flit_syndrome(const struct oio_flit_format *format, unsigned bit) {
  OIO_PRECONDITION(bit < OIO_FLIT_BITS);
  const unsigned byte = bit / 8;
  for (unsigned half = 0; half < 2; half++) {
    const unsigned at = format->crc_at[half];
    if (byte == at || byte == at + 1) return (uint32_t)1 << (16 * half + 8 * (byte - at) + bit % 8);
  }
  const unsigned half = byte / HALF_BYTES;
  if (byte % HALF_BYTES >= format->crc_covers[half]) return 0;
  return (uint32_t)oio_crc16_bit(bit % (8 * HALF_BYTES)) << (16 * half);
}
