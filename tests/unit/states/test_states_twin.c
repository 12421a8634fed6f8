/* SPDX-License-Identifier: Apache-2.0 */
/* The states of a link against their second implementation: one end and anything that may happen to it, and two ends with a bad side band.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#define CHANCE_PROGRAM "test_states_twin"
#include "chance.h"
#include "twin_states.h"

static unsigned round_of;

static void require(const char *what) {
  if (what != NULL) FAIL_WITH_REPLAY("round %u: %s", round_of, what);
}

static struct spec_states_config any_config(uint64_t *r) {
  return (struct spec_states_config){.own = {(unsigned)chance_below(r, 65536), 0x7E, 3, (unsigned)chance_below(r, 2)},
                                     .repeat = 1 + chance_below(r, 20),
                                     .answer = chance_below(r, 4) == 0 ? 0 : 60 + chance_below(r, 100),
                                     .stall = 1 + chance_below(r, 40),
                                     .refuse = chance_below(r, 30),
                                     .gated = chance_below(r, 2) != 0,
                                     .fdi = chance_below(r, 2) != 0};
}

static unsigned any_request(uint64_t *r) {
  static const uint8_t requests[] = {0, 0, 1, 1, 1, 1, 4, 4, 8, 9, 11, 12};
  return chance_below(r, 40) == 0 ? (unsigned)chance_below(r, 16) : requests[chance_below(r, sizeof requests)];
}

/* Those above answer, mostly; what they want changes now and then. */
static void any_pins(const struct spec_states *e, uint64_t *r, struct spec_states_in *in) {
  if (chance_below(r, 12) == 0) in->request = any_request(r);
  if (chance_below(r, 3) != 0) in->stallack = e->stallreq;
  if (chance_below(r, 3) != 0) in->clk_ack = e->clk_req;
  if (chance_below(r, 3) != 0) in->rx_sts = e->rx_req;
  in->wake_req = chance_below(r, 8) != 0;
  in->linkerror = chance_below(r, in->linkerror ? 3 : 200) == 0;
  in->trained = chance_below(r, 40) != 0;
  in->failed = chance_below(r, 300) == 0;
  in->retrain = chance_below(r, 100) == 0;
  if (chance_below(r, 100) == 0) { /* a wild clock: any pin at all */
    const uint64_t bits = chance(r);
    in->stallack = bits & 1;
    in->clk_ack = bits >> 1 & 1;
    in->rx_sts = bits >> 2 & 1;
  }
}

static void any_bridge_pins(uint64_t *r, struct spec_states_in *in) {
  in->hold = chance_below(r, 3) == 0;
  in->unknown = chance_below(r, 3) == 0;
  in->refuse = chance_below(r, 6) == 0;
  in->restart = chance_below(r, 60) == 0;
}

static void anything_happens_to_one_end(void **unused) {
  (void)unused;
  static struct twin_states t;
  uint64_t seen[16][16] = {{0}};
  for (round_of = 0; round_of < 600; round_of++) {
    uint64_t r = chance_stream(round_of), now = chance_below(&r, 1000);
    const struct spec_states_config config = any_config(&r);
    struct spec_states_in in = {0};
    assert_int_equal(twin_states_create(&t, &config), OIO_OK);
    for (unsigned i = 0; i < 1500; i++) {
      uint8_t bytes[OIO_SIDE_BYTES];
      const unsigned before = t.spec.status;
      now += chance_below(&r, chance_below(&r, 50) == 0 ? 200 : 4);
      any_pins(&t.spec, &r, &in);
      if (round_of % 4 == 0) any_bridge_pins(&r, &in);
      if (chance_below(&r, 500) == 0) twin_states_reset(&t);
      twin_states_near(&t.spec, chance(&r), bytes);
      if (chance_below(&r, 50) == 0) bytes[chance_below(&r, 8)] ^= (uint8_t)(1 << chance_below(&r, 8));
      require(twin_states_clock(&t, now, &in, chance_below(&r, 3) == 0 ? bytes : NULL));
      seen[before][t.spec.status]++;
    }
  }
  static const uint8_t states[] = {0, 1, 3, 4, 8, 9, 10, 11, 12};
  unsigned ways = 0;
  for (unsigned a = 0; a < sizeof states; a++)
    for (unsigned b = 0; b < sizeof states; b++) ways += seen[states[a]][states[b]] > 0;
  print_message("%u changes of status seen\n", ways);
  assert_true(ways >= 30);
}

/* ---- two ends and a side band that loses, repeats and delays ---- */

enum { BAND = 16 };

struct band {
  uint8_t bytes[BAND][OIO_SIDE_BYTES];
  uint64_t at[BAND];
  unsigned first, count;
};

static void put(struct band *b, uint64_t *r, uint64_t now, unsigned loss, const uint8_t *bytes) {
  const unsigned copies = chance_below(r, 100) < loss ? 0 : chance_below(r, 100) < loss ? 2 : 1;
  for (unsigned n = 0; n < copies && b->count < BAND; n++) {
    const unsigned at = (b->first + b->count++) % BAND;
    memcpy(b->bytes[at], bytes, OIO_SIDE_BYTES);
    b->at[at] = now + 1 + chance_below(r, 12);
  }
}

