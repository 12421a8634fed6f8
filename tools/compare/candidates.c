/* SPDX-License-Identifier: Apache-2.0 */
/* What takes part in a comparison, and what is ruled out, why. */
#define _GNU_SOURCE
#include "comparison.h"

#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

static const double load_least = 1e-6; /* of workload.load */

const char *errors_name(enum errors errors) {
  return errors == ERRORS_OBSERVED ? "observed" : "limit";
}

const char *ruled_name(enum ruled by) {
  static const char *const names[] = {"reach", "rate", "power", "keys"};
  return names[by];
}

const char *comparison_class(const struct comparison *comparison) {
  return oio_config_class_name(&comparison->config, comparison->link_class);
}

__attribute__((format(printf, 5, 6))) static enum oio_status set(struct oio_config *config, const struct comparison *comparison,
                                                                 struct oio_error *error, const char *key, const char *format, ...) {
  char value[OIO_TECH_NAME_BYTES], assignment[OIO_CONFIG_KEY_NAME_BYTES + OIO_TECH_NAME_BYTES];
  va_list arguments;
  va_start(arguments, format);
  vsnprintf(value, sizeof value, format, arguments);
  va_end(arguments);
  snprintf(assignment, sizeof assignment, "%s.%s=%s", comparison_class(comparison), key, value);
  return oio_config_set(config, "compare", assignment, error);
}

static bool coded(const struct candidate *candidate) {
  return candidate->correction.code != NULL;
}

/* So much more or less than its typical rate a link has, on the line too, for the same traffic; what it is made of has no say in that. */
static void take_rate(const struct row *row, struct oio_config *config, struct oio_link_class *of) {
  const double part = row->value[OIO_TECH_RATE_GBPS] / row->candidate->tech->value[OIO_TECH_RATE_GBPS].typical;
  memset(of->tech, 0, sizeof of->tech);
  of->lane_rate_gbps *= part;
  if (row->candidate->load > 0) config->load = fmax(load_least, fmin(1, row->candidate->load / part));
}

/* Values that were drawn, in the place of those that the technology has brought, and as it brings them. */
static void take_drawn(const struct comparison *comparison, const struct row *row, struct oio_config *config) {
  struct oio_link_class *of = &config->classes[comparison->link_class];
  take_rate(row, config, of);
  const double phy_ps = row->value[OIO_TECH_PHY_NS] * 1e3, fec_ps = row->value[OIO_TECH_FEC_NS] * 1e3;
  of->ps_per_m = (uint64_t)fmax(1, row->value[OIO_TECH_FLIGHT_NS_PER_M] * 1e3 + 0.5);
  of->logic_ps = (uint64_t)((coded(row->candidate) ? phy_ps : phy_ps + fec_ps) + 0.5);
  of->fec_ps = 0;
  if (!coded(row->candidate)) return;
  const double beside_ps = fec_ps - (double)oio_config_class_fec_ps(config, comparison->link_class);
  of->fec_ps = (uint64_t)fmax(0, beside_ps + 0.5);
}

enum oio_status row_config(const struct comparison *comparison, const struct row *row, struct oio_config *config, struct oio_error *error) {
  const struct candidate *candidate = row->candidate;
  *config = comparison->config;
  config->classes[comparison->link_class].length_m = comparison->length_m;
  if (candidate->load > 0) config->load = candidate->load;
  const struct oio_correction *correction = &candidate->correction;
  enum oio_status status = set(config, comparison, error, "tech_errors", "on");
  if (status == OIO_OK && coded(candidate)) status = set(config, comparison, error, "fec", "%s", correction->code);
  if (status == OIO_OK && coded(candidate)) status = set(config, comparison, error, "fec_ways", "%u", correction->ways);
  if (status == OIO_OK) status = set(config, comparison, error, "tech", "%s", candidate->tech->name);
  config->classes[comparison->link_class].bit_error_rate = row->run_error_rate;
  if (status == OIO_OK && row->drawn) take_drawn(comparison, row, config);
  return status == OIO_OK ? oio_config_resolve(config, error) : status;
}

enum oio_tech_quantity errors_quantity(enum errors errors) {
  return errors == ERRORS_OBSERVED ? OIO_TECH_OBSERVED_ERROR_RATE : OIO_TECH_LIMIT_ERROR_RATE;
}

void row_set(struct row *row, enum oio_tech_quantity quantity, double value) {
  row->value[quantity] = value;
  row->drawn = true;
  if (quantity != errors_quantity(row->errors)) return;
  row->line_error_rate = value;
  row->run_error_rate = oio_correction_rate(&row->candidate->correction, value);
}

void row_begin(struct row *row, const struct candidate *candidate, enum errors errors) {
  const struct oio_tech_value *value = candidate->tech->value;
  *row = (struct row){.candidate = candidate, .errors = errors};
  for (unsigned q = 0; q < OIO_TECH_QUANTITIES; q++) row->value[q] = value[q].typical;
  ran_begin(&row->ran);
  row->line_error_rate = row->value[errors_quantity(errors)];
  row->run_error_rate = oio_correction_rate(&candidate->correction, row->line_error_rate);
}

