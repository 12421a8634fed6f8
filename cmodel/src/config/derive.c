/* SPDX-License-Identifier: Apache-2.0 */
/* What follows from the values of a configuration: automatic values, and the configuration of each part. */
#include "base/precondition.h"
#include "base/wide.h"
#include "config/error_process.h"
#include "config/technology.h"
#include "oio/config.h"
#include "oio/fec.h"
#include "oio/routed_die.h"

#include <string.h>

#define PS_PER_S 1000000000000u

enum {
  TIMEOUT_FLITS_MIN = 375, /* the UCIe-style value, good for a short wire */
  WINDOW_FLITS_MIN = 64,
  WINDOW_FLITS_MAX = 32767,
  DIE_BUFFER_FLITS = 64,
  HOP_BUFFER_FLITS_MAX = 16383, /* of a hop VC: its credit has 15 bits */
  SLACK_FLITS = 16,             /* codec, alternation of Ack and explicit, rounding */
  VC_BUFFER_BYTES_MIN = 65536,
  WAIT_FLITS_MAX = 10000000, /* of the keys for timeouts */
  DIE_SEQUENCE_BITS = 8,
  OPTICAL_SEQUENCE_BITS = 16,
};

enum oio_path_topology oio_config_topology(const struct oio_config *c) {
  return strcmp(c->net, "pair") == 0 ? OIO_DIRECT : OIO_BRIDGED;
}

bool oio_config_is_routed(const struct oio_config *c) {
  return strcmp(c->net, "pair") != 0 && strcmp(c->net, "bridged") != 0;
}

bool oio_config_is_tunnelled(const struct oio_config *c) {
  return c->bridge_mode == OIO_BRIDGE_TUNNEL && strcmp(c->net, "bridged") == 0;
}

static uint64_t lane_rate(double gbps) {
  return (uint64_t)(gbps * 1e9 + 0.5);
}

const struct oio_fec_code *oio_config_class_fec(const struct oio_config *c, unsigned link_class) {
  static const char *const names[OIO_FEC_CHOICES] = {"", "kp4", "kr4", "ll", "flit"};
  OIO_PRECONDITION(link_class < oio_config_classes(c) && c->classes[link_class].fec < OIO_FEC_CHOICES);
  return oio_fec_code_named(names[c->classes[link_class].fec]);
}

/* That which comes in blocks, and takes a part of the line. */
static const struct oio_fec_code *block_code(const struct oio_config *c, unsigned link_class) {
  const struct oio_fec_code *fec = oio_config_class_fec(c, link_class);
  return c->classes[link_class].fec == OIO_FEC_FLIT ? NULL : fec;
}

/* Of all lanes, parity included. */
static uint64_t line_rate(const struct oio_link_class *of) {
  return of->lanes * lane_rate(of->lane_rate_gbps);
}

double oio_config_class_bits_per_s(const struct oio_config *c, unsigned link_class) {
  const struct oio_fec_code *fec = block_code(c, link_class);
  const struct oio_link_class *of = &c->classes[link_class];
  double line = (double)line_rate(of);
  if (of->marker_bits > 0) line -= line * (double)of->marker_bits / (double)of->marker_period_bits;
  return fec == NULL ? line : line * fec->data_symbols / fec->symbols;
}

oio_time_ps oio_config_class_fec_ps(const struct oio_config *c, unsigned link_class) {
  const struct oio_fec_code *fec = block_code(c, link_class);
  const struct oio_link_class *of = &c->classes[link_class];
  if (fec == NULL) return of->fec == OIO_FEC_FLIT ? of->fec_ps : 0;
  return of->fec_ways * fec->symbols * fec->symbol_bits * PS_PER_S / line_rate(of) + 1 + of->fec_ps;
}

oio_time_ps oio_config_class_flit_ps(const struct oio_config *c, unsigned link_class) {
  const struct oio_fec_code *fec = block_code(c, link_class);
  const uint64_t bits = OIO_FLIT_BITS * (uint64_t)PS_PER_S, line = line_rate(&c->classes[link_class]);
  if (fec == NULL) return bits / line;
  uint64_t rest; /* the stream of message bits takes n / k of its time on the line */
  return oio_wide_divide(bits, fec->symbols, line * fec->data_symbols, &rest);
}

oio_time_ps oio_config_class_flight_ps(const struct oio_config *c, unsigned link_class) {
  OIO_PRECONDITION(link_class < oio_config_classes(c));
  const struct oio_link_class *of = &c->classes[link_class];
  return (oio_time_ps)(of->length_m * (double)of->ps_per_m);
}

