/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Expressions. Two values: random trees are written as text and computed a second time with C's own 128-bit numbers. Three values: an
 * operator must say x exactly when the bits that are x could make it both 0 and 1, which is tried for all of them; where SystemVerilog
 * gives up earlier (arithmetic, order), a result that is sure must be right for all of them.
 */
#define _POSIX_C_SOURCE 200809L
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#define CHANCE_PROGRAM "test_wave_expr"
#include "chance.h"
#include "wave_expr_tree.h"

#include "expr.h"

static void set_signal(struct signal *signal, uint32_t width, wide value) {
  signal->width = width;
  for (uint32_t i = 0; i < width; i++) signal->bits[i] = value >> (width - 1 - i) & 1 ? '1' : '0';
  signal->bits[width] = '\0';
}

/* As a reader gives it: packed when there are only 0 and 1, unless asked otherwise. */
static struct wave_operand operand_of(struct signal *signal, bool characters) {
  struct wave_operand operand = {.width = signal->width, .msb = (int32_t)signal->width - 1};
  if (characters || strspn(signal->bits, "01") != signal->width) {
    operand.value = (struct wave_value){(const uint8_t *)signal->bits, signal->width, WAVE_NINE};
    return operand;
  }
  memset(signal->packed, 0, sizeof signal->packed);
  for (uint32_t i = 0; i < signal->width; i++)
    if (signal->bits[i] == '1') signal->packed[i / 8] |= (uint8_t)(0x80 >> i % 8);
  operand.value = (struct wave_value){signal->packed, (signal->width + 7) / 8, WAVE_TWO};
  return operand;
}

static bool holds(const char *text, bool characters) {
  struct wave_expr *expr;
  struct wave_error error;
  struct wave_operand operands[NAMES];
  if (wave_expr_parse(&expr, text, &error) != WAVE_OK) {
    FAIL_WITH_REPLAY("%s", error.text);
  }
  for (uint32_t i = 0; i < wave_expr_n_names(expr); i++) {
    const char *name = wave_expr_name(expr, i);
    for (unsigned k = 0; k < NAMES; k++) {
      const char *plain = names[k] + (names[k][0] == '"');
      if (strncmp(plain, name, strlen(name)) == 0) operands[i] = operand_of(&signals[k], characters);
    }
  }
  const bool answer = wave_expr_holds(expr, operands);
  wave_expr_free(expr);
  return answer;
}

/* 0, 1 or x, asked in two questions. */
static char truth(const char *condition) {
  static char negated[TEXT_MAX + 8];
  snprintf(negated, sizeof negated, "!(%s)", condition);
  const bool yes = holds(condition, true), no = holds(negated, true);
  assert_false(yes && no);
  return yes ? '1' : no ? '0' : 'x';
}

/* ---- two values ---- */

static void random_signals(uint64_t *stream, uint32_t widest) {
  for (unsigned i = 0; i < NAMES; i++) {
    const uint32_t width = 1 + (uint32_t)chance_below(stream, widest);
    wide value = (wide)chance(stream) << 64 | chance(stream);
    if (chance_below(stream, 4) == 0) value = 0;
    if (chance_below(stream, 4) == 0) value = ~(wide)0;
    set_signal(&signals[i], width, value & mask(width));
  }
}

static void an_expression_is_computed_as_c_computes_it(void **state) {
  (void)state;
  static char text[TEXT_MAX];
  uint64_t stream = chance_stream(1);
  unsigned yes = 0, runs = 0;
  for (; runs < 60000; runs++) {
    random_signals(&stream, runs % 4 == 0 ? 128 : runs % 4 == 1 ? 64 : 6);
    used = 0;
    const struct tree *t = grow(&stream, 1 + (unsigned)chance_below(&stream, 4));
    write_tree(t, text, 0);
    const bool expected = alone(t) != 0;
    if (holds(text, runs % 2 == 0) != expected) FAIL_WITH_REPLAY("%s is not %d", text, expected);
    yes += expected;
  }
  assert_true(yes > runs / 5 && yes < runs - runs / 5);
}

/* ---- three values ---- */

static void random_bits(uint64_t *stream, struct signal *signal, uint32_t width) {
  signal->width = width;
  for (uint32_t i = 0; i < width; i++) signal->bits[i] = "01xz"[chance_below(stream, 4)];
  signal->bits[width] = '\0';
}

