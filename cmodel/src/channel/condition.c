/* SPDX-License-Identifier: Apache-2.0 */
#include "channel/condition.h"

#include "base/normal.h"
#include "base/root.h"
#include "channel/inner_code.h"
#include "flit/flit_checkpoint.h"

#include <stdlib.h>
#include <string.h>

#define LN_10 2.30258509299404568402
#define SPREAD_STREAMS ((uint64_t)1 << 62)
#define WALK_STREAMS ((uint64_t)3 << 61)
#define DEAD_RATE 0.5

enum { WALK_STEPS = 16 };

static double normal(struct oio_rng *rng) {
  double v, w, q;
  do {
    v = 2 * oio_rng_unit(rng) - 1;
    w = 2 * oio_rng_unit(rng) - 1;
    q = v * v + w * w;
  } while (q >= 1 || q <= 0);
  return v * oio_root(-2 * oio_ln(q) / q);
}

/* ---- rates ---- */

/* Wrong bits over the tail: 1 of NRZ; of PAM4, whose levels are told apart at three thresholds, 3/4. */
static double bits_of_tail(const struct oio_condition *k) {
  const struct oio_error_process *p = &k->config->errors;
  return (p->kind == OIO_ERRORS_RUNS || p->kind == OIO_ERRORS_BOTH) && p->symbol_bits == 2 ? 0.75 : 1;
}

/* The part of all bits that are wrong where the eye is open by q standard deviations each way; and q. */
static double rate_of_q(const struct oio_condition *k, double q) {
  return bits_of_tail(k) * oio_normal_tail(q);
}

static double q_of_rate(const struct oio_condition *k, double rate) {
  return oio_normal_level(rate / bits_of_tail(k));
}

static double loss_db(const struct oio_condition *k) {
  const double off = k->detuning + k->heat;
  return k->loss_db + (off != 0 ? 10 / LN_10 * oio_ln(1 + off * off) : 0);
}

/* The least and the most that errors of the kind can be, but for none. */
static double least_rate(const struct oio_condition *k) {
  const struct oio_error_process *p = &k->config->errors;
  return p->kind == OIO_ERRORS_GILBERT || p->kind == OIO_ERRORS_BOTH ? p->bad_part * p->bad_rate : 0;
}

static double most_rate(const struct oio_condition *k) {
  const struct oio_error_process *p = &k->config->errors;
  const double most = rate_of_q(k, 0);
  if (p->kind != OIO_ERRORS_BOTH || p->bad_rate >= most) return most;
  return p->bad_part * p->bad_rate + (1 - p->bad_part) * most;
}

/* Of a physical lane that is not dead. */
static double rate_of(struct oio_condition *k, uint32_t physical, double loss) {
  const double least = least_rate(k), most = most_rate(k);
  double rate = k->rate * k->part[physical];
  if (rate == 0) return 0;
  if (rate > most) rate = most;
  if (loss != 0 && rate < most) {
    if (k->q[physical] == 0) k->q[physical] = q_of_rate(k, rate);
    rate = rate_of_q(k, k->q[physical] * oio_exp(-loss * LN_10 / 10));
  }
  return rate < least ? least : rate;
}

/* Of a lane in use, behind the inner code where there is one. */
static double rate_in_use(struct oio_condition *k, uint32_t lane, double loss) {
  if (k->dead[k->taken[lane]]) return DEAD_RATE;
  const double rate = rate_of(k, k->taken[lane], loss);
  return k->config->inner ? oio_inner_code_rate(rate) : rate;
}

static void set_rates(struct oio_condition *k) {
  const double loss = loss_db(k);
  for (uint32_t l = 0; l < k->width; l++) k->wrong[l] = rate_in_use(k, l, loss);
}

/* ---- lanes ---- */

static void take_lanes(struct oio_condition *k, struct oio_channel_state *counted) {
  uint32_t width = 0;
  for (uint32_t p = 0; p < k->physical && width < k->config->lanes; p++) {
    if (!k->dead[p]) k->taken[width++] = p;
  }
  if (width == 0) return;
  k->width = width;
  counted->remaps++;
}

/* Does the event have this physical lane? */
static bool has(const struct oio_channel_config *config, const struct oio_channel_event *event, uint32_t physical) {
  const uint32_t fibre = physical / config->wavelengths, wavelength = physical % config->wavelengths;
  if (event->what == OIO_EVENT_LANE) return event->number == physical;
  if (event->what == OIO_EVENT_FIBRE) return event->number == fibre;
  const uint32_t group = config->laser_fibres == 0 ? 0 : fibre / config->laser_fibres;
  return event->number == group * config->wavelengths + wavelength;
}

static void kill(struct oio_condition *k, const struct oio_channel_event *event) {
  for (uint32_t p = 0; p < k->physical; p++) {
    if (has(k->config, event, p)) k->dead[p] = !event->returns;
  }
  if (k->config->remap_ps > 0) k->remap_ps = event->at_ps + k->config->remap_ps;
}

/* ---- changes ---- */

