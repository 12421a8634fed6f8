/* SPDX-License-Identifier: Apache-2.0 */
/** The page of `oio results html` and `serve`. */
#ifndef RESULTS_PAGE_H
#define RESULTS_PAGE_H

#include "results_verbs.h"

/** The page of the runs that were asked for, as text for the caller to free. NULL: error says why. */
char *results_page_make(const struct results_db *db, const struct results_asked *asked, struct oio_error *error);

#endif
