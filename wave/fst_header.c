/* SPDX-License-Identifier: Apache-2.0 */
/* The FST reader's first half: which blocks there are, the geometry and the hierarchy. */
#define _POSIX_C_SOURCE 200809L
#include "fst_internal.h"
#include "memory.h"

#include "unpack.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>
#include <zlib.h>

enum { HEADER_SIZE = 321 };

uint64_t fst_get_u64(struct fst_bytes *bytes) {
  uint64_t value = 0;
  if (bytes->end - bytes->at < 8) {
    bytes->bad = true;
    bytes->at = bytes->end;
    return 0;
  }
  for (int i = 0; i < 8; i++) value = value << 8 | *bytes->at++;
  return value;
}

uint64_t fst_get_varint(struct fst_bytes *bytes) {
  uint64_t value = 0;
  const uint8_t *at = wave_varint(bytes->at, bytes->end, &value);
  if (at == NULL) {
    bytes->bad = true;
    bytes->at = bytes->end;
    return 0;
  }
  bytes->at = at;
  return value;
}

static unsigned byte_of(struct fst_bytes *bytes) {
  if (bytes->at < bytes->end) return *bytes->at++;
  bytes->bad = true;
  return 0;
}

void fst_partial(struct fst *fst, uint64_t at, const char *what) {
  if (fst->source.partial) return;
  fst->source.partial = true;
  wave_fail(&fst->source.why, "%s: byte %llu: %s", fst->source.name, (unsigned long long)at, what);
}

/* The gzip wrapper is unpacked into a file without a name, which is then mapped like any other. */
static enum wave_status unwrap(struct fst *fst, struct wave_error *error) {
  struct fst_bytes bytes = {fst->map.bytes + 1, fst->map.bytes + fst->map.size, false};
  uint64_t packed = fst_get_u64(&bytes), size = fst_get_u64(&bytes);
  uint64_t there = (uint64_t)(bytes.end - bytes.at);
  if (packed < 16 || packed - 16 > there) packed = there + 16; /* cut: what is there is tried */
  if (size == 0 || !wave_unpack_possible('Z', packed, size)) return wave_fail(error, "%s: the gzip wrapper is damaged", fst->source.name);
  FILE *file = tmpfile();
  if (file == NULL) wave_memory_failed(errno);
  if (file == NULL) return wave_fail(error, "%s: no temporary file to unpack it to; is TMPDIR writable?", fst->source.name);
  z_stream zlib = {0};
  static const size_t chunk = 256 << 10;
  uint8_t *buffer = wave_malloc(chunk);
  bool open = buffer != NULL && wave_memory_zlib(inflateInit2(&zlib, 15 + 16)) == Z_OK, whole = open;
  uint64_t given = 0;
  zlib.next_in = (Bytef *)(uintptr_t)bytes.at;
  while (open && whole && given < size) {
    size_t left = (size_t)(bytes.end - (const uint8_t *)zlib.next_in);
    zlib.avail_in = left > UINT32_MAX ? UINT32_MAX : (uInt)left;
    zlib.next_out = buffer;
    zlib.avail_out = size - given < chunk ? (uInt)(size - given) : (uInt)chunk;
    uInt room = zlib.avail_out;
    int done = wave_memory_zlib(inflate(&zlib, Z_NO_FLUSH));
    size_t got = room - zlib.avail_out;
    whole = (done == Z_OK || (done == Z_STREAM_END && given + got == size)) && fwrite(buffer, 1, got, file) == got;
    given += whole ? got : 0;
  }
  if (whole) whole = wave_inflate_ends(&zlib);
  if (open) inflateEnd(&zlib);
  free(buffer);
  if (fflush(file) != 0 || given == 0) {
    fclose(file);
    return wave_fail(error, "%s: the gzip wrapper is damaged, or the disk of TMPDIR is full", fst->source.name);
  }
  void *mapped = mmap(NULL, (size_t)given, PROT_READ, MAP_PRIVATE, fileno(file), 0);
  if (mapped == MAP_FAILED) wave_memory_failed(errno);
  fclose(file);
  if (mapped == MAP_FAILED) return wave_fail(error, "%s: cannot be mapped into memory", fst->source.name);
  fst->plain = (struct wave_map){.bytes = mapped, .size = (size_t)given};
  fst->wrapped = true;
  if (!whole) fst_partial(fst, fst->map.size, "the gzip wrapper is cut or damaged");
  return WAVE_OK;
}

