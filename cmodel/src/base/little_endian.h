/* SPDX-License-Identifier: Apache-2.0 */
/* Integers as bytes, the lowest first, on any machine. */
#ifndef OIO_LITTLE_ENDIAN_H
#define OIO_LITTLE_ENDIAN_H

#include <stdint.h>
#include <string.h>

#if defined(__BYTE_ORDER__) && __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__
#define OIO_LE(bits, n) __builtin_bswap##bits(n)
#else
#define OIO_LE(bits, n) (n)
#endif

static inline uint16_t oio_load_le16(const uint8_t *p) {
  uint16_t n;
  memcpy(&n, p, sizeof n);
  return OIO_LE(16, n);
}

static inline uint32_t oio_load_le32(const uint8_t *p) {
  uint32_t n;
  memcpy(&n, p, sizeof n);
  return OIO_LE(32, n);
}

static inline uint64_t oio_load_le64(const uint8_t *p) {
  uint64_t n;
  memcpy(&n, p, sizeof n);
  return OIO_LE(64, n);
}

static inline void oio_store_le16(uint8_t *p, uint16_t n) {
  n = OIO_LE(16, n);
  memcpy(p, &n, sizeof n);
}

static inline void oio_store_le32(uint8_t *p, uint32_t n) {
  n = OIO_LE(32, n);
  memcpy(p, &n, sizeof n);
}

static inline void oio_store_le64(uint8_t *p, uint64_t n) {
  n = OIO_LE(64, n);
  memcpy(p, &n, sizeof n);
}

#endif
