/* SPDX-License-Identifier: Apache-2.0 */
/* Integers as bytes, the lowest first, on any machine. Written so that a compiler makes one load or store of each. */
#ifndef OIO_LITTLE_ENDIAN_H
#define OIO_LITTLE_ENDIAN_H

#include <stdint.h>

static inline uint32_t oio_load_le16(const uint8_t *p) {
  return (uint32_t)p[0] | (uint32_t)p[1] << 8;
}

static inline uint32_t oio_load_le32(const uint8_t *p) {
  return oio_load_le16(p) | oio_load_le16(p + 2) << 16;
}

static inline uint64_t oio_load_le64(const uint8_t *p) {
  return oio_load_le32(p) | (uint64_t)oio_load_le32(p + 4) << 32;
}

static inline void oio_store_le16(uint8_t *p, uint32_t n) {
  p[0] = (uint8_t)n;
  p[1] = (uint8_t)(n >> 8);
}

static inline void oio_store_le32(uint8_t *p, uint32_t n) {
  oio_store_le16(p, n);
  oio_store_le16(p + 2, n >> 16);
}

static inline void oio_store_le64(uint8_t *p, uint64_t n) {
  oio_store_le32(p, (uint32_t)n);
  oio_store_le32(p + 4, (uint32_t)(n >> 32));
}

#endif
