/* SPDX-License-Identifier: Apache-2.0 */
#include "correction.h"

#include "oio/fec_rates.h"

#include <math.h>
#include <string.h>

enum { LIGHT_SYMBOLS = 256, LIGHT_WAYS = 3 };

static const double kp4_limit = 2.4e-4;

/* How the words begin, and what that is. The first that fits counts. */
static const struct {
  const char *words;
  struct correction is;
} known[] = {
    {"KP4 RS(544,514), inner Hamming(128,120)", {CORRECTION_STRONGER, OIO_FEC_KP4}},
    {"KP4", {CORRECTION_CODE, OIO_FEC_KP4}},
    {"KR4", {CORRECTION_CODE, OIO_FEC_KR4}},
    {"stronger than KP4", {CORRECTION_STRONGER, OIO_FEC_KP4}},
    {"light, or KP4", {CORRECTION_CODE, OIO_FEC_KP4}},
    {"light", {CORRECTION_LIGHT, OIO_FEC_NONE}},
    {"none", {CORRECTION_NONE, OIO_FEC_NONE}},
    {"in the figure of the hop", {CORRECTION_NONE, OIO_FEC_NONE}},
};

bool correction_of(const struct oio_tech *tech, struct correction *correction) {
  const char *words = tech->value[OIO_TECH_FEC].words;
  *correction = (struct correction){CORRECTION_NONE, OIO_FEC_NONE};
  if (words == NULL) return true;
  for (size_t i = 0; i < sizeof known / sizeof known[0]; i++) {
    if (strncmp(words, known[i].words, strlen(known[i].words)) != 0) continue;
    *correction = known[i].is;
    return true;
  }
  return false;
}

unsigned correction_ways(double rate_gbps) {
  return rate_gbps >= 800 ? 4 : rate_gbps >= 200 ? 2 : 1;
}

static const struct oio_fec_code *code_of(const struct correction *correction) {
  return oio_fec_code_named(correction->code == OIO_FEC_KR4 ? "kr4" : "kp4");
}

double correction_rate(const struct correction *correction, double line_error_rate) {
  if (correction->kind == CORRECTION_STRONGER) return fmin(line_error_rate, kp4_limit);
  if (correction->kind != CORRECTION_LIGHT) return line_error_rate;
  const double lost = oio_fec_block_loss(oio_fec_code_named("flit"), LIGHT_SYMBOLS, LIGHT_WAYS, line_error_rate);
  return -expm1(log1p(-lost) / OIO_FLIT_BITS);
}

/* A flit has part of every codeword of a block, and of those of the next as often as it reaches into it. */
double correction_retry(const struct correction *correction, unsigned ways, double error_rate) {
  if (correction->code == OIO_FEC_NONE) return oio_fec_any_wrong(OIO_FLIT_BITS, error_rate);
  const struct oio_fec_code *code = code_of(correction);
  const double words = ways + (double)OIO_FLIT_BITS / (code->data_symbols * code->symbol_bits);
  return -expm1(words * log1p(-oio_fec_word_loss(code, error_rate)));
}

const char *correction_name(const struct correction *correction) {
  switch (correction->kind) {
  case CORRECTION_CODE:
    return correction->code == OIO_FEC_KR4 ? "kr4" : "kp4";
  case CORRECTION_LIGHT:
    return "light";
  case CORRECTION_STRONGER:
    return "+kp4";
  default:
    return "none";
  }
}
