/* SPDX-License-Identifier: Apache-2.0 */
#define _POSIX_C_SOURCE 200809L
#include "expr_node.h"
#include "memory.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

/* Bounds on the stack and on memory, far beyond what anyone writes. */
enum { DEPTH_MAX = 500, PARENTHESES_MAX = 100, NODES_MAX = 4096, WIDTH_MAX = 65536, WORDS_MAX = 65536 };
#define NONE UINT32_MAX

struct parser {
  struct wave_expr *expr;
  const char *at;
  unsigned parentheses;
  struct wave_error *error;
};

struct operator_word {
  const char *word;
  uint8_t op, binds; /* binds: stronger is higher */
};

/* Longer words before those that they begin with. */
static const struct operator_word binary[] = {
    {"===", WAVE_OP_SAME, 6},     {"!==", WAVE_OP_NOT_SAME, 6}, {"==", WAVE_OP_EQUAL, 6},      {"!=", WAVE_OP_NOT_EQUAL, 6},
    {"&&", WAVE_OP_LOGIC_AND, 2}, {"||", WAVE_OP_LOGIC_OR, 1},  {"<=", WAVE_OP_LESS_EQUAL, 7}, {">=", WAVE_OP_MORE_EQUAL, 7},
    {"<", WAVE_OP_LESS, 7},       {">", WAVE_OP_MORE, 7},       {"&", WAVE_OP_AND, 5},         {"^", WAVE_OP_XOR, 4},
    {"|", WAVE_OP_OR, 3},         {"+", WAVE_OP_ADD, 8},        {"-", WAVE_OP_SUBTRACT, 8},
};
static const struct operator_word unary[] = {
    {"!", WAVE_OP_LOGIC_NOT, 0}, {"~", WAVE_OP_INVERT, 0}, {"-", WAVE_OP_NEGATE, 0},
    {"&", WAVE_OP_ALL, 0},       {"|", WAVE_OP_SOME, 0},   {"^", WAVE_OP_PARITY, 0},
};

static void skip_blanks(struct parser *p) {
  while (isspace((unsigned char)*p->at)) p->at++;
}

/* Says what was expected at this place; returns NONE. */
static uint32_t expected(struct parser *p, const char *what) {
  const size_t column = (size_t)(p->at - p->expr->text) + 1;
  if (*p->at == '\0')
    wave_fail(p->error, "'%.120s' ends where %s is expected", p->expr->text, what);
  else
    wave_fail(p->error, "in '%.120s' at column %zu: expected %s, found '%.20s'", p->expr->text, column, what, p->at);
  return NONE;
}

static uint32_t refuse(struct parser *p, const char *why) {
  wave_fail(p->error, "in '%.120s' at column %zu: %s", p->expr->text, (size_t)(p->at - p->expr->text) + 1, why);
  return NONE;
}

/* Room for one more, doubling at powers of two. */
static void *grow(void *array, size_t count, size_t size) {
  if ((count & (count - 1)) != 0) return array;
  return wave_realloc(array, (count == 0 ? 1 : 2 * count) * size);
}

static uint32_t add_node(struct parser *p, struct wave_node node) {
  struct wave_expr *expr = p->expr;
  if (expr->n_nodes == NODES_MAX) return refuse(p, "the expression is too long");
  struct wave_node *nodes = grow(expr->nodes, expr->n_nodes, sizeof *nodes);
  if (nodes == NULL) return refuse(p, "out of memory");
  expr->nodes = nodes;
  nodes[expr->n_nodes] = node;
  return expr->n_nodes++;
}

static uint32_t add_operation(struct parser *p, uint8_t op, uint32_t first, uint32_t second) {
  if (first == NONE || second == NONE) return NONE;
  const uint16_t a = p->expr->nodes[first].depth, b = p->expr->nodes[second].depth;
  const uint16_t depth = (uint16_t)((a > b ? a : b) + 1);
  if (depth > DEPTH_MAX) return refuse(p, "the expression is nested too deeply");
  return add_node(p, (struct wave_node){.op = op, .depth = depth, .first = first, .second = second});
}

/* Takes over the name. */
static uint32_t add_name(struct parser *p, char *name) {
  struct wave_expr *expr = p->expr;
  if (name == NULL) return refuse(p, "out of memory");
  for (uint32_t i = 0; i < expr->n_names; i++) {
    if (strcmp(expr->names[i], name) != 0) continue;
    free(name);
    return i;
  }
  char **names = grow(expr->names, expr->n_names, sizeof *names);
  if (names == NULL) {
    free(name);
    return refuse(p, "out of memory");
  }
  expr->names = names;
  names[expr->n_names] = name;
  return expr->n_names++;
}

