/* SPDX-License-Identifier: Apache-2.0 */
#include "oio/crc16.h"

static uint16_t add_bit(uint16_t crc, unsigned bit) {
  const unsigned out = (crc >> 15 & 1u) ^ bit;
  return (uint16_t)((unsigned)crc << 1 ^ (out ? 0x8005u : 0u));
}

uint16_t oio_crc16(const void *in, size_t in_nbytes) {
  const uint8_t *bytes = in;
  uint16_t crc = 0;
  for (unsigned i = 0; i < 8 * OIO_CRC16_MESSAGE_BYTES; i++)
    crc = add_bit(crc, i / 8 < in_nbytes ? bytes[i / 8] >> i % 8 & 1u : 0u);
  return crc;
}

static uint32_t pair_portable(const uint8_t *in) {
  const uint32_t second = oio_crc16(in + OIO_CRC16_MESSAGE_BYTES, OIO_CRC16_MESSAGE_BYTES);
  return second << 16 | oio_crc16(in, OIO_CRC16_MESSAGE_BYTES);
}

static bool always(void) { return true; }

uint32_t oio_crc16_pair(const void *in) { return pair_portable(in); }

uint16_t oio_crc16_bit(unsigned bit) {
  uint16_t crc = add_bit(0, 1);
  for (; bit < 8 * OIO_CRC16_MESSAGE_BYTES - 1; bit++) crc = add_bit(crc, 0);
  return crc;
}

const struct oio_crc16_kernel *oio_crc16_kernels(size_t *count) {
  static const struct oio_crc16_kernel kernels[] = {{"portable", always, pair_portable}};
  *count = sizeof kernels / sizeof kernels[0];
  return kernels;
}
