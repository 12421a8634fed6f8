/* SPDX-License-Identifier: Apache-2.0 */
/**
 * The critical path of a trace itself, before any net: the messages one after the other that let the last one enter, over a net that takes
 * no time. Of those that let it enter at the same time, the one with the most bytes, and then the most messages.
 */
#ifndef TRACE_CRITICAL_PATH_H
#define TRACE_CRITICAL_PATH_H

#include "oio/trace.h"
#include "spill.h"

/** Of a path up to a message. */
struct chain_end {
  oio_time_ps entry_ps;  /**< when it enters at the earliest */
  oio_time_ps delays_ps; /**< of the waits on the path, in all */
  uint64_t bytes;        /**< of the messages on the path, with its own */
  uint64_t messages;
};

struct chain {
  struct spill ends; /* of each message, by id from first_id on */
  uint64_t first_id;
  struct chain_end last; /**< the path to the message that enters last; 0 messages: there are none */
  bool lacking;          /**< there was no room to follow it */
};

void chain_start(struct chain *chain);
void chain_add(struct chain *chain, const struct oio_record *record);
void chain_free(struct chain *chain);

#endif
