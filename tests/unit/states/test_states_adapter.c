/* SPDX-License-Identifier: Apache-2.0 */
/* Two adapters, each an end at its FDI that stands on one at its RDI: whatever happens to lanes, pins and messages of both levels, the dies
 * agree in the end, and their RDIs with them. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#define CHANCE_PROGRAM "test_states_adapter"
#include "chance.h"
#include "oio/states.h"

enum { FDI, RDI, LEVELS, BAND = 16 };

struct band {
  struct oio_side_message message[BAND];
  uint64_t at[BAND];
  unsigned first, count;
};

struct adapter {
  struct oio_states end[LEVELS];
  struct band band[LEVELS]; /* to it */
  struct oio_states_in pins;
  bool lanes, retrain;
};

struct pair {
  struct adapter a[2];
  uint64_t r, now;
  unsigned loss;
};

static unsigned round_of;

static void put(struct pair *p, struct band *b, const struct oio_side_message *m) {
  const unsigned copies = chance_below(&p->r, 100) < p->loss ? 0 : chance_below(&p->r, 100) < p->loss ? 2 : 1;
  for (unsigned n = 0; n < copies && b->count < BAND; n++) {
    const unsigned at = (b->first + b->count++) % BAND;
    b->message[at] = *m;
    b->at[at] = p->now + 1 + chance_below(&p->r, 6);
  }
}

static const struct oio_side_message *get(struct pair *p, struct band *b) {
  if (b->count == 0 || b->at[b->first] > p->now) return NULL;
  const struct oio_side_message *m = &b->message[b->first];
  b->first = (b->first + 1) % BAND;
  b->count--;
  return m;
}

static void clock_level(struct pair *p, unsigned i, unsigned level, const struct oio_states_in *in) {
  struct oio_side_message m;
  struct adapter *a = &p->a[i];
  oio_states_step(&a->end[level], p->now, in, get(p, &a->band[level]));
  while (oio_states_send(&a->end[level], &m)) put(p, &p->a[1 - i].band[level], &m);
}

static void one_clock(struct pair *p) {
  p->now++;
  for (unsigned i = 0; i < 2; i++) {
    struct adapter *a = &p->a[i];
    const struct oio_states_out *fdi = &a->end[FDI].out;
    struct oio_states_in below = oio_states_below(&a->end[FDI], &a->end[RDI], a->retrain);
    below.trained = a->lanes;
    clock_level(p, i, RDI, &below);
    oio_states_above(&a->end[RDI].out, &a->pins);
    a->pins.stallack = fdi->stallreq;
    a->pins.clk_ack = fdi->clk_req;
    a->pins.rx_active_sts = fdi->rx_active_req;
    clock_level(p, i, FDI, &a->pins);
  }
}

static bool is_data(unsigned state) {
  return state == OIO_STATE_ACTIVE || state == OIO_STATE_PMNAK;
}

static void start(struct pair *p, uint64_t stream) {
  *p = (struct pair){.r = chance_stream(stream)};
  for (unsigned i = 0; i < 2; i++) {
    struct oio_states_config c = oio_states_usual();
    c.repeat_ps = 20;
    c.answer_ps = chance_below(&p->r, 2) == 0 ? 0 : 2000;
    c.stall_ps = 500;
    c.refuse_ps = 5;
    assert_int_equal(oio_states_create(&p->a[i].end[FDI], &c, NULL), OIO_OK);
    c.receiver = false;
    c.refuse_ps = 200; /* the other adapter goes to sleep too, a little later */
    assert_int_equal(oio_states_create(&p->a[i].end[RDI], &c, NULL), OIO_OK);
    p->a[i].pins.wake_req = p->a[i].lanes = true;
  }
}

static void trouble(struct pair *p) {
  static const uint8_t requests[] = {0, 0, 1, 1, 1, 1, 4, 4, 8, 9, 11, 12};
  for (unsigned i = 0; i < 2; i++) {
    struct adapter *a = &p->a[i];
    if (chance_below(&p->r, 40) == 0) a->pins.request = requests[chance_below(&p->r, sizeof requests)];
    a->pins.linkerror = chance_below(&p->r, a->pins.linkerror ? 10 : 600) == 0;
    a->lanes = chance_below(&p->r, 60) != 0;
    a->retrain = chance_below(&p->r, 100) == 0;
    if (chance_below(&p->r, 500) == 0)
      for (unsigned level = 0; level < LEVELS; level++) oio_states_reset(&a->end[level]);
  }
}

static bool agree(const struct pair *p, unsigned level) {
  const unsigned a = p->a[0].end[level].out.status, b = p->a[1].end[level].out.status;
  return a == b || (is_data(a) && is_data(b));
}

