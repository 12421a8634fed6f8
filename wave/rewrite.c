/* SPDX-License-Identifier: Apache-2.0 */
#define _POSIX_C_SOURCE 200809L
#include "rewrite.h"
#include "memory.h"

#include "fst_write.h"
#include "match.h"
#include "out.h"
#include "sha256.h"
#include "value.h"
#include "walk.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* A block of the file that is written holds at most so many bytes of changes and so many times: an ordinary golden is one block. */
static const size_t block_bytes_most = (size_t)64 << 20;
static const uint32_t block_times_most = (uint32_t)1 << 24;

/* One value, in the one form that it is written in. */
struct canonical {
  uint8_t *bytes;
  uint32_t size, room;
  uint8_t form;
};

/* What is known of a handle. */
struct track {
  struct canonical begin, now, next; /* next: of the tick that is being read; it counts when a later one comes */
  uint64_t next_time;
  uint32_t next_place, last_place;
  bool waiting;          /* there is a next */
  struct wave_out chain; /* of the block that will be written */
  struct wave_sha256 hash;
};

struct rewrite {
  struct wave_source *source;
  struct wave_fst *fst;
  struct track *tracks;
  uint64_t *times; /* of the block that will be written */
  uint32_t n_times, times_room;
  uint32_t *places; /* of the source's block, in times */
  uint32_t n_places, places_room;
  uint64_t begin, end; /* of the block that will be written */
  size_t bytes;
  bool begun, first_block, no_memory;
};

static bool is_bits(const struct wave_handle *handle) {
  return handle->kind == WAVE_BITS || handle->kind == WAVE_EVENT;
}

static uint8_t *reserve(struct canonical *value, uint32_t size) {
  if (size > value->room || value->bytes == NULL) {
    uint8_t *larger = wave_realloc(value->bytes, (size_t)size + 8);
    if (larger == NULL) return NULL;
    value->bytes = larger;
    value->room = size;
  }
  value->size = size;
  return value->bytes;
}

static bool set_bits(struct canonical *to, uint32_t width, const struct wave_value *value) {
  bool two = true;
  for (uint32_t i = 0; i < width && two; i++) {
    const char bit = wave_value_bit(value, i);
    two = bit == '0' || bit == '1';
  }
  /* A single bit is a character in chains whatever it is. */
  to->form = two && width > 1 ? WAVE_TWO : WAVE_NINE;
  uint8_t *bytes = reserve(to, to->form == WAVE_TWO ? (width + 7) / 8 : width);
  if (bytes == NULL) return false;
  if (to->form == WAVE_NINE) {
    for (uint32_t i = 0; i < width; i++) bytes[i] = (uint8_t)wave_value_bit(value, i);
    return true;
  }
  memset(bytes, 0, to->size);
  for (uint32_t i = 0; i < width; i++) bytes[i / 8] = (uint8_t)(bytes[i / 8] | (wave_value_bit(value, i) == '1') << (7 - i % 8));
  return true;
}

static bool set_packed(struct canonical *to, const struct wave_value *value) {
  to->form = WAVE_TWO;
  if (reserve(to, value->size) == NULL) return false;
  memcpy(to->bytes, value->bytes, value->size);
  return true;
}

static bool set_real(struct canonical *to, const struct wave_value *value) {
  double number = NAN;
  if (value->form == WAVE_DOUBLE) memcpy(&number, value->bytes, sizeof number);
  if (isnan(number)) number = NAN;
  if (number == 0) number = 0; /* not -0, which is equal */
  to->form = WAVE_DOUBLE;
  if (reserve(to, sizeof number) == NULL) return false;
  memcpy(to->bytes, &number, sizeof number);
  return true;
}

