/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a routed die has to send: messages, queued by flow, a (destination, VC). A flow is there while something is queued in it, and waits
 * in a line of those that go by the same port and hop VC. Everything is an index; every step takes the same time however much there is.
 */
#ifndef OIO_FLOWS_H
#define OIO_FLOWS_H

#include "oio/routed_die.h"

/* A queued message, or a free place for one. */
struct oio_queued {
  struct oio_message message;
  uint32_t next; /* behind it in its flow, or among the free; OIO_NONE */
};

struct oio_flow {
  uint64_t packed_bytes; /* of its first message */
  uint64_t joined;       /* when it joined its line: a count of all joinings */
  uint32_t first, last;  /* messages */
  uint32_t count;
  uint32_t destination;
  uint32_t port;
  uint32_t next; /* behind it in the line, or among the free; OIO_NONE */
  uint8_t vc;
  uint8_t hop_vc;
};

/* Flows that wait, the longest waiting first. */
struct oio_line {
  uint32_t first, last; /* OIO_NONE: nobody; last is meaningless then */
};

struct oio_flows {
  struct oio_queued *messages;
  struct oio_flow *flows; /* as many: each has a message */
  uint32_t *table;        /* by hash of (destination, VC), next free place: 1 + the flow, or 0 */
  struct oio_line *lines; /* two a port: by hop VC */
  uint32_t size;          /* messages and flows at most */
  uint32_t table_bits, ports;
  uint32_t queued;                      /* messages */
  uint32_t free_message, free_flow;     /* freed ones, a list; OIO_NONE */
  uint32_t fresh_messages, fresh_flows; /* these and all above have never been used */
  uint64_t joined;
};

/* False: out of memory; destroy it all the same. */
bool oio_flows_create(struct oio_flows *flows, uint32_t messages, uint32_t ports);
void oio_flows_destroy(struct oio_flows *flows);
void oio_flows_reset(struct oio_flows *flows);
/* Adds what they take. */
void oio_flows_memory(const struct oio_flows *flows, struct oio_memory *memory);

/* The flow, or NULL: nothing is queued in it. */
struct oio_flow *oio_flows_find(const struct oio_flows *flows, uint32_t destination, unsigned vc);
/* Queues a message at the end of its flow, which begins if there is none. OIO_ERR_FULL; OIO_ERR_FORMAT: the flow goes another way. */
enum oio_status oio_flows_add(struct oio_flows *flows, uint32_t port, unsigned hop_vc, const struct oio_message *message);

static inline struct oio_line *oio_flows_line(const struct oio_flows *flows, uint32_t port, unsigned hop_vc) {
  return &flows->lines[OIO_HOP_VCS * port + hop_vc];
}
static inline bool oio_line_waits(const struct oio_line *line) {
  return line->first != OIO_NONE;
}

/* Goes through all that is queued, line by line: begins as zeros; a flow and a message are one more than their place, 0 is none. */
struct oio_flows_walk {
  uint32_t line, flow, message;
};
/* NULL: there is no more. */
const struct oio_message *oio_flows_next(const struct oio_flows *flows, struct oio_flows_walk *walk);

/* Takes the flow that has waited longest out of a line that is not empty, for its turn; oio_flows_turn_over follows. */
struct oio_flow *oio_flows_turn(struct oio_flows *flows, struct oio_line *line);
/* Its first message is wholly packed. The message stays readable until the next oio_flows_add. */
void oio_flows_pop(struct oio_flows *flows, struct oio_flow *flow);
/* Its turn is over: it waits for the next one, or is no more. */
void oio_flows_turn_over(struct oio_flows *flows, struct oio_flow *flow);

#endif
