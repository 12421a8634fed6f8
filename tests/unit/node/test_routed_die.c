/* SPDX-License-Identifier: Apache-2.0 */
/* A routed die against payloads worked out by hand from SPEC.md section 11. OIO_SEED chooses the random parts. */
#define CHANCE_PROGRAM "test_routed_die"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "chance.h"
#include "oio/routed_die.h"
#include "routed.h"

enum { PORTS = 3, NUMBER = 7, VCS = 4, QUEUE = 200 };

static uint8_t bytes_of_messages[1024];

static struct oio_routed_die *make_die(enum oio_fidelity fidelity, uint32_t far_buffer_flits, uint32_t queue_messages) {
  struct oio_link_config links[PORTS];
  for (unsigned p = 0; p < PORTS; p++) links[p] = far_link(far_buffer_flits, fidelity);
  const struct oio_routed_die_config config = {
      .links = links, .ports = PORTS, .number = NUMBER, .vcs = VCS, .queue_messages = queue_messages, .seed = 1};
  struct oio_routed_die *die;
  struct oio_error error;
  if (oio_routed_die_create(&die, &config, &error) != OIO_OK) fail_msg("%s", error.text);
  for (unsigned i = 0; i < sizeof bytes_of_messages; i++) bytes_of_messages[i] = (uint8_t)(i * 5 + i / 256 + 1);
  return die;
}

static enum oio_status send_to(struct oio_routed_die *die, uint32_t port, unsigned hop_vc, uint32_t destination, unsigned vc, uint64_t id,
                               uint64_t bytes) {
  const struct oio_message message = {.destination = destination, .vc = (uint8_t)vc, .id = id, .bytes = bytes, .data = bytes_of_messages};
  return oio_routed_die_send(die, 0, port, hop_vc, &message);
}

/* The payload of the next flit of a port, which must be one. */
static void hear(struct oio_routed_die *die, uint32_t port, uint64_t now, uint8_t *payload) {
  struct oio_wire wire;
  assert_true(oio_routed_die_next_tx_ps(die, port, now) == now);
  assert_true(oio_routed_die_tx(die, port, now, &wire));
  assert_true(spec_valid(3, wire.bytes));
  assert_int_equal(spec_get_head(3, wire.bytes).protocol, SPEC_PAYLOAD);
  memcpy(payload, wire.bytes, 236);
}

/* ---- packing ---- */

static void a_payload_carries_what_waits_for_one_destination_and_vc_to_the_byte(void **state) {
  (void)state;
  struct oio_routed_die *die = make_die(OIO_BIT, FAR_BUFFER, QUEUE);
  assert_int_equal(send_to(die, 1, 1, 0x1234, 2, 0xA1B2, 10), OIO_OK);
  assert_int_equal(send_to(die, 1, 1, 0x1234, 2, 0xC3D4, 250), OIO_OK);
  assert_int_equal(oio_routed_die_queued(die, 0x1234, 2), 2);
  uint8_t heard[236], expected[236] = {0};
  far_put_head(expected, (struct far_head){2, 2, 1, 0x1234, NUMBER});
  far_put_descriptor(expected, 0, 2 + 8 + 16, 10, 0xA1B2);
  far_put_descriptor(expected, 1, 2 + 8, 204, 0xC3D4); /* 236 - 6 - 2 * 8 - 10 */
  memcpy(expected + 22, bytes_of_messages, 10);
  memcpy(expected + 32, bytes_of_messages, 204);
  hear(die, 1, 5, heard);
  assert_memory_equal(heard, expected, 236);
  assert_int_equal(oio_routed_die_queued(die, 0x1234, 2), 1);
  memset(expected, 0, sizeof expected);
  far_put_head(expected, (struct far_head){1, 2, 1, 0x1234, NUMBER});
  far_put_descriptor(expected, 0, 2 + 16, 46, 0xC3D4);
  memcpy(expected + 14, bytes_of_messages + 204, 46);
  hear(die, 1, 6, heard);
  assert_memory_equal(heard, expected, 236);
  assert_int_equal(oio_routed_die_queued_in_all(die), 0);
  assert_int_equal(oio_routed_die_queued(die, 0x1234, 2), 0);
  oio_routed_die_destroy(die);
}

