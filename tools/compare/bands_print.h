/* SPDX-License-Identifier: Apache-2.0 */
/* Bands and tornado of a comparison as text and as members of its JSON. Precondition: there are samples. */
#ifndef BANDS_PRINT_H
#define BANDS_PRINT_H

#include "comparison.h"

void bands_table(FILE *out, const struct comparison *comparison);
/* "bands": ..., "tornado": ... of a technology. */
void bands_json(FILE *out, const struct comparison *comparison, size_t candidate);
/* The same over all technologies: "tornado": [...]. */
void bands_json_all(FILE *out, const struct comparison *comparison);

#endif
