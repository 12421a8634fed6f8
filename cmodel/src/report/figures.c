/* SPDX-License-Identifier: Apache-2.0 */
/* The headline figures of a run, and how they spread over runs with other seeds. */
#include "report/figures.h"

#include "base/precondition.h"

#include <stdio.h>

static double retries(const struct oio_results *r) {
  return (double)(r->links.retries_crc + r->links.retries_sequence + r->links.retries_timeout);
}

const char *oio_results_figure(const struct oio_results *r, unsigned figure, double *value) {
  const struct {
    const char *name;
    double value;
  } figures[OIO_FIGURES] = {{"latency_mean_ps", r->latency_mean_ps},
                            {"latency_p50_ps", (double)r->latency_p50_ps},
                            {"latency_p99_ps", (double)r->latency_p99_ps},
                            {"latency_p999_ps", (double)r->latency_p999_ps},
                            {"latency_max_ps", (double)r->latency_max_ps},
                            {"goodput_bits_per_s", r->goodput_bits_per_s},
                            {"sim_time_ps", (double)r->sim_time_ps},
                            {"retries", retries(r)},
                            {"iteration_ps", r->iteration_ps},
                            {"efficiency", r->efficiency}};
  OIO_PRECONDITION(figure < OIO_FIGURES);
  *value = figures[figure].value;
  return figures[figure].name;
}

static enum oio_row figure_row(const void *rows, uint64_t index, struct oio_cell *cells) {
  const struct oio_repeat *repeat = rows;
  const struct oio_results nothing = {0};
  double value;
  if (repeat == NULL || index == OIO_FIGURES) return OIO_ROW_NONE;
  const struct oio_estimate *e = &repeat->figure[index];
  cells[0].kind = OIO_CELL_TEXT;
  snprintf(cells[0].text, sizeof cells[0].text, "%s", oio_results_figure(&nothing, (unsigned)index, &value));
  oio_cell_whole(&cells[1], e->values);
  oio_cell_real(&cells[2], e->mean);
  oio_cell_real(&cells[3], e->min);
  oio_cell_real(&cells[4], e->max);
  if (e->values > 1) oio_cell_real(&cells[5], e->within);
  return OIO_ROW_THERE;
}

const struct oio_sheet oio_repeat_sheet = {"repeat", 6, {"figure", "runs", "mean", "min", "max", "within"}, false, figure_row};

void oio_repeat_lines(struct oio_text *text, const struct oio_repeat *repeat) {
  static const struct {
    unsigned figure;
    const char *label;
    double unit;
  } lines[] = {{0, "latency ns", 1e3}, {2, "  p99", 1e3}, {5, "goodput Gb/s", 1e9}, {8, "iteration us", 1e6}, {9, "efficiency %", 0.01}};
  if (repeat == NULL) return;
  oio_text_add(text, "repeated       %llu runs, seeds %llu to %llu\n", (unsigned long long)repeat->figure[0].values,
               (unsigned long long)repeat->first_seed, (unsigned long long)(repeat->first_seed + repeat->figure[0].values - 1));
  for (unsigned i = 0; i < sizeof lines / sizeof lines[0]; i++) {
    const struct oio_estimate *e = &repeat->figure[lines[i].figure];
    if (e->max <= 0) continue;
    oio_text_add(text, "  %-12s mean %.3f", lines[i].label, e->mean / lines[i].unit);
    if (e->values > 1) oio_text_add(text, " within %.3f (95 %%)", e->within / lines[i].unit);
    oio_text_add(text, "  min %.3f  max %.3f\n", e->min / lines[i].unit, e->max / lines[i].unit);
  }
}