static void a_flit_carries_222_bytes_of_one_message_and_14_messages_at_most(void **state) {
  (void)state;
  struct oio_routed_die *die = make_die(OIO_BIT, FAR_BUFFER, QUEUE);
  assert_int_equal(send_to(die, 0, 0, 1, 0, 1, 222), OIO_OK);
  for (unsigned i = 0; i < 20; i++) assert_int_equal(send_to(die, 0, 0, 1, 0, 2 + i, 1), OIO_OK);
  uint8_t heard[236];
  hear(die, 0, 0, heard);
  assert_int_equal(far_get_head(heard).segments, 1);
  assert_int_equal(heard[7], 222);
  hear(die, 0, 1, heard);
  assert_int_equal(far_get_head(heard).segments, 14);
  hear(die, 0, 2, heard);
  assert_int_equal(far_get_head(heard).segments, 6);
  oio_routed_die_destroy(die);
}

/* ---- turns ---- */

static void check_turn(struct oio_routed_die *die, uint64_t now, unsigned destination, unsigned vc) {
  uint8_t heard[236];
  hear(die, 0, now, heard);
  const struct far_head h = far_get_head(heard);
  if (h.destination != destination || h.vc != vc) fail_msg("at %d: to %u on %u", (int)now, h.destination, h.vc);
}

static void flows_of_a_port_take_turns_a_payload_a_turn(void **state) {
  (void)state;
  struct oio_routed_die *die = make_die(OIO_BIT, FAR_MANY, QUEUE);
  assert_int_equal(send_to(die, 0, 0, 1, 0, 1, 3 * 222), OIO_OK);
  assert_int_equal(send_to(die, 0, 1, 2, 0, 2, 2 * 222), OIO_OK);
  assert_int_equal(send_to(die, 0, 0, 1, 1, 3, 222), OIO_OK);
  assert_int_equal(send_to(die, 1, 0, 3, 0, 4, 222), OIO_OK); /* at another port */
  check_turn(die, 0, 1, 0);
  assert_int_equal(send_to(die, 0, 1, 4, 0, 5, 2 * 222), OIO_OK); /* behind those that wait, and the one that had its turn */
  check_turn(die, 1, 2, 0);
  check_turn(die, 2, 1, 1);
  check_turn(die, 3, 1, 0);
  check_turn(die, 4, 4, 0);
  check_turn(die, 5, 2, 0);
  check_turn(die, 6, 1, 0);
  check_turn(die, 7, 4, 0);
  assert_true(oio_routed_die_next_tx_ps(die, 0, 8) > 8);
  assert_true(oio_routed_die_next_tx_ps(die, 1, 8) == 8);
  oio_routed_die_destroy(die);
}

static void a_flow_whose_hop_vc_has_no_credit_is_left_aside_and_keeps_its_place(void **state) {
  (void)state;
  struct oio_routed_die *die = make_die(OIO_BIT, 1, QUEUE);
  assert_int_equal(send_to(die, 0, 0, 1, 0, 1, 2 * 222), OIO_OK);
  assert_int_equal(send_to(die, 0, 0, 2, 0, 2, 222), OIO_OK);
  assert_int_equal(send_to(die, 0, 1, 3, 0, 3, 2 * 222), OIO_OK);
  check_turn(die, 0, 1, 0);
  check_turn(die, 1, 3, 0);                              /* hop VC 0 is blocked */
  assert_true(oio_routed_die_next_tx_ps(die, 0, 2) > 2); /* and so is 1 */
  const struct oio_wire more[3] = {far_credit(1, 2), far_credit(0, 2), far_credit(0, 3)};
  oio_routed_die_rx(die, 0, 3, &more[0]);
  check_turn(die, 3, 3, 0);
  oio_routed_die_rx(die, 0, 4, &more[1]);
  check_turn(die, 4, 2, 0);
  oio_routed_die_rx(die, 0, 5, &more[2]);
  check_turn(die, 5, 1, 0);
  oio_routed_die_destroy(die);
}

