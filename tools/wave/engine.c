/* SPDX-License-Identifier: Apache-2.0 */
#include "engine.h"

#include <stdlib.h>
#include <string.h>

enum { PAIRS_AT_ONCE = 32 };

static enum wave_status prepare_table(struct engine *engine, int side) {
  const struct wave_block *block = &engine->sources[side]->block;
  if (block->n_times > engine->table_size[side]) {
    free(engine->table[side]);
    engine->table_size[side] = block->n_times + block->n_times / 4 + 1024;
    engine->table[side] = malloc(engine->table_size[side] * sizeof *engine->table[side]);
    if (engine->table[side] == NULL) return WAVE_ERROR;
  }
  int64_t *table = engine->table[side];
  const struct wave_ticks *ticks = &engine->plan->ticks[side];
  for (uint32_t i = 0; i < block->n_times; i++) table[i] = wave_common(ticks, block->times[i]);
  const struct wave_axis *axis = engine->axis;
  int64_t lag = side == WAVE_FRESH ? engine->lag : 0;
  if (axis->sampled && block->n_times > 0) {
    size_t place = (size_t)wave_place(axis, side, table[0]), n = axis->n[side];
    const int64_t *samples = axis->samples[side];
    for (uint32_t i = 0; i < block->n_times; i++) {
      while (place < n && (samples[place] < table[i] || (samples[place] == table[i] && !axis->inclusive))) place++;
      table[i] = place == n ? WAVE_NEVER : (int64_t)place - lag; /* behind the last sample nothing counts */
    }
  } else if (lag != 0) {
    for (uint32_t i = 0; i < block->n_times; i++) table[i] = wave_minus(table[i], lag);
  }
  return WAVE_OK;
}

/* The last place whose value is settled when a side was read up to a time. */
static int64_t settled(const struct engine *engine, int side, int64_t time) {
  const struct wave_axis *axis = engine->axis;
  int64_t lag = side == WAVE_FRESH ? engine->lag : 0;
  if (!axis->sampled) return wave_minus(time, lag);
  size_t low = 0, high = axis->n[side];
  while (low < high) {
    size_t middle = low + (high - low) / 2;
    if (axis->samples[side][middle] <= time) {
      low = middle + 1;
    } else {
      high = middle;
    }
  }
  return (int64_t)low - 1 - lag;
}

/* Both blocks begin with this step, or have gone on together since they began, and their changes fall on the same places. */
static bool find_aligned(const struct engine *engine) {
  const struct wave_block *golden = &engine->sources[0]->block, *fresh = &engine->sources[1]->block;
  if (engine->ended[0] || engine->ended[1]) return false;
  if (golden->first_place != fresh->first_place || golden->opens != fresh->opens) return false;
  if (!golden->opens) return engine->aligned;
  bool alike = engine->plan->same_ticks && engine->axis->alike && engine->lag == 0;
  if (alike && golden->times_bytes != NULL && fresh->times_bytes != NULL && golden->times_size == fresh->times_size &&
      memcmp(golden->times_bytes, fresh->times_bytes, golden->times_size) == 0) {
    return true;
  }
  return golden->closes && fresh->closes && golden->n_times == fresh->n_times &&
         memcmp(engine->table[0], engine->table[1], golden->n_times * sizeof *engine->table[0]) == 0;
}

struct turn {
  struct engine *engine;
  enum wave_status status[2];
  struct wave_error errors[2];
  uint64_t until[2];
};

static void next_of_side(void *context, unsigned thread, uint32_t side) {
  struct turn *turn = context;
  struct engine *engine = turn->engine;
  (void)thread;
  if (!engine->due[side] || engine->ended[side]) return;
  turn->status[side] = engine->sources[side]->ops->next(engine->sources[side], turn->until[side], &turn->errors[side]);
  if (turn->status[side] == WAVE_OK && prepare_table(engine, (int)side) != WAVE_OK) {
    turn->status[side] = wave_fail(&turn->errors[side], "out of memory");
  }
}

