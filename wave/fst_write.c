/* SPDX-License-Identifier: Apache-2.0 */
#define _POSIX_C_SOURCE 200809L
#include "fst_write.h"
#include "memory.h"

#include "fst_entry.h"
#include "fst_gzip.h"
#include "fst_hierarchy.h"
#include "write_whole.h"

#include <stdlib.h>
#include <string.h>
#include <zlib.h>

/* Where the header keeps what is known only at the end, and how long the parts of fixed size are. */
enum { header_size = 330, start_offset = 9, counts_offset = 41, version_size = 128, date_size = 119 };
enum { small_chain = 32 };
static const uint32_t times_most = (uint32_t)1 << 28;

struct wave_fst {
  struct wave_whole whole;
  struct wave_whole inner; /* what is packed into `whole` at the end, when the file is to be gzip */
  struct wave_whole *file; /* the one that blocks go to */
  const struct wave_decl *decl;
  struct fst_hierarchy hierarchy;
  int level;
  uint64_t begin, end, blocks;
  uint64_t frame_size;
  uint8_t *packed; /* room to pack into */
  size_t packed_room;
  int64_t *index;  /* of each chain in the block, by number: 0 none, > 0 its place, < 0 the number of an equal one */
  uint32_t *table; /* open hash table of chains by their bytes: number + 1 */
  uint32_t table_mask;
};

static enum wave_status no_memory(const struct wave_fst *fst, struct wave_error *error) {
  return wave_fail(error, "%s: cannot be written: not enough memory; close other programs or write fewer signals",
                   fst->whole.path != NULL ? fst->whole.path : "FST");
}

static void put64(uint8_t *at, uint64_t value) {
  for (int i = 0; i < 8; i++) at[i] = (uint8_t)(value >> (56 - 8 * i));
}

static enum wave_status add(struct wave_fst *fst, const void *bytes, size_t size, struct wave_error *error) {
  return wave_whole_add(fst->file, bytes, size, error);
}

static enum wave_status add64(struct wave_fst *fst, uint64_t value, struct wave_error *error) {
  uint8_t bytes[8];
  put64(bytes, value);
  return add(fst, bytes, sizeof bytes, error);
}

static enum wave_status patch64(struct wave_fst *fst, uint64_t offset, uint64_t value, struct wave_error *error) {
  uint8_t bytes[8];
  put64(bytes, value);
  return wave_whole_patch(fst->file, offset, bytes, sizeof bytes, error);
}

static enum wave_status add_varint(struct wave_fst *fst, uint64_t value, struct wave_error *error) {
  uint8_t bytes[10];
  return add(fst, bytes, (size_t)(wave_put_varint(bytes, value) - bytes), error);
}

/* Packs into fst->packed; when that is no gain, `*size` stays what it was and the bytes are to be stored as they are. False: no memory. */
static bool pack(struct wave_fst *fst, const void *bytes, size_t size, size_t *packed) {
  const uLong bound = compressBound((uLong)size);
  *packed = size;
  if (bound > fst->packed_room) {
    uint8_t *larger = wave_realloc(fst->packed, bound);
    if (larger == NULL) return false;
    fst->packed = larger;
    fst->packed_room = bound;
  }
  uLongf length = (uLongf)fst->packed_room;
  const int done = wave_memory_zlib(compress2(fst->packed, &length, bytes, (uLong)size, fst->level));
  if (done == Z_OK && length < size) *packed = length;
  return true;
}

static void write_header(const struct wave_fst *fst, const char *version, uint8_t bytes[static header_size]) {
  const double endian = 2.7182818284590452354;
  memset(bytes, 0, header_size);
  bytes[0] = FST_HEADER;
  put64(bytes + 1, header_size - 1);
  memcpy(bytes + 25, &endian, sizeof endian);
  put64(bytes + 33, (uint64_t)1 << 27);
  bytes[73] = (uint8_t)fst->decl->timescale_exponent;
  if (version != NULL) memcpy(bytes + 74, version, strnlen(version, version_size - 1));
  put64(bytes + 74 + version_size + date_size + 1, (uint64_t)fst->decl->timezero);
}

