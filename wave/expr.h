/* SPDX-License-Identifier: Apache-2.0 */
/**
 * Expressions over signals, for `when` and `until`: names (dotted paths, in double quotes where they hold other characters), bit and part
 * selects, numbers (10, 0x1f, 8'hff, 4'b10x0), ! ~ & | ^ && || == != === !== < <= > >= + - ( ) and isx(NAME). Values are vectors of 0, 1
 * and x of any width; an x in a condition makes it false, as in SystemVerilog's if. Widths are SystemVerilog's. z is x here, h is 1 and l
 * is 0; a real or a string is x. `mem[3]` at the end of a path selects a bit; the element of an array is written "mem[3]", in quotes, or
 * before a dot or another bracket without.
 */
#ifndef WAVE_EXPR_H
#define WAVE_EXPR_H

#include "chain.h"
#include "error.h"

struct wave_expr;

enum wave_status wave_expr_parse(struct wave_expr **expr, const char *text, struct wave_error *error);
void wave_expr_free(struct wave_expr *expr);
/** The paths that it reads, each once. */
uint32_t wave_expr_n_names(const struct wave_expr *expr);
const char *wave_expr_name(const struct wave_expr *expr, uint32_t index);
const char *wave_expr_text(const struct wave_expr *expr);

/** The value of a name now: form and bytes as in chain.h, and the width in bits. */
struct wave_operand {
  struct wave_value value;
  uint32_t width;
  int32_t msb, lsb; /**< of the declared range; width - 1 and 0 without one */
};
/** Whether it holds: operands in the order of the names. Any thread. Above 64 bits it takes memory; where there is none it does not hold.
 */
bool wave_expr_holds(const struct wave_expr *expr, const struct wave_operand *operands);

#endif
