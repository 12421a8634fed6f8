/* SPDX-License-Identifier: Apache-2.0 */
/*
 * CRC-16 (SPEC.md section 2). Oracles from outside: vectors by long division, published check values, and a shift register of our own
 * below. OIO_SEED chooses the random messages; OIO_CRC_VECTORS may name a file of further vectors,
 * "name | source | bytes | hex message | crc | wire bytes" a line.
 */
#define _POSIX_C_SOURCE 200809L

#include <inttypes.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <pthread.h>
#include <sched.h>

#include "oio/crc16.h"

#define MESSAGE_BYTES OIO_CRC16_MESSAGE_BYTES
#define PAIR_BYTES (2 * MESSAGE_BYTES)
#define MESSAGE_BITS (8 * MESSAGE_BYTES)
#define CRC_BITS 16
#define VECTORS_FILE OIO_SOURCE_DIR "/tests/vectors/crc16.txt"

/* ---- the bitwise form ---- */

static unsigned shift_in(unsigned crc, unsigned bit) {
  const unsigned feedback = (crc >> 15 & 1u) ^ bit;
  return (crc << 1 & 0xFFFFu) ^ (feedback ? 0x8005u : 0u);
}

static const uint64_t all[4] = {UINT64_MAX, UINT64_MAX, UINT64_MAX, UINT64_MAX};

static uint32_t bitwise_pair(const uint8_t *in) {
  unsigned first = 0, second = 0;
  for (unsigned i = 0; i < MESSAGE_BITS; i++) {
    first = shift_in(first, in[i / 8] >> i % 8 & 1u);
    second = shift_in(second, in[MESSAGE_BYTES + i / 8] >> i % 8 & 1u);
  }
  return second << 16 | first;
}

/* ---- chance ---- */

static uint64_t seed = 1;

static uint64_t next_random(uint64_t *state) {
  uint64_t z = *state += 0x9E3779B97F4A7C15u;
  z = (z ^ z >> 30) * 0xBF58476D1CE4E5B9u;
  z = (z ^ z >> 27) * 0x94D049BB133111EBu;
  return z ^ z >> 31;
}

static void fill_random(uint8_t *out, size_t nbytes, uint64_t *state) {
  for (size_t i = 0; i < nbytes; i += 8) {
    const uint64_t r = next_random(state);
    memcpy(out + i, &r, nbytes - i < 8 ? nbytes - i : 8);
  }
}

static void print_seed(void) {
  print_message("seed %" PRIu64 "\n", seed);
}

static void fail_with_replay(const char *what, uint64_t round) {
  print_error("%s, round %" PRIu64 "; replay: OIO_SEED=%" PRIu64 " ctest -R test_crc16 --output-on-failure\n", what, round, seed);
  fail();
}

/* ---- reading vectors ---- */

struct vector {
  char name[128];
  uint8_t bytes[MESSAGE_BYTES];
  size_t nbytes;
  unsigned crc, wire0, wire1;
};

/* Field number `index` of a line with '|' between fields, trimmed. */
static void copy_field(const char *line, int index, char *out, size_t out_nbytes) {
  for (; index > 0; index--) {
    line = strchr(line, '|');
    assert_non_null(line);
    line++;
  }
  line += strspn(line, " ");
  size_t length = strcspn(line, "|\n");
  while (length > 0 && line[length - 1] == ' ') length--;
  assert_true(length < out_nbytes);
  memcpy(out, line, length);
  out[length] = 0;
}

/* "3c 5e*4": bytes in hexadecimal, spaces allowed, "*n" for n of the same. Returns how many. */
static size_t parse_bytes(const char *text, uint8_t out[MESSAGE_BYTES]) {
  size_t nbytes = 0;
  for (text += strspn(text, " -"); *text != 0; text += strspn(text, " ")) {
    const char digits[3] = {text[0], text[1], 0};
    char *end;
    const unsigned long value = strtoul(digits, &end, 16);
    assert_true(end == digits + 2);
    text += 2;
    const unsigned long count = *text == '*' ? strtoul(text + 1, &end, 10) : 1;
    if (*text == '*') text = end;
    assert_true(nbytes + count <= MESSAGE_BYTES);
    memset(out + nbytes, (int)value, count);
    nbytes += count;
  }
  return nbytes;
}

