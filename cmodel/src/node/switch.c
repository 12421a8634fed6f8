/* SPDX-License-Identifier: Apache-2.0 */
#include "oio/switch.h"

#include "base/little_endian.h"
#include "base/memory.h"
#include "base/precondition.h"
#include "node/part.h"
#include "node/switch_state.h"

#include <stdlib.h>
#include <string.h>

static enum oio_status check(const struct oio_switch_config *c, struct oio_error *error) {
  if (c->ports < 1 || c->ports > OIO_SWITCH_PORTS_MAX) {
    return oio_error_set(error, OIO_ERR_CONFIG, "switch ports %u: use 1..%d", c->ports, OIO_SWITCH_PORTS_MAX);
  }
  if (c->latency_ps > OIO_MS) return oio_error_set(error, OIO_ERR_CONFIG, "switch latency_ps: use at most 1 ms");
  if (c->queues != OIO_SWITCH_OUTPUTS && c->queues != OIO_SWITCH_FIFO) {
    return oio_error_set(error, OIO_ERR_CONFIG, "switch queues %d: use OIO_SWITCH_OUTPUTS or OIO_SWITCH_FIFO", (int)c->queues);
  }
  if (c->turns != OIO_SWITCH_INPUTS && c->turns != OIO_SWITCH_LONGEST) {
    return oio_error_set(error, OIO_ERR_CONFIG, "switch turns %d: use OIO_SWITCH_INPUTS or OIO_SWITCH_LONGEST", (int)c->turns);
  }
  for (uint32_t p = 0; p < c->ports; p++) {
    if (c->links[p].profile != OIO_PROFILE_ROUTED || c->links[p].fidelity != c->links[0].fidelity) {
      return oio_error_set(error, OIO_ERR_CONFIG, "switch port %u: its link must be of the routed profile and of port 0's fidelity", p);
    }
  }
  return OIO_OK;
}

static enum oio_status make_ports(struct oio_switch *sw, const struct oio_switch_config *config, struct oio_error *error) {
  sw->ports = calloc(config->ports, sizeof *sw->ports);
  if (sw->ports == NULL) return oio_error_set(error, OIO_ERR_NOMEM, "switch: out of memory for %u ports", config->ports);
  uint32_t places = 0;
  for (uint32_t p = 0; p < config->ports; p++) {
    const enum oio_status status = oio_link_create(&sw->ports[p].link, &config->links[p], error);
    if (status != OIO_OK) return status;
    sw->ports[p].first_place = places;
    places += OIO_HOP_VCS * config->links[p].buffer_flits;
  }
  sw->places = places;
  if (!oio_passings_create(&sw->passings, config->ports, places, config)) {
    return oio_error_set(error, OIO_ERR_NOMEM, "switch: out of memory for %u ports", config->ports);
  }
  return OIO_OK;
}

enum oio_status oio_switch_create(struct oio_switch **made, const struct oio_switch_config *config, struct oio_error *error) {
  *made = NULL;
  enum oio_status status = check(config, error);
  if (status != OIO_OK) return status;
  struct oio_switch *sw = calloc(1, sizeof *sw);
  if (sw == NULL) return oio_error_set(error, OIO_ERR_NOMEM, "switch: out of memory");
  sw->ports_count = config->ports;
  sw->latency_ps = config->latency_ps;
  sw->queues = config->queues;
  sw->turns = config->turns;
  status = make_ports(sw, config, error);
  if (status != OIO_OK) {
    oio_switch_destroy(sw);
    return status;
  }
  oio_switch_reset(sw);
  *made = sw;
  return OIO_OK;
}

void oio_switch_destroy(struct oio_switch *sw) {
  if (sw == NULL) return;
  for (uint32_t p = 0; sw->ports != NULL && p < sw->ports_count; p++) oio_link_destroy(sw->ports[p].link);
  free(sw->ports);
  oio_passings_destroy(&sw->passings);
  free(sw);
}

void oio_switch_memory(const struct oio_switch *sw, struct oio_memory *memory) {
  oio_memory_add(memory, sizeof *sw);
  oio_memory_add(memory, sw->ports_count * sizeof *sw->ports);
  for (uint32_t p = 0; p < sw->ports_count; p++) oio_link_memory(sw->ports[p].link, memory);
  oio_passings_memory(&sw->passings, sw->places, memory);
}

void oio_switch_reset(struct oio_switch *sw) {
  oio_passings_reset(&sw->passings);
  for (uint32_t p = 0; p < sw->ports_count; p++) {
    oio_link_reset(sw->ports[p].link);
    sw->ports[p].unrouted = OIO_NONE;
    sw->ports[p].turn = 0;
  }
}

