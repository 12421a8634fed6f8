/* SPDX-License-Identifier: Apache-2.0 */
#include "report/tables.h"

#include "oio/topology.h"
#include "traffic/detail.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Of a VC, a pair, or a die: of the first three, of what it sent. */
struct counts {
  uint64_t sent, delivered, lost, bytes, received, received_bytes;
};

struct oio_tables {
  const struct oio_results *results;
  const struct oio_config *config;
  const struct oio_net *net;
  const struct oio_traffic *traffic;
  const struct oio_topology *topology;
  const struct oio_detail *detail;
  const struct oio_histogram *latency;
  struct counts vc[OIO_DETAIL_VCS];
  struct counts *pair, *die;
  uint64_t *up_to; /* latencies at or below each bucket of the histogram */
};

static void add_flow(struct counts *to, const struct oio_flow_counts *flow) {
  to->sent += flow->sent;
  to->delivered += flow->delivered;
  to->lost += flow->lost;
  to->bytes += flow->bytes;
}

static void add_flows(struct oio_tables *t, const struct oio_traffic *traffic) {
  struct oio_flow_counts flow;
  for (uint32_t i = 0; oio_traffic_get_flow(traffic, i, &flow); i++) {
    add_flow(&t->vc[flow.vc], &flow);
    add_flow(&t->die[flow.source], &flow);
    if (flow.pair != OIO_NONE) add_flow(&t->pair[flow.pair], &flow);
    t->die[flow.destination].received += flow.delivered;
    t->die[flow.destination].received_bytes += flow.bytes;
  }
}

struct oio_tables *oio_tables_create(const struct oio_results *results, const struct oio_config *config, const struct oio_run *run) {
  struct oio_tables *made = calloc(1, sizeof *made);
  if (made == NULL) return NULL;
  made->results = results;
  made->config = config;
  made->net = run->net;
  made->traffic = run->traffic;
  made->topology = oio_net_topology(run->net);
  made->detail = oio_traffic_detail(run->traffic);
  made->latency = oio_traffic_latency(run->traffic);
  made->pair = calloc(made->detail->pairs + 1u, sizeof *made->pair);
  made->die = calloc(oio_net_dies(run->net), sizeof *made->die);
  made->up_to = calloc(OIO_HISTOGRAM_BUCKETS, sizeof *made->up_to);
  if (made->pair == NULL || made->die == NULL || made->up_to == NULL) {
    oio_tables_destroy(made);
    return NULL;
  }
  add_flows(made, run->traffic);
  for (uint64_t i = 0, sum = 0; i < OIO_HISTOGRAM_BUCKETS; i++) made->up_to[i] = sum += made->latency->buckets[i];
  return made;
}

void oio_tables_destroy(struct oio_tables *tables) {
  if (tables == NULL) return;
  free(tables->up_to);
  free(tables->pair);
  free(tables->die);
  free(tables);
}

static double per_s(const struct oio_tables *t, double amount) {
  return t->results->sim_time_ps == 0 ? 0 : amount * 1e12 / (double)t->results->sim_time_ps;
}

/* Six cells; of nothing they stay empty. */
static void put_spread(struct oio_cell *cells, const struct oio_spread *spread) {
  static const double quantiles[] = {0.5, 0.99, 0.999};
  if (spread->count == 0) return;
  oio_cell_whole(&cells[0], spread->min);
  oio_cell_real(&cells[1], oio_spread_mean(spread));
  for (unsigned i = 0; i < 3; i++) oio_cell_whole(&cells[2 + i], oio_spread_quantile(spread, quantiles[i]));
  oio_cell_whole(&cells[5], spread->max);
}

/* Eleven cells: what was sent, and how long it took. */
static void put_counts(const struct oio_tables *t, struct oio_cell *cells, const struct counts *counts, const struct oio_spread *spread) {
  oio_cell_whole(&cells[0], counts->sent);
  oio_cell_whole(&cells[1], counts->delivered);
  oio_cell_whole(&cells[2], counts->lost);
  oio_cell_whole(&cells[3], counts->bytes);
  oio_cell_real(&cells[4], per_s(t, 8 * (double)counts->bytes));
  put_spread(&cells[5], spread);
}

