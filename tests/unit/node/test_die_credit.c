/* SPDX-License-Identifier: Apache-2.0 */
/*
 * VC credit as its user sees it (SPEC.md section 6): releases in any pieces, releases of what is not there, a peer that sends beyond its
 * credit, a die whose link has failed, counters over a reset. What must be on the wire is added up here, segment by segment.
 */
#define CHANCE_PROGRAM "test_die_credit"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "chance.h"
#include "two_dies.h"

/* How far the consumer at one die has come with one VC. */
struct consumer {
  uint64_t received, released; /* bytes */
  unsigned whole;              /* segments that are wholly released */
  uint64_t whole_to;           /* the byte at which they end */
};

/* Adds up, one by one, the granules of the segments that end at or before the last byte released. */
static void account(struct way *w, struct consumer *c, unsigned vc) {
  while (c->whole < w->held_count[vc] && c->whole_to + w->held[vc][c->whole % HELD] <= c->released) {
    const unsigned bytes = w->held[vc][c->whole++ % HELD];
    c->whole_to += bytes;
    w->released_granules[vc] += bytes / 16 + (bytes % 16 != 0);
  }
}

static void release(struct dies *d, unsigned side, struct consumer *c, unsigned vc, uint64_t bytes) {
  assert_int_equal(oio_die_release(d->die[side], d->now, vc, (uint32_t)bytes), OIO_OK);
  c->released += bytes;
  account(&d->way[!side], c, vc);
}

static void release_some(struct dies *d, struct consumer consumers[2][VCS], unsigned grain, uint64_t *stream) {
  for (unsigned side = 0; side < 2; side++) {
    for (unsigned vc = 0; vc < d->config.vcs; vc++) {
      struct consumer *c = &consumers[side][vc];
      const uint64_t held = d->way[!side].total_bytes[vc] - c->released;
      if (held == 0 || chance_below(stream, 3) == 0) continue;
      const uint64_t piece = grain == 0 ? held : 1 + chance_below(stream, grain);
      release(d, side, c, vc, piece < held ? piece : held);
    }
  }
}

/* The parser of two_dies.h holds every limit on the wire against released_granules. */
static void in_whatever_pieces_a_consumer_releases_its_bytes_the_whole_credit_comes_back(void **state) {
  (void)state;
  enum { COUNT = 400, ROUNDS = 12 };
  static struct item items[2][COUNT];
  static struct dies d;
  static const unsigned grains[] = {1, 16, 40, 300, 2000, 0};
  uint64_t stream = chance_stream(1);
  for (unsigned round = 0; round < ROUNDS; round++) {
    struct consumer consumers[2][VCS] = {{{0}}};
    const unsigned grain = grains[round % 6];
    start(&d, config_of(round % 2 ? OIO_EVENT : OIO_BIT, 3, round < 6 ? 1024 : 240));
    d.hold = 7;
    for (unsigned i = 0; i < 2; i++) {
      make_items(items[i], COUNT, 3, &stream);
      for (unsigned k = 0; k < COUNT; k++) items[i][k].bytes = 1 + items[i][k].bytes % (round % 3 == 0 ? 9 : grain == 1 ? 60 : 700);
      d.way[i].items = items[i];
      d.way[i].count = COUNT;
    }
    for (bool more = true; more;) {
      for (unsigned k = 0; k < 20; k++) more = step(&d, OIO_NEVER - 1) && more;
      for (unsigned side = 0; side < 2; side++) {
        for (unsigned vc = 0; vc < 3; vc++) more |= d.way[!side].total_bytes[vc] > consumers[side][vc].released;
      }
      release_some(&d, consumers, grain, &stream);
    }
    run(&d, OIO_NEVER - 1);
    check_all_arrived(&d);
    for (unsigned i = 0; i < 2; i++) {
      for (unsigned vc = 0; vc < 3; vc++) {
        assert_int_equal(d.way[i].parsed_granules[vc], d.way[i].released_granules[vc]);
        assert_int_equal(d.way[i].credit_limit[vc], d.way[i].released_granules[vc] + d.config.vc_buffer_bytes / 16);
      }
    }
    finish(&d);
  }
}

