/* SPDX-License-Identifier: Apache-2.0 */
#include "engine.h"
#include "memory.h"

#include <stdlib.h>
#include <string.h>

enum { PAIRS_AT_ONCE = 32 };

static bool reserve(int64_t **table, size_t *size, uint32_t n) {
  if (n <= *size) return true;
  free(*table);
  *size = n + n / 4 + 1024;
  *table = wave_malloc(*size * sizeof **table);
  if (*table == NULL) *size = 0;
  return *table != NULL;
}

static int64_t lag_of(const struct engine *engine, int side) {
  return side == WAVE_FRESH ? engine->lag : 0;
}

/* Maps the times of a side's piece to the places of a lane. */
static bool prepare_lane(const struct engine *engine, struct lane *lane, int side) {
  const struct wave_axis *axis = lane->axis;
  const int64_t *times = engine->times[side];
  uint32_t n_times = engine->sources[side]->block.n_times;
  int64_t lag = lag_of(engine, side);
  lane->table[side] = times;
  if (n_times == 0 || (!axis->sampled && lag == 0)) return true;
  if (!reserve(&lane->own[side], &lane->own_size[side], n_times)) return false;
  int64_t *table = lane->own[side];
  lane->table[side] = table;
  if (!axis->sampled) {
    for (uint32_t i = 0; i < n_times; i++) table[i] = wave_minus(times[i], lag);
    return true;
  }
  size_t place = (size_t)wave_place(axis, side, times[0]), n = axis->n[side];
  const int64_t *samples = axis->samples[side];
  for (uint32_t i = 0; i < n_times; i++) {
    while (place < n && (samples[place] < times[i] || (samples[place] == times[i] && !axis->inclusive))) place++;
    table[i] = place == n ? WAVE_NEVER : (int64_t)place - lag; /* behind the last sample nothing counts */
  }
  return true;
}

static bool prepare_tables(struct engine *engine, int side) {
  const struct wave_block *block = &engine->sources[side]->block;
  const struct wave_ticks *ticks = &engine->plan->ticks[side];
  if (!reserve(&engine->times[side], &engine->times_size[side], block->n_times)) return false;
  for (uint32_t i = 0; i < block->n_times; i++) engine->times[side][i] = wave_common(ticks, block->times[i]);
  for (uint32_t i = 0; i < engine->n_active; i++) {
    if (!prepare_lane(engine, engine->active[i], side)) return false;
  }
  return true;
}

/* The last place of a lane whose value is settled when a side was read up to a time. */
static int64_t settled(const struct engine *engine, const struct lane *lane, int side, int64_t time) {
  int64_t lag = lag_of(engine, side);
  if (!lane->axis->sampled) return wave_minus(time, lag);
  return (int64_t)wave_samples_until(lane->axis, side, time, true) - 1 - lag;
}

