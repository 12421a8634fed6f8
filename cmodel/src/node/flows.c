/* SPDX-License-Identifier: Apache-2.0 */
#include "node/flows.h"

#include "base/memory.h"
#include "base/precondition.h"

#include <stdlib.h>
#include <string.h>

bool oio_flows_create(struct oio_flows *flows, uint32_t messages, uint32_t ports) {
  *flows = (struct oio_flows){.size = messages, .ports = ports, .table_bits = 1};
  while ((1u << flows->table_bits) < 2 * messages) flows->table_bits++;
  /* What is written before it is read is not zeroed, and not touched either where nothing is sent. */
  flows->messages = malloc(messages * sizeof *flows->messages);
  flows->flows = malloc(messages * sizeof *flows->flows);
  flows->table = calloc((size_t)1 << flows->table_bits, sizeof *flows->table);
  flows->lines = calloc((size_t)OIO_HOP_VCS * ports, sizeof *flows->lines);
  return flows->messages != NULL && flows->flows != NULL && flows->table != NULL && flows->lines != NULL;
}

void oio_flows_destroy(struct oio_flows *flows) {
  free(flows->messages);
  free(flows->flows);
  free(flows->table);
  free(flows->lines);
}

void oio_flows_memory(const struct oio_flows *flows, struct oio_memory *memory) {
  oio_memory_add_untouched(memory, flows->size * sizeof *flows->messages);
  oio_memory_add_untouched(memory, flows->size * sizeof *flows->flows);
  oio_memory_add_untouched(memory, sizeof *flows->table << flows->table_bits);
  oio_memory_add(memory, (uint64_t)OIO_HOP_VCS * flows->ports * sizeof *flows->lines);
}

void oio_flows_reset(struct oio_flows *flows) {
  if (flows->queued > 0) memset(flows->table, 0, sizeof *flows->table << flows->table_bits);
  for (uint32_t i = 0; i < OIO_HOP_VCS * flows->ports; i++) flows->lines[i].first = OIO_NONE;
  flows->queued = flows->fresh_messages = flows->fresh_flows = 0;
  flows->free_message = flows->free_flow = OIO_NONE;
  flows->joined = 0;
}

/* ---- the table: the place of a key is its hash's, or the next free one behind it, going round ---- */

static uint32_t mask_of(const struct oio_flows *flows) {
  return (1u << flows->table_bits) - 1;
}

static uint32_t home(const struct oio_flows *flows, uint32_t destination, unsigned vc) {
  const uint64_t key = (uint64_t)destination * OIO_VCS_MAX + vc + 1;
  return (uint32_t)(key * 0x9E3779B97F4A7C15u >> (64 - flows->table_bits));
}

/* Where it is, or would be. */
static uint32_t place_of(const struct oio_flows *flows, uint32_t destination, unsigned vc) {
  uint32_t place = home(flows, destination, vc);
  for (uint32_t entry; (entry = flows->table[place]) != 0; place = (place + 1) & mask_of(flows)) {
    const struct oio_flow *flow = &flows->flows[entry - 1];
    if (flow->destination == destination && flow->vc == vc) break;
  }
  return place;
}

/* Empties a place; what stands behind it moves up where it would not be found any more. */
static void empty(struct oio_flows *flows, uint32_t place) {
  const uint32_t mask = mask_of(flows);
  uint32_t hole = place;
  for (uint32_t at = (place + 1) & mask; flows->table[at] != 0; at = (at + 1) & mask) {
    const struct oio_flow *flow = &flows->flows[flows->table[at] - 1];
    const uint32_t from = home(flows, flow->destination, flow->vc);
    if (((at - from) & mask) < ((at - hole) & mask)) continue; /* its home is behind the hole */
    flows->table[hole] = flows->table[at];
    hole = at;
  }
  flows->table[hole] = 0;
}

struct oio_flow *oio_flows_find(const struct oio_flows *flows, uint32_t destination, unsigned vc) {
  const uint32_t entry = flows->table[place_of(flows, destination, vc)];
  return entry == 0 ? NULL : &flows->flows[entry - 1];
}

/* ---- flows and messages ---- */

