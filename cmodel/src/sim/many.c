/* SPDX-License-Identifier: Apache-2.0 */
#include "sim/many.h"

#include "base/cold.h"
#include "base/memory.h"
#include "base/sort.h"
#include "sim/lives_state.h"

#include <stdatomic.h>
#include <stdlib.h>

/* A port. */
struct entry {
  oio_time_ps arrival_ps; /* when the next flit arrives; OIO_NEVER when there is none, or it is not ours to take */
  oio_time_ps tx_ps;      /* when its next flit starts, if nothing happens here before; doubtful: not earlier */
  struct oio_channel *out, *in;
  struct oio_many *peer; /* the share at the other end of the link */
  uint32_t peer_leaf;
  uint32_t port;
  uint32_t sent_round; /* the last in which the peer, another share, has been told of a flit */
  bool ours;
  bool doubtful; /* the transmitting end is to be asked, but not before its wire is free */
  bool dirty;    /* its place in the tree is to be looked at */
};

/* Leaves whose wires have got flits from other shares in a round, each once. */
struct inbox {
  uint32_t *leaf;
  atomic_uint count;
};

struct oio_many {
  struct oio_net *net;
  const struct oio_shares *shares;
  struct entry *entry; /* by leaf, in order of the ports */
  oio_time_ps *least;  /* the tree: 1 is its root, 2i and 2i+1 hang from i, leaf i is at size + i */
  uint32_t count, size;
  struct oio_stirs *stirs, own;
  uint32_t *dirty, dirty_count; /* leaves */
  uint32_t *dies, dies_count;   /* that got something in this instant */
  bool *got;                    /* is the die among them? */
  struct inbox inbox[2];        /* of rounds with an even and an odd number */
  oio_time_ps sent_ps, last_ps;
  uint32_t share;
  bool failed, opened;
  struct oio_lives *lives; /* or NULL */
};

static oio_time_ps earlier(oio_time_ps a, oio_time_ps b) {
  return a < b ? a : b;
}

static oio_time_ps later(oio_time_ps a, oio_time_ps b) {
  return a > b ? a : b;
}

/* ---- life ---- */

static bool make(struct oio_many *m) {
  const uint32_t dies = m->share == 0 ? m->net->dies : 1;
  for (m->size = 1; m->size < m->count;) m->size *= 2;
  m->entry = calloc(m->count, sizeof *m->entry);
  m->least = calloc(2 * (size_t)m->size, sizeof *m->least);
  m->dirty = calloc(m->count, sizeof *m->dirty);
  m->own.port = calloc(m->count, sizeof *m->own.port);
  m->dies = calloc(dies, sizeof *m->dies);
  m->got = calloc(dies, sizeof *m->got);
  for (unsigned i = 0; i < 2; i++) m->inbox[i].leaf = calloc(m->count, sizeof *m->inbox[i].leaf);
  return m->entry != NULL && m->least != NULL && m->dirty != NULL && m->own.port != NULL && m->dies != NULL && m->got != NULL &&
         m->inbox[0].leaf != NULL && m->inbox[1].leaf != NULL;
}

void oio_many_memory(uint32_t ports, uint32_t dies, struct oio_memory *memory) {
  const struct oio_many *m = NULL;
  uint64_t size = 1;
  while (size < ports) size *= 2;
  oio_memory_add(memory, sizeof *m);
  oio_memory_add(memory, ports * sizeof *m->entry);
  oio_memory_add(memory, 2 * size * sizeof *m->least);
  oio_memory_add(memory, ports * sizeof *m->dirty);
  oio_memory_add_untouched(memory, ports * sizeof *m->own.port);
  oio_memory_add_untouched(memory, dies * (sizeof *m->dies + sizeof *m->got));
  oio_memory_add_untouched(memory, 2 * ports * sizeof *m->inbox[0].leaf);
}

bool oio_many_create(struct oio_many **many, struct oio_net *net, const struct oio_shares *shares, uint32_t share, const uint32_t *ports,
                     uint32_t count) {
  struct oio_many *made = calloc(1, sizeof *made);
  *many = made;
  if (made == NULL) return false;
  made->net = net;
  made->shares = shares;
  made->share = share;
  made->count = count;
  made->sent_ps = OIO_NEVER;
  if (!make(made)) return false;
  made->stirs = share == 0 ? &net->stirs : &made->own;
  for (uint32_t leaf = 0; leaf < count; leaf++) {
    const uint32_t p = ports[leaf];
    made->entry[leaf] = (struct entry){
        .port = p, .out = net->port[p].wire, .in = net->port[p ^ 1].wire, .ours = oio_net_ours(net, p), .sent_round = shares->round};
    shares->leaf_of[p] = leaf;
  }
  return true;
}

