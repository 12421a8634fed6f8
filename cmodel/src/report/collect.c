/* SPDX-License-Identifier: Apache-2.0 */
/* What a run says, gathered from its net and its traffic: the same for every host. */
#include "net/net_state.h"
#include "oio/sim.h"
#include "traffic/collective.h"
#include "traffic/detail.h"

#include <stdio.h>
#include <string.h>

void oio_results_add_sent(struct oio_results *results, const struct oio_config *config, const struct oio_net *net, uint32_t port,
                          const struct oio_link_state *counts) {
  struct oio_link_totals *totals = &results->links;
  totals->payload += counts->sent_payload;
  totals->nop += counts->sent_nop;
  totals->replayed += counts->sent_replayed;
  totals->undetected += counts->undetected;
  results->of_class[oio_net_class_of(net, config, port / 2)].flits += counts->sent_payload + counts->sent_replayed;
}

/* Returns whether it has failed. */
static bool add_decisions(struct oio_results *results, unsigned index, const struct oio_link_state *state) {
  struct oio_link_totals *totals = &results->links;
  totals->retries_crc += state->asked_crc;
  totals->retries_sequence += state->asked_sequence;
  totals->retries_timeout += state->timeouts;
  totals->duplicate += state->received_duplicate;
  results->decision_digest = results->decision_digest * 0x100000001B3u ^ state->decision_digest;
  if (state->failed == OIO_LINK_ALIVE) return false;
  totals->failed++;
  snprintf(results->failure, sizeof results->failure, "link %u, side %c: %s", index / 2, index % 2 == 0 ? 'A' : 'B',
           oio_link_failure_name(state->failed));
  return true;
}

static void add_wire(struct oio_results *results, const struct oio_channel *wire) {
  struct oio_fec_totals *fec = &results->fec;
  struct oio_fault_totals *faults = &results->faults;
  struct oio_channel_state state;
  oio_channel_get_state(wire, &state);
  fec->codewords += state.codewords;
  fec->corrected_symbols += state.corrected_symbols;
  fec->uncorrectable_codewords += state.uncorrectable_codewords;
  fec->miscorrected_codewords += state.miscorrected_codewords;
  fec->condemned_flits += state.condemned_flits;
  faults->events += state.events;
  faults->dark_flits += state.dark_flits;
  faults->remaps += state.remaps;
  faults->missing_lanes += state.missing_lanes;
}

/* Its replays were for nothing: that is why it failed. */
static void say_dark(struct oio_results *results, const struct oio_net *net, uint32_t port, oio_time_ps now_ps) {
  const bool to = oio_channel_is_dark(net->port[port ^ 1].wire, now_ps), from = oio_channel_is_dark(net->port[port].wire, now_ps);
  const size_t used = strlen(results->failure);
  if (!to && !from) return;
  snprintf(results->failure + used, sizeof results->failure - used, "; faults.schedule: wire %u%s down", from ? port : port ^ 1,
           to && from ? " and the one back are" : " is");
}

static void add_port(struct oio_results *results, const struct oio_config *config, const struct oio_net *net, uint32_t port,
                     oio_time_ps now_ps) {
  struct oio_link_state state;
  if (port % 2 == 0) results->of_class[oio_net_class_of(net, config, port / 2)].links++;
  if (!oio_net_ours(net, port) || !oio_net_get_link_state(net, port, &state)) return;
  oio_results_add_sent(results, config, net, port, &state);
  if (add_decisions(results, port, &state)) say_dark(results, net, port, now_ps);
}

static void add_latency(struct oio_results *results, const struct oio_histogram *latency) {
  results->latency_min_ps = latency->min;
  results->latency_mean_ps = oio_histogram_mean(latency);
  results->latency_p50_ps = oio_histogram_quantile(latency, 0.5);
  results->latency_p99_ps = oio_histogram_quantile(latency, 0.99);
  results->latency_p999_ps = oio_histogram_quantile(latency, 0.999);
  results->latency_max_ps = latency->max;
  for (unsigned part = 0; part < OIO_PART_COUNT && latency->count > 0; part++) {
    results->latency_parts_ps[part] = oio_sum_value(&results->traffic.parts[part]) / (double)latency->count;
  }
}

