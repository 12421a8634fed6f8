/* SPDX-License-Identifier: Apache-2.0 */
/**
 * What an importer collects: the messages of a capture in its own order, and which waits for which. Sorted and numbered when written.
 */
#ifndef TRACE_MESSAGES_H
#define TRACE_MESSAGES_H

#include "oio/trace.h"
#include "spill.h"

#define MESSAGES_MAX ((size_t)1 << 28)

struct message {
  oio_time_ps time_ps;
  uint32_t bytes;
  uint32_t order; /**< its place in the capture; set by messages_add */
  uint16_t source;
  uint16_t destination;
  uint8_t vc;
};

/** Places in the capture: `message` waits for `wait`, and enters no sooner than delay_ps after it. */
struct message_wait {
  uint32_t message;
  uint32_t wait;
  oio_time_ps delay_ps;
};

/**
 * Starts as {0}. knows_delivery: each message was delivered delivery_ps after its time; what was left then until the time of one that
 * waited is its delay, the same behind each of its waits. With a delivery_ps of 0 no link can be faster than what was recorded; else a
 * message that waits may be, and its time is that of the last one before it that does not.
 */
struct messages {
  struct spill held, held_waits; /**< of struct message, struct message_wait; those below look at them */
  struct message *list;
  size_t count;
  size_t waits_count;
  size_t limit;    /**< of messages; 0: MESSAGES_MAX */
  bool has_delays; /**< some wait has one */
  bool knows_delivery;
  oio_time_ps delivery_ps;
  uint64_t too_short; /**< messages that had entered before what they wait for was delivered so; set by messages_write */
};

enum oio_status messages_add(struct messages *messages, const struct message *message, struct oio_error *error);
enum oio_status messages_add_wait(struct messages *messages, uint32_t message, uint32_t wait, struct oio_error *error);
/** The same with a delay, for a capture that says when what was over; not with knows_delivery. */
enum oio_status messages_add_delay(struct messages *messages, uint32_t message, uint32_t wait, oio_time_ps delay_ps,
                                   struct oio_error *error);
/**
 * Sorts by time, keeping the order of the capture where times are equal, numbers from 0 and writes. An error names the place in the capture
 * (`name` is its file), counted from 1. Stops with OIO_OK when the user interrupts: the caller asks interrupt_requested.
 */
enum oio_status messages_write(struct messages *messages, struct oio_trace_writer *writer, const char *name, struct oio_error *error);
void messages_free(struct messages *messages);

#endif
