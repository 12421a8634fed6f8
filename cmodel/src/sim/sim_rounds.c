/* SPDX-License-Identifier: Apache-2.0 */
/* Nets that have a calendar: their instants, and the rounds in which dies and switches go on apart. */
#include "sim/sim_state.h"

OIO_APART oio_time_ps oio_sim_next_of_many_ps(struct oio_sim *sim) {
  if (sim->resume_ps != OIO_NEVER) return sim->resume_ps;
  const oio_time_ps own_ps = later(earlier(sim->reset_ps, sim->entry_ps), sim->now_ps);
  return earlier(own_ps, oio_many_next_ps(sim->many, sim->now_ps));
}

OIO_COLD static void reset_part(struct oio_sim *sim) {
  oio_traffic_reset_part(sim->traffic, sim->now_ps, sim->net);
  oio_rounds_doubt_all(sim->rounds); /* flits have been dropped */
  sim->reset_ps = OIO_NEVER;
  sim->open = true;
}

static inline enum oio_status step_of_many(struct oio_sim *sim, bool lives, struct oio_error *error) {
  (lives ? oio_many_receive_with_lives : oio_many_receive)(sim->many, sim->now_ps, sim->traffic);
  if (sim->now_ps >= sim->reset_ps) reset_part(sim);
  sim->open |= oio_many_opened(sim->many);
  enum oio_status status = enter(sim, sim->now_ps, false, error);
  if (status == OIO_OK) status = (lives ? oio_many_transmit_with_lives : oio_many_transmit)(sim->many, sim->now_ps, sim->traffic, error);
  sim->open |= oio_many_opened(sim->many);
  sim->failed |= oio_many_failed(sim->many);
  /* What has room now enters now, and not at whatever happens next: that may be at a switch. */
  return status == OIO_OK && sim->open && sim->net->routed ? enter(sim, sim->now_ps, false, error) : status;
}

OIO_APART enum oio_status oio_sim_step_of_many(struct oio_sim *sim, struct oio_error *error) {
  return step_of_many(sim, false, error);
}

OIO_COLD enum oio_status oio_sim_step_of_many_with_lives(struct oio_sim *sim, struct oio_error *error) {
  return step_of_many(sim, true, error);
}

/* One round: the switches follow to where the dies are, the dies go on, up to `end_ps` and without it. */
static enum oio_status go_round(struct oio_sim *sim, oio_time_ps end_ps, bool to_the_end, uint64_t *instants, struct oio_error *error) {
  enum oio_status status = OIO_OK;
  bool over = false;
  oio_rounds_begin(sim->rounds, sim->behind_ps, sim->ahead_ps);
  sim->behind_ps = sim->ahead_ps;
  for (oio_time_ps next_ps; !over && (next_ps = oio_sim_next_of_many_ps(sim)) < end_ps; *instants -= *instants > 0) {
    sim->now_ps = next_ps;
    sim->resume_ps = OIO_NEVER;
    status = oio_sim_step_of_many(sim, error);
    over = status != OIO_OK || oio_sim_stopped(sim, to_the_end);
  }
  sim->ahead_ps = over ? sim->now_ps + 1 : end_ps;
  const enum oio_status others = oio_rounds_end(sim->rounds, status == OIO_OK ? error : NULL);
  sim->failed |= oio_rounds_failed(sim->rounds);
  if (--sim->unseen == 0) {
    oio_sim_look(sim);
    sim->unseen = ROUNDS_PER_LOOK;
  }
  return status == OIO_OK ? others : status;
}

/* Neither the switches nor the dies have anything to do before the dies' time. */
static bool nothing_behind(struct oio_sim *sim) {
  return oio_sim_next_of_many_ps(sim) >= sim->ahead_ps && oio_rounds_next_ps(sim->rounds) >= sim->ahead_ps;
}

/* All are at one time. Goes to that of the next event; false: there is none up to until_ps. */
static bool go_to_next(struct oio_sim *sim, oio_time_ps until_ps) {
  sim->next_ps = earlier(oio_sim_next_of_many_ps(sim), oio_rounds_next_ps(sim->rounds));
  if (sim->next_ps > until_ps || sim->next_ps >= OIO_HORIZON_PS) return false;
  if (sim->next_ps > sim->ahead_ps) sim->ahead_ps = sim->behind_ps = sim->next_ps;
  if (sim->ahead_ps < sim->reset_ps || sim->config.reset_scope != OIO_RESET_ALL) return true;
  sim->now_ps = sim->reset_ps;
  oio_sim_reset(sim);
  sim->ahead_ps = sim->behind_ps = sim->resume_ps;
  return sim->resume_ps <= until_ps;
}

/* All are at the instant in which a part of the net goes down: between what arrives and what is sent. */
OIO_COLD static enum oio_status go_through_reset(struct oio_sim *sim, struct oio_error *error) {
  sim->now_ps = sim->reset_ps;
  oio_rounds_receive(sim->rounds, sim->now_ps, sim->traffic);
  reset_part(sim);
  enum oio_status status = enter(sim, sim->now_ps, false, error);
  if (status == OIO_OK) status = oio_rounds_transmit(sim->rounds, sim->now_ps, sim->traffic, error);
  sim->open |= oio_many_opened(sim->many);
  sim->failed |= oio_rounds_failed(sim->rounds);
  return status == OIO_OK && sim->open ? enter(sim, sim->now_ps, false, error) : status;
}

enum oio_status oio_sim_go_rounds(struct oio_sim *sim, oio_time_ps until_ps, bool to_the_end, uint64_t instants, struct oio_error *error) {
  enum oio_status status = OIO_OK;
  const oio_time_ps length_ps = oio_rounds_length_ps(sim->rounds), after_ps = until_ps == OIO_NEVER ? OIO_NEVER : until_ps + 1;
  while (status == OIO_OK) {
    const bool over = instants == 0 || oio_sim_stopped(sim, to_the_end);
    if (!over && sim->behind_ps < sim->ahead_ps && nothing_behind(sim)) sim->behind_ps = sim->ahead_ps;
    if (sim->behind_ps == sim->ahead_ps && (over || !go_to_next(sim, until_ps))) break;
    if (!over && oio_sim_stopped(sim, to_the_end)) continue; /* a reset has dropped all that was left */
    instants -= instants > 0;
    if (sim->behind_ps == sim->reset_ps && !over) {
      status = go_through_reset(sim, error);
      continue;
    }
    const oio_time_ps end_ps = over ? sim->ahead_ps : earlier(earlier(sim->ahead_ps + length_ps, sim->reset_ps), after_ps);
    status = go_round(sim, end_ps, to_the_end, &instants, error);
  }
  if (!to_the_end || !oio_traffic_finished(sim->traffic)) sim->now_ps = later(sim->now_ps, oio_rounds_last_ps(sim->rounds));
  return status;
}
