/* SPDX-License-Identifier: Apache-2.0 */
#include "sim/many.h"

#include "base/cold.h"

#include <stdlib.h>

/* A wire, by the port that it leads from. */
struct entry {
  oio_time_ps arrival_ps; /* when its next flit arrives; OIO_NEVER when there is none, or it is not ours to take */
  oio_time_ps tx_ps;      /* when its next flit starts, if nothing happens at the transmitting end before; doubtful: not earlier */
  oio_time_ps key_ps;     /* the lesser of both, as the heap has it: one changes at a time, so that the heap holds */
  uint32_t place;         /* in the heap */
  bool doubtful;          /* the transmitting end is to be asked, but not before its wire is free */
  bool dirty;             /* its place in the heap is to be looked at */
};

struct oio_many {
  struct oio_net *net;
  uint32_t ports;
  struct entry *entry;
  uint32_t *heap; /* ports, a binary heap by their keys */
  uint32_t *dirty, dirty_count;
  uint32_t *due, due_count;   /* ports of this instant: sorted for rx; a heap by number for tx */
  uint32_t *dies, dies_count; /* that got something in this instant */
  bool *got;                  /* is the die among them? */
  bool failed, opened;
};

static oio_time_ps earlier(oio_time_ps a, oio_time_ps b) {
  return a < b ? a : b;
}

static oio_time_ps later(oio_time_ps a, oio_time_ps b) {
  return a > b ? a : b;
}

static oio_time_ps key_of(const struct oio_many *m, uint32_t port) {
  return m->entry[port].key_ps;
}

static void set_key(struct oio_many *m, uint32_t port) {
  m->entry[port].key_ps = earlier(m->entry[port].arrival_ps, m->entry[port].tx_ps);
}

bool oio_many_create(struct oio_many **many, struct oio_net *net) {
  const uint32_t ports = oio_net_ports(net);
  struct oio_many *made = calloc(1, sizeof *made);
  *many = made;
  if (made == NULL) return false;
  made->net = net;
  made->ports = ports;
  made->entry = calloc(ports, sizeof *made->entry);
  made->heap = calloc(ports, sizeof *made->heap);
  made->dirty = calloc(ports, sizeof *made->dirty);
  made->due = calloc(ports, sizeof *made->due);
  made->dies = calloc(oio_net_dies(net), sizeof *made->dies);
  made->got = calloc(oio_net_dies(net), sizeof *made->got);
  if (made->entry == NULL || made->heap == NULL || made->dirty == NULL || made->due == NULL || made->dies == NULL || made->got == NULL)
    return false;
  for (uint32_t p = 0; p < ports; p++) made->heap[p] = made->entry[p].place = p;
  return true;
}

void oio_many_destroy(struct oio_many *many) {
  if (many == NULL) return;
  free(many->entry);
  free(many->heap);
  free(many->dirty);
  free(many->due);
  free(many->dies);
  free(many->got);
  free(many);
}

static void put(struct oio_many *m, uint32_t place, uint32_t port) {
  m->heap[place] = port;
  m->entry[port].place = place;
}

static void rise(struct oio_many *m, uint32_t place) {
  const uint32_t port = m->heap[place];
  const oio_time_ps time_ps = key_of(m, port);
  for (uint32_t above; place > 0 && key_of(m, m->heap[above = (place - 1) / 2]) > time_ps; place = above) put(m, place, m->heap[above]);
  put(m, place, port);
}

static void sink(struct oio_many *m, uint32_t place) {
  const uint32_t port = m->heap[place];
  const oio_time_ps time_ps = key_of(m, port);
  for (;;) {
    uint32_t below = 2 * place + 1;
    if (below >= m->ports) break;
    if (below + 1 < m->ports && key_of(m, m->heap[below + 1]) < key_of(m, m->heap[below])) below++;
    if (key_of(m, m->heap[below]) >= time_ps) break;
    put(m, place, m->heap[below]);
    place = below;
  }
  put(m, place, port);
}

static void settle(struct oio_many *m, uint32_t port) {
  set_key(m, port);
  rise(m, m->entry[port].place);
  sink(m, m->entry[port].place);
}

static void touch(struct oio_many *m, uint32_t port) {
  if (m->entry[port].dirty) return;
  m->entry[port].dirty = true;
  m->dirty[m->dirty_count++] = port;
}

/* When the port transmits may have changed. */
static void doubt(struct oio_many *m, uint32_t port) {
  m->entry[port].tx_ps = oio_channel_free_ps(m->net->port[port].wire);
  m->entry[port].doubtful = true;
  touch(m, port);
}

