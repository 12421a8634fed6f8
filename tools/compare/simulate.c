/* SPDX-License-Identifier: Apache-2.0 */
#include "simulate.h"

#include "interrupt.h"
#include "oio/results.h"

#include <math.h>
#include <string.h>

enum { EVENTS_PER_LOOK = 65536 };

void ran_begin(struct ran *ran) {
  *ran = (struct ran){.done = false};
  for (unsigned m = 0; m < MEASURES; m++) ran->measure[m] = NAN;
}

bool ran_good(const struct ran *ran) {
  return ran->done && ran->failure[0] == '\0';
}

enum oio_status run_begin(struct run *run, const struct oio_config *config, const char *trace, struct oio_error *error) {
  *run = (struct run){.sim = NULL};
  const enum oio_status status = trace != NULL ? oio_trace_open(&run->reader, trace, error) : OIO_OK;
  return status == OIO_OK ? oio_sim_create(&run->sim, config, run->reader, NULL, error) : status;
}

enum oio_status run_carry_out(struct run *run, bool *done, struct oio_error *error) {
  bool more = true;
  enum oio_status status = OIO_OK;
  while (status == OIO_OK && more && !interrupt_requested()) status = oio_sim_run(run->sim, EVENTS_PER_LOOK, &more, error);
  *done = status == OIO_OK && !more;
  return status;
}

void run_end(struct run *run) {
  oio_sim_destroy(run->sim);
  if (run->reader != NULL) oio_trace_close(run->reader);
}

static void read_latency(struct ran *ran, const struct oio_results *results, const struct oio_histogram *latency) {
  double *m = ran->measure;
  const double *part = results->latency_parts_ps;
  m[MEASURE_P50] = (double)results->latency_p50_ps / 1e3;
  m[MEASURE_P99] = (double)results->latency_p99_ps / 1e3;
  m[MEASURE_P999] = (double)results->latency_p999_ps / 1e3;
  m[MEASURE_MEAN] = results->latency_mean_ps / 1e3;
  m[MEASURE_QUEUE] = part[OIO_PART_QUEUE] / 1e3;
  m[MEASURE_SERIALISE] = part[OIO_PART_SERIALISE] / 1e3;
  m[MEASURE_ELECTRICAL] = (part[OIO_PART_LOGIC] + part[OIO_PART_FLIGHT]) / 1e3;
  m[MEASURE_PHY] = m[MEASURE_FLIGHT] = 0;
  m[MEASURE_FEC] = part[OIO_PART_FEC] / 1e3;
  m[MEASURE_RETRY] = part[OIO_PART_RETRY] / 1e3;
  for (unsigned i = 0; i < CDF_POINTS; i++) ran->cdf_ns[i] = (double)oio_histogram_quantile(latency, i / (CDF_POINTS - 1.0)) / 1e3;
}

void ran_read(struct ran *ran, const struct run *run) {
  struct oio_results results;
  double *m = ran->measure;
  oio_sim_get_results(run->sim, &results);
  read_latency(ran, &results, oio_traffic_latency(oio_sim_traffic(run->sim)));
  m[MEASURE_TIME] = (results.iteration_ps > 0 ? results.iteration_ps : (double)results.sim_time_ps) / 1e6;
  m[MEASURE_EFFICIENCY] = results.efficiency > 0 ? results.efficiency : NAN;
  m[MEASURE_GOODPUT] = results.goodput_bits_per_s / 1e9;
  if (oio_results_good(&results)) return;
  snprintf(ran->failure, sizeof ran->failure, "%s",
           results.failure[0] != '\0' ? results.failure
           : results.stalled          ? results.waits
                                      : "messages were lost or damaged");
}

enum oio_status ran_keep(struct ran *ran, const struct run *run, const struct oio_config *config, const char *workload,
                         struct oio_error *error) {
  struct oio_results results;
  const struct oio_run of = {
      .host = "event simulator", .workload = workload, .net = oio_sim_net(run->sim), .traffic = oio_sim_traffic(run->sim)};
  oio_sim_get_results(run->sim, &results);
  ran->entry = (struct results_entry){.command = "compare", .config = config};
  const bool made = add_run_make(&ran->texts, &ran->entry, &results, &of);
  return made ? OIO_OK : oio_error_set(error, OIO_ERR_NOMEM, "out of memory; close other programs");
}

enum oio_status ran_add(const struct ran *ran, struct results_db *db, const char *label, const struct oio_config *asked,
                        const struct oio_config *config, const char *trace, struct oio_error *error) {
  struct results_entry entry = ran->entry;
  entry.label = label;
  entry.asked = asked;
  entry.config = config;
  entry.trace = trace;
  return ran->texts.results == NULL ? OIO_OK : results_db_add(db, &entry, error);
}

void ran_forget(struct ran *ran) {
  add_run_free(&ran->texts);
}

bool link_is_of(const struct oio_topology *topology, uint32_t link, const char *class_name) {
  return strcmp(oio_topology_class_name(topology, oio_topology_link_class(topology, link)), class_name) == 0;
}

static unsigned hops_of_way(const struct oio_topology *topology, const struct oio_way *way, const char *class_name) {
  struct oio_hop hop;
  uint32_t node = way->source, in = OIO_NONE;
  uint8_t vc = 0;
  unsigned hops = 0;
  while (node != way->destination && oio_topology_next(topology, way, node, in, vc, &hop)) {
    hops += link_is_of(topology, hop.port / 2, class_name);
    in = hop.port ^ 1;
    vc = hop.vc;
    node = oio_topology_node_of(topology, in);
  }
  return hops;
}

double hops_of_class(const struct run *run, const char *class_name) {
  const struct oio_topology *topology = oio_net_topology(oio_sim_net(run->sim));
  struct oio_flow_counts flow;
  double hops = 0, messages = 0;
  for (uint32_t i = 0; oio_traffic_get_flow(oio_sim_traffic(run->sim), i, &flow); i++) {
    const struct oio_way way = {flow.source, flow.destination, flow.vc};
    if (flow.delivered > 0) hops += (double)flow.delivered * hops_of_way(topology, &way, class_name);
    messages += (double)flow.delivered;
  }
  return messages > 0 ? hops / messages : 0;
}

struct class_sums sums_of_class(const struct run *run, const char *class_name) {
  struct oio_net *net = oio_sim_net(run->sim);
  struct class_sums sums = {.flits = 0};
  for (uint32_t p = 0; p < oio_net_ports(net); p++) {
    struct oio_link_state link;
    struct oio_channel_state wire;
    if (!link_is_of(oio_net_topology(net), p / 2, class_name) || !oio_net_get_link_state(net, p, &link)) continue;
    oio_channel_get_state(oio_net_wire(net, p), &wire);
    sums.flits += (double)(link.sent_payload + link.sent_replayed);
    sums.retries += (double)(link.asked_crc + link.asked_sequence + link.timeouts);
    sums.lost_codewords += (double)wire.uncorrectable_codewords;
  }
  return sums;
}

double load_that_offers(const struct run *run, const struct oio_config *config, double offer_gbps) {
  struct oio_offer offer;
  oio_traffic_get_offer(oio_sim_traffic(run->sim), &offer);
  return config->load * offer_gbps * 1e9 / offer.bits_per_s;
}
