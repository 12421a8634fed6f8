/* SPDX-License-Identifier: Apache-2.0 */
/* The making of a net: which nodes and wires there are, and with what each is made. */
#include "base/precondition.h"
#include "net/net_state.h"
#include "net/topology_state.h"
#include "oio/fec.h"
#include "oio/routes.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Messages that a die of a routed net holds at a time, whatever their destinations. */
enum { QUEUE_MESSAGES = 1024 };
enum { ROUTED_SEQUENCE_BITS = 16 };

/* The optical link of a net of two dies is link 0 of a pair, and stands between the bridges. */
static bool is_optical(const struct oio_net *net, uint32_t port) {
  return port / 2 == net->ports / 4;
}

#define ROUTED_STREAMS ((uint64_t)1 << 33)

unsigned oio_net_class_of(const struct oio_net *net, const struct oio_config *config, uint32_t link) {
  if (!net->routed) return is_optical(net, 2 * link) ? OIO_CLASS_OPTICAL : OIO_CLASS_DIE_LINK;
  return oio_config_class_named(config, oio_topology_class_name(net->topology, oio_topology_link_class(net->topology, link)));
}

static void routed_channel(const struct oio_net *net, const struct oio_config *config, uint32_t port, struct oio_channel_config *channel) {
  oio_config_class_channel(config, oio_net_class_of(net, config, port / 2), ROUTED_STREAMS + port, true, channel);
}

/* Both ends of a link are alike. */
static void routed_link(const struct oio_net *net, const struct oio_config *config, uint32_t port, struct oio_link_config *link) {
  oio_config_class_link(config, oio_net_class_of(net, config, port / 2), ROUTED_SEQUENCE_BITS, OIO_PROFILE_ROUTED, link);
}

void oio_net_wire_config(const struct oio_net *net, const struct oio_config *config, uint32_t port, struct oio_channel_config *channel) {
  if (net->routed) {
    routed_channel(net, config, port, channel);
    channel->runs_ahead = true;
  } else if (is_optical(net, port)) {
    oio_config_optical_channel(config, port % 2, channel);
  } else {
    oio_config_die_channel(config, port / 4, port % 2, channel);
  }
  oio_net_faults_of(net->faults, port, channel);
}

enum oio_status oio_net_find_code(struct oio_net *net, struct oio_channel_config *channel, struct oio_error *error) {
  if (channel->fec == NULL) return OIO_OK;
  const struct oio_fec_code *code = oio_fec_code_named(channel->fec);
  unsigned i = 0;
  while (net->code[i] != NULL && strcmp(oio_fec_code_of(net->code[i])->name, code->name) != 0) i++;
  const enum oio_status status = net->code[i] == NULL ? oio_fec_create(&net->code[i], code, NULL, error) : OIO_OK;
  channel->fec_tables = net->code[i];
  return status;
}

void oio_net_destroy_codes(struct oio_net *net) {
  for (unsigned i = 0; i < OIO_NET_CODES; i++) oio_fec_destroy(net->code[i]);
}

static enum oio_status make_wires(struct oio_net *net, const struct oio_config *config, struct oio_error *error) {
  for (uint32_t p = 0; p < net->ports; p++) {
    struct oio_channel_config channel;
    oio_net_wire_config(net, config, p, &channel);
    net->port[p].has_digest = channel.digest;
    enum oio_status status = oio_net_find_code(net, &channel, error);
    if (status == OIO_OK) status = oio_channel_create(&net->port[p].wire, &channel, error);
    if (status != OIO_OK) return status;
  }
  return OIO_OK;
}

/* What node `node` has at its port p, whether it is ours or not. */
static void describe_port(struct oio_net *net, uint32_t p, const struct oio_link_config *link) {
  net->port[p].buffer_flits = link->buffer_flits;
  net->port[p].modulus = (1u << link->sequence_bits) - 1;
}

/* The links of a node's ports. NULL: out of memory. */
struct oio_link_config *oio_net_links_of(const struct oio_net *net, const struct oio_config *config, uint32_t node) {
  const uint32_t count = oio_topology_port_count(net->topology, node);
  struct oio_link_config *links = calloc(count, sizeof *links);
  for (uint32_t i = 0; links != NULL && i < count; i++) routed_link(net, config, oio_topology_port_at(net->topology, node, i), &links[i]);
  return links;
}

