/* SPDX-License-Identifier: Apache-2.0 */
/* A monitor over flits made by hand: silent on what the rules allow, and the rule's name for each fault planted. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#include "one_port.h"

enum { HEADER_AT = 236 };

/* A payload flit that says its sequence, in a round. */
static void payload(struct oio_monitor *monitor, unsigned sequence, unsigned round) {
  out(monitor, 1000, (struct oio_flit_head){.protocol = OIO_PROTOCOL_PAYLOAD, .sequence = (uint16_t)sequence, .round = (uint8_t)round});
}

static void ack_in(struct oio_monitor *monitor, unsigned sequence) {
  into(monitor, 1000, (struct oio_flit_head){.command = OIO_ACK, .sequence = (uint16_t)sequence, .credit_limit = PEER_BUFFER});
}

/* The one finding there is, of `rule`, whose text says `words`; or with NULL, that there is none. */
static void expect(struct oio_monitor *monitor, const char *rule, const char *words) {
  struct oio_finding finding;
  if (rule == NULL) {
    if (oio_monitor_fetch(monitor, &finding)) fail_msg("%s: %s", finding.rule, finding.text);
    return;
  }
  assert_true(oio_monitor_fetch(monitor, &finding));
  assert_string_equal(finding.rule, rule);
  if (strstr(finding.text, words) == NULL) fail_msg("%s", finding.text);
  if (oio_monitor_fetch(monitor, &finding)) fail_msg("one more: %s: %s", finding.rule, finding.text);
}

static void flits_in_sequence_and_a_replay_from_the_first_unacknowledged_are_allowed(void **state) {
  (void)state;
  struct oio_monitor *m = make(0);
  for (unsigned s = 1; s <= 5; s++) payload(m, s, 0);
  ack_in(m, 2);
  for (unsigned s = 3; s <= 6; s++) payload(m, s, 1);
  expect(m, NULL, NULL);
  oio_monitor_destroy(m);
}

static void a_replay_may_leave_out_what_is_acknowledged_meanwhile(void **state) {
  (void)state;
  struct oio_monitor *m = make(0);
  for (unsigned s = 1; s <= 6; s++) payload(m, s, 0);
  payload(m, 1, 1);
  ack_in(m, 4);
  payload(m, 5, 1);
  payload(m, 6, 1);
  payload(m, 7, 1);
  expect(m, NULL, NULL);
  oio_monitor_destroy(m);
}

static void a_replay_that_leaves_out_a_flit_breaks_t2(void **state) {
  (void)state;
  for (unsigned acked = 0; acked <= 3; acked++) {
    struct oio_monitor *m = make(0);
    for (unsigned s = 1; s <= 8; s++) payload(m, s, 0);
    if (acked > 0) ack_in(m, acked);
    payload(m, acked + 1, 1);
    expect(m, NULL, NULL);
    payload(m, acked + 3, 1);
    expect(m, "T2", "leaves out what is not acknowledged");
    oio_monitor_destroy(m);
  }
}

static void a_replay_that_begins_too_late_breaks_t2(void **state) {
  (void)state;
  struct oio_monitor *m = make(0);
  for (unsigned s = 1; s <= 8; s++) payload(m, s, 0);
  ack_in(m, 2);
  payload(m, 4, 1);
  expect(m, "T2", "sequence 4 after 8 leaves out");
  oio_monitor_destroy(m);
}

static void a_new_flit_that_leaves_out_one_breaks_t2(void **state) {
  (void)state;
  struct oio_monitor *m = make(0);
  payload(m, 1, 0);
  payload(m, 3, 0);
  struct oio_finding finding;
  assert_true(oio_monitor_fetch(m, &finding));
  assert_string_equal(finding.rule, "T2");
  oio_monitor_destroy(m);
}

static void bits_of_the_header_that_are_not_zero_break_section_1(void **state) {
  (void)state;
  static const struct { unsigned byte, bit; } zeros[] = {{0, 4}, {0, 5}, {1, 6}, {1, 7}};
  for (unsigned i = 0; i < 4; i++) {
    struct oio_monitor *m = make(0);
    struct oio_wire wire = flit_of((struct oio_flit_head){.protocol = OIO_PROTOCOL_PAYLOAD, .sequence = 1});
    wire.bytes[HEADER_AT + zeros[i].byte] |= (uint8_t)(1u << zeros[i].bit);
    oio_flit_seal(oio_flit_format(FORMAT), wire.bytes);
    oio_monitor_out(m, 1000, &wire);
    expect(m, "section 1", "not zero");
    oio_monitor_destroy(m);
  }
}

