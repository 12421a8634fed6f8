/* SPDX-License-Identifier: Apache-2.0 */
/* The bytes that stand for a message's, one by one from their definition, against the library's, which makes them by the word or several at
 * a time. */
#include "oio/die.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

enum { OFFSETS = 40, LENGTHS = 300 };

static uint64_t mixed(uint64_t x) {
  x += 0x9E3779B97F4A7C15u;
  x = (x ^ x >> 30) * 0xBF58476D1CE4E5B9u;
  x = (x ^ x >> 27) * 0x94D049BB133111EBu;
  return x ^ x >> 31;
}

static uint8_t byte_at(uint64_t seed, uint64_t id, uint64_t position) {
  const uint64_t odd = 0x9E3779B97F4A7C15u, word = mixed(seed + id * odd) + position / 8 * odd;
  return (uint8_t)((word ^ word >> 32) >> (8 * (position % 8)));
}

static void every_piece_of_a_pattern_is_made_as_defined_and_nothing_around_it(void **state) {
  (void)state;
  const uint64_t seed = 77, id = (uint64_t)5 << 40, far = ((uint64_t)1 << 30) - 16;
  for (uint64_t offset = 0; offset < OFFSETS; offset++) {
    for (size_t count = 0; count < LENGTHS; count++) {
      uint8_t made[LENGTHS + 2];
      const uint64_t start = count % 2 == 0 ? offset : far + offset;
      memset(made, 0xA5, sizeof made);
      oio_pattern_fill(seed, id, start, made + 1, count);
      assert_int_equal(made[0], 0xA5);
      assert_int_equal(made[count + 1], 0xA5);
      for (size_t i = 0; i < count; i++) assert_int_equal(made[1 + i], byte_at(seed, id, start + i));
      assert_true(oio_pattern_matches(seed, id, start, made + 1, count));
    }
  }
}

static void every_wrong_bit_of_a_piece_is_seen(void **state) {
  (void)state;
  for (uint64_t offset = 0; offset < 16; offset += 5) {
    uint8_t piece[OIO_SEGMENT_BYTES_MAX];
    oio_pattern_fill(1, 2, offset, piece, sizeof piece);
    for (size_t bit = 0; bit < 8 * sizeof piece; bit++) {
      piece[bit / 8] ^= (uint8_t)(1u << bit % 8);
      assert_false(oio_pattern_matches(1, 2, offset, piece, sizeof piece));
      piece[bit / 8] ^= (uint8_t)(1u << bit % 8);
    }
    assert_true(oio_pattern_matches(1, 2, offset, piece, sizeof piece));
  }
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(every_piece_of_a_pattern_is_made_as_defined_and_nothing_around_it),
      cmocka_unit_test(every_wrong_bit_of_a_piece_is_seen),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
