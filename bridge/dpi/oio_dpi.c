/* SPDX-License-Identifier: Apache-2.0 */
#include "oio_dpi.h"

#include "oio_host.h"

#include <stdlib.h>
#include <string.h>

struct run {
  struct oio_host host;
  struct oio_trace_reader *trace;
  enum oio_status status;
  struct oio_error error;
  char *table;
};

/* A flit's bytes and its note are the two ends of struct oio_wire. A bit vector holds bit 0 of byte 0 first only where words are
 * little-endian. */
_Static_assert(offsetof(struct oio_wire, bytes) == 0 && (int)OIO_FLIT_BYTES == (int)OIO_DPI_FLIT_BYTES, "oio_dpi_pkg::flit_t is the flit");
_Static_assert(sizeof(struct oio_wire) == OIO_DPI_FLIT_BYTES + OIO_DPI_NOTE_BYTES, "oio_dpi_pkg::note_t is the rest of struct oio_wire");
_Static_assert(sizeof(struct oio_results) <= OIO_DPI_RESULTS_BYTES, "oio_dpi_pkg::results_t holds struct oio_results");
_Static_assert(__BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__, "a bit vector's words are little-endian");

static void join(struct oio_wire *wire, const uint32_t *flit, const uint32_t *note) {
  memcpy(wire, flit, OIO_DPI_FLIT_BYTES);
  memcpy((uint8_t *)wire + OIO_DPI_FLIT_BYTES, note, OIO_DPI_NOTE_BYTES);
}

static void part(const struct oio_wire *wire, uint32_t *flit, uint32_t *note) {
  memcpy(flit, wire, OIO_DPI_FLIT_BYTES);
  memcpy(note, (const uint8_t *)wire + OIO_DPI_FLIT_BYTES, OIO_DPI_NOTE_BYTES);
}

static enum oio_status start(struct run *run, const char *config_text, const char *trace) {
  struct oio_config config;
  enum oio_status status = oio_host_read_config(&config, config_text, &run->error);
  if (status == OIO_OK && *trace != '\0') status = oio_trace_open(&run->trace, trace, &run->error);
  if (status == OIO_OK) status = oio_host_create(&run->host, &config, run->trace, &run->error);
  return status;
}

void *oio_dpi_create(const char *config_text, const char *trace) {
  struct run *run = calloc(1, sizeof *run);
  if (run != NULL) run->status = start(run, config_text, trace);
  return run;
}

void oio_dpi_destroy(void *run) {
  struct run *r = run;
  if (r == NULL) return;
  oio_host_destroy(&r->host);
  if (r->trace != NULL) oio_trace_close(r->trace);
  free(r->table);
  free(r);
}

int oio_dpi_failed(void *run) {
  return run == NULL || ((struct run *)run)->status != OIO_OK;
}

const char *oio_dpi_error(void *run) {
  return run == NULL ? "out of memory" : ((struct run *)run)->error.text;
}

static struct oio_net *net_of(void *run) {
  return ((struct run *)run)->host.net;
}

static struct oio_traffic *traffic_of(void *run) {
  return ((struct run *)run)->host.traffic;
}

int oio_dpi_ports(void *run) {
  return (int)oio_net_ports(net_of(run));
}

int oio_dpi_dies(void *run) {
  return (int)oio_net_dies(net_of(run));
}

static bool is_node(void *run, int node) {
  return node >= 0 && (uint32_t)node < oio_topology_nodes(oio_net_topology(net_of(run)));
}

void *oio_dpi_die(void *run, int node) {
  return is_node(run, node) ? oio_net_die(net_of(run), (uint32_t)node) : NULL;
}

void *oio_dpi_bridge(void *run, int node) {
  return is_node(run, node) ? oio_net_bridge(net_of(run), (uint32_t)node) : NULL;
}

void *oio_dpi_wire(void *run, int port) {
  return port >= 0 && port < oio_dpi_ports(run) ? oio_net_wire(net_of(run), (uint32_t)port) : NULL;
}

unsigned long long oio_dpi_reset_at_ps(void *run) {
  const oio_time_ps at_ps = ((struct run *)run)->host.config.reset_at_ps;
  return at_ps > 0 ? at_ps : OIO_NEVER;
}

unsigned long long oio_dpi_reset_hold_ps(void *run) {
  return ((struct run *)run)->host.config.reset_hold_ps;
}

int oio_dpi_reset_is_of_part(void *run) {
  return ((struct run *)run)->host.config.reset_scope != OIO_RESET_ALL;
}

void oio_dpi_reset(void *run, unsigned long long now_ps) {
  if (oio_dpi_reset_is_of_part(run)) {
    oio_traffic_reset_part(traffic_of(run), now_ps, net_of(run));
    return;
  }
  oio_net_reset(net_of(run));
  oio_traffic_drop(traffic_of(run), now_ps);
}

unsigned long long oio_dpi_traffic_next_ps(void *run) {
  return oio_traffic_next_ps(traffic_of(run));
}

void oio_dpi_traffic_enter(void *run, unsigned long long now_ps) {
  struct run *r = run;
  const enum oio_status status = oio_traffic_enter(r->host.traffic, now_ps, r->host.net, &r->error);
  if (r->status == OIO_OK) r->status = status;
  oio_host_instant(&r->host, now_ps);
}

