/* SPDX-License-Identifier: Apache-2.0 */
/** An axis of a chart: round numbers between its ends, and where a value is. */
#ifndef SWEEP_SCALE_H
#define SWEEP_SCALE_H

#include <stdbool.h>

enum { SCALE_TICKS_MAX = 32 };

struct scale {
  double low, high;
  bool logarithmic;
  double tick[SCALE_TICKS_MAX];
  unsigned ticks;
};

/** From and to round numbers that hold low..high; of a linear one 0 too, where that is not far. Preconditions: low <= high, both finite, of
 * a logarithmic one above 0. */
void scale_make(struct scale *scale, double low, double high, bool logarithmic);
/** 0..1 from end to end. */
double scale_at(const struct scale *scale, double value);

#endif
