/* SPDX-License-Identifier: Apache-2.0 */
/* What a channel can be made of. */
#include "channel/channel_state.h"

#include <string.h>

#define PS_PER_S 1000000000000u

/* So that it is in two blocks at most. */
static bool holds_a_flit(const struct oio_channel_config *c) {
  const struct oio_fec_code *code = oio_fec_code_named(c->fec);
  return code != NULL && c->fec_ways * code->data_symbols * code->symbol_bits >= OIO_FLIT_BITS;
}

static enum oio_status check_tables(const struct oio_channel_config *c, struct oio_error *error) {
  if (c->fec_tables == NULL || strcmp(oio_fec_code_of(c->fec_tables)->name, c->fec) == 0) return OIO_OK;
  return oio_error_set(error, OIO_ERR_CONFIG, "channel fec_tables: they are of %s, not of %.32s; give those, or none",
                       oio_fec_code_of(c->fec_tables)->name, c->fec);
}

static enum oio_status check_fec(const struct oio_channel_config *c, struct oio_error *error) {
  if (c->fec_mode < OIO_FEC_CORRECT || c->fec_mode >= OIO_FEC_MODES)
    return oio_error_set(error, OIO_ERR_CONFIG, "channel fec_mode %d: there is no such mode", (int)c->fec_mode);
  if (c->fec_ps > OIO_MS) return oio_error_set(error, OIO_ERR_CONFIG, "channel fec_ps: use at most 1 ms");
  if (oio_fec_is_of_a_flit(c)) return check_tables(c, error);
  if (c->fec_ways != 1 && c->fec_ways != 2 && c->fec_ways != 4) {
    return oio_error_set(error, OIO_ERR_CONFIG, "channel fec_ways %u: use 1, 2 or 4, and 3 of flit", c->fec_ways);
  }
  if (!holds_a_flit(c)) {
    return oio_error_set(error, OIO_ERR_CONFIG, "channel fec %.32s: use flit, or a code whose block holds one: kp4, kr4 or ll", c->fec);
  }
  if (c->lanes * c->lane_rate_bits_per_s > OIO_FEC_RATE_MAX) {
    return oio_error_set(error, OIO_ERR_CONFIG, "channel fec: use at most 100 Tb/s, all lanes together");
  }
  return check_tables(c, error);
}

static bool within(double value, double low, double high) {
  return value >= low && value <= high;
}

static enum oio_status check_runs(const struct oio_error_process *p, double bit_error_rate, struct oio_error *error) {
  if (p->symbol_bits != 1 && p->symbol_bits != 2) {
    return oio_error_set(error, OIO_ERR_CONFIG, "channel errors: symbols of %u bits; use 1 or 2", p->symbol_bits);
  }
  const double most = (p->symbol_bits == 2 ? 0.375 : 0.5) * (1 + 1e-9); /* rates of states are rounded */
  if (within(p->propagation, 0, 0.99) && bit_error_rate <= most) return OIO_OK;
  return oio_error_set(
      error, OIO_ERR_CONFIG,
      "channel errors: propagation %g at bit_error_rate %g; use 0..0.99, and a rate in each state of 0.5 at most, of PAM4 0.375",
      p->propagation, bit_error_rate);
}

static enum oio_status check_states(const struct oio_error_process *p, double bit_error_rate, struct oio_error *error) {
  if (within(p->bad_rate, 0, 0.5) && within(p->bad_part, 1e-12, 0.5) && within(p->bad_bits, 1, 1e9) &&
      (bit_error_rate == 0 || p->bad_part * p->bad_rate <= bit_error_rate))
    return OIO_OK;
  return oio_error_set(error, OIO_ERR_CONFIG,
                       "channel errors: bad_rate %g, bad_part %g, bad_bits %g at bit_error_rate %g; use 0..0.5, 1e-12..0.5, 1..1e9, and no "
                       "more errors in the bad part than there are in all",
                       p->bad_rate, p->bad_part, p->bad_bits, bit_error_rate);
}