static bool set(struct canonical *to, const struct wave_handle *handle, const struct wave_value *value) {
  if (handle->kind == WAVE_REAL) return set_real(to, value);
  if (is_bits(handle)) {
    if (value->form == WAVE_TWO && handle->width > 1) return set_packed(to, value);
    return set_bits(to, handle->width, value);
  }
  const uint32_t size = value->form == WAVE_BYTES ? value->size : 0;
  to->form = size == 0 && handle->kind == WAVE_PORT ? WAVE_UNKNOWN : WAVE_BYTES;
  if (reserve(to, size) == NULL) return false;
  if (size > 0) memcpy(to->bytes, value->bytes, size);
  return true;
}

static bool equal(const struct canonical *a, const struct canonical *b) {
  return a->form == b->form && a->size == b->size && (a->size == 0 || memcmp(a->bytes, b->bytes, a->size) == 0);
}

static void swap(struct canonical *a, struct canonical *b) {
  const struct canonical c = *a;
  *a = *b;
  *b = c;
}

static bool is_unknown(const struct wave_handle *handle, const struct canonical *value) {
  if (value->form == WAVE_DOUBLE) {
    double number;
    memcpy(&number, value->bytes, sizeof number);
    return isnan(number);
  }
  if (handle->kind == WAVE_STRING) return value->size == 0;
  if (value->form != WAVE_NINE) return value->form == WAVE_UNKNOWN;
  for (uint32_t i = 0; i < value->size; i++)
    if (value->bytes[i] != 'x') return false;
  return true;
}

static void put_varint(struct wave_out *out, uint64_t value) {
  uint8_t bytes[10];
  wave_out_bytes(out, bytes, (size_t)(wave_put_varint(bytes, value) - bytes));
}

/* An entry of a chain, as chain.h tells. */
static void put_entry(struct wave_out *out, const struct wave_handle *handle, uint64_t step, const struct canonical *value) {
  if (is_bits(handle) && handle->width == 1) {
    const char *code = memchr(WAVE_CODES, value->bytes[0], sizeof WAVE_CODES - 1);
    if (value->bytes[0] == '0' || value->bytes[0] == '1')
      put_varint(out, step << 2 | (uint64_t)(value->bytes[0] == '1') << 1);
    else
      put_varint(out, step << 4 | (code != NULL ? (uint64_t)(code - WAVE_CODES) : 0) << 1 | 1);
    return;
  }
  put_varint(out, step << 1 | (value->form != WAVE_TWO && handle->kind != WAVE_STRING));
  if (handle->kind == WAVE_STRING) put_varint(out, value->size);
  wave_out_bytes(out, value->bytes, value->size);
}

/* A time without its unit: the same point of time gives the same bytes. */
static void put_time(uint8_t bytes[static 9], const struct wave_decl *decl, uint64_t time) {
  int64_t count = (int64_t)(time + (uint64_t)decl->timezero), exponent = decl->timescale_exponent;
  while (count != 0 && count % 10 == 0) {
    count /= 10;
    exponent++;
  }
  if (count == 0) exponent = 0;
  for (int i = 0; i < 8; i++) bytes[i] = (uint8_t)((uint64_t)count >> 8 * i);
  bytes[8] = (uint8_t)exponent;
}

static void put_number(uint8_t bytes[static 4], uint32_t number) {
  for (int i = 0; i < 4; i++) bytes[i] = (uint8_t)(number >> 8 * i);
}

static void hash_change(struct wave_sha256 *hash, const struct wave_decl *decl, uint64_t time, const struct canonical *value) {
  uint8_t head[14];
  put_time(head, decl, time);
  head[9] = value->form;
  put_number(head + 10, value->size);
  wave_sha256_add(hash, head, sizeof head);
  if (value->size > 0) wave_sha256_add(hash, value->bytes, value->size);
}

/* The tick that was being read is over: its last value becomes a change, if it is one. */
static void settle(struct rewrite *rewrite, uint32_t number) {
  struct track *track = &rewrite->tracks[number];
  const struct wave_handle *handle = &rewrite->source->decl.handles[number];
  if (!track->waiting) return;
  track->waiting = false;
  if (handle->kind != WAVE_EVENT && equal(&track->next, &track->now)) return;
  const size_t before = track->chain.size;
  put_entry(&track->chain, handle, track->next_place - track->last_place, &track->next);
  rewrite->bytes += track->chain.size - before;
  rewrite->no_memory = rewrite->no_memory || track->chain.failed;
  track->last_place = track->next_place;
  hash_change(&track->hash, &rewrite->source->decl, track->next_time, &track->next);
  swap(&track->now, &track->next);
}

