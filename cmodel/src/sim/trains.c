/* SPDX-License-Identifier: Apache-2.0 */
#include "sim/trains.h"

#include "base/memory.h"
#include "channel/channel_stride.h"
#include "link/link_stride.h"
#include "node/die_stride.h"
#include "sim/sim_state.h"
#include "traffic/traffic_stride.h"

#include <stdlib.h>

enum {
  NOTES_MAX = 1 << 18,   /* of a look */
  LOG_MAX = 1 << 12,     /* flits and deliveries of a period */
  WATCHED_MAX = 1 << 12, /* instants after a look in which its like is sought */
  TRIES_MAX = 4,         /* looks of which it was thought that they agree */
  PAUSE_FIRST = 1 << 7,  /* instants before the first look, and after a train */
  PAUSE_MOST = 1 << 18,
};
#define PERIODS_MAX ((uint64_t)1 << 20)

struct oio_trains {
  uint64_t pause;   /* instants to be passed after a look that had none like it */
  uint64_t wait;    /* instants to be passed now */
  bool watches;     /* there is a first look */
  unsigned tries;   /* second looks since */
  uint64_t watched; /* instants since */
  uint64_t key;     /* of the first look */
  uint64_t carried; /* instants, in all */
  oio_time_ps from_ps;
  oio_time_ps free_ps; /* of the first wire, by the last instant: when it changes, a flit has been sent there */
  uint64_t sent[2];    /* payload flits, by the first look */
  struct oio_stride_look from, to;
  struct oio_stride_wire wire[2];
  struct oio_push_log pushes[2];
  struct oio_delivery_log deliveries;
};

static bool make_logs(struct oio_trains *t) {
  for (unsigned w = 0; w < 2; w++) {
    t->pushes[w].size = LOG_MAX;
    t->pushes[w].pushed = malloc(LOG_MAX * sizeof *t->pushes[w].pushed);
    if (t->pushes[w].pushed == NULL) return false;
  }
  t->deliveries.size = LOG_MAX;
  t->deliveries.delivery = malloc(LOG_MAX * sizeof *t->deliveries.delivery);
  return t->deliveries.delivery != NULL;
}

bool oio_trains_create(struct oio_trains **trains, const struct oio_sim *sim) {
  *trains = NULL;
  if (!sim->pair || sim->config.fidelity != OIO_EVENT || !oio_traffic_stride_possible(sim->traffic)) return true;
  struct oio_trains *made = calloc(1, sizeof *made);
  if (made == NULL) return false;
  made->pause = made->wait = PAUSE_FIRST;
  *trains = made;
  return oio_stride_look_create(&made->from, NOTES_MAX) && oio_stride_look_create(&made->to, NOTES_MAX) && make_logs(made);
}

void oio_trains_destroy(struct oio_trains *t) {
  if (t == NULL) return;
  oio_stride_look_destroy(&t->from);
  oio_stride_look_destroy(&t->to);
  for (unsigned w = 0; w < 2; w++) free(t->pushes[w].pushed);
  free(t->deliveries.delivery);
  free(t);
}

void oio_trains_memory(struct oio_memory *memory) {
  oio_memory_add(memory, sizeof(struct oio_trains));
  for (unsigned i = 0; i < 2; i++) {
    oio_memory_add_untouched(memory, NOTES_MAX * (sizeof(uint64_t) + 1));
    oio_memory_add_untouched(memory, LOG_MAX * sizeof(struct oio_pushed));
  }
  oio_memory_add_untouched(memory, LOG_MAX * sizeof(struct oio_delivery));
}

static struct oio_link *link_of(const struct oio_sim *sim, unsigned d) {
  return oio_die_stride_link(sim->die[d]);
}

/* ---- looks ---- */

static void walk_wire(struct wire *wire, struct oio_stride *s) {
  oio_stride_time(s, &wire->arrival_ps);
  oio_stride_same(s, wire->doubtful);
  const bool past = wire->tx_ps < s->now_ps;
  oio_stride_same(s, past);
  if (!past) oio_stride_time(s, &wire->tx_ps);
}