/* Asks for every way to put 0 and 1 for the x: 0, 1, or x when it is now this, now that. */
static char tried(const char *condition) {
  struct signal saved[NAMES];
  char *places[64];
  unsigned n = 0;
  bool can[2] = {false, false};
  memcpy(saved, signals, sizeof saved);
  for (unsigned i = 0; i < 2; i++)
    for (char *c = signals[i].bits; *c != '\0'; c++)
      if (*c == 'x' || *c == 'z') places[n++] = c;
  for (unsigned choice = 0; choice < 1u << n; choice++) {
    for (unsigned i = 0; i < n; i++) *places[i] = choice >> i & 1 ? '1' : '0';
    can[holds(condition, true)] = true;
  }
  memcpy(signals, saved, sizeof saved);
  return can[0] && can[1] ? 'x' : can[1] ? '1' : '0';
}

static void an_operator_is_x_exactly_when_the_x_decide(void **state) {
  (void)state;
  static const char *const conditions[] = {
      "tb.a == c", "tb.a != c",       "tb.a && c",          "tb.a || c",          "!tb.a",         "&tb.a", "|tb.a",
      "^tb.a",     "(tb.a & c) == 0", "(tb.a | c) == 3'h5", "(tb.a ^ c) != 3'h2", "~tb.a == 3'h1", "tb.a",  "tb.a[1]"};
  uint64_t stream = chance_stream(2);
  unsigned seen[3] = {0, 0, 0};
  set_signal(&signals[1], 1, 0);
  for (unsigned run = 0; run < 400; run++) {
    random_bits(&stream, &signals[0], 3);
    random_bits(&stream, &signals[2], 3);
    /* tried() plays with the first two signals */
    const struct signal b = signals[1];
    signals[1] = signals[2];
    for (unsigned i = 0; i < sizeof conditions / sizeof conditions[0]; i++) {
      char condition[64] = "";
      for (const char *from = conditions[i]; *from != '\0'; from++)
        sprintf(condition + strlen(condition), *from == 'c' ? "tb.gen[1].b" : "%c", *from);
      const char expected = tried(condition), got = truth(condition);
      if (got != expected) FAIL_WITH_REPLAY("%s for %s and %s: %c, not %c", condition, signals[0].bits, signals[1].bits, got, expected);
      seen[got == 'x' ? 2 : got - '0']++;
    }
    signals[1] = b;
  }
  assert_true(seen[0] > 100 && seen[1] > 100 && seen[2] > 100);
}

/* Trees without === and isx. */
static void a_sure_answer_is_right_whatever_the_x_are(void **state) {
  (void)state;
  static char text[TEXT_MAX];
  uint64_t stream = chance_stream(3);
  unsigned sure = 0, unsure = 0;
  for (unsigned run = 0; run < 4000; run++) {
    random_bits(&stream, &signals[0], 1 + (uint32_t)chance_below(&stream, 3));
    random_bits(&stream, &signals[1], 1 + (uint32_t)chance_below(&stream, 3));
    set_signal(&signals[2], 3, chance_below(&stream, 8));
    set_signal(&signals[3], 2, chance_below(&stream, 4));
    used = 0;
    write_tree(grow(&stream, 3), text, 0);
    if (strstr(text, "===") != NULL || strstr(text, "!==") != NULL) continue;
    const char got = truth(text);
    if (got == 'x')
      unsure++;
    else
      sure++;
    if (got != 'x' && tried(text) != got) FAIL_WITH_REPLAY("%s for %s and %s is %c", text, signals[0].bits, signals[1].bits, got);
  }
  assert_true(sure > 500 && unsure > 500);
}

struct by_hand {
  const char *a, *condition;
  char answer;
};

