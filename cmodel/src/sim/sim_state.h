/* SPDX-License-Identifier: Apache-2.0 */
/* The inside of a simulator, shared by sim.c (life, nets of two dies) and sim_rounds.c (nets of many). */
#ifndef OIO_SIM_STATE_H
#define OIO_SIM_STATE_H

#include "base/cold.h"
#include "net/net_state.h"
#include "oio/sim.h"
#include "sim/lives_state.h"
#include "sim/rounds.h"
#include "sim/trains.h"

/* A wire: from a transmitting end over a channel to a receiving end. */
struct wire {
  oio_time_ps arrival_ps; /* when its next flit arrives; OIO_NEVER when there is none, or it is not ours to take */
  oio_time_ps tx_ps;      /* when its next flit starts, if nothing happens at the transmitting end before; doubtful: not earlier */
  bool doubtful;          /* the transmitting end is to be asked, but not before its wire is free: its answer would be in vain */
  bool to_ours;           /* the receiving end is ours: the simulator takes its flits off the channel */
  uint8_t to_die;         /* the set of dies (bit 0 A, bit 1 B) that the receiving end is */
  bool from_die;
  struct oio_channel *channel;
  struct oio_end from, to;
  struct wire *onwards[2]; /* those that lead away from the receiving end's die or bridge: what arrives there concerns them */
  struct wire *beside;     /* the other one that leads away from the transmitting end's bridge: what it sends concerns it; or itself */
  struct wire *frees;      /* that which may carry something when it has been freed for that (struct oio_net_port); mostly beside */
};

enum { WIRES_MAX = 6 };

/* Instants, or rounds, between two looks at whether the run gets on. */
enum { INSTANTS_PER_LOOK = 4096, ROUNDS_PER_LOOK = 256 };

struct oio_sim {
  oio_time_ps now_ps;
  oio_time_ps arrival_ps; /* the next on any wire */
  oio_time_ps next_ps;    /* the next event, if untouched: advance has seen it */
  oio_time_ps entry_ps;   /* when the next message enters if not open */
  oio_time_ps reset_ps;   /* when the path goes down; OIO_NEVER */
  oio_time_ps resume_ps;  /* when it comes up again; OIO_NEVER while up */
  bool touched;           /* next_ps does not hold: the host has put flits on channels, or time has gone on otherwise */
  bool open;              /* messages may enter: a die has sent since the traffic was last let in */
  bool failed;            /* a link end has: nothing more is carried out */
  bool stuck;             /* flits move and nothing gets on: likewise */
  bool whole;             /* no node is left out: the net is all there is to look at */
  bool pair;              /* it is two dies and the link between them */
  uint32_t unseen;        /* instants to the next look at whether the run gets on */
  struct oio_net *net;
  struct oio_traffic *traffic;
  struct oio_rounds *rounds; /* of a routed net; NULL: the wires below are few, and gone through */
  struct oio_many *many;     /* the calendar of its dies, or of all; or NULL */
  oio_time_ps ahead_ps;      /* its dies have gone through all up to this time, and without it */
  oio_time_ps behind_ps;     /* its switches likewise */
  struct oio_trains *trains; /* that carry them; or NULL */
  struct oio_lives *lives;   /* of flits, where they are kept; or NULL */
  struct oio_die *die[2];
  struct wire *wires_end;
  struct wire *outward[2]; /* the wire that leads from a die */
  struct wire wires[WIRES_MAX];
  struct oio_config config;
};

static inline oio_time_ps earlier(oio_time_ps a, oio_time_ps b) {
  return a < b ? a : b;
}

static inline oio_time_ps later(oio_time_ps a, oio_time_ps b) {
  return a > b ? a : b;
}

/* When the wire transmits may have changed. */
static inline void doubt(struct wire *wire) {
  wire->tx_ps = oio_channel_free_ps(wire->channel);
  wire->doubtful = true;
}

/* Lets messages enter. */
static inline enum oio_status enter(struct oio_sim *sim, oio_time_ps now_ps, bool pair, struct oio_error *error) {
  if (!sim->open && sim->entry_ps > now_ps && !oio_traffic_woken(sim->traffic)) return OIO_OK;
  const enum oio_status status = oio_traffic_enter(sim->traffic, now_ps, sim->net, error);
  sim->open = false;
  sim->entry_ps = oio_traffic_next_ps(sim->traffic);
  for (uint32_t d; (pair || !sim->net->routed) && oio_traffic_next_fed(sim->traffic, &d);) {
    doubt(sim->outward[d]);
    if (!pair && sim->many != NULL) oio_net_stir(sim->net, &sim->net->stirs, (uint32_t)(sim->outward[d] - sim->wires));
  }
  return status;
}

/* Has it come to its end? */
static inline bool oio_sim_stopped(const struct oio_sim *sim, bool to_the_end) {
  return sim->failed || sim->stuck || (to_the_end && oio_traffic_finished(sim->traffic));
}

/* Looks whether the run gets on. */
void oio_sim_look(struct oio_sim *sim);
enum oio_status oio_sim_too_late(struct oio_error *error);
/* Of what has a calendar: the next event, and an instant. */
oio_time_ps oio_sim_next_of_many_ps(struct oio_sim *sim);
enum oio_status oio_sim_step_of_many(struct oio_sim *sim, struct oio_error *error);
enum oio_status oio_sim_step_of_many_with_lives(struct oio_sim *sim, struct oio_error *error);
/* In rounds: everything up to until_ps, or about so many instants; ends with all at one time. */
enum oio_status oio_sim_go_rounds(struct oio_sim *sim, oio_time_ps until_ps, bool to_the_end, uint64_t instants, struct oio_error *error);

#endif
