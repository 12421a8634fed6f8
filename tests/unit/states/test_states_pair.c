/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Two ends of a link and a side band that loses, repeats and delays, searched to the last state: whatever those above ask, in whatever
 * order, whatever is lost and whichever end is reset meanwhile, both ends agree when they are left alone, and where they then are is what
 * was asked. The search keeps of a joint state what the future depends on: times as due or not, tags and lives by their age.
 * OIO_STATES_WIDE in the environment: also searches of minutes and gigabytes.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "oio/states.h"

enum { NOW = 10, DUE = 9, QUEUE = 4, WILLS = 8, KEY_BYTES = 32, OLDEST = 7, CLOSING_ROUNDS = 60 };
enum { NOP, ACTIVE, L1, L2, LINK_RESET, RETRAIN, DISABLED, LINK_ERROR };
static const uint8_t requests[WILLS] = {OIO_STATE_NOP,        OIO_STATE_ACTIVE,  OIO_STATE_L1,       OIO_STATE_L2,
                                        OIO_STATE_LINK_RESET, OIO_STATE_RETRAIN, OIO_STATE_DISABLED, OIO_STATE_NOP};

/* What one search lets happen. */
struct limits {
  const char *name;
  unsigned wills[2];                               /* of each end, a bit each */
  unsigned untrained;                              /* ends whose lanes may fail */
  bool resets[2], gated, slow_pins, large, active; /* active: it begins there */
  unsigned queue;                                  /* messages on the way, each way */
};

struct one {
  struct oio_states s;
  uint8_t will;
  bool trained, stallack, clk_ack, rx_active_sts;
  struct oio_side_message in[QUEUE];
  uint8_t in_count;
};

struct joint {
  struct one end[2];
};

static const uint8_t tag_now = 100;
static const struct limits *limits;
static const struct oio_states_config *config;

/* ---- joint states as keys ---- */

/* How many tags ago; at least so many are all one. */
static unsigned age(uint8_t tag, uint8_t current) {
  const uint8_t steps = (uint8_t)(current - tag);
  return steps < OLDEST ? steps : OLDEST;
}

/* A message is its kind and state, and the age of its tag; of an answer only whether it is current matters. */
static uint8_t key_of_message(const struct oio_side_message *m, const struct joint *j, unsigned to) {
  const bool answers = m->kind == OIO_SIDE_RSP || m->kind == OIO_SIDE_ACCEPT;
  const unsigned steps = age(m->tag, j->end[answers ? to : 1 - to].s.tag);
  const unsigned what = m->kind == OIO_SIDE_REQ ? m->state : m->kind == OIO_SIDE_RSP ? 13u + m->state : 23u + m->kind;
  return (uint8_t)(what << 3 | (answers && steps > 1 ? 1 : steps));
}

static struct oio_side_message message_of(uint8_t key) {
  const unsigned what = key >> 3;
  struct oio_side_message m = {.kind = OIO_SIDE_REQ, .state = (uint8_t)what, .tag = (uint8_t)(tag_now - (key & OLDEST))};
  if (what >= 13) m = (struct oio_side_message){.kind = OIO_SIDE_RSP, .state = (uint8_t)(what - 13), .tag = m.tag};
  if (what >= 26) m = (struct oio_side_message){.kind = (uint8_t)(what - 23), .tag = m.tag, .parameters = config->parameters};
  return m;
}

/* Its last answer is said again if the same is asked again: asked at present, or still on the way. */
static bool may_answer_again(const struct joint *j, unsigned i) {
  const struct one *e = &j->end[i];
  bool may = e->s.answered_tag == j->end[1 - i].s.tag;
  for (unsigned n = 0; n < e->in_count; n++) may = may || (e->in[n].kind == OIO_SIDE_REQ && e->in[n].tag == e->s.answered_tag);
  return e->s.answered && may;
}