static bool read_handle(struct rewrite *rewrite, uint32_t number, struct wave_scratch *scratch) {
  struct track *track = &rewrite->tracks[number];
  const struct wave_handle *handle = &rewrite->source->decl.handles[number];
  struct wave_walk walk;
  int got = wave_walk_open(&walk, rewrite->source, number, scratch, 0, 0) ? 1 : -1;
  while (got > 0 && (got = wave_walk_next(&walk)) > 0) {
    if (walk.place >= rewrite->n_places) return false;
    const uint32_t place = rewrite->places[walk.place];
    if (track->waiting && rewrite->times[place] != track->next_time) settle(rewrite, number);
    if (!set(&track->next, handle, &walk.value)) rewrite->no_memory = true;
    track->next_time = rewrite->times[place];
    track->next_place = place;
    track->waiting = true;
    if (rewrite->no_memory) return true;
  }
  return got == 0;
}

/* What every handle holds at the begin of a block that will be written. */
static bool keep_begin(struct rewrite *rewrite) {
  for (uint32_t i = 0; i < rewrite->source->decl.n_handles; i++) {
    struct track *track = &rewrite->tracks[i];
    if (reserve(&track->begin, track->now.size) == NULL) return false;
    if (track->now.size > 0) memcpy(track->begin.bytes, track->now.bytes, track->now.size);
    track->begin.form = track->now.form;
  }
  return true;
}

static enum wave_status write_block(struct rewrite *rewrite, struct wave_error *error) {
  const struct wave_decl *decl = &rewrite->source->decl;
  struct wave_value *frame = wave_calloc((size_t)decl->n_handles + 1, sizeof *frame);
  struct wave_fst_chain *chains = wave_calloc((size_t)decl->n_handles + 1, sizeof *chains);
  const bool made = frame != NULL && chains != NULL;
  for (uint32_t i = 0; i < decl->n_handles && made; i++) {
    struct track *track = &rewrite->tracks[i];
    settle(rewrite, i);
    if (!is_unknown(&decl->handles[i], &track->begin))
      frame[i] = (struct wave_value){track->begin.bytes, track->begin.size, track->begin.form};
    chains[i] = (struct wave_fst_chain){(const uint8_t *)track->chain.bytes, track->chain.size};
  }
  const struct wave_fst_block block = {
      .begin = rewrite->begin, .end = rewrite->end, .times = rewrite->times, .n_times = rewrite->n_times, .frame = frame, .chains = chains};
  enum wave_status status = made && !rewrite->no_memory ? wave_fst_block(rewrite->fst, &block, error) : wave_fail(error, "out of memory");
  for (uint32_t i = 0; i < decl->n_handles; i++) {
    wave_out_clear(&rewrite->tracks[i].chain);
    rewrite->tracks[i].last_place = 0;
  }
  rewrite->n_times = 0;
  rewrite->bytes = 0;
  rewrite->begin = rewrite->end;
  if (status == WAVE_OK && !keep_begin(rewrite)) status = wave_fail(error, "out of memory");
  free(frame);
  free(chains);
  return status;
}

static void *grow(void *items, uint32_t needed, uint32_t *room, size_t size) {
  if (needed <= *room) return items;
  const uint32_t larger = needed + needed / 2 + 64;
  void *moved = wave_realloc(items, larger * size);
  if (moved != NULL) *room = larger;
  return moved;
}

