/* SPDX-License-Identifier: Apache-2.0 */
/* The inside of a net, shared by net.c (life, verbs), watch.c and the loop of the simulator. */
#ifndef OIO_NET_STATE_H
#define OIO_NET_STATE_H

#include "oio/net.h"
#include "oio/routed_die.h"
#include "oio/switch.h"
#include "oio/tunnel.h"

enum oio_end_kind {
  OIO_END_NOT_OURS = 0,
  OIO_END_DIE,
  OIO_END_BRIDGE,
  OIO_END_TUNNEL,
  OIO_END_TUNNELLED_DIE,
  OIO_END_ROUTED_DIE,
  OIO_END_SWITCH
};

/** One end of a link. */
struct oio_end {
  enum oio_end_kind kind;
  uint32_t side;            /* of a bridge: enum oio_bridge_side; of a node of a routed net: which of its ports, from 0 */
  void *object;             /* the node's */
  struct oio_tunnel *units; /* of a tunnelled die: those that it sends by */
};

struct oio_net_port {
  struct oio_end end;
  struct oio_channel *wire; /* that leads from here */
  uint32_t node;
  uint32_t beside; /* the other port of a bridge; else this one */
  uint32_t frees;  /* the port that may send when this one has: of a tunnel towards the fibre its die's; else as beside */
  uint32_t peer;   /* where the other end of its link is: across the wire, or of a die at a tunnel the other die's; no end of any: itself */
  uint32_t buffer_flits;
  uint32_t modulus; /* of the link's sequences */
  bool has_digest;
  uint32_t place;       /* among all ports, those of one node side by side */
  oio_time_ps quiet_ps; /* until then the transmitter is held by a reset of its part of the net */
  /* By the last look that saw progress: flits from here, and valid ones into it. */
  uint64_t moved, valid;
};

/* Ports at whose transmitter something has changed since oio_net_forget_stirred, each once. */
struct oio_stirs {
  uint32_t *port, count;
};

/* A way on from a port, remembered: whose it is, and where it leads. */
struct oio_net_way {
  uint32_t source, destination;
  uint32_t on; /* 1 + the port; 0: nothing is remembered */
  uint8_t vc, hop_vc, on_vc;
};
/* So many of each port, a power of two: the place of one is its hash's. */
enum { OIO_NET_WAYS = 8 };

struct oio_fault;
struct oio_net_faults; /* what the schedule has for each wire */

/* Codes of a net's wires, each made ready once. */
enum { OIO_NET_CODES = OIO_FEC_CHOICES - 1 };

struct oio_net {
  struct oio_topology *topology;
  uint32_t ports, dies, nodes;
  unsigned vcs; /* of messages */
  bool routed;  /* its links follow the routed profile */
  bool tunnels; /* its bridges are tunnels */
  struct oio_net_port *port;
  struct oio_fec *code[OIO_NET_CODES]; /* from the first, as many as there are */
  void **node;                         /* the object of each; NULL: left out */
  struct oio_link_state *told;         /* of every port, by the host; NULL where all nodes are ours */
  oio_time_ps patience_ps;             /* longer than all timers and ways there and back together */
  oio_time_ps progress_ps;             /* of the look that saw some last */
  uint64_t progress;                   /* what it saw */
  struct oio_stirs stirs;              /* of whoever calls the verbs of net.h */
  bool *is_stirred;                    /* of each port by its place: what threads write lies apart from what all read */
  struct oio_net_way *ways;            /* routed: OIO_NET_WAYS of each port */
  struct oio_net_faults *faults;       /* NULL: none */
};

/* The making of a net, in parts: its topology, checked but for deadlocks; a node of a routed net, and what a wire is made with. */
enum oio_status oio_net_find_topology(struct oio_net *net, const struct oio_config *config, struct oio_error *error);
enum oio_status oio_net_make_node(const struct oio_net *net, const struct oio_config *config, uint32_t node,
                                  const struct oio_link_config *links, void **made, struct oio_error *error);
struct oio_link_config *oio_net_links_of(const struct oio_net *net, const struct oio_config *config, uint32_t node);
void oio_net_destroy_node(const struct oio_net *net, uint32_t node, void *object);
void oio_net_wire_config(const struct oio_net *net, const struct oio_config *config, uint32_t port, struct oio_channel_config *channel);
/* The tables of its code, made where no wire before had it. */
enum oio_status oio_net_find_code(struct oio_net *net, struct oio_channel_config *channel, struct oio_error *error);
void oio_net_destroy_codes(struct oio_net *net);

/* The class of a link, in that configuration. */
unsigned oio_net_class_of(const struct oio_net *net, const struct oio_config *config, uint32_t link);
/* Lanes with spares, lasers or fibres (SPEC.md section 14) of a link of a class. */
uint64_t oio_net_parts_of(const struct oio_link_class *of, enum oio_channel_event_kind part);
/* A fault of temperature: of how many steps it is at a link of a class, and each of them, as an event of a channel. */
uint32_t oio_net_heat_steps(const struct oio_link_class *of, const struct oio_fault *fault);
void oio_net_heat_step(const struct oio_link_class *of, const struct oio_fault *fault, uint32_t step, struct oio_channel_event *event);
/* From one to the next in the mean, as the technology of the class has it: of flaps, or of failures of a link for good; 0: nobody says. */
double oio_net_mean_ps(const struct oio_link_class *of, bool flaps);
/* The schedule of the configuration, dealt out; NULL where there is none. */
enum oio_status oio_net_faults_read(struct oio_net_faults **faults, const struct oio_net *net, const struct oio_config *config,
                                    struct oio_error *error);