static void key_of_end(const struct joint *j, unsigned i, uint8_t *key) {
  const struct one *e = &j->end[i];
  const struct oio_states *s = &e->s;
  const bool asks = s->offering || s->greeting || s->asked != OIO_STATE_NONE, hears = s->heard != OIO_STATE_NONE,
             again = may_answer_again(j, i);
  const uint8_t far_tag = j->end[1 - i].s.tag;
  unsigned lives = 0;
  key[0] = (uint8_t)(s->out.status | s->asked << 4);
  key[1] = (uint8_t)(s->heard | s->request << 4);
  key[2] = (uint8_t)(s->armed | s->done << 1 | s->known << 2 | s->offering << 3 | (asks && s->due) << 4 | s->offer_heard << 5 |
                     s->restarted << 6 | s->out.stallreq << 7);
  key[3] = (uint8_t)(s->out.clk_req | s->out.rx_active_req << 1 | s->out.wake_ack << 2 | (asks && s->sent_ps < NOW) << 3 |
                     (hears && s->heard_ps < NOW) << 4);
  key[4] = (uint8_t)(e->will | e->trained << 3 | e->stallack << 4 | e->clk_ack << 5 | e->rx_active_sts << 6);
  key[5] = (uint8_t)(again ? (unsigned)s->answer << 4 | age(s->answered_tag, far_tag) : (unsigned)OIO_STATE_NONE << 4);
  key[6] = (uint8_t)((hears ? age(s->heard_tag, far_tag) : 0) << 4 | (s->offer_heard ? age(s->offer_tag, far_tag) : 0));
  key[7] = e->in_count;
  for (unsigned n = 0; n < e->in_count; n++) {
    key[8 + n] = key_of_message(&e->in[n], j, i);
    lives |= age(e->in[n].life, j->end[1 - i].s.life) << (3 * n);
  }
  key[12] = (uint8_t)lives;
  key[13] = (uint8_t)(lives >> 8);
  key[14] =
      (uint8_t)((unsigned)(s->greeting << 5 | s->confirmed << 4 | s->met << 3) | (s->met ? age(s->far_life, j->end[1 - i].s.life) : 0));
}

static void to_key(const struct joint *j, uint8_t *key) {
  memset(key, 0, KEY_BYTES);
  key_of_end(j, 0, key);
  key_of_end(j, 1, key + KEY_BYTES / 2);
}

static void from_key_end(struct one *e, const uint8_t *key) {
  oio_states_create(&e->s, config, NULL);
  struct oio_states *s = &e->s;
  s->tag = tag_now;
  s->far = config->parameters;
  s->out.status = key[0] & 15;
  s->asked = key[0] >> 4;
  s->heard = key[1] & 15;
  s->request = key[1] >> 4;
  s->armed = key[2] & 1;
  s->done = key[2] >> 1 & 1;
  s->known = key[2] >> 2 & 1;
  s->offering = key[2] >> 3 & 1;
  s->due = key[2] >> 4 & 1;
  s->offer_heard = key[2] >> 5 & 1;
  s->restarted = key[2] >> 6 & 1;
  s->out.stallreq = key[2] >> 7;
  s->out.clk_req = key[3] & 1;
  s->out.rx_active_req = key[3] >> 1 & 1;
  s->out.wake_ack = key[3] >> 2 & 1;
  s->sent_ps = key[3] >> 3 & 1 ? DUE : NOW;
  s->heard_ps = key[3] >> 4 & 1 ? DUE : NOW;
  e->will = key[4] & 7;
  e->trained = key[4] >> 3 & 1;
  e->stallack = key[4] >> 4 & 1;
  e->clk_ack = key[4] >> 5 & 1;
  e->rx_active_sts = key[4] >> 6 & 1;
  s->answer = key[5] >> 4;
  s->answered = s->answer != OIO_STATE_NONE;
  s->answered_tag = (uint8_t)(tag_now - (key[5] & 15));
  s->heard_tag = (uint8_t)(tag_now - (key[6] >> 4));
  s->offer_tag = (uint8_t)(tag_now - (key[6] & 15));
  e->in_count = key[7];
  for (unsigned n = 0; n < e->in_count; n++) {
    e->in[n] = message_of(key[8 + n]);
    e->in[n].life = (uint8_t)(tag_now - ((key[12] | (unsigned)key[13] << 8) >> 3 * n & OLDEST));
  }
  s->life = tag_now;
  s->met = key[14] >> 3 & 1;
  s->confirmed = key[14] >> 4 & 1;
  s->greeting = key[14] >> 5;
  s->far_life = (uint8_t)(tag_now - (key[14] & OLDEST));
}

