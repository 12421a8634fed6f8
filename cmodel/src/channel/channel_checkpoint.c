/* SPDX-License-Identifier: Apache-2.0 */
#include "channel/channel_checkpoint.h"

#include "base/little_endian.h"
#include "channel/channel_state.h"
#include "flit/flit_checkpoint.h"

#include <string.h>

static void keep_process(const struct oio_error_process *p, struct oio_checkpoint *c) {
  oio_checkpoint_same(c, "error_symbol_bits", p->symbol_bits);
  oio_checkpoint_same(c, "error_precoded", p->precoded);
  oio_checkpoint_same_real(c, "error_propagation", p->propagation);
  oio_checkpoint_same_real(c, "error_bad_rate", p->bad_rate);
  oio_checkpoint_same_real(c, "error_bad_part", p->bad_part);
  oio_checkpoint_same_real(c, "error_bad_bits", p->bad_bits);
}

static void keep_config(const struct oio_channel_config *config, struct oio_checkpoint *c) {
  oio_checkpoint_same(c, "format", config->format);
  oio_checkpoint_same(c, "fidelity", config->fidelity);
  oio_checkpoint_same(c, "lanes", config->lanes);
  oio_checkpoint_same(c, "lane_rate_bits_per_s", config->lane_rate_bits_per_s);
  oio_checkpoint_same(c, "flight_ps", config->flight_ps);
  oio_checkpoint_same(c, "logic_ps", config->logic_ps);
  oio_checkpoint_same_real(c, "bit_error_rate", config->bit_error_rate);
  oio_checkpoint_same(c, "error_kind", config->errors.kind);
  if (config->errors.kind != OIO_ERRORS_INDEPENDENT) keep_process(&config->errors, c);
  oio_checkpoint_same(c, "fec_data_symbols", config->fec == NULL ? 0 : oio_fec_code_named(config->fec)->data_symbols);
  oio_checkpoint_same(c, "fec_symbols", config->fec == NULL ? 0 : oio_fec_code_named(config->fec)->symbols);
  oio_checkpoint_same(c, "fec_ways", config->fec == NULL ? 0 : config->fec_ways);
  oio_checkpoint_same(c, "inner", config->inner);
  oio_checkpoint_same(c, "fec_mode", config->fec == NULL ? 0 : config->fec_mode);
  oio_checkpoint_same(c, "fec_ps", config->fec == NULL ? 0 : config->fec_ps);
  oio_checkpoint_same(c, "marker_bits", config->marker_bits);
  oio_checkpoint_same(c, "marker_period_bits", config->marker_bits > 0 ? config->marker_period_bits : 0);
  oio_checkpoint_same(c, "digest", config->digest);
}

static void keep_flight(const struct oio_channel *channel, struct in_flight *flight, struct oio_checkpoint *c) {
  oio_wire_checkpoint(channel->format, channel->config.fidelity, &flight->wire, c);
  OIO_KEEP_ANY(c, flight->arrival_ps);
}

static uint32_t in_flight_count(const struct oio_channel *channel) {
  const ptrdiff_t count = oio_next_of(channel) - oio_oldest_of(channel);
  return (uint32_t)(count < 0 ? count + (channel->ring_end - channel->ring) : count);
}

/* Flits leave the transmitter one flit time apart at least, the last when the wire is free: so there is a slot for the next. */
static bool follows(const struct oio_channel *channel, const struct in_flight *before, const struct in_flight *flight) {
  const oio_time_ps way_ps = channel->config.flight_ps + channel->config.logic_ps;
  const bool late =
      channel->blocks == NULL ? flight->arrival_ps - way_ps > channel->free_ps : flight->arrival_ps > channel->last_arrival_ps;
  if (flight->arrival_ps < way_ps || late) return false;
  if (before == NULL) return true;
  return flight->arrival_ps >= before->arrival_ps && flight->arrival_ps - before->arrival_ps >= channel->least_flit_ps;
}

/* The ring begins at its first place again when it is loaded. */
static void keep_ring(struct oio_channel *channel, struct oio_checkpoint *c) {
  uint32_t count = in_flight_count(channel);
  OIO_KEEP(c, count, (uint64_t)(channel->ring_end - channel->ring) - 1);
  if (oio_checkpoint_loads(c)) {
    atomic_store(&channel->oldest, channel->ring);
    atomic_store(&channel->next, channel->ring + count);
    channel->after_next = oio_behind(channel, channel->ring + count);
  }
  const struct in_flight *before = NULL;
  for (struct in_flight *flight = oio_oldest_of(channel); flight != oio_next_of(channel); flight = oio_behind(channel, flight)) {
    keep_flight(channel, flight, c);
    if (!oio_checkpoint_require(c, "flight->arrival_ps", follows(channel, before, flight))) return;
    before = flight;
  }
}

