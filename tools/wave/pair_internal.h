/* SPDX-License-Identifier: Apache-2.0 */
/* Shared by the ways to walk a pair through a step: pair.c and pair_tolerant.c. */
#ifndef WAVE_PAIR_INTERNAL_H
#define WAVE_PAIR_INTERNAL_H

#include "engine.h"
#include "walk.h"

/* One side of a pair while it is walked through a step. */
struct moving {
  struct pair_side *own;
  struct wave_walk walk;
  struct wave_value now;  /* what holds */
  struct wave_value next; /* what comes at `at` */
  int64_t at;             /* WAVE_NEVER: nothing more in this piece */
  uint64_t offset, place; /* before the entry that is loaded */
  bool from_pending;      /* next is the pending value, not an entry */
  bool beyond;            /* the entry loaded belongs to a later piece */
};

bool wave_keep(struct kept_value *kept, const struct wave_value *value);
struct wave_value wave_kept(const struct kept_value *kept);

/* Loads the next entry, if there is one in this piece. */
void wave_load(struct engine *engine, struct worker *worker, int side, struct moving *moving);

/* The entry that is loaded holds from now on. Its bytes stay where they are, unless unpacking more of the chain would move them. */
static inline void wave_hold(struct worker *worker, struct moving *moving) {
  moving->now = moving->next;
  if (moving->walk.chain.more) {
    if (!wave_keep(&moving->own->now, &moving->next)) worker->out_of_memory = true;
    moving->now = wave_kept(&moving->own->now);
  }
}

/* Takes all entries of a side at a time; the last one holds. Returns whether there was one. */
static inline bool wave_take(struct engine *engine, struct worker *worker, int side, struct moving *moving, int64_t at) {
  if (moving->at != at) return false;
  do {
    wave_hold(worker, moving);
    wave_load(engine, worker, side, moving);
  } while (moving->at == at);
  return true;
}

/* The pair differs or is equal from a time on; spans that count are noted. */
void wave_set_differs(struct engine *engine, struct worker *worker, const struct wave_spans *mask, struct pair_state *state, bool differs,
                      int64_t at, const bool moved[2]);

void wave_walk_tolerant(struct engine *engine, struct worker *worker, const struct wave_pair *pair, const struct wave_policy_plan *policy,
                        struct pair_state *state, struct moving sides[2]);
void wave_tolerance_end(struct engine *engine, struct worker *worker, const struct wave_pair *pair, const struct wave_policy_plan *policy,
                        struct pair_state *state);
/* Whether nothing waits for the other side. */
bool wave_tolerance_idle(const struct pair_state *state);
void wave_tolerance_free(struct pair_state *state);

#endif
