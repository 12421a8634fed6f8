/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Widths are SystemVerilog's (IEEE 1800, 11.6), unsigned: + - & | ^ ~ work at the widest of their operands and of what they are an operand
 * of; both sides of a comparison at the wider one; a truth value has one bit. Shorter operands get zeros in front.
 */
#include "expr_node.h"
#include "memory.h"

#include <stdlib.h>
#include <string.h>

/* A vector: an unknown bit is set in unknown and clear in ones; bits beyond the width are clear. Up to 64 bits it needs no allocation. */
struct vector {
  uint64_t *ones, *unknown;
  uint32_t width, words;
  uint64_t own[2];
};

struct machine {
  const struct wave_expr *expr;
  const struct wave_operand *operands;
};

enum truth { NO, YES, PERHAPS };

static bool vector_open(struct vector *vector, uint32_t width) {
  vector->width = width;
  vector->words = wave_words_of(width);
  vector->own[0] = vector->own[1] = 0;
  vector->ones = vector->own;
  if (vector->words > 1) vector->ones = wave_calloc(2 * (size_t)vector->words, sizeof *vector->ones);
  if (vector->ones == NULL) return false;
  vector->unknown = vector->ones + vector->words;
  return true;
}

static void vector_close(struct vector *vector) {
  if (vector->words > 1) free(vector->ones);
}

static void set(uint64_t *words, uint32_t bit) {
  words[bit / 64] |= (uint64_t)1 << bit % 64;
}

static uint64_t top_mask(uint32_t width) {
  return width % 64 == 0 ? UINT64_MAX : ((uint64_t)1 << width % 64) - 1;
}

static void clear_beyond(struct vector *vector) {
  vector->ones[vector->words - 1] &= top_mask(vector->width);
  vector->unknown[vector->words - 1] &= top_mask(vector->width);
}

static bool any(const uint64_t *words, uint32_t count) {
  for (uint32_t i = 0; i < count; i++)
    if (words[i] != 0) return true;
  return false;
}

static void make_unknown(struct vector *vector) {
  for (uint32_t i = 0; i < vector->words; i++) {
    vector->ones[i] = 0;
    vector->unknown[i] = UINT64_MAX;
  }
  clear_beyond(vector);
}

/* Of a vector that is zero. */
static void set_truth(struct vector *vector, enum truth truth) {
  vector->ones[0] = truth == YES;
  vector->unknown[0] = truth == PERHAPS;
}

static enum truth truth_of(const struct vector *vector) {
  if (any(vector->ones, vector->words)) return YES;
  return any(vector->unknown, vector->words) ? PERHAPS : NO;
}

static uint32_t operand_width(const struct wave_operand *operand) {
  return operand->width > 0 ? operand->width : 1;
}

/* The bit that stands so many places above the last one. */
static enum truth operand_bit(const struct wave_operand *operand, uint32_t bit) {
  const struct wave_value *value = &operand->value;
  if (bit >= operand->width) return PERHAPS;
  const uint32_t place = operand->width - 1 - bit;
  if (value->form == WAVE_TWO && place / 8 < value->size) return value->bytes[place / 8] >> (7 - place % 8) & 1 ? YES : NO;
  if (value->form != WAVE_NINE || place >= value->size) return PERHAPS;
  const uint8_t c = value->bytes[place];
  if (c == '0' || c == 'l' || c == 'L') return NO;
  return c == '1' || c == 'h' || c == 'H' ? YES : PERHAPS;
}

static void put_bit(struct vector *out, uint32_t bit, enum truth truth) {
  if (truth == YES) set(out->ones, bit);
  if (truth == PERHAPS) set(out->unknown, bit);
}

