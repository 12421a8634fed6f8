/* SPDX-License-Identifier: Apache-2.0 */
#include "traffic/critical.h"

void oio_path_follow(struct oio_path *path, const struct oio_path *by, oio_time_ps delay_ps) {
  if (by->since_ps + delay_ps < path->since_ps) return;
  *path = *by;
  path->part_ps[OIO_PATH_COMPUTE] += delay_ps;
  path->since_ps += delay_ps;
}

void oio_path_end_as(struct oio_path *path, oio_time_ps entry_ps, oio_time_ps now_ps, enum oio_path_part part) {
  path->part_ps[OIO_PATH_UNKNOWN] += entry_ps - path->since_ps;
  path->part_ps[part] += now_ps - entry_ps;
  path->since_ps = now_ps;
}

void oio_path_end(struct oio_path *path, oio_time_ps entry_ps, const oio_time_ps *parts_ps) {
  oio_path_end_as(path, entry_ps, entry_ps, OIO_PATH_UNKNOWN);
  path->part_ps[OIO_PATH_QUEUE] += parts_ps[OIO_PART_QUEUE];
  path->part_ps[OIO_PATH_BANDWIDTH] += parts_ps[OIO_PART_SERIALISE];
  path->part_ps[OIO_PATH_LATENCY] += parts_ps[OIO_PART_FLIGHT] + parts_ps[OIO_PART_LOGIC] + parts_ps[OIO_PART_FEC];
  path->part_ps[OIO_PATH_RETRY] += parts_ps[OIO_PART_RETRY];
  for (unsigned part = 0; part < OIO_PART_COUNT; part++) path->since_ps += parts_ps[part];
}

void oio_skew_begin(struct oio_skew *skew, uint64_t iteration, uint32_t dies, oio_time_ps now_ps) {
  struct oio_skew_open *open = &skew->open[iteration % OIO_SKEW_OPEN];
  if (iteration == 0 || iteration < open->iteration) return;
  if (iteration > open->iteration) *open = (struct oio_skew_open){.iteration = iteration};
  oio_sum_add(&open->begins_ps, now_ps);
  if (now_ps > open->last_ps) open->last_ps = now_ps;
  if (++open->count < dies) return;
  skew->total_ps += (double)open->last_ps - oio_sum_value(&open->begins_ps) / dies;
  skew->iterations++;
}