void oio_results_stall(struct oio_results *results, bool busy, const struct oio_net *net) {
  results->stalled = true;
  results->busy = busy;
  oio_net_waits(net, results->waits);
}

/* Compute hides what runs beside it: what is exposed is the iteration less its compute. */
static void add_collective(struct oio_results *results, const struct oio_config *config, const struct oio_traffic *traffic, uint32_t dies) {
  if (config->generator < OIO_GENERATE_ALL_REDUCE || results->traffic.outstanding > 0 || results->sim_time_ps == 0) return;
  const uint64_t stride = config->group_stride, group = config->group > 0 ? config->group : dies / stride;
  const double iteration_ps = (double)results->sim_time_ps / (double)config->iterations,
               compute_ps = (double)oio_traffic_compute_ps(traffic);
  const double exposed_ps = iteration_ps - compute_ps;
  results->iteration_ps = iteration_ps;
  results->exposed_ps = exposed_ps > 0 ? exposed_ps : 0;
  results->efficiency = compute_ps / iteration_ps;
  if (exposed_ps <= 0 || config->generator == OIO_GENERATE_STEP) return; /* of several collectives each has its own bandwidths */
  results->algorithm_bytes_per_s = (double)config->bytes * 1e12 / exposed_ps;
  results->bus_bytes_per_s =
      results->algorithm_bytes_per_s *
      oio_collective_bus_factor((enum oio_collective_kind)(config->generator - OIO_GENERATE_ALL_REDUCE), (uint32_t)group);
}

static void add_path(struct oio_results *results, const struct oio_config *config, const struct oio_traffic *traffic) {
  oio_time_ps parts_ps[OIO_PATH_PARTS];
  const double iterations = results->iteration_ps > 0 ? (double)config->iterations : 1;
  results->path_known = oio_traffic_critical_path(traffic, parts_ps);
  results->skew_ps = oio_traffic_skew_ps(traffic);
  for (unsigned part = 0; part < OIO_PATH_PARTS && results->path_known; part++)
    results->path_ps[part] = (double)parts_ps[part] / iterations;
}

void oio_results_end(struct oio_results *results, const struct oio_config *config, oio_time_ps end_ps) {
  results->sim_time_ps = end_ps;
  results->goodput_bits_per_s = 0;
  if (end_ps <= config->warm_up_ps) return;
  results->goodput_bits_per_s =
      (double)(results->traffic.bytes - results->traffic.warm_up_bytes) * 8e12 / (double)(end_ps - config->warm_up_ps);
}

void oio_results_end_faults(struct oio_results *results, const struct oio_net *net) {
  struct oio_fault_totals *faults = &results->faults;
  const double run_ps = (double)results->sim_time_ps, links_ps = run_ps * (oio_net_ports(net) / 2);
  oio_time_ps any_ps;
  faults->down_unknown = !oio_net_down(net, results->sim_time_ps, &faults->down_ps, &any_ps);
  faults->availability = links_ps > 0 ? 1 - (double)faults->down_ps / links_ps : 1;
  faults->all_up = run_ps > 0 ? 1 - (double)any_ps / run_ps : 1;
}

void oio_results_collect(struct oio_results *results, const struct oio_config *config, const struct oio_net *net,
                         const struct oio_traffic *traffic, oio_time_ps now_ps) {
  *results = (struct oio_results){0};
  oio_traffic_get_counts(traffic, &results->traffic);
  oio_traffic_get_offer(traffic, &results->offer);
  for (uint32_t p = 0; p < oio_net_ports(net); p++) {
    add_port(results, config, net, p, now_ps);
    add_wire(results, net->port[p].wire);
  }
  add_latency(results, oio_traffic_latency(traffic));
  results->cycles = now_ps / config->rtl_clock_ps;
  oio_results_end(results, config, now_ps);
  oio_results_end_faults(results, net);
  add_collective(results, config, traffic, oio_net_dies(net));
  add_path(results, config, traffic);
  const struct oio_detail *detail = oio_traffic_detail(traffic);
  if (detail != NULL) {
    results->interval_ps = detail->timeline.each_ps;
    results->pairs_left_out = detail->pairs_left_out;
  }
  results->wire_digest = oio_net_wire_digest(net);
  oio_cover_collect(&results->cover, config, net, traffic);
}