/* The first of words zeros: ones and unknowns of a number of this width. NONE when memory ran out. */
static uint32_t add_words(struct parser *p, uint32_t width) {
  struct wave_expr *expr = p->expr;
  const uint32_t first = expr->n_words, count = 2 * wave_words_of(width);
  if (first > WORDS_MAX) return refuse(p, "the numbers are too long");
  uint64_t *words = wave_realloc(expr->words, (first + count) * sizeof *words);
  if (words == NULL) return refuse(p, "out of memory");
  memset(words + first, 0, count * sizeof *words);
  expr->words = words;
  expr->n_words = first + count;
  return first;
}

static void set_bit(uint64_t *words, uint32_t bit) {
  words[bit / 64] |= (uint64_t)1 << bit % 64;
}

struct number {
  const char *digits;
  uint32_t count, width;
  unsigned digit_bits;
};

static unsigned digit_value(char c) {
  if (isdigit((unsigned char)c)) return (unsigned)(c - '0');
  return (unsigned)(tolower((unsigned char)c) - 'a' + 10);
}

static bool is_unknown(char c) {
  return strchr("xXzZ", c) != NULL;
}

/* Writes one digit whose lowest bit is number `low`; false when it does not fit. */
static bool put_digit(uint64_t *ones, uint64_t *unknown, char c, uint32_t low, const struct number *number) {
  const bool x = is_unknown(c);
  const unsigned value = x ? (1u << number->digit_bits) - 1 : digit_value(c);
  for (unsigned i = 0; i < number->digit_bits; i++) {
    if ((value >> i & 1) == 0) continue;
    if (low + i < number->width)
      set_bit(x ? unknown : ones, low + i);
    else if (!x)
      return false;
  }
  return true;
}

static bool put_digits(struct parser *p, const struct number *number, uint32_t first) {
  uint64_t *ones = p->expr->words + first, *unknown = ones + wave_words_of(number->width);
  uint32_t low = 0;
  for (uint32_t i = number->count; i-- > 0;) {
    if (number->digits[i] == '_') continue;
    if (!put_digit(ones, unknown, number->digits[i], low, number)) return false;
    low += number->digit_bits;
  }
  if (is_unknown(number->digits[0]))
    for (; low < number->width; low++) set_bit(unknown, low);
  return true;
}

static uint32_t add_number(struct parser *p, const struct number *number) {
  const uint32_t first = add_words(p, number->width);
  if (first == NONE) return NONE;
  if (!put_digits(p, number, first)) return refuse(p, "the number has more bits than its size");
  return add_node(p, (struct wave_node){.op = WAVE_OP_NUMBER, .first = first, .width = number->width});
}

static bool read_decimal(const char **at, uint64_t *value) {
  *value = 0;
  for (; isdigit((unsigned char)**at) || **at == '_'; ++*at) {
    if (**at == '_') continue;
    const uint64_t digit = (uint64_t)(**at - '0');
    if (*value > (UINT64_MAX - digit) / 10) return false;
    *value = *value * 10 + digit;
  }
  return true;
}

/* width 0: without a size, which makes it 32 bits, or 64 when it needs them, as in SystemVerilog. */
static uint32_t add_decimal(struct parser *p, uint64_t value, uint32_t width) {
  if (width == 0) width = value >> 32 != 0 ? 64 : 32;
  if (width < 64 && value >> width != 0) return refuse(p, "the number has more bits than its size");
  const uint32_t first = add_words(p, width);
  if (first == NONE) return NONE;
  p->expr->words[first] = value;
  return add_node(p, (struct wave_node){.op = WAVE_OP_NUMBER, .first = first, .width = width});
}

/* Digits of base 2, 8 or 16. width 0: without a size. */
static uint32_t parse_digits(struct parser *p, unsigned digit_bits, const char *allowed, uint32_t width) {
  struct number number = {.digits = p->at, .digit_bits = digit_bits, .width = width};
  number.count = (uint32_t)strspn(p->at, allowed);
  if (number.count == 0 || *p->at == '_') return expected(p, "a digit");
  if (number.count > WIDTH_MAX / digit_bits) return refuse(p, "the number is too long");
  if (width == 0) number.width = number.count * digit_bits > 32 ? number.count * digit_bits : 32;
  const uint32_t node = add_number(p, &number);
  if (node != NONE) p->at += number.count;
  return node;
}

