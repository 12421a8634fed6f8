/* SPDX-License-Identifier: Apache-2.0 */
/* What a topology holds: arrays of nodes, links and ports, and how it routes. */
#ifndef OIO_TOPOLOGY_STATE_H
#define OIO_TOPOLOGY_STATE_H

#include "oio/topology.h"

enum { OIO_DIMENSIONS_MAX = 3, OIO_DISTANCE_NONE = UINT16_MAX };

struct oio_topology_node {
  enum oio_node_kind kind;
  uint32_t first; /* of its ports, in ports[] */
  uint32_t ports;
  uint32_t low, high; /* levels: the dies below it, low..high-1 */
  uint32_t level;     /* levels: 0 is a die; by_distance and up_down: steps from the root */
  double x, y;        /* where a drawing puts it, 0..1; polar: turns from the top, and from the centre */
  bool polar;
};

struct oio_topology_link {
  uint32_t node[2];
  uint8_t link_class;
};

enum oio_routing {
  OIO_ROUTE_LATTICE,  /* dimension by dimension, the shorter way round, datelines */
  OIO_ROUTE_LEVELS,   /* up until the destination is below, then down */
  OIO_ROUTE_DISTANCE, /* by any shortest way */
  OIO_ROUTE_UP_DOWN,  /* shortest of those that never go up after they went down */
};

struct oio_topology {
  enum oio_routing routing;
  bool datelines;
  uint32_t dies, nodes, links;
  uint32_t nodes_room, links_room;
  struct oio_topology_node *node;
  struct oio_topology_link *link;
  uint32_t *ports; /* of all nodes, one node's behind another's */
  unsigned classes;
  char class_name[OIO_TOPOLOGY_CLASSES_MAX][OIO_TOPOLOGY_NAME_BYTES];
  unsigned long long class_line[OIO_TOPOLOGY_CLASSES_MAX]; /* of the file: where a link is of the class first */
  char (*name)[OIO_TOPOLOGY_NAME_BYTES];                   /* NULL: they follow from kind and number */
  unsigned long long *named_at;                            /* the line of the file that names a node; NULL: it is of no file */
  /* lattice: node dies + i is the switch of die i; coordinates run fastest in dimension 0 */
  unsigned dimensions;
  uint32_t size[OIO_DIMENSIONS_MAX];
  bool wraps;
  /* by_distance and up_down: steps from node to die, [node * dies + die] */
  uint16_t *distance;      /* whatever goes */
  uint16_t *distance_down; /* up_down: going down only */
};

/* Building: nodes, dies first, then links, then oio_topology_join. False: out of memory. */
struct oio_topology *oio_topology_begin(void);
bool oio_topology_add_nodes(struct oio_topology *topology, enum oio_node_kind kind, uint32_t count);
bool oio_topology_add_link(struct oio_topology *topology, uint32_t a, uint32_t b, unsigned link_class);
bool oio_topology_join(struct oio_topology *topology);
/* Adds what it takes. */
void oio_topology_memory(const struct oio_topology *topology, struct oio_memory *memory);
/* A drawing has nodes first .. first + count - 1 on a circle. */
void oio_topology_place_circle(struct oio_topology *topology, uint32_t first, uint32_t count, double radius);
/* The class of that name, made if it is new; -1: there are too many. */
int oio_topology_class_of(struct oio_topology *topology, const char *name, size_t nbytes);
/* Fills the tables of OIO_ROUTE_DISTANCE and OIO_ROUTE_UP_DOWN. An error when they are larger than can be had. */
enum oio_status oio_topology_measure_distances(struct oio_topology *topology, const char *where, struct oio_error *error);

static inline uint32_t oio_topology_far_node(const struct oio_topology *topology, uint32_t port) {
  return topology->link[port / 2].node[!(port % 2)];
}

/* OIO_ROUTE_UP_DOWN: up is towards the root: to a smaller level, or among equals to a smaller number. */
static inline bool oio_topology_goes_up(const struct oio_topology *topology, uint32_t from, uint32_t to) {
  const uint32_t a = topology->node[from].level, b = topology->node[to].level;
  return b < a || (b == a && to < from);
}

#endif