static void one_release_of_two_messages_of_8_bytes_returns_two_granules(void **state) {
  (void)state;
  static const struct item items[] = {{1, 8, 0}, {2, 8, 0}};
  static struct dies d;
  struct consumer c = {0};
  start(&d, config_of(OIO_BIT, 1, 1024));
  d.hold = 1;
  d.way[0].items = items;
  d.way[0].count = 2;
  run(&d, OIO_NEVER - 1);
  release(&d, 1, &c, 0, 16);
  run(&d, OIO_NEVER - 1);
  assert_int_equal(d.way[0].credit_limit[0], 64 + 2);
  finish(&d);
}

static void a_release_of_more_than_is_held_is_refused_and_changes_nothing(void **state) {
  (void)state;
  static const struct item items[] = {{1, 100, 1}, {2, 30, 1}};
  static struct dies d;
  struct consumer c = {0};
  start(&d, config_of(OIO_BIT, 3, 1024));
  assert_int_equal(oio_die_release(d.die[1], 0, 1, 1), OIO_ERR_FORMAT);
  assert_int_equal(oio_die_release(d.die[1], 0, 3, 1), OIO_ERR_FORMAT);
  assert_int_equal(oio_die_release(d.die[1], 0, 8, 0), OIO_ERR_FORMAT);
  assert_int_equal(oio_die_release(d.die[1], 0, UINT32_MAX, 1), OIO_ERR_FORMAT);
  assert_true(oio_die_next_tx_ps(d.die[1], 0) == OIO_NEVER);
  d.hold = 7;
  d.way[0].items = items;
  d.way[0].count = 2;
  run(&d, OIO_NEVER - 1);
  assert_int_equal(oio_die_release(d.die[1], d.now, 0, 1), OIO_ERR_FORMAT);
  assert_int_equal(oio_die_release(d.die[1], d.now, 1, 131), OIO_ERR_FORMAT);
  assert_int_equal(oio_die_release(d.die[1], d.now, 1, UINT32_MAX), OIO_ERR_FORMAT);
  assert_true(oio_die_next_tx_ps(d.die[1], d.now) == OIO_NEVER);
  release(&d, 1, &c, 1, 99);
  release(&d, 1, &c, 1, 31);
  assert_int_equal(oio_die_release(d.die[1], d.now, 1, 1), OIO_ERR_FORMAT);
  run(&d, OIO_NEVER - 1);
  assert_int_equal(d.way[0].credit_limit[1], 64 + 7 + 2);
  finish(&d);
}

static void what_was_held_before_a_reset_is_not_to_be_released_after_it(void **state) {
  (void)state;
  static const struct item item = {1, 100, 1};
  static struct dies d;
  start(&d, config_of(OIO_BIT, 3, 1024));
  d.hold = 7;
  d.way[0].items = &item;
  d.way[0].count = 1;
  run(&d, OIO_NEVER - 1);
  oio_die_reset(d.die[1]);
  assert_int_equal(oio_die_release(d.die[1], d.now, 1, 100), OIO_ERR_FORMAT);
  finish(&d);
}

/* ---- a peer that does not keep to its credit ---- */

static void a_segment_for_which_the_buffer_has_no_room_fails_the_link_as_an_overflow(void **state) {
  (void)state;
  static struct dies d;
  struct oio_segment s;
  struct oio_link_state after;
  static const uint8_t full[] = {0x18, 224};
  start(&d, config_of(OIO_BIT, 3, 4096)); /* 256 granules: 18 segments of 14 fit */
  for (unsigned i = 0; i < 18; i++) {
    push(&d, i + 1, 0x01, 1, full);
    assert_true(oio_die_recv(d.die[0], 0, &s));
  }
  push(&d, 19, 0x01, 1, (const uint8_t[]){0x18, 64});
  assert_true(oio_die_recv(d.die[0], 0, &s)); /* the last 4 granules */
  assert_false(oio_die_failed(d.die[0]));
  push(&d, 20, 0x01, 1, (const uint8_t[]){0x19, 224}); /* another VC is not concerned */
  assert_true(oio_die_recv(d.die[0], 0, &s));
  push(&d, 21, 0x01, 1, (const uint8_t[]){0x18, 1});
  assert_false(oio_die_recv(d.die[0], 0, &s));
  oio_die_get_link_state(d.die[0], &after);
  assert_int_equal(after.failed, OIO_LINK_OVERFLOW);
  finish(&d);
}

