/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One link end as a whole: reset, what a configuration may be, and all rules of SPEC.md sections 3 to 5 at random against the second
 * implementation in spec_link.h.
 */
#define CHANCE_PROGRAM "test_link_rules"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "chance.h"
#include "one_end.h"
#include "twin.h"

/* ---- life ---- */

static void reset_restores_the_state_after_create_but_for_the_counters(void **state) {
  (void)state;
  struct oio_link *link = make(plain), *fresh = make(plain);
  for (unsigned s = 1; s <= 5; s++) (void)give_and_hear(link, s);
  tell(link, 9, (struct spec_head){.protocol = 1, .s = 1, .round = 7, .credit = 103});
  tell_nonsense(link, 10);
  tell(link, 11, NOP_WITH(SPEC_NAK, 2));
  tell(link, 12, PAYLOAD_OF(0));
  give(fresh, 0);
  const struct oio_link_state before = state_of(link);
  oio_link_reset(fresh);
  oio_link_reset(link);
  struct oio_link_state a = state_of(link), c = state_of(fresh);
  struct oio_link *created = make(plain);
  const struct oio_link_state b = state_of(created);
  assert_int_equal(a.seen[OIO_SEEN_RESET_FAILED], 1);
  assert_int_equal(a.seen[OIO_SEEN_RESET_IDLE], 0);
  assert_int_equal(c.seen[OIO_SEEN_RESET_UNACKED], 1);
  assert_int_equal(c.seen[OIO_SEEN_RESET_FAILED], 0);
  memcpy(a.seen, before.seen, sizeof a.seen);
  memcpy(c.seen, b.seen, sizeof c.seen);
  const size_t protocol = offsetof(struct oio_link_state, sent_payload);
  assert_memory_equal(&a, &b, protocol);
  assert_memory_equal(&c, &b, sizeof c);
  assert_true(before.asked_crc > 0 && before.failed != OIO_LINK_ALIVE); /* what has been counted stays */
  assert_memory_equal((const char *)&a + protocol, (const char *)&before + protocol, sizeof a - protocol);
  for (unsigned i = 0; i < 3; i++) { /* and what is sent is the same to the bit */
    struct oio_wire of_reset = {.touched_bytes = 0}, of_created = {.touched_bytes = 0};
    give(link, 20);
    give(created, 20);
    assert_true(oio_link_tx(link, 20, &of_reset));
    assert_true(oio_link_tx(created, 20, &of_created));
    assert_memory_equal(of_reset.bytes, of_created.bytes, OIO_FLIT_BYTES);
    tell(link, 20, PAYLOAD_OF(i + 1));
    tell(created, 20, PAYLOAD_OF(i + 1));
    assert_true(oio_link_next_tx_ps(link, 20) == oio_link_next_tx_ps(created, 20));
  }
  oio_link_destroy(link);
  oio_link_destroy(fresh);
  oio_link_destroy(created);
}

static void check_refused(struct oio_link_config config, const char *word) {
  struct oio_link *link = (struct oio_link *)&config;
  struct oio_error error = {{0}};
  assert_int_equal(oio_link_create(&link, &config, &error), OIO_ERR_CONFIG);
  assert_null(link);
  if (strstr(error.text, word) == NULL) fail_msg("'%s' does not name %s", error.text, word);
}

