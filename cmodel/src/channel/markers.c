/* SPDX-License-Identifier: Apache-2.0 */
#include "channel/markers.h"

#include "base/wide.h"

#define PS_PER_S 1000000000000u

/* Groups that have begun when so much of the stream has passed. */
static oio_wide groups(const struct oio_markers *m, oio_time_ps passed_ps) {
  return (oio_wide)passed_ps * m->rate_bits_per_s / PS_PER_S / m->stretch_bits;
}

/* What so many groups take, rounded down. */
static oio_time_ps taken_ps(const struct oio_markers *m, oio_wide count) {
  return (oio_time_ps)(count * m->bits * PS_PER_S / m->rate_bits_per_s);
}

/* The first time of the stream at which so many have begun. */
static oio_time_ps first_ps(const struct oio_markers *m, oio_wide count) {
  return (oio_time_ps)((count * m->stretch_bits * PS_PER_S + m->rate_bits_per_s - 1) / m->rate_bits_per_s);
}

oio_time_ps oio_markers_begin_ps(const struct oio_markers *m, oio_time_ps stream_ps) {
  return stream_ps + taken_ps(m, groups(m, stream_ps - m->origin_ps));
}

oio_time_ps oio_markers_end_ps(const struct oio_markers *m, oio_time_ps stream_ps) {
  const oio_time_ps passed_ps = stream_ps - m->origin_ps;
  return stream_ps + taken_ps(m, passed_ps == 0 ? 0 : groups(m, passed_ps - 1));
}

/* Of whole periods that have passed on the line as many groups are over; times are rounded, so that it may be one more or less. */
oio_time_ps oio_markers_stream_ps(const struct oio_markers *m, oio_time_ps line_ps) {
  const oio_time_ps passed_ps = line_ps - m->origin_ps;
  const oio_wide over = (oio_wide)passed_ps * m->rate_bits_per_s / PS_PER_S / (m->stretch_bits + m->bits);
  const oio_time_ps stream_ps = passed_ps - taken_ps(m, over);
  const oio_wide begun = groups(m, stream_ps);
  if (begun == over) return m->origin_ps + stream_ps;
  const oio_wide next = begun < over ? over : over + 1;
  const oio_time_ps edge_ps = first_ps(m, next), behind_ps = edge_ps + taken_ps(m, next);
  return m->origin_ps + (passed_ps > behind_ps ? passed_ps - taken_ps(m, next) : edge_ps);
}
