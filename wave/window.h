/* SPDX-License-Identifier: Apache-2.0 */
/**
 * The drawing around a difference in plain characters: golden, new and diff over time, a column a change, `|` where they part.
 */
#ifndef WAVE_WINDOW_H
#define WAVE_WINDOW_H

#include "out.h"
#include "report.h"

struct wave_window_style {
  uint32_t columns;   /**< no line is longer */
  const char *indent; /**< before each line */
  bool colour;        /**< with ANSI escapes */
};

/** Nothing where the divergence has no traces. */
void wave_window(struct wave_out *out, const struct wave_report *report, const struct wave_divergence *divergence,
                 const struct wave_window_style *style);

/** What a trace holds at a time: NULL before its first event; for WAVE_EVENT only at the very time. */
const char *wave_trace_at(const struct wave_trace *trace, enum wave_kind kind, int64_t time);
/** The clock whose cycles are shown with a divergence, or NULL. */
const struct wave_clock *wave_window_clock(const struct wave_report *report, const struct wave_divergence *divergence);

/** The part of two values that shows how they differ. */
struct wave_crop {
  size_t from, to, length; /**< characters of the text of a value, `to` not included */
};
/** At most `most` characters, those before the first difference too where there is room. */
struct wave_crop wave_crop(const char *golden, const char *fresh, size_t most);

#endif