/* ---- in ---- */

void oio_switch_rx(struct oio_switch *sw, uint32_t port, oio_time_ps now_ps, const struct oio_wire *wire) {
  OIO_PRECONDITION(port < sw->ports_count && sw->ports[port].unrouted == OIO_NONE);
  oio_link_rx(sw->ports[port].link, now_ps, wire);
  sw->ports[port].unrouted = oio_link_newest(sw->ports[port].link);
}

bool oio_switch_arrived(const struct oio_switch *sw, uint32_t port, struct oio_arrival *arrival) {
  OIO_PRECONDITION(port < sw->ports_count);
  const uint32_t place = sw->ports[port].unrouted;
  if (place == OIO_NONE) return false;
  const uint8_t *head = oio_link_buffered(sw->ports[port].link, place)->bytes;
  *arrival = (struct oio_arrival){.port = port,
                                  .place = place,
                                  .source = oio_load_le16(head + 4),
                                  .destination = oio_load_le16(head + 2),
                                  .vc = head[0] >> 4 & 7,
                                  .hop_vc = head[1] & 1};
  return true;
}

void oio_switch_forward(struct oio_switch *sw, oio_time_ps now_ps, const struct oio_arrival *arrival, uint32_t port, unsigned hop_vc) {
  (void)now_ps;
  OIO_PRECONDITION(arrival->port < sw->ports_count && sw->ports[arrival->port].unrouted == arrival->place);
  OIO_PRECONDITION(port < sw->ports_count && hop_vc < OIO_HOP_VCS);
  struct oio_switch_port *from = &sw->ports[arrival->port];
  const uint32_t index = from->first_place + arrival->place;
  struct oio_passing *it = &sw->passings.all[index];
  const struct oio_payload *payload = oio_link_buffered(from->link, arrival->place);
  it->available_ps = payload->arrived_ps + sw->latency_ps;
  it->since_ps = oio_switch_since_ps(sw, payload);
  it->input = arrival->port;
  it->outlet = OIO_HOP_VCS * port + hop_vc;
  from->unrouted = OIO_NONE;
  oio_passings_enter(&sw->passings, index, arrival->hop_vc);
}

void oio_switch_discard(struct oio_switch *sw, oio_time_ps now_ps, const struct oio_arrival *arrival) {
  OIO_PRECONDITION(arrival->port < sw->ports_count && sw->ports[arrival->port].unrouted == arrival->place);
  sw->malformed++;
  oio_link_free(sw->ports[arrival->port].link, now_ps, arrival->place);
  sw->ports[arrival->port].unrouted = OIO_NONE;
}

/* ---- out ---- */

/* Of what is available at the port, of the hop VCs that its link would take one of now, that of the payload that has waited longest;
 * OIO_HOP_VCS: none. */
static unsigned longest_hop_vc(struct oio_switch *sw, uint32_t port, oio_time_ps now_ps) {
  const struct oio_switch_port *to = &sw->ports[port];
  uint32_t best = OIO_NONE;
  for (unsigned i = 0; i < OIO_HOP_VCS; i++) {
    const uint32_t outlet = OIO_HOP_VCS * port + (to->turn ^ i);
    if (oio_passings_available_ps(&sw->passings, outlet) > now_ps || !oio_link_wants_vc(to->link, outlet % OIO_HOP_VCS)) continue;
    oio_passings_arrive(&sw->passings, outlet, now_ps);
    const uint32_t first = sw->passings.outlets[outlet].turn_first;
    if (best == OIO_NONE || oio_passings_longer(&sw->passings, first, best)) best = first;
  }
  return best == OIO_NONE ? OIO_HOP_VCS : sw->passings.all[best].outlet % OIO_HOP_VCS;
}

/* The hop VC that the port has its next payload for, of those that its link would take one of now; OIO_HOP_VCS: none. */
static unsigned next_hop_vc(const struct oio_switch *sw, uint32_t port, oio_time_ps now_ps) {
  const struct oio_switch_port *to = &sw->ports[port];
  for (unsigned i = 0; i < OIO_HOP_VCS; i++) {
    const unsigned v = to->turn ^ i;
    if (oio_passings_available_ps(&sw->passings, OIO_HOP_VCS * port + v) <= now_ps && oio_link_wants_vc(to->link, v)) return v;
  }
  return OIO_HOP_VCS;
}

/* The payload goes on with what it has waited here added to what it told. */
static void tell_wait(const struct oio_switch *sw, oio_time_ps now_ps, const struct oio_payload *payload, struct oio_payload *slot) {
  const oio_time_ps waited_ps = (oio_time_ps)((int64_t)now_ps - oio_switch_since_ps(sw, payload));
  slot->bytes[1] = (uint8_t)((slot->bytes[1] & 1u) | oio_wait_code(waited_ps) << 1);
}

