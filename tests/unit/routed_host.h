/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A host of the test's own around routed dies, switches and channels: the plainest loop there is, every port looked at in every instant,
 * and a scoreboard of its own. What was sent must come out once, unaltered and in order of (source, destination, VC), unless a link says
 * why it failed or a reset came between. The first thing that goes wrong is told in `what`. Include after "chance.h".
 */
#ifndef OIO_TESTS_ROUTED_HOST_H
#define OIO_TESTS_ROUTED_HOST_H

#include "oio/channel.h"
#include "oio/routed_die.h"
#include "oio/switch.h"
#include "oio/topology.h"
#include "spec_flit.h"

#include <stdio.h>
#include <string.h>

enum { HOST_PORTS_MAX = 400, HOST_NODES_MAX = 100, HOST_DIES_MAX = 32, HOST_MESSAGES_MAX = 4000 };

struct host_setup {
  const char *shape;
  bool drop_datelines;
  enum oio_fidelity fidelity;
  enum oio_switch_queues queues;
  uint32_t window_flits, buffer_flits, replay_limit, queue_messages;
  uint8_t format, vcs;
  double bit_error_rate;
  oio_time_ps flight_ps, latency_ps, ack_delay_ps;
  uint64_t seed;
};

struct host_message {
  uint32_t source, destination;
  uint8_t vc;
  uint32_t bytes;
  oio_time_ps time_ps; /* when its die may have it; not decreasing for one source */
  bool sent, lost, delivered;
  uint32_t next_of_source, next_of_flow; /* OIO_NONE: none */
};

struct host_flow {
  uint32_t first, last; /* sent and not delivered; OIO_NONE */
  uint32_t offset;      /* delivered of the first */
};

struct host {
  struct host_setup setup;
  struct oio_topology *topology;
  uint32_t dies, nodes, ports;
  struct oio_routed_die *die[HOST_DIES_MAX];
  struct oio_switch *sw[HOST_NODES_MAX];                      /* by node; NULL for dies */
  struct oio_channel *wire[HOST_PORTS_MAX];                   /* that leads from the port */
  uint32_t node_of[HOST_PORTS_MAX], index_of[HOST_PORTS_MAX]; /* of a port: its node, its number there */
  oio_time_ps now_ps;
  oio_time_ps asleep_until_ps[HOST_DIES_MAX]; /* the consumer takes nothing before */
  oio_time_ps reset_ps;                       /* one comes then; OIO_NEVER */
  struct host_message message[HOST_MESSAGES_MAX];
  uint32_t messages;
  uint32_t next_of_die[HOST_DIES_MAX], last_of_die[HOST_DIES_MAX];
  struct host_flow flow[HOST_DIES_MAX][HOST_DIES_MAX][OIO_VCS_MAX];
  uint64_t sent, delivered, lost, instants, discarded;
  unsigned forge_one_in; /* of the flits that arrive one in so many is given wrong bits that pass its CRC; 0: none */
  uint64_t forging, forged;
  uint64_t digest; /* of what comes out, which is not judged where flits are forged */
  bool slept;      /* some consumer has */
  bool wrong;
  char what[240];
};

static inline void host_complain(struct host *h, const char *text, uint64_t a, uint64_t b) {
  if (h->wrong) return;
  h->wrong = true;
  snprintf(h->what, sizeof h->what, "%s, at %llu ps: %s (%llu, %llu)", h->setup.shape, (unsigned long long)h->now_ps, text,
           (unsigned long long)a, (unsigned long long)b);
}

/* ---- making ---- */

enum { HOST_LANES = 8 };
#define HOST_LANE_RATE UINT64_C(32000000000)
#define HOST_FLIT_PS (UINT64_C(2048) * 1000000000000 / (HOST_LANES * HOST_LANE_RATE))

static inline struct oio_link_config host_link(const struct host_setup *s) {
  const oio_time_ps round_ps = 2 * s->flight_ps + 4 * HOST_FLIT_PS + s->ack_delay_ps;
  return (struct oio_link_config){.format = s->format,
                                  .sequence_bits = 16,
                                  .profile = OIO_PROFILE_ROUTED,
                                  .fidelity = s->fidelity,
                                  .window_flits = s->window_flits,
                                  .buffer_flits = s->buffer_flits,
                                  .peer_buffer_flits = s->buffer_flits,
                                  .replay_limit = s->replay_limit,
                                  .timeout_ps = 5 * round_ps,
                                  .nak_repeat_ps = 2 * round_ps,
                                  .ack_delay_ps = s->ack_delay_ps};
}

