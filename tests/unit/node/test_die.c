/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Messages on flits (SPEC.md section 6): two dies and a wire in the test's hand. Every payload on the wire is read by a parser written here
 * from SPEC.md; what comes out is held against what went in.
 */
#define _GNU_SOURCE
#define CHANCE_PROGRAM "test_die"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>
#include <sys/mman.h>

#include "chance.h"
#include "two_dies.h"

static void every_payload_reads_as_section_6_says_and_every_message_comes_out_whole_and_in_order(void **state) {
  (void)state;
  enum { COUNT = 600 };
  static struct item items[2][COUNT];
  uint64_t stream = chance_stream(1);
  uint8_t *data = random_bytes(&stream);
  for (unsigned round = 0; round < 6; round++) {
    struct dies d;
    const unsigned vcs = round < 3 ? 8 : round == 3 ? 1 : 3;
    start(&d, config_of(round % 2 ? OIO_EVENT : OIO_BIT, vcs, round == 2 ? 16 : 32768));
    d.data = round % 3 == 0 ? NULL : data;
    for (unsigned i = 0; i < 2; i++) {
      make_items(items[i], COUNT, vcs, &stream);
      if (round == 2) {
        for (unsigned k = 0; k < COUNT; k++) items[i][k].bytes = 1 + items[i][k].bytes % 700; /* a granule a round trip */
      }
      d.way[i].items = items[i];
      d.way[i].count = COUNT;
    }
    run(&d, OIO_NEVER - 1);
    check_all_arrived(&d);
    finish(&d);
  }
  free(data);
}

static void with_flits_lost_every_message_comes_out_and_the_whole_vc_credit_is_there_again(void **state) {
  (void)state;
  enum { COUNT = 500 };
  static struct item items[2][COUNT], last[2][VCS];
  uint64_t stream = chance_stream(2);
  for (unsigned round = 0; round < 4; round++) {
    struct dies d;
    start(&d, config_of(round % 2 ? OIO_EVENT : OIO_BIT, 8, 4096));
    d.loss = 0.02 * (round + 1);
    d.stream = chance(&stream);
    for (unsigned i = 0; i < 2; i++) {
      make_items(items[i], COUNT, 8, &stream);
      for (unsigned k = 0; k < COUNT; k++) items[i][k].bytes = 1 + items[i][k].bytes % 5000;
      d.way[i].items = items[i];
      d.way[i].count = COUNT;
    }
    run(&d, OIO_NEVER - 1);
    check_all_arrived(&d);
    /* Now nothing is released: exactly the buffer fits on every VC. */
    d.loss = 0;
    d.hold = 0xFF;
    for (unsigned i = 0; i < 2; i++) {
      struct way *w = &d.way[i];
      for (unsigned v = 0; v < VCS; v++) last[i][v] = (struct item){v, 100000, v};
      w->items = last[i];
      w->count = VCS;
      w->handed = 0;
      memset(w->parsed_at, 0, sizeof w->parsed_at);
      memset(w->received_at, 0, sizeof w->received_at);
      memset(w->total_bytes, 0, sizeof w->total_bytes);
      for (unsigned v = 0; v < VCS; v++) w->parsed_granules[v] = w->released_granules[v];
    }
    run(&d, OIO_NEVER - 1);
    for (unsigned i = 0; i < 2; i++) {
      for (unsigned v = 0; v < VCS; v++) assert_int_equal(d.way[i].total_bytes[v], 4096);
    }
    finish(&d);
  }
}

static void a_blocked_vc_stops_exactly_at_its_credit_blocks_no_other_and_goes_on_when_released(void **state) {
  (void)state;
  enum { COUNT = 60, MESSAGE = 8000, BUFFER = 16384 };
  static struct item items[COUNT];
  for (unsigned i = 0; i < COUNT; i++) items[i] = (struct item){i, MESSAGE, i % 2};
  struct dies d;
  start(&d, config_of(OIO_BIT, 2, BUFFER));
  d.hold = 1;
  d.way[0].items = items;
  d.way[0].count = COUNT;
  struct way *w = &d.way[0];
  while (w->held_granules[0] < BUFFER / 16 && step(&d, OIO_NEVER - 1)) {
  }
  const uint64_t from_ps = d.now, from_bytes = w->total_bytes[1];
  run(&d, from_ps + 400 * FLIT);
  const double rate = (double)(w->total_bytes[1] - from_bytes) / 224 * FLIT / (double)(d.now - from_ps);
  print_message("VC 1 beside a blocked VC 0: %.4f of full rate\n", rate);
  assert_true(rate > 0.97); /* a message of 8000 bytes leaves its last flit part full */
  run(&d, OIO_NEVER - 1);
  assert_int_equal(w->total_bytes[0], BUFFER);
  assert_int_equal(w->total_bytes[1], COUNT / 2 * MESSAGE);
  d.hold = 0;
  assert_int_equal(oio_die_release(d.die[1], d.now, 0, BUFFER), OIO_OK);
  w->released_granules[0] += BUFFER / 16;
  run(&d, OIO_NEVER - 1);
  check_all_arrived(&d);
  finish(&d);
}