static void fail_to_agree(const struct pair *p) {
  for (unsigned i = 0; i < 2; i++) {
    for (unsigned level = 0; level < LEVELS; level++) {
      const struct oio_states *s = &p->a[i].end[level];
      print_error("die %u %s: status %x request %x asked %x heard %x done %d armed %d\n", i, level == FDI ? "FDI" : "RDI", s->out.status,
                  s->request, s->asked, s->heard, s->done, s->armed);
    }
  }
  FAIL_WITH_REPLAY("round %u: no agreement", round_of);
}

static void two_levels_agree_after_any_trouble(void **unused) {
  (void)unused;
  static const uint8_t targets[] = {0, 1, 1, 4, 4, 8, 9, 11, 12};
  uint64_t agreed[16] = {0};
  for (round_of = 0; round_of < 800; round_of++) {
    static struct pair p;
    start(&p, round_of);
    p.loss = (unsigned)chance_below(&p.r, 30);
    for (uint64_t n = chance_below(&p.r, 1500); n-- > 0;) {
      trouble(&p);
      one_clock(&p);
    }
    const bool led = chance_below(&p.r, 2) == 0;
    const unsigned target = targets[chance_below(&p.r, sizeof targets)];
    unsigned quiet = 0;
    p.loss = 0;
    for (unsigned n = 0; quiet < 400; n++) {
      for (unsigned i = 0; i < 2; i++) {
        struct adapter *a = &p.a[i];
        a->lanes = true;
        a->retrain = false;
        if (!led) continue;
        a->pins.linkerror = false;
        a->pins.request = (uint8_t)(n < 1000 || (n >= 2000 && n < 3000) ? 0 : n < 5000 ? OIO_STATE_ACTIVE : target);
      }
      one_clock(&p);
      quiet = agree(&p, FDI) && agree(&p, RDI) && (!led || n > 5200) ? quiet + 1 : 0;
      if (n > 12000) fail_to_agree(&p);
    }
    const unsigned status = p.a[0].end[FDI].out.status;
    agreed[status]++;
    if (led && status != target && !(target == 0 && is_data(status))) fail_to_agree(&p);
    if (is_data(status) && !is_data(p.a[0].end[RDI].out.status)) fail_to_agree(&p);
  }
  for (unsigned i = 0; i < sizeof targets; i++) assert_true(agreed[targets[i]] > 0);
}

/* What the FDI's status asks of the RDI, case by case. */
static void each_state_of_the_fdi_asks_its_own_of_the_rdi(void **unused) {
  (void)unused;
  static const struct {
    uint8_t fdi, rdi;
    bool armed, retrain;
    uint8_t request;
  } cases[] = {
      {OIO_STATE_RESET, OIO_STATE_RESET, false, false, OIO_STATE_NOP},
      {OIO_STATE_RESET, OIO_STATE_RESET, true, false, OIO_STATE_ACTIVE},
      {OIO_STATE_ACTIVE, OIO_STATE_ACTIVE, true, false, OIO_STATE_ACTIVE},
      {OIO_STATE_ACTIVE, OIO_STATE_ACTIVE, true, true, OIO_STATE_RETRAIN},
      {OIO_STATE_RETRAIN, OIO_STATE_RETRAIN, true, true, OIO_STATE_ACTIVE},
      {OIO_STATE_L1, OIO_STATE_ACTIVE, true, false, OIO_STATE_L1},
      {OIO_STATE_L2, OIO_STATE_RESET, true, false, OIO_STATE_NOP},
      {OIO_STATE_LINK_RESET, OIO_STATE_ACTIVE, true, false, OIO_STATE_LINK_RESET},
      {OIO_STATE_DISABLED, OIO_STATE_RESET, false, false, OIO_STATE_DISABLED},
      {OIO_STATE_LINK_ERROR, OIO_STATE_ACTIVE, true, false, OIO_STATE_NOP},
  };
  for (unsigned i = 0; i < sizeof cases / sizeof cases[0]; i++) {
    const struct oio_states fdi = {.out = {.status = cases[i].fdi}, .asked = OIO_STATE_NONE};
    const struct oio_states rdi = {.out = {.status = cases[i].rdi}, .armed = cases[i].armed};
    const struct oio_states_in in = oio_states_below(&fdi, &rdi, cases[i].retrain);
    assert_int_equal(in.request, cases[i].request);
    assert_false(in.linkerror);
  }
}

int main(void) {
  const struct CMUnitTest tests[] = {cmocka_unit_test(each_state_of_the_fdi_asks_its_own_of_the_rdi),
                                     cmocka_unit_test(two_levels_agree_after_any_trouble)};
  chance_start();
  return cmocka_run_group_tests_name("states of adapters", tests, NULL, NULL);
}