enum oio_status oio_channel_check_errors(const struct oio_error_process *p, double bit_error_rate, struct oio_error *error) {
  enum oio_status status = OIO_OK;
  switch (p->kind) {
  case OIO_ERRORS_INDEPENDENT:
    return OIO_OK;
  case OIO_ERRORS_RUNS:
    return check_runs(p, bit_error_rate, error);
  case OIO_ERRORS_GILBERT:
    return check_states(p, bit_error_rate, error);
  case OIO_ERRORS_BOTH:
    status = check_states(p, bit_error_rate, error);
    if (status == OIO_OK) status = check_runs(p, p->bad_rate, error);
    return status == OIO_OK ? check_runs(p, oio_good_rate(p, bit_error_rate), error) : status;
  default:
    return oio_error_set(error, OIO_ERR_CONFIG, "channel errors: there is no such kind %d", (int)p->kind);
  }
}

/* A bit that stands twice would be right, and counted as wrong. */
static bool has_bit_twice(const struct oio_channel_event *e) {
  for (unsigned i = 1; i < e->bits; i++) {
    for (unsigned j = 0; j < i; j++) {
      if (e->bit[i] == e->bit[j]) return true;
    }
  }
  return false;
}

/* Of a flit: bits that it has, and a delay as long as a flight can be. */
static bool can_be_of_a_flit(const struct oio_channel_event *e) {
  for (unsigned i = 0; e->what == OIO_EVENT_FLIP && i < e->bits; i++) {
    if (i >= OIO_EVENT_FLIPS_MAX || e->bit[i] >= OIO_FLIT_BITS) return false;
  }
  if (e->what == OIO_EVENT_FLIP) return e->bits > 0 && !has_bit_twice(e);
  if (e->what == OIO_EVENT_BURST) return e->number < OIO_FLIT_BITS && e->bit[0] > 0 && e->bit[0] <= OIO_FLIT_BITS - e->number;
  if (e->what == OIO_EVENT_TRUNCATE) return e->number < OIO_FLIT_BITS;
  if (e->what == OIO_EVENT_FORGE) return e->bit[0] < OIO_FORGED_FIELDS && e->number < oio_forged_values((enum oio_forged_field)e->bit[0]);
  return e->what != OIO_EVENT_DELAY || e->for_ps <= OIO_MS;
}

static enum oio_status check_flit_event(const struct oio_channel_event *e, uint32_t index, struct oio_error *error) {
  if (e->by_flit && (e->what == OIO_EVENT_RATE || e->what == OIO_EVENT_LOSS || e->what == OIO_EVENT_DETUNE))
    return oio_error_set(error, OIO_ERR_CONFIG, "channel event %u: what changes the error rate has a time, not a flit", index);
  if (!oio_event_is_of_a_flit(e) || can_be_of_a_flit(e)) return OIO_OK;
  return oio_error_set(
      error, OIO_ERR_CONFIG,
      "channel event %u: use bits 0..2047, 1 to %d of a flip, each once, a delay of 1 ms at most, a field and a value that it has", index,
      OIO_EVENT_FLIPS_MAX);
}

/* What of lanes and events goes together. */
static enum oio_status check_events(const struct oio_channel_config *c, struct oio_error *error) {
  for (uint32_t i = 0; i < c->event_count; i++) {
    const struct oio_channel_event *e = &c->events[i];
    const bool of_lanes = e->what == OIO_EVENT_LANE || e->what == OIO_EVENT_LASER || e->what == OIO_EVENT_FIBRE;
    const bool known = e->what >= OIO_EVENT_RATE && e->what < OIO_EVENT_KINDS && (i == 0 || oio_event_is_first(&e[-1], e));
    if (!known || (of_lanes && c->stripe_bits == 0)) {
      return oio_error_set(error, OIO_ERR_CONFIG, "channel event %u: use a kind there is, one after the other, lanes with stripes", i);
    }
    if ((e->what == OIO_EVENT_RATE && !within(e->value, 0, 0.5)) || (e->what == OIO_EVENT_LOSS && !within(e->value, -100, 100)))
      return oio_error_set(error, OIO_ERR_CONFIG, "channel event %u: value %g; use a rate 0..0.5 or a loss of -100..100 dB", i, e->value);
    if (e->what == OIO_EVENT_DETUNE && !within(e->value, -2e6, 2e6))
      return oio_error_set(error, OIO_ERR_CONFIG, "channel event %u: value %g; use -2e6..2e6 halves of the width of a ring", i, e->value);
    if (check_flit_event(e, i, error) != OIO_OK) return OIO_ERR_CONFIG;
    if (e->what == OIO_EVENT_RATE && oio_channel_check_errors(&c->errors, e->value, error) != OIO_OK) return OIO_ERR_CONFIG;
  }
  return OIO_OK;
}

