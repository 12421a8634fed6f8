/* SPDX-License-Identifier: Apache-2.0 */
/* What a routed net adds to its nodes: the way of every payload, and which other ports an event concerns. */
#include "net/net_state.h"

static uint32_t port_of(const struct oio_net *net, uint32_t node, uint32_t side) {
  return oio_topology_port_at(net->topology, node, side);
}

/* Where it goes on, from what has come in by a port or, with OIO_NONE, from its own die. A way never changes, so each port remembers some.
 */
static bool next_hop(struct oio_net *net, const struct oio_way *way, uint32_t node, uint32_t in, uint8_t hop_vc, struct oio_hop *hop) {
  const uint32_t port = in == OIO_NONE ? port_of(net, node, 0) : in;
  struct oio_net_way *known = &net->ways[OIO_NET_WAYS * (size_t)port + (way->destination + way->source + way->vc) % OIO_NET_WAYS];
  if (known->on != 0 && known->source == way->source && known->destination == way->destination && known->vc == way->vc &&
      known->hop_vc == hop_vc) {
    *hop = (struct oio_hop){.port = known->on - 1, .vc = known->on_vc};
    return true;
  }
  if (!oio_topology_next(net->topology, way, node, in, hop_vc, hop)) return false;
  *known = (struct oio_net_way){
      .source = way->source, .destination = way->destination, .on = 1 + hop->port, .vc = way->vc, .hop_vc = hop_vc, .on_vc = hop->vc};
  return true;
}

/* Gives what has arrived at a switch its way, or discards it: no die has its number, or none is reached from here. */
static void give_way(struct oio_net *net, struct oio_stirs *stirs, uint32_t port, oio_time_ps now_ps) {
  struct oio_arrival arrival;
  struct oio_hop hop;
  const struct oio_end *end = &net->port[port].end;
  if (!oio_switch_arrived(end->object, end->side, &arrival)) return;
  const struct oio_way way = {.source = arrival.source, .destination = arrival.destination, .vc = arrival.vc};
  if (way.source < net->dies && way.destination < net->dies && next_hop(net, &way, net->port[port].node, port, arrival.hop_vc, &hop)) {
    oio_switch_forward(end->object, now_ps, &arrival, net->port[hop.port].end.side, hop.vc);
    oio_net_stir(net, stirs, hop.port);
  } else {
    oio_switch_discard(end->object, now_ps, &arrival);
  }
}

void oio_net_routed_rx(struct oio_net *net, struct oio_stirs *stirs, uint32_t port, oio_time_ps now_ps, const struct oio_wire *wire) {
  const struct oio_end *end = &net->port[port].end;
  if (end->kind == OIO_END_ROUTED_DIE) {
    oio_routed_die_rx(end->object, end->side, now_ps, wire);
  } else if (end->kind == OIO_END_SWITCH) {
    oio_switch_rx(end->object, end->side, now_ps, wire);
    give_way(net, stirs, port, now_ps);
  }
}

bool oio_net_routed_tx(struct oio_net *net, struct oio_stirs *stirs, uint32_t port, oio_time_ps now_ps, struct oio_wire *wire) {
  const struct oio_end *end = &net->port[port].end;
  if (now_ps < net->port[port].quiet_ps) return false;
  if (end->kind == OIO_END_ROUTED_DIE) return oio_routed_die_tx(end->object, end->side, now_ps, wire);
  if (end->kind != OIO_END_SWITCH) return false;
  struct oio_stirred stirred;
  const bool sent = oio_switch_tx(end->object, end->side, now_ps, wire, &stirred);
  if (stirred.input != OIO_NONE) oio_net_stir(net, stirs, port_of(net, net->port[port].node, stirred.input));
  if (stirred.output != OIO_NONE) oio_net_stir(net, stirs, port_of(net, net->port[port].node, stirred.output));
  return sent;
}

enum oio_status oio_net_routed_send(struct oio_net *net, uint32_t die, oio_time_ps now_ps, const struct oio_message *message) {
  const struct oio_way way = {.source = die, .destination = message->destination, .vc = message->vc};
  struct oio_hop hop;
  if (way.destination >= net->dies || !next_hop(net, &way, die, OIO_NONE, 0, &hop)) return OIO_ERR_CONFIG;
  const enum oio_status status = oio_routed_die_send(net->node[die], now_ps, net->port[hop.port].end.side, hop.vc, message);
  if (status == OIO_OK) oio_net_stir(net, &net->stirs, hop.port);
  return status;
}

bool oio_net_routed_take(struct oio_net *net, uint32_t die, oio_time_ps now_ps, struct oio_segment *segment) {
  uint32_t side;
  if (!oio_routed_die_take(net->node[die], now_ps, segment, &side)) return false;
  if (side != OIO_NONE) oio_net_stir(net, &net->stirs, port_of(net, die, side));
  return true;
}

oio_time_ps oio_end_routed_next_tx_ps(const struct oio_end *end, oio_time_ps now_ps) {
  if (end->kind == OIO_END_ROUTED_DIE) return oio_routed_die_next_tx_ps(end->object, end->side, now_ps);
  return end->kind == OIO_END_SWITCH ? oio_switch_next_tx_ps(end->object, end->side, now_ps) : OIO_NEVER;
}

bool oio_end_routed_failed(const struct oio_end *end) {
  if (end->kind == OIO_END_ROUTED_DIE) return oio_routed_die_failed(end->object, end->side);
  return end->kind == OIO_END_SWITCH && oio_switch_failed(end->object, end->side);
}
