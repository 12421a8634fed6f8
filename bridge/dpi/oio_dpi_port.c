/* SPDX-License-Identifier: Apache-2.0 */
#include "oio_dpi_port.h"

#include <stdio.h>

/* More than there is room for between the receive buffer at one port and the replay buffer at the other. */
enum { PIPELINE_FLITS = 16 };
/* Until a flit can say what has just gone in: the one on the wire, the one behind it, and up to three that rule T3 has explicit or another
 * Ack. */
enum { FLITS_TO_TELL = 5 };

static enum oio_status make_monitor(struct oio_dpi_port *port, const struct oio_config *config, const struct oio_link_config *link,
                                    const struct oio_link_config *behind, unsigned logic_cycles, oio_time_ps flit_ps,
                                    struct oio_error *error) {
  struct oio_monitor_config monitor = {
      .name = port->name,
      .format = link->format,
      .sequence_bits = link->sequence_bits,
      .window_flits = link->window_flits,
      .buffer_flits = link->buffer_flits,
      .peer_buffer_flits = link->peer_buffer_flits,
      .inside_flits = link->buffer_flits + PIPELINE_FLITS + behind->window_flits,
      .logic_ps = logic_cycles * config->rtl_clock_ps,
      .timeout_ps = link->timeout_ps,
      .nak_repeat_ps = link->nak_repeat_ps,
      .ack_delay_ps = link->ack_delay_ps,
  };
  if (config->rtl_response_cycles > 0) monitor.response_ps = config->rtl_response_cycles * config->rtl_clock_ps + FLITS_TO_TELL * flit_ps;
  return oio_monitor_create(&port->monitor, &monitor, error);
}

uint32_t oio_dpi_port_number(const struct oio_net *net, uint32_t node, unsigned port) {
  const struct oio_topology *topology = oio_net_topology(net);
  const uint32_t first = oio_topology_port_at(topology, node, 0), second = oio_topology_port_at(topology, node, 1);
  const bool first_is_die_side = oio_topology_node_of(topology, first ^ 1) < oio_net_dies(net);
  return (port == OIO_DPI_DIE_PORT) == first_is_die_side ? first : second;
}

static enum oio_status make_port(struct oio_dpi_port *port, struct oio_net *net, const struct oio_config *config, uint32_t node,
                                 unsigned logic_cycles, struct oio_error *error) {
  const bool optical = port->port == OIO_DPI_OPTICAL_PORT;
  struct oio_link_config die_link, optical_link;
  oio_config_die_link(config, true, &die_link);
  oio_config_optical_link(config, &optical_link);
  port->number = oio_dpi_port_number(net, node, port->port);
  snprintf(port->name, sizeof port->name, "%s %s side", node == oio_net_dies(net) ? "near" : "far", optical ? "optical" : "die");
  struct oio_pins_config pins = {
      .in = oio_net_wire(net, port->number ^ 1),
      .out = oio_net_wire(net, port->number),
      .clock_ps = config->rtl_clock_ps,
      .beat_bytes = (uint32_t)config->rtl_datapath_bytes,
  };
  const enum oio_status status = make_monitor(port, config, optical ? &optical_link : &die_link, optical ? &die_link : &optical_link,
                                              logic_cycles, oio_channel_flit_ps(pins.out), error);
  if (status != OIO_OK) return status;
  pins.monitor = port->monitor;
  return oio_pins_create(&port->pins, &pins, error);
}

enum oio_status oio_dpi_ports_create(struct oio_dpi_port ports[2], struct oio_net *net, const struct oio_config *config, uint32_t node,
                                     unsigned logic_cycles, struct oio_error *error) {
  for (unsigned i = 0; i < 2; i++) ports[i] = (struct oio_dpi_port){.port = i};
  enum oio_status status = OIO_OK;
  for (unsigned i = 0; i < 2 && status == OIO_OK; i++) status = make_port(&ports[i], net, config, node, logic_cycles, error);
  if (status != OIO_OK) {
    oio_dpi_ports_destroy(ports);
    return status;
  }
  oio_monitor_join(ports[0].monitor, ports[1].monitor);
  oio_monitor_join(ports[1].monitor, ports[0].monitor);
  return OIO_OK;
}

void oio_dpi_ports_destroy(struct oio_dpi_port ports[2]) {
  for (unsigned i = 0; i < 2; i++) {
    oio_pins_destroy(ports[i].pins);
    oio_monitor_destroy(ports[i].monitor);
    ports[i].pins = NULL;
    ports[i].monitor = NULL;
  }
}

static void keep_counts(struct oio_dpi_port *port) {
  port->kept.asked_crc += port->state.asked_crc;
  port->kept.asked_sequence += port->state.asked_sequence;
  port->kept.timeouts += port->state.timeouts;
  if (port->kept.failed == OIO_LINK_ALIVE) port->kept.failed = port->state.failed;
  port->state = (struct oio_link_state){.failed = OIO_LINK_ALIVE};
}

void oio_dpi_ports_reset(struct oio_dpi_port ports[2]) {
  for (unsigned i = 0; i < 2; i++) {
    keep_counts(&ports[i]);
    oio_pins_reset(ports[i].pins);
    oio_monitor_reset(ports[i].monitor);
  }
}

static enum oio_link_failure failure(const struct oio_dpi_port *port) {
  return port->kept.failed != OIO_LINK_ALIVE ? port->kept.failed : port->state.failed;
}

bool oio_dpi_ports_failed(const struct oio_dpi_port ports[2]) {
  return failure(&ports[0]) != OIO_LINK_ALIVE || failure(&ports[1]) != OIO_LINK_ALIVE;
}

static void add_decisions(const struct oio_dpi_port *port, struct oio_results *results) {
  struct oio_link_totals *links = &results->links;
  links->retries_crc += port->kept.asked_crc + port->state.asked_crc;
  links->retries_sequence += port->kept.asked_sequence + port->state.asked_sequence;
  links->retries_timeout += port->kept.timeouts + port->state.timeouts;
  results->findings += oio_monitor_findings(port->monitor);
  if (failure(port) == OIO_LINK_ALIVE) return;
  links->failed++;
  snprintf(results->failure, sizeof results->failure, "RTL, %s: %s", port->name, oio_link_failure_name(failure(port)));
}

void oio_dpi_ports_add(const struct oio_dpi_port ports[2], const struct oio_config *config, const struct oio_net *net,
                       struct oio_results *results) {
  for (unsigned i = 0; i < 2; i++) {
    struct oio_link_state counts;
    oio_monitor_get_counts(ports[i].monitor, &counts);
    oio_results_add_sent(results, config, net, ports[i].number, &counts);
    add_decisions(&ports[i], results);
  }
}
