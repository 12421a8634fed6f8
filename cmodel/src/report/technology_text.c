/* SPDX-License-Identifier: Apache-2.0 */
#include "report/technology_text.h"

#include "oio/tech_figures.h"

#include <string.h>

/* What is said of a class. */
struct said {
  const struct oio_tech *tech;
  struct oio_tech_figures figures;
  struct oio_correction correction; /* as it is in the run */
  const char *errors;               /* observed, limit, or set by a key */
  double watts_load, flit_again;
};

static const char *errors_of(const struct oio_link_class *of, const struct oio_tech *tech) {
  struct oio_correction correction;
  const enum oio_tech_quantity quantity = oio_tech_error_rate(tech);
  oio_tech_correction(tech, &correction);
  if (of->tech_errors == 0 || of->bit_error_rate != oio_correction_rate(&correction, tech->value[quantity].typical)) return "set";
  return quantity == OIO_TECH_OBSERVED_ERROR_RATE ? "observed" : "limit";
}

/* False: no such links, or they are of no technology. */
static bool say(const struct oio_results *r, const struct oio_config *config, unsigned link_class, struct said *said) {
  static const char *const codes[OIO_FEC_CHOICES] = {NULL, "kp4", "kr4", "ll", "flit"};
  const struct oio_link_class *of = &config->classes[link_class];
  const struct oio_class_totals *totals = &r->of_class[link_class];
  double typical[OIO_TECH_QUANTITIES];
  said->tech = oio_tech_find(of->tech);
  if (said->tech == NULL || totals->links == 0) return false;
  for (unsigned q = 0; q < OIO_TECH_QUANTITIES; q++) typical[q] = said->tech->value[q].typical;
  oio_tech_figures_of(said->tech, typical, oio_config_class_bits_per_s(config, link_class) / 1e9, totals->links, &said->figures);
  said->correction = (struct oio_correction){.kind = OIO_CORRECTION_CODE, .code = codes[of->fec], .ways = (unsigned)of->fec_ways};
  said->errors = errors_of(of, said->tech);
  said->watts_load = oio_tech_watts_load(said->figures.pj_per_bit, (double)totals->flits, (double)r->sim_time_ps);
  said->flit_again = oio_correction_retry(&said->correction, of->bit_error_rate);
  return true;
}

bool oio_technology_assumes(const struct oio_config *config, unsigned link_class, enum oio_tech_quantity quantity) {
  static const enum oio_tech_quantity always[] = {
      OIO_TECH_REACH_M,         OIO_TECH_RATE_GBPS,       OIO_TECH_FLIGHT_NS_PER_M,   OIO_TECH_PHY_NS,        OIO_TECH_FEC_NS,
      OIO_TECH_LINK_PJ_PER_BIT, OIO_TECH_HOST_PJ_PER_BIT, OIO_TECH_FAILURES_PER_1E9H, OIO_TECH_FLAPS_PER_1E9H};
  const struct oio_link_class *of = &config->classes[link_class];
  const struct oio_tech *tech = oio_tech_find(of->tech);
  if (tech == NULL || tech->value[quantity].basis != OIO_BASIS_ASSUMED) return false;
  if (of->tech_errors != 0 && (quantity == oio_tech_error_rate(tech) || quantity == OIO_TECH_FEC)) return true;
  for (unsigned i = 0; i < sizeof always / sizeof always[0]; i++) {
    if (always[i] == quantity) return true;
  }
  return false;
}

static void add_number(struct oio_text *text, const char *name, double value) {
  if (value < 0) {
    oio_text_add(text, ", \"%s\": null", name);
  } else {
    oio_text_add(text, ", \"%s\": %.9g", name, value);
  }
}

static void add_rate(struct oio_text *text, const char *name, const struct oio_tech *tech, enum oio_tech_quantity quantity) {
  add_number(text, name, tech->value[quantity].basis == OIO_BASIS_NONE ? -1 : tech->value[quantity].typical);
}

