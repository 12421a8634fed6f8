/* SPDX-License-Identifier: Apache-2.0 */
#include "base/digest.h"
#include "base/precondition.h"
#include "net/net_state.h"

const struct oio_topology *oio_net_topology(const struct oio_net *net) {
  return net->topology;
}

uint32_t oio_net_dies(const struct oio_net *net) {
  return net->dies;
}

uint32_t oio_net_ports(const struct oio_net *net) {
  return net->ports;
}

bool oio_net_ours(const struct oio_net *net, uint32_t port) {
  OIO_PRECONDITION(port < net->ports);
  return net->port[port].end.kind != OIO_END_NOT_OURS;
}

struct oio_channel *oio_net_wire(struct oio_net *net, uint32_t port) {
  OIO_PRECONDITION(port < net->ports);
  return net->port[port].wire;
}

static bool is_kind(const struct oio_net *net, uint32_t node, enum oio_node_kind kind) {
  OIO_PRECONDITION(node < net->nodes);
  return oio_topology_kind(net->topology, node) == kind;
}

struct oio_die *oio_net_die(struct oio_net *net, uint32_t node) {
  return is_kind(net, node, OIO_NODE_DIE) && !net->routed && !net->tunnels ? net->node[node] : NULL;
}

struct oio_bridge *oio_net_bridge(struct oio_net *net, uint32_t node) {
  return is_kind(net, node, OIO_NODE_BRIDGE) && !net->routed && !net->tunnels ? net->node[node] : NULL;
}

uint32_t oio_net_die_of_units(const struct oio_net *net, uint32_t node) {
  OIO_PRECONDITION(node < net->nodes);
  for (uint32_t i = 0; i < oio_topology_port_count(net->topology, node); i++) {
    const struct oio_net_port *port = &net->port[oio_topology_port_at(net->topology, node, i)];
    if (port->frees != port->beside) return net->port[port->frees].node;
  }
  return OIO_NONE;
}

bool oio_net_tx(struct oio_net *net, uint32_t port, oio_time_ps now_ps, struct oio_wire *wire) {
  OIO_PRECONDITION(port < net->ports);
  if (net->routed) return oio_net_routed_tx(net, &net->stirs, port, now_ps, wire);
  const struct oio_net_port *at = &net->port[port];
  oio_net_stir(net, &net->stirs, at->beside);
  oio_net_stir(net, &net->stirs, at->frees);
  return oio_end_tx(&at->end, now_ps, wire);
}

oio_time_ps oio_net_next_tx_ps(const struct oio_net *net, uint32_t port, oio_time_ps now_ps) {
  OIO_PRECONDITION(port < net->ports);
  return oio_net_port_next_tx_ps(&net->port[port], now_ps);
}

void oio_net_rx(struct oio_net *net, uint32_t port, oio_time_ps now_ps, const struct oio_wire *wire) {
  OIO_PRECONDITION(port < net->ports);
  if (net->routed) {
    oio_net_routed_rx(net, &net->stirs, port, now_ps, wire);
  } else {
    oio_net_stir(net, &net->stirs, net->port[port].beside);
    oio_end_rx(&net->port[port].end, now_ps, wire);
  }
}

enum oio_status oio_net_send(struct oio_net *net, uint32_t die, oio_time_ps now_ps, const struct oio_message *message) {
  OIO_PRECONDITION(die < net->dies);
  return net->routed ? oio_net_routed_send(net, die, now_ps, message) : oio_die_send(net->node[die], now_ps, message);
}

unsigned oio_net_queued(const struct oio_net *net, uint32_t die, uint32_t destination, unsigned vc) {
  OIO_PRECONDITION(die < net->dies && destination < net->dies);
  return net->routed ? oio_routed_die_queued(net->node[die], destination, vc) : oio_die_queued(net->node[die], vc);
}

unsigned oio_net_queued_in_all(const struct oio_net *net, uint32_t die) {
  OIO_PRECONDITION(die < net->dies);
  if (net->routed) return oio_routed_die_queued_in_all(net->node[die]);
  unsigned queued = 0;
  for (unsigned vc = 0; vc < net->vcs; vc++) queued += oio_die_queued(net->node[die], vc);
  return queued;
}

bool oio_net_take(struct oio_net *net, uint32_t die, oio_time_ps now_ps, struct oio_segment *segment) {
  OIO_PRECONDITION(die < net->dies);
  if (net->routed) return oio_net_routed_take(net, die, now_ps, segment);
  if (!oio_die_take(net->node[die], now_ps, segment)) return false;
  segment->source = !die;
  return true;
}

bool oio_net_port_failed(const struct oio_net *net, uint32_t port) {
  OIO_PRECONDITION(port < net->ports);
  return oio_end_failed(&net->port[port].end);
}

bool oio_net_failed(const struct oio_net *net) {
  for (uint32_t p = 0; p < net->ports; p++) {
    if (oio_end_failed(&net->port[p].end)) return true;
  }
  return false;
}

bool oio_net_get_link_state(const struct oio_net *net, uint32_t port, struct oio_link_state *state) {
  OIO_PRECONDITION(port < net->ports);
  const struct oio_end *end = &net->port[port].end;
  switch (end->kind) {
  case OIO_END_DIE:
    oio_die_get_link_state(end->object, state);
    return true;
  case OIO_END_BRIDGE:
    oio_bridge_get_link_state(end->object, (enum oio_bridge_side)end->side, state);
    return true;
  case OIO_END_TUNNEL:
  case OIO_END_TUNNELLED_DIE:
    return oio_end_tunnel_get_state(end, state);
  case OIO_END_ROUTED_DIE:
    oio_routed_die_get_link_state(end->object, end->side, state);
    return true;
  case OIO_END_SWITCH:
    oio_switch_get_link_state(end->object, end->side, state);
    return true;
  case OIO_END_NOT_OURS:
    break;
  }
  *state = net->told != NULL ? net->told[port] : (struct oio_link_state){0};
  return net->told != NULL;
}

void oio_net_tell(struct oio_net *net, uint32_t port, const struct oio_link_state *state) {
  OIO_PRECONDITION(port < net->ports && net->told != NULL && !oio_net_ours(net, port));
  net->told[port] = *state;
}

uint32_t oio_net_buffer_flits(const struct oio_net *net, uint32_t port) {
  OIO_PRECONDITION(port < net->ports);
  return net->port[port].buffer_flits;
}

uint64_t oio_net_wire_digest(const struct oio_net *net) {
  uint64_t digest = 0, number = 0;
  for (uint32_t p = 0; p < net->ports; p++) {
    struct oio_channel_state state;
    if (!net->port[p].has_digest) continue;
    oio_channel_get_state(net->port[p].wire, &state);
    digest = oio_digest_add_word(digest, number++, state.digest);
  }
  return digest;
}
