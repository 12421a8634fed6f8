/* SPDX-License-Identifier: Apache-2.0 */
#include "base/digest.h"
#include "base/precondition.h"
#include "net/net_state.h"

#include <stdlib.h>

static const char *shape_of(const struct oio_config *config) {
  return config->topology == OIO_DIRECT ? "pair" : "bridged";
}

/* The optical link of a net of two dies is link 0 of a pair, and stands between the bridges. */
static bool is_optical(const struct oio_net *net, uint32_t port) {
  return port / 2 == net->ports / 4;
}

static void channel_config(const struct oio_net *net, const struct oio_config *config, uint32_t port, struct oio_channel_config *channel) {
  if (is_optical(net, port)) {
    oio_config_optical_channel(config, port % 2, channel);
  } else {
    oio_config_die_channel(config, port / 4, port % 2, channel);
  }
}

static enum oio_status make_wires(struct oio_net *net, const struct oio_config *config, struct oio_error *error) {
  for (uint32_t p = 0; p < net->ports; p++) {
    struct oio_channel_config channel;
    channel_config(net, config, p, &channel);
    net->port[p].has_digest = channel.digest;
    const enum oio_status status = oio_channel_create(&net->port[p].wire, &channel, error);
    if (status != OIO_OK) return status;
  }
  return OIO_OK;
}

/* What node `node` has at its port p, whether it is ours or not. */
static void describe_port(struct oio_net *net, uint32_t p, const struct oio_link_config *link) {
  net->port[p].buffer_flits = link->buffer_flits;
  net->port[p].modulus = (1u << link->sequence_bits) - 1;
}

static enum oio_status make_die(struct oio_net *net, const struct oio_config *config, uint32_t node, bool left_out,
                                struct oio_error *error) {
  const uint32_t p = oio_topology_port_at(net->topology, node, 0);
  struct oio_die_config die;
  struct oio_die *made;
  oio_config_die(config, &die);
  describe_port(net, p, &die.link);
  if (left_out) return OIO_OK;
  const enum oio_status status = oio_die_create(&made, &die, error);
  if (status != OIO_OK) return status;
  net->node[node] = made;
  net->port[p].end = (struct oio_end){.kind = OIO_END_DIE, .object = made};
  return OIO_OK;
}

static enum oio_status make_bridge(struct oio_net *net, const struct oio_config *config, uint32_t node, bool left_out,
                                   struct oio_error *error) {
  struct oio_bridge_config bridge;
  struct oio_bridge *made = NULL;
  oio_config_bridge(config, &bridge);
  const enum oio_status status = left_out ? OIO_OK : oio_bridge_create(&made, &bridge, error);
  if (status != OIO_OK) return status;
  net->node[node] = made;
  for (uint32_t i = 0; i < 2; i++) {
    const uint32_t p = oio_topology_port_at(net->topology, node, i);
    const bool optical = is_optical(net, p);
    describe_port(net, p, optical ? &bridge.optical : &bridge.die);
    if (made != NULL)
      net->port[p].end = (struct oio_end){.kind = OIO_END_BRIDGE, .object = made, .side = optical ? OIO_OPTICAL_SIDE : OIO_DIE_SIDE};
  }
  return OIO_OK;
}

static enum oio_status make_nodes(struct oio_net *net, const struct oio_config *config, const bool *left_out, struct oio_error *error) {
  for (uint32_t node = 0; node < net->nodes; node++) {
    const bool out = left_out != NULL && left_out[node];
    const enum oio_status status = oio_topology_kind(net->topology, node) == OIO_NODE_DIE ? make_die(net, config, node, out, error)
                                                                                          : make_bridge(net, config, node, out, error);
    if (status != OIO_OK) return status;
  }
  return OIO_OK;
}

