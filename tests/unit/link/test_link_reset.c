/* SPDX-License-Identifier: Apache-2.0 */
/* A link end that has been reset against a new one: whatever came before, the same is heard from both from then on. */
#define CHANCE_PROGRAM "test_link_reset"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "chance.h"
#include "one_end.h"

/* Something that may happen to a link end at `now`, of what a peer may do to it and its user. What it says, or 0. */
static uint64_t something(struct oio_link *link, uint64_t now, uint64_t draw) {
  const struct oio_link_state state = state_of(link);
  struct oio_payload payload = {.touched_bytes = OIO_PAYLOAD_BYTES};
  struct oio_wire wire;
  const unsigned number = 1 + (unsigned)(draw >> 8) % 5;
  switch (draw % 8) {
  case 0:
    tell_nonsense(link, now);
    return 0;
  case 1:
    tell(link, now, (struct spec_head){.protocol = SPEC_PAYLOAD, .s = state.expected, .round = number});
    return 0;
  case 2:
    tell(link, now, (struct spec_head){.protocol = SPEC_PAYLOAD, .s = number, .credit = 100 + number});
    return 0;
  case 3:
    tell(link, now,
         (struct spec_head){.protocol = draw >> 21 & 1, .command = SPEC_ACK + (draw >> 20 & 1), .s = state.acked, .echo = number});
    return 0;
  case 4:
    if (oio_link_recv(link, now, &payload)) return 1;
    return 0;
  case 5:
    return (uint64_t)oio_link_send(link, now, &payload);
  default:
    memset(&wire, 0, sizeof wire);
    if (!oio_link_tx(link, now, &wire)) return oio_link_next_tx_ps(link, now);
    uint64_t said = now;
    for (unsigned i = 0; i < sizeof wire.bytes; i++) said = (said ^ wire.bytes[i]) * 0x100000001B3u;
    return said;
  }
}

static void whatever_its_past_a_reset_link_end_does_what_a_new_one_does(void **state) {
  (void)state;
  unsigned failed = 0;
  for (unsigned round = 0; round < 1000; round++) {
    uint64_t stream = chance_stream(round), now = 0;
    struct oio_link *old = make(plain), *new = make(plain);
    for (unsigned i = 0; i < 5 + round % 60; i++) (void)something(old, now += chance_below(&stream, 3000), chance(&stream));
    failed += oio_link_failed(old);
    oio_link_reset(old);
    now = 0;
    for (unsigned i = 0; i < 40; i++) {
      const uint64_t draw = chance(&stream), of_old = something(old, now += chance_below(&stream, 600), draw);
      if (of_old != something(new, now, draw))
        FAIL_WITH_REPLAY("round %u, step %u: another answer to draw %#llx", round, i, (unsigned long long)draw);
      const struct oio_link_state a = state_of(old), b = state_of(new);
      if (a.next_tx != b.next_tx || a.acked != b.acked || a.expected != b.expected || a.sent_total != b.sent_total ||
          a.credit_limit != b.credit_limit || a.credit_sent != b.credit_sent || a.round != b.round || a.round_seen != b.round_seen ||
          a.waiting != b.waiting || a.lost != b.lost || a.unacked_flits != b.unacked_flits || a.buffered_flits != b.buffered_flits ||
          a.failed != b.failed)
        FAIL_WITH_REPLAY("round %u, step %u: another state", round, i);
    }
    oio_link_destroy(old);
    oio_link_destroy(new);
  }
  print_message("%u of 1000 had failed before the reset\n", failed);
  assert_in_range(failed, 10, 990);
}

int main(void) {
  chance_start();
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(whatever_its_past_a_reset_link_end_does_what_a_new_one_does),
  };
  return cmocka_run_group_tests_name("link_reset", tests, NULL, NULL);
}