static void from_key(struct joint *j, const uint8_t *key) {
  memset(j, 0, sizeof *j);
  from_key_end(&j->end[0], key);
  from_key_end(&j->end[1], key + KEY_BYTES / 2);
}

/* ---- the states seen ---- */

static uint8_t (*keys)[KEY_BYTES];
static uint32_t *slots, *parents;
static uint8_t *settles; /* left alone from here both ends agree: that has been shown */
static uint32_t key_count, keys_max, slot_mask;

static uint32_t find(const uint8_t *key, uint32_t parent, bool *fresh) {
  uint64_t words[4], hash;
  memcpy(words, key, sizeof words);
  hash =
      (words[0] ^ words[1] * 0x9E3779B97F4A7C15u ^ words[2] * 0xC2B2AE3D27D4EB4Fu ^ words[3] * 0x165667B19E3779F9u) * 0xBF58476D1CE4E5B9u;
  hash ^= hash >> 29;
  hash *= 0x94D049BB133111EBu;
  for (uint32_t at = (uint32_t)(hash >> 32) & slot_mask;; at = (at + 1) & slot_mask) {
    *fresh = slots[at] == UINT32_MAX;
    if (*fresh) {
      if (key_count == keys_max) fail_msg("%s: more than %u states", limits->name, keys_max);
      memcpy(keys[key_count], key, KEY_BYTES);
      parents[key_count] = parent;
      settles[key_count] = 0;
      slots[at] = key_count;
      return key_count++;
    }
    if (memcmp(keys[slots[at]], key, KEY_BYTES) == 0) return slots[at];
  }
}

/* ---- moves ---- */

static void follow(struct one *e) {
  e->stallack = e->s.out.stallreq;
  e->clk_ack = e->s.out.clk_req;
  e->rx_active_sts = e->s.out.rx_active_req;
}

/* One clock of end i; `arrived`: the first message that waits for it. What it sends is lost where there is no room. */
static void clock_end(struct joint *j, unsigned i, bool arrived, bool pop, unsigned room) {
  struct one *e = &j->end[i], *far = &j->end[1 - i];
  const struct oio_side_message first = e->in[0];
  struct oio_side_message out;
  const struct oio_states_in in = {.request = requests[e->will],
                                   .linkerror = e->will == LINK_ERROR,
                                   .stallack = e->stallack,
                                   .clk_ack = e->clk_ack,
                                   .wake_req = true,
                                   .rx_active_sts = e->rx_active_sts,
                                   .trained = e->trained};
  if (pop) {
    e->in_count--;
    memmove(e->in, e->in + 1, e->in_count * sizeof e->in[0]);
  }
  oio_states_step(&e->s, NOW, &in, arrived ? &first : NULL);
  while (oio_states_send(&e->s, &out)) {
    if (far->in_count < room) far->in[far->in_count++] = out;
  }
  if (!limits->slow_pins) follow(e);
}

static void time_passes(struct one *e) {
  e->s.sent_ps = e->s.heard_ps = DUE;
}

/* Does the other end know this one's last reset, and is nothing of an earlier life on the way? */
static bool is_known(const struct joint *j, unsigned i) {
  const struct one *e = &j->end[i], *far = &j->end[1 - i];
  for (unsigned n = 0; n < far->in_count; n++)
    if (far->in[n].life != e->s.life) return false;
  return !far->s.met || far->s.far_life == e->s.life;
}

enum { CLOCK, LATE_CLOCK, ARRIVES, AGAIN, LOST, RESET, TRAINING, PINS, WILL, MOVES = WILL + WILLS };