static void what_is_taken_at_once_never_fills_a_buffer(void **state) {
  (void)state;
  static struct dies d;
  struct oio_segment s;
  start(&d, config_of(OIO_BIT, 3, 240));
  for (unsigned i = 0; i < 100; i++) {
    uint8_t p[236] = {0x01, 15, 0, 0, 0x18, 224};
    struct oio_wire wire = {0};
    spec_make(6, wire.bytes, (struct spec_head){.protocol = 1, .s = i + 1, .credit = 64}, p);
    oio_die_rx(d.die[0], 0, &wire);
    assert_true(oio_die_take(d.die[0], 0, &s));
    assert_int_equal(s.bytes, 224);
  }
  assert_false(oio_die_failed(d.die[0]));
  assert_int_equal(oio_die_release(d.die[0], 0, 0, 1), OIO_ERR_FORMAT);
  finish(&d);
}

/* ---- failure and reset ---- */

static void fail_link(struct oio_die *die) {
  struct oio_wire wire = {.touched_bytes = OIO_PAYLOAD_BYTES};
  spec_make(6, wire.bytes, (struct spec_head){.command = SPEC_ACK, .s = 100, .credit = 64}, NULL);
  oio_die_rx(die, 0, &wire);
  assert_true(oio_die_failed(die));
}

static void a_die_whose_link_has_failed_says_so_until_it_is_reset(void **state) {
  (void)state;
  static struct dies d;
  const struct oio_message m = {.vc = 1, .id = 1, .bytes = 10}, wrong = {.vc = 1, .id = 1, .bytes = 0};
  start(&d, config_of(OIO_BIT, 3, 4096));
  fail_link(d.die[0]);
  assert_int_equal(oio_die_send(d.die[0], 0, &m), OIO_ERR_FAILED);
  assert_int_equal(oio_die_send(d.die[0], 0, &wrong), OIO_ERR_FORMAT);
  assert_int_equal(oio_die_queued(d.die[0], 1), 0);
  oio_die_reset(d.die[0]);
  for (unsigned i = 0; i < OIO_DIE_QUEUE_MESSAGES; i++) assert_int_equal(oio_die_send(d.die[0], 0, &m), OIO_OK);
  assert_int_equal(oio_die_send(d.die[0], 0, &m), OIO_ERR_FULL);
  fail_link(d.die[0]);
  assert_int_equal(oio_die_send(d.die[0], 0, &m), OIO_ERR_FAILED); /* not FULL: it would be tried again for ever */
  finish(&d);
}

static void counters_go_on_over_a_reset_and_all_else_starts_over(void **state) {
  (void)state;
  static const uint8_t unknown_vc[] = {0x1B, 1};
  static struct dies d;
  struct oio_segment s;
  struct oio_link_state before, after;
  start(&d, config_of(OIO_BIT, 3, 4096));
  push(&d, 1, 0x01, 1, unknown_vc);
  push(&d, 9, 0x01, 1, unknown_vc); /* ahead: a retry is asked for */
  assert_false(oio_die_recv(d.die[0], 0, &s));
  assert_int_equal(oio_die_malformed(d.die[0]), 1);
  oio_die_get_link_state(d.die[0], &before);
  oio_die_reset(d.die[0]);
  oio_die_get_link_state(d.die[0], &after);
  assert_int_equal(oio_die_malformed(d.die[0]), 1);
  assert_int_equal(after.received, 2);
  assert_int_equal(after.received_payload, 1);
  assert_int_equal(after.asked_sequence, 1);
  assert_true(after.decision_digest == before.decision_digest);
  assert_int_equal(before.expected, 2);
  assert_int_equal(after.expected, 1);
  assert_true(before.waiting && !after.waiting);
  finish(&d);
}

int main(void) {
  chance_start();
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(in_whatever_pieces_a_consumer_releases_its_bytes_the_whole_credit_comes_back),
      cmocka_unit_test(one_release_of_two_messages_of_8_bytes_returns_two_granules),
      cmocka_unit_test(a_release_of_more_than_is_held_is_refused_and_changes_nothing),
      cmocka_unit_test(what_was_held_before_a_reset_is_not_to_be_released_after_it),
      cmocka_unit_test(a_segment_for_which_the_buffer_has_no_room_fails_the_link_as_an_overflow),
      cmocka_unit_test(what_is_taken_at_once_never_fills_a_buffer),
      cmocka_unit_test(a_die_whose_link_has_failed_says_so_until_it_is_reset),
      cmocka_unit_test(counters_go_on_over_a_reset_and_all_else_starts_over),
  };
  return cmocka_run_group_tests_name("die credit", tests, NULL, NULL);
}
