/* SPDX-License-Identifier: Apache-2.0 */
/* A reset of a part of a routed net: a link, or a die with its links (SPEC.md section 11). */
#include "base/little_endian.h"
#include "base/precondition.h"
#include "link/restart.h"
#include "net/net_state.h"
#include "node/part.h"

enum { ID_AT = 2, HEAD_BYTES = 6, DESCRIPTOR_BYTES = 8 };

enum oio_status oio_net_check_part(const struct oio_net *net, const struct oio_net_part *part, struct oio_error *error) {
  const bool is_die = part->scope == OIO_RESET_DIE;
  const uint32_t count = is_die ? net->dies : net->ports / 2;
  if (!net->routed) return oio_error_set(error, OIO_ERR_CONFIG, "reset: a net of two dies is one path, which goes down as a whole");
  if (part->number < count) return OIO_OK;
  return oio_error_set(error, OIO_ERR_CONFIG, "reset.which=%u: the net has no such %s; use 0..%u", part->number, is_die ? "die" : "link",
                       count - 1);
}

/* The wires of a part: from port number i of them. */
static uint32_t wires_of(const struct oio_net *net, const struct oio_net_part *part) {
  return part->scope == OIO_RESET_DIE ? 2 * oio_topology_port_count(net->topology, part->number) : 2;
}

static uint32_t port_of(const struct oio_net *net, const struct oio_net_part *part, uint32_t i) {
  const uint32_t port = part->scope == OIO_RESET_DIE ? oio_topology_port_at(net->topology, part->number, i / 2) : 2 * part->number;
  return port ^ (i & 1);
}

static struct oio_link *link_at(const struct oio_net *net, uint32_t port) {
  const struct oio_end *end = &net->port[port].end;
  if (end->kind == OIO_END_ROUTED_DIE) return oio_routed_die_link(end->object, end->side);
  return oio_switch_link(end->object, end->side);
}

/* Segment i of a payload. */
static void read_segment(const struct oio_payload *payload, uint32_t i, struct oio_lost *lost) {
  *lost = (struct oio_lost){
      .source = oio_load_le16(payload->bytes + 4),
      .destination = oio_load_le16(payload->bytes + 2),
      .vc = payload->bytes[0] >> 4 & 7,
      .id = oio_load_le64(payload->bytes + HEAD_BYTES + i * DESCRIPTOR_BYTES) >> 8 * ID_AT,
  };
}

static bool next_on_wires(const struct oio_net *net, const struct oio_net_part *part, struct oio_lost_walk *walk, struct oio_lost *lost) {
  for (; walk->wire < wires_of(net, part); walk->wire++, walk->payload = 0) {
    const uint32_t port = port_of(net, part, walk->wire);
    const struct oio_link *link = link_at(net, port), *peer = link_at(net, port ^ 1);
    const struct oio_payload *payload;
    for (; (payload = oio_link_unaccepted(link, peer, walk->payload)) != NULL; walk->payload++, walk->segment = 0) {
      if (walk->segment == (payload->bytes[0] & 15u)) continue;
      read_segment(payload, walk->segment++, lost);
      return true;
    }
  }
  return false;
}

bool oio_net_next_lost(const struct oio_net *net, const struct oio_net_part *part, struct oio_lost_walk *walk, struct oio_lost *lost) {
  OIO_PRECONDITION(oio_net_check_part(net, part, NULL) == OIO_OK);
  if (next_on_wires(net, part, walk, lost)) return true;
  if (part->scope != OIO_RESET_DIE) return false;
  struct oio_flows_walk queued = {walk->line, walk->flow, walk->message};
  const struct oio_message *message = oio_routed_die_next_queued(net->node[part->number], &queued);
  if (message == NULL) return false;
  walk->line = queued.line;
  walk->flow = queued.flow;
  walk->message = queued.message;
  *lost = (struct oio_lost){.source = part->number, .destination = message->destination, .vc = message->vc, .id = message->id};
  return true;
}

void oio_net_reset_part(struct oio_net *net, const struct oio_net_part *part, oio_time_ps now_ps, oio_time_ps hold_ps) {
  OIO_PRECONDITION(oio_net_check_part(net, part, NULL) == OIO_OK);
  if (part->scope == OIO_RESET_DIE) oio_routed_die_reset(net->node[part->number]);
  for (uint32_t i = 0; i < wires_of(net, part); i++) {
    const uint32_t port = port_of(net, part, i);
    oio_link_restart(link_at(net, port), link_at(net, port ^ 1));
    oio_channel_drop(net->port[port].wire);
    net->port[port].quiet_ps = now_ps + hold_ps;
    oio_net_stir(net, &net->stirs, port);
  }
}