static enum oio_status check_lanes(const struct oio_channel_config *c, struct oio_error *error) {
  const bool striped = c->stripe_bits > 0;
  if (c->stripe_bits > OIO_FLIT_BITS || !within(c->lane_spread, 0, 3) || c->spare_lanes > 1024 || c->wavelengths > 1024 ||
      c->laser_fibres > 1024 || c->skew_ps > OIO_US || c->remap_ps > OIO_S) {
    return oio_error_set(
        error, OIO_ERR_CONFIG,
        "channel lanes: use stripes of 0..2048 bits, a spread of 0..3 decades, 1024 spare lanes, wavelengths and fibres of a "
        "laser at most, a skew of 1 us, a remap of 1 s");
  }
  if (!striped && (c->lane_spread > 0 || c->spare_lanes > 0))
    return oio_error_set(error, OIO_ERR_CONFIG, "channel lane_spread, spare_lanes: the line is one lane; set stripe_bits");
  if (c->gearbox_ps > OIO_MS) return oio_error_set(error, OIO_ERR_CONFIG, "channel gearbox: use at most 1 ms");
  if (c->marker_bits > 0 && (c->marker_period_bits > PS_PER_S || c->marker_bits > c->marker_period_bits / 2))
    return oio_error_set(error, OIO_ERR_CONFIG, "channel markers: %llu bits every %llu; use a period of twice their bits to 10^12",
                         (unsigned long long)c->marker_bits, (unsigned long long)c->marker_period_bits);
  if (!within(c->walk, 0, 10) || (c->walk > 0 && (c->walk_ps < 1000 || c->walk_ps > 1000 * OIO_S)))
    return oio_error_set(error, OIO_ERR_CONFIG, "channel walk %g: use 0..10, and walk_ps of 1000 ps to 1000 s", c->walk);
  return check_events(c, error);
}

enum oio_status oio_channel_check(const struct oio_channel_config *c, struct oio_error *error) {
  if (oio_flit_format(c->format) == NULL) {
    return oio_error_set(error, OIO_ERR_CONFIG, "channel format %u: there is no such flit format; use 3 or 6", c->format);
  }
  if (c->fidelity != OIO_EVENT && c->fidelity != OIO_BIT) {
    return oio_error_set(error, OIO_ERR_CONFIG, "channel fidelity %d: use OIO_EVENT or OIO_BIT", (int)c->fidelity);
  }
  if (c->lanes < 1 || c->lanes > 1024) return oio_error_set(error, OIO_ERR_CONFIG, "channel lanes %u: use 1..1024", c->lanes);
  if (c->lane_rate_bits_per_s < 1000000 || c->lane_rate_bits_per_s > PS_PER_S) {
    return oio_error_set(error, OIO_ERR_CONFIG, "channel lane rate %llu bit/s: use 10^6..10^12",
                         (unsigned long long)c->lane_rate_bits_per_s);
  }
  if (c->flight_ps > OIO_MS || c->logic_ps > OIO_MS) {
    return oio_error_set(error, OIO_ERR_CONFIG, "channel flight or logic time: use at most 1 ms");
  }
  if (!(c->bit_error_rate >= 0 && c->bit_error_rate <= 0.5)) {
    return oio_error_set(error, OIO_ERR_CONFIG, "channel bit_error_rate %g: use 0..0.5", c->bit_error_rate);
  }
  if (c->inner && c->errors.kind != OIO_ERRORS_INDEPENDENT)
    return oio_error_set(error, OIO_ERR_CONFIG, "channel inner: what an inner code leaves is independent; leave out the other errors");
  enum oio_status checked = oio_channel_check_errors(&c->errors, c->bit_error_rate, error);
  if (checked == OIO_OK) checked = check_lanes(c, error);
  return checked != OIO_OK || c->fec == NULL ? checked : check_fec(c, error);
}
