/* SPDX-License-Identifier: Apache-2.0 */
#include "sim/lives_state.h"

#include "base/precondition.h"
#include "link/sequence.h"

#include <stdlib.h>
#include <string.h>

/* What a link end had counted when it was last looked at, and what is on the wire that leads from it: a ring of `room` places, a power
 * of two. */
struct port {
  struct oio_link_state seen;
  struct oio_life *under_way;
  uint32_t first, count, room;
  uint64_t sent;
  uint16_t previous; /* sequence of the payload that was sent last */
  uint16_t *replays; /* of each sequence; made with the first replay */
};

struct oio_lives {
  struct oio_net *net;
  const struct oio_flit_format *format;
  bool whole, missing;
  struct port *port;
  struct oio_life *ended;
  size_t count, room;
};

bool oio_lives_create(struct oio_lives **lives, struct oio_net *net, enum oio_fidelity fidelity, const struct oio_flit_format *format) {
  struct oio_lives *made = calloc(1, sizeof *made);
  *lives = made;
  if (made == NULL) return false;
  *made = (struct oio_lives){.net = net, .format = format, .whole = fidelity == OIO_BIT};
  made->port = calloc(net->ports, sizeof *made->port);
  if (made->port == NULL) return false;
  for (uint32_t p = 0; p < net->ports; p++) oio_net_get_link_state(net, p, &made->port[p].seen);
  return true;
}

void oio_lives_destroy(struct oio_lives *lives) {
  if (lives == NULL) return;
  for (uint32_t p = 0; lives->port != NULL && p < lives->net->ports; p++) {
    free(lives->port[p].under_way);
    free(lives->port[p].replays);
  }
  free(lives->port);
  free(lives->ended);
  free(lives);
}

/* The place of the next flit on the wire; NULL: out of memory. */
static struct oio_life *next_place(struct oio_lives *lives, struct port *port) {
  if (port->count == port->room) {
    const uint32_t room = port->room == 0 ? 8 : 2 * port->room;
    struct oio_life *grown = malloc(room * sizeof *grown);
    if (grown == NULL) {
      lives->missing = true;
      return NULL;
    }
    for (uint32_t i = 0; i < port->count; i++) grown[i] = port->under_way[(port->first + i) & (port->room - 1)];
    free(port->under_way);
    port->under_way = grown;
    port->room = room;
    port->first = 0;
  }
  return &port->under_way[(port->first + port->count) & (port->room - 1)];
}

/* The life of the oldest flit on the wire is over. */
static void end_oldest(struct oio_lives *lives, struct port *port, enum oio_verdict verdict) {
  struct oio_life *oldest = &port->under_way[port->first];
  if (lives->count == lives->room) {
    const size_t room = lives->room == 0 ? 256 : 2 * lives->room;
    struct oio_life *grown = realloc(lives->ended, room * sizeof *grown);
    if (grown == NULL) {
      lives->missing = true;
      return;
    }
    lives->ended = grown;
    lives->room = room;
  }
  if (oldest->verdict != OIO_VERDICT_OUT_OF_TURN || verdict != OIO_VERDICT_RESET) oldest->verdict = verdict;
  lives->ended[lives->count++] = *oldest;
  port->first = (port->first + 1) & (port->room - 1);
  port->count--;
}

static bool is_tunnel(const struct oio_lives *lives, uint32_t port) {
  return lives->net->port[port].end.kind == OIO_END_TUNNEL;
}

static uint32_t credit_of(const struct oio_link_state *state, bool routed) {
  if (!routed) return (uint16_t)(state->credit_limit - state->sent_total);
  uint32_t sum = 0;
  for (unsigned vc = 0; vc < OIO_HOP_VCS; vc++) sum += (state->hops[vc].credit_limit - state->hops[vc].sent_total) & 0x7fffu;
  return sum;
}

/* How often a payload had been sent before. A new one begins at 0, whatever had its sequence before it. */
static uint16_t replays_of(struct oio_lives *lives, struct port *port, uint32_t modulus, const struct oio_life *life) {
  if (port->replays == NULL && life->kind == OIO_LIFE_REPLAY) {
    port->replays = calloc(modulus + 1, sizeof *port->replays);
    lives->missing |= port->replays == NULL;
  }
  if (port->replays == NULL) return 0;
  uint16_t *replays = &port->replays[life->sequence];
  if (life->kind != OIO_LIFE_REPLAY) return *replays = 0;
  return *replays == UINT16_MAX ? UINT16_MAX : ++*replays;
}

/* What the transmitter's state says of a flit that it has just made. A payload that has no sequence in its header follows the one before.
 */
static void look_at_transmitter(struct oio_lives *lives, uint32_t wire, struct oio_life *life) {
  struct port *port = &lives->port[wire];
  const struct oio_net_port *end = &lives->net->port[wire];
  const uint64_t replayed = port->seen.sent_replayed;
  oio_net_get_link_state(lives->net, wire, &port->seen);
  life->unacked_flits = port->seen.unacked_flits;
  life->credit_flits = credit_of(&port->seen, lives->net->routed);
  if (life->kind == OIO_LIFE_NOP) return;
  if (port->seen.sent_replayed > replayed) life->kind = OIO_LIFE_REPLAY;
  const uint16_t sequence = life->head.command == OIO_EXPLICIT ? life->head.sequence : oio_sequence_next(end->modulus, port->previous);
  life->sequence = life->kind == OIO_LIFE_PAYLOAD ? oio_sequence_before(end->modulus, port->seen.next_tx) : sequence;
  life->replays = replays_of(lives, port, end->modulus, life);
  port->previous = life->sequence;
}