/* Names repeat, but no hierarchy shrinks to less than this: what claims more is a bomb. */
static bool plausible_hierarchy(uint64_t packed, uint64_t size) {
  return size <= 1 << 20 || size / 300 <= packed;
}

/* Unpacks a section of declarations; NULL when it cannot be. */
static uint8_t *unpacked(uint8_t pack, const uint8_t *from, uint64_t packed, uint64_t size) {
  if (size == 0 || size > (uint64_t)1 << 30 || !wave_unpack_possible(pack, packed, size)) return NULL;
  uint8_t *to = wave_malloc((size_t)size);
  if (to != NULL && !wave_unpack(pack, from, (size_t)packed, to, (size_t)size)) {
    free(to);
    return NULL;
  }
  return to;
}

/* The hierarchy in gzip form. */
static uint8_t *inflated(const uint8_t *from, uint64_t packed, uint64_t size) {
  if (size == 0 || size > (uint64_t)1 << 30 || packed > UINT32_MAX || !wave_unpack_possible('Z', packed, size)) return NULL;
  uint8_t *to = wave_malloc((size_t)size);
  z_stream zlib = {0};
  if (to == NULL || wave_memory_zlib(inflateInit2(&zlib, 15 + 32)) != Z_OK) {
    free(to);
    return NULL;
  }
  zlib.next_in = (Bytef *)(uintptr_t)from;
  zlib.avail_in = (uInt)packed;
  zlib.next_out = to;
  zlib.avail_out = (uInt)size;
  int done = wave_memory_zlib(inflate(&zlib, Z_FINISH));
  bool whole = zlib.avail_out == 0 && (done == Z_STREAM_END || done == Z_OK || done == Z_BUF_ERROR) && wave_inflate_ends(&zlib);
  inflateEnd(&zlib);
  if (whole) return to;
  free(to);
  return NULL;
}

/* names: bytes of the hierarchy, which has at least four for each handle. */
static bool read_geometry(struct fst *fst, const struct fst_block *block, uint64_t names) {
  struct fst_bytes bytes = {fst->plain.bytes + block->at, fst->plain.bytes + block->at + block->size, false};
  uint64_t size = fst_get_u64(&bytes), handles = fst_get_u64(&bytes), packed = (uint64_t)(bytes.end - bytes.at);
  if (bytes.bad || (fst->told_handles != 0 && handles != fst->told_handles) || handles > size || handles >= WAVE_NONE ||
      handles > names / 4 + 1)
    return false;
  uint8_t *own = packed == size ? NULL : unpacked('Z', bytes.at, packed, size);
  if (packed != size && own == NULL) return false;
  struct fst_bytes widths = own == NULL ? bytes : (struct fst_bytes){own, own + size, false};
  bool good = true;
  for (uint64_t i = 0; i < handles && good; i++) {
    uint64_t width = fst_get_varint(&widths);
    enum wave_kind kind = width == 0 ? WAVE_REAL : width == UINT32_MAX ? WAVE_STRING : WAVE_BITS;
    if (widths.bad || width > UINT32_MAX) good = false;
    if (good && wave_decl_handle(&fst->source.decl, kind, width == 0 ? 64 : width == UINT32_MAX ? 0 : (uint32_t)width) == WAVE_NONE)
      good = false;
  }
  free(own);
  return good;
}