static bool allocate(struct wave_fst *fst) {
  const uint32_t handles = fst->hierarchy.n_handles;
  uint32_t slots = 16;
  while (slots < 2 * handles && slots < UINT32_MAX / 4) slots *= 2;
  fst->index = wave_calloc((size_t)handles + 1, sizeof *fst->index);
  fst->table = wave_calloc(slots, sizeof *fst->table);
  fst->table_mask = slots - 1;
  for (uint32_t i = 0; i < handles; i++) {
    const struct wave_handle *handle = &fst->decl->handles[fst->hierarchy.order[i]];
    fst->frame_size += handle->kind == WAVE_REAL ? 8 : handle->kind == WAVE_STRING ? 0 : handle->kind == WAVE_EVENT ? 1 : handle->width;
  }
  return fst->index != NULL && fst->table != NULL;
}

static enum wave_status open_file(struct wave_fst *fst, const char *path, bool gzip, struct wave_error *error) {
  if (wave_whole_begin(&fst->whole, path, error) != WAVE_OK) return WAVE_ERROR;
  fst->file = &fst->whole;
  if (gzip) {
    struct wave_out name = {0};
    wave_out_format(&name, "%s.raw", path);
    const enum wave_status status = name.failed ? no_memory(fst, error) : wave_whole_begin(&fst->inner, name.bytes, error);
    wave_out_free(&name);
    if (status != WAVE_OK) return status;
    fst->file = &fst->inner;
  }
  if (fst->file->whole.direct)
    return wave_fail(error, "%s: an FST file cannot be written to a device or a pipe; name a regular file", path);
  return WAVE_OK;
}

static enum wave_status begin(struct wave_fst *fst, const char *path, const struct wave_fst_options *options, struct wave_error *error) {
  uint8_t header[header_size];
  if (!fst_hierarchy_make(&fst->hierarchy, fst->decl) || !allocate(fst)) return no_memory(fst, error);
  if (fst->hierarchy.n_handles == 0) return wave_fail(error, "%s: there are no signals to write; choose some with an include rule", path);
  if (open_file(fst, path, options->gzip, error) != WAVE_OK) return WAVE_ERROR;
  write_header(fst, options->version, header);
  return add(fst, header, sizeof header, error);
}

enum wave_status wave_fst_begin(struct wave_fst **fst, const char *path, const struct wave_decl *decl,
                                const struct wave_fst_options *options, struct wave_error *error) {
  *fst = wave_calloc(1, sizeof **fst);
  if (*fst == NULL) return wave_fail(error, "%s: cannot be written: not enough memory; close other programs", path);
  (*fst)->decl = decl;
  (*fst)->level = options->level > 0 && options->level < 10 ? options->level : 4;
  if (begin(*fst, path, options, error) == WAVE_OK) return WAVE_OK;
  wave_fst_abandon(*fst);
  *fst = NULL;
  return WAVE_ERROR;
}

static enum wave_status write_frame(struct wave_fst *fst, const struct wave_fst_block *block, struct wave_error *error) {
  uint8_t *frame = wave_malloc(fst->frame_size + 1), *at = frame;
  size_t packed = 0;
  if (frame == NULL) return no_memory(fst, error);
  for (uint32_t i = 0; i < fst->hierarchy.n_handles; i++) {
    const uint32_t handle = fst->hierarchy.order[i];
    at = fst_frame_value(at, &fst->decl->handles[handle], &block->frame[handle]);
  }
  const size_t size = (size_t)(at - frame);
  enum wave_status status = pack(fst, frame, size, &packed) ? WAVE_OK : no_memory(fst, error);
  if (status == WAVE_OK) status = add_varint(fst, size, error);
  if (status == WAVE_OK) status = add_varint(fst, packed, error);
  if (status == WAVE_OK) status = add_varint(fst, fst->hierarchy.n_handles, error);
  if (status == WAVE_OK) status = add(fst, packed < size ? fst->packed : frame, packed, error);
  free(frame);
  return status;
}

