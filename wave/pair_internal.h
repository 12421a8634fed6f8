/* SPDX-License-Identifier: Apache-2.0 */
/* Shared by the ways to walk a pair through a step: pair.c and pair_tolerant.c; pair_value.c finds what its sides hold. */
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

/* A pair while it is walked through a step: what it is, by which rules, on which axis. */
struct pair_step {
  struct engine *engine;
  struct worker *worker;
  const struct lane *lane;
  const struct wave_pair *pair;
  const struct wave_policy_plan *policy;
  const struct wave_spans *mask; /* where a difference counts */
  struct pair_state *state;
  struct moving sides[2];
  uint32_t records[2]; /* strict: of the time that is looked at */
};

bool wave_keep(struct kept_value *kept, const struct wave_value *value);
struct wave_value wave_kept(const struct kept_value *kept);

/* --- pair_value.c --- */

/* The composite that a side of the pair is; NULL: a handle of the file. */
const struct wave_composite *wave_pair_composite(const struct pair_step *step, int side);
/* The value at the begin of the current block; that of a composite is put together in room. */
struct wave_value wave_begin_value(const struct pair_step *step, int side, struct kept_value *room);
/* All changes of a block of a vector that the file holds in pieces, as one chain in the worker's memory. Its size. */
size_t wave_compose(const struct pair_step *step, int side, const struct wave_composite *composite);

/* --- pair.c --- */

/* Loads the next entry, if there is one in this piece. */
void wave_load(struct pair_step *step, int side);

/* The entry that is loaded holds from now on. Its bytes stay where they are, unless unpacking more of the chain would move them. */
static inline void wave_hold(struct pair_step *step, int side) {
  struct moving *moving = &step->sides[side];
  moving->now = moving->next;
  if (moving->walk.chain.more) {
    if (!wave_keep(&moving->own->now, &moving->next)) step->worker->out_of_memory = true;
    moving->now = wave_kept(&moving->own->now);
  }
}

/* Takes all entries of a side at a time; the last one holds. Returns whether there was one. */
static inline bool wave_take(struct pair_step *step, int side, int64_t at) {
  if (step->sides[side].at != at) return false;
  do {
    wave_hold(step, side);
    wave_load(step, side);
  } while (step->sides[side].at == at);
  return true;
}

/* The pair differs or is equal from a time on; spans that count are noted. */
void wave_set_differs(struct pair_step *step, bool differs, int64_t at, const bool moved[2]);

/* --- pair_opening.c --- */

/* What both sides hold where the first difference that counts begins. An event holds nothing: its value is kept for the side that has it,
 * as WAVE_BYTES. */
void wave_keep_opening(struct pair_step *step, const bool moved[2]);
void wave_drop_opening(struct pair_state *state);
/* Golden's side has changed, or restated its value: what the last change was is kept while engine.lag is asked for. */
void wave_note_move(struct pair_step *step, int64_t at);

/* --- pair_tolerant.c --- */

void wave_walk_tolerant(struct pair_step *step);
void wave_tolerance_end(struct pair_step *step);
/* Whether nothing waits for the other side. */
bool wave_tolerance_idle(const struct pair_state *state);
void wave_tolerance_free(struct pair_state *state);

#endif
