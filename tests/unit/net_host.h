/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A host of the test's own around a net of any kind: the plainest loop there is, every port looked at in every instant. Messages, how much
 * the consumers take and when, resets and forged flits are chance, drawn from a number in the host. All that a host can see goes into one
 * sum. The host is a value: a copy of it with another net goes on beside it.
 */
#ifndef OIO_TESTS_NET_HOST_H
#define OIO_TESTS_NET_HOST_H

#include "net/net_state.h"
#include "oio/rng.h"
#include "spec_flit.h"

#include <stdlib.h>
#include <string.h>

enum { NET_HOST_VCS = 8, NET_HOST_LOOK_INSTANTS = 16 };

struct net_host {
  struct oio_config config;
  struct oio_net *net;
  oio_time_ps now_ps, send_ps, wake_ps;
  uint64_t stream;                 /* of chance */
  uint64_t ids;                    /* of messages: their number */
  uint64_t sum;                    /* of all that was seen */
  uint64_t instants, flits, taken; /* flits sent, segments taken */
  uint64_t forged;
  uint32_t held[2][NET_HOST_VCS]; /* bytes, of a net of two dies */
  oio_time_ps pause_ps;           /* between messages, in the mean */
  unsigned message_bytes;         /* at most */
  unsigned lazy_one_in;           /* in one of so many instants a consumer takes only some; 0: never */
  unsigned reset_one_in, forge_one_in;
  unsigned bring_instants; /* so long, some messages bring their bytes */
  bool stuck;              /* what the last look said */
};

static inline void net_host_see(struct net_host *h, uint64_t word) {
  h->sum = (h->sum ^ word) * 0x9E3779B97F4A7C15u;
  h->sum ^= h->sum >> 29;
}

static inline void net_host_see_bytes(struct net_host *h, const uint8_t *bytes, size_t nbytes) {
  for (size_t i = 0; i < nbytes; i++) net_host_see(h, bytes[i]);
}

static inline void net_host_see_stamp(struct net_host *h, const struct oio_stamp *stamp) {
  net_host_see(h, stamp->enter_ps);
  for (unsigned part = 0; part < OIO_PART_COUNT; part++) net_host_see(h, stamp->parts_ps[part]);
}

/* 0 .. n-1 */
static inline uint64_t net_host_below(uint64_t *stream, uint64_t n) {
  return oio_mix64((*stream)++) % n;
}

static inline bool net_host_one_in(struct net_host *h, unsigned n) {
  return n > 0 && net_host_below(&h->stream, n) == 0;
}

/* ---- what is on a wire ---- */

static inline void net_host_see_flit(struct net_host *h, uint32_t port, const struct oio_wire *wire) {
  const unsigned format = (unsigned)h->config.link_format;
  net_host_see(h, port);
  net_host_see(h, h->now_ps);
  net_host_see_stamp(h, &wire->stamp);
  net_host_see(h, wire->tainted);
  if (h->config.fidelity == OIO_BIT) {
    net_host_see_bytes(h, wire->bytes, OIO_FLIT_BYTES);
    return;
  }
  net_host_see_bytes(h, wire->bytes + spec_header_at(format), 2);
  net_host_see_bytes(h, wire->bytes + spec_control_at(format), 4);
  net_host_see(h, wire->references);
  const unsigned plain = wire->touched_bytes - wire->references * (unsigned)sizeof(void *);
  for (unsigned i = 0; i < plain; i++) net_host_see(h, wire->bytes[spec_payload_at(format, i)]);
}

/* Wrong bits near the beginning of a payload, which no CRC sees. */
static inline void net_host_forge(struct net_host *h, struct oio_wire *wire) {
  const unsigned format = (unsigned)h->config.link_format;
  const unsigned plain = wire->touched_bytes - wire->references * (unsigned)sizeof(void *);
  if (h->config.fidelity == OIO_EVENT) {
    for (unsigned i = plain; i < OIO_PAYLOAD_BYTES; i++) wire->bytes[spec_payload_at(format, i)] = 0;
    wire->touched_bytes = OIO_PAYLOAD_BYTES;
    wire->references = 0;
  }
  wire->bytes[spec_payload_at(format, (unsigned)net_host_below(&h->stream, 8))] ^= (uint8_t)(1u << net_host_below(&h->stream, 8));
  wire->wrong_bits++;
  if (h->config.fidelity == OIO_BIT) spec_seal(format, wire->bytes);
  h->forged++;
}