enum oio_status oio_net_make_node(const struct oio_net *net, const struct oio_config *config, uint32_t node,
                                  const struct oio_link_config *links, void **made, struct oio_error *error) {
  const enum oio_node_kind kind = oio_topology_kind(net->topology, node);
  const uint32_t count = oio_topology_port_count(net->topology, node);
  if (kind == OIO_NODE_DIE) {
    const struct oio_routed_die_config die = {.links = links,
                                              .ports = count,
                                              .number = node,
                                              .vcs = (uint8_t)config->vc_count,
                                              .queue_messages = QUEUE_MESSAGES,
                                              .waits = config->switch_turns == OIO_SWITCH_LONGEST,
                                              .seed = config->seed};
    return oio_routed_die_create((struct oio_routed_die **)made, &die, error);
  }
  const struct oio_switch_config bridge = {.links = links,
                                           .ports = count,
                                           .latency_ps = kind == OIO_NODE_SWITCH ? config->switch_latency_ps : config->bridge_logic_ps,
                                           .queues = (enum oio_switch_queues)config->switch_queues,
                                           .turns = (enum oio_switch_turns)config->switch_turns};
  return oio_switch_create((struct oio_switch **)made, &bridge, error);
}

/* A die or a switch of a routed net; a bridge there is a switch of two ports. */
static enum oio_status make_routed(struct oio_net *net, const struct oio_config *config, uint32_t node, bool left_out,
                                   struct oio_error *error) {
  const enum oio_end_kind kind = oio_topology_kind(net->topology, node) == OIO_NODE_DIE ? OIO_END_ROUTED_DIE : OIO_END_SWITCH;
  struct oio_link_config *links = oio_net_links_of(net, config, node);
  void *made = NULL;
  if (links == NULL) return oio_error_set(error, OIO_ERR_NOMEM, "net: out of memory");
  const enum oio_status status = left_out ? OIO_OK : oio_net_make_node(net, config, node, links, &made, error);
  net->node[node] = made;
  for (uint32_t i = 0; i < oio_topology_port_count(net->topology, node); i++) {
    const uint32_t p = oio_topology_port_at(net->topology, node, i);
    describe_port(net, p, &links[i]);
    if (made != NULL) net->port[p].end = (struct oio_end){.kind = kind, .object = made, .side = i};
  }
  free(links);
  return status;
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
    enum oio_status status;
    if (out && net->tunnels)
      return oio_error_set(error, OIO_ERR_CONFIG, "bridge.mode=tunnel: no node of such a net can be left out; use bridge.mode=links");
    if (net->routed) {
      status = make_routed(net, config, node, out, error);
    } else if (oio_topology_kind(net->topology, node) == OIO_NODE_DIE) {
      status = make_die(net, config, node, out, error);
    } else if (net->tunnels) {
      status = oio_net_make_tunnel(net, config, node, error);
    } else {
      status = make_bridge(net, config, node, out, error);
    }
    if (status != OIO_OK) return status;
  }
  return OIO_OK;
}

/* A buffer of the circle. Returns what snprintf does. */
static int say_buffer(char *out, size_t out_nbytes, const struct oio_topology *topology, const struct oio_buffer *buffer) {
  char node[OIO_TOPOLOGY_NAME_BYTES], from[OIO_TOPOLOGY_NAME_BYTES] = "all";
  oio_topology_name(topology, buffer->node, node);
  if (buffer->wire != OIO_NONE) oio_topology_name(topology, oio_topology_node_of(topology, buffer->wire), from);
  return snprintf(out, out_nbytes, "%s from %s in hop VC %u, ", node, from, buffer->vc);
}

/* The classes there are that links of such a net may be of: "package, rack, row". */
static void say_classes(const struct oio_config *config, char *out, size_t out_nbytes) {
  size_t used = 0;
  for (unsigned i = OIO_CLASS_PACKAGE; i < oio_config_classes(config) && used < out_nbytes; i++)
    used += (size_t)snprintf(out + used, out_nbytes - used, "%s%s", i > OIO_CLASS_PACKAGE ? ", " : "", oio_config_class_name(config, i));
}

/* Only a file has classes that the configuration may not have. */
static enum oio_status check_classes(const struct oio_topology *topology, const struct oio_config *config, struct oio_error *error) {
  char classes[120];
  for (unsigned i = 0; i < oio_topology_classes(topology); i++) {
    const char *name = oio_topology_class_name(topology, i);
    if (oio_config_class_named(config, name) < oio_config_classes(config)) continue;
    say_classes(config, classes, sizeof classes);
    return oio_error_set(error, OIO_ERR_CONFIG, "%.120s:%llu: no class of links is called %s; use one of %s, or make it: %s.like=rack",
                         config->net, topology->class_line[i], name, classes, name);
  }
  return OIO_OK;
}

