/* SPDX-License-Identifier: Apache-2.0 */
#include "net/outages.h"

#include <stdlib.h>
#include <string.h>

static bool make_room(struct oio_outages *outages, size_t more) {
  if (outages->room - outages->count >= more) return true;
  const size_t room = 2 * outages->room + more;
  struct oio_outage *at = realloc(outages->at, room * sizeof *at);
  if (at == NULL) return false;
  outages->at = at;
  outages->room = room;
  return true;
}

static void keep(struct oio_outages *outages, const struct oio_outage *dark) {
  if (dark->to_ps > dark->from_ps) outages->at[outages->count++] = *dark;
}

/* There is room. */
static void add_wire(struct oio_outages *outages, uint32_t link, const struct oio_channel_event *event, uint32_t count) {
  struct oio_outage dark = {.link = link};
  for (uint32_t i = 0; i < count; i++) {
    if (event[i].what != OIO_EVENT_DOWN) continue;
    const oio_time_ps at_ps = event[i].at_ps;
    const oio_time_ps end_ps = event[i].for_ps < OIO_NEVER - at_ps ? at_ps + event[i].for_ps : OIO_NEVER;
    if (event[i].by_flit) {
      outages->by_flit = true;
    } else if (event[i].returns) {
      if (dark.to_ps > at_ps) dark.to_ps = at_ps;
    } else if (at_ps > dark.to_ps) {
      keep(outages, &dark);
      dark = (struct oio_outage){.link = link, .from_ps = at_ps, .to_ps = end_ps};
    } else if (end_ps > dark.to_ps) {
      dark.to_ps = end_ps;
    }
  }
  keep(outages, &dark);
}

static int by_time(const void *a, const void *b) {
  const struct oio_outage *x = a, *y = b;
  if (x->from_ps != y->from_ps) return x->from_ps < y->from_ps ? -1 : 1;
  return x->to_ps < y->to_ps ? -1 : x->to_ps > y->to_ps;
}

/* Those from `first` on: in order, and those that touch are one. */
static void unite(struct oio_outages *outages, size_t first) {
  if (outages->count <= first + 1) return;
  qsort(outages->at + first, outages->count - first, sizeof *outages->at, by_time);
  size_t last = first;
  for (size_t i = first + 1; i < outages->count; i++) {
    const struct oio_outage *next = &outages->at[i];
    if (next->from_ps > outages->at[last].to_ps)
      outages->at[++last] = *next;
    else if (next->to_ps > outages->at[last].to_ps)
      outages->at[last].to_ps = next->to_ps;
  }
  outages->count = last + 1;
}

bool oio_outages_add_link(struct oio_outages *outages, uint32_t link, const struct oio_channel_event *event[2], const uint32_t count[2]) {
  const size_t first = outages->count;
  if (!make_room(outages, (size_t)count[0] + count[1] + 2)) return false;
  for (int wire = 0; wire < 2; wire++) add_wire(outages, link, event[wire], count[wire]);
  unite(outages, first);
  return true;
}

bool oio_outages_settle(struct oio_outages *outages) {
  const size_t count = outages->count;
  outages->of_links = count;
  if (count == 0) return true;
  if (!make_room(outages, count)) return false;
  memcpy(outages->at + count, outages->at, count * sizeof *outages->at);
  outages->count = 2 * count;
  unite(outages, count);
  return true;
}

static oio_time_ps sum_ps(const struct oio_outages *outages, size_t first, size_t end, oio_time_ps end_ps) {
  oio_time_ps sum = 0;
  for (size_t i = first; i < end; i++) {
    const struct oio_outage *outage = &outages->at[i];
    if (outage->from_ps < end_ps) sum += (outage->to_ps < end_ps ? outage->to_ps : end_ps) - outage->from_ps;
  }
  return sum;
}

oio_time_ps oio_outages_of_links_ps(const struct oio_outages *outages, oio_time_ps end_ps) {
  return sum_ps(outages, 0, outages->of_links, end_ps);
}

oio_time_ps oio_outages_of_any_ps(const struct oio_outages *outages, oio_time_ps end_ps) {
  return sum_ps(outages, outages->of_links, outages->count, end_ps);
}