/* ---- what is refused ---- */

static void a_message_that_has_no_place_or_makes_no_sense_is_refused(void **state) {
  (void)state;
  struct oio_routed_die *die = make_die(OIO_BIT, FAR_BUFFER, 100);
  assert_int_equal(send_to(die, 0, 0, NUMBER, 0, 1, 1), OIO_ERR_FORMAT);
  assert_int_equal(send_to(die, 0, 0, 65536, 0, 1, 1), OIO_ERR_FORMAT);
  assert_int_equal(send_to(die, 0, 0, 1, VCS, 1, 1), OIO_ERR_FORMAT);
  assert_int_equal(send_to(die, 0, 0, 1, 0, 1, 0), OIO_ERR_FORMAT);
  assert_int_equal(send_to(die, 0, 0, 1, 0, 1, (1u << 30) + 1), OIO_ERR_FORMAT);
  assert_int_equal(send_to(die, PORTS, 0, 1, 0, 1, 1), OIO_ERR_FORMAT);
  assert_int_equal(send_to(die, 0, 2, 1, 0, 1, 1), OIO_ERR_FORMAT);
  assert_int_equal(oio_routed_die_queued_in_all(die), 0);
  for (unsigned i = 0; i < OIO_DIE_QUEUE_MESSAGES; i++) assert_int_equal(send_to(die, 0, 0, 1, 0, i, 222), OIO_OK);
  assert_int_equal(send_to(die, 0, 0, 1, 0, 1, 1), OIO_ERR_FULL); /* the flow */
  assert_int_equal(send_to(die, 1, 0, 1, 0, 1, 1), OIO_ERR_FORMAT);
  for (unsigned i = OIO_DIE_QUEUE_MESSAGES; i < 100; i++) assert_int_equal(send_to(die, 0, 0, 1 + i, 1, i, 1), OIO_OK);
  assert_int_equal(send_to(die, 0, 0, 1000, 0, 1, 1), OIO_ERR_FULL); /* all flows together */
  check_turn(die, 0, 1, 0);
  assert_int_equal(send_to(die, 0, 0, 1000, 0, 1, 1), OIO_OK);
  oio_routed_die_reset(die);
  assert_int_equal(oio_routed_die_queued_in_all(die), 0);
  assert_int_equal(oio_routed_die_queued(die, 1, 0), 0);
  assert_int_equal(send_to(die, 2, 1, 1, 0, 1, 1), OIO_OK); /* what is gone had gone another way */
  oio_routed_die_destroy(die);
}

static void check_refused(struct oio_routed_die_config config, const char *word) {
  struct oio_routed_die *die;
  struct oio_error error;
  assert_int_equal(oio_routed_die_create(&die, &config, &error), OIO_ERR_CONFIG);
  assert_null(die);
  if (strstr(error.text, word) == NULL) fail_msg("'%s' does not name %s", error.text, word);
}