static void x_is_what_the_standard_says(void **state) {
  (void)state;
  static const struct by_hand cases[] = {
      {"10x0", "tb.a === 4'b10x0", '1'},
      {"10x0", "tb.a === 4'b1010", '0'},
      {"10x0", "tb.a !== 4'b1010", '1'},
      {"10x0", "tb.a === 4'b10zz", '0'},
      {"zzzz", "tb.a === 4'bx", '1'}, /* z is x here; the first digit fills */
      {"10x0", "tb.a == 4'b10x0", 'x'},
      {"10x0", "tb.a == 4'b00x0", '0'},
      {"10x0", "tb.a > 2", 'x'},
      {"10x0", "tb.a + 1 == 0", 'x'},
      {"10x0", "isx(tb.a)", '1'},
      {"1000", "isx(tb.a)", '0'},
      {"10x0", "isx(tb.a[3:2])", '0'},
      {"10x0", "isx(tb.a[7])", '1'}, /* outside of the range */
      {"10x0", "tb.a[1] === 1'bx", '1'},
      {"10x0", "tb.a", '1'},
      {"00x0", "tb.a", 'x'},
      {"hlhl", "tb.a === 4'b1010", '1'},
      {"HLXU", "tb.a === 4'b10xx", '1'},
      {"uw-?", "tb.a === 4'bxxxx", '1'},
      {"1111", "tb.a + 1 == 16", '1'}, /* 32 bits, as a number without a size has */
      {"1111", "tb.a + 4'd1 == 4'd0", '1'},
      {"1111", "tb.a == 0x0f && 8'o17 == 15 && 1_0 == 10", '1'},
      {"1111", "tb.a + tb.a > 5'd29", '1'},
      {"0000", "-tb.a == 0 && ~tb.a == 4'hf && ~tb.a != 15", '1'},
      {"0001", "tb.a - 2 == 0xffffffff", '1'},
      {"0001", "0x1_ffffffff > 0xfffffffe", '1'},
      {"0001", "1 | 2 == 2", '1'},
      {"0001", "0 & 1 | 1", '1'},
      {"0001", "0 && 1 || 1", '1'},
      {"0001", "1 || 0 && 0", '1'},
      {"0001", "3 - 2 - 1 == 0", '1'},
      {"0001", "1 < 2 == 1", '1'},
      {"0001", "!tb.a == 0", '1'},
  };
  for (unsigned i = 0; i < sizeof cases / sizeof cases[0]; i++) {
    strcpy(signals[0].bits, cases[i].a);
    signals[0].width = 4;
    const char got = truth(cases[i].condition);
    if (got != cases[i].answer) fail_msg("%s for %s: %c, not %c", cases[i].condition, cases[i].a, got, cases[i].answer);
  }
}

static bool holds_for(const char *text, struct wave_operand operand) {
  struct wave_expr *expr;
  struct wave_error error;
  if (wave_expr_parse(&expr, text, &error) != WAVE_OK) fail_msg("%s", error.text);
  const bool answer = wave_expr_holds(expr, &operand);
  wave_expr_free(expr);
  return answer;
}

static void a_selection_counts_as_the_range_is_declared(void **state) {
  (void)state;
  static const uint8_t bits[] = {0xa4}; /* 10100 */
  const struct wave_value value = {bits, 1, WAVE_TWO};
  const struct wave_operand falling = {value, 5, 8, 4}, rising = {value, 5, 4, 8}, negative = {value, 5, 1, -3};
  assert_true(holds_for("a[8] && !a[7] && a[6] && !a[5] && !a[4]", falling));
  assert_true(holds_for("a[4] && !a[5] && a[6] && !a[7] && !a[8]", rising));
  assert_true(holds_for("a[8:6] == 3'b101 && a[6:4] == 3'b100", falling));
  assert_true(holds_for("a[4:6] == 3'b101 && a[6:8] == 3'b100", rising));
  assert_true(holds_for("a[1:-1] == 3'b101 && a[-3] == 0", negative));
  assert_true(holds_for("isx(a[9]) && isx(a[3]) && a[9:8] === 2'bx1", falling));
  assert_true(holds_for("isx(a[-2147483647:-2147483646])", rising));
}

static void what_has_no_bits_is_x(void **state) {
  (void)state;
  static const uint8_t bytes[8] = {1, 2, 3, 4, 5, 6, 7, 8};
  const uint8_t forms[] = {WAVE_UNKNOWN, WAVE_DOUBLE, WAVE_BYTES};
  for (unsigned i = 0; i < 3; i++) {
    const struct wave_operand operand = {{bytes, 8, forms[i]}, i == 2 ? 0 : 64, 63, 0};
    assert_true(holds_for("isx(a)", operand));
    assert_false(holds_for("a", operand));
    assert_false(holds_for("!a", operand));
  }
  const struct wave_operand cut = {{bytes, 1, WAVE_TWO}, 64, 63, 0}; /* fewer bytes than the width asks for */
  assert_true(holds_for("isx(a) && a[63:56] == 1", cut));
}