static void keep_correction(struct oio_channel *channel, struct oio_checkpoint *c) {
  OIO_KEEP_ANY(c, channel->counted.codewords);
  OIO_KEEP_ANY(c, channel->counted.corrected_symbols);
  OIO_KEEP_ANY(c, channel->counted.uncorrectable_codewords);
  OIO_KEEP_ANY(c, channel->counted.miscorrected_codewords);
  OIO_KEEP_ANY(c, channel->counted.condemned_flits);
  if (channel->blocks == NULL) return;
  OIO_KEEP_ANY(c, channel->last_arrival_ps);
  oio_blocks_checkpoint(channel->blocks, channel->markers.bits > 0 ? channel->stream_free_ps : channel->free_ps, c);
}

/* Of what happens to the wire, and when. */
static uint64_t sum_of_events(const struct oio_channel_config *config) {
  uint64_t sum = config->event_count;
  for (uint32_t i = 0; i < config->event_count; i++) {
    const struct oio_channel_event *e = &config->events[i];
    uint64_t value;
    memcpy(&value, &e->value, sizeof value);
    const uint64_t words[] = {e->at_ps, e->what, e->returns, e->number, value, e->for_ps};
    for (unsigned w = 0; w < sizeof words / sizeof *words; w++) sum = oio_mix64(sum ^ words[w]);
    if (!e->by_flit && !oio_event_is_of_a_flit(e)) continue;
    sum = oio_mix64(sum ^ (e->by_flit + 2 * (uint64_t)e->bits));
    for (unsigned b = 0; b < OIO_EVENT_FLIPS_MAX; b++) sum = oio_mix64(sum ^ e->bit[b]);
  }
  return sum;
}

static void keep_condition(struct oio_channel *channel, struct oio_checkpoint *c) {
  const struct oio_channel_config *config = &channel->config;
  oio_checkpoint_same(c, "stripe_bits", config->stripe_bits);
  oio_checkpoint_same(c, "events", sum_of_events(config));
  oio_checkpoint_same_real(c, "walk", config->walk);
  oio_checkpoint_same(c, "walk_ps", config->walk > 0 ? config->walk_ps : 0);
  oio_checkpoint_same_real(c, "lane_spread", config->lane_spread);
  oio_checkpoint_same(c, "spread_seed", config->lane_spread > 0 ? config->spread_seed : 0);
  oio_checkpoint_same(c, "spare_lanes", config->spare_lanes);
  oio_checkpoint_same(c, "remap_ps", config->remap_ps);
  oio_checkpoint_same(c, "wavelengths", config->wavelengths);
  oio_checkpoint_same(c, "laser_fibres", config->laser_fibres);
  if (channel->condition == NULL) return;
  oio_condition_checkpoint(channel->condition, c);
  OIO_KEEP_ANY(c, channel->counted.events);
  OIO_KEEP_ANY(c, channel->counted.dark_flits);
  OIO_KEEP_ANY(c, channel->counted.remaps);
  if (!oio_checkpoint_loads(c) || c->wrong != OIO_CHECKPOINT_GOOD) return;
  if (config->stripe_bits > 0) oio_channel_set_line(channel, channel->condition->width, 0);
  oio_channel_begin_errors(channel);
}

/* Times of line and stream are those of one point. */
static void keep_markers(struct oio_channel *channel, struct oio_checkpoint *c) {
  OIO_KEEP_ANY(c, channel->markers.origin_ps);
  OIO_KEEP_ANY(c, channel->stream_free_ps);
  const bool after = channel->stream_free_ps >= channel->markers.origin_ps;
  oio_checkpoint_require(c, "channel->stream_free_ps",
                         after && oio_markers_end_ps(&channel->markers, channel->stream_free_ps) == channel->free_ps);
}

void oio_channel_checkpoint(struct oio_channel *channel, struct oio_checkpoint *c) {
  keep_config(&channel->config, c);
  keep_condition(channel, c);
  OIO_KEEP_ANY(c, channel->free_ps);
  OIO_KEEP(c, channel->free_rest, channel->rate_bits_per_s - 1);
  if (channel->config.marker_bits > 0) keep_markers(channel, c);
  for (unsigned i = 0; i < 4; i++) OIO_KEEP_ANY(c, channel->errors.rng.state[i]);
  OIO_KEEP_ANY(c, channel->errors.gap_bits);
  oio_lanes_checkpoint(&channel->errors.lanes, c);
  OIO_KEEP_ANY(c, channel->counted.flits);
  OIO_KEEP_ANY(c, channel->counted.wrong_bits);
  OIO_KEEP_ANY(c, channel->counted.wrong_flits);
  OIO_KEEP_ANY(c, channel->counted.digest);
  if (channel->config.fec != NULL) keep_correction(channel, c);
  keep_ring(channel, c);
  oio_channel_look_at_condition(channel);
}
