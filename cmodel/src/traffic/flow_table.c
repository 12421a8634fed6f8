/* SPDX-License-Identifier: Apache-2.0 */
/* Who sends to whom: flows, found by source, destination and VC in a table that grows as they are used; and the flows that wait for a die.
 */
#include "base/cold.h"
#include "base/precondition.h"
#include "traffic/traffic_state.h"

#include <stdlib.h>

enum { FLOWS_FIRST = 32, SLOTS_FIRST_BITS = 6 };

static void put_slot(struct oio_traffic *traffic, uint32_t flow) {
  uint32_t slot = oio_flow_slot(traffic, traffic->flows[flow].key);
  while (traffic->slots[slot] != OIO_NO_FLOW) slot = (slot + 1) & (uint32_t)(UINT64_MAX >> traffic->slots_shift);
  traffic->slots[slot] = flow;
}

static bool grow_slots(struct oio_traffic *traffic, unsigned bits) {
  uint32_t *grown = calloc((size_t)1 << bits, sizeof *grown);
  if (grown == NULL) return false;
  free(traffic->slots);
  traffic->slots = grown;
  traffic->slots_shift = 64 - bits;
  for (uint32_t flow = 1; flow < traffic->flows_count; flow++) put_slot(traffic, flow);
  return true;
}

/* Twice as many flows, and twice as many slots as flows. */
static bool grow_flows(struct oio_traffic *traffic) {
  if (traffic->flows_size > UINT32_MAX / 4) return false;
  struct oio_flow *grown = realloc(traffic->flows, 2 * (size_t)traffic->flows_size * sizeof *grown);
  if (grown == NULL) return false;
  traffic->flows = grown;
  traffic->flows_size *= 2;
  return grow_slots(traffic, 65 - traffic->slots_shift);
}

static uint32_t add(struct oio_traffic *traffic, uint64_t key) {
  traffic->flows[traffic->flows_count] =
      (struct oio_flow){.order.first = OIO_NO_MESSAGE, .unsent = OIO_NO_MESSAGE, .key = key, .pair = OIO_NONE};
  return traffic->flows_count++;
}

/* That of a flow of the same dies with another VC, or a new one. */
static uint32_t pair_of(struct oio_traffic *traffic, uint64_t key) {
  for (uint64_t vc = 0; vc < OIO_VCS_MAX; vc++) {
    const uint32_t other = oio_flow_find(traffic, (key & ~(uint64_t)7) | vc);
    if (other != OIO_NO_FLOW) return traffic->flows[other].pair;
  }
  return oio_detail_make_pair(traffic->detail, (uint32_t)(key >> 32), (uint32_t)key >> 3);
}

OIO_COLD uint32_t oio_flow_make(struct oio_traffic *traffic, uint64_t key) {
  if (traffic->flows_count == traffic->flows_size && !grow_flows(traffic)) return OIO_FLOW_FAILED;
  const uint32_t pair = traffic->detail == NULL ? OIO_NONE : pair_of(traffic, key), flow = add(traffic, key);
  traffic->flows[flow].pair = pair;
  put_slot(traffic, flow);
  return flow;
}

bool oio_traffic_flows_create(struct oio_traffic *traffic) {
  traffic->flows_size = FLOWS_FIRST;
  traffic->flows = calloc(FLOWS_FIRST, sizeof *traffic->flows);
  traffic->senders = calloc(traffic->dies, sizeof *traffic->senders);
  traffic->open = calloc(traffic->dies, sizeof *traffic->open);
  traffic->hungry = calloc(traffic->dies, sizeof *traffic->hungry);
  traffic->fed = calloc((traffic->dies + 63) / 64, sizeof *traffic->fed);
  if (traffic->flows == NULL || traffic->senders == NULL || traffic->open == NULL || traffic->hungry == NULL || traffic->fed == NULL)
    return false;
  if (!grow_slots(traffic, SLOTS_FIRST_BITS)) return false;
  add(traffic, UINT64_MAX);
  for (uint32_t die = 0; traffic->dies == 2 && die < 2; die++) {
    for (unsigned vc = 0; vc < OIO_VCS_MAX; vc++) oio_flow_make(traffic, oio_flow_key(die, !die, vc));
  }
  return true;
}

void oio_traffic_flows_destroy(struct oio_traffic *traffic) {
  free(traffic->flows);
  free(traffic->slots);
  free(traffic->senders);
  free(traffic->open);
  free(traffic->hungry);
  free(traffic->fed);
}

void oio_sender_open(struct oio_traffic *traffic, uint32_t die) {
  struct oio_sender *sender = &traffic->senders[die];
  if (sender->open || sender->waiting == 0) return;
  sender->open = true;
  traffic->open[traffic->open_count++] = die;
}

void oio_sender_wait(struct oio_traffic *traffic, struct oio_flow *flow) {
  const uint32_t die = oio_flow_source(flow), self = (uint32_t)(flow - traffic->flows);
  struct oio_sender *sender = &traffic->senders[die];
  struct oio_flow *last = sender->waiting++ == 0 ? flow : &traffic->flows[sender->last];
  flow->next_unsent = last == flow ? self : last->next_unsent;
  last->next_unsent = self;
  sender->last = self;
  oio_sender_open(traffic, die);
}

void oio_sender_turn(struct oio_traffic *traffic, struct oio_sender *sender, bool off) {
  struct oio_flow *last = &traffic->flows[sender->last];
  const uint32_t first = last->next_unsent;
  if (!off) {
    sender->last = first;
    return;
  }
  last->next_unsent = traffic->flows[first].next_unsent;
  sender->waiting--;
}

void oio_sender_starve(struct oio_traffic *traffic, uint32_t die) {
  struct oio_sender *sender = &traffic->senders[die];
  if (sender->hungry) return;
  sender->hungry = true;
  traffic->hungry[traffic->hungry_count++] = die;
}

void oio_traffic_room(struct oio_traffic *traffic, uint32_t die) {
  OIO_PRECONDITION(die < traffic->dies);
  traffic->told = true;
  oio_sender_open(traffic, die);
  oio_sender_starve(traffic, die);
}

/* The first word of the set that is not empty; or the last. */
OIO_COLD static uint32_t fed_word(const struct oio_traffic *traffic) {
  uint32_t word = 0;
  while (64 * (word + 1) < traffic->dies && traffic->fed[word] == 0) word++;
  return word;
}

bool oio_traffic_next_fed(struct oio_traffic *traffic, uint32_t *die) {
  const uint32_t word = traffic->dies <= 64 ? 0 : fed_word(traffic);
  const uint64_t fed = traffic->fed[word];
  if (fed == 0) return false;
  *die = 64 * word + (uint32_t)__builtin_ctzll(fed);
  traffic->fed[word] = fed & (fed - 1);
  return true;
}

bool oio_traffic_get_flow(const struct oio_traffic *traffic, uint32_t index, struct oio_flow_counts *counts) {
  if (index >= traffic->flows_count - 1) return false;
  const struct oio_flow *flow = &traffic->flows[index + 1];
  *counts = (struct oio_flow_counts){.source = oio_flow_source(flow),
                                     .destination = oio_flow_destination(flow),
                                     .vc = (uint8_t)(flow->key & 7),
                                     .pair = flow->pair,
                                     .sent = flow->sent,
                                     .delivered = flow->delivered,
                                     .lost = flow->lost,
                                     .bytes = flow->bytes,
                                     .latency = flow->latency};
  return true;
}
