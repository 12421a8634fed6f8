/* SPDX-License-Identifier: Apache-2.0 */
/* Which handle an id stands for: a direct table where the ids are dense, as all simulators number them, and a hash for any others. */
#include "memory.h"
#include "vcd_internal.h"

#include <stdlib.h>

static uint32_t hash_of(const uint8_t *id, size_t size) {
  uint64_t hash = 0xcbf29ce484222325u;
  for (size_t i = 0; i < size; i++) hash = (hash ^ id[i]) * 0x100000001b3u;
  return (uint32_t)(hash ^ hash >> 32);
}

static struct vcd_span id_of(const struct vcd_ids *ids, uint32_t handle) {
  size_t end = handle + 1 < ids->count ? ids->place[handle + 1] : ids->pool_used;
  return (struct vcd_span){ids->pool + ids->place[handle], end - ids->place[handle] - 1};
}

uint32_t vcd_ids_find(const struct vcd_ids *ids, const uint8_t *id, size_t size) {
  if (ids->hash_size == 0) return WAVE_NONE;
  for (uint32_t i = hash_of(id, size);; i++) {
    uint32_t found = ids->hash[i & (ids->hash_size - 1)];
    if (found == 0) return WAVE_NONE;
    struct vcd_span known = id_of(ids, found - 1);
    if (known.size == size && memcmp(known.at, id, size) == 0) return found - 1;
  }
}

static void hash_in(struct vcd_ids *ids, uint32_t handle) {
  struct vcd_span id = id_of(ids, handle);
  uint32_t i = hash_of(id.at, id.size);
  while (ids->hash[i & (ids->hash_size - 1)] != 0) i++;
  ids->hash[i & (ids->hash_size - 1)] = handle + 1;
}

static bool grow_hash(struct vcd_ids *ids) {
  uint32_t larger = ids->hash_size == 0 ? 256 : ids->hash_size * 2;
  uint32_t *hash = wave_calloc(larger, sizeof *hash);
  if (hash == NULL) return false;
  free(ids->hash);
  ids->hash = hash;
  ids->hash_size = larger;
  for (uint32_t i = 0; i < ids->count; i++) hash_in(ids, i);
  return true;
}

static bool grow_pool(struct vcd_ids *ids, size_t need) {
  if (need <= ids->pool_size) return true;
  size_t larger = need + need / 2 + 1024;
  uint8_t *pool = wave_realloc(ids->pool, larger);
  if (pool == NULL) return false;
  ids->pool = pool;
  ids->pool_size = larger;
  return true;
}

static bool grow_places(struct vcd_ids *ids) {
  if (ids->count < ids->count_size) return true;
  uint32_t larger = ids->count_size == 0 ? 256 : ids->count_size * 2;
  uint32_t *place = wave_realloc(ids->place, larger * sizeof *place);
  if (place == NULL) return false;
  ids->place = place;
  ids->count_size = larger;
  return true;
}

bool vcd_ids_add(struct vcd_ids *ids, const uint8_t *id, size_t size) {
  if (ids->count >= WAVE_NONE / 4 || ids->pool_used + size + 1 >= WAVE_NONE) return false;
  if (!grow_pool(ids, ids->pool_used + size + 1) || !grow_places(ids)) return false;
  if (ids->count >= ids->hash_size / 2 && !grow_hash(ids)) return false;
  ids->place[ids->count] = (uint32_t)ids->pool_used;
  memcpy(ids->pool + ids->pool_used, id, size);
  ids->pool[ids->pool_used + size] = ' ';
  ids->pool_used += size + 1;
  hash_in(ids, ids->count++);
  return true;
}

/* The key of an id, or false for one that is too long or has characters beyond ASCII. */
static bool key_of(struct vcd_span id, bool last_first, uint64_t *key) {
  uint8_t padded[8] = {0};
  if (id.size == 0 || id.size > 7) return false;
  memcpy(padded, id.at, id.size);
  uint64_t word = vcd_load(padded);
  if (word & 0x8080808080808080u) return false;
  *key = vcd_key(word, 8 * (unsigned)id.size, last_first);
  return true;
}

static uint64_t span_of(const struct vcd_ids *ids, bool last_first, uint64_t *base) {
  uint64_t low = UINT64_MAX, high = 0, key;
  for (uint32_t i = 0; i < ids->count; i++) {
    if (!key_of(id_of(ids, i), last_first, &key)) continue;
    if (key < low) low = key;
    if (key > high) high = key;
  }
  *base = low;
  return low > high ? 0 : high - low + 1;
}

void vcd_ids_finish(struct vcd_ids *ids) {
  uint64_t base[2], span[2], key;
  for (int i = 0; i < 2; i++) span[i] = span_of(ids, i == 1, &base[i]);
  ids->last_first = span[1] < span[0];
  ids->key_base = base[ids->last_first];
  ids->key_span = span[ids->last_first];
  if (ids->key_span == 0 || ids->key_span > (1u << 20) + 32 * (uint64_t)ids->count) {
    ids->key_span = 0;
    return;
  }
  ids->table = wave_malloc(ids->key_span * sizeof *ids->table);
  if (ids->table == NULL) {
    ids->key_span = 0; /* the hash will do */
    return;
  }
  for (uint64_t i = 0; i < ids->key_span; i++) ids->table[i] = WAVE_NONE;
  for (uint32_t i = 0; i < ids->count; i++) {
    if (key_of(id_of(ids, i), ids->last_first, &key)) ids->table[key - ids->key_base] = i;
  }
}

void vcd_ids_free(struct vcd_ids *ids) {
  free(ids->pool);
  free(ids->place);
  free(ids->hash);
  free(ids->table);
  memset(ids, 0, sizeof *ids);
}