static void vcs_that_all_have_something_to_send_get_equal_shares(void **state) {
  (void)state;
  enum { COUNT = 80, MESSAGE = 20000 };
  static struct item items[COUNT];
  for (unsigned i = 0; i < COUNT; i++) items[i] = (struct item){i, MESSAGE, i % 4};
  struct dies d;
  start(&d, config_of(OIO_BIT, 8, 65536));
  d.way[0].items = items;
  d.way[0].count = COUNT;
  run(&d, 1000 * FLIT);
  for (unsigned v = 1; v < 4; v++) {
    const uint64_t a = d.way[0].total_bytes[0], b = d.way[0].total_bytes[v];
    assert_true(a > 50000 && (a > b ? a - b : b - a) < 1000);
  }
  finish(&d);
}

static void vc_credit_wraps_at_24_bits(void **state) {
  (void)state;
  static struct item items[300];
  for (unsigned i = 0; i < 300; i++) items[i] = (struct item){i, BIG, 0};
  struct dies d;
  start(&d, config_of(OIO_EVENT, 1, 65536)); /* 300 MiB are 19.7 million granules, and 2^24 are 16.8 */
  d.way[0].items = items;
  d.way[0].count = 300;
  run(&d, OIO_NEVER - 1);
  check_all_arrived(&d);
  assert_true(d.way[0].parsed_granules[0] > 1u << 24);
  assert_int_equal(d.way[0].credit_limit[0], (d.way[0].released_granules[0] + 4096) & 0xFFFFFF);
  finish(&d);
}

static void a_die_with_nothing_to_send_returns_vc_credit_after_its_delay(void **state) {
  (void)state;
  static const struct item item = {5, 100, 3};
  struct dies d;
  start(&d, config_of(OIO_BIT, 8, 4096));
  d.way[0].items = &item;
  d.way[0].count = 1;
  run(&d, OIO_NEVER - 1);
  assert_true(d.way[1].empty_seen);
  assert_int_equal(d.way[1].empty_ps, FLIT + FLIGHT + 8 * FLIT);
  assert_int_equal(d.way[1].payload_flits, 1);
  assert_int_equal(d.way[0].credit_limit[3], 256 + 7);
  assert_false(d.way[0].empty_seen); /* a payload without segments frees nothing: no echo without end */
  finish(&d);
}

