/* SPDX-License-Identifier: Apache-2.0 */
/* The inside of traffic, shared by traffic.c (life, entering), flows.c (who sends to whom), outstanding.c (who waits for whom) and
 * scoreboard.c (delivery). */
#ifndef OIO_TRAFFIC_STATE_H
#define OIO_TRAFFIC_STATE_H

#include "oio/traffic.h"
#include "traffic/critical.h"
#include "traffic/detail.h"
#include "traffic/step_times.h"
#include "traffic/workload_state.h"

/* From OIO_SKIPPED on a message is over: skipped because one behind it arrived, dropped by a reset, cut (a reset has dropped something of
 * it, and the rest may come and means nothing), or done. */
enum oio_message_phase { OIO_WAITING, OIO_CARRIED, OIO_LOCAL, OIO_SKIPPED, OIO_DROPPED, OIO_CUT, OIO_DONE };

/* No message: the end of a list of ids. Ids are below OIO_TRACE_ID_MAX. */
#define OIO_NO_MESSAGE UINT64_MAX

/* A record that has been read and is not yet done: 64 bytes, quick to find. */
struct oio_outstanding {
  struct oio_message message; /* as the die gets it; its data is a copy of the trace's own bytes, or NULL */
  oio_time_ps entry_ps;       /* when it entered: its latency runs from here. Before: the earliest that is known; once it is over, when
                                 that was */
  uint64_t next;              /* the id behind it in its flow, or among the local ones; OIO_NO_MESSAGE for the last */
  uint32_t waits_left;        /* undelivered messages it waits for */
  uint32_t first_edge;        /* of those that wait for it; NO_EDGE */
  uint32_t flow;              /* OIO_NO_FLOW: inside a die */
  uint8_t phase;
  bool delayed; /* it has delays, and has not been let go: `delayed` of the traffic counts it */
};

/* "dependent waits for the message this list hangs from, and then for so long". */
struct oio_edge {
  uint64_t dependent;
  oio_time_ps delay_ps;
  uint32_t next;
};

/* A message that waits for nothing but its time. */
struct oio_timed {
  oio_time_ps time_ps;
  uint64_t id;
};

#define OIO_NO_EDGE UINT32_MAX

/* Messages in order of entry, each knowing the next. */
struct oio_queue {
  uint64_t first; /* NO_MESSAGE when there is none */
  uint64_t last;
};

/* A VC from one die to another: what entered and has not come out, in order; those before `unsent` have been handed to the die. */
struct oio_flow {
  _Alignas(16) struct oio_queue order; /* what every segment touches is in the first 64 bytes */
  uint64_t unsent;                     /* NO_MESSAGE when all have been handed over */
  uint64_t key;                        /* oio_flow_key of it */
  /* The message being put together at the other die. */
  uint64_t assembled_bytes;
  oio_time_ps first_packed_ps;
  uint32_t next_unsent; /* the flow behind it that waits for the same die */
  bool bad;
  uint64_t unsent_count; /* of messages from `unsent` on */
  uint64_t sent, delivered, lost, bytes;
  uint64_t cut_end; /* messages that were cut are below */
  struct oio_sum_ps latency;
  uint32_t pair; /* of the detail; OIO_NONE */
};

/* Flow 0 is none: no message is of it, and no segment. */
#define OIO_NO_FLOW 0u
#define OIO_FLOW_FAILED UINT32_MAX

/* A die as one that sends: the flows whose messages it has not all taken yet, in a ring, each getting its turn. */
struct oio_sender {
  uint32_t last; /* whose turn is last: the one behind it is the first */
  uint32_t waiting;
  uint64_t held; /* messages of theirs */
  bool open;     /* it is among those to be asked whether they have room */
  bool hungry;   /* it is among those that saturating traffic is to feed */
};

struct oio_traffic {
  struct oio_config config;
  struct oio_trace_reader *trace;
  struct oio_workload workload; /* without a trace */
  uint32_t *die_of;             /* node to die */
  uint32_t nodes, dies;
  uint64_t scale_millionths; /* trace.time_scale */
  oio_time_ps flit_ps;       /* of the first link: what a long message's own bits take */
  uint64_t segment_bytes;    /* of it, in a flit of its own */

