/* SPDX-License-Identifier: Apache-2.0 */
/* Phases run, and what is read from their runs, over all classes of links that have a technology. */
#include "phases.h"
#include "trials.h"

#include <string.h>

const char *phase_class(const struct phase *phase, const struct phase_part *part) {
  return oio_config_class_name(&phase->config, part->link_class);
}

/* The error of a phase, with its name and file before it. */
static enum oio_status of_phase(const struct phases *phases, const struct phase *phase, enum oio_status status, struct oio_error *error) {
  const struct oio_error cause = *error;
  return oio_error_set(error, status, "%.120s: phase %s: %s", phases->path, phase->name, cause.text);
}

static enum oio_status set_key(struct oio_config *config, const char *class_name, const char *key, const char *value,
                               struct oio_error *error) {
  char assignment[OIO_CONFIG_KEY_NAME_BYTES + 16];
  snprintf(assignment, sizeof assignment, "%s.%s=%s", class_name, key, value);
  return oio_config_set(config, "--phases", assignment, error);
}

double part_error_rate(const struct phase_part *part, enum errors errors) {
  const bool observed = part->tech->value[OIO_TECH_OBSERVED_ERROR_RATE].basis != OIO_BASIS_NONE;
  return part->tech->value[errors == ERRORS_OBSERVED && observed ? OIO_TECH_OBSERVED_ERROR_RATE : OIO_TECH_LIMIT_ERROR_RATE].typical;
}

/* Code and error rate of each class that has a technology. */
static enum oio_status phase_config(const struct phase *phase, enum errors errors, struct oio_config *config, struct oio_error *error) {
  enum oio_status status = OIO_OK;
  *config = phase->config;
  for (unsigned i = 0; i < phase->parts && status == OIO_OK; i++) {
    const struct phase_part *part = &phase->part[i];
    const struct oio_correction *correction = &part->correction;
    const char *class_name = phase_class(phase, part);
    char ways[12];
    snprintf(ways, sizeof ways, "%u", correction->ways);
    status = set_key(config, class_name, "tech_errors", "on", error);
    if (status == OIO_OK && correction->code != NULL) status = set_key(config, class_name, "fec", correction->code, error);
    if (status == OIO_OK && correction->code != NULL) status = set_key(config, class_name, "fec_ways", ways, error);
    config->classes[part->link_class].bit_error_rate = oio_correction_rate(&part->correction, part_error_rate(part, errors));
  }
  return status == OIO_OK ? oio_config_resolve(config, error) : status;
}

/* Which of its classes have a technology and links; once without error correction, which needs no net. */
static enum oio_status find_parts(struct phase *phase, const struct oio_topology *topology, struct oio_error *error) {
  for (unsigned c = 0; c < oio_config_classes(&phase->config); c++) {
    struct phase_part part = {.link_class = c, .tech = oio_tech_find(phase->config.classes[c].tech)};
    for (uint32_t link = 0; link < oio_topology_links(topology) && part.tech != NULL; link++)
      part.links += link_is_of(topology, link, oio_config_class_name(&phase->config, c));
    if (part.links == 0) continue;
    if (!oio_tech_correction(part.tech, &part.correction))
      return oio_error_set(error, OIO_ERR_CONFIG, "the error correction of %s is not known here", part.tech->name);
    phase->part[phase->parts++] = part;
  }
  return phase->parts > 0 ? OIO_OK
                          : oio_error_set(error, OIO_ERR_CONFIG,
                                          "no class of links of its net has a technology; set one, as package.tech = cpo_bailly_51t2_100g");
}

static enum oio_status take_load(const struct phases *phases, struct phase *phase, const struct run *run, const struct oio_config *config,
                                 struct oio_error *error) {
  if (phases->offer_gbps == 0) return OIO_OK;
  phase->config.load = load_that_offers(run, config, phases->offer_gbps);
  if (phase->config.load >= 1e-6 && phase->config.load <= 1) return OIO_OK;
  return oio_error_set(error, OIO_ERR_CONFIG, "--offer %g Gb/s is %.3g times what its links carry; offer from a millionth to all of it",
                       phases->offer_gbps, phase->config.load);
}

static enum oio_status look(const struct phases *phases, struct phase *phase, struct oio_error *error) {
  struct oio_config config;
  struct run run = {.sim = NULL};
  enum oio_status status = phase_config(phase, ERRORS_LIMIT, &config, error);
  if (status == OIO_OK) status = run_begin(&run, &config, phases->trace, error);
  if (status == OIO_OK) status = find_parts(phase, oio_net_topology(oio_sim_net(run.sim)), error);
  if (status == OIO_OK && phase->parts > 0) {
    run_end(&run);
    run = (struct run){.sim = NULL};
    status = phase_config(phase, ERRORS_LIMIT, &config, error);
    if (status == OIO_OK) status = run_begin(&run, &config, phases->trace, error);
    if (status == OIO_OK) status = take_load(phases, phase, &run, &config, error);
  }
  run_end(&run);
  return status == OIO_OK ? status : of_phase(phases, phase, status, error);
}

