/* SPDX-License-Identifier: Apache-2.0 */
/**
 * A mailbox in shared memory from one worker to the next: a few slots, each of one piece, in order.
 */
#ifndef TRACE_MAILBOX_H
#define TRACE_MAILBOX_H

#include "oio/base.h"

#include <pthread.h>

enum { MAILBOX_SLOTS = 4 };

struct mailbox {
  pthread_mutex_t lock;
  pthread_cond_t changed;
  uint64_t put, taken; /* pieces so far */
  bool closed;
  size_t slot_floats;
  float *slots;
};

bool mailbox_create(struct mailbox *mailbox, size_t slot_floats);
void mailbox_destroy(struct mailbox *mailbox);
/** Copies a piece in and says when it was there; waits while the mailbox is full. False: closed. */
bool mailbox_put(struct mailbox *mailbox, const float *piece, size_t count, uint64_t *time_ns);
/** The oldest piece, which stays in the mailbox until mailbox_release; waits while it is empty. NULL: closed. */
const float *mailbox_peek(struct mailbox *mailbox);
void mailbox_release(struct mailbox *mailbox);
/** Ends all waiting. */
void mailbox_close(struct mailbox *mailbox);

#endif