static void a_configuration_out_of_range_is_refused_by_name(void **state) {
  (void)state;
  struct oio_link_config links[2] = {far_link(1, OIO_BIT), far_link(1, OIO_BIT)};
  const struct oio_routed_die_config good = {.links = links, .ports = 2, .number = 65535, .vcs = 8, .queue_messages = 1};
  struct oio_routed_die_config c;
#define REFUSED(field, value, word) (c = good, c.field = (value), check_refused(c, word))
  REFUSED(ports, 0, "ports");
  REFUSED(ports, 65537, "ports");
  REFUSED(number, 65536, "number");
  REFUSED(vcs, 0, "vcs");
  REFUSED(vcs, 9, "vcs");
  REFUSED(queue_messages, 0, "queue_messages");
  REFUSED(queue_messages, (1u << 20) + 1, "queue_messages");
  links[1].profile = OIO_PROFILE_EXTENDED;
  check_refused(good, "port 1");
  links[1] = far_link(1, OIO_EVENT);
  check_refused(good, "port 1");
  links[1] = far_link(0, OIO_BIT);
  check_refused(good, "peer_buffer_flits");
  links[1] = links[0];
  struct oio_routed_die *die;
  assert_int_equal(oio_routed_die_create(&die, &good, NULL), OIO_OK);
  oio_routed_die_destroy(die);
}

/* ---- receiving ---- */

static void put(struct oio_routed_die *die, struct far_end *far, uint32_t port, uint64_t now, const uint8_t *payload) {
  const struct oio_wire wire = far_flit(far, payload, FAR_BUFFER);
  oio_routed_die_rx(die, port, now, &wire);
}

static void segments_come_out_in_the_order_in_which_payloads_arrived_at_all_ports(void **state) {
  (void)state;
  struct oio_routed_die *die = make_die(OIO_BIT, FAR_BUFFER, QUEUE);
  struct far_end far[PORTS] = {{0}};
  static const unsigned ports[5] = {2, 0, 0, 2, 1};
  for (unsigned i = 0; i < 5; i++) {
    uint8_t payload[236] = {0};
    far_put_head(payload, (struct far_head){2, i % VCS, i % 2, NUMBER, 300 + i});
    far_put_descriptor(payload, 0, i % VCS + 16, 3, 1000 + i);
    far_put_descriptor(payload, 1, i % VCS + 8, 2, 2000 + i);
    for (unsigned k = 0; k < 5; k++) payload[22 + k] = (uint8_t)(10 * i + k);
    put(die, &far[ports[i]], ports[i], i, payload);
  }
  for (unsigned i = 0; i < 10; i++) {
    struct oio_segment s;
    uint32_t stirred;
    assert_true(oio_routed_die_take(die, 50 + i, &s, &stirred));
    const unsigned n = i / 2, second = i % 2;
    assert_int_equal(s.source, 300 + n);
    assert_int_equal(s.vc, n % VCS);
    assert_int_equal(s.id, (second ? 2000 : 1000) + n);
    assert_int_equal(s.first, second);
    assert_int_equal(s.last, !second);
    assert_int_equal(s.bytes, second ? 2 : 3);
    assert_int_equal(s.data[0], 10 * n + (second ? 3 : 0));
    assert_int_equal(s.packed_ps, 17);
    assert_int_equal(s.stamp->parts_ps[OIO_PART_RETRY], 5);
    assert_true(stirred == (second ? ports[n] : OIO_NONE));
  }
  struct oio_segment none;
  uint32_t stirred;
  assert_false(oio_routed_die_take(die, 60, &none, &stirred));
  assert_true(stirred == OIO_NONE);
  struct oio_link_state s;
  oio_routed_die_get_link_state(die, 2, &s); /* payloads 0 and 3 */
  assert_int_equal(s.hops[0].credit_sent, NEAR_BUFFER + 1);
  assert_int_equal(s.hops[1].credit_sent, NEAR_BUFFER + 1);
  assert_true(oio_routed_die_next_tx_ps(die, 2, 60) <= 59 + FAR_ACK_DELAY);
  oio_routed_die_destroy(die);
}

