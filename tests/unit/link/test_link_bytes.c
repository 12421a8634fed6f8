/* SPDX-License-Identifier: Apache-2.0 */
/*
 * In bit fidelity the bytes are all there is: whatever `touched_bytes` says at any of the places where it can be set, the same 236 bytes
 * travel under CRCs that the bit-by-bit oracle agrees with. In event fidelity one that is out of range is refused.
 */
#define CHANCE_PROGRAM "test_link_bytes"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "chance.h"
#include "oio/bridge.h"
#include "oio/channel.h"
#include "one_end.h"

static const uint16_t claims[] = {0, 1, 32, 33, 235, 236, 237, 65535};
enum { CLAIMS = sizeof claims / sizeof claims[0] };

static void fill(uint8_t *bytes, unsigned nbytes, uint64_t *stream) {
  for (unsigned i = 0; i < nbytes; i++) bytes[i] = (uint8_t)chance(stream);
}

static struct oio_link_config of_format(unsigned format, enum oio_fidelity fidelity) {
  struct oio_link_config config = plain;
  config.format = (uint8_t)format;
  config.fidelity = fidelity;
  return config;
}

static void expect_on_the_wire(unsigned format, const struct oio_wire *wire, const uint8_t *bytes) {
  assert_true(spec_valid(format, wire->bytes));
  for (unsigned i = 0; i < OIO_PAYLOAD_BYTES; i++) assert_int_equal(wire->bytes[spec_payload_at(format, i)], bytes[i]);
}

static void send(struct oio_link *link, const struct oio_payload *payload, bool by_slot) {
  if (!by_slot) {
    assert_int_equal(oio_link_send(link, 0, payload), OIO_OK);
    return;
  }
  struct oio_payload *slot = oio_link_send_slot(link);
  *slot = *payload;
  oio_link_send_commit(link, 0);
}

static void in_bit_fidelity_all_bytes_of_a_payload_are_sent_whatever_is_said_of_them(void **state) {
  (void)state;
  uint64_t stream = chance_stream(1);
  for (unsigned i = 0; i < 4 * CLAIMS; i++) {
    const unsigned format = i & 1 ? 6 : 3;
    struct oio_link *link = make(of_format(format, OIO_BIT));
    struct oio_payload payload = {.touched_bytes = claims[i / 4]};
    fill(payload.bytes, OIO_PAYLOAD_BYTES, &stream);
    send(link, &payload, (i & 2) != 0);
    struct oio_wire wire;
    assert_true(oio_link_tx(link, 0, &wire));
    expect_on_the_wire(format, &wire, payload.bytes);
    oio_link_destroy(link);
  }
}

static void in_bit_fidelity_all_bytes_of_a_flit_are_received_whatever_is_said_of_them(void **state) {
  (void)state;
  uint64_t stream = chance_stream(2);
  for (unsigned i = 0; i < 2 * CLAIMS; i++) {
    const unsigned format = i & 1 ? 6 : 3;
    uint8_t bytes[OIO_PAYLOAD_BYTES];
    struct oio_wire wire = {.touched_bytes = claims[i / 2]};
    struct oio_payload payload;
    struct oio_link *link = make(of_format(format, OIO_BIT));
    fill(bytes, sizeof bytes, &stream);
    spec_make(format, wire.bytes, (struct spec_head){.protocol = SPEC_PAYLOAD, .s = 1, .credit = 100}, bytes);
    oio_link_rx(link, 0, &wire);
    assert_true(oio_link_recv(link, 0, &payload));
    assert_memory_equal(payload.bytes, bytes, sizeof bytes);
    assert_int_equal(payload.touched_bytes, OIO_PAYLOAD_BYTES);
    oio_link_destroy(link);
  }
}

static void a_bridge_passes_all_bytes_on(void **state) {
  (void)state;
  uint64_t stream = chance_stream(3);
  for (unsigned i = 0; i < CLAIMS; i++) {
    const struct oio_bridge_config config = {.die = plain, .optical = plain};
    struct oio_bridge *bridge;
    struct oio_wire in = {.touched_bytes = claims[i]}, out;
    uint8_t bytes[OIO_PAYLOAD_BYTES];
    assert_int_equal(oio_bridge_create(&bridge, &config, NULL), OIO_OK);
    fill(bytes, sizeof bytes, &stream);
    spec_make(3, in.bytes, (struct spec_head){.protocol = SPEC_PAYLOAD, .s = 1, .credit = 100}, bytes);
    oio_bridge_rx(bridge, OIO_DIE_SIDE, 0, &in);
    assert_true(oio_bridge_tx(bridge, OIO_OPTICAL_SIDE, 0, &out));
    expect_on_the_wire(3, &out, bytes);
    oio_bridge_destroy(bridge);
  }
}

