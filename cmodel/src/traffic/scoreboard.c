/* SPDX-License-Identifier: Apache-2.0 */
/* Delivery: every message once, in order in its VC, unaltered; and where its time went. */
#include "base/cold.h"
#include "base/precondition.h"
#include "traffic/traffic_state.h"
#include "traffic/traffic_stride.h"

#include <stdlib.h>
#include <string.h>

#define ID_MASK (((uint64_t)1 << 48) - 1)

OIO_COLD static bool all_zero(const uint8_t *bytes, size_t nbytes) {
  for (size_t i = 0; i < nbytes; i++) {
    if (bytes[i] != 0) return false;
  }
  return true;
}

/* In event fidelity bytes are not made: where wrong bits got through, they are all that is there. */
static inline bool intact(const struct oio_traffic *traffic, const struct oio_outstanding *m, uint64_t id, uint64_t offset,
                          const struct oio_segment *segment) {
  if (traffic->config.fidelity == OIO_EVENT) return !segment->tainted || all_zero(segment->data, segment->bytes);
  if (offset + segment->bytes > m->message.bytes) return false;
  if (m->message.data != NULL) return memcmp(m->message.data + offset, segment->data, segment->bytes) == 0;
  return oio_pattern_matches(traffic->config.seed, id, offset, segment->data, segment->bytes);
}

/* All flits of a message but the last are its own serialisation, as far as there was time for them between the first and the last; the rest
 * of that time, others' flits went or none could. */
static inline oio_time_ps own_of(const struct oio_traffic *traffic, const struct oio_outstanding *m, oio_time_ps between_ps) {
  if (between_ps == 0) return 0;
  const oio_time_ps own_ps = (m->message.bytes - 1) / traffic->segment_bytes * traffic->flit_ps;
  return own_ps < between_ps ? own_ps : between_ps;
}

/* Packed before it entered: the stamps are not its own. */
static inline bool is_stale(oio_time_ps waited_ps, oio_time_ps between_ps) {
  return between_ps > waited_ps || waited_ps >= OIO_HORIZON_PS;
}

/* The whole of a message is out: its latency and the parts of it. */
static inline void measure(struct oio_traffic *traffic, oio_time_ps now_ps, const struct oio_outstanding *m, struct oio_flow *flow,
                           const struct oio_segment *segment) {
  if (OIO_UNLIKELY(m->entry_ps < traffic->config.warm_up_ps)) {
    if (now_ps <= traffic->config.warm_up_ps) traffic->counts.warm_up_bytes += m->message.bytes;
    return;
  }
  struct oio_sum_ps *sums = traffic->counts.parts;
  const oio_time_ps waited_ps = segment->packed_ps - m->entry_ps, between_ps = segment->packed_ps - flow->first_packed_ps;
  oio_histogram_add(&traffic->latency, now_ps - m->entry_ps);
  oio_sum_add(&flow->latency, now_ps - m->entry_ps);
  if (is_stale(waited_ps, between_ps)) {
    oio_sum_add(&sums[OIO_PART_QUEUE], now_ps - m->entry_ps);
    return;
  }
  const oio_time_ps own_ps = own_of(traffic, m, between_ps), *parts_ps = segment->stamp->parts_ps;
  oio_sum_add(&sums[OIO_PART_QUEUE], parts_ps[OIO_PART_QUEUE] + (waited_ps - own_ps));
  oio_sum_add(&sums[OIO_PART_SERIALISE], parts_ps[OIO_PART_SERIALISE] + own_ps);
  for (unsigned part = OIO_PART_SERIALISE + 1; part < OIO_PART_COUNT; part++) oio_sum_add(&sums[part], parts_ps[part]);
}

/* The parts of its latency as measure counts them, for the path through it. */
static void follow(struct oio_traffic *traffic, oio_time_ps now_ps, uint64_t id, const struct oio_outstanding *m,
                   const struct oio_flow *flow, const struct oio_segment *segment) {
  const oio_time_ps waited_ps = segment->packed_ps - m->entry_ps, between_ps = segment->packed_ps - flow->first_packed_ps;
  struct oio_path *path = oio_path_at(traffic, id);
  if (is_stale(waited_ps, between_ps)) {
    oio_path_end_as(path, m->entry_ps, now_ps, OIO_PATH_QUEUE);
  } else {
    const oio_time_ps own_ps = own_of(traffic, m, between_ps);
    oio_time_ps parts_ps[OIO_PART_COUNT];
    memcpy(parts_ps, segment->stamp->parts_ps, sizeof parts_ps);
    parts_ps[OIO_PART_QUEUE] += waited_ps - own_ps;
    parts_ps[OIO_PART_SERIALISE] += own_ps;
    oio_path_end(path, m->entry_ps, parts_ps);
  }
  traffic->longest = *path;
  if (traffic->times != NULL) oio_step_times_delivered(traffic->times, id, oio_flow_source(flow), m->message.destination, now_ps);
}

