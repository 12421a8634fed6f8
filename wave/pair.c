/* SPDX-License-Identifier: Apache-2.0 */
#include "memory.h"
#include "pair_internal.h"

#include <stdlib.h>

bool wave_keep(struct kept_value *kept, const struct wave_value *value) {
  if (value->size > 0 && value->bytes == kept->bytes) return true;
  if (value->size > kept->room) {
    uint8_t *moved = wave_realloc(kept->bytes, value->size);
    if (moved == NULL) return false;
    kept->bytes = moved;
    kept->room = value->size;
  }
  if (value->size > 0) memcpy(kept->bytes, value->bytes, value->size);
  kept->size = value->size;
  kept->form = value->form;
  return true;
}

struct wave_value wave_kept(const struct kept_value *kept) {
  return (struct wave_value){.bytes = kept->bytes, .size = kept->size, .form = kept->form};
}

void wave_pair_init(struct pair_state *state) {
  *state = (struct pair_state){.only_x = true,
                               .only_glitch = true,
                               .only_records = true,
                               .count_from = INT64_MIN,
                               .first = WAVE_NEVER,
                               .until = WAVE_NEVER,
                               .moved_last = INT64_MIN,
                               .after_end = WAVE_NEVER};
  state->side[0].pending_at = state->side[1].pending_at = WAVE_NEVER;
  state->tail_since[0] = state->tail_since[1] = WAVE_NEVER;
}

void wave_pair_free(struct pair_state *state) {
  wave_tolerance_free(state);
  wave_drop_opening(state);
  for (int side = 0; side < 2; side++) {
    free(state->side[side].now.bytes);
    free(state->side[side].pending.bytes);
  }
}

void wave_load(struct pair_step *step, int side) {
  struct moving *moving = &step->sides[side];
  const struct wave_block *block = &step->engine->sources[side]->block;
  moving->from_pending = false;
  moving->offset = wave_walk_offset(&moving->walk);
  moving->place = moving->walk.place;
  int got = wave_walk_next(&moving->walk);
  if (got <= 0) {
    if (got < 0) step->worker->damaged[side] = true;
    moving->at = WAVE_NEVER;
    return;
  }
  uint64_t index = moving->walk.place - block->first_place;
  if (moving->walk.place < block->first_place || index >= block->n_times) {
    if (moving->walk.place < block->first_place || block->closes) {
      step->worker->damaged[side] = true;
    } else {
      moving->beyond = true;
    }
    moving->at = WAVE_NEVER;
    return;
  }
  moving->next = moving->walk.value;
  moving->at = step->lane->table[side][index];
}

static void open_side(struct pair_step *step, int side) {
  const struct engine *engine = step->engine;
  struct pair_side *own = &step->state->side[side];
  struct moving *moving = &step->sides[side];
  moving->own = own;
  moving->now = wave_kept(&own->now);
  moving->beyond = false;
  moving->at = WAVE_NEVER;
  moving->from_pending = false;
  memset(&moving->walk, 0, sizeof moving->walk);
  if (engine->ended[side]) {
    own->offset = UINT64_MAX;
  } else if (own->block != engine->block[side]) {
    own->block = engine->block[side];
    own->offset = 0;
    own->place = 0;
  }
  if (own->offset != UINT64_MAX) {
    const struct wave_composite *composite = wave_pair_composite(step, side);
    struct worker *worker = step->worker;
    if (composite == NULL) {
      if (!wave_walk_open(&moving->walk, engine->sources[side], wave_pair_handle(step->pair, side), &worker->scratch[side], own->offset,
                          own->place))
        worker->damaged[side] = true;
    } else {
      size_t size = wave_compose(step, side, composite);
      moving->walk.kind = WAVE_BITS;
      moving->walk.width = composite->width;
      moving->walk.place = own->place;
      moving->walk.chain.at = moving->walk.mark = worker->pieces[side].bytes + (size > 0 ? own->offset : 0);
      moving->walk.chain.end = worker->pieces[side].bytes + size;
      moving->walk.base = own->offset;
    }
  }
  if (own->pending_at != WAVE_NEVER) {
    moving->next = wave_kept(&own->pending);
    moving->at = own->pending_at;
    moving->from_pending = true;
    moving->offset = own->offset;
    moving->place = own->place;
    own->pending_at = WAVE_NEVER;
  } else if (own->offset != UINT64_MAX) {
    wave_load(step, side);
  }
}

/* What is left behind the horizon stays in the chain, unless the piece is used up: then only the last of it matters, as it all counts
 * together. */