/* One class: its part of the latency, of the power, of what fails. */
static void add_part(double *m, const struct phase *phase, const struct phase_part *part, const struct oio_config *config,
                     const struct run *run) {
  const struct oio_link_class *of = &config->classes[part->link_class];
  const struct oio_tech_value *value = part->tech->value;
  double typical[OIO_TECH_QUANTITIES];
  for (unsigned q = 0; q < OIO_TECH_QUANTITIES; q++) typical[q] = value[q].typical;
  const double hops = hops_of_class(run, phase_class(phase, part)),
               logic_ns = hops * (double)(of->logic_ps + of->skew_ps + of->gearbox_ps) / 1e3;
  const double flight_ns = hops * (double)oio_config_class_flight_ps(config, part->link_class) / 1e3;
  const double fec_ns = of->fec != OIO_FEC_NONE ? 0 : fmin(hops * value[OIO_TECH_FEC_NS].typical, logic_ns);
  struct oio_tech_figures figures;
  oio_tech_figures_of(part->tech, typical, oio_config_class_bits_per_s(config, part->link_class) / 1e9, part->links, &figures);
  const struct class_sums sums = sums_of_class(run, phase_class(phase, part));
  m[MEASURE_ELECTRICAL] -= logic_ns + flight_ns;
  m[MEASURE_PHY] += logic_ns - fec_ns;
  m[MEASURE_FEC] += fec_ns;
  m[MEASURE_FLIGHT] += flight_ns;
  m[MEASURE_WATTS_LOAD] += oio_tech_watts_load(figures.pj_per_bit, sums.flits, (double)oio_sim_now_ps(run->sim));
  m[MEASURE_WATTS_ON] += figures.watts_always;
  m[MEASURE_RETRIES] += sums.retries;
  m[MEASURE_LOST_WORDS] += sums.lost_codewords;
  m[MEASURE_FAILURES] += part->links * fmax(0, figures.failures_per_year);
  m[MEASURE_FLAPS] += part->links * fmax(0, figures.flaps_per_year);
}

static void read_phase(struct phase *phase, struct ran *ran, const struct oio_config *config, const struct run *run) {
  double *m = ran->measure;
  ran_read(ran, run);
  m[MEASURE_WATTS_LOAD] = m[MEASURE_WATTS_ON] = m[MEASURE_RETRIES] = m[MEASURE_LOST_WORDS] = m[MEASURE_FAILURES] = m[MEASURE_FLAPS] = 0;
  for (unsigned i = 0; i < phase->parts; i++) add_part(m, phase, &phase->part[i], config, run);
  if (m[MEASURE_GOODPUT] > 0) m[MEASURE_PJ_PER_BIT] = m[MEASURE_WATTS_LOAD] / m[MEASURE_GOODPUT] * 1e3;
}

static enum oio_status run_one(void *context, size_t index, struct oio_error *error) {
  const struct phases *phases = context;
  struct phase *phase = &phases->phase[index / ERRORS_KINDS];
  const enum errors errors = (enum errors)(index % ERRORS_KINDS);
  struct ran *ran = &phase->ran[errors];
  struct oio_config config;
  struct run run = {.sim = NULL};
  ran_begin(ran);
  enum oio_status status = phase_config(phase, errors, &config, error);
  if (status == OIO_OK) status = run_begin(&run, &config, phases->trace, error);
  if (status == OIO_OK) status = run_carry_out(&run, &ran->done, error);
  if (ran->done) read_phase(phase, ran, &config, &run);
  if (ran->done && phases->db != NULL) status = ran_keep(ran, &run, &config, phases->workload, error);
  run_end(&run);
  return status == OIO_OK ? status : of_phase(phases, phase, status, error);
}

enum oio_status phases_run(struct phases *phases, struct oio_error *error) {
  for (size_t i = 0; i < phases->count; i++) {
    const enum oio_status status = look(phases, &phases->phase[i], error);
    if (status != OIO_OK) return status;
  }
  return trials_run(phases->count * ERRORS_KINDS, phases->quiet, run_one, phases, error);
}

static enum oio_status add_phase(const struct phases *phases, const struct phase *phase, enum errors errors, struct results_db *db,
                                 struct oio_error *error) {
  struct oio_config config;
  char label[PHASE_NAME_BYTES + 16];
  snprintf(label, sizeof label, "%s %s", phase->name, errors_name(errors));
  const enum oio_status status = phase_config(phase, errors, &config, error);
  return status == OIO_OK ? ran_add(&phase->ran[errors], db, label, &phase->config, &config, phases->trace, error) : status;
}

enum oio_status phases_add(const struct phases *phases, struct oio_error *error) {
  struct results_db *db = NULL;
  if (phases->db == NULL) return OIO_OK;
  enum oio_status status = results_db_open(&db, phases->db, error);
  for (size_t i = 0; i < phases->count * ERRORS_KINDS && status == OIO_OK; i++)
    status = add_phase(phases, &phases->phase[i / ERRORS_KINDS], (enum errors)(i % ERRORS_KINDS), db, error);
  results_db_close(db);
  return status;
}

bool phases_good(const struct phases *phases) {
  bool good = true;
  for (size_t i = 0; i < phases->count * ERRORS_KINDS; i++) good &= ran_good(&phases->phase[i / ERRORS_KINDS].ran[i % ERRORS_KINDS]);
  return good;
}