static void a_configuration_out_of_range_is_refused_by_name(void **state) {
  (void)state;
  struct oio_link_config c;
#define REFUSED(field, value, word) (c = plain, c.field = (value), check_refused(c, word))
#define ACCEPTED(field, value) (c = plain, c.field = (value), oio_link_destroy(make(c)))
  REFUSED(format, 2, "format");
  REFUSED(format, 0, "format");
  ACCEPTED(format, 6);
  REFUSED(sequence_bits, 7, "sequence_bits");
  REFUSED(sequence_bits, 12, "sequence_bits");
  REFUSED(window_flits, 0, "window_flits");
  REFUSED(window_flits, 128, "window_flits");
  ACCEPTED(window_flits, 1);
  c = plain;
  c.sequence_bits = 16;
  c.window_flits = 32768;
  check_refused(c, "window_flits");
  c.window_flits = 32767;
  oio_link_destroy(make(c));
  REFUSED(buffer_flits, 0, "buffer_flits");
  REFUSED(buffer_flits, 32768, "buffer_flits");
  ACCEPTED(buffer_flits, 32767);
  REFUSED(peer_buffer_flits, 0, "peer_buffer_flits");
  REFUSED(peer_buffer_flits, 32768, "peer_buffer_flits");
  REFUSED(replay_limit, 0, "replay_limit");
  REFUSED(replay_limit, 65536, "replay_limit");
  ACCEPTED(replay_limit, 65535);
  REFUSED(profile, 2, "profile");
  c = plain;
  c.profile = OIO_PROFILE_ROUTED;
  check_refused(c, "sequence_bits");
  c.sequence_bits = 16;
  oio_link_destroy(make(c));
  c.buffer_flits = 16383;
  oio_link_destroy(make(c));
  c.buffer_flits = 16384;
  check_refused(c, "buffer_flits");
  c.buffer_flits = 1;
  c.peer_buffer_flits = 16384;
  check_refused(c, "peer_buffer_flits");
  REFUSED(timeout_ps, 0, "timeout_ps");
  REFUSED(nak_repeat_ps, 0, "nak_repeat_ps");
  ACCEPTED(ack_delay_ps, 0);
}

/* ---- everything at random, against the second implementation ---- */

/* A number near one of those that matter. */
static unsigned some_sequence(const struct spec_link *e, uint64_t *stream) {
  const unsigned centres[] = {e->expected, e->previous, e->acked, e->last_sent, e->next_tx, e->m};
  if (chance_below(stream, 50) == 0) return (unsigned)chance_below(stream, e->m + 1);
  const unsigned s = centres[chance_below(stream, 6)] + (unsigned)chance_below(stream, 7) - 3;
  return s % (e->m + 1);
}

/* Within what the peer can justify; now and then the first beyond it, or one below what was said before. */
static unsigned some_limit(const struct spec_link *e, uint64_t *stream) {
  const unsigned v = e->routed ? (unsigned)chance_below(stream, 2) : 0, mask = spec_limit_mask(e);
  const unsigned limit = e->hop[v].credit_limit, room = (spec_on_the_wire(e, v) + e->peer_buffer - limit) & mask;
  if (chance_below(stream, 400) == 0) return ((limit + (chance_below(stream, 2) ? room + 1 : mask)) & mask) + 0x8000 * v;
  return ((limit + (unsigned)chance_below(stream, room < 4 ? room + 1 : 4)) & mask) + 0x8000 * v;
}

static struct spec_head some_head(const struct spec_link *e, uint64_t *stream) {
  struct spec_head h = {.protocol = chance_below(stream, 4) > 0, .command = (unsigned)chance_below(stream, 3)};
  if (chance_below(stream, 60) == 0) h.protocol = (unsigned)chance_below(stream, 4);
  if (chance_below(stream, 60) == 0) h.command = 3;
  h.round = chance_below(stream, 6) == 0 ? (e->round_seen + (unsigned)chance_below(stream, 3)) % 16 : e->round_seen;
  h.echo = chance_below(stream, 3) == 0 ? (e->round + 15) % 16 : e->round;
  h.credit = some_limit(e, stream);
  if (chance_below(stream, 300) == 0) h.credit = (unsigned)chance_below(stream, 65536);
  if (h.command == SPEC_EXPLICIT) {
    h.s = chance_below(stream, 3) > 0 ? (h.protocol == SPEC_NOP ? spec_before(e, e->expected) : e->expected) : some_sequence(e, stream);
    if (h.s == 0 && chance_below(stream, 20) > 0) h.s = 1;
  } else if (chance_below(stream, 200) == 0) {
    h.s = some_sequence(e, stream);
  } else { /* within what is outstanding */
    h.s = e->acked;
    for (unsigned steps = (unsigned)chance_below(stream, spec_outstanding(e) + 1); steps > 0; steps--) h.s = spec_next(e, h.s);
  }
  if (e->m == 255 && chance_below(stream, 8) == 0) h.s |= (unsigned)chance_below(stream, 256) << 8;
  return h;
}