static void copy(const struct oio_switch *sw, oio_time_ps now_ps, const struct oio_payload *payload, unsigned hop_vc,
                 struct oio_payload *slot) {
  memcpy(slot->bytes, payload->bytes, payload->touched_bytes);
  slot->bytes[1] = (uint8_t)((payload->bytes[1] & ~1u) | hop_vc);
  if (sw->turns == OIO_SWITCH_LONGEST) tell_wait(sw, now_ps, payload, slot);
  slot->touched_bytes = payload->touched_bytes;
  slot->tainted = payload->tainted;
  slot->references = payload->references;
  slot->stamp = payload->stamp;
  slot->stamp.parts_ps[OIO_PART_LOGIC] += sw->latency_ps;
  slot->stamp.parts_ps[OIO_PART_QUEUE] += now_ps - sw->latency_ps - payload->arrived_ps;
}

/* The outlet's next payload goes from its input's receive buffer into the link of the output. */
static void pass_on(struct oio_switch *sw, oio_time_ps now_ps, uint32_t outlet, struct oio_stirred *stirred) {
  struct oio_switch_port *to = &sw->ports[outlet / OIO_HOP_VCS];
  const unsigned v = outlet % OIO_HOP_VCS;
  const uint32_t index = oio_passings_take(&sw->passings, outlet);
  const struct oio_passing *it = &sw->passings.all[index];
  const struct oio_switch_port *from = &sw->ports[it->input];
  const uint32_t place = index - from->first_place;
  const struct oio_payload *payload = oio_link_buffered(from->link, place);
  copy(sw, now_ps, payload, v, oio_link_next_slot_vc(to->link, v));
  oio_link_send_commit_vc(to->link, now_ps, v);
  to->turn = !v;
  stirred->input = it->input;
  if (sw->queues == OIO_SWITCH_FIFO) {
    const uint32_t next = oio_passings_follow(&sw->passings, index, payload->bytes[1] & 1, now_ps);
    if (next != OIO_NONE) stirred->output = sw->passings.all[next].outlet / OIO_HOP_VCS;
  }
  oio_link_free(from->link, now_ps, place);
}

bool oio_switch_tx(struct oio_switch *sw, uint32_t port, oio_time_ps now_ps, struct oio_wire *wire, struct oio_stirred *stirred) {
  OIO_PRECONDITION(port < sw->ports_count);
  *stirred = (struct oio_stirred){OIO_NONE, OIO_NONE};
  const unsigned v = sw->turns == OIO_SWITCH_LONGEST ? longest_hop_vc(sw, port, now_ps) : next_hop_vc(sw, port, now_ps);
  if (v < OIO_HOP_VCS) {
    oio_passings_arrive(&sw->passings, OIO_HOP_VCS * port + v, now_ps);
    pass_on(sw, now_ps, OIO_HOP_VCS * port + v, stirred);
  }
  return oio_link_tx(sw->ports[port].link, now_ps, wire);
}

oio_time_ps oio_switch_next_tx_ps(const struct oio_switch *sw, uint32_t port, oio_time_ps now_ps) {
  OIO_PRECONDITION(port < sw->ports_count);
  const struct oio_link *link = sw->ports[port].link;
  oio_time_ps next_ps = oio_link_next_tx_ps(link, now_ps);
  for (unsigned v = 0; v < OIO_HOP_VCS && next_ps > now_ps; v++) {
    const oio_time_ps available_ps = oio_passings_available_ps(&sw->passings, OIO_HOP_VCS * port + v);
    if (available_ps < next_ps && oio_link_wants_vc(link, v)) next_ps = available_ps > now_ps ? available_ps : now_ps;
  }
  return next_ps;
}

/* ---- what it says of itself ---- */

uint64_t oio_switch_malformed(const struct oio_switch *sw) {
  return sw->malformed;
}

void oio_switch_get_link_state(const struct oio_switch *sw, uint32_t port, struct oio_link_state *state) {
  OIO_PRECONDITION(port < sw->ports_count);
  oio_link_get_state(sw->ports[port].link, state);
}

bool oio_switch_failed(const struct oio_switch *sw, uint32_t port) {
  OIO_PRECONDITION(port < sw->ports_count);
  return oio_link_failed(sw->ports[port].link);
}

struct oio_link *oio_switch_link(struct oio_switch *sw, uint32_t port) {
  OIO_PRECONDITION(port < sw->ports_count);
  return sw->ports[port].link;
}
