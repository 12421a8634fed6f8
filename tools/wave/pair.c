/* SPDX-License-Identifier: Apache-2.0 */
#include "pair_internal.h"

#include <stdlib.h>

bool wave_keep(struct kept_value *kept, const struct wave_value *value) {
  if (value->size > 0 && value->bytes == kept->bytes) return true;
  if (value->size > kept->room) {
    uint8_t *moved = realloc(kept->bytes, value->size);
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

void wave_pair_free(struct pair_state *state) {
  wave_tolerance_free(state);
  for (int side = 0; side < 2; side++) {
    free(state->side[side].now.bytes);
    free(state->side[side].pending.bytes);
  }
}

/* The value at the begin of a side's block; frames are unpacked when the first pair asks. */
static struct wave_value frame_of(struct engine *engine, struct worker *worker, int side, uint32_t handle) {
  struct wave_source *source = engine->sources[side];
  struct wave_value value = {.form = WAVE_UNKNOWN};
  pthread_mutex_lock(&engine->frame_lock);
  if (!engine->frame_loaded[side]) {
    engine->frame_loaded[side] = true;
    if (!source->ops->load_frame(source)) worker->damaged[side] = true;
  }
  pthread_mutex_unlock(&engine->frame_lock);
  source->ops->frame(source, handle, &value);
  return value;
}

/* A piece of a vector while the vector is put together. */
struct piece {
  struct wave_walk walk;
  struct wave_scratch scratch;
  uint32_t first, width; /* characters of the whole */
  int got;
};

static void put_bits(char *to, uint32_t width, const struct wave_value *value) {
  for (uint32_t i = 0; i < width; i++) to[i] = wave_value_bit(value, i);
}

/* Grows the chain that is made: room for one more entry of width characters. */
static uint8_t *room_in(struct wave_scratch *chain, size_t used, size_t more) {
  if (used + more <= chain->size) return chain->bytes;
  size_t larger = (used + more) * 2 + 4096;
  uint8_t *moved = realloc(chain->bytes, larger);
  if (moved == NULL) return NULL;
  chain->bytes = moved;
  chain->size = larger;
  return moved;
}

/* All changes of a block of a vector that the file holds in pieces, as one chain. Its value at the block's begin goes into whole. */
static bool compose(struct engine *engine, struct worker *worker, int side, const struct wave_composite *composite, char *whole,
                    size_t *size) {
  struct wave_source *source = engine->sources[side];
  struct piece *pieces = calloc(composite->n, sizeof *pieces);
  struct wave_scratch *chain = &worker->pieces[side];
  uint64_t place = 0;
  bool good = pieces != NULL;
  *size = 0;
  for (uint32_t i = 0, bit = 0; good && i < composite->n; bit += pieces[i].width, i++) {
    struct piece *piece = &pieces[i];
    piece->first = bit;
    piece->width = source->decl.handles[composite->handles[i]].width;
    struct wave_value value = frame_of(engine, worker, side, composite->handles[i]);
    put_bits(whole + bit, piece->width, &value);
    if (!wave_walk_open(&piece->walk, source, composite->handles[i], &piece->scratch, 0, 0)) worker->damaged[side] = true;
    piece->got = wave_walk_next(&piece->walk);
  }
  char *now = good ? malloc(composite->width) : NULL;
  good = good && now != NULL;
  if (good) memcpy(now, whole, composite->width);
  while (good) {
    uint64_t next = UINT64_MAX;
    for (uint32_t i = 0; i < composite->n; i++) {
      if (pieces[i].got > 0 && pieces[i].walk.place < next) next = pieces[i].walk.place;
    }
    if (next == UINT64_MAX) break;
    for (uint32_t i = 0; i < composite->n; i++) {
      while (pieces[i].got > 0 && pieces[i].walk.place == next) {
        put_bits(now + pieces[i].first, pieces[i].width, &pieces[i].walk.value);
        pieces[i].got = wave_walk_next(&pieces[i].walk);
      }
    }
    good = room_in(chain, *size, composite->width + (size_t)10) != NULL;
    if (!good) break;
    uint8_t *at = wave_put_varint(chain->bytes + *size, (next - place) << 1 | 1);
    memcpy(at, now, composite->width);
    *size = (size_t)(at - chain->bytes) + composite->width;
    place = next;
  }
  for (uint32_t i = 0; pieces != NULL && i < composite->n; i++) {
    if (pieces[i].got < 0) worker->damaged[side] = true;
    wave_scratch_free(&pieces[i].scratch);
  }
  free(now);
  free(pieces);
  if (!good) worker->out_of_memory = true;
  return good;
}

static const struct wave_composite *composite_of(const struct engine *engine, int side, uint32_t handle) {
  uint32_t handles = engine->sources[side]->decl.n_handles;
  const struct wave_names *names = side == WAVE_GOLDEN ? &engine->match->golden : &engine->match->fresh;
  return handle < handles ? NULL : &names->composites[handle - handles];
}

/* The value at the begin of the block, kept where the pair can find it. */
static struct wave_value begin_value(struct engine *engine, struct worker *worker, int side, uint32_t handle, struct kept_value *room) {
  const struct wave_composite *composite = composite_of(engine, side, handle);
  if (composite == NULL) return frame_of(engine, worker, side, handle);
  char *whole = malloc(composite->width);
  if (whole == NULL) {
    worker->out_of_memory = true;
    return (struct wave_value){.form = WAVE_UNKNOWN};
  }
  uint32_t bit = 0;
  for (uint32_t i = 0; i < composite->n; i++) {
    uint32_t width = engine->sources[side]->decl.handles[composite->handles[i]].width;
    struct wave_value value = frame_of(engine, worker, side, composite->handles[i]);
    put_bits(whole + bit, width, &value);
    bit += width;
  }
  struct wave_value value = {.bytes = (const uint8_t *)whole, .size = composite->width, .form = WAVE_NINE};
  if (!wave_keep(room, &value)) worker->out_of_memory = true;
  free(whole);
  return wave_kept(room);
}

/* Loads the next entry, if there is one in this piece. */
void wave_load(struct engine *engine, struct worker *worker, int side, struct moving *moving) {
  const struct wave_block *block = &engine->sources[side]->block;
  moving->from_pending = false;
  moving->offset = wave_walk_offset(&moving->walk);
  moving->place = moving->walk.place;
  int got = wave_walk_next(&moving->walk);
  if (got <= 0) {
    if (got < 0) worker->damaged[side] = true;
    moving->at = WAVE_NEVER;
    return;
  }
  uint64_t index = moving->walk.place - block->first_place;
  if (moving->walk.place < block->first_place || index >= block->n_times) {
    if (moving->walk.place < block->first_place || block->closes) {
      worker->damaged[side] = true;
    } else {
      moving->beyond = true;
    }
    moving->at = WAVE_NEVER;
    return;
  }
  moving->next = moving->walk.value;
  moving->at = engine->table[side][index];
}

static void open_side(struct engine *engine, struct worker *worker, int side, uint32_t handle, struct pair_side *own,
                      struct moving *moving) {
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
    const struct wave_composite *composite = composite_of(engine, side, handle);
    if (composite == NULL) {
      if (!wave_walk_open(&moving->walk, engine->sources[side], handle, &worker->scratch[side], own->offset, own->place))
        worker->damaged[side] = true;
    } else {
      size_t size = 0;
      char *whole = malloc(composite->width);
      if (whole != NULL) compose(engine, worker, side, composite, whole, &size);
      free(whole);
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
    wave_load(engine, worker, side, moving);
  }
}

/* What is left behind the horizon stays in the chain, unless the piece is used up: then only the last of it matters, as it all counts
 * together. */
static void close_side(struct engine *engine, struct worker *worker, int side, struct moving *moving) {
  struct pair_side *own = moving->own;
  if (!wave_keep(&own->now, &moving->now)) worker->out_of_memory = true;
  if (engine->due[side]) {
    while (moving->at != WAVE_NEVER) {
      if (!wave_keep(&own->pending, &moving->next)) worker->out_of_memory = true;
      own->pending_at = moving->at;
      wave_load(engine, worker, side, moving);
    }
  } else if (moving->at != WAVE_NEVER && moving->from_pending) {
    own->pending_at = moving->at;
  }
  bool loaded = moving->at != WAVE_NEVER || moving->beyond;
  own->offset = loaded ? moving->offset : own->offset == UINT64_MAX ? UINT64_MAX : wave_walk_offset(&moving->walk);
  own->place = loaded ? moving->place : moving->walk.place;
}

/* A span in which the pair differs has ended. */
static void close_span(struct engine *engine, struct worker *worker, const struct wave_spans *mask, struct pair_state *state, int64_t to,
                       bool healed) {
  int64_t first, length;
  int64_t from = state->since > state->count_from ? state->since : state->count_from;
  if (from >= to || !wave_clip(mask, from, to, &first, &length)) return;
  if (state->first == WAVE_NEVER) {
    state->first = first;
    state->until = healed ? to : WAVE_NEVER;
  }
  if (!healed || (state->moved[0] && state->moved[1])) state->only_glitch = false;
  state->times++;
  state->total = length > INT64_MAX - state->total ? INT64_MAX : state->total + length;
  if (engine->density_width == 0) return;
  int64_t time = wave_time_of_place(engine->axis, first);
  uint64_t bin = time > engine->density_begin ? ((uint64_t)time - (uint64_t)engine->density_begin) / (uint64_t)engine->density_width : 0;
  worker->density[bin < DENSITY ? bin : DENSITY - 1]++;
}

void wave_set_differs(struct engine *engine, struct worker *worker, const struct wave_spans *mask, struct pair_state *state, bool differs,
                      int64_t at, const bool moved[2]) {
  if (differs && !state->differs) {
    state->since = at;
    state->moved[0] = state->moved[1] = false;
  }
  state->moved[0] = state->moved[0] || moved[0];
  state->moved[1] = state->moved[1] || moved[1];
  if (differs == state->differs) return;
  state->differs = differs;
  worker->differing += differs ? 1 : -1;
  if (!differs) close_span(engine, worker, mask, state, at, true);
}

/* Behind the end of the other run: only whether something else holds at a time that counts, and since when. */
static void walk_tail(struct engine *engine, struct worker *worker, const struct wave_policy_plan *policy, const struct wave_pair *pair,
                      struct pair_state *state, struct moving sides[2]) {
  const struct wave_spans *mask = &engine->plan->masks[policy->mask];
  for (int side = 0; side < 2; side++) {
    struct moving *moving = &sides[side];
    int64_t *since = &state->tail_since[side], first, length;
    while (state->after_end == WAVE_NEVER) {
      int64_t at = moving->at, to = at <= engine->known[side] ? at : wave_behind(engine->known[side]);
      if (*since != WAVE_NEVER && wave_clip(mask, *since, to, &first, &length)) state->after_end = first;
      if (at == WAVE_NEVER) break;
      bool differs;
      do {
        differs = !wave_value_equal(&policy->equality, pair->width, &moving->now, &moving->next);
        wave_load(engine, worker, side, moving);
      } while (moving->at == at);
      if (pair->kind == WAVE_EVENT) {
        if (wave_clip(mask, at, at + 1, &first, &length)) state->after_end = first;
      } else if (!differs) {
        *since = WAVE_NEVER;
      } else if (*since == WAVE_NEVER) {
        *since = at;
      }
    }
  }
}

static void walk_exact(struct engine *engine, struct worker *worker, const struct wave_pair *pair, const struct wave_policy_plan *policy,
                       struct pair_state *state, struct moving sides[2]) {
  const struct wave_spans *mask = &engine->plan->masks[policy->mask];
  struct moving *golden = &sides[0], *fresh = &sides[1];
  bool event = pair->kind == WAVE_EVENT;
  for (;;) {
    int64_t at = golden->at < fresh->at ? golden->at : fresh->at;
    if (at > engine->horizon || at == WAVE_NEVER) return;
    bool moved[2] = {wave_take(engine, worker, 0, golden, at), wave_take(engine, worker, 1, fresh, at)};
    bool differs = event ? moved[0] != moved[1] : !wave_value_equal(&policy->equality, pair->width, &golden->now, &fresh->now);
    if (differs && state->only_x && !event) state->only_x = wave_value_unknown(&golden->now) || wave_value_unknown(&fresh->now);
    wave_set_differs(engine, worker, mask, state, differs, at, moved);
    if (event && differs) {
      state->only_x = false;
      wave_set_differs(engine, worker, mask, state, false, at + 1, moved);
    }
  }
}

/* With nothing tolerated, each record of one side wants the same one on the other. */
static void walk_strict(struct engine *engine, struct worker *worker, const struct wave_pair *pair, const struct wave_policy_plan *policy,
                        struct pair_state *state, struct moving sides[2]) {
  const struct wave_spans *mask = &engine->plan->masks[policy->mask];
  for (;;) {
    int64_t at = sides[0].at < sides[1].at ? sides[0].at : sides[1].at;
    if (at > engine->horizon || at == WAVE_NEVER) return;
    bool moved[2] = {sides[0].at == at, sides[1].at == at}, same = true;
    while (sides[0].at == at || sides[1].at == at) {
      for (int side = 0; side < 2; side++) {
        if (sides[side].at == at) {
          wave_hold(worker, &sides[side]);
          wave_load(engine, worker, side, &sides[side]);
        } else {
          same = false;
        }
      }
      same = same && wave_value_equal(&policy->equality, pair->width, &sides[0].now, &sides[1].now);
    }
    bool differs = !wave_value_equal(&policy->equality, pair->width, &sides[0].now, &sides[1].now);
    if (!same) state->only_x = false;
    if (!same && !differs) { /* only the records differ */
      wave_set_differs(engine, worker, mask, state, true, at, moved);
      wave_set_differs(engine, worker, mask, state, false, at + 1, moved);
    }
    wave_set_differs(engine, worker, mask, state, differs, at, moved);
  }
}

/* What holds when the runs begin counts from the begin of each. */
static void begin_pair(struct engine *engine, struct worker *worker, const struct wave_pair *pair, struct pair_state *state,
                       const uint32_t handles[2]) {
  state->started = true;
  state->live = engine->step;
  for (int side = 0; side < 2; side++) {
    struct pair_side *own = &state->side[side];
    if (engine->ended[side]) continue;
    struct wave_value value = begin_value(engine, worker, side, handles[side], &own->pending);
    if (value.form == WAVE_UNKNOWN) continue;
    /* A format that has a value for everything says x of an event that has not happened. */
    if (pair->kind == WAVE_EVENT && wave_value_unknown(&value)) continue;
    if (!wave_keep(&own->pending, &value)) worker->out_of_memory = true;
    own->pending_at = engine->begin_place[side];
  }
}

/* A pair whose equal chains were passed over is equal still; what it holds, the next frame says. False when no block begins here. */
static bool revive(struct engine *engine, struct worker *worker, struct pair_state *state, const uint32_t handles[2]) {
  for (int side = 0; side < 2; side++) {
    if (engine->ended[side] || state->side[side].block == engine->block[side] || !engine->sources[side]->block.opens) continue;
    struct wave_value value = begin_value(engine, worker, side, handles[side], &state->side[side].now);
    if (!wave_keep(&state->side[0].now, &value) || !wave_keep(&state->side[1].now, &value)) worker->out_of_memory = true;
    state->side[0].pending_at = state->side[1].pending_at = WAVE_NEVER; /* from before */
    state->live = engine->step;
    return true;
  }
  return false;
}

/* Whether both sides of a pair do the same in the block that begins, for all that their bytes tell. */
static bool same_chains(const struct engine *engine, const uint32_t handles[2]) {
  struct wave_packed packed[2];
  for (int side = 0; side < 2; side++) engine->sources[side]->ops->packed(engine->sources[side], handles[side], &packed[side]);
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

static bool nothing_to_do(const struct engine *engine, const uint32_t handles[2]) {
  for (int side = 0; side < 2; side++) {
    struct wave_packed packed = {0};
    if (!engine->ended[side]) engine->sources[side]->ops->packed(engine->sources[side], handles[side], &packed);
    if (packed.size > 0) return false;
  }
  return true;
}

/* The initial values that both sides begin with at one place, when they are equal, need no walk. */
static void settle_begin(struct worker *worker, const struct wave_pair *pair, const struct wave_policy_plan *policy,
                         struct pair_state *state) {
  struct pair_side *golden = &state->side[0], *fresh = &state->side[1];
  if (golden->pending_at != fresh->pending_at || golden->pending_at == WAVE_NEVER || pair->kind == WAVE_EVENT || policy->strict) return;
  struct wave_value values[2] = {wave_kept(&golden->pending), wave_kept(&fresh->pending)};
  if (!wave_value_equal(&policy->equality, pair->width, &values[0], &values[1])) return;
  if (!wave_keep(&golden->now, &values[0]) || !wave_keep(&fresh->now, &values[1])) worker->out_of_memory = true;
  golden->pending_at = fresh->pending_at = WAVE_NEVER;
}

void wave_pair_step(struct engine *engine, struct worker *worker, uint32_t index) {
  const struct wave_pair *pair = &engine->match->pairs[index];
  struct pair_state *state = &engine->states[index];
  const uint32_t handles[2] = {pair->golden, pair->fresh};
  const struct wave_policy_plan *policy = &engine->plan->policies[pair->rule == WAVE_NONE ? engine->plan->n_policies - 1 : pair->rule];
  if (state->after_end != WAVE_NEVER || (engine->probe && state->first != WAVE_NEVER)) return;
  if (!state->started && engine->stale == 0) {
    begin_pair(engine, worker, pair, state, handles);
    settle_begin(worker, pair, policy, state);
  }
  bool pending = state->side[0].pending_at != WAVE_NEVER || state->side[1].pending_at != WAVE_NEVER;
  if (composite_of(engine, 0, handles[0]) == NULL && composite_of(engine, 1, handles[1]) == NULL && !pending) {
    if (nothing_to_do(engine, handles)) return;
    if (engine->aligned && !state->differs && wave_tolerance_idle(state)) {
      if (!engine->opens && state->side[0].offset == UINT64_MAX && state->side[0].block == engine->block[0]) return;
      /* FST's frames have no strings: what a string holds is known from its chains only. */
      if (engine->opens && pair->kind != WAVE_STRING && same_chains(engine, handles) && wave_pair_same(engine, pair, policy, state)) {
        for (int side = 0; side < 2; side++) {
          state->side[side].block = engine->block[side];
          state->side[side].offset = UINT64_MAX;
        }
        state->started = true;
        state->live = 0;
        return;
      }
    }
  }
  if (state->live == 0 || state->live < engine->stale) {
    if (!revive(engine, worker, state, handles)) return;
    state->started = true;
  }
  struct moving sides[2];
  for (int side = 0; side < 2; side++) open_side(engine, worker, side, handles[side], &state->side[side], &sides[side]);
  if (policy->strict) {
    walk_strict(engine, worker, pair, policy, state, sides);
  } else if (policy->tolerant) {
    wave_walk_tolerant(engine, worker, pair, policy, state, sides);
  } else {
    walk_exact(engine, worker, pair, policy, state, sides);
  }
  if (engine->tail) walk_tail(engine, worker, policy, pair, state, sides);
  for (int side = 0; side < 2; side++) close_side(engine, worker, side, &sides[side]);
  state->live = engine->step;
}

void wave_pair_end(struct engine *engine, struct worker *worker, uint32_t index) {
  const struct wave_pair *pair = &engine->match->pairs[index];
  struct pair_state *state = &engine->states[index];
  const struct wave_policy_plan *policy = &engine->plan->policies[pair->rule == WAVE_NONE ? engine->plan->n_policies - 1 : pair->rule];
  wave_tolerance_end(engine, worker, pair, policy, state);
  for (int side = 0; side < 2 && state->after_end == WAVE_NEVER; side++) {
    int64_t to = engine->axis->sampled ? (int64_t)engine->axis->n[side] : wave_behind(engine->side_end[side]), first, length;
    if (state->tail_since[side] != WAVE_NEVER &&
        wave_clip(&engine->plan->masks[policy->mask], state->tail_since[side], to, &first, &length))
      state->after_end = first;
  }
  if (state->differs) close_span(engine, worker, &engine->plan->masks[policy->mask], state, wave_behind(engine->end), false);
}