/* The usual case at once: 1 to 64 bits, all known. */
static bool load_small(uint64_t *ones, const struct wave_operand *operand) {
  const uint32_t width = operand->width, bytes = (width + 7) / 8;
  if (operand->value.form != WAVE_TWO || width - 1 > 63 || operand->value.size < bytes) return false;
  uint64_t value = 0;
  for (uint32_t i = 0; i < bytes - 1; i++) value = value << 8 | operand->value.bytes[i];
  const unsigned spare = bytes * 8 - width;
  *ones = (value << (8 - spare) | operand->value.bytes[bytes - 1] >> spare) & top_mask(width);
  return true;
}

static void load(struct vector *out, const struct wave_operand *operand) {
  if (load_small(&out->ones[0], operand)) return;
  for (uint32_t i = 0; i < operand_width(operand); i++) put_bit(out, i, operand_bit(operand, i));
}

/* What lies outside of the declared range is unknown. */
static void select_bits(struct vector *out, const struct wave_operand *operand, const struct wave_node *node) {
  const bool falling = operand->msb >= operand->lsb;
  const int64_t a = falling ? (int64_t)node->left - operand->lsb : (int64_t)operand->lsb - node->left;
  const int64_t b = falling ? (int64_t)node->right - operand->lsb : (int64_t)operand->lsb - node->right;
  const int64_t low = a < b ? a : b;
  uint64_t ones;
  if (low >= 0 && low + node->width <= operand->width && load_small(&ones, operand)) {
    out->ones[0] = ones >> low & top_mask(node->width);
    return;
  }
  for (uint32_t i = 0; i < node->width; i++) {
    const int64_t bit = low + i;
    put_bit(out, i, bit < 0 || bit >= (int64_t)operand->width ? PERHAPS : operand_bit(operand, (uint32_t)bit));
  }
}

static uint32_t width_of(const struct machine *m, uint32_t index) {
  const struct wave_node *node = &m->expr->nodes[index];
  uint32_t first, second;
  switch (node->op) {
  case WAVE_OP_NAME:
    return operand_width(&m->operands[node->first]);
  case WAVE_OP_SELECT:
  case WAVE_OP_NUMBER:
    return node->width;
  case WAVE_OP_INVERT:
  case WAVE_OP_NEGATE:
    return width_of(m, node->first);
  case WAVE_OP_ADD:
  case WAVE_OP_SUBTRACT:
  case WAVE_OP_AND:
  case WAVE_OP_XOR:
  case WAVE_OP_OR:
    first = width_of(m, node->first);
    second = width_of(m, node->second);
    return first > second ? first : second;
  default:
    return 1;
  }
}

static void add(struct vector *out, const struct vector *right, bool subtract) {
  if (any(out->unknown, out->words) || any(right->unknown, right->words)) {
    make_unknown(out);
    return;
  }
  uint64_t carry = subtract;
  for (uint32_t i = 0; i < out->words; i++) {
    const uint64_t term = subtract ? ~right->ones[i] : right->ones[i], sum = out->ones[i] + term, all = sum + carry;
    carry = (sum < term) | (all < sum);
    out->ones[i] = all;
  }
  clear_beyond(out);
}

static void bitwise(struct vector *out, const struct vector *right, uint8_t op) {
  for (uint32_t i = 0; i < out->words; i++) {
    const uint64_t a = out->ones[i], b = right->ones[i], ax = out->unknown[i], bx = right->unknown[i];
    const uint64_t zero_a = ~(a | ax), zero_b = ~(b | bx), either = ax | bx;
    if (op == WAVE_OP_AND) {
      out->ones[i] = a & b;
      out->unknown[i] = either & ~zero_a & ~zero_b;
    } else if (op == WAVE_OP_OR) {
      out->ones[i] = a | b;
      out->unknown[i] = either & ~a & ~b;
    } else {
      out->ones[i] = (a ^ b) & ~either;
      out->unknown[i] = either;
    }
  }
}

static void invert(struct vector *out) {
  for (uint32_t i = 0; i < out->words; i++) out->ones[i] = ~(out->ones[i] | out->unknown[i]);
  clear_beyond(out);
}

