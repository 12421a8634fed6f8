/* SPDX-License-Identifier: Apache-2.0 */
#include "traffic/timeline.h"

#include "base/cold.h"

#include <stdlib.h>
#include <string.h>

bool oio_timeline_create(struct oio_timeline *timeline, oio_time_ps each_ps, uint32_t size) {
  *timeline = (struct oio_timeline){.each_ps = each_ps, .size = size};
  timeline->interval = calloc(size, sizeof *timeline->interval);
  return timeline->interval != NULL;
}

void oio_timeline_destroy(struct oio_timeline *timeline) {
  free(timeline->interval);
}

OIO_COLD static void widen(struct oio_timeline *timeline) {
  struct oio_interval *interval = timeline->interval;
  for (uint32_t i = 0; i < timeline->size / 2; i++) {
    const struct oio_interval first = interval[2 * i], *second = &interval[2 * i + 1];
    interval[i] = (struct oio_interval){
        .entered = first.entered + second->entered,
        .entered_bytes = first.entered_bytes + second->entered_bytes,
        .delivered = first.delivered + second->delivered,
        .delivered_bytes = first.delivered_bytes + second->delivered_bytes,
        .latency_ps = first.latency_ps + second->latency_ps,
        .latency_max_ps = first.latency_max_ps > second->latency_max_ps ? first.latency_max_ps : second->latency_max_ps,
    };
  }
  memset(interval + timeline->size / 2, 0, timeline->size / 2 * sizeof *interval);
  timeline->each_ps *= 2;
}

/* Time goes on, never back. */
OIO_COLD static void move_on(struct oio_timeline *timeline, oio_time_ps now_ps) {
  while (now_ps / timeline->each_ps >= timeline->size) widen(timeline);
  timeline->at = (uint32_t)(now_ps / timeline->each_ps);
  timeline->from_ps = timeline->at * timeline->each_ps;
}

void oio_timeline_add(struct oio_timeline *timeline, oio_time_ps entry_ps, oio_time_ps now_ps, uint64_t bytes) {
  if (now_ps - timeline->from_ps >= timeline->each_ps) move_on(timeline, now_ps);
  struct oio_interval *out = &timeline->interval[timeline->at];
  struct oio_interval *in = entry_ps >= timeline->from_ps ? out : &timeline->interval[entry_ps / timeline->each_ps];
  const oio_time_ps latency_ps = now_ps - entry_ps;
  in->entered++;
  in->entered_bytes += bytes;
  out->delivered++;
  out->delivered_bytes += bytes;
  out->latency_ps += latency_ps;
  if (latency_ps > out->latency_max_ps) out->latency_max_ps = latency_ps;
}
