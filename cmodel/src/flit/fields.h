/* SPDX-License-Identifier: Apache-2.0 */
/* The header and control bytes of a flit as two numbers, and the fields in them (SPEC.md section 1). */
#ifndef OIO_FIELDS_H
#define OIO_FIELDS_H

#include "base/little_endian.h"
#include "oio/flit.h"

static inline uint32_t oio_flit_header(const struct oio_flit_format *format, const uint8_t *flit) {
  return oio_load_le16(flit + format->header_at);
}

static inline uint32_t oio_flit_control(const struct oio_flit_format *format, const uint8_t *flit) {
  return oio_load_le32(flit + format->control_at);
}

static inline uint16_t oio_flit_sequence(uint32_t header, uint32_t control) {
  return (uint16_t)((control & 255) << 8 | (header & 15) << 4 | (header >> 8 & 15));
}

static inline uint8_t oio_flit_round(uint32_t control) {
  return control >> 8 & 15;
}

static inline bool oio_flit_is_nop(uint32_t header) {
  return (header & 0x00C0) == 0;
}

/* Protocol 1, and command 0 or 1: explicit or Ack. */
static inline bool oio_flit_carries_payload(uint32_t header) {
  return (header & 0x20C0) == 0x0040;
}

/* Of those: which of the two. */
static inline bool oio_flit_is_explicit(uint32_t header) {
  return (header & 0x1000) == 0;
}

#endif
