/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A switch and whatever arrives at it, against the rules of SPEC.md section 11 written a second time, with lists that are searched from end
 * to end. OIO_SEED chooses what arrives.
 */
#define CHANCE_PROGRAM "test_switch_rules"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "chance.h"
#include "one_switch.h"

enum { INSIDE_MAX = 2 * NEAR_BUFFER * PORTS, ROUNDS = 100000 };

struct inside {
  struct trip trip;
  unsigned mark;
  uint64_t available; /* OIO_NEVER: not yet the oldest of its input and hop VC, with one queue */
  uint64_t known;     /* number of the moment at which that became known */
  bool joined;        /* stands in the line, below */
};

struct model {
  enum oio_switch_queues queues;
  struct inside inside[INSIDE_MAX]; /* oldest first */
  unsigned count;
  uint64_t moments;
  unsigned line[PORTS][2][PORTS], waiting[PORTS][2]; /* inputs by output and hop VC, the longest waiting first */
  unsigned turn[PORTS], sent[PORTS][2], limit[PORTS][2];
};

static bool oldest_of_its_inlet(const struct model *m, unsigned index) {
  for (unsigned i = 0; i < index; i++) {
    if (m->inside[i].trip.from == m->inside[index].trip.from && m->inside[i].trip.in_vc == m->inside[index].trip.in_vc) return false;
  }
  return true;
}

static void model_put(struct model *m, uint64_t now, struct trip t, unsigned mark) {
  const unsigned index = m->count++;
  m->inside[index] = (struct inside){.trip = t, .mark = mark, .available = now + LATENCY, .known = m->moments++};
  if (m->queues == OIO_SWITCH_FIFO && !oldest_of_its_inlet(m, index)) m->inside[index].known = OIO_NEVER;
}

static bool waits(const struct model *m, unsigned to, unsigned v, unsigned input) {
  for (unsigned i = 0; i < m->waiting[to][v]; i++) {
    if (m->line[to][v][i] == input) return true;
  }
  return false;
}

/* Those that have become available join, in the order in which they did. */
static void model_join(struct model *m, unsigned to, uint64_t now) {
  for (;;) {
    struct inside *first = NULL;
    for (unsigned i = 0; i < m->count; i++) {
      struct inside *it = &m->inside[i];
      if (it->trip.to != to || it->joined || it->known == OIO_NEVER || it->available > now) continue;
      if (first == NULL || it->available < first->available || (it->available == first->available && it->known < first->known)) first = it;
    }
    if (first == NULL) return;
    const unsigned v = first->trip.out_vc;
    first->joined = true;
    if (!waits(m, to, v, first->trip.from)) m->line[to][v][m->waiting[to][v]++] = first->trip.from;
  }
}

static bool model_can(const struct model *m, unsigned to, unsigned v) {
  return m->waiting[to][v] > 0 && m->sent[to][v] < m->limit[to][v];
}

/* Which payload the output sends now: its mark, or -1. */
static int model_take(struct model *m, unsigned to, uint64_t now) {
  model_join(m, to, now);
  unsigned v = m->turn[to];
  if (!model_can(m, to, v)) v = !v;
  if (!model_can(m, to, v)) return -1;
  const unsigned from = m->line[to][v][0];
  memmove(m->line[to][v], m->line[to][v] + 1, --m->waiting[to][v] * sizeof(unsigned));
  unsigned chosen = INSIDE_MAX, others = 0; /* of those that are available, the first that was */
  for (unsigned i = 0; i < m->count; i++) {
    const struct inside *it = &m->inside[i];
    if (it->trip.to != to || it->trip.out_vc != v || it->trip.from != from || !it->joined) continue;
    others++;
    const struct inside *best = &m->inside[chosen % INSIDE_MAX];
    if (chosen == INSIDE_MAX || it->available < best->available || (it->available == best->available && it->known < best->known))
      chosen = i;
  }
  if (others > 1) m->line[to][v][m->waiting[to][v]++] = from;
  const struct inside it = m->inside[chosen];
  memmove(m->inside + chosen, m->inside + chosen + 1, (--m->count - chosen) * sizeof it);
  m->turn[to] = !v;
  m->sent[to][v]++;
  for (unsigned i = 0; i < m->count; i++) {
    struct inside *next = &m->inside[i];
    if (next->known != OIO_NEVER || !oldest_of_its_inlet(m, i)) continue;
    next->known = m->moments++;
    if (next->available < now) next->available = now;
  }
  return (int)it.mark;
}

