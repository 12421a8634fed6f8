/* SPDX-License-Identifier: Apache-2.0 */
/**
 * A capture that says what comes after what instead of when: operations of ranks, and edges between them. Messages, waits and delays are
 * made of it in the end: an operation that is no message is a time between messages, and goes into the delays behind them.
 *
 * A send is over when its message has been delivered; a receive when its message has, and all that the receive itself comes after. Walks
 * the graph without recursion, whatever its depth, and holds it in spills.
 */
#ifndef TRACE_GRAPH_H
#define TRACE_GRAPH_H

#include "importers.h"

enum {
  GRAPH_JOIN = 64, /**< an operation that comes after more messages than this gets a local record that waits for them, once */
  GRAPH_LOCAL_BYTES = 1,
  GRAPH_OPS_A_RECORD = 8
};

struct graph_op {
  uint64_t value; /**< bytes of a message, else picoseconds */
  uint32_t place; /**< where the capture has it: a line, or the number of a node; for errors */
  uint16_t source, destination;
  uint8_t vc;
  bool message;
  bool begin_needed; /**< something comes after its begin; set by graph_edge_of_begin */
};

/** That an operation was over at a time, the first rank's first operation being at 0. */
struct graph_sight {
  oio_time_ps time_ps;
  uint32_t op;
};

/** Starts with graph_start. describe: writes what the user calls an operation, for errors. */
struct graph {
  const char *path;
  uint64_t limit, message_limit; /**< of operations, and of those that are messages */
  uint64_t messages;
  struct spill ops, edges, sends, receives; /* sends, receives: what is still to be matched */
  void (*describe)(void *context, const struct graph_op *op, char *text, size_t room);
  void *context;
  const char *remedy;      /**< what to do about a cycle; NULL: correct the capture */
  bool reduce;             /**< a message waits for no other that one of its waits had to wait for as long; set behind graph_start */
  uint64_t joins;          /**< local records made; set by graph_finish */
  struct import_link link; /**< of what graph_seen tells, set behind graph_start */
  struct spill sights;
};

/** limit: of records. Of operations there may be GRAPH_OPS_A_RECORD times as many. */
void graph_start(struct graph *graph, const char *path, uint64_t limit);
void graph_free(struct graph *graph);
/** A time at a rank; *op is its number. OIO_ERR_NOMEM. */
enum oio_status graph_compute(struct graph *graph, uint32_t rank, oio_time_ps time_ps, uint32_t place, uint32_t *op,
                              struct oio_error *error);
/** A message that nobody has to receive. */
enum oio_status graph_message(struct graph *graph, uint32_t source, uint32_t destination, uint64_t bytes, uint32_t place, uint32_t *op,
                              struct oio_error *error);
/** Makes operation `op`, a time so far, a message that a receive with the same ranks and tag matches, in the order of both. */
enum oio_status graph_make_send(struct graph *graph, uint32_t op, uint32_t destination, uint64_t tag, uint64_t bytes,
                                struct oio_error *error);
/** Makes operation `op`, a time of 0, the receive of such a message. */
enum oio_status graph_make_receive(struct graph *graph, uint32_t op, uint32_t source, uint64_t tag, struct oio_error *error);
/** `after` begins when `before` is over. */
enum oio_status graph_edge(struct graph *graph, uint32_t after, uint32_t before, struct oio_error *error);
/** `after` begins when `before` begins, or later. */
enum oio_status graph_edge_of_begin(struct graph *graph, uint32_t after, uint32_t before, struct oio_error *error);
/** `op`, a time, was over at time_ps: what of that the operations before it and graph->link do not explain is added to it, and so stays
 * where messages go faster or slower than they went then. OIO_ERR_NOMEM. */
enum oio_status graph_seen(struct graph *graph, uint32_t op, oio_time_ps time_ps, struct oio_error *error);
/** Matches what is to be matched and makes messages of it all, in an order in which none waits for a later one. What finds no partner is
 * left out, and counted. OIO_ERR_FORMAT: a cycle; error names an operation of it. Stops with OIO_OK when the user interrupts. */
enum oio_status graph_finish(struct graph *graph, struct messages *messages, struct import_notes *notes, struct oio_error *error);

static inline struct graph_op *graph_at(const struct graph *graph, uint32_t op) {
  return (struct graph_op *)graph->ops.list + op;
}

#endif
