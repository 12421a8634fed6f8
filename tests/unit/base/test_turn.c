/* SPDX-License-Identifier: Apache-2.0 */
/* Sets of numbers that take turns, and integers as bytes: all cases against the plainest loop. */
#include "base/little_endian.h"
#include "base/turn.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

static void the_turn_goes_to_the_first_member_at_or_after_a_place_going_round(void **state) {
  (void)state;
  for (uint32_t set = 1; set < 256; set++) {
    for (unsigned from = 0; from < 8; from++) {
      unsigned expected = from;
      while (!(set >> expected & 1)) expected = (expected + 1) % 8;
      assert_int_equal(oio_turn_of(set, from), expected);
    }
  }
  assert_int_equal(oio_turn_of(1u << 31, 0), 31);
  assert_int_equal(oio_turn_of(1u, 31), 0);
}

static void the_place_after_the_last_is_the_first(void **state) {
  (void)state;
  for (unsigned count = 1; count <= 32; count++) {
    for (unsigned place = 0; place < count; place++) assert_int_equal(oio_turn_after(place, count), (place + 1) % count);
  }
}

static void integers_stand_with_their_lowest_byte_first_at_any_alignment(void **state) {
  (void)state;
  const uint64_t n = 0x0123456789ABCDEFu;
  for (size_t at = 0; at < 8; at++) {
    uint8_t bytes[24] = {0};
    oio_store_le64(bytes + at, n);
    for (size_t i = 0; i < 8; i++) assert_int_equal(bytes[at + i], n >> (8 * i) & 255);
    assert_int_equal(bytes[at + 8], 0);
    assert_true(oio_load_le64(bytes + at) == n);
    assert_int_equal(oio_load_le32(bytes + at), 0x89ABCDEFu);
    assert_int_equal(oio_load_le16(bytes + at), 0xCDEF);
    oio_store_le32(bytes + at, 0x44332211u);
    oio_store_le16(bytes + at + 4, 0x6655u);
    for (size_t i = 0; i < 6; i++) assert_int_equal(bytes[at + i], 0x11 * (i + 1));
    assert_int_equal(bytes[at + 6], 0x23);
  }
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(the_turn_goes_to_the_first_member_at_or_after_a_place_going_round),
      cmocka_unit_test(the_place_after_the_last_is_the_first),
      cmocka_unit_test(integers_stand_with_their_lowest_byte_first_at_any_alignment),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