/* False: it cannot happen here. */
static bool move(struct joint *j, unsigned i, unsigned kind) {
  struct one *e = &j->end[i];
  if (kind >= ARRIVES && kind <= LOST && e->in_count == 0) return false;
  switch (kind) {
  case CLOCK:
    clock_end(j, i, false, false, limits->queue);
    return true;
  case LATE_CLOCK:
    time_passes(e);
    clock_end(j, i, false, false, limits->queue);
    return true;
  case ARRIVES:
  case AGAIN:
    clock_end(j, i, true, kind == ARRIVES, limits->queue);
    return true;
  case LOST:
    e->in_count--;
    memmove(e->in, e->in + 1, e->in_count * sizeof e->in[0]);
    return true;
  case RESET:
    if (!limits->resets[i] || !is_known(j, i)) return false;
    oio_states_reset(&e->s);
    e->stallack = e->clk_ack = e->rx_active_sts = false;
    return true;
  case TRAINING:
    if (i >= limits->untrained) return false;
    e->trained = !e->trained;
    return true;
  case PINS:
    if (!limits->slow_pins) return false;
    follow(e);
    return true;
  default:
    if (!(limits->wills[i] >> (kind - WILL) & 1) || e->will == kind - WILL) return false;
    e->will = (uint8_t)(kind - WILL);
    return true;
  }
}

static void print_end(const struct one *e) {
  const struct oio_states *s = &e->s;
  fprintf(stderr,
          "[status %x will %u asked %x heard %x armed %d done %d offering %d restarted %d trained %d stall %d%d, in:", s->out.status,
          e->will, s->asked, s->heard, s->armed, s->done, s->offering, s->restarted, e->trained, s->out.stallreq, e->stallack);
  for (unsigned n = 0; n < e->in_count; n++) fprintf(stderr, " %u.%x.%u", e->in[n].kind, e->in[n].state, tag_now - e->in[n].tag);
  fprintf(stderr, "] ");
}

static void print_way(uint32_t to) {
  struct joint j;
  if (parents[to] != to) print_way(parents[to]);
  from_key(&j, keys[to]);
  print_end(&j.end[0]);
  print_end(&j.end[1]);
  fprintf(stderr, "\n");
}

/* ---- what must hold when they are left alone ---- */

static unsigned rank(unsigned state) {
  return state == OIO_STATE_LINK_ERROR ? 3 : state == OIO_STATE_DISABLED ? 2 : state == OIO_STATE_LINK_RESET ? 1 : 0;
}

static unsigned rank_of_will(unsigned will) {
  return will == LINK_ERROR ? 3 : will == DISABLED ? 2 : will == LINK_RESET ? 1 : 0;
}

static bool is_data(unsigned state) {
  return state == OIO_STATE_ACTIVE || state == OIO_STATE_PMNAK;
}

/* May end e stay where it is, the other being content? */
static bool content(const struct joint *j, unsigned i) {
  const struct one *e = &j->end[i], *far = &j->end[1 - i];
  const unsigned status = e->s.out.status, will = e->will;
  const bool both_active = will == ACTIVE && far->will == ACTIVE;
  if (rank_of_will(will) > rank(status)) return false;
  switch (status) {
  case OIO_STATE_RESET:
    return !both_active || !e->s.armed || !far->s.armed;
  case OIO_STATE_ACTIVE:
    return will != RETRAIN && will != L1 && will != L2;
  case OIO_STATE_PMNAK:
    return will != RETRAIN && will != ACTIVE;
  case OIO_STATE_RETRAIN:
    return !both_active;
  case OIO_STATE_L1:
    return will != ACTIVE && will != RETRAIN;
  case OIO_STATE_L2:
    return will != ACTIVE;
  default: /* LinkReset, Disabled, LinkError: those above must have left Active since, and the other end must let go */
    return will != ACTIVE || !e->s.armed || rank_of_will(far->will) == rank(status);
  }
}

static bool agree(const struct joint *j) {
  const unsigned a = j->end[0].s.out.status, b = j->end[1].s.out.status;
  return (a == b || (is_data(a) && is_data(b))) && content(j, 0) && content(j, 1);
}