static double or_unknown(double figure) {
  return figure < 0 ? NAN : figure;
}

void row_reckon(struct row *row, const struct comparison *comparison, const struct oio_config *config) {
  const double rate_gbps = oio_config_class_bits_per_s(config, comparison->link_class) / 1e9;
  struct oio_tech_figures figures;
  double *m = row->ran.measure;
  oio_tech_figures_of(row->candidate->tech, row->value, rate_gbps, comparison->links, &figures);
  m[MEASURE_RATE] = rate_gbps;
  m[MEASURE_PJ_PER_BIT] = figures.pj_per_bit;
  m[MEASURE_WATTS_ON] = figures.watts_always;
  m[MEASURE_AGAIN] = oio_correction_retry(&row->candidate->correction, row->run_error_rate);
  m[MEASURE_EDGE] = or_unknown(figures.edge_mm);
  m[MEASURE_FAILURES] = or_unknown(figures.failures_per_year);
  m[MEASURE_FLAPS] = or_unknown(figures.flaps_per_year);
  m[MEASURE_DOWN] = or_unknown(figures.down_s_per_year);
}

__attribute__((format(printf, 4, 5))) static void rule_out(struct comparison *comparison, const struct oio_tech *tech, enum ruled by,
                                                           const char *format, ...) {
  struct ruled_out *ruled = &comparison->ruled[comparison->ruled_count++];
  va_list arguments;
  *ruled = (struct ruled_out){.tech = tech, .by = by};
  va_start(arguments, format);
  vsnprintf(ruled->why, sizeof ruled->why, format, arguments);
  va_end(arguments);
}

static enum oio_status no_such_links(const struct comparison *comparison, const struct oio_topology *topology, struct oio_error *error) {
  char classes[160] = "";
  for (unsigned c = 0; c < oio_topology_classes(topology); c++) {
    bool any = false;
    for (uint32_t link = 0; link < oio_topology_links(topology) && !any; link++) any = oio_topology_link_class(topology, link) == c;
    const size_t used = strlen(classes);
    if (any) snprintf(classes + used, sizeof classes - used, "%s%s", used > 0 ? ", " : "", oio_topology_class_name(topology, c));
  }
  return oio_error_set(error, OIO_ERR_CONFIG, "--class %s: this net has no such links; it has %s", comparison_class(comparison), classes);
}

/* Looks at the net once: how many of its links are compared. */
static enum oio_status look_at_net(struct comparison *comparison, const struct run *run, struct oio_error *error) {
  const struct oio_topology *topology = oio_net_topology(oio_sim_net(run->sim));
  for (uint32_t link = 0; link < oio_topology_links(topology); link++)
    comparison->links += link_is_of(topology, link, comparison_class(comparison));
  if (comparison->links == 0) return no_such_links(comparison, topology, error);
  return comparison->trace != NULL ? offered_by_trace(comparison, oio_topology_dies(topology), error) : OIO_OK;
}

/* Of a generator with a load: the load of this technology at which it offers what is asked. */
static bool load_it(struct comparison *comparison, struct candidate *candidate, const struct run *run, const struct oio_config *config) {
  if (comparison->offer_gbps == 0) return true;
  candidate->load = load_that_offers(run, config, comparison->offer_gbps);
  if (candidate->load < load_least) {
    rule_out(comparison, candidate->tech, RULED_KEYS, "--offer %g Gb/s is below a millionth of what its links carry; offer more",
             comparison->offer_gbps);
    return false;
  }
  if (candidate->load <= 1) return true;
  rule_out(comparison, candidate->tech, RULED_RATE, "%.5g Gb/s are offered, and its links carry %.5g Gb/s of messages",
           comparison->offer_gbps, comparison->offer_gbps / candidate->load);
  return false;
}

/* Makes its simulation once, to see whether it can be made and carry what is offered. */
static enum oio_status try_candidate(struct comparison *comparison, struct candidate *candidate, struct row *row, bool *good,
                                     struct oio_error *error) {
  struct oio_config config;
  struct run run;
  *good = false;
  if (row_config(comparison, row, &config, error) != OIO_OK) {
    rule_out(comparison, candidate->tech, RULED_KEYS, "%s", error->text);
    return OIO_OK;
  }
  if (comparison->links > 0 && comparison->offer_gbps == 0) {
    *good = true;
  } else {
    enum oio_status status = run_begin(&run, &config, comparison->trace, error);
    if (status == OIO_OK && comparison->links == 0) status = look_at_net(comparison, &run, error);
    *good = status == OIO_OK && load_it(comparison, candidate, &run, &config);
    run_end(&run);
    if (status != OIO_OK) return status;
  }
  row_reckon(row, comparison, &config);
  return OIO_OK;
}

