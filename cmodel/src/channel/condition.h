/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What has become of a wire (SPEC.md sections 14 and 15): how wrong each of its lanes is and which are in use, by the spread of lanes, the
 * events that the channel was made with, and the walk. It changes with the flits that start, never by itself.
 */
#ifndef OIO_CONDITION_H
#define OIO_CONDITION_H

#include "base/checkpoint.h"
#include "base/memory.h"
#include "oio/channel.h"
#include "oio/rng.h"

enum { OIO_NO_LIMIT = 1 << 16 };

struct oio_condition {
  const struct oio_channel_config *config;
  oio_time_ps change_ps;     /* the next change; OIO_NEVER: none */
  oio_time_ps dark_until_ps; /* a flit that starts before arrives invalid */
  uint32_t next_event;       /* of the configuration's, of those with a time */
  uint32_t timed;            /* so many have one; those with a flit follow */
  uint32_t next_flit;        /* of these */
  uint32_t lost_acks;        /* that are still to be lost */
  uint32_t lost_credits;
  uint32_t credit_limit; /* a credit is to be lost: of the flit that this took effect with; OIO_NO_LIMIT: none has been seen since */
  uint32_t first_event, first_flit; /* of those that took effect with the present flit */
  double rate, loss_db;             /* of the mean lane; what came by events */
  oio_time_ps remap_ps;             /* when other lanes are taken; OIO_NEVER: nobody has died or returned since */
  double detuning, heat;            /* of the walk, and by events: in halves of the width */
  oio_time_ps walked_ps;            /* when it moved last */
  bool wrongs;                      /* some event is of a transmitter that is wrong; and what that needs: */
  bool keeps_back;                  /* a flit, `kept`, which comes behind the next; it was put on the wire at kept_ps */
  struct oio_wire kept;
  oio_time_ps kept_ps;
  uint32_t copies; /* that came behind the flit pushed last; with any, its own times: */
  oio_time_ps left_ps, arrival_ps;
  struct oio_rng walk_rng;
  /* Of physical lanes: */
  uint32_t physical;
  double *part; /* 10^(spread n) */
  double *q;    /* of its rate without loss; 0: has not been worked out */
  bool *dead;
  /* Of lanes in use: */
  uint32_t width;
  uint32_t *taken; /* which physical lane that is */
  double *wrong;   /* its rate */
};

/* The configuration stays where it is. False: out of memory. */
bool oio_condition_create(struct oio_condition *condition, const struct oio_channel_config *config);
void oio_condition_destroy(struct oio_condition *condition);
void oio_condition_memory(const struct oio_condition *condition, struct oio_memory *memory);

/* A flit starts at change_ps or later. True: lanes in use or their rates, `wrong`, are others now. */
bool oio_condition_change(struct oio_condition *condition, oio_time_ps start_ps, struct oio_channel_state *counted);
/* The same of what has a flit: that of the number counted->flits starts. */
bool oio_condition_reach(struct oio_condition *condition, oio_time_ps start_ps, struct oio_channel_state *counted);
/* Is there anything of flits still to come? */
static inline bool oio_condition_awaits_flits(const struct oio_condition *condition) {
  return condition->next_flit < condition->config->event_count || condition->lost_acks > 0 || condition->lost_credits > 0 ||
         condition->keeps_back || condition->copies > 0;
}

void oio_condition_checkpoint(struct oio_condition *condition, struct oio_checkpoint *c);

#endif
