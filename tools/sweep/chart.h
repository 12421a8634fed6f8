/* SPDX-License-Identifier: Apache-2.0 */
/** Lines of a sweep as a drawing, and as numbers for other programs. */
#ifndef SWEEP_CHART_H
#define SWEEP_CHART_H

#include "series.h"

/** An SVG. Precondition: there is a mark. scattered: points without lines between them. title: NULL, one is made. */
void chart_draw(FILE *out, const struct series_set *set, const char *title, bool scattered);
/** CSV: series, x, y, within, runs; y within so much of its mean with 95 % confidence. */
void chart_list(FILE *out, const struct series_set *set);

#endif
