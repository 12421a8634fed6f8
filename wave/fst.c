/* SPDX-License-Identifier: Apache-2.0 */
/* The FST reader's second half: blocks of value changes. */
#include "fst_internal.h"
#include "memory.h"

#include "unpack.h"

#include <stdlib.h>
#include <string.h>

/* So many times of a block are given at once; chains above the size are unpacked through a window. */
enum { PLACES = 1 << 20, AT_ONCE = 2 << 20 };

static struct fst *fst_of(const struct wave_source *source) {
  return (struct fst *)(uintptr_t)source;
}

/* One entry of the index of chains. The older forms give 0 before an alias, the newer one signs it. */
struct index {
  struct fst_bytes bytes;
  uint64_t at;   /* of the last chain */
  uint32_t last; /* the handle it belongs to */
  uint32_t alias;
  uint32_t used;
};

static bool put_chain(struct fst *fst, struct index *index, uint64_t distance) {
  uint64_t at = index->at + distance;
  if (distance > UINT32_MAX && index->last != WAVE_NONE) return false;
  if (index->last != WAVE_NONE) fst->chain_size[index->last] = (uint32_t)distance;
  fst->chain_at[index->used] = index->at = at;
  fst->chain_size[index->used] = 0;
  index->last = index->used++;
  return true;
}

/* An alias points to an earlier chain; its place is copied when all sizes are known. */
static bool put_alias(struct fst *fst, struct index *index, uint64_t handle_from_1) {
  if (handle_from_1 == 0 || handle_from_1 > index->used) return false;
  fst->chain_at[index->used] = UINT64_MAX;
  fst->chain_size[index->used++] = (uint32_t)(handle_from_1 - 1);
  return true;
}

static bool put_none(struct fst *fst, struct index *index, uint64_t n) {
  if (n > fst->source.decl.n_handles - index->used) return false;
  for (; n > 0; n--) fst->chain_at[index->used++] = 0;
  return true;
}

static bool read_entry(struct fst *fst, struct index *index) {
  if (fst->block->type != FST_CHANGES_ALIAS_2) {
    uint64_t value = fst_get_varint(&index->bytes);
    if (value != 0 && !(value & 1)) return put_none(fst, index, value >> 1);
    if (index->used == fst->source.decl.n_handles) return false;
    if (value == 0) return put_alias(fst, index, fst_get_varint(&index->bytes));
    return put_chain(fst, index, value >> 1);
  }
  if (!(*index->bytes.at & 1)) return put_none(fst, index, fst_get_varint(&index->bytes) >> 1);
  if (index->used == fst->source.decl.n_handles) return false;
  const uint8_t *first = index->bytes.at;
  uint64_t raw = fst_get_varint(&index->bytes);
  if (index->bytes.bad) return false;
  /* Signed: the bits above the last byte repeat its bit 6. */
  unsigned bits = 7 * (unsigned)(index->bytes.at - first);
  if (bits < 64 && (index->bytes.at[-1] & 0x40)) raw |= ~(uint64_t)0 << bits;
  int64_t value = (int64_t)raw >> 1;
  if (value > 0) return put_chain(fst, index, (uint64_t)value);
  if (value < 0) index->alias = value < -(int64_t)UINT32_MAX ? 0 : (uint32_t)-value;
  return put_alias(fst, index, index->alias);
}

/* Where each handle's chain lies. chains_size: bytes from the pack byte to the index. */
static bool read_index(struct fst *fst, const uint8_t *at, const uint8_t *end, uint64_t chains_size) {
  struct index index = {.bytes = {at, end, false}, .last = WAVE_NONE};
  while (index.bytes.at < index.bytes.end) {
    if (!read_entry(fst, &index) || index.bytes.bad) return false;
  }
  if (index.last != WAVE_NONE) {
    if (index.at >= chains_size || chains_size - index.at > UINT32_MAX) return false;
    fst->chain_size[index.last] = (uint32_t)(chains_size - index.at);
  }
  for (uint32_t i = 0; i < index.used; i++) {
    if (fst->chain_at[i] == UINT64_MAX) {
      uint32_t other = fst->chain_size[i];
      fst->chain_at[i] = fst->chain_at[other];
      fst->chain_size[i] = fst->chain_size[other];
    }
    if (fst->chain_at[i] != 0 && (fst->chain_at[i] >= chains_size || fst->chain_size[i] > chains_size - fst->chain_at[i])) return false;
  }
  fst->chain_handles = index.used;
  return true;
}

