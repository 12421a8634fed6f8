/* SPDX-License-Identifier: Apache-2.0 */
/* Passing over text that two files share. */
#define _DEFAULT_SOURCE
#include "vcd_internal.h"

#include <pthread.h>
#include <stdatomic.h>
#include <sys/mman.h>

enum { CHUNK = 2 << 20, ALONE = 32 << 20, ANCHOR_REACH = 1 << 16 };

/* How many bytes are equal, up to size. */
static size_t common(const uint8_t *one, const uint8_t *other, size_t size) {
  size_t at = 0;
  while (size - at >= 4096 && memcmp(one + at, other + at, 4096) == 0) at += 4096;
  while (at < size && one[at] == other[at]) at++;
  return at;
}

struct race {
  const uint8_t *one, *other;
  size_t size;
  atomic_size_t next;  /* where the next chunk begins */
  atomic_size_t equal; /* no more than this is equal */
};

/* Maps a chunk's pages at once where the system can. */
static void fetch(const uint8_t *at, size_t size) {
#ifdef MADV_POPULATE_READ
  uintptr_t page = (uintptr_t)at & ~(uintptr_t)4095;
  madvise((void *)page, size + ((uintptr_t)at - page), MADV_POPULATE_READ);
#else
  (void)at;
  (void)size;
#endif
}

static void *compare_chunks(void *argument) {
  struct race *race = argument;
  for (;;) {
    size_t at = atomic_fetch_add(&race->next, CHUNK), equal = atomic_load(&race->equal);
    if (at >= equal) return NULL;
    size_t size = race->size - at < CHUNK ? race->size - at : CHUNK;
    fetch(race->one + at, size);
    fetch(race->other + at, size);
    size_t same = common(race->one + at, race->other + at, size);
    if (same == size) continue;
    while (equal > at + same && !atomic_compare_exchange_weak(&race->equal, &equal, at + same)) {
    }
    return NULL;
  }
}

static size_t common_on_two_threads(const uint8_t *one, const uint8_t *other, size_t size) {
  struct race race = {.one = one, .other = other, .size = size};
  atomic_init(&race.next, 0);
  atomic_init(&race.equal, size);
  pthread_t helper;
  bool helped = size > ALONE && pthread_create(&helper, NULL, compare_chunks, &race) == 0;
  compare_chunks(&race);
  if (helped) pthread_join(helper, NULL);
  return atomic_load(&race.equal);
}

static bool agree(const struct vcd *one, const struct vcd *other) {
  const struct wave_decl *left = &one->source.decl, *right = &other->source.decl;
  if (left->n_handles != right->n_handles || one->unit != other->unit || one->digits != other->digits) return false;
  if (one->ids.pool_used != other->ids.pool_used) return false;
  if (one->ids.pool_used > 0 && memcmp(one->ids.pool, other->ids.pool, one->ids.pool_used) != 0) return false;
  for (uint32_t i = 0; i < left->n_handles; i++) {
    if (left->handles[i].width != right->handles[i].width || left->handles[i].kind != right->handles[i].kind) return false;
  }
  return true;
}

/* The last '#' with a number that begins a line, before a place and not before from; NULL: none. */
static const uint8_t *tick_before(const uint8_t *from, const uint8_t *place) {
  for (const uint8_t *at = place; at-- > from;) {
    if (*at == '#' && (at == from || at[-1] == '\n')) return at;
  }
  return NULL;
}

/* The time at a '#'; false: there is none. */
static bool time_at(const struct vcd *vcd, const uint8_t *at, uint64_t *time) {
  struct vcd_change change;
  bool skipping = false;
  return vcd_token(&at, vcd->text.end, true, &skipping, &change) == VCD_GOT_TIME && vcd_time(vcd, change.text, time) == NULL;
}

/* Whether the text from a place on is whole tokens with known ids and rising times, which end where it ends; the last time in it, if any.
 */
static bool is_sound(const struct vcd *vcd, const uint8_t *at, const uint8_t *end, bool *timed, uint64_t *time) {
  bool skipping = false;
  *timed = false;
  for (;;) {
    struct vcd_change change;
    uint64_t now;
    switch (vcd_token(&at, end, true, &skipping, &change)) {
    case VCD_GOT_END:
      return !skipping;
    case VCD_GOT_NOTHING:
      break;
    case VCD_GOT_TIME:
      if (vcd_time(vcd, change.text, &now) != NULL || (*timed && now < *time)) return false;
      *time = now;
      *timed = true;
      break;
    case VCD_GOT_CHANGE:
      if (vcd_ids_find(&vcd->ids, change.id.at, change.id.size) == WAVE_NONE) return false;
      break;
    default:
      return false;
    }
  }
}

