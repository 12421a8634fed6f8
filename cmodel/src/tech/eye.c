/* SPDX-License-Identifier: Apache-2.0 */
/* Levels, their noise, and how many decisions between them are wrong. */
#include "oio/budget.h"

#include "base/normal.h"
#include "base/precondition.h"
#include "base/root.h"
#include "oio/rng.h"

#include <math.h>

#define LN_10 2.30258509299404568402
#define ELECTRON_C 1.602176634e-19
/* Where the slope begins. */
#define KNEE_ERROR_RATE 2.4e-4

enum { BISECTIONS = 200 };

double oio_db_of(double ratio) {
  OIO_PRECONDITION(ratio > 0);
  return 10 / LN_10 * oio_ln(ratio);
}

double oio_ratio_of_db(double db) {
  return oio_exp(db * LN_10 / 10);
}

/* The part of all bits that are wrong at one of the thresholds: of NRZ there is one, of PAM4 there are three alike. */
static double eyes_of(enum oio_modulation modulation) {
  return modulation == OIO_PAM4 ? 3 : 1;
}

static double error_rate_of_eye(enum oio_modulation modulation, double q) {
  return (modulation == OIO_PAM4 ? 0.25 : 1) * oio_normal_tail(q);
}

double oio_error_rate_of_q(enum oio_modulation modulation, double q) {
  return eyes_of(modulation) * error_rate_of_eye(modulation, q);
}

double oio_q_of_error_rate(enum oio_modulation modulation, double error_rate) {
  OIO_PRECONDITION(error_rate > 0 && error_rate <= oio_error_rate_of_q(modulation, 0));
  return oio_normal_level(error_rate / oio_error_rate_of_q(modulation, 0) / 2);
}

/* Currents in mA, bandwidth in GHz. */
static double sigma_ma(const struct oio_receiver *r, double level_mw) {
  const double current = r->responsivity_a_per_w * level_mw, amplifier = r->noise_ua / 1000;
  const double rin = oio_ratio_of_db(r->rin_db_per_hz) * r->bandwidth_ghz * 1e9;
  return oio_root(amplifier * amplifier + 2e12 * ELECTRON_C * current * r->bandwidth_ghz + rin * current * current);
}

static double less_steep(double q, double knee, double slope) {
  return q > knee && slope != 1 ? knee * oio_exp(oio_ln(q / knee) / slope) : q;
}

double oio_receiver_q(const struct oio_receiver *receiver, enum oio_modulation modulation, double oma_mw, double *error_rate) {
  const double e = oio_ratio_of_db(receiver->extinction_db), eyes = eyes_of(modulation), lowest = oma_mw / (e - 1);
  const double knee = receiver->slope != 1 ? oio_q_of_error_rate(modulation, KNEE_ERROR_RATE) : 0;
  const double open = oio_ratio_of_db(-receiver->penalty_db) * receiver->responsivity_a_per_w * oma_mw / eyes;
  double worst = (double)INFINITY, wrong = 0;
  OIO_PRECONDITION(e > 1 && oma_mw > 0);
  for (double eye = 0; eye < eyes; eye++) {
    const double below = sigma_ma(receiver, lowest + oma_mw * eye / eyes), above = sigma_ma(receiver, lowest + oma_mw * (eye + 1) / eyes);
    const double q = less_steep(open / (above + below), knee, receiver->slope);
    wrong += error_rate_of_eye(modulation, q);
    if (q < worst) worst = q;
  }
  if (error_rate != NULL) *error_rate = wrong;
  return worst;
}

/* More light never makes more errors: the eye grows with it, its noise at most as fast. */
double oio_receiver_sensitivity_dbm(const struct oio_receiver *receiver, enum oio_modulation modulation, double error_rate) {
  double low = -80, high = 60, rate;
  oio_receiver_q(receiver, modulation, oio_ratio_of_db(high), &rate);
  if (rate > error_rate) return (double)INFINITY;
  for (int i = 0; i < BISECTIONS; i++) {
    const double middle = (low + high) / 2;
    oio_receiver_q(receiver, modulation, oio_ratio_of_db(middle), &rate);
    *(rate > error_rate ? &low : &high) = middle;
  }
  return high;
}

static double closed_by(double part) {
  return part < 1 ? -oio_db_of(1 - part) : (double)INFINITY;
}

double oio_penalty_reflections_db(double sum, double extinction_db) {
  const double e = oio_ratio_of_db(extinction_db);
  return closed_by(2 * sum * e / (e - 1));
}

double oio_penalty_crosstalk_db(double part) {
  return closed_by(2 * part);
}

double oio_penalty_threshold_db(double part) {
  return oio_db_of(1 + 2 * part);
}

double oio_penalty_detuning_db(double part) {
  return oio_db_of(1 + part * part);
}

double oio_extinction_oma_db(double extinction_db) {
  const double e = oio_ratio_of_db(extinction_db);
  return oio_db_of(2 * (e - 1) / (e + 1));
}
