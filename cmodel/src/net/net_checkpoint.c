/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A whole net as bytes: a head, then every wire and node (base/checkpoint.h). The head: eight bytes that say what it is, its version (4
 * bytes), zero (4), how many bytes there are with the head (8), and a digest of those behind it (8); integers have the lowest byte first.
 */
#include "base/digest.h"
#include "base/little_endian.h"
#include "channel/channel_checkpoint.h"
#include "net/net_state.h"
#include "net/topology_state.h"
#include "node/bridge_checkpoint.h"
#include "node/die_checkpoint.h"
#include "node/routed_die_checkpoint.h"
#include "node/switch_checkpoint.h"
#include "node/tunnel_checkpoint.h"

#include <stdlib.h>

enum { VERSION = 1, VERSION_AT = 8, NBYTES_AT = 16, DIGEST_AT = 24, HEAD_BYTES = 32 };

static const char magic[VERSION_AT] = {'o', 'i', 'o', ' ', 'n', 'e', 't', '\n'};

static uint64_t digest_of(const uint8_t *bytes, size_t nbytes) {
  return oio_digest_add(0, 0, bytes + HEAD_BYTES, nbytes - HEAD_BYTES);
}

/* ---- the walk ---- */

/* Of links and routes: all that decides where a payload goes. */
static uint64_t routes_digest(const struct oio_topology *t) {
  uint64_t digest = oio_digest_add_word(t->datelines, t->routing, (uint64_t)t->dimensions << 1 | t->wraps);
  for (unsigned d = 0; d < t->dimensions; d++) digest = oio_digest_add_word(digest, d, t->size[d]);
  for (uint32_t n = 0; n < t->nodes; n++) {
    const struct oio_topology_node *node = &t->node[n];
    digest = oio_digest_add_word(digest, node->kind, node->ports);
    digest = oio_digest_add_word(digest, node->level, (uint64_t)node->low << 32 | node->high);
  }
  for (uint32_t l = 0; l < t->links; l++) digest = oio_digest_add_word(digest, t->link[l].node[0], t->link[l].node[1]);
  return digest;
}

static void keep_shape(const struct oio_net *net, struct oio_checkpoint *c) {
  c->object = "net";
  c->number = 0;
  oio_checkpoint_same(c, "dies", net->dies);
  oio_checkpoint_same(c, "nodes", net->nodes);
  oio_checkpoint_same(c, "ports", net->ports);
  oio_checkpoint_same(c, "vcs", net->vcs);
  oio_checkpoint_same(c, "routed", net->routed);
  oio_checkpoint_same(c, "tunnels", net->tunnels);
  oio_checkpoint_same(c, "routes", routes_digest(net->topology));
}

static void keep_node(struct oio_net *net, uint32_t node, struct oio_checkpoint *c) {
  const bool is_die = oio_topology_kind(net->topology, node) == OIO_NODE_DIE;
  c->object = "node";
  c->number = node;
  if (net->routed && is_die) {
    oio_routed_die_checkpoint(net->node[node], c);
  } else if (net->routed) {
    oio_switch_checkpoint(net->node[node], c);
  } else if (is_die) {
    oio_die_checkpoint(net->node[node], c);
  } else if (net->tunnels) {
    oio_tunnel_checkpoint(net->node[node], c);
  } else {
    oio_bridge_checkpoint(net->node[node], c);
  }
}

/* What oio_net_look has seen last, and which ports are held. */
static void keep_ports(struct oio_net *net, struct oio_checkpoint *c) {
  OIO_KEEP_ANY(c, net->progress);
  OIO_KEEP_ANY(c, net->progress_ps);
  for (uint32_t p = 0; p < net->ports; p++) {
    OIO_KEEP_ANY(c, net->port[p].moved);
    OIO_KEEP_ANY(c, net->port[p].valid);
    OIO_KEEP_ANY(c, net->port[p].quiet_ps);
  }
}

static void walk(struct oio_net *net, struct oio_checkpoint *c) {
  c->at = HEAD_BYTES;
  keep_shape(net, c);
  keep_ports(net, c);
  for (uint32_t p = 0; p < net->ports && c->wrong == OIO_CHECKPOINT_GOOD; p++) {
    c->object = "wire";
    c->number = p;
    oio_channel_checkpoint(net->port[p].wire, c);
  }
  for (uint32_t node = 0; node < net->nodes && c->wrong == OIO_CHECKPOINT_GOOD; node++) keep_node(net, node, c);
  if (oio_checkpoint_loads(c)) oio_checkpoint_require(c, "end", c->at == c->nbytes);
}

/* A walk that saves reads only. */
static struct oio_net *unlocked(const struct oio_net *net) {
  union {
    const struct oio_net *read;
    struct oio_net *written;
  } both = {.read = net};
  return both.written;
}

/* ---- what is wrong ---- */

static double real(uint64_t bits) {
  double value;
  memcpy(&value, &bits, sizeof value);
  return value;
}

