/* SPDX-License-Identifier: Apache-2.0 */
/* A comparison as JSON (docs/compare.schema.json) and as CSV. */
#include "bands_print.h"
#include "basis.h"
#include "catalogue.h"
#include "comparison.h"
#include "json_text.h"

#include <inttypes.h>

static void print_run(FILE *out, const struct row *row) {
  fprintf(out, "        {\"errors\": \"%s\", \"line_error_rate\": %.9g, \"run_error_rate\": %.9g, \"failure\": ", errors_name(row->errors),
          row->line_error_rate, row->run_error_rate);
  if (!row->ran.done)
    json_quoted(out, "interrupted");
  else if (row->ran.failure[0] != '\0')
    json_quoted(out, row->ran.failure);
  else
    fprintf(out, "null");
  for (unsigned m = 0; m < MEASURES; m++) {
    fprintf(out, ",%s\"%s\": ", m % 6 == 0 ? "\n         " : " ", measure_help_of((enum measure)m)->name);
    json_number(out, row->ran.measure[m]);
  }
  fprintf(out, ",\n         \"latency_cdf_ns\": [");
  for (unsigned i = 0; i < CDF_POINTS; i++) fprintf(out, "%s%.9g", i > 0 ? ", " : "", row->ran.cdf_ns[i]);
  fprintf(out, "]}");
}

static void print_assumed(FILE *out, const struct oio_tech *tech) {
  fprintf(out, "      \"assumed\": {");
  for (unsigned result = 0; result < RESULTS; result++) {
    const char *between = "";
    fprintf(out, "%s\"%s\": [", result > 0 ? ", " : "", result_name((enum result)result));
    for (unsigned q = 0; q < OIO_TECH_QUANTITIES; q++) {
      if (!result_assumed(tech, (enum result)result, (enum oio_tech_quantity)q)) continue;
      fprintf(out, "%s\"%s\"", between, oio_tech_quantity_help_of((enum oio_tech_quantity)q)->name);
      between = ", ";
    }
    fprintf(out, "]");
  }
  fprintf(out, "}");
}

static void print_inputs(FILE *out, const struct oio_tech *tech) {
  fprintf(out, "      \"inputs\": {");
  for (unsigned q = 0; q < OIO_TECH_QUANTITIES; q++) {
    const struct oio_tech_quantity_help *help = oio_tech_quantity_help_of((enum oio_tech_quantity)q);
    fprintf(out, "%s\n        \"%s\": ", q > 0 ? "," : "", help->name);
    catalogue_json_value(out, help->unit, &tech->value[q], false);
  }
  fprintf(out, "\n      }");
}

static void print_technology(FILE *out, const struct comparison *comparison, size_t index) {
  const char *between = "";
  const struct candidate *candidate = &comparison->candidates[index];
  const struct oio_tech *tech = candidate->tech;
  fprintf(out, "    {\n      \"name\": \"%s\", \"title\": ", tech->name);
  json_quoted(out, tech->title);
  fprintf(out, ", \"rung\": \"%s\", \"correction\": \"%s\",\n      \"runs\": [", oio_rung_name(tech->rung),
          oio_correction_name(&candidate->correction));
  for (size_t i = 0; i < comparison->row_count; i++) {
    if (comparison->rows[i].candidate != candidate) continue;
    fprintf(out, "%s\n", between);
    print_run(out, &comparison->rows[i]);
    between = ",";
  }
  fprintf(out, "\n      ],\n");
  if (comparison->samples > 0)
    bands_json(out, comparison, index);
  else
    fprintf(out, "      \"bands\": null, \"tornado\": [],\n");
  print_assumed(out, tech);
  fprintf(out, ",\n");
  print_inputs(out, tech);
  fprintf(out, "\n    }");
}

static void print_ruled_out(FILE *out, const struct comparison *comparison) {
  fprintf(out, "  \"ruled_out\": [");
  for (size_t i = 0; i < comparison->ruled_count; i++) {
    const struct ruled_out *ruled = &comparison->ruled[i];
    fprintf(out, "%s\n    {\"name\": \"%s\", \"rung\": \"%s\", \"by\": \"%s\", \"why\": ", i > 0 ? "," : "", ruled->tech->name,
            oio_rung_name(ruled->tech->rung), ruled_name(ruled->by));
    json_quoted(out, ruled->why);
    fprintf(out, ", \"reach_m\": %.9g, \"host_reach_mm\": %.9g}", ruled->tech->value[OIO_TECH_REACH_M].typical,
            ruled->tech->value[OIO_TECH_HOST_REACH_MM].typical);
  }
  fprintf(out, "\n  ],\n");
}

/* Of the technologies compared each source once. */
static void print_sources(FILE *out, const struct comparison *comparison) {
  bool cited[CATALOGUE_CITED] = {false};
  for (size_t i = 0; i < comparison->candidate_count; i++) {
    for (unsigned q = 0; q < OIO_TECH_QUANTITIES; q++) catalogue_mark(&comparison->candidates[i].tech->value[q], cited);
  }
  catalogue_json_sources(out, cited);
}

void compare_json(FILE *out, const struct comparison *comparison) {
  fprintf(out, "{\n  \"oio_compare\": 1,\n  \"version\": \"%s\",\n  \"workload\": ", oio_version());
  json_quoted(out, comparison->workload);
  fprintf(out, ",\n  \"net\": ");
  json_quoted(out, comparison->config.net);
  fprintf(out, ", \"class\": \"%s\", \"links\": %" PRIu32 ", \"length_m\": %.9g, \"seed\": %" PRIu64 ",\n  \"offered_gbps\": ",
          comparison_class(comparison), comparison->links, comparison->length_m, comparison->config.seed);
  const double offered = comparison->offer_gbps > 0 ? comparison->offer_gbps : comparison->offered_gbps;
  json_number(out, offered > 0 ? offered : NAN);
  fprintf(out, ", \"samples\": %" PRIu64 ",\n", comparison->samples);
  if (comparison->samples > 0)
    bands_json_all(out, comparison);
  else
    fprintf(out, "  \"tornado\": [],\n");
  fprintf(out, "  \"technologies\": [");
  for (size_t i = 0; i < comparison->candidate_count; i++) {
    fprintf(out, "%s\n", i > 0 ? "," : "");
    print_technology(out, comparison, i);
  }
  fprintf(out, "\n  ],\n");
  print_ruled_out(out, comparison);
  print_sources(out, comparison);
  fprintf(out, "}\n");
}

void compare_csv(FILE *out, const struct comparison *comparison) {
  fprintf(out, "technology,rung,errors,line_error_rate,run_error_rate,correction,good");
  for (unsigned m = 0; m < MEASURES; m++) fprintf(out, ",%s", measure_help_of((enum measure)m)->name);
  fprintf(out, "\n");
  for (size_t i = 0; i < comparison->row_count; i++) {
    const struct row *row = &comparison->rows[i];
    fprintf(out, "%s,%s,%s,%.9g,%.9g,%s,%s", row->candidate->tech->name, oio_rung_name(row->candidate->tech->rung),
            errors_name(row->errors), row->line_error_rate, row->run_error_rate, oio_correction_name(&row->candidate->correction),
            row->ran.done && row->ran.failure[0] == '\0' ? "yes" : "no");
    for (unsigned m = 0; m < MEASURES; m++) {
      fputc(',', out);
      if (isfinite(row->ran.measure[m])) fprintf(out, "%.9g", row->ran.measure[m]);
    }
    fprintf(out, "\n");
  }
}
