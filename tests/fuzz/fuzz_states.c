/* SPDX-License-Identifier: Apache-2.0 */
/*
 * An end of a link's states against anything, held after every clock against the second implementation of the rules
 * (../unit/states/twin_states.h). The input is a configuration and then a list of clocks: pins, time, and a message that arrives, near what
 * the end waits for or any eight bytes. In the end it is left alone with a far end that follows the rules: it must not ask for ever.
 */
#include "../unit/states/twin_states.h"
#include "fuzz.h"
#include "input.h"

enum { CLOCKS_MAX = 3000 };

static struct twin_states twin;

/* Pins of a clock: lp_state_req, its eight pins, those of a bridge; then time and message. */
#define CLOCK(request, pins, kind) request, pins, 0, 1, kind
#define MESSAGE(low) low, 0, 0, 0, 0, 0, 0, 0
enum { UP = 0x27, STALLED = 0x2F, NEAR = 1 };

size_t fuzz_seed(unsigned index, uint8_t *data) {
  static const uint8_t requests[] = {0, 1, 4, 8, 9, 11, 12};
  size_t size = 0;
  if (index >= 14) return 0;
  const uint8_t config[] = {20, 0, 80, 0, 40, 10, (uint8_t)(index & 3)};
  memcpy(data, config, sizeof config);
  size += sizeof config;
  for (unsigned i = 0; i < 60; i++) {
    const unsigned request = i < 4 ? 0 : i < 30 ? 1 : requests[index % 7];
    const uint8_t clock[] = {CLOCK((uint8_t)request, i % 2 ? STALLED : UP, NEAR), MESSAGE((uint8_t)(i * 7 + index))};
    memcpy(data + size, clock, sizeof clock);
    size += sizeof clock;
  }
  return size;
}

static bool configured(struct input *in) {
  struct spec_states_config c = {.own = {64, 0x7C, 1, 1}};
  c.repeat = word_of(in);
  c.answer = word_of(in);
  c.stall = byte_of(in);
  c.refuse = byte_of(in);
  const unsigned bits = byte_of(in);
  c.gated = bits & 1;
  c.fdi = bits >> 1 & 1;
  const bool fits = c.repeat >= 1 && c.stall >= 1 && (c.answer == 0 || c.stall < c.answer);
  const enum oio_status status = twin_states_create(&twin, &c);
  if ((status == OIO_OK) != fits || (!fits && status != OIO_ERR_CONFIG)) require("what is taken for a configuration");
  return fits;
}

static void clock_once(struct input *in, uint64_t *now) {
  struct spec_states_in pins = {.request = byte_of(in)};
  const unsigned bits = byte_of(in), bridge = byte_of(in);
  uint8_t bytes[OIO_SIDE_BYTES];
  pins.trained = bits & 1;
  pins.wake_req = bits >> 1 & 1;
  pins.clk_ack = bits >> 2 & 1;
  pins.stallack = bits >> 3 & 1;
  pins.rx_sts = bits >> 5 & 1;
  pins.linkerror = (bits >> 6 & 3) == 3;
  pins.failed = (bits >> 4 & 7) == 7;
  pins.retrain = (bits >> 4 & 5) == 5;
  pins.hold = bridge & 1;
  pins.unknown = bridge >> 1 & 1;
  pins.refuse = bridge >> 2 & 1;
  pins.restart = (bridge >> 3 & 3) == 3;
  if (bridge >> 5 == 7) twin_states_reset(&twin);
  *now += byte_of(in);
  const unsigned kind = byte_of(in) % 4;
  uint64_t raw = 0;
  for (unsigned i = 0; kind != 0 && i < 8; i++) raw |= (uint64_t)byte_of(in) << 8 * i;
  for (unsigned i = 0; i < 8; i++) bytes[i] = (uint8_t)(raw >> 8 * i);
  if (kind == 1) twin_states_near(&twin.spec, raw, bytes);
  require(twin_states_clock(&twin, *now, &pins, kind != 0 ? bytes : NULL));
}

/* Left alone, whatever it asks is answered: in the end it asks for nothing but what the other end is waited for, or is in LinkError. */
static void let_it_rest(uint64_t now) {
  struct spec_states_in pins = {.trained = true, .wake_req = true};
  uint8_t bytes[OIO_SIDE_BYTES];
  bool answer = false;
  for (unsigned n = 0; n < 64; n++, now += twin.spec.is.repeat) {
    pins.stallack = twin.spec.stallreq;
    pins.clk_ack = twin.spec.clk_req;
    pins.rx_sts = twin.spec.rx_req;
    require(twin_states_clock(&twin, now, &pins, answer ? bytes : NULL));
    answer = false;
    for (unsigned i = 0; i < twin.spec.out_count; i++) {
      struct spec_side m = twin.spec.out[i];
      if (m.kind != SPEC_REQ && m.kind != SPEC_OFFER) continue;
      m.kind = m.kind == SPEC_REQ ? SPEC_RSP : SPEC_ACCEPT;
      m.life = twin.spec.far_life;
      spec_side_bytes(&m, bytes);
      answer = true;
    }
  }
  if (twin.spec.asks != SPEC_NOTHING || twin.spec.offers) require("it asks for ever");
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  struct input in = {data, data + size};
  uint64_t now = 0;
  if (!configured(&in)) return 0;
  for (unsigned i = 0; i < CLOCKS_MAX && in.at < in.end; i++) clock_once(&in, &now);
  let_it_rest(now);
  return 0;
}