/* The message alone, at an odd address, and zero-extended by hand through every kernel. */
static void check_vector(const struct vector *v) {
  uint8_t unaligned[1 + MESSAGE_BYTES];
  memcpy(unaligned + 1, v->bytes, v->nbytes);
  const unsigned crc = oio_crc16(unaligned + 1, v->nbytes);
  if (crc != v->crc) fail_msg("%s: %04x, must be %04x", v->name, crc, v->crc);
  if ((crc & 0xFFu) != v->wire0 || crc >> 8 != v->wire1) fail_msg("%s: the wire bytes are not the CRC, low byte first", v->name);
  uint8_t pair[PAIR_BYTES] = {0};
  memcpy(pair, v->bytes, v->nbytes);
  memcpy(pair + MESSAGE_BYTES, v->bytes, v->nbytes);
  size_t count;
  const struct oio_crc16_kernel *kernels = oio_crc16_kernels(&count);
  for (size_t i = 0; i < count; i++) {
    if (!kernels[i].supported()) continue;
    const uint32_t both = kernels[i].pair(pair, all);
    if (both != (uint32_t)v->crc * 0x10001u) fail_msg("%s, kernel %s: %08" PRIx32, v->name, kernels[i].name, both);
  }
}

/* Which field of a line is what: ours, and the other format named at the top. */
struct format {
  int name, nbytes, bytes, crc, wire;
};

static int check_vectors(const char *path, const struct format *format) {
  FILE *file = fopen(path, "r");
  if (file == NULL) fail_msg("cannot open %s", path);
  char line[1024], field[600];
  int checked = 0;
  while (fgets(line, sizeof line, file) != NULL) {
    if (line[0] == '#' || line[0] == '\n') continue;
    struct vector v = {.nbytes = 0};
    copy_field(line, format->name, v.name, sizeof v.name);
    copy_field(line, format->bytes, field, sizeof field);
    v.nbytes = parse_bytes(field, v.bytes);
    copy_field(line, format->nbytes, field, sizeof field);
    assert_int_equal(v.nbytes, strtoul(field, NULL, 10));
    copy_field(line, format->crc, field, sizeof field);
    assert_int_equal(sscanf(field, "%x", &v.crc), 1);
    copy_field(line, format->wire, field, sizeof field);
    assert_int_equal(sscanf(field, "%x %x", &v.wire0, &v.wire1), 2);
    check_vector(&v);
    checked++;
  }
  fclose(file);
  print_message("%d vectors of %s\n", checked, path);
  return checked;
}

/* ---- tests ---- */

enum { RACERS = 4 };
static atomic_int racers_ready;

static void *use_everything_at_once(void *mismatches) {
  uint8_t pair[PAIR_BYTES];
  memset(pair, 0xFF, sizeof pair);
  atomic_fetch_add(&racers_ready, 1);
  while (atomic_load(&racers_ready) < RACERS) sched_yield();
  unsigned crc = 0;
  for (unsigned bit = 0; bit < MESSAGE_BITS; bit++) crc ^= oio_crc16_bit(bit);
  *(int *)mismatches = (crc != 0x002E) + (oio_crc16_pair(pair) != 0x002E002Eu);
  return NULL;
}

/* First in the list: only the first call of a process can race. */
static void threads_that_race_for_the_first_call_all_get_the_right_answer(void **state) {
  (void)state;
  pthread_t threads[RACERS];
  int mismatches[RACERS];
  for (int i = 0; i < RACERS; i++) assert_int_equal(pthread_create(&threads[i], NULL, use_everything_at_once, &mismatches[i]), 0);
  for (int i = 0; i < RACERS; i++) assert_int_equal(pthread_join(threads[i], NULL), 0);
  for (int i = 0; i < RACERS; i++) assert_int_equal(mismatches[i], 0);
}

static void every_vector_of_the_committed_file_comes_out(void **state) {
  (void)state;
  static const struct format ours = {.crc = 0, .wire = 1, .nbytes = 2, .name = 3, .bytes = 4};
  assert_true(check_vectors(VECTORS_FILE, &ours) >= 50);
}

static void the_committed_file_is_what_the_bitwise_program_makes_now(void **state) {
  (void)state;
  FILE *committed = fopen(VECTORS_FILE, "r");
  FILE *made = popen(OIO_MAKE_CRC16, "r");
  assert_non_null(committed);
  assert_non_null(made);
  int line = 1, a, b;
  do {
    a = getc(committed);
    b = getc(made);
    if (a != b) fail_msg("line %d differs; look with: %s | diff %s -", line, OIO_MAKE_CRC16, VECTORS_FILE);
    line += a == '\n';
  } while (a != EOF);
  fclose(committed);
  assert_int_equal(pclose(made), 0);
  assert_true(line > 50);
}

