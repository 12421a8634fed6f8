/* SPDX-License-Identifier: Apache-2.0 */
/* What a run has counted, by the bins of the table. */
#include "oio/cover.h"
#include "cover/cover_table.h"
#include "net/net_state.h"

#include <string.h>

static void add(uint64_t *hits, uint64_t more) {
  *hits = *hits + more < more ? UINT64_MAX : *hits + more;
}

void oio_cover_merge(struct oio_cover *cover, const struct oio_cover *other) {
  for (unsigned i = 0; i < OIO_COVER_BINS; i++) add(&cover->hits[i], other->hits[i]);
}

unsigned oio_cover_hit(const struct oio_cover *cover) {
  unsigned hit = 0;
  for (unsigned i = 0; i < OIO_COVER_BINS; i++) hit += cover->hits[i] > 0;
  return hit;
}

static void collect_link(struct oio_cover *cover, const struct oio_link_state *s) {
  const uint64_t counts[] = {s->timeouts, s->received_invalid, s->received_duplicate, s->received_ahead, s->undetected};
  uint64_t *hits = cover->hits;
  for (unsigned i = 0; i < OIO_LINK_SITUATIONS; i++) add(hits++, s->seen[i]);
  for (unsigned i = 0; i < sizeof counts / sizeof *counts; i++) add(hits++, counts[i]);
  if (s->failed != OIO_LINK_ALIVE) add(&hits[s->failed - 1], 1);
}

/* A message against the quickest of the run. */
static void collect_latency(struct oio_cover *cover, const struct oio_histogram *latency) {
  if (latency->count == 0 || latency->min == 0) return;
  for (unsigned i = 0; i < OIO_HISTOGRAM_BUCKETS; i++) {
    if (latency->buckets[i] == 0) continue;
    const double times = (double)oio_histogram_top_ps(i) / (double)latency->min;
    unsigned b = 0;
    while (b + 1 < OIO_COVER_LATENCY && times > oio_cover_times[b]) b++;
    add(&cover->hits[OIO_COVER_LINK + b], latency->buckets[i]);
  }
}

static unsigned mode_of(const struct oio_config *config, const struct oio_net *net) {
  if (oio_config_is_routed(config)) return OIO_COVER_ROUTED;
  if (oio_net_ports(net) == 2) return OIO_COVER_DIRECT;
  if (config->bridge_mode == OIO_BRIDGE_LINKS) return OIO_COVER_LINKS;
  return config->classes[OIO_CLASS_OPTICAL].fec != OIO_FEC_NONE ? OIO_COVER_TUNNEL_FEC : OIO_COVER_TUNNEL;
}

static void collect_wire(struct oio_cover *cover, unsigned row, const struct oio_channel *wire) {
  uint64_t events[OIO_EVENT_KINDS] = {0};
  struct oio_channel_state state;
  oio_channel_get_state(wire, &state);
  oio_channel_get_events(wire, events);
  uint64_t *hits = &cover->hits[OIO_COVER_LINK + OIO_COVER_LATENCY + row];
  if (state.events == 0) add(hits, state.wrong_flits);
  for (unsigned kind = 0; kind < OIO_EVENT_KINDS; kind++) add(&hits[(1 + kind) * OIO_COVER_FORMATS * OIO_COVER_MODES], events[kind]);
}

void oio_cover_collect(struct oio_cover *cover, const struct oio_config *config, const struct oio_net *net,
                       const struct oio_traffic *traffic) {
  const unsigned row = (config->link_format == 6 ? OIO_COVER_MODES : 0) + mode_of(config, net);
  for (uint32_t p = 0; p < oio_net_ports(net); p++) {
    struct oio_link_state state;
    if (oio_net_ours(net, p) && oio_net_get_link_state(net, p, &state)) collect_link(cover, &state);
    collect_wire(cover, row, net->port[p].wire);
  }
  collect_latency(cover, oio_traffic_latency(traffic));
}