/* Both blocks begin with this step, or have gone on together since they began, and their changes fall on the same places. */
static void find_aligned(struct engine *engine) {
  const struct wave_block *golden = &engine->sources[0]->block, *fresh = &engine->sources[1]->block;
  bool together = !engine->ended[0] && !engine->ended[1] && golden->first_place == fresh->first_place && golden->opens == fresh->opens;
  bool first = together && golden->opens;
  bool same_bytes = first && engine->driver == NULL && engine->plan->same_ticks && golden->times_bytes != NULL &&
                    fresh->times_bytes != NULL && golden->times_size == fresh->times_size &&
                    memcmp(golden->times_bytes, fresh->times_bytes, golden->times_size) == 0;
  bool whole = first && golden->closes && fresh->closes && golden->n_times == fresh->n_times;
  for (uint32_t i = 0; i < engine->n_active; i++) {
    struct lane *lane = engine->active[i];
    if (first) {
      lane->aligned = same_bytes || (whole && memcmp(lane->table[0], lane->table[1], golden->n_times * sizeof *lane->table[0]) == 0);
    } else if (!together) {
      lane->aligned = false;
    }
    lane->opens = lane->aligned && first;
  }
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
  if (turn->status[side] == WAVE_OK && !prepare_tables(engine, (int)side)) {
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

/* A damaged file ends where it can be read no further: that the other goes on is no difference. */
static bool ended_early(const struct engine *engine) {
  return (engine->ended[0] && engine->sources[0]->partial) || (engine->ended[1] && engine->sources[1]->partial);
}

/* Which lanes have nothing more to learn: some signal goes on behind the end of the other run, or nobody asks. Whether all have. */
static bool all_done(struct engine *engine) {
  bool enough = engine->trim || ended_early(engine), all = true;
  if (!engine->ended[0] && !engine->ended[1]) return false;
  for (uint32_t i = 0; i < engine->n_list; i++) {
    uint32_t pair = engine->list[i];
    if (engine->states[pair].after_end != WAVE_NEVER)
      engine->lanes[wave_policy_of(engine->plan, &engine->match->pairs[pair])->axis].done = true;
  }
  for (uint32_t i = 0; i < engine->n_active; i++) {
    struct lane *lane = engine->active[i];
    if (enough && lane->horizon >= lane->end) lane->done = true;
    all = all && lane->done;
  }
  return all;
}

static void report_progress(const struct engine *engine) {
  if (engine->progress == NULL) return;
  double golden = engine->ended[0] ? 1 : engine->sources[0]->progress, fresh = engine->ended[1] ? 1 : engine->sources[1]->progress;
  engine->progress(engine->progress_context, golden < fresh ? golden : fresh);
}

/* What both sides have word for word in text is not cooked at all. */
static bool skip_equal(struct engine *engine) {
  if (!engine->due[0] || !engine->due[1] || engine->ended[0] || engine->ended[1] || engine->differing != 0) return false;
  if (!engine->plan->same_ticks || engine->driver != NULL || engine->waits) return false;
  for (uint32_t i = 0; i < engine->n_list; i++) {
    const struct wave_pair *pair = &engine->match->pairs[engine->list[i]];
    if (!wave_pair_straight(engine->match, pair)) return false;
    if (!wave_pair_same(engine, pair, wave_policy_of(engine->plan, pair), &engine->states[engine->list[i]])) return false;
  }
  return wave_vcd_skip_equal(engine->sources[0], engine->sources[1]) > 0;
}

/* Up to where no later tick falls: with a scale, several ticks may be one time. */
static int64_t read_to(const struct engine *engine, int side) {
  uint64_t end = engine->sources[side]->block.end;
  return end >= UINT64_MAX - 1 ? wave_common(&engine->plan->ticks[side], end) : wave_common(&engine->plan->ticks[side], end + 1) - 1;
}

static void find_horizon(struct engine *engine) {
  int64_t reached[2];
  for (int side = 0; side < 2; side++) {
    reached[side] = engine->ended[side] ? INT64_MAX : read_to(engine, side);
    for (uint32_t i = 0; i < engine->n_active; i++) {
      struct lane *lane = engine->active[i];
      if (!lane->done) lane->known[side] = engine->ended[side] ? INT64_MAX : settled(engine, lane, side, reached[side]);
    }
    if (engine->driver != NULL) reached[side] = engine->driver->known[side];
  }
  int64_t common = reached[0] < reached[1] ? reached[0] : reached[1];
  for (int side = 0; side < 2; side++) engine->due[side] = !engine->ended[side] && reached[side] <= common;
  for (uint32_t i = 0; i < engine->n_active; i++) {
    struct lane *lane = engine->active[i];
    lane->horizon = lane->known[0] < lane->known[1] ? lane->known[0] : lane->known[1];
    if (lane->end == WAVE_NEVER) continue;
    if (lane->horizon > lane->end) lane->horizon = lane->end;
    lane->tail = lane->horizon >= lane->end && !engine->trim && !ended_early(engine);
  }
}

/* The run that ends first ends the comparison; the other is only asked whether it goes on. */
static void find_end(struct engine *engine) {
  if (!engine->ended[0] && !engine->ended[1]) return;
  for (uint32_t i = 0; i < engine->n_active; i++) {
    struct lane *lane = engine->active[i];
    int64_t end = INT64_MAX;
    for (int side = 0; side < 2 && lane->end == WAVE_NEVER; side++) {
      if (!engine->ended[side] && !lane->axis->sampled) continue;
      int64_t own = wave_minus(lane->axis->sampled ? (int64_t)lane->axis->n[side] - 1 : engine->side_end[side], lag_of(engine, side));
      if (own < end) end = own;
    }
    if (lane->end == WAVE_NEVER) lane->end = end;
  }
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
  engine->differing = 0;
  return WAVE_OK;
}

/* The lanes of the pairs in list. What is alike on both sides can be driven by time: then a change that waits for its sample when a block
 * is used up waits for the next one, and only the last such change matters. */
static void find_lanes(struct engine *engine) {
  engine->n_active = 0;
  engine->driver = NULL;
  engine->waits = false;
  for (uint32_t i = 0; i < engine->plan->n_axes; i++) engine->lanes[i].axis = NULL;
  for (uint32_t i = 0; i < engine->n_list; i++) {
    const struct wave_policy_plan *policy = wave_policy_of(engine->plan, &engine->match->pairs[engine->list[i]]);
    struct lane *lane = &engine->lanes[policy->axis];
    engine->waits = engine->waits || policy->tolerant;
    if (lane->axis != NULL) continue;
    *lane = (struct lane){.axis = &engine->plan->axes[policy->axis],
                          .end = WAVE_NEVER,
                          .own = {lane->own[0], lane->own[1]},
                          .own_size = {lane->own_size[0], lane->own_size[1]}};
    engine->active[engine->n_active++] = lane;
    if (!lane->axis->alike || engine->lag != 0) engine->driver = lane;
  }
}

/* Where both runs begin, known with their first blocks. */
static void find_begin(struct engine *engine) {
  for (int side = 0; side < 2; side++) {
    if (engine->ended[side]) continue;
    uint64_t first = engine->sources[side]->block.begin; /* of what is left when equal text was passed over */
    if (engine->stale > 0 && engine->sources[side]->begin_hint < first) first = engine->sources[side]->begin_hint;
    engine->begin_time[side] = wave_common(&engine->plan->ticks[side], first);
    for (uint32_t i = 0; i < engine->n_active; i++) {
      struct lane *lane = engine->active[i];
      lane->begin_place[side] = wave_minus(wave_place(lane->axis, side, engine->begin_time[side]), lag_of(engine, side));
    }
  }
}

/* Both frames say what both sides hold already; where their bytes differ, one may be damaged. */
static void check_frame(void *context, unsigned thread, uint32_t side) {
  struct engine *engine = context;
  struct wave_source *source = engine->sources[side];
  if (engine->ended[side] || !source->block.opens || engine->frame_loaded[side]) return;
  engine->frame_loaded[side] = true;
  if (!source->ops->load_frame(source)) engine->workers[thread].damaged[side] = true;
}

/* first: the values that the runs begin with are in no other place. */
static void check_frames(struct engine *engine, bool first) {
  struct wave_packed packed[2] = {{0}};
  bool both = true;
  for (int side = 0; side < 2; side++) {
    const struct wave_source *source = engine->sources[side];
    if (engine->ended[side] || !source->block.opens || source->ops->packed_frame == NULL)
      both = false;
    else
      source->ops->packed_frame(source, &packed[side]);
  }
  if (!both && !first) return;
  if (both && packed[0].size == packed[1].size && packed[0].unpacked == packed[1].unpacked &&
      memcmp(packed[0].bytes, packed[1].bytes, packed[0].size) == 0)
    return;
  wave_pool_run(engine->pool, check_frame, engine, 2);
}

/* Which handles of a side the pairs of this pass need; NULL: all. */
static uint8_t *wanted_handles(const struct engine *engine, int side) {
  const struct wave_decl *decl = &engine->sources[side]->decl;
  const struct wave_names *names = side == WAVE_GOLDEN ? &engine->match->golden : &engine->match->fresh;
  uint8_t *wanted = wave_calloc(decl->n_handles + (size_t)1, 1);
  for (uint32_t i = 0; wanted != NULL && i < engine->n_list; i++) {
    const struct wave_pair *pair = &engine->match->pairs[engine->list[i]];
    uint32_t handle = side == WAVE_GOLDEN ? pair->golden : pair->fresh;
    const struct wave_composite *composite = wave_composite_of(names, handle);
    if (composite == NULL) wanted[handle] = 1;
    for (uint32_t k = 0; composite != NULL && k < composite->n; k++) wanted[composite->pieces[k].handle] = 1;
  }
  if (wanted == NULL || memchr(wanted, 0, decl->n_handles) != NULL) return wanted;
  free(wanted);
  return NULL;
}

/* Both files are read; only what waits for a sample behind their ends is left. False: nothing can wait. */
static bool only_samples_left(struct engine *engine, bool begun) {
  bool left = false;
  for (uint32_t i = 0; i < engine->n_active; i++) {
    struct lane *lane = engine->active[i];
    if (!lane->axis->sampled) lane->done = true;
    left = left || (begun && !lane->done);
  }
  return left;
}

/* A file that is damaged before its first whole time: there is nothing to compare the other with. */
static bool nothing_read(struct engine *engine) {
  bool found = false;
  for (int side = 0; side < 2; side++) {
    if (!engine->ended[side] || !engine->sources[side]->partial || engine->block[side] > 0 || engine->stale > 0) continue;
    engine->side_end[side] = INT64_MIN;
    found = true;
  }
  return found;
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
    if (nothing_read(engine)) break;
    find_end(engine);
    bool last = engine->ended[0] && engine->ended[1];
    if (last && !only_samples_left(engine, begun)) break;
    bool first = !begun && engine->stale == 0;
    if (!begun) find_begin(engine);
    begun = true;
    find_horizon(engine);
    find_aligned(engine);
    check_frames(engine, first);
    if (first) {
      if (collect(engine, &damaged, error) != WAVE_OK) return WAVE_ERROR;
      if (damaged) {
        for (int side = 0; side < 2; side++) engine->side_end[side] = engine->begin_time[side];
        break;
      }
    }
    wave_pool_run(engine->pool, walk_pairs, engine, pieces);
    if (collect(engine, &damaged, error) != WAVE_OK) return WAVE_ERROR;
    report_progress(engine);
    if (last || all_done(engine)) break;
  }
  for (uint32_t i = 0; i < engine->n_active; i++) {
    struct lane *lane = engine->active[i];
    if (lane->end != WAVE_NEVER) continue; /* damage stopped it */
    int64_t golden = settled(engine, lane, 0, engine->side_end[0]), fresh = settled(engine, lane, 1, engine->side_end[1]);
    lane->end = golden < fresh ? golden : fresh;
  }
  wave_pool_run(engine->pool, end_pairs, engine, engine->n_list);
  return collect(engine, &damaged, error);
}

enum wave_status wave_engine_pass(struct engine *engine, struct wave_error *error) {
  uint8_t *wanted[2];
  find_lanes(engine);
  for (int side = 0; side < 2; side++) {
    wanted[side] = wanted_handles(engine, side);
    if (engine->sources[side]->ops->want != NULL) engine->sources[side]->ops->want(engine->sources[side], wanted[side]);
  }
  enum wave_status status = pass(engine, error);
  for (int side = 0; side < 2; side++) {
    if (engine->side_end[side] > engine->run_end[side]) engine->run_end[side] = engine->side_end[side];
    if (engine->sources[side]->ops->want != NULL) engine->sources[side]->ops->want(engine->sources[side], NULL);
    free(wanted[side]);
  }
  return status;
}

enum wave_status wave_engine_make(struct engine *engine, struct wave_error *error) {
  pthread_mutex_init(&engine->frame_lock, NULL);
  engine->workers = wave_calloc(wave_pool_threads(engine->pool), sizeof *engine->workers);
  engine->lanes = wave_calloc(engine->plan->n_axes, sizeof *engine->lanes);
  engine->active = wave_calloc(engine->plan->n_axes, sizeof *engine->active);
  return engine->workers == NULL || engine->lanes == NULL || engine->active == NULL ? wave_fail(error, "out of memory") : WAVE_OK;
}

void wave_engine_free(struct engine *engine) {
  for (unsigned i = 0; engine->workers != NULL && i < wave_pool_threads(engine->pool); i++) {
    for (int side = 0; side < 2; side++) {
      wave_scratch_free(&engine->workers[i].scratch[side]);
      wave_scratch_free(&engine->workers[i].pieces[side]);
      free(engine->workers[i].before[side].bytes);
    }
  }
  for (uint32_t i = 0; engine->lanes != NULL && i < engine->plan->n_axes; i++) {
    free(engine->lanes[i].own[0]);
    free(engine->lanes[i].own[1]);
  }
  free(engine->workers);
  free(engine->lanes);
  free(engine->active);
  free(engine->times[0]);
  free(engine->times[1]);
  pthread_mutex_destroy(&engine->frame_lock);
}