static enum oio_row latency_row(const void *rows, uint64_t index, struct oio_cell *cells) {
  const struct oio_tables *t = rows;
  if (index == OIO_HISTOGRAM_BUCKETS) return OIO_ROW_NONE;
  const uint64_t count = t->latency->buckets[index];
  const oio_time_ps top_ps = oio_histogram_top_ps((unsigned)index);
  if (count == 0) return OIO_ROW_LEFT_OUT;
  oio_cell_whole(&cells[0], top_ps < t->latency->max ? top_ps : t->latency->max);
  oio_cell_whole(&cells[1], count);
  oio_cell_real(&cells[2], (double)t->up_to[index] / (double)t->latency->count);
  return OIO_ROW_THERE;
}

static unsigned class_of(const struct oio_tables *t, uint32_t link) {
  return oio_config_class_named(t->config, oio_topology_class_name(t->topology, oio_topology_link_class(t->topology, link)));
}

/* How much of the time so many flits take on so many wires of a class. */
static double utilisation(const struct oio_tables *t, unsigned link_class, uint64_t flits, uint64_t wires) {
  const double flit_s = OIO_FLIT_BITS / oio_config_class_bits_per_s(t->config, link_class);
  return wires == 0 ? 0 : per_s(t, (double)flits * flit_s) / (double)wires;
}

/* The link end at a port; of one that says nothing all is 0. */
static struct oio_link_state end_at(const struct oio_tables *t, uint32_t port) {
  struct oio_link_state state;
  return oio_net_get_link_state(t->net, port, &state) ? state : (struct oio_link_state){0};
}

static void put_text(struct oio_cell *cell, const char *text) {
  cell->kind = OIO_CELL_TEXT;
  snprintf(cell->text, sizeof cell->text, "%s", text);
}

static void put_name(const struct oio_tables *t, struct oio_cell *cell, uint32_t node) {
  char name[OIO_TOPOLOGY_NAME_BYTES];
  put_text(cell, oio_topology_name(t->topology, node, name));
}

/* A wire: what its transmitter counts, and of what arrives there what the receiver at its other end does. */
static enum oio_row link_row(const void *rows, uint64_t index, struct oio_cell *cells) {
  const struct oio_tables *t = rows;
  if (index == oio_net_ports(t->net)) return OIO_ROW_NONE;
  const uint32_t port = (uint32_t)index, link = port / 2;
  const struct oio_link_state from = end_at(t, port), to = end_at(t, port ^ 1);
  const uint64_t wholes[] = {from.sent_payload, from.sent_nop, from.sent_replayed, to.asked_crc,
                             to.asked_sequence, from.timeouts, to.undetected};
  oio_cell_whole(&cells[0], port);
  oio_cell_whole(&cells[1], link);
  put_text(&cells[2], oio_topology_class_name(t->topology, oio_topology_link_class(t->topology, link)));
  put_name(t, &cells[3], oio_topology_node_of(t->topology, port));
  put_name(t, &cells[4], oio_topology_node_of(t->topology, port ^ 1));
  for (unsigned i = 0; i < 7; i++) oio_cell_whole(&cells[5 + i], wholes[i]);
  const unsigned of = class_of(t, link);
  if (of < oio_config_classes(t->config)) oio_cell_real(&cells[12], utilisation(t, of, from.sent_payload + from.sent_replayed, 1));
  oio_cell_real(&cells[13], per_s(t, (double)from.sent_payload * OIO_PAYLOAD_BYTES * 8));
  return OIO_ROW_THERE;
}