static enum truth not(enum truth truth) { return truth == PERHAPS ? PERHAPS : truth == YES ? NO : YES; }

static enum truth equal(const struct vector *a, const struct vector *b) {
  bool unknown = false;
  for (uint32_t i = 0; i < a->words; i++) {
    const uint64_t either = a->unknown[i] | b->unknown[i];
    if (((a->ones[i] ^ b->ones[i]) & ~either) != 0) return NO;
    unknown |= either != 0;
  }
  return unknown ? PERHAPS : YES;
}

static enum truth same(const struct vector *a, const struct vector *b) {
  const size_t size = a->words * sizeof *a->ones;
  return memcmp(a->ones, b->ones, size) == 0 && memcmp(a->unknown, b->unknown, size) == 0 ? YES : NO;
}

static enum truth less(const struct vector *a, const struct vector *b) {
  if (any(a->unknown, a->words) || any(b->unknown, b->words)) return PERHAPS;
  for (uint32_t i = a->words; i-- > 0;)
    if (a->ones[i] != b->ones[i]) return a->ones[i] < b->ones[i] ? YES : NO;
  return NO;
}

static enum truth compare(const struct vector *a, const struct vector *b, uint8_t op) {
  switch (op) {
  case WAVE_OP_EQUAL:
    return equal(a, b);
  case WAVE_OP_NOT_EQUAL:
    return not(equal(a, b));
  case WAVE_OP_SAME:
    return same(a, b);
  case WAVE_OP_NOT_SAME:
    return not(same(a, b));
  case WAVE_OP_LESS:
    return less(a, b);
  case WAVE_OP_MORE_EQUAL:
    return not(less(a, b));
  case WAVE_OP_MORE:
    return less(b, a);
  default:
    return not(less(b, a));
  }
}

static enum truth all_bits(const struct vector *vector) {
  bool unknown = false;
  for (uint32_t i = 0; i < vector->words; i++) {
    const uint64_t full = i + 1 == vector->words ? top_mask(vector->width) : UINT64_MAX;
    if ((vector->ones[i] | vector->unknown[i]) != full) return NO;
    unknown |= vector->unknown[i] != 0;
  }
  return unknown ? PERHAPS : YES;
}

static enum truth parity(const struct vector *vector) {
  if (any(vector->unknown, vector->words)) return PERHAPS;
  uint64_t folded = 0;
  for (uint32_t i = 0; i < vector->words; i++) folded ^= vector->ones[i];
  for (unsigned shift = 32; shift > 0; shift /= 2) folded ^= folded >> shift;
  return folded & 1 ? YES : NO;
}

static enum truth reduce(const struct vector *vector, uint8_t op) {
  switch (op) {
  case WAVE_OP_LOGIC_NOT:
    return not(truth_of(vector));
  case WAVE_OP_ALL:
    return all_bits(vector);
  case WAVE_OP_SOME:
    return truth_of(vector);
  case WAVE_OP_PARITY:
    return parity(vector);
  default:
    return any(vector->unknown, vector->words) ? YES : NO;
  }
}

static bool evaluate(const struct machine *m, uint32_t index, struct vector *out);

/* Opens the vector, too; false: out of memory, and nothing is open. */
static bool evaluate_at(const struct machine *m, uint32_t index, uint32_t width, struct vector *vector) {
  if (!vector_open(vector, width)) return false;
  if (evaluate(m, index, vector)) return true;
  vector_close(vector);
  return false;
}

static bool evaluate_truth(const struct machine *m, uint32_t index, enum truth *truth) {
  struct vector vector;
  if (!evaluate_at(m, index, width_of(m, index), &vector)) return false;
  *truth = truth_of(&vector);
  vector_close(&vector);
  return true;
}

