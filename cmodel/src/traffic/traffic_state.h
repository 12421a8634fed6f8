/* SPDX-License-Identifier: Apache-2.0 */
/* The inside of traffic, shared by traffic.c (life, entering), outstanding.c (who waits for whom) and scoreboard.c (delivery). */
#ifndef OIO_TRAFFIC_STATE_H
#define OIO_TRAFFIC_STATE_H

#include "oio/traffic.h"
#include "traffic/generate.h"

/* From OIO_SKIPPED on a message is over: skipped because one behind it arrived, dropped by a reset, or done. */
enum oio_message_phase { OIO_WAITING, OIO_CARRIED, OIO_LOCAL, OIO_SKIPPED, OIO_DROPPED, OIO_DONE };

/* No message: the end of a list of ids. Ids are below OIO_TRACE_ID_MAX. */
#define OIO_NO_MESSAGE UINT64_MAX

/* A record that has been read and is not yet done: 64 bytes, quick to find. */
struct oio_outstanding {
  struct oio_message message; /* as the die gets it; its data is a copy of the trace's own bytes, or NULL */
  oio_time_ps entry_ps;       /* when it entered: its latency runs from here. Before: the record's time */
  uint64_t next;              /* the id behind it in its flow, or among the local ones; OIO_NO_MESSAGE for the last */
  uint32_t waits_left;        /* undelivered messages it waits for */
  uint32_t first_edge;        /* of those that wait for it; NO_EDGE */
  uint8_t phase, source_die, destination_die;
};

/* "dependent waits for the message this list hangs from". */
struct oio_edge {
  uint64_t dependent;
  uint32_t next;
};

#define OIO_NO_EDGE UINT32_MAX

/* Messages in order of entry, each knowing the next. */
struct oio_queue {
  uint64_t first; /* NO_MESSAGE when there is none */
  uint64_t last;
};

/* One VC of one sending die: what entered and has not come out, in order; those before `unsent` have been handed to the die. */
struct oio_flow {
  _Alignas(16) struct oio_queue order; /* 64 bytes in all: quick to find */
  uint64_t unsent;                     /* NO_MESSAGE when all have been handed over */
  uint64_t unsent_count;               /* of those from `unsent` on */
  /* The message being put together at the other die. */
  uint64_t assembled_bytes;
  oio_time_ps first_packed_ps;
  bool bad;
};

struct oio_traffic {
  struct oio_config config;
  struct oio_trace_reader *trace;
  struct oio_generate generate;
  uint8_t *die_of; /* node to die */
  uint32_t nodes;
  oio_time_ps flit_ps; /* of the first link: what a long message's own bits take */

  struct oio_record peeked; /* read, not yet due; its waits and payload are the reader's */
  bool has_peeked, exhausted;

  struct oio_outstanding *ring;                 /* by id: [base, limit); it grows as far as the look-ahead */
  uint64_t mask, first, base, limit, lookahead; /* first: the id of the first record */
  struct oio_edge *edges;
  uint32_t edges_size, free_edge;

  struct oio_flow flows[2][OIO_VCS_MAX];
  bool woken;             /* what oio_traffic_woken says */
  bool crowded;           /* a record waits for room in the look-ahead */
  unsigned fed;           /* the set of dies that were given a message and not asked for yet */
  uint32_t unsent;        /* the set of flows, as they stand in flows, that have messages which the die has not taken */
  struct oio_queue local; /* inside a die, in order of completion */
  struct oio_traffic_counts counts;
  struct oio_histogram latency;
};

static inline struct oio_outstanding *oio_outstanding_at(const struct oio_traffic *traffic, uint64_t id) {
  return &traffic->ring[id & traffic->mask];
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
  const unsigned die = m->source_die, vc = m->message.vc;
  if (die == m->destination_die) {
    m->phase = OIO_LOCAL;
    traffic->counts.local++;
    oio_queue_append(traffic, &traffic->local, id, m);
    return NULL;
  }
  m->phase = OIO_CARRIED;
  traffic->counts.sent++;
  traffic->counts.outstanding++;
  struct oio_flow *flow = &traffic->flows[die][vc];
  oio_queue_append(traffic, &flow->order, id, m);
  return flow;
}

/* The newest message of a flow waits for its die to take it. */
static inline void oio_flow_hold(struct oio_traffic *traffic, struct oio_flow *flow) {
  if (flow->unsent_count++ == 0) flow->unsent = flow->order.last;
  traffic->unsent |= 1u << (flow - traffic->flows[0]);
}

/* Makes the ring twice as large. False: out of memory. */
bool oio_outstanding_grow(struct oio_traffic *traffic);
/* Gives a record, for which there is room, its place; its payload and what it waits for are left aside. NULL: out of memory. */
static inline struct oio_outstanding *oio_outstanding_place(struct oio_traffic *traffic, const struct oio_record *record) {
  const uint64_t id = record->id;
  if (traffic->counts.records++ == 0) traffic->first = traffic->base = traffic->limit = id;
  if (traffic->limit - traffic->base > traffic->mask && !oio_outstanding_grow(traffic)) return NULL;
  struct oio_outstanding *m = oio_outstanding_at(traffic, id);
  traffic->limit = id + 1;
  *m = (struct oio_outstanding){
      .message = {.vc = record->vc, .id = id, .bytes = record->bytes},
      .entry_ps = record->time_ps,
      .first_edge = OIO_NO_EDGE,
      .phase = OIO_WAITING,
      .source_die = traffic->die_of[record->source],
      .destination_die = traffic->die_of[record->destination],
  };
  return m;
}
/* Takes a record, for which there is room. It enters now if nothing holds it. False: out of memory. */
bool oio_outstanding_add(struct oio_traffic *traffic, oio_time_ps now_ps, const struct oio_record *record);
/* Frees the bytes of a message that is done, and lets those that waited for it enter. */
void oio_outstanding_settle(struct oio_traffic *traffic, oio_time_ps now_ps, struct oio_outstanding *m);
/* A message is done (delivered, local, or skipped for good). Most have nothing to settle and are the oldest. */
static inline void oio_outstanding_complete(struct oio_traffic *traffic, oio_time_ps now_ps, uint64_t id, struct oio_outstanding *m) {
  if (m->message.data != NULL || m->first_edge != OIO_NO_EDGE) oio_outstanding_settle(traffic, now_ps, m);
  if (id != traffic->base) return;
  do id++;
  while (id != traffic->limit && oio_outstanding_at(traffic, id)->phase >= OIO_SKIPPED);
  traffic->base = id;
  if (traffic->crowded) traffic->woken = true;
}

#endif