  struct oio_record peeked; /* read, not yet due; its waits and payload are the reader's */
  bool has_peeked, exhausted;

  struct oio_outstanding *ring;                 /* by id: [base, limit); it grows as far as the look-ahead */
  uint64_t mask, first, base, limit, lookahead; /* first: the id of the first record */
  struct oio_edge *edges;
  uint32_t edges_size, free_edge;

  struct oio_timed *timed; /* a heap: the earliest first, of one time the lowest id */
  uint64_t timed_count, timed_size;
  uint64_t delayed;         /* messages that are there or may come there: so large it has to be */
  bool remembers;           /* delays count from deliveries long ago: those that are done stay in the ring, as far as it may grow */
  oio_time_ps forgotten_ps; /* of those that have left it, the latest */

  struct oio_flow *flows;
  uint32_t *slots; /* open addressing by key: the flow's index, or NO_FLOW */
  uint32_t flows_count, flows_size;
  unsigned slots_shift;       /* 64 less the bits of a slot's number */
  struct oio_sender *senders; /* by die */
  uint32_t *open;             /* dies to be asked at the next entering */
  uint32_t open_count;
  uint32_t *hungry; /* dies that saturating traffic of a routed net is to feed at the next entering */
  uint32_t hungry_count;
  uint64_t *fed;        /* the set of dies that were given a message and not asked for yet */
  uint64_t unreachable; /* a message that the net has no way for; NO_MESSAGE */
  bool told;            /* the host says which dies have room */
  bool woken;           /* what oio_traffic_woken says */
  bool crowded;         /* a record waits for room in the look-ahead */
  void **cut_bytes;     /* of messages that were cut: their rest may still be packed, so they stay to the end */
  uint64_t cut_count;
  struct oio_queue local; /* inside a die, in order of completion */
  struct oio_traffic_counts counts;
  struct oio_histogram latency;
  struct oio_detail *detail;    /* NULL: none is kept */
  struct oio_delivery_log *log; /* NULL: nobody asks what is delivered */
  bool looked_at;               /* there is a detail, or a log */
  struct oio_path *paths;       /* by id, as the ring; NULL: no critical path is asked for, or nothing waits for anything */
  struct oio_path longest;      /* of the record that ended last */
  struct oio_step_times *times; /* of collectives with paths; else NULL */
};

static inline struct oio_outstanding *oio_outstanding_at(const struct oio_traffic *traffic, uint64_t id) {
  return &traffic->ring[id & traffic->mask];
}

static inline struct oio_path *oio_path_at(const struct oio_traffic *traffic, uint64_t id) {
  return &traffic->paths[id & traffic->mask];
}

/* Takes the oldest message off its flow, or off the local ones. */
static inline uint64_t oio_queue_shift(const struct oio_traffic *traffic, struct oio_queue *queue) {
  const uint64_t id = queue->first;
  queue->first = oio_outstanding_at(traffic, id)->next;
  return id;
}

/* Puts a message behind the others. */
static inline void oio_queue_append(const struct oio_traffic *traffic, struct oio_queue *queue, uint64_t id, struct oio_outstanding *m) {
  m->next = OIO_NO_MESSAGE;
  if (queue->first == OIO_NO_MESSAGE) {
    queue->first = id;
  } else {
    oio_outstanding_at(traffic, queue->last)->next = id;
  }
  queue->last = id;
}

#define OIO_SCALE_ONE 1000000u

/* A time or delay of the trace in the run: by trace.time_scale, to the nearest picosecond, a half up. OIO_TRACE_TIME_MAX: that or more. */
static inline oio_time_ps oio_traffic_scale(const struct oio_traffic *traffic, oio_time_ps time_ps) {
  const uint64_t scale = traffic->scale_millionths; /* up to 10^12: what is below a million times it, and a half, is below 2^63 */
  if (scale == OIO_SCALE_ONE) return time_ps;
  const uint64_t millions = time_ps / OIO_SCALE_ONE, rest = (time_ps % OIO_SCALE_ONE * scale + OIO_SCALE_ONE / 2) / OIO_SCALE_ONE;
  return millions > (OIO_TRACE_TIME_MAX - 1 - rest) / scale ? OIO_TRACE_TIME_MAX : millions * scale + rest;
}

