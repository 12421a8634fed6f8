/* SPDX-License-Identifier: Apache-2.0 */
#include "base/precondition.h"
#include "sim/sim_state.h"

#include <stdlib.h>

static void join(struct oio_sim *sim) {
  struct oio_net *net = sim->net;
  for (unsigned d = 0; d < 2; d++) sim->die[d] = net->node[d];
  sim->wires_end = sim->wires + net->ports;
  for (uint32_t p = 0; p < net->ports; p++) {
    struct wire *wire = &sim->wires[p];
    const uint32_t from = net->port[p].node, to = net->port[p ^ 1].node;
    wire->channel = net->port[p].wire;
    wire->from = net->port[p].end;
    wire->to = net->port[p ^ 1].end;
    wire->to_ours = oio_net_ours(net, p ^ 1);
    wire->from_die = from < net->dies;
    if (wire->from_die) sim->outward[from] = wire;
    if (to < net->dies) wire->to_die = (uint8_t)(1u << to);
    wire->beside = &sim->wires[net->port[p].beside];
    wire->frees = &sim->wires[net->port[p].frees];
    wire->onwards[0] = &sim->wires[p ^ 1];
    wire->onwards[1] = &sim->wires[net->port[p ^ 1].beside];
  }
}

/* What follows is written once and compiled for a pair apart, `pair` being a constant: what its two wires lead from and to is known there.
 * Likewise `lives`: where nobody asks for them, nothing of them is there. */

static inline oio_time_ps wire_arrival_ps(const struct wire *wire, bool pair) {
  return pair || wire->to_ours ? oio_channel_arrival_ps(wire->channel) : OIO_NEVER;
}

static inline oio_time_ps wire_tx_ps(const struct wire *wire, oio_time_ps now_ps, bool pair) {
  const oio_time_ps next_ps = pair ? oio_die_next_tx_ps(wire->from.object, now_ps) : oio_end_next_tx_ps(&wire->from, now_ps);
  return later(next_ps, oio_channel_free_ps(wire->channel));
}

static inline struct wire *end_of_wires(struct oio_sim *sim, bool pair) {
  return pair ? sim->wires + 2 : sim->wires_end;
}

/* Everything may have changed: ask every wire. */
static void look_again(struct oio_sim *sim) {
  if (sim->many != NULL) oio_rounds_doubt_all(sim->rounds);
  for (struct wire *wire = sim->wires; wire < sim->wires_end; wire++) {
    wire->arrival_ps = wire_arrival_ps(wire, false);
    doubt(wire);
  }
  sim->open = true;
  sim->entry_ps = oio_traffic_next_ps(sim->traffic);
}

static bool make_rounds(struct oio_sim *sim, bool apart) {
  if (!oio_rounds_create(&sim->rounds, sim->net, apart, (unsigned)sim->config.threads)) return false;
  sim->many = oio_rounds_dies(sim->rounds);
  return true;
}

bool oio_sim_use_one_calendar(struct oio_sim *sim) {
  oio_rounds_destroy(sim->rounds);
  if (!make_rounds(sim, false)) return false;
  oio_rounds_doubt_all(sim->rounds);
  return true;
}

enum oio_status oio_sim_create(struct oio_sim **sim, const struct oio_config *config, struct oio_trace_reader *trace, const bool *left_out,
                               struct oio_error *error) {
  *sim = NULL;
  struct oio_sim *made = calloc(1, sizeof *made);
  if (made == NULL) return oio_error_set(error, OIO_ERR_NOMEM, "simulation: out of memory");
  made->config = *config;
  made->reset_ps = config->reset_at_ps > 0 ? config->reset_at_ps : OIO_NEVER;
  made->resume_ps = OIO_NEVER;
  enum oio_status status = oio_net_create(&made->net, config, left_out, error);
  if (status == OIO_OK) status = oio_traffic_create(&made->traffic, config, oio_net_dies(made->net), trace, error);
  if (status != OIO_OK) {
    oio_sim_destroy(made);
    return status;
  }
  made->whole = true;
  for (uint32_t p = 0; p < oio_net_ports(made->net); p++) made->whole &= oio_net_ours(made->net, p);
  made->pair = made->whole && !made->net->routed && made->net->ports == 2;
  if (!made->net->routed) join(made);
  if (made->net->routed && !make_rounds(made, made->whole)) {
    oio_sim_destroy(made);
    return oio_error_set(error, OIO_ERR_NOMEM, "simulation: out of memory, or of threads; use fewer (--threads)");
  }
  if (config->trains == OIO_TRAINS_ON && !oio_trains_create(&made->trains, made)) {
    oio_sim_destroy(made);
    return oio_error_set(error, OIO_ERR_NOMEM, "simulation: out of memory for trains; use sim.trains=off");
  }
  look_again(made);
  made->unseen = INSTANTS_PER_LOOK;
  made->touched = true;
  *sim = made;
  return OIO_OK;
}

