/* SPDX-License-Identifier: Apache-2.0 */
/* What a run says beyond its figures, where a detail of it was kept. */
#ifndef OIO_DETAIL_TEXT_H
#define OIO_DETAIL_TEXT_H

#include "oio/results.h"
#include "report/text.h"

/* "steady_state" and "detail" of the results; null without a detail. */
void oio_detail_json(struct oio_text *text, const struct oio_results *results, const struct oio_config *config, const struct oio_run *run);
/* A line of the table, of traffic that is the same all the time; else none. */
void oio_detail_line(struct oio_text *text, const struct oio_config *config, const struct oio_run *run);
/* Lines of the table, of each collective of a step. */
void oio_detail_collectives(struct oio_text *text, const struct oio_config *config, const struct oio_run *run);

#endif
