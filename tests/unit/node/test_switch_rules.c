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
  int64_t since;      /* longest: when its wait would have begun had all of it been here */
  uint64_t available; /* OIO_NEVER: not yet the oldest of its input and hop VC, with one queue */
  uint64_t known;     /* number of the moment at which that became known */
  bool joined;        /* stands in the line, below */
};

struct model {
  enum oio_switch_queues queues;
  enum oio_switch_turns turns;
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

/* In steps of 1 ns up to 16, then for each eight codes twice as long as for those before. */
static uint64_t wait_ps(unsigned code) {
  uint64_t ns = 0;
  for (unsigned c = 1; c <= code; c++) ns += c <= 16 ? 1 : UINT64_C(1) << ((c - 1) / 8 - 1);
  return 1000 * ns;
}

static void model_put(struct model *m, uint64_t now, struct trip t, unsigned mark, unsigned wait_code) {
  const unsigned index = m->count++;
  m->inside[index] = (struct inside){.trip = t, .mark = mark, .available = now + LATENCY, .known = m->moments++};
  m->inside[index].since = (int64_t)(now + LATENCY) - (int64_t)wait_ps(wait_code);
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

/* Of what is available from an input, the first that was; *count: how much is. */
static unsigned first_of(const struct model *m, unsigned to, unsigned v, unsigned from, unsigned *count) {
  unsigned chosen = INSIDE_MAX;
  *count = 0;
  for (unsigned i = 0; i < m->count; i++) {
    const struct inside *it = &m->inside[i];
    if (it->trip.to != to || it->trip.out_vc != v || it->trip.from != from || !it->joined) continue;
    ++*count;
    const struct inside *best = &m->inside[chosen % INSIDE_MAX];
    if (chosen == INSIDE_MAX || it->available < best->available || (it->available == best->available && it->known < best->known))
      chosen = i;
  }
  return chosen;
}

/* Whose turn it is of those that wait for a hop VC: its place in the line. */
static unsigned place_in_line(const struct model *m, unsigned to, unsigned v) {
  unsigned best = 0, count;
  for (unsigned i = 1; m->turns == OIO_SWITCH_LONGEST && i < m->waiting[to][v]; i++) {
    if (m->inside[first_of(m, to, v, m->line[to][v][i], &count)].since < m->inside[first_of(m, to, v, m->line[to][v][best], &count)].since)
      best = i;
  }
  return best;
}

static int64_t since_of(const struct model *m, unsigned to, unsigned v) {
  unsigned count;
  return m->inside[first_of(m, to, v, m->line[to][v][place_in_line(m, to, v)], &count)].since;
}

/* What the output sends now; false: nothing. */
static bool model_take(struct model *m, unsigned to, uint64_t now, struct inside *taken) {
  model_join(m, to, now);
  unsigned v = m->turn[to];
  if (!model_can(m, to, v)) v = !v;
  if (!model_can(m, to, v)) return false;
  if (m->turns == OIO_SWITCH_LONGEST && model_can(m, to, !v) && since_of(m, to, !v) < since_of(m, to, v)) v = !v;
  const unsigned place = place_in_line(m, to, v), from = m->line[to][v][place];
  unsigned others;
  const unsigned chosen = first_of(m, to, v, from, &others);
  memmove(m->line[to][v] + place, m->line[to][v] + place + 1, (--m->waiting[to][v] - place) * sizeof(unsigned));
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
  *taken = it;
  return true;
}

/* It tells the most that a code can say of what it has waited up to here, and no more. */
static void check_wait(const struct model *m, const struct inside *taken, uint64_t now, unsigned told, unsigned round) {
  const uint64_t waited = (uint64_t)((int64_t)now - taken->since);
  const bool right = m->turns == OIO_SWITCH_LONGEST ? wait_ps(told) <= waited && (told == 127 || wait_ps(told + 1) > waited) : told == 0;
  if (!right) FAIL_WITH_REPLAY("round %u: it has waited %" PRIu64 " ps and tells %u", round, waited, told);
}

static void random_put(struct bench *b, struct model *m, uint64_t now, uint64_t *stream, unsigned mark) {
  const struct trip t = {(unsigned)chance_below(stream, PORTS), (unsigned)chance_below(stream, 2), (unsigned)chance_below(stream, PORTS),
                         (unsigned)chance_below(stream, 2)};
  unsigned there = 0;
  for (unsigned i = 0; i < m->count; i++) there += m->inside[i].trip.from == t.from && m->inside[i].trip.in_vc == t.in_vc;
  if (there == NEAR_BUFFER) return;
  if (m->turns == OIO_SWITCH_LONGEST) b->wait_code = (unsigned)chance_below(stream, chance_below(stream, 8) == 0 ? 128 : 24);
  put(b, now, t, mark);
  model_put(m, now, t, mark, b->wait_code);
}

static void random_tx(struct bench *b, struct model *m, uint64_t now, unsigned port, unsigned round) {
  struct oio_wire wire;
  struct oio_stirred stirred;
  const bool foreseen = oio_switch_next_tx_ps(b->sw, port, now) <= now;
  struct inside taken = {0};
  const int must = model_take(m, port, now, &taken) ? (int)taken.mark : -1;
  const bool sent = oio_switch_tx(b->sw, port, now, &wire, &stirred);
  const bool payload = sent && spec_get_head(3, wire.bytes).protocol == SPEC_PAYLOAD;
  const int mark = payload ? wire.bytes[6] + 256 * wire.bytes[7] : -1;
  if (mark != must) FAIL_WITH_REPLAY("round %u: port %u sends %d, must be %d", round, port, mark, must);
  if (payload) check_wait(m, &taken, now, wire.bytes[1] >> 1, round);
  if (sent != foreseen) FAIL_WITH_REPLAY("round %u: port %u: tx and next_tx_ps disagree", round, port);
}

static void random_credit(struct bench *b, struct model *m, uint64_t *stream) {
  const unsigned port = (unsigned)chance_below(stream, PORTS), v = (unsigned)chance_below(stream, 2);
  if (m->limit[port][v] - m->sent[port][v] >= 2) return;
  m->limit[port][v]++;
  credit(b, port, v, m->limit[port][v] % 32768);
}

static void compare_turning(enum oio_switch_queues queues, enum oio_switch_turns turns) {
  static struct model m;
  m = (struct model){.queues = queues, .turns = turns};
  struct bench b = make_turning(queues, turns, 2);
  for (unsigned p = 0; p < PORTS; p++) m.limit[p][0] = m.limit[p][1] = 2;
  uint64_t stream = chance_stream(1 + (unsigned)queues + 2 * (unsigned)turns), now = 0;
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
      b = make_turning(queues, turns, 2);
      m = (struct model){.queues = queues, .turns = turns};
      for (unsigned p = 0; p < PORTS; p++) m.limit[p][0] = m.limit[p][1] = 2;
      sent++;
    }
  }
  assert_true(sent > ROUNDS / 10);
  oio_switch_destroy(b.sw);
}

static void compare(enum oio_switch_queues queues) {
  compare_turning(queues, OIO_SWITCH_INPUTS);
  compare_turning(queues, OIO_SWITCH_LONGEST);
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