static void event_fidelity_never_touches_a_message(void **state) {
  (void)state;
  uint8_t *forbidden = mmap(NULL, 4 * BIG, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  assert_true(forbidden != MAP_FAILED);
  static const struct item items[] = {{1, BIG, 0}, {2, 17, 1}, {3, 70000, 2}};
  struct dies d;
  start(&d, config_of(OIO_EVENT, 8, 65536));
  d.data = forbidden;
  d.way[0].items = d.way[1].items = items;
  d.way[0].count = d.way[1].count = 3;
  run(&d, OIO_NEVER - 1);
  check_all_arrived(&d);
  finish(&d);
  munmap(forbidden, 4 * BIG);
}

static void sending_refuses_what_cannot_travel_and_a_full_queue_says_so(void **state) {
  (void)state;
  struct dies d;
  start(&d, config_of(OIO_BIT, 3, 4096));
  struct oio_message m = {.vc = 3, .id = 1, .bytes = 10, .data = NULL};
  assert_int_equal(oio_die_send(d.die[0], 0, &m), OIO_ERR_FORMAT);
  m.vc = 2;
  m.bytes = 0;
  assert_int_equal(oio_die_send(d.die[0], 0, &m), OIO_ERR_FORMAT);
  m.bytes = ((uint64_t)1 << 30) + 1;
  assert_int_equal(oio_die_send(d.die[0], 0, &m), OIO_ERR_FORMAT);
  m.bytes = (uint64_t)1 << 30;
  for (unsigned i = 0; i < OIO_DIE_QUEUE_MESSAGES; i++) {
    assert_int_equal(oio_die_queued(d.die[0], 2), i);
    assert_int_equal(oio_die_send(d.die[0], 0, &m), OIO_OK);
  }
  assert_int_equal(oio_die_send(d.die[0], 0, &m), OIO_ERR_FULL);
  assert_int_equal(oio_die_queued(d.die[0], 1), 0);
  finish(&d);
}

static void payloads_that_do_not_fit_their_descriptors_are_counted_discarded_and_do_no_harm(void **state) {
  (void)state;
  static const struct {
    uint8_t head;
    unsigned count;
    uint8_t first[2];
    unsigned segments; /* that come out; 0: malformed */
  } cases[] = {
      {0x0F, 15, {0x18, 1}, 0},                             /* 15 segments */
      {0x01, 1, {0x1B, 1}, 0},                              /* a VC that is not in use */
      {0x01, 1, {0x38, 1}, 0},                              /* reserved bits */
      {0x01, 1, {0x98, 1}, 0},     {0x01, 1, {0x18, 0}, 0}, /* no bytes */
      {0x01, 1, {0x18, 225}, 0},                            /* more than a segment may have */
      {0x02, 2, {0x18, 216}, 0},                            /* 4 + 16 + 216 + 1 = 237 */
      {0x31, 1, {0x18, 1}, 0},                              /* credit of a VC that is not in use */
      {0x01, 1, {0x18, 224}, 1},                            /* 4 + 8 + 224 = 236 */
      {0x02, 2, {0x18, 215}, 2},                            /* 4 + 16 + 215 + 1 */
      {0x0E, 14, {0x18, 107}, 14},                          /* 4 + 112 + 107 + 13 */
      {0x0E, 14, {0x18, 108}, 0},  {0x21, 1, {0x1A, 9}, 1},
  };
  struct dies d;
  start(&d, config_of(OIO_BIT, 3, 4096));
  uint64_t malformed = 0;
  for (unsigned i = 0; i < sizeof cases / sizeof cases[0]; i++) {
    push(&d, i + 1, cases[i].head, cases[i].count, cases[i].first);
    struct oio_segment s;
    unsigned out = 0;
    while (oio_die_recv(d.die[0], 0, &s)) out++;
    malformed += cases[i].segments == 0;
    if (out != cases[i].segments || oio_die_malformed(d.die[0]) != malformed)
      fail_msg("case %u: %u segments, %llu malformed", i, out, (unsigned long long)oio_die_malformed(d.die[0]));
  }
  struct oio_link_state s;
  oio_die_get_link_state(d.die[0], &s);
  assert_int_equal(s.failed, OIO_LINK_ALIVE);
  assert_int_equal(s.buffered_flits, 0); /* link credit is returned for all of them */
  assert_int_equal(s.credit_sent, 64 + sizeof cases / sizeof cases[0]);
  finish(&d);
}

/* A payload without segments that tells `limit` of a VC, into a die that has sent nothing and whose VC buffer is of 256 granules. */
static enum oio_link_failure told_first(uint8_t vc, const uint32_t limits[], unsigned count) {
  struct dies d;
  struct oio_link_state after;
  struct oio_segment none;
  start(&d, config_of(OIO_BIT, 3, 4096));
  for (unsigned i = 0; i < count; i++) {
    const uint8_t p[236] = {(uint8_t)(vc << 4), (uint8_t)limits[i], (uint8_t)(limits[i] >> 8), (uint8_t)(limits[i] >> 16)};
    struct oio_wire wire = {.touched_bytes = OIO_PAYLOAD_BYTES};
    spec_make(6, wire.bytes, (struct spec_head){.protocol = 1, .s = i + 1, .credit = 64}, p);
    oio_die_rx(d.die[0], 0, &wire);
    assert_false(oio_die_recv(d.die[0], 0, &none));
  }
  oio_die_get_link_state(d.die[0], &after);
  assert_int_equal(oio_die_failed(d.die[0]), after.failed != OIO_LINK_ALIVE);
  assert_int_equal(oio_die_malformed(d.die[0]), 0);
  finish(&d);
  return after.failed;
}

static void a_vc_credit_limit_that_goes_back_or_that_the_vc_buffer_cannot_justify_fails_the_die(void **state) {
  (void)state;
  assert_int_equal(told_first(2, (const uint32_t[]){256, 256}, 2), OIO_LINK_ALIVE);
  assert_int_equal(told_first(2, (const uint32_t[]){257}, 1), OIO_LINK_VC_CREDIT_RANGE); /* nothing was sent */
  assert_int_equal(told_first(0, (const uint32_t[]){255}, 1), OIO_LINK_VC_CREDIT_RANGE);
  assert_int_equal(told_first(1, (const uint32_t[]){256 + 0x7FFFFF}, 1), OIO_LINK_VC_CREDIT_RANGE);
  assert_int_equal(told_first(1, (const uint32_t[]){256 + 0x800000}, 1), OIO_LINK_VC_CREDIT_RANGE);
  assert_string_equal(oio_link_failure_name(OIO_LINK_VC_CREDIT_RANGE), "vc credit range");
}

static void what_was_sent_justifies_as_many_granules(void **state) {
  (void)state;
  for (unsigned more = 0; more <= 1; more++) { /* 100 bytes are 7 granules */
    struct dies d;
    struct oio_segment none;
    const struct oio_message message = {.vc = 1, .id = 5, .bytes = 100, .data = NULL};
    struct oio_wire wire = {.touched_bytes = OIO_PAYLOAD_BYTES};
    start(&d, config_of(OIO_BIT, 3, 4096));
    assert_int_equal(oio_die_send(d.die[0], 0, &message), OIO_OK);
    assert_true(oio_die_tx(d.die[0], 0, &wire));
    const uint8_t p[236] = {0x10, (uint8_t)(7 + more), 1, 0};
    wire = (struct oio_wire){.touched_bytes = OIO_PAYLOAD_BYTES};
    spec_make(6, wire.bytes, (struct spec_head){.protocol = 1, .s = 1, .credit = 65}, p);
    oio_die_rx(d.die[0], 1, &wire);
    assert_false(oio_die_recv(d.die[0], 1, &none));
    assert_int_equal(oio_die_failed(d.die[0]), more == 1);
    finish(&d);
  }
}

static void a_reset_die_starts_over_with_empty_queues_and_full_credit(void **state) {
  (void)state;
  static const struct item items[] = {{1, BIG, 0}, {2, 17, 1}, {3, 70000, 2}};
  struct dies d;
  start(&d, config_of(OIO_BIT, 3, 4096));
  d.hold = 7;
  d.way[0].items = d.way[1].items = items;
  d.way[0].count = d.way[1].count = 3;
  run(&d, 100 * FLIT);
  for (unsigned i = 0; i < 2; i++) {
    oio_die_reset(d.die[i]);
    memset(&d.way[i], 0, sizeof d.way[i]);
    for (unsigned v = 0; v < 3; v++) assert_int_equal(oio_die_queued(d.die[i], v), 0);
  }
  d.hold = 0;
  d.now = 0;
  d.way[0].items = items;
  d.way[0].count = 3;
  run(&d, OIO_NEVER - 1);
  check_all_arrived(&d);
  finish(&d);
}

static void a_payload_holds_fourteen_segments_and_no_more(void **state) {
  (void)state;
  static struct item items[40];
  for (unsigned i = 0; i < 40; i++) items[i] = (struct item){i, 1, 0};
  struct dies d;
  start(&d, config_of(OIO_BIT, 1, 4096));
  d.way[0].items = items;
  d.way[0].count = 40;
  run(&d, OIO_NEVER - 1);
  check_all_arrived(&d);
  assert_int_equal(d.way[0].payload_flits, 3); /* 14 + 14 + 12; B's credit goes the other way */
  finish(&d);
}

/* Gives die 1 a payload of three segments and takes one of them out. */
static void leave_a_payload_half_read(struct dies *d) {
  struct oio_wire wire;
  struct oio_segment segment;
  for (unsigned v = 0; v < 3; v++) {
    const struct oio_message m = {.vc = (uint8_t)v, .id = 90 + v, .bytes = 20};
    assert_int_equal(oio_die_send(d->die[0], d->now, &m), OIO_OK);
  }
  assert_true(oio_die_tx(d->die[0], d->now, &wire));
  assert_int_equal(wire.bytes[spec_payload_at(d->config.link.format, 0)] & 15, 3);
  oio_die_rx(d->die[1], d->now, &wire);
  assert_true(oio_die_recv(d->die[1], d->now, &segment) && !oio_die_recv(d->die[0], d->now, &segment));
}

static void carry(struct dies *d, const struct item *items, unsigned count) {
  for (unsigned i = 0; i < 2; i++) {
    memset(&d->way[i], 0, sizeof d->way[i]);
    d->way[i].items = items;
    d->way[i].count = count;
  }
  run(d, OIO_NEVER - 1);
  check_all_arrived(d);
}

static void whatever_its_past_a_reset_die_puts_on_the_wire_what_a_new_one_does(void **state) {
  (void)state;
  enum { COUNT = 60 };
  static struct item past[COUNT], items[COUNT];
  uint64_t stream = chance_stream(4);
  for (unsigned round = 0; round < 24; round++) {
    const struct oio_die_config config = config_of(OIO_BIT, 3, 4096);
    struct dies old, new;
    make_items(past, COUNT, 3, &stream);
    make_items(items, COUNT, 3, &stream);
    for (unsigned k = 0; k < COUNT; k++) {
      past[k].bytes = 1 + past[k].bytes % 500;
      items[k].bytes = 1 + items[k].bytes % 500;
    }
    start(&old, config);
    carry(&old, past, 1 + (unsigned)chance_below(&stream, COUNT));
    leave_a_payload_half_read(&old);
    struct oio_segment segment;
    for (unsigned i = 0; i < 2; i++) {
      oio_die_reset(old.die[i]);
      assert_false(oio_die_recv(old.die[i], 0, &segment));
    }
    old.now = 0;
    start(&new, config);
    carry(&old, items, COUNT);
    carry(&new, items, COUNT);
    for (unsigned i = 0; i < 2; i++) {
      if (old.way[i].trace != new.way[i].trace || old.now != new.now) FAIL_WITH_REPLAY("round %u: way %u has other flits", round, i);
    }
    finish(&old);
    finish(&new);
  }
}

static void any_piece_of_the_pattern_is_the_same_as_in_the_whole_and_one_wrong_byte_is_seen(void **state) {
  (void)state;
  enum { WHOLE = 5000 };
  static uint8_t whole[WHOLE], piece[WHOLE];
  uint64_t stream = chance_stream(3);
  for (unsigned round = 0; round < 5000; round++) {
    const uint64_t s = chance(&stream), id = chance(&stream);
    if (round % 100 == 0) oio_pattern_fill(seed, 9, 0, whole, WHOLE);
    const uint64_t offset = chance_below(&stream, WHOLE), count = chance_below(&stream, WHOLE - offset + 1);
    oio_pattern_fill(seed, 9, offset, piece, count);
    assert_memory_equal(piece, whole + offset, count);
    assert_true(oio_pattern_matches(seed, 9, offset, piece, count));
    if (count == 0) continue;
    piece[chance_below(&stream, count)] ^= (uint8_t)(1u << chance_below(&stream, 8));
    assert_false(oio_pattern_matches(seed, 9, offset, piece, count));
    if (count > 16) assert_false(oio_pattern_matches(s, id, offset, whole + offset, count));
  }
}

int main(void) {
  chance_start();
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(every_payload_reads_as_section_6_says_and_every_message_comes_out_whole_and_in_order),
      cmocka_unit_test(with_flits_lost_every_message_comes_out_and_the_whole_vc_credit_is_there_again),
      cmocka_unit_test(a_blocked_vc_stops_exactly_at_its_credit_blocks_no_other_and_goes_on_when_released),
      cmocka_unit_test(vcs_that_all_have_something_to_send_get_equal_shares),
      cmocka_unit_test(vc_credit_wraps_at_24_bits),
      cmocka_unit_test(a_die_with_nothing_to_send_returns_vc_credit_after_its_delay),
      cmocka_unit_test(event_fidelity_never_touches_a_message),
      cmocka_unit_test(sending_refuses_what_cannot_travel_and_a_full_queue_says_so),
      cmocka_unit_test(payloads_that_do_not_fit_their_descriptors_are_counted_discarded_and_do_no_harm),
      cmocka_unit_test(a_vc_credit_limit_that_goes_back_or_that_the_vc_buffer_cannot_justify_fails_the_die),
      cmocka_unit_test(what_was_sent_justifies_as_many_granules),
      cmocka_unit_test(a_reset_die_starts_over_with_empty_queues_and_full_credit),
      cmocka_unit_test(a_payload_holds_fourteen_segments_and_no_more),
      cmocka_unit_test(whatever_its_past_a_reset_die_puts_on_the_wire_what_a_new_one_does),
      cmocka_unit_test(any_piece_of_the_pattern_is_the_same_as_in_the_whole_and_one_wrong_byte_is_seen),
  };
  return cmocka_run_group_tests_name("die", tests, NULL, NULL);
}