static const char *name_of(struct fst_bytes *bytes, size_t *length) {
  const uint8_t *end = memchr(bytes->at, 0, (size_t)(bytes->end - bytes->at));
  const char *name = (const char *)bytes->at;
  if (end == NULL) {
    bytes->bad = true;
    return NULL;
  }
  *length = (size_t)(end - bytes->at);
  bytes->at = end + 1;
  return name;
}

struct hierarchy {
  struct fst_bytes bytes;
  uint32_t scope;   /* the one that is open, or WAVE_NONE */
  uint32_t handles; /* so many have been declared */
  bool geometry;    /* the widths are known; else they are taken from here */
};

static bool read_scope(struct wave_decl *decl, struct hierarchy *hierarchy) {
  size_t length = 0, ignored = 0;
  uint8_t type = (uint8_t)byte_of(&hierarchy->bytes);
  const char *name = name_of(&hierarchy->bytes, &length);
  if (name == NULL || name_of(&hierarchy->bytes, &ignored) == NULL) return false;
  hierarchy->scope = wave_decl_scope(decl, hierarchy->scope, type, name, length);
  return hierarchy->scope != WAVE_NONE;
}

/* What a handle of an unfinished file holds, by the variable that declares it first. */
static bool declare_handle(struct wave_decl *decl, uint8_t type, uint64_t length) {
  enum wave_kind kind = wave_kind_of_type(type, (uint32_t)length);
  uint32_t width = kind == WAVE_REAL ? 64 : kind == WAVE_STRING ? 0 : (uint32_t)length;
  return wave_decl_handle(decl, kind == WAVE_EVENT || kind == WAVE_PORT ? WAVE_BITS : kind, width) != WAVE_NONE;
}

static bool read_var(struct wave_decl *decl, struct hierarchy *hierarchy, uint8_t type) {
  size_t name_length = 0;
  uint8_t direction = (uint8_t)byte_of(&hierarchy->bytes);
  const char *name = name_of(&hierarchy->bytes, &name_length);
  if (name == NULL) return false;
  uint64_t length = fst_get_varint(&hierarchy->bytes), alias = fst_get_varint(&hierarchy->bytes);
  if (hierarchy->bytes.bad || length > UINT32_MAX) return false;
  if (alias == 0) {
    hierarchy->handles++;
    if (!hierarchy->geometry && !declare_handle(decl, type, length)) return false;
  }
  uint64_t handle = (alias == 0 ? hierarchy->handles : alias) - 1;
  if (handle >= decl->n_handles) return false;
  struct wave_handle *about = &decl->handles[handle];
  enum wave_kind kind = wave_kind_of_type(type, about->width);
  if (about->kind == WAVE_BITS && alias == 0 && ((kind == WAVE_EVENT && about->width == 1) || kind == WAVE_PORT))
    about->kind = (uint8_t)kind;
  return wave_decl_var(decl, hierarchy->scope, type, direction, name, name_length, (uint32_t)handle) != WAVE_NONE;
}

static bool read_attribute(struct hierarchy *hierarchy) {
  size_t ignored = 0;
  byte_of(&hierarchy->bytes);
  byte_of(&hierarchy->bytes);
  if (name_of(&hierarchy->bytes, &ignored) == NULL) return false;
  fst_get_varint(&hierarchy->bytes);
  return !hierarchy->bytes.bad;
}

static bool read_hierarchy(struct fst *fst, const uint8_t *from, uint64_t size) {
  struct wave_decl *decl = &fst->source.decl;
  struct hierarchy hierarchy = {.bytes = {from, from + size, false}, .scope = WAVE_NONE, .geometry = decl->n_handles > 0};
  bool good = true;
  while (good && hierarchy.bytes.at < hierarchy.bytes.end) {
    unsigned tag = byte_of(&hierarchy.bytes);
    if (tag == 254) {
      good = read_scope(decl, &hierarchy);
    } else if (tag == 255) {
      if (hierarchy.scope != WAVE_NONE) hierarchy.scope = decl->scopes[hierarchy.scope].parent;
    } else if (tag == 252) {
      good = read_attribute(&hierarchy);
    } else if (tag <= 29) {
      good = read_var(decl, &hierarchy, (uint8_t)tag);
    } else {
      good = tag == 253;
    }
  }
  return good;
}

