/* SPDX-License-Identifier: Apache-2.0 */
/* Flits (SPEC.md sections 1 and 2) against a map written out here and the bitwise forms of spec_flit.h. OIO_SEED chooses the random ones.
 */
#define CHANCE_PROGRAM "test_flit"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "chance.h"
#include "oio/flit.h"
#include "spec_flit.h"

enum kind { PAYLOAD, HEADER, CONTROL, RESERVED, CRC0, CRC1 };

/* Every byte of a flit, from..to, and which byte of its kind stands at `from`. */
struct run {
  unsigned from, to;
  enum kind kind;
  unsigned first;
};

static const struct run map3[] = {
    {0, 235, PAYLOAD, 0}, {236, 237, HEADER, 0}, {238, 241, CONTROL, 0}, {242, 251, RESERVED, 0}, {252, 253, CRC0, 0}, {254, 255, CRC1, 0},
};
static const struct run map6[] = {
    {0, 1, HEADER, 0},        {2, 121, PAYLOAD, 0},    {122, 125, CONTROL, 0}, {126, 127, CRC0, 0},
    {128, 243, PAYLOAD, 120}, {244, 253, RESERVED, 0}, {254, 255, CRC1, 0},
};

struct place {
  enum kind kind;
  unsigned index;
};

static struct place place_of(unsigned format, unsigned byte) {
  const struct run *run = format == 3 ? map3 : map6;
  while (byte > run->to) run++;
  return (struct place){run->kind, run->first + byte - run->from};
}

static const unsigned numbers[] = {3, 6};
#define EACH_FORMAT(number, format)                                                                                                        \
  for (unsigned f_ = 0, number = 3; f_ < 2; f_++, number = 6)                                                                              \
    for (const struct oio_flit_format *format = oio_flit_format(numbers[f_]); format != NULL; format = NULL)

static void fill(uint8_t *out, size_t nbytes, uint64_t *stream) {
  for (size_t i = 0; i < nbytes; i++) out[i] = (uint8_t)chance(stream);
}

/* ---- the map ---- */

static void formats_3_and_6_exist_and_no_other(void **state) {
  (void)state;
  for (unsigned number = 0; number < 1000; number++) {
    const struct oio_flit_format *format = oio_flit_format(number);
    assert_int_equal(format != NULL, number == 3 || number == 6);
    if (format != NULL) assert_int_equal(format->number, number);
  }
}

static void every_byte_of_a_flit_is_where_the_table_says(void **state) {
  (void)state;
  EACH_FORMAT(number, format) {
    uint8_t payload[236], flit[256];
    const uint8_t header[2] = {0x4A, 0x25}, control[4] = {0xBC, 0xD9, 0xEF, 0x12};
    for (unsigned i = 0; i < 236; i++) payload[i] = (uint8_t)(i + 1);
    memset(flit, 0xEE, sizeof flit);
    const struct oio_flit_head head = {.protocol = 1, .command = 2, .sequence = 0xBCA5, .round = 9, .echo = 13, .credit_limit = 0x12EF};
    oio_flit_put_payload(format, flit, payload, sizeof payload);
    oio_flit_put_head(format, flit, &head);
    for (unsigned byte = 0; byte < 256; byte++) {
      const struct place p = place_of(number, byte);
      const unsigned expected = p.kind == PAYLOAD   ? payload[p.index]
                                : p.kind == HEADER  ? header[p.index]
                                : p.kind == CONTROL ? control[p.index]
                                                    : 0xEEu;
      if (flit[byte] != expected) fail_msg("format %u, byte %u: %02x, must be %02x", number, byte, flit[byte], expected);
    }
    uint8_t back[236];
    oio_flit_get_payload(format, flit, back, sizeof back);
    assert_memory_equal(back, payload, sizeof back);
  }
}

