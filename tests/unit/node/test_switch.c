/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A switch between far ends made by hand (routed.h): SPEC.md section 11, its table of what can block what row by row, and everything at
 * random against lists that are searched from end to end. OIO_SEED chooses the random parts.
 */
#define CHANCE_PROGRAM "test_switch"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "chance.h"
#include "oio/switch.h"
#include "routed.h"

enum { PORTS = 4, LATENCY = 5000 };

struct bench {
  struct oio_switch *sw;
  struct far_end far[PORTS];
  unsigned limit[PORTS]; /* that the far end has told of hop VC 0 */
};

static struct bench make(enum oio_switch_queues queues, uint32_t far_buffer_flits) {
  struct bench b = {0};
  struct oio_link_config links[PORTS];
  for (unsigned p = 0; p < PORTS; p++) {
    links[p] = far_link(far_buffer_flits, OIO_BIT);
    b.limit[p] = far_buffer_flits;
  }
  const struct oio_switch_config config = {.links = links, .ports = PORTS, .latency_ps = LATENCY, .queues = queues};
  struct oio_error error;
  if (oio_switch_create(&b.sw, &config, &error) != OIO_OK) fail_msg("%s", error.text);
  return b;
}

/* Where to, and by which hop VC on either side. */
struct trip {
  unsigned from, in_vc, to, out_vc;
};

static void arrive(struct bench *b, uint64_t now, struct trip t, unsigned mark) {
  uint8_t payload[236] = {0};
  far_put_head(payload, (struct far_head){1, mark % 8, t.in_vc, 100 + t.to, 200 + t.from});
  for (unsigned i = 6; i < 236; i++) payload[i] = (uint8_t)(mark * i);
  payload[6] = (uint8_t)mark;
  payload[7] = (uint8_t)(mark >> 8);
  const struct oio_wire wire = far_flit(&b->far[t.from], payload, b->limit[t.from]);
  oio_switch_rx(b->sw, t.from, now, &wire);
}

static void put(struct bench *b, uint64_t now, struct trip t, unsigned mark) {
  arrive(b, now, t, mark);
  struct oio_arrival a;
  assert_true(oio_switch_arrived(b->sw, t.from, &a));
  assert_int_equal(a.port, t.from);
  assert_int_equal(a.source, 200 + t.from);
  assert_int_equal(a.destination, 100 + t.to);
  assert_int_equal(a.vc, mark % 8);
  assert_int_equal(a.hop_vc, t.in_vc);
  oio_switch_forward(b->sw, now, &a, t.to, t.out_vc);
  assert_false(oio_switch_arrived(b->sw, t.from, &a));
}

/* The next flit of a port must be a payload; returns its mark. */
static unsigned hear(struct bench *b, unsigned port, uint64_t now) {
  struct oio_wire wire;
  struct oio_stirred stirred;
  if (oio_switch_next_tx_ps(b->sw, port, now) != now || !oio_switch_tx(b->sw, port, now, &wire, &stirred)) {
    fail_msg("port %u has nothing at %llu", port, (unsigned long long)now);
  }
  assert_true(spec_valid(3, wire.bytes));
  assert_int_equal(spec_get_head(3, wire.bytes).protocol, SPEC_PAYLOAD);
  return wire.bytes[6] + 256u * wire.bytes[7];
}

/* A port has no payload to send. */
static bool has_none(struct bench *b, unsigned port, uint64_t now) {
  struct oio_wire wire;
  struct oio_stirred stirred;
  for (unsigned nops = 0; nops < 4; nops++) {
    if (!oio_switch_tx(b->sw, port, now, &wire, &stirred)) return oio_switch_next_tx_ps(b->sw, port, now) > now;
    if (spec_get_head(3, wire.bytes).protocol != SPEC_NOP) return false;
  }
  return false;
}

static void credit(struct bench *b, unsigned port, unsigned hop_vc, unsigned limit) {
  if (hop_vc == 0) b->limit[port] = limit;
  const struct oio_wire wire = far_credit(hop_vc, limit);
  oio_switch_rx(b->sw, port, 0, &wire);
}

static void each_kind_of_queue(void (*check)(enum oio_switch_queues queues)) {
  check(OIO_SWITCH_OUTPUTS);
  check(OIO_SWITCH_FIFO);
}