/* Opens packed bytes as a chain: in place, in scratch, or through a window. */
static bool open_packed(const struct wave_packed *packed, struct wave_scratch *scratch, struct wave_chain *chain) {
  *chain = (struct wave_chain){.at = packed->bytes, .end = packed->bytes + packed->size};
  if (packed->pack == 0) return true;
  if (!wave_unpack_possible(packed->pack, packed->size, packed->unpacked)) return false;
  if (packed->unpacked <= AT_ONCE) {
    uint8_t *to = wave_scratch_reserve(scratch, (size_t)packed->unpacked);
    if (to == NULL || !wave_unpack(packed->pack, packed->bytes, packed->size, to, (size_t)packed->unpacked)) return false;
    chain->at = to;
    chain->end = to + packed->unpacked;
    return true;
  }
  if (scratch->unpacker == NULL) scratch->unpacker = wave_unpacker_new();
  chain->unpacker = scratch->unpacker;
  chain->at = chain->end = NULL;
  chain->more = true;
  return chain->unpacker != NULL && wave_unpacker_start(chain->unpacker, packed->pack, packed->bytes, packed->size, packed->unpacked) &&
         wave_chain_more(chain);
}

/* Reads the times of the next piece of the block. */
static bool read_times(struct fst *fst) {
  struct wave_block *block = &fst->source.block;
  struct wave_chain *chain = &fst->times_chain;
  uint64_t n = fst->places - fst->place;
  block->first_place = fst->place;
  block->opens = fst->place == 0;
  if (n > PLACES) n = PLACES;
  if (!block->opens) block->begin = block->end;
  for (uint64_t i = 0; i < n; i++) {
    uint64_t step = 0;
    if (chain->more && chain->end - chain->at < 10 && !wave_chain_more(chain)) return false;
    chain->at = wave_varint(chain->at, chain->end, &step);
    if (chain->at == NULL || step > UINT64_MAX - fst->time) return false;
    fst->time += step;
    if (fst->time < fst->last_time) return false;
    if (fst->time > fst->source.last_allowed) {
      fst_partial(fst, fst->block->at, wave_too_late);
      fst->last_piece = true;
      n = i;
      break;
    }
    fst->last_time = fst->times[i] = fst->time;
  }
  fst->place += n;
  block->times = fst->times;
  block->n_times = (uint32_t)n;
  block->closes = fst->place == fst->places && !fst->last_piece;
  if (n > 0 && block->opens && fst->times[0] < block->begin) {
    fst_partial(fst, fst->block->at, "a change before its block begins: damaged");
    block->begin = fst->times[0];
  }
  block->end = n > 0 ? fst->times[n - 1] : block->begin;
  if (block->closes && fst->end < block->end) fst_partial(fst, fst->block->at, "a block ends before its last change: damaged");
  if (block->closes && fst->end > block->end) block->end = fst->last_time = fst->end;
  return true;
}

/* The parts of a block stand at both of its ends: frame and chains from the front, times and index from the back. */
static bool open_block(struct fst *fst) {
  const struct fst_block *block = fst->block;
  const uint8_t *from = fst->plain.bytes + block->at, *end = from + block->size;
  struct fst_bytes front = {from, end, false}, back = {end - 24, end, false};
  if (block->size < 24 + 24 + 8) return false;
  uint64_t begin = fst_get_u64(&front);
  fst->end = fst_get_u64(&front);
  fst_get_u64(&front); /* memory of a reader of another kind */
  uint64_t times_unpacked = fst_get_u64(&back), times_size = fst_get_u64(&back);
  fst->places = fst_get_u64(&back);
  const uint8_t *times_end = end - 24;
  if (times_size > (uint64_t)(times_end - front.at) || fst->places > times_unpacked) return false;
  const uint8_t *times_at = times_end - times_size;
  fst->frame_size = fst_get_varint(&front);
  fst->frame_packed_size = fst_get_varint(&front);
  fst->frame_handles = fst_get_varint(&front);
  if (front.bad || front.at > times_at || fst->frame_packed_size > (uint64_t)(times_at - front.at)) return false;
  fst->frame_packed = front.at;
  free(fst->frame);
  fst->frame = NULL;
  front.at += fst->frame_packed_size;
  uint64_t handles = fst_get_varint(&front);
  if (front.bad || times_at - front.at < 9 || handles > fst->source.decl.n_handles) return false;
  fst->chains = front.at;
  fst->pack = *front.at;
  if (fst->pack != '4' && fst->pack != 'F' && fst->pack != 'Z') return false;
  back = (struct fst_bytes){times_at - 8, times_at, false};
  uint64_t index_size = fst_get_u64(&back);
  if (index_size > (uint64_t)(times_at - 8 - front.at) - 1) return false;
  const uint8_t *index_at = times_at - 8 - index_size;
  fst->chain_handles = 0;
  if (!read_index(fst, index_at, times_at - 8, (uint64_t)(index_at - fst->chains))) return false;
  struct wave_packed times = {.bytes = times_at,
                              .size = (uint32_t)times_size,
                              .unpacked = (uint32_t)times_unpacked,
                              .pack = times_unpacked == times_size ? 0 : 'Z'};
  if (times_size > UINT32_MAX || times_unpacked > UINT32_MAX) return false;
  fst->source.block = (struct wave_block){.begin = begin, .times_bytes = times_at, .times_size = (size_t)times_size};
  fst->place = 0;
  fst->time = 0;
  if (begin < fst->last_time && fst->block != fst->blocks) {
    fst_partial(fst, block->at, "a block begins before the one before it ends: damaged");
    fst->source.block.begin = fst->last_time;
  }
  return (times_size == 0 || open_packed(&times, &fst->times_scratch, &fst->times_chain)) && read_times(fst);
}

