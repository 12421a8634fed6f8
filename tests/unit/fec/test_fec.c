/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Reed-Solomon codes (SPEC.md section 12). Oracles from outside: the generator coefficients that IEEE 802.3 prints, long division without
 * tables, all cosets of a small code, the weight distribution of an MDS code, and libfec where it is there (test_fec_libfec).
 * OIO_SEED chooses the words.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#define CHANCE_PROGRAM "test_fec"
#include "chance.h"
#include "long_division.h"
#include "oio/fec.h"

enum { MAX_BLOCK = OIO_FEC_MAX_WAYS * LONG_SYMBOLS, MAX_ERRORS = 64 };

static struct oio_fec *made(const struct oio_fec_code *code, const char *kernel) {
  struct oio_fec *fec = NULL;
  struct oio_error error;
  if (oio_fec_create(&fec, code, kernel, &error) != OIO_OK) FAIL_WITH_REPLAY("%s", error.text);
  return fec;
}

static void with_each_kernel(void (*run)(const char *kernel)) {
  for (size_t k = 0; oio_fec_kernel(k) != NULL; k++) {
    print_message("kernel %s\n", oio_fec_kernel(k));
    run(oio_fec_kernel(k));
  }
}

static const struct oio_fec_code *row(const char *name) {
  const struct oio_fec_code *code = oio_fec_code_named(name);
  assert_non_null(code);
  return code;
}

static void fill(uint16_t *symbols, uint32_t count, const struct oio_fec_code *code, uint64_t *stream) {
  for (uint32_t i = 0; i < count; i++) symbols[i] = (uint16_t)(chance(stream) >> (64 - code->symbol_bits));
}

/* ---- encoding ---- */

/* The parity of ...0001 is the generator below its first coefficient, highest first. */
static void check_generator(const char *name, const uint16_t *published, uint32_t parity) {
  const struct oio_fec_code *code = row(name);
  uint16_t word[LONG_SYMBOLS] = {0};
  struct oio_fec *fec = made(code, NULL);
  word[code->data_symbols - 1] = 1;
  oio_fec_encode(fec, word, code->symbols, 1);
  for (uint32_t i = 0; i < parity; i++) assert_int_equal(word[code->symbols - 1u - i], published[i]);
  oio_fec_destroy(fec);
}

static void the_generators_are_those_that_802_3_prints(void **state) {
  (void)state;
  static const uint16_t kr4[14] = {432, 290, 945, 265, 592, 391, 614, 900, 925, 656, 32, 701, 6, 904};
  static const uint16_t kp4[30] = {523, 834, 128, 158, 185, 127, 392, 193, 610, 788, 361, 883, 503, 942, 385,
                                   495, 720, 94,  132, 593, 249, 282, 565, 108, 1,   552, 230, 187, 552, 575};
  check_generator("kr4", kr4, 14);
  check_generator("ll", kr4, 14);
  check_generator("kp4", kp4, 30);
}

/* Of each way of the block. */
static void check_block(const struct oio_fec_code *code, const char *kernel, uint32_t block_symbols, uint32_t ways, uint64_t *stream) {
  static uint16_t block[MAX_BLOCK], data[MAX_BLOCK];
  struct oio_fec *fec = made(code, kernel);
  fill(data, block_symbols, code, stream);
  memcpy(block, data, sizeof block);
  oio_fec_encode(fec, block, block_symbols, ways);
  for (uint32_t way = 0; way < ways; way++) {
    const uint32_t symbols = oio_fec_symbols_of(block_symbols, ways, way);
    uint16_t word[LONG_SYMBOLS];
    for (uint32_t i = 0; i < symbols; i++) word[i] = data[i * ways + way];
    slow_encode(code, word, symbols);
    assert_true(slow_is_codeword(code, word, symbols));
    for (uint32_t i = 0; i < symbols; i++) {
      if (block[i * ways + way] != word[i])
        FAIL_WITH_REPLAY("%s, kernel %s, %u symbols in %u ways: symbol %u of word %u is %u, not %u", code->name, kernel, block_symbols,
                         ways, i, way, block[i * ways + way], word[i]);
    }
  }
  assert_int_equal(oio_fec_check(fec, block, block_symbols, ways), 0);
  const uint32_t at = (uint32_t)chance_below(stream, block_symbols);
  block[at] ^= (uint16_t)(1u << chance_below(stream, code->symbol_bits));
  assert_int_equal(oio_fec_check(fec, block, block_symbols, ways), 1u << at % ways);
  oio_fec_destroy(fec);
}

