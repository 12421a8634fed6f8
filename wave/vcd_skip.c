/* SPDX-License-Identifier: Apache-2.0 */
/* Passing over text that two files share. */
#define _DEFAULT_SOURCE
#include "memory.h"
#include "vcd_internal.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <sys/mman.h>

enum { CHUNK = 2 << 20, ALONE = 32 << 20, ANCHOR_REACH = 1 << 16 };

/* How many bytes are equal, up to size. */
static size_t common(const uint8_t *one, const uint8_t *other, size_t size) {
  size_t at = 0;
  while (size - at >= 4096 && memcmp(one + at, other + at, 4096) == 0) at += 4096;
  while (at < size && one[at] == other[at]) at++;
  return at;
}

/* The last '#' with a number that begins a line, before a place and not before from; NULL: none. */
static const uint8_t *tick_before(const uint8_t *from, const uint8_t *place) {
  for (const uint8_t *at = place; at-- > from;) {
    if (*at == '#' && (at == from || at[-1] == '\n')) return at;
  }
  return NULL;
}

/* The first tick at the begin of a line from a place on, within reach; NULL: none. */
static const uint8_t *tick_from(const uint8_t *from, const uint8_t *end) {
  for (const uint8_t *at = from; (at = memchr(at, '#', (size_t)(end - at))) != NULL; at++) {
    if (at[-1] == '\n') return at;
  }
  return NULL;
}

struct race {
  const struct vcd *vcd; /* one's */
  const uint8_t *one, *other;
  size_t size, edge;     /* what is proved to be sound ends at edge at the latest */
  struct vcd_told *told; /* by the ticks that begin in each chunk */
  atomic_size_t next;    /* where the next chunk begins */
  atomic_size_t equal;   /* no more than this is equal, and sound */
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

/* Where the proof of a chunk begins, and that of the one before it ends: at a tick. */
static const uint8_t *tick_of_chunk(const struct race *race, size_t at) {
  if (at == 0) return race->one;
  const uint8_t *tick = at < race->edge ? tick_from(race->one + at, race->one + race->edge) : NULL;
  return tick != NULL ? tick : race->one + race->edge;
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
    if (same == size) {
      const uint8_t *from = tick_of_chunk(race, at), *to = tick_of_chunk(race, at + size);
      if (vcd_is_sound(race->vcd, from, to, &race->told[at / CHUNK])) continue;
      same = 0;
    }
    while (equal > at + same && !atomic_compare_exchange_weak(&race->equal, &equal, at + same)) {
    }
    return NULL;
  }
}

/* The equal text of two files, as far as it is known: sound up to a place that is a tick, or the end of both. */
struct shared {
  size_t equal, sound;
  struct vcd_told told; /* by the sound part */
};

/* Of all chunks that are sound, those whose times rise from one to the next. */
static void join_chunks(const struct race *race, struct shared *shared) {
  size_t at = 0;
  shared->equal = atomic_load(&race->equal);
  while (at < shared->equal) {
    size_t size = race->size - at < CHUNK ? race->size - at : CHUNK;
    const struct vcd_told *told = &race->told[at / CHUNK];
    if (at + size > shared->equal) break;
    if (told->timed && shared->told.timed && told->first < shared->told.last) {
      shared->equal = at;
      break;
    }
    if (told->timed && !shared->told.timed) shared->told = *told;
    if (told->timed) shared->told.last = told->last;
    at += size;
  }
  shared->sound = (size_t)(tick_of_chunk(race, at) - race->one);
}

