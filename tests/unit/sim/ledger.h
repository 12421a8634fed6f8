/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Accounts of a run that are not the simulator's: what each die has taken of its traffic, and what came out of which. Both are heard where
 * traffic meets the net, by --wrap of the calls: oio_net_send, oio_net_reset, oio_net_reset_part, oio_traffic_deliver. Messages have ids
 * from 0. What is lost to a reset of a part is seen by what comes behind it, or by the end; its way must have gone through that part.
 */
#ifndef OIO_TESTS_LEDGER_H
#define OIO_TESTS_LEDGER_H

#include "oio/sim.h"

#include <string.h>

enum { LEDGER_DIES_MAX = 32, LEDGER_MESSAGES_MAX = 8192 };
#define LEDGER_NONE UINT32_MAX

struct ledger_flow {
  uint32_t first, last; /* messages that are on their way, in the order in which the die took them; LEDGER_NONE */
  uint64_t whole_bytes; /* of the first, so far */
};

static struct {
  const char *wrong; /* the first thing that is, or NULL */
  uint64_t sent, delivered, lost, on_their_way;
  struct ledger_flow flows[LEDGER_DIES_MAX][LEDGER_DIES_MAX][OIO_VCS_MAX]; /* source, destination, VC */
  struct {
    uint64_t bytes;
    uint32_t next;
    bool at_risk, is_lost;
  } message[LEDGER_MESSAGES_MAX];
  uint64_t delivered_of[LEDGER_DIES_MAX]; /* by source */
} ledger;

static inline void ledger_forget_flows(void) {
  for (unsigned i = 0; i < LEDGER_DIES_MAX * LEDGER_DIES_MAX * OIO_VCS_MAX; i++)
    (&ledger.flows[0][0][0])[i] = (struct ledger_flow){.first = LEDGER_NONE, .last = LEDGER_NONE};
}

static inline void ledger_start(void) {
  memset(&ledger, 0, sizeof ledger);
  ledger_forget_flows();
}

static inline void ledger_wrong(const char *what) {
  if (ledger.wrong == NULL) ledger.wrong = what;
}

enum oio_status __real_oio_net_send(struct oio_net *net, uint32_t die, oio_time_ps now_ps, const struct oio_message *message);
enum oio_status __wrap_oio_net_send(struct oio_net *net, uint32_t die, oio_time_ps now_ps, const struct oio_message *message);
enum oio_status __wrap_oio_net_send(struct oio_net *net, uint32_t die, oio_time_ps now_ps, const struct oio_message *message) {
  const enum oio_status status = __real_oio_net_send(net, die, now_ps, message);
  if (status != OIO_OK) return status;
  const uint32_t id = (uint32_t)message->id;
  if (message->id >= LEDGER_MESSAGES_MAX) {
    ledger_wrong("an id that there is none of");
    return status;
  }
  struct ledger_flow *flow = &ledger.flows[die][message->destination][message->vc];
  ledger.message[id].bytes = message->bytes;
  ledger.message[id].next = LEDGER_NONE;
  if (flow->first == LEDGER_NONE) {
    flow->first = id;
  } else {
    ledger.message[flow->last].next = id;
  }
  flow->last = id;
  ledger.sent++;
  ledger.on_their_way++;
  return status;
}

/* Does the way from source to destination go through the part? */
static inline bool ledger_passes(const struct oio_net *net, const struct oio_net_part *part, const struct oio_way *way) {
  const struct oio_topology *topology = oio_net_topology(net);
  struct oio_hop hop = {.port = OIO_NONE};
  if (part->scope == OIO_RESET_DIE) return way->source == part->number || way->destination == part->number;
  for (uint32_t node = way->source, in = OIO_NONE; oio_topology_next(topology, way, node, in, hop.vc, &hop);) {
    if (hop.port / 2 == part->number) return true;
    in = hop.port ^ 1;
    node = oio_topology_node_of(topology, in);
  }
  return false;
}

