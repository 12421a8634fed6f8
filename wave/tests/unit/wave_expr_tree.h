/* SPDX-License-Identifier: Apache-2.0 */
/* Expressions made by chance over signals with known values, and what C makes of them. Include after chance.h. */
#ifndef OIO_TESTS_WAVE_EXPR_TREE_H
#define OIO_TESTS_WAVE_EXPR_TREE_H

#include <stdbool.h>
#include <stdio.h>
#include <string.h>

__extension__ typedef unsigned __int128 wide;

enum { NAMES = 4, TEXT_MAX = 8192 };

/* A value in the test: bits as characters, first bit first. */
struct signal {
  char bits[129];
  uint32_t width;
  uint8_t packed[16];
};

static struct signal signals[NAMES];
static const char *const names[NAMES] = {"tb.a", "tb.gen[1].b", "c", "\"odd name!\""};

static inline wide mask(uint32_t width) {
  return width >= 128 ? ~(wide)0 : ((wide)1 << width) - 1;
}

static inline wide number_of(const struct signal *signal) {
  wide value = 0;
  for (uint32_t i = 0; i < signal->width; i++) value = value << 1 | (wide)(signal->bits[i] == '1');
  return value;
}

enum kind { NAME, NUMBER, SELECT, UNARY, BINARY };

struct tree {
  enum kind kind;
  char op[4];
  unsigned name;
  uint32_t high, low, width; /* of a selection; width of a number */
  wide value;
  struct tree *a, *b;
};

static struct tree pool[512];
static unsigned used;

static inline bool is_context(const struct tree *t) {
  return strchr("+-&|^", t->op[0]) != NULL && t->op[1] == '\0';
}

static const char *const unaries[] = {"!", "~", "-", "&", "|", "^"};
static const char *const binaries[] = {"+", "-", "<", "<=", ">", ">=", "==", "!=", "===", "!==", "&", "^", "|", "&&", "||"};
/* How strongly each binds, from the table of IEEE 1800, 11.3.2. */
static const int binding[] = {9, 9, 8, 8, 8, 8, 7, 7, 7, 7, 6, 5, 4, 3, 2};

static inline struct tree *grow(uint64_t *stream, unsigned depth) {
  struct tree *t = &pool[used++];
  const uint64_t kind = depth == 0 ? chance_below(stream, 3) : chance_below(stream, 12);
  memset(t, 0, sizeof *t);
  t->name = (unsigned)chance_below(stream, NAMES);
  const uint32_t width = signals[t->name].width;
  if (kind == 0) {
    t->kind = NAME;
  } else if (kind == 1) {
    t->kind = NUMBER;
    t->width = 1 + (uint32_t)chance_below(stream, 64);
    t->value = chance(stream) & mask(t->width);
  } else if (kind == 2) {
    t->kind = SELECT;
    t->low = (uint32_t)chance_below(stream, width);
    t->high = t->low + (uint32_t)chance_below(stream, width - t->low);
  } else if (kind < 6) {
    t->kind = UNARY;
    strcpy(t->op, unaries[chance_below(stream, 6)]);
    t->a = grow(stream, depth - 1);
  } else {
    t->kind = BINARY;
    strcpy(t->op, binaries[chance_below(stream, 15)]);
    t->a = grow(stream, depth - 1);
    t->b = grow(stream, depth - 1);
  }
  return t;
}

static inline int strength(const struct tree *t) {
  if (t->kind == UNARY) return 10;
  if (t->kind != BINARY) return 11;
  for (unsigned i = 0; i < 15; i++)
    if (strcmp(binaries[i], t->op) == 0) return binding[i];
  return 0;
}

/* Parentheses only where they are needed, so that the order of binding is tested. */
static inline size_t write_tree(const struct tree *t, char *text, int least) {
  char *at = text;
  const bool around = strength(t) < least;
  if (around) *at++ = '(';
  if (t->kind == NAME) at += sprintf(at, "%s", names[t->name]);
  if (t->kind == NUMBER) at += sprintf(at, "%u'h%llx", t->width, (unsigned long long)t->value);
  if (t->kind == SELECT && t->high != t->low) at += sprintf(at, "%s[%u:%u]", names[t->name], t->high, t->low);
  if (t->kind == SELECT && t->high == t->low) at += sprintf(at, "%s[%u]", names[t->name], t->high);
  if (t->kind == UNARY) {
    at += sprintf(at, "%s ", t->op);
    at += write_tree(t->a, at, 10);
  }
  if (t->kind == BINARY) {
    at += write_tree(t->a, at, strength(t));
    at += sprintf(at, " %s ", t->op);
    at += write_tree(t->b, at, strength(t) + 1);
  }
  if (around) *at++ = ')';
  *at = '\0';
  return (size_t)(at - text);
}

static inline uint32_t width_of(const struct tree *t) {
  if (t->kind == NAME) return signals[t->name].width;
  if (t->kind == NUMBER) return t->width;
  if (t->kind == SELECT) return t->high - t->low + 1;
  if (t->kind == UNARY) return t->op[0] == '~' || t->op[0] == '-' ? width_of(t->a) : 1;
  if (!is_context(t)) return 1;
  const uint32_t a = width_of(t->a), b = width_of(t->b);
  return a > b ? a : b;
}

static wide compute(const struct tree *t, uint32_t width);

static inline wide alone(const struct tree *t) {
  return compute(t, width_of(t));
}

static inline wide compute_unary(const struct tree *t, uint32_t width) {
  wide value;
  unsigned ones = 0;
  if (t->op[0] == '~') return ~compute(t->a, width) & mask(width);
  if (t->op[0] == '-') return (~compute(t->a, width) + 1) & mask(width);
  value = alone(t->a);
  if (t->op[0] == '!') return value == 0;
  if (t->op[0] == '&') return value == mask(width_of(t->a));
  if (t->op[0] == '|') return value != 0;
  for (; value != 0; value >>= 1) ones += value & 1 ? 1u : 0;
  return ones % 2;
}

static inline wide compute(const struct tree *t, uint32_t width) {
  if (t->kind == NAME) return number_of(&signals[t->name]);
  if (t->kind == NUMBER) return t->value;
  if (t->kind == SELECT) return number_of(&signals[t->name]) >> t->low & mask(t->high - t->low + 1);
  if (t->kind == UNARY) return compute_unary(t, width);
  const uint32_t wa = width_of(t->a), wb = width_of(t->b), common = is_context(t) ? width : wa > wb ? wa : wb;
  if (strcmp(t->op, "&&") == 0) return alone(t->a) != 0 && alone(t->b) != 0;
  if (strcmp(t->op, "||") == 0) return alone(t->a) != 0 || alone(t->b) != 0;
  const wide a = compute(t->a, common), b = compute(t->b, common);
  if (strcmp(t->op, "+") == 0) return (a + b) & mask(width);
  if (strcmp(t->op, "-") == 0) return (a - b) & mask(width);
  if (strcmp(t->op, "&") == 0) return a & b;
  if (strcmp(t->op, "|") == 0) return a | b;
  if (strcmp(t->op, "^") == 0) return a ^ b;
  if (strcmp(t->op, "<") == 0) return a < b;
  if (strcmp(t->op, "<=") == 0) return a <= b;
  if (strcmp(t->op, ">") == 0) return a > b;
  if (strcmp(t->op, ">=") == 0) return a >= b;
  return (strcmp(t->op, "==") == 0 || strcmp(t->op, "===") == 0) == (a == b);
}

#endif
