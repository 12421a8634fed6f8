/* SPDX-License-Identifier: Apache-2.0 */
/* The tables of a run: the distribution of latencies; links, classes of links, VCs, pairs, nodes; intervals of time; collectives. */
#ifndef OIO_TABLES_H
#define OIO_TABLES_H

#include "oio/results.h"
#include "report/sheet.h"

struct oio_tables;

/* NULL: out of memory. The run has a net, and traffic with a detail. */
struct oio_tables *oio_tables_create(const struct oio_results *results, const struct oio_config *config, const struct oio_run *run);
void oio_tables_destroy(struct oio_tables *tables);

enum { OIO_TABLES_OF_DETAIL = 8 };
extern const struct oio_sheet oio_table_sheets[OIO_TABLES_OF_DETAIL];

#endif
