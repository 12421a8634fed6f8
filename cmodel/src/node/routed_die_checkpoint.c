/* SPDX-License-Identifier: Apache-2.0 */
/* Flows are saved in the order in which they wait, and queued anew when they are loaded: their places, the table and the lists follow. */
#include "node/routed_die_checkpoint.h"

#include "link/link_checkpoint.h"
#include "node/die_checkpoint.h"
#include "node/routed_die_state.h"

/* Loading: queues a message at the end of its flow. */
static void load_message(struct oio_flows *flows, uint32_t port, unsigned hop_vc, const struct oio_message *message,
                         struct oio_checkpoint *c) {
  if (c->wrong != OIO_CHECKPOINT_GOOD) return;
  oio_checkpoint_require(c, "message", oio_flows_add(flows, port, hop_vc, message) == OIO_OK);
}

/* was: the flow to be saved, or one of zeros, to be loaded. */
static void keep_flow(struct oio_routed_die *die, uint32_t port, unsigned hop_vc, struct oio_flow was, struct oio_checkpoint *c) {
  struct oio_flows *flows = &die->flows;
  uint64_t first_bytes = 0;
  OIO_KEEP(c, was.destination, OIO_DIES_MAX - 1);
  OIO_KEEP(c, was.vc, die->vcs - 1u);
  OIO_KEEP_ANY(c, was.joined);
  OIO_KEEP_ANY(c, was.packed_bytes);
  OIO_KEEP(c, was.count, OIO_DIE_QUEUE_MESSAGES);
  const bool is_new = !oio_checkpoint_loads(c) || oio_flows_find(flows, was.destination, was.vc) == NULL;
  if (!oio_checkpoint_require(c, "flow", is_new && was.count > 0 && was.destination != die->number)) return;
  for (uint32_t i = 0, index = was.first; i < was.count; i++) {
    struct oio_message message = {.vc = was.vc, .destination = was.destination};
    if (!oio_checkpoint_loads(c)) {
      message = flows->messages[index].message;
      index = flows->messages[index].next;
    }
    oio_message_checkpoint(&message, c);
    if (i == 0) first_bytes = message.bytes;
    if (oio_checkpoint_loads(c)) load_message(flows, port, hop_vc, &message, c);
  }
  if (!oio_checkpoint_require(c, "was.packed_bytes", was.packed_bytes < first_bytes) || !oio_checkpoint_loads(c)) return;
  struct oio_flow *flow = oio_flows_find(flows, was.destination, was.vc);
  flow->joined = was.joined;
  flow->packed_bytes = was.packed_bytes;
}

static uint32_t waiting_in(const struct oio_flows *flows, const struct oio_line *line) {
  uint32_t waiting = 0;
  if (!oio_line_waits(line)) return 0;
  for (uint32_t index = line->first; index != OIO_NONE; index = flows->flows[index].next) waiting++;
  return waiting;
}

static void keep_line(struct oio_routed_die *die, uint32_t port, unsigned hop_vc, struct oio_checkpoint *c) {
  struct oio_flows *flows = &die->flows;
  const struct oio_line *line = oio_flows_line(flows, port, hop_vc);
  uint32_t waiting = waiting_in(flows, line), index = line->first;
  OIO_KEEP(c, waiting, flows->size);
  for (uint32_t i = 0; i < waiting && c->wrong == OIO_CHECKPOINT_GOOD; i++) {
    struct oio_flow was = {0};
    if (!oio_checkpoint_loads(c)) {
      was = flows->flows[index];
      index = was.next;
    }
    keep_flow(die, port, hop_vc, was, c);
  }
}

static void keep_flows(struct oio_routed_die *die, struct oio_checkpoint *c) {
  if (oio_checkpoint_loads(c)) oio_flows_reset(&die->flows);
  for (uint32_t port = 0; port < die->ports; port++) {
    for (unsigned v = 0; v < OIO_HOP_VCS; v++) keep_line(die, port, v, c);
  }
  OIO_KEEP_ANY(c, die->flows.joined);
}

/* Each place that is taken of each port has its turn once. */
static void keep_arrived(struct oio_routed_die *die, struct oio_checkpoint *c) {
  uint32_t taken = 0;
  OIO_KEEP(c, die->arrived_count, die->arrived_size);
  if (oio_checkpoint_loads(c)) die->arrived_first = 0;
  for (uint32_t i = 0; i < die->arrived_count && c->wrong == OIO_CHECKPOINT_GOOD; i++) {
    struct oio_arrived *it = &die->arrived[(die->arrived_first + i) % die->arrived_size];
    OIO_KEEP(c, it->port, die->ports - 1);
    OIO_KEEP_ANY(c, it->place);
    if (c->wrong != OIO_CHECKPOINT_GOOD) return;
    const struct oio_payload *payload = oio_link_checkpoint_place(die->links[it->port], it->place, c);
    if (payload == NULL || !oio_checkpoint_require(c, "payload", oio_routed_die_fits(die, payload->bytes))) return;
  }
  for (uint32_t port = 0; port < die->ports; port++) taken += oio_link_places_taken(die->links[port]);
  oio_checkpoint_require(c, "places", taken == die->arrived_count);
}

/* The payload being handed out is the oldest that has arrived: opened anew, and what was handed out passed over. */
static void keep_opened(struct oio_routed_die *die, struct oio_checkpoint *c) {
  struct oio_segment passed;
  unsigned segments_left = die->segments_left;
  OIO_KEEP(c, segments_left, OIO_SEGMENTS_MAX);
  if (!oio_checkpoint_loads(c)) return;
  die->segments_left = 0;
  if (c->wrong != OIO_CHECKPOINT_GOOD || segments_left == 0) return;
  if (!oio_checkpoint_require(c, "segments_left", die->arrived_count > 0)) return;
  const struct oio_arrived *oldest = &die->arrived[die->arrived_first];
  const struct oio_payload *payload = oio_link_buffered(die->links[oldest->port], oldest->place);
  if (!oio_checkpoint_require(c, "segments_left", segments_left <= (payload->bytes[0] & 15u))) return;
  oio_routed_die_open(die, payload);
  while (die->segments_left > segments_left) oio_routed_die_segment(die, &passed);
}

void oio_routed_die_checkpoint(struct oio_routed_die *die, struct oio_checkpoint *c) {
  oio_checkpoint_same(c, "ports", die->ports);
  oio_checkpoint_same(c, "number", die->number);
  oio_checkpoint_same(c, "vcs", die->vcs);
  oio_checkpoint_same(c, "queue_messages", die->flows.size);
  oio_checkpoint_same(c, "seed", die->seed);
  for (uint32_t port = 0; port < die->ports; port++) oio_link_checkpoint(die->links[port], c);
  OIO_KEEP(c, die->brought, true);
  OIO_KEEP_ANY(c, die->malformed);
  keep_flows(die, c);
  keep_arrived(die, c);
  keep_opened(die, c);
}
