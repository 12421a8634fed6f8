/* SPDX-License-Identifier: Apache-2.0 */
/* The way of the light, step by step. */
#include "oio/budget.h"

#include "base/precondition.h"

#include <math.h>

/* clang-format off */
static const struct oio_part_help parts[OIO_OPTICS_PARTS] = {
  [OIO_PART_LASER_DBM] = {"laser_dbm", "dBm", "power of a wavelength at the laser", -30, 40, true},
  [OIO_PART_LAUNCH_OMA_DBM] = {"launch_oma_dbm", "dBm", "OMA out of the transmitter", -30, 40, true},
  [OIO_PART_LASER_COUPLING_DB] = {"laser_coupling_db", "dB", "coupling of the laser to the chip", 0, 40, false},
  [OIO_PART_SPLIT_DB] = {"split_db", "dB", "split among the lanes of a laser", 0, 40, false},
  [OIO_PART_MODULATOR_DB] = {"modulator_db", "dB", "modulator", 0, 40, false},
  [OIO_PART_WAVEGUIDE_DB] = {"waveguide_db", "dB", "waveguides", 0, 40, false},
  [OIO_PART_COUPLING_OUT_DB] = {"coupling_out_db", "dB", "coupling into the fibre", 0, 40, false},
  [OIO_PART_EXTINCTION_DB] = {"extinction_db", "dB", "extinction ratio", 0.1, 40, true},
  [OIO_PART_FIBRE_DB_PER_KM] = {"fibre_db_per_km", "dB/km", "fibre", 0, 1000, false},
  [OIO_PART_CONNECTORS_DB] = {"connectors_db", "dB", "connectors", 0, 40, false},
  [OIO_PART_COUPLING_IN_DB] = {"coupling_in_db", "dB", "coupling out of the fibre", 0, 40, false},
  [OIO_PART_DEMUX_DB] = {"demux_db", "dB", "demultiplexer", 0, 40, false},
  [OIO_PART_EYE_CLOSURE_DB] = {"eye_closure_db", "dB", "eye closure of the transmitter", 0, 40, false},
  [OIO_PART_REFLECTIONS] = {"reflections", "", "double reflections, sum of roots of products", 0, 10, false},
  [OIO_PART_CROSSTALK] = {"crosstalk", "", "light of other wavelengths, a part of one's own", 0, 10, false},
  [OIO_PART_THRESHOLD] = {"threshold", "", "threshold off by a part of the eye", 0, 10, false},
  [OIO_PART_DETUNING] = {"detuning", "", "ring off its wavelength, in half widths", 0, 100, false},
  [OIO_PART_RESPONSIVITY_A_PER_W] = {"responsivity_a_per_w", "A/W", "responsivity of the receiver", 0.001, 100, true},
  [OIO_PART_NOISE_UA] = {"noise_ua", "uA", "noise of the receiver, rms", 1e-6, 1e6, false},
  [OIO_PART_RIN_DB_PER_HZ] = {"rin_db_per_hz", "dB/Hz", "noise of the laser", -250, 0, false},
  [OIO_PART_SENSITIVITY_DBM] = {"sensitivity_dbm", "dBm", "OMA that the limit takes, as it is stated", -60, 40, false},
  [OIO_PART_SLOPE] = {"slope", "", "light for better error rates, over that of Gaussian noise", 1, 10, false},
};
/* clang-format on */

const struct oio_part_help *oio_part_help_of(enum oio_optics_part part) {
  OIO_PRECONDITION(part < OIO_OPTICS_PARTS);
  return &parts[part];
}

/* What a budget is worked out with. */
struct working {
  struct oio_budget *budget;
  const struct oio_optics *optics;
  enum oio_budget_case which;
  double level_dbm;
};

static bool has(const struct working *w, enum oio_optics_part part) {
  return w->optics->part[part].basis != OIO_BASIS_NONE;
}

/* The value that the case asks for; what the budget rests on is marked. */
static double take(struct working *w, enum oio_optics_part part) {
  const struct oio_tech_value *value = &w->optics->part[part];
  w->budget->of[part] = true;
  if (w->which == OIO_BUDGET_TYPICAL) return value->typical;
  return (w->which == OIO_BUDGET_BEST) == parts[part].more_is_better ? value->high : value->low;
}

static void step(struct working *w, enum oio_optics_part part, double change_db, bool penalty) {
  struct oio_budget *b = w->budget;
  OIO_PRECONDITION(b->steps < OIO_BUDGET_STEPS_MAX);
  w->level_dbm += change_db;
  if (penalty) b->penalty_db -= change_db;
  b->step[b->steps++] = (struct oio_budget_step){.part = part, .change_db = change_db, .level_dbm = w->level_dbm, .penalty = penalty};
}

static void lose(struct working *w, enum oio_optics_part part, double times) {
  if (has(w, part)) step(w, part, -times * take(w, part), false);
}