static enum wave_status fst_next(struct wave_source *source, uint64_t until, struct wave_error *error) {
  struct fst *fst = fst_of(source);
  (void)until;
  (void)error;
  bool good;
  if (fst->last_piece) return WAVE_END;
  if (fst->block != NULL && !source->block.closes) {
    good = read_times(fst);
  } else {
    if (fst->next_block == fst->n_blocks) return WAVE_END;
    fst->block = &fst->blocks[fst->next_block++];
    good = open_block(fst);
    source->progress = (double)(fst->block->at + fst->block->size) / (double)fst->plain.size;
  }
  if (good) return fst->last_piece && source->block.n_times == 0 ? WAVE_END : WAVE_OK;
  fst_partial(fst, fst->block->at - 9, "the block of value changes is damaged");
  fst->next_block = fst->n_blocks;
  source->block.closes = true;
  return WAVE_END;
}

static void fst_seek(struct wave_source *source, uint64_t tick) {
  struct fst *fst = fst_of(source);
  uint32_t block = 0;
  while (block + 1 < fst->n_blocks) {
    const struct fst_block *next = &fst->blocks[block + 1];
    struct fst_bytes bytes = {fst->plain.bytes + next->at, fst->plain.bytes + next->at + next->size, false};
    if (fst_get_u64(&bytes) > tick) break;
    block++;
  }
  fst->next_block = block > 0 ? block - 1 : 0; /* one more, for what came before */
}

static uint64_t fst_peek(struct wave_source *source) {
  (void)source;
  return UINT64_MAX;
}

static void fst_packed(const struct wave_source *source, uint32_t handle, struct wave_packed *packed) {
  const struct fst *fst = fst_of(source);
  *packed = (struct wave_packed){0};
  if (handle >= fst->chain_handles || fst->chain_at[handle] == 0) return;
  const uint8_t *at = fst->chains + fst->chain_at[handle], *end = at + fst->chain_size[handle];
  uint64_t size = 0;
  const uint8_t *bytes = wave_varint(at, end, &size);
  packed->bytes = bytes == NULL ? end : bytes;
  packed->size = (uint32_t)(end - packed->bytes);
  packed->pack = size == 0 ? 0 : fst->pack;
  packed->unpacked = size == 0 ? packed->size : size;
}

static bool fst_chain(const struct wave_source *source, uint32_t handle, struct wave_scratch *scratch, struct wave_chain *chain) {
  struct wave_packed packed;
  fst_packed(source, handle, &packed);
  return open_packed(&packed, scratch, chain);
}

/* The places of handles in a frame follow from their widths, once and for all. */
static bool find_frame_places(struct fst *fst) {
  const struct wave_decl *decl = &fst->source.decl;
  if (fst->frame_places != NULL) return true;
  fst->frame_places = wave_malloc(((size_t)decl->n_handles + 1) * sizeof *fst->frame_places);
  if (fst->frame_places == NULL) return false;
  uint64_t at = 0;
  for (uint32_t i = 0; i < decl->n_handles; i++) {
    fst->frame_places[i] = at;
    at += decl->handles[i].kind == WAVE_REAL ? 8 : decl->handles[i].width;
  }
  fst->frame_places[decl->n_handles] = at;
  return true;
}