static void what_is_not_taken_holds_up_its_hop_vc_and_fails_the_link_of_one_that_sends_on(void **state) {
  (void)state;
  struct oio_routed_die *die = make_die(OIO_BIT, FAR_BUFFER, QUEUE);
  struct far_end far = {0};
  uint8_t payload[236] = {0};
  far_put_head(payload, (struct far_head){1, 0, 0, NUMBER, 1});
  far_put_descriptor(payload, 0, 8 + 16, 1, 1);
  for (unsigned i = 0; i < NEAR_BUFFER; i++) put(die, &far, 0, i, payload);
  payload[1] = 1;
  put(die, &far, 0, 5, payload);
  assert_false(oio_routed_die_failed(die, 0));
  payload[1] = 0;
  put(die, &far, 0, 6, payload);
  assert_true(oio_routed_die_failed(die, 0));
  assert_false(oio_routed_die_failed(die, 1));
  assert_int_equal(send_to(die, 0, 0, 1, 0, 1, 1), OIO_ERR_FAILED);
  struct oio_segment s;
  uint32_t stirred;
  for (unsigned i = 0; i < NEAR_BUFFER + 1; i++) assert_true(oio_routed_die_take(die, 10, &s, &stirred));
  assert_false(oio_routed_die_take(die, 10, &s, &stirred));
  oio_routed_die_destroy(die);
}

static void a_payload_that_is_not_what_its_head_says_or_for_another_is_counted_and_its_place_free_again(void **state) {
  (void)state;
  struct oio_routed_die *die = make_die(OIO_BIT, FAR_BUFFER, QUEUE);
  struct far_end far = {0};
  uint8_t good[236] = {0};
  far_put_head(good, (struct far_head){2, 1, 0, NUMBER, 9});
  far_put_descriptor(good, 0, 1 + 8, 100, 1);
  far_put_descriptor(good, 1, 1 + 16, 114, 2); /* 6 + 16 + 214: all 236 */
  const struct {
    unsigned at;
    uint8_t value;
  } faults[] = {
      {0, 2 + 16 + 128}, /* reserved bit */
      {1, 2},
      {1, 128},          /* reserved bits */
      {0, 2 + 16 * VCS}, /* a VC that is not in use */
      {2, NUMBER + 1},
      {3, 1}, /* for another */
      {0, 16},
      {0, 15 + 16}, /* no segment, 15 */
      {6, 0 + 8},
      {14, 2 + 16}, /* another VC */
      {6, 1 + 8 + 32},
      {14, 1 + 16 + 128}, /* reserved bits of a descriptor */
      {7, 0},
      {15, 0}, /* an empty segment */
      {15, 115},
      {7, 101},
      {7, 255}, /* more than there is room for */
  };
  const unsigned count = sizeof faults / sizeof *faults;
  for (unsigned i = 0; i < count; i++) {
    uint8_t payload[236];
    memcpy(payload, good, sizeof payload);
    payload[faults[i].at] = faults[i].value;
    put(die, &far, 0, i, payload);
    if (oio_routed_die_malformed(die) != i + 1) fail_msg("byte %u = %u is taken", faults[i].at, faults[i].value);
  }
  put(die, &far, 0, count, good);
  assert_int_equal(oio_routed_die_malformed(die), count);
  struct oio_link_state s;
  oio_routed_die_get_link_state(die, 0, &s);
  assert_int_equal(s.failed, OIO_LINK_ALIVE);
  assert_int_equal(s.buffered_flits, 1);
  assert_int_equal((s.hops[0].credit_sent - NEAR_BUFFER) + (s.hops[1].credit_sent - NEAR_BUFFER), count);
  oio_routed_die_reset(die);
  assert_int_equal(oio_routed_die_malformed(die), count);
  oio_routed_die_destroy(die);
}

/* SPEC section 11 read a second time: how many segments a die with VCS message VCs takes from a payload. */
static unsigned takes(const uint8_t *payload) {
  const unsigned count = payload[0] % 16u, vc = payload[0] / 16u;
  unsigned bytes = 6 + 8 * count;
  if (payload[0] >= 128 || payload[1] > 1 || vc >= VCS || count == 0 || count > 14) return 0;
  if (payload[2] + 256u * payload[3] != NUMBER) return 0;
  for (unsigned k = 0; k < count; k++) {
    const uint8_t *d = payload + 6 + 8 * k;
    if (d[0] % 8u != vc || d[0] >= 32 || d[1] == 0) return 0;
    bytes += d[1];
  }
  return bytes <= 236 ? count : 0;
}

