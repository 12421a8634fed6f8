/* SPDX-License-Identifier: Apache-2.0 */
/* Credits between die and bridge (SPEC.md section 17). */
#define CHANCE_PROGRAM "test_retimer"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "chance.h"
#include "oio/retimer.h"

static const uint8_t codes[] = {0x00, 0x0F, 0xF0, 0xFF};

static unsigned ones(unsigned byte) {
  unsigned count = 0;
  for (; byte != 0; byte &= byte - 1) count++;
  return count;
}

static void four_bytes_are_framing_and_all_others_errors(void **state) {
  (void)state;
  unsigned good = 0;
  for (unsigned byte = 0; byte < 256; byte++) {
    struct oio_framing framing;
    if (!oio_framing_read((uint8_t)byte, &framing)) continue;
    good++;
    assert_int_equal(framing.data, byte & 1);
    assert_int_equal(framing.credit, byte >> 7);
    assert_int_equal(oio_framing_write(framing), byte);
  }
  assert_int_equal(good, 4);
  assert_int_equal(oio_framing_write((struct oio_framing){.data = true}), 0x0F);
  assert_int_equal(oio_framing_write((struct oio_framing){.data = true, .credit = true}), 0xFF);
  assert_int_equal(oio_framing_write((struct oio_framing){.credit = true}), 0xF0);
}

/* Of the 255 ways to spoil a byte, up to three wrong bits are always seen; two of 70 with four, and the one with eight, are not. */
static void up_to_three_wrong_bits_are_framing_errors(void **state) {
  (void)state;
  for (unsigned c = 0; c < 4; c++) {
    unsigned unseen[9] = {0};
    for (unsigned wrong = 1; wrong < 256; wrong++) {
      struct oio_framing framing;
      if (oio_framing_read((uint8_t)(codes[c] ^ wrong), &framing)) unseen[ones(wrong)]++;
    }
    for (unsigned bits = 1; bits <= 8; bits++) assert_int_equal(unseen[bits], bits == 4 ? 2 : bits == 8 ? 1 : 0);
  }
}

/* Two units: 512 bytes are seven flits of 68 bytes, and 36 bytes are left. */
static void units_count_by_bytes(void **state) {
  (void)state;
  struct oio_retimer_sender die;
  struct oio_retimer_receiver bridge;
  oio_retimer_sender_reload(&die, 2);
  oio_retimer_receiver_reload(&bridge, 2);
  for (unsigned i = 0; i < 7; i++) {
    assert_true(oio_retimer_can_send(&die, 68));
    oio_retimer_send(&die, 68);
    assert_true(oio_retimer_receive(&bridge, 68));
  }
  assert_false(oio_retimer_can_send(&die, 68));
  assert_true(oio_retimer_can_send(&die, 36));
  assert_false(oio_retimer_receive(&bridge, 68)); /* nor has the bridge room for one */
  for (unsigned i = 0; i < 3; i++) oio_retimer_free(&bridge, 68);
  assert_false(oio_retimer_return_credit(&bridge)); /* 204 bytes are no unit */
  oio_retimer_free(&bridge, 68);
  assert_true(oio_retimer_return_credit(&bridge));
  assert_false(oio_retimer_return_credit(&bridge));
  oio_retimer_take_credit(&die);
  assert_true(oio_retimer_can_send(&die, 256 + 36));
  assert_false(oio_retimer_can_send(&die, 256 + 37));
}

/* A line on which framing is spoilt: without forged credits the buffer never overflows; what is forged or lost the audit says to the unit;
 * a reload makes all good. */
static void an_audit_finds_every_credit_that_was_forged_or_lost(void **state) {
  (void)state;
  uint64_t errors = 0, dropped = 0, all_forged = 0, all_lost = 0;
  for (unsigned round = 0; round < 3000; round++) {
    uint64_t stream = chance_stream(round), forged = 0, lost = 0, overflows = 0;
    const uint32_t units = 1 + (uint32_t)chance_below(&stream, 12), flit = chance_below(&stream, 2) == 0 ? 68 : 256;
    const double rate = round % 3 == 0 ? 0 : 0.05;
    struct oio_retimer_sender die;
    struct oio_retimer_receiver bridge;
    oio_retimer_sender_reload(&die, units);
    oio_retimer_receiver_reload(&bridge, units);
    uint64_t held = 0;
    for (unsigned slot = 0; slot < 400; slot++) {
      if (oio_retimer_can_send(&die, flit) && chance_below(&stream, 4) != 0) {
        oio_retimer_send(&die, flit);
        if (oio_retimer_receive(&bridge, flit))
          held += flit;
        else
          overflows++;
      }
      if (held >= flit && chance_below(&stream, 3) == 0) {
        oio_retimer_free(&bridge, flit);
        held -= flit;
      }
      const bool credit = oio_retimer_return_credit(&bridge);
      uint8_t valid = oio_framing_write((struct oio_framing){.data = chance_below(&stream, 2) == 0, .credit = credit});
      if (chance_unit(&stream) < rate) valid ^= chance_below(&stream, 2) == 0 ? 0xF0 : (uint8_t)chance(&stream);
      struct oio_framing framing;
      if (!oio_framing_read(valid, &framing)) { /* trained again */
        oio_retimer_sender_reload(&die, units);
        oio_retimer_receiver_reload(&bridge, units);
        held = forged = lost = 0;
        errors++;
        continue;
      }
      if (framing.credit) oio_retimer_take_credit(&die);
      forged += framing.credit && !credit;
      lost += credit && !framing.credit;
    }
    const struct oio_retimer_findings audit = oio_retimer_audit(&die, &bridge);
    const uint64_t more = forged > lost ? forged - lost : 0, fewer = lost > forged ? lost - forged : 0;
    if (audit.forged != more || audit.lost != fewer || (rate == 0 && overflows > 0))
      FAIL_WITH_REPLAY("round %u: %llu forged, %llu lost, %llu dropped", round, (unsigned long long)forged, (unsigned long long)lost,
                       (unsigned long long)overflows);
    dropped += overflows;
    all_forged += more;
    all_lost += fewer;
  }
  assert_true(errors > 1000 && dropped > 100 && all_forged > 100 && all_lost > 100);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(four_bytes_are_framing_and_all_others_errors),
      cmocka_unit_test(up_to_three_wrong_bits_are_framing_errors),
      cmocka_unit_test(units_count_by_bytes),
      cmocka_unit_test(an_audit_finds_every_credit_that_was_forged_or_lost),
  };
  chance_start();
  return cmocka_run_group_tests_name("retimer", tests, NULL, NULL);
}
