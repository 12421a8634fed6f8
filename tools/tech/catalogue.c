/* SPDX-License-Identifier: Apache-2.0 */
#include "catalogue.h"

#include <inttypes.h>
#include <string.h>

static double typical(const struct oio_tech *tech, enum oio_tech_quantity quantity) {
  return tech->value[quantity].typical;
}

static double energy(const struct oio_tech *tech) {
  return typical(tech, OIO_TECH_LINK_PJ_PER_BIT) + typical(tech, OIO_TECH_HOST_PJ_PER_BIT);
}

bool catalogue_reaches(const struct oio_tech *tech, double length_m) {
  return length_m <= tech->value[OIO_TECH_REACH_M].high;
}

static void print_rate(FILE *out, const struct oio_tech_value *value) {
  if (value->basis == OIO_BASIS_NONE) {
    fprintf(out, " %8s", "-");
  } else {
    fprintf(out, " %8.3g", value->typical);
  }
}

void catalogue_list(FILE *out, double length_m) {
  const struct oio_tech *tech;
  fprintf(out, "%-31s %-9s %15s %7s %5s %7s %6s %7s %8s %8s %8s\n", "", "", "reach", "Gb/s", "", "Gb/s", "energy", "latency", "errors",
          "errors", "values");
  fprintf(out, "%-31s %-9s %15s %7s %5s %7s %6s %7s %8s %8s %8s\n", "technology", "rung", "m", "a lane", "lanes", "one way", "pJ/b", "ns",
          "limit", "observed", "assumed");
  for (unsigned i = 0; (tech = oio_tech_at(i)) != NULL; i++) {
    const struct oio_tech_value *reach = &tech->value[OIO_TECH_REACH_M];
    char reaches[40];
    if (!catalogue_reaches(tech, length_m)) continue;
    snprintf(reaches, sizeof reaches, "%.5g (%.5g)", reach->typical, reach->high);
    fprintf(out, "%-31s %-9s %15s %7.4g %5" PRIu32 " %7.5g %6.3g %7.4g", tech->name, oio_rung_name(tech->rung), reaches,
            typical(tech, OIO_TECH_LANE_RATE_GBPS), tech->lanes, typical(tech, OIO_TECH_RATE_GBPS), energy(tech),
            oio_tech_latency_ns(tech, length_m));
    print_rate(out, &tech->value[OIO_TECH_LIMIT_ERROR_RATE]);
    print_rate(out, &tech->value[OIO_TECH_OBSERVED_ERROR_RATE]);
    fprintf(out, " %2u of %u\n", oio_tech_count(tech, OIO_BASIS_ASSUMED),
            (unsigned)OIO_TECH_QUANTITIES - oio_tech_count(tech, OIO_BASIS_NONE));
  }
  fprintf(out,
          "\nTypical values; reach: typical (at most); energy: link and serialisers of the hosts; latency: PHY and FEC%s.\n"
          "`oio tech show NAME` has low and high of each value, and what it rests on.\n",
          length_m > 0 ? " and flight" : ", no flight");
}

static const char *basis_of(const struct oio_tech_value *value) {
  return value->basis == OIO_BASIS_NONE ? "-" : oio_basis_name(value->basis);
}

static void print_sources(FILE *out, const struct oio_tech_value *value) {
  for (unsigned s = 0; s < OIO_TECH_SOURCES_MAX && value->sources[s] != 0; s++)
    fprintf(out, " [%s]", oio_tech_source_of(value->sources[s])->key);
  if (value->note != NULL) fprintf(out, " %s", value->note);
}

void catalogue_value(FILE *out, const char *name, const char *unit, const struct oio_tech_value *value, bool given) {
  fprintf(out, "%-22s ", name);
  if (value->basis == OIO_BASIS_NONE) {
    fprintf(out, "%s\n", oio_basis_name(OIO_BASIS_NONE));
    return;
  }
  if (value->words != NULL) {
    fprintf(out, "%-8s %s", basis_of(value), value->words);
  } else {
    fprintf(out, "%-8s %8.6g %8.6g %8.6g %s", given ? "given" : basis_of(value), value->low, value->typical, value->high, unit);
  }
  if (!given) print_sources(out, value);
  fprintf(out, "\n");
}

void catalogue_mark(const struct oio_tech_value *value, bool cited[CATALOGUE_CITED]) {
  for (unsigned s = 0; s < OIO_TECH_SOURCES_MAX; s++) cited[value->sources[s]] = true;
}

/* Each source of a technology once. */
static void mark_sources(const struct oio_tech *tech, bool cited[CATALOGUE_CITED]) {
  memset(cited, 0, CATALOGUE_CITED);
  for (unsigned q = 0; q < OIO_TECH_QUANTITIES; q++) catalogue_mark(&tech->value[q], cited);
}

void catalogue_sources(FILE *out, const bool cited[CATALOGUE_CITED]) {
  for (unsigned number = 1; oio_tech_source_of(number) != NULL; number++) {
    const struct oio_tech_source *source = oio_tech_source_of(number);
    if (!cited[number]) continue;
    fprintf(out, "[%s] %s: %s", source->key, source->publisher, source->title);
    if (source->year != 0) fprintf(out, ", %u", source->year);
    if (source->host[0] != '\0') fprintf(out, ", %s", source->host);
    fprintf(out, " (%s)\n", source->kind);
  }
}