static void walk(struct oio_sim *sim, struct oio_stride *s) {
  for (unsigned d = 0; d < 2; d++) oio_die_stride(sim->die[d], d, !d, s);
  for (unsigned d = 0; d < 2 && !s->unfit; d++) {
    oio_channel_stride(sim->outward[d]->channel, d, !d, s);
    walk_wire(sim->outward[d], s);
  }
  if (!s->unfit) oio_traffic_stride(sim->traffic, s);
  oio_stride_require(s, sim->resume_ps == OIO_NEVER);
  oio_stride_time(s, &sim->arrival_ps);
  oio_stride_time(s, &sim->entry_ps);
  oio_stride_same(s, sim->open);
  oio_stride_time(s, &sim->now_ps);
}

static struct oio_stride stride_of(struct oio_trains *t, const struct oio_sim *sim) {
  return (struct oio_stride){.size = NOTES_MAX,
                             .now_ps = sim->now_ps,
                             .wire = t->wire,
                             .first_id = oio_traffic_stride_from(sim->traffic),
                             .look_into = oio_die_stride_look_into};
}

/* False: the simulation is in no state that recurs. */
static bool look(struct oio_trains *t, struct oio_sim *sim, struct oio_stride_look *to) {
  struct oio_stride s = stride_of(t, sim);
  s.to = to;
  to->count = 0;
  for (unsigned d = 0; d < 2; d++) oio_die_stride_from(sim->die[d], &t->wire[d]);
  walk(sim, &s);
  return !s.unfit;
}

static void set_logs(struct oio_trains *t, struct oio_sim *sim, bool on) {
  for (unsigned d = 0; d < 2; d++) oio_channel_note_pushes(sim->outward[d]->channel, on ? &t->pushes[d] : NULL);
  oio_traffic_note_deliveries(sim->traffic, on ? &t->deliveries : NULL);
  if (on) t->pushes[0].count = t->pushes[1].count = t->deliveries.count = 0;
}

static bool logs_are_whole(const struct oio_trains *t) {
  return t->pushes[0].count <= LOG_MAX && t->pushes[1].count <= LOG_MAX && t->deliveries.count <= LOG_MAX;
}

/* What a second look would hardly agree without. */
static uint64_t key_of(const struct oio_sim *sim) {
  uint64_t key = 0;
  for (unsigned d = 0; d < 2; d++) {
    const struct wire *wire = sim->outward[d];
    key = key * 0x9E3779B97F4A7C15u ^ (wire->arrival_ps - sim->now_ps);
    key = key * 0x9E3779B97F4A7C15u ^ (oio_channel_free_ps(wire->channel) - sim->now_ps);
    key = key * 0x9E3779B97F4A7C15u ^ oio_die_stride_key(sim->die[d]);
  }
  return key;
}

static void stop_watching(struct oio_trains *t, struct oio_sim *sim, uint64_t pause) {
  set_logs(t, sim, false);
  t->watches = false;
  t->wait = pause;
}

/* Nothing has come of it: it is not tried again so soon. */
static void give_up(struct oio_trains *t, struct oio_sim *sim) {
  if (t->pause < PAUSE_MOST) t->pause *= 2;
  stop_watching(t, sim, t->pause);
}

static void begin(struct oio_trains *t, struct oio_sim *sim) {
  set_logs(t, sim, true);
  t->watches = look(t, sim, &t->from);
  t->tries = 0;
  t->watched = 0;
  t->key = key_of(sim);
  t->from_ps = sim->now_ps;
  for (unsigned d = 0; d < 2; d++) t->sent[d] = oio_link_stride_sent(link_of(sim, d));
  if (!t->watches) give_up(t, sim);
}

/* ---- a train ---- */

static uint64_t least(uint64_t a, uint64_t b) {
  return a < b ? a : b;
}

static oio_time_ps until_ps(const struct oio_sim *sim) {
  oio_time_ps until = least(sim->reset_ps, OIO_HORIZON_PS);
  for (unsigned d = 0; d < 2; d++) until = least(until, oio_channel_stride_until_ps(sim->outward[d]->channel));
  return until;
}