oio_time_ps oio_config_optical_flit_ps(const struct oio_config *c) {
  return oio_config_class_flit_ps(c, OIO_CLASS_OPTICAL);
}

oio_time_ps oio_config_flight_ps(const struct oio_config *c) {
  return oio_config_class_flight_ps(c, OIO_CLASS_OPTICAL);
}

/* How long a group of markers stands on the line, rounded up. */
static oio_time_ps marker_ps(const struct oio_link_class *of) {
  return of->marker_bits == 0 ? 0 : of->marker_bits * PS_PER_S / line_rate(of) + 1;
}

/* From the start of a flit to its arrival, rounded up. */
static oio_time_ps way_ps(const struct oio_config *c, unsigned link_class) {
  const struct oio_link_class *of = &c->classes[link_class];
  return oio_config_class_flight_ps(c, link_class) + of->logic_ps + of->skew_ps + of->gearbox_ps + marker_ps(of) +
         oio_config_class_fec_ps(c, link_class) + oio_config_class_flit_ps(c, link_class);
}

oio_time_ps oio_config_tunnel_loop_ps(const struct oio_config *c) {
  return 2 * (2 * (way_ps(c, OIO_CLASS_DIE_LINK) + c->bridge_logic_ps) + way_ps(c, OIO_CLASS_OPTICAL));
}

/* There and back, in flit times, rounded up. */
static uint64_t round_trip_flits(const struct oio_config *c, unsigned link_class) {
  const oio_time_ps flit = oio_config_class_flit_ps(c, link_class);
  const bool end_to_end = link_class == OIO_CLASS_DIE_LINK && oio_config_is_tunnelled(c);
  return ((end_to_end ? oio_config_tunnel_loop_ps(c) : 2 * way_ps(c, link_class)) + flit - 1) / flit;
}

/* From a flit to its Ack or Nak. */
static uint64_t loop_flits(const struct oio_config *c, unsigned link_class) {
  return c->link_ack_delay_flits + SLACK_FLITS + round_trip_flits(c, link_class);
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
  oio_time_ps slowest_ps = 0;
  for (unsigned i = 0; i < oio_config_classes(c); i++) slowest_ps = at_least(slowest_ps, oio_config_class_flit_ps(c, i));
  const double gap_ps = (double)slowest_ps * (flits < 1 ? 1 : flits) / c->load;
  return (2 * (double)c->messages + 100 * (c->generator == OIO_BURST ? (double)c->burst_messages : 1)) * gap_ps;
}

/* As many messages as fill two flits, and one that is begun with each. */
static uint64_t filling_messages(const struct oio_config *c) {
  const uint64_t whole = (OIO_SEGMENT_BYTES_MAX + OIO_DESCRIPTOR_BYTES) / (c->message_bytes + OIO_DESCRIPTOR_BYTES);
  return at_least(2 * (at_most(whole, OIO_SEGMENTS_MAX) + 1), 4);
}

/* What a buffer or timer that is automatic has as its value. */
static void resolve_buffers(struct oio_config *c, unsigned link_class) {
  struct oio_link_class *of = &c->classes[link_class];
  const uint64_t loop = loop_flits(c, link_class);
  const uint64_t buffer_max = link_class == OIO_CLASS_OPTICAL ? WINDOW_FLITS_MAX : HOP_BUFFER_FLITS_MAX;
  if (of->window_flits == 0) of->window_flits = at_most(at_least(loop + loop / 4, WINDOW_FLITS_MIN), WINDOW_FLITS_MAX);
  if (link_class == OIO_CLASS_DIE_LINK && of->buffer_flits == 0 && !oio_config_is_tunnelled(c)) of->buffer_flits = DIE_BUFFER_FLITS;
  if (of->buffer_flits == 0) of->buffer_flits = at_most(of->window_flits, buffer_max);
}

static void resolve_timers(struct oio_config *c, unsigned link_class) {
  struct oio_link_class *of = &c->classes[link_class];
  const uint64_t loop = loop_flits(c, link_class);
  /* Dies at tunnels know nothing of the way between these: their timeout is what it always is. */
  if (link_class == OIO_CLASS_DIE_LINK && oio_config_is_tunnelled(c) && of->timeout_flits == 0) of->timeout_flits = TIMEOUT_FLITS_MIN;
  if (link_class == OIO_CLASS_DIE_LINK &&
      !oio_config_is_tunnelled(c)) { /* its loop is so short that a Nak is repeated by the timeout's measure */
    if (of->timeout_flits == 0) of->timeout_flits = at_least(4 * loop, TIMEOUT_FLITS_MIN);
    if (of->nak_repeat_flits == 0) of->nak_repeat_flits = (of->timeout_flits + 3) / 4;
  }
  if (of->nak_repeat_flits == 0) of->nak_repeat_flits = loop;
  if (of->timeout_flits == 0) of->timeout_flits = at_least(2 * loop, TIMEOUT_FLITS_MIN);
}