static const char *random_step(struct twin *t, uint64_t *now, uint64_t *stream) {
  struct oio_wire wire = {.touched_bytes = OIO_PAYLOAD_BYTES};
  bool sent;
  uint8_t payload[236];
  switch (chance_below(stream, 6)) {
  case 0:
    *now += chance_below(stream, 40) == 0 ? chance_below(stream, 2 * TIMEOUT) : chance_below(stream, 90);
    return twin_compare(t, *now, "time");
  case 1:
    return twin_send(t, *now, chance(stream));
  case 2:
    return twin_take(t, *now, chance(stream));
  case 3:
    return twin_tx(t, *now, &wire, &sent);
  default:
    twin_payload(chance(stream), payload);
    spec_make(t->format, wire.bytes, some_head(&t->spec, stream), payload);
    if (chance_below(stream, 12) == 0) {
      const unsigned bit = (unsigned)chance_below(stream, 2048);
      wire.bytes[bit / 8] ^= (uint8_t)(1u << bit % 8);
    }
    return twin_rx(t, *now, &wire);
  }
}

static void run_twins(struct twin *t, enum oio_profile profile, unsigned steps, uint64_t *stream, unsigned round, uint64_t *failures) {
  struct oio_link_config c = plain;
  c.profile = (uint8_t)profile;
  c.format = chance_below(stream, 2) ? 3 : 6;
  c.sequence_bits = profile == OIO_PROFILE_EXTENDED && chance_below(stream, 2) ? 8 : 16;
  c.window_flits = 1 + (uint32_t)chance_below(stream, chance_below(stream, 2) ? 4 : 127);
  c.buffer_flits = 1 + (uint32_t)chance_below(stream, chance_below(stream, 2) ? 5 : 3000);
  c.peer_buffer_flits = 1 + (uint32_t)chance_below(stream, 50);
  c.replay_limit = 1 + (uint32_t)chance_below(stream, 6);
  c.ack_delay_ps = chance_below(stream, 200);
  if (twin_create(t, &c) != OIO_OK) fail();
  uint64_t now = chance_below(stream, 3) * 123456;
  for (unsigned step = 0; step < steps; step++) {
    const char *what = random_step(t, &now, stream);
    if (what != NULL) FAIL_WITH_REPLAY("run %u, step %u: %s", round, step, what);
    if (t->spec.failed == SPEC_ALIVE || chance_below(stream, 8) > 0) continue;
    failures[t->spec.failed]++;
    twin_reset(t, &c);
    now = 0;
  }
  oio_link_destroy(t->link);
}

static void compare_twins(enum oio_profile profile) {
  static struct twin twin;
  uint64_t stream = chance_stream(1 + (unsigned)profile), failures[6] = {0};
  for (unsigned round = 0; round < 400; round++) run_twins(&twin, profile, 2000, &stream, round, failures);
  for (unsigned why = SPEC_REPLAY_LIMIT; why <= SPEC_CREDIT_RANGE; why++) {
    print_message("%s: %llu times\n", oio_link_failure_name((enum oio_link_failure)why), (unsigned long long)failures[why]);
    assert_true(failures[why] > 10);
  }
}

static void whatever_arrives_the_link_does_what_the_rules_written_a_second_time_do(void **state) {
  (void)state;
  compare_twins(OIO_PROFILE_EXTENDED);
}

static void so_it_does_in_the_routed_profile(void **state) {
  (void)state;
  compare_twins(OIO_PROFILE_ROUTED);
}

int main(void) {
  chance_start();
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(reset_restores_the_state_after_create_but_for_the_counters),
      cmocka_unit_test(a_configuration_out_of_range_is_refused_by_name),
      cmocka_unit_test(whatever_arrives_the_link_does_what_the_rules_written_a_second_time_do),
      cmocka_unit_test(so_it_does_in_the_routed_profile),
  };
  return cmocka_run_group_tests_name("link rules", tests, NULL, NULL);
}
