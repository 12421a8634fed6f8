/* SPDX-License-Identifier: Apache-2.0 */
/* What expr_parse.c builds and expr_eval.c walks. */
#ifndef WAVE_EXPR_NODE_H
#define WAVE_EXPR_NODE_H

#include "expr.h"

#include <stddef.h>

enum wave_op {
  WAVE_OP_NAME,   /* first: which name */
  WAVE_OP_SELECT, /* first: which name; left and right of the colon */
  WAVE_OP_NUMBER, /* first: where its words begin: ones, then unknowns */
  WAVE_OP_LOGIC_NOT,
  WAVE_OP_INVERT,
  WAVE_OP_NEGATE,
  WAVE_OP_ALL,    /* & of all bits */
  WAVE_OP_SOME,   /* | of all bits */
  WAVE_OP_PARITY, /* ^ of all bits */
  WAVE_OP_ISX,
  WAVE_OP_ADD,
  WAVE_OP_SUBTRACT,
  WAVE_OP_LESS,
  WAVE_OP_LESS_EQUAL,
  WAVE_OP_MORE,
  WAVE_OP_MORE_EQUAL,
  WAVE_OP_EQUAL,
  WAVE_OP_NOT_EQUAL,
  WAVE_OP_SAME,
  WAVE_OP_NOT_SAME,
  WAVE_OP_AND,
  WAVE_OP_XOR,
  WAVE_OP_OR,
  WAVE_OP_LOGIC_AND,
  WAVE_OP_LOGIC_OR,
};

struct wave_node {
  uint8_t op; /* enum wave_op */
  uint16_t depth;
  uint32_t first, second; /* operands, as indices of nodes that come before; or as said above */
  uint32_t width;         /* of a number or a selection */
  int32_t left, right;
};

struct wave_expr {
  char *text;
  struct wave_node *nodes;
  uint32_t n_nodes, root;
  char **names;
  uint32_t n_names;
  uint64_t *words;
  uint32_t n_words;
};

static inline uint32_t wave_words_of(uint32_t width) {
  return width / 64 + (width % 64 != 0);
}

#endif
