/* SPDX-License-Identifier: Apache-2.0 */
/* Files packed by zstd or xz: unpacked into a file without a name, which is then mapped in the place of the packed one. Both formats end in
 * a checksum, so what is cut or damaged is unusable as a whole. */
#define _POSIX_C_SOURCE 200809L
#include "memory.h"
#include "source.h"

#include <errno.h>
#include <lzma.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <zstd.h>
#include <zstd_errors.h>

enum { CHUNK_BYTES = 1 << 20, RATIO_MAX = 4096 };
#define UNPACKED_BYTES_FREE ((uint64_t)64 << 20) /* any file may unpack to so much */
#define LZMA_MEMORY_MAX ((uint64_t)1 << 30)

struct unpacking {
  const struct wave_map *map;
  FILE *file;
  uint8_t *chunk;
  uint64_t given, most;
};

enum result { WHOLE, DAMAGED, TOO_LARGE, NO_ROOM, NO_MEMORY };

/* What the library that unpacks could not get. */
static enum result no_memory(void) {
  wave_memory_failed(ENOMEM);
  return NO_MEMORY;
}

static enum result put(struct unpacking *u, size_t nbytes) {
  if (nbytes > u->most - u->given) return TOO_LARGE;
  u->given += nbytes;
  return fwrite(u->chunk, 1, nbytes, u->file) == nbytes ? WHOLE : NO_ROOM;
}

static enum result unpack_zstd(struct unpacking *u) {
  ZSTD_DStream *stream = ZSTD_createDStream();
  ZSTD_inBuffer in = {u->map->bytes, u->map->size, 0};
  enum result result = stream == NULL ? no_memory() : WHOLE;
  size_t hint = 1; /* 0: a frame has ended, and all of it has been put out */
  while (result == WHOLE && (in.pos < in.size || hint != 0)) {
    ZSTD_outBuffer out = {u->chunk, CHUNK_BYTES, 0};
    const size_t before = in.pos;
    hint = ZSTD_decompressStream(stream, &out, &in);
    if (ZSTD_isError(hint) || (in.pos == before && out.pos == 0)) {
      result = ZSTD_getErrorCode(hint) == ZSTD_error_memory_allocation ? no_memory() : DAMAGED;
    } else {
      result = put(u, out.pos);
    }
  }
  ZSTD_freeDStream(stream);
  return result;
}

static enum result unpack_xz(struct unpacking *u) {
  lzma_stream stream = LZMA_STREAM_INIT;
  lzma_ret done = lzma_stream_decoder(&stream, LZMA_MEMORY_MAX, LZMA_CONCATENATED);
  enum result result = done == LZMA_OK ? WHOLE : no_memory();
  stream.next_in = u->map->bytes;
  stream.avail_in = u->map->size;
  while (result == WHOLE && done == LZMA_OK) {
    stream.next_out = u->chunk;
    stream.avail_out = CHUNK_BYTES;
    done = lzma_code(&stream, LZMA_FINISH);
    if (done != LZMA_OK && done != LZMA_STREAM_END) {
      result = done == LZMA_MEM_ERROR ? no_memory() : done == LZMA_MEMLIMIT_ERROR ? NO_MEMORY : DAMAGED;
    } else {
      result = put(u, CHUNK_BYTES - stream.avail_out);
    }
  }
  lzma_end(&stream);
  return result;
}

static const struct {
  const char *magic;
  size_t magic_nbytes;
  const char *name;
  enum result (*unpack)(struct unpacking *u);
} packers[] = {
    {"\xfd\x37zXZ", 6, "xz", unpack_xz},
    {"\x28\xb5\x2f\xfd", 4, "zstd", unpack_zstd},
};

static enum wave_status refuse(enum result result, const char *path, const char *name, struct wave_error *error) {
  switch (result) {
  case TOO_LARGE:
    return wave_fail(error, "%s: unpacks to more than %d times its size; if that is right, unpack it with %s first", path, RATIO_MAX, name);
  case NO_ROOM:
    return wave_fail(error, "%s: there is no room to unpack it to; free some, or set TMPDIR to a folder that has it", path);
  case NO_MEMORY:
    return wave_fail(error, "%s: out of memory; unpack it with %s first", path, name);
  default:
    return wave_fail(error, "%s: the %s data is cut or damaged; copy or write the file again", path, name);
  }
}

enum wave_status wave_map_unpack(struct wave_map *map, const char *path, struct wave_error *error) {
  size_t p = 0;
  while (p < sizeof packers / sizeof packers[0] &&
         (map->size < packers[p].magic_nbytes || memcmp(map->bytes, packers[p].magic, packers[p].magic_nbytes) != 0))
    p++;
  if (p == sizeof packers / sizeof packers[0]) return WAVE_OK;
  struct unpacking u = {.map = map, .file = tmpfile(), .most = map->size * RATIO_MAX + UNPACKED_BYTES_FREE};
  if (u.file == NULL) wave_memory_failed(errno);
  u.chunk = wave_malloc(CHUNK_BYTES);
  enum result result = u.file == NULL ? NO_ROOM : u.chunk == NULL ? NO_MEMORY : packers[p].unpack(&u);
  if (result == WHOLE && fflush(u.file) != 0) result = NO_ROOM;
  if (result == WHOLE && u.given == 0) result = DAMAGED;
  void *bytes = result != WHOLE ? MAP_FAILED : mmap(NULL, (size_t)u.given, PROT_READ, MAP_PRIVATE, fileno(u.file), 0);
  if (result == WHOLE && bytes == MAP_FAILED) result = no_memory();
  if (u.file != NULL) fclose(u.file);
  free(u.chunk);
  if (result != WHOLE) return refuse(result, path, packers[p].name, error);
  wave_map_close(map);
  *map = (struct wave_map){.bytes = bytes, .size = (size_t)u.given};
  return WAVE_OK;
}