void oio_sim_destroy(struct oio_sim *sim) {
  if (sim == NULL) return;
  oio_traffic_destroy(sim->traffic);
  oio_rounds_destroy(sim->rounds);
  oio_lives_destroy(sim->lives);
  oio_trains_destroy(sim->trains);
  oio_net_destroy(sim->net);
  free(sim);
}

OIO_COLD void oio_sim_reset(struct oio_sim *sim) {
  oio_net_reset(sim->net);
  oio_traffic_drop(sim->traffic, sim->now_ps);
  look_again(sim);
  sim->touched = true;
  sim->reset_ps = OIO_NEVER;
  sim->resume_ps = sim->now_ps + sim->config.reset_hold_ps;
}

/* The next event as far as the wires know, which come in pairs. Asks those that are in doubt, where it matters. */
static inline oio_time_ps next_known_ps(struct oio_sim *sim, bool pair) {
  oio_time_ps next = OIO_NEVER;
  struct wire *const end = end_of_wires(sim, pair);
  if (!pair && sim->many != NULL) return oio_sim_next_of_many_ps(sim);
  for (const struct wire *wire = sim->wires; wire < end; wire += 2) {
    next = earlier(next, earlier(wire[0].arrival_ps, wire[1].arrival_ps));
  }
  sim->arrival_ps = next;
  if (sim->resume_ps != OIO_NEVER) return sim->resume_ps;
  next = earlier(next, earlier(sim->reset_ps, sim->entry_ps));
  for (struct wire *wire = sim->wires; wire < end; wire++) {
    if (wire->tx_ps >= next) continue;
    if (wire->doubtful) {
      wire->doubtful = false;
      wire->tx_ps = wire_tx_ps(wire, later(wire->tx_ps, sim->now_ps), pair);
    }
    next = earlier(next, wire->tx_ps);
  }
  return later(next, sim->now_ps);
}

oio_time_ps oio_sim_next_ps(const struct oio_sim *sim) {
  if (sim->resume_ps != OIO_NEVER) return sim->resume_ps;
  oio_time_ps next = earlier(sim->reset_ps, oio_traffic_next_ps(sim->traffic));
  for (uint32_t p = 0; p < sim->net->ports; p++) {
    struct oio_channel *channel = sim->net->port[p].wire;
    if (oio_net_ours(sim->net, p ^ 1)) next = earlier(next, oio_channel_arrival_ps(channel));
    next = earlier(next, later(oio_net_port_next_tx_ps(&sim->net->port[p], sim->now_ps), oio_channel_free_ps(channel)));
  }
  return later(next, sim->now_ps);
}

static void deliver(struct oio_sim *sim, unsigned side) {
  struct oio_die *die = sim->die[side];
  const oio_time_ps now_ps = sim->now_ps;
  struct oio_segment segment;
  while (oio_die_take(die, now_ps, &segment)) oio_traffic_deliver(sim->traffic, now_ps, side, &segment);
  sim->failed |= oio_die_failed(die);
}

