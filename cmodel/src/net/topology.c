/* SPDX-License-Identifier: Apache-2.0 */
#include "base/memory.h"
#include "net/topology_state.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct oio_topology *oio_topology_begin(void) {
  struct oio_topology *topology = calloc(1, sizeof *topology);
  if (topology != NULL) topology->datelines = true;
  return topology;
}

void oio_topology_destroy(struct oio_topology *topology) {
  if (topology == NULL) return;
  free(topology->node);
  free(topology->link);
  free(topology->ports);
  free(topology->name);
  free(topology->named_at);
  free(topology->distance);
  free(topology->distance_down);
  free(topology);
}

void oio_topology_memory(const struct oio_topology *t, struct oio_memory *memory) {
  const uint64_t distances = (uint64_t)t->nodes * t->dies * sizeof *t->distance;
  oio_memory_add(memory, sizeof *t);
  oio_memory_add(memory, t->nodes * sizeof *t->node);
  oio_memory_add(memory, t->links * sizeof *t->link);
  oio_memory_add(memory, 2 * (uint64_t)t->links * sizeof *t->ports);
  if (t->name != NULL) oio_memory_add(memory, t->nodes * (sizeof *t->name + sizeof *t->named_at));
  if (t->distance != NULL) oio_memory_add(memory, distances);
  if (t->distance_down != NULL) oio_memory_add(memory, distances);
}

/* Room for `wanted` of so many bytes each. */
static bool make_room(void **array, uint32_t *room, uint32_t wanted, size_t each_nbytes) {
  if (wanted <= *room) return true;
  uint32_t size = *room < 64 ? 64 : *room;
  while (size < wanted) size *= 2;
  void *grown = realloc(*array, size * each_nbytes);
  if (grown == NULL) return false;
  *array = grown;
  *room = size;
  return true;
}

bool oio_topology_add_nodes(struct oio_topology *topology, enum oio_node_kind kind, uint32_t count) {
  void *array = topology->node;
  const bool roomy = make_room(&array, &topology->nodes_room, topology->nodes + count, sizeof *topology->node);
  topology->node = array;
  if (!roomy) return false;
  for (uint32_t i = 0; i < count; i++) {
    topology->node[topology->nodes + i] = (struct oio_topology_node){.kind = kind};
    if (kind != OIO_NODE_DIE) continue;
    topology->node[topology->nodes + i].low = topology->dies;
    topology->node[topology->nodes + i].high = ++topology->dies;
  }
  topology->nodes += count;
  return true;
}

bool oio_topology_add_link(struct oio_topology *topology, uint32_t a, uint32_t b, unsigned link_class) {
  void *array = topology->link;
  const bool roomy = make_room(&array, &topology->links_room, topology->links + 1, sizeof *topology->link);
  topology->link = array;
  if (!roomy) return false;
  topology->link[topology->links++] = (struct oio_topology_link){.node = {a, b}, .link_class = (uint8_t)link_class};
  topology->node[a].ports++;
  topology->node[b].ports++;
  return true;
}

bool oio_topology_join(struct oio_topology *topology) {
  topology->ports = malloc((2 * (size_t)topology->links + 1) * sizeof *topology->ports);
  if (topology->ports == NULL) return false;
  uint32_t first = 0;
  for (uint32_t n = 0; n < topology->nodes; n++) {
    topology->node[n].first = first;
    first += topology->node[n].ports;
    topology->node[n].ports = 0;
  }
  for (uint32_t port = 0; port < 2 * topology->links; port++) {
    struct oio_topology_node *node = &topology->node[oio_topology_node_of(topology, port)];
    topology->ports[node->first + node->ports++] = port;
  }
  return true;
}

int oio_topology_class_of(struct oio_topology *topology, const char *name, size_t nbytes) {
  for (unsigned i = 0; i < topology->classes; i++) {
    if (strlen(topology->class_name[i]) == nbytes && memcmp(topology->class_name[i], name, nbytes) == 0) return (int)i;
  }
  if (topology->classes == OIO_TOPOLOGY_CLASSES_MAX || nbytes >= OIO_TOPOLOGY_NAME_BYTES) return -1;
  memcpy(topology->class_name[topology->classes], name, nbytes);
  return (int)topology->classes++;
}

void oio_topology_drop_datelines(struct oio_topology *topology) {
  topology->datelines = false;
}

uint32_t oio_topology_dies(const struct oio_topology *topology) {
  return topology->dies;
}

uint32_t oio_topology_nodes(const struct oio_topology *topology) {
  return topology->nodes;
}

uint32_t oio_topology_links(const struct oio_topology *topology) {
  return topology->links;
}

unsigned oio_topology_classes(const struct oio_topology *topology) {
  return topology->classes;
}

const char *oio_topology_class_name(const struct oio_topology *topology, unsigned link_class) {
  return topology->class_name[link_class];
}

unsigned oio_topology_link_class(const struct oio_topology *topology, uint32_t link) {
  return topology->link[link].link_class;
}

enum oio_node_kind oio_topology_kind(const struct oio_topology *topology, uint32_t node) {
  return topology->node[node].kind;
}

const char *oio_topology_name(const struct oio_topology *topology, uint32_t node, char out[OIO_TOPOLOGY_NAME_BYTES]) {
  static const char letter[] = {[OIO_NODE_DIE] = 'd', [OIO_NODE_BRIDGE] = 'b', [OIO_NODE_SWITCH] = 's'};
  if (topology->name != NULL) {
    memcpy(out, topology->name[node], OIO_TOPOLOGY_NAME_BYTES);
  } else {
    const bool die = topology->node[node].kind == OIO_NODE_DIE;
    snprintf(out, OIO_TOPOLOGY_NAME_BYTES, "%c%u", letter[topology->node[node].kind], (unsigned)(die ? node : node - topology->dies));
  }
  return out;
}

void oio_topology_place_circle(struct oio_topology *topology, uint32_t first, uint32_t count, double radius) {
  for (uint32_t i = 0; i < count; i++) {
    struct oio_topology_node *node = &topology->node[first + i];
    node->polar = true;
    node->x = (double)i / count;
    node->y = radius;
  }
}

bool oio_topology_place(const struct oio_topology *topology, uint32_t node, double *x, double *y) {
  *x = topology->node[node].x;
  *y = topology->node[node].y;
  return topology->node[node].polar;
}

uint32_t oio_topology_node_of(const struct oio_topology *topology, uint32_t port) {
  return topology->link[port / 2].node[port % 2];
}

uint32_t oio_topology_port_count(const struct oio_topology *topology, uint32_t node) {
  return topology->node[node].ports;
}

uint32_t oio_topology_port_at(const struct oio_topology *topology, uint32_t node, uint32_t index) {
  return topology->ports[topology->node[node].first + index];
}
