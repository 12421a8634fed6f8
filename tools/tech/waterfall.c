/* SPDX-License-Identifier: Apache-2.0 */
#include "waterfall.h"
#include "catalogue.h"

#include <math.h>
#include <string.h>

enum { BAR_WIDE = 48 };

void waterfall_fill(struct waterfall *w) {
  oio_budget_of(&w->typical, w->tech, &w->optics, w->length_m, OIO_BUDGET_TYPICAL);
  oio_budget_of(&w->worst, w->tech, &w->optics, w->length_m, OIO_BUDGET_WORST);
  oio_budget_of(&w->best, w->tech, &w->optics, w->length_m, OIO_BUDGET_BEST);
}

bool waterfall_assumes(const struct waterfall *w, enum oio_optics_part part) {
  return w->typical.of[part] && !w->given[part] && w->optics.part[part].basis == OIO_BASIS_ASSUMED;
}

const char *waterfall_modulation(const struct waterfall *w) {
  return w->optics.modulation == OIO_PAM4 ? "PAM4" : "NRZ";
}

/* Whole decibels around every level; a level may be infinitely low. */
struct waterfall_scale waterfall_scale(const struct waterfall *w) {
  struct waterfall_scale scale = {w->typical.sensitivity_dbm, w->typical.sensitivity_dbm};
  for (unsigned i = 0; i < w->typical.steps; i++) {
    const double level = w->typical.step[i].level_dbm;
    if (!isfinite(level)) continue;
    scale.low_dbm = fmin(scale.low_dbm, level);
    scale.high_dbm = fmax(scale.high_dbm, level);
  }
  return (struct waterfall_scale){floor(scale.low_dbm) - 1, ceil(scale.high_dbm) + 1};
}

static int columns(struct waterfall_scale scale, double dbm) {
  const double part = (dbm - scale.low_dbm) / (scale.high_dbm - scale.low_dbm);
  return part > 0 ? (int)lround(part * BAR_WIDE) : 0;
}

/* What is left as #, what the step took as -. */
static void print_bar(FILE *out, struct waterfall_scale scale, double before_dbm, double after_dbm) {
  const int left = columns(scale, fmin(before_dbm, after_dbm)), all = columns(scale, fmax(before_dbm, after_dbm));
  fprintf(out, " |");
  for (int i = 0; i < all; i++) fputc(i < left ? '#' : '-', out);
  fprintf(out, "\n");
}

/* change_db: NaN where nothing changes. */
static void print_row(FILE *out, const char *what, double change_db, double level_dbm) {
  if (isnan(change_db)) {
    fprintf(out, "%-50s %8s %8.2f", what, "", level_dbm);
  } else {
    fprintf(out, "%-50s %8.2f %8.2f", what, change_db, level_dbm);
  }
}

static void print_steps(FILE *out, const struct waterfall *w) {
  const struct oio_budget *b = &w->typical;
  const struct waterfall_scale scale = waterfall_scale(w);
  fprintf(out, "%-50s %8s %8s  %-8.0f%*.0f dBm\n", "", "dB", "dBm", scale.low_dbm, BAR_WIDE - 12, scale.high_dbm);
  for (unsigned i = 0; i < b->steps; i++) {
    const struct oio_budget_step *step = &b->step[i];
    if (i > 0 && step->penalty && !b->step[i - 1].penalty) {
      print_row(out, "= OMA at the receiver", (double)NAN, b->oma_dbm);
      print_bar(out, scale, b->oma_dbm, b->oma_dbm);
    }
    print_row(out, oio_part_help_of(step->part)->help, i > 0 ? step->change_db : (double)NAN, step->level_dbm);
    print_bar(out, scale, step->level_dbm - (i > 0 ? step->change_db : 0), step->level_dbm);
  }
  if (!b->step[b->steps - 1].penalty) {
    print_row(out, "= OMA at the receiver", (double)NAN, b->oma_dbm);
    print_bar(out, scale, b->oma_dbm, b->oma_dbm);
  }
  print_row(out, "sensitivity", (double)NAN, b->sensitivity_dbm);
  print_bar(out, scale, b->sensitivity_dbm, b->sensitivity_dbm);
  fprintf(out, "%-50s %8.2f\n", "= margin", b->margin_db);
}

