/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Link ends of the plain profile under the states of their link: lanes fail at any moment, for any time, and come back; what was not
 * acknowledged is sent again, and credits start over. Every payload arrives once and in order; where an end is reset, what it cost is said.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <string.h>

#define CHANCE_PROGRAM "test_states_plain"
#include "chance.h"
#include "oio/plain.h"
#include "oio/retimer.h"
#include "oio/states.h"

enum { FLIT_PS = 1000, WIRE = 64, BAND = 32, UNITS = 40 };

struct side {
  struct oio_states states;
  struct oio_plain *plain;
  struct oio_states_in pins;
  uint8_t ready_tag;
  bool ready; /* it takes flits: it is in Active, or asks for it */
  uint64_t training_until, sent, taken, asked_retrain;
  struct oio_retimer_sender sender;
  struct oio_retimer_receiver receiver;
  uint64_t held_bytes;
  /* what comes: flits and credits by flit time, messages by order */
  uint8_t flit[WIRE][OIO_PLAIN_FLIT_BYTES_MAX];
  bool there[WIRE];
  uint8_t valid[WIRE];
  struct oio_side_message band[BAND];
  uint64_t band_at[BAND];
  unsigned band_first, band_count;
};

struct line {
  struct side side[2];
  uint64_t r, now, outage_until, noise_until; /* no flit arrives, or none unhurt */
  unsigned delay, band_delay, loss;
  bool resets;
};

static unsigned round_of;

