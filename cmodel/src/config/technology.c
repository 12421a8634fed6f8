/* SPDX-License-Identifier: Apache-2.0 */
#include "config/technology.h"

#include "oio/tech.h"
#include "oio/tech_figures.h"

#include <string.h>

enum { LANES_MAX = 1024 };

/* What a technology brings: each a bit of oio_link_class.own. */
static const size_t brought[] = {offsetof(struct oio_link_class, lanes),          offsetof(struct oio_link_class, lane_rate_gbps),
                                 offsetof(struct oio_link_class, ps_per_m),       offsetof(struct oio_link_class, logic_ps),
                                 offsetof(struct oio_link_class, fec_ps),         offsetof(struct oio_link_class, wavelengths),
                                 offsetof(struct oio_link_class, relink_ps),      offsetof(struct oio_link_class, ring_pm_per_k),
                                 offsetof(struct oio_link_class, ring_width_pm),  offsetof(struct oio_link_class, ring_lock_ps),
                                 offsetof(struct oio_link_class, bit_error_rate), offsetof(struct oio_link_class, fec),
                                 offsetof(struct oio_link_class, fec_ways)};
enum {
  LANES = 1,
  LANE_RATE = 2,
  PS_PER_M = 4,
  LOGIC = 8,
  FEC = 16,
  WAVELENGTHS = 32,
  RELINK = 64,
  RING_PM_PER_K = 128,
  RING_WIDTH = 256,
  RING_LOCK = 512,
  ERROR_RATE = 1024,
  CODE = 2048,
  WAYS = 4096,
  BROUGHT = sizeof brought / sizeof brought[0]
};

static uint64_t to_ps(double ns) {
  return (uint64_t)(ns * 1000 + 0.5);
}

/* Of more lanes than a link can have, as many are one as it takes. */
static uint64_t lanes_of(const struct oio_tech *tech) {
  uint64_t joined = 1;
  while (tech->lanes % joined != 0 || tech->lanes / joined > LANES_MAX) joined++;
  return tech->lanes / joined;
}

/* Where the class has error correction in blocks, that takes its part of the line itself; else the rate is what coding leaves. */
static double rate_gbps(const struct oio_link_class *of, const struct oio_tech *tech) {
  if (of->fec != OIO_FEC_NONE && of->fec != OIO_FEC_FLIT) return tech->lanes * tech->value[OIO_TECH_LANE_RATE_GBPS].typical;
  return tech->value[OIO_TECH_RATE_GBPS].typical;
}

/* Of rings no table has more than words. By a degree they move 70 to 90 pm, which a source says; the rest is assumed: a line 100 pm wide,
 * so that it is lost at 100 pm as sources say, and a lock of 100 us, so that 800 degrees a second, which a maker bears, costs 0.07 dB. */
static const double rings_pm_per_k = 80, rings_width_pm = 100;
enum { RINGS_LOCK_US = 100 };

static void bring_rings(struct oio_link_class *of, const struct oio_tech *tech) {
  const bool rings = oio_tech_has_rings(tech);
  if ((of->own & RING_PM_PER_K) == 0) of->ring_pm_per_k = rings ? rings_pm_per_k : 0;
  if ((of->own & RING_WIDTH) == 0) of->ring_width_pm = rings_width_pm;
  if ((of->own & RING_LOCK) == 0) of->ring_lock_ps = rings ? RINGS_LOCK_US * OIO_US : 0;
}

static double at_least_one(double value) {
  return value < 1 ? 1 : value;
}

static uint64_t choice_of(const struct oio_correction *correction) {
  static const struct {
    const char *code;
    enum oio_fec_choice choice;
  } codes[] = {{"kp4", OIO_FEC_KP4}, {"kr4", OIO_FEC_KR4}, {"flit", OIO_FEC_FLIT}};
  for (unsigned i = 0; correction->code != NULL && i < sizeof codes / sizeof codes[0]; i++) {
    if (strcmp(codes[i].code, correction->code) == 0) return codes[i].choice;
  }
  return OIO_FEC_NONE;
}

/* Before rate and times, which follow from them. With tech_errors off again they are as without: none. */
static void bring_errors(struct oio_link_class *of, const struct oio_tech *tech) {
  struct oio_correction correction;
  if (of->tech_errors == 0 && of->brought_errors == 0) return;
  of->brought_errors = of->tech_errors;
  oio_tech_correction(tech, &correction);
  const double line_rate = tech->value[oio_tech_error_rate(tech)].typical;
  if ((of->own & CODE) == 0) of->fec = of->tech_errors ? choice_of(&correction) : OIO_FEC_NONE;
  if ((of->own & WAYS) == 0) of->fec_ways = of->tech_errors && (of->own & CODE) == 0 ? correction.ways : 1;
  if ((of->own & ERROR_RATE) == 0) of->bit_error_rate = of->tech_errors ? oio_correction_rate(&correction, line_rate) : 0;
}

