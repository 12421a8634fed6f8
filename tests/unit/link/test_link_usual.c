/* SPDX-License-Identifier: Apache-2.0 */
/* The usual flit goes a way of its own through the receiver. Twins, of which one has only the general way, stay the same whatever arrives.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "link/link_checkpoint.h"
#include "link/receiver.h"

#include <cmocka.h> /* has a fail of its own */

#define CHANCE_PROGRAM "test_link_usual"
#include "chance.h"

enum { RUNS = 1000, STEPS = 150, FLIT = 10, STATE_BYTES = 1 << 16, KEPT = 8 };

static struct oio_link_config configured(uint64_t *stream, bool routed) {
  return (struct oio_link_config){
      .format = chance_below(stream, 2) == 0 ? 3 : 6,
      .profile = routed ? OIO_PROFILE_ROUTED : OIO_PROFILE_EXTENDED,
      .sequence_bits = routed || chance_below(stream, 2) == 0 ? 16 : 8,
      .fidelity = chance_below(stream, 2) == 0 ? OIO_EVENT : OIO_BIT,
      .window_flits = 1 + (uint32_t)chance_below(stream, 20),
      .buffer_flits = 4,
      .peer_buffer_flits = 4,
      .replay_limit = 100,
      .timeout_ps = 1000,
      .nak_repeat_ps = 200,
      .ack_delay_ps = chance_below(stream, 60),
  };
}

static struct oio_link *make(const struct oio_link_config *config) {
  struct oio_link *link;
  struct oio_error error;
  if (oio_link_create(&link, config, &error) != OIO_OK) fail_msg("%s", error.text);
  return link;
}

static void give(struct oio_link *link, uint64_t now, uint64_t number) {
  struct oio_payload payload = {.touched_bytes = 20};
  memset(payload.bytes, (int)(number & 255), sizeof payload.bytes);
  (void)oio_link_send(link, now, &payload); /* or there is no room */
}

/* Takes out the oldest payload; routed: the newest, as there is always one there. */
static void take_out(struct oio_link *link, uint64_t now, bool routed) {
  if (!routed) {
    if (oio_link_peek(link) != NULL) oio_link_pop(link, now);
  } else if (oio_link_newest(link) != OIO_NONE) {
    oio_link_free(link, now, oio_link_newest(link));
    link->newest = OIO_NONE;
  }
}

static size_t saved(struct oio_link *link, uint8_t *bytes) {
  struct oio_checkpoint c = {.out = bytes, .nbytes = STATE_BYTES};
  oio_link_checkpoint(link, &c);
  assert_int_equal(c.wrong, OIO_CHECKPOINT_GOOD);
  return c.at;
}

/* In everything that is saved, counters and decisions among it. */
static void expect_same(struct oio_link *a, struct oio_link *b, unsigned run, unsigned step) {
  static uint8_t of_a[STATE_BYTES], of_b[STATE_BYTES];
  const size_t nbytes = saved(a, of_a);
  if (nbytes != saved(b, of_b) || memcmp(of_a, of_b, nbytes) != 0) FAIL_WITH_REPLAY("run %u, step %u: the twins differ", run, step);
  struct oio_link_state x, y;
  oio_link_get_state(a, &x);
  oio_link_get_state(b, &y);
  if (memcmp(&x, &y, sizeof x) != 0) FAIL_WITH_REPLAY("run %u, step %u: the twins say different things", run, step);
}

/* Do two flits say the same? In event fidelity their heads are all that is made. */
static bool is_same_flit(const struct oio_link_config *config, const struct oio_wire *a, const struct oio_wire *b) {
  const struct oio_flit_format *format = oio_flit_format(config->format);
  if (config->fidelity == OIO_BIT) return memcmp(a->bytes, b->bytes, OIO_FLIT_BYTES) == 0;
  return oio_flit_header(format, a->bytes) == oio_flit_header(format, b->bytes) &&
         oio_flit_control(format, a->bytes) == oio_flit_control(format, b->bytes);
}