static void close_side(struct pair_step *step, int side) {
  struct moving *moving = &step->sides[side];
  struct pair_side *own = moving->own;
  if (!wave_keep(&own->now, &moving->now)) step->worker->out_of_memory = true;
  if (step->engine->due[side]) {
    while (moving->at != WAVE_NEVER) {
      if (!wave_keep(&own->pending, &moving->next)) step->worker->out_of_memory = true;
      own->pending_at = moving->at;
      wave_load(step, side);
    }
  } else if (moving->at != WAVE_NEVER && moving->from_pending) {
    own->pending_at = moving->at;
  }
  bool loaded = moving->at != WAVE_NEVER || moving->beyond;
  own->offset = loaded ? moving->offset : own->offset == UINT64_MAX ? UINT64_MAX : wave_walk_offset(&moving->walk);
  own->place = loaded ? moving->place : moving->walk.place;
}

/* One side has moved and come back, sooner than what counts by the rules. */
static bool is_short_glitch(const struct pair_step *step, int64_t to) {
  const struct pair_state *state = step->state;
  if (step->lane->axis->sampled || step->pair->kind == WAVE_EVENT || (state->moved[0] && state->moved[1])) return false;
  return to - state->since < step->policy->glitch;
}

/* A span in which the pair differs has ended. */
static void close_span(struct pair_step *step, int64_t to, bool healed) {
  const struct engine *engine = step->engine;
  struct pair_state *state = step->state;
  int64_t first, length;
  int64_t from = state->since > state->count_from ? state->since : state->count_from;
  if (from >= to || !wave_clip(step->mask, from, to, &first, &length)) return;
  if (step->policy->glitch > 0 && healed && is_short_glitch(step, to)) {
    if (!engine->probe) step->worker->glitches++;
    return;
  }
  state->last_until = healed ? to : WAVE_NEVER;
  if (state->first == WAVE_NEVER) {
    state->first = first;
    state->until = healed ? to : WAVE_NEVER;
    if (first != state->since) wave_drop_opening(state); /* the side may have moved on since */
  }
  if (!healed || (state->moved[0] && state->moved[1])) state->only_glitch = false;
  state->times++;
  state->total = length > INT64_MAX - state->total ? INT64_MAX : state->total + length;
  if (engine->density_width == 0 || engine->probe) return; /* a probe asks again what was counted */
  int64_t time = wave_time_of_place(step->lane->axis, first);
  uint64_t bin = time > engine->density_begin ? ((uint64_t)time - (uint64_t)engine->density_begin) / (uint64_t)engine->density_width : 0;
  step->worker->density[bin < DENSITY ? bin : DENSITY - 1]++;
}

void wave_set_differs(struct pair_step *step, bool differs, int64_t at, const bool moved[2]) {
  struct pair_state *state = step->state;
  if (differs && !state->differs) {
    state->since = at;
    state->moved[0] = state->moved[1] = false;
    if (state->first == WAVE_NEVER && !step->policy->tolerant && !step->engine->probe) wave_keep_opening(step, moved);
  }
  state->moved[0] = state->moved[0] || moved[0];
  state->moved[1] = state->moved[1] || moved[1];
  if (differs == state->differs) return;
  state->differs = differs;
  step->worker->differing += differs ? 1 : -1;
  if (!differs) close_span(step, at, true);
}

static void goes_on(struct pair_state *state, int side, int64_t from) {
  state->after_end = from;
  state->longer = side;
}

/* Behind the end of the other run: only whether something else holds at a time that counts, and since when. */
static void walk_tail(struct pair_step *step) {
  const struct wave_pair *pair = step->pair;
  const struct wave_spans *mask = step->mask;
  struct pair_state *state = step->state;
  for (int side = 0; side < 2; side++) {
    struct moving *moving = &step->sides[side];
    int64_t *since = &state->tail_since[side], first, length;
    while (state->after_end == WAVE_NEVER) {
      int64_t at = moving->at, to = at <= step->lane->known[side] ? at : wave_behind(step->lane->known[side]);
      if (*since != WAVE_NEVER && wave_clip(mask, *since, to, &first, &length)) goes_on(state, side, first);
      if (at == WAVE_NEVER) break;
      bool differs;
      do {
        differs = !wave_value_equal(&step->policy->equality, pair->width, &moving->now, &moving->next);
        wave_load(step, side);
      } while (moving->at == at);
      if (pair->kind == WAVE_EVENT) {
        if (wave_clip(mask, at, at + 1, &first, &length)) goes_on(state, side, first);
      } else if (!differs) {
        *since = WAVE_NEVER;
      } else if (*since == WAVE_NEVER) {
        *since = at;
      }
    }
  }
}

