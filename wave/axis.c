/* SPDX-License-Identifier: Apache-2.0 */
#include "axis.h"
#include "memory.h"

#include <stdlib.h>

__extension__ typedef __int128 wide;

/* The time of a tick; false: it does not fit. Rises with the tick. */
static bool time_of(const struct wave_ticks *ticks, wide tick, wide *time) {
  if (__builtin_mul_overflow(tick + ticks->zero, (wide)ticks->mul, time) || __builtin_mul_overflow(*time, (wide)ticks->num, time))
    return false;
  *time = *time / ticks->den + ticks->shift;
  return *time >= -WAVE_LATEST && *time <= WAVE_LATEST;
}

bool wave_ticks_bound(struct wave_ticks *ticks) {
  wide time;
  if (!time_of(ticks, 0, &time)) return false;
  uint64_t low = 0, high = UINT64_MAX - 1;
  while (low < high) {
    uint64_t middle = low + (high - low) / 2 + 1;
    if (time_of(ticks, middle, &time))
      low = middle;
    else
      high = middle - 1;
  }
  ticks->last = low;
  return true;
}

int64_t wave_common(const struct wave_ticks *ticks, uint64_t tick) {
  if (tick > ticks->last) return tick == UINT64_MAX ? INT64_MAX : WAVE_LATEST;
  wide time = ((wide)tick + ticks->zero) * ticks->mul;
  if (ticks->num != ticks->den) time = time * ticks->num / ticks->den;
  return (int64_t)(time + ticks->shift);
}

uint64_t wave_tick_near(const struct wave_ticks *ticks, int64_t time) {
  double tick = ((double)time - (double)ticks->shift) * (double)ticks->den / (double)ticks->num / (double)ticks->mul - (double)ticks->zero;
  return tick <= 0 ? 0 : tick >= 1.8e19 ? UINT64_MAX : (uint64_t)tick;
}

size_t wave_samples_until(const struct wave_axis *axis, int side, int64_t time, bool at_or_before) {
  const int64_t *samples = axis->samples[side];
  size_t low = 0, high = axis->n[side];
  while (low < high) {
    size_t middle = low + (high - low) / 2;
    if (samples[middle] < time || (at_or_before && samples[middle] == time)) {
      low = middle + 1;
    } else {
      high = middle;
    }
  }
  return low;
}

int64_t wave_place(const struct wave_axis *axis, int side, int64_t time) {
  if (!axis->sampled) return time;
  return (int64_t)wave_samples_until(axis, side, time, !axis->inclusive);
}

int64_t wave_time_of_place(const struct wave_axis *axis, int64_t place) {
  if (!axis->sampled || place == INT64_MAX) return place;
  size_t n = axis->n[WAVE_GOLDEN];
  if (n == 0) return 0;
  if (place < 0) return axis->samples[WAVE_GOLDEN][0];
  return axis->samples[WAVE_GOLDEN][(size_t)place < n ? (size_t)place : n - 1];
}

bool wave_clip(const struct wave_spans *mask, int64_t from, int64_t to, int64_t *first, int64_t *length) {
  if (mask->all) {
    *first = from;
    *length = wave_minus(to, from);
    return from < to;
  }
  bool found = false;
  *length = 0;
  size_t low = 0, high = mask->n;
  while (low < high) { /* the first span that ends behind from */
    size_t middle = low + (high - low) / 2;
    if (mask->at[2 * middle + 1] > from) {
      high = middle;
    } else {
      low = middle + 1;
    }
  }
  for (size_t i = low; i < mask->n && mask->at[2 * i] < to; i++) {
    int64_t begin = mask->at[2 * i] > from ? mask->at[2 * i] : from, end = mask->at[2 * i + 1] < to ? mask->at[2 * i + 1] : to;
    if (begin >= end) continue;
    if (!found) *first = begin;
    found = true;
    int64_t more = wave_minus(end, begin);
    *length = more > INT64_MAX - *length ? INT64_MAX : *length + more;
  }
  return found;
}

bool wave_spans_add(struct wave_spans *spans, int64_t from, int64_t to) {
  if (from >= to) return true;
  if (spans->n > 0 && spans->at[2 * spans->n - 1] == from) {
    spans->at[2 * spans->n - 1] = to;
    return true;
  }
  if (spans->n == spans->size) {
    size_t larger = spans->size * 2 + 16;
    int64_t *moved = wave_realloc(spans->at, larger * 2 * sizeof *moved);
    if (moved == NULL) return false;
    spans->at = moved;
    spans->size = larger;
  }
  spans->at[2 * spans->n] = from;
  spans->at[2 * spans->n + 1] = to;
  spans->n++;
  return true;
}

bool wave_spans_hold(const struct wave_spans *spans, int64_t time) {
  int64_t first, length;
  return wave_clip(spans, time, time + 1, &first, &length);
}