static inline void host_make_node(struct host *h, uint32_t node) {
  struct oio_link_config links[HOST_PORTS_MAX];
  const uint32_t count = oio_topology_port_count(h->topology, node);
  for (uint32_t i = 0; i < count; i++) {
    const uint32_t port = oio_topology_port_at(h->topology, node, i);
    h->node_of[port] = node;
    h->index_of[port] = i;
    links[i] = host_link(&h->setup);
  }
  struct oio_error error = {{0}};
  enum oio_status status;
  if (oio_topology_kind(h->topology, node) == OIO_NODE_DIE) {
    status = oio_routed_die_create(&h->die[node],
                                   &(const struct oio_routed_die_config){.links = links,
                                                                         .ports = count,
                                                                         .number = node,
                                                                         .vcs = h->setup.vcs,
                                                                         .queue_messages = h->setup.queue_messages,
                                                                         .seed = h->setup.seed},
                                   &error);
  } else {
    status = oio_switch_create(
        &h->sw[node],
        &(const struct oio_switch_config){.links = links, .ports = count, .latency_ps = h->setup.latency_ps, .queues = h->setup.queues},
        &error);
  }
  if (status != OIO_OK) fail_msg("%s", error.text);
}

static inline void host_start(struct host *h, const struct host_setup *setup) {
  struct oio_error error = {{0}};
  memset(h, 0, sizeof *h);
  h->setup = *setup;
  if (oio_topology_create(&h->topology, setup->shape, &error) != OIO_OK) fail_msg("%s", error.text);
  if (setup->drop_datelines) oio_topology_drop_datelines(h->topology);
  h->dies = oio_topology_dies(h->topology);
  h->nodes = oio_topology_nodes(h->topology);
  h->ports = 2 * oio_topology_links(h->topology);
  if (h->ports > HOST_PORTS_MAX || h->nodes > HOST_NODES_MAX || h->dies > HOST_DIES_MAX) fail_msg("%s is too large", setup->shape);
  for (uint32_t node = 0; node < h->nodes; node++) host_make_node(h, node);
  for (uint32_t p = 0; p < h->ports; p++) {
    const struct oio_channel_config config = {.format = setup->format,
                                              .fidelity = setup->fidelity,
                                              .lanes = HOST_LANES,
                                              .lane_rate_bits_per_s = HOST_LANE_RATE,
                                              .flight_ps = setup->flight_ps,
                                              .bit_error_rate = setup->bit_error_rate,
                                              .seed = setup->seed,
                                              .stream = (UINT64_C(1) << 33) + p};
    if (oio_channel_create(&h->wire[p], &config, &error) != OIO_OK) fail_msg("%s", error.text);
  }
  memset(h->next_of_die, 0xFF, sizeof h->next_of_die);
  memset(h->flow, 0xFF, sizeof h->flow);
  h->reset_ps = OIO_NEVER;
}

static inline void host_finish(struct host *h) {
  for (uint32_t d = 0; d < h->dies; d++) oio_routed_die_destroy(h->die[d]);
  for (uint32_t n = 0; n < h->nodes; n++) oio_switch_destroy(h->sw[n]);
  for (uint32_t p = 0; p < h->ports; p++) oio_channel_destroy(h->wire[p]);
  oio_topology_destroy(h->topology);
}

static inline void host_message(struct host *h, struct host_message m) {
  const uint32_t index = h->messages++;
  assert_true(h->messages <= HOST_MESSAGES_MAX);
  m.next_of_source = m.next_of_flow = OIO_NONE;
  h->message[index] = m;
  if (h->next_of_die[m.source] == OIO_NONE) {
    h->next_of_die[m.source] = index;
  } else {
    h->message[h->last_of_die[m.source]].next_of_source = index;
  }
  h->last_of_die[m.source] = index;
}

/* ---- the scoreboard ---- */

