/* SPDX-License-Identifier: Apache-2.0 */
/* The inside of a net, shared by net.c (life, verbs), watch.c and the loop of the simulator. */
#ifndef OIO_NET_STATE_H
#define OIO_NET_STATE_H

#include "oio/net.h"

enum oio_end_kind { OIO_END_NOT_OURS = 0, OIO_END_DIE, OIO_END_BRIDGE };

/** One end of a link. */
struct oio_end {
  enum oio_end_kind kind;
  uint32_t side; /* of a bridge: enum oio_bridge_side */
  void *object;  /* the node's */
};

struct oio_net_port {
  struct oio_end end;
  struct oio_channel *wire; /* that leads from here */
  uint32_t node;
  uint32_t buffer_flits;
  uint32_t modulus; /* of the link's sequences */
  bool has_digest;
  /* By the last look that saw progress: flits from here, and valid ones into it. */
  uint64_t moved, valid;
};

struct oio_net {
  struct oio_topology *topology;
  uint32_t ports, dies, nodes;
  struct oio_net_port *port;
  void **node;                 /* the object of each; NULL: left out */
  struct oio_link_state *told; /* of every port, by the host; NULL where all nodes are ours */
  oio_time_ps patience_ps;     /* longer than all timers and ways there and back together */
  oio_time_ps progress_ps;     /* of the look that saw some last */
  uint64_t progress;           /* what it saw */
};

/* What follows from the configuration for net->patience_ps. */
oio_time_ps oio_net_patience_ps(const struct oio_config *config);

static inline bool oio_end_tx(const struct oio_end *end, oio_time_ps now_ps, struct oio_wire *wire) {
  switch (end->kind) {
  case OIO_END_DIE:
    return oio_die_tx(end->object, now_ps, wire);
  case OIO_END_BRIDGE:
    return oio_bridge_tx(end->object, (enum oio_bridge_side)end->side, now_ps, wire);
  case OIO_END_NOT_OURS:
    break;
  }
  return false;
}

static inline oio_time_ps oio_end_next_tx_ps(const struct oio_end *end, oio_time_ps now_ps) {
  switch (end->kind) {
  case OIO_END_DIE:
    return oio_die_next_tx_ps(end->object, now_ps);
  case OIO_END_BRIDGE:
    return oio_bridge_next_tx_ps(end->object, (enum oio_bridge_side)end->side, now_ps);
  case OIO_END_NOT_OURS:
    break;
  }
  return OIO_NEVER;
}

static inline void oio_end_rx(const struct oio_end *end, oio_time_ps now_ps, const struct oio_wire *wire) {
  switch (end->kind) {
  case OIO_END_DIE:
    oio_die_rx(end->object, now_ps, wire);
    break;
  case OIO_END_BRIDGE:
    oio_bridge_rx(end->object, (enum oio_bridge_side)end->side, now_ps, wire);
    break;
  case OIO_END_NOT_OURS:
    break;
  }
}

static inline bool oio_end_failed(const struct oio_end *end) {
  switch (end->kind) {
  case OIO_END_DIE:
    return oio_die_failed(end->object);
  case OIO_END_BRIDGE:
    return oio_bridge_failed(end->object, (enum oio_bridge_side)end->side);
  case OIO_END_NOT_OURS:
    break;
  }
  return false;
}

#endif
