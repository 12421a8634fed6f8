/* SPDX-License-Identifier: Apache-2.0 */
/**
 * What an operation comes after: messages, each with the delay behind it. A message that another one of them waited for long enough says
 * nothing more, and is taken out.
 */
#ifndef TRACE_CAUSES_H
#define TRACE_CAUSES_H

#include "messages.h"

enum {
  CAUSES_STEPS = 256, /**< waits looked at behind all of them, at most */
  CAUSES_DEPTH = 12
};

struct cause {
  oio_time_ps delay_ps;
  uint32_t message;
};

/**
 * Of `count` causes, rising by message and each message once, leaves those that must be kept, in order, and returns how many. first_wait:
 * of each message its first in messages->held_waits, uint32, and one more. What is too far back is kept.
 */
size_t causes_reduce(struct cause *list, size_t count, const struct messages *messages, const struct spill *first_wait);

#endif