/* A routed payload has 16 bits for a die, and a switch is no larger than it is made. */
static enum oio_status check_sizes(const struct oio_topology *topology, const struct oio_config *config, struct oio_error *error) {
  char name[OIO_TOPOLOGY_NAME_BYTES], where[180];
  const uint32_t dies = oio_topology_dies(topology);
  if (dies > OIO_DIES_MAX) {
    return oio_error_set(error, OIO_ERR_CONFIG, "net '%.120s' has %u dies, and a run at most %d; take a smaller one", config->net,
                         (unsigned)dies, OIO_DIES_MAX);
  }
  for (uint32_t node = dies; node < oio_topology_nodes(topology); node++) {
    const uint32_t ports = oio_topology_port_count(topology, node);
    if (ports <= OIO_SWITCH_PORTS_MAX) continue;
    if (topology->named_at == NULL) {
      snprintf(where, sizeof where, "net '%.120s'", config->net);
    } else {
      snprintf(where, sizeof where, "%.120s:%llu", config->net, topology->named_at[node]);
    }
    return oio_error_set(error, OIO_ERR_CONFIG, "%s: the switch %s has %u ports, and a switch at most %d; use several (leaf-spine)", where,
                         oio_topology_name(topology, node, name), (unsigned)ports, OIO_SWITCH_PORTS_MAX);
  }
  return OIO_OK;
}

/* Routes that can deadlock make no net. */
static enum oio_status refuse_deadlock(const struct oio_topology *topology, const char *name, struct oio_error *error) {
  struct oio_deadlock deadlock;
  char circle[200] = "";
  size_t used = 0;
  enum oio_status status = oio_routes_check(&deadlock, topology, OIO_BUFFERS_PER_PORT, error);
  if (status != OIO_OK) return status;
  if (deadlock.verdict == OIO_DEADLOCK_POSSIBLE) {
    for (uint32_t i = 0; i < deadlock.cycle_length && used + 64 < sizeof circle; i++)
      used += (size_t)say_buffer(circle + used, sizeof circle - used, topology, &deadlock.cycle[i]);
    status = oio_error_set(error, OIO_ERR_CONFIG,
                           "net '%.60s' can deadlock: the buffers of %s... wait for each other in a circle of %u; use routing up-down",
                           name, circle, deadlock.cycle_length);
  }
  oio_deadlock_free(&deadlock);
  return status;
}

enum oio_status oio_net_find_topology(struct oio_net *net, const struct oio_config *config, struct oio_error *error) {
  const char *name = config->net;
  net->routed = oio_config_is_routed(config);
  net->tunnels = oio_config_is_tunnelled(config);
  const bool is_file = strpbrk(name, "/.") != NULL;
  enum oio_status status = is_file ? oio_topology_load(&net->topology, name, error) : oio_topology_create(&net->topology, name, error);
  if (status == OIO_OK) status = check_classes(net->topology, config, error);
  if (status == OIO_OK) status = check_sizes(net->topology, config, error);
  if (status != OIO_OK) return status;
  net->ports = 2 * oio_topology_links(net->topology);
  net->dies = oio_topology_dies(net->topology);
  net->nodes = oio_topology_nodes(net->topology);
  return OIO_OK;
}

/* Of a bridge: its other port; else the port itself. */
static uint32_t beside(const struct oio_topology *topology, uint32_t port) {
  const uint32_t node = oio_topology_node_of(topology, port);
  if (oio_topology_kind(topology, node) != OIO_NODE_BRIDGE) return port;
  const uint32_t first = oio_topology_port_at(topology, node, 0);
  return first == port ? oio_topology_port_at(topology, node, 1) : first;
}

static enum oio_status check_reset(const struct oio_net *net, const struct oio_config *config, struct oio_error *error) {
  const struct oio_net_part part = {.scope = (enum oio_reset_scope)config->reset_scope, .number = (uint32_t)config->reset_which};
  if (config->reset_at_ps == 0 || part.scope == OIO_RESET_ALL) return OIO_OK;
  return oio_net_check_part(net, &part, error);
}

