/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Alignment markers (SPEC.md section 14): the line stands still for everything else while a group of them is on it. What times are without
 * that is the stream; here is what they are on the line.
 */
#ifndef OIO_MARKERS_H
#define OIO_MARKERS_H

#include "oio/base.h"

struct oio_markers {
  uint64_t stretch_bits, bits; /* of the line between two groups; of a group. 0: there are none */
  uint64_t rate_bits_per_s;
  oio_time_ps origin_ps; /* where stream and line are the same, and the first stretch begins */
};

/* When what begins at this time of the stream, or ends, does so on the line: behind a group that stands there, or before it. */
oio_time_ps oio_markers_begin_ps(const struct oio_markers *markers, oio_time_ps stream_ps);
oio_time_ps oio_markers_end_ps(const struct oio_markers *markers, oio_time_ps stream_ps);
/* The first time of the stream that begins at that time of the line or later. */
oio_time_ps oio_markers_stream_ps(const struct oio_markers *markers, oio_time_ps line_ps);

#endif