/* rx on every wire, then recv at the dies that got something. */
static inline void receive(struct oio_sim *sim, oio_time_ps now_ps, bool pair, bool lives) {
  unsigned got = 0;
  for (struct wire *wire = sim->wires; wire < end_of_wires(sim, pair); wire++) {
    if (wire->arrival_ps > now_ps) continue;
    do {
      if (pair) {
        oio_die_rx(wire->to.object, now_ps, oio_channel_peek(wire->channel)); /* deliver sees whether it has failed */
      } else {
        oio_end_rx(&wire->to, now_ps, oio_channel_peek(wire->channel));
        sim->failed |= oio_end_failed(&wire->to);
      }
      if (lives) oio_lives_arrived(sim->lives, (uint32_t)(wire - sim->wires));
      oio_channel_pop(wire->channel);
      wire->arrival_ps = oio_channel_arrival_ps(wire->channel);
    } while (wire->arrival_ps <= now_ps);
    doubt(wire->onwards[0]);
    if (!pair) doubt(wire->onwards[1]);
    got |= wire->to_die;
  }
  if (got & 1) deliver(sim, 0);
  if (got & 2) deliver(sim, 1);
}

/* Only a channel to what is not ours can be full, of flits that the host has left there. */
OIO_COLD static enum oio_status not_taken(const struct oio_sim *sim, const struct wire *wire, struct oio_error *error) {
  const unsigned number = (unsigned)(wire - sim->wires);
  return oio_error_set(error, OIO_ERR_FULL,
                       "link %u, side %c: nothing takes the flits that arrive there; the host has to, of every link end that it left out",
                       number / 2, number % 2 == 0 ? 'B' : 'A');
}

/* tx on every wire whose time has come, or may have. A bridge that sends on one side frees buffer space on the other, so its other wire is
 * to be asked again: at its turn, or for the next event if that is over. */
static inline enum oio_status transmit(struct oio_sim *sim, oio_time_ps now_ps, bool pair, bool lives, struct oio_error *error) {
  for (struct wire *wire = sim->wires; wire < end_of_wires(sim, pair); wire++) {
    if (wire->tx_ps > now_ps) continue;
    struct oio_wire *slot = oio_channel_slot(wire->channel);
    if (slot == NULL) return not_taken(sim, wire, error);
    if (pair ? oio_die_tx(wire->from.object, now_ps, slot) : oio_end_tx(&wire->from, now_ps, slot)) {
      if (lives) oio_lives_sending(sim->lives, (uint32_t)(wire - sim->wires), now_ps, slot);
      oio_channel_push(wire->channel, now_ps);
      if (lives) oio_lives_sent(sim->lives, (uint32_t)(wire - sim->wires));
      wire->arrival_ps = wire_arrival_ps(wire, pair);
      sim->open |= pair || wire->from_die;
    } else {
      sim->failed |= oio_end_failed(&wire->from);
    }
    doubt(wire);
    if (!pair) doubt(wire->beside);
    if (!pair && wire->frees != wire->beside) doubt(wire->frees);
  }
  return OIO_OK;
}

OIO_COLD void oio_sim_look(struct oio_sim *sim) {
  struct oio_traffic_counts counts;
  sim->unseen = INSTANTS_PER_LOOK;
  if (!sim->whole) return;
  oio_traffic_get_counts(sim->traffic, &counts);
  /* In rounds the dies' time stands while nothing happens at a die. */
  sim->stuck = oio_net_look(sim->net, later(sim->now_ps, sim->behind_ps), oio_traffic_progress(&counts), counts.outstanding > 0);
}

/* One instant, in the order of SPEC section 8: rx, recv, send, tx. */
static inline enum oio_status step_of(struct oio_sim *sim, bool pair, bool lives, struct oio_error *error) {
  const oio_time_ps now_ps = sim->now_ps;
  if (--sim->unseen == 0) oio_sim_look(sim);
  if (now_ps >= sim->reset_ps && sim->config.reset_scope == OIO_RESET_ALL) {
    oio_sim_reset(sim);
    return OIO_OK;
  }
  sim->resume_ps = OIO_NEVER;
  if (!pair && sim->many != NULL) return lives ? oio_sim_step_of_many_with_lives(sim, error) : oio_sim_step_of_many(sim, error);
  if (sim->arrival_ps <= now_ps) receive(sim, now_ps, pair, lives);
  const enum oio_status status = enter(sim, now_ps, pair, error);
  return status == OIO_OK ? transmit(sim, now_ps, pair, lives, error) : status;
}

OIO_FLAT static enum oio_status step(struct oio_sim *sim, struct oio_error *error) {
  return step_of(sim, false, false, error);
}