/* ---- one payload ---- */

static void a_payload_goes_on_after_the_latency_with_nothing_changed_but_its_hop_vc(void **state) {
  (void)state;
  for (unsigned v = 0; v < 4; v++) {
    struct bench b = make(v % 2 ? OIO_SWITCH_FIFO : OIO_SWITCH_OUTPUTS, FAR_BUFFER);
    put(&b, 1000, (struct trip){2, v / 2, 1, !(v / 2)}, 77);
    struct oio_wire wire;
    struct oio_stirred stirred;
    assert_true(oio_switch_next_tx_ps(b.sw, 1, 1000) == 1000 + LATENCY);
    assert_true(oio_switch_next_tx_ps(b.sw, 0, 1000) == OIO_NEVER);
    assert_false(oio_switch_tx(b.sw, 1, 1000 + LATENCY - 1, &wire, &stirred));
    assert_true(oio_switch_tx(b.sw, 1, 1000 + LATENCY + 300, &wire, &stirred));
    assert_true(stirred.input == 2 && stirred.output == OIO_NONE);
    uint8_t expected[236] = {0};
    far_put_head(expected, (struct far_head){1, 77 % 8, !(v / 2), 101, 202});
    for (unsigned i = 6; i < 236; i++) expected[i] = (uint8_t)(77 * i);
    expected[6] = 77;
    expected[7] = 0;
    assert_memory_equal(wire.bytes, expected, 236);
    /* from 1, 2, 3, 4, 5 that it came with */
    static const uint64_t parts[OIO_PART_COUNT] = {1 + 300, 2, 3, 4 + LATENCY, 5};
    for (unsigned p = 0; p < OIO_PART_COUNT; p++) assert_true(wire.stamp.parts_ps[p] == parts[p]);
    assert_true(wire.stamp.enter_ps == 17);
    struct oio_link_state s;
    oio_switch_get_link_state(b.sw, 2, &s);
    assert_int_equal(s.buffered_flits, 0);
    assert_int_equal(s.hops[v / 2].credit_sent, NEAR_BUFFER + 1);
    assert_true(oio_switch_next_tx_ps(b.sw, 2, 1000 + LATENCY + 300) <= 1000 + LATENCY + 300 + FAR_ACK_DELAY);
    oio_switch_destroy(b.sw);
  }
}

static void a_payload_without_a_way_is_counted_and_its_place_free_again(void **state) {
  (void)state;
  struct bench b = make(OIO_SWITCH_OUTPUTS, FAR_BUFFER);
  struct oio_arrival a;
  for (unsigned i = 0; i < 3 * NEAR_BUFFER; i++) {
    arrive(&b, i, (struct trip){0, 1, 9, 0}, i);
    assert_true(oio_switch_arrived(b.sw, 0, &a));
    oio_switch_discard(b.sw, i, &a);
    assert_false(oio_switch_arrived(b.sw, 0, &a));
    assert_int_equal(oio_switch_malformed(b.sw), i + 1);
  }
  struct oio_link_state s;
  oio_switch_get_link_state(b.sw, 0, &s);
  assert_int_equal(s.hops[1].credit_sent, 4 * NEAR_BUFFER);
  assert_false(oio_switch_failed(b.sw, 0));
  oio_switch_reset(b.sw);
  assert_int_equal(oio_switch_malformed(b.sw), 3 * NEAR_BUFFER);
  oio_switch_destroy(b.sw);
}