/*
 * Readers show the frame of the first block only where changes begin later than the block, and never for strings. So a value that is known
 * at the begin becomes a change there, too.
 */
static bool with_begin(struct wave_fst *fst, const struct wave_fst_block *block, uint32_t handle, struct wave_out *out,
                       struct wave_fst_chain *chain) {
  const struct wave_handle *kind = &fst->decl->handles[handle];
  const struct wave_value *value = &block->frame[handle];
  *chain = block->chains[handle];
  if (fst->blocks > 0 || value->form == WAVE_UNKNOWN || kind->kind == WAVE_EVENT || (block->n_times > 0 && block->times[0] != block->begin))
    return true;
  wave_out_clear(out);
  fst_first_entry(out, kind, value);
  wave_out_bytes(out, chain->bytes, chain->size);
  chain->bytes = (const uint8_t *)out->bytes;
  chain->size = out->size;
  return !out->failed;
}

/* The number of a chain with the same bytes before this one in the block, or this one's own. */
static uint32_t same_chain(struct wave_fst *fst, const struct wave_fst_block *block, uint32_t number) {
  const struct wave_fst_chain *chain = &block->chains[fst->hierarchy.order[number]];
  uint32_t slot = (uint32_t)crc32(0, chain->bytes, (uInt)(chain->size < UINT32_MAX ? chain->size : UINT32_MAX)) & fst->table_mask;
  for (; fst->table[slot] != 0; slot = (slot + 1) & fst->table_mask) {
    const uint32_t other = fst->table[slot] - 1;
    const struct wave_fst_chain *before = &block->chains[fst->hierarchy.order[other]];
    if (before->size == chain->size && memcmp(before->bytes, chain->bytes, chain->size) == 0) return other;
  }
  fst->table[slot] = number + 1;
  return number;
}

static enum wave_status write_chain(struct wave_fst *fst, const struct wave_fst_chain *chain, struct wave_error *error) {
  size_t packed = chain->size;
  if (chain->size > small_chain && !pack(fst, chain->bytes, chain->size, &packed)) return no_memory(fst, error);
  const bool gain = packed < chain->size;
  if (add_varint(fst, gain ? chain->size : 0, error) != WAVE_OK) return WAVE_ERROR;
  return add(fst, gain ? fst->packed : chain->bytes, packed, error);
}

/* Writes the chains, fills fst->index, and tells how much a reader needs to unpack them all. */
static enum wave_status write_chains(struct wave_fst *fst, const struct wave_fst_block *block, uint64_t *unpacked,
                                     struct wave_error *error) {
  const uint64_t from = wave_whole_size(fst->file);
  const bool first = fst->blocks == 0;
  struct wave_out scratch = {0};
  struct wave_fst_chain chain;
  enum wave_status status = add(fst, "Z", 1, error);
  memset(fst->table, 0, ((size_t)fst->table_mask + 1) * sizeof *fst->table);
  for (uint32_t i = 0; i < fst->hierarchy.n_handles && status == WAVE_OK; i++) {
    if (!with_begin(fst, block, fst->hierarchy.order[i], &scratch, &chain)) {
      status = no_memory(fst, error);
      break;
    }
    fst->index[i] = 0;
    if (chain.size == 0) continue;
    *unpacked += chain.size;
    const uint32_t same = first ? i : same_chain(fst, block, i);
    fst->index[i] = same < i ? -(int64_t)same - 1 : (int64_t)(wave_whole_size(fst->file) - from);
    if (same == i) status = write_chain(fst, &chain, error);
  }
  wave_out_free(&scratch);
  return status;
}

