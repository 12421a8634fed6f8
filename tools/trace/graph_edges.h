/* SPDX-License-Identifier: Apache-2.0 */
/** What graph.c and graph_times.c know of a graph's edges. */
#ifndef TRACE_GRAPH_EDGES_H
#define TRACE_GRAPH_EDGES_H

#include "graph.h"

/* `before` with what the edge is: */
#define OF_BEGIN ((uint32_t)1 << 31) /* after the begin of an operation, not its end */
#define OF_MATCH ((uint32_t)1 << 30) /* to a receive, which begins without it */
#define OPERATION (OF_MATCH - 1)

struct edge {
  uint32_t after, before;
};

/** The edges of a graph by what they come before: those of operation `op` are list[at[op]] to list[at[op + 1]], which it does not include.
 */
struct edges_onward {
  const struct edge *list;
  const uint32_t *at;
  const uint32_t *open; /**< of each operation the edges to it */
};

/** Follows the graph in the order of time, over the link that the capture was made on, and adds to each operation that was seen to be over
 * later than that makes it what is missing. Only where graph->link says something. False: no memory. */
bool graph_take_times(struct graph *graph, const struct edges_onward *onward, struct import_notes *notes);

#endif
