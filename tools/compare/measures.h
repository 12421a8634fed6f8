/* SPDX-License-Identifier: Apache-2.0 */
/* What a comparison says of a technology: one list, of which table, CSV, JSON and page are four ways to write it. */
#ifndef MEASURES_H
#define MEASURES_H

#include <stdio.h>

enum measure {
  MEASURE_P50 = 0,
  MEASURE_P99,
  MEASURE_P999,
  MEASURE_MEAN,
  MEASURE_QUEUE, /* from here to MEASURE_RETRY: they add up to the mean */
  MEASURE_SERIALISE,
  MEASURE_ELECTRICAL,
  MEASURE_PHY,
  MEASURE_FEC,
  MEASURE_FLIGHT,
  MEASURE_RETRY,
  MEASURE_TIME,
  MEASURE_EFFICIENCY,
  MEASURE_GOODPUT,
  MEASURE_RATE,
  MEASURE_PJ_PER_BIT,
  MEASURE_WATTS_LOAD,
  MEASURE_WATTS_ON,
  MEASURE_AGAIN,
  MEASURE_RETRIES,
  MEASURE_LOST_WORDS,
  MEASURE_EDGE,
  MEASURE_FAILURES,
  MEASURE_FLAPS,
  MEASURE_DOWN,
  MEASURES
};

struct measure_help {
  const char *name;          /* of JSON and CSV, with its unit */
  const char *above, *below; /* two lines over its column */
  int width, digits;         /* of the column; digits that count, or below 0: behind the point */
  const char *help;
};

const struct measure_help *measure_help_of(enum measure measure);
/* One of them, right in its column; NAN is a dash. */
void measure_print(FILE *out, enum measure measure, double value);

#endif