/* From the laser, or from the OMA that a standard says. */
static void go_out(struct working *w) {
  const enum oio_optics_part start = has(w, OIO_PART_LASER_DBM) ? OIO_PART_LASER_DBM : OIO_PART_LAUNCH_OMA_DBM;
  w->level_dbm = take(w, start);
  step(w, start, 0, false);
  if (start == OIO_PART_LAUNCH_OMA_DBM) return;
  lose(w, OIO_PART_LASER_COUPLING_DB, 1);
  lose(w, OIO_PART_SPLIT_DB, 1);
  lose(w, OIO_PART_MODULATOR_DB, 1);
  lose(w, OIO_PART_WAVEGUIDE_DB, 1);
  lose(w, OIO_PART_COUPLING_OUT_DB, 1);
  step(w, OIO_PART_EXTINCTION_DB, oio_extinction_oma_db(take(w, OIO_PART_EXTINCTION_DB)), false);
}

static void close_eye(struct working *w) {
  if (has(w, OIO_PART_EYE_CLOSURE_DB)) step(w, OIO_PART_EYE_CLOSURE_DB, -take(w, OIO_PART_EYE_CLOSURE_DB), true);
  if (has(w, OIO_PART_REFLECTIONS)) {
    const double extinction_db = take(w, OIO_PART_EXTINCTION_DB);
    step(w, OIO_PART_REFLECTIONS, -oio_penalty_reflections_db(take(w, OIO_PART_REFLECTIONS), extinction_db), true);
  }
  if (has(w, OIO_PART_CROSSTALK)) step(w, OIO_PART_CROSSTALK, -oio_penalty_crosstalk_db(take(w, OIO_PART_CROSSTALK)), true);
  if (has(w, OIO_PART_THRESHOLD)) step(w, OIO_PART_THRESHOLD, -oio_penalty_threshold_db(take(w, OIO_PART_THRESHOLD)), true);
  if (has(w, OIO_PART_DETUNING)) step(w, OIO_PART_DETUNING, -oio_penalty_detuning_db(take(w, OIO_PART_DETUNING)), true);
}

/* The sensitivity is of a receiver without the noise of the laser and with open eyes; that noise then is the last penalty. */
static void receive(struct working *w, double bandwidth_ghz) {
  struct oio_budget *b = w->budget;
  struct oio_receiver receiver = {.responsivity_a_per_w = take(w, OIO_PART_RESPONSIVITY_A_PER_W),
                                  .noise_ua = take(w, OIO_PART_NOISE_UA),
                                  .bandwidth_ghz = bandwidth_ghz,
                                  .rin_db_per_hz = -(double)INFINITY,
                                  .extinction_db = take(w, OIO_PART_EXTINCTION_DB),
                                  .slope = take(w, OIO_PART_SLOPE)};
  b->sensitivity_dbm = oio_receiver_sensitivity_dbm(&receiver, b->modulation, b->target);
  receiver.rin_db_per_hz = take(w, OIO_PART_RIN_DB_PER_HZ);
  receiver.penalty_db = b->penalty_db;
  const double wanted_dbm = oio_receiver_sensitivity_dbm(&receiver, b->modulation, b->target);
  step(w, OIO_PART_RIN_DB_PER_HZ, isinf(wanted_dbm) ? -(double)INFINITY : b->sensitivity_dbm + b->penalty_db - wanted_dbm, true);
  b->q = oio_receiver_q(&receiver, b->modulation, oio_ratio_of_db(b->oma_dbm), &b->error_rate);
}

/* Nothing is known of the receiver but that: Q grows with the light, as where its amplifier is all the noise. */
static void receive_as_stated(struct working *w) {
  struct oio_budget *b = w->budget;
  b->sensitivity_dbm = take(w, OIO_PART_SENSITIVITY_DBM);
  b->q = b->q_target * oio_ratio_of_db(w->level_dbm - b->sensitivity_dbm);
  b->error_rate = oio_error_rate_of_q(b->modulation, b->q);
}

void oio_budget_of(struct oio_budget *budget, const struct oio_tech *tech, const struct oio_optics *optics, double length_m,
                   enum oio_budget_case which) {
  struct working w = {.budget = budget, .optics = optics, .which = which};
  const double symbols_gbd = tech->value[OIO_TECH_LANE_RATE_GBPS].typical / (optics->modulation == OIO_PAM4 ? 2 : 1);
  OIO_PRECONDITION(length_m >= 0);
  *budget = (struct oio_budget){.modulation = optics->modulation, .length_m = length_m};
  budget->target = tech->value[OIO_TECH_LIMIT_ERROR_RATE].typical;
  budget->q_target = oio_q_of_error_rate(optics->modulation, budget->target);
  go_out(&w);
  lose(&w, OIO_PART_FIBRE_DB_PER_KM, length_m / 1000);
  lose(&w, OIO_PART_CONNECTORS_DB, 1);
  lose(&w, OIO_PART_COUPLING_IN_DB, 1);
  lose(&w, OIO_PART_DEMUX_DB, 1);
  budget->oma_dbm = w.level_dbm;
  close_eye(&w);
  if (has(&w, OIO_PART_SENSITIVITY_DBM)) {
    receive_as_stated(&w);
  } else {
    receive(&w, 0.75 * symbols_gbd);
  }
  budget->margin_db = budget->oma_dbm - budget->penalty_db - budget->sensitivity_dbm;
}