static enum oio_status explain(const struct oio_checkpoint *c, struct oio_error *error) {
  switch (c->wrong) {
  case OIO_CHECKPOINT_BROUGHT:
    return oio_error_set(error, OIO_ERR_FORMAT,
                         "net: %s %u holds bytes of a message by pointer (data), which cannot be saved; save before it is sent or after it "
                         "has arrived, or send messages without data",
                         c->object, c->number);
  case OIO_CHECKPOINT_OTHER:
    return oio_error_set(error, OIO_ERR_CONFIG,
                         "net: the checkpoint is of another net: %s of %s %u is %llu there and %llu here; load it into a net of the same "
                         "configuration",
                         c->field, c->object, c->number, (unsigned long long)c->there, (unsigned long long)c->here);
  case OIO_CHECKPOINT_OTHER_REAL:
    return oio_error_set(error, OIO_ERR_CONFIG,
                         "net: the checkpoint is of another net: %s of %s %u is %g there and %g here; load it into a net of the same "
                         "configuration",
                         c->field, c->object, c->number, real(c->there), real(c->here));
  default:
    return oio_error_set(error, OIO_ERR_FORMAT,
                         "net: the checkpoint is damaged: at byte %llu, in %s %u, %s is not possible; take another one",
                         (unsigned long long)c->at, c->object, c->number, c->wrong == OIO_CHECKPOINT_ENDS ? "its end" : c->field);
  }
}

static enum oio_status refuse_left_out(const struct oio_net *net, struct oio_error *error) {
  for (uint32_t node = 0; node < net->nodes; node++) {
    if (net->node[node] != NULL) continue;
    return oio_error_set(error, OIO_ERR_CONFIG,
                         "net: node %u is left out, and its state is its host's; save and load nets of which no node is left out", node);
  }
  return OIO_OK;
}

/* Is it a whole checkpoint, as it was written? */
static enum oio_status check_head(const uint8_t *in, size_t nbytes, struct oio_error *error) {
  if (nbytes < HEAD_BYTES || memcmp(in, magic, sizeof magic) != 0) {
    return oio_error_set(error, OIO_ERR_FORMAT, "net: no checkpoint of a net begins like this; load what oio_net_save has written");
  }
  const uint32_t version = oio_load_le32(in + VERSION_AT);
  if (version != VERSION) {
    return oio_error_set(error, OIO_ERR_FORMAT,
                         "net: the checkpoint is of version %u, and this library reads %d; save it with this library", version, VERSION);
  }
  const uint64_t whole_nbytes = oio_load_le64(in + NBYTES_AT);
  if (whole_nbytes != nbytes) {
    return oio_error_set(error, OIO_ERR_FORMAT, "net: the checkpoint has %llu bytes, and %llu of them are given; load it whole",
                         (unsigned long long)whole_nbytes, (unsigned long long)nbytes);
  }
  if (oio_load_le32(in + VERSION_AT + 4) != 0 || oio_load_le64(in + DIGEST_AT) != digest_of(in, nbytes)) {
    return oio_error_set(error, OIO_ERR_FORMAT, "net: the checkpoint is damaged: its digest is another; take another one");
  }
  return OIO_OK;
}

/* ---- verbs ---- */

enum oio_status oio_net_save(const struct oio_net *net, void *out, size_t *nbytes, struct oio_error *error) {
  const enum oio_status status = refuse_left_out(net, error);
  if (status != OIO_OK) return status;
  struct oio_checkpoint measured = {.in = NULL};
  walk(unlocked(net), &measured);
  if (measured.wrong != OIO_CHECKPOINT_GOOD) return explain(&measured, error);
  const size_t room = *nbytes;
  *nbytes = measured.at;
  if (out == NULL) return OIO_OK;
  if (room < measured.at) {
    return oio_error_set(error, OIO_ERR_FULL, "net: a checkpoint has %llu bytes now, and there is room for %llu; give as many",
                         (unsigned long long)measured.at, (unsigned long long)room);
  }
  uint8_t *bytes = out;
  struct oio_checkpoint saved = {.out = bytes, .nbytes = measured.at};
  walk(unlocked(net), &saved);
  memcpy(bytes, magic, sizeof magic);
  oio_store_le32(bytes + VERSION_AT, VERSION);
  oio_store_le32(bytes + VERSION_AT + 4, 0);
  oio_store_le64(bytes + NBYTES_AT, saved.at);
  oio_store_le64(bytes + DIGEST_AT, digest_of(bytes, saved.at));
  return OIO_OK;
}

/* The state of a net as it is, to go back to. The caller frees what saved->out points to; NULL: out of memory. */
static void save_present(struct oio_net *net, struct oio_checkpoint *saved) {
  struct oio_checkpoint measured = {.with_pointers = true};
  walk(net, &measured);
  *saved = (struct oio_checkpoint){.with_pointers = true, .out = malloc(measured.at), .nbytes = measured.at};
  if (saved->out != NULL) walk(net, saved);
}

enum oio_status oio_net_load(struct oio_net *net, const void *in, size_t nbytes, struct oio_error *error) {
  enum oio_status status = refuse_left_out(net, error);
  if (status == OIO_OK) status = check_head(in, nbytes, error);
  if (status != OIO_OK) return status;
  struct oio_checkpoint present, loaded = {.in = in, .nbytes = nbytes};
  save_present(net, &present);
  if (present.out == NULL) return oio_error_set(error, OIO_ERR_NOMEM, "net: out of memory for what it would go back to");
  walk(net, &loaded);
  if (loaded.wrong == OIO_CHECKPOINT_GOOD) {
    for (uint32_t p = 0; p < net->ports; p++) oio_net_stir(net, &net->stirs, p);
  } else {
    struct oio_checkpoint back = {.with_pointers = true, .in = present.out, .nbytes = present.nbytes};
    walk(net, &back);
    status = explain(&loaded, error);
  }
  free(present.out);
  return status;
}