static void whatever_arrives_a_die_takes_what_the_form_allows_and_nothing_else(void **state) {
  (void)state;
  struct oio_routed_die *die = make_die(OIO_BIT, FAR_BUFFER, QUEUE);
  struct far_end far = {0};
  uint64_t stream = chance_stream(2), taken = 0, refused = 0;
  for (unsigned round = 0; round < 200000; round++) {
    uint8_t payload[236];
    const unsigned count = (unsigned)chance_below(&stream, 16), vc = (unsigned)chance_below(&stream, VCS);
    for (unsigned i = 0; i < 236; i++) payload[i] = (uint8_t)chance(&stream);
    far_put_head(payload, (struct far_head){count, vc, (unsigned)chance_below(&stream, 2), NUMBER, round % 65536});
    for (unsigned k = 0; k < count; k++) {
      far_put_descriptor(payload, k, vc + 8 * (unsigned)chance_below(&stream, 4), (unsigned)chance_below(&stream, 440 / (count + 1)), k);
    }
    if (chance_below(&stream, 4) == 0) payload[chance_below(&stream, 30)] ^= (uint8_t)(1u << chance_below(&stream, 8));
    put(die, &far, 0, round, payload);
    const unsigned must = takes(payload);
    struct oio_segment s;
    uint32_t stirred;
    unsigned got = 0;
    for (const uint8_t *at = payload + 6 + 8 * must; oio_routed_die_take(die, round, &s, &stirred); at += s.bytes) {
      if (s.bytes != payload[7 + 8 * got] || memcmp(s.data, at, s.bytes) != 0)
        FAIL_WITH_REPLAY("round %u: segment %u is another", round, got);
      got++;
    }
    if (got != must) FAIL_WITH_REPLAY("round %u: %u segments, must be %u", round, got, must);
    taken += must > 0;
    refused += must == 0;
    assert_true(oio_routed_die_malformed(die) == refused);
    assert_false(oio_routed_die_failed(die, 0));
  }
  assert_true(taken > 50000 && refused > 50000);
  oio_routed_die_destroy(die);
}

static void in_event_fidelity_the_senders_bytes_travel_by_reference(void **state) {
  (void)state;
  struct oio_routed_die *die = make_die(OIO_EVENT, NEAR_BUFFER, QUEUE);
  assert_int_equal(send_to(die, 0, 0, 3, 1, 50, 300), OIO_OK);
  struct oio_wire wire = {.touched_bytes = 0};
  assert_true(oio_routed_die_tx(die, 0, 0, &wire));
  wire.bytes[2] = NUMBER; /* back to itself, as if from die 3 */
  wire.bytes[4] = 3;
  oio_routed_die_rx(die, 1, 1, &wire);
  struct oio_segment s;
  uint32_t stirred;
  assert_true(oio_routed_die_take(die, 1, &s, &stirred));
  assert_ptr_equal(s.data, bytes_of_messages);
  assert_int_equal(s.bytes, 222);
  assert_int_equal(s.source, 3);
  oio_routed_die_destroy(die);
}

/* ---- many flows, against lists that are searched from end to end ---- */

enum { ROUNDS = 60000, DESTINATIONS = 500 };

struct waiting {
  unsigned destination, vc, messages;
};

/* A flow has one port and hop VC. */
static unsigned port_of(unsigned destination, unsigned vc) {
  return (destination + vc) % PORTS;
}