/* Adds the times of a piece of the source's block. */
static bool add_times(struct rewrite *rewrite, const struct wave_block *block) {
  if (block->n_times > UINT32_MAX / 4 - rewrite->n_places || block->n_times > UINT32_MAX / 4 - rewrite->n_times) return false;
  uint32_t *places = grow(rewrite->places, rewrite->n_places + block->n_times, &rewrite->places_room, sizeof *places);
  if (places == NULL) return false;
  rewrite->places = places;
  uint64_t *times = grow(rewrite->times, rewrite->n_times + block->n_times + 1, &rewrite->times_room, sizeof *times);
  if (times == NULL) return false;
  rewrite->times = times;
  for (uint32_t i = 0; i < block->n_times; i++) {
    if (rewrite->n_times == 0 || times[rewrite->n_times - 1] != block->times[i]) times[rewrite->n_times++] = block->times[i];
    places[rewrite->n_places++] = rewrite->n_times - 1;
  }
  return true;
}

/* What holds before the first change. */
static bool read_frame(struct rewrite *rewrite) {
  struct wave_source *source = rewrite->source;
  if (!source->ops->load_frame(source)) return false;
  for (uint32_t i = 0; i < source->decl.n_handles; i++) {
    struct wave_value value;
    source->ops->frame(source, i, &value);
    if (source->decl.handles[i].kind == WAVE_EVENT && wave_value_unknown(&value)) value = (struct wave_value){.form = WAVE_UNKNOWN};
    if (!set(&rewrite->tracks[i].now, &source->decl.handles[i], &value)) rewrite->no_memory = true;
  }
  return true;
}

/* An event that a frame says has happened at the begin: where the begin has a place among the times it becomes an entry like any other. */
static void event_at_begin(struct rewrite *rewrite, struct track *track, const struct wave_handle *handle) {
  const struct wave_value unknown = {.form = WAVE_UNKNOWN};
  if (is_unknown(handle, &track->now) || rewrite->n_times == 0 || rewrite->times[0] != rewrite->begin) return;
  swap(&track->now, &track->next);
  if (!set(&track->now, handle, &unknown)) rewrite->no_memory = true;
  track->waiting = true;
  track->next_time = rewrite->begin;
  track->next_place = 0;
}

/* Values of the very first tick are what the run begins with. */
static void settle_begin(struct rewrite *rewrite) {
  const struct wave_decl *decl = &rewrite->source->decl;
  for (uint32_t i = 0; i < decl->n_handles; i++) {
    struct track *track = &rewrite->tracks[i];
    if (decl->handles[i].kind == WAVE_EVENT) event_at_begin(rewrite, track, &decl->handles[i]);
    if (!is_unknown(&decl->handles[i], &track->now)) hash_change(&track->hash, decl, rewrite->begin, &track->now);
  }
  rewrite->no_memory = rewrite->no_memory || !keep_begin(rewrite);
}

static void apply_first_tick(struct rewrite *rewrite, uint32_t number, struct wave_scratch *scratch) {
  struct track *track = &rewrite->tracks[number];
  const struct wave_handle *handle = &rewrite->source->decl.handles[number];
  struct wave_walk walk;
  if (handle->kind == WAVE_EVENT || !wave_walk_open(&walk, rewrite->source, number, scratch, 0, 0)) return;
  while (wave_walk_next(&walk) > 0 && walk.place < rewrite->n_places && rewrite->times[rewrite->places[walk.place]] == rewrite->begin)
    if (!set(&track->now, handle, &walk.value)) rewrite->no_memory = true;
}

static enum wave_status damaged(const struct rewrite *rewrite, struct wave_error *error) {
  return wave_fail(error, "%s: value changes between tick %" PRIu64 " and %" PRIu64 " are damaged; make the run again",
                   rewrite->source->name, rewrite->source->block.begin, rewrite->source->block.end);
}