static inline void host_note_sent(struct host *h, uint32_t index) {
  struct host_message *m = &h->message[index];
  struct host_flow *flow = &h->flow[m->source][m->destination][m->vc];
  m->sent = true;
  h->sent++;
  if (flow->first == OIO_NONE) {
    flow->first = index;
    flow->offset = 0;
  } else {
    h->message[flow->last].next_of_flow = index;
  }
  flow->last = index;
}

static inline void host_digest(struct host *h, uint64_t word) {
  h->digest = (h->digest ^ word) * 0x100000001B3u;
}

static inline void host_note_segment(struct host *h, uint32_t die, const struct oio_segment *s) {
  if (h->forge_one_in > 0) {
    host_digest(h, h->now_ps);
    host_digest(h, (uint64_t)die << 32 | s->source);
    host_digest(h, s->id);
    host_digest(h, s->bytes << 8 | (uint32_t)s->vc << 4 | (uint32_t)s->tainted << 2 | (uint32_t)s->first << 1 | s->last);
    return;
  }
  if (s->tainted) {
    host_complain(h, "wrong bits got through", s->id, 0);
    return;
  }
  if (s->source >= h->dies || s->vc >= h->setup.vcs) {
    host_complain(h, "a segment from nowhere", s->source, s->vc);
    return;
  }
  struct host_flow *flow = &h->flow[s->source][die][s->vc];
  if (flow->first == OIO_NONE) {
    host_complain(h, "a segment that nobody sent", s->id, die);
    return;
  }
  struct host_message *m = &h->message[flow->first];
  if (s->id != flow->first) {
    host_complain(h, "another message than the one whose turn it is", s->id, flow->first);
    return;
  }
  if (s->first != (flow->offset == 0) || s->last != (flow->offset + s->bytes == m->bytes) || flow->offset + s->bytes > m->bytes) {
    host_complain(h, "a segment that does not follow", s->id, flow->offset);
    return;
  }
  if (h->setup.fidelity == OIO_BIT && !oio_pattern_matches(h->setup.seed, s->id, flow->offset, s->data, s->bytes)) {
    host_complain(h, "a segment with other bytes", s->id, flow->offset);
    return;
  }
  oio_time_ps sum = s->packed_ps;
  for (unsigned p = 0; p < OIO_PART_COUNT; p++) sum += s->stamp->parts_ps[p];
  if (sum > h->now_ps || (!h->slept && sum != h->now_ps)) {
    host_complain(h, "latency parts do not add up", sum, h->now_ps);
    return;
  }
  flow->offset += s->bytes;
  if (!s->last) return;
  m->delivered = true;
  h->delivered++;
  flow->first = m->next_of_flow;
  flow->offset = 0;
}

/* Everything on its way is lost. */
static inline void host_reset(struct host *h) {
  for (uint32_t d = 0; d < h->dies; d++) oio_routed_die_reset(h->die[d]);
  for (uint32_t n = h->dies; n < h->nodes; n++) oio_switch_reset(h->sw[n]);
  for (uint32_t p = 0; p < h->ports; p++) oio_channel_drop(h->wire[p]);
  for (uint32_t i = 0; i < h->messages; i++) {
    struct host_message *m = &h->message[i];
    if (!m->sent || m->delivered || m->lost) continue;
    m->lost = true;
    h->lost++;
  }
  memset(h->flow, 0xFF, sizeof h->flow);
}

/* ---- one instant ---- */

static inline void host_route(struct host *h, struct oio_switch *sw, uint32_t port) {
  struct oio_arrival a;
  if (!oio_switch_arrived(sw, h->index_of[port], &a)) return;
  struct oio_hop hop;
  const struct oio_way way = {.source = a.source, .destination = a.destination, .vc = a.vc};
  const bool known = a.source < h->dies && a.destination < h->dies;
  if (!known || !oio_topology_next(h->topology, &way, h->node_of[port], port, a.hop_vc, &hop)) {
    oio_switch_discard(sw, h->now_ps, &a);
    h->discarded++;
    return;
  }
  oio_switch_forward(sw, h->now_ps, &a, h->index_of[hop.port], hop.vc);
}

/* In event fidelity: what was never written is zeros where a bit is wrong, and pointers are none any more. */
static inline void host_clear_untouched(const struct host *h, struct oio_wire *wire) {
  const unsigned touched = wire->touched_bytes - wire->references * (unsigned)sizeof(void *);
  if (h->setup.fidelity == OIO_BIT || wire->touched_bytes == OIO_PAYLOAD_BYTES) return;
  for (unsigned i = touched; i < OIO_PAYLOAD_BYTES; i++) wire->bytes[spec_payload_at(h->setup.format, i)] = 0;
  wire->references = 0;
  wire->touched_bytes = OIO_PAYLOAD_BYTES;
}