static void keep(struct oio_traffic *traffic, oio_time_ps now_ps, const struct oio_outstanding *m, const struct oio_flow *flow) {
  const struct oio_delivery delivery = {.entry_ps = m->entry_ps,
                                        .now_ps = now_ps,
                                        .bytes = m->message.bytes,
                                        .destination = m->message.destination,
                                        .pair = flow->pair,
                                        .vc = m->message.vc,
                                        .measured = m->entry_ps >= traffic->config.warm_up_ps};
  if (traffic->detail != NULL) oio_detail_add(traffic->detail, &delivery);
  if (traffic->log == NULL) return;
  if (traffic->log->count < traffic->log->size) traffic->log->delivery[traffic->log->count] = delivery;
  traffic->log->count++;
}

static void restart(struct oio_flow *flow) {
  flow->assembled_bytes = 0;
  flow->bad = false;
}

/* A message that is out of its flow's order now. */
static void lose(struct oio_traffic *traffic, oio_time_ps now_ps, struct oio_flow *flow, uint64_t id, enum oio_message_phase phase) {
  struct oio_outstanding *m = oio_outstanding_at(traffic, id);
  m->phase = (uint8_t)phase;
  traffic->counts.outstanding--;
  traffic->counts.lost++;
  flow->lost++;
  if (OIO_UNLIKELY(traffic->paths != NULL)) oio_path_end_as(oio_path_at(traffic, id), m->entry_ps, now_ps, OIO_PATH_RETRY);
  oio_outstanding_complete(traffic, now_ps, id, m);
}

/* The oldest message of a flow. */
static void give_up(struct oio_traffic *traffic, oio_time_ps now_ps, struct oio_flow *flow, enum oio_message_phase phase) {
  lose(traffic, now_ps, flow, oio_queue_shift(traffic, &flow->order), phase);
}

/* The last segment of message id, the oldest of its flow, is here. */
static inline void finish(struct oio_traffic *traffic, oio_time_ps now_ps, struct oio_flow *flow, uint64_t id, struct oio_outstanding *m,
                          const struct oio_segment *segment) {
  flow->order.first = m->next;
  traffic->counts.delivered++;
  traffic->counts.outstanding--;
  traffic->counts.bytes += m->message.bytes;
  flow->delivered++;
  flow->bytes += m->message.bytes;
  if (flow->bad || flow->assembled_bytes != m->message.bytes) traffic->counts.corrupted++;
  measure(traffic, now_ps, m, flow, segment);
  if (OIO_UNLIKELY(traffic->looked_at)) {
    keep(traffic, now_ps, m, flow);
    if (traffic->paths != NULL) follow(traffic, now_ps, id, m, flow, segment);
  }
  m->phase = OIO_DONE;
  restart(flow);
  oio_outstanding_complete(traffic, now_ps, id, m);
}

/* The full id of a segment among those handed to the die on this flow, or NO_MESSAGE when it is not there. */
static uint64_t find(const struct oio_traffic *traffic, const struct oio_flow *flow, uint64_t id48) {
  uint64_t id = flow->order.first;
  while (id != flow->unsent && (id & ID_MASK) != id48) id = oio_outstanding_at(traffic, id)->next;
  return id == flow->unsent ? OIO_NO_MESSAGE : id;
}

/* What was given up has come after all: it is delivered, and not lost. */
static void come_after_all(struct oio_traffic *traffic, struct oio_flow *flow, struct oio_outstanding *m) {
  if (m->phase == OIO_DROPPED) {
    traffic->counts.dropped--;
    traffic->counts.revived++;
  } else {
    traffic->counts.reordered++;
  }
  m->phase = OIO_DONE;
  traffic->counts.delivered++;
  traffic->counts.lost--;
  flow->delivered++;
  flow->lost--;
}

/* A segment of a message that is not on its way in this flow: given up before, delivered before, or never sent here. */
static void stray(struct oio_traffic *traffic, struct oio_flow *flow, const struct oio_segment *segment) {
  if (!segment->last) return;
  const uint64_t id = (traffic->limit & ~ID_MASK) | segment->id;
  const bool known = traffic->counts.records > 0 && id >= traffic->first && id < traffic->limit && !segment->tainted;
  const bool remembered = known && traffic->limit - id <= traffic->mask;
  struct oio_outstanding *m = oio_outstanding_at(traffic, id);
  if (known && id < flow->cut_end && (!remembered || m->phase == OIO_CUT)) return;
  if (!known || (remembered && (m->phase < OIO_SKIPPED || flow != &traffic->flows[m->flow]))) {
    traffic->counts.corrupted++;
  } else if (remembered && m->phase != OIO_DONE) {
    come_after_all(traffic, flow, m);
  } else {
    traffic->counts.duplicated++;
  }
}

/* The segment is not of the oldest message of its flow. True: now it is, those before it have been given up. */
OIO_COLD static bool resynchronise(struct oio_traffic *traffic, oio_time_ps now_ps, struct oio_flow *flow,
                                   const struct oio_segment *segment) {
  const uint64_t id = find(traffic, flow, segment->id);
  if (id == OIO_NO_MESSAGE) {
    stray(traffic, flow, segment);
    return false;
  }
  while (flow->order.first != id) give_up(traffic, now_ps, flow, OIO_SKIPPED);
  restart(flow);
  return true;
}

