/* SPDX-License-Identifier: Apache-2.0 */
/* What a net would take: one of each sort of node and wire is made and asked. */
#include "base/memory.h"
#include "base/precondition.h"
#include "net/net_state.h"
#include "net/topology_state.h"
#include "oio/fec.h"

#include <stdlib.h>
#include <string.h>

/* Nodes are of one sort that are of one kind and have as many ports of each class. The last so many are remembered. */
enum { SORTS = 64 };

struct sort {
  enum oio_node_kind kind;
  uint32_t ports[OIO_TOPOLOGY_CLASSES_MAX];
  struct oio_memory memory;
};

struct estimate {
  struct oio_net net; /* on paper: no node, no wire */
  const struct oio_config *config;
  struct oio_error *error;
  struct sort sort[SORTS];
  uint32_t sorts; /* so many have been made */
};

static void classify(const struct oio_topology *t, uint32_t node, struct sort *sort) {
  memset(sort, 0, sizeof *sort);
  sort->kind = oio_topology_kind(t, node);
  for (uint32_t i = 0; i < oio_topology_port_count(t, node); i++)
    sort->ports[oio_topology_link_class(t, oio_topology_port_at(t, node, i) / 2)]++;
}

/* Makes the node, and asks it. */
static enum oio_status try_node(const struct estimate *e, uint32_t node, struct oio_memory *memory) {
  struct oio_link_config *links = oio_net_links_of(&e->net, e->config, node);
  void *made = NULL;
  if (links == NULL) return oio_error_set(e->error, OIO_ERR_NOMEM, "net: out of memory");
  const enum oio_status status = oio_net_make_node(&e->net, e->config, node, links, &made, e->error);
  free(links);
  if (status != OIO_OK) return status;
  if (oio_topology_kind(e->net.topology, node) == OIO_NODE_DIE) {
    oio_routed_die_memory(made, memory);
  } else {
    oio_switch_memory(made, memory);
  }
  oio_net_destroy_node(&e->net, node, made);
  return OIO_OK;
}

static enum oio_status add_node(struct estimate *e, uint32_t node, struct oio_memory *memory) {
  struct sort sort;
  classify(e->net.topology, node, &sort);
  const uint32_t known = e->sorts < SORTS ? e->sorts : SORTS;
  uint32_t i = 0;
  while (i < known && (e->sort[i].kind != sort.kind || memcmp(e->sort[i].ports, sort.ports, sizeof sort.ports) != 0)) i++;
  if (i == known) {
    const enum oio_status status = try_node(e, node, &sort.memory);
    if (status != OIO_OK) return status;
    i = e->sorts++ % SORTS;
    e->sort[i] = sort;
  }
  oio_memory_add_all(memory, &e->sort[i].memory, 1);
  return OIO_OK;
}

/* Wires of one class are alike. */
static enum oio_status add_wires(struct estimate *e, struct oio_memory *memory) {
  const struct oio_topology *t = e->net.topology;
  struct oio_memory wire[OIO_TOPOLOGY_CLASSES_MAX] = {{0, 0}};
  for (uint32_t link = 0; link < oio_topology_links(t); link++) {
    struct oio_memory *of = &wire[oio_topology_link_class(t, link)];
    if (of->most_bytes == 0) {
      struct oio_channel_config config;
      struct oio_channel *channel;
      oio_net_wire_config(&e->net, e->config, 2 * link, &config);
      enum oio_status status = oio_net_find_code(&e->net, &config, e->error);
      if (status == OIO_OK) status = oio_channel_create(&channel, &config, e->error);
      if (status != OIO_OK) return status;
      oio_channel_memory(channel, of);
      oio_channel_destroy(channel);
    }
    oio_memory_add_all(memory, of, 2);
  }
  for (unsigned i = 0; i < OIO_NET_CODES && e->net.code[i] != NULL; i++) oio_fec_memory(e->net.code[i], memory);
  return OIO_OK;
}

static enum oio_status add_all(struct estimate *e, struct oio_memory *memory) {
  enum oio_status status = add_wires(e, memory);
  for (uint32_t node = 0; node < e->net.nodes && status == OIO_OK; node++) status = add_node(e, node, memory);
  oio_topology_memory(e->net.topology, memory);
  oio_memory_add(memory, e->net.ports * sizeof *e->net.port);
  oio_memory_add(memory, e->net.nodes * sizeof *e->net.node);
  oio_memory_add_untouched(memory, e->net.ports * sizeof *e->net.stirs.port);
  oio_memory_add_untouched(memory, e->net.ports * sizeof *e->net.is_stirred);
  oio_memory_add_untouched(memory, (uint64_t)e->net.ports * OIO_NET_WAYS * sizeof *e->net.ways);
  return status;
}

enum oio_status oio_net_memory(const struct oio_config *config, struct oio_memory *memory, uint32_t *dies, uint32_t *ports,
                               struct oio_error *error) {
  OIO_PRECONDITION(oio_config_is_routed(config));
  struct estimate *e = calloc(1, sizeof *e);
  if (e == NULL) return oio_error_set(error, OIO_ERR_NOMEM, "net: out of memory");
  e->config = config;
  e->error = error;
  enum oio_status status = oio_net_find_topology(&e->net, config, error);
  *dies = e->net.dies;
  *ports = e->net.ports;
  if (status == OIO_OK) status = add_all(e, memory);
  oio_net_destroy_codes(&e->net);
  oio_topology_destroy(e->net.topology);
  free(e);
  return status;
}
