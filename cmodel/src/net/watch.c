/* SPDX-License-Identifier: Apache-2.0 */
#include "net/net_state.h"

#include <stdarg.h>
#include <stdio.h>

enum { VALID_FLITS = 1000 };

static oio_time_ps way_ps(const struct oio_config *config, unsigned link_class) {
  return oio_config_class_flight_ps(config, link_class) + config->classes[link_class].logic_ps + config->classes[link_class].skew_ps +
         oio_config_class_fec_ps(config, link_class) + oio_config_class_flit_ps(config, link_class) + 1;
}

static oio_time_ps timers_ps(const struct oio_link_config *link) {
  return link->timeout_ps + link->nak_repeat_ps + 2 * link->ack_delay_ps;
}

oio_time_ps oio_net_patience_ps(const struct oio_config *config) {
  struct oio_bridge_config bridge;
  oio_config_bridge(config, &bridge);
  if (oio_config_is_tunnelled(config)) return 2 * (oio_config_tunnel_loop_ps(config) + timers_ps(&bridge.die)) + config->reset_hold_ps;
  const oio_time_ps ways_ps = 2 * way_ps(config, OIO_CLASS_OPTICAL) + 4 * way_ps(config, OIO_CLASS_DIE_LINK) + 4 * bridge.logic_ps;
  return 2 * (ways_ps + timers_ps(&bridge.optical) + 2 * timers_ps(&bridge.die)) + config->reset_hold_ps;
}

static uint64_t add(uint64_t sum, uint64_t word) {
  return (sum ^ word) * 0x100000001B3u;
}

/* Flits on the way from an end, as both ends count them. */
static uint64_t moved_from(const struct oio_link_state *from, const struct oio_link_state *to) {
  return from->sent_payload + from->sent_replayed + from->sent_nop + to->received;
}

static uint64_t valid_at(const struct oio_link_state *state) {
  return state->received - state->received_invalid;
}

static uint64_t progress_of(const struct oio_net *net, uint64_t messages) {
  uint64_t sum = add(0, messages);
  for (uint32_t p = 0; p < net->ports; p++) {
    struct oio_link_state s;
    (void)oio_net_get_link_state(net, p, &s);
    sum = add(add(add(sum, s.sent_payload), s.sent_replayed), s.received_payload);
    sum = add(add(sum, s.acked), s.credit_limit);
    for (unsigned v = 0; v < OIO_HOP_VCS && net->routed; v++) sum = add(sum, s.hops[v].credit_limit);
  }
  return sum;
}

static void keep(struct oio_net *net, oio_time_ps now_ps, uint64_t progress) {
  net->progress = progress;
  net->progress_ps = now_ps;
  for (uint32_t p = 0; p < net->ports; p++) {
    struct oio_link_state here, there;
    (void)oio_net_get_link_state(net, p, &here);
    (void)oio_net_get_link_state(net, p ^ 1, &there);
    net->port[p].moved = moved_from(&here, &there);
    net->port[p].valid = valid_at(&here);
  }
}

bool oio_net_look(struct oio_net *net, oio_time_ps now_ps, uint64_t messages, bool outstanding) {
  const uint64_t progress = progress_of(net, messages);
  if (progress != net->progress || !outstanding) {
    keep(net, now_ps, progress);
    return false;
  }
  if (now_ps - net->progress_ps <= net->patience_ps) return false;
  bool moves = false;
  for (uint32_t p = 0; p < net->ports; p++) {
    struct oio_link_state here, there;
    (void)oio_net_get_link_state(net, p, &here);
    (void)oio_net_get_link_state(net, p ^ 1, &there);
    if (moved_from(&here, &there) == net->port[p].moved) continue;
    moves = true;
    if (valid_at(&there) - net->port[p ^ 1].valid < VALID_FLITS) return false;
  }
  return moves;
}

struct line {
  char *text;
  int used;
};

__attribute__((format(printf, 2, 3))) static void say(struct line *line, const char *format, ...) {
  if (line->used >= OIO_WAITS_BYTES) return;
  va_list arguments;
  va_start(arguments, format);
  line->used += vsnprintf(line->text + line->used, (size_t)(OIO_WAITS_BYTES - line->used), format, arguments);
  va_end(arguments);
}

static uint16_t next_of(const struct oio_net *net, uint32_t port, uint16_t s) {
  return s == net->port[port].modulus ? 1 : (uint16_t)(s + 1);
}

/* Routed: a hop VC that has used up its credit, and the other end holds what it was used for. */
static void say_hop_wait(unsigned link, char side, unsigned vc, const struct oio_hop_state *here, const struct oio_hop_state *there,
                         struct line *line) {
  if (here->credit_limit != here->sent_total || there->buffered_flits == 0) return;
  say(line, "%slink %u, side %c waits for credit of hop VC %u: sent %u of %u; %c holds %u, tells %u", line->used > 0 ? ", " : "", link,
      side, vc, here->sent_total, here->credit_limit, side == 'A' ? 'B' : 'A', there->buffered_flits, there->credit_sent);
}

/* What the end at a port waits for, if that is the other end's to give. */
static void say_wait(const struct oio_net *net, uint32_t port, struct line *line) {
  struct oio_link_state s, peer;
  if (net->port[port].peer == port) return;
  (void)oio_net_get_link_state(net, port, &s);
  (void)oio_net_get_link_state(net, net->port[port].peer, &peer);
  const char *and = line->used > 0 ? ", " : "";
  const unsigned link = port / 2;
  const char side = port % 2 == 0 ? 'A' : 'B', other = port % 2 == 0 ? 'B' : 'A';
  if (s.next_tx != next_of(net, port, s.acked)) {
    say(line, "%slink %u, side %c waits for the Ack of %u; %c expects %u", and, link, side, next_of(net, port, s.acked), other,
        peer.expected);
  } else if (net->routed && !s.waiting) {
    for (unsigned v = 0; v < OIO_HOP_VCS; v++) say_hop_wait(link, side, v, &s.hops[v], &peer.hops[v], line);
  } else if (!net->routed && s.credit_limit == s.sent_total) {
    const uint16_t taken = (uint16_t)(peer.credit_sent - net->port[net->port[port].peer].buffer_flits);
    say(line, "%slink %u, side %c waits for credit: sent %u of %u; %c took %u, holds %u, tells %u", and, link, side, s.sent_total,
        s.credit_limit, other, taken, peer.buffered_flits, peer.credit_sent);
  } else if (s.waiting) {
    say(line, "%slink %u, side %c waits for the answer to its Nak: expects %u; the next of %c is %u", and, link, side, s.expected, other,
        peer.next_tx);
  }
}

void oio_net_waits(const struct oio_net *net, char text[OIO_WAITS_BYTES]) {
  struct line line = {.text = text};
  for (uint32_t p = 0; p < net->ports && line.used < OIO_WAITS_BYTES; p++) say_wait(net, p, &line);
  if (line.used == 0) say(&line, "no link end waits for the other; what is missing is VC credit, or a part of a message");
}
