/* SPDX-License-Identifier: Apache-2.0 */
/* Two dies with one bridge or two between them: they agree as two ends on one wire do, and none is answered before the far die has
 * answered. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#define CHANCE_PROGRAM "test_states_bridge"
#include "chance.h"
#include "oio/states.h"

enum { BRIDGES = 2, ENDS = 2 + 2 * BRIDGES, BAND = 16 };

/* Messages to one end, in order. */
struct band {
  struct oio_side_message message[BAND];
  uint64_t at[BAND];
  unsigned first, count;
};

struct line {
  unsigned bridges;
  struct oio_states die[2];
  struct oio_states_in pins[2];
  struct oio_states_bridge bridge[BRIDGES];
  struct band band[ENDS]; /* ends in a row: die 0, both ends of each bridge, die 1 */
  uint64_t r, now, far_is_late;
  unsigned loss;
};

static unsigned round_of;

static unsigned ends(const struct line *l) {
  return 2 + 2 * l->bridges;
}

static struct oio_states *end_of(struct line *l, unsigned i) {
  if (i == 0) return &l->die[0];
  if (i == ends(l) - 1) return &l->die[1];
  return &l->bridge[(i - 1) / 2].end[(i - 1) % 2];
}

static unsigned partner(unsigned i) {
  return i % 2 == 0 ? i + 1 : i - 1;
}

static void put(struct line *l, unsigned to, const struct oio_side_message *m) {
  struct band *b = &l->band[to];
  const unsigned copies = chance_below(&l->r, 100) < l->loss ? 0 : chance_below(&l->r, 100) < l->loss ? 2 : 1;
  for (unsigned n = 0; n < copies && b->count < BAND; n++) {
    const unsigned at = (b->first + b->count++) % BAND;
    b->message[at] = *m;
    b->at[at] = l->now + 1 + chance_below(&l->r, 6);
  }
}

static const struct oio_side_message *get(struct line *l, unsigned to) {
  struct band *b = &l->band[to];
  if (b->count == 0 || b->at[b->first] > l->now) return NULL;
  const struct oio_side_message *m = &b->message[b->first];
  b->first = (b->first + 1) % BAND;
  b->count--;
  return m;
}

static void send_all(struct line *l, unsigned i) {
  struct oio_side_message m;
  while (oio_states_send(end_of(l, i), &m)) put(l, partner(i), &m);
}

static bool is_data(unsigned state) {
  return state == OIO_STATE_ACTIVE || state == OIO_STATE_PMNAK;
}

static unsigned rank(unsigned state) {
  return state == OIO_STATE_LINK_ERROR   ? 4
         : state == OIO_STATE_DISABLED   ? 3
         : state == OIO_STATE_LINK_RESET ? 2
                                         : state == OIO_STATE_RETRAIN;
}

static void clock_die(struct line *l, unsigned d) {
  const unsigned i = d == 0 ? 0 : ends(l) - 1;
  struct oio_states_in *in = &l->pins[d];
  in->stallack = l->die[d].out.stallreq;
  in->clk_ack = l->die[d].out.clk_req;
  in->rx_active_sts = l->die[d].out.rx_active_req;
  oio_states_step(&l->die[d], l->now, in, get(l, i));
  send_all(l, i);
}

static void clock_bridge(struct line *l, unsigned k, bool trained) {
  const bool up[2] = {trained, trained}, failed[2] = {false, false};
  const unsigned i = 1 + 2 * k;
  const struct oio_side_message *const arrived[2] = {get(l, i), get(l, i + 1)};
  oio_states_bridge_step(&l->bridge[k], l->now, up, failed, arrived);
  send_all(l, i);
  send_all(l, i + 1);
}

/* A die that has asked and been answered: the far die is there, or would be. */
static void check_answer(struct line *l, unsigned d, unsigned asked, unsigned before) {
  const struct oio_states *die = &l->die[d], *far = &l->die[1 - d];
  const bool forced = rank(asked) > 0, over = die->asked == OIO_STATE_NONE && asked != OIO_STATE_NONE;
  const bool answered =
      over && (forced ? die->out.status == before && before == asked : die->out.status == asked && asked != OIO_STATE_RESET);
  if (!answered) return;
  const unsigned there = far->out.status;
  const bool same = there == asked || (is_data(there) && is_data(asked)) || far->asked == asked || rank(there) >= rank(asked);
  if (!same)
    FAIL_WITH_REPLAY("round %u at %llu: die %u is answered %x, and the far die is in %x", round_of, (unsigned long long)l->now, d, asked,
                     there);
}

