/* SPDX-License-Identifier: Apache-2.0 */
/**
 * What runs make of the error correction that a technology has, which its data says in words; and what follows from a technology without a
 * run: energy, power, edge, failures. Plain runs and comparisons take them from here, so that they say the same.
 */
#ifndef OIO_TECH_FIGURES_H
#define OIO_TECH_FIGURES_H

#include "oio/tech.h"

#ifdef __cplusplus
extern "C" {
#endif

enum oio_correction_kind {
  OIO_CORRECTION_NONE = 0, /**< errors reach the link as they come: its CRC finds them, and it sends again */
  OIO_CORRECTION_CODE,     /**< a code of the channel */
  OIO_CORRECTION_STRONGER, /**< KP4 behind another code, the inner Hamming code or one not decided on: what that leaves is at most 2.4e-4 */
};

struct oio_correction {
  enum oio_correction_kind kind;
  const char *code; /**< "kp4", "kr4", or "flit", the light one in each flit; NULL: none */
  unsigned ways;    /**< codewords interleaved, as Ethernet does at its rate: 1, from 200 Gb/s 2, from 800 Gb/s 4; of the others 1 */
};

/** False: the words of the technology are none that are known here. */
bool oio_tech_correction(const struct oio_tech *tech, struct oio_correction *correction);
/** The error rate of a run, where so many bits are wrong on the line. */
double oio_correction_rate(const struct oio_correction *correction, double line_error_rate);
/** That a flit has to be sent again at that error rate of a run: independent errors, closed form. */
double oio_correction_retry(const struct oio_correction *correction, double error_rate);
/** "kp4", "kr4", "light", "+kp4", "none". */
const char *oio_correction_name(const struct oio_correction *correction);

/** What follows without a run, of links that are alike. Below 0: not known, or bound by nothing. */
struct oio_tech_figures {
  double pj_per_bit;                        /**< link and serialisers of both hosts */
  double watts_always;                      /**< of all links, both directions at their full rate */
  double edge_mm;                           /**< of the chip, for one link */
  double failures_per_year, flaps_per_year; /**< of a link */
  double down_s_per_year;                   /**< of a link, by its flaps */
};
/** value: one for each quantity, typical or drawn; rate_gbps: what a link carries in flits, one direction. */
void oio_tech_figures_of(const struct oio_tech *tech, const double value[OIO_TECH_QUANTITIES], double rate_gbps, double links,
                         struct oio_tech_figures *figures);
/** Watts of so many flits that such links have carried in that time. */
double oio_tech_watts_load(double pj_per_bit, double flits, double time_ps);

#ifdef __cplusplus
}
#endif
#endif