static enum oio_status resolve_class(struct oio_config *c, unsigned link_class, struct oio_error *error) {
  struct oio_link_class *of = &c->classes[link_class];
  const char *name = oio_config_class_name(c, link_class);
  const enum oio_status goes = oio_technology_check(c, link_class, error);
  if (goes != OIO_OK) return goes;
  struct oio_error_process process;
  const enum oio_status errs = oio_error_process_read(c, link_class, &process, error);
  if (errs != OIO_OK) return errs;
  if (of->stripe_bits == 0 && (of->lane_spread > 0 || of->spare_lanes > 0)) {
    return oio_error_set(error, OIO_ERR_CONFIG,
                         "%s.%s: to its errors the line is one lane; set %s.stripe_bits=1 (or 10, 64), bits to a lane in turn", name,
                         of->lane_spread > 0 ? "lane_spread" : "spare_lanes", name);
  }
  if (of->marker_bits > 0 && of->marker_bits > of->marker_period_bits / 2) {
    return oio_error_set(error, OIO_ERR_CONFIG, "%s.marker_bits=%llu: set %s.marker_period_bits to twice that and more", name,
                         (unsigned long long)of->marker_bits, name);
  }
  if (oio_config_class_flit_ps(c, link_class) == 0) {
    return oio_error_set(error, OIO_ERR_CONFIG,
                         "%s.lanes times %s.lane_rate_gbps is above 2048 Tb/s: a flit would take no time; lower one of them", name, name);
  }
  if (of->inner != 0 && process.kind != OIO_ERRORS_INDEPENDENT) {
    return oio_error_set(error, OIO_ERR_CONFIG, "%s.inner=hamming: what it leaves is taken to be independent; leave out %s.errors", name,
                         name);
  }
  if (of->fec == OIO_FEC_FLIT && of->fec_ways != 1) {
    return oio_error_set(error, OIO_ERR_CONFIG, "%s.fec_ways=%llu: the code of a flit has three ways of its own; use 1", name,
                         (unsigned long long)of->fec_ways);
  }
  if (block_code(c, link_class) != NULL && line_rate(of) > OIO_FEC_RATE_MAX) {
    return oio_error_set(error, OIO_ERR_CONFIG,
                         "%s.fec: %s.lanes times %s.lane_rate_gbps is above 100 Tb/s, the most of a link with error correction; lower one",
                         name, name, name);
  }
  if (oio_config_class_flight_ps(c, link_class) > OIO_MS) {
    return oio_error_set(error, OIO_ERR_CONFIG, "%s.length_m=%g: the flight time is above 1 ms; use a shorter link", name, of->length_m);
  }
  resolve_buffers(c, link_class);
  resolve_timers(c, link_class);
  if (of->timeout_flits <= WAIT_FLITS_MAX && of->nak_repeat_flits <= WAIT_FLITS_MAX) return OIO_OK;
  return oio_error_set(error, OIO_ERR_CONFIG,
                       "%s: the way there and back is %llu flit times, too long for its timeout; use fewer lanes, a lower lane rate, or a "
                       "shorter way",
                       name, (unsigned long long)round_trip_flits(c, link_class));
}

uint64_t oio_config_time_scale_millionths(const struct oio_config *c) {
  return (uint64_t)(c->time_scale * 1e6 + 0.5);
}

/* A factor is a whole number of millionths, so that times are scaled in whole numbers; a double tells those up to a million apart. */
static bool scale_is_whole(const struct oio_config *c) {
  const double off = c->time_scale * 1e6 - (double)oio_config_time_scale_millionths(c);
  return off > -0.01 && off < 0.01;
}