static void a_part_of_a_payload_goes_in_and_out_and_nothing_else_is_touched(void **state) {
  (void)state;
  EACH_FORMAT(number, format) {
    for (unsigned nbytes = 0; nbytes <= 236; nbytes++) {
      uint8_t payload[236], flit[256], out[237];
      for (unsigned i = 0; i < 236; i++) payload[i] = (uint8_t)(i ^ 0x5A);
      memset(flit, 0xEE, sizeof flit);
      memset(out, 0xDD, sizeof out);
      oio_flit_put_payload(format, flit, payload, nbytes);
      for (unsigned byte = 0; byte < 256; byte++) {
        const struct place p = place_of(number, byte);
        assert_int_equal(flit[byte], p.kind == PAYLOAD && p.index < nbytes ? payload[p.index] : 0xEE);
      }
      oio_flit_get_payload(format, flit, out, nbytes);
      assert_memory_equal(out, payload, nbytes);
      assert_int_equal(out[nbytes], 0xDD);
    }
  }
}

/* ---- header and control ---- */

static void check_put(unsigned number, const struct oio_flit_format *format, struct spec_head h) {
  uint8_t ours[256], expected[256];
  memset(ours, 0x77, sizeof ours);
  memset(expected, 0x77, sizeof expected);
  const struct oio_flit_head head = {.protocol = (uint8_t)h.protocol,
                                     .command = (uint8_t)h.command,
                                     .sequence = (uint16_t)h.s,
                                     .round = (uint8_t)h.round,
                                     .echo = (uint8_t)h.echo,
                                     .credit_limit = (uint16_t)h.credit};
  oio_flit_put_head(format, ours, &head);
  spec_put_head(number, expected, h);
  if (memcmp(ours, expected, sizeof ours) != 0) {
    fail_msg("format %u: protocol %u command %u S %u round %u echo %u credit %u", number, h.protocol, h.command, h.s, h.round, h.echo,
             h.credit);
  }
}

static void every_value_of_every_field_is_written_as_the_tables_say(void **state) {
  (void)state;
  EACH_FORMAT(number, format) {
    for (unsigned s = 0; s < 65536; s++) {
      for (unsigned kind = 0; kind < 6; kind++)
        check_put(number, format, (struct spec_head){.protocol = kind % 2, .command = kind / 2, .s = s});
      check_put(number, format, (struct spec_head){.protocol = 1, .credit = s, .s = 1});
    }
    for (unsigned k1 = 0; k1 < 256; k1++)
      check_put(number, format, (struct spec_head){.protocol = 1, .s = 9, .round = k1 % 16, .echo = k1 / 16});
  }
}

static void check_get(unsigned number, const struct oio_flit_format *format, const uint8_t *flit) {
  struct oio_flit_head head;
  const bool kept = oio_flit_get_head(format, flit, &head);
  if (kept == spec_discarded(number, flit)) {
    fail_msg("format %u: H %02x %02x K0 %02x must %sbe discarded", number, flit[format->header_at], flit[format->header_at + 1],
             flit[format->control_at], kept ? "" : "not ");
  }
  if (!kept) return;
  const struct spec_head h = spec_get_head(number, flit);
  if (head.protocol != h.protocol || head.command != h.command || head.sequence != h.s || head.round != h.round || head.echo != h.echo ||
      head.credit_limit != h.credit) {
    fail_msg("format %u: H %02x %02x K0 %02x is misread", number, flit[format->header_at], flit[format->header_at + 1],
             flit[format->control_at]);
  }
}

static void every_header_and_k0_is_read_or_discarded_as_rule_r2_says(void **state) {
  (void)state;
  EACH_FORMAT(number, format) {
    uint8_t flit[256] = {0};
    for (unsigned value = 0; value < 1u << 24; value++) {
      flit[spec_header_at(number)] = (uint8_t)value;
      flit[spec_header_at(number) + 1] = (uint8_t)(value >> 8);
      flit[spec_control_at(number)] = (uint8_t)(value >> 16);
      check_get(number, format, flit);
    }
  }
}

