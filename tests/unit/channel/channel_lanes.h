/* SPDX-License-Identifier: Apache-2.0 */
/* A channel of lanes, and what has become of the bits of its flits. Include after <cmocka.h>, with CHANCE_PROGRAM defined. */
#ifndef OIO_TESTS_CHANNEL_LANES_H
#define OIO_TESTS_CHANNEL_LANES_H

#include <math.h>
#include <string.h>

#include "chance.h"
#include "oio/channel.h"

enum { LANES_MAX = 1024 };
#define US OIO_US

/* A line of 1 Tb/s in 16 lanes without errors: a flit takes 2,048 ps. */
static inline struct oio_channel_config plain(void) {
  struct oio_channel_config c = {.format = 3, .fidelity = OIO_BIT, .lanes = 16, .lane_rate_bits_per_s = 62500000000u, .stripe_bits = 1};
  c.seed = seed;
  c.stream = 5;
  return c;
}

static inline struct oio_channel *channel_of(const struct oio_channel_config *config) {
  struct oio_channel *channel;
  struct oio_error error;
  if (oio_channel_create(&channel, config, &error) != OIO_OK) fail_msg("%s", error.text);
  return channel;
}

/* The next flit, of zeros, when the wire is free: what has become of its bits, and when it arrives. */
static inline oio_time_ps send(struct oio_channel *channel, oio_time_ps start_ps, uint8_t bytes[OIO_FLIT_BYTES]) {
  struct oio_wire *wire = oio_channel_slot(channel);
  memset(wire, 0, sizeof *wire);
  wire->touched_bytes = OIO_PAYLOAD_BYTES;
  const oio_time_ps free_ps = oio_channel_free_ps(channel);
  oio_channel_push(channel, start_ps > free_ps ? start_ps : free_ps);
  const oio_time_ps arrival_ps = oio_channel_arrival_ps(channel);
  memcpy(bytes, oio_channel_peek(channel)->bytes, OIO_FLIT_BYTES);
  oio_channel_pop(channel);
  return arrival_ps;
}

static inline uint8_t bit_of(const uint8_t *bytes, unsigned bit) {
  return bytes[bit / 8] >> bit % 8 & 1;
}

/* Wrong bits of each lane in so many flits back to back, when lane floor(b / stripe) mod lanes carries bit b of them all together. */
static inline void count_by_lane(struct oio_channel *channel, uint64_t flits, unsigned stripe, unsigned lanes, uint64_t wrong[LANES_MAX]) {
  uint8_t bytes[OIO_FLIT_BYTES];
  memset(wrong, 0, LANES_MAX * sizeof *wrong);
  for (uint64_t f = 0; f < flits; f++) {
    send(channel, 0, bytes);
    for (unsigned b = 0; b < OIO_FLIT_BITS; b++) wrong[(f * OIO_FLIT_BITS + b) / stripe % lanes] += bit_of(bytes, b);
  }
}

static inline void expect_share(const char *what, double seen, double count, double p) {
  const double off = (seen / count - p) / sqrt(p * (1 - p) / count);
  print_message("  %s: %.5g, must be %.5g, %+.2f sigma\n", what, seen / count, p, off);
  if (!(fabs(off) < 4.5)) FAIL_WITH_REPLAY("%s: %.5g is not %.5g", what, seen / count, p);
}

#endif
