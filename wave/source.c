/* SPDX-License-Identifier: Apache-2.0 */
#define _POSIX_C_SOURCE 200809L
#include "source.h"
#include "memory.h"

#include "axis.h"
#include "unpack.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

const char wave_too_late[] = "a time that the comparison's axis (2^63 of the finer unit) does not reach";

void wave_allow_int64(struct wave_source *source) {
  struct wave_ticks own = {.zero = source->decl.timezero, .mul = 1, .num = 1, .den = 1};
  source->last_allowed = wave_ticks_bound(&own) ? own.last : 0;
}

uint8_t *wave_scratch_reserve(struct wave_scratch *scratch, size_t size) {
  if (size <= scratch->size && scratch->bytes != NULL) return scratch->bytes;
  free(scratch->bytes);
  scratch->size = 0;
  size_t larger = size + size / 2 + 4096;
  scratch->bytes = larger < size ? NULL : wave_malloc(larger);
  if (scratch->bytes != NULL) scratch->size = larger;
  return scratch->bytes;
}

void wave_scratch_free(struct wave_scratch *scratch) {
  free(scratch->bytes);
  wave_unpacker_free(scratch->unpacker);
  *scratch = (struct wave_scratch){0};
}

bool wave_chain_more(struct wave_chain *chain) {
  return wave_unpacker_more(chain->unpacker, &chain->at, &chain->end, &chain->more);
}

bool wave_chain_skip(struct wave_chain *chain, uint64_t bytes) {
  while ((uint64_t)(chain->end - chain->at) < bytes) {
    if (!chain->more) return false;
    bytes -= (uint64_t)(chain->end - chain->at);
    chain->at = chain->end;
    if (!wave_chain_more(chain)) return false;
  }
  chain->at += bytes;
  return true;
}

enum wave_status wave_map_open(struct wave_map *map, const char *path, struct wave_error *error) {
  struct stat about;
  *map = (struct wave_map){0};
  int file = open(path, O_RDONLY | O_CLOEXEC);
  if (file < 0) return wave_fail(error, "%s: cannot be opened: %s", path, strerror(errno));
  if (fstat(file, &about) != 0 || !S_ISREG(about.st_mode)) {
    close(file);
    return wave_fail(error, "%s: is no regular file but a pipe, terminal or folder; save the waveform to a file first", path);
  }
  if (about.st_size == 0) {
    close(file);
    return wave_fail(error, "%s: is empty", path);
  }
  void *bytes = mmap(NULL, (size_t)about.st_size, PROT_READ, MAP_PRIVATE, file, 0);
  int why = errno;
  close(file);
  if (bytes == MAP_FAILED) wave_memory_failed(why);
  if (bytes == MAP_FAILED) return wave_fail(error, "%s: cannot be mapped into memory: %s", path, strerror(why));
  map->bytes = bytes;
  map->size = (size_t)about.st_size;
  return WAVE_OK;
}

void wave_map_close(struct wave_map *map) {
  if (map->bytes != NULL) munmap((void *)(uintptr_t)map->bytes, map->size);
  *map = (struct wave_map){0};
}

/* An FST file begins with a header block of 329 bytes, or with the block that wraps the whole file in gzip. */
static bool looks_like_fst(const struct wave_map *map) {
  static const uint8_t header[9] = {0, 0, 0, 0, 0, 0, 0, 1, 0x49};
  if (map->size >= 9 && memcmp(map->bytes, header, 9) == 0) return true;
  return map->size >= 20 && map->bytes[0] == 254 && map->bytes[17] == 0x1f && map->bytes[18] == 0x8b;
}

/* What is no waveform to read here, by its first bytes, and what to do about it. */
static const struct {
  const char *magic;
  size_t size;
  const char *advice;
} others[] = {
    {"BZh", 3, "is packed with bzip2, which is not read; unpack it with 'bzip2 -dk FILE'"},
    {"GHDLwave", 8, "is GHW, which is not read; let GHDL write --vcd=FILE or --fst=FILE"},
};

static enum wave_status refuse_others(const struct wave_map *map, const char *path, struct wave_error *error) {
  for (size_t i = 0; i < sizeof others / sizeof others[0]; i++) {
    if (map->size >= others[i].size && memcmp(map->bytes, others[i].magic, others[i].size) == 0)
      return wave_fail(error, "%s: %s", path, others[i].advice);
  }
  return WAVE_OK;
}

enum wave_status wave_open(struct wave_source **source, const char *path, struct wave_error *error) {
  struct wave_map map;
  *source = NULL;
  if (wave_map_open(&map, path, error) != WAVE_OK) return WAVE_ERROR;
  enum wave_status status = wave_map_unpack(&map, path, error);
  if (status == WAVE_OK) status = refuse_others(&map, path, error);
  if (status == WAVE_OK)
    status = looks_like_fst(&map) ? wave_open_fst(source, path, &map, error) : wave_open_vcd(source, path, &map, error);
  if (status != WAVE_OK) wave_map_close(&map);
  return status;
}

void wave_close(struct wave_source *source) {
  if (source != NULL) source->ops->close(source);
}