/* ---- one instant ---- */

static inline void net_host_arrive(struct net_host *h, uint32_t port) {
  struct oio_channel *channel = oio_net_wire(h->net, port);
  while (oio_channel_arrival_ps(channel) <= h->now_ps) {
    struct oio_wire wire = *oio_channel_peek(channel);
    const bool payload = spec_get_head((unsigned)h->config.link_format, wire.bytes).protocol == SPEC_PAYLOAD;
    if (payload && wire.wrong_bits == 0 && net_host_one_in(h, h->forge_one_in)) net_host_forge(h, &wire);
    oio_net_rx(h->net, port ^ 1, h->now_ps, &wire);
    oio_channel_pop(channel);
  }
}

static inline bool net_host_take_one(struct net_host *h, uint32_t die) {
  struct oio_segment s;
  struct oio_die *of_two = oio_net_die(h->net, die);
  const bool is_held = of_two != NULL && die == 1; /* die 1's consumer holds what it has received, die 0's does not */
  if (!(is_held ? oio_die_recv(of_two, h->now_ps, &s) : oio_net_take(h->net, die, h->now_ps, &s))) return false;
  if (is_held) h->held[die][s.vc] += s.bytes;
  net_host_see(h, h->now_ps);
  net_host_see(h, s.id);
  net_host_see(h, s.bytes | (uint64_t)s.vc << 32 | (uint64_t)s.first << 40 | (uint64_t)s.last << 41 | (uint64_t)s.tainted << 42);
  net_host_see(h, is_held ? 0 : s.source);
  net_host_see(h, s.packed_ps);
  net_host_see_stamp(h, s.stamp);
  if (s.data != NULL) net_host_see_bytes(h, s.data, s.bytes);
  h->taken++;
  return true;
}

static inline void net_host_take(struct net_host *h, uint32_t die) {
  unsigned left = UINT32_MAX;
  if (net_host_one_in(h, h->lazy_one_in)) {
    left = (unsigned)net_host_below(&h->stream, 3);
    h->wake_ps = h->now_ps + 1 + net_host_below(&h->stream, 20000);
  }
  while (left-- > 0 && net_host_take_one(h, die)) continue;
}

/* Some of what is held, in pieces of any size. */
static inline void net_host_release(struct net_host *h, uint32_t die) {
  struct oio_die *of_two = oio_net_die(h->net, die);
  for (unsigned vc = 0; of_two != NULL && vc < NET_HOST_VCS; vc++) {
    uint32_t *held = &h->held[die][vc];
    if (*held == 0 || net_host_below(&h->stream, 3) == 0) continue;
    const uint32_t bytes = 1 + (uint32_t)net_host_below(&h->stream, *held);
    net_host_see(h, (uint64_t)oio_die_release(of_two, h->now_ps, vc, bytes));
    *held -= bytes;
    h->wake_ps = h->now_ps + 1 + net_host_below(&h->stream, 20000);
  }
}

static inline const uint8_t *net_host_bring(struct net_host *h) {
  static const uint8_t data[4096] = {1, 2, 3};
  return h->instants < h->bring_instants && net_host_below(&h->stream, 2) == 0 ? data : NULL;
}

static inline void net_host_send(struct net_host *h) {
  while (h->send_ps <= h->now_ps) {
    const uint32_t dies = oio_net_dies(h->net), die = (uint32_t)net_host_below(&h->stream, dies);
    const struct oio_message message = {
        .vc = (uint8_t)net_host_below(&h->stream, h->config.vc_count),
        .destination = (uint32_t)(die + 1 + net_host_below(&h->stream, dies - 1)) % dies,
        .id = h->ids++,
        .bytes = 1 + net_host_below(&h->stream, net_host_below(&h->stream, 2) == 0 ? 40 : h->message_bytes),
        .data = net_host_bring(h),
    };
    net_host_see(h, (uint64_t)oio_net_send(h->net, die, h->now_ps, &message));
    net_host_see(h, oio_net_queued_in_all(h->net, die));
    h->send_ps += 1 + net_host_below(&h->stream, 2 * h->pause_ps);
  }
}