/* ---- flows.c ---- */

static inline uint64_t oio_flow_key(uint32_t source, uint32_t destination, unsigned vc) {
  return (uint64_t)source << 32 | (uint64_t)destination << 3 | vc;
}

static inline uint32_t oio_flow_source(const struct oio_flow *flow) {
  return (uint32_t)(flow->key >> 32);
}

static inline uint32_t oio_flow_destination(const struct oio_flow *flow) {
  return (uint32_t)flow->key >> 3;
}

static inline uint32_t oio_flow_slot(const struct oio_traffic *traffic, uint64_t key) {
  return (uint32_t)(key * 0x9E3779B97F4A7C15u >> traffic->slots_shift);
}

/* The number of slots is a power of two, and at least half of them are free. */
static inline uint32_t oio_flow_find(const struct oio_traffic *traffic, uint64_t key) {
  uint32_t slot = oio_flow_slot(traffic, key), flow;
  while ((flow = traffic->slots[slot]) != OIO_NO_FLOW && traffic->flows[flow].key != key)
    slot = (slot + 1) & (uint32_t)(UINT64_MAX >> traffic->slots_shift);
  return flow;
}

/* Of two dies there are all flows from the start, in order. */
static inline uint32_t oio_flow_of_two(uint32_t source, unsigned vc) {
  return 1 + OIO_VCS_MAX * source + vc;
}

/* Makes the tables. False: out of memory. */
bool oio_traffic_flows_create(struct oio_traffic *traffic);
void oio_traffic_flows_destroy(struct oio_traffic *traffic);
/* Makes the flow of a key that has none. Every pointer to a flow is void. FLOW_FAILED: out of memory. */
uint32_t oio_flow_make(struct oio_traffic *traffic, uint64_t key);
/* The flow from one node to another. NO_FLOW: they are on one die. FLOW_FAILED: as above. */
static inline uint32_t oio_flow_of(struct oio_traffic *traffic, uint32_t source, uint32_t destination, unsigned vc) {
  const uint32_t from = traffic->die_of[source], to = traffic->die_of[destination];
  if (from == to) return OIO_NO_FLOW;
  if (traffic->dies == 2) return oio_flow_of_two(from, vc);
  const uint64_t key = oio_flow_key(from, to, vc);
  const uint32_t flow = oio_flow_find(traffic, key);
  return flow != OIO_NO_FLOW ? flow : oio_flow_make(traffic, key);
}
/* The flow has something that its die has not taken, and had not before. */
void oio_sender_wait(struct oio_traffic *traffic, struct oio_flow *flow);
/* Takes the flow whose turn it is off those that wait, or puts it behind them. */
void oio_sender_turn(struct oio_traffic *traffic, struct oio_sender *sender, bool off);
/* The die is to be asked at the next entering. */
void oio_sender_open(struct oio_traffic *traffic, uint32_t die);
/* Saturating traffic is to feed the die at the next entering. */
void oio_sender_starve(struct oio_traffic *traffic, uint32_t die);

static inline void oio_sender_note_fed(struct oio_traffic *traffic, uint32_t die) {
  traffic->fed[die / 64] |= (uint64_t)1 << die % 64;
}

/* ---- outstanding.c ---- */

/* Is there room for one more record between the oldest that is not done and the newest? */
static inline bool oio_outstanding_has_room(const struct oio_traffic *traffic) {
  return traffic->limit - traffic->base < traffic->lookahead;
}
/* Makes the ring. False: out of memory. */
bool oio_outstanding_create(struct oio_traffic *traffic);
/* The message may go: into its flow, or on its local way. Returns the flow, or NULL; who does not hand the message to the die holds it
 * there. */
