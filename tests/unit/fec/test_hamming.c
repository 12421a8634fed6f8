/* SPDX-License-Identifier: Apache-2.0 */
/* The inner code (SPEC.md section 12), bit by bit from what the section says, and by the weights of an extended Hamming code. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define CHANCE_PROGRAM "test_hamming"
#include "chance.h"
#include "oio/fec.h"

enum { BITS = 128, DATA_BITS = 120 };

static unsigned ones(unsigned byte) {
  unsigned count = 0;
  for (; byte != 0; byte >>= 1) count += byte & 1u;
  return count;
}

/* syndromes[bit], as the section lists them. */
static void list_syndromes(unsigned syndromes[BITS]) {
  unsigned bit = 0;
  for (unsigned byte = 0; byte < 256; byte++)
    if (ones(byte) % 2 != 0 && ones(byte) >= 3) syndromes[bit++] = byte;
  assert_int_equal(bit, DATA_BITS);
  for (unsigned j = 0; j < 8; j++) syndromes[DATA_BITS + j] = 1u << j;
}

static unsigned syndrome_of(const unsigned syndromes[BITS], const uint64_t word[2]) {
  unsigned sum = 0;
  for (unsigned bit = 0; bit < BITS; bit++)
    if (word[bit / 64] >> bit % 64 & 1u) sum ^= syndromes[bit];
  return sum;
}

static void flip(uint64_t word[2], unsigned bit) {
  word[bit / 64] ^= (uint64_t)1 << bit % 64;
}

static void a_codeword_has_the_syndrome_zero_and_its_data_in_front(void **state) {
  (void)state;
  unsigned syndromes[BITS];
  uint64_t stream = chance_stream(1);
  list_syndromes(syndromes);
  for (int round = 0; round < 10000; round++) {
    const uint64_t data[2] = {chance(&stream), chance(&stream)};
    uint64_t word[2] = {data[0], data[1]};
    if (round < DATA_BITS) {
      word[0] = word[1] = 0;
      flip(word, (unsigned)round);
    }
    const uint64_t before[2] = {word[0], word[1]};
    oio_hamming_encode(word);
    if (syndrome_of(syndromes, word) != 0 || word[0] != before[0] || (word[1] ^ before[1]) << 8 != 0) FAIL_WITH_REPLAY("round %d", round);
  }
}

static void one_wrong_bit_is_corrected_and_two_are_seen(void **state) {
  (void)state;
  uint64_t stream = chance_stream(2);
  for (unsigned first = 0; first < BITS; first++) {
    for (unsigned second = first; second < BITS; second++) {
      uint64_t sent[2] = {chance(&stream), chance(&stream)};
      oio_hamming_encode(sent);
      uint64_t word[2] = {sent[0], sent[1]};
      assert_int_equal(oio_hamming_decode(word), OIO_FEC_CLEAN);
      flip(word, first);
      if (second != first) flip(word, second);
      const uint64_t received[2] = {word[0], word[1]};
      assert_int_equal(oio_hamming_decode(word), first == second ? OIO_FEC_CORRECTED : OIO_FEC_UNCORRECTABLE);
      assert_memory_equal(word, first == second ? sent : received, sizeof word);
    }
  }
}

/* Three wrong bits are always one away from a codeword of four; each of those has four threes: C(128, 3) / 4 of them, by the distance of 4.
 */
static void three_wrong_bits_become_a_codeword_of_four(void **state) {
  (void)state;
  unsigned syndromes[BITS], patterns = 0, fourths = 0;
  list_syndromes(syndromes);
  for (unsigned a = 0; a < BITS; a++)
    for (unsigned b = a + 1; b < BITS; b++)
      for (unsigned c = b + 1; c < BITS; c++) {
        uint64_t word[2] = {0, 0};
        flip(word, a);
        flip(word, b);
        flip(word, c);
        const uint64_t received[2] = {word[0], word[1]};
        assert_int_equal(oio_hamming_decode(word), OIO_FEC_CORRECTED);
        assert_int_equal(syndrome_of(syndromes, word), 0);
        const uint64_t changed = word[0] ^ received[0], changed1 = word[1] ^ received[1];
        assert_true((changed & received[0]) == 0 && (changed1 & received[1]) == 0); /* a fourth, not one of the three back */
        fourths += (unsigned)(changed != 0) + (unsigned)(changed1 != 0);
        patterns++;
      }
  assert_int_equal(patterns, 341376);
  assert_int_equal(fourths, patterns);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(a_codeword_has_the_syndrome_zero_and_its_data_in_front),
      cmocka_unit_test(one_wrong_bit_is_corrected_and_two_are_seen),
      cmocka_unit_test(three_wrong_bits_become_a_codeword_of_four),
  };
  chance_start();
  return cmocka_run_group_tests(tests, NULL, NULL);
}