static inline void net_host_transmit(struct net_host *h, uint32_t port) {
  struct oio_channel *channel = oio_net_wire(h->net, port);
  if (oio_channel_free_ps(channel) > h->now_ps) return;
  struct oio_wire *slot = oio_channel_slot(channel);
  if (!oio_net_tx(h->net, port, h->now_ps, slot)) return;
  net_host_see_flit(h, port, slot);
  oio_channel_push(channel, h->now_ps);
  h->flits++;
}

/* Whether a reset now is one of a part of the net: two of three, of a routed net. */
static inline bool net_host_resets_part(const struct net_host *h) {
  return h->net->routed && h->instants % 3 != 0;
}

/* A die is reset when all that has come has been taken; a consumer that is lazy leaves something. */
static inline void net_host_reset_part(struct net_host *h) {
  const uint32_t links = oio_net_ports(h->net) / 2;
  struct oio_net_part part = {OIO_RESET_LINK, (uint32_t)net_host_below(&h->stream, links)};
  struct oio_lost_walk walk = {0};
  struct oio_lost lost;
  while (oio_net_next_lost(h->net, &part, &walk, &lost)) net_host_see(h, lost.id);
  oio_net_reset_part(h->net, &part, h->now_ps, 1 + net_host_below(&h->stream, 50000));
}

static inline void net_host_instant(struct net_host *h) {
  const uint32_t ports = oio_net_ports(h->net), dies = oio_net_dies(h->net);
  const bool resets = net_host_one_in(h, h->reset_one_in);
  if (resets && !net_host_resets_part(h)) {
    oio_net_reset(h->net);
    memset(h->held, 0, sizeof h->held);
  }
  for (uint32_t p = 0; p < ports; p++) net_host_arrive(h, p);
  for (uint32_t d = 0; d < dies; d++) net_host_take(h, d);
  if (resets && net_host_resets_part(h)) net_host_reset_part(h);
  if (dies == 2) net_host_release(h, 1);
  net_host_send(h);
  for (uint32_t p = 0; p < ports; p++) net_host_transmit(h, p);
  if (++h->instants % NET_HOST_LOOK_INSTANTS == 0) {
    h->stuck = oio_net_look(h->net, h->now_ps, h->taken, true);
    net_host_see(h, h->stuck);
  }
}

/* The next one, if there is anything to do in it. */
static inline bool net_host_step(struct net_host *h) {
  oio_time_ps next_ps = h->send_ps;
  for (uint32_t p = 0; p < oio_net_ports(h->net); p++) {
    const struct oio_channel *channel = oio_net_wire(h->net, p);
    oio_time_ps tx_ps = oio_net_next_tx_ps(h->net, p, h->now_ps);
    if (tx_ps < oio_channel_free_ps(channel)) tx_ps = oio_channel_free_ps(channel);
    if (tx_ps < next_ps) next_ps = tx_ps;
    if (oio_channel_arrival_ps(channel) < next_ps) next_ps = oio_channel_arrival_ps(channel);
  }
  if (h->wake_ps > h->now_ps && h->wake_ps < next_ps) next_ps = h->wake_ps;
  if (next_ps == OIO_NEVER) return false;
  if (next_ps > h->now_ps) h->now_ps = next_ps;
  net_host_instant(h);
  return true;
}

/* ---- what a net says of itself ---- */

static inline uint64_t net_host_malformed(const struct oio_net *net, uint32_t node) {
  const bool is_die = oio_topology_kind(net->topology, node) == OIO_NODE_DIE;
  if (net->routed) return is_die ? oio_routed_die_malformed(net->node[node]) : oio_switch_malformed(net->node[node]);
  return is_die ? oio_die_malformed(net->node[node]) : 0;
}