/* The slots of a replay buffer come round after so many periods. */
static uint64_t round_of(const struct oio_link *link, uint64_t flits_a_period) {
  uint64_t periods = oio_link_stride_slots(link), flits = flits_a_period;
  for (; flits > 0 && flits % 2 == 0 && periods > 1; flits /= 2) periods /= 2;
  return flits_a_period == 0 ? 1 : periods;
}

static uint64_t periods_to_go(const struct oio_trains *t, const struct oio_sim *sim, uint64_t most, const uint64_t flits[2]) {
  const oio_time_ps period_ps = sim->now_ps - t->from_ps, until = until_ps(sim);
  if (until <= sim->now_ps + period_ps) return 0;
  most = least(least(most, PERIODS_MAX), (until - sim->now_ps) / period_ps - 1);
  uint64_t round = 1;
  for (unsigned d = 0; d < 2; d++) {
    const uint64_t own = round_of(link_of(sim, d), flits[d]);
    if (own > round) round = own;
  }
  return most - most % round;
}

static void carry(struct oio_trains *t, struct oio_sim *sim, uint64_t periods, const uint64_t flits[2]) {
  struct oio_stride s = stride_of(t, sim);
  bool payload[LOG_MAX];
  s.from = &t->from;
  s.to = &t->to;
  s.moves = true;
  s.periods = periods;
  s.period_ps = sim->now_ps - t->from_ps;
  for (unsigned d = 0; d < 2; d++) t->wire[d].flits = periods * flits[d];
  walk(sim, &s);
  for (unsigned d = 0; d < 2; d++) {
    struct oio_channel *channel = sim->outward[d]->channel;
    oio_channel_stride_digest(channel, d, !d, &t->pushes[d], &s);
    oio_channel_stride_arrivals(channel, &t->pushes[d], payload);
    oio_link_stride_decide(link_of(sim, !d), payload, t->pushes[d].count, periods);
  }
  oio_traffic_stride_deliver(sim->traffic, &t->deliveries, &s);
}

/* An instant that looks like that of the first look: is it a period behind it? Returns the instants carried. */
static uint64_t try(struct oio_trains *t, struct oio_sim *sim, uint64_t most) {
  uint64_t periods = most / t->watched, flits[2];
  const bool agree = look(t, sim, &t->to) && oio_stride_agree(&t->from, &t->to, sim->now_ps - t->from_ps, &periods);
  if (!agree) {
    if (++t->tries == TRIES_MAX) give_up(t, sim);
    return 0;
  }
  for (unsigned d = 0; d < 2; d++) flits[d] = oio_link_stride_sent(link_of(sim, d)) - t->sent[d];
  periods = periods_to_go(t, sim, periods, flits);
  if (periods == 0) {
    give_up(t, sim);
    return 0;
  }
  carry(t, sim, periods, flits);
  t->pause = PAUSE_FIRST;
  const uint64_t carried = periods * t->watched;
  t->carried += carried;
  stop_watching(t, sim, t->pause);
  return carried;
}

uint64_t oio_trains_after(struct oio_trains *t, struct oio_sim *sim, uint64_t most) {
  if (t->wait > 1) {
    t->wait--;
    return 0;
  }
  const oio_time_ps free_ps = oio_channel_free_ps(sim->outward[0]->channel);
  const bool sent = t->wait == 0 && free_ps != t->free_ps;
  t->wait = 0;
  t->free_ps = free_ps;
  t->watched++;
  if (!sent) return 0;
  if (!t->watches) {
    begin(t, sim);
    return 0;
  }
  if (t->watched > WATCHED_MAX || !logs_are_whole(t)) {
    give_up(t, sim);
    return 0;
  }
  return key_of(sim) == t->key ? try(t, sim, most) : 0;
}

uint64_t oio_trains_carried(const struct oio_trains *t) {
  return t == NULL ? 0 : t->carried;
}

void oio_trains_forget(struct oio_trains *t, struct oio_sim *sim) {
  if (t->watches) stop_watching(t, sim, 0);
}