static oio_time_ps arrival_of(const struct oio_many *m, uint32_t port) {
  return oio_net_ours(m->net, port ^ 1) ? oio_channel_arrival_ps(m->net->port[port].wire) : OIO_NEVER;
}

static void make_heap(struct oio_many *m) {
  for (uint32_t p = 0; p < m->ports; p++) set_key(m, p);
  for (uint32_t place = m->ports / 2; place-- > 0;) sink(m, place);
  for (uint32_t i = 0; i < m->dirty_count; i++) m->entry[m->dirty[i]].dirty = false;
  m->dirty_count = 0;
}

void oio_many_doubt_all(struct oio_many *m) {
  for (uint32_t p = 0; p < m->ports; p++) {
    m->entry[p].arrival_ps = arrival_of(m, p);
    m->entry[p].tx_ps = oio_channel_free_ps(m->net->port[p].wire);
    m->entry[p].doubtful = true;
  }
  oio_net_forget_stirred(m->net);
  make_heap(m);
}

void oio_many_look_at_arrivals(struct oio_many *m) {
  for (uint32_t p = 0; p < m->ports; p++) m->entry[p].arrival_ps = arrival_of(m, p);
  make_heap(m);
}

void oio_many_notice_dropped(struct oio_many *m) {
  for (uint32_t p = 0; p < m->ports; p++) {
    const oio_time_ps arrival_ps = arrival_of(m, p);
    if (m->entry[p].arrival_ps == arrival_ps) continue;
    m->entry[p].arrival_ps = arrival_ps;
    touch(m, p);
  }
}

/* The net's notes into doubts. */
static void take_stirred(struct oio_many *m) {
  for (uint32_t i = 0; i < m->net->stirred_count; i++) doubt(m, m->net->stirred[i]);
  oio_net_forget_stirred(m->net);
}

oio_time_ps oio_many_next_ps(struct oio_many *m, oio_time_ps now_ps) {
  take_stirred(m);
  for (uint32_t i = 0; i < m->dirty_count; i++) {
    m->entry[m->dirty[i]].dirty = false;
    settle(m, m->dirty[i]);
  }
  m->dirty_count = 0;
  for (;;) {
    const uint32_t port = m->heap[0];
    struct entry *e = &m->entry[port];
    if (!e->doubtful || e->arrival_ps <= e->tx_ps) return later(key_of(m, port), now_ps);
    e->doubtful = false;
    const oio_time_ps asked_ps = oio_net_port_next_tx_ps(&m->net->port[port], later(e->tx_ps, now_ps));
    e->tx_ps = later(asked_ps, e->tx_ps);
    set_key(m, port);
    sink(m, 0);
  }
}

static int by_number(const void *a, const void *b) {
  const uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;
  return (x > y) - (x < y);
}

/* All ports with a time up to now, in any order. */
static void gather(struct oio_many *m, oio_time_ps now_ps) {
  uint32_t done = 0;
  m->due_count = 0;
  if (key_of(m, m->heap[0]) <= now_ps) m->due[m->due_count++] = 0; /* places, until they have been looked below */
  while (done < m->due_count) {
    const uint32_t place = m->due[done++];
    for (uint32_t below = 2 * place + 1; below <= 2 * place + 2 && below < m->ports; below++) {
      if (key_of(m, m->heap[below]) <= now_ps) m->due[m->due_count++] = below;
    }
  }
  for (uint32_t i = 0; i < m->due_count; i++) m->due[i] = m->heap[m->due[i]];
}

static void sort(uint32_t *ports, uint32_t count) {
  if (count > 16) {
    qsort(ports, count, sizeof *ports, by_number);
    return;
  }
  for (uint32_t i = 1; i < count; i++) {
    const uint32_t port = ports[i];
    uint32_t at = i;
    for (; at > 0 && ports[at - 1] > port; at--) ports[at] = ports[at - 1];
    ports[at] = port;
  }
}

static void receive_at(struct oio_many *m, uint32_t from, oio_time_ps now_ps) {
  struct oio_net_port *wire = &m->net->port[from];
  const uint32_t to = from ^ 1, node = m->net->port[to].node;
  do {
    oio_net_rx(m->net, to, now_ps, oio_channel_peek(wire->wire));
    oio_channel_pop(wire->wire);
    m->entry[from].arrival_ps = oio_channel_arrival_ps(wire->wire);
  } while (m->entry[from].arrival_ps <= now_ps);
  m->failed |= oio_end_failed(&m->net->port[to].end);
  touch(m, from);
  doubt(m, to);
  if (node >= m->net->dies || m->got[node]) return;
  m->got[node] = true;
  m->dies[m->dies_count++] = node;
}