/* Of no technology any more: as before one, but for what the user has set. */
static void take_errors_back(struct oio_link_class *of) {
  if (of->brought_errors == 0) return;
  of->brought_errors = 0;
  if ((of->own & CODE) == 0) of->fec = OIO_FEC_NONE;
  if ((of->own & WAYS) == 0) of->fec_ways = 1;
  if ((of->own & ERROR_RATE) == 0) of->bit_error_rate = 0;
}

/* Likewise of its time: a block takes its part, and what is left is that of encoder and decoder; else all is logic. */
static void bring(struct oio_config *config, unsigned link_class, const struct oio_tech *tech) {
  struct oio_link_class *of = &config->classes[link_class];
  bring_errors(of, tech);
  const double phy_ns = tech->value[OIO_TECH_PHY_NS].typical, fec_ns = tech->value[OIO_TECH_FEC_NS].typical;
  const bool coded = of->fec != OIO_FEC_NONE;
  if ((of->own & LANES) == 0) of->lanes = lanes_of(tech);
  if ((of->own & LANE_RATE) == 0) of->lane_rate_gbps = rate_gbps(of, tech) / (double)lanes_of(tech);
  if ((of->own & PS_PER_M) == 0) of->ps_per_m = to_ps(tech->value[OIO_TECH_FLIGHT_NS_PER_M].typical);
  if ((of->own & LOGIC) == 0) of->logic_ps = to_ps(coded ? phy_ns : phy_ns + fec_ns);
  if ((of->own & WAVELENGTHS) == 0) of->wavelengths = (uint64_t)at_least_one(tech->value[OIO_TECH_WAVELENGTHS].typical);
  if ((of->own & RELINK) == 0) of->relink_ps = (uint64_t)(tech->value[OIO_TECH_RELINK_MS].typical * 1e9 + 0.5);
  bring_rings(of, tech);
  if (!coded || (of->own & FEC) != 0) return;
  of->fec_ps = 0;
  const oio_time_ps block_ps = oio_config_class_fec_ps(config, link_class), all_ps = to_ps(fec_ns);
  of->fec_ps = all_ps > block_ps ? all_ps - block_ps : 0;
}

static enum oio_status refuse(const char *where, const char *name, const char *tech, struct oio_error *error) {
  return oio_error_set(error, OIO_ERR_CONFIG, "%s: %s.tech=%.60s is no technology; did you mean %s? `oio tech list` lists them", where,
                       name, tech, oio_tech_nearest(tech));
}

enum oio_status oio_technology_take(struct oio_config *config, unsigned link_class, const char *name, const char *where,
                                    struct oio_error *error) {
  struct oio_link_class *of = &config->classes[link_class];
  const struct oio_tech *tech = oio_tech_find(name);
  if (tech == NULL && *name != '\0') return refuse(where, oio_config_class_name(config, link_class), name, error);
  memset(of->tech, 0, sizeof of->tech);
  if (tech == NULL) {
    take_errors_back(of);
    return OIO_OK;
  }
  memcpy(of->tech, tech->name, strlen(tech->name));
  bring(config, link_class, tech);
  return OIO_OK;
}

void oio_technology_yield(struct oio_config *config, unsigned link_class, size_t at) {
  struct oio_link_class *of = &config->classes[link_class];
  const struct oio_tech *tech = oio_tech_find(of->tech);
  for (unsigned i = 0; i < BROUGHT; i++) {
    if (brought[i] == at) of->own |= (uint64_t)1 << i;
  }
  if (tech != NULL) bring(config, link_class, tech);
}

enum oio_status oio_technology_check(const struct oio_config *config, unsigned link_class, struct oio_error *error) {
  const struct oio_link_class *of = &config->classes[link_class];
  const char *name = oio_config_class_name(config, link_class);
  if (of->tech[0] == '\0') return OIO_OK;
  const struct oio_tech *tech = oio_tech_find(of->tech);
  if (tech == NULL) return refuse("configuration", name, of->tech, error);
  const double reach_m = tech->value[OIO_TECH_REACH_M].high;
  if (of->length_m > reach_m) {
    return oio_error_set(error, OIO_ERR_CONFIG,
                         "%s.length_m=%g: %s.tech=%s reaches %g m at most; shorten it, or see `oio tech list --length %g` for what reaches",
                         name, of->length_m, name, of->tech, reach_m, of->length_m);
  }
  if (of->lane_rate_gbps * (double)of->lanes > rate_gbps(of, tech) * (1 + 1e-9)) {
    return oio_error_set(
        error, OIO_ERR_CONFIG,
        "%s.lanes=%llu and %s.lane_rate_gbps=%g are more than %s.tech=%s has, %g Gb/s; lower one, or leave out the technology", name,
        (unsigned long long)of->lanes, name, of->lane_rate_gbps, name, of->tech, rate_gbps(of, tech));
  }
  return OIO_OK;
}