/* A signed varint with its lowest bit set: a place or an equal chain; runs of handles without changes have it clear. */
static void add_signed(struct wave_out *out, int64_t value) {
  int64_t left = value < 0 ? -(-value * 2 - 1) : value * 2 + 1;
  for (bool more = true; more;) {
    uint8_t byte = (uint8_t)((uint64_t)left & 0x7f);
    left = left < 0 ? ~(~left >> 7) : left >> 7;
    more = !((left == 0 && !(byte & 0x40)) || (left == -1 && (byte & 0x40)));
    if (more) byte |= 0x80;
    wave_out_bytes(out, &byte, 1);
  }
}

static enum wave_status write_index(struct wave_fst *fst, struct wave_error *error) {
  struct wave_out out = {0};
  uint64_t run = 0;
  int64_t place = 0, alias = 0;
  for (uint32_t i = 0; i < fst->hierarchy.n_handles; i++) {
    if (fst->index[i] == 0) {
      run++;
      continue;
    }
    if (run > 0) fst_varint(&out, run << 1);
    run = 0;
    if (fst->index[i] > 0) {
      add_signed(&out, fst->index[i] - place);
      place = fst->index[i];
    } else {
      add_signed(&out, fst->index[i] == alias ? 0 : fst->index[i]);
      alias = fst->index[i];
    }
  }
  if (run > 0) fst_varint(&out, run << 1);
  enum wave_status status = out.failed ? no_memory(fst, error) : add(fst, out.bytes, out.size, error);
  if (status == WAVE_OK) status = add64(fst, out.size, error);
  wave_out_free(&out);
  return status;
}

static enum wave_status write_times(struct wave_fst *fst, const struct wave_fst_block *block, struct wave_error *error) {
  struct wave_out out = {0};
  uint64_t before = 0;
  size_t packed = 0;
  const uint32_t count = block->n_times > 0 ? block->n_times : 1; /* readers want one at least */
  for (uint32_t i = 0; i < count; i++) {
    const uint64_t time = block->n_times > 0 ? block->times[i] : block->begin;
    fst_varint(&out, time - before);
    before = time;
  }
  enum wave_status status = out.failed || !pack(fst, out.bytes, out.size, &packed) ? no_memory(fst, error) : WAVE_OK;
  if (status == WAVE_OK) status = add(fst, packed < out.size ? (const void *)fst->packed : out.bytes, packed, error);
  if (status == WAVE_OK) status = add64(fst, out.size, error);
  if (status == WAVE_OK) status = add64(fst, packed, error);
  if (status == WAVE_OK) status = add64(fst, count, error);
  wave_out_free(&out);
  return status;
}

enum wave_status wave_fst_block(struct wave_fst *fst, const struct wave_fst_block *block, struct wave_error *error) {
  const uint64_t at = wave_whole_size(fst->file);
  uint64_t unpacked = 0;
  uint8_t head[33] = {FST_CHANGES};
  if (block->n_times >= times_most)
    return wave_fail(error, "%s: cannot be written: %u times in one block, the format holds %u; write shorter blocks", fst->whole.path,
                     (unsigned)block->n_times, (unsigned)times_most);
  put64(head + 9, block->begin);
  put64(head + 17, block->end);
  if (add(fst, head, sizeof head, error) != WAVE_OK || write_frame(fst, block, error) != WAVE_OK ||
      add_varint(fst, fst->hierarchy.n_handles, error) != WAVE_OK || write_chains(fst, block, &unpacked, error) != WAVE_OK ||
      write_index(fst, error) != WAVE_OK || write_times(fst, block, error) != WAVE_OK ||
      patch64(fst, at + 25, unpacked, error) != WAVE_OK || patch64(fst, at + 1, wave_whole_size(fst->file) - at - 1, error) != WAVE_OK)
    return WAVE_ERROR;
  if (fst->blocks++ == 0) fst->begin = block->begin;
  fst->end = block->end;
  return WAVE_OK;
}

