/* SPDX-License-Identifier: Apache-2.0 */
#include "oio_dpi_bench.h"

#include "oio/results.h"
#include "oio_dpi_port.h"
#include "oio_host.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct bench {
  struct oio_config config;
  struct oio_trace_reader *trace;
  struct oio_sim *sim;
  bool rtl[2];
  struct oio_dpi_port ports[2][2]; /* side, port */
  uint64_t flits_out;              /* of all ports so far */
  uint64_t cycles;
  oio_time_ps now_ps, end_ps;           /* end_ps: of the traffic, so far */
  oio_time_ps progress_ps, patience_ps; /* when a segment came out last; RTL that lets none out for so long has a deadlock */
  uint64_t segments;                    /* by then */
  bool in_reset, rested, stalled;
  enum oio_status status;
  struct oio_error error;
  char finding[300];
  char *table;
};

static enum oio_status fits(const struct oio_config *config, int rtl, struct oio_error *error) {
  if (rtl < 1 || rtl > 3) return oio_error_set(error, OIO_ERR_CONFIG, "rtl %d: 1 is the near bridge, 2 the far one, 3 both", rtl);
  if (oio_config_topology(config) != OIO_BRIDGED)
    return oio_error_set(error, OIO_ERR_CONFIG, "net.topology=pair has no bridge; use bridged");
  if (config->fidelity != OIO_BIT) return oio_error_set(error, OIO_ERR_CONFIG, "sim.fidelity=event has no bits for RTL; use bit");
  if (config->reset_at_ps > 0 && config->reset_hold_ps < 2 * config->rtl_clock_ps)
    return oio_error_set(error, OIO_ERR_CONFIG, "reset.hold_ps may pass between two clock edges; hold for at least two of rtl.clock_ps");
  return OIO_OK;
}

/* Longer than any timer lets a flit wait, with replays. */
static oio_time_ps patience_ps(const struct oio_config *config) {
  struct oio_bridge_config links;
  struct oio_channel_config optical;
  oio_config_bridge(config, &links);
  oio_config_optical_channel(config, 0, &optical);
  return OIO_MS + 64 * (links.die.timeout_ps + links.optical.timeout_ps) + 4 * (optical.flight_ps + optical.logic_ps) +
         config->reset_hold_ps;
}

static enum oio_status start(struct bench *b, const char *config_text, const char *trace, int rtl, unsigned logic_cycles) {
  enum oio_status status = oio_host_read_config(&b->config, config_text, &b->error);
  if (status == OIO_OK) status = fits(&b->config, rtl, &b->error);
  if (status == OIO_OK && *trace != '\0') status = oio_trace_open(&b->trace, trace, &b->error);
  if (status == OIO_OK) status = oio_host_check_workload(&b->config, b->trace, &b->error);
  const bool left_out[] = {false, false, (rtl & 1) != 0, (rtl & 2) != 0}; /* dies first */
  if (status == OIO_OK) status = oio_sim_create(&b->sim, &b->config, b->trace, left_out, &b->error);
  if (status == OIO_OK) b->patience_ps = patience_ps(&b->config);
  for (unsigned side = 0; side < 2 && status == OIO_OK; side++) {
    if (!left_out[2 + side]) continue;
    status = oio_dpi_ports_create(b->ports[side], oio_sim_net(b->sim), &b->config, 2 + side, logic_cycles, &b->error);
    b->rtl[side] = status == OIO_OK;
  }
  return status;
}

void *oio_dpi_bench_create(const char *config_text, const char *trace, int rtl, unsigned logic_cycles) {
  struct bench *b = calloc(1, sizeof *b);
  if (b != NULL) b->status = start(b, config_text, trace, rtl, logic_cycles);
  return b;
}

void oio_dpi_bench_destroy(void *bench) {
  struct bench *b = bench;
  if (b == NULL) return;
  for (unsigned side = 0; side < 2; side++) {
    if (b->rtl[side]) oio_dpi_ports_destroy(b->ports[side]);
  }
  oio_sim_destroy(b->sim);
  if (b->trace != NULL) oio_trace_close(b->trace);
  free(b->table);
  free(b);
}

int oio_dpi_bench_failed(void *bench) {
  return bench == NULL || ((struct bench *)bench)->status != OIO_OK;
}

const char *oio_dpi_bench_error(void *bench) {
  return bench == NULL ? "out of memory" : ((struct bench *)bench)->error.text;
}

unsigned long long oio_dpi_bench_clock_ps(void *bench) {
  return ((struct bench *)bench)->config.rtl_clock_ps;
}

void *oio_dpi_bench_port(void *bench, int side, int port) {
  struct bench *b = bench;
  return b->rtl[side & 1] ? &b->ports[side & 1][port & 1] : NULL;
}

static unsigned cycles(const struct bench *b, oio_time_ps duration_ps) {
  return (unsigned)((duration_ps + b->config.rtl_clock_ps - 1) / b->config.rtl_clock_ps);
}

unsigned oio_dpi_bench_strap(void *bench, int port, const char *name) {
  struct bench *b = bench;
  struct oio_link_config link;
  if (port == OIO_DPI_OPTICAL_PORT) {
    oio_config_optical_link(&b->config, &link);
  } else {
    oio_config_die_link(&b->config, true, &link);
  }
  const struct {
    const char *name;
    unsigned value;
  } straps[] = {
      {"window_flits", link.window_flits},
      {"buffer_flits", link.buffer_flits},
      {"format", link.format},
      {"timeout_cycles", cycles(b, link.timeout_ps)},
      {"nak_repeat_cycles", cycles(b, link.nak_repeat_ps)},
      {"ack_delay_cycles", cycles(b, link.ack_delay_ps)},
      {"replay_limit", link.replay_limit},
      {"credit_limit", link.peer_buffer_flits},
  };
  for (size_t i = 0; i < sizeof straps / sizeof straps[0]; i++) {
    if (strcmp(name, straps[i].name) == 0) return straps[i].value;
  }
  b->status = oio_error_set(&b->error, OIO_ERR_CONFIG, "there is no strap %.40s: the names are those of oio_pkg::link_config_t", name);
  return 0;
}