/* All that is on the way arrives, all that is due is sent, in turn. */
static void quiet_round(struct joint *j) {
  for (unsigned i = 0; i < 2; i++) {
    struct one *e = &j->end[i];
    e->trained = true;
    follow(e);
    while (e->in_count > 0) clock_end(j, i, true, true, QUEUE);
    time_passes(e);
    clock_end(j, i, false, false, QUEUE);
  }
}

/* Agreement that lasts: nothing changes in a few rounds more. */
static bool rests(const struct joint *j) {
  struct joint later = *j;
  for (unsigned n = 0; n < 6; n++) {
    quiet_round(&later);
    if (later.end[0].s.out.status != j->end[0].s.out.status || later.end[1].s.out.status != j->end[1].s.out.status) return false;
  }
  return agree(&later);
}

static void must_settle(uint32_t from) {
  static uint32_t way[CLOSING_ROUNDS];
  struct joint j;
  uint8_t key[KEY_BYTES];
  unsigned rounds = 0;
  from_key(&j, keys[from]);
  for (uint32_t at = from; rounds < CLOSING_ROUNDS; rounds++) {
    bool fresh;
    if (settles[at] || (agree(&j) && rests(&j))) {
      settles[at] = 1;
      for (unsigned n = 0; n < rounds; n++) settles[way[n]] = 1;
      return;
    }
    way[rounds] = at;
    quiet_round(&j);
    to_key(&j, key);
    at = find(key, at, &fresh);
    from_key(&j, keys[at]); /* as it is remembered */
  }
  fprintf(stderr, "%s: no agreement after %d rounds alone; the way there, and the last state:\n", limits->name, CLOSING_ROUNDS);
  print_way(from);
  print_end(&j.end[0]);
  print_end(&j.end[1]);
  fprintf(stderr, "\n");
  fail();
}

static void make_room(uint32_t most) {
  keys_max = most;
  slot_mask = 1;
  while (slot_mask < 2 * most) slot_mask *= 2;
  keys = malloc((size_t)most * KEY_BYTES);
  parents = malloc(most * sizeof *parents);
  settles = malloc(most);
  slots = malloc(slot_mask * sizeof *slots);
  assert_true(keys != NULL && parents != NULL && settles != NULL && slots != NULL);
  memset(slots, 0xFF, slot_mask * sizeof *slots);
  slot_mask--;
  key_count = 0;
}

static void search(const struct limits *l, uint32_t most) {
  struct oio_states_config c = oio_states_usual();
  struct joint j, next;
  uint8_t key[KEY_BYTES];
  uint64_t moves = 0;
  bool fresh;
  c.repeat_ps = c.refuse_ps = 1;
  c.answer_ps = 0;
  c.stall_ps = 1000000;
  c.gated = c.receiver = l->gated;
  limits = l;
  config = &c;
  make_room(most);
  memset(&j, 0, sizeof j);
  for (unsigned i = 0; i < 2; i++) {
    oio_states_create(&j.end[i].s, config, NULL);
    j.end[i].trained = true;
    j.end[i].s.far = c.parameters;
    j.end[i].s.tag = j.end[i].s.life = tag_now;
  }
  for (unsigned round = 0; l->active && round < 20; round++) {
    j.end[0].will = j.end[1].will = round < 4 ? NOP : ACTIVE;
    quiet_round(&j);
  }
  to_key(&j, key);
  find(key, 0, &fresh);
  for (uint32_t at = 0; at < key_count; at++) {
    from_key(&j, keys[at]);
    must_settle(at);
    for (unsigned kind = 0; kind < 2 * MOVES; kind++) {
      from_key(&next, keys[at]);
      if (!move(&next, kind & 1, kind / 2)) continue;
      moves++;
      to_key(&next, key);
      find(key, at, &fresh);
    }
  }
  print_message("%s: %u joint states, %llu moves\n", l->name, key_count, (unsigned long long)moves);
  free(keys);
  free(parents);
  free(settles);
  free(slots);
}