/* Wrong bits near the beginning, where most that is decided by stands, and such in the CRC that it agrees. */
static inline void host_forge(struct host *h, struct oio_wire *wire) {
  uint8_t wrong[128] = {0};
  host_clear_untouched(h, wire);
  for (unsigned flips = 1 + (unsigned)chance_below(&h->forging, 3); flips > 0; flips--) {
    const unsigned bit = (unsigned)chance_below(&h->forging, chance_below(&h->forging, 2) == 0 ? 64 : 8 * 100);
    wrong[bit / 8] ^= (uint8_t)(1u << bit % 8);
  }
  const unsigned crc = spec_crc(wrong, 128), at = spec_crc_at(h->setup.format, 0);
  for (unsigned i = 0; i < 128; i++) wire->bytes[i] ^= wrong[i];
  wire->bytes[at] ^= (uint8_t)(crc & 0xFF);
  wire->bytes[at + 1] ^= (uint8_t)(crc >> 8);
  wire->wrong_bits++;
  h->forged++;
}

static inline void host_arrive(struct host *h, uint32_t port, const struct oio_wire *wire) {
  const uint32_t node = h->node_of[port];
  if (h->sw[node] != NULL) {
    oio_switch_rx(h->sw[node], h->index_of[port], h->now_ps, wire);
    host_route(h, h->sw[node], port);
  } else {
    oio_routed_die_rx(h->die[node], h->index_of[port], h->now_ps, wire);
  }
}

static inline void host_rx(struct host *h, uint32_t port) {
  struct oio_channel *wire = h->wire[port ^ 1];
  while (oio_channel_arrival_ps(wire) <= h->now_ps) {
    struct oio_wire arrived = *oio_channel_peek(wire);
    if (h->forge_one_in > 0 && arrived.wrong_bits == 0 && chance_below(&h->forging, h->forge_one_in) == 0) host_forge(h, &arrived);
    host_arrive(h, port, &arrived);
    oio_channel_pop(wire);
  }
}

static inline void host_recv(struct host *h, uint32_t die) {
  struct oio_segment segment;
  uint32_t stirred;
  if (h->asleep_until_ps[die] > h->now_ps) return;
  while (oio_routed_die_take(h->die[die], h->now_ps, &segment, &stirred)) host_note_segment(h, die, &segment);
}

static inline void host_send(struct host *h, uint32_t die) {
  for (uint32_t index; (index = h->next_of_die[die]) != OIO_NONE; h->next_of_die[die] = h->message[index].next_of_source) {
    const struct host_message *m = &h->message[index];
    if (m->time_ps > h->now_ps) return;
    struct oio_hop hop = {0};
    const struct oio_way way = {.source = die, .destination = m->destination, .vc = m->vc};
    if (!oio_topology_next(h->topology, &way, die, OIO_NONE, 0, &hop)) {
      host_complain(h, "no way from, to", die, m->destination);
      return;
    }
    const struct oio_message message = {.vc = m->vc, .destination = m->destination, .id = index, .bytes = m->bytes};
    const enum oio_status status = oio_routed_die_send(h->die[die], h->now_ps, h->index_of[hop.port], hop.vc, &message);
    if (status == OIO_ERR_FULL || status == OIO_ERR_FAILED) return;
    if (status != OIO_OK) {
      host_complain(h, "a message is refused", index, (uint64_t)-status);
      return;
    }
    host_note_sent(h, index);
  }
}

static inline oio_time_ps host_next_tx_ps(const struct host *h, uint32_t port) {
  const uint32_t node = h->node_of[port], index = h->index_of[port];
  const oio_time_ps next_ps = h->sw[node] != NULL ? oio_switch_next_tx_ps(h->sw[node], index, h->now_ps)
                                                  : oio_routed_die_next_tx_ps(h->die[node], index, h->now_ps);
  const oio_time_ps free_ps = oio_channel_free_ps(h->wire[port]);
  return next_ps != OIO_NEVER && next_ps < free_ps ? free_ps : next_ps;
}

