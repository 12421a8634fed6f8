/* SPDX-License-Identifier: Apache-2.0 */
#include "oio/tech_figures.h"

#include "base/normal.h"
#include "oio/fec_rates.h"
#include "oio/flit.h"
#include "oio/rng.h"

#include <string.h>

enum { LIGHT_SYMBOLS = 256, LIGHT_WAYS = 3 };

static const double kp4_limit = 2.4e-4;

/* How the words begin, and what that is. The first that fits counts. */
static const struct {
  const char *words;
  struct oio_correction is;
} known[] = {
    {"KP4 RS(544,514), inner Hamming(128,120)", {OIO_CORRECTION_STRONGER, "kp4", 1}},
    {"KP4", {OIO_CORRECTION_CODE, "kp4", 1}},
    {"KR4", {OIO_CORRECTION_CODE, "kr4", 1}},
    {"stronger than KP4", {OIO_CORRECTION_STRONGER, "kp4", 1}},
    {"light, or KP4", {OIO_CORRECTION_CODE, "kp4", 1}},
    {"light", {OIO_CORRECTION_CODE, "flit", 1}},
    {"none", {OIO_CORRECTION_NONE, NULL, 1}},
    {"in the figure of the hop", {OIO_CORRECTION_NONE, NULL, 1}},
};

static bool is_light(const struct oio_correction *correction) {
  return correction->code != NULL && strcmp(correction->code, "flit") == 0;
}

bool oio_tech_correction(const struct oio_tech *tech, struct oio_correction *correction) {
  const char *words = tech->value[OIO_TECH_FEC].words;
  const double rate_gbps = tech->value[OIO_TECH_RATE_GBPS].typical;
  *correction = (struct oio_correction){OIO_CORRECTION_NONE, NULL, 1};
  if (words == NULL) return true;
  for (size_t i = 0; i < sizeof known / sizeof known[0]; i++) {
    if (strncmp(words, known[i].words, strlen(known[i].words)) != 0) continue;
    *correction = known[i].is;
    if (correction->code != NULL && !is_light(correction)) correction->ways = rate_gbps >= 800 ? 4 : rate_gbps >= 200 ? 2 : 1;
    return true;
  }
  return false;
}

double oio_correction_rate(const struct oio_correction *correction, double line_error_rate) {
  return correction->kind == OIO_CORRECTION_STRONGER && line_error_rate > kp4_limit ? kp4_limit : line_error_rate;
}

/* That one of `count`, which is no whole number, is lost: 1 - (1 - p)^count. */
static double any_lost(double count, double p) {
  if (p <= 0) return 0;
  if (p >= 1) return 1;
  const double x = count * oio_ln1m(p);
  return x > -1e-4 ? -x * (1 + x / 2 * (1 + x / 3 * (1 + x / 4))) : 1 - oio_exp(x);
}

/* A flit has part of every codeword of a block, and of those of the next as often as it reaches into it. */
double oio_correction_retry(const struct oio_correction *correction, double error_rate) {
  if (correction->code == NULL) return oio_fec_any_wrong(OIO_FLIT_BITS, error_rate);
  const struct oio_fec_code *code = oio_fec_code_named(correction->code);
  if (is_light(correction)) return oio_fec_block_loss(code, LIGHT_SYMBOLS, LIGHT_WAYS, error_rate);
  const double words = correction->ways + (double)OIO_FLIT_BITS / (code->data_symbols * code->symbol_bits);
  return any_lost(words, oio_fec_word_loss(code, error_rate));
}

const char *oio_correction_name(const struct oio_correction *correction) {
  if (correction->kind == OIO_CORRECTION_STRONGER) return "+kp4";
  if (correction->code == NULL) return "none";
  return is_light(correction) ? "light" : correction->code;
}

static bool is_known(const struct oio_tech *tech, enum oio_tech_quantity quantity) {
  return tech->value[quantity].basis != OIO_BASIS_NONE;
}

void oio_tech_figures_of(const struct oio_tech *tech, const double value[OIO_TECH_QUANTITIES], double rate_gbps, double links,
                         struct oio_tech_figures *f) {
  const double shoreline = value[OIO_TECH_SHORELINE_GBPS_PER_MM];
  *f = (struct oio_tech_figures){.edge_mm = -1, .failures_per_year = -1, .flaps_per_year = -1, .down_s_per_year = -1};
  f->pj_per_bit = value[OIO_TECH_LINK_PJ_PER_BIT] + value[OIO_TECH_HOST_PJ_PER_BIT];
  f->watts_always = f->pj_per_bit * rate_gbps * 2 * links / 1e3;
  if (shoreline > 0) f->edge_mm = rate_gbps / shoreline;
  if (is_known(tech, OIO_TECH_FAILURES_PER_1E9H))
    f->failures_per_year = oio_tech_per_year(OIO_TECH_FAILURES_PER_1E9H, value[OIO_TECH_FAILURES_PER_1E9H]);
  if (!is_known(tech, OIO_TECH_FLAPS_PER_1E9H)) return;
  f->flaps_per_year = oio_tech_per_year(OIO_TECH_FLAPS_PER_1E9H, value[OIO_TECH_FLAPS_PER_1E9H]);
  if (is_known(tech, OIO_TECH_RELINK_MS)) f->down_s_per_year = f->flaps_per_year * value[OIO_TECH_RELINK_MS] / 1e3;
}

double oio_tech_watts_load(double pj_per_bit, double flits, double time_ps) {
  return time_ps > 0 ? pj_per_bit * flits * OIO_FLIT_BITS / time_ps : 0;
}