static bool link_failed(const struct bench *b) {
  bool failed = oio_sim_failed(b->sim);
  for (unsigned side = 0; side < 2; side++) failed |= b->rtl[side] && oio_dpi_ports_failed(b->ports[side]);
  return failed;
}

static uint64_t flits_out(const struct bench *b) {
  uint64_t sum = 0;
  for (unsigned side = 0; side < 2; side++) {
    for (unsigned port = 0; port < 2 && b->rtl[side]; port++) sum += oio_pins_flits_out(b->ports[side][port].pins);
  }
  return sum;
}

static void reset_ports(struct bench *b) {
  const oio_time_ps at_ps = b->config.reset_at_ps;
  const bool in_reset = at_ps > 0 && b->now_ps >= at_ps && b->now_ps < at_ps + b->config.reset_hold_ps;
  for (unsigned side = 0; side < 2; side++) {
    if (in_reset && !b->in_reset && b->rtl[side]) oio_dpi_ports_reset(b->ports[side]);
  }
  b->in_reset = in_reset;
}

/* Is a message under way, and nothing comes out any more? */
static void watch(struct bench *b) {
  struct oio_traffic_counts counts;
  oio_traffic_get_counts(oio_sim_traffic(b->sim), &counts);
  if (counts.segments != b->segments || counts.outstanding == 0) {
    b->segments = counts.segments;
    b->progress_ps = b->now_ps;
  }
  if (b->now_ps - b->progress_ps > b->patience_ps) b->stalled = true;
}

void oio_dpi_bench_advance(void *bench, unsigned long long now_ps) {
  struct bench *b = bench;
  const uint64_t out = flits_out(b);
  const bool over = oio_dpi_bench_over(b) != 0;
  if (b->status != OIO_OK) return;
  if (out != b->flits_out) oio_sim_touch(b->sim);
  b->flits_out = out;
  b->now_ps = now_ps;
  b->cycles++;
  b->status = over ? oio_sim_settle(b->sim, now_ps, &b->error) : oio_sim_advance(b->sim, now_ps, &b->error);
  if (!over) {
    b->end_ps = oio_sim_now_ps(b->sim);
    watch(b);
  }
  reset_ports(b);
}

int oio_dpi_bench_in_reset(void *bench) {
  return ((struct bench *)bench)->in_reset;
}

int oio_dpi_bench_over(void *bench) {
  const struct bench *b = bench;
  return b->status != OIO_OK || b->stalled || oio_traffic_finished(oio_sim_traffic(b->sim)) || link_failed(b);
}

/* What the monitors still wait for is a finding too, once the traffic is over; of a link that has failed nothing is due. */
static void rest(struct bench *b) {
  if (b->rested || oio_dpi_bench_over(b) == 0 || link_failed(b)) return;
  b->rested = true;
  for (unsigned side = 0; side < 2; side++) {
    for (unsigned port = 0; port < 2 && b->rtl[side]; port++) oio_monitor_rest(b->ports[side][port].monitor, b->now_ps);
  }
}

const char *oio_dpi_bench_finding(void *bench) {
  struct bench *b = bench;
  struct oio_finding finding;
  b->finding[0] = '\0';
  if (b->status != OIO_OK) return b->finding;
  rest(b);
  for (unsigned i = 0; i < 4; i++) {
    if (!b->rtl[i / 2] || !oio_monitor_fetch(b->ports[i / 2][i % 2].monitor, &finding)) continue;
    snprintf(b->finding, sizeof b->finding, "at %.3f ns: rule %s: %s", (double)finding.time_ps / 1e3, finding.rule, finding.text);
    break;
  }
  return b->finding;
}

static void collect(struct bench *b, struct oio_results *results) {
  rest(b);
  oio_results_collect(results, &b->config, oio_sim_net(b->sim), oio_sim_traffic(b->sim), b->end_ps);
  for (unsigned side = 0; side < 2; side++) {
    if (b->rtl[side]) oio_dpi_ports_add(b->ports[side], &b->config, oio_sim_net(b->sim), results);
  }
  results->cycles = b->cycles;
  results->partial = oio_dpi_bench_over(b) == 0;
  results->stalled = b->stalled && !link_failed(b);
}

int oio_dpi_bench_good(void *bench) {
  struct bench *b = bench;
  struct oio_results results = {.cycles = 0};
  if (oio_dpi_bench_failed(b)) return 0;
  collect(b, &results);
  return !results.partial && oio_results_good(&results);
}

const char *oio_dpi_bench_report(void *bench) {
  struct bench *b = bench;
  struct oio_results results = {.cycles = 0};
  struct oio_run run = {.host = "SystemVerilog, RTL bridge"};
  if (oio_dpi_bench_failed(b)) return oio_dpi_bench_error(b);
  collect(b, &results);
  run.drawn = oio_net_drawn(oio_sim_net(b->sim));
  free(b->table);
  b->table = oio_results_table(&results, &b->config, &run);
  return b->table == NULL ? "out of memory" : b->table;
}