/* Whatever the formula says: nobody has measured that little. */
static void print_error_rate(FILE *out, double rate) {
  if (rate < 1e-30) {
    fprintf(out, "less than 1e-30");
  } else {
    fprintf(out, "%.3g", rate);
  }
}

static void print_margin(FILE *out, double margin_db, const char *when) {
  if (isfinite(margin_db)) {
    fprintf(out, "%.2f dB %s", margin_db, when);
  } else {
    fprintf(out, "none %s (the noise of the laser alone is too much)", when);
  }
}

static void print_verdict(FILE *out, const struct waterfall *w) {
  const struct oio_budget *b = &w->typical;
  const struct oio_tech_value *observed = &w->tech->value[OIO_TECH_OBSERVED_ERROR_RATE];
  const double reach_m = w->tech->value[OIO_TECH_REACH_M].typical;
  fprintf(out, "\nQ is %.4g in the worst eye (%.4g is asked for): before FEC ", b->q, b->q_target);
  print_error_rate(out, b->error_rate);
  fprintf(out, " of the bits are wrong; %.3g may be", b->target);
  if (observed->basis != OIO_BASIS_NONE) fprintf(out, ", and links in operation show %.3g", observed->typical);
  fprintf(out, ".\nMargin: ");
  print_margin(out, b->margin_db, "typical");
  fprintf(out, ", ");
  print_margin(out, w->worst.margin_db, "with every value at its worse end");
  fprintf(out, ", ");
  print_margin(out, w->best.margin_db, "with every value at its better end");
  fprintf(out, ".\n");
  if (b->error_rate < 1e-9)
    fprintf(out, "Below 1e-9 measured links leave the Gaussian noise behind: --set slope=1.55 is as one of them.\n");
  if (w->length_m > reach_m) fprintf(out, "It is further than the typical reach of %.5g m.\n", reach_m);
}

enum { RESTS_ON = OIO_OPTICS_PARTS + 2 };

/* The parts, and what of the technology a budget rests on: the limit, and the rate, whose noise a receiver has. NULL: it is not assumed. */
static const char *assumed(const struct waterfall *w, unsigned number) {
  if (number < OIO_OPTICS_PARTS)
    return waterfall_assumes(w, (enum oio_optics_part)number) ? oio_part_help_of((enum oio_optics_part)number)->name : NULL;
  const enum oio_tech_quantity quantity = number == OIO_OPTICS_PARTS ? OIO_TECH_LIMIT_ERROR_RATE : OIO_TECH_LANE_RATE_GBPS;
  if (quantity == OIO_TECH_LANE_RATE_GBPS && !w->typical.of[OIO_PART_NOISE_UA]) return NULL;
  return w->tech->value[quantity].basis == OIO_BASIS_ASSUMED ? oio_tech_quantity_help_of(quantity)->name : NULL;
}

static void print_assumed(FILE *out, const struct waterfall *w) {
  unsigned count = 0, said = 0;
  for (unsigned i = 0; i < RESTS_ON; i++) count += assumed(w, i) != NULL;
  fprintf(out, "It rests on %u assumed value%s", count, count == 1 ? "" : "s");
  for (unsigned i = 0; i < RESTS_ON; i++) {
    if (assumed(w, i) != NULL) fprintf(out, "%s%s", said++ == 0 ? ": " : ", ", assumed(w, i));
  }
  fprintf(out, ".\n\n");
}

static void mark(const struct waterfall *w, bool cited[CATALOGUE_CITED]) {
  memset(cited, 0, CATALOGUE_CITED);
  for (unsigned p = 0; p < OIO_OPTICS_PARTS; p++) {
    if (w->typical.of[p] && !w->given[p]) catalogue_mark(&w->optics.part[p], cited);
  }
}