static inline bool host_failed(const struct host *h, uint32_t port) {
  const uint32_t node = h->node_of[port], index = h->index_of[port];
  return h->sw[node] != NULL ? oio_switch_failed(h->sw[node], index) : oio_routed_die_failed(h->die[node], index);
}

static inline void host_tx(struct host *h, uint32_t port) {
  if (host_next_tx_ps(h, port) > h->now_ps) return;
  struct oio_wire *slot = oio_channel_slot(h->wire[port]);
  struct oio_stirred stirred;
  const uint32_t node = h->node_of[port], index = h->index_of[port];
  const bool sent = h->sw[node] != NULL ? oio_switch_tx(h->sw[node], index, h->now_ps, slot, &stirred)
                                        : oio_routed_die_tx(h->die[node], index, h->now_ps, slot);
  if (!sent && !host_failed(h, port)) host_complain(h, "next_tx_ps and tx disagree at port", port, 0);
  if (sent) oio_channel_push(h->wire[port], h->now_ps);
}

static inline oio_time_ps host_next_ps(const struct host *h) {
  oio_time_ps next_ps = h->reset_ps;
  for (uint32_t p = 0; p < h->ports; p++) {
    const oio_time_ps arrival_ps = oio_channel_arrival_ps(h->wire[p]), tx_ps = host_next_tx_ps(h, p);
    if (arrival_ps < next_ps) next_ps = arrival_ps;
    if (tx_ps < next_ps) next_ps = tx_ps;
  }
  for (uint32_t d = 0; d < h->dies; d++) {
    const uint32_t index = h->next_of_die[d];
    if (index != OIO_NONE && h->message[index].time_ps > h->now_ps && h->message[index].time_ps < next_ps) {
      next_ps = h->message[index].time_ps;
    }
    if (h->asleep_until_ps[d] > h->now_ps && h->asleep_until_ps[d] < next_ps) next_ps = h->asleep_until_ps[d];
  }
  return next_ps;
}

static inline void host_instant(struct host *h) {
  if (h->reset_ps <= h->now_ps) {
    host_reset(h);
    h->reset_ps = OIO_NEVER;
  }
  for (uint32_t p = 0; p < h->ports; p++) host_rx(h, p);
  for (uint32_t d = 0; d < h->dies; d++) host_recv(h, d);
  for (uint32_t d = 0; d < h->dies; d++) host_send(h, d);
  for (uint32_t p = 0; p < h->ports; p++) host_tx(h, p);
  h->instants++;
}

/* ---- a run ---- */

enum host_end { HOST_DONE, HOST_FAILED, HOST_STANDS, HOST_WRONG };

static inline bool host_complete(const struct host *h) {
  for (uint32_t d = 0; d < h->dies; d++) {
    if (h->next_of_die[d] != OIO_NONE) return false;
  }
  return h->delivered + h->lost == h->sent && h->reset_ps == OIO_NEVER;
}

static inline enum oio_link_failure host_failure(const struct host *h) {
  for (uint32_t p = 0; p < h->ports; p++) {
    const uint32_t node = h->node_of[p], index = h->index_of[p];
    struct oio_link_state s;
    if (!host_failed(h, p)) continue;
    if (h->sw[node] != NULL) {
      oio_switch_get_link_state(h->sw[node], index, &s);
    } else {
      oio_routed_die_get_link_state(h->die[node], index, &s);
    }
    return s.failed;
  }
  return OIO_LINK_ALIVE;
}

/* Until everything is delivered, a link fails, nothing happens any more, or so many instants pass without a delivery. */
static inline enum host_end host_run(struct host *h, uint64_t patience_instants) {
  uint64_t delivered = 0, at = 0;
  host_instant(h);
  while (!h->wrong && !host_complete(h)) {
    if (host_failure(h) != OIO_LINK_ALIVE) return HOST_FAILED;
    const oio_time_ps next_ps = host_next_ps(h);
    if (next_ps == OIO_NEVER) return HOST_STANDS;
    h->now_ps = next_ps;
    host_instant(h);
    if (h->delivered != delivered) at = h->instants;
    delivered = h->delivered;
    if (h->instants - at > patience_instants) return HOST_STANDS;
  }
  return h->wrong ? HOST_WRONG : HOST_DONE;
}

#endif
