/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Rules and expressions from anyone. The input is read as rules, line by line, and as one expression. What is accepted must print in a
 * normal form that is accepted and prints the same; a path must get the same rule from both; an expression must not both hold and not hold.
 */
#include "fuzz.h"

#include "expr.h"
#include "rules.h"

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void require(bool right, const char *what) {
  if (right) return;
  fprintf(stderr, "%s\n", what);
  abort();
}

size_t fuzz_seed(unsigned index, uint8_t *data) {
  static const char *const seeds[] = {
      "window 10ns..20us\ntrim\nshift 5ns\nscale 2/1\nmissing ignore\nignore strength\nignore glitches shorter than 1.5ns\ntimescale "
      "golden 10ps\ntimescale new 1e-3us\n",
      "missing-in-new ignore\nmissing-in-golden ignore\nstrict\nignore until tb.rst_n == 1\n",
      "rename tb.dut.**.q? = TOP.dut.**_r?\ntop tb = TOP\nignore until 20 cycles of tb.clk\n",
      "exclude tb.a \"tb.b c\" # not these\ninclude tb.** tb.m[3].*[7:0]\n",
      "compare tb.** : clock=tb.clk edge=falling offset=-1ns when=(tb.valid && !tb.stall) x=golden z=x abs=1e-9 rel=1e-6 strength\n",
      "compare tb.q : lead=1.5ns trail=100ticks x=any\nchannel c : clock=tb.clk valid=tb.v ready=tb.r data=tb.d,tb.last\n",
      "waive tb.q \"odd name\" m[3][7:0] : until=2028-02-29 because=\"# not = yet\" class=x,missing,shorter\nwaive ** : because=x "
      "until=0001-01-01\n",
      "a.b[3:0] == 4'b10x0 && isx(\"c d\"[7]) || ~a.b + 0xff - 12 <= 8'o17 ^ -g[2].e | &a !== 65'h1ffffffffffffffff",
      "!(a === b) && (^c != |d) || (a >= b) & (a < 1) && 4'd9 > 3",
  };
  if (index >= sizeof seeds / sizeof seeds[0]) return 0;
  memcpy(data, seeds[index], strlen(seeds[index]));
  return strlen(seeds[index]);
}

static void read_rules(struct wave_rules *rules, char *text, bool must) {
  wave_rules_init(rules);
  for (char *line = text, *end; line != NULL; line = end == NULL ? NULL : end + 1) {
    struct wave_error error;
    end = strchr(line, '\n');
    if (end != NULL) *end = '\0';
    const enum wave_status status = wave_rules_add(rules, line, "fuzz", 1, &error);
    if (must && status != WAVE_OK) fprintf(stderr, "%s\n", error.text);
    require(!must || status == WAVE_OK, "the normal form is refused");
    require(status == WAVE_OK || strncmp(error.text, "fuzz:1: ", 8) == 0, "an error without its place");
    if (end != NULL) *end = '\n';
  }
}

/* Into a new text, rules a line each. */
static char *print_rules(const struct wave_rules *rules) {
  size_t size = wave_rules_text(rules, NULL, 0) + 1, used;
  for (uint32_t i = 0; i < rules->n_rules; i++) size += wave_rule_text(&rules->rules[i], NULL, 0) + 1;
  for (uint32_t i = 0; i < rules->n_waivers; i++) size += wave_waiver_text(&rules->waivers[i], NULL, 0) + 1;
  char *text = malloc(size);
  require(text != NULL, "no memory");
  used = wave_rules_text(rules, text, size);
  for (uint32_t i = 0; i < rules->n_rules; i++) {
    used += wave_rule_text(&rules->rules[i], text + used, size - used);
    text[used++] = '\n';
  }
  for (uint32_t i = 0; i < rules->n_waivers; i++) {
    used += wave_waiver_text(&rules->waivers[i], text + used, size - used);
    text[used++] = '\n';
  }
  require(used + 1 == size, "the length of a text is wrong");
  text[used] = '\0';
  return text;
}

static long number_of(const struct wave_rules *rules, const char *path) {
  const struct wave_rule *rule = wave_rules_find(rules, path);
  return rule == NULL ? -1 : (long)(rule - rules->rules);
}

static void check_path(const struct wave_rules *a, const struct wave_rules *b, const char *path) {
  require(number_of(a, path) == number_of(b, path), "another rule after print and read");
  char *first = wave_rules_rename(a, path), *second = wave_rules_rename(b, path);
  require((first == NULL) == (second == NULL) && (first == NULL || strcmp(first, second) == 0), "another name after print and read");
  free(first);
  free(second);
}

static void try_rules(char *text) {
  struct wave_rules rules, again;
  read_rules(&rules, text, false);
  char *normal = print_rules(&rules);
  read_rules(&again, normal, true);
  char *second = print_rules(&again);
  require(strcmp(normal, second) == 0, "the normal form prints in another one");
  check_path(&rules, &again, "tb.dut.m[3].q");
  check_path(&rules, &again, "TOP.dut.a.b_r7");
  check_path(&rules, &again, text);
  free(normal);
  free(second);
  wave_rules_free(&rules);
  wave_rules_free(&again);
}

static bool holds(const char *text, const struct wave_operand *values, size_t n, bool *known) {
  struct wave_expr *expr;
  struct wave_operand *operands;
  *known = wave_expr_parse(&expr, text, NULL) == WAVE_OK;
  if (!*known) return false;
  operands = calloc((size_t)wave_expr_n_names(expr) + 1, sizeof *operands);
  require(operands != NULL, "no memory");
  for (uint32_t i = 0; i < wave_expr_n_names(expr); i++) operands[i] = values[i % n];
  const bool answer = wave_expr_holds(expr, operands);
  free(operands);
  wave_expr_free(expr);
  return answer;
}

static void try_expression(const char *text) {
  static const uint8_t packed[32] = {0xa5, 0x5a, 0xff, 0, 1};
  static const struct wave_operand values[] = {
      {{(const uint8_t *)"10xz", 4, WAVE_NINE}, 4, 3, 0}, {{packed, 1, WAVE_TWO}, 8, 0, 7},     {{packed, 32, WAVE_TWO}, 250, 249, 0},
      {{(const uint8_t *)"1", 1, WAVE_NINE}, 1, 0, 0},    {{NULL, 0, WAVE_UNKNOWN}, 70, 69, 0}, {{packed, 8, WAVE_DOUBLE}, 64, 63, 0},
  };
  const size_t size = strlen(text) + 8;
  char *negated = malloc(size);
  bool known, also;
  require(negated != NULL, "no memory");
  snprintf(negated, size, "!(%s)", text);
  const bool yes = holds(text, values, 6, &known), no = holds(negated, values, 6, &also);
  require(!(yes && no), "an expression and its negation hold");
  free(negated);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  char *text = malloc(size + 1);
  require(text != NULL, "no memory");
  memcpy(text, data, size);
  text[size] = '\0';
  try_expression(text);
  try_rules(text);
  free(text);
  return 0;
}