void waterfall_print(FILE *out, const struct waterfall *w) {
  bool cited[CATALOGUE_CITED];
  fprintf(out, "%s: %s\nlink budget of a wavelength over %.6g m, %s\n\n", w->tech->name, w->tech->title, w->length_m,
          waterfall_modulation(w));
  print_steps(out, w);
  print_verdict(out, w);
  print_assumed(out, w);
  fprintf(out, "%-22s %-8s %8s %8s %8s\n", "", "basis", "low", "typical", "high");
  for (unsigned p = 0; p < OIO_OPTICS_PARTS; p++) {
    const struct oio_part_help *help = oio_part_help_of((enum oio_optics_part)p);
    if (w->typical.of[p]) catalogue_value(out, help->name, help->unit, &w->optics.part[p], w->given[p]);
  }
  fprintf(out, "\n");
  mark(w, cited);
  catalogue_sources(out, cited);
}

/* JSON has no infinity. */
static void print_number(FILE *out, const char *name, double value) {
  if (isfinite(value)) {
    fprintf(out, "\"%s\": %.9g", name, value);
  } else {
    fprintf(out, "\"%s\": null", name);
  }
}

static void print_json_steps(FILE *out, const struct oio_budget *b) {
  fprintf(out, "  \"steps\": [");
  for (unsigned i = 0; i < b->steps; i++) {
    fprintf(out, "%s\n    {\"part\": \"%s\", \"penalty\": %s, ", i > 0 ? "," : "", oio_part_help_of(b->step[i].part)->name,
            b->step[i].penalty ? "true" : "false");
    print_number(out, "change_db", b->step[i].change_db);
    fprintf(out, ", ");
    print_number(out, "level_dbm", b->step[i].level_dbm);
    fprintf(out, "}");
  }
  fprintf(out, "\n  ],\n");
}

void waterfall_print_json(FILE *out, const struct waterfall *w) {
  const struct oio_budget *b = &w->typical;
  const struct oio_tech_value *observed = &w->tech->value[OIO_TECH_OBSERVED_ERROR_RATE];
  const char *between = "";
  bool cited[CATALOGUE_CITED];
  fprintf(out, "{\n  \"oio_tech_budget\": 1,\n  \"name\": \"%s\", \"length_m\": %.9g, \"modulation\": \"%s\",\n", w->tech->name,
          w->length_m, waterfall_modulation(w));
  print_json_steps(out, b);
  fprintf(out, "  ");
  print_number(out, "oma_dbm", b->oma_dbm);
  fprintf(out, ", ");
  print_number(out, "penalty_db", b->penalty_db);
  fprintf(out, ", ");
  print_number(out, "sensitivity_dbm", b->sensitivity_dbm);
  fprintf(out, ",\n  \"margin_db\": {");
  print_number(out, "low", w->worst.margin_db);
  fprintf(out, ", ");
  print_number(out, "typical", b->margin_db);
  fprintf(out, ", ");
  print_number(out, "high", w->best.margin_db);
  fprintf(out, "},\n  \"q\": %.9g, \"q_limit\": %.9g, \"error_rate\": %.9g, \"limit_error_rate\": %.9g, ", b->q, b->q_target, b->error_rate,
          b->target);
  print_number(out, "observed_error_rate", observed->basis != OIO_BASIS_NONE ? observed->typical : (double)NAN);
  fprintf(out, ",\n  \"assumed\": [");
  for (unsigned i = 0; i < RESTS_ON; i++) {
    if (assumed(w, i) == NULL) continue;
    fprintf(out, "%s\"%s\"", between, assumed(w, i));
    between = ", ";
  }
  fprintf(out, "],\n  \"values\": {");
  between = "\n";
  for (unsigned p = 0; p < OIO_OPTICS_PARTS; p++) {
    const struct oio_part_help *help = oio_part_help_of((enum oio_optics_part)p);
    if (!b->of[p]) continue;
    fprintf(out, "%s    \"%s\": ", between, help->name);
    catalogue_json_value(out, help->unit, &w->optics.part[p], w->given[p]);
    between = ",\n";
  }
  fprintf(out, "\n  },\n");
  mark(w, cited);
  catalogue_json_sources(out, cited);
  fprintf(out, "}\n");
}