void oio_lives_sending(struct oio_lives *lives, uint32_t wire, oio_time_ps now_ps, const struct oio_wire *flit) {
  struct port *port = &lives->port[wire];
  struct oio_life *life = next_place(lives, port);
  if (life == NULL) return;
  *life = (struct oio_life){.wire = wire, .number = port->sent++, .sent_ps = now_ps, .whole = lives->whole};
  if (lives->whole) memcpy(life->bytes, flit->bytes, sizeof life->bytes);
  oio_flit_get_head(lives->format, flit->bytes, &life->head);
  if (lives->net->port[wire].modulus < UINT16_MAX) life->head.sequence &= (uint16_t)lives->net->port[wire].modulus;
  life->kind = life->head.protocol == OIO_PROTOCOL_PAYLOAD ? OIO_LIFE_PAYLOAD : OIO_LIFE_NOP;
  if (!is_tunnel(lives, wire)) look_at_transmitter(lives, wire, life);
}

void oio_lives_sent(struct oio_lives *lives, uint32_t wire) {
  struct port *port = &lives->port[wire];
  struct oio_life *life = next_place(lives, port);
  if (life == NULL) return;
  const struct oio_channel *channel = lives->net->port[wire].wire;
  life->left_ps = oio_channel_left_ps(channel);
  life->arrival_ps = oio_channel_last_arrival_ps(channel);
  if (oio_channel_keeps_back(channel)) life->verdict = OIO_VERDICT_OUT_OF_TURN;
  port->count++;
}

/* By what the receiver has counted since it was last looked at. */
static enum oio_verdict verdict_of(const struct oio_lives *lives, const struct oio_link_state *was, const struct oio_link_state *is,
                                   const struct oio_wire *flit) {
  struct oio_flit_head head;
  if (is->received == was->received) return OIO_VERDICT_IGNORED;
  if (is->failed != OIO_LINK_ALIVE) return OIO_VERDICT_FATAL;
  if (is->received_invalid > was->received_invalid) return OIO_VERDICT_INVALID;
  if (is->received_payload > was->received_payload) return OIO_VERDICT_ACCEPTED;
  if (is->received_duplicate > was->received_duplicate) return OIO_VERDICT_DUPLICATE;
  if (is->received_ahead > was->received_ahead) return OIO_VERDICT_AHEAD;
  if (is->received_unknown == was->received_unknown) return OIO_VERDICT_NOP;
  return oio_flit_get_head(lives->format, flit->bytes, &head) ? OIO_VERDICT_UNKNOWN : OIO_VERDICT_DISCARDED;
}

void oio_lives_arrived(struct oio_lives *lives, uint32_t wire) {
  struct port *from = &lives->port[wire], *to = &lives->port[wire ^ 1];
  const struct oio_channel *channel = lives->net->port[wire].wire;
  const struct oio_wire *flit = oio_channel_peek(channel);
  /* No two flits of a wire arrive at one time: what should have come before this one was dropped. */
  while (from->count > 0 && from->under_way[from->first].arrival_ps < oio_channel_arrival_ps(channel) && !lives->missing)
    end_oldest(lives, from, OIO_VERDICT_RESET);
  if (lives->missing) return;
  struct oio_life *life = &from->under_way[from->first];
  if (from->count == 0 || life->arrival_ps > oio_channel_arrival_ps(channel)) { /* a copy: nobody has put it on the wire */
    if (!is_tunnel(lives, wire ^ 1)) oio_net_get_link_state(lives->net, wire ^ 1, &to->seen);
    return;
  }
  const struct oio_link_state was = to->seen;
  life->wrong_bits = flit->wrong_bits;
  if (lives->whole) memcpy(life->bytes, flit->bytes, sizeof life->bytes);
  if (is_tunnel(lives, wire ^ 1)) {
    end_oldest(lives, from, OIO_VERDICT_PASSED);
    return;
  }
  oio_net_get_link_state(lives->net, wire ^ 1, &to->seen);
  end_oldest(lives, from, verdict_of(lives, &was, &to->seen, flit));
}

void oio_lives_end(struct oio_lives *lives) {
  for (uint32_t wire = 0; wire < lives->net->ports; wire++) {
    struct port *port = &lives->port[wire];
    const oio_time_ps first_ps = oio_channel_arrival_ps(lives->net->port[wire].wire);
    while (port->count > 0 && !lives->missing) {
      const bool dropped = port->under_way[port->first].arrival_ps < first_ps;
      end_oldest(lives, port, dropped ? OIO_VERDICT_RESET : OIO_VERDICT_UNDER_WAY);
    }
  }
}

const struct oio_life *oio_lives_ended(const struct oio_lives *lives, size_t *count) {
  *count = lives->count;
  return lives->ended;
}

void oio_lives_forget(struct oio_lives *lives) {
  lives->count = 0;
}

bool oio_lives_short(const struct oio_lives *lives) {
  return lives->missing;
}

const char *oio_life_kind_name(enum oio_life_kind kind) {
  static const char *const names[OIO_LIFE_KINDS] = {"nop", "payload", "replay"};
  OIO_PRECONDITION((unsigned)kind < OIO_LIFE_KINDS);
  return names[kind];
}

const char *oio_verdict_name(enum oio_verdict verdict) {
  static const char *const names[OIO_VERDICTS] = {"accepted", "nop",     "CRC wrong", "discarded", "duplicate", "ahead",      "unknown",
                                                  "failed",   "ignored", "passed",    "reset",     "under way", "out of turn"};
  OIO_PRECONDITION((unsigned)verdict < OIO_VERDICTS);
  return names[verdict];
}