/* What a side holds now, where taking more of its changes leaves it. */
static struct wave_value held_before(struct pair_step *step, int side) {
  struct moving *moving = &step->sides[side];
  struct kept_value *room = &step->worker->before[side];
  if (!moving->walk.chain.more) return moving->now;
  if (!wave_keep(room, &moving->now)) step->worker->out_of_memory = true;
  return wave_kept(room);
}

/* Of the sides that had entries, those that hold another value than before: what is only stated again does not move. A side that alone
 * makes them differ, or equal, has moved. */
static void find_moved(const struct pair_step *step, const struct wave_value before[2], bool differs, bool moved[2]) {
  static const struct wave_equality exact = {0};
  const struct pair_state *state = step->state;
  const bool certain = !(moved[0] && moved[1]) && differs != state->differs;
  for (int side = 0; side < 2 && !certain; side++) {
    if (!moved[side] || (state->differs && state->moved[side])) continue;
    moved[side] = !wave_value_equal(&exact, step->pair->width, &before[side], &step->sides[side].now);
  }
}

/* watch: golden's changes are noted; precise: what moved is told from what is stated again. Known when compiled: this is the innermost
 * loop. */
static inline __attribute__((always_inline)) void walk_states(struct pair_step *step, const bool watch, const bool precise) {
  const struct wave_equality *equality = &step->policy->equality;
  struct pair_state *state = step->state;
  struct moving *golden = &step->sides[0], *fresh = &step->sides[1];
  uint32_t width = step->pair->width;
  int64_t horizon = step->lane->horizon;
  bool event = step->pair->kind == WAVE_EVENT;
  for (;;) {
    int64_t at = golden->at < fresh->at ? golden->at : fresh->at;
    if (at > horizon || at == WAVE_NEVER) return;
    struct wave_value before[2];
    for (int side = 0; side < 2 && precise; side++) before[side] = held_before(step, side);
    bool moved[2] = {wave_take(step, 0, at), wave_take(step, 1, at)};
    if (watch && moved[0]) wave_note_move(step, at);
    bool differs = event ? moved[0] != moved[1] : !wave_value_equal(equality, width, &golden->now, &fresh->now);
    if (differs && state->only_x && !event) state->only_x = wave_value_unknown(&golden->now) || wave_value_unknown(&fresh->now);
    if (precise && (differs || state->differs) && !event) find_moved(step, before, differs, moved);
    wave_set_differs(step, differs, at, moved);
    if (event && differs) {
      state->only_x = false;
      wave_set_differs(step, false, at + 1, moved);
    }
  }
}

static void walk_exact(struct pair_step *step) {
  walk_states(step, false, false);
}

static __attribute__((noinline)) void walk_watched(struct pair_step *step) {
  walk_states(step, true, false);
}

static __attribute__((noinline)) void walk_precise(struct pair_step *step) {
  walk_states(step, step->engine->lag != 0, true);
}

/* With nothing tolerated, each record of one side wants the same one on the other. */
static void walk_strict(struct pair_step *step) {
  const struct wave_equality *equality = &step->policy->equality;
  struct moving *sides = step->sides;
  uint32_t width = step->pair->width;
  for (;;) {
    int64_t at = sides[0].at < sides[1].at ? sides[0].at : sides[1].at;
    if (at > step->lane->horizon || at == WAVE_NEVER) return;
    bool moved[2] = {sides[0].at == at, sides[1].at == at}, same = true;
    const bool watch = moved[0] && step->engine->lag != 0;
    step->records[0] = step->records[1] = 0;
    while (sides[0].at == at || sides[1].at == at) {
      for (int side = 0; side < 2; side++) {
        if (sides[side].at == at) {
          step->records[side]++;
          wave_hold(step, side);
          wave_load(step, side);
        } else {
          same = false;
        }
      }
      same = same && wave_value_equal(equality, width, &sides[0].now, &sides[1].now);
    }
    if (watch) wave_note_move(step, at);
    bool differs = !wave_value_equal(equality, width, &sides[0].now, &sides[1].now);
    if (!same) step->state->only_x = false;
    if (differs) step->state->only_records = false;
    if (!same && !differs) { /* only the records differ */
      wave_set_differs(step, true, at, moved);
      wave_set_differs(step, false, at + 1, moved);
    }
    wave_set_differs(step, differs, at, moved);
  }
}

