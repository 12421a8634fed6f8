/* SPDX-License-Identifier: Apache-2.0 */
/*
 * All changes of an FST file, per handle in order, as one hash and a count for each handle: once through the reader that comes with
 * Verilator, once through ours. Include after <cmocka.h>. Only with OIO_FSTAPI.
 */
#ifndef OIO_TESTS_WAVE_FST_ORACLE_H
#define OIO_TESTS_WAVE_FST_ORACLE_H

#include "fstapi.h"
#include "walk.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* What a handle does: how many values, and a hash over their times and texts. */
struct fst_history {
  uint64_t count, hash, last_time, last_hash;
  char last[80]; /* begin of the last value, for messages */
};
struct fst_histories {
  struct fst_history *handles;
  uint32_t n;
  const uint64_t *at_most; /* of each handle: so many values are taken, NULL: all */
};

static inline uint64_t fst_hash(const void *value, size_t size) {
  const uint8_t *bytes = value;
  uint64_t hash = size;
  for (size_t i = 0; i < size; i++) hash = (hash ^ bytes[i]) * 0x100000001b3u;
  return hash;
}

static inline void fst_history_add(struct fst_histories *all, uint32_t handle, uint64_t time, const void *value, size_t size) {
  if (handle >= all->n) return;
  struct fst_history *own = &all->handles[handle];
  const uint8_t *bytes = value;
  if (all->at_most != NULL && own->count >= all->at_most[handle]) return;
  own->count++;
  own->hash = (own->hash ^ time) * 0x9e3779b97f4a7c15u;
  own->last_hash = fst_hash(bytes, size);
  own->hash = (own->hash ^ own->last_hash) * 0x100000001b3u;
  own->hash ^= own->hash >> 29;
  own->last_time = time;
  snprintf(own->last, sizeof own->last, "%.*s", (int)(size < 70 ? size : 70), (const char *)bytes);
}

static inline void fst_history_fixed(void *context, uint64_t time, fstHandle handle, const unsigned char *value) {
  struct fst_histories *all = ((void **)context)[0];
  const struct wave_decl *decl = ((void **)context)[1];
  if (handle == 0 || handle > decl->n_handles) return;
  const struct wave_handle *about = &decl->handles[handle - 1];
  fst_history_add(all, handle - 1, time, value, about->kind == WAVE_REAL ? 8 : about->width);
}

static inline void fst_history_long(void *context, uint64_t time, fstHandle handle, const unsigned char *value, uint32_t size) {
  struct fst_histories *all = ((void **)context)[0];
  const struct wave_decl *decl = ((void **)context)[1];
  if (handle == 0 || handle > decl->n_handles) return;
  const struct wave_handle *about = &decl->handles[handle - 1];
  if (about->kind != WAVE_STRING) size = about->kind == WAVE_REAL ? 8 : about->width;
  fst_history_add(all, handle - 1, time, value, size);
}

/* Through the other reader; decl is ours, for the widths. False: it does not open the file. */
static inline bool fst_histories_by_fstapi(const char *path, const struct wave_decl *decl, struct fst_histories *all) {
  void *context[2] = {all, (void *)(uintptr_t)decl};
  void *reader = fstReaderOpen(path);
  all->n = decl->n_handles;
  all->handles = calloc((size_t)all->n + 1, sizeof *all->handles);
  if (reader == NULL) return false;
  assert_int_equal(fstReaderGetMaxHandle(reader), decl->n_handles);
  fstReaderSetFacProcessMaskAll(reader);
  fstReaderIterBlocksSetNativeDoublesOnCallback(reader, 1);
  fstReaderIterBlocks2(reader, fst_history_fixed, fst_history_long, context, NULL);
  fstReaderClose(reader);
  return true;
}

/* The characters of a value: bits as digits. */
static inline size_t fst_value_text(const struct wave_handle *about, const struct wave_value *value, char **text, size_t *room) {
  size_t size = value->form == WAVE_TWO ? about->width : value->size;
  if (size + 1 > *room) {
    *room = 2 * size + 64;
    *text = realloc(*text, *room);
  }
  if (value->form != WAVE_TWO) {
    if (size > 0) memcpy(*text, value->bytes, size);
    return size;
  }
  for (size_t i = 0; i < size; i++) (*text)[i] = value->bytes[i / 8] >> (7 - i % 8) & 1 ? '1' : '0';
  return size;
}

/* Through our reader, from the begin; returns the number of blocks. */
static inline unsigned fst_histories_by_us(struct wave_source *source, struct fst_histories *all) {
  struct wave_scratch scratch = {0};
  struct wave_value value;
  struct wave_error error;
  unsigned blocks = 0;
  char *text = NULL;
  size_t room = 0;
  all->n = source->decl.n_handles;
  all->handles = calloc((size_t)all->n + 1, sizeof *all->handles);
  while (source->ops->next(source, UINT64_MAX, &error) == WAVE_OK) {
    const struct wave_block *block = &source->block;
    /* The other reader gives the frame of the first block only where no time of the block is its begin. */
    bool told = blocks == 0 && (block->n_times == 0 || block->times[0] != block->begin);
    if (block->opens) {
      assert_true(source->ops->load_frame(source));
      for (uint32_t i = 0; i < all->n; i++) {
        source->ops->frame(source, i, &value);
        if (value.form == WAVE_UNKNOWN) continue;
        size_t size = fst_value_text(&source->decl.handles[i], &value, &text, &room);
        if (told) fst_history_add(all, i, block->begin, text, size);
        /* What a frame holds is what was written last. */
        if (all->handles[i].count > 0 && all->at_most == NULL) assert_true(all->handles[i].last_hash == fst_hash(text, size));
      }
    }
    blocks += block->opens;
    for (uint32_t i = 0; i < all->n; i++) {
      struct wave_walk walk;
      int got;
      assert_true(wave_walk_open(&walk, source, i, &scratch, 0, 0));
      while ((got = wave_walk_next(&walk)) > 0) {
        if (walk.place < block->first_place) continue;
        if (walk.place - block->first_place >= block->n_times) break;
        size_t size = fst_value_text(&source->decl.handles[i], &walk.value, &text, &room);
        fst_history_add(all, i, block->times[walk.place - block->first_place], text, size);
      }
      assert_true(got >= 0);
    }
  }
  wave_scratch_free(&scratch);
  free(text);
  return blocks;
}

#endif
