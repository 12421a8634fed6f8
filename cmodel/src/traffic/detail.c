/* SPDX-License-Identifier: Apache-2.0 */
#include "traffic/detail.h"

#include <stdlib.h>

/* Intervals: as many as a plot shows where their length is free, and as many as a file holds where it is given. */
enum { INTERVALS_FREE = 256, INTERVALS_GIVEN = 65536 };
#define INTERVAL_FIRST_PS (1000 * OIO_PS)

bool oio_detail_create(struct oio_detail **detail, uint32_t dies, uint64_t pairs_max, oio_time_ps interval_ps) {
  struct oio_detail *made = calloc(1, sizeof *made);
  *detail = made;
  if (made == NULL) return false;
  const uint64_t pairs = (uint64_t)dies * (dies - 1);
  made->dies = dies < OIO_DETAIL_DIES ? dies : OIO_DETAIL_DIES;
  made->pairs_max = (uint32_t)(pairs < pairs_max ? pairs : pairs_max);
  made->die = calloc(made->dies, sizeof *made->die);
  made->pair = calloc(made->pairs_max + 1u, sizeof *made->pair);
  oio_batches_start(&made->batches);
  const bool free_length = interval_ps == 0;
  if (oio_timeline_create(&made->timeline, free_length ? INTERVAL_FIRST_PS : interval_ps, free_length ? INTERVALS_FREE : INTERVALS_GIVEN) &&
      made->die != NULL && made->pair != NULL)
    return true;
  oio_detail_destroy(made);
  *detail = NULL;
  return false;
}

void oio_detail_destroy(struct oio_detail *detail) {
  if (detail == NULL) return;
  oio_timeline_destroy(&detail->timeline);
  free(detail->pair);
  free(detail->die);
  free(detail);
}

uint32_t oio_detail_make_pair(struct oio_detail *detail, uint32_t source, uint32_t destination) {
  if (detail->pairs == detail->pairs_max) {
    detail->pairs_left_out++;
    return OIO_NONE;
  }
  detail->pair[detail->pairs].source = source;
  detail->pair[detail->pairs].destination = destination;
  return detail->pairs++;
}

void oio_detail_add(struct oio_detail *detail, const struct oio_delivery *delivery) {
  const oio_time_ps latency_ps = delivery->now_ps - delivery->entry_ps;
  const unsigned bucket = oio_spread_bucket(latency_ps);
  oio_timeline_add(&detail->timeline, delivery->entry_ps, delivery->now_ps, delivery->bytes);
  if (!delivery->measured) return;
  oio_spread_add(&detail->vc[delivery->vc], latency_ps, bucket);
  if (delivery->destination < detail->dies) oio_spread_add(&detail->die[delivery->destination], latency_ps, bucket);
  if (delivery->pair != OIO_NONE) oio_spread_add(&detail->pair[delivery->pair].spread, latency_ps, bucket);
  oio_batches_add(&detail->batches, latency_ps, bucket);
}