static inline uint64_t net_host_states(const struct oio_net *net) {
  struct net_host h = {.sum = oio_net_wire_digest(net)};
  for (uint32_t p = 0; p < oio_net_ports(net); p++) {
    struct oio_link_state s;
    struct oio_channel_state wire;
    oio_net_get_link_state(net, p, &s);
    oio_channel_get_state(oio_net_wire((struct oio_net *)net, p), &wire);
    const uint64_t words[] = {s.next_tx,
                              s.acked,
                              s.expected,
                              s.sent_total,
                              s.credit_limit,
                              s.credit_sent,
                              s.round,
                              s.round_seen,
                              s.failed,
                              s.waiting,
                              s.lost,
                              s.unacked_flits,
                              s.buffered_flits,
                              s.sent_payload,
                              s.sent_nop,
                              s.sent_replayed,
                              s.received,
                              s.received_payload,
                              s.received_invalid,
                              s.received_duplicate,
                              s.received_ahead,
                              s.received_unknown,
                              s.undetected,
                              s.asked_crc,
                              s.asked_sequence,
                              s.timeouts,
                              s.replays,
                              s.decision_digest,
                              wire.flits,
                              wire.wrong_bits,
                              wire.wrong_flits,
                              wire.codewords,
                              wire.corrected_symbols,
                              wire.uncorrectable_codewords,
                              wire.miscorrected_codewords,
                              wire.condemned_flits,
                              wire.events,
                              wire.dark_flits,
                              wire.remaps,
                              wire.digest};
    for (size_t i = 0; i < sizeof words / sizeof *words; i++) net_host_see(&h, words[i]);
    for (unsigned v = 0; v < OIO_HOP_VCS; v++) {
      net_host_see(&h, s.hops[v].sent_total | (uint64_t)s.hops[v].credit_limit << 16 | (uint64_t)s.hops[v].credit_sent << 32);
      net_host_see(&h, s.hops[v].buffered_flits);
    }
  }
  for (uint32_t n = 0; n < net->nodes; n++) net_host_see(&h, net_host_malformed(net, n));
  return h.sum;
}

/* ---- one that stands still ---- */

/* No message comes any more, until nothing is left to do. */
static inline void net_host_rest(struct net_host *h) {
  h->send_ps = OIO_NEVER;
  for (unsigned i = 0; i < 100000 && net_host_step(h); i++) continue;
}

/* NOPs that tell nothing new come to port 0, so many before each look, and a look each each_ps: motion without progress. Returns at which
 * look that is seen. */
static inline unsigned net_host_look_at_nops(struct net_host *h, oio_time_ps each_ps, unsigned nops) {
  struct oio_wire nop = {.touched_bytes = OIO_PAYLOAD_BYTES};
  struct oio_link_state s;
  oio_net_get_link_state(h->net, 0, &s);
  const struct spec_head head = {
      .protocol = SPEC_NOP, .command = SPEC_ACK, .s = s.acked, .round = s.round_seen, .echo = s.round, .credit = s.credit_limit};
  spec_make((unsigned)h->config.link_format, nop.bytes, head, NULL);
  for (unsigned look = 1; look < 100; look++) {
    h->now_ps += each_ps;
    for (unsigned i = 0; i < nops; i++) oio_net_rx(h->net, 0, h->now_ps, &nop);
    if (oio_net_look(h->net, h->now_ps, 1, true)) return look;
  }
  return 0;
}

/* ---- making ---- */

static inline struct oio_net *net_host_net(const struct oio_config *config) {
  struct oio_net *net;
  struct oio_error error;
  if (oio_net_create(&net, config, NULL, &error) != OIO_OK) return NULL;
  return net;
}

static inline uint64_t net_host_pick(uint64_t *stream, const uint64_t *of, unsigned count) {
  return of[net_host_below(stream, count)];
}

/* Small windows and buffers, so that each of them binds now and then; errors on all links. */
static inline void net_host_draw_links(struct oio_config *config, uint64_t *stream) {
  static const double rates[] = {0, 1e-5, 1e-4, 2e-4, 8e-4};
  const double rate = rates[net_host_below(stream, 5)];
  const uint64_t length_m = net_host_pick(stream, (const uint64_t[]){0, 1, 4, 9}, 4);
  const uint64_t window = net_host_pick(stream, (const uint64_t[]){0, 1, 3, 12, 60}, 5);
  const uint64_t buffer = net_host_pick(stream, (const uint64_t[]){0, 1, 4, 16}, 4);
  const uint64_t lanes = net_host_pick(stream, (const uint64_t[]){16, 7, 12}, 3); /* 7: a flit is no whole number of picoseconds */
  const uint64_t fec = oio_mix64(*stream);                                        /* a third of them; what else is drawn stays as it is */
  for (unsigned i = 0; i < OIO_LINK_CLASSES; i++) {
    struct oio_link_class *link = &config->classes[i];
    link->bit_error_rate = i == OIO_CLASS_DIE_LINK ? rate / 4 : rate;
    if (fec % 3 == 0 && i != OIO_CLASS_DIE_LINK) {
      link->bit_error_rate = 3 * rate;
      link->fec = fec / 540000 % 8 == 0 ? OIO_FEC_FLIT : OIO_FEC_KP4 + fec / 3 % 3;
      link->fec_ways = link->fec == OIO_FEC_FLIT ? 1 : (uint64_t)1 << fec / 9 % 3;
      link->fec_ps = fec / 27 % 20000;
    }
    link->length_m = (double)length_m;
    link->lanes = lanes;
    link->window_flits = i == OIO_CLASS_DIE_LINK && window == 0 ? 20 : window;
    link->buffer_flits = i == OIO_CLASS_DIE_LINK && buffer == 0 ? 8 : buffer;
  }
}