/* The hierarchy of a finished file is a block; a writer that was killed leaves it in a file beside. */
static enum wave_status find_hierarchy(struct fst *fst, const struct fst_block *block, const char *path, struct wave_error *error) {
  const char *name = fst->source.name;
  bool good = false;
  if (block->type == FST_UNFINISHED) {
    struct wave_map side;
    size_t length = strlen(path) + 6;
    char *side_path = wave_malloc(length);
    if (side_path == NULL) return wave_fail(error, "%s: out of memory", name);
    snprintf(side_path, length, "%s.hier", path);
    enum wave_status status = wave_map_open(&side, side_path, NULL);
    free(side_path);
    if (status != WAVE_OK) return wave_fail(error, "%s: unfinished or cut: it has no declarations; close the file in the simulator", name);
    good = read_hierarchy(fst, side.bytes, side.size);
    wave_map_close(&side);
    fst_partial(fst, fst->plain.size, "unfinished: the simulator did not close it");
  } else {
    struct fst_bytes bytes = {fst->plain.bytes + block->at, fst->plain.bytes + block->at + block->size, false};
    uint64_t size = fst_get_u64(&bytes), packed = (uint64_t)(bytes.end - bytes.at);
    uint8_t *own = NULL;
    if (!plausible_hierarchy(packed, size)) {
      own = NULL;
    } else if (block->type == FST_HIERARCHY) {
      own = inflated(bytes.at, packed, size);
    } else if (block->type == FST_HIERARCHY_LZ4) {
      own = unpacked('4', bytes.at, packed, size);
    } else {
      uint64_t once = fst_get_varint(&bytes);
      uint8_t *first = unpacked('4', bytes.at, (uint64_t)(bytes.end - bytes.at), once);
      if (first != NULL) own = unpacked('4', first, once, size);
      free(first);
    }
    good = own != NULL && read_hierarchy(fst, own, size);
    free(own);
  }
  if (!good) return wave_fail(error, "%s: the hierarchy of names is damaged", name);
  return WAVE_OK;
}

static bool read_start(struct fst *fst, struct fst_bytes bytes, bool *unfinished) {
  static const uint8_t e[8] = {0x69, 0x57, 0x14, 0x8b, 0x0a, 0xbf, 0x05, 0x40}; /* 2.718281828459045 in little-endian order */
  struct wave_decl *decl = &fst->source.decl;
  if (bytes.end - bytes.at < HEADER_SIZE) return false;
  fst->source.begin_hint = fst_get_u64(&bytes);
  fst->source.end_hint = fst_get_u64(&bytes);
  *unfinished = fst->source.begin_hint == 0 && fst->source.end_hint == 0;
  bool little = memcmp(bytes.at, e, 8) == 0;
  bytes.at += 8 + 3 * 8; /* what the writer's memory was, numbers of scopes and variables */
  fst->told_handles = fst_get_u64(&bytes);
  fst->told_blocks = fst_get_u64(&bytes);
  decl->timescale_exponent = (int8_t)*bytes.at;
  decl->timescale_known = true;
  bytes.at += 1 + 128 + 119 + 1;
  decl->timezero = (int64_t)fst_get_u64(&bytes);
  return little;
}