static void every_kernel_encodes_as_long_division_does(void **state) {
  (void)state;
  uint64_t stream = chance_stream(1);
  size_t count;
  const struct oio_fec_code *codes = oio_fec_codes(&count);
  for (size_t c = 0; c < count; c++) {
    const uint32_t n = codes[c].symbols, least = n - codes[c].data_symbols + 1u;
    for (size_t k = 0; oio_fec_kernel(k) != NULL; k++) {
      for (uint32_t ways = 1; ways <= OIO_FEC_MAX_WAYS; ways++) {
        check_block(&codes[c], oio_fec_kernel(k), n * ways, ways, &stream);
        check_block(&codes[c], oio_fec_kernel(k), least * ways, ways, &stream);
        for (int i = 0; i < 4; i++)
          check_block(&codes[c], oio_fec_kernel(k), least * ways + (uint32_t)chance_below(&stream, (n - least) * ways), ways, &stream);
      }
      check_block(row("flit"), oio_fec_kernel(k), 256, 3, &stream);
    }
  }
}

static void fields_of_all_widths_and_the_most_parity_encode_as_long_division_does(void **state) {
  (void)state;
  uint64_t stream = chance_stream(2);
  static const struct oio_fec_code codes[] = {{"3 bits", 0xB, 3, 2, 7, 3},         {"5 bits", 0x25, 5, 5, 31, 21},
                                              {"6 bits", 0x43, 6, 3, 63, 57},      {"7 bits", 0x89, 7, 16, 127, 95},
                                              {"9 bits", 0x211, 9, 12, 500, 475},  {"10 bits", 0x409, 10, 16, 1023, 991},
                                              {"one symbol", 0x409, 10, 0, 20, 19}};
  for (size_t c = 0; c < sizeof codes / sizeof codes[0]; c++)
    for (size_t k = 0; oio_fec_kernel(k) != NULL; k++)
      for (uint32_t ways = 1; ways <= OIO_FEC_MAX_WAYS; ways++)
        check_block(&codes[c], oio_fec_kernel(k), codes[c].symbols * ways - (ways - 1), ways, &stream);
}

/* Bit by bit; the bytes behind the last that counts stay. */
static void symbols_have_their_bits_in_wire_order(void **state) {
  (void)state;
  uint64_t stream = chance_stream(5);
  size_t count;
  const struct oio_fec_code *codes = oio_fec_codes(&count);
  for (size_t c = 0; c < count; c++) {
    const uint32_t width = codes[c].symbol_bits;
    struct oio_fec *fec = made(&codes[c], NULL);
    for (uint32_t symbols = 0; symbols < 40; symbols++) {
      const uint32_t nbytes = (symbols * width + 7) / 8;
      uint8_t bytes[64], back[64];
      uint16_t word[40];
      for (size_t i = 0; i < sizeof bytes; i++) bytes[i] = (uint8_t)chance(&stream);
      memcpy(back, bytes, sizeof bytes);
      oio_fec_from_bytes(fec, bytes, symbols, word);
      for (uint32_t bit = 0; bit < symbols * width; bit++)
        assert_int_equal(word[bit / width] >> bit % width & 1, bytes[bit / 8] >> bit % 8 & 1);
      for (uint32_t bit = symbols * width; bit < 8 * nbytes; bit++) bytes[bit / 8] &= (uint8_t) ~(1u << bit % 8);
      oio_fec_to_bytes(fec, word, symbols, back);
      assert_memory_equal(back, bytes, sizeof bytes);
    }
    oio_fec_destroy(fec);
  }
}

/* ---- decoding ---- */

/* rs15 has 16^4 cosets; of each the one word with no data. best[coset] is the pattern of two symbols at most that lies in it, if any. */
struct near {
  bool any;
  uint16_t symbol[2], value[2];
};

