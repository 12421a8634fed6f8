/* SPDX-License-Identifier: Apache-2.0 */
#include "oio_host.h"

#include <stdio.h>

enum oio_status oio_host_create(struct oio_host *host, const struct oio_config *config, struct oio_trace_reader *trace,
                                struct oio_error *error) {
  static const bool left_out[2] = {false, false};
  *host = (struct oio_host){.config = *config};
  enum oio_status status = oio_path_create(&host->path, config, left_out, error);
  if (status == OIO_OK) status = oio_traffic_create(&host->traffic, config, trace, error);
  if (status != OIO_OK) oio_host_destroy(host);
  return status;
}

void oio_host_destroy(struct oio_host *host) {
  oio_traffic_destroy(host->traffic);
  oio_path_destroy(host->path);
  host->traffic = NULL;
  host->path = NULL;
}

/* Every link end once, in the order in which digests and failures are told: link by link from the left, side A before B. */
static void link_state(const struct oio_host *host, unsigned index, struct oio_link_state *state) {
  const struct oio_end end = oio_path_end(host->path, index / 2, index % 2);
  oio_end_get_link_state(&end, state);
}

bool oio_host_failed(const struct oio_host *host) {
  for (unsigned i = 0; i < 2 * host->path->links; i++) {
    struct oio_link_state state;
    link_state(host, i, &state);
    if (state.failed != OIO_LINK_ALIVE) return true;
  }
  return false;
}

static void add_link(struct oio_results *results, unsigned index, const struct oio_link_state *state) {
  struct oio_link_totals *totals = &results->links;
  totals->payload += state->sent_payload;
  totals->nop += state->sent_nop;
  totals->replayed += state->sent_replayed;
  totals->retries_crc += state->asked_crc;
  totals->retries_sequence += state->asked_sequence;
  totals->retries_timeout += state->timeouts;
  totals->undetected += state->undetected;
  results->decision_digest = results->decision_digest * 0x100000001B3u ^ state->decision_digest;
  if (state->failed == OIO_LINK_ALIVE) return;
  totals->failed++;
  snprintf(results->failure, sizeof results->failure, "link %u, side %c: %s", index / 2, index % 2 == 0 ? 'A' : 'B',
           oio_link_failure_name(state->failed));
}

static void add_latency(struct oio_results *results, const struct oio_histogram *latency) {
  results->latency_min_ps = latency->min;
  results->latency_mean_ps = oio_histogram_mean(latency);
  results->latency_p50_ps = oio_histogram_quantile(latency, 0.5);
  results->latency_p99_ps = oio_histogram_quantile(latency, 0.99);
  results->latency_p999_ps = oio_histogram_quantile(latency, 0.999);
  results->latency_max_ps = latency->max;
  for (unsigned part = 0; part < OIO_PART_COUNT && latency->count > 0; part++) {
    results->latency_parts_ps[part] = (double)results->traffic.parts_ps[part] / (double)latency->count;
  }
}

void oio_host_get_results(const struct oio_host *host, oio_time_ps now_ps, bool over, struct oio_results *results) {
  *results = (struct oio_results){.sim_time_ps = now_ps};
  oio_traffic_get_counts(host->traffic, &results->traffic);
  for (unsigned i = 0; i < 2 * host->path->links; i++) {
    struct oio_link_state state;
    link_state(host, i, &state);
    add_link(results, i, &state);
  }
  add_latency(results, oio_traffic_latency(host->traffic));
  results->cycles = now_ps / host->config.rtl_clock_ps;
  if (now_ps > 0) results->goodput_bits_per_s = (double)results->traffic.bytes * 8e12 / (double)now_ps;
  results->wire_digest = oio_path_wire_digest(host->path);
  results->stalled = results->traffic.outstanding > 0 && over;
}
