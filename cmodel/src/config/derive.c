/* SPDX-License-Identifier: Apache-2.0 */
/* What follows from the values of a configuration: automatic values, and the configuration of each part. */
#include "base/precondition.h"
#include "oio/config.h"

#include <string.h>

#define PS_PER_S 1000000000000u

enum {
  TIMEOUT_FLITS_MIN = 375, /* the UCIe-style value, good for a short wire */
  WINDOW_FLITS_MIN = 64,
  WINDOW_FLITS_MAX = 32767,
  SLACK_FLITS = 16,    /* codec, alternation of Ack and explicit, rounding */
  DIE_PS_PER_M = 7000, /* on a package, about twice the fibre's speed loss: 7 ps a millimetre */
  VC_BUFFER_BYTES_MIN = 65536,
  WAIT_FLITS_MAX = 10000000, /* of the keys for timeouts */
};

static uint64_t lane_rate(double gbps) {
  return (uint64_t)(gbps * 1e9 + 0.5);
}

static oio_time_ps flit_ps(uint64_t lanes, double gbps) {
  return (uint64_t)OIO_FLIT_BITS * PS_PER_S / (lanes * lane_rate(gbps));
}

oio_time_ps oio_config_optical_flit_ps(const struct oio_config *c) {
  return flit_ps(c->channel_lanes, c->channel_lane_rate_gbps);
}

static oio_time_ps die_flit_ps(const struct oio_config *c) {
  return flit_ps(c->die_lanes, c->die_lane_rate_gbps);
}

oio_time_ps oio_config_flight_ps(const struct oio_config *c) {
  return (oio_time_ps)(c->channel_length_m * (double)c->channel_ps_per_m);
}

/* There and back, in flit times, rounded up. */
static uint64_t round_trip_flits(oio_time_ps flit, oio_time_ps flight, oio_time_ps logic) {
  return (2 * (flight + logic + flit) + flit - 1) / flit;
}

static oio_time_ps die_flight_ps(const struct oio_config *c) {
  return (oio_time_ps)(c->die_length_m * DIE_PS_PER_M);
}

static uint64_t at_most(uint64_t value, uint64_t most) {
  return value < most ? value : most;
}
static uint64_t at_least(uint64_t value, uint64_t least) {
  return value > least ? value : least;
}

/* More than any draw of exponential gaps adds up to. */
static double generated_ps_at_most(const struct oio_config *c) {
  if (c->generator != OIO_POISSON && c->generator != OIO_BURST) return 0;
  const double flits = (double)c->message_bytes / OIO_SEGMENT_BYTES_MAX;
  const double gap_ps = (double)oio_config_optical_flit_ps(c) * (flits < 1 ? 1 : flits) / c->load;
  return (2 * (double)c->flits + 40 * (c->generator == OIO_BURST ? (double)c->burst_flits : 1)) * gap_ps;
}

enum oio_status oio_config_resolve(struct oio_config *c, struct oio_error *error) {
  const enum oio_status checked = oio_config_check(c, error);
  if (checked != OIO_OK) return checked;
  if (oio_config_optical_flit_ps(c) == 0 || die_flit_ps(c) == 0) {
    return oio_error_set(error, OIO_ERR_CONFIG, "lanes times lane rate is above 2048 Tb/s: a flit would take no time; lower one of them");
  }
  if (oio_config_flight_ps(c) > OIO_MS) {
    return oio_error_set(error, OIO_ERR_CONFIG, "channel.length_m=%g: the flight time is above 1 ms; use a shorter fibre",
                         c->channel_length_m);
  }
  if (c->generated_vcs > c->vc_count) {
    return oio_error_set(error, OIO_ERR_CONFIG, "workload.vcs=%llu is above vc.count=%llu; raise vc.count",
                         (unsigned long long)c->generated_vcs, (unsigned long long)c->vc_count);
  }
  if (generated_ps_at_most(c) > (double)(OIO_HORIZON_PS / 2)) {
    return oio_error_set(error, OIO_ERR_CONFIG,
                         "workload.flits=%llu at workload.load=%g may take longer than 2^62 ps (53 days); use fewer, or a higher load",
                         (unsigned long long)c->flits, c->load);
  }
  const uint64_t wait = c->link_ack_delay_flits + SLACK_FLITS;
  const uint64_t loop = wait + round_trip_flits(oio_config_optical_flit_ps(c), oio_config_flight_ps(c), c->channel_logic_ps);
  const uint64_t die_loop = wait + round_trip_flits(die_flit_ps(c), die_flight_ps(c), c->die_logic_ps);
  if (c->link_window_flits == 0) c->link_window_flits = at_most(at_least(loop + loop / 4, WINDOW_FLITS_MIN), WINDOW_FLITS_MAX);
  if (c->link_buffer_flits == 0) c->link_buffer_flits = c->link_window_flits;
  if (c->link_nak_repeat_flits == 0) c->link_nak_repeat_flits = loop;
  if (c->link_timeout_flits == 0) c->link_timeout_flits = at_least(2 * loop, TIMEOUT_FLITS_MIN);
  if (c->die_link_timeout_flits == 0) c->die_link_timeout_flits = at_least(4 * die_loop, TIMEOUT_FLITS_MIN);
  const bool optical = c->link_timeout_flits > WAIT_FLITS_MAX || c->link_nak_repeat_flits > WAIT_FLITS_MAX;
  if (optical || c->die_link_timeout_flits > WAIT_FLITS_MAX) {
    return oio_error_set(
        error, OIO_ERR_CONFIG,
        "the way there and back is %llu flit times of the %s link, too long for its timeout; use fewer lanes, a lower lane "
        "rate, or a shorter way",
        (unsigned long long)(optical ? loop - wait : die_loop - wait), optical ? "optical" : "die");
  }
  if (c->vc_buffer_bytes == 0) {
    c->vc_buffer_bytes = at_most(at_least(2 * (loop + loop / 4) * OIO_SEGMENT_BYTES_MAX, VC_BUFFER_BYTES_MIN), 1u << 26);
  }
  if (c->vc_buffer_bytes < OIO_GRANULE_BYTES) {
    return oio_error_set(error, OIO_ERR_CONFIG, "vc.buffer_bytes=%llu is less than one granule; use at least %d",
                         (unsigned long long)c->vc_buffer_bytes, OIO_GRANULE_BYTES);
  }
  return OIO_OK;
}