/* Nothing holds back what comes to a die: its link takes what the fibre brings. */
static enum oio_status check_tunnel(const struct oio_config *c, struct oio_error *error) {
  if (c->bridge_mode != OIO_BRIDGE_TUNNEL) return OIO_OK;
  if (!oio_config_is_tunnelled(c)) {
    return oio_error_set(error, OIO_ERR_CONFIG,
                         "bridge.mode=tunnel: only the net bridged has such bridges, and this is '%.120s'; use links", c->net);
  }
  if (oio_config_class_bits_per_s(c, OIO_CLASS_DIE_LINK) >= oio_config_class_bits_per_s(c, OIO_CLASS_OPTICAL)) return OIO_OK;
  return oio_error_set(
      error, OIO_ERR_CONFIG,
      "bridge.mode=tunnel: the die links carry %.1f Gb/s and the optical link %.1f, and nothing holds back what comes to a "
      "die; raise die_link.lanes, or lower optical.lanes",
      oio_config_class_bits_per_s(c, OIO_CLASS_DIE_LINK) / 1e9, oio_config_class_bits_per_s(c, OIO_CLASS_OPTICAL) / 1e9);
}

enum oio_status oio_config_resolve(struct oio_config *c, struct oio_error *error) {
  const enum oio_status checked = oio_config_check(c, error);
  if (checked != OIO_OK) return checked;
  for (unsigned link_class = 0; link_class < oio_config_classes(c); link_class++) {
    const enum oio_status status = resolve_class(c, link_class, error);
    if (status != OIO_OK) return status;
  }
  const enum oio_status goes = check_tunnel(c, error);
  if (goes != OIO_OK) return goes;
  if (c->message_bytes == 0) c->message_bytes = oio_config_is_routed(c) ? OIO_ROUTED_SEGMENT_BYTES_MAX : OIO_SEGMENT_BYTES_MAX;
  if (c->depth == 0) c->depth = filling_messages(c);
  if (c->reset_scope != OIO_RESET_ALL && !oio_config_is_routed(c)) {
    return oio_error_set(error, OIO_ERR_CONFIG, "reset.scope: a net of two dies is one path, which goes down as a whole; use all");
  }
  if (c->generated_vcs > c->vc_count) {
    return oio_error_set(error, OIO_ERR_CONFIG, "workload.vcs=%llu is above vc.count=%llu; raise vc.count",
                         (unsigned long long)c->generated_vcs, (unsigned long long)c->vc_count);
  }
  if (generated_ps_at_most(c) > (double)(OIO_HORIZON_PS / 2)) {
    return oio_error_set(error, OIO_ERR_CONFIG,
                         "workload.messages=%llu at workload.load=%g may take longer than 2^62 ps (53 days); use fewer, or a higher load",
                         (unsigned long long)c->messages, c->load);
  }
  if (!scale_is_whole(c)) {
    return oio_error_set(error, OIO_ERR_CONFIG, "trace.time_scale=%.17g is not in whole millionths; round it to six decimals",
                         c->time_scale);
  }
  if (c->vc_buffer_bytes == 0) {
    const uint64_t loop = loop_flits(c, OIO_CLASS_OPTICAL);
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
  if (oio_config_check(c, NULL) != OIO_OK || c->vc_buffer_bytes == 0 || c->message_bytes == 0 || c->depth == 0) return false;
  for (unsigned i = 0; i < oio_config_classes(c); i++) {
    const struct oio_link_class *of = &c->classes[i];
    if (of->window_flits == 0 || of->buffer_flits == 0 || of->timeout_flits == 0 || of->nak_repeat_flits == 0) return false;
  }
  return true;
}

static uint64_t seed_or(uint64_t own, const struct oio_config *c) {
  return own != 0 ? own : c->seed;
}

void oio_config_class_channel(const struct oio_config *c, unsigned link_class, uint64_t stream, bool digest,
                              struct oio_channel_config *channel) {
  OIO_PRECONDITION(resolved(c) && link_class < oio_config_classes(c));
  const struct oio_link_class *of = &c->classes[link_class];
  *channel = (struct oio_channel_config){
      .format = (uint8_t)c->link_format,
      .fidelity = (enum oio_fidelity)c->fidelity,
      .lanes = (uint32_t)of->lanes,
      .lane_rate_bits_per_s = lane_rate(of->lane_rate_gbps),
      .flight_ps = oio_config_class_flight_ps(c, link_class),
      .logic_ps = of->logic_ps,
      .bit_error_rate = of->bit_error_rate,
      .fec = oio_config_class_fec(c, link_class) == NULL ? NULL : oio_config_class_fec(c, link_class)->name,
      .fec_ways = of->fec == OIO_FEC_FLIT ? 3 : (uint32_t)of->fec_ways,
      .inner = of->inner != 0,
      .fec_mode = (enum oio_fec_mode)of->fec_mode,
      .fec_ps = of->fec_ps,
      .stripe_bits = (uint32_t)of->stripe_bits,
      .lane_spread = of->lane_spread,
      .wavelengths = (uint32_t)of->wavelengths,
      .laser_fibres = (uint32_t)of->laser_fibres,
      .spare_lanes = (uint32_t)of->spare_lanes,
      .remap_ps = of->remap_ps,
      .skew_ps = of->skew_ps,
      .gearbox_ps = of->gearbox_ps,
      .marker_bits = of->marker_bits,
      .marker_period_bits = of->marker_period_bits,
      .walk = of->walk,
      .walk_ps = of->walk_ps,
      .seed = seed_or(c->errors_seed, c),
      .spread_seed = seed_or(c->spread_seed, c),
      .walk_seed = seed_or(c->walk_seed, c),
      .stream = stream,
      .digest = digest,
  };
  oio_error_process_read(c, link_class, &channel->errors, NULL); /* it is one: the configuration has been resolved */
}

void oio_config_optical_channel(const struct oio_config *c, unsigned direction, struct oio_channel_config *channel) {
  OIO_PRECONDITION(direction < 2);
  oio_config_class_channel(c, OIO_CLASS_OPTICAL, direction, true, channel); /* the wire digest of a run is that of its optical link */
}

void oio_config_die_channel(const struct oio_config *c, unsigned end, unsigned direction, struct oio_channel_config *channel) {
  OIO_PRECONDITION(end < 2 && direction < 2);
  oio_config_class_channel(c, OIO_CLASS_DIE_LINK, 2 + 2 * end + direction, false, channel);
}

void oio_config_class_link(const struct oio_config *c, unsigned link_class, unsigned sequence_bits, enum oio_profile profile,
                           struct oio_link_config *link) {
  OIO_PRECONDITION(resolved(c) && link_class < oio_config_classes(c));
  const struct oio_link_class *of = &c->classes[link_class];
  const oio_time_ps flit = oio_config_class_flit_ps(c, link_class);
  *link = (struct oio_link_config){
      .format = (uint8_t)c->link_format,
      .sequence_bits = (uint8_t)sequence_bits,
      .profile = (uint8_t)profile,
      .fidelity = (enum oio_fidelity)c->fidelity,
      .window_flits = (uint32_t)of->window_flits,
      .buffer_flits = (uint32_t)of->buffer_flits,
      .peer_buffer_flits = (uint32_t)of->buffer_flits,
      .replay_limit = (uint32_t)c->link_replay_limit,
      .timeout_ps = of->timeout_flits * flit,
      .nak_repeat_ps = of->nak_repeat_flits * flit,
      .ack_delay_ps = c->link_ack_delay_flits * flit,
  };
}

void oio_config_optical_link(const struct oio_config *c, struct oio_link_config *link) {
  oio_config_class_link(c, OIO_CLASS_OPTICAL, OPTICAL_SEQUENCE_BITS, OIO_PROFILE_EXTENDED, link);
}

void oio_config_die_link(const struct oio_config *c, bool on_bridge, struct oio_link_config *link) {
  oio_config_class_link(c, OIO_CLASS_DIE_LINK, DIE_SEQUENCE_BITS, OIO_PROFILE_EXTENDED, link);
  if (oio_config_is_tunnelled(c)) return; /* both its ends are dies */
  if (on_bridge) {
    link->buffer_flits = (uint32_t)c->bridge_buffer_flits;
  } else {
    link->peer_buffer_flits = (uint32_t)c->bridge_buffer_flits;
  }
}

void oio_config_die(const struct oio_config *c, struct oio_die_config *die) {
  memset(die, 0, sizeof *die);
  if (oio_config_topology(c) == OIO_DIRECT) {
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

void oio_config_tunnel(const struct oio_config *c, struct oio_tunnel_config *tunnel) {
  OIO_PRECONDITION(resolved(c));
  const struct oio_link_class *of = &c->classes[OIO_CLASS_DIE_LINK];
  *tunnel = (struct oio_tunnel_config){
      .format = (uint8_t)c->link_format,
      .fidelity = (enum oio_fidelity)c->fidelity,
      .units = (uint32_t)c->bridge_buffer_flits,
      .logic_ps = c->bridge_logic_ps,
      .flit_ps = oio_config_class_flit_ps(c, OIO_CLASS_OPTICAL),
      .credit_ps = oio_config_class_flight_ps(c, OIO_CLASS_DIE_LINK) + of->logic_ps + of->skew_ps + of->gearbox_ps,
  };
}