static void random_put(struct bench *b, struct model *m, uint64_t now, uint64_t *stream, unsigned mark) {
  const struct trip t = {(unsigned)chance_below(stream, PORTS), (unsigned)chance_below(stream, 2), (unsigned)chance_below(stream, PORTS),
                         (unsigned)chance_below(stream, 2)};
  unsigned there = 0;
  for (unsigned i = 0; i < m->count; i++) there += m->inside[i].trip.from == t.from && m->inside[i].trip.in_vc == t.in_vc;
  if (there == NEAR_BUFFER) return;
  put(b, now, t, mark);
  model_put(m, now, t, mark);
}

static void random_tx(struct bench *b, struct model *m, uint64_t now, unsigned port, unsigned round) {
  struct oio_wire wire;
  struct oio_stirred stirred;
  const bool foreseen = oio_switch_next_tx_ps(b->sw, port, now) <= now;
  const int must = model_take(m, port, now);
  const bool sent = oio_switch_tx(b->sw, port, now, &wire, &stirred);
  const bool payload = sent && spec_get_head(3, wire.bytes).protocol == SPEC_PAYLOAD;
  const int mark = payload ? wire.bytes[6] + 256 * wire.bytes[7] : -1;
  if (mark != must) FAIL_WITH_REPLAY("round %u: port %u sends %d, must be %d", round, port, mark, must);
  if (sent != foreseen) FAIL_WITH_REPLAY("round %u: port %u: tx and next_tx_ps disagree", round, port);
}

static void random_credit(struct bench *b, struct model *m, uint64_t *stream) {
  const unsigned port = (unsigned)chance_below(stream, PORTS), v = (unsigned)chance_below(stream, 2);
  if (m->limit[port][v] - m->sent[port][v] >= 2) return;
  m->limit[port][v]++;
  credit(b, port, v, m->limit[port][v] % 32768);
}

static void compare(enum oio_switch_queues queues) {
  static struct model m;
  m = (struct model){.queues = queues};
  struct bench b = make(queues, 2);
  for (unsigned p = 0; p < PORTS; p++) m.limit[p][0] = m.limit[p][1] = 2;
  uint64_t stream = chance_stream(1 + (unsigned)queues), now = 0;
  unsigned sent = 0;
  for (unsigned round = 0; round < ROUNDS; round++) {
    now += chance_below(&stream, 4) == 0 ? chance_below(&stream, LATENCY) : 0;
    const unsigned before = m.count;
    switch (chance_below(&stream, 4)) {
    case 0:
      random_put(&b, &m, now, &stream, round % 65536);
      break;
    case 1:
      random_credit(&b, &m, &stream);
      break;
    default:
      random_tx(&b, &m, now, (unsigned)chance_below(&stream, PORTS), round);
    }
    sent += m.count < before;
    if (sent > 0 && sent % 20000 == 0) { /* what is unacknowledged stays within the window: start over */
      oio_switch_destroy(b.sw);
      b = make(queues, 2);
      m = (struct model){.queues = queues};
      for (unsigned p = 0; p < PORTS; p++) m.limit[p][0] = m.limit[p][1] = 2;
      sent++;
    }
  }
  assert_true(sent > ROUNDS / 10);
  oio_switch_destroy(b.sw);
}

static void whatever_arrives_an_output_takes_what_the_rules_say(void **state) {
  (void)state;
  each_kind_of_queue(compare);
}

int main(void) {
  chance_start();
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(whatever_arrives_an_output_takes_what_the_rules_say),
  };
  return cmocka_run_group_tests_name("switch rules", tests, NULL, NULL);
}
