/* SPDX-License-Identifier: Apache-2.0 */
#include "traffic/workload_state.h"

#include <stdlib.h>

static enum oio_status start_collective(struct oio_workload *workload, const struct oio_config *c, uint32_t dies, struct oio_error *error) {
  const struct oio_collective_config collective = {
      .kind = (enum oio_collective_kind)(c->generator - OIO_GENERATE_ALL_REDUCE),
      .algorithm = (enum oio_algorithm)c->algorithm,
      .dies = dies,
      .group = (uint32_t)c->group,
      .stride = (uint32_t)c->group_stride,
      .bytes = c->bytes,
      .chunk_bytes = c->chunk_bytes,
      .iterations = c->iterations,
      .compute_ps = c->compute_ps,
      .local_ps = c->die_local_ps,
      .overlap = c->overlap,
  };
  workload->collective = malloc(sizeof *workload->collective);
  if (workload->collective == NULL) return oio_error_set(error, OIO_ERR_NOMEM, "workload: out of memory");
  return oio_collective_start(workload->collective, &collective, error);
}

enum oio_status oio_workload_start(struct oio_workload *workload, const struct oio_config *config, uint32_t dies, struct oio_error *error) {
  if (config->generator == OIO_GENERATE_NOTHING) return OIO_OK;
  if (config->generator >= OIO_GENERATE_ALL_REDUCE) return start_collective(workload, config, dies, error);
  if (oio_config_is_routed(config)) return oio_sources_create(&workload->sources, config, error);
  oio_generate_start(&workload->pair, config);
  return OIO_OK;
}

void oio_workload_stop(struct oio_workload *workload) {
  oio_sources_destroy(workload->sources);
  free(workload->collective);
}

enum oio_status oio_workload_create(struct oio_workload **workload, const struct oio_config *config, uint32_t dies,
                                    struct oio_error *error) {
  *workload = NULL;
  if (config->generator == OIO_GENERATE_NOTHING || config->generator == OIO_SATURATE)
    return oio_error_set(error, OIO_ERR_CONFIG,
                         "workload.generate=%s makes no records with times of their own; use poisson, burst or a collective",
                         config->generator == OIO_SATURATE ? "saturate" : "nothing");
  struct oio_workload *made = calloc(1, sizeof *made);
  if (made == NULL) return oio_error_set(error, OIO_ERR_NOMEM, "workload: out of memory");
  const enum oio_status status = oio_workload_start(made, config, dies, error);
  if (status == OIO_OK)
    *workload = made;
  else
    oio_workload_destroy(made);
  return status;
}

bool oio_workload_next(struct oio_workload *workload, struct oio_record *record) {
  if (workload->collective != NULL) return oio_collective_next(workload->collective, record, NULL);
  return workload->sources != NULL ? oio_sources_next(workload->sources, record) : oio_generate_next(&workload->pair, record);
}

void oio_workload_destroy(struct oio_workload *workload) {
  if (workload == NULL) return;
  oio_workload_stop(workload);
  free(workload);
}
