/* SPDX-License-Identifier: Apache-2.0 */
/* What a run makes of the error correction that a technology has, which its data says in words. */
#ifndef CORRECTION_H
#define CORRECTION_H

#include "oio/config.h"
#include "oio/tech.h"

enum correction_kind {
  CORRECTION_NONE = 0, /**< errors reach the link as they come: its CRC finds them, and it sends again */
  CORRECTION_CODE,     /**< a code of the channel */
  CORRECTION_LIGHT,    /**< 250+6 bytes, three ways, one symbol each: flits are lost as often as it loses them */
  CORRECTION_STRONGER, /**< KP4 behind another code, the inner Hamming code or one not decided on: what that leaves is at most the limit of
                          KP4 */
};

struct correction {
  enum correction_kind kind;
  enum oio_fec_choice code; /**< of a code and what is stronger */
};

/** False: the words of the technology are none that are known here. */
bool correction_of(const struct oio_tech *tech, struct correction *correction);
/** Codewords interleaved, as Ethernet does at that rate: 1, from 200 Gb/s 2, from 800 Gb/s 4. */
unsigned correction_ways(double rate_gbps);
/** The error rate of a run, where so many bits are wrong on the line. */
double correction_rate(const struct correction *correction, double line_error_rate);
/** That a flit has to be sent again at that error rate of a run: independent errors. */
double correction_retry(const struct correction *correction, unsigned ways, double error_rate);
/** "kp4", "light", "none", ... */
const char *correction_name(const struct correction *correction);

#endif