static enum wave_status read_block(struct rewrite *rewrite, struct wave_scratch *scratch, struct wave_error *error) {
  const struct wave_block *block = &rewrite->source->block;
  const uint32_t handles = rewrite->source->decl.n_handles;
  if (!rewrite->begun) {
    rewrite->begin = block->begin;
    if (!read_frame(rewrite)) return damaged(rewrite, error);
  }
  rewrite->first_block = rewrite->first_block || !rewrite->begun;
  rewrite->begun = true;
  if (block->opens) rewrite->n_places = 0;
  if (!add_times(rewrite, block)) return wave_fail(error, "%s: out of memory", rewrite->source->name);
  if (block->end > rewrite->end) rewrite->end = block->end;
  if (!block->closes) return WAVE_OK;
  for (uint32_t i = 0; i < handles && rewrite->first_block; i++) apply_first_tick(rewrite, i, scratch);
  if (rewrite->first_block) settle_begin(rewrite);
  rewrite->first_block = false;
  for (uint32_t i = 0; i < handles && !rewrite->no_memory; i++)
    if (!read_handle(rewrite, i, scratch)) return damaged(rewrite, error);
  if (rewrite->no_memory) return wave_fail(error, "%s: out of memory", rewrite->source->name);
  return rewrite->bytes > block_bytes_most || rewrite->n_times > block_times_most ? write_block(rewrite, error) : WAVE_OK;
}

static enum wave_status read_all(struct rewrite *rewrite, bool (*stop)(void), struct wave_error *error) {
  struct wave_source *source = rewrite->source;
  struct wave_scratch scratch = {0};
  enum wave_status status;
  while ((status = source->ops->next(source, UINT64_MAX, error)) == WAVE_OK) {
    if (stop != NULL && stop()) status = wave_fail(error, "interrupted");
    if (status == WAVE_OK) status = read_block(rewrite, &scratch, error);
    if (status != WAVE_OK) break;
  }
  wave_scratch_free(&scratch);
  if (status == WAVE_ERROR) return WAVE_ERROR;
  if (source->partial) return wave_fail(error, "%.400s; only a whole run is kept", source->why.text);
  if (!rewrite->begun) return wave_fail(error, "%s: holds no changes; let the simulator write some", source->name);
  if (source->last_tick > rewrite->end) rewrite->end = source->last_tick;
  return write_block(rewrite, error);
}

struct named {
  char *path;
  uint32_t var;
};

static int by_path(const void *a, const void *b) {
  return strcmp(((const struct named *)a)->path, ((const struct named *)b)->path);
}

/* Every variable, in the order of paths, with what it is and the hash of its changes. */
static bool hash_content(struct rewrite *rewrite, char text[static 65]) {
  const struct wave_decl *decl = &rewrite->source->decl;
  struct named *all = wave_calloc((size_t)decl->n_vars + 1, sizeof *all);
  char(*digests)[65] = wave_calloc((size_t)decl->n_handles + 1, sizeof *digests);
  struct wave_sha256 hash;
  bool good = all != NULL && digests != NULL;
  wave_sha256_init(&hash);
  for (uint32_t i = 0; good && i < decl->n_handles; i++) wave_sha256_end(&rewrite->tracks[i].hash, digests[i]);
  for (uint32_t i = 0; good && i < decl->n_vars; i++) {
    all[i] = (struct named){wave_full_path(decl, i), i};
    good = all[i].path != NULL;
  }
  if (good) qsort(all, decl->n_vars, sizeof *all, by_path);
  for (uint32_t i = 0; good && i < decl->n_vars; i++) {
    const uint32_t handle = decl->vars[all[i].var].handle;
    wave_sha256_add(&hash, all[i].path, strlen(all[i].path) + 1);
    uint8_t about[5] = {decl->handles[handle].kind};
    put_number(about + 1, decl->handles[handle].width);
    wave_sha256_add(&hash, about, sizeof about);
    wave_sha256_add(&hash, digests[handle], 64);
  }
  for (uint32_t i = 0; all != NULL && i < decl->n_vars; i++) free(all[i].path);
  free(all);
  free(digests);
  if (good) wave_sha256_end(&hash, text);
  return good;
}