void oio_many_join(struct oio_many *m) {
  for (uint32_t leaf = 0; leaf < m->count; leaf++) {
    struct entry *e = &m->entry[leaf];
    e->peer = m->shares->many[m->shares->of_node[m->net->port[e->port ^ 1].node]];
    e->peer_leaf = m->shares->leaf_of[e->port ^ 1];
  }
}

void oio_many_destroy(struct oio_many *many) {
  if (many == NULL) return;
  free(many->entry);
  free(many->least);
  free(many->dirty);
  free(many->own.port);
  free(many->dies);
  free(many->got);
  for (unsigned i = 0; i < 2; i++) free(many->inbox[i].leaf);
  free(many);
}

void oio_many_keep_lives(struct oio_many *many, struct oio_lives *lives) {
  many->lives = lives;
}

/* ---- the tree ---- */

/* The leaf's time is what its entry says. */
static void settle(struct oio_many *m, uint32_t leaf) {
  oio_time_ps time_ps = earlier(m->entry[leaf].arrival_ps, m->entry[leaf].tx_ps);
  for (uint32_t at = m->size + leaf; m->least[at] != time_ps; at /= 2) {
    m->least[at] = time_ps;
    if (at == 1) return;
    time_ps = earlier(time_ps, m->least[at ^ 1]);
  }
}

/* The first leaf from `leaf` on whose time is up to now; `size`: there is none. */
static uint32_t due_from(const struct oio_many *m, uint32_t leaf, oio_time_ps now_ps) {
  if (leaf >= m->size) return m->size;
  uint32_t at = m->size + leaf;
  while (m->least[at] > now_ps) {
    while (at % 2 == 1) at /= 2; /* what hangs to the left of the way up has been looked at */
    if (at == 0) return m->size;
    at++;
  }
  while (at < m->size) {
    at *= 2;
    if (m->least[at] > now_ps) at++;
  }
  return at - m->size;
}

static uint32_t first_leaf(const struct oio_many *m) {
  uint32_t at = 1;
  while (at < m->size) {
    at *= 2;
    if (m->least[at] != m->least[1]) at++;
  }
  return at - m->size;
}

static void make_tree(struct oio_many *m) {
  for (uint32_t leaf = 0; leaf < m->size; leaf++) {
    struct entry *e = &m->entry[leaf];
    m->least[m->size + leaf] = leaf < m->count ? earlier(e->arrival_ps, e->tx_ps) : OIO_NEVER;
    if (leaf < m->count) e->dirty = false;
  }
  for (uint32_t at = m->size; --at > 0;) m->least[at] = earlier(m->least[2 * at], m->least[2 * at + 1]);
  m->dirty_count = 0;
}

static void touch(struct oio_many *m, uint32_t leaf) {
  if (m->entry[leaf].dirty) return;
  m->entry[leaf].dirty = true;
  m->dirty[m->dirty_count++] = leaf;
}

static void settle_dirty(struct oio_many *m) {
  for (uint32_t i = 0; i < m->dirty_count; i++) {
    m->entry[m->dirty[i]].dirty = false;
    settle(m, m->dirty[i]);
  }
  m->dirty_count = 0;
}

/* ---- what the entries say ---- */

/* When the port transmits may have changed. */
static void doubt(struct entry *e) {
  e->tx_ps = oio_channel_free_ps(e->out);
  e->doubtful = true;
}

static oio_time_ps arrival_of(const struct entry *e) {
  return e->ours ? oio_channel_arrival_ps(e->in) : OIO_NEVER;
}

void oio_many_doubt_all(struct oio_many *m) {
  for (uint32_t leaf = 0; leaf < m->count; leaf++) {
    m->entry[leaf].arrival_ps = arrival_of(&m->entry[leaf]);
    doubt(&m->entry[leaf]);
  }
  oio_net_forget_stirred(m->net, m->stirs);
  make_tree(m);
}

void oio_many_look_at_arrivals(struct oio_many *m) {
  for (uint32_t leaf = 0; leaf < m->count; leaf++) m->entry[leaf].arrival_ps = arrival_of(&m->entry[leaf]);
  make_tree(m);
}

