/* SPDX-License-Identifier: Apache-2.0 */
/* What a side of a pair holds at the begin of a block, and vectors that a file holds in pieces: put together they are as any other. */
#include "pair_internal.h"

#include <stdlib.h>

/* The value at the begin of a side's block; frames are unpacked when the first pair asks. */
static struct wave_value frame_of(const struct pair_step *step, int side, uint32_t handle) {
  struct engine *engine = step->engine;
  struct wave_source *source = engine->sources[side];
  struct wave_value value = {.form = WAVE_UNKNOWN};
  pthread_mutex_lock(&engine->frame_lock);
  if (!engine->frame_loaded[side]) {
    engine->frame_loaded[side] = true;
    if (!source->ops->load_frame(source)) step->worker->damaged[side] = true;
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

size_t wave_compose(const struct pair_step *step, int side, const struct wave_composite *composite) {
  struct wave_source *source = step->engine->sources[side];
  struct worker *worker = step->worker;
  struct piece *pieces = calloc(composite->n, sizeof *pieces);
  struct wave_scratch *chain = &worker->pieces[side];
  char *now = malloc(composite->width);
  uint64_t place = 0;
  size_t size = 0;
  bool good = pieces != NULL && now != NULL;
  for (uint32_t i = 0, bit = 0; good && i < composite->n; bit += pieces[i].width, i++) {
    struct piece *piece = &pieces[i];
    piece->first = bit;
    piece->width = source->decl.handles[composite->handles[i]].width;
    struct wave_value value = frame_of(step, side, composite->handles[i]);
    put_bits(now + bit, piece->width, &value);
    if (!wave_walk_open(&piece->walk, source, composite->handles[i], &piece->scratch, 0, 0)) worker->damaged[side] = true;
    piece->got = wave_walk_next(&piece->walk);
  }
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
    good = room_in(chain, size, composite->width + (size_t)10) != NULL;
    if (!good) break;
    uint8_t *at = wave_put_varint(chain->bytes + size, (next - place) << 1 | 1);
    memcpy(at, now, composite->width);
    size = (size_t)(at - chain->bytes) + composite->width;
    place = next;
  }
  for (uint32_t i = 0; pieces != NULL && i < composite->n; i++) {
    if (pieces[i].got < 0) worker->damaged[side] = true;
    wave_scratch_free(&pieces[i].scratch);
  }
  free(now);
  free(pieces);
  if (!good) worker->out_of_memory = true;
  return good ? size : 0;
}

const struct wave_composite *wave_pair_composite(const struct pair_step *step, int side) {
  const struct wave_match *match = step->engine->match;
  return side == WAVE_GOLDEN ? wave_composite_of(&match->golden, step->pair->golden) : wave_composite_of(&match->fresh, step->pair->fresh);
}

struct wave_value wave_begin_value(const struct pair_step *step, int side, struct kept_value *room) {
  const struct wave_composite *composite = wave_pair_composite(step, side);
  if (composite == NULL) return frame_of(step, side, wave_pair_handle(step->pair, side));
  char *whole = malloc(composite->width);
  if (whole == NULL) {
    step->worker->out_of_memory = true;
    return (struct wave_value){.form = WAVE_UNKNOWN};
  }
  uint32_t bit = 0;
  for (uint32_t i = 0; i < composite->n; i++) {
    uint32_t width = step->engine->sources[side]->decl.handles[composite->handles[i]].width;
    struct wave_value value = frame_of(step, side, composite->handles[i]);
    put_bits(whole + bit, width, &value);
    bit += width;
  }
  struct wave_value value = {.bytes = (const uint8_t *)whole, .size = composite->width, .form = WAVE_NINE};
  if (!wave_keep(room, &value)) step->worker->out_of_memory = true;
  free(whole);
  return wave_kept(room);
}