/*
 * A '#' at the begin of a line may stand in a comment, or be an id. Some ticks before it are read to tell; from may be trusted. False also
 * where there is no time before it.
 */
static bool time_before(const struct vcd *vcd, const uint8_t *from, const uint8_t *tick, uint64_t *time) {
  const uint8_t *anchor = tick - from > ANCHOR_REACH ? tick_before(from, tick - ANCHOR_REACH) : from;
  bool timed;
  if (anchor == NULL) anchor = from;
  return tick - anchor <= 64 * ANCHOR_REACH && is_sound(vcd, anchor, tick, &timed, time) && timed;
}

struct place {
  size_t at;     /* of the tick, from the begin of the equal text */
  uint64_t time; /* of the tick before it */
};

/* The tick that the first difference is in: its times are later than the one before on both sides. False: it is the first one. */
static bool find_tick(const struct vcd *golden, const struct vcd *fresh, size_t equal, struct place *place) {
  const uint8_t *from = golden->text.at, *other = fresh->text.at;
  const uint8_t *tick = tick_before(from, from + equal);
  if (golden->passed != fresh->passed || golden->last_time != fresh->last_time) return false;
  for (int tries = 0; tick != NULL && tick > from && tries < 8; tries++) {
    uint64_t left, right;
    place->at = (size_t)(tick - from);
    if (time_before(golden, from, tick, &place->time)) {
      bool read = time_at(golden, tick, &left) && time_at(fresh, other + place->at, &right);
      /* A time that cannot be read is where a file breaks off: that tick is left to the cooking. */
      if (!read || (left > place->time && right > place->time)) return true;
    }
    tick = tick_before(from, tick);
  }
  return false;
}

/* Both texts are equal to their ends: is their last tick whole? */
static bool ends_well(const struct vcd *vcd, const uint8_t *tick, uint64_t *time) {
  bool timed;
  return is_sound(vcd, tick, vcd->text.end, &timed, time) && timed;
}

static bool can_skip(const struct wave_source *source) {
  if (source->ops != &vcd_ops) return false;
  const struct vcd *vcd = (const struct vcd *)source;
  return vcd->text.gzip == NULL && !vcd->ended && !vcd->skipping && vcd->text.at < vcd->text.end;
}

uint64_t wave_vcd_skip_equal(struct wave_source *golden, struct wave_source *fresh) {
  struct vcd *left = (struct vcd *)golden, *right = (struct vcd *)fresh;
  if (!can_skip(golden) || !can_skip(fresh)) return 0;
  size_t left_size = (size_t)(left->text.end - left->text.at), right_size = (size_t)(right->text.end - right->text.at);
  size_t size = left_size < right_size ? left_size : right_size, few = size < 256 ? size : 256;
  if (memcmp(left->text.at, right->text.at, few) != 0 || !agree(left, right)) return 0;
  size_t equal = common_on_two_threads(left->text.at, right->text.at, size);
  struct place place;
  if (!find_tick(left, right, equal, &place)) return 0;
  uint64_t time;
  if (equal == left_size && equal == right_size && ends_well(left, left->text.at + place.at, &time)) {
    place.at = equal;
    place.time = time;
  }
  if (!vcd_pass(left, left->text.at + place.at, place.time) || !vcd_pass(right, right->text.at + place.at, place.time)) return 0;
  return place.at;
}

/* The first tick at the begin of a line from a place on, within reach; NULL: none. */
static const uint8_t *tick_from(const uint8_t *from, const uint8_t *end) {
  for (const uint8_t *at = from; (at = memchr(at, '#', (size_t)(end - at))) != NULL; at++) {
    if (at[-1] == '\n') return at;
  }
  return NULL;
}

enum { SEEK_NEAR = 1 << 20, SEEK_BEFORE = 2 << 20 };

void vcd_seek(struct wave_source *source, uint64_t tick) {
  struct vcd *vcd = (struct vcd *)source;
  if (!can_skip(source)) return;
  const uint8_t *low = vcd->text.at, *high = vcd->text.end, *found;
  uint64_t time;
  while (high - low > SEEK_NEAR) {
    const uint8_t *middle = low + (high - low) / 2;
    found = tick_from(middle, high);
    if (found == NULL || !time_at(vcd, found, &time) || time >= tick) {
      high = middle;
    } else {
      low = found;
    }
  }
  if (low - vcd->text.at <= SEEK_BEFORE) return;
  uint64_t here;
  found = tick_before(vcd->text.at, low - SEEK_BEFORE);
  if (found == NULL || found == vcd->text.at || !time_before(vcd, vcd->text.at, found, &time)) return;
  if (time_at(vcd, found, &here) && here > time && here < tick) vcd_pass(vcd, found, time);
}
