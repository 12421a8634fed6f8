/* SPDX-License-Identifier: Apache-2.0 */
#include "outage.h"

#include <stdlib.h>

bool outages_add(struct outages *outages, const struct outage *outage) {
  if (outages->count == outages->room) {
    const size_t room = 2 * outages->room + 64;
    struct outage *more = realloc(outages->at, room * sizeof *more);
    if (more == NULL) return false;
    outages->at = more;
    outages->room = room;
  }
  outages->at[outages->count++] = *outage;
  return true;
}

static int order(uint64_t a, uint64_t b) {
  return a < b ? -1 : a > b;
}

static int by_link(const void *a, const void *b) {
  const struct outage *x = a, *y = b;
  if (x->link != y->link) return order(x->link, y->link);
  if ((x->lanes > 0) != (y->lanes > 0)) return order(x->lanes > 0, y->lanes > 0);
  return x->from != y->from ? order(x->from, y->from) : x->to != y->to ? order(x->to, y->to) : order(x->lanes, y->lanes);
}

static int by_time(const void *a, const void *b) {
  const struct outage *x = a, *y = b;
  return x->from != y->from ? order(x->from, y->from) : order(x->to, y->to);
}

/* What of it is in the window; false: nothing. */
static bool cut(struct outage *outage, uint64_t from, uint64_t to) {
  if (outage->from < from) outage->from = from;
  outage->lasts = outage->to > to;
  if (outage->lasts) outage->to = to;
  if (outage->from > outage->to || (outage->from == outage->to && !outage->lasts)) return false;
  outage->from -= from;
  outage->to -= from;
  return true;
}

size_t outages_settle(struct outages *outages, uint64_t from, uint64_t to, size_t *outside) {
  size_t kept = 0, unlike = 0;
  for (size_t i = 0; i < outages->count; i++)
    if (cut(&outages->at[i], from, to)) outages->at[kept++] = outages->at[i];
  *outside = outages->count - kept;
  outages->count = kept;
  if (kept == 0) return 0;
  qsort(outages->at, kept, sizeof *outages->at, by_link);
  size_t last = 0;
  for (size_t i = 1; i < outages->count; i++) {
    struct outage *before = &outages->at[last];
    const struct outage *next = &outages->at[i];
    if (next->link == before->link && (next->lanes > 0) == (before->lanes > 0) && next->from <= before->to) {
      unlike += next->lanes != before->lanes;
      if (next->to > before->to) before->to = next->to;
      before->lasts = before->lasts || next->lasts;
    } else {
      outages->at[++last] = *next;
    }
  }
  outages->count = last + 1;
  return unlike;
}

size_t outages_next_link(const struct outages *outages, size_t first) {
  size_t next = first;
  while (next < outages->count && outages->at[next].link == outages->at[first].link) next++;
  return next;
}

uint64_t outages_of_link(const struct outages *outages, size_t first, bool slow, size_t *count) {
  uint64_t sum = 0;
  *count = 0;
  for (size_t i = first, end = outages_next_link(outages, first); i < end; i++) {
    const struct outage *outage = &outages->at[i];
    if ((outage->lanes > 0) != slow) continue;
    sum += outage->to - outage->from;
    ++*count;
  }
  return sum;
}

uint64_t outages_any_down(const struct outages *outages) {
  uint64_t sum = 0, up_to = 0;
  size_t count = 0;
  struct outage *down = malloc((outages->count + 1) * sizeof *down);
  if (down == NULL) return UINT64_MAX;
  for (size_t i = 0; i < outages->count; i++)
    if (outages->at[i].lanes == 0) down[count++] = outages->at[i];
  qsort(down, count, sizeof *down, by_time);
  for (size_t i = 0; i < count; i++) {
    const uint64_t from = down[i].from > up_to ? down[i].from : up_to;
    if (down[i].to <= from) continue;
    sum += down[i].to - from;
    up_to = down[i].to;
  }
  free(down);
  return sum;
}
