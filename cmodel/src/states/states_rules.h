/* SPDX-License-Identifier: Apache-2.0 */
/* The parts of an end, shared by states.c (life, clock, pins), states_rules.c (what it wants and answers) and states_side.c (messages). */
#ifndef OIO_STATES_RULES_H
#define OIO_STATES_RULES_H

#include "oio/states.h"

/* LinkError > Disabled > LinkReset > Retrain > all that both ends must want. */
unsigned oio_states_rank(unsigned state);

static inline bool oio_states_is_data(unsigned state) {
  return state == OIO_STATE_ACTIVE || state == OIO_STATE_PMNAK;
}

static inline bool oio_states_is_sleep(unsigned state) {
  return state == OIO_STATE_L1 || state == OIO_STATE_L2;
}

void oio_states_push(struct oio_states *s, struct oio_side_message message);
/* A new status: what was asked and heard is over. */
void oio_states_enter(struct oio_states *s, unsigned state);
/* A REQ with a tag of its own, until it is answered. */
void oio_states_ask(struct oio_states *s, uint64_t now, unsigned state);
/* By itself: at once, whatever the pins say. */
void oio_states_fail(struct oio_states *s, uint64_t now, enum oio_states_fault why);
/* A message has arrived. */
void oio_states_take(struct oio_states *s, uint64_t now, const struct oio_states_in *in, const struct oio_side_message *message);
/* One change of status, or none. */
void oio_states_decide(struct oio_states *s, uint64_t now, const struct oio_states_in *in);

#endif
