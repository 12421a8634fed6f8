/* SPDX-License-Identifier: Apache-2.0 */
/**
 * A net on paper: which nodes there are, which links join them, and the way that traffic takes. Nothing here holds a link end or knows
 * time.
 *
 *     Ports 2l and 2l+1 are the ends of link l. Wire p leads from port p to port p^1, so a wire has the number of the port it leaves.
 *
 * Dies are numbered 0..dies-1 and are the first nodes. A die never passes on what is for another; bridges and switches do. On every wire
 * a payload uses one hop virtual channel (hop VC), 0 or 1: datelines change it, nothing else does.
 *
 * The way from one die to another is fixed by (source, destination, message VC): where several ways are equally short, a hash of the three
 * picks one, so that what has one source, destination and VC stays in order.
 */
#ifndef OIO_TOPOLOGY_H
#define OIO_TOPOLOGY_H

#include "oio/base.h"

#ifdef __cplusplus
extern "C" {
#endif

enum oio_node_kind { OIO_NODE_DIE = 0, OIO_NODE_BRIDGE = 1, OIO_NODE_SWITCH = 2 };

enum {
  OIO_HOPS_MAX = 256,           /**< ways on from one place that are equally good */
  OIO_TOPOLOGY_NAME_BYTES = 32, /**< of a node or a class of links, with its end */
  OIO_TOPOLOGY_CLASSES_MAX = 16,
};
#define OIO_TOPOLOGY_NODES_MAX ((uint32_t)1 << 20)
#define OIO_TOPOLOGY_LINKS_MAX ((uint32_t)1 << 22)

struct oio_topology;

/** Where a payload goes on: by which port, in which hop VC. */
struct oio_hop {
  uint32_t port;
  uint8_t vc;
};

/** Everything that goes on equally well. */
struct oio_hops {
  unsigned count;
  struct oio_hop hop[OIO_HOPS_MAX];
};

/** Who sends to whom, and in which message VC: what a way is fixed by. */
struct oio_way {
  uint32_t source, destination; /**< dies */
  uint8_t vc;                   /**< of the message */
};

/** What oio_topology_describe says of a shape. */
struct oio_shape_help {
  const char *form, *help;
};

/**
 * Makes a net of a named shape, such as "mesh:4x4" (oio_topology_shape lists them). OIO_ERR_CONFIG: there is no such shape, or a size is
 * out of its range; the error says which, and what is allowed.
 */
enum oio_status oio_topology_create(struct oio_topology **topology, const char *shape, struct oio_error *error);
/** The same from a file (docs/net-format.md). The error names file, line and remedy. */
enum oio_status oio_topology_load(struct oio_topology **topology, const char *path, struct oio_error *error);
void oio_topology_destroy(struct oio_topology *topology);
/** The shapes there are: index 0 and up; false behind the last. */
bool oio_topology_shape(unsigned index, struct oio_shape_help *help);

/** Leaves out the change of hop VC at the datelines of rings and tori: for showing what they are there for. */
void oio_topology_drop_datelines(struct oio_topology *topology);

uint32_t oio_topology_dies(const struct oio_topology *topology);
uint32_t oio_topology_nodes(const struct oio_topology *topology);
uint32_t oio_topology_links(const struct oio_topology *topology);
unsigned oio_topology_classes(const struct oio_topology *topology);
/** The name of a class of links: "package", "rack", ... */
const char *oio_topology_class_name(const struct oio_topology *topology, unsigned link_class);
unsigned oio_topology_link_class(const struct oio_topology *topology, uint32_t link);
enum oio_node_kind oio_topology_kind(const struct oio_topology *topology, uint32_t node);
/** A node's name, such as "d3" or "s0"; written into out, which is returned. */
const char *oio_topology_name(const struct oio_topology *topology, uint32_t node, char out[OIO_TOPOLOGY_NAME_BYTES]);
/** Where a drawing puts it: x and y, both 0..1; or when it returns true on a circle, x turns clockwise from the top, y from the centre. */
bool oio_topology_place(const struct oio_topology *topology, uint32_t node, double *x, double *y);
/** The node that a port belongs to. */
uint32_t oio_topology_node_of(const struct oio_topology *topology, uint32_t port);
/** How many ports a node has, and which they are. */
uint32_t oio_topology_port_count(const struct oio_topology *topology, uint32_t node);
uint32_t oio_topology_port_at(const struct oio_topology *topology, uint32_t node, uint32_t index);

/**
 * All ways on, from `node`, for what goes to the die `destination` and came in by port `in` (of this node; OIO_NONE at its source) in hop
 * VC `vc`. None: it cannot be reached from there.
 */
void oio_topology_ways_on(const struct oio_topology *topology, uint32_t node, uint32_t in, uint8_t vc, uint32_t destination,
                          struct oio_hops *hops);
/** The one that this way takes. False: there is none. */
bool oio_topology_next(const struct oio_topology *topology, const struct oio_way *way, uint32_t node, uint32_t in, uint8_t vc,
                       struct oio_hop *hop);

#ifdef __cplusplus
}
#endif
#endif