static void every_vector_of_a_file_from_elsewhere_comes_out(void **state) {
  (void)state;
  static const struct format theirs = {.name = 0, .nbytes = 2, .bytes = 3, .crc = 4, .wire = 5};
  const char *path = getenv("OIO_CRC_VECTORS");
  if (path == NULL) {
    print_message("skipped: OIO_CRC_VECTORS is not set: no vectors from elsewhere\n");
    skip();
  }
  assert_true(check_vectors(path, &theirs) > 0);
}

/* Zeros before a message change nothing: with the digits at the end the CRC is that of the digits unextended. */
static void published_check_values_of_the_polynomial_come_out(void **state) {
  (void)state;
  uint8_t message[MESSAGE_BYTES] = {0};
  memcpy(message + MESSAGE_BYTES - 9, "123456789", 9);
  unsigned arc = 0xBB3D, mirrored = 0; /* CRC-16/ARC: the same order of bits, but the register is reflected */
  for (int i = 0; i < 16; i++) mirrored |= (arc >> i & 1u) << (15 - i);
  assert_int_equal(oio_crc16(message, MESSAGE_BYTES), mirrored);
  for (int i = MESSAGE_BYTES - 9; i < MESSAGE_BYTES; i++) {
    unsigned reversed = 0;
    for (int k = 0; k < 8; k++) reversed |= (message[i] >> k & 1u) << (7 - k);
    message[i] = (uint8_t)reversed;
  }
  assert_int_equal(oio_crc16(message, MESSAGE_BYTES), 0xFEE8); /* CRC-16/UMTS: most significant bit first */
}

static void a_short_message_is_extended_with_zeros_behind(void **state) {
  (void)state;
  uint8_t pair[PAIR_BYTES] = {0}, ones[MESSAGE_BYTES];
  memset(ones, 0xFF, sizeof ones);
  assert_int_equal(oio_crc16(NULL, 0), 0);
  for (size_t nbytes = 1; nbytes <= MESSAGE_BYTES; nbytes++) {
    memset(pair, 0xFF, nbytes);
    assert_int_equal(oio_crc16(ones, nbytes), bitwise_pair(pair) & 0xFFFFu);
  }
}

static void every_kernel_gives_every_single_bit_its_contribution(void **state) {
  (void)state;
  size_t count;
  const struct oio_crc16_kernel *kernels = oio_crc16_kernels(&count);
  for (unsigned bit = 0; bit < 2 * MESSAGE_BITS; bit++) {
    uint8_t pair[PAIR_BYTES] = {0};
    pair[bit / 8] = (uint8_t)(1u << bit % 8);
    const uint32_t expected = bitwise_pair(pair);
    assert_int_equal((uint32_t)oio_crc16_bit(bit % MESSAGE_BITS) << (bit < MESSAGE_BITS ? 0 : 16), expected);
    for (size_t i = 0; i < count; i++)
      if (kernels[i].supported() && kernels[i].pair(pair, all) != expected) fail_msg("kernel %s, bit %u", kernels[i].name, bit);
  }
}

static void every_kernel_agrees_with_the_bitwise_form_on_a_million_random_messages(void **state) {
  (void)state;
  print_seed();
  size_t count;
  const struct oio_crc16_kernel *kernels = oio_crc16_kernels(&count);
  for (size_t i = 0; i < count; i++)
    print_message("kernel %s%s\n", kernels[i].name, kernels[i].supported() ? "" : " (not on this processor)");
  uint8_t buffer[64 + PAIR_BYTES];
  uint64_t random = seed;
  for (uint64_t round = 0; round < 500000; round++) {
    uint8_t *pair = buffer + round % 64;
    fill_random(pair, PAIR_BYTES, &random);
    const uint32_t expected = bitwise_pair(pair);
    if (oio_crc16_pair(pair) != expected) fail_with_replay("oio_crc16_pair", round);
    for (size_t i = 0; i < count; i++)
      if (kernels[i].supported() && kernels[i].pair(pair, all) != expected) fail_with_replay(kernels[i].name, round);
  }
}

static void every_kernel_leaves_out_what_a_mask_leaves_out(void **state) {
  (void)state;
  print_seed();
  size_t count;
  const struct oio_crc16_kernel *kernels = oio_crc16_kernels(&count);
  uint64_t random = seed + 1;
  for (uint64_t round = 0; round < 50000; round++) {
    uint8_t pair[PAIR_BYTES], kept[PAIR_BYTES];
    uint64_t keep[4];
    fill_random(pair, sizeof pair, &random);
    memcpy(kept, pair, sizeof kept);
    for (unsigned half = 0; half < 2; half++) {
      for (unsigned word = 0; word < 2; word++) keep[2 * half + word] = next_random(&random);
      for (unsigned byte = 0; byte < 16; byte++) {
        kept[(half + 1) * MESSAGE_BYTES - 16 + byte] &= (uint8_t)(keep[2 * half + byte / 8] >> byte % 8 * 8);
      }
    }
    const uint32_t expected = bitwise_pair(kept);
    if (oio_crc16_pair_masked(pair, keep) != expected) fail_with_replay("oio_crc16_pair_masked", round);
    for (size_t i = 0; i < count; i++)
      if (kernels[i].supported() && kernels[i].pair(pair, keep) != expected) fail_with_replay(kernels[i].name, round);
  }
}