static enum oio_status make(struct oio_net *net, const struct oio_config *config, const bool *left_out, struct oio_error *error) {
  enum oio_status status = oio_net_find_topology(net, config, error);
  if (status == OIO_OK && net->routed) status = refuse_deadlock(net->topology, config->net, error);
  if (status != OIO_OK) return status;
  net->vcs = (unsigned)config->vc_count;
  net->port = calloc(net->ports, sizeof *net->port);
  net->node = calloc(net->nodes, sizeof *net->node);
  net->told = left_out == NULL ? NULL : calloc(net->ports, sizeof *net->told);
  net->stirs.port = calloc(net->ports, sizeof *net->stirs.port);
  net->is_stirred = calloc(net->ports, sizeof *net->is_stirred);
  net->ways = net->routed ? calloc((size_t)net->ports * OIO_NET_WAYS, sizeof *net->ways) : NULL;
  if (net->port == NULL || net->node == NULL || net->stirs.port == NULL || net->is_stirred == NULL || (net->routed && net->ways == NULL) ||
      (left_out != NULL && net->told == NULL))
    return oio_error_set(error, OIO_ERR_NOMEM, "net: out of memory");
  for (uint32_t p = 0; p < net->ports; p++) net->port[p].node = oio_topology_node_of(net->topology, p);
  for (uint32_t node = 0, place = 0; node < net->nodes; node++)
    for (uint32_t i = 0; i < oio_topology_port_count(net->topology, node); i++)
      net->port[oio_topology_port_at(net->topology, node, i)].place = place++;
  for (uint32_t p = 0; p < net->ports; p++) {
    net->port[p].beside = beside(net->topology, p);
    net->port[p].frees = net->port[p].beside;
    net->port[p].peer = p ^ 1;
  }
  status = oio_net_faults_read(&net->faults, net, config, error);
  if (status == OIO_OK) status = make_wires(net, config, error);
  if (status == OIO_OK) status = make_nodes(net, config, left_out, error);
  if (status == OIO_OK && net->tunnels) oio_net_join_tunnels(net);
  return status;
}

enum oio_status oio_net_create(struct oio_net **net, const struct oio_config *config, const bool *left_out, struct oio_error *error) {
  *net = NULL;
  enum oio_status status = oio_config_check(config, error);
  if (status != OIO_OK) return status;
  struct oio_net *made = calloc(1, sizeof *made);
  if (made == NULL) return oio_error_set(error, OIO_ERR_NOMEM, "net: out of memory");
  status = make(made, config, left_out, error);
  if (status == OIO_OK) status = check_reset(made, config, error);
  if (status != OIO_OK) {
    oio_net_destroy(made);
    return status;
  }
  made->patience_ps = oio_net_patience_ps(config);
  *net = made;
  return OIO_OK;
}

void oio_net_destroy_node(const struct oio_net *net, uint32_t node, void *object) {
  const bool is_die = oio_topology_kind(net->topology, node) == OIO_NODE_DIE;
  if (net->routed && is_die) {
    oio_routed_die_destroy(object);
  } else if (net->routed) {
    oio_switch_destroy(object);
  } else if (is_die) {
    oio_die_destroy(object);
  } else if (net->tunnels) {
    oio_tunnel_destroy(object);
  } else {
    oio_bridge_destroy(object);
  }
}

static void reset_node(struct oio_net *net, uint32_t node) {
  const bool is_die = oio_topology_kind(net->topology, node) == OIO_NODE_DIE;
  if (net->routed && is_die) {
    oio_routed_die_reset(net->node[node]);
  } else if (net->routed) {
    oio_switch_reset(net->node[node]);
  } else if (is_die) {
    oio_die_reset(net->node[node]);
  } else if (net->tunnels) {
    oio_tunnel_reset(net->node[node]);
  } else {
    oio_bridge_reset(net->node[node]);
  }
}

void oio_net_destroy(struct oio_net *net) {
  if (net == NULL) return;
  for (uint32_t p = 0; net->port != NULL && p < net->ports; p++) oio_channel_destroy(net->port[p].wire);
  for (uint32_t node = 0; net->node != NULL && node < net->nodes; node++) oio_net_destroy_node(net, node, net->node[node]);
  oio_net_faults_destroy(net->faults);
  oio_net_destroy_codes(net);
  oio_topology_destroy(net->topology);
  free(net->port);
  free(net->node);
  free(net->told);
  free(net->stirs.port);
  free(net->is_stirred);
  free(net->ways);
  free(net);
}

void oio_net_reset(struct oio_net *net) {
  for (uint32_t node = 0; node < net->nodes; node++) {
    if (net->node[node] != NULL) reset_node(net, node);
  }
  for (uint32_t p = 0; p < net->ports; p++) {
    oio_channel_drop(net->port[p].wire);
    net->port[p].quiet_ps = 0;
  }
}