/* What holds when the runs begin counts from the begin of each. */
static void begin_pair(struct pair_step *step) {
  const struct engine *engine = step->engine;
  struct pair_state *state = step->state;
  state->started = true;
  state->live = engine->step;
  for (int side = 0; side < 2; side++) {
    struct pair_side *own = &state->side[side];
    if (engine->ended[side]) continue;
    struct wave_value value = wave_begin_value(step, side, &own->pending);
    if (value.form == WAVE_UNKNOWN) continue;
    /* A format that has a value for everything says x of an event that has not happened. */
    if (step->pair->kind == WAVE_EVENT && wave_value_unknown(&value)) continue;
    if (!wave_keep(&own->pending, &value)) step->worker->out_of_memory = true;
    own->pending_at = step->lane->begin_place[side];
  }
}

/* A pair whose equal chains were passed over is equal still; what it holds, the next frame says. False when no block begins here. */
static bool revive(struct pair_step *step) {
  const struct engine *engine = step->engine;
  struct pair_state *state = step->state;
  for (int side = 0; side < 2; side++) {
    if (engine->ended[side] || state->side[side].block == engine->block[side] || !engine->sources[side]->block.opens) continue;
    struct wave_value value = wave_begin_value(step, side, &state->side[side].now);
    if (!wave_keep(&state->side[0].now, &value) || !wave_keep(&state->side[1].now, &value)) step->worker->out_of_memory = true;
    state->side[0].pending_at = state->side[1].pending_at = WAVE_NEVER; /* from before */
    state->live = engine->step;
    return true;
  }
  return false;
}

/* Whether both sides of a pair do the same in the block that begins, for all that their bytes tell. */
static bool same_chains(const struct engine *engine, const struct wave_pair *pair) {
  struct wave_packed packed[2];
  for (int side = 0; side < 2; side++)
    engine->sources[side]->ops->packed(engine->sources[side], wave_pair_handle(pair, side), &packed[side]);
  return packed[0].size == packed[1].size && packed[0].pack == packed[1].pack && packed[0].unpacked == packed[1].unpacked &&
         (packed[0].size == 0 || memcmp(packed[0].bytes, packed[1].bytes, packed[0].size) == 0);
}

/* Whether both sides hold the very same, not only what the policy lets pass as the same: then they do so after equal changes, too. */
bool wave_pair_same(const struct engine *engine, const struct wave_pair *pair, const struct wave_policy_plan *policy,
                    const struct pair_state *state) {
  static const struct wave_equality exact = {0};
  if (!state->started || state->live == 0 || state->live < engine->stale) return true;
  const struct pair_side *golden = &state->side[0], *fresh = &state->side[1];
  if (policy->exact && golden->pending_at == WAVE_NEVER && fresh->pending_at == WAVE_NEVER) return true;
  struct wave_value now[2] = {wave_kept(&golden->now), wave_kept(&fresh->now)};
  struct wave_value pending[2] = {wave_kept(&golden->pending), wave_kept(&fresh->pending)};
  if (!wave_value_equal(&exact, pair->width, &now[0], &now[1]) || golden->pending_at != fresh->pending_at) return false;
  return golden->pending_at == WAVE_NEVER || wave_value_equal(&exact, pair->width, &pending[0], &pending[1]);
}

static bool nothing_to_do(const struct engine *engine, const struct wave_pair *pair) {
  for (int side = 0; side < 2; side++) {
    struct wave_packed packed = {0};
    if (!engine->ended[side]) engine->sources[side]->ops->packed(engine->sources[side], wave_pair_handle(pair, side), &packed);
    if (packed.size > 0) return false;
  }
  return true;
}

/* The initial values that both sides begin with at one place, when they are equal, need no walk. */
static void settle_begin(struct pair_step *step) {
  struct pair_side *golden = &step->state->side[0], *fresh = &step->state->side[1];
  if (golden->pending_at != fresh->pending_at || golden->pending_at == WAVE_NEVER || step->pair->kind == WAVE_EVENT || step->policy->strict)
    return;
  struct wave_value values[2] = {wave_kept(&golden->pending), wave_kept(&fresh->pending)};
  if (!wave_value_equal(&step->policy->equality, step->pair->width, &values[0], &values[1])) return;
  if (!wave_keep(&golden->now, &values[0]) || !wave_keep(&fresh->now, &values[1])) step->worker->out_of_memory = true;
  golden->pending_at = fresh->pending_at = WAVE_NEVER;
}