void oio_dpi_traffic_after_tx(void *run, unsigned long long now_ps) {
  struct run *r = run;
  const enum oio_status status = oio_traffic_after_tx(r->host.traffic, now_ps, r->host.net, &r->error);
  if (r->status == OIO_OK) r->status = status;
}

int oio_dpi_deliver(void *run, int die, unsigned long long now_ps) {
  struct oio_segment segment;
  if (die < 0 || die >= oio_dpi_dies(run) || !oio_net_take(net_of(run), (uint32_t)die, now_ps, &segment)) return 0;
  oio_traffic_deliver(traffic_of(run), now_ps, (unsigned)die, &segment);
  return 1;
}

int oio_dpi_finished(void *run) {
  return oio_traffic_finished(traffic_of(run));
}

/* A transmission starts from what the bench had: in event fidelity a transmitter leaves alone what nobody reads. */
int oio_dpi_tx(void *run, int port, unsigned long long now_ps, uint32_t *flit, uint32_t *note) {
  struct oio_wire wire;
  join(&wire, flit, note);
  if (!oio_net_tx(net_of(run), (uint32_t)port, now_ps, &wire)) return 0;
  part(&wire, flit, note);
  return 1;
}

void oio_dpi_rx(void *run, int port, unsigned long long now_ps, const uint32_t *flit, const uint32_t *note) {
  struct oio_wire wire;
  join(&wire, flit, note);
  oio_net_rx(net_of(run), (uint32_t)port, now_ps, &wire);
}

unsigned long long oio_dpi_next_tx_ps(void *run, int port, unsigned long long now_ps) {
  return oio_net_next_tx_ps(net_of(run), (uint32_t)port, now_ps);
}

int oio_dpi_die_tx(void *die, unsigned long long now_ps, uint32_t *flit, uint32_t *note) {
  struct oio_wire wire;
  join(&wire, flit, note);
  if (!oio_die_tx(die, now_ps, &wire)) return 0;
  part(&wire, flit, note);
  return 1;
}

void oio_dpi_die_rx(void *die, unsigned long long now_ps, const uint32_t *flit, const uint32_t *note) {
  struct oio_wire wire;
  join(&wire, flit, note);
  oio_die_rx(die, now_ps, &wire);
}

unsigned long long oio_dpi_die_next_tx_ps(void *die, unsigned long long now_ps) {
  return oio_die_next_tx_ps(die, now_ps);
}

int oio_dpi_bridge_tx(void *bridge, int side, unsigned long long now_ps, uint32_t *flit, uint32_t *note) {
  struct oio_wire wire;
  join(&wire, flit, note);
  if (!oio_bridge_tx(bridge, (enum oio_bridge_side)side, now_ps, &wire)) return 0;
  part(&wire, flit, note);
  return 1;
}

void oio_dpi_bridge_rx(void *bridge, int side, unsigned long long now_ps, const uint32_t *flit, const uint32_t *note) {
  struct oio_wire wire;
  join(&wire, flit, note);
  oio_bridge_rx(bridge, (enum oio_bridge_side)side, now_ps, &wire);
}

unsigned long long oio_dpi_bridge_next_tx_ps(void *bridge, int side, unsigned long long now_ps) {
  return oio_bridge_next_tx_ps(bridge, (enum oio_bridge_side)side, now_ps);
}

unsigned long long oio_dpi_channel_free_ps(void *channel) {
  return oio_channel_free_ps(channel);
}

int oio_dpi_channel_send(void *channel, unsigned long long now_ps, const uint32_t *flit, const uint32_t *note) {
  struct oio_wire wire;
  join(&wire, flit, note);
  return oio_channel_send(channel, now_ps, &wire) == OIO_OK;
}

unsigned long long oio_dpi_channel_arrival_ps(void *channel) {
  return oio_channel_arrival_ps(channel);
}

void oio_dpi_channel_take(void *channel, uint32_t *flit, uint32_t *note) {
  part(oio_channel_peek(channel), flit, note);
  oio_channel_pop(channel);
}

int oio_dpi_link_failed(void *run) {
  return oio_host_failed(&((struct run *)run)->host);
}

unsigned long long oio_dpi_wire_digest(void *run) {
  return oio_net_wire_digest(net_of(run));
}

void oio_dpi_results(void *run, unsigned long long now_ps, int over, uint32_t *results) {
  struct oio_results collected;
  oio_host_get_results(&((struct run *)run)->host, now_ps, over != 0, &collected);
  memset(results, 0, OIO_DPI_RESULTS_BYTES);
  memcpy(results, &collected, sizeof collected);
}

int oio_dpi_good(void *run, unsigned long long now_ps, int over) {
  struct oio_results results;
  if (oio_dpi_failed(run)) return 0;
  oio_host_get_results(&((struct run *)run)->host, now_ps, over != 0, &results);
  return oio_results_good(&results);
}

const char *oio_dpi_report(void *run, unsigned long long now_ps, int over) {
  struct run *r = run;
  struct oio_results results;
  struct oio_run shown = {.host = "SystemVerilog over DPI"};
  if (oio_dpi_failed(run)) return oio_dpi_error(run);
  oio_host_get_results(&r->host, now_ps, over != 0, &results);
  shown.drawn = oio_net_drawn(r->host.net);
  free(r->table);
  r->table = oio_results_table(&results, &r->host.config, &shown);
  return r->table == NULL ? "out of memory" : r->table;
}

double oio_dpi_fraction(void *run) {
  return oio_traffic_fraction(traffic_of(run));
}
