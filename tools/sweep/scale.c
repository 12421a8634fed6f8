/* SPDX-License-Identifier: Apache-2.0 */
#include "scale.h"

#include <math.h>

enum { STEPS_WANTED = 6, DECADES_SHOWN = 8 };

/* The round number at or above a step: 1, 2 or 5 times a power of ten. */
static double round_step(double step) {
  const double power = pow(10, floor(log10(step))), part = step / power;
  return (part <= 1.0000001 ? 1 : part <= 2.0000001 ? 2 : part <= 5.0000001 ? 5 : 10) * power;
}

static void make_linear(struct scale *scale, double low, double high) {
  if (low >= 0 && low < 0.5 * high) low = 0;
  if (high <= low) {
    const double around = low == 0 ? 1 : 0.1 * fabs(low);
    low -= low == 0 ? 0 : around;
    high += around;
  }
  const double step = round_step((high - low) / STEPS_WANTED), first = floor(low / step + 1e-9), last = ceil(high / step - 1e-9);
  scale->low = first * step;
  scale->high = last * step;
  for (double i = first; i <= last && scale->ticks < SCALE_TICKS_MAX; i++) scale->tick[scale->ticks++] = i * step;
}

/* Of few decades 2 and 5 times each, too. */
static void make_logarithmic(struct scale *scale, double low, double high) {
  const double first = floor(log10(low) + 1e-9);
  double last = ceil(log10(high) - 1e-9);
  if (last <= first) last = first + 1;
  const double decades = last - first, every = ceil(decades / DECADES_SHOWN);
  scale->low = pow(10, first);
  scale->high = pow(10, last);
  for (double power = first; power <= last && scale->ticks + 3 <= SCALE_TICKS_MAX; power += every) {
    scale->tick[scale->ticks++] = pow(10, power);
    if (decades > 3 || power + 1 > last) continue;
    scale->tick[scale->ticks++] = 2 * pow(10, power);
    scale->tick[scale->ticks++] = 5 * pow(10, power);
  }
}

/* Without what lies beyond the values but for one tick: a decade can be wide. */
static void trim(struct scale *scale, double low, double high) {
  while (scale->ticks > 2 && scale->tick[1] <= low * (1 + 1e-9)) {
    for (unsigned i = 1; i < scale->ticks; i++) scale->tick[i - 1] = scale->tick[i];
    scale->ticks--;
  }
  while (scale->ticks > 2 && scale->tick[scale->ticks - 2] >= high * (1 - 1e-9)) scale->ticks--;
  if (scale->tick[0] <= low * (1 + 1e-9)) scale->low = scale->tick[0];
  if (scale->tick[scale->ticks - 1] >= high * (1 - 1e-9)) scale->high = scale->tick[scale->ticks - 1];
}

void scale_make(struct scale *scale, double low, double high, bool logarithmic) {
  *scale = (struct scale){.logarithmic = logarithmic};
  if (!logarithmic) {
    make_linear(scale, low, high);
    return;
  }
  make_logarithmic(scale, low, high);
  trim(scale, low, high);
}

double scale_at(const struct scale *scale, double value) {
  if (scale->logarithmic) return (log10(value) - log10(scale->low)) / (log10(scale->high) - log10(scale->low));
  return (value - scale->low) / (scale->high - scale->low);
}