static unsigned coset_of(const struct oio_fec_code *code, const uint16_t *word) {
  uint16_t parity[15];
  memcpy(parity, word, sizeof parity);
  slow_encode(code, parity, 15);
  unsigned coset = 0;
  for (int l = 0; l < 4; l++) coset = coset << 4 | (unsigned)(parity[11 + l] ^ word[11 + l]);
  return coset;
}

/* All patterns of one and two symbols (`second` == `first`: one), each in a coset of its own: no two are as near. */
static unsigned fill_near(const struct oio_fec_code *code, struct near *best) {
  unsigned count = 0;
  for (unsigned first = 0; first < 15; first++) {
    for (unsigned second = first; second < 15; second++) {
      for (unsigned values = 0; values < 256; values++) {
        const uint16_t a = (uint16_t)(values >> 4), b = (uint16_t)(values & 15u);
        if (a == 0 || (second != first) != (b != 0)) continue;
        uint16_t word[15] = {0};
        word[first] = a;
        word[second] ^= b;
        struct near *near = &best[coset_of(code, word)];
        assert_false(near->any);
        *near = (struct near){true, {(uint16_t)first, (uint16_t)second}, {a, b}};
        count++;
      }
    }
  }
  return count;
}

static void decode_each_coset(const char *kernel) {
  static struct near best[1 << 16];
  memset(best, 0, sizeof best);
  const struct oio_fec_code *code = row("rs15");
  struct oio_fec *fec = made(code, kernel);
  assert_int_equal(fill_near(code, best), 15 * 15 + 105 * 225);
  assert_false(best[0].any);
  for (unsigned coset = 0; coset < 1 << 16; coset++) {
    uint16_t word[15] = {0}, expected[15];
    for (unsigned l = 0; l < 4; l++) word[11 + l] = (uint16_t)(coset >> (12 - 4 * l) & 15u);
    memcpy(expected, word, sizeof word);
    if (best[coset].any)
      for (int i = 0; i < 2; i++) expected[best[coset].symbol[i]] ^= best[coset].value[i];
    struct oio_fec_outcome outcome;
    oio_fec_decode(fec, word, 15, 1, &outcome);
    assert_memory_equal(word, expected, sizeof word);
    assert_int_equal(outcome.verdict, coset == 0 ? OIO_FEC_CLEAN : best[coset].any ? OIO_FEC_CORRECTED : OIO_FEC_UNCORRECTABLE);
    assert_int_equal(outcome.changed_symbols, best[coset].any ? (best[coset].symbol[0] == best[coset].symbol[1] ? 1 : 2) : 0);
  }
  oio_fec_destroy(fec);
}

static void a_small_code_decodes_each_coset_to_its_nearest_codeword(void **state) {
  (void)state;
  with_each_kernel(decode_each_coset);
}

/* Errors in a block as the codeword `way` sees them. */
struct errors {
  struct oio_fec_error list[LONG_SYMBOLS];
  uint32_t count;
};

/* Puts `count` errors on symbols drawn without repetition, in order. */
static void draw_errors(struct errors *errors, uint32_t count, uint32_t symbols, const struct oio_fec_code *code, uint64_t *stream) {
  errors->count = 0;
  for (uint32_t symbol = 0; symbol < symbols; symbol++) {
    if (chance_below(stream, symbols - symbol) >= count - errors->count) continue;
    errors->list[errors->count++] =
        (struct oio_fec_error){(uint16_t)symbol, (uint16_t)(1 + chance_below(stream, (1u << code->symbol_bits) - 1))};
  }
}

struct tally {
  uint64_t words[4]; /* by verdict */
};

