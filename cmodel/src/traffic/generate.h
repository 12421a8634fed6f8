/* SPDX-License-Identifier: Apache-2.0 */
/* Synthetic traffic between two dies: records in time order, node 0 on die A, node 1 on die B. */
#ifndef OIO_GENERATE_H
#define OIO_GENERATE_H

#include "oio/config.h"
#include "oio/offer.h"
#include "oio/trace.h"
#include "traffic/arrivals.h"

struct oio_generate {
  enum oio_generator kind;
  uint64_t left[2]; /* messages still to be made, by sending die */
  struct oio_arrivals arrivals;
  struct oio_arrival arrival[2]; /* of each sending die (poisson, burst) */
  struct oio_record records[2];  /* the last made, by sending die */
  uint64_t next_id, vcs;
  uint8_t vc[2]; /* of the next */
  struct oio_offer offer;
};

void oio_generate_start(struct oio_generate *generate, const struct oio_config *config);
/* The next record in time order. False: no more. */
bool oio_generate_next(struct oio_generate *generate, struct oio_record *record);
/* The next record of one die, now (saturate); there must be one left. Valid until the next of that die. */
const struct oio_record *oio_generate_for(struct oio_generate *generate, unsigned die, oio_time_ps now_ps);

#endif
