/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The far end of a port of a routed die or switch, made by hand of flits: SPEC.md section 11 without a line of the library's. Nothing is
 * lost, and it acknowledges only what a test says. Include after <cmocka.h>.
 */
#ifndef OIO_TESTS_ROUTED_H
#define OIO_TESTS_ROUTED_H

#include "oio/link.h"
#include "spec_flit.h"

enum { FAR_BUFFER = 8, NEAR_BUFFER = 4, FAR_ACK_DELAY = 100, FAR_MANY = 16383 };

static inline struct oio_link_config far_link(uint32_t far_buffer_flits, enum oio_fidelity fidelity) {
  return (struct oio_link_config){.format = 3,
                                  .sequence_bits = 16,
                                  .profile = OIO_PROFILE_ROUTED,
                                  .fidelity = fidelity,
                                  .window_flits = 32767,
                                  .buffer_flits = NEAR_BUFFER,
                                  .peer_buffer_flits = far_buffer_flits,
                                  .replay_limit = 3,
                                  .timeout_ps = OIO_MS,
                                  .nak_repeat_ps = OIO_MS,
                                  .ack_delay_ps = FAR_ACK_DELAY};
}

/* What a routed payload says. */
struct far_head {
  unsigned segments, vc, hop_vc, destination, source;
};

static inline void far_put_head(uint8_t *payload, struct far_head h) {
  payload[0] = (uint8_t)(h.segments + 16 * h.vc);
  payload[1] = (uint8_t)h.hop_vc;
  payload[2] = (uint8_t)(h.destination % 256);
  payload[3] = (uint8_t)(h.destination / 256);
  payload[4] = (uint8_t)(h.source % 256);
  payload[5] = (uint8_t)(h.source / 256);
}

static inline struct far_head far_get_head(const uint8_t *payload) {
  return (struct far_head){.segments = payload[0] % 16u,
                           .vc = payload[0] / 16u,
                           .hop_vc = payload[1],
                           .destination = payload[2] + 256u * payload[3],
                           .source = payload[4] + 256u * payload[5]};
}

/* Descriptor k; the message's identity is below 65536. */
static inline void far_put_descriptor(uint8_t *payload, unsigned k, unsigned flags, unsigned bytes, unsigned id) {
  uint8_t *d = payload + 6 + 8 * k;
  memset(d, 0, 8);
  d[0] = (uint8_t)flags;
  d[1] = (uint8_t)bytes;
  d[2] = (uint8_t)(id % 256);
  d[3] = (uint8_t)(id / 256);
}

/* A far end's own state: the sequence of what it has sent last. */
struct far_end {
  unsigned sequence;
};

/* Its next payload flit; credit: K2 and K3. */
static inline struct oio_wire far_flit(struct far_end *far, const uint8_t *payload, unsigned credit) {
  struct oio_wire wire = {.touched_bytes = OIO_PAYLOAD_BYTES, .stamp = {.enter_ps = 17, .parts_ps = {1, 2, 3, 4, 6, 5}}};
  far->sequence = far->sequence == 65535 ? 1 : far->sequence + 1;
  spec_make(3, wire.bytes, (struct spec_head){.protocol = SPEC_PAYLOAD, .s = far->sequence, .credit = credit}, payload);
  return wire;
}

/* A NOP that brings nothing but a credit limit. */
static inline struct oio_wire far_credit(unsigned hop_vc, unsigned limit) {
  struct oio_wire wire = {.touched_bytes = OIO_PAYLOAD_BYTES};
  spec_make(3, wire.bytes, (struct spec_head){.protocol = SPEC_NOP, .command = SPEC_ACK, .s = 65535, .credit = limit + 0x8000 * hop_vc},
            NULL);
  return wire;
}

#endif
