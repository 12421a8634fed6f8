/* SPDX-License-Identifier: Apache-2.0 */
/**
 * Generated traffic record by record, as a run of the same configuration takes it: to write it as a trace, or to look at it.
 */
#ifndef OIO_WORKLOAD_H
#define OIO_WORKLOAD_H

#include "oio/config.h"
#include "oio/trace.h"

#ifdef __cplusplus
extern "C" {
#endif

struct oio_workload;

/**
 * Of a resolved configuration and a net of so many dies, 2..65536; the nodes of its records are dies. OIO_ERR_CONFIG: what
 * workload.generate names cannot be done so, it is nothing, or it is saturate, whose records have no times of their own: they enter when
 * there is room.
 */
enum oio_status oio_workload_create(struct oio_workload **workload, const struct oio_config *config, uint32_t dies,
                                    struct oio_error *error);
/** The next record, in order of times and ids; its waits and delays are valid until the next call. False: there are no more. */
bool oio_workload_next(struct oio_workload *workload, struct oio_record *record);
void oio_workload_destroy(struct oio_workload *workload);

#ifdef __cplusplus
}
#endif
#endif