static enum oio_row class_row(const void *rows, uint64_t index, struct oio_cell *cells) {
  const struct oio_tables *t = rows;
  uint64_t links = 0, payload = 0, nop = 0, replayed = 0;
  if (index == oio_config_classes(t->config)) return OIO_ROW_NONE;
  for (uint32_t port = 0; port < oio_net_ports(t->net); port++) {
    if (class_of(t, port / 2) != index) continue;
    const struct oio_link_state from = end_at(t, port);
    links += port % 2;
    payload += from.sent_payload;
    nop += from.sent_nop;
    replayed += from.sent_replayed;
  }
  if (links == 0) return OIO_ROW_LEFT_OUT;
  put_text(&cells[0], oio_config_class_name(t->config, (unsigned)index));
  oio_cell_whole(&cells[1], links);
  oio_cell_whole(&cells[2], payload);
  oio_cell_whole(&cells[3], nop);
  oio_cell_whole(&cells[4], replayed);
  oio_cell_real(&cells[5], utilisation(t, (unsigned)index, payload + replayed, 2 * links));
  return OIO_ROW_THERE; /* energy and loss: nothing is known of them yet */
}

static enum oio_row vc_row(const void *rows, uint64_t index, struct oio_cell *cells) {
  const struct oio_tables *t = rows;
  if (index == OIO_DETAIL_VCS) return OIO_ROW_NONE;
  if (t->vc[index].sent == 0) return OIO_ROW_LEFT_OUT;
  oio_cell_whole(&cells[0], index);
  put_counts(t, &cells[1], &t->vc[index], &t->detail->vc[index]);
  return OIO_ROW_THERE;
}

static enum oio_row pair_row(const void *rows, uint64_t index, struct oio_cell *cells) {
  const struct oio_tables *t = rows;
  if (index == t->detail->pairs) return OIO_ROW_NONE;
  if (t->pair[index].sent == 0) return OIO_ROW_LEFT_OUT;
  const struct oio_detail_pair *pair = &t->detail->pair[index];
  oio_cell_whole(&cells[0], pair->source);
  oio_cell_whole(&cells[1], pair->destination);
  put_counts(t, &cells[2], &t->pair[index], &pair->spread);
  return OIO_ROW_THERE;
}

/* A die has messages, any node flits. */
static enum oio_row node_row(const void *rows, uint64_t index, struct oio_cell *cells) {
  static const char *const kinds[] = {"die", "bridge", "switch"};
  const struct oio_tables *t = rows;
  if (index == oio_topology_nodes(t->topology)) return OIO_ROW_NONE;
  const uint32_t node = (uint32_t)index;
  uint64_t out = 0, in = 0;
  for (uint32_t i = 0; i < oio_topology_port_count(t->topology, node); i++) {
    const uint32_t port = oio_topology_port_at(t->topology, node, i);
    const struct oio_link_state from = end_at(t, port), to = end_at(t, port ^ 1);
    out += from.sent_payload + from.sent_replayed;
    in += to.sent_payload + to.sent_replayed;
  }
  oio_cell_whole(&cells[0], node);
  put_name(t, &cells[1], node);
  put_text(&cells[2], kinds[oio_topology_kind(t->topology, node)]);
  oio_cell_whole(&cells[3], out);
  oio_cell_whole(&cells[4], in);
  if (node >= oio_net_dies(t->net)) return OIO_ROW_THERE;
  const struct counts *counts = &t->die[node];
  const uint64_t wholes[] = {counts->sent, counts->delivered, counts->lost, counts->bytes, counts->received, counts->received_bytes};
  for (unsigned i = 0; i < 6; i++) oio_cell_whole(&cells[5 + i], wholes[i]);
  if (node < t->detail->dies) put_spread(&cells[11], &t->detail->die[node]);
  return OIO_ROW_THERE;
}