/* A file that was closed tells what there should be in it. */
static void check_header(struct fst *fst) {
  if (fst->told_blocks != fst->n_blocks) fst_partial(fst, 0, "the header tells of another number of blocks of value changes: damaged");
  if (fst->told_handles != fst->source.decl.n_handles) fst_partial(fst, 0, "the header tells of another number of signals: damaged");
  if (fst->n_blocks == 0) return;
  /* The run may begin before the first change and end behind the last. */
  const struct fst_block *first = &fst->blocks[0], *last = &fst->blocks[fst->n_blocks - 1];
  struct fst_bytes begin = {fst->plain.bytes + first->at, fst->plain.bytes + first->at + first->size, false};
  struct fst_bytes end = {fst->plain.bytes + last->at, fst->plain.bytes + last->at + last->size, false};
  fst_get_u64(&end);
  if (fst_get_u64(&begin) < fst->source.begin_hint || fst_get_u64(&end) > fst->source.end_hint)
    fst_partial(fst, 0, "the header tells of a shorter run: damaged");
}

static bool add_block(struct fst *fst, struct fst_block block) {
  if (fst->n_blocks == fst->blocks_size) {
    uint32_t larger = fst->blocks_size == 0 ? 16 : fst->blocks_size * 2;
    struct fst_block *moved = wave_realloc(fst->blocks, larger * sizeof *moved);
    if (moved == NULL) return false;
    fst->blocks = moved;
    fst->blocks_size = larger;
  }
  fst->blocks[fst->n_blocks++] = block;
  return true;
}

enum wave_status fst_read_header(struct fst *fst, const char *path, struct wave_error *error) {
  const char *name = fst->source.name;
  fst->plain = fst->map;
  fst->source.format = "FST";
  if (fst->map.bytes[0] == FST_GZIP) {
    if (unwrap(fst, error) != WAVE_OK) return WAVE_ERROR;
    fst->source.format = "FST, gzip";
  }
  struct fst_block geometry = {.type = FST_UNFINISHED}, hierarchy = {.type = FST_UNFINISHED};
  bool header = false, unfinished = false;
  uint64_t at = 0, size = fst->plain.size;
  while (at < size) {
    struct fst_bytes bytes = {fst->plain.bytes + at, fst->plain.bytes + size, false};
    unsigned type = byte_of(&bytes);
    uint64_t length = fst_get_u64(&bytes);
    if (type == FST_UNFINISHED || (unfinished && length == 0)) {
      fst_partial(fst, at, "unfinished: the simulator did not close it");
      break;
    }
    if (bytes.bad || length < 8 || length - 8 > (uint64_t)(bytes.end - bytes.at)) {
      fst_partial(fst, at, "cut: a block goes on beyond the end of the file");
      break;
    }
    struct fst_block block = {.at = at + 9, .size = length - 8, .type = (uint8_t)type};
    bytes.end = bytes.at + block.size;
    if (type == FST_HEADER && !header) {
      header = read_start(fst, bytes, &unfinished);
    } else if (type == FST_GEOMETRY) {
      geometry = block;
    } else if (type == FST_HIERARCHY || type == FST_HIERARCHY_LZ4 || type == FST_HIERARCHY_LZ4_TWICE) {
      hierarchy = block;
    } else if (type == FST_CHANGES || type == FST_CHANGES_ALIAS || type == FST_CHANGES_ALIAS_2) {
      if (!add_block(fst, block)) return wave_fail(error, "%s: out of memory", name);
    } else if (type != FST_BLACKOUT) {
      fst_partial(fst, at, "a block of no known kind");
      break;
    }
    if (!header) return wave_fail(error, "%s: is no FST file of this byte order, or its header is damaged", name);
    at = block.at + block.size;
  }
  uint64_t names = UINT64_MAX;
  if (hierarchy.type != FST_UNFINISHED) {
    struct fst_bytes bytes = {fst->plain.bytes + hierarchy.at, fst->plain.bytes + hierarchy.at + hierarchy.size, false};
    names = fst_get_u64(&bytes);
  }
  if (geometry.type != FST_UNFINISHED && !read_geometry(fst, &geometry, names))
    return wave_fail(error, "%s: the geometry of signals is damaged, or a variable has more than %u bits", name, WAVE_WIDTH_MAX);
  enum wave_status status = find_hierarchy(fst, &hierarchy, path, error);
  if (status == WAVE_OK && !unfinished) check_header(fst);
  return status;
}
