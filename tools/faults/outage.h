/* SPDX-License-Identifier: Apache-2.0 */
/** Stretches of time in which links are down or slow, and what part of the time that leaves. */
#ifndef FAULTS_OUTAGE_H
#define FAULTS_OUTAGE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/** Times are in one unit, the caller's. */
struct outage {
  uint32_t link;
  uint32_t lanes; /**< 0: the link is down; else slow, without so many of its lanes */
  uint64_t from, to;
  bool lasts; /**< settled: it goes on behind the window, at whose end it may begin */
};

struct outages {
  struct outage *at;
  size_t count, room;
};

/** False: out of memory. */
bool outages_add(struct outages *outages, const struct outage *outage);
/**
 * Cuts them to a window, in whose time they are from then on, and makes those of one link and one kind that touch or overlap one: its lanes
 * are those of the first. Sorts by link, down before slow, then time. Returns how many have gone into another with other lanes than theirs.
 * What lies outside goes, and is counted in *outside.
 */
size_t outages_settle(struct outages *outages, uint64_t from, uint64_t to, size_t *outside);
/** Of settled ones, from the first of a link on: how long that is down (slow: slow), and how often. */
uint64_t outages_of_link(const struct outages *outages, size_t first, bool slow, size_t *count);
/** Of settled ones: the first of the link behind that of `first`, or their count. */
size_t outages_next_link(const struct outages *outages, size_t first);
/** Of settled ones: how long any link is down; UINT64_MAX: out of memory. */
uint64_t outages_any_down(const struct outages *outages);

#endif
