/* SPDX-License-Identifier: Apache-2.0 */
/* The inside of a switch, shared by switch.c (life, verbs) and switch_checkpoint.c. */
#ifndef OIO_SWITCH_STATE_H
#define OIO_SWITCH_STATE_H

#include "node/passing.h"
#include "node/wait_code.h"

struct oio_switch_port {
  struct oio_link *link;
  uint32_t first_place; /* among those of all ports */
  uint32_t unrouted;    /* place of what has arrived and has no way yet, or OIO_NONE */
  uint8_t turn;         /* hop VC that goes first */
};

struct oio_switch {
  uint32_t ports_count;
  uint32_t places; /* of the receive buffers of all ports */
  oio_time_ps latency_ps;
  enum oio_switch_queues queues;
  enum oio_switch_turns turns;
  struct oio_switch_port *ports;
  struct oio_passings passings;
  uint64_t malformed;
};

/* A payload that has arrived has waited as if here from then on: by what it tells of switches before. */
static inline int64_t oio_switch_since_ps(const struct oio_switch *sw, const struct oio_payload *payload) {
  const int64_t available_ps = (int64_t)(payload->arrived_ps + sw->latency_ps);
  return sw->turns == OIO_SWITCH_LONGEST ? available_ps - (int64_t)oio_wait_ps(payload->bytes[1] >> 1) : available_ps;
}

#endif