static void join_line(struct oio_flows *flows, struct oio_flow *flow) {
  struct oio_line *line = oio_flows_line(flows, flow->port, flow->hop_vc);
  const uint32_t index = (uint32_t)(flow - flows->flows);
  flow->joined = flows->joined++;
  flow->next = OIO_NONE;
  if (oio_line_waits(line)) {
    flows->flows[line->last].next = index;
  } else {
    line->first = index;
  }
  line->last = index;
}

/* A new flow, not yet in its line. There is a place: each flow has a message. */
static struct oio_flow *begin_flow(struct oio_flows *flows, uint32_t port, unsigned hop_vc, const struct oio_message *message) {
  uint32_t index = flows->free_flow;
  if (index != OIO_NONE) {
    flows->free_flow = flows->flows[index].next;
  } else {
    index = flows->fresh_flows++;
  }
  struct oio_flow *flow = &flows->flows[index];
  *flow = (struct oio_flow){.destination = message->destination, .vc = message->vc, .port = port, .hop_vc = (uint8_t)hop_vc};
  flows->table[place_of(flows, message->destination, message->vc)] = index + 1;
  return flow;
}

static uint32_t take_message(struct oio_flows *flows) {
  const uint32_t index = flows->free_message;
  if (index == OIO_NONE) return flows->fresh_messages++;
  flows->free_message = flows->messages[index].next;
  return index;
}

enum oio_status oio_flows_add(struct oio_flows *flows, uint32_t port, unsigned hop_vc, const struct oio_message *message) {
  struct oio_flow *flow = oio_flows_find(flows, message->destination, message->vc);
  if (flow != NULL && (flow->port != port || flow->hop_vc != hop_vc)) return OIO_ERR_FORMAT;
  if (flows->queued == flows->size || (flow != NULL && flow->count == OIO_DIE_QUEUE_MESSAGES)) return OIO_ERR_FULL;
  const bool begins = flow == NULL;
  if (begins) flow = begin_flow(flows, port, hop_vc, message);
  const uint32_t index = take_message(flows);
  flows->messages[index] = (struct oio_queued){.message = *message, .next = OIO_NONE};
  flows->queued++;
  if (flow->count++ == 0) {
    flow->first = index;
  } else {
    flows->messages[flow->last].next = index;
  }
  flow->last = index;
  if (begins) join_line(flows, flow);
  return OIO_OK;
}

struct oio_flow *oio_flows_turn(struct oio_flows *flows, struct oio_line *line) {
  OIO_PRECONDITION(oio_line_waits(line));
  struct oio_flow *flow = &flows->flows[line->first];
  line->first = flow->next;
  return flow;
}

void oio_flows_pop(struct oio_flows *flows, struct oio_flow *flow) {
  const uint32_t index = flow->first;
  struct oio_queued *queued = &flows->messages[index];
  flow->first = queued->next;
  flow->packed_bytes = 0;
  flow->count--;
  flows->queued--;
  queued->next = flows->free_message;
  flows->free_message = index;
}

void oio_flows_turn_over(struct oio_flows *flows, struct oio_flow *flow) {
  if (flow->count > 0) {
    join_line(flows, flow);
    return;
  }
  empty(flows, place_of(flows, flow->destination, flow->vc));
  flow->next = flows->free_flow;
  flows->free_flow = (uint32_t)(flow - flows->flows);
}

/* The first message of the next flow; false: there is no more. */
static bool next_flow(const struct oio_flows *flows, struct oio_flows_walk *walk) {
  uint32_t flow = walk->flow == 0 ? OIO_NONE : flows->flows[walk->flow - 1].next;
  while (flow == OIO_NONE) {
    if (walk->line == OIO_HOP_VCS * flows->ports) return false;
    flow = flows->lines[walk->line++].first;
  }
  walk->flow = flow + 1;
  walk->message = flows->flows[flow].first + 1;
  return true;
}

const struct oio_message *oio_flows_next(const struct oio_flows *flows, struct oio_flows_walk *walk) {
  const uint32_t next = walk->message == 0 ? OIO_NONE : flows->messages[walk->message - 1].next;
  if (next != OIO_NONE) {
    walk->message = next + 1;
  } else if (!next_flow(flows, walk)) {
    return NULL;
  }
  return &flows->messages[walk->message - 1].message;
}
