/* SPDX-License-Identifier: Apache-2.0 */
/* `oio tech budget`: a link budget as a table with a drawing in text, as JSON and as a drawing. */
#ifndef WATERFALL_H
#define WATERFALL_H

#include "oio/budget.h"

#include <stdio.h>

struct waterfall {
  const struct oio_tech *tech;
  struct oio_optics optics;     /* with what was asked for */
  bool given[OIO_OPTICS_PARTS]; /* asked for: rests on nothing else */
  double length_m;
  struct oio_budget typical, worst, best;
};

void waterfall_fill(struct waterfall *waterfall);
void waterfall_print(FILE *out, const struct waterfall *waterfall);
void waterfall_print_json(FILE *out, const struct waterfall *waterfall);
/* An SVG document. */
void waterfall_draw(FILE *out, const struct waterfall *waterfall);

/* What the others share: the scale of the drawings, and whether a value is assumed. */
struct waterfall_scale {
  double low_dbm, high_dbm;
};
struct waterfall_scale waterfall_scale(const struct waterfall *waterfall);
bool waterfall_assumes(const struct waterfall *waterfall, enum oio_optics_part part);
const char *waterfall_modulation(const struct waterfall *waterfall);

#endif