/* Blocks cooked from text can be cut anywhere: both sides' should end at the same time. */
static void agree_on_end(struct engine *engine, struct turn *turn) {
  turn->until[0] = turn->until[1] = UINT64_MAX;
  if (!engine->due[0] || !engine->due[1] || engine->ended[0] || engine->ended[1]) return;
  uint64_t peek[2];
  for (int side = 0; side < 2; side++) peek[side] = engine->sources[side]->ops->peek(engine->sources[side]);
  if (engine->plan->same_ticks) {
    turn->until[0] = turn->until[1] = peek[0] < peek[1] ? peek[0] : peek[1];
    return;
  }
  int64_t common = INT64_MAX;
  for (int side = 0; side < 2; side++) {
    int64_t end = peek[side] == UINT64_MAX ? INT64_MAX : wave_common(&engine->plan->ticks[side], peek[side]);
    if (end < common) common = end;
  }
  for (int side = 0; side < 2 && common != INT64_MAX; side++) turn->until[side] = wave_tick_near(&engine->plan->ticks[side], common);
}

/* Moves the sides whose block is used up. */
static enum wave_status advance(struct engine *engine, struct wave_error *error) {
  struct turn turn = {.engine = engine};
  agree_on_end(engine, &turn);
  wave_pool_run(engine->pool, next_of_side, &turn, 2);
  for (int side = 0; side < 2; side++) {
    if (turn.status[side] == WAVE_ERROR) {
      if (error != NULL) *error = turn.errors[side];
      return WAVE_ERROR;
    }
    if (!engine->due[side] || engine->ended[side]) continue;
    int64_t passed = wave_common(&engine->plan->ticks[side], engine->sources[side]->last_tick);
    if (passed > engine->side_end[side]) engine->side_end[side] = passed;
    if (turn.status[side] == WAVE_END) {
      engine->ended[side] = true;
      /* A file may last longer than its last change. */
      int64_t told = wave_common(&engine->plan->ticks[side], engine->sources[side]->end_hint);
      if (engine->sources[side]->end_hint > 0 && !engine->sources[side]->partial && told > engine->side_end[side])
        engine->side_end[side] = told;
      continue;
    }
    if (engine->sources[side]->block.opens) {
      engine->block[side]++;
      engine->frame_loaded[side] = false;
    }
    int64_t end = wave_common(&engine->plan->ticks[side], engine->sources[side]->block.end);
    if (end > engine->side_end[side]) engine->side_end[side] = end;
  }
  return WAVE_OK;
}

static void walk_pairs(void *context, unsigned thread, uint32_t i) {
  struct engine *engine = context;
  uint32_t end = (i + 1) * PAIRS_AT_ONCE < engine->n_list ? (i + 1) * PAIRS_AT_ONCE : engine->n_list;
  for (uint32_t k = i * PAIRS_AT_ONCE; k < end; k++) wave_pair_step(engine, &engine->workers[thread], engine->list[k]);
}

static void end_pairs(void *context, unsigned thread, uint32_t i) {
  struct engine *engine = context;
  wave_pair_end(engine, &engine->workers[thread], engine->list[i]);
}

/* Collects what the threads found beside the pairs. */
static enum wave_status collect(struct engine *engine, bool *damaged, struct wave_error *error) {
  *damaged = false;
  for (unsigned i = 0; i < wave_pool_threads(engine->pool); i++) {
    struct worker *worker = &engine->workers[i];
    engine->differing += worker->differing;
    worker->differing = 0;
    if (worker->out_of_memory) return wave_fail(error, "out of memory");
    for (int side = 0; side < 2; side++) {
      struct wave_source *source = engine->sources[side];
      if (!worker->damaged[side]) continue;
      *damaged = true;
      worker->damaged[side] = false;
      if (source->partial) continue;
      source->partial = true;
      wave_fail(&source->why, "%s: value changes between tick %llu and %llu are damaged", source->name,
                (unsigned long long)source->block.begin, (unsigned long long)source->block.end);
    }
  }
  return WAVE_OK;
}

static bool someone_goes_on(const struct engine *engine) {
  for (uint32_t i = 0; i < engine->n_list; i++) {
    if (engine->states[engine->list[i]].after_end != WAVE_NEVER) return true;
  }
  return false;
}