static const uint8_t *get(struct band *b, uint64_t now) {
  if (b->count == 0 || b->at[b->first] > now) return NULL;
  const uint8_t *bytes = b->bytes[b->first];
  b->first = (b->first + 1) % BAND;
  b->count--;
  return bytes;
}

static bool settled(const struct twin_states *t, const struct spec_states_in *in) {
  const unsigned a = t[0].spec.status, b = t[1].spec.status;
  if (a != b && !(spec_data(a) && spec_data(b))) return false;
  for (unsigned i = 0; i < 2; i++) {
    const unsigned held = in[i].linkerror ? SPEC_LINK_ERROR : spec_held(&t[i].spec, &in[i]);
    if (held != SPEC_NOTHING && spec_rank(held) > spec_rank(t[i].spec.status)) return false;
  }
  return true;
}

static void two_ends_agree_after_any_trouble(void **unused) {
  (void)unused;
  static struct twin_states t[2];
  uint64_t agreed_in[16] = {0};
  for (round_of = 0; round_of < 1500; round_of++) {
    uint64_t r = chance_stream(5000 + round_of), now = 0;
    struct spec_states_in in[2] = {{0}};
    struct band band[2] = {{{{0}}, {0}, 0, 0}};
    const unsigned loss = (unsigned)chance_below(&r, 40), trouble = 50 + (unsigned)chance_below(&r, 600);
    for (unsigned i = 0; i < 2; i++) {
      struct spec_states_config config = any_config(&r);
      if (round_of % 2 == 0) config.answer = 0; /* else a late answer may end in LinkError, for both */
      assert_int_equal(twin_states_create(&t[i], &config), OIO_OK);
    }
    const bool led = chance_below(&r, 2) == 0; /* those above go through NOP and Active to a state that both want */
    const unsigned target = any_request(&r);
    unsigned quiet = 0;
    for (unsigned clock = 0; quiet < 300; clock++, now++) {
      const bool calm = clock >= trouble;
      if (clock > trouble + 5000) FAIL_WITH_REPLAY("round %u: no agreement: %x and %x", round_of, t[0].spec.status, t[1].spec.status);
      for (unsigned i = 0; i < 2; i++) {
        if (!calm) {
          any_pins(&t[i].spec, &r, &in[i]);
          if (chance_below(&r, 300) == 0) twin_states_reset(&t[i]);
        } else {
          const unsigned since = clock - trouble, request = !led ? in[i].request : since < 200 ? 0 : since < 600 ? SPEC_ACTIVE : target;
          in[i] = (struct spec_states_in){.request = request,
                                          .linkerror = in[i].linkerror,
                                          .stallack = t[i].spec.stallreq,
                                          .clk_ack = t[i].spec.clk_req,
                                          .rx_sts = t[i].spec.rx_req,
                                          .wake_req = true,
                                          .trained = true};
        }
        require(twin_states_clock(&t[i], now, &in[i], get(&band[i], now)));
        for (unsigned n = 0; n < t[i].spec.out_count; n++) {
          uint8_t bytes[OIO_SIDE_BYTES];
          spec_side_bytes(&t[i].spec.out[n], bytes);
          put(&band[1 - i], &r, now, calm ? 0 : loss, bytes);
        }
      }
      quiet = calm && (!led || clock > trouble + 900) && settled(t, in) ? quiet + 1 : 0;
    }
    agreed_in[t[0].spec.status]++;
  }
  for (unsigned state = 0; state < 13; state++)
    if (0x1F13u >> state & 1) assert_true(agreed_in[state] > 0);
}

static void messages_are_read_as_they_are_written_and_nothing_else_is(void **unused) {
  (void)unused;
  uint64_t r = chance_stream(9000), good = 0;
  struct spec_states e = {.asks = SPEC_L1};
  for (round_of = 0; round_of < 100000; round_of++) {
    uint8_t bytes[OIO_SIDE_BYTES], again[OIO_SIDE_BYTES];
    struct oio_side_message m;
    twin_states_near(&e, chance(&r), bytes);
    if (!oio_side_read(bytes, &m)) require("a message is not read");
    oio_side_write(&m, again);
    assert_memory_equal(bytes, again, sizeof bytes);
    for (unsigned i = 0; i < OIO_SIDE_BYTES; i++) bytes[i] = (uint8_t)chance(&r);
    if (round_of & 1) bytes[2] = bytes[3] = 0;
    bytes[7] = 0xA5;
    for (unsigned i = 0; i < 7; i++) bytes[7] ^= bytes[i];
    if (oio_side_read(bytes, &m)) {
      oio_side_write(&m, again);
      assert_memory_equal(bytes, again, sizeof bytes);
      good++;
    }
    bytes[chance_below(&r, 8)] ^= (uint8_t)(1 << chance_below(&r, 8));
    assert_false(oio_side_read(bytes, &m));
  }
  assert_true(good < 2000);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(messages_are_read_as_they_are_written_and_nothing_else_is),
      cmocka_unit_test(anything_happens_to_one_end),
      cmocka_unit_test(two_ends_agree_after_any_trouble),
  };
  chance_start();
  return cmocka_run_group_tests_name("states against their second implementation", tests, NULL, NULL);
}