void oio_many_receive(struct oio_many *m, oio_time_ps now_ps, struct oio_traffic *traffic) {
  gather(m, now_ps); /* what changes in this instant is in `dirty`, and not in the heap until it is over */
  sort(m->due, m->due_count);
  for (uint32_t i = 0; i < m->due_count; i++) {
    if (m->entry[m->due[i]].arrival_ps <= now_ps) receive_at(m, m->due[i], now_ps);
  }
  sort(m->dies, m->dies_count);
  for (uint32_t i = 0; i < m->dies_count; i++) {
    struct oio_segment segment;
    const uint32_t die = m->dies[i];
    while (oio_net_take(m->net, die, now_ps, &segment)) oio_traffic_deliver(traffic, now_ps, die, &segment);
    m->got[die] = false;
  }
  m->dies_count = 0;
}

/* `due` as a heap by number: the next port in order is taken off it, and one behind it may come in. */
static void add_due(struct oio_many *m, uint32_t port) {
  uint32_t place = m->due_count++;
  for (uint32_t above; place > 0 && m->due[above = (place - 1) / 2] > port; place = above) m->due[place] = m->due[above];
  m->due[place] = port;
}

static uint32_t take_due(struct oio_many *m) {
  const uint32_t first = m->due[0], last = m->due[--m->due_count];
  uint32_t place = 0;
  for (;;) {
    uint32_t below = 2 * place + 1;
    if (below >= m->due_count) break;
    if (below + 1 < m->due_count && m->due[below + 1] < m->due[below]) below++;
    if (m->due[below] >= last) break;
    m->due[place] = m->due[below];
    place = below;
  }
  m->due[place] = last;
  return first;
}

OIO_COLD static enum oio_status not_taken(uint32_t port, struct oio_error *error) {
  return oio_error_set(error, OIO_ERR_FULL,
                       "link %u, side %c: nothing takes the flits that arrive there; the host has to, of every link end that it left out",
                       port / 2, port % 2 == 0 ? 'B' : 'A');
}

/* What a transmission has stirred is asked in its turn of this instant, or when that is over at the next event. */
static void stir_behind(struct oio_many *m, uint32_t port, oio_time_ps now_ps) {
  for (uint32_t i = 0; i < m->net->stirred_count; i++) {
    const uint32_t stirred = m->net->stirred[i];
    const bool known = m->entry[stirred].tx_ps <= now_ps;
    doubt(m, stirred);
    if (stirred > port && !known && m->entry[stirred].tx_ps <= now_ps) add_due(m, stirred);
  }
  oio_net_forget_stirred(m->net);
}

static enum oio_status transmit_at(struct oio_many *m, uint32_t port, oio_time_ps now_ps, struct oio_traffic *traffic,
                                   struct oio_error *error) {
  struct oio_net_port *from = &m->net->port[port];
  struct oio_wire *slot = oio_channel_slot(from->wire);
  if (slot == NULL) return not_taken(port, error);
  if (oio_net_tx(m->net, port, now_ps, slot)) {
    oio_channel_push(from->wire, now_ps);
    m->entry[port].arrival_ps = arrival_of(m, port);
    if (from->node < m->net->dies) {
      oio_traffic_room(traffic, from->node);
      m->opened = true;
    }
  } else {
    m->failed |= oio_end_failed(&from->end);
  }
  stir_behind(m, port, now_ps);
  doubt(m, port);
  return OIO_OK;
}

enum oio_status oio_many_transmit(struct oio_many *m, oio_time_ps now_ps, struct oio_traffic *traffic, struct oio_error *error) {
  uint32_t count = 0;
  take_stirred(m);
  for (uint32_t i = 0; i < m->due_count; i++) {
    if (m->entry[m->due[i]].tx_ps <= now_ps && !m->entry[m->due[i]].dirty) m->due[count++] = m->due[i];
  }
  for (uint32_t i = 0; i < m->dirty_count; i++) {
    if (m->entry[m->dirty[i]].tx_ps <= now_ps) m->due[count++] = m->dirty[i];
  }
  sort(m->due, count); /* sorted is a heap */
  m->due_count = count;
  while (m->due_count > 0) {
    const enum oio_status status = transmit_at(m, take_due(m), now_ps, traffic, error);
    if (status != OIO_OK) return status;
  }
  return OIO_OK;
}

bool oio_many_failed(const struct oio_many *many) {
  return many->failed;
}

bool oio_many_opened(struct oio_many *many) {
  const bool opened = many->opened;
  many->opened = false;
  return opened;
}