/* One word of a block, already decoded, against its errors alone. */
static void compare(const struct oio_fec *fec, const struct errors *errors, const uint16_t *sent, const uint16_t *decoded, uint32_t symbols,
                    uint32_t stride, struct oio_fec_outcome full, struct tally *tally) {
  struct oio_fec_error residual[LONG_SYMBOLS + MAX_ERRORS];
  uint32_t count, next = 0;
  const struct oio_fec_outcome alone = oio_fec_decode_errors(fec, symbols, errors->list, errors->count, residual, &count);
  const enum oio_fec_verdict seen = alone.verdict != OIO_FEC_MISCORRECTED ? alone.verdict
                                    : alone.changed_symbols == 0          ? OIO_FEC_CLEAN
                                                                          : OIO_FEC_CORRECTED;
  tally->words[alone.verdict]++;
  if (full.verdict != seen || full.changed_symbols != alone.changed_symbols)
    FAIL_WITH_REPLAY("%s, %u errors: verdict %d with %u changes, of the errors alone %d with %u", oio_fec_code_of(fec)->name, errors->count,
                     full.verdict, full.changed_symbols, seen, alone.changed_symbols);
  assert_int_equal(alone.verdict == OIO_FEC_MISCORRECTED || alone.verdict == OIO_FEC_UNCORRECTABLE, count != 0);
  for (uint32_t i = 0; i < symbols; i++) {
    unsigned left = sent[i * stride] ^ decoded[i * stride];
    if (next < count && residual[next].symbol == i) left ^= residual[next++].value;
    if (left != 0) FAIL_WITH_REPLAY("%s, %u errors: residual differs at symbol %u", oio_fec_code_of(fec)->name, errors->count, i);
  }
  assert_int_equal(next, count);
}

/* A random block, sent with drawn errors in each way. */
static void send_block(const struct oio_fec *fec, uint32_t block_symbols, uint32_t ways, uint32_t most_errors, uint64_t *stream,
                       struct tally *tally) {
  static uint16_t sent[MAX_BLOCK], received[MAX_BLOCK];
  static struct errors errors[OIO_FEC_MAX_WAYS];
  struct oio_fec_outcome outcomes[OIO_FEC_MAX_WAYS];
  const struct oio_fec_code *code = oio_fec_code_of(fec);
  fill(sent, block_symbols, code, stream);
  oio_fec_encode(fec, sent, block_symbols, ways);
  memcpy(received, sent, block_symbols * sizeof *sent);
  for (uint32_t way = 0; way < ways; way++) {
    draw_errors(&errors[way], (uint32_t)chance_below(stream, most_errors + 1), oio_fec_symbols_of(block_symbols, ways, way), code, stream);
    for (uint32_t i = 0; i < errors[way].count; i++) received[errors[way].list[i].symbol * ways + way] ^= errors[way].list[i].value;
  }
  oio_fec_decode(fec, received, block_symbols, ways, outcomes);
  for (uint32_t way = 0; way < ways; way++)
    compare(fec, &errors[way], sent + way, received + way, oio_fec_symbols_of(block_symbols, ways, way), ways, outcomes[way], tally);
}

/* A pattern of three errors is decoded wrongly where it is two away from a codeword of five. An MDS code has C(15, 5) * 15 of these, and
 * each is two away from the C(5, 2) patterns that have three of its symbols. There are C(15, 3) * 15^3 patterns. */
static void decode_all_threes(const char *kernel) {
  struct tally tally = {{0}};
  const struct oio_fec_code *code = row("rs15");
  struct oio_fec *fec = made(code, kernel);
  static const uint16_t sent[15] = {0};
  for (uint16_t a = 0; a < 15; a++)
    for (uint16_t b = (uint16_t)(a + 1); b < 15; b++)
      for (uint16_t c = (uint16_t)(b + 1); c < 15; c++)
        for (unsigned values = 0; values < 15 * 15 * 15; values++) {
          const uint16_t va = (uint16_t)(1 + values % 15), vb = (uint16_t)(1 + values / 15 % 15), vc = (uint16_t)(1 + values / 225);
          const struct errors errors = {{{a, va}, {b, vb}, {c, vc}}, 3};
          uint16_t word[15] = {0};
          struct oio_fec_outcome outcome;
          word[a] = va;
          word[b] = vb;
          word[c] = vc;
          oio_fec_decode(fec, word, 15, 1, &outcome);
          compare(fec, &errors, sent, word, 15, 1, outcome, &tally);
        }
  assert_int_equal(tally.words[OIO_FEC_MISCORRECTED], 45045 * 10);
  assert_int_equal(tally.words[OIO_FEC_UNCORRECTABLE], 455 * 3375 - 45045 * 10);
  oio_fec_destroy(fec);
}

static void all_patterns_of_three_errors_miscorrect_as_often_as_the_weights_of_the_code_say(void **state) {
  (void)state;
  with_each_kernel(decode_all_threes);
}

