/* SPDX-License-Identifier: Apache-2.0 */
/* Phases as text, JSON (docs/phases.schema.json), CSV and a page. */
#include "basis.h"
#include "embedded.h"
#include "json_text.h"
#include "phases.h"

#include <inttypes.h>
#include <string.h>

static const enum measure columns[] = {MEASURE_TIME,      MEASURE_EFFICIENCY, MEASURE_P50,        MEASURE_P99,        MEASURE_QUEUE,
                                       MEASURE_SERIALISE, MEASURE_ELECTRICAL, MEASURE_PHY,        MEASURE_FEC,        MEASURE_FLIGHT,
                                       MEASURE_RETRY,     MEASURE_GOODPUT,    MEASURE_PJ_PER_BIT, MEASURE_WATTS_LOAD, MEASURE_WATTS_ON};
/* What a step buys: of these, less is better, but of efficiency and goodput. */
static const enum measure bought[] = {MEASURE_TIME,       MEASURE_EFFICIENCY, MEASURE_GOODPUT,  MEASURE_P50,      MEASURE_P99,
                                      MEASURE_PJ_PER_BIT, MEASURE_WATTS_LOAD, MEASURE_WATTS_ON, MEASURE_FAILURES, MEASURE_FLAPS};
static const char *const bought_heads[] = {"time", "effic.", "goodput", "p50", "p99", "energy", "W load", "W always", "fails", "flaps"};
enum { COLUMNS = sizeof columns / sizeof columns[0], BOUGHT = sizeof bought / sizeof bought[0] };

/* Of the run at the observed rates, from a phase to the next: 0.1 is a tenth more. NAN: of one or both there is none. */
static double change(const struct phases *phases, size_t to, enum measure measure) {
  const double *before = phases->phase[to - 1].ran[ERRORS_OBSERVED].measure, *after = phases->phase[to].ran[ERRORS_OBSERVED].measure;
  return before[measure] > 0 ? after[measure] / before[measure] - 1 : NAN;
}

static bool is_empty(const struct phases *phases, enum measure measure) {
  for (size_t i = 0; i < phases->count * ERRORS_KINDS; i++) {
    if (isfinite(phases->phase[i / ERRORS_KINDS].ran[i % ERRORS_KINDS].measure[measure])) return false;
  }
  return true;
}

static void print_links(FILE *out, const struct phases *phases) {
  for (size_t i = 0; i < phases->count; i++) {
    const struct phase *phase = &phases->phase[i];
    fprintf(out, "%-24s %s\n", phase->name, phase->config.net);
    for (unsigned p = 0; p < phase->parts; p++) {
      const struct phase_part *part = &phase->part[p];
      const double observed = part_error_rate(part, ERRORS_OBSERVED), limit = part_error_rate(part, ERRORS_LIMIT);
      fprintf(out, "  %6" PRIu32 " %-15s %-31s %g m, FEC %s, wrong bits before it: limit %.2g, observed", part->links,
              phase_class(phase, part), part->tech->name, phase->config.classes[part->link_class].length_m,
              oio_correction_name(&part->correction), limit);
      if (part->tech->value[OIO_TECH_OBSERVED_ERROR_RATE].basis == OIO_BASIS_NONE)
        fprintf(out, " by nobody\n");
      else
        fprintf(out, " %.2g\n", observed);
    }
  }
}

static void print_figures(FILE *out, const struct phases *phases) {
  for (unsigned line = 0; line < 2; line++) {
    fprintf(out, "%-24s %-8s", line == 0 ? "" : "phase", line == 0 ? "" : "errors");
    for (unsigned c = 0; c < COLUMNS; c++) {
      const struct measure_help *help = measure_help_of(columns[c]);
      if (!is_empty(phases, columns[c])) fprintf(out, " %*s", help->width, line == 0 ? help->above : help->below);
    }
    fprintf(out, "\n");
  }
  for (size_t i = 0; i < phases->count * ERRORS_KINDS; i++) {
    const struct phase *phase = &phases->phase[i / ERRORS_KINDS];
    const enum errors errors = (enum errors)(i % ERRORS_KINDS);
    fprintf(out, "%-24s %-8s", errors == ERRORS_OBSERVED ? phase->name : "", errors_name(errors));
    for (unsigned c = 0; c < COLUMNS; c++) {
      if (!is_empty(phases, columns[c])) measure_print(out, columns[c], phase->ran[errors].measure[columns[c]]);
    }
    fprintf(out, "\n");
  }
}