static void the_linear_form_agrees_with_the_full_computation_on_random_error_patterns(void **state) {
  (void)state;
  print_seed();
  uint64_t random = ~seed;
  for (uint64_t round = 0; round < 100000; round++) {
    uint8_t message[MESSAGE_BYTES];
    fill_random(message, sizeof message, &random);
    const unsigned before = oio_crc16(message, sizeof message);
    unsigned linear = 0;
    for (uint64_t wrong_bits = 1 + next_random(&random) % 64; wrong_bits > 0; wrong_bits--) {
      const unsigned bit = (unsigned)(next_random(&random) % MESSAGE_BITS);
      message[bit / 8] ^= (uint8_t)(1u << bit % 8);
      linear ^= oio_crc16_bit(bit);
    }
    if ((oio_crc16(message, sizeof message) ^ before) != linear) fail_with_replay("oio_crc16_bit", round);
  }
}

/* What an error in one bit does to (computed CRC) ^ (received CRC): 1024 message bits, then the 16 bits of the CRC itself. */
static unsigned syndrome(unsigned position) {
  return position < MESSAGE_BITS ? oio_crc16_bit(position) : 1u << (position - MESSAGE_BITS);
}

/* CRC is linear, so an error pattern goes undetected exactly when the syndromes of its bits cancel. That 1, 2 or 3 never cancel means:
 * none is 0, no two are equal, and the sum of two is never a third. */
static void all_errors_of_1_2_and_3_bits_in_a_message_and_its_crc_are_detected(void **state) {
  (void)state;
  enum { POSITIONS = MESSAGE_BITS + CRC_BITS };
  static uint8_t is_syndrome[1 << CRC_BITS];
  memset(is_syndrome, 0, sizeof is_syndrome);
  for (unsigned i = 0; i < POSITIONS; i++) {
    const unsigned s = syndrome(i);
    if (s == 0) fail_msg("wrong bit %u is not detected", i);
    if (is_syndrome[s]) fail_msg("wrong bit %u and one before it are not detected", i);
    is_syndrome[s] = 1;
  }
  for (unsigned i = 0; i < POSITIONS; i++)
    for (unsigned j = 0; j < i; j++)
      if (is_syndrome[syndrome(i) ^ syndrome(j)]) fail_msg("wrong bits %u, %u and a third are not detected", j, i);
}

static void all_errors_of_an_odd_number_of_bits_are_detected(void **state) {
  (void)state;
  for (unsigned i = 0; i < MESSAGE_BITS + CRC_BITS; i++) {
    unsigned ones = 0;
    for (unsigned s = syndrome(i); s != 0; s >>= 1) ones += s & 1u;
    if (ones % 2 == 0) fail_msg("the syndrome of bit %u has %u ones: an odd sum could vanish", i, ones);
  }
}

int main(void) {
  const char *text = getenv("OIO_SEED");
  if (text != NULL) seed = strtoull(text, NULL, 0);
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(threads_that_race_for_the_first_call_all_get_the_right_answer),
      cmocka_unit_test(every_vector_of_the_committed_file_comes_out),
      cmocka_unit_test(the_committed_file_is_what_the_bitwise_program_makes_now),
      cmocka_unit_test(every_vector_of_a_file_from_elsewhere_comes_out),
      cmocka_unit_test(published_check_values_of_the_polynomial_come_out),
      cmocka_unit_test(a_short_message_is_extended_with_zeros_behind),
      cmocka_unit_test(every_kernel_gives_every_single_bit_its_contribution),
      cmocka_unit_test(every_kernel_agrees_with_the_bitwise_form_on_a_million_random_messages),
      cmocka_unit_test(every_kernel_leaves_out_what_a_mask_leaves_out),
      cmocka_unit_test(the_linear_form_agrees_with_the_full_computation_on_random_error_patterns),
      cmocka_unit_test(all_errors_of_1_2_and_3_bits_in_a_message_and_its_crc_are_detected),
      cmocka_unit_test(all_errors_of_an_odd_number_of_bits_are_detected),
  };
  return cmocka_run_group_tests_name("crc16", tests, NULL, NULL);
}