/* Lanes that die and are replaced, a wire that goes down, rates that change; in a fourth of the runs each, and half have no more than that.
 */
static inline void net_host_draw_faults(struct oio_config *config, uint64_t kind) {
  static const char *const schedules[] = {
      "at 200ns all: lane 1 dies; at 900ns all: lane 1 returns; at 1us wire 0: laser 0 dies",
      "at 100ns all: down for 300ns; at 700ns link 0: fibre 1 cut; at 1500ns all: down for 50ns, 3 times every 200ns",
      "at 150ns all: error rate 2e-4; at 400ns all: loss 0.5 dB; at 600ns all: loss -1 dB over 300ns; at 450ns all: warms 0.4 K over 200ns",
      "at 200ns all: lane 2 dies; at 260ns all: lane 3 dies; at 1us all: error rate 1e-4"};
  static const char *const processes[] = {"independent", "precoded:0.7", "two-state:1e-3:0.1:20000", "pam4:0.6+two-state:1e-3:0.1:20000"};
  static const char *const flits[] = {"at flit 9 all: flip bits 7,900, 9 times every 13 flits; at flit 30 all: drop; at flit 20 wire 1: "
                                      "lose ack; at flit 21 all: delay 7ns",
                                      "at 300ns all: burst of 40 bits at 900; at flit 2 all: lose credit, 3 times every 20 flits; from "
                                      "flit 0 to flit 90 all: damage header, "
                                      "one flit in 20"};
  if (kind / 3 % 4 == 0) strcpy(config->faults, flits[kind / 18432 % 2]);
  if (kind % 2 != 0) return;
  for (unsigned i = 0; i < OIO_LINK_CLASSES; i++) {
    struct oio_link_class *link = &config->classes[i];
    link->stripe_bits = (const uint64_t[]){1, 10, 64}[kind / 2 % 3];
    link->lane_spread = kind / 6 % 2 == 0 ? 0 : 0.4;
    link->spare_lanes = kind / 12 % 2;
    link->remap_ps = kind / 24 % 3 * 60000;
    link->wavelengths = 3;
    link->laser_fibres = 1;
    link->skew_ps = kind / 72 % 2 * 500;
    link->walk = kind / 144 % 2 == 0 ? 0 : 0.5;
    link->walk_ps = 2000000;
    link->ring_pm_per_k = 80;
    link->marker_bits = kind / 2304 % 2 == 0 ? 0 : 700;
    link->marker_period_bits = 9000;
    strcpy(link->errors, processes[kind / 4608 % 4]);
    if (kind / 4608 % 4 > 1 && link->bit_error_rate > 0) link->bit_error_rate = 2e-4;
  }
  if (kind / 288 % 2 == 0) strcpy(config->faults, schedules[kind / 576 % 4]);
}

/* Every other net with bridges has tunnels. */
static inline void net_host_draw_bridges(struct oio_config *config, uint64_t kind) {
  if (strcmp(config->net, "bridged") != 0 || kind % 2 != 0) return;
  config->bridge_mode = OIO_BRIDGE_TUNNEL;
  config->bridge_buffer_flits = 1 + kind / 2 % 6;
  config->bridge_logic_ps = kind / 12 % 3 * 7000;
  config->classes[OIO_CLASS_DIE_LINK].lane_rate_gbps = kind / 36 % 2 == 0 ? 32 : 40;
}

