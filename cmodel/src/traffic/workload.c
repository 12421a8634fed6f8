/* SPDX-License-Identifier: Apache-2.0 */
#include "traffic/workload_state.h"

#include <stdlib.h>

/* What goes wrong in an item is said of the whole list: its words name the item. */
static enum oio_status start_step(struct oio_step *step, struct oio_step_config *step_config, const struct oio_config *c,
                                  struct oio_error *error) {
  struct oio_error why;
  enum oio_status status = oio_step_parse(step_config, c->step, error);
  if (status != OIO_OK) return status;
  for (uint32_t i = 0; i < step_config->count; i++) step_config->items[i].collective.chunk_bytes = c->chunk_bytes;
  status = oio_step_start(step, step_config, &why);
  return status == OIO_OK ? OIO_OK : oio_error_set(error, status, "workload.step: %s", why.text);
}

static enum oio_status start_collective(struct oio_workload *workload, const struct oio_config *c, uint32_t dies, struct oio_error *error) {
  struct oio_step_config *config = calloc(1, sizeof *config);
  workload->step = malloc(sizeof *workload->step);
  enum oio_status status = OIO_ERR_NOMEM;
  if (workload->step == NULL || config == NULL) {
    oio_error_set(error, OIO_ERR_NOMEM, "workload: out of memory");
  } else {
    config->dies = dies;
    config->iterations = c->iterations;
    config->local_ps = c->die_local_ps;
    config->items[0].collective = (struct oio_collective_config){
        .kind = (enum oio_collective_kind)(c->generator - OIO_GENERATE_ALL_REDUCE),
        .algorithm = (enum oio_algorithm)c->algorithm,
        .dies = dies,
        .group = (uint32_t)c->group,
        .stride = (uint32_t)c->group_stride,
        .bytes = c->bytes,
        .chunk_bytes = c->chunk_bytes,
    };
    status = c->generator == OIO_GENERATE_STEP ? start_step(workload->step, config, c, error)
                                               : oio_step_start_one(workload->step, config, c->compute_ps, c->overlap, error);
  }
  free(config);
  return status;
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
  free(workload->step);
}

enum oio_status oio_workload_create(struct oio_workload **workload, const struct oio_config *config, uint32_t dies,
                                    struct oio_error *error) {
  *workload = NULL;
  if (config->generator == OIO_GENERATE_NOTHING || config->generator == OIO_SATURATE)
    return oio_error_set(error, OIO_ERR_CONFIG,
                         "workload.generate=%s makes no records with times of their own; use poisson, burst, a collective or step",
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
  if (workload->step != NULL) return oio_step_next(workload->step, record, NULL);
  return workload->sources != NULL ? oio_sources_next(workload->sources, record) : oio_generate_next(&workload->pair, record);
}

void oio_workload_destroy(struct oio_workload *workload) {
  if (workload == NULL) return;
  oio_workload_stop(workload);
  free(workload);
}
