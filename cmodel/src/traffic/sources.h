/* SPDX-License-Identifier: Apache-2.0 */
/* Synthetic traffic of a net of many dies: every die a source of its own, with its own stream of chance, and a pattern that says who sends
 * to whom. */
#ifndef OIO_SOURCES_H
#define OIO_SOURCES_H

#include "oio/config.h"
#include "oio/offer.h"
#include "oio/trace.h"
#include "traffic/arrivals.h"

/* One die. */
struct oio_source {
  uint64_t left; /* messages still to be made */
  struct oio_arrival arrival;
  uint32_t partner;     /* the die that it sends to; OIO_NONE: to any other alike */
  uint32_t destination; /* of the run */
  uint32_t run;         /* messages of a run: saturate fills flits, and a flit is for one destination and VC; else 1 */
  uint32_t run_left;    /* messages still to be made for the same destination and VC; 0: the next begins a run */
  uint32_t waiting;     /* messages to be kept waiting (saturate) */
  uint32_t place;       /* in the heap */
  uint8_t vc;           /* of the next */
};

struct oio_sources {
  enum oio_generator kind;
  uint32_t dies;
  struct oio_source *source;
  uint32_t *heap, heap_count; /* dies with messages left, the earliest first, of one time the lowest */
  uint64_t next_id, left, vcs;
  struct oio_arrivals arrivals;
  struct oio_offer offer;
  oio_time_ps own_ps; /* the flit time of the first die's first link */
  struct oio_record record;
};

/* For net.topology and workload.pattern. OIO_ERR_CONFIG: they do not go together. */
enum oio_status oio_sources_create(struct oio_sources **sources, const struct oio_config *config, struct oio_error *error);
void oio_sources_destroy(struct oio_sources *sources);
/* The next record in time order. False: no more. */
bool oio_sources_next(struct oio_sources *sources, struct oio_record *record);
/* The next record of one die, now (saturate); there must be one left. Valid until the next. */
const struct oio_record *oio_sources_for(struct oio_sources *sources, uint32_t die, oio_time_ps now_ps);

#endif