static void fst_packed_frame(const struct wave_source *source, struct wave_packed *packed) {
  const struct fst *fst = fst_of(source);
  bool short_enough = fst->frame_packed_size <= UINT32_MAX && fst->frame_size <= UINT32_MAX;
  *packed = (struct wave_packed){.bytes = fst->frame_packed,
                                 .size = short_enough ? (uint32_t)fst->frame_packed_size : 0,
                                 .unpacked = short_enough ? fst->frame_size : 0,
                                 .pack = 'Z'};
}

static bool fst_load_frame(struct wave_source *source) {
  struct fst *fst = fst_of(source);
  if (fst->frame != NULL) return true;
  if (!find_frame_places(fst) || fst->frame_handles > source->decl.n_handles) return false;
  if (fst->frame_places[fst->frame_handles] > fst->frame_size) return false;
  if (!wave_unpack_possible('Z', fst->frame_packed_size, fst->frame_size)) return false;
  fst->frame = wave_malloc((size_t)fst->frame_size + 1);
  if (fst->frame == NULL) return false;
  if (fst->frame_size == fst->frame_packed_size) {
    memcpy(fst->frame, fst->frame_packed, (size_t)fst->frame_size);
    return true;
  }
  if (wave_unpack('Z', fst->frame_packed, (size_t)fst->frame_packed_size, fst->frame, (size_t)fst->frame_size)) return true;
  free(fst->frame);
  fst->frame = NULL;
  return false;
}

static void fst_frame(const struct wave_source *source, uint32_t handle, struct wave_value *value) {
  const struct fst *fst = fst_of(source);
  *value = (struct wave_value){.form = WAVE_UNKNOWN};
  if (fst->frame == NULL || handle >= fst->frame_handles) return;
  const struct wave_handle *about = &source->decl.handles[handle];
  if (about->width == 0) return;
  value->bytes = fst->frame + fst->frame_places[handle];
  value->size = about->kind == WAVE_REAL ? 8 : about->width;
  value->form = about->kind == WAVE_REAL ? WAVE_DOUBLE : about->kind == WAVE_PORT ? WAVE_BYTES : WAVE_NINE;
}

static enum wave_status fst_rewind(struct wave_source *source, struct wave_error *error) {
  struct fst *fst = fst_of(source);
  (void)error;
  fst->next_block = 0;
  fst->last_piece = false;
  fst->block = NULL;
  fst->last_time = 0;
  source->progress = 0;
  return WAVE_OK;
}

static void fst_close(struct wave_source *source) {
  struct fst *fst = fst_of(source);
  if (fst->wrapped) wave_map_close(&fst->plain);
  wave_map_close(&fst->map);
  wave_decl_free(&source->decl);
  wave_scratch_free(&fst->times_scratch);
  free(source->name);
  free(fst->blocks);
  free(fst->frame);
  free(fst->frame_places);
  free(fst->chain_at);
  free(fst->chain_size);
  free(fst->times);
  free(fst);
}

static const struct wave_source_ops fst_ops = {
    .next = fst_next,
    .peek = fst_peek,
    .packed = fst_packed,
    .chain = fst_chain,
    .packed_frame = fst_packed_frame,
    .load_frame = fst_load_frame,
    .frame = fst_frame,
    .seek = fst_seek,
    .rewind = fst_rewind,
    .close = fst_close,
};

enum wave_status wave_open_fst(struct wave_source **source, const char *path, struct wave_map *map, struct wave_error *error) {
  struct fst *fst = wave_calloc(1, sizeof *fst);
  if (fst == NULL) return wave_fail(error, "%s: out of memory", path);
  fst->source.ops = &fst_ops;
  fst->source.name = wave_malloc(strlen(path) + 1);
  fst->source.bytes = map->size;
  wave_decl_init(&fst->source.decl);
  enum wave_status status = WAVE_ERROR;
  if (fst->source.name != NULL) {
    strcpy(fst->source.name, path);
    fst->map = *map;
    status = fst_read_header(fst, path, error);
  }
  size_t handles = (size_t)fst->source.decl.n_handles + 1;
  if (status == WAVE_OK) {
    fst->chain_at = wave_calloc(handles, sizeof *fst->chain_at);
    fst->chain_size = wave_calloc(handles, sizeof *fst->chain_size);
    fst->times = wave_malloc(PLACES * sizeof *fst->times);
    if (fst->chain_at == NULL || fst->chain_size == NULL || fst->times == NULL) status = wave_fail(error, "%s: out of memory", path);
  }
  if (status != WAVE_OK) {
    fst->map = (struct wave_map){0};
    fst_close(&fst->source);
    return WAVE_ERROR;
  }
  wave_allow_int64(&fst->source);
  *map = (struct wave_map){0};
  *source = &fst->source;
  return WAVE_OK;
}
