/* SPDX-License-Identifier: Apache-2.0 */
/* How the tables of technologies are written: a value a line, and values that several share. */
#ifndef OIO_PRESETS_H
#define OIO_PRESETS_H

#include "oio/budget.h"
#include "tech/citations.h"

/* A part of the ladder. */
struct oio_presets {
  const struct oio_tech *rows;
  unsigned count;
};
extern const struct oio_presets oio_presets_pluggable, oio_presets_copackaged, oio_presets_optical_io, oio_presets_electrical;

extern const struct oio_optics oio_optics_module_nrz, oio_optics_module_pam4, oio_optics_lpo_msa, oio_optics_cpo, oio_optics_cpo_rings,
    oio_optics_rings_nrz, oio_optics_rings_pam4, oio_optics_own_laser, oio_optics_oci_msa, oio_optics_absorption;

/* clang-format off */
/* Behind the basis: a note or NULL, then the sources. */
#define NUMBER(quantity, low, typical, high, basis, ...) [OIO_TECH_##quantity] = {low, typical, high, NULL, OIO_BASIS_##basis, __VA_ARGS__}
#define WORDS(quantity, words, basis, ...) [OIO_TECH_##quantity] = {0, 0, 0, words, OIO_BASIS_##basis, __VA_ARGS__}
#define CITED(...) {__VA_ARGS__}
/* Assumed, and there is no more to say. */
#define GUESS(quantity, low, typical, high) NUMBER(quantity, low, typical, high, ASSUMED, NULL, {OIO_UNCITED})
#define GUESS_IN_WORDS(quantity, words) WORDS(quantity, words, ASSUMED, NULL, {OIO_UNCITED})

/* What several technologies have alike. */
#define FIBRE NUMBER(FLIGHT_NS_PER_M, 4.895, 4.897, 4.9, DERIVED, "group index 1.4676 to 1.469", CITED(CLOSED_FORM))
#define CABLE NUMBER(FLIGHT_NS_PER_M, 4.07, 4.39, 4.77, DERIVED, "0.70 to 0.82 of the speed of light, assumed", CITED(CLOSED_FORM))
#define RELINK_PCS NUMBER(RELINK_MS, 500, 2000, 10000, ASSUMED, "training and lock of the PCS", {OIO_UNCITED})
#define RELINK_OCI NUMBER(RELINK_MS, 545, 600, 660, DERIVED, "squelch 60 to 75, lock up to 50, training from 285, release from 200", CITED(OCI_MSA))
#define RELINK_UCIE NUMBER(RELINK_MS, 0.1, 1, 10, ASSUMED, "training again, or repair of a lane", {OIO_UNCITED})
#define HOST_ENERGY_UCIE NUMBER(HOST_PJ_PER_BIT, 0.25, 0.6, 1.2, DERIVED, "a UCIe hop at each end", CITED(CONVERGE_UCIE))
#define HOST_ENERGY_LR_GUESS NUMBER(HOST_PJ_PER_BIT, 6, 8, 10, ASSUMED, "that of 112G long reach", CITED(AYAR_AI))
#define HOST_ENERGY_XSR NUMBER(HOST_PJ_PER_BIT, 1, 2, 3, ASSUMED, "as extra short reach", {OIO_UNCITED})
#define HOST_REACH_UCIE NUMBER(HOST_REACH_MM, 1, 2, 25, DERIVED, "a UCIe channel: 25 mm of organic substrate", CITED(JSSC_UCIE))
#define ERRORS_OF_RINGS GUESS_IN_WORDS(ERRORS, "independent; slow walk of ring locks; thermal bursts; a laser takes its wavelength on every fibre")
#define ERRORS_OF_COPPER WORDS(ERRORS, "DFE runs a = 0.5 (0 to 0.75) above all; precoding", ASSUMED, NULL, CITED(CLOSED_FORM))
#define ERRORS_OF_MODULES \
  WORDS(ERRORS, "independent; DFE runs a = 0.3 (0 to 0.75); lanes half a decade apart; light lost by lane", ASSUMED, NULL, CITED(SIJ_DJ_FEC))
#define ERRORS_OF_ENGINES GUESS_IN_WORDS(ERRORS, "independent; DFE runs a = 0.3 (0 to 0.75); lanes half a decade apart; light lost by lane")
#define ERRORS_OF_UCIE GUESS_IN_WORDS(ERRORS, "independent; a step when it trains again")
#define THERMAL_COPPER GUESS_IN_WORDS(THERMAL, "no laser; loss rises with temperature")
#define THERMAL_MODULE GUESS_IN_WORDS(THERMAL, "case at 0 to 70 C; the wavelength drifts")
#define THERMAL_RINGS WORDS(THERMAL, "rings", ASSUMED, "70 to 90 pm/K; a link fails at 0.1 nm", CITED(RINGS_2026))
#define FEC_NS_800G NUMBER(FEC_NS, 40, 62.6, 100, DERIVED, "4 codewords at 850G take 25.6, logic 3 + 3, decoding 31", CITED(DJ_LATENCY, CLOSED_FORM))
#define FEC_NS_1600G \
  NUMBER(FEC_NS, 35, 50, 150, DERIVED, "4 codewords at 1700G take 12.8, decoding 37; high: an inner code and interleaver, assumed", CITED(DJ_LATENCY, CLOSED_FORM))
#define FEC_UCIE WORDS(FEC, "none; CRC and retry above 1e-27", SOURCED, NULL, CITED(UCIE_TIERS))
#define FEC_KP4 WORDS(FEC, "KP4 RS(544,514)", SOURCED, NULL, CITED(IEEE_8023))
#define AFTER_KP4 WORDS(AFTER_FEC, "frame loss 6.2e-11", SOURCED, NULL, CITED(IEEE_FLR))
#define SHORELINE_OSFP NUMBER(SHORELINE_GBPS_PER_MM, 29, 58, 116, DERIVED, NULL, CITED(CLOSED_FORM))
#define SHORELINE_OSFP_1600G \
  NUMBER(SHORELINE_GBPS_PER_MM, 58, 116, 233, DERIVED, "32 OSFP of 1.6T on 440 mm; low and high: of 800G and 3.2T", CITED(CLOSED_FORM))
#define PHY_NS_LINEAR NUMBER(PHY_NS, 1, 4, 10, ASSUMED, "linear drive; 100 to 200 a hop, FEC in it, is quoted for CPO with PAM4 and CWDM", CITED(BEOWULF_FEC))
#define FAILURES_COPPER NUMBER(FAILURES_PER_1E9H, 1.6, 2.5, 20, DERIVED, "optics fails 100 times as often as copper", CITED(MOSAIC))
#define FAILURES_MODULES \
  NUMBER(FAILURES_PER_1E9H, 160, 250, 1000, DERIVED, "a failure in 6 to 12 h of 512,000 modules is 163 to 326; high: the sum of the parts", CITED(FIRSTPASSLAB_MOSAIC, NVIDIA_128K, LUXOPTX_FIT))
#define FLAPS_MODULES NUMBER(FLAPS_PER_1E9H, 250, 2500, 25000, ASSUMED, "ten times the failures", {OIO_UNCITED})
#define HOST_ENERGY_LR NUMBER(HOST_PJ_PER_BIT, 6, 8, 10, SOURCED, NULL, CITED(AYAR_AI))
#define PHY_NS_DSP \
  NUMBER(PHY_NS, 20, 100, 200, DERIVED, "two modules of 45 to 60; others have 8 to 10 an end, or 100", CITED(ED_POINT2, BEOWULF_FEC, WIITEK_LPO))
/* clang-format on */

#endif
