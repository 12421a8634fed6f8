/* SPDX-License-Identifier: Apache-2.0 */
/* Random numbers against the published sequences, and our logarithm against libm. */
#define CHANCE_PROGRAM "test_rng"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "chance.h"
#include "oio/rng.h"

/* xoshiro256++ 1.0 and splitmix64 as published by their authors, with the state that the splitmix64 sequence from 0 gives. */
static void the_generators_give_the_published_sequences(void **state) {
  (void)state;
  assert_true(oio_mix64(0) == 0xE220A8397B1DCDAFu); /* the first outputs of splitmix64 seeded with 0 */
  assert_true(oio_mix64(0x9E3779B97F4A7C15u) == 0x6E789E6AA1B965F4u);
  assert_true(oio_mix64(2 * 0x9E3779B97F4A7C15u) == 0x06C45D188009454Fu);
  struct oio_rng rng = {.state = {1, 2, 3, 4}};
  static const uint64_t published[] = {41943041u,
                                       58720359u,
                                       3588806011781223u,
                                       3591011842654386u,
                                       9228616714210784205u,
                                       9973669472204895162u,
                                       14011001112246962877u,
                                       12406186145184390807u,
                                       15849039046786891736u,
                                       10450023813501588000u}; /* the reference for state 1, 2, 3, 4 */
  for (unsigned i = 0; i < 10; i++) assert_true(oio_rng_next(&rng) == published[i]);
}

/* Output number i of the splitmix64 that starts at `start`. */
static uint64_t splitmix64(uint64_t start, unsigned i) {
  uint64_t z = start + (i + 1) * 0x9E3779B97F4A7C15u;
  z = (z ^ z >> 30) * 0xBF58476D1CE4E5B9u;
  z = (z ^ z >> 27) * 0x94D049BB133111EBu;
  return z ^ z >> 31;
}

static void the_state_of_a_stream_is_the_one_of_section_10(void **state) {
  (void)state;
  for (uint64_t stream = 0; stream < 8; stream++) {
    struct oio_rng rng;
    oio_rng_seed(&rng, seed, stream);
    const uint64_t start = splitmix64(seed, 0) ^ splitmix64(~stream, 0);
    for (unsigned i = 0; i < 4; i++) assert_true(rng.state[i] == splitmix64(start, i));
  }
}

static void a_unit_is_above_0_and_at_most_1_and_even(void **state) {
  (void)state;
  struct oio_rng rng;
  oio_rng_seed(&rng, seed, 3);
  double sum = 0;
  for (unsigned i = 0; i < 1000000; i++) {
    struct oio_rng same = rng;
    const double u = oio_rng_unit(&rng);
    /* The upper 53 bits of a draw, of which 0 is 2^-53 and the largest 1: its logarithm always has an end. */
    if (u != ldexp((double)((oio_rng_next(&same) >> 11) + 1), -53)) FAIL_WITH_REPLAY("unit %a", u);
    if (!(u > 0 && u <= 1) || ldexp(u, 53) != floor(ldexp(u, 53))) FAIL_WITH_REPLAY("unit %a", u);
    sum += u;
  }
  assert_true(fabs(sum / 1e6 - 0.5) < 5 * sqrt(1 / 12.0 / 1e6));
}

static void the_logarithm_agrees_with_libm_to_1e_14(void **state) {
  (void)state;
  uint64_t stream = chance_stream(4);
  for (unsigned i = 0; i < 3000000; i++) {
    double x = chance_unit(&stream) + 0x1p-60;
    if (i % 3 == 1) x = ldexp(x, (int)chance_below(&stream, 2000) - 1000);
    if (i % 3 == 2) x = 1 + (x - 0.5) * pow(10, -(double)chance_below(&stream, 16));
    const double expected = log(x), ours = oio_ln(x);
    if (fabs(ours - expected) > 1e-14 * fabs(expected)) FAIL_WITH_REPLAY("ln(%a) is %.17g, must be %.17g", x, ours, expected);
    const double p = i % 2 ? x - floor(x) : ldexp(1 + x - floor(x), -(int)chance_below(&stream, 100) - 2);
    if (!(p > 0 && p < 1)) continue;
    const double expected1m = log1p(-p), ours1m = oio_ln1m(p);
    if (fabs(ours1m - expected1m) > 1e-14 * fabs(expected1m)) FAIL_WITH_REPLAY("ln(1 - %a) is %.17g, must be %.17g", p, ours1m, expected1m);
  }
  assert_true(oio_ln(1) == 0);
}

int main(void) {
  chance_start();
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(the_generators_give_the_published_sequences),
      cmocka_unit_test(the_state_of_a_stream_is_the_one_of_section_10),
      cmocka_unit_test(a_unit_is_above_0_and_at_most_1_and_even),
      cmocka_unit_test(the_logarithm_agrees_with_libm_to_1e_14),
  };
  return cmocka_run_group_tests_name("rng", tests, NULL, NULL);
}
