/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One event of a schedule, as text, or a rate of events:
 *
 *     at TIME PLACE: WHAT [, N times every TIME]
 *     from TIME to TIME PLACE: WHAT, every TIME on average | R per UNIT | at the rate of its technology [times R]
 *     at flit N PLACE: WHAT [, N times every M flits]
 *     from flit N to flit M PLACE: WHAT, one flit in N
 *     PLACE   link N | wire N | class NAME | all
 *     WHAT    lane N dies | returns, laser N dies | returns, fibre N cut | mended, error rate R, loss D dB [over TIME],
 *             warms | cools D K [over TIME],
 *             down [for TIME] [then error rate R], up, flap [then error rate R]; of a rate N may be `any`;
 *             of one flit: flip bits B,B..., burst of B bits at P, damage header, drop, truncate at B, delay TIME, lose ack | credit,
 *             duplicate, swap, forge FIELD N, forge FIELD by N
 */
#ifndef OIO_STATEMENT_H
#define OIO_STATEMENT_H

#include "oio/faults.h"

struct oio_statement {
  struct oio_fault fault; /* the first */
  oio_time_ps over_ps;    /* of a loss; 0: at once */
  bool relocks;           /* then it has this error rate */
  double relock_rate;
  uint64_t times; /* 1 and up */
  oio_time_ps every_ps;
  bool drawn; /* it is a rate; and the rest of it */
  struct oio_fault_rate rate;
};

/* Reads the nbytes at text. Returns NULL, or what is wrong with it, as part of a sentence. */
const char *oio_statement_read(const char *text, size_t nbytes, struct oio_statement *statement);

#endif
