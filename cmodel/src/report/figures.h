/* SPDX-License-Identifier: Apache-2.0 */
#ifndef OIO_FIGURES_H
#define OIO_FIGURES_H

#include "oio/results.h"
#include "report/sheet.h"

/* Rows of a struct oio_repeat; NULL has none. */
extern const struct oio_sheet oio_repeat_sheet;
/* For the table; NULL: none. */
void oio_repeat_lines(struct oio_text *text, const struct oio_repeat *repeat);

#endif