static void print_bought(FILE *out, const struct phases *phases) {
  if (phases->count < 2) return;
  fprintf(out, "\nWhat each step bought, at the observed rates, %% against the phase before\n");
  fprintf(out, "%-24s         ", "phase");
  for (unsigned b = 0; b < BOUGHT; b++) fprintf(out, " %8s", bought_heads[b]);
  fprintf(out, "\n");
  for (size_t i = 1; i < phases->count; i++) {
    fprintf(out, "%-33s", phases->phase[i].name);
    for (unsigned b = 0; b < BOUGHT; b++) {
      const double part = change(phases, i, bought[b]);
      if (isfinite(part))
        fprintf(out, " %+8.1f", 100 * part);
      else
        fprintf(out, " %8s", "-");
    }
    fprintf(out, "\n");
  }
}

static void print_assumed(FILE *out, const struct phase *phase) {
  for (unsigned p = 0; p < phase->parts; p++) {
    fprintf(out, "  %s %s %s:", phase->name, phase_class(phase, &phase->part[p]), phase->part[p].tech->name);
    for (unsigned q = 0; q < OIO_TECH_QUANTITIES; q++) {
      bool assumed = false;
      for (unsigned result = 0; result < RESULTS; result++)
        assumed |= result_assumed(phase->part[p].tech, (enum result)result, (enum oio_tech_quantity)q);
      if (assumed) fprintf(out, " %s", oio_tech_quantity_help_of((enum oio_tech_quantity)q)->name);
    }
    fprintf(out, "\n");
  }
}

void phases_table(FILE *out, const struct phases *phases) {
  fprintf(out, "traffic                  %s\n", phases->workload);
  print_links(out, phases);
  fprintf(out, "\n");
  print_figures(out, phases);
  for (size_t i = 0; i < phases->count * ERRORS_KINDS; i++) {
    const struct phase *phase = &phases->phase[i / ERRORS_KINDS];
    const struct ran *ran = &phase->ran[i % ERRORS_KINDS];
    if (!ran_good(ran))
      fprintf(out, "\nNOT GOOD: %s at its %s error rates: %s\n", phase->name, errors_name((enum errors)(i % ERRORS_KINDS)),
              ran->done ? ran->failure : "interrupted");
  }
  print_bought(out, phases);
  fprintf(out, "\nAssumed, not published (`oio tech show NAME`)\n");
  for (size_t i = 0; i < phases->count; i++) print_assumed(out, &phases->phase[i]);
  fprintf(out, "\nTypical values, all links that have a technology together. energy: of what all links send for a bit that is delivered. "
               "observed: each class at its observed\n"
               "error rate where there is one, else at its limit; limit: all at their limits. W always: lit at the full rate, both "
               "directions; W of load: what is sent.\n");
}

static void print_part(FILE *out, const struct phase *phase, const struct phase_part *part) {
  fprintf(out,
          "{\"class\": \"%s\", \"technology\": \"%s\", \"links\": %" PRIu32
          ", \"length_m\": %.9g, \"correction\": \"%s\", \"observed_error_rate\": %.9g, \"limit_error_rate\": %.9g, \"assumed\": [",
          phase_class(phase, part), part->tech->name, part->links, phase->config.classes[part->link_class].length_m,
          oio_correction_name(&part->correction), part_error_rate(part, ERRORS_OBSERVED), part_error_rate(part, ERRORS_LIMIT));
  const char *between = "";
  for (unsigned q = 0; q < OIO_TECH_QUANTITIES; q++) {
    if (part->tech->value[q].basis != OIO_BASIS_ASSUMED) continue;
    fprintf(out, "%s\"%s\"", between, oio_tech_quantity_help_of((enum oio_tech_quantity)q)->name);
    between = ", ";
  }
  fprintf(out, "]}");
}

/* Figures of a link have no meaning of several. */
static bool is_of_all(enum measure measure) {
  return measure != MEASURE_RATE && measure != MEASURE_AGAIN && measure != MEASURE_EDGE && measure != MEASURE_DOWN;
}