/* A pair of the current step; its sides are opened when they have to be walked. */
static void meet(struct pair_step *step, struct engine *engine, struct worker *worker, uint32_t index) {
  step->engine = engine;
  step->worker = worker;
  step->pair = &engine->match->pairs[index];
  step->policy = wave_policy_of(engine->plan, step->pair);
  step->lane = &engine->lanes[step->policy->axis];
  step->mask = &engine->plan->masks[step->policy->mask];
  step->state = &engine->states[index];
}

/* Whether a pair that is equal does the same on both sides, or nothing, for all that the bytes of its chains tell; then it is passed over.
 */
static bool pass_over(const struct pair_step *step) {
  const struct engine *engine = step->engine;
  const struct wave_pair *pair = step->pair;
  struct pair_state *state = step->state;
  bool pending = state->side[0].pending_at != WAVE_NEVER || state->side[1].pending_at != WAVE_NEVER;
  if (pending || wave_pair_composite(step, 0) != NULL || wave_pair_composite(step, 1) != NULL) return false;
  if (nothing_to_do(engine, pair)) return true;
  if (!step->lane->aligned || state->differs || !wave_tolerance_idle(state)) return false;
  if (!step->lane->opens) return state->side[0].offset == UINT64_MAX && state->side[0].block == engine->block[0];
  /* FST's frames have no strings: what a string holds is known from its chains only. */
  if (pair->kind == WAVE_STRING || !same_chains(engine, pair) || !wave_pair_same(engine, pair, step->policy, state)) return false;
  for (int side = 0; side < 2; side++) {
    state->side[side].block = engine->block[side];
    state->side[side].offset = UINT64_MAX;
  }
  state->started = true;
  state->live = 0;
  return true;
}

/* What a chain that turns out to be damaged seems to say is no difference: the pair is as it was before the step. What the step took in
 * hand since, or gave up, is not known any more. */
static void forget(struct pair_step *step, const struct pair_state *before, int64_t differing) {
  struct pair_state *state = step->state, was = *before;
  memcpy(was.side, state->side, sizeof was.side);
  wave_tolerance_free(state);
  was.tolerance = NULL;
  if (state->opening != was.opening) {
    wave_drop_opening(state);
    was.opening = NULL;
  }
  *state = was;
  step->worker->differing = differing;
}

void wave_pair_step(struct engine *engine, struct worker *worker, uint32_t index) {
  struct pair_step step;
  meet(&step, engine, worker, index);
  struct pair_state *state = step.state;
  if (step.lane->done || state->after_end != WAVE_NEVER || (engine->probe && state->first != WAVE_NEVER)) return;
  if (!state->started && engine->stale == 0) {
    begin_pair(&step);
    settle_begin(&step);
  }
  if (pass_over(&step)) return;
  if (state->live == 0 || state->live < engine->stale) {
    if (!revive(&step)) return;
    state->started = true;
  }
  const struct pair_state before = *state;
  const bool known_damaged[2] = {worker->damaged[0], worker->damaged[1]};
  const int64_t known_differing = worker->differing;
  worker->damaged[0] = worker->damaged[1] = false;
  for (int side = 0; side < 2; side++) open_side(&step, side);
  if (step.policy->strict) {
    walk_strict(&step);
  } else if (step.policy->tolerant) {
    wave_walk_tolerant(&step);
  } else if (step.policy->glitch > 0) {
    walk_precise(&step);
  } else if (engine->lag != 0) {
    walk_watched(&step);
  } else {
    walk_exact(&step);
  }
  if (step.lane->tail) walk_tail(&step);
  for (int side = 0; side < 2; side++) close_side(&step, side);
  state->live = engine->step;
  if (worker->damaged[0] || worker->damaged[1]) forget(&step, &before, known_differing);
  for (int side = 0; side < 2; side++) worker->damaged[side] = worker->damaged[side] || known_damaged[side];
}

void wave_pair_end(struct engine *engine, struct worker *worker, uint32_t index) {
  struct pair_step step;
  meet(&step, engine, worker, index);
  const struct lane *lane = step.lane;
  struct pair_state *state = step.state;
  wave_tolerance_end(&step);
  for (int side = 0; side < 2 && state->after_end == WAVE_NEVER; side++) {
    int64_t read = lane->known[side] < engine->side_end[side] ? lane->known[side] : engine->side_end[side];
    int64_t to = lane->axis->sampled ? (int64_t)lane->axis->n[side] : wave_behind(read), first, length;
    if (state->tail_since[side] != WAVE_NEVER && wave_clip(step.mask, state->tail_since[side], to, &first, &length))
      goes_on(state, side, first);
  }
  if (state->differs) close_span(&step, wave_behind(lane->end), false);
}