static void names_are_told_each_once(void **state) {
  (void)state;
  struct wave_expr *expr;
  assert_int_equal(wave_expr_parse(&expr, " b.x && \"a b\" [3] || b.x[1] & g[2].u.d[7:0] && g[2][1] ", NULL), WAVE_OK);
  assert_int_equal(wave_expr_n_names(expr), 4);
  assert_string_equal(wave_expr_name(expr, 0), "b.x");
  assert_string_equal(wave_expr_name(expr, 1), "a b");
  assert_string_equal(wave_expr_name(expr, 2), "g[2].u.d");
  assert_string_equal(wave_expr_name(expr, 3), "g[2]");
  wave_expr_free(expr);
}

static void what_is_no_expression_is_refused_with_its_place(void **state) {
  (void)state;
  static const char *const cases[][2] = {
      {"", "ends where a name"},
      {"a &&", "ends where a name, a number or '('"},
      {"a = b", "expected '=='"},
      {"a b", "at column 3: expected an operator or the end, found 'b'"},
      {"(a", "ends where an operator or ')'"},
      {"a)", "column 2"},
      {"a[", "a whole number"},
      {"a[1", "':' or ']'"},
      {"a[1:", "a whole number"},
      {"a[99999999999]", "the index is too large"},
      {"a[0:99999]", "at most 65536 bits"},
      {"4'", "b, o, d or h"},
      {"4'b", "a digit"},
      {"4'b2", "a digit"},
      {"4'b10000", "more bits than its size"},
      {"3'd8", "more bits than its size"},
      {"0'b0", "1 to 65536 bits"},
      {"70000'b0", "1 to 65536 bits"},
      {"99999999999999999999", "too large"},
      {"0x", "a digit"},
      {"0xg", "a digit"},
      {"\"a", "no closing quote"},
      {"\"\"", "expected a name"},
      {"\\esc", "double quotes"},
      {"isx()", "a name, a number"},
      {"a @ b", "column 3"},
  };
  for (unsigned i = 0; i < sizeof cases / sizeof cases[0]; i++) {
    struct wave_expr *expr;
    struct wave_error error = {.text = ""};
    if (wave_expr_parse(&expr, cases[i][0], &error) == WAVE_OK) fail_msg("'%s' is accepted", cases[i][0]);
    assert_null(expr);
    if (strstr(error.text, cases[i][1]) == NULL) fail_msg("'%s': '%s' does not say '%s'", cases[i][0], error.text, cases[i][1]);
  }
}

static void repeated(char *text, const char *piece, size_t times) {
  for (*text = '\0'; times > 0; times--) text = strcpy(text, piece) + strlen(piece);
}

static void depth_and_length_have_a_bound(void **state) {
  (void)state;
  static char text[200000];
  static const char *const pieces[] = {"(", "!", "a&&", "a+", "isx(", "a+(", "a==-"};
  struct wave_expr *expr;
  struct wave_error error;
  for (unsigned i = 0; i < 7; i++) {
    error.text[0] = '\0';
    repeated(text, pieces[i], 40000);
    strcat(text, "a");
    assert_int_equal(wave_expr_parse(&expr, text, &error), WAVE_ERROR);
    if (strstr(error.text, "too ") == NULL) fail_msg("%s: %s", pieces[i], error.text);
  }
  repeated(text, "a + ", 600);
  strcat(text, "1");
  assert_int_equal(wave_expr_parse(&expr, text, &error), WAVE_ERROR);
  assert_non_null(strstr(error.text, "nested too deeply"));
  repeated(text, "a && ", 400);
  strcat(text, "1");
  const struct wave_operand one = {{(const uint8_t *)"1", 1, WAVE_NINE}, 1, 0, 0};
  assert_true(holds_for(text, one));
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(an_expression_is_computed_as_c_computes_it),
      cmocka_unit_test(an_operator_is_x_exactly_when_the_x_decide),
      cmocka_unit_test(a_sure_answer_is_right_whatever_the_x_are),
      cmocka_unit_test(x_is_what_the_standard_says),
      cmocka_unit_test(a_selection_counts_as_the_range_is_declared),
      cmocka_unit_test(what_has_no_bits_is_x),
      cmocka_unit_test(names_are_told_each_once),
      cmocka_unit_test(what_is_no_expression_is_refused_with_its_place),
      cmocka_unit_test(depth_and_length_have_a_bound),
  };
  chance_start();
  return cmocka_run_group_tests(tests, NULL, NULL);
}