static void add_assumed(struct oio_text *text, const struct oio_config *config, unsigned link_class) {
  const char *between = "";
  oio_text_add(text, ", \"assumed\": [");
  for (unsigned q = 0; q < OIO_TECH_QUANTITIES; q++) {
    if (!oio_technology_assumes(config, link_class, (enum oio_tech_quantity)q)) continue;
    oio_text_add(text, "%s\"%s\"", between, oio_tech_quantity_help_of((enum oio_tech_quantity)q)->name);
    between = ", ";
  }
  oio_text_add(text, "]}");
}

void oio_technology_json(struct oio_text *text, const struct oio_results *r, const struct oio_config *config) {
  const char *between = "";
  oio_text_add(text, "  \"technologies\": [");
  for (unsigned c = 0; c < oio_config_classes(config); c++) {
    struct said said;
    if (!say(r, config, c, &said)) continue;
    const struct oio_tech_figures *f = &said.figures;
    oio_text_add(text, "%s\n    {\"class\": \"%s\", \"name\": \"%s\", \"links\": %lu, \"correction\": \"%s\", \"errors\": \"%s\"", between,
                 oio_config_class_name(config, c), said.tech->name, (unsigned long)r->of_class[c].links,
                 oio_correction_name(&said.correction), said.errors);
    add_number(text, "run_error_rate", config->classes[c].bit_error_rate);
    add_rate(text, "observed_error_rate", said.tech, OIO_TECH_OBSERVED_ERROR_RATE);
    add_rate(text, "limit_error_rate", said.tech, OIO_TECH_LIMIT_ERROR_RATE);
    add_number(text, "flit_again", said.flit_again);
    add_number(text, "energy_pj_per_bit", f->pj_per_bit);
    add_number(text, "watts_load", said.watts_load);
    add_number(text, "watts_on", f->watts_always);
    add_number(text, "edge_mm", f->edge_mm);
    add_number(text, "failures_per_year", f->failures_per_year);
    add_number(text, "flaps_per_year", f->flaps_per_year);
    add_number(text, "down_s_per_year", f->down_s_per_year);
    add_assumed(text, config, c);
    between = ",";
  }
  oio_text_add(text, *between == '\0' ? "],\n" : "\n  ],\n");
}

/* Both rates, as far as they are known: this one input decides most. */
static void add_rates(struct oio_text *text, const struct said *said, const struct oio_link_class *of) {
  const struct oio_tech_value *observed = &said->tech->value[OIO_TECH_OBSERVED_ERROR_RATE];
  oio_text_add(text, "  wrong bits   %.3g before correction %s (%s); limit %.3g", of->bit_error_rate,
               oio_correction_name(&said->correction), said->errors, said->tech->value[OIO_TECH_LIMIT_ERROR_RATE].typical);
  if (observed->basis == OIO_BASIS_NONE) {
    oio_text_add(text, ", observed: nobody says");
  } else {
    oio_text_add(text, ", observed %.3g", observed->typical);
  }
  oio_text_add(text, "; a flit is sent again with %.2g\n", said->flit_again);
}

void oio_technology_lines(struct oio_text *text, const struct oio_results *r, const struct oio_config *config) {
  for (unsigned c = 0; c < oio_config_classes(config); c++) {
    struct said said;
    if (!say(r, config, c, &said)) continue;
    oio_text_add(text, "technology     %s %s: %.4g pJ/bit, %.3g W of load, %.4g W always", oio_config_class_name(config, c),
                 said.tech->name, said.figures.pj_per_bit, said.watts_load, said.figures.watts_always);
    if (said.figures.failures_per_year >= 0) oio_text_add(text, "; a link fails %.2g times a year", said.figures.failures_per_year);
    if (said.figures.flaps_per_year >= 0) oio_text_add(text, ", flaps %.2g", said.figures.flaps_per_year);
    oio_text_add(text, "\n");
    add_rates(text, &said, &config->classes[c]);
  }
}