/* What stands after the size and the apostrophe. */
static uint32_t parse_sized(struct parser *p, uint64_t width) {
  if (width == 0 || width > WIDTH_MAX) return refuse(p, "a number has 1 to 65536 bits");
  const char base = (char)tolower((unsigned char)*p->at);
  if (base == '\0' || strchr("bohd", base) == NULL) return expected(p, "b, o, d or h");
  p->at++;
  if (base == 'b') return parse_digits(p, 1, "01xXzZ_", (uint32_t)width);
  if (base == 'o') return parse_digits(p, 3, "01234567xXzZ_", (uint32_t)width);
  if (base == 'h') return parse_digits(p, 4, "0123456789abcdefABCDEFxXzZ_", (uint32_t)width);
  uint64_t value;
  if (!isdigit((unsigned char)*p->at)) return expected(p, "a digit");
  if (!read_decimal(&p->at, &value)) return refuse(p, "the number is too large");
  return add_decimal(p, value, (uint32_t)width);
}

static uint32_t parse_number(struct parser *p) {
  uint64_t value;
  if (p->at[0] == '0' && (p->at[1] == 'x' || p->at[1] == 'X')) {
    p->at += 2;
    return parse_digits(p, 4, "0123456789abcdefABCDEF_", 0);
  }
  if (!read_decimal(&p->at, &value)) return refuse(p, "the number is too large");
  if (*p->at != '\'') return add_decimal(p, value, 0);
  p->at++;
  return parse_sized(p, value);
}

static bool begins_name(char c) {
  return isalpha((unsigned char)c) || c == '_' || c == '$' || (unsigned char)c >= 0x80;
}

/* The `[3]` of an array in the middle of a path: its length, 0 when this is a selection of bits. */
static size_t index_length(const char *at) {
  if (*at != '[') return 0;
  const size_t digits = strspn(at + 1, "-0123456789");
  if (digits == 0 || at[digits + 1] != ']') return 0;
  return at[digits + 2] == '.' || at[digits + 2] == '[' ? digits + 2 : 0;
}

static size_t plain_name_length(const char *at) {
  size_t length = 0, index;
  for (;;) {
    if (begins_name(at[length]) || isdigit((unsigned char)at[length]) || at[length] == '.')
      length++;
    else if ((index = index_length(at + length)) > 0)
      length += index;
    else
      return length;
  }
}

static bool read_index(struct parser *p, int32_t *index) {
  skip_blanks(p);
  const bool negative = *p->at == '-';
  const char *at = p->at + negative;
  uint64_t value;
  if (!isdigit((unsigned char)*at)) {
    expected(p, "a whole number");
    return false;
  }
  if (!read_decimal(&at, &value) || value > INT32_MAX) {
    refuse(p, "the index is too large");
    return false;
  }
  p->at = at;
  *index = negative ? -(int32_t)value : (int32_t)value;
  skip_blanks(p);
  return true;
}

/* A selection, if one follows. */
static uint32_t parse_select(struct parser *p, uint32_t name) {
  struct wave_node node = {.op = WAVE_OP_SELECT, .first = name};
  skip_blanks(p);
  if (*p->at != '[') return add_node(p, (struct wave_node){.op = WAVE_OP_NAME, .first = name});
  p->at++;
  if (!read_index(p, &node.left)) return NONE;
  node.right = node.left;
  if (*p->at == ':') {
    p->at++;
    if (!read_index(p, &node.right)) return NONE;
  }
  if (*p->at != ']') return expected(p, "':' or ']'");
  p->at++;
  const int64_t distance = (int64_t)node.left - node.right;
  const uint64_t width = (uint64_t)(distance < 0 ? -distance : distance) + 1;
  if (width > WIDTH_MAX) return refuse(p, "a selection has at most 65536 bits");
  node.width = (uint32_t)width;
  return add_node(p, node);
}

static uint32_t parse_name(struct parser *p) {
  const bool quoted = *p->at == '"';
  if (quoted) p->at++;
  const size_t length = quoted ? strcspn(p->at, "\"") : plain_name_length(p->at);
  if (length == 0) return expected(p, "a name");
  if (quoted && p->at[length] == '\0') return refuse(p, "the name has no closing quote");
  const uint32_t name = add_name(p, wave_strndup(p->at, length));
  if (name == NONE) return NONE;
  p->at += length + quoted;
  return parse_select(p, name);
}

