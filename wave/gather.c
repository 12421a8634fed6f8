/* SPDX-License-Identifier: Apache-2.0 */
#include "gather.h"
#include "memory.h"

#include "value.h"
#include "walk.h"

#include <stdlib.h>
#include <string.h>

static bool drop_oldest(struct gather *gather) {
  free(gather->events[0].value);
  memmove(gather->events, gather->events + 1, (gather->n - 1) * sizeof *gather->events);
  gather->n--;
  gather->covered_from = gather->events[0].time;
  return true;
}

/* Adds a change: takes over value. Restated values are left out, the last of a tick counts. */
static bool add(struct gather *gather, int64_t time, char *value) {
  if (value == NULL) return false;
  if (gather->n > 0 && gather->events[gather->n - 1].time == time && gather->kind != WAVE_EVENT) {
    free(gather->events[gather->n - 1].value);
    gather->events[gather->n - 1].value = value;
    return true;
  }
  if (gather->n > 0 && gather->kind != WAVE_EVENT && strcmp(gather->events[gather->n - 1].value, value) == 0) {
    free(value);
    return true;
  }
  if (gather->n_after == GATHER_AFTER) {
    free(value);
    return true;
  }
  if (gather->n == gather->size) {
    uint32_t larger = gather->size * 2 + 16;
    struct wave_event *moved = wave_realloc(gather->events, larger * sizeof *moved);
    if (moved == NULL) {
      free(value);
      return false;
    }
    gather->events = moved;
    gather->size = larger;
  }
  gather->events[gather->n++] = (struct wave_event){.time = time, .value = value};
  gather->covered_to = time;
  if (time > gather->at) {
    gather->n_after++;
  } else if (gather->n > GATHER_BEFORE + 1) {
    drop_oldest(gather);
  }
  return true;
}

/* The changes of a plain handle in the current piece. */
static bool gather_handle(struct wave_source *source, const struct wave_ticks *ticks, struct wave_scratch *scratch, struct gather *gather) {
  const struct wave_block *block = &source->block;
  struct wave_walk walk;
  wave_walk_open(&walk, source, gather->handle, scratch, 0, 0);
  while (gather->n_after < GATHER_AFTER && wave_walk_next(&walk) > 0) {
    if (walk.place < block->first_place) continue;
    if (walk.place - block->first_place >= block->n_times) break;
    int64_t time = wave_common(ticks, block->times[walk.place - block->first_place]);
    if (!add(gather, time, wave_value_string(gather->kind, gather->width, &walk.value))) return false;
  }
  return true;
}

/* Vectors in pieces: every piece is gathered alone first, then they are merged. */
struct assembly {
  const struct wave_piece *pieces;
  struct gather *parts;
  uint32_t n;
};

static void put_event(const struct wave_piece *piece, const struct gather *part, const struct wave_event *event, char *to) {
  const struct wave_value value = {.bytes = (const uint8_t *)event->value, .size = (uint32_t)strlen(event->value), .form = WAVE_NINE};
  wave_value_bits(&value, part->kind, piece->first, piece->width, piece->reversed, to);
}

static bool assemble(struct gather *whole, struct assembly *assembly) {
  char *now = wave_malloc(whole->width + (size_t)1);
  uint32_t *next = wave_calloc(assembly->n, sizeof *next);
  bool good = now != NULL && next != NULL;
  if (good) {
    memset(now, 'x', whole->width);
    now[whole->width] = '\0';
  }
  while (good) {
    int64_t time = INT64_MAX;
    for (uint32_t i = 0; i < assembly->n; i++) {
      const struct gather *part = &assembly->parts[i];
      if (next[i] < part->n && part->events[next[i]].time < time) time = part->events[next[i]].time;
    }
    if (time == INT64_MAX) break;
    uint32_t bit = 0;
    for (uint32_t i = 0; i < assembly->n; bit += assembly->pieces[i++].width) {
      const struct gather *part = &assembly->parts[i];
      if (next[i] == part->n || part->events[next[i]].time != time) continue;
      put_event(&assembly->pieces[i], part, &part->events[next[i]++], now + bit);
    }
    char *value = wave_malloc(whole->width + (size_t)1);
    if (value != NULL) memcpy(value, now, whole->width + (size_t)1);
    good = add(whole, time, value);
  }
  for (uint32_t i = 0; i < assembly->n; i++) {
    if (assembly->parts[i].covered_from > whole->covered_from) whole->covered_from = assembly->parts[i].covered_from;
  }
  free(now);
  free(next);
  return good;
}