static oio_time_ps earlier(oio_time_ps a, oio_time_ps b) {
  return a < b ? a : b;
}

static oio_time_ps later(oio_time_ps a, oio_time_ps b) {
  return a > b ? a : b;
}

static oio_time_ps end_ps(const struct oio_channel_event *event) {
  return event->for_ps < OIO_NEVER - event->at_ps ? event->at_ps + event->for_ps : OIO_NEVER;
}

static oio_time_ps event_ps(const struct oio_condition *k) {
  return k->next_event < k->timed ? k->config->events[k->next_event].at_ps : OIO_NEVER;
}

static oio_time_ps walk_ps(const struct oio_condition *k) {
  return k->config->walk > 0 ? k->walked_ps + (k->config->walk_ps + WALK_STEPS - 1) / WALK_STEPS : OIO_NEVER;
}

static void find_change(struct oio_condition *k) {
  k->change_ps = earlier(event_ps(k), earlier(k->remap_ps, walk_ps(k)));
}

static void take_effect(struct oio_condition *k, const struct oio_channel_event *event) {
  switch (event->what) {
  case OIO_EVENT_RATE:
    k->rate = event->value;
    for (uint32_t p = 0; p < k->physical; p++) k->q[p] = 0;
    break;
  case OIO_EVENT_LOSS:
    k->loss_db += event->value;
    break;
  case OIO_EVENT_DETUNE:
    k->heat += event->value;
    break;
  case OIO_EVENT_DOWN:
    k->dark_until_ps = event->returns ? event->at_ps : later(k->dark_until_ps, end_ps(event));
    break;
  case OIO_EVENT_LANE:
  case OIO_EVENT_LASER:
  case OIO_EVENT_FIBRE:
    kill(k, event);
    break;
  case OIO_EVENT_LOSE_ACK:
    k->lost_acks++;
    break;
  case OIO_EVENT_LOSE_CREDIT:
    if (k->lost_credits++ == 0) k->credit_limit = OIO_NO_LIMIT;
    break;
  default: /* of this flit alone */
    break;
  }
}

static void walk(struct oio_condition *k, oio_time_ps start_ps) {
  const double stay = oio_exp(-(double)(start_ps - k->walked_ps) / (double)k->config->walk_ps);
  k->detuning = k->detuning * stay + k->config->walk * oio_root(1 - stay * stay) * normal(&k->walk_rng);
  k->walked_ps = start_ps;
}

static bool changes_errors(const struct oio_channel_event *event) {
  return event->what < OIO_EVENT_DOWN;
}

bool oio_condition_reach(struct oio_condition *k, oio_time_ps start_ps, struct oio_channel_state *counted) {
  bool other = false;
  for (; k->next_flit < k->config->event_count && k->config->events[k->next_flit].at_ps <= counted->flits; k->next_flit++) {
    struct oio_channel_event event = k->config->events[k->next_flit];
    event.at_ps = start_ps;
    take_effect(k, &event);
    counted->events++;
    other = other || changes_errors(&event);
  }
  find_change(k);
  if (other) set_rates(k);
  return other;
}

/* In the order of their times: an event before a remap may put that off. */
bool oio_condition_change(struct oio_condition *k, oio_time_ps start_ps, struct oio_channel_state *counted) {
  bool other = false;
  while (earlier(event_ps(k), k->remap_ps) <= start_ps) {
    if (event_ps(k) <= k->remap_ps) {
      const struct oio_channel_event *event = &k->config->events[k->next_event++];
      take_effect(k, event);
      counted->events++;
      other = other || changes_errors(event);
    } else {
      take_lanes(k, counted);
      k->remap_ps = OIO_NEVER;
      other = true;
    }
  }
  if (walk_ps(k) <= start_ps) {
    walk(k, start_ps);
    other = true;
  }
  find_change(k);
  if (other) set_rates(k);
  return other;
}

/* ---- made and gone ---- */

/* Lanes in use when none is missing. */
static uint32_t full_width(const struct oio_channel_config *config) {
  return config->stripe_bits > 0 ? config->lanes : 1;
}

static bool make_lanes(struct oio_condition *k) {
  k->part = calloc(k->physical, sizeof *k->part);
  k->q = calloc(k->physical, sizeof *k->q);
  k->dead = calloc(k->physical, sizeof *k->dead);
  k->taken = calloc(k->width, sizeof *k->taken);
  k->wrong = calloc(k->width, sizeof *k->wrong);
  return k->part != NULL && k->q != NULL && k->dead != NULL && k->taken != NULL && k->wrong != NULL;
}

static void spread_lanes(struct oio_condition *k) {
  struct oio_rng rng;
  oio_rng_seed(&rng, k->config->spread_seed, SPREAD_STREAMS + k->config->stream);
  for (uint32_t p = 0; p < k->physical; p++)
    k->part[p] = k->config->lane_spread > 0 ? oio_exp(k->config->lane_spread * LN_10 * normal(&rng)) : 1;
}

