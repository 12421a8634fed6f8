/* SPDX-License-Identifier: Apache-2.0 */
/**
 * The link budget of a wavelength: from the laser over couplings, modulator, waveguide, fibre, connectors and demultiplexer to the
 * receiver; what is left there of the optical modulation amplitude (OMA), how far the levels stand apart (Q), and how many bits are then
 * wrong.
 *
 * dBm are decibels over a milliwatt; levels are OMA behind the modulator, average power before it. Formulas follow IEEE 802.3 and the OCI
 * MSA as quoted second hand; each says so where it stands.
 */
#ifndef OIO_BUDGET_H
#define OIO_BUDGET_H

#include "oio/tech.h"

#ifdef __cplusplus
extern "C" {
#endif

enum oio_modulation { OIO_NRZ = 0, OIO_PAM4 };

/** 10 log10 of a ratio, which is above 0. */
double oio_db_of(double ratio);
double oio_ratio_of_db(double db);

/**
 * Bit error rate of levels that are q sigmas from each threshold: NRZ erfc(q / root 2) / 2; PAM4 with Gray code and equal eyes
 * 3/8 erfc(q / root 2), since 3/4 erfc(...) of the symbols are wrong and each has one wrong bit of two. Gaussian noise; q >= 0.
 */
double oio_error_rate_of_q(enum oio_modulation modulation, double q);
/** The inverse, for error rates above 0 and up to that of q = 0 (0.5, or 0.375). */
double oio_q_of_error_rate(enum oio_modulation modulation, double error_rate);

/**
 * What turns power into decisions. Each level L has the noise sigma_L^2 = noise^2 + 2 q R P_L B + RIN B (R P_L)^2, of the amplifier, of the
 * light's quanta and of the laser; an eye between two levels has Q = R (OMA of the eye) / (sigma_1 + sigma_0).
 */
struct oio_receiver {
  double responsivity_a_per_w; /**< R */
  double noise_ua;             /**< rms, at the input of the amplifier */
  double bandwidth_ghz;        /**< B, of the noise */
  double rin_db_per_hz;        /**< relative intensity noise of the laser; -infinity: none */
  double extinction_db;        /**< ratio of the highest level to the lowest; above 0 */
  /**
   * How much more light a better error rate takes than Gaussian noise says: 1 as it says, 1.55 as one measurement has it. It counts from
   * 2.4e-4 on: Q there and up is Q(2.4e-4) (Q / Q(2.4e-4))^(1 / slope).
   */
  double slope;
  double penalty_db; /**< by which all eyes are closed: levels stand closer together, their noise stays */
};

/** Of the worst eye at this OMA; error_rate (or NULL) of all eyes, which differ by the noise of their levels. */
double oio_receiver_q(const struct oio_receiver *receiver, enum oio_modulation modulation, double oma_mw, double *error_rate);
/** The OMA that this error rate takes; infinite when the noise of the laser alone makes more errors. */
double oio_receiver_sensitivity_dbm(const struct oio_receiver *receiver, enum oio_modulation modulation, double error_rate);

/** Penalties in dB, infinite where the eye closes. Of light that is reflected twice: -10 log10(1 - 4 D S E / (E - 1)) with D = 1/2, S the
 * sum over pairs of reflections of the roots of their products, E the extinction ratio. */
double oio_penalty_reflections_db(double sum, double extinction_db);
/** Of light of other wavelengths, in total e of one's own: -10 log10(1 - 2 e). */
double oio_penalty_crosstalk_db(double part);
/** Of a threshold that is off by d of the eye: 10 log10(1 + 2 d). */
double oio_penalty_threshold_db(double part);
/** Of a ring that is off its wavelength by half of part times its width (a Lorentz line): 10 log10(1 + part^2). */
double oio_penalty_detuning_db(double part);
/** Twice the average power times (E - 1) / (E + 1) is the OMA: that factor in dB. */
double oio_extinction_oma_db(double extinction_db);

/** What a budget is made of. The unit is the end of the name. */
enum oio_optics_part {
  OIO_PART_LASER_DBM = 0,     /**< of a wavelength; where there is no value the budget starts at the OMA */
  OIO_PART_LAUNCH_OMA_DBM,    /**< out of the transmitter; where there is no value the budget starts at the laser */
  OIO_PART_LASER_COUPLING_DB, /**< from the laser to the chip */
  OIO_PART_SPLIT_DB,          /**< among the lanes that one laser feeds */
  OIO_PART_MODULATOR_DB,
  OIO_PART_WAVEGUIDE_DB,
  OIO_PART_COUPLING_OUT_DB,
  OIO_PART_EXTINCTION_DB, /**< ratio of the highest level to the lowest */
  OIO_PART_FIBRE_DB_PER_KM,
  OIO_PART_CONNECTORS_DB,
  OIO_PART_COUPLING_IN_DB,
  OIO_PART_DEMUX_DB,
  OIO_PART_EYE_CLOSURE_DB, /**< of the transmitter (TDEC, TDECQ), where the sensitivity does not have it in it */
  OIO_PART_REFLECTIONS,    /**< S of oio_penalty_reflections_db */
  OIO_PART_CROSSTALK,
  OIO_PART_THRESHOLD,
  OIO_PART_DETUNING,
  OIO_PART_RESPONSIVITY_A_PER_W,
  OIO_PART_NOISE_UA,
  OIO_PART_RIN_DB_PER_HZ,
  OIO_PART_SENSITIVITY_DBM, /**< as a standard or maker states it, at the limit of the technology; no value: from the receiver */
  OIO_PART_SLOPE,
  OIO_OPTICS_PARTS
};

/** The optics of a technology. */
struct oio_optics {
  enum oio_modulation modulation;
  struct oio_tech_value part[OIO_OPTICS_PARTS];
};

struct oio_part_help {
  const char *name, *unit, *help;
  double low, high; /**< what a value may be */
  bool more_is_better;
};
const struct oio_part_help *oio_part_help_of(enum oio_optics_part part);

enum { OIO_BUDGET_STEPS_MAX = 20 };

/** A step of the way. */
struct oio_budget_step {
  enum oio_optics_part part;   /**< whose it is */
  double change_db, level_dbm; /**< of the first step, the level alone */
  bool penalty;                /**< takes from the eye, not from the light */
};

struct oio_budget {
  enum oio_modulation modulation;
  double length_m;
  unsigned steps;
  struct oio_budget_step step[OIO_BUDGET_STEPS_MAX];
  double oma_dbm;            /**< received */
  double penalty_db;         /**< all penalties, that of the laser's noise at the target among them */
  double sensitivity_dbm;    /**< the OMA that the target takes without penalties */
  double margin_db;          /**< OMA less penalties less sensitivity; -infinity: the noise of the laser alone is too much */
  double q;                  /**< of the worst eye, behind slope and penalties */
  double error_rate;         /**< before FEC */
  double target;             /**< the error rate to be met: the limit of the technology */
  double q_target;           /**< its Q */
  bool of[OIO_OPTICS_PARTS]; /**< the values it rests on */
};

enum oio_budget_case { OIO_BUDGET_TYPICAL = 0, OIO_BUDGET_WORST, OIO_BUDGET_BEST };

/**
 * The budget over so many metres with the typical values of the optics, or with all at the end that is worse, or better, at once. optics:
 * those of the technology, or a copy with other values. Preconditions: values are within oio_part_help, length_m >= 0.
 */
void oio_budget_of(struct oio_budget *budget, const struct oio_tech *tech, const struct oio_optics *optics, double length_m,
                   enum oio_budget_case which);

#ifdef __cplusplus
}
#endif
#endif