/* The errors of two channels of one stream are the same: what comes out of one is the other's with another payload. */
static void a_channel_in_bit_fidelity_flips_bits_and_changes_no_other(void **state) {
  (void)state;
  uint64_t stream = chance_stream(4);
  const struct oio_channel_config config = {
      .format = 3, .fidelity = OIO_BIT, .lanes = 16, .lane_rate_bits_per_s = 32000000000u, .bit_error_rate = 1e-3, .seed = seed};
  struct oio_channel *zeros, *filled;
  assert_int_equal(oio_channel_create(&zeros, &config, NULL), OIO_OK);
  assert_int_equal(oio_channel_create(&filled, &config, NULL), OIO_OK);
  for (unsigned i = 0; i < 400; i++) {
    const struct oio_wire nothing = {.touched_bytes = OIO_PAYLOAD_BYTES};
    struct oio_wire wire = {.touched_bytes = claims[i % CLAIMS]};
    fill(wire.bytes, sizeof wire.bytes, &stream);
    assert_int_equal(oio_channel_send(zeros, oio_channel_free_ps(zeros), &nothing), OIO_OK);
    assert_int_equal(oio_channel_send(filled, oio_channel_free_ps(filled), &wire), OIO_OK);
    const uint8_t *flipped = oio_channel_peek(zeros)->bytes, *came = oio_channel_peek(filled)->bytes;
    for (unsigned k = 0; k < OIO_FLIT_BYTES; k++) assert_int_equal(came[k], wire.bytes[k] ^ flipped[k]);
    oio_channel_pop(zeros);
    oio_channel_pop(filled);
  }
  struct oio_channel_state counted;
  oio_channel_get_state(filled, &counted);
  assert_true(counted.wrong_flits > 200);
  oio_channel_destroy(zeros);
  oio_channel_destroy(filled);
}

static void in_event_fidelity_more_touched_bytes_than_there_are_is_an_error(void **state) {
  (void)state;
  for (unsigned i = 0; i < CLAIMS; i++) {
    struct oio_link *link = make(of_format(3, OIO_EVENT));
    const struct oio_payload payload = {.touched_bytes = claims[i]};
    assert_int_equal(oio_link_send(link, 0, &payload), claims[i] > OIO_PAYLOAD_BYTES ? OIO_ERR_FORMAT : OIO_OK);
    assert_int_equal(state_of(link).sent_total, claims[i] > OIO_PAYLOAD_BYTES ? 0 : 1);
    oio_link_destroy(link);
  }
}

static void what_is_neither_event_nor_bit_fidelity_is_refused(void **state) {
  (void)state;
  struct oio_link_config link = plain;
  struct oio_channel_config channel = {.format = 3, .lanes = 16, .lane_rate_bits_per_s = 32000000000u};
  struct oio_link *no_link;
  struct oio_channel *no_channel;
  struct oio_error error;
  link.fidelity = channel.fidelity = (enum oio_fidelity)2;
  assert_int_equal(oio_link_create(&no_link, &link, &error), OIO_ERR_CONFIG);
  assert_string_equal(error.text, "link fidelity 2: use OIO_EVENT or OIO_BIT");
  assert_int_equal(oio_channel_create(&no_channel, &channel, &error), OIO_ERR_CONFIG);
  assert_string_equal(error.text, "channel fidelity 2: use OIO_EVENT or OIO_BIT");
  assert_true(no_link == NULL && no_channel == NULL);
}

static void a_channel_that_is_not_drained_says_so_and_loses_nothing(void **state) {
  (void)state;
  const struct oio_channel_config config = {.format = 3, .fidelity = OIO_BIT, .lanes = 16, .lane_rate_bits_per_s = 32000000000u};
  struct oio_channel *channel;
  unsigned sent = 0, came = 0;
  assert_int_equal(oio_channel_create(&channel, &config, NULL), OIO_OK);
  for (unsigned i = 0; i < 32; i++) {
    const struct oio_wire wire = {.bytes = {(uint8_t)sent}};
    const enum oio_status status = oio_channel_send(channel, oio_channel_free_ps(channel), &wire);
    assert_true(status == OIO_OK || (status == OIO_ERR_FULL && oio_channel_slot(channel) == NULL));
    sent += status == OIO_OK;
  }
  assert_true(sent >= 4 && sent < 32);
  for (; oio_channel_peek(channel) != NULL; came++, oio_channel_pop(channel)) assert_int_equal(oio_channel_peek(channel)->bytes[0], came);
  assert_int_equal(came, sent);
  const struct oio_wire wire = {.bytes = {0}};
  assert_int_equal(oio_channel_send(channel, oio_channel_free_ps(channel) - 1, &wire), OIO_ERR_FULL); /* the wire is busy */
  assert_int_equal(oio_channel_send(channel, oio_channel_free_ps(channel), &wire), OIO_OK);
  oio_channel_destroy(channel);
}

int main(void) {
  chance_start();
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(in_bit_fidelity_all_bytes_of_a_payload_are_sent_whatever_is_said_of_them),
      cmocka_unit_test(in_bit_fidelity_all_bytes_of_a_flit_are_received_whatever_is_said_of_them),
      cmocka_unit_test(a_bridge_passes_all_bytes_on),
      cmocka_unit_test(a_channel_in_bit_fidelity_flips_bits_and_changes_no_other),
      cmocka_unit_test(in_event_fidelity_more_touched_bytes_than_there_are_is_an_error),
      cmocka_unit_test(what_is_neither_event_nor_bit_fidelity_is_refused),
      cmocka_unit_test(a_channel_that_is_not_drained_says_so_and_loses_nothing),
  };
  return cmocka_run_group_tests_name("link bytes", tests, NULL, NULL);
}
