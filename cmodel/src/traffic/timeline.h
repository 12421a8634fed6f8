/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Intervals up to and including `at` are in use. What went in and came out in intervals of time. When a run outgrows them, each two become
 * one and the interval doubles.
 */
#ifndef OIO_TIMELINE_H
#define OIO_TIMELINE_H

#include "oio/base.h"

struct oio_interval {
  uint64_t entered, entered_bytes; /* of what has come out in the end */
  uint64_t delivered, delivered_bytes;
  uint64_t latency_ps; /* sum; modulo 2^64 only in runs whose mean is lost anyway */
  oio_time_ps latency_max_ps;
};

struct oio_timeline {
  oio_time_ps each_ps;
  uint32_t size;
  uint32_t at; /* the interval of the newest delivery, from from_ps on */
  oio_time_ps from_ps;
  struct oio_interval *interval;
};

/* Room for `size` intervals, an even number. False: out of memory. */
bool oio_timeline_create(struct oio_timeline *timeline, oio_time_ps each_ps, uint32_t size);
void oio_timeline_destroy(struct oio_timeline *timeline);
void oio_timeline_add(struct oio_timeline *timeline, oio_time_ps entry_ps, oio_time_ps now_ps, uint64_t bytes);

#endif