/* The net's notes into doubts. */
static void take_stirred(struct oio_many *m) {
  for (uint32_t i = 0; i < m->stirs->count; i++) {
    const uint32_t leaf = m->shares->leaf_of[m->stirs->port[i]];
    doubt(&m->entry[leaf]);
    touch(m, leaf);
  }
  oio_net_forget_stirred(m->net, m->stirs);
}

oio_time_ps oio_many_next_ps(struct oio_many *m, oio_time_ps now_ps) {
  take_stirred(m);
  settle_dirty(m);
  for (;;) {
    const uint32_t leaf = first_leaf(m);
    struct entry *e = &m->entry[leaf];
    if (!e->doubtful || e->arrival_ps <= e->tx_ps) return later(m->least[1], now_ps);
    e->doubtful = false;
    const oio_time_ps asked_ps = oio_net_port_next_tx_ps(&m->net->port[e->port], later(e->tx_ps, now_ps));
    e->tx_ps = later(asked_ps, e->tx_ps);
    settle(m, leaf);
  }
}

/* ---- in ---- */

static void note_die(struct oio_many *m, uint32_t node) {
  if (node >= m->net->dies || m->got[node]) return;
  m->got[node] = true;
  m->dies[m->dies_count++] = node;
}

/* Here and below `lives` is a constant: where nobody asks for them, nothing of them is there. */
static inline void receive_at(struct oio_many *m, uint32_t leaf, oio_time_ps now_ps, bool lives) {
  struct entry *e = &m->entry[leaf];
  const struct oio_net_port *port = &m->net->port[e->port];
  struct oio_channel *wire = e->in;
  do {
    if (m->net->routed) {
      oio_net_routed_rx(m->net, m->stirs, e->port, now_ps, oio_channel_peek(wire));
    } else {
      oio_net_rx(m->net, e->port, now_ps, oio_channel_peek(wire));
    }
    if (lives) oio_lives_arrived(m->lives, e->port ^ 1);
    oio_channel_pop(wire);
    e->arrival_ps = oio_channel_arrival_ps(wire);
  } while (e->arrival_ps <= now_ps);
  m->failed |= oio_end_failed(&port->end);
  doubt(e);
  touch(m, leaf);
  note_die(m, port->node);
}

static inline void receive(struct oio_many *m, oio_time_ps now_ps, struct oio_traffic *traffic, bool lives) {
  /* What changes here is dirty, and not in the tree until all have received. */
  for (uint32_t leaf = due_from(m, 0, now_ps); leaf < m->size; leaf = due_from(m, leaf + 1, now_ps)) {
    if (m->entry[leaf].arrival_ps <= now_ps) receive_at(m, leaf, now_ps, lives);
  }
  oio_sort_numbers(m->dies, m->dies_count);
  for (uint32_t i = 0; i < m->dies_count; i++) {
    struct oio_segment segment;
    const uint32_t die = m->dies[i];
    while (oio_net_take(m->net, die, now_ps, &segment)) oio_traffic_deliver(traffic, now_ps, die, &segment);
    m->got[die] = false;
  }
  m->dies_count = 0;
}

OIO_FLAT void oio_many_receive(struct oio_many *many, oio_time_ps now_ps, struct oio_traffic *traffic) {
  receive(many, now_ps, traffic, false);
}

OIO_COLD void oio_many_receive_with_lives(struct oio_many *many, oio_time_ps now_ps, struct oio_traffic *traffic) {
  receive(many, now_ps, traffic, true);
}

/* ---- out ---- */

OIO_COLD static enum oio_status not_taken(uint32_t port, struct oio_error *error) {
  return oio_error_set(error, OIO_ERR_FULL,
                       "link %u, side %c: nothing takes the flits that arrive there; the host has to, of every link end that it left out",
                       port / 2, port % 2 == 0 ? 'B' : 'A');
}

/* A flit is there where none was. */
static void look_at_leaf(struct oio_many *m, uint32_t leaf) {
  struct entry *e = &m->entry[leaf];
  if (e->arrival_ps != OIO_NEVER) return;
  e->arrival_ps = arrival_of(e);
  touch(m, leaf);
}

static void tell(struct oio_many *m, uint32_t leaf, uint32_t round) {
  struct inbox *inbox = &m->inbox[round % 2];
  inbox->leaf[atomic_fetch_add_explicit(&inbox->count, 1, memory_order_relaxed)] = leaf;
}

