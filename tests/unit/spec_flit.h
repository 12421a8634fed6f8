/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Sections 1 and 2 of SPEC.md once more, in the plainest form and without a line of the library's: where every byte of a flit is, what
 * header and control bits mean, the CRC bit by bit. The oracle of the tests.
 */
#ifndef OIO_TESTS_SPEC_FLIT_H
#define OIO_TESTS_SPEC_FLIT_H

#include <stdbool.h>
#include <stdint.h>
#include <string.h>

enum { SPEC_NOP = 0, SPEC_PAYLOAD = 1, SPEC_EXPLICIT = 0, SPEC_ACK = 1, SPEC_NAK = 2 };

struct spec_head {
  unsigned protocol, command, s, round, echo, credit;
};

/* ---- where things are ---- */

static inline unsigned spec_payload_at(unsigned format, unsigned i) {
  if (format == 3) return i;
  return i < 120 ? 2 + i : 8 + i;
}
static inline unsigned spec_header_at(unsigned format) {
  return format == 3 ? 236 : 0;
}
static inline unsigned spec_control_at(unsigned format) {
  return format == 3 ? 238 : 122;
}
static inline unsigned spec_crc_at(unsigned format, unsigned half) {
  return half == 1 ? 254 : format == 3 ? 252 : 126;
}
/* One past the last byte that the CRC of a half covers. */
static inline unsigned spec_covers_to(unsigned format, unsigned half) {
  if (format == 3) return half == 0 ? 128 : 242;
  return half == 0 ? 126 : 254;
}

/* ---- CRC ---- */

static inline unsigned spec_shift(unsigned crc, unsigned bit) {
  const unsigned out = crc >> 15 & 1u;
  crc = crc << 1 & 0xFFFFu;
  return (out ^ bit) != 0 ? crc ^ 0x8005u : crc;
}

/* `nbytes` bytes and zeros up to 128. */
static inline unsigned spec_crc(const uint8_t *bytes, unsigned nbytes) {
  unsigned crc = 0;
  for (unsigned i = 0; i < 8 * 128; i++) crc = spec_shift(crc, i / 8 < nbytes ? (unsigned)bytes[i / 8] >> i % 8 & 1u : 0u);
  return crc;
}

static inline unsigned spec_crc_of_half(unsigned format, const uint8_t *flit, unsigned half) {
  return spec_crc(flit + 128 * half, spec_covers_to(format, half) - 128 * half);
}

static inline bool spec_valid(unsigned format, const uint8_t *flit) {
  for (unsigned half = 0; half < 2; half++) {
    const unsigned at = spec_crc_at(format, half);
    if (spec_crc_of_half(format, flit, half) != (flit[at] | (unsigned)flit[at + 1] << 8)) return false;
  }
  return true;
}

static inline void spec_seal(unsigned format, uint8_t *flit) {
  for (unsigned half = 0; half < 2; half++) {
    const unsigned crc = spec_crc_of_half(format, flit, half);
    const unsigned at = spec_crc_at(format, half);
    flit[at] = (uint8_t)(crc & 0xFF);
    flit[at + 1] = (uint8_t)(crc >> 8);
  }
}

/* ---- header and control ---- */

static inline void spec_put_head(unsigned format, uint8_t *flit, struct spec_head h) {
  uint8_t *header = flit + spec_header_at(format), *control = flit + spec_control_at(format);
  header[0] = (uint8_t)(h.protocol * 64 + h.s / 16 % 16);
  header[1] = (uint8_t)(h.command * 16 + h.s % 16);
  control[0] = (uint8_t)(h.s / 256);
  control[1] = (uint8_t)(h.echo * 16 + h.round);
  control[2] = (uint8_t)(h.credit % 256);
  control[3] = (uint8_t)(h.credit / 256);
}

static inline struct spec_head spec_get_head(unsigned format, const uint8_t *flit) {
  const uint8_t *header = flit + spec_header_at(format), *control = flit + spec_control_at(format);
  return (struct spec_head){
      .protocol = header[0] / 64u,
      .command = header[1] / 16u % 4,
      .s = control[0] * 256u + header[0] % 16u * 16 + header[1] % 16u,
      .round = control[1] % 16u,
      .echo = control[1] / 16u,
      .credit = control[3] * 256u + control[2],
  };
}

/* Rule R2. */
static inline bool spec_discarded(unsigned format, const uint8_t *flit) {
  const struct spec_head h = spec_get_head(format, flit);
  const uint8_t *header = flit + spec_header_at(format);
  if (header[0] == 0 && header[1] == 0 && flit[spec_control_at(format)] == 0) return true;
  return h.protocol == 2 || h.protocol == 3 || h.command == 3;
}

/* A whole flit: payload (236 bytes, or NULL for zeros), head, CRCs. */
static inline void spec_make(unsigned format, uint8_t *flit, struct spec_head h, const uint8_t *payload) {
  memset(flit, 0, 256);
  for (unsigned i = 0; i < 236 && payload != NULL; i++) flit[spec_payload_at(format, i)] = payload[i];
  spec_put_head(format, flit, h);
  spec_seal(format, flit);
}

#endif
