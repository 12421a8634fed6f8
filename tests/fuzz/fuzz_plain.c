/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A plain link end against anything, held after every step against the second implementation of the rules (../unit/plain/twin_plain.h).
 * The input is a configuration and then a list of steps: time passes, send, transmit, re-enter, and flits that arrive: near what the link
 * end expects, or bytes of the input with a right or a wrong CRC.
 */
#include "../unit/plain/twin_plain.h"
#include "fuzz.h"
#include "input.h"

#include <stdlib.h>

enum { STEPS_MAX = 4000 };

static struct twin_plain twin;

static uint64_t bits_of(struct input *in, unsigned bytes) {
  uint64_t bits = 0;
  for (unsigned i = 0; i < bytes; i++) bits |= (uint64_t)byte_of(in) << 8 * i;
  return bits;
}

/* Steps: a flit of twin_plain_near() whose first bits are `head` arrives, whole or damaged; three are sent; a payload comes from above. */
#define FLIT(head, steps) 4, head, steps, 0, 0, 1, 0
#define ARRIVES(head) FLIT(head, 0x20)
#define DAMAGED(head) 4, head, 0x20, 0, 0, 0, 0
#define TX3 3, 3, 3
#define SEND 1, 0, 0, 0xFC, 3
#define TIME_IS_OVER 0, 200, 0
#define RETRAIN 6
enum { NUMBER = 0x80, ACK = 0x81, NAK = 0x82, PAYLOAD = 0x84, PAYLOAD_ACK = 0x85, PAYLOAD_BEFORE = 0xD4, PAYLOAD_FAR = 0xF4 };

size_t fuzz_seed(unsigned index, uint8_t *data) {
  static const uint8_t handshake[] = {ARRIVES(NUMBER), TX3, ARRIVES(ACK)};
  static const uint8_t damage[] = {SEND, SEND, SEND, ARRIVES(ACK), ARRIVES(PAYLOAD), DAMAGED(PAYLOAD), DAMAGED(PAYLOAD), TX3};
  static const uint8_t replay[] = {ARRIVES(NAK), TX3, ARRIVES(NAK), TX3, ARRIVES(PAYLOAD), ARRIVES(PAYLOAD_ACK), TX3, TX3};
  static const uint8_t numbers[] = {FLIT(PAYLOAD_BEFORE, 0x24), TX3, FLIT(PAYLOAD_FAR, 0x30), TX3, ARRIVES(PAYLOAD), TX3};
  static const uint8_t end[] = {SEND, TIME_IS_OVER, TX3, TX3, RETRAIN};
  static const struct {
    const uint8_t *steps;
    size_t size;
  } parts[] = {
      {handshake, sizeof handshake}, {damage, sizeof damage}, {replay, sizeof replay}, {numbers, sizeof numbers}, {end, sizeof end}};
  if (index >= 20) return 0;
  size_t size = 0;
  const uint8_t config[] = {(uint8_t)index, 127, 40, 0, (uint8_t)(1 + index % 4), 60, 0, 2, 1, (uint8_t)(index / 5)};
  memcpy(data, config, sizeof config);
  size += sizeof config;
  for (unsigned i = 0; i < 40; i++) {
    memcpy(data + size, parts[i % 5].steps, parts[i % 5].size);
    size += parts[i % 5].size;
  }
  return size;
}

static bool configured(struct input *in) {
  struct spec_plain_config c = {.format = 2 + byte_of(in) % 6};
  c.window = byte_of(in);
  c.timeout = word_of(in);
  c.replay_limit = byte_of(in);
  c.handshake_limit = word_of(in);
  c.handshake_explicits = byte_of(in);
  c.handshake_acks = byte_of(in);
  c.quiet_acks = 1 + byte_of(in) % 128;
  const bool fits = c.format <= 6 && c.window >= 1 && c.window <= 127 && c.timeout >= 1 && c.timeout <= 511 && c.replay_limit >= 1 &&
                    c.handshake_explicits >= 1 && c.handshake_explicits <= 127 && c.handshake_acks >= 1 && c.handshake_acks <= 127 &&
                    c.handshake_limit >= c.handshake_explicits + c.handshake_acks && c.quiet_acks <= 127;
  const enum oio_status status = twin_plain_create(&twin, &c, NULL);
  if ((status == OIO_OK) != fits || (!fits && status != OIO_ERR_CONFIG)) require("what is taken for a configuration");
  return fits;
}

static void arrive(struct input *in, unsigned kind, uint64_t now) {
  uint8_t flit[SPEC_PLAIN_BYTES] = {0};
  unsigned halves;
  if (kind == 4) {
    twin_plain_near(&twin.spec, bits_of(in, 6), flit);
  } else {
    const unsigned bits = byte_of(in), given = bits & 2 ? SPEC_PLAIN_BYTES : 2;
    for (unsigned i = 0; i < given; i++) flit[(spec_plain_header_at(twin.spec.is.format) + i) % SPEC_PLAIN_BYTES] = (uint8_t)byte_of(in);
    if (bits & 1) spec_plain_put_crcs(twin.spec.is.format, flit);
  }
  require(twin_plain_rx(&twin, now, flit, &halves));
}

static void step(struct input *in, uint64_t *now) {
  uint8_t flit[SPEC_PLAIN_BYTES];
  bool sent;
  const unsigned kind = byte_of(in) % 8;
  switch (kind) {
  case 0:
    *now += (uint64_t)byte_of(in) * (byte_of(in) == 255 ? 100000 : 1);
    break;
  case 1:
    require(twin_plain_send(&twin, bits_of(in, 3), *now));
    break;
  case 2:
  case 3:
    require(twin_plain_tx(&twin, ++*now, flit, &sent));
    break;
  case 6:
    if (twin.spec.state == SPEC_PLAIN_ERROR) {
      require(twin_plain_reset(&twin)); /* time need not start over */
    } else {
      require(twin_plain_reenter(&twin, *now));
    }
    break;
  default:
    arrive(in, kind, *now);
  }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  struct input in = {data, data + size};
  uint64_t now = 0;
  if (!configured(&in)) return 0;
  require(twin_plain_compare(&twin, "create"));
  for (unsigned i = 0; i < STEPS_MAX && in.at < in.end; i++) step(&in, &now);
  /* Never silence: what is outstanding is sent again when its time is over, or Retrain is asked for. */
  uint8_t flit[SPEC_PLAIN_BYTES];
  bool sent;
  const bool outstanding = twin.spec.state == SPEC_PLAIN_ACTIVE && spec_plain_outstanding(&twin.spec) > 0;
  require(twin_plain_tx(&twin, now + twin.spec.is.timeout, flit, &sent));
  if (outstanding && !sent && twin.spec.state != SPEC_PLAIN_RETRAIN) require("silent");
  oio_plain_destroy(twin.plain);
  return 0;
}