/* A damaged file ends where it can be read no further: that the other goes on is no difference. */
static bool ended_early(const struct engine *engine) {
  return (engine->ended[0] && engine->sources[0]->partial) || (engine->ended[1] && engine->sources[1]->partial);
}

static void report_progress(const struct engine *engine) {
  if (engine->progress == NULL) return;
  double golden = engine->ended[0] ? 1 : engine->sources[0]->progress, fresh = engine->ended[1] ? 1 : engine->sources[1]->progress;
  engine->progress(engine->progress_context, golden < fresh ? golden : fresh);
}

/* What both sides have word for word in text is not cooked at all. */
static bool skip_equal(struct engine *engine) {
  if (!engine->due[0] || !engine->due[1] || engine->ended[0] || engine->ended[1] || engine->differing != 0) return false;
  if (!engine->plan->same_ticks || !engine->axis->alike || engine->waits || engine->lag != 0) return false;
  for (uint32_t i = 0; i < engine->n_list; i++) {
    const struct wave_pair *pair = &engine->match->pairs[engine->list[i]];
    const struct wave_policy_plan *policy = &engine->plan->policies[pair->rule == WAVE_NONE ? engine->plan->n_policies - 1 : pair->rule];
    if (!wave_pair_same(engine, pair, policy, &engine->states[engine->list[i]])) return false;
  }
  return wave_vcd_skip_equal(engine->sources[0], engine->sources[1]) > 0;
}

/* Up to where no later tick falls: with a scale, several ticks may be one time. */
static int64_t read_to(const struct engine *engine, int side) {
  uint64_t end = engine->sources[side]->block.end;
  return end >= UINT64_MAX - 1 ? wave_common(&engine->plan->ticks[side], end) : wave_common(&engine->plan->ticks[side], end + 1) - 1;
}

static void find_horizon(struct engine *engine) {
  int64_t settled_to[2];
  for (int side = 0; side < 2; side++) {
    settled_to[side] = engine->known[side] = engine->ended[side] ? INT64_MAX : settled(engine, side, read_to(engine, side));
  }
  engine->horizon = settled_to[0] < settled_to[1] ? settled_to[0] : settled_to[1];
  for (int side = 0; side < 2; side++) engine->due[side] = !engine->ended[side] && settled_to[side] <= engine->horizon;
}

/* The run that ends first ends the comparison; the other is only asked whether it goes on. */
static void find_end(struct engine *engine) {
  if (engine->end != WAVE_NEVER || (!engine->ended[0] && !engine->ended[1])) return;
  int64_t end = INT64_MAX;
  for (int side = 0; side < 2; side++) {
    if (!engine->ended[side] && !engine->axis->sampled) continue;
    int64_t own = engine->axis->sampled ? (int64_t)engine->axis->n[side] - 1 : engine->side_end[side];
    if (side == WAVE_FRESH) own = wave_minus(own, engine->lag);
    if (own < end) end = own;
  }
  engine->end = end;
}

static enum wave_status begin_pass(struct engine *engine, struct wave_error *error) {
  for (int side = 0; side < 2; side++) {
    struct wave_source *source = engine->sources[side];
    engine->ended[side] = false;
    engine->due[side] = true;
    engine->block[side] = 0;
    engine->side_end[side] = INT64_MIN;
    if (source->ops->rewind(source, error) != WAVE_OK) return WAVE_ERROR;
  }
  engine->step = engine->stale = 0;
  engine->end = WAVE_NEVER;
  engine->differing = 0;
  engine->aligned = false;
  return WAVE_OK;
}

/* Where both runs begin, known with their first blocks. */
static void find_begin(struct engine *engine) {
  for (int side = 0; side < 2; side++) {
    if (engine->ended[side]) continue;
    uint64_t first = engine->sources[side]->block.begin; /* of what is left when equal text was passed over */
    if (engine->stale > 0 && engine->sources[side]->begin_hint < first) first = engine->sources[side]->begin_hint;
    int64_t begin = wave_common(&engine->plan->ticks[side], first);
    engine->begin_time[side] = begin;
    engine->begin_place[side] = wave_minus(wave_place(engine->axis, side, begin), side == WAVE_FRESH ? engine->lag : 0);
  }
  engine->begin = engine->begin_place[0] < engine->begin_place[1] ? engine->begin_place[0] : engine->begin_place[1];
}