static void reset_drops_what_is_on_its_way(void **state) {
  (void)state;
  for (unsigned queues = 0; queues < 2; queues++) {
    struct bench b = make((enum oio_switch_queues)queues, FAR_BUFFER);
    for (unsigned i = 0; i < NEAR_BUFFER; i++) put(&b, 0, (struct trip){0, 0, i / 2, i % 2}, i);
    put(&b, 0, (struct trip){1, 0, 0, 0}, 50);
    assert_int_equal(hear(&b, 0, LATENCY), 0); /* what waits is available by now, in lists */
    arrive(&b, 0, (struct trip){1, 0, 2, 0}, 51);
    oio_switch_reset(b.sw);
    struct oio_arrival a;
    assert_false(oio_switch_arrived(b.sw, 1, &a));
    for (unsigned p = 0; p < PORTS; p++) {
      assert_true(oio_switch_next_tx_ps(b.sw, p, LATENCY) == OIO_NEVER);
      b.far[p] = (struct far_end){0};
    }
    put(&b, LATENCY, (struct trip){0, 0, 0, 0}, 60);
    put(&b, LATENCY, (struct trip){0, 0, 0, 0}, 61);
    assert_int_equal(hear(&b, 0, 2 * LATENCY), 60);
    assert_int_equal(hear(&b, 0, 2 * LATENCY), 61);
    assert_true(has_none(&b, 0, 2 * LATENCY));
    oio_switch_destroy(b.sw);
  }
}

/* ---- turns ---- */

static void check_alternation(enum oio_switch_queues queues) {
  struct bench b = make(queues, FAR_MANY);
  for (unsigned i = 0; i < 3; i++) put(&b, 0, (struct trip){1, 0, 3, 0}, 10 + i);
  for (unsigned i = 0; i < 3; i++) put(&b, 0, (struct trip){2, 0, 3, 0}, 20 + i);
  static const unsigned order[] = {10, 20, 11, 21, 12, 22};
  for (unsigned i = 0; i < 6; i++) assert_int_equal(hear(&b, 3, LATENCY + i), order[i]);
  oio_switch_destroy(b.sw);
}

static void two_inputs_that_want_one_output_alternate_even_when_they_tie(void **state) {
  (void)state;
  each_kind_of_queue(check_alternation);
}

static void check_latecomer(enum oio_switch_queues queues) {
  struct bench b = make(queues, FAR_MANY);
  for (unsigned i = 0; i < 3; i++) put(&b, 0, (struct trip){1, 0, 3, 0}, 10 + i);
  for (unsigned i = 0; i < 2; i++) put(&b, 1, (struct trip){2, 0, 3, 0}, 20 + i);
  assert_int_equal(hear(&b, 3, LATENCY + 1), 10);
  put(&b, LATENCY + 2, (struct trip){0, 0, 3, 0}, 30); /* available at 2 * LATENCY + 2 */
  assert_int_equal(hear(&b, 3, LATENCY + 2), 20);
  assert_int_equal(hear(&b, 3, 2 * LATENCY + 3), 11); /* waits since its turn, before the latecomer was available */
  assert_int_equal(hear(&b, 3, 2 * LATENCY + 3), 21);
  assert_int_equal(hear(&b, 3, 2 * LATENCY + 3), 30);
  assert_int_equal(hear(&b, 3, 2 * LATENCY + 3), 12);
  oio_switch_destroy(b.sw);
}

static void an_input_that_comes_late_waits_behind_those_that_wait(void **state) {
  (void)state;
  each_kind_of_queue(check_latecomer);
}

static void check_hop_turns(enum oio_switch_queues queues) {
  struct bench b = make(queues, FAR_MANY);
  for (unsigned i = 0; i < 3; i++) put(&b, 0, (struct trip){1, 1, 3, 1}, 10 + i);
  for (unsigned i = 0; i < 2; i++) put(&b, 0, (struct trip){1, 0, 3, 0}, 20 + i);
  put(&b, 0, (struct trip){2, 0, 3, 0}, 30);
  static const unsigned order[] = {20, 10, 30, 11, 21, 12};
  for (unsigned i = 0; i < 6; i++) assert_int_equal(hear(&b, 3, LATENCY + i), order[i]);
  oio_switch_destroy(b.sw);
}

static void hop_vcs_of_an_output_take_turns_and_then_the_inputs_of_each(void **state) {
  (void)state;
  each_kind_of_queue(check_hop_turns);
}

/* ---- what can block what ---- */

static void a_message_vc_waits_behind_another_that_shares_its_way(void **state) {
  (void)state;
  struct bench b = make(OIO_SWITCH_OUTPUTS, 1);
  for (unsigned mark = 0; mark < 3; mark++) put(&b, 0, (struct trip){0, 0, 1, 0}, mark); /* VCs 0, 1, 2 of one source and destination */
  assert_int_equal(hear(&b, 1, LATENCY), 0);
  assert_true(has_none(&b, 1, LATENCY));
  credit(&b, 1, 0, 2);
  assert_int_equal(hear(&b, 1, LATENCY), 1);
  assert_true(has_none(&b, 1, LATENCY));
  oio_switch_destroy(b.sw);
}

