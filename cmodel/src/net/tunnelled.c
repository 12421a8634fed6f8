/* SPDX-License-Identifier: Apache-2.0 */
/* Nets whose bridges are tunnels (SPEC.md section 19): what stands at their ports. */
#include "net/net_state.h"

static enum oio_bridge_side side_of(const struct oio_end *end) {
  return (enum oio_bridge_side)end->side;
}

bool oio_end_tunnel_tx(const struct oio_end *end, oio_time_ps now_ps, struct oio_wire *wire) {
  if (end->kind == OIO_END_TUNNEL) return oio_tunnel_tx(end->object, side_of(end), now_ps, wire);
  if (oio_tunnel_open_ps(end->units) > now_ps || !oio_die_tx(end->object, now_ps, wire)) return false;
  oio_tunnel_use_unit(end->units, now_ps);
  return true;
}

oio_time_ps oio_end_tunnel_next_tx_ps(const struct oio_end *end, oio_time_ps now_ps) {
  if (end->kind == OIO_END_TUNNEL) return oio_tunnel_next_tx_ps(end->object, side_of(end), now_ps);
  const oio_time_ps open_ps = oio_tunnel_open_ps(end->units), next_ps = oio_die_next_tx_ps(end->object, now_ps);
  return next_ps < open_ps ? open_ps : next_ps;
}

void oio_end_tunnel_rx(const struct oio_end *end, oio_time_ps now_ps, const struct oio_wire *wire) {
  if (end->kind == OIO_END_TUNNEL) {
    oio_tunnel_rx(end->object, side_of(end), now_ps, wire);
  } else {
    oio_die_rx(end->object, now_ps, wire);
  }
}

bool oio_end_tunnel_failed(const struct oio_end *end) {
  return end->kind == OIO_END_TUNNEL ? oio_tunnel_failed(end->object, side_of(end)) : oio_die_failed(end->object);
}

bool oio_end_tunnel_get_state(const struct oio_end *end, struct oio_link_state *state) {
  if (end->kind == OIO_END_TUNNEL) {
    oio_tunnel_get_state(end->object, side_of(end), state);
  } else {
    oio_die_get_link_state(end->object, state);
  }
  return true;
}

enum oio_status oio_net_make_tunnel(struct oio_net *net, const struct oio_config *config, uint32_t node, struct oio_error *error) {
  struct oio_tunnel_config tunnel;
  struct oio_tunnel *made;
  oio_config_tunnel(config, &tunnel);
  const enum oio_status status = oio_tunnel_create(&made, &tunnel, error);
  if (status != OIO_OK) return status;
  net->node[node] = made;
  for (uint32_t i = 0; i < 2; i++) {
    const uint32_t p = oio_topology_port_at(net->topology, node, i);
    const bool by_die = net->port[p ^ 1].node < net->dies;
    net->port[p].buffer_flits = tunnel.units;
    net->port[p].end = (struct oio_end){.kind = OIO_END_TUNNEL, .object = made, .side = by_die ? OIO_DIE_SIDE : OIO_OPTICAL_SIDE};
  }
  return OIO_OK;
}

/* The other ends of the path's one link, and the dies' units. */
void oio_net_join_tunnels(struct oio_net *net) {
  for (uint32_t p = 0; p < net->ports; p++) {
    struct oio_net_port *port = &net->port[p];
    if (port->end.kind == OIO_END_TUNNEL) port->peer = p;
    if (port->end.kind == OIO_END_TUNNEL && port->end.side == OIO_OPTICAL_SIDE) port->frees = port->beside ^ 1;
    if (port->end.kind != OIO_END_DIE) continue;
    port->end.kind = OIO_END_TUNNELLED_DIE;
    port->end.units = net->node[net->port[p ^ 1].node];
    port->peer = oio_topology_port_at(net->topology, !port->node, 0);
  }
}