/* A flit is on its way from the port. */
static void note_sent(struct oio_many *m, struct entry *e) {
  if (e->peer == m) {
    look_at_leaf(m, e->peer_leaf);
    return;
  }
  m->sent_ps = earlier(m->sent_ps, oio_channel_last_arrival_ps(e->out));
  if (e->sent_round == m->shares->round) return;
  e->sent_round = m->shares->round;
  tell(e->peer, e->peer_leaf, e->sent_round);
}

static inline enum oio_status transmit_at(struct oio_many *m, uint32_t leaf, oio_time_ps now_ps, struct oio_traffic *traffic, bool lives,
                                          struct oio_error *error) {
  struct entry *e = &m->entry[leaf];
  const struct oio_net_port *from = &m->net->port[e->port];
  struct oio_wire *slot = oio_channel_slot(e->out);
  if (slot == NULL) return not_taken(e->port, error);
  if (m->net->routed ? oio_net_routed_tx(m->net, m->stirs, e->port, now_ps, slot) : oio_net_tx(m->net, e->port, now_ps, slot)) {
    if (lives) oio_lives_sending(m->lives, e->port, now_ps, slot);
    oio_channel_push(e->out, now_ps);
    if (lives) oio_lives_sent(m->lives, e->port);
    note_sent(m, e);
    if (from->node < m->net->dies) {
      m->opened = true;
      oio_traffic_room(traffic, from->node);
    }
  } else {
    m->failed |= oio_end_failed(&from->end);
  }
  doubt(e);
  settle(m, leaf);
  return OIO_OK;
}

static inline enum oio_status transmit(struct oio_many *m, oio_time_ps now_ps, struct oio_traffic *traffic, bool lives,
                                       struct oio_error *error) {
  take_stirred(m);
  settle_dirty(m);
  for (uint32_t leaf = due_from(m, 0, now_ps); leaf < m->size; leaf = due_from(m, leaf + 1, now_ps)) {
    const enum oio_status status = transmit_at(m, leaf, now_ps, traffic, lives, error);
    if (status != OIO_OK) return status;
    /* What it has stirred is asked in its turn of this instant, or when that is over at the next event. */
    for (uint32_t i = 0; i < m->stirs->count; i++) {
      const uint32_t stirred = m->shares->leaf_of[m->stirs->port[i]];
      doubt(&m->entry[stirred]);
      settle(m, stirred);
    }
    oio_net_forget_stirred(m->net, m->stirs);
  }
  return OIO_OK;
}

OIO_FLAT enum oio_status oio_many_transmit(struct oio_many *many, oio_time_ps now_ps, struct oio_traffic *traffic,
                                           struct oio_error *error) {
  return transmit(many, now_ps, traffic, false, error);
}

OIO_COLD enum oio_status oio_many_transmit_with_lives(struct oio_many *many, oio_time_ps now_ps, struct oio_traffic *traffic,
                                                      struct oio_error *error) {
  return transmit(many, now_ps, traffic, true, error);
}

bool oio_many_failed(const struct oio_many *many) {
  return many->failed;
}

bool oio_many_opened(struct oio_many *many) {
  const bool opened = many->opened;
  many->opened = false;
  return opened;
}

/* ---- rounds of a share ---- */

oio_time_ps oio_many_sent_ps(const struct oio_many *many) {
  return many->sent_ps;
}

/* What the round before this one has filled. */
static unsigned filled(const struct oio_many *m) {
  return (m->shares->round + 1) % 2;
}

bool oio_many_has_sent(const struct oio_many *many) {
  return atomic_load_explicit(&many->inbox[filled(many)].count, memory_order_relaxed) > 0;
}

void oio_many_begin_round(struct oio_many *m) {
  struct inbox *inbox = &m->inbox[filled(m)];
  const uint32_t count = atomic_load_explicit(&inbox->count, memory_order_relaxed);
  m->sent_ps = OIO_NEVER;
  for (uint32_t i = 0; i < count; i++) look_at_leaf(m, inbox->leaf[i]);
  atomic_store_explicit(&inbox->count, 0, memory_order_relaxed);
}

enum oio_status oio_many_run(struct oio_many *m, oio_time_ps now_ps, oio_time_ps until_ps, struct oio_error *error) {
  enum oio_status status = OIO_OK;
  while (status == OIO_OK && (now_ps = oio_many_next_ps(m, now_ps)) < until_ps) {
    m->last_ps = now_ps;
    oio_many_receive(m, now_ps, NULL);
    status = oio_many_transmit(m, now_ps, NULL, error);
  }
  return status;
}

oio_time_ps oio_many_last_ps(const struct oio_many *many) {
  return many->last_ps;
}