static void every_k1_and_credit_limit_is_read(void **state) {
  (void)state;
  EACH_FORMAT(number, format) {
    uint8_t flit[256] = {0};
    flit[spec_header_at(number)] = 0x40;
    for (unsigned value = 0; value < 65536; value++) {
      flit[spec_control_at(number) + 1] = (uint8_t)value;
      flit[spec_control_at(number) + 2] = (uint8_t)(value >> 8);
      flit[spec_control_at(number) + 3] = (uint8_t)~value;
      check_get(number, format, flit);
    }
  }
}

/* ---- sealing and checking ---- */

static void sealing_zeroes_the_reserved_bytes_and_writes_the_bitwise_crcs_and_nothing_else(void **state) {
  (void)state;
  uint64_t stream = chance_stream(1);
  for (unsigned round = 0; round < 2000; round++) {
    EACH_FORMAT(number, format) {
      uint8_t flit[256], expected[256];
      fill(flit, sizeof flit, &stream);
      memcpy(expected, flit, sizeof flit);
      for (unsigned byte = 0; byte < 256; byte++) {
        if (place_of(number, byte).kind == RESERVED) expected[byte] = 0;
      }
      spec_seal(number, expected);
      oio_flit_seal(format, flit);
      if (memcmp(flit, expected, sizeof flit) != 0) FAIL_WITH_REPLAY("format %u, round %u", number, round);
      assert_true(oio_flit_valid(format, flit));
    }
  }
}

static void the_crcs_cover_what_the_table_says_bit_by_bit(void **state) {
  (void)state;
  uint64_t stream = chance_stream(2);
  EACH_FORMAT(number, format) {
    uint8_t flit[256];
    fill(flit, sizeof flit, &stream);
    oio_flit_seal(format, flit);
    for (unsigned bit = 0; bit < 2048; bit++) {
      flit[bit / 8] ^= (uint8_t)(1u << bit % 8);
      const bool uncovered = number == 3 && place_of(number, bit / 8).kind == RESERVED;
      if (oio_flit_valid(format, flit) != uncovered)
        fail_msg("format %u, wrong bit %u must %sbe seen", number, bit, uncovered ? "not " : "");
      assert_int_equal(oio_flit_syndrome(format, bit) == 0, uncovered);
      flit[bit / 8] ^= (uint8_t)(1u << bit % 8);
    }
  }
}

/* (CRC found) ^ (CRC computed) of both halves, bit by bit. */
static uint32_t spec_difference(unsigned number, const uint8_t *flit) {
  uint32_t both = 0;
  for (unsigned half = 0; half < 2; half++) {
    const unsigned at = spec_crc_at(number, half);
    both |= (spec_crc_of_half(number, flit, half) ^ (flit[at] | (unsigned)flit[at + 1] << 8)) << (16 * half);
  }
  return both;
}

static void the_syndrome_of_every_bit_is_its_bitwise_crc(void **state) {
  (void)state;
  EACH_FORMAT(number, format) {
    for (unsigned bit = 0; bit < 2048; bit++) {
      uint8_t error[256] = {0};
      error[bit / 8] = (uint8_t)(1u << bit % 8);
      if (oio_flit_syndrome(format, bit) != spec_difference(number, error)) fail_msg("format %u, bit %u", number, bit);
    }
  }
}

static void flip(uint8_t *error, unsigned bit) {
  error[bit / 8] ^= (uint8_t)(1u << bit % 8);
}

/* Makes the CRC bits of a random error fit its message bits: an error that no CRC sees. */
static void hide(unsigned number, uint8_t *error) {
  for (unsigned half = 0; half < 2; half++) {
    const unsigned crc = spec_crc_of_half(number, error, half), at = spec_crc_at(number, half);
    error[at] = (uint8_t)crc;
    error[at + 1] = (uint8_t)(crc >> 8);
  }
}