static void decode_blocks(const char *kernel) {
  static const struct {
    const char *code;
    uint32_t block_symbols, ways, most_errors, blocks;
  } runs[] = {
      {"rs15", 15, 1, 15, 200000}, {"rs15", 60, 4, 8, 50000},  {"rs15", 22, 2, 11, 100000}, {"flit", 256, 3, 6, 40000},
      {"kr4", 528, 1, 12, 20000},  {"kr4", 1056, 2, 9, 8000},  {"ll", 272, 1, 10, 20000},   {"ll", 83, 3, 8, 20000},
      {"kp4", 544, 1, 18, 5000},   {"kp4", 2176, 4, 16, 2000},
  };
  for (size_t i = 0; i < sizeof runs / sizeof runs[0]; i++) {
    struct tally tally = {{0}};
    uint64_t stream = chance_stream(10 + i);
    struct oio_fec *fec = made(row(runs[i].code), kernel);
    for (uint32_t block = 0; block < runs[i].blocks; block++)
      send_block(fec, runs[i].block_symbols, runs[i].ways, runs[i].most_errors, &stream, &tally);
    print_message("%s, %u symbols in %u ways: %llu clean, %llu corrected, %llu uncorrectable, %llu miscorrected\n", runs[i].code,
                  runs[i].block_symbols, runs[i].ways, (unsigned long long)tally.words[OIO_FEC_CLEAN],
                  (unsigned long long)tally.words[OIO_FEC_CORRECTED], (unsigned long long)tally.words[OIO_FEC_UNCORRECTABLE],
                  (unsigned long long)tally.words[OIO_FEC_MISCORRECTED]);
    assert_true(tally.words[OIO_FEC_CORRECTED] > 0 && tally.words[OIO_FEC_UNCORRECTABLE] > 0);
    oio_fec_destroy(fec);
  }
}

static void the_errors_alone_decide_as_the_whole_word_does(void **state) {
  (void)state;
  with_each_kernel(decode_blocks);
}

/* Two codewords t + 1 and t apart from a word: it takes the nearer, though the other was sent. Of kp4 chance alone would never show it. */
static void decode_near_others(const char *kernel) {
  uint64_t stream = chance_stream(3);
  struct tally tally = {{0}};
  size_t count;
  const struct oio_fec_code *codes = oio_fec_codes(&count);
  for (size_t c = 0; c < count; c++) {
    const struct oio_fec_code *code = &codes[c];
    const uint32_t n = code->symbols, t = code->correctable_symbols, parity = n - code->data_symbols;
    struct oio_fec *fec = made(code, kernel);
    static const uint16_t zeros[LONG_SYMBOLS];
    for (int round = 0; round < 100; round++) {
      uint16_t other[LONG_SYMBOLS] = {0}, word[LONG_SYMBOLS];
      struct errors errors = {.count = 0};
      struct oio_fec_outcome outcome;
      other[chance_below(&stream, code->data_symbols)] = (uint16_t)(1 + chance_below(&stream, (1u << code->symbol_bits) - 1));
      oio_fec_encode(fec, other, n, 1); /* p + 1 symbols that are not 0 */
      memcpy(word, other, sizeof word);
      for (uint32_t i = 0, undone = (uint32_t)(round % (int)(t + 1)); i < n && undone > 0; i++)
        if (word[i] != 0) word[i] = 0, undone--;
      for (uint32_t i = 0; i < n; i++)
        if (word[i] != 0) errors.list[errors.count++] = (struct oio_fec_error){(uint16_t)i, word[i]};
      assert_int_equal(errors.count, parity + 1 - (uint32_t)(round % (int)(t + 1)));
      oio_fec_decode(fec, word, n, 1, &outcome);
      assert_memory_equal(word, other, n * sizeof *word);
      compare(fec, &errors, zeros, word, n, 1, outcome, &tally);
    }
    assert_int_equal(tally.words[OIO_FEC_MISCORRECTED], 100 * (c + 1));
    oio_fec_destroy(fec);
  }
}

static void a_word_nearer_to_another_codeword_becomes_that_one(void **state) {
  (void)state;
  with_each_kernel(decode_near_others);
}