void catalogue_show(FILE *out, const struct oio_tech *tech) {
  bool cited[CATALOGUE_CITED];
  const struct oio_tech_quantity_help *error_rate = oio_tech_quantity_help_of(oio_tech_error_rate(tech));
  fprintf(out, "%s: %s\n%s, %" PRIu32 " lanes each direction; %u values sourced, %u derived, %u assumed\n\n", tech->name, tech->title,
          oio_rung_name(tech->rung), tech->lanes, oio_tech_count(tech, OIO_BASIS_SOURCED), oio_tech_count(tech, OIO_BASIS_DERIVED),
          oio_tech_count(tech, OIO_BASIS_ASSUMED));
  fprintf(out, "%-22s %-8s %8s %8s %8s\n", "", "basis", "low", "typical", "high");
  for (unsigned q = 0; q < OIO_TECH_QUANTITIES; q++) {
    const struct oio_tech_quantity_help *help = oio_tech_quantity_help_of((enum oio_tech_quantity)q);
    catalogue_value(out, help->name, help->unit, &tech->value[q], false);
  }
  fprintf(out, "\nThe error rate that counts where none is asked for is %s.\n\n", error_rate->name);
  mark_sources(tech, cited);
  catalogue_sources(out, cited);
}

void catalogue_quoted(FILE *out, const char *text) {
  fprintf(out, "\"%s\"", text);
}

void catalogue_json_value(FILE *out, const char *unit, const struct oio_tech_value *value, bool given) {
  if (value->basis == OIO_BASIS_NONE) {
    fprintf(out, "null");
    return;
  }
  fprintf(out, "{");
  if (value->words != NULL) {
    fprintf(out, "\"words\": ");
    catalogue_quoted(out, value->words);
  } else {
    fprintf(out, "\"low\": %.9g, \"typical\": %.9g, \"high\": %.9g, \"unit\": \"%s\"", value->low, value->typical, value->high, unit);
  }
  fprintf(out, ", \"basis\": \"%s\", \"sources\": [", given ? "given" : basis_of(value));
  for (unsigned s = 0; s < OIO_TECH_SOURCES_MAX && value->sources[s] != 0 && !given; s++)
    fprintf(out, "%s\"%s\"", s > 0 ? ", " : "", oio_tech_source_of(value->sources[s])->key);
  fprintf(out, "], \"note\": ");
  catalogue_quoted(out, value->note != NULL && !given ? value->note : "");
  fprintf(out, "}");
}

static void print_json_tech(FILE *out, const struct oio_tech *tech) {
  fprintf(out, "    {\n      \"name\": \"%s\", \"title\": ", tech->name);
  catalogue_quoted(out, tech->title);
  fprintf(out, ", \"rung\": \"%s\", \"lanes\": %" PRIu32 ",\n      \"values\": {\n", oio_rung_name(tech->rung), tech->lanes);
  for (unsigned q = 0; q < OIO_TECH_QUANTITIES; q++) {
    const struct oio_tech_quantity_help *help = oio_tech_quantity_help_of((enum oio_tech_quantity)q);
    fprintf(out, "%s        \"%s\": ", q > 0 ? ",\n" : "", help->name);
    catalogue_json_value(out, help->unit, &tech->value[q], false);
  }
  fprintf(out, "\n      }\n    }");
}

void catalogue_json_sources(FILE *out, const bool cited[CATALOGUE_CITED]) {
  const char *between = "";
  fprintf(out, "  \"sources\": {");
  for (unsigned number = 1; oio_tech_source_of(number) != NULL; number++) {
    const struct oio_tech_source *source = oio_tech_source_of(number);
    if (!cited[number]) continue;
    fprintf(out, "%s\n    \"%s\": {\"publisher\": ", between, source->key);
    catalogue_quoted(out, source->publisher);
    fprintf(out, ", \"title\": ");
    catalogue_quoted(out, source->title);
    fprintf(out, ", \"year\": ");
    if (source->year != 0)
      fprintf(out, "%u", source->year);
    else
      fprintf(out, "null");
    fprintf(out, ", \"host\": \"%s\", \"kind\": \"%s\"}", source->host, source->kind);
    between = ",";
  }
  fprintf(out, "\n  }\n");
}

void catalogue_list_json(FILE *out, double length_m) {
  const struct oio_tech *tech;
  const char *between = "";
  bool cited[CATALOGUE_CITED], all[CATALOGUE_CITED] = {false};
  fprintf(out, "{\n  \"oio_tech\": 1,\n  \"technologies\": [");
  for (unsigned i = 0; (tech = oio_tech_at(i)) != NULL; i++) {
    if (!catalogue_reaches(tech, length_m)) continue;
    fprintf(out, "%s\n", between);
    print_json_tech(out, tech);
    mark_sources(tech, cited);
    for (unsigned s = 0; s < CATALOGUE_CITED; s++) all[s] |= cited[s];
    between = ",";
  }
  fprintf(out, "\n  ],\n");
  catalogue_json_sources(out, all);
  fprintf(out, "}\n");
}

void catalogue_show_json(FILE *out, const struct oio_tech *tech) {
  bool cited[CATALOGUE_CITED];
  mark_sources(tech, cited);
  fprintf(out, "{\n  \"oio_tech\": 1,\n  \"technologies\": [\n");
  print_json_tech(out, tech);
  fprintf(out, "\n  ],\n");
  catalogue_json_sources(out, cited);
  fprintf(out, "}\n");
}
