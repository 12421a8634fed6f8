/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A link end against anything, held after every step against the second implementation of the rules (../unit/twin.h). The input is a
 * configuration and then a list of steps: time passes, send, take, transmit, and flits that arrive: whole ones whose fields stand in the
 * input, as they are or relative to what the link expects, with a right or a wrong CRC; or 256 bytes of the input.
 */
#include "../unit/twin.h"
#include "fuzz.h"
#include "input.h"

#include <stdlib.h>

static struct twin twin;

size_t fuzz_seed(unsigned index, uint8_t *data) {
  static const uint8_t steps[] = {1, 3, 3, 4, 0x40, 1, 0, 2, 3, 0, 200, 4, 0x48, 0, 1, 3, 5, 0x41, 0, 3, 0, 255, 3, 4, 0x60, 1, 2, 3, 1, 3};
  if (index >= 16) return 0;
  size_t size = 0;
  data[size++] = (uint8_t)index;
  for (unsigned i = 0; i < 6; i++) data[size++] = (uint8_t)(3 * i + index);
  for (unsigned i = 0; i < 8; i++) {
    memcpy(data + size, steps, sizeof steps);
    size += sizeof steps;
  }
  return size;
}

static unsigned bounded(unsigned s) {
  return twin.spec.m == 255 ? s & 0xFF : s & 0xFFFF;
}

static void arrive(struct input *in, unsigned kind, uint64_t now) {
  struct oio_wire wire = {.touched_bytes = OIO_PAYLOAD_BYTES};
  const struct spec_link *e = &twin.spec;
  const unsigned bits = byte_of(in);
  struct spec_head h = {
      .protocol = bits >> 6, .command = bits >> 4 & 3, .round = e->round_seen, .echo = e->round, .credit = e->hop[0].credit_limit};
  if (e->routed && bits & 1) h.credit = e->hop[1].credit_limit + 0x8000;
  if (kind == 6) {
    for (unsigned i = 0; i < 256; i++) wire.bytes[i] = (uint8_t)byte_of(in);
    if (bits & 1) spec_seal(twin.format, wire.bytes);
    require(twin_rx(&twin, now, &wire));
    return;
  }
  if (kind == 5) { /* as it stands in the input */
    h.s = bounded(word_of(in));
    h.round = byte_of(in) & 15;
    h.echo = byte_of(in) & 15;
    h.credit = word_of(in);
  } else { /* near what is expected */
    const unsigned near = byte_of(in);
    const unsigned base =
        h.command == SPEC_EXPLICIT ? (bits & 8 ? spec_before(e, e->expected) : e->expected) : (bits & 8 ? e->last_sent : e->acked);
    h.s = bounded(base + near % 8 - (near & 8 ? 7 : 0));
    h.round = (h.round + (near >> 4 & 1)) % 16;
    h.echo = (h.echo + (near & 0x20 ? 15 : 0)) % 16;
    h.credit = (h.credit & 0x8000 & ~spec_limit_mask(e)) + ((h.credit + (near >> 6)) & spec_limit_mask(e));
  }
  uint8_t payload[236];
  twin_payload(now * 31 + bits, payload);
  spec_make(twin.format, wire.bytes, h, payload);
  if (bits & 4) wire.bytes[bits & 2 ? 77 : 200] ^= (uint8_t)(bits | 1);
  require(twin_rx(&twin, now, &wire));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  struct input in = {data, data + size};
  const unsigned kind = byte_of(&in);
  struct oio_link_config config = {.format = kind & 1 ? 6 : 3, .sequence_bits = kind & 2 ? 8 : 16, .fidelity = OIO_BIT};
  if (!(kind & 2) && kind & 8) config.profile = OIO_PROFILE_ROUTED;
  config.window_flits = 1 + (kind & 4 ? byte_of(&in) % 127u : byte_of(&in) % 3u);
  config.buffer_flits = 1 + byte_of(&in);
  config.peer_buffer_flits = 1 + byte_of(&in);
  config.replay_limit = 1 + byte_of(&in) % 8u;
  config.timeout_ps = 1 + 4 * byte_of(&in);
  config.nak_repeat_ps = config.timeout_ps / 3 + 1;
  config.ack_delay_ps = byte_of(&in);
  if (twin_create(&twin, &config) != OIO_OK) return 0;
  uint64_t now = 0;
  while (in.at < in.end) {
    struct oio_wire wire;
    bool sent;
    const unsigned step = byte_of(&in) % 8;
    switch (step) {
    case 0:
      now += (uint64_t)byte_of(&in) * (byte_of(&in) == 255 ? 100000 : 1);
      break;
    case 1:
      require(twin_send(&twin, now, now ^ (uint64_t)byte_of(&in) << 8));
      break;
    case 2:
      require(twin_take(&twin, now, byte_of(&in)));
      break;
    case 3:
      require(twin_tx(&twin, now, &wire, &sent));
      break;
    case 7:
      if (twin.spec.failed == SPEC_ALIVE) break;
      twin_reset(&twin, &config); /* time need not start over */
      break;
    default:
      arrive(&in, step, now);
    }
  }
  /* Never silence: what is unacknowledged has a time at which something will be done about it, or the link has failed and says why. */
  struct oio_link_state state;
  oio_link_get_state(twin.link, &state);
  if (state.failed == OIO_LINK_ALIVE && state.unacked_flits > 0 && oio_link_next_tx_ps(twin.link, now) == OIO_NEVER) require("silent");
  if (state.failed != OIO_LINK_ALIVE && strcmp(oio_link_failure_name(state.failed), "unknown") == 0) require("failed without a reason");
  oio_link_destroy(twin.link);
  return 0;
}