static void end_text(const struct rewrite *rewrite, char text[static 48]) {
  static const char *const units[] = {"as", "fs", "ps", "ns", "us", "ms", "s"};
  const struct wave_decl *decl = &rewrite->source->decl;
  int64_t end = (int64_t)(rewrite->end + (uint64_t)decl->timezero);
  int exponent = decl->timescale_exponent;
  for (; exponent % 3 != 0; exponent--)
    if (end > INT64_MAX / 10)
      break;
    else
      end *= 10;
  if (exponent < -18 || exponent > 0 || exponent % 3 != 0)
    snprintf(text, 48, "%" PRId64 "e%d s", end, exponent);
  else
    snprintf(text, 48, "%" PRId64 " %s", end, units[exponent / 3 + 6]);
}

static void release(struct rewrite *rewrite) {
  for (uint32_t i = 0; rewrite->tracks != NULL && i < rewrite->source->decl.n_handles; i++) {
    struct track *track = &rewrite->tracks[i];
    free(track->begin.bytes);
    free(track->now.bytes);
    free(track->next.bytes);
    wave_out_free(&track->chain);
  }
  free(rewrite->tracks);
  free(rewrite->times);
  free(rewrite->places);
  wave_close(rewrite->source);
}

/* Variables that rules exclude are gone before anything is written; a handle without variables is not written. */
static bool leave_out(struct wave_decl *decl, const struct wave_rules *rules) {
  uint32_t kept = 0;
  for (uint32_t i = 0; i < decl->n_vars; i++) {
    const size_t room = wave_path(decl, i, NULL, 0) + 1;
    char *path = wave_malloc(room);
    if (path == NULL) return false;
    wave_path(decl, i, path, room);
    const struct wave_rule *rule = wave_rules_find(rules, path);
    free(path);
    if (rule == NULL ? rules->only_included : rule->action == WAVE_EXCLUDE) continue;
    decl->vars[kept++] = decl->vars[i];
  }
  decl->n_vars = kept;
  return true;
}

static enum wave_status start(struct rewrite *rewrite, const char *to, const struct wave_rules *rules, struct wave_rewritten *about,
                              struct wave_error *error) {
  const struct wave_fst_options options = {.gzip = true, .level = 5, .version = "oio wave bless"};
  struct wave_decl *decl = &rewrite->source->decl;
  about->left_out = decl->n_vars;
  rewrite->tracks = wave_calloc((size_t)decl->n_handles + 1, sizeof *rewrite->tracks);
  if (rewrite->tracks == NULL || (rules != NULL && !leave_out(decl, rules)))
    return wave_fail(error, "%s: out of memory", rewrite->source->name);
  about->left_out -= decl->n_vars;
  for (uint32_t i = 0; i < decl->n_handles; i++) wave_sha256_init(&rewrite->tracks[i].hash);
  return wave_fst_begin(&rewrite->fst, to, decl, &options, error);
}

static enum wave_status rewrite_all(struct rewrite *rewrite, bool (*stop)(void), struct wave_rewritten *about, struct wave_error *error) {
  enum wave_status status = read_all(rewrite, stop, error);
  if (status == WAVE_OK && !hash_content(rewrite, about->content)) status = wave_fail(error, "%s: out of memory", rewrite->source->name);
  if (status != WAVE_OK) {
    wave_fst_abandon(rewrite->fst);
    return status;
  }
  about->variables = rewrite->source->decl.n_vars;
  end_text(rewrite, about->end);
  return wave_fst_end(rewrite->fst, error);
}

enum wave_status wave_rewrite(const char *from, const char *to, const struct wave_rules *rules, bool (*stop)(void),
                              struct wave_rewritten *about, struct wave_error *error) {
  struct rewrite rewrite = {0};
  const uint64_t failures = wave_memory_failures();
  const enum wave_status opened = wave_open(&rewrite.source, from, error);
  enum wave_status status = opened == WAVE_OK ? start(&rewrite, to, rules, about, error) : opened;
  if (status == WAVE_OK) status = rewrite_all(&rewrite, stop, about, error);
  if (opened == WAVE_OK) release(&rewrite);
  if (status != WAVE_OK && wave_memory_failures() != failures) return wave_memory_out(error, from);
  return status;
}
