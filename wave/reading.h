/* SPDX-License-Identifier: Apache-2.0 */
/** The signals that rules read, clocks and conditions: all their changes, in memory. */
#ifndef WAVE_READING_H
#define WAVE_READING_H

#include "axis.h"
#include "match.h"
#include "rules.h"
#include "source.h"

/** The changes of one handle in memory: values of value_size characters each. */
struct wave_history {
  int64_t *times;
  char *values;
  size_t n, size;
  uint32_t value_size;
};
/** Each signal once, on both sides. */
struct wave_reading {
  const struct wave_match *match;
  const struct wave_rules *rules;
  const struct wave_decl *decl[2];
  char **names;
  uint32_t *vars[2];
  uint32_t n, size;
  struct wave_history *histories[2];
  bool brief;    /**< the first blocks will do */
  double digits; /**< text has 16 digits of a real: what that loses is no difference to a file that has all of them */
};

/** Looks up all signals that the rules name; each must be on both sides. False, with the error. */
bool wave_reading_names(struct wave_reading *reading, struct wave_error *error);
/** Reads their changes; ticks: of each side. */
enum wave_status wave_reading_histories(struct wave_reading *reading, struct wave_source *sources[2], const struct wave_ticks ticks[2],
                                        struct wave_error *error);
void wave_reading_free(struct wave_reading *reading);
/** The changes of a signal that was looked up. */
const struct wave_history *wave_reading_history(const struct wave_reading *reading, int side, const char *path);
/** While a one-bit signal is 1; while an expression holds on a side. False when memory ran out. */
bool wave_spans_of_one(const struct wave_history *history, struct wave_spans *spans);
bool wave_spans_of_expr(const struct wave_reading *reading, int side, const struct wave_expr *expr, struct wave_spans *spans);
/** Whether change i of a clock, not the first, is such an edge. */
bool wave_is_edge(const struct wave_history *clock, size_t i, enum wave_edge edge);

#endif
