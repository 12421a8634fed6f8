/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Chance of a test program: one seed, from OIO_SEED, printed at the start and in the line that a failure leaves behind.
 * Include after <cmocka.h>. Define CHANCE_PROGRAM, the name of the ctest entry, before.
 */
#ifndef OIO_TESTS_CHANCE_H
#define OIO_TESTS_CHANCE_H

#include <inttypes.h>
#include <stdint.h>
#include <stdlib.h>

static uint64_t seed = 1;

static inline void chance_start(void) {
  const char *text = getenv("OIO_SEED");
  if (text != NULL) seed = strtoull(text, NULL, 0);
  print_message("seed %" PRIu64 "\n", seed);
}

/* A stream of its own for each test: what one test draws does not move another. */
static inline uint64_t chance_stream(uint64_t stream) {
  return seed * 0x9E3779B97F4A7C15u ^ stream * 0xD1B54A32D192ED03u;
}

static inline uint64_t chance(uint64_t *stream) {
  uint64_t z = *stream += 0x9E3779B97F4A7C15u;
  z = (z ^ z >> 30) * 0xBF58476D1CE4E5B9u;
  z = (z ^ z >> 27) * 0x94D049BB133111EBu;
  return z ^ z >> 31;
}

/* 0 .. n-1 */
static inline uint64_t chance_below(uint64_t *stream, uint64_t n) {
  return chance(stream) % n;
}

/* [0, 1) */
static inline double chance_unit(uint64_t *stream) {
  return (double)(chance(stream) >> 11) * 0x1p-53;
}

#define FAIL_WITH_REPLAY(...)                                                                                                              \
  do {                                                                                                                                     \
    print_error(__VA_ARGS__);                                                                                                              \
    print_error("\nreplay: OIO_SEED=%" PRIu64 " ctest -R " CHANCE_PROGRAM " --output-on-failure\n", seed);                                 \
    fail();                                                                                                                                \
  } while (0)

#endif