/* A run of any kind, not yet begun; of a shape, or NULL: of any. Its net is NULL where the configuration does not hold. */
static inline void net_host_draw(struct net_host *h, const char *shape, uint64_t stream) {
  static const char *const shapes[] = {"pair",     "bridged",   "pair",   "bridged",        "ring:4",     "star:4",
                                       "mesh:2x2", "torus:3x3", "full:4", "leaf-spine:2,2", "fat-tree:2", "star:2"};
  struct oio_error error;
  memset(h, 0, sizeof *h);
  oio_config_defaults(&h->config);
  struct oio_config *config = &h->config;
  const unsigned number = (unsigned)net_host_below(&stream, sizeof shapes / sizeof *shapes);
  strcpy(config->net, shape != NULL ? shape : shapes[number]);
  config->seed = net_host_below(&stream, 1000);
  config->fidelity = net_host_below(&stream, 2);
  config->link_format = net_host_below(&stream, 2) == 0 ? 3 : 6;
  config->link_ack_delay_flits = net_host_pick(&stream, (const uint64_t[]){0, 3, 16}, 3);
  config->link_replay_limit = net_host_pick(&stream, (const uint64_t[]){2, 4, 1000}, 3);
  config->switch_queues = net_host_below(&stream, 2);
  config->switch_turns = config->seed % 2;
  config->vc_count = 1 + net_host_below(&stream, NET_HOST_VCS);
  config->vc_buffer_bytes = net_host_pick(&stream, (const uint64_t[]){16, 300, 2000, 65536}, 4);
  net_host_draw_links(config, &stream);
  net_host_draw_faults(config, oio_mix64(stream + 1));
  net_host_draw_bridges(config, oio_mix64(stream + 2));
  h->pause_ps = net_host_pick(&stream, (const uint64_t[]){2000, 8000, 30000}, 3);
  h->message_bytes = (unsigned)net_host_pick(&stream, (const uint64_t[]){60, 700, 4000}, 3);
  h->lazy_one_in = (unsigned)net_host_pick(&stream, (const uint64_t[]){0, 1, 2, 10}, 4);
  h->reset_one_in = (unsigned)net_host_pick(&stream, (const uint64_t[]){0, 0, 900}, 3);
  h->forge_one_in = (unsigned)net_host_pick(&stream, (const uint64_t[]){0, 0, 20, 150}, 4);
  h->bring_instants = (unsigned)net_host_pick(&stream, (const uint64_t[]){0, 0, 30}, 3);
  h->stream = oio_mix64(stream);
  if (oio_config_resolve(config, &error) == OIO_OK) h->net = net_host_net(config);
}

/* Another net of its shape: no errors, and more to send than there is room for. */
static inline void net_host_crowd(struct net_host *h) {
  oio_net_destroy(h->net);
  for (unsigned i = 0; i < OIO_LINK_CLASSES; i++) {
    h->config.classes[i].bit_error_rate = 0;
    h->config.classes[i].window_flits = 12;
    h->config.classes[i].buffer_flits = 4;
  }
  h->net = net_host_net(&h->config);
  h->pause_ps = 1500;
  h->message_bytes = 2000;
  h->lazy_one_in = h->reset_one_in = h->forge_one_in = h->bring_instants = 0;
}

/* ---- checkpoints ---- */

struct net_host_bytes {
  uint8_t *at;
  size_t nbytes;
};

/* NULL: refused. */
static inline struct net_host_bytes net_host_save(const struct oio_net *net) {
  struct net_host_bytes saved = {NULL, 0};
  if (oio_net_save(net, NULL, &saved.nbytes, NULL) != OIO_OK) return saved;
  saved.at = malloc(saved.nbytes);
  if (saved.at != NULL && oio_net_save(net, saved.at, &saved.nbytes, NULL) == OIO_OK) return saved;
  free(saved.at);
  return (struct net_host_bytes){NULL, 0};
}

/* At the first instant at which it can be: no bytes that were brought are on their way. */
static inline struct net_host_bytes net_host_save_soon(struct net_host *h) {
  struct net_host_bytes saved = net_host_save(h->net);
  for (unsigned i = 0; i < 2000 && saved.at == NULL && !oio_net_failed(h->net); i++) {
    net_host_step(h);
    saved = net_host_save(h->net);
  }
  return saved;
}

static inline bool net_host_saves_the_same(const struct oio_net *net, const struct net_host_bytes *as) {
  const struct net_host_bytes saved = net_host_save(net);
  const bool same = saved.at != NULL && as->at != NULL && saved.nbytes == as->nbytes && memcmp(saved.at, as->at, as->nbytes) == 0;
  free(saved.at);
  return same;
}

#endif
