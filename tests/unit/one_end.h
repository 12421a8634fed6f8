/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One link end, and a peer made by hand of flits (spec_flit.h). Times are picoseconds; ack_delay 100, nak_repeat 1000, timeout 5000.
 * Include after <cmocka.h>.
 */
#ifndef OIO_TESTS_ONE_END_H
#define OIO_TESTS_ONE_END_H

#include <string.h>

#include "oio/link.h"
#include "spec_flit.h"

enum { ACK_DELAY = 100, NAK_REPEAT = 1000, TIMEOUT = 5000, BUFFER = 4 };

static const struct oio_link_config plain = {
    .format = 3,
    .sequence_bits = 8,
    .fidelity = OIO_BIT,
    .window_flits = 127,
    .buffer_flits = BUFFER,
    .peer_buffer_flits = 100,
    .replay_limit = 3,
    .timeout_ps = TIMEOUT,
    .nak_repeat_ps = NAK_REPEAT,
    .ack_delay_ps = ACK_DELAY,
};

static inline struct oio_link *make(struct oio_link_config config) {
  struct oio_link *link;
  struct oio_error error;
  if (oio_link_create(&link, &config, &error) != OIO_OK) fail_msg("%s", error.text);
  return link;
}

/* ---- the hand-written peer ---- */

static inline void tell(struct oio_link *link, uint64_t now, struct spec_head h) {
  struct oio_wire wire = {.touched_bytes = OIO_PAYLOAD_BYTES};
  if (h.credit == 0) { /* nothing new */
    struct oio_link_state state;
    oio_link_get_state(link, &state);
    h.credit = state.credit_limit;
  }
  spec_make(3, wire.bytes, h, NULL);
  oio_link_rx(link, now, &wire);
}

static inline void tell_nonsense(struct oio_link *link, uint64_t now) {
  struct oio_wire wire = {.touched_bytes = OIO_PAYLOAD_BYTES, .wrong_bits = 1, .syndrome = 1};
  spec_make(3, wire.bytes, (struct spec_head){.protocol = 1, .s = 1, .credit = 500}, NULL);
  wire.bytes[17] ^= 4;
  oio_link_rx(link, now, &wire);
}

#define PAYLOAD_OF(sequence) ((struct spec_head){.protocol = SPEC_PAYLOAD, .s = (sequence)})
#define NOP_WITH(command_, number) ((struct spec_head){.protocol = SPEC_NOP, .command = (command_), .s = (number)})
#define CARRYING(command_, number) ((struct spec_head){.protocol = SPEC_PAYLOAD, .command = (command_), .s = (number)})

static inline struct spec_head hear(struct oio_link *link, uint64_t now) {
  struct oio_wire wire;
  memset(&wire, 0xA5, sizeof wire);
  if (!oio_link_tx(link, now, &wire)) fail_msg("nothing was sent at %llu", (unsigned long long)now);
  assert_true(spec_valid(3, wire.bytes));
  return spec_get_head(3, wire.bytes);
}

#define EXPECT(head_, protocol_, command_, s_)                                                                                             \
  do {                                                                                                                                     \
    const struct spec_head h_ = (head_);                                                                                                   \
    if (h_.protocol != (protocol_) || h_.command != (command_) || h_.s != (s_)) {                                                          \
      fail_msg("line %d: heard protocol %u command %u S %u, must be %u %u %u", __LINE__, h_.protocol, h_.command, h_.s,                    \
               (unsigned)(protocol_), (unsigned)(command_), (unsigned)(s_));                                                               \
    }                                                                                                                                      \
  } while (0)

static inline void expect_silence(struct oio_link *link, uint64_t now) {
  struct oio_wire wire;
  assert_false(oio_link_tx(link, now, &wire));
}

static inline void give(struct oio_link *link, uint64_t now) {
  static const struct oio_payload payload = {.touched_bytes = OIO_PAYLOAD_BYTES};
  assert_int_equal(oio_link_send(link, now, &payload), OIO_OK);
}

/* Accepted from above and put on the wire. */
static inline struct spec_head give_and_hear(struct oio_link *link, uint64_t now) {
  give(link, now);
  return hear(link, now);
}

static inline void take(struct oio_link *link, uint64_t now) {
  struct oio_payload payload;
  assert_true(oio_link_recv(link, now, &payload));
}

static inline struct oio_link_state state_of(const struct oio_link *link) {
  struct oio_link_state state;
  oio_link_get_state(link, &state);
  return state;
}

#endif
