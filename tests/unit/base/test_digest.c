/* SPDX-License-Identifier: Apache-2.0 */
/* The wire digest, made with the widest vectors this processor has, against its definition over xxhash as compiled for any processor. */
#include "base/digest.h"

#define CHANCE_PROGRAM "test_digest"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#define XXH_INLINE_ALL
#include <xxhash.h>

#include "chance.h"

enum { LENGTHS = 1500 };

static uint64_t folded(uint64_t digest, uint64_t time_ps, uint64_t word) {
  digest = (digest ^ time_ps) * 0x9FB21C651E98DF25u;
  digest = ((digest ^ digest >> 35) ^ word) * 0xD6E8FEB86659FD93u;
  return digest ^ digest >> 32;
}

static void bytes_of_any_length_have_the_digest_that_any_processor_gives_them(void **state) {
  (void)state;
  uint64_t stream = chance_stream(1), digest = 0, expected = 0;
  uint8_t bytes[LENGTHS + 3];
  for (size_t i = 0; i < sizeof bytes; i++) bytes[i] = (uint8_t)chance(&stream);
  for (size_t nbytes = 0; nbytes <= LENGTHS; nbytes++) {
    const uint8_t *start = bytes + nbytes % 4; /* aligned and not */
    const uint64_t time_ps = chance(&stream);
    digest = oio_digest_add(digest, time_ps, start, nbytes);
    expected = folded(expected, time_ps, XXH3_64bits(start, nbytes));
    assert_int_equal(digest, expected);
  }
}

static void one_bit_of_time_or_bytes_makes_another_digest(void **state) {
  (void)state;
  uint8_t flit[256] = {0};
  const uint64_t digest = oio_digest_add(1, 2, flit, sizeof flit);
  for (unsigned bit = 0; bit < 64; bit++) assert_int_not_equal(oio_digest_add(1, 2 ^ (uint64_t)1 << bit, flit, sizeof flit), digest);
  for (unsigned bit = 0; bit < 8 * sizeof flit; bit++) {
    flit[bit / 8] ^= (uint8_t)(1u << bit % 8);
    assert_int_not_equal(oio_digest_add(1, 2, flit, sizeof flit), digest);
    flit[bit / 8] ^= (uint8_t)(1u << bit % 8);
  }
}

int main(void) {
  chance_start();
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(bytes_of_any_length_have_the_digest_that_any_processor_gives_them),
      cmocka_unit_test(one_bit_of_time_or_bytes_makes_another_digest),
  };
  return cmocka_run_group_tests_name("digest", tests, NULL, NULL);
}