static inline struct oio_flow *oio_outstanding_enter(struct oio_traffic *traffic, oio_time_ps now_ps, uint64_t id,
                                                     struct oio_outstanding *m) {
  /* Read late (the look-ahead was full) or let go late (it waited): open-loop time still counts from the record's own. */
  if (traffic->config.loop == OIO_CLOSED_LOOP) m->entry_ps = now_ps;
  if (m->flow == OIO_NO_FLOW) {
    m->phase = OIO_LOCAL;
    traffic->counts.local++;
    oio_queue_append(traffic, &traffic->local, id, m);
    return NULL;
  }
  m->phase = OIO_CARRIED;
  traffic->counts.sent++;
  traffic->counts.outstanding++;
  struct oio_flow *flow = &traffic->flows[m->flow];
  flow->sent++;
  oio_queue_append(traffic, &flow->order, id, m);
  return flow;
}

/* The newest message of a flow waits for its die to take it. */
static inline void oio_flow_hold(struct oio_traffic *traffic, struct oio_flow *flow) {
  traffic->senders[oio_flow_source(flow)].held++;
  if (flow->unsent_count++ > 0) return;
  flow->unsent = flow->order.last;
  oio_sender_wait(traffic, flow);
}

/* The next id has no place, or one that is to be remembered: makes the ring larger, or forgets. False: out of memory. */
bool oio_outstanding_make_place(struct oio_traffic *traffic);
/* Gives a record of a flow, for which there is room, its place; its payload and what it waits for are left aside. NULL: out of memory. */
static inline struct oio_outstanding *oio_outstanding_place(struct oio_traffic *traffic, const struct oio_record *record, uint32_t flow) {
  const uint64_t id = record->id;
  if (traffic->counts.records++ == 0) traffic->first = traffic->base = traffic->limit = id;
  if ((traffic->limit - traffic->base > traffic->mask || traffic->remembers) && !oio_outstanding_make_place(traffic)) return NULL;
  struct oio_outstanding *m = oio_outstanding_at(traffic, id);
  traffic->limit = id + 1;
  *m = (struct oio_outstanding){
      .message = {.vc = record->vc, .destination = traffic->die_of[record->destination], .id = id, .bytes = record->bytes},
      .entry_ps = record->time_ps,
      .first_edge = OIO_NO_EDGE,
      .flow = flow,
      .phase = OIO_WAITING,
  };
  return m;
}
/* Takes a record, for which there is room; who asks lets it enter if nothing holds it: it waits for none and is not early. NULL: out of
 * memory. */
struct oio_outstanding *oio_outstanding_add(struct oio_traffic *traffic, oio_time_ps now_ps, const struct oio_record *record);
/* Nothing is awaited any more by a message that has delays: is it a matter of time? Then it is among the timed ones now. */
bool oio_outstanding_is_early(struct oio_traffic *traffic, oio_time_ps now_ps, uint64_t id, const struct oio_outstanding *m);
/* When a message that waits for nothing but its time may enter; OIO_NEVER: there is none. */
static inline oio_time_ps oio_outstanding_timed_ps(const struct oio_traffic *traffic) {
  return traffic->timed_count == 0 ? OIO_NEVER : traffic->timed[0].time_ps;
}
/* Lets those enter whose time has come. */
void oio_outstanding_enter_timed(struct oio_traffic *traffic, oio_time_ps now_ps);
/* Frees the bytes of a message that is done, and lets those that waited for it enter. */
void oio_outstanding_settle(struct oio_traffic *traffic, oio_time_ps now_ps, struct oio_outstanding *m);
/* A message is done (delivered, local, or skipped for good). Most have nothing to settle and are the oldest. */
static inline void oio_outstanding_complete(struct oio_traffic *traffic, oio_time_ps now_ps, uint64_t id, struct oio_outstanding *m) {
  m->entry_ps = now_ps;
  if (m->message.data != NULL || m->first_edge != OIO_NO_EDGE) oio_outstanding_settle(traffic, now_ps, m);
  if (id != traffic->base) return;
  do id++;
  while (id != traffic->limit && oio_outstanding_at(traffic, id)->phase >= OIO_SKIPPED);
  traffic->base = id;
  if (traffic->crowded) traffic->woken = true;
}

#endif