/* Reset, Retrain and data states may stand side by side on the links of a line: each link is trained by itself, and a die that does not
 * want Active keeps its own back. */
static unsigned class_of(unsigned state) {
  return rank(state) > 1 || state == OIO_STATE_L1 || state == OIO_STATE_L2 ? state : (unsigned)OIO_STATE_ACTIVE;
}

static bool wants_active(const struct line *l, unsigned d) {
  return l->pins[d].request == OIO_STATE_ACTIVE && (l->die[d].out.status != OIO_STATE_RESET || l->die[d].armed);
}

static bool rests(struct line *l) {
  const bool up = wants_active(l, 0) && wants_active(l, 1) && class_of(l->die[0].out.status) == OIO_STATE_ACTIVE;
  for (unsigned i = 0; i < ends(l); i++) {
    const unsigned a = end_of(l, i)->out.status, b = end_of(l, partner(i))->out.status;
    if (a != b && !(is_data(a) && is_data(b))) return false;
    if (class_of(a) != class_of(l->die[0].out.status) || (up && !is_data(a))) return false;
  }
  for (unsigned d = 0; d < 2; d++) {
    const unsigned request = l->pins[d].linkerror ? (unsigned)OIO_STATE_LINK_ERROR : l->pins[d].request;
    if (rank(request) > 1 && rank(request) > rank(l->die[d].out.status)) return false;
  }
  return true;
}

static void fail_to_agree(struct line *l) {
  for (unsigned i = 0; i < ends(l); i++) {
    const struct oio_states *s = end_of(l, i);
    print_error("end %u: status %x asked %x heard %x done %d known %d offering %d restarted %d\n", i, s->out.status, s->asked, s->heard,
                s->done, s->known, s->offering, s->restarted);
  }
  FAIL_WITH_REPLAY("round %u: no agreement of requests %x %d and %x %d", round_of, l->pins[0].request, l->pins[0].linkerror,
                   l->pins[1].request, l->pins[1].linkerror);
}

static void start(struct line *l, unsigned bridges, uint64_t stream) {
  *l = (struct line){.bridges = bridges, .r = chance_stream(stream)};
  struct oio_states_config c = oio_states_usual();
  c.repeat_ps = 20;
  c.answer_ps = 0;
  c.stall_ps = 1000;
  c.refuse_ps = 5;
  for (unsigned d = 0; d < 2; d++) assert_int_equal(oio_states_create(&l->die[d], &c, NULL), OIO_OK);
  c.parameters.units = 64;
  for (unsigned k = 0; k < bridges; k++) {
    const struct oio_states_config both[2] = {c, c};
    assert_int_equal(oio_states_bridge_create(&l->bridge[k], both, NULL), OIO_OK);
  }
  for (unsigned d = 0; d < 2; d++) l->pins[d] = (struct oio_states_in){.wake_req = true, .trained = true};
}

static void one_clock(struct line *l, bool calm, bool check) {
  l->now++;
  for (unsigned d = 0; d < 2; d++) {
    const unsigned asked = l->die[d].asked, before = l->die[d].out.status;
    clock_die(l, d);
    if (check) check_answer(l, d, asked, before);
  }
  for (unsigned k = 0; k < l->bridges; k++) clock_bridge(l, k, calm || chance_below(&l->r, 60) != 0);
}

static void trouble(struct line *l, bool resets) {
  static const uint8_t requests[] = {0, 0, 1, 1, 1, 1, 4, 4, 8, 9, 11, 12};
  for (unsigned d = 0; d < 2; d++) {
    if (chance_below(&l->r, 40) == 0) l->pins[d].request = requests[chance_below(&l->r, sizeof requests)];
    l->pins[d].linkerror = chance_below(&l->r, l->pins[d].linkerror ? 10 : 600) == 0;
    l->pins[d].trained = chance_below(&l->r, 60) != 0;
    if (resets && chance_below(&l->r, 500) == 0) oio_states_reset(&l->die[d]);
  }
  for (unsigned k = 0; k < l->bridges; k++)
    if (resets && chance_below(&l->r, 800) == 0) oio_states_bridge_reset(&l->bridge[k]);
}