/* Sanitizers see each line of it in the small searches too. */
#if defined(__SANITIZE_ADDRESS__)
enum { WITH_LARGE = 0 };
#elif defined(__has_feature)
enum { WITH_LARGE = !__has_feature(address_sanitizer) };
#else
enum { WITH_LARGE = 1 };
#endif

static void search_all(const struct limits *all, size_t count, uint32_t most) {
  for (size_t i = 0; i < count; i++)
    if (WITH_LARGE || !all[i].large) search(&all[i], most);
}

static void whatever_is_asked_and_lost_both_ends_agree(void **unused) {
  (void)unused;
  static const struct limits all[] = {
      {.name = "sleep", .wills = {1 << NOP | 1 << ACTIVE | 1 << L1, 1 << ACTIVE | 1 << L2}, .queue = 1},
      {.name = "two sleeps", .wills = {1 << L1 | 1 << L2, 1 << L1 | 1 << L2}, .active = true, .queue = 2},
      {.name = "retrain", .wills = {1 << ACTIVE | 1 << RETRAIN, 1 << ACTIVE | 1 << L1}, .queue = 1},
      {.name = "down", .wills = {1 << ACTIVE | 1 << LINK_RESET, 1 << ACTIVE | 1 << DISABLED}, .large = true, .queue = 1},
      {.name = "error", .wills = {1 << NOP | 1 << ACTIVE | 1 << LINK_ERROR, 1 << ACTIVE}, .queue = 1},
      {.name = "resets", .wills = {1 << NOP | 1 << ACTIVE, 1 << ACTIVE}, .resets = {true, false}, .queue = 1},
      {.name = "resets and down",
       .wills = {1 << ACTIVE | 1 << LINK_ERROR, 1 << LINK_RESET},
       .resets = {false, true},
       .large = true,
       .queue = 1},
      {.name = "pins", .wills = {1 << NOP | 1 << ACTIVE, 1 << ACTIVE}, .gated = true, .slow_pins = true, .queue = 1},
      {.name = "lanes", .wills = {1 << ACTIVE, 1 << ACTIVE}, .untrained = 1, .queue = 1},
      {.name = "two on the way", .wills = {1 << ACTIVE, 1 << ACTIVE}, .resets = {true, false}, .queue = 2},
  };
  static const struct limits wide[] = {
      {.name = "wide sleep", .wills = {1 << ACTIVE | 1 << L1, 1 << NOP | 1 << ACTIVE | 1 << L1}, .resets = {true, false}, .queue = 1},
      {.name = "wide L2", .wills = {1 << ACTIVE | 1 << L2 | 1 << LINK_RESET, 1 << ACTIVE | 1 << L2 | 1 << RETRAIN}, .queue = 1},
      {.name = "lanes fail", .wills = {1 << ACTIVE | 1 << L1, 1 << ACTIVE | 1 << L1}, .untrained = 2, .queue = 1},
      {.name = "wide error",
       .wills = {1 << NOP | 1 << ACTIVE | 1 << LINK_ERROR, 1 << ACTIVE | 1 << DISABLED},
       .resets = {true, true},
       .queue = 1},
      {.name = "wide pins", .wills = {1 << ACTIVE | 1 << L1, 1 << ACTIVE | 1 << L1}, .gated = true, .slow_pins = true, .queue = 1},
      {.name = "two sleeps on the way", .wills = {1 << ACTIVE | 1 << L1, 1 << ACTIVE | 1 << L1}, .queue = 2},
      {.name = "two retrains on the way", .wills = {1 << ACTIVE | 1 << RETRAIN, 1 << ACTIVE | 1 << NOP}, .queue = 2},
  };
  search_all(all, sizeof all / sizeof all[0], 1500000);
  if (getenv("OIO_STATES_WIDE") != NULL) search_all(wide, sizeof wide / sizeof wide[0], 30000000);
}

int main(void) {
  const struct CMUnitTest tests[] = {cmocka_unit_test(whatever_is_asked_and_lost_both_ends_agree)};
  return cmocka_run_group_tests_name("states of a pair", tests, NULL, NULL);
}
