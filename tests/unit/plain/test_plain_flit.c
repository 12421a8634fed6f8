/* SPDX-License-Identifier: Apache-2.0 */
/* Flits of the plain profile (SPEC.md section 16) against a map written out here, byte by byte, and the bitwise CRC of spec_flit.h. */
#define CHANCE_PROGRAM "test_plain_flit"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "chance.h"
#include "oio/plain.h"
#include "spec_flit.h"

/* What each byte is: H header, P payload, R reserved, C first CRC, D second. So many of each, in order. */
struct run {
  char kind;
  unsigned bytes;
};
struct map {
  unsigned format, bytes, payload;
  unsigned covers[2][2]; /* from, and one past the end */
  struct run runs[8];
};

static const struct map maps[] = {
    {2, 68, 64, {{0, 66}, {0, 0}}, {{'H', 2}, {'P', 64}, {'C', 2}}},
    {3, 256, 240, {{0, 128}, {128, 242}}, {{'P', 236}, {'H', 2}, {'P', 4}, {'R', 10}, {'C', 2}, {'D', 2}}},
    {4, 256, 240, {{0, 128}, {128, 242}}, {{'H', 2}, {'P', 240}, {'R', 10}, {'C', 2}, {'D', 2}}},
    {5, 256, 236, {{0, 126}, {128, 254}}, {{'H', 2}, {'P', 120}, {'R', 4}, {'C', 2}, {'P', 116}, {'R', 10}, {'D', 2}}},
    {6, 256, 250, {{0, 126}, {128, 254}}, {{'H', 2}, {'P', 124}, {'C', 2}, {'P', 126}, {'D', 2}}},
};
enum { MAPS = sizeof maps / sizeof *maps };

static char kind_of(const struct map *map, unsigned byte) {
  const struct run *run = map->runs;
  for (; byte >= run->bytes; run++) byte -= run->bytes;
  return run->kind;
}

static void formats_2_to_6_exist_and_no_other(void **state) {
  (void)state;
  for (unsigned n = 0; n < 1000; n++) assert_int_equal(oio_plain_format(n) != NULL, n >= 2 && n <= 6);
}

static void every_byte_stands_where_the_map_has_it(void **state) {
  (void)state;
  uint64_t stream = chance_stream(1);
  for (unsigned m = 0; m < MAPS; m++) {
    const struct map *map = &maps[m];
    const struct oio_plain_format *format = oio_plain_format(map->format);
    assert_int_equal(format->bytes, map->bytes);
    assert_int_equal(format->payload_bytes, map->payload);
    for (unsigned round = 0; round < 200; round++) {
      uint8_t flit[256], payload[OIO_PLAIN_PAYLOAD_BYTES_MAX], back[OIO_PLAIN_PAYLOAD_BYTES_MAX];
      for (unsigned i = 0; i < map->payload; i++) payload[i] = (uint8_t)chance(&stream);
      for (unsigned i = 0; i < map->bytes; i++) flit[i] = (uint8_t)chance(&stream);
      const struct oio_plain_head head = {.protocol = (uint8_t)chance_below(&stream, 4),
                                          .stack = (uint8_t)chance_below(&stream, 2),
                                          .marker = (uint8_t)chance_below(&stream, 2),
                                          .type = (uint8_t)chance_below(&stream, 4),
                                          .command = (uint8_t)chance_below(&stream, 4),
                                          .sequence = (uint8_t)chance(&stream)};
      oio_plain_put_head(format, flit, &head);
      oio_plain_put_payload(format, flit, payload);
      oio_plain_seal(format, flit);
      unsigned at[128] = {0}; /* how many of a kind have been seen */
      for (unsigned byte = 0; byte < map->bytes; byte++) {
        const char kind = kind_of(map, byte);
        const unsigned i = at[(unsigned char)kind]++;
        const unsigned half = kind == 'D';
        uint8_t expected = 0;
        if (kind == 'P') expected = payload[i];
        if (kind == 'H' && i == 0) expected = (uint8_t)(64 * head.protocol + 32 * head.stack + 16 * head.marker + head.sequence / 16);
        if (kind == 'H' && i == 1) expected = (uint8_t)(64 * head.type + 16 * head.command + head.sequence % 16);
        if (kind == 'C' || kind == 'D') {
          const unsigned from = map->covers[half][0], crc = spec_crc(flit + from, map->covers[half][1] - from);
          expected = (uint8_t)(i == 0 ? crc : crc >> 8);
        }
        if (flit[byte] != expected) FAIL_WITH_REPLAY("format %u, byte %u is %u, not %u", map->format, byte, flit[byte], expected);
      }
      struct oio_plain_head read;
      oio_plain_get_head(format, flit, &read);
      assert_memory_equal(&read, &head, sizeof head);
      oio_plain_get_payload(format, flit, back);
      assert_memory_equal(back, payload, map->payload);
    }
  }
}

/* A wrong bit is seen by the half whose CRC covers it, or is part of it, and by no other. */
static void every_wrong_bit_is_seen_by_its_half(void **state) {
  (void)state;
  for (unsigned m = 0; m < MAPS; m++) {
    const struct map *map = &maps[m];
    const struct oio_plain_format *format = oio_plain_format(map->format);
    uint8_t flit[256] = {0};
    oio_plain_seal(format, flit);
    for (unsigned bit = 0; bit < 8 * map->bytes; bit++) {
      const unsigned byte = bit / 8;
      const char kind = kind_of(map, byte);
      flit[byte] ^= (uint8_t)(1u << bit % 8);
      for (unsigned half = 0; half < 2; half++) {
        const bool seen = kind == (half == 0 ? 'C' : 'D') || (byte >= map->covers[half][0] && byte < map->covers[half][1]);
        assert_int_equal(oio_plain_half_valid(format, flit, half), !seen);
      }
      flit[byte] ^= (uint8_t)(1u << bit % 8);
    }
  }
}

/* Those of SPEC.md, and a pause of the data stream, whose header is 10 C0. */
static void headers_worked_out_by_hand(void **state) {
  (void)state;
  const struct {
    struct oio_plain_head head;
    uint8_t bytes[2];
  } cases[] = {
      {{.protocol = 1, .sequence = 19}, {0x41, 0x03}},
      {{.command = 1, .sequence = 254}, {0x0F, 0x1E}},
      {{.command = 2, .sequence = 255}, {0x0F, 0x2F}},
      {{.marker = 1, .type = 3}, {0x10, 0xC0}},
      {{.protocol = 2, .stack = 1, .type = OIO_PLAIN_MANAGEMENT, .command = 1, .sequence = 0xA5}, {0xAA, 0x95}},
  };
  for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
    uint8_t flit[256] = {0};
    oio_plain_put_head(oio_plain_format(4), flit, &cases[i].head);
    assert_memory_equal(flit, cases[i].bytes, 2);
  }
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(formats_2_to_6_exist_and_no_other),
      cmocka_unit_test(every_byte_stands_where_the_map_has_it),
      cmocka_unit_test(every_wrong_bit_is_seen_by_its_half),
      cmocka_unit_test(headers_worked_out_by_hand),
  };
  chance_start();
  return cmocka_run_group_tests_name("plain_flit", tests, NULL, NULL);
}
