/* SPDX-License-Identifier: Apache-2.0 */
/* The generators behind workload.generate, of which one makes the records. */
#ifndef OIO_WORKLOAD_STATE_H
#define OIO_WORKLOAD_STATE_H

#include "oio/workload.h"
#include "traffic/generate.h"
#include "traffic/sources.h"
#include "traffic/step.h"

/* All zero: nothing. */
struct oio_workload {
  struct oio_generate pair;    /* of two dies */
  struct oio_sources *sources; /* of a routed net; else NULL */
  struct oio_step *step;       /* a collective, or more; else NULL */
};

/* Starts what workload.generate names, be it nothing. */
enum oio_status oio_workload_start(struct oio_workload *workload, const struct oio_config *config, uint32_t dies, struct oio_error *error);
void oio_workload_stop(struct oio_workload *workload);
/* Are records made when there is room for them, rather than at times of their own? */
static inline bool oio_workload_is_saturated(const struct oio_workload *workload) {
  return workload->pair.kind == OIO_SATURATE || (workload->sources != NULL && workload->sources->kind == OIO_SATURATE);
}

#endif