static void dies_agree_across_bridges(void **unused) {
  (void)unused;
  uint64_t agreed[16] = {0};
  static const uint8_t targets[] = {0, 1, 1, 4, 4, 8, 9, 11, 12};
  for (round_of = 0; round_of < 1200; round_of++) {
    static struct line l;
    start(&l, 1 + round_of % BRIDGES, round_of);
    l.loss = (unsigned)chance_below(&l.r, 30);
    for (uint64_t n = chance_below(&l.r, 1500); n-- > 0;) {
      trouble(&l, true);
      one_clock(&l, false, false);
    }
    const bool led = chance_below(&l.r, 2) == 0;
    const unsigned target = targets[chance_below(&l.r, sizeof targets)];
    l.loss = 0;
    unsigned quiet = 0;
    for (unsigned n = 0; quiet < 400; n++) {
      for (unsigned d = 0; d < 2; d++) {
        l.pins[d].trained = true;
        if (led) l.pins[d].linkerror = false;
        if (led) l.pins[d].request = (uint8_t)(n < 500 || (n >= 1000 && n < 1300) ? 0 : n < 2300 ? OIO_STATE_ACTIVE : target);
      }
      one_clock(&l, true, false);
      quiet = rests(&l) && (!led || n > 2500) ? quiet + 1 : 0;
      if (n > 8000) fail_to_agree(&l);
    }
    const unsigned status = l.die[0].out.status;
    agreed[status]++;
    if (led && status != target && !(target == 0 && is_data(status))) fail_to_agree(&l);
  }
  for (unsigned i = 0; i < sizeof targets; i++) assert_true(agreed[targets[i]] > 0);
}

/* No losses, no resets: an answer is the far die's. */
static void a_die_is_answered_when_the_far_die_has_answered(void **unused) {
  (void)unused;
  uint64_t answers = 0;
  for (round_of = 0; round_of < 300; round_of++) {
    static struct line l;
    start(&l, 1 + round_of % BRIDGES, 7000 + round_of);
    for (unsigned n = 0; n < 2000; n++) {
      if (n % 400 == 0)
        for (unsigned d = 0; d < 2; d++) l.pins[d].request = OIO_STATE_NOP;
      if (n % 400 == 50)
        for (unsigned d = 0; d < 2; d++) l.pins[d].request = OIO_STATE_ACTIVE;
      if (n % 400 == 250) l.pins[chance_below(&l.r, 2)].request = (uint8_t[]){4, 8, 9, 11, 12}[chance_below(&l.r, 5)];
      one_clock(&l, true, true);
    }
    answers += l.die[0].left_active;
  }
  assert_true(answers > 300);
}

/* The far die comes 100 ms late: the near one is kept by a STALL each 4 ms, and is Active at once when the far one is. */
static void stall_keeps_a_die_that_waits_for_a_far_one(void **unused) {
  (void)unused;
  const uint64_t us = 1000000;
  struct oio_states_config c = oio_states_usual();
  struct oio_states near;
  struct oio_states_bridge bridge;
  const struct oio_states_config both[2] = {c, c};
  struct oio_states_in in = {.wake_req = true, .trained = true};
  const bool up[2] = {true, false}, failed[2] = {false, false};
  struct oio_side_message to_near, to_bridge;
  bool near_has = false, bridge_has = false;
  unsigned stalls = 0;
  assert_int_equal(oio_states_create(&near, &c, NULL), OIO_OK);
  assert_int_equal(oio_states_bridge_create(&bridge, both, NULL), OIO_OK);
  for (uint64_t now = 0; now <= 100000 * us; now += 10 * us) {
    const struct oio_side_message first = to_near, second = to_bridge;
    const struct oio_side_message *const arrived[2] = {bridge_has ? &second : NULL, NULL};
    oio_states_step(&near, now, &in, near_has ? &first : NULL);
    near_has = false;
    oio_states_bridge_step(&bridge, now, up, failed, arrived);
    bridge_has = oio_states_send(&near, &to_bridge);
    while (oio_states_send(&bridge.end[0], &to_near)) {
      near_has = true;
      stalls += to_near.kind == OIO_SIDE_STALL;
      assert_true(to_near.kind == OIO_SIDE_STALL || to_near.kind == OIO_SIDE_HELLO);
    }
    assert_int_equal(near.out.status, OIO_STATE_RESET);
  }
  assert_int_equal(stalls, 25); /* at 4, 8 ... 100 ms */
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(dies_agree_across_bridges),
      cmocka_unit_test(a_die_is_answered_when_the_far_die_has_answered),
      cmocka_unit_test(stall_keeps_a_die_that_waits_for_a_far_one),
  };
  chance_start();
  return cmocka_run_group_tests_name("states across bridges", tests, NULL, NULL);
}
