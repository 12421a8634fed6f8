/* SPDX-License-Identifier: Apache-2.0 */
/**
 * Coverage as a page for a browser and as JSON.
 */
#ifndef COVER_PAGE_H
#define COVER_PAGE_H

#include "oio/cover.h"

#include <stdio.h>

void cover_put_html(FILE *out, const struct oio_cover *cover, const char *name);
void cover_put_json(FILE *out, const struct oio_cover *cover);

#endif