OIO_COLD static enum oio_status step_with_lives(struct oio_sim *sim, struct oio_error *error) {
  const enum oio_status status = step_of(sim, false, true, error);
  if (status != OIO_OK || !oio_lives_short(sim->lives)) return status;
  return oio_error_set(error, OIO_ERR_NOMEM, "out of memory for the lives of flits; run it without them, or for fewer messages");
}

bool oio_sim_failed(const struct oio_sim *sim) {
  return sim->failed;
}

bool oio_sim_stuck(const struct oio_sim *sim) {
  return sim->stuck;
}

void oio_sim_touch(struct oio_sim *sim) {
  sim->touched = true;
}

/* Nothing happens so late but by mistake, and the sums of times end. */
OIO_COLD enum oio_status oio_sim_too_late(struct oio_error *error) {
  return oio_error_set(error, OIO_ERR_CONFIG,
                       "simulated time passes 2^63 ps (106 days); use shorter timeouts or fewer replays, or higher rates");
}

static enum oio_status carry_on(struct oio_sim *sim, oio_time_ps until_ps, bool to_the_end, struct oio_error *error) {
  if (sim->rounds != NULL && oio_rounds_apart(sim->rounds)) {
    const enum oio_status status = oio_sim_go_rounds(sim, until_ps, to_the_end, UINT64_MAX, error);
    if (status != OIO_OK || oio_sim_stopped(sim, to_the_end)) return status;
    if (sim->next_ps <= until_ps && sim->next_ps != OIO_NEVER) return oio_sim_too_late(error);
    if (until_ps != OIO_NEVER) sim->now_ps = until_ps;
    return OIO_OK;
  }
  if (sim->touched) {
    for (struct wire *wire = sim->wires; wire < sim->wires_end; wire++) wire->arrival_ps = wire_arrival_ps(wire, false);
    if (sim->many != NULL) oio_many_look_at_arrivals(sim->many);
    sim->touched = false;
    sim->next_ps = next_known_ps(sim, false);
  }
  while (sim->next_ps <= until_ps && sim->next_ps < OIO_HORIZON_PS && !sim->failed && !sim->stuck) {
    sim->now_ps = sim->next_ps;
    const enum oio_status status = step(sim, error);
    sim->next_ps = next_known_ps(sim, false);
    if (status != OIO_OK || (to_the_end && oio_traffic_finished(sim->traffic))) return status;
  }
  const bool ended = sim->failed || sim->stuck;
  if (sim->next_ps <= until_ps && sim->next_ps != OIO_NEVER && !ended) return oio_sim_too_late(error);
  if (until_ps != OIO_NEVER && !ended) sim->now_ps = until_ps;
  return OIO_OK;
}

enum oio_status oio_sim_settle(struct oio_sim *sim, oio_time_ps until_ps, struct oio_error *error) {
  OIO_PRECONDITION(until_ps >= sim->now_ps);
  return carry_on(sim, until_ps, false, error);
}

enum oio_status oio_sim_advance(struct oio_sim *sim, oio_time_ps until_ps, struct oio_error *error) {
  OIO_PRECONDITION(until_ps >= sim->now_ps);
  return carry_on(sim, until_ps, true, error);
}

/* So many instants of a train take the time of one. */
enum { CARRIED_PER_INSTANT = 32 };

/* So many instants, or as many as there are. */
static inline enum oio_status run(struct oio_sim *sim, bool pair, bool lives, bool trains, uint64_t instants, bool *more,
                                  struct oio_error *error) {
  oio_time_ps next_ps = next_known_ps(sim, pair);
  for (uint64_t i = 0; i < instants; i++) {
    *more = next_ps < OIO_HORIZON_PS && !sim->failed && !sim->stuck && !oio_traffic_finished(sim->traffic);
    if (!*more) return next_ps < OIO_HORIZON_PS || next_ps == OIO_NEVER ? OIO_OK : oio_sim_too_late(error);
    sim->now_ps = next_ps;
    const enum oio_status status = pair ? step_of(sim, true, false, error) : lives ? step_with_lives(sim, error) : step(sim, error);
    if (status != OIO_OK) return status;
    next_ps = next_known_ps(sim, pair);
    if (!trains) continue;
    const uint64_t carried = oio_trains_after(sim->trains, sim, CARRIED_PER_INSTANT * (instants - i));
    if (carried > 0) next_ps = next_known_ps(sim, pair);
    i += carried / CARRIED_PER_INSTANT;
  }
  *more = !sim->failed && !sim->stuck;
  return OIO_OK;
}