static void with_queues_per_output_a_stopped_destination_blocks_nobody_else(void **state) {
  (void)state;
  struct bench b = make(OIO_SWITCH_OUTPUTS, 1);
  put(&b, 0, (struct trip){0, 0, 1, 0}, 1);
  put(&b, 0, (struct trip){0, 0, 1, 0}, 2);
  put(&b, 0, (struct trip){0, 0, 2, 0}, 3); /* stands behind what is for 1 */
  put(&b, 0, (struct trip){3, 0, 2, 1}, 4);
  assert_int_equal(hear(&b, 1, LATENCY), 1);
  assert_true(has_none(&b, 1, LATENCY)); /* it takes no more */
  assert_int_equal(hear(&b, 2, LATENCY), 3);
  assert_int_equal(hear(&b, 2, LATENCY), 4);
  oio_switch_destroy(b.sw);
}

static void with_one_queue_a_stopped_destination_blocks_what_stands_behind_it_at_its_input_and_nobody_else(void **state) {
  (void)state;
  struct bench b = make(OIO_SWITCH_FIFO, 1);
  put(&b, 0, (struct trip){0, 0, 1, 0}, 1);
  put(&b, 0, (struct trip){0, 0, 1, 0}, 2);
  put(&b, 0, (struct trip){0, 0, 2, 0}, 3);
  put(&b, 0, (struct trip){3, 0, 2, 1}, 4); /* another input */
  put(&b, 0, (struct trip){0, 1, 3, 0}, 5); /* the other hop VC of the same input */
  assert_int_equal(hear(&b, 1, LATENCY), 1);
  assert_int_equal(hear(&b, 2, LATENCY), 4);
  assert_true(has_none(&b, 2, LATENCY));
  assert_int_equal(hear(&b, 3, LATENCY), 5);
  credit(&b, 1, 0, 2);
  struct oio_wire wire;
  struct oio_stirred stirred;
  assert_true(oio_switch_tx(b.sw, 1, LATENCY, &wire, &stirred)); /* 2 leaves: 3 is the oldest, for another output */
  assert_true(stirred.input == 0 && stirred.output == 2);
  assert_int_equal(hear(&b, 2, LATENCY), 3);
  oio_switch_destroy(b.sw);
}

static void check_shared_wire(enum oio_switch_queues queues) {
  struct bench b = make(queues, 1);
  put(&b, 0, (struct trip){0, 0, 1, 0}, 0);
  assert_int_equal(hear(&b, 1, LATENCY), 0);
  for (unsigned i = 0; i < NEAR_BUFFER; i++) put(&b, LATENCY, (struct trip){0, 0, 1, 0}, 1 + i);
  struct oio_link_state s;
  oio_switch_get_link_state(b.sw, 0, &s); /* the wire that leads to the switch has no credit left in hop VC 0: what follows is held up */
  assert_int_equal(s.hops[0].buffered_flits, NEAR_BUFFER);
  assert_int_equal(s.hops[0].credit_sent, NEAR_BUFFER + 1);
  for (unsigned i = 0; i < NEAR_BUFFER; i++) put(&b, LATENCY, (struct trip){0, 1, 2, i % 2}, 20 + i); /* in hop VC 1 it goes on */
  assert_false(oio_switch_failed(b.sw, 0));
  assert_int_equal(hear(&b, 2, 2 * LATENCY), 20);
  assert_int_equal(hear(&b, 2, 2 * LATENCY), 21);
  oio_switch_destroy(b.sw);
}

static void a_stopped_destination_holds_up_the_hop_vc_of_the_wire_that_leads_to_the_switch_and_not_the_other(void **state) {
  (void)state;
  each_kind_of_queue(check_shared_wire);
}