static enum oio_status make(struct oio_net *net, const struct oio_config *config, const bool *left_out, struct oio_error *error) {
  const enum oio_status found = oio_topology_create(&net->topology, shape_of(config), error);
  if (found != OIO_OK) return found;
  net->ports = 2 * oio_topology_links(net->topology);
  net->dies = oio_topology_dies(net->topology);
  net->nodes = oio_topology_nodes(net->topology);
  net->port = calloc(net->ports, sizeof *net->port);
  net->node = calloc(net->nodes, sizeof *net->node);
  net->told = left_out == NULL ? NULL : calloc(net->ports, sizeof *net->told);
  if (net->port == NULL || net->node == NULL || (left_out != NULL && net->told == NULL))
    return oio_error_set(error, OIO_ERR_NOMEM, "net: out of memory");
  for (uint32_t p = 0; p < net->ports; p++) net->port[p].node = oio_topology_node_of(net->topology, p);
  const enum oio_status status = make_wires(net, config, error);
  return status == OIO_OK ? make_nodes(net, config, left_out, error) : status;
}

enum oio_status oio_net_create(struct oio_net **net, const struct oio_config *config, const bool *left_out, struct oio_error *error) {
  *net = NULL;
  enum oio_status status = oio_config_check(config, error);
  if (status != OIO_OK) return status;
  struct oio_net *made = calloc(1, sizeof *made);
  if (made == NULL) return oio_error_set(error, OIO_ERR_NOMEM, "net: out of memory");
  status = make(made, config, left_out, error);
  if (status != OIO_OK) {
    oio_net_destroy(made);
    return status;
  }
  made->patience_ps = oio_net_patience_ps(config);
  *net = made;
  return OIO_OK;
}

void oio_net_destroy(struct oio_net *net) {
  if (net == NULL) return;
  for (uint32_t p = 0; net->port != NULL && p < net->ports; p++) oio_channel_destroy(net->port[p].wire);
  for (uint32_t node = 0; net->node != NULL && node < net->nodes; node++) {
    if (oio_topology_kind(net->topology, node) == OIO_NODE_DIE) {
      oio_die_destroy(net->node[node]);
    } else {
      oio_bridge_destroy(net->node[node]);
    }
  }
  oio_topology_destroy(net->topology);
  free(net->port);
  free(net->node);
  free(net->told);
  free(net);
}

void oio_net_reset(struct oio_net *net) {
  for (uint32_t node = 0; node < net->nodes; node++) {
    if (net->node[node] == NULL) continue;
    if (oio_topology_kind(net->topology, node) == OIO_NODE_DIE) {
      oio_die_reset(net->node[node]);
    } else {
      oio_bridge_reset(net->node[node]);
    }
  }
  for (uint32_t p = 0; p < net->ports; p++) oio_channel_drop(net->port[p].wire);
}

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
  return is_kind(net, node, OIO_NODE_DIE) ? net->node[node] : NULL;
}

struct oio_bridge *oio_net_bridge(struct oio_net *net, uint32_t node) {
  return is_kind(net, node, OIO_NODE_BRIDGE) ? net->node[node] : NULL;
}

bool oio_net_tx(struct oio_net *net, uint32_t port, oio_time_ps now_ps, struct oio_wire *wire) {
  OIO_PRECONDITION(port < net->ports);
  return oio_end_tx(&net->port[port].end, now_ps, wire);
}

oio_time_ps oio_net_next_tx_ps(const struct oio_net *net, uint32_t port, oio_time_ps now_ps) {
  OIO_PRECONDITION(port < net->ports);
  return oio_end_next_tx_ps(&net->port[port].end, now_ps);
}

void oio_net_rx(struct oio_net *net, uint32_t port, oio_time_ps now_ps, const struct oio_wire *wire) {
  OIO_PRECONDITION(port < net->ports);
  oio_end_rx(&net->port[port].end, now_ps, wire);
}

enum oio_status oio_net_send(struct oio_net *net, uint32_t die, oio_time_ps now_ps, const struct oio_message *message) {
  OIO_PRECONDITION(die < net->dies);
  return oio_die_send(net->node[die], now_ps, message);
}

unsigned oio_net_queued(const struct oio_net *net, uint32_t die, uint32_t destination, unsigned vc) {
  OIO_PRECONDITION(die < net->dies && destination < net->dies);
  (void)destination; /* there is one other die */
  return oio_die_queued(net->node[die], vc);
}

bool oio_net_take(struct oio_net *net, uint32_t die, oio_time_ps now_ps, struct oio_segment *segment) {
  OIO_PRECONDITION(die < net->dies);
  return oio_die_take(net->node[die], now_ps, segment);
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
