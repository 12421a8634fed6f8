/* SPDX-License-Identifier: Apache-2.0 */
/** A run of this program, as an entry of a database of results. */
#ifndef ADD_RUN_H
#define ADD_RUN_H

#include "oio/results.h"
#include "results_db.h"

#ifdef __cplusplus
extern "C" {
#endif

/** The texts of an entry, for free() by add_run_free(). */
struct add_run_texts {
  char *results, *latency_member;
};

/** Makes results and latency of an entry, and says how it ended; config is that of the entry. False: out of memory; to be freed in any
 * case. run: as of oio_results_json(). */
bool add_run_make(struct add_run_texts *texts, struct results_entry *entry, const struct oio_results *results, const struct oio_run *run);
void add_run_free(struct add_run_texts *texts);

#ifdef __cplusplus
}
#endif
#endif