static enum oio_row interval_row(const void *rows, uint64_t index, struct oio_cell *cells) {
  const struct oio_tables *t = rows;
  const struct oio_timeline *timeline = &t->detail->timeline;
  if (index > timeline->at || t->results->traffic.delivered == 0) return OIO_ROW_NONE;
  const struct oio_interval *interval = &timeline->interval[index];
  const oio_time_ps from_ps = index * timeline->each_ps, left_ps = t->results->sim_time_ps - from_ps;
  const oio_time_ps long_ps = left_ps < timeline->each_ps ? left_ps : timeline->each_ps; /* the last one may be cut short */
  oio_cell_whole(&cells[0], from_ps);
  oio_cell_whole(&cells[1], interval->entered);
  oio_cell_whole(&cells[2], interval->entered_bytes);
  oio_cell_whole(&cells[3], interval->delivered);
  oio_cell_whole(&cells[4], interval->delivered_bytes);
  oio_cell_real(&cells[5], long_ps == 0 ? 0 : (double)interval->delivered_bytes * 8e12 / (double)long_ps);
  if (interval->delivered == 0) return OIO_ROW_THERE;
  oio_cell_real(&cells[6], (double)interval->latency_ps / (double)interval->delivered);
  oio_cell_whole(&cells[7], interval->latency_max_ps);
  return OIO_ROW_THERE;
}

static enum oio_row collective_row(const void *rows, uint64_t index, struct oio_cell *cells) {
  const struct oio_tables *t = rows;
  struct oio_collective_times times;
  if (!oio_traffic_get_collective(t->traffic, (uint32_t)index, &times)) return OIO_ROW_NONE;
  put_text(&cells[0], times.kind);
  put_text(&cells[1], times.algorithm);
  oio_cell_whole(&cells[2], times.group);
  oio_cell_whole(&cells[3], times.stride);
  oio_cell_whole(&cells[4], times.bytes);
  oio_cell_whole(&cells[5], times.counted);
  if (times.counted == 0) return OIO_ROW_THERE;
  oio_cell_real(&cells[6], times.time_ps);
  oio_cell_whole(&cells[7], times.max_ps);
  oio_cell_real(&cells[8], times.exposed_ps);
  oio_cell_real(&cells[9], times.skew_ps);
  oio_cell_real(&cells[10], times.algorithm_bytes_per_s);
  oio_cell_real(&cells[11], times.bus_bytes_per_s);
  return OIO_ROW_THERE;
}

#define SPREAD "latency_min_ps", "latency_mean_ps", "latency_p50_ps", "latency_p99_ps", "latency_p999_ps", "latency_max_ps"
#define COUNTS "sent", "delivered", "lost", "bytes", "goodput_bits_per_s"

const struct oio_sheet oio_table_sheets[OIO_TABLES_OF_DETAIL] = {
    {"latency", 3, {"latency_ps", "count", "fraction"}, true, latency_row},
    {"links",
     14,
     {"port", "link", "class", "from", "to", "payload", "nop", "replayed", "retries_crc", "retries_sequence", "retries_timeout",
      "undetected", "utilisation", "payload_bits_per_s"},
     false,
     link_row},
    {"classes", 8, {"class", "links", "payload", "nop", "replayed", "utilisation", "energy_pj_per_bit", "loss_db"}, false, class_row},
    {"vcs", 12, {"vc", COUNTS, SPREAD}, false, vc_row},
    {"pairs", 13, {"source", "destination", COUNTS, SPREAD}, false, pair_row},
    {"nodes",
     17,
     {"node", "name", "kind", "flits_out", "flits_in", "sent", "delivered", "lost", "bytes", "received", "received_bytes", SPREAD},
     false,
     node_row},
    {"intervals",
     8,
     {"from_ps", "entered", "entered_bytes", "delivered", "delivered_bytes", "goodput_bits_per_s", "latency_mean_ps", "latency_max_ps"},
     false,
     interval_row},
    {"collectives",
     12,
     {"collective", "algorithm", "group", "stride", "bytes", "count", "time_ps", "time_max_ps", "exposed_ps", "skew_ps",
      "algorithm_bytes_per_s", "bus_bytes_per_s"},
     false,
     collective_row},
};
