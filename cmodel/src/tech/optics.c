/* SPDX-License-Identifier: Apache-2.0 */
/* The optics of link budgets, by kind: nobody publishes those of a product, so nearly all are assumed. */
#include "tech/presets.h"

/* clang-format off */
#define PART(part, low, typical, high, basis, ...) [OIO_PART_##part] = {low, typical, high, NULL, OIO_BASIS_##basis, __VA_ARGS__}
#define SAY(part, low, typical, high) PART(part, low, typical, high, ASSUMED, NULL, {OIO_UNCITED})

/* Of a chip that light is coupled into and out of. */
#define FACETS SAY(LASER_COUPLING_DB, 1, 2, 3), SAY(WAVEGUIDE_DB, 0.5, 1, 2), SAY(COUPLING_OUT_DB, 1, 2, 3)
#define SINGLE_MODE PART(FIBRE_DB_PER_KM, 0.31, 0.33, 0.35, SOURCED, "at 1310 nm", CITED(CORNING_ULL)), SAY(CONNECTORS_DB, 0.5, 1, 2)
#define RECEIVER SAY(COUPLING_IN_DB, 1, 2, 3), SAY(RESPONSIVITY_A_PER_W, 0.8, 0.85, 0.9), SAY(NOISE_UA, 2, 3, 4), SLOPES
#define SLOPES PART(SLOPE, 1, 1, 1.55, DERIVED, "high: one measurement takes 4.7 dB where Gaussian noise takes 3.04", CITED(OCI_MSA))
#define EYE SAY(EYE_CLOSURE_DB, 0.5, 1, 3), SAY(REFLECTIONS, 0, 0.005, 0.0135), SAY(THRESHOLD, 0, 0.02, 0.05)
#define OF_RINGS SAY(MODULATOR_DB, 3, 4, 5), PART(EXTINCTION_DB, 3.5, 4, 4.5, SOURCED, NULL, CITED(OCI_MSA)), SAY(DETUNING, 0, 0.2, 0.5)
#define OF_WAVELENGTHS SAY(DEMUX_DB, 0.5, 1, 2), SAY(CROSSTALK, 0, 0.01, 0.03)
#define RIN_OCI PART(RIN_DB_PER_HZ, -155, -145, -138, ASSUMED, "high: what the agreement allows", CITED(OCI_MSA))
#define RIN_DR4 PART(RIN_DB_PER_HZ, -155, -145, -136, ASSUMED, "high: what the standard allows", CITED(IEEE_8023))
#define LASER_OUTSIDE PART(LASER_DBM, 11, 14, 20, ASSUMED, "classes of 11, 14, 17 and 20 dBm, taken as of a wavelength", CITED(OIF_ELSFP))

const struct oio_optics oio_optics_module_nrz = {OIO_NRZ, {
  SAY(LAUNCH_OMA_DBM, -3, 0, 3),
  SAY(EXTINCTION_DB, 3, 4, 6),
  SAY(FIBRE_DB_PER_KM, 0.31, 3, 3.5),
  SAY(CONNECTORS_DB, 0.5, 1, 2),
  EYE,
  SAY(RESPONSIVITY_A_PER_W, 0.5, 0.6, 0.9),
  SAY(NOISE_UA, 0.8, 1.2, 2),
  SAY(RIN_DB_PER_HZ, -140, -132, -128),
  SLOPES,
}};

const struct oio_optics oio_optics_module_pam4 = {OIO_PAM4, {
  SAY(LASER_DBM, 11, 14, 17),
  FACETS,
  SAY(SPLIT_DB, 0, 0, 3),
  SAY(MODULATOR_DB, 4, 5, 7),
  SAY(EXTINCTION_DB, 3.5, 4.5, 6),
  SINGLE_MODE,
  EYE,
  RIN_DR4,
  RECEIVER,
}};

