/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What is kept of the messages of a run beyond sums, when it is asked for (results.detail): how the latencies of each VC, pair of dies and
 * receiving die spread, batches of all latencies in the order of delivery, and what went in and came out over time. Its memory is bounded:
 * OIO_DETAIL_DIES dies, and results.pairs pairs in the order of first use, have a spread; all of it is had at the start.
 */
#ifndef OIO_DETAIL_H
#define OIO_DETAIL_H

#include "traffic/batches.h"
#include "traffic/timeline.h"

enum { OIO_DETAIL_VCS = 8, OIO_DETAIL_DIES = 4096 };

struct oio_detail_pair {
  uint32_t source, destination;
  struct oio_spread spread;
};

struct oio_detail {
  uint32_t dies, pairs, pairs_max; /* dies: those with a spread */
  uint64_t pairs_left_out;         /* beyond pairs_max */
  struct oio_spread vc[OIO_DETAIL_VCS];
  struct oio_spread *die; /* by receiving die */
  struct oio_detail_pair *pair;
  struct oio_batches batches;
  struct oio_timeline timeline;
};

/* A message that has been delivered whole. */
struct oio_delivery {
  oio_time_ps entry_ps, now_ps;
  uint64_t bytes;
  uint32_t destination, pair; /* pair: as oio_detail_make_pair said */
  unsigned vc;
  bool measured; /* it entered after the warm-up */
};

/* interval_ps 0: it follows from the length of the run. False: out of memory, and there is nothing to destroy. */
bool oio_detail_create(struct oio_detail **detail, uint32_t dies, uint64_t pairs_max, oio_time_ps interval_ps);
void oio_detail_destroy(struct oio_detail *detail);
/* The number of a new pair; OIO_NONE: it has none, there are as many as there may be. */
uint32_t oio_detail_make_pair(struct oio_detail *detail, uint32_t source, uint32_t destination);
void oio_detail_add(struct oio_detail *detail, const struct oio_delivery *delivery);

#endif