/* Values in range, none of them automatic any more. */
static bool resolved(const struct oio_config *c) {
  return oio_config_check(c, NULL) == OIO_OK && c->link_window_flits > 0 && c->link_buffer_flits > 0 && c->link_timeout_flits > 0 &&
         c->link_nak_repeat_flits > 0 && c->die_link_timeout_flits > 0 && c->vc_buffer_bytes > 0;
}

void oio_config_optical_channel(const struct oio_config *c, unsigned direction, struct oio_channel_config *channel) {
  OIO_PRECONDITION(resolved(c) && direction < 2);
  *channel = (struct oio_channel_config){
      .format = (uint8_t)c->link_format,
      .fidelity = (enum oio_fidelity)c->fidelity,
      .lanes = (uint32_t)c->channel_lanes,
      .lane_rate_bits_per_s = lane_rate(c->channel_lane_rate_gbps),
      .flight_ps = oio_config_flight_ps(c),
      .logic_ps = c->channel_logic_ps,
      .bit_error_rate = c->channel_bit_error_rate,
      .seed = c->seed,
      .stream = direction,
      .digest = true, /* the wire digest of a run is that of its optical link */
  };
}

void oio_config_die_channel(const struct oio_config *c, unsigned end, unsigned direction, struct oio_channel_config *channel) {
  OIO_PRECONDITION(resolved(c) && end < 2 && direction < 2);
  *channel = (struct oio_channel_config){
      .format = (uint8_t)c->link_format,
      .fidelity = (enum oio_fidelity)c->fidelity,
      .lanes = (uint32_t)c->die_lanes,
      .lane_rate_bits_per_s = lane_rate(c->die_lane_rate_gbps),
      .flight_ps = die_flight_ps(c),
      .logic_ps = c->die_logic_ps,
      .bit_error_rate = c->die_bit_error_rate,
      .seed = c->seed,
      .stream = 2 + 2 * end + direction,
  };
}

void oio_config_optical_link(const struct oio_config *c, struct oio_link_config *link) {
  OIO_PRECONDITION(resolved(c));
  const oio_time_ps flit = oio_config_optical_flit_ps(c);
  *link = (struct oio_link_config){
      .format = (uint8_t)c->link_format,
      .sequence_bits = 16,
      .fidelity = (enum oio_fidelity)c->fidelity,
      .window_flits = (uint32_t)c->link_window_flits,
      .buffer_flits = (uint32_t)c->link_buffer_flits,
      .peer_buffer_flits = (uint32_t)c->link_buffer_flits,
      .replay_limit = (uint32_t)c->link_replay_limit,
      .timeout_ps = c->link_timeout_flits * flit,
      .nak_repeat_ps = c->link_nak_repeat_flits * flit,
      .ack_delay_ps = c->link_ack_delay_flits * flit,
  };
}

void oio_config_die_link(const struct oio_config *c, bool on_bridge, struct oio_link_config *link) {
  OIO_PRECONDITION(resolved(c));
  const oio_time_ps flit = die_flit_ps(c);
  const uint32_t bridge = (uint32_t)c->bridge_buffer_flits;
  const uint32_t die = (uint32_t)c->die_link_buffer_flits;
  *link = (struct oio_link_config){
      .format = (uint8_t)c->link_format,
      .sequence_bits = 8,
      .fidelity = (enum oio_fidelity)c->fidelity,
      .window_flits = (uint32_t)c->die_link_window_flits,
      .buffer_flits = on_bridge ? bridge : die,
      .peer_buffer_flits = on_bridge ? die : bridge,
      .replay_limit = (uint32_t)c->link_replay_limit,
      .timeout_ps = c->die_link_timeout_flits * flit,
      .nak_repeat_ps = (c->die_link_timeout_flits + 3) / 4 * flit,
      .ack_delay_ps = c->link_ack_delay_flits * flit,
  };
}

void oio_config_die(const struct oio_config *c, struct oio_die_config *die) {
  memset(die, 0, sizeof *die);
  if (c->topology == OIO_DIRECT) {
    oio_config_optical_link(c, &die->link);
  } else {
    oio_config_die_link(c, false, &die->link);
  }
  die->vcs = (uint8_t)c->vc_count;
  die->vc_buffer_bytes = c->vc_buffer_bytes;
  die->credit_delay_ps = die->link.ack_delay_ps;
  die->seed = c->seed;
}

void oio_config_bridge(const struct oio_config *c, struct oio_bridge_config *bridge) {
  memset(bridge, 0, sizeof *bridge);
  oio_config_die_link(c, true, &bridge->die);
  oio_config_optical_link(c, &bridge->optical);
  bridge->logic_ps = c->bridge_logic_ps;
}