static void check_hop_vcs(enum oio_switch_queues queues) {
  for (unsigned v = 0; v < 2; v++) {
    struct bench b = make(queues, 2);
    for (unsigned i = 0; i < 4; i++) put(&b, 0, (struct trip){0, v, 1, v}, i);
    for (unsigned i = 0; i < 2; i++) put(&b, 0, (struct trip){0, !v, 1, !v}, 10 + i);
    unsigned heard[2] = {0};
    for (unsigned i = 0; i < 4; i++) heard[hear(&b, 1, LATENCY) >= 10]++;
    assert_true(heard[0] == 2 && heard[1] == 2);
    assert_true(has_none(&b, 1, LATENCY));
    credit(&b, 1, !v, 3);
    assert_true(has_none(&b, 1, LATENCY));
    put(&b, LATENCY, (struct trip){2, v, 1, !v}, 20); /* a way may change the hop VC: a dateline does */
    assert_int_equal(hear(&b, 1, 2 * LATENCY), 20);
    oio_switch_destroy(b.sw);
  }
}

static void neither_hop_vc_is_held_up_by_the_other(void **state) {
  (void)state;
  each_kind_of_queue(check_hop_vcs);
}

/* ---- everything at random, against lists that are searched from end to end ---- */

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

/* ---- configuration ---- */

static void check_refused(struct oio_switch_config config, const char *word) {
  struct oio_switch *sw;
  struct oio_error error;
  assert_int_equal(oio_switch_create(&sw, &config, &error), OIO_ERR_CONFIG);
  assert_null(sw);
  if (strstr(error.text, word) == NULL) fail_msg("'%s' does not name %s", error.text, word);
}

static void a_configuration_out_of_range_is_refused_by_name(void **state) {
  (void)state;
  struct oio_link_config links[2] = {far_link(1, OIO_BIT), far_link(1, OIO_BIT)};
  const struct oio_switch_config good = {.links = links, .ports = 2, .latency_ps = OIO_MS, .queues = OIO_SWITCH_FIFO};
  struct oio_switch_config c;
#define REFUSED(field, value, word) (c = good, c.field = (value), check_refused(c, word))
  REFUSED(ports, 0, "ports");
  REFUSED(ports, OIO_SWITCH_PORTS_MAX + 1, "ports");
  REFUSED(latency_ps, OIO_MS + 1, "latency_ps");
  REFUSED(queues, (enum oio_switch_queues)2, "queues");
  links[1].profile = OIO_PROFILE_EXTENDED;
  check_refused(good, "port 1");
  links[1] = far_link(1, OIO_EVENT);
  check_refused(good, "port 1");
  links[1] = far_link(0, OIO_BIT);
  check_refused(good, "peer_buffer_flits");
  links[1] = links[0];
  struct oio_switch *sw;
  assert_int_equal(oio_switch_create(&sw, &good, NULL), OIO_OK);
  oio_switch_destroy(sw);
}

int main(void) {
  chance_start();
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(a_payload_goes_on_after_the_latency_with_nothing_changed_but_its_hop_vc),
      cmocka_unit_test(a_payload_without_a_way_is_counted_and_its_place_free_again),
      cmocka_unit_test(reset_drops_what_is_on_its_way),
      cmocka_unit_test(two_inputs_that_want_one_output_alternate_even_when_they_tie),
      cmocka_unit_test(an_input_that_comes_late_waits_behind_those_that_wait),
      cmocka_unit_test(hop_vcs_of_an_output_take_turns_and_then_the_inputs_of_each),
      cmocka_unit_test(a_message_vc_waits_behind_another_that_shares_its_way),
      cmocka_unit_test(with_queues_per_output_a_stopped_destination_blocks_nobody_else),
      cmocka_unit_test(with_one_queue_a_stopped_destination_blocks_what_stands_behind_it_at_its_input_and_nobody_else),
      cmocka_unit_test(a_stopped_destination_holds_up_the_hop_vc_of_the_wire_that_leads_to_the_switch_and_not_the_other),
      cmocka_unit_test(neither_hop_vc_is_held_up_by_the_other),
      cmocka_unit_test(whatever_arrives_an_output_takes_what_the_rules_say),
      cmocka_unit_test(a_configuration_out_of_range_is_refused_by_name),
  };
  return cmocka_run_group_tests_name("switch", tests, NULL, NULL);
}