void oio_net_faults_destroy(struct oio_net_faults *faults);
/* Until then, how long links are down by the schedule, added up, and how long any is. False: that is not all, for one goes down or comes up
 * with a flit, whose time the schedule does not have. */
bool oio_net_down(const struct oio_net *net, oio_time_ps end_ps, oio_time_ps *of_links_ps, oio_time_ps *of_any_ps);
/* The events of a wire: into what its channel is made with. */
void oio_net_faults_of(const struct oio_net_faults *faults, uint32_t port, struct oio_channel_config *channel);

/* What follows from the configuration for net->patience_ps. */
oio_time_ps oio_net_patience_ps(const struct oio_config *config);

/* The verbs of a node of a routed net, at a port. What they stir beside the port itself is noted. */
bool oio_net_routed_tx(struct oio_net *net, struct oio_stirs *stirs, uint32_t port, oio_time_ps now_ps, struct oio_wire *wire);
void oio_net_routed_rx(struct oio_net *net, struct oio_stirs *stirs, uint32_t port, oio_time_ps now_ps, const struct oio_wire *wire);

enum oio_status oio_net_routed_send(struct oio_net *net, uint32_t die, oio_time_ps now_ps, const struct oio_message *message);
bool oio_net_routed_take(struct oio_net *net, uint32_t die, oio_time_ps now_ps, struct oio_segment *segment);

static inline void oio_net_stir(struct oio_net *net, struct oio_stirs *stirs, uint32_t port) {
  if (net->is_stirred[net->port[port].place]) return;
  net->is_stirred[net->port[port].place] = true;
  stirs->port[stirs->count++] = port;
}

static inline void oio_net_forget_stirred(struct oio_net *net, struct oio_stirs *stirs) {
  for (uint32_t i = 0; i < stirs->count; i++) net->is_stirred[net->port[stirs->port[i]].place] = false;
  stirs->count = 0;
}

/* The verbs of a tunnel's end, and of a die's that sends by the units of one. */
bool oio_end_tunnel_tx(const struct oio_end *end, oio_time_ps now_ps, struct oio_wire *wire);
oio_time_ps oio_end_tunnel_next_tx_ps(const struct oio_end *end, oio_time_ps now_ps);
void oio_end_tunnel_rx(const struct oio_end *end, oio_time_ps now_ps, const struct oio_wire *wire);
bool oio_end_tunnel_failed(const struct oio_end *end);
bool oio_end_tunnel_get_state(const struct oio_end *end, struct oio_link_state *state);
/* The tunnel of a node of a net that has any, and the die whose units are its. */
enum oio_status oio_net_make_tunnel(struct oio_net *net, const struct oio_config *config, uint32_t node, struct oio_error *error);
void oio_net_join_tunnels(struct oio_net *net);

static inline bool oio_end_is_tunnel(const struct oio_end *end) {
  return end->kind == OIO_END_TUNNEL || end->kind == OIO_END_TUNNELLED_DIE;
}

/* tx and rx of an end of a net of two dies; the other verbs of any. */
static inline bool oio_end_tx(const struct oio_end *end, oio_time_ps now_ps, struct oio_wire *wire) {
  if (end->kind == OIO_END_DIE) return oio_die_tx(end->object, now_ps, wire);
  if (end->kind == OIO_END_BRIDGE) return oio_bridge_tx(end->object, (enum oio_bridge_side)end->side, now_ps, wire);
  return oio_end_is_tunnel(end) && oio_end_tunnel_tx(end, now_ps, wire);
}

oio_time_ps oio_end_routed_next_tx_ps(const struct oio_end *end, oio_time_ps now_ps);
bool oio_end_routed_failed(const struct oio_end *end);

static inline oio_time_ps oio_end_next_tx_ps(const struct oio_end *end, oio_time_ps now_ps) {
  if (end->kind == OIO_END_DIE) return oio_die_next_tx_ps(end->object, now_ps);
  if (end->kind == OIO_END_BRIDGE) return oio_bridge_next_tx_ps(end->object, (enum oio_bridge_side)end->side, now_ps);
  if (oio_end_is_tunnel(end)) return oio_end_tunnel_next_tx_ps(end, now_ps);
  return oio_end_routed_next_tx_ps(end, now_ps);
}

/* The same of a port that may be held. */
static inline oio_time_ps oio_net_port_next_tx_ps(const struct oio_net_port *port, oio_time_ps now_ps) {
  const oio_time_ps next_ps = oio_end_next_tx_ps(&port->end, now_ps);
  return next_ps < port->quiet_ps ? port->quiet_ps : next_ps;
}

static inline void oio_end_rx(const struct oio_end *end, oio_time_ps now_ps, const struct oio_wire *wire) {
  if (end->kind == OIO_END_DIE) {
    oio_die_rx(end->object, now_ps, wire);
  } else if (end->kind == OIO_END_BRIDGE) {
    oio_bridge_rx(end->object, (enum oio_bridge_side)end->side, now_ps, wire);
  } else if (oio_end_is_tunnel(end)) {
    oio_end_tunnel_rx(end, now_ps, wire);
  }
}

static inline bool oio_end_failed(const struct oio_end *end) {
  if (end->kind == OIO_END_DIE) return oio_die_failed(end->object);
  if (end->kind == OIO_END_BRIDGE) return oio_bridge_failed(end->object, (enum oio_bridge_side)end->side);
  if (oio_end_is_tunnel(end)) return oio_end_tunnel_failed(end);
  return oio_end_routed_failed(end);
}

#endif
