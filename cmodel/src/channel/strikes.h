/* SPDX-License-Identifier: Apache-2.0 */
/* What happens to one flit of a wire, by the events that have just taken effect with it (SPEC.md section 15, *single flits*). */
#ifndef OIO_STRIKES_H
#define OIO_STRIKES_H

#include "channel/condition.h"
#include "channel/errors.h"

/* The events of the present flit, one after the other, beginning with `at` at first_event; NULL: there are no more. */
const struct oio_channel_event *oio_strikes_next(const struct oio_condition *condition, uint32_t *at);
/* Is there one of a kind? */
bool oio_strikes_have(const struct oio_condition *condition, enum oio_channel_event_kind what);
/* By how much later the present flit starts. */
oio_time_ps oio_strikes_delay_ps(const struct oio_condition *condition);
/* Is it the one whose Ack or credit is to be lost? As it is sent, before anything is wrong in it; it is dropped then. */
bool oio_strikes_lose(struct oio_condition *condition, const struct oio_flit_format *format, const struct oio_wire *wire);
/* Does the rest to it, and counts wrong bits. True: some are, or it has been condemned. */
bool oio_strikes_wire(const struct oio_condition *condition, const struct oio_errors *errors, struct oio_wire *wire,
                      struct oio_channel_state *counted);

#endif