/* The generator itself, somewhere in a half: x^16 + x^15 + x^2 + 1, the highest power first on the wire. */
static void add_generator(unsigned number, uint8_t *error, uint64_t *stream) {
  const unsigned half = (unsigned)chance_below(stream, 2);
  const unsigned bits = 8 * (spec_covers_to(number, half) - 128 * half);
  const unsigned at = 1024 * half + (unsigned)chance_below(stream, bits - 16);
  flip(error, at);
  flip(error, at + 1);
  flip(error, at + 14);
  flip(error, at + 16);
}

static void make_error(unsigned number, uint8_t *error, uint64_t *stream, unsigned kind) {
  memset(error, 0, 256);
  const unsigned count = 1 + (unsigned)chance_below(stream, 12);
  for (unsigned i = 0; i < count; i++) {
    if (kind == 1) { /* CRC and reserved bytes only */
      const unsigned tail = number == 3 ? 242 : 244;
      flip(error, 8 * tail + (unsigned)chance_below(stream, 8 * (256 - tail)));
      if (number == 6) flip(error, 8 * 126 + (unsigned)chance_below(stream, 16));
    } else if (kind == 2) {
      add_generator(number, error, stream);
    } else {
      flip(error, (unsigned)chance_below(stream, 2048));
    }
  }
  if (kind == 3) hide(number, error);
}

static void a_wrong_flit_passes_exactly_when_the_syndromes_of_its_wrong_bits_cancel(void **state) {
  (void)state;
  uint64_t stream = chance_stream(3);
  EACH_FORMAT(number, format) {
    unsigned passed = 0;
    for (unsigned round = 0; round < 100000; round++) {
      uint8_t flit[256], error[256];
      fill(flit, sizeof flit, &stream);
      oio_flit_seal(format, flit);
      make_error(number, error, &stream, round % 4);
      uint32_t syndrome = 0;
      for (unsigned bit = 0; bit < 2048; bit++) {
        if (error[bit / 8] >> bit % 8 & 1) syndrome ^= oio_flit_syndrome(format, bit);
      }
      for (unsigned i = 0; i < 256; i++) flit[i] ^= error[i];
      const bool valid = oio_flit_valid(format, flit);
      if (valid != (syndrome == 0)) FAIL_WITH_REPLAY("format %u, round %u: valid %d, syndrome %08x", number, round, valid, syndrome);
      if (round % 4 >= 2 && !valid) FAIL_WITH_REPLAY("format %u, round %u: an undetectable error was detected", number, round);
      if (round % 50 == 0 && valid != spec_valid(number, flit)) FAIL_WITH_REPLAY("format %u, round %u: not as bit by bit", number, round);
      passed += valid;
    }
    print_message("format %u: %u of 100000 passed\n", number, passed);
    assert_true(passed >= 50000 && passed < 100000);
  }
}

int main(void) {
  chance_start();
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(formats_3_and_6_exist_and_no_other),
      cmocka_unit_test(every_byte_of_a_flit_is_where_the_table_says),
      cmocka_unit_test(a_part_of_a_payload_goes_in_and_out_and_nothing_else_is_touched),
      cmocka_unit_test(every_value_of_every_field_is_written_as_the_tables_say),
      cmocka_unit_test(every_header_and_k0_is_read_or_discarded_as_rule_r2_says),
      cmocka_unit_test(every_k1_and_credit_limit_is_read),
      cmocka_unit_test(sealing_zeroes_the_reserved_bytes_and_writes_the_bitwise_crcs_and_nothing_else),
      cmocka_unit_test(the_crcs_cover_what_the_table_says_bit_by_bit),
      cmocka_unit_test(the_syndrome_of_every_bit_is_its_bitwise_crc),
      cmocka_unit_test(a_wrong_flit_passes_exactly_when_the_syndromes_of_its_wrong_bits_cancel),
  };
  return cmocka_run_group_tests_name("flit", tests, NULL, NULL);
}