static bool common_on_two_threads(const struct vcd *left, const struct vcd *right, struct shared *shared) {
  const size_t left_size = (size_t)(left->text.end - left->text.at), right_size = (size_t)(right->text.end - right->text.at);
  struct race race = {.vcd = left, .one = left->text.at, .other = right->text.at, .size = left_size < right_size ? left_size : right_size};
  const uint8_t *edge = left_size == right_size ? left->text.end : tick_before(race.one, race.one + race.size);
  race.edge = edge == NULL ? 0 : (size_t)(edge - race.one);
  race.told = wave_calloc(race.size / CHUNK + 1, sizeof *race.told);
  if (race.told == NULL) return false;
  atomic_init(&race.next, 0);
  atomic_init(&race.equal, race.size);
  pthread_t helper;
  bool helped = race.size > ALONE && pthread_create(&helper, NULL, compare_chunks, &race) == 0;
  compare_chunks(&race);
  if (helped) pthread_join(helper, NULL);
  join_chunks(&race, shared);
  free(race.told);
  return true;
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

/* The time at a '#'; false: there is none. */
static bool time_at(const struct vcd *vcd, const uint8_t *at, uint64_t *time) {
  struct vcd_change change;
  struct vcd_mode mode = {0};
  return vcd_token(&at, vcd->text.end, true, &mode, &change) == VCD_GOT_TIME && vcd_time(vcd, change.text, time) == NULL;
}

/*
 * A '#' at the begin of a line may stand in a comment, or be an id. Some ticks before it are read to tell; from may be trusted. False also
 * where there is no time before it.
 */
static bool time_before(const struct vcd *vcd, const uint8_t *from, const uint8_t *tick, uint64_t *time) {
  const uint8_t *anchor = tick - from > ANCHOR_REACH ? tick_before(from, tick - ANCHOR_REACH) : from;
  struct vcd_told told;
  if (anchor == NULL) anchor = from;
  if (tick - anchor > 64 * ANCHOR_REACH || !vcd_is_sound(vcd, anchor, tick, &told)) return false;
  *time = told.last;
  return told.timed;
}

struct place {
  size_t at;     /* of the tick, from the begin of the equal text */
  uint64_t time; /* of the tick before it */
};

/* Whether the text up to a tick is sound; then told says what all of it says of time. */
static bool sound_up_to(const struct vcd *vcd, const struct shared *shared, const uint8_t *tick, struct vcd_told *told) {
  if (!vcd_is_sound(vcd, vcd->text.at + shared->sound, tick, told)) return false;
  if (!told->timed) {
    *told = shared->told;
  } else if (shared->told.timed) {
    if (told->first < shared->told.last) return false;
    told->first = shared->told.first;
  }
  return told->timed && (!vcd->timed || told->first >= vcd->last_time);
}

/* The tick that the first difference is in: its times are later than the one before on both sides. False: it is the first one. */
static bool find_tick(const struct vcd *golden, const struct vcd *fresh, const struct shared *shared, struct place *place) {
  const uint8_t *from = golden->text.at, *other = fresh->text.at;
  const uint8_t *tick = from + shared->equal, *sound = from + shared->sound;
  if (golden->passed != fresh->passed || golden->last_time != fresh->last_time) return false;
  for (int tries = 0; tries < 8; tries++) {
    struct vcd_told told = {0};
    uint64_t left, right;
    tick = tick_before(from, tick);
    if (tick == NULL || tick == from) return false;
    bool good = tick < sound ? time_before(golden, from, tick, &told.last) : sound_up_to(golden, shared, tick, &told);
    if (!good) {
      if (tick > sound) tick = sound + 1; /* what is not sound is left to the cooking */
      continue;
    }
    *place = (struct place){.at = (size_t)(tick - from), .time = told.last};
    bool read = time_at(golden, tick, &left) && time_at(fresh, other + place->at, &right);
    /* A time that cannot be read is where a file breaks off: that tick is left to the cooking. */
    if (!read || (left > place->time && right > place->time)) return true;
  }
  return false;
}

static bool can_skip(const struct wave_source *source) {
  if (source->ops != &vcd_ops) return false;
  const struct vcd *vcd = (const struct vcd *)source;
  return vcd->text.gzip == NULL && !vcd->ended && !vcd->mode.skipping && vcd->text.at < vcd->text.end;
}

uint64_t wave_vcd_skip_equal(struct wave_source *golden, struct wave_source *fresh) {
  struct vcd *left = (struct vcd *)golden, *right = (struct vcd *)fresh;
  if (!can_skip(golden) || !can_skip(fresh)) return 0;
  size_t left_size = (size_t)(left->text.end - left->text.at), right_size = (size_t)(right->text.end - right->text.at);
  size_t size = left_size < right_size ? left_size : right_size, few = size < 256 ? size : 256;
  if (memcmp(left->text.at, right->text.at, few) != 0 || !agree(left, right)) return 0;
  struct shared shared = {0};
  struct place place;
  if (!common_on_two_threads(left, right, &shared)) return 0;
  if (shared.sound == left_size && shared.sound == right_size && shared.told.timed &&
      (!left->timed || shared.told.first >= left->last_time)) {
    place = (struct place){.at = shared.sound, .time = shared.told.last};
  } else if (!find_tick(left, right, &shared, &place)) {
    return 0;
  }
  if (!vcd_pass(left, left->text.at + place.at, place.time) || !vcd_pass(right, right->text.at + place.at, place.time)) return 0;
  return place.at;
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