static bool gather_frame(struct wave_source *source, const struct wave_ticks *ticks, struct gather *gather) {
  struct wave_value value;
  source->ops->frame(source, gather->handle, &value);
  gather->covered_from = wave_common(ticks, source->block.begin);
  if (value.form == WAVE_UNKNOWN || gather->kind == WAVE_EVENT) return true;
  return add(gather, wave_common(ticks, source->block.begin), wave_value_string(gather->kind, gather->width, &value));
}

static enum wave_status gather_simple(struct wave_source *source, const struct wave_ticks *ticks, struct gather *gathers, uint32_t n,
                                      struct wave_error *error) {
  struct wave_scratch scratch = {0};
  uint8_t *wanted = wave_calloc((size_t)source->decl.n_handles + 1, 1);
  enum wave_status status = wanted == NULL ? wave_fail(error, "out of memory") : source->ops->rewind(source, error);
  int64_t last = INT64_MIN, earliest = INT64_MAX;
  for (uint32_t i = 0; i < n && wanted != NULL; i++) {
    wanted[gathers[i].handle] = 1;
    if (gathers[i].at > last) last = gathers[i].at;
    if (gathers[i].kind == WAVE_STRING)
      earliest = INT64_MIN; /* FST's frames have no strings: what one holds may stand in any block before */
    else if (gathers[i].at < earliest)
      earliest = gathers[i].at;
  }
  if (source->ops->want != NULL) source->ops->want(source, wanted);
  if (status == WAVE_OK) source->ops->seek(source, wave_tick_near(ticks, earliest));
  bool first = true, behind = false;
  while (status == WAVE_OK && (status = source->ops->next(source, UINT64_MAX, error)) == WAVE_OK) {
    if (first && source->ops->load_frame(source)) {
      for (uint32_t i = 0; i < n && status == WAVE_OK; i++) {
        if (!gather_frame(source, ticks, &gathers[i])) status = wave_fail(error, "out of memory");
      }
    }
    first = false;
    for (uint32_t i = 0; i < n && status == WAVE_OK; i++) {
      if (!gather_handle(source, ticks, &scratch, &gathers[i])) status = wave_fail(error, "out of memory");
      gathers[i].covered_to =
          gathers[i].n_after == GATHER_AFTER ? gathers[i].events[gathers[i].n - 1].time : wave_common(ticks, source->block.end);
    }
    if (behind) break; /* one block more than the last time asked for */
    behind = wave_common(ticks, source->block.end) > last;
  }
  if (source->ops->want != NULL) source->ops->want(source, NULL);
  wave_scratch_free(&scratch);
  free(wanted);
  return status == WAVE_END ? WAVE_OK : status;
}

enum wave_status wave_gather(struct wave_source *source, const struct wave_names *names, const struct wave_ticks *ticks,
                             struct gather *gathers, uint32_t n, struct wave_error *error) {
  uint32_t total = 0;
  for (uint32_t i = 0; i < n; i++) {
    const struct wave_composite *composite = wave_composite_of(names, gathers[i].handle);
    total += composite == NULL ? 1 : composite->n;
  }
  struct gather *parts = wave_calloc((size_t)total + 1, sizeof *parts);
  if (parts == NULL) return wave_fail(error, "out of memory");
  uint32_t used = 0;
  for (uint32_t i = 0; i < n; i++) {
    const struct wave_composite *composite = wave_composite_of(names, gathers[i].handle);
    if (composite == NULL) parts[used++] = gathers[i];
    for (uint32_t k = 0; composite != NULL && k < composite->n; k++) {
      const struct wave_handle *handle = &source->decl.handles[composite->pieces[k].handle];
      parts[used++] =
          (struct gather){.handle = composite->pieces[k].handle, .width = handle->width, .kind = handle->kind, .at = gathers[i].at};
    }
  }
  enum wave_status status = gather_simple(source, ticks, parts, used, error);
  used = 0;
  for (uint32_t i = 0; i < n; i++) {
    const struct wave_composite *composite = wave_composite_of(names, gathers[i].handle);
    if (composite == NULL) {
      gathers[i] = parts[used++];
      continue;
    }
    struct assembly assembly = {.pieces = composite->pieces, .parts = parts + used, .n = composite->n};
    gathers[i].covered_from = INT64_MIN;
    if (status == WAVE_OK && !assemble(&gathers[i], &assembly)) status = wave_fail(error, "out of memory");
    gathers[i].covered_to = assembly.parts[0].covered_to;
    wave_gather_free(assembly.parts, assembly.n);
    used += assembly.n;
  }
  free(parts);
  return status;
}

void wave_gather_free(struct gather *gathers, uint32_t n) {
  for (uint32_t i = 0; i < n; i++) {
    for (uint32_t k = 0; k < gathers[i].n; k++) free(gathers[i].events[k].value);
    free(gathers[i].events);
    gathers[i].events = NULL;
    gathers[i].n = 0;
  }
}