#define MUST(condition)                                                                                                                    \
  do {                                                                                                                                     \
    if (!(condition)) FAIL_WITH_REPLAY("round %u: does not hold: " #condition, round_of);                                                  \
  } while (0)

static bool is_data(const struct side *s) {
  return s->states.out.status == OIO_STATE_ACTIVE || s->states.out.status == OIO_STATE_PMNAK;
}

static void put_number(uint64_t number, uint8_t *payload) {
  memset(payload, 0, OIO_PLAIN_PAYLOAD_BYTES_MAX);
  for (unsigned i = 0; i < 8; i++) payload[i] = payload[40 + i] = (uint8_t)(number >> 8 * i);
}

static uint64_t get_number(const uint8_t *payload) {
  uint64_t number = 0;
  for (unsigned i = 8; i-- > 0;) number = number << 8 | payload[i];
  return number;
}

static void start(struct line *l, uint64_t stream) {
  struct oio_states_config c = oio_states_usual();
  struct oio_plain_config p = oio_plain_usual();
  memset(l, 0, sizeof *l);
  l->r = chance_stream(stream);
  l->delay = 1 + (unsigned)chance_below(&l->r, 40);
  l->band_delay = 1 + (unsigned)chance_below(&l->r, 40);
  l->loss = (unsigned)chance_below(&l->r, 20);
  c.repeat_ps = 200 * FLIT_PS;
  c.answer_ps = 0;
  c.stall_ps = 100000 * FLIT_PS;
  c.parameters.units = UNITS;
  p.format = 3;
  for (unsigned i = 0; i < 2; i++) {
    struct side *s = &l->side[i];
    s->pins.wake_req = true;
    assert_int_equal(oio_states_create(&s->states, &c, NULL), OIO_OK);
    assert_int_equal(oio_plain_create(&s->plain, &p, NULL), OIO_OK);
    oio_retimer_sender_reload(&s->sender, UNITS);
    oio_retimer_receiver_reload(&s->receiver, UNITS);
  }
}

static void finish(struct line *l) {
  for (unsigned i = 0; i < 2; i++) oio_plain_destroy(l->side[i].plain);
}

static void drop_all(struct side *s) {
  memset(s->there, 0, sizeof s->there);
  memset(s->valid, 0, sizeof s->valid);
}

/* Credits start over, the buffer is empty, and the link end says where it is; after a reset, from the beginning. */
static void get_ready(struct line *l, unsigned i, bool from_reset) {
  struct side *s = &l->side[i];
  oio_retimer_sender_reload(&s->sender, s->states.far.units);
  oio_retimer_receiver_reload(&s->receiver, UNITS);
  s->held_bytes = 0;
  if (from_reset) {
    oio_plain_reset(s->plain);
  } else {
    oio_plain_reenter(s->plain, l->now);
  }
}

static void say(struct line *l, unsigned to, const struct oio_side_message *m) {
  struct side *s = &l->side[to];
  if (chance_below(&l->r, 100) < l->loss || s->band_count == BAND) return;
  const unsigned at = (s->band_first + s->band_count++) % BAND;
  s->band[at] = *m;
  s->band_at[at] = l->now + l->band_delay;
}

static const struct oio_side_message *hear(struct line *l, unsigned i) {
  struct side *s = &l->side[i];
  if (s->band_count == 0 || s->band_at[s->band_first] > l->now) return NULL;
  const struct oio_side_message *m = &s->band[s->band_first];
  s->band_first = (s->band_first + 1) % BAND;
  s->band_count--;
  return m;
}

static void step_states(struct line *l, unsigned i) {
  struct side *s = &l->side[i];
  struct oio_plain_status status;
  struct oio_side_message m;
  const unsigned before = s->states.out.status;
  const bool from_reset = before == OIO_STATE_RESET;
  oio_plain_get_status(s->plain, &status);
  MUST(status.state != OIO_PLAIN_ERROR);
  s->pins.stallack = s->states.out.stallreq;
  s->pins.clk_ack = s->states.out.clk_req;
  s->pins.rx_active_sts = s->states.out.rx_active_req;
  s->pins.trained = l->now >= l->outage_until && l->now >= s->training_until;
  if (status.state == OIO_PLAIN_RETRAIN && !s->pins.retrain) s->asked_retrain++;
  s->pins.retrain = status.state == OIO_PLAIN_RETRAIN;
  s->pins.request = from_reset && !s->states.armed ? OIO_STATE_NOP : OIO_STATE_ACTIVE;
  oio_states_step(&s->states, l->now * FLIT_PS, &s->pins, hear(l, i));
  while (oio_states_send(&s->states, &m)) say(l, 1 - i, &m);
  const bool ready = is_data(s) || s->states.asked == OIO_STATE_ACTIVE;
  const bool asks = s->states.asked == OIO_STATE_ACTIVE, again = asks && s->states.tag != s->ready_tag;
  if (ready && (!s->ready || again)) get_ready(l, i, from_reset);
  if (asks) s->ready_tag = s->states.tag;
  s->ready = ready;
  /* Training takes longer than the wire is. */
  if (s->states.out.status == OIO_STATE_RETRAIN && before != OIO_STATE_RETRAIN) s->training_until = l->now + l->delay + 2;
  if (!ready) drop_all(s);
}

static void receive(struct line *l, unsigned i) {
  struct side *s = &l->side[i];
  const unsigned slot = l->now % WIRE;
  struct oio_plain_taken taken;
  struct oio_framing framing;
  if (s->ready && oio_framing_read(s->valid[slot], &framing) && framing.credit) oio_retimer_take_credit(&s->sender);
  if (s->ready && s->there[slot]) {
    MUST(oio_retimer_receive(&s->receiver, 256)); /* never sent without credit */
    s->held_bytes += 256;
    oio_plain_rx(s->plain, l->now, s->flit[slot], &taken);
    if (taken.second) {
      uint8_t payload[OIO_PLAIN_PAYLOAD_BYTES_MAX];
      oio_plain_get_payload(oio_plain_format(3), taken.flit, payload);
      const uint64_t number = get_number(payload);
      MUST(number == s->taken || (l->resets && number > s->taken));
      s->taken = number + 1;
    }
  }
  s->there[slot] = false;
  s->valid[slot] = 0;
}

static void transmit(struct line *l, unsigned i, uint64_t payloads) {
  struct side *s = &l->side[i], *far = &l->side[1 - i];
  const unsigned slot = (l->now + l->delay) % WIRE;
  const struct oio_plain_head head = {.protocol = 1};
  uint8_t payload[OIO_PLAIN_PAYLOAD_BYTES_MAX];
  if (!is_data(s)) return;
  put_number(s->sent, payload);
  if (s->sent < payloads && chance_below(&l->r, 4) != 0 && oio_plain_send(s->plain, &head, payload) == OIO_OK) s->sent++;
  const bool cut = l->now < l->outage_until;
  bool there = oio_retimer_can_send(&s->sender, 256) && oio_plain_tx(s->plain, l->now, far->flit[slot]);
  if (there) oio_retimer_send(&s->sender, 256);
  if (there && (l->now < l->noise_until || chance_below(&l->r, 300) == 0)) far->flit[slot][chance_below(&l->r, 256)] ^= 4;
  if (s->held_bytes >= 256 && chance_below(&l->r, 8) != 0) {
    oio_retimer_free(&s->receiver, 256);
    s->held_bytes -= 256;
  }
  far->there[slot] = there && !cut;
  far->valid[slot] = oio_framing_write((struct oio_framing){.data = there, .credit = oio_retimer_return_credit(&s->receiver)});
  if (cut) far->valid[slot] = 0;
}

static void flit_time(struct line *l, uint64_t payloads) {
  l->now++;
  for (unsigned i = 0; i < 2; i++) step_states(l, i);
  for (unsigned i = 0; i < 2; i++) receive(l, i);
  for (unsigned i = 0; i < 2; i++) transmit(l, i, payloads);
}

static bool all_taken(const struct line *l, uint64_t payloads) {
  return l->side[0].taken >= payloads && l->side[1].taken >= payloads;
}

static void nothing_is_lost_when_lanes_fail_and_come_back(void **unused) {
  (void)unused;
  uint64_t outages = 0, replayed = 0, retrains = 0, asked = 0;
  for (round_of = 0; round_of < 60; round_of++) {
    static struct line l;
    start(&l, round_of);
    while (!all_taken(&l, 600)) {
      if (chance_below(&l.r, 800) == 0 && l.now >= l.outage_until) {
        l.outage_until = l.now + 1 + chance_below(&l.r, 3000);
        outages++;
      }
      if (chance_below(&l.r, 2000) == 0) l.noise_until = l.now + chance_below(&l.r, 6000);
      flit_time(&l, 600);
      MUST(l.now < 2000000);
    }
    for (unsigned i = 0; i < 2; i++) {
      struct oio_plain_status s;
      oio_plain_get_status(l.side[i].plain, &s);
      replayed += s.sent_replayed;
      retrains += s.handshakes - 1;
      asked += l.side[i].asked_retrain;
      MUST(l.side[i].sent == 600 && l.side[i].taken == 600 && l.side[i].states.restarts == 0);
    }
    finish(&l);
  }
  print_message("%u outages, %u times that a link end asked for Retrain, %u handshakes, %u payloads again\n", (unsigned)outages,
                (unsigned)asked, (unsigned)retrains, (unsigned)replayed);
  MUST(outages > 60 && asked > 20 && retrains > 60 && replayed > 1000);
}

/* A die that is reset at one side: the other follows, and says so; what comes afterwards is in order, and what is missing is what was under
 * way. */
static void what_a_reset_costs_is_said(void **unused) {
  (void)unused;
  uint64_t lost = 0;
  for (round_of = 0; round_of < 40; round_of++) {
    static struct line l;
    start(&l, 4000 + round_of);
    l.resets = true;
    unsigned resets = 0, seen = 0;
    for (unsigned n = 0; n < 30000; n++) {
      if (n % 10000 == 4000 && is_data(&l.side[0]) && is_data(&l.side[1])) {
        oio_states_reset(&l.side[0].states);
        resets++;
      }
      const uint64_t taken = l.side[1].taken;
      flit_time(&l, UINT64_MAX);
      if (l.side[1].taken > taken + 1) {
        lost += l.side[1].taken - taken - 1;
        seen++;
        MUST(l.side[1].taken - taken - 1 <= OIO_PLAIN_WINDOW_MAX);
      }
    }
    MUST(l.side[1].states.restarts == resets && seen <= resets);
    MUST(resets == 0 || l.side[1].states.fault == OIO_STATES_FAR_RESTARTED);
    finish(&l);
  }
  MUST(lost > 100);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(nothing_is_lost_when_lanes_fail_and_come_back),
      cmocka_unit_test(what_a_reset_costs_is_said),
  };
  chance_start();
  return cmocka_run_group_tests_name("the plain profile under the states", tests, NULL, NULL);
}