/* A segment of the oldest message of its flow. */
static inline void assemble(struct oio_traffic *traffic, oio_time_ps now_ps, struct oio_flow *flow, const struct oio_segment *segment) {
  const uint64_t id = flow->order.first, offset = flow->assembled_bytes;
  struct oio_outstanding *m = oio_outstanding_at(traffic, id);
  if (segment->first || offset == 0) flow->first_packed_ps = segment->packed_ps;
  if (segment->first != (offset == 0) || !intact(traffic, m, id, offset, segment)) flow->bad = true;
  flow->assembled_bytes = offset + segment->bytes;
  if (segment->last) finish(traffic, now_ps, flow, id, m, segment);
}

/* The flow that a segment says it is of. Most are of the one that its message is of: that is quicker found. */
static inline struct oio_flow *flow_of(const struct oio_traffic *traffic, uint32_t die, const struct oio_segment *segment) {
  if (traffic->dies == 2) return &traffic->flows[oio_flow_of_two(!die, segment->vc)];
  const uint64_t key = oio_flow_key(segment->source, die, segment->vc);
  struct oio_flow *flow = &traffic->flows[oio_outstanding_at(traffic, segment->id)->flow];
  return flow->key == key ? flow : &traffic->flows[oio_flow_find(traffic, key)];
}

void oio_traffic_deliver(struct oio_traffic *traffic, oio_time_ps now_ps, uint32_t die, const struct oio_segment *segment) {
  OIO_PRECONDITION(die < traffic->dies && segment->vc < OIO_VCS_MAX);
  traffic->counts.segments++;
  struct oio_flow *flow = flow_of(traffic, die, segment);
  const uint64_t id = flow->order.first;
  if ((id == flow->unsent || ((id ^ segment->id) & ID_MASK) != 0) && !resynchronise(traffic, now_ps, flow, segment)) return;
  assemble(traffic, now_ps, flow, segment);
}

/* What was handed to the die is gone; what still waits outside goes on. Those that waited for it enter behind. */
static void drop_flow(struct oio_traffic *traffic, oio_time_ps now_ps, struct oio_flow *flow) {
  for (; flow->order.first != flow->unsent; traffic->counts.dropped++) give_up(traffic, now_ps, flow, OIO_DROPPED);
  restart(flow);
}

/* Any die may have room now. */
static void ask_all(struct oio_traffic *traffic) {
  for (uint32_t die = 0; die < traffic->dies; die++) {
    oio_sender_open(traffic, die);
    oio_sender_starve(traffic, die);
  }
}

void oio_traffic_drop(struct oio_traffic *traffic, oio_time_ps now_ps) {
  for (uint32_t flow = 1; flow < traffic->flows_count; flow++) drop_flow(traffic, now_ps, &traffic->flows[flow]);
  ask_all(traffic);
}

/* Its bytes stay: a die that has packed a part of it packs the rest. Where there is no memory to note them they are not freed. */
static void keep_bytes(struct oio_traffic *traffic, struct oio_outstanding *m) {
  void **grown = m->message.data == NULL ? NULL : realloc(traffic->cut_bytes, (traffic->cut_count + 1) * sizeof *grown);
  if (grown != NULL) {
    traffic->cut_bytes = grown;
    grown[traffic->cut_count++] = (void *)m->message.data;
  }
  m->message.data = NULL;
}

/* Something of a message is lost; of one that is lost already, or that there is none of, nothing is to be done. */
static void cut(struct oio_traffic *traffic, oio_time_ps now_ps, const struct oio_lost *lost) {
  struct oio_flow *flow = &traffic->flows[oio_flow_find(traffic, oio_flow_key(lost->source, lost->destination, lost->vc))];
  uint64_t before = OIO_NO_MESSAGE, id = flow->order.first;
  while (id != flow->unsent && ((id ^ lost->id) & ID_MASK) != 0) {
    before = id;
    id = oio_outstanding_at(traffic, id)->next;
  }
  if (id == flow->unsent) return;
  struct oio_outstanding *m = oio_outstanding_at(traffic, id);
  if (before == OIO_NO_MESSAGE) {
    flow->order.first = m->next;
    restart(flow);
  } else {
    oio_outstanding_at(traffic, before)->next = m->next;
  }
  if (flow->order.last == id) flow->order.last = before;
  if (flow->cut_end <= id) flow->cut_end = id + 1;
  keep_bytes(traffic, m);
  traffic->counts.dropped++;
  lose(traffic, now_ps, flow, id, OIO_CUT);
}

void oio_traffic_reset_part(struct oio_traffic *traffic, oio_time_ps now_ps, struct oio_net *net) {
  const struct oio_config *c = &traffic->config;
  const struct oio_net_part part = {.scope = (enum oio_reset_scope)c->reset_scope, .number = (uint32_t)c->reset_which};
  struct oio_lost_walk walk = {0};
  struct oio_lost lost;
  while (oio_net_next_lost(net, &part, &walk, &lost)) cut(traffic, now_ps, &lost);
  oio_net_reset_part(net, &part, now_ps, c->reset_hold_ps);
  ask_all(traffic);
}
