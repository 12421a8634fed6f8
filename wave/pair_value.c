/* SPDX-License-Identifier: Apache-2.0 */
/* What a side of a pair holds at the begin of a block, and vectors that a file holds in pieces: put together they are as any other. */
#include "memory.h"
#include "pair_internal.h"

#include "value.h"

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
struct moving_piece {
  struct wave_walk walk;
  struct wave_scratch scratch;
  const struct wave_piece *piece;
  char *to; /* its characters of the whole */
  int got;
};

static void put_bits(const struct wave_source *source, const struct wave_piece *piece, const struct wave_value *value, char *to) {
  wave_value_bits(value, source->decl.handles[piece->handle].kind, piece->first, piece->width, piece->reversed, to);
}

/* Grows the chain that is made: room for one more entry of width characters. */
static uint8_t *room_in(struct wave_scratch *chain, size_t used, size_t more) {
  if (used + more <= chain->size) return chain->bytes;
  size_t larger = (used + more) * 2 + 4096;
  uint8_t *moved = wave_realloc(chain->bytes, larger);
  if (moved == NULL) return NULL;
  chain->bytes = moved;
  chain->size = larger;
  return moved;
}

/* Writes an entry of the chain that is made, as chain.h says. */
static uint8_t *put_entry(uint8_t *at, uint64_t step, const char *bits, uint32_t width) {
  if (width > 1) {
    at = wave_put_varint(at, step << 1 | 1);
    memcpy(at, bits, width);
    return at + width;
  }
  const char *code = strchr(WAVE_CODES, *bits);
  if (*bits == '0' || *bits == '1' || code == NULL) return wave_put_varint(at, step << 2 | (*bits == '1' ? 2u : 0u));
  return wave_put_varint(at, step << 4 | (uint64_t)(code - WAVE_CODES) << 1 | 1);
}

/* What the pieces hold when the block begins, in now, and the walks of their changes. */
static void open_pieces(const struct pair_step *step, int side, const struct wave_composite *composite, struct moving_piece *pieces,
                        char *now) {
  struct wave_source *source = step->engine->sources[side];
  for (uint32_t i = 0; i < composite->n; i++) {
    struct moving_piece *own = &pieces[i];
    own->piece = &composite->pieces[i];
    own->to = now;
    now += own->piece->width;
    struct wave_value value = frame_of(step, side, own->piece->handle);
    put_bits(source, own->piece, &value, own->to);
    if (!wave_walk_open(&own->walk, source, own->piece->handle, &own->scratch, 0, 0)) step->worker->damaged[side] = true;
    own->got = wave_walk_next(&own->walk);
  }
}

/* Takes the changes of all pieces at the first place that has any; UINT64_MAX: there are no more. */
static uint64_t take_next(const struct wave_source *source, struct moving_piece *pieces, uint32_t n) {
  uint64_t next = UINT64_MAX;
  for (uint32_t i = 0; i < n; i++) {
    if (pieces[i].got > 0 && pieces[i].walk.place < next) next = pieces[i].walk.place;
  }
  for (uint32_t i = 0; i < n && next != UINT64_MAX; i++) {
    while (pieces[i].got > 0 && pieces[i].walk.place == next) {
      put_bits(source, pieces[i].piece, &pieces[i].walk.value, pieces[i].to);
      pieces[i].got = wave_walk_next(&pieces[i].walk);
    }
  }
  return next;
}

size_t wave_compose(const struct pair_step *step, int side, const struct wave_composite *composite) {
  struct wave_source *source = step->engine->sources[side];
  struct moving_piece *pieces = wave_calloc(composite->n, sizeof *pieces);
  struct wave_scratch *chain = &step->worker->pieces[side];
  char *now = wave_malloc(composite->width);
  uint64_t place = 0, next;
  size_t size = 0;
  bool good = pieces != NULL && now != NULL;
  if (good) open_pieces(step, side, composite, pieces, now);
  while (good && (next = take_next(source, pieces, composite->n)) != UINT64_MAX) {
    good = room_in(chain, size, composite->width + (size_t)10) != NULL;
    if (!good) break;
    size = (size_t)(put_entry(chain->bytes + size, next - place, now, composite->width) - chain->bytes);
    place = next;
  }
  for (uint32_t i = 0; pieces != NULL && i < composite->n; i++) {
    if (pieces[i].got < 0) step->worker->damaged[side] = true;
    wave_scratch_free(&pieces[i].scratch);
  }
  free(now);
  free(pieces);
  if (!good) step->worker->out_of_memory = true;
  return good ? size : 0;
}

const struct wave_composite *wave_pair_composite(const struct pair_step *step, int side) {
  const struct wave_match *match = step->engine->match;
  return side == WAVE_GOLDEN ? wave_composite_of(&match->golden, step->pair->golden) : wave_composite_of(&match->fresh, step->pair->fresh);
}

struct wave_value wave_begin_value(const struct pair_step *step, int side, struct kept_value *room) {
  const struct wave_composite *composite = wave_pair_composite(step, side);
  if (composite == NULL) return frame_of(step, side, wave_pair_handle(step->pair, side));
  char *whole = wave_malloc(composite->width);
  if (whole == NULL) {
    step->worker->out_of_memory = true;
    return (struct wave_value){.form = WAVE_UNKNOWN};
  }
  uint32_t bit = 0;
  for (uint32_t i = 0; i < composite->n; i++) {
    const struct wave_piece *piece = &composite->pieces[i];
    struct wave_value value = frame_of(step, side, piece->handle);
    put_bits(step->engine->sources[side], piece, &value, whole + bit);
    bit += piece->width;
  }
  struct wave_value value = {.bytes = (const uint8_t *)whole, .size = composite->width, .form = WAVE_NINE};
  if (!wave_keep(room, &value)) step->worker->out_of_memory = true;
  free(whole);
  return wave_kept(room);
}