static uint32_t parse_binary(struct parser *p, unsigned least);

static uint32_t parse_parentheses(struct parser *p) {
  if (p->parentheses == PARENTHESES_MAX) return refuse(p, "the expression is nested too deeply");
  p->parentheses++;
  p->at++;
  const uint32_t node = parse_binary(p, 1);
  if (node == NONE) return NONE;
  if (*p->at != ')') return expected(p, "an operator or ')'");
  p->at++;
  p->parentheses--;
  return node;
}

static bool at_isx(struct parser *p) {
  if (strncmp(p->at, "isx", 3) != 0) return false;
  const char *at = p->at + 3;
  while (isspace((unsigned char)*at)) at++;
  if (*at != '(') return false;
  p->at = at;
  return true;
}

static uint32_t parse_primary(struct parser *p) {
  if (at_isx(p)) {
    const uint32_t node = parse_parentheses(p);
    return add_operation(p, WAVE_OP_ISX, node, node);
  }
  if (*p->at == '(') return parse_parentheses(p);
  if (isdigit((unsigned char)*p->at)) return parse_number(p);
  if (*p->at == '"' || begins_name(*p->at)) return parse_name(p);
  if (*p->at == '\\') return refuse(p, "write a name with other characters in double quotes, without the backslash");
  return expected(p, "a name, a number or '('");
}

/* Unary operators are kept in a list, so that a row of them needs no recursion. */
static uint32_t parse_unary(struct parser *p) {
  uint8_t before[64];
  size_t count = 0;
  for (skip_blanks(p); *p->at != '\0'; skip_blanks(p)) {
    size_t i = 0;
    while (i < sizeof unary / sizeof unary[0] && unary[i].word[0] != *p->at) i++;
    if (i == sizeof unary / sizeof unary[0]) break;
    if (count == sizeof before) return refuse(p, "the expression is nested too deeply");
    before[count++] = unary[i].op;
    p->at++;
  }
  uint32_t node = parse_primary(p);
  while (count > 0 && node != NONE) node = add_operation(p, before[--count], node, node);
  return node;
}

static const struct operator_word *find_binary(const char *at) {
  for (size_t i = 0; i < sizeof binary / sizeof binary[0]; i++)
    if (strncmp(at, binary[i].word, strlen(binary[i].word)) == 0) return &binary[i];
  return NULL;
}

static uint32_t parse_binary(struct parser *p, unsigned least) {
  uint32_t node = parse_unary(p);
  while (node != NONE) {
    skip_blanks(p);
    const struct operator_word *found = find_binary(p->at);
    if (found == NULL || found->binds < least) break;
    p->at += strlen(found->word);
    const uint32_t right = parse_binary(p, found->binds + 1u);
    node = add_operation(p, found->op, node, right);
  }
  return node;
}

enum wave_status wave_expr_parse(struct wave_expr **expr, const char *text, struct wave_error *error) {
  *expr = NULL;
  struct wave_expr *made = wave_calloc(1, sizeof *made);
  if (made == NULL || (made->text = wave_strdup(text)) == NULL) {
    wave_expr_free(made);
    return wave_fail(error, "out of memory");
  }
  struct parser parser = {.expr = made, .at = made->text, .error = error};
  made->root = parse_binary(&parser, 1);
  if (made->root != NONE && *parser.at != '\0') made->root = expected(&parser, *parser.at == '=' ? "'=='" : "an operator or the end");
  if (made->root == NONE) {
    wave_expr_free(made);
    return WAVE_ERROR;
  }
  *expr = made;
  return WAVE_OK;
}

void wave_expr_free(struct wave_expr *expr) {
  if (expr == NULL) return;
  for (uint32_t i = 0; i < expr->n_names; i++) free(expr->names[i]);
  free(expr->names);
  free(expr->nodes);
  free(expr->words);
  free(expr->text);
  free(expr);
}

uint32_t wave_expr_n_names(const struct wave_expr *expr) {
  return expr->n_names;
}

const char *wave_expr_name(const struct wave_expr *expr, uint32_t index) {
  return expr->names[index];
}

const char *wave_expr_text(const struct wave_expr *expr) {
  return expr->text;
}