static void a_format_or_a_width_of_sequences_that_there_is_not_is_refused(void **state) {
  (void)state;
  struct oio_monitor *monitor;
  struct oio_error error;
  const struct oio_monitor_config wrong[] = {{.name = "port", .format = 4, .sequence_bits = 8},
                                             {.name = "port", .format = 3, .sequence_bits = 9}};
  for (unsigned i = 0; i < 2; i++) {
    assert_int_equal(oio_monitor_create(&monitor, &wrong[i], &error), OIO_ERR_CONFIG);
    assert_non_null(strstr(error.text, "use 3 or 6, and 8 or 16"));
    assert_null(monitor);
  }
}

/* The flit `wire` as it comes out, sealed again after what the test did to it. */
static void out_sealed(struct oio_monitor *monitor, struct oio_wire wire, bool sealed) {
  const struct oio_flit_format *format = oio_flit_format(FORMAT);
  const uint8_t reserved = wire.bytes[242];
  if (sealed) oio_flit_seal(format, wire.bytes);
  wire.bytes[242] = reserved; /* which the CRC of format 3 does not cover */
  oio_monitor_out(monitor, 1000, &wire);
}

static void a_wrong_crc_and_reserved_bytes_that_are_not_zero_are_named(void **state) {
  (void)state;
  const struct oio_wire flit = flit_of((struct oio_flit_head){.protocol = OIO_PROTOCOL_PAYLOAD, .sequence = 1});
  struct oio_wire wire = flit;
  struct oio_monitor *m = make(0);
  wire.bytes[7] ^= 1;
  out_sealed(m, wire, false);
  expect(m, "section 2", "wrong CRC");
  wire = flit;
  wire.bytes[242] = 1;
  out_sealed(m, wire, true);
  expect(m, "section 1", "reserved bytes");
  wire = flit;
  wire.bytes[HEADER_AT + 1] |= 0x40;
  out_sealed(m, wire, true);
  struct oio_finding finding;
  assert_true(oio_monitor_fetch(m, &finding));
  assert_string_equal(finding.rule, "section 1");
  oio_monitor_destroy(m);
}

/* The peer's limit is 1000 at first; then what it sends. */
static void a_payload_beyond_the_credit_limit_breaks_section_5_and_one_at_it_does_not(void **state) {
  (void)state;
  struct oio_monitor *m = make(0);
  uint16_t s = 0;
  for (unsigned i = 1; i <= 1002; i++) {
    s = s == 255 ? 1 : s + 1;
    if (i == 1001) expect(m, NULL, NULL);
    payload(m, s, 0);
    if (i == 1001) expect(m, "section 5", "beyond the credit limit 1000");
    into(m, 1000, (struct oio_flit_head){.command = OIO_ACK, .sequence = s, .credit_limit = i == 1001 ? 1002 : PEER_BUFFER});
  }
  expect(m, NULL, NULL);
  oio_monitor_destroy(m);
}

static void a_nop_that_says_another_sequence_breaks_t4(void **state) {
  (void)state;
  struct oio_monitor *m = make(0);
  payload(m, 1, 0);
  out(m, 1000, (struct oio_flit_head){.command = OIO_EXPLICIT, .sequence = 1});
  expect(m, NULL, NULL);
  out(m, 1000, (struct oio_flit_head){.command = OIO_EXPLICIT, .sequence = 2});
  expect(m, "T4", "a NOP says 2");
  oio_monitor_destroy(m);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(a_format_or_a_width_of_sequences_that_there_is_not_is_refused),
      cmocka_unit_test(flits_in_sequence_and_a_replay_from_the_first_unacknowledged_are_allowed),
      cmocka_unit_test(a_replay_may_leave_out_what_is_acknowledged_meanwhile),
      cmocka_unit_test(a_replay_that_leaves_out_a_flit_breaks_t2),
      cmocka_unit_test(a_replay_that_begins_too_late_breaks_t2),
      cmocka_unit_test(a_new_flit_that_leaves_out_one_breaks_t2),
      cmocka_unit_test(bits_of_the_header_that_are_not_zero_break_section_1),
      cmocka_unit_test(a_wrong_crc_and_reserved_bytes_that_are_not_zero_are_named),
      cmocka_unit_test(a_payload_beyond_the_credit_limit_breaks_section_5_and_one_at_it_does_not),
      cmocka_unit_test(a_nop_that_says_another_sequence_breaks_t4),
  };
  return cmocka_run_group_tests_name("monitor", tests, NULL, NULL);
}