/* A trace in open loop does not wait for a link that is too slow; in closed loop it takes longer, and that is a result. */
static bool bounded(struct comparison *comparison, const struct row *row) {
  const double rate_gbps = row->ran.measure[MEASURE_RATE], watts = row->ran.measure[MEASURE_WATTS_ON];
  if (comparison->watts_max > 0 && watts > comparison->watts_max) {
    rule_out(comparison, row->candidate->tech, RULED_POWER, "%.4g W always on, more than %.4g W", watts, comparison->watts_max);
    return true;
  }
  if (comparison->config.loop != OIO_OPEN_LOOP || comparison->busiest_gbps <= rate_gbps) return false;
  rule_out(comparison, row->candidate->tech, RULED_RATE, "the trace has %.5g Gb/s in a direction, and a link carries %.5g Gb/s",
           comparison->busiest_gbps, rate_gbps);
  return true;
}

static enum oio_status consider(struct comparison *comparison, const struct oio_tech *tech, struct oio_error *error) {
  const struct oio_tech_value *reach = &tech->value[OIO_TECH_REACH_M];
  struct candidate *candidate = &comparison->candidates[comparison->candidate_count];
  bool good;
  struct row row;
  if (comparison->length_m > reach->high) {
    rule_out(comparison, tech, RULED_REACH, "reaches %.5g m, at most %.5g m", reach->typical, reach->high);
    return OIO_OK;
  }
  *candidate = (struct candidate){.tech = tech};
  if (!oio_tech_correction(tech, &candidate->correction))
    return oio_error_set(error, OIO_ERR_CONFIG, "%s: its error correction, '%.80s', is not known here", tech->name,
                         tech->value[OIO_TECH_FEC].words);
  row_begin(&row, candidate, ERRORS_LIMIT);
  const enum oio_status status = try_candidate(comparison, candidate, &row, &good, error);
  if (status == OIO_OK && good && !bounded(comparison, &row)) comparison->candidate_count++;
  return status;
}

/* Is NAME,NAME,... that of a technology or its rung? */
static bool wanted(const char *only, const struct oio_tech *tech) {
  for (const char *name = only; name != NULL && *name != '\0';) {
    const size_t length = strcspn(name, ",");
    const char *rung = oio_rung_name(tech->rung);
    if (strlen(tech->name) == length && strncmp(name, tech->name, length) == 0) return true;
    if (strlen(rung) == length && strncasecmp(name, rung, length) == 0) return true;
    name += length + (name[length] == ',');
  }
  return only == NULL;
}

/* Each name of --only is one. */
static enum oio_status check_only(const char *only, struct oio_error *error) {
  for (const char *name = only; name != NULL;) {
    const struct oio_tech *tech;
    char one[OIO_TECH_NAME_BYTES];
    const size_t length = strcspn(name, ",");
    snprintf(one, sizeof one, "%.*s", (int)length, name);
    bool known = false;
    for (unsigned i = 0; (tech = oio_tech_at(i)) != NULL && length > 0; i++) known |= wanted(one, tech);
    if (!known)
      return oio_error_set(error, OIO_ERR_CONFIG,
                           "--only: there is no technology or rung '%s'; did you mean %s? `oio tech list` lists them", one,
                           oio_tech_nearest(one));
    name = name[length] == ',' ? name + length + 1 : NULL;
  }
  return OIO_OK;
}

static enum oio_status make_rows(struct comparison *comparison, struct oio_error *error) {
  comparison->rows = calloc(comparison->candidate_count * ERRORS_KINDS + 1, sizeof *comparison->rows);
  if (comparison->rows == NULL) return oio_error_set(error, OIO_ERR_NOMEM, "out of memory; close other programs");
  for (size_t i = 0; i < comparison->candidate_count; i++) {
    const struct candidate *candidate = &comparison->candidates[i];
    const bool observed = candidate->tech->value[OIO_TECH_OBSERVED_ERROR_RATE].basis != OIO_BASIS_NONE;
    if (observed) row_begin(&comparison->rows[comparison->row_count++], candidate, ERRORS_OBSERVED);
    row_begin(&comparison->rows[comparison->row_count++], candidate, ERRORS_LIMIT);
  }
  return OIO_OK;
}

enum oio_status candidates_find(struct comparison *comparison, struct oio_error *error) {
  const struct oio_tech *tech;
  size_t all = 0;
  enum oio_status status = check_only(comparison->only, error);
  while (oio_tech_at((unsigned)all) != NULL) all++;
  comparison->candidates = calloc(all, sizeof *comparison->candidates);
  comparison->ruled = calloc(all, sizeof *comparison->ruled);
  if (comparison->candidates == NULL || comparison->ruled == NULL)
    return oio_error_set(error, OIO_ERR_NOMEM, "out of memory; close other programs");
  for (unsigned i = 0; (tech = oio_tech_at(i)) != NULL && status == OIO_OK; i++) {
    if (wanted(comparison->only, tech)) status = consider(comparison, tech, error);
  }
  return status == OIO_OK ? make_rows(comparison, error) : status;
}

void comparison_free(struct comparison *comparison) {
  for (size_t i = 0; i < comparison->row_count; i++) ran_forget(&comparison->rows[i].ran);
  free(comparison->candidates);
  free(comparison->ruled);
  free(comparison->rows);
  free(comparison->spreads);
}
