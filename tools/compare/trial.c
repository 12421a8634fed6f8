/* SPDX-License-Identifier: Apache-2.0 */
/* One run of a comparison, and what is read from it. */
#define _POSIX_C_SOURCE 200809L
#include "comparison.h"
#include "interrupt.h"
#include "oio/results.h"

#include <string.h>

enum { EVENTS_PER_LOOK = 65536 };

static bool is_of_class(const struct comparison *comparison, const struct oio_topology *topology, uint32_t link) {
  return strcmp(oio_topology_class_name(topology, oio_topology_link_class(topology, link)), comparison_class(comparison)) == 0;
}

/* How many links of the class a way crosses. */
static unsigned hops_of(const struct comparison *comparison, const struct oio_topology *topology, const struct oio_way *way) {
  struct oio_hop hop;
  uint32_t node = way->source, in = OIO_NONE;
  uint8_t vc = 0;
  unsigned hops = 0;
  while (node != way->destination && oio_topology_next(topology, way, node, in, vc, &hop)) {
    hops += is_of_class(comparison, topology, hop.port / 2);
    in = hop.port ^ 1;
    vc = hop.vc;
    node = oio_topology_node_of(topology, in);
  }
  return hops;
}

/* The same in the mean over delivered messages. */
static double mean_hops(const struct comparison *comparison, const struct oio_topology *topology, const struct oio_traffic *traffic) {
  struct oio_flow_counts flow;
  double hops = 0, messages = 0;
  if (!oio_config_is_routed(&comparison->config)) return 1;
  for (uint32_t i = 0; oio_traffic_get_flow(traffic, i, &flow); i++) {
    const struct oio_way way = {flow.source, flow.destination, flow.vc};
    hops += (double)flow.delivered * hops_of(comparison, topology, &way);
    messages += (double)flow.delivered;
  }
  return messages > 0 ? hops / messages : 0;
}

static void read_latency(struct row *row, const struct oio_results *results, const struct oio_histogram *latency) {
  double *m = row->measure;
  m[MEASURE_P50] = (double)results->latency_p50_ps / 1e3;
  m[MEASURE_P99] = (double)results->latency_p99_ps / 1e3;
  m[MEASURE_P999] = (double)results->latency_p999_ps / 1e3;
  m[MEASURE_MEAN] = results->latency_mean_ps / 1e3;
  for (unsigned i = 0; i < CDF_POINTS; i++) row->cdf_ns[i] = (double)oio_histogram_quantile(latency, i / (CDF_POINTS - 1.0)) / 1e3;
}

/* Of logic and flight, what is of the links compared; a technology's FEC that is no code of the run is part of its logic there. */
static void split_latency(struct row *row, const struct comparison *comparison, const struct oio_config *config,
                          const struct oio_results *results, double hops) {
  const struct oio_link_class *of = &config->classes[comparison->link_class];
  const double *part = results->latency_parts_ps, flight_ps = hops * (double)oio_config_class_flight_ps(config, comparison->link_class);
  const double logic_ps = hops * (double)of->logic_ps;
  const double fec_ps = of->fec != OIO_FEC_NONE ? 0 : hops * fmin(row->value[OIO_TECH_FEC_NS] * 1e3, (double)of->logic_ps);
  double *m = row->measure;
  m[MEASURE_QUEUE] = part[OIO_PART_QUEUE] / 1e3;
  m[MEASURE_SERIALISE] = part[OIO_PART_SERIALISE] / 1e3;
  m[MEASURE_ELECTRICAL] = (part[OIO_PART_LOGIC] - logic_ps + part[OIO_PART_FLIGHT] - flight_ps) / 1e3;
  m[MEASURE_PHY] = (logic_ps - fec_ps) / 1e3;
  m[MEASURE_FEC] = (part[OIO_PART_FEC] + fec_ps) / 1e3;
  m[MEASURE_FLIGHT] = flight_ps / 1e3;
  m[MEASURE_RETRY] = part[OIO_PART_RETRY] / 1e3;
}

static void read_links(struct row *row, const struct comparison *comparison, struct oio_net *net, double time_ps) {
  const struct oio_topology *topology = oio_net_topology(net);
  double flits = 0, retries = 0, lost = 0;
  for (uint32_t p = 0; p < oio_net_ports(net); p++) {
    struct oio_link_state link;
    struct oio_channel_state wire;
    if (!is_of_class(comparison, topology, p / 2) || !oio_net_get_link_state(net, p, &link)) continue;
    oio_channel_get_state(oio_net_wire(net, p), &wire);
    flits += (double)(link.sent_payload + link.sent_replayed);
    retries += (double)(link.asked_crc + link.asked_sequence + link.timeouts);
    lost += (double)wire.uncorrectable_codewords;
  }
  row->measure[MEASURE_RETRIES] = retries;
  row->measure[MEASURE_LOST_WORDS] = row->candidate->correction.code != OIO_FEC_NONE ? lost : NAN;
  if (time_ps > 0) row->measure[MEASURE_WATTS_LOAD] = row->measure[MEASURE_PJ_PER_BIT] * flits * OIO_FLIT_BITS / time_ps;
}

static void read_results(struct row *row, const struct comparison *comparison, const struct oio_config *config, struct oio_sim *sim) {
  struct oio_results results;
  struct oio_net *net = oio_sim_net(sim);
  oio_sim_get_results(sim, &results);
  row_reckon(row, comparison, config);
  read_latency(row, &results, oio_traffic_latency(oio_sim_traffic(sim)));
  split_latency(row, comparison, config, &results, mean_hops(comparison, oio_net_topology(net), oio_sim_traffic(sim)));
  read_links(row, comparison, net, (double)results.sim_time_ps);
  row->measure[MEASURE_TIME] = (results.iteration_ps > 0 ? results.iteration_ps : (double)results.sim_time_ps) / 1e6;
  row->measure[MEASURE_EFFICIENCY] = results.efficiency > 0 ? results.efficiency : NAN;
  row->measure[MEASURE_GOODPUT] = results.goodput_bits_per_s / 1e9;
  if (oio_results_good(&results)) return;
  snprintf(row->failure, sizeof row->failure, "%s",
           results.failure[0] != '\0' ? results.failure
           : results.stalled          ? results.waits
                                      : "messages were lost or damaged");
}

enum oio_status trial_run(const struct comparison *comparison, struct row *row, struct oio_error *error) {
  struct oio_config config;
  struct oio_trace_reader *reader = NULL;
  struct oio_sim *sim = NULL;
  bool more = true;
  enum oio_status status = row_config(comparison, row, &config, error);
  if (status == OIO_OK && comparison->trace != NULL) status = oio_trace_open(&reader, comparison->trace, error);
  if (status == OIO_OK) status = oio_sim_create(&sim, &config, reader, NULL, error);
  while (status == OIO_OK && more && !interrupt_requested()) status = oio_sim_run(sim, EVENTS_PER_LOOK, &more, error);
  row->done = status == OIO_OK && !more;
  if (row->done) read_results(row, comparison, &config, sim);
  oio_sim_destroy(sim);
  if (reader != NULL) oio_trace_close(reader);
  return status;
}
