/* SPDX-License-Identifier: Apache-2.0 */
/* Gathers the changes of a few signals around a time, to be shown. */
#ifndef WAVE_GATHER_H
#define WAVE_GATHER_H

#include "match.h"
#include "plan.h"
#include "report.h"

/* Changes kept on each side of the time. */
enum { GATHER_BEFORE = 8, GATHER_AFTER = 24 };

struct gather {
  uint32_t handle; /* or n_handles + index of a composite */
  uint32_t width;
  uint8_t kind;
  int64_t at;                /* common ticks */
  struct wave_event *events; /* what held before the first kept change comes first */
  uint32_t n;
  uint32_t n_after; /* so many are behind `at` */
  uint32_t size;
  int64_t covered_from, covered_to; /* all changes between these are there */
};

/* Fills events of each; they are on the heap. */
enum wave_status wave_gather(struct wave_source *source, const struct wave_names *names, const struct wave_ticks *ticks,
                             struct gather *gathers, uint32_t n, struct wave_error *error);
void wave_gather_free(struct gather *gathers, uint32_t n);

#endif