static void many_flows_come_and_go_and_each_has_its_turn(void **state) {
  (void)state;
  struct oio_routed_die *die = make_die(OIO_BIT, FAR_MANY, QUEUE);
  uint64_t stream = chance_stream(1);
  static struct waiting line[PORTS][QUEUE];
  unsigned flows[PORTS] = {0}, queued = 0, turns = 0, full = 0;
  for (unsigned round = 0; round < ROUNDS; round++) {
    const unsigned destination = 100 + (unsigned)chance_below(&stream, DESTINATIONS), vc = (unsigned)chance_below(&stream, VCS);
    const unsigned port = port_of(destination, vc);
    if (chance_below(&stream, 100) < (round / 5000 % 2 ? 30 : 70)) {
      unsigned at = 0;
      while (at < flows[port] && (line[port][at].destination != destination || line[port][at].vc != vc)) at++;
      const enum oio_status status = send_to(die, port, destination % 2, destination, vc, round, 222);
      if (status != (queued == QUEUE ? OIO_ERR_FULL : OIO_OK))
        FAIL_WITH_REPLAY("round %u: status %d with %u queued", round, status, queued);
      full += status != OIO_OK;
      if (status != OIO_OK) continue;
      queued++;
      if (at == flows[port]) line[port][flows[port]++] = (struct waiting){destination, vc, 0};
      line[port][at].messages++;
    } else if (flows[port] > 0 && turns < FAR_MANY) {
      uint8_t heard[236];
      hear(die, port, round, heard);
      struct waiting first = line[port][0];
      const struct far_head h = far_get_head(heard);
      if (h.destination != first.destination || h.vc != first.vc)
        FAIL_WITH_REPLAY("round %u: to %u, not %u", round, h.destination, first.destination);
      memmove(line[port], line[port] + 1, --flows[port] * sizeof first);
      if (--first.messages > 0) line[port][flows[port]++] = first;
      queued--;
      turns++;
    }
    const unsigned other = 100 + (unsigned)chance_below(&stream, DESTINATIONS), on = (unsigned)chance_below(&stream, VCS);
    unsigned must = 0;
    for (unsigned at = 0; at < flows[port_of(other, on)]; at++) {
      const struct waiting *w = &line[port_of(other, on)][at];
      if (w->destination == other && w->vc == on) must = w->messages;
    }
    if (oio_routed_die_queued(die, other, on) != must)
      FAIL_WITH_REPLAY("round %u: %u wait, must be %u", round, oio_routed_die_queued(die, other, on), must);
    assert_int_equal(oio_routed_die_queued_in_all(die), queued);
  }
  assert_true(turns > 10000 && full > 1000);
  oio_routed_die_destroy(die);
}

int main(void) {
  chance_start();
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(a_payload_carries_what_waits_for_one_destination_and_vc_to_the_byte),
      cmocka_unit_test(a_flit_carries_222_bytes_of_one_message_and_14_messages_at_most),
      cmocka_unit_test(flows_of_a_port_take_turns_a_payload_a_turn),
      cmocka_unit_test(a_flow_whose_hop_vc_has_no_credit_is_left_aside_and_keeps_its_place),
      cmocka_unit_test(a_message_that_has_no_place_or_makes_no_sense_is_refused),
      cmocka_unit_test(a_configuration_out_of_range_is_refused_by_name),
      cmocka_unit_test(segments_come_out_in_the_order_in_which_payloads_arrived_at_all_ports),
      cmocka_unit_test(what_is_not_taken_holds_up_its_hop_vc_and_fails_the_link_of_one_that_sends_on),
      cmocka_unit_test(a_payload_that_is_not_what_its_head_says_or_for_another_is_counted_and_its_place_free_again),
      cmocka_unit_test(whatever_arrives_a_die_takes_what_the_form_allows_and_nothing_else),
      cmocka_unit_test(in_event_fidelity_the_senders_bytes_travel_by_reference),
      cmocka_unit_test(many_flows_come_and_go_and_each_has_its_turn),
  };
  return cmocka_run_group_tests_name("routed die", tests, NULL, NULL);
}