void __real_oio_net_reset_part(struct oio_net *net, const struct oio_net_part *part, oio_time_ps now_ps, oio_time_ps hold_ps);
void __wrap_oio_net_reset_part(struct oio_net *net, const struct oio_net_part *part, oio_time_ps now_ps, oio_time_ps hold_ps);
void __wrap_oio_net_reset_part(struct oio_net *net, const struct oio_net_part *part, oio_time_ps now_ps, oio_time_ps hold_ps) {
  __real_oio_net_reset_part(net, part, now_ps, hold_ps);
  for (uint32_t source = 0; source < LEDGER_DIES_MAX; source++) {
    for (uint32_t die = 0; die < LEDGER_DIES_MAX; die++) {
      for (uint8_t vc = 0; vc < OIO_VCS_MAX; vc++) {
        uint32_t id = ledger.flows[source][die][vc].first;
        if (id == LEDGER_NONE || !ledger_passes(net, part, &(struct oio_way){source, die, vc})) continue;
        for (; id != LEDGER_NONE; id = ledger.message[id].next) ledger.message[id].at_risk = true;
      }
    }
  }
}

static inline void ledger_lose(struct ledger_flow *flow) {
  const uint32_t id = flow->first;
  if (!ledger.message[id].at_risk) ledger_wrong("a message is lost that no reset has met");
  ledger.message[id].is_lost = true;
  flow->first = ledger.message[id].next;
  flow->whole_bytes = 0;
  ledger.lost++;
  ledger.on_their_way--;
}

/* Nothing comes any more: what is missing is lost. */
static inline void ledger_end(void) {
  for (unsigned i = 0; i < LEDGER_DIES_MAX * LEDGER_DIES_MAX * OIO_VCS_MAX; i++) {
    struct ledger_flow *flow = &(&ledger.flows[0][0][0])[i];
    while (flow->first != LEDGER_NONE && ledger.message[flow->first].at_risk) ledger_lose(flow);
  }
}

void __real_oio_net_reset(struct oio_net *net);
void __wrap_oio_net_reset(struct oio_net *net);
void __wrap_oio_net_reset(struct oio_net *net) {
  __real_oio_net_reset(net);
  ledger_forget_flows();
  ledger.lost += ledger.on_their_way;
  ledger.on_their_way = 0;
}

static inline void ledger_finish(struct ledger_flow *flow, uint32_t source) {
  if (flow->whole_bytes != ledger.message[flow->first].bytes) {
    if (ledger.message[flow->first].at_risk) {
      ledger_lose(flow);
      return;
    }
    ledger_wrong("a message came with too few bytes, or too many");
  }
  flow->first = ledger.message[flow->first].next;
  flow->whole_bytes = 0;
  ledger.delivered++;
  ledger.on_their_way--;
  ledger.delivered_of[source]++;
}

void __real_oio_traffic_deliver(struct oio_traffic *traffic, oio_time_ps now_ps, uint32_t die, const struct oio_segment *segment);
void __wrap_oio_traffic_deliver(struct oio_traffic *traffic, oio_time_ps now_ps, uint32_t die, const struct oio_segment *segment);
void __wrap_oio_traffic_deliver(struct oio_traffic *traffic, oio_time_ps now_ps, uint32_t die, const struct oio_segment *segment) {
  const uint32_t source = ledger.flows[!die][die][segment->vc].first == (uint32_t)segment->id && die < 2 ? !die : segment->source;
  struct ledger_flow *flow = &ledger.flows[source][die][segment->vc];
  __real_oio_traffic_deliver(traffic, now_ps, die, segment);
  const uint32_t id = (uint32_t)segment->id;
  if (ledger.message[id].is_lost) return; /* the rest of it */
  while (flow->first != LEDGER_NONE && flow->first != id && ledger.message[flow->first].at_risk) ledger_lose(flow);
  if (flow->first == LEDGER_NONE || flow->first != id) {
    ledger_wrong("a segment came out of its turn, twice, or where it does not belong");
    return;
  }
  if (segment->first != (flow->whole_bytes == 0) && !ledger.message[id].at_risk)
    ledger_wrong("a message came without its beginning, or with two");
  flow->whole_bytes += segment->bytes;
  if (segment->last) ledger_finish(flow, source);
}

#endif