static enum wave_status write_geometry(struct wave_fst *fst, struct wave_error *error) {
  const struct wave_out *geometry = &fst->hierarchy.geometry;
  const uint8_t tag = FST_GEOMETRY;
  size_t packed = 0;
  if (!pack(fst, geometry->bytes, geometry->size, &packed)) return no_memory(fst, error);
  if (add(fst, &tag, 1, error) != WAVE_OK || add64(fst, packed + 24, error) != WAVE_OK || add64(fst, geometry->size, error) != WAVE_OK ||
      add64(fst, fst->hierarchy.n_handles, error) != WAVE_OK)
    return WAVE_ERROR;
  return add(fst, packed < geometry->size ? (const void *)fst->packed : geometry->bytes, packed, error);
}

static enum wave_status write_hierarchy(struct wave_fst *fst, struct wave_error *error) {
  const struct wave_out *scopes = &fst->hierarchy.scopes;
  const uint64_t at = wave_whole_size(fst->file);
  const uint8_t head[9] = {FST_HIERARCHY};
  if (add(fst, head, sizeof head, error) != WAVE_OK || add64(fst, scopes->size, error) != WAVE_OK ||
      fst_gzip_bytes(fst->file, fst->level, scopes->bytes, scopes->size, error) != WAVE_OK)
    return WAVE_ERROR;
  return patch64(fst, at + 1, wave_whole_size(fst->file) - at - 1, error);
}

static enum wave_status complete_header(struct wave_fst *fst, struct wave_error *error) {
  uint8_t span[16], counts[32];
  put64(span, fst->begin);
  put64(span + 8, fst->end);
  put64(counts, fst->hierarchy.n_scopes);
  put64(counts + 8, fst->hierarchy.n_vars);
  put64(counts + 16, fst->hierarchy.n_handles);
  put64(counts + 24, fst->blocks);
  if (wave_whole_patch(fst->file, start_offset, span, sizeof span, error) != WAVE_OK) return WAVE_ERROR;
  return wave_whole_patch(fst->file, counts_offset, counts, sizeof counts, error);
}

/* The whole inner file as one gzip stream. */
static enum wave_status wrap(struct wave_fst *fst, struct wave_error *error) {
  uint8_t head[17] = {FST_WRAPPER}, size[8];
  put64(head + 9, wave_whole_size(&fst->inner));
  if (wave_whole_add(&fst->whole, head, sizeof head, error) != WAVE_OK ||
      fst_gzip_file(&fst->whole, fst->level, &fst->inner, error) != WAVE_OK)
    return WAVE_ERROR;
  put64(size, wave_whole_size(&fst->whole) - 1);
  return wave_whole_patch(&fst->whole, 1, size, sizeof size, error);
}

static void release(struct wave_fst *fst) {
  wave_whole_abandon(&fst->inner);
  wave_whole_abandon(&fst->whole);
  fst_hierarchy_free(&fst->hierarchy);
  free(fst->packed);
  free(fst->index);
  free(fst->table);
  free(fst);
}

static enum wave_status finish(struct wave_fst *fst, struct wave_error *error) {
  if (fst->blocks == 0) return wave_fail(error, "%s: there is nothing to write; widen the window", fst->whole.path);
  if (write_geometry(fst, error) != WAVE_OK || write_hierarchy(fst, error) != WAVE_OK || complete_header(fst, error) != WAVE_OK)
    return WAVE_ERROR;
  if (fst->file == &fst->inner && wrap(fst, error) != WAVE_OK) return WAVE_ERROR;
  return wave_whole_end(&fst->whole, error);
}

enum wave_status wave_fst_end(struct wave_fst *fst, struct wave_error *error) {
  const enum wave_status status = finish(fst, error);
  release(fst);
  return status;
}

void wave_fst_abandon(struct wave_fst *fst) {
  if (fst != NULL) release(fst);
}