/* Which handles of a side the pairs of this pass need; NULL: all. */
static uint8_t *wanted_handles(const struct engine *engine, int side) {
  const struct wave_decl *decl = &engine->sources[side]->decl;
  const struct wave_names *names = side == WAVE_GOLDEN ? &engine->match->golden : &engine->match->fresh;
  uint8_t *wanted = calloc(decl->n_handles + (size_t)1, 1);
  for (uint32_t i = 0; wanted != NULL && i < engine->n_list; i++) {
    const struct wave_pair *pair = &engine->match->pairs[engine->list[i]];
    uint32_t handle = side == WAVE_GOLDEN ? pair->golden : pair->fresh;
    if (handle < decl->n_handles) {
      wanted[handle] = 1;
      continue;
    }
    const struct wave_composite *composite = &names->composites[handle - decl->n_handles];
    for (uint32_t k = 0; k < composite->n; k++) wanted[composite->handles[k]] = 1;
  }
  if (wanted == NULL || memchr(wanted, 0, decl->n_handles) != NULL) return wanted;
  free(wanted);
  return NULL;
}

static enum wave_status pass(struct engine *engine, struct wave_error *error) {
  bool damaged = false, begun = false;
  uint32_t pieces = (engine->n_list + PAIRS_AT_ONCE - 1) / PAIRS_AT_ONCE;
  if (begin_pass(engine, error) != WAVE_OK) return WAVE_ERROR;
  while (!damaged) {
    if (engine->stop != NULL && engine->stop()) return wave_fail(error, "interrupted");
    engine->step++;
    if (skip_equal(engine)) engine->stale = engine->step;
    if (advance(engine, error) != WAVE_OK) return WAVE_ERROR;
    find_end(engine);
    bool last = engine->ended[0] && engine->ended[1]; /* only what waits for a sample behind the ends is left */
    if (last && (!begun || !engine->axis->sampled)) break;
    if (!begun) find_begin(engine);
    begun = true;
    find_horizon(engine);
    engine->aligned = find_aligned(engine);
    engine->opens = engine->aligned && engine->sources[0]->block.opens;
    if (engine->end != WAVE_NEVER && engine->horizon > engine->end) engine->horizon = engine->end;
    engine->tail = engine->end != WAVE_NEVER && engine->horizon >= engine->end && !engine->trim && !ended_early(engine);
    wave_pool_run(engine->pool, walk_pairs, engine, pieces);
    if (collect(engine, &damaged, error) != WAVE_OK) return WAVE_ERROR;
    report_progress(engine);
    if (last) break;
    if (engine->end == WAVE_NEVER) continue;
    if (someone_goes_on(engine) || ((engine->trim || ended_early(engine)) && engine->horizon >= engine->end)) break;
  }
  if (engine->end == WAVE_NEVER) { /* damage stopped it */
    int64_t golden = settled(engine, 0, engine->side_end[0]), fresh = settled(engine, 1, engine->side_end[1]);
    engine->end = golden < fresh ? golden : fresh;
  }
  wave_pool_run(engine->pool, end_pairs, engine, engine->n_list);
  return collect(engine, &damaged, error);
}

enum wave_status wave_engine_pass(struct engine *engine, struct wave_error *error) {
  uint8_t *wanted[2];
  for (int side = 0; side < 2; side++) {
    wanted[side] = wanted_handles(engine, side);
    if (engine->sources[side]->ops->want != NULL) engine->sources[side]->ops->want(engine->sources[side], wanted[side]);
  }
  enum wave_status status = pass(engine, error);
  for (int side = 0; side < 2; side++) {
    if (engine->sources[side]->ops->want != NULL) engine->sources[side]->ops->want(engine->sources[side], NULL);
    free(wanted[side]);
  }
  return status;
}