OIO_FLAT static enum oio_status run_pair(struct oio_sim *sim, uint64_t instants, bool *more, struct oio_error *error) {
  return run(sim, true, false, false, instants, more, error);
}

/* As run_pair. */
OIO_FLAT static enum oio_status run_with_trains(struct oio_sim *sim, uint64_t instants, bool *more, struct oio_error *error) {
  oio_trains_forget(sim->trains, sim);
  return run(sim, true, false, true, instants, more, error);
}

OIO_COLD static enum oio_status run_with_lives(struct oio_sim *sim, uint64_t instants, bool *more, struct oio_error *error) {
  oio_lives_forget(sim->lives);
  return run(sim, false, true, false, instants, more, error);
}

enum oio_status oio_sim_run(struct oio_sim *sim, uint64_t events, bool *more, struct oio_error *error) {
  *more = true;
  look_again(sim);
  sim->touched = true; /* by this call: next_ps is not kept */
  if (sim->rounds != NULL && oio_rounds_apart(sim->rounds)) {
    const enum oio_status status = oio_sim_go_rounds(sim, OIO_NEVER, true, events, error);
    *more = status == OIO_OK && !oio_sim_stopped(sim, true) && sim->next_ps < OIO_HORIZON_PS;
    return status == OIO_OK && !oio_sim_stopped(sim, true) && sim->next_ps >= OIO_HORIZON_PS && sim->next_ps != OIO_NEVER
               ? oio_sim_too_late(error)
               : status;
  }
  if (sim->lives != NULL) return run_with_lives(sim, events, more, error);
  if (sim->trains != NULL) return run_with_trains(sim, events, more, error);
  return sim->pair ? run_pair(sim, events, more, error) : run(sim, false, false, false, events, more, error);
}

enum oio_status oio_sim_keep_lives(struct oio_sim *sim, struct oio_error *error) {
  if (!sim->whole) return oio_error_set(error, OIO_ERR_CONFIG, "flits have no lives to keep where a node is left out: the host moves them");
  if (sim->lives != NULL) return OIO_OK;
  const bool made = oio_lives_create(&sim->lives, sim->net, (enum oio_fidelity)sim->config.fidelity,
                                     oio_flit_format((unsigned)sim->config.link_format)) &&
                    (sim->rounds == NULL || oio_sim_use_one_calendar(sim));
  if (!made) return oio_error_set(error, OIO_ERR_NOMEM, "out of memory for the lives of flits");
  if (sim->many != NULL) oio_many_keep_lives(sim->many, sim->lives);
  return OIO_OK;
}

const struct oio_life *oio_sim_lives(const struct oio_sim *sim, size_t *count) {
  *count = 0;
  return sim->lives == NULL ? NULL : oio_lives_ended(sim->lives, count);
}

enum oio_status oio_sim_end_lives(struct oio_sim *sim, struct oio_error *error) {
  if (sim->lives == NULL) return OIO_OK;
  oio_lives_forget(sim->lives);
  oio_lives_end(sim->lives);
  return oio_lives_short(sim->lives) ? oio_error_set(error, OIO_ERR_NOMEM, "out of memory for the lives of flits") : OIO_OK;
}

oio_time_ps oio_sim_now_ps(const struct oio_sim *sim) {
  return sim->now_ps;
}
double oio_sim_fraction(const struct oio_sim *sim) {
  return oio_traffic_fraction(sim->traffic);
}
struct oio_net *oio_sim_net(struct oio_sim *sim) {
  return sim->net;
}
struct oio_traffic *oio_sim_traffic(struct oio_sim *sim) {
  return sim->traffic;
}

void oio_sim_get_results(const struct oio_sim *sim, struct oio_results *results) {
  oio_results_collect(results, &sim->config, sim->net, sim->traffic, sim->now_ps);
  if (!sim->whole || sim->failed || results->traffic.outstanding == 0 || !(sim->stuck || oio_sim_next_ps(sim) == OIO_NEVER)) return;
  oio_results_stall(results, sim->stuck, sim->net);
}