bool oio_condition_create(struct oio_condition *k, const struct oio_channel_config *config) {
  *k = (struct oio_condition){.config = config, .rate = config->bit_error_rate, .remap_ps = OIO_NEVER, .credit_limit = OIO_NO_LIMIT};
  while (k->timed < config->event_count && !config->events[k->timed].by_flit) k->timed++;
  for (uint32_t i = 0; i < config->event_count; i++) k->wrongs = k->wrongs || config->events[i].what >= OIO_EVENT_DUPLICATE;
  k->next_flit = k->timed;
  k->width = full_width(config);
  k->physical = k->width + config->spare_lanes; /* which need stripes */
  if (!make_lanes(k)) {
    oio_condition_destroy(k);
    return false;
  }
  for (uint32_t l = 0; l < k->width; l++) k->taken[l] = l;
  spread_lanes(k);
  oio_rng_seed(&k->walk_rng, config->walk_seed, WALK_STREAMS + config->stream);
  if (config->walk > 0) k->detuning = config->walk * normal(&k->walk_rng);
  find_change(k);
  set_rates(k);
  return true;
}

void oio_condition_destroy(struct oio_condition *k) {
  free(k->part);
  free(k->q);
  free(k->dead);
  free(k->taken);
  free(k->wrong);
}

void oio_condition_memory(const struct oio_condition *k, struct oio_memory *memory) {
  oio_memory_add(memory, sizeof *k);
  oio_memory_add(memory, k->physical * sizeof *k->part);
  oio_memory_add(memory, k->physical * sizeof *k->q);
  oio_memory_add(memory, k->physical * sizeof *k->dead);
  oio_memory_add(memory, full_width(k->config) * sizeof *k->taken);
  oio_memory_add(memory, full_width(k->config) * sizeof *k->wrong);
}

/* ---- saved and loaded ---- */

static void keep_lanes(struct oio_condition *k, struct oio_checkpoint *c) {
  for (uint32_t p = 0; p < k->physical; p++) OIO_KEEP(c, k->dead[p], true);
  OIO_KEEP(c, k->width, full_width(k->config));
  if (!oio_checkpoint_require(c, "k->width", k->width > 0)) return;
  for (uint32_t l = 0; l < k->width; l++) OIO_KEEP(c, k->taken[l], k->physical - 1);
}

static void keep_walk(struct oio_condition *k, struct oio_checkpoint *c) {
  uint64_t detuning_bits;
  memcpy(&detuning_bits, &k->detuning, sizeof detuning_bits);
  OIO_KEEP_ANY(c, detuning_bits);
  memcpy(&k->detuning, &detuning_bits, sizeof detuning_bits);
  oio_checkpoint_require(c, "detuning_bits", k->detuning > -1e6 && k->detuning < 1e6);
  OIO_KEEP_ANY(c, k->walked_ps);
  for (unsigned i = 0; i < 4; i++) OIO_KEEP_ANY(c, k->walk_rng.state[i]);
}

static void keep_wrongs(struct oio_condition *k, struct oio_checkpoint *c) {
  OIO_KEEP(c, k->copies, 2);
  OIO_KEEP_ANY(c, k->left_ps);
  OIO_KEEP_ANY(c, k->arrival_ps);
  OIO_KEEP(c, k->keeps_back, true);
  if (!k->keeps_back) return;
  OIO_KEEP_ANY(c, k->kept_ps);
  oio_wire_checkpoint(oio_flit_format(k->config->format), k->config->fidelity, &k->kept, c);
}

/* Rate and loss are those that the events which have taken effect have made. */
static void repeat_events(struct oio_condition *k) {
  k->rate = k->config->bit_error_rate;
  k->loss_db = k->heat = 0;
  for (uint32_t i = 0; i < k->next_event; i++) {
    const struct oio_channel_event *event = &k->config->events[i];
    if (event->what == OIO_EVENT_RATE) k->rate = event->value;
    if (event->what == OIO_EVENT_LOSS) k->loss_db += event->value;
    if (event->what == OIO_EVENT_DETUNE) k->heat += event->value;
  }
  for (uint32_t p = 0; p < k->physical; p++) k->q[p] = 0;
}

void oio_condition_checkpoint(struct oio_condition *k, struct oio_checkpoint *c) {
  OIO_KEEP(c, k->next_event, k->timed);
  OIO_KEEP(c, k->next_flit, k->config->event_count);
  if (!oio_checkpoint_require(c, "k->next_flit", k->next_flit >= k->timed)) return;
  OIO_KEEP(c, k->lost_acks, k->config->event_count);
  OIO_KEEP(c, k->lost_credits, k->config->event_count);
  OIO_KEEP(c, k->credit_limit, OIO_NO_LIMIT);
  OIO_KEEP_ANY(c, k->dark_until_ps);
  OIO_KEEP_ANY(c, k->remap_ps);
  keep_lanes(k, c);
  if (k->config->walk > 0) keep_walk(k, c);
  if (k->wrongs) keep_wrongs(k, c);
  if (!oio_checkpoint_loads(c) || c->wrong != OIO_CHECKPOINT_GOOD) return;
  repeat_events(k);
  find_change(k);
  set_rates(k);
}