/* What the channel, or a peer gone wrong, makes of a flit; now and then an older one comes instead. */
static void spoil(uint64_t *stream, const struct oio_link_config *config, struct oio_wire *wire, const struct oio_wire *older) {
  const struct oio_flit_format *format = oio_flit_format(config->format);
  struct oio_flit_head head;
  switch (chance_below(stream, 40)) {
  case 0:
  case 1:
    wire->wrong_bits = 1;
    wire->syndrome = 1;
    wire->bytes[17] ^= 4;
    break;
  case 2:
    *wire = *older;
    break;
  case 3:
    wire->wrong_bits = 4; /* that no CRC shows */
    break;
  case 4:
    (void)oio_flit_get_head(format, wire->bytes, &head);
    const uint64_t what = chance_below(stream, 5);
    if (what == 0) head.sequence ^= (uint16_t)(1u << chance_below(stream, 4));
    if (what == 1) head.round ^= (uint8_t)(1u << chance_below(stream, 4));
    if (what == 2) head.credit_limit ^= (uint16_t)(1u << chance_below(stream, 16));
    if (what == 3) head.command = (uint8_t)chance_below(stream, 4);
    if (what == 4) head.protocol = (uint8_t)chance_below(stream, 4);
    oio_flit_put_head(format, wire->bytes, &head);
    oio_flit_seal(format, wire->bytes);
    break;
  default:
    break;
  }
}

/* A peer and the twins, back and forth. Returns how many payloads the twins took. */
static uint64_t run_twins(uint64_t *stream, unsigned run, bool routed) {
  const struct oio_link_config config = configured(stream, routed);
  struct oio_link *quick = make(&config), *general = make(&config), *peer = make(&config);
  struct oio_wire kept[KEPT] = {0}, wire, same;
  for (unsigned step = 0; step < STEPS && !oio_link_failed(quick); step++) {
    const uint64_t now = step * FLIT;
    if (chance_below(stream, 2) == 0) give(peer, now, chance(stream));
    memset(&wire, 0, sizeof wire);
    if (oio_link_tx(peer, now, &wire) && chance_below(stream, 30) > 0) {
      spoil(stream, &config, &wire, &kept[chance_below(stream, KEPT)]);
      oio_link_rx(quick, now, &wire);
      if (routed) general->newest = OIO_NONE;
      receive(general, now, &wire, routed, false);
      kept[step % KEPT] = wire;
    }
    expect_same(quick, general, run, step);
    if (chance_below(stream, 3) > 0) {
      take_out(quick, now, routed);
      take_out(general, now, routed);
      take_out(peer, now, routed);
    }
    const uint64_t number = chance(stream);
    if (number % 2 == 0) {
      give(quick, now, number);
      give(general, now, number);
    }
    memset(&wire, 0, sizeof wire);
    memset(&same, 0, sizeof same);
    const bool sent = oio_link_tx(quick, now, &wire);
    if (oio_link_tx(general, now, &same) != sent || !is_same_flit(&config, &wire, &same))
      FAIL_WITH_REPLAY("run %u, step %u: the twins send different flits", run, step);
    if (sent && chance_below(stream, 30) > 0) oio_link_rx(peer, now, &wire);
  }
  struct oio_link_state state;
  oio_link_get_state(quick, &state);
  oio_link_destroy(quick);
  oio_link_destroy(general);
  oio_link_destroy(peer);
  return state.received_payload;
}

static void run_all(uint64_t stream, bool routed) {
  uint64_t payloads = 0;
  for (unsigned run = 0; run < RUNS; run++) payloads += run_twins(&stream, run, routed);
  assert_true(payloads > 10 * RUNS);
}

static void with_a_way_of_its_own_for_the_usual_flit_a_link_end_is_what_it_is_without(void **state) {
  (void)state;
  run_all(chance_stream(1), false);
}

static void so_it_is_in_the_routed_profile(void **state) {
  (void)state;
  run_all(chance_stream(2), true);
}

int main(void) {
  chance_start();
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(with_a_way_of_its_own_for_the_usual_flit_a_link_end_is_what_it_is_without),
      cmocka_unit_test(so_it_is_in_the_routed_profile),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