static void print_run(FILE *out, const struct ran *ran, enum errors errors) {
  fprintf(out, "        {\"errors\": \"%s\", \"failure\": ", errors_name(errors));
  if (ran_good(ran))
    fprintf(out, "null");
  else
    json_quoted(out, ran->done ? ran->failure : "interrupted");
  for (unsigned m = 0; m < MEASURES; m++) {
    if (!is_of_all((enum measure)m)) continue;
    fprintf(out, ", \"%s\": ", measure_help_of((enum measure)m)->name);
    json_number(out, ran->measure[m]);
  }
  fprintf(out, ",\n         \"latency_cdf_ns\": [");
  for (unsigned i = 0; i < CDF_POINTS; i++) fprintf(out, "%s%.9g", i > 0 ? ", " : "", ran->cdf_ns[i]);
  fprintf(out, "]}");
}

static void print_phase(FILE *out, const struct phases *phases, size_t index) {
  const struct phase *phase = &phases->phase[index];
  fprintf(out, "    {\n      \"name\": ");
  json_quoted(out, phase->name);
  fprintf(out, ", \"net\": ");
  json_quoted(out, phase->config.net);
  fprintf(out, ",\n      \"links\": [");
  for (unsigned p = 0; p < phase->parts; p++) {
    fprintf(out, "%s\n        ", p > 0 ? "," : "");
    print_part(out, phase, &phase->part[p]);
  }
  fprintf(out, "\n      ],\n      \"runs\": [\n");
  print_run(out, &phase->ran[ERRORS_OBSERVED], ERRORS_OBSERVED);
  fprintf(out, ",\n");
  print_run(out, &phase->ran[ERRORS_LIMIT], ERRORS_LIMIT);
  fprintf(out, "\n      ],\n      \"bought\": ");
  if (index == 0) fprintf(out, "null");
  for (unsigned b = 0; b < BOUGHT && index > 0; b++) {
    fprintf(out, "%s\"%s\": ", b > 0 ? ", " : "{", measure_help_of(bought[b])->name);
    json_number(out, change(phases, index, bought[b]));
  }
  fprintf(out, "%s\n    }", index > 0 ? "}" : "");
}

void phases_json(FILE *out, const struct phases *phases) {
  fprintf(out, "{\n  \"oio_phases\": 1,\n  \"version\": \"%s\",\n  \"workload\": ", oio_version());
  json_quoted(out, phases->workload);
  fprintf(out, ", \"seed\": %" PRIu64 ", \"offered_gbps\": ", phases->phase[0].config.seed);
  json_number(out, phases->offer_gbps > 0 ? phases->offer_gbps : NAN);
  fprintf(out, ",\n  \"phases\": [");
  for (size_t i = 0; i < phases->count; i++) {
    fprintf(out, "%s\n", i > 0 ? "," : "");
    print_phase(out, phases, i);
  }
  fprintf(out, "\n  ]\n}\n");
}

/* With quotes around what a user has named. */
static void print_name(FILE *out, const char *name) {
  fputc('"', out);
  for (; *name != '\0'; name++) fprintf(out, *name == '"' ? "\"\"" : "%c", *name);
  fputc('"', out);
}

void phases_csv(FILE *out, const struct phases *phases) {
  fprintf(out, "phase,net,errors,good");
  for (unsigned m = 0; m < MEASURES; m++) {
    if (is_of_all((enum measure)m)) fprintf(out, ",%s", measure_help_of((enum measure)m)->name);
  }
  fprintf(out, "\n");
  for (size_t i = 0; i < phases->count * ERRORS_KINDS; i++) {
    const struct phase *phase = &phases->phase[i / ERRORS_KINDS];
    const struct ran *ran = &phase->ran[i % ERRORS_KINDS];
    print_name(out, phase->name);
    fputc(',', out);
    print_name(out, phase->config.net);
    fprintf(out, ",%s,%s", errors_name((enum errors)(i % ERRORS_KINDS)), ran_good(ran) ? "yes" : "no");
    for (unsigned m = 0; m < MEASURES; m++) {
      if (!is_of_all((enum measure)m)) continue;
      fputc(',', out);
      if (isfinite(ran->measure[m])) fprintf(out, "%.9g", ran->measure[m]);
    }
    fprintf(out, "\n");
  }
}

static void write_json(FILE *out, const void *phases) {
  phases_json(out, phases);
}

void phases_page(FILE *out, const struct phases *phases) {
  page_of(out, write_json, phases, compare_phases_js, compare_phases_js_size);
}