/* 3 dB of channel and 0.3 dB besides stand between the transmitter and a stressed receiver, whose sensitivity has the eye closure in it. */
const struct oio_optics oio_optics_lpo_msa = {OIO_PAM4, {
  PART(LAUNCH_OMA_DBM, 0.2, 0.2, 0.2, DERIVED, "3.3 above the sensitivity", CITED(LPO_MSA)),
  PART(CONNECTORS_DB, 0.5, 3, 3, SOURCED, "the whole channel, fibre in it; low: assumed", CITED(LPO_MSA)),
  PART(EYE_CLOSURE_DB, 0.3, 0.3, 0.3, SOURCED, "allowed for reflections; 3.4 of TDECQ are in the sensitivity", CITED(LPO_MSA)),
  PART(SENSITIVITY_DBM, -3.1, -3.1, -3.1, SOURCED, "stressed", CITED(LPO_MSA)),
}};

#define LASER_OF_CPO PART(LASER_DBM, 14, 17, 24.5, ASSUMED, "classes up to 20 dBm; high: the strongest there is", CITED(OIF_ELSFP))

const struct oio_optics oio_optics_cpo = {OIO_PAM4, {
  LASER_OF_CPO,
  FACETS,
  SAY(SPLIT_DB, 0, 6, 6),
  SAY(MODULATOR_DB, 4, 5, 7),
  SAY(EXTINCTION_DB, 3.5, 4.5, 6),
  SINGLE_MODE,
  EYE,
  RIN_DR4,
  RECEIVER,
}};

const struct oio_optics oio_optics_cpo_rings = {OIO_PAM4, {
  LASER_OF_CPO,
  FACETS,
  PART(SPLIT_DB, 6.02, 6.02, 6.02, DERIVED, "a laser feeds 4 lanes", CITED(OPTICAL_IO_NVIDIA)),
  OF_RINGS,
  SINGLE_MODE,
  EYE,
  RIN_DR4,
  RECEIVER,
}};

#define RINGS_ON_WAVELENGTHS LASER_OUTSIDE, FACETS, SAY(SPLIT_DB, 0, 3, 6), OF_RINGS, OF_WAVELENGTHS, SINGLE_MODE, EYE, RIN_OCI, RECEIVER
const struct oio_optics oio_optics_rings_nrz = {OIO_NRZ, {RINGS_ON_WAVELENGTHS}};
const struct oio_optics oio_optics_rings_pam4 = {OIO_PAM4, {RINGS_ON_WAVELENGTHS}};

/* Lasers and amplifiers on the chip. */
const struct oio_optics oio_optics_own_laser = {OIO_NRZ, {
  SAY(LASER_DBM, 8, 10, 13),
  SAY(WAVEGUIDE_DB, 0.5, 1, 2),
  SAY(COUPLING_OUT_DB, 1, 2, 3),
  OF_RINGS,
  OF_WAVELENGTHS,
  SINGLE_MODE,
  EYE,
  RIN_OCI,
  RECEIVER,
}};

/* -3.5 dBm at a TDEC of 3.4 dB, less 2.5 dB of channel, are 0.2 dB above the stressed sensitivity: just what reflections may take. */
const struct oio_optics oio_optics_oci_msa = {OIO_NRZ, {
  PART(LAUNCH_OMA_DBM, -3.5, -3.5, -3.5, SOURCED, "at a TDEC of 3.4 dB, which is in the sensitivity", CITED(OCI_MSA)),
  PART(CONNECTORS_DB, 0.5, 2.5, 2.5, SOURCED, "the whole channel, fibre in it; low: assumed", CITED(OCI_MSA)),
  PART(SENSITIVITY_DBM, -6.2, -6.2, -6.2, SOURCED, "stressed", CITED(OCI_MSA)),
}};

const struct oio_optics oio_optics_absorption = {OIO_NRZ, {
  LASER_OUTSIDE,
  FACETS,
  SAY(SPLIT_DB, 0, 3, 6),
  SAY(MODULATOR_DB, 4, 6, 8),
  SAY(EXTINCTION_DB, 3.5, 4, 6),
  OF_WAVELENGTHS,
  SINGLE_MODE,
  EYE,
  PART(SENSITIVITY_DBM, -10, -10, -10, SOURCED, NULL, CITED(CONVERGE_CELESTIAL)),
}};
/* clang-format on */