static bool evaluate_logic(const struct machine *m, const struct wave_node *node, struct vector *out) {
  const enum truth decides = node->op == WAVE_OP_LOGIC_AND ? NO : YES;
  enum truth first, second;
  if (!evaluate_truth(m, node->first, &first)) return false;
  if (first == decides) {
    set_truth(out, decides);
    return true;
  }
  if (!evaluate_truth(m, node->second, &second)) return false;
  set_truth(out, second == decides ? decides : first == PERHAPS ? PERHAPS : second);
  return true;
}

static bool evaluate_reduction(const struct machine *m, const struct wave_node *node, struct vector *out) {
  struct vector vector;
  if (!evaluate_at(m, node->first, width_of(m, node->first), &vector)) return false;
  set_truth(out, reduce(&vector, node->op));
  vector_close(&vector);
  return true;
}

static bool evaluate_comparison(const struct machine *m, const struct wave_node *node, struct vector *out) {
  const uint32_t first = width_of(m, node->first), second = width_of(m, node->second), width = first > second ? first : second;
  struct vector a, b;
  if (!evaluate_at(m, node->first, width, &a)) return false;
  const bool done = evaluate_at(m, node->second, width, &b);
  if (done) {
    set_truth(out, compare(&a, &b, node->op));
    vector_close(&b);
  }
  vector_close(&a);
  return done;
}

static bool evaluate_arithmetic(const struct machine *m, const struct wave_node *node, struct vector *out) {
  struct vector right;
  if (!evaluate(m, node->first, out)) return false;
  if (!evaluate_at(m, node->second, out->width, &right)) return false;
  if (node->op == WAVE_OP_ADD || node->op == WAVE_OP_SUBTRACT)
    add(out, &right, node->op == WAVE_OP_SUBTRACT);
  else
    bitwise(out, &right, node->op);
  vector_close(&right);
  return true;
}

static bool evaluate_negation(const struct machine *m, const struct wave_node *node, struct vector *out) {
  struct vector right;
  if (!evaluate_at(m, node->first, out->width, &right)) return false;
  add(out, &right, true);
  vector_close(&right);
  return true;
}

static void load_number(const struct machine *m, const struct wave_node *node, struct vector *out) {
  const uint32_t words = wave_words_of(node->width);
  const uint64_t *from = m->expr->words + node->first;
  for (uint32_t i = 0; i < words; i++) {
    out->ones[i] = from[i];
    out->unknown[i] = from[words + i];
  }
}

/* Into out, which is zero and at least as wide as the node; false: out of memory. */
static bool evaluate(const struct machine *m, uint32_t index, struct vector *out) {
  const struct wave_node *node = &m->expr->nodes[index];
  switch (node->op) {
  case WAVE_OP_NAME:
    load(out, &m->operands[node->first]);
    return true;
  case WAVE_OP_SELECT:
    select_bits(out, &m->operands[node->first], node);
    return true;
  case WAVE_OP_NUMBER:
    load_number(m, node, out);
    return true;
  case WAVE_OP_INVERT:
    if (!evaluate(m, node->first, out)) return false;
    invert(out);
    return true;
  case WAVE_OP_NEGATE:
    return evaluate_negation(m, node, out);
  case WAVE_OP_ADD:
  case WAVE_OP_SUBTRACT:
  case WAVE_OP_AND:
  case WAVE_OP_XOR:
  case WAVE_OP_OR:
    return evaluate_arithmetic(m, node, out);
  case WAVE_OP_LOGIC_AND:
  case WAVE_OP_LOGIC_OR:
    return evaluate_logic(m, node, out);
  case WAVE_OP_LOGIC_NOT:
  case WAVE_OP_ALL:
  case WAVE_OP_SOME:
  case WAVE_OP_PARITY:
  case WAVE_OP_ISX:
    return evaluate_reduction(m, node, out);
  default:
    return evaluate_comparison(m, node, out);
  }
}

bool wave_expr_holds(const struct wave_expr *expr, const struct wave_operand *operands) {
  const struct machine machine = {expr, operands};
  enum truth truth;
  return evaluate_truth(&machine, expr->root, &truth) && truth == YES;
}