static void decode_with_smaller_t(const char *kernel) {
  uint64_t stream = chance_stream(4);
  struct tally tally = {{0}};
  struct oio_fec_code code = *row("kr4");
  code.correctable_symbols = 0;
  struct oio_fec *fec = made(&code, kernel);
  for (int block = 0; block < 1000; block++) send_block(fec, code.symbols, 1, 9, &stream, &tally);
  assert_int_equal(tally.words[OIO_FEC_CLEAN] + tally.words[OIO_FEC_UNCORRECTABLE], 1000);
  oio_fec_destroy(fec);
  code.correctable_symbols = 3; /* a smaller t: what lies further is not touched */
  fec = made(&code, kernel);
  for (int block = 0; block < 1000; block++) send_block(fec, code.symbols, 1, 9, &stream, &tally);
  assert_true(tally.words[OIO_FEC_CORRECTED] > 200 && tally.words[OIO_FEC_MISCORRECTED] == 0);
  oio_fec_destroy(fec);
}

static void with_correction_bypassed_every_error_is_uncorrectable_and_stays(void **state) {
  (void)state;
  with_each_kernel(decode_with_smaller_t);
}

/* ---- what is refused ---- */

static void check_refused(struct oio_fec_code code, const char *kernel, const char *words) {
  struct oio_fec *fec = NULL;
  struct oio_error error = {""};
  assert_int_equal(oio_fec_create(&fec, &code, kernel, &error), OIO_ERR_CONFIG);
  assert_null(fec);
  if (strstr(error.text, words) == NULL) FAIL_WITH_REPLAY("\"%s\" does not say \"%s\"", error.text, words);
}

static void codes_that_are_none_are_refused(void **state) {
  (void)state;
  check_refused((struct oio_fec_code){"x", 0x409, 11, 1, 20, 18}, NULL, "symbols of 11 bits");
  check_refused((struct oio_fec_code){"x", 0x7, 2, 0, 3, 2}, NULL, "symbols of 2 bits");
  check_refused((struct oio_fec_code){"x", 0x11D, 10, 1, 20, 18}, NULL, "polynomial of that degree");
  check_refused((struct oio_fec_code){"x", 0x11B, 8, 1, 20, 18}, NULL, "not primitive"); /* irreducible all the same */
  check_refused((struct oio_fec_code){"x", 0x101, 8, 1, 20, 18}, NULL, "not primitive");
  check_refused((struct oio_fec_code){"x", 0x11D, 8, 1, 256, 254}, NULL, "at most 255");
  check_refused((struct oio_fec_code){"x", 0x11D, 8, 0, 20, 20}, NULL, "1..32 of parity");
  check_refused((struct oio_fec_code){"x", 0x11D, 8, 1, 20, 0}, NULL, "1..32 of parity");
  check_refused((struct oio_fec_code){"x", 0x11D, 8, 1, 200, 167}, NULL, "1..32 of parity");
  check_refused((struct oio_fec_code){"x", 0x11D, 8, 2, 20, 17}, NULL, "cannot correct 2");
  check_refused((struct oio_fec_code){"x", 0x11D, 8, 1, 20, 18}, "abacus", "no kernel \"abacus\"");
  assert_null(oio_fec_code_named("kp5"));
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(the_generators_are_those_that_802_3_prints),
      cmocka_unit_test(every_kernel_encodes_as_long_division_does),
      cmocka_unit_test(fields_of_all_widths_and_the_most_parity_encode_as_long_division_does),
      cmocka_unit_test(symbols_have_their_bits_in_wire_order),
      cmocka_unit_test(a_small_code_decodes_each_coset_to_its_nearest_codeword),
      cmocka_unit_test(all_patterns_of_three_errors_miscorrect_as_often_as_the_weights_of_the_code_say),
      cmocka_unit_test(the_errors_alone_decide_as_the_whole_word_does),
      cmocka_unit_test(a_word_nearer_to_another_codeword_becomes_that_one),
      cmocka_unit_test(with_correction_bypassed_every_error_is_uncorrectable_and_stays),
      cmocka_unit_test(codes_that_are_none_are_refused),
  };
  chance_start();
  return cmocka_run_group_tests(tests, NULL, NULL);
}
